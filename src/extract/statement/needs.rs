//! What a topic needs around its words before it is stated.

use crate::extract::{Draft, Note};
use crate::fact::{Kind, Section, Time};
use crate::lexicon::Concept;
use crate::span::Span;
use crate::tag::Mention;

/// Words by the roles they play around a statement, in a group of the lexicon.
const ROLES: &str = "statement-context";

/// How far before a statement a word of its paragraph may stand, in bytes.
const REACH: usize = 260;

/// How far behind a statement the treatment may stand that it speaks of, in bytes.
const TREATMENT_REACH: usize = 48;

/// Longest number or bullet of a list's row, in bytes.
const BULLET_LENGTH: usize = 4;

/// A mention and what stands around it.
pub(super) struct Surroundings<'n, 'a> {
    pub note: &'n Note<'a>,
    pub mention: &'n Mention,
    /// The kind of document that it stands in.
    pub part: Option<&'a str>,
    /// Facts read so far.
    pub drafts: &'n [Draft],
}

impl Surroundings<'_, '_> {
    /// Whether everything that the concept needs is there.
    pub fn hold(&self, concept: &Concept) -> bool {
        let list = |name: &str| concept.field(name).unwrap_or("").split(' ').map(str::to_owned);
        list("needs").filter(|need| !need.is_empty()).all(|need| self.holds(&need))
            && !list("refuses").filter(|need| !need.is_empty()).any(|need| self.holds(&need))
    }

    fn holds(&self, need: &str) -> bool {
        let sentence = self.note.sentence_at(self.mention.span);
        let section = sentence.map(|s| s.section).unwrap_or_default();
        let time = || self.note.assert(self.mention.span).assertion.time;
        match need {
            // What is asked for, not what was done.
            "request" => {
                let of_request = self.part == Some("request-form")
                    || matches!(
                        section,
                        Section::Plan
                            | Section::Assessment
                            | Section::Request
                            | Section::Other
                            | Section::Header
                    )
                    || time() == Time::Planned;
                of_request
                    && !matches!(self.part, Some("procedure-note" | "study-report"))
                    && !self.says("past-event")
            }
            "request-form" => self.part == Some("request-form") || section == Section::Request,
            "planned" => time() == Time::Planned,
            "past" => self.says("past-event") || time() == Time::Past,
            "exam" => matches!(section, Section::Exam),
            "block-before" => sentence.is_some_and(|s| {
                self.has("block", Span::new(s.span.start, self.mention.span.start))
            }),
            "treatment-behind" => self.treatment_behind(),
            "line-start" => self.opens_line(),
            "plan" => matches!(section, Section::Plan | Section::Education),
            // A word anywhere in the text, or a fact of its kind.
            "nantes" => {
                self.drafts.iter().any(|d| matches!(d.kind, Kind::Nantes(_)))
                    || self.note.str().contains("nantes")
            }
            "pudendal" => !self.drafts.iter().any(
                |d| matches!(&d.kind, Kind::Diagnosis(found) if found.name.contains("pudendal")),
            ),
            "treatment" if self.drug_in_sentence() => true,
            role => self.says(role) || (role.starts_with("near-") && self.says_near(&role[5..])),
        }
    }

    /// Whether the sentence has a word of a role.
    fn says(&self, role: &str) -> bool {
        let Some(sentence) = self.note.sentence_at(self.mention.span) else { return false };
        let end = sentence.span.end.max(self.mention.span.end);
        self.has(role, Span::new(sentence.span.start, end))
    }

    /// Whether the sentence, its heading or the words just before have a word of a role.
    fn says_near(&self, role: &str) -> bool {
        let Some(sentence) = self.note.sentence_at(self.mention.span) else { return false };
        let start = self.note.sentences[..self.note.sentence_index(self.mention.span).unwrap_or(0)]
            .iter()
            .rev()
            .take_while(|s| sentence.span.start - s.span.end.min(sentence.span.start) < REACH)
            .last()
            .map_or(sentence.span.start, |s| s.span.start);
        self.has(role, Span::new(start, sentence.span.end.max(self.mention.span.end)))
            || self.has(role, sentence.heading)
    }

    fn has(&self, role: &str, span: Span) -> bool {
        self.note.mentions_in(ROLES, span).any(|word| {
            self.note.concept(word).field("roles").unwrap_or("").split(' ').any(|r| r == role)
        })
    }

    /// Whether a drug or a therapy is named not far behind.
    fn treatment_behind(&self) -> bool {
        let sentence = self.note.sentence_at(self.mention.span);
        let near = self.mention.span.end + TREATMENT_REACH;
        let end = sentence.map_or(near, |s| s.span.end.min(near)).max(self.mention.span.end);
        let end = self.note.str().floor_char_boundary(end);
        let behind = Span::new(self.mention.span.end, end);
        ["drug", "therapy"]
            .into_iter()
            .any(|group| self.note.mentions_in(group, behind).next().is_some())
    }

    /// Whether nothing but a bullet or a number stands before it on its line.
    fn opens_line(&self) -> bool {
        let lead = self.note.get(self.note.lead_of_line(self.mention.span));
        !lead.contains(char::is_alphabetic) && lead.trim().len() <= BULLET_LENGTH
    }

    fn drug_in_sentence(&self) -> bool {
        let Some(sentence) = self.note.sentence_at(self.mention.span) else { return false };
        self.note.mentions_in("drug", sentence.span).next().is_some()
    }
}
