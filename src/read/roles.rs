//! Lines that are no part of the record: what the fax machine printed, and heads
//! and feet that come again on every page.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use crate::document::{Line, LineRole, Page, TextSource};
use crate::geometry::Rect;

/// Fax machines print within this share of the page from its edge.
const FAX_MARGIN: f32 = 0.07;

/// Running heads and feet stand within this share of the page from its edge.
const HEAD_MARGIN: f32 = 0.12;

/// Marks the lines of a whole document.
pub fn mark(pages: &mut [Page]) {
    for page in pages.iter_mut().filter(|page| page.source == TextSource::Ocr) {
        let height = page.height;
        let edge: Vec<&Line> =
            page.lines.iter().filter(|line| at_edge(line, height, FAX_MARGIN)).collect();
        // A header that runs askew to the page comes in pieces: all of them are one,
        // and one piece alone may not tell what it is.
        let headers: Vec<Rect> = edge
            .iter()
            .filter(|line| is_fax_header(&line.text()) || is_fax_header(&row_text(line, &edge)))
            .map(|line| line.rect())
            .collect();
        let beside = |line: &Line| {
            let (rect, edge) = (line.rect(), at_edge(line, height, FAX_MARGIN));
            let middle = (rect.y0 + rect.y1) / 2.0;
            edge && headers.iter().any(|h| h.y0 - 2.0 <= middle && middle <= h.y1 + 2.0)
        };
        for line in &mut page.lines {
            if beside(line) {
                line.role = LineRole::FaxHeader;
            }
        }
    }
    mark_running(pages);
}

/// The text of all the lines that stand on one row with this one, left to right.
fn row_text(line: &Line, lines: &[&Line]) -> String {
    let rect = line.rect();
    let mut row: Vec<&&Line> = lines
        .iter()
        .filter(|other| {
            let other = other.rect();
            let shared = rect.y1.min(other.y1) - rect.y0.max(other.y0);
            shared >= 0.4 * rect.height().min(other.height())
        })
        .collect();
    row.sort_by(|a, b| a.rect().x0.total_cmp(&b.rect().x0));
    let texts: Vec<String> = row.iter().map(|line| line.text()).collect();
    texts.join(" ")
}

fn at_edge(line: &Line, height: f32, share: f32) -> bool {
    let rect = line.rect();
    rect.y1 <= height * share || rect.y0 >= height * (1.0 - share)
}

/// What a fax machine's line has: a time, a date, a page count, from and to. OCR
/// often garbles it, so shapes of digits count more than letters.
fn is_fax_header(text: &str) -> bool {
    static TIME: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?i)\b[0-9OolI]{1,2}[:;][0-9OolI]{2}([:;][0-9OolI]{2})?\s*([AP]\.?M)?\b").ok()
    });
    static DATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(concat!(
            r"(?i)\b[0-9OolI]{1,4}[/.-][0-9OolI]{1,2}[/.-][0-9OolI]{2,4}\b",
            r"|\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[-. ]*[0-9OolI]{1,2}\b",
            r"|\b[0-9]{1,2}[-. ]*(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\b",
        ))
        .ok()
    });
    static COUNT: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r"(?i)\b(p|pg|page)[.:; ]*[0-9OolI]{1,4}\b|\b[0-9OolI]{1,4} ?(/|of) ?[0-9OolI]{1,4}\b",
        )
        .ok()
    });
    static MACHINE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?i)\b(from|fr[o0]m|to|fax|tel|rcvd|received|rightfax|xmit|tx|rx|job)\s*[:;#.]|\b(fax|faxed|rightfax|efax)\b").ok()
    });
    static NUMBER: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"\+?[0-9(][0-9() .-]{5,}[0-9]").ok());
    let has = |shape: &LazyLock<Option<Regex>>| shape.as_ref().is_some_and(|r| r.is_match(text));
    let (time, date, count) = (has(&TIME), has(&DATE), has(&COUNT));
    let marks = [time, date, count, has(&MACHINE), has(&NUMBER)];
    let n = marks.iter().filter(|&&mark| mark).count();
    // A time beside two other marks; or a page count with machine words; a visit's
    // own header has a date and a page count but hardly ever a time of day.
    (time && n >= 3) || (count && has(&MACHINE) && n >= 3)
}

/// Marks heads and feet that come again with only numbers changed, all but the
/// first: it may be the one place that names the patient and the visit.
fn mark_running(pages: &mut [Page]) {
    let mut seen: BTreeMap<(bool, String), Vec<(usize, usize)>> = BTreeMap::new();
    for (p, page) in pages.iter().enumerate() {
        if page.source == TextSource::TextFile {
            continue;
        }
        for (l, line) in page.lines.iter().enumerate() {
            if line.role == LineRole::Body && at_edge(line, page.height, HEAD_MARGIN) {
                let top = line.rect().y1 < page.height / 2.0;
                let shape = shape(&line.text());
                if shape.chars().filter(|c| c.is_alphabetic()).count() >= 3 {
                    seen.entry((top, shape)).or_default().push((p, l));
                }
            }
        }
    }
    for places in seen.values() {
        let first_page = places.first().map(|&(p, _)| p);
        for &(p, l) in places {
            if Some(p) != first_page {
                pages[p].lines[l].role = LineRole::RunningHead;
            }
        }
    }
}

/// A line without what changes from page to page, and without what OCR changes.
fn shape(text: &str) -> String {
    let mut shape = String::new();
    for c in text.chars() {
        if c.is_ascii_digit() {
            if !shape.ends_with('0') {
                shape.push('0');
            }
        } else if c.is_alphanumeric() {
            shape.extend(c.to_lowercase());
        }
    }
    shape
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Word;

    fn line(text: &str, y: f32) -> Line {
        let word = |t: &str| Word::new(t, Rect::new(50.0, y, 200.0, y + 10.0));
        Line {
            words: text.split(' ').map(word).collect(),
            role: LineRole::Body,
            starts_block: false,
        }
    }

    fn page(number: u32, source: TextSource, lines: Vec<Line>) -> Page {
        Page { lines, ..Page::new(number, 612.0, 792.0, source) }
    }

    #[track_caller]
    fn check(text: &str, expect: bool) {
        assert_eq!(is_fax_header(text), expect, "{text}");
    }

    #[test]
    fn tells_fax_headers() {
        check("MAR-27-2023 17:02 FROM:EXAMPLE CLINIC TO:555-0152 P.001/003", true);
        check("01/02/2024 9:15 AM FAX 5550100 -> 5550111 Page 2 of 7", true);
        check("2O23-O3-27 l7:O2 EXAMPLE CL 555 0152 P. 2/3", true);
        check("From: 5550100 To: 5550111 Page: 2/7", true);
        check("Rcvd: 03/27/23 05:02 PM", true);
        check("Page 2 of 3", false);
        check("PATIENT: TEST, PATIENT 0001 DOB: 01/01/1900 Page 2", false);
        check("Encounter Date: 03/05/2024 Provider 7, MD", false);
        check("Blood pressure 120/80 taken at 9:15", false);
    }

    #[test]
    fn only_edges_of_scans_have_fax_headers() {
        let header = "MAR-27-2023 17:02 FROM:EXAMPLE TO:555-0152 P.001/003";
        let mut pages = vec![
            page(1, TextSource::Ocr, vec![line(header, 8.0), line(header, 300.0)]),
            page(2, TextSource::TextLayer, vec![line(header, 8.0)]),
        ];
        mark(&mut pages);
        assert_eq!(pages[0].lines[0].role, LineRole::FaxHeader);
        assert_eq!(pages[0].lines[1].role, LineRole::Body);
        assert_eq!(pages[1].lines[0].role, LineRole::Body);
    }

    #[test]
    fn a_fax_header_in_pieces_is_marked_whole() {
        let piece = |text: &str, x: f32, y: f32| {
            let mut line = line(text, y);
            for (i, word) in line.words.iter_mut().enumerate() {
                let x = x + 60.0 * i as f32;
                word.rect = Rect::new(x, y, x + 50.0, y + 10.0);
            }
            line
        };
        let lines = vec![
            piece("P.001/003", 500.0, 11.0),
            piece("TO:555-0152", 330.0, 9.0),
            piece("MAR-27-2023 17:02", 30.0, 6.0),
            piece("FROM:EXAMPLE CL", 180.0, 7.5),
            piece("PAIN CENTER", 200.0, 40.0),
        ];
        let mut pages = vec![page(1, TextSource::Ocr, lines)];
        mark(&mut pages);
        let roles: Vec<LineRole> = pages[0].lines.iter().map(|l| l.role).collect();
        assert_eq!(roles[..4], [LineRole::FaxHeader; 4]);
        assert_eq!(roles[4], LineRole::Body);
    }

    #[test]
    fn running_heads_are_marked_from_their_second_page_on() {
        let of = |n: u32| {
            let lines = vec![
                line("TEST, PATIENT 0001 DOB: 01/01/1900", 30.0),
                line(&format!("finding number {n}"), 300.0),
                line(&format!("Page {n} of 12"), 770.0),
            ];
            page(n, TextSource::TextLayer, lines)
        };
        let mut pages = vec![of(1), of(2), of(3)];
        mark(&mut pages);
        let roles = |p: usize| pages[p].lines.iter().map(|l| l.role).collect::<Vec<_>>();
        assert_eq!(roles(0), [LineRole::Body; 3]);
        assert_eq!(roles(2), [LineRole::RunningHead, LineRole::Body, LineRole::RunningHead]);
    }
}
