//! Reasons month by month.

use std::collections::BTreeMap;

use super::Distinct;
use super::groups::Labels;
use crate::analysis::cohort::Cohort;
use crate::analysis::figures::Measure;
use crate::analysis::summary::{Figure, Group, Parts, Table};

/// By reason and month: distinct cases of the month's cases, and how that changed. A month without
/// the reason has a row too.
pub fn table(cohort: &Cohort) -> Table {
    let mut months: BTreeMap<&str, u64> = BTreeMap::new();
    let of_case: Vec<&str> =
        cohort.cases.iter().map(|case| cohort.names.word(case.month)).collect();
    for month in &of_case {
        *months.entry(month).or_default() += 1;
    }
    let mut reasons: BTreeMap<u32, (Distinct, BTreeMap<&str, Distinct>)> = BTreeMap::new();
    for reason in &cohort.reasons {
        let kind = &cohort.kinds[reason.kind as usize];
        let (all, by_month) =
            reasons.entry(kind.reason).or_insert((Distinct::NONE, BTreeMap::new()));
        all.add(reason.case);
        let month = of_case[reason.case as usize];
        by_month.entry(month).or_insert(Distinct::NONE).add(reason.case);
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    let word = |reason: u32| cohort.names.word(reason);
    reasons.sort_by(|(a, (all_a, _)), (b, (all_b, _))| {
        all_b.count.cmp(&all_a.count).then_with(|| word(*a).cmp(word(*b)))
    });
    let labels = Labels::of(cohort);
    let mut rows = Vec::new();
    for (reason, (_, by_month)) in &reasons {
        let mut before = None;
        for (month, of) in &months {
            let figure = Figure::count(by_month.get(month).map_or(0, |d| d.count), *of);
            let change = figure.share().zip(before).map(|(now, before)| 100.0 * (now - before));
            before = figure.share();
            rows.push(Group {
                keys: vec![word(*reason).to_owned(), (*month).to_owned()],
                label: labels.reason(*reason).to_owned(),
                figures: vec![figure, Figure::value(change)],
            });
        }
    }
    Table {
        name: "drift".to_owned(),
        title: "Month by month".to_owned(),
        note: "Distinct cases with the reason, as a share of the cases that are judged as of a day of \
               that month; change: points more than in the month before.",
        keys: vec!["reason", "month"],
        measures: vec![Measure::Cases, Measure::Change],
        rows,
        parts: Parts { exclusive: [false, true] },
    }
}
