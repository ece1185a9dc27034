//! Cells that run over several lines where no line is drawn between the rows, and
//! labels in small type above their values.

use std::collections::VecDeque;

use super::cells::together;
use super::{Piece, Row};

/// Cells whose left edges lie this near, in points, stand in one column.
const ALIGNED: f32 = 3.0;

/// So many cells side by side are a row of a table.
const ROW_CELLS: usize = 3;

/// Rows of a table stand this many times as far apart as the lines of a cell, at
/// least.
const APART: f32 = 1.2;

/// What follows a table stands this many times as far below it.
const TABLE_END: f32 = 1.8;

/// A label's type is at most this share of its value's.
const LABEL_SIZE: f32 = 0.85;

/// A gap of this many type sizes may part cells, if others begin below or above.
const CELL_GAP: f32 = 0.6;

/// Makes one row of those that are parts of one.
pub(super) fn gather(rows: Vec<Row>) -> Vec<Row> {
    let mut out: Vec<Row> = Vec::new();
    let mut rows = VecDeque::from(in_cells(rows));
    while !rows.is_empty() {
        let take = 1 + continued(&rows).max(usize::from(is_labels(&rows)));
        let parts: Vec<Row> = rows.drain(..take).collect();
        out.push(if take > 1 { merged(parts) } else { single(parts) });
    }
    out
}

/// Parts cells that stand so close that their words came as one fragment: there is a
/// gap before a word, and it begins where cells of other rows begin.
fn in_cells(rows: Vec<Row>) -> Vec<Row> {
    let pieces = rows.iter().flat_map(|row| &row.pieces);
    let mut starts: Vec<f32> = pieces.map(|piece| piece.rect.x0).collect();
    starts.sort_by(f32::total_cmp);
    let common = |x: f32| {
        let from = starts.partition_point(|&start| start < x - 1.0);
        starts.get(from + 1).is_some_and(|&start| start <= x + 1.0)
    };
    let part = |piece: Piece| {
        let gap = CELL_GAP * piece.fragment.size;
        piece.parted(|before, word| {
            before.is_some_and(|before| word.rect.x0 - before.rect.x1 > gap) && common(word.rect.x0)
        })
    };
    let parted = |row: Row| Row { pieces: row.pieces.into_iter().flat_map(part).collect() };
    rows.into_iter().map(parted).collect()
}

fn single(parts: Vec<Row>) -> Row {
    Row { pieces: parts.into_iter().flat_map(|row| row.pieces).collect() }
}

/// The rows' pieces, each put to the cell of the first row that it stands under.
fn merged(parts: Vec<Row>) -> Row {
    let mut parts = parts.into_iter();
    let first = parts.next().map_or(Vec::new(), |row| row.pieces);
    let starts: Vec<f32> = first.iter().map(|piece| piece.rect.x0).collect();
    let mut cells: Vec<Vec<Piece>> = first.into_iter().map(|piece| vec![piece]).collect();
    for piece in parts.flat_map(|row| row.pieces) {
        let x = piece.rect.x0 + ALIGNED;
        let cell = starts.iter().rposition(|&start| start <= x).unwrap_or(0);
        cells[cell].push(piece);
    }
    Row { pieces: vec![together(cells)] }
}

/// How many rows below the first go on with its cells.
///
/// They stand closer than the rows of the table do, each of their pieces begins
/// where a cell of the first row begins, and some cells have nothing there. What
/// has a label of its own is a row of its own.
fn continued(rows: &VecDeque<Row>) -> usize {
    let first = &rows[0];
    if first.pieces.len() < ROW_CELLS || first.pieces.iter().any(|piece| piece.ordered) {
        return 0;
    }
    let under =
        |row: &Row| row.pieces.len() < first.pieces.len() && aligned(row, first) && !labelled(row);
    let close = |above: &Row, below: &Row| {
        below.base() - above.base() <= 1.3 * first.size().max(below.size())
    };
    let count =
        (1..rows.len()).take_while(|&i| under(&rows[i]) && close(&rows[i - 1], &rows[i])).count();
    if count == 0 {
        return 0;
    }
    // What follows tells how far apart the table's rows are.
    let step = rows[1].base() - first.base();
    let apart = |next: &Row| (next.base() - rows[count].base()) / step;
    let whole = match rows.get(count + 1) {
        Some(next) if next.pieces.len() >= ROW_CELLS && aligned(next, first) => {
            apart(next) >= APART
        }
        Some(next) => first.pieces.len() > ROW_CELLS && apart(next) >= TABLE_END,
        None => false,
    };
    if whole { count } else { 0 }
}

/// Whether every piece begins where one of the other row's begins.
fn aligned(row: &Row, with: &Row) -> bool {
    row.pieces.iter().all(|piece| {
        with.pieces.iter().any(|other| (piece.rect.x0 - other.rect.x0).abs() <= ALIGNED)
    })
}

fn labelled(row: &Row) -> bool {
    row.pieces.iter().flat_map(|piece| &piece.fragment.words).any(|word| word.text.ends_with(':'))
}

/// Whether the first row is labels in small type and the second their values.
fn is_labels(rows: &VecDeque<Row>) -> bool {
    let (labels, Some(values)) = (&rows[0], rows.get(1)) else { return false };
    let largest = |row: &Row| row.pieces.iter().map(|p| p.fragment.size).fold(0.0, f32::max);
    let smallest = values.pieces.iter().map(|p| p.fragment.size).fold(f32::MAX, f32::min);
    let below = |a: &Row, b: &Row| b.base() - a.base();
    let next_is_value = rows.get(2).is_some_and(|next| {
        next.pieces.len() > 1
            && aligned(next, labels)
            && largest(next) > largest(labels) / LABEL_SIZE
    });
    labels.pieces.len() > 1
        && !values.pieces.is_empty()
        && values.pieces.len() <= labels.pieces.len()
        && !labels.pieces.iter().chain(&values.pieces).any(|piece| piece.ordered)
        && largest(labels) <= LABEL_SIZE * smallest
        && below(labels, values) <= 1.6 * smallest
        && aligned(values, labels)
        && !next_is_value
}

#[cfg(test)]
mod tests {
    use super::super::Fragment;
    use super::super::tests::{check_ruled, fragment};

    fn table(step: f32) -> Vec<Fragment> {
        let mut fragments = Vec::new();
        for i in 0..3 {
            let base = 100.0 + step * i as f32;
            fragments.push(fragment("gabapentin", 50.0, base));
            fragments.push(fragment("three times", 200.0, base));
            fragments.push(fragment("none", 350.0, base));
            fragments.push(fragment("daily", 200.0, base + 12.0));
        }
        fragments
    }

    #[test]
    fn lines_of_a_cell_stand_closer_than_rows() {
        let row = "gabapentin three times daily none";
        let mut fragments = table(30.0);
        fragments.push(fragment("naproxen", 50.0, 190.0));
        fragments.push(fragment("once", 200.0, 190.0));
        fragments.push(fragment("none", 350.0, 190.0));
        let first = format!("¶{row}");
        check_ruled(fragments, &[], &[&first, row, row, "naproxen once none"]);
        // At even steps it may as well be a row with its first cell left out.
        let even = "gabapentin three times none";
        check_ruled(
            table(24.0),
            &[],
            &[&format!("¶{even}"), "daily", even, "daily", even, "daily"],
        );
    }

    #[test]
    fn small_labels_go_with_what_is_below() {
        let mut labels = [fragment("NAME", 50.0, 100.0), fragment("BORN", 200.0, 100.0)];
        labels.iter_mut().for_each(|label| label.size = 6.0);
        let values = [fragment("TEST, PATIENT", 50.0, 112.0), fragment("01/01/1900", 200.0, 112.0)];
        let under = [fragment("MALE", 50.0, 124.0), fragment("02/01/1900", 200.0, 124.0)];
        let box_: Vec<_> = labels.iter().chain(&values).cloned().collect();
        check_ruled(box_.clone(), &[], &["¶NAME TEST, PATIENT BORN 01/01/1900"]);
        // A table's head is in small type too.
        let table = box_.into_iter().chain(under).collect();
        check_ruled(table, &[], &["¶NAME BORN", "TEST, PATIENT 01/01/1900", "MALE 02/01/1900"]);
    }

    #[test]
    fn pairs_of_labels_and_values_are_rows() {
        check_ruled(
            vec![
                fragment("Name:", 50.0, 100.0),
                fragment("TEST, PATIENT", 120.0, 100.0),
                fragment("Born:", 300.0, 100.0),
                fragment("01/01/1900", 360.0, 100.0),
                fragment("Sex:", 50.0, 112.0),
                fragment("F", 120.0, 112.0),
                fragment("Visit:", 50.0, 140.0),
                fragment("today", 120.0, 140.0),
                fragment("Seen:", 300.0, 140.0),
                fragment("yes", 360.0, 140.0),
            ],
            &[],
            &["¶Name: TEST, PATIENT Born: 01/01/1900", "Sex: F", "¶Visit: today Seen: yes"],
        );
    }
}
