//! A page's picture in colour, for people to look at: square pixels, marks, PNG.

use super::{Picture, size_is_sane};

/// A page's picture in colour, with square pixels.
#[derive(Clone, PartialEq)]
pub struct Colored {
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Pixels to the inch, across and down.
    pub dpi: f32,
    /// Red, green and blue of `width * height` pixels, row by row from the top.
    pub pixels: Vec<u8>,
}

impl std::fmt::Debug for Colored {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Colored({}x{} at {} dpi)", self.width, self.height, self.dpi)
    }
}

impl Colored {
    /// A picture of pixels in colour; `None` unless there are `width * height` of them.
    pub fn from_rgb(width: usize, height: usize, dpi: f32, pixels: Vec<u8>) -> Option<Self> {
        let fits = width > 0 && height > 0 && pixels.len() == width * height * 3;
        fits.then_some(Self { width, height, dpi, pixels })
    }

    /// A grey picture with its pixels made square, at `dpi` or, without it, at the finer
    /// of its own two resolutions; `None` where that would be too many pixels.
    pub fn from_grey(picture: &Picture, dpi: Option<f32>) -> Option<Self> {
        let dpi = dpi.unwrap_or(picture.xdpi.max(picture.ydpi));
        let (across, down) = (dpi / picture.xdpi, dpi / picture.ydpi);
        let length =
            |pixels: usize, factor: f32| (pixels as f32 * factor).round().max(1.0) as usize;
        let (width, height) = (length(picture.width, across), length(picture.height, down));
        if !size_is_sane(width as u64, height as u64) {
            return None;
        }
        let grey = stretched(picture, width, height);
        let pixels = grey.iter().flat_map(|&shade| [shade; 3]).collect();
        Self::from_rgb(width, height, dpi, pixels)
    }

    /// The same picture turned clockwise by 0, 90, 180 or 270 degrees.
    pub fn turned(self, degrees: u16) -> Self {
        let (w, h) = (self.width, self.height);
        let (width, height) = if degrees % 180 == 90 { (h, w) } else { (w, h) };
        let source = |x: usize, y: usize| match degrees % 360 {
            90 => (h - 1 - x) * w + y,
            180 => (h - 1 - y) * w + (w - 1 - x),
            270 => x * w + (w - 1 - y),
            _ => y * w + x,
        };
        let mut pixels = Vec::with_capacity(self.pixels.len());
        for y in 0..height {
            for x in 0..width {
                let at = 3 * source(x, y);
                pixels.extend_from_slice(&self.pixels[at..at + 3]);
            }
        }
        Self { width, height, dpi: self.dpi, pixels }
    }

    /// The same picture in shades of grey.
    pub fn grey(&self) -> Picture {
        let pixels = super::still::to_grey(&self.pixels, 3);
        let (width, height) = (self.width, self.height);
        Picture { width, height, xdpi: self.dpi, ydpi: self.dpi, pixels }
    }

    /// Draws the outline of a box given by its edges in pixels (left, top, right,
    /// bottom), just outside of it.
    pub fn outline(&mut self, [left, top, right, bottom]: [f32; 4], color: [u8; 3]) {
        let line = (self.dpi / 150.0).round().max(1.0) as i64;
        let (x0, y0) = (left.floor() as i64 - line, top.floor() as i64 - line);
        let (x1, y1) = (right.ceil() as i64 + line, bottom.ceil() as i64 + line);
        self.fill([x0, y0, x1, y0 + line], color);
        self.fill([x0, y1 - line, x1, y1], color);
        self.fill([x0, y0, x0 + line, y1], color);
        self.fill([x1 - line, y0, x1, y1], color);
    }

    fn fill(&mut self, [x0, y0, x1, y1]: [i64; 4], color: [u8; 3]) {
        let clamp = |v: i64, most: usize| v.clamp(0, most as i64) as usize;
        let (x0, x1) = (clamp(x0, self.width), clamp(x1, self.width));
        for y in clamp(y0, self.height)..clamp(y1, self.height) {
            for pixel in self.pixels[3 * y * self.width..][3 * x0..3 * x1].chunks_exact_mut(3) {
                pixel.copy_from_slice(&color);
            }
        }
    }

    /// The picture as a PNG file, in as few bits a pixel as it needs.
    pub fn png(&self) -> Vec<u8> {
        let grey = self.pixels.chunks_exact(3).all(|p| p[0] == p[1] && p[1] == p[2]);
        let shades = || self.pixels.iter().step_by(3).copied();
        let bilevel = grey && shades().all(|shade| shade == 0 || shade == 255);
        let (color, depth, samples) = match (grey, bilevel) {
            (_, true) => {
                let shades: Vec<u8> = shades().collect();
                (png::ColorType::Grayscale, png::BitDepth::One, packed(&shades, self.width))
            }
            (true, _) => (png::ColorType::Grayscale, png::BitDepth::Eight, shades().collect()),
            _ => (png::ColorType::Rgb, png::BitDepth::Eight, self.pixels.clone()),
        };
        let mut out = Vec::new();
        let mut encoder = png::Encoder::new(&mut out, self.width as u32, self.height as u32);
        encoder.set_color(color);
        encoder.set_depth(depth);
        let per_meter = (self.dpi / 0.0254).round() as u32;
        encoder.set_pixel_dims(Some(png::PixelDimensions {
            xppu: per_meter,
            yppu: per_meter,
            unit: png::Unit::Meter,
        }));
        // A sink in memory takes all bytes, and the sizes are right by construction.
        if let Ok(mut writer) = encoder.write_header()
            && writer.write_image_data(&samples).is_ok()
        {
            drop(writer);
        }
        out
    }
}

/// Shades to one bit a pixel (white is 1), each row from a new byte.
fn packed(shades: &[u8], width: usize) -> Vec<u8> {
    let byte = |eight: &[u8]| {
        eight.iter().enumerate().fold(0, |byte, (i, &shade)| byte | (shade >> 7) << (7 - i))
    };
    shades.chunks(width).flat_map(|row| row.chunks(8).map(byte)).collect()
}

/// The shades of a picture stretched to another size: each pixel is the mean of what it
/// covers of the old ones.
fn stretched(picture: &Picture, width: usize, height: usize) -> Vec<u8> {
    if (picture.width, picture.height) == (width, height) {
        return picture.pixels.clone();
    }
    let columns = shares(picture.width, width);
    let rows = shares(picture.height, height);
    // First along the rows, then down the columns.
    let mut narrow = vec![0.0f32; width * picture.height];
    for y in 0..picture.height {
        let row = picture.row(y);
        for (x, (first, weights)) in columns.iter().enumerate() {
            let mean = weights.iter().zip(&row[*first..]).map(|(w, &p)| w * f32::from(p)).sum();
            narrow[y * width + x] = mean;
        }
    }
    let mut out = Vec::with_capacity(width * height);
    let mut line = vec![0.0f32; width];
    for (first, weights) in &rows {
        line.fill(0.0);
        for (i, weight) in weights.iter().enumerate() {
            let row = &narrow[(first + i) * width..(first + i + 1) * width];
            line.iter_mut().zip(row).for_each(|(sum, shade)| *sum += weight * shade);
        }
        out.extend(line.iter().map(|shade| shade.round().clamp(0.0, 255.0) as u8));
    }
    out
}

/// For each of `new` pixels along a line the first of the `old` ones that it covers, and
/// the shares that they have in it.
fn shares(old: usize, new: usize) -> Vec<(usize, Vec<f32>)> {
    let step = old as f64 / new as f64;
    (0..new)
        .map(|i| {
            let (from, to) = (i as f64 * step, ((i + 1) as f64 * step).min(old as f64));
            let first = (from as usize).min(old - 1);
            let last = (to.ceil() as usize).clamp(first + 1, old);
            let covered = |p: usize| ((p as f64 + 1.0).min(to) - (p as f64).max(from)).max(0.0);
            let all: f64 = (first..last).map(covered).sum();
            let share = |p: usize| if all > 0.0 { (covered(p) / all) as f32 } else { 1.0 };
            (first, (first..last).map(share).collect())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grey(width: usize, pixels: &[u8], xdpi: f32, ydpi: f32) -> Picture {
        let height = pixels.len() / width;
        Picture { width, height, xdpi, ydpi, pixels: pixels.to_vec() }
    }

    fn shades(colored: &Colored) -> Vec<u8> {
        colored.pixels.iter().step_by(3).copied().collect()
    }

    #[test]
    fn pixels_are_made_square() {
        let fax = grey(2, &[0, 255, 100, 200], 200.0, 100.0);
        let square = Colored::from_grey(&fax, None).unwrap();
        assert_eq!((square.width, square.height, square.dpi), (2, 4, 200.0));
        assert_eq!(shades(&square), [0, 255, 0, 255, 100, 200, 100, 200]);
        let half = Colored::from_grey(&fax, Some(100.0)).unwrap();
        assert_eq!(shades(&half), [128, 150]);
    }

    #[test]
    fn square_pixels_stay_as_they_are() {
        let scan = grey(3, &[1, 2, 3, 4, 5, 6], 200.0, 200.0);
        assert_eq!(shades(&Colored::from_grey(&scan, None).unwrap()), scan.pixels);
    }

    #[test]
    fn turns_as_a_grey_picture_does() {
        let scan = grey(3, &[1, 2, 3, 4, 5, 6], 200.0, 200.0);
        for degrees in [0, 90, 180, 270] {
            let turned = Colored::from_grey(&scan, None).unwrap().turned(degrees);
            assert_eq!(shades(&turned), scan.turned(degrees).pixels);
            assert_eq!(turned.grey(), scan.turned(degrees));
        }
    }

    #[test]
    fn an_outline_leaves_what_it_surrounds() {
        let mut sheet = Colored::from_grey(&grey(6, &[255; 36], 100.0, 100.0), None).unwrap();
        sheet.outline([2.0, 2.0, 4.0, 4.0], [200, 0, 0]);
        let red = |x: usize, y: usize| sheet.pixels[3 * (y * 6 + x) + 1] == 0;
        let drawn: Vec<(usize, usize)> =
            (0..36).map(|i| (i % 6, i / 6)).filter(|&(x, y)| red(x, y)).collect();
        assert_eq!(drawn.len(), 12);
        assert!(drawn.iter().all(|&(x, y)| x == 1 || x == 4 || y == 1 || y == 4));
        // Beyond the edges there is nothing to draw on.
        sheet.outline([-9.0, -9.0, 90.0, 90.0], [0, 0, 0]);
    }

    #[test]
    fn a_png_comes_back_as_it_was() {
        for pixels in [[0u8, 255, 255, 0], [0, 77, 255, 200]] {
            let scan = grey(2, &pixels, 203.2, 203.2);
            let png = Colored::from_grey(&scan, None).unwrap().png();
            let back = crate::image::still::png(&png).unwrap();
            assert_eq!(back.pixels, pixels);
            assert!((back.xdpi - 203.2).abs() < 0.1);
        }
    }

    #[test]
    fn bits_are_packed_row_by_row() {
        let row = [255, 0, 255, 255, 0, 0, 0, 255, 255];
        assert_eq!(packed(&[row, row].concat(), 9), [0b1011_0001, 0x80, 0b1011_0001, 0x80]);
    }
}
