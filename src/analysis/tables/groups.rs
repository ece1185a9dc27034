//! Cases told apart by one or two things, and overall.

use std::collections::{BTreeMap, HashMap};

use super::Distinct;
use crate::analysis::cohort::{Cohort, Reason, Ruling};
use crate::analysis::dimension::Dimension;
use crate::analysis::figures::Measure;
use crate::analysis::summary::{Figure, Group, Parts, Table};

/// What is counted of groups of reasons.
const OF_REASONS: &[Measure] = &[
    Measure::Cases,
    Measure::MissingDocumentation,
    Measure::CriterionFailed,
    Measure::Primary,
    Measure::Curable,
    Measure::DocumentationOnly,
    Measure::OneFixAway,
];

/// What is counted of groups of cases.
const OF_CASES: &[Measure] = &[
    Measure::Cases,
    Measure::Against,
    Measure::MissingDocumentation,
    Measure::CriterionFailed,
    Measure::PolicyExclusion,
    Measure::InconsistentRecord,
    Measure::Curable,
    Measure::DocumentationOnly,
    Measure::OneFixAway,
];

/// The values that make a group; the second is the same for all where there is but one.
type Key = (u32, u32);

/// All cases.
pub fn overall(cohort: &Cohort) -> Table {
    let mut table = by(cohort, &[]);
    table.name = "overall".to_owned();
    table.title = "All cases".to_owned();
    table.note = "Of all cases: how many have any reason against them, and of what sort.";
    table
}

/// Cases by one or two things.
pub fn by(cohort: &Cohort, dimensions: &[Dimension]) -> Table {
    let of_reasons = dimensions.iter().any(|dimension| dimension.is_of_reasons());
    let measures = if of_reasons { OF_REASONS } else { OF_CASES };
    let counts = count(cohort, dimensions, measures);
    let base = Base::of(cohort, dimensions);
    let labels = Labels::of(cohort);
    let name =
        |key: u32| if key == u32::MAX { String::new() } else { cohort.names.word(key).to_owned() };
    let mut rows: Vec<Group> = counts
        .into_iter()
        .map(|(key, counts)| {
            let own = counts[0].count;
            let figures = counts.iter().enumerate().map(|(place, distinct)| {
                Figure::count(distinct.count, if place == 0 { base.cases(key) } else { own })
            });
            let keys = [key.0, key.1].into_iter().take(dimensions.len());
            Group {
                keys: keys.clone().map(name).collect(),
                label: labels.label(dimensions, keys),
                figures: figures.collect(),
            }
        })
        .collect();
    sort(&mut rows, dimensions);
    let words: Vec<&str> = dimensions.iter().map(|dimension| dimension.as_str()).collect();
    Table {
        name: words.join("+"),
        title: format!("By {}", words.join(" and ").replace('_', " ")),
        note: note(dimensions),
        keys: words,
        measures: measures.to_vec(),
        rows,
        parts: Parts { exclusive: exclusive(cohort, dimensions) },
    }
}

/// What the figures of such a table mean.
fn note(dimensions: &[Dimension]) -> &'static str {
    let of_reasons = dimensions.iter().filter(|dimension| dimension.is_of_reasons()).count();
    match (dimensions.len(), of_reasons) {
        (1, 1) => {
            "Distinct cases with such a reason against them, as a share of all cases; then, of those \
             cases: where it is merely undocumented, rests on what the record says, comes first, can \
             be cured."
        }
        (1, _) => {
            "Distinct cases, as a share of all cases; then, of those cases: what stands against them."
        }
        (_, 0) => "Distinct cases, as a share of the cases that the first column names.",
        _ => {
            "Distinct cases with such a reason, as a share of the cases that they are compared among."
        }
    }
}

/// For each key: whether every case has exactly one value of it.
pub(super) fn exclusive(cohort: &Cohort, dimensions: &[Dimension]) -> [bool; 2] {
    let exclusive = |place: usize| {
        dimensions.get(place).is_some_and(|dimension| {
            dimension.is_of_cases() || !dimension.is_of_reasons() && cohort.one_ruling()
        })
    };
    [exclusive(0), exclusive(1)]
}

/// Distinct cases of each group, by measure.
fn count(
    cohort: &Cohort,
    dimensions: &[Dimension],
    measures: &[Measure],
) -> BTreeMap<Key, Vec<Distinct>> {
    let mut groups: HashMap<Key, Vec<Distinct>> = HashMap::new();
    let mut add = |ruling: &Ruling, reason: Option<&Reason>, has: u32| {
        let value = |place: usize| {
            dimensions.get(place).map_or(0, |dimension| dimension.of(cohort, ruling, reason))
        };
        let group = groups
            .entry((value(0), value(1)))
            .or_insert_with(|| vec![Distinct::NONE; measures.len()]);
        for (distinct, measure) in group.iter_mut().zip(measures) {
            if has & bit(*measure) != 0 {
                distinct.add(ruling.case);
            }
        }
    };
    let bits = Bits::of(cohort);
    if dimensions.iter().any(|dimension| dimension.is_of_reasons()) {
        for reason in &cohort.reasons {
            let ruling = &cohort.rulings[reason.ruling as usize];
            add(ruling, Some(reason), bits.reason(reason));
        }
    } else {
        for (ruling, has) in cohort.rulings.iter().zip(&bits.rulings) {
            add(ruling, None, *has);
        }
    }
    // In the order of their numbers, so that nothing depends on a hash.
    let mut keys: Vec<Key> = groups.keys().copied().collect();
    keys.sort_unstable();
    keys.into_iter().filter_map(|key| Some((key, groups.remove(&key)?))).collect()
}

fn bit(measure: Measure) -> u32 {
    1 << measure as u32
}

/// What holds of each ruling and of each distinct reason: a bit a measure.
struct Bits {
    rulings: Vec<u32>,
    kinds: Vec<u32>,
}

impl Bits {
    fn of(cohort: &Cohort) -> Self {
        let class = |word: &str| match word {
            "missing_documentation" => bit(Measure::MissingDocumentation),
            "criterion_failed" => bit(Measure::CriterionFailed),
            "policy_exclusion" => bit(Measure::PolicyExclusion),
            "inconsistent_record" => bit(Measure::InconsistentRecord),
            _ => 0,
        };
        let classes: Vec<u32> =
            cohort.kinds.iter().map(|kind| class(cohort.names.word(kind.class))).collect();
        let mut rulings: Vec<u32> = cohort
            .rulings
            .iter()
            .map(|ruling| {
                cohort.holds(ruling).map(bit).fold(bit(Measure::Cases), |all, own| all | own)
            })
            .collect();
        for reason in &cohort.reasons {
            rulings[reason.ruling as usize] |= classes[reason.kind as usize];
        }
        let kinds = cohort.kinds.iter().zip(&classes).map(|(kind, class)| {
            let curable = if kind.curable { bit(Measure::Curable) } else { 0 };
            let primary = if kind.primary { bit(Measure::Primary) } else { 0 };
            class | curable | primary
        });
        Self { kinds: kinds.collect(), rulings }
    }

    /// What holds of a reason, and of the case that it stands against.
    fn reason(&self, reason: &Reason) -> u32 {
        let of_case =
            bit(Measure::Cases) | bit(Measure::DocumentationOnly) | bit(Measure::OneFixAway);
        self.kinds[reason.kind as usize] | self.rulings[reason.ruling as usize] & of_case
    }
}

/// What the cases of a group are a share of.
struct Base {
    all: u64,
    /// Which of the two keys names the wider group, and the cases of each value of it.
    wider: Option<(usize, HashMap<u32, u64>)>,
}

impl Base {
    fn of(cohort: &Cohort, dimensions: &[Dimension]) -> Self {
        let all = cohort.len() as u64;
        if dimensions.len() < 2 {
            return Self { all, wider: None };
        }
        // Reasons are looked at among the cases that can have them.
        let place = dimensions.iter().position(|dimension| !dimension.is_of_reasons()).unwrap_or(0);
        let counts = count(cohort, &dimensions[place..=place], &[Measure::Cases]);
        let counts = counts.into_iter().map(|(key, counts)| (key.0, counts[0].count)).collect();
        Self { all, wider: Some((place, counts)) }
    }

    fn cases(&self, key: Key) -> u64 {
        match &self.wider {
            None => self.all,
            Some((place, counts)) => {
                let value = if *place == 0 { key.0 } else { key.1 };
                counts.get(&value).copied().unwrap_or_default()
            }
        }
    }
}

/// The words for reasons.
pub(super) struct Labels<'a> {
    cohort: &'a Cohort,
    reasons: HashMap<u32, u32>,
}

impl<'a> Labels<'a> {
    pub(super) fn of(cohort: &'a Cohort) -> Self {
        let mut reasons = HashMap::new();
        for kind in &cohort.kinds {
            reasons.entry(kind.reason).or_insert(kind.label);
        }
        Self { cohort, reasons }
    }

    /// The label of a reason.
    pub(super) fn reason(&self, reason: u32) -> &'a str {
        self.reasons.get(&reason).map_or("", |label| self.cohort.names.word(*label))
    }

    fn label(&self, dimensions: &[Dimension], keys: impl Iterator<Item = u32>) -> String {
        let mut of_reason = dimensions.iter().zip(keys).filter(|(d, _)| **d == Dimension::Reason);
        of_reason.next().map(|(_, key)| self.reason(key).to_owned()).unwrap_or_default()
    }
}

/// Most cases first; months, and the first of two keys, in their own order.
fn sort(rows: &mut [Group], dimensions: &[Dimension]) {
    let ordered = |place: usize| dimensions.get(place).is_some_and(|d| d.is_ordered());
    let count =
        |row: &Group| row.figures.first().and_then(|figure| figure.count).unwrap_or_default();
    rows.sort_by(|a, b| {
        let first = match dimensions.len() {
            2 => a.keys[0].cmp(&b.keys[0]),
            _ => std::cmp::Ordering::Equal,
        };
        let by_key = || a.keys.cmp(&b.keys);
        match ordered(dimensions.len().saturating_sub(1)) {
            true => by_key(),
            false => first.then_with(|| count(b).cmp(&count(a))).then_with(by_key),
        }
    });
}
