//! The tables of a summary: one file each.

pub(super) mod band;
mod drift;
mod fixes;
mod groups;
mod legibility;
mod missing;
mod overrides;
pub(super) mod pathway;
mod results;
mod together;

use std::str::FromStr;

use super::cohort::Cohort;
use super::dimension::Dimension;
use super::rows::Source;
use super::summary::{Summary, Table};
use crate::closed_set;

closed_set! {
    /// A question that is no grouping.
    pub enum Topic {
        /// Which step would cure what.
        #[default]
        Fixes = "fixes",
        /// Which facts are missing most often.
        Missing = "missing",
        /// Which reasons come together.
        Together = "together",
        /// Bad faxes apart from bad notes.
        Legibility = "legibility",
        /// Reasons month by month.
        Drift = "drift",
        /// How each criterion came out.
        Results = "results",
        /// How far cases have got on the pathway.
        Pathway = "pathway",
        /// What reviewers changed.
        Overrides = "overrides",
    }
}

/// One table that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Cases told apart by one thing, or by two.
    By(Vec<Dimension>),
    /// Another question.
    Topic(Topic),
}

impl Ask {
    /// Everything, as it is where nothing in particular is asked for.
    pub fn all() -> Vec<Self> {
        let by = Dimension::ALL.iter().map(|dimension| Ask::By(vec![*dimension]));
        by.chain(Topic::ALL.iter().map(|topic| Ask::Topic(*topic))).collect()
    }

    /// What a terminal shows where nothing in particular is asked for.
    pub fn usual() -> Vec<Self> {
        let by = [Dimension::Reason, Dimension::Class, Dimension::Provider, Dimension::Payer];
        let topics = [Topic::Fixes, Topic::Missing, Topic::Legibility, Topic::Overrides];
        let by = by.map(|dimension| Ask::By(vec![dimension]));
        by.into_iter().chain(topics.map(Ask::Topic)).collect()
    }

    /// The tables of a report that it needs beside cases.csv.
    pub fn sources(&self) -> &'static [Source] {
        match self {
            Ask::By(_) | Ask::Topic(Topic::Fixes | Topic::Together | Topic::Drift) => {
                &[Source::Reasons]
            }
            Ask::Topic(Topic::Missing | Topic::Results) => &[Source::Criteria],
            Ask::Topic(Topic::Legibility) => &[Source::Facts],
            Ask::Topic(Topic::Pathway) => &[Source::Steps],
            Ask::Topic(Topic::Overrides) => &[Source::Reviews],
        }
    }
}

/// `reason`, `payer+reason`, `missing`.
impl FromStr for Ask {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        if let Ok(topic) = word.parse() {
            return Ok(Ask::Topic(topic));
        }
        let parts: Vec<&str> = word.split('+').collect();
        let dimensions: Result<Vec<Dimension>, String> =
            parts.iter().map(|part| part.parse()).collect();
        match dimensions {
            Ok(dimensions) if dimensions.len() > 2 => {
                Err(format!("`{word}`: no more than two can be crossed"))
            }
            Ok(dimensions) if dimensions.len() == 2 && dimensions[0] == dimensions[1] => {
                Err(format!(
                    "`{word}`: the same twice; for reasons that come together ask for `together`"
                ))
            }
            Ok(dimensions) => Ok(Ask::By(dimensions)),
            Err(_) => {
                let names: Vec<&str> = Dimension::ALL
                    .iter()
                    .map(|dimension| dimension.as_str())
                    .chain(Topic::ALL.iter().map(|topic| topic.as_str()))
                    .collect();
                Err(format!(
                    "`{word}` is none of {}; two are crossed as payer+reason",
                    names.join(", ")
                ))
            }
        }
    }
}

/// Counts what is asked for; the overall figures come first. What was not read has no table.
pub fn summarize(cohort: &Cohort, asks: &[Ask]) -> Summary {
    let mut tables: Vec<Table> = vec![groups::overall(cohort)];
    for ask in asks {
        if !ask.sources().iter().all(|source| cohort.has(*source)) {
            continue;
        }
        tables.extend(match ask {
            Ask::By(dimensions) => Some(groups::by(cohort, dimensions)),
            Ask::Topic(Topic::Fixes) => Some(fixes::table(cohort)),
            Ask::Topic(Topic::Missing) => Some(missing::table(cohort)),
            Ask::Topic(Topic::Together) => Some(together::table(cohort)),
            Ask::Topic(Topic::Legibility) => Some(legibility::table(cohort)),
            Ask::Topic(Topic::Drift) => Some(drift::table(cohort)),
            Ask::Topic(Topic::Results) => Some(results::table(cohort)),
            Ask::Topic(Topic::Pathway) => Some(pathway::table(cohort)),
            Ask::Topic(Topic::Overrides) => overrides::table(cohort),
        });
    }
    let policies = cohort.policies().into_iter().map(|(policy, cases)| (policy, Some(cases)));
    Summary {
        reports: cohort.reports.clone(),
        cases: Some(cohort.len() as u64),
        days: cohort.days().map(|(first, last)| (first.to_owned(), last.to_owned())),
        policies: policies.collect(),
        min_cell: 0,
        tables,
    }
}

/// Counts distinct cases: cases come in order, so that the last one tells whether it is a new one.
#[derive(Clone, Copy)]
struct Distinct {
    last: u32,
    count: u64,
}

impl Distinct {
    const NONE: Self = Self { last: u32::MAX, count: 0 };

    fn add(&mut self, case: u32) {
        if self.last != case {
            self.last = case;
            self.count += 1;
        }
    }
}
