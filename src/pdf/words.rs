//! Glyphs to words: by their places alone, whatever order they are drawn in.

use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::kurbo::{Affine, Rect as Area};

use super::Content;
use super::glyphs::{Collector, Glyph, Placement};
use crate::document::Word;
use crate::geometry::Rect;
use crate::layout::{Fragment, Rules};

/// A gap of this share of the type size parts words.
const WORD_GAP: f64 = 0.14;

/// A gap of this many type sizes parts fragments: cells, columns.
const FRAGMENT_GAP: f64 = 1.5;

/// Sums up a page.
pub fn content(collector: Collector) -> Content {
    let Collector { width, height, glyphs, placements, paths, edges, .. } = collector;
    let pictured = pictured(&placements, width, height);
    let shows = |g: &Glyph| !g.invisible && !g.is_space();
    let drawn = glyphs.iter().any(shows) || !placements.is_empty() || paths > 0;
    let mut content = Content {
        width,
        height,
        turned: 0,
        fragments: Vec::new(),
        aside: Vec::new(),
        rules: Rules::default(),
        garbled: 0,
        readable: 0,
        invisible: 0,
        pictured,
        drawn,
        garbled_shown: 0,
        paths,
    };
    for glyph in &glyphs {
        let mut count = |c: char| {
            if c.is_whitespace() {
            } else if is_garbled(c) {
                content.garbled += 1;
                content.garbled_shown += usize::from(!glyph.invisible);
            } else {
                content.readable += 1;
                content.invisible += usize::from(glyph.invisible);
            }
        };
        match &glyph.text {
            Some(BfString::Char(c)) => count(*c),
            Some(BfString::String(text)) if !text.is_empty() => text.chars().for_each(count),
            _ => {
                content.garbled += 1;
                content.garbled_shown += usize::from(!glyph.invisible);
            }
        }
    }

    // Words run in four directions at most; the commonest one is upright.
    let mut counts = [0; 4];
    glyphs.iter().for_each(|glyph| counts[direction(glyph)] += 1);
    let main = (0..4).max_by_key(|&d| (counts[d], 4 - d)).unwrap_or(0);
    let mut by_direction: [Vec<Glyph>; 4] = Default::default();
    if counts[main] == glyphs.len() {
        by_direction[main] = glyphs;
    } else {
        for glyph in glyphs {
            by_direction[direction(&glyph)].push(glyph);
        }
    }
    // Running down the page (1) is set upright by a quarter turn back.
    content.turned = [0, 270, 180, 90][main];
    if main % 2 == 1 {
        (content.width, content.height) = (height, width);
    }
    let upright = turn(content.turned, width, height);
    let edges: Vec<Rect> =
        edges.into_iter().map(|edge| rect(upright.transform_rect_bbox(edge))).collect();
    content.rules = Rules::new(&edges);
    for (d, glyphs) in by_direction.into_iter().enumerate() {
        let upright = turn([0, 270, 180, 90][d], width, height);
        let fragments = fragments(glyphs, upright);
        if d == main {
            content.fragments = fragments;
        } else {
            // Order in their own direction, places on the page as it is read.
            let back = turn(content.turned, width, height) * upright.inverse();
            content.aside.extend(fragments.into_iter().map(|f| placed(f, back)));
        }
    }
    content
}

/// Which way a glyph runs as the page lies: 0 right, 1 down, 2 left, 3 up.
fn direction(glyph: &Glyph) -> usize {
    let run = glyph.end - glyph.origin;
    match (run.x.abs() >= run.y.abs(), run.x >= 0.0, run.y >= 0.0) {
        (true, true, _) => 0,
        (true, false, _) => 2,
        (false, _, true) => 1,
        (false, _, false) => 3,
    }
}

/// The clockwise turn of a page of this size in points about its corner.
pub fn turn(degrees: u16, width: f32, height: f32) -> Affine {
    let (w, h) = (f64::from(width), f64::from(height));
    match degrees {
        90 => Affine::new([0.0, 1.0, -1.0, 0.0, h, 0.0]),
        180 => Affine::new([-1.0, 0.0, 0.0, -1.0, w, h]),
        270 => Affine::new([0.0, -1.0, 1.0, 0.0, 0.0, w]),
        _ => Affine::IDENTITY,
    }
}

fn placed(mut fragment: Fragment, map: Affine) -> Fragment {
    for word in &mut fragment.words {
        let r = word.rect;
        let area = Area::new(r.x0.into(), r.y0.into(), r.x1.into(), r.y1.into());
        word.rect = rect(map.transform_rect_bbox(area));
    }
    fragment
}

fn rect(area: Area) -> Rect {
    Rect::new(area.x0 as f32, area.y0 as f32, area.x1 as f32, area.y1 as f32)
}

/// Whether a character means nothing.
fn is_garbled(c: char) -> bool {
    matches!(c, '\u{FFFD}' | '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..) || c.is_control()
}

/// Glyphs that run one way, to words on their baselines.
fn fragments(mut glyphs: Vec<Glyph>, upright: Affine) -> Vec<Fragment> {
    if upright != Affine::IDENTITY {
        for glyph in &mut glyphs {
            glyph.origin = upright * glyph.origin;
            glyph.end = upright * glyph.end;
            glyph.area = upright.transform_rect_bbox(glyph.area);
        }
    }
    glyphs.sort_by(|a, b| a.origin.y.total_cmp(&b.origin.y));
    let mut fragments = Vec::new();
    let mut rest = glyphs.as_mut_slice();
    while !rest.is_empty() {
        let on_line = |pair: &[Glyph]| {
            let size = pair[1].size.min(pair[0].size).max(1.0);
            pair[1].origin.y - pair[0].origin.y <= 0.12 * size
        };
        let count = 1 + rest.windows(2).take_while(|pair| on_line(pair)).count();
        let (line, below) = rest.split_at_mut(count);
        split(line, &mut fragments);
        rest = below;
    }
    fragments
}

/// One baseline's glyphs to words and fragments.
fn split(line: &mut [Glyph], fragments: &mut Vec<Fragment>) {
    line.sort_by(|a, b| a.origin.x.total_cmp(&b.origin.x));
    let mut open = Open::default();
    let mut recent: Vec<(&Option<BfString>, f64)> = Vec::new();
    let mut spelled = String::new();
    for glyph in &*line {
        let (x, size) = (glyph.origin.x, glyph.size.max(1.0));
        // Outlined and shadowed text arrives twice: the twin adds nothing.
        recent.retain(|(_, at)| x - at < 0.12 * size);
        if recent.iter().any(|(twin, _)| **twin == glyph.text) {
            continue;
        }
        recent.push((&glyph.text, x));
        spelled.clear();
        match &glyph.text {
            Some(BfString::Char(c)) => print(*c, &mut spelled),
            Some(BfString::String(text)) => text.chars().for_each(|c| print(c, &mut spelled)),
            None => {}
        }
        if spelled.is_empty() {
            continue;
        }
        let text = spelled.trim();
        let gap = x - open.end;
        if open.is_some() && gap > FRAGMENT_GAP * size.max(open.size) {
            open.finish(fragments);
        } else if text.is_empty() || gap > WORD_GAP * size.max(open.size) {
            open.end_word();
        }
        if !text.is_empty() {
            open.push(text, glyph);
        }
    }
    open.finish(fragments);
}

/// The fragment being put together.
#[derive(Default)]
struct Open {
    words: Vec<Word>,
    word: Option<Word>,
    base: f64,
    size: f64,
    end: f64,
}

impl Open {
    fn is_some(&self) -> bool {
        self.word.is_some() || !self.words.is_empty()
    }

    fn push(&mut self, text: &str, glyph: &Glyph) {
        if !self.is_some() {
            (self.base, self.size) = (glyph.origin.y, glyph.size);
        }
        self.size = self.size.max(glyph.size);
        let area = rect(glyph.area);
        match &mut self.word {
            Some(word) => {
                word.text.push_str(text);
                word.rect = word.rect.union(&area);
            }
            None => self.word = Some(Word::new(text, area)),
        }
        self.end = glyph.end.x.max(glyph.origin.x);
    }

    fn end_word(&mut self) {
        let Some(mut word) = self.word.take() else { return };
        // A soft hyphen at a word's end is a printed one; inside it is a leftover.
        if word.text.ends_with('\u{AD}') {
            word.text.pop();
            word.text.push('-');
        }
        word.text.retain(|c| c != '\u{AD}');
        if !word.text.is_empty() {
            self.words.push(word);
        }
    }

    fn finish(&mut self, fragments: &mut Vec<Fragment>) {
        self.end_word();
        let open = std::mem::take(self);
        if !open.words.is_empty() {
            let (base, size) = (open.base as f32, open.size as f32);
            fragments.push(Fragment { words: open.words, base, size });
        }
    }
}

/// Adds a character as a reader would type it: ligatures taken apart, marks without
/// width left out, every space a plain one.
fn print(c: char, out: &mut String) {
    match c {
        '!'..='~' => out.push(c),
        '\u{FB00}' => out.push_str("ff"),
        '\u{FB01}' => out.push_str("fi"),
        '\u{FB02}' => out.push_str("fl"),
        '\u{FB03}' => out.push_str("ffi"),
        '\u{FB04}' => out.push_str("ffl"),
        '\u{FB05}' | '\u{FB06}' => out.push_str("st"),
        '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' => {}
        c if c.is_whitespace() => out.push(' '),
        c if c.is_control() => {}
        c => out.push(c),
    }
}

/// The share of the page that pictures cover, on a grid of cells.
fn pictured(placements: &[Placement], width: f32, height: f32) -> f32 {
    const CELLS: usize = 32;
    let mut covered = [[false; CELLS]; CELLS];
    for placement in placements {
        let pixels = Area::new(0.0, 0.0, f64::from(placement.width), f64::from(placement.height));
        let area = placement.transform.transform_rect_bbox(pixels);
        for (row, cells) in covered.iter_mut().enumerate() {
            let y = (row as f64 + 0.5) / CELLS as f64 * f64::from(height);
            for (column, cell) in cells.iter_mut().enumerate() {
                let x = (column as f64 + 0.5) / CELLS as f64 * f64::from(width);
                *cell |= area.x0 <= x && x <= area.x1 && area.y0 <= y && y <= area.y1;
            }
        }
    }
    let n = covered.iter().flatten().filter(|&&cell| cell).count();
    n as f32 / (CELLS * CELLS) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use hayro_interpret::kurbo::Point;

    fn glyph(text: &str, x: f64, y: f64) -> Glyph {
        Glyph {
            text: Some(BfString::String(text.into())),
            origin: Point::new(x, y),
            end: Point::new(x + 5.0, y),
            area: Area::new(x, y - 7.5, x + 5.0, y + 2.2),
            size: 10.0,
            invisible: false,
        }
    }

    #[track_caller]
    fn check(glyphs: Vec<Glyph>, expect: &[&str]) {
        let got: Vec<String> = fragments(glyphs, Affine::IDENTITY)
            .iter()
            .map(|f| f.words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(got, expect);
    }

    #[test]
    fn gaps_part_words_and_cells() {
        check(
            vec![glyph("m", 11.0, 50.0), glyph("g", 16.0, 50.0), glyph("5", 4.0, 50.1)],
            &["5 mg"],
        );
        check(vec![glyph("a", 0.0, 50.0), glyph("b", 40.0, 50.0)], &["a", "b"]);
    }

    #[test]
    fn twins_are_dropped_and_double_letters_kept() {
        check(vec![glyph("l", 0.0, 50.0), glyph("l", 0.3, 50.0), glyph("l", 5.0, 50.0)], &["ll"]);
    }

    #[test]
    fn ligatures_and_soft_hyphens_are_typed_out() {
        check(
            vec![glyph("\u{FB01}", 0.0, 50.0), glyph("\u{AD}", 5.0, 50.0), glyph("x", 10.0, 50.0)],
            &["fix"],
        );
        check(vec![glyph("a", 0.0, 50.0), glyph("\u{AD}", 5.0, 50.0)], &["a-"]);
    }

    #[test]
    fn a_turn_keeps_the_page_in_the_first_quadrant() {
        for degrees in [0, 90, 180, 270] {
            let corner = turn(degrees, 612.0, 792.0) * Point::new(612.0, 792.0);
            let origin = turn(degrees, 612.0, 792.0) * Point::ORIGIN;
            assert!(corner.x >= 0.0 && corner.y >= 0.0 && origin.x >= 0.0 && origin.y >= 0.0);
        }
    }
}
