//! The rule of a criterion: a small typed tree, compiled from TOML once and asked of many charts.
//!
//! Every node is a table with one key, the name of what it asks. Each leaf type has a file
//! of its own area: [`findings`](super::findings) and [`score`](super::score) over single facts,
//! [`events`](super::events), [`past`](super::past), [`response`](super::response) and
//! [`change`](super::change) over injections, [`treatment`](super::treatment) and [`care`](super::care)
//! over trials and courses, [`record`](super::record) over the request and the documents.

use serde::Deserialize;
use smallvec::SmallVec;
use toml::Spanned;

use super::account::Account;
use super::care::{Care, RawCare};
use super::change::{Change, RawChange};
use super::compile::Scope;
use super::events::{Events, RawEvents};
use super::findings::{Facts, Onset, RawFacts, RawOnset};
use super::logic::{Answer, Flags, Possible, Tri};
use super::past::{Frequency, Interval, RawFrequency, RawInterval};
use super::record::{
    Asked, Documents, InScope, Levels, RawAsked, RawDocuments, RawInScope, RawLevels,
};
use super::response::{RawResponse, Response};
use super::score::{RawScore, Score};
use super::treatment::{Course, RawCourse, RawTrial, Trial};
use super::unit::{Number, Unit};
use super::{Decided, Outcome};
use crate::chart::Chart;

/// A rule as a policy file writes it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RawRule {
    /// Every part holds.
    All(Vec<RawPart>),
    /// Some part holds.
    Any(Vec<RawPart>),
    /// At least `n` parts hold.
    NOf(RawCount),
    /// The part does not hold.
    Not(Box<RawPart>),
    /// `rule` holds, or the exception does.
    Unless(RawUnless),
    /// Always the same, whatever the record says.
    Constant(Outcome),
    /// The outcome of another criterion.
    Criterion(RawReference),
    /// Some of these criteria are not met.
    Unsettled(Vec<String>),
    /// Facts for, against and in between.
    Fact(Box<RawFacts>),
    /// How long the complaint has been there.
    Onset(RawOnset),
    /// A disability score, or its band against its label.
    Score(RawScore),
    /// An injection took place.
    Injection(RawEvents),
    /// How many injections.
    Injections(RawFrequency),
    /// Time since the last injection.
    Interval(RawInterval),
    /// How an injection worked.
    Response(RawResponse),
    /// A score fell from before a procedure to after it.
    Change(RawChange),
    /// A drug was tried.
    Trial(RawTrial),
    /// A course of therapy.
    Course(RawCourse),
    /// How long conservative care lasted, over several treatments.
    Care(RawCare),
    /// The requested code or name is one that the policy covers.
    InScope(RawInScope),
    /// What is asked for.
    Request(RawAsked),
    /// How many joints or discs are asked for.
    Levels(RawLevels),
    /// Signatures, dates and legibility of the documents.
    Documents(RawDocuments),
}

/// A rule and where the file has it.
pub(super) type RawPart = Spanned<RawRule>;

/// `n` parts of a list.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCount {
    n: Number,
    of: Vec<RawPart>,
    #[serde(default)]
    missing: String,
}

/// A rule with its exception.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawUnless {
    exception: Box<RawPart>,
    rule: Box<RawPart>,
}

/// A criterion by id, and what it counts as where it does not apply.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(
    untagged,
    expecting = "a criterion is wanted here, as \"id\" or { id = \"id\", not_applicable = \"met\" }"
)]
pub(super) enum RawReference {
    /// Where it does not apply it counts as met.
    Id(String),
    /// With the outcome to take instead.
    Full(RawFullReference),
}

/// The long form of a reference.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawFullReference {
    id: String,
    not_applicable: Outcome,
}

/// A rule, compiled.
#[derive(Clone, Debug)]
pub(super) enum Rule {
    All(Vec<Rule>),
    Any(Vec<Rule>),
    NOf(usize, Vec<Rule>, String),
    Not(Box<Rule>),
    Constant(Tri),
    Criterion(usize, Tri),
    Unsettled(Vec<usize>),
    Fact(Box<Facts>),
    Onset(Onset),
    Score(Score),
    Injection(Events),
    Injections(Frequency),
    Interval(Interval),
    Response(Response),
    Change(Change),
    Trial(Box<Trial>),
    Course(Course),
    Care(Care),
    InScope(InScope),
    Request(Asked),
    Levels(Levels),
    Documents(Documents),
}

/// What a rule is asked of: a chart, and the outcomes of the criteria decided so far.
pub(super) struct Case<'a, 'c, A = ()> {
    pub(super) chart: &'c Chart,
    pub(super) above: &'a [Decided],
    /// What goes with them, where it is kept.
    pub(super) accounts: &'a [A],
}

impl<'a, 'c> Case<'a, 'c> {
    /// Of which nothing is to be said.
    #[inline]
    pub(super) fn of(chart: &'c Chart, above: &'a [Decided]) -> Self {
        Case { chart, above, accounts: &[] }
    }
}

/// The rule; where it is wrong that is noted with its own line, and the others are still looked at.
pub(super) fn compile(raw: &RawPart, scope: &Scope<'_>) -> Rule {
    raw.get_ref().compile(scope).unwrap_or_else(|problem| {
        scope.note_mistake(raw.span().start, &problem);
        Rule::Constant(Tri::Unknown)
    })
}

impl RawRule {
    /// Checks every name and resolves params.
    fn compile(&self, scope: &Scope<'_>) -> Result<Rule, String> {
        let every = |parts: &[RawPart]| -> Result<Vec<Rule>, String> {
            if parts.is_empty() {
                return Err("an empty list of rules".into());
            }
            if parts.iter().enumerate().any(|(n, part)| parts.iter().take(n).any(|p| p == part)) {
                return Err("a list of rules says the same twice".into());
            }
            Ok(parts.iter().map(|part| compile(part, scope)).collect())
        };
        Ok(match self {
            RawRule::All(parts) => Rule::All(every(parts)?),
            RawRule::Any(parts) => Rule::Any(every(parts)?),
            RawRule::NOf(count) => {
                let n = scope.number(&count.n, Unit::Count)?;
                let parts = every(&count.of)?;
                if n.fract() != 0.0 || n < 1.0 || n > parts.len() as f64 {
                    return Err(format!("n_of: {n} of {} parts", parts.len()));
                }
                Rule::NOf(n as usize, parts, count.missing.clone())
            }
            RawRule::Not(part) => Rule::Not(Box::new(compile(part, scope))),
            RawRule::Unless(unless) => {
                Rule::Any(vec![compile(&unless.exception, scope), compile(&unless.rule, scope)])
            }
            RawRule::Constant(outcome) => Rule::Constant(tri(*outcome)?),
            RawRule::Criterion(reference) => {
                let (id, instead) = match reference {
                    RawReference::Id(id) => (id, Tri::Yes),
                    RawReference::Full(full) => (&full.id, tri(full.not_applicable)?),
                };
                Rule::Criterion(scope.criterion(id)?, instead)
            }
            RawRule::Unsettled(ids) => {
                Rule::Unsettled(ids.iter().map(|id| scope.criterion(id)).collect::<Result<_, _>>()?)
            }
            RawRule::Fact(raw) => Rule::Fact(Box::new(raw.compile(scope)?)),
            RawRule::Onset(raw) => Rule::Onset(raw.compile(scope)?),
            RawRule::Score(raw) => Rule::Score(raw.compile(scope)?),
            RawRule::Injection(raw) => Rule::Injection(raw.compile(scope)?),
            RawRule::Injections(raw) => Rule::Injections(raw.compile(scope)?),
            RawRule::Interval(raw) => Rule::Interval(raw.compile(scope)?),
            RawRule::Response(raw) => Rule::Response(raw.compile(scope)?),
            RawRule::Change(raw) => Rule::Change(raw.compile(scope)?),
            RawRule::Care(raw) => Rule::Care(raw.compile(scope)?),
            RawRule::Levels(raw) => Rule::Levels(raw.compile(scope)?),
            RawRule::Trial(raw) => Rule::Trial(Box::new(raw.compile(scope)?)),
            RawRule::Course(raw) => Rule::Course(raw.compile(scope)?),
            RawRule::InScope(raw) => Rule::InScope(raw.compile(scope)),
            RawRule::Request(raw) => Rule::Request(raw.compile(scope)?),
            RawRule::Documents(raw) => Rule::Documents(raw.compile(scope)?),
        })
    }
}

/// A value for an outcome; "not applicable" is none.
fn tri(outcome: Outcome) -> Result<Tri, String> {
    match outcome {
        Outcome::Met => Ok(Tri::Yes),
        Outcome::NotMet => Ok(Tri::No),
        Outcome::NotDocumented => Ok(Tri::Unknown),
        Outcome::NotApplicable => Err("write met, not_met or not_documented here".into()),
    }
}

impl Rule {
    /// What the record answers.
    pub(super) fn ask<'c, A: Account<'c>>(&'c self, case: &Case<'_, 'c, A>) -> Answer<A> {
        match self {
            Rule::All(parts) => Answer::least(parts.iter().map(|part| part.ask(case)))
                .unwrap_or_else(|| Answer::bare(Tri::Yes)),
            Rule::Any(parts) => Answer::greatest(parts.iter().map(|part| part.ask(case)))
                .unwrap_or_else(|| Answer::bare(Tri::No)),
            Rule::NOf(n, parts, missing) => n_of(*n, parts, missing, case),
            Rule::Not(part) => part.ask(case).negate(),
            Rule::Constant(value) => Answer::bare(*value),
            Rule::Criterion(at, instead) => {
                case.above.get(*at).map_or_else(Answer::default, |decided| {
                    let value = match decided.outcome {
                        Outcome::Met => Tri::Yes,
                        Outcome::NotMet => Tri::No,
                        Outcome::NotDocumented => Tri::Unknown,
                        Outcome::NotApplicable => *instead,
                    };
                    // A flag that explains a failed score says nothing of the criterion that builds on it.
                    let flags = if value == Tri::Unknown { decided.flags } else { Flags::NONE };
                    let account = case.accounts.get(*at).map(A::missing).unwrap_or_default();
                    Answer { value, flags, facts: decided.facts.clone(), account }
                })
            }
            Rule::Unsettled(ids) => {
                let open = |at: &usize| {
                    case.above.get(*at).is_some_and(|s| {
                        matches!(s.outcome, Outcome::NotMet | Outcome::NotDocumented)
                    })
                };
                Answer::bare(Tri::from(ids.iter().any(open)))
            }
            Rule::Fact(leaf) => leaf.ask(case.chart),
            Rule::Onset(leaf) => leaf.ask(case.chart),
            Rule::Score(leaf) => leaf.ask(case.chart),
            Rule::Injection(leaf) => leaf.ask(case.chart),
            Rule::Injections(leaf) => leaf.ask(case.chart),
            Rule::Interval(leaf) => leaf.ask(case.chart),
            Rule::Response(leaf) => leaf.ask(case.chart),
            Rule::Change(leaf) => leaf.ask(case.chart),
            Rule::Care(leaf) => leaf.ask(case.chart),
            Rule::Levels(leaf) => leaf.ask(case.chart),
            Rule::Trial(leaf) => leaf.ask(case.chart),
            Rule::Course(leaf) => leaf.ask(case.chart),
            Rule::InScope(leaf) => leaf.ask(case.chart),
            Rule::Request(leaf) => leaf.ask(case.chart),
            Rule::Documents(leaf) => leaf.ask(case.chart),
        }
    }

    /// What the record answers, without the grounds: no part is asked that cannot change it.
    pub(super) fn value<'c>(&'c self, case: &Case<'_, 'c>) -> Tri {
        // The first part that decides alone, else the outermost of all.
        let until = |parts: &'c [Rule], start: Tri, deciding: Tri, pick: fn(Tri, Tri) -> Tri| {
            let mut whole = start;
            for part in parts {
                whole = pick(whole, part.value(case));
                if whole == deciding {
                    break;
                }
            }
            whole
        };
        match self {
            Rule::All(parts) => until(parts, Tri::Yes, Tri::No, Tri::min),
            Rule::Any(parts) => until(parts, Tri::No, Tri::Yes, Tri::max),
            Rule::Not(part) => part.value(case).negate(),
            _ => self.ask(case).value,
        }
    }

    /// Answers that some record gets; `above` are those of the criteria.
    pub(super) fn possible(&self, above: &[Possible]) -> Possible {
        let of = |parts: &[Rule]| parts.iter().map(|part| part.possible(above)).collect::<Vec<_>>();
        match self {
            Rule::All(parts) => Possible::n_of(parts.len(), &of(parts)),
            Rule::Any(parts) => Possible::n_of(1, &of(parts)),
            Rule::NOf(n, parts, _) => Possible::n_of(*n, &of(parts)),
            Rule::Not(part) => part.possible(above).negate(),
            Rule::Constant(value) => Possible::of(*value),
            Rule::Criterion(at, instead) => {
                let mut possible = above.get(*at).copied().unwrap_or(Possible::ANY);
                let instead = Possible::of(*instead);
                possible.yes |= instead.yes;
                possible.no |= instead.no;
                possible.open |= instead.open;
                possible
            }
            Rule::Unsettled(_) => Possible { no: true, open: false, yes: true },
            Rule::Fact(leaf) => leaf.possible(),
            Rule::Request(leaf) => leaf.possible(),
            Rule::Response(leaf) => leaf.possible(),
            Rule::Onset(_)
            | Rule::Score(_)
            | Rule::Injection(_)
            | Rule::Injections(_)
            | Rule::Interval(_)
            | Rule::Change(_)
            | Rule::Trial(_)
            | Rule::Course(_)
            | Rule::Care(_)
            | Rule::InScope(_)
            | Rule::Levels(_)
            | Rule::Documents(_) => Possible::ANY,
        }
    }

    /// A part that cannot change what the rule comes to, in words.
    pub(super) fn idle_part(&self) -> Option<String> {
        let parts = match self {
            Rule::All(parts) | Rule::Any(parts) | Rule::NOf(_, parts, _) => parts,
            Rule::Not(part) => return part.idle_part(),
            _ => return None,
        };
        // In `all` a yes changes nothing and a no decides alone; in `any` it is the other way round.
        let (idle, deciding) = match self {
            Rule::All(_) => (Tri::Yes, Tri::No),
            _ => (Tri::No, Tri::Yes),
        };
        let constant = |value: Tri| {
            parts.iter().position(|part| matches!(part, Rule::Constant(own) if *own == value))
        };
        let nth = |at: usize| format!("part {} of a list", at + 1);
        if matches!(self, Rule::NOf(..)) {
            return parts.iter().find_map(Rule::idle_part);
        }
        if let Some(at) = constant(idle) {
            return Some(format!(
                "{} changes nothing: it is always the same; leave it out",
                nth(at)
            ));
        }
        if let Some(at) = constant(deciding)
            && parts.len() > 1
        {
            return Some(format!(
                "the other parts are never reached: {} always decides; leave it out",
                nth(at)
            ));
        }
        parts.iter().find_map(Rule::idle_part)
    }

    /// Criteria that the rule builds on.
    pub(super) fn references(&self, found: &mut Vec<usize>) {
        match self {
            Rule::All(parts) | Rule::Any(parts) | Rule::NOf(_, parts, _) => {
                parts.iter().for_each(|part| part.references(found));
            }
            Rule::Not(part) => part.references(found),
            Rule::Criterion(at, _) => found.push(*at),
            Rule::Unsettled(ids) => found.extend(ids),
            _ => {}
        }
    }
}

/// The grounds of a count: the parts that hold, and where it is open, what the open ones miss.
fn n_of<'c, A: Account<'c>>(
    n: usize,
    parts: &'c [Rule],
    missing: &'c str,
    case: &Case<'_, 'c, A>,
) -> Answer<A> {
    let answers: SmallVec<[Answer<A>; 6]> = parts.iter().map(|part| part.ask(case)).collect();
    let value = Tri::n_of(n, answers.iter().map(|a| a.value));
    let told = answers
        .into_iter()
        .filter(|a| a.value == value || !a.facts.is_empty() || value == Tri::No)
        .map(|a| Answer {
            flags: if a.value == value { a.flags } else { Flags::NONE },
            account: match a.value {
                Tri::Unknown if value != Tri::Yes => a.account,
                _ => a.account.noted(),
            },
            value,
            facts: a.facts,
        });
    let mut whole = Answer::combine(value, told);
    if value == Tri::Unknown && !missing.is_empty() {
        whole.account.lead(missing);
    }
    whole
}
