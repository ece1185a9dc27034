//! Sheets of paper with type on them, drawn pixel by pixel.

/// A 5 by 7 font: capitals, digits and a few marks, a byte a row.
const FONT: [(char, [u8; 7]); 42] = [
    ('A', [0x0E, 0x11, 0x11, 0x1F, 0x11, 0x11, 0x11]),
    ('B', [0x1E, 0x11, 0x11, 0x1E, 0x11, 0x11, 0x1E]),
    ('C', [0x0E, 0x11, 0x10, 0x10, 0x10, 0x11, 0x0E]),
    ('D', [0x1E, 0x11, 0x11, 0x11, 0x11, 0x11, 0x1E]),
    ('E', [0x1F, 0x10, 0x10, 0x1E, 0x10, 0x10, 0x1F]),
    ('F', [0x1F, 0x10, 0x10, 0x1E, 0x10, 0x10, 0x10]),
    ('G', [0x0E, 0x11, 0x10, 0x17, 0x11, 0x11, 0x0F]),
    ('H', [0x11, 0x11, 0x11, 0x1F, 0x11, 0x11, 0x11]),
    ('I', [0x0E, 0x04, 0x04, 0x04, 0x04, 0x04, 0x0E]),
    ('J', [0x07, 0x02, 0x02, 0x02, 0x02, 0x12, 0x0C]),
    ('K', [0x11, 0x12, 0x14, 0x18, 0x14, 0x12, 0x11]),
    ('L', [0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x1F]),
    ('M', [0x11, 0x1B, 0x15, 0x15, 0x11, 0x11, 0x11]),
    ('N', [0x11, 0x11, 0x19, 0x15, 0x13, 0x11, 0x11]),
    ('O', [0x0E, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0E]),
    ('P', [0x1E, 0x11, 0x11, 0x1E, 0x10, 0x10, 0x10]),
    ('Q', [0x0E, 0x11, 0x11, 0x11, 0x15, 0x12, 0x0D]),
    ('R', [0x1E, 0x11, 0x11, 0x1E, 0x14, 0x12, 0x11]),
    ('S', [0x0F, 0x10, 0x10, 0x0E, 0x01, 0x01, 0x1E]),
    ('T', [0x1F, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04]),
    ('U', [0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0E]),
    ('V', [0x11, 0x11, 0x11, 0x11, 0x11, 0x0A, 0x04]),
    ('W', [0x11, 0x11, 0x11, 0x15, 0x15, 0x15, 0x0A]),
    ('X', [0x11, 0x11, 0x0A, 0x04, 0x0A, 0x11, 0x11]),
    ('Y', [0x11, 0x11, 0x11, 0x0A, 0x04, 0x04, 0x04]),
    ('Z', [0x1F, 0x01, 0x02, 0x04, 0x08, 0x10, 0x1F]),
    ('0', [0x0E, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0E]),
    ('1', [0x04, 0x0C, 0x04, 0x04, 0x04, 0x04, 0x0E]),
    ('2', [0x0E, 0x11, 0x01, 0x02, 0x04, 0x08, 0x1F]),
    ('3', [0x1F, 0x02, 0x04, 0x02, 0x01, 0x11, 0x0E]),
    ('4', [0x02, 0x06, 0x0A, 0x12, 0x1F, 0x02, 0x02]),
    ('5', [0x1F, 0x10, 0x1E, 0x01, 0x01, 0x11, 0x0E]),
    ('6', [0x06, 0x08, 0x10, 0x1E, 0x11, 0x11, 0x0E]),
    ('7', [0x1F, 0x01, 0x02, 0x04, 0x08, 0x08, 0x08]),
    ('8', [0x0E, 0x11, 0x11, 0x0E, 0x11, 0x11, 0x0E]),
    ('9', [0x0E, 0x11, 0x11, 0x0F, 0x01, 0x02, 0x0C]),
    (':', [0x00, 0x0C, 0x0C, 0x00, 0x0C, 0x0C, 0x00]),
    ('.', [0x00, 0x00, 0x00, 0x00, 0x00, 0x0C, 0x0C]),
    (',', [0x00, 0x00, 0x00, 0x00, 0x0C, 0x04, 0x08]),
    ('-', [0x00, 0x00, 0x00, 0x1F, 0x00, 0x00, 0x00]),
    ('/', [0x01, 0x01, 0x02, 0x04, 0x08, 0x10, 0x10]),
    (' ', [0; 7]),
];

/// A sheet; 0 is black, 255 white.
#[derive(Clone)]
pub struct Sheet {
    pub width: usize,
    pub height: usize,
    pub pixels: Vec<u8>,
}

impl Sheet {
    pub fn white(width: usize, height: usize) -> Self {
        Self { width, height, pixels: vec![255; width * height] }
    }

    /// Lines of type, from 200 pixels in and down; each dot of the font is `dot`
    /// pixels wide.
    pub fn typed(lines: &[&str], width: usize, height: usize, dot: usize) -> Self {
        let mut sheet = Self::white(width, height);
        let margin = if width > 400 { 200 } else { 2 };
        for (i, line) in lines.iter().enumerate() {
            sheet.print(line, margin, margin + i * 14 * dot, dot);
        }
        sheet
    }

    /// Prints a line, all in capitals.
    pub fn print(&mut self, line: &str, x: usize, y: usize, dot: usize) {
        for (i, c) in line.chars().enumerate() {
            let rows = FONT.iter().find(|(f, _)| *f == c.to_ascii_uppercase()).unwrap().1;
            for (row, bits) in rows.iter().enumerate() {
                for column in (0..5).filter(|column| bits >> (4 - column) & 1 == 1) {
                    self.dot(x + (i * 6 + column) * dot, y + row * dot, dot);
                }
            }
        }
    }

    fn dot(&mut self, x: usize, y: usize, side: usize) {
        for row in y..(y + side).min(self.height) {
            let end = (x + side).min(self.width);
            self.pixels[row * self.width + x.min(end)..row * self.width + end].fill(0);
        }
    }

    pub fn upside_down(mut self) -> Self {
        self.pixels.reverse();
        self
    }

    /// Turned clockwise by this many quarters.
    pub fn turned(self, quarters: usize) -> Self {
        (0..quarters).fold(self, |sheet, _| {
            let (w, h) = (sheet.width, sheet.height);
            let pixel = |i: usize| sheet.pixels[(h - 1 - i % h) * w + i / h];
            Self { width: h, height: w, pixels: (0..w * h).map(pixel).collect() }
        })
    }

    /// Half the rows, as standard-mode fax leaves them.
    pub fn every_other_row(self) -> Self {
        let pixels = self.pixels.chunks(self.width).step_by(2).flatten().copied().collect();
        Self { pixels, height: self.height.div_ceil(2), ..self }
    }

    /// A Group 4 TIFF at 200 dpi, put together by hand.
    pub fn group_4(&self, white_is_zero: bool, reversed: bool) -> Vec<u8> {
        let mut strip = self.code_group_4(white_is_zero);
        if reversed {
            strip.iter_mut().for_each(|byte| *byte = byte.reverse_bits());
        }
        let mut out = b"II*\0\x08\0\0\0".to_vec();
        let data = 8 + 2 + 12 * 12 + 4;
        let entries: [(u16, u16, u32); 12] = [
            (256, 4, self.width as u32),
            (257, 4, self.height as u32),
            (258, 3, 1),
            (259, 3, 4),
            (262, 3, u32::from(!white_is_zero)),
            (266, 3, if reversed { 2 } else { 1 }),
            (273, 4, data + 16),
            (277, 3, 1),
            (278, 4, self.height as u32),
            (279, 4, strip.len() as u32),
            (282, 5, data),
            (283, 5, data + 8),
        ];
        out.extend(12u16.to_le_bytes());
        for (tag, kind, value) in entries {
            out.extend(tag.to_le_bytes());
            out.extend(kind.to_le_bytes());
            out.extend(1u32.to_le_bytes());
            out.extend(value.to_le_bytes());
        }
        out.extend(0u32.to_le_bytes());
        for number in [200u32, 1, 200, 1] {
            out.extend(number.to_le_bytes());
        }
        out.extend(strip);
        out
    }

    /// Its rows in Group 4 code.
    pub fn code_group_4(&self, white_is_zero: bool) -> Vec<u8> {
        use fax::encoder::Encoder;
        use fax::{Color, VecWriter};
        let mut encoder = Encoder::new(VecWriter::new());
        for row in self.pixels.chunks(self.width) {
            let color =
                |&p: &u8| if (p < 128) == white_is_zero { Color::Black } else { Color::White };
            encoder.encode_line(row.iter().map(color), self.width as u32).unwrap();
        }
        encoder.finish().unwrap().finish()
    }
}
