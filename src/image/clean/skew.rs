//! How crooked a page lies, and setting it level.

use super::INK;
use crate::image::Picture;

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
    /// So many columns at a time are left white where the page is.
    const BLOCK: usize = 32;
    let (w, h) = (picture.width, picture.height);
    let mut out = Picture::white(w, h, picture.xdpi, picture.ydpi);
    let back = Tilt::new(picture, degrees);
    let blocks = w.div_ceil(BLOCK);
    let print: Vec<bool> = (0..h)
        .flat_map(|y| picture.row(y).chunks(BLOCK))
        .map(|block| block.iter().fold(255, |darkest, &p| darkest.min(p)) < 255)
        .collect();
    let (ex, ey) = back.source(1.0, 0.0);
    let (ox, oy) = back.source(0.0, 0.0);
    let (dx, dy) = (ex - ox, ey - oy);
    for y in 0..h {
        let row = &mut out.pixels[y * w..(y + 1) * w];
        for (i, block) in row.chunks_mut(BLOCK).enumerate() {
            let (mut sx, mut sy) = back.source((i * BLOCK) as f32, y as f32);
            let end = sy + dy * BLOCK as f32;
            let rows = (sy.min(end) - 1.0).max(0.0) as usize..(sy.max(end) + 3.0).max(0.0) as usize;
            let first = (sx.max(1.0) as usize - 1) / BLOCK;
            let columns = first..(first + 3).min(blocks);
            let white = rows.start >= h
                || (rows.start..rows.end.min(h)).all(|y| {
                    columns.is_empty() || !print[y * blocks..][columns.clone()].contains(&true)
                });
            if white {
                continue;
            }
            for pixel in block {
                *pixel = sample(picture, sx, sy);
                sx += dx;
                sy += dy;
            }
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
    fn levelling_skips_nothing_but_white() {
        let p = print(500, 400);
        let level = levelled(&p, 1.5);
        let back = Tilt::new(&p, 1.5);
        for (i, &shade) in level.pixels.iter().enumerate() {
            let (x, y) = back.source((i % 500) as f32, (i / 500) as f32);
            assert!(sample(&p, x, y).abs_diff(shade) <= 2, "at {i}");
        }
    }

    #[test]
    fn a_blank_page_has_no_skew() {
        assert_eq!(skew(&Picture::white(1700, 2200, 200.0, 200.0)), 0.0);
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
