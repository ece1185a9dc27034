//! What is asked for, resolved over documents.
//!
//! Forms, plans and letters speak of it. What whoever runs the case says wins. A request
//! that is only considered gives way to a firm one, and one told long before the newest is
//! history; what is left and disagrees is kept as a conflict.

use super::{Chart, Given};
use super::{reading, spine};
use crate::fact::{Certainty, EventStatus, Intent, Kind, Side, Time};

/// Days between the newest request and one that it replaces.
const REPLACED_AFTER: i32 = 60;

/// Words that tell where on a nerve or joint, so that two of them contradict each other.
const POSITIONS: [&str; 7] =
    ["superior", "middle", "inferior", "medial", "lateral", "anterior", "posterior"];

/// Words that do not tell one procedure from another.
const COMMON: [&str; 24] = [
    "nerve",
    "peripheral",
    "nerves",
    "block",
    "blocks",
    "injection",
    "injections",
    "left",
    "right",
    "bilateral",
    "diagnostic",
    "therapeutic",
    "repeat",
    "series",
    "of",
    "the",
    "a",
    "and",
    "guided",
    "ultrasound",
    "joint",
    "branch",
    "steroid",
    "image",
];

/// One place where the record speaks of the request.
struct Mention<'a> {
    fact: usize,
    name: Option<&'a str>,
    cpt: Option<&'a str>,
    side: Option<Side>,
    intent: Option<Intent>,
    firm: bool,
}

/// Fills [`Chart::request`].
pub fn resolve(chart: &mut Chart, given: Given) {
    let all = mentions(chart);
    let cpt = given.cpt.clone().or_else(|| newest(chart, &all, |m| m.cpt).map(str::to_owned));
    let kept = about_the_request(chart, all, cpt.as_deref());
    let mut request = super::Request { cpt, ..Default::default() };

    request.procedure = kept
        .iter()
        .filter_map(|m| Some((m.cpt.is_some() && m.cpt == request.cpt.as_deref(), m.name?)))
        .max_by_key(|(coded, name)| (!positions(name).is_empty(), *coded, name.len()))
        .map(|(_, name)| name.to_lowercase());
    let mut places: Vec<Vec<&str>> =
        kept.iter().filter_map(|m| m.name).map(positions).filter(|p| !p.is_empty()).collect();
    places.sort_unstable();
    places.dedup();
    if places.len() > 1 {
        request.conflicts.push("procedure");
    }

    match given.side {
        Some(side) => request.side = Some(side),
        None => {
            let sides = distinct(kept.iter().filter_map(|m| m.side));
            match sides.as_slice() {
                [side] => request.side = Some(*side),
                [] => {}
                _ => request.conflicts.push("side"),
            }
        }
    }
    match given.intent {
        Some(intent) => request.intent = Some(intent),
        None => {
            // One document that says both asks for both, which is judged by the stricter rules
            // of a therapeutic block; two documents that differ are in conflict.
            let mut of_documents: Vec<(usize, Intent)> = Vec::new();
            for mention in &kept {
                let Some(intent) = mention.intent else { continue };
                let document = chart.facts[mention.fact].place.document;
                match of_documents.iter_mut().find(|(d, _)| *d == document) {
                    Some((_, known)) if *known != intent => *known = Intent::Therapeutic,
                    Some(_) => {}
                    None => of_documents.push((document, intent)),
                }
            }
            match distinct(of_documents.into_iter().map(|(_, intent)| intent)).as_slice() {
                [intent] => request.intent = Some(*intent),
                [] => {}
                _ => request.conflicts.push("intent"),
            }
        }
    }
    request.facts = kept.iter().map(|m| m.fact).collect();
    request.levels = levels(chart, &kept);
    for fact in chart.facts.iter().filter(|fact| reading::counts(fact)) {
        if let Kind::Diagnosis(diagnosis) = &fact.kind
            && let Some(code) = &diagnosis.icd10
            && !request.diagnosis_codes.contains(code)
        {
            request.diagnosis_codes.push(code.clone());
        }
    }
    chart.request = request;
}

/// Levels that the request's names tell, else those of the injections that are planned.
fn levels(chart: &Chart, kept: &[Mention<'_>]) -> Vec<String> {
    let mut levels: Vec<String> =
        kept.iter().filter_map(|m| m.name).flat_map(spine::levels_in).collect();
    if levels.is_empty() {
        let counted = chart.facts.iter().filter(|fact| reading::counts(fact));
        let planned =
            counted.filter(|fact| reading::event_status(fact) == Some(EventStatus::Planned));
        levels = planned
            .filter_map(|fact| match &fact.kind {
                Kind::Injection(injection) => Some(injection.levels.iter().cloned()),
                _ => None,
            })
            .flatten()
            .collect();
    }
    levels.sort_unstable();
    levels.dedup();
    levels
}

/// Every mention of a request; where no request is worded as one, the injections that are planned.
fn mentions(chart: &Chart) -> Vec<Mention<'_>> {
    let firm = |fact: usize| {
        let assertion = &chart.facts[fact].assertion;
        assertion.time != Time::Hypothetical && assertion.certainty != Certainty::Possible
    };
    let counted = || chart.facts.iter().enumerate().filter(|(_, fact)| reading::counts(fact));
    let asked: Vec<Mention<'_>> = counted()
        .filter_map(|(fact, it)| match &it.kind {
            Kind::RequestedProcedure(asked) => Some(Mention {
                fact,
                name: asked.name.as_deref(),
                cpt: asked.cpt.as_deref(),
                side: asked.side,
                intent: asked.intent,
                firm: firm(fact),
            }),
            _ => None,
        })
        .collect();
    if !asked.is_empty() {
        return asked;
    }
    counted()
        .filter(|(_, fact)| reading::event_status(fact) == Some(EventStatus::Planned))
        .filter_map(|(fact, it)| match &it.kind {
            Kind::Injection(planned) => Some(Mention {
                fact,
                name: planned.target.as_deref(),
                cpt: None,
                side: planned.side,
                intent: planned.intent,
                firm: firm(fact),
            }),
            _ => None,
        })
        .collect()
}

/// The mentions that are firm, recent and of the procedure asked for.
fn about_the_request<'a>(
    chart: &Chart,
    all: Vec<Mention<'a>>,
    cpt: Option<&str>,
) -> Vec<Mention<'a>> {
    let any_firm = all.iter().any(|m| m.firm);
    let newest = all
        .iter()
        .filter(|m| m.firm || !any_firm)
        .filter_map(|m| chart.told_on(m.fact))
        .map(|date| date.latest())
        .max();
    let current = |m: &Mention<'_>| {
        (m.firm || !any_firm)
            && match (newest, chart.told_on(m.fact)) {
                (Some(newest), Some(told)) => {
                    newest.since(told.latest()).map_or(true, |gap| gap.get_days() <= REPLACED_AFTER)
                }
                _ => true,
            }
    };
    let kept: Vec<Mention<'a>> = all.into_iter().filter(current).collect();
    let anchor: Option<Vec<String>> = kept
        .iter()
        .filter(|m| cpt.is_none() || m.cpt == cpt)
        .find_map(|m| m.name)
        .map(telling_words);
    kept.into_iter()
        .filter(|m| match (cpt, m.cpt, &anchor, m.name) {
            (Some(asked), Some(own), ..) if asked != own => false,
            (Some(asked), Some(own), ..) if asked == own => true,
            (_, _, Some(anchor), Some(name)) => {
                let words = telling_words(name);
                anchor.is_empty() || words.is_empty() || words.iter().any(|w| anchor.contains(w))
            }
            _ => true,
        })
        .collect()
}

/// A field of the newest mention that has it.
fn newest<'a, T>(
    chart: &Chart,
    all: &[Mention<'a>],
    field: impl Fn(&Mention<'a>) -> Option<T>,
) -> Option<T> {
    let mut found: Vec<_> = all
        .iter()
        .filter_map(|m| Some((m.firm, chart.told_on(m.fact).map(|d| d.latest()), field(m)?)))
        .collect();
    // Stable: of equals the first in the record stays first.
    found.sort_by_key(|(firm, told, _)| std::cmp::Reverse((*firm, *told)));
    found.into_iter().next().map(|(.., value)| value)
}

fn positions(name: &str) -> Vec<&'static str> {
    let words: Vec<String> = words(name).collect();
    POSITIONS.into_iter().filter(|p| words.iter().any(|w| w == p)).collect()
}

/// The words that tell one procedure from another.
fn telling_words(name: &str) -> Vec<String> {
    words(name)
        .filter(|w| !COMMON.contains(&w.as_str()) && !POSITIONS.contains(&w.as_str()))
        .collect()
}

fn words(name: &str) -> impl Iterator<Item = String> {
    name.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_lowercase)
}

fn distinct<T: Ord>(values: impl Iterator<Item = T>) -> Vec<T> {
    let mut values: Vec<T> = values.collect();
    values.sort();
    values.dedup();
    values
}
