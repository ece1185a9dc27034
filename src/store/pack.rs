//! A reading as bytes: small enough to keep thousands, whole enough to tag again.

use std::fmt;
use std::io::BufReader;

use serde::{Deserialize, Serialize};

use crate::document::TextSource;
use crate::read::Reading;

/// Speed and size as measured on faxes: higher levels save next to nothing.
const LEVEL: i32 = 3;

/// Longer than any word: what a stream needs at a time.
const LONGEST_WORD: usize = 1 << 16;

/// What is told of a reading without unpacking it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Pages in all.
    pub pages: u32,
    /// Pages read by OCR.
    pub pages_ocr: u32,
    /// Whether the document as a whole could not be read.
    pub failed: bool,
    /// Whether another try, with other limits say, may go better.
    pub retriable: bool,
}

/// A reading, packed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Packed {
    /// BLAKE3 of the file's bytes, 64 hexadecimal digits.
    pub content_hash: String,
    /// What is told without unpacking it.
    pub summary: Summary,
    /// Postcard, compressed by zstd.
    pub(super) bytes: Vec<u8>,
}

impl Packed {
    /// Packs a reading.
    pub fn of(reading: &Reading) -> Self {
        let pages = &reading.document.pages;
        let summary = Summary {
            pages: pages.len() as u32,
            pages_ocr: pages.iter().filter(|page| page.source == TextSource::Ocr).count() as u32,
            failed: reading.problems.iter().any(|problem| problem.fatal),
            retriable: reading.problems.iter().any(|problem| problem.retriable),
        };
        // Writing plain data to memory cannot fail; empty bytes unpack to nothing.
        let bytes = compress(reading).unwrap_or_default();
        Self { content_hash: reading.document.content_hash.clone(), summary, bytes }
    }

    /// The reading; `None` where the bytes are none of ours.
    pub fn unpack(&self) -> Option<Reading> {
        self.unpack_words().or_else(|| self.unpack_whole())
    }

    /// Word by word, so that nothing but the reading is held.
    fn unpack_words(&self) -> Option<Reading> {
        let plain = zstd::stream::Decoder::new(self.bytes.as_slice()).ok()?;
        let mut word = vec![0; LONGEST_WORD];
        postcard::from_io((BufReader::new(plain), word.as_mut_slice())).ok().map(|(read, _)| read)
    }

    /// Where a text file is one long text.
    fn unpack_whole(&self) -> Option<Reading> {
        let plain = zstd::stream::decode_all(self.bytes.as_slice()).ok()?;
        postcard::from_bytes(&plain).ok()
    }

    /// What changes with any bit of it.
    pub(super) fn checksum(&self) -> [u8; 32] {
        let Summary { pages, pages_ocr, failed, retriable } = self.summary;
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.content_hash.as_bytes());
        hasher.update(&pages.to_le_bytes());
        hasher.update(&pages_ocr.to_le_bytes());
        hasher.update(&[u8::from(failed), u8::from(retriable)]);
        hasher.update(&self.bytes);
        hasher.finalize().into()
    }
}

fn compress(reading: &Reading) -> Option<Vec<u8>> {
    let out = zstd::stream::Encoder::new(Vec::new(), LEVEL).ok()?;
    postcard::to_io(reading, out).ok()?.finish().ok()
}

impl fmt::Debug for Packed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Packed({:?}, {} bytes)", self.summary, self.bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{ReadOptions, read};

    #[test]
    fn a_reading_comes_back_as_it_was() {
        let bytes = b"Pain 8/10.\n\nPLAN: one block.\x0csecond page";
        let reading = read(bytes, Some("a.txt"), &ReadOptions::default());
        let packed = Packed::of(&reading);
        assert_eq!((packed.summary.pages, packed.summary.failed), (2, false));
        assert_eq!(packed.unpack().as_ref(), Some(&reading));
        assert_eq!(packed.checksum(), Packed::of(&reading).checksum());
    }

    #[test]
    fn a_text_longer_than_any_word_comes_back() {
        let bytes = "Pain 8/10. ".repeat(LONGEST_WORD / 10);
        let reading = read(bytes.as_bytes(), Some("a.txt"), &ReadOptions::default());
        let packed = Packed::of(&reading);
        assert!(packed.unpack_words().is_none());
        assert_eq!(packed.unpack().as_ref(), Some(&reading));
    }

    #[test]
    fn other_bytes_are_no_reading() {
        let reading = read(b"", None, &ReadOptions::default());
        let packed = Packed::of(&reading);
        assert!(packed.summary.failed);
        for bytes in [vec![], b"text".to_vec(), packed.bytes[1..].to_vec()] {
            let other = Packed { bytes, ..packed.clone() };
            assert!(other.unpack().is_none());
            assert_ne!(other.checksum(), packed.checksum());
        }
    }

    #[test]
    fn debug_output_shows_no_text() {
        let reading = read(b"Pain 8/10.", None, &ReadOptions::default());
        assert!(!format!("{:?}", Packed::of(&reading)).contains("Pain"));
    }
}
