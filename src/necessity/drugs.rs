//! Sets of drugs by their names.

use rustc_hash::FxHashSet;

/// Drugs by name, in lower case.
#[derive(Clone, Debug, Default)]
pub(super) struct Drugs {
    names: FxHashSet<String>,
}

impl Drugs {
    /// The drugs of these names.
    pub(super) fn of(names: Vec<String>) -> Self {
        Drugs { names: names.into_iter().collect() }
    }

    /// The one that stands for the set where an example is wanted: the first in alphabetical order.
    pub(super) fn first(&self) -> Option<&str> {
        self.names().min()
    }

    /// Their names, in no order.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// Whether a drug is one of them.
    #[inline]
    pub(super) fn has(&self, drug: &str) -> bool {
        self.names.contains(drug)
    }

    /// Whether a drug, or one part of a combination, is one of them.
    pub(super) fn has_part(&self, drug: &str) -> bool {
        self.has(drug) || (drug.contains('/') && drug.split('/').any(|part| self.has(part.trim())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_combination_has_each_of_its_parts() {
        let opioids = Drugs::of(vec!["oxycodone".into(), "hydrocodone".into()]);
        assert_eq!(opioids.first(), Some("hydrocodone"));
        assert!(opioids.has("oxycodone") && !opioids.has("hydrocodone/acetaminophen"));
        assert!(opioids.has_part("acetaminophen / hydrocodone"));
        assert!(!opioids.has_part("acetaminophen/ibuprofen") && !opioids.has_part(""));
    }
}
