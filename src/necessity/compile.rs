//! What a rule may refer to while a policy is compiled: params, sets, drug doses, agents, topics.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::parts::Parts;
use super::unit::{Number, Quantity, Unit};
use crate::chart::Request;

/// How long a local anesthetic is expected to act.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Agent {
    /// Words that it is written as, in lower case.
    pub(super) words: Vec<String>,
    /// Shortest and longest time in hours.
    pub(super) hours: [Number; 2],
}

/// A disability questionnaire: its full score in points and the published bands.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Instrument {
    /// Points of the full score, by which points become percent.
    pub(super) points: f64,
    /// Bands from the lowest to the highest.
    pub(super) bands: Vec<Band>,
}

/// A band of a score.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Band {
    /// Name of the band.
    pub(super) label: String,
    /// Words that records use for it, in lower case.
    pub(super) words: Vec<String>,
    /// Upper end in percent, included.
    pub(super) to: f64,
}

/// What a policy covers.
#[derive(Clone, Debug, Default)]
pub(super) struct Covered {
    pub(super) cpt: Vec<String>,
    pub(super) procedures: Parts,
    pub(super) targets: Parts,
    pub(super) elsewhere: Parts,
}

impl Covered {
    /// Whether a request is for one of the services: by its code, unless its name says something else, or by its name.
    ///
    /// `None` where the request has neither.
    pub(super) fn covers(&self, request: &Request) -> Option<bool> {
        let name = request.procedure.as_deref();
        let named = name.map(|name| {
            self.procedures.are_in(name) && (self.targets.is_empty() || self.targets.are_in(name))
        });
        let elsewhere = named != Some(true) && name.is_some_and(|name| self.elsewhere.are_in(name));
        let coded = request.cpt.as_ref().map(|code| self.cpt.contains(code) && !elsewhere);
        match (coded, named) {
            (None, None) => None,
            _ => Some(coded == Some(true) || named == Some(true)),
        }
    }
}

/// Names that rules may use.
pub(super) struct Scope<'a> {
    pub(super) params: &'a BTreeMap<String, Quantity>,
    pub(super) sets: BTreeMap<&'a str, &'a [String]>,
    pub(super) doses: &'a BTreeMap<String, Number>,
    pub(super) agents: &'a BTreeMap<String, Agent>,
    pub(super) instruments: &'a BTreeMap<String, Instrument>,
    pub(super) topics: Vec<&'a str>,
    pub(super) covered: &'a Covered,
    /// Ids of all criteria.
    pub(super) criteria: &'a [String],
    /// Ids of all stages.
    pub(super) stages: Vec<&'a str>,
    /// Params, sets and topics that some rule refers to.
    pub(super) used: RefCell<BTreeSet<String>>,
    /// What the rules that are being compiled belong to, as "criterion `a`".
    pub(super) whole: RefCell<String>,
    /// What is wrong so far.
    pub(super) mistakes: RefCell<Vec<Mistake>>,
}

/// The byte that something is wrong at, and what is wrong.
pub(super) type Mistake = (usize, String);

impl Scope<'_> {
    /// Notes that something is wrong.
    pub(super) fn note(&self, at: usize, problem: &str) {
        self.mistakes.borrow_mut().push((at, problem.to_owned()));
    }

    /// Notes that a part of what is being compiled is wrong.
    pub(super) fn note_mistake(&self, at: usize, problem: &str) {
        self.note(at, &format!("{}: {problem}", self.whole.borrow()));
    }

    /// Those of the items that are sound; what is wrong with the others is noted.
    pub(super) fn sound<T>(&self, items: impl Iterator<Item = Result<T, Mistake>>) -> Vec<T> {
        let note = |mistake| self.mistakes.borrow_mut().push(mistake);
        items.filter_map(|item| item.map_err(note).ok()).collect()
    }

    /// The value of a number or param in a unit.
    pub(super) fn number(&self, number: &Number, unit: Unit) -> Result<f64, String> {
        let quantity = match number {
            Number::Literal(value) => Quantity::bare(*value),
            Number::Written(text) => match text.strip_prefix('$') {
                Some(name) => {
                    self.used.borrow_mut().insert(format!("param {name}"));
                    self.params.get(name).copied().ok_or_else(|| {
                        unknown("param", name, self.params.keys().map(String::as_str))
                    })?
                }
                None => Quantity::read(text)?,
            },
        };
        quantity.to(unit)
    }

    /// A number that may be left out.
    pub(super) fn maybe(&self, number: &Option<Number>, unit: Unit) -> Result<Option<f64>, String> {
        number.as_ref().map(|number| self.number(number, unit)).transpose()
    }

    /// The words of a set, sorted.
    pub(super) fn set(&self, name: &str) -> Result<Vec<String>, String> {
        self.used.borrow_mut().insert(format!("set {name}"));
        let set = self.sets.get(name);
        let set = set.ok_or_else(|| unknown("set", name, self.sets.keys().copied()))?;
        let mut words: Vec<String> = set.iter().map(|word| word.to_lowercase()).collect();
        words.sort_unstable();
        Ok(words)
    }

    /// Refuses topics that the policy does not list.
    pub(super) fn check_topics(&self, topics: &[String]) -> Result<(), String> {
        topics.iter().try_for_each(|topic| self.check_topic(topic))
    }

    /// Refuses a topic that the policy does not list.
    pub(super) fn check_topic(&self, topic: &str) -> Result<(), String> {
        self.used.borrow_mut().insert(format!("topic {topic}"));
        match self.topics.contains(&topic) {
            true => Ok(()),
            false => Err(unknown("topic", topic, self.topics.iter().copied())),
        }
    }

    /// The place of a criterion.
    pub(super) fn criterion(&self, id: &str) -> Result<usize, String> {
        self.criteria
            .iter()
            .position(|known| known == id)
            .ok_or_else(|| unknown("criterion", id, self.criteria.iter().map(String::as_str)))
    }
}

/// "no `what` `name`; did you mean …?", with the nearest known name or all of a few.
pub(crate) fn unknown<'n>(what: &str, name: &str, known: impl Iterator<Item = &'n str>) -> String {
    let known: Vec<&str> = known.collect();
    match nearest(name, known.iter().copied()) {
        Some(nearest) => format!("no {what} `{name}`; did you mean `{nearest}`?"),
        None if known.len() <= 20 => format!("no {what} `{name}`; there are {}", known.join(", ")),
        None => format!("no {what} `{name}`"),
    }
}

/// The known name that is nearest to another, if one is near.
pub(super) fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    known
        .map(|candidate| (strsim::jaro_winkler(name, candidate), candidate))
        .filter(|(similarity, _)| *similarity > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}
