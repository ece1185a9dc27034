//! The drug table: `lexicons/drugs.csv`.

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
pub(super) fn parse(path: &str, text: &str) -> Result<Vec<Concept>, Error> {
    let mut concepts = Vec::new();
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
    let headers = reader.headers().cloned().unwrap_or_default();
    for record in reader.records() {
        let line = |position: Option<&csv::Position>| position.map_or(0, csv::Position::line);
        let wrong = |line: u64, problem: String| Error::Lexicon {
            place: format!("lexicons/{path}:{line}"),
            problem,
        };
        let record = record.map_err(|error| wrong(line(error.position()), error.to_string()))?;
        let line = line(record.position());
        let row: Row =
            record.deserialize(Some(&headers)).map_err(|error| wrong(line, error.to_string()))?;
        let term = row.term.trim().to_lowercase();
        if !matches!(row.kind.as_str(), "brand" | "generic" | "class") || term.is_empty() {
            let problem = format!("`{term}` needs a kind: brand, generic or class");
            return Err(wrong(line, problem));
        }
        let id = if row.ingredient.is_empty() { term.clone() } else { row.ingredient };
        let fields = [("kind", row.kind), ("class", row.class), ("term", term.clone())];
        let fields = fields.into_iter().filter(|(_, value)| !value.is_empty());
        concepts.push(Concept {
            id,
            group: 0,
            line: line as usize,
            terms: vec![term],
            patterns: Vec::new(),
            fields: fields.map(|(name, value)| (name.into(), value)).collect(),
            hides: false,
        });
    }
    Ok(concepts)
}
