//! Optical character recognition: engines, and the recipe that gets a faxed page
//! ready for one.

mod judge;
pub mod page;
pub mod prepare;
mod tesseract;

use std::time::Duration;

use crate::geometry::Rect;
use crate::image::Picture;

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
    /// The engine could not be started.
    #[error(
        "Tesseract cannot start: its English model (eng.traineddata) was not found; \
             install tesseract-ocr-eng or set TESSDATA_PREFIX"
    )]
    NoModel,
    /// The engine gave up on this picture.
    #[error("Tesseract could not read the page's picture")]
    Failed,
}

/// Something that reads words off pictures.
pub trait OcrEngine {
    /// Reads all words of an upright picture, in at most about `limit`.
    fn recognize(&mut self, picture: &Picture, limit: Duration) -> Result<Recognition, OcrError>;

    /// How far (0, 90, 180, 270 degrees clockwise) the picture must be turned for
    /// its words to stand upright; `None` where the engine cannot tell.
    fn orientation(&mut self, picture: &Picture) -> Option<u16>;
}
