//! Whether what was read off a page can be relied on, and whether there was print on
//! it to read at all.
//!
//! Confidence alone does not tell of lines that were not found, nor do words cover
//! what is no print: so ink is looked at too. It comes in patches, and those of print
//! are as large as letters, or as rows of letters that ran together.

use super::Read;
use super::page::{BLANK_INK, NOISE};
use crate::document::Legibility;
use crate::image::Picture;
use crate::image::blots::Blots;
use crate::image::clean;

/// Below this mean confidence (weighted by length) about half of the words are wrong.
const LEGIBLE: f32 = 0.6;

/// The same where a second engine read again what the first one doubted. What two engines make
/// little of has this mean and less, with a third of the words wrong; readable copies of copies
/// have more than 0.85. A single engine is as unsure of good print.
const LEGIBLE_TO_TWO: f32 = 0.75;

/// Below this share of the letters' ink in words that were read well, a third of the
/// print was lost.
const LETTERS_TOLD: f32 = 0.67;

/// Below this share of all ink in words that were read well, they are no more than
/// captions.
const INK_TOLD: f32 = 0.1;

/// Words that an engine is at least this sure of were read well.
const WELL: f32 = 0.5;

/// Fax headers, stamps and copier marks stand within this share of the page from its
/// edges; none of it counts.
const MARGIN: f32 = 0.05;

/// Coarse cells to the inch.
const CELLS: f32 = 70.0;

/// Fewer coarse cells than this are less than a word of print.
const WORD: usize = 60;

/// Letters are higher than this, in inches; specks are not.
const SPECK: f32 = 0.035;

/// Print is lower than this, in inches; strokes of a pen and of drawings are higher.
const TYPE_HEIGHT: f32 = 0.2;

/// Letters that ran together are narrower than this, in inches; rules are wider.
const RUN_WIDTH: f32 = 1.2;

/// A page with less of its ink in patches of print than this is a picture.
const PRINTED: f32 = 0.5;

/// How a page was judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// How far the words can be used.
    pub legibility: Legibility,
    /// Whether the ink is handwriting, a drawing or a photograph and next to no print.
    pub picture: bool,
}

/// Judges what was read off a picture, by one engine or by two.
pub fn judge(picture: &Picture, words: &[Read], by_two: bool) -> Judgement {
    let legible = if by_two { LEGIBLE_TO_TWO } else { LEGIBLE };
    let measures = Measures::of(picture, words);
    let judgement = |legibility, picture| Judgement { legibility, picture };
    let empty = measures.unread < BLANK_INK && measures.print_unread < WORD;
    if measures.letters < 3 && empty {
        judgement(Legibility::Blank, false)
    } else if measures.letters >= 3
        && measures.confidence >= legible
        && measures.letters_told >= LETTERS_TOLD
        && measures.ink_told >= INK_TOLD
    {
        judgement(Legibility::Readable, false)
    } else {
        let read_well = measures.ink_told >= INK_TOLD && measures.confidence >= legible;
        judgement(Legibility::Unreadable, measures.printed < PRINTED && !read_well)
    }
}

/// What the ink and the words of a page come to, its margins left out.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Measures {
    /// Letters in words that are no noise.
    letters: usize,
    /// Mean confidence of the words, by length.
    confidence: f32,
    /// Share of the page that is ink which no word covers.
    unread: f32,
    /// Coarse cells in patches as large as letters which no word covers.
    print_unread: usize,
    /// Share of the ink that lies in words that were read well.
    ink_told: f32,
    /// The same of the ink in patches as large as letters; 1 where there are none.
    letters_told: f32,
    /// Share of the ink, in coarse cells, in patches as large as letters.
    printed: f32,
}

impl Measures {
    fn of(picture: &Picture, words: &[Read]) -> Self {
        let (w, h) = (picture.width, picture.height);
        let (left, top) = ((w as f32 * MARGIN) as usize, (h as f32 * MARGIN) as usize);
        let inside =
            |x: usize, y: usize| (left..w - left).contains(&x) && (top..h - top).contains(&y);
        let middle = |read: &Read| {
            let r = &read.rect;
            (((r.x0 + r.x1) / 2.0).max(0.0) as usize, ((r.y0 + r.y1) / 2.0).max(0.0) as usize)
        };
        let own = || words.iter().filter(|read| inside(middle(read).0, middle(read).1));
        let length = |read: &Read| read.text.chars().filter(|c| c.is_alphanumeric()).count();
        let all: usize = own().map(length).sum();
        let sure: f32 = own().map(|read| read.confidence * length(read) as f32).sum();

        let mut covered = vec![0u8; w * h];
        for read in words.iter().filter(|read| read.confidence >= NOISE) {
            let clamp = |v: f32, most: usize| (v.max(0.0) as usize).min(most);
            let (x0, x1) = (clamp(read.rect.x0, w), clamp(read.rect.x1, w));
            let level = if read.confidence >= WELL { 2 } else { 1 };
            for y in clamp(read.rect.y0, h)..clamp(read.rect.y1, h) {
                for place in &mut covered[y * w + x0..(y * w + x1).max(y * w + x0)] {
                    *place = level.max(*place);
                }
            }
        }
        let (mut ink, mut bare, mut told) = (0, 0, 0);
        for y in top..h - top {
            for x in left..w - left {
                if picture.pixels[y * w + x] < clean::INK {
                    ink += 1;
                    bare += usize::from(covered[y * w + x] == 0);
                    told += usize::from(covered[y * w + x] == 2);
                }
            }
        }
        let (cells, side) = coarse(picture);
        let (mut printed, mut printed_told, mut print_unread, mut inked) = (0, 0, 0, 0);
        for blot in &Blots::new(&cells).all {
            let (x, y) = ((blot.x0 + blot.x1) * side.0 / 2, (blot.y0 + blot.y1) * side.1 / 2);
            if !inside(x, y) {
                continue;
            }
            let size = blot.size();
            let (wide, high) = (size.0 as f32 / cells.xdpi, size.1 as f32 / cells.ydpi);
            inked += blot.ink;
            if (SPECK..TYPE_HEIGHT).contains(&high) && wide < RUN_WIDTH {
                printed += blot.ink;
                match covered[y * w + x] {
                    2 => printed_told += blot.ink,
                    1 => {}
                    _ => print_unread += blot.ink,
                }
            }
        }
        let share = |part: usize, whole: usize| part as f32 / whole.max(1) as f32;
        Self {
            letters: own().filter(|read| read.confidence >= NOISE).map(length).sum(),
            confidence: sure / all.max(1) as f32,
            unread: share(bare, w * h),
            print_unread,
            ink_told: share(told, ink),
            letters_told: if printed == 0 { 1.0 } else { share(printed_told, printed) },
            printed: share(printed, inked),
        }
    }
}

/// The picture in cells that have ink where any of their pixels has, with how many
/// pixels wide and high a cell is: letters that broke are whole again, and the dots of
/// a photograph run together.
fn coarse(picture: &Picture) -> (Picture, (usize, usize)) {
    let side = |dpi: f32| ((dpi / CELLS).round() as usize).max(1);
    let (x, y) = (side(picture.xdpi), side(picture.ydpi));
    let (w, h) = (picture.width.div_ceil(x), picture.height.div_ceil(y));
    let mut cells = Picture::white(w, h, picture.xdpi / x as f32, picture.ydpi / y as f32);
    for row in 0..picture.height {
        let line = &mut cells.pixels[row / y * w..(row / y + 1) * w];
        for (cell, pixels) in line.iter_mut().zip(picture.row(row).chunks(x)) {
            if pixels.iter().any(|&p| p < clean::INK) {
                *cell = 0;
            }
        }
    }
    (cells, (x, y))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Rect;

    const DPI: f32 = 200.0;

    fn sheet() -> Picture {
        Picture::white(850, 1100, DPI, DPI)
    }

    /// A number that looks like chance and comes the same every time.
    fn chance(n: usize) -> usize {
        (n.wrapping_mul(2_654_435_761) >> 7) % 1000
    }

    fn dot(picture: &mut Picture, x: usize, y: usize, size: usize) {
        for row in y..(y + size).min(picture.height) {
            let from = row * picture.width + x.min(picture.width);
            let to = row * picture.width + (x + size).min(picture.width);
            picture.pixels[from..to].fill(0);
        }
    }

    /// Rows of letters as small as print; `kept` of a thousand pixels are left of them.
    fn print(kept: usize) -> Picture {
        let mut picture = sheet();
        for (row, y) in (100..1000).step_by(40).enumerate() {
            for (column, x) in (100..740).step_by(16).enumerate() {
                for i in 0..180 {
                    let (dx, dy) = (i % 10, i / 10);
                    let stroke = dx < 3 || !(3..=14).contains(&dy);
                    if stroke && chance(row * 7919 + column * 104_729 + i * 31) < kept {
                        dot(&mut picture, x + dx, y + dy, 1);
                    }
                }
            }
        }
        picture
    }

    /// Long loops as of a pen.
    fn scribbles() -> Picture {
        let mut picture = sheet();
        for line in 0..9 {
            for step in 0..2400 {
                let t = step as f32 / 60.0;
                let x = 110.0 + 15.0 * t + 22.0 * (5.0 * t).sin();
                let y = 150.0 + 95.0 * line as f32 + 30.0 * (5.0 * t).cos() * (0.7 * t).sin();
                dot(&mut picture, x as usize, y as usize, 3);
            }
        }
        picture
    }

    /// Shades as a fax makes them of a photograph: dots, denser where it is darker.
    fn photograph() -> Picture {
        let mut picture = sheet();
        for (n, y) in (200..900).step_by(3).enumerate() {
            for (m, x) in (150..700).step_by(3).enumerate() {
                if chance(n * 4001 + m * 17) < (x + y) * 1000 / 1700 {
                    dot(&mut picture, x, y, 2);
                }
            }
        }
        picture
    }

    /// One word over each row of print, read with this confidence, down to a row.
    fn words(confidence: f32, to: usize) -> Vec<Read> {
        let rows = (100..to).step_by(40).enumerate();
        let word = |(row, y): (usize, usize)| Read {
            text: "assessment of the complaint as told".into(),
            rect: Rect::new(95.0, y as f32 - 2.0, 745.0, y as f32 + 22.0),
            confidence,
            line: row as u32,
            alternatives: Vec::new(),
        };
        rows.map(word).collect()
    }

    #[track_caller]
    fn check(picture: &Picture, words: &[Read], legibility: Legibility, is_picture: bool) {
        let judged = judge(picture, words, false);
        let measures = Measures::of(picture, words);
        assert_eq!(judged, Judgement { legibility, picture: is_picture }, "{measures:?}");
    }

    #[test]
    fn print_that_was_read_is_readable() {
        check(&print(1000), &words(0.9, 1000), Legibility::Readable, false);
        check(&print(700), &words(0.7, 1000), Legibility::Readable, false);
    }

    #[test]
    fn print_that_was_not_read_is_illegible_and_no_picture() {
        check(&print(1000), &[], Legibility::Unreadable, false);
        check(&print(500), &words(0.45, 1000), Legibility::Unreadable, false);
        // What was read is sure, but most lines were not found.
        check(&print(1000), &words(0.95, 300), Legibility::Unreadable, false);
    }

    #[test]
    fn what_two_engines_doubt_is_illegible() {
        let judged =
            |confidence, by_two| judge(&print(700), &words(confidence, 1000), by_two).legibility;
        assert_eq!(judged(0.7, true), Legibility::Unreadable);
        assert_eq!(judged(0.7, false), Legibility::Readable);
        assert_eq!(judged(0.85, true), Legibility::Readable);
    }

    #[test]
    fn handwriting_and_photographs_are_pictures() {
        for picture in [scribbles(), photograph()] {
            check(&picture, &[], Legibility::Unreadable, true);
            // What an engine makes of it.
            check(&picture, &words(0.35, 400), Legibility::Unreadable, true);
        }
        // A caption that was read well does not make a page of it.
        let mut caption = words(0.95, 120);
        caption[0].rect = Rect::new(100.0, 1000.0, 400.0, 1020.0);
        check(&photograph(), &caption, Legibility::Unreadable, true);
    }

    #[test]
    fn a_page_with_nothing_but_its_margins_is_blank() {
        let mut picture = sheet();
        (100..600).for_each(|x| dot(&mut picture, x, 20, 6));
        let mut header = words(0.9, 120);
        header[0].rect = Rect::new(100.0, 15.0, 600.0, 30.0);
        check(&picture, &header, Legibility::Blank, false);
        check(&sheet(), &[], Legibility::Blank, false);
        // A signature line that nobody read is little ink, but not nothing.
        let mut line = sheet();
        (300..420).step_by(14).for_each(|x| dot(&mut line, x, 500, 10));
        check(&line, &[], Legibility::Unreadable, false);
    }
}
