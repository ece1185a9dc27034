//! Which procedure an account is of, where no heading says so: the first that a line of its own
//! names, or that somebody says was performed.

use super::phrase::{NAME, Phrase, SITE, log, procedure_at};
use super::purpose::purpose_in;
use super::standing::is_title;
use super::{Event, Reader, told_as_done};
use crate::context::Asserted;
use crate::date::PartialDate;
use crate::extract::Note;
use crate::extract::account::{PUTS_IN, acts};
use crate::extract::parts::{PROCEDURE_NOTE, titles};
use crate::fact::{EventStatus, Injection, Intent, Procedure, Section, Side};
use crate::lexicon::{CueCategory, WordPattern};
use crate::span::Span;
use crate::tag::Mention;

/// How many words may lead to a procedure that a line of its own names: "Service rendered: 64450".
const LEAD: usize = 4;

/// That somebody did what a sentence names.
static PERFORMED: WordPattern =
    WordPattern::new(r"\b(?:(?:i|we) {injection-word/did}|{injection-word/done-behind})\b");

/// The labels of a record's rows that name the nerve and the side.
static NERVE_ROW: WordPattern = WordPattern::new(r"^[^a-z]*{injection-word/nerve-label}[ :._#-]*$");
static SIDE_ROW: WordPattern = WordPattern::new(r"^[^a-z]*{injection-word/side-label}[ :._#-]*");

/// The stretches of a file that are accounts of a procedure which no heading names.
pub(super) fn accounts(note: &Note<'_>, named: &[Vec<Phrase>]) -> Vec<Span> {
    let titles = titles(note);
    let ends = titles.iter().skip(1).map(|title| title.0).chain([note.str().len()]);
    let parts = titles.iter().zip(ends).filter(|((_, kind), _)| *kind == PROCEDURE_NOTE);
    let headed = |part: &Span| {
        note.sentences.iter().zip(named).any(|(sentence, phrases)| {
            !phrases.is_empty()
                && part.contains(sentence.span)
                && sentence.section == Section::Procedure
                && is_title(note, sentence)
        })
    };
    parts.map(|((start, _), end)| Span::new(*start, end)).filter(|part| !headed(part)).collect()
}

impl Reader<'_, '_> {
    /// Whether a procedure is the one that an account is of. `date` is its own, where one stands by it.
    pub(super) fn opens_account(
        &self,
        index: usize,
        phrase: &Phrase,
        asserted: &Asserted,
        date: Option<PartialDate>,
    ) -> bool {
        let note = self.note;
        let sentence = &note.sentences[index];
        let Some(part) = self.accounts.iter().find(|part| part.contains(phrase.head)) else {
            return false;
        };
        // A log of blocks opens one account after another, each on its own day.
        let mut opened = self.events.iter().filter(|e| e.title && part.contains(e.head));
        let new = opened.all(|e| {
            Some(e.injection.procedure) == phrase.procedure && date.is_some() && e.date != date
        });
        let told_of_before = matches!(
            sentence.section,
            Section::History
                | Section::PastMedicalHistory
                | Section::PastSurgicalHistory
                | Section::Treatments
                | Section::Plan
                | Section::Request
                | Section::Education
                | Section::Goals
        ) || asserted.has(CueCategory::Past, note.lexicon);
        let lead = note.lead_of_line(phrase.span);
        let on_its_line = note.get(lead).split_whitespace().count() <= LEAD;
        let own_day = date.is_none_or(|day| {
            note.date == Some(day) || note.dates_in(lead).any(|before| before.date == day)
        });
        let words = Span::new(sentence.span.start.min(phrase.span.start), sentence.span.end);
        new && own_day
            && !told_of_before
            && phrase.procedure.is_some()
            && (on_its_line || PERFORMED.of(note.lexicon).is_match(note.get(words)))
    }

    /// "Nerve .... superior cluneal", "Reason .... diagnostic", "Agent .... bupivacaine 4 mL": a record whose
    /// rows name the nerve, and what was put to it.
    pub(super) fn read_labelled(&mut self) {
        let note = self.note;
        if self.request {
            return;
        }
        for part in self.accounts.clone() {
            let named =
                self.named.iter().flatten().any(|p| part.contains(p.head) && p.procedure.is_some());
            let labelled = |m: &&Mention| {
                procedure_at(note.concept(m), true) == Some(Procedure::PeripheralNerveBlock)
                    && NERVE_ROW.of(note.lexicon).is_match(note.get(note.lead_of_line(m.span)))
            };
            let Some(nerve) = note.mentions_in(SITE, part).find(labelled).filter(|_| !named) else {
                continue;
            };
            let rows = || note.written_lines().filter(|line| part.contains(*line));
            let given = |line: Span| {
                note.mentions_in("agent", line).any(|agent| {
                    let label = note.get(note.lead_of_line(agent.span)).split_whitespace().count();
                    (1..=LEAD).contains(&label)
                })
            };
            // A record may be of what was called off or never filled in.
            let called_off = || rows().any(|line| log::is_called_off(note, line));
            let Some(index) =
                note.sentence_index(nerve.span).filter(|_| rows().any(given) && !called_off())
            else {
                continue;
            };
            let side = rows().find(|line| SIDE_ROW.of(note.lexicon).is_match(note.get(*line)));
            let side = note.side_in(note.line_of(nerve.span)).or_else(|| note.side_in(side?));
            let purpose = self.purpose(index, true);
            self.push_block(nerve, index, "record-row", side, purpose);
        }
    }

    /// "The superior cluneal nerve was found at the crest. A needle was passed to it. This was a
    /// diagnostic block.": an account that names the nerve, and the block only in general.
    pub(super) fn read_unnamed(&mut self) {
        let note = self.note;
        if self.request {
            return;
        }
        for part in self.accounts.clone() {
            let Some(last) = acts(note, part).filter(|(id, _)| PUTS_IN.contains(id)).last() else {
                continue;
            };
            let told =
                Span::new(part.start, note.sentence_at(last.1).map_or(last.1.end, |s| s.span.end));
            let mut phrases = self.named.iter().flatten().filter(|p| part.contains(p.head));
            let named = phrases.any(|p| p.procedure.is_some() && told.contains(p.head));
            let told_of = |m: &&Mention| {
                note.concept(m).field("class") == Some("block")
                    && note.assert(m.span).assertion.is_told_as_fact()
            };
            let of_nerve = |m: &&Mention| {
                procedure_at(note.concept(m), true) == Some(Procedure::PeripheralNerveBlock)
            };
            let block = note.mentions_in(NAME, part).find(told_of);
            let nerve = note.mentions_in(SITE, told).find(of_nerve);
            let (Some(block), Some(nerve), false) = (block, nerve, named) else { continue };
            let Some(index) = note.sentence_index(nerve.span) else { continue };
            // "This was a diagnostic block."
            let said = note.sentence_at(block.span).map_or(block.span, |s| s.span);
            let side =
                note.side_in(Span::new(nerve.span.start, told.end)).or_else(|| note.side_in(told));
            self.push_block(nerve, index, "account", side, purpose_in(note, said));
        }
    }

    /// A block that was done, whose account names it by its nerve: `told` is how.
    fn push_block(
        &mut self,
        nerve: &Mention,
        index: usize,
        told: &str,
        side: Option<Side>,
        purpose: Option<Intent>,
    ) {
        let note = self.note;
        let injection = Injection {
            procedure: Procedure::PeripheralNerveBlock,
            target: note.concept(nerve).field("target").map(str::to_owned),
            side,
            status: Some(EventStatus::Performed),
            intent: purpose,
            ..Injection::default()
        };
        self.events.push(Event {
            span: nerve.span,
            head: nerve.span,
            sentence: index,
            injection,
            rule: format!("{NAME}/{told}+{}", note.rule(nerve)),
            asserted: told_as_done(note, nerve.span),
            date: self.heading_date(&note.sentences[index]),
            title: true,
            named: true,
            confidence: 0.8,
        });
    }
}
