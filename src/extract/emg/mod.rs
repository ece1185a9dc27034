//! Electromyography and nerve conduction studies: done or not, and each finding.

mod asked;
mod findings;
mod report;
mod status;
mod words;

use super::{CheckBox, Draft, Note};
use crate::date::PartialDate;
use crate::fact::{Certainty, Emg, EmgResult, EventStatus, Polarity, Section, Side, Time};
use crate::lexicon::{CueCategory, WordPattern};
use crate::segment::Sentence;
use crate::span::Span;
use crate::tag::Mention;

const STUDY: &str = "emg";
const FINDING: &str = "emg-finding";

/// How many bytes of modifiers may stand before a finding.
const LEAD: usize = 60;

/// How many bytes before a study's name may hold its side.
const SIDED: usize = 24;

/// What is measured of a nerve.
static MEASURED: WordPattern = WordPattern::new(r"ms,| (?:m/s|{emg/measure}\b)");

/// How a sentence begins that goes on with what a study showed.
static OPENS: WordPattern =
    WordPattern::new(r"^(?:(?:it|there|this|these|also|no|an?) |{emg/opens}\b)");

/// What is not normal of a part of a study.
static ABNORMAL: WordPattern = WordPattern::new(r"\b{emg/abnormal}\b");

/// Labels of a form's boxes.
static BOX_NORMAL: WordPattern = WordPattern::new(r"^{emg/box-normal}\b");

static BOX_ABNORMAL: WordPattern = WordPattern::new(r"^{emg/box-abnormal}\b");

static BOX_NOT_DONE: WordPattern = WordPattern::new(r"^{emg/box-not-done}\b");

static BOX_AHEAD: WordPattern = WordPattern::new(r"^{emg/box-ahead}\b");

/// Reads every electrodiagnostic study and finding.
pub(super) fn read(note: &Note<'_>, drafts: &mut Vec<Draft>) {
    // A report may name its study by words of its own alone: "Nerve conduction", "Needle".
    let named = note.mentions(STUDY).next().is_some();
    if !named && note.mentions(FINDING).next().is_none() {
        return;
    }
    let report = report::is_report(note);
    if !named && !report {
        return;
    }
    let parts = if report { Vec::new() } else { report::parts(note) };
    let mut reader = Reader { note, report, day: note.date, drafts: Vec::new(), going_on: None };
    for (index, sentence) in note.sentences.iter().enumerate() {
        let part = parts.iter().find(|part| part.span.contains(sentence.span));
        reader.report = report || part.is_some();
        reader.day = part.and_then(|part| part.date).or(note.date);
        reader.read_sentence(index);
    }
    drafts.append(&mut reader.drafts);
}

/// Whether a row gives what was measured: "peroneal motor: latency 4.9 ms", "(limb 32 C)".
fn is_measured(note: &Note<'_>, words: &str) -> bool {
    MEASURED.of(note.lexicon).is_match(words)
}

struct Reader<'a, 'n> {
    note: &'a Note<'n>,
    /// Whether the sentence stands in the report of a study.
    report: bool,
    /// The day of that report.
    day: Option<PartialDate>,
    drafts: Vec<Draft>,
    /// The sentence, status aside, that named the study whose findings may go on.
    going_on: Option<usize>,
}

impl Reader<'_, '_> {
    fn role(&self, mention: &Mention) -> &str {
        self.note.concept(mention).field("role").unwrap_or("")
    }

    fn read_sentence(&mut self, index: usize) {
        let note = self.note;
        let sentence = &note.sentences[index];
        let heading = self.heading_study(sentence);
        let body = self.body(sentence);
        let mut own: Vec<Mention> = note.mentions_in(STUDY, body).copied().collect();
        if own.iter().all(|m| self.role(m) != "study") && heading.is_some() {
            // "EMG: normal" has its study in its heading.
            own = note.mentions_in(STUDY, sentence.span).copied().collect();
        }
        let study = own.iter().find(|m| self.role(m) == "study").copied();
        let report = own.iter().find(|m| self.role(m) == "report").copied();
        // "[x] EMG report" of enclosures tells nothing of the study.
        let boxes = note.boxes_in(sentence.span);
        if let Some(study) = study
            && self.read_asked(study.span)
        {
            return;
        }
        if let Some(study) = study.filter(|_| !boxes.is_empty()) {
            return self.read_boxes(study.span, &boxes);
        }
        let concluded = self.report
            && matches!(
                sentence.section,
                Section::Assessment | Section::Other | Section::Electrodiagnostics
            );
        let labelled = sentence.section == Section::Electrodiagnostics && !self.report;
        let words = note.get(body);
        let follows = self.going_on.is_some_and(|last| {
            last + 1 == index
                && note.sentences[last].section == sentence.section
                && (sentence.item
                    || (note.sentences[last].paragraph == sentence.paragraph
                        && OPENS.of(note.lexicon).is_match(words)))
        });
        // A row of a table, or a title.
        let tabular = note.as_written(body).contains("   ") && !words.contains(". ");
        let bare = self.findings(body).next().is_none();
        let measured = self.report && is_measured(note, words);
        if let Some(heading) = heading.filter(|_| tabular || (measured && bare)) {
            self.read_table(sentence, heading);
        }
        // One muscle's row is no study: "Biceps   Nl   0   0".
        let row =
            tabular && !self.findings(body).any(|m| note.concept(m).field("result").is_none());
        if row && own.iter().all(|m| !body.contains(m.span)) {
            return;
        }
        let title = self.report && words.len() < 60 && !words.contains(" was ");
        if (tabular || (title && !words.ends_with('.'))) && bare && study.is_some() {
            if let Some(study) = study {
                self.read_cell(study.span);
            }
            return;
        }
        let part = heading.filter(|_| {
            sentence.span.start.saturating_sub(sentence.heading.end) <= 4 && self.is_part(body)
        });
        if let Some(heading) = part.filter(|_| study.is_none_or(|s| !body.contains(s.span))) {
            self.read_part(sentence, body, heading);
            return;
        }
        if let Some(study) = study {
            let status = self.status(sentence, study.span, &own);
            let Some(status) = status else { return };
            if status != EventStatus::Performed {
                let from = note.str().floor_char_boundary(study.span.start.saturating_sub(SIDED));
                let lead = Span::new(from.max(sentence.span.start), study.span.end);
                let tail = Span::new(study.span.start, self.tail_end(study.span.end, body.end));
                let side = note.side_in(lead).or_else(|| note.side_in(tail));
                self.push_study(self.with_side(study.span, tail), status, None, side);
                self.going_on = None;
                return;
            }
            self.read_findings(index, Some(study), true);
            return;
        }
        if let Some(report) = report {
            let name = note.get(report.span);
            // "There is EMG evidence of ..." says what was found, wherever it stands.
            let concludes = name.contains("evidence") && sentence.section != Section::Plan
                || name.contains("electr") && sentence.section == Section::Assessment;
            if self.report || labelled || follows || concludes {
                self.read_findings(index, Some(report), false);
                return;
            }
        }
        // The impression of a report, a section of studies, or a list that goes on.
        let impression = concluded && sentence.section == Section::Assessment;
        if impression || labelled || follows {
            self.read_findings(index, None, false);
        }
    }

    /// The study that a sentence's heading names, if it stands right behind it.
    fn heading_study(&self, sentence: &Sentence) -> Option<Span> {
        let found = self.note.mentions_in(STUDY, sentence.heading).next()?;
        (self.role(found) == "study").then_some(found.span)
    }

    /// "Needle EMG (R)" above the rows of a table: the study that they are of, once.
    fn read_table(&mut self, sentence: &Sentence, heading: Span) {
        let note = self.note;
        let first = note.sentences.iter().find(|s| s.heading == sentence.heading);
        let titled = sentence.section != Section::Electrodiagnostics;
        if !titled && first.is_some_and(|s| s.span == sentence.span) {
            let side = note.side_in(sentence.heading);
            let place = self.with_side(heading, sentence.heading);
            self.push_study(place, EventStatus::Performed, None, side);
        }
    }

    /// "NERVE CONDUCTION STUDIES: Motor and sensory latencies are normal": a part of the study.
    fn read_part(&mut self, sentence: &Sentence, body: Span, heading: Span) {
        let note = self.note;
        let last = note
            .sentences
            .iter()
            .filter(|s| s.heading == sentence.heading)
            .map(|s| s.span.end)
            .max();
        let part = Span::new(body.start, last.unwrap_or(body.end));
        let words = note.get(part);
        let normal = !self.tells_change(part)
            && (words.contains("normal") || words.contains("within normal limits"));
        let side = note.side_in(body).filter(|_| normal);
        let place = heading;
        self.push(
            place,
            Emg {
                result: normal.then_some(EmgResult::Normal),
                condition: None,
                levels: Vec::new(),
                side,
                status: EventStatus::Performed,
            },
        );
    }

    /// "EMG: [ ] normal [ ] abnormal [x] not done".
    fn read_boxes(&mut self, study: Span, boxes: &[CheckBox]) {
        let Some(tick) = boxes.iter().find(|b| b.ticked && b.span.start >= study.end) else {
            return;
        };
        let label = self.note.get(tick.label);
        let says = |words: &WordPattern| words.of(self.note.lexicon).is_match(label);
        let (result, status) = if says(&BOX_NORMAL) {
            (Some(EmgResult::Normal), EventStatus::Performed)
        } else if says(&BOX_ABNORMAL) {
            (Some(EmgResult::Abnormal), EventStatus::Performed)
        } else if says(&BOX_NOT_DONE) {
            (None, EventStatus::NotDone)
        } else if says(&BOX_AHEAD) {
            (None, EventStatus::Planned)
        } else {
            return;
        };
        let side = self.note.side_in(Span::new(study.end, tick.span.start));
        let place = study.union(tick.label);
        self.push(place, Emg { result, condition: None, levels: Vec::new(), side, status });
    }

    fn findings(&self, within: Span) -> impl Iterator<Item = &Mention> {
        self.note.mentions_in(FINDING, within).filter(|m| {
            let concept = self.note.concept(m);
            concept.field("open").is_none() && concept.field("joins").is_none()
        })
    }

    /// Whether words tell of something that is not normal of a part of a study.
    fn tells_change(&self, within: Span) -> bool {
        ABNORMAL.of(self.note.lexicon).is_match(self.note.get(within))
    }

    fn has(&self, within: Span, field: &str) -> bool {
        self.note.mentions_in(FINDING, within).any(|m| self.note.concept(m).field(field).is_some())
    }

    /// The conditions that a form's answer names: "Yes, abnormal: left S1 radiculopathy".
    fn read_conditions(&mut self, within: Span) {
        let note = self.note;
        let named = |m: &&Mention| note.concept(m).field("result").is_none();
        let found: Vec<Mention> = self.findings(within).filter(named).copied().collect();
        for mention in found {
            let denied = note.assert(mention.span).has(CueCategory::Negated, note.lexicon);
            let result = if denied { EmgResult::Normal } else { EmgResult::Abnormal };
            let emg = Emg {
                result: Some(result),
                condition: Some(self.condition(&mention)),
                levels: note.levels_in(within),
                side: note.side_in(within),
                status: EventStatus::Performed,
            };
            self.push(mention.span, emg);
        }
    }

    fn push_study(
        &mut self,
        span: Span,
        status: EventStatus,
        result: Option<EmgResult>,
        side: Option<Side>,
    ) {
        self.push(span, Emg { result, condition: None, levels: Vec::new(), side, status });
    }

    fn push(&mut self, span: Span, emg: Emg) {
        let mut asserted = self.note.assert(span);
        asserted.assertion.polarity = match emg.status {
            EventStatus::NotDone => Polarity::Negated,
            _ => Polarity::Affirmed,
        };
        asserted.assertion.time = match emg.status {
            EventStatus::Planned => Time::Planned,
            EventStatus::Performed => Time::Past,
            EventStatus::NotDone => Time::Current,
        };
        // "It is unknown if the EMG was normal" tells no result.
        let unknown = asserted
            .cues
            .iter()
            .any(|hit| self.note.lexicon.cues[hit.cue].id.ends_with("unknown-whether"));
        if !unknown && emg.result.is_some_and(|r| r != EmgResult::Equivocal) {
            asserted.assertion.certainty = Certainty::Certain;
        }
        let performed = emg.status == EventStatus::Performed;
        let rule = if emg.condition.is_some() { "emg/finding" } else { "emg/study" };
        let mut draft = Draft::new(span, emg, rule, asserted);
        let sentence = self.note.sentence_at(span).map_or(span, |s| s.span);
        let after = self.note.dates_in(Span::new(span.start, sentence.end.max(span.start))).next();
        let before =
            self.note.dates_in(Span::new(sentence.start.min(span.start), span.start)).last();
        draft.date = after
            .or(before)
            .map(|d| d.date)
            .or(self.day.filter(|_| self.report))
            .filter(|_| performed);
        self.drafts.push(draft);
    }
}
