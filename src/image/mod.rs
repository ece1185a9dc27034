//! Pictures of pages: grey pixels with a resolution, and the files they come in.

use crate::geometry::Rect;

pub mod blots;
pub mod clean;
mod colored;
mod exif;
pub mod still;
pub mod tiff;

pub use colored::Colored;

/// The most pixels a picture may have: a letter page at 1000 dpi. Checked before
/// anything is decoded, so that a small hostile file cannot ask for gigabytes.
pub const MAX_PIXELS: u64 = 100_000_000;

/// The resolution that is assumed where a file states none, in dots per inch.
const ASSUMED_DPI: f32 = 200.0;

/// Whether a picture of this size may be decoded.
pub fn size_is_sane(width: u64, height: u64) -> bool {
    width > 0 && height > 0 && width.saturating_mul(height) <= MAX_PIXELS
}

/// A page's picture in shades of grey.
#[derive(Clone, PartialEq)]
pub struct Picture {
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Pixels to the inch across.
    pub xdpi: f32,
    /// Pixels to the inch down; fax pixels are not square.
    pub ydpi: f32,
    /// `width * height` shades, row by row from the top; 0 is black, 255 white.
    pub pixels: Vec<u8>,
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Picture({}x{} at {}x{} dpi)", self.width, self.height, self.xdpi, self.ydpi)
    }
}

impl Picture {
    /// A white picture.
    pub fn white(width: usize, height: usize, xdpi: f32, ydpi: f32) -> Self {
        Self { width, height, xdpi, ydpi, pixels: vec![255; width * height] }
    }

    /// A picture of pixels in shades of grey; `None` unless there are
    /// `width * height` of them.
    pub fn from_grey(width: usize, height: usize, pixels: Vec<u8>) -> Option<Self> {
        (width > 0 && height > 0 && pixels.len() == width * height).then_some(Self {
            width,
            height,
            xdpi: ASSUMED_DPI,
            ydpi: ASSUMED_DPI,
            pixels,
        })
    }

    /// A picture with ink where the rows have `#`.
    #[cfg(test)]
    pub fn drawn(rows: &[&str]) -> Self {
        let pixels = rows.concat().bytes().map(|b| if b == b'#' { 0 } else { 255 }).collect();
        Self::from_grey(rows[0].len(), rows.len(), pixels).unwrap()
    }

    /// The same picture at a stated resolution. A value that no scanner has, as
    /// the 72 or 96 that software writes by default, is replaced by what makes the
    /// picture as wide as a letter page.
    pub fn with_dpi(mut self, xdpi: f32, ydpi: f32) -> Self {
        let sane = |dpi: f32| (97.0..=1300.0).contains(&dpi);
        (self.xdpi, self.ydpi) = match (sane(xdpi), sane(ydpi)) {
            (true, true) => (xdpi, ydpi),
            _ => {
                let ratio = if xdpi > 0.0 && ydpi > 0.0 { ydpi / xdpi } else { 1.0 };
                let guess = (self.width.min(self.height) as f32 / 8.5).clamp(100.0, 1200.0);
                (guess, guess * ratio.clamp(0.3, 3.0))
            }
        };
        self
    }

    /// One row of shades.
    pub fn row(&self, y: usize) -> &[u8] {
        &self.pixels[y * self.width..(y + 1) * self.width]
    }

    /// Width in points.
    pub fn width_pt(&self) -> f32 {
        self.width as f32 * 72.0 / self.xdpi
    }

    /// Height in points.
    pub fn height_pt(&self) -> f32 {
        self.height as f32 * 72.0 / self.ydpi
    }

    /// Whether nearly every pixel is black or white, as in a fax.
    pub fn is_bilevel(&self) -> bool {
        let grey = self.pixels.iter().filter(|&&p| (9..=246).contains(&p)).count();
        grey * 200 < self.pixels.len()
    }

    /// The same picture turned clockwise by 0, 90, 180 or 270 degrees.
    pub fn turned(&self, degrees: u16) -> Picture {
        let (w, h) = (self.width, self.height);
        let mut out = self.clone();
        match degrees % 360 {
            90 | 270 => {
                (out.width, out.height) = (h, w);
                (out.xdpi, out.ydpi) = (self.ydpi, self.xdpi);
                for y in 0..w {
                    for x in 0..h {
                        out.pixels[y * h + x] = if degrees % 360 == 90 {
                            self.pixels[(h - 1 - x) * w + y]
                        } else {
                            self.pixels[x * w + (w - 1 - y)]
                        };
                    }
                }
            }
            180 => out.pixels.reverse(),
            _ => {}
        }
        out
    }

    /// The picture set upright that a scanner or a camera stored in this orientation:
    /// 1-8 as TIFF and Exif count them, what is neither is upright.
    pub fn oriented(self, orientation: u16) -> Picture {
        let mirrored = |mut picture: Picture| {
            picture.pixels.chunks_mut(picture.width).for_each(<[u8]>::reverse);
            picture
        };
        match orientation {
            2 => mirrored(self),
            3 => self.turned(180),
            4 => mirrored(self).turned(180),
            5 => mirrored(self).turned(270),
            6 => self.turned(90),
            7 => mirrored(self).turned(90),
            8 => self.turned(270),
            _ => self,
        }
    }

    /// The same picture with every row given twice, as standard-mode faxes need:
    /// they have half as many rows to the inch as columns.
    pub fn rows_doubled(&self) -> Picture {
        let mut pixels = Vec::with_capacity(self.pixels.len() * 2);
        for y in 0..self.height {
            pixels.extend_from_slice(self.row(y));
            pixels.extend_from_slice(self.row(y));
        }
        Picture { height: self.height * 2, ydpi: self.ydpi * 2.0, pixels, ..*self }
    }

    /// The same picture with this many pixels, each the mean of those it stands for;
    /// meant for making it smaller.
    pub fn resized(&self, width: usize, height: usize) -> Picture {
        let (xdpi, ydpi) = (
            self.xdpi * width as f32 / self.width as f32,
            self.ydpi * height as f32 / self.height as f32,
        );
        let mut out = Picture::white(width, height, xdpi, ydpi);
        let span = |i: usize, to: usize, from: usize| {
            let start = i * from / to;
            (start, ((i + 1) * from).div_ceil(to).clamp(start + 1, from))
        };
        let columns: Vec<_> = (0..width).map(|x| span(x, width, self.width)).collect();
        for y in 0..height {
            let (top, bottom) = span(y, height, self.height);
            for (x, &(left, right)) in columns.iter().enumerate() {
                let rows = (top..bottom).map(|y| &self.row(y)[left..right]);
                let sum: u32 = rows.flatten().map(|&p| u32::from(p)).sum();
                out.pixels[y * width + x] =
                    (sum as usize / ((bottom - top) * (right - left))) as u8;
            }
        }
        out
    }

    /// What lies in a box given in pixels, with the box's left column and top row as
    /// they were rounded; `None` where that is nothing.
    pub fn cut(&self, area: &Rect) -> Option<(Picture, f32, f32)> {
        let clamp = |v: f32, most: usize| (v.round().max(0.0) as usize).min(most);
        let (x0, x1) = (clamp(area.x0, self.width), clamp(area.x1, self.width));
        let (y0, y1) = (clamp(area.y0, self.height), clamp(area.y1, self.height));
        if x0 >= x1 || y0 >= y1 {
            return None;
        }
        let pixels = (y0..y1).flat_map(|y| &self.row(y)[x0..x1]).copied().collect();
        let piece = Picture { width: x1 - x0, height: y1 - y0, pixels, ..*self };
        Some((piece, x0 as f32, y0 as f32))
    }

    /// The rows from `top` up to `bottom` alone.
    pub fn band(&self, top: usize, bottom: usize) -> Picture {
        let bottom = bottom.min(self.height);
        let top = top.min(bottom);
        let pixels = self.pixels[top * self.width..bottom * self.width].to_vec();
        Picture { height: bottom - top, pixels, ..*self }
    }

    /// The picture with black and white exchanged if it is mostly black: faxes
    /// whose file says the wrong thing about which bit is ink.
    pub fn ink_on_paper(mut self) -> Picture {
        let dark = self.pixels.iter().filter(|&&p| p < 128).count();
        if dark * 10 > self.pixels.len() * 7 {
            self.pixels.iter_mut().for_each(|p| *p = 255 - *p);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(width: usize, rows: &[u8]) -> Picture {
        Picture::from_grey(width, rows.len() / width, rows.to_vec()).unwrap()
    }

    #[test]
    fn turns_clockwise() {
        let p = picture(3, &[1, 2, 3, 4, 5, 6]);
        assert_eq!(p.turned(90).pixels, [4, 1, 5, 2, 6, 3]);
        assert_eq!(p.turned(180).pixels, [6, 5, 4, 3, 2, 1]);
        assert_eq!(p.turned(270).pixels, [3, 6, 2, 5, 1, 4]);
        assert_eq!(p.turned(90).turned(270), p);
    }

    #[test]
    fn every_orientation_comes_upright() {
        // The corners of an upright picture, as each orientation stores them.
        let stored: [&[u8]; 8] = [
            &[1, 2, 3, 4],
            &[2, 1, 4, 3],
            &[4, 3, 2, 1],
            &[3, 4, 1, 2],
            &[1, 3, 2, 4],
            &[2, 4, 1, 3],
            &[4, 2, 3, 1],
            &[3, 1, 4, 2],
        ];
        for (orientation, pixels) in (1..).zip(stored) {
            assert_eq!(picture(2, pixels).oriented(orientation).pixels, [1, 2, 3, 4]);
        }
        assert_eq!(picture(2, &[1, 2, 3, 4]).oriented(0).pixels, [1, 2, 3, 4]);
    }

    #[test]
    fn guesses_a_resolution_where_the_file_has_none() {
        let p = Picture::white(1700, 2200, 0.0, 0.0);
        assert_eq!(p.clone().with_dpi(72.0, 72.0).xdpi, 200.0);
        let fax = p.with_dpi(204.0, 98.0);
        assert_eq!((fax.xdpi, fax.ydpi), (204.0, 98.0));
    }

    #[test]
    fn refuses_bombs_and_empty_pictures() {
        assert!(size_is_sane(1728, 2200));
        assert!(!size_is_sane(60_000, 60_000));
        assert!(!size_is_sane(0, 10));
        assert!(Picture::from_grey(2, 2, vec![0; 3]).is_none());
    }

    #[test]
    fn rights_a_negative() {
        let mut p = Picture::white(10, 10, 200.0, 200.0);
        p.pixels.iter_mut().take(90).for_each(|p| *p = 0);
        assert_eq!(p.ink_on_paper().pixels.iter().filter(|&&p| p == 0).count(), 10);
    }
}
