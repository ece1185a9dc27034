//! What each file is, before any is read: its content's hash.

use std::fs::File;

use rayon::prelude::*;

use super::{Plan, Source, threads, unopened};
use crate::error::{Error, Problem};
use crate::read::is_named_text;
use crate::report::DocumentRecord;
use crate::store::Key;

/// What a file's reading is kept under, or why the file cannot be opened.
pub type Identity = Result<Key, Problem>;

/// What the files of a plan are, in its order.
pub struct Identities(Vec<Identity>);

/// Finds out what the files of a plan are, `jobs` at a time.
///
/// # Errors
/// [`Error::Io`] where no threads can be started.
pub fn identify(plan: &Plan, jobs: usize) -> Result<Identities, Error> {
    let sources: Vec<&Source> = plan.sources().collect();
    let identities = threads(jobs)?.install(|| sources.into_par_iter().map(identity).collect());
    Ok(Identities(identities))
}

fn identity(source: &Source) -> Identity {
    let hash = || -> std::io::Result<String> {
        let mut hasher = blake3::Hasher::new();
        hasher.update_reader(File::open(&source.path)?)?;
        Ok(hasher.finalize().to_hex().to_string())
    };
    let content_hash = hash().map_err(|error| match source.remote {
        Some(_) => unopened("it could not be fetched from the bucket"),
        None => unopened(&error.kind().to_string()),
    })?;
    Ok(Key { content_hash, named_text: is_named_text(&source.name) })
}

impl Identities {
    /// One a file, in the order of the plan.
    pub fn iter(&self) -> impl Iterator<Item = &Identity> {
        self.0.iter()
    }

    /// The identity of the file at a place of the plan.
    pub(super) fn at(&self, place: usize) -> &Identity {
        &self.0[place]
    }

    /// Has what was one thing be another: the file changed, or is gone.
    pub(super) fn correct(&mut self, was: &Key, is: &Identity) {
        for identity in self.0.iter_mut().filter(|identity| identity.as_ref() == Ok(was)) {
            identity.clone_from(is);
        }
    }

    /// The documents of the plan, by case.
    pub fn records(&self, plan: &Plan) -> Vec<DocumentRecord> {
        let documents = plan.cases.iter().flat_map(|case| {
            case.documents.iter().map(|document| (case.id.clone(), document.name.clone()))
        });
        documents
            .zip(&self.0)
            .map(|((case_id, document), identity)| DocumentRecord {
                case_id,
                document,
                blake3: identity.as_ref().ok().map(|key| key.content_hash.clone()),
            })
            .collect()
    }
}
