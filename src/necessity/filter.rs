//! Filters over facts: kind, fields, section, and how the record says it.

use serde::Deserialize;
use smallvec::SmallVec;

use super::compile::{Scope, unknown};
use super::drugs::Drugs;
use super::logic::Tri;
use super::parts::Parts;
use super::read::suggest;
use super::supply::Told;
use super::unit::{Number, Unit};
use crate::chart::reading::Field;
use crate::chart::{Chart, Column, Mark, kind_index};
use crate::fact::{Certainty, Fact, FieldShape, FieldValue, Kind, Section};

/// A filter as a policy file writes it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawFilter {
    pub(super) kind: String,
    #[serde(default, rename = "where")]
    pub(super) fields: toml::Table,
    #[serde(default)]
    section: Vec<Section>,
    #[serde(default)]
    quote: Vec<String>,
    #[serde(default)]
    planned: bool,
    /// Only what the record says for certain: "consider CBT" plans none.
    #[serde(default)]
    firm: bool,
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
}

/// A filter, compiled.
#[derive(Clone, Debug)]
pub(super) struct Filter {
    kind: usize,
    /// Marks that every fact that passes has.
    marks: SmallVec<[(Column, Mark); 4]>,
    /// What the marks do not tell: field, test, and whether a field that is not stated passes.
    tests: Vec<(Field, Test, bool)>,
    quote: Parts,
    firm: bool,
    single: Option<bool>,
    /// A fact that passes, where one can be made up from the tests.
    example: Option<Box<Told>>,
}

#[derive(Clone, Debug)]
enum Test {
    Words(Vec<String>),
    /// A drug, or one part of a combination.
    Drugs(Drugs),
    Contains(Parts),
    Prefix(Vec<String>),
    Flag(bool),
    Number(Compare),
    Known(bool),
}

/// Bounds of a number as a policy file writes them: above, from, below, up to, equal to, from-to.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawBounds {
    pub(super) gt: Option<Number>,
    pub(super) ge: Option<Number>,
    pub(super) lt: Option<Number>,
    pub(super) le: Option<Number>,
    pub(super) eq: Option<Number>,
    pub(super) between: Option<[Number; 2]>,
}

impl RawBounds {
    const KEYS: [&str; 6] = ["gt", "ge", "lt", "le", "eq", "between"];

    /// The bounds in a unit, with their params resolved; at least one must be there, and some number must pass.
    pub(super) fn compile(&self, scope: &Scope<'_>, unit: Unit) -> Result<Compare, String> {
        let value =
            |number: &Option<Number>| number.as_ref().map(|n| scope.number(n, unit)).transpose();
        let mut bounds = Compare {
            gt: value(&self.gt)?,
            ge: value(&self.ge)?,
            lt: value(&self.lt)?,
            le: value(&self.le)?,
            eq: value(&self.eq)?,
        };
        if let Some([low, high]) = &self.between {
            if bounds.ge.is_some() || bounds.le.is_some() {
                return Err("between says ge and le; write one or the other".into());
            }
            bounds.ge = Some(scope.number(low, unit)?);
            bounds.le = Some(scope.number(high, unit)?);
        }
        if [bounds.gt, bounds.ge, bounds.lt, bounds.le, bounds.eq].iter().all(Option::is_none) {
            return Err("no bound; write one of gt, ge, lt, le, eq, between".into());
        }
        let low = bounds.ge.into_iter().chain(bounds.gt).chain(bounds.eq).reduce(f64::max);
        let high = bounds.le.into_iter().chain(bounds.lt).chain(bounds.eq).reduce(f64::min);
        if low.zip(high).is_some_and(|(low, high)| low > high) {
            return Err("no number lies within these bounds".into());
        }
        Ok(bounds)
    }
}

/// Bounds of a number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Compare {
    pub(super) gt: Option<f64>,
    pub(super) ge: Option<f64>,
    pub(super) lt: Option<f64>,
    pub(super) le: Option<f64>,
    pub(super) eq: Option<f64>,
}

impl Compare {
    /// A number that lies within, or that does not.
    pub(super) fn example(&self, wanted: Tri) -> f64 {
        let low = self.ge.or(self.eq).or(self.gt.map(|bound| bound + 1.0));
        let high = self.le.or(self.lt.map(|bound| bound - 1.0));
        let inside = low.or(high).unwrap_or(0.0);
        match (wanted, low, high) {
            (Tri::Yes, ..) => inside,
            (_, Some(low), _) if low > 0.0 => low - 1.0,
            (_, _, Some(high)) => high + 1.0,
            _ => inside,
        }
    }

    /// Whether `value` lies within.
    #[inline]
    pub(super) fn holds(&self, value: f64) -> bool {
        self.gt.is_none_or(|bound| value > bound)
            && self.ge.is_none_or(|bound| value >= bound)
            && self.lt.is_none_or(|bound| value < bound)
            && self.le.is_none_or(|bound| value <= bound)
            // Numbers of a record are written in decimals, not worked out.
            && self.eq.is_none_or(|bound| (value - bound).abs() < 1e-9)
    }
}

impl RawFilter {
    /// Checks names and values and resolves sets and params.
    pub(super) fn compile(&self, scope: &Scope<'_>) -> Result<Filter, String> {
        let kinds = || Kind::SCHEMA.iter().map(|(kind, _)| *kind);
        let kind = kind_index(&self.kind);
        let Some((_, fields)) = Kind::SCHEMA.get(kind) else {
            return Err(unknown("kind of fact", &self.kind, kinds()));
        };
        let mut tests = Vec::new();
        let mut marks = SmallVec::new();
        let mut example = toml::Table::new();
        for (name, value) in &self.fields {
            let Some(at) = fields.iter().position(|field| field == name) else {
                let whole = format!("field of `{}`", self.kind);
                return Err(unknown(&whole, name, fields.iter().copied()));
            };
            let field = fields[at];
            let (test, or_unstated) = self.test(scope, field, value)?;
            if self.kind == "statement"
                && field == "topic"
                && let Test::Words(topics) = &test
            {
                scope.check_topics(topics)?;
            }
            if let Some(value) = test.example() {
                example.insert(name.clone(), value);
            }
            if let Some(field) = Field::of(kind, field) {
                let unstated = if or_unstated { Mark::UNSTATED } else { Mark::default() };
                let (mark, tells_all) = test.mark(Kind::TYPES[kind].1[at].shape);
                marks.push((Column::field(at), mark.or(unstated)));
                if !tells_all {
                    tests.push((field, test, or_unstated));
                }
            }
        }
        if !self.section.is_empty() {
            let sections = self.section.iter().map(|section| Mark::section(*section));
            marks.push((Column::SECTION, sections.fold(Mark::default(), Mark::or)));
        }
        if let Some(only) = self.checkbox {
            marks.push((Column::CHECKBOX, Mark::flag(only)));
        }
        if !self.planned {
            marks.push((Column::PLANNED, Mark::flag(false)));
        }
        let quote: Vec<String> = self.quote.iter().map(|q| q.to_lowercase()).collect();
        Ok(Filter {
            kind,
            marks,
            tests,
            quote: Parts::of(&quote),
            firm: self.firm,
            single: self.single,
            example: self.example(example).map(Box::new),
        })
    }

    /// A fact with these fields, as a record could tell it.
    fn example(&self, mut fields: toml::Table) -> Option<Told> {
        fields.insert("kind".into(), self.kind.clone().into());
        if self.kind == "pain_score" {
            let high = fields.get("low").cloned().unwrap_or(6.0.into());
            fields.entry("high").or_insert(high.clone());
            let low = if self.single == Some(false) { 0.0.into() } else { high };
            fields.entry("low").or_insert(low);
            fields.entry("scale").or_insert(10.0.into());
        }
        // Levels are a list.
        if let Some(level) = fields.get("levels").filter(|level| level.is_str()).cloned() {
            fields.insert("levels".into(), vec![level].into());
        }
        let kind = Kind::deserialize(toml::Value::Table(fields)).ok()?;
        let mut told = Told::of(kind);
        told.section = self.section.first().copied().unwrap_or_default();
        told.quote = self.quote.first().cloned().unwrap_or_default();
        told.checkbox = self.checkbox == Some(true);
        Some(told)
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
            toml::Value::Table(table) => {
                let wrong = |error: toml::de::Error| {
                    format!("field `{field}`: {}", suggest(error.message()))
                };
                if table.keys().any(|key| RawBounds::KEYS.contains(&key.as_str())) {
                    let mut bounds = table.clone();
                    let or_unstated = bounds.remove("or_unstated") == Some(true.into());
                    let bounds: RawBounds = bounds.try_into().map_err(wrong)?;
                    let bounds = bounds.compile(scope, unit_of(field))?;
                    return Ok((Test::Number(bounds), or_unstated));
                }
                let raw: RawTest = table.clone().try_into().map_err(wrong)?;
                let test = if let Some(set) = &raw.set {
                    Test::Drugs(Drugs::of(scope.set(set)?))
                } else if let Some(known) = raw.known {
                    Test::Known(known)
                } else if !raw.is.is_empty() {
                    raw.is.iter().try_for_each(|word| self.check_word(field, word))?;
                    Test::Words(raw.is)
                } else if !raw.contains.is_empty() {
                    Test::Contains(Parts::of(&raw.contains))
                } else if !raw.prefix.is_empty() {
                    Test::Prefix(raw.prefix)
                } else {
                    return Err(format!(
                        "field `{field}`: nothing is asked; write one of is, contains, prefix, set, known, {}",
                        RawBounds::KEYS.join(", ")
                    ));
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
                Err(format!("field `{field}`: {}", suggest(error.message())))
            }
            _ => Ok(()),
        }
    }
}

/// What the numbers of a field count.
fn unit_of(field: &str) -> Unit {
    match field {
        "relief_percent" => Unit::Percent,
        "months" => Unit::Months,
        _ => Unit::Count,
    }
}

impl Filter {
    /// Standing facts that pass.
    #[inline]
    pub(super) fn find<'c>(&'c self, chart: &'c Chart) -> impl Iterator<Item = usize> + 'c {
        chart.marked(self.kind, self.marks.as_slice()).filter(|&at| self.passes(&chart.facts[at]))
    }

    /// A fact that passes, where one can be made up.
    pub(super) fn example(&self) -> Option<&Told> {
        self.example.as_deref()
    }

    /// Whether a fact passes that has the marks.
    #[inline]
    fn passes(&self, fact: &Fact) -> bool {
        self.tests.iter().all(|(field, test, or_unstated)| {
            let value = field.read(fact);
            (value.is_none() && *or_unstated) || test.passes(value)
        }) && (!self.firm || fact.assertion.certainty == Certainty::Certain)
            && (self.quote.is_empty() || self.quote.are_in(&fact.place.quote))
            && self.single.is_none_or(|single| {
                matches!(&fact.kind, Kind::PainScore(score) if (score.low == score.high) == single)
            })
    }
}

impl Test {
    /// A value that passes.
    fn example(&self) -> Option<toml::Value> {
        Some(match self {
            Test::Words(words) | Test::Prefix(words) => words.first()?.clone().into(),
            Test::Drugs(drugs) => drugs.first()?.into(),
            Test::Contains(parts) => parts.words().first()?.clone().into(),
            Test::Flag(flag) => (*flag).into(),
            Test::Number(bounds) => bounds.example(Tri::Yes).into(),
            Test::Known(true) => "stated".into(),
            Test::Known(false) => return None,
        })
    }

    /// A mark that every value of a field passes with, and whether all that have it pass.
    fn mark(&self, shape: FieldShape) -> (Mark, bool) {
        let any = |marks: &mut dyn Iterator<Item = Mark>| marks.fold(Mark::default(), Mark::or);
        match (self, shape) {
            (Test::Known(true), _) => (Mark::STATED, true),
            (Test::Known(false), _) => (Mark::UNSTATED, true),
            (Test::Flag(flag), FieldShape::Flag) => (Mark::flag(*flag), true),
            (Test::Words(words), FieldShape::OneOf(set)) => {
                let marks: Option<Vec<Mark>> =
                    words.iter().map(|word| Mark::one_of(set, word)).collect();
                marks.map_or((Mark::STATED, false), |marks| (any(&mut marks.into_iter()), true))
            }
            (Test::Words(words), FieldShape::Text | FieldShape::List) => {
                (any(&mut words.iter().map(|word| Mark::word(word))), false)
            }
            (Test::Drugs(drugs), FieldShape::Text) => {
                (any(&mut drugs.names().map(Mark::word)), false)
            }
            _ => (Mark::STATED, false),
        }
    }

    fn passes(&self, value: Option<FieldValue<'_>>) -> bool {
        match (self, value) {
            (Test::Known(known), value) => *known == value.is_some(),
            (_, None) => false,
            // Most words are of closed sets, which are in lower case.
            (Test::Words(words), Some(FieldValue::Text(text))) => {
                words.iter().any(|w| *w == *text)
                    || (text.bytes().any(|b| b.is_ascii_uppercase())
                        && words.iter().any(|w| w.eq_ignore_ascii_case(&text)))
            }
            (Test::Drugs(drugs), Some(FieldValue::Text(text))) => drugs.has_part(&text),
            (Test::Words(words), Some(FieldValue::List(list))) => {
                list.iter().any(|item| words.contains(item))
            }
            (Test::Contains(parts), Some(FieldValue::Text(text))) => parts.are_in(&text),
            (Test::Prefix(parts), Some(FieldValue::Text(text))) => parts.iter().any(|part| {
                text.get(..part.len()).is_some_and(|head| head.eq_ignore_ascii_case(part))
            }),
            (Test::Flag(wanted), Some(FieldValue::Flag(flag))) => *wanted == flag,
            (Test::Number(bounds), Some(FieldValue::Number(number))) => bounds.holds(number),
            _ => false,
        }
    }
}
