//! The lines of a text, found once: many readers ask on which line a place stands.

use crate::fold::Folded;
use crate::span::Span;
use crate::text::Text;

/// A longer line is taken for several (bytes): what reads a line looks at all of it for each of its words.
const LONGEST: usize = 10_000;

/// Where the lines of a part of a text begin and end.
pub(super) struct Lines {
    /// In the record, without the line's end; in order.
    written: Vec<Span>,
    /// The same in the folded text, without white space around it.
    folded: Vec<Span>,
}

impl Lines {
    /// Finds the lines of a part of a text; `folded` is that part.
    pub fn of(text: &Text, within: Span, folded: &Folded) -> Self {
        let mut written = Vec::new();
        let mut start = within.start;
        for line in text.as_str()[within.range()].split('\n') {
            let end = start + line.len();
            while end - start > LONGEST {
                let cut = text.as_str().floor_char_boundary(start + LONGEST);
                let space = text.as_str()[start..cut].rfind(' ').map_or(cut, |at| start + at + 1);
                written.push(Span::new(start, space));
                start = space;
            }
            written.push(Span::new(start, end));
            start = end + 1;
        }
        let trimmed = written.iter().map(|&line| folded.trimmed(folded.folded(line)));
        Self { folded: trimmed.collect(), written }
    }

    /// The number of the line that a byte of the record stands on.
    pub fn at(&self, byte: usize) -> usize {
        self.written.partition_point(|line| line.start <= byte).saturating_sub(1)
    }

    /// How many lines there are.
    pub fn count(&self) -> usize {
        self.written.len()
    }

    /// A line in the record.
    pub fn written(&self, line: usize) -> Span {
        self.written[line]
    }

    /// A line in the folded text, without white space around it.
    pub fn folded(&self, line: usize) -> Span {
        self.folded[line]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_ends_before_its_end_and_a_very_long_one_at_a_space() {
        let record = format!("a\n\n  b c \n{}\n", "word ".repeat(5_000));
        let text = Text::from_plain(&record);
        let folded = Folded::new(&text);
        let lines = Lines::of(&text, Span::new(0, record.len()), &folded);
        let on = |byte: usize| folded.get(lines.folded(lines.at(byte)));
        assert_eq!([on(0), on(1), on(2), on(6), on(8)], ["a", "a", "", "b c", "b c"]);
        assert_eq!(lines.at(record.len()), 3 + 3);
        assert!((3..6).all(|line| lines.written(line).len() <= LONGEST));
        assert!((3..6).all(|line| folded.get(lines.folded(line)).ends_with("word")));
    }
}
