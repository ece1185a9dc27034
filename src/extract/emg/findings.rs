//! What a study that was done found: its result as a whole, and each condition.

use super::Reader;
use crate::fact::{Emg, EmgResult, EventStatus, Kind, Section};
use crate::lexicon::CueCategory;
use crate::span::Span;
use crate::tag::Mention;

impl Reader<'_, '_> {
    /// Results and findings of a sentence that speaks of a study that was done.
    pub(super) fn read_findings(&mut self, index: usize, study: Option<Mention>, narrative: bool) {
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
        // "Slight changes in the S1 muscles, insufficient for a diagnosis": of no condition but of the study.
        let open = |m: &&Mention| note.concept(m).field("result") == Some("equivocal");
        let left_open = || results.iter().find(open).filter(|_| conditions.is_empty()).copied();
        let plain = plain.or_else(|| study.and_then(|_| left_open()));
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
        // "Equivocal, not enough to call or to dismiss an S1 radiculopathy" denies nothing.
        let equivocal = results.iter().any(|m| open(&m));
        let all_denied = !equivocal && !conditions.is_empty() && denied.iter().all(|d| *d);
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
                let result = if denied[at] && (!equivocal || self.concluded_normal(index)) {
                    EmgResult::Normal
                } else if uncertain_tail
                    || (denied[at] && equivocal)
                    || self.is_open(mention.span, previous, sentence)
                {
                    EmgResult::Equivocal
                } else {
                    EmgResult::Abnormal
                };
                let lead = Span::new(self.lead_start(mention.span, previous), mention.span.end);
                let tail = Span::new(mention.span.end, self.tail_end(mention.span.end, next));
                let levels = note.levels_in(lead);
                let levels = if levels.is_empty() { note.levels_in(tail) } else { levels };
                let own_side = side(lead).or_else(|| side(tail));
                // "slowing of the right ulnar nerve is insufficient for ulnar neuropathy"
                let only = (result == EmgResult::Equivocal && conditions.len() == 1)
                    .then(|| side(Span::new(within.start, mention.span.start)))
                    .flatten();
                let span = Span::new(self.quote_start(mention.span, previous), mention.span.end);
                let emg = Emg {
                    result: Some(result),
                    condition: Some(self.condition(mention)),
                    levels,
                    side: own_side.or(only),
                    status: EventStatus::Performed,
                };
                match self.graded_sides(lead) {
                    Some(sides) => {
                        for (place, side) in sides {
                            let place = if place.end == sides[1].0.end {
                                place.union(mention.span)
                            } else {
                                place
                            };
                            self.push(place, Emg { side: Some(side), ..emg.clone() });
                        }
                    }
                    None => self.push(span, emg),
                }
                previous = mention.span.end;
            }
        }
        // "EMG was done in the left arm. This was normal."
        if study.is_none()
            && conditions.is_empty()
            && !results.is_empty()
            && !self.is_of_nerve(&results[0], sentence)
            && let Some(earlier) = self.going_on
        {
            let word = note.concept(&results[0]).field("result").and_then(|w| w.parse().ok());
            // "EMG: chronic neurogenic change. The rest was normal."
            let both = note.sentences[earlier].span.union(sentence.span);
            let mixed = word == Some(EmgResult::Normal) && self.tells_change(both);
            let last = self.drafts[..first_drafts].last_mut().map(|d| &mut d.kind);
            if let Some(Kind::Emg(emg)) = last
                && !mixed
                && emg.result.is_none()
                && emg.condition.is_none()
                && emg.status == EventStatus::Performed
            {
                emg.result = word;
                self.drafts.truncate(first_drafts);
            }
        }
        let said = self.drafts.len() > first_drafts;
        if study.is_none() && !self.report && self.going_on.is_some() {
            self.drop_bare(first_drafts);
        }
        if !said && let Some(study) = study.filter(|_| narrative) {
            let behind = note.get(Span::new(study.span.end, until));
            let told = Span::new(study.span.start, until);
            let normal_part = note.get(told).contains("normal") && !self.tells_change(told);
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

    /// Whether the conclusion that a sentence stands in has called the study normal: what then "does not
    /// meet the criteria" is not there.
    fn concluded_normal(&self, index: usize) -> bool {
        let note = self.note;
        let heading = note.sentences[index].heading;
        let mut before = self
            .drafts
            .iter()
            .rev()
            .filter(|draft| note.sentence_at(draft.span).is_some_and(|s| s.heading == heading));
        let last = before.find_map(|draft| match &draft.kind {
            Kind::Emg(emg) if emg.condition.is_none() => emg.result,
            _ => None,
        });
        self.report && last == Some(EmgResult::Normal)
    }

    /// "EMG of the right arm. There is a C6 radiculopathy." is told once, by what was found.
    fn drop_bare(&mut self, first: usize) {
        let bare = |kind: &Kind| match kind {
            Kind::Emg(emg) => {
                emg.result.is_none()
                    && emg.condition.is_none()
                    && emg.status == EventStatus::Performed
            }
            _ => false,
        };
        let Some(at) = first.checked_sub(1).filter(|&at| bare(&self.drafts[at].kind)) else {
            return;
        };
        let Kind::Emg(study) = self.drafts[at].kind.clone() else { return };
        if self.drafts.len() == first {
            return;
        }
        let date = self.drafts[at].date;
        for draft in &mut self.drafts[first..] {
            draft.date = draft.date.or(date);
            if let Kind::Emg(emg) = &mut draft.kind {
                emg.side = emg.side.or(study.side);
            }
        }
        self.drafts.remove(at);
    }
}
