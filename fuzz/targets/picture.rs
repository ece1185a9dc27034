//! Any bytes, decoded as TIFF, PNG, JPEG or PDF for the page's picture.
#![no_main]

use chartsift::read::view;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for number in 1..=2 {
        if let Ok(view) = view::page(bytes, None, number, 90, None) {
            assert!(view.width > 0.0 && view.height > 0.0);
        }
    }
});
