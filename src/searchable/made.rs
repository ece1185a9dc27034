//! Pictures to a PDF, a page each, with the pixels that they have: fax code and JPEG
//! files as they stand, all else compressed without loss, black and white as Group 4.

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};

use hayro_interpret::kurbo::Affine;

use super::Sheet;
use super::edit::Edit;
use crate::image::{Picture, still, tiff};
use crate::pdf;
use crate::read::{Format, format};

/// Finer pictures than this are read back at half their resolution.
const FINEST_DPI: f32 = 450.0;

/// The PDF of a picture file, with its pages.
pub fn pdf(bytes: &[u8], name_hint: Option<&str>) -> Result<(Edit, Vec<Sheet>), String> {
    let mut sheets = Made::new();
    match format(bytes, name_hint) {
        Some(Format::Tiff) => {
            let mut pages = tiff::pages(bytes)?;
            while let Some(picture) = pages.next() {
                match picture {
                    Ok(picture) => {
                        let stored = pages.fax_code().map(fax_stream);
                        let stored =
                            stored.or_else(|| pages.rgb().map(|rgb| colors(&picture, rgb)));
                        sheets.add(&picture, stored);
                    }
                    // The copy keeps the count of pages.
                    Err(_) => sheets.add(&Picture::white(85, 110, 10.0, 10.0), None),
                }
            }
        }
        Some(Format::Png) => {
            let picture = still::png(bytes)?.ink_on_paper();
            let stored = still::png_rgb(bytes).map(|rgb| colors(&picture, rgb));
            sheets.add(&picture, stored);
        }
        Some(Format::Jpeg) => {
            let picture = still::jpeg(bytes)?.ink_on_paper();
            sheets.add(&picture, jpeg_stream(bytes, &picture));
        }
        _ => return Err("the file is not a TIFF, PNG or JPEG file".into()),
    }
    Ok(sheets.finish())
}

/// A PDF in the making.
struct Made {
    document: Document,
    tree: ObjectId,
    pages: Vec<(ObjectId, f32)>,
}

impl Made {
    fn new() -> Self {
        let mut document = Document::with_version("1.5");
        let tree = document.new_object_id();
        Self { document, tree, pages: Vec::new() }
    }

    /// Adds a page: the picture as it is stored, if that shows what was read.
    fn add(&mut self, picture: &Picture, stored: Option<Stream>) {
        let stored = stored.filter(|stream| {
            let mut alone = Made::new();
            alone.place(picture, stream.clone());
            alone.shows(picture)
        });
        let stream = stored.unwrap_or_else(|| pixels(picture));
        self.place(picture, stream);
    }

    fn place(&mut self, picture: &Picture, stream: Stream) {
        // Resolutions are seldom exact: a page of 612.001 points is one of 612.
        let [width, height] =
            [picture.width_pt(), picture.height_pt()].map(|size| (size * 100.0).round() / 100.0);
        let image = self.document.add_object(stream);
        let content = format!("q {width:.3} 0 0 {height:.3} 0 0 cm /Im Do Q\n");
        let content =
            self.document.add_object(Stream::new(Dictionary::new(), content.into_bytes()));
        let page = self.document.add_object(dictionary! {
            "Type" => "Page", "Parent" => self.tree, "Contents" => content,
            "MediaBox" => vec![0.into(), 0.into(), Object::Real(width), Object::Real(height)],
            "Resources" => dictionary! { "XObject" => dictionary! { "Im" => image } },
        });
        self.pages.push((page, height));
    }

    /// Whether the first page, read back, shows this picture.
    fn shows(self, picture: &Picture) -> bool {
        let (edit, _) = self.finish();
        let back = edit.finish().ok();
        let back = back.and_then(|bytes| pdf::open(&bytes).ok()?.reader().picture(0));
        let Some(back) = back.map(|back| back.ink_on_paper()) else { return false };
        if (back.width, back.height) != (picture.width, picture.height) {
            // Very fine pictures are read back coarser, and are not compared.
            return picture.xdpi.min(picture.ydpi) > FINEST_DPI;
        }
        let pairs = back.pixels.iter().zip(&picture.pixels);
        let apart: u64 = pairs.map(|(&a, &b)| u64::from(a.abs_diff(b))).sum();
        // Two decoders of one JPEG differ by a shade here and there.
        apart < 2 * back.pixels.len() as u64
    }

    fn finish(mut self) -> (Edit, Vec<Sheet>) {
        let kids: Vec<Object> = self.pages.iter().map(|&(id, _)| id.into()).collect();
        let count = kids.len() as i64;
        let tree = dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count };
        self.document.objects.insert(self.tree, tree.into());
        let catalog =
            self.document.add_object(dictionary! { "Type" => "Catalog", "Pages" => self.tree });
        self.document.trailer.set("Root", catalog);
        let shown = |height: f32| Affine::new([1.0, 0.0, 0.0, -1.0, 0.0, f64::from(height)]);
        let sheets = self
            .pages
            .iter()
            .map(|&(id, height)| Sheet { id, shown_from_own: shown(height) })
            .collect();
        (Edit::new(self.document), sheets)
    }
}

fn image(picture: &Picture, color_space: &str, bits: i64, content: Vec<u8>) -> Stream {
    let dictionary = dictionary! {
        "Type" => "XObject", "Subtype" => "Image", "ColorSpace" => color_space,
        "Width" => picture.width as i64, "Height" => picture.height as i64,
        "BitsPerComponent" => bits,
    };
    Stream::new(dictionary, content)
}

/// The picture's shades: as Group 4 code where all are black or white.
fn pixels(picture: &Picture) -> Stream {
    if picture.pixels.iter().all(|&shade| shade == 0 || shade == 255)
        && let Some(code) = group_4(picture)
    {
        return fax_stream(code);
    }
    let mut stream = image(picture, "DeviceGray", 8, picture.pixels.clone());
    // Left as it is where it cannot be made smaller.
    let _ = stream.compress();
    stream
}

/// Group 4 code of a picture in black and white; `None` where it has too many columns.
fn group_4(picture: &Picture) -> Option<tiff::FaxCode> {
    use fax::encoder::Encoder;
    use fax::{Color, VecWriter};
    let width = u32::try_from(picture.width).ok()?;
    let mut encoder = Encoder::new(VecWriter::new());
    let color = |&shade: &u8| if shade < 128 { Color::Black } else { Color::White };
    for row in picture.pixels.chunks(picture.width) {
        encoder.encode_line(row.iter().map(color), width).ok()?;
    }
    Some(tiff::FaxCode {
        width,
        height: u32::try_from(picture.height).ok()?,
        k: -1,
        byte_aligned: false,
        black_is_1: false,
        bytes: encoder.finish().ok()?.finish(),
    })
}

/// The picture in its colours.
fn colors(picture: &Picture, rgb: Vec<u8>) -> Stream {
    let mut stream = image(picture, "DeviceRGB", 8, rgb);
    let _ = stream.compress();
    stream
}

/// Fax code as the file has it.
fn fax_stream(code: tiff::FaxCode) -> Stream {
    let (columns, rows) = (i64::from(code.width), i64::from(code.height));
    let parameters = dictionary! {
        "K" => code.k, "Columns" => columns, "Rows" => rows, "BlackIs1" => code.black_is_1,
        "EncodedByteAlign" => code.byte_aligned,
    };
    let dictionary = dictionary! {
        "Type" => "XObject", "Subtype" => "Image", "ColorSpace" => "DeviceGray",
        "Width" => columns, "Height" => rows, "BitsPerComponent" => 1,
        "Filter" => "CCITTFaxDecode", "DecodeParms" => parameters,
    };
    Stream::new(dictionary, code.bytes)
}

/// A JPEG file as it stands; `None` where it has colours that viewers disagree about.
fn jpeg_stream(bytes: &[u8], picture: &Picture) -> Option<Stream> {
    let color_space = match still::jpeg_components(bytes)? {
        1 => "DeviceGray",
        3 => "DeviceRGB",
        _ => return None,
    };
    let mut stream = image(picture, color_space, 8, bytes.to_vec());
    stream.dict.set("Filter", "DCTDecode");
    Some(stream)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_picture_has_to_show_what_was_read() {
        let mut read = Picture::white(160, 100, 200.0, 200.0);
        read.pixels[..800].fill(0);
        let same = pixels(&read);
        let mut other = read.clone();
        other.pixels.reverse();
        for (stored, expect) in [(same, true), (pixels(&other), false)] {
            let mut made = Made::new();
            made.place(&read, stored);
            assert_eq!(made.shows(&read), expect);
        }
    }

    #[test]
    fn pixels_take_no_more_bits_than_they_need() {
        let bits = |picture: &Picture| {
            pixels(picture).dict.get(b"BitsPerComponent").unwrap().as_i64().unwrap()
        };
        let mut picture = Picture::white(9, 2, 200.0, 200.0);
        assert_eq!(bits(&picture), 1);
        picture.pixels[3] = 100;
        assert_eq!(bits(&picture), 8);
    }
}
