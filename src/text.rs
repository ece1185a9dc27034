//! One text for a document, with a way back from every character to page and box.

use std::fmt;

use crate::document::{Document, Line, LineRole, Page, TextSource, Word};
use crate::fact::Place;
use crate::geometry::Rect;
use crate::span::Span;

/// The text of a document: its body lines in reading order.
///
/// Lines end in `\n`, blocks in an empty line, cells of a row stand three spaces
/// apart. Fax header lines and running heads are left out (they stay in the
/// page), a hyphen at a line's end is joined. A plain text file is kept as it is.
#[derive(Clone, PartialEq)]
pub struct Text {
    content: String,
    words: Vec<PlacedWord>,
    /// Other readings of those words that have some, by the word's place among them, in order.
    alternatives: Vec<(u32, Box<[String]>)>,
    pages: Vec<TextPage>,
    /// Code points before byte `n * STEP`.
    code_points: Vec<usize>,
    /// Where the first lines end.
    head_end: usize,
    content_hash: String,
}

/// How many lines are a text's head; empty ones do not count.
const HEAD_LINES: usize = 10;

/// Bytes between two entries of the code point table.
const STEP: usize = 256;

/// A gap between two words of a line that parts cells, in heights of the line's tallest word.
const CELL_GAP: f32 = 1.25;

/// Compounds whose first part keeps its hyphen at a line's end.
const KEEPS_HYPHEN: &[&str] = &[
    "x", "follow", "non", "post", "pre", "self", "well", "mid", "low", "high", "short", "long",
    "half", "weight", "anti", "co", "re", "t", "c", "l", "s", "one", "two", "three", "four",
    "five", "six", "pain", "range",
];

/// Where a word of a page stands; narrow, since a file of thousands of pages has a million.
#[derive(Clone, PartialEq)]
struct PlacedWord {
    /// In bytes.
    start: u32,
    end: u32,
    page: u32,
    line: u32,
    rect: Rect,
    confidence: Option<f32>,
}

impl PlacedWord {
    fn span(&self) -> Span {
        Span::new(self.start as usize, self.end as usize)
    }
}

/// A word that OCR read.
pub struct OcrWord<'a> {
    /// Where it stands in the text, in bytes.
    pub span: Span,
    /// How sure the reading is, 0-1.
    pub confidence: Option<f32>,
    /// Other readings.
    pub alternatives: &'a [String],
}

#[derive(Clone, Copy, PartialEq)]
struct TextPage {
    number: u32,
    source: TextSource,
    /// First byte of the page's text.
    start: usize,
}

impl Text {
    /// Lays out the text of a document.
    pub fn from_document(document: &Document) -> Self {
        let mut text = Self::begin(document);
        let mut line_number = 0;
        for page in document.pages.iter().filter(|_| document.plain_text.is_none()) {
            text.take_page(page, &mut line_number);
        }
        text.finish()
    }

    /// The same, and takes the document's lines away: of a file of thousands of pages both weigh much.
    pub fn take_lines(document: &mut Document) -> Self {
        let mut text = Self::begin(document);
        let mut line_number = 0;
        for page in &mut document.pages {
            if document.plain_text.is_none() {
                text.take_page(page, &mut line_number);
            }
            page.lines = Vec::new();
        }
        text.finish()
    }

    fn begin(document: &Document) -> Self {
        let mut text = Text {
            content: String::new(),
            words: Vec::new(),
            alternatives: Vec::new(),
            pages: Vec::new(),
            code_points: Vec::new(),
            head_end: 0,
            content_hash: document.content_hash.clone(),
        };
        if let Some(plain) = &document.plain_text {
            text.take_plain(plain);
        }
        text
    }

    fn finish(mut self) -> Self {
        self.words.shrink_to_fit();
        self.count_code_points();
        self.find_head();
        self
    }

    /// The text of a note that was typed in.
    pub fn from_plain(plain: &str) -> Self {
        Self::from_document(&Document {
            content_hash: blake3::hash(plain.as_bytes()).to_hex().to_string(),
            pages: Vec::new(),
            plain_text: Some(plain.to_owned()),
        })
    }

    fn take_plain(&mut self, plain: &str) {
        self.content = plain.to_owned();
        let starts = std::iter::once(0).chain(plain.match_indices('\u{c}').map(|(i, _)| i + 1));
        self.pages = starts
            .zip(1..)
            .map(|(start, number)| TextPage { number, source: TextSource::TextFile, start })
            .collect();
    }

    fn take_page(&mut self, page: &Page, line_number: &mut u32) {
        self.pages.push(TextPage {
            number: page.number,
            source: page.source,
            start: self.content.len(),
        });
        let page_index = self.pages.len() - 1;
        let mut first_of_page = true;
        for line in page.lines.iter().filter(|l| l.role == LineRole::Body && !l.words.is_empty()) {
            let joined = self.end_line(line, first_of_page);
            if first_of_page && !joined {
                self.pages[page_index].start = self.content.len();
            }
            first_of_page = false;
            let height = line.words.iter().map(|w| w.rect.height()).fold(4.0, f32::max);
            let mut left: Option<&Word> = None;
            for word in &line.words {
                if let Some(left) = left {
                    let gap = word.rect.x0 - left.rect.x1;
                    let cell = gap > CELL_GAP * height;
                    self.content.push_str(if cell { "   " } else { " " });
                }
                let start = self.content.len();
                self.content.push_str(&word.text);
                if !word.alternatives.is_empty() {
                    let alternatives = word.alternatives.as_slice().into();
                    self.alternatives.push((narrow(self.words.len()), alternatives));
                }
                self.words.push(PlacedWord {
                    start: narrow(start),
                    end: narrow(self.content.len()),
                    page: narrow(page_index),
                    line: *line_number,
                    rect: word.rect,
                    confidence: word.confidence,
                });
                left = Some(word);
            }
            *line_number += 1;
        }
    }

    /// Ends the line before `next`; whether its last word was joined to the next line's first.
    fn end_line(&mut self, next: &Line, first_of_page: bool) -> bool {
        if self.content.is_empty() {
            return false;
        }
        let next_first = next.words[0].text.chars().next().unwrap_or(' ');
        let before = self.content.trim_end_matches(['-', '\u{ad}']);
        let hyphens = self.content.len() - before.len();
        let ends_in_hyphen =
            hyphens > 0 && self.content.chars().last().is_some_and(|c| matches!(c, '-' | '\u{ad}'));
        if ends_in_hyphen && self.content[before.len()..].chars().count() == 1 && !next.starts_block
        {
            let stem: String = before.chars().rev().take_while(|c| c.is_alphabetic()).collect();
            let stem: String = stem.chars().rev().collect();
            let digit = before.chars().last().is_some_and(|c| c.is_ascii_digit());
            if !stem.is_empty() && next_first.is_lowercase() {
                if !KEEPS_HYPHEN.contains(&stem.to_lowercase().as_str()) {
                    let length = before.len();
                    self.content.truncate(length);
                    if let Some(last) = self.words.last_mut() {
                        last.end = narrow(length);
                    }
                }
                return true;
            }
            if (digit || stem.len() == 1)
                && (next_first.is_ascii_digit() || next_first.is_uppercase())
            {
                return true;
            }
        }
        let runs_on = next_first.is_lowercase() && !self.content.ends_with(['.', ':', '!', '?']);
        let block = if first_of_page { !runs_on } else { next.starts_block };
        self.content.push_str(if block { "\n\n" } else { "\n" });
        false
    }

    fn find_head(&mut self) {
        let lines = self.content.split_inclusive('\n').scan(0, |end, line| {
            *end += line.len();
            Some((*end, line.trim().is_empty()))
        });
        let first = lines.clone().next().map_or(0, |(end, _)| end);
        let written = lines.filter(|(_, blank)| !blank).take(HEAD_LINES);
        self.head_end = written.last().map_or(first, |(end, _)| end);
    }

    fn count_code_points(&mut self) {
        let mut count = 0;
        for (byte, _) in self.content.bytes().enumerate() {
            if byte % STEP == 0 {
                self.code_points.push(count);
            }
            if self.content.is_char_boundary(byte) {
                count += 1;
            }
        }
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.content
    }

    /// BLAKE3 of the document's bytes, 64 hexadecimal digits.
    pub fn content_hash(&self) -> &str {
        &self.content_hash
    }

    /// Where each page's text begins: page number and byte, in order.
    pub fn page_starts(&self) -> impl Iterator<Item = (u32, usize)> {
        self.pages.iter().map(|page| (page.number, page.start))
    }

    /// Where the first ten lines end that are not empty, in bytes; the end of the first line where all are.
    pub fn head_end(&self) -> usize {
        self.head_end
    }

    /// How many code points stand before a byte.
    pub fn code_point(&self, byte: usize) -> usize {
        let step = byte / STEP;
        let Some(&before) = self.code_points.get(step) else {
            return self.content.chars().count();
        };
        let begins = |b: &&u8| !(0x80..0xc0).contains(*b);
        before + self.content.as_bytes()[step * STEP..byte].iter().filter(begins).count()
    }

    /// The words inside a span that OCR read, in order.
    pub fn ocr_words(&self, within: Span) -> impl Iterator<Item = OcrWord<'_>> {
        let first = self.words.partition_point(|w| w.span().start < within.start);
        let inside = (first..).zip(&self.words[first..]);
        let inside = inside.take_while(move |(_, w)| w.span().end <= within.end);
        let ocr = inside.filter(|(_, w)| self.pages[w.page as usize].source == TextSource::Ocr);
        ocr.map(|(at, w)| OcrWord {
            span: w.span(),
            confidence: w.confidence,
            alternatives: self.alternatives_of(at),
        })
    }

    fn alternatives_of(&self, word: usize) -> &[String] {
        let found = self.alternatives.binary_search_by_key(&word, |(of, _)| *of as usize);
        found.map_or(&[], |at| &self.alternatives[at].1)
    }

    /// The span from the first to the last word whose middle lies in a box on a page, by the
    /// page's number; `None` where none does.
    pub fn span_in(&self, page: u32, within: &Rect) -> Option<Span> {
        let inside = |word: &&PlacedWord| {
            let (x, y) = ((word.rect.x0 + word.rect.x1) / 2.0, (word.rect.y0 + word.rect.y1) / 2.0);
            self.pages[word.page as usize].number == page
                && (within.x0..=within.x1).contains(&x)
                && (within.y0..=within.y1).contains(&y)
        };
        let mut words = self.words.iter().filter(inside).map(PlacedWord::span);
        let first = words.next()?;
        Some(Span::new(first.start, words.next_back().unwrap_or(first).end))
    }

    /// The byte before which so many code points stand.
    pub fn byte_of(&self, code_point: usize) -> usize {
        let mut chars = self.content.char_indices();
        chars.nth(code_point).map_or(self.content.len(), |(byte, _)| byte)
    }

    /// Where a span stands: page, one box a line, quote, source and OCR confidence.
    pub fn place(&self, span: Span) -> Place {
        let page = self.pages.partition_point(|p| p.start <= span.start).saturating_sub(1);
        let first = self.words.partition_point(|w| w.span().end <= span.start);
        let touched = self.words[first..].iter().take_while(|w| w.span().start < span.end);
        let mut boxes: Vec<Rect> = Vec::new();
        let (mut line, mut sum, mut count, mut on_page) = (None, 0.0, 0, None);
        for word in touched {
            // A span that runs over a page's end is shown on the page it starts on.
            if *on_page.get_or_insert(word.page) != word.page {
                break;
            }
            match boxes.last_mut() {
                Some(last) if line == Some(word.line) => *last = last.union(&word.rect),
                _ => boxes.push(word.rect),
            }
            line = Some(word.line);
            if let Some(confidence) = word.confidence {
                sum += confidence;
                count += 1;
            }
        }
        let page = self.pages.get(on_page.map_or(page, |page| page as usize));
        Place {
            document: 0,
            page: page.map_or(1, |p| p.number),
            boxes,
            start: self.code_point(span.start),
            end: self.code_point(span.end),
            quote: self.content[span.range()].to_owned(),
            source: page.map(|p| p.source),
            ocr_confidence: (count > 0).then(|| sum / count as f32),
        }
    }
}

/// # Panics
/// Past 4 GiB; a document's memory limit is below that.
fn narrow(at: usize) -> u32 {
    u32::try_from(at).expect("a text is shorter than 4 GiB")
}

// Records are protected health information and `Debug` output ends up in logs.
impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Text({} bytes, {} words, {} pages)",
            self.content.len(),
            self.words.len(),
            self.pages.len()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_holds_the_words_whose_middles_lie_in_it() {
        let document = Document {
            content_hash: String::new(),
            pages: vec![page(1, &["one two", "three four"]), page(2, &["five six"])],
            plain_text: None,
        };
        let text = Text::from_document(&document);
        let place = |page, rect: Rect| {
            text.span_in(page, &rect).map(|span| text.as_str()[span.range()].to_owned())
        };
        assert_eq!(place(1, Rect::new(0.0, 0.0, 300.0, 20.0)).as_deref(), Some("one two"));
        assert_eq!(place(2, Rect::new(0.0, 0.0, 14.0, 60.0)).as_deref(), Some("five"));
        assert_eq!(place(1, Rect::new(0.0, 200.0, 300.0, 220.0)), None);
        let start = text.as_str().find("three").unwrap();
        assert_eq!(text.byte_of(text.code_point(start)), start);
    }

    /// A page of lines of words; `|` parts cells, a leading `#` starts a block, `^` marks a fax header.
    fn page(number: u32, lines: &[&str]) -> Page {
        let mut y = 0.0;
        let lines = lines.iter().map(|line| {
            y += 12.0;
            let (starts_block, line) = line.strip_prefix('#').map_or((false, *line), |l| (true, l));
            let (role, line) =
                line.strip_prefix('^').map_or((LineRole::Body, line), |l| (LineRole::FaxHeader, l));
            let mut x = 0.0;
            let mut words = Vec::new();
            for word in line.split(' ') {
                if word == "|" {
                    x += 60.0;
                    continue;
                }
                let width = 5.0 * word.len() as f32;
                let rect = Rect::new(x, y, x + width, y + 10.0);
                words.push(Word { confidence: Some(0.9), ..Word::new(word, rect) });
                x += width + 3.0;
            }
            Line { words, role, starts_block }
        });
        Page { lines: lines.collect(), ..Page::new(number, 612.0, 792.0, TextSource::Ocr) }
    }

    #[track_caller]
    fn check(pages: &[&[&str]], expect: &str) -> Text {
        let pages = pages.iter().zip(1..).map(|(lines, number)| page(number, lines)).collect();
        let text =
            Text::from_document(&Document { content_hash: "0".into(), pages, plain_text: None });
        assert_eq!(text.as_str(), expect);
        text
    }

    #[test]
    fn lines_blocks_and_cells_are_laid_out() {
        check(&[&["a b", "c | d", "#e"]], "a b\nc   d\n\ne");
    }

    #[test]
    fn hyphens_at_a_lines_end_are_joined() {
        check(&[&["bilateral radicu-", "lopathy"]], "bilateral radiculopathy");
        check(&[&["seen for follow-", "up at L4-", "5"]], "seen for follow-up at L4-5");
    }

    #[test]
    fn fax_headers_stay_out_and_sentences_run_over_pages() {
        check(&[&["^FAX 1/2", "the pain is"], &["^FAX 2/2", "worse"]], "the pain is\nworse");
        check(&[&["It ends."], &["Next"]], "It ends.\n\nNext");
    }

    #[test]
    fn a_span_leads_back_to_page_and_boxes() {
        let text = check(&[&["one"], &["Two three", "four"]], "one\n\nTwo three\nfour");
        let start = text.as_str().find("three").unwrap();
        let place = text.place(Span::new(start, text.as_str().len()));
        assert_eq!((place.page, place.boxes.len(), place.quote.as_str()), (2, 2, "three\nfour"));
        assert_eq!(place.ocr_confidence, Some(0.9));
    }

    #[test]
    fn offsets_of_a_text_file_count_code_points() {
        let text = Text::from_plain(&format!("{}é b\u{c}c", "ü".repeat(300)));
        let byte = text.as_str().find('b').unwrap();
        assert_eq!(text.code_point(byte), 302);
        assert_eq!(text.place(Span::new(byte + 2, byte + 3)).page, 2);
    }
}
