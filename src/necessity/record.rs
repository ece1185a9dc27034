//! Leaves over the request and the documents as a whole.

use serde::Deserialize;

use super::compile::{Number, Scope};
use super::filter::contains;
use super::logic::{Answer, Flags, Tri};
use super::rule::Case;
use crate::quantity;

/// A field of the request.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum AskedField {
    Procedure,
    Side,
    Intent,
}

impl AskedField {
    fn name(self) -> &'static str {
        match self {
            AskedField::Procedure => "procedure",
            AskedField::Side => "side",
            AskedField::Intent => "intent",
        }
    }
}

/// A question about the request, as a policy file writes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAsked {
    field: AskedField,
    /// One of these values; any where empty.
    #[serde(default)]
    is: Vec<String>,
    /// One of these words in it.
    #[serde(default)]
    contains: Vec<String>,
    /// Whether another value says too little instead of something else.
    #[serde(default)]
    otherwise_open: bool,
    #[serde(default)]
    missing: String,
}

/// A question about the request, compiled.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    field: AskedField,
    is: Vec<String>,
    contains: Vec<String>,
    otherwise_open: bool,
    missing: String,
}

impl RawAsked {
    pub(super) fn compile(&self, _: &Scope<'_>) -> Result<Asked, String> {
        let check = |values: &[String]| -> Result<(), String> {
            for value in values {
                match self.field {
                    AskedField::Intent => value.parse::<crate::fact::Intent>().map(drop)?,
                    AskedField::Side => value.parse::<crate::fact::Side>().map(drop)?,
                    AskedField::Procedure => {}
                }
            }
            Ok(())
        };
        check(&self.is)?;
        Ok(Asked {
            field: self.field,
            is: self.is.clone(),
            contains: self.contains.clone(),
            otherwise_open: self.otherwise_open,
            missing: self.missing.clone(),
        })
    }
}

impl Asked {
    pub(super) fn ask<'c>(&'c self, case: Case<'_, 'c>) -> Answer<'c> {
        let request = &case.chart.request;
        let value = match self.field {
            AskedField::Procedure => request.procedure.as_deref(),
            AskedField::Side => request.side.map(|side| side.as_str()),
            AskedField::Intent => request.intent.map(|intent| intent.as_str()),
        };
        if request.conflicts.contains(&self.field.name()) {
            return Answer {
                missing: vec![&self.missing],
                ..Answer::open(Flags::CONFLICTING, request.facts.clone())
            };
        }
        let Some(value) = value else {
            return Answer { facts: request.facts.clone(), ..Answer::silent(&self.missing) };
        };
        let holds = (self.is.is_empty() || self.is.iter().any(|word| word == value))
            && (self.contains.is_empty() || self.contains.iter().any(|word| contains(value, word)));
        let answer = match (holds, self.otherwise_open) {
            (false, true) => {
                Answer { facts: request.facts.clone(), ..Answer::silent(&self.missing) }
            }
            _ => Answer::of(Tri::from(holds), request.facts.clone()),
        };
        Answer { notes: vec![value.to_owned()], ..answer }
    }
}

/// Whether the policy covers the request, as a policy file writes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawInScope {
    missing: String,
}

/// Whether the policy covers the request, compiled.
#[derive(Clone, Debug)]
pub(super) struct InScope {
    cpt: Vec<String>,
    procedures: Vec<String>,
    missing: String,
}

impl RawInScope {
    pub(super) fn compile(&self, scope: &Scope<'_>) -> InScope {
        InScope {
            cpt: scope.cpt.to_vec(),
            procedures: scope.procedures.to_vec(),
            missing: self.missing.clone(),
        }
    }
}

impl InScope {
    pub(super) fn ask<'c>(&'c self, case: Case<'_, 'c>) -> Answer<'c> {
        let request = &case.chart.request;
        let coded = request.cpt.as_ref().map(|code| self.cpt.contains(code));
        let named = request
            .procedure
            .as_deref()
            .map(|name| self.procedures.iter().any(|word| contains(name, word)));
        let notes = request.cpt.iter().chain(&request.procedure).cloned().collect();
        match (coded, named) {
            (None, None) => Answer::silent(&self.missing),
            (Some(true), _) | (_, Some(true)) => {
                Answer { notes, ..Answer::of(Tri::Yes, request.facts.clone()) }
            }
            _ => Answer { notes, ..Answer::of(Tri::No, request.facts.clone()) },
        }
    }
}

/// A question about the documents, as a policy file writes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawDocuments {
    /// The newest is not older than so many months as of the case's day.
    recent_months: Number,
}

/// A question about the documents, compiled.
#[derive(Clone, Debug)]
pub(super) struct Documents {
    recent_months: f64,
}

impl RawDocuments {
    pub(super) fn compile(&self, scope: &Scope<'_>) -> Result<Documents, String> {
        Ok(Documents { recent_months: scope.number(&self.recent_months)? })
    }
}

impl Documents {
    /// Signed where it has a line for it, dated, recent, every page legible.
    pub(super) fn ask<'c>(&'c self, case: Case<'_, 'c>) -> Answer<'c> {
        let chart = case.chart;
        let said = |topic: &str| chart.statements(topic).collect::<Vec<usize>>();
        let (unsigned, blank, signed) = (said("unsigned"), said("blank-signature"), said("signed"));
        let mut missing = Vec::new();
        let signature = if !unsigned.is_empty() {
            Answer::of(Tri::No, unsigned)
        } else if chart.documents.iter().any(|d| d.signed == Some(false))
            || !chart.documents.iter().any(|d| d.signed == Some(true))
        {
            missing.push("a signature");
            Answer::of(Tri::Unknown, blank)
        } else {
            Answer::of(Tri::Yes, signed)
        };
        let newest = chart.documents.iter().filter_map(|d| d.date).map(|date| date.latest()).max();
        let recent = match newest.zip(chart.as_of) {
            None => {
                missing.push("the date of the record");
                Tri::Unknown
            }
            Some((newest, as_of)) => {
                let months =
                    f64::from(crate::chart::days_between(newest, as_of)) / quantity::DAYS_A_MONTH;
                Tri::from(months <= self.recent_months)
            }
        };
        let unreadable: u32 = chart.documents.iter().map(|d| d.pages_unreadable).sum();
        let legible = if unreadable == 0 {
            Answer::bare(Tri::Yes)
        } else {
            missing.push("a legible copy of every page");
            Answer {
                notes: vec![format!("{unreadable} pages could not be read")],
                ..Answer::open(Flags::ILLEGIBLE, Vec::new())
            }
        };
        let parts = [signature, Answer::bare(recent), legible];
        let value = parts.iter().map(|a| a.value).min().unwrap_or_default();
        let mut whole = Answer::combine(value, parts);
        if value == Tri::Unknown {
            whole.missing = missing;
        }
        whole
    }
}
