//! Specks of dirt, taken out.

use super::{INK, scaled};
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

/// Takes out specks.
pub fn despeckle(picture: &mut Picture, specks: Specks) {
    let most = (SPECK_INK * picture.xdpi * picture.ydpi / 40_000.0).round().max(2.0) as usize;
    let company = (SPECK_COMPANY * picture.xdpi * picture.ydpi / 40_000.0).round() as usize;
    let (x, y) = (scaled(SPECK_DISTANCE.0, picture.xdpi), scaled(SPECK_DISTANCE.1, picture.ydpi));
    let blots = Blots::new(picture);
    let lonely = |blot: &Blot| {
        blot.ink <= most
            && count_around(&picture.pixels, picture.width, blot, (x, y), |p| p < INK) <= company
    };
    let gone: Vec<bool> = blots.all.iter().map(lonely).collect();
    let (mut small, mut rest) = (0, 0);
    for (blot, _) in blots.all.iter().zip(&gone).filter(|&(_, &gone)| !gone) {
        rest += blot.ink;
        small += if blot.ink <= most { blot.ink } else { 0 };
    }
    // Thin print breaks into pieces as small as specks: then nothing more can go.
    let broken = small as f32 > BROKEN_PRINT * rest as f32;
    let gone: Vec<bool> = blots
        .all
        .iter()
        .zip(gone)
        .map(|(blot, gone)| gone || specks == Specks::All && !broken && blot.ink < 3)
        .collect();
    blots.erase(picture, &gone);
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
}
