//! Policies, checked and compiled: criteria, stages, pathway, pitfalls, notes.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

use super::cases::PolicyCase;
use super::compile::Covered;
use super::filter::Filter;
use super::logic::{Flags, Possible};
use super::parts::contains;
use super::read::read;
use super::rule::Rule;
use super::unit::Quantity;
use super::{Outcome, Severity, load};
use crate::chart::Request;
use crate::closed_set;
use crate::error::Error;

closed_set! {
    /// How far the source of a policy or of evidence was checked.
    pub enum Verification {
        /// Read in the source itself.
        Verified = "verified",
        /// Read in an account of the source.
        Secondary = "secondary",
        /// Not to be had; stated as it is said to be.
        #[default]
        Unverified = "unverified",
    }
}

closed_set! {
    /// What missing documentation of a required criterion comes to.
    pub enum MissingDocumentation {
        #[default]
        Pend = "pend",
        Deny = "deny",
    }
}

/// The words of a reason.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    /// At most 60 characters.
    pub(super) label: String,
    /// With `{observed}` and `{missing}` filled in.
    pub(super) rationale: String,
    /// What would have to be sent.
    #[serde(default)]
    pub(super) missing_item: String,
    /// Why it is needed.
    #[serde(default)]
    pub(super) why_needed: String,
}

/// The part of the narrative that a note stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum NoteSection {
    Guideline,
    Evidence,
    Diagnosis,
    Nerve,
    Conservative,
    History,
    Function,
}

/// A policy, checked and compiled.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Its title.
    pub title: String,
    /// First day that it is in force.
    pub effective: Date,
    /// Last day that it is in force, where there is one.
    pub until: Option<Date>,
    /// Words of which a payer's name has one, in lower case; any payer where empty.
    pub payers: Vec<String>,
    /// As "FL", in upper case; everywhere where empty.
    pub jurisdictions: Vec<String>,
    /// Where its criteria come from.
    pub source: String,
    /// When the source was read, as written.
    pub retrieved: String,
    /// How far the source was checked.
    pub verification: Verification,
    /// Named thresholds.
    pub params: BTreeMap<String, Quantity>,
    /// Topics of statements that its rules ask about.
    pub topics: Vec<String>,
    /// Stages of treatment that a request may be at, in order; the last holds for any.
    pub stages: Vec<Stage>,
    /// Criteria in order.
    pub criteria: Vec<Criterion>,
    /// The pathway in order.
    pub steps: Vec<PathwayStep>,
    /// Its own test cases.
    pub cases: Vec<PolicyCase>,
    /// Places of the criteria, each after those that its rules refer to.
    pub(super) order: Vec<usize>,
    /// Places of the criteria by severity, priority and id.
    pub(super) rank: Vec<usize>,
    pub(super) covered: Covered,
    pub(super) missing_documentation: MissingDocumentation,
    pub(super) legible_from: f32,
    pub(super) pitfalls: Vec<PitfallRule>,
    pub(super) notes: Vec<Note>,
}

/// A stage of treatment.
#[derive(Clone, Debug)]
pub struct Stage {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    pub(super) when: Rule,
}

/// One criterion of a policy.
#[derive(Clone, Debug)]
pub struct Criterion {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// How much hangs on it.
    pub severity: Severity,
    /// Group that it is shown in.
    pub category: String,
    /// What the policy asks for, in words.
    pub required: String,
    /// Clause of the policy, in own words.
    pub clause: String,
    /// Evidence registry ids.
    pub evidence: Vec<String>,
    /// Pathway steps that would cure it.
    pub cured_by: Vec<String>,
    /// What can be done where no step cures it.
    pub answered_by: String,
    /// Rank among reasons of its class: the smaller the earlier.
    pub priority: u32,
    /// Stages that it applies at: their places; all where empty.
    pub(super) stages: Vec<usize>,
    /// Outcomes that some record gives it.
    pub(super) possible: Possible,
    pub(super) carc: Option<u16>,
    pub(super) rule: Rule,
    pub(super) applies_when: Option<Rule>,
    pub(super) not_applicable_when: Option<Rule>,
    pub(super) exclusion: bool,
    pub(super) roll_up: bool,
    pub(super) flag: Flags,
    pub(super) failed: Option<Words>,
    pub(super) undocumented: Option<Words>,
}

/// One step of a policy's pathway.
#[derive(Clone, Debug)]
pub struct PathwayStep {
    /// Its id.
    pub id: String,
    /// As "1", "1a".
    pub number: String,
    /// Its title.
    pub title: String,
    /// What to do.
    pub action: String,
    /// Who can supply what it asks for.
    pub by: String,
    /// Evidence registry ids.
    pub evidence: Vec<String>,
    /// The step that it is a part of: its place.
    pub(super) part_of: Option<usize>,
    /// Steps that come first: their places.
    pub(super) after: Vec<usize>,
    /// The end of the pathway: never done before the request is decided.
    pub(super) last: bool,
    pub(super) only_if_needed: bool,
    pub(super) not_applicable_when: Option<Rule>,
    pub(super) cautions: Vec<Caution>,
    /// Criteria that it cures: their places.
    pub(super) cures: Vec<usize>,
}

/// Something in the record that speaks against a step.
#[derive(Clone, Debug)]
pub(super) struct Caution {
    pub(super) text: String,
    pub(super) find: Vec<Filter>,
    pub(super) rules_out: bool,
}

/// A check over the result.
#[derive(Clone, Debug)]
pub(super) struct PitfallRule {
    pub(super) id: String,
    pub(super) text: String,
    pub(super) when: Rule,
    pub(super) criteria: Vec<String>,
}

/// A sentence of the narrative, and when it is told.
#[derive(Clone, Debug)]
pub(super) struct Note {
    pub(super) section: NoteSection,
    pub(super) text: String,
    pub(super) criteria: Vec<String>,
    pub(super) evidence: Vec<String>,
    /// Outcomes that the criteria must have.
    pub(super) when: Vec<(String, Vec<Outcome>)>,
    /// Facts of which the record must have one; they are quoted.
    pub(super) facts: Vec<Filter>,
    /// Facts of which the record must have none.
    pub(super) unless_facts: Vec<Filter>,
}

impl Policy {
    /// Reads and checks a policy file.
    ///
    /// `file_name` only names the place in errors.
    ///
    /// # Errors
    /// [`Error::Lexicon`] where the text is no policy: file and line, what is wrong, what would be
    /// right. All that is wrong is told, each on a line of its own, as far as one slip does not hide another.
    pub fn parse(file_name: &str, text: &str) -> Result<Policy, Error> {
        let mut read = read(text);
        let whole = read.mistakes.is_empty();
        let compiled = read.raw.take().map(|raw| load::compile(raw, whole, &read.left_out));
        let more = match compiled {
            Some(Ok(policy)) => return Ok(policy),
            Some(Err(more)) => more,
            None => Vec::new(),
        };
        let mut mistakes = std::mem::take(&mut read.mistakes);
        mistakes.extend(more.into_iter().filter(|(_, problem)| !read.follows(problem)));
        mistakes.sort();
        mistakes.dedup();
        let at = |at: &usize| place(file_name, text, *at);
        let first = mistakes.first().map(|(place, _)| at(place)).unwrap_or_default();
        // Each further one on a line of its own, as the first is shown.
        let lines = mistakes.iter().enumerate().map(|(n, (place, problem))| match n {
            0 => problem.clone(),
            _ => format!("{}: {problem}", at(place)),
        });
        Err(Error::Lexicon { place: first, problem: lines.collect::<Vec<_>>().join("\n") })
    }

    /// Whether a requested code or name is one that the policy covers.
    pub fn covers(&self, request: &Request) -> bool {
        self.covered.covers(request) == Some(true)
    }

    /// Whether it is in force on a day; on any where the day is not known.
    pub fn in_force(&self, day: Option<Date>) -> bool {
        day.is_none_or(|day| self.effective <= day && self.until.is_none_or(|until| day <= until))
    }

    /// Whether it is a policy of that payer: `None` where it names none.
    pub fn of_payer(&self, payer: Option<&str>) -> Option<bool> {
        let named = |payer: &str| self.payers.iter().any(|word| contains(payer, word));
        (!self.payers.is_empty()).then(|| payer.is_some_and(named))
    }

    /// Whether it holds in that place: `None` where it names none.
    pub fn of_jurisdiction(&self, place: Option<&str>) -> Option<bool> {
        let named =
            |place: &str| self.jurisdictions.iter().any(|own| own.eq_ignore_ascii_case(place));
        (!self.jurisdictions.is_empty()).then(|| place.is_some_and(named))
    }

    /// Ids of the evidence that the policy cites, each once, in order.
    pub fn cited(&self) -> Vec<&str> {
        let of_criteria = self.criteria.iter().flat_map(|c| &c.evidence);
        let of_steps = self.steps.iter().flat_map(|s| &s.evidence);
        let mut ids: Vec<&str> = Vec::new();
        for id in of_criteria.chain(of_steps) {
            if !ids.contains(&id.as_str()) {
                ids.push(id);
            }
        }
        ids
    }
}

/// `file:line`.
pub(super) fn place(file_name: &str, text: &str, offset: usize) -> String {
    let line = text.bytes().take(offset).filter(|b| *b == b'\n').count() + 1;
    format!("{file_name}:{line}")
}
