//! The evidence registry: what policies and narratives cite, and how far each entry was checked.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::policy::{Verification, place};
use crate::error::Error;

/// Entries by id.
#[derive(Clone, Debug, Default)]
pub struct EvidenceRegistry {
    entries: BTreeMap<String, Evidence>,
}

/// One piece of evidence, in own words.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Its id.
    pub id: String,
    /// Its title, in own words.
    pub title: String,
    /// As "guideline", "study".
    pub kind: String,
    /// Year of publication.
    pub year: u16,
    /// As "retrospective series".
    pub design: String,
    /// How many were studied.
    #[serde(default)]
    pub n: Option<u32>,
    /// Who was studied.
    pub population: String,
    /// What was found.
    pub finding: String,
    /// What it cannot show.
    pub limits: String,
    /// How far it was checked.
    pub verification: Verification,
    /// What was checked.
    pub checked: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRegistry {
    evidence: Vec<Evidence>,
}

static EMBEDDED: LazyLock<EvidenceRegistry> = LazyLock::new(|| {
    // The tests hold that the embedded file parses.
    EvidenceRegistry::parse("evidence.toml", include_str!("../../lexicons/evidence.toml"))
        .unwrap_or_default()
});

impl EvidenceRegistry {
    /// Reads and checks a registry file.
    ///
    /// # Errors
    /// [`Error::Lexicon`] where the text is no registry or an id comes twice.
    pub fn parse(file_name: &str, text: &str) -> Result<Self, Error> {
        let raw: RawRegistry = toml::from_str(text).map_err(|error| Error::Lexicon {
            place: place(file_name, text, error.span().map_or(0, |span| span.start)),
            problem: error.message().to_owned(),
        })?;
        let mut entries = BTreeMap::new();
        for entry in raw.evidence {
            let id = entry.id.clone();
            if entries.insert(id.clone(), entry).is_some() {
                let problem = format!("evidence `{id}`: there is one of that id already");
                return Err(Error::Lexicon { place: file_name.to_owned(), problem });
            }
        }
        Ok(Self { entries })
    }

    /// The registry that the program carries.
    pub fn embedded() -> &'static Self {
        &EMBEDDED
    }

    /// The entry of that id.
    pub fn get(&self, id: &str) -> Option<&Evidence> {
        self.entries.get(id)
    }

    /// All entries by id.
    pub fn iter(&self) -> impl Iterator<Item = &Evidence> {
        self.entries.values()
    }
}
