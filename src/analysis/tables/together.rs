//! Which reasons come together.

use std::collections::BTreeMap;

use super::groups::Labels;
use crate::analysis::cohort::Cohort;
use crate::analysis::figures::Measure;
use crate::analysis::summary::{Figure, Group, Parts, Table};

/// By pair of reasons: distinct cases with both, and the lift.
pub fn table(cohort: &Cohort) -> Table {
    // Reasons by a small number each, so that a pair is a place in a square.
    let mut places: BTreeMap<u32, usize> = BTreeMap::new();
    for kind in &cohort.kinds {
        let next = places.len();
        places.entry(kind.reason).or_insert(next);
    }
    let n = places.len();
    let of_kind: Vec<usize> = cohort.kinds.iter().map(|kind| places[&kind.reason]).collect();
    let mut both = vec![0u64; n * n];
    for reasons in cohort.reasons.chunk_by(|a, b| a.case == b.case) {
        let mut own: Vec<usize> =
            reasons.iter().map(|reason| of_kind[reason.kind as usize]).collect();
        own.sort_unstable();
        own.dedup();
        for (i, a) in own.iter().enumerate() {
            for b in &own[i..] {
                both[a * n + b] += 1;
            }
        }
    }
    let all = cohort.len() as u64;
    let labels = Labels::of(cohort);
    let mut reasons = vec![0; n];
    for (reason, place) in &places {
        reasons[*place] = *reason;
    }
    let mut rows = Vec::new();
    for a in 0..n {
        for b in a + 1..n {
            let together = both[a * n + b];
            if together == 0 {
                continue;
            }
            let (of_a, of_b) = (both[a * n + a], both[b * n + b]);
            let lift = (together as f64 * all as f64) / (of_a as f64 * of_b as f64);
            let mut pair = [(reasons[a], of_a), (reasons[b], of_b)];
            pair.sort_by_key(|(reason, _)| cohort.names.word(*reason));
            let counts = [together, pair[0].1, pair[1].1];
            let mut figures = counts.map(|count| Figure::count(count, all)).to_vec();
            figures.push(Figure::value(lift));
            rows.push(Group {
                keys: pair.map(|(reason, _)| cohort.names.word(reason).to_owned()).to_vec(),
                label: pair.map(|(reason, _)| labels.reason(reason)).join(" + "),
                figures,
            });
        }
    }
    rows.sort_by(|a, b| {
        b.figures[0].count.cmp(&a.figures[0].count).then_with(|| a.keys.cmp(&b.keys))
    });
    Table {
        name: "together".to_owned(),
        title: "Reasons that come together".to_owned(),
        note: "Distinct cases with both reasons, as a share of all cases; lift: how many times more often \
               than if each came by itself.",
        keys: vec!["reason_a", "reason_b"],
        measures: vec![Measure::Cases, Measure::First, Measure::Second, Measure::Lift],
        rows,
        parts: Parts::default(),
    }
}
