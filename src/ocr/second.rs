//! What the second engine is asked for: words that the first one doubts, print that
//! it passed over, and whole pages that it made little of.

use std::time::{Duration, Instant};

use super::lines::{area, lines, print_height};
use super::merge::{ALONE, has_digit, is_known, merge};
use super::page::NOISE;
use super::{OcrEngine, OcrError, Read, Recognition};
use crate::geometry::Rect;
use crate::image::Picture;
use crate::image::blots::Blots;
use crate::image::clean::INK;

/// Words read less surely than this are read again. Of Tesseract's words from 0.9 on
/// one in a hundred is wrong, of those below one in three.
const SURE: f32 = 0.9;

/// The same for words with a digit: a wrong one does more harm and is no rarer.
const SURE_OF_NUMBER: f32 = 0.95;

/// If more than this share of the letters is in doubt, the page is read anew: lines
/// were parted or run together wrongly then, too.
const POOR_PAGE: f32 = 0.4;

/// The height of print in pixels where nothing was read surely: 11 point at 200 dpi.
const USUAL_HEIGHT: f32 = 26.0;

/// Print that was passed over is taken in only if it was read this surely.
const PASSED_OVER: f32 = 0.85;

/// The same of a word of the language: dirt is seldom read as one.
const PASSED_OVER_KNOWN: f32 = 0.6;

/// The number of a list's item stands at most this many times the height of print
/// before its text.
const ITEM_GAP: f32 = 3.0;

/// Numbers for lines that the second engine found; the first one's are smaller.
const NEW_LINES: u32 = 1 << 20;

/// Reads again what is in doubt, as far as `limit` allows, and says whether it did;
/// `knows` tells the words of the language.
pub fn improve(
    picture: &Picture,
    first: Vec<Read>,
    engine: &mut dyn OcrEngine,
    knows: &dyn Fn(&str) -> bool,
    limit: Duration,
) -> Result<Recognition, OcrError> {
    let deadline = Instant::now() + limit;
    let left = || deadline.saturating_duration_since(Instant::now());
    let letters: usize = first.iter().map(|word| word.text.len()).sum();
    let doubted: usize = first.iter().filter(|w| in_doubt(w)).map(|w| w.text.len()).sum();
    let height = print_height(&first).unwrap_or(USUAL_HEIGHT);
    let Recognition { mut words, timed_out } = if doubted as f32 > POOR_PAGE * letters as f32 {
        whole_page(picture, first, engine, knows, left())?
    } else {
        doubtful_words(picture, first, height, engine, knows, left())?
    };
    let passed_over = passed_over(picture, &words, height);
    let found = engine.read_areas(picture, &passed_over, left())?;
    let timed_out = timed_out || found.timed_out;
    let new: Vec<Read> = found
        .words
        .into_iter()
        .filter(|word| word.confidence >= least(word, knows) && says_something(word))
        .filter(|word| !covers(&words, word))
        .map(|word| Read { line: word.line + 2 * NEW_LINES, ..word })
        .collect();
    words.extend(new);
    for word in &mut words {
        if word.line >= NEW_LINES || word.rect.height() > 1.25 * height {
            word.rect = tightened(picture, word.rect);
        }
    }
    Ok(Recognition { words, timed_out })
}

fn in_doubt(word: &Read) -> bool {
    let sign = !word.text.chars().any(char::is_alphanumeric);
    sign || word.confidence < if has_digit(word) { SURE_OF_NUMBER } else { SURE }
}

/// How surely a word has to be read that stands where nothing was.
fn least(word: &Read, knows: &dyn Fn(&str) -> bool) -> f32 {
    let letters = word.text.chars().filter(|c| c.is_alphabetic()).count();
    if letters >= 3 && is_known(word, knows) { PASSED_OVER_KNOWN } else { PASSED_OVER }
}

/// Whether a word stands where others are already.
fn covers(words: &[Read], new: &Read) -> bool {
    let r = new.rect;
    let (third, y) = (r.width() / 3.0, (r.y0 + r.y1) / 2.0);
    [r.x0 + third, r.x1 - third].iter().any(|x| {
        let at = |w: &Read| w.rect.x0 <= *x && *x <= w.rect.x1 && w.rect.y0 <= y && y <= w.rect.y1;
        words.iter().filter(|word| word.confidence >= NOISE).any(at)
    })
}

/// Whether this is a word or a number, and not the sign that dirt is read as.
fn says_something(word: &Read) -> bool {
    let number = word.text.starts_with(|c: char| c.is_ascii_digit());
    number || word.text.chars().filter(|c| c.is_alphanumeric()).count() >= 2
}

/// Reads runs of doubtful words again, and merges them in their places.
fn doubtful_words(
    picture: &Picture,
    first: Vec<Read>,
    height: f32,
    engine: &mut dyn OcrEngine,
    knows: &dyn Fn(&str) -> bool,
    limit: Duration,
) -> Result<Recognition, OcrError> {
    // Runs of words: whether they are in doubt, and the words.
    let mut runs: Vec<(bool, Vec<Read>)> = Vec::new();
    for line in lines(&first) {
        for run in line.chunk_by(|a, b| in_doubt(a) == in_doubt(b)) {
            runs.push((in_doubt(&run[0]), run.to_vec()));
        }
    }
    let areas: Vec<Rect> =
        runs.iter().filter(|(doubt, _)| *doubt).map(|(_, run)| area(run, height)).collect();
    let Recognition { words: again, timed_out } = engine.read_areas(picture, &areas, limit)?;
    let mut again = again.into_iter().peekable();
    let mut words = Vec::with_capacity(first.len());
    let mut number = 0;
    for (doubt, run) in runs {
        if !doubt {
            words.extend(run);
            continue;
        }
        let line = run[0].line;
        let mut second = Vec::new();
        while let Some(word) = again.next_if(|word| word.line == number) {
            second.push(Read { line, ..word });
        }
        number += 1;
        words.extend(if second.is_empty() { run } else { merge(run, second, knows) });
    }
    Ok(Recognition { words, timed_out })
}

/// Reads every line that the second engine finds, and merges it with the words that
/// the first one saw there.
fn whole_page(
    picture: &Picture,
    first: Vec<Read>,
    engine: &mut dyn OcrEngine,
    knows: &dyn Fn(&str) -> bool,
    limit: Duration,
) -> Result<Recognition, OcrError> {
    let areas = engine.find_lines(picture)?;
    let Recognition { words: again, timed_out } = engine.read_areas(picture, &areas, limit)?;
    let mut by_area: Vec<Vec<Read>> = vec![Vec::new(); areas.len()];
    let mut rest = Vec::new();
    for word in first {
        match home(&word, &areas) {
            Some(home) => by_area[home].push(word),
            None => rest.push(word),
        }
    }
    let mut again = again.into_iter().peekable();
    let mut words = Vec::new();
    for (mut own, number) in by_area.into_iter().zip(0..) {
        let mut second = Vec::new();
        while let Some(word) = again.next_if(|word| word.line == number) {
            second.push(word);
        }
        own.sort_by(|a, b| a.rect.x0.total_cmp(&b.rect.x0));
        let line = NEW_LINES + number;
        let read = match second.is_empty() {
            true => unopposed(own),
            false => merge(own, second, knows),
        };
        words.extend(read.into_iter().map(|word| Read { line, ..word }));
    }
    // The second engine found no print here: only what is plainly read stays.
    words.extend(rest.into_iter().filter(|word| word.confidence >= SURE));
    Ok(Recognition { words, timed_out })
}

/// A line of which the second engine makes out nothing, which says nothing against the first one's
/// words; but a wrong number does more harm than none.
fn unopposed(mut words: Vec<Read>) -> Vec<Read> {
    words.retain(|word| word.confidence >= ALONE || !has_digit(word));
    words
}

/// The area whose line a word belongs to.
fn home(word: &Read, areas: &[Rect]) -> Option<usize> {
    let middle = |a: f32, b: f32| (a + b) / 2.0;
    let (x, y) = (middle(word.rect.x0, word.rect.x1), middle(word.rect.y0, word.rect.y1));
    let near = |area: &Rect| {
        let inside = area.x0 <= x && x <= area.x1 && area.y0 <= y && y <= area.y1;
        inside.then(|| (middle(area.y0, area.y1) - y).abs())
    };
    let homes = areas.iter().enumerate().filter_map(|(i, area)| Some((i, near(area)?)));
    homes.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(i, _)| i)
}

/// Boxes around ink that looks like words and that no word covers: one that is but noise leaves
/// print unread.
fn passed_over(picture: &Picture, words: &[Read], height: f32) -> Vec<Rect> {
    // Cells of half a letter: fine enough to part lines, coarse enough to join words.
    let cell = (height / 4.0).max(2.0);
    let (w, h) = (picture.width as f32 / cell, picture.height as f32 / cell);
    let mut cells = Picture::white(w.ceil() as usize, h.ceil() as usize, 50.0, 50.0);
    let mut covered = vec![false; cells.pixels.len()];
    for word in words.iter().filter(|word| word.confidence >= NOISE) {
        let clamp = |v: f32, most: usize| ((v / cell).max(0.0) as usize).min(most);
        let (x0, x1) = (clamp(word.rect.x0, cells.width), clamp(word.rect.x1 + cell, cells.width));
        for y in clamp(word.rect.y0, cells.height)..clamp(word.rect.y1 + cell, cells.height) {
            covered[y * cells.width + x0..y * cells.width + x1].fill(true);
        }
    }
    for blot in Blots::new(picture).all {
        let (width, tall) = blot.size();
        // Letters and pieces of them, not specks, rules or pictures.
        let letter = tall as f32 >= 0.15 * height
            && (tall as f32) < 2.0 * height
            && (width as f32) < 4.0 * height;
        if !letter {
            continue;
        }
        let at = |v: usize| (v as f32 / cell) as usize;
        let middle = at((blot.y0 + blot.y1) / 2) * cells.width + at((blot.x0 + blot.x1) / 2);
        if covered.get(middle).is_none_or(|&covered| covered) {
            continue;
        }
        // A space reaches from letter to letter.
        let (from, to) = (at(blot.x0).saturating_sub(1), (at(blot.x1) + 2).min(cells.width));
        for y in at(blot.y0)..=at(blot.y1 - 1).min(cells.height - 1) {
            cells.pixels[y * cells.width + from..y * cells.width + to].fill(0);
        }
    }
    let boxes = Blots::new(&cells).all.into_iter().filter_map(|blot| {
        let rect = Rect::new(
            blot.x0 as f32 * cell,
            blot.y0 as f32 * cell,
            blot.x1 as f32 * cell,
            blot.y1 as f32 * cell,
        );
        // A single digit is as narrow as dirt, but stands on a line of print.
        let wide = rect.width() >= 1.8 * height
            || rect.width() >= 0.7 * height && heads_a_line(&rect, words, height);
        let print = rect.height() >= 0.6 * height && rect.height() <= 2.5 * height && wide;
        let margin = 0.2 * height;
        print.then(|| Rect::new(rect.x0, rect.y0 - margin, rect.x1, rect.y1 + margin))
    });
    boxes.collect()
}

/// Whether a box is level with a word that follows it, as the number of a list's item.
fn heads_a_line(rect: &Rect, words: &[Read], height: f32) -> bool {
    let middle = (rect.y0 + rect.y1) / 2.0;
    let follows = |r: &Rect| (-0.5 * height..ITEM_GAP * height).contains(&(r.x0 - rect.x1));
    words.iter().any(|w| w.rect.y0 <= middle && middle <= w.rect.y1 && follows(&w.rect))
}

/// The box shrunk to the ink in it.
fn tightened(picture: &Picture, rect: Rect) -> Rect {
    let clamp = |v: f32, most: usize| (v.max(0.0) as usize).min(most);
    let (x0, x1) = (clamp(rect.x0, picture.width), clamp(rect.x1.ceil(), picture.width));
    let (y0, y1) = (clamp(rect.y0, picture.height), clamp(rect.y1.ceil(), picture.height));
    let rows = (y0..y1).filter(|&y| picture.row(y)[x0..x1].iter().any(|&p| p < INK));
    let (Some(top), Some(bottom)) = (rows.clone().min(), rows.max()) else { return rect };
    let columns = (x0..x1).filter(|&x| (top..=bottom).any(|y| picture.row(y)[x] < INK));
    let (Some(left), Some(right)) = (columns.clone().min(), columns.max()) else { return rect };
    Rect::new(left as f32, top as f32, right as f32 + 1.0, bottom as f32 + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ocr::Recognition;

    /// Finds one line, and reads "again" wherever it is asked to, this surely; the first so many
    /// times it makes out nothing.
    #[derive(Default)]
    struct Scripted {
        sure: f32,
        silent: usize,
        asked: Vec<Rect>,
    }

    impl OcrEngine for Scripted {
        fn recognize(&mut self, _: &Picture, _: Duration) -> Result<Recognition, OcrError> {
            Ok(Recognition::default())
        }

        fn read_areas(
            &mut self,
            _: &Picture,
            areas: &[Rect],
            limit: Duration,
        ) -> Result<Recognition, OcrError> {
            if limit.is_zero() {
                return Ok(Recognition { timed_out: !areas.is_empty(), ..Recognition::default() });
            }
            self.asked.extend(areas);
            if self.silent > 0 {
                self.silent -= 1;
                return Ok(Recognition::default());
            }
            let word =
                |(rect, line): (&Rect, u32)| Read { rect: *rect, ..read("again", line, self.sure) };
            Ok(Recognition { words: areas.iter().zip(0..).map(word).collect(), timed_out: false })
        }

        fn find_lines(&mut self, _: &Picture) -> Result<Vec<Rect>, OcrError> {
            Ok(vec![Rect::new(90.0, 90.0, 510.0, 134.0)])
        }

        fn orientation(&mut self, _: &Picture) -> Option<u16> {
            None
        }
    }

    fn read(text: &str, line: u32, confidence: f32) -> Read {
        let rect = Rect::default();
        Read { text: text.into(), rect, confidence, line, alternatives: Vec::new() }
    }

    /// A line of words, 100 pixels each, and a picture with blocks of ink for letters.
    fn page(words: &[(&str, f32)], columns: usize) -> (Picture, Vec<Read>) {
        let mut picture = Picture::white(900, 300, 200.0, 200.0);
        for x in (100..100 + 100 * columns).filter(|x| x % 100 < 90 && x % 15 < 10) {
            for y in 100..124 {
                picture.pixels[y * 900 + x] = 0;
            }
        }
        let word = |(i, &(text, confidence)): (usize, &(&str, f32))| {
            let x = 100.0 + 100.0 * i as f32;
            Read { rect: Rect::new(x, 100.0, x + 90.0, 124.0), ..read(text, 7, confidence) }
        };
        (picture, words.iter().enumerate().map(word).collect())
    }

    #[track_caller]
    fn check(words: &[(&str, f32)], columns: usize, sure: f32, expect: &[&str], asked: usize) {
        let engine = Scripted { sure, ..Scripted::default() };
        check_with(engine, words, columns, &|_| false, expect, asked);
    }

    #[track_caller]
    fn check_with(
        mut engine: Scripted,
        words: &[(&str, f32)],
        columns: usize,
        knows: &dyn Fn(&str) -> bool,
        expect: &[&str],
        asked: usize,
    ) {
        let (picture, first) = page(words, columns);
        let limit = Duration::from_secs(5);
        let got = improve(&picture, first, &mut engine, knows, limit).unwrap().words;
        let texts: Vec<&str> = got.iter().map(|word| word.text.as_str()).collect();
        assert_eq!((texts.as_slice(), engine.asked.len()), (expect, asked));
    }

    #[test]
    fn only_doubtful_words_are_read_again() {
        let sure = [("pain", 0.95), ("radiates", 0.95), ("down", 0.97), ("leg", 0.95)];
        check(&sure, 4, 0.99, &["pain", "radiates", "down", "leg"], 0);
        let mut doubt = sure;
        doubt[3] = ("lcg", 0.6);
        check(&doubt, 4, 0.99, &["pain", "radiates", "down", "again"], 1);
        // What the second engine doubts more stays.
        check(&doubt, 4, 0.5, &["pain", "radiates", "down", "lcg"], 1);
    }

    #[test]
    fn words_that_were_not_reached_in_time_are_told() {
        let (picture, first) = page(&[("pain", 0.95), ("lcg", 0.6)], 2);
        for (limit, late) in [(Duration::ZERO, true), (Duration::from_secs(5), false)] {
            let mut engine = Scripted { sure: 0.99, ..Scripted::default() };
            let got = improve(&picture, first.clone(), &mut engine, &|_| false, limit).unwrap();
            assert_eq!((got.timed_out, engine.asked.is_empty()), (late, late));
        }
    }

    #[test]
    fn numbers_have_to_be_surer_than_words() {
        let number = [("scored", 0.97), ("7/10", 0.93), ("yesterday", 0.93)];
        check(&number, 3, 0.99, &["scored", "again", "yesterday"], 1);
    }

    #[test]
    fn print_that_was_passed_over_is_read() {
        let half = [("pain", 0.95), ("radiates", 0.95)];
        check(&half, 5, 0.99, &["pain", "radiates", "again"], 1);
        check(&half, 5, 0.65, &["pain", "radiates"], 1);
        let engine = Scripted { sure: 0.65, ..Scripted::default() };
        let known = |word: &str| word == "again";
        check_with(engine, &half, 5, &known, &["pain", "radiates", "again"], 1);
    }

    #[test]
    fn what_is_but_noise_leaves_print_to_be_read() {
        let noise = [("pain", 0.95), ("radiates", 0.95), ("~xy", 0.1)];
        let engine = Scripted { sure: 0.99, silent: 1, ..Scripted::default() };
        check_with(engine, &noise, 3, &|_| false, &["pain", "radiates", "~xy", "again"], 2);
    }

    #[test]
    fn a_poor_page_is_read_anew_line_by_line() {
        let poor = [("pxin", 0.4), ("rxdiates", 0.4), ("dxwn", 0.4), ("lxg", 0.4)];
        check(&poor, 4, 0.9, &["again"], 1);
    }

    #[test]
    fn a_line_of_which_the_second_engine_makes_out_nothing_stays() {
        let poor = [("disability", 0.5), ("no", 0.4), ("x2", 0.6), ("lxg", 0.4)];
        let engine = Scripted { silent: 1, ..Scripted::default() };
        check_with(engine, &poor, 4, &|_| false, &["disability", "no", "lxg"], 2);
    }
}
