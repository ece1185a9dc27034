//! What a bare "injection" or "block" means, by the procedures told of before it.

use super::phrase::{Phrase, SITE, procedure_at};
use super::{Event, Reader};
use crate::fact::{EventStatus, Intent, Procedure};
use crate::lexicon::WordPattern;
use crate::span::Span;
use crate::tag::Mention;

/// That a procedure was asked for where one is asked for now.
static SAME: WordPattern = WordPattern::new(r"\b(?:same |this {injection-word/where})");

/// That it was not tried, behind its name.
static UNTRIED: WordPattern = WordPattern::new(r"\b{injection-word/untried}\b");

/// That a row answers that there was none: "Injections: none to date".
static NONE_BEHIND: WordPattern = WordPattern::new(
    r"^s?(?: (?:to date|so far|tried|ever|before|given|had))?(?: ?[:.?_|=-]+ ?| ){injection-word/answers-no}(?:,? (?:to date|so far|ever|yet|anywhere|(?:of|at) any|any|before)\b| *(?:$|[.;,)]))",
);

/// That a row is about another nerve or place than the one that was told of.
static ELSEWHERE: WordPattern = WordPattern::new(r"^[^.;:?]{0,12}\b{injection-word/elsewhere}\b");

/// That a procedure without a name is to be done.
static PLANNED_ACT: WordPattern = WordPattern::new(r"\b{injection-word/planned-act}\b");

/// That a test without a name was made: "a test block was given in the fall".
static SAID_DONE: WordPattern =
    WordPattern::new(r"^ (?:was|were|has been|had been) {injection-word/done-behind}\b");

/// That a block without a name follows another.
static AGAIN: WordPattern = WordPattern::new(r"\b{injection-word/again}\b");

/// How far before a bare "injection" the place that it went into may stand (bytes).
const PLACE_REACH: usize = 80;

/// Whether a procedure is a nerve's block.
fn is_block(procedure: Procedure) -> bool {
    use Procedure as P;
    matches!(procedure, P::PeripheralNerveBlock | P::MedialBranchBlock | P::SympatheticBlock)
}

impl Reader<'_, '_> {
    /// The place that is named last between two places of a sentence, not far before the second.
    fn last_place(&self, from: usize, until: usize) -> Option<&Mention> {
        let before = Span::new(from.max(until.saturating_sub(PLACE_REACH)), until.max(from));
        self.note.mentions_in(SITE, before).last()
    }

    /// What goes into the joint or bursa that is named last between two places of a sentence.
    fn place_before(&self, from: usize, until: usize) -> Option<Procedure> {
        let procedure = procedure_at(self.note.concept(self.last_place(from, until)?), false)?;
        matches!(procedure, Procedure::Joint | Procedure::Bursa).then_some(procedure)
    }

    /// Where an injection went that takes its procedure from the joint or bursa named before it:
    /// "LEFT KNEE: better since the cortisone shot".
    pub(super) fn target_before(&self, from: usize, until: usize) -> Option<String> {
        let place = self.last_place(from, until)?;
        let target = self.note.concept(place).field("target").map(str::to_owned);
        target.or_else(|| Some(self.note.get(place.span).to_owned()))
    }

    /// What "injection" or "the block" means: the procedure of the nearest event, and that event.
    ///
    /// `None` where the bare word tells nothing.
    pub(super) fn resolve(
        &self,
        index: usize,
        phrase: &Phrase,
        status: EventStatus,
        helped: bool,
        dated: bool,
    ) -> Option<(Procedure, Option<usize>)> {
        let note = self.note;
        let sentence = &note.sentences[index];
        let name = note.get(phrase.span);
        let behind_head =
            note.get(Span::new(phrase.head.end, sentence.span.end.max(phrase.head.end)));
        let lead = note.get(Span::new(sentence.span.start, phrase.head.start));
        let near = lead[lead.ceil_char_boundary(lead.len().saturating_sub(40))..].trim_end();
        if status == EventStatus::NotDone {
            // "No other injections" and "no further injections" speak of those that were done.
            let beside = ["other", "further", "additional", "more", "another", "repeat", "new"];
            let others = beside.iter().any(|w| {
                near.ends_with(w) || near.contains(&format!(" {w} ")) || name.starts_with(w)
            });
            let listed = near.ends_with("or other")
                || near.ends_with("and other")
                || near.ends_with("nor other");
            // "Prior block of the same nerve? No": that one was not done; others may have been.
            let words = note.get(Span::new(phrase.span.start, sentence.span.end));
            let same = SAME.of(note.lexicon).is_match(words);
            if phrase.class == "block" || (same && phrase.class == "needle") {
                let asked = |e: &Event| e.named && e.injection.status == Some(EventStatus::Planned);
                let like = self.events.iter().position(asked).filter(|_| same);
                let found = like.map(|at| self.events[at].injection.procedure);
                let default = (phrase.class == "block").then_some(Procedure::PeripheralNerveBlock);
                return found.or(default).map(|procedure| (procedure, like));
            }
            let ever =
                ["no", "never", "any", "prior", "previous", "none", "denies", "without", "had"];
            let said = near.split(' ').chain(name.split(' ')).any(|w| ever.contains(&w));
            let turned_down = note
                .mentions_in("injection-word", sentence.span)
                .any(|m| note.concept(m).id == "declined");
            let untried = UNTRIED.of(note.lexicon).is_match(behind_head);
            let none =
                phrase.class == "needle" && NONE_BEHIND.of(note.lexicon).is_match(behind_head);
            let said = said || turned_down || untried || none;
            return (phrase.class != "verb" && (!others || listed) && said)
                .then_some((Procedure::Other, None));
        }
        if ELSEWHERE.of(note.lexicon).is_match(behind_head) {
            return None;
        }
        if phrase.rule.ends_with("procedures-before") {
            return helped.then_some((Procedure::Other, None));
        }
        let fits = |event: &Event| {
            event.named
                && (phrase.class != "block"
                    || !matches!(
                        event.injection.procedure,
                        Procedure::Stimulator
                            | Procedure::Pump
                            | Procedure::Discogram
                            | Procedure::Vertebroplasty
                            | Procedure::Botox
                            | Procedure::Rfa
                            | Procedure::TriggerPoint
                            | Procedure::Bursa
                            | Procedure::Joint
                    ))
        };
        // "a second confirmatory block" repeats a block before it repeats an injection.
        let blocks = |e: &Event| is_block(e.injection.procedure);
        let planned = status == EventStatus::Planned;
        let title = self.events.iter().position(|e| e.title && planned);
        let before = title
            .or_else(|| {
                let like = |e: &Event| phrase.class == "block" && planned && blocks(e);
                self.events.iter().rposition(like)
            })
            .or_else(|| {
                let told = |e: &Event| e.performed() || planned;
                self.events.iter().rposition(|e| fits(e) && told(e))
            })
            .or_else(|| self.events.iter().rposition(fits));
        let behind = || {
            let later = |p: &&Phrase| p.head.start > phrase.head.start;
            self.named[index..].iter().flatten().filter(later).filter_map(|p| p.procedure)
        };
        // "dx block" before anything is named: a nerve's, where one is named further on.
        let test = phrase.class == "block" && phrase.intent == Some(Intent::Diagnostic);
        let is_noun_of = |p: &Procedure| phrase.class != "block" || is_block(*p);
        let after =
            behind().find(|p| test && is_block(*p)).or_else(|| behind().next().filter(is_noun_of));
        let planned_act = PLANNED_ACT.of(note.lexicon).is_match(note.get(sentence.span));
        let before_name = note.get(Span::new(sentence.span.start, phrase.span.start)).trim_end();
        let indefinite = before_name.ends_with(" a") || before_name.ends_with(" an");
        let behind_name =
            note.get(Span::new(phrase.span.end, sentence.span.end.max(phrase.span.end)));
        let tells = match status {
            EventStatus::Performed => {
                helped
                    || dated
                    || phrase.steroid
                    || (test && SAID_DONE.of(note.lexicon).is_match(behind_name))
            }
            _ => {
                let again = phrase.class == "block" && AGAIN.of(note.lexicon).is_match(near);
                (phrase.steroid && indefinite)
                    || ((planned_act && phrase.class == "needle" || again) && before.is_some())
            }
        };
        if !tells || phrase.class == "verb" {
            return None;
        }
        // "Right knee: PT and a cortisone shot" goes to that knee, whatever was told of before.
        if status == EventStatus::Performed
            && phrase.class == "needle"
            && let Some(place) = self.place_before(sentence.span.start, phrase.head.start)
        {
            return Some((place, None));
        }
        let procedure = before.map(|at| self.events[at].injection.procedure).or(after);
        let antecedent = before.filter(|_| status == EventStatus::Performed || !phrase.steroid);
        Some((procedure.unwrap_or(Procedure::Other), antecedent))
    }
}
