//! The table of cases that a run ends with, for people.

use std::collections::BTreeMap;

use super::Case;

/// Widest line, in characters.
const WIDTH: usize = 100;
/// Widest case id and widest step id that are shown in full.
const CASE: usize = 22;
const STEP: usize = 22;
/// Space between two columns.
const GAP: &str = "  ";

/// More cases than this are counted, not listed.
const MOST: usize = 60;

/// What is shown at the end of a run.
#[derive(Default)]
pub struct Shown {
    /// Case, determination, first reason, next step; no more than [`MOST`].
    rows: Vec<[String; 4]>,
    /// How many rows there are of each determination.
    counts: BTreeMap<&'static str, usize>,
}

impl Shown {
    /// One line a case and policy.
    pub fn add(&mut self, case: &Case) {
        for ruling in &case.rulings {
            let verdict = &ruling.verdict;
            *self.counts.entry(verdict.determination.as_str()).or_default() += 1;
            if self.rows.len() <= MOST {
                self.rows.push([
                    case.id.clone(),
                    verdict.determination.as_str().to_owned(),
                    verdict.reasons.first().map_or("-", |reason| reason.label.as_str()).to_owned(),
                    verdict.next_step.as_deref().unwrap_or("-").to_owned(),
                ]);
            }
        }
    }

    /// The table of cases; where they are many, how many there are of each determination.
    pub fn table(&self) -> String {
        if self.rows.len() <= MOST {
            let rows: Vec<[&str; 4]> =
                self.rows.iter().map(|row| row.each_ref().map(String::as_str)).collect();
            return layout(&rows);
        }
        let width = self.counts.keys().map(|word| word.len()).max().unwrap_or_default();
        let lines = self.counts.iter().map(|(word, count)| format!("{word:width$}  {count:>7}\n"));
        lines.collect()
    }
}

/// Aligned lines under a header, none longer than [`WIDTH`].
fn layout(rows: &[[&str; 4]]) -> String {
    let header = ["case", "determination", "first reason", "next step"];
    let longest = |column: usize| {
        let cells = rows.iter().chain([&header]).map(|row| row[column].chars().count());
        cells.max().unwrap_or_default()
    };
    let (case, determination, step) = (longest(0).min(CASE), longest(1), longest(3).min(STEP));
    let reason = longest(2).min(WIDTH - 3 * GAP.len() - case - determination - step);
    let widths = [case, determination, reason, step];
    let mut out = String::new();
    for row in [&header].into_iter().chain(rows) {
        let cells: Vec<String> =
            row.iter().zip(widths).map(|(cell, width)| fit(cell, width)).collect();
        out.push_str(cells.join(GAP).trim_end());
        out.push('\n');
    }
    out
}

/// The cell in exactly so many characters, cut where it is longer.
fn fit(cell: &str, width: usize) -> String {
    format!("{:width$}", cut(&printable(cell), width))
}

/// The text without control characters, which must not reach a terminal.
pub fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}

/// The text, cut where it is longer than so many characters.
pub fn cut(text: &str, longest: usize) -> String {
    match text.chars().count() > longest {
        true => text.chars().take(longest.saturating_sub(1)).chain(['…']).collect(),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_align_and_lines_fit() {
        let long = "a reason that goes on and on, ".repeat(4);
        let table = layout(&[
            ["case01", "not_medically_necessary", "unproven", "optimize-conservative"],
            ["a-case-id-that-is-far-too-long-to-show", "pend_missing_documentation", &long, "-"],
        ]);
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(lines.len(), 3);
        assert!(lines.iter().all(|line| line.chars().count() <= WIDTH));
        let at = |line: &str, word: &str| line[..line.find(word).unwrap()].chars().count();
        let column = at(lines[0], "determination");
        assert_eq!(at(lines[1], "not_medically"), column);
        assert_eq!(at(lines[2], "pend_missing"), column);
        assert!(lines[2].contains('…'));
    }

    #[test]
    fn no_control_character_reaches_the_terminal() {
        assert_eq!(fit("a\u{1b}[31mb", 8), "a?[31mb ");
    }
}
