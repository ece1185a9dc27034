//! How far cases have got on the pathway.

use std::collections::BTreeMap;

use super::Distinct;
use crate::analysis::cohort::Cohort;
use crate::analysis::figures::Measure;
use crate::analysis::summary::{Figure, Group, Parts, Table};

/// What a step may be, in the order of its figures.
const STATUSES: [&str; 4] = ["done", "needed", "blocked", "not_applicable"];

/// By policy and step: what it is in how many cases, and how many have everything done up to there.
pub fn table(cohort: &Cohort) -> Table {
    let mut steps: BTreeMap<(&str, &str), Step<'_>> = BTreeMap::new();
    let mut of_policy: BTreeMap<&str, Distinct> = BTreeMap::new();
    walk(cohort, |case, [policy, number, id, title, status], through| {
        of_policy.entry(policy).or_insert(Distinct::NONE).add(case);
        let step = steps.entry((policy, id)).or_insert(Step {
            number,
            title,
            cases: Distinct::NONE,
            statuses: [Distinct::NONE; 4],
            through: Distinct::NONE,
        });
        step.cases.add(case);
        if let Some(place) = STATUSES.iter().position(|word| *word == status) {
            step.statuses[place].add(case);
        }
        if through {
            step.through.add(case);
        }
    });
    let mut steps: Vec<_> = steps.into_iter().collect();
    steps.sort_by_key(|((policy, id), step)| (*policy, place(step.number), *id));
    let rows = steps.into_iter().map(|((policy, id), step)| {
        let of = of_policy.get(policy).map_or(0, |distinct| distinct.count);
        let cases = step.cases.count;
        let mut figures = vec![Figure::count(cases, of)];
        figures.extend(step.statuses.map(|distinct| Figure::count(distinct.count, cases)));
        figures.push(Figure::count(step.through.count, of));
        Group {
            keys: vec![policy.to_owned(), id.to_owned()],
            label: format!("{} {}", step.number, step.title),
            figures,
        }
    });
    Table {
        name: "pathway".to_owned(),
        title: "How far cases have got".to_owned(),
        note: "Distinct cases whose pathway has the step, as a share of those of its policy; of them: what \
               the step is; through: cases of the policy with this and every earlier step done or not \
               applicable.",
        keys: vec!["policy", "step"],
        measures: vec![
            Measure::Cases,
            Measure::Done,
            Measure::Needed,
            Measure::Blocked,
            Measure::NotApplicable,
            Measure::Through,
        ],
        rows: rows.collect(),
        parts: Parts::default(),
    }
}

/// Goes through the steps of each case: policy, number, id, title and status, and whether this and
/// every earlier step is done or not applicable.
pub fn walk<'a>(cohort: &'a Cohort, mut step: impl FnMut(u32, [&'a str; 5], bool)) {
    let distinct: Vec<Vec<&str>> = cohort.steps.distinct().collect();
    // The case and policy of the row before, and whether everything is done so far.
    let mut before = (u32::MAX, "");
    let mut through = true;
    for (case, row) in cohort.steps.iter() {
        let cells: Option<[&str; 5]> =
            distinct.get(row).and_then(|cells| cells.as_slice().try_into().ok());
        let Some(cells @ [policy, _, _, _, status]) = cells else { continue };
        if before != (case, policy) {
            before = (case, policy);
            through = true;
        }
        through &= matches!(status, "done" | "not_applicable");
        step(case, cells, through);
    }
}

struct Step<'a> {
    number: &'a str,
    title: &'a str,
    cases: Distinct,
    statuses: [Distinct; 4],
    through: Distinct,
}

/// The order of step numbers: "1", "1a", "1b", "2", "10".
fn place(number: &str) -> (u32, &str) {
    let digits = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
    let (digits, rest) = number.split_at(digits);
    (digits.parse().unwrap_or(u32::MAX), rest)
}
