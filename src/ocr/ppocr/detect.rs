//! The detector: where on a page lines of print stand.

use std::sync::Arc;

use rten::{Model, ModelOptions, NodeId, RunOptions, ThreadPool, Value};

use crate::geometry::Rect;
use crate::image::Picture;
use crate::image::blots::Blots;
use crate::ocr::OcrError;

/// The longer side of what the detector sees, in pixels.
const LONGEST: usize = 1_280;

/// The detector wants sides that are a multiple of this.
const GRID: usize = 32;

/// From this likelihood on a pixel belongs to the core of a line.
const CORE: f32 = 0.3;

/// Lines whose pixels are less likely than this on the whole are no print.
const LINE: f32 = 0.5;

/// A core is smaller than its line: it grows by this share of area over girth.
const GROWTH: f32 = 1.6;

/// Colours of the pictures that the detector was taught on: mean and spread of red,
/// green and blue.
const MEAN: [f32; 3] = [0.485, 0.456, 0.406];
const SPREAD: [f32; 3] = [0.229, 0.224, 0.225];

/// The detector.
pub struct Detector {
    model: Model,
    input: NodeId,
    output: NodeId,
}

impl Detector {
    /// Loads the model from its file's content.
    pub fn load(bytes: Vec<u8>) -> Result<Self, OcrError> {
        let model = ModelOptions::with_all_ops().prepack_weights(true).load(bytes);
        let model = model.map_err(|_| OcrError::BadModel)?;
        let (&[input], &[output]) = (model.input_ids(), model.output_ids()) else {
            return Err(OcrError::BadModel);
        };
        Ok(Self { model, input, output })
    }

    /// Boxes around the lines of an upright picture, in its pixels.
    pub fn find(
        &self,
        picture: &Picture,
        threads: &Arc<ThreadPool>,
    ) -> Result<Vec<Rect>, OcrError> {
        let scale = (LONGEST as f32 / picture.width.max(picture.height) as f32).min(1.0);
        let side = |length: usize| {
            let scaled = (length as f32 * scale).round().max(1.0) as usize;
            scaled.next_multiple_of(GRID).min(LONGEST.next_multiple_of(GRID))
        };
        let (width, height) = (side(picture.width), side(picture.height));
        let small = picture.resized(width, height);
        let mut shades = Vec::with_capacity(3 * width * height);
        for (mean, spread) in MEAN.iter().zip(SPREAD) {
            shades.extend(small.pixels.iter().map(|&p| (f32::from(p) / 255.0 - mean) / spread));
        }
        let input = Value::from_shape([1, 3, height, width], shades);
        let input = input.map_err(|_| OcrError::Failed)?;
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(threads)));
        let output =
            self.model.run_n(vec![(self.input, input.into())], [self.output], Some(options));
        let [output] = output.map_err(|_| OcrError::Failed)?;
        let ([_, _, rows, columns], likely) =
            output.into_shape_vec::<f32, 4>().map_err(|_| OcrError::Failed)?;
        let (x, y) = (picture.width as f32 / columns as f32, picture.height as f32 / rows as f32);
        let scaled = |r: Rect| Rect::new(r.x0 * x, r.y0 * y, r.x1 * x, r.y1 * y);
        Ok(boxes(&likely, columns, rows).into_iter().map(scaled).collect())
    }
}

/// Boxes around patches of likely pixels, grown to the height of the print.
fn boxes(likely: &[f32], width: usize, height: usize) -> Vec<Rect> {
    let mut core = Picture::white(width, height, 100.0, 100.0);
    for (pixel, &l) in core.pixels.iter_mut().zip(likely) {
        if l > CORE {
            *pixel = 0;
        }
    }
    let mut found = Vec::new();
    for blot in Blots::new(&core).all {
        let (w, h) = blot.size();
        if w.min(h) < 3 {
            continue;
        }
        let mut sum = 0.0;
        for y in blot.y0..blot.y1 {
            let row = y * width;
            sum += likely[row + blot.x0..row + blot.x1].iter().filter(|&&l| l > CORE).sum::<f32>();
        }
        if sum / (blot.ink as f32) < LINE {
            continue;
        }
        let (w, h) = (w as f32, h as f32);
        let grow = w * h * GROWTH / (2.0 * (w + h));
        found.push(Rect::new(
            (blot.x0 as f32 - grow).max(0.0),
            (blot.y0 as f32 - grow).max(0.0),
            (blot.x1 as f32 + grow).min(width as f32),
            (blot.y1 as f32 + grow).min(height as f32),
        ));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likely_patches_become_boxes_that_reach_a_little_further() {
        let mut likely = vec![0.0; 200 * 100];
        for y in 40..46 {
            likely[y * 200 + 50..y * 200 + 150].fill(0.9);
        }
        likely[10 * 200 + 10] = 0.9; // a speck
        for y in 80..86 {
            likely[y * 200 + 50..y * 200 + 150].fill(0.4); // nothing sure
        }
        let found = boxes(&likely, 200, 100);
        assert_eq!(found.len(), 1);
        let grow = 600.0 * GROWTH / 212.0;
        assert!(
            (found[0].y0 - (40.0 - grow)).abs() < 0.01
                && (found[0].x1 - (150.0 + grow)).abs() < 0.01
        );
    }
}
