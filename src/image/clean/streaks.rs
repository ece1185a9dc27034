//! Long thin lines, taken out: scanner streaks, rules, the grid of a table.

use super::{INK, scaled};
use crate::image::Picture;
use crate::image::blots::{Blots, count_around, ink_runs, whiten};

/// Streaks at least this long (0.35 inch) are taken out.
const STREAK_LENGTH: f32 = 70.0;

/// Streaks at most this thick are; what is thicker is a bar with words on it.
const STREAK_THICKNESS: f32 = 7.0;

/// Dirt on a scanner's glass leaves a line of dots if it is faint: columns as long as
/// this are looked at.
const DOTTED_LENGTH: f32 = 400.0;

/// Of so many rows, this share must be ink; letters below each other reach a third.
const DOTTED_SHARE: f32 = 0.45;

const LYING: u8 = 1;
const STANDING: u8 = 2;

/// Takes out long thin lines, across and down, and what is left of them. Where a
/// letter's stroke crosses one, the stroke stays.
pub fn remove_streaks(picture: &mut Picture) {
    let w = picture.width;
    let (long_x, long_y) =
        (scaled(STREAK_LENGTH, picture.xdpi), scaled(STREAK_LENGTH, picture.ydpi));
    let (thin_x, thin_y) =
        (scaled(STREAK_THICKNESS, picture.xdpi), scaled(STREAK_THICKNESS, picture.ydpi));
    let mut gone = vec![0u8; picture.pixels.len()];
    let mut any = false;
    for y in 0..picture.height {
        for (from, to) in ink_runs(picture.row(y)).filter(|(from, to)| to - from >= long_x) {
            for x in from..to {
                if thickness(picture, x, y, (0, 1), thin_y) <= thin_y {
                    gone[y * w + x] |= LYING;
                    any = true;
                }
            }
        }
    }
    for (x, from, to) in long_columns(picture, long_y) {
        for y in from..to {
            if thickness(picture, x, y, (1, 0), thin_x) <= thin_x {
                gone[y * w + x] |= STANDING;
                any = true;
            }
        }
    }
    if !any {
        return;
    }
    for y in 0..picture.height {
        for x in (0..w).filter(|x| gone[y * w + x] != 0) {
            whiten(picture, y, x, x + 1);
        }
    }
    // Pieces that the line left behind: ragged edges, thin, long, and in line with it;
    // and where two lines cross.
    let blots = Blots::new(picture);
    let rest: Vec<bool> = blots
        .all
        .iter()
        .map(|blot| {
            let (width, height) = blot.size();
            let near = |reach, way| count_around(&gone, w, blot, reach, |g| g & way != 0) > 0;
            (height <= thin_y && width >= 2 * height && near((thin_x * 2, 2), LYING))
                || (width <= thin_x && height >= 2 * width && near((2, thin_y * 2), STANDING))
                || (width <= 2 * thin_x
                    && height <= 2 * thin_y
                    && near((2, 2), LYING)
                    && near((2, 2), STANDING))
        })
        .collect();
    blots.erase(picture, &rest);
}

/// How far the ink reaches through a pixel in a direction and its opposite, counted up
/// to one more than `most`.
fn thickness(
    picture: &Picture,
    x: usize,
    y: usize,
    (dx, dy): (usize, usize),
    most: usize,
) -> usize {
    let ink = |x: usize, y: usize| {
        x < picture.width && y < picture.height && picture.pixels[y * picture.width + x] < INK
    };
    let mut thick = 1;
    while thick <= most && ink(x + dx * thick, y + dy * thick) {
        thick += 1;
    }
    let mut back = 1;
    while thick <= most && back * dx <= x && back * dy <= y && ink(x - back * dx, y - back * dy) {
        thick += 1;
        back += 1;
    }
    thick
}

/// Runs of ink down a column at least `long`: column, first row, one past the last.
fn long_columns(picture: &Picture, long: usize) -> Vec<(usize, usize, usize)> {
    let long = long as u32;
    let mut lengths = vec![0u32; picture.width];
    let mut found = Vec::new();
    let white = vec![255; picture.width];
    for y in 0..=picture.height {
        let row = if y < picture.height { picture.row(y) } else { &white };
        // Most rows end no long run: a look at the whole row is quick.
        let ends = |(&length, &shade): (&u32, &u8)| length >= long && shade >= INK;
        if lengths.iter().zip(row).fold(false, |any, both| any | ends(both)) {
            for (x, (&length, _)) in lengths.iter().zip(row).enumerate().filter(|(_, b)| ends(*b)) {
                found.push((x, y - length as usize, y));
            }
        }
        for (length, &shade) in lengths.iter_mut().zip(row) {
            *length = (*length + 1) * u32::from(shade < INK);
        }
    }
    found
}

/// Takes out dotted lines down the page, as faint dirt on a scanner's glass leaves
/// them. On a page wider than high they may run across: there they stay, for lines of
/// print look much the same.
pub fn remove_dotted_streaks(picture: &mut Picture) {
    if picture.width_pt() > picture.height_pt() {
        return;
    }
    let (w, h) = (picture.width, picture.height);
    let stretches = (h / scaled(DOTTED_LENGTH, picture.ydpi)).max(1);
    let wide = scaled(STREAK_THICKNESS, picture.xdpi);
    let mut counts = vec![0u32; w];
    for i in 0..stretches {
        let (top, bottom) = (h * i / stretches, h * (i + 1) / stretches);
        counts.fill(0);
        for y in top..bottom {
            let row = &picture.pixels[y * w..(y + 1) * w];
            counts.iter_mut().zip(row).for_each(|(n, &p)| *n += u32::from(p < INK));
        }
        let dense = |x: usize| counts[x] as f32 >= DOTTED_SHARE * (bottom - top) as f32;
        let mut x = 0;
        while x < w {
            let from = x;
            while x < w && dense(x) {
                x += 1;
            }
            // A column more on each side: dots are ragged.
            if x > from && x - from <= wide / 2 {
                erase_track(picture, from.saturating_sub(1)..(x + 1).min(w), top..bottom);
            }
            x += 1;
        }
    }
}

/// Whitens the runs of ink that do not reach out of the columns of a track.
fn erase_track(picture: &mut Picture, track: std::ops::Range<usize>, rows: std::ops::Range<usize>) {
    for y in rows {
        let row = picture.row(y);
        let ink = |x: usize| row.get(x).is_some_and(|&p| p < INK);
        let out = track.start > 0 && ink(track.start - 1) && ink(track.start)
            || ink(track.end) && ink(track.end - 1);
        if !out && track.clone().any(ink) {
            whiten(picture, y, track.start, track.end);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shade(p: &Picture, x: usize, y: usize) -> u8 {
        p.pixels[y * p.width + x]
    }

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
        assert_eq!(shade(&p, 200, 100), 255);
        assert_eq!([shade(&p, 50, 100), shade(&p, 50, 110), shade(&p, 100, 220)], [0, 0, 0]);
    }

    #[test]
    fn a_grid_goes_with_its_crossings() {
        let mut p = Picture::white(300, 300, 200.0, 200.0);
        for i in 20..280 {
            for line in [50, 51, 150, 151] {
                p.pixels[line * 300 + i] = 0;
                p.pixels[i * 300 + line] = 0;
            }
        }
        for y in 90..110 {
            p.pixels[y * 300 + 90..y * 300 + 94].fill(0); // a letter in its cell
        }
        remove_streaks(&mut p);
        assert_eq!(p.pixels.iter().filter(|&&p| p < INK).count(), 80);
        assert_eq!(shade(&p, 91, 100), 0);
    }

    #[test]
    fn a_dotted_streak_goes_and_letters_beside_it_stay() {
        let mut p = Picture::white(300, 450, 200.0, 200.0);
        for y in (0..450).filter(|y| y % 5 < 3) {
            p.pixels[y * 300 + 120] = 0;
        }
        for y in 200..220 {
            p.pixels[y * 300 + 117..y * 300 + 125].fill(0); // a letter across it
            p.pixels[y * 300 + 140..y * 300 + 143].fill(0); // one beside it
        }
        remove_dotted_streaks(&mut p);
        assert_eq!(p.pixels.iter().filter(|&&p| p < INK).count(), 20 * 11);
    }

    #[test]
    fn lines_of_print_are_no_dotted_streaks() {
        // Standard mode: more columns than rows, but higher than wide.
        let mut p = Picture::white(1728, 1078, 204.0, 98.0);
        for y in (100..1000).step_by(16) {
            for x in (100..1600).filter(|x| x % 8 < 5) {
                p.pixels[y * 1728 + x] = 0;
            }
        }
        let mut aside = p.turned(90);
        let (before, aside_before) = (p.clone(), aside.clone());
        remove_dotted_streaks(&mut p);
        remove_dotted_streaks(&mut aside);
        assert!(p == before && aside == aside_before);
    }
}
