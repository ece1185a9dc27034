//! Runs the examples that stand in lexicon files.

use super::Remark;
use crate::context::find_target;
use crate::extract::{Note, extract};
use crate::fact::{Assertion, Fact, FieldValue};
use crate::lexicon::{CueExample, Example, Lexicon};
use crate::text::Text;

/// Every example that does not give what it says.
pub fn test(lexicon: &Lexicon) -> Vec<Remark> {
    let facts = lexicon.examples.iter().filter_map(|example| {
        let problem = wrong_facts(lexicon, example)?;
        Some((&example.path, example.line, problem))
    });
    let cues = lexicon.cue_examples.iter().filter_map(|example| {
        let problem = wrong_assertion(lexicon, example)?;
        Some((&example.path, example.line, problem))
    });
    facts
        .chain(cues)
        .map(|(path, line, problem)| Remark {
            place: format!("lexicons/{path}:{line}"),
            problem,
            gap: false,
        })
        .collect()
}

/// What an example gives instead; examples are no records, so they may be quoted.
fn wrong_facts(lexicon: &Lexicon, example: &Example) -> Option<String> {
    let facts = extract(&Text::from_plain(&example.text), lexicon);
    let mut kinds: Vec<&str> = example.none.iter().map(String::as_str).collect();
    kinds.extend(example.facts.iter().filter_map(|f| f.get("kind")?.as_str()));
    let got: Vec<&Fact> = facts.iter().filter(|f| kinds.contains(&f.kind.name())).collect();
    let matches =
        |want: &toml::Table, fact: &Fact| want.iter().all(|(k, v)| same(v, field(fact, k)));
    let mut left = got.clone();
    let all_found = example.facts.iter().all(|want| {
        let found = left.iter().position(|fact| matches(want, fact));
        found.map(|at| left.remove(at)).is_some()
    });
    if all_found && left.is_empty() {
        return None;
    }
    let got: String = got
        .iter()
        .map(|f| format!("\n    {} {:?} {}", f.kind.name(), f.place.quote, fields(f)))
        .collect();
    Some(format!("{} {:?} gives{}", example.why, example.text, or_nothing(&got)))
}

fn wrong_assertion(lexicon: &Lexicon, example: &CueExample) -> Option<String> {
    let text = Text::from_plain(&example.text);
    let note = Note::new(&text, lexicon);
    let Some(target) = find_target(&note.folded, &example.target) else {
        return Some(format!("{:?} does not stand in {:?}", example.target, example.text));
    };
    let asserted = note.assert(target);
    let differs = |(name, want): (&String, &String)| {
        axis(&asserted.assertion, name).is_some_and(|got| got != want)
    };
    if !example.says.iter().any(differs) {
        return None;
    }
    let cues: Vec<&str> =
        asserted.cues.iter().map(|hit| lexicon.cues[hit.cue].id.as_str()).collect();
    let got: Vec<String> = example
        .says
        .keys()
        .filter_map(|name| Some(format!("{name} {}", axis(&asserted.assertion, name)?)))
        .collect();
    Some(format!(
        "{:?} in {:?} is {} by {}",
        example.target,
        example.text,
        got.join(", "),
        or_nothing(&cues.join(", "))
    ))
}

fn or_nothing(words: &str) -> &str {
    if words.is_empty() { " nothing" } else { words }
}

fn axis(assertion: &Assertion, name: &str) -> Option<&'static str> {
    let Assertion { polarity, certainty, time, experiencer, origin } = assertion;
    Some(match name {
        "polarity" => polarity.as_str(),
        "certainty" => certainty.as_str(),
        "time" => time.as_str(),
        "experiencer" => experiencer.as_str(),
        "origin" => origin.as_str(),
        _ => return None,
    })
}

/// The kind's own fields, as examples write them.
fn fields(fact: &Fact) -> String {
    let pairs = fact.kind.fields().iter().filter_map(|name| {
        let value = field(fact, name)?;
        Some(format!("{name} = {value}"))
    });
    pairs.collect::<Vec<_>>().join(", ")
}

/// A field of a fact by the name that examples use; `None` where the text does not state it, or
/// where there is no such field.
fn field(fact: &Fact, name: &str) -> Option<toml::Value> {
    if fact.kind.fields().contains(&name) {
        return fact.kind.field(name).map(|value| match value {
            FieldValue::Text(text) => toml::Value::String(text.into_owned()),
            FieldValue::Number(number) => toml::Value::Float(number),
            FieldValue::Flag(flag) => toml::Value::Boolean(flag),
            FieldValue::List(list) => {
                list.iter().cloned().map(toml::Value::String).collect::<Vec<_>>().into()
            }
        });
    }
    let word = match name {
        "kind" => fact.kind.name().to_owned(),
        "quote" => fact.place.quote.clone(),
        "section" => fact.section.as_str().to_owned(),
        "date" => fact.date?.to_string(),
        _ => axis(&fact.assertion, name)?.to_owned(),
    };
    Some(toml::Value::String(word))
}

/// Whether a field has the wanted value; the empty string stands for a field that is absent.
fn same(want: &toml::Value, got: Option<toml::Value>) -> bool {
    let got = got.unwrap_or(toml::Value::String(String::new()));
    match (want.as_integer(), got.as_float()) {
        (Some(want), Some(got)) => want as f64 == got,
        _ => *want == got,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::{Files, embedded_files};

    #[test]
    fn lexicon_examples_hold() {
        let lexicon = Lexicon::embedded().unwrap();
        let wrong = test(&lexicon);
        let shown: Vec<String> =
            wrong.iter().map(|r| format!("{}: {}", r.place, r.problem)).collect();
        assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), shown.join("\n"));
        assert!(lexicon.examples.len() > 100 && lexicon.cue_examples.len() > 250);
    }

    #[test]
    fn an_example_that_fails_is_named_with_its_line() {
        let mut files: Files = embedded_files();
        let wrong = "[[example]]\ntarget = \"cough\"\ntext = \"No cough.\"\nsays = { polarity = \"affirmed\" }\n";
        let path = "modifiers/goal.toml";
        let text = format!("{}\n{wrong}", files[path]);
        let line = text.lines().count() - 2;
        files.insert(path.to_owned(), text);
        let got = test(&Lexicon::parse(&files).unwrap());
        assert_eq!(got.len(), 1);
        assert_eq!(got[0].place, format!("lexicons/{path}:{line}"));
        assert!(got[0].problem.contains("polarity negated"), "{}", got[0].problem);
    }
}
