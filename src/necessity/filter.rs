//! Filters over facts: kind, fields, section, and how the record says it.

use serde::Deserialize;

use super::compile::{Number, Scope};
use crate::chart::{Chart, kind_index, reading};
use crate::fact::{Fact, FieldValue, Kind, Origin, Section};

/// A filter as a policy file writes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawFilter {
    kind: String,
    #[serde(default, rename = "where")]
    fields: toml::Table,
    #[serde(default)]
    section: Vec<Section>,
    #[serde(default)]
    quote: Vec<String>,
    #[serde(default)]
    planned: bool,
    #[serde(default)]
    checkbox: Option<bool>,
    /// Pain scores: one value (true) or a range (false).
    #[serde(default)]
    single: Option<bool>,
}

/// A test of one field as a policy file writes it, other than a plain value or a list of them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawTest {
    is: Vec<String>,
    contains: Vec<String>,
    prefix: Vec<String>,
    set: Option<String>,
    or_unstated: bool,
    known: Option<bool>,
    gt: Option<Number>,
    ge: Option<Number>,
    lt: Option<Number>,
    le: Option<Number>,
}

/// A filter, compiled.
#[derive(Clone, Debug)]
pub(super) struct Filter {
    kind: usize,
    /// Field, test, and whether a field that is not stated passes.
    tests: Vec<(&'static str, Test, bool)>,
    section: Vec<Section>,
    quote: Vec<String>,
    planned: bool,
    checkbox: Option<bool>,
    single: Option<bool>,
}

#[derive(Clone, Debug)]
enum Test {
    Words(Vec<String>),
    /// A drug, or one part of a combination.
    Drugs(Vec<String>),
    Contains(Vec<String>),
    Prefix(Vec<String>),
    Flag(bool),
    Number(Compare),
    Known(bool),
}

/// Bounds of a number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Compare {
    pub(super) gt: Option<f64>,
    pub(super) ge: Option<f64>,
    pub(super) lt: Option<f64>,
    pub(super) le: Option<f64>,
}

impl Compare {
    /// Whether `value` lies within.
    pub(super) fn holds(&self, value: f64) -> bool {
        self.gt.is_none_or(|bound| value > bound)
            && self.ge.is_none_or(|bound| value >= bound)
            && self.lt.is_none_or(|bound| value < bound)
            && self.le.is_none_or(|bound| value <= bound)
    }
}

impl RawFilter {
    /// Checks names and values and resolves sets and params.
    pub(super) fn compile(&self, scope: &Scope<'_>) -> Result<Filter, String> {
        let kinds = || Kind::SCHEMA.iter().map(|(kind, _)| *kind);
        let kind = kind_index(&self.kind);
        let Some((_, fields)) = Kind::SCHEMA.get(kind) else {
            return Err(scope.unknown("kind of fact", &self.kind, kinds()));
        };
        let mut tests = Vec::new();
        for (name, value) in &self.fields {
            let Some(field) = fields.iter().find(|field| *field == name) else {
                let whole = format!("field of `{}`", self.kind);
                return Err(scope.unknown(&whole, name, fields.iter().copied()));
            };
            let (test, or_unstated) = self.test(scope, field, value)?;
            tests.push((*field, test, or_unstated));
        }
        if self.kind == "statement"
            && let Some((_, Test::Words(topics))) = tests
                .iter()
                .find(|(field, ..)| *field == "topic")
                .map(|(field, test, _)| (field, test))
        {
            scope.check_topics(topics)?;
        }
        let quote = self.quote.iter().map(|q| q.to_lowercase()).collect();
        Ok(Filter {
            kind,
            tests,
            section: self.section.clone(),
            quote,
            planned: self.planned,
            checkbox: self.checkbox,
            single: self.single,
        })
    }

    fn test(
        &self,
        scope: &Scope<'_>,
        field: &str,
        value: &toml::Value,
    ) -> Result<(Test, bool), String> {
        let word = |value: &toml::Value| -> Result<String, String> {
            let word = value.as_str().ok_or_else(|| format!("field `{field}`: not a word"))?;
            self.check_word(field, word)?;
            Ok(word.to_owned())
        };
        let test = match value {
            toml::Value::String(_) => Test::Words(vec![word(value)?]),
            toml::Value::Boolean(flag) => Test::Flag(*flag),
            toml::Value::Array(words) => {
                Test::Words(words.iter().map(word).collect::<Result<_, _>>()?)
            }
            toml::Value::Table(_) => {
                let raw: RawTest = value.clone().try_into().map_err(|error: toml::de::Error| {
                    format!("field `{field}`: {}", error.message())
                })?;
                let test = if let Some(set) = &raw.set {
                    Test::Drugs(scope.set(set)?.to_vec())
                } else if let Some(known) = raw.known {
                    Test::Known(known)
                } else if !raw.is.is_empty() {
                    raw.is.iter().try_for_each(|word| self.check_word(field, word))?;
                    Test::Words(raw.is)
                } else if !raw.contains.is_empty() {
                    Test::Contains(raw.contains)
                } else if !raw.prefix.is_empty() {
                    Test::Prefix(raw.prefix)
                } else {
                    Test::Number(scope.compare(&raw.gt, &raw.ge, &raw.lt, &raw.le)?)
                };
                return Ok((test, raw.or_unstated));
            }
            _ => {
                return Err(format!(
                    "field `{field}`: write a word, a list of words, true or false, or a test"
                ));
            }
        };
        Ok((test, false))
    }

    /// Lets the fact's own type refuse a word that is not in a closed set.
    fn check_word(&self, field: &str, word: &str) -> Result<(), String> {
        let mut table = toml::Table::new();
        table.insert("kind".into(), self.kind.clone().into());
        table.insert(field.into(), word.into());
        match Kind::deserialize(toml::Value::Table(table)) {
            // Fields of another shape than a word, as `levels`, are compared as text.
            Err(error) if error.message().contains("is none of") => {
                Err(format!("field `{field}`: {}", error.message()))
            }
            _ => Ok(()),
        }
    }
}

impl Filter {
    /// Standing facts that pass.
    pub(super) fn find<'c>(&'c self, chart: &'c Chart) -> impl Iterator<Item = usize> + 'c {
        chart.standing(self.kind).iter().copied().filter(|&at| self.passes(&chart.facts[at]))
    }

    fn passes(&self, fact: &Fact) -> bool {
        (self.planned || !reading::planned(fact))
            && (self.section.is_empty() || self.section.contains(&fact.section))
            && self.checkbox.is_none_or(|only| only == (fact.assertion.origin == Origin::Checkbox))
            && (self.quote.is_empty() || self.quote.iter().any(|q| contains(&fact.place.quote, q)))
            && self.single.is_none_or(|single| {
                matches!(&fact.kind, Kind::PainScore(score) if (score.low == score.high) == single)
            })
            && self.tests.iter().all(|(field, test, or_unstated)| {
                let value = reading::field(fact, field);
                (value.is_none() && *or_unstated) || test.passes(value)
            })
    }
}

impl Test {
    fn passes(&self, value: Option<FieldValue<'_>>) -> bool {
        match (self, value) {
            (Test::Known(known), value) => *known == value.is_some(),
            (_, None) => false,
            (Test::Words(words), Some(FieldValue::Text(text))) => {
                words.iter().any(|w| w.eq_ignore_ascii_case(&text))
            }
            (Test::Drugs(drugs), Some(FieldValue::Text(text))) => text
                .split('/')
                .any(|part| drugs.iter().any(|drug| drug.eq_ignore_ascii_case(part.trim()))),
            (Test::Words(words), Some(FieldValue::List(list))) => {
                list.iter().any(|item| words.contains(item))
            }
            (Test::Contains(parts), Some(FieldValue::Text(text))) => {
                parts.iter().any(|part| contains(&text, part))
            }
            (Test::Prefix(parts), Some(FieldValue::Text(text))) => parts.iter().any(|part| {
                text.get(..part.len()).is_some_and(|head| head.eq_ignore_ascii_case(part))
            }),
            (Test::Flag(wanted), Some(FieldValue::Flag(flag))) => *wanted == flag,
            (Test::Number(bounds), Some(FieldValue::Number(number))) => bounds.holds(number),
            _ => false,
        }
    }
}

/// Whether `part` is in `text`, whatever the case of ASCII letters.
pub(super) fn contains(text: &str, part: &str) -> bool {
    part.is_empty()
        || text
            .as_bytes()
            .windows(part.len())
            .any(|window| window.eq_ignore_ascii_case(part.as_bytes()))
}
