//! TIFF files as fax servers write them: many pages, Group 3 and Group 4, either
//! fill order, either polarity, pixels that are not square.
//!
//! The `tiff` crate reads the directories and every compression but CCITT, which
//! `hayro-ccitt` decodes: it keeps the rows before a damaged one.

use std::io::Cursor;

use hayro_ccitt::{DecodeSettings, Decoder as RowSink, DecoderContext, EncodingMode};
use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::Tag;

use super::still::to_grey;
use super::{Picture, size_is_sane};

/// The most pages that are read of one file.
const MAX_PAGES: usize = 5_000;

/// The pages of a TIFF file, decoded one by one.
pub struct Pages<'a> {
    bytes: &'a [u8],
    decoder: Option<Decoder<Cursor<&'a [u8]>>>,
    given: usize,
}

/// Opens a TIFF file.
pub fn pages(bytes: &[u8]) -> Result<Pages<'_>, String> {
    let mut limits = Limits::default();
    limits.decoding_buffer_size = super::MAX_PIXELS as usize * 4;
    limits.intermediate_buffer_size = super::MAX_PIXELS as usize;
    let decoder = Decoder::new(Cursor::new(bytes))
        .map_err(|_| "the TIFF file is damaged; export it again".to_string())?
        .with_limits(limits);
    Ok(Pages { bytes, decoder: Some(decoder), given: 0 })
}

impl Iterator for Pages<'_> {
    type Item = Result<Picture, String>;

    fn next(&mut self) -> Option<Self::Item> {
        let decoder = self.decoder.as_mut()?;
        if self.given > 0 {
            if !decoder.more_images() {
                return None;
            }
            if self.given >= MAX_PAGES {
                self.decoder = None;
                let problem =
                    "the TIFF file has more pages, and no more than {} are read; split it";
                return Some(Err(problem.replace("{}", &MAX_PAGES.to_string())));
            }
            if decoder.next_image().is_err() {
                self.decoder = None;
                return Some(Err("the TIFF file is damaged from this page on".into()));
            }
        }
        self.given += 1;
        Some(picture(self.bytes, decoder))
    }
}

/// A page's fax code as it stands in the file, for those who can pass it on.
pub struct FaxCode {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// As PDF counts the kinds: -1 is Group 4, 0 Group 3 in one dimension, 1 in two.
    pub k: i64,
    /// Whether each row starts with a new byte.
    pub byte_aligned: bool,
    /// Whether the runs that the code calls black are paper.
    pub black_is_1: bool,
    /// The code, first bit highest.
    pub bytes: Vec<u8>,
}

impl Pages<'_> {
    /// The fax code of the page that was given last; `None` where it is compressed in
    /// another way or in several strips, or is damaged.
    pub fn fax_code(&mut self) -> Option<FaxCode> {
        let decoder = self.decoder.as_mut()?;
        let compression = decoder.get_tag_u32(Tag::Compression).ok()?;
        if !(2..=4).contains(&compression) {
            return None;
        }
        let (width, height) = decoder.dimensions().ok()?;
        let picture = ccitt(self.bytes, decoder, compression, width, height).ok()?;
        // Some files say the wrong thing about which bit is ink.
        let negative = picture.clone().ink_on_paper() != picture;
        let options = decoder.get_tag_u32(Tag::Unknown(292)).unwrap_or(0);
        let paper = decoder.get_tag_u32(Tag::PhotometricInterpretation).is_ok_and(|p| p == 1);
        let strips = decoder.get_tag_u64_vec(Tag::StripOffsets).ok()?;
        let lengths = decoder.get_tag_u64_vec(Tag::StripByteCounts).ok()?;
        let ([from], [length]) = (&strips[..], &lengths[..]) else { return None };
        let from = usize::try_from(*from).ok()?;
        let code = self.bytes.get(from..from.checked_add(usize::try_from(*length).ok()?)?)?;
        let reversed = decoder.get_tag_u32(Tag::FillOrder).is_ok_and(|order| order == 2);
        let turned = |byte: &u8| if reversed { byte.reverse_bits() } else { *byte };
        let code = FaxCode {
            width,
            height,
            k: match compression {
                4 => -1,
                3 if options & 1 == 1 => 1,
                _ => 0,
            },
            byte_aligned: compression == 2,
            black_is_1: paper != negative,
            bytes: code.iter().map(turned).collect(),
        };
        code.is_whole().then_some(code)
    }

    /// Red, green and blue of the page that was given last; `None` where it has no
    /// colours.
    pub fn rgb(&mut self) -> Option<Vec<u8>> {
        let decoder = self.decoder.as_mut()?;
        let channels = match decoder.colortype().ok()? {
            tiff::ColorType::RGB(8) => 3,
            tiff::ColorType::RGBA(8) => 4,
            _ => return None,
        };
        match decoder.read_image().ok()? {
            DecodingResult::U8(samples) => Some(super::still::to_rgb(&samples, channels)),
            _ => None,
        }
    }
}

impl FaxCode {
    /// Whether every row can be decoded.
    fn is_whole(&self) -> bool {
        let (width, rows) = (self.width as usize, self.height as usize);
        let mut sink = Rows { width, left: rows, pixels: Vec::new() };
        let settings = DecodeSettings {
            columns: self.width,
            rows: self.height,
            end_of_block: !self.byte_aligned,
            end_of_line: self.k >= 0 && !self.byte_aligned,
            rows_are_byte_aligned: self.byte_aligned,
            encoding: match self.k {
                -1 => EncodingMode::Group4,
                0 => EncodingMode::Group3_1D,
                _ => EncodingMode::Group3_2D,
            },
            strict: false,
        };
        let decoded =
            hayro_ccitt::decode(&self.bytes, &mut sink, &mut DecoderContext::new(settings));
        decoded.is_ok() && sink.left == 0
    }
}

fn picture(bytes: &[u8], decoder: &mut Decoder<Cursor<&[u8]>>) -> Result<Picture, String> {
    let (width, height) =
        decoder.dimensions().map_err(|_| "the page states no size".to_string())?;
    if !size_is_sane(width.into(), height.into()) {
        return Err("the page has no pixels or too many".into());
    }
    let compression = decoder.get_tag_u32(Tag::Compression).unwrap_or(1);
    let (xdpi, ydpi) = resolution(decoder);
    let picture = match compression {
        2..=4 => ccitt(bytes, decoder, compression, width, height),
        _ => other(decoder, width, height),
    }?;
    let orientation = decoder.get_tag_u32(Tag::Orientation).unwrap_or(1);
    let picture = picture.with_dpi(xdpi, ydpi).oriented(orientation as u16);
    Ok(picture.ink_on_paper())
}

fn resolution(decoder: &mut Decoder<Cursor<&[u8]>>) -> (f32, f32) {
    let unit = match decoder.get_tag_u32(Tag::ResolutionUnit) {
        Ok(1) => return (0.0, 0.0),
        Ok(3) => 2.54,
        _ => 1.0,
    };
    let mut read = |tag| match decoder.get_tag(tag) {
        Ok(tiff::decoder::ifd::Value::Rational(n, d)) if d > 0 => n as f32 / d as f32 * unit,
        Ok(value) => value.into_u32().map_or(0.0, |v| v as f32 * unit),
        Err(_) => 0.0,
    };
    (read(Tag::XResolution), read(Tag::YResolution))
}

/// Rows of black and white, grown as they are decoded.
struct Rows {
    width: usize,
    left: usize,
    pixels: Vec<u8>,
}

impl RowSink for Rows {
    fn push_row(&mut self, changes: &[u32]) {
        if self.left == 0 {
            return;
        }
        self.left -= 1;
        let start = self.pixels.len();
        self.pixels.resize(start + self.width, 255);
        let row = &mut self.pixels[start..];
        for run in changes.chunks(2) {
            let from = (run[0] as usize).min(row.len());
            let to = run.get(1).map_or(row.len(), |&end| (end as usize).min(row.len()));
            row[from..to.max(from)].fill(0);
        }
    }
}

fn ccitt(
    bytes: &[u8],
    decoder: &mut Decoder<Cursor<&[u8]>>,
    compression: u32,
    width: u32,
    height: u32,
) -> Result<Picture, String> {
    let offsets = decoder.get_tag_u64_vec(Tag::StripOffsets);
    let offsets = offsets.map_err(|_| "the page has no strips".to_string())?;
    let lengths = decoder.get_tag_u64_vec(Tag::StripByteCounts).unwrap_or_default();
    let strip_rows = decoder.get_tag_u32(Tag::RowsPerStrip).unwrap_or(height).clamp(1, height);
    let reversed = decoder.get_tag_u32(Tag::FillOrder).is_ok_and(|order| order == 2);
    let options = decoder.get_tag_u32(Tag::Unknown(292)).unwrap_or(0);
    let encoding = match compression {
        4 => EncodingMode::Group4,
        3 if options & 1 == 1 => EncodingMode::Group3_2D,
        _ => EncodingMode::Group3_1D,
    };
    let size = width as usize * height as usize;
    let mut rows = Rows { width: width as usize, left: height as usize, pixels: Vec::new() };
    for (i, &offset) in offsets.iter().enumerate() {
        // A length that is missing or runs past the file's end: take what is there.
        let from = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
        let length = lengths.get(i).map_or(bytes.len(), |&l| l as usize);
        let strip = &bytes[from..from.saturating_add(length).min(bytes.len())];
        let flipped: Vec<u8>;
        let strip = if reversed {
            flipped = strip.iter().map(|b| b.reverse_bits()).collect();
            &flipped
        } else {
            strip
        };
        let before = rows.left;
        let settings = DecodeSettings {
            columns: width,
            rows: strip_rows.min(rows.left as u32),
            end_of_block: compression != 2,
            end_of_line: compression == 3,
            rows_are_byte_aligned: compression == 2 || options & 4 == 4,
            encoding,
            strict: false,
        };
        if settings.rows == 0 {
            break;
        }
        // An error leaves the rows decoded so far in place; the rest stays white.
        let _ = hayro_ccitt::decode(strip, &mut rows, &mut DecoderContext::new(settings));
        let missing = (settings.rows as usize).saturating_sub(before - rows.left);
        if i + 1 < offsets.len() {
            rows.left -= missing.min(rows.left);
            rows.pixels.resize(rows.pixels.len() + missing * rows.width, 255);
        }
    }
    if rows.pixels.is_empty() {
        return Err("no row of the page could be decoded".into());
    }
    rows.pixels.resize(size, 255);
    // Photometric 1 (0 is black) makes the code's white runs ink.
    if decoder.get_tag_u32(Tag::PhotometricInterpretation).is_ok_and(|p| p == 1) {
        rows.pixels.iter_mut().for_each(|p| *p = 255 - *p);
    }
    Picture::from_grey(width as usize, height as usize, rows.pixels)
        .ok_or_else(|| "the page has no pixels".into())
}

fn other(decoder: &mut Decoder<Cursor<&[u8]>>, width: u32, height: u32) -> Result<Picture, String> {
    let unsupported = |_| "the page's compression cannot be read; save it as Group 4".to_string();
    let color = decoder.colortype().map_err(unsupported)?;
    let mut samples = match decoder.read_image().map_err(unsupported)? {
        DecodingResult::U8(samples) => samples,
        DecodingResult::U16(samples) => samples.iter().map(|s| (s >> 8) as u8).collect(),
        _ => return Err("the page's kind of sample cannot be read; save it as Group 4".into()),
    };
    let (width, height) = (width as usize, height as usize);
    // Without compression the decoder leaves the order of bits as it is.
    let bare = decoder.get_tag_u32(Tag::Compression).unwrap_or(1) == 1;
    if bare
        && color.bit_depth() == 1
        && decoder.get_tag_u32(Tag::FillOrder).is_ok_and(|order| order == 2)
    {
        samples.iter_mut().for_each(|byte| *byte = byte.reverse_bits());
    }
    let depth = usize::from(color.bit_depth());
    let channels = (samples.len() / (width * height)).max(1);
    let grey = if matches!(depth, 1 | 2 | 4) {
        let most = (1u32 << depth) - 1;
        let shade = |value: u8| (u32::from(value) * 255 / most) as u8;
        unpacked(&samples, width, depth).map(shade).collect()
    } else {
        // Of planes that lie one after the other the first one is given.
        to_grey(&samples, channels.min(usize::from(color.num_samples())))
    };
    Picture::from_grey(width, height, grey).ok_or_else(|| "the page ends too early".into())
}

/// The values of samples that share bytes, each row from a new byte.
fn unpacked(samples: &[u8], width: usize, depth: usize) -> impl Iterator<Item = u8> + '_ {
    let each = 8 / depth;
    samples.chunks(width.div_ceil(each)).flat_map(move |row| {
        (0..width).map(move |x| {
            let byte = row.get(x / each).copied().unwrap_or(0);
            byte << (x % each * depth) >> (8 - depth)
        })
    })
}
