//! What a fax line does to a page, undone: streaks, specks, a crooked feed.
//!
//! All lengths are given for 200 dpi and scaled to the picture's resolution.

mod bars;
mod edges;
mod enlarge;
mod flatten;
mod gaps;
mod screens;
mod skew;
mod soften;
mod specks;
mod streaks;

use std::ops::Range;

use super::Picture;

pub use bars::invert_bars;
pub use edges::remove_edges;
pub use enlarge::enlarged;
pub use flatten::flatten;
pub use gaps::fill_gaps;
pub use screens::remove_screens;
pub use skew::{Tilt, levelled, skew};
pub use soften::{soften, stroke_width, thicken};
pub use specks::{Specks, despeckle};
pub use streaks::{remove_dotted_streaks, remove_streaks};

/// Shades below this are ink.
pub const INK: u8 = 128;

/// The share of pixels that are ink.
pub fn ink_share(picture: &Picture) -> f32 {
    let ink = picture.pixels.iter().filter(|&&p| p < INK).count();
    ink as f32 / picture.pixels.len().max(1) as f32
}

/// How many pixels of these columns and rows are ink, as far as they are on the picture.
pub fn ink_in(picture: &Picture, columns: Range<usize>, rows: Range<usize>) -> usize {
    let to = columns.end.min(picture.width);
    let columns = columns.start.min(to)..to;
    (rows.start..rows.end.min(picture.height))
        .map(|y| picture.row(y)[columns.clone()].iter().filter(|&&p| p < INK).count())
        .sum()
}

/// A length at 200 dpi as pixels at another resolution; at least one.
fn scaled(length: f32, dpi: f32) -> usize {
    (length * dpi / 200.0).round().max(1.0) as usize
}
