//! Which kind of document stands where in a text: a packet may hold several.

use std::sync::LazyLock;

use regex::Regex;

use crate::pattern::fixed_regex;

use super::Note;
use super::account::is_account;
use super::sheet::is_request_sheet;
use crate::lexicon::{Lexicon, WordPattern};
use crate::span::Span;
use crate::text::Text;

/// Titles of documents, in a group of the lexicon.
const TITLES: &str = "title";

/// The kind of a document that tells how a procedure was done.
pub(super) const PROCEDURE_NOTE: &str = "procedure-note";

/// The kind of a document that asks for a service.
pub(super) const REQUEST_FORM: &str = "request-form";

/// Longest title line, in words.
const LONGEST: usize = 10;

/// How many lines at a page's head may hold the title of a new document.
const HEAD_LINES: usize = 9;

/// How many lines at a page's head and foot may hold its number.
const NUMBER_LINES: usize = 3;

static PAGE_NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(r"(?i)\b(?:page|pg)\b\.? ?#? ?(\d{1,3})\b|^ ?(\d{1,3}) of \d{1,3} ?$")
});

static PATIENT: WordPattern = WordPattern::new(r"\b{title/person}\b");

static BIRTH: WordPattern = WordPattern::new(r"\b{title/birth}\b");

/// The documents that a file holds: first and last page, and span.
///
/// A page opens a new one where its head has the title of a document, or names a patient
/// with a date of birth and a day of its own, and has no page number but 1.
pub(super) fn split(text: &Text, lexicon: &Lexicon) -> Vec<((u32, u32), Span)> {
    let end = text.as_str().len();
    let pages: Vec<(u32, usize)> = text.page_starts().collect();
    let mut parts: Vec<((u32, u32), Span)> = Vec::new();
    for (at, &(number, start)) in pages.iter().enumerate() {
        let page = Span::new(start, pages.get(at + 1).map_or(end, |next| next.1));
        match parts.last_mut() {
            Some(part) if !opens_document(text, page, lexicon) => {
                part.0.1 = number;
                part.1.end = page.end;
            }
            _ => parts.push(((number, number), page)),
        }
    }
    if parts.is_empty() {
        parts.push(((1, 1), Span::new(0, end)));
    }
    parts
}

fn opens_document(text: &Text, page: Span, lexicon: &Lexicon) -> bool {
    let words = &text.as_str()[page.range()];
    let lines: Vec<&str> = words.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let head = lines.iter().take(NUMBER_LINES);
    let foot = lines.iter().rev().take(NUMBER_LINES);
    let numbers: Vec<u32> = head
        .chain(foot)
        .filter_map(|line| PAGE_NUMBER.captures(line))
        .filter_map(|found| found.get(1).or(found.get(2))?.as_str().parse().ok())
        .collect();
    if numbers.iter().any(|&number| number > 1) {
        return false;
    }
    let Some(last) = lines.iter().take(HEAD_LINES).next_back() else { return false };
    // The lines are slices of `words`, so their places can be told from their addresses.
    let head_end = last.as_ptr() as usize - words.as_ptr() as usize + last.len();
    let note = Note::of(text, Span::new(page.start, page.start + head_end), lexicon);
    let named = PATIENT.of(lexicon).is_match(note.str()) && BIRTH.of(lexicon).is_match(note.str());
    !written_titles(&note).is_empty() || (named && note.date.is_some())
}

/// The kind of document that a span stands in, by the nearest title above it:
/// an id of `lexicons/concepts/title.toml`.
pub(super) fn part_at<'a>(titles: &[(usize, &'a str)], span: Span) -> Option<&'a str> {
    let index = titles.partition_point(|(start, _)| *start <= span.start);
    index.checked_sub(1).map(|i| titles[i].1)
}

/// The titles of a text: where they stand and what they open. The account of a procedure and the sheet
/// of a request are known without one.
pub(super) fn titles<'a>(note: &Note<'a>) -> Vec<(usize, &'a str)> {
    let mut titles = written_titles(note);
    if titles.is_empty() {
        // Several readers ask.
        let kind = note.untitled.get_or_init(|| match () {
            () if is_account(note) => Some(PROCEDURE_NOTE),
            () if is_request_sheet(note) => Some(REQUEST_FORM),
            () => None,
        });
        titles.extend(kind.map(|kind| (0, kind)));
    }
    titles
}

fn written_titles<'a>(note: &Note<'a>) -> Vec<(usize, &'a str)> {
    let record = note.text.as_str();
    note.mentions(TITLES)
        .filter(|mention| {
            let line = note.line_of(mention.span);
            // What stands apart behind a title in capitals, as a form's number does, is no part of it.
            let cells = note.cells(line);
            let capitals = |cell: &&Span| !note.as_written(**cell).contains(char::is_lowercase);
            let own = cells.first().filter(|cell| cell.contains(mention.span)).filter(capitals);
            let words = note.get(*own.unwrap_or(&line));
            let capital = note.folded.original(Span::new(mention.span.start, mention.span.start));
            let begins = record[capital.start..].chars().next().is_some_and(char::is_uppercase);
            begins && words.split_whitespace().count() <= LONGEST && !words.ends_with('.')
        })
        .map(|mention| (note.line_of(mention.span).start, note.concept(mention).id.as_str()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_titled_page_opens_a_document_and_a_numbered_one_goes_on() {
        let lexicon = Lexicon::embedded().unwrap();
        let note = "OFFICE VISIT\nPain.\u{c}Page 2\nPROCEDURE NOTE was sent.\u{c}PROCEDURE NOTE\nBlock.\u{c}It went well.";
        let pages: Vec<(u32, u32)> =
            split(&Text::from_plain(note), &lexicon).into_iter().map(|(pages, _)| pages).collect();
        assert_eq!(pages, [(1, 2), (3, 4)]);
    }
}
