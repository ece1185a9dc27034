//! Electromyography and nerve conduction studies: done or not, and each finding.

mod words;

use super::{CheckBox, Draft, Note};
use crate::fact::{
    Certainty, Emg, EmgResult, EventStatus, Experiencer, Kind, Polarity, Section, Side, Time,
};
use crate::lexicon::CueCategory;
use crate::segment::Sentence;
use crate::span::Span;
use crate::tag::Mention;

const STUDY: &str = "emg";
const FINDING: &str = "emg-finding";

/// Words of a document's first lines count up to here (bytes).
const TITLE_REACH: usize = 500;

/// Words right before a study that there is none, even if "was done" follows.
const NONE: &[&str] = &["no ", "no prior ", "no recent ", "no previous ", "never had an "];

/// Words behind a study that was begun and not finished, or refused.
const BROKEN_OFF: &[&str] = &[
    "could not tolerate",
    "unable to tolerate",
    "not tolerated",
    "could not be completed",
    "not completed",
    "aborted",
    "was refused",
    "she refused",
    "he refused",
    "was cancelled",
    "was canceled",
];

/// How many bytes of modifiers may stand before a finding.
const LEAD: usize = 60;

/// How many bytes before a study's name may hold its side.
const SIDED: usize = 24;

/// Reads every electrodiagnostic study and finding.
pub(super) fn read(note: &Note<'_>, drafts: &mut Vec<Draft>) {
    if note.mentions(STUDY).next().is_none() {
        return;
    }
    let mut reader = Reader { note, report: is_report(note), drafts: Vec::new(), going_on: None };
    for index in 0..note.sentences.len() {
        reader.read_sentence(index);
    }
    drafts.append(&mut reader.drafts);
}

/// Whether the document is the report of such a study: by its title, or by headings of both
/// nerve conduction and needle examination, however they are called.
fn is_report(note: &Note<'_>) -> bool {
    let end = note.str().floor_char_boundary(TITLE_REACH);
    let titled =
        note.mentions_in("document", Span::new(0, end)).any(|m| note.concept(m).id == "emg-report");
    let conduction = |heading: &str| {
        ["nerve conduction", "ncs", "ncv", "motor studies", "sensory studies"]
            .iter()
            .any(|w| heading.contains(w))
    };
    let needle =
        |heading: &str| ["needle", "electromyography", "emg"].iter().any(|w| heading.contains(w));
    let mut headings = note.sentences.iter().map(|s| note.heading(s));
    titled || (headings.clone().any(conduction) && headings.any(|h| needle(h) && !conduction(h)))
}

struct Reader<'a, 'n> {
    note: &'a Note<'n>,
    report: bool,
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
        let opens = [
            "it ",
            "there ",
            "this ",
            "these ",
            "the findings",
            "findings",
            "also ",
            "no ",
            "right ",
            "left ",
            "bilateral",
            "mild",
            "moderate",
            "severe",
            "a ",
            "an ",
            "electr",
            "the changes",
            "evidence",
            "acute",
            "chronic",
            "active",
        ];
        let follows = self.going_on.is_some_and(|last| {
            last + 1 == index
                && note.sentences[last].section == sentence.section
                && (sentence.item
                    || (note.sentences[last].paragraph == sentence.paragraph
                        && opens.iter().any(|w| words.starts_with(w))))
        });
        // A row of a table, or a title.
        let tabular = note.as_written(body).contains("   ") && !words.contains(". ");
        let bare = self.findings(body).next().is_none();
        if let Some(heading) = heading.filter(|_| tabular) {
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
        if let (Some(report), true) = (
            report,
            self.report || labelled || follows || matches!(sentence.section, Section::Assessment),
        ) {
            let is_conclusion =
                self.report || labelled || follows || note.get(report.span).contains("electr");
            if is_conclusion {
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
        if first.is_some_and(|s| s.span == sentence.span) {
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
        let words = note.get(Span::new(body.start, last.unwrap_or(body.end)));
        let abnormal = [
            "absent",
            "prolonged",
            "attenuated",
            "reduced",
            "slowed",
            "abnormal",
            "spontaneous activity in",
            "denervation",
            "increased insertional",
            "reinnervation",
            "decreased",
            "diminished",
            "polyphasic",
            "fibrillation",
        ];
        let found = abnormal.iter().any(|w| words.contains(w));
        let normal = !found && (words.contains("normal") || words.contains("within normal limits"));
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
        let says = |words: &[&str]| words.iter().any(|word| label.starts_with(word));
        let (result, status) = if says(&["normal", "unremarkable"]) {
            (Some(EmgResult::Normal), EventStatus::Performed)
        } else if says(&["abnormal"]) {
            (Some(EmgResult::Abnormal), EventStatus::Performed)
        } else if says(&["not done", "not performed", "not obtained", "never", "none"]) {
            (None, EventStatus::NotDone)
        } else if says(&["ordered", "pending", "scheduled", "planned"]) {
            (None, EventStatus::Planned)
        } else {
            return;
        };
        let side = self.note.side_in(Span::new(study.end, tick.span.start));
        let place = study.union(tick.label);
        self.push(place, Emg { result, condition: None, levels: Vec::new(), side, status });
    }

    /// Whether the study of a sentence was done.
    fn status(&self, sentence: &Sentence, study: Span, own: &[Mention]) -> Option<EventStatus> {
        let note = self.note;
        let whole = own.iter().fold(study, |all, m| {
            if m.span.start <= all.end + 12 { all.union(m.span) } else { all }
        });
        let asserted = note.assert(whole);
        if asserted.assertion.experiencer != Experiencer::Patient {
            return None;
        }
        let words = note.get(sentence.span);
        let behind = note.get(Span::new(whole.end.min(sentence.span.end), sentence.span.end));
        let result =
            self.findings(Span::new(sentence.span.start, sentence.span.end)).next().is_some();
        let told = [
            "showed",
            "shows",
            "revealed",
            "reveals",
            "demonstrat",
            "was performed",
            "performed on",
            "was done",
            "were done",
            "was normal",
            "is normal",
            "were normal",
            "confirmed",
            "was negative",
            "was abnormal",
            "dated",
            "report of",
            "which was",
            "found",
            "did show",
        ]
        .iter()
        .any(|w| words.contains(w));
        let dated = note
            .dates_in(sentence.span)
            .any(|d| d.span.start >= whole.end && d.span.start <= whole.end + 25);
        let denied = asserted.has(CueCategory::Negated, note.lexicon)
            || [
                "not been performed",
                "not been done",
                "not performed",
                "not done",
                "not been obtained",
                "has not been",
                "have not been",
                "never been",
                "not obtained",
            ]
            .iter()
            .any(|w| behind.contains(w));
        let denied = denied && !words.contains("no evidence") && !own_result(note, whole, sentence);
        let lead = note.get(Span::new(sentence.span.start, whole.start));
        let directly =
            denied && NONE.iter().any(|w| lead == *w || lead.ends_with(&format!(" {w}")));
        let broken_off = !result && BROKEN_OFF.iter().any(|w| behind.contains(w));
        if directly || broken_off {
            return Some(EventStatus::NotDone);
        }
        if self.is_needless(Span::new(sentence.span.start, whole.start), behind) {
            return Some(EventStatus::NotDone);
        }
        let ahead = matches!(asserted.assertion.time, Time::Planned | Time::Hypothetical)
            || [
                "to be obtained",
                "to be done",
                "should be obtained",
                "should be done",
                "should be performed",
                "should be considered",
                "ordered",
                "scheduled",
                "will be",
                "to assess",
                "to determine",
                "to evaluate",
                "to rule out",
                "is pending",
                "to find out",
                "recommended",
                "requested",
                "to confirm",
            ]
            .iter()
            .any(|w| behind.contains(w));
        let not_performed = words.contains("not") && behind.contains("perform");
        Some(if denied && (!told || not_performed) {
            EventStatus::NotDone
        } else if (told || dated) && (result || !ahead) {
            EventStatus::Performed
        } else if ahead
            || (matches!(sentence.section, Section::Plan | Section::Education) && !result)
        {
            EventStatus::Planned
        } else {
            EventStatus::Performed
        })
    }

    fn findings(&self, within: Span) -> impl Iterator<Item = &Mention> {
        self.note.mentions_in(FINDING, within).filter(|m| {
            let concept = self.note.concept(m);
            concept.field("open").is_none() && concept.field("joins").is_none()
        })
    }

    fn has(&self, within: Span, field: &str) -> bool {
        self.note.mentions_in(FINDING, within).any(|m| self.note.concept(m).field(field).is_some())
    }

    /// Results and findings of a sentence that speaks of a study that was done.
    fn read_findings(&mut self, index: usize, study: Option<Mention>, narrative: bool) {
        let note = self.note;
        let sentence = &note.sentences[index];
        let from = study
            .filter(|s| narrative && !self.confirms(Span::new(sentence.span.start, s.span.start)))
            .map_or(sentence.span.start, |s| s.span.start);
        // Of a study named late in a sentence the words before it may be its result:
        // "negative nerve conduction studies".
        let lead = study.map(|s| Span::new(sentence.span.start, s.span.start));
        let until = self.clause_end(sentence, study);
        let within = Span::new(from, until);
        let conditions: Vec<Mention> = self
            .findings(within)
            .filter(|m| note.concept(m).field("result").is_none() && !self.is_place(m))
            .filter(|m| study.is_some() || !self.is_treated(m))
            .copied()
            .collect();
        let conditions = self.joined(conditions);
        let uncertain_tail = self.uncertain(index);
        let results: Vec<Mention> = self
            .findings(within)
            .filter(|m| note.concept(m).field("result").is_some())
            .copied()
            .collect();
        let side = |span: Span| note.side_in(span);
        let denied: Vec<bool> = conditions
            .iter()
            .map(|m| {
                let asserted = note.assert(m.span);
                let before =
                    note.get(Span::new(sentence.span.start.min(m.span.start), m.span.start));
                let anew = ["+ ", "positive for "].iter().any(|w| before.ends_with(w));
                asserted.has(CueCategory::Negated, note.lexicon)
                    && !anew
                    && !self.open_behind(m.span, sentence)
            })
            .collect();
        let first_drafts = self.drafts.len();
        // A plain result: "EMG was normal", "this electrical study is abnormal".
        let before = lead.and_then(|lead| {
            self.findings(lead)
                .filter(|m| note.concept(m).field("result").is_some())
                .last()
                .copied()
                .filter(|m| {
                    let gap = note.get(Span::new(m.span.end, lead.end));
                    gap.split_whitespace().count() <= 3
                        && !gap
                            .contains(|c: char| c.is_ascii_digit() || matches!(c, ',' | ';' | '.'))
                })
        });
        let plain = before
            .or_else(|| results.first().copied())
            .filter(|m| self.is_own_result(m, study, sentence));
        let mut whole_normal = false;
        if let Some(result) = plain {
            let word = note.concept(&result).field("result").unwrap_or("");
            let negated = word == "abnormal"
                && note.assert(result.span).has(CueCategory::Negated, note.lexicon);
            let read = match word {
                "normal" => EmgResult::Normal,
                "abnormal" if negated => EmgResult::Normal,
                "abnormal" => EmgResult::Abnormal,
                _ => EmgResult::Equivocal,
            };
            let equivocal_of_finding = read == EmgResult::Equivocal && !conditions.is_empty();
            if !equivocal_of_finding {
                let span = study.map_or(result.span, |s| s.span.union(result.span));
                let span = if span.len() <= 120 { span } else { result.span };
                let end =
                    self.tail_end(result.span.end.max(study.map_or(0, |s| s.span.end)), until);
                let own_side = side(Span::new(sentence.span.start, end));
                self.push_study(span, EventStatus::Performed, Some(read), own_side);
                whole_normal = read == EmgResult::Normal;
            }
        }
        let all_denied = !conditions.is_empty() && denied.iter().all(|d| *d);
        if narrative && all_denied && study.is_some() && !whole_normal {
            // "EMG shows no evidence of A, B or C" is one normal study.
            let (Some(study), Some(last)) = (study, conditions.last()) else { return };
            let span = study.span.union(last.span);
            let condition = Some(self.condition(&conditions[0]));
            let levels = note.levels_in(Span::new(
                self.lead_start(conditions[0].span, within.start),
                last.span.end,
            ));
            self.push(
                span,
                Emg {
                    result: Some(EmgResult::Normal),
                    condition,
                    levels,
                    side: side(Span::new(study.span.start, until)),
                    status: EventStatus::Performed,
                },
            );
        } else {
            let mut previous = within.start;
            for (at, mention) in conditions.iter().enumerate() {
                let next = conditions.get(at + 1).map_or(until, |m| m.span.start);
                let result = if denied[at] {
                    EmgResult::Normal
                } else if uncertain_tail || self.is_open(mention.span, previous, sentence) {
                    EmgResult::Equivocal
                } else {
                    EmgResult::Abnormal
                };
                let lead = Span::new(self.lead_start(mention.span, previous), mention.span.end);
                let tail = Span::new(mention.span.end, self.tail_end(mention.span.end, next));
                let levels = note.levels_in(lead);
                let levels = if levels.is_empty() { note.levels_in(tail) } else { levels };
                let own_side = side(lead).or_else(|| side(tail));
                let span = Span::new(self.quote_start(mention.span, previous), mention.span.end);
                self.push(
                    span,
                    Emg {
                        result: Some(result),
                        condition: Some(self.condition(mention)),
                        levels,
                        side: own_side,
                        status: EventStatus::Performed,
                    },
                );
                previous = mention.span.end;
            }
        }
        // "EMG was done in the left arm. This was normal."
        if study.is_none()
            && conditions.is_empty()
            && !results.is_empty()
            && self.going_on.is_some()
        {
            let word = note.concept(&results[0]).field("result").and_then(|w| w.parse().ok());
            let last = self.drafts[..first_drafts].last_mut().map(|d| &mut d.kind);
            if let Some(Kind::Emg(emg)) = last
                && emg.result.is_none()
                && emg.condition.is_none()
                && emg.status == EventStatus::Performed
            {
                emg.result = word;
                self.drafts.truncate(first_drafts);
            }
        }
        let said = self.drafts.len() > first_drafts;
        if !said && let Some(study) = study.filter(|_| narrative) {
            let behind = note.get(Span::new(study.span.end, until));
            let words = note.get(Span::new(study.span.start, until));
            let normal_part = words.contains("normal") && !words.contains("abnormal");
            let place = Span::new(study.span.start, self.tail_end(study.span.end, until));
            if !(sentence.section == Section::Header
                || note.get(sentence.span).len() <= study.span.len() + 25
                    && behind.trim().is_empty())
            {
                self.push_study(
                    self.with_side(study.span, place),
                    EventStatus::Performed,
                    normal_part.then_some(EmgResult::Normal),
                    side(place),
                );
            }
        }
        let leads_on = self.going_on.is_some() && note.get(sentence.span).ends_with("following:");
        if said || study.is_some() || leads_on {
            self.going_on = Some(index);
        } else {
            self.going_on = None;
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
        if emg.result.is_some_and(|r| r != EmgResult::Equivocal) {
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
            .or(self.note.date.filter(|_| self.report))
            .filter(|_| performed);
        self.drafts.push(draft);
    }
}

/// Whether a negative word is the study's own result: "EMG negative".
fn own_result(note: &Note<'_>, study: Span, sentence: &Sentence) -> bool {
    let near = |m: &&Mention| {
        m.span.start.abs_diff(study.end) <= 14 || study.start.abs_diff(m.span.end) <= 3
    };
    note.mentions_in(FINDING, sentence.span)
        .filter(near)
        .any(|m| note.concept(m).field("result") == Some("normal"))
}
