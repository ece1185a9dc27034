//! A therapist's log with a row for each visit: "1   04/14   45   evaluation".

use std::sync::LazyLock;

use regex::Regex;

use crate::date::PartialDate;
use crate::extract::Note;
use crate::extract::duration::last_day;
use crate::lexicon::WordPattern;
use crate::pattern::fixed_regex;
use crate::quantity::full_year;
use crate::span::Span;

/// Fewest rows that make a log.
const FEWEST: usize = 3;

static ROW: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"^[ |#]*(?P<n>\d{1,2})[.)]?[ |]+(?P<m>1[0-2]|0?[1-9])/(?P<d>[0-3]?\d)(?:/(?P<y>(?:19|20)?\d\d))?[ |]",
    )
});

/// That a row is of a visit that did not take place, whose number counts none.
static MISSED: WordPattern = WordPattern::new(r"\b{therapy/missed-visit}\b");

/// The visits of a log.
pub(super) struct VisitLog {
    /// How many there were.
    pub visits: f64,
    pub first: Option<PartialDate>,
    pub last: Option<PartialDate>,
    /// The row of the last.
    pub span: Span,
}

/// The rows that count visits one by one from the first on, with their days.
pub(super) fn read(note: &Note<'_>) -> Option<VisitLog> {
    let mut rows: Vec<(Option<PartialDate>, Span)> = Vec::new();
    for line in note.written_lines() {
        let Some(c) = ROW.captures(note.get(line)) else { continue };
        let other =
            ["injection", "drug"].iter().any(|g| note.mentions_in(g, line).next().is_some());
        if other || MISSED.of(note.lexicon).is_match(note.get(line)) {
            return None;
        }
        if c["n"].parse() != Ok(rows.len() + 1) {
            continue;
        }
        let (month, day) = (c["m"].parse().ok()?, &c["d"]);
        let date = match c.name("y").and_then(|y| y.as_str().parse().ok()) {
            Some(year) => PartialDate::day(full_year(year), month, day.parse().ok()?),
            None => last_day(note, month, day),
        };
        rows.push((date, line));
    }
    let ((first, _), (last, span)) = (rows.first().copied()?, rows.last().copied()?);
    (rows.len() >= FEWEST).then_some(VisitLog { visits: rows.len() as f64, first, last, span })
}
