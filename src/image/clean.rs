//! What a fax line does to a page, undone: streaks, specks, a crooked feed.
//!
//! All lengths are given for 200 dpi and scaled to the picture's resolution.

use super::Picture;
use super::blots::{Blot, Blots, Counts};

/// Shades below this are ink.
pub const INK: u8 = 128;

/// Streaks at least this long (0.35 inch) are taken out.
const STREAK_LENGTH: f32 = 70.0;

/// Streaks at most this thick are; what is thicker is a bar with words on it.
const STREAK_THICKNESS: f32 = 7.0;

/// A blot of at most this many pixels may be a speck.
const SPECK_INK: f32 = 14.0;

/// A speck stands alone if there is next to no ink this near, across and down: pieces
/// of broken letters have others beside them.
const SPECK_DISTANCE: (f32, f32) = (24.0, 8.0);

/// Print is broken if a larger share of its ink is in patches as small as specks.
const BROKEN_PRINT: f32 = 0.05;

/// The share of pixels that are ink.
pub fn ink_share(picture: &Picture) -> f32 {
    let ink = picture.pixels.iter().filter(|&&p| p < INK).count();
    ink as f32 / picture.pixels.len().max(1) as f32
}

/// What to take out of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Specks {
    /// Specks of one or two pixels, and larger ones that stand alone.
    All,
    /// Only those that stand alone: in standard mode dots are as small as specks.
    Lonely,
}

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

/// Turns white letters on a dark bar into dark letters on white.
pub fn invert_bars(picture: &mut Picture) {
    const CELL: usize = 8;
    let (w, h) = (picture.width / CELL, picture.height / CELL);
    if w == 0 || h == 0 {
        return;
    }
    // A picture of cells, dark where most pixels are ink.
    let mut cells = Picture::white(w, h, picture.xdpi, picture.ydpi);
    let mut counts = vec![0u16; w];
    for y in 0..h {
        counts.fill(0);
        for row in y * CELL..(y + 1) * CELL {
            for (x, count) in counts.iter_mut().enumerate() {
                let run = &picture.row(row)[x * CELL..(x + 1) * CELL];
                *count += run.iter().filter(|&&p| p < INK).count() as u16;
            }
        }
        for (x, &count) in counts.iter().enumerate() {
            if usize::from(count) * 10 >= CELL * CELL * 6 {
                cells.pixels[y * w + x] = 0;
            }
        }
    }
    let wide = scaled(300.0, picture.xdpi) / CELL;
    let high = scaled(20.0, picture.ydpi) / CELL;
    for blot in Blots::new(&cells).all {
        let (width, height) = blot.size();
        if width < wide.max(2) || height < high.max(2) || blot.ink * 10 < width * height * 7 {
            continue;
        }
        // The cells at the bar's edge are only partly dark: one more all around.
        let (x0, y0) =
            ((blot.x0 * CELL).saturating_sub(CELL), (blot.y0 * CELL).saturating_sub(CELL));
        let x1 = ((blot.x1 + 1) * CELL).min(picture.width);
        let y1 = ((blot.y1 + 1) * CELL).min(picture.height);
        for y in y0..y1 {
            let row = &mut picture.pixels[y * picture.width..(y + 1) * picture.width];
            let dark = row[x0..x1].iter().filter(|&&p| p < INK).count();
            // Rows of the margin above and below the bar stay as they are.
            if dark * 3 > x1 - x0 {
                row[x0..x1].iter_mut().for_each(|p| *p = 255 - *p);
            }
        }
        // The paper beside the bar has become dark: clear it again.
        for y in y0..y1 {
            let row = &mut picture.pixels[y * picture.width..(y + 1) * picture.width];
            let clear = |run: &mut dyn Iterator<Item = &mut u8>| {
                for pixel in run.take(2 * CELL).take_while(|p| **p < INK) {
                    *pixel = 255;
                }
            };
            clear(&mut row[x0..x1].iter_mut());
            clear(&mut row[x0..x1].iter_mut().rev());
        }
    }
}

/// Takes out specks.
pub fn despeckle(picture: &mut Picture, specks: Specks) {
    let most = (SPECK_INK * picture.xdpi * picture.ydpi / 40_000.0).round().max(2.0) as usize;
    let (x, y) = (scaled(SPECK_DISTANCE.0, picture.xdpi), scaled(SPECK_DISTANCE.1, picture.ydpi));
    let blots = Blots::new(picture);
    let ink = Counts::new(picture.width, picture.height, |i| picture.pixels[i] < INK);
    let lonely =
        |blot: &Blot| blot.ink <= most && ink.within(blot, x, y) as usize <= blot.ink + most / 2;
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

fn scaled(length: f32, dpi: f32) -> usize {
    (length * dpi / 200.0).round().max(1.0) as usize
}

/// Whitens pixels, and the grey rim around them.
pub(super) fn erase(picture: &mut Picture, gone: impl Fn(usize) -> bool) {
    let (w, h) = (picture.width, picture.height);
    for y in 0..h {
        for x in 0..w {
            if !gone(y * w + x) {
                continue;
            }
            for yy in y.saturating_sub(1)..(y + 2).min(h) {
                for xx in x.saturating_sub(1)..(x + 2).min(w) {
                    let pixel = &mut picture.pixels[yy * w + xx];
                    if *pixel >= INK {
                        *pixel = 255;
                    }
                }
            }
        }
    }
    for (i, pixel) in picture.pixels.iter_mut().enumerate() {
        if gone(i) {
            *pixel = 255;
        }
    }
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

/// How crooked the page lies, in degrees; positive where lines fall to the right.
///
/// Lines of print make sharp steps in the ink per row when the rows run along
/// them: the angle with the sharpest steps wins.
pub fn skew(picture: &Picture) -> f32 {
    let (w, h) = (picture.width, picture.height);
    // The lower edges of ink: baselines, mostly. A thinned set will do.
    let mut edges: Vec<(f32, f32)> = Vec::new();
    let aspect = picture.xdpi / picture.ydpi;
    for y in 0..h.saturating_sub(1) {
        let (row, below) = (picture.row(y), picture.row(y + 1));
        for x in 0..w {
            if row[x] < INK && below[x] >= INK {
                edges.push((x as f32 - w as f32 / 2.0, y as f32 * aspect));
            }
        }
    }
    if edges.len() < 400 {
        return 0.0;
    }
    let step = edges.len().div_ceil(40_000);
    let edges: Vec<(f32, f32)> = edges.into_iter().step_by(step).collect();
    let bins = (h as f32 * aspect) as usize + w / 4 + 2;
    let mut counts = vec![0u32; bins];
    let mut sharpness = |degrees: f32| {
        counts.fill(0);
        let slope = degrees.to_radians().tan();
        for &(x, y) in &edges {
            let row = y - x * slope + w as f32 / 8.0;
            counts[(row.max(0.0) as usize).min(bins - 1)] += 1;
        }
        counts.iter().map(|&n| u64::from(n) * u64::from(n)).sum::<u64>()
    };
    let mut best = (sharpness(0.0), 0.0f32);
    let flat = best.0;
    let mut search = |from: f32, to: f32, by: f32, best: &mut (u64, f32)| {
        let mut angle = from;
        while angle <= to {
            let score = sharpness(angle);
            if score > best.0 {
                *best = (score, angle);
            }
            angle += by;
        }
    };
    search(-5.0, 5.0, 0.25, &mut best);
    let middle = best.1;
    search(middle - 0.2, middle + 0.2, 0.05, &mut best);
    // Next to no gain means next to no lines: leave the page as it lies.
    if best.1.abs() < 0.1 || (best.0 as f64) < flat as f64 * 1.02 { 0.0 } else { best.1 }
}

/// The picture turned by a small angle so that lines which fall by `degrees` to
/// the right run level; the size stays, what leaves the page is lost.
pub fn levelled(picture: &Picture, degrees: f32) -> Picture {
    let (w, h) = (picture.width, picture.height);
    let mut out = Picture::white(w, h, picture.xdpi, picture.ydpi);
    let back = Tilt::new(picture, degrees);
    for y in 0..h {
        let row = &mut out.pixels[y * w..(y + 1) * w];
        let (mut sx, mut sy) = back.source(0.0, y as f32);
        let (ex, ey) = back.source(1.0, y as f32);
        let (dx, dy) = (ex - sx, ey - sy);
        for pixel in row.iter_mut() {
            *pixel = sample(picture, sx, sy);
            sx += dx;
            sy += dy;
        }
    }
    out
}

/// The shade between four pixels.
fn sample(picture: &Picture, x: f32, y: f32) -> u8 {
    let (w, h) = (picture.width, picture.height);
    if x < 0.0 || y < 0.0 || x >= (w - 1) as f32 || y >= (h - 1) as f32 {
        return 255;
    }
    let (x0, y0) = (x as usize, y as usize);
    let (fx, fy) = (x - x0 as f32, y - y0 as f32);
    let i = y0 * w + x0;
    let p = &picture.pixels;
    let (a, b, c, d) = (p[i], p[i + 1], p[i + w], p[i + w + 1]);
    if a == b && b == c && c == d {
        return a;
    }
    let top = f32::from(a) + (f32::from(b) - f32::from(a)) * fx;
    let bottom = f32::from(c) + (f32::from(d) - f32::from(c)) * fx;
    (top + (bottom - top) * fy).round() as u8
}

/// The map from a levelled picture back to the crooked one.
pub struct Tilt {
    sin: f32,
    cos: f32,
    middle: (f32, f32),
    /// Pixels across to one down, for the same length.
    aspect: f32,
}

impl Tilt {
    /// The map for a picture whose lines fall by `degrees`.
    pub fn new(picture: &Picture, degrees: f32) -> Self {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let middle = (picture.width as f32 / 2.0, picture.height as f32 / 2.0);
        Self { sin, cos, middle, aspect: picture.xdpi / picture.ydpi }
    }

    /// Where a pixel of the levelled picture lay before.
    pub fn source(&self, x: f32, y: f32) -> (f32, f32) {
        let (x, y) = (x - self.middle.0, (y - self.middle.1) * self.aspect);
        let (x, y) = (x * self.cos - y * self.sin, x * self.sin + y * self.cos);
        (x + self.middle.0, y / self.aspect + self.middle.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines of short dashes, as print looks from afar.
    fn print(width: usize, height: usize) -> Picture {
        let mut p = Picture::white(width, height, 200.0, 200.0);
        for line in (60..height - 60).step_by(34) {
            for x in (80..width - 80).filter(|x| x % 17 < 11) {
                for y in line..line + 14 {
                    p.pixels[y * width + x] = 0;
                }
            }
        }
        p
    }

    #[track_caller]
    fn check_skew(degrees: f32) {
        let crooked = levelled(&print(1700, 2200), -degrees);
        let found = skew(&crooked);
        assert!((found - degrees).abs() <= 0.11, "{degrees} was measured as {found}");
        assert!(skew(&levelled(&crooked, found)).abs() <= 0.11);
    }

    #[test]
    fn measures_and_undoes_skew() {
        check_skew(0.0);
        check_skew(1.8);
        check_skew(-2.6);
        check_skew(0.5);
    }

    #[test]
    fn a_blank_page_has_no_skew() {
        assert_eq!(skew(&Picture::white(1700, 2200, 200.0, 200.0)), 0.0);
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
        assert_eq!(p.pixels[100 * 300 + 200], 255);
        assert_eq!(p.pixels[100 * 300 + 50], 0);
        assert_eq!(p.pixels[110 * 300 + 50], 0);
        assert_eq!(p.pixels[220 * 300 + 100], 0);
    }

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

    #[test]
    fn letters_on_a_dark_bar_become_dark() {
        let mut p = Picture::white(400, 100, 200.0, 200.0);
        for y in 32..64 {
            p.pixels[y * 400 + 24..y * 400 + 376].fill(0);
        }
        for y in 42..54 {
            p.pixels[y * 400 + 100..y * 400 + 104].fill(255);
        }
        invert_bars(&mut p);
        let shade = |x: usize, y: usize| p.pixels[y * 400 + x];
        assert_eq!(
            [shade(102, 48), shade(200, 48), shade(30, 48), shade(10, 48)],
            [0, 255, 255, 255]
        );
        assert_eq!(shade(200, 10), 255);
        assert_eq!(p.pixels.iter().filter(|&&p| p < INK).count(), 12 * 4);
    }

    #[test]
    fn tilt_maps_to_where_the_ink_was() {
        let p = Picture::white(1000, 1000, 200.0, 100.0);
        let (x, y) = Tilt::new(&p, 2.0).source(500.0, 500.0);
        assert!((x - 500.0).abs() < 1e-3 && (y - 500.0).abs() < 1e-3);
        // 400 columns to the right are 2 inches, and fall 0.07 inch: 7 rows of 100 dpi.
        let (_, y) = Tilt::new(&p, 2.0).source(900.0, 500.0);
        assert!((y - 506.98).abs() < 0.05, "{y}");
    }
}
