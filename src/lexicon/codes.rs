//! The tables of diagnosis codes: `lexicons/icd10cm.csv` and `lexicons/icd9cm.csv`.

use std::collections::HashMap;
use std::fmt;

use serde::Deserialize;

use crate::error::Error;

/// Which diagnosis codes there are, of either classification.
#[derive(Clone, Debug, Default)]
pub struct Codes {
    /// The one in use.
    pub icd10cm: CodeTable,
    /// In use until October 2015; older records have no others.
    pub icd9cm: CodeTable,
}

/// Which codes a classification has.
#[derive(Clone, Default)]
pub struct CodeTable {
    /// What may follow a category, as a tree: `0(12)|9` stands for .0, .01, .02 and .9.
    trees: HashMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    category: String,
    codes: String,
}

impl CodeTable {
    /// Parses the table; which release it is of stands in its comment.
    pub(super) fn parse(path: &str, text: &str) -> Result<Self, Error> {
        let mut trees = HashMap::new();
        let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
        for row in reader.deserialize() {
            let Row { category, codes } = row.map_err(|error: csv::Error| {
                let line = error.position().map_or(0, csv::Position::line);
                Error::Lexicon {
                    place: format!("lexicons/{path}:{line}"),
                    problem: error.to_string(),
                }
            })?;
            trees.insert(category, codes);
        }
        Ok(Self { trees })
    }

    /// Whether there is no table to look codes up in.
    pub fn is_empty(&self) -> bool {
        self.trees.is_empty()
    }

    /// Whether a code exists, or codes below it do: "M54.5" and "m5450", with or without point.
    pub fn knows(&self, code: &str) -> bool {
        let code = code.replace('.', "").to_uppercase();
        let (Some(category), Some(ending)) = (code.get(..3), code.get(3..)) else { return false };
        self.trees.get(category).is_some_and(|tree| leads_to(tree, ending))
    }
}

impl fmt::Debug for CodeTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CodeTable({} categories)", self.trees.len())
    }
}

/// Whether a tree has a way along these characters.
fn leads_to(tree: &str, ending: &str) -> bool {
    let Some(first) = ending.chars().next() else { return true };
    let rest = &ending[first.len_utf8()..];
    let (mut depth, mut opens, mut here) = (0u32, 0, false);
    for (at, c) in tree.char_indices() {
        match c {
            '(' => {
                depth += 1;
                if depth == 1 {
                    opens = at + 1;
                }
            }
            ')' => {
                depth = depth.saturating_sub(1);
                if depth == 0 && here {
                    return leads_to(&tree[opens..at], rest);
                }
            }
            _ if depth > 0 => {}
            // Nothing follows the characters before.
            '|' if here => break,
            c => here |= c == first,
        }
    }
    here && rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_tells_what_may_follow() {
        for (ending, expect) in [("", true), ("0", true), ("02", true), ("9", true), ("1", true)] {
            assert_eq!(leads_to("01(2)|9|3(4(5))", ending), expect, "{ending}");
        }
        for (ending, expect) in [("345", true), ("12", true), ("92", false), ("5", false)] {
            assert_eq!(leads_to("01(2)|9|3(4(5))", ending), expect, "{ending}");
        }
    }

    #[test]
    fn codes_are_known_with_and_without_point_and_their_headings_too() {
        let lexicon = crate::lexicon::Lexicon::embedded().unwrap();
        for code in ["M54.16", "m5416", "M54", "M54.1", "G58.8", "S33.5XXA", "Z79.891"] {
            assert!(lexicon.codes.icd10cm.knows(code), "{code}");
        }
        for code in ["M54.19", "M99.999", "G58.88", "U99.9", "S33.5XXB", "M5", ""] {
            assert!(!lexicon.codes.icd10cm.knows(code), "{code}");
        }
    }

    #[test]
    fn codes_of_the_older_classification_have_a_table_of_their_own() {
        let lexicon = crate::lexicon::Lexicon::embedded().unwrap();
        for code in ["724.2", "72402", "724.0", "v71.09", "E885.9", "355.8"] {
            assert!(lexicon.codes.icd9cm.knows(code), "{code}");
        }
        for code in ["724.25", "724.04", "V71.05", "E885.8", "M54.16", "999.0A"] {
            assert!(!lexicon.codes.icd9cm.knows(code), "{code}");
        }
    }
}
