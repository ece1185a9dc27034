//! What the record does not say, in the policy's words: each thing once, and one as a rule.

use super::logic::Tri;

/// Things that are missing, in order and each once. One of them takes no memory of its own.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Missing<'p> {
    first: Option<&'p str>,
    others: Vec<&'p str>,
}

impl<'p> Missing<'p> {
    /// The thing, where the answer is open; nothing where the policy has no words for it.
    pub fn where_open(value: Tri, thing: &'p str) -> Self {
        let first = (value == Tri::Unknown && !thing.is_empty()).then_some(thing);
        Missing { first, others: Vec::new() }
    }

    /// Adds a thing, unless it is there.
    pub fn push(&mut self, thing: &'p str) {
        match self.first {
            None => self.first = Some(thing),
            Some(first) if first == thing || self.others.contains(&thing) => {}
            Some(_) => self.others.push(thing),
        }
    }

    /// Adds the things of another.
    pub fn join(&mut self, other: Missing<'p>) {
        if self.first.is_none() {
            *self = other;
        } else {
            other.iter().for_each(|thing| self.push(thing));
        }
    }

    /// Puts a thing before all others.
    pub fn lead(&mut self, thing: &'p str) {
        let others = self.iter().filter(|other| *other != thing).collect();
        *self = Missing { first: Some(thing), others };
    }

    /// Whether nothing is missing.
    pub fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    /// The things in order.
    pub fn iter(&self) -> impl Iterator<Item = &'p str> {
        self.first.into_iter().chain(self.others.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thing_is_told_once_and_in_order() {
        let mut missing = Missing::where_open(Tri::Unknown, "the date");
        ["the dose", "the date", "the dose"].into_iter().for_each(|thing| missing.push(thing));
        assert_eq!(missing.iter().collect::<Vec<_>>(), ["the date", "the dose"]);
        missing.lead("two trials");
        missing.join(Missing::where_open(Tri::Unknown, "the length"));
        let told: Vec<_> = missing.iter().collect();
        assert_eq!(told, ["two trials", "the date", "the dose", "the length"]);
        assert!(Missing::where_open(Tri::Yes, "the date").is_empty());
    }
}
