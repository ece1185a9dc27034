//! Getting a page's picture ready for an engine: square pixels, no dirt, upright and
//! level, with strokes that can be read.

use crate::image::Picture;
use crate::image::clean::{self, Specks};

/// Rows further apart than columns by more than this are a standard-mode fax's.
const ROW_RATIO: f32 = 1.5;

/// Strokes thinner than this, in pixels, have lost their finer parts.
const THIN_STROKE: f32 = 2.5;

/// Strokes thicker than this leave little white inside letters.
const THICK_STROKE: f32 = 4.0;

/// Above this resolution the edges of black and white letters are fine enough.
const HARD_EDGED: f32 = 250.0;

/// Below this resolution small print has too few pixels to a letter.
const COARSE: f32 = 180.0;

/// The steps that one may leave out, to see what each is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Steps {
    /// Make the paper of grey scans white.
    pub flatten: bool,
    /// Enlarge grey scans of few dots to the inch.
    pub enlarge: bool,
    /// Fill in lost rows.
    pub gaps: bool,
    /// Take out long lines.
    pub streaks: bool,
    /// Take out the dots of shaded bars.
    pub screens: bool,
    /// Take out black edges and punch holes.
    pub edges: bool,
    /// Take out specks.
    pub specks: bool,
    /// Turn white letters on dark bars dark.
    pub bars: bool,
    /// Set the page level.
    pub level: bool,
    /// Thicken thin strokes and soften hard edges.
    pub strokes: bool,
}

impl Default for Steps {
    fn default() -> Self {
        Self {
            flatten: true,
            enlarge: true,
            gaps: true,
            streaks: true,
            screens: true,
            edges: true,
            specks: true,
            bars: true,
            level: true,
            strokes: true,
        }
    }
}

/// The picture with square pixels and without what the fax line did to it.
pub fn cleaned(picture: Picture) -> Picture {
    cleaned_in(picture, Steps::default())
}

/// The same in these steps alone.
pub fn cleaned_in(mut picture: Picture, steps: Steps) -> Picture {
    let fax = picture.is_bilevel();
    let doubled = picture.xdpi > ROW_RATIO * picture.ydpi;
    if fax && steps.gaps {
        clean::fill_gaps(&mut picture);
    }
    if fax && steps.streaks {
        clean::remove_dotted_streaks(&mut picture);
    }
    let mut picture = squared(picture);
    if !fax && steps.flatten {
        clean::flatten(&mut picture);
    }
    if !fax && steps.enlarge && picture.xdpi.max(picture.ydpi) < COARSE {
        picture = clean::enlarged(&picture);
    }
    if steps.edges {
        clean::remove_edges(&mut picture);
    }
    if !fax {
        return picture;
    }
    if steps.streaks {
        clean::remove_streaks(&mut picture);
    }
    if steps.screens {
        clean::remove_screens(&mut picture);
    }
    if steps.specks {
        clean::despeckle(&mut picture, if doubled { Specks::Lonely } else { Specks::All });
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
        Self::in_steps(picture, turn, fax, Steps::default())
    }

    /// The same in these steps alone.
    pub fn in_steps(picture: &Picture, turn: u16, fax: bool, steps: Steps) -> Self {
        let mut picture = if turn == 0 { picture.clone() } else { picture.turned(turn) };
        let skew = if steps.level { clean::skew(&picture) } else { 0.0 };
        if skew != 0.0 {
            picture = clean::levelled(&picture, skew);
            if fax && steps.streaks {
                // Rules of a crooked page run level only now.
                clean::remove_streaks(&mut picture);
            }
        }
        if fax && steps.bars {
            // A crooked bar is no rectangle.
            clean::invert_bars(&mut picture);
        }
        if fax && steps.strokes && picture.xdpi.min(picture.ydpi) < HARD_EDGED {
            match clean::stroke_width(&picture) {
                Some(width) if width < THIN_STROKE => {
                    clean::thicken(&mut picture);
                    clean::soften(&mut picture);
                }
                // In thick print soft edges would run into each other.
                Some(width) if width < THICK_STROKE => clean::soften(&mut picture),
                _ => {}
            }
        }
        Self { picture, skew }
    }
}
