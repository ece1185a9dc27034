//! Scans of every make come out as the sheet that was scanned. The files are in
//! `tests/fixtures/`, made by `make_fixtures.py`; PDFs are put together here.

use chartsift::image::{Picture, still, tiff};
use chartsift::pdf;
use lopdf::{Dictionary, Document, Object, Stream, dictionary};

use crate::place::project;

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(project("tests/fixtures").join(name)).unwrap()
}

/// The sheet that all of them show.
pub fn sheet() -> Picture {
    still::png(&fixture("sheet.png")).unwrap()
}

/// Whether a picture shows the sheet: the size is the same, and of a hundred pixels
/// no more than `lost` differ.
#[track_caller]
pub fn check(name: &str, picture: &Picture, lost: f32) {
    let sheet = sheet();
    check_with(name, picture, &sheet, lost);
}

#[track_caller]
fn check_with(name: &str, picture: &Picture, sheet: &Picture, lost: f32) {
    let sizes = [(picture.width, picture.height), (sheet.width, sheet.height)];
    assert_eq!(sizes[0], sizes[1], "{name}");
    let pairs = picture.pixels.iter().zip(&sheet.pixels);
    let differ = pairs.filter(|(a, b)| (**a < 128) != (**b < 128)).count();
    let share = 100.0 * differ as f32 / sheet.pixels.len() as f32;
    assert!(share <= lost, "{name}: {share} % of the pixels differ");
}

#[track_caller]
fn check_tiff(name: &str, lost: f32) -> Vec<Picture> {
    let bytes = fixture(name);
    let pages: Vec<Picture> = tiff::pages(&bytes).unwrap().map(|page| page.expect(name)).collect();
    for page in &pages {
        check(name, page, lost);
    }
    pages
}

#[test]
fn tiffs_of_every_compression() {
    for name in [
        "g3-1d",
        "g3-1d-fill",
        "g3-2d",
        "g3-2d-fill",
        "g3-2d-strips",
        "g3-lsb",
        "g4",
        "g4-strips",
        "g4-lsb",
        "rle",
        "lzw",
        "zip",
        "packbits",
        "none-lsb",
        "tiles",
        "big-endian",
        "white-is-zero",
        "grey-lzw",
        "grey-white-is-zero",
        "rgb-planar",
        "sixteen",
        "four-bit",
        "turned",
    ] {
        let pages = check_tiff(&format!("{name}.tif"), 0.0);
        assert_eq!(pages.len(), 1, "{name}");
    }
    check_tiff("jpeg.tif", 0.5);
}

#[test]
fn a_fax_keeps_its_pages_and_its_oblong_pixels() {
    let pages = check_tiff("pages.tif", 0.0);
    assert_eq!(pages.len(), 3);
    assert_eq!((pages[2].xdpi, pages[2].ydpi), (204.0, 98.0));
    // Turned upright, across is what was down.
    let turned = &check_tiff("turned.tif", 0.0)[0];
    assert_eq!((turned.width, turned.height), (301, 150));
}

#[test]
fn a_damaged_row_costs_no_more_than_its_neighbours() {
    // One row is lost, and what is below stands a row higher.
    check_tiff("g3-damaged.tif", 3.0);
}

#[test]
fn stills_of_every_make() {
    for name in ["one-bit.png", "palette.png", "alpha.png", "sixteen.png"] {
        check(name, &still::png(&fixture(name)).unwrap(), 0.0);
    }
    for name in ["grey.jpg", "cmyk.jpg", "progressive.jpg"] {
        check(name, &still::jpeg(&fixture(name)).unwrap(), 0.5);
    }
}

/// A JPEG with the mark of a telephone that says how it was held.
fn held(orientation: u8, big_endian: bool) -> Vec<u8> {
    let plain = fixture("grey.jpg");
    let number = |n: u32, size: usize| -> Vec<u8> {
        match big_endian {
            true => n.to_be_bytes()[4 - size..].to_vec(),
            false => n.to_le_bytes()[..size].to_vec(),
        }
    };
    let mut exif = b"Exif\0\0".to_vec();
    exif.extend(if big_endian { b"MM" } else { b"II" });
    exif.extend([number(42, 2), number(8, 4), number(2, 2)].concat());
    // The camera's make first, then the orientation, a short in a field of four bytes.
    exif.extend([number(0x010F, 2), number(2, 2), number(4, 4), b"abc\0".to_vec()].concat());
    exif.extend([number(0x0112, 2), number(3, 2), number(1, 4)].concat());
    exif.extend([number(orientation.into(), 2), number(0, 2), number(0, 4)].concat());
    let mut out = plain[..2].to_vec();
    out.extend([0xFF, 0xE1]);
    out.extend((exif.len() as u16 + 2).to_be_bytes());
    out.extend(exif);
    out.extend(&plain[2..]);
    out
}

#[test]
fn a_photograph_is_turned_as_the_telephone_was_held() {
    let sheet = sheet();
    let mirrored = |picture: &Picture| {
        let mut out = picture.clone();
        out.pixels.chunks_mut(picture.width).for_each(<[u8]>::reverse);
        out
    };
    for (orientation, expect) in [
        (1, sheet.clone()),
        (2, mirrored(&sheet)),
        (3, sheet.turned(180)),
        (4, mirrored(&sheet).turned(180)),
        (5, mirrored(&sheet).turned(270)),
        (6, sheet.turned(90)),
        (7, mirrored(&sheet).turned(90)),
        (8, sheet.turned(270)),
        (9, sheet.clone()),
    ] {
        for big_endian in [false, true] {
            let picture = still::jpeg(&held(orientation, big_endian)).unwrap();
            check_with(&format!("orientation {orientation}"), &picture, &expect, 0.5);
        }
    }
}

/// One picture on a page of the PDF to make.
struct Placed {
    dict: Dictionary,
    data: Vec<u8>,
    /// Its lower left corner and its size, in points of a page of 301 by 150.
    at: [i64; 4],
}

fn whole(dict: Dictionary, data: Vec<u8>) -> Placed {
    Placed { dict, data, at: [0, 0, 301, 150] }
}

fn grey8() -> Dictionary {
    dictionary! { "ColorSpace" => "DeviceGray", "BitsPerComponent" => 8 }
}

fn name(name: &str) -> Object {
    Object::Name(name.into())
}

/// A page of 301 by 150 points with these pictures and this content before them.
fn page(pictures: Vec<Placed>, before: &str, extra: &[(&str, Object)]) -> Vec<u8> {
    page_in(Document::with_version("1.7"), pictures, before, extra)
}

/// A page with one picture that needs other objects of the file.
pub fn pdf_with(make: impl FnOnce(&mut Document) -> (Dictionary, Vec<u8>)) -> Vec<u8> {
    let mut document = Document::with_version("1.7");
    let (dict, data) = make(&mut document);
    page_in(document, vec![whole(dict, data)], "", &[])
}

fn page_in(
    mut document: Document,
    pictures: Vec<Placed>,
    before: &str,
    extra: &[(&str, Object)],
) -> Vec<u8> {
    let tree = document.new_object_id();
    let mut objects = Dictionary::new();
    let mut content = before.as_bytes().to_vec();
    for (i, placed) in pictures.into_iter().enumerate() {
        let mut dict = placed.dict;
        dict.set("Type", name("XObject"));
        dict.set("Subtype", name("Image"));
        for (key, value) in [("Width", 301), ("Height", 150)] {
            if !dict.has(key.as_bytes()) {
                dict.set(key, value);
            }
        }
        let [x, y, w, h] = placed.at;
        content.extend(format!("q {w} 0 0 {h} {x} {y} cm /Im{i} Do Q\n").bytes());
        let image = document.add_object(Stream::new(dict, placed.data));
        objects.set(format!("Im{i}"), image);
    }
    let content = document.add_object(Stream::new(dictionary! {}, content));
    let mut page = dictionary! {
        "Type" => "Page", "Parent" => tree, "Contents" => content,
        "MediaBox" => [0, 0, 301, 150].map(Object::from).to_vec(),
        "Resources" => dictionary! { "XObject" => objects },
    };
    for (key, value) in extra {
        page.set(*key, value.clone());
    }
    let page = document.add_object(page);
    let pages = dictionary! { "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1 };
    document.objects.insert(tree, pages.into());
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    document.trailer.set("Root", catalog);
    let mut out = Vec::new();
    document.save_to(&mut out).unwrap();
    out
}

pub fn picture(pdf: &[u8]) -> Option<Picture> {
    pdf::open(pdf).unwrap().reader().picture(0)
}

#[track_caller]
fn check_pdf(what: &str, dict: Dictionary, data: Vec<u8>, lost: f32) {
    let picture = picture(&page(vec![whole(dict, data)], "", &[])).expect(what);
    check(what, &picture, lost);
}

/// The sheet's rows, one bit a pixel, white 1.
pub fn packed(sheet: &Picture) -> Vec<u8> {
    let byte = |eight: &[u8]| {
        eight.iter().enumerate().fold(0u8, |byte, (i, &p)| byte | u8::from(p > 127) << (7 - i))
    };
    sheet.pixels.chunks(sheet.width).flat_map(|row| row.chunks(8).map(byte)).collect()
}

/// Deflate without compressing: all that a reader of filters needs.
fn stored(data: &[u8]) -> Vec<u8> {
    let mut out = vec![0x78, 0x01];
    let last = data.len().div_ceil(60_000);
    for (i, block) in data.chunks(60_000).enumerate() {
        out.push(u8::from(i + 1 == last));
        let length = block.len() as u16;
        out.extend(length.to_le_bytes());
        out.extend((!length).to_le_bytes());
        out.extend(block);
    }
    let (mut a, mut b) = (1u32, 0u32);
    for &byte in data {
        a = (a + u32::from(byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    out.extend((b << 16 | a).to_be_bytes());
    out
}

/// LZW that begins anew before its codes grow longer than nine bits.
fn lzw(data: &[u8]) -> Vec<u8> {
    let mut codes: Vec<u16> = Vec::new();
    for some in data.chunks(200) {
        codes.push(256);
        codes.extend(some.iter().map(|&byte| u16::from(byte)));
    }
    codes.push(257);
    let bits: Vec<u8> = codes
        .iter()
        .flat_map(|code| (0..9).rev().map(move |bit| (code >> bit & 1) as u8))
        .collect();
    let byte = |eight: &[u8]| eight.iter().enumerate().fold(0, |b, (i, bit)| b | bit << (7 - i));
    bits.chunks(8).map(byte).collect()
}

fn run_lengths(data: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for some in data.chunks(128) {
        out.push(some.len() as u8 - 1);
        out.extend(some);
    }
    out.push(128);
    out
}

#[test]
fn fax_codes_in_pdfs() {
    let fax = |k: i64, file: &str, more: &[(&str, Object)]| {
        let mut parameters = dictionary! { "K" => k, "Columns" => 301, "Rows" => 150 };
        for (key, value) in more {
            parameters.set(*key, value.clone());
        }
        let dict = dictionary! {
            "ColorSpace" => "DeviceGray", "BitsPerComponent" => 1,
            "Filter" => "CCITTFaxDecode", "DecodeParms" => parameters,
        };
        (dict, fixture(file))
    };
    // What libtiff codes of a picture whose white is 1 has its ink in white runs.
    let inked = ("BlackIs1", true.into());
    let aligned = ("EncodedByteAlign", true.into());
    let ends = ("EndOfLine", true.into());
    let no_block = ("EndOfBlock", false.into());
    for (what, (dict, data)) in [
        ("G4", fax(-1, "g4.g4", std::slice::from_ref(&inked))),
        ("G4 without an end", fax(-1, "g4.g4", &[inked.clone(), no_block.clone()])),
        ("G3", fax(0, "g3-1d.g3", &[inked.clone(), ends.clone(), no_block.clone()])),
        ("G3, line ends not told", fax(0, "g3-1d.g3", std::slice::from_ref(&inked))),
        ("G3, line ends filled", fax(0, "g3-1d-fill.g3", &[inked.clone(), ends.clone()])),
        ("G3, mixed", fax(4, "g3-2d.g3", &[inked.clone(), ends.clone(), no_block.clone()])),
        ("G3, rows from new bytes", fax(0, "rle.g3", &[inked.clone(), aligned, no_block])),
        // A polarity trap: the file says the opposite, the page is mostly paper.
        ("G4, the wrong way round", fax(-1, "g4.g4", &[])),
    ] {
        check_pdf(what, dict, data, 0.0);
    }
}

#[test]
fn filters_and_predictors_in_pdfs() {
    let sheet = sheet();
    let with = |filter: &str, parameters: Option<Dictionary>| {
        let mut dict = grey8();
        dict.set("Filter", name(filter));
        if let Some(parameters) = parameters {
            dict.set("DecodeParms", parameters);
        }
        dict
    };
    check_pdf("plain", grey8(), sheet.pixels.clone(), 0.0);
    check_pdf("Flate", with("FlateDecode", None), stored(&sheet.pixels), 0.0);
    check_pdf("LZW", with("LZWDecode", None), lzw(&sheet.pixels), 0.0);
    check_pdf("run lengths", with("RunLengthDecode", None), run_lengths(&sheet.pixels), 0.0);
    let hex: Vec<u8> = sheet.pixels.iter().flat_map(|p| format!("{p:02x}").into_bytes()).collect();
    check_pdf("hexadecimal", with("ASCIIHexDecode", None), [&hex[..], b">"].concat(), 0.0);
    let rows = || sheet.pixels.chunks(sheet.width);
    let predictor = |n: i64| dictionary! { "Predictor" => n, "Columns" => 301, "Colors" => 1 };
    let left = |row: &[u8]| -> Vec<u8> {
        let before = std::iter::once(&0).chain(row);
        row.iter().zip(before).map(|(p, before)| p.wrapping_sub(*before)).collect()
    };
    let tiff: Vec<u8> = rows().flat_map(left).collect();
    check_pdf("TIFF predictor", with("FlateDecode", Some(predictor(2))), stored(&tiff), 0.0);
    let mut above = vec![0; sheet.width];
    let mut png = Vec::new();
    for (y, row) in rows().enumerate() {
        // Rows by turns as they are, from the left, and from above.
        png.push(y as u8 % 3);
        match y % 3 {
            0 => png.extend(row),
            1 => png.extend(left(row)),
            _ => png.extend(row.iter().zip(&above).map(|(p, a)| p.wrapping_sub(*a))),
        }
        above = row.to_vec();
    }
    check_pdf("PNG predictor", with("FlateDecode", Some(predictor(15))), stored(&png), 0.0);
    let chain = vec![name("ASCIIHexDecode"), name("RunLengthDecode")];
    let mut dict = grey8();
    dict.set("Filter", chain);
    let hex: Vec<u8> =
        run_lengths(&sheet.pixels).iter().flat_map(|b| format!("{b:02X}").into_bytes()).collect();
    check_pdf("a chain", dict, [&hex[..], b">"].concat(), 0.0);
}

#[test]
fn photographs_in_pdfs() {
    for (what, file, filter, space) in [
        ("JPEG", "grey.jpg", "DCTDecode", "DeviceGray"),
        ("JPEG in CMYK", "cmyk.jpg", "DCTDecode", "DeviceCMYK"),
        ("progressive JPEG", "progressive.jpg", "DCTDecode", "DeviceRGB"),
        ("JPEG 2000", "grey.jp2", "JPXDecode", "DeviceGray"),
    ] {
        let mut dict = grey8();
        dict.set("Filter", name(filter));
        dict.set("ColorSpace", name(space));
        if space == "DeviceCMYK" {
            // What Adobe's tools write has the inks the other way round.
            dict.set("Decode", [1, 0, 1, 0, 1, 0, 1, 0].map(Object::from).to_vec());
        }
        check_pdf(what, dict, fixture(file), 0.5);
    }
}

#[test]
fn kinds_of_colour_in_pdfs() {
    let sheet = sheet();
    let bits = packed(&sheet);
    let one_bit = |space: Object| dictionary! { "ColorSpace" => space, "BitsPerComponent" => 1 };
    check_pdf("one bit", one_bit(name("DeviceGray")), bits.clone(), 0.0);
    let inverted: Vec<u8> = bits.iter().map(|b| !b).collect();
    let mut dict = one_bit(name("DeviceGray"));
    dict.set("Decode", vec![1.into(), 0.into()]);
    check_pdf("Decode inverted", dict, inverted.clone(), 0.0);
    let palette = Object::string_literal(vec![255u8, 255, 255, 0, 0, 96]);
    let indexed = vec![name("Indexed"), name("DeviceRGB"), 1.into(), palette];
    check_pdf("Indexed", one_bit(indexed.into()), inverted, 0.0);
    let sixteen: Vec<u8> = sheet.pixels.iter().flat_map(|&p| [p, p]).collect();
    let dict = dictionary! { "ColorSpace" => "DeviceGray", "BitsPerComponent" => 16 };
    check_pdf("sixteen bits", dict, sixteen, 0.0);
    let rgb: Vec<u8> = sheet.pixels.iter().flat_map(|&p| [p, p, p]).collect();
    let white = vec![0.95.into(), 1.into(), Object::Real(1.09)];
    let calibrated = vec![name("CalRGB"), dictionary! { "WhitePoint" => white }.into()];
    let dict = dictionary! { "ColorSpace" => calibrated, "BitsPerComponent" => 8 };
    check_pdf("CalRGB", dict, rgb, 0.0);
    let ink: Vec<u8> = sheet.pixels.iter().map(|&p| 255 - p).collect();
    let tint = dictionary! {
        "FunctionType" => 2, "N" => 1, "Domain" => vec![0.into(), 1.into()],
        "C0" => vec![1.into()], "C1" => vec![0.into()],
    };
    let spot = vec![name("Separation"), name("Black"), name("DeviceGray"), tint.into()];
    let dict = dictionary! { "ColorSpace" => spot, "BitsPerComponent" => 8 };
    check_pdf("a spot colour", dict, ink, 0.0);
}

#[test]
fn masks_strips_tiles_and_inline_pictures() {
    let sheet = sheet();
    let mask = dictionary! { "ImageMask" => true, "BitsPerComponent" => 1 };
    check_pdf("a mask", mask, packed(&sheet), 0.0);
    let strips = (0..5).map(|i| {
        let mut dict = grey8();
        dict.set("Height", 30);
        let rows = sheet.band(30 * i, 30 * (i + 1)).pixels;
        Placed { dict, data: rows, at: [0, 120 - 30 * i as i64, 301, 30] }
    });
    check("strips", &picture(&page(strips.collect(), "", &[])).unwrap(), 0.0);
    let tiles = (0..6).map(|i| {
        let (x, y) = (i % 2 * 151, i / 2 * 50);
        let width = [151, 150][i % 2];
        let mut dict = grey8();
        dict.set("Width", width as i64);
        dict.set("Height", 50);
        let rows = (y..y + 50).flat_map(|row| sheet.row(row)[x..x + width].to_vec());
        Placed { dict, data: rows.collect(), at: [x as i64, 100 - y as i64, width as i64, 50] }
    });
    check("tiles", &picture(&page(tiles.collect(), "", &[])).unwrap(), 0.0);
    let hex: String = packed(&sheet).iter().map(|b| format!("{b:02x}")).collect();
    let inline =
        format!("q 301 0 0 150 0 0 cm BI /W 301 /H 150 /BPC 1 /CS /G /F /AHx ID {hex}> EI Q\n");
    check("inline", &picture(&page(vec![], &inline, &[])).unwrap(), 0.0);
    // A logo of its own besides the scan, finer than it.
    let logo = Placed {
        dict: dictionary! {
            "ColorSpace" => "DeviceGray", "BitsPerComponent" => 8, "Width" => 40, "Height" => 40,
        },
        data: vec![255; 1600],
        at: [2, 2, 4, 4],
    };
    let both = vec![whole(grey8(), sheet.pixels.clone()), logo];
    check("a scan and a logo", &picture(&page(both, "", &[])).unwrap(), 0.0);
}

#[test]
fn turned_and_enlarged_pages() {
    let sheet = sheet();
    for turn in [90, 180, 270] {
        let scan = vec![whole(grey8(), sheet.pixels.clone())];
        let shown = picture(&page(scan, "", &[("Rotate", turn.into())])).unwrap();
        check_with("Rotate", &shown, &sheet.turned(turn as u16), 0.0);
        // On its side in the file, upright for the viewer.
        let side = sheet.turned(360 - turn as u16);
        let mut dict = grey8();
        dict.set("Width", side.width as i64);
        dict.set("Height", side.height as i64);
        let (w, h) = (side.width as i64, side.height as i64);
        let placed = Placed { dict, data: side.pixels.clone(), at: [0, 0, w, h] };
        let media = [0, 0, w, h].map(Object::from).to_vec();
        let turned = [("Rotate", turn.into()), ("MediaBox", media.into())];
        check("on its side", &picture(&page(vec![placed], "", &turned)).unwrap(), 0.0);
    }
    // A page in units of two points is as fine as its pixels.
    let scan = vec![whole(grey8(), sheet.pixels.clone())];
    check("UserUnit", &picture(&page(scan, "", &[("UserUnit", 2.into())])).unwrap(), 0.0);
}
