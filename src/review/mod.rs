//! What reviewers say of facts: what stands, what it changes, what to look at next, and
//! what it tells of the quality of the facts.

mod apply;
mod gold;
mod ledger;
mod quality;
mod queue;

pub use apply::{HUMAN, Reviews};
pub use gold::{Gold, Outcome, Taken, without_place};
pub use ledger::{ADJUDICATE, Ledger, agree};
pub use quality::{Estimate, agreement, rate, share};
pub use queue::{Item, Queue, low_first, random_sample, shuffled};
