//! Rows of a log of injections that name the place alone: "R SIJ 11/12/24 - 0%".

use std::sync::LazyLock;

use regex::Regex;

use super::super::relief::{nothing_came, relief_in};
use super::{NAME, Phrase, Row, SITE, WORD, procedure_at};
use crate::extract::{Note, Token, find_side, outcome_in, tokens};
use crate::fact::{Section, Side};
use crate::lexicon::WordPattern;
use crate::pattern::fixed_regex;
use crate::segment::Sentence;
use crate::span::Span;
use crate::tag::Mention;

/// How far above a row its log may be introduced (bytes).
const ABOVE: usize = 400;

/// How far above a row of a table the title of its log may stand (bytes).
const TABLE_ABOVE: usize = 1500;

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

/// What an item of a list may begin with: its number, a season or month and a year, "then", "a".
static OPENING: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"^[ |(*#\x{2022}-]*(?:\d{1,2}[.):]?(?: ?\|| |$))?[ |-]*(?:(?:(?:early|late|mid|in|the) ?-?)*(?:spring|summer|fall|autumn|winter|jan[a-z]*|feb[a-z]*|mar[a-z]*|apr[a-z]*|may|june?|july?|aug[a-z]*|sept?[a-z]*|oct[a-z]*|nov[a-z]*|dec[a-z]*)\.? ?(?:of )?)?(?:(?:19|20)\d{2}|'\d{2})?[ :|,-]*(?:(?:and|then|also|an?|the|next|finally|later) )*$",
    )
});

/// Whether the year stands before a place: "2024   left hip bursa".
pub(in super::super) fn tells_year(lead: &str) -> bool {
    YEAR.is_match(lead)
}

static YEAR: LazyLock<Regex> = LazyLock::new(|| fixed_regex(r"\b(?:19|20)\d\d\b"));

/// How a row begins whose day is not known: its number and a word for that.
static UNDATED: WordPattern =
    WordPattern::new(r"^[ |(*-]*(?:# ?)?(?:\d{1,2}[.):]?)?[ |]*{injection-word/no-day}[ |]+$");

/// The places of the rows of a log of injections; none where no log is told of above.
pub(super) fn rows(note: &Note<'_>, within: Span) -> Vec<Phrase> {
    let placed = note.mentions_in(SITE, within).next().is_some();
    if !placed {
        return numbered(note, within).into_iter().collect();
    }
    beside(note, within, &[])
}

/// The items of a list of injections that name the place alone, beside procedures that a stretch names:
/// "Prior injections: SI joint - no good, L5 TFESI - no help, piriformis - nothing".
pub(super) fn beside(note: &Note<'_>, within: Span, named: &[Phrase]) -> Vec<Phrase> {
    if note.mentions_in(SITE, within).next().is_none() {
        return Vec::new();
    }
    let logged = note.dates_in(within).next().is_some() && HELPED.is_match(note.get(within));
    let listed = is_listed(note, within);
    if !(logged || listed) {
        return Vec::new();
    }
    let Some(above) = introduction(note, within, listed) else { return Vec::new() };
    let row = Row { note, tokens: tokens(note, within, &[NAME, SITE, WORD]) };
    let mut found: Vec<Phrase> = Vec::new();
    let mut at = 0;
    while at < row.tokens.len() {
        let taken = |p: &Phrase| p.span.overlaps(row.tokens[at].span);
        if row.is_site(at) && !named.iter().any(taken) {
            at = row.read_log(at, listed, within, &mut found);
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
    // "superior cluneal nerve, posterior iliac crest": the nerve, and where it runs.
    let runs = |m: &&Mention| note.concept(m).id == "other";
    let sites: Vec<_> = note.mentions_in(SITE, head).filter(|m| !runs(m)).collect();
    let [site] = sites[..] else { return None };
    if !is_of_injections(note, head) {
        return None;
    }
    let row = Row { note, tokens: tokens(note, rest, &[NAME, SITE, WORD]) };
    let last = row.tokens.len().checked_sub(1)?;
    let span = Span::new(opens.start.max(within.start), rest.start + told);
    Some(Phrase {
        span,
        head: date.span,
        procedure: procedure_at(note.concept(site), false),
        target: row.target(site),
        levels: note.levels_in(head),
        side: note.side_in(head),
        count: None,
        intent: row.intent(0, last),
        steroid: false,
        class: "needle",
        rule: format!("{NAME}/log+{}", note.rule(site)),
        group: 0,
        answered: None,
        part: Vec::new(),
    })
}

/// Whether what a line above rows is of are injections: by itself, where it ends with a colon or is a
/// log's title, or by a title not far above it, where it says what all were: "(all left genicular,
/// fluoroscopy)".
fn is_of_injections(note: &Note<'_>, head: Span) -> bool {
    let words = note.get(head).trim();
    let titled =
        LOG_OF.of(note.lexicon).is_match(words) && words.split_whitespace().count() <= LABEL_WORDS;
    let above = std::iter::successors(Some(head), |line| written_above(note, line.start));
    (words.ends_with(':') || titled) && names_procedures(note, head)
        || OF_EACH.is_match(words)
            && above.take(TITLE_LINES).any(|line| names_procedures(note, line))
}

/// How many lines from the one that says what all rows were up to the title of their log.
const TITLE_LINES: usize = 4;

/// The last line above a place that is not blank.
fn written_above(note: &Note<'_>, at: usize) -> Option<Span> {
    let before = note.str()[..at].trim_end();
    let last = before.chars().next_back()?;
    Some(note.line_of(Span::new(before.len() - last.len_utf8(), before.len())))
}

/// That a line says where all rows went: "(all left genicular)", "site for all: right saphenous nerve".
static OF_EACH: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"^\((?:all|each|every) |\b(?:sites?|nerves?|targets?|locations?|place|side) ?(?:\(?(?:for|of|in|:)? ?(?:all|each|every)\b)|\ball (?:entries|rows|blocks|injections|procedures|of them)?(?: (?:at|to|of|on|into)|:)",
    )
});

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
        // A line drawn between heads and rows says nothing.
        let drawn = !note.get(above).contains(char::is_alphanumeric);
        if opening(note, above).is_none() && !columns(&above) && !drawn {
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
    let told = HELPED.find_iter(words).map(|found| found.start()).filter(apart).last();
    told.or_else(|| nothing_came(note, rest, true).map(|nothing| nothing.start - rest.start))
}

/// The words above that tell that what follows are injections; what is listed needs no more of them.
fn introduction(note: &Note<'_>, within: Span, listed: bool) -> Option<Span> {
    let top = note.lines_above(note.line_of(within)).last().map_or(within.start, |top| top.start);
    let from = note.str().ceil_char_boundary(within.start.saturating_sub(ABOVE));
    let above = Span::new(from.min(top).min(within.start), within.start);
    let heading = note.sentence_at(within)?.heading;
    let told = listed
        || names_procedures(note, above)
        || names_procedures(note, heading)
        || is_labelled(note, within);
    told.then_some(above)
}

/// What stands on a stretch's line up to the colon or dash that leads to its first place.
fn label_before(note: &Note<'_>, within: Span) -> Span {
    let start = note.lead_of_line(within).start;
    let first = note.mentions_in(SITE, within).next().map_or(within.start, |m| m.span.start);
    let words = note.get(Span::new(start, first.max(start)));
    let end = words.rfind([':', '-']).map_or(0, |at| at + 1);
    // Most lines have no row of dots, and some are whole paragraphs.
    let dots = words.as_bytes()[end..].windows(2).rposition(|pair| pair == b"..");
    let end = dots.map_or(end, |at| end + at + 2);
    Span::new(start, start + end)
}

/// Whether a line or its beginning labels what follows it.
fn is_label(note: &Note<'_>, line: Span) -> bool {
    let words = note.get(line).trim_end();
    let closed = words.ends_with([':', '-', '=', '*'])
        || words.ends_with("..")
        || words.starts_with("injection");
    closed && words.split_whitespace().take(LABEL_WORDS + 1).count() <= LABEL_WORDS
}

/// Whether it labels a list of injections.
fn labels(note: &Note<'_>, line: Span) -> bool {
    is_label(note, line) && names_procedures(note, line)
}

/// Whether a stretch is of a list of treatments in which a procedure is named: the label of its own line
/// tells of the past and its words name one, or an item next to it does with what came of it.
fn in_company(note: &Note<'_>, within: Span, label: &str) -> bool {
    if TRIED_BEFORE.of(note.lexicon).is_match(label)
        && note.mentions_in(NAME, within).next().is_some()
    {
        return true;
    }
    let Some(at) = note.sentence_index(within) else { return false };
    let own = &note.sentences[at];
    let near = at.saturating_sub(COMPANY)..(at + 1 + COMPANY).min(note.sentences.len());
    // "SI joint injection 2/3, no help. Piriformis 4/5, 10% for a day.": sentences as short as items.
    let opens =
        note.mentions_in(SITE, within).next().is_some_and(|m| m.span.start <= within.start + OPENS);
    let terse = |s: &Sentence| note.get(s.span).split(' ').count() <= TERSE;
    let dated = note.dates_in(within).next().is_some();
    let prose = !own.item && opens && dated && terse(own);
    let alike = |s: &&Sentence| {
        s.heading == own.heading
            && s.span != own.span
            && (s.item || (prose && s.paragraph == own.paragraph && terse(s)))
    };
    let told = |s: &Sentence| {
        let name = note.mentions_in(NAME, s.span).next().filter(|m| {
            let lead = note.get(Span::new(s.span.start.min(m.span.start), m.span.start));
            note.concept(m).field("class").is_some_and(|c| c != "verb") && lead.len() <= LEAD
        });
        name.is_some_and(|m| {
            let behind = Span::new(m.span.end, s.span.end.max(m.span.end));
            outcome_in(note, behind).is_some() || HELPED.is_match(note.get(behind))
        })
    };
    (own.item || prose) && note.sentences[near].iter().filter(alike).any(told)
}

/// How many items before and behind one may show what its list is of.
const COMPANY: usize = 4;

/// How far into a sentence of prose the place may stand that it is of (bytes).
const OPENS: usize = 10;

/// Most words of a sentence that is an item of a list in prose.
const TERSE: usize = 14;

/// How far into an item its procedure may be named (bytes).
const LEAD: usize = 24;

static TRIED_BEFORE: WordPattern = WordPattern::new(
    r"^(?:[a-z/]+ ?: ?)?(?:[a-z]+ ){0,2}{injection-word/tried-before}(?: [a-z]+){0,2} ?[:-]$",
);

/// Whether a row of a table stands below the title of a log of injections.
fn is_tabled(note: &Note<'_>, within: Span) -> bool {
    let line = note.line_of(within);
    if !note.may_have_cells(line, 3) || note.cells(line).len() < 3 {
        return false;
    }
    let from = note.str().ceil_char_boundary(within.start.saturating_sub(TABLE_ABOVE));
    let mut at = line.start;
    while let Some(above) = written_above(note, at).filter(|above| above.start >= from) {
        let words = note.get(above);
        if names_procedures(note, above)
            && LOG_OF.of(note.lexicon).is_match(words)
            && words.split_whitespace().count() <= LABEL_WORDS
        {
            return true;
        }
        at = above.start;
    }
    false
}

/// That a row of a log tells of what was asked for or did not come about, or its heads do.
static NOT_DONE: WordPattern = WordPattern::new(r"\b{injection-word/log-not-done}\b");

/// That a line tells of what was called off or given up, or is a form's that nobody filled in.
static CALLED_OFF: WordPattern = WordPattern::new(r"\b{injection-word/called-off}\b");

pub(in super::super) fn is_called_off(note: &Note<'_>, line: Span) -> bool {
    CALLED_OFF.of(note.lexicon).is_match(note.get(line))
}

fn heads_of_requests(note: &Note<'_>, row: Span) -> bool {
    note.lines_above(row).any(|line| NOT_DONE.of(note.lexicon).is_match(note.get(line)))
}

static LOG_OF: WordPattern = WordPattern::new(r"\b{injection-word/log-of}\b");

fn names_procedures(note: &Note<'_>, head: Span) -> bool {
    note.mentions_in(NAME, head).next().is_some()
        || LIST_OF.of(note.lexicon).is_match(note.get(head))
}

/// What heads a list of injections without their name: "Needles so far", "Interventions".
static LIST_OF: WordPattern = WordPattern::new(r"\b{injection-word/list-of}\b");

/// Whether rows of injections are headed as such, and need no day: "Procedures so far:", "Injections".
fn is_listed(note: &Note<'_>, within: Span) -> bool {
    let Some(sentence) = note.sentence_at(within) else { return false };
    let past = !matches!(
        sentence.section,
        Section::Plan | Section::Request | Section::Procedure | Section::Exam | Section::Imaging
    );
    let label = || note.lines_above(note.line_of(within)).find(|line| is_label(note, *line));
    past && (names_procedures(note, sentence.heading)
        || label().is_some_and(|line| names_procedures(note, line))
        || is_labelled(note, within)
        || is_led_in_prose(note, within)
        || is_tabled(note, within))
}

/// What may stand right behind a place that an injection went to: its side or day, or what came of it.
static BEHIND_PLACE: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"^(?: ?[,(:;-]| \d| (?:on|in|last|early|late|left|right|gave|helped|did|brought|with|without|no)\b)",
    )
});

/// Whether a sentence begins with a place and goes on with a list in prose that a short sentence leads:
/// "Injections, all elsewhere. SI joint 2/11/2025, 10% for one day. Piriformis, in summer, no help."
fn is_led_in_prose(note: &Note<'_>, within: Span) -> bool {
    let Some(at) = note.sentence_index(within) else { return false };
    let own = &note.sentences[at];
    let opens = |s: &Sentence| {
        let first = |group| note.mentions_in(group, s.span).next().map(|m: &Mention| m.span.start);
        [first(SITE), first(NAME)].into_iter().flatten().any(|m| m <= s.span.start + OPENS)
    };
    let leads = |s: &Sentence| {
        let general = note.mentions_in(NAME, s.span).any(|m| {
            note.concept(m).field("class") == Some("needle")
                && note.get(m.span).ends_with('s')
                && m.span.start <= s.span.start + OPENS
                && note.assert(m.span).assertion.is_told_as_fact()
        });
        general
            && note.mentions_in(SITE, s.span).next().is_none()
            && note.get(s.span).split(' ').count() <= TERSE
    };
    // "Sacroiliac joint pain", "piriformis massage" are something else of the place.
    let site = note.mentions_in(SITE, own.span).next().map_or(own.span.start, |m| m.span.end);
    let behind = note.get(Span::new(site.min(own.span.end), own.span.end));
    opens(own)
        && BEHIND_PLACE.is_match(behind)
        && note.sentences[..at]
            .iter()
            .rev()
            .take_while(|s| s.paragraph == own.paragraph && s.heading == own.heading)
            .take(COMPANY)
            .find(|s| leads(s) || !opens(s))
            .is_some_and(leads)
}

/// Whether the beginning of a stretch's line labels it, or its company.
fn is_labelled(note: &Note<'_>, within: Span) -> bool {
    let label = label_before(note, within);
    labels(note, label) || in_company(note, within, note.get(label))
}

/// Whether the words that lead a list say that all of it failed: "Unsuccessful injections:".
pub(in super::super) fn leads_failures(note: &Note<'_>, within: Span) -> bool {
    let words = note.get(note.lead_of_line(within));
    let label = words.rfind(':').map(|at| &words[..=at]).unwrap_or_default();
    let failed = |label: &str| {
        label.split_whitespace().count() <= LABEL_WORDS
            && FAILED_LIST.of(note.lexicon).is_match(label)
    };
    failed(label)
        || note
            .lines_above(note.line_of(within))
            .find(|above| note.get(*above).trim_end().ends_with(':'))
            .is_some_and(|above| failed(note.get(above)))
}

static FAILED_LIST: WordPattern =
    WordPattern::new(r"\b{injection-word/failed-list}\b(?: [a-z]+){0,4} ?:");

/// Whether what is said at the end of a stretch holds for all that it lists: "no response to any".
fn is_told_of_all(note: &Note<'_>, within: Span) -> bool {
    note.mentions_in("relief", within).any(|m| {
        note.concept(m).id == "none"
            && note.get(m.span).split(' ').any(|w| matches!(w, "any" | "all" | "none" | "neither"))
    })
}

/// The side in a cell of its own, between a row's day and its place.
static SIDE_CELL: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(r"^[ |]*(right|left|rt|lt|r|l|bilateral|bilat|both|b/l)\.?[ |]+$")
});

/// How much it helped, right behind a place: "SIJ 0%", "SIJ (3/24): about 10 percent".
static HELPED_AT_ONCE: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"^[ ,:;(=>)\d/.-]*(?:(?:about|only|some|approx|maybe|perhaps) |~)?\d{1,3} ?(?:%|percent\b)",
    )
});

impl Row<'_, '_> {
    /// The item of a list that a place stands in: its line, or the part of it between the items before
    /// and behind it.
    fn item(&self, own: Span, last: usize, listed: bool) -> Span {
        let line = self.note.line_of(own);
        let line = Span::new(line.start.min(own.start), line.end.max(own.end));
        if !listed {
            return line;
        }
        let lead = self.note.get(Span::new(line.start, own.start));
        let apart = |(at, c): (usize, char)| {
            let next = lead[at + c.len_utf8()..].chars().next();
            (matches!(c, ':' | ';' | ',' | '.' | '-' | '/') && next.is_none_or(char::is_whitespace))
                .then_some(at + c.len_utf8())
        };
        let start = line.start + lead.char_indices().rev().find_map(apart).unwrap_or(0);
        // The item ends where the next place or procedure begins behind a comma or stop.
        let named = |i: &usize| matches!(self.group(*i), Some(SITE | NAME));
        let next = (last + 1..self.tokens.len())
            .filter(named)
            .map(|i| self.tokens[self.left(i)].span.start)
            .find(|&at| {
                let gap = self.note.get(Span::new(own.end.min(at), at)).trim_end();
                at >= own.end && (gap.ends_with([',', ';', '.', ')', ':']) || gap.ends_with(" /"))
            });
        Span::new(start, next.map_or(line.end, |at| at.min(line.end)).max(own.end))
    }

    /// What opens an item, without its number and the season or year that it knows of its day.
    fn without_opening<'a>(&self, opens: &'a str) -> &'a str {
        OPENING.find(opens).map_or(opens, |found| &opens[found.end()..])
    }

    /// Reads a row at its first place; the last token of its places.
    fn read_log(&self, at: usize, listed: bool, within: Span, found: &mut Vec<Phrase>) -> usize {
        let from = self.left(at);
        let mut last = at;
        while last + 1 < self.tokens.len()
            && (self.goes_before(last + 1)
                || self.tokens[last + 1].span.end <= self.tokens[at].span.end)
        {
            last += 1;
        }
        // "SI joint - ": the dash leads to what came of it.
        while last > at && self.word(last) == "-" {
            last -= 1;
        }
        let own = Span::new(self.tokens[from].span.start, self.tokens[last].span.end);
        let line = self.item(own, last, listed);
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
        let since = first.is_some() || tells_year(self.note.get(lead));
        let told = || {
            listed
                && (outcome_in(self.note, rest).is_some()
                    || nothing_came(self.note, rest, since).is_some()
                    || HELPED_AT_ONCE.is_match(self.note.get(rest))
                    || relief_in(self.note, rest, false).is_some()
                    || leads_failures(self.note, own)
                    || is_told_of_all(self.note, Span::new(own.end, within.end.max(own.end))))
        };
        let ticked = listed && self.note.box_of(own).is_some_and(|choice| choice.ticked);
        // A log's row says by its day and place alone that it was done.
        let entered = || {
            first.is_some()
                && is_tabled(self.note, within)
                && !NOT_DONE.of(self.note.lexicon).is_match(self.note.get(line))
                && !heads_of_requests(self.note, line)
        };
        // "2    not known    piriformis    did not help"
        let undated = first.is_none() && UNDATED.of(self.note.lexicon).is_match(opens);
        // "1/21/2025 |  R  | piriformis": a column of its own has the side.
        let column = SIDE_CELL
            .captures(opens)
            .and_then(|cell| find_side(cell.get(1)?.as_str()))
            .filter(|_| {
                let not_done = NOT_DONE.of(self.note.lexicon).is_match(self.note.get(line));
                !not_done && !is_called_off(self.note, line)
            });
        let opens = if column.is_some() { "" } else { opens };
        // "#3  autumn 2021 SI joint", "2) SI joint"
        let opens = self.without_opening(opens);
        let apart = opens.contains(char::is_alphanumeric) && !undated && !ticked;
        if apart || !(ticked || logged || told() || entered()) {
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
                procedure: procedure_at(site, false),
                target: self.target(&place.mention),
                levels: self.note.levels_in(span),
                side: self.note.side_in(span).or(column),
                count: None,
                intent: self.intent(from, row_end),
                steroid,
                class: "needle",
                rule: format!("{NAME}/log+{}", self.note.rule(&place.mention)),
                group: at,
                answered: None,
                part: Vec::new(),
            });
        }
        last
    }
}
