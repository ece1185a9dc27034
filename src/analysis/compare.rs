//! Two reports of the same cases held against each other: which reasons grew, which cases came out
//! otherwise, and the facts that did it.

use std::collections::{BTreeMap, BTreeSet};

use crate::report::items;

/// What one report says of a case under one policy.
#[derive(Clone, Default)]
pub struct Ruling {
    /// The case.
    pub case_id: String,
    /// The policy.
    pub policy_id: String,
    /// Its version.
    pub policy_version: String,
    /// The recommendation.
    pub determination: String,
    /// Ids of the reasons against.
    pub reasons: BTreeSet<String>,
}

impl Ruling {
    /// The policy with its version.
    pub fn policy(&self) -> String {
        format!("{}@{}", self.policy_id, self.policy_version)
    }
}

/// What a criterion came to in a case.
#[derive(Clone, Default)]
pub struct Result {
    /// What it came to.
    pub result: String,
    /// The facts that decided it.
    pub facts: BTreeSet<String>,
}

/// Criteria of cases: by case, policy and criterion.
pub type Results = BTreeMap<(String, String, String), Result>;

/// Two rulings on one case.
pub struct Pair {
    /// As the old report has it.
    pub old: Ruling,
    /// As the new one has it.
    pub new: Ruling,
}

impl Pair {
    /// Whether the case came out otherwise.
    pub fn changed(&self) -> bool {
        self.old.determination != self.new.determination || self.old.reasons != self.new.reasons
    }
}

/// Cases of both reports, and those of one alone.
#[derive(Default)]
pub struct Pairs {
    /// In the order of the cases.
    pub pairs: Vec<Pair>,
    /// Cases that only the old report has.
    pub only_old: Vec<String>,
    /// Cases that only the new one has.
    pub only_new: Vec<String>,
}

/// Pairs rulings case by case. Where a case has one on each side they are a pair, whatever their
/// policies; where it has more, those of one policy are, of one version first.
pub fn pair(old: Vec<Ruling>, new: Vec<Ruling>) -> Pairs {
    let by_case = |rulings: Vec<Ruling>| {
        let mut cases: BTreeMap<String, Vec<Ruling>> = BTreeMap::new();
        for ruling in rulings {
            cases.entry(ruling.case_id.clone()).or_default().push(ruling);
        }
        cases
    };
    let (old, mut new) = (by_case(old), by_case(new));
    let mut pairs = Pairs::default();
    for (case, mut olds) in old {
        let Some(mut news) = new.remove(&case) else {
            pairs.only_old.push(case);
            continue;
        };
        if olds.len() == 1 && news.len() == 1 {
            pairs.pairs.extend(olds.pop().zip(news.pop()).map(|(old, new)| Pair { old, new }));
            continue;
        }
        for old in olds {
            let like = |version: bool| {
                news.iter().position(|new| {
                    new.policy_id == old.policy_id
                        && (!version || new.policy_version == old.policy_version)
                })
            };
            if let Some(place) = like(true).or_else(|| like(false)) {
                pairs.pairs.push(Pair { new: news.remove(place), old });
            }
        }
    }
    pairs.only_new = new.into_keys().collect();
    pairs
}

/// How a reason fared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReasonChange {
    /// Cases that had it.
    pub old: u64,
    /// Cases that have it.
    pub new: u64,
    /// Cases that have it and had not.
    pub gained: u64,
    /// Cases that had it and have not.
    pub lost: u64,
}

/// How the reasons fared, those that grew most first.
pub fn reasons(pairs: &[Pair]) -> Vec<(String, ReasonChange)> {
    let mut changes: BTreeMap<&str, ReasonChange> = BTreeMap::new();
    for pair in pairs {
        for reason in pair.old.reasons.union(&pair.new.reasons) {
            let (had, has) = (pair.old.reasons.contains(reason), pair.new.reasons.contains(reason));
            let change = changes.entry(reason).or_default();
            change.old += u64::from(had);
            change.new += u64::from(has);
            change.gained += u64::from(has && !had);
            change.lost += u64::from(had && !has);
        }
    }
    let mut changes: Vec<(String, ReasonChange)> =
        changes.into_iter().map(|(reason, change)| (reason.to_owned(), change)).collect();
    changes.sort_by_key(|(_, change)| change.lost as i64 - change.gained as i64);
    changes
}

/// How many cases went from which recommendation to which; most first.
pub fn moves(pairs: &[Pair]) -> Vec<(String, String, u64)> {
    let mut counts: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for Pair { old, new } in pairs {
        if old.determination != new.determination {
            *counts.entry((&old.determination, &new.determination)).or_default() += 1;
        }
    }
    let mut moves: Vec<_> = counts
        .into_iter()
        .map(|((old, new), count)| (old.to_owned(), new.to_owned(), count))
        .collect();
    moves.sort_by_key(|(_, _, count)| std::cmp::Reverse(*count));
    moves
}

/// A criterion that came out otherwise, and what did it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cause {
    /// The criterion.
    pub criterion: String,
    /// What it had come to; empty where the old policy has no such criterion.
    pub old: String,
    /// What it comes to; empty where the new one has none.
    pub new: String,
    /// Facts that decided it and do no longer.
    pub facts_lost: Vec<String>,
    /// Facts that decide it now.
    pub facts_gained: Vec<String>,
}

/// The criteria of a case that came out otherwise.
pub fn causes(pair: &Pair, old: &Results, new: &Results) -> Vec<Cause> {
    fn own<'a>(results: &'a Results, ruling: &Ruling) -> BTreeMap<&'a str, &'a Result> {
        let first = (ruling.case_id.clone(), ruling.policy_id.clone(), String::new());
        let ours = results.range(first..).take_while(|((case, policy, _), _)| {
            *case == ruling.case_id && *policy == ruling.policy_id
        });
        ours.map(|((_, _, criterion), result)| (criterion.as_str(), result)).collect()
    }
    let (old, new) = (own(old, &pair.old), own(new, &pair.new));
    let all: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
    let none = Result::default();
    all.into_iter()
        .filter_map(|criterion| {
            let was = old.get(criterion).copied().unwrap_or(&none);
            let is = new.get(criterion).copied().unwrap_or(&none);
            (was.result != is.result).then(|| Cause {
                criterion: criterion.to_owned(),
                old: was.result.clone(),
                new: is.result.clone(),
                facts_lost: was.facts.difference(&is.facts).cloned().collect(),
                facts_gained: is.facts.difference(&was.facts).cloned().collect(),
            })
        })
        .collect()
}

/// The items of a list cell, each once.
pub fn list(cell: &str) -> BTreeSet<String> {
    items(cell).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ruling(case: &str, policy: &str, determination: &str, reasons: &str) -> Ruling {
        Ruling {
            case_id: case.into(),
            policy_id: policy.into(),
            policy_version: "1".into(),
            determination: determination.into(),
            reasons: list(reasons),
        }
    }

    #[test]
    fn cases_are_paired_and_what_changed_is_told() {
        let old = vec![
            ruling("a", "p", "no", "x;y"),
            ruling("b", "p", "yes", ""),
            ruling("gone", "p", "yes", ""),
        ];
        let new = vec![
            ruling("a", "q", "yes", ""),
            ruling("b", "q", "yes", "z"),
            ruling("come", "q", "yes", ""),
        ];
        let pairs = pair(old, new);
        assert_eq!((pairs.only_old, pairs.only_new), (vec!["gone".into()], vec!["come".into()]));
        assert!(pairs.pairs.iter().all(Pair::changed));
        assert_eq!(moves(&pairs.pairs), [("no".into(), "yes".into(), 1)]);
        let reasons = reasons(&pairs.pairs);
        let change = |old, new, gained, lost| ReasonChange { old, new, gained, lost };
        assert_eq!(
            reasons,
            [
                ("z".into(), change(0, 1, 1, 0)),
                ("x".into(), change(1, 0, 0, 1)),
                ("y".into(), change(1, 0, 0, 1))
            ]
        );
    }

    #[test]
    fn of_several_policies_like_is_paired_with_like() {
        let old = vec![ruling("a", "p", "no", ""), ruling("a", "q", "yes", "")];
        let new = vec![ruling("a", "q", "yes", ""), ruling("a", "p", "no", "")];
        let pairs = pair(old, new);
        assert_eq!(pairs.pairs.len(), 2);
        assert!(!pairs.pairs.iter().any(Pair::changed));
    }

    #[test]
    fn a_cause_names_the_facts_that_came_and_went() {
        let result =
            |result: &str, facts: &str| Result { result: result.into(), facts: list(facts) };
        let key = |policy: &str, id: &str| ("a".to_owned(), policy.to_owned(), id.to_owned());
        let old = Results::from([
            (key("p", "same"), result("met", "1")),
            (key("p", "turned"), result("met", "1;2")),
        ]);
        let new = Results::from([
            (key("q", "same"), result("met", "3")),
            (key("q", "turned"), result("not_met", "2;4")),
            (key("q", "only"), result("not_documented", "")),
        ]);
        let pair = Pair { old: ruling("a", "p", "yes", ""), new: ruling("a", "q", "no", "turned") };
        let causes = causes(&pair, &old, &new);
        let told: Vec<String> = causes
            .iter()
            .map(|c| {
                format!(
                    "{} {}>{} -{:?} +{:?}",
                    c.criterion, c.old, c.new, c.facts_lost, c.facts_gained
                )
            })
            .collect();
        assert_eq!(told, ["only >not_documented -[] +[]", "turned met>not_met -[\"1\"] +[\"4\"]"]);
    }
}
