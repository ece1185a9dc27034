//! The rows of a part of a CSV file, of each the cells that are needed.
//!
//! The tables of a report are as RFC 4180 has them, and most of their bytes are prose that nobody asks
//! for here. So nothing is copied that is not needed, and quoted cells are passed over from quote to
//! quote.

use std::borrow::Cow;
use std::io::{self, Read};

use memchr::{memchr, memchr2};
use smallvec::SmallVec;

use super::table::Trouble;
use crate::report::unguarded;

/// Bytes read at a time; a row that is longer makes room for itself.
const BLOCK: usize = 1 << 18;

/// The cells of a row, in the order in which they were asked for.
pub type Cells<'a> = SmallVec<[Cow<'a, str>; 24]>;

/// Gives the cells at `places` of each row to `push`; every row has `width` cells.
pub fn rows(
    mut part: impl Read,
    width: usize,
    places: &[usize],
    mut push: impl FnMut(&[Cow<'_, str>]),
) -> Result<(), Trouble> {
    let mut buffer = vec![0; 2 * BLOCK];
    let mut filled = 0;
    let mut ends = Vec::with_capacity(width);
    loop {
        if filled + BLOCK > buffer.len() {
            buffer.resize(2 * buffer.len(), 0);
        }
        let read = fill(&mut part, &mut buffer[filled..])?;
        filled += read;
        let last = read == 0;
        if last && filled > 0 && buffer[filled - 1] != b'\n' {
            // The last row may come without a line end.
            buffer[filled] = b'\n';
            filled += 1;
        }
        let mut at = 0;
        while let Some(next) = row(&buffer[at..filled], &mut ends) {
            let text = &buffer[at..at + next];
            at += next;
            if ends.len() != width {
                // An empty line is none of a table's rows.
                if text == b"\n" || text == b"\r\n" {
                    continue;
                }
                return Err(Trouble::Broken);
            }
            let cells: Cells<'_> = places.iter().map(|place| cell(text, &ends, *place)).collect();
            push(&cells);
        }
        if last {
            return if at == filled { Ok(()) } else { Err(Trouble::Broken) };
        }
        buffer.copy_within(at..filled, 0);
        filled -= at;
    }
}

/// Reads on; 0 at the end.
fn fill(part: &mut impl Read, room: &mut [u8]) -> io::Result<usize> {
    loop {
        match part.read(room) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

/// Where each cell of the first row ends, and where the next row begins; `None` where the row goes on
/// beyond the text.
fn row(text: &[u8], ends: &mut Vec<usize>) -> Option<usize> {
    ends.clear();
    let mut at = 0;
    loop {
        if text.get(at)? == &b'"' {
            at += 1;
            loop {
                at += memchr(b'"', &text[at..])? + 1;
                // Two quotes are one that is meant.
                match text.get(at)? {
                    b'"' => at += 1,
                    _ => break,
                }
            }
        }
        at += memchr2(b',', b'\n', &text[at..])?;
        ends.push(at);
        at += 1;
        if text[at - 1] == b'\n' {
            return Some(at);
        }
    }
}

/// A cell without its quotes, and without the apostrophe that keeps a spreadsheet from running it.
fn cell<'a>(text: &'a [u8], ends: &[usize], place: usize) -> Cow<'a, str> {
    let from = if place == 0 { 0 } else { ends[place - 1] + 1 };
    let mut bytes = &text[from..ends[place]];
    if place + 1 == ends.len() {
        bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
    }
    let quoted = bytes.strip_prefix(b"\"").and_then(|inner| inner.strip_suffix(b"\""));
    let cell = match quoted {
        Some(inner) => match String::from_utf8_lossy(inner) {
            words if inner.contains(&b'"') => Cow::Owned(words.replace("\"\"", "\"")),
            words => words,
        },
        None => String::from_utf8_lossy(bytes),
    };
    match cell {
        Cow::Borrowed(words) => Cow::Borrowed(unguarded(words)),
        Cow::Owned(words) if unguarded(&words) == words => Cow::Owned(words),
        Cow::Owned(words) => Cow::Owned(unguarded(&words).to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, width: usize, expect: &[&str]) {
        // Whatever pieces it is read in.
        for piece in [1, 3, 1_000] {
            let mut seen = Vec::new();
            let pieces = Pieces(text.as_bytes(), piece);
            let places: Vec<usize> = (0..width).collect();
            let done = rows(pieces, width, &places, |cells| seen.push(cells.join("|")));
            assert!(done.is_ok(), "{text:?}");
            assert_eq!(seen, expect, "{text:?} by {piece}");
        }
    }

    /// A text that is read a few bytes at a time.
    struct Pieces<'a>(&'a [u8], usize);

    impl Read for Pieces<'_> {
        fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
            let length = self.1.min(room.len()).min(self.0.len());
            let (now, later) = self.0.split_at(length);
            room[..length].copy_from_slice(now);
            self.0 = later;
            Ok(length)
        }
    }

    #[test]
    fn cells_are_as_the_standard_has_them() {
        check("a,b\nc,d\n", 2, &["a|b", "c|d"]);
        check("a,b\r\nc,\r\n", 2, &["a|b", "c|"]);
        check("a,\"b, \"\"c\"\"\nd\"\n,\"\"", 2, &["a|b, \"c\"\nd", "|"]);
        check("'=1,'it\n", 2, &["=1|'it"]);
        check("x,1\n\ny,2\n", 2, &["x|1", "y|2"]);
    }

    #[test]
    fn what_is_no_table_is_refused() {
        for text in ["a,b,c\n", "a\n", "a,\"open\n"] {
            assert!(
                matches!(rows(text.as_bytes(), 2, &[0], |_| ()), Err(Trouble::Broken)),
                "{text}"
            );
        }
    }

    #[test]
    fn a_row_may_be_longer_than_a_block() {
        let long = "x".repeat(5 * BLOCK);
        let text = format!("\"{long}\",b\nc,d\n");
        let mut seen = Vec::new();
        let done = rows(text.as_bytes(), 2, &[0, 1], |cells| seen.push(cells.join("|")));
        assert!(done.is_ok() && seen == [format!("{long}|b"), "c|d".to_owned()]);
    }
}
