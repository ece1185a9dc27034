//! JBIG2 as scanners put it into PDFs: a page of generic code, and a page of symbols
//! kept apart from it. Put together by hand, without arithmetic coding.

use chartsift::image::Picture;
use lopdf::{Object, Stream, dictionary};

use crate::scans::{check, packed, pdf_with, picture, sheet};
use crate::type_pixels::Sheet;

/// Bits, the first one highest.
#[derive(Default)]
struct Bits(Vec<u8>);

impl Bits {
    fn put(&mut self, bits: &str) {
        self.0.extend(bits.bytes().map(|bit| bit - b'0'));
    }

    fn number(&mut self, number: u32, size: u32) {
        self.0.extend((0..size).rev().map(|i| (number >> i & 1) as u8));
    }

    fn bytes(self) -> Vec<u8> {
        let byte =
            |eight: &[u8]| eight.iter().enumerate().fold(0, |b, (i, bit)| b | bit << (7 - i));
        self.0.chunks(8).map(byte).collect()
    }
}

fn segment(number: u32, kind: u8, refers_to: &[u8], page: u8, data: &[u8]) -> Vec<u8> {
    let mut out = number.to_be_bytes().to_vec();
    out.extend([kind, (refers_to.len() as u8) << 5]);
    out.extend(refers_to);
    out.push(page);
    out.extend((data.len() as u32).to_be_bytes());
    out.extend(data);
    out
}

fn page_of(sheet: &Picture) -> Vec<u8> {
    let size = [sheet.width as u32, sheet.height as u32, 0, 0].map(u32::to_be_bytes).concat();
    segment(1, 48, &[], 1, &[&size[..], &[0, 0, 0]].concat())
}

fn region(sheet: &Picture) -> Vec<u8> {
    let place = [sheet.width as u32, sheet.height as u32, 0, 0].map(u32::to_be_bytes).concat();
    [&place[..], &[0]].concat()
}

/// One symbol dictionary of the sheet's left and right part, as it is and without a
/// table of its own.
fn symbols(parts: &[Picture; 2]) -> Vec<u8> {
    // Huffman codes, the standard tables; both symbols are new, both are exported.
    let mut data = vec![0, 1];
    data.extend([2u32, 2].map(u32::to_be_bytes).concat());
    let mut bits = Bits::default();
    // One class of 150 rows: from 76 on in 32 bits.
    bits.put("11111");
    bits.number(parts[0].height as u32 - 76, 32);
    // The width of the first, from 75 on in 32 bits, and how much wider the second is.
    bits.put("111110");
    bits.number(parts[0].width as u32 - 75, 32);
    assert_eq!(parts[1].width, parts[0].width + 1);
    bits.put("10");
    bits.put("111111");
    // No size: the pixels of both follow as they are.
    bits.put("00000");
    let mut symbols = bits.bytes();
    let both = beside(parts);
    symbols.extend(packed(&both).iter().map(|byte| !byte));
    let mut exported = Bits::default();
    exported.put("00000");
    exported.put("00010");
    symbols.extend(exported.bytes());
    data.extend(symbols);
    segment(0, 0, &[], 0, &data)
}

fn beside(parts: &[Picture; 2]) -> Picture {
    let rows = (0..parts[0].height).flat_map(|y| [parts[0].row(y), parts[1].row(y)].concat());
    Picture::from_grey(parts[0].width + parts[1].width, parts[0].height, rows.collect()).unwrap()
}

/// The two symbols side by side.
fn text(sheet: &Picture) -> Vec<u8> {
    let mut data = region(sheet);
    // Huffman codes, corners at the top left; the standard tables; two instances.
    data.extend([0, 0x11, 0, 0]);
    data.extend(2u32.to_be_bytes());
    let mut bits = Bits::default();
    // Of the 35 codes of lengths only that for 1 is used; both symbols have it.
    for code in 0..35 {
        bits.number(u32::from(code == 1), 4);
    }
    bits.put("00");
    data.extend(bits.bytes());
    let mut bits = Bits::default();
    // From one strip above the page down to its first row, at the left edge.
    bits.put("0");
    bits.put("0");
    bits.put("00");
    bits.number(0, 7);
    bits.put("0");
    // The second symbol begins one pixel further; then the strip ends.
    bits.put("001");
    bits.put("1");
    bits.put("01");
    data.extend(bits.bytes());
    segment(2, 6, &[0], 1, &data)
}

fn check_pages(what: &str, data: Vec<u8>, globals: Option<Vec<u8>>) {
    let shown = picture(&pdf_with(|document| {
        let mut dict = dictionary! {
            "ColorSpace" => "DeviceGray", "BitsPerComponent" => 1, "Filter" => "JBIG2Decode",
        };
        if let Some(globals) = globals {
            let globals: Object = document.add_object(Stream::new(dictionary! {}, globals)).into();
            dict.set("DecodeParms", dictionary! { "JBIG2Globals" => globals });
        }
        (dict, data)
    }));
    check(what, &shown.expect(what), 0.0);
}

#[test]
fn a_generic_region_is_decoded() {
    let sheet = sheet();
    let paper = Sheet { width: sheet.width, height: sheet.height, pixels: sheet.pixels.clone() };
    let mut data = region(&sheet);
    // Coded as Group 4 is.
    data.push(1);
    data.extend(paper.code_group_4(true));
    let data = [page_of(&sheet), segment(2, 38, &[], 1, &data)].concat();
    check_pages("generic", data, None);
}

#[test]
fn symbols_kept_apart_from_the_page_are_decoded() {
    let sheet = sheet();
    let part = |from: usize, to: usize| {
        let rows = (0..sheet.height).flat_map(|y| sheet.row(y)[from..to].to_vec());
        Picture::from_grey(to - from, sheet.height, rows.collect()).unwrap()
    };
    let parts = [part(0, 150), part(150, 301)];
    let data = [page_of(&sheet), text(&sheet)].concat();
    check_pages("symbols", data, Some(symbols(&parts)));
}
