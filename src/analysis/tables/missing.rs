//! Which facts are missing most often.

use std::collections::{BTreeMap, BTreeSet};

use super::Distinct;
use crate::analysis::cohort::Cohort;
use crate::analysis::figures::Measure;
use crate::analysis::summary::{Figure, Group, Parts, Table};
use crate::report::items;

/// By missing fact: distinct cases, and the share of all that is missing up to there.
pub fn table(cohort: &Cohort) -> Table {
    // The facts that each distinct row of criteria.csv names, and the criteria that name a fact.
    let mut criteria: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut named: Vec<Vec<&str>> = Vec::new();
    let distinct: Vec<Vec<&str>> = cohort.criteria.distinct().collect();
    for cells in &distinct {
        named.push(match cells.as_slice() {
            &[_, criterion, _, _, "not_documented", missing] => {
                for fact in items(missing) {
                    criteria.entry(fact).or_default().insert(criterion);
                }
                items(missing).collect()
            }
            _ => Vec::new(),
        });
    }
    let mut facts: BTreeMap<&str, Distinct> = BTreeMap::new();
    for (case, row) in cohort.criteria.iter() {
        for fact in named.get(row).into_iter().flatten() {
            facts.entry(fact).or_insert(Distinct::NONE).add(case);
        }
    }
    let mut facts: Vec<(&str, u64)> =
        facts.into_iter().map(|(fact, distinct)| (fact, distinct.count)).collect();
    facts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let (all, missing) = (cohort.len() as u64, facts.iter().map(|(_, count)| count).sum::<u64>());
    let mut so_far = 0;
    let rows = facts.into_iter().map(|(fact, count)| {
        so_far += count;
        let cumulative = so_far as f64 / missing as f64;
        Group {
            keys: vec![fact.to_owned()],
            label: label(fact, &criteria[fact]),
            figures: vec![Figure::count(count, all), Figure::value(cumulative)],
        }
    });
    Table {
        name: "missing".to_owned(),
        title: "What is missing".to_owned(),
        note: "Distinct cases in which a criterion stays open for want of it, as a share of all cases; \
               cumulative: these and the more frequent ones, of all that is missing.",
        keys: vec!["missing_fact"],
        measures: vec![Measure::Cases, Measure::Cumulative],
        rows: rows.collect(),
        // What is not shown of the last row could be told from the cumulative shares.
        parts: Parts { exclusive: [true, false] },
    }
}

/// The fact, and the criteria that stay open for want of it: "its result" alone says little.
fn label(fact: &str, criteria: &BTreeSet<&str>) -> String {
    let mut named = criteria.iter();
    match (named.next(), named.len()) {
        (Some(first), 0) => format!("{fact} ({first})"),
        (Some(first), more) => format!("{fact} ({first} and {more} more)"),
        (None, _) => fact.to_owned(),
    }
}
