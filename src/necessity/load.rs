//! From a policy's file to a policy: every name is looked up, every rule checked.
//!
//! Strict: unknown kinds, fields, params, sets, topics, stages, steps and criteria, leaves that are
//! never reached and reasons without words are errors with their place and the nearest known name.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::compile::{Covered, Mistake, Scope, unknown};
use super::filter::RawFilter;
use super::lint;
use super::logic::{Flags, Possible};
use super::parts::Parts;
use super::policy::{Caution, Criterion, Note, PathwayStep, PitfallRule, Policy, Stage};
use super::raw::{RawCriterion, RawNote, RawPitfall, RawPolicy, RawStage, RawStep, day};
use super::rule::{self, RawPart};
use super::unit::{Number, Quantity};

/// Groups that criteria are shown in.
const CATEGORIES: [&str; 8] =
    ["request", "evidence", "diagnosis", "nerve", "conservative", "history", "function", "record"];

/// What is wrong, and the byte that it is wrong at.
pub(super) type At<T> = Result<T, Mistake>;

/// Looks up every name of a raw policy; else all that is wrong, in the order of the file.
///
/// One that is not `whole` is refused in any case, with what is wrong in what there is of it; `left_out`
/// are the ids of what is not all there.
pub(super) fn compile(
    raw: RawPolicy,
    whole: bool,
    left_out: &[String],
) -> Result<Policy, Vec<Mistake>> {
    let steps: Vec<&str> = raw.steps.iter().map(|step| step.id.get_ref().as_str()).collect();
    let known: Vec<String> =
        raw.criteria.iter().map(|criterion| criterion.id.get_ref().clone()).collect();
    let (params, wrong) = params(&raw);
    let lower = |words: &[String]| -> Vec<String> {
        words.iter().map(|word| word.to_lowercase()).collect()
    };
    let covered = Covered {
        cpt: raw.scope.cpt.clone(),
        procedures: Parts::of(&lower(&raw.scope.procedures)),
        targets: Parts::of(&lower(&raw.scope.targets)),
        elsewhere: Parts::of(&lower(&raw.scope.elsewhere)),
    };
    let scope = Scope {
        params: &params,
        sets: raw.sets.iter().map(|(name, set)| (name.get_ref().as_str(), &set[..])).collect(),
        doses: &raw.doses,
        agents: &raw.agents,
        instruments: &raw.instruments,
        topics: raw.topics.iter().map(|topic| topic.get_ref().as_str()).collect(),
        covered: &covered,
        criteria: &known,
        stages: raw.stages.iter().map(|stage| stage.id.get_ref().as_str()).collect(),
        used: RefCell::default(),
        whole: RefCell::default(),
        mistakes: RefCell::new(wrong),
    };
    let stages = raw.stages.iter().map(|stage| compile_stage(stage, &scope)).collect();
    let numbered = raw.criteria.iter().enumerate();
    let criteria: Vec<Criterion> =
        numbered.map(|(n, criterion)| compile_criterion(n, criterion, &scope, &steps)).collect();
    let compiled =
        scope.sound(raw.steps.iter().map(|step| compile_step(step, &scope, &steps, &criteria)));
    let pitfalls = scope.sound(raw.pitfalls.iter().map(|it| compile_pitfall(it, &scope)));
    let notes = scope.sound(raw.notes.iter().map(|note| compile_note(note, &scope)));
    let cases = raw.cases.iter().filter_map(|case| {
        let note = |wrong| scope.mistakes.borrow_mut().extend(wrong);
        case.compile(&known).map_err(note).ok()
    });
    let cases = cases.collect();
    let [effective, until] = [Some(&raw.effective), raw.until.as_ref()].map(|raw| {
        let read = raw.map(day).transpose();
        read.unwrap_or_else(|mistake| {
            scope.mistakes.borrow_mut().push(mistake);
            None
        })
    });
    let effective = effective.unwrap_or_default();
    if let (Some(raw), true) = (&raw.until, until.is_some_and(|until| until < effective)) {
        scope.note(raw.span().start, "the policy ends before it takes effect");
    }
    if raw.criteria.is_empty() {
        scope.note(0, "there is no criterion; write `[[criterion]]`");
    }
    for (n, raw) in
        raw.criteria.iter().enumerate().filter(|(n, raw)| whole && raw.scope != (*n == 0))
    {
        let problem = match n {
            0 => "the first criterion must have `scope = true`",
            _ => "only the first criterion may have `scope = true`",
        };
        scope.note(raw.id.span().start, &format!("criterion `{}`: {problem}", raw.id.get_ref()));
    }
    let order = order(&criteria).unwrap_or_else(|n| {
        let id = &raw.criteria[n].id;
        let problem = format!("criterion `{}`: its rule refers back to itself", id.get_ref());
        scope.note(id.span().start, &problem);
        Vec::new()
    });
    let mut rank: Vec<usize> = (0..criteria.len()).collect();
    rank.sort_by_key(|&at| {
        let criterion = &criteria[at];
        (criterion.severity, criterion.priority, &criterion.id)
    });
    let policy = Policy {
        effective,
        until,
        payers: lower(&raw.payers),
        jurisdictions: raw.jurisdictions.iter().map(|place| place.to_uppercase()).collect(),
        topics: raw.topics.iter().map(|topic| topic.get_ref().clone()).collect(),
        stages,
        criteria,
        order,
        rank,
        steps: compiled,
        cases,
        pitfalls,
        notes,
        params: BTreeMap::new(),
        covered: Covered::default(),
        id: raw.id.clone(),
        version: raw.version.clone(),
        title: raw.title.clone(),
        source: raw.source.clone(),
        retrieved: raw.retrieved.clone(),
        verification: raw.verification,
        missing_documentation: raw.missing_documentation,
        legible_from: raw.legible_from,
    };
    let possible = lint::check(&raw, &policy, &scope, left_out);
    let mut mistakes = scope.mistakes.take();
    mistakes.sort();
    drop(scope);
    if !whole || !mistakes.is_empty() {
        return Err(mistakes);
    }
    let mut policy = Policy { params, covered, ..policy };
    for (criterion, possible) in policy.criteria.iter_mut().zip(possible) {
        criterion.possible = possible;
    }
    Ok(policy)
}

/// The params, which may have units, and what is wrong with them; one that is wrong still has its name.
fn params(raw: &RawPolicy) -> (BTreeMap<String, Quantity>, Vec<Mistake>) {
    let mut wrong = Vec::new();
    let params = raw.params.iter().map(|(name, number)| {
        let quantity = match number {
            Number::Literal(value) => Ok(Quantity::bare(*value)),
            Number::Written(text) => Quantity::read(text),
        };
        let quantity = quantity.unwrap_or_else(|problem| {
            wrong.push((name.span().start, format!("param `{}`: {problem}", name.get_ref())));
            Quantity::bare(1.0)
        });
        (name.get_ref().clone(), quantity)
    });
    (params.collect(), wrong)
}

fn compile_stage(raw: &RawStage, scope: &Scope<'_>) -> Stage {
    scope.whole.replace(format!("stage `{}`", raw.id.get_ref()));
    Stage {
        id: raw.id.get_ref().clone(),
        title: raw.title.clone(),
        when: rule::compile(&raw.when, scope),
    }
}

fn compile_pitfall(raw: &RawPitfall, scope: &Scope<'_>) -> At<PitfallRule> {
    let fail = |problem: String| {
        (raw.id.span().start, format!("pitfall `{}`: {problem}", raw.id.get_ref()))
    };
    raw.criteria.iter().try_for_each(|id| scope.criterion(id).map(drop)).map_err(fail)?;
    scope.whole.replace(format!("pitfall `{}`", raw.id.get_ref()));
    Ok(PitfallRule {
        id: raw.id.get_ref().clone(),
        text: raw.text.clone(),
        when: rule::compile(&raw.when, scope),
        criteria: raw.criteria.clone(),
    })
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

fn compile_criterion(n: usize, raw: &RawCriterion, scope: &Scope<'_>, steps: &[&str]) -> Criterion {
    let id = raw.id.get_ref();
    scope.whole.replace(format!("criterion `{id}`"));
    let fail = |problem: &str| scope.note_mistake(raw.id.span().start, problem);
    if scope.criteria.iter().take(n).any(|known| known == id) {
        fail("there is one of that id already");
    }
    for step in raw.cured_by.iter().filter(|step| !steps.contains(&step.as_str())) {
        fail(&unknown("step", step, steps.iter().copied()));
    }
    if !CATEGORIES.contains(&raw.category.as_str()) {
        fail(&unknown("category", &raw.category, CATEGORIES.into_iter()));
    }
    let flag = raw
        .flag
        .as_deref()
        .map(|word| Flags::of_word(word).ok_or_else(|| unknown("flag", word, Flags::all_words())));
    let flag = flag.transpose().unwrap_or_else(|problem| {
        fail(&problem);
        None
    });
    let stages = raw.stages.iter().filter_map(|stage| {
        let at = scope.stages.iter().position(|known| known == stage);
        if at.is_none() {
            fail(&unknown("stage", stage, scope.stages.iter().copied()));
        }
        at
    });
    let stages = stages.collect();
    let rule = |rule: &Option<RawPart>| rule.as_ref().map(|raw| rule::compile(raw, scope));
    Criterion {
        id: id.clone(),
        title: raw.title.clone(),
        severity: raw.severity,
        category: raw.category.clone(),
        required: raw.required.clone(),
        clause: raw.clause.clone(),
        evidence: raw.evidence.clone(),
        cured_by: raw.cured_by.clone(),
        answered_by: raw.answered_by.clone(),
        stages,
        priority: raw.priority,
        possible: Possible::ANY,
        carc: raw.carc,
        rule: rule::compile(&raw.rule, scope),
        applies_when: rule(&raw.applies_when),
        not_applicable_when: rule(&raw.not_applicable_when),
        exclusion: raw.exclusion,
        roll_up: raw.roll_up,
        flag: flag.unwrap_or_default(),
        failed: raw.failed.clone(),
        undocumented: raw.undocumented.clone(),
    }
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
    scope.whole.replace(format!("step `{id}`"));
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
        by: raw.by.clone(),
        evidence: raw.evidence.clone(),
        part_of: raw.part_of.as_ref().map(find).transpose()?,
        after: raw.after.iter().map(find).collect::<Result<_, _>>()?,
        last: raw.last,
        only_if_needed: raw.only_if_needed,
        not_applicable_when: raw.not_applicable_when.as_ref().map(|raw| rule::compile(raw, scope)),
        cautions,
        cures,
    })
}
