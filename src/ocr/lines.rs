//! Lines of words as an engine found them: how high print is, and where to look at a
//! line again.

use super::Read;
use crate::geometry::Rect;

/// Words read this surely tell how high the page's print is.
const SURE: f32 = 0.8;

/// Lines shorter than this many times their height tell nothing about it.
const LONG: f32 = 5.0;

/// A line higher than this many times the page's print has caught a mark above or
/// below it.
const SWOLLEN: f32 = 1.25;

/// An engine wants this share of the print's height as margin around it.
const MARGIN: f32 = 0.3;

/// The words of a line, left to right.
pub fn lines(words: &[Read]) -> impl Iterator<Item = &[Read]> {
    words.chunk_by(|a, b| a.line == b.line)
}

/// The box around words.
pub fn around<'a>(words: impl IntoIterator<Item = &'a Read>) -> Rect {
    let mut rects = words.into_iter().map(|word| word.rect);
    let first = rects.next().unwrap_or_default();
    rects.fold(first, |a, b| a.union(&b))
}

/// The usual height of a line of print in pixels, ascenders and descenders included;
/// `None` where no line was read surely.
pub fn print_height(words: &[Read]) -> Option<f32> {
    let mut heights: Vec<f32> = lines(words)
        .map(|line| around(line.iter().filter(|word| word.confidence >= SURE)))
        .filter(|rect| rect.height() > 0.0 && rect.width() >= LONG * rect.height())
        .map(|rect| rect.height())
        .collect();
    heights.sort_by(f32::total_cmp);
    heights.get(heights.len() / 2).copied()
}

/// Where to read words of one line again: their box, freed of marks that the first
/// reading took for parts of them, with a margin.
pub fn area(words: &[Read], height: f32) -> Rect {
    let rect = around(words);
    let mut feet: Vec<f32> = words.iter().map(|word| word.rect.y1).collect();
    feet.sort_by(f32::total_cmp);
    let (top, bottom) = match feet.get(feet.len() / 2) {
        Some(foot) if rect.height() > SWOLLEN * height => {
            (foot - 0.85 * height, foot + 0.15 * height)
        }
        _ => (rect.y0, rect.y1),
    };
    let margin = MARGIN * (bottom - top);
    Rect::new(rect.x0 - margin, top - margin, rect.x1 + margin, bottom + margin)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(line: u32, x: f32, top: f32, bottom: f32, confidence: f32) -> Read {
        let rect = Rect::new(x, top, x + 100.0, bottom);
        Read { text: "word".into(), rect, confidence, line, alternatives: Vec::new() }
    }

    #[test]
    fn doubtful_words_do_not_tell_how_high_print_is() {
        let mut words = Vec::new();
        for line in 0..3 {
            let y = 100.0 * line as f32;
            words.push(word(line, 0.0, y, y + 24.0, 0.9));
            words.push(word(line, 110.0, y, y + 24.0, 0.9));
            words.push(word(line, 220.0, y - 30.0, y + 60.0, 0.2));
        }
        assert_eq!(print_height(&words), Some(24.0));
        assert_eq!(print_height(&[word(0, 0.0, 0.0, 24.0, 0.9)]), None);
    }

    #[test]
    fn a_swollen_line_is_cut_back_to_the_height_of_print() {
        let line = [word(0, 0.0, 100.0, 124.0, 0.9), word(0, 110.0, 70.0, 124.0, 0.2)];
        let found = area(&line, 24.0);
        assert!((found.height() - 24.0 * 1.6).abs() < 0.01, "{found:?}");
        assert!((found.y1 - 134.8).abs() < 0.01 && found.x0 < 0.0);
    }
}
