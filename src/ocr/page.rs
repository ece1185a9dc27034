//! A scanned page's picture to words: what to mend first, which way is up, and
//! whether the result can be trusted.

use std::time::{Duration, Instant};

use super::judge::judge;
use super::prepare;
use super::second::improve;
use super::upright::{self, Upright, is_lying};
use super::{OcrEngine, OcrError, Read};
use crate::document::{Legibility, Word};
use crate::geometry::Rect;
use crate::image::Picture;
use crate::image::clean::{self, Tilt};
use crate::layout::Fragment;

/// Below this share of ink, with no words found, a page is blank.
pub(super) const BLANK_INK: f32 = 0.002;

/// Below this mean confidence of its words (weighted by length) a page makes no sense.
pub(super) const LEGIBLE: f32 = 0.5;

/// Words that the engine is less sure of than this are noise more often than words.
pub(super) const NOISE: f32 = 0.3;

/// A gap of this many type sizes parts a line into fragments.
const FRAGMENT_GAP: f32 = 2.0;

/// A page, read off its picture.
pub struct Scanned {
    /// Its words, in points of the page as turned.
    pub fragments: Vec<Fragment>,
    /// Words that lie on their side, as stamps along the edge do, line by line.
    pub aside: Vec<Fragment>,
    /// Whether they can be used.
    pub legibility: Legibility,
    /// Whether there is ink but next to no print.
    pub picture: bool,
    /// Clockwise turn in degrees that was applied.
    pub turned: u16,
    /// Clockwise tilt in degrees that the feed gave the page, now undone in
    /// `fragments`; [`Scanned::settle`] puts the boxes back onto the page.
    tilt: Option<(Tilt, f32, f32)>,
    /// The share (0-1) of the page's ink that no word covers.
    pub uncovered: f32,
    /// Whether the time limit came before the last word.
    pub timed_out: bool,
}

impl Scanned {
    /// Where a box of a straightened page lies on the page itself.
    pub fn settle(&self, rect: Rect) -> Rect {
        let Some((tilt, x, y)) = &self.tilt else { return rect };
        let (cx, cy) = ((rect.x0 + rect.x1) / 2.0 / x, (rect.y0 + rect.y1) / 2.0 / y);
        let (sx, sy) = tilt.source(cx, cy);
        let (dx, dy) = ((sx - cx) * x, (sy - cy) * y);
        Rect::new(rect.x0 + dx, rect.y0 + dy, rect.x1 + dx, rect.y1 + dy)
    }
}

/// Reads a page's picture within about `limit`; a second engine reads again what the
/// first one doubts.
pub fn read(
    picture: Picture,
    engine: &mut dyn OcrEngine,
    second: Option<&mut dyn OcrEngine>,
    limit: Duration,
) -> Result<Scanned, OcrError> {
    let deadline = Instant::now() + limit;
    let left = || deadline.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
    let fax = picture.is_bilevel();
    let picture = prepare::cleaned(picture);
    let ink = clean::ink_share(&picture);
    let nothing = |legibility, timed_out| Scanned {
        fragments: Vec::new(),
        aside: Vec::new(),
        legibility,
        picture: false,
        turned: 0,
        tilt: None,
        uncovered: 0.0,
        timed_out,
    };
    if ink < BLANK_INK / 20.0 {
        return Ok(nothing(Legibility::Blank, false));
    }

    let Upright { turned, page, mut found } = upright::stand(&picture, fax, engine, &left)?;
    let second = second.filter(|_| !found.timed_out);
    let by_two = second.is_some();
    if let Some(second) = second {
        found = improve(&page.picture, found.words, second, &|word| engine.knows(word), left())?;
    }
    let letters: usize = found.words.iter().map(|w| w.text.len()).sum();
    if letters < 3 && ink < BLANK_INK {
        return Ok(nothing(Legibility::Blank, found.timed_out));
    }
    let uncovered = 1.0 - ink_told(&page.picture, &found.words, NOISE);
    let judged = judge(&page.picture, &found.words, by_two);
    let (x, y) = (72.0 / page.picture.xdpi, 72.0 / page.picture.ydpi);
    let (fragments, aside) = fragments(found.words, x, y);
    Ok(Scanned {
        fragments,
        aside,
        legibility: judged.legibility,
        picture: judged.picture,
        turned: turned.unwrap_or(0),
        tilt: (page.skew != 0.0).then(|| (Tilt::new(&page.picture, page.skew), x, y)),
        uncovered,
        timed_out: found.timed_out,
    })
}

/// The share of the picture's ink that lies in words read with this confidence.
fn ink_told(picture: &Picture, words: &[Read], sure: f32) -> f32 {
    let (w, h) = (picture.width, picture.height);
    let total = picture.pixels.iter().filter(|&&p| p < clean::INK).count();
    let mut inside = 0;
    for word in words.iter().filter(|word| word.confidence >= sure) {
        let clamp = |v: f32, most: usize| (v.max(0.0) as usize).min(most);
        let columns = clamp(word.rect.x0, w)..clamp(word.rect.x1, w);
        let rows = clamp(word.rect.y0, h)..clamp(word.rect.y1, h);
        inside += clean::ink_in(picture, columns, rows);
    }
    inside as f32 / total.max(1) as f32
}

/// An engine's lines to fragments, in points; those that lie on their side apart.
fn fragments(words: Vec<Read>, x: f32, y: f32) -> (Vec<Fragment>, Vec<Fragment>) {
    let (mut fragments, mut aside): (Vec<Fragment>, Vec<Fragment>) = Default::default();
    let mut words = words.into_iter().filter(|word| word.confidence >= NOISE).peekable();
    while let Some(first) = words.next() {
        let number = first.line;
        let mut line = vec![first];
        while let Some(word) = words.next_if(|w| w.line == number) {
            line.push(word);
        }
        let long = line.iter().filter(|word| word.text.chars().count() >= 3).count();
        let lying = line.iter().filter(|word| is_lying(word)).count();
        if lying * 2 > long {
            let size = line[0].rect.width() * x;
            let base = line[0].rect.y1 * y;
            let words = line.into_iter().map(|read| word(read, x, y)).collect();
            aside.push(Fragment { words, base, size });
            continue;
        }
        // The middle of the words' feet is the baseline, descenders or not.
        let mut feet: Vec<f32> = line.iter().map(|w| w.rect.y1 * y).collect();
        let mut heights: Vec<f32> = line.iter().map(|w| w.rect.height() * y).collect();
        feet.sort_by(f32::total_cmp);
        heights.sort_by(f32::total_cmp);
        let base = feet[feet.len() / 2];
        // Boxes hug the letters: type is about 1.3 times as high.
        let size = (heights[heights.len() / 2] * 1.3).clamp(4.0, 40.0);
        let mut open: Vec<Word> = Vec::new();
        for read in line {
            let word = word(read, x, y);
            let gap = |last: &Word| word.rect.x0 - last.rect.x1;
            if open.last().is_some_and(|last| gap(last) > FRAGMENT_GAP * size) {
                fragments.push(Fragment { words: std::mem::take(&mut open), base, size });
            }
            open.push(word);
        }
        fragments.push(Fragment { words: open, base, size });
    }
    (fragments, aside)
}

fn word(read: Read, x: f32, y: f32) -> Word {
    let r = read.rect;
    let rect = Rect::new(r.x0 * x, r.y0 * y, r.x1 * x, r.y1 * y);
    Word {
        text: read.text,
        rect,
        confidence: Some(read.confidence),
        alternatives: read.alternatives,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ocr::Recognition;

    /// Reads what it is told to.
    struct Scripted {
        words: Vec<Read>,
    }

    impl OcrEngine for Scripted {
        fn recognize(&mut self, _: &Picture, _: Duration) -> Result<Recognition, OcrError> {
            Ok(Recognition { words: self.words.clone(), timed_out: false })
        }

        fn orientation(&mut self, _: &Picture) -> Option<u16> {
            Some(0)
        }
    }

    fn inked(share: usize) -> Picture {
        let mut picture = Picture::white(400, 400, 200.0, 200.0);
        // Blots of three by three pixels: no streaks, no specks.
        for i in (0..).map(|n| n * share * 9).take_while(|i| i + 803 < 160_000) {
            for y in 0..3 {
                picture.pixels[i + y * 400..i + y * 400 + 3].fill(0);
            }
        }
        picture
    }

    fn word(text: &str, confidence: f32) -> Read {
        let rect = Rect::new(40.0, 40.0, 80.0, 60.0);
        Read { text: text.into(), rect, confidence, line: 1, alternatives: Vec::new() }
    }

    #[track_caller]
    fn check(picture: Picture, words: Vec<Read>, expect: Legibility) {
        let mut engine = Scripted { words };
        let scanned = read(picture, &mut engine, None, Duration::from_secs(5)).unwrap();
        assert_eq!(scanned.legibility, expect);
    }

    #[test]
    fn tells_blank_from_unreadable() {
        check(Picture::white(400, 400, 200.0, 200.0), Vec::new(), Legibility::Blank);
        check(inked(901), Vec::new(), Legibility::Blank);
        check(inked(53), Vec::new(), Legibility::Unreadable);
        check(inked(53), vec![word("lxZq", 0.2)], Legibility::Unreadable);
        let mut all = word("Assessment", 0.93);
        all.rect = Rect::new(0.0, 0.0, 400.0, 400.0);
        check(inked(53), vec![all], Legibility::Readable);
        // One clear word, and ink all over the page that nobody read.
        check(inked(53), vec![word("Assessment", 0.93)], Legibility::Unreadable);
    }

    #[test]
    fn boxes_come_in_points_whatever_the_pixels() {
        let mut picture = inked(53);
        picture.ydpi = 100.0;
        let mut engine = Scripted { words: vec![word("pain", 0.9)] };
        let scanned = read(picture, &mut engine, None, Duration::from_secs(5)).unwrap();
        let rect = scanned.fragments[0].words[0].rect;
        // 400 rows at 100 dpi are 800 of 200 dpi for the engine.
        let expect = Rect::new(14.4, 14.4, 28.8, 21.6);
        assert!((rect.union(&expect).area() - expect.area()).abs() < 0.01);
        assert!((rect.area() - expect.area()).abs() < 0.01);
    }

    #[test]
    fn a_stamp_along_the_edge_stays_apart() {
        let stamp = |text: &str, y: f32| Read {
            text: text.into(),
            rect: Rect::new(380.0, y, 392.0, y + 40.0),
            confidence: 0.9,
            line: 2,
            alternatives: Vec::new(),
        };
        let words = vec![word("Assessment", 0.9), stamp("RECEIVED", 200.0), stamp("TODAY", 150.0)];
        let (fragments, aside) = fragments(words, 0.36, 0.36);
        assert_eq!((fragments.len(), aside.len(), aside[0].words.len()), (1, 1, 2));
        assert_eq!(aside[0].words[0].text, "RECEIVED");
    }
}
