//! PP-OCR in this process: a detector that finds lines of print, a recogniser that
//! reads them. Slower than Tesseract, and better on faxes that were sent twice.
//!
//! The models are PaddleOCR's PP-OCRv6 "small" (Apache-2.0), run by `rten`.

mod detect;
pub mod models;
mod recognize;
mod strip;

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use rten::ThreadPool;

use super::{OcrEngine, OcrError, Read, Recognition};
use crate::geometry::Rect;
use crate::image::Picture;

use detect::Detector;
use models::ModelFiles;
use recognize::{LineReading, Recognizer};
use strip::Strip;

/// The detector and the recogniser. Nothing in it changes: all threads share one.
pub struct PpOcr {
    detector: Detector,
    recognizer: Recognizer,
}

/// The process's engine, loaded on first use; `None` where its models are not there.
pub fn shared() -> Option<&'static PpOcr> {
    static ENGINE: OnceLock<Option<PpOcr>> = OnceLock::new();
    let load = || PpOcr::load(models::read(&models::folder()?).ok()?).ok();
    ENGINE.get_or_init(load).as_ref()
}

/// One thread for `rten`: pages are read side by side already.
fn one_thread() -> Arc<ThreadPool> {
    thread_local! {
        static POOL: Arc<ThreadPool> = Arc::new(ThreadPool::with_num_threads(1));
    }
    POOL.with(Arc::clone)
}

/// Does work on a thread of its own.
///
/// `rten` waits for its pool as rayon does: a worker of the pipeline's pool would
/// begin another document while it waits, in the middle of this one.
fn aside<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, OcrError> {
    std::thread::scope(|scope| scope.spawn(work).join()).map_err(|_| OcrError::Failed)
}

impl PpOcr {
    /// Loads both models; about 0.2 s.
    pub fn load(files: ModelFiles) -> Result<Self, OcrError> {
        let threads = one_thread();
        let load = || {
            let detector = Detector::load(files.detector)?;
            let recognizer = Recognizer::load(files.recognizer, &threads)?;
            Ok(Self { detector, recognizer })
        };
        aside(load)?
    }
}

/// A line's words in the picture's pixels.
fn placed(reading: LineReading, strip: &Strip, area: &Rect, line: u32) -> Vec<Read> {
    let word = |word: recognize::LineWord| {
        let x = |column: usize| strip.column(column).clamp(area.x0, area.x1);
        Read {
            text: word.text,
            rect: Rect::new(x(word.columns.start), area.y0, x(word.columns.end), area.y1),
            confidence: word.confidence,
            line,
            alternatives: word.alternatives,
        }
    };
    reading.words.into_iter().map(word).collect()
}

impl OcrEngine for &PpOcr {
    fn recognize(&mut self, picture: &Picture, limit: Duration) -> Result<Recognition, OcrError> {
        let deadline = Instant::now() + limit;
        let mut lines = self.find_lines(picture)?;
        lines.sort_by(|a, b| a.y0.total_cmp(&b.y0));
        let left = deadline.saturating_duration_since(Instant::now());
        self.read_areas(picture, &lines, left)
    }

    fn read_areas(
        &mut self,
        picture: &Picture,
        areas: &[Rect],
        limit: Duration,
    ) -> Result<Recognition, OcrError> {
        let threads = one_thread();
        let deadline = Instant::now() + limit;
        aside(|| {
            let mut recognition = Recognition::default();
            for (area, line) in areas.iter().zip(0..) {
                if Instant::now() >= deadline {
                    recognition.timed_out = true;
                    break;
                }
                let Some(strip) = Strip::cut(picture, area) else { continue };
                let reading = self.recognizer.read(&strip, &threads)?;
                recognition.words.extend(placed(reading, &strip, area, line));
            }
            Ok(recognition)
        })?
    }

    fn find_lines(&mut self, picture: &Picture) -> Result<Vec<Rect>, OcrError> {
        let threads = one_thread();
        aside(|| self.detector.find(picture, &threads))?
    }

    fn orientation(&mut self, picture: &Picture) -> Option<u16> {
        super::tesseract::orientation(picture)
    }
}
