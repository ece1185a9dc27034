//! Diagnoses, symptoms and problems, named as a coder would index them.
//!
//! Names of their own stand in `lexicons/concepts/diagnosis.toml`; the others are put
//! together from the words of `diagnosis-word.toml`: "pain in the left hip" is
//! `hip pain`, "right L5 radiculopathy" is `lumbar radiculopathy`.

mod before_procedure;
mod code;
mod compose;
mod denied;
mod doubt;
mod located;
mod purpose;
mod queried;
mod side;
mod study;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use crate::pattern::fixed_regex;

use super::parts::{part_at, titles};
use super::{Answer, Draft, Note};
use crate::context::Asserted;
use crate::fact::{
    Diagnosis, DiagnosisCertainty, Experiencer, Kind, Polarity, Section, Side, Time,
};
use crate::halt;
use crate::lexicon::{CueCategory, WordPattern};
use crate::segment::Sentence;
use crate::span::Span;
use denied::is_verdict;
use purpose::{for_purpose, is_operated, is_risk};
use side::{side_behind, side_in};
use study::{is_described, is_study_report, of_study};

/// Diagnoses with names of their own, in a group of the lexicon.
const NAMED: &str = "diagnosis";

/// Words around diagnoses, in a group of the lexicon.
const CONTEXT: &str = "diagnosis-context";

/// How far behind a diagnosis the "versus" that leaves it open may stand, in bytes.
const VERSUS_REACH: usize = 60;

/// A doubt set behind a diagnosis: ", suspected", "(possible)".
static QUALIFIED: WordPattern = WordPattern::new(
    r"^(?:,? ?(?:on the |of the )?(?:left|right|bilateral)(?: side)?)?(?:,| -| \(|,? \()? ?(?:(?:is |was |a |as |as a |as the )?(?:(?:most|very|more|quite|highly|strongly) )?{diagnosis-context/doubted}|{diagnosis-context/doubts})(?: (?:also |an? |the |main |major |minor |additional |underlying |secondary )*{diagnosis-context/source})?(?:\)|[.,;]|$)",
);

/// How a form's questions begin.
static QUESTION: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(r"^(?:\d+[.)] ?)?(?:do|does|did|have|has|is|are|was|were|any|anyone|who|what)\b")
});

/// Words of headings under which nothing is certain yet.
static PROVISIONAL: WordPattern = WordPattern::new(r"\b{diagnosis-context/provisional}\b");

/// The same as a label on its own line: "CONTESTED CONDITIONS: right cubital tunnel syndrome".
static LABELLED_PROVISIONAL: WordPattern =
    WordPattern::new(r"^(?:[a-z]+ ){0,2}{diagnosis-context/provisional}(?: [a-z]+){0,3} ?:");

/// How much of a diagnosis its mention is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// Where and that it hurts: counts where the patient speaks.
    Pain,
    /// A disease or disorder.
    Disease,
    /// A symptom that counts only where the visit is about it.
    Visit,
    /// An illness beside the pain: counts only by its code.
    Beside,
    /// What an examination finds: counts only in an assessment.
    Finding,
}

/// A diagnosis by its words.
#[derive(Clone, Debug)]
struct Named {
    span: Span,
    name: String,
    side: Option<Side>,
    class: Class,
    /// Whether it yields to a name that says where: "chronic pain in the left hip".
    yields: bool,
    rule: String,
}

pub(super) fn read(note: &Note<'_>, drafts: &mut Vec<Draft>) {
    let titles = titles(note);
    let mut named = fixed(note);
    let own: Vec<Span> = named.iter().map(|n| n.span).collect();
    let covered = |span: Span| {
        let next = own.partition_point(|o| o.end <= span.start);
        own.get(next).is_some_and(|o| o.start < span.end)
    };
    let composed = compose::diagnoses(note);
    // The longer of two names for the same words, and the one that says where.
    named.retain(|n| {
        halt::look();
        !composed.iter().any(|c| {
            let goes_on = c.span.overlaps(n.span) && c.span.end > n.span.end;
            c.span.contains(n.span) && c.span.len() > n.span.len() && c.name.len() > n.name.len()
                || n.yields && goes_on
        })
    });
    let kept: Vec<Span> = named.iter().map(|n| n.span).collect();
    named.extend(composed.into_iter().filter(|c| {
        halt::look();
        let overlaps = |k: &&Span| k.start < c.span.end && c.span.start < k.end;
        !covered(c.span) || kept.iter().filter(overlaps).all(|k| shares_head(note, c.span, *k))
    }));
    named.extend(located::pains(note));
    named.extend(queried::nerves(note));
    named.sort_by_key(|n| (n.span.start, n.span.end));
    spell_out(note, &mut named);
    let first = drafts.len();
    let mut studies = BTreeMap::new();
    let report = is_study_report(note);
    for found in &named {
        let part = part_at(&titles, found.span);
        let concluded =
            note.sentence_at(found.span).is_some_and(|s| s.section == Section::Assessment);
        if (report && is_described(note, found.span)) || (concluded && part == Some("study-report"))
        {
            continue;
        }
        drafts.extend(draft(note, found, part, &mut studies));
    }
    code::read(note, drafts, first);
    before_procedure::set_aside(note, &mut drafts[first..]);
    // What stands inside a code's own words is said by them.
    let coded = Wider::of(drafts[first..].iter_mut().filter_map(coded).collect());
    let mut index = 0;
    drafts.retain(|draft| {
        halt::look();
        index += 1;
        index <= first || !matches!(draft.kind, Kind::Diagnosis(_)) || !coded.hold(draft.span)
    });
}

/// Spans, to be asked whether one of them holds another span and more; quick also for many.
struct Wider {
    /// By start, then by end.
    spans: Vec<Span>,
    /// Of each and all before it, the furthest end.
    reach: Vec<usize>,
}

impl Wider {
    fn of(mut spans: Vec<Span>) -> Self {
        spans.sort();
        let furthest = |end: &mut usize, span: &Span| {
            *end = span.end.max(*end);
            Some(*end)
        };
        let reach = spans.iter().scan(0, furthest).collect();
        Self { spans, reach }
    }

    fn hold(&self, span: Span) -> bool {
        let before = self.spans.partition_point(|other| other.start < span.start);
        let same = self.spans.partition_point(|other| other.start <= span.start);
        let earlier = before.checked_sub(1).is_some_and(|at| self.reach[at] >= span.end);
        // Of those that begin where it does the last one is the longest.
        earlier || (same > before && self.spans[same - 1].end > span.end)
    }
}

/// Makes one of a short form and the words in brackets behind it: "OA (osteoarthritis) of the hip".
fn spell_out(note: &Note<'_>, named: &mut Vec<Named>) {
    let mut index = 1;
    while index < named.len() {
        let (short, long) = (&named[index - 1], &named[index]);
        let same = long.name.contains(&short.name) || short.name.contains(&long.name);
        let gap = note.get(Span::new(short.span.end, long.span.start.max(short.span.end)));
        if same && matches!(gap, " (" | "(" | " [") {
            let short = named.remove(index - 1);
            let long = &mut named[index - 1];
            long.span.start = short.span.start;
            long.side = long.side.or(short.side);
            if short.name.len() > long.name.len() {
                long.name = short.name;
            }
        } else {
            index += 1;
        }
    }
}

/// The span of a diagnosis that begins with its code.
fn coded(draft: &mut Draft) -> Option<Span> {
    let span = draft.span;
    diagnosis(draft).filter(|d| d.icd10.is_some() || d.icd9.is_some()).map(|_| span)
}

/// Mentions of diagnoses with names of their own.
fn fixed(note: &Note<'_>) -> Vec<Named> {
    note.mentions(NAMED)
        .map(|mention| {
            let concept = note.concept(mention);
            let class = match concept.field("scope") {
                Some("visit") => Class::Visit,
                Some("beside") => Class::Beside,
                _ => Class::Disease,
            };
            let span = compose::widened(note, mention.span);
            Named {
                span,
                name: concept.field("name").unwrap_or(&concept.id).to_owned(),
                side: side_around(note, span),
                class,
                yields: concept.field("yields").is_some(),
                rule: note.rule(mention),
            }
        })
        .collect()
}

/// Whether one name closes with another whose head it shares: "neck and low back pain".
fn shares_head(note: &Note<'_>, longer: Span, own: Span) -> bool {
    let before = Span::new(longer.start.min(own.start), own.start);
    let words = note.get(before).trim_end();
    longer.end == own.end && [" and", ",", " or", "/", "&"].iter().any(|end| words.ends_with(end))
}

/// The side that stands in a mention, or right behind it.
fn side_around(note: &Note<'_>, span: Span) -> Option<Side> {
    side_in(note.get(span)).or_else(|| side_behind(note, span))
}

/// What a patient has, as a plan may say where it begins: "She has persistent flank pain".
static PRESENTS: WordPattern = WordPattern::new(
    r"^(?:(?:the |this |our )?{diagnosis-context/person}|he|she|(?:mr|mrs|ms)\.? \w+)(?: still| also)? {diagnosis-context/has}(?: (?:a |an |the )?[a-z-]+){0,4} ?$",
);

/// What makes a diagnosis the name of a test: "impingement sign".
static TEST_BEHIND: WordPattern = WordPattern::new(r"^ {diagnosis-context/test}\b");

/// Words by which an examiner brings on a pain: "extension reproduces her usual".
static PROVOKES: WordPattern = WordPattern::new(
    r"\b{diagnosis-context/provokes}(?: (?:the|his|her|any|some|only|more|left|right|bilateral|ipsilateral|contralateral|same|{diagnosis-context/known-pain}))* ?$",
);

/// Words of what an examiner does, in a letter that has no heading over it.
static EXAMINES: WordPattern = WordPattern::new(r"\b{diagnosis-context/examines}\b");

/// Whether a pain is what an examiner brought on.
fn is_provoked(note: &Note<'_>, span: Span, sentence: &Sentence) -> bool {
    let before = note.get(Span::new(sentence.span.start.min(span.start), span.start));
    PROVOKES.of(note.lexicon).is_match(before) && EXAMINES.of(note.lexicon).is_match(before)
}

/// What a review of systems has a patient say of a part of the body, which may head an examination
/// as well: "Musculoskeletal: Reports left wrist pain."
static REPORTS: WordPattern = WordPattern::new(
    r"^(?:[a-z/ ]+: ?)?(?:(?:he|she|patient|pt) )?{diagnosis-context/reports}(?: (?:some|a|an|the|his|her|intermittent|ongoing|occasional))* ?$",
);

/// A code right behind a name: "Hypothyroidism (E03.9)".
static CODED: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"^ ?(?:\(|\[|- |, |: )?(?:icd-?(?:10|9)?(?:-cm)?:? ?)?(?:[a-tv-z]\d[0-9a-z](?:\.[0-9a-z]{1,4})?|\d{3}\.\d{1,2})\b",
    )
});

/// Whether a code stands right behind a name.
fn is_coded(note: &Note<'_>, span: Span) -> bool {
    CODED.is_match(&note.str()[span.end..])
}

/// Why somebody was operated on: "presented with severe neck pain".
static COMPLAINS: WordPattern = WordPattern::new(
    r"\b{diagnosis-context/complaint}(?: [a-z0-9'-]+){0,6} (?:of|with|from|by|for)(?: [a-z-]+){0,4}$",
);

/// What says that an examiner's hand or a movement brings it on: "reports hip pain with flexion".
static ON_MOVEMENT: LazyLock<Regex> =
    LazyLock::new(|| fixed_regex(r"^(?: today)? (?:with|on|upon|when|during|to) "));

/// Whether a plan, a review of systems or an operation's report says of pain that the patient has it.
fn presents(note: &Note<'_>, found: &Named, sentence: &Sentence) -> bool {
    let before = Span::new(sentence.span.start, found.span.start.max(sentence.span.start));
    let (before, behind) = (note.get(before).trim_end(), &note.str()[found.span.end..]);
    found.class == Class::Pain
        && match sentence.section {
            Section::Plan => PRESENTS.of(note.lexicon).is_match(before),
            Section::Procedure => COMPLAINS.of(note.lexicon).is_match(before),
            Section::Exam => {
                REPORTS.of(note.lexicon).is_match(before) && !ON_MOVEMENT.is_match(behind)
            }
            _ => false,
        }
}

fn draft(
    note: &Note<'_>,
    found: &Named,
    part: Option<&str>,
    studies: &mut BTreeMap<usize, (bool, usize)>,
) -> Option<Draft> {
    let sentence = note.sentence_at(found.span)?;
    let assessed = sentence.section == Section::Assessment;
    let core = compose::core(note, found.span);
    let mut asserted = note.assert(core);
    let assertion = &asserted.assertion;
    let negated = assertion.polarity == Polarity::Negated && !denies_relief(note, &asserted, core);
    let family = assertion.experiencer == Experiencer::Family;
    if note.box_of(found.span).is_some_and(|b| !b.ticked)
        || assertion.time == Time::Hypothetical
        || assertion.experiencer == Experiencer::Other
        || !(belongs(sentence.section, found.class, part)
            || presents(note, found, sentence)
            || (found.class == Class::Beside && assessed && is_coded(note, found.span)))
        || of_study(note, found.span, sentence, studies)
        || for_purpose(note, found.span, sentence)
        || TEST_BEHIND.of(note.lexicon).is_match(&note.str()[found.span.end..])
        || is_operated(note, found.span, sentence)
        || (found.class == Class::Pain && is_provoked(note, found.span, sentence))
        || is_risk(note, found.span, sentence)
    {
        return None;
    }
    // "Hip pain: none"
    if denied::is_answered_none(note, found.span) {
        let told = denied::is_told(sentence) && !family;
        return told.then(|| denied::answered_none(note, found));
    }
    // A denial counts where it is a verdict, not where symptoms are asked through.
    if negated && (family || !(assessed || is_verdict(note, &asserted, core, sentence))) {
        return None;
    }
    let behind = Span::new(found.span.end, sentence.span.end.max(found.span.end));
    let next = note.mentions_in(CONTEXT, behind).next();
    let follows = |id: &str, reach: usize| {
        next.is_some_and(|m| note.concept(m).id == id && m.span.start - found.span.end <= reach)
    };
    let doubted = asserted.cues.iter().any(|hit| {
        let cue = &note.lexicon.cues[hit.cue];
        cue.category == CueCategory::Possible
            && note.get(hit.span) != "compatible with"
            && !doubts_another(note, found.span, hit.span)
    });
    let open = next.is_some_and(|m| {
        let gap = note.get(Span::new(found.span.end, m.span.start));
        note.concept(m).id == "versus"
            && gap.len() <= VERSUS_REACH
            && !gap.contains([',', ';', '.'])
    });
    // "Chronic gout?" in an assessment is asked of nobody.
    let queried = assessed && note.str()[found.span.end..].starts_with('?');
    let qualified = QUALIFIED.of(note.lexicon).is_match(note.get(behind)) || queried;
    let provisional = PROVISIONAL.of(note.lexicon).is_match(note.heading(sentence))
        || LABELLED_PROVISIONAL.of(note.lexicon).is_match(note.get(note.lead_of_line(found.span)));
    let remarked = doubt::is_remarked(note, found.span, sentence.span);
    let possible = doubted || open || provisional || qualified || remarked;
    let asked =
        note.get(behind).get(..16.min(behind.len())).is_some_and(|words| words.contains('?'));
    let answer = note.answer_where(found.span, asked);
    if answer == Some(Answer::Blank) {
        return None;
    }
    let form = note.get(behind).contains(':') || QUESTION.is_match(note.get(sentence.span));
    if asked && !matches!(answer, Some(Answer::Yes | Answer::No)) && form {
        return None;
    }
    let negated = negated || answer == Some(Answer::No);
    let possible = possible && !matches!(answer, Some(Answer::Yes | Answer::No));
    let certainty = if negated || follows("resolved", 4) {
        DiagnosisCertainty::RuledOut
    } else if possible {
        DiagnosisCertainty::Suspected
    } else {
        DiagnosisCertainty::Confirmed
    };
    asserted.assertion.certainty =
        if possible { crate::fact::Certainty::Possible } else { crate::fact::Certainty::Certain };
    let kind = Diagnosis {
        name: found.name.clone(),
        icd10: None,
        icd9: None,
        certainty: Some(certainty),
        side: found.side.filter(|_| !family || side_in(note.get(found.span)).is_some()),
        experiencer: family.then_some(Experiencer::Family),
    };
    let mut draft = Draft::new(found.span, kind, found.rule.clone(), asserted);
    draft.confidence = if assessed { 0.95 } else { 0.85 };
    Some(draft)
}

/// Whether a doubt behind a diagnosis is of the next one: "Occipital neuralgia, cervical facet
/// disease suspected".
fn doubts_another(note: &Note<'_>, found: Span, cue: Span) -> bool {
    let between = Span::new(found.end, cue.start.max(found.end));
    note.get(between).starts_with(',')
        && note.mentions_in(compose::WORDS, between).any(|m| compose::role(note, m) == "head")
}

/// What is denied of a pain that goes on: "no relief from his leg pain".
static RELIEVES: WordPattern = WordPattern::new(r"\b{diagnosis-context/relieves}\b");

/// Whether what is denied is that something helped: "no relief from his leg pain".
fn denies_relief(note: &Note<'_>, asserted: &Asserted, target: Span) -> bool {
    asserted
        .cues
        .iter()
        .filter(|hit| note.lexicon.cues[hit.cue].category == CueCategory::Negated)
        .all(|hit| {
            let gap = note.get(Span::new(hit.span.end.min(target.start), target.start));
            RELIEVES.of(note.lexicon).is_match(gap)
        })
}

/// Whether a section is one where mentions of a class are diagnoses.
fn belongs(section: Section, class: Class, part: Option<&str>) -> bool {
    let assessed = section == Section::Assessment;
    match section {
        Section::Medications
        | Section::Allergies
        | Section::Education
        | Section::Goals
        | Section::Imaging
        | Section::Electrodiagnostics
        | Section::Data
        | Section::Signature => false,
        Section::Exam | Section::Outcomes => class == Class::Disease,
        Section::Plan | Section::SocialHistory | Section::PastSurgicalHistory => {
            class == Class::Disease
        }
        Section::Procedure => class == Class::Disease && part != Some("procedure-note"),
        _ => match class {
            Class::Pain | Class::Disease => true,
            Class::Visit | Class::Finding => assessed,
            Class::Beside => false,
        },
    }
}

/// The diagnosis of a draft.
fn diagnosis(draft: &mut Draft) -> Option<&mut Diagnosis> {
    match &mut draft.kind {
        Kind::Diagnosis(found) => Some(found),
        _ => None,
    }
}
