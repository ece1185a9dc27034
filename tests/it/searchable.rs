//! `searchable`: the copy is a sound PDF, keeps what the file had, and other programs
//! find the words where the ink is.

use std::process::{Command, Output};

use chartsift::geometry::Rect;
use chartsift::image::Picture;
use chartsift::pdf;
use lopdf::{Dictionary, Document, Object, dictionary};

use crate::page::word_boxes;
use crate::place::Place;
use crate::sheets::{NOTE, bytes, crooked, note, scan, text};
use crate::type_pixels::Sheet;

/// Runs another program in the place.
fn other(place: &Place, program: &str, arguments: &[&str]) -> Output {
    Command::new(program)
        .args(arguments)
        .current_dir(place.path(""))
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}; `make test` installs it"))
}

/// Whether the copy is a sound PDF.
#[track_caller]
fn check_sound(place: &Place, file: &str) {
    let check = other(place, "qpdf", &["--check", file]);
    let said = String::from_utf8_lossy(&check.stdout).into_owned();
    assert!(check.status.success(), "{said}{}", String::from_utf8_lossy(&check.stderr));
    assert!(said.contains("No syntax or stream encoding errors"), "{said}");
}

/// The words that another reader finds on the first page, as a viewer shows it.
fn found(place: &Place, file: &str) -> Vec<(String, Rect)> {
    let arguments = ["-bbox", "-cropbox", "-f", "1", "-l", "1", file, "-"];
    let output = other(place, "pdftotext", &arguments);
    let html = String::from_utf8(output.stdout).unwrap();
    let plain = |text: &str| {
        let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
        text.replace("&#39;", "'").replace("&apos;", "'").replace("&amp;", "&")
    };
    html.lines()
        .filter_map(|line| line.trim().strip_prefix("<word "))
        .map(|word| {
            let edge = |name: &str| -> f32 {
                word.split(&format!("{name}=\""))
                    .nth(1)
                    .unwrap()
                    .split('"')
                    .next()
                    .unwrap()
                    .parse()
                    .unwrap()
            };
            let rect = Rect::new(edge("xMin"), edge("yMin"), edge("xMax"), edge("yMax"));
            let text = word.split('>').nth(1).unwrap().strip_suffix("</word").unwrap();
            (plain(text), rect)
        })
        .collect()
}

/// Makes a searchable copy, and holds what another reader finds in it against the
/// program's own words; gives the place back.
#[track_caller]
fn check_copy(file: &str, content: &[u8]) -> Place {
    let place = Place::new();
    place.write(file, content);
    place.run(&format!("searchable {file} -o out.pdf")).expect(0);
    check_sound(&place, "out.pdf");
    let own = word_boxes(&place, file);
    let others = found(&place, "out.pdf");
    assert!(own.len() >= 30);
    let near = |a: &Rect, b: &Rect| {
        let pairs = [(a.x0, b.x0), (a.y0, b.y0), (a.x1, b.x1), (a.y1, b.y1)];
        pairs.iter().map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
    };
    let mut worst: f32 = 0.0;
    for (text, rect) in &own {
        let same = others.iter().filter(|(other, _)| other == text);
        let apart = same.map(|(_, other)| near(rect, other)).fold(f32::INFINITY, f32::min);
        assert!(apart < 4.0, "{file}: {text}: {apart} points apart");
        worst = worst.max(apart);
    }
    println!("{file}: {} words, at most {worst:.1} points apart", own.len());
    assert_eq!(others.len(), own.len(), "{file}: words were found twice or not at all");
    place
}

fn upright(sheet: &Sheet) -> Vec<u8> {
    bytes(scan(sheet, [0, 0, 612, 792], "", Dictionary::new()))
}

/// The bytes of every picture in a PDF.
fn pictures(bytes: &[u8]) -> Vec<Vec<u8>> {
    let document = Document::load_mem(bytes).unwrap();
    let streams = document.objects.values().filter_map(|object| object.as_stream().ok());
    let is_image = |dictionary: &Dictionary| {
        dictionary.get(b"Subtype").and_then(Object::as_name).is_ok_and(|name| name == b"Image")
    };
    streams.filter(|s| is_image(&s.dict)).map(|s| s.content.clone()).collect()
}

#[test]
fn words_lie_over_the_ink_of_an_upright_scan() {
    let file = upright(&note());
    let place = check_copy("in.pdf", &file);
    // The file is there as it was, with what is new behind it.
    let copy = std::fs::read(place.path("out.pdf")).unwrap();
    assert!(copy.starts_with(&file));
    assert_eq!(pictures(&copy), pictures(&file));
    // Nothing that is new is painted.
    let shown = |bytes: &[u8]| pdf::open(bytes).unwrap().reader().rendered(0, 100.0).unwrap();
    assert!(shown(&copy) == shown(&file));
}

#[test]
fn words_lie_over_the_ink_of_a_page_that_the_file_turns() {
    let side = dictionary! {
        "Rotate" => 90, "MediaBox" => [0, 0, 792, 612].map(Object::from).to_vec(),
    };
    check_copy("in.pdf", &bytes(scan(&note().turned(3), [0, 0, 792, 612], "", side)));
}

#[test]
fn words_lie_over_the_ink_of_a_page_that_is_stored_turned() {
    check_copy("in.pdf", &upright(&note().upside_down()));
    let side = dictionary! { "MediaBox" => [0, 0, 792, 612].map(Object::from).to_vec() };
    check_copy("in.pdf", &bytes(scan(&note().turned(3), [0, 0, 792, 612], "", side)));
}

#[test]
fn words_lie_over_the_ink_of_a_crooked_scan() {
    check_copy("in.pdf", &upright(&crooked(&note(), 2.0)));
}

#[test]
fn words_lie_over_the_ink_within_a_crop_box() {
    let crop = dictionary! {
        "MediaBox" => [-40, -30, 800, 900].map(Object::from).to_vec(),
        "CropBox" => [60, 50, 672, 842].map(Object::from).to_vec(),
    };
    check_copy("in.pdf", &bytes(scan(&note(), [60, 50, 612, 792], "", crop)));
}

#[test]
fn a_fax_becomes_a_pdf_with_its_own_code() {
    for (white_is_zero, reversed) in [(true, false), (false, false), (true, true)] {
        let fax = note().group_4(white_is_zero, reversed);
        let place = check_copy("in.tif", &fax);
        let copy = std::fs::read(place.path("out.pdf")).unwrap();
        let mut code = pictures(&copy).remove(0);
        if reversed {
            code.iter_mut().for_each(|byte| *byte = byte.reverse_bits());
        }
        assert!(fax.windows(code.len()).any(|window| window == code));
        check_seen(&place);
    }
}

/// Whether another program shows the note, black on white, where `out.pdf` has it.
#[track_caller]
fn check_seen(place: &Place) {
    let run = ["-r", "200", "-gray", "-singlefile", "-png", "out.pdf", "seen"];
    assert!(other(place, "pdftoppm", &run).status.success());
    let seen = std::fs::read(place.path("seen.png")).unwrap();
    let seen = chartsift::image::still::png(&seen).unwrap();
    assert_eq!((seen.width, seen.height), (1700, 2200));
    let same = |(a, b): &(&u8, &u8)| a.abs_diff(**b) < 128;
    let alike = seen.pixels.iter().zip(&note().pixels).filter(same).count();
    assert!(alike as f64 > 0.995 * seen.pixels.len() as f64);
}

#[test]
fn a_picture_in_black_and_white_becomes_fax_code() {
    let rgb = note().pixels.iter().flat_map(|&shade| [shade; 3]).collect();
    let png = chartsift::image::Colored::from_rgb(1700, 2200, 200.0, rgb).unwrap().png();
    let place = check_copy("in.png", &png);
    check_seen(&place);
    let copy = std::fs::read(place.path("out.pdf")).unwrap();
    assert!(copy.windows(14).any(|window| window == b"CCITTFaxDecode"));
    assert!(pictures(&copy)[0].len() < 60_000);
}

#[test]
fn a_picture_becomes_a_pdf_without_loss() {
    let sheet = note();
    let colored: Vec<u8> = sheet.pixels.iter().flat_map(|&p| [p, p.max(40), p]).collect();
    let place = Place::new();
    let png =
        chartsift::image::Colored::from_rgb(1700, 2200, 200.0, colored.clone()).unwrap().png();
    check_copy("in.png", &png);
    place.write("in.png", &png);
    place.run("searchable in.png -o out.pdf").expect(0);
    let document = Document::load(place.path("out.pdf")).unwrap();
    let mut streams = document.objects.values().filter_map(|object| object.as_stream().ok());
    let image = streams.find(|s| s.dict.has(b"ColorSpace")).unwrap();
    assert!(image.get_plain_content().unwrap() == colored);
}

#[test]
fn pages_with_text_keep_it_and_get_none_twice() {
    let place = Place::new();
    let file = bytes(text(&NOTE, Dictionary::new()));
    place.write("in.pdf", &file);
    place.run("searchable in.pdf -o out.pdf").expect(0);
    assert!(std::fs::read(place.path("out.pdf")).unwrap() == file);
    // A copy of a copy is the copy.
    place.write("scan.pdf", upright(&note()));
    place.run("searchable scan.pdf -o once.pdf").expect(0);
    place.run("searchable once.pdf -o twice.pdf").expect(0);
    let read = |name: &str| std::fs::read(place.path(name)).unwrap();
    assert!(read("once.pdf") == read("twice.pdf"));
}

#[test]
fn words_printed_over_a_scan_are_not_doubled() {
    let stamp = "q 0.001634 0 0 0.001263 0 0 cm BT /F1 14 Tf 300 60 Td (RECEIVED) Tj ET Q";
    let place = Place::new();
    place.write("in.pdf", bytes(scan(&note(), [0, 0, 612, 792], stamp, Dictionary::new())));
    place.run("searchable in.pdf -o out.pdf").expect(0);
    check_sound(&place, "out.pdf");
    let stamps = found(&place, "out.pdf").into_iter().filter(|(text, _)| text == "RECEIVED");
    assert_eq!(stamps.count(), 1);
}

#[test]
fn an_old_layer_that_is_read_anew_is_replaced() {
    let layer = "q 0.001634 0 0 0.001263 0 0 cm BT 3 Tr /F1 9 Tf 72 700 Td \
                 (OLD LAYER OF WORDS THAT ARE NOT THERE) Tj ET Q";
    let place = Place::new();
    place.write("in.pdf", bytes(scan(&note(), [0, 0, 612, 792], layer, Dictionary::new())));
    place.run("searchable in.pdf -o kept.pdf --ocr never").expect(0);
    assert_eq!(found(&place, "kept.pdf").len(), 8);
    place.run("searchable in.pdf -o out.pdf").expect(0);
    check_sound(&place, "out.pdf");
    let words: Vec<String> = found(&place, "out.pdf").into_iter().map(|(text, _)| text).collect();
    assert!(words.len() >= 30 && !words.iter().any(|word| word == "LAYER"), "{words:?}");
}

#[test]
fn a_file_with_an_empty_password_is_added_to() {
    use lopdf::encryption::{EncryptionState, EncryptionVersion, Permissions};
    let mut document = scan(&note(), [0, 0, 612, 792], "", Dictionary::new());
    let version = EncryptionVersion::V2 {
        document: &document,
        owner_password: "owner",
        user_password: "",
        key_length: 128,
        permissions: Permissions::all(),
    };
    let state = EncryptionState::try_from(version).unwrap();
    document.encrypt(&state).unwrap();
    let mut file = Vec::new();
    document.save_to(&mut file).unwrap();
    check_copy("in.pdf", &file);
}

#[test]
fn a_damaged_file_is_written_anew() {
    let mut file = upright(&note());
    let at = file.windows(9).rposition(|w| w == b"startxref").unwrap();
    file.truncate(at);
    file.extend(b"startxref\n7\n%%EOF");
    check_copy("in.pdf", &file);
    let junk = [&b"junk from a mail gateway\r\n"[..], &upright(&note())].concat();
    check_copy("in.pdf", &junk);
}

#[test]
fn letters_of_any_script_are_found() {
    use chartsift::document::{Line, LineRole, Page, TextSource, Word};
    use chartsift::searchable::searchable;
    let file = upright(&Sheet::white(170, 220));
    let words = [
        "na\u{ef}ve",
        "\u{201c}pain\u{201d}",
        "\u{431}\u{43e}\u{43b}\u{44c}",
        "\u{75db}\u{307f}",
        "\u{1d6fc}5",
        "\u{2612}",
    ];
    let word = |(i, text): (usize, &&str)| {
        let (x, y) = (72.0, 72.0 + 20.0 * i as f32);
        Word { confidence: Some(0.9), ..Word::new(*text, Rect::new(x, y, x + 40.0, y + 9.0)) }
    };
    let line = |word| Line { words: vec![word], role: LineRole::Body, starts_block: false };
    let mut page = Page::new(1, 612.0, 792.0, TextSource::Ocr);
    page.lines = words.iter().enumerate().map(word).map(line).collect();
    let document = chartsift::document::Document {
        content_hash: String::new(),
        pages: vec![page],
        plain_text: None,
    };
    let place = Place::new();
    place.write("out.pdf", searchable(&file, None, &document, &[]).unwrap());
    check_sound(&place, "out.pdf");
    let texts: Vec<String> = found(&place, "out.pdf").into_iter().map(|(text, _)| text).collect();
    assert_eq!(texts, words);
}

/// The share of a picture's ink that is of the highlights' colour, by its place.
fn highlighted(picture: &Picture, rect: &Rect) -> f64 {
    let scale = picture.xdpi / 72.0;
    let at = |v: f32| (v * scale) as usize;
    let pixels =
        (at(rect.y0)..at(rect.y1)).flat_map(|y| (at(rect.x0)..at(rect.x1)).map(move |x| (x, y)));
    let shades: Vec<u8> = pixels.map(|(x, y)| picture.row(y)[x]).collect();
    shades.iter().filter(|&&shade| shade != 255 && shade > 128).count() as f64 / shades.len() as f64
}

#[test]
fn facts_are_highlighted_where_they_stand() {
    for sheet in [note(), note().upside_down()] {
        let place = Place::new();
        place.write("in.pdf", upright(&sheet));
        place.write("facts.jsonl", place.run("tag in.pdf").expect(0).stdout);
        let boxes: Vec<Rect> = place
            .read("facts.jsonl")
            .lines()
            .flat_map(|line| {
                let fact: serde_json::Value = serde_json::from_str(line).unwrap();
                fact["boxes"].as_array().unwrap().clone()
            })
            .map(|edges| {
                let [x0, y0, x1, y1] = [0, 1, 2, 3].map(|i| edges[i].as_f64().unwrap() as f32);
                Rect::new(x0, y0, x1, y1)
            })
            .collect();
        assert!(boxes.len() >= 3, "{}", boxes.len());
        place.run("searchable in.pdf -o out.pdf --facts facts.jsonl").expect(0);
        check_sound(&place, "out.pdf");
        let run = ["-r", "100", "-gray", "-singlefile", "-png", "out.pdf", "seen"];
        assert!(other(&place, "pdftoppm", &run).status.success());
        let seen = std::fs::read(place.path("seen.png")).unwrap();
        let seen = chartsift::image::still::png(&seen).unwrap();
        for rect in &boxes {
            assert!(highlighted(&seen, rect) > 0.3, "{rect:?}");
        }
        let all = Rect::new(0.0, 0.0, 612.0, 792.0);
        assert!(highlighted(&seen, &all) < 0.1, "highlights are all over the page");
        let document = Document::load(place.path("out.pdf")).unwrap();
        let page = document.page_iter().next().unwrap();
        let notes = document.get_page_annotations(page).unwrap();
        assert_eq!(notes.len(), place.read("facts.jsonl").lines().count());
        let medication = notes.iter().any(|note| {
            lopdf::decode_text_string(note.get(b"Contents").unwrap())
                .unwrap()
                .starts_with("medication\n")
        });
        assert!(medication);
    }
}

#[test]
fn what_cannot_be_copied_is_refused() {
    let place = Place::new();
    place.write("a.pdf", bytes(text(&NOTE, Dictionary::new())));
    place.write("a.txt", "Pain 8/10.\n");
    place.write("b.pdf", "%PDF-1.7\nnothing");
    let refuses = |arguments: &str, code: i32, expect: &str| {
        let run = place.run(arguments).expect(code);
        assert!(run.stderr.contains(expect), "{arguments}: {}", run.stderr);
    };
    refuses("searchable a.pdf", 2, "--out");
    refuses("searchable a.pdf -o a.pdf", 2, "--out a.pdf: the file that is read");
    refuses("searchable a.pdf -o no/x.pdf", 2, "--out no/x.pdf: no such folder");
    refuses("searchable no.pdf -o x.pdf", 2, "no.pdf: no such file");
    refuses("searchable a.txt -o x.pdf", 4, "a.txt: a text file can be searched as it is");
    refuses("searchable b.pdf -o x.pdf", 4, "b.pdf: the PDF is damaged");
    assert_eq!(place.files(""), ["a.pdf", "a.txt", "b.pdf"]);
}
