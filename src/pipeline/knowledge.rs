//! What the program knows: lexicons and policies, from itself, a folder and named files.

#![expect(clippy::disallowed_methods, reason = "reads lexicon and policy files")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::error::Error;
use crate::lexicon::{Files, Lexicon, embedded_files};
use crate::necessity::{EvidenceRegistry, Policy, Templates};
use crate::report::PolicyRecord;

/// Lexicons and policies, loaded and checked.
pub struct Knowledge {
    /// The compiled lexicon.
    pub lexicon: Lexicon,
    /// BLAKE3 over the lexicons' files, names and texts.
    pub lexicon_hash: String,
    /// The policies that cases may be held against, by id and version.
    pub policies: Vec<Policy>,
    /// The policies that were asked for by name, each as its versions; empty where the request chooses.
    pub asked: Vec<Vec<Policy>>,
    /// The evidence that policies cite.
    pub evidence: EvidenceRegistry,
    /// The texts that assessments are made from.
    pub templates: Templates,
    /// What run.json says of each policy.
    pub records: Vec<PolicyRecord>,
}

/// A policy with the text that it came from.
#[derive(Clone)]
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
    /// `folder` stands in for any of the files that the program carries. `wanted` are files of
    /// policies, their ids, or `ID@VERSION`; where there are none, the request chooses among all.
    pub fn load(folder: Option<&Path>, wanted: &[String]) -> Result<Self, Error> {
        let files = lexicon_files(folder)?;
        let (loaded, known) = rayon::join(|| Self::of_files(&files), || policies(&files));
        let (mut knowledge, known) = (loaded?, known?);
        check_topics(&known, &knowledge.lexicon)?;
        let asked = select(&known, wanted)?;
        let loaded =
            if wanted.is_empty() { known } else { asked.iter().flatten().cloned().collect() };
        knowledge.records = loaded.iter().map(LoadedPolicy::record).collect();
        knowledge.policies = loaded.into_iter().map(|loaded| loaded.policy).collect();
        let bare = |versions: Vec<LoadedPolicy>| versions.into_iter().map(|v| v.policy).collect();
        knowledge.asked = asked.into_iter().map(bare).collect();
        Ok(knowledge)
    }

    /// Loads what facts are told by, and no policy: for what decides nothing.
    pub fn without_policies(folder: Option<&Path>) -> Result<Self, Error> {
        Self::of_files(&lexicon_files(folder)?)
    }

    fn of_files(files: &Files) -> Result<Self, Error> {
        Ok(Self {
            lexicon: Lexicon::parse(files)?,
            lexicon_hash: lexicon_hash(files),
            policies: Vec::new(),
            asked: Vec::new(),
            evidence: evidence(files)?,
            templates: templates(files)?,
            records: Vec::new(),
        })
    }
}

/// Every policy that the program or the folder has, by id and version.
pub fn known_policies(folder: Option<&Path>) -> Result<Vec<LoadedPolicy>, Error> {
    policies(&lexicon_files(folder)?)
}

/// A policy file.
pub fn read_policy(path: &Path) -> Result<LoadedPolicy, Error> {
    let place = path.display().to_string();
    let text = fs::read_to_string(path).map_err(|source| Error::Io {
        path: path.to_owned(),
        action: "cannot read",
        source,
    })?;
    LoadedPolicy::parse(&place, text)
}

/// The evidence registry of the program or the folder.
pub fn known_evidence(folder: Option<&Path>) -> Result<EvidenceRegistry, Error> {
    evidence(&lexicon_files(folder)?)
}

/// The topics of statements that the lexicon of the program or the folder can find.
pub fn known_topics(folder: Option<&Path>) -> Result<BTreeSet<String>, Error> {
    Ok(topics(&Lexicon::parse(&lexicon_files(folder)?)?))
}

/// A concept states the topic of its id, or those that it names.
fn topics(lexicon: &Lexicon) -> BTreeSet<String> {
    let named = ["topic", "negated", "yes", "no", "other"];
    let of_fields = lexicon
        .concepts
        .iter()
        .flat_map(|concept| named.iter().filter_map(|name| concept.field(name)).map(str::to_owned));
    lexicon.concepts.iter().map(|concept| concept.id.clone()).chain(of_fields).collect()
}

/// Refuses a policy that asks about a topic that no concept states.
fn check_topics(policies: &[LoadedPolicy], lexicon: &Lexicon) -> Result<(), Error> {
    let known = topics(lexicon);
    for policy in policies.iter().map(|loaded| &loaded.policy) {
        if let Some(topic) = policy.topics.iter().find(|topic| !known.contains(*topic)) {
            return Err(Error::Lexicon {
                place: format!("policy {} {}", policy.id, policy.version),
                problem: format!("no concept of the lexicon states the topic `{topic}`"),
            });
        }
    }
    Ok(())
}

fn evidence(files: &Files) -> Result<EvidenceRegistry, Error> {
    match files.get("evidence.toml") {
        Some(text) => EvidenceRegistry::parse("lexicons/evidence.toml", text),
        None => Ok(EvidenceRegistry::default()),
    }
}

/// The templates among the files.
fn templates(files: &Files) -> Result<Templates, Error> {
    let text = |name: &str| files.get(name).map(String::as_str).unwrap_or_default();
    let [narrative, request, sentences] =
        [Templates::NARRATIVE, Templates::REQUEST, Templates::SENTENCES].map(text);
    Templates::parse(narrative, request, sentences)
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
    let key = |loaded: &LoadedPolicy| (loaded.policy.id.clone(), loaded.policy.version.clone());
    policies.sort_by_cached_key(key);
    if let Some([a, _]) = policies.array_windows().find(|[a, b]| key(a) == key(b)) {
        return Err(Error::Lexicon {
            place: "lexicons/policies".to_owned(),
            problem: format!("two files are {} {}", a.policy.id, a.policy.version),
        });
    }
    Ok(policies)
}

/// The wanted policies in the order in which they were named, each as its versions.
fn select(known: &[LoadedPolicy], wanted: &[String]) -> Result<Vec<Vec<LoadedPolicy>>, Error> {
    let mut ids: Vec<String> = known.iter().map(|loaded| loaded.policy.id.clone()).collect();
    ids.dedup();
    let mut asked: Vec<(&String, Vec<LoadedPolicy>)> = Vec::new();
    for name in wanted.iter().filter(|name| !name.is_empty()) {
        if asked.iter().any(|(known, _)| *known == name) {
            continue;
        }
        let (id, version) = match name.split_once('@') {
            Some((id, version)) => (id, Some(version)),
            None => (name.as_str(), None),
        };
        let fits = |loaded: &&LoadedPolicy| {
            loaded.policy.id == id && version.is_none_or(|version| loaded.policy.version == version)
        };
        let mut versions: Vec<LoadedPolicy> = known.iter().filter(fits).cloned().collect();
        if versions.is_empty() {
            if !Path::new(name).is_file() {
                return Err(unknown_policy(name, &ids));
            }
            versions.push(read_policy(Path::new(name))?);
        }
        asked.push((name, versions));
    }
    Ok(asked.into_iter().map(|(_, versions)| versions).collect())
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
