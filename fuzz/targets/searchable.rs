//! Any bytes, read and written again as a searchable PDF.
#![no_main]

use chartsift::read::{OcrMode, ReadOptions, read};
use chartsift::searchable::searchable;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let options = ReadOptions { ocr: OcrMode::Never, ..ReadOptions::default() };
    let reading = read(bytes, None, &options);
    if let Ok(copy) = searchable(bytes, None, &reading.document, &[]) {
        assert!(copy.len() >= 8 && copy.windows(5).any(|bytes| bytes == b"%PDF-"));
    }
});
