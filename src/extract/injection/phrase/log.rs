//! Rows of a log of injections that name the place alone: "R SIJ 11/12/24 - 0%".

use std::sync::LazyLock;

use regex::Regex;

use super::{NAME, Phrase, Row, SITE, WORD};
use crate::extract::{Note, Token, outcome_in, tokens};
use crate::fact::{Section, Side};
use crate::lexicon::WordPattern;
use crate::pattern::fixed_regex;
use crate::span::Span;

/// How far above a row its log may be introduced (bytes).
const ABOVE: usize = 400;

/// How far behind its place the day of a row may stand (bytes).
const DATED: usize = 30;

/// Most words of a line that labels a list.
const LABEL_WORDS: usize = 10;

/// What tells in a row how much it helped.
static HELPED: LazyLock<Regex> = LazyLock::new(|| fixed_regex(r"\b\d{1,3} ?(?:%|percent\b)"));

/// Of what an introduction says that it holds for all rows: "all on the left".
static ALL_ON: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"\b(?:all (?:of them )?(?:were )?(?:on the )?(left|right)|(left|right)(?: side)? unless (?:otherwise )?(?:noted|stated|marked|said))\b",
    )
});

/// How a row of a numbered log begins, before its day: "#2 ", "3) ", "1st ".
static NUMBERED: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"^[ |(*-]*(?:# ?\d{1,2}|(?:no\. ?)?\d{1,2}[.):]|\d{1,2} |1st|2nd|3rd|[4-9]th|first|second|third|fourth)[ .:)|,-]*$",
    )
});

/// How a row begins whose day is not known: its number and a word for that.
static UNDATED: WordPattern =
    WordPattern::new(r"^[ |(*-]*(?:# ?)?(?:\d{1,2}[.):]?)?[ |]*{injection-word/no-day}[ |]+$");

/// The places of the rows of a log of injections; none where no log is told of above.
pub(super) fn rows(note: &Note<'_>, within: Span) -> Vec<Phrase> {
    let placed = note.mentions_in(SITE, within).next().is_some();
    if !placed {
        return numbered(note, within).into_iter().collect();
    }
    let logged = note.dates_in(within).next().is_some() && HELPED.is_match(note.get(within));
    let listed = !logged && is_listed(note, within);
    if !(logged || listed) {
        return Vec::new();
    }
    let Some(above) = introduction(note, within) else { return Vec::new() };
    let row = Row { note, tokens: tokens(note, within, &[NAME, SITE, WORD]) };
    let mut found: Vec<Phrase> = Vec::new();
    let mut at = 0;
    while at < row.tokens.len() {
        if row.is_site(at) {
            at = row.read_log(at, listed, &mut found);
        }
        at += 1;
    }
    let side = ALL_ON.captures_iter(note.get(above)).last().map(|c| {
        match c.get(1).or(c.get(2)).map_or("", |m| m.as_str()) {
            "left" => Side::Left,
            _ => Side::Right,
        }
    });
    for phrase in &mut found {
        phrase.side = phrase.side.or(side);
    }
    found
}

/// A row that has only its number, its day and what it did, under a line that names the one
/// place of all: "#1 3/4/2025 dx, lidocaine plain - 90%, 2 h".
fn numbered(note: &Note<'_>, within: Span) -> Option<Phrase> {
    let date = note.dates_in(within).next()?;
    let line = note.line_of(date.span);
    let rest = Span::new(date.span.end, within.end.max(date.span.end));
    let opens = opening(note, line)?;
    let told = what_it_did(note, rest)?;
    let head = head_of_rows(note, line)?;
    let sites: Vec<_> = note.mentions_in(SITE, head).collect();
    let [site] = sites[..] else { return None };
    let title = of_all(note, head)?;
    let named = note.mentions_in(NAME, title).next()?;
    let row = Row { note, tokens: tokens(note, rest, &[NAME, SITE, WORD]) };
    let last = row.tokens.len().checked_sub(1)?;
    let concept = note.concept(site);
    let span = Span::new(opens.start.max(within.start), rest.start + told);
    Some(Phrase {
        span,
        head: date.span,
        procedure: concept.field("procedure").unwrap_or(&concept.id).parse().ok(),
        target: row.target(site),
        levels: note.levels_in(head),
        side: note.side_in(head),
        count: None,
        intent: row.intent(0, last),
        steroid: false,
        class: "needle",
        rule: format!("{NAME}/log+{}+{}", note.rule(named), note.rule(site)),
        group: 0,
        answered: None,
    })
}

/// The words that name what a line above rows is of: its own, where it ends with a colon, or those of
/// the title above it, where it says in brackets what all were: "(all left genicular, fluoroscopy)".
fn of_all(note: &Note<'_>, head: Span) -> Option<Span> {
    let words = note.get(head).trim();
    if words.ends_with(':') {
        return Some(head);
    }
    let whole = ["(all ", "(each ", "(every "].iter().any(|said| words.starts_with(said));
    let above = written_above(note, head.start).filter(|_| whole)?;
    Some(Span::new(above.start.min(head.start), head.end))
}

/// The last line above a place that is not blank.
fn written_above(note: &Note<'_>, at: usize) -> Option<Span> {
    let before = note.str()[..at].trim_end();
    let last = before.chars().next_back()?;
    Some(note.line_of(Span::new(before.len() - last.len_utf8(), before.len())))
}

/// What a row's day stands behind: its number, or nothing.
fn opening(note: &Note<'_>, line: Span) -> Option<Span> {
    let first = note.dates_in(line).next()?;
    let opens = Span::new(line.start.min(first.span.start), first.span.start);
    let words = note.get(opens);
    (words.is_empty() || NUMBERED.is_match(words)).then_some(opens)
}

/// The line that rows are introduced by: above them, above the heads of their columns, and above a
/// blank line.
fn head_of_rows(note: &Note<'_>, line: Span) -> Option<Span> {
    let columns = |line: &Span| {
        let words = note.get(*line);
        note.cells(*line).len() > 2 && !words.contains(|c: char| c.is_ascii_digit() || c == ':')
    };
    let mut top = line.start;
    for above in note.lines_above(line) {
        if opening(note, above).is_none() && !columns(&above) {
            return Some(above);
        }
        top = above.start;
    }
    written_above(note, top)
}

/// Where in the rest of a row its relief stands, apart from a solution's strength: behind a dash,
/// a colon or a comma, or in a cell of its own.
fn what_it_did(note: &Note<'_>, rest: Span) -> Option<usize> {
    let words = note.get(rest);
    let apart = |at: &usize| {
        let before = Span::new(rest.start, rest.start + at);
        words[..*at].trim_end().ends_with(['-', ':', ',', ';', '|', '=', '>', '\u{2013}'])
            || note.cells(rest).iter().any(|cell| cell.start == before.end)
    };
    HELPED.find_iter(words).map(|found| found.start()).filter(apart).last()
}

/// The words above that tell that what follows are injections.
fn introduction(note: &Note<'_>, within: Span) -> Option<Span> {
    let top = note.lines_above(note.line_of(within)).last().map_or(within.start, |top| top.start);
    let from = note.str().ceil_char_boundary(within.start.saturating_sub(ABOVE));
    let above = Span::new(from.min(top).min(within.start), within.start);
    let heading = note.sentence_at(within)?.heading;
    (names_procedures(note, above) || names_procedures(note, heading)).then_some(above)
}

fn names_procedures(note: &Note<'_>, head: Span) -> bool {
    let words = note.get(head);
    note.mentions_in(NAME, head).next().is_some()
        || words.contains("procedure")
        || words.contains("intervention")
}

/// Whether rows of injections are headed as such, and need no day: "Procedures so far:", "Injections".
fn is_listed(note: &Note<'_>, within: Span) -> bool {
    let Some(sentence) = note.sentence_at(within) else { return false };
    let past = !matches!(
        sentence.section,
        Section::Plan | Section::Request | Section::Procedure | Section::Exam | Section::Imaging
    );
    let labels = |line: &Span| {
        let words = note.get(*line).trim_end();
        (words.ends_with([':', '-', '=', '*']) || words.starts_with("injection"))
            && words.split_whitespace().count() <= LABEL_WORDS
    };
    let label = || note.lines_above(note.line_of(within)).find(labels);
    past && (names_procedures(note, sentence.heading)
        || label().is_some_and(|line| names_procedures(note, line)))
}

impl Row<'_, '_> {
    /// Reads a row at its first place; the last token of its places.
    fn read_log(&self, at: usize, listed: bool, found: &mut Vec<Phrase>) -> usize {
        let from = self.left(at);
        let mut last = at;
        while last + 1 < self.tokens.len()
            && (self.goes_before(last + 1)
                || self.tokens[last + 1].span.end <= self.tokens[at].span.end)
        {
            last += 1;
        }
        let own = Span::new(self.tokens[from].span.start, self.tokens[last].span.end);
        let line = self.note.line_of(own);
        let line = Span::new(line.start.min(own.start), line.end.max(own.end));
        let rest = Span::new(own.end, line.end);
        let lead = Span::new(line.start, own.start);
        let first = self.note.dates_in(lead).next();
        let opens = match first {
            Some(date) => self.note.get(Span::new(date.span.end, lead.end)),
            None => self.note.get(lead),
        };
        let dated = first.is_some()
            || self.note.dates_in(rest).next().is_some_and(|d| d.span.start <= rest.start + DATED);
        let logged = dated && HELPED.is_match(self.note.get(rest));
        let told = || listed && outcome_in(self.note, rest).is_some();
        // "2    not known    piriformis    did not help"
        let undated = first.is_none() && UNDATED.of(self.note.lexicon).is_match(opens);
        if opens.contains(char::is_alphanumeric) && !undated || !(logged || told()) {
            return last;
        }
        let in_row = |token: &&Token| token.span.end <= line.end;
        let row_end = last + self.tokens[last + 1..].iter().take_while(in_row).count();
        let steroid = (from..=last).any(|i| self.word_id(i) == Some("steroid"));
        for place in self.places(from, last + 1) {
            let site = self.note.concept(&place.mention);
            let span = Span::new(self.tokens[place.from].span.start, own.end);
            found.push(Phrase {
                span,
                head: place.mention.span,
                procedure: site.field("procedure").unwrap_or(&site.id).parse().ok(),
                target: self.target(&place.mention),
                levels: self.note.levels_in(span),
                side: self.note.side_in(span),
                count: None,
                intent: self.intent(from, row_end),
                steroid,
                class: "needle",
                rule: format!("{NAME}/log+{}", self.note.rule(&place.mention)),
                group: at,
                answered: None,
            });
        }
        last
    }
}
