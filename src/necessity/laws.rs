//! Laws that hold of every policy and record, tried on the policies' own cases.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use proptest::prelude::*;

use super::events::history_is_told;
use super::filter::Filter;
use super::findings::Facts;
use super::logic::Tri;
use super::rule::{Case, Rule};
use super::supply::{Supply, Told};
use super::tests::all;
use super::*;
use crate::chart::{Chart, ChartDocument, Given, kind_index};
use crate::fact::{Fact, Kind, Origin, Section};

/// The record of a chart, document by document.
fn record(chart: &Chart) -> Vec<(ChartDocument, Vec<Fact>)> {
    let mut documents: Vec<(ChartDocument, Vec<Fact>)> =
        chart.documents.iter().map(|document| (document.clone(), Vec::new())).collect();
    for fact in &chart.facts {
        documents[fact.place.document].1.push((**fact).clone());
    }
    documents
}

fn gather(chart: &Chart, documents: Vec<(ChartDocument, Vec<Fact>)>) -> Chart {
    let request = &chart.request;
    let given = Given {
        as_of: chart.as_of,
        cpt: request.cpt.clone(),
        side: request.side,
        intent: request.intent,
    };
    Chart::gather(documents, given)
}

/// The record with its documents and facts in another order.
fn shuffled(chart: &Chart, seed: &[usize]) -> Chart {
    let mut documents = record(chart);
    for (_, facts) in &mut documents {
        for (n, swap) in seed.iter().enumerate() {
            if !facts.is_empty() {
                let (a, b) = (n % facts.len(), swap % facts.len());
                facts.swap(a, b);
            }
        }
    }
    if seed.first().is_some_and(|n| n % 2 == 0) {
        documents.reverse();
    }
    gather(chart, documents)
}

fn outcomes(policy: &Policy, chart: &Chart) -> Vec<(String, Outcome)> {
    let decision = decide(policy, chart);
    let ids = policy.criteria.iter().map(|criterion| criterion.id.clone());
    ids.zip(decision.criteria.iter().map(|criterion| criterion.outcome)).collect()
}

#[test]
fn supplying_all_missing_facts_leaves_nothing_undocumented() {
    for policy in all() {
        for case in &policy.cases {
            let supposed = with_documentation(&policy, &case.chart);
            let ids = supposed.still_missing.iter().map(|&at| policy.criteria[at].id.as_str());
            let ids: Vec<&str> = ids.collect();
            assert!(ids.is_empty(), "{}: {}: {ids:?}", policy.id, case.why);
        }
    }
}

#[test]
fn the_decision_is_what_the_verdict_says() {
    for policy in all() {
        for case in &policy.cases {
            let (decision, verdict) =
                (decide(&policy, &case.chart), evaluate(&policy, &case.chart));
            let said: Vec<Outcome> = verdict.findings.iter().map(|f| f.outcome).collect();
            let decided: Vec<Outcome> = decision.criteria.iter().map(|c| c.outcome).collect();
            assert_eq!(decided, said, "{}", case.why);
            assert_eq!(decision.determination, verdict.determination);
            let reasons: Vec<&str> =
                decision.reasons.iter().map(|&at| policy.criteria[at].id.as_str()).collect();
            let told: Vec<&str> =
                verdict.reasons.iter().map(|reason| reason.criterion_id.as_str()).collect();
            assert_eq!(reasons, told, "{}", case.why);
            let next = decision.next_step.map(|at| policy.steps[at].id.clone());
            assert_eq!(next, verdict.next_step, "{}", case.why);
        }
    }
}

/// What was said for a criterion that is met is said once more, in the newest document.
#[test]
fn saying_again_what_supports_a_criterion_never_worsens_it() {
    for policy in all() {
        for case in &policy.cases {
            let decision = decide(&policy, &case.chart);
            for (at, criterion) in policy.criteria.iter().enumerate() {
                if decision.criteria[at].outcome != Outcome::Met {
                    continue;
                }
                let mut documents = record(&case.chart);
                let again = decision.criteria[at].facts.iter().map(|&fact| {
                    let mut fact = (*case.chart.facts[fact]).clone();
                    fact.place.start += 10_000;
                    fact.place.end += 10_000;
                    (fact.place.document, fact)
                });
                again.for_each(|(document, fact)| documents[document].1.push(fact));
                let after = decide(&policy, &gather(&case.chart, documents));
                let outcome = after.criteria[at].outcome;
                assert_eq!(outcome, Outcome::Met, "{}: {}: {}", policy.id, case.why, criterion.id);
            }
        }
    }
}

/// The leaves of a rule that is made of facts alone and turns none round; else nothing.
fn leaves(rule: &Rule) -> Option<Vec<&Facts>> {
    match rule {
        Rule::All(parts) | Rule::Any(parts) | Rule::NOf(_, parts, _) => {
            let parts: Option<Vec<_>> = parts.iter().map(leaves).collect();
            parts.map(|parts| parts.concat())
        }
        Rule::Constant(_) => Some(Vec::new()),
        Rule::Fact(leaf) => Some(vec![&**leaf]),
        _ => None,
    }
}

/// Whether a fact alone is support: it raises one of the leaves and lowers none.
fn supports(told: &Told, leaves: &[&Facts]) -> bool {
    let chart = |facts| Chart::gather(vec![(ChartDocument::default(), facts)], Given::default());
    let (empty, alone) = (chart(Vec::new()), chart(vec![told.fact(0)]));
    let values = |chart: &Chart| -> Vec<Tri> {
        leaves.iter().map(|leaf| leaf.ask::<()>(chart).value).collect()
    };
    let (before, after) = (values(&empty), values(&alone));
    let mut pairs = before.iter().zip(&after);
    pairs.clone().all(|(was, is)| is >= was) && pairs.any(|(was, is)| is > was)
}

static POLICIES: LazyLock<Vec<Policy>> = LazyLock::new(all);

/// Criteria that are made of facts alone, each with a fact that supports it: places of policy and criterion.
static SUPPORTED: LazyLock<Vec<(usize, usize, &Told)>> = LazyLock::new(|| {
    let mut supported = Vec::new();
    for (n, policy) in POLICIES.iter().enumerate() {
        for (at, criterion) in policy.criteria.iter().enumerate().filter(|(_, c)| !c.exclusion) {
            let Some(leaves) = leaves(&criterion.rule) else { continue };
            let filters = leaves.iter().flat_map(|leaf| leaf.met());
            let told = filters.filter_map(Filter::example).filter(|told| supports(told, &leaves));
            supported.extend(told.map(|told| (n, at, told)));
        }
    }
    supported
});

/// The worse the smaller; `None` where the criterion does not apply.
fn grade(outcome: Outcome) -> Option<u8> {
    match outcome {
        Outcome::NotMet => Some(0),
        Outcome::NotDocumented => Some(1),
        Outcome::Met => Some(2),
        Outcome::NotApplicable => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The fact may be of the side asked for or of none, in any section, at any place of any document.
    #[test]
    fn a_supporting_fact_never_worsens_a_criterion(
        which in any::<prop::sample::Index>(),
        document in any::<prop::sample::Index>(),
        section in prop::sample::select(Section::ALL.to_vec()),
        sided in any::<bool>(),
        start in 0usize..20_000,
    ) {
        prop_assert!(SUPPORTED.len() >= 20, "{} facts", SUPPORTED.len());
        let (policy, criterion, told) = SUPPORTED[which.index(SUPPORTED.len())];
        let policy = &POLICIES[policy];
        let mut fact = told.fact(0);
        (fact.place.start, fact.place.end) = (start, start + 1);
        if fact.section == Section::default() {
            fact.section = section;
        }
        for case in &policy.cases {
            // A copy gives way to any fresh word on its subject, whatever that says.
            let copied = |fact: &Arc<Fact>| fact.assertion.origin == Origin::CopiedForward;
            if case.chart.facts.iter().any(copied) {
                continue;
            }
            let mut documents = record(&case.chart);
            let outcome = |documents| {
                decide(policy, &gather(&case.chart, documents)).criteria[criterion].outcome
            };
            let before = outcome(documents.clone());
            let at = document.index(documents.len());
            let mut fact = fact.clone();
            if let (Kind::ExamSign(sign), true) = (&mut fact.kind, sided) {
                sign.side = case.chart.request.side;
            }
            documents[at].1.push(fact);
            let after = outcome(documents);
            if let (Some(was), Some(is)) = (grade(before), grade(after)) {
                let id = &policy.criteria[criterion].id;
                prop_assert!(is >= was, "{}: {}: {}: {:?} to {:?}", policy.id, case.why, id, before, after);
            }
        }
    }
}

/// The leaves of a rule over events, their number and length, intervals and pairs of scores, each of which
/// is to be answered yes, and which one more fact of their sort only ever brings nearer to it.
fn growing(rule: &Rule) -> Vec<&Rule> {
    match rule {
        Rule::All(parts) | Rule::Any(parts) | Rule::NOf(_, parts, _) => {
            parts.iter().flat_map(growing).collect()
        }
        Rule::Injections(leaf) if leaf.asks_for_many() => vec![rule],
        Rule::Injection(_)
        | Rule::Interval(_)
        | Rule::Response(_)
        | Rule::Change(_)
        | Rule::Trial(_)
        | Rule::Course(_)
        | Rule::Care(_)
        | Rule::Onset(_) => vec![rule],
        _ => Vec::new(),
    }
}

/// Such leaves of all policies and of what follows, with their policy's place.
static GROWING: LazyLock<Vec<(usize, &Rule)>> = LazyLock::new(|| {
    let of_policy = |(n, policy): (usize, &'static Policy)| {
        let rules = policy.criteria.iter().flat_map(|criterion| growing(&criterion.rule));
        rules.map(move |rule| (n, rule)).collect::<Vec<_>>()
    };
    POLICIES.iter().enumerate().flat_map(of_policy).collect()
});

/// What a leaf asks about.
fn sort(rule: &Rule) -> &'static str {
    match rule {
        Rule::Injections(_) => "number of events",
        Rule::Injection(_) => "event",
        Rule::Interval(_) => "interval",
        Rule::Response(_) => "response",
        Rule::Change(_) => "pair of scores",
        Rule::Trial(_) => "trial",
        Rule::Course(_) => "course",
        Rule::Care(_) => "length of care",
        _ => "onset",
    }
}

/// Whether a record has any score.
fn scored(chart: &Chart) -> bool {
    let kinds = [const { kind_index("pain_score") }, const { kind_index("disability_score") }];
    kinds.into_iter().any(|kind| !chart.standing(kind).is_empty())
}

#[test]
fn every_sort_of_growing_leaf_is_tried() {
    let sorts: BTreeSet<&str> = GROWING.iter().map(|(_, rule)| sort(rule)).collect();
    assert_eq!(sorts.len(), 9, "{sorts:?}");
    assert!(GROWING.len() >= 30, "{}", GROWING.len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// What would answer a leaf is told at any place of any document of each record.
    #[test]
    fn one_more_event_of_the_sort_asked_for_never_worsens_a_leaf(
        which in any::<prop::sample::Index>(),
        document in any::<prop::sample::Index>(),
        part in any::<prop::sample::Index>(),
        start in 0usize..20_000,
    ) {
        let (n, leaf) = GROWING[which.index(GROWING.len())];
        let policy = &POLICIES[n];
        let value = |chart: &Chart| leaf.ask(&Case::of(chart, &[])).value;
        for case in &policy.cases {
            let copied = |fact: &Arc<Fact>| fact.assertion.origin == Origin::CopiedForward;
            if case.chart.facts.iter().any(copied) {
                continue;
            }
            let mut supply = Supply::default();
            let asked = Case::of(&case.chart, &[]);
            leaf.supply(policy, &asked, Tri::Yes, &mut supply);
            let told = supply.told();
            if told.is_empty() {
                continue;
            }
            // All that it takes, or only the first of it. Of a history that is told at all the number counts
            // as complete, and a score beside others makes another pair: there it is all or nothing.
            let chart = &case.chart;
            let whole = match leaf {
                Rule::Injections(_) => !history_is_told(chart),
                Rule::Change(_) if scored(chart) => continue,
                Rule::Change(_) => true,
                _ => false,
            };
            let count = if whole { told.len() } else { 1 + part.index(told.len()) };
            let mut documents = record(&case.chart);
            let before = value(&gather(&case.chart, documents.clone()));
            let at = document.index(documents.len());
            for (n, told) in told.iter().take(count).enumerate() {
                let mut fact = told.fact(n);
                (fact.place.start, fact.place.end) = (start + n, start + n + 1);
                documents[at].1.push(fact);
            }
            let after = value(&gather(&case.chart, documents));
            let what = sort(leaf);
            prop_assert!(after >= before, "{}: {}: {}: {:?} to {:?}", policy.id, case.why, what, before, after);
            if count == told.len() && before == Tri::Unknown {
                prop_assert!(after != Tri::No, "{}: {}: {}", policy.id, case.why, what);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn order_never_changes_an_outcome(seed in prop::collection::vec(0usize..64, 8)) {
        for policy in all() {
            for case in &policy.cases {
                prop_assert_eq!(
                    outcomes(&policy, &case.chart),
                    outcomes(&policy, &shuffled(&case.chart, &seed)),
                    "{}: {}", policy.id, case.why
                );
            }
        }
    }

    #[test]
    fn a_second_evaluation_says_the_same(n in 0usize..256) {
        let policies = all();
        let policy = &policies[n % policies.len()];
        let case = &policy.cases[n % policy.cases.len()];
        let told = || {
            let verdict = evaluate(policy, &case.chart);
            let (registry, templates) = (EvidenceRegistry::embedded(), Templates::embedded());
            let teller = Teller { registry, templates, policy, chart: &case.chart, verdict: &verdict };
            (teller.narrative(), teller.request(), verdict)
        };
        prop_assert_eq!(told(), told());
    }
}
