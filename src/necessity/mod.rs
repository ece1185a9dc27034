//! The necessity evaluator: a verdict as a pure function of chart and policy.

mod verdict;

pub use verdict::*;
