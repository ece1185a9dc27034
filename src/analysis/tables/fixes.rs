//! Which step would cure what.

use std::collections::BTreeMap;

use super::Distinct;
use crate::analysis::cohort::Cohort;
use crate::analysis::figures::Measure;
use crate::analysis::summary::{Figure, Group, Parts, Table};
use crate::report::items;

/// By step: cases that it alone would bring to meet every required criterion, and cases with a reason
/// that it cures.
pub fn table(cohort: &Cohort) -> Table {
    let mut steps: BTreeMap<&str, [Distinct; 2]> = BTreeMap::new();
    for ruling in &cohort.rulings {
        for step in items(cohort.names.word(ruling.one_fix_away)) {
            steps.entry(step).or_insert([Distinct::NONE; 2])[0].add(ruling.case);
        }
    }
    for reason in &cohort.reasons {
        for &step in &cohort.kinds[reason.kind as usize].cured_by {
            let step = cohort.names.word(step);
            steps.entry(step).or_insert([Distinct::NONE; 2])[1].add(reason.case);
        }
    }
    let all = cohort.len() as u64;
    let mut rows: Vec<Group> = steps
        .into_iter()
        .map(|(step, counts)| Group {
            keys: vec![step.to_owned()],
            label: String::new(),
            figures: counts.map(|distinct| Figure::count(distinct.count, all)).to_vec(),
        })
        .collect();
    // What helps most; the names' order stays among equals.
    rows.sort_by_key(|row| std::cmp::Reverse([1, 0].map(|place: usize| row.figures[place].count)));
    Table {
        name: "fixes".to_owned(),
        title: "What would cure it".to_owned(),
        note: "Distinct cases, as a share of all: those that this step alone would bring to meet \
               every required criterion, but for an exclusion; those with a reason that it cures.",
        keys: vec!["step"],
        measures: vec![Measure::Alone, Measure::Helps],
        rows,
        parts: Parts::default(),
    }
}
