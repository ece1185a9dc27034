//! Words with places to lines in reading order.
//!
//! The same rules serve a PDF's own text and what OCR found: words that stand on
//! one row make one line, however wide the gaps between them, so that a table or a
//! form reads row by row. Where a cell's text runs over several lines, the lines of
//! a cell stay together. Running prose in two columns is read column by column.

mod cells;
mod columns;
mod rules;
mod wraps;

pub use rules::Rules;

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

/// What is placed on a row: a fragment, or cells of a table whose text runs over
/// several lines.
struct Piece {
    /// The words, in reading order.
    fragment: Fragment,
    /// The box around them.
    rect: Rect,
    /// Where its lowest line stands.
    foot: f32,
    /// Lines that follow the row: the rest of a long cell.
    tail: Vec<Vec<Word>>,
    /// Whether its words are in order already, whatever their places.
    ordered: bool,
}

impl Piece {
    fn new(fragment: Fragment) -> Self {
        let (rect, foot) = (fragment.rect(), fragment.base);
        Self { fragment, rect, foot, tail: Vec::new(), ordered: false }
    }

    /// The same words as pieces of their own, parted before each word that `starts`
    /// says one at.
    fn parted(mut self, starts: impl Fn(Option<&Word>, &Word) -> bool) -> Vec<Self> {
        if self.ordered || self.fragment.words.len() < 2 {
            return vec![self];
        }
        let (base, size) = (self.fragment.base, self.fragment.size);
        let mut parts: Vec<Vec<Word>> = Vec::new();
        for word in std::mem::take(&mut self.fragment.words) {
            let last = parts.last().and_then(|part| part.last());
            if last.is_none() || starts(last, &word) {
                parts.push(Vec::new());
            }
            if let Some(part) = parts.last_mut() {
                part.push(word);
            }
        }
        parts.into_iter().map(|words| Piece::new(Fragment { words, base, size })).collect()
    }

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

    /// Where its lowest line stands.
    fn foot(&self) -> f32 {
        let lowest = self.pieces.iter().filter(|p| p.ordered).map(|p| p.foot);
        lowest.fold(self.base(), f32::max)
    }

    fn size(&self) -> f32 {
        self.pieces.iter().map(|p| p.fragment.size).fold(0.0, f32::max)
    }

    /// Its words as they are read, and the lines that follow them.
    fn into_words(self) -> (Vec<Word>, Vec<Vec<Word>>) {
        let ordered = self.pieces.iter().any(|piece| piece.ordered);
        let (mut words, mut tail): (Vec<Word>, Vec<Vec<Word>>) = Default::default();
        for piece in self.pieces {
            words.extend(piece.fragment.words);
            tail.extend(piece.tail);
        }
        if !ordered {
            words.sort_by(|a, b| a.rect.x0.total_cmp(&b.rect.x0));
        }
        (words, tail)
    }
}

/// Puts fragments into lines in reading order.
pub fn lines(fragments: Vec<Fragment>) -> Vec<Line> {
    in_order(fragments.into_iter().map(Piece::new).collect(), false)
}

/// The same for type that a program has set: its baselines are exact, and the lines
/// that are drawn between cells are known.
pub fn typeset_lines(fragments: Vec<Fragment>, rules: &Rules) -> Vec<Line> {
    let pieces = fragments.into_iter().map(Piece::new).collect();
    in_order(cells::gather(pieces, rules), true)
}

/// Joins raised figures to the unit before them, as in "kg/m2". After a digit they
/// stay apart: ten to the third is not 103.
fn join_raised(row: &mut Row) {
    let mut joined: Vec<Piece> = Vec::new();
    for mut piece in std::mem::take(&mut row.pieces) {
        if let Some(before) = joined.last_mut()
            && let Some(unit) = before.fragment.words.last_mut()
            && let Some(raised) = piece.fragment.words.first()
            && piece.fragment.size <= 0.85 * before.fragment.size
            && (raised.rect.x0 - unit.rect.x1).abs() <= 0.08 * before.fragment.size
            && unit.text.ends_with(char::is_alphabetic)
            && raised.text.chars().all(|c| c.is_ascii_digit())
        {
            unit.text.push_str(&raised.text);
            unit.rect = unit.rect.union(&raised.rect);
            piece.fragment.words.remove(0);
        }
        if !piece.fragment.words.is_empty() {
            joined.push(piece);
        }
    }
    row.pieces = joined;
}

fn in_order(pieces: Vec<Piece>, exact: bool) -> Vec<Line> {
    let mut rows = rows(pieces);
    if exact {
        rows = columns::heads_apart(rows);
        rows = wraps::gather(rows);
        rows.iter_mut().for_each(join_raised);
    }
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
fn rows(mut pieces: Vec<Piece>) -> Vec<Row> {
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
        .map(|pair| pair[1].base() - pair[0].foot())
        .filter(|&step| step > 2.0)
        .collect();
    steps.sort_by(f32::total_cmp);
    // The lower third, since blank lines and headings only ever widen a step.
    steps.get(steps.len() / 3).copied().unwrap_or(12.0)
}

/// Turns rows to lines, taking columns of prose apart.
fn emit(rows: Vec<Row>, leading: f32, lines: &mut Vec<Line>) {
    let Some(columns) = columns::find(&rows) else {
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
        side.push(piece);
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
        before = Some((row.foot(), size));
        let (words, tail) = row.into_words();
        lines.push(Line { words, role: LineRole::Body, starts_block });
        let follow = |words| Line { words, role: LineRole::Body, starts_block: false };
        lines.extend(tail.into_iter().map(follow));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub fn fragment(text: &str, x: f32, base: f32) -> Fragment {
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

    fn shown(lines: &[Line]) -> Vec<String> {
        let show = |l: &Line| format!("{}{}", if l.starts_block { "¶" } else { "" }, l.text());
        lines.iter().map(show).collect()
    }

    #[track_caller]
    fn check(fragments: Vec<Fragment>, expect: &[&str]) {
        assert_eq!(shown(&lines(fragments)), expect);
    }

    /// The same for type that a program has set, with what is drawn between.
    #[track_caller]
    pub fn check_ruled(fragments: Vec<Fragment>, drawn: &[Rect], expect: &[&str]) {
        assert_eq!(shown(&typeset_lines(fragments, &Rules::new(drawn))), expect);
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
    fn raised_figures_join_their_unit() {
        for (unit, expect) in [("kg/m", "¶kg/m2"), ("10", "¶10 2")] {
            let unit = fragment(unit, 40.0, 100.0);
            let mut raised = fragment("2", unit.rect().x1, 96.0);
            raised.size = 6.0;
            check_ruled(vec![unit, raised], &[], &[expect]);
        }
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
