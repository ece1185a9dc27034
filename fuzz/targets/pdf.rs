//! Any bytes, read as a PDF is: its text, its pages' pictures, without OCR.
#![no_main]

use chartsift::read::{OcrMode, ReadOptions, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let options = ReadOptions { ocr: OcrMode::Never, ..ReadOptions::default() };
    let reading = read(bytes, Some("a.pdf"), &options);
    // Read, or said why not: nothing is lost in silence.
    assert!(!reading.document.pages.is_empty() || !reading.problems.is_empty());
});
