//! Cells of ruled tables and forms: what stands between the same lines is read
//! together.

use std::collections::BTreeMap;

use super::rules::Rule;
use super::{Piece, Rules, rows};
use crate::document::Word;

/// A cell before the last one with more lines than this is a text of its own.
const CELL_LINES: usize = 4;

/// The last cell of a row joins the line of the others up to this many lines.
const LAST_LINES: usize = 3;

/// So many bands one below the other are rows of a table.
const TABLE_BANDS: usize = 3;

/// Reaches this far beyond a line's end, in points.
const SLACK: f32 = 3.0;

/// Columns without a line between them stand this far apart at least, in points.
const COLUMN_GAP: f32 = 5.0;

/// Lines of one cell stand no further apart than this many type sizes.
const PARAGRAPH: f32 = 2.0;

/// What stands between two lines across the page.
struct Band {
    above: usize,
    below: usize,
    pieces: Vec<Piece>,
}

/// Makes one piece of each row of a ruled table whose cells run over several lines.
pub(super) fn gather(pieces: Vec<Piece>, rules: &Rules) -> Vec<Piece> {
    if rules.across.len() < 2 {
        return pieces;
    }
    let mut bands: BTreeMap<(usize, usize), Vec<Piece>> = BTreeMap::new();
    let mut out = Vec::new();
    for piece in pieces {
        match between(&piece, &rules.across) {
            Some(place) => bands.entry(place).or_default().push(piece),
            None => out.push(piece),
        }
    }
    let bands: Vec<Band> =
        bands.into_iter().map(|((above, below), pieces)| Band { above, below, pieces }).collect();
    let stacked = stacks(&bands);
    let free = free_strips(&bands, &stacked);
    for (at, band) in bands.into_iter().enumerate() {
        let table = stacked.iter().filter(|&&stack| stack == stacked[at]).count() >= TABLE_BANDS;
        out.extend(in_cells(band, rules, table, &free[&stacked[at]]));
    }
    out
}

/// The lines just above and below a piece.
fn between(piece: &Piece, across: &[Rule]) -> Option<(usize, usize)> {
    let (top, bottom) = piece.band();
    let (x, y) = ((piece.rect.x0 + piece.rect.x1) / 2.0, (top + bottom) / 2.0);
    let spans = |rule: &Rule| rule.from - SLACK <= x && x <= rule.to + SLACK;
    let above = across.iter().rposition(|rule| rule.at <= y && spans(rule))?;
    let below = across.iter().position(|rule| rule.at > y && spans(rule))?;
    Some((above, below))
}

/// Numbers the bands so that those have one number that follow each other.
fn stacks(bands: &[Band]) -> Vec<usize> {
    let mut numbers: Vec<usize> = Vec::new();
    for (i, band) in bands.iter().enumerate() {
        let upper = bands[..i].iter().position(|other| other.below == band.above);
        numbers.push(upper.map_or(i, |upper| numbers[upper]));
    }
    numbers
}

/// Where no word stands in any band of a stack: the middles of the gaps between
/// its columns.
fn free_strips(bands: &[Band], stacked: &[usize]) -> BTreeMap<usize, Vec<f32>> {
    let mut spans: BTreeMap<usize, Vec<(f32, f32)>> = BTreeMap::new();
    for (band, &stack) in bands.iter().zip(stacked) {
        let words = band.pieces.iter().flat_map(|piece| &piece.fragment.words);
        let taken = words.map(|word| (word.rect.x0, word.rect.x1));
        spans.entry(stack).or_default().extend(taken);
    }
    spans.into_iter().map(|(stack, taken)| (stack, gaps(taken))).collect()
}

fn gaps(mut taken: Vec<(f32, f32)>) -> Vec<f32> {
    taken.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut free = Vec::new();
    let mut end = f32::MAX;
    for (from, to) in taken {
        if from > end + COLUMN_GAP {
            free.push((from + end) / 2.0);
        }
        end = if end == f32::MAX { to } else { end.max(to) };
    }
    free
}

/// The band's pieces as one, if its cells run over several lines; else as they are.
fn in_cells(band: Band, rules: &Rules, table: bool, free: &[f32]) -> Vec<Piece> {
    let (top, bottom) = (rules.across[band.above].at, rules.across[band.below].at);
    let reaches = |rule: &&Rule| {
        rule.from <= top + 0.2 * (bottom - top) && rule.to >= bottom - 0.2 * (bottom - top)
    };
    let mut edges: Vec<f32> = rules.down.iter().filter(reaches).map(|rule| rule.at).collect();
    let left = band.pieces.iter().map(|p| p.rect.x0).fold(f32::MAX, f32::min);
    let right = band.pieces.iter().map(|p| p.rect.x1).fold(f32::MIN, f32::max);
    edges.retain(|&x| left < x && x < right);
    let ruled = !edges.is_empty();
    if !ruled && table && !has_paragraphs(&band.pieces) {
        edges = free.to_vec();
    }
    let number = |piece: &Piece| {
        let x = (piece.rect.x0 + piece.rect.x1) / 2.0;
        edges.iter().filter(|&&edge| edge < x).count()
    };
    let crosses =
        |word: &Word| edges.iter().any(|&x| word.rect.x0 < x - SLACK && word.rect.x1 > x + SLACK);
    let words = |piece: &Piece| piece.fragment.words.iter().any(crosses);
    if edges.is_empty() || band.pieces.iter().any(words) {
        return band.pieces;
    }
    // Cells may stand so close that their words came as one fragment.
    let edge_between = |before: Option<&Word>, word: &Word| {
        let from = before.map_or(f32::MAX, |before| before.rect.x1 - SLACK);
        edges.iter().any(|&x| from <= x && x <= word.rect.x0 + SLACK)
    };
    let mut cells: BTreeMap<usize, Vec<Piece>> = BTreeMap::new();
    for piece in band.pieces.into_iter().flat_map(|piece| piece.parted(edge_between)) {
        cells.entry(number(&piece)).or_default().push(piece);
    }
    let cells: Vec<Vec<Piece>> = cells.into_values().collect();
    if cells.len() < 2 || !runs_over(&cells, ruled, table) {
        return cells.into_iter().flatten().collect();
    }
    vec![together(cells)]
}

/// Whether some lines stand apart from those above them, as no lines of one row do: the last line
/// across a form is followed by whatever stands below the form.
fn has_paragraphs(pieces: &[Piece]) -> bool {
    let mut lines: Vec<(f32, f32)> =
        pieces.iter().map(|piece| (piece.fragment.base, piece.fragment.size)).collect();
    lines.sort_by(|a, b| a.0.total_cmp(&b.0));
    lines.windows(2).any(|pair| pair[1].0 - pair[0].0 > PARAGRAPH * pair[0].1.max(pair[1].1))
}

/// Whether the lines of cells beside each other belong to one row, and not to rows
/// between which no line is drawn.
fn runs_over(cells: &[Vec<Piece>], ruled: bool, table: bool) -> bool {
    let lines: Vec<usize> = cells.iter().map(|cell| baselines(cell).len()).collect();
    let most = lines.iter().copied().max().unwrap_or(0);
    let uneven = lines.iter().any(|&n| n != most);
    let shared = baselines(&cells[0])
        .iter()
        .filter(|&&y| {
            cells[1..].iter().any(|cell| baselines(cell).iter().any(|b| (b - y).abs() < 1.0))
        })
        .count();
    match (most, ruled, table) {
        (0 | 1, ..) => false,
        // Rows that are ruled off one by one, or a label over its value.
        (2, true, _) | (_, true, true) => true,
        (_, true, false) => shared <= 1,
        (_, false, _) => uneven,
    }
}

/// Where the lines of a cell stand.
fn baselines(cell: &[Piece]) -> Vec<f32> {
    let mut bases: Vec<f32> = cell.iter().map(|piece| piece.fragment.base).collect();
    bases.sort_by(f32::total_cmp);
    bases.dedup_by(|a, b| (*a - *b).abs() < 2.0);
    bases
}

/// One piece of cells that stand beside each other, left to right.
pub(super) fn together(cells: Vec<Vec<Piece>>) -> Piece {
    let mut first: Option<Piece> = None;
    let mut texts: Vec<Vec<Vec<Word>>> = Vec::new();
    for cell in cells {
        let mut lines = Vec::new();
        for row in rows(cell) {
            let (base, foot, size) = (row.base(), row.foot(), row.size());
            let rects = row.pieces.iter().map(|piece| piece.rect);
            let Some(rect) = rects.reduce(|a, b| a.union(&b)) else { continue };
            match &mut first {
                Some(first) => {
                    first.rect = first.rect.union(&rect);
                    first.fragment.base = first.fragment.base.min(base);
                    first.fragment.size = first.fragment.size.max(size);
                    first.foot = first.foot.max(foot);
                }
                None => {
                    let fragment = super::Fragment { words: Vec::new(), base, size };
                    first = Some(Piece { fragment, rect, foot, tail: Vec::new(), ordered: true });
                }
            }
            let (words, tail) = row.into_words();
            lines.push(words);
            lines.extend(tail);
        }
        texts.push(lines);
    }
    let empty = || super::Fragment { words: Vec::new(), base: 0.0, size: 0.0 };
    let mut piece = first.unwrap_or_else(|| Piece::new(empty()));
    let last = texts.len().saturating_sub(1);
    let long = texts[..last].iter().any(|lines| lines.len() > CELL_LINES);
    for (i, lines) in texts.into_iter().enumerate() {
        let joins = match (long, i == last) {
            (true, _) => usize::from(i == 0),
            (false, true) if lines.len() > LAST_LINES => 1,
            _ => lines.len(),
        };
        let mut lines = lines.into_iter();
        piece.fragment.words.extend(lines.by_ref().take(joins).flatten());
        piece.tail.extend(lines);
    }
    piece
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check_ruled, fragment};
    use crate::geometry::Rect;

    fn across(y: f32) -> Rect {
        Rect::new(45.0, y, 500.0, y)
    }

    #[test]
    fn a_cell_that_runs_over_stays_together() {
        let fragments = vec![
            fragment("Drug", 50.0, 110.0),
            fragment("Taken", 200.0, 110.0),
            fragment("gabapentin", 50.0, 130.0),
            fragment("three times", 200.0, 130.0),
            fragment("no benefit", 350.0, 130.0),
            fragment("daily", 200.0, 142.0),
            fragment("naproxen", 50.0, 162.0),
            fragment("as needed", 200.0, 162.0),
        ];
        let expect =
            &["¶Drug Taken", "gabapentin three times daily no benefit", "naproxen as needed"];
        let rules = [across(98.0), across(118.0), across(150.0), across(170.0)];
        check_ruled(fragments.clone(), &rules, expect);
        // A frame around it all says nothing about its rows.
        let rows =
            &["¶Drug Taken", "gabapentin three times no benefit", "daily", "naproxen as needed"];
        check_ruled(fragments, &[across(98.0), across(170.0)], rows);
    }

    #[test]
    fn what_follows_a_ruled_form_is_no_row_of_it() {
        let fragments = vec![
            fragment("To:", 50.0, 110.0),
            fragment("records", 200.0, 110.0),
            fragment("From:", 50.0, 130.0),
            fragment("clinic", 200.0, 130.0),
            fragment("urgent", 50.0, 162.0),
            fragment("for review", 200.0, 162.0),
            fragment("as asked", 350.0, 162.0),
            fragment("Notes:", 50.0, 190.0),
            fragment("see below", 50.0, 202.0),
        ];
        let rules = [across(98.0), across(118.0), across(138.0), across(400.0)];
        let expect = &[
            "¶To: records",
            "From: clinic",
            "¶urgent for review as asked",
            "¶Notes:",
            "see below",
        ];
        check_ruled(fragments, &rules, expect);
    }

    #[test]
    fn a_box_reads_from_its_label_to_its_value() {
        let mut rules = vec![across(100.0), across(130.0)];
        rules.extend([45.0, 200.0, 350.0, 500.0].map(|x| Rect::new(x, 100.0, x, 130.0)));
        check_ruled(
            vec![
                fragment("NAME", 50.0, 110.0),
                fragment("BORN", 205.0, 110.0),
                fragment("TEST, PATIENT", 50.0, 122.0),
                fragment("01/01/1900", 205.0, 122.0),
                fragment("below", 50.0, 160.0),
            ],
            &rules,
            &["¶NAME TEST, PATIENT BORN 01/01/1900", "below"],
        );
    }

    #[test]
    fn rows_between_upright_lines_alone_stay_rows() {
        let mut rules = vec![across(100.0), across(150.0)];
        rules.extend([45.0, 200.0, 500.0].map(|x| Rect::new(x, 100.0, x, 150.0)));
        check_ruled(
            vec![
                fragment("Drug", 50.0, 110.0),
                fragment("Dose", 205.0, 110.0),
                fragment("gabapentin", 50.0, 122.0),
                fragment("300 mg", 205.0, 122.0),
                fragment("naproxen", 50.0, 134.0),
                fragment("500 mg", 205.0, 134.0),
            ],
            &rules,
            &["¶Drug Dose", "gabapentin 300 mg", "naproxen 500 mg"],
        );
    }
}
