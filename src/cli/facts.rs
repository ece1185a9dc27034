//! Lines of facts.jsonl as several commands take them: where each fact stands.

#![expect(clippy::disallowed_methods, reason = "reads the facts")]

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::error::Error;
use crate::geometry::Rect;
use crate::searchable::Mark;

/// What is needed of a line.
#[derive(Deserialize)]
struct FactLine {
    document: String,
    page: u32,
    boxes: Vec<[f32; 4]>,
    kind: String,
    rule: String,
    #[serde(default)]
    quote: String,
}

/// The facts of the document at `file`, as marks.
pub fn marks(facts: &Path, file: &Path) -> Result<Vec<Mark>, Error> {
    let wrong =
        |problem: String| Error::Usage { place: format!("--facts {}", facts.display()), problem };
    if !facts.is_file() {
        return Err(wrong("no such file; give facts.jsonl as `run` or `tag` writes it".into()));
    }
    let text = std::fs::read_to_string(facts).map_err(|source| Error::Io {
        path: facts.to_owned(),
        action: "cannot read",
        source,
    })?;
    let file = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    let mut marks = Vec::new();
    for (i, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let fact: FactLine = serde_json::from_str(line).map_err(|_| {
            wrong(format!(
                "line {}: not a fact with document, page, boxes, kind and rule; give facts.jsonl \
                 as `run` or `tag` writes it",
                i + 1
            ))
        })?;
        if is_of(&fact.document, &file) {
            marks.push(fact.mark());
        }
    }
    Ok(marks)
}

/// Whether a path relative to some input names this file.
fn is_of(document: &str, file: &Path) -> bool {
    !document.is_empty() && file.ends_with(PathBuf::from(document))
}

impl FactLine {
    fn mark(self) -> Mark {
        let finite = |edges: &[f32; 4]| edges.iter().all(|edge| edge.is_finite());
        let rect = |[x0, y0, x1, y1]: [f32; 4]| Rect::new(x0, y0, x1, y1);
        Mark {
            page: self.page,
            boxes: self.boxes.into_iter().filter(finite).map(rect).collect(),
            note: format!("{}\n{}\n{}", self.kind.replace('_', " "), self.quote, self.rule),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_known_by_the_end_of_its_path() {
        let file = Path::new("/records/p1/fax.pdf");
        assert!(is_of("fax.pdf", file) && is_of("p1/fax.pdf", file));
        assert!(!is_of("x.pdf", file) && !is_of("p2/fax.pdf", file) && !is_of("", file));
    }

    #[test]
    fn a_note_says_what_and_why() {
        let line = r#"{"fact_id":"1","kind":"exam_sign","document":"a.pdf","page":2,
            "boxes":[[1,2,3,4.5]],"quote":"FABER positive","rule":"faber","more":{}}"#;
        let mark = serde_json::from_str::<FactLine>(line).unwrap().mark();
        assert_eq!((mark.page, mark.boxes), (2, vec![Rect::new(1.0, 2.0, 3.0, 4.5)]));
        assert_eq!(mark.note, "exam sign\nFABER positive\nfaber");
    }
}
