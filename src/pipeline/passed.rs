//! What was taken of a document as lines of JSON: for whoever reads documents on one machine and
//! decides their cases on another.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::Extraction;
use crate::chart::ChartDocument;
use crate::error::{Error, Problem};
use crate::read::Sheet;
use crate::report::{FactRow, StoredFact, read_fact};

/// What was taken of a document, without its facts.
#[derive(Serialize, Deserialize)]
struct Passed {
    name: String,
    parts: Vec<ChartDocument>,
    sheets: Vec<Sheet>,
    problems: Vec<Problem>,
}

impl Extraction {
    /// All but the facts, as a line.
    pub fn record(&self) -> String {
        let passed = Passed {
            name: self.name.clone(),
            parts: self.parts.iter().map(|(document, _)| document.clone()).collect(),
            sheets: self.sheets.clone(),
            problems: self.problems.clone(),
        };
        // Writing plain data to memory cannot fail.
        serde_json::to_string(&passed).unwrap_or_default()
    }

    /// The facts as rows of the report, of a case where there is one.
    pub fn facts<'a>(&'a self, case_id: Option<&'a str>) -> impl Iterator<Item = FactRow<'a>> {
        self.parts.iter().flat_map(move |(document, facts)| {
            facts.iter().map(move |fact| FactRow {
                case_id,
                document: &document.name,
                part: document.part,
                fact,
            })
        })
    }
}

/// What was taken of the documents of a case, from their lines in order, and from the lines of
/// facts.jsonl of their facts.
///
/// # Errors
/// [`Error::Usage`] where a line is none of those, or of a document that is not there.
pub fn take_up<'a>(
    records: impl IntoIterator<Item = &'a str>,
    facts: impl IntoIterator<Item = &'a str>,
) -> Result<Vec<Extraction>, Error> {
    let wrong = |place: String, problem: &str| Error::Usage { place, problem: problem.to_owned() };
    let mut extractions = Vec::new();
    let mut places: HashMap<(String, usize), (usize, usize)> = HashMap::new();
    for (at, record) in records.into_iter().enumerate() {
        let Passed { name, parts, sheets, problems } = serde_json::from_str(record)
            .map_err(|_| wrong(format!("document {}", at + 1), "no record of a document"))?;
        for (place, document) in parts.iter().enumerate() {
            places.entry((name.clone(), document.part)).or_insert((at, place));
        }
        let parts = parts.into_iter().map(|document| (document, Vec::new())).collect();
        extractions.push(Extraction { name, parts, sheets, problems });
    }
    for (at, line) in facts.into_iter().enumerate() {
        let place = || format!("fact {}", at + 1);
        let StoredFact { document, part, fact, .. } =
            read_fact(line).ok_or_else(|| wrong(place(), "no line of facts.jsonl"))?;
        let (of, part) = places
            .get(&(document, part))
            .ok_or_else(|| wrong(place(), "of a document that is not there"))?;
        extractions[*of].parts[*part].1.push(fact);
    }
    // As they are taken from a text, wherever those of its parts were meanwhile.
    for (_, facts) in extractions.iter_mut().flat_map(|extraction| &mut extraction.parts) {
        facts.sort_by_key(|fact| (fact.place.start, fact.place.end));
    }
    Ok(extractions)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::{Engine, Knowledge, decide_one, tag};
    use crate::read::{ReadOptions, read};
    use crate::report::{Given, write_json_line};

    #[test]
    fn a_case_that_was_passed_on_is_decided_as_it_would_have_been() {
        let engine =
            Engine { knowledge: Knowledge::load(None, &[]).unwrap(), as_of: None, limit: None };
        let options = ReadOptions::default();
        let extraction = |name: &str, text: &str| {
            let reading = read(text.as_bytes(), Some(name), &options);
            tag(name, Ok(reading), &engine, true)
        };
        let note = "Date: 03/04/2025\n\nRequest: left cluneal nerve block, CPT 64450.\n\nPain 8/10. \
            Gabapentin 300 mg for 6 weeks without relief. Iliac crest point sign positive.";
        let extractions = vec![extraction("a.txt", note), extraction("b.txt", "Denies weakness.")];
        let records: Vec<String> = extractions.iter().map(Extraction::record).collect();
        let mut lines: Vec<String> = Vec::new();
        for row in extractions.iter().flat_map(|extraction| extraction.facts(Some("c"))) {
            let mut line = Vec::new();
            write_json_line(&mut line, &row).unwrap();
            lines.push(String::from_utf8(line).unwrap());
        }
        assert!(lines.len() > 3);
        lines.rotate_left(2);
        let records = records.iter().map(String::as_str);
        let taken = take_up(records, lines.iter().map(String::as_str)).unwrap();
        let here = decide_one("c", &Given::default(), extractions, &engine);
        let there = decide_one("c", &Given::default(), taken, &engine);
        assert!(here.rulings[0].verdict == there.rulings[0].verdict);
        assert_eq!(here.rulings[0].narrative, there.rulings[0].narrative);
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let extraction = Extraction { name: "a.txt".to_owned(), ..Extraction::default() };
        let record = extraction.record();
        let told = |records: &[&str], facts: &[&str]| {
            let taken = take_up(records.iter().copied(), facts.iter().copied());
            taken.err().map(|error| error.to_string()).unwrap_or_default()
        };
        assert_eq!(told(&[&record], &[]), "");
        assert_eq!(told(&[&record, "{}"], &[]), "document 2: no record of a document");
        assert_eq!(told(&[&record], &["a patient's words"]), "fact 1: no line of facts.jsonl");
    }
}
