//! What reviewers changed, put into the facts of a case.

use std::collections::BTreeMap;

use super::Ledger;
use crate::chart::ChartDocument;
use crate::fact::Fact;
use crate::report::{StoredFact, read_fact};
use crate::store::{Event, Target, Verdict};

/// Stands in a fact's rule where a person had the last word, as in `pain-score+human`; alone
/// where the program missed the fact.
pub const HUMAN: &str = "human";

/// What a reviewer makes of a fact that the program took.
#[derive(Clone, PartialEq)]
enum Change {
    /// It is to be this one.
    Correct(Box<Fact>),
    /// The record does not say it.
    Reject,
}

/// All that reviewers changed and that stands.
#[derive(Clone, Default)]
pub struct Reviews {
    /// By the fact's id.
    changes: BTreeMap<String, Change>,
    /// Facts that the program missed, by the content of the file, each with its part of the file.
    missed: BTreeMap<String, Vec<(usize, Fact)>>,
    /// The words that all of it stands in, for a hash.
    said: Vec<(String, &'static str, String)>,
}

impl Reviews {
    /// What stands of these events.
    pub fn of(events: &[Event]) -> Self {
        Self::in_ledger(&events.iter().cloned().collect())
    }

    /// What stands of a ledger.
    pub fn in_ledger(ledger: &Ledger) -> Self {
        let mut reviews = Self::default();
        for event in ledger.all_current() {
            let to = event.to.as_deref().and_then(read_fact);
            match (event.target, event.verdict, to) {
                (Target::Fact, Verdict::Correct, Some(to)) => {
                    let change = Change::Correct(Box::new(to.fact));
                    reviews.changes.insert(event.subject.clone(), change);
                }
                (Target::Fact, Verdict::Reject, _) => {
                    reviews.changes.insert(event.subject.clone(), Change::Reject);
                }
                (Target::Missed, Verdict::Missed, Some(StoredFact { part, fact, content, .. })) => {
                    reviews.missed.entry(content).or_default().push((part, fact));
                }
                _ => continue,
            }
            let to = event.to.clone().unwrap_or_default();
            reviews.said.push((event.subject.clone(), event.verdict.as_str(), to));
        }
        reviews.said.sort();
        reviews
    }

    /// A hash of all that is changed, 64 hexadecimal digits; `None` where nothing is.
    pub fn mark(&self) -> Option<String> {
        let said = serde_json::to_vec(&self.said).unwrap_or_default();
        (!self.said.is_empty()).then(|| blake3::hash(&said).to_hex().to_string())
    }

    /// Changes the facts of a file, of which `content` is the hash; yields the facts as the
    /// program took them, where they are changed or gone, each with its part of the file.
    pub fn apply(
        &self,
        content: &str,
        parts: &mut [(ChartDocument, Vec<Fact>)],
    ) -> Vec<(usize, Fact)> {
        let mut replaced = Vec::new();
        for (at, (_, facts)) in parts.iter_mut().enumerate() {
            facts.retain_mut(|fact| match self.changes.get(&fact.id) {
                None => true,
                Some(Change::Reject) => {
                    replaced.push((at, fact.clone()));
                    false
                }
                Some(Change::Correct(to)) => {
                    replaced.push((at, fact.clone()));
                    correct(fact, to);
                    true
                }
            });
        }
        for (part, fact) in self.missed.get(content).into_iter().flatten() {
            let part = (*part).min(parts.len().saturating_sub(1));
            if let Some((_, facts)) = parts.get_mut(part) {
                facts.push(fact.clone());
            }
        }
        replaced
    }
}

/// Says of a fact what a reviewer says; where it stands and by which rule it was found stays.
fn correct(fact: &mut Fact, to: &Fact) {
    fact.kind = to.kind.clone();
    fact.assertion = to.assertion.clone();
    fact.date = to.date;
    fact.rule = format!("{}+{HUMAN}", fact.rule);
    fact.confidence = 1.0;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::{Assertion, Kind, Place, Section};
    use crate::report::FactRow;

    fn fact(id: &str, kind: &str, start: usize) -> Fact {
        Fact {
            id: id.to_owned(),
            kind: toml::from_str(kind).unwrap(),
            assertion: Assertion::default(),
            date: None,
            section: Section::Other,
            rule: "rule+cue".to_owned(),
            confidence: 0.5,
            place: Place {
                page: 1,
                start,
                end: start + 4,
                quote: "abcd".to_owned(),
                ..Place::default()
            },
        }
    }

    fn line_of(fact: &Fact, content: &str) -> String {
        let row = FactRow { case_id: Some("case"), document: "a.pdf", part: 0, fact };
        let line = serde_json::to_string(&row).unwrap();
        line.replacen('{', &format!("{{\"content_hash\":\"{content}\","), 1)
    }

    fn said(id: i64, target: Target, verdict: Verdict, from: &Fact, to: Option<&Fact>) -> Event {
        Event {
            id,
            reviewer: "ann".to_owned(),
            target,
            subject: from.id.clone(),
            case_id: "case".to_owned(),
            verdict,
            from: Some(line_of(from, "")),
            to: to.map(|to| line_of(to, "c0")),
            ..Event::default()
        }
    }

    const DRUG: &str = "kind = 'medication'\nname = 'gabapentin'\n";

    #[test]
    fn what_stands_is_put_into_the_facts() {
        let (wrong, none) = (fact("a", DRUG, 10), fact("b", DRUG, 20));
        let right = fact("a", &format!("{DRUG}dose = '300 mg'"), 10);
        let missed = fact("m", "kind = 'nantes'\ncriterion = 'worse_sitting'", 30);
        let events = [
            said(1, Target::Fact, Verdict::Correct, &wrong, Some(&right)),
            said(2, Target::Fact, Verdict::Reject, &none, None),
            said(3, Target::Missed, Verdict::Missed, &missed, Some(&missed)),
        ];
        let reviews = Reviews::of(&events);
        let mut parts = vec![(
            ChartDocument::default(),
            vec![wrong.clone(), none.clone(), fact("c", DRUG, 25)],
        )];
        let replaced = reviews.apply("c0", &mut parts);
        assert!(replaced == [(0, wrong), (0, none)]);
        let (_, facts) = &parts[0];
        let told: Vec<(&str, &str, f32)> =
            facts.iter().map(|f| (f.id.as_str(), f.rule.as_str(), f.confidence)).collect();
        assert_eq!(
            told,
            [("a", "rule+cue+human", 1.0), ("c", "rule+cue", 0.5), ("m", "rule+cue", 0.5)]
        );
        assert!(
            matches!(&facts[0].kind, Kind::Medication(m) if m.dose.as_deref() == Some("300 mg"))
        );
        // Another file's facts are not touched by what was missed here.
        let mut other = vec![(ChartDocument::default(), vec![])];
        reviews.apply("c1", &mut other);
        assert!(other[0].1.is_empty());
    }

    #[test]
    fn what_is_taken_back_changes_nothing() {
        let none = fact("b", DRUG, 20);
        let reject = said(1, Target::Fact, Verdict::Reject, &none, None);
        let undo = Event { id: 2, verdict: Verdict::Undo, undoes: Some(1), ..reject.clone() };
        assert_ne!(Reviews::of(std::slice::from_ref(&reject)).mark(), None);
        assert_eq!(Reviews::of(&[reject.clone(), undo]).mark(), None);
        let accept = Event { id: 2, verdict: Verdict::Accept, ..reject.clone() };
        assert_eq!(Reviews::of(&[reject, accept]).mark(), None);
    }
}
