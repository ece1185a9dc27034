//! A policy's text into its raw tables.
//!
//! What is no table of a policy is told of and left out, and the rest is read again, so that one slip
//! does not hide the others.

use std::ops::Range;
use std::sync::LazyLock;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue, Deserializer, Error};

use super::compile::{Mistake, nearest};
use super::raw::RawPolicy;

/// What a text comes to.
pub(super) struct Read {
    /// What could be read; `None` where the text is no TOML, or where too little is left.
    pub(super) raw: Option<RawPolicy>,
    /// What is wrong, in the order in which it was found.
    pub(super) mistakes: Vec<Mistake>,
    /// Ids of criteria, steps and the like that were left out, or a part of them.
    pub(super) left_out: Vec<String>,
}

impl Read {
    /// Whether a problem of what is left only follows from what was left out.
    pub(super) fn follows(&self, problem: &str) -> bool {
        let (whole, what) = problem.split_once(": ").unwrap_or(("", problem));
        let shorter = what.starts_with("n_of: ") || what.starts_with("an empty list");
        self.left_out
            .iter()
            .map(|id| format!("`{id}`"))
            .any(|id| what.contains(&id) || (whole.contains(&id) && shorter))
    }
}

/// Fields that every policy has, for those that a text lacks.
const STAND_INS: &str = "
id = \"-\"
version = \"-\"
title = \"-\"
effective = \"2000-01-01\"
source = \"-\"
retrieved = \"-\"
verification = \"unverified\"
scope = { cpt = [], procedures = [] }
criterion = []
";

static STANDING_IN: LazyLock<DeTable<'static>> =
    LazyLock::new(|| DeTable::parse_recoverable(STAND_INS).0.into_inner());

/// Reads a policy.
pub(super) fn read(text: &str) -> Read {
    let of = |raw, mistakes| Read { raw, mistakes, left_out: Vec::new() };
    let (root, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        return of(None, errors.iter().map(|error| (start(error), worded(error))).collect());
    }
    match RawPolicy::deserialize(Deserializer::from(root.clone())) {
        Ok(raw) => of(Some(raw), Vec::new()),
        Err(error) => {
            let (left_out, gone, stood_in) = Default::default();
            Rest { root, left_out, gone, stood_in }.read(error)
        }
    }
}

/// A policy without what was found wrong in it.
struct Rest<'t> {
    root: Spanned<DeTable<'t>>,
    left_out: Vec<String>,
    /// Fields that were left out: where their table is, and their name.
    gone: Vec<(usize, String)>,
    /// Fields of the policy itself that something else stands in for.
    stood_in: Vec<String>,
}

impl Rest<'_> {
    fn read(mut self, mut error: Error) -> Read {
        let mut mistakes = Vec::new();
        let raw = loop {
            let told = self.leave_out(&error);
            if told != Told::Before {
                mistakes.push((start(&error), worded(&error)));
            }
            if told == Told::Stuck {
                break None;
            }
            match RawPolicy::deserialize(Deserializer::from(self.root.clone())) {
                Ok(raw) => break Some(raw),
                Err(next) => error = next,
            }
        };
        Read { raw, mistakes, left_out: self.left_out }
    }

    /// Takes out what the error is about.
    fn leave_out(&mut self, error: &Error) -> Told {
        let missing = missing_field(error.message());
        if error.span() == Some(self.root.span()) {
            return missing.map_or(Told::Stuck, |field| self.stand_in(field, Told::Now));
        }
        let Some(path) = path_in_table(self.root.get_ref(), start(error)) else {
            return Told::Stuck;
        };
        let path = cut(&path);
        let table = match path {
            [Part::Field(field), Part::Item(n), ..] => self.item(field, *n),
            _ => None,
        };
        let (place, id) = table.map(|(span, id)| (span.start, id)).unwrap_or_default();
        self.left_out.extend(id);
        let known = |field: &str| self.gone.iter().any(|(at, name)| *at == place && name == field);
        let told = match missing {
            // It is missing because it was wrong.
            Some(field) if known(field) => Told::Before,
            _ => Told::Now,
        };
        if let [Part::Field(field)] = path {
            return self.stand_in(field, told);
        }
        if let Some(Part::Field(field)) = path.last() {
            // A field by another name is not missing beside.
            let meant = meant(error.message()).map(str::to_owned);
            self.gone.extend(meant.into_iter().chain([field.clone()]).map(|field| (place, field)));
        }
        remove_from_table(self.root.get_mut(), path);
        told
    }

    /// Where a table of a list is, and its id.
    fn item(&self, list: &str, n: usize) -> Option<(Range<usize>, Option<String>)> {
        let item = self.root.get_ref().get(list)?.get_ref().as_array()?.get(n)?;
        let id = item.get_ref().as_table().and_then(|table| table.get("id"));
        let id = id.and_then(|id| id.get_ref().as_str()).map(str::to_owned);
        Some((item.span(), id))
    }

    /// Puts something in the place of a field of the policy itself, if it must have one.
    fn stand_in(&mut self, field: &str, told: Told) -> Told {
        // What stands there already is not what is wrong.
        if self.stood_in.iter().any(|known| known == field) {
            return Told::Stuck;
        }
        let root = self.root.get_mut();
        let before = root.remove(field).is_some();
        match STANDING_IN.get_key_value(field) {
            Some((key, value)) => {
                root.insert(key.clone(), value.clone());
                self.stood_in.push(field.to_owned());
                told
            }
            None if before => told,
            None => Told::Stuck,
        }
    }
}

/// Whether a mistake is one to tell.
#[derive(Clone, Copy, PartialEq)]
enum Told {
    /// It is.
    Now,
    /// It only follows from one that was told.
    Before,
    /// It is, and nothing more can be read.
    Stuck,
}

/// A step from a table or a list to what is in it.
#[derive(Clone, Debug, PartialEq)]
enum Part {
    Field(String),
    Item(usize),
}

/// The way to the innermost field or item at a byte.
fn path_in_table(table: &DeTable<'_>, at: usize) -> Option<Vec<Part>> {
    table.iter().find_map(|(key, value)| {
        let inner = path_in(value, at);
        let inner = inner.or_else(|| key.span().contains(&at).then(Vec::new))?;
        Some([vec![Part::Field(key.get_ref().to_string())], inner].concat())
    })
}

fn path_in(value: &Spanned<DeValue<'_>>, at: usize) -> Option<Vec<Part>> {
    let inner = match value.get_ref() {
        DeValue::Table(table) => path_in_table(table, at),
        DeValue::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(n, item)| Some([vec![Part::Item(n)], path_in(item, at)?].concat())),
        _ => None,
    };
    inner.or_else(|| value.span().contains(&at).then(Vec::new))
}

/// How much is left out for a mistake at the end of the path: the innermost item of a list inside a
/// criterion, step or case, else the field of it, else all of it.
fn cut(path: &[Part]) -> &[Part] {
    const TABLE: usize = 2;
    let item = path.iter().rposition(|part| matches!(part, Part::Item(_)));
    match (path.get(1), item) {
        (Some(Part::Item(_)), Some(item)) if item >= TABLE => &path[..=item],
        (Some(Part::Item(_)), _) if path.len() > TABLE => &path[..=TABLE],
        _ => path,
    }
}

fn remove_from_table(table: &mut DeTable<'_>, path: &[Part]) {
    match path {
        [Part::Field(field)] => {
            table.remove(field.as_str());
        }
        [Part::Field(field), rest @ ..] => {
            if let Some(value) = table.get_mut(field.as_str()) {
                remove_from(value.get_mut(), rest);
            }
        }
        _ => {}
    }
}

fn remove_from(value: &mut DeValue<'_>, path: &[Part]) {
    match (value, path) {
        (DeValue::Table(table), path) => remove_from_table(table, path),
        (DeValue::Array(items), [Part::Item(gone)]) => {
            let kept = std::mem::replace(items, DeArray::new()).into_iter().enumerate();
            *items = kept.filter(|(n, _)| n != gone).map(|(_, item)| item).collect();
        }
        (DeValue::Array(items), [Part::Item(n), rest @ ..]) => {
            if let Some(item) = items.get_mut(*n) {
                remove_from(item.get_mut(), rest);
            }
        }
        _ => {}
    }
}

fn start(error: &Error) -> usize {
    error.span().map_or(0, |span| span.start)
}

/// The field that a message says is missing.
fn missing_field(message: &str) -> Option<&str> {
    message.strip_prefix("missing field `")?.strip_suffix('`')
}

/// What is wrong, with what would be right.
fn worded(error: &Error) -> String {
    suggest(error.message())
}

/// The same with the nearest of the names that a message lists.
pub(super) fn suggest(message: &str) -> String {
    match (missing_field(message), meant(message)) {
        (Some(field), _) => format!("{message}; write `{field} = ...`"),
        (_, Some(meant)) => format!("{message}; did you mean `{meant}`?"),
        _ => message.to_owned(),
    }
}

/// Of the names that a message lists, the one that is nearest to the one that is wrong.
fn meant(message: &str) -> Option<&str> {
    // Names stand between backticks: the one that is wrong, then those that are right.
    let mut names = message.split('`').skip(1).step_by(2);
    let wrong = names.next()?;
    match message.split_once("` is none of ") {
        Some((_, right)) => nearest(wrong, right.split(", ")),
        None if message.starts_with("unknown ") => nearest(wrong, names),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_told_with_what_is_near() {
        for (message, told) in [
            (
                "unknown field `sevrity`, expected one of `id`, `severity`",
                "unknown field `sevrity`, expected one of `id`, `severity`; did you mean `severity`?",
            ),
            (
                "`curent` is none of current, past, planned",
                "`curent` is none of current, past, planned; did you mean `current`?",
            ),
            ("missing field `id`", "missing field `id`; write `id = ...`"),
            ("expected a string", "expected a string"),
        ] {
            assert_eq!(suggest(message), told);
        }
    }
}
