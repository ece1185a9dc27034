//! How severe a finding is: by the words that describe it, by what it is said to be, or by a
//! degree that is told once for several.

use super::finding::{Clause, STRUCTURE, WORD};
use crate::extract::find_side;
use crate::fact::{Imaging, Severity};
use crate::lexicon::WordPattern;

/// Farthest that a word on how severe a finding is stands behind it, in tokens.
const REACH: usize = 14;

/// What a finding has that is told apart from it: "to a mild degree".
static DEGREE: WordPattern = WordPattern::new(r"^{imaging-word/degree}$");

/// What leads from a finding to how severe it is: "stenosis, which is quite severe".
static LEADS: WordPattern = WordPattern::new(r"^{imaging-word/leads-to-grade}$");

/// What may stand between a finding and how severe it is, besides where it is.
static PASSES: WordPattern = WordPattern::new(r"^{imaging-word/passes-to-grade}$");

impl Clause<'_, '_> {
    /// How severe the word at a token says that something is.
    fn grade(&self, at: usize) -> Option<Severity> {
        let mention = self.mention(at).filter(|_| self.group(at) == Some(WORD))?;
        self.note.concept(mention).field("severity")?.parse().ok()
    }

    pub(super) fn severity(&self, from: usize, at: usize) -> Option<Severity> {
        let before = (from..at).filter_map(|i| self.grade(i)).next_back();
        // "stenosis, severe at L4-5", "stenosis (severe)".
        let behind = (matches!(self.word(at + 1), "(" | "," | "which")).then(|| {
            self.grade(at + 2).filter(|_| {
                matches!(
                    self.word(at + 3),
                    "" | ")"
                        | ","
                        | "."
                        | "in"
                        | "at"
                        | "medially"
                        | "laterally"
                        | "centrally"
                        | "throughout"
                        | "bilaterally"
                )
            })
        });
        let own = self.mention(at).and_then(|_| {
            let words = self.word(at);
            ["severe", "moderate", "mild", "minimal"]
                .into_iter()
                .zip([" severely ", " moderately ", " mildly ", " minimally "])
                .find(|(grade, inside)| words.starts_with(grade) || words.contains(inside))?
                .0
                .parse()
                .ok()
        });
        before.or(behind.flatten()).or(own).or_else(|| self.grade_behind(at))
    }

    /// How severe a finding is said to be behind it: "the stenosis at L3-4 is moderate",
    /// "narrowed moderately". Two grades of one finding are of its parts, and none is its own.
    fn grade_behind(&self, at: usize) -> Option<Severity> {
        let mut told = None;
        for i in at + 1..(at + REACH).min(self.tokens.len()) {
            let Some(grade) = self.grade(i) else {
                if self.is_finding(i) || !self.passes_to_grade(i) {
                    break;
                }
                continue;
            };
            let adverb = i == at + 1 && self.word(i).ends_with("ly");
            let led = self.leads_to_grade(i - 1) || adverb;
            // "is mild narrowing" is another finding's grade.
            let own = led && self.ends_grade(i + 1) || self.names_degree(i);
            if !own || told.is_some_and(|told| told != grade) {
                return None;
            }
            told = Some(grade);
        }
        told
    }

    fn passes_to_grade(&self, at: usize) -> bool {
        self.is_level(at)
            || find_side(self.word(at)).is_some()
            || self.leads_to_grade(at)
            || PASSES.of(self.note.lexicon).is_match(self.word(at))
            || self.is_degree(at)
    }

    fn leads_to_grade(&self, at: usize) -> bool {
        LEADS.of(self.note.lexicon).is_match(self.word(at))
    }

    fn is_degree(&self, at: usize) -> bool {
        DEGREE.of(self.note.lexicon).is_match(self.word(at))
    }

    fn ends_grade(&self, at: usize) -> bool {
        matches!(
            self.word(at),
            "" | ")"
                | ","
                | "."
                | ";"
                | "at"
                | "in"
                | "on"
                | "and"
                | "but"
                | "compared"
                | "throughout"
                | "bilaterally"
        )
    }

    /// Whether a grade is a degree's: "to a mild degree", "mild in degree"; "a mild degree of
    /// stenosis" is that of what follows.
    fn names_degree(&self, at: usize) -> bool {
        let noun = at + 1 + usize::from(self.word(at + 1) == "in");
        self.is_degree(noun) && self.word(noun + 1) != "of"
    }

    /// "severe central canal and bilateral foraminal stenosis": the grade of a list of parts that share
    /// their noun.
    pub(super) fn share_grade(&self, found: &mut [(usize, Imaging)]) {
        let narrowed = |imaging: &Imaging| {
            imaging.finding.as_deref().is_some_and(|finding| finding.ends_with("stenosis"))
        };
        for n in 1..found.len() {
            let (earlier, own) = found.split_at_mut(n);
            let (Some((before, first)), Some((at, own))) = (earlier.last(), own.first_mut()) else {
                continue;
            };
            let part = self.group(*before) == Some(STRUCTURE) || self.word(*before) == "central";
            let shares = part
                && self.joined(*before, *at)
                && self.word(*before + 1) != "with"
                && own.severity.is_none()
                && first.polarity == own.polarity
                && narrowed(first)
                && narrowed(own);
            if shares {
                own.severity = first.severity;
            }
        }
    }

    /// "spondylosis with bulging at L5-S1 to a mild degree": told once for all that are joined.
    pub(super) fn share_degree(&self, found: &mut [(usize, Imaging)]) {
        for n in (1..found.len()).rev() {
            let next = found.get(n + 1).map_or(self.tokens.len(), |(next, _)| *next);
            let (earlier, own) = found.split_at_mut(n);
            let (at, Imaging { severity, polarity, .. }) = own[0];
            let degree = (at + 1..next.min(at + REACH))
                .any(|i| self.grade(i) == severity && self.names_degree(i));
            if severity.is_none() || !degree {
                continue;
            }
            let mut last = at;
            for (before, imaging) in earlier.iter_mut().rev() {
                let like = imaging.severity.is_none() && imaging.polarity == polarity;
                if !like || !self.joined(*before, last) {
                    break;
                }
                imaging.severity = severity;
                last = *before;
            }
        }
    }
}
