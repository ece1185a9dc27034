//! What to look at next, and why.

use std::collections::BTreeMap;

use super::ledger::ADJUDICATE;

/// What queues know of a fact.
pub struct Item {
    /// The fact's id.
    pub id: String,
    /// Place of its case among the cases.
    pub case: usize,
    /// Place of its file among the files.
    pub file: usize,
    /// Page of the file, counted from 1.
    pub page: u32,
    /// Its kind, by place in [`Kind::SCHEMA`](crate::fact::Kind::SCHEMA).
    pub kind: usize,
    /// How sure it is, 0-1; `None` where that is not known.
    pub confidence: Option<f32>,
}

/// A list of facts to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Queue {
    /// The least sure first.
    Low,
    /// Drawn by chance, so many of each kind: what the estimates rest on.
    Random {
        /// What the draw follows from.
        seed: u64,
    },
    /// Those behind a reason.
    Reason(String),
    /// Those of one file, by its place among the files.
    Document(usize),
    /// Those that one other reviewer looked at.
    Second,
    /// Those over which reviewers differ.
    Adjudicate,
    /// Those that changed under their verdict.
    Changed,
}

impl Queue {
    /// The queue of that name, as in the address of its page and in the store.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name.split_once(':') {
            Some(("reason", id)) => Self::Reason(id.to_owned()),
            Some(("document", at)) => Self::Document(at.parse().ok()?),
            Some(_) => return None,
            None => match name {
                "low" => Self::Low,
                "second" => Self::Second,
                ADJUDICATE => Self::Adjudicate,
                "changed" => Self::Changed,
                _ => Self::Random { seed: name.strip_prefix("random-")?.parse().ok()? },
            },
        })
    }

    /// Its name.
    pub fn name(&self) -> String {
        match self {
            Self::Low => "low".to_owned(),
            Self::Random { seed } => format!("random-{seed}"),
            Self::Reason(id) => format!("reason:{id}"),
            Self::Document(at) => format!("document:{at}"),
            Self::Second => "second".to_owned(),
            Self::Adjudicate => ADJUDICATE.to_owned(),
            Self::Changed => "changed".to_owned(),
        }
    }
}

/// Places of the facts, the least sure first; one of which that is not known is least sure.
pub fn low_first(items: &[Item]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..items.len() as u32).collect();
    let sure = |at: &u32| items[*at as usize].confidence.unwrap_or(-1.0);
    order.sort_by(|a, b| sure(a).total_cmp(&sure(b)).then(a.cmp(b)));
    order
}

/// Places of `each` facts of every kind, drawn by chance; kinds take turns. The same seed
/// draws the same, and fewer are the first of more.
pub fn random_sample(items: &[Item], seed: u64, each: usize) -> Vec<u32> {
    let mut kinds: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
    for (at, item) in items.iter().enumerate() {
        kinds.entry(item.kind).or_default().push(at as u32);
    }
    let drawn: Vec<Vec<u32>> = kinds
        .into_values()
        .map(|places| {
            let mut places = shuffled(places, seed, |at| items[*at as usize].id.clone());
            places.truncate(each);
            places
        })
        .collect();
    let turns = (0..each).flat_map(|turn| drawn.iter().filter_map(move |kind| kind.get(turn)));
    turns.copied().collect()
}

/// Things in an order that follows from the seed and their names alone.
pub fn shuffled<T>(things: Vec<T>, seed: u64, name: impl Fn(&T) -> String) -> Vec<T> {
    let lot = |thing: &T| {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&seed.to_le_bytes()).update(name(thing).as_bytes());
        *hasher.finalize().as_bytes()
    };
    let mut things: Vec<([u8; 32], T)> =
        things.into_iter().map(|thing| (lot(&thing), thing)).collect();
    things.sort_by_key(|(lot, _)| *lot);
    things.into_iter().map(|(_, thing)| thing).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(count: usize) -> Vec<Item> {
        (0..count)
            .map(|n| Item {
                id: format!("{n:016x}"),
                case: 0,
                file: 0,
                page: 1,
                kind: if n % 10 == 0 { 1 } else { 0 },
                confidence: (n % 7 > 0).then_some((n % 5) as f32 / 5.0),
            })
            .collect()
    }

    #[test]
    fn what_is_not_known_is_least_sure() {
        let items = items(50);
        let order = low_first(&items);
        let sure: Vec<Option<f32>> =
            order.iter().map(|at| items[*at as usize].confidence).collect();
        assert_eq!(sure.iter().take_while(|sure| sure.is_none()).count(), 8);
        assert!(sure.is_sorted());
    }

    #[test]
    fn a_draw_follows_from_its_seed_and_takes_each_kind() {
        let items = items(200);
        let drawn = random_sample(&items, 1, 6);
        let of_kind = |kind| drawn.iter().filter(|at| items[**at as usize].kind == kind).count();
        assert_eq!((of_kind(0), of_kind(1)), (6, 6));
        assert_eq!(random_sample(&items, 1, 6), drawn);
        assert_ne!(random_sample(&items, 2, 6), drawn);
        assert_eq!(random_sample(&items, 1, 3), drawn[..6]);
    }

    #[test]
    fn names_come_back() {
        for name in
            ["low", "random-7", "reason:a-b", "document:3", "second", "adjudicate", "changed"]
        {
            assert_eq!(Queue::parse(name).unwrap().name(), name);
        }
        for name in ["", "random", "random-x", "document:x", "other:1"] {
            assert_eq!(Queue::parse(name), None, "{name}");
        }
    }
}
