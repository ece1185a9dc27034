//! Words with places to lines in reading order.
//!
//! The same rules serve a PDF's own text and what OCR found: words that stand on
//! one row make one line, however wide the gaps between them, so that a table or a
//! form reads row by row. Only running prose in two columns is read column by
//! column.

use crate::document::{Line, LineRole, Word};
use crate::geometry::Rect;

/// Words that stand close together on one baseline, left to right.
#[derive(Clone)]
pub struct Fragment {
    /// The words; never empty.
    pub words: Vec<Word>,
    /// Where the letters stand, in points from the top.
    pub base: f32,
    /// Height of the type in points.
    pub size: f32,
}

impl Fragment {
    /// The box around its words.
    pub fn rect(&self) -> Rect {
        let mut rects = self.words.iter().map(|w| w.rect);
        let first = rects.next().unwrap_or_default();
        rects.fold(first, |a, b| a.union(&b))
    }
}

/// A fragment with its box.
struct Piece {
    fragment: Fragment,
    rect: Rect,
}

impl Piece {
    /// The band that the body of the letters fills.
    fn band(&self) -> (f32, f32) {
        (
            self.fragment.base - 0.62 * self.fragment.size,
            self.fragment.base + 0.1 * self.fragment.size,
        )
    }
}

/// Pieces on one row, left to right.
struct Row {
    pieces: Vec<Piece>,
}

impl Row {
    fn base(&self) -> f32 {
        let widest = self.pieces.iter().max_by(|a, b| a.rect.width().total_cmp(&b.rect.width()));
        widest.map_or(0.0, |p| p.fragment.base)
    }

    fn size(&self) -> f32 {
        self.pieces.iter().map(|p| p.fragment.size).fold(0.0, f32::max)
    }
}

/// Puts fragments into lines in reading order.
pub fn lines(fragments: Vec<Fragment>) -> Vec<Line> {
    let rows = rows(fragments);
    let leading = usual_leading(&rows);
    let mut lines = Vec::new();
    emit(rows, leading, &mut lines);
    if let Some(first) = lines.first_mut() {
        first.starts_block = true;
    }
    lines
}

/// Puts fragments that stand at an angle to the page into lines of their own, as
/// they come: their words run up, down or back.
pub fn lines_aside(fragments: Vec<Fragment>) -> impl Iterator<Item = Line> {
    let line = |fragment: Fragment| Line {
        words: fragment.words,
        role: LineRole::Body,
        starts_block: true,
    };
    fragments.into_iter().map(line)
}

/// Gathers the pieces that stand beside one another.
fn rows(fragments: Vec<Fragment>) -> Vec<Row> {
    let mut pieces: Vec<Piece> =
        fragments.into_iter().map(|fragment| Piece { rect: fragment.rect(), fragment }).collect();
    pieces.sort_by(|a, b| a.fragment.base.total_cmp(&b.fragment.base));
    let mut rows: Vec<Row> = Vec::new();
    for piece in pieces {
        // Only the last few rows can still reach down to this piece.
        let open = rows.len().saturating_sub(6);
        let mut best: Option<(usize, f32)> = None;
        for (i, row) in rows.iter().enumerate().skip(open) {
            let Some(share) = fits(row, &piece) else { continue };
            if best.is_none_or(|(_, most)| share > most) {
                best = Some((i, share));
            }
        }
        match best {
            Some((i, _)) => rows[i].pieces.push(piece),
            None => rows.push(Row { pieces: vec![piece] }),
        }
    }
    for row in &mut rows {
        row.pieces.sort_by(|a, b| a.rect.x0.total_cmp(&b.rect.x0));
    }
    rows.sort_by(|a, b| a.base().total_cmp(&b.base()));
    rows
}

/// How much of the lower one's height a piece shares with a row, judged by its
/// nearest neighbour there (rows of a crooked page drift); `None` where it does not
/// belong.
fn fits(row: &Row, piece: &Piece) -> Option<f32> {
    let distance =
        |other: &Piece| (other.rect.x0 - piece.rect.x1).max(piece.rect.x0 - other.rect.x1);
    let nearest = row.pieces.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)))?;
    // A piece above or below another one is no neighbour on its row.
    if distance(nearest) < -0.5 * piece.fragment.size.min(nearest.fragment.size) {
        return None;
    }
    let (a, b) = (piece.band(), nearest.band());
    let shared = a.1.min(b.1) - a.0.max(b.0);
    let lower = (a.1 - a.0).min(b.1 - b.0).max(0.1);
    (shared / lower >= 0.5).then_some(shared / lower)
}

/// The distance from line to line that is usual on the page, in points.
fn usual_leading(rows: &[Row]) -> f32 {
    let mut steps: Vec<f32> = rows
        .windows(2)
        .map(|pair| pair[1].base() - pair[0].base())
        .filter(|&step| step > 2.0)
        .collect();
    steps.sort_by(f32::total_cmp);
    // The lower third, since blank lines and headings only ever widen a step.
    steps.get(steps.len() / 3).copied().unwrap_or(12.0)
}

/// Turns rows to lines, taking columns of prose apart.
fn emit(rows: Vec<Row>, leading: f32, lines: &mut Vec<Line>) {
    let Some(columns) = find_columns(&rows) else {
        return emit_rows(rows, leading, lines);
    };
    let mut rows = rows.into_iter();
    let above: Vec<Row> = rows.by_ref().take(columns.first).collect();
    let between: Vec<Row> = rows.by_ref().take(columns.last + 1 - columns.first).collect();
    let below: Vec<Row> = rows.collect();
    emit_rows(above, leading, lines);
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for piece in between.into_iter().flat_map(|row| row.pieces) {
        let side = if piece.rect.x0 < columns.x { &mut left } else { &mut right };
        side.push(piece.fragment);
    }
    for side in [left, right] {
        let from = lines.len();
        emit_rows(self::rows(side), leading, lines);
        if let Some(line) = lines.get_mut(from) {
            line.starts_block = true;
        }
    }
    let from = lines.len();
    emit(below, leading, lines);
    if let Some(line) = lines.get_mut(from) {
        line.starts_block = true;
    }
}

fn emit_rows(rows: Vec<Row>, leading: f32, lines: &mut Vec<Line>) {
    let mut before: Option<(f32, f32)> = None;
    for row in rows {
        let (base, size) = (row.base(), row.size());
        let starts_block = before.is_none_or(|(last_base, last_size)| {
            let step = base - last_base;
            let type_size = size.min(last_size);
            step > 1.3 * leading.max(type_size)
        });
        before = Some((base, size));
        let mut words: Vec<Word> = row.pieces.into_iter().flat_map(|p| p.fragment.words).collect();
        words.sort_by(|a, b| a.rect.x0.total_cmp(&b.rect.x0));
        lines.push(Line { words, role: LineRole::Body, starts_block });
    }
}

/// Two columns of prose: the rows they take up and the place between them.
struct Columns {
    first: usize,
    last: usize,
    x: f32,
}

/// How many lines each side must have at least.
const COLUMN_LINES: usize = 6;

/// Finds the tallest run of rows with prose on both sides of a free strip.
fn find_columns(rows: &[Row]) -> Option<Columns> {
    let left = rows.iter().flat_map(|r| &r.pieces).map(|p| p.rect.x0).fold(f32::MAX, f32::min);
    let right = rows.iter().flat_map(|r| &r.pieces).map(|p| p.rect.x1).fold(f32::MIN, f32::max);
    if rows.len() < COLUMN_LINES || right - left < 100.0 {
        return None;
    }
    let mut best: Option<(usize, Columns)> = None;
    let mut x = left + (right - left) * 0.25;
    while x < left + (right - left) * 0.75 {
        let crosses =
            |row: &Row| row.pieces.iter().any(|p| p.rect.x0 < x + 3.0 && p.rect.x1 > x - 3.0);
        let mut first = 0;
        while first < rows.len() {
            if crosses(&rows[first]) {
                first += 1;
                continue;
            }
            let last = (first..rows.len()).take_while(|&i| !crosses(&rows[i])).last();
            let last = last.unwrap_or(first);
            let columns = Columns { first, last, x };
            if let Some(score) = prose(&rows[first..=last], x)
                && best.as_ref().is_none_or(|(most, _)| score > *most)
            {
                best = Some((score, columns));
            }
            first = last + 1;
        }
        x += 4.0;
    }
    best.map(|(_, columns)| columns)
}

/// Whether both sides of a strip hold running prose, and how many lines of it:
/// many lines, of several words, that nearly all fill their column.
fn prose(rows: &[Row], x: f32) -> Option<usize> {
    let mut total = 0;
    for side in [true, false] {
        let pieces: Vec<&Piece> = rows
            .iter()
            .flat_map(|row| &row.pieces)
            .filter(|piece| (piece.rect.x0 < x) == side)
            .collect();
        // Several pieces on one row are cells, not a line of prose.
        let lines = rows
            .iter()
            .filter(|row| row.pieces.iter().any(|piece| (piece.rect.x0 < x) == side))
            .count();
        if lines < COLUMN_LINES || pieces.len() > lines + lines / 5 {
            return None;
        }
        let from = pieces.iter().map(|p| p.rect.x0).fold(f32::MAX, f32::min);
        let to = pieces.iter().map(|p| p.rect.x1).fold(f32::MIN, f32::max);
        let full = pieces.iter().filter(|p| p.rect.width() >= 0.75 * (to - from)).count();
        let wordy = pieces.iter().filter(|p| p.fragment.words.len() >= 4).count();
        if full * 10 < pieces.len() * 6 || wordy * 10 < pieces.len() * 7 {
            return None;
        }
        total += pieces.len();
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fragment(text: &str, x: f32, base: f32) -> Fragment {
        let mut at = x;
        let words = text
            .split(' ')
            .map(|word| {
                let width = word.len() as f32 * 5.0;
                let rect = Rect::new(at, base - 9.0, at + width, base + 2.0);
                at += width + 3.0;
                Word::new(word, rect)
            })
            .collect();
        Fragment { words, base, size: 10.0 }
    }

    #[track_caller]
    fn check(fragments: Vec<Fragment>, expect: &[&str]) {
        let got: Vec<String> = lines(fragments)
            .iter()
            .map(|l| format!("{}{}", if l.starts_block { "¶" } else { "" }, l.text()))
            .collect();
        assert_eq!(got, expect);
    }

    #[test]
    fn a_table_reads_row_by_row() {
        check(
            vec![
                fragment("gabapentin", 50.0, 120.5),
                fragment("Dose", 300.0, 100.0),
                fragment("300 mg", 300.0, 120.0),
                fragment("Drug", 50.0, 100.3),
                fragment("ibuprofen", 50.0, 140.0),
                fragment("600 mg", 300.0, 140.0),
            ],
            &["¶Drug Dose", "gabapentin 300 mg", "ibuprofen 600 mg"],
        );
    }

    #[test]
    fn a_wider_step_starts_a_block() {
        check(
            vec![
                fragment("PLAN", 50.0, 100.0),
                fragment("one", 50.0, 112.0),
                fragment("two", 50.0, 124.0),
                fragment("NEXT", 50.0, 150.0),
            ],
            &["¶PLAN", "one", "two", "¶NEXT"],
        );
    }

    #[test]
    fn superscripts_stay_on_their_row() {
        let mut raised = fragment("2", 62.0, 96.0);
        raised.size = 6.0;
        check(vec![fragment("kg/m", 40.0, 100.0), raised], &["¶kg/m 2"]);
    }

    #[test]
    fn two_columns_of_prose_read_one_after_the_other() {
        let mut fragments =
            vec![fragment("A heading over both of the columns of this page", 50.0, 80.0)];
        for i in 0..8 {
            let base = 100.0 + 12.0 * i as f32;
            fragments.push(fragment(&format!("left column line number {i} of it"), 50.0, base));
            fragments.push(fragment(
                &format!("right column line number {i} of it"),
                300.0,
                base + 4.0,
            ));
        }
        let got = lines(fragments);
        assert_eq!(got.len(), 17);
        assert!(got[1..9].iter().all(|l| l.text().starts_with("left")));
        assert!(got[9..].iter().all(|l| l.text().starts_with("right")));
        assert!(got[9].starts_block);
    }

    #[test]
    fn labels_and_values_are_no_columns() {
        let mut fragments = Vec::new();
        for i in 0..8 {
            let base = 100.0 + 12.0 * i as f32;
            fragments.push(fragment("Label:", 50.0, base));
            fragments.push(fragment("a value of some words here", 300.0, base));
        }
        let got = lines(fragments);
        assert!(got.iter().all(|l| l.text() == "Label: a value of some words here"));
        assert_eq!(got.len(), 8);
    }
}
