//! Parts of the body that a report calls sound: each denies its finding.

use super::finding::{Clause, FINDING, STRUCTURE};
use crate::extract::find_side;
use crate::fact::{EventStatus, FindingPolarity, Imaging, Side};
use crate::lexicon::WordPattern;
use crate::span::Span;

/// Of what a narrowing is.
static JOINT: WordPattern = WordPattern::new(r"\b{imaging-word/joint}\b");

static BONE: WordPattern = WordPattern::new(r"\b{imaging-word/bone}\b");

static DISC: WordPattern = WordPattern::new(r"\b{imaging-word/disc}\b");

/// Verbs between a part and how it is.
static IS: WordPattern = WordPattern::new(r"^(?:is|are|was|were|:|{imaging-word/appears})$");

impl Clause<'_, '_> {
    /// "normal central canal, neural foramina and facet joints", "the foramina are patent".
    pub(super) fn read_structure(&self, at: usize) -> Option<Imaging> {
        let concept = self.note.concept(self.mention(at)?);
        let finding = concept.field("finding")?;
        if let Some(shared) = self.share_stenosis(at, finding) {
            return Some(shared);
        }
        if let Some(shared) = self.share_narrowing(at, finding) {
            return Some(shared);
        }
        let absent = finding != "normal";
        // "normal hips and sacroiliac joints" are findings of their own; bones and soft tissues
        // only where they are the sentence's subject.
        let listed = absent || concept.id == "joints";
        let subject = self.is_called_sound(at, listed);
        if !subject && !(listed && self.is_listed_normal(at)) {
            return None;
        }
        let side = (at.saturating_sub(2)..at).find_map(|i| find_side(self.word(i)));
        Some(Imaging {
            modality: self.study.modality,
            region: None,
            finding: Some(finding.to_owned()),
            levels: if subject { self.levels_behind(at) } else { Vec::new() },
            side: side.filter(|side| !subject || *side != Side::Bilateral),
            severity: None,
            polarity: Some(if absent { FindingPolarity::Absent } else { FindingPolarity::Present }),
            status: Some(EventStatus::Performed),
        })
    }

    /// "no central canal or foraminal stenosis": the part before shares what the next one has.
    pub(super) fn share_stenosis(&self, at: usize, finding: &str) -> Option<Imaging> {
        let next = (at + 2..at + 8).find(|&i| self.group(i) == Some(FINDING))?;
        let joins = matches!(self.word(at + 1), "or" | "and" | "/" | ",");
        // "central canal, lateral recess and foraminal stenosis"
        let listed = self.group(at + 2) == Some(STRUCTURE);
        let plain = (at + 2..next).all(|i| {
            self.word_id(i).is_some()
                || find_side(self.word(i)).is_some()
                || self.word(i) == "or"
                || listed
                    && (self.group(i) == Some(STRUCTURE) || matches!(self.word(i), "and" | ","))
        });
        let like = self.note.concept(self.mention(next)?).id.ends_with("stenosis");
        if !(joins && plain && like && finding.ends_with("stenosis")) {
            return None;
        }
        let other = self.read_finding(next)?;
        let graded = self.severity(self.segment(at), at);
        let severity = graded.or(other.severity.filter(|_| next == at + 2));
        Some(Imaging { finding: Some(finding.to_owned()), side: None, severity, ..other })
    }

    /// "encroachment on the lateral recess and neural foramen": the part behind shares what the
    /// one before has.
    fn share_narrowing(&self, at: usize, finding: &str) -> Option<Imaging> {
        let joining = |i: usize| {
            matches!(self.word(i), "the" | "neural" | "both") || find_side(self.word(i)).is_some()
        };
        let and = (at.saturating_sub(4)..at).rev().find(|&i| !joining(i))?;
        let list = matches!(self.word(and), "and" | "or" | "&" | ",");
        let part = and.checked_sub(1).filter(|_| list && finding.ends_with("stenosis"))?;
        let head = (part.saturating_sub(5)..=part).rev().find(|&i| self.group(i) == Some(FINDING));
        let of_parts = |head: &usize| {
            let words = self.note.get(self.tokens[*head].span.union(self.tokens[part].span));
            (*head == part || self.group(part) == Some(STRUCTURE))
                && [" of ", " on ", " upon "].iter().any(|of| words.contains(of))
        };
        let head = head.filter(of_parts)?;
        let other = self.read_finding(head)?;
        let narrowed = other.finding.as_deref().is_some_and(|other| other.ends_with("stenosis"));
        let sound = self.is_called_sound(at, false);
        let side = (and + 1..at).find_map(|i| find_side(self.word(i)));
        (narrowed && !sound).then(|| Imaging {
            finding: Some(finding.to_owned()),
            side: side.or(other.side),
            ..other
        })
    }

    /// "Foramina: left - mild narrowing; right - none": what the label's part has not.
    pub(super) fn read_none(&self, at: usize) -> Option<Imaging> {
        let (_, side) = self.side_alone(at)?;
        let finding = self.labelled_finding(at).filter(|finding| *finding != "normal")?;
        Some(Imaging {
            modality: self.study.modality,
            finding: Some(finding.to_owned()),
            side: Some(side),
            polarity: Some(FindingPolarity::Absent),
            status: Some(EventStatus::Performed),
            ..Imaging::default()
        })
    }

    /// The finding of the part that the label before a token names.
    fn labelled_finding(&self, at: usize) -> Option<&str> {
        let colon = (1..at).rev().find(|&i| self.word(i) == ":")?;
        let mention = self.mention(colon - 1)?;
        (self.group(colon - 1) == Some(STRUCTURE))
            .then(|| self.note.concept(mention).field("finding"))
            .flatten()
    }

    /// Whether "normal" stands before a list that a part belongs to.
    fn is_listed_normal(&self, at: usize) -> bool {
        for i in (at.saturating_sub(10)..at).rev() {
            if self.word_id(i) == Some("normal") {
                return true;
            }
            let passes = self.group(i) == Some(STRUCTURE)
                || find_side(self.word(i)).is_some()
                || matches!(
                    self.word(i),
                    "," | "and" | "or" | "the" | "intervertebral" | "bony" | "neural" | "bilateral"
                );
            if !passes {
                return false;
            }
        }
        false
    }

    /// Whether words behind a part say that it is sound: "canal: normal", "hips are normal";
    /// `list` where the parts joined to it may stand between.
    fn is_called_sound(&self, at: usize, list: bool) -> bool {
        let sound = |i: usize| matches!(self.word_id(i), Some("normal" | "sound"));
        let mut next = at + 1;
        while list
            && (self.group(next) == Some(STRUCTURE)
                || matches!(self.word(next), "," | "and" | "&" | "/" | "the" | "neural" | "bony"))
        {
            next += 1;
        }
        if self.is_verb(next) {
            next += 1;
            while matches!(
                self.word(next),
                "all" | "also" | "both" | "grossly" | "otherwise" | "bilaterally" | "fully"
            ) {
                next += 1;
            }
            return sound(next);
        }
        // "SI joints normal, no fracture"
        next == at + 1
            && sound(next)
            && matches!(self.word(next + 1), "" | "," | "." | ";" | ")" | "at" | "throughout")
    }

    /// Whether a token stands between a part and how it is: "LCL is normal".
    pub(super) fn is_verb(&self, at: usize) -> bool {
        IS.of(self.note.lexicon).is_match(self.word(at))
    }

    /// The part behind a finding that is named by it: "narrowing of the right lateral recess".
    pub(super) fn of_part(&self, at: usize) -> Option<usize> {
        let concept = self.note.concept(self.mention(at)?);
        concept.field("named").filter(|named| matches!(*named, "part" | "encroached"))?;
        let part = (at + 1..at + 6).find(|&i| self.is_finding(i))?;
        let linked = matches!(self.word(at + 1), "of" | "on" | "upon" | "in" | "at");
        (linked && self.group(part) == Some(STRUCTURE)).then_some(part)
    }

    /// What is encroached on: "encroachment on the left lateral recess".
    pub(super) fn encroached_part(&self, at: usize) -> Option<&str> {
        self.narrowed_part(at).filter(|finding| finding.ends_with("stenosis"))
    }

    /// What is narrowed, by the part behind the word or before it: "narrowing and spurs at the
    /// ankle joint", "disc desiccation with loss of height".
    pub(super) fn narrowed_part(&self, at: usize) -> Option<&str> {
        let end = (at + 1..self.tokens.len())
            .find(|&i| matches!(self.word(i), ";" | "." | "but" | ":"))
            .unwrap_or(self.tokens.len());
        let part = (at + 1..end.min(at + 9)).find(|&i| self.group(i) == Some(STRUCTURE));
        let named = part.and_then(|i| self.note.concept(self.mention(i)?).field("finding"));
        let named = named.or_else(|| self.labelled_finding(at));
        let behind =
            self.note.get(Span::new(self.tokens[at].span.end, self.tokens[end - 1].span.end));
        let before =
            self.note.get(Span::new(self.tokens[0].span.start, self.tokens[at].span.start));
        let lexicon = self.note.lexicon;
        let disc = |words: &str| DISC.of(lexicon).is_match(words);
        let bone = |words: &str| BONE.of(lexicon).is_match(words);
        match named
            .filter(|finding| finding.ends_with("stenosis") || finding.ends_with("narrowing"))
        {
            Some(finding) => Some(finding),
            None if JOINT.of(lexicon).is_match(behind) => Some("joint space narrowing"),
            None if bone(before) || bone(behind) => None,
            None if disc(behind) || disc(before) => Some("disc space narrowing"),
            None => None,
        }
    }
}
