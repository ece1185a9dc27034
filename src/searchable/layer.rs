//! A page's words as text that is not painted, each over the ink it was read from.

use std::fmt::Write;

use hayro_interpret::kurbo::Affine;
use lopdf::{Dictionary, Object, ObjectId};

use super::edit::Edit;
use super::font::{ADVANCE, Font};
use crate::document::{Line, Page, Word};

/// Height of letters with ascenders, capitals and digits, in type sizes.
const TALL: f64 = 0.72;

/// Height of letters without.
const LOW: f64 = 0.52;

/// How far tails of letters go below the line.
const TAIL: f64 = 0.21;

/// Words further apart than this many type sizes have no space put between them.
const SPACE: f64 = 4.0;

/// The text layers of a file's pages, in one font.
pub struct Layer {
    font: Font,
    font_id: ObjectId,
}

impl Layer {
    /// Starts the layers of a file.
    pub fn new(edit: &mut Edit) -> Self {
        Self { font: Font::default(), font_id: edit.reserve() }
    }

    /// The content that sets the words of a page that were read by OCR; empty where
    /// there are none. Words that were text before are there already.
    pub fn content(&mut self, page: &Page, own_from_upright: Affine) -> Vec<u8> {
        let mut out = String::new();
        for line in &page.lines {
            let words: Vec<&Word> = line.words.iter().filter(|w| w.confidence.is_some()).collect();
            if !words.is_empty() {
                self.line(line, &words, own_from_upright, &mut out);
            }
        }
        // First of all that the page draws, so that nothing else has moved the page's
        // space; mode 3 paints nothing.
        if out.is_empty() { Vec::new() } else { format!("q BT 3 Tr\n{out}ET Q\n").into_bytes() }
    }

    fn line(&mut self, line: &Line, words: &[&Word], own: Affine, out: &mut String) {
        let way = Way::of(line);
        let size = type_size(words, way);
        let _ = writeln!(out, "/{} {size:.2} Tf", Font::NAME);
        for (i, word) in words.iter().enumerate() {
            let set = way.set(word, size);
            let [a, b, c, d, e, f] = (own * set.place).as_coeffs();
            let _ = write!(out, "{a:.5} {b:.5} {c:.5} {d:.5} {e:.2} {f:.2} Tm ");
            let letters = word.text.chars().count() as f64;
            let advance = size * f64::from(ADVANCE) / 1000.0;
            let _ = write!(out, "{:.2} Tz <", 100.0 * set.length / (letters * advance));
            for c in word.text.chars() {
                let _ = write!(out, "{:04X}", self.font.code(c));
            }
            out.push_str("> Tj");
            // A space as wide as the gap: what is copied comes out as words.
            let gap = words.get(i + 1).map_or(0.0, |next| way.set(next, size).start - set.end);
            if gap > 0.0 && gap < SPACE * size {
                let _ = write!(
                    out,
                    " {:.2} Tz <{:04X}> Tj",
                    100.0 * gap / advance,
                    self.font.code(' ')
                );
            }
            out.push('\n');
        }
    }

    /// Puts content before what a page draws.
    pub fn put(&self, edit: &mut Edit, page_id: ObjectId, content: Vec<u8>) {
        let content = edit.add_stream(Dictionary::new(), content);
        let mut page = edit.page(page_id);
        let mut contents = vec![Object::Reference(content)];
        contents.extend(edit.items(&page, b"Contents"));
        page.set("Contents", contents);
        let mut resources = edit.resources(&page);
        let mut fonts = edit.dictionary(&resources, b"Font");
        fonts.set(Font::NAME, self.font_id);
        resources.set("Font", fonts);
        page.set("Resources", resources);
        edit.set(page_id, page);
    }

    /// Writes the font, once all pages have their words.
    pub fn finish(self, edit: &mut Edit) {
        if !self.font.is_empty() {
            self.font.write(edit, self.font_id);
        }
    }
}

/// The way that a line runs on the upright page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Right,
    Down,
    Up,
}

/// How a word is set.
struct Set {
    /// From the text's space (points, upward) to the upright page.
    place: Affine,
    /// Where it starts and ends along the line, in points.
    start: f64,
    end: f64,
    length: f64,
}

impl Way {
    /// Stamps along the edge run up or down the page: their words are higher than wide.
    fn of(line: &Line) -> Self {
        let words = || line.words.iter().filter(|word| word.text.chars().count() >= 3);
        let lying = words().filter(|w| w.rect.height() > 1.2 * w.rect.width()).count();
        if lying * 2 <= words().count() {
            return Way::Right;
        }
        let (first, last) = (&line.words[0].rect, &line.words[line.words.len() - 1].rect);
        if last.y0 > first.y0 { Way::Down } else { Way::Up }
    }

    /// How high a word's ink is, across the line.
    fn height(self, word: &Word) -> f64 {
        f64::from(if self == Way::Right { word.rect.height() } else { word.rect.width() })
    }

    fn set(self, word: &Word, size: f64) -> Set {
        let edges = [word.rect.x0, word.rect.y0, word.rect.x1, word.rect.y1];
        let [x0, y0, x1, y1] = edges.map(f64::from);
        // A box that is higher than its letters has dirt or a rule above or below them.
        let (body, tail) = (height_of(&word.text).0 * size, height_of(&word.text).1 * size);
        let tail = tail + (self.height(word) - body - tail).max(0.0) / 2.0;
        let (place, start, end) = match self {
            Way::Right => (Affine::new([1.0, 0.0, 0.0, -1.0, x0, y1 - tail]), x0, x1),
            Way::Down => (Affine::new([0.0, 1.0, 1.0, 0.0, x0 + tail, y0]), y0, y1),
            Way::Up => (Affine::new([0.0, -1.0, -1.0, 0.0, x1 - tail, y1]), -y1, -y0),
        };
        Set { place, start, end, length: (end - start).max(0.5) }
    }
}

/// The size of a line's type, by the height that its words' ink has.
fn type_size(words: &[&Word], way: Way) -> f64 {
    let size = |word: &&Word| {
        let (body, tail) = height_of(&word.text);
        way.height(word) / (body + tail)
    };
    // Dashes and dots alone tell nothing.
    let telling = |word: &&&Word| word.text.chars().any(char::is_alphanumeric);
    let mut sizes: Vec<f64> = words.iter().filter(telling).map(size).collect();
    if sizes.is_empty() {
        sizes = words.iter().map(|word| way.height(word) / TALL).collect();
    }
    sizes.sort_by(f64::total_cmp);
    sizes[sizes.len() / 2].clamp(3.0, 200.0)
}

/// How far a word's letters go above and below the line, in type sizes.
fn height_of(text: &str) -> (f64, f64) {
    let body = if is_tall(text) { TALL } else { LOW };
    (body, if has_tail(text) { TAIL } else { 0.0 })
}

fn is_tall(text: &str) -> bool {
    text.chars().any(|c| !"acegmnopqrsuvwxyz.,;:-_~=+*".contains(c))
}

fn has_tail(text: &str) -> bool {
    text.chars().any(|c| "gjpqy,;()[]{}|Q$@_".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{LineRole, TextSource};
    use crate::geometry::Rect;

    fn word(text: &str, [x0, y0, x1, y1]: [f32; 4]) -> Word {
        Word { confidence: Some(0.9), ..Word::new(text, Rect::new(x0, y0, x1, y1)) }
    }

    fn line(words: Vec<Word>) -> Line {
        Line { words, role: LineRole::Body, starts_block: true }
    }

    fn content(words: Vec<Word>) -> String {
        let mut page = Page::new(1, 200.0, 100.0, TextSource::Ocr);
        page.lines = vec![line(words)];
        let mut layer = Layer { font: Font::default(), font_id: (1, 0) };
        let own = Affine::new([1.0, 0.0, 0.0, -1.0, 0.0, 100.0]);
        String::from_utf8(layer.content(&page, own)).unwrap()
    }

    #[test]
    fn a_word_is_as_wide_as_its_box_and_stands_on_the_line() {
        // Capitals of 7.2 points are type of 10; two letters of 5 points make 10 of 20.
        let content = content(vec![word("AB", [50.0, 12.8, 70.0, 20.0])]);
        assert_eq!(
            content,
            "q BT 3 Tr\n/ChartsiftUnseen 10.00 Tf\n1.00000 0.00000 0.00000 1.00000 50.00 80.00 Tm \
             200.00 Tz <00010002> Tj\nET Q\n"
        );
    }

    #[test]
    fn words_are_parted_by_a_space_as_wide_as_the_gap() {
        let words = vec![
            word("AB", [50.0, 12.8, 60.0, 20.0]),
            word("BA", [65.0, 12.8, 75.0, 20.0]),
            word("FAR", [150.0, 12.8, 160.0, 20.0]),
        ];
        let content = content(words);
        assert_eq!(content.matches("100.00 Tz <0003> Tj").count(), 1, "{content}");
        assert_eq!(content.matches(" Tj").count(), 4, "{content}");
    }

    #[test]
    fn tails_hang_below_the_line() {
        // Ink of "gap" goes from the low letters' top to the tails' end.
        let content = content(vec![word("gap", [50.0, 10.0, 70.0, 17.3])]);
        assert!(content.contains("/ChartsiftUnseen 10.00 Tf"), "{content}");
        assert!(content.contains(" 50.00 84.80 Tm"), "{content}");
    }

    #[test]
    fn a_word_in_too_high_a_box_stands_in_its_middle() {
        let words = [[50.0, 12.8, 60.0, 20.0], [65.0, 8.8, 75.0, 24.0], [80.0, 12.8, 90.0, 20.0]];
        let content = content(words.map(|edges| word("AB", edges)).to_vec());
        assert_eq!(content.matches(" 80.00 Tm").count(), 3, "{content}");
    }

    #[test]
    fn words_that_were_text_before_are_left_out() {
        let mut stamped = word("RECEIVED", [50.0, 10.0, 90.0, 17.0]);
        stamped.confidence = None;
        assert_eq!(content(vec![stamped]), "");
    }

    #[test]
    fn a_stamp_along_the_edge_runs_up_or_down() {
        let up =
            line(vec![word("PAGE", [5.0, 60.0, 12.0, 90.0]), word("TWO", [5.0, 30.0, 12.0, 55.0])]);
        let down =
            line(vec![word("PAGE", [5.0, 30.0, 12.0, 60.0]), word("TWO", [5.0, 65.0, 12.0, 90.0])]);
        assert_eq!([Way::of(&up), Way::of(&down)], [Way::Up, Way::Down]);
        // Upward text starts at the foot of its box, and its foot is at the right.
        let set = Way::Up.set(&up.words[0], 10.0);
        assert_eq!(set.place.as_coeffs(), [0.0, -1.0, -1.0, 0.0, 12.0, 90.0]);
        assert_eq!(set.length, 30.0);
    }
}
