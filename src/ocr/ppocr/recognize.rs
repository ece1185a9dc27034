//! The recogniser: one line of print to words.

use std::ops::Range;
use std::sync::Arc;

use rten::{Model, ModelOptions, NodeId, RunOptions, ThreadPool, Value};

use super::strip::Strip;
use crate::ocr::OcrError;
use crate::ocr::{DOUBT, other_reading};

/// Pixels in a strip that become one step of the recogniser's output.
const STEP: usize = 8;

/// Signs kept besides ASCII: those that clinical notes are printed with.
const SIGNS: &str = "°±½¼¾×–—•’‘“”µ≥≤→·";

/// The name of the value that holds a step's features, just before the last layer
/// compares them with each of 18,710 signs.
const FEATURES: &str = "p2o.pd_op.transpose.8.0";

/// The name of that layer's result.
const SCORES: &str = "Add.209";

/// White, in columns of a strip, that parts words in any type; print fills about 30 of
/// its rows.
const WIDE: usize = 22;

/// White that parts no words in any type.
const NARROW: usize = 10;

/// What the mean likelihood of a word's signs is worth: the share of words read with
/// it that were right, on 5,600 words read off faxed pages of all kinds. Of words at .9
/// every other one is wrong; Tesseract's confidence needs no such table.
const WORTH: [(f32, f32); 10] = [
    (0.0, 0.05),
    (0.55, 0.23),
    (0.75, 0.37),
    (0.87, 0.5),
    (0.93, 0.6),
    (0.96, 0.7),
    (0.98, 0.83),
    (0.99, 0.91),
    (0.995, 0.94),
    (1.0, 0.99),
];

/// How likely a word is right whose signs have this mean likelihood.
fn worth(likelihood: f32) -> f32 {
    let above = WORTH.iter().position(|&(at, _)| likelihood <= at).unwrap_or(WORTH.len() - 1);
    let ((x0, y0), (x1, y1)) = (WORTH[above.max(1) - 1], WORTH[above.max(1)]);
    y0 + (y1 - y0) * ((likelihood - x0) / (x1 - x0)).clamp(0.0, 1.0)
}

/// A word of a line.
#[derive(Clone, PartialEq)]
pub struct LineWord {
    /// The word; never empty.
    pub text: String,
    /// Where it stands in the strip, in pixels of the strip.
    pub columns: Range<usize>,
    /// How likely it is right, 0-1.
    pub confidence: f32,
    /// The same word with its most doubtful sign read otherwise.
    pub alternatives: Vec<String>,
}

/// A line, read.
#[derive(Clone, Default, PartialEq)]
pub struct LineReading {
    /// Its words, left to right.
    pub words: Vec<LineWord>,
}

/// The recogniser.
pub struct Recognizer {
    model: Model,
    input: NodeId,
    features: NodeId,
    head: Head,
}

/// The last layer, cut down to the signs that are kept.
///
/// The whole of it takes longer than a third of the network before it, for signs of
/// fifty languages that no record in English has.
struct Head {
    /// The signs; the first is the blank between two signs.
    signs: Vec<char>,
    /// For each sign the weights of a step's features, one sign after the other.
    weights: Vec<f32>,
    /// For each sign what is added.
    bias: Vec<f32>,
    /// How many features a step has.
    depth: usize,
}

impl Recognizer {
    /// Loads the model from its file's content.
    pub fn load(bytes: Vec<u8>, threads: &Arc<ThreadPool>) -> Result<Self, OcrError> {
        let broken = |_| OcrError::BadModel;
        // Fused operations are no faster here, and would swallow the values asked for.
        let mut options = ModelOptions::with_all_ops();
        options.enable_optimization(false).prepack_weights(true);
        let model = options.load(bytes).map_err(|_| OcrError::BadModel)?;
        let signs = model.metadata().fields().find(|(name, _)| *name == "character");
        let signs: Vec<&str> = signs.ok_or(OcrError::BadModel)?.1.split('\n').collect();
        let &input = model.input_ids().first().ok_or(OcrError::BadModel)?;
        let features = model.node_id(FEATURES).map_err(broken)?;
        let scores = model.node_id(SCORES).map_err(broken)?;
        let head = Head::take(&model, (features, scores), &signs, threads)?;
        Ok(Self { model, input, features, head })
    }

    /// Reads one line.
    pub fn read(&self, strip: &Strip, threads: &Arc<ThreadPool>) -> Result<LineReading, OcrError> {
        let shape = [1, 3, strip.height, strip.width];
        let input = Value::from_shape(shape, strip.channels()).map_err(|_| OcrError::Failed)?;
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(threads)));
        let output =
            self.model.run_n(vec![(self.input, input.into())], [self.features], Some(options));
        let [features] = output.map_err(|_| OcrError::Failed)?;
        let ([_, steps, depth], features) =
            features.into_shape_vec::<f32, 3>().map_err(|_| OcrError::Failed)?;
        if depth != self.head.depth {
            return Err(OcrError::Failed);
        }
        let likelihoods: Vec<Vec<f32>> =
            features.chunks_exact(depth).map(|step| self.head.likelihoods(step)).collect();
        debug_assert_eq!(likelihoods.len(), steps);
        Ok(decode(&likelihoods, &self.head.signs, &strip.inked()))
    }
}

impl Head {
    /// Takes the last layer out of the model by asking it what it makes of nothing
    /// and of each feature alone.
    fn take(
        model: &Model,
        (features, scores): (NodeId, NodeId),
        signs: &[&str],
        threads: &Arc<ThreadPool>,
    ) -> Result<Self, OcrError> {
        let depth = model
            .node_info(features)
            .and_then(|info| info.shape())
            .and_then(|shape| match shape.last() {
                Some(rten::Dimension::Fixed(depth)) => Some(*depth),
                _ => None,
            })
            .unwrap_or(120);
        let mut probe = vec![0.0f32; (depth + 1) * depth];
        for i in 0..depth {
            probe[(i + 1) * depth + i] = 1.0;
        }
        let probe = Value::from_shape([1, depth + 1, depth], probe);
        let probe = probe.map_err(|_| OcrError::BadModel)?;
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(threads)));
        let output = model.run_n(vec![(features, probe.into())], [scores], Some(options));
        let [output] = output.map_err(|_| OcrError::BadModel)?;
        let ([_, rows, columns], output) =
            output.into_shape_vec::<f32, 3>().map_err(|_| OcrError::BadModel)?;
        // The blank, the signs of the model's list, a space.
        if rows != depth + 1 || columns != signs.len() + 2 {
            return Err(OcrError::BadModel);
        }
        let mut kept = vec![(0, '\0')];
        for (i, sign) in signs.iter().enumerate() {
            let mut chars = sign.chars();
            if let (Some(c), None) = (chars.next(), chars.next())
                && (c.is_ascii_graphic() || SIGNS.contains(c))
            {
                kept.push((i + 1, c));
            }
        }
        kept.push((columns - 1, ' '));
        let mut weights = Vec::with_capacity(kept.len() * depth);
        for &(column, _) in &kept {
            let at = |row: usize| output[row * columns + column];
            weights.extend((0..depth).map(|i| at(i + 1) - at(0)));
        }
        let bias = kept.iter().map(|&(column, _)| output[column]).collect();
        Ok(Self { signs: kept.into_iter().map(|(_, c)| c).collect(), weights, bias, depth })
    }

    /// How likely each sign is at a step with these features.
    fn likelihoods(&self, features: &[f32]) -> Vec<f32> {
        let rows = self.weights.chunks_exact(self.depth).zip(&self.bias);
        let mut scores: Vec<f32> = rows
            .map(|(row, bias)| bias + row.iter().zip(features).map(|(w, f)| w * f).sum::<f32>())
            .collect();
        let most = scores.iter().copied().fold(f32::MIN, f32::max);
        let mut sum = 0.0;
        for score in &mut scores {
            *score = (*score - most).exp();
            sum += *score;
        }
        scores.iter_mut().for_each(|score| *score /= sum);
        scores
    }
}

/// A sign as it is put down: where, how surely, and what else it may be.
struct Printed {
    sign: char,
    steps: Range<usize>,
    likelihood: f32,
    second: Option<(char, f32)>,
}

/// The likeliest sign of each step, doubles and blanks left out, parted into words.
/// `inked` tells which columns of the strip hold ink.
fn decode(steps: &[Vec<f32>], signs: &[char], inked: &[bool]) -> LineReading {
    let mut printed: Vec<Printed> = Vec::new();
    let mut before = 0;
    for (at, likelihoods) in steps.iter().enumerate() {
        let (best, likelihood) = likelihoods
            .iter()
            .enumerate()
            .fold((0, f32::MIN), |best, (i, &l)| if l > best.1 { (i, l) } else { best });
        if best != 0 && best == before {
            if let Some(last) = printed.last_mut() {
                last.steps.end = at + 1;
                last.likelihood = last.likelihood.max(likelihood);
            }
        } else if best != 0 {
            let second = likelihoods
                .iter()
                .enumerate()
                .filter(|&(i, &l)| i != best && i != 0 && l >= DOUBT)
                .max_by(|a, b| a.1.total_cmp(b.1))
                .map(|(i, &l)| (signs[i], l));
            printed.push(Printed { sign: signs[best], steps: at..at + 1, likelihood, second });
        }
        before = best;
    }
    let words = printed.split(|p| p.sign == ' ').filter(|word| !word.is_empty());
    let space = space(&printed, inked);
    let parted = words.flat_map(|word| word.chunk_by(|a, b| white_between(a, b, inked) < space));
    LineReading { words: parted.map(word).collect() }
}

/// The widest white, in columns, between the middles of two signs.
fn white_between(a: &Printed, b: &Printed, inked: &[bool]) -> usize {
    let middle = |p: &Printed| (p.steps.start + p.steps.end) * STEP / 2;
    let (from, to) = (middle(a).min(inked.len()), middle(b).min(inked.len()));
    let runs = inked[from.min(to)..to].chunk_by(|a, b| a == b);
    runs.filter(|run| !run[0]).map(<[bool]>::len).max().unwrap_or(0)
}

/// From how much white on two signs of this line belong to two words, whether or not
/// the recogniser saw the space: as much as the spaces that it saw mostly have.
fn space(printed: &[Printed], inked: &[bool]) -> usize {
    let mut seen: Vec<usize> = printed
        .windows(3)
        .filter(|signs| signs[1].sign == ' ')
        .map(|signs| white_between(&signs[0], &signs[2], inked))
        .collect();
    seen.sort_unstable();
    let usual = if seen.len() < 3 { WIDE } else { seen[seen.len() / 2] * 9 / 10 };
    usual.clamp(NARROW, WIDE)
}

fn word(printed: &[Printed]) -> LineWord {
    let text: String = printed.iter().map(|p| p.sign).collect();
    let confidence =
        worth(printed.iter().map(|p| p.likelihood).sum::<f32>() / printed.len() as f32);
    let columns = printed[0].steps.start * STEP..printed[printed.len() - 1].steps.end * STEP;
    let second = |p: &Printed| p.second.filter(|(sign, _)| *sign != ' ');
    let alternatives = other_reading(printed.iter().map(|p| (p.sign, second(p))));
    LineWord { text, columns, confidence, alternatives: alternatives.into_iter().collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Steps on which the given sign is likely, and the next one a little.
    fn steps(line: &[(char, f32)], signs: &[char]) -> Vec<Vec<f32>> {
        line.iter()
            .map(|&(sign, likelihood)| {
                let at = signs.iter().position(|&s| s == sign).unwrap();
                let mut step = vec![0.0; signs.len()];
                step[at] = likelihood;
                step[(at + 1) % signs.len()] = 1.0 - likelihood;
                step
            })
            .collect()
    }

    #[test]
    fn doubles_and_blanks_are_left_out_and_spaces_part_words() {
        let signs = ['\0', 'a', 'b', ' '];
        let line = [('a', 1.0), ('a', 0.9), ('\0', 1.0), ('a', 1.0), (' ', 1.0), ('b', 0.8)];
        let read = decode(&steps(&line, &signs), &signs, &[true; 48]);
        let words: Vec<_> =
            read.words.iter().map(|w| (w.text.as_str(), w.columns.clone())).collect();
        assert_eq!(words, [("aa", 0..32), ("b", 40..48)]);
        assert_eq!([read.words[0].confidence, read.words[1].confidence], [worth(1.0), worth(0.8)]);
    }

    #[test]
    fn wide_white_parts_words_where_no_space_was_seen() {
        let signs = ['\0', 'a', 'b', ' '];
        let blank = ('\0', 1.0);
        let line = [('a', 1.0), blank, ('b', 1.0), blank, blank, blank, blank, ('a', 1.0)];
        let mut inked = [true; 64];
        inked[12..18].fill(false); // between letters
        inked[24..56].fill(false); // between cells
        let read = decode(&steps(&line, &signs), &signs, &inked);
        let words: Vec<&str> = read.words.iter().map(|w| w.text.as_str()).collect();
        assert_eq!(words, ["ab", "a"]);
    }

    #[test]
    fn confidence_grows_with_likelihood() {
        let at = [0.0, 0.3, 0.9, 0.98, 0.997, 1.0].map(worth);
        assert!(at.windows(2).all(|pair| pair[0] < pair[1]), "{at:?}");
        assert!((at[3] - 0.83).abs() < 1e-6 && (at[5] - 0.99).abs() < 1e-6);
    }

    #[test]
    fn a_doubtful_sign_has_an_alternative() {
        let signs = ['\0', '1', 'l', '5', ' '];
        let line = [('1', 0.7), ('\0', 1.0), ('5', 1.0)];
        let read = decode(&steps(&line, &signs), &signs, &[true; 24]);
        assert_eq!(read.words[0].text, "15");
        assert_eq!(read.words[0].alternatives, ["l5"]);
    }
}
