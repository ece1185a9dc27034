//! Sheets that come again: what a copy says counts once.
//!
//! A copy's statements are kept, each with its place, and marked as copied forward
//! where the first sheet has them too. So they give way to the first, and what only
//! the copy could be read to say is not lost.

use super::Extraction;
use crate::chart::ChartDocument;
use crate::error::{Problem, Stage};
use crate::fact::{Fact, Kind, Origin};

/// Quotes as like as this are two readings of the same words.
const LIKE: f64 = 0.7;

/// Marks what page `copy` says again after page `of` of the same file.
pub(super) fn mark_copies(parts: &mut [(ChartDocument, Vec<Fact>)], copy: u32, of: u32) {
    let first = said(parts, of);
    mark_said(parts, copy, &first);
}

/// Finds the sheets that come again in another document of a case, notes each and
/// marks what it says.
pub(super) fn over_documents(extractions: &mut [Extraction]) {
    for later in 1..extractions.len() {
        let (before, rest) = extractions.split_at_mut(later);
        let own = &mut rest[0];
        for sheet in std::mem::take(&mut own.sheets) {
            let first = before.iter().find_map(|earlier| {
                Some((earlier, earlier.sheets.iter().find(|other| other.is_same(&sheet))?))
            });
            let Some((earlier, first)) = first else {
                own.sheets.push(sheet);
                continue;
            };
            mark_said(&mut own.parts, sheet.page, &said(&earlier.parts, first.page));
            if let Some((document, _)) = own.parts.first_mut() {
                document.pages_duplicate += 1;
            }
            own.problems.push(Problem {
                page: Some(sheet.page),
                stage: Stage::Read,
                problem: format!(
                    "the page is the same sheet as page {} of {}; it counts once",
                    first.page, earlier.name
                ),
                retriable: false,
                fatal: false,
            });
        }
        own.problems.sort();
    }
}

/// What a page says: the facts' kinds and quotes.
fn said(parts: &[(ChartDocument, Vec<Fact>)], page: u32) -> Vec<(Kind, String)> {
    let facts = parts.iter().flat_map(|(_, facts)| facts);
    let own = facts.filter(|fact| fact.place.page == page);
    own.map(|fact| (fact.kind.clone(), plain(fact))).collect()
}

fn mark_said(parts: &mut [(ChartDocument, Vec<Fact>)], page: u32, first: &[(Kind, String)]) {
    let facts = parts.iter_mut().flat_map(|(_, facts)| facts);
    for fact in facts.filter(|fact| fact.place.page == page) {
        let quote = plain(fact);
        let again = first.iter().any(|(kind, words)| {
            kind.name() == fact.kind.name()
                && (*kind == fact.kind || strsim::normalized_levenshtein(words, &quote) >= LIKE)
        });
        // A goal stays one, and weighs nothing either way.
        if again && fact.assertion.origin != Origin::GoalOrEducation {
            fact.assertion.origin = Origin::CopiedForward;
        }
    }
}

fn plain(fact: &Fact) -> String {
    let words: Vec<&str> = fact.place.quote.split_whitespace().collect();
    words.join(" ").to_lowercase()
}
