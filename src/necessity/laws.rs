//! Laws that hold of every policy and record, tried on the policies' own cases.

use proptest::prelude::*;

use super::tests::all;
use super::*;
use crate::chart::{Chart, ChartDocument, Given};
use crate::fact::Fact;

/// The record of a chart, document by document.
fn record(chart: &Chart) -> Vec<(ChartDocument, Vec<Fact>)> {
    let mut documents: Vec<(ChartDocument, Vec<Fact>)> =
        chart.documents.iter().map(|document| (document.clone(), Vec::new())).collect();
    for fact in &chart.facts {
        documents[fact.place.document].1.push(fact.clone());
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
                    let mut fact = case.chart.facts[fact].clone();
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
