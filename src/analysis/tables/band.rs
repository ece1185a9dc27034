//! How well the pages of a case could be read.

use crate::analysis::cohort::Cohort;

/// How well the pages of a case could be read, and what that is in words.
pub const BANDS: &[(&str, &str)] = &[
    ("text", "no page was scanned"),
    ("clear", "scanned, print clear (.95 or more)"),
    ("fair", "scanned, print fair (.90 to .95)"),
    ("poor", "scanned, print poor (below .90)"),
    ("no-facts", "scanned, no fact was found"),
    ("unreadable", "a page could not be read"),
];

/// The band of each case, by its name.
pub fn of_cases(cohort: &Cohort) -> Vec<&'static str> {
    of_case(cohort).into_iter().map(|place| BANDS[place].0).collect()
}

/// The band of each case, as its place among [`BANDS`].
pub fn of_case(cohort: &Cohort) -> Vec<usize> {
    let cases = cohort.cases.iter().zip(confidence(cohort));
    let band = cases.map(|(case, (sum, facts))| match case {
        case if case.pages_unreadable > 0 => 5,
        case if case.pages_ocr == 0 => 0,
        _ if facts == 0 => 4,
        _ if sum >= 950 * facts => 1,
        _ if sum >= 900 * facts => 2,
        _ => 3,
    });
    band.collect()
}

/// For each case: the sum of its facts' confidence of print in thousandths, and how many facts have
/// one. Whole numbers, so that no order of adding shifts a case to another band.
fn confidence(cohort: &Cohort) -> Vec<(u64, u64)> {
    let of_row: Vec<Option<u64>> = cohort
        .facts
        .distinct()
        .map(|cells| {
            let confidence: f64 = cells.first()?.parse().ok()?;
            Some((confidence * 1000.0).round() as u64)
        })
        .collect();
    let mut sums = vec![(0, 0); cohort.len()];
    for (case, row) in cohort.facts.iter() {
        if let (Some(sum), Some(Some(confidence))) = (sums.get_mut(case as usize), of_row.get(row))
        {
            sum.0 += confidence;
            sum.1 += 1;
        }
    }
    sums
}
