//! Findings of a study: what, where, how severe, there or not.

use super::study::{Study, region_of, regions_in};
use crate::extract::{Draft, Note, Token, What, find_levels, find_side, tokens};
use crate::fact::{
    EventStatus, FindingPolarity, Imaging, Kind, Polarity, Region, Severity, Side, Time,
};
use crate::lexicon::CueCategory;
use crate::segment::Sentence;
use crate::span::Span;
use crate::tag::Mention;

const FINDING: &str = "imaging-finding";
const STRUCTURE: &str = "imaging-structure";
const WORD: &str = "imaging-word";

/// How many tokens a word for "normal" may stand behind its study.
const NORMAL_REACH: usize = 16;

/// Levels that a row of a report began with ("L3-4: ..."); they hold for its sentences.
#[derive(Clone, Debug, Default)]
pub(super) struct Carry {
    levels: Vec<String>,
    paragraph: usize,
}

/// Reads the findings of a clause that tells of a study.
pub(super) fn read_clause(
    note: &Note<'_>,
    sentence: &Sentence,
    span: Span,
    study: &Study,
    carry: &mut Carry,
    drafts: &mut Vec<Draft>,
) {
    let seen = drafts.iter().rev().take(12).filter_map(|d| match &d.kind {
        Kind::Imaging(imaging) => imaging.finding.clone(),
        _ => None,
    });
    let seen = seen.collect();
    let clause =
        Clause { note, study, seen, tokens: tokens(note, span, &[FINDING, STRUCTURE, WORD]) };
    let row = clause.row_levels(sentence);
    if !row.is_empty() {
        *carry = Carry { levels: row, paragraph: sentence.paragraph };
    } else if carry.paragraph != sentence.paragraph {
        *carry = Carry::default();
    }
    let first = drafts.len();
    let mut found: Vec<(usize, Imaging)> = Vec::new();
    for at in 0..clause.tokens.len() {
        match clause.group(at) {
            Some(FINDING) => {
                if let Some(imaging) = clause.read_finding(at) {
                    found.push((at, imaging));
                }
            }
            Some(STRUCTURE) => {
                if let Some(imaging) = clause.read_structure(at) {
                    found.push((at, imaging));
                }
            }
            _ => {}
        }
    }
    clause.share_levels(&mut found, &carry.levels);
    for (at, imaging) in &mut found {
        // "no cord edema at this level"
        let tail = note.get(Span::new(clause.tokens[*at].span.end, span.end));
        if imaging.levels.is_empty() && tail.trim_start().starts_with("at this level") {
            let last = drafts.iter().rev().find_map(|d| match &d.kind {
                Kind::Imaging(i) if !i.levels.is_empty() => Some(i.levels.clone()),
                _ => None,
            });
            imaging.levels = last.unwrap_or_default();
        }
    }
    for (at, mut imaging) in found {
        imaging.region = clause.region(at, &imaging);
        if imaging.side.is_none() {
            imaging.side = study.side.filter(|_| imaging.levels.is_empty());
        }
        drafts.push(clause.draft(clause.quote(at), imaging, at));
    }
    let all_absent = drafts[first..].iter().all(|d| match &d.kind {
        Kind::Imaging(imaging) => imaging.polarity == Some(FindingPolarity::Absent),
        _ => true,
    });
    if all_absent || clause.says_otherwise_normal() {
        clause.read_normal(sentence, drafts);
    }
}

/// A clause that tells of a study, as tokens.
pub(super) struct Clause<'a, 'n> {
    pub(super) note: &'a Note<'n>,
    study: &'a Study,
    /// Findings of the study that were told of before.
    seen: Vec<String>,
    pub(super) tokens: Vec<Token>,
}

impl Clause<'_, '_> {
    pub(super) fn group(&self, at: usize) -> Option<&str> {
        Some(self.note.lexicon.group_name(self.tokens.get(at)?.mention()?.group))
    }

    pub(super) fn word(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |t| self.note.get(t.span))
    }

    pub(super) fn word_id(&self, at: usize) -> Option<&str> {
        let mention = self.tokens.get(at)?.mention().filter(|_| self.group(at) == Some(WORD))?;
        Some(self.note.concept(mention).id.as_str())
    }

    pub(super) fn mention(&self, at: usize) -> Option<&Mention> {
        self.tokens.get(at)?.mention()
    }

    pub(super) fn is_level(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|t| t.what == What::Level)
    }

    pub(super) fn is_finding(&self, at: usize) -> bool {
        matches!(self.group(at), Some(FINDING | STRUCTURE))
    }

    fn ends_segment(&self, at: usize) -> bool {
        matches!(
            self.word(at),
            "," | ";"
                | "."
                | ":"
                | "and"
                | "or"
                | "with"
                | "but"
                | "without"
                | "plus"
                | "as"
                | "including"
                | "which"
                | "causing"
                | "nor"
        )
    }

    /// Where the words that describe a finding begin.
    pub(super) fn segment(&self, at: usize) -> usize {
        let mut from = at;
        while from > 0 && !self.ends_segment(from - 1) && !self.is_finding(from - 1) {
            from -= 1;
        }
        from
    }

    fn read_finding(&self, at: usize) -> Option<Imaging> {
        let mention = self.mention(at)?;
        let concept = self.note.concept(mention);
        let words = self.note.get(mention.span);
        let finding = match concept.field("named") {
            Some(_) => words.to_owned(),
            None => concept.id.clone(),
        };
        let segment = self.segment(at);
        let severity = self.severity(segment, at);
        let asserted = self.note.assert(mention.span);
        if asserted.assertion.time == Time::Hypothetical {
            return None;
        }
        // "The disc bulge flattens the sac": the finding was told of before.
        let again = at > 0
            && matches!(self.word(at - 1), "this" | "these" | "the" | "that")
            && self.seen.contains(&finding);
        if again {
            return None;
        }
        let absent = self.is_denied(at, segment, severity.is_some());
        // "narrowing of the L4-5 disc space"
        let own = find_levels(words).into_iter().map(|(_, level)| level).collect();
        let behind = self.levels_behind(at);
        Some(Imaging {
            modality: self.study.modality,
            region: None,
            finding: Some(finding),
            levels: if behind.is_empty() { own } else { behind },
            side: self.side(segment, at),
            severity,
            polarity: Some(if absent { FindingPolarity::Absent } else { FindingPolarity::Present }),
            status: Some(EventStatus::Performed),
        })
    }

    /// "normal central canal, neural foramina and facet joints": each part denies its finding.
    fn read_structure(&self, at: usize) -> Option<Imaging> {
        let mention = self.mention(at)?;
        let finding = self.note.concept(mention).field("finding")?;
        let labelled = self.word(at + 1) == ":" && self.word_id(at + 2) == Some("normal")
            || (matches!(self.word(at + 1), "is" | "are" | "was" | "were" | "appears" | "appear")
                && self.word_id(at + 2) == Some("normal"));
        let mut before = None;
        for i in (at.saturating_sub(10)..at).rev() {
            if self.word_id(i) == Some("normal") {
                before = Some(i);
                break;
            }
            let passes = self.group(i) == Some(STRUCTURE)
                || find_side(self.word(i)).is_some()
                || matches!(
                    self.word(i),
                    "," | "and" | "or" | "the" | "intervertebral" | "bony" | "neural" | "bilateral"
                );
            if !passes {
                break;
            }
        }
        if before.is_none() && !labelled {
            return None;
        }
        let absent = finding != "normal";
        if !absent && !labelled {
            return None;
        }
        let mut side = (at.saturating_sub(2)..at).find_map(|i| find_side(self.word(i)));
        if labelled {
            side = None;
        }
        Some(Imaging {
            modality: self.study.modality,
            region: None,
            finding: Some(finding.to_owned()),
            levels: Vec::new(),
            side,
            severity: None,
            polarity: Some(if absent { FindingPolarity::Absent } else { FindingPolarity::Present }),
            status: Some(EventStatus::Performed),
        })
    }

    /// Whether a finding is denied. A denial does not reach over a comma to a finding that
    /// has a grade of its own ("no herniation, mild stenosis").
    fn is_denied(&self, at: usize, segment: usize, graded: bool) -> bool {
        let span = self.tokens[at].span;
        let asserted = self.note.assert(span);
        asserted.cues.iter().any(|hit| {
            if self.note.lexicon.cues[hit.cue].category != CueCategory::Negated {
                return false;
            }
            if hit.span.start >= span.end {
                return !self
                    .note
                    .get(Span::new(span.end, hit.span.start))
                    .contains([',', ';', '.']);
            }
            let gap = self.note.get(Span::new(hit.span.end, span.start));
            // "MRI without contrast: ..."
            if ["contrast", "gadolinium", "infusion", "and with"]
                .iter()
                .any(|w| gap.trim_start().starts_with(w))
            {
                return false;
            }
            let anew = [
                "there is",
                "there are",
                "there was",
                "there were",
                "mild",
                "moderate",
                "severe",
                "minimal",
                "marked",
            ]
            .iter()
            .any(|w| gap.contains(w));
            let joined = segment > 0 && matches!(self.word(segment - 1), "or" | "nor");
            !(gap.contains(',') && (graded || anew) && !joined)
                && !(gap.contains(" with ") && graded)
        })
    }

    fn severity(&self, from: usize, at: usize) -> Option<Severity> {
        let of = |i: usize| -> Option<Severity> {
            let mention = self.mention(i).filter(|_| self.group(i) == Some(WORD))?;
            self.note.concept(mention).field("severity")?.parse().ok()
        };
        let before = (from..at).filter_map(of).next_back();
        // "stenosis, severe at L4-5", "stenosis (severe)".
        let behind = (matches!(self.word(at + 1), "(" | "," | "which")).then(|| {
            of(at + 2).filter(|_| matches!(self.word(at + 3), "" | ")" | "," | "." | "in" | "at"))
        });
        let own = self.mention(at).and_then(|_| {
            let words = self.word(at);
            ["severe", "moderate", "mild", "minimal"]
                .into_iter()
                .find(|w| words.starts_with(w))?
                .parse()
                .ok()
        });
        before.or(behind.flatten()).or(own)
    }

    fn side(&self, from: usize, at: usize) -> Option<Side> {
        let tail_end = (at + 1..self.tokens.len())
            .find(|&i| {
                matches!(
                    self.word(i),
                    "," | ";" | "." | "with" | "and" | "but" | "causing" | "resulting"
                ) || self.is_finding(i)
            })
            .unwrap_or(self.tokens.len());
        let tail = Span::new(
            self.tokens[at].span.end,
            self.tokens[tail_end - 1].span.end.max(self.tokens[at].span.end),
        );
        let own = Span::new(self.tokens[from].span.start, self.tokens[at].span.end);
        let words = self.note.get(tail);
        let uneven = [
            "greater on the",
            "worse on the",
            "more on the",
            "greater than",
            "right greater",
            "left greater",
            "worse on",
        ]
        .iter()
        .any(|w| words.contains(w));
        if uneven {
            return Some(Side::Bilateral);
        }
        self.note.side_in(own).or_else(|| self.note.side_in(tail))
    }

    fn region(&self, at: usize, imaging: &Imaging) -> Option<Region> {
        let from_level = imaging.levels.first().and_then(|l| region_of(l));
        let segment = self.segment(at);
        let tail = (at + 1..self.tokens.len())
            .find(|&i| matches!(self.word(i), "," | ";" | "." | "and" | "with"))
            .unwrap_or(self.tokens.len());
        let near = Span::new(self.tokens[segment].span.start, self.tokens[tail - 1].span.end);
        // Words before the study's own name are its region, not the finding's.
        let own = regions_in(self.note, near)
            .into_iter()
            .filter(|(span, _)| !self.study.regions.iter().any(|(s, _)| s == span))
            .map(|(_, r)| r)
            .next();
        let of_finding =
            self.mention(at).and_then(|m| self.note.concept(m).field("region")?.parse().ok());
        from_level.or(of_finding).or(own).or(self.study.region)
    }

    /// The words of a finding: its grade and side, its name, and the levels that it is said to be at.
    fn quote(&self, at: usize) -> Span {
        let mut from = at;
        while from > 0
            && (self.word_id(from - 1).is_some_and(|id| id != "planned" && id != "not-done")
                || self.is_level(from - 1)
                || (find_side(self.word(from - 1)).is_some() && self.word(from - 1).len() > 1))
        {
            from -= 1;
        }
        if from > 0 && self.word(from - 1) == "no" {
            from -= 1;
        }
        let mut last = at;
        let mut next = at + 1;
        while matches!(self.word(next), "at" | "of" | "in" | "the" | "both") && next <= at + 2 {
            next += 1;
        }
        let linked = next > at + 1;
        while linked
            && (self.is_level(next)
                || (matches!(self.word(next), "," | "and" | "&") && self.is_level(next + 1)))
        {
            if self.is_level(next) {
                last = next;
            }
            next += 1;
        }
        self.tokens[from].span.union(self.tokens[last].span)
    }

    fn draft(&self, span: Span, imaging: Imaging, at: usize) -> Draft {
        let mut asserted = self.note.assert(self.tokens[at].span);
        asserted.assertion.polarity = match imaging.polarity {
            Some(FindingPolarity::Absent) => Polarity::Negated,
            _ => Polarity::Affirmed,
        };
        asserted.assertion.time = Time::Current;
        let rule = self.mention(at).map_or_else(|| self.study.rule.clone(), |m| self.note.rule(m));
        let mut draft = Draft::new(span, imaging, rule, asserted);
        draft.date = self.study.date;
        draft
    }

    fn says_otherwise_normal(&self) -> bool {
        (1..self.tokens.len())
            .any(|i| self.word_id(i) == Some("normal") && self.word(i - 1) == "otherwise")
    }

    /// A study that is normal as a whole, one fact a region.
    fn read_normal(&self, sentence: &Sentence, drafts: &mut Vec<Draft>) {
        let Some(at) = (0..self.tokens.len()).find(|&i| {
            self.word_id(i) == Some("normal")
                && self.group(i + 1) != Some(STRUCTURE)
                && self.group(i.wrapping_sub(1)) != Some(STRUCTURE)
        }) else {
            return;
        };
        if (0..at).any(|i| self.group(i) == Some(FINDING)) && !self.says_otherwise_normal() {
            return;
        }
        let named = self.tokens[0].span.start <= self.study.span.start
            && self.study.span.end <= self.tokens[at].span.start;
        let about = [
            "study",
            "scan",
            "exam",
            "this ",
            "it ",
            "they ",
            "these ",
            "films",
            "was normal",
            "were normal",
        ];
        let words = self.note.get(sentence.span);
        let subject =
            about.iter().any(|w| words.starts_with(w) || words.contains(&format!("the {w}")))
                || self.tokens.len() <= 4;
        let before = self.study.from >= self.tokens[at].span.end
            && self.tokens[at].span.end + 12 >= self.study.from;
        let own = before || (at <= NORMAL_REACH && (named || subject));
        // Normal parts of an examination are not the study.
        let part = ["strength", "gait", "reflex", "sensation", "range of motion", "pulse", "tone"]
            .iter()
            .any(|w| words.contains(w));
        let denied =
            self.is_denied(at, at, true) && !self.note.get(self.tokens[at].span).starts_with("no");
        if !own || part || denied {
            return;
        }
        let kind = |region: Option<Region>| Imaging {
            modality: self.study.modality,
            region,
            finding: Some("normal".into()),
            levels: Vec::new(),
            side: self.study.side,
            severity: None,
            polarity: Some(FindingPolarity::Present),
            status: Some(EventStatus::Performed),
        };
        let mut several: Vec<(Span, Region)> = self.study.regions.clone();
        several.dedup_by_key(|(_, region)| *region);
        if named && several.len() > 1 {
            for (n, (span, region)) in several.iter().enumerate() {
                let span =
                    if n + 1 == several.len() { span.union(self.tokens[at].span) } else { *span };
                let mut draft = self.draft(span, kind(Some(*region)), at);
                draft.assertion.polarity = Polarity::Affirmed;
                drafts.push(draft);
            }
            return;
        }
        let span =
            if named { self.study.span.union(self.tokens[at].span) } else { self.tokens[at].span };
        let region =
            regions_in(self.note, Span::new(self.tokens[0].span.start, self.tokens[at].span.end))
                .first()
                .map(|(_, r)| *r);
        let mut draft = self.draft(span, kind(region.or(self.study.region)), at);
        draft.assertion.polarity = Polarity::Affirmed;
        drafts.push(draft);
    }
}
