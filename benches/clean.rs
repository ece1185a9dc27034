//! What each step of cleaning is worth: faxed pages of the corpus, damaged in the way
//! that the step undoes, are read with the step and without.
//!
//! Prints the share of the pages' words that are read, and the milliseconds that the
//! step adds to a page. It asserts that no step costs words.

use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};

use chartsift::image::Picture;
use chartsift::ocr::prepare::{Prepared, Steps, cleaned_in};
use chartsift::ocr::{OcrEngine, with_tesseract};
use chartsift::pdf;

/// Fine, upright faxes of one page, with the text that stands on it.
const PAGES: [(&str, &str); 4] = [
    ("unclear-buttock-pain/emg-report.pdf", "unclear-buttock-pain/02-emg-report.txt"),
    ("crest-sign-negative/visit.pdf", "crest-sign-negative/01-template-visit.txt"),
    ("many-failed-injections/letter.pdf", "many-failed-injections/01-letter.txt"),
    ("failed-test-block/visit.pdf", "failed-test-block/01-visit.txt"),
];

/// What befalls a page, and the step that undoes it.
struct Trial {
    name: &'static str,
    damage: fn(&mut Picture, &mut Chance),
    step: fn(&mut Steps) -> &mut bool,
}

const TRIALS: [Trial; 10] = [
    Trial { name: "shadow on a grey scan", damage: shadow, step: |s| &mut s.flatten },
    Trial { name: "40 lost rows", damage: lose_rows, step: |s| &mut s.gaps },
    Trial { name: "faint and full streaks", damage: streak, step: |s| &mut s.streaks },
    Trial { name: "shaded bars", damage: shade, step: |s| &mut s.screens },
    Trial { name: "black edge, punch holes", damage: edge, step: |s| &mut s.edges },
    Trial { name: "one speck in 1,000 pixels", damage: speckle, step: |s| &mut s.specks },
    Trial { name: "white on black", damage: darken, step: |s| &mut s.bars },
    Trial { name: "1.7 degrees of tilt", damage: tilt, step: |s| &mut s.level },
    Trial { name: "standard mode", damage: halve, step: |s| &mut s.strokes },
    Trial { name: "thin print", damage: thin, step: |s| &mut s.strokes },
];

/// The same numbers in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n.max(1)
    }
}

fn shadow(p: &mut Picture, chance: &mut Chance) {
    for (i, pixel) in p.pixels.iter_mut().enumerate() {
        let x = i % p.width;
        let paper = 110 + 130 * x / p.width;
        let ink = if *pixel < 128 { paper * 2 / 5 } else { paper };
        *pixel = (ink + chance.below(9)) as u8;
    }
}

fn lose_rows(p: &mut Picture, chance: &mut Chance) {
    for _ in 0..40 {
        let y = chance.below(p.height);
        p.pixels[y * p.width..(y + 1) * p.width].fill(255);
    }
}

fn streak(p: &mut Picture, chance: &mut Chance) {
    for i in 0..4 {
        let x = p.width / 5 + chance.below(p.width * 3 / 5);
        for y in 0..p.height {
            if i % 2 == 0 || chance.below(10) < 6 {
                p.pixels[y * p.width + x..y * p.width + x + 2].fill(0);
            }
        }
    }
}

fn shade(p: &mut Picture, _: &mut Chance) {
    for y in (0..p.height).filter(|y| y / 60 % 2 == 0) {
        for x in 100..p.width - 100 {
            if x % 5 < 2 && (y + x / 5 % 2 * 2) % 5 < 2 {
                p.pixels[y * p.width + x] = 0;
            }
        }
    }
}

fn edge(p: &mut Picture, _: &mut Chance) {
    let (w, h) = (p.width, p.height);
    for y in 0..h {
        for x in 0..w {
            let hole = [h / 8, h / 2, h * 7 / 8]
                .iter()
                .any(|&cy| y.abs_diff(cy).pow(2) + x.abs_diff(56).pow(2) < 26 * 26);
            if hole || x + 30 > w - y / 200 {
                p.pixels[y * w + x] = 0;
            }
        }
    }
}

fn speckle(p: &mut Picture, chance: &mut Chance) {
    for _ in 0..p.pixels.len() / 1000 {
        let i = chance.below(p.pixels.len());
        p.pixels[i] = 0;
    }
}

fn darken(p: &mut Picture, _: &mut Chance) {
    // The lower half is printed white on bars that leave the margins free.
    for y in p.height / 2..p.height * 9 / 10 {
        p.pixels[y * p.width + 100..(y + 1) * p.width - 100].iter_mut().for_each(|p| *p = 255 - *p);
    }
}

fn tilt(p: &mut Picture, _: &mut Chance) {
    *p = chartsift::image::clean::levelled(p, 1.7);
    p.pixels.iter_mut().for_each(|p| *p = if *p < 128 { 0 } else { 255 });
}

fn halve(p: &mut Picture, _: &mut Chance) {
    p.pixels = p.pixels.chunks(p.width).step_by(2).flatten().copied().collect();
    (p.height, p.ydpi) = (p.pixels.len() / p.width, p.ydpi / 2.0);
}

fn thin(p: &mut Picture, _: &mut Chance) {
    let before = p.pixels.clone();
    for i in p.width..before.len() {
        p.pixels[i] = before[i].max(before[i - 1]).max(before[i - p.width]);
    }
}

fn page(path: &Path) -> Picture {
    let pdf = pdf::open(&std::fs::read(path).expect("a fax of the corpus")).expect("a sound PDF");
    pdf.reader().picture(0).expect("a faxed page")
}

fn counts(text: &str) -> HashMap<String, usize> {
    let mut counts = HashMap::new();
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        *counts.entry(word.to_owned()).or_default() += 1;
    }
    counts
}

/// How many of the text's words are read, and how long getting ready took.
fn read(picture: Picture, text: &str, steps: Steps) -> (usize, usize, Duration) {
    let fax = picture.is_bilevel();
    let start = Instant::now();
    let page = Prepared::in_steps(&cleaned_in(picture, steps), 0, fax, steps);
    let took = start.elapsed();
    let limit = Duration::from_secs(60);
    let found = with_tesseract(|engine| engine.recognize(&page.picture, limit))
        .and_then(|found| found)
        .expect("Tesseract runs");
    let words: Vec<&str> = found.words.iter().map(|word| word.text.as_str()).collect();
    let (wanted, got) = (counts(text), counts(&words.join(" ")));
    let hits = wanted.iter().map(|(word, &n)| n.min(got.get(word).copied().unwrap_or(0))).sum();
    (hits, wanted.values().sum(), took)
}

fn main() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let pages = PAGES.map(|(fax, text)| {
        let text = std::fs::read_to_string(corpus.join("packets").join(text)).expect("its text");
        (page(&corpus.join("faxes").join(fax)), text)
    });
    println!("{:28}{:>12}{:>12}{:>12}", "damage", "step off", "step on", "ms a page");
    for trial in TRIALS {
        let mut shares = [0.0; 2];
        let mut times = [0.0; 2];
        for on in [false, true] {
            let mut steps = Steps::default();
            *(trial.step)(&mut steps) = on;
            let (mut hits, mut all) = (0, 0);
            let mut chance = Chance(7);
            for (picture, text) in &pages {
                let mut picture = picture.clone();
                (trial.damage)(&mut picture, &mut chance);
                let (h, n, took) = read(picture, text, steps);
                (hits, all) = (hits + h, all + n);
                times[usize::from(on)] += took.as_secs_f64() * 1000.0 / pages.len() as f64;
            }
            shares[usize::from(on)] = hits as f64 / all as f64;
        }
        let [off, on] = shares;
        println!("{:28}{off:>12.3}{on:>12.3}{:>12.1}", trial.name, times[1] - times[0]);
        assert!(on > off - 0.02, "{}: the step costs words", trial.name);
    }
}
