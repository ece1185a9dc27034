//! Tables whose header stands above: which column a cell stands in.

use super::{Answer, Note};
use crate::lexicon::WordPattern;
use crate::span::Span;

/// How many lines below its header a row may stand.
const LONGEST_TABLE: usize = 40;

/// Heads of the two columns of a table of answers.
static YES_HEAD: WordPattern = WordPattern::new(r"^(?:\+|{form-word/positive})$");
static NO_HEAD: WordPattern = WordPattern::new(r"^(?:-|{form-word/negative})$");

/// What a tick looks like where it fills a cell.
static TICK: WordPattern = WordPattern::new(r"^{form-word/tick}$");

/// Heads of the columns that hold the first and the last day of a treatment.
static START_HEAD: WordPattern = WordPattern::new(r"^{form-word/start-head}$");
static STOP_HEAD: WordPattern = WordPattern::new(r"^{form-word/stop-head}$");

/// The answer that a row of a table gives by the column of its tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnAnswer {
    /// Ticked under "yes" or "positive".
    Yes,
    /// Ticked under "no" or "negative".
    No,
    /// Neither is ticked.
    Blank,
}

/// Heads of the columns that tell where a treatment stands.
static NEVER_HEAD: WordPattern = WordPattern::new(r"^{form-word/never-head}\??$");
static PAST_HEAD: WordPattern = WordPattern::new(r"^{form-word/past-head}\??$");
static NOW_HEAD: WordPattern = WordPattern::new(r"^{form-word/now-head}\??$");

/// Where a treatment stands by the column of its tick: "never   tried   now".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Not had or taken.
    Never,
    /// Over.
    Past,
    /// Going on.
    Now,
}

impl Note<'_> {
    /// Where the treatment that begins a row stands, by the ticks below two or more of such heads as
    /// "never", "tried" and "now", and the last tick; of several the latest. The stage is `None` where
    /// nothing is ticked.
    pub fn stage(&self, span: Span) -> Option<(Option<Stage>, Span)> {
        let line = self.line_of(span);
        let cells = self.cells(line);
        let own = cells.iter().position(|cell| cell.contains(span))?;
        let stage_of = |head: Span| {
            let is = |words: &WordPattern| words.of(self.lexicon).is_match(self.get(head));
            [(&NEVER_HEAD, Stage::Never), (&PAST_HEAD, Stage::Past), (&NOW_HEAD, Stage::Now)]
                .into_iter()
                .find_map(|(words, stage)| is(words).then_some(stage))
        };
        let ticked = |cell: &&Span| self.is_tick(**cell) || self.is_box(**cell);
        let marks: Vec<Span> = cells[own + 1..].iter().filter(ticked).copied().collect();
        if marks.is_empty() {
            return None;
        }
        let heads = self.heads_above(line, |head| stage_of(head).is_some())?;
        let below = |mark: Span| stage_of(self.head_over(&heads, mark)?);
        let is_set =
            |mark: &Span| self.is_tick(*mark) || self.boxes_in(*mark).iter().any(|own| own.ticked);
        let set: Vec<Span> = marks.into_iter().filter(is_set).collect();
        let stage = set.iter().filter_map(|mark| below(*mark)).max();
        // A tick below another head tells something else.
        if stage.is_none() && !set.is_empty() {
            return None;
        }
        Some((stage, set.last().copied().unwrap_or(span)))
    }

    /// The answer in the table row that a span begins, and the tick's span; `None` where no
    /// header of answers stands above.
    pub fn column_answer(&self, span: Span) -> Option<(ColumnAnswer, Span)> {
        let line = self.line_of(span);
        let cells = self.cells(line);
        // The row's own words come first.
        let own = cells.iter().position(|cell| cell.end >= span.end.min(line.end))?;
        let answers = self.lines_above(line).find_map(|above| {
            let heads = self.cells(above);
            let (yes, no) = (self.head(&heads, &YES_HEAD)?, self.head(&heads, &NO_HEAD)?);
            Some((heads, yes, no))
        });
        let Some((heads, yes, no)) = answers else {
            let (stage, tick) = self.stage(span)?;
            return Some(match stage {
                Some(Stage::Never) => (ColumnAnswer::No, tick),
                Some(Stage::Past | Stage::Now) => (ColumnAnswer::Yes, tick),
                None => (ColumnAnswer::Blank, span),
            });
        };
        let tick = cells[own + 1..].iter().copied().find(|cell| self.is_tick(*cell));
        let Some(tick) = tick else {
            let said = |cell: &Span| self.get(*cell).len() > 2 && !self.is_box(*cell);
            let said = cells[own + 1..].iter().any(said);
            return (!said).then_some((ColumnAnswer::Blank, span));
        };
        let away = |head: Span| (self.column(head) - self.column(tick)).abs();
        // A box may stand under a third head: "Yes   No   Unknown".
        let nearest = self.head_over(&heads, tick);
        if self.is_box(tick) && nearest.is_some_and(|head| head != yes && head != no) {
            return None;
        }
        let answer = if away(yes) <= away(no) { ColumnAnswer::Yes } else { ColumnAnswer::No };
        Some((answer, tick))
    }

    /// What the boxes say that stand below "Yes   No" on the row that a span begins.
    pub fn boxed_answer(&self, span: Span) -> Option<Answer> {
        let line = self.line_of(span);
        if !self.may_hold_boxes(Span::new(span.end, line.end.max(span.end))) {
            return None;
        }
        let cells = self.cells(line);
        let own = cells.iter().position(|cell| cell.contains(span))?;
        if !cells.get(own + 1).is_some_and(|cell| self.is_box(*cell)) {
            return None;
        }
        Some(match self.column_answer(span)?.0 {
            ColumnAnswer::Yes => Answer::Yes,
            ColumnAnswer::No => Answer::No,
            ColumnAnswer::Blank => Answer::Blank,
        })
    }

    /// Of the heads of columns the one whose middle is nearest to a mark's.
    fn head_over(&self, heads: &[Span], mark: Span) -> Option<Span> {
        let away = |head: &Span| ((self.column(*head) - self.column(mark)).abs() * 10.0) as i64;
        heads.iter().copied().min_by_key(away)
    }

    /// Whether a cell holds nothing but a tick.
    pub(super) fn is_tick(&self, cell: Span) -> bool {
        TICK.of(self.lexicon).is_match(self.get(cell))
    }

    /// Whether a cell holds nothing but a check box.
    fn is_box(&self, cell: Span) -> bool {
        cell.len() <= 4 && !self.boxes_in(cell).is_empty()
    }

    /// The first of some heads that has the words of a pattern.
    fn head(&self, heads: &[Span], words: &WordPattern) -> Option<Span> {
        let words = words.of(self.lexicon);
        heads.iter().copied().find(|head| words.is_match(self.get(*head)))
    }

    /// The cells below the heads "start" and "stop" on the table row that a span stands in.
    pub fn start_and_stop(&self, span: Span) -> Option<(Option<Span>, Option<Span>)> {
        let line = self.line_of(span);
        let cells = self.cells(line);
        if cells.len() < 2 {
            return None;
        }
        let (heads, start, stop) = self.lines_above(line).find_map(|above| {
            let heads = self.cells(above);
            let (start, stop) = (self.head(&heads, &START_HEAD), self.head(&heads, &STOP_HEAD));
            let found = heads.len() >= 3 && (start.is_some() || stop.is_some());
            found.then_some((heads, start, stop))
        })?;
        // Bars need not stand below each other: there the cells count, where none is empty.
        let barred = self.get(line).contains('|');
        let place = |head: Span| heads.iter().position(|other| *other == head);
        let below = |head: Option<Span>| match barred {
            true if cells.len() == heads.len() => cells.get(place(head?)?).copied(),
            true => None,
            false => self.in_line_with(&cells[1..], head?),
        };
        let (first, last) = (below(start), below(stop));
        // One cell is not both: a row that ends early has no last day.
        let last = last.filter(|last| first.is_none_or(|first| first.start < last.start));
        Some((first, last))
    }

    /// The cells behind the first on the row that a span stands in, each behind the head of its
    /// column; none where no line above has two cells that `is_head` knows.
    pub(super) fn columns(&self, span: Span, is_head: impl Fn(Span) -> bool) -> Vec<(Span, Span)> {
        let line = self.line_of(span);
        let cells = self.cells(line);
        let above = || self.heads_above(line, is_head);
        let Some(heads) = (cells.len() > 1).then(above).flatten() else { return Vec::new() };
        // Bars need not stand below each other, nor the cells of a row that has one for each head.
        let barred = self.get(line).contains('|') || cells.len() == heads.len();
        let head_of = |(at, cell): (usize, Span)| {
            let head =
                if barred { heads.get(at).copied() } else { self.in_line_with(&heads, cell) };
            head.map(|head| (head, cell))
        };
        cells.into_iter().enumerate().skip(1).filter_map(head_of).collect()
    }

    /// The cells of the nearest line above that has two which `is_head` knows.
    pub(super) fn heads_above(
        &self,
        line: Span,
        is_head: impl Fn(Span) -> bool,
    ) -> Option<Vec<Span>> {
        let known = |heads: &Vec<Span>| heads.iter().filter(|head| is_head(**head)).count() > 1;
        self.lines_above(line).map(|above| self.cells(above)).find(known)
    }

    /// Of some cells the one that begins nearest to where another one does, above it or below.
    pub(super) fn in_line_with(&self, cells: &[Span], other: Span) -> Option<Span> {
        let left = self.left(other);
        let away = |cell: &&Span| ((self.left(**cell) - left).abs() * 10.0) as i64;
        cells.iter().min_by_key(away).copied()
    }

    /// The lines above a line, nearest first, up to an empty one or so many.
    pub(super) fn lines_above(&self, line: Span) -> impl Iterator<Item = Span> {
        let start = self.folded.original(Span::new(line.start, line.start)).start;
        let written = |line: &usize| &self.text.as_str()[self.lines.written(*line).range()];
        (0..self.lines.at(start))
            .rev()
            .take_while(move |line| !written(line).trim().is_empty())
            .map(|line| self.lines.folded(line))
            .take(LONGEST_TABLE)
    }

    /// The lines of the record, in the folded text.
    pub(super) fn written_lines(&self) -> impl Iterator<Item = Span> {
        (0..self.lines.count()).map(|line| self.lines.folded(line))
    }

    /// Where the middle of a cell stands on its line: points on a page, characters in a text file.
    fn column(&self, cell: Span) -> f32 {
        let original = self.folded.original(cell);
        match self.text.place(original).boxes.first() {
            Some(rect) => (rect.x0 + rect.x1) / 2.0,
            None => self.characters_before(original.start) + cell.len() as f32 / 2.0,
        }
    }

    /// Where a cell begins on its line, measured like [`column`](Self::column).
    fn left(&self, cell: Span) -> f32 {
        let original = self.folded.original(cell);
        match self.text.place(original).boxes.first() {
            Some(rect) => rect.x0,
            None => self.characters_before(original.start),
        }
    }

    fn characters_before(&self, byte: usize) -> f32 {
        let start = self.lines.written(self.lines.at(byte)).start;
        self.text.as_str()[start..byte].chars().count() as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::Lexicon;
    use crate::text::Text;

    #[track_caller]
    fn check(record: &str, row: &str, expect: Option<ColumnAnswer>) {
        let lexicon = Lexicon::embedded().unwrap();
        let text = Text::from_plain(record);
        let note = Note::new(&text, &lexicon);
        let at = note.str().find(row).unwrap();
        let got = note.column_answer(Span::new(at, at + row.len())).map(|(answer, _)| answer);
        assert_eq!(got, expect, "{record}");
    }

    #[test]
    fn a_tick_answers_by_its_column() {
        let table = "Test              Yes    No\nFABER             X\nSpurling                 x\nGaenslen\n";
        check(table, "faber", Some(ColumnAnswer::Yes));
        check(table, "spurling", Some(ColumnAnswer::No));
        check(table, "gaenslen", Some(ColumnAnswer::Blank));
        check("FABER   X\n", "faber", None);
        check("Test   Yes   No\n\nFABER   X\n", "faber", None);
    }

    #[test]
    fn first_and_last_days_stand_below_their_heads() {
        let record = "Drug          Dose     Start       Stop\nNaproxen      500 mg   1/5/2024    3/1/2024\nIbuprofen     400 mg   4/2/2024\n";
        let lexicon = Lexicon::embedded().unwrap();
        let text = Text::from_plain(record);
        let note = Note::new(&text, &lexicon);
        let read = |drug: &str| {
            let at = note.str().find(drug).unwrap();
            let (start, stop) = note.start_and_stop(Span::new(at, at + drug.len())).unwrap();
            (start.map(|s| note.get(s)), stop.map(|s| note.get(s)))
        };
        assert_eq!(read("naproxen"), (Some("1/5/2024"), Some("3/1/2024")));
        assert_eq!(read("ibuprofen"), (Some("4/2/2024"), None));
    }
}
