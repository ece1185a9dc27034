//! What goes with an answer where it is to be said: what is missing, and what was worked out.
//!
//! A verdict is told in words; a decision is not, and then nothing is kept of it.

use thin_vec::ThinVec;

use super::missing::{Missing, Thing};
use super::sentences::Worked;

/// What is kept of what is missing and of what was worked out.
pub trait Account<'p>: Clone + Default {
    /// Adds a thing that is missing; nothing where the policy has no words for it.
    fn lack(&mut self, thing: impl Into<Thing<'p>>);

    /// Puts a missing thing before all others.
    fn lead(&mut self, thing: impl Into<Thing<'p>>);

    /// Adds something that was worked out from the facts: the sentence, and what it is filled with.
    fn note<const N: usize>(&mut self, sentence: &'static str, with: impl FnOnce() -> [String; N]);

    /// Adds what another one has.
    fn join(&mut self, other: Self);

    /// What is missing alone.
    fn missing(&self) -> Self;

    /// What was worked out alone.
    fn noted(self) -> Self;
}

/// Of a decision nothing is said.
impl<'p> Account<'p> for () {
    fn lack(&mut self, _: impl Into<Thing<'p>>) {}
    fn lead(&mut self, _: impl Into<Thing<'p>>) {}
    fn note<const N: usize>(&mut self, _: &'static str, _: impl FnOnce() -> [String; N]) {}
    fn join(&mut self, _: Self) {}
    fn missing(&self) -> Self {}
    fn noted(self) -> Self {}
}

/// What a verdict says of an answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InWords<'p> {
    /// What the record does not say, in the policy's words.
    pub missing: Missing<'p>,
    /// What was worked out from the facts.
    pub notes: ThinVec<Worked>,
}

impl<'p> Account<'p> for InWords<'p> {
    fn lack(&mut self, thing: impl Into<Thing<'p>>) {
        self.missing.push(thing);
    }

    fn lead(&mut self, thing: impl Into<Thing<'p>>) {
        self.missing.lead(thing);
    }

    fn note<const N: usize>(&mut self, sentence: &'static str, with: impl FnOnce() -> [String; N]) {
        self.notes.push(Worked::out(sentence, with()));
    }

    fn join(&mut self, other: Self) {
        self.missing.join(other.missing);
        self.notes.extend(other.notes);
    }

    fn missing(&self) -> Self {
        InWords { missing: self.missing.clone(), notes: ThinVec::new() }
    }

    fn noted(self) -> Self {
        InWords { missing: Missing::default(), notes: self.notes }
    }
}
