//! Pictures of few dots to the inch, enlarged.

use crate::image::Picture;

/// The picture with half as many pixels again across and down; new shades lie between
/// those of their neighbours.
pub fn enlarged(picture: &Picture) -> Picture {
    let (w, h) = (picture.width, picture.height);
    let (wide, high) = (w * 3 / 2, h * 3 / 2);
    let mut out = Picture::white(wide, high, picture.xdpi * 1.5, picture.ydpi * 1.5);
    // Where a pixel's middle lies between two of the old: the first, and how far on in
    // sixths.
    let between = |at: usize, most: usize| {
        let place = (4 * at + 2).saturating_sub(3);
        let first = (place / 6).min(most - 1);
        (first, (first + 1).min(most - 1), (place % 6) as u32)
    };
    let columns: Vec<_> = (0..wide).map(|x| between(x, w)).collect();
    for y in 0..high {
        let (above, below, down) = between(y, h);
        let (above, below) = (picture.row(above), picture.row(below));
        let row = &mut out.pixels[y * wide..(y + 1) * wide];
        for (pixel, &(left, right, along)) in row.iter_mut().zip(&columns) {
            let mix =
                |row: &[u8]| u32::from(row[left]) * (6 - along) + u32::from(row[right]) * along;
            *pixel = ((mix(above) * (6 - down) + mix(below) * down + 18) / 36) as u8;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shades_lie_between_those_around() {
        let p = Picture::from_grey(4, 2, vec![0, 60, 120, 180, 0, 60, 120, 180]).unwrap();
        let big = enlarged(&p);
        assert_eq!((big.width, big.height, big.xdpi), (6, 3, 300.0));
        assert_eq!(big.row(0), [0, 30, 70, 110, 150, 180]);
        assert_eq!(big.row(0), big.row(2));
    }
}
