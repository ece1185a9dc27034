//! Which spinal levels a finding is at.

use super::finding::Clause;
use crate::extract::{find_levels, find_side};
use crate::fact::{FindingPolarity, Imaging};
use crate::lexicon::WordPattern;
use crate::segment::Sentence;
use crate::span::Span;

/// That a finding is told of all levels.
static EVERYWHERE: WordPattern = WordPattern::new(r"\b{imaging-word/everywhere}\b");

/// What stands behind a level that begins something else.
static BEGINS: WordPattern = WordPattern::new(r"^(?:has|:|is|also|{imaging-word/shows})$");

/// What joins a finding to the one before it, whose levels it has.
static GOES_WITH: WordPattern = WordPattern::new(r"^(?:with|and|{imaging-word/causing})$");

/// That a finding is at the levels that were named before.
static SAME_LEVELS: WordPattern = WordPattern::new(r"^{imaging-word/same-levels}\b");
static THIS_LEVEL: WordPattern = WordPattern::new(r"\b{imaging-word/this-level}\b");
static SAME_LEVEL: WordPattern = WordPattern::new(r"^{imaging-word/same-level}\b");

impl Clause<'_, '_> {
    /// Levels that a row begins with: "L3-4: There is ...", "L2-3 loss of disc height",
    /// "At the L3-4 level, there is ...".
    pub(super) fn row_levels(&self, sentence: &Sentence) -> Vec<String> {
        let starts = self.tokens.first().is_some_and(|t| t.span.start <= sentence.span.start + 1);
        if let Some(levels) = self.levels_of_label() {
            return levels;
        }
        let mut at = usize::from(self.word(0) == "at");
        // "The L2-3 level is the worst."
        if self.word(at) == "the" && (at > 0 || self.word(at + 2).starts_with("level")) {
            at += 1;
        }
        if !starts || !self.is_level(at) {
            return self.heading_levels(sentence);
        }
        let mut levels = Vec::new();
        while self.is_level(at)
            || (matches!(self.word(at), "," | "and" | "&") && self.is_level(at + 1))
        {
            if self.is_level(at) {
                levels.extend(find_levels(self.word(at)).into_iter().map(|(_, l)| l));
            }
            at += 1;
        }
        levels
    }

    /// The levels of a label right behind the study's own: "MRI lumbar spine: L5-S1: bulging".
    fn levels_of_label(&self) -> Option<Vec<String>> {
        let named = |i: &usize| self.tokens[*i].span.start >= self.study.span.end;
        let colon = (0..self.tokens.len().min(12)).filter(named).find(|&i| self.word(i) == ":")?;
        let end = (colon + 1..self.tokens.len())
            .find(|&i| !self.is_level(i) && !matches!(self.word(i), "," | "and" | "&"))?;
        let labelled = end > colon + 1 && self.word(end) == ":";
        let own = !(0..colon).any(|i| self.is_finding(i));
        let label = Span::new(self.tokens[colon].span.end, self.tokens[end].span.start);
        let levels = find_levels(self.note.get(label)).into_iter().map(|(_, level)| level);
        (labelled && own).then(|| levels.collect())
    }

    /// "L5-S1:" may have been read as a heading.
    pub(super) fn heading_levels(&self, sentence: &Sentence) -> Vec<String> {
        let heading = self.note.heading(sentence);
        if heading.len() > 12
            || self.tokens.first().is_none_or(|t| t.span.start > sentence.heading.end + 6)
        {
            return Vec::new();
        }
        find_levels(heading).into_iter().map(|(_, l)| l).collect()
    }

    /// Levels behind a finding that are its own: "at C4-5, C5-6".
    pub(super) fn levels_behind(&self, at: usize) -> Vec<String> {
        let mut levels = Vec::new();
        let mut linked = false;
        let mut i = at + 1;
        let mut skipped = 0;
        // "encroachment on the lateral recess at L4-5": the part that is narrowed.
        let part = self.of_part(at);
        while i < self.tokens.len() && (!self.is_finding(i) || part == Some(i)) {
            if part == Some(i) {
                skipped = 0;
            } else if self.is_level(i) {
                // "and C3-4 demonstrates ...", ", L3-4 bulge": the level begins something else.
                // "the stenosis at L3-4 is moderate": the level is the finding's own.
                let own = i == at + 2 && linked;
                let begins = !own && BEGINS.of(self.note.lexicon).is_match(self.word(i + 1))
                    || (!linked
                        && matches!(self.word(i - 1), "," | "and" | ";" | "with")
                        && levels.is_empty())
                    || (self.is_finding(i + 1)
                        || (self.word_id(i + 1).is_some() && self.is_finding(i + 2)))
                        && self.word(i - 1) != "at";
                if begins {
                    break;
                }
                levels.extend(find_levels(self.word(i)).into_iter().map(|(_, l)| l));
                skipped = 0;
            } else {
                match self.word(i) {
                    "at" | "of" | "in" | "from" | "between" | "involving" | "level" | "levels"
                    | "the" | "through" | "extending" | "to" => linked = true,
                    ";" | "." | ":" => break,
                    "," | "and" | "&" | "/" | "lesser" | "extent" | "a" | "over" => {
                        // A list of levels goes on; anything else is another statement.
                        if levels.is_empty() && self.word(i) == "," && !self.is_level(i + 1) {
                            break;
                        }
                        if !levels.is_empty()
                            && !(i + 1..(i + 7).min(self.tokens.len()))
                                .take_while(|&j| !self.is_finding(j))
                                .any(|j| self.is_level(j))
                        {
                            break;
                        }
                    }
                    "with" | "but" | "which" | "causing" | "without" | "contacting"
                    | "abutting" | "touching" | "displacing" | "compressing" | "effacing"
                    | "indenting" | "impinging" | "flattening" | "encroaching" | "resulting"
                    | "producing" => break,
                    _ => skipped += 1,
                }
                if skipped > 7 {
                    break;
                }
            }
            i += 1;
        }
        levels
    }

    /// Levels before a finding, those behind the last of a list, and those of the row.
    pub(super) fn share_levels(&self, found: &mut [(usize, Imaging)], row: &[String]) {
        for n in 0..found.len() {
            if !found[n].1.levels.is_empty() {
                continue;
            }
            let at = found[n].0;
            let from = n.checked_sub(1).map_or(0, |m| found[m].0 + 1);
            // "L5-S1 disc extrusion"
            let segment = self.segment(at).max(from);
            let own = (self.list_start(segment, from)..at).filter(|&i| self.is_level(i));
            let levels: Vec<String> =
                own.flat_map(|i| find_levels(self.word(i)).into_iter().map(|(_, l)| l)).collect();
            if !levels.is_empty() {
                found[n].1.levels = levels;
            }
        }
        for n in (0..found.len()).rev() {
            if !found[n].1.levels.is_empty() {
                continue;
            }
            let at = found[n].0;
            if let Some(level) = self.leading_level(at)
                && !self.is_everywhere(at)
            {
                found[n].1.levels =
                    find_levels(self.word(level)).into_iter().map(|(_, l)| l).collect();
                continue;
            }
            if !row.is_empty() && !self.is_everywhere(at) {
                found[n].1.levels = row.to_vec();
                continue;
            }
            // "encroachment on the lateral recess and the foramen at L4-5"
            if let Some(part) = self.of_part(at)
                && let Some((next, after)) = found.get(n + 1)
                && self.joined(part, *next)
                && after.polarity == found[n].1.polarity
            {
                found[n].1.levels = after.levels.clone();
                continue;
            }
            // "spondylosis and osteophytes at C4-5"; not of findings "at several levels".
            if let Some((next, after)) = found.get(n + 1)
                && !after.levels.is_empty()
                // "scoliosis, L5-S1 disc space narrowing"
                && (find_levels(self.word(*next)).is_empty() || self.word(*next - 1) != ",")
                && self.joined(at, *next)
                && after.polarity == found[n].1.polarity
                && !self.several(at)
                && !(n > 0 && !found[n - 1].1.levels.is_empty() && self.word(at + 1) == ",")
            {
                found[n].1.levels = after.levels.clone();
            }
        }
        for n in 1..found.len() {
            // "herniation at C6-7 with mild cord compression"
            // "extrusion at L4-5 with contact of the L5 root and stenosis": that level is the root's.
            let root = (found[n - 1].0..found[n].0).any(|i| self.word(i).contains("root"));
            let last = if root && n > 1 { n - 2 } else { n - 1 };
            let (before, own) = (&found[last], &found[n]);
            let present = own.1.polarity == Some(FindingPolarity::Present);
            let with = (before.0 + 1..own.0).any(|i| {
                // "DDD w/ osteophytes"
                let short = self.word(i) == "w" && self.word(i + 2) != "o";
                short || GOES_WITH.of(self.note.lexicon).is_match(self.word(i))
            });
            // "stenosis at C3-4, with mild facet arthropathy"
            let cut = (before.0 + 1..own.0).any(|i| {
                // "at L2-3, L3-4 and L5-S1"
                let listed = self.is_level(i - 1) && (i + 1..i + 3).any(|i| self.is_level(i));
                // "bulge at L3-4, causing narrowing"
                let goes_on = self.word(i + 1) != "and"
                    && GOES_WITH.of(self.note.lexicon).is_match(self.word(i + 1));
                matches!(self.word(i), ";" | "but") || (self.word(i) == "," && !goes_on && !listed)
            });
            // "bulge at L4-5 without stenosis"
            let denied = (before.0 + 1..own.0).any(|i| {
                self.word(i) == "without"
                    || (self.word(i) == "with" && self.word(i + 1) == "no")
                    || (self.word(i) == "w" && self.word(i + 2) == "o")
            });
            let shares = present && with && before.1.polarity == own.1.polarity
                || !present && denied && before.1.polarity != own.1.polarity;
            if own.1.levels.is_empty() && shares && !cut && !self.is_everywhere(own.0) {
                found[n].1.levels = before.1.levels.clone();
            }
        }
        self.share_one_place(found);
    }

    /// The levels that a clause's first finding is at, where no other finding is at others; a root's own
    /// level counts for none.
    pub(super) fn only_levels(&self, found: &[(usize, Imaging)]) -> Option<Vec<String>> {
        let (_, first) = found.first().filter(|(_, first)| !first.levels.is_empty())?;
        let like = found.iter().all(|(_, other)| {
            let root = other.levels.iter().all(|level| !level.contains('-'));
            root || other.levels == first.levels
        });
        like.then(|| first.levels.clone())
    }

    /// "L3-4 and L4-5 facet arthropathy": where a list of levels begins that ends in a finding's words.
    fn list_start(&self, segment: usize, least: usize) -> usize {
        let mut from = segment;
        if self.is_level(from) {
            while from >= least + 2
                && matches!(self.word(from - 1), "," | "and" | "&")
                && self.is_level(from - 2)
            {
                from -= 2;
            }
        }
        from
    }

    /// "Spondylosis at L2-3 with narrowing of the disc space, retrolisthesis and stenosis": where
    /// a sentence names a place once, what goes with the finding that is there is there, too.
    fn share_one_place(&self, found: &mut [(usize, Imaging)]) {
        let Some(first) = found.iter().position(|(_, imaging)| !imaging.levels.is_empty()) else {
            return;
        };
        let last = (0..self.tokens.len()).rev().find(|&i| self.is_level(i));
        let next = found.get(first + 1).map_or(0, |(at, _)| *at);
        let Some(last) = last.filter(|&last| found[first].0 < last && last < next) else { return };
        if !GOES_WITH.of(self.note.lexicon).is_match(self.word(last + 1)) {
            return;
        }
        let levels = found[first].1.levels.clone();
        for (at, imaging) in found.iter_mut().skip(first + 1) {
            let ends = (last + 1..*at).any(|i| matches!(self.word(i), ";" | "." | ":" | "but"));
            let present = imaging.polarity == Some(FindingPolarity::Present);
            if ends || !present || self.near_region(*at).is_some() {
                break;
            }
            if imaging.levels.is_empty() && !self.is_everywhere(*at) && !self.several(*at) {
                imaging.levels.clone_from(&levels);
            }
        }
    }

    /// "facet changes and thickening of the ligament are noted at this level": the levels that
    /// were told of last.
    pub(super) fn share_this_level(&self, found: &mut [(usize, Imaging)], told: &[String]) {
        for n in (0..found.len()).rev() {
            let at = found[n].0;
            let next = found.get(n + 1).map(|(next, _)| *next);
            let end = (at + 1..next.unwrap_or(self.tokens.len()))
                .find(|&i| matches!(self.word(i), "," | ";" | "." | "but"));
            let end = end.or(next).unwrap_or(self.tokens.len());
            let tail = Span::new(self.tokens[at].span.end, self.tokens[end - 1].span.end);
            let own = THIS_LEVEL.of(self.note.lexicon).is_match(self.note.get(tail));
            let shared =
                next.is_some_and(|next| self.joined(at, next)) && found[n + 1].1.levels == told;
            if found[n].1.levels.is_empty() && (own || shared) {
                found[n].1.levels = told.to_vec();
            }
        }
    }

    /// "desiccation at L4-5 and L5-S1 and facet arthrosis at both of those levels"
    pub(super) fn share_named_levels(&self, found: &mut [(usize, Imaging)]) {
        for n in 1..found.len() {
            let next = found.get(n + 1).map_or(self.tokens.len(), |(at, _)| *at);
            let from = self.tokens[found[n].0].span.end;
            let tail = self.note.get(Span::new(from, self.tokens[next - 1].span.end.max(from)));
            let says =
                |words: &WordPattern| words.of(self.note.lexicon).is_match(tail.trim_start());
            let several = says(&SAME_LEVELS);
            if !several && !says(&SAME_LEVEL) {
                continue;
            }
            let fits = |imaging: &&Imaging| imaging.levels.len() > usize::from(several);
            let levels = found[..n].iter().rev().map(|(_, imaging)| imaging).find(fits);
            found[n].1.levels = levels.map(|i| i.levels.clone()).unwrap_or_default();
        }
    }

    /// The one level that a part of a list begins with: "L3-4 stenosis due to bulge; L4-5 ...".
    fn leading_level(&self, at: usize) -> Option<usize> {
        let from = (0..at).rev().find(|&i| self.word(i) == ";")? + 1;
        let listed = self.is_level(from) && self.near_region(at).is_none();
        (listed && !(from + 1..at).any(|i| self.is_level(i))).then_some(from)
    }

    /// Whether a finding is told of all levels: "no stenosis at any level".
    fn is_everywhere(&self, at: usize) -> bool {
        let next = (at + 1..self.tokens.len()).find(|&i| self.is_finding(i) || self.word(i) == ".");
        let end =
            next.map_or(self.tokens[self.tokens.len() - 1].span.end, |i| self.tokens[i].span.start);
        let tail = self.note.get(Span::new(self.tokens[at].span.end, end));
        EVERYWHERE.of(self.note.lexicon).is_match(tail)
    }

    /// Whether only joining words and describing words stand between two findings.
    pub(super) fn joined(&self, from: usize, to: usize) -> bool {
        (from + 1..to).all(|i| {
            self.word_id(i).is_some()
                || find_side(self.word(i)).is_some()
                || matches!(
                    self.word(i),
                    "and" | "," | "/" | "including" | "as" | "well" | "with" | "or"
                )
        })
    }

    pub(super) fn several(&self, at: usize) -> bool {
        (self.segment(at)..at).any(|i| self.word(i).starts_with("multi"))
    }
}
