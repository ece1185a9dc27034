//! What the record does not say: each thing once, and one as a rule.

use thin_vec::ThinVec;

use crate::closed_set;

closed_set! {
    /// Things that any record may lack, whatever the policy; the template of sentences has their words.
    pub enum Item {
        #[default]
        Signature = "signature",
        /// Which side is asked for.
        Side = "side",
        RecordDate = "record_date",
        LegiblePages = "legible_pages",
        InjectionDates = "injection_dates",
        ReliefPercent = "relief_percent",
        ReliefDuration = "relief_duration",
        /// A course of the therapy that is asked about.
        Course = "course",
        CourseSupervision = "course_supervision",
        CourseLength = "course_length",
        CourseDates = "course_dates",
        CourseResult = "course_result",
    }
}

/// A thing that is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing<'p> {
    /// In the policy's words.
    Worded(&'p str),
    /// One that any record may lack.
    Item(Item),
}

impl<'p> From<&'p str> for Thing<'p> {
    fn from(words: &'p str) -> Self {
        Thing::Worded(words)
    }
}

impl<'p> From<&'p String> for Thing<'p> {
    fn from(words: &'p String) -> Self {
        Thing::Worded(words)
    }
}

impl From<Item> for Thing<'_> {
    fn from(item: Item) -> Self {
        Thing::Item(item)
    }
}

/// Things that are missing, in order and each once. One of them takes no memory of its own.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Missing<'p> {
    first: Option<Thing<'p>>,
    others: ThinVec<Thing<'p>>,
}

impl<'p> Missing<'p> {
    /// Adds a thing, unless it is there or the policy has no words for it.
    #[inline]
    pub fn push(&mut self, thing: impl Into<Thing<'p>>) {
        let thing = thing.into();
        match self.first {
            _ if thing == Thing::Worded("") => {}
            None => self.first = Some(thing),
            Some(first) if first == thing || self.others.contains(&thing) => {}
            Some(_) => self.others.push(thing),
        }
    }

    /// Adds the things of another.
    #[inline]
    pub fn join(&mut self, other: Missing<'p>) {
        if self.first.is_none() {
            *self = other;
        } else {
            other.iter().for_each(|thing| self.push(thing));
        }
    }

    /// Puts a thing before all others.
    pub fn lead(&mut self, thing: impl Into<Thing<'p>>) {
        let thing = thing.into();
        let others = self.iter().filter(|other| *other != thing).collect();
        *self = Missing { first: Some(thing), others };
    }

    /// Whether nothing is missing.
    pub fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    /// The things in order.
    pub fn iter(&self) -> impl Iterator<Item = Thing<'p>> {
        self.first.into_iter().chain(self.others.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thing_is_told_once_and_in_order() {
        let only = |thing: Thing<'static>| {
            let mut missing = Missing::default();
            missing.push(thing);
            missing
        };
        let mut missing = Missing::default();
        ["the date", "", "the dose", "the date", "the dose"]
            .into_iter()
            .for_each(|thing| missing.push(thing));
        missing.push(Item::Signature);
        let words = |word| Thing::Worded(word);
        let signature = Thing::Item(Item::Signature);
        let told: Vec<_> = missing.iter().collect();
        assert_eq!(told, [words("the date"), words("the dose"), signature]);
        missing.lead("two trials");
        missing.join(only(signature));
        missing.join(only(words("the length")));
        let told: Vec<_> = missing.iter().collect();
        let all = ["two trials", "the date", "the dose"].map(Thing::Worded);
        assert_eq!(told, [all.as_slice(), &[signature, words("the length")]].concat());
        assert!(only(words("")).is_empty());
    }
}
