//! What a fax line does to a page, undone: streaks, specks, a crooked feed.
//!
//! All lengths are given for 200 dpi and scaled to the picture's resolution.

mod bars;
mod skew;
mod specks;
mod streaks;

use super::Picture;

pub use bars::invert_bars;
pub use skew::{Tilt, levelled, skew};
pub use specks::{Specks, despeckle};
pub use streaks::remove_streaks;

/// Shades below this are ink.
pub const INK: u8 = 128;

/// The share of pixels that are ink.
pub fn ink_share(picture: &Picture) -> f32 {
    let ink = picture.pixels.iter().filter(|&&p| p < INK).count();
    ink as f32 / picture.pixels.len().max(1) as f32
}

/// A length at 200 dpi as pixels at another resolution; at least one.
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
