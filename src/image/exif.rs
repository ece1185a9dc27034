//! What a camera notes in a JPEG file: how it was held, and a resolution.

/// How many fields of a directory are looked at.
const MAX_FIELDS: usize = 200;

/// The notes that matter here.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Exif {
    /// How the picture must be turned or mirrored, 1-8 as TIFF counts; 1 where the
    /// file does not say.
    pub orientation: u16,
    /// Dots per inch across and down; zeros where the file does not say.
    pub dpi: (f32, f32),
}

/// Reads the notes of an APP1 segment, from "II" or "MM" on.
pub(super) fn read(bytes: &[u8]) -> Exif {
    let notes = Exif { orientation: 1, dpi: (0.0, 0.0) };
    fields(bytes, notes).unwrap_or(notes)
}

fn fields(bytes: &[u8], mut notes: Exif) -> Option<Exif> {
    let big_endian = match bytes.get(..2)? {
        b"MM" => true,
        b"II" => false,
        _ => return None,
    };
    let number = |at: usize, size: usize| -> Option<u32> {
        let bytes = bytes.get(at..at.checked_add(size)?)?;
        let push = |n: u32, &byte: &u8| n << 8 | u32::from(byte);
        Some(match big_endian {
            true => bytes.iter().fold(0, push),
            false => bytes.iter().rev().fold(0, push),
        })
    };
    let ratio = |at: usize| {
        let at = number(at, 4)? as usize;
        let (over, under) = (number(at, 4)?, number(at.checked_add(4)?, 4)?);
        (under > 0).then_some(over as f32 / under as f32)
    };
    let directory = number(4, 4)? as usize;
    let count = number(directory, 2)? as usize;
    let mut unit = 1.0;
    for i in 0..count.min(MAX_FIELDS) {
        let field = directory.checked_add(2 + 12 * i)?;
        let value = field.checked_add(8)?;
        match number(field, 2)? {
            0x0112 => notes.orientation = number(value, 2)? as u16,
            0x011A => notes.dpi.0 = ratio(value).unwrap_or(0.0),
            0x011B => notes.dpi.1 = ratio(value).unwrap_or(0.0),
            0x0128 if number(value, 2) == Some(3) => unit = 2.54,
            _ => {}
        }
    }
    notes.dpi = (notes.dpi.0 * unit, notes.dpi.1 * unit);
    Some(notes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resolution_and_a_turn_are_read() {
        let mut bytes = b"II*\0\x08\0\0\0\x03\0".to_vec();
        bytes.extend(b"\x12\x01\x03\0\x01\0\0\0\x06\0\0\0");
        bytes.extend(b"\x1A\x01\x05\0\x01\0\0\0\x2E\0\0\0");
        bytes.extend(b"\x28\x01\x03\0\x01\0\0\0\x03\0\0\0");
        bytes.extend(b"\xEC\x04\0\0\x0A\0\0\0");
        let notes = read(&bytes);
        assert_eq!(notes.orientation, 6);
        assert!((notes.dpi.0 - 320.04).abs() < 0.01 && notes.dpi.1 == 0.0);
    }

    #[test]
    fn what_is_cut_off_says_nothing() {
        let nothing = Exif { orientation: 1, dpi: (0.0, 0.0) };
        for bytes in [&b""[..], b"II*\0", b"MM\0*\xFF\xFF\xFF\xFF", b"II*\0\x08\0\0\0\x09\0\x12"] {
            assert_eq!(read(bytes), nothing);
        }
    }
}
