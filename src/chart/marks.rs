//! Marks: which values the fields of facts have, a bit each, so that a filter need not read the facts it cannot find.
//!
//! A word of a closed set, a flag and silence have a bit of their own: there the mark tells all. A bit
//! may stand for several words of other fields: where it is there the value may be, where it is not
//! the value is not.

use std::sync::LazyLock;

use super::reading::{self, Field};
use crate::fact::{Fact, FieldShape, FieldValue, Kind, Origin, Section};

/// Values that a field has, or that are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark(u64);

/// What stands for a field that is not stated.
const UNSTATED: u64 = 1 << 63;

/// How many bits there are for values.
const VALUES: usize = 63;

impl Mark {
    /// The field is not stated.
    pub const UNSTATED: Mark = Mark(UNSTATED);
    /// Anything that is stated.
    pub const STATED: Mark = Mark(!UNSTATED);

    /// A word of a field without a closed set, whatever the case of ASCII letters and the space around it.
    pub fn word(word: &str) -> Mark {
        Mark::bytes(word.trim().as_bytes())
    }

    const fn bytes(word: &[u8]) -> Mark {
        // FNV-1a: words are short.
        let (mut hash, mut at) = (0xcbf2_9ce4_8422_2325_u64, 0);
        while at < word.len() {
            hash ^= word[at].to_ascii_lowercase() as u64;
            hash = hash.wrapping_mul(0x0100_0000_01b3);
            at += 1;
        }
        Mark(1 << ((hash >> 32) % VALUES as u64))
    }

    /// A word of a closed set, and of no other; `None` where the set lacks it or has more words than there are marks.
    pub fn one_of(words: &[&str], word: &str) -> Option<Mark> {
        words.iter().position(|own| *own == word).filter(|_| words.len() <= VALUES).map(Mark::nth)
    }

    /// A section.
    pub fn section(section: Section) -> Mark {
        Mark::nth(section as usize)
    }

    /// Yes or no.
    pub fn flag(flag: bool) -> Mark {
        Mark::nth(usize::from(flag))
    }

    fn nth(value: usize) -> Mark {
        Mark(1 << value)
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
    fn of(value: Option<FieldValue<'_>>, shape: FieldShape) -> Mark {
        let words = |words: &mut dyn Iterator<Item = &str>| {
            words.map(Mark::word).fold(Mark::default(), Mark::or)
        };
        match (value, shape) {
            (None, _) => Mark::UNSTATED,
            (Some(FieldValue::Text(word)), FieldShape::OneOf(set)) if set.len() <= VALUES => {
                Mark::one_of(set, &word).unwrap_or_default()
            }
            (Some(FieldValue::Text(text)), _) => Mark::word(&text).or(words(&mut text.split('/'))),
            (Some(FieldValue::List(list)), _) => words(&mut list.iter().map(String::as_str)),
            (Some(FieldValue::Flag(flag)), _) => Mark::flag(flag),
            (Some(FieldValue::Number(_)), _) => Mark::STATED,
        }
    }
}

/// What is marked of a fact: how it is said, and the fields of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column(usize);

impl Column {
    /// Whether it is only planned.
    pub const PLANNED: Column = Column(0);
    /// The section that it stands in.
    pub const SECTION: Column = Column(1);
    /// Whether it is a ticked box.
    pub const CHECKBOX: Column = Column(2);

    /// The field at a place of the kind's own names.
    pub const fn field(at: usize) -> Column {
        Column(3 + at)
    }
}

/// A topic of statements with its mark: made once and asked of many charts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Topic<W = &'static str> {
    pub(super) word: W,
    pub(super) mark: Mark,
}

impl Topic {
    /// A topic that the program knows by name.
    pub const fn of(word: &'static str) -> Self {
        Topic { word, mark: Mark::bytes(word.as_bytes()) }
    }
}

impl From<&str> for Topic<String> {
    fn from(word: &str) -> Self {
        Topic { word: word.to_owned(), mark: Mark::word(word) }
    }
}

/// The fields of a kind with what they may hold, in the order of their names.
type Fields = Vec<(Option<Field>, FieldShape)>;

/// The fields of each kind.
static FIELDS: LazyLock<Vec<Fields>> = LazyLock::new(|| {
    let kinds = Kind::TYPES.iter().enumerate();
    kinds
        .map(|(kind, (_, fields))| {
            fields.iter().map(|field| (Field::of(kind, field.name), field.shape)).collect()
        })
        .collect()
});

/// The marks of several facts of one kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Marks {
    /// Column by column, of all facts together.
    all: Vec<Mark>,
    /// Fact by fact, column by column.
    each: Vec<Mark>,
}

/// The marks of no fact.
pub(super) static OF_NONE: Marks = Marks { all: Vec::new(), each: Vec::new() };

impl Marks {
    /// Marks facts of a kind, given by its place in [`Kind::SCHEMA`].
    pub(super) fn of<'f>(kind: usize, facts: impl Iterator<Item = &'f Fact>) -> Marks {
        let fields = FIELDS.get(kind).map_or(&[][..], Vec::as_slice);
        let mut marks = Marks::default();
        for fact in facts {
            marks.each.push(Mark::flag(reading::planned(fact)));
            marks.each.push(Mark::section(fact.section));
            marks.each.push(Mark::flag(fact.assertion.origin == Origin::Checkbox));
            marks.each.extend(
                fields.iter().map(|(field, shape)| {
                    Mark::of(field.and_then(|field| field.read(fact)), *shape)
                }),
            );
        }
        marks.all = vec![Mark::default(); Column::field(fields.len()).0];
        for own in marks.each.chunks_exact(marks.all.len()) {
            for (all, own) in marks.all.iter_mut().zip(own) {
                *all = all.or(*own);
            }
        }
        marks
    }

    /// Those of the facts that the marks are of, given as `facts`, that may have what is asked for.
    #[inline]
    pub(super) fn find<'m>(
        &'m self,
        facts: &'m [usize],
        asked: impl AsRef<[(Column, Mark)]>,
    ) -> impl Iterator<Item = usize> {
        let columns = self.all.len();
        // Mostly none of them has it.
        let (facts, mut rest) = match meet(&self.all, asked.as_ref()) {
            true => (facts, &self.each[..]),
            false => (&[][..], &[][..]),
        };
        facts.iter().copied().filter(move |_| {
            let (own, others) = rest.split_at_checked(columns).unwrap_or_default();
            rest = others;
            meet(own, asked.as_ref())
        })
    }
}

/// Whether marks of a fact, or of several together, are among those asked for: columns and their values.
#[inline]
fn meet(own: &[Mark], asked: &[(Column, Mark)]) -> bool {
    asked.iter().all(|(column, values)| own.get(column.0).is_some_and(|own| own.meets(*values)))
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
            let asked = [(Column::field(0), Mark::word(name))];
            assert!(marks.find(&[0, 1], asked).any(|found| found == n), "{name}");
        }
        let brand = Column::field(1);
        let any = |mark: Mark| marks.find(&[0, 1], [(brand, mark)]).next().is_some();
        assert!(any(Mark::UNSTATED) && !any(Mark::STATED));
    }

    #[test]
    fn most_of_what_is_not_there_is_told_apart() {
        let facts = [fact(Statement { topic: "single-block".into(), value: None })];
        let marks = Marks::of(const { kind_index("statement") }, facts.iter());
        let others = ["spread", "signed", "class-not-tried", "no-prior-block", "elsewhere"];
        let found = others
            .iter()
            .filter(|word| {
                marks.find(&[0], [(Column::field(0), Mark::word(word))]).next().is_some()
            })
            .count();
        assert!(found <= 1, "{found} of {}", others.len());
    }

    #[test]
    fn words_of_a_closed_set_are_told_apart() {
        let sets = Kind::TYPES.iter().flat_map(|(_, fields)| *fields);
        let sets = sets.filter_map(|field| match field.shape {
            FieldShape::OneOf(words) => Some(words),
            _ => None,
        });
        for words in sets.chain([Section::WORDS]) {
            for (n, word) in words.iter().enumerate() {
                assert_eq!(Mark::one_of(words, word), Some(Mark::nth(n)), "{word}");
            }
        }
        assert_eq!(Mark::one_of(Section::WORDS, "nowhere"), None);
    }

    #[test]
    fn a_topic_has_the_mark_of_its_statements() {
        let facts = [fact(Statement { topic: "single-block".into(), value: None })];
        let marks = Marks::of(const { kind_index("statement") }, facts.iter());
        const KNOWN: Topic = Topic::of("single-block");
        for mark in [KNOWN.mark, Topic::from("single-block").mark] {
            assert_eq!(marks.find(&[0], [(Column::field(0), mark)]).count(), 1);
        }
    }
}
