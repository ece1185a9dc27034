//! A font whose letters are all one box, never painted, with a table of what they stand
//! for: any script can be searched and copied without a real font for it.

use std::collections::BTreeMap;
use std::fmt::Write;

use lopdf::{Object, ObjectId, Stream, dictionary};

use super::edit::Edit;

/// How far each letter moves the pen, in thousandths of the type size.
pub const ADVANCE: u16 = 500;

/// How far the font says that its letters go above and below the line, likewise.
const ASCENT: i16 = 750;
const DESCENT: i16 = -250;

/// The letters that a file's layers use, each with a code of its own.
#[derive(Default)]
pub struct Font {
    codes: BTreeMap<char, u16>,
}

impl Font {
    /// The name that pages know it by: one that no producer uses.
    pub const NAME: &str = "ChartsiftUnseen";

    /// Whether no letter has been used.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// The code of a letter, from 1.
    pub fn code(&mut self, c: char) -> u16 {
        let next = self.codes.len().min(usize::from(u16::MAX) - 1) as u16 + 1;
        *self.codes.entry(c).or_insert(next)
    }

    /// Writes the font as the object of this number.
    pub fn write(&self, edit: &mut Edit, id: ObjectId) {
        let program = program();
        let length = program.len() as i64;
        let file = edit.add_stream(dictionary! { "Length1" => length }, program);
        let descriptor = edit.add(dictionary! {
            "Type" => "FontDescriptor", "FontName" => Font::NAME, "Flags" => 4, "ItalicAngle" => 0,
            "FontBBox" => [0, DESCENT.into(), ADVANCE.into(), ASCENT.into()]
                .map(|n: i32| Object::from(n)).to_vec(),
            "Ascent" => i64::from(ASCENT), "Descent" => i64::from(DESCENT),
            "CapHeight" => i64::from(ASCENT), "StemV" => 80, "FontFile2" => file,
        });
        // Every code is drawn by the program's one letter.
        let glyphs = [vec![0, 0], [0, 1].repeat(self.codes.len())].concat();
        let glyphs = edit.add_stream(dictionary! {}, glyphs);
        let descendant = edit.add(dictionary! {
            "Type" => "Font", "Subtype" => "CIDFontType2", "BaseFont" => Font::NAME,
            "CIDSystemInfo" => dictionary! {
                "Registry" => Object::string_literal("Adobe"),
                "Ordering" => Object::string_literal("Identity"), "Supplement" => 0,
            },
            "FontDescriptor" => descriptor, "DW" => i64::from(ADVANCE), "CIDToGIDMap" => glyphs,
        });
        let meanings = edit.add(Stream::new(dictionary! {}, self.meanings().into_bytes()));
        edit.set(
            id,
            dictionary! {
                "Type" => "Font", "Subtype" => "Type0", "BaseFont" => Font::NAME,
                "Encoding" => "Identity-H", "ToUnicode" => meanings,
                "DescendantFonts" => vec![Object::Reference(descendant)],
            },
        );
    }

    /// The table from codes to characters.
    fn meanings(&self) -> String {
        let mut out = String::from(
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n\
             /CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n\
             /CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n\
             1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n",
        );
        let mut codes: Vec<(u16, char)> = self.codes.iter().map(|(&c, &code)| (code, c)).collect();
        codes.sort_unstable();
        // The format allows a hundred entries at a time.
        for some in codes.chunks(100) {
            let _ = writeln!(out, "{} beginbfchar", some.len());
            for &(code, c) in some {
                let _ = write!(out, "<{code:04X}> <");
                for unit in c.encode_utf16(&mut [0; 2]) {
                    let _ = write!(out, "{unit:04X}");
                }
                out.push_str(">\n");
            }
            out.push_str("endbfchar\n");
        }
        out.push_str("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
        out
    }
}

/// A TrueType program of one missing letter and one that is a box: some viewers mark what
/// is selected by the ink that letters would have.
fn program() -> Vec<u8> {
    let be = |values: &[i32]| -> Vec<u8> {
        values.iter().flat_map(|&v| (v as u16).to_be_bytes()).collect()
    };
    let (ascent, descent, advance) = (i32::from(ASCENT), i32::from(DESCENT), i32::from(ADVANCE));
    // Version and revision, a checksum set below, the magic number, flags, 1000 units.
    let mut head = be(&[1, 0, 1, 0, 0, 0, 0x5F0F, 0x3CF5, 0, 1000]);
    head.extend([0; 16]); // made and changed at no time in particular
    head.extend(be(&[0, descent, advance, ascent, 0, 8, 2, 0, 0]));
    let hhea = be(&[1, 0, ascent, descent, 0, advance, 0, 0, advance, 1, 0, 0, 0, 0, 0, 0, 0, 1]);
    let maxp = be(&[1, 0, 2, 4, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0]);
    let hmtx = be(&[advance, 0, 0]);
    // One contour that ends at point 3, its box, no instructions, four corners on it.
    let mut glyf = be(&[1, 0, descent, advance, ascent, 3, 0]);
    glyf.extend([1; 4]);
    let height = ascent - descent;
    glyf.extend(be(&[0, 0, advance, 0, descent, height, 0, -height]));
    let loca = be(&[0, 0, glyf.len() as i32 / 2]);
    let tables: [(&[u8; 4], Vec<u8>); 6] = [
        (b"glyf", glyf),
        (b"head", head),
        (b"hhea", hhea),
        (b"hmtx", hmtx),
        (b"loca", loca),
        (b"maxp", maxp),
    ];
    let sum = |bytes: &[u8]| {
        bytes.chunks(4).fold(0u32, |sum, word| {
            let mut whole = [0; 4];
            whole[..word.len()].copy_from_slice(word);
            sum.wrapping_add(u32::from_be_bytes(whole))
        })
    };
    let mut out = be(&[1, 0, tables.len() as i32, 64, 2, 32]);
    let mut body: Vec<u8> = Vec::new();
    let mut head_at = 0;
    for (name, table) in &tables {
        let at = 12 + 16 * tables.len() + body.len();
        if *name == b"head" {
            head_at = at;
        }
        out.extend(*name);
        for number in [sum(table), at as u32, table.len() as u32] {
            out.extend(number.to_be_bytes());
        }
        body.extend(table);
        body.resize(body.len().next_multiple_of(4), 0);
    }
    out.extend(body);
    let adjustment = 0xB1B0_AFBAu32.wrapping_sub(sum(&out));
    out[head_at + 8..head_at + 12].copy_from_slice(&adjustment.to_be_bytes());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_has_one_code_and_its_meaning() {
        let mut font = Font::default();
        assert_eq!([font.code('a'), font.code('\u{1F600}'), font.code('a')], [1, 2, 1]);
        let meanings = font.meanings();
        assert!(meanings.contains("2 beginbfchar\n<0001> <0061>\n<0002> <D83DDE00>\nendbfchar"));
    }

    #[test]
    fn the_program_is_whole() {
        let program = program();
        // The sum of all 32-bit words of a font is this number.
        let sum = program
            .chunks(4)
            .fold(0u32, |sum, word| sum.wrapping_add(u32::from_be_bytes(word.try_into().unwrap())));
        assert_eq!((program.len() % 4, sum), (0, 0xB1B0_AFBA));
    }
}
