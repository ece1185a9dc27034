//! What lies around the paper: a copier's black edge, and holes punched into it.

use super::scaled;
use crate::image::Picture;
use crate::image::blots::{Blot, Blots};

/// An edge reaches at most this far into the page (0.4 inch).
const EDGE_DEPTH: f32 = 80.0;

/// An edge has at least this many pixels; type that was cut off has fewer.
const EDGE_INK: f32 = 900.0;

/// Holes are this wide and high (0.15 to 0.4 inch) and lie this near an edge (1 inch).
const HOLE: (f32, f32) = (30.0, 80.0);
const HOLE_DISTANCE: f32 = 200.0;

/// Takes out black edges and punch holes.
pub fn remove_edges(picture: &mut Picture) {
    let (w, h) = (picture.width, picture.height);
    let x = |length: f32| scaled(length, picture.xdpi);
    let y = |length: f32| scaled(length, picture.ydpi);
    let least = x(EDGE_INK.sqrt()) * y(EDGE_INK.sqrt());
    let edge = |blot: &Blot| {
        let flat = |at_edge: bool, depth: usize, most: usize| at_edge && depth <= most;
        blot.ink >= least
            && (flat(blot.x0 == 0, blot.x1, x(EDGE_DEPTH))
                || flat(blot.x1 == w, w - blot.x0, x(EDGE_DEPTH))
                || flat(blot.y0 == 0, blot.y1, y(EDGE_DEPTH))
                || flat(blot.y1 == h, h - blot.y0, y(EDGE_DEPTH)))
    };
    let hole = |blot: &Blot| {
        let (width, height) = blot.size();
        let (across, down) = (width as f32 / picture.xdpi, height as f32 / picture.ydpi);
        let near = blot.x1 <= x(HOLE_DISTANCE)
            || blot.x0 + x(HOLE_DISTANCE) >= w
            || blot.y1 <= y(HOLE_DISTANCE)
            || blot.y0 + y(HOLE_DISTANCE) >= h;
        // A disc fills 79 % of the square around it.
        let full = blot.ink as f32 / (width * height) as f32;
        near && (x(HOLE.0)..=x(HOLE.1)).contains(&width)
            && (y(HOLE.0)..=y(HOLE.1)).contains(&height)
            && (0.85..=1.18).contains(&(across / down))
            && (0.7..=0.86).contains(&full)
    };
    let blots = Blots::new(picture);
    let gone: Vec<bool> = blots.all.iter().map(|blot| edge(blot) || hole(blot)).collect();
    blots.erase(picture, &gone);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::clean::INK;

    #[test]
    fn edges_and_holes_go_and_print_stays() {
        let mut p = Picture::white(600, 800, 200.0, 200.0);
        for y in 0..800 {
            p.pixels[y * 600..y * 600 + 12].fill(0); // an edge
        }
        for y in 0..52i32 {
            for x in 0..52i32 {
                if (x - 26).pow(2) + (y - 26).pow(2) <= 26 * 26 {
                    p.pixels[(y as usize + 100) * 600 + x as usize + 40] = 0; // a hole
                }
            }
        }
        for y in 300..350 {
            p.pixels[y * 600 + 60..y * 600 + 110].fill(0); // a black square
            p.pixels[y * 600 + 590..y * 600 + 600].fill(0); // cut-off print
        }
        remove_edges(&mut p);
        let ink = p.pixels.iter().filter(|&&p| p < INK).count();
        assert_eq!(ink, 50 * 50 + 50 * 10);
    }
}
