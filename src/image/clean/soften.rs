//! Strokes as an engine reads them best: not hair-thin, and with soft edges.

use crate::image::Picture;
use crate::image::blots::ink_runs;

/// How wide strokes are that run up and down: the middle length of the runs of ink
/// along the rows, in pixels; none without ink.
pub fn stroke_width(picture: &Picture) -> Option<f32> {
    let mut counts = [0usize; 16];
    for y in 0..picture.height {
        for (from, to) in ink_runs(picture.row(y)) {
            // What is longer than any stroke lies along the row.
            if to - from < counts.len() {
                counts[to - from] += 1;
            }
        }
    }
    let half = counts.iter().sum::<usize>() as f32 / 2.0;
    let mut below = 0.0;
    for (length, &count) in counts.iter().enumerate().filter(|&(_, &count)| count > 0) {
        if below + count as f32 >= half {
            // Between this length and the next, as if lengths had fractions.
            return Some(length as f32 - 0.5 + (half - below) / count as f32);
        }
        below += count as f32;
    }
    None
}

/// Makes all strokes a pixel wider, to the right and down.
pub fn thicken(picture: &mut Picture) {
    let w = picture.width;
    for row in picture.pixels.chunks_exact_mut(w) {
        for x in (1..w).rev() {
            row[x] = row[x].min(row[x - 1]);
        }
    }
    for y in (1..picture.height).rev() {
        let (above, row) = picture.pixels[(y - 1) * w..(y + 1) * w].split_at_mut(w);
        row.iter_mut().zip(above).for_each(|(pixel, above)| *pixel = (*pixel).min(*above));
    }
}

/// Softens edges: each pixel takes half of its shade from its neighbours, across and
/// down.
pub fn soften(picture: &mut Picture) {
    soften_down(picture);
    let w = picture.width;
    for row in picture.pixels.chunks_exact_mut(w) {
        let mut left = u16::from(row[0]);
        for x in 0..w {
            let own = u16::from(row[x]);
            let right = u16::from(row[(x + 1).min(w - 1)]);
            row[x] = ((left + 2 * own + right + 2) / 4) as u8;
            left = own;
        }
    }
}

/// Softens edges that run across.
fn soften_down(picture: &mut Picture) {
    let w = picture.width;
    let mut above = picture.pixels[..w].to_vec();
    for y in 0..picture.height {
        let below = if y + 1 < picture.height { y + 1 } else { y };
        let (upper, lower) = picture.pixels.split_at_mut((y + 1) * w);
        let row = &mut upper[y * w..];
        for x in 0..w {
            let own = row[x];
            let under = if below == y { own } else { lower[x] };
            let sum = u16::from(above[x]) + 2 * u16::from(own) + u16::from(under);
            above[x] = own;
            row[x] = ((sum + 2) / 4) as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::clean::INK;

    #[test]
    fn strokes_have_a_width() {
        assert_eq!(stroke_width(&Picture::drawn(&["....", "...."])), None);
        let thin = stroke_width(&Picture::drawn(&["##..##..#", "##..##..#"])).unwrap();
        assert!((1.5..2.5).contains(&thin), "{thin}");
        let thick = stroke_width(&Picture::drawn(&["####.####", "####.####"])).unwrap();
        assert!(thick > thin + 1.0, "{thick}");
    }

    #[test]
    fn thickens_to_the_right_and_down() {
        let mut p = Picture::drawn(&["....", ".#..", "....", "...."]);
        thicken(&mut p);
        assert_eq!(p.pixels.iter().filter(|&&p| p < INK).count(), 4);
        assert_eq!((p.pixels[5], p.pixels[10], p.pixels[0]), (0, 0, 255));
    }

    #[test]
    fn softens_without_moving_or_adding_ink() {
        let mut p = Picture::drawn(&[".....", ".....", "..#..", ".....", "....."]);
        soften(&mut p);
        let dark = |i: usize| 255 - u32::from(p.pixels[i]);
        assert_eq!((dark(12), dark(7), dark(11), dark(6)), (63, 32, 32, 16));
        let sum: u32 = (0..25).map(dark).sum();
        assert!(sum.abs_diff(255) <= 4, "{sum}");
    }
}
