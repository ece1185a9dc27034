//! The necessity evaluator: a verdict as a pure function of chart and policy.
//!
//! A [`Policy`] is read from TOML and compiled once; [`evaluate`] asks its rules of a chart.
//! Silence of the record is never a no: see [`logic`].

mod cases;
mod compile;
mod evaluate;
mod evidence;
mod filter;
mod findings;
pub mod logic;
mod narrative;
mod past;
mod pathway;
mod policy;
mod reasons;
mod record;
mod rule;
mod treatment;
mod verdict;

pub use cases::PolicyCase;
use evaluate::Settled;
pub use evaluate::{DEFAULT_POLICY, choose, evaluate};
pub use evidence::{Evidence, EvidenceRegistry};
pub use narrative::{narrative, narrative_with};
pub use policy::{Criterion, MissingDocumentation, PathwayStep, Policy, Verification};
pub use verdict::*;

#[cfg(test)]
mod tests;
