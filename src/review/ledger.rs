//! The events in memory, by what they are about.

use std::collections::{BTreeMap, BTreeSet};

use crate::report::read_fact;
use crate::store::{Event, Target, Verdict};

/// The queue in which disagreements are settled.
pub const ADJUDICATE: &str = "adjudicate";

/// Every event, and what stands of them.
#[derive(Default)]
pub struct Ledger {
    events: Vec<Event>,
    undone: BTreeSet<i64>,
    subjects: BTreeMap<Target, BTreeMap<String, Vec<usize>>>,
}

impl Ledger {
    /// Adds an event; they come in the order of their numbers.
    pub fn add(&mut self, event: Event) {
        self.undone.extend(event.undoes);
        let subjects = self.subjects.entry(event.target).or_default();
        subjects.entry(event.subject.clone()).or_default().push(self.events.len());
        self.events.push(event);
    }

    /// The number of the last event; 0 where there is none.
    pub fn last(&self) -> i64 {
        self.events.last().map_or(0, |event| event.id)
    }

    /// Every event in order.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// Whether an event is taken back.
    pub fn undone(&self, event: &Event) -> bool {
        self.undone.contains(&event.id)
    }

    /// Every event about a subject, in order.
    pub fn about(&self, target: Target, subject: &str) -> impl DoubleEndedIterator<Item = &Event> {
        let places = self.subjects.get(&target).and_then(|subjects| subjects.get(subject));
        places.into_iter().flatten().map(|&at| &self.events[at])
    }

    /// The verdicts about a subject that nobody took back, in order.
    pub fn standing(
        &self,
        target: Target,
        subject: &str,
    ) -> impl DoubleEndedIterator<Item = &Event> {
        self.about(target, subject).filter(|event| {
            !matches!(event.verdict, Verdict::Comment | Verdict::Undo) && !self.undone(event)
        })
    }

    /// The verdict that counts: one that settles a disagreement, else what was said last.
    pub fn current(&self, target: Target, subject: &str) -> Option<&Event> {
        let settles = |event: &&Event| event.queue == ADJUDICATE;
        let settled = self.standing(target, subject).rev().find(settles);
        settled.or_else(|| self.standing(target, subject).next_back())
    }

    /// The verdict that counts for each subject of a kind, by subject.
    pub fn current_of(&self, target: Target) -> impl Iterator<Item = &Event> {
        self.subjects(target).filter_map(move |subject| self.current(target, subject))
    }

    /// The verdict that counts for each subject, by kind of subject and then by subject.
    pub fn all_current(&self) -> impl Iterator<Item = &Event> {
        let all = self.subjects.iter().flat_map(|(target, s)| s.keys().map(move |s| (*target, s)));
        all.filter_map(|(target, subject)| self.current(target, subject))
    }

    /// The subjects of a kind about which anything was said, by name.
    pub fn subjects(&self, target: Target) -> impl Iterator<Item = &str> {
        self.subjects.get(&target).into_iter().flat_map(|s| s.keys().map(String::as_str))
    }

    /// The last that each reviewer says of a subject, by reviewer; without what settles it.
    pub fn opinions(&self, target: Target, subject: &str) -> BTreeMap<&str, &Event> {
        let own = self.standing(target, subject).filter(|event| event.queue != ADJUDICATE);
        own.map(|event| (event.reviewer.as_str(), event)).collect()
    }

    /// Whether reviewers differ over a fact, and nobody settled it.
    pub fn disagreed(&self, subject: &str) -> bool {
        // Most were looked at once.
        if self.about(Target::Fact, subject).nth(1).is_none() {
            return false;
        }
        let opinions = self.opinions(Target::Fact, subject);
        let mut opinions = opinions.values();
        let Some(first) = opinions.next() else { return false };
        let settled = self.standing(Target::Fact, subject).any(|event| event.queue == ADJUDICATE);
        !settled && opinions.any(|other| !agree(first, other))
    }
}

impl FromIterator<Event> for Ledger {
    fn from_iter<I: IntoIterator<Item = Event>>(events: I) -> Self {
        let mut ledger = Self::default();
        events.into_iter().for_each(|event| ledger.add(event));
        ledger
    }
}

/// Whether two verdicts on a fact come to the same.
pub fn agree(a: &Event, b: &Event) -> bool {
    let kind = |event: &Event| event.to.as_deref().and_then(read_fact).map(|to| to.fact.kind);
    a.verdict == b.verdict && (a.verdict != Verdict::Correct || kind(a) == kind(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledger(said: &[(&str, Verdict, &str, Option<i64>)]) -> Ledger {
        let mut ledger = Ledger::default();
        for (at, (reviewer, verdict, queue, undoes)) in said.iter().enumerate() {
            ledger.add(Event {
                id: at as i64 + 1,
                reviewer: (*reviewer).to_owned(),
                subject: "f".to_owned(),
                queue: (*queue).to_owned(),
                verdict: *verdict,
                undoes: *undoes,
                ..Event::default()
            });
        }
        ledger
    }

    #[track_caller]
    fn check(said: &[(&str, Verdict, &str, Option<i64>)], counts: Option<i64>, disagreed: bool) {
        let ledger = ledger(said);
        assert_eq!(ledger.current(Target::Fact, "f").map(|event| event.id), counts);
        assert_eq!(ledger.disagreed("f"), disagreed);
    }

    #[test]
    fn the_last_word_counts_unless_a_disagreement_was_settled() {
        use Verdict::{Accept, Comment, Reject, Undo};
        check(&[], None, false);
        check(&[("a", Accept, "", None), ("a", Reject, "", None)], Some(2), false);
        check(&[("a", Accept, "", None), ("b", Reject, "", None)], Some(2), true);
        check(&[("a", Accept, "", None), ("b", Accept, "", None)], Some(2), false);
        check(&[("a", Accept, "", None), ("a", Comment, "", None)], Some(1), false);
        check(&[("a", Accept, "", None), ("a", Undo, "", Some(1))], None, false);
        let settled =
            [("a", Accept, "", None), ("b", Reject, "", None), ("a", Accept, ADJUDICATE, None)];
        check(&settled, Some(3), false);
        let reopened = [&settled[..], &[("a", Undo, "", Some(3))]].concat();
        check(&reopened, Some(2), true);
        let spoken_after = [&settled[..], &[("b", Reject, "", None)]].concat();
        check(&spoken_after, Some(3), false);
    }
}
