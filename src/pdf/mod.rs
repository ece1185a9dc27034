//! PDF files: opening and mending them, their text with places, their page pictures.
//!
//! `hayro` interprets the pages; `lopdf` mends files that `hayro` cannot open.

mod glyphs;
mod picture;
mod render;
mod words;

use hayro_interpret::kurbo::Rect as Area;
use hayro_interpret::util::TransformExt;
use hayro_interpret::{Context, InterpreterCache, InterpreterSettings, interpret_page};
use hayro_syntax::{DecryptionError, LoadPdfError};

use crate::image::Picture;
use crate::layout::{Fragment, Rules};
pub use words::turn;

/// The most bytes that one compressed part of a file may unfold to while mending.
const MAX_UNFOLDED: usize = 256 << 20;

/// The most pages that are read of one file.
const MAX_PAGES: usize = 5_000;

/// An opened file.
pub struct Pdf {
    inner: hayro_syntax::Pdf,
    mended: bool,
}

/// Why a file cannot be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenError {
    /// It asks for a password.
    Password,
    /// Its encryption is not known.
    Encryption,
    /// It is too damaged to find a page in it.
    Damaged,
}

impl OpenError {
    /// What to tell the user.
    pub fn message(self) -> &'static str {
        match self {
            OpenError::Password => {
                "the PDF is locked with a password; save a copy without one and add that"
            }
            OpenError::Encryption => {
                "the PDF's encryption is not supported; print it to a new PDF and add that"
            }
            OpenError::Damaged => {
                "the PDF is damaged and no page could be found in it; ask for it again"
            }
        }
    }
}

/// Opens a PDF file, mending it if need be.
pub fn open(bytes: &[u8]) -> Result<Pdf, OpenError> {
    let first = match hayro_syntax::Pdf::new(bytes.to_vec()) {
        Ok(pdf) if !pdf.pages().is_empty() => return Ok(Pdf { inner: pdf, mended: false }),
        Ok(_) => OpenError::Damaged,
        Err(LoadPdfError::Decryption(DecryptionError::PasswordProtected)) => OpenError::Password,
        Err(LoadPdfError::Decryption(_)) => OpenError::Encryption,
        Err(LoadPdfError::Invalid) => OpenError::Damaged,
    };
    mended(bytes)
        .and_then(|bytes| hayro_syntax::Pdf::new(bytes).ok())
        .filter(|pdf| !pdf.pages().is_empty())
        .map(|pdf| Pdf { inner: pdf, mended: true })
        .ok_or(first)
}

/// The file written anew by a reader that is forgiving in other ways.
fn mended(bytes: &[u8]) -> Option<Vec<u8>> {
    let options = lopdf::LoadOptions {
        max_decompressed_size: Some(MAX_UNFOLDED),
        ..lopdf::LoadOptions::default()
    };
    let mut document = lopdf::Document::load_mem_with_options(bytes, options).ok()?;
    if document.is_encrypted() {
        document.decrypt("").ok()?;
    }
    if document.get_pages().is_empty() {
        return None;
    }
    let mut out = Vec::new();
    document.save_to(&mut out).ok()?;
    Some(out)
}

impl Pdf {
    /// How many pages it has (those that are read, at most).
    pub fn len(&self) -> usize {
        self.inner.pages().len().min(MAX_PAGES)
    }

    /// How many pages it has beyond those that are read.
    pub fn beyond(&self) -> usize {
        self.inner.pages().len().saturating_sub(MAX_PAGES)
    }

    /// Whether it has no pages; an opened file always has some.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether it had to be mended to be opened.
    pub fn is_mended(&self) -> bool {
        self.mended
    }

    /// The map from the points of a page's own space to points from the top left of the
    /// page as a viewer shows it: crop box and rotation applied. Six numbers as PDF
    /// writes them; x' = a x + c y + e, y' = b x + d y + f.
    pub fn shown_from_own(&self, index: usize) -> [f64; 6] {
        self.inner.pages()[index].initial_transform(true).to_kurbo().as_coeffs()
    }

    /// Width and height in points of the page at `index` as a viewer shows it.
    pub fn size(&self, index: usize) -> (f32, f32) {
        self.inner.pages()[index].render_dimensions()
    }

    /// Starts reading its pages.
    pub fn reader(&self) -> Reader<'_> {
        Reader { pdf: &self.inner, cache: InterpreterCache::new() }
    }
}

/// Reads pages; keeps the fonts it met for the next page.
pub struct Reader<'a> {
    pdf: &'a hayro_syntax::Pdf,
    cache: InterpreterCache<'a>,
}

/// What one page holds.
pub struct Content {
    /// Width in points as a reader sees it.
    pub width: f32,
    /// Height in points as a reader sees it.
    pub height: f32,
    /// Clockwise turn that set the words upright, beyond what a viewer does.
    pub turned: u16,
    /// Its words.
    pub fragments: Vec<Fragment>,
    /// Words that stand at an angle to the others, as stamps along the edge do.
    pub aside: Vec<Fragment>,
    /// Lines that are drawn between them.
    pub rules: Rules,
    /// Characters that have no meaning: private, unknown or damaged ones.
    pub garbled: usize,
    /// Characters that have one.
    pub readable: usize,
    /// Those of them that are not painted, as the words behind a scan.
    pub invisible: usize,
    /// The share of the page (0-1) that pictures cover.
    pub pictured: f32,
    /// Whether anything at all is drawn that shows: letters, pictures, lines.
    pub drawn: bool,
    /// Characters without a meaning that are painted.
    pub garbled_shown: usize,
    /// How many lines and areas are drawn that show on white paper.
    pub paths: usize,
}

impl<'a> Reader<'a> {
    /// Reads the page at `index`, counted from 0.
    pub fn content(&mut self, index: usize) -> Content {
        let page = &self.pdf.pages()[index];
        let (width, height) = page.render_dimensions();
        let mut collector = glyphs::Collector::new(width, height);
        self.interpret(index, &mut collector);
        words::content(collector)
    }

    /// The page's pictures in one, as a viewer shows the page; `None` where there
    /// are none. They are not resampled where they share one resolution.
    pub fn picture(&mut self, index: usize) -> Option<Picture> {
        let page = &self.pdf.pages()[index];
        let (width, height) = page.render_dimensions();
        let mut collector = glyphs::Collector::new(width, height);
        self.interpret(index, &mut collector);
        let mut canvas = picture::Canvas::new(width, height, &collector.placements)?;
        self.interpret(index, &mut canvas);
        canvas.finish()
    }

    fn interpret(&mut self, index: usize, device: &mut impl hayro_interpret::Device<'a>) {
        let page = &self.pdf.pages()[index];
        let (width, height) = page.render_dimensions();
        let mut context = Context::new(
            page.initial_transform(true).to_kurbo(),
            Area::new(0.0, 0.0, f64::from(width), f64::from(height)),
            &self.cache,
            page.xref(),
            InterpreterSettings::default(),
        );
        interpret_page(page, &mut context, device);
    }
}
