//! A page's pictures laid out on one canvas, pixel for pixel.

use hayro_interpret::font::GlyphRun;
use hayro_interpret::kurbo::{Affine, BezPath, Point, Rect as Area};
use hayro_interpret::{
    BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageData, ImageDrawProps, LumaData,
    Paint, SoftMask,
};

use super::glyphs::Placement;
use crate::image::{Picture, size_is_sane};

/// Above this resolution a picture is halved (or more) until it is near 300 dpi:
/// OCR gains nothing from more.
const FINEST_DPI: f64 = 450.0;

/// Lays out pictures as a viewer shows them.
pub struct Canvas {
    picture: Picture,
    /// Pixels to the point, across and down.
    scale: (f64, f64),
    painted: bool,
}

impl Canvas {
    /// A white canvas for a page of this size in points, at the resolution of the
    /// largest picture; `None` without a picture or for a page of no sane size.
    pub fn new(width: f32, height: f32, placements: &[Placement]) -> Option<Self> {
        let covered = |p: &Placement| {
            let [a, b, c, d, ..] = p.transform.as_coeffs();
            (a * d - b * c).abs() * f64::from(p.width) * f64::from(p.height)
        };
        let largest = placements.iter().max_by(|a, b| covered(a).total_cmp(&covered(b)))?;
        let [a, b, c, d, ..] = largest.transform.as_coeffs();
        // A picture that lies on its side has its columns down the page.
        let (x, y) = if a.abs() >= b.abs() { (a.abs(), d.abs()) } else { (c.abs(), b.abs()) };
        if !(x.is_normal() && y.is_normal()) {
            return None;
        }
        let scale = (1.0 / x, 1.0 / y);
        let (columns, rows) = (f64::from(width) * scale.0, f64::from(height) * scale.1);
        if !size_is_sane(columns.ceil() as u64, rows.ceil() as u64) {
            return None;
        }
        let (columns, rows) = (columns.round().max(1.0) as usize, rows.round().max(1.0) as usize);
        let (xdpi, ydpi) = ((scale.0 * 72.0) as f32, (scale.1 * 72.0) as f32);
        Some(Self { picture: Picture::white(columns, rows, xdpi, ydpi), scale, painted: false })
    }

    /// The finished picture; `None` if no picture could be decoded.
    pub fn finish(self) -> Option<Picture> {
        if !self.painted {
            return None;
        }
        let mut picture = self.picture;
        while f64::from(picture.xdpi.min(picture.ydpi)) > FINEST_DPI {
            picture = halved(&picture);
        }
        Some(picture.ink_on_paper())
    }

    /// Paints pixels given by their shade and how far they cover what is below.
    fn paint(
        &mut self,
        transform: Affine,
        (width, height): (u32, u32),
        pixel: impl Fn(usize) -> (u8, u8),
    ) {
        let onto = Affine::scale_non_uniform(self.scale.0, self.scale.1) * transform;
        if onto.determinant().abs() < 1e-9 || width == 0 || height == 0 {
            return;
        }
        let back = onto.inverse();
        let area =
            onto.transform_rect_bbox(Area::new(0.0, 0.0, f64::from(width), f64::from(height)));
        let (w, h) = (self.picture.width, self.picture.height);
        let clamp = |v: f64, most: usize| v.round().clamp(0.0, most as f64) as usize;
        let (x0, x1) = (clamp(area.x0, w), clamp(area.x1, w));
        let (y0, y1) = (clamp(area.y0, h), clamp(area.y1, h));
        let [step_x, step_y, ..] = back.as_coeffs();
        for y in y0..y1 {
            let start = back * Point::new(x0 as f64 + 0.5, y as f64 + 0.5);
            let row = &mut self.picture.pixels[y * w..(y + 1) * w];
            for (i, below) in row[x0..x1].iter_mut().enumerate() {
                let sx = start.x + step_x * i as f64;
                let sy = start.y + step_y * i as f64;
                if sx < -0.5 || sy < -0.5 {
                    continue;
                }
                let (sx, sy) = (sx.max(0.0) as usize, sy.max(0.0) as usize);
                // Half a pixel of rounding at the far edges still counts.
                let (sx, sy) = (sx.min(width as usize - 1), sy.min(height as usize - 1));
                let (shade, cover) = pixel(sy * width as usize + sx);
                *below = match cover {
                    255 => shade,
                    0 => *below,
                    _ => {
                        let cover = u32::from(cover);
                        let mixed = u32::from(shade) * cover + u32::from(*below) * (255 - cover);
                        (mixed / 255) as u8
                    }
                };
            }
        }
        self.painted = true;
    }
}

/// Every two by two pixels to one.
fn halved(picture: &Picture) -> Picture {
    let (w, h) = ((picture.width / 2).max(1), (picture.height / 2).max(1));
    let mut out = Picture::white(w, h, picture.xdpi / 2.0, picture.ydpi / 2.0);
    for y in 0..h {
        let above = picture.row((2 * y).min(picture.height - 1));
        let below = picture.row((2 * y + 1).min(picture.height - 1));
        for x in 0..w {
            let (l, r) = (2 * x, (2 * x + 1).min(picture.width - 1));
            let sum: u32 = [above[l], above[r], below[l], below[r]].map(u32::from).iter().sum();
            out.pixels[y * w + x] = (sum / 4) as u8;
        }
    }
    out
}

fn luma(r: u8, g: u8, b: u8) -> u8 {
    ((u32::from(r) * 77 + u32::from(g) * 150 + u32::from(b) * 29) >> 8) as u8
}

impl<'a> Device<'a> for Canvas {
    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {}

    fn push_clip_path(&mut self, _: &ClipPath) {}

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}

    fn draw_glyph_run(&mut self, _: &GlyphRun<'_, 'a>, _: DrawProps<'a>, _: &DrawMode) {}

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        let (width, height) = (image.width(), image.height());
        if !size_is_sane(width.into(), height.into()) {
            return;
        }
        // What is decoded may have another size than what was stated.
        let fit = |w: u32, h: u32| {
            props.transform
                * Affine::scale_non_uniform(
                    f64::from(width) / f64::from(w.max(1)),
                    f64::from(height) / f64::from(h.max(1)),
                )
        };
        match image {
            Image::Stencil(stencil) => stencil.with_stencil(
                |mask, paint| {
                    let shade = match paint {
                        Paint::Color(color) => {
                            let [r, g, b, _] = color.to_rgba().to_rgba8();
                            luma(r, g, b)
                        }
                        Paint::Pattern(_) => 0,
                    };
                    let size = (mask.width, mask.height);
                    self.paint(fit(size.0, size.1), size, |i| (shade, mask.data[i]));
                },
                None,
            ),
            Image::Raster(raster) => raster.with_rgba(
                |data, alpha| {
                    let size = (data.width(), data.height());
                    let alpha = alpha.filter(|a: &LumaData| (a.width, a.height) == size);
                    let cover = |i: usize| alpha.as_ref().map_or(255, |a| a.data[i]);
                    let map = fit(size.0, size.1);
                    match data {
                        ImageData::Luma(grey) => {
                            self.paint(map, size, |i| (grey.data[i], cover(i)));
                        }
                        ImageData::Rgb(rgb) => self.paint(map, size, |i| {
                            let p = &rgb.data[3 * i..3 * i + 3];
                            (luma(p[0], p[1], p[2]), cover(i))
                        }),
                    }
                },
                None,
            ),
        }
    }

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placement(transform: [f64; 6], width: u32, height: u32) -> Placement {
        Placement { transform: Affine::new(transform), width, height }
    }

    #[test]
    fn the_canvas_takes_the_pictures_own_pixels() {
        let s = (612.0 / 1728.0, 792.0 / 2156.0);
        let fax = placement([s.0, 0.0, 0.0, s.1, 0.0, 0.0], 1728, 2156);
        let canvas = Canvas::new(612.0, 792.0, &[fax]).unwrap();
        assert_eq!((canvas.picture.width, canvas.picture.height), (1728, 2156));
        assert!((canvas.picture.xdpi - 203.3).abs() < 0.1);
    }

    #[test]
    fn a_picture_on_its_side_is_painted_turned() {
        // Two pixels across, one down; turned a quarter: the first pixel on top.
        let side = placement([0.0, 1.0, -1.0, 0.0, 1.0, 0.0], 2, 1);
        let mut canvas = Canvas::new(1.0, 2.0, &[side]).unwrap();
        canvas.paint(Affine::new([0.0, 1.0, -1.0, 0.0, 1.0, 0.0]), (2, 1), |i| ([9, 8][i], 255));
        assert_eq!(canvas.picture.pixels, [9, 8]);
    }

    #[test]
    fn no_canvas_for_bombs() {
        let bomb = placement([1e-4, 0.0, 0.0, 1e-4, 0.0, 0.0], 60_000, 60_000);
        assert!(Canvas::new(612.0, 792.0, &[bomb]).is_none());
        let flat = placement([0.0; 6], 10, 10);
        assert!(Canvas::new(612.0, 792.0, &[flat]).is_none());
    }
}
