//! Policies: TOML text to compiled criteria, pathway and pitfalls.
//!
//! Loading is strict: unknown keys, kinds, fields, params, sets, topics, steps and criteria
//! are errors with file, line and the nearest known name.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::cases::{PolicyCase, RawCase};
use super::compile::{Agent, Instrument, Number, Scope, unknown};
use super::filter::{Filter, RawFilter};
use super::logic::Flags;
use super::rule::{RawRule, Rule};
use super::{Outcome, Severity};
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

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPolicy {
    id: String,
    version: String,
    title: String,
    effective: String,
    source: String,
    retrieved: String,
    verification: Verification,
    #[serde(default)]
    missing_documentation: MissingDocumentation,
    /// Facts read by OCR with less confidence cannot decide.
    #[serde(default = "legible_from")]
    legible_from: f32,
    scope: RawScope,
    #[serde(default)]
    topics: Vec<String>,
    #[serde(default)]
    params: BTreeMap<String, f64>,
    #[serde(default)]
    sets: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    doses: BTreeMap<String, Number>,
    #[serde(default)]
    agents: BTreeMap<String, Agent>,
    #[serde(default)]
    instruments: BTreeMap<String, Instrument>,
    #[serde(rename = "criterion")]
    criteria: Vec<RawCriterion>,
    #[serde(default, rename = "step")]
    steps: Vec<RawStep>,
    #[serde(default, rename = "pitfall")]
    pitfalls: Vec<RawPitfall>,
    #[serde(default, rename = "note")]
    notes: Vec<RawNote>,
    #[serde(default, rename = "case")]
    cases: Vec<RawCase>,
}

fn legible_from() -> f32 {
    0.5
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawScope {
    cpt: Vec<String>,
    procedures: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCriterion {
    id: Spanned<String>,
    title: String,
    severity: Severity,
    category: String,
    required: String,
    rule: RawRule,
    #[serde(default)]
    applies_when: Option<RawRule>,
    #[serde(default)]
    not_applicable_when: Option<RawRule>,
    #[serde(default)]
    scope: bool,
    #[serde(default)]
    exclusion: bool,
    #[serde(default)]
    roll_up: bool,
    /// The flag that not_met raises.
    #[serde(default)]
    flag: Option<String>,
    #[serde(default)]
    priority: u32,
    #[serde(default)]
    clause: String,
    #[serde(default)]
    evidence: Vec<String>,
    #[serde(default)]
    cured_by: Vec<String>,
    #[serde(default)]
    carc: Option<u16>,
    #[serde(default)]
    failed: Option<Words>,
    #[serde(default)]
    undocumented: Option<Words>,
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

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStep {
    id: Spanned<String>,
    number: String,
    title: String,
    action: String,
    #[serde(default)]
    part_of: Option<String>,
    #[serde(default)]
    after: Vec<String>,
    #[serde(default)]
    last: bool,
    #[serde(default)]
    only_if_needed: bool,
    #[serde(default)]
    not_applicable_when: Option<RawRule>,
    #[serde(default)]
    evidence: Vec<String>,
    #[serde(default, rename = "caution")]
    cautions: Vec<RawCaution>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCaution {
    text: String,
    find: Vec<RawFilter>,
    #[serde(default)]
    rules_out: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPitfall {
    id: Spanned<String>,
    text: String,
    when: RawRule,
    criteria: Vec<String>,
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

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawNote {
    section: NoteSection,
    text: Spanned<String>,
    criteria: Vec<String>,
    #[serde(default)]
    evidence: Vec<String>,
    #[serde(default)]
    when: BTreeMap<String, Vec<Outcome>>,
    #[serde(default)]
    facts: Vec<RawFilter>,
    #[serde(default)]
    unless_facts: Vec<RawFilter>,
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
    /// The day that it takes effect, as written.
    pub effective: String,
    /// Where its criteria come from.
    pub source: String,
    /// When the source was read, as written.
    pub retrieved: String,
    /// How far the source was checked.
    pub verification: Verification,
    /// Named thresholds.
    pub params: BTreeMap<String, f64>,
    /// Criteria in order.
    pub criteria: Vec<Criterion>,
    /// The pathway in order.
    pub steps: Vec<PathwayStep>,
    /// Its own test cases.
    pub cases: Vec<PolicyCase>,
    /// Places of the criteria, each after those that its rules refer to.
    pub(super) order: Vec<usize>,
    pub(super) cpt: Vec<String>,
    pub(super) procedures: Vec<String>,
    pub(super) missing_documentation: MissingDocumentation,
    pub(super) legible_from: f32,
    pub(super) pitfalls: Vec<PitfallRule>,
    pub(super) notes: Vec<Note>,
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
    /// Rank among reasons of its class: the smaller the earlier.
    pub priority: u32,
    pub(super) carc: Option<u16>,
    pub(super) rule: Rule,
    pub(super) applies_when: Option<Rule>,
    pub(super) not_applicable_when: Option<Rule>,
    pub(super) scope: bool,
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
    /// [`Error::Lexicon`] where the text is no policy: file and line, what is wrong, what would be right.
    pub fn parse(file_name: &str, text: &str) -> Result<Policy, Error> {
        let raw: RawPolicy = toml::from_str(text).map_err(|error| Error::Lexicon {
            place: place(file_name, text, error.span().map_or(0, |span| span.start)),
            problem: error.message().to_owned(),
        })?;
        compile(raw)
            .map_err(|(at, problem)| Error::Lexicon { place: place(file_name, text, at), problem })
    }

    /// Whether a requested code or name is one that the policy covers.
    pub fn covers(&self, request: &Request) -> bool {
        let coded = request.cpt.as_ref().is_some_and(|code| self.cpt.contains(code));
        let named =
            |name: &str| self.procedures.iter().any(|word| super::filter::contains(name, word));
        coded || request.procedure.as_deref().is_some_and(named)
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

/// Groups that criteria are shown in.
const CATEGORIES: [&str; 8] =
    ["request", "evidence", "diagnosis", "nerve", "conservative", "history", "function", "record"];

/// What is wrong, and the byte that it is wrong at.
type At<T> = Result<T, (usize, String)>;

fn compile(raw: RawPolicy) -> At<Policy> {
    let steps: Vec<&str> = raw.steps.iter().map(|step| step.id.get_ref().as_str()).collect();
    let known: Vec<String> =
        raw.criteria.iter().map(|criterion| criterion.id.get_ref().clone()).collect();
    let scope = scope(&raw, &known);
    let criteria = raw
        .criteria
        .iter()
        .enumerate()
        .map(|(n, criterion)| compile_criterion(n, criterion, &scope, &steps))
        .collect::<At<Vec<Criterion>>>()?;
    let order = order(&criteria).map_err(|n| {
        let id = &raw.criteria[n].id;
        (id.span().start, format!("criterion `{}`: its rule refers back to itself", id.get_ref()))
    })?;
    if criteria.iter().filter(|c: &&Criterion| c.scope).count() != 1 || !criteria[0].scope {
        return Err((0, "the first criterion, and no other, must have `scope = true`".into()));
    }
    let compiled = raw
        .steps
        .iter()
        .map(|step| compile_step(step, &scope, &steps, &criteria))
        .collect::<Result<Vec<_>, _>>()?;
    let pitfalls = raw
        .pitfalls
        .iter()
        .map(|pitfall| {
            let fail = |problem: String| {
                (pitfall.id.span().start, format!("pitfall `{}`: {problem}", pitfall.id.get_ref()))
            };
            pitfall
                .criteria
                .iter()
                .try_for_each(|id| scope.criterion(id).map(drop))
                .map_err(fail)?;
            Ok(PitfallRule {
                id: pitfall.id.get_ref().clone(),
                text: pitfall.text.clone(),
                when: pitfall.when.compile(&scope).map_err(fail)?,
                criteria: pitfall.criteria.clone(),
            })
        })
        .collect::<At<Vec<_>>>()?;
    let notes = raw.notes.iter().map(|note| compile_note(note, &scope)).collect::<At<Vec<_>>>()?;
    let cases = raw.cases.iter().map(|case| case.compile(&known)).collect::<At<Vec<_>>>()?;
    Ok(Policy {
        id: raw.id,
        version: raw.version,
        title: raw.title,
        effective: raw.effective,
        source: raw.source,
        retrieved: raw.retrieved,
        verification: raw.verification,
        params: raw.params,
        criteria,
        order,
        steps: compiled,
        cases,
        cpt: raw.scope.cpt,
        procedures: raw.scope.procedures,
        missing_documentation: raw.missing_documentation,
        legible_from: raw.legible_from,
        pitfalls,
        notes,
    })
}

fn scope<'a>(raw: &'a RawPolicy, criteria: &'a [String]) -> Scope<'a> {
    Scope {
        params: &raw.params,
        sets: &raw.sets,
        doses: &raw.doses,
        agents: &raw.agents,
        instruments: &raw.instruments,
        topics: &raw.topics,
        cpt: &raw.scope.cpt,
        procedures: &raw.scope.procedures,
        criteria,
    }
}

/// Places of the criteria, each after those that it refers to; a place on a circle where there is one.
fn order(criteria: &[Criterion]) -> Result<Vec<usize>, usize> {
    let needs: Vec<Vec<usize>> = criteria
        .iter()
        .map(|criterion| {
            let mut found = Vec::new();
            let rules = [
                Some(&criterion.rule),
                criterion.applies_when.as_ref(),
                criterion.not_applicable_when.as_ref(),
            ];
            rules.into_iter().flatten().for_each(|rule| rule.references(&mut found));
            found
        })
        .collect();
    let mut order: Vec<usize> = Vec::with_capacity(criteria.len());
    while order.len() < criteria.len() {
        let waiting = || (0..criteria.len()).filter(|n| !order.contains(n));
        let ready = waiting().find(|n| needs[*n].iter().all(|need| order.contains(need)));
        match ready {
            Some(n) => order.push(n),
            None => return Err(waiting().next().unwrap_or_default()),
        }
    }
    Ok(order)
}

fn compile_criterion(
    n: usize,
    raw: &RawCriterion,
    scope: &Scope<'_>,
    steps: &[&str],
) -> At<Criterion> {
    let id = raw.id.get_ref();
    let fail = |problem: String| (raw.id.span().start, format!("criterion `{id}`: {problem}"));
    if scope.criteria.iter().take(n).any(|known| known == id) {
        return Err(fail("there is one of that id already".into()));
    }
    if let Some(step) = raw.cured_by.iter().find(|step| !steps.contains(&step.as_str())) {
        return Err(fail(unknown("step", step, steps.iter().copied())));
    }
    if !CATEGORIES.contains(&raw.category.as_str()) {
        return Err(fail(unknown("category", &raw.category, CATEGORIES.into_iter())));
    }
    for words in raw.failed.iter().chain(&raw.undocumented) {
        let length = words.label.chars().count();
        if length > 60 || length == 0 {
            return Err(fail(format!("label has {length} characters, 1 to 60 are allowed")));
        }
    }
    let flag = match raw.flag.as_deref() {
        None => Flags::NONE,
        Some(word) => Flags::of_word(word).ok_or_else(|| fail(format!("no flag `{word}`")))?,
    };
    let rule =
        |rule: &Option<RawRule>| rule.as_ref().map(|r| r.compile(scope)).transpose().map_err(fail);
    Ok(Criterion {
        id: id.clone(),
        title: raw.title.clone(),
        severity: raw.severity,
        category: raw.category.clone(),
        required: raw.required.clone(),
        clause: raw.clause.clone(),
        evidence: raw.evidence.clone(),
        cured_by: raw.cured_by.clone(),
        priority: raw.priority,
        carc: raw.carc,
        rule: raw.rule.compile(scope).map_err(fail)?,
        applies_when: rule(&raw.applies_when)?,
        not_applicable_when: rule(&raw.not_applicable_when)?,
        scope: raw.scope,
        exclusion: raw.exclusion,
        roll_up: raw.roll_up,
        flag,
        failed: raw.failed.clone(),
        undocumented: raw.undocumented.clone(),
    })
}

fn compile_note(raw: &RawNote, scope: &Scope<'_>) -> At<Note> {
    let fail = |problem: String| (raw.text.span().start, format!("note: {problem}"));
    raw.criteria
        .iter()
        .chain(raw.when.keys())
        .try_for_each(|id| scope.criterion(id).map(drop))
        .map_err(fail)?;
    let filters = |list: &[RawFilter]| {
        list.iter().map(|f| f.compile(scope)).collect::<Result<Vec<_>, _>>().map_err(fail)
    };
    Ok(Note {
        section: raw.section,
        text: raw.text.get_ref().clone(),
        criteria: raw.criteria.clone(),
        evidence: raw.evidence.clone(),
        when: raw.when.iter().map(|(id, outcomes)| (id.clone(), outcomes.clone())).collect(),
        facts: filters(&raw.facts)?,
        unless_facts: filters(&raw.unless_facts)?,
    })
}

fn compile_step(
    raw: &RawStep,
    scope: &Scope<'_>,
    steps: &[&str],
    criteria: &[Criterion],
) -> At<PathwayStep> {
    let id = raw.id.get_ref();
    let fail = |problem: String| (raw.id.span().start, format!("step `{id}`: {problem}"));
    let find = |other: &String| {
        steps
            .iter()
            .position(|step| step == other)
            .ok_or_else(|| fail(unknown("step", other, steps.iter().copied())))
    };
    let cautions = raw
        .cautions
        .iter()
        .map(|caution| {
            let find = caution
                .find
                .iter()
                .map(|f| f.compile(scope))
                .collect::<Result<_, _>>()
                .map_err(fail)?;
            Ok(Caution { text: caution.text.clone(), find, rules_out: caution.rules_out })
        })
        .collect::<At<Vec<_>>>()?;
    let cures = criteria
        .iter()
        .enumerate()
        .filter(|(_, c)| c.cured_by.contains(id))
        .map(|(n, _)| n)
        .collect();
    Ok(PathwayStep {
        id: id.clone(),
        number: raw.number.clone(),
        title: raw.title.clone(),
        action: raw.action.clone(),
        evidence: raw.evidence.clone(),
        part_of: raw.part_of.as_ref().map(find).transpose()?,
        after: raw.after.iter().map(find).collect::<Result<_, _>>()?,
        last: raw.last,
        only_if_needed: raw.only_if_needed,
        not_applicable_when: raw
            .not_applicable_when
            .as_ref()
            .map(|r| r.compile(scope))
            .transpose()
            .map_err(fail)?,
        cautions,
        cures,
    })
}
