//! How fast pages are read: a text layer, and a scan. Each bench asserts what it
//! reads, so that "faster" cannot mean "found less".

use std::hint::black_box;

use chartsift::read::{ReadOptions, read};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use lopdf::content::{Content, Operation};
use lopdf::{Document, Object, Stream, dictionary};

const PAGES: usize = 20;
const LINES: usize = 45;
const LINE: &str =
    "Low back pain for 8 months, worse with sitting; gabapentin 300 mg three times daily.";

/// A PDF of pages full of text.
fn text_pdf() -> Vec<u8> {
    let mut document = Document::with_version("1.5");
    let tree = document.new_object_id();
    let font = document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica",
        "Encoding" => "WinAnsiEncoding",
    });
    let mut operations = vec![
        Operation::new("BT", vec![]),
        Operation::new("Tf", vec!["F1".into(), 10.into()]),
        Operation::new("Td", vec![60.into(), 740.into()]),
    ];
    for _ in 0..LINES {
        operations.push(Operation::new("Tj", vec![Object::string_literal(LINE)]));
        operations.push(Operation::new("Td", vec![0.into(), (-14).into()]));
    }
    operations.push(Operation::new("ET", vec![]));
    let content = Content { operations }.encode().expect("content");
    let content = document.add_object(Stream::new(dictionary! {}, content));
    let kids: Vec<Object> = (0..PAGES)
        .map(|_| {
            let page = dictionary! {
                "Type" => "Page", "Parent" => tree, "Contents" => content,
                "Resources" => dictionary! { "Font" => dictionary! { "F1" => font } },
                "MediaBox" => [0, 0, 612, 792].map(Object::from).to_vec(),
            };
            document.add_object(page).into()
        })
        .collect();
    let pages = dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => PAGES as i64 };
    document.objects.insert(tree, pages.into());
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    document.trailer.set("Root", catalog);
    document.compress();
    let mut out = Vec::new();
    document.save_to(&mut out).expect("saved");
    out
}

/// A fax page as PNG: rows of blocky signs, so many that OCR has a page's work.
fn scan_png() -> Vec<u8> {
    const LETTERS: [[u8; 7]; 4] = [
        [0x1E, 0x11, 0x11, 0x1E, 0x10, 0x10, 0x10],
        [0x0E, 0x11, 0x11, 0x1F, 0x11, 0x11, 0x11],
        [0x0E, 0x04, 0x04, 0x04, 0x04, 0x04, 0x0E],
        [0x1F, 0x10, 0x10, 0x1E, 0x10, 0x10, 0x1F],
    ];
    let (width, height, dot) = (1728usize, 2200usize, 4usize);
    let mut pixels = vec![255u8; width * height];
    for line in 0..30 {
        for sign in (0..48).filter(|sign| sign % 6 != 5) {
            let letter = LETTERS[(line + sign) % LETTERS.len()];
            for (row, bits) in letter.iter().enumerate() {
                for column in (0..5).filter(|column| bits >> (4 - column) & 1 == 1) {
                    let (x, y) = (200 + (sign * 6 + column) * dot, 200 + line * 60 + row * dot);
                    for y in y..y + dot {
                        pixels[y * width + x..y * width + x + dot].fill(0);
                    }
                }
            }
        }
    }
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, width as u32, height as u32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.write_header().and_then(|mut w| w.write_image_data(&pixels)).expect("encoded");
    out
}

fn benches(c: &mut Criterion) {
    let options = ReadOptions::default();
    let pdf = text_pdf();
    let words = LINE.split(' ').count() * LINES * PAGES;
    let mut group = c.benchmark_group("read");
    group.throughput(Throughput::Elements(PAGES as u64));
    group.bench_function("text-layer pages", |b| {
        b.iter(|| {
            let reading = read(black_box(&pdf), None, &options);
            let n: usize =
                reading.document.pages.iter().flat_map(|p| &p.lines).map(|l| l.words.len()).sum();
            assert_eq!(n, words);
        });
    });
    let png = scan_png();
    group.sample_size(10);
    group.throughput(Throughput::Elements(1));
    group.bench_function("scanned page", |b| {
        b.iter(|| {
            let reading = read(black_box(&png), None, &options);
            assert_eq!(reading.document.pages[0].lines.len(), 30);
        });
    });
    group.finish();
}

criterion_group!(read_benches, benches);
criterion_main!(read_benches);
