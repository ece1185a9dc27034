//! Getting a page's picture ready for an engine: square pixels, no dirt, upright and
//! level.

use crate::image::Picture;
use crate::image::clean::{self, Specks};

/// Rows further apart than columns by more than this are a standard-mode fax's.
const ROW_RATIO: f32 = 1.5;

/// The picture with square pixels and without what the fax line did to it.
pub fn cleaned(picture: Picture) -> Picture {
    let fax = picture.is_bilevel();
    let doubled = picture.xdpi > ROW_RATIO * picture.ydpi;
    let mut picture = squared(picture);
    if fax {
        clean::remove_streaks(&mut picture);
        clean::despeckle(&mut picture, if doubled { Specks::Lonely } else { Specks::All });
        clean::invert_bars(&mut picture);
    }
    picture
}

/// Pixels about as high as wide: standard-mode faxes have rows of double height.
fn squared(picture: Picture) -> Picture {
    let ratio = picture.xdpi / picture.ydpi;
    if ratio > ROW_RATIO {
        picture.rows_doubled()
    } else if ratio < 1.0 / ROW_RATIO {
        picture.turned(90).rows_doubled().turned(270)
    } else {
        picture
    }
}

/// A picture turned upright and set level.
pub struct Prepared {
    /// What an engine reads.
    pub picture: Picture,
    /// Clockwise tilt in degrees that was undone.
    pub skew: f32,
}

impl Prepared {
    /// Turns a cleaned picture clockwise by `turn` degrees and levels it; `fax` says
    /// that it was black and white, and may have rules that run level only now.
    pub fn new(picture: &Picture, turn: u16, fax: bool) -> Self {
        let picture = if turn == 0 { picture.clone() } else { picture.turned(turn) };
        let skew = clean::skew(&picture);
        if skew == 0.0 {
            return Self { picture, skew };
        }
        let mut picture = clean::levelled(&picture, skew);
        if fax {
            // Rules of a crooked page run level only now.
            clean::remove_streaks(&mut picture);
        }
        Self { picture, skew }
    }
}
