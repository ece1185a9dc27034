//! The cases behind each figure, small enough for a page: which case has what, as sets of numbers.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::query::encode;
use crate::analysis::cohort::Cohort;
use crate::analysis::dimension::Dimension;
use crate::analysis::tables::{band, pathway};
use crate::report::items;

/// The digits of both encodings.
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Sets of cases by what they have in common, sort by sort.
#[derive(Default)]
struct Sets(BTreeMap<&'static str, BTreeMap<String, BTreeSet<u32>>>);

impl Sets {
    fn add(&mut self, sort: &'static str, value: &str, case: u32) {
        let sets = self.0.entry(sort).or_default();
        match sets.get_mut(value) {
            Some(set) => set.insert(case),
            None => sets.entry(value.to_owned()).or_default().insert(case),
        };
    }
}

/// What the page's script looks cases up in. `roots` are the paths of the report folders from
/// where the page stands.
pub fn data(cohort: &Cohort, roots: &[String]) -> Value {
    let names = &cohort.names;
    let mut sets = Sets::default();
    for ruling in &cohort.rulings {
        for dimension in Dimension::ALL.iter().filter(|dimension| !dimension.is_of_reasons()) {
            let value = dimension.of(cohort, ruling, None);
            sets.add(dimension.as_str(), names.word(value), ruling.case);
        }
        for step in items(names.word(ruling.one_fix_away)) {
            sets.add("fix", step, ruling.case);
        }
        for flag in cohort.holds(ruling) {
            sets.add("flag", flag.as_str(), ruling.case);
        }
    }
    for (case, band) in band::of_cases(cohort).into_iter().enumerate() {
        sets.add("legibility", band, case as u32);
    }
    criteria(cohort, &mut sets);
    steps(cohort, &mut sets);
    let sets: Map<String, Value> = sets
        .0
        .into_iter()
        .map(|(sort, sets)| {
            let sets: Map<String, Value> =
                sets.into_iter().map(|(value, set)| (value, pack(&set).into())).collect();
            (sort.to_owned(), sets.into())
        })
        .collect();
    json!({
        "roots": roots.iter().map(|root| encode_path(root)).collect::<Vec<_>>(),
        "cases": cases(cohort),
        "kinds": kinds(cohort),
        "sets": sets,
    })
}

/// A path as a link has it.
fn encode_path(path: &str) -> String {
    let parts: Vec<String> = path.split('/').map(encode).collect();
    parts.join("/")
}

/// Id of each case; with its report and the path of its assessment where they are not the usual ones.
fn cases(cohort: &Cohort) -> Vec<Value> {
    let usual = |id: &str| format!("assessments/{id}.md");
    let case = |case: &crate::analysis::cohort::Case| match (&*case.id, &*case.assessment) {
        (id, path) if case.report == 0 && path == usual(id) => json!(id),
        (id, path) => json!([id, case.report, path]),
    };
    cohort.cases.iter().map(case).collect()
}

/// Distinct reasons with the cases that they stand against.
fn kinds(cohort: &Cohort) -> Vec<Value> {
    let mut of_kind: Vec<BTreeSet<u32>> = vec![BTreeSet::new(); cohort.kinds.len()];
    for reason in &cohort.reasons {
        of_kind[reason.kind as usize].insert(reason.case);
    }
    let word = |name: u32| cohort.names.word(name);
    let kinds = cohort.kinds.iter().zip(of_kind).map(|(kind, cases)| {
        json!({
            "policy": word(kind.policy),
            "reason": word(kind.reason),
            "class": word(kind.class),
            "category": word(kind.category),
            "criterion": word(kind.criterion),
            "curable": kind.curable.to_string(),
            "primary": kind.primary.to_string(),
            "cures": kind.cured_by.iter().map(|step| word(*step)).collect::<Vec<_>>(),
            "set": pack(&cases),
        })
    });
    kinds.collect()
}

fn criteria(cohort: &Cohort, sets: &mut Sets) {
    let distinct: Vec<Vec<&str>> = cohort.criteria.distinct().collect();
    let mut names: BTreeMap<usize, (String, Vec<&str>)> = BTreeMap::new();
    for (row, cells) in distinct.iter().enumerate() {
        if let &[policy, id, _, _, result, missing] = cells.as_slice() {
            let missing =
                if result == "not_documented" { items(missing).collect() } else { vec![] };
            names.insert(row, (format!("{policy}|{id}|{result}"), missing));
        }
    }
    for (case, row) in cohort.criteria.iter() {
        let Some((name, missing)) = names.get(&row) else { continue };
        sets.add("results", name, case);
        for fact in missing {
            sets.add("missing_fact", fact, case);
        }
    }
}

fn steps(cohort: &Cohort, sets: &mut Sets) {
    pathway::walk(cohort, |case, [policy, _, id, _, status], through| {
        sets.add("pathway", &format!("{policy}|{id}|{status}"), case);
        if through {
            sets.add("pathway", &format!("{policy}|{id}|through"), case);
        }
    });
}

/// A set in the shorter of two writings: `v` and the steps from number to number, five bits a digit,
/// the sixth where more follow; or `b` and a bit a number, six a digit.
fn pack(set: &BTreeSet<u32>) -> String {
    let mut steps = String::from("v");
    let mut next = 0;
    for number in set {
        let mut step = number - next;
        next = number + 1;
        loop {
            let more = if step > 31 { 32 } else { 0 };
            steps.push(char::from(DIGITS[(step & 31 | more) as usize]));
            step >>= 5;
            if more == 0 {
                break;
            }
        }
    }
    let length = set.last().map_or(0, |last| last / 6 + 1) as usize;
    if steps.len() <= length + 1 {
        return steps;
    }
    let mut bits = vec![0u8; length];
    for number in set {
        bits[(number / 6) as usize] |= 1 << (number % 6);
    }
    std::iter::once('b')
        .chain(bits.into_iter().map(|six| char::from(DIGITS[six as usize])))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the page's script reads it.
    fn unpack(text: &str) -> BTreeSet<u32> {
        let digits = text[1..].bytes().map(|c| DIGITS.iter().position(|d| *d == c).unwrap() as u32);
        let mut set = BTreeSet::new();
        if text.starts_with('b') {
            for (place, six) in (0..).zip(digits) {
                set.extend((0..6).filter(|bit| six >> bit & 1 == 1).map(|bit| place * 6 + bit));
            }
            return set;
        }
        let (mut next, mut step, mut shift) = (0, 0, 0);
        for digit in digits {
            step |= (digit & 31) << shift;
            shift += 5;
            if digit < 32 {
                set.insert(next + step);
                (next, step, shift) = (next + step + 1, 0, 0);
            }
        }
        set
    }

    #[test]
    fn sets_come_back_and_are_small() {
        let sets: [BTreeSet<u32>; 5] = [
            BTreeSet::new(),
            [0].into(),
            [7, 40, 5_000, 99_999].into(),
            (0..10_000).collect(),
            (0..10_000).filter(|n| n % 3 == 0).collect(),
        ];
        for set in sets {
            let packed = pack(&set);
            assert!(packed.len() < 1_670, "{}", packed.len());
            assert!(unpack(&packed) == set);
        }
    }
}
