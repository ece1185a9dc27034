//! A line's pixels as the recogniser wants them: 48 rows, dark on light.

use crate::geometry::Rect;
use crate::image::Picture;

/// Rows of a strip.
pub const HEIGHT: usize = 48;

/// The widest strip; a line of small print across a letter page has about 2,000.
const MAX_WIDTH: usize = 3_200;

/// The narrowest strip that the recogniser takes well.
const MIN_WIDTH: usize = 96;

/// White columns before and after the print.
const MARGIN: usize = 8;

/// One line of print.
pub struct Strip {
    /// Columns, a multiple of 8.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Shades -1 (black) to 1 (white), row by row.
    shades: Vec<f32>,
    /// The picture's column that the strip's first column of print shows.
    left: f32,
    /// Columns of the picture to one of the strip.
    scale: f32,
}

impl Strip {
    /// Cuts a box, in pixels, out of a picture; `None` where nothing is left of it.
    pub fn cut(picture: &Picture, area: &Rect) -> Option<Self> {
        let (w, h) = (picture.width as f32, picture.height as f32);
        let (x0, x1) = (area.x0.clamp(0.0, w), area.x1.clamp(0.0, w));
        let (y0, y1) = (area.y0.clamp(0.0, h), area.y1.clamp(0.0, h));
        if x1 - x0 < 4.0 || y1 - y0 < 4.0 {
            return None;
        }
        let scale = (y1 - y0) / HEIGHT as f32;
        let print = (((x1 - x0) / scale).round() as usize).clamp(1, MAX_WIDTH);
        let scale_x = (x1 - x0) / print as f32;
        let width = (print + 2 * MARGIN).max(MIN_WIDTH).next_multiple_of(8);
        let mut shades = vec![1.0f32; width * HEIGHT];
        for y in 0..HEIGHT {
            let from = y0 + y as f32 * scale;
            for x in 0..print {
                let left = x0 + x as f32 * scale_x;
                let shade = mean(picture, (left, left + scale_x), (from, from + scale));
                shades[y * width + MARGIN + x] = shade / 127.5 - 1.0;
            }
        }
        Some(Self { width, height: HEIGHT, shades, left: x0, scale: scale_x })
    }

    /// Which columns hold ink.
    pub fn inked(&self) -> Vec<bool> {
        let dark = |x: usize| (0..self.height).any(|y| self.shades[y * self.width + x] < 0.0);
        (0..self.width).map(dark).collect()
    }

    /// The shades three times over: the recogniser was taught on colours.
    pub fn channels(&self) -> Vec<f32> {
        [self.shades.as_slice(); 3].concat()
    }

    /// The picture's column that a column of the strip shows.
    pub fn column(&self, x: usize) -> f32 {
        self.left + (x as f32 - MARGIN as f32) * self.scale
    }
}

/// The mean shade of an area of the picture, its borders between pixels counted in
/// part; an area smaller than a pixel is taken between the nearest four.
fn mean(picture: &Picture, (x0, x1): (f32, f32), (y0, y1): (f32, f32)) -> f32 {
    // Enlarged: as wide as a pixel, so that steps become slopes.
    let widen = |a: f32, b: f32| {
        let short = (1.0 - (b - a)).max(0.0) / 2.0;
        (a - short, b + short)
    };
    let ((x0, x1), (y0, y1)) = (widen(x0, x1), widen(y0, y1));
    let (mut sum, mut weight) = (0.0, 0.0);
    let (last_x, last_y) = (picture.width as i64 - 1, picture.height as i64 - 1);
    for y in y0.floor() as i64..y1.ceil() as i64 {
        let part_y = (y1.min(y as f32 + 1.0) - y0.max(y as f32)).max(0.0);
        let row = picture.row(y.clamp(0, last_y) as usize);
        for x in x0.floor() as i64..x1.ceil() as i64 {
            let part = part_y * (x1.min(x as f32 + 1.0) - x0.max(x as f32)).max(0.0);
            sum += part * f32::from(row[x.clamp(0, last_x) as usize]);
            weight += part;
        }
    }
    if weight > 0.0 { sum / weight } else { 255.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strip_has_the_print_where_its_columns_say() {
        let mut picture = Picture::white(400, 100, 200.0, 200.0);
        for y in 20..44 {
            picture.pixels[y * 400 + 100..y * 400 + 110].fill(0);
        }
        let strip = Strip::cut(&picture, &Rect::new(80.0, 20.0, 300.0, 44.0)).unwrap();
        assert_eq!((strip.height, strip.width % 8), (48, 0));
        let dark: Vec<usize> =
            (0..strip.width).filter(|&x| strip.shades[24 * strip.width + x] < 0.0).collect();
        let (first, last) = (dark[0], dark[dark.len() - 1]);
        assert!(
            (strip.column(first) - 100.0).abs() <= 1.0 && (strip.column(last) - 109.5).abs() <= 1.0
        );
        assert!(Strip::cut(&picture, &Rect::new(500.0, 0.0, 600.0, 40.0)).is_none());
    }
}
