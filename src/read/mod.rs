//! One file's bytes to a [`Document`]: told by content, page by page, whatever the
//! format.
//!
//! No IO and no threads here: one call reads one document, so that it may as well
//! run in a process of its own.

mod blank;
mod cover;
mod duplicates;
mod fax_header;
mod layer;
mod missing;
mod roles;
mod scan;
mod turn;
mod upright;
pub mod view;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::document::{Document, Legibility, Line, LineRole, Page, PageKind, TextSource, Word};
use crate::error::{Problem, Stage};
use crate::geometry::Rect;
use crate::image::{still, tiff};
use crate::ocr::EngineChoice;
use crate::{layout, pdf};

pub use duplicates::Sheet;

/// When pages are read by OCR.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum OcrMode {
    /// Where a page has no text of its own that can be used.
    #[default]
    Auto,
    /// Wherever a page shows a picture.
    Always,
    /// Nowhere: pictures without text stay unread.
    Never,
}

impl OcrMode {
    /// The mode of that word.
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Auto, Self::Always, Self::Never].into_iter().find(|mode| mode.as_str() == word)
    }

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            OcrMode::Auto => "auto",
            OcrMode::Always => "always",
            OcrMode::Never => "never",
        }
    }
}

/// How to read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadOptions {
    /// When pages are read by OCR.
    pub ocr: OcrMode,
    /// The longest that OCR may take for one page.
    pub page_timeout: Duration,
    /// Which engines read scanned pages.
    pub engine: EngineChoice,
    /// The only page to read, counted from 1; `None` reads them all.
    pub only: Option<u32>,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            ocr: OcrMode::Auto,
            page_timeout: Duration::from_secs(180),
            engine: EngineChoice::Auto,
            only: None,
        }
    }
}

/// A document with what went wrong on the way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// What could be read; without pages where nothing could.
    pub document: Document,
    /// Troubles, in page order.
    pub problems: Vec<Problem>,
    /// Pages that are counted in the file and are not there.
    pub pages_missing: u32,
}

/// The formats that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// A PDF file.
    Pdf,
    /// A TIFF file.
    Tiff,
    /// A PNG file.
    Png,
    /// A JPEG file.
    Jpeg,
    /// Plain text.
    Text,
}

/// Whether a file's name says that it is meant as text; the only thing in a name that
/// reading goes by.
pub fn is_named_text(name: &str) -> bool {
    let extension = name.rsplit('.').next().unwrap_or_default();
    extension.eq_ignore_ascii_case("txt") || extension.eq_ignore_ascii_case("text")
}

/// Tells a format by content. The name decides only whether bytes that are no text
/// at first sight may be meant as text.
pub(crate) fn format(bytes: &[u8], name_hint: Option<&str>) -> Option<Format> {
    let starts = |magic: &[u8]| bytes.starts_with(magic);
    // Mail and scanner software puts junk before the header now and then.
    if bytes[..bytes.len().min(1024)].windows(5).any(|w| w == b"%PDF-") {
        return Some(Format::Pdf);
    }
    if starts(b"II*\0") || starts(b"MM\0*") || starts(b"II+\0") || starts(b"MM\0+") {
        return Some(Format::Tiff);
    }
    if starts(b"\x89PNG\r\n\x1a\n") {
        return Some(Format::Png);
    }
    if starts(b"\xFF\xD8\xFF") {
        return Some(Format::Jpeg);
    }
    let named_text = name_hint.is_some_and(is_named_text);
    let odd = bytes
        .iter()
        .filter(|&&b| b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r' | 0x0C) || b == 0x7F)
        .count();
    let text =
        odd == 0 && std::str::from_utf8(bytes).is_ok() || named_text && odd * 50 <= bytes.len();
    text.then_some(Format::Text)
}

/// Reads one document. `name_hint` is the file's name or extension, if known.
///
/// Never fails: a file that cannot be read gives a document without pages and one
/// problem that is `fatal`.
pub fn read(bytes: &[u8], name_hint: Option<&str>, options: &ReadOptions) -> Reading {
    read_watched(bytes, name_hint, options, &mut |_| ())
}

/// [`read`], telling `watch` the number of each page when it is done.
pub fn read_watched(
    bytes: &[u8],
    name_hint: Option<&str>,
    options: &ReadOptions,
    watch: &mut dyn FnMut(u32),
) -> Reading {
    let document = Document {
        content_hash: blake3::hash(bytes).to_hex().to_string(),
        pages: Vec::new(),
        plain_text: None,
    };
    let mut reading = Reading { document, problems: Vec::new(), pages_missing: 0 };
    if bytes.iter().all(u8::is_ascii_whitespace) {
        reading.fail("the file is empty");
        return reading;
    }
    match format(bytes, name_hint) {
        Some(Format::Pdf) => read_pdf(bytes, options, watch, &mut reading),
        Some(Format::Tiff) => match tiff::pages(bytes) {
            Ok(pages) => scan::read_pictures(pages, options, watch, &mut reading),
            Err(problem) => reading.fail(&problem),
        },
        Some(Format::Png) => read_still(still::png(bytes), options, watch, &mut reading),
        Some(Format::Jpeg) => read_still(still::jpeg(bytes), options, watch, &mut reading),
        Some(Format::Text) => read_text(bytes, &mut reading),
        None => reading.fail("the file is not a PDF, TIFF, PNG, JPEG or text file"),
    }
    reading.look_over();
    // A page by itself lacks all the others.
    if options.only.is_none() {
        reading.tell_missing();
    }
    reading.problems.sort_by_key(|problem| problem.page);
    reading
}

impl Reading {
    /// Tells what each page is to the packet.
    fn look_over(&mut self) {
        let pages = &mut self.document.pages;
        roles::mark(pages);
        turn::mark(pages);
        let blank = blank::mark(pages);
        // What was not legible on them is nothing.
        self.problems.retain(|problem| {
            let of_blank = problem.page.is_some_and(|page| blank.contains(&page));
            problem.stage != Stage::Ocr || problem.retriable || !of_blank
        });
        cover::mark(pages);
        duplicates::mark(pages);
        for page in pages.iter() {
            if let PageKind::Duplicate { of } = page.kind {
                let problem = format!("the page is the same sheet as page {of}; it counts once");
                self.problems.push(Problem {
                    page: Some(page.number),
                    stage: Stage::Read,
                    problem,
                    retriable: false,
                    fatal: false,
                });
            }
        }
    }

    /// Tells which pages the packet lacks.
    fn tell_missing(&mut self) {
        let pages = &self.document.pages;
        let faxed = missing::in_transmissions(pages);
        let printed = missing::in_records(pages);
        let counts = faxed.iter().map(|gap| ("the fax's header counts", gap));
        let counts =
            counts.chain(printed.iter().map(|gap| ("the record's own numbers count", gap)));
        for (what, gap) in counts {
            self.pages_missing += gap.missing.len() as u32;
            let problem = format!("{what} {} pages; {} not in the file", gap.of, gap.in_words());
            self.problems.push(Problem {
                page: Some(gap.first),
                stage: Stage::Read,
                problem,
                retriable: false,
                fatal: false,
            });
        }
    }

    /// Notes that nothing could be read.
    fn fail(&mut self, problem: &str) {
        self.document.pages.clear();
        self.problems.push(Problem {
            page: None,
            stage: Stage::Open,
            problem: problem.into(),
            retriable: false,
            fatal: true,
        });
    }

    /// Notes trouble with one page.
    fn trouble(&mut self, page: u32, stage: Stage, problem: &str, retriable: bool) {
        let problem = problem.into();
        self.problems.push(Problem { page: Some(page), stage, problem, retriable, fatal: false });
    }
}

fn read_still(
    picture: Result<crate::image::Picture, String>,
    options: &ReadOptions,
    watch: &mut dyn FnMut(u32),
    reading: &mut Reading,
) {
    match picture {
        Ok(picture) => {
            let pages = std::iter::once(Ok(picture.ink_on_paper()));
            scan::read_pictures(pages, options, watch, reading);
        }
        Err(problem) => reading.fail(&problem),
    }
}

fn read_text(bytes: &[u8], reading: &mut Reading) {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_string(),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
    };
    for (i, page) in text.split('\u{0C}').enumerate() {
        let mut lines: Vec<Line> = Vec::new();
        let mut blank = true;
        for line in page.lines() {
            let words: Vec<Word> =
                line.split_whitespace().map(|word| Word::new(word, Rect::default())).collect();
            if words.is_empty() {
                blank = true;
                continue;
            }
            lines.push(Line { words, role: LineRole::Body, starts_block: blank });
            blank = false;
        }
        let legibility = if lines.is_empty() { Legibility::Blank } else { Legibility::Readable };
        let page = Page::new(i as u32 + 1, 0.0, 0.0, TextSource::TextFile);
        reading.document.pages.push(Page { legibility, lines, ..page });
    }
    reading.document.plain_text = Some(text);
}

/// Fewer visible characters than this beside a picture of the whole page are a
/// stamp or a header on a scan.
const SCAN_STAMP: usize = 250;

fn read_pdf(
    bytes: &[u8],
    options: &ReadOptions,
    watch: &mut dyn FnMut(u32),
    reading: &mut Reading,
) {
    let pdf = match pdf::open(bytes) {
        Ok(pdf) => pdf,
        Err(error) => return reading.fail(error.message()),
    };
    if pdf.beyond() > 0 {
        let (read, beyond) = (pdf.len(), pdf.beyond());
        let problem = format!(
            "the file has {} pages, and only the first {read} are read; split it",
            read + beyond
        );
        reading.trouble(read as u32 + 1, Stage::Read, &problem, false);
    }
    let mut reader = pdf.reader();
    for index in 0..pdf.len() {
        let number = index as u32 + 1;
        if options.only.is_some_and(|only| only != number) {
            continue;
        }
        let mut content = reader.content(index);
        let garbage = is_garbage(&content);
        let visible = content.readable - content.invisible;
        // The picture is the record; words behind it are another program's reading.
        let beneath = content.invisible >= LAYER_WORDS
            && content.pictured >= 0.5
            && visible < SCAN_STAMP
            && !garbage;
        let scan = if beneath { reader.picture(index) } else { None };
        let layer = match &scan {
            Some(scan) => {
                let size = (content.width, content.height);
                layer::agrees(&content.fragments, size, &scan.turned(content.turned))
            }
            None => content.invisible >= LAYER_WORDS && !garbage,
        };
        if beneath && !layer && options.ocr == OcrMode::Never {
            // Words that do not stand on the page are worse than none.
            (content.fragments, content.aside) = Default::default();
            (content.readable, content.invisible) = (visible, 0);
        }
        let means = means(&content, layer, options.ocr);
        let picture = match means {
            Means::Text => None,
            Means::Picture => scan.or_else(|| reader.picture(index)),
            Means::Rendering => {
                reader.rendered(index, RENDERED_DPI).map(|page| page.grey().ink_on_paper())
            }
        };
        match picture {
            Some(picture) => scan::read_scan(number, content, picture, options, reading),
            None => {
                let wanted = means != Means::Text;
                if wanted {
                    let problem = "the page's picture could not be decoded";
                    reading.trouble(number, Stage::Read, problem, false);
                }
                let unread = wanted || options.ocr == OcrMode::Never && content.pictured >= 0.5;
                let bare = content.pictured == 0.0 && content.garbled == 0;
                let page = text_page(number, content, unread);
                if bare && !wanted && page.legibility == Legibility::Unreadable {
                    let problem = "the page is drawn in lines and areas, with no text; only OCR \
                                   can read it";
                    reading.trouble(number, Stage::Read, problem, false);
                }
                reading.document.pages.push(page);
            }
        }
        watch(number);
    }
}

/// Fewer invisible characters than this are no layer of words behind a scan.
const LAYER_WORDS: usize = 20;

/// Pages that are rendered to be read have this resolution: what scanners make of text.
const RENDERED_DPI: f32 = 300.0;

/// What a PDF page's words are taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Means {
    /// Its own text.
    Text,
    /// Its pictures, pixel by pixel.
    Picture,
    /// All that it shows, rendered.
    Rendering,
}

/// Whether too many of a page's characters mean nothing to use the rest.
fn is_garbage(content: &pdf::Content) -> bool {
    content.garbled * 5 > content.garbled + content.readable
}

/// Chooses; `layer` says that the words behind a scan can be used.
fn means(content: &pdf::Content, layer: bool, mode: OcrMode) -> Means {
    let garbage = is_garbage(content);
    let visible = content.readable - content.invisible;
    let scan_beneath = content.pictured >= 0.5;
    let bare = content.readable == 0 && (content.pictured > 0.0 || content.paths > 0);
    let wanted = match mode {
        OcrMode::Never => false,
        OcrMode::Always => content.pictured > 0.0 || garbage || bare,
        OcrMode::Auto => garbage || scan_beneath && visible < SCAN_STAMP && !layer || bare,
    };
    // Letters whose font has no character table, and letters drawn as outlines, are
    // ink all the same. A scan is read from its own pixels, which rendering would blur.
    let shown = garbage && content.garbled_shown * 2 > content.garbled;
    let outlines = content.readable == 0 && content.paths > 0 && !scan_beneath;
    match (wanted, shown || outlines || content.pictured == 0.0) {
        (false, _) => Means::Text,
        (true, true) => Means::Rendering,
        (true, false) => Means::Picture,
    }
}

/// A page from the PDF's own text.
fn text_page(number: u32, content: pdf::Content, unread: bool) -> Page {
    let mut lines = layout::typeset_lines(content.fragments, &content.rules);
    lines.extend(layout::lines_aside(content.aside));
    let legibility = match (lines.is_empty(), unread) {
        (_, true) if content.readable < SCAN_STAMP => Legibility::Unreadable,
        (true, _) if content.drawn => Legibility::Unreadable,
        (true, _) => Legibility::Blank,
        _ => Legibility::Readable,
    };
    let page = Page::new(number, content.width, content.height, TextSource::TextLayer);
    Page { legibility, turned: content.turned, lines, ..page }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_format(bytes: &[u8], name: Option<&str>, expect: Option<Format>) {
        assert_eq!(format(bytes, name), expect);
    }

    #[test]
    fn formats_are_told_by_content() {
        check_format(b"junk\r\n%PDF-1.7", Some("a.txt"), Some(Format::Pdf));
        check_format(b"MM\0*....", Some("a.pdf"), Some(Format::Tiff));
        check_format(b"Pain 8/10.\n", None, Some(Format::Text));
        check_format(b"caf\xE9 au lait", Some("NOTE.TXT"), Some(Format::Text));
        check_format(b"caf\xE9 au lait", None, None);
        check_format(b"PK\x03\x04\0\0\0\0", Some("a.docx"), None);
    }

    #[test]
    fn text_files_keep_every_byte_but_the_mark() {
        let reading =
            read("\u{FEFF}One\r\n\r\ntwo 2\u{0C}three".as_bytes(), None, &ReadOptions::default());
        assert_eq!(reading.document.plain_text.as_deref(), Some("One\r\n\r\ntwo 2\u{0C}three"));
        let pages = &reading.document.pages;
        assert_eq!(pages.len(), 2);
        assert_eq!(pages[0].lines.len(), 2);
        assert!(pages[0].lines[1].starts_block);
        assert_eq!(pages[1].lines[0].text(), "three");
    }

    #[test]
    fn windows_1252_is_understood() {
        let reading = read(b"pain \x96 8/10 caf\xE9", Some("txt"), &ReadOptions::default());
        assert_eq!(reading.document.plain_text.as_deref(), Some("pain \u{2013} 8/10 caf\u{e9}"));
    }

    #[test]
    fn nothing_to_read_is_fatal() {
        for bytes in [&b""[..], b" \n", b"%PDF-1.7\nnothing", b"II*\0", b"\0\x01\x02"] {
            let reading = read(bytes, None, &ReadOptions::default());
            assert!(reading.document.pages.is_empty());
            assert_eq!(reading.problems.len(), 1);
            assert!(reading.problems[0].fatal);
        }
    }
}
