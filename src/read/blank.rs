//! Pages on which nothing is printed, or only that they are left blank.

use crate::document::{Legibility, LineRole, Page, PageKind, TextSource};

/// What is printed on pages that are left blank, letters alone.
const LEFT_BLANK: [&str; 3] =
    ["thispageintentionallyleftblank", "thispageisintentionallyleftblank", "blankpage"];

/// OCR leaves at least this much of it.
const LIKE: f64 = 0.75;

/// Marks each page that has nothing on it but a fax header, or the words that say so,
/// and gives their numbers.
pub fn mark(pages: &mut [Page]) -> Vec<u32> {
    let mut blank = Vec::new();
    for page in pages.iter_mut().filter(|page| page.source != TextSource::TextFile) {
        let empty = page.legibility == Legibility::Readable && body(page).next().is_none();
        if empty || is_left_blank(page) {
            page.legibility = Legibility::Blank;
            page.kind = PageKind::Record;
            blank.push(page.number);
        }
    }
    blank
}

/// The letters and digits of each line, in lower case. A speck may be read as one or
/// two: such lines are left out.
fn body(page: &Page) -> impl Iterator<Item = String> {
    let lines = page.lines.iter().filter(|line| line.role != LineRole::FaxHeader);
    let letters = lines.map(|line| -> String {
        line.text().to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
    });
    letters.filter(|letters| letters.len() > 2)
}

fn is_left_blank(page: &Page) -> bool {
    // What is much longer cannot be like: of most pages a line or two are looked at.
    let most = LEFT_BLANK.iter().map(|words| words.len() as f64 / LIKE).fold(0.0, f64::max);
    let mut letters = String::new();
    for line in body(page) {
        letters.push_str(&line);
        if letters.chars().count() as f64 > most {
            return false;
        }
    }
    LEFT_BLANK.iter().any(|words| strsim::normalized_levenshtein(words, &letters) >= LIKE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Line, Word};
    use crate::geometry::Rect;

    #[track_caller]
    fn check(lines: &[(&str, LineRole)], expect: Legibility) {
        let line = |&(text, role): &(&str, LineRole)| {
            let words = text.split(' ').map(|word| Word::new(word, Rect::default())).collect();
            Line { words, role, starts_block: true }
        };
        let lines = lines.iter().map(line).collect();
        let mut pages = vec![Page { lines, ..Page::new(1, 612.0, 792.0, TextSource::Ocr) }];
        mark(&mut pages);
        assert_eq!(pages[0].legibility, expect);
    }

    #[test]
    fn a_page_that_says_nothing_is_blank() {
        let header = ("FROM: EXAMPLE P.002/002", LineRole::FaxHeader);
        check(&[header], Legibility::Blank);
        check(&[header, (".", LineRole::Body)], Legibility::Blank);
        check(&[("This page intentionally left blank", LineRole::Body)], Legibility::Blank);
        check(&[header, ("This paqe intentionaliy left biank", LineRole::Body)], Legibility::Blank);
        check(&[header, ("Pain 7/10", LineRole::Body)], Legibility::Readable);
        // Poor as the rest of the page may be, this can be told.
        let poor = [("GNUUF", LineRole::FaxHeader), ("\u{2122} -", LineRole::Body)];
        let said = ("This-pageintentionallyleft blank", LineRole::Body);
        check(&[poor[0], poor[1], said], Legibility::Blank);
        let blank_in_a_form = "Areas left blank were intentionally skipped on this page";
        check(&[(blank_in_a_form, LineRole::Body)], Legibility::Readable);
    }
}
