//! Cases a second against one policy, on one core: decided, and told in words.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};

use chartsift::necessity::{Outcome, Policy, decide, evaluate};

const CLUNEAL: &str = include_str!("../lexicons/policies/cluneal-nerve-block.toml");

fn bench(c: &mut Criterion) {
    let policy = Policy::parse("cluneal-nerve-block.toml", CLUNEAL).expect("the policy is sound");
    let case = policy.cases.last().expect("the policy has cases");
    let mut group = c.benchmark_group("evaluate");
    group.throughput(Throughput::Elements(1));
    // The counts keep the work honest: an evaluation that decides less fails here.
    group.bench_function("decide", |b| {
        b.iter(|| {
            let decision = decide(&policy, &case.chart);
            assert_eq!(decision.criteria.len(), 33);
            let met = decision.criteria.iter().filter(|c| c.outcome == Outcome::Met).count();
            assert_eq!((met, decision.reasons.len(), decision.steps.len()), (30, 2, 10));
            assert!(decision.criteria.iter().filter(|c| !c.facts.is_empty()).count() >= 24);
            decision
        });
    });
    group.bench_function("in words", |b| {
        b.iter(|| {
            let verdict = evaluate(&policy, &case.chart);
            assert_eq!(verdict.findings.len(), 33);
            let met = verdict.findings.iter().filter(|f| f.outcome == Outcome::Met).count();
            assert_eq!(met, 30);
            verdict
        });
    });
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
