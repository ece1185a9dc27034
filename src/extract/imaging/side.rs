//! On which side a finding is.

use super::finding::Clause;
use crate::extract::find_side;
use crate::fact::{Imaging, Region, Side};
use crate::lexicon::WordPattern;
use crate::span::Span;

/// That a finding is on both sides, more on one.
static UNEVEN: WordPattern = WordPattern::new(r"\b{imaging-word/uneven}\b");

/// That a finding is, or is not, on either side.
static BOTH: WordPattern = WordPattern::new(r"\b{imaging-word/both}\b");

/// A word for where in a disc or canal something is.
static ZONE: WordPattern = WordPattern::new(r"^{imaging-word/zone}$");

impl Clause<'_, '_> {
    /// "moderate right and mild left stenosis": the same finding of the side before.
    pub(super) fn other_side(&self, at: usize, own: &Imaging) -> Option<(usize, Imaging)> {
        let segment = self.segment(at);
        let side = segment.checked_sub(2)?;
        let joined = matches!(self.word(segment - 1), "and" | ",");
        let other = find_side(self.word(side)).filter(|&s| own.side.is_some_and(|o| o != s))?;
        let graded = own.severity.is_some() && self.word_id(segment).is_some();
        let severity = self.severity(side.checked_sub(1)?, side)?;
        let copy = Imaging { side: Some(other), severity: Some(severity), ..own.clone() };
        (joined && graded).then_some((side, copy))
    }

    /// The side of a finding, by the words before it and behind it.
    pub(super) fn side(&self, from: usize, at: usize) -> Option<Side> {
        let tail_end = (at + 1..self.tokens.len())
            .find(|&i| {
                let listed = self.is_level(i - 1) && self.is_level(i + 1);
                let ends = matches!(
                    self.word(i),
                    "," | ";" | "." | "with" | "and" | "but" | "causing" | "resulting"
                );
                // "herniation at C5-6 and C6-7 on the left"
                (ends && !(listed && matches!(self.word(i), "," | "and"))) || self.is_finding(i)
            })
            .unwrap_or(self.tokens.len());
        let tail = Span::new(
            self.tokens[at].span.end,
            self.tokens[tail_end - 1].span.end.max(self.tokens[at].span.end),
        );
        // "X-rays of both knees show a spur on the left": the study's side is not the finding's.
        let named = self.study.regions.iter().map(|(span, _)| span.end);
        let named = named.filter(|&end| end <= self.tokens[at].span.start).max();
        let from = self.zone_start(from);
        let start = self.tokens[from].span.start.max(named.unwrap_or(0));
        let own = Span::new(start, self.tokens[at].span.end);
        let words = self.note.get(tail);
        let both = BOTH.of(self.note.lexicon).is_match(words);
        let uneven = both || UNEVEN.of(self.note.lexicon).is_match(words);
        if uneven || self.is_on_both(tail_end) {
            return Some(Side::Bilateral);
        }
        // "mild B foraminal stenosis"
        let both = (from..at).any(|i| self.word(i) == "b").then_some(Side::Bilateral);
        both.or_else(|| self.note.side_in(own)).or_else(|| self.note.side_in(tail))
    }

    /// "left paracentral and foraminal protrusion": where the words for where it is begin, of which the ones
    /// behind "and" begin at a token.
    fn zone_start(&self, from: usize) -> usize {
        let zone = |word: &str| ZONE.of(self.note.lexicon).is_match(word);
        let joined = from >= 2
            && self.word(from - 1) == "and"
            && self.word(from).split(' ').next().is_some_and(zone)
            && self.word(from - 2).rsplit(' ').next().is_some_and(zone);
        if joined { self.segment(from - 2) } else { from }
    }

    /// "facet changes and thickening of the ligament are noted bilaterally": what is said behind two joined
    /// findings is of both.
    pub(super) fn share_both_sides(&self, found: &mut [(usize, Imaging)]) {
        for n in (1..found.len()).rev() {
            let (earlier, own) = found.split_at_mut(n);
            let (Some((before, first)), Some((at, own))) = (earlier.last_mut(), own.first()) else {
                continue;
            };
            let behind = (*at + 1..(*at + 5).min(self.tokens.len()))
                .any(|i| matches!(self.word(i), "bilaterally" | "bilateral"));
            let alike = first.side.is_none() && first.polarity == own.polarity;
            let and = (*before + 1..*at).any(|i| self.word(i) == "and");
            if behind && alike && and && self.joined(*before, *at) {
                first.side = own.side.filter(|side| *side == Side::Bilateral);
            }
        }
    }

    /// Whether a comma is followed by words that compare the sides: ", right greater than left",
    /// ", symmetric".
    fn is_on_both(&self, comma: usize) -> bool {
        let side = |at: usize| find_side(self.word(at)).is_some();
        let more = matches!(
            self.word(comma + 2),
            ">" | "greater" | "worse" | "more" | "larger" | "slightly" | "somewhat"
        );
        self.word(comma) == ","
            && (side(comma + 1) && more
                || self.word(comma + 1).starts_with("symmetric")
                || matches!(self.word(comma + 1), "bilateral" | "bilaterally"))
    }

    /// The side of what a finding's row or sentence is of, unless the finding is elsewhere.
    pub(super) fn side_of_place(&self, at: usize, region: Option<Region>) -> Option<Side> {
        let place = self.place(at);
        place.side.filter(|_| place.region.is_none() || place.region == region)
    }

    /// The side of a study, for a finding in its region. Of a picture of both sides, what is
    /// listed beside a finding of one side is of that side.
    pub(super) fn side_of_study(
        &self,
        region: Option<Region>,
        beside: Option<(usize, Option<Side>)>,
        at: usize,
    ) -> Option<Side> {
        let side = self.study.side.filter(|_| self.study.covers(region))?;
        let listed = beside.filter(|(before, _)| {
            side == Side::Bilateral && !(*before..at).any(|i| matches!(self.word(i), ";" | "."))
        });
        listed.and_then(|(_, side)| side).or(Some(side))
    }
}
