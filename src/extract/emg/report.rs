//! Whether a document, or a part of it, is the report of a study, by its title or by its headings.

use std::sync::LazyLock;

use regex::Regex;

use super::Note;
use crate::date::PartialDate;
use crate::lexicon::WordPattern;
use crate::pattern::fixed_regex;
use crate::span::Span;

/// Words of a document's first lines count up to here (bytes).
const TITLE_REACH: usize = 500;

/// Longest sentence that only says what its paragraph is of: "Needle examination." (bytes).
const LONGEST_LEAD: usize = 28;

/// How many lines may stand above a document's title, with the title.
const TITLE_LINES: usize = 6;

/// Headings over nerve conduction, and over needle examination.
static CONDUCTION: WordPattern = WordPattern::new(r"\b{emg/conduction-heading}\b");

static NEEDLE: WordPattern = WordPattern::new(r"\b{emg/needle-heading}\b");

/// A line that has nothing but the name of a study: "EMG / NCS - lower extremities".
static TITLE: WordPattern =
    WordPattern::new(r"^(?:(?:{emg/title}|{emg/title-word})\b[ /,&().-]*)+$");

static NAMES_STUDY: WordPattern = WordPattern::new(r"\b{emg/title}\b");

/// Whether the document is the report of such a study: by its title, or by headings of both
/// nerve conduction and needle examination, however they are called.
pub(super) fn is_report(note: &Note<'_>) -> bool {
    let end = note.str().floor_char_boundary(TITLE_REACH);
    let titled =
        note.mentions_in("document", Span::new(0, end)).any(|m| note.concept(m).id == "emg-report");
    let conduction = |heading: &str| CONDUCTION.of(note.lexicon).is_match(heading);
    let needle = |heading: &str| NEEDLE.of(note.lexicon).is_match(heading);
    let both = |heading: &str| heading.contains("nerve conduction") && heading.contains("needle");
    // Sentences below one heading are neighbours.
    let below = note.sentences.chunk_by(|a, b| a.heading == b.heading);
    let mut headings: Vec<&str> = below.map(|sentences| note.heading(&sentences[0])).collect();
    // "Conduction. Sural responses were ..." in a letter.
    let words = note.sentences.iter().map(|s| note.get(s.span));
    headings.extend(words.filter(|words| words.ends_with('.') && words.len() <= LONGEST_LEAD));
    titled
        || has_rows(note)
        || has_tables(note)
        || has_title(note)
        || headings.iter().any(|h| both(h))
        || (headings.iter().any(|h| conduction(h))
            && headings.iter().any(|h| needle(h) && !conduction(h)))
}

/// The first cells of a document's first lines.
fn first_cells<'n>(note: &'n Note<'_>) -> impl Iterator<Item = &'n str> {
    let written = note.written_lines().filter(|line| !line.is_empty());
    written.take(TITLE_LINES).filter_map(|line| Some(note.get(*note.cells(line).first()?)))
}

/// Whether one of a document's first lines begins with the name of a study alone.
fn has_title(note: &Note<'_>) -> bool {
    let (title, names) = (TITLE.of(note.lexicon), NAMES_STUDY.of(note.lexicon));
    first_cells(note).any(|first| title.is_match(first) && names.is_match(first))
}

/// A line that parts a sheet of several results, with its words: "---- B. EMG, LEFT LEG ----",
/// "2) NERVE CONDUCTION   4/12/2025".
static PART: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"^(?:[-=*#_~]{2,} ?(?:(?:[a-z]|\d{1,2})[.)] ?)?|(?P<number>\d{1,2}[.)]) )(?P<words>[a-z][^,;:\d]*)",
    )
});

/// The label over what a report concludes.
static CONCLUDES: WordPattern = WordPattern::new(r"\b{emg/conclusion} ?:");

/// A part of a sheet of several results that reports such a study.
pub(super) struct Part {
    /// From its title up to the next one.
    pub(super) span: Span,
    /// The day in its title.
    pub(super) date: Option<PartialDate>,
}

/// The parts of a sheet that report such a study.
pub(super) fn parts(note: &Note<'_>) -> Vec<Part> {
    let (title, names) = (TITLE.of(note.lexicon), NAMES_STUDY.of(note.lexicon));
    let titles = note.written_lines().filter_map(|line| {
        let part = PART.captures(note.get(line))?;
        let numbered = part.name("number").is_some();
        // "2. EMG of both legs" in a plan is an order.
        if numbered && note.as_written(line).contains(char::is_lowercase) {
            return None;
        }
        let words = part.name("words")?.as_str();
        let words = words.trim_end_matches(|c: char| !c.is_alphanumeric());
        Some((line, numbered, title.is_match(words) && names.is_match(words)))
    });
    let mut titles = titles.peekable();
    let mut parts = Vec::new();
    while let Some((line, numbered, of_study)) = titles.next() {
        let end = titles.peek().map_or(note.str().len(), |(next, ..)| next.start);
        let span = Span::new(line.start, end);
        if of_study && (!numbered || CONCLUDES.of(note.lexicon).is_match(note.get(span))) {
            parts.push(Part { span, date: note.dates_in(line).next().map(|d| d.date) });
        }
    }
    parts
}

/// What the columns of nerve conduction are called, and those of the needle examination.
static CONDUCTION_COLUMN: WordPattern = WordPattern::new(r"^{emg/conduction-column}\b");

static NEEDLE_COLUMN: WordPattern = WordPattern::new(r"^{emg/needle-column}\b");

/// Whether tables of both parts stand there by their heads, whatever the document is called.
fn has_tables(note: &Note<'_>) -> bool {
    has_both(note, |cells, column| {
        cells.iter().filter(|c| column.of(note.lexicon).is_match(note.get(**c))).count() > 1
    })
}

/// Whether rows of nerve conduction and of the needle examination stand there whose cells behind the
/// first one `shows` takes, with what their columns are called.
fn has_both(note: &Note<'_>, shows: impl Fn(&[Span], &WordPattern) -> bool) -> bool {
    let is_row = |cells: &[Span], row: &WordPattern, column: &WordPattern| {
        let Some((first, rest)) = cells.split_first().filter(|_| cells.len() > 2) else {
            return false;
        };
        row.of(note.lexicon).is_match(note.get(*first)) && shows(rest, column)
    };
    let (mut conduction, mut needle) = (false, false);
    note.written_lines().filter(|line| note.may_have_cells(*line, 3)).any(|line| {
        let cells = note.cells(line);
        conduction |= is_row(&cells, &CONDUCTION_ROW, &CONDUCTION_COLUMN);
        needle |= is_row(&cells, &NEEDLE_ROW, &NEEDLE_COLUMN);
        conduction && needle
    })
}

/// A first line that ends with the name of a study, as a letterhead does: "Hill Neurology Electrodiagnostics".
static LETTERHEAD: WordPattern = WordPattern::new(r"\b{emg/title}(?: {emg/title-word})*$");

/// How the rows of nerve conduction begin, and those of the needle examination.
static CONDUCTION_ROW: WordPattern = WordPattern::new(r"^{emg/conduction-row}\b");

static NEEDLE_ROW: WordPattern = WordPattern::new(r"^{emg/needle-row}\b");

/// Whether a letterhead names the study and tables of both its parts follow.
fn has_rows(note: &Note<'_>) -> bool {
    let letterhead = LETTERHEAD.of(note.lexicon);
    first_cells(note).any(|first| letterhead.is_match(first)) && has_both(note, |_, _| true)
}
