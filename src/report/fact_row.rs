//! Facts as rows of facts.csv and lines of facts.jsonl.
//!
//! Several kinds have a field of the same name as one that every fact has. The
//! kind's own `polarity`, `certainty` and `experiencer` take the name, and the
//! assertion's polarity and certainty are then in `assertion_polarity` and
//! `assertion_certainty`. The first and last day of a treatment, `start` and `stop`
//! in policies, are `start_date` and `stop_date` here, since `start` is the offset
//! of the first character. In facts.csv `value` is the line for people and a kind's
//! own `value` is `own_value`.

use std::borrow::Cow;
use std::sync::LazyLock;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::cell::{Cell, Column, Type, rounded};
use super::line::line;
use crate::fact::{Fact, FieldShape, FieldType, FieldValue, Kind};

/// Columns that every fact has, in the order of facts.csv.
const CORE: &[Column] = &[
    Column::text("case_id"),
    Column::text("fact_id"),
    Column::text("document"),
    Column::count("page"),
    Column::text("boxes"),
    Column::count("start"),
    Column::count("end"),
    Column::text("quote"),
    Column::text("section"),
    Column::text("source"),
    Column::number("ocr_confidence"),
    Column::number("confidence"),
    Column::text("rule"),
    Column::text("polarity"),
    Column::text("certainty"),
    Column::text("time"),
    Column::text("experiencer"),
    Column::text("origin"),
    Column::text("date"),
    Column::text("kind"),
    Column::text("value"),
];

/// Columns at the end: the assertion, where a kind's own field took its name.
const ASSERTION: &[Column] =
    &[Column::text("assertion_polarity"), Column::text("assertion_certainty")];

/// The names that a kind's own field may share with one that every fact has.
pub(super) const SHARED: &[&str] = &["polarity", "certainty", "experiencer"];

/// A fact with the names of its case and document.
pub struct FactRow<'a> {
    /// The case; `None` where documents are read without cases.
    pub case_id: Option<&'a str>,
    /// Path of the document, relative to the input.
    pub document: &'a str,
    /// Which of the documents that the file holds, counted from 0.
    pub part: usize,
    /// The fact.
    pub fact: &'a Fact,
}

/// The columns of facts.csv.
pub fn columns() -> Vec<Column> {
    let own =
        OWN_FIELDS.iter().map(|&(field, holds)| Column { name: own_column(field, true), holds });
    CORE.iter().copied().chain(own).chain(ASSERTION.iter().copied()).collect()
}

/// The kinds' own fields with columns of their own, each once, in the order of the vocabulary. One
/// that is a number in one kind and words in another has a column of words.
static OWN_FIELDS: LazyLock<Vec<(&'static str, Type)>> = LazyLock::new(|| {
    let mut own: Vec<(&'static str, Type)> = Vec::new();
    for &(_, fields) in Kind::TYPES {
        for &FieldType { name: field, shape, .. } in fields {
            let holds = match shape {
                FieldShape::Number => Type::Number,
                FieldShape::Flag => Type::Flag,
                FieldShape::Text | FieldShape::List | FieldShape::Day | FieldShape::OneOf(_) => {
                    Type::Text
                }
            };
            match own.iter_mut().find(|(name, _)| *name == field) {
                _ if SHARED.contains(&field) => {}
                None => own.push((field, holds)),
                Some((_, known)) if *known != holds => *known = Type::Text,
                Some(_) => {}
            }
        }
    }
    own
});

/// The name that a kind's own field has in reports.
pub fn own_column(field: &'static str, csv: bool) -> &'static str {
    match field {
        "start" => "start_date",
        "stop" => "stop_date",
        "value" if csv => "own_value",
        other => other,
    }
}

/// The assertion as reports name it, beside the kind's own fields.
struct Assertion<'a> {
    polarity: Option<Cow<'a, str>>,
    certainty: Option<Cow<'a, str>>,
    experiencer: Cow<'a, str>,
    assertion_polarity: Option<&'static str>,
    assertion_certainty: Option<&'static str>,
}

impl<'a> Assertion<'a> {
    fn of(fact: &'a Fact) -> Self {
        let own = |name: &str| match fact.kind.field(name) {
            Some(FieldValue::Text(text)) => Some(text),
            _ => None,
        };
        // A kind that has the field keeps the name even where the record leaves it open.
        let shared = |name: &str, said: &'static str| match fact.kind.fields().contains(&name) {
            true => (own(name), Some(said)),
            false => (Some(Cow::Borrowed(said)), None),
        };
        let (polarity, assertion_polarity) = shared("polarity", fact.assertion.polarity.as_str());
        let (certainty, assertion_certainty) =
            shared("certainty", fact.assertion.certainty.as_str());
        // Both mean the same here: whose the diagnosis is.
        let experiencer =
            own("experiencer").unwrap_or(Cow::Borrowed(fact.assertion.experiencer.as_str()));
        Self { polarity, certainty, experiencer, assertion_polarity, assertion_certainty }
    }
}

impl FactRow<'_> {
    /// One cell a column of facts.csv.
    pub fn cells(&self) -> Vec<Cell<'_>> {
        let Self { fact, .. } = self;
        let place = &fact.place;
        let assertion = Assertion::of(fact);
        let mut cells = vec![
            Cell::text(self.case_id.unwrap_or_default()),
            Cell::text(&fact.id),
            Cell::text(self.document),
            Cell::Count(u64::from(place.page)),
            Cell::text(boxes_text(fact)),
            Cell::Count(place.start as u64),
            Cell::Count(place.end as u64),
            Cell::text(&place.quote),
            Cell::text(fact.section.as_str()),
            Cell::text(place.source.map_or("", |source| source.as_str())),
            Cell::number(confidence(place.ocr_confidence)),
            Cell::number(confidence(Some(fact.confidence))),
            Cell::text(&fact.rule),
            Cell::text(assertion.polarity.unwrap_or_default()),
            Cell::text(assertion.certainty.unwrap_or_default()),
            Cell::text(fact.assertion.time.as_str()),
            Cell::text(assertion.experiencer),
            Cell::text(fact.assertion.origin.as_str()),
            Cell::text(fact.date.map(|date| date.to_string()).unwrap_or_default()),
            Cell::text(fact.kind.name()),
            Cell::text(line(fact)),
        ];
        cells.extend(
            OWN_FIELDS
                .iter()
                .map(|(field, _)| fact.kind.field(field).map_or(Cell::Empty, Cell::from)),
        );
        cells.push(Cell::text(assertion.assertion_polarity.unwrap_or_default()));
        cells.push(Cell::text(assertion.assertion_certainty.unwrap_or_default()));
        cells
    }
}

/// A confidence, 0-1, to three decimals.
fn confidence(value: Option<f32>) -> Option<f64> {
    value.map(|value| rounded(f64::from(value), 3))
}

/// Each box as `[x0, y0, x1, y1]`, in points to one decimal.
fn boxes(fact: &Fact) -> Vec<[Number; 4]> {
    let point = |value: f32| Number(rounded(f64::from(value), 1));
    fact.place.boxes.iter().map(|b| [b.x0, b.y0, b.x1, b.y1].map(point)).collect()
}

/// The boxes in one cell: edges parted by spaces, boxes by `;`.
fn boxes_text(fact: &Fact) -> String {
    let boxes: Vec<String> =
        boxes(fact).iter().map(|edges| edges.map(|edge| edge.0.to_string()).join(" ")).collect();
    boxes.join(";")
}

/// A number as JSON: whole ones without a decimal point.
#[derive(Clone, Copy)]
struct Number(f64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.fract() == 0.0 && self.0.abs() < 1e15 {
            serializer.serialize_i64(self.0 as i64)
        } else {
            serializer.serialize_f64(self.0)
        }
    }
}

/// A line of facts.jsonl: what every fact has, then the kind's own fields that the record states.
impl Serialize for FactRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { case_id, document, part, fact } = self;
        let place = &fact.place;
        let assertion = Assertion::of(fact);
        let mut map = serializer.serialize_map(None)?;
        if let Some(case_id) = case_id {
            map.serialize_entry("case_id", case_id)?;
        }
        map.serialize_entry("fact_id", &fact.id)?;
        map.serialize_entry("kind", fact.kind.name())?;
        map.serialize_entry("document", document)?;
        // Most files hold one document.
        if *part > 0 {
            map.serialize_entry("part", part)?;
        }
        map.serialize_entry("page", &place.page)?;
        map.serialize_entry("boxes", &boxes(fact))?;
        map.serialize_entry("start", &place.start)?;
        map.serialize_entry("end", &place.end)?;
        map.serialize_entry("quote", &place.quote)?;
        map.serialize_entry("section", fact.section.as_str())?;
        map.serialize_entry("source", &place.source.map(|source| source.as_str()))?;
        map.serialize_entry("ocr_confidence", &confidence(place.ocr_confidence).map(Number))?;
        map.serialize_entry("confidence", &confidence(Some(fact.confidence)).map(Number))?;
        map.serialize_entry("rule", &fact.rule)?;
        if let Some(polarity) = &assertion.polarity {
            map.serialize_entry("polarity", polarity)?;
        }
        if let Some(certainty) = &assertion.certainty {
            map.serialize_entry("certainty", certainty)?;
        }
        map.serialize_entry("time", fact.assertion.time.as_str())?;
        map.serialize_entry("experiencer", &assertion.experiencer)?;
        map.serialize_entry("origin", fact.assertion.origin.as_str())?;
        map.serialize_entry("date", &fact.date.map(|date| date.to_string()))?;
        if let Some(polarity) = assertion.assertion_polarity {
            map.serialize_entry("assertion_polarity", polarity)?;
        }
        if let Some(certainty) = assertion.assertion_certainty {
            map.serialize_entry("assertion_certainty", certainty)?;
        }
        for &field in fact.kind.fields().iter().filter(|field| !SHARED.contains(field)) {
            let name = own_column(field, false);
            match fact.kind.field(field) {
                Some(FieldValue::Text(text)) => map.serialize_entry(name, &text)?,
                Some(FieldValue::Number(number)) => map.serialize_entry(name, &Number(number))?,
                Some(FieldValue::Flag(flag)) => map.serialize_entry(name, &flag)?,
                Some(FieldValue::List(items)) => map.serialize_entry(name, items)?,
                None => {}
            }
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::TextSource;
    use crate::fact::{Place, Polarity, Section};
    use crate::geometry::Rect;

    fn fact(kind: &str) -> Fact {
        Fact {
            id: "00112233445566ff".to_owned(),
            kind: toml::from_str(kind).unwrap(),
            assertion: crate::fact::Assertion {
                polarity: Polarity::Negated,
                ..crate::fact::Assertion::default()
            },
            date: "2024-03".parse().ok(),
            section: Section::Exam,
            rule: "rule".to_owned(),
            confidence: 0.9,
            place: Place {
                document: 0,
                page: 2,
                boxes: vec![Rect::new(72.04, 100.0, 180.26, 112.5)],
                start: 10,
                end: 14,
                quote: "=odd".to_owned(),
                source: Some(TextSource::Ocr),
                ocr_confidence: Some(0.8765),
            },
        }
    }

    #[track_caller]
    fn check_json(kind: &str, expect: &str) {
        let fact = fact(kind);
        let row = FactRow { case_id: Some("case-1"), document: "a.pdf", part: 0, fact: &fact };
        let json = serde_json::to_string(&row).unwrap();
        let own = json.split_once("\"rule\":\"rule\",").unwrap().1;
        assert_eq!(own, expect);
    }

    #[test]
    fn a_kinds_own_field_takes_the_name() {
        check_json(
            "kind = 'exam_sign'\nsign = 'faber'\npolarity = 'positive'",
            r#""polarity":"positive","certainty":"certain","time":"current","experiencer":"patient","origin":"clinician","date":"2024-03","assertion_polarity":"negated","sign":"faber"}"#,
        );
        check_json(
            "kind = 'diagnosis'\nname = 'neuralgia'\nexperiencer = 'family'",
            r#""polarity":"negated","time":"current","experiencer":"family","origin":"clinician","date":"2024-03","assertion_certainty":"certain","name":"neuralgia"}"#,
        );
    }

    #[test]
    fn dates_and_numbers_of_a_kind_keep_clear_of_the_offsets() {
        check_json(
            "kind = 'therapy'\ntherapy = 'cbt'\nstart = '2024-01-02'\nvisits = 8.0",
            r#""polarity":"negated","certainty":"certain","time":"current","experiencer":"patient","origin":"clinician","date":"2024-03","therapy":"cbt","visits":8,"start_date":"2024-01-02"}"#,
        );
    }

    #[test]
    fn the_place_comes_first() {
        let fact = fact("kind = 'nantes'\ncriterion = 'worse_sitting'");
        let row = FactRow { case_id: None, document: "a.pdf", part: 0, fact: &fact };
        let json = serde_json::to_string(&row).unwrap();
        let place = r#"{"fact_id":"00112233445566ff","kind":"nantes","document":"a.pdf","page":2,"boxes":[[72,100,180.3,112.5]],"start":10,"end":14,"quote":"=odd","section":"exam","source":"ocr","ocr_confidence":0.877,"confidence":0.9,"#;
        assert!(json.starts_with(place), "{json}");
    }

    #[test]
    fn columns_are_unique_and_rows_as_long() {
        let columns = columns();
        let unique: std::collections::BTreeSet<_> =
            columns.iter().map(|column| column.name).collect();
        assert_eq!(unique.len(), columns.len());
        for (kind, _) in Kind::SCHEMA {
            let source = match *kind {
                "pain_score" => "low = 1.0\nhigh = 2.0\nscale = 10.0",
                _ => "",
            };
            let fact = fact(&format!("kind = '{kind}'\n{source}"));
            let row = FactRow { case_id: Some("case-1"), document: "a.pdf", part: 0, fact: &fact };
            assert_eq!(row.cells().len(), columns.len(), "{kind}");
        }
    }
}
