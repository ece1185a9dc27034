//! Injections, blocks, ablations and other interventional pain procedures.

mod account;
mod agent;
mod call_sheet;
mod day;
mod follow_up;
mod named;
mod percent;
mod phrase;
mod purpose;
mod put_in;
mod relief;
mod resolve;
mod series;
mod standing;
mod untitled;

use std::sync::LazyLock;

use regex::Regex;

use crate::pattern::fixed_regex;

use agent::agent_in;
use day::DATE_REACH;
use named::ticked_phrases;
use phrase::log::{leads_failures, tells_year};
use phrase::{Phrase, SITE};
use relief::{ReliefRead, nothing_in, relief_before, relief_in, relief_in_row};
use series::each_of_series;
use standing::{is_indication, is_title, names_row, standing};
use untitled::accounts;

use super::parts::{self, REQUEST_FORM};
use super::{Draft, Note};
use crate::context::Asserted;
use crate::date::PartialDate;
use crate::fact::{EventStatus, Injection, Kind, Origin, Polarity, Procedure, Section, Time};
use crate::lexicon::WordPattern;
use crate::segment::Sentence;
use crate::span::Span;

/// What ends the rule of a fact that tells how a procedure was done which a title names.
pub(super) const OF_ACCOUNT: &str = "+account";

/// Words of a document's first lines count up to here (bytes).
const TITLE_REACH: usize = 700;

/// How long a quote with its relief may be (bytes).
const QUOTE: usize = 130;

/// Reads every procedure that a note names, with what it did for the pain.
pub(super) fn read(note: &Note<'_>, drafts: &mut Vec<Draft>) {
    let named: Vec<Vec<Phrase>> = note.sentences.iter().map(|s| ticked_phrases(note, s)).collect();
    let nothing_named = named.iter().all(Vec::is_empty);
    if nothing_named && note.mentions(SITE).next().is_none() {
        return;
    }
    let accounts = accounts(note, &named);
    if nothing_named && accounts.is_empty() {
        return;
    }
    let mut reader = Reader {
        note,
        accounts,
        named,
        request: asks(note),
        operation: false,
        events: Vec::new(),
        used: Vec::new(),
    };
    reader.operation = reader.is_of_operation();
    reader.read_unnamed();
    reader.read_labelled();
    for index in 0..note.sentences.len() {
        if reader.take_refusal(index) {
            continue;
        }
        if reader.named[index].is_empty() {
            reader.read_relief_sentence(index);
        } else {
            reader.read_sentence(index);
        }
    }
    reader.read_accounts();
    reader.read_amounts();
    reader.read_call_sheets();
    drafts.extend(reader.events.into_iter().map(Event::into_draft));
}

/// How words say something that was done, whatever cues stand around them.
fn told_as_done(note: &Note<'_>, words: Span) -> Asserted {
    let mut asserted = note.assert(words);
    asserted.assertion.polarity = Polarity::Affirmed;
    asserted.assertion.time = Time::Past;
    asserted
}

/// Whether only figures stand before a percentage: "(6/22, 9/22): 80% x 2 wks".
fn is_row(behind: &str) -> bool {
    behind.split_once('%').is_some_and(|(lead, _)| {
        lead.len() <= 40
            && lead.chars().any(|c| c.is_ascii_digit())
            && !lead.chars().any(|c| c.is_alphabetic() && c != 'x')
    })
}

/// A measure in units, as toxins have it.
static UNITS: LazyLock<Regex> = LazyLock::new(|| fixed_regex(r"\b\d{1,3} units?\b"));

/// What a verb puts in that does not treat: contrast, or a skin anesthetic.
static CONTRAST: WordPattern =
    WordPattern::new(r"\b(?:{agent/contrast}|{agent/contrast-before}|{skin-anesthesia/put-in})\b");

/// That a payer asks for relief, and that nobody tells of it.
static ASKS_RELIEF: WordPattern =
    WordPattern::new(r"\b{relief/payer} (?:\w+ ){0,2}{relief/asks}\b[^.;]*$");

/// That a sentence teaches and tells nothing of the patient: "patients usually have 80% relief".
static IN_GENERAL: WordPattern = WordPattern::new(r"\b{relief/in-general}\b");

/// How long relief held, said behind the procedure that gave it.
fn duration_behind(note: &Note<'_>, behind: Span) -> Option<Span> {
    super::durations_in(note, behind).into_iter().find(|d| {
        let lead = note.get(Span::new(behind.start, d.start));
        lead.len() <= 40 && ["lasted", "lasting", "for", "x"].iter().any(|w| lead.contains(w))
    })
}

/// Whether a document asks for a service: by its first lines, or as a sheet with a row for a code
/// and no title of a record.
fn asks(note: &Note<'_>) -> bool {
    let head = Span::new(0, note.str().floor_char_boundary(TITLE_REACH));
    let mut titles =
        note.mentions_in("title", head).map(|m| note.concept(m).id.as_str()).peekable();
    let untitled = titles.peek().is_none();
    let coded = || {
        note.mentions("request").any(|m| {
            let rest = note.get(note.rest_of_line(m.span));
            note.concept(m).id == "code-label" && CODE_ROW.is_match(rest)
        })
    };
    titles.any(|id| id == REQUEST_FORM)
        || (untitled && note.str().len() <= SHEET && coded())
        || parts::titles(note).first().is_some_and(|title| *title == (0, REQUEST_FORM))
}

/// That others asked for what was then done.
static ASKED_TO: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"\b(?:(?:was|were|been) asked to|requested|referred|presents?|came|comes|here|brought in|is to have|to undergo)\b",
    )
});

/// Longest sheet of a request (bytes).
const SHEET: usize = 1800;

/// A code behind its label, in a row: "Code ......... 64450".
static CODE_ROW: LazyLock<Regex> =
    LazyLock::new(|| fixed_regex(r"^[ :.|_#]*(?:cpt )?(?:20|27|6[24])\d{3}\b"));

/// A fact in the making.
struct Event {
    span: Span,
    head: Span,
    sentence: usize,
    injection: Injection,
    rule: String,
    asserted: Asserted,
    date: Option<PartialDate>,
    title: bool,
    named: bool,
    confidence: f32,
}

impl Event {
    fn performed(&self) -> bool {
        self.injection.status == Some(EventStatus::Performed)
    }

    fn has_relief(&self) -> bool {
        self.injection.relief.is_some() || self.injection.relief_percent.is_some()
    }

    fn into_draft(self) -> Draft {
        let mut draft =
            Draft::new(self.span, Kind::Injection(self.injection), self.rule, self.asserted);
        draft.date = self.date;
        draft.confidence = self.confidence;
        draft
    }
}

struct Reader<'a, 'n> {
    note: &'a Note<'n>,
    /// The phrases of each sentence.
    named: Vec<Vec<Phrase>>,
    /// Whether the document asks for a service.
    request: bool,
    /// The accounts of procedures that no heading names.
    accounts: Vec<Span>,
    /// Whether it reports an operation.
    operation: bool,
    events: Vec<Event>,
    /// Sentences whose relief went to an event before them.
    used: Vec<usize>,
}

impl Reader<'_, '_> {
    fn read_sentence(&mut self, index: usize) {
        let note = self.note;
        let sentence = &note.sentences[index];
        let list = std::mem::take(&mut self.named[index]);
        let first = self.events.len();
        let mut reliefs: Vec<(usize, ReliefRead)> = Vec::new();
        for (at, phrase) in list.iter().enumerate() {
            let next = list[at + 1..].iter().find(|p| p.group != phrase.group);
            let until = next.map_or(sentence.span.end, |p| p.span.start);
            // "two epidurals; the first gave 50%, the second did nothing"
            let each = each_of_series(note, Span::new(phrase.span.end, until.max(phrase.span.end)));
            let until = each.first().map_or(until, |one| one.start).max(phrase.span.end);
            // What is said of it stands behind the answer to whether it was done.
            let told = phrase.answered.map_or(phrase.span.end, |answer| answer.end);
            let told = told.clamp(phrase.span.end, until);
            let behind = Span::new(told, until);
            let from = list[..at]
                .iter()
                .rev()
                .find(|p| p.group != phrase.group)
                .map_or(sentence.span.start, |p| p.span.end);
            let lead = Span::new(from.min(phrase.span.start), phrase.span.start);
            let date = self.date_near(sentence, phrase, behind, lead);
            let row =
                note.dates_in(behind).next().is_some_and(|d| d.span.start <= behind.start + 12)
                    || is_row(note.get(behind))
                    || phrase.is_logged();
            // Of several injections the words before one speak of the one before it.
            let relief = relief_in_row(note, phrase.span)
                .or_else(|| relief_in(note, behind, row))
                .or_else(|| {
                    let since =
                        date.is_some() || tells_year(note.get(note.lead_of_line(phrase.span)));
                    self.nothing_told(sentence, phrase, behind, since)
                })
                .filter(|r| !self.conditional(sentence, r.span))
                .or_else(|| {
                    // "block with >80% relief, proceed with RFA": that relief is the block's.
                    let taken = reliefs.last().is_some_and(|(_, r)| r.span.end > lead.start);
                    if taken {
                        return None;
                    }
                    let near = |r: &ReliefRead| at == 0 || lead.end - r.span.end < 40;
                    let asked = |r: &ReliefRead| self.request && r.percent.is_none();
                    let read = relief_before(note, lead)
                        .filter(|r| near(r) && !asked(r) && !self.conditional(sentence, r.span))?;
                    // "85% relief after the block which lasted about 5 hours"
                    let duration = read.duration.or_else(|| duration_behind(note, behind));
                    Some(ReliefRead { duration, ..read })
                });
            // What numbs in an operation treats no pain.
            let numbs = self.operation && matches!(phrase.class, "verb" | "block");
            if numbs && sentence.section == Section::Procedure {
                continue;
            }
            self.place_title(phrase);
            let Some(event) = self.event(index, phrase, relief, date, behind.end) else { continue };
            if let Some(relief) = relief.filter(|_| event.performed()) {
                reliefs.push((self.events.len(), relief));
            }
            self.events.push(event);
        }
        for at in (first..self.events.len()).filter(|&at| self.events[at].title).collect::<Vec<_>>()
        {
            self.read_places(at);
        }
        self.read_title_end(first, sentence);
        self.share_relief(first, sentence);
        self.named[index] = list;
        let last = self.events[first..].last().map(|e| e.head.end);
        let series = last.is_some_and(|end| {
            self.read_series(index, Span::new(end.min(sentence.span.end), sentence.span.end))
        });
        if !series {
            self.take_next_relief(index, first);
        }
    }

    /// "SI joint injection 3/24 - nil": what came of a named procedure in a word.
    fn nothing_told(
        &self,
        sentence: &Sentence,
        phrase: &Phrase,
        behind: Span,
        dated: bool,
    ) -> Option<ReliefRead> {
        let ahead = matches!(sentence.section, Section::Plan | Section::Request);
        if phrase.procedure.is_none() || phrase.answered.is_some() || ahead {
            return None;
        }
        nothing_in(self.note, behind, dated).or_else(|| {
            let behind = Span::new(phrase.span.end, phrase.span.end);
            leads_failures(self.note, phrase.span).then(|| ReliefRead::nothing(behind))
        })
    }

    /// Whether relief is only a condition, or what such blocks do to people: "if relief is less than 80%".
    fn conditional(&self, sentence: &Sentence, span: Span) -> bool {
        let lead = self.note.get(Span::new(sentence.span.start, span.start));
        // "If yes, date: ... relief: ..." of a form goes on about what was answered.
        if lead.contains("if yes") || lead.contains("if so,") {
            return false;
        }
        self.note.assert(span).assertion.time == Time::Hypothetical
            || ASKS_RELIEF.of(self.note.lexicon).is_match(lead)
            || lead.starts_with("if ")
            || lead.starts_with("should ")
            || lead.contains(" if ")
            || lead.contains(" as long as ")
            || IN_GENERAL.of(self.note.lexicon).is_match(self.note.get(sentence.span))
            || self.leads_on(sentence, span)
    }

    /// Whether relief in a plan is what a next step hangs on: "both blocks >80% -> ablation".
    fn leads_on(&self, sentence: &Sentence, relief: Span) -> bool {
        let behind = self.note.get(Span::new(relief.end, sentence.span.end.max(relief.end)));
        sentence.section == Section::Plan
            && ["->", "=>", "\u{2192}", "= go", "then "]
                .iter()
                .any(|mark| behind.trim_start_matches([' ', ',', ':']).starts_with(mark))
    }

    /// The event that a phrase speaks of, if it speaks of one; `until` the next one is told of.
    fn event(
        &self,
        index: usize,
        phrase: &Phrase,
        relief: Option<ReliefRead>,
        date: Option<PartialDate>,
        until: usize,
    ) -> Option<Event> {
        let note = self.note;
        let sentence = &note.sentences[index];
        // A plan names the day that it is to be on.
        let planning = matches!(sentence.section, Section::Plan | Section::Request);
        let ahead = |day: &PartialDate| {
            planning && note.date.is_some_and(|own| day.earliest() > own.latest())
        };
        let (date, to_come) = (date.filter(|day| !ahead(day)), date.is_some_and(|day| ahead(&day)));
        let mut standing = standing(note, sentence, phrase, self.request, relief, date.is_some())?;
        if to_come && relief.is_none() && standing.status == EventStatus::Performed {
            standing.postpone();
        }
        // "follow-up after the epidural", where that is still planned
        let lead = note.get(Span::new(sentence.span.start, phrase.span.start)).trim_end();
        let after = ["after", "after her", "after his", "after the", "following the", "post"];
        let ahead = |e: &Event| {
            e.injection.status == Some(EventStatus::Planned)
                && Some(e.injection.procedure) == phrase.procedure
        };
        if relief.is_none()
            && date.is_none()
            && after.iter().any(|w| lead.ends_with(w))
            && self.events.iter().any(ahead)
        {
            standing.postpone();
        }
        // "stop aspirin a week before the epidural", where none was told of
        let before =
            ["before", "before the", "before her", "before his", "prior to", "prior to the"];
        if standing.status == EventStatus::Performed
            && relief.is_none()
            && date.is_none()
            && before.iter().any(|w| lead.ends_with(w))
            && !self.events.iter().any(Event::performed)
        {
            standing.postpone();
        }
        // "I was asked to do an intercostal block", in what a procedure was done for.
        let same =
            |e: &Event| e.title && e.performed() && Some(e.injection.procedure) == phrase.procedure;
        if standing.status == EventStatus::Planned
            && standing.asserted.assertion.time != Time::Hypothetical
            && is_indication(note, sentence)
            && ASKED_TO.is_match(note.get(Span::new(sentence.span.start, phrase.span.start)))
            && self.events.iter().any(same)
        {
            standing.perform();
        }
        let performed = standing.status == EventStatus::Performed;
        let relief = relief.filter(|_| performed);
        let of_title = self.named_by_title(sentence, phrase);
        // "100 units was injected in the right pectoralis major" measures a toxin.
        let in_units = || UNITS.is_match(note.get(sentence.span));
        let own = match phrase.procedure {
            Some(Procedure::TriggerPoint) if phrase.class == "verb" && in_units() => {
                Some(Procedure::Botox)
            }
            own => own,
        };
        let (procedure, antecedent) = match of_title.or(own) {
            Some(procedure) => (procedure, None),
            None => {
                self.resolve(index, phrase, standing.status, relief.is_some(), date.is_some())?
            }
        };
        // What is drawn up or numbed on the way is part of a procedure named elsewhere.
        if phrase.class == "verb" && self.is_contrast(sentence, phrase) {
            return None;
        }
        // "was injected around the nerve" puts in what the title names.
        let general = of_title.is_some() && !procedure.is_epidural();
        if phrase.class == "verb"
            && (phrase.target.is_none() || phrase.span.start < phrase.head.start || general)
            && phrase.levels.is_empty()
            && self.events.iter().any(|e| e.title && e.injection.procedure == procedure)
        {
            return None;
        }
        // "steroid" in a procedure's own name is no agent as written.
        let from = if phrase.class == "verb" { sentence.span.start } else { phrase.head.end };
        let agent = agent_in(note, Span::new(from, until.max(from)));
        let before = antecedent.map(|at| &self.events[at].injection);
        let title = performed
            && (sentence.section == Section::Procedure && is_title(note, sentence)
                || !self.request
                    && (names_row(note, phrase)
                        || relief.is_none()
                            && self.opens_account(index, phrase, &standing.asserted, date)));
        let close = |date: &PartialDate| {
            let behind = Span::new(phrase.span.end, sentence.span.end);
            note.dates_in(behind)
                .next()
                .is_some_and(|d| d.date == *date && d.span.start <= behind.start + DATE_REACH)
                || antecedent.is_none()
                || phrase.procedure.is_some()
                || self.is_done_on(sentence, phrase, *date)
        };
        let date = date
            .filter(|d| performed && close(d))
            .or_else(|| title.then(|| self.heading_date(sentence)).flatten())
            .or_else(|| {
                antecedent
                    .filter(|_| performed && relief.is_some())
                    .and_then(|at| self.events[at].date)
            })
            .or_else(|| self.date_before(index).filter(|_| performed && !title))
            .or_else(|| self.day_without_year(sentence, phrase).filter(|_| performed && !title));
        // A noun in the account of a procedure names again what its title named.
        if sentence.section == Section::Procedure
            && performed
            && !title
            && matches!(phrase.class, "whole" | "needle" | "block")
            && !phrase.rule.contains("sites")
            && !phrase.rule.contains("lesion")
            && !phrase.rule.contains("approach")
            && relief.is_none_or(|r| r.percent.is_none())
            && self.events.iter().any(|e| e.title)
        {
            return None;
        }
        let bare = antecedent.is_none()
            && phrase.procedure.is_none()
            && matches!(procedure, Procedure::Joint | Procedure::Bursa);
        let place = || self.target_before(sentence.span.start, phrase.span.start);
        let injection = Injection {
            procedure,
            target: phrase
                .target
                .clone()
                .or_else(|| before.and_then(|b| b.target.clone()))
                .or_else(|| bare.then(place).flatten()),
            levels: if phrase.levels.is_empty() {
                before.map(|b| b.levels.clone()).unwrap_or_default()
            } else {
                phrase.levels.clone()
            },
            side: phrase.side.or(before.and_then(|b| b.side)),
            status: Some(standing.status),
            intent: phrase
                .intent
                .or_else(|| self.purpose_behind(sentence, phrase))
                .or_else(|| self.purpose(index, title)),
            steroid: agent.steroid.or(phrase.steroid.then_some(true)),
            agent: agent.words,
            count: phrase.count,
            relief: relief.and_then(|r| r.relief),
            relief_percent: relief.and_then(|r| r.percent),
            relief_duration: relief.and_then(|r| r.duration).map(|d| note.as_written(d).to_owned()),
        };
        let mut asserted = standing.asserted;
        if note.boxes_in(sentence.span).iter().any(|b| b.ticked && b.label.overlaps(phrase.head)) {
            asserted.assertion.origin = Origin::Checkbox;
        }
        // Relief right behind a name is part of what it says: "L SIJ 4/30/25 - 0% relief".
        let close = |r: &ReliefRead| {
            let end = r.duration.map_or(r.span.end, |d| d.end.max(r.span.end));
            r.span.start >= phrase.span.end
                && end - phrase.span.start <= QUOTE
                && (r.percent.is_some()
                    || !note
                        .get(Span::new(phrase.span.end, r.span.start))
                        .contains([',', ';', '(', ')']))
        };
        let measured = relief.filter(|r| phrase.procedure.is_none() || close(r)).map(|r| r.span);
        Some(Event {
            span: measured.map_or(phrase.span, |m| {
                let whole = phrase.span.union(m);
                relief.and_then(|r| r.duration).map_or(whole, |d| whole.union(d))
            }),
            head: phrase.head,
            sentence: index,
            injection,
            rule: phrase.rule.clone(),
            asserted,
            date,
            title,
            named: phrase.procedure.is_some(),
            confidence: if phrase.procedure.is_some() { 0.9 } else { 0.75 },
        })
    }

    /// Whether contrast or a skin anesthetic is what a verb puts in.
    fn is_contrast(&self, sentence: &Sentence, phrase: &Phrase) -> bool {
        let words = self.note.get(Span::new(sentence.span.start, phrase.head.start));
        CONTRAST.of(self.note.lexicon).is_match(words)
    }
}
