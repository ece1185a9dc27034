//! What a rule may refer to while a policy is compiled: params, sets, drug doses, agents, topics.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::filter::Compare;

/// A number, or `$name` of one of the policy's `[params]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Number {
    /// Written out.
    Literal(f64),
    /// As `$relief_percent`.
    Param(String),
}

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

/// Names that rules may use.
pub(super) struct Scope<'a> {
    pub(super) params: &'a BTreeMap<String, f64>,
    pub(super) sets: &'a BTreeMap<String, Vec<String>>,
    pub(super) doses: &'a BTreeMap<String, Number>,
    pub(super) agents: &'a BTreeMap<String, Agent>,
    pub(super) instruments: &'a BTreeMap<String, Instrument>,
    pub(super) topics: &'a [String],
    pub(super) cpt: &'a [String],
    pub(super) procedures: &'a [String],
    /// Ids of all criteria.
    pub(super) criteria: &'a [String],
}

impl Scope<'_> {
    /// The value of a number or param.
    pub(super) fn number(&self, number: &Number) -> Result<f64, String> {
        match number {
            Number::Literal(value) => Ok(*value),
            Number::Param(name) => {
                let bare = name.strip_prefix('$').ok_or_else(|| {
                    format!("`{name}` is no number; a param is written with `$` before its name")
                })?;
                self.params.get(bare).copied().ok_or_else(|| {
                    self.unknown("param", bare, self.params.keys().map(String::as_str))
                })
            }
        }
    }

    /// Bounds with their params resolved; at least one must be there.
    pub(super) fn compare(
        &self,
        gt: &Option<Number>,
        ge: &Option<Number>,
        lt: &Option<Number>,
        le: &Option<Number>,
    ) -> Result<Compare, String> {
        let value = |number: &Option<Number>| number.as_ref().map(|n| self.number(n)).transpose();
        let bounds = Compare { gt: value(gt)?, ge: value(ge)?, lt: value(lt)?, le: value(le)? };
        if [bounds.gt, bounds.ge, bounds.lt, bounds.le].iter().all(Option::is_none) {
            return Err("no bound; write one of gt, ge, lt, le".into());
        }
        Ok(bounds)
    }

    /// The words of a set.
    pub(super) fn set(&self, name: &str) -> Result<&[String], String> {
        self.sets
            .get(name)
            .map(Vec::as_slice)
            .ok_or_else(|| self.unknown("set", name, self.sets.keys().map(String::as_str)))
    }

    /// Refuses topics that the policy does not list.
    pub(super) fn check_topics(&self, topics: &[String]) -> Result<(), String> {
        match topics.iter().find(|topic| !self.topics.contains(topic)) {
            Some(topic) => {
                Err(self.unknown("topic", topic, self.topics.iter().map(String::as_str)))
            }
            None => Ok(()),
        }
    }

    /// The place of a criterion.
    pub(super) fn criterion(&self, id: &str) -> Result<usize, String> {
        self.criteria
            .iter()
            .position(|known| known == id)
            .ok_or_else(|| self.unknown("criterion", id, self.criteria.iter().map(String::as_str)))
    }

    /// "no `what` `name`; did you mean …?"
    pub(super) fn unknown<'n>(
        &self,
        what: &str,
        name: &str,
        known: impl Iterator<Item = &'n str>,
    ) -> String {
        unknown(what, name, known)
    }
}

/// "no `what` `name`; did you mean …?", with the nearest known name or all of a few.
pub(super) fn unknown<'n>(what: &str, name: &str, known: impl Iterator<Item = &'n str>) -> String {
    let known: Vec<&str> = known.collect();
    let nearest = known
        .iter()
        .map(|candidate| (strsim::jaro_winkler(name, candidate), candidate))
        .filter(|(similarity, _)| *similarity > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    match nearest {
        Some((_, nearest)) => format!("no {what} `{name}`; did you mean `{nearest}`?"),
        None if known.len() <= 20 => format!("no {what} `{name}`; there are {}", known.join(", ")),
        None => format!("no {what} `{name}`"),
    }
}
