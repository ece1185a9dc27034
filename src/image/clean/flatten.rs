//! Grey scans: paper made white, whatever shadow lies on it, and ink made black.

use crate::image::Picture;

/// The side of the squares in which the paper's shade is looked up, in pixels.
const CELL: usize = 32;

/// This share of a square's pixels is darker than its paper.
const PAPER: f32 = 0.8;

/// Paper is at least this light, relative to the page's; what is darker is a bar, a
/// picture or a copier's edge, and stays dark.
const DARKEST_PAPER: f32 = 0.65;

/// This share of all pixels is darker than ink at its darkest.
const INK_SHARE: f32 = 0.01;

/// Ink and paper closer than this in shade are no print.
const CONTRAST: f32 = 40.0;

/// Gives paper and ink the same shades all over the page.
pub fn flatten(picture: &mut Picture) {
    let (w, h) = (picture.width, picture.height);
    let (across, down) = (w / CELL, h / CELL);
    if across < 3 || down < 3 {
        return;
    }
    let mut whole = [0u32; 256];
    let mut papers = vec![0.0f32; across * down];
    for cell_y in 0..down {
        for cell_x in 0..across {
            let mut counts = [0u32; 256];
            for y in cell_y * CELL..(cell_y + 1) * CELL {
                for &p in &picture.row(y)[cell_x * CELL..(cell_x + 1) * CELL] {
                    counts[usize::from(p)] += 1;
                }
            }
            papers[cell_y * across + cell_x] = shade_above(&counts, PAPER);
            whole.iter_mut().zip(counts).for_each(|(n, count)| *n += count);
        }
    }
    let (paper, ink) = (shade_above(&whole, PAPER), shade_above(&whole, INK_SHARE));
    if paper - ink < CONTRAST {
        return;
    }
    papers.iter_mut().for_each(|shade| *shade = shade.max(DARKEST_PAPER * paper));
    // What a shade's distance from ink is multiplied with, square by square.
    let factors: Vec<f32> =
        papers.iter().map(|paper| 255.0 / (paper - ink).max(CONTRAST / 2.0)).collect();
    let mut row_factors = vec![0.0f32; across];
    for y in 0..h {
        // The two squares between whose middles the row lies, and how far along.
        let place = ((y as f32 - CELL as f32 / 2.0) / CELL as f32).clamp(0.0, (down - 1) as f32);
        let first = (place as usize).min(down - 2);
        for (x, factor) in row_factors.iter_mut().enumerate() {
            let (upper, lower) = (factors[first * across + x], factors[(first + 1) * across + x]);
            *factor = upper + (lower - upper) * (place - first as f32);
        }
        let row = &mut picture.pixels[y * w..(y + 1) * w];
        let (start, rest) = row.split_at_mut(CELL / 2);
        stretch(start, ink, row_factors[0], 0.0);
        for (i, part) in rest.chunks_mut(CELL).enumerate() {
            let left = row_factors[i.min(across - 1)];
            let right = row_factors[(i + 1).min(across - 1)];
            stretch(part, ink, left, (right - left) / CELL as f32);
        }
    }
}

/// Multiplies distances from ink with a factor that grows by `step` a pixel.
fn stretch(part: &mut [u8], ink: f32, factor: f32, step: f32) {
    for (x, pixel) in part.iter_mut().enumerate() {
        *pixel = ((f32::from(*pixel) - ink) * (factor + step * x as f32)) as u8;
    }
}

/// The shade that this share of the pixels is darker than.
fn shade_above(counts: &[u32; 256], share: f32) -> f32 {
    let most = counts.iter().sum::<u32>() as f32 * share;
    let mut sum = 0;
    let found = counts.iter().position(|&n| {
        sum += n;
        sum as f32 > most
    });
    found.unwrap_or(255) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shadow_goes_and_a_bar_stays() {
        let (w, h) = (400, 400);
        let mut p = Picture::white(w, h, 150.0, 150.0);
        for y in 0..h {
            for x in 0..w {
                // A shadow from the left; strokes as dark as half the paper.
                let paper = 200 + x * 40 / w;
                let stroke = y % 20 < 3 && x % 10 < 6;
                let bar = (200..240).contains(&y);
                let shade = if bar {
                    50
                } else if stroke {
                    60
                } else {
                    paper
                };
                p.pixels[y * w + x] = shade as u8;
            }
        }
        flatten(&mut p);
        let shade = |x: usize, y: usize| p.pixels[y * w + x];
        assert!(shade(5, 110) > 245 && shade(395, 110) > 245);
        assert!(shade(2, 101) < 30 && shade(391, 101) < 30);
        assert!(shade(200, 220) < 30);
    }

    #[test]
    fn an_empty_page_stays_as_it_is() {
        let mut p = Picture::white(400, 400, 150.0, 150.0);
        p.pixels.iter_mut().enumerate().for_each(|(i, p)| *p = 240 + (i % 7) as u8);
        let before = p.clone();
        flatten(&mut p);
        assert!(p == before);
    }
}
