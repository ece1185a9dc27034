//! How a run comes along: a bar on a terminal, or JSON lines for programs.

use std::io::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use crate::pipeline::{Progress, Read};
use crate::report::{Counts as Counted, RunRecord};

/// Tells of a run on standard error: by a bar where that is a terminal, or as JSON lines.
pub struct Told {
    bar: ProgressBar,
    events: bool,
    cases: usize,
    started: Instant,
    counts: Mutex<Counts>,
}

#[derive(Clone, Copy, Default)]
struct Counts {
    /// Pages read in this run.
    pages: u64,
    pages_ocr: u64,
    failed: u64,
    /// Documents that were read before.
    cached: u64,
}

/// A line of `--events`. Names of files and counts, never anything that a record says.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Event<'a> {
    Started {
        cases: usize,
        documents: usize,
    },
    Document {
        document: &'a str,
        pages: u32,
        pages_ocr: u32,
        failed: bool,
        retriable: bool,
        cached: bool,
        seconds: f64,
    },
    Deciding {
        cases: usize,
    },
    Decided {
        cases: usize,
    },
    Finished {
        run_id: &'a str,
        counts: &'a Counted,
        seconds: f64,
        pages_per_second: f64,
    },
}

impl Told {
    /// Begins to tell of a run over so many cases and documents.
    pub fn new(events: bool, cases: usize, documents: usize, started: Instant) -> Self {
        // Hides itself where standard error is no terminal; it uses no colour.
        let target = match events {
            true => ProgressDrawTarget::hidden(),
            false => ProgressDrawTarget::stderr_with_hz(5),
        };
        let bar = ProgressBar::with_draw_target(Some(documents as u64), target);
        bar.set_style(style("documents"));
        bar.set_message("0 pages");
        if !bar.is_hidden() {
            bar.enable_steady_tick(Duration::from_millis(500));
        }
        let told = Self { bar, events, cases, started, counts: Mutex::default() };
        told.event(&Event::Started { cases, documents });
        told
    }

    /// All is read; from now on cases are decided.
    pub fn deciding(&self) {
        self.bar.set_length(self.cases as u64);
        self.bar.set_position(0);
        self.bar.reset_eta();
        self.bar.set_style(style("cases decided"));
        self.event(&Event::Deciding { cases: self.cases });
    }

    /// Takes the bar away.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }

    /// The run is done.
    pub fn finished(&self, record: &RunRecord) {
        self.event(&Event::Finished {
            run_id: &record.run_id,
            counts: &record.counts,
            seconds: record.timings.seconds,
            pages_per_second: record.timings.pages_per_second,
        });
    }

    /// Documents that were read before.
    pub fn cached(&self) -> u64 {
        self.counts().cached
    }

    /// Pages that were read in this run.
    pub fn pages_read(&self) -> u64 {
        self.counts().pages
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self, change: impl FnOnce(&mut Counts)) {
        let counts = {
            let mut counts = self.counts();
            change(&mut counts);
            *counts
        };
        if !self.bar.is_hidden() {
            self.bar.set_message(message(counts, self.started.elapsed()));
        }
    }

    fn event(&self, event: &Event<'_>) {
        if self.events {
            let mut line = serde_json::to_vec(event).unwrap_or_default();
            line.push(b'\n');
            // One write a line, so that lines of several threads stay apart.
            let _ = std::io::stderr().write_all(&line);
        }
    }
}

impl Progress for Told {
    fn page(&self) {
        self.count(|counts| counts.pages += 1);
    }

    fn document(&self, read: &Read<'_>) {
        let summary = read.summary;
        self.count(|counts| {
            counts.failed += u64::from(summary.failed);
            counts.cached += u64::from(read.cached);
            if !read.cached {
                counts.pages_ocr += u64::from(summary.pages_ocr);
            }
        });
        self.bar.inc(1);
        self.event(&Event::Document {
            document: read.name,
            pages: summary.pages,
            pages_ocr: summary.pages_ocr,
            failed: summary.failed,
            retriable: summary.retriable,
            cached: read.cached,
            seconds: (read.seconds * 1000.0).round() / 1000.0,
        });
    }

    fn cases(&self, cases: usize) {
        self.bar.inc(cases as u64);
        self.event(&Event::Decided { cases });
    }
}

/// The bar; `what` is what it counts.
fn style(what: &str) -> ProgressStyle {
    let template =
        format!("{{bar:24}} {{pos}}/{{len}} {what}, {{msg}}, {{elapsed}} gone, {{eta}} to go");
    ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// As "97 pages (62% by OCR), 4.1 pages/s, 12 read before, 1 failed".
fn message(counts: Counts, elapsed: Duration) -> String {
    let Counts { pages, pages_ocr, failed, cached } = counts;
    let share = (100 * pages_ocr).checked_div(pages).unwrap_or_default();
    let speed = pages as f64 / elapsed.as_secs_f64().max(0.001);
    let some = |count: u64, what: &str| match count {
        0 => String::new(),
        count => format!(", {count} {what}"),
    };
    let (cached, failed) = (some(cached, "read before"), some(failed, "failed"));
    format!("{pages} pages ({share}% by OCR), {speed:.1} pages/s{cached}{failed}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_says_what_matters() {
        let counts = Counts { pages: 97, pages_ocr: 60, failed: 1, cached: 12 };
        let text = message(counts, Duration::from_secs(20));
        assert_eq!(text, "97 pages (61% by OCR), 4.8 pages/s, 12 read before, 1 failed");
        let text = message(Counts::default(), Duration::ZERO);
        assert_eq!(text, "0 pages (0% by OCR), 0.0 pages/s");
    }
}
