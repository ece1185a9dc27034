//! Marks: which values the fields of facts have, a bit each, so that a filter need not read the facts it cannot find.
//!
//! A mark may stand for several values: where the bit is there the value may be, where it is
//! not the value is not.

use std::sync::LazyLock;

use super::reading::Field;
use crate::fact::{Fact, FieldValue, Kind};

/// Values that a field has, or that are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark(u64);

/// What stands for a field that is not stated.
const UNSTATED: u64 = 1 << 63;

impl Mark {
    /// The field is not stated.
    pub const UNSTATED: Mark = Mark(UNSTATED);
    /// Anything that is stated.
    pub const STATED: Mark = Mark(!UNSTATED);

    /// A word, whatever the case of ASCII letters and the space around it.
    pub fn word(word: &str) -> Mark {
        // FNV-1a: words are short.
        let hash = word.trim().bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0000_01b3)
        });
        Mark(1 << ((hash >> 32) % 63))
    }

    /// Yes or no.
    pub fn flag(flag: bool) -> Mark {
        Mark(1 << u8::from(flag))
    }

    /// Either.
    pub fn or(self, other: Mark) -> Mark {
        Mark(self.0 | other.0)
    }

    /// Whether a value may be one of those asked for.
    #[inline]
    pub fn meets(self, asked: Mark) -> bool {
        self.0 & asked.0 != 0
    }

    /// What a field of a fact says. Of a combination of drugs, each part and the whole.
    fn of(value: Option<FieldValue<'_>>) -> Mark {
        let words = |words: &mut dyn Iterator<Item = &str>| {
            words.map(Mark::word).fold(Mark::default(), Mark::or)
        };
        match value {
            None => Mark::UNSTATED,
            Some(FieldValue::Text(text)) => Mark::word(&text).or(words(&mut text.split('/'))),
            Some(FieldValue::List(list)) => words(&mut list.iter().map(String::as_str)),
            Some(FieldValue::Flag(flag)) => Mark::flag(flag),
            Some(FieldValue::Number(_)) => Mark::STATED,
        }
    }
}

/// The fields of each kind, in the order of their names.
static FIELDS: LazyLock<Vec<Vec<Option<Field>>>> = LazyLock::new(|| {
    let kinds = Kind::SCHEMA.iter().enumerate();
    kinds
        .map(|(kind, (_, names))| names.iter().map(|name| Field::of(kind, name)).collect())
        .collect()
});

/// The marks of several facts of one kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Marks {
    /// How many fields the kind has.
    fields: usize,
    /// Field by field, of all facts together.
    all: Vec<Mark>,
    /// Fact by fact, field by field.
    each: Vec<Mark>,
}

impl Marks {
    /// Marks facts of a kind, given by its place in [`Kind::SCHEMA`].
    pub(super) fn of<'f>(kind: usize, facts: impl Iterator<Item = &'f Fact>) -> Marks {
        let fields = FIELDS.get(kind).map_or(&[][..], Vec::as_slice);
        let all = vec![Mark::default(); fields.len()];
        let mut marks = Marks { fields: fields.len(), all, each: Vec::new() };
        for fact in facts {
            for (field, all) in fields.iter().zip(&mut marks.all) {
                let mark = Mark::of(field.and_then(|field| field.read(fact)));
                *all = all.or(mark);
                marks.each.push(mark);
            }
        }
        marks
    }

    /// Whether any of the facts may have what is asked for: pairs of a field's place and its values.
    #[inline]
    pub fn any(&self, asked: &[(usize, Mark)]) -> bool {
        meet(&self.all, asked)
    }

    /// Whether the `n`th fact may have what is asked for.
    #[inline]
    pub fn nth(&self, n: usize, asked: &[(usize, Mark)]) -> bool {
        meet(self.each.get(n * self.fields..).unwrap_or_default(), asked)
    }
}

#[inline]
fn meet(own: &[Mark], asked: &[(usize, Mark)]) -> bool {
    asked.iter().all(|(field, values)| own.get(*field).is_some_and(|own| own.meets(*values)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::kind_index;
    use crate::fact::{Medication, Statement};

    fn fact(kind: impl Into<Kind>) -> Fact {
        Fact {
            id: String::new(),
            kind: kind.into(),
            assertion: Default::default(),
            date: None,
            section: Default::default(),
            rule: "".into(),
            confidence: 1.0,
            place: Default::default(),
        }
    }

    #[test]
    fn a_value_that_is_there_is_never_missed() {
        let drug = |name: &str| fact(Medication { name: name.into(), ..Default::default() });
        let facts = [drug("hydrocodone/acetaminophen"), drug("Naproxen")];
        let marks = Marks::of(const { kind_index("medication") }, facts.iter());
        for (n, name) in [(0, "acetaminophen"), (0, "hydrocodone"), (1, "naproxen")] {
            let asked = [(0, Mark::word(name))];
            assert!(marks.any(&asked) && marks.nth(n, &asked), "{name}");
        }
        assert!(marks.any(&[(1, Mark::UNSTATED)]) && !marks.any(&[(1, Mark::STATED)]));
    }

    #[test]
    fn most_of_what_is_not_there_is_told_apart() {
        let facts = [fact(Statement { topic: "single-block".into(), value: None })];
        let marks = Marks::of(const { kind_index("statement") }, facts.iter());
        let others = ["spread", "signed", "class-not-tried", "no-prior-block", "elsewhere"];
        let found = others.iter().filter(|word| marks.any(&[(0, Mark::word(word))])).count();
        assert!(found <= 1, "{found} of {}", others.len());
    }
}
