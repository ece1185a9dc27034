//! Facts that a person had the last word on, held against what the program takes from the same text.

use std::ops::Range;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::error::Error;
use crate::extract::extract;
use crate::lexicon::Lexicon;
use crate::report::FactRow;
use crate::text::Text;

/// What of a fact's line says where it stands and how it came to be, not what the record says.
const PLACE: &[&str] = &[
    "case_id",
    "document",
    "part",
    "page",
    "boxes",
    "start",
    "end",
    "source",
    "ocr_confidence",
    "confidence",
    "content_hash",
];

/// What else of it nobody corrects.
const GIVEN: &[&str] = &["fact_id", "quote", "section", "rule"];

/// A line of facts.jsonl without the fields that say where it stands.
pub fn without_place(mut fact: Map<String, Value>) -> Map<String, Value> {
    fact.retain(|name, _| !PLACE.contains(&name.as_str()));
    fact
}

/// A line of gold.jsonl.
#[derive(Deserialize)]
pub struct Gold {
    /// Whether the record says the fact; else the program is not to take it.
    pub found: bool,
    /// The paragraph that it stands in.
    pub text: String,
    /// Where it stands in the paragraph, in code points, half-open.
    start: usize,
    end: usize,
    /// BLAKE3 of the file that it stands in.
    pub content_hash: String,
    /// Where it begins in the text of that file, in code points.
    document_start: usize,
    fact: Map<String, Value>,
}

/// What a text gives in place of a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// What it should.
    Right,
    /// No fact of that kind there.
    Missed,
    /// One of that kind that differs in these fields.
    Otherwise(Vec<String>),
    /// The very fact that was rejected.
    Rejected,
}

/// The facts that the program takes from a text, to hold gold against.
pub struct Taken(Vec<(Range<usize>, Map<String, Value>)>);

impl Taken {
    /// The facts of a text.
    pub fn from(text: &Text, lexicon: &Lexicon) -> Self {
        let facts = extract(text, lexicon);
        let line = |fact| {
            let row = FactRow { case_id: None, document: "", part: 0, fact };
            match serde_json::to_value(&row) {
                Ok(Value::Object(line)) => line,
                _ => Map::new(),
            }
        };
        Self(facts.iter().map(|fact| (fact.place.start..fact.place.end, line(fact))).collect())
    }
}

impl Gold {
    /// Reads gold.jsonl; `name` is what the file is called.
    ///
    /// # Errors
    /// [`Error::Usage`] with the line that is none of gold.
    pub fn parse(name: &str, lines: &str) -> Result<Vec<Self>, Error> {
        let read = |(at, line): (usize, &str)| {
            let gold = serde_json::from_str::<Self>(line).ok();
            let whole = gold.filter(|gold| {
                gold.start <= gold.end && gold.end <= gold.text.chars().count() && gold.kind() != ""
            });
            whole.ok_or_else(|| Error::Usage {
                place: format!("{name}:{}", at + 1),
                problem: "no line of gold, as `chartsift review OUT --export` writes gold.jsonl"
                    .to_owned(),
            })
        };
        lines.lines().enumerate().map(read).collect()
    }

    /// The kind of the fact.
    pub fn kind(&self) -> &str {
        self.fact.get("kind").and_then(Value::as_str).unwrap_or_default()
    }

    /// The id of the fact, as the report that it was corrected in has it.
    pub fn id(&self) -> &str {
        self.fact.get("fact_id").and_then(Value::as_str).unwrap_or_default()
    }

    /// What the paragraph alone gives in place of the fact; without the date, which often stands
    /// elsewhere in the file.
    pub fn in_paragraph(&self, lexicon: &Lexicon) -> Outcome {
        let taken = Taken::from(&Text::from_plain(&self.text), lexicon);
        self.held_against(&taken, self.start..self.end, &["date"])
    }

    /// What the file gives in place of the fact; `None` where its text is read otherwise now.
    pub fn in_document(&self, text: &Text, taken: &Taken) -> Option<Outcome> {
        let range = self.document_start..self.document_start + (self.end - self.start);
        let bytes = text.byte_of(range.start)..text.byte_of(range.end);
        let said = self.text.chars().skip(self.start).take(range.len());
        let stands = text.as_str().get(bytes)?.chars().eq(said);
        stands.then(|| self.held_against(taken, range, &[]))
    }

    fn held_against(&self, taken: &Taken, range: Range<usize>, without: &[&str]) -> Outcome {
        let there = taken.0.iter().filter(|(own, fact)| {
            let touches = own.start < range.end && range.start < own.end || *own == range;
            touches && fact.get("kind").and_then(Value::as_str) == Some(self.kind())
        });
        let differing = |(_, fact): &(Range<usize>, Map<String, Value>)| {
            let mut fields = self.differing(fact);
            fields.retain(|name| !without.contains(&name.as_str()));
            fields
        };
        let nearest = there.map(differing).min_by_key(Vec::len);
        match (nearest, self.found) {
            (Some(fields), true) if fields.is_empty() => Outcome::Right,
            (Some(fields), true) => Outcome::Otherwise(fields),
            (None, true) => Outcome::Missed,
            (Some(fields), false) if fields.is_empty() => Outcome::Rejected,
            // Another fact than the one that was rejected is no fault.
            (_, false) => Outcome::Right,
        }
    }

    /// The fields in which a fact that the program takes differs, by name.
    fn differing(&self, taken: &Map<String, Value>) -> Vec<String> {
        let taken = without_place(taken.clone());
        let mut names: Vec<&String> = self.fact.keys().chain(taken.keys()).collect();
        names.sort();
        names.dedup();
        let own = |name: &str| (self.fact.get(name), taken.get(name));
        names
            .into_iter()
            .filter(|name| !GIVEN.contains(&name.as_str()))
            .filter(|name| !matches!(own(name), (gold, taken) if same(gold, taken)))
            .cloned()
            .collect()
    }
}

/// Whether two values say the same; what is absent is as what is null.
fn same(a: Option<&Value>, b: Option<&Value>) -> bool {
    let (a, b) = (a.unwrap_or(&Value::Null), b.unwrap_or(&Value::Null));
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => a == b,
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "Medications: gabapentin 300 mg tid, no relief.";

    /// Gold of the medication in the text, with some fields set and some left out.
    fn gold(found: bool, set: &[(&str, Value)]) -> Gold {
        let lexicon = Lexicon::embedded().unwrap();
        let text = Text::from_plain(TEXT);
        let taken = Taken::from(&text, &lexicon);
        let drug = |line: &Map<String, Value>| line.get("kind") == Some(&"medication".into());
        let (range, line) = taken.0.iter().find(|(_, line)| drug(line)).unwrap();
        let mut fact = without_place(line.clone());
        for (name, value) in set {
            fact.insert((*name).to_owned(), value.clone());
        }
        fact.retain(|_, value| !value.is_null());
        let line = serde_json::json!({ "found": found, "text": TEXT, "start": range.start,
            "end": range.end, "content_hash": "", "document_start": range.start, "fact": fact });
        Gold::parse("gold.jsonl", &line.to_string()).unwrap().remove(0)
    }

    #[track_caller]
    fn check(gold: &Gold, outcome: Outcome) {
        let lexicon = Lexicon::embedded().unwrap();
        assert_eq!(gold.in_paragraph(&lexicon), outcome);
        let text = Text::from_plain(TEXT);
        assert_eq!(gold.in_document(&text, &Taken::from(&text, &lexicon)), Some(outcome));
    }

    #[test]
    fn gold_is_found_missed_or_found_otherwise() {
        check(&gold(true, &[]), Outcome::Right);
        let otherwise = |fields: &[&str]| {
            Outcome::Otherwise(fields.iter().map(|&field| field.to_owned()).collect())
        };
        check(&gold(true, &[("dose", "75 mg".into())]), otherwise(&["dose"]));
        check(&gold(true, &[("dose", Value::Null)]), otherwise(&["dose"]));
        check(&gold(true, &[("kind", "therapy".into())]), Outcome::Missed);
        check(&gold(false, &[]), Outcome::Rejected);
        check(&gold(false, &[("dose", "75 mg".into())]), Outcome::Right);
        check(&gold(false, &[("kind", "therapy".into())]), Outcome::Right);
    }

    #[test]
    fn a_file_that_is_read_otherwise_says_nothing() {
        let text = Text::from_plain("Nothing.");
        let taken = Taken::from(&text, &Lexicon::embedded().unwrap());
        assert_eq!(gold(true, &[]).in_document(&text, &taken), None);
    }

    #[test]
    fn a_line_that_is_no_gold_is_named() {
        let Err(error) = Gold::parse("gold.jsonl", "{}\n") else { panic!("{{}} is no gold") };
        assert!(error.to_string().starts_with("gold.jsonl:1: no line of gold"));
    }
}
