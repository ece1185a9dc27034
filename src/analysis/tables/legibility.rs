//! Bad faxes apart from bad notes: what records leave open, by how well they could be read.

use super::band::{self, BANDS};
use crate::analysis::cohort::Cohort;
use crate::analysis::figures::Measure;
use crate::analysis::summary::{Figure, Group, Parts, Table};

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
    let of_case = band::of_case(cohort);
    let mut bands = vec![Band::default(); BANDS.len()];
    for (number, case) in cohort.cases.iter().enumerate() {
        let band = &mut bands[of_case[number]];
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
        note: "Distinct cases by how well their pages could be read (the mean confidence of the print of \
               their facts), as a share of all; of those: with a required criterion that the record leaves open; then the share of required criteria left \
               open. Much is open where print is clear: the notes are silent. More is open where it \
               is poor: ask for a clearer copy.",
        keys: vec!["legibility"],
        measures: vec![Measure::Cases, Measure::Undocumented, Measure::UndocumentedRate],
        rows: rows.collect(),
        parts: Parts { exclusive: [true, false] },
    }
}
