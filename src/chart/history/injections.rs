//! Injections as events: one a day and site, whatever the number of places that tell of it.

use super::{Reported, may_agree, narrower};
use crate::chart::{Chart, Topic, kind_index, reading};
use crate::date::PartialDate;
use crate::fact::{EventStatus, Injection, Intent, Kind, Procedure, Relief, Section, Side};
use crate::quantity::{self, Duration};

/// An injection that took place.
#[derive(Clone, Default, PartialEq)]
#[cfg_attr(test, derive(Debug))]
pub struct InjectionEvent {
    /// Which one.
    pub procedure: Procedure,
    /// What was aimed at, in lower case, as precisely as told.
    pub target: Option<String>,
    /// Spinal levels.
    pub levels: Vec<String>,
    /// Which side.
    pub side: Option<Side>,
    /// When.
    pub date: Option<PartialDate>,
    /// What for.
    pub intent: Option<Intent>,
    /// What was injected, in lower case.
    pub agents: Vec<Reported<String>>,
    /// Whether a steroid was in it.
    pub steroid: Vec<Reported<bool>>,
    /// Relief in percent, 0-100.
    pub percents: Vec<Reported<f64>>,
    /// Relief in words.
    pub reliefs: Vec<Reported<Relief>>,
    /// How long relief lasted, as written.
    pub durations: Vec<Reported<String>>,
    /// The same, read; those that cannot be are left out.
    pub lasted: Vec<Reported<Duration>>,
    /// Every fact that tells of it.
    pub facts: Vec<usize>,
}

/// What was injected, as a procedure note says it.
const INJECTATE: Topic = Topic::of("injectate");
const STEROID: Topic = Topic::of("steroid-injected");
const NO_STEROID: Topic = Topic::of("no-steroid-injected");

/// Whether two injections went to the same site: the same procedure, and no nerve or joint that differs.
///
/// Sides are not looked at.
pub fn same_site(a: &InjectionEvent, b: &InjectionEvent) -> bool {
    site_agrees(a.procedure, a.target.as_deref(), b)
}

fn site_agrees(procedure: Procedure, target: Option<&str>, event: &InjectionEvent) -> bool {
    let generic = |p| matches!(p, Procedure::Other);
    if generic(procedure) || generic(event.procedure) {
        // "the injection", "the block": whatever was told of last.
        return target.is_none() || event.target.is_none() || target == event.target.as_deref();
    }
    let same_procedure = procedure == event.procedure
        || (procedure.is_epidural()
            && event.procedure.is_epidural()
            && (procedure == Procedure::Epidural || event.procedure == Procedure::Epidural));
    let targeted = matches!(
        procedure,
        Procedure::PeripheralNerveBlock
            | Procedure::Joint
            | Procedure::Bursa
            | Procedure::TriggerPoint
            | Procedure::Rfa
    );
    same_procedure
        && (!targeted
            || match (target, event.target.as_deref()) {
                (Some(a), Some(b)) => covers(a, b) || covers(b, a),
                _ => true,
            })
}

/// Whether every telling word of `narrow` is in `wide`; a target without one ("peripheral nerve") fits any.
fn covers(wide: &str, narrow: &str) -> bool {
    let telling = |word: &&str| {
        !matches!(
            *word,
            "nerve"
                | "nerves"
                | "peripheral"
                | "joint"
                | "left"
                | "right"
                | "block"
                | "the"
                | "same"
        )
    };
    narrow.split_whitespace().filter(telling).all(|word| wide.split_whitespace().any(|w| w == word))
}

fn side_agrees(side: Option<Side>, event: &InjectionEvent) -> bool {
    match (side, event.side) {
        (Some(a), Some(b)) => a == b || a == Side::Bilateral || b == Side::Bilateral,
        _ => true,
    }
}

/// Merges the standing injection facts.
pub fn merge(chart: &Chart) -> Vec<InjectionEvent> {
    let told: Vec<(usize, &Injection)> = chart
        .standing(const { kind_index("injection") })
        .iter()
        .filter_map(|&at| match &chart.facts[at].kind {
            Kind::Injection(injection) => Some((at, injection)),
            _ => None,
        })
        .filter(|(at, injection)| took_place(chart, *at, injection))
        .collect();
    let mut events: Vec<InjectionEvent> = Vec::new();
    // Dated ones first, so that the others find them.
    for &(at, injection) in &told {
        let Some(date) = chart.facts[at].date else { continue };
        let known = events.iter().position(|event| {
            fits(injection, event) && event.date.is_some_and(|other| may_agree(date, other))
        });
        add(chart, &mut events, known, at, injection, Some(date));
    }
    for &(at, injection) in &told {
        if chart.facts[at].date.is_some() {
            continue;
        }
        let known = find(chart, &events, at, |event| fits(injection, event));
        let own_day = known.is_none().then(|| procedure_day(chart, &events, at)).flatten();
        add(chart, &mut events, known, at, injection, own_day);
    }
    attach_statements(chart, &mut events);
    events.sort_by_key(|event| (event.date.is_none(), event.date.map(|d| d.latest())));
    events
}

/// Whether the injection lies in the past of the case.
fn took_place(chart: &Chart, at: usize, injection: &Injection) -> bool {
    let fact = &chart.facts[at];
    let asked_for =
        fact.section == Section::Request && injection.status.is_none() && fact.date.is_none();
    let later =
        matches!((fact.date, chart.as_of), (Some(date), Some(as_of)) if date.earliest() > as_of);
    reading::event_status(fact) == Some(EventStatus::Performed) && !asked_for && !later
}

fn fits(injection: &Injection, event: &InjectionEvent) -> bool {
    let target = injection.target.as_deref().map(str::to_lowercase);
    let intents = !matches!((injection.intent, event.intent), (Some(a), Some(b)) if a != b);
    site_agrees(injection.procedure, target.as_deref(), event)
        && side_agrees(injection.side, event)
        && intents
}

/// The event that an undated mention speaks of: the last one told before it in the same
/// document, one on the document's day, or the newest before the document.
fn find(
    chart: &Chart,
    events: &[InjectionEvent],
    at: usize,
    fits: impl Fn(&InjectionEvent) -> bool,
) -> Option<usize> {
    let document = chart.facts[at].place.document;
    let told_before = |event: &InjectionEvent| {
        event
            .facts
            .iter()
            .rev()
            .copied()
            .find(|&f| f < at && chart.facts[f].place.document == document)
    };
    let fitting = || events.iter().enumerate().filter(|(_, event)| fits(event));
    let nearest = fitting().filter_map(|(n, event)| Some((told_before(event)?, n))).max();
    if let Some((_, n)) = nearest {
        return Some(n);
    }
    let day = chart.told_on(at);
    if let Some(day) = day
        && let Some((n, _)) =
            fitting().find(|(_, event)| event.date.is_some_and(|d| may_agree(d, day)))
    {
        return Some(n);
    }
    if procedure_day(chart, events, at).is_some() {
        return None;
    }
    fitting()
        .filter(|(_, event)| match (event.date, day) {
            (Some(date), Some(day)) => date.earliest() <= day.latest(),
            _ => true,
        })
        .max_by_key(|(n, event)| (event.date.map(|d| d.latest()), *n))
        .map(|(n, _)| n)
}

/// The day of the procedure that a document is the note of; `None` for any other document, and where
/// the procedure of that day is told of: what else a note names was done before.
fn procedure_day(chart: &Chart, events: &[InjectionEvent], at: usize) -> Option<PartialDate> {
    let document = chart.facts[at].place.document;
    let here = |fact: &usize| *fact != at && chart.facts[*fact].place.document == document;
    let day = chart.documents.get(document)?.date?;
    let told = |event: &InjectionEvent| {
        event.date.is_some_and(|own| may_agree(own, day)) && event.facts.iter().any(here)
    };
    if events.iter().any(told) {
        return None;
    }
    let is_note = chart.facts[at].section == Section::Procedure
        || chart.statements(&INJECTATE).any(|s| chart.facts[s].place.document == document);
    is_note.then_some(day)
}

fn add(
    chart: &Chart,
    events: &mut Vec<InjectionEvent>,
    known: Option<usize>,
    at: usize,
    injection: &Injection,
    date: Option<PartialDate>,
) {
    let n = known.unwrap_or_else(|| {
        events.push(InjectionEvent { procedure: injection.procedure, ..Default::default() });
        events.len() - 1
    });
    let event = &mut events[n];
    if event.procedure == Procedure::Other || event.procedure == Procedure::Epidural {
        event.procedure = injection.procedure;
    }
    let target = injection.target.as_deref().map(str::to_lowercase);
    let tells_more = match (target.as_deref(), event.target.as_deref()) {
        (Some(new), Some(known)) => covers(new, known) && new.len() > known.len(),
        (new, known) => new.is_some() && known.is_none(),
    };
    if tells_more
        || event.target.as_deref().is_some_and(|known| covers("", known)) && target.is_some()
    {
        event.target = target;
    }
    event.side = event.side.or(injection.side);
    event.intent = event.intent.or(injection.intent);
    event.date = match (event.date, date) {
        (Some(a), Some(b)) => Some(narrower(a, b)),
        (a, b) => a.or(b),
    };
    for level in &injection.levels {
        if !event.levels.contains(level) {
            event.levels.push(level.clone());
        }
    }
    let reported = |value| Reported { value, fact: at };
    event.agents.extend(
        injection.agent.iter().map(|agent| Reported { value: agent.to_lowercase(), fact: at }),
    );
    event.steroid.extend(injection.steroid.map(|value| Reported { value, fact: at }));
    event.percents.extend(injection.relief_percent.map(|value| Reported { value, fact: at }));
    event.reliefs.extend(injection.relief.map(|value| Reported { value, fact: at }));
    let written = injection.relief_duration.as_deref();
    let lasted = written.and_then(quantity::duration);
    event.lasted.extend(lasted.map(|value| Reported { value, fact: at }));
    event.durations.extend(injection.relief_duration.clone().map(reported));
    event.facts.push(at);
    event.facts.sort_unstable();
    debug_assert!(chart.facts.len() > at);
}

/// Gives what a procedure note says of the injectate to the event that it is the note of.
fn attach_statements(chart: &Chart, events: &mut [InjectionEvent]) {
    for topic in [INJECTATE, STEROID, NO_STEROID] {
        let told: Vec<usize> = chart.statements(&topic).collect();
        for at in told {
            let Some(n) = find(chart, events, at, |_| true) else { continue };
            let event = &mut events[n];
            match (&chart.facts[at].kind, topic) {
                (Kind::Statement(statement), INJECTATE) => {
                    let words = statement.value.as_deref().unwrap_or(&chart.facts[at].place.quote);
                    event.agents.push(Reported { value: words.to_lowercase(), fact: at });
                }
                (_, STEROID) => event.steroid.push(Reported { value: true, fact: at }),
                _ => event.steroid.push(Reported { value: false, fact: at }),
            }
            event.facts.push(at);
            event.facts.sort_unstable();
        }
    }
}

crate::withhold_debug!(InjectionEvent);
