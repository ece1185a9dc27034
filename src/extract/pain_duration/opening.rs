//! A sentence that opens with the time at which the complaint began: "In the winter of 2024 she
//! noticed a burning", "Six months ago he felt a pain", "It was around Easter that the ache began".

use std::sync::LazyLock;

use regex::Regex;

use super::super::{Draft, Note};
use super::start::months_since;
use super::when::since;
use super::{GROUP, LENGTH, NEVER_GONE, first, may_tell, names_treatment, push, tenths, told_in};
use crate::fact::{Experiencer, Section};
use crate::lexicon::WordPattern;
use crate::pattern::fixed_regex;
use crate::quantity;
use crate::span::Span;

/// How far behind the word for the beginning its complaint may stand, in bytes.
const REACH: usize = 60;

/// Words before a time with which a sentence opens.
static HEAD: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"^(?:(?:it was|that was|this was|back|some|about|roughly|only|just|hpi:)[ ,]*){0,3}$",
    )
});

/// That a complaint went away.
static WENT_AWAY: WordPattern = WordPattern::new(r"\b(?:gone|{pain-duration/going-away})\b");

/// That what is noticed is a change for the better: "noticed less pain".
static LESSENING: WordPattern = WordPattern::new(r"\b{pain-duration/lessening}\b");

/// Reads every sentence that dates the beginning of its complaint by how it opens.
pub(super) fn read(note: &Note<'_>, drafts: &mut Vec<Draft>) {
    for began in note.mentions(GROUP).filter(|m| note.concept(m).id == "began") {
        let Some(sentence) = note.sentence_at(began.span) else { continue };
        if !may_tell(sentence.section) || sentence.section == Section::Treatments {
            continue;
        }
        let lead = Span::new(sentence.span.start, began.span.start);
        let Some((time, ago)) = opening_time(note, lead) else { continue };
        let rest = Span::new(began.span.end, sentence.span.end.max(began.span.end));
        let reach = note.get(rest).floor_char_boundary(REACH);
        let near = Span::new(rest.start, rest.start + reach);
        let between = Span::new(time.end, lead.end);
        // "... she noticed a pain", "... that the pain began".
        let complaint =
            first(note, near, "complaint").or_else(|| first(note, between, "complaint"));
        let Some(complaint) = complaint else { continue };
        let felt = Span::new(began.span.end.min(complaint), complaint);
        let lessens = LESSENING.of(note.lexicon).is_match(note.get(felt));
        let told = Span::new(time.end, complaint.max(lead.end));
        let words = note.get(sentence.span);
        let gone = WENT_AWAY.of(note.lexicon).is_match(words)
            && !NEVER_GONE.of(note.lexicon).is_match(words);
        if told_in(drafts, sentence.span)
            || gone
            || lessens
            || first(note, told, "other").is_some()
            || names_treatment(note, told)
            || note.assert(began.span).assertion.experiencer != Experiencer::Patient
        {
            continue;
        }
        if ago {
            let months = quantity::duration(note.get(time)).map(|length| length.months());
            let Some(months) = months else { continue };
            push(note, drafts, time, Some(tenths(months)), None, "opening");
        } else {
            push(note, drafts, time, months_since(note, time), Some(time), "opening");
        }
    }
}

/// The time with which a stretch opens, and whether it is counted back from the note.
fn opening_time(note: &Note<'_>, lead: Span) -> Option<(Span, bool)> {
    let words = note.get(lead);
    if let Some(found) = LENGTH.find(words)
        && HEAD.is_match(&words[..found.start()])
    {
        let after = words[found.end()..].trim_start();
        return after
            .starts_with("ago")
            .then(|| (Span::new(lead.start + found.start(), lead.start + found.end()), true));
    }
    let (whole, when) = since(words).next()?;
    HEAD.is_match(&words[..whole.start])
        .then(|| (Span::new(lead.start + when.start, lead.start + when.end), false))
}
