//! What the account of a procedure tells was put in, where it names neither the procedure nor the place:
//! "After negative aspiration, 17 mL of the medication were slowly administered."

use std::sync::LazyLock;

use regex::Regex;

use super::account::is_no_account;
use super::agent::agent_in;
use super::phrase::NAME;
use super::{CONTRAST, Event, OF_ACCOUNT, Reader, told_as_done};
use crate::extract::Note;
use crate::fact::{Injection, Procedure, Section, Side};
use crate::lexicon::WordPattern;
use crate::pattern::fixed_regex;
use crate::segment::Sentence;
use crate::span::Span;

/// That something was put in.
static PUT_IN: WordPattern =
    WordPattern::new(r"\b(?:was|were) (?:then |also |[a-z]+ly )*{injection-word/puts-in}\b");

/// How much.
static AMOUNT: LazyLock<Regex> =
    LazyLock::new(|| fixed_regex(r"\b\d+(?:\.\d+)? ?(?:ml|cc|units)s?\b|\b\d+(?:\.\d+)? ?mg\b"));

/// What was put in, as an account speaks of what it told of before or tells of afterwards.
static MIXTURE: WordPattern = WordPattern::new(
    r"\d ?(?:ml|cc)s? (?:of )?(?:(?:the|this|that|said|above|a|an|\w+ed|[a-z]+(?:/[a-z]+)+|steroid) )*{injection-word/mixture}\b",
);

/// What it is not: a test, or what numbs the needle's way.
static ON_THE_WAY: WordPattern = WordPattern::new(
    r"\b(?:{skin-anesthesia/numbs}|{injection-word/numbs-way}|{injection-word/before-heading})\b",
);

/// That both sides were treated alike.
static EACH_SIDE: WordPattern = WordPattern::new(r"\b{injection-word/each-side}\b");

/// Whether a procedure is one of putting something in.
fn puts_in(procedure: Procedure) -> bool {
    !matches!(
        procedure,
        Procedure::Rfa
            | Procedure::Discogram
            | Procedure::Stimulator
            | Procedure::Pump
            | Procedure::Vertebroplasty
    )
}

/// Whether a section tells of procedures before this day.
fn is_told_of_before(section: Section) -> bool {
    matches!(
        section,
        Section::History
            | Section::ChiefComplaint
            | Section::PastMedicalHistory
            | Section::PastSurgicalHistory
            | Section::Treatments
            | Section::Assessment
    )
}

/// Where a sentence tells that an amount of what treats was put in: from the amount to the verb.
fn amount_put_in(note: &Note<'_>, sentence: &Sentence, title: Procedure) -> Option<Span> {
    let words = note.get(sentence.span);
    if ON_THE_WAY.of(note.lexicon).is_match(words) {
        return None;
    }
    let verb = PUT_IN.of(note.lexicon).find_iter(words).last()?;
    let lead = &words[..verb.start()];
    let amounts: Vec<_> = AMOUNT.find_iter(lead).collect();
    // "0.5 mL of Kenalog and 1 mL of lidocaine was injected": from the first of those that belong together.
    let own = amounts.windows(2).rposition(|pair| {
        let gap = &lead[pair[0].end()..pair[1].start()];
        gap.contains(['.', ';']) && !gap.contains('%') || CONTRAST.of(note.lexicon).is_match(gap)
    });
    let first = amounts.get(own.map_or(0, |at| at + 1))?;
    let given = &words[first.start()..verb.end()];
    let at = sentence.span.start;
    let span = Span::new(at + first.start(), at + verb.end());
    let treats = note.mentions_in("agent", span).any(|m| {
        let agent = note.concept(m);
        matches!(agent.id.as_str(), "local-anesthetic" | "other")
            || agent.field("steroid") == Some("yes")
    });
    let saline = !treats_beside_saline(note, span);
    let of_title = title == Procedure::Botox && first.as_str().contains("unit");
    let named = treats && !saline || MIXTURE.of(note.lexicon).is_match(given) || of_title;
    let told = note.assert(Span::new(at + verb.start(), at + verb.end())).assertion;
    (named && told.is_told_as_fact() && !CONTRAST.of(note.lexicon).is_match(given)).then_some(span)
}

/// Whether more than saline was put in, by which a needle only feels its way.
fn treats_beside_saline(note: &Note<'_>, span: Span) -> bool {
    note.mentions_in("agent", span)
        .any(|m| note.concept(m).field("label").is_none() && !note.get(m.span).contains("saline"))
}

impl Reader<'_, '_> {
    /// What accounts tell was put in, each place once; where nothing else in them tells of it.
    pub(super) fn read_amounts(&mut self) {
        let note = self.note;
        let titles = self.account_titles();
        let one = |e: &Event| e.injection.procedure == self.events[titles[0]].injection.procedure;
        if titles.is_empty() || !titles.iter().all(|&at| one(&self.events[at])) {
            return;
        }
        let procedure = self.events[titles[0]].injection.procedure;
        // "Injected into the bursa" says by itself what was put in.
        let verb = |at: usize| {
            note.mentions_in(NAME, self.events[at].head)
                .any(|m| note.concept(m).field("class") == Some("verb"))
        };
        if !puts_in(procedure) || verb(titles[0]) {
            return;
        }
        let related = |e: &Event| {
            let other = e.injection.procedure;
            other == procedure || other.is_epidural() && procedure.is_epidural()
        };
        for n in 0..titles.len() {
            let title = titles[n];
            let range = self.account_below(&titles, n);
            let below = Span::new(self.events[title].span.end, note.str().len());
            // Where the account already says that something was put in.
            let mut told: Vec<Vec<String>> = self
                .events
                .iter()
                .filter(|e| !e.title && e.performed() && !e.has_relief() && related(e))
                .filter(|e| below.contains(e.span))
                .map(|e| e.injection.levels.clone())
                .collect();
            let mut place: Vec<String> = Vec::new();
            for sentence in note.sentences.get(range).unwrap_or_default() {
                if is_no_account(sentence.section) || is_told_of_before(sentence.section) {
                    continue;
                }
                let levels = note.levels_in(sentence.span);
                if !levels.is_empty() {
                    place = levels;
                }
                let Some(span) = amount_put_in(note, sentence, procedure) else { continue };
                let same = told.iter().any(|other| *other == place || other.is_empty());
                if same || self.events.iter().any(|e| !e.title && e.span.overlaps(sentence.span)) {
                    continue;
                }
                told.push(place.clone());
                self.put_in(title, sentence, span, &place);
            }
        }
    }

    /// Adds what was put in, with what the title says of the procedure.
    fn put_in(&mut self, title: usize, sentence: &Sentence, span: Span, place: &[String]) {
        let note = self.note;
        let titled = &self.events[title];
        let agent = agent_in(note, sentence.span);
        let each = EACH_SIDE.of(note.lexicon).is_match(note.get(sentence.span));
        let side = note.side_in(sentence.span).or(each.then_some(Side::Bilateral));
        let own = &titled.injection;
        let levels = if place.is_empty() { own.levels.clone() } else { place.to_vec() };
        let injection = Injection {
            levels,
            side: side.or(own.side),
            agent: agent.words.or_else(|| own.agent.clone()),
            steroid: agent.steroid.or(own.steroid),
            count: None,
            relief: None,
            relief_percent: None,
            relief_duration: None,
            ..own.clone()
        };
        let event = Event {
            span,
            head: span,
            sentence: titled.sentence,
            injection,
            rule: format!("{}{OF_ACCOUNT}", titled.rule),
            asserted: told_as_done(note, span),
            date: titled.date,
            title: false,
            named: false,
            confidence: 0.75,
        };
        self.events.push(event);
    }
}
