//! Studies, and levels of one, that are normal.

use super::finding::{Clause, FINDING, STRUCTURE};
use super::study::{region_of, regions_in, touches};
use crate::extract::{Draft, find_levels, find_side};
use crate::fact::{EventStatus, FindingPolarity, Imaging, Polarity, Region};
use crate::lexicon::WordPattern;
use crate::segment::Sentence;
use crate::span::Span;

/// How many tokens a word for "normal" may stand behind its study.
const NORMAL_REACH: usize = 16;

/// A row of at most so many tokens says nothing but that something is normal.
const SHORT: usize = 4;

/// What names a study as a whole.
static ABOUT: WordPattern = WordPattern::new(
    r"(?:^|the )(?:(?:this|it|they|these) |(?:was|were) normal|{imaging-word/whole}\b)",
);

/// Parts of an examination, which a "normal" beside them is of.
static EXAMINED: WordPattern = WordPattern::new(r"\b{imaging-word/examined}\b");

impl Clause<'_, '_> {
    pub(super) fn says_otherwise_normal(&self) -> bool {
        (1..self.tokens.len())
            .any(|i| self.word_id(i) == Some("normal") && self.word(i - 1) == "otherwise")
    }

    fn normal(&self, region: Option<Region>, levels: Vec<String>) -> Imaging {
        Imaging {
            modality: self.study.modality,
            region,
            finding: Some("normal".into()),
            side: self.study.side.filter(|_| levels.is_empty()),
            levels,
            severity: None,
            polarity: Some(FindingPolarity::Present),
            status: Some(EventStatus::Performed),
        }
    }

    /// The region of some levels; the study's own where they reach into it.
    fn region_of_all(&self, levels: &[String]) -> Option<Region> {
        let own = self.study.region.filter(|&r| levels.iter().any(|level| touches(level, r)));
        own.or_else(|| levels.first().and_then(|level| region_of(level)))
    }

    fn push_normal(&self, span: Span, kind: Imaging, at: usize, drafts: &mut Vec<Draft>) {
        let mut draft = self.draft(span, kind, at);
        draft.assertion.polarity = Polarity::Affirmed;
        drafts.push(draft);
    }

    /// "L1-2 and L2-3 are unremarkable": levels that are normal, whatever is found at others.
    pub(super) fn read_normal_levels(&self, drafts: &mut Vec<Draft>) -> bool {
        let first = drafts.len();
        for at in 1..self.tokens.len() {
            let ends =
                matches!(self.word(at + 1), "" | "." | "," | ";" | ")" | "and" | "for" | "in");
            if self.word_id(at) != Some("normal") || !ends {
                continue;
            }
            let mut from = at;
            while from > 0
                && matches!(
                    self.word(from - 1),
                    ":" | "is"
                        | "are"
                        | "was"
                        | "were"
                        | "appear"
                        | "appears"
                        | "all"
                        | "both"
                        | "also"
                        | "otherwise"
                        | "level"
                        | "levels"
                        | "disc"
                        | "discs"
                        | "disks"
                )
            {
                from -= 1;
            }
            let end = from;
            while from > 0
                && (self.is_level(from - 1)
                    || (from < end
                        && matches!(self.word(from - 1), "," | "and" | "&" | "through" | "to")))
            {
                from -= 1;
            }
            while from < end && !self.is_level(from) {
                from += 1;
            }
            if from == end {
                continue;
            }
            let place = self.tokens[from].span.union(self.tokens[end - 1].span);
            let levels: Vec<String> =
                find_levels(self.note.get(place)).into_iter().map(|(_, level)| level).collect();
            let region = self.region_of_all(&levels);
            let span = place.union(self.tokens[at].span);
            self.push_normal(span, self.normal(region, levels), at, drafts);
        }
        drafts.len() > first
    }

    /// "right: sclerosis, left normal": one side of what is pictured.
    pub(super) fn read_normal_sides(&self, drafts: &mut Vec<Draft>) -> bool {
        let first = drafts.len();
        for at in 1..self.tokens.len() {
            let ends = matches!(self.word(at + 1), "" | "." | "," | ";" | ")");
            if self.word_id(at) != Some("normal") || !ends {
                continue;
            }
            let Some((from, side)) = self.side_alone(at) else { continue };
            let span = self.tokens[from].span.union(self.tokens[at].span);
            let kind = self.normal(self.over.region.or(self.study.region), Vec::new());
            self.push_normal(span, Imaging { side: Some(side), ..kind }, at, drafts);
        }
        drafts.len() > first
    }

    /// A study that is normal as a whole, one fact a region; of a short row, its levels.
    pub(super) fn read_normal(&self, sentence: &Sentence, row: &[String], drafts: &mut Vec<Draft>) {
        let otherwise = self.says_otherwise_normal();
        let Some(at) = (0..self.tokens.len()).find(|&i| {
            self.word_id(i) == Some("normal")
                && self.group(i + 1) != Some(STRUCTURE)
                && self.group(i.wrapping_sub(1)) != Some(STRUCTURE)
                && !(self.is_verb(i.wrapping_sub(1))
                    && self.group(i.wrapping_sub(2)) == Some(STRUCTURE))
                && (!otherwise || (i > 0 && self.word(i - 1) == "otherwise"))
        }) else {
            return;
        };
        if (0..at).any(|i| self.group(i) == Some(FINDING)) && !otherwise {
            return;
        }
        let named = self.tokens[0].span.start <= self.study.span.start
            && self.study.span.end <= self.tokens[at].span.start;
        let words = self.note.get(sentence.span);
        let short = self.tokens.len() <= SHORT;
        let subject = ABOUT.of(self.note.lexicon).is_match(words) || short;
        let before = self.study.from >= self.tokens[at].span.end
            && self.tokens[at].span.end + 12 >= self.study.from;
        let near = at <= NORMAL_REACH || otherwise;
        let alone = self.is_region_alone(at);
        let own = before || alone || (near && (named || subject));
        // Normal parts of an examination are not the study.
        let part = EXAMINED.of(self.note.lexicon).is_match(words);
        let denied =
            self.is_denied(at, at, true) && !self.note.get(self.tokens[at].span).starts_with("no");
        if !own || part || denied {
            return;
        }
        let mut several: Vec<(Span, Region)> = self.study.regions.clone();
        several.dedup_by_key(|(_, region)| *region);
        if named && several.len() > 1 {
            for (n, (span, region)) in several.iter().enumerate() {
                let span =
                    if n + 1 == several.len() { span.union(self.tokens[at].span) } else { *span };
                self.push_normal(span, self.normal(Some(*region), Vec::new()), at, drafts);
            }
            return;
        }
        let found = (0..at).any(|i| self.group(i) == Some(FINDING));
        let span = match named && !found {
            true => self.study.span.union(self.tokens[at].span),
            false => self.tokens[at].span,
        };
        let region =
            regions_in(self.note, Span::new(self.tokens[0].span.start, self.tokens[at].span.end))
                .first()
                .map(|(_, r)| *r);
        let region = region.or_else(|| self.region_right_behind(at));
        let levels = if short && !named && !alone { row.to_vec() } else { Vec::new() };
        let region = self.region_of_all(&levels).or(region);
        let mut kind = self.normal(region.or(self.study.region), levels);
        if alone {
            kind.side = self.note.side_in(Span::new(self.tokens[0].span.start, span.end));
        }
        self.push_normal(span, kind, at, drafts);
    }

    /// The region right behind its word of a study that names none: "MRI showed an unremarkable
    /// thoracic spine".
    fn region_right_behind(&self, at: usize) -> Option<Region> {
        let next = self.tokens.get(at + 1)?.span;
        let end = self.tokens.get(at + 2).map_or(next.end, |t| t.span.end);
        let behind = regions_in(self.note, Span::new(next.start, end));
        behind.first().filter(|(span, _)| span.start == next.start).map(|(_, region)| *region)
    }

    /// Whether nothing but a part of the body is called normal: "The left hip is unremarkable."
    fn is_region_alone(&self, at: usize) -> bool {
        let lead = Span::new(self.tokens[0].span.start, self.tokens[at].span.start);
        let regions = regions_in(self.note, lead);
        let passes = |i: usize| {
            find_side(self.word(i)).is_some()
                || regions.iter().any(|(span, _)| span.contains(self.tokens[i].span))
                || matches!(
                    self.word(i),
                    "the" | "is" | "are" | "joint" | "appears" | "appear" | ":"
                )
        };
        !regions.is_empty()
            && !self.study.span.overlaps(lead)
            && (0..at).all(passes)
            && matches!(self.word(at + 1), "" | "." | ";" | ",")
    }
}
