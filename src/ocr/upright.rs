//! Which way up a page stands.

use std::time::Duration;

use super::page::{BLANK_INK, LEGIBLE};
use super::prepare::Prepared;
use super::{OcrEngine, OcrError, Read, Recognition};
use crate::image::Picture;
use crate::image::clean;

/// Above this mean confidence a page surely stands upright.
const SURELY_UPRIGHT: f32 = 0.75;

/// A word this many times as high as wide lies on its side.
const LYING: f32 = 1.2;

/// A page that has been set upright, and read once.
pub struct Upright {
    /// Clockwise turn in degrees that was applied; `None` where nothing told.
    pub turned: Option<u16>,
    /// The page as turned.
    pub page: Prepared,
    /// What the engine reads on it.
    pub found: Recognition,
}

/// Finds out which way is up and reads the page that way.
///
/// The engine's sense of orientation decides first, then the way that the lines
/// run, and where the words make no sense, a strip of the page read all four ways.
pub fn stand(
    picture: &Picture,
    fax: bool,
    engine: &mut dyn OcrEngine,
    left: &dyn Fn() -> Duration,
) -> Result<Upright, OcrError> {
    let mut turned = engine.orientation(picture);
    let mut page = Prepared::new(picture, turned.unwrap_or(0), fax);
    let mut found = engine.recognize(&page.picture, left())?;
    if let Some(further) = further_turn(&found.words).filter(|_| !found.timed_out) {
        // The engine reads lines that run up or down the page too, but the boxes
        // tell that the page was taken for upright, or turned, by mistake.
        let turn = (turned.unwrap_or(0) + further) % 360;
        let again = Prepared::new(picture, turn, fax);
        let anew = engine.recognize(&again.picture, left())?;
        if further_turn(&anew.words).is_none() && !anew.words.is_empty() {
            (turned, page, found) = (Some(turn), again, anew);
        }
    }
    // A page that makes no sense may well have been turned the wrong way.
    let doubt = if turned.is_none() { SURELY_UPRIGHT } else { LEGIBLE };
    let inked = clean::ink_share(picture) >= BLANK_INK;
    if mean_confidence(&found) < doubt && inked && !found.timed_out {
        // Nobody is sure which way is up: read a strip each way and compare.
        let best = by_strips(picture, engine, left)?;
        let before = turned.replace(best).unwrap_or(0);
        if best != before {
            page = Prepared::new(picture, best, fax);
            found = engine.recognize(&page.picture, left())?;
        }
    }
    Ok(Upright { turned, page, found })
}

/// Tries the strip with the most ink all four ways; the clearest reading wins.
fn by_strips(
    picture: &Picture,
    engine: &mut dyn OcrEngine,
    left: &dyn Fn() -> Duration,
) -> Result<u16, OcrError> {
    let mut best = (0.0, 0);
    for turn in [0, 90, 180, 270] {
        let turned = picture.turned(turn);
        let strip = densest_strip(&turned);
        let found = engine.recognize(&Prepared::new(&strip, 0, false).picture, left())?;
        let score: f32 = found
            .words
            .iter()
            .filter(|w| {
                // Words on their side are read too: they tell of another way.
                w.confidence > 0.6
                    && !is_lying(w)
                    && w.text.chars().filter(|c| c.is_alphabetic()).count() > 2
            })
            .map(|w| w.confidence * w.text.len() as f32)
            .sum();
        // Upright is likelier than all else: another way must do clearly better.
        if score > best.0 * 1.2 && (turn == 0 || score > 20.0) {
            best = (score, turn);
        }
    }
    Ok(best.1)
}

/// The fifth of the picture's rows that holds the most ink.
fn densest_strip(picture: &Picture) -> Picture {
    let tall = (picture.height / 5).max(1);
    let ink = |top: usize| -> usize {
        let bottom = (top + tall).min(picture.height);
        (top..bottom).map(|y| picture.row(y).iter().filter(|&&p| p < clean::INK).count()).sum()
    };
    let tops = (0..=picture.height.saturating_sub(tall)).step_by((tall / 2).max(1));
    let best = tops.max_by_key(|&top| ink(top)).unwrap_or(0);
    picture.band(best, best + tall)
}

/// Whether a word of several letters is set along its box's height.
pub fn is_lying(word: &Read) -> bool {
    word.text.chars().count() >= 3 && word.rect.height() > LYING * word.rect.width()
}

/// The clockwise turn that sets words upright of which most lie on their side;
/// `None` where they stand. Lines that run down the page need a quarter turn back.
fn further_turn(words: &[Read]) -> Option<u16> {
    let (mut lying, mut all) = (0, 0);
    for word in words.iter().filter(|word| word.text.chars().count() >= 3) {
        all += word.text.len();
        lying += if is_lying(word) { word.text.len() } else { 0 };
    }
    if lying == 0 || lying * 2 <= all {
        return None;
    }
    let middle = |word: &Read| (word.rect.y0 + word.rect.y1) / 2.0;
    let downward: f32 = words
        .windows(2)
        .filter(|pair| pair[0].line == pair[1].line)
        .map(|pair| (middle(&pair[1]) - middle(&pair[0])).signum())
        .sum();
    match downward {
        d if d > 0.0 => Some(270),
        d if d < 0.0 => Some(90),
        _ => None,
    }
}

/// How sure the engine is of its words, letter by letter (0-1).
pub fn mean_confidence(found: &Recognition) -> f32 {
    let letters: usize = found.words.iter().map(|w| w.text.len()).sum();
    let sum: f32 = found.words.iter().map(|w| w.confidence * w.text.len() as f32).sum();
    if letters == 0 { 0.0 } else { sum / letters as f32 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Rect;

    const LIMIT: &dyn Fn() -> Duration = &|| Duration::from_secs(5);

    /// A sheet of blots, three by three pixels each, with a mark in its first corner.
    fn sheet() -> Picture {
        let mut sheet = Picture::white(400, 400, 200.0, 200.0);
        for i in (0..).map(|n| n * 477).take_while(|i| i + 803 < 160_000) {
            for y in 0..3 {
                sheet.pixels[i + y * 400..i + y * 400 + 3].fill(0);
            }
        }
        for y in 0..400 {
            for x in 0..400 {
                let corner = !(40..360).contains(&x) && !(40..360).contains(&y);
                if corner {
                    sheet.pixels[y * 400 + x] = if x < 40 && y < 40 { 0 } else { 255 };
                }
            }
        }
        sheet
    }

    /// Reads one word, whichever way it is shown.
    struct OneWord(f32, usize);

    impl OcrEngine for OneWord {
        fn recognize(&mut self, _: &Picture, _: Duration) -> Result<Recognition, OcrError> {
            self.1 += 1;
            let rect = Rect::new(40.0, 40.0, 80.0, 60.0);
            let (text, alternatives) = ("Assessment".into(), Vec::new());
            let word = Read { text, rect, confidence: self.0, line: 1, alternatives };
            Ok(Recognition { words: vec![word], timed_out: false })
        }

        fn orientation(&mut self, _: &Picture) -> Option<u16> {
            None
        }
    }

    #[test]
    fn an_undecided_page_is_tried_all_ways() {
        for (confidence, asked) in [(0.3, 5), (0.95, 1)] {
            let mut engine = OneWord(confidence, 0);
            stand(&sheet(), true, &mut engine, LIMIT).unwrap();
            assert_eq!(engine.1, asked);
        }
    }

    /// Reads lines that run up or down the page as well, until it stands upright.
    struct Sideways {
        orientation: Option<u16>,
        /// How far the picture is turned, clockwise.
        picture: u16,
        /// How sure it is of words that stand; it is surer of those that lie.
        sure: f32,
        asked: usize,
        strips: u16,
    }

    impl OcrEngine for Sideways {
        fn recognize(&mut self, shown: &Picture, _: Duration) -> Result<Recognition, OcrError> {
            self.asked += 1;
            // The mark in the corner tells how far the picture has been turned.
            let at = |x: usize, y: usize| shown.pixels[y * shown.width + x] < 128;
            let far = shown.width - 20;
            let applied = if shown.height < shown.width {
                // A strip has no such corner; strips come turn by turn.
                self.strips += 1;
                (self.strips - 1) * 90
            } else {
                match (at(20, 20), at(far, 20), at(far, far)) {
                    (true, ..) => 0,
                    (_, true, _) => 90,
                    (.., true) => 180,
                    _ => 270,
                }
            };
            let now = (self.picture + applied) % 360;
            let words =
                ["Assessment", "low", "back", "pain"].iter().enumerate().map(|(i, text)| {
                    let i = i as f32;
                    let rect = match now {
                        90 => Rect::new(50.0, 80.0 * i, 70.0, 80.0 * i + 60.0),
                        270 => Rect::new(50.0, 320.0 - 80.0 * i, 70.0, 380.0 - 80.0 * i),
                        _ => Rect::new(80.0 * i, 50.0, 80.0 * i + 60.0, 70.0),
                    };
                    let confidence = if now % 180 == 90 { 0.95 } else { self.sure };
                    Read {
                        text: (*text).into(),
                        rect,
                        confidence,
                        line: 1,
                        alternatives: Vec::new(),
                    }
                });
            Ok(Recognition { words: words.collect(), timed_out: false })
        }

        fn orientation(&mut self, _: &Picture) -> Option<u16> {
            self.orientation
        }
    }

    #[track_caller]
    fn check_sideways(
        (orientation, picture): (Option<u16>, u16),
        sure: f32,
        (turned, asked): (u16, usize),
    ) {
        let mut engine = Sideways { orientation, picture, sure, asked: 0, strips: 0 };
        let upright = stand(&sheet(), true, &mut engine, LIMIT).unwrap();
        assert_eq!((upright.turned.unwrap_or(0), engine.asked), (turned, asked));
        assert!(upright.found.words.iter().all(|word| !is_lying(word)));
    }

    #[test]
    fn lines_that_run_up_or_down_turn_the_page() {
        check_sideways((Some(0), 0), 0.9, (0, 1));
        check_sideways((Some(0), 90), 0.9, (270, 2));
        check_sideways((None, 270), 0.9, (90, 2));
        // Taken for a page on its side though it stood upright.
        check_sideways((Some(90), 0), 0.9, (0, 2));
        check_sideways((Some(270), 0), 0.9, (0, 2));
        // A poor page that stands is not turned for being read on its side as well.
        check_sideways((None, 0), 0.65, (0, 5));
    }
}
