//! Tesseract in this process: one handle a thread.
//!
//! With [`capi`], whose functions it calls, and [`Symbols`] the one place with `unsafe` code.

use std::cell::RefCell;
use std::ffi::{CStr, CString, c_int};
use std::time::Duration;

use super::capi::{self, Api, api};
use super::symbols::Symbols;
use super::{OcrEngine, OcrError, Read, Recognition};
use crate::image::Picture;
use crate::image::clean::INK;

/// Below this score Leptonica's sense of orientation is not to be trusted.
const ORIENTATION_SCORE: f32 = 8.0;

/// The score must be this many times that of the quarter turns.
const ORIENTATION_LEAD: f32 = 2.5;

thread_local! {
    static ENGINE: RefCell<Option<Tesseract>> = const { RefCell::new(None) };
}

/// Lends out this thread's engine, starting it on first use.
pub fn with_tesseract<T>(use_engine: impl FnOnce(&mut Tesseract) -> T) -> Result<T, OcrError> {
    ENGINE.with_borrow_mut(|slot| {
        let engine = match slot {
            Some(engine) => engine,
            None => slot.insert(Tesseract::start()?),
        };
        Ok(use_engine(engine))
    })
}

/// The version of the Tesseract library, or that there is none. No engine is started.
pub fn engine_version() -> String {
    api().map_or_else(|_| "not installed".to_owned(), Api::version)
}

/// A Tesseract handle with the English model.
pub struct Tesseract {
    api: &'static Api,
    handle: *mut capi::TessBaseAPI,
}

impl Tesseract {
    /// Starts an engine; about 0.06 s.
    pub fn start() -> Result<Self, OcrError> {
        let api = api()?;
        keep_to_one_thread(api);
        // SAFETY: a fresh handle is used by this value alone and deleted in `drop`;
        // the strings end in zero bytes; a null path asks for the default one.
        unsafe {
            // Leptonica speaks to standard error too.
            (api.setMsgSeverity)(capi::L_SEVERITY_NONE);
            let handle = (api.TessBaseAPICreate)();
            if handle.is_null() {
                return Err(OcrError::NoEngine);
            }
            let engine = Self { api, handle };
            // Tesseract prints to standard error unless told otherwise.
            engine.set(c"debug_file", c"/dev/null");
            let (folder, mode) = (std::ptr::null(), capi::OEM_LSTM_ONLY);
            if (api.TessBaseAPIInit2)(handle, folder, c"eng".as_ptr(), mode) != 0 {
                return Err(OcrError::NoModel);
            }
            (api.TessBaseAPISetPageSegMode)(handle, capi::PSM_AUTO);
            engine.set(c"debug_file", c"/dev/null");
            // Second-best signs, looked for once a word: some hundredths of the time, and the words
            // stay the same.
            engine.set(c"lstm_choice_mode", c"2");
            engine.set(c"lstm_choice_iterations", c"1");
            Ok(engine)
        }
    }

    fn set(&self, name: &CStr, value: &CStr) {
        // SAFETY: the handle is live and both strings end in zero bytes.
        unsafe { (self.api.TessBaseAPISetVariable)(self.handle, name.as_ptr(), value.as_ptr()) };
    }
}

impl Drop for Tesseract {
    fn drop(&mut self) {
        // SAFETY: the handle was created in `start` and is deleted only here.
        unsafe { (self.api.TessBaseAPIDelete)(self.handle) };
    }
}

impl OcrEngine for Tesseract {
    fn recognize(&mut self, picture: &Picture, limit: Duration) -> Result<Recognition, OcrError> {
        let (Ok(width), Ok(height)) =
            (c_int::try_from(picture.width), c_int::try_from(picture.height))
        else {
            return Err(OcrError::Failed);
        };
        // Tesseract finds nothing in such slivers and complains about them.
        if width < 16 || height < 16 {
            return Ok(Recognition::default());
        }
        let limit_ms = c_int::try_from(limit.as_millis()).unwrap_or(c_int::MAX).max(1);
        let started = std::time::Instant::now();
        let api = self.api;
        // SAFETY: the pixels outlive the calls (`Clear` ends Tesseract's hold on
        // them, and it copies them first); their number is width * height, one byte
        // each; the monitor is freed by its own function; what was read is walked before it is
        // cleared.
        let words = unsafe {
            (api.TessBaseAPISetImage)(
                self.handle,
                picture.pixels.as_ptr(),
                width,
                height,
                1,
                width,
            );
            (api.TessBaseAPISetSourceResolution)(self.handle, picture.ydpi.round() as c_int);
            let monitor = (api.TessMonitorCreate)();
            (api.TessMonitorSetDeadlineMSecs)(monitor, limit_ms);
            let failed = (api.TessBaseAPIRecognize)(self.handle, monitor) != 0;
            (api.TessMonitorDelete)(monitor);
            let words = (!failed)
                .then(|| Symbols::new(api, self.handle).map(Symbols::words).unwrap_or_default());
            (api.TessBaseAPIClear)(self.handle);
            words
        };
        let mut words = words.ok_or(OcrError::Failed)?;
        lone_strokes(&mut words);
        Ok(Recognition { words, timed_out: started.elapsed() >= limit })
    }

    fn knows(&self, word: &str) -> bool {
        let Ok(word) = CString::new(word) else { return false };
        // SAFETY: the handle is live and the string ends in a zero byte.
        unsafe { (self.api.TessBaseAPIIsValidWord)(self.handle, word.as_ptr()) != 0 }
    }

    fn orientation(&mut self, picture: &Picture) -> Option<u16> {
        orientation(picture)
    }
}

/// What Leptonica makes of the picture's ascenders and descenders: the clockwise turn
/// that sets it upright, or `None` where it cannot tell.
pub(super) fn orientation(picture: &Picture) -> Option<u16> {
    {
        let api = api().ok()?;
        let bits = Bits::new(api, picture)?;
        let (mut up, mut left) = (0.0f32, 0.0f32);
        // SAFETY: the picture is live, the results are written to locals; a zero asks
        // for the default number of letters.
        if unsafe { (api.pixOrientDetect)(bits.pix, &mut up, &mut left, 0, 0) } != 0 {
            return None;
        }
        // Leptonica's own rule for a decision: a score, and how far it leads.
        let (score, other) = if up.abs() > left.abs() { (up, left) } else { (left, up) };
        if score.abs() < ORIENTATION_SCORE || score.abs() < ORIENTATION_LEAD * other.abs() {
            return None;
        }
        Some(match (up.abs() > left.abs(), score > 0.0) {
            (true, true) => 0,
            (true, false) => 180,
            (false, true) => 90,
            (false, false) => 270,
        })
    }
}

/// A stroke by itself with a word after it is "I": rules have been taken out of the
/// picture, and Tesseract reads "|" for it as often as not.
fn lone_strokes(words: &mut [Read]) {
    for i in 1..words.len() {
        let (before, after) = words.split_at_mut(i);
        let (Some(stroke), Some(next)) = (before.last_mut(), after.first()) else { continue };
        let close = next.rect.x0 - stroke.rect.x1 <= 2.0 * stroke.rect.height();
        let word = next.text.starts_with(|c: char| c.is_ascii_lowercase());
        if stroke.text == "|" && stroke.line == next.line && close && word {
            stroke.text = "I".into();
            stroke.alternatives.push("|".into());
        }
    }
}

/// A black and white Leptonica picture.
struct Bits {
    api: &'static Api,
    pix: *mut capi::Pix,
}

impl Bits {
    fn new(api: &'static Api, picture: &Picture) -> Option<Self> {
        let width = c_int::try_from(picture.width).ok()?;
        let height = c_int::try_from(picture.height).ok()?;
        // SAFETY: a picture of one bit a pixel has `wpl` words of 32 bits a row, and
        // every index below is under `wpl * height`; the value owns the picture.
        unsafe {
            let pix = (api.pixCreate)(width, height, 1);
            if pix.is_null() {
                return None;
            }
            let bits = Self { api, pix };
            let words_per_row = usize::try_from((api.pixGetWpl)(pix)).ok()?;
            let data = (api.pixGetData)(pix);
            for y in 0..picture.height {
                for (i, chunk) in picture.row(y).chunks(32).enumerate() {
                    let mut word = 0u32;
                    for (bit, &shade) in chunk.iter().enumerate() {
                        word |= u32::from(shade < INK) << (31 - bit);
                    }
                    *data.add(y * words_per_row + i) = word;
                }
            }
            Some(bits)
        }
    }
}

impl Drop for Bits {
    fn drop(&mut self) {
        // SAFETY: created in `new`, destroyed only here.
        unsafe { (self.api.pixDestroy)(&mut self.pix) };
    }
}

/// Keeps Tesseract's OpenMP loops on the calling thread: with pages read in
/// parallel they only get into each other's way (3.7 times slower on two cores).
///
/// `OMP_THREAD_LIMIT` would do, but is read before `main` runs. The loops ask for
/// four threads each, which no default overrides; no level of parallelism at all
/// does. The setting is the calling thread's own.
fn keep_to_one_thread(api: &Api) {
    if let Some(set) = api.omp_set_max_active_levels {
        // SAFETY: may be called at any time, with any number.
        unsafe { set(0) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Rect;

    #[test]
    fn a_lone_stroke_before_a_word_is_a_letter() {
        let read = |text: &str, x: [f32; 2]| Read {
            text: text.into(),
            rect: Rect::new(x[0], 20.0, x[1], 40.0),
            confidence: 0.9,
            line: 1,
            alternatives: Vec::new(),
        };
        let mut words = [
            read("|", [10.0, 14.0]),
            read("feel", [20.0, 60.0]),
            read("|", [200.0, 204.0]),
            read("pain", [400.0, 440.0]),
            read("|", [445.0, 449.0]),
        ];
        lone_strokes(&mut words);
        let texts: Vec<&str> = words.iter().map(|w| w.text.as_str()).collect();
        assert_eq!(texts, ["I", "feel", "|", "pain", "|"]);
        assert_eq!(words[0].alternatives, ["|"]);
    }

    #[test]
    fn a_white_picture_has_no_words_and_no_orientation() {
        let white = Picture::white(400, 400, 200.0, 200.0);
        let (read, turn) = with_tesseract(|engine| {
            (engine.recognize(&white, Duration::from_secs(10)), engine.orientation(&white))
        })
        .unwrap();
        assert!(read.unwrap().words.is_empty());
        assert_eq!(turn, None);
    }
}
