//! Codes of diagnoses: beside their words, before them in a form, or alone.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::pattern::fixed_regex;

use super::{Diagnosis, Draft, Note, diagnosis};
use crate::context::Asserted;
use crate::extract::find_side;
use crate::fact::{Certainty, DiagnosisCertainty, Polarity, Section};
use crate::lexicon::{Codes, WordPattern};
use crate::span::Span;

/// How far behind its words a code may stand, in bytes.
const REACH: usize = 60;

/// What parts a diagnosis from its code in a dictated title: "Lumbago, 724.2".
const COMMA: &str = ", ";

/// How far before its words a code may stand, in bytes.
const LEAD: usize = 8;

/// What is left of a fact's confidence where its code is not in the table.
const NOT_IN_TABLE: f32 = 0.7;

/// ICD-10-CM, and ICD-9-CM with its decimals.
static CODE: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"\b(?:([a-tv-z][0-9][0-9a-z]\.[0-9a-z]{1,4})|((?:\d{3}|v\d{2}|e\d{3})\.\d{1,2}))\b",
    )
});

/// Sections where codes are those of diagnoses.
fn of_diagnoses(section: Section) -> bool {
    !matches!(
        section,
        Section::Exam
            | Section::Medications
            | Section::Imaging
            | Section::Electrodiagnostics
            | Section::Data
    )
}

/// Where drafts begin and end, with their numbers: of thousands of them few stand near a code.
#[derive(Default)]
struct Places {
    starts: BTreeSet<(usize, usize)>,
    ends: BTreeSet<(usize, usize)>,
}

impl Places {
    fn add(&mut self, at: usize, span: Span) {
        self.starts.insert((span.start, at));
        self.ends.insert((span.end, at));
    }

    fn remove(&mut self, at: usize, span: Span) {
        self.starts.remove(&(span.start, at));
        self.ends.remove(&(span.end, at));
    }

    /// The drafts in reach of a code, in their order.
    fn near(&self, code: Span) -> Vec<usize> {
        let before = self.ends.range((code.start.saturating_sub(REACH), 0)..(code.start + 1, 0));
        let behind = self.starts.range((code.end, 0)..(code.end + LEAD + 1, 0));
        let mut near: Vec<usize> = before.chain(behind).map(|&(_, at)| at).collect();
        near.sort_unstable();
        near.dedup();
        near
    }
}

pub(super) fn read(note: &Note<'_>, drafts: &mut Vec<Draft>, first: usize) {
    let mut places = Places::default();
    (first..drafts.len()).for_each(|at| places.add(at, drafts[at].span));
    for (span, icd10) in codes(note.str()) {
        let Some(sentence) = note.sentence_at(span) else { continue };
        let heads = heads_item(note, span);
        let known = heads && note.lexicon.codes.icd9cm.knows(note.get(span));
        let marked = icd10 || is_old_code(note, span) || (known && !is_measure(note, span));
        if !of_diagnoses(sentence.section) || !(marked || is_behind_comma(note, span)) {
            continue;
        }
        let code = note.get(span).to_uppercase();
        let words = description(note, span, heads);
        let owner = places
            .near(span)
            .into_iter()
            .filter_map(|at| {
                let draft = &drafts[at];
                let gap = if draft.span.end <= span.start {
                    let gap = Span::new(draft.span.end, span.start);
                    let near = gap.len() <= REACH
                        && !note.get(gap).contains([';', '.'])
                        && !CODE.is_match(note.get(gap));
                    let same = note.sentence_index(draft.span) == note.sentence_index(span);
                    (near && same && words.is_none()).then_some(gap.len())
                } else {
                    let gap = draft.span.start.checked_sub(span.end)?;
                    (gap <= LEAD && words.is_some()).then_some(gap)
                };
                // "Low back pain without sciatica (M54.50)": no code is of what is denied.
                let denied = draft.assertion.polarity == Polarity::Negated;
                gap.map(|gap| ((denied, gap), at))
            })
            .min_by_key(|(rank, _)| *rank);
        match owner {
            // Behind a comma a number is a code only right behind what it is the code of.
            Some(((_, gap), _)) if !marked && gap > COMMA.len() => {}
            None if !marked => {}
            Some((_, at)) => {
                let draft = &mut drafts[at];
                let whole = words.unwrap_or(draft.span);
                let leads = draft.span.start >= span.end;
                if leads {
                    places.remove(at, draft.span);
                    draft.span = Span::new(span.start, whole.end.max(draft.span.end));
                    places.add(at, draft.span);
                }
                let name = note.get(whole).to_owned();
                let Some(found) = diagnosis(draft) else { continue };
                if leads && name.split(' ').count() > found.name.split(' ').count() + 1 {
                    found.name = name;
                }
                set(found, &code, icd10);
                doubt(note, draft, &code, icd10);
            }
            None if gives_none(note, span) => {}
            // Outside an assessment a bare number that heads a line may be anything.
            None if !icd10
                && !is_old_code(note, span)
                && sentence.section != Section::Assessment => {}
            None => {
                let draft = by_code(note, span, words, &code, icd10);
                places.add(drafts.len(), draft.span);
                drafts.push(draft);
            }
        }
    }
}

/// Codes, and whether they are of ICD-10-CM; looked for only where a point stands in a word.
fn codes(text: &str) -> impl Iterator<Item = (Span, bool)> {
    text.match_indices('.').filter_map(|(at, _)| {
        let bytes = text.as_bytes();
        let digit = at > 0 && bytes[at - 1].is_ascii_alphanumeric();
        let start = at.saturating_sub(4);
        let start = text.ceil_char_boundary(start);
        let end = (at + 6).min(text.len());
        let end = text.ceil_char_boundary(end);
        let more = bytes.get(at + 1).is_some_and(u8::is_ascii_alphanumeric);
        if !digit || !more {
            return None;
        }
        let c = CODE.captures_at(&text[..end], start)?;
        let whole = c.get(0)?;
        let ends = text[whole.end()..].chars().next().is_none_or(|next| !next.is_alphanumeric());
        (whole.start() < at && at < whole.end() && ends)
            .then(|| (Span::new(whole.start(), whole.end()), c.get(1).is_some()))
    })
}

/// Marks a fact whose code the table does not have: mistyped, misread, or of another release.
fn doubt(note: &Note<'_>, draft: &mut Draft, code: &str, icd10: bool) {
    let Codes { icd10cm, icd9cm } = &note.lexicon.codes;
    let codes = if icd10 { icd10cm } else { icd9cm };
    if !codes.is_empty() && !codes.knows(code) {
        draft.rule.push_str("+unknown-code");
        draft.confidence *= NOT_IN_TABLE;
    }
}

fn set(found: &mut Diagnosis, code: &str, icd10: bool) {
    let field = if icd10 { &mut found.icd10 } else { &mut found.icd9 };
    field.get_or_insert_with(|| code.to_owned());
}

/// A diagnosis of which a form gives the code, with its words where it has any.
fn by_code(note: &Note<'_>, span: Span, words: Option<Span>, code: &str, icd10: bool) -> Draft {
    let whole = Span::new(span.start, words.map_or(span.end, |w| w.end));
    let name = words.map_or_else(|| code.to_lowercase(), |w| note.get(w).to_owned());
    // "300.21 Rule out panic disorder"
    let open = words.is_some_and(|w| {
        let end = Span::new(note.str().floor_char_boundary(w.end - 1), w.end);
        note.assert(end).assertion.certainty == Certainty::Possible
    });
    let certainty =
        if open { DiagnosisCertainty::Suspected } else { DiagnosisCertainty::Confirmed };
    let mut found = Diagnosis {
        side: find_side(&name),
        name,
        icd10: None,
        icd9: None,
        certainty: Some(certainty),
        experiencer: None,
    };
    set(&mut found, code, icd10);
    let mut draft = Draft::new(whole, found, "diagnosis/code", Asserted::default());
    if open {
        draft.assertion.certainty = Certainty::Possible;
    }
    draft.confidence = 0.9;
    doubt(note, &mut draft, code, icd10);
    draft
}

/// What a line may have before the first of its codes: a number, a label, an axis.
static OPENS_LIST: WordPattern = WordPattern::new(
    r"^\W*(?:\d{1,2}[.)] ?)?(?:[a-z][a-z/ -]{1,40}:\W*)?(?:\d{1,2}[.)]\W*)?(?:{diagnosis-context/axis}[ .:-]*)?$",
);

/// What parts a code from the item before it: "722.52 disc degeneration, 2) [721.3]".
static NEXT_ITEM: LazyLock<Regex> =
    LazyLock::new(|| fixed_regex(r"(?:[;,.]| and)[ -]*(?:and )?(?:\(?\d{1,2}[.)] ?)?$"));

/// Whether a code stands before its words, as the first one on its line does: "1. 354.0 carpal
/// tunnel syndrome; 723.1 cervicalgia".
fn heads_item(note: &Note<'_>, code: Span) -> bool {
    let line = note.line_of(code);
    let Some(first) = CODE.find(note.get(line)) else { return false };
    let lead = &note.get(line)[..first.start()];
    let before = note.get(Span::new(line.start, code.start));
    OPENS_LIST.of(note.lexicon).is_match(lead)
        && (before.len() == lead.len() || NEXT_ITEM.is_match(before))
}

/// Words in the place of a description that give none: "V71.09 No diagnosis", "799.9 Deferred".
static NONE_GIVEN: WordPattern = WordPattern::new(r"^{diagnosis-context/none-given}\b");

fn gives_none(note: &Note<'_>, code: Span) -> bool {
    let words = note.get(note.rest_of_line(code)).trim_start_matches([' ', ':', '-', ',']);
    NONE_GIVEN.of(note.lexicon).is_match(words)
}

/// The words that follow a code in its cell: "G58.8   Other specified mononeuropathies"; where a
/// list has codes before their words, up to the next code.
fn description(note: &Note<'_>, code: Span, heads: bool) -> Option<Span> {
    let rest = note.rest_of_line(code);
    let words = note.get(rest);
    let lead = words.len() - words.trim_start_matches([' ', ':', '-', ',']).len();
    let mut span = Span::new(rest.start + lead, rest.end);
    if words.starts_with([')', ';', '.', '(', ']']) || span.is_empty() {
        return None;
    }
    let label = note.get(span);
    if let Some(text) = label.strip_prefix("text:") {
        span.start = span.end - text.trim_start().len();
    }
    let cell = note.cells(span).first().copied()?;
    let end = note.get(cell).find([';', '(']).map_or(cell.end, |i| cell.start + i);
    let next = CODE.find(note.get(Span::new(cell.start, end))).filter(|_| heads);
    let end = next.map_or(end, |next| {
        let before = &note.get(cell)[..next.start()];
        cell.start + NEXT_ITEM.find(before).map_or(before.len(), |parts| parts.start())
    });
    let cell = note.trimmed(Span::new(cell.start, end));
    let words = note.get(cell).trim_end_matches('.');
    let cell = Span::new(cell.start, cell.start + words.len());
    let lettered = words.starts_with(|c: char| c.is_ascii_alphabetic());
    let long = words.split(' ').count() > 12;
    (lettered && !long && !gives_none(note, code) && !CODE.is_match(words) && words.len() > 3)
        .then_some(cell)
}

/// Whether a known code of the older classification ends what a comma parts it from.
fn is_behind_comma(note: &Note<'_>, span: Span) -> bool {
    let behind = &note.str()[span.end..];
    let ends = behind.is_empty()
        || behind.starts_with(['\n', ',', ';'])
        || behind.strip_prefix('.').is_some_and(|rest| {
            rest.trim_start_matches(' ').len() < rest.len()
                || rest.is_empty()
                || rest.starts_with('\n')
        });
    let codes = &note.lexicon.codes.icd9cm;
    ends && note.str()[..span.start].ends_with(COMMA) && codes.knows(note.get(span))
}

/// What is measured, and no code.
static MEASURE: WordPattern = WordPattern::new(r"^(?:%|{diagnosis-context/measure})");

/// Three digits and decimals are a code only where a code is expected.
fn is_old_code(note: &Note<'_>, span: Span) -> bool {
    let before = &note.str()[..span.start];
    let tail: String =
        before.chars().rev().take(24).collect::<Vec<_>>().into_iter().rev().collect();
    let marked = tail.ends_with("- ")
        || tail.ends_with('(')
        || tail.contains("icd")
        || tail.contains("code")
        || tail.ends_with(": ");
    marked && !is_measure(note, span)
}

/// Whether what follows makes an amount of a number: "354.0 mg".
fn is_measure(note: &Note<'_>, span: Span) -> bool {
    MEASURE.of(note.lexicon).is_match(note.str()[span.end..].trim_start())
}
