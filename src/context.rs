//! How a sentence says something: ConText over cues and their scopes.
//!
//! A cue modifies the targets in its scope: in its direction, within its window,
//! up to a terminating cue or the sentence's end. A cue never modifies a target
//! that contains it ("negative nerve conduction studies" is a result).

use crate::fact::{Assertion, Certainty, Experiencer, Origin, Polarity, Section, Time};
use crate::fold::{Folded, is_word};
use crate::lexicon::{CueCategory, Direction, Lexicon};
use crate::segment::Sentence;
use crate::span::Span;
use crate::tag::CueHit;
use crate::text::Text;

/// An assertion and the cues that made it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asserted {
    /// How it is said.
    pub assertion: Assertion,
    /// Cues, as indices into [`Lexicon::cues`] with their spans in the folded text.
    pub cues: Vec<CueHit>,
}

impl Asserted {
    /// Whether a cue of the category is among them.
    pub fn has(&self, category: CueCategory, lexicon: &Lexicon) -> bool {
        self.cues.iter().any(|hit| lexicon.cues[hit.cue].category == category)
    }
}

/// How `sentence` says what stands at `target`.
///
/// `cues` are those of the whole text, in order.
pub fn assert(
    folded: &Folded,
    lexicon: &Lexicon,
    cues: &[CueHit],
    sentence: &Sentence,
    target: Span,
) -> Asserted {
    let first = cues.partition_point(|hit| hit.span.end <= sentence.span.start);
    let inside: Vec<CueHit> = cues[first..]
        .iter()
        .take_while(|hit| hit.span.start < sentence.span.end)
        .copied()
        .collect();
    let mut asserted = Asserted::default();
    for hit in &inside {
        let cue = &lexicon.cues[hit.cue];
        if cue.category == CueCategory::Terminate
            || cue.direction == Direction::Pseudo
            || target.contains(hit.span)
        {
            continue;
        }
        // "no acute" may share a word with its target, "acute fracture".
        let before = hit.span.start < target.start && hit.span.end < target.end;
        let after = hit.span.end > target.end && hit.span.start > target.start;
        let directed = match cue.direction {
            Direction::Forward => before,
            Direction::Backward => after,
            Direction::Both => before || after,
            Direction::Pseudo => false,
        };
        if !directed {
            continue;
        }
        let gap = if before {
            Span::new(hit.span.end.min(target.start), target.start)
        } else {
            Span::new(target.end, hit.span.start.max(target.end))
        };
        let ended = inside.iter().any(|other| {
            lexicon.cues[other.cue].ends(cue.category)
                && (gap.start..gap.end).contains(&other.span.start)
        });
        let words = folded.get(gap).split_whitespace().count();
        if ended || cue.window.is_some_and(|window| words > window) {
            continue;
        }
        asserted.cues.push(*hit);
    }
    asserted.assertion = combine(&asserted, lexicon, sentence);
    asserted
}

/// Where the words of `target` stand in a text: whatever their case and white space, as whole
/// words if they do, else the longest run of its words that does. `None` where no word is there.
pub fn find_target(folded: &Folded, target: &str) -> Option<Span> {
    let target = Folded::new(&Text::from_plain(target.trim()));
    let words: Vec<&str> = target.as_str().split(' ').filter(|w| !w.is_empty()).collect();
    let text = folded.as_str();
    let mut runs = (1..=words.len()).rev().flat_map(|n| words.windows(n));
    runs.find_map(|run| {
        let run = run.join(" ");
        if !run.contains(char::is_alphanumeric) {
            return None;
        }
        let places = || text.match_indices(&run).map(|(at, m)| Span::new(at, at + m.len()));
        places().find(|&span| is_word(text, span)).or_else(|| places().next())
    })
}

fn combine(asserted: &Asserted, lexicon: &Lexicon, sentence: &Sentence) -> Assertion {
    let mut assertion = Assertion::default();
    for hit in &asserted.cues {
        match lexicon.cues[hit.cue].category {
            CueCategory::Negated => assertion.polarity = Polarity::Negated,
            CueCategory::Possible => assertion.certainty = Certainty::Possible,
            CueCategory::Past if assertion.time == Time::Current => assertion.time = Time::Past,
            CueCategory::Planned if assertion.time != Time::Hypothetical => {
                assertion.time = Time::Planned
            }
            CueCategory::Hypothetical => assertion.time = Time::Hypothetical,
            CueCategory::Family => assertion.experiencer = Experiencer::Family,
            CueCategory::OtherPerson => assertion.experiencer = Experiencer::Other,
            CueCategory::PatientReported => assertion.origin = Origin::PatientReported,
            CueCategory::Goal => assertion.origin = Origin::GoalOrEducation,
            CueCategory::Past | CueCategory::Planned | CueCategory::Terminate => {}
        }
    }
    match sentence.section {
        Section::FamilyHistory => assertion.experiencer = Experiencer::Family,
        Section::PastMedicalHistory | Section::PastSurgicalHistory
            if assertion.time == Time::Current =>
        {
            assertion.time = Time::Past
        }
        Section::Goals | Section::Education => assertion.origin = Origin::GoalOrEducation,
        _ => {}
    }
    if sentence.copied {
        assertion.origin = Origin::CopiedForward;
    }
    assertion
}
