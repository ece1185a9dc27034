//! Specks of dirt, taken out.

use super::{INK, ink_in, scaled};
use crate::image::Picture;
use crate::image::blots::{Blot, Blots, count_around};

/// A blot of at most this many pixels may be a speck.
const SPECK_INK: f32 = 14.0;

/// A speck stands alone if there is next to no ink this near, across and down: pieces
/// of broken letters have others beside them.
const SPECK_DISTANCE: (f32, f32) = (24.0, 8.0);

/// Specks come in twos and threes: with at most so many pixels they stand alone too.
const SPECK_COMPANY: f32 = 24.0;

/// Print is broken if a larger share of its ink is in patches as small as specks.
const BROKEN_PRINT: f32 = 0.05;

/// What to take out of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Specks {
    /// Specks of one or two pixels, and larger ones that stand alone.
    All,
    /// Only those that stand alone: in standard mode dots are as small as specks.
    Lonely,
}

/// Letters are higher and wider than this, and no more than four times as high.
const LETTER: f32 = 8.0;

/// Letters of a word are nearer to one another than this, and lines further apart.
const LETTER_GAP: f32 = 7.0;

/// A point, hyphen or slash within a number has print this near on both sides.
const POINT_GAP: f32 = 14.0;

/// That print is looked for so far above such a mark and below it: the page may stand
/// on its head.
const POINT_RISE: f32 = 11.0;

/// And has at least so many pixels there.
const POINT_PRINT: f32 = 9.0;

/// Takes out specks, whichever way the page was fed.
pub fn despeckle(picture: &mut Picture, specks: Specks) {
    let area = picture.xdpi * picture.ydpi / 40_000.0;
    let most = (SPECK_INK * area).round().max(2.0) as usize;
    let company = (SPECK_COMPANY * area).round() as usize;
    let blots = Blots::new(picture);
    let lies = lies(picture, &blots);
    let (along, over) =
        if lies { (picture.ydpi, picture.xdpi) } else { (picture.xdpi, picture.ydpi) };
    let reach = (scaled(SPECK_DISTANCE.0, along), scaled(SPECK_DISTANCE.1, over));
    let reach = if lies { (reach.1, reach.0) } else { reach };
    let lonely = |blot: &Blot| {
        blot.ink <= most
            && count_around(&picture.pixels, picture.width, blot, reach, |p| p < INK) <= company
    };
    let gone: Vec<bool> = blots.all.iter().map(lonely).collect();
    let (mut small, mut rest) = (0, 0);
    for (blot, _) in blots.all.iter().zip(&gone).filter(|&(_, &gone)| !gone) {
        rest += blot.ink;
        small += if blot.ink <= most { blot.ink } else { 0 };
    }
    // Thin print breaks into pieces as small as specks: then nothing more can go.
    let broken = small as f32 > BROKEN_PRINT * rest as f32;
    let print = (POINT_PRINT * area).round() as usize;
    let within_number =
        |blot: &Blot| blot.ink >= 2 && beside(picture, blot, lies).iter().all(|&ink| ink >= print);
    let gone: Vec<bool> = blots
        .all
        .iter()
        .zip(gone)
        .map(|(blot, gone)| {
            (gone || specks == Specks::All && !broken && blot.ink < 3) && !within_number(blot)
        })
        .collect();
    blots.erase(picture, &gone);
}

/// Whether the lines of print run down the page: most letters then have their
/// neighbour below them, not beside them.
fn lies(picture: &Picture, blots: &Blots) -> bool {
    let least = (scaled(LETTER, picture.xdpi), scaled(LETTER, picture.ydpi));
    let gap = (scaled(LETTER_GAP, picture.xdpi), scaled(LETTER_GAP, picture.ydpi));
    let (mut level, mut down) = (0, 0);
    for blot in &blots.all {
        let (w, h) = blot.size();
        if (least.0..4 * least.0).contains(&w) && (least.1..4 * least.1).contains(&h) {
            let right = (blot.x1..blot.x1 + gap.0, blot.y0..blot.y1);
            let below = (blot.x0..blot.x1, blot.y1..blot.y1 + gap.1);
            level += usize::from(ink_in(picture, right.0, right.1) > 0);
            down += usize::from(ink_in(picture, below.0, below.1) > 0);
        }
    }
    down > level
}

/// The ink before and after a mark on its line.
fn beside(picture: &Picture, blot: &Blot, lies: bool) -> [usize; 2] {
    let (x, y) = ((blot.x0 + blot.x1) / 2, (blot.y0 + blot.y1) / 2);
    let across = |length| scaled(length, picture.xdpi);
    let down = |length| scaled(length, picture.ydpi);
    if lies {
        let (from, to) = (x.saturating_sub(across(POINT_RISE)), x + across(POINT_RISE));
        let gap = down(POINT_GAP);
        [(from..to, blot.y0.saturating_sub(gap)..blot.y0), (from..to, blot.y1..blot.y1 + gap)]
    } else {
        let (from, to) = (y.saturating_sub(down(POINT_RISE)), y + down(POINT_RISE));
        let gap = across(POINT_GAP);
        [(blot.x0.saturating_sub(gap)..blot.x0, from..to), (blot.x1..blot.x1 + gap, from..to)]
    }
    .map(|(columns, rows)| ink_in(picture, columns, rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specks_go_and_full_stops_stay() {
        let mut p = Picture::white(100, 100, 200.0, 200.0);
        let mut square = |x: usize, y: usize, side: usize| {
            for row in y..y + side {
                p.pixels[row * 100 + x..row * 100 + x + side].fill(0);
            }
        };
        square(10, 10, 8); // a letter
        square(40, 40, 20); // more print
        square(21, 15, 3); // its full stop
        square(92, 92, 3); // a speck
        square(14, 22, 1); // a smaller one beside the letter
        let shade = |p: &Picture, x: usize, y: usize| p.pixels[y * 100 + x];
        let mut standard = p.clone();
        despeckle(&mut standard, Specks::Lonely);
        assert_eq!([shade(&standard, 22, 16), shade(&standard, 93, 93)], [0, 255]);
        assert_eq!(shade(&standard, 14, 22), 0);
        despeckle(&mut p, Specks::All);
        assert_eq!([shade(&p, 22, 16), shade(&p, 93, 93), shade(&p, 14, 22)], [0, 255, 255]);
        assert_eq!(shade(&p, 12, 12), 0);
    }

    /// A number of thin strokes, with a point of two pixels in it and one pixel of
    /// dirt below it.
    fn number() -> Picture {
        let mut p = Picture::white(160, 160, 200.0, 200.0);
        let mut stroke = |x: usize, y: usize, w: usize, h: usize| {
            (y..y + h).for_each(|y| p.pixels[y * 160 + x..y * 160 + x + w].fill(0));
        };
        for line in [20, 60, 100] {
            for x in [20, 33, 46, 72, 85, 98] {
                stroke(x, line, 1, 15);
                stroke(x, line, 8, 1);
                stroke(x + 8, line, 1, 15);
            }
            stroke(63, line + 14, 2, 1);
            stroke(63, line + 22, 1, 1);
        }
        p
    }

    #[test]
    fn points_within_numbers_stay_whichever_way_the_page_lies() {
        for turn in [0, 90, 180, 270] {
            let mut p = number().turned(turn);
            despeckle(&mut p, Specks::All);
            let p = p.turned((360 - turn) % 360);
            let shade = |x: usize, y: usize| p.pixels[y * 160 + x];
            assert_eq!([shade(63, 34), shade(63, 42)], [0, 255], "turned by {turn}");
        }
    }
}
