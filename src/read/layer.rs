//! Words behind a scan, as another program's OCR has left them: whether they are the
//! words of this picture.
//!
//! A layer may be displaced, belong to another page, or mean nothing. Its words are
//! taken only if their boxes hold the page's ink and the gaps between them do not.

use crate::document::Word;
use crate::geometry::Rect;
use crate::image::Picture;
use crate::image::clean::INK;
use crate::layout::Fragment;

/// Of the words at least this share must stand on ink.
const INKED: f32 = 0.7;

/// A word's box of which less than this share is ink is empty.
const EMPTY: f32 = 0.02;

/// Of the page's ink at least this share must lie in words; there may be pictures
/// and handwriting beside them.
const COVERED: f32 = 0.25;

/// Gaps between words hold at most this share of the ink that as large a part of the
/// words holds.
const GAPS: f32 = 0.6;

/// Moved by about a line or a few letters the words may stand on this many times as
/// much ink at most.
const ELSEWHERE: f32 = 1.15;

/// Of the longer words at least this share must look like words.
const WORDLIKE: f32 = 0.6;

/// Counts of ink above and left of each pixel, to sum up any box at once.
struct Ink {
    sums: Vec<u32>,
    width: usize,
    height: usize,
    /// Pixels to the point across and down.
    scale: (f32, f32),
}

impl Ink {
    fn new(picture: &Picture, width: f32, height: f32) -> Self {
        let across = picture.width + 1;
        let mut sums = vec![0u32; across * (picture.height + 1)];
        for y in 0..picture.height {
            let mut row = 0;
            for (x, &shade) in picture.row(y).iter().enumerate() {
                row += u32::from(shade < INK);
                sums[(y + 1) * across + x + 1] = sums[y * across + x + 1] + row;
            }
        }
        let scale = (picture.width as f32 / width, picture.height as f32 / height);
        Self { sums, width: picture.width, height: picture.height, scale }
    }

    /// The ink in a box in points, and the pixels of the box, in counts.
    fn within(&self, rect: Rect) -> (f32, f32) {
        let clamp = |v: f32, most: usize| (v.round().max(0.0) as usize).min(most);
        let (x0, x1) =
            (clamp(rect.x0 * self.scale.0, self.width), clamp(rect.x1 * self.scale.0, self.width));
        let (y0, y1) = (
            clamp(rect.y0 * self.scale.1, self.height),
            clamp(rect.y1 * self.scale.1, self.height),
        );
        let at = |x: usize, y: usize| self.sums[y * (self.width + 1) + x];
        let ink = (at(x1, y1) + at(x0, y0)) - (at(x0, y1) + at(x1, y0));
        (ink as f32, ((x1 - x0) * (y1 - y0)) as f32)
    }
}

/// Whether the words of a layer are those of the picture of a page of this size in
/// points.
pub(super) fn agrees(
    fragments: &[Fragment],
    (width, height): (f32, f32),
    picture: &Picture,
) -> bool {
    let words = || fragments.iter().flat_map(|fragment| &fragment.words);
    if words().next().is_none() || width <= 0.0 || height <= 0.0 {
        return false;
    }
    if !wordlike(words()) {
        return false;
    }
    let ink = Ink::new(picture, width, height);
    let cores: Vec<Rect> = words().map(|word| core(word.rect)).collect();
    let empty = |rect: &&Rect| {
        let (inside, area) = ink.within(**rect);
        inside < EMPTY * area.max(1.0)
    };
    let inked = cores.iter().filter(|rect| !empty(rect)).count() as f32 / cores.len() as f32;
    let all = ink.within(Rect::new(0.0, 0.0, width, height)).0;
    let inside: f32 = words().map(|word| ink.within(word.rect).0).sum();
    let covered = inside / all.max(1.0);
    let (mut gap, mut gap_area) = (0.0, 0.0);
    for pair in fragments.iter().flat_map(|fragment| fragment.words.windows(2)) {
        let (left, right) = (core(pair[0].rect), core(pair[1].rect));
        let between = Rect { x0: left.x1, x1: right.x0, ..left };
        if between.x1 > between.x0 {
            let (inside, area) = ink.within(between);
            (gap, gap_area) = (gap + inside, gap_area + area);
        }
    }
    let (here, area) = total(&ink, &cores, 0.0, 0.0);
    let density = here / area.max(1.0);
    let clear = gap_area < 1.0 || gap / gap_area <= GAPS * density;
    inked >= INKED && covered >= COVERED && clear && !better_elsewhere(&ink, &cores, here)
}

/// The band of a word's box that the small letters fill.
fn core(rect: Rect) -> Rect {
    let height = rect.height();
    Rect { y0: rect.y0 + 0.28 * height, y1: rect.y0 + 0.78 * height, ..rect }
}

fn total(ink: &Ink, rects: &[Rect], dx: f32, dy: f32) -> (f32, f32) {
    rects.iter().fold((0.0, 0.0), |(sum, area), r| {
        let moved = Rect::new(r.x0 + dx, r.y0 + dy, r.x1 + dx, r.y1 + dy);
        let (inside, pixels) = ink.within(moved);
        (sum + inside, area + pixels)
    })
}

/// Whether the words would stand on much more ink a little further.
fn better_elsewhere(ink: &Ink, cores: &[Rect], here: f32) -> bool {
    let line = 2.0 * cores.iter().map(Rect::height).sum::<f32>() / cores.len() as f32;
    let steps = [-2.0, -1.5, -1.0, -0.5, 0.5, 1.0, 1.5, 2.0];
    let moved = steps.iter().flat_map(|step| [(0.0, step * line), (3.0 * step * line, 0.0)]);
    moved.into_iter().any(|(dx, dy)| total(ink, cores, dx, dy).0 > ELSEWHERE * here)
}

/// Whether most of the longer words look like words or numbers.
fn wordlike<'a>(words: impl Iterator<Item = &'a Word>) -> bool {
    let (mut like, mut all) = (0, 0);
    for word in words {
        let text = word.text.trim_matches(|c: char| !c.is_alphanumeric());
        if text.chars().count() < 3 {
            // Signs alone count against it, short words say nothing.
            all += usize::from(text.is_empty() && word.text.chars().count() > 1);
            continue;
        }
        all += 1;
        like += usize::from(is_wordlike(text));
    }
    like as f32 >= WORDLIKE * all as f32
}

fn is_wordlike(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    if digits > 0 {
        // Dates, doses, codes: digits with few letters.
        return text.chars().filter(|c| c.is_alphabetic()).count() <= 4;
    }
    let vowel = |c: char| "aeiouyAEIOUYäöüéèáíóúñ".contains(c);
    let letters: Vec<char> = text.chars().filter(|c| c.is_alphabetic()).collect();
    let capitals = letters.iter().filter(|c| c.is_uppercase()).count();
    let signs = text.chars().count() - letters.len();
    // Abbreviations in capitals have no vowel now and then.
    let short_name = capitals == letters.len() && letters.len() <= 5;
    let run = letters.split(|&c| vowel(c)).map(<[char]>::len).max().unwrap_or(0);
    let vowels = letters.iter().filter(|&&c| vowel(c)).count();
    let cased = capitals <= 1 || capitals == letters.len();
    signs <= 2 && (short_name || vowels > 0 && run <= 4 && cased)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines of words of a page of 400 by 300 points, and as many bars of ink.
    fn fragments(lines: &[&str]) -> Vec<Fragment> {
        let line = |(i, text): (usize, &&str)| {
            let base = 40.0 + 14.0 * i as f32;
            let mut x = 30.0;
            let words = text.split(' ').map(|word| {
                let width = 5.0 * word.len() as f32;
                let rect = Rect::new(x, base - 7.5, x + width, base + 2.2);
                x += width + 4.0;
                Word::new(word, rect)
            });
            Fragment { words: words.collect(), base, size: 10.0 }
        };
        lines.iter().enumerate().map(line).collect()
    }

    fn printed(fragments: &[Fragment]) -> Picture {
        let mut picture = Picture::white(800, 600, 144.0, 144.0);
        for word in fragments.iter().flat_map(|fragment| &fragment.words) {
            let r = core(word.rect);
            for y in (2.0 * r.y0) as usize..(2.0 * r.y1) as usize {
                // Strokes of letters, and room between them.
                for x in ((2.0 * r.x0) as usize..(2.0 * r.x1) as usize).filter(|x| x % 5 < 2) {
                    picture.pixels[y * 800 + x] = 0;
                }
            }
        }
        picture
    }

    const PAGE: [&str; 8] = [
        "Low back pain for eight months after a fall",
        "worse with sitting and better with rest",
        "gabapentin 300 mg three times daily since 01/02/2025",
        "no benefit from naproxen or physical therapy",
        "tender over the posterior iliac crest",
        "straight leg raise negative on both sides",
        "a block of the superior cluneal nerves",
        "is requested for the left side",
    ];

    const OTHER: [&str; 8] = [
        "Return to clinic in six weeks if",
        "symptoms persist or new weakness is found",
        "continue the home exercise program as taught",
        "consider imaging of the lumbar spine at follow",
        "The patient understands and agrees with this plan",
        "questions were answered to satisfaction",
        "time spent with counseling was thirty minutes",
        "electronically signed by the provider",
    ];

    #[track_caller]
    fn check(layer: Vec<Fragment>, expect: bool) {
        let picture = printed(&fragments(&PAGE));
        assert_eq!(agrees(&layer, (400.0, 300.0), &picture), expect);
    }

    fn moved(dx: f32, dy: f32) -> Vec<Fragment> {
        let mut layer = fragments(&PAGE);
        for word in layer.iter_mut().flat_map(|fragment| &mut fragment.words) {
            let r = word.rect;
            word.rect = Rect::new(r.x0 + dx, r.y0 + dy, r.x1 + dx, r.y1 + dy);
        }
        layer
    }

    #[test]
    fn the_pictures_own_words_are_kept() {
        check(fragments(&PAGE), true);
        // Other programs' boxes are a little off.
        check(moved(1.0, -1.0), true);
    }

    #[test]
    fn a_displaced_layer_is_dropped() {
        for (dx, dy) in [(0.0, 7.0), (0.0, -28.0), (60.0, 0.0), (0.0, 150.0), (300.0, 0.0)] {
            check(moved(dx, dy), false);
        }
    }

    #[test]
    fn the_words_of_another_page_are_dropped() {
        check(fragments(&OTHER), false);
        check(fragments(&PAGE[..2]), false);
    }

    #[test]
    fn nonsense_is_dropped() {
        let nonsense: Vec<String> =
            PAGE.iter().map(|line| line.replace(['a', 'e', 'i', 'o', 'u'], "x")).collect();
        let lines: Vec<&str> = nonsense.iter().map(String::as_str).collect();
        check(fragments(&lines), false);
        check(Vec::new(), false);
    }

    #[test]
    fn words_are_told_from_noise() {
        for word in ["gabapentin", "01/02/2025", "L5-S1", "64450", "MRI", "300mg", "strength"] {
            assert!(is_wordlike(word), "{word}");
        }
        for noise in ["xqzvk", "lIlIl1|", "aEiTrO", "wrtzpsd"] {
            assert!(!is_wordlike(noise), "{noise}");
        }
    }
}
