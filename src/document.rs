//! What reading a file yields: pages of lines of words, each with its place.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::geometry::Rect;

/// Where a page's words come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum TextSource {
    /// The PDF's own text.
    TextLayer,
    /// Optical character recognition of the page's picture.
    Ocr,
    /// A plain text file.
    TextFile,
}

impl TextSource {
    /// The source of that word.
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::TextLayer, Self::Ocr, Self::TextFile].into_iter().find(|s| s.as_str() == word)
    }

    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            TextSource::TextLayer => "text_layer",
            TextSource::Ocr => "ocr",
            TextSource::TextFile => "text_file",
        }
    }
}

/// One file, read.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// BLAKE3 of the file's bytes, 64 hexadecimal digits.
    pub content_hash: String,
    /// The pages in file order.
    pub pages: Vec<Page>,
    /// The whole text of a plain text file, byte for byte (line ends included, a
    /// byte order mark left out); `None` for every other format.
    pub plain_text: Option<String>,
}

/// One page, turned upright.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// Counted from 1.
    pub number: u32,
    /// Width in points as a reader sees it; 0 for a text file.
    pub width: f32,
    /// Height in points as a reader sees it; 0 for a text file.
    pub height: f32,
    /// Where the words come from.
    pub source: TextSource,
    /// How far the page could be read.
    pub legibility: Legibility,
    /// Clockwise turn in degrees (0, 90, 180, 270) that was applied to what a PDF
    /// viewer shows so that the words stand upright.
    pub turned: u16,
    /// What the page is to the packet.
    pub kind: PageKind,
    /// What the fax machine printed along the page's edge, where it did.
    pub fax: Option<FaxHeader>,
    /// The share (0-1) of the page's ink that no word covers; 0 unless it was read
    /// by OCR.
    pub uncovered: f32,
    /// Lines in reading order.
    pub lines: Vec<Line>,
}

impl Page {
    /// A page of this size in points with nothing on it yet.
    pub fn new(number: u32, width: f32, height: f32, source: TextSource) -> Self {
        Self {
            number,
            width,
            height,
            source,
            legibility: Legibility::Readable,
            turned: 0,
            kind: PageKind::Record,
            fax: None,
            uncovered: 0.0,
            lines: Vec::new(),
        }
    }
}

/// What a page is to the packet it came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PageKind {
    /// Part of the record.
    Record,
    /// A fax's cover sheet.
    Cover,
    /// The same sheet as an earlier page, sent or scanned again.
    Duplicate {
        /// The earlier page, counted from 1.
        of: u32,
    },
    /// Handwriting, a drawing or a photograph: ink, but next to no print.
    Picture,
}

impl PageKind {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            PageKind::Record => "record",
            PageKind::Cover => "cover",
            PageKind::Duplicate { .. } => "duplicate",
            PageKind::Picture => "picture",
        }
    }
}

/// What a fax machine printed along a page's edge.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaxHeader {
    /// Who sent it, as printed: a name or a number.
    pub sender: Option<String>,
    /// The day it was sent, as printed.
    pub date: Option<String>,
    /// The page's number in its transmission.
    pub page: Option<u32>,
    /// How many pages the transmission has.
    pub of: Option<u32>,
}

/// How far a page could be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Legibility {
    /// Its words can be used.
    Readable,
    /// Nothing is printed on it.
    Blank,
    /// There is ink that could not be read, or too little confidence in what was.
    Unreadable,
}

impl Legibility {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Legibility::Readable => "readable",
            Legibility::Blank => "blank",
            Legibility::Unreadable => "unreadable",
        }
    }
}

/// What a line is to the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LineRole {
    /// Part of the record.
    Body,
    /// The line that a fax machine prints across the top (sender, time, page), or an
    /// office's stamp at the edge.
    FaxHeader,
    /// A running header or footer that comes again on other pages.
    RunningHead,
}

impl LineRole {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            LineRole::Body => "body",
            LineRole::FaxHeader => "fax_header",
            LineRole::RunningHead => "running_head",
        }
    }
}

/// One printed line, or one cell of a table row where cells stand apart.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Words from left to right.
    pub words: Vec<Word>,
    /// What the line is to the page.
    pub role: LineRole,
    /// Whether a blank line's worth of space, or a change of block or column,
    /// stands before it.
    pub starts_block: bool,
}

impl Line {
    /// The box around all its words.
    pub fn rect(&self) -> Rect {
        let mut words = self.words.iter().map(|w| w.rect);
        let first = words.next().unwrap_or_default();
        words.fold(first, |a, b| a.union(&b))
    }

    /// Its words, joined by single spaces.
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(self.words.iter().map(|w| w.text.len() + 1).sum());
        for word in &self.words {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&word.text);
        }
        text
    }
}

/// One word.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// As read; never empty, no white space.
    pub text: String,
    /// Where it stands.
    pub rect: Rect,
    /// The engine's confidence, 0-1; `None` unless it was read by OCR.
    pub confidence: Option<f32>,
    /// Other readings of the same ink, the likeliest first; empty unless an OCR
    /// engine was in doubt.
    pub alternatives: Vec<String>,
}

impl Word {
    /// A word that was not read by OCR.
    pub fn new(text: impl Into<String>, rect: Rect) -> Self {
        Self { text: text.into(), rect, confidence: None, alternatives: Vec::new() }
    }
}

// Records are protected health information and `Debug` output ends up in logs:
// these show sizes, never content.
impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Document({} pages)", self.pages.len())
    }
}

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Page({}, {:?}, {} lines)", self.number, self.source, self.lines.len())
    }
}

impl fmt::Debug for FaxHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FaxHeader(page {:?} of {:?})", self.page, self.of)
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Line({:?}, {} words)", self.role, self.words.len())
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Word({} characters)", self.text.chars().count())
    }
}
