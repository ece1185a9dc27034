//! Leaves over the request and the documents as a whole.

use serde::Deserialize;

use super::account::Account;
use super::compile::{Covered, Scope};
use super::filter::{Compare, RawBounds};
use super::logic::{Answer, Flags, Grounds, Possible, Tri};
use super::missing::Item;
use super::parts::Parts;
use super::supply::Supply;
use super::unit::{Number, Unit};
use crate::chart::{Chart, Topic, count_joints};
use crate::fact::{EventStatus, Injection, Procedure, RequestedProcedure};
use crate::quantity;

/// A field of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum AskedField {
    Cpt,
    Procedure,
    Side,
    Intent,
}

impl AskedField {
    fn name(self) -> &'static str {
        match self {
            AskedField::Cpt => "cpt",
            AskedField::Procedure => "procedure",
            AskedField::Side => "side",
            AskedField::Intent => "intent",
        }
    }
}

/// A question about the request, as a policy file writes it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
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
    contains: Parts,
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
                    AskedField::Cpt | AskedField::Procedure => {}
                }
            }
            Ok(())
        };
        check(&self.is)?;
        Ok(Asked {
            field: self.field,
            is: self.is.clone(),
            contains: Parts::of(&self.contains),
            otherwise_open: self.otherwise_open,
            missing: self.missing.clone(),
        })
    }
}

impl Asked {
    pub(super) fn ask<'c, A: Account<'c>>(&'c self, chart: &'c Chart) -> Answer<A> {
        let request = &chart.request;
        let value = match self.field {
            AskedField::Cpt => request.cpt.as_deref(),
            AskedField::Procedure => request.procedure.as_deref(),
            AskedField::Side => request.side.map(|side| side.as_str()),
            AskedField::Intent => request.intent.map(|intent| intent.as_str()),
        };
        if request.conflicts.contains(&self.field.name()) {
            return Answer::open(Flags::CONFLICTING, request.facts.as_slice())
                .lacking(&self.missing);
        }
        let Some(value) = value else {
            return Answer {
                facts: request.facts.as_slice().into(),
                ..Answer::silent(&self.missing)
            };
        };
        let holds = (self.is.is_empty() || self.is.iter().any(|word| word == value))
            && (self.contains.is_empty() || self.contains.are_in(value));
        let answer = match (holds, self.otherwise_open) {
            (false, true) => {
                Answer { facts: request.facts.as_slice().into(), ..Answer::silent(&self.missing) }
            }
            _ => Answer::of(Tri::from(holds), request.facts.as_slice()),
        };
        answer.noting("said", || [value.to_owned()])
    }
}

impl Asked {
    /// Without a value to compare with it is stated or not; another value may only say too little.
    pub(super) fn possible(&self) -> Possible {
        let compared = !self.is.is_empty() || !self.contains.is_empty();
        Possible { no: compared && !self.otherwise_open, open: true, yes: true }
    }

    /// Supplies a request that says it.
    pub(super) fn supply(&self, chart: &Chart, wanted: Tri, supply: &mut Supply) -> bool {
        if wanted != Tri::Yes {
            return false;
        }
        let request = &chart.request;
        let mut told = RequestedProcedure { cpt: request.cpt.clone(), ..Default::default() };
        let first = self.is.first().map(String::as_str);
        match self.field {
            AskedField::Cpt => told.cpt = first.map(str::to_owned),
            AskedField::Procedure => {
                let word = self
                    .contains
                    .words()
                    .first()
                    .map(String::as_str)
                    .or(first)
                    .unwrap_or("procedure");
                told.name = Some(match &request.procedure {
                    Some(name) => format!("{word} {name}"),
                    None => word.to_owned(),
                });
            }
            AskedField::Side => told.side = first.unwrap_or("left").parse().ok(),
            AskedField::Intent => told.intent = first.unwrap_or("diagnostic").parse().ok(),
        }
        if told.name.is_none() {
            told.name.clone_from(&request.procedure);
        }
        supply.tell(told);
        true
    }
}

/// Whether the policy covers the request, as a policy file writes it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawInScope {
    missing: String,
}

/// Whether the policy covers the request, compiled.
#[derive(Clone, Debug)]
pub(super) struct InScope {
    covered: Covered,
    missing: String,
}

impl RawInScope {
    pub(super) fn compile(&self, scope: &Scope<'_>) -> InScope {
        InScope { covered: scope.covered.clone(), missing: self.missing.clone() }
    }
}

impl InScope {
    pub(super) fn ask<'c, A: Account<'c>>(&'c self, chart: &'c Chart) -> Answer<A> {
        let request = &chart.request;
        let Some(covered) = self.covered.covers(request) else {
            return Answer::silent(&self.missing);
        };
        let said = request.cpt.iter().chain(&request.procedure);
        said.fold(Answer::of(Tri::from(covered), request.facts.as_slice()), |answer, said| {
            answer.noting("said", || [said.clone()])
        })
    }
}

impl InScope {
    pub(super) fn supply(&self, wanted: Tri, supply: &mut Supply) -> bool {
        let name = self.covered.procedures.words().first().cloned();
        supply.tell(RequestedProcedure {
            cpt: self.covered.cpt.first().cloned(),
            name,
            ..Default::default()
        });
        wanted == Tri::Yes
    }
}

/// How many joints or discs the request is for, as a policy file writes it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLevels {
    count: RawBounds,
    missing: String,
}

/// How many joints or discs the request is for, compiled.
#[derive(Clone, Debug)]
pub(super) struct Levels {
    bounds: Compare,
    missing: String,
}

impl RawLevels {
    pub(super) fn compile(&self, scope: &Scope<'_>) -> Result<Levels, String> {
        let bounds = self.count.compile(scope, Unit::Count)?;
        Ok(Levels { bounds, missing: self.missing.clone() })
    }
}

impl Levels {
    pub(super) fn ask<'c, A: Account<'c>>(&'c self, chart: &'c Chart) -> Answer<A> {
        let request = &chart.request;
        match count_joints(&request.levels) {
            0 => Answer { facts: request.facts.as_slice().into(), ..Answer::silent(&self.missing) },
            joints => {
                let holds = self.bounds.holds(joints as f64);
                Answer::of(Tri::from(holds), request.facts.as_slice())
                    .noting("said", || [request.levels.join(", ")])
            }
        }
    }

    pub(super) fn supply(&self, wanted: Tri, supply: &mut Supply) -> bool {
        let levels: Vec<String> = match (wanted, self.bounds.example(wanted)) {
            (Tri::Yes, count) if count < 2.0 => vec!["L4-5".into()],
            (_, count) => {
                (0..count as u8).map(|n| format!("L{}-{}", 1 + n % 4, 2 + n % 4)).collect()
            }
        };
        supply.tell(Injection {
            status: Some(EventStatus::Planned),
            procedure: Procedure::FacetJoint,
            levels,
            ..Injection::default()
        });
        true
    }
}

const UNSIGNED: Topic = Topic::of("unsigned");
const BLANK_SIGNATURE: Topic = Topic::of("blank-signature");
const SIGNED: Topic = Topic::of("signed");

/// A question about the documents, as a policy file writes it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
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
        Ok(Documents { recent_months: scope.number(&self.recent_months, Unit::Months)? })
    }
}

impl Documents {
    /// Signed where it has a line for it, dated, recent, every page legible.
    pub(super) fn ask<'c, A: Account<'c>>(&'c self, chart: &'c Chart) -> Answer<A> {
        let said = |topic: Topic| chart.statements(&topic).collect::<Grounds>();
        let mut lacks = A::default();
        let signature: Answer<A> = if chart.documents.iter().any(|d| d.signed == Some(false))
            || !chart.documents.iter().any(|d| d.signed == Some(true))
        {
            // A draft that waits for its signature lacks it, as a blank line does.
            lacks.lack(Item::Signature);
            let drafts = said(UNSIGNED);
            let blank = if drafts.is_empty() { said(BLANK_SIGNATURE) } else { drafts };
            Answer::of(Tri::Unknown, blank)
        } else {
            Answer::of(Tri::Yes, said(SIGNED))
        };
        let newest = chart.documents.iter().filter_map(|d| d.date).map(|date| date.latest()).max();
        let recent = match newest.zip(chart.as_of) {
            None => {
                lacks.lack(Item::RecordDate);
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
            lacks.lack(Item::LegiblePages);
            Answer::open(Flags::ILLEGIBLE, Grounds::new())
                .noting("pages_not_read", || [unreadable.to_string()])
        };
        let parts = [signature, Answer::bare(recent), legible];
        let value = parts.iter().map(|a| a.value).min().unwrap_or_default();
        let mut whole = Answer::combine(value, parts);
        if value == Tri::Unknown {
            whole.account.join(lacks);
        }
        whole
    }
}
