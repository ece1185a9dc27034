//! A policy as its file writes it: TOML into plain types, before any name is looked up.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;
use toml::Spanned;

use super::cases::RawCase;
use super::compile::{Agent, Instrument};
use super::filter::RawFilter;
use super::policy::{MissingDocumentation, NoteSection, Verification, Words};
use super::rule::RawPart;
use super::unit::Number;
use super::{Outcome, Severity};

/// A whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPolicy {
    pub(super) id: String,
    pub(super) version: String,
    pub(super) title: String,
    /// First day that it is in force.
    pub(super) effective: RawDay,
    /// Last day, where there is one.
    #[serde(default)]
    pub(super) until: Option<RawDay>,
    /// Words of which a payer's name has one; any payer where empty.
    #[serde(default)]
    pub(super) payers: Vec<String>,
    /// As "FL"; everywhere where empty.
    #[serde(default)]
    pub(super) jurisdictions: Vec<String>,
    pub(super) source: String,
    pub(super) retrieved: String,
    pub(super) verification: Verification,
    #[serde(default)]
    pub(super) missing_documentation: MissingDocumentation,
    /// Facts read by OCR with less confidence cannot decide.
    #[serde(default = "legible_from")]
    pub(super) legible_from: f32,
    pub(super) scope: RawScope,
    #[serde(default)]
    pub(super) topics: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) params: BTreeMap<Spanned<String>, Number>,
    #[serde(default)]
    pub(super) sets: BTreeMap<Spanned<String>, Vec<String>>,
    #[serde(default)]
    pub(super) doses: BTreeMap<String, Number>,
    #[serde(default)]
    pub(super) agents: BTreeMap<String, Agent>,
    #[serde(default)]
    pub(super) instruments: BTreeMap<String, Instrument>,
    #[serde(default, rename = "stage")]
    pub(super) stages: Vec<RawStage>,
    #[serde(rename = "criterion")]
    pub(super) criteria: Vec<RawCriterion>,
    #[serde(default, rename = "step")]
    pub(super) steps: Vec<RawStep>,
    #[serde(default, rename = "pitfall")]
    pub(super) pitfalls: Vec<RawPitfall>,
    #[serde(default, rename = "note")]
    pub(super) notes: Vec<RawNote>,
    #[serde(default, rename = "case")]
    pub(super) cases: Vec<RawCase>,
}

/// A day as "2025-01-01".
pub(super) type RawDay = Spanned<String>;

/// Reads a day, or says where it is wrong.
pub(super) fn day(raw: &RawDay) -> Result<Date, (usize, String)> {
    raw.get_ref().parse().map_err(|_| {
        (raw.span().start, format!("`{}` is no day; write it as 2025-01-31", raw.get_ref()))
    })
}

fn legible_from() -> f32 {
    0.5
}

/// What the policy covers.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawScope {
    /// Procedure codes.
    pub(super) cpt: Vec<String>,
    /// Words of which a procedure's name has one.
    pub(super) procedures: Vec<String>,
    /// Words of which a name found by `procedures` has one as well; none needed where empty.
    #[serde(default)]
    pub(super) targets: Vec<String>,
    /// Words by which a name says that the code is meant for something else.
    #[serde(default)]
    pub(super) elsewhere: Vec<String>,
}

/// A stage of treatment that the request may be at.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawStage {
    pub(super) id: Spanned<String>,
    pub(super) title: String,
    pub(super) when: RawPart,
}

/// A criterion.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCriterion {
    pub(super) id: Spanned<String>,
    pub(super) title: String,
    pub(super) severity: Severity,
    pub(super) category: String,
    pub(super) required: String,
    pub(super) rule: RawPart,
    /// Stages that it applies at; all where empty.
    #[serde(default)]
    pub(super) stages: Vec<String>,
    #[serde(default)]
    pub(super) applies_when: Option<RawPart>,
    #[serde(default)]
    pub(super) not_applicable_when: Option<RawPart>,
    #[serde(default)]
    pub(super) scope: bool,
    #[serde(default)]
    pub(super) exclusion: bool,
    #[serde(default)]
    pub(super) roll_up: bool,
    /// The flag that not_met raises.
    #[serde(default)]
    pub(super) flag: Option<String>,
    #[serde(default)]
    pub(super) priority: u32,
    pub(super) clause: String,
    #[serde(default)]
    pub(super) evidence: Vec<String>,
    #[serde(default)]
    pub(super) cured_by: Vec<String>,
    /// What can be done where no step cures it.
    #[serde(default)]
    pub(super) answered_by: String,
    #[serde(default)]
    pub(super) carc: Option<u16>,
    #[serde(default)]
    pub(super) failed: Option<Words>,
    #[serde(default)]
    pub(super) undocumented: Option<Words>,
}

/// A step of the pathway.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawStep {
    pub(super) id: Spanned<String>,
    pub(super) number: String,
    pub(super) title: String,
    pub(super) action: String,
    /// Who can supply what it asks for.
    #[serde(default)]
    pub(super) by: String,
    #[serde(default)]
    pub(super) part_of: Option<String>,
    #[serde(default)]
    pub(super) after: Vec<String>,
    #[serde(default)]
    pub(super) last: bool,
    #[serde(default)]
    pub(super) only_if_needed: bool,
    #[serde(default)]
    pub(super) not_applicable_when: Option<RawPart>,
    #[serde(default)]
    pub(super) evidence: Vec<String>,
    #[serde(default, rename = "caution")]
    pub(super) cautions: Vec<RawCaution>,
}

/// What in a record speaks against a step.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCaution {
    pub(super) text: String,
    pub(super) find: Vec<RawFilter>,
    #[serde(default)]
    pub(super) rules_out: bool,
}

/// A check over the result.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPitfall {
    pub(super) id: Spanned<String>,
    pub(super) text: String,
    pub(super) when: RawPart,
    pub(super) criteria: Vec<String>,
}

/// A sentence of the narrative.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawNote {
    pub(super) section: NoteSection,
    pub(super) text: Spanned<String>,
    pub(super) criteria: Vec<String>,
    #[serde(default)]
    pub(super) evidence: Vec<String>,
    #[serde(default)]
    pub(super) when: BTreeMap<String, Vec<Outcome>>,
    #[serde(default)]
    pub(super) facts: Vec<RawFilter>,
    #[serde(default)]
    pub(super) unless_facts: Vec<RawFilter>,
}
