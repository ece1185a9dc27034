//! PNG and JPEG files: one picture, one page.

use std::io::Cursor;

use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::{Picture, exif, size_is_sane};

const TOO_LARGE: &str = "the picture has too many pixels; scan it at a lower resolution";

/// Decodes a PNG file.
pub fn png(bytes: &[u8]) -> Result<Picture, String> {
    let damaged = |_| "the PNG file is damaged; export it again".to_string();
    let mut decoder = png::Decoder::new(Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let header = decoder.read_header_info().map_err(damaged)?;
    if !size_is_sane(header.width.into(), header.height.into()) {
        return Err(TOO_LARGE.into());
    }
    let mut reader = decoder.read_info().map_err(damaged)?;
    let size = reader.output_buffer_size().ok_or(TOO_LARGE)?;
    let mut samples = vec![0; size];
    let frame = reader.next_frame(&mut samples).map_err(damaged)?;
    samples.truncate(frame.buffer_size());
    let grey = to_grey(&samples, frame.color_type.samples());
    let dpi = reader.info().pixel_dims.filter(|d| d.unit == png::Unit::Meter);
    let (x, y) = dpi.map_or((0.0, 0.0), |d| (d.xppu as f32 * 0.0254, d.yppu as f32 * 0.0254));
    Picture::from_grey(frame.width as usize, frame.height as usize, grey)
        .map(|p| p.with_dpi(x, y))
        .ok_or_else(|| "the PNG file ends too early; export it again".into())
}

/// Decodes a JPEG file, turned as the camera that took it was held.
pub fn jpeg(bytes: &[u8]) -> Result<Picture, String> {
    let damaged = |_| "the JPEG file is damaged; export it again".to_string();
    let options = DecoderOptions::default()
        .jpeg_set_out_colorspace(ColorSpace::Luma)
        .set_max_width(1 << 16)
        .set_max_height(1 << 16);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(damaged)?;
    let info = decoder.info().ok_or("the JPEG file has no picture; export it again")?;
    if !size_is_sane(info.width.into(), info.height.into()) {
        return Err(TOO_LARGE.into());
    }
    if matches!(decoder.input_colorspace(), Some(ColorSpace::CMYK | ColorSpace::YCCK)) {
        // Inks are not turned to grey directly.
        decoder.set_options(options.jpeg_set_out_colorspace(ColorSpace::RGB));
    }
    let notes = decoder.exif().map(|notes| exif::read(notes));
    let samples = decoder.decode().map_err(damaged)?;
    let area = usize::from(info.width) * usize::from(info.height);
    let grey = to_grey(&samples, samples.len() / area);
    let (x, y) = match (jfif_density(bytes), notes.map(|notes| notes.dpi)) {
        ((0.0, 0.0), Some(noted)) => noted,
        (stated, _) => stated,
    };
    Picture::from_grey(info.width.into(), info.height.into(), grey)
        .map(|p| p.with_dpi(x, y).oriented(notes.map_or(1, |notes| notes.orientation)))
        .ok_or_else(|| "the JPEG file ends too early; export it again".into())
}

/// Red, green and blue of a PNG file's picture; `None` where it has no colours.
pub fn png_rgb(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut decoder = png::Decoder::new(Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let header = decoder.read_header_info().ok()?;
    if !size_is_sane(header.width.into(), header.height.into()) {
        return None;
    }
    let mut reader = decoder.read_info().ok()?;
    let mut samples = vec![0; reader.output_buffer_size()?];
    let frame = reader.next_frame(&mut samples).ok()?;
    samples.truncate(frame.buffer_size());
    let channels = frame.color_type.samples();
    (channels >= 3).then(|| to_rgb(&samples, channels))
}

/// How many components a JPEG file's colours have.
pub fn jpeg_components(bytes: &[u8]) -> Option<u8> {
    let mut at = 2;
    loop {
        let [0xFF, marker] = *bytes.get(at..at + 2)? else { return None };
        // Start of frame, of whatever kind; the other markers of that range are tables.
        if (0xC0..=0xCF).contains(&marker) && ![0xC4, 0xC8, 0xCC].contains(&marker) {
            return bytes.get(at + 9).copied();
        }
        let length = bytes.get(at + 2..at + 4)?;
        at += 2 + usize::from(u16::from_be_bytes([length[0], length[1]]));
    }
}

/// Dots per inch as the JFIF header states them; zeros where it does not.
fn jfif_density(bytes: &[u8]) -> (f32, f32) {
    let Some(header) = bytes.get(..18).filter(|h| h[2..4] == [0xFF, 0xE0] && &h[6..10] == b"JFIF")
    else {
        return (0.0, 0.0);
    };
    let at = |i: usize| f32::from(u16::from_be_bytes([header[i], header[i + 1]]));
    match header[13] {
        1 => (at(14), at(16)),
        2 => (at(14) * 2.54, at(16) * 2.54),
        _ => (0.0, 0.0),
    }
}

/// Shades of samples that have 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGBA)
/// values each; what is transparent shows white paper.
pub(crate) fn to_grey(samples: &[u8], channels: usize) -> Vec<u8> {
    let luma = |p: &[u8]| {
        ((u32::from(p[0]) * 77 + u32::from(p[1]) * 150 + u32::from(p[2]) * 29) >> 8) as u8
    };
    match channels {
        2 => samples.chunks_exact(2).map(|p| over(p[0], p[1])).collect(),
        3 => samples.chunks_exact(3).map(luma).collect(),
        4 => samples.chunks_exact(4).map(|p| over(luma(p), p[3])).collect(),
        _ => samples.to_vec(),
    }
}

/// Red, green and blue of samples that have 3 (RGB) or 4 (RGBA) values each; what is
/// transparent shows white paper.
pub(crate) fn to_rgb(samples: &[u8], channels: usize) -> Vec<u8> {
    match channels {
        4 => samples
            .chunks_exact(4)
            .flat_map(|p| [p[0], p[1], p[2]].map(|shade| over(shade, p[3])))
            .collect(),
        _ => samples.to_vec(),
    }
}

/// A shade over white paper, as far as it covers it.
fn over(shade: u8, alpha: u8) -> u8 {
    let alpha = u32::from(alpha);
    ((u32::from(shade) * alpha + 255 * (255 - alpha)) / 255) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixes_channels_to_grey() {
        assert_eq!(to_grey(&[255, 255, 255, 0, 0, 0], 3), [255, 0]);
        assert_eq!(to_grey(&[0, 0, 0, 0, 0, 0, 0, 255], 4), [255, 0]);
        assert_eq!(to_grey(&[10, 255, 10, 0], 2), [10, 255]);
    }

    #[test]
    fn mixes_alpha_with_paper() {
        assert_eq!(to_rgb(&[10, 20, 30, 255, 10, 20, 30, 0], 4), [10, 20, 30, 255, 255, 255]);
        assert_eq!(to_rgb(&[10, 20, 30], 3), [10, 20, 30]);
    }

    #[test]
    fn counts_the_components_of_a_jpeg() {
        let frame = |components: u8| {
            let tables = [0xFF, 0xD8, 0xFF, 0xDB, 0, 3, 0];
            [&tables[..], &[0xFF, 0xC2, 0, 11, 8, 0, 1, 0, 1, components]].concat()
        };
        assert_eq!([1, 3].map(|n| jpeg_components(&frame(n))), [Some(1), Some(3)]);
        assert_eq!(jpeg_components(b"\xFF\xD8\xFF"), None);
    }

    #[test]
    fn reads_the_jfif_resolution() {
        let mut header = vec![0xFF, 0xD8, 0xFF, 0xE0, 0, 16];
        header.extend(b"JFIF\0\x01\x01\x01\0\xC8\0\xC8\0\0");
        assert_eq!(jfif_density(&header), (200.0, 200.0));
        assert_eq!(jfif_density(b"\xFF\xD8"), (0.0, 0.0));
    }

    #[test]
    fn damaged_files_are_errors() {
        assert!(png(b"\x89PNG\r\n\x1a\nnothing").is_err());
        assert!(jpeg(b"\xFF\xD8\xFF\xE0nothing").is_err());
    }
}
