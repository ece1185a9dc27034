//! `page`: pictures of pages, and whether the boxes that go with them hold the ink.

use chartsift::geometry::Rect;
use chartsift::image::{Picture, still};
use lopdf::dictionary;
use serde_json::Value;

use crate::place::Place;
use crate::sheets::{NOTE, bytes, crooked, note, scan, text};
use crate::type_pixels::Sheet;

/// The boxes of a file's words, in points.
pub fn word_boxes(place: &Place, file: &str) -> Vec<(String, Rect)> {
    let words = place.run(&format!("text --json {file}")).expect(0).stdout;
    words
        .lines()
        .map(|line| {
            let word: Value = serde_json::from_str(line).unwrap();
            let [x0, y0, x1, y1] = [0, 1, 2, 3].map(|i| word["box"][i].as_f64().unwrap() as f32);
            (word["text"].as_str().unwrap().to_owned(), Rect::new(x0, y0, x1, y1))
        })
        .collect()
}

/// The picture that `page` writes of a file's first page.
fn picture(place: &Place, arguments: &str) -> Picture {
    place.run(&format!("page {arguments} --out page.png")).expect(0);
    still::png(&std::fs::read(place.path("page.png")).unwrap()).unwrap()
}

/// The share of the picture's ink that lies in boxes which are this much larger (in
/// points) all around, and the share of boxes that hold ink.
fn shares(picture: &Picture, boxes: &[Rect], more: f32) -> (f64, f64) {
    let mut inside = vec![false; picture.pixels.len()];
    let mut held = 0;
    for rect in boxes {
        let (x, y) = (picture.xdpi / 72.0, picture.ydpi / 72.0);
        let clamp = |v: f32, most: usize| v.clamp(0.0, most as f32) as usize;
        let (x0, x1) = (
            clamp((rect.x0 - more) * x, picture.width),
            clamp(((rect.x1 + more) * x).ceil(), picture.width),
        );
        let (y0, y1) = (
            clamp((rect.y0 - more) * y, picture.height),
            clamp(((rect.y1 + more) * y).ceil(), picture.height),
        );
        let mut ink = false;
        for row in y0..y1 {
            let run = row * picture.width + x0..row * picture.width + x1;
            inside[run.clone()].fill(true);
            ink |= picture.pixels[run].iter().any(|&p| p < 128);
        }
        held += usize::from(ink);
    }
    let all = picture.pixels.iter().filter(|&&p| p < 128).count();
    let in_boxes = picture.pixels.iter().zip(&inside).filter(|(p, inside)| **p < 128 && **inside);
    (in_boxes.count() as f64 / all as f64, held as f64 / boxes.len() as f64)
}

/// Whether the words' boxes hold the ink of the picture, and nothing but ink.
#[track_caller]
fn check_boxes(file: &str, content: Vec<u8>, size: (usize, usize)) {
    let place = Place::new();
    place.write(file, content);
    let picture = picture(&place, &format!("{file} 1"));
    assert_eq!((picture.width, picture.height), size);
    assert!((picture.xdpi - picture.ydpi).abs() < 0.01);
    let boxes: Vec<Rect> = word_boxes(&place, file).into_iter().map(|(_, rect)| rect).collect();
    assert!(boxes.len() >= 30, "{}", boxes.len());
    let (page, all) = (picture.width_pt() * picture.height_pt(), boxes.iter().map(Rect::area));
    assert!(all.sum::<f32>() < 0.15 * page, "{file}: the boxes are all over the page");
    let (ink, held) = shares(&picture, &boxes, 1.0);
    println!("{file}: {ink:.4} of the ink in boxes, {held:.4} of the boxes hold ink");
    assert!(ink >= 0.97 && held == 1.0, "{file}: {ink} {held}");
}

/// A Group 4 fax at 200 dpi of the note.
fn fax() -> Vec<u8> {
    note().group_4(true, false)
}

#[test]
fn boxes_lie_on_the_ink_of_a_scan() {
    let rotate = |degrees: i64| dictionary! { "Rotate" => degrees };
    let upright = |sheet: &Sheet| bytes(scan(sheet, [0, 0, 612, 792], "", rotate(0)));
    check_boxes("upright.pdf", upright(&note()), (1700, 2200));
    check_boxes("upside-down.pdf", upright(&note().upside_down()), (1700, 2200));
    check_boxes("crooked.pdf", upright(&crooked(&note(), 2.0)), (1700, 2200));
    // Stored on its side, set upright by the file.
    let side = dictionary! {
        "Rotate" => 90, "MediaBox" => [0, 0, 792, 612].map(lopdf::Object::from).to_vec(),
    };
    let side = bytes(scan(&note().turned(3), [0, 0, 792, 612], "", side));
    check_boxes("rotated.pdf", side, (1700, 2200));
    check_boxes("fax.tif", fax(), (1700, 2200));
}

#[test]
fn boxes_lie_on_the_ink_of_rendered_pages() {
    let none = lopdf::Dictionary::new;
    check_boxes("text.pdf", bytes(text(&NOTE, none())), (1700, 2200));
    let rotated = dictionary! { "Rotate" => 90 };
    check_boxes("rotated.pdf", bytes(text(&NOTE, rotated)), (1700, 2200));
    // A stamp over a scan shows only when both are rendered.
    let stamp = "q 0.001634 0 0 0.001263 0 0 cm BT /F1 14 Tf 300 60 Td (RECEIVED) Tj ET Q";
    let stamped = bytes(scan(&note(), [0, 0, 612, 792], stamp, none()));
    check_boxes("stamped.pdf", stamped, (1700, 2200));
}

#[test]
fn pixels_that_are_not_square_are_made_so() {
    let place = Place::new();
    let mut standard = note().every_other_row().group_4(true, false);
    // The second number of the two that say 200 to the inch.
    let at = standard.windows(8).rposition(|w| w == [200, 0, 0, 0, 1, 0, 0, 0]).unwrap();
    standard[at] = 100;
    place.write("fax.tif", &standard);
    let own = picture(&place, "fax.tif 1");
    assert_eq!((own.width, own.height), (1700, 2200));
    let coarse = picture(&place, "fax.tif 1 --dpi 100");
    assert_eq!((coarse.width, coarse.height), (850, 1100));
}

#[test]
fn boxes_are_drawn_around_words_and_around_facts() {
    let place = Place::new();
    place.write("a.tif", fax());
    let plain = place.bytes("page a.tif 1");
    assert_eq!(plain, place.bytes("page a.tif 1 --png"));
    let reds = |png: &[u8]| {
        let rgb = still::png_rgb(png).unwrap_or_default();
        rgb.chunks(3).filter(|p| p[0] > p[2]).count()
    };
    assert_eq!(reds(&plain), 0);
    assert!(reds(&place.bytes("page a.tif 1 --boxes")) > 1000);
    let fact =
        r#"{"document":"a.tif","page":1,"boxes":[[72,72,144,90]],"kind":"nantes","rule":"r"}"#;
    place.write("facts.jsonl", fact);
    let marked = still::png_rgb(&place.bytes("page a.tif 1 --facts facts.jsonl")).unwrap();
    let blue: Vec<usize> =
        (0..marked.len() / 3).filter(|i| marked[3 * i + 2] > marked[3 * i]).collect();
    let columns = blue.iter().map(|i| i % 1700);
    // One inch in and two inches wide, drawn just outside.
    assert_eq!((columns.clone().min(), columns.max()), (Some(199), Some(400)));
}

#[test]
fn what_cannot_be_shown_is_refused() {
    let place = Place::new();
    place.write("a.tif", fax());
    place.write("a.txt", "Pain 8/10.\n");
    place.write("bad.jsonl", "{}\n");
    let refuses = |arguments: &str, code: i32, expect: &str| {
        let run = place.run(arguments).expect(code);
        assert!(run.stderr.contains(expect), "{arguments}: {}", run.stderr);
    };
    refuses("page a.tif 2", 2, "a.tif: page 2: the file has 1 page");
    refuses("page a.tif 0", 2, "0");
    refuses("page a.tif 1 --out a.tif", 2, "--out a.tif: the file that is read");
    refuses("page a.tif 1 --out no/p.png", 2, "--out no/p.png: no such folder");
    refuses("page a.tif 1 --dpi 9", 2, "--dpi");
    refuses("page a.tif 1 --facts no.jsonl", 2, "--facts no.jsonl: no such file");
    refuses("page a.tif 1 --facts bad.jsonl", 2, "--facts bad.jsonl: line 1: not a fact");
    refuses("page a.txt 1", 4, "a.txt: a text file has no pages to show");
    assert_eq!(place.files(""), ["a.tif", "a.txt", "bad.jsonl"]);
}
