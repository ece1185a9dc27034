//! What the account of a procedure tells below its title: what was injected, where the needle had been
//! brought, and what came of it before the patient left.

use std::ops::Range;

use super::agent::{Agent, agent_in};
use super::phrase::{Phrase, SITE, procedure_at};
use super::relief::{ReliefRead, relief_in};
use super::standing::is_title;
use super::{Event, OF_ACCOUNT, Reader, told_as_done};
use crate::extract::{Note, find_levels};
use crate::fact::{Injection, Procedure, Relief, Section, Side};
use crate::lexicon::WordPattern;
use crate::segment::Sentence;
use crate::span::Span;

/// Words for the time right after a procedure.
static AFTER: WordPattern = WordPattern::new(r"\b{injection-word/right-after}\b");

/// What is said near relief that is of the pain; "did well" is of the procedure.
static OF_PAIN: WordPattern =
    WordPattern::new(r"\b(?:relie[fv]\w*|pain|pain-free|symptoms?|headaches?)\b");

/// That relief is only hoped for, or told of in general.
static AHEAD: WordPattern = WordPattern::new(r"\b{injection-word/relief-ahead}\b");

/// Headings of what was told or agreed before a procedure.
static BEFORE: WordPattern = WordPattern::new(r"\b{injection-word/before-heading}\b");

/// How far from words for relief what it is of may stand (bytes).
const PAIN_REACH: usize = 30;

/// How long a quote from where the needle was brought to what was injected there may be (bytes).
const LONGEST_QUOTE: usize = 160;

/// How long the words for where it was brought may be, to stand for it (bytes).
const LONGEST_PLACE: usize = 80;

/// What labels the lines on what was injected.
static LABEL: WordPattern = WordPattern::new(r"\b{agent/label}\b");

/// What is injected to be seen.
static CONTRAST: WordPattern = WordPattern::new(r"\b{agent/contrast}\b");

/// That a needle was brought somewhere.
static BROUGHT: WordPattern = WordPattern::new(r"\b{injection-word/brought-to}\b");

/// What a sentence calls the mixture that was told of before.
static SAME_MIXTURE: WordPattern = WordPattern::new(r"\b{injection-word/same-mixture}\b");

/// That a title names an operation.
static OPERATION: WordPattern = WordPattern::new(r"\b{injection-word/operation}\b");

/// Where a title ends that tells where a procedure went.
static TITLE_ENDS: WordPattern = WordPattern::new(r"\b{injection-word/title-ends}\b");

/// Whether what stands in a section is no part of an account: it is planned or advised.
pub(super) fn is_no_account(section: Section) -> bool {
    matches!(section, Section::Plan | Section::Education | Section::Goals | Section::FamilyHistory)
}

/// Whether words begin with what labels a line on what was injected.
fn begins_with_label(note: &Note<'_>, words: &str) -> bool {
    LABEL.of(note.lexicon).find(words).is_some_and(|label| label.start() == 0)
}

/// Where the last place or level of a sentence ends.
fn end_of_place(note: &Note<'_>, sentence: &Sentence) -> usize {
    let site = note.mentions_in(SITE, sentence.span).map(|m| m.span.end).max();
    let level = find_levels(note.get(sentence.span)).into_iter().map(|(span, _)| span.end).max();
    site.max(level.map(|end| sentence.span.start + end)).unwrap_or(sentence.span.start)
}

/// Where a needle was brought.
struct Seat {
    /// The words that say so.
    span: Span,
    levels: Vec<String>,
    side: Option<Side>,
    /// What goes into the places that are named.
    procedures: Vec<Procedure>,
}

impl Seat {
    fn of(note: &Note<'_>, sentence: &Sentence) -> Option<Self> {
        let brought = BROUGHT.of(note.lexicon).find(note.get(sentence.span))?;
        let from = sentence.span.start + brought.start();
        let seat = Self {
            span: Span::new(from, end_of_place(note, sentence).max(from + brought.len())),
            levels: note.levels_in(sentence.span),
            side: note.side_in(sentence.span),
            procedures: note
                .mentions_in(SITE, sentence.span)
                .filter_map(|m| procedure_at(note.concept(m), false))
                .collect(),
        };
        (!seat.levels.is_empty() || seat.side.is_some()).then_some(seat)
    }

    /// Whether a needle for a procedure is told to be at a place of its own: a level of the epidural space
    /// or of a facet, a side's sacroiliac joint.
    fn is_for(&self, procedure: Procedure) -> bool {
        let names = self.procedures.contains(&procedure);
        match procedure {
            Procedure::FacetJoint => names && !self.levels.is_empty(),
            Procedure::SiJoint | Procedure::Other => names && self.side.is_some(),
            other => other.is_epidural() && !self.levels.is_empty(),
        }
    }
}

impl Reader<'_, '_> {
    /// The procedure of a title into whose place a word as general as a phrase's leads: "into the joint".
    pub(super) fn named_by_title(&self, sentence: &Sentence, phrase: &Phrase) -> Option<Procedure> {
        if phrase.part.is_empty() {
            return None;
        }
        let note = self.note;
        let other = |procedure: Procedure| {
            note.mentions_in(SITE, sentence.span).any(|m| {
                let site = note.concept(m);
                site.field("part").is_none()
                    && site.field("weak").is_none()
                    && procedure_at(site, false) != Some(procedure)
            })
        };
        let titles = self.events.iter().rev().filter(|e| e.title && e.performed());
        titles
            .map(|e| e.injection.procedure)
            .find(|procedure| phrase.part.contains(procedure))
            .filter(|procedure| !other(*procedure))
    }

    /// "Points in the left trapezius were injected": what the account tells of where a procedure went whose
    /// title does not.
    pub(super) fn place_title(&mut self, phrase: &Phrase) {
        let placed = phrase.class == "verb" && phrase.part.is_empty() && phrase.target.is_some();
        let like = |e: &&mut Event| {
            e.title && e.performed() && Some(e.injection.procedure) == phrase.procedure
        };
        let title = self.events.iter_mut().rev().find(like).filter(|_| placed);
        let Some(own) = title.map(|e| &mut e.injection).filter(|own| own.target.is_none()) else {
            return;
        };
        own.target.clone_from(&phrase.target);
        own.side = own.side.or(phrase.side);
        if own.levels.is_empty() {
            own.levels.clone_from(&phrase.levels);
        }
    }

    /// Whether the procedure that a document tells of is an operation, where needles only numb.
    pub(super) fn is_of_operation(&self) -> bool {
        let note = self.note;
        let mut titles = note.sentences.iter().zip(&self.named).filter(|(sentence, _)| {
            sentence.section == Section::Procedure && is_title(note, sentence)
        });
        let operation = |(sentence, named): (&Sentence, &Vec<Phrase>)| {
            named.is_empty() && OPERATION.of(note.lexicon).is_match(note.get(sentence.span))
        };
        titles.next().is_some_and(operation)
    }

    /// Levels and side that stand at the end of a title: "block under fluoroscopy at L3 and L4, left".
    pub(super) fn read_title_end(&mut self, first: usize, sentence: &Sentence) {
        let note = self.note;
        let [event] = &mut self.events[first..] else { return };
        if !event.title {
            return;
        }
        let rest = Span::new(event.span.end.min(sentence.span.end), sentence.span.end);
        let ends = TITLE_ENDS.of(note.lexicon).find(note.get(rest)).map(|m| m.start());
        let parted = note.get(rest).find(';');
        let end = ends.into_iter().chain(parted).min().map(|end| rest.start + end);
        let rest = Span::new(rest.start, end.unwrap_or(rest.end));
        let own = &mut event.injection;
        own.side = own.side.or_else(|| note.side_in(rest));
        if own.levels.is_empty() {
            own.levels = note.levels_in(rest);
        }
    }

    /// The procedures below whose names accounts stand.
    pub(super) fn account_titles(&self) -> Vec<usize> {
        let mut titles: Vec<usize> =
            (0..self.events.len()).filter(|&i| self.events[i].title).collect();
        // An account of one procedure goes on about it without a title.
        if titles.is_empty() && self.only_one() {
            titles.push(0);
        }
        titles
    }

    /// The sentences between a title and the next one.
    pub(super) fn account_below(&self, titles: &[usize], n: usize) -> Range<usize> {
        let last = self.note.sentences.len();
        let until = titles.get(n + 1).map_or(last, |&next| self.events[next].sentence);
        self.events[titles[n]].sentence + 1..until
    }

    /// What was injected and what came of it, from the lines below a procedure's title.
    pub(super) fn read_accounts(&mut self) {
        let note = self.note;
        let titles = self.account_titles();
        for (n, &at) in titles.iter().enumerate() {
            let mut seat: Option<Seat> = None;
            let below = self.account_below(&titles, n);
            for sentence in note.sentences.get(below).unwrap_or_default() {
                if is_no_account(sentence.section) {
                    continue;
                }
                let words = note.get(sentence.span);
                if !self.events[at].has_relief() {
                    self.events[at].injection.relief = self.relief_after(sentence);
                }
                let brought = Seat::of(note, sentence);
                let here = brought.is_some();
                seat = brought.or(seat);
                let labelled = LABEL.of(note.lexicon).is_match(note.heading(sentence))
                    || begins_with_label(note, words.trim_start_matches(['|', ' ']));
                let given = labelled
                    || self.is_below_label(sentence.span)
                    || note
                        .mentions_in("agent", sentence.span)
                        .any(|m| note.concept(m).field("label").is_some());
                let denies = note
                    .mentions_in("agent", sentence.span)
                    .any(|m| note.concept(m).field("steroid") == Some("no"));
                if !(given || denies) || self.tells_of_contrast(sentence.span) {
                    continue;
                }
                let agent = agent_in(note, sentence.span);
                if given
                    && self.read_deposit(&titles[..=n], sentence, &agent, seat.as_ref(), here)
                    && !here
                {
                    seat = None;
                }
                let own = &mut self.events[at].injection;
                own.agent = own.agent.take().or(agent.words);
                own.steroid = own.steroid.or(agent.steroid);
            }
        }
    }

    /// "She had complete relief at discharge": what came of a procedure, in words, before the patient left.
    fn relief_after(&self, sentence: &Sentence) -> Option<Relief> {
        let note = self.note;
        let words = note.get(sentence.span);
        if !AFTER.of(note.lexicon).is_match(words)
            || AHEAD.of(note.lexicon).is_match(words)
            || BEFORE.of(note.lexicon).is_match(note.heading(sentence))
        {
            return None;
        }
        let of_pain = |read: &ReliefRead| {
            let from = read.span.start.saturating_sub(PAIN_REACH).max(sentence.span.start);
            let until = (read.span.end + PAIN_REACH).min(sentence.span.end);
            let text = note.str();
            let near = Span::new(text.ceil_char_boundary(from), text.floor_char_boundary(until));
            let of_patient = note.str()[read.span.end..].trim_start().starts_with("condition");
            OF_PAIN.of(note.lexicon).is_match(note.get(near))
                && !of_patient
                && !note.get(read.span).contains(" well")
        };
        relief_in(note, sentence.span, false)
            .filter(|r| r.percent.is_none() && !self.conditional(sentence, r.span) && of_pain(r))?
            .relief
    }

    /// Whether what was injected stands on the line below its label: "Medications administered".
    fn is_below_label(&self, within: Span) -> bool {
        let note = self.note;
        let Some(agent) = note.mentions_in("agent", within).next() else { return false };
        let above = note.lines_above(note.line_of(agent.span)).next();
        above.is_some_and(|above| begins_with_label(note, note.get(above)))
    }

    /// Whether contrast is what a line puts in; "Contrast: n/a" on a line of its own is none.
    fn tells_of_contrast(&self, within: Span) -> bool {
        let note = self.note;
        CONTRAST.of(note.lexicon).find_iter(note.get(within)).any(|found| {
            let at = Span::new(within.start + found.start(), within.start + found.end());
            note.mentions_in("agent", note.line_of(at)).next().is_some()
        })
    }

    /// "Dexamethasone 5 mg was then injected at L4-5": what the last of some procedures put where its
    /// needle had been brought; whether one did.
    fn read_deposit(
        &mut self,
        titles: &[usize],
        sentence: &Sentence,
        agent: &Agent,
        seat: Option<&Seat>,
        here: bool,
    ) -> bool {
        let note = self.note;
        let words = note.get(sentence.span);
        let verb = note
            .mentions_in("injection", sentence.span)
            .find(|m| note.concept(m).field("class") == Some("verb"));
        let treats = note.mentions_in("agent", sentence.span).any(|m| {
            let concept = note.concept(m);
            concept.id == "local-anesthetic" || concept.field("steroid") == Some("yes")
        });
        let treats =
            treats && agent.words.is_some() || SAME_MIXTURE.of(note.lexicon).is_match(words);
        let (Some(verb), true) = (verb, treats) else { return false };
        // "was injected at L3-4" says by itself where.
        let own = Seat {
            span: sentence.span,
            levels: note.levels_in(sentence.span),
            side: note.side_in(sentence.span),
            procedures: Vec::new(),
        };
        let told = (!here && !own.levels.is_empty()).then_some(&own);
        let Some(seat) = told.or(seat) else { return false };
        let fits = |at: &&usize| seat.is_for(self.events[**at].injection.procedure);
        let Some(&title) = titles.iter().rev().find(fits) else { return false };
        let injection = &self.events[title].injection;
        let route = note
            .mentions_in(SITE, Span::new(self.events[title].span.end, sentence.span.end))
            .filter_map(|m| Procedure::from_word(&note.concept(m).id))
            .find(|p| {
                injection.procedure == Procedure::Epidural
                    && p.is_epidural()
                    && *p != Procedure::Epidural
            });
        // The words that name the place carry the fact.
        let behind = end_of_place(note, sentence);
        let span = if behind > verb.span.end {
            Span::new(verb.span.start, behind)
        } else if here || told.is_some() {
            sentence.span
        } else if verb.span.end <= seat.span.start + LONGEST_QUOTE {
            seat.span.union(verb.span)
        } else if seat.span.len() <= LONGEST_PLACE {
            seat.span
        } else {
            sentence.span
        };
        let injection = Injection {
            procedure: route.unwrap_or(injection.procedure),
            levels: seat.levels.clone(),
            side: seat.side.or(injection.side),
            agent: agent.words.clone().or_else(|| injection.agent.clone()),
            steroid: agent.steroid.or(injection.steroid.filter(|_| agent.words.is_none())),
            count: None,
            relief: None,
            relief_percent: None,
            relief_duration: None,
            ..injection.clone()
        };
        self.events.push(Event {
            span,
            head: verb.span,
            sentence: self.events[title].sentence,
            injection,
            rule: format!("{}{OF_ACCOUNT}", note.rule(verb)),
            asserted: told_as_done(note, verb.span),
            date: self.events[title].date,
            title: false,
            named: false,
            confidence: 0.8,
        });
        true
    }
}
