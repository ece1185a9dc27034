//! Bad faxes apart from bad notes: what records leave open, by how well they could be read.

use crate::analysis::cohort::Cohort;
use crate::analysis::figures::Measure;
use crate::analysis::summary::{Figure, Group, Parts, Table};

/// How well the pages of a case could be read, and what that is in words.
const BANDS: &[(&str, &str)] = &[
    ("text", "no page was scanned"),
    ("clear", "scanned; mean confidence of the facts' print .95 or more"),
    ("fair", "scanned; .90 to .95"),
    ("poor", "scanned; below .90"),
    ("no-facts", "scanned; no fact was found"),
    ("unreadable", "a page could not be read"),
];

/// What is summed up over the cases of a band.
#[derive(Clone, Default)]
struct Band {
    cases: u64,
    undocumented: u64,
    /// Required criteria that are open, and that apply.
    open: u64,
    apply: u64,
}

/// By band: cases, those with a required criterion open, and the share of criteria open.
pub fn table(cohort: &Cohort) -> Table {
    let confidence = confidence(cohort);
    let mut bands = vec![Band::default(); BANDS.len()];
    for (number, case) in cohort.cases.iter().enumerate() {
        let (sum, facts) = confidence[number];
        let band = &mut bands[match case {
            case if case.pages_unreadable > 0 => 5,
            case if case.pages_ocr == 0 => 0,
            _ if facts == 0 => 4,
            _ if sum >= 950 * facts => 1,
            _ if sum >= 900 * facts => 2,
            _ => 3,
        }];
        let own = &cohort.rulings[case.ruling as usize..];
        let own = own.iter().take_while(|ruling| ruling.case as usize == number);
        let mut undocumented = false;
        for ruling in own {
            let [met, not_met, open] = ruling.required.map(u64::from);
            band.open += open;
            band.apply += met + not_met + open;
            undocumented |= open > 0;
        }
        band.cases += 1;
        band.undocumented += u64::from(undocumented);
    }
    let all = cohort.len() as u64;
    let rows = BANDS.iter().zip(bands).filter(|(_, band)| band.cases > 0).map(|(name, band)| {
        let rate = (band.apply > 0).then(|| band.open as f64 / band.apply as f64);
        Group {
            keys: vec![name.0.to_owned()],
            label: name.1.to_owned(),
            figures: vec![
                Figure::count(band.cases, all),
                Figure::count(band.undocumented, band.cases),
                Figure::value(rate),
            ],
        }
    });
    Table {
        name: "legibility".to_owned(),
        title: "Bad faxes or bad notes".to_owned(),
        note: "Distinct cases by how well their pages could be read, as a share of all; of those: with a \
               required criterion that the record leaves open; then the share of required criteria left \
               open. Much is open where print is clear: the notes are silent. More is open where it \
               is poor: ask for a clearer copy.",
        keys: vec!["legibility"],
        measures: vec![Measure::Cases, Measure::Undocumented, Measure::UndocumentedRate],
        rows: rows.collect(),
        parts: Parts { exclusive: [true, false] },
    }
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
