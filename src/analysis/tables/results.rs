//! How each criterion came out.

use std::collections::BTreeMap;

use super::Distinct;
use crate::analysis::cohort::Cohort;
use crate::analysis::figures::Measure;
use crate::analysis::summary::{Figure, Group, Parts, Table};

/// What a criterion may come to, in the order of its figures.
const RESULTS: [&str; 4] = ["met", "not_met", "not_documented", "not_applicable"];

/// By policy and criterion: the cases that it applies to, and what it came to in them.
pub fn table(cohort: &Cohort) -> Table {
    let distinct: Vec<Vec<&str>> = cohort.criteria.distinct().collect();
    let mut criteria: BTreeMap<(&str, &str), Criterion<'_>> = BTreeMap::new();
    // In the policy's order, as far as the rows tell.
    let mut order: Vec<(&str, &str)> = Vec::new();
    for (case, row) in cohort.criteria.iter() {
        let Some(&[policy, id, title, severity, result, _]) = distinct.get(row).map(Vec::as_slice)
        else {
            continue;
        };
        let criterion = criteria.entry((policy, id)).or_insert_with(|| {
            order.push((policy, id));
            Criterion {
                title,
                severity,
                all: Distinct::NONE,
                applies: Distinct::NONE,
                results: [Distinct::NONE; 4],
            }
        });
        criterion.all.add(case);
        if let Some(place) = RESULTS.iter().position(|word| *word == result) {
            criterion.results[place].add(case);
            if place < 3 {
                criterion.applies.add(case);
            }
        }
    }
    order.sort_by_key(|(policy, _)| *policy);
    let rows = order.into_iter().filter_map(|key| {
        let criterion = criteria.get(&key)?;
        let applies = criterion.applies.count;
        let of_applies = |place: usize| Figure::count(criterion.results[place].count, applies);
        Some(Group {
            keys: vec![key.0.to_owned(), key.1.to_owned()],
            label: match criterion.severity {
                "required" => criterion.title.to_owned(),
                severity => format!("{} ({severity})", criterion.title),
            },
            figures: vec![
                Figure::count(applies, criterion.all.count),
                of_applies(0),
                of_applies(1),
                of_applies(2),
            ],
        })
    });
    Table {
        name: "results".to_owned(),
        title: "How each criterion came out".to_owned(),
        note: "Distinct cases that the criterion applies to, as a share of those held against its policy; \
               of them: met, not met, not documented.",
        keys: vec!["policy", "criterion"],
        measures: vec![Measure::Cases, Measure::Met, Measure::NotMet, Measure::NotDocumented],
        rows: rows.collect(),
        parts: Parts::default(),
    }
}

struct Criterion<'a> {
    title: &'a str,
    severity: &'a str,
    all: Distinct,
    applies: Distinct,
    results: [Distinct; 4],
}
