//! Procedures as requested: in forms, letters and plans.

mod form;
mod phrase;

use std::sync::LazyLock;

use regex::Regex;

use crate::pattern::fixed_regex;

use super::parts::{part_at, titles};
use super::{Draft, Note, find_side};
use crate::fact::{Experiencer, Intent, Kind, Polarity, RequestedProcedure, Section, Side, Time};
use crate::lexicon::WordPattern;
use crate::span::Span;
use crate::tag::Mention;
use phrase::Phrase;

/// Words that ask for procedures and rows of forms, in a group of the lexicon.
const GROUP: &str = "request";

/// How far behind a procedure its code, side and purpose may stand, in bytes.
const REACH: usize = 90;

/// How far behind a procedure its code may end and still be quoted with it, in bytes.
const CODE_QUOTED: usize = 40;

static CODE: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(r"\b((?:[0-9][0-9]{4})|(?:[0-9]{4}t)|(?:[aegjklq][0-9]{4}))(?:-(?:\d\d|lt|rt))?\b")
});

/// The code of a nerve's block right before its name, with no other procedure between.
static CODE_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(r"\b(6[24]\d{3})(?:-(?:\d\d|lt|rt))?(?: ?x ?\d)?[ ,:(-]{1,4}(?:an? |one )?$")
});

/// What may stand between a procedure and its side, purpose or code.
static SUFFIX: WordPattern = WordPattern::new(
    r"^(?:[ ,;:()/%+.-]+|\b(?:left|right|bilateral|l|r|and|at|[ctls]\d{1,2}|one|two|only|single|once|x ?\d|with|under|\d{5}(?:-(?:\d\d|lt|rt))?|lt|rt|on the|side|for|\d{1,3}(?:\.\d+)?|{request/suffix}|{request/suffix-agent})\b|\bw/)+",
);

pub(super) fn read(note: &Note<'_>, drafts: &mut Vec<Draft>) {
    let titles = titles(note);
    let phrases = phrase::phrases(note);
    let first = drafts.len();
    for phrase in &phrases {
        let part = part_at(&titles, phrase.span);
        let draft = if part == Some("request-form") {
            form::row(note, phrase)
        } else {
            in_prose(note, phrase, part)
        };
        drafts.extend(draft);
    }
    form::nerve_rows(note, &titles, drafts, first);
    form::bind(note, &titles, &mut drafts[first..]);
    share_codes(&mut drafts[first..]);
}

/// Gives a procedure the code that the same text gives it elsewhere.
fn share_codes(drafts: &mut [Draft]) {
    let named = |draft: &Draft| match &draft.kind {
        Kind::RequestedProcedure(found) => found.name.clone().zip(found.cpt.clone()),
        _ => None,
    };
    let known: Vec<(String, String)> = drafts.iter().filter_map(named).collect();
    for draft in drafts {
        if let Kind::RequestedProcedure(found) = &mut draft.kind
            && found.cpt.is_none()
            && draft.assertion.time == Time::Planned
        {
            let same = known.iter().find(|(name, _)| found.name.as_ref() == Some(name));
            found.cpt = same.map(|(_, code)| code.clone());
        }
    }
}

/// A procedure with what its words say of side, purpose and code.
fn draft(note: &Note<'_>, phrase: &Phrase, rule: &str) -> Draft {
    let sentence = note.sentence_at(phrase.span).map_or(phrase.span, |s| s.span);
    let mut end = sentence.end.max(phrase.span.end);
    // The code may make a sentence of its own.
    if note.str()[end..].trim_start().starts_with("cpt") {
        end = end.max(note.line_of(phrase.span).end);
    }
    let end = end.min(phrase.span.end + REACH);
    let end = note.str().ceil_char_boundary(end);
    let behind = note.get(Span::new(phrase.span.end, end));
    let suffix = SUFFIX.of(note.lexicon).find(behind).map_or("", |m| m.as_str());
    let words = format!("{} {suffix}", note.get(phrase.span));
    let code = CODE.captures(behind).filter(|c| c.get(0).is_some_and(|m| m.start() < 70));
    let cpt = code.as_ref().and_then(|c| c.get(1));
    // "64454, right genicular nerve block": the code right before the name.
    let lead = note.get(note.lead_of_line(phrase.span));
    let before = CODE_BEFORE.captures(lead).and_then(|c| c.get(1));
    let near = |m: &regex::Match<'_>| m.end() <= suffix.len().min(CODE_QUOTED);
    let span_end = cpt.filter(near).map_or(0, |m| m.end());
    let span = Span::new(phrase.span.start, phrase.span.end + span_end);
    let line = note.line_of(phrase.span);
    let kind = RequestedProcedure {
        name: Some(phrase.name.clone()),
        cpt: cpt.or(before).map(|m| m.as_str().to_owned()),
        side: find_side(&words),
        // "( ) Dx  (x) Tx": what is not ticked is not meant.
        intent: match note.boxes_in(line).is_empty() {
            true => intent(&words),
            false => form::ticked_intent(note, line).or_else(|| intent(note.get(phrase.span))),
        },
    };
    let asserted = note.assert(phrase.span);
    let mut draft = Draft::new(span, kind, format!("{GROUP}/{rule}"), asserted);
    draft.confidence = 0.85;
    draft
}

/// What a block is meant for: where both are said, the more.
fn intent(words: &str) -> Option<Intent> {
    let said = |word: &str| words.split(|c: char| !c.is_alphanumeric()).any(|w| w == word);
    // "for treatment", "to treat" tell what it is for; "treatment" alone may be any.
    let meant = |word: &str| words.contains(&format!("for {word}"));
    if said("therapeutic") || said("tx") || meant("treatment") {
        Some(Intent::Therapeutic)
    } else {
        let tests = ["diagnostic", "dx", "test", "confirmatory"].iter().any(|word| said(word));
        (tests || meant("diagnosis")).then_some(Intent::Diagnostic)
    }
}

/// A procedure that a plan or a letter asks for.
fn in_prose(note: &Note<'_>, phrase: &Phrase, part: Option<&str>) -> Option<Draft> {
    let sentence = note.sentence_at(phrase.span)?;
    // A report tells of what was done; what comes next it says in a word of its own.
    let next = Span::new(phrase.span.end, sentence.span.end.max(phrase.span.end));
    let arranged =
        part == Some("procedure-note") && ARRANGED.of(note.lexicon).is_match(note.get(next));
    let mut draft = draft(note, phrase, "prose");
    // A table's row on a therapy looks like the title of its report: a plan that names a code asks.
    let of_therapy =
        part == Some("therapy-note") && sentence.section == Section::Plan && draft_has_code(&draft);
    let report = matches!(part, Some("procedure-note" | "study-report" | "therapy-note"));
    if report && !arranged && !of_therapy {
        return None;
    }
    let assertion = &draft.assertion;
    if assertion.polarity == Polarity::Negated || assertion.experiencer == Experiencer::Family {
        return None;
    }
    let before = Span::new(sentence.span.start, phrase.span.start);
    if is_landmark(note.get(before)) {
        return None;
    }
    if is_advised_against(note, phrase.span, sentence.span) {
        return None;
    }
    if CAME_OUT.of(note.lexicon).is_match(&note.str()[phrase.span.end..]) {
        return None;
    }
    let of_papers = |m: &Mention| {
        let lead = note.get(Span::new(sentence.span.start.min(m.span.start), m.span.start));
        PAPERS.of(note.lexicon).is_match(lead)
    };
    let has = |id: &str, span: Span| {
        note.mentions_in(GROUP, span).any(|m| note.concept(m).id == id && !of_papers(m))
    };
    let whole = Span::new(sentence.span.start, sentence.span.end.max(phrase.span.end));
    let asks = has("asks", whole) || has("decides", whole);
    // Of two words before it the nearer one counts: "had relief and asks for a block".
    let nearest = note
        .mentions_in(GROUP, before)
        .filter(|m| matches!(note.concept(m).id.as_str(), "asks" | "decides" | "earlier"))
        .last();
    let earlier = nearest.is_some_and(|m| note.concept(m).id == "earlier");
    let wish = has("asks", Span::new(phrase.span.end, sentence.span.end.max(phrase.span.end)));
    let planned = matches!(assertion.time, Time::Planned | Time::Hypothetical);
    let dated = note.dates_in(sentence.span).any(|d| {
        let past = |now: jiff::civil::Date| d.date.latest() < now;
        note.date.and_then(|n| n.exact()).is_some_and(past)
    });
    let in_plan = matches!(sentence.section, Section::Plan | Section::Request);
    let line = note.line_of(phrase.span);
    let row = note.mentions_in(GROUP, line).next().is_some_and(|m| {
        note.concept(m).id == "label"
            && m.span.start == line.start
            && note.str()[m.span.end..].starts_with([':', ' '])
            && note.get(line).contains(':')
    });
    let lead = note.get(before).trim_matches([' ', ':', '-']);
    let opens = lead.is_empty() || matches!(lead, "a" | "an" | "one" | "one (1)");
    let told = match sentence.section {
        Section::PastMedicalHistory
        | Section::PastSurgicalHistory
        | Section::FamilyHistory
        | Section::Allergies
        | Section::Treatments
        | Section::Imaging
        | Section::Electrodiagnostics
        | Section::Procedure => false,
        Section::Education => asks,
        Section::Assessment => asks || planned || draft_has_code(&draft),
        _ => asks || planned,
    };
    // A line of its own with a code: "Left L5 transforaminal injection, CPT 64483".
    let coded = opens
        && draft_has_code(&draft)
        && !matches!(
            sentence.section,
            Section::PastMedicalHistory
                | Section::PastSurgicalHistory
                | Section::FamilyHistory
                | Section::Allergies
                | Section::Treatments
                | Section::Procedure
        );
    let wanted = (row && draft_has_code(&draft))
        || coded
        || (in_plan && (opens || asks || planned || draft_has_code(&draft)))
        || told;
    if !wanted || (earlier && !wish) || (dated && !asks) {
        return None;
    }
    if assertion.experiencer == Experiencer::Other && !wish {
        return None;
    }
    // "We discussed the options and she would like to go ahead with": decided.
    let decided =
        note.mentions_in(GROUP, before).filter(|m| note.concept(m).id == "decides").last();
    let open = Span::new(decided.map_or(before.start, |m| m.span.end), before.end);
    let considered = note.mentions_in(GROUP, open).any(|m| note.concept(m).id == "considered")
        || assertion.time == Time::Hypothetical
        || depends(
            note,
            note.get(Span::new(phrase.span.end, sentence.span.end.max(phrase.span.end))),
        );
    // Of what is only thought about, a block in the plan is worth knowing of.
    if considered && !(in_plan && phrase.name.contains("block")) {
        return None;
    }
    draft.assertion.time = if considered { Time::Hypothetical } else { Time::Planned };
    draft.assertion.experiencer = Experiencer::Patient;
    Some(draft)
}

/// That what is asked for are papers: "records requested".
static PAPERS: WordPattern = WordPattern::new(
    r"\b{request/papers}(?: (?:were|was|are|is|have been|has been|still|again|being|to be))* $",
);

/// What may stand behind a procedure that only a condition would bring about.
static CONDITION: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(r"^[^.;,]{0,40}\b(?:if|unless|should|in case|in the event)\b(.*)$")
});

/// Conditions that leave a request a request: "if approved".
static FORMALITY: WordPattern = WordPattern::new(r"\b{request/formality}\b");

/// Whether what stands behind a procedure makes it hang on how things go.
fn depends(note: &Note<'_>, behind: &str) -> bool {
    // A condition behind another step is that step's: "followed by ablation if it helps".
    let next = [" followed by ", " then ", " and "].iter().filter_map(|w| behind.find(w)).min();
    let behind = &behind[..next.unwrap_or(behind.len())];
    let condition = CONDITION.captures(behind).and_then(|c| c.get(1));
    condition.is_some_and(|c| !FORMALITY.of(note.lexicon).is_match(c.as_str()))
}

/// How far from a procedure the words against it may stand, in bytes.
const AGAINST_REACH: usize = 60;

/// How a procedure that was done came out: "went well", "was successful".
static CAME_OUT: WordPattern = WordPattern::new(
    r"^s?(?: (?:on|in|of|at) [\d/. ]+)? (?:(?:has|have|had) (?:already |also )?)?(?:{request/came-out}|(?:was|were|been|is|are) (?:(?:very|highly|also|already|quite|only|not) )?{request/came-out-as})\b",
);

/// What is arranged for a day to come, behind its name: "is scheduled for".
static ARRANGED: WordPattern = WordPattern::new(
    r"^s?(?: (?:on|in|of|at) [a-z0-9 -]{1,24})? (?:is|are|has been|will be) {request/arranged}\b",
);

/// Whether words before or behind a procedure speak against it: "is not justified".
fn is_advised_against(note: &Note<'_>, phrase: Span, sentence: Span) -> bool {
    note.mentions_in(GROUP, sentence).filter(|m| note.concept(m).id == "against").any(|m| {
        let (from, to) = if m.span.end <= phrase.start {
            (m.span.end, phrase.start)
        } else {
            (phrase.end.min(m.span.start), m.span.start)
        };
        let gap = note.get(Span::new(from, to));
        gap.len() <= AGAINST_REACH && !gap.contains([';', ',']) && !gap.contains(" but ")
    })
}

/// Whether what stands before a procedure makes it a point in time: "after her surgery".
fn is_landmark(before: &str) -> bool {
    let article = |word: &&str| matches!(*word, "her" | "his" | "the" | "this" | "that" | "any");
    let mut words = before.split_whitespace().rev().skip_while(|word| article(word));
    match words.next() {
        Some("from" | "after" | "before" | "since" | "following" | "until") => true,
        Some("to") => matches!(words.next(), Some("prior" | "response" | "responded")),
        _ => false,
    }
}

fn draft_has_code(draft: &Draft) -> bool {
    matches!(&draft.kind, Kind::RequestedProcedure(r) if r.cpt.is_some())
}

/// The side that a row answers.
fn side(words: &str) -> Option<Side> {
    find_side(words)
}
