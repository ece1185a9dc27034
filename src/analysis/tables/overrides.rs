//! What reviewers changed, by the rule that had made the fact.

use std::collections::BTreeMap;

use crate::analysis::cohort::Cohort;
use crate::analysis::figures::Measure;
use crate::analysis::summary::{Figure, Group, Parts, Table};

/// The verdicts in the order of their figures.
const VERDICTS: [&str; 4] = ["accept", "correct", "reject", "unsure"];

/// By rule, all rules first: facts reviewed, and what became of them; `None` where nobody has reviewed.
pub fn table(cohort: &Cohort) -> Option<Table> {
    let distinct: Vec<Vec<&str>> = cohort.reviews.distinct().collect();
    let mut rules: BTreeMap<&str, [u64; 4]> = BTreeMap::new();
    for (_, row) in cohort.reviews.iter() {
        // What was taken back or overruled does not count; nor do pages and sign-offs.
        let Some(&["fact", "true", rule, verdict]) = distinct.get(row).map(Vec::as_slice) else {
            continue;
        };
        let Some(place) = VERDICTS.iter().position(|word| *word == verdict) else { continue };
        // The rule itself; the cues that it met with follow it.
        let rule = rule.split('+').next().unwrap_or_default();
        for rule in ["", rule] {
            rules.entry(rule).or_default()[place] += 1;
        }
    }
    let all = rules.get("")?.iter().sum();
    let mut rules: Vec<(&str, [u64; 4])> = rules.into_iter().collect();
    rules.sort_by_key(|(rule, counts)| {
        (!rule.is_empty(), std::cmp::Reverse(counts.iter().sum::<u64>()))
    });
    let rows = rules.into_iter().map(|(rule, counts)| {
        let reviewed = counts.iter().sum();
        let [accepted, corrected, rejected, _] = counts;
        let mut figures = vec![Figure::count(reviewed, all)];
        figures.extend(counts.map(|count| Figure::count(count, reviewed)));
        figures.push(Figure::count(corrected + rejected, accepted + corrected + rejected));
        Group {
            keys: vec![rule.to_owned()],
            label: if rule.is_empty() { "all rules".to_owned() } else { String::new() },
            figures,
        }
    });
    Some(Table {
        name: "overrides".to_owned(),
        title: "What reviewers changed".to_owned(),
        note: "Facts that were reviewed, by the rule that made them; overridden: corrected or rejected, of \
               those accepted, corrected or rejected. Reviewers mostly see doubtful facts first: this tells \
               rules apart, it is not how often the program errs.",
        keys: vec!["rule"],
        measures: vec![
            Measure::Cases,
            Measure::Accepted,
            Measure::Corrected,
            Measure::Rejected,
            Measure::Unsure,
            Measure::Overridden,
        ],
        rows: rows.collect(),
        parts: Parts::default(),
    })
}
