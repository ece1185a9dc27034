//! Scanned pages: from a page's picture to a [`Page`].

use std::time::Duration;

use super::{OcrMode, ReadOptions, Reading, upright};
use crate::document::{Legibility, Line, Page, PageKind, TextSource};
use crate::error::Stage;
use crate::geometry::Rect;
use crate::image::Picture;
use crate::layout::{self, Fragment};
use crate::ocr::{self, EngineChoice, OcrEngine, OcrError};
use crate::pdf;

/// Reads pictures, one a page.
pub fn read_pictures(
    pictures: impl Iterator<Item = Result<Picture, String>>,
    options: &ReadOptions,
    watch: &mut dyn FnMut(u32),
    reading: &mut Reading,
) {
    for (i, picture) in pictures.enumerate() {
        let number = i as u32 + 1;
        if options.only.is_some_and(|only| only != number) {
            continue;
        }
        match picture {
            Ok(picture) if options.ocr == OcrMode::Never => {
                let (width, height) = (picture.width_pt(), picture.height_pt());
                reading.document.pages.push(unread(number, width, height));
            }
            Ok(picture) => {
                let (width, height) = (picture.width_pt(), picture.height_pt());
                let page =
                    scanned_page(number, (width, height), Vec::new(), picture, options, reading);
                reading.document.pages.push(page);
            }
            Err(problem) => {
                reading.trouble(number, Stage::Read, &problem, false);
                reading.document.pages.push(unread(number, 0.0, 0.0));
            }
        }
        watch(number);
    }
    let pages = &reading.document.pages;
    if options.only.is_none() && pages.iter().all(|page| page.width == 0.0) {
        reading.fail("no page's picture could be decoded; export the file again");
    }
}

/// Reads a PDF page that is a scan, with any words printed over it.
pub fn read_scan(
    number: u32,
    content: pdf::Content,
    picture: Picture,
    options: &ReadOptions,
    reading: &mut Reading,
) {
    // Words behind a picture that is read anew, or that mean nothing, are no help.
    let keep =
        content.invisible == 0 && content.garbled * 5 <= content.readable && content.turned == 0;
    let over = if keep { content.fragments } else { Vec::new() };
    let (width, height) = match content.turned {
        90 | 270 => (content.height, content.width),
        _ => (content.width, content.height),
    };
    let page = scanned_page(number, (width, height), over, picture, options, reading);
    reading.document.pages.push(page);
}

fn unread(number: u32, width: f32, height: f32) -> Page {
    let page = Page::new(number, width, height, TextSource::Ocr);
    Page { legibility: Legibility::Unreadable, ..page }
}

fn scanned_page(
    number: u32,
    (width, height): (f32, f32),
    over: Vec<Fragment>,
    picture: Picture,
    options: &ReadOptions,
    reading: &mut Reading,
) -> Page {
    let limit = options.page_timeout;
    let strip = upright::strip(&picture);
    let mut scanned = match recognized(picture, options) {
        Ok(scanned) => scanned,
        Err(error) => {
            let retriable = error == OcrError::Failed;
            reading.trouble(number, Stage::Ocr, &error.to_string(), retriable);
            return unread(number, width, height);
        }
    };
    note_troubles(number, &scanned, limit, reading);
    let mut fragments = std::mem::take(&mut scanned.fragments);
    let recognized: Vec<Rect> = fragments.iter().flat_map(|f| &f.words).map(|w| w.rect).collect();
    // Words printed over a scan that lies on its side would stand askew to it.
    if scanned.turned == 0 {
        fragments.extend(over.into_iter().filter(|f| !overlaps(&f.rect(), &recognized)));
    }
    let mut lines: Vec<Line> = layout::lines(fragments);
    lines.extend(layout::lines_aside(std::mem::take(&mut scanned.aside)));
    for word in lines.iter_mut().flat_map(|line| &mut line.words) {
        if word.confidence.is_some() {
            word.rect = scanned.settle(word.rect);
        }
    }
    let (width, height) =
        if scanned.turned % 180 == 90 { (height, width) } else { (width, height) };
    if scanned.turned == 180 {
        upright::take_header(strip, (width, height), limit, &mut lines);
    }
    let kind = if scanned.picture { PageKind::Picture } else { PageKind::Record };
    Page {
        legibility: scanned.legibility,
        kind,
        turned: scanned.turned,
        uncovered: scanned.uncovered,
        lines,
        ..Page::new(number, width, height, TextSource::Ocr)
    }
}

/// Reads a picture with the engines that were asked for.
fn recognized(picture: Picture, options: &ReadOptions) -> Result<ocr::page::Scanned, OcrError> {
    let limit = options.page_timeout;
    let mut ppocr = match options.engine {
        EngineChoice::Tesseract => None,
        EngineChoice::Auto | EngineChoice::PpOcr => ocr::ppocr::shared(),
    };
    if options.engine == EngineChoice::PpOcr {
        let engine = ppocr.as_mut().ok_or(OcrError::BadModel)?;
        return ocr::page::read(picture, engine, None, limit);
    }
    // The second engine is better than none.
    if let (Err(_), Some(engine)) = (ocr::with_tesseract(|_| ()), ppocr.as_mut()) {
        return ocr::page::read(picture, engine, None, limit);
    }
    let second = ppocr.as_mut().map(|engine| engine as &mut dyn OcrEngine);
    ocr::with_tesseract(|engine| ocr::page::read(picture, engine, second, limit))?
}

fn note_troubles(
    number: u32,
    scanned: &ocr::page::Scanned,
    limit: Duration,
    reading: &mut Reading,
) {
    if scanned.timed_out {
        let problem = format!(
            "OCR took longer than {} s; words are missing (a longer time limit may help)",
            limit.as_secs_f32()
        );
        reading.trouble(number, Stage::Ocr, &problem, true);
    }
    if scanned.legibility == Legibility::Unreadable {
        let problem = if scanned.picture {
            "the page seems to be handwriting or a picture; its content was not read"
        } else {
            "the page is not legible; ask for a clearer copy"
        };
        reading.trouble(number, Stage::Ocr, problem, false);
    }
}

fn overlaps(rect: &Rect, others: &[Rect]) -> bool {
    others.iter().any(|other| {
        let x = rect.x1.min(other.x1) - rect.x0.max(other.x0);
        let y = rect.y1.min(other.y1) - rect.y0.max(other.y0);
        x > 0.0 && y > 0.3 * rect.height().min(other.height())
    })
}
