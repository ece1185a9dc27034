//! Hundreds of damaged files, made of ours: each ends as rows or as a line of problems.csv,
//! within its limits, and none takes another with it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::place::{Place, project, rows};

/// Numbers that come in the same order every time (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end.max(1) as u64) as usize
    }
}

/// Our own files of every format, the small ones.
fn seeds() -> Vec<PathBuf> {
    fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let ending = path.extension().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() {
                collect(&path, found);
            } else if ["pdf", "tif", "png", "jpg", "txt"].contains(&ending.as_str())
                && path.metadata().unwrap().len() < 120_000
            {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    for folder in ["tests/fixtures", "corpus/faxes", "corpus/hostile"] {
        collect(&project(folder), &mut found);
    }
    found.sort();
    found
}

/// One of the ways in which files are damaged, or made to do damage.
fn damaged(bytes: &[u8], way: usize, dice: &mut Dice) -> Vec<u8> {
    let mut out = bytes.to_vec();
    let length = out.len().max(1);
    match way % 10 {
        // Cut off, at the end and at the start.
        0 => out.truncate(dice.below(length)),
        1 => drop(out.drain(..dice.below(length / 4))),
        // A few bits, many bits.
        2 | 3 => {
            for _ in 0..[3, 300][way % 2] {
                let at = dice.below(length);
                if let Some(byte) = out.get_mut(at) {
                    *byte ^= 1 << dice.below(8);
                }
            }
        }
        // A block lost, a block that comes twice, a block of another place.
        4 => {
            let at = dice.below(length);
            let end = (at + 512).min(out.len());
            out.get_mut(at..end).unwrap_or_default().fill(0);
        }
        5 => {
            let at = dice.below(length);
            let block = out[at..(at + 2000).min(out.len())].to_vec();
            out.splice(at..at, block);
        }
        6 => {
            let (from, to) = (dice.below(length), dice.below(length));
            let block = out[from..(from + 300).min(out.len())].to_vec();
            let end = (to + block.len()).min(out.len());
            out[to..end].copy_from_slice(&block[..end - to]);
        }
        // Numbers that lie: lengths, widths, counts, references.
        _ => {
            let keys =
                ["/Length ", "/Width ", "/Height ", "/Count ", "/Kids [", "/Size ", "/Columns "];
            let key = keys[dice.below(keys.len())];
            let lie = ["0", "-1", "1", "99999", "4294967296", "2147483647"][dice.below(6)];
            let found = out.windows(key.len()).position(|piece| piece == key.as_bytes());
            if let Some(at) = found.filter(|_| out.starts_with(b"%PDF")) {
                let at = at + key.len();
                let digits = out[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
                out.splice(at..at + digits, lie.bytes());
            } else {
                let at = dice.below(length.min(200));
                out.get_mut(at..at + 4).unwrap_or_default().fill(0xFF);
            }
        }
    }
    out
}

/// A PDF of these objects, counted from 1.
fn pdf(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n".to_vec();
    for (at, object) in objects.iter().enumerate() {
        out.extend(format!("{} 0 obj\n", at + 1).bytes());
        out.extend(object);
        out.extend(b"\nendobj\n");
    }
    out.extend(b"trailer << /Root 1 0 R >>\n%%EOF\n");
    out
}

fn stream(dictionary: &str, bytes: &[u8]) -> Vec<u8> {
    let mut out = format!("<< {dictionary} /Length {} >> stream\n", bytes.len()).into_bytes();
    out.extend(bytes);
    out.extend(b"\nendstream");
    out
}

/// Files that are made to do harm.
fn hostile() -> BTreeMap<&'static str, Vec<u8>> {
    let catalog = b"<< /Type /Catalog /Pages 2 0 R >>".to_vec();
    let page = |content: &str| {
        format!("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] {content} >>").into_bytes()
    };
    let one = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec();
    // A gigabyte of zeros in a megabyte.
    let mut bomb = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    for _ in 0..1024 {
        std::io::Write::write_all(&mut bomb, &vec![0; 1 << 20]).unwrap();
    }
    let bomb = bomb.finish().unwrap();
    let drawn = "/Contents 4 0 R /Resources << /XObject << /I 5 0 R >> >>";
    let draw = stream("", b"q 612 0 0 792 0 0 cm /I Do Q");
    let picture = |width: u32, height: u32| {
        stream(
            &format!(
                "/Type /XObject /Subtype /Image /Width {width} /Height {height} /BitsPerComponent 8 \
                 /ColorSpace /DeviceGray /Filter /FlateDecode"
            ),
            &bomb,
        )
    };
    let kids: String = (3..6_003).map(|n| format!("{n} 0 R ")).collect();
    let mut many = vec![
        catalog.clone(),
        format!("<< /Type /Pages /Kids [{kids}] /Count 6000 >>").into_bytes(),
    ];
    many.extend((0..6_000).map(|_| page("")));
    let form = stream(
        "/Type /XObject /Subtype /Form /BBox [0 0 612 792] /Resources << /XObject << /I 5 0 R >> >>",
        b"/I Do /I Do /I Do",
    );
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)).into_bytes();
    let parenthesis = stream("", &b"( ".repeat(200_000));
    let nested = stream("/Type /ObjStm /N 1 /First 4 /Extends 4 0 R", b"4 0 4 0 R");
    let tiff = |width: u32| {
        let mut out = b"II*\0\x08\0\0\0\x07\0".to_vec();
        let entries =
            [(256, width), (257, width), (258, 1), (259, 4), (262, 0), (273, 8), (279, 1 << 30)];
        for (tag, value) in entries {
            out.extend((tag as u16).to_le_bytes());
            out.extend(4u16.to_le_bytes());
            out.extend(1u32.to_le_bytes());
            out.extend(value.to_le_bytes());
        }
        out.extend([0; 400]);
        out
    };
    // Its first page follows itself.
    let mut ring = tiff(100);
    ring.truncate(94);
    ring.extend(8u32.to_le_bytes());
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0DIHDR".to_vec();
    png.extend([0, 0, 0xC3, 0x50, 0, 0, 0xC3, 0x50, 8, 0, 0, 0, 0, 0, 0, 0, 0]);
    BTreeMap::from([
        (
            "cycle.pdf",
            pdf(&[catalog.clone(), b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>".to_vec()]),
        ),
        (
            "bomb-content.pdf",
            pdf(&[
                catalog.clone(),
                one.clone(),
                page("/Contents 4 0 R"),
                stream("/Filter /FlateDecode", &bomb),
            ]),
        ),
        (
            "bomb-picture.pdf",
            pdf(&[
                catalog.clone(),
                one.clone(),
                page(drawn),
                draw.clone(),
                picture(32_768, 32_768),
            ]),
        ),
        (
            "huge-picture.pdf",
            pdf(&[
                catalog.clone(),
                one.clone(),
                page(drawn),
                draw.clone(),
                picture(50_000, 50_000),
            ]),
        ),
        ("many-pages.pdf", pdf(&many)),
        ("forms-in-themselves.pdf", pdf(&[catalog.clone(), one.clone(), page(drawn), draw, form])),
        (
            "deep.pdf",
            pdf(&[catalog.clone(), one.clone(), page("/Contents 4 0 R /X 5 0 R"), nested, deep]),
        ),
        ("open-strings.pdf", pdf(&[catalog, one, page("/Contents 4 0 R"), parenthesis])),
        ("huge.tif", tiff(50_000)),
        ("ring.tif", ring),
        ("huge.png", png),
    ])
}

/// Runs over a folder of bad files and one good one, and sees that each is accounted for.
#[track_caller]
fn all_are_accounted_for(place: &Place, arguments: &str) {
    place.write("in/good.txt", "MEDICATIONS: Lyrica 300 mg twice daily.\n");
    let limits = "--timeout 5 --document-timeout 30 --memory 700";
    let run = place.run(&format!("run in --out out --events {limits} {arguments}"));
    assert!([Some(0), Some(3)].contains(&run.code), "{:?}: {}", run.code, run.stderr);
    let documents = rows(&place.read("out/documents.csv"));
    let problems = rows(&place.read("out/problems.csv"));
    for name in place.files("in") {
        let row = documents.iter().find(|row| row["document"] == name && row["part"] == "0");
        let row = row.unwrap_or_else(|| panic!("{name} is lost"));
        let told = problems.iter().any(|problem| problem["document"] == name);
        assert!(row["pages"] != "0" || told, "{name} has no page and no problem");
    }
    for problem in &problems {
        assert!(!problem["problem"].contains("internal error"), "{problem:?}");
    }
    for line in run.stderr.lines() {
        let event: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(event["seconds"].as_f64().unwrap_or_default() < 60.0, "{line}");
    }
    assert!(rows(&place.read("out/facts.csv")).iter().any(|fact| fact["case_id"] == "good"));
}

#[test]
fn three_hundred_damaged_files_are_accounted_for() {
    let place = Place::new();
    let seeds = seeds();
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    for n in 0..300 {
        let seed = &seeds[n % seeds.len()];
        let name = seed.file_name().unwrap().to_str().unwrap();
        let bytes = damaged(&std::fs::read(seed).unwrap(), n, &mut dice);
        place.write(&format!("in/{n:03}-{name}"), bytes);
    }
    all_are_accounted_for(&place, "--ocr never");
    // What is read by OCR goes through other code; a few of them, for the time it takes.
    for name in place.files("in") {
        let n: usize = name.split('-').next().and_then(|n| n.parse().ok()).unwrap_or(1);
        if !n.is_multiple_of(15) {
            std::fs::remove_file(place.path(&format!("in/{name}"))).unwrap();
        }
    }
    all_are_accounted_for(&place, "--ocr-engine tesseract");
}

#[test]
fn files_made_to_do_harm_cost_themselves_alone() {
    let place = Place::new();
    for (name, bytes) in hostile() {
        place.write(&format!("in/{name}"), bytes);
    }
    all_are_accounted_for(&place, "--ocr-engine tesseract");
    // What is not read of a file is said.
    let problems = rows(&place.read("out/problems.csv"));
    let told = |problem: &&BTreeMap<String, String>| problem["document"] == "many-pages.pdf";
    let told = problems.iter().find(told).expect("it has more pages than are read");
    assert!(told["problem"].contains("only the first 5000 are read"), "{}", told["problem"]);
}
