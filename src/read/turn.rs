//! Where a page turns in the middle of a sentence: what the form prints in between is no part of it.

use std::sync::LazyLock;

use regex::Regex;

use crate::document::{Line, LineRole, Page, TextSource};

/// What a form prints at the edges of its pages stands within this share of the page.
const MARGIN: f32 = 0.12;

/// Lines of so few letters are dirt, where a form's own words stand around them.
const DIRT: usize = 2;

/// What tells a form's own words: the number of the page, whose record it is, who printed it.
static FORM: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:page|pg) ?[0-9]|^\W*[0-9]{1,3} of [0-9]{1,3}\W*$|\b(?:mrn|dob|date of birth|chart|account|printed|form)\b|\bpatient ?:",
    )
    .ok()
});

/// Marks the foot of a page and the head of the next as running heads where a sentence goes on
/// from one to the other.
pub(super) fn mark(pages: &mut [Page]) {
    for at in 1..pages.len() {
        let (before, behind) = pages.split_at_mut(at);
        let (Some(page), Some(next)) = (before.last_mut(), behind.first_mut()) else { continue };
        if page.source == TextSource::TextFile {
            continue;
        }
        let foot = edge(page, page.lines.iter().enumerate().rev(), false);
        let head = edge(next, next.lines.iter().enumerate(), true);
        let ends = rest(page.lines.iter().enumerate().rev(), &foot);
        let begins = rest(next.lines.iter().enumerate(), &head);
        let open = ends.is_some_and(|line| !line.text().trim_end().ends_with(['.', ':', '!', '?']));
        let goes_on = begins.is_some_and(|line| line.text().starts_with(char::is_lowercase));
        if open && goes_on {
            foot.iter().for_each(|&line| page.lines[line].role = LineRole::RunningHead);
            head.iter().for_each(|&line| next.lines[line].role = LineRole::RunningHead);
        }
    }
}

/// The lines at a page's edge that a form printed, from the edge inwards.
fn edge<'a>(page: &Page, lines: impl Iterator<Item = (usize, &'a Line)>, top: bool) -> Vec<usize> {
    let own = |line: &Line| {
        let rect = line.rect();
        let text = line.text();
        let near = if top {
            rect.y1 <= page.height * MARGIN
        } else {
            rect.y0 >= page.height * (1.0 - MARGIN)
        };
        let dirt = text.chars().filter(|c| c.is_alphanumeric()).count() <= DIRT;
        near && (dirt || FORM.as_ref().is_some_and(|form| form.is_match(&text)))
    };
    let body = lines.filter(|(_, line)| line.role == LineRole::Body);
    body.take_while(|(_, line)| own(line)).map(|(at, _)| at).collect()
}

/// The first line of the record behind those.
fn rest<'a>(
    mut lines: impl Iterator<Item = (usize, &'a Line)>,
    edge: &[usize],
) -> Option<&'a Line> {
    lines.find(|(at, line)| line.role == LineRole::Body && !edge.contains(at)).map(|(_, line)| line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Word;
    use crate::geometry::Rect;

    fn page(number: u32, lines: &[(&str, f32)]) -> Page {
        let lines = lines.iter().map(|&(text, y)| Line {
            words: text
                .split(' ')
                .map(|word| Word::new(word, Rect::new(50.0, y, 200.0, y + 10.0)))
                .collect(),
            role: LineRole::Body,
            starts_block: false,
        });
        Page { lines: lines.collect(), ..Page::new(number, 612.0, 792.0, TextSource::Ocr) }
    }

    #[track_caller]
    fn check(last: &str, first: &str, expect: LineRole) {
        let mut pages = [
            page(1, &[("Knee pain.", 300.0), (last, 600.0), ("le", 710.0), ("Page 1 of 2", 760.0)]),
            page(2, &[("TEST, PATIENT 0001 MRN: T1", 30.0), (first, 120.0)]),
        ];
        mark(&mut pages);
        let roles = |p: usize| pages[p].lines.iter().map(|l| l.role).collect::<Vec<_>>();
        assert_eq!(roles(0), [LineRole::Body, LineRole::Body, expect, expect]);
        assert_eq!(roles(1), [expect, LineRole::Body]);
    }

    #[test]
    fn what_a_form_prints_cuts_no_sentence() {
        check("She walks with the aid of a", "cane and a brace.", LineRole::RunningHead);
    }

    #[test]
    fn it_stays_where_no_sentence_goes_on() {
        check("She walks with a cane.", "seen again today", LineRole::Body);
        check("She walks with the aid of a", "PLAN", LineRole::Body);
    }
}
