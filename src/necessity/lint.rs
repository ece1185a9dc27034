//! Checks of a whole policy once its names are known: words and cures of reasons, leaves that are
//! never reached, names that nothing uses.

use std::collections::BTreeSet;

use toml::Spanned;

use super::compile::{Mistake, Scope};
use super::load::At;
use super::logic::{Possible, Tri};
use super::policy::{Policy, Words};
use super::raw::{RawCriterion, RawPolicy};
use super::rule::Rule;

/// The outcomes that each criterion can have; what is wrong is noted.
pub(super) fn check(
    raw: &RawPolicy,
    policy: &Policy,
    scope: &Scope<'_>,
    left_out: &[String],
) -> Vec<Possible> {
    let names: Vec<String> =
        scope.mistakes.borrow().iter().map(|(_, problem)| problem.clone()).collect();
    scope.sound([stages(raw, policy)].into_iter());
    // A part that could not be looked up may be the one that uses them.
    if names.is_empty() && left_out.is_empty() {
        scope.sound(unused(raw, &scope.used.borrow()));
    }
    let mut possible = vec![Possible::ANY; policy.criteria.len()];
    for &at in &policy.order {
        let id = &policy.criteria[at].id;
        let whole = format!("criterion `{id}`: ");
        // Of a rule that could not be looked up nothing is known.
        if !left_out.contains(id) && !names.iter().any(|problem| problem.starts_with(&whole)) {
            scope.mistakes.borrow_mut().extend(reasons(raw, policy, at, &mut possible));
        }
    }
    possible
}

/// Stages are told by the request alone, and some stage always holds.
fn stages(raw: &RawPolicy, policy: &Policy) -> At<()> {
    for (n, (raw, stage)) in raw.stages.iter().zip(&policy.stages).enumerate() {
        let fail =
            |problem: &str| Err((raw.id.span().start, format!("stage `{}`: {problem}", stage.id)));
        let mut references = Vec::new();
        stage.when.references(&mut references);
        let always = matches!(stage.when, Rule::Constant(Tri::Yes));
        if !references.is_empty() {
            return fail("it is chosen before any criterion is decided and cannot refer to one");
        }
        if policy.stages.iter().take(n).any(|known| known.id == stage.id) {
            return fail("there is one of that id already");
        }
        match (always, n + 1 == policy.stages.len()) {
            (true, false) => return fail("the stages below it are never reached"),
            (false, true) => {
                return fail(
                    "some request has no stage; write `when = { constant = \"met\" }` in the last one",
                );
            }
            _ => {}
        }
    }
    Ok(())
}

/// Every reason that some record gives rise to has its words and its cure, and none has words that are
/// never said; else what is wrong. Criteria that it refers to come before.
fn reasons(raw: &RawPolicy, policy: &Policy, at: usize, possible: &mut [Possible]) -> Vec<Mistake> {
    let (raw, criterion) = (&raw.criteria[at], &policy.criteria[at]);
    let mut mistakes = Vec::new();
    let mut fail = |problem: String| {
        mistakes.push((raw.id.span().start, format!("criterion `{}`: {problem}", criterion.id)));
    };
    let mut rule = criterion.rule.possible(possible);
    // Facts that were read badly leave anything open that does not stand by itself.
    rule.open |= !rule.constant();
    possible[at] = rule;
    let rules = [
        Some(&criterion.rule),
        criterion.applies_when.as_ref(),
        criterion.not_applicable_when.as_ref(),
    ];
    rules.into_iter().flatten().filter_map(Rule::idle_part).for_each(&mut fail);
    if matches!(criterion.applies_when, Some(Rule::Constant(_)))
        || matches!(criterion.not_applicable_when, Some(Rule::Constant(_)))
    {
        fail("a constant decides whether it applies; leave it out".into());
    }
    if criterion.roll_up {
        return mistakes;
    }
    for (name, needed, words) in
        [("failed", rule.no, &raw.failed), ("undocumented", rule.open, &raw.undocumented)]
    {
        match words {
            None if needed => fail(format!(
                "it can be {}, and `{name}` has no words for it; write `{name} = {{ label = ..., rationale = ..., why_needed = ... }}`",
                outcome(name)
            )),
            Some(_) if !needed => {
                fail(format!("it is never {}; leave `{name}` out", outcome(name)));
            }
            Some(words) => check_words(name, words).into_iter().for_each(&mut fail),
            None => {}
        }
    }
    if let Err(problem) = check_cure(raw, policy) {
        fail(problem);
    }
    mistakes
}

fn outcome(words: &str) -> &'static str {
    if words == "failed" { "not_met" } else { "not_documented" }
}

fn check_words(name: &str, words: &Words) -> Vec<String> {
    let length = words.label.chars().count();
    let texts = [("rationale", &words.rationale), ("why_needed", &words.why_needed)];
    let empty = texts.into_iter().filter(|(_, text)| text.trim().is_empty());
    let mut problems: Vec<String> = empty
        .map(|(what, _)| format!("`{name}` has no {what}; write `{what} = ...` in it"))
        .collect();
    if !(1..=60).contains(&length) {
        problems.push(format!("label of `{name}` has {length} characters, 1 to 60 are allowed"));
    }
    problems
}

fn check_cure(raw: &RawCriterion, policy: &Policy) -> Result<(), String> {
    if raw.cured_by.is_empty() && raw.answered_by.is_empty() {
        let steps: Vec<&str> = policy.steps.iter().map(|step| step.id.as_str()).collect();
        return Err(format!(
            "no cure; write `cured_by` with one of {}, or `answered_by` with what can be done instead",
            steps.join(", ")
        ));
    }
    Ok(())
}

/// Params, sets and topics that no rule refers to are slips of the pen.
fn unused<'r>(raw: &'r RawPolicy, used: &'r BTreeSet<String>) -> impl Iterator<Item = At<()>> + 'r {
    let params = raw.params.keys().map(|name| ("param", name));
    let sets = raw.sets.keys().map(|name| ("set", name));
    let topics = raw.topics.iter().map(|name| ("topic", name));
    let idle = move |(what, name): &(&str, &Spanned<String>)| {
        !used.contains(&format!("{what} {}", name.get_ref()))
    };
    params.chain(sets).chain(topics).filter(idle).map(|(what, name)| {
        let problem = format!("{what} `{}` is used by no rule; leave it out", name.get_ref());
        Err((name.span().start, problem))
    })
}
