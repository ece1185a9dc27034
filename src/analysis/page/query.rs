//! Which cases a figure is of, as the page's script understands it: `sort=value` parted by `&`.
//!
//! What is asked of reasons (`reason`, `class`, `category`, `criterion`, `curable`, `primary`, `cures`)
//! has to hold of one and the same reason; `also` asks for a second one.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::analysis::dimension::Dimension;
use crate::analysis::figures::Measure;
use crate::analysis::summary::{Group, Table};

/// Which figures lead to their cases.
#[derive(Clone, Copy)]
pub struct Links {
    /// Whether the page names cases.
    pub named: bool,
    /// Whether each case was held against one policy; where not, only the groups themselves lead to
    /// their cases, since what else is counted is counted policy by policy.
    pub one_ruling: bool,
}

impl Links {
    /// The query of a figure; empty where it leads to no cases.
    pub fn of(self, table: &Table, row: &Group, measure: Measure) -> String {
        if !self.named || !self.one_ruling && measure != Measure::Cases {
            return String::new();
        }
        let parts = match table.name.as_str() {
            "overrides" => return String::new(),
            "fixes" => match measure {
                Measure::Alone => vec![("fix", row.keys[0].clone())],
                _ => vec![("cures", row.keys[0].clone())],
            },
            "together" => {
                let (first, second) = (&row.keys[0], &row.keys[1]);
                match measure {
                    Measure::First => vec![("reason", first.clone())],
                    Measure::Second => vec![("reason", second.clone())],
                    _ => vec![("reason", first.clone()), ("also", second.clone())],
                }
            }
            "results" => vec![("results", of_policy(row, measure))],
            "pathway" => vec![("pathway", of_policy(row, measure))],
            _ => {
                let keys = table.keys.iter().zip(&row.keys);
                let mut parts: Vec<_> = keys.map(|(key, value)| (*key, value.clone())).collect();
                parts.extend(condition(table, measure));
                parts
            }
        };
        let parts: Vec<String> =
            parts.iter().map(|(sort, value)| format!("{sort}={}", encode(value))).collect();
        if parts.is_empty() { "all=".to_owned() } else { parts.join("&") }
    }
}

/// A policy's criterion or step, and what came of it.
fn of_policy(row: &Group, measure: Measure) -> String {
    let of = if measure == Measure::Cases { "any" } else { measure.as_str() };
    format!("{}|{}|{of}", row.keys[0], row.keys[1])
}

/// What a measure asks beside the group.
fn condition(table: &Table, measure: Measure) -> Option<(&'static str, String)> {
    let of_reasons = table
        .keys
        .iter()
        .any(|key| key.parse::<Dimension>().is_ok_and(|dimension| dimension.is_of_reasons()));
    match measure {
        Measure::MissingDocumentation
        | Measure::CriterionFailed
        | Measure::PolicyExclusion
        | Measure::InconsistentRecord => Some(("class", measure.as_str().to_owned())),
        Measure::Primary => Some(("primary", "true".to_owned())),
        Measure::Curable if of_reasons => Some(("curable", "true".to_owned())),
        Measure::Against
        | Measure::Curable
        | Measure::DocumentationOnly
        | Measure::OneFixAway
        | Measure::Undocumented => Some(("flag", measure.as_str().to_owned())),
        _ => None,
    }
}

/// What is escaped in a fragment.
const ESCAPED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'|').remove(b'~');

/// The value as it may stand in a fragment.
pub fn encode(value: &str) -> String {
    utf8_percent_encode(value, ESCAPED).to_string()
}
