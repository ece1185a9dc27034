//! What happens where Tesseract is not installed. The way it is hidden is Linux's.

#![cfg(target_os = "linux")]

use crate::place::{Place, project, rows};

const NOTE: &str = "Assessment:\nLow back pain, left greater than right.\n";

/// A folder whose files of the library's names are no libraries, so that none is found.
fn without_tesseract() -> Place {
    let place = Place::with(&[("in/note.txt", NOTE)]);
    place.write("in/scan.tif", std::fs::read(project("tests/fixtures/g4.tif")).unwrap());
    for ending in ["", ".4", ".5", ".5.4", ".5.5"] {
        place.write(&format!("lib/libtesseract.so{ending}"), "no library");
    }
    place
}

fn run(place: &Place, arguments: &str) -> (Option<i32>, String, String) {
    let mut command = place.chartsift();
    command.env("LD_LIBRARY_PATH", place.path("lib")).args(arguments.split_whitespace());
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn without_tesseract_scans_are_problems_and_all_else_is_read() {
    let place = without_tesseract();
    let (code, text, _) = run(&place, "text in/note.txt");
    assert_eq!((code, text.contains("Low back pain")), (Some(0), true));

    let (_, _, stderr) = run(&place, "run in --out out --ocr-engine tesseract");
    let problems = rows(&place.read("out/problems.csv"));
    let why: Vec<_> = problems.iter().filter(|row| row["stage"] == "ocr").collect();
    assert_eq!(why.len(), 1, "{stderr}");
    assert_eq!(why[0]["document"], "scan.tif");
    assert!(why[0]["problem"].contains("install tesseract-ocr"), "{}", why[0]["problem"]);
    assert_eq!(why[0]["retriable"], "false");
    assert!(place.read("out/run.json").contains("Tesseract not installed"));
    assert!(place.read("out/cases.csv").contains("note"));

    // The second engine reads without its sense of which way is up: the run says so.
    run(&place, "run in/note.txt --out second --ocr-engine ppocr");
    assert!(place.read("second/run.json").contains("without Leptonica"));
}

#[test]
fn the_doctor_says_what_to_install() {
    let (code, stdout, stderr) = run(&without_tesseract(), "doctor");
    assert_eq!(code, Some(1), "{stderr}");
    let line = stdout.lines().find(|line| line.contains("Tesseract")).unwrap();
    assert!(line.starts_with("missing"), "{line}");
    assert!(line.contains("libtesseract") && line.contains("install tesseract-ocr"), "{line}");
}
