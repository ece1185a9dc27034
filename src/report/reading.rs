//! What was read of a document, for people and as JSON lines: pages and words.

use serde::Serialize;

use super::cell::rounded;
use crate::document::{Document, LineRole, Page, PageKind};

/// A word as a JSON line.
#[derive(Serialize)]
pub struct WordLine<'a> {
    document: &'a str,
    page: u32,
    text: &'a str,
    #[serde(rename = "box")]
    rect: [f64; 4],
    source: &'static str,
    confidence: Option<f64>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    alternatives: &'a [String],
    /// What the word's line is to the page, where it is no part of the record.
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
}

/// A page as a JSON line.
#[derive(Serialize)]
pub struct PageLine<'a> {
    document: &'a str,
    page: u32,
    kind: &'static str,
    /// The page that this one repeats.
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<u32>,
    legibility: &'static str,
    source: &'static str,
    turned: u16,
    width: f64,
    height: f64,
    uncovered: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    fax: Option<FaxLine<'a>>,
}

/// What a fax machine printed, as JSON.
#[derive(Serialize)]
struct FaxLine<'a> {
    sender: Option<&'a str>,
    date: Option<&'a str>,
    page: Option<u32>,
    of: Option<u32>,
}

/// The text of each page: its lines, blocks parted by an empty one. A text file comes as one.
pub fn page_texts(document: &Document) -> Vec<String> {
    match &document.plain_text {
        Some(text) => vec![text.clone()],
        None => document.pages.iter().map(page_text).collect(),
    }
}

fn page_text(page: &Page) -> String {
    let mut out = String::new();
    // What the fax machine printed along the edge is no part of the record.
    let record = page.lines.iter().filter(|line| line.role != LineRole::FaxHeader);
    for (index, line) in record.enumerate() {
        if line.starts_block && index > 0 {
            out.push('\n');
        }
        out.push_str(&line.text());
        out.push('\n');
    }
    out
}

impl<'a> WordLine<'a> {
    /// The words of a page, in reading order.
    pub fn of(document: &'a str, page: &'a Page) -> impl Iterator<Item = Self> {
        let words =
            page.lines.iter().flat_map(|line| line.words.iter().map(move |word| (line, word)));
        words.map(move |(line, word)| Self {
            document,
            page: page.number,
            text: &word.text,
            rect: [word.rect.x0, word.rect.y0, word.rect.x1, word.rect.y1].map(tenths),
            source: page.source.as_str(),
            confidence: word.confidence.map(thousandths),
            alternatives: &word.alternatives,
            role: (line.role != LineRole::Body).then_some(line.role.as_str()),
        })
    }
}

impl<'a> PageLine<'a> {
    /// The page itself.
    pub fn of(document: &'a str, page: &'a Page) -> Self {
        let fax = page.fax.as_ref().map(|fax| FaxLine {
            sender: fax.sender.as_deref(),
            date: fax.date.as_deref(),
            page: fax.page,
            of: fax.of,
        });
        Self {
            document,
            page: page.number,
            kind: page.kind.as_str(),
            of: match page.kind {
                PageKind::Duplicate { of } => Some(of),
                _ => None,
            },
            legibility: page.legibility.as_str(),
            source: page.source.as_str(),
            turned: page.turned,
            width: tenths(page.width),
            height: tenths(page.height),
            uncovered: thousandths(page.uncovered),
            fax,
        }
    }
}

fn tenths(points: f32) -> f64 {
    rounded(f64::from(points), 1)
}

fn thousandths(share: f32) -> f64 {
    rounded(f64::from(share), 3)
}
