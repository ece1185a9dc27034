//! White letters on dark bars, turned dark on white.

use super::{INK, scaled};
use crate::image::Picture;
use crate::image::blots::Blots;

/// Turns white letters on a dark bar into dark letters on white.
pub fn invert_bars(picture: &mut Picture) {
    const CELL: usize = 8;
    let (w, h) = (picture.width / CELL, picture.height / CELL);
    if w == 0 || h == 0 {
        return;
    }
    // A picture of cells, dark where most pixels are ink.
    let mut cells = Picture::white(w, h, picture.xdpi, picture.ydpi);
    let mut counts = vec![0u16; w];
    for y in 0..h {
        counts.fill(0);
        for row in y * CELL..(y + 1) * CELL {
            for (x, count) in counts.iter_mut().enumerate() {
                let run = &picture.row(row)[x * CELL..(x + 1) * CELL];
                *count += run.iter().filter(|&&p| p < INK).count() as u16;
            }
        }
        for (x, &count) in counts.iter().enumerate() {
            if usize::from(count) * 10 >= CELL * CELL * 6 {
                cells.pixels[y * w + x] = 0;
            }
        }
    }
    let wide = scaled(300.0, picture.xdpi) / CELL;
    let high = scaled(20.0, picture.ydpi) / CELL;
    for blot in Blots::new(&cells).all {
        let (width, height) = blot.size();
        if width < wide.max(2) || height < high.max(2) || blot.ink * 10 < width * height * 7 {
            continue;
        }
        // The cells at the bar's edge are only partly dark: one more all around.
        let (x0, y0) =
            ((blot.x0 * CELL).saturating_sub(CELL), (blot.y0 * CELL).saturating_sub(CELL));
        let x1 = ((blot.x1 + 1) * CELL).min(picture.width);
        let y1 = ((blot.y1 + 1) * CELL).min(picture.height);
        for y in y0..y1 {
            let row = &mut picture.pixels[y * picture.width..(y + 1) * picture.width];
            let dark = row[x0..x1].iter().filter(|&&p| p < INK).count();
            // Rows of the margin above and below the bar stay as they are.
            if dark * 3 > x1 - x0 {
                row[x0..x1].iter_mut().for_each(|p| *p = 255 - *p);
            }
        }
        // The paper beside the bar has become dark: clear it again.
        for y in y0..y1 {
            let row = &mut picture.pixels[y * picture.width..(y + 1) * picture.width];
            let clear = |run: &mut dyn Iterator<Item = &mut u8>| {
                for pixel in run.take(2 * CELL).take_while(|p| **p < INK) {
                    *pixel = 255;
                }
            };
            clear(&mut row[x0..x1].iter_mut());
            clear(&mut row[x0..x1].iter_mut().rev());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_on_a_dark_bar_become_dark() {
        let mut p = Picture::white(400, 100, 200.0, 200.0);
        for y in 32..64 {
            p.pixels[y * 400 + 24..y * 400 + 376].fill(0);
        }
        for y in 42..54 {
            p.pixels[y * 400 + 100..y * 400 + 104].fill(255);
        }
        invert_bars(&mut p);
        let shade = |x: usize, y: usize| p.pixels[y * 400 + x];
        assert_eq!(
            [shade(102, 48), shade(200, 48), shade(30, 48), shade(10, 48)],
            [0, 255, 255, 255]
        );
        assert_eq!(shade(200, 10), 255);
        assert_eq!(p.pixels.iter().filter(|&&p| p < INK).count(), 12 * 4);
    }
}
