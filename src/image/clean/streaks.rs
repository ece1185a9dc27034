//! Long thin lines, taken out.

use super::{INK, erase, scaled};
use crate::image::Picture;
use crate::image::blots::{Blots, Counts};

/// Streaks at least this long (0.35 inch) are taken out.
const STREAK_LENGTH: f32 = 70.0;

/// Streaks at most this thick are; what is thicker is a bar with words on it.
const STREAK_THICKNESS: f32 = 7.0;

/// Takes out long thin lines, across and down: scanner streaks, rules, the grid of
/// a table; and what is left of them. Where a letter's stroke crosses one, the
/// stroke stays.
pub fn remove_streaks(picture: &mut Picture) {
    let (w, h) = (picture.width, picture.height);
    let scale = |length: f32, dpi: f32| scaled(length, dpi).min(usize::from(u16::MAX)) as u16;
    let along = runs(&picture.pixels, w, h);
    let down = runs_down(&picture.pixels, w, h);
    let (long_x, long_y) = (scale(STREAK_LENGTH, picture.xdpi), scale(STREAK_LENGTH, picture.ydpi));
    let (thin_x, thin_y) =
        (scale(STREAK_THICKNESS, picture.xdpi), scale(STREAK_THICKNESS, picture.ydpi));
    let lying = |i: usize| along[i] >= long_x && down[i] <= thin_y;
    let standing = |i: usize| down[i] >= long_y && along[i] <= thin_x;
    let removed: Vec<(bool, bool)> = (0..w * h).map(|i| (lying(i), standing(i))).collect();
    if !removed.iter().any(|&(lying, standing)| lying || standing) {
        return;
    }
    erase(picture, |i| removed[i].0 || removed[i].1);
    // Ragged pieces that the line left behind: thin, long, and in line with it.
    let near_lying = Counts::new(w, h, |i| removed[i].0);
    let near_standing = Counts::new(w, h, |i| removed[i].1);
    let (thin_x, thin_y) = (usize::from(thin_x), usize::from(thin_y));
    let blots = Blots::new(picture);
    let rest: Vec<bool> = blots
        .all
        .iter()
        .map(|blot| {
            let (width, height) = blot.size();
            (height <= thin_y && width >= 2 * height && near_lying.within(blot, thin_x * 2, 2) > 0)
                || (width <= thin_x
                    && height >= 2 * width
                    && near_standing.within(blot, 2, thin_y * 2) > 0)
        })
        .collect();
    blots.erase(picture, &rest);
}

/// For each pixel the length of the run of ink that it lies in, along its row.
fn runs(pixels: &[u8], width: usize, height: usize) -> Vec<u16> {
    let mut lengths = vec![0u16; pixels.len()];
    for y in 0..height {
        let row = &pixels[y * width..(y + 1) * width];
        let out = &mut lengths[y * width..(y + 1) * width];
        let mut x = 0;
        while x < width {
            if row[x] >= INK {
                x += 1;
                continue;
            }
            let start = x;
            while x < width && row[x] < INK {
                x += 1;
            }
            out[start..x].fill((x - start).min(usize::from(u16::MAX)) as u16);
        }
    }
    lengths
}

/// The same down the columns, walked row by row for the cache's sake: counts grow
/// downward, then the run's last count is carried back up.
fn runs_down(pixels: &[u8], width: usize, height: usize) -> Vec<u16> {
    let mut lengths = vec![0u16; pixels.len()];
    for y in 0..height {
        for x in 0..width {
            let i = y * width + x;
            if pixels[i] < INK {
                let above = if y > 0 { lengths[i - width] } else { 0 };
                lengths[i] = above.saturating_add(1);
            }
        }
    }
    for y in (0..height.saturating_sub(1)).rev() {
        for x in 0..width {
            let i = y * width + x;
            if lengths[i] > 0 && lengths[i + width] > 0 {
                lengths[i] = lengths[i + width];
            }
        }
    }
    lengths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streaks_go_and_strokes_stay() {
        let mut p = Picture::white(300, 300, 200.0, 200.0);
        for x in 0..300 {
            p.pixels[100 * 300 + x] = 0; // a streak across
        }
        for y in 90..115 {
            p.pixels[y * 300 + 50] = 0; // a stroke that crosses it
        }
        for y in 200..240 {
            for x in 20..280 {
                p.pixels[y * 300 + x] = 0; // a bar
            }
        }
        remove_streaks(&mut p);
        assert_eq!(p.pixels[100 * 300 + 200], 255);
        assert_eq!(p.pixels[100 * 300 + 50], 0);
        assert_eq!(p.pixels[110 * 300 + 50], 0);
        assert_eq!(p.pixels[220 * 300 + 100], 0);
    }
}
