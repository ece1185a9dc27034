//! What a page draws, collected: glyphs with places, and where pictures lie.

use hayro_interpret::font::{Glyph as Drawn, GlyphRun};
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::kurbo::{Affine, BezPath, PathEl, Point, Rect as Area, Shape};
use hayro_interpret::{
    BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageDrawProps, Paint, SoftMask,
};

/// A page with more glyphs than this is no page of words.
const MAX_GLYPHS: usize = 400_000;

/// A page with more edges than this is a drawing.
const MAX_EDGES: usize = 20_000;

/// A path of more elements than this is a drawing.
const MAX_ELEMENTS: usize = 200;

/// An area no wider than this is a line, in points.
const THIN: f64 = 2.5;

/// How far type reaches below its baseline, in thousandths of its size, and above.
const DESCENT: f64 = -220.0;
const ASCENT: f64 = 750.0;

/// Shades from this on do not show on white paper.
const PAPER: u8 = 250;

/// One drawn character (or a ligature of several), in points from the top left.
pub struct Glyph {
    /// What it stands for; `None` where nobody can tell.
    pub text: Option<BfString>,
    /// Where the pen stands when it is drawn.
    pub origin: Point,
    /// Where the pen stands afterwards.
    pub end: Point,
    /// The box around the type's full height.
    pub area: Area,
    /// Height of the type in points.
    pub size: f64,
    /// Whether it is not painted, as the words behind a scan.
    pub invisible: bool,
}

impl Glyph {
    /// Whether it leaves no mark.
    pub fn is_space(&self) -> bool {
        match &self.text {
            Some(BfString::Char(c)) => c.is_whitespace(),
            Some(BfString::String(text)) => !text.is_empty() && text.trim().is_empty(),
            None => false,
        }
    }
}

/// Where a picture lies.
pub struct Placement {
    /// From the picture's pixels to the page's points.
    pub transform: Affine,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

/// Collects what a page draws.
pub struct Collector {
    /// The page's width in points.
    pub width: f32,
    /// The page's height in points.
    pub height: f32,
    /// Every glyph on the page, in drawing order.
    pub glyphs: Vec<Glyph>,
    /// Every picture, in drawing order.
    pub placements: Vec<Placement>,
    /// How many lines and areas are drawn that show on white paper.
    pub paths: usize,
    /// Lines across and down, and the edges of areas.
    pub edges: Vec<Area>,
    /// Of the run that is drawn: its codes, what each means and how wide it is. A run has one font,
    /// and finding these out takes long.
    known: Vec<(u32, Option<BfString>, f64)>,
}

impl Collector {
    /// For a page of this size in points.
    pub fn new(width: f32, height: f32) -> Self {
        Self {
            width,
            height,
            glyphs: Vec::new(),
            placements: Vec::new(),
            paths: 0,
            edges: Vec::new(),
            known: Vec::new(),
        }
    }
}

impl Collector {
    /// Takes the straight edges of what is drawn: cells of tables have some.
    fn edges_of(&mut self, place: Affine, path: &BezPath, area: Area) {
        if path.elements().len() > MAX_ELEMENTS || self.edges.len() >= MAX_EDGES {
            return;
        }
        // Narrow areas are lines too.
        if area.width().min(area.height()) <= THIN {
            let middle = area.center();
            self.edges.push(if area.width() >= area.height() {
                Area::new(area.x0, middle.y, area.x1, middle.y)
            } else {
                Area::new(middle.x, area.y0, middle.x, area.y1)
            });
            return;
        }
        let (mut start, mut last) = (Point::ORIGIN, Point::ORIGIN);
        for element in path.elements() {
            let next = match *element {
                PathEl::MoveTo(p) => {
                    (start, last) = (p, p);
                    continue;
                }
                PathEl::LineTo(p) => p,
                PathEl::ClosePath => start,
                // What is round is no cell.
                PathEl::QuadTo(..) | PathEl::CurveTo(..) => return,
            };
            let edge = Area::from_points(place * last, place * next);
            if edge.width().min(edge.height()) < 0.5 {
                self.edges.push(edge);
            }
            last = next;
        }
    }
}

impl<'a> Device<'a> for Collector {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        let white = match &props.paint {
            Paint::Color(color) => {
                let [r, g, b, alpha] = color.to_rgba().to_rgba8();
                alpha < 8 || [r, g, b].iter().all(|&shade| shade >= PAPER)
            }
            Paint::Pattern(_) => false,
        };
        let area = (props.transform * path.clone()).bounding_box();
        let on_page = area.x1 > 0.0
            && area.y1 > 0.0
            && area.x0 < f64::from(self.width)
            && area.y0 < f64::from(self.height);
        if !white && on_page && !matches!(mode, DrawMode::Invisible) {
            self.paths += 1;
            self.edges_of(props.transform, path, area);
        }
    }

    fn push_clip_path(&mut self, _: &ClipPath) {}

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        let invisible = matches!(mode, DrawMode::Invisible);
        let page = Area::new(0.0, 0.0, f64::from(self.width), f64::from(self.height));
        let known = &mut self.known;
        known.clear();
        for glyph in run.glyphs() {
            if self.glyphs.len() >= MAX_GLYPHS {
                return;
            }
            let place = props.transform * glyph.transform();
            let code = glyph.char_code();
            let at = known.iter().position(|(other, ..)| *other == code).unwrap_or_else(|| {
                known.push((code, meaning(glyph), width(glyph)));
                known.len() - 1
            });
            let (text, advance) = (known[at].1.clone(), known[at].2);
            let [a, b, c, d, x, y] = place.as_coeffs();
            let origin = Point::new(x, y);
            let end = Point::new(x + a * advance, y + b * advance);
            let size = 1000.0 * c.hypot(d);
            // The box around the slanted one from descent to ascent, side by side.
            let span = |along: f64, up: f64| {
                let (low, high) = (DESCENT * up, ASCENT * up);
                (along.min(0.0) + low.min(high), along.max(0.0) + low.max(high))
            };
            let ((x0, x1), (y0, y1)) = (span(a * advance, c), span(b * advance, d));
            let area = Area::new(x + x0, y + y0, x + x1, y + y1);
            if ![origin.x, origin.y, end.x, end.y, size].iter().all(|v| v.is_finite()) {
                continue;
            }
            if page.contains(area.center()) {
                self.glyphs.push(Glyph { text, origin, end, area, size, invisible });
            }
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        let (width, height) = (image.width(), image.height());
        self.placements.push(Placement { transform: props.transform, width, height });
    }

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {}
}

/// What a glyph stands for.
fn meaning(glyph: &Drawn<'_>) -> Option<BfString> {
    match glyph {
        Drawn::Outline(outline) => outline.as_unicode(),
        Drawn::Type3(drawn) => {
            // Fonts of drawings often lack a table of characters; their codes are
            // then mostly ASCII.
            let code = char::from_u32(drawn.char_code());
            let code = code.filter(|c| c.is_ascii_graphic() || *c == ' ');
            drawn.as_unicode().or(code.map(BfString::Char))
        }
    }
}

/// How far a glyph moves the pen, in thousandths of the type's size.
fn width(glyph: &Drawn<'_>) -> f64 {
    let width = match glyph {
        Drawn::Outline(outline) => outline.advance_width(),
        Drawn::Type3(drawn) => drawn.advance_width(),
    };
    f64::from(width.unwrap_or(500.0))
}
