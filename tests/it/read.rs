//! Reading files of every format and in every state of repair. The fixtures are
//! made here: PDFs by `lopdf`, scans by drawing type with a small pixel font.

use chartsift::document::{Legibility, LineRole, Page, TextSource};
use chartsift::ocr::EngineChoice;
use chartsift::read::{OcrMode, ReadOptions, Reading, read};
use lopdf::content::{Content, Operation};
use lopdf::encryption::{EncryptionState, EncryptionVersion, Permissions};
use lopdf::{Dictionary, Document, Object, Stream, dictionary};

use crate::sheets::{self, bytes};
use crate::type_pixels::Sheet;

const NOTE: [&str; 3] = [
    "ASSESSMENT: chronic low back pain",
    "Gabapentin 300 mg three times daily",
    "Straight leg raise negative bilaterally",
];

/// By Tesseract alone: the second engine takes its time over the pixel font, and few of these tests are about words.
pub fn read_plainly(bytes: &[u8]) -> Reading {
    read(bytes, None, &ReadOptions { engine: EngineChoice::Tesseract, ..ReadOptions::default() })
}

fn texts(page: &Page) -> Vec<String> {
    page.lines.iter().map(|line| line.text()).collect()
}

/// Whether a page says about what was typed on it: the pixel font is no print shop's.
#[track_caller]
fn check_typed(page: &Page) {
    let got = texts(page).join(" ").to_uppercase();
    let near = strsim::normalized_levenshtein(&got, &NOTE.join(" ").to_uppercase());
    assert!(near >= 0.88, "{near}: {got}");
}

/// One page of a fixture.
pub enum Sheetlike<'a> {
    Text(&'a [&'a str]),
    Scan(&'a Sheet),
}

/// A PDF of these pages, each with the extra entries given.
pub fn pdf(pages: &[Sheetlike], extra: &[(&str, Object)]) -> Document {
    let mut document = Document::with_version("1.5");
    let font = document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica",
        "Encoding" => "WinAnsiEncoding",
    });
    let extra: Dictionary = extra.iter().map(|(key, value)| (*key, value.clone())).collect();
    let mut contents = Vec::new();
    for page in pages {
        let mut resources = dictionary! { "Font" => dictionary! { "F1" => font } };
        let operations = match page {
            Sheetlike::Text(lines) => {
                let mut operations = vec![
                    Operation::new("BT", vec![]),
                    Operation::new("Tf", vec!["F1".into(), 11.into()]),
                    Operation::new("Td", vec![72.into(), 700.into()]),
                ];
                for line in *lines {
                    operations.push(Operation::new("Tj", vec![Object::string_literal(*line)]));
                    operations.push(Operation::new("Td", vec![0.into(), (-14).into()]));
                }
                operations.push(Operation::new("ET", vec![]));
                operations
            }
            Sheetlike::Scan(sheet) => {
                let image = document.add_object(Stream::new(
                    dictionary! {
                        "Type" => "XObject", "Subtype" => "Image",
                        "Width" => sheet.width as i64, "Height" => sheet.height as i64,
                        "ColorSpace" => "DeviceGray", "BitsPerComponent" => 8,
                    },
                    sheet.pixels.clone(),
                ));
                resources.set("XObject", dictionary! { "Im0" => image });
                vec![
                    Operation::new("cm", [612, 0, 0, 792, 0, 0].map(Object::from).to_vec()),
                    Operation::new("Do", vec!["Im0".into()]),
                ]
            }
        };
        let content = Content { operations }.encode().unwrap();
        contents.push((content, resources, extra.clone()));
    }
    sheets::pdf(contents, document)
}

fn note_pdf() -> Vec<u8> {
    bytes(pdf(&[Sheetlike::Text(&NOTE)], &[]))
}

#[test]
fn a_text_layer_is_read_with_places() {
    let reading = read_plainly(&note_pdf());
    assert!(reading.problems.is_empty());
    let page = &reading.document.pages[0];
    assert_eq!(texts(page), NOTE);
    assert_eq!((page.source, page.legibility), (TextSource::TextLayer, Legibility::Readable));
    let word = &page.lines[0].words[0];
    assert!((word.rect.x0 - 72.0).abs() < 0.5 && word.rect.y0 > 80.0 && word.rect.y1 < 96.0);
}

#[test]
fn a_broken_cross_reference_is_mended() {
    let good = note_pdf();
    let mut wrong_start = good.clone();
    let at = good.windows(9).rposition(|w| w == b"startxref").unwrap();
    wrong_start.truncate(at);
    wrong_start.extend(b"startxref\n7\n%%EOF");
    let headless: Vec<u8> = [&b"junk from a mail gateway\r\n"[..], &good].concat();
    for broken in [&wrong_start, &good[..at].to_vec(), &headless] {
        let reading = read_plainly(broken);
        assert_eq!(texts(&reading.document.pages[0]), NOTE);
    }
}

fn encrypted(user_password: &str) -> Vec<u8> {
    let mut document = pdf(&[Sheetlike::Text(&NOTE)], &[]);
    let version = EncryptionVersion::V2 {
        document: &document,
        owner_password: "owner",
        user_password,
        key_length: 128,
        permissions: Permissions::all(),
    };
    let state = EncryptionState::try_from(version).unwrap();
    document.encrypt(&state).unwrap();
    let mut out = Vec::new();
    document.save_to(&mut out).unwrap();
    out
}

#[test]
fn an_empty_password_opens_and_another_is_asked_for() {
    assert_eq!(texts(&read_plainly(&encrypted("")).document.pages[0]), NOTE);
    let reading = read_plainly(&encrypted("secret"));
    assert!(reading.document.pages.is_empty());
    assert!(reading.problems[0].fatal && reading.problems[0].problem.contains("password"));
}

#[test]
fn a_rotated_page_has_upright_places() {
    let bytes = bytes(pdf(&[Sheetlike::Text(&NOTE)], &[("Rotate", 90.into())]));
    let page = &read_plainly(&bytes).document.pages[0];
    // The viewer turns it by 90: the words run down, and are set upright by 270.
    assert_eq!(page.turned, 270);
    assert_eq!((page.width, page.height), (612.0, 792.0));
    assert_eq!(texts(page), NOTE);
    let rect = page.lines[0].words[0].rect;
    assert!((rect.x0 - 72.0).abs() < 0.5 && rect.y1 < 96.0, "{rect:?}");
}

#[test]
fn the_crop_box_is_the_page() {
    let crop = [50, 680, 400, 780].map(Object::from).to_vec();
    let bytes = bytes(pdf(&[Sheetlike::Text(&NOTE)], &[("CropBox", crop.into())]));
    let page = &read_plainly(&bytes).document.pages[0];
    assert_eq!((page.width, page.height), (350.0, 100.0));
    // The third line stands below the crop box's edge.
    assert_eq!(texts(page), &NOTE[..2]);
    assert!((page.lines[0].words[0].rect.x0 - 22.0).abs() < 0.5);
}

#[test]
fn a_document_mixes_text_and_scans() {
    let scan = Sheet::typed(&NOTE, 1700, 2200, 4);
    let blank = Sheet::white(1700, 2200);
    let pages = [Sheetlike::Text(&NOTE), Sheetlike::Scan(&scan), Sheetlike::Scan(&blank)];
    let reading = read_plainly(&bytes(pdf(&pages, &[])));
    let pages = &reading.document.pages;
    let sources: Vec<_> = pages.iter().map(|p| p.source).collect();
    assert_eq!(sources, [TextSource::TextLayer, TextSource::Ocr, TextSource::Ocr]);
    assert_eq!(pages[2].legibility, Legibility::Blank);
    assert_eq!(pages[1].legibility, Legibility::Readable);
    check_typed(&pages[1]);
    let word = &pages[1].lines[0].words[0];
    assert!(word.confidence.is_some_and(|c| (0.3..=1.0).contains(&c)));
    // Typed from 1 inch in and down, on a page of 200 dpi.
    assert!((word.rect.x0 - 72.0).abs() < 4.0 && (word.rect.y0 - 72.0).abs() < 6.0);
}

#[test]
fn never_means_no_scan_is_read() {
    let scan = Sheet::typed(&NOTE, 1700, 2200, 4);
    let bytes = bytes(pdf(&[Sheetlike::Scan(&scan)], &[]));
    let options = ReadOptions { ocr: OcrMode::Never, ..ReadOptions::default() };
    let page = &read(&bytes, None, &options).document.pages[0];
    assert!(page.lines.is_empty());
    assert_eq!(page.legibility, Legibility::Unreadable);
}

#[test]
fn a_scan_fed_upside_down_is_turned() {
    let scan = Sheet::typed(&NOTE, 1700, 2200, 4).upside_down();
    let page = &read_plainly(&bytes(pdf(&[Sheetlike::Scan(&scan)], &[]))).document.pages[0];
    assert_eq!(page.turned, 180);
    check_typed(page);
    assert!(page.lines[0].words[0].rect.y0 < 100.0);
}

/// A note long enough to tell up from down by.
pub const LONG_NOTE: [&str; 9] = [
    "HISTORY: PAIN FOR SIX MONTHS",
    "GABAPENTIN 300 MG THREE TIMES DAILY",
    "NO RADIATION BELOW THE KNEE",
    "STRAIGHT LEG RAISE NEGATIVE",
    "PALPATION: TENDER OVER THE JOINT",
    "REFLEXES NORMAL IN BOTH LEGS",
    "ASSESSMENT: CHRONIC LOW BACK PAIN",
    "PHYSICAL THERAPY DID NOT HELP",
    "RETURN AFTER THE BLOCK",
];

/// A scan with these words behind it, moved from where the sheet has its lines.
fn layered(sheet: &Sheet, lines: &[&str], (dx, dy): (f32, f32)) -> Vec<u8> {
    let mut document = pdf(&[Sheetlike::Scan(sheet)], &[]);
    for object in document.objects.values_mut() {
        if let Ok(dict) = object.as_dict_mut()
            && dict.has(b"BaseFont")
        {
            dict.set("BaseFont", "Courier");
        }
    }
    let mut operations = vec![
        Operation::new("q", vec![]),
        Operation::new("cm", [612, 0, 0, 792, 0, 0].map(Object::from).to_vec()),
        Operation::new("Do", vec!["Im0".into()]),
        Operation::new("Q", vec![]),
        Operation::new("BT", vec![]),
        Operation::new("Tr", vec![3.into()]),
        // A letter of the sheet's font takes 24 of its pixels, 200 of which are an inch.
        Operation::new("Tf", vec!["F1".into(), Object::Real(14.4)]),
        Operation::new("Td", vec![Object::Real(72.0 + dx), Object::Real(709.9 - dy)]),
    ];
    for line in lines {
        operations.push(Operation::new("Tj", vec![Object::string_literal(*line)]));
        operations.push(Operation::new("Td", vec![0.into(), Object::Real(-20.16)]));
    }
    operations.push(Operation::new("ET", vec![]));
    let content = Content { operations }.encode().unwrap();
    let content = document.add_object(Stream::new(dictionary! {}, content));
    let page = document.page_iter().next().unwrap();
    document.get_dictionary_mut(page).unwrap().set("Contents", content);
    bytes(document)
}

#[test]
fn words_behind_a_scan_are_kept_if_they_are_its_own() {
    let sheet = Sheet::typed(&LONG_NOTE, 1700, 2200, 4);
    let own = read_plainly(&layered(&sheet, &LONG_NOTE, (0.0, 0.0)));
    let page = &own.document.pages[0];
    assert_eq!(
        (page.source, texts(page)),
        (TextSource::TextLayer, LONG_NOTE.map(String::from).to_vec())
    );
    let mut other = LONG_NOTE.map(|line| line.chars().rev().collect::<String>());
    other.rotate_left(4);
    let other: Vec<&str> = other.iter().map(String::as_str).collect();
    let never = ReadOptions { ocr: OcrMode::Never, ..ReadOptions::default() };
    for (lines, moved) in [
        (&LONG_NOTE[..], (0.0, 10.0)),
        (&LONG_NOTE, (0.0, 400.0)),
        (&["SOMETHING ELSE THAT STANDS ON ANOTHER PAGE", "AND TAKES TWO LINES"], (0.0, 0.0)),
        (&other, (0.0, 0.0)),
    ] {
        let file = layered(&sheet, lines, moved);
        let page = &read_plainly(&file).document.pages[0];
        assert_eq!(page.source, TextSource::Ocr, "{moved:?}");
        assert!(page.lines.len() == LONG_NOTE.len() && !page.lines[0].text().contains("ELSE"));
        let page = &read(&file, None, &never).document.pages[0];
        assert!(page.lines.is_empty() && page.legibility == Legibility::Unreadable);
    }
}

#[test]
fn a_stamp_typed_over_a_scan_is_read_besides_it() {
    let sheet = Sheet::typed(&LONG_NOTE, 1700, 2200, 4);
    let mut document = pdf(&[Sheetlike::Scan(&sheet)], &[]);
    let id = document.page_iter().next().unwrap();
    let stamp = b"\nBT 1 0 0 -1 0 0 Tm /F1 0.014 Tf 1 0 0 1 0.4 0.3 Tm (Received 03/27/2023) Tj ET";
    let scan = document.get_page_content(id);
    let content = document.add_object(Stream::new(dictionary! {}, [&scan[..], stamp].concat()));
    document.get_dictionary_mut(id).unwrap().set("Contents", content);
    let page = &read_plainly(&bytes(document)).document.pages[0];
    assert_eq!(page.source, TextSource::Ocr);
    let lines = texts(page);
    assert_eq!(lines.len(), LONG_NOTE.len() + 1, "{lines:?}");
    let stamp = page.lines.iter().find(|line| line.text() == "Received 03/27/2023").unwrap();
    assert!(stamp.words.iter().all(|word| word.confidence.is_none()));
}

/// A page that was faxed turned comes back line by line, each in its place; gives
/// what was read.
#[track_caller]
fn check_turned(quarters: usize, standard: bool) -> String {
    let upright = Sheet::typed(&LONG_NOTE, 1728, 2156, 4);
    // The fax machine thins the rows of the sheet as it was fed.
    let (sheet, ydpi) = match (upright.turned(quarters), standard) {
        (sheet, true) => (sheet.every_other_row(), 98),
        (sheet, false) => (sheet, 196),
    };
    let reading = read(&tiff(&sheet, 204, ydpi), None, &ReadOptions::default());
    let page = &reading.document.pages[0];
    assert_eq!(page.turned, [0, 270, 180, 90][quarters]);
    assert_eq!(page.lines.len(), LONG_NOTE.len(), "{:?}", texts(page));
    // On its side the sheet's rows are the page's columns.
    let (across, down) = if quarters % 2 == 1 { (196.0, 204.0) } else { (204.0, 196.0) };
    let near = |line: &str, typed: &str| strsim::normalized_levenshtein(line, typed);
    for (i, (line, typed)) in page.lines.iter().zip(LONG_NOTE).enumerate() {
        // A word may be lost to the pixel font, but no line takes another's place.
        let text = line.text().to_uppercase();
        let others = LONG_NOTE.iter().filter(|other| **other != typed);
        assert!(others.map(|other| near(&text, other)).all(|n| n < near(&text, typed)), "{text}");
        let (rect, top) = (line.rect(), (200 + 56 * i) as f32 * 72.0 / down);
        assert!((rect.y0 - top).abs() < 5.0 && (rect.y1 - top - 10.0).abs() < 5.0, "{i} {rect:?}");
        let left = 200.0 * 72.0 / across;
        let right = (200 + 24 * typed.len()) as f32 * 72.0 / across;
        assert!(rect.x0 > left - 5.0 && rect.x1 < right + 5.0, "{i} {rect:?}");
    }
    texts(page).join(" ").to_uppercase()
}

#[test]
fn a_turned_fax_is_read_line_by_line() {
    let upright = check_turned(0, false);
    let near = strsim::normalized_levenshtein;
    // Capitals of five by seven dots: an N is an H or an M to the engine.
    assert!(near(&upright, &LONG_NOTE.join(" ")) >= 0.7, "{upright}");
    for (quarters, standard) in [(1, false), (2, false), (3, false), (0, true), (1, true)] {
        let turned = check_turned(quarters, standard);
        assert!(near(&upright, &turned) >= 0.95, "{quarters} {standard}: {turned}");
    }
}

/// A TIFF of one grey page at this resolution.
fn tiff(sheet: &Sheet, xdpi: u32, ydpi: u32) -> Vec<u8> {
    use tiff::encoder::{Rational, TiffEncoder, colortype::Gray8};
    use tiff::tags::{ResolutionUnit, Tag};
    let mut out = std::io::Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut out).unwrap();
    for _ in 0..2 {
        let mut image =
            encoder.new_image::<Gray8>(sheet.width as u32, sheet.height as u32).unwrap();
        let dpi = |n| Rational { n, d: 1 };
        image.encoder().write_tag(Tag::XResolution, dpi(xdpi)).unwrap();
        image.encoder().write_tag(Tag::YResolution, dpi(ydpi)).unwrap();
        image.encoder().write_tag(Tag::ResolutionUnit, ResolutionUnit::Inch.to_u16()).unwrap();
        image.write_data(&sheet.pixels).unwrap();
    }
    out.into_inner()
}

#[test]
fn a_standard_mode_fax_is_read_in_points() {
    let fax = Sheet::typed(&NOTE, 1728, 2156, 4).every_other_row();
    let reading = read_plainly(&tiff(&fax, 204, 98));
    assert_eq!(reading.document.pages.len(), 2);
    let page = &reading.document.pages[1];
    assert!((page.width - 609.9).abs() < 0.1 && (page.height - 792.0).abs() < 0.1);
    check_typed(page);
    let rect = page.lines[0].words[0].rect;
    assert!((rect.x0 - 70.6).abs() < 4.0 && (rect.y0 - 73.5).abs() < 6.0, "{rect:?}");
}

#[test]
fn a_group_4_tiff_is_decoded_in_any_polarity_and_bit_order() {
    let sheet = Sheet::typed(&NOTE, 1700, 1100, 4);
    for (white_is_zero, reversed) in [(true, false), (false, false), (true, true)] {
        let bytes = sheet.group_4(white_is_zero, reversed);
        let reading = read_plainly(&bytes);
        check_typed(&reading.document.pages[0]);
    }
}

#[test]
fn the_fax_machines_line_is_told_from_the_record() {
    let mut sheet = Sheet::typed(&NOTE, 1700, 2200, 4);
    sheet.print("MAR-27-2023 17:02 FROM: EXAMPLE CLINIC TO: 555-0152 P.001/003", 100, 30, 3);
    let page = &read_plainly(&bytes(pdf(&[Sheetlike::Scan(&sheet)], &[]))).document.pages[0];
    let headers: Vec<_> =
        page.lines.iter().filter(|l| l.role == LineRole::FaxHeader).map(|l| l.text()).collect();
    assert_eq!(headers.len(), 1);
    assert!(headers[0].contains("17:02"));
    assert_eq!(page.lines.iter().filter(|l| l.role == LineRole::Body).count(), NOTE.len());
}

#[test]
fn truncated_and_mutated_files_never_panic() {
    let scan = Sheet::typed(&["PAIN"], 60, 40, 1);
    let files = [
        bytes(pdf(&[Sheetlike::Text(&NOTE), Sheetlike::Scan(&scan)], &[])),
        tiff(&scan, 204, 98),
        scan.group_4(true, false),
        encrypted(""),
    ];
    let options = ReadOptions { ocr: OcrMode::Never, ..ReadOptions::default() };
    for file in &files {
        for n in 0..60 {
            let cut = &file[..file.len() * n / 60];
            let reading = read(cut, None, &options);
            assert!(!reading.document.pages.is_empty() || reading.problems.iter().any(|p| p.fatal));
            let mut bent = file.clone();
            let at = (n * 7919 + 13) % bent.len();
            bent[at] ^= 0x55;
            read(&bent, None, &options);
        }
    }
}

#[test]
fn no_picture_too_large_is_decoded() {
    let mut bomb = Sheet::white(4, 4);
    (bomb.width, bomb.height) = (60_000, 60_000);
    let reading = read_plainly(&bytes(pdf(&[Sheetlike::Scan(&bomb)], &[])));
    assert_eq!(reading.document.pages[0].legibility, Legibility::Unreadable);
    assert_eq!(reading.problems.len(), 1);
}
