//! A policy's own test cases: a few facts, and what they must come to.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;
use toml::Spanned;

use super::compile::{Mistake, unknown};
use super::read::suggest;
use super::{Determination, Outcome, Policy, evaluate};
use crate::chart::{Chart, ChartDocument, Given};
use crate::date::PartialDate;
use crate::fact::{
    Assertion, Certainty, Experiencer, Fact, Intent, Kind, Origin, Place, Polarity, Section, Side,
    Time,
};

/// A case as a policy file writes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCase {
    why: Spanned<String>,
    /// As "2025-06-01".
    #[serde(default = "usual_day")]
    as_of: String,
    #[serde(default)]
    cpt: Option<String>,
    #[serde(default)]
    side: Option<Side>,
    #[serde(default)]
    intent: Option<Intent>,
    /// Documents by date, signed unless said; one of the as-of date where there are none.
    #[serde(default)]
    documents: Vec<RawDocument>,
    /// Facts: `kind` and its fields, and of the core fields `on`, `doc`, `polarity_of_mention`, `certain`, `time`,
    /// `origin`, `section`, `quote`, `ocr`.
    #[serde(default)]
    facts: Vec<Spanned<toml::Table>>,
    #[serde(default)]
    expect: BTreeMap<String, Outcome>,
    #[serde(default)]
    flags: BTreeMap<String, String>,
    #[serde(default)]
    determination: Option<Determination>,
    #[serde(default)]
    without_exclusions: Option<Determination>,
    #[serde(default)]
    next_step: Option<String>,
    #[serde(default)]
    pitfalls: Vec<String>,
}

fn usual_day() -> String {
    "2025-06-02".into()
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDocument {
    #[serde(default)]
    date: Option<PartialDate>,
    #[serde(default = "signed")]
    signed: Option<bool>,
    #[serde(default)]
    pages_unreadable: u32,
}

fn signed() -> Option<bool> {
    Some(true)
}

/// A case, compiled.
#[derive(Clone, Debug)]
pub struct PolicyCase {
    /// What it shows.
    pub why: String,
    /// The record.
    pub chart: Chart,
    expect: BTreeMap<String, Outcome>,
    flags: BTreeMap<String, String>,
    determination: Option<Determination>,
    without_exclusions: Option<Determination>,
    next_step: Option<String>,
    pitfalls: Vec<String>,
}

/// The core fields of a fact that a case may set.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Core {
    doc: usize,
    on: Option<PartialDate>,
    section: Section,
    quote: String,
    ocr: Option<f32>,
    said: Said,
}

/// The assertion of a fact in a case.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Said {
    polarity: Polarity,
    certainty: Certainty,
    time: Time,
    experiencer: Experiencer,
    origin: Origin,
}

const CORE: [&str; 6] = ["doc", "on", "section", "quote", "ocr", "said"];

impl RawCase {
    /// The case, or all that is wrong with it.
    pub(super) fn compile(&self, criteria: &[String]) -> Result<PolicyCase, Vec<Mistake>> {
        let why = self.why.get_ref();
        let mut mistakes = Vec::new();
        let mut fail =
            |at: usize, problem: String| mistakes.push((at, format!("case `{why}`: {problem}")));
        let own = self.why.span().start;
        let named = self.expect.keys().chain(self.flags.keys());
        for id in named.filter(|id| !criteria.contains(id)) {
            fail(own, unknown("criterion", id, criteria.iter().map(String::as_str)));
        }
        let as_of: Date = self.as_of.parse().unwrap_or_else(|_| {
            fail(own, format!("`{}` is no day; write it as 2025-06-02", self.as_of));
            Date::default()
        });
        let usual =
            [RawDocument { date: Some(as_of.into()), signed: signed(), pages_unreadable: 0 }];
        let documents = if self.documents.is_empty() { &usual[..] } else { &self.documents[..] };
        let mut record: Vec<(ChartDocument, Vec<Fact>)> = documents
            .iter()
            .enumerate()
            .map(|(n, document)| {
                let document = ChartDocument {
                    name: format!("document {}", n + 1),
                    date: document.date,
                    signed: document.signed,
                    pages: 1,
                    pages_unreadable: document.pages_unreadable,
                    ..Default::default()
                };
                (document, Vec::new())
            })
            .collect();
        let count = record.len();
        for (n, table) in self.facts.iter().enumerate() {
            let told = fact(n, table.get_ref()).and_then(|(document, fact)| {
                let (_, facts) = record
                    .get_mut(document)
                    .ok_or_else(|| format!("no document {document}; the last is {}", count - 1))?;
                facts.push(fact);
                Ok(())
            });
            if let Err(problem) = told {
                fail(table.span().start, format!("fact {}: {problem}", n + 1));
            }
        }
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        let given = Given {
            as_of: Some(as_of),
            cpt: self.cpt.clone(),
            side: self.side,
            intent: self.intent,
        };
        Ok(PolicyCase {
            why: why.clone(),
            chart: Chart::gather(record, given),
            expect: self.expect.clone(),
            flags: self.flags.clone(),
            determination: self.determination,
            without_exclusions: self.without_exclusions,
            next_step: self.next_step.clone(),
            pitfalls: self.pitfalls.clone(),
        })
    }
}

fn fact(n: usize, table: &toml::Table) -> Result<(usize, Fact), String> {
    let message = |error: toml::de::Error| suggest(error.message());
    let (mut own, mut core) = (toml::Table::new(), toml::Table::new());
    for (key, value) in table {
        let side = if CORE.contains(&key.as_str()) { &mut core } else { &mut own };
        side.insert(key.clone(), value.clone());
    }
    let core: Core = core.try_into().map_err(message)?;
    let kind = Kind::deserialize(toml::Value::Table(own)).map_err(message)?;
    let assertion = Assertion {
        polarity: core.said.polarity,
        certainty: core.said.certainty,
        time: core.said.time,
        experiencer: core.said.experiencer,
        origin: core.said.origin,
    };
    let place = Place {
        start: n * 100,
        end: n * 100 + 50,
        page: 1,
        quote: core.quote,
        ocr_confidence: core.ocr,
        ..Default::default()
    };
    let id = format!("{n:016x}");
    Ok((
        core.doc,
        Fact {
            id,
            kind,
            assertion,
            date: core.on,
            section: core.section,
            rule: "case".into(),
            confidence: 1.0,
            place,
        },
    ))
}

impl PolicyCase {
    /// The outcome that it expects of a criterion, if it says one.
    pub fn expected(&self, criterion: &str) -> Option<Outcome> {
        self.expect.get(criterion).copied()
    }

    /// What comes out otherwise than the case expects; empty where all is as it should be.
    pub fn run(&self, policy: &Policy) -> Vec<String> {
        let verdict = evaluate(policy, &self.chart);
        let mut wrong = Vec::new();
        let mut differs = |what: &str, want: &str, got: &str| {
            if want != got {
                wrong.push(format!("{what}: expected {want}, got {got}"));
            }
        };
        for finding in &verdict.findings {
            if let Some(want) = self.expect.get(&finding.criterion_id) {
                differs(&finding.criterion_id, want.as_str(), finding.outcome.as_str());
            }
            if let Some(want) = self.flags.get(&finding.criterion_id) {
                differs(
                    &format!("flags of {}", finding.criterion_id),
                    want,
                    &finding.flags.join(" "),
                );
            }
        }
        if let Some(want) = self.determination {
            differs("determination", want.as_str(), verdict.determination.as_str());
        }
        if let Some(want) = self.without_exclusions {
            differs(
                "without exclusions",
                want.as_str(),
                verdict.determination_without_exclusions.as_str(),
            );
        }
        if let Some(want) = &self.next_step {
            differs("next step", want, verdict.next_step.as_deref().unwrap_or("none"));
        }
        for want in &self.pitfalls {
            let raised = verdict.pitfalls.iter().any(|pitfall| pitfall.id == *want);
            differs("pitfall", want, if raised { want } else { "not raised" });
        }
        wrong
    }
}
