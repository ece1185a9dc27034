//! What the program knows: lexicons and policies, from itself, a folder and named files.

#![expect(clippy::disallowed_methods, reason = "reads lexicon and policy files")]

use std::fs;
use std::path::Path;

use crate::error::Error;
use crate::lexicon::{Files, Lexicon, embedded_files};
use crate::necessity::{EvidenceRegistry, Policy};
use crate::report::PolicyRecord;

/// Lexicons and policies, loaded and checked.
pub struct Knowledge {
    /// The compiled lexicon.
    pub lexicon: Lexicon,
    /// BLAKE3 over the lexicons' files, names and texts.
    pub lexicon_hash: String,
    /// The policies that cases may be held against.
    pub policies: Vec<Policy>,
    /// The evidence that policies cite.
    pub evidence: EvidenceRegistry,
    /// What run.json says of each policy.
    pub records: Vec<PolicyRecord>,
}

/// A policy with the text that it came from.
pub struct LoadedPolicy {
    /// The policy.
    pub policy: Policy,
    /// Its file, as read.
    pub text: String,
}

impl LoadedPolicy {
    fn parse(place: &str, text: String) -> Result<Self, Error> {
        Ok(Self { policy: Policy::parse(place, &text)?, text })
    }

    /// What run.json says of it.
    fn record(&self) -> PolicyRecord {
        PolicyRecord {
            id: self.policy.id.clone(),
            version: self.policy.version.clone(),
            blake3: blake3::hash(self.text.as_bytes()).to_hex().to_string(),
        }
    }
}

impl Knowledge {
    /// Loads what a run needs.
    ///
    /// `folder` stands in for any of the files that the program carries. `wanted` are ids
    /// or files of policies; where there are none, all that are known are candidates.
    pub fn load(folder: Option<&Path>, wanted: &[String]) -> Result<Self, Error> {
        let files = lexicon_files(folder)?;
        let lexicon = Lexicon::parse(&files)?;
        let known = policies(&files)?;
        let loaded = if wanted.is_empty() { known } else { select(known, wanted)? };
        let records = loaded.iter().map(LoadedPolicy::record).collect();
        let policies = loaded.into_iter().map(|loaded| loaded.policy).collect();
        let evidence = match files.get("evidence.toml") {
            Some(text) => EvidenceRegistry::parse("lexicons/evidence.toml", text)?,
            None => EvidenceRegistry::default(),
        };
        Ok(Self { lexicon, lexicon_hash: lexicon_hash(&files), policies, evidence, records })
    }
}

/// Every policy that the program or the folder has, by id.
pub fn known_policies(folder: Option<&Path>) -> Result<Vec<LoadedPolicy>, Error> {
    policies(&lexicon_files(folder)?)
}

/// The files that the program carries, and over them those of a folder.
pub fn lexicon_files(folder: Option<&Path>) -> Result<Files, Error> {
    let mut files = embedded_files();
    if let Some(folder) = folder {
        if !folder.is_dir() {
            return Err(Error::Usage {
                place: format!("--lexicons {}", folder.display()),
                problem: "no such folder".to_owned(),
            });
        }
        add_folder(folder, "", &mut files)?;
    }
    Ok(files)
}

fn add_folder(folder: &Path, prefix: &str, files: &mut Files) -> Result<(), Error> {
    let io_error = |path: &Path| {
        let path = path.to_owned();
        move |source| Error::Io { path, action: "cannot read", source }
    };
    for entry in fs::read_dir(folder).map_err(io_error(folder))? {
        let path = entry.map_err(io_error(folder))?.path();
        let name = format!("{prefix}{}", path.file_name().unwrap_or_default().to_string_lossy());
        if path.is_dir() {
            add_folder(&path, &format!("{name}/"), files)?;
        } else if [".toml", ".csv", ".j2", ".md"].iter().any(|ending| name.ends_with(ending)) {
            files.insert(name, fs::read_to_string(&path).map_err(io_error(&path))?);
        }
    }
    Ok(())
}

/// BLAKE3 over everything but the policies, which have hashes of their own.
fn lexicon_hash(files: &Files) -> String {
    let mut hasher = blake3::Hasher::new();
    for (name, text) in files.iter().filter(|(name, _)| !name.starts_with("policies/")) {
        // Lengths keep a name apart from its text, and one file from the next.
        for part in [name, text] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
    }
    hasher.finalize().to_hex().to_string()
}

/// The policies among the files, by id.
fn policies(files: &Files) -> Result<Vec<LoadedPolicy>, Error> {
    let mut policies = Vec::new();
    for (name, text) in files {
        if name.starts_with("policies/") && name.ends_with(".toml") {
            policies.push(LoadedPolicy::parse(&format!("lexicons/{name}"), text.clone())?);
        }
    }
    policies.sort_by(|a, b| a.policy.id.cmp(&b.policy.id));
    Ok(policies)
}

/// The wanted policies in the order in which they were named.
fn select(mut known: Vec<LoadedPolicy>, wanted: &[String]) -> Result<Vec<LoadedPolicy>, Error> {
    let ids: Vec<String> = known.iter().map(|loaded| loaded.policy.id.clone()).collect();
    let mut policies: Vec<LoadedPolicy> = Vec::new();
    for name in wanted {
        if policies.iter().any(|loaded| loaded.policy.id == *name) {
            continue;
        }
        let loaded = match known.iter().position(|loaded| loaded.policy.id == *name) {
            Some(index) => known.swap_remove(index),
            None if Path::new(name).is_file() => {
                let text = fs::read_to_string(name).map_err(|source| Error::Io {
                    path: name.into(),
                    action: "cannot read",
                    source,
                })?;
                LoadedPolicy::parse(name, text)?
            }
            None => return Err(unknown_policy(name, &ids)),
        };
        policies.push(loaded);
    }
    Ok(policies)
}

/// The error for a policy that is neither known nor a file, with the nearest id there is.
pub fn unknown_policy(name: &str, ids: &[String]) -> Error {
    let nearest = ids
        .iter()
        .map(|id| (strsim::jaro_winkler(id, name), id))
        .filter(|(likeness, _)| *likeness > 0.7)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let hint = match nearest {
        Some((_, id)) => format!("did you mean `{id}`?"),
        None => format!("there are {}", ids.join(", ")),
    };
    Error::Usage {
        place: format!("--policy {name}"),
        problem: format!("no such policy and no such file; {hint}"),
    }
}
