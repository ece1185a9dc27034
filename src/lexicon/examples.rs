//! Examples in concept files: a text and the facts that it must give.

use serde::Deserialize;
use toml::Spanned;

use super::Lines;
use crate::error::Error;

/// A text with the facts that it must give.
///
/// For each kind named in `facts` or `none`, the text must give exactly the facts
/// listed; of a fact only the fields listed are compared.
#[derive(Clone, Debug)]
pub struct Example {
    /// The file that it stands in.
    pub path: String,
    /// The line that its text stands on, counted from 1.
    pub line: usize,
    /// What it shows.
    pub why: String,
    /// The text.
    pub text: String,
    /// Facts by field, with `kind` and, if wanted, `quote` and the assertion's fields.
    pub facts: Vec<toml::Table>,
    /// Kinds of which the text must give none.
    pub none: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawExample {
    #[serde(default)]
    why: String,
    text: Spanned<String>,
    #[serde(default)]
    facts: Vec<toml::Table>,
    #[serde(default)]
    none: Vec<String>,
}

impl RawExample {
    pub(super) fn read(self, path: &str, lines: &Lines) -> Result<Example, Error> {
        let line = lines.at(self.text.span().start);
        let known = |kind: &str| crate::fact::Kind::SCHEMA.iter().any(|(name, _)| *name == kind);
        let kinds = self.facts.iter().map(|f| f.get("kind").and_then(|k| k.as_str()).unwrap_or(""));
        if let Some(kind) =
            kinds.chain(self.none.iter().map(String::as_str)).find(|kind| !known(kind))
        {
            return Err(Error::Lexicon {
                place: format!("lexicons/{path}:{line}"),
                problem: format!("no kind of fact is called `{kind}`"),
            });
        }
        Ok(Example {
            path: path.to_owned(),
            why: self.why,
            line,
            text: self.text.into_inner(),
            facts: self.facts,
            none: self.none,
        })
    }
}
