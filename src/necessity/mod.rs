//! The necessity evaluator: a verdict as a pure function of chart and policy.
//!
//! A [`Policy`] is read from TOML and compiled once. [`decide`] asks its rules of a chart,
//! [`evaluate`] says the same in words.
//! Silence of the record is never a no: see [`logic`].

mod account;
mod care;
mod cases;
mod change;
mod choose;
mod compile;
mod decide;
mod drugs;
mod evaluate;
mod events;
mod evidence;
mod filter;
mod findings;
mod lint;
mod load;
pub mod logic;
mod missing;
mod narrative;
mod past;
mod parts;
mod pathway;
mod policy;
mod raw;
mod read;
mod reasons;
mod record;
mod response;
mod rule;
mod score;
mod sentences;
mod show;
mod supply;
mod templates;
mod treatment;
mod unit;
mod verdict;

pub use account::{Account, InWords};
pub use cases::PolicyCase;
pub use choose::{DEFAULT_POLICY, Payer, choose, in_force};
pub(crate) use compile::unknown;
pub use decide::{Decided, Decision, decide};
pub use evaluate::{evaluate, evaluate_in};
pub use evidence::{Evidence, EvidenceRegistry};
pub use missing::{Item, Missing, Thing};
pub use narrative::Teller;
pub use policy::{Criterion, MissingDocumentation, PathwayStep, Policy, Stage, Verification};
pub use sentences::Worked;
pub use show::show;
pub use supply::{Supposed, with_documentation, with_step};
pub use templates::Templates;
pub use unit::Quantity;
pub use verdict::*;

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;
