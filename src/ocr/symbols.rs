//! What Tesseract read, sign by sign, with what each sign may be instead.

use std::ffi::{CStr, c_char, c_int};

use super::capi::{
    Api, RIL_SYMBOL, RIL_TEXTLINE, RIL_WORD, TessBaseAPI, TessPageIterator, TessResultIterator,
};
use super::{DOUBT, Read, other_reading};
use crate::geometry::Rect;

/// A sign as read.
pub struct Symbol {
    pub text: String,
    /// What else a letter or digit may be, and how likely that is, 0-1.
    pub second: Option<(String, f32)>,
}

/// A place in what an engine read; stepped on from sign to sign.
pub struct Symbols<'a> {
    api: &'a Api,
    at: *mut TessResultIterator,
    boxes: *const TessPageIterator,
}

impl<'a> Symbols<'a> {
    /// The first place of what an engine has read; `None` where it read nothing.
    ///
    /// # Safety
    ///
    /// The handle is live, and what it read is neither cleared nor read anew as long as the value lives.
    pub unsafe fn new(api: &'a Api, handle: *mut TessBaseAPI) -> Option<Self> {
        // SAFETY: the handle is live; the iterator is this value's own and deleted in `drop`; its
        // view belongs to it.
        unsafe {
            let at = (api.TessBaseAPIGetIterator)(handle);
            (!at.is_null()).then(|| Self {
                api,
                at,
                boxes: (api.TessResultIteratorGetPageIterator)(at),
            })
        }
    }

    /// All words, line by line; white space inside a word parts it.
    pub fn words(mut self) -> Vec<Read> {
        let mut words = Vec::new();
        let mut line = 0;
        loop {
            if self.begins(RIL_TEXTLINE) {
                line += 1;
            }
            let Some(first) = self.symbol() else {
                // A picture, or nothing at all.
                if self.step(RIL_WORD) {
                    continue;
                }
                return words;
            };
            let (rect, confidence) = (self.rect(), self.confidence());
            let mut symbols = vec![first];
            let more = loop {
                if !self.step(RIL_SYMBOL) {
                    break false;
                }
                if self.begins(RIL_WORD) {
                    break true;
                }
                symbols.extend(self.symbol());
            };
            let blank = |symbol: &Symbol| symbol.text.trim().is_empty();
            let parts = symbols.split(blank).filter(|part| !part.is_empty());
            words.extend(parts.map(|part| word(part, rect, confidence, line)));
            if !more {
                return words;
            }
        }
    }

    fn step(&mut self, level: u32) -> bool {
        // SAFETY: the iterator is live.
        unsafe { (self.api.TessResultIteratorNext)(self.at, level) != 0 }
    }

    fn begins(&self, level: u32) -> bool {
        // SAFETY: the view lives as long as the iterator.
        unsafe { (self.api.TessPageIteratorIsAtBeginningOf)(self.boxes, level) != 0 }
    }

    /// The box of the word here, in pixels of the picture.
    fn rect(&self) -> Rect {
        let [mut left, mut top, mut right, mut bottom] = [0 as c_int; 4];
        // SAFETY: the view lives as long as the iterator; the results are written to locals, which
        // stay as they are where there is no box.
        unsafe {
            (self.api.TessPageIteratorBoundingBox)(
                self.boxes,
                RIL_WORD,
                &mut left,
                &mut top,
                &mut right,
                &mut bottom,
            )
        };
        Rect::new(left as f32, top as f32, right as f32, bottom as f32)
    }

    /// How sure the word here is, 0-1.
    fn confidence(&self) -> f32 {
        // SAFETY: the iterator is live.
        let percent = unsafe { (self.api.TessResultIteratorConfidence)(self.at, RIL_WORD) };
        (percent / 100.0).clamp(0.0, 1.0)
    }

    /// The sign here; `None` where there is none, as in a picture.
    fn symbol(&self) -> Option<Symbol> {
        // SAFETY: the iterator is live; the text is copied, then freed by its own function.
        let text = unsafe {
            let text = (self.api.TessResultIteratorGetUTF8Text)(self.at, RIL_SYMBOL);
            let copy = copied(text);
            (self.api.TessDeleteText)(text);
            copy?
        };
        let second = letter_or_digit(&text).then(|| self.second(&text)).flatten();
        Some(Symbol { text, second })
    }

    /// The likeliest other letter or digit that the sign here may be.
    fn second(&self, first: &str) -> Option<(String, f32)> {
        let api = self.api;
        let mut second: Option<(String, f32)> = None;
        // SAFETY: the iterator is live; that of the choices is deleted here, after its last text
        // was copied.
        unsafe {
            let choices = (api.TessResultIteratorGetChoiceIterator)(self.at);
            if choices.is_null() {
                return None;
            }
            loop {
                let likely = (api.TessChoiceIteratorConfidence)(choices) / 100.0;
                let least = second.as_ref().map_or(DOUBT, |(_, likely)| *likely);
                if likely >= least
                    && let Some(text) = copied((api.TessChoiceIteratorGetUTF8Text)(choices))
                    && text != first
                    && letter_or_digit(&text)
                {
                    second = Some((text, likely));
                }
                if (api.TessChoiceIteratorNext)(choices) == 0 {
                    break;
                }
            }
            (api.TessChoiceIteratorDelete)(choices);
        }
        second
    }
}

impl Drop for Symbols<'_> {
    fn drop(&mut self) {
        // SAFETY: created in `new`, deleted only here.
        unsafe { (self.api.TessResultIteratorDelete)(self.at) };
    }
}

/// A copy of a text that C holds.
///
/// # Safety
///
/// It is null, or ends in a zero byte.
unsafe fn copied(text: *const c_char) -> Option<String> {
    // SAFETY: what the caller vouches for.
    (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned())
}

fn letter_or_digit(text: &str) -> bool {
    !text.is_empty() && text.chars().all(char::is_alphanumeric)
}

/// A word of these signs, at least one.
fn word(symbols: &[Symbol], rect: Rect, confidence: f32, line: u32) -> Read {
    let alternatives = other_reading(symbols.iter().map(|Symbol { text, second }| {
        (text.as_str(), second.as_ref().map(|(text, likely)| (text.as_str(), *likely)))
    }));
    let text = symbols.iter().map(|symbol| symbol.text.as_str()).collect();
    Read { text, rect, confidence, line, alternatives: alternatives.into_iter().collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_doubtful_sign_makes_the_other_reading() {
        let symbol = |text: &str, second: Option<(&str, f32)>| Symbol {
            text: text.into(),
            second: second.map(|(text, likely)| (text.into(), likely)),
        };
        let read = |symbols: &[Symbol]| word(symbols, Rect::default(), 0.9, 1);
        let level = read(&[symbol("L", Some(("1", 0.09))), symbol("S", Some(("5", 0.4)))]);
        assert_eq!(
            (level.text.as_str(), level.alternatives.as_slice()),
            ("LS", &["L5".into()][..])
        );
        assert!(read(&[symbol("L", None), symbol("5", None)]).alternatives.is_empty());
    }
}
