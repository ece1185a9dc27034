//! The header of a sheet that was fed upside down: the machine prints it upright at
//! the top, so that once the sheet is turned it stands on its head at the foot.

use std::time::Duration;

use super::fax_header::Marks;
use crate::document::{Line, LineRole, Word};
use crate::geometry::Rect;
use crate::image::Picture;
use crate::ocr::{self, OcrEngine, prepare};

/// Fax machines print within this share of the page from its top.
const STRIP: f32 = 0.05;

/// The strip at the top of a sheet as it was fed, where a header may stand.
pub fn strip(picture: &Picture) -> Picture {
    picture.band(0, (picture.height as f32 * STRIP) as usize)
}

/// Reads the header off the strip of a sheet that was turned by 180 degrees, and puts
/// it in place of what was made of it upside down. Nothing changes where there is none.
pub fn take_header(
    strip: Picture,
    (width, height): (f32, f32),
    limit: Duration,
    lines: &mut Vec<Line>,
) {
    if strip.height == 0 {
        return;
    }
    let picture = prepare::cleaned(strip);
    let (x, y) = (72.0 / picture.xdpi, 72.0 / picture.ydpi);
    let found = ocr::with_tesseract(|engine| engine.recognize(&picture, limit));
    let Ok(Ok(found)) = found else { return };
    for row in ocr::lines(&found.words) {
        let text: Vec<&str> = row.iter().map(|word| word.text.as_str()).collect();
        if !Marks::of(&text.join(" ")).tell_a_header() {
            continue;
        }
        let words: Vec<Word> = row
            .iter()
            .map(|read| {
                let r = read.rect;
                let rect = Rect::new(
                    width - r.x1 * x,
                    height - r.y1 * y,
                    width - r.x0 * x,
                    height - r.y0 * y,
                );
                Word {
                    text: read.text.clone(),
                    rect,
                    confidence: Some(read.confidence),
                    alternatives: read.alternatives.clone(),
                }
            })
            .collect();
        let header = Line { words, role: LineRole::FaxHeader, starts_block: true };
        let place = header.rect();
        lines.retain(|line| {
            let rect = line.rect();
            let middle = (rect.y0 + rect.y1) / 2.0;
            middle < place.y0 - 2.0 || middle > place.y1 + 2.0
        });
        lines.push(header);
    }
}
