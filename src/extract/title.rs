//! What a document's own title names: what the document is of, which states nothing by itself.
//!
//! "STELLATE GANGLION BLOCK" above a procedure note names the block that the note tells of, and
//! "HEADACHE CLINIC" above a visit is no diagnosis.

use super::injection::OF_ACCOUNT;
use super::{Draft, Note};
use crate::fact::{Kind, Procedure};
use crate::lexicon::WordPattern;
use crate::span::Span;

/// How many lines a title may stand from the one that says whose record it is.
const NEAR: usize = 4;

/// How many lines at a document's head, before any prose, may hold its title.
const HEAD: usize = 8;

/// A sentence of more words is prose, which ends a document's head.
const LONGEST_LINE: usize = 6;

/// Longest title, in words.
const LONGEST: usize = 10;

/// Words that say whose record it is.
static IDENTITY: WordPattern =
    WordPattern::new(r"\b(?:{title/birth}|{title/record}|patient(?: name| id)? ?:|name\b)");

/// Drops what only titles name, where the document does not go on to say it.
pub(super) fn read(note: &Note<'_>, drafts: &mut Vec<Draft>) {
    let named: Vec<bool> = drafts.iter().map(|draft| is_titled(note, draft)).collect();
    if !named.contains(&true) {
        return;
    }
    // What an account tells below a title names nothing again.
    let told = drafts
        .iter()
        .zip(&named)
        .filter(|(draft, named)| !**named && !draft.rule.ends_with(OF_ACCOUNT));
    let told: Vec<Kind> = told.map(|(draft, _)| draft.kind.clone()).collect();
    let mut named = named.into_iter();
    drafts.retain(|draft| {
        !named.next().unwrap_or(false) || match &draft.kind {
            Kind::Injection(named) => !told.iter().any(
                |kind| matches!(kind, Kind::Injection(i) if is_same(named.procedure, i.procedure)),
            ),
            Kind::RequestedProcedure(_) => {
                !told.iter().any(|kind| matches!(kind, Kind::RequestedProcedure(_)))
            }
            _ => false,
        }
    });
}

/// Whether one procedure may be another by a less exact name.
fn is_same(named: Procedure, told: Procedure) -> bool {
    named == told || (named.is_epidural() && told.is_epidural())
}

/// Whether a draft is of a kind that titles name, and stands in one: in capitals, near the line
/// that says whose record it is.
fn is_titled(note: &Note<'_>, draft: &Draft) -> bool {
    let names = matches!(
        draft.kind,
        Kind::Injection(_) | Kind::RequestedProcedure(_) | Kind::Diagnosis(_) | Kind::Therapy(_)
    );
    if !names || !is_capital(note.as_written(draft.span)) {
        return false;
    }
    let cells = note.cells(note.line_of(draft.span));
    // "MASSAGE      N" is a row of a form.
    let answered = cells.iter().any(|cell| {
        !cell.contains(draft.span)
            && note.yes_or_no(note.get(*cell)).is_some_and(|(_, rest)| rest.is_empty())
    });
    if answered {
        return false;
    }
    let titled = cells.iter().any(|cell| {
        let words = note.as_written(*cell);
        cell.contains(draft.span)
            && is_capital(words)
            && !words.contains([':', '[', '?'])
            && words.split_whitespace().count() <= LONGEST
    });
    titled && in_head(note, draft.span)
}

fn is_capital(words: &str) -> bool {
    let mut letters = words.chars().filter(|c| c.is_alphabetic()).peekable();
    letters.peek().is_some() && letters.all(char::is_uppercase)
}

/// Whether a place is at the head of a document: before any prose, or with none between it and a
/// line that says whose record it is.
fn in_head(note: &Note<'_>, span: Span) -> bool {
    let Some(at) = note.sentence_index(span).filter(|&at| !note.sentences[at].item) else {
        return false;
    };
    let line = |index: &usize| {
        let words = note.get(note.sentences[*index].span);
        let identity = IDENTITY.of(note.lexicon).is_match(words);
        (identity || !words.ends_with('.') || words.split(' ').count() <= LONGEST_LINE)
            .then_some(identity)
    };
    let before = (at.saturating_sub(NEAR)..at).rev().map_while(|index| line(&index));
    let behind = (at + 1..note.sentences.len()).take(NEAR).map_while(|index| line(&index));
    let first = at < HEAD && (0..at).all(|index| line(&index).is_some());
    first || before.chain(behind).any(|identity| identity)
}

#[cfg(test)]
mod tests {
    use crate::extract::extract;
    use crate::lexicon::Lexicon;
    use crate::text::Text;

    #[track_caller]
    fn check(note: &str, expect: &[(&str, &str)]) {
        let lexicon = Lexicon::embedded().unwrap();
        let facts = extract(&Text::from_plain(note), &lexicon);
        let kinds = ["injection", "diagnosis", "therapy", "requested_procedure"];
        let got: Vec<(&str, &str)> = facts
            .iter()
            .map(|fact| (fact.kind.name(), fact.place.quote.as_str()))
            .filter(|(kind, _)| kinds.contains(kind))
            .collect();
        assert_eq!(got, expect);
    }

    #[test]
    fn a_title_repeats_what_the_document_tells() {
        check(
            "TEST CLINIC\nCAUDAL EPIDURAL\nName: A\n\nPROCEDURE: Caudal epidural steroid injection was performed.\n",
            &[("injection", "Caudal epidural steroid injection")],
        );
    }

    #[test]
    fn a_title_alone_may_name_a_procedure_and_no_diagnosis_or_therapy() {
        check(
            "TEST CLINIC\nLEFT KNEE INJECTION\nName: A\n\nThe patient did well and went home.\n",
            &[("injection", "LEFT KNEE INJECTION")],
        );
        check("LOW BACK PAIN\nName: A\n\nThe patient did well and went home.\n", &[]);
        check("ACUPUNCTURE\nName: A\n\nThe patient did well and went home.\n", &[]);
    }

    #[test]
    fn a_heading_further_down_is_no_title() {
        check(
            "Name: A\nThe patient came back for a visit today.\nLOW BACK PAIN\nIt is worse.\n",
            &[("diagnosis", "LOW BACK PAIN")],
        );
    }
}
