//! A page as a picture for people: upright, with square pixels, with boxes on it.

use super::{Format, SCAN_STAMP, format};
use crate::geometry::Rect;
use crate::image::{Colored, Picture, still, tiff};
use crate::pdf;

/// Pages that are rendered have this resolution where none is asked for.
const RENDERED_DPI: f32 = 200.0;

/// A page's picture with the page's size.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// The page, turned upright.
    pub picture: Colored,
    /// Width of the upright page in points.
    pub width: f32,
    /// Height of the upright page in points.
    pub height: f32,
}

/// Why a page cannot be shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ViewError {
    /// The file cannot be opened.
    #[error("{0}")]
    File(String),
    /// The file has no page of that number.
    #[error("the file has {} page{}", .pages, if *.pages == 1 { "" } else { "s" })]
    NoSuchPage {
        /// How many pages it has.
        pages: u32,
    },
    /// The page cannot be made a picture of.
    #[error("{0}")]
    Page(String),
}

/// Shows the page of this number, counted from 1, turned clockwise by `turned` degrees
/// (as reading found it, [`Page::turned`](crate::document::Page::turned)), at `dpi` or,
/// without it, at the resolution of its own picture.
///
/// A scan keeps its own pixels unless they are not square or `dpi` asks for others;
/// other pages of a PDF are rendered. Scans are in shades of grey.
pub fn page(
    bytes: &[u8],
    name_hint: Option<&str>,
    number: u32,
    turned: u16,
    dpi: Option<f32>,
) -> Result<View, ViewError> {
    let index = (number as usize).checked_sub(1);
    let unknown = |pages: usize| ViewError::NoSuchPage { pages: pages as u32 };
    let only = |picture: Result<Picture, String>| match index {
        Some(0) => View::of(&picture.map_err(ViewError::File)?.ink_on_paper(), dpi),
        _ => Err(unknown(1)),
    };
    let view = match format(bytes, name_hint) {
        Some(Format::Pdf) => {
            let pdf = pdf::open(bytes).map_err(|error| ViewError::File(error.message().into()))?;
            match index.filter(|&index| index < pdf.len()) {
                Some(index) => pdf_page(&pdf, index, dpi),
                None => Err(unknown(pdf.len())),
            }
        }
        Some(Format::Tiff) => {
            let mut pages = tiff::pages(bytes).map_err(ViewError::File)?;
            let mut seen = 0;
            let picture = index.and_then(|index| pages.by_ref().inspect(|_| seen += 1).nth(index));
            match picture {
                Some(picture) => View::of(&picture.map_err(ViewError::Page)?, dpi),
                None => Err(unknown(seen + pages.count())),
            }
        }
        Some(Format::Png) => only(still::png(bytes)),
        Some(Format::Jpeg) => only(still::jpeg(bytes)),
        Some(Format::Text) => Err(ViewError::File("a text file has no pages to show".into())),
        None => Err(ViewError::File("the file is not a PDF, TIFF, PNG or JPEG file".into())),
    }?;
    Ok(view.turned(turned))
}

fn pdf_page(pdf: &pdf::Pdf, index: usize, dpi: Option<f32>) -> Result<View, ViewError> {
    let mut reader = pdf.reader();
    let content = reader.content(index);
    let (width, height) = pdf.size(index);
    let shown = content.readable - content.invisible + content.garbled_shown;
    let scan = content.pictured >= 0.5 && shown < SCAN_STAMP;
    // What is stamped or drawn over a scan shows only when all is rendered.
    if scan && shown == 0 && content.paths == 0 {
        let picture = reader
            .picture(index)
            .ok_or_else(|| ViewError::Page("the page's picture could not be decoded".into()))?;
        return Ok(View { width, height, ..View::of(&picture, dpi)? });
    }
    let own = || {
        let picture = if scan { reader.picture(index) } else { None };
        picture.map_or(RENDERED_DPI, |picture| picture.xdpi.max(picture.ydpi))
    };
    let dpi = dpi.unwrap_or_else(own);
    let picture = pdf.reader().rendered(index, dpi);
    let picture = picture
        .ok_or_else(|| ViewError::Page("the page or a picture on it is too large".into()))?;
    Ok(View { picture, width, height })
}

impl View {
    fn of(picture: &Picture, dpi: Option<f32>) -> Result<Self, ViewError> {
        let (width, height) = (picture.width_pt(), picture.height_pt());
        let picture = Colored::from_grey(picture, dpi)
            .ok_or_else(|| ViewError::Page("the picture would have too many pixels".into()))?;
        Ok(Self { picture, width, height })
    }

    fn turned(self, degrees: u16) -> Self {
        let (width, height) = match degrees % 180 {
            90 => (self.height, self.width),
            _ => (self.width, self.height),
        };
        Self { picture: self.picture.turned(degrees), width, height }
    }

    /// The edges of a box in pixels: left, top, right, bottom.
    pub fn pixels(&self, rect: &Rect) -> [f32; 4] {
        let x = self.picture.width as f32 / self.width;
        let y = self.picture.height as f32 / self.height;
        [rect.x0 * x, rect.y0 * y, rect.x1 * x, rect.y1 * y]
    }

    /// Draws the outline of a box in this colour (red, green, blue).
    pub fn mark(&mut self, rect: &Rect, color: [u8; 3]) {
        let edges = self.pixels(rect);
        self.picture.outline(edges, color);
    }

    /// The picture as a PNG file.
    pub fn png(&self) -> Vec<u8> {
        self.picture.png()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_error(bytes: &[u8], number: u32, expect: &str) {
        let error = page(bytes, None, number, 0, None).unwrap_err();
        assert_eq!(error.to_string(), expect);
    }

    #[test]
    fn what_cannot_be_shown_is_said() {
        let png = Colored::from_rgb(2, 1, 200.0, vec![0; 6]).unwrap().png();
        check_error(&png, 2, "the file has 1 page");
        check_error(&png, 0, "the file has 1 page");
        check_error(b"Pain 8/10.\n", 1, "a text file has no pages to show");
        check_error(b"PK\x03\x04\0\0\0\0", 1, "the file is not a PDF, TIFF, PNG or JPEG file");
    }

    #[test]
    fn a_picture_is_turned_and_measured() {
        let mut sheet = Colored::from_rgb(1700, 850, 200.0, vec![255; 1700 * 850 * 3]).unwrap();
        sheet.outline([10.0, 10.0, 20.0, 20.0], [0; 3]);
        let view = page(&sheet.png(), None, 1, 90, None).unwrap();
        assert_eq!((view.picture.width, view.picture.height), (850, 1700));
        assert!((view.width - 306.0).abs() < 0.1 && (view.height - 612.0).abs() < 0.1);
        let [x0, _, x1, _] = view.pixels(&Rect::new(0.0, 0.0, 72.0, 72.0));
        assert_eq!((x0, (x1 - 200.0).abs() < 0.1), (0.0, true));
    }
}
