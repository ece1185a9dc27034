//! What is said of a procedure after its name: relief in lists, in the next sentence, in a
//! table's rows or a call.

use std::sync::LazyLock;

use regex::Regex;

use super::agent::agent_in;
use super::phrase::{SITE, procedure_at};
use super::purpose::purpose_in;
use super::relief::{ReliefRead, ended_after, relief_in};
use super::{Event, Reader, told_as_done};
use crate::extract::scope::stands_alone;
use crate::extract::{Answer, Note, durations_in};
use crate::fact::{EventStatus, Injection, Polarity, Time};
use crate::lexicon::WordPattern;
use crate::pattern::fixed_regex;
use crate::segment::Sentence;
use crate::span::Span;

/// How far into a sentence its refusal may stand to be of what was offered before (bytes).
const REFUSAL_REACH: usize = 50;

/// That what is refused is what was offered before, and not "medication or therapy".
static REFUSED_IT: WordPattern = WordPattern::new(
    r"^(?: in| of)?(?: ?$| ?[.,;:()-]| (?:(?:to (?:have|get|try) )?(?:the |an?y? |another )?)?{injection-word/refused-object}\b)",
);

/// Longest label of a row (bytes).
const LONGEST_LABEL: usize = 40;

/// How many sentences from a title on may tell where it went.
const PLACE_ROWS: usize = 12;

/// How a sentence begins that goes on about the injection before it.
static SPEAKS: WordPattern = WordPattern::new(
    r"^(?:(?:she|he|the patient|patient|pt|this|these|it|that|they|which|both|all|none|pain|{relief/reports}) |the (?:[a-z-]+ ){0,2}(?:pain|relief|headaches?|benefit|effect|symptoms|improvement|numbness|ache)\b|with this|her pain|his pain|there was|relief|{relief/log}\b|{relief/not-all} of (?:the|her|his|it)\b)",
);

/// That a figure is a rule and no result: "80% or more counts as positive".
static RULE: WordPattern = WordPattern::new(r"\b{relief/rule}\b");

/// That a figure is of many blocks: "average % relief    55".
static OF_MANY: WordPattern = WordPattern::new(r"^{relief/of-many}\b");

/// How a sentence begins that tells how long relief held which was told of before it.
static LASTED: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r#"^["' |-]*(?:(?:it|this|that|which|(?:the |her |his )?(?:pain )?(?:relief|benefit|effect|improvement)) )?(?:lasted|held|stayed|persisted|continued|went on|duration|good for)\b(?: (?:for|about|of|only|a good|some|roughly|approximately|all of)|[ :?.-])*"#,
    )
});

/// How far behind such words the length of time may stand (bytes).
const LASTED_REACH: usize = 12;

/// How a sentence begins that speaks of all injections of the one before it.
static OF_ALL: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"^(?:none|neither|all|both|each|any)(?: of (?:them|these|those|which|the (?:two|three|four|five|shots|injections|blocks|procedures)))? ",
    )
});

/// Gives an injection the relief that another is said to have brought.
fn take_relief(own: &mut Injection, told: &Injection) {
    (own.relief, own.relief_percent) = (told.relief, told.relief_percent);
    own.relief_duration.clone_from(&told.relief_duration);
}

/// The number in the first cell of a table's row.
fn row_number<'n>(note: &'n Note<'_>, row: Span) -> Option<&'n str> {
    let line = note.line_of(row);
    if !note.may_have_cells(line, 3) {
        return None;
    }
    let first = note.get(*note.cells(line).first()?).trim_matches(['#', '.', ')', ' ']);
    (1..=2).contains(&first.len()).then_some(())?;
    first.bytes().all(|b| b.is_ascii_digit()).then_some(first)
}

/// The lines below a row on which its cells go on: "+ dexamethasone 4 mg".
fn continuation(note: &Note<'_>, row: Span) -> Span {
    let mut whole = Span::new(row.end, row.end);
    while let Some(below) = note.line_below(whole) {
        let opens = note.get(below).trim_start().starts_with(['+', '&']);
        let own = note.dates_in(below).next().is_some() || note.cells(below).len() > 1;
        if !opens || own || note.get(below).trim().is_empty() {
            break;
        }
        whole = Span::new(whole.start, below.end);
    }
    whole
}

/// How long relief held, in a cell behind that of its measure.
fn cell_duration(note: &Note<'_>, measure: Span) -> Option<Span> {
    let cells = note.cells(note.line_of(measure));
    let behind = cells.into_iter().filter(|cell| cell.start >= measure.end);
    behind
        .take(2)
        .find_map(|cell| durations_in(note, cell).into_iter().find(|d| d.start <= cell.start + 1))
}

impl Reader<'_, '_> {
    /// "A, B and C, all without relief": what is said last holds for the whole list.
    pub(super) fn share_relief(&mut self, first: usize, sentence: &Sentence) {
        let note = self.note;
        let Some(last) = self.events.len().checked_sub(1).filter(|&l| l > first) else { return };
        for at in (first..last).rev() {
            let (one, next) = (&self.events[at], &self.events[at + 1]);
            if one.has_relief() || !one.performed() || !next.performed() {
                continue;
            }
            let gap = if one.head.end <= next.span.start {
                note.get(Span::new(one.span.end.min(next.span.start), next.span.start))
            } else {
                ""
            };
            let rest = note.get(Span::new(next.span.end, sentence.span.end));
            let all =
                ["all ", "both ", "none ", "neither ", "each ", "any of", " to any", " from any"]
                    .iter()
                    .any(|w| rest.contains(w));
            let listed = gap.split([' ', ',', '(', ')']).all(|w| {
                matches!(
                    w,
                    "" | "and"
                        | "or"
                        | "a"
                        | "an"
                        | "the"
                        | "as"
                        | "well"
                        | "then"
                        | "/"
                        | "&"
                        | "also"
                )
            });
            if next.has_relief() && (all || listed) {
                let told = next.injection.clone();
                take_relief(&mut self.events[at].injection, &told);
            }
        }
    }

    /// "She had 80% relief for five weeks": the next sentence speaks of the injection before it.
    pub(super) fn take_next_relief(&mut self, index: usize, first: usize) {
        let note = self.note;
        let Some(event) = self.events[first..]
            .last()
            .filter(|e| e.performed() && e.injection.relief_percent.is_none())
        else {
            return;
        };
        if event.title {
            return;
        }
        for next in index + 1..(index + 3).min(note.sentences.len()) {
            let sentence = &note.sentences[next];
            let words = note.get(sentence.span);
            let speaks = SPEAKS.of(note.lexicon).is_match(words);
            if sentence.paragraph != note.sentences[index].paragraph || !self.named[next].is_empty()
            {
                return;
            }
            let told = self.events[first..].last();
            let worded = told.is_some_and(Event::has_relief);
            let timed = told.is_some_and(|e| e.injection.relief_duration.is_some());
            let found = relief_in(note, sentence.span, false).filter(|r| {
                !self.conditional(sentence, r.span)
                    && !self.names_other_treatment(sentence, r.span)
                    && (r.percent.is_some() || !worded || (!timed && r.duration.is_some()))
            });
            // "100% relief for a day."
            let begins =
                |r: &ReliefRead| r.percent.is_some() && r.span.start <= sentence.span.start + 2;
            if let Some(relief) = found
                .filter(|r| (speaks || begins(r)) && (r.percent.is_some() || next == index + 1))
            {
                let ended = self.duration_next(next).filter(|_| relief.percent.is_some());
                if let Some(event) = self.events.last_mut() {
                    let own = &mut event.injection;
                    let duration = relief.duration.or(ended).map(|d| note.as_written(d).to_owned());
                    if relief.percent.is_some() || !worded {
                        (own.relief, own.relief_percent) = (relief.relief, relief.percent);
                        own.relief_duration = duration;
                    } else {
                        own.relief_duration = own.relief_duration.take().or(duration);
                    }
                }
                if OF_ALL.is_match(words) {
                    self.share_with_all(first);
                }
                self.used.push(next);
                return;
            }
            if found.is_some() {
                return;
            }
        }
    }

    /// "None of the three helped": what the last is said to have brought holds for the others.
    fn share_with_all(&mut self, first: usize) {
        let Some((last, others)) = self.events[first..].split_last_mut() else { return };
        for event in others.iter_mut().filter(|event| event.performed() && !event.has_relief()) {
            take_relief(&mut event.injection, &last.injection);
        }
    }

    /// "We discussed an epidural. She declined." turns down what the sentence before offered;
    /// whether this one did.
    pub(super) fn take_refusal(&mut self, index: usize) -> bool {
        let note = self.note;
        let sentence = &note.sentences[index];
        let refused = note.mentions_in("injection-word", sentence.span).any(|m| {
            let behind = Span::new(m.span.end, sentence.span.end.max(m.span.end));
            note.concept(m).id == "declined"
                && m.span.start <= sentence.span.start + REFUSAL_REACH
                && REFUSED_IT.of(note.lexicon).is_match(note.get(behind))
        });
        let named = self.named[index].iter().any(|p| p.procedure.is_some())
            || note.get(sentence.span).contains("surg")
            || self.names_other_treatment(sentence, sentence.span);
        let Some(event) = self.events.last_mut().filter(|_| refused && !named) else {
            return false;
        };
        let near = event.sentence < index
            && event.sentence + 2 >= index
            && note.sentences[event.sentence].section == sentence.section;
        if !near || event.injection.status != Some(EventStatus::Planned) {
            return false;
        }
        event.injection.status = Some(EventStatus::NotDone);
        event.asserted.assertion.polarity = Polarity::Negated;
        event.asserted.assertion.time = Time::Current;
        true
    }

    /// Whether a sentence speaks of a drug or therapy before its relief, which is that one's.
    fn names_other_treatment(&self, sentence: &Sentence, relief: Span) -> bool {
        let note = self.note;
        let lead = Span::new(sentence.span.start, relief.end);
        let injected = |span: Span| note.mentions_in("agent", span).any(|m| m.span.overlaps(span));
        note.mentions_in("drug", lead).any(|m| !injected(m.span))
            // "Pt states ..." is the patient.
            || note
                .mentions_in("therapy", lead)
                .any(|m| note.get(m.span) != "pt" && stands_alone(note, m))
    }

    /// A sentence without a procedure that tells how one worked: a row of a table, a call
    /// after a block, "with rotation it helped about 70%".
    pub(super) fn read_relief_sentence(&mut self, index: usize) {
        let note = self.note;
        let sentence = &note.sentences[index];
        if self.read_series(index, sentence.span) {
            return;
        }
        let words = note.get(sentence.span);
        let told = || {
            note.mentions_in("relief", sentence.span).next().is_some()
                || words.contains('%')
                || words.contains("percent")
        };
        if self.used.contains(&index)
            || !told()
            || RULE.of(note.lexicon).is_match(words)
            || OF_MANY.of(note.lexicon).is_match(words)
            || self.answers_other(sentence)
        {
            return;
        }
        let entry = self.entry(sentence);
        let Some(at) = entry.or_else(|| self.antecedent(index)) else { return };
        let date =
            note.dates_in(sentence.span).next().filter(|d| d.span.start <= sentence.span.start + 4);
        let Some(relief) = relief_in(note, sentence.span, date.is_some()) else { return };
        if relief.percent.is_none()
            || self.conditional(sentence, relief.span)
            || self.names_other_treatment(sentence, relief.span)
        {
            return;
        }
        let relief = ReliefRead {
            duration: relief
                .duration
                .or_else(|| entry.and_then(|_| cell_duration(note, relief.span)))
                .or_else(|| self.duration_next(index)),
            ..relief
        };
        let before = &self.events[at];
        let close = index <= before.sentence + 2
            && note.sentences[before.sentence].paragraph == sentence.paragraph;
        let in_procedure_note = self.events.iter().any(|e| e.title);
        let labelled = note.get(sentence.span).starts_with("relief")
            || note.heading(sentence).contains("relief")
            || note.get(sentence.span).contains("relief ...");
        // "It comes to 90 percent relief that held for two hours", where but one is told of.
        let alone = relief.duration.is_some() && self.only_one();
        if !(close || in_procedure_note || date.is_some() || labelled || alone || entry.is_some()) {
            return;
        }
        // "05/13/2025 | middle cluneal | 30 %" below another's row is none of that one.
        let row = Span::new(sentence.span.start, relief.span.start.max(sentence.span.start));
        let elsewhere = note.mentions_in(SITE, row).any(|site| {
            let place = note.concept(site);
            let fits = |block| procedure_at(place, block) == Some(before.injection.procedure);
            procedure_at(place, true).is_some() && !fits(true) && !fits(false)
        });
        if date.is_some() && elsewhere {
            return;
        }
        let span = date.map_or(relief.span, |d| d.span.union(relief.span));
        // "F/u 12/08/2025: 60% better": the day of a call or visit is not that of the block.
        let own_day = date.filter(|d| {
            let lead = Span::new(sentence.span.start.min(d.span.start), d.span.start);
            !note.get(lead).contains(char::is_alphabetic)
        });
        let mut injection = relief.of(note, &before.injection);
        // A log's row tells what was put in, and for what.
        if date.is_some() {
            let row = note.line_of(relief.span);
            let (agent, more) = (agent_in(note, row), agent_in(note, continuation(note, row)));
            injection.steroid = more.steroid.or(agent.steroid).or(injection.steroid);
            injection.intent = purpose_in(note, row).or(injection.intent);
            injection.agent = match (agent.words, more.words) {
                (Some(first), Some(more)) => Some(format!("{first} + {more}")),
                (first, more) => first.or(more).or(injection.agent),
            };
        }
        let event = Event {
            span,
            head: relief.span,
            sentence: index,
            injection,
            rule: format!("{}/relief", before.rule),
            asserted: told_as_done(note, relief.span),
            date: own_day.map(|d| d.date).or(before.date).or(date.map(|d| d.date)),
            title: false,
            named: false,
            confidence: 0.85,
        };
        self.events.push(event);
    }

    /// The event of a log whose row has the number of this row of another table: "2    60%    5 weeks".
    fn entry(&self, sentence: &Sentence) -> Option<usize> {
        let number = row_number(self.note, sentence.span)?;
        let own = |e: &Event| {
            e.named
                && e.performed()
                && e.date.is_some()
                && row_number(self.note, e.head) == Some(number)
        };
        let at = self.events.iter().position(own)?;
        let alone = !self.events[at + 1..].iter().any(own);
        alone.then_some(at)
    }

    /// Whether a sentence goes on in a row whose label names a block or place, which is that one's:
    /// "prior block same nerve .. 3/18/25   30 %".
    fn answers_other(&self, sentence: &Sentence) -> bool {
        let note = self.note;
        let lead = note.lead_of_line(sentence.span);
        let words = note.get(lead);
        let labelled =
            words.trim_end().ends_with(['.', ':', '?', '_', '|']) && words.len() <= LONGEST_LABEL;
        labelled
            && ["injection", SITE]
                .iter()
                .any(|group| note.mentions_in(group, lead).next().is_some())
    }

    /// "She had 90% relief yesterday. It lasted five hours.": how long relief held, where the next
    /// sentence tells.
    fn duration_next(&self, index: usize) -> Option<Span> {
        let note = self.note;
        let (own, next) = (&note.sentences[index], note.sentences.get(index + 1)?);
        if own.paragraph != next.paragraph {
            return None;
        }
        let told = LASTED.find(note.get(next.span)).map(|told| next.span.start + told.end());
        // "about five hours" begins with its "about".
        let near = |d: &Span| told.is_some_and(|at| d.end > at && d.start <= at + LASTED_REACH);
        durations_in(note, next.span)
            .into_iter()
            .find(near)
            .or_else(|| ended_after(note, next.span))
    }

    /// Whether all that is told of is one procedure at one place, and it was done.
    pub(super) fn only_one(&self) -> bool {
        let mut all = self
            .events
            .iter()
            .map(|e| (e.injection.procedure, &e.injection.target, e.injection.side, e.performed()));
        all.next().is_some_and(|first| first.3 && all.all(|next| next == first))
    }

    /// The event that a sentence without a procedure speaks of.
    fn antecedent(&self, index: usize) -> Option<usize> {
        let done = |e: &&Event| e.performed() && e.named && e.sentence < index;
        // Of a log's entries, each under its own day, the last one.
        let headed = |e: &Event| e.date.is_some() && self.date_before(e.sentence) == e.date;
        let entry = self.events.iter().rposition(|e| done(&e) && headed(e));
        let entry = entry.filter(|&at| {
            // The next entry is of something else.
            (self.events[at].sentence + 1..index).all(|later| !self.is_day_alone(later))
        });
        let title = self.events.iter().rposition(|e| e.title);
        title
            .max(entry)
            .or_else(|| self.events.iter().rposition(|e| done(&e)))
            .or_else(|| self.events.iter().rposition(|e| e.performed() && e.sentence < index))
    }

    /// Where it went, from the rows below a title that names no nerve or side: "Nerve: superior
    /// cluneal", "Laterality: Right".
    pub(super) fn read_places(&mut self, at: usize) {
        let note = self.note;
        let event = &mut self.events[at];
        let below = &note.sentences[event.sentence..];
        let Some(last) = below.iter().take(PLACE_ROWS).next_back() else { return };
        let rows = Span::new(event.span.end.min(last.span.end), last.span.end);
        for label in note.mentions_in("request", rows) {
            if note.line_of(label.span).start != label.span.start {
                continue;
            }
            let Some(Answer::Words(words)) = note.answer(label.span) else { continue };
            let own = &mut event.injection;
            match note.concept(label).id.as_str() {
                "side-label" => own.side = own.side.or_else(|| note.side_in(words)),
                "nerve-label" if own.target.is_none() => {
                    let Some(site) = note.mentions_in(SITE, words).next() else { continue };
                    own.target = note.concept(site).field("target").map(str::to_owned);
                    own.side = own.side.or_else(|| note.side_in(words));
                }
                _ => {}
            }
        }
    }
}
