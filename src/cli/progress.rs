//! The bar on a terminal: documents, pages, how fast, how much by OCR, what failed.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::pipeline::{Extraction, Progress};

/// A progress bar on standard error; nothing where that is no terminal.
pub struct Bar {
    bar: ProgressBar,
    started: Instant,
    counts: Mutex<Counts>,
}

#[derive(Clone, Copy, Default)]
struct Counts {
    pages: u64,
    pages_ocr: u64,
    failed: u64,
}

impl Bar {
    /// A bar for so many documents.
    pub fn new(documents: usize, started: Instant) -> Self {
        // Hides itself where standard error is no terminal; it uses no colour.
        let bar = ProgressBar::with_draw_target(
            Some(documents as u64),
            ProgressDrawTarget::stderr_with_hz(5),
        );
        let style = ProgressStyle::with_template(
            "{bar:24} {pos}/{len} documents, {msg}, {elapsed} gone, {eta} to go",
        );
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_message("0 pages");
        if !bar.is_hidden() {
            bar.enable_steady_tick(Duration::from_millis(500));
        }
        Self { bar, started, counts: Mutex::new(Counts::default()) }
    }

    /// Takes the bar away.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for Bar {
    fn done(&self, extraction: &Extraction) {
        let counts = {
            let Ok(mut counts) = self.counts.lock() else { return };
            let (pages, pages_ocr) = extraction.pages();
            counts.pages += u64::from(pages);
            counts.pages_ocr += u64::from(pages_ocr);
            counts.failed += u64::from(extraction.failed());
            *counts
        };
        self.bar.set_message(message(counts, self.started.elapsed()));
        self.bar.inc(1);
    }
}

/// As "97 pages (62% by OCR), 4.1 pages/s, 1 failed".
fn message(counts: Counts, elapsed: Duration) -> String {
    let Counts { pages, pages_ocr, failed } = counts;
    let share = (100 * pages_ocr).checked_div(pages).unwrap_or_default();
    let speed = pages as f64 / elapsed.as_secs_f64().max(0.001);
    let failed = if failed == 0 { String::new() } else { format!(", {failed} failed") };
    format!("{pages} pages ({share}% by OCR), {speed:.1} pages/s{failed}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_says_what_matters() {
        let counts = Counts { pages: 97, pages_ocr: 60, failed: 1 };
        let text = message(counts, Duration::from_secs(20));
        assert_eq!(text, "97 pages (61% by OCR), 4.8 pages/s, 1 failed");
        let text = message(Counts::default(), Duration::ZERO);
        assert_eq!(text, "0 pages (0% by OCR), 0.0 pages/s");
    }
}
