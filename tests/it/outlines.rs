//! Pages that have to be rendered to be read: letters drawn as shapes, and letters of
//! fonts that do not say what they stand for.

use chartsift::document::{Legibility, Page, TextSource};
use chartsift::read::{OcrMode, ReadOptions, Reading, read};

use crate::sheets::{CAPITALS, NOTE, bytes, drawn, meaningless, squares};
use crate::type_pixels::Sheet;

fn read_plainly(bytes: &[u8]) -> Reading {
    read(bytes, None, &ReadOptions::default())
}

/// Whether a page says about what was drawn on it, at its place.
#[track_caller]
fn check_read(reading: &Reading, left: f32) -> &Page {
    let page = &reading.document.pages[0];
    assert_eq!((page.source, page.legibility), (TextSource::Ocr, Legibility::Readable));
    assert!(reading.problems.is_empty());
    let lines: Vec<String> = page.lines.iter().map(|line| line.text().to_uppercase()).collect();
    let near = strsim::normalized_levenshtein(&lines.join(" "), &CAPITALS.join(" "));
    // The pixel font is no print shop's: an N is an H or an M to the engine.
    assert!(near >= 0.7, "{near}: {lines:?}");
    assert!((page.lines[0].rect().x0 - left).abs() < 5.0);
    page
}

#[test]
fn letters_drawn_as_shapes_are_read() {
    let sheet = Sheet::typed(&CAPITALS, 850, 1100, 2);
    let reading = read_plainly(&bytes(drawn(&squares(&sheet, 0.72))));
    check_read(&reading, 144.0);
}

#[test]
fn letters_without_a_meaning_are_read_as_they_look() {
    let bytes = bytes(meaningless(&CAPITALS));
    check_read(&read_plainly(&bytes), 72.0);
    let options = ReadOptions { ocr: OcrMode::Never, ..ReadOptions::default() };
    let page = &read(&bytes, None, &options).document.pages[0];
    assert_eq!(page.legibility, Legibility::Unreadable);
}

#[test]
fn a_page_of_a_rule_or_a_box_alone_ends_as_blank_or_unreadable() {
    let pages = [
        ("", Legibility::Blank),
        ("1 g 72 700 400 11 re f", Legibility::Blank),
        ("72 700 4 11 re f", Legibility::Blank),
        ("1 w 72 700 m 540 700 l S", Legibility::Blank),
        ("2 w 72 72 468 648 re S", Legibility::Blank),
        ("72 72 200 300 re f 300 400 m 500 700 l 500 450 l f", Legibility::Unreadable),
    ];
    for (content, expect) in pages {
        let reading = read_plainly(&bytes(drawn(content)));
        assert_eq!(reading.document.pages[0].legibility, expect, "{content}");
        assert!(reading.document.pages[0].lines.is_empty(), "{content}");
        let told = usize::from(expect == Legibility::Unreadable);
        assert_eq!(reading.problems.len(), told, "{content}: {:?}", reading.problems);
    }
}

#[test]
fn shapes_stay_unread_without_ocr() {
    let options = ReadOptions { ocr: OcrMode::Never, ..ReadOptions::default() };
    let reading = read(&bytes(drawn("72 700 400 11 re f")), None, &options);
    assert_eq!(reading.document.pages[0].legibility, Legibility::Unreadable);
    assert_eq!(reading.problems[0].page, Some(1));
    assert!(reading.problems[0].problem.contains("only OCR can read it"));
}

#[test]
fn one_page_can_be_read_alone() {
    let options = |only| ReadOptions { only: Some(only), ..ReadOptions::default() };
    let text = crate::sheets::text(&NOTE, lopdf::Dictionary::new());
    let bytes = bytes(text);
    let pages = read(&bytes, None, &options(1)).document.pages;
    assert_eq!((pages.len(), pages[0].number), (1, 1));
    let none = read(&bytes, None, &options(2));
    assert!(none.document.pages.is_empty() && none.problems.is_empty());
}
