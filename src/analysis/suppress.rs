//! Small counts withheld, so that nobody can be picked out of a table.
//!
//! A count below the limit is withheld, and so is one that leaves less than the limit of its total.
//! Where counts add up to a known total, further ones are withheld until at least two are, and until
//! those withheld come to the limit together: else what is missing could be found by subtraction.
//! A zero is no person and is shown.

use std::collections::BTreeMap;

use super::figures::Measure;
use super::summary::{Figure, Summary, Table};

/// Figures of one row that add up to the row's first.
const SPLITS: &[&[Measure]] = &[
    &[Measure::Met, Measure::NotMet, Measure::NotDocumented],
    &[Measure::Done, Measure::Needed, Measure::Blocked, Measure::NotApplicable],
    &[Measure::Accepted, Measure::Corrected, Measure::Rejected, Measure::Unsure],
];

/// Withholds counts from 1 to below `min_cell`, and what would tell them.
pub fn suppress(summary: &mut Summary, min_cell: u64) {
    summary.min_cell = min_cell;
    if min_cell < 2 {
        return;
    }
    for table in &mut summary.tables {
        Cells::of(table, min_cell).withhold(table);
    }
    let small = |count: &u64| (1..min_cell).contains(count);
    summary.cases = summary.cases.filter(|count| !small(count));
    for (_, count) in &mut summary.policies {
        *count = count.filter(|count| !small(count));
    }
}

/// A cell: its row and its measure's place.
type At = (usize, usize);

/// The counts of a table, and which of them are withheld.
struct Cells {
    min_cell: u64,
    /// By row and measure; `None` where the figure is no count.
    counts: Vec<Vec<Option<u64>>>,
    withheld: Vec<Vec<bool>>,
}

impl Cells {
    fn of(table: &Table, min_cell: u64) -> Self {
        let counts: Vec<Vec<Option<u64>>> =
            table.rows.iter().map(|row| row.figures.iter().map(|f| f.count).collect()).collect();
        let mut cells = Self {
            min_cell,
            withheld: counts.iter().map(|row| vec![false; row.len()]).collect(),
            counts,
        };
        for (row, group) in table.rows.iter().enumerate() {
            for (place, figure) in group.figures.iter().enumerate() {
                cells.withheld[row][place] = cells.is_small(figure);
            }
            cells.pair(table, row);
        }
        let lines = lines(table);
        // Each round withholds more or ends.
        while cells.round(table, &lines) {}
        cells
    }

    fn small(&self, count: u64) -> bool {
        (1..self.min_cell).contains(&count)
    }

    fn is_small(&self, figure: &Figure) -> bool {
        match (figure.count, figure.of) {
            (Some(count), Some(of)) => {
                self.small(count) || self.small(of) || self.small(of.saturating_sub(count))
            }
            (Some(count), None) => self.small(count),
            (None, _) => false,
        }
    }

    /// Cases with one of two reasons and not the other.
    fn pair(&mut self, table: &Table, row: usize) {
        let of = |measure: Measure| table.rows[row].count(table, measure);
        let both = of(Measure::Cases).unwrap_or_default();
        let alone = [Measure::First, Measure::Second].map(|one| of(one).map(|count| count - both));
        if alone.into_iter().flatten().any(|count| self.small(count)) {
            self.withheld[row][0] = true;
        }
    }

    /// Withholds what follows from what is withheld; whether there was any.
    fn round(&mut self, table: &Table, lines: &[Vec<At>]) -> bool {
        let mut changed = false;
        // Without the group there is nothing to say of it.
        for row in &mut self.withheld {
            if row.first() == Some(&true) && !row.iter().all(|cell| *cell) {
                row.fill(true);
                changed = true;
            }
        }
        for line in lines {
            changed |= self.complete(line);
        }
        changed |= self.values(table);
        changed
    }

    /// Withholds further cells of a line that adds up to a known total.
    fn complete(&mut self, line: &[At]) -> bool {
        let mut changed = false;
        loop {
            let hidden = line.iter().filter(|at| self.withheld[at.0][at.1]);
            let (number, sum) = hidden.fold((0, 0), |(number, sum), at| {
                (number + 1, sum + self.counts[at.0][at.1].unwrap_or_default())
            });
            if number == 0 || number > 1 && sum >= self.min_cell {
                return changed;
            }
            // The smallest that is left; a zero only where nothing else is.
            let next = line
                .iter()
                .filter(|at| !self.withheld[at.0][at.1])
                .filter_map(|at| Some((self.counts[at.0][at.1]?, at)))
                .min_by_key(|(count, at)| (*count == 0, *count, **at));
            let Some((_, at)) = next else { return changed };
            self.withheld[at.0][at.1] = true;
            changed = true;
        }
    }

    /// Withholds numbers that tell of withheld counts.
    fn values(&mut self, table: &Table) -> bool {
        let mut changed = false;
        for (place, measure) in table.measures.iter().enumerate().filter(|(_, m)| m.is_value()) {
            for row in 0..self.counts.len() {
                let counts = self.counts[row].iter().zip(&self.withheld[row]);
                let own = counts.into_iter().any(|(count, withheld)| count.is_some() && *withheld);
                // A change tells of the row before, too.
                let before = *measure == Measure::Change && row > 0 && self.withheld[row - 1][0];
                if (own || before) && !self.withheld[row][place] {
                    self.withheld[row][place] = true;
                    changed = true;
                }
            }
        }
        changed
    }

    fn withhold(&self, table: &mut Table) {
        for (row, withheld) in table.rows.iter_mut().zip(&self.withheld) {
            for (figure, withheld) in row.figures.iter_mut().zip(withheld) {
                if *withheld {
                    *figure = Figure::withheld();
                }
            }
        }
    }
}

/// The cells that add up to a known total, line by line.
fn lines(table: &Table) -> Vec<Vec<At>> {
    let mut lines = Vec::new();
    let counts = (0..table.measures.len()).filter(|place| !table.measures[*place].is_value());
    for place in counts {
        for key in (0..table.keys.len()).filter(|key| table.parts.exclusive[*key]) {
            // Rows that differ in this key alone.
            let mut groups: BTreeMap<Vec<&str>, Vec<At>> = BTreeMap::new();
            for (row, group) in table.rows.iter().enumerate() {
                let others = group.keys.iter().enumerate().filter(|(other, _)| *other != key);
                let others = others.map(|(_, value)| value.as_str()).collect();
                groups.entry(others).or_default().push((row, place));
            }
            lines.extend(groups.into_values());
        }
    }
    for split in SPLITS {
        let places: Vec<usize> =
            split.iter().filter_map(|m| table.measures.iter().position(|of| of == m)).collect();
        if places.len() == split.len() {
            let rows = 0..table.rows.len();
            lines.extend(rows.map(|row| places.iter().map(|place| (row, *place)).collect()));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::summary::{Group, Parts};

    /// A table of one measure with these counts, of `of`.
    fn table(counts: &[u64], of: u64, exclusive: bool) -> Table {
        let row = |(i, count): (usize, &u64)| Group {
            keys: vec![format!("{i:02}")],
            label: String::new(),
            figures: vec![Figure::count(*count, of)],
        };
        Table {
            name: "payer".into(),
            title: String::new(),
            note: "",
            keys: vec!["payer"],
            measures: vec![Measure::Cases],
            rows: counts.iter().enumerate().map(row).collect(),
            parts: Parts { exclusive: [exclusive, false] },
        }
    }

    /// Withheld counts are shown as 0 here.
    #[track_caller]
    fn check(counts: &[u64], of: u64, exclusive: bool, expect: &[Option<u64>]) {
        let mut table = table(counts, of, exclusive);
        Cells::of(&table, 11).withhold(&mut table);
        let shown: Vec<Option<u64>> = table.rows.iter().map(|row| row.figures[0].count).collect();
        assert_eq!(shown, expect);
    }

    #[test]
    fn a_small_count_is_withheld_and_a_zero_is_not() {
        check(&[40, 10, 11, 0], 100, false, &[Some(40), None, Some(11), Some(0)]);
    }

    #[test]
    fn a_count_that_leaves_few_is_withheld() {
        check(&[95, 50], 100, false, &[None, Some(50)]);
        check(&[100], 100, false, &[Some(100)]);
    }

    #[test]
    fn nothing_is_found_by_subtraction() {
        // 5 alone would be 100 less the others; with 15 it is not.
        check(&[80, 15, 5], 100, true, &[Some(80), None, None]);
        // 2 and 3 are withheld for themselves, but 5 together would be known.
        check(&[60, 35, 3, 2], 100, true, &[Some(60), None, None, None]);
        check(&[60, 20, 10, 10], 100, true, &[Some(60), Some(20), None, None]);
    }

    #[test]
    fn a_split_of_one_row_is_no_way_round() {
        let mut table = table(&[100], 200, false);
        table.measures =
            vec![Measure::Cases, Measure::Met, Measure::NotMet, Measure::NotDocumented];
        table.rows[0].figures.extend([60, 37, 3].map(|count| Figure::count(count, 100)));
        Cells::of(&table, 11).withhold(&mut table);
        let shown: Vec<Option<u64>> = table.rows[0].figures.iter().map(|f| f.count).collect();
        assert_eq!(shown, [Some(100), Some(60), None, None]);
    }
}
