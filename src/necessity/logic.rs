//! Three-valued logic after Kleene, and the answers that carry its grounds.
//!
//! A missing fact is neither yes nor no: `No < Unknown < Yes`, `all` is the least, `any` the
//! greatest. An [`Answer`] keeps the facts that decided it, what is missing, and flags that
//! say why something stays unknown.

use smallvec::SmallVec;

use super::Outcome;
use super::account::Account;
use super::missing::Thing;

/// No, unknown, yes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tri {
    /// The record says that it is not so.
    No,
    /// The record does not say, or cannot be used.
    #[default]
    Unknown,
    /// The record says so.
    Yes,
}

impl Tri {
    /// No for yes, yes for no.
    pub fn negate(self) -> Tri {
        match self {
            Tri::No => Tri::Yes,
            Tri::Unknown => Tri::Unknown,
            Tri::Yes => Tri::No,
        }
    }

    /// Whether a number that is known to lie from `low` to `high` passes the test.
    pub fn of_range(low: f64, high: f64, test: impl Fn(f64) -> bool) -> Tri {
        match (test(low), test(high)) {
            (true, true) => Tri::Yes,
            (false, false) => Tri::No,
            _ => Tri::Unknown,
        }
    }

    /// At least `n` of the values hold.
    pub fn n_of(n: usize, values: impl Iterator<Item = Tri>) -> Tri {
        let (mut yes, mut open) = (0, 0);
        for value in values {
            match value {
                Tri::Yes => yes += 1,
                Tri::Unknown => open += 1,
                Tri::No => {}
            }
        }
        match (yes >= n, yes + open < n) {
            (true, _) => Tri::Yes,
            (_, true) => Tri::No,
            _ => Tri::Unknown,
        }
    }
}

impl From<bool> for Tri {
    fn from(value: bool) -> Tri {
        if value { Tri::Yes } else { Tri::No }
    }
}

impl From<Tri> for Outcome {
    fn from(value: Tri) -> Outcome {
        match value {
            Tri::Yes => Outcome::Met,
            Tri::No => Outcome::NotMet,
            Tri::Unknown => Outcome::NotDocumented,
        }
    }
}

/// Which answers a rule can come to, whatever the record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Possible {
    /// No.
    pub no: bool,
    /// Unknown.
    pub open: bool,
    /// Yes.
    pub yes: bool,
}

impl Possible {
    /// Any answer.
    pub const ANY: Possible = Possible { no: true, open: true, yes: true };

    /// One answer alone.
    pub fn of(value: Tri) -> Self {
        Self { no: value == Tri::No, open: value == Tri::Unknown, yes: value == Tri::Yes }
    }

    /// Whether only one answer is possible.
    pub fn constant(self) -> bool {
        [self.no, self.open, self.yes].iter().filter(|possible| **possible).count() == 1
    }

    /// Those of the opposite.
    pub fn negate(self) -> Self {
        Self { no: self.yes, open: self.open, yes: self.no }
    }

    /// Those of at least `n` of the parts.
    pub fn n_of(n: usize, parts: &[Possible]) -> Self {
        let count = |pick: fn(&Possible) -> bool| parts.iter().filter(|part| pick(part)).count();
        let (always, open) = (count(|p| p.yes && !p.no && !p.open), count(|p| p.open));
        let either = count(|p| p.yes && p.no && !p.open);
        Self {
            yes: count(|p| p.yes) >= n,
            no: count(|p| p.no) + n > parts.len(),
            // Fewer than n hold, and the open ones could make them n.
            open: always < n && open > 0 && always + open + either >= n,
        }
    }
}

/// Why something is not as it should be; a small set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Flags(u8);

impl Flags {
    /// No flag.
    pub const NONE: Flags = Flags(0);
    /// Two places in the record disagree.
    pub const CONFLICTING: Flags = Flags(1);
    /// A score's written label does not fit the score.
    pub const INCONSISTENT: Flags = Flags(2);
    /// A score does not fit the narrative.
    pub const DISCORDANT: Flags = Flags(4);
    /// A result that is neither one thing nor the other.
    pub const EQUIVOCAL: Flags = Flags(8);
    /// Text or pages that could not be read.
    pub const ILLEGIBLE: Flags = Flags(16);
    /// A range where one value is needed.
    pub const RANGE: Flags = Flags(32);

    const NAMED: [(Flags, &'static str); 6] = [
        (Flags::CONFLICTING, "conflicting"),
        (Flags::DISCORDANT, "discordant"),
        (Flags::EQUIVOCAL, "equivocal"),
        (Flags::ILLEGIBLE, "illegible"),
        (Flags::INCONSISTENT, "inconsistent"),
        (Flags::RANGE, "range"),
    ];

    /// Both sets.
    pub fn and(self, other: Flags) -> Flags {
        Flags(self.0 | other.0)
    }

    /// Whether any flag of `other` is set.
    pub fn has(self, other: Flags) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether a person must look at the evidence.
    pub fn refers(self) -> bool {
        self.has(Flags::CONFLICTING.and(Flags::EQUIVOCAL).and(Flags::ILLEGIBLE))
    }

    /// The words for the flags, sorted.
    pub fn words(self) -> impl Iterator<Item = &'static str> {
        Flags::NAMED.into_iter().filter(move |(flag, _)| self.has(*flag)).map(|(_, word)| word)
    }

    /// All words for flags.
    pub fn all_words() -> impl Iterator<Item = &'static str> {
        Flags::NAMED.into_iter().map(|(_, word)| word)
    }

    /// The flag of that word.
    pub fn of_word(word: &str) -> Option<Flags> {
        Flags::NAMED.into_iter().find(|(_, name)| *name == word).map(|(flag, _)| flag)
    }
}

/// The facts that an answer rests on: indices into [`Chart::facts`](crate::chart::Chart::facts). Few, as a rule.
pub type Grounds = SmallVec<[usize; 4]>;

/// A value with its grounds, and what is to be said of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer<A> {
    /// No, unknown or yes.
    pub value: Tri,
    /// Why it is open or wrong.
    pub flags: Flags,
    /// Facts that decided it.
    pub facts: Grounds,
    /// What is missing and what was worked out, where it is to be said.
    pub account: A,
}

impl<'p, A: Account<'p>> Answer<A> {
    /// An answer without grounds.
    #[inline]
    pub fn bare(value: Tri) -> Self {
        Answer { value, ..Default::default() }
    }

    /// An answer that rests on facts.
    #[inline]
    pub fn of(value: Tri, facts: impl Into<Grounds>) -> Self {
        Answer { value, facts: facts.into(), ..Default::default() }
    }

    /// Unknown, with what is missing.
    #[inline]
    pub fn silent(missing: impl Into<Thing<'p>>) -> Self {
        Answer::default().lacking(missing)
    }

    /// The same with what is missing, where it is open.
    #[inline]
    pub fn lacking(mut self, missing: impl Into<Thing<'p>>) -> Self {
        if self.value == Tri::Unknown {
            self.account.lack(missing);
        }
        self
    }

    /// The same with something worked out from the facts: the sentence, and what it is filled with.
    #[inline]
    pub fn noting<const N: usize>(
        mut self,
        sentence: &'static str,
        with: impl FnOnce() -> [String; N],
    ) -> Self {
        self.account.note(sentence, with);
        self
    }

    /// Unknown, for the reason that the flag gives.
    #[inline]
    pub fn open(flags: Flags, facts: impl Into<Grounds>) -> Self {
        Answer { flags, facts: facts.into(), ..Default::default() }
    }

    /// The opposite, on the same grounds.
    #[inline]
    pub fn negate(mut self) -> Self {
        self.value = self.value.negate();
        self
    }

    /// The combination of parts to `value`, on the grounds of those parts that agree with it.
    #[inline]
    pub fn combine(value: Tri, parts: impl IntoIterator<Item = Answer<A>>) -> Self {
        let mut whole = Answer::bare(value);
        parts.into_iter().filter(|part| part.value == value).for_each(|part| whole.join(part));
        whole.tidy();
        whole
    }

    /// The least of the parts, on the grounds of those that are as low; `None` where there are none.
    #[inline]
    pub fn least(parts: impl Iterator<Item = Answer<A>>) -> Option<Self> {
        Self::outermost(parts, |new, known| new < known)
    }

    /// The greatest of the parts, on the grounds of those that are as high; `None` where there are none.
    #[inline]
    pub fn greatest(parts: impl Iterator<Item = Answer<A>>) -> Option<Self> {
        Self::outermost(parts, |new, known| new > known)
    }

    #[inline]
    fn outermost(
        mut parts: impl Iterator<Item = Answer<A>>,
        further: impl Fn(Tri, Tri) -> bool,
    ) -> Option<Self> {
        let mut whole = parts.next()?;
        for part in parts {
            if further(part.value, whole.value) {
                whole = part;
            } else if part.value == whole.value {
                whole.join(part);
            }
        }
        whole.tidy();
        Some(whole)
    }

    /// Adds the grounds of another answer.
    #[inline]
    fn join(&mut self, part: Answer<A>) {
        self.flags = self.flags.and(part.flags);
        if self.facts.is_empty() {
            self.facts = part.facts;
        } else {
            part.facts.iter().for_each(|fact| self.facts.push(*fact));
        }
        self.account.join(part.account);
    }

    /// Each fact once and in order.
    #[inline]
    fn tidy(&mut self) {
        if !self.facts.is_sorted_by(|a, b| a < b) {
            self.facts.sort_unstable();
            self.facts.dedup();
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tri() -> impl Strategy<Value = Tri> {
        prop_oneof![Just(Tri::No), Just(Tri::Unknown), Just(Tri::Yes)]
    }

    proptest! {
        #[test]
        fn de_morgan(a in tri(), b in tri()) {
            prop_assert_eq!(a.min(b).negate(), a.negate().max(b.negate()));
            prop_assert_eq!(a.negate().negate(), a);
        }

        #[test]
        fn n_of_spans_any_and_all(values in prop::collection::vec(tri(), 1..6)) {
            prop_assert_eq!(Tri::n_of(1, values.iter().copied()), *values.iter().max().unwrap());
            prop_assert_eq!(Tri::n_of(values.len(), values.iter().copied()), *values.iter().min().unwrap());
        }

        // Which answers a count can come to is what trying them all comes to.
        #[test]
        fn possible_answers_are_those_that_occur(parts in prop::collection::vec((prop::bool::ANY, prop::bool::ANY, prop::bool::ANY), 1..5), n in 1usize..5) {
            let parts: Vec<Possible> = parts.iter().map(|(no, open, yes)| Possible { no: *no, open: *open, yes: *yes || !(*no || *open) }).collect();
            let n = n.min(parts.len());
            let mut all: Vec<Vec<Tri>> = vec![Vec::new()];
            for part in &parts {
                let values = [(part.no, Tri::No), (part.open, Tri::Unknown), (part.yes, Tri::Yes)];
                all = all.iter().flat_map(|head| values.iter().filter(|(can, _)| *can).map(move |(_, value)| {
                    let mut row = head.clone();
                    row.push(*value);
                    row
                })).collect();
            }
            let got: Vec<Tri> = all.iter().map(|row| Tri::n_of(n, row.iter().copied())).collect();
            let expect = Possible { no: got.contains(&Tri::No), open: got.contains(&Tri::Unknown), yes: got.contains(&Tri::Yes) };
            prop_assert_eq!(Possible::n_of(n, &parts), expect);
        }

        // What is learned later never turns a yes into a no.
        #[test]
        fn learning_more_never_contradicts(values in prop::collection::vec(tri(), 1..6), n in 1usize..6, learned in prop::bool::ANY) {
            let before = Tri::n_of(n, values.iter().copied());
            let after = Tri::n_of(n, values.iter().map(|v| if *v == Tri::Unknown { Tri::from(learned) } else { *v }));
            prop_assert!(before == Tri::Unknown || before == after);
            prop_assert!(after != Tri::Unknown);
        }
    }
}
