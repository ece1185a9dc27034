//! The drug table: `lexicons/drugs.csv`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Concept;
use crate::error::Error;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    /// Name as records write it.
    term: String,
    /// Generic ingredient, combinations joined by `/`; empty where it is the term itself.
    ingredient: String,
    /// `brand`, `generic` or `class`.
    kind: String,
    /// Drug class id; may be empty.
    class: String,
}

/// Each row becomes a concept of the group `drug`: its id is the ingredient, its
/// fields are `kind`, `class` and `term`.
pub(super) fn parse(
    path: &str,
    group: usize,
    text: &str,
    concepts: &mut Vec<Concept>,
) -> Result<(), Error> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
    for row in reader.deserialize::<Row>() {
        let row = row.map_err(|error| {
            let line = error.position().map_or(0, csv::Position::line);
            Error::Lexicon { place: format!("lexicons/{path}:{line}"), problem: error.to_string() }
        })?;
        let term = row.term.trim().to_lowercase();
        if !matches!(row.kind.as_str(), "brand" | "generic" | "class") || term.is_empty() {
            return Err(Error::Lexicon {
                place: format!("lexicons/{path}: `{term}`"),
                problem: "needs a term, and a kind of brand, generic or class".into(),
            });
        }
        let id = if row.ingredient.is_empty() { term.clone() } else { row.ingredient };
        let fields = [("kind", row.kind), ("class", row.class), ("term", term.clone())];
        let fields: BTreeMap<_, _> = fields
            .into_iter()
            .filter(|(_, v)| !v.is_empty())
            .map(|(k, v)| (k.to_owned(), v))
            .collect();
        concepts.push(Concept {
            id,
            group,
            terms: vec![term],
            patterns: Vec::new(),
            fields,
            hides: false,
        });
    }
    Ok(())
}
