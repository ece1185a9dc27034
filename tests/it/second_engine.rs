//! PP-OCR beside Tesseract: with its real models, which `make models` brings, and
//! without them.

use std::process::Output;

use chartsift::document::{Legibility, TextSource};
use chartsift::ocr::EngineChoice;
use chartsift::read::{ReadOptions, read};

use crate::place::Place;
use crate::type_pixels::Sheet;

const LINES: [&str; 4] = [
    "HISTORY: LOW BACK PAIN FOR SIX MONTHS.",
    "GABAPENTIN 300 MG THREE TIMES DAILY.",
    "PAIN SCORE 7/10 ON AVERAGE, 4/10 AT BEST.",
    "PLAN: REPEAT THE BLOCK IN TWO WEEKS.",
];

fn fax() -> Vec<u8> {
    Sheet::typed(&LINES, 1728, 2200, 4).group_4(true, false)
}

/// The share of the typed words that were read.
fn found(engine: EngineChoice) -> f32 {
    let options = ReadOptions { engine, ..ReadOptions::default() };
    let reading = read(&fax(), Some("fax.tif"), &options);
    assert_eq!(reading.problems, []);
    let page = &reading.document.pages[0];
    assert_eq!((page.source, page.legibility), (TextSource::Ocr, Legibility::Readable));
    let words: Vec<&str> =
        page.lines.iter().flat_map(|line| &line.words).map(|word| word.text.as_str()).collect();
    let typed: Vec<&str> = LINES.iter().flat_map(|line| line.split(' ')).collect();
    typed.iter().filter(|word| words.contains(word)).count() as f32 / typed.len() as f32
}

#[test]
fn every_choice_of_engines_reads_a_fax() {
    let models = chartsift::ocr::ppocr::models::check();
    assert!(models.is_ok(), "{}; these tests need it", models.unwrap_err());
    let [auto, tesseract, ppocr] =
        [EngineChoice::Auto, EngineChoice::Tesseract, EngineChoice::PpOcr].map(found);
    // The font is coarse: Tesseract takes some letters for others.
    assert!(tesseract >= 0.5, "Tesseract read {tesseract}");
    assert!(ppocr >= 0.9, "PP-OCR read {ppocr}");
    assert!(auto >= 0.9 && auto >= tesseract, "together they read {auto}");
}

fn run_without_models(place: &Place, args: &[&str]) -> Output {
    std::fs::write(place.path("fax.tif"), fax()).unwrap();
    place.chartsift().args(args).env("CHARTSIFT_MODELS", place.path("none")).output().unwrap()
}

#[test]
fn without_models_tesseract_reads_alone() {
    let place = Place::new();
    let output = run_without_models(&place, &["text", "fax.tif"]);
    assert!(output.status.success());
    let alone = place.bytes("text --ocr-engine tesseract fax.tif");
    assert!(alone.len() > 80 && output.stdout == alone);
}

#[test]
fn an_engine_asked_for_by_name_must_be_there() {
    let place = Place::new();
    let output = run_without_models(&place, &["text", "--ocr-engine", "ppocr", "fax.tif"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("--ocr-engine ppocr") && said.contains("make models"), "{said}");
    assert!(output.stdout.is_empty());
}

#[test]
fn the_doctor_says_what_is_there() {
    let place = Place::new();
    let output = run_without_models(&place, &["doctor"]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "absent models stop nothing");
    assert!(said.contains("ok      Tesseract") && said.contains("absent  PP-OCR"), "{said}");
    let output = place.chartsift().args(["doctor"]).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("ok      PP-OCR"));
}
