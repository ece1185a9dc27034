//! Which drugs a sentence names as somebody's medication.

use std::sync::LazyLock;

use regex::Regex;

use crate::pattern::fixed_regex;

use crate::fact::{Route, Section};
use crate::segment::Sentence;
use crate::span::Span;
use crate::tag::Mention;

use super::super::Note;
use super::attributes::find_dose;
use crate::lexicon::WordPattern;

/// A drug named in a sentence.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Head<'a> {
    /// Its words; brand and generic name together where both are given.
    pub span: Span,
    /// Generic name.
    pub name: &'a str,
    /// The brand's words.
    pub brand: Option<Span>,
    /// Class id of the lexicon.
    pub class: Option<&'a str>,
    /// A route that the name itself says.
    pub route: Option<Route>,
    /// Whether it is the bare name of a class.
    pub class_only: bool,
    /// Whether it is named in another sense and only ends the reach of others.
    pub boundary_only: bool,
    /// The id of the rule.
    pub rule: String,
}

/// What may stand between a generic name and its brand: "diclofenac sodium (Voltaren)".
static SALT: WordPattern = WordPattern::new(r"^(?:[ -]{medication-word/salt})+ ?[(\[]$");

/// "Inject the thumb joint with": what follows goes into a needle.
static INJECTED_WITH: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"\b(?:re-?)?inject(?:s|ed|ing)?\b[^.;:]{0,70} (?:with|using)(?: a| an| some| the| dilute)?(?: (?:small|little|low|high)(?: dose| amount)?(?: of)?)? ?$|\b(?:re-?)?inject(?:s|ed|ing)? (?:some |a little |more )?$",
    )
});

/// Classes that a procedure may give beside what it injects, and those that are drawn up.
static INJECTED: WordPattern = WordPattern::new(r"^{medication-word/class-injected}$");

static DRAWN_UP: WordPattern = WordPattern::new(r"^{medication-word/class-drawn-up}$");

/// A name that says of a drug that it is put on: "lidocaine patch".
static ON_SKIN: WordPattern =
    WordPattern::new(r"^{medication-word/on-skin}\b|\b{medication-word/on-skin}$");

/// A name that says of a drug that it is inhaled.
static INHALED: WordPattern = WordPattern::new(r"\b{medication-word/inhaled}$");

/// The form of a drug that is put on, behind its name: "lidocaine 5% patch".
static PATCH: WordPattern =
    WordPattern::new(r"^ (?:\d{1,2}(?:\.\d{1,2})? ?% )?{medication-word/on-skin-behind}\b");

/// What makes of a mineral what is taken of it.
static SUPPLEMENT: WordPattern = WordPattern::new(r"^ {medication-word/taken-form}\b");

/// Viscosupplements and toxins are only ever injected.
static ONLY_INJECTED: WordPattern = WordPattern::new(r"^{medication-word/only-injected}$");

/// What is drawn up: "2 ml of".
static VOLUME: WordPattern = WordPattern::new(r"(?:{medication-word/volume}(?: of)?|%) $");

/// Headings over what is given in a procedure.
static GIVEN: WordPattern = WordPattern::new(r"\b{medication-word/given}\b");

/// What is taken home after a procedure: "was given a prescription for".
static SENT_HOME: WordPattern = WordPattern::new(r"\b{medication-word/sent-home}\b[^;]*$");

/// Classes of what is given in procedures; elsewhere only lists and patches name them.
static PROCEDURAL: WordPattern = WordPattern::new(r"^{medication-word/class-of-procedures}$");

/// The drugs of a sentence in order.
pub(super) fn heads_of<'a>(note: &Note<'a>, sentence: &Sentence) -> Vec<Head<'a>> {
    let mut heads: Vec<Head<'a>> = Vec::new();
    let other_sense: Vec<Span> =
        note.mentions_in("not-drug", sentence.span).map(|m| m.span).collect();
    let procedure = note
        .mentions_in("not-drug", sentence.span)
        .any(|m| note.concept(m).id == "given-in-procedure");
    for mention in note.mentions_in("drug", sentence.span) {
        let concept = note.concept(mention);
        if other_sense.iter().any(|span| {
            span.overlaps(mention.span)
                && (span.len() > mention.span.len() || span.start < mention.span.start)
        }) {
            continue;
        }
        let class = concept.field("class");
        let brand = (concept.field("kind") == Some("brand")).then_some(mention.span);
        // "Lyrica (pregabalin)" and "pregabalin/Lyrica" are one drug.
        if let Some(last) = heads.last_mut()
            && last.name == concept.id
        {
            let gap =
                note.get(Span::new(last.span.end.min(mention.span.start), mention.span.start));
            if matches!(gap, " (" | "(" | "/" | " / " | " - " | ", " | " [" | " or " | " ")
                || SALT.of(note.lexicon).is_match(gap)
                || gap == " (brand name "
                || gap == " (generic "
            {
                let closes = note.str()[mention.span.end..].starts_with([')', ']']);
                last.span.end = mention.span.end + usize::from(closes && gap.ends_with(['(', '[']));
                last.brand = last.brand.or(brand);
                last.class_only = false;
                continue;
            }
        }
        let words = note.get(mention.span);
        let form = ON_SKIN.of(note.lexicon).is_match(words);
        let route = form.then_some(if words.ends_with("patch") && class == Some("opioid") {
            Route::Transdermal
        } else {
            Route::Topical
        });
        let inhaled = INHALED.of(note.lexicon).is_match(words);
        let route = match words {
            _ if words.starts_with("iv ") => Some(Route::Iv),
            _ if inhaled => Some(Route::Inhaled),
            _ => route,
        };
        heads.push(Head {
            span: mention.span,
            name: &concept.id,
            brand,
            class,
            route,
            class_only: concept.field("kind") == Some("class"),
            boundary_only: !is_medication(note, sentence, mention, procedure),
            rule: note.rule(mention),
        });
    }
    heads
}

fn is_medication(
    note: &Note<'_>,
    sentence: &Sentence,
    mention: &Mention,
    in_procedure: bool,
) -> bool {
    let span = mention.span;
    let (name, class) = (&note.concept(mention).id, note.concept(mention).field("class"));
    let list = matches!(sentence.section, Section::Medications | Section::Allergies);
    let class = class.unwrap_or_default();
    let behind = &note.str()[span.end..sentence.span.end.max(span.end)];
    let before = &note.str()[sentence.span.start.min(span.start)..span.start];
    let heading = note.heading(sentence);
    // A form may ask for a class below any heading.
    if super::ASKED.is_match(behind) || super::ALLERGIC.of(note.lexicon).is_match(before) {
        return true;
    }
    let in_account =
        sentence.section == Section::Procedure || GIVEN.of(note.lexicon).is_match(heading);
    if in_account && !SENT_HOME.of(note.lexicon).is_match(before) {
        return false;
    }
    if sentence.section == Section::Allergies {
        return true;
    }
    if ONLY_INJECTED.of(note.lexicon).is_match(name) && !list {
        return false;
    }
    let patch = PATCH.of(note.lexicon).is_match(behind) || before.ends_with("topical ");
    if PROCEDURAL.of(note.lexicon).is_match(class) && !list && !patch {
        return false;
    }
    if matches!(class, "steroid" | "local_anesthetic" | "botulinum")
        && !list
        && INJECTED_WITH.is_match(before)
    {
        return false;
    }
    if class == "steroid"
        && !list
        && note
            .mentions_in("not-drug", sentence.span)
            .any(|m| note.concept(m).id == "block" && m.span.start.abs_diff(span.start) <= 110)
    {
        return false;
    }
    if in_procedure && !list {
        let injected = INJECTED.of(note.lexicon).is_match(class);
        let word = |m: &&Mention| note.concept(m).id == "given-in-procedure";
        let near = note.mentions_in("not-drug", sentence.span).filter(word).any(|m| {
            m.span.end <= span.start && span.start - m.span.end <= 90
                || m.span.start >= span.end && m.span.start - span.end <= 60
        });
        if injected && near {
            return false;
        }
    }
    if sentence.section == Section::Data && class == "supplement" {
        return false;
    }
    // Laboratory values: a mineral counts with a dose, as a supplement, or on a list.
    if class == "mineral" && !list {
        let dosed = find_dose(note.lexicon, behind)
            .is_some_and(|dose| dose.span.start <= 12 && !behind[dose.span.end..].starts_with('/'))
            || SUPPLEMENT.of(note.lexicon).is_match(behind)
            || ["takes ", "taking ", "on "].iter().any(|verb| before.ends_with(verb));
        return dosed;
    }
    // Volumes and concentrations are drawn up for an injection.
    let volume = VOLUME.of(note.lexicon).is_match(before);
    let drawn_up = volume && !list && DRAWN_UP.of(note.lexicon).is_match(class);
    let measured = behind.starts_with(" level") || behind.starts_with(" toxicity");
    !drawn_up && !measured
}
