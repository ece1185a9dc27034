//! Optical character recognition: engines, and the recipe that gets a faxed page
//! ready for one.

mod capi;
mod judge;
mod lines;
mod merge;
pub mod page;
pub mod ppocr;
pub mod prepare;
mod second;
mod symbols;
mod tesseract;
mod upright;

use std::time::{Duration, Instant};

use crate::geometry::Rect;
use crate::image::Picture;

pub use lines::lines;
pub use tesseract::{Tesseract, engine_version, with_tesseract};

/// One word as an engine reads it.
#[derive(Clone, PartialEq)]
pub struct Read {
    /// The word; never empty.
    pub text: String,
    /// Its box in pixels of the picture.
    pub rect: Rect,
    /// 0-1.
    pub confidence: f32,
    /// Words of one line share a number.
    pub line: u32,
    /// Other readings of the same ink, the likeliest first.
    pub alternatives: Vec<String>,
}

/// A second sign at least this likely, 0-1, is offered as an alternative.
const DOUBT: f32 = 0.05;

/// The other reading of a word's signs, each with what else it may be and how likely that is: the
/// most doubtful sign is taken for its second.
fn other_reading<T: Copy>(
    signs: impl Iterator<Item = (T, Option<(T, f32)>)> + Clone,
) -> Option<String>
where
    String: FromIterator<T>,
{
    let doubtful = signs.clone().enumerate();
    let doubtful = doubtful.filter_map(|(at, (_, second))| second.map(|second| (at, second)));
    let (doubtful, (second, _)) = doubtful.max_by(|(_, a), (_, b)| a.1.total_cmp(&b.1))?;
    let read = |(at, (sign, _))| if at == doubtful { second } else { sign };
    Some(signs.enumerate().map(read).collect())
}

/// What an engine makes of a picture.
#[derive(Default)]
pub struct Recognition {
    /// The words, line by line.
    pub words: Vec<Read>,
    /// Whether the time limit came before the last word.
    pub timed_out: bool,
}

/// Why an engine did not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OcrError {
    /// The engine is not installed.
    #[error(
        "Tesseract cannot start: its library (libtesseract, version 4.1 or 5) was not found or \
             cannot be used; install tesseract-ocr"
    )]
    NoEngine,
    /// The engine has no model.
    #[error(
        "Tesseract cannot start: its English model (eng.traineddata) was not found; \
             install tesseract-ocr-eng or set TESSDATA_PREFIX"
    )]
    NoModel,
    /// PP-OCR has no models that can be used.
    #[error("PP-OCR cannot start: its models were not found or cannot be used; run `make models`")]
    BadModel,
    /// The engine gave up on this picture.
    #[error("Tesseract could not read the page's picture")]
    Failed,
}

/// Which engines read scanned pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum EngineChoice {
    /// Tesseract, and PP-OCR what Tesseract doubts, where its models are there.
    #[default]
    Auto,
    /// Tesseract alone.
    Tesseract,
    /// PP-OCR alone.
    PpOcr,
}

impl EngineChoice {
    /// The choice of that word.
    pub fn of_word(word: &str) -> Option<Self> {
        let all = [Self::Auto, Self::Tesseract, Self::PpOcr];
        all.into_iter().find(|choice| choice.as_str() == word)
    }

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            EngineChoice::Auto => "auto",
            EngineChoice::Tesseract => "tesseract",
            EngineChoice::PpOcr => "ppocr",
        }
    }

    /// The engines that read under this choice on this machine, with their versions:
    /// what they read follows from these.
    pub fn describe(self) -> String {
        let first = format!("Tesseract {}", engine_version());
        let second = format!("PP-OCR {}", ppocr::models::VERSION);
        match (self, ppocr::models::check().is_ok()) {
            (EngineChoice::Tesseract, _) | (EngineChoice::Auto, false) => first,
            (EngineChoice::Auto, true) => format!("{first}, {second}"),
            // Leptonica, which comes with Tesseract, tells it which way is up.
            (EngineChoice::PpOcr, _) if capi::api().is_err() => {
                format!("{second} without Leptonica")
            }
            (EngineChoice::PpOcr, _) => second,
        }
    }
}

/// Something that reads words off pictures.
pub trait OcrEngine {
    /// Reads all words of an upright picture, in at most about `limit`.
    fn recognize(&mut self, picture: &Picture, limit: Duration) -> Result<Recognition, OcrError>;

    /// Reads pieces of lines, given as boxes in pixels with some white around the
    /// print. The words' line numbers are the places of their boxes in `areas`; boxes
    /// that were not reached in time have no words.
    fn read_areas(
        &mut self,
        picture: &Picture,
        areas: &[Rect],
        limit: Duration,
    ) -> Result<Recognition, OcrError> {
        let deadline = Instant::now() + limit;
        let mut all = Recognition::default();
        for (area, line) in areas.iter().zip(0..) {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                all.timed_out = true;
                break;
            }
            let Some((piece, x, y)) = picture.cut(area) else { continue };
            let found = self.recognize(&piece, left)?;
            all.words.extend(found.words.into_iter().map(|word| {
                let r = word.rect;
                let rect = Rect::new(r.x0 + x, r.y0 + y, r.x1 + x, r.y1 + y);
                Read { rect, line, ..word }
            }));
        }
        Ok(all)
    }

    /// Boxes around the lines of print of an upright, level picture, in its pixels,
    /// with some white around them.
    fn find_lines(&mut self, picture: &Picture) -> Result<Vec<Rect>, OcrError> {
        let words = self.recognize(picture, Duration::MAX)?.words;
        let height = lines::print_height(&words).unwrap_or(picture.ydpi / 8.0);
        Ok(lines(&words).map(|line| lines::area(line, height)).collect())
    }

    /// Whether the engine's dictionary has a word.
    fn knows(&self, _word: &str) -> bool {
        false
    }

    /// How far (0, 90, 180, 270 degrees clockwise) the picture must be turned for
    /// its words to stand upright; `None` where the engine cannot tell.
    fn orientation(&mut self, picture: &Picture) -> Option<u16>;
}
