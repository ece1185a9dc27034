//! Treatments that the record says the patient must not have, with the reason.

use std::sync::LazyLock;

use regex::Regex;

use super::{Draft, Note};
use crate::fact::{Contraindication, Experiencer, Polarity};
use crate::lexicon::WordPattern;
use crate::pattern::fixed_regex;
use crate::segment::Sentence;
use crate::span::Span;
use crate::tag::Mention;

const GROUP: &str = "contraindication";

/// How many bytes a treatment may stand from the words that forbid it.
const REACH: usize = 60;

/// How many where its reason stands before them: "the MRI rules out a fracture, and therapy ..." forbids nothing.
const NEXT_REACH: usize = 6;

static REASON: WordPattern = WordPattern::new(
    r"(?:\b|^ ?)(?:because (?:he|she|the patient|pt|patient) (?:has|had|is|takes|was)(?: (?:on|taking))?|{outcome/because-of}|because|{contraindication/given}|as (?:he|she|the patient) (?:has|is)|since (?:he|she|the patient) (?:has|is)|with (?:his|her)|in the (?:setting|presence) of|for|:) (?P<r>(?:his |her |the |known |history of )*[a-z0-9][^.;(]{2,90})",
);

/// The reason alone behind what forbids: "contraindicated, narrow-angle glaucoma", "contraindicated (eGFR 21)".
static APPOSED: WordPattern =
    WordPattern::new(r"^ ?(?:,|-+|\() ?(?P<r>(?:{contraindication/illness})[^.;(\n]{0,60})");

/// Reads every treatment that the text calls contraindicated.
pub(super) fn read(note: &Note<'_>, drafts: &mut Vec<Draft>) {
    let cues: Vec<Mention> = note.mentions(GROUP).copied().collect();
    for cue in cues {
        let concept = note.concept(&cue);
        let Some(sentence) = note.sentence_at(cue.span) else { continue };
        let before = concept.field("side") == Some("before");
        let named_before = concept.field("reason") == Some("before");
        let bare_no = concept.field("reason") == Some("illness");
        let reach = if named_before || bare_no { NEXT_REACH } else { REACH };
        let treatments = treatments(note, sentence, &cue, before, reach);
        let Some(last) = treatments.last() else { continue };
        let from = if before { last.0.end } else { cue.span.end };
        let reason = match concept.field("reason") {
            Some("illness") => illness_next(note, Span::new(from, sentence.span.end)),
            Some("before") => reason_before(note, Span::new(sentence.span.start, cue.span.start)),
            Some(_) => reason_next(note, Span::new(cue.span.end, sentence.span.end)),
            None => reason_behind(note, Span::new(from, sentence.span.end)),
        };
        // "no gabapentin" alone forbids nothing.
        if (reason.is_none() && concept.field("strong").is_none()) || is_refusal(note, sentence) {
            continue;
        }
        for (span, treatment) in &treatments {
            let asserted = note.assert(*span);
            if asserted.assertion.experiencer != Experiencer::Patient {
                continue;
            }
            let contraindication = Contraindication {
                treatment: treatment.clone(),
                reason: reason.map(|span| plain(note.as_written(span))),
            };
            let rule = note.rule(&cue);
            let mut draft = Draft::new(span.union(cue.span), contraindication, rule, asserted);
            draft.assertion.polarity = Polarity::Affirmed;
            drafts.push(draft);
        }
    }
}

fn plain(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What is told of a treatment that is not wanted, or not paid for.
static REFUSES: WordPattern = WordPattern::new(r"\b{contraindication/refuses}\b");

/// Refusals and costs forbid nothing.
fn is_refusal(note: &Note<'_>, sentence: &Sentence) -> bool {
    REFUSES.of(note.lexicon).is_match(note.get(sentence.span))
}

/// Drugs and therapies that the cue forbids: those of the nearest list on its side.
fn treatments(
    note: &Note<'_>,
    sentence: &Sentence,
    cue: &Mention,
    before: bool,
    reach: usize,
) -> Vec<(Span, String)> {
    let within = if before {
        Span::new(cue.span.end, sentence.span.end)
    } else {
        Span::new(sentence.span.start, cue.span.start)
    };
    let mut found: Vec<(Span, String)> = note
        .mentions_in("drug", within)
        .map(|m| {
            let concept = note.concept(m);
            let class = concept.field("class").filter(|_| concept.field("kind") == Some("class"));
            (m.span, class.unwrap_or(&concept.id).to_owned())
        })
        .chain(note.mentions_in("therapy", within).filter_map(|m| {
            let concept = note.concept(m);
            let bare = concept.field("needs").is_some();
            let therapy = concept.field("therapy").filter(|t| *t != "other" && !bare)?;
            Some((m.span, therapy.to_owned()))
        }))
        .collect();
    found.sort();
    // Only the list next to the cue, in its own clause.
    let first = if before { cue.span.end } else { cue.span.start };
    let near = |span: &Span, edge: usize| {
        let gap = if before {
            Span::new(edge.min(span.start), span.start)
        } else {
            Span::new(span.end, edge.max(span.end))
        };
        let words = note.get(gap);
        gap.len() <= if edge == first { reach } else { REACH }
            && !words.contains(['.', ';'])
            && !words.contains(" but ")
            && !words.contains("because")
    };
    let mut edge = first;
    let mut kept = Vec::new();
    if !before {
        found.reverse();
    }
    for (span, treatment) in found {
        if !near(&span, edge)
            || (!kept.is_empty() && edge.abs_diff(if before { span.start } else { span.end }) > 16)
        {
            break;
        }
        edge = if before { span.end } else { span.start };
        kept.push((span, treatment));
    }
    kept.sort();
    kept
}

/// The longest clause that is a reason (bytes).
const LONGEST_REASON: usize = 90;

/// The clause before a cue: "He takes rasagiline, which rules out ...".
fn reason_before(note: &Note<'_>, within: Span) -> Option<Span> {
    let words = note.get(within);
    let from = words.rfind([';', '.', ':', '(']).map_or(0, |at| at + 1);
    let clause = words[from..].trim_end_matches([' ', ',']);
    let clause = [" which", " and that", " and this", " that", " and"]
        .iter()
        .find_map(|end| clause.strip_suffix(end))
        .unwrap_or(clause)
        .trim_end_matches([' ', ',']);
    let start = within.start + from;
    as_reason(note, Span::new(start, start + clause.len()))
}

/// The words right behind a cue, up to the next stop.
fn reason_next(note: &Note<'_>, within: Span) -> Option<Span> {
    let words = note.get(within);
    let end = words.find([',', ';', '.', '(']).unwrap_or(words.len());
    as_reason(note, Span::new(within.start, within.start + end))
}

/// An illness right behind a drug that there was none of: "No tricyclic because of heart block".
static ILLNESS_NEXT: WordPattern = WordPattern::new(
    r"^ ?(?:was |were )?(?:given |used |tried |started )?(?:because (?:he|she|the patient|pt) (?:has|had|is|takes)|{outcome/because-of}|{contraindication/given}|as (?:he|she) (?:has|is)|due to|,|-+|\(|:) ?(?:(?:an?|the|his|her|on|has|known|severe|advanced|chronic|history of|h/o|hx of) )*(?P<r>{contraindication/illness}\b[^.;,()\n]{0,40})",
);

fn illness_next(note: &Note<'_>, within: Span) -> Option<Span> {
    let found = ILLNESS_NEXT.of(note.lexicon).captures(note.get(within))?.name("r")?;
    as_reason(note, Span::new(within.start + found.start(), within.start + found.end()))
}

/// A stretch without white space at its ends, where it is as long as reasons are.
fn as_reason(note: &Note<'_>, stretch: Span) -> Option<Span> {
    Some(note.trimmed(stretch)).filter(|reason| (3..=LONGEST_REASON).contains(&reason.len()))
}

/// What stands right behind a cue, parted from it by no more than a mark.
static BESIDE: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"^ ?(?:,|-+|\(|:) ?(?:(?:she|he|the patient|patient|pt) (?:is |has )?)?(?P<r>[a-z0-9][^.;()\n]{2,70})",
    )
});

static FIRST_LINE: WordPattern = WordPattern::new(r"^{medication-word/class-first-line}$");

/// An illness or another drug beside a cue, that is its reason: "not used, on linezolid".
fn reason_beside(note: &Note<'_>, within: Span) -> Option<Span> {
    let found = BESIDE.captures(note.get(within))?.name("r")?;
    let reason = Span::new(within.start + found.start(), within.start + found.end());
    let words = note.get(reason);
    let on_drug = (words.starts_with("on ") || words.starts_with("takes "))
        && note.mentions_in("drug", reason).next().is_some_and(|m| {
            // That a drug of the same kind is taken forbids none.
            let class = note.concept(m).field("class").unwrap_or_default();
            !FIRST_LINE.of(note.lexicon).is_match(class)
        });
    let ill = || {
        let illness = note.mentions_in("diagnosis", reason).next();
        illness.is_some_and(|m| {
            m.span.start == reason.start
                && note.assert(m.span).assertion.polarity == Polarity::Affirmed
        })
    };
    (!words.contains("pain") && (on_drug || ill())).then(|| note.trimmed(reason))
}

/// The reason behind a cue, without what follows it.
fn reason_behind(note: &Note<'_>, within: Span) -> Option<Span> {
    let words = note.get(within);
    let Some(c) = REASON
        .of(note.lexicon)
        .captures(words)
        .or_else(|| APPOSED.of(note.lexicon).captures(words))
    else {
        return reason_beside(note, within);
    };
    let (whole, found) = (c.get(0)?, c.name("r")?);
    // "for" and ":" give a reason only right behind the cue.
    let lead = whole.as_str();
    if (lead.starts_with("for ") || lead.starts_with(':')) && whole.start() > 2 {
        return reason_beside(note, within);
    }
    let mut reason = found.as_str();
    for end in [
        ", and ",
        ", so ",
        ", which ",
        " and was ",
        " and therefore",
        " so ",
        ", but ",
        " but ",
        " - ",
    ] {
        if let Some(at) = reason.find(end) {
            reason = &reason[..at];
        }
    }
    let reason = reason.trim_end_matches([' ', ',', ')']);
    let start = within.start + found.start();
    (reason.len() >= 3).then(|| Span::new(start, start + reason.len()))
}
