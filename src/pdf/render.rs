//! Pages rendered as a viewer shows them: to read those that no text and no picture
//! tells the words of, and to look at.

use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::vello_cpu::{Pixmap, RasterizerSettings, RenderContext, Resources, TargetInit};
use hayro::{RenderCache, RenderSettings, render_into};
use hayro_interpret::InterpreterSettings;
use hayro_interpret::kurbo::Affine;
use hayro_interpret::util::TransformExt;

use super::{Reader, glyphs};
use crate::image::{Colored, size_is_sane};

/// The most pixels that a page is rendered to: a letter page at 600 dpi and some.
const MAX_RENDERED: f64 = 40_000_000.0;

/// Below this resolution nobody reads anything.
const LEAST_DPI: f32 = 20.0;

impl Reader<'_> {
    /// The page at `index` as a viewer shows it, with `dpi` pixels to the inch or, for
    /// a page of unusual size, as many as can be held; `None` for a page of no sane
    /// size or with a picture of none.
    pub fn rendered(&mut self, index: usize, dpi: f32) -> Option<Colored> {
        let page = &self.pdf.pages()[index];
        let (width, height) = page.render_dimensions();
        let dpi = fitting_dpi(width, height, dpi)?;
        // A small file may hold a picture that takes gigabytes once it is decoded.
        let mut collector = glyphs::Collector::new(width, height);
        self.interpret(index, &mut collector);
        if collector.placements.iter().any(|p| !size_is_sane(p.width.into(), p.height.into())) {
            return None;
        }
        let scale = f64::from(dpi) / 72.0;
        let pixels = |points: f32| (f64::from(points) * scale).round().max(1.0) as u16;
        let (columns, rows) = (pixels(width), pixels(height));
        let mut context = RenderContext::new(columns, rows);
        render_into(
            page,
            &RenderCache::new(),
            &InterpreterSettings::default(),
            &RenderSettings::default(),
            &mut context,
            Affine::scale(scale) * page.initial_transform(true).to_kurbo(),
        );
        context.flush();
        let mut pixmap = Pixmap::new(columns, rows);
        let settings = RasterizerSettings {
            target_init: TargetInit::Clear(WHITE),
            ..RasterizerSettings::default()
        };
        context.render_with(&mut pixmap, &mut Resources::default(), settings);
        // On white paper nothing is left transparent.
        let rgb = pixmap.data().iter().flat_map(|pixel| [pixel.r, pixel.g, pixel.b]).collect();
        Colored::from_rgb(columns.into(), rows.into(), dpi, rgb)
    }
}

/// The resolution at which a page of this size in points can be held.
fn fitting_dpi(width: f32, height: f32, dpi: f32) -> Option<f32> {
    if !(width.is_finite() && height.is_finite()) {
        return None;
    }
    let longest = f32::from(u16::MAX - 1) * 72.0 / width.max(height);
    let largest = (MAX_RENDERED / (f64::from(width) * f64::from(height))).sqrt() * 72.0;
    let dpi = dpi.min(longest).min(largest as f32);
    (dpi >= LEAST_DPI).then_some(dpi)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_is_too_large_is_rendered_coarser() {
        assert_eq!(fitting_dpi(612.0, 792.0, 300.0), Some(300.0));
        // A0 at 300 dpi would be 139 million pixels.
        let poster = fitting_dpi(2384.0, 3370.0, 300.0).unwrap();
        assert!((155.0..165.0).contains(&poster), "{poster}");
        assert_eq!(fitting_dpi(1e6, 1e6, 300.0), None);
        assert_eq!(fitting_dpi(1.0, 1e6, 300.0), None);
        assert_eq!(fitting_dpi(f32::NAN, 792.0, 300.0), None);
    }
}
