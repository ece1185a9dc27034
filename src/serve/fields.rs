//! A fact as a form, and a form as a fact.

use serde_json::{Map, Value, json};

use super::ask::Form;
use crate::date::PartialDate;
use crate::fact::{Certainty, Experiencer, FieldShape, FieldType, Kind, Origin, Polarity, Time};
use crate::report::{own_column, read_fact};

/// How records mostly say a fact.
pub const USUAL: [(&str, &str); 7] = [
    ("polarity", "affirmed"),
    ("certainty", "certain"),
    ("time", "current"),
    ("experiencer", "patient"),
    ("origin", "clinician"),
    ("assertion_polarity", "affirmed"),
    ("assertion_certainty", "certain"),
];

/// The fields of a kind: its own, then how the record says it. Each with the name that it has
/// in facts.jsonl.
fn fields(kind: &str) -> Option<Vec<(String, FieldType)>> {
    let (_, own) = Kind::TYPES.iter().find(|(name, _)| *name == kind)?;
    let mut fields: Vec<(String, FieldType)> =
        own.iter().map(|field| (own_column(field.name, false).to_owned(), *field)).collect();
    let assertion: [(&'static str, &'static [&'static str]); 5] = [
        ("polarity", Polarity::WORDS),
        ("certainty", Certainty::WORDS),
        ("time", Time::WORDS),
        ("experiencer", Experiencer::WORDS),
        ("origin", Origin::WORDS),
    ];
    for (name, words) in assertion {
        let taken = own.iter().any(|field| field.name == name);
        let column = match (taken, name) {
            // Whose a diagnosis is stands in one field.
            (true, "experiencer") => {
                fields
                    .iter_mut()
                    .filter(|(own, _)| own == name)
                    .for_each(|(_, t)| t.optional = false);
                continue;
            }
            (true, _) => format!("assertion_{name}"),
            _ => name.to_owned(),
        };
        let shape = FieldShape::OneOf(words);
        fields.push((column, FieldType { name, shape, optional: false }));
    }
    let date = FieldType { name: "date", shape: FieldShape::Day, optional: true };
    fields.push(("date".to_owned(), date));
    Some(fields)
}

/// A name as people read it.
pub fn label(name: &str) -> String {
    match name {
        "polarity" | "assertion_polarity" => "said or denied".to_owned(),
        "certainty" | "assertion_certainty" => "how sure the record is".to_owned(),
        "time" => "when it holds".to_owned(),
        "experiencer" => "of whom".to_owned(),
        "origin" => "whose word".to_owned(),
        "date" => "date of the fact".to_owned(),
        other => other.replace('_', " "),
    }
}

/// The form of a fact: what a template needs for each of its fields.
pub fn form(kind: &str, line: &Map<String, Value>) -> Vec<Value> {
    let fields = fields(kind).unwrap_or_default();
    let own = Kind::TYPES.iter().find(|(name, _)| *name == kind).map_or(0, |(_, own)| own.len());
    let mut said = Vec::new();
    for (at, (name, FieldType { shape, optional, name: plain })) in fields.into_iter().enumerate() {
        let value = match line.get(&name) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Array(items)) => {
                items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("; ")
            }
            Some(Value::Null) | None => String::new(),
            Some(other) => other.to_string(),
        };
        let (control, options): (&str, Vec<&str>) = match shape {
            FieldShape::OneOf(words) => ("choice", words.to_vec()),
            FieldShape::Flag => ("choice", vec!["true", "false"]),
            FieldShape::Number => ("number", Vec::new()),
            FieldShape::Day => ("day", Vec::new()),
            FieldShape::List => ("list", Vec::new()),
            FieldShape::Text => ("text", Vec::new()),
        };
        let shown =
            if at < own && plain != "experiencer" { name.replace('_', " ") } else { label(&name) };
        said.push(json!({
            "name": name, "label": shown, "control": control, "options": options,
            "value": value, "optional": optional, "own": at < own,
        }));
    }
    said
}

/// A line of facts.jsonl with the fields that were filled in.
///
/// # Errors
/// In words for people, which field is wrong.
pub fn filled(kind: &str, base: &Map<String, Value>, form: &Form) -> Result<String, String> {
    let fields = fields(kind).ok_or("choose a kind of fact")?;
    let mut line = base.clone();
    // What another kind had is gone.
    for (_, own) in Kind::TYPES {
        for field in *own {
            line.remove(own_column(field.name, false));
        }
    }
    for name in ["polarity", "certainty", "assertion_polarity", "assertion_certainty"] {
        line.remove(name);
    }
    line.insert("kind".to_owned(), kind.into());
    for (name, field) in fields {
        let value = form.get(&name);
        if value.is_empty() {
            if !field.optional {
                return Err(format!("fill in \u{201c}{}\u{201d}", label(&name)));
            }
            if field.name == "date" {
                line.insert(name, Value::Null);
            }
            continue;
        }
        let wrong = |what: &str| format!("\u{201c}{}\u{201d} has to be {what}", label(&name));
        let value = match field.shape {
            FieldShape::Text => Value::from(value),
            FieldShape::Number => {
                let number: Option<f64> = value.parse().ok().filter(|n: &f64| n.is_finite());
                Value::from(number.ok_or_else(|| wrong("a number"))?)
            }
            FieldShape::Flag => Value::from(value == "true"),
            FieldShape::List => {
                let items = value.split([';', ',']).map(str::trim).filter(|item| !item.is_empty());
                Value::from(items.collect::<Vec<_>>())
            }
            FieldShape::Day => {
                value
                    .parse::<PartialDate>()
                    .map_err(|_| wrong("a day, month or year, as 2024-03-05"))?;
                Value::from(value)
            }
            FieldShape::OneOf(words) => match words.contains(&value) {
                true => Value::from(value),
                false => return Err(wrong("one of the words offered")),
            },
        };
        line.insert(name, value);
    }
    let line = Value::Object(line).to_string();
    read_fact(&line).map(|_| line).ok_or_else(|| "these fields make no fact".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base() -> Map<String, Value> {
        let line = r#"{"case_id":"c","fact_id":"0","kind":"diagnosis","document":"a","page":1,"boxes":[],"start":0,"end":1,"quote":"q","section":"other","source":null,"ocr_confidence":null,"confidence":1,"rule":"r","name":"neuralgia","polarity":"affirmed","time":"current","experiencer":"patient","origin":"clinician","date":null,"assertion_certainty":"certain"}"#;
        serde_json::from_str(line).unwrap()
    }

    fn fill(pairs: &[(&str, &str)]) -> Form {
        let own = |name: &str| pairs.iter().any(|(own, _)| *own == name);
        Form::of(USUAL.iter().filter(|(name, _)| !own(name)).chain(pairs).copied())
    }

    #[test]
    fn every_kind_can_be_filled_in() {
        for (kind, fields) in Kind::TYPES {
            let value = |field: &FieldType| match field.shape {
                FieldShape::OneOf(words) => words[0].to_owned(),
                FieldShape::Number => "4.5".to_owned(),
                FieldShape::Flag => "false".to_owned(),
                FieldShape::Day => "2024-03".to_owned(),
                FieldShape::List => "L4-5; S1".to_owned(),
                FieldShape::Text => "words".to_owned(),
            };
            let own: Vec<(String, String)> =
                fields.iter().map(|f| (own_column(f.name, false).to_owned(), value(f))).collect();
            let mut pairs: Vec<(&str, &str)> =
                own.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            pairs.extend([
                ("assertion_polarity", "negated"),
                ("assertion_certainty", "certain"),
                ("date", "2024"),
            ]);
            let line =
                filled(kind, &base(), &fill(&pairs)).unwrap_or_else(|e| panic!("{kind}: {e}"));
            let fact = read_fact(&line).unwrap().fact;
            assert_eq!(
                (fact.kind.name(), fact.date.unwrap().to_string().as_str()),
                (*kind, "2024")
            );
            for field in *fields {
                assert!(fact.kind.field(field.name).is_some(), "{kind}: {}", field.name);
            }
            // And the form shows what was filled in.
            let shown = form(kind, &serde_json::from_str(&line).unwrap());
            assert!(shown.iter().filter(|f| f["own"] == true).all(|f| f["value"] != ""), "{kind}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_by_its_field() {
        let wrong =
            |pairs: &[(&str, &str)]| filled("pain_score", &base(), &fill(pairs)).unwrap_err();
        assert!(wrong(&[("low", "2")]).contains("high"));
        let words = wrong(&[("low", "two"), ("high", "2"), ("scale", "10")]);
        assert!(words.contains("low") && words.contains("a number"), "{words}");
        let words = wrong(&[("low", "2"), ("high", "2"), ("scale", "10"), ("qualifier", "bad")]);
        assert!(words.contains("qualifier"), "{words}");
        assert!(filled("", &base(), &fill(&[])).is_err());
    }
}
