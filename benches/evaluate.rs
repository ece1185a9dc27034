//! Cases a second against one policy, on one core: decided, and told in words.
//!
//! Measured by the CPU time of the thread where the system tells it (Linux), so that other work
//! on the machine does not count; by the clock elsewhere. The first line printed says which.

use std::time::{Duration, Instant};

use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};

use chartsift::necessity::{Outcome, Policy, decide, evaluate};

const CLUNEAL: &str = include_str!("../lexicons/policies/cluneal-nerve-block.toml");

/// The time that this thread has run.
struct ThreadTime {
    /// Where there is no other, time since here.
    begun: Instant,
}

impl ThreadTime {
    /// Nanoseconds on a CPU are the first number there.
    const FILE: &str = "/proc/thread-self/schedstat";

    fn of_thread() -> Option<Duration> {
        let text = std::fs::read_to_string(Self::FILE).ok()?;
        text.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
    }
}

impl Measurement for ThreadTime {
    type Intermediate = Duration;
    type Value = Duration;

    fn start(&self) -> Duration {
        Self::of_thread().unwrap_or_else(|| self.begun.elapsed())
    }

    fn end(&self, start: Duration) -> Duration {
        self.start().saturating_sub(start)
    }

    fn add(&self, a: &Duration, b: &Duration) -> Duration {
        *a + *b
    }

    fn zero(&self) -> Duration {
        Duration::ZERO
    }

    fn to_f64(&self, value: &Duration) -> f64 {
        value.as_nanos() as f64
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        static CLOCK: WallTime = WallTime;
        CLOCK.formatter()
    }
}

fn measured() -> Criterion<ThreadTime> {
    let by = if ThreadTime::of_thread().is_some() { "CPU time of the thread" } else { "clock" };
    println!("measured by: {by}");
    Criterion::default().with_measurement(ThreadTime { begun: Instant::now() })
}

fn bench(c: &mut Criterion<ThreadTime>) {
    let policy = Policy::parse("cluneal-nerve-block.toml", CLUNEAL).expect("the policy is sound");
    let case = policy.cases.last().expect("the policy has cases");
    let mut group = c.benchmark_group("evaluate");
    group.throughput(Throughput::Elements(1));
    // The system counts a thread's time by ticks of some milliseconds: samples are to be long.
    group.sampling_mode(SamplingMode::Flat).sample_size(20);
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

criterion_group!(name = benches; config = measured(); targets = bench);
criterion_main!(benches);
