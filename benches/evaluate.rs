//! Evaluations a second of one case against one policy, on one core.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};

use chartsift::necessity::{Outcome, Policy, evaluate};

const CLUNEAL: &str = include_str!("../lexicons/policies/cluneal-nerve-block.toml");

fn bench(c: &mut Criterion) {
    let policy = Policy::parse("cluneal-nerve-block.toml", CLUNEAL).expect("the policy is sound");
    let case = policy.cases.last().expect("the policy has cases");
    let mut group = c.benchmark_group("evaluate");
    group.throughput(Throughput::Elements(1));
    // The counts keep the work honest: an evaluation that decides less fails here.
    group.bench_function("cluneal-nerve-block", |b| {
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
