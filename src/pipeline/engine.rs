//! The real work on a document and on a case, from the modules that each do one step.

use super::knowledge::Knowledge;
use super::{Decision, Extraction, Source, Work, guard, internal_error, open, repeats, undecided};
use crate::chart::{Chart, ChartDocument, Given as ChartGiven};
use crate::document::{Document, Legibility, Page, PageKind, TextSource};
use crate::error::Problem;
use crate::extract::extract_parts;
use crate::fact::Fact;
use crate::necessity::{choose, evaluate, narrative_with};
use crate::read::{ReadOptions, Sheet, read};
use crate::report::Given;
use crate::text::Text;

/// Reads documents with a lexicon and decides cases by policies.
pub struct Engine {
    /// Lexicon and policies.
    pub knowledge: Knowledge,
    /// How to read.
    pub options: ReadOptions,
    /// The day to judge as of where a case has none of its own.
    pub as_of: Option<jiff::civil::Date>,
}

impl Work for Engine {
    fn read(&self, bytes: &[u8], name: &str) -> Extraction {
        let reading = read(bytes, Some(name), &self.options);
        let document = &reading.document;
        let text = Text::from_document(document);
        let mut parts: Vec<(ChartDocument, Vec<Fact>)> =
            extract_parts(&text, &self.knowledge.lexicon)
                .into_iter()
                .map(|part| (count_pages(document, part.pages), part.facts))
                .collect();
        if let Some((first, _)) = parts.first_mut() {
            first.pages_missing = reading.pages_missing;
        }
        for page in &document.pages {
            if let PageKind::Duplicate { of } = page.kind {
                repeats::mark_copies(&mut parts, page.number, of);
            }
        }
        let own = |page: &&Page| !matches!(page.kind, PageKind::Duplicate { .. });
        Extraction {
            content_hash: Some(document.content_hash.clone()),
            name: name.to_owned(),
            parts,
            sheets: document.pages.iter().filter(own).filter_map(Sheet::of).collect(),
            problems: reading.problems,
        }
    }

    fn decide(&self, given: &Given, documents: Vec<(ChartDocument, Vec<Fact>)>) -> Decision {
        let given = ChartGiven {
            as_of: given.as_of.or(self.as_of),
            cpt: given.cpt.clone(),
            side: given.side,
            intent: given.intent,
        };
        let chart = Chart::gather(documents, given);
        let Some(policy) = choose(&self.knowledge.policies, &chart) else {
            return undecided(chart.documents);
        };
        let verdict = evaluate(policy, &chart);
        let narrative = narrative_with(&self.knowledge.evidence, policy, &chart, &verdict);
        Decision { chart, verdict, narrative }
    }
}

/// Reads one document's pages alone, whatever happens; `None` where there are none.
pub fn read_pages(source: &Source, options: &ReadOptions) -> (Option<Document>, Vec<Problem>) {
    let bytes = match open(source) {
        Ok(bytes) => bytes,
        Err(problem) => return (None, vec![problem]),
    };
    match guard::guarded(|| read(&bytes, Some(&source.name), options)) {
        Ok(reading) => (Some(reading.document), reading.problems),
        Err(place) => (None, vec![internal_error(&place)]),
    }
}

/// Does something with one document's bytes, whatever happens.
pub fn with_bytes<T>(source: &Source, work: impl FnOnce(&[u8]) -> T) -> Result<T, Problem> {
    let bytes = open(source)?;
    guard::guarded(|| work(&bytes)).map_err(|place| internal_error(&place))
}

/// What the chart keeps of a document: some pages of a file, from the first to the last.
fn count_pages(document: &Document, (first, last): (u32, u32)) -> ChartDocument {
    let count = |wanted: fn(&crate::document::Page) -> bool| {
        let pages = document.pages.iter().filter(|page| (first..=last).contains(&page.number));
        pages.filter(|page| wanted(page)).count() as u32
    };
    ChartDocument {
        pages: count(|_| true),
        pages_ocr: count(|page| page.source == TextSource::Ocr),
        pages_unreadable: count(|page| page.legibility == Legibility::Unreadable),
        pages_picture: count(|page| page.kind == PageKind::Picture),
        pages_duplicate: count(|page| matches!(page.kind, PageKind::Duplicate { .. })),
        ..ChartDocument::default()
    }
}
