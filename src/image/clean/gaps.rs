//! Rows that were lost on the line, filled in.

use super::{INK, scaled};
use crate::image::Picture;

/// A gap is at most this many rows high.
const MOST_ROWS: usize = 2;

/// Ink must reach a gap from above and below in this many columns, in one stretch of
/// the row that has no ink at all: more than a line of dots or dashes offers.
const BRIDGES: f32 = 24.0;

/// A stretch is at least this wide (2 inches).
const STRETCH: f32 = 400.0;

/// Fills rows, or their ends from some column on, that are white while the rows above
/// and below go on: where both have ink, the gap gets it too.
pub fn fill_gaps(picture: &mut Picture) {
    let h = picture.height;
    let least = scaled(BRIDGES, picture.xdpi);
    let wide = scaled(STRETCH, picture.xdpi);
    let mut y = 1;
    while y + 1 < h {
        let filled =
            (1..=MOST_ROWS.min(h - 1 - y)).find(|&rows| fill(picture, y, rows, least, wide));
        y += filled.unwrap_or(1);
    }
}

/// Fills the rows from `y` on if they are a gap.
fn fill(picture: &mut Picture, y: usize, rows: usize, least: usize, wide: usize) -> bool {
    let w = picture.width;
    let (above, rest) = picture.pixels[(y - 1) * w..(y + rows + 1) * w].split_at_mut(w);
    let (gap, below) = rest.split_at_mut(rows * w);
    // Few rows are bridged at all: a look at the whole row is quick.
    let bridges = above.iter().zip(gap.iter()).zip(below.iter());
    let bridged = |((&a, &g), &b): ((&u8, &u8), &u8)| u32::from(a < INK && g >= INK && b < INK);
    if (bridges.map(bridged).sum::<u32>() as usize) < least {
        return false;
    }
    let mut from = 0;
    let mut any = false;
    while from < w {
        let white = |x: usize| (0..rows).all(|row| gap[row * w + x] >= INK);
        let to = (from..w).find(|&x| !white(x)).unwrap_or(w);
        if to - from >= wide {
            let bridged = |x: &usize| above[*x] < INK && below[*x] < INK;
            if (from..to).filter(bridged).count() >= least {
                for x in (from..to).filter(bridged) {
                    (0..rows).for_each(|row| gap[row * w + x] = 0);
                }
                any = true;
            }
        }
        from = to + 1;
    }
    any
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Upright strokes, as print has them, with some rows lost.
    fn strokes(lost: std::ops::Range<usize>, from: usize) -> Picture {
        let mut p = Picture::white(800, 60, 200.0, 200.0);
        for y in 20..40 {
            for x in (0..800).filter(|x| x % 12 < 3) {
                let gone = lost.contains(&y) && x >= from;
                p.pixels[y * 800 + x] = if gone { 255 } else { 0 };
            }
        }
        p
    }

    #[test]
    fn lost_rows_come_back() {
        let whole = strokes(0..0, 0);
        for lost in [30..31, 30..32] {
            for from in [0, 300] {
                let mut p = strokes(lost.clone(), from);
                fill_gaps(&mut p);
                assert!(p == whole, "{lost:?} from {from}");
            }
        }
    }

    #[test]
    fn wider_gaps_and_white_between_lines_stay() {
        for lost in [30..33, 36..40] {
            let mut p = strokes(lost, 0);
            let before = p.clone();
            fill_gaps(&mut p);
            assert!(p == before);
        }
    }
}
