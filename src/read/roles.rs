//! Lines that are no part of the record: what the fax machine printed, and heads
//! and feet that come again on every page.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::fax_header::{self, Marks};
use crate::document::{FaxHeader, Line, LineRole, Page, TextSource};
use crate::geometry::Rect;

/// Fax machines print within this share of the page from its edge.
const FAX_MARGIN: f32 = 0.07;

/// Within this share of the page from its edge nothing but fax headers is printed.
const OUTERMOST: f32 = 0.025;

/// Stamps stand within this share of the page from its edge.
const STAMP_MARGIN: f32 = 0.1;

/// Running heads and feet stand within this share of the page from its edge.
const HEAD_MARGIN: f32 = 0.12;

/// Marks the lines of a whole document, and has each page say what its fax header
/// says.
pub fn mark(pages: &mut [Page]) {
    let rows: Vec<Vec<Row>> = pages.iter().map(edge_rows).collect();
    let mut headers: Vec<Vec<bool>> =
        rows.iter().map(|rows| rows.iter().map(|row| row.tells_itself()).collect()).collect();
    // One transmission prints the same on every page but for the number, so a header
    // that OCR garbled is told by those that it left alone.
    let known: Vec<String> = rows
        .iter()
        .zip(&headers)
        .flat_map(|(rows, told)| rows.iter().zip(told).filter(|(_, told)| **told))
        .filter(|(row, _)| !row.stamp)
        .map(|(row, _)| shape(&row.text))
        .collect();
    for (rows, told) in rows.iter().zip(&mut headers) {
        for (row, told) in rows.iter().zip(told) {
            *told = *told || known.iter().any(|known| alike(known, &shape(&row.text)));
        }
    }
    // Nothing stands further out than a fax header but another one.
    for ((page, rows), told) in pages.iter().zip(&rows).zip(&mut headers) {
        let out = |row: &Row| row.rect.y0.min(page.height - row.rect.y1);
        let inner = rows.iter().zip(told.iter()).filter(|(row, told)| **told && !row.stamp);
        let innermost = inner.map(|(row, _)| out(row)).fold(0.0, f32::max);
        for (row, told) in rows.iter().zip(told.iter_mut()) {
            *told = *told || row.outermost && out(row) < innermost && !row.is_at_foot(page.height);
        }
    }
    for ((page, rows), told) in pages.iter_mut().zip(&rows).zip(&headers) {
        let told: Vec<&Row> = rows.iter().zip(told).filter(|(_, t)| **t).map(|(r, _)| r).collect();
        mark_headers(page, &told);
        page.fax = said(page.height, &told);
    }
    mark_running(pages);
}

/// What stands on one row at the edge of a scan.
struct Row {
    /// Its lines' indices in the page.
    lines: Vec<usize>,
    /// Its text, left to right.
    text: String,
    /// The box around it.
    rect: Rect,
    /// Whether it stands on the very edge.
    outermost: bool,
    /// Whether it is a rubber stamp.
    stamp: bool,
}

impl Row {
    fn is_at_foot(&self, height: f32) -> bool {
        self.rect.y0 > height / 2.0
    }

    fn tells_itself(&self) -> bool {
        let marks = Marks::of(&self.text);
        self.stamp || marks.tell_a_header() || self.outermost && marks.tell_a_garbled_header()
    }
}

/// The rows at a scan's edges. A header that runs askew to the page comes in pieces:
/// all of them are one, and one piece alone may not tell what it is.
fn edge_rows(page: &Page) -> Vec<Row> {
    if page.source != TextSource::Ocr {
        return Vec::new();
    }
    let height = page.height;
    let mut edge: Vec<(usize, &Line)> = Vec::new();
    edge.extend(page.lines.iter().enumerate().filter(|(_, line)| {
        at_edge(line, height, FAX_MARGIN)
            || at_edge(line, height, STAMP_MARGIN) && is_stamp(&line.text())
    }));
    edge.sort_by(|a, b| a.1.rect().y0.total_cmp(&b.1.rect().y0));
    let mut rows: Vec<Row> = Vec::new();
    let mut placed = vec![false; page.lines.len()];
    for &(at, line) in &edge {
        if placed[at] {
            continue;
        }
        let mut members: Vec<(usize, &Line)> =
            edge.iter().copied().filter(|&(_, other)| on_one_row(line, other)).collect();
        members.retain(|&(other, _)| !placed[other]);
        members.sort_by(|a, b| a.1.rect().x0.total_cmp(&b.1.rect().x0));
        members.iter().for_each(|&(other, _)| placed[other] = true);
        let texts: Vec<String> = members.iter().map(|(_, line)| line.text()).collect();
        let rect = members.iter().fold(line.rect(), |rect, (_, line)| rect.union(&line.rect()));
        let text = texts.join(" ");
        rows.push(Row {
            lines: members.iter().map(|&(other, _)| other).collect(),
            stamp: is_stamp(&text),
            text,
            rect,
            outermost: rect.y1 <= height * OUTERMOST || rect.y0 >= height * (1.0 - OUTERMOST),
        });
        // A stamp beside a header stands on its row by chance.
        if let Some(row) = rows.last_mut().filter(|row| !row.stamp && row.lines.len() > 1) {
            let stamps: Vec<usize> =
                row.lines.iter().copied().filter(|&at| is_stamp(&page.lines[at].text())).collect();
            row.lines.retain(|at| !stamps.contains(at));
            let rest: Vec<String> = row.lines.iter().map(|&at| page.lines[at].text()).collect();
            row.text = rest.join(" ");
            rows.extend(stamps.into_iter().map(|at| Row {
                lines: vec![at],
                text: page.lines[at].text(),
                rect: page.lines[at].rect(),
                outermost: false,
                stamp: true,
            }));
        }
    }
    rows
}

/// Whether two lines share at least two fifths of the lower one's height.
fn on_one_row(a: &Line, b: &Line) -> bool {
    let (a, b) = (a.rect(), b.rect());
    a.y1.min(b.y1) - a.y0.max(b.y0) >= 0.4 * a.height().min(b.height())
}

/// Marks the lines of header rows, and what stands between them at the edge.
fn mark_headers(page: &mut Page, headers: &[&Row]) {
    let height = page.height;
    let beside = |line: &Line| {
        let rect = line.rect();
        let middle = (rect.y0 + rect.y1) / 2.0;
        let within = |row: &&&Row| row.rect.y0 - 2.0 <= middle && middle <= row.rect.y1 + 2.0;
        at_edge(line, height, FAX_MARGIN) && headers.iter().filter(|r| !r.stamp).any(|r| within(&r))
    };
    let members: Vec<usize> = headers.iter().flat_map(|row| row.lines.iter().copied()).collect();
    for (at, line) in page.lines.iter_mut().enumerate() {
        if members.contains(&at) || beside(line) {
            line.role = LineRole::FaxHeader;
        }
    }
}

/// What the last machine printed: a fax that was faxed on has a line of each, and the
/// last one's is the outermost.
fn said(height: f32, headers: &[&Row]) -> Option<FaxHeader> {
    let mut rows: Vec<&&Row> = headers.iter().filter(|row| !row.stamp).collect();
    let from_edge = |row: &Row| row.rect.y0.min(height - row.rect.y1);
    rows.sort_by(|a, b| from_edge(a).total_cmp(&from_edge(b)));
    let read = |row: &&&Row| {
        let header = fax_header::parse(&row.text);
        (header != FaxHeader::default()).then_some(header)
    };
    rows.iter().find_map(read)
}

/// What an office stamps on a sheet's edge, with or without a day.
fn is_stamp(text: &str) -> bool {
    static STAMP: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(concat!(
            r"^\W*(RECEIVED|SCANNED|FAXED|ENTERED|FILED|FILE COPY|COPY|CONFIDENTIAL|DUPLICATE)\W*",
            r"([A-Z]{3,9}\.?[ -]?[0-9OIl]{1,2}[ ,-]*[0-9OIl]{4}|[0-9OIl]{1,4}[/.-][0-9OIl]{1,2}[/.-][0-9OIl]{2,4})?\W*$",
        ))
        .ok()
    });
    STAMP.as_ref().is_some_and(|stamp| stamp.is_match(text.trim()))
}

/// Whether two headers are the same but for what changes from page to page and for
/// what OCR made of them: most pairs of neighbouring letters are in both.
fn alike(a: &str, b: &str) -> bool {
    const SHORTEST: usize = 12;
    const SHARED: f64 = 0.6;
    a.len() >= SHORTEST && b.len() >= SHORTEST && strsim::sorensen_dice(a, b) >= SHARED
}

fn at_edge(line: &Line, height: f32, share: f32) -> bool {
    let rect = line.rect();
    rect.y1 <= height * share || rect.y0 >= height * (1.0 - share)
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
        assert_eq!(Marks::of(text).tell_a_header(), expect, "{text}");
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
