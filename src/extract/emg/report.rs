//! Whether a document is the report of a study, by its title or by its headings.

use super::Note;
use crate::lexicon::WordPattern;
use crate::span::Span;

/// Words of a document's first lines count up to here (bytes).
const TITLE_REACH: usize = 500;

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
    let mut headings = note.sentences.iter().map(|s| note.heading(s));
    titled
        || has_rows(note, Span::new(0, end))
        || has_title(note, Span::new(0, end))
        || headings.clone().any(both)
        || (headings.clone().any(conduction) && headings.any(|h| needle(h) && !conduction(h)))
}

/// Whether one of a document's first lines begins with the name of a study alone.
fn has_title(note: &Note<'_>, head: Span) -> bool {
    let (title, names) = (TITLE.of(note.lexicon), NAMES_STUDY.of(note.lexicon));
    let mut at = head.start;
    for _ in 0..TITLE_LINES {
        let line = note.line_of(Span::new(at, at));
        let first = note.cells(line).first().map_or("", |cell| note.get(*cell));
        if title.is_match(first) && names.is_match(first) {
            return true;
        }
        at = note.str().len().min(line.end.max(at) + 1);
    }
    false
}

/// A first line that ends with the name of a study, as a letterhead does: "Hill Neurology Electrodiagnostics".
static LETTERHEAD: WordPattern = WordPattern::new(r"\b{emg/title}(?: {emg/title-word})*$");

/// How the rows of nerve conduction begin, and those of the needle examination.
static CONDUCTION_ROW: WordPattern = WordPattern::new(r"^{emg/conduction-row}\b");

static NEEDLE_ROW: WordPattern = WordPattern::new(r"^{emg/needle-row}\b");

/// Whether a letterhead names the study and tables of both its parts follow.
fn has_rows(note: &Note<'_>, head: Span) -> bool {
    let (letterhead, mut at, mut named) = (LETTERHEAD.of(note.lexicon), head.start, false);
    for _ in 0..TITLE_LINES {
        let line = note.line_of(Span::new(at, at));
        let first = note.cells(line).first().map_or("", |cell| note.get(*cell));
        named |= letterhead.is_match(first);
        at = note.str().len().min(line.end.max(at) + 1);
    }
    if !named {
        return false;
    }
    let (mut conduction, mut needle, mut at) = (false, false, head.start);
    while at < note.str().len() && !(conduction && needle) {
        let line = note.line_of(Span::new(at, at));
        let cells = note.cells(line);
        if let (Some(first), true) = (cells.first(), cells.len() > 2) {
            conduction |= CONDUCTION_ROW.of(note.lexicon).is_match(note.get(*first));
            needle |= NEEDLE_ROW.of(note.lexicon).is_match(note.get(*first));
        }
        at = line.end.max(at) + 1;
    }
    conduction && needle
}
