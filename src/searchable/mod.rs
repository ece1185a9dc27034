//! A copy of a file as a PDF that can be searched: the words read by OCR lie, unseen,
//! over the ink that they were read from, and marks highlight what is to be shown.
//!
//! A PDF keeps all that it has: what is new is added behind it. A page's own text is
//! kept, and not put there twice. Scans that lie on their side or on their head are
//! shown upright.

mod edit;
mod font;
mod hidden;
mod layer;
mod made;
mod marks;

use hayro_interpret::kurbo::Affine;
use lopdf::ObjectId;

use crate::document::{Document, Page, TextSource};
use crate::geometry::Rect;
use crate::pdf;
use crate::read::{Format, format};
use edit::Edit;
use layer::Layer;

/// Something to highlight.
#[derive(Clone, PartialEq)]
pub struct Mark {
    /// The page, counted from 1.
    pub page: u32,
    /// Where, in points from the top left of the upright page.
    pub boxes: Vec<Rect>,
    /// What a viewer shows beside it.
    pub note: String,
}

crate::withhold_debug!(Mark);

/// The file as a searchable PDF. `document` is what reading the same bytes gave.
pub fn searchable(
    bytes: &[u8],
    name_hint: Option<&str>,
    document: &Document,
    marks: &[Mark],
) -> Result<Vec<u8>, String> {
    match format(bytes, name_hint) {
        Some(Format::Pdf) => from_pdf(bytes, document, marks),
        Some(Format::Tiff | Format::Png | Format::Jpeg) => {
            let (edit, sheets) = made::pdf(bytes, name_hint)?;
            write(edit, &sheets, document, marks)
        }
        Some(Format::Text) => Err("a text file can be searched as it is".into()),
        None => Err("the file is not a PDF, TIFF, PNG or JPEG file".into()),
    }
}

/// A page of the copy.
struct Sheet {
    id: ObjectId,
    /// From the page's own space to points from the top left as a viewer shows it.
    shown_from_own: Affine,
}

impl Sheet {
    /// From points from the top left of the upright page to the page's own space.
    fn own_from_upright(&self, page: &Page) -> Option<Affine> {
        let regular = self.shown_from_own.determinant().abs() > 1e-9;
        let back = pdf::turn((360 - page.turned % 360) % 360, page.width, page.height);
        regular.then(|| self.shown_from_own.inverse() * back)
    }
}

fn from_pdf(bytes: &[u8], document: &Document, marks: &[Mark]) -> Result<Vec<u8>, String> {
    let shown = pdf::open(bytes).map_err(|error| error.message().to_owned())?;
    // What had to be mended to be read is written anew; all else is only added to.
    let kept = !shown.is_mended();
    let written = write_onto(bytes, kept, &shown, document, marks);
    match written {
        Err(_) if kept => write_onto(bytes, false, &shown, document, marks),
        written => written,
    }
}

/// Writes what is new behind the bytes, where they are to be kept, or all anew.
fn write_onto(
    bytes: &[u8],
    kept: bool,
    shown: &pdf::Pdf,
    document: &Document,
    marks: &[Mark],
) -> Result<Vec<u8>, String> {
    let edit = Edit::load(bytes, kept)?;
    let ids = edit.page_ids();
    if ids.len() < shown.len() {
        return Err("the PDF's pages cannot be told apart; print it to a new PDF first".into());
    }
    let sheets: Vec<Sheet> = ids
        .into_iter()
        .take(shown.len())
        .enumerate()
        .map(|(i, id)| Sheet { id, shown_from_own: Affine::new(shown.shown_from_own(i)) })
        .collect();
    let out = write(edit, &sheets, document, marks)?;
    match pdf::open(&out) {
        Ok(copy) if copy.len() == shown.len() && !copy.is_mended() => Ok(out),
        _ => Err("the PDF is too damaged to be added to; print it to a new PDF first".into()),
    }
}

/// Adds the words and the marks of each page.
fn write(
    mut edit: Edit,
    sheets: &[Sheet],
    document: &Document,
    marks: &[Mark],
) -> Result<Vec<u8>, String> {
    let mut layer = Layer::new(&mut edit);
    for page in &document.pages {
        let Some(sheet) = sheets.get(page.number as usize - 1) else { continue };
        let Some(own_from_upright) = sheet.own_from_upright(page) else { continue };
        if page.source == TextSource::Ocr {
            let content = layer.content(page, own_from_upright);
            if !content.is_empty() {
                hidden::remove(&mut edit, sheet.id);
                layer.put(&mut edit, sheet.id, content);
            }
            stand_upright(&mut edit, sheet.id, page.turned);
        }
        let on_page: Vec<&Mark> = marks.iter().filter(|mark| mark.page == page.number).collect();
        marks::add(&mut edit, sheet.id, own_from_upright, &on_page);
    }
    layer.finish(&mut edit);
    edit.finish()
}

/// Has viewers show a page that was fed on its side or head first as it is read: some
/// find words only along lines that run to the right.
fn stand_upright(edit: &mut Edit, id: ObjectId, turned: u16) {
    if !turned.is_multiple_of(360) {
        let mut page = edit.page(id);
        let before = edit.inherited(&page, b"Rotate").and_then(|rotate| rotate.as_i64().ok());
        let after = (before.unwrap_or(0) + i64::from(turned)).rem_euclid(360);
        page.set("Rotate", after);
        edit.set(id, page);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hayro_interpret::kurbo::Point;

    #[track_caller]
    fn check_map(turned: u16, upright: (f64, f64), own: (f64, f64)) {
        // A sheet of 200 by 100 points as a viewer shows it, not rotated by its file.
        let shown_from_own = Affine::new([1.0, 0.0, 0.0, -1.0, 0.0, 100.0]);
        let sheet = Sheet { id: (1, 0), shown_from_own };
        let (width, height) = if turned % 180 == 90 { (100.0, 200.0) } else { (200.0, 100.0) };
        let mut page = Page::new(1, width, height, TextSource::Ocr);
        page.turned = turned;
        let map = sheet.own_from_upright(&page).unwrap();
        let found = map * Point::new(upright.0, upright.1);
        assert!((found - Point::new(own.0, own.1)).hypot() < 1e-6, "{found:?}");
    }

    #[test]
    fn upright_places_go_back_to_where_the_ink_is() {
        // The top left of the upright page.
        check_map(0, (0.0, 0.0), (0.0, 100.0));
        // Turned clockwise by a quarter: it was the bottom left before.
        check_map(90, (0.0, 0.0), (0.0, 0.0));
        check_map(180, (0.0, 0.0), (200.0, 0.0));
        check_map(270, (0.0, 0.0), (200.0, 100.0));
        check_map(90, (10.0, 30.0), (30.0, 10.0));
    }
}
