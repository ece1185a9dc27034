//! Shaded bars: the dots that a printer makes of a light grey, taken out.

use super::scaled;
use crate::image::Picture;
use crate::image::blots::{Blot, Blots};

/// The side of the squares in which dots are counted.
const CELL: f32 = 16.0;

/// Fewer dots than this in a square and its eight neighbours are dirt. Printers set
/// about nine to a square; a fax machine loses up to two thirds of them.
const DOTS: u32 = 24;

/// Dots have at most this many pixels, and at most this side.
const DOT: (f32, f32) = (20.0, 6.0);

/// Shaded areas are at least this wide and high.
const AREA: (f32, f32) = (120.0, 16.0);

/// Takes out the dots of shaded areas; letters on them stay. True where there were any.
pub fn remove_screens(picture: &mut Picture) -> bool {
    let blots = Blots::new(picture);
    let most = (DOT.0 * picture.xdpi * picture.ydpi / 40_000.0).round().max(2.0) as usize;
    let (side_x, side_y) = (scaled(DOT.1, picture.xdpi), scaled(DOT.1, picture.ydpi));
    let is_dot = |blot: &Blot| {
        let (width, height) = blot.size();
        blot.ink <= most && width <= side_x && height <= side_y
    };
    let (cell_x, cell_y) = (scaled(CELL, picture.xdpi), scaled(CELL, picture.ydpi));
    let (w, h) = (picture.width.div_ceil(cell_x), picture.height.div_ceil(cell_y));
    let mut dots = vec![0u32; w * h];
    let cell = |blot: &Blot| blot.y0 / cell_y * w + blot.x0 / cell_x;
    blots.all.iter().filter(|blot| is_dot(blot)).for_each(|blot| dots[cell(blot)] += 1);
    // A picture of squares, black where dots are close and many.
    let mut cells = Picture::white(w, h, picture.xdpi, picture.ydpi);
    for y in 1..h.saturating_sub(1) {
        for x in 1..w.saturating_sub(1) {
            let around =
                (y - 1..y + 2).map(|y| dots[y * w + x - 1..y * w + x + 2].iter().sum::<u32>());
            if around.sum::<u32>() >= DOTS {
                cells.pixels[y * w + x] = 0;
            }
        }
    }
    let wide = scaled(AREA.0, picture.xdpi) / cell_x;
    let high = scaled(AREA.1, picture.ydpi) / cell_y;
    let areas: Vec<Blot> = Blots::new(&cells)
        .all
        .into_iter()
        .filter(|area| area.size().0 >= wide && area.size().1 >= high)
        .collect();
    if areas.is_empty() {
        return false;
    }
    // Squares at an area's edge hold fewer dots: one more all around.
    let inside = |blot: &Blot| {
        let (x, y) = (blot.x0 / cell_x, blot.y0 / cell_y);
        areas.iter().any(|area| {
            (area.x0.saturating_sub(1)..area.x1 + 1).contains(&x)
                && (area.y0.saturating_sub(1)..area.y1 + 1).contains(&y)
        })
    };
    let gone: Vec<bool> = blots.all.iter().map(|blot| is_dot(blot) && inside(blot)).collect();
    blots.erase(picture, &gone);
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::clean::INK;

    #[test]
    fn dots_go_and_letters_on_them_stay() {
        let mut p = Picture::white(400, 200, 200.0, 200.0);
        let mut square = |x: usize, y: usize, side: usize| {
            for row in y..y + side {
                p.pixels[row * 400 + x..row * 400 + x + side].fill(0);
            }
        };
        for y in (80..112).step_by(5) {
            for x in (20..380).step_by(5) {
                square(x + y % 2 * 2, y, 2);
            }
        }
        square(200, 86, 14); // a letter on the bar
        square(30, 30, 2); // dots elsewhere
        square(60, 160, 2);
        assert!(remove_screens(&mut p));
        let ink = p.pixels.iter().filter(|&&p| p < INK).count();
        assert!((14 * 14 + 8..14 * 14 + 40).contains(&ink), "{ink}");
        assert_eq!([p.pixels[30 * 400 + 30], p.pixels[160 * 400 + 61]], [0, 0]);
        assert!(!remove_screens(&mut p));
    }
}
