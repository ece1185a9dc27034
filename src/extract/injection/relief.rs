//! How much an injection helped, and for how long.

use super::percent::{NEAR, percent};
use crate::extract::duration::amounts_of_time;
use crate::extract::outcome::degree_in;
use crate::extract::{Note, durations_in, outcome_before, outcome_in};
use crate::fact::{EventStatus, Injection, Outcome, Relief};
use crate::lexicon::{CueCategory, WordPattern};
use crate::quantity;
use crate::span::Span;
use crate::tag::Mention;

/// What a stretch says of relief.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct ReliefRead {
    /// The words.
    pub span: Span,
    /// In percent.
    pub percent: Option<f64>,
    /// In words.
    pub relief: Option<Relief>,
    /// How long.
    pub duration: Option<Span>,
}

impl ReliefRead {
    /// That nothing came of it, by words that give no figure.
    pub(super) fn nothing(span: Span) -> Self {
        Self { span, percent: None, relief: Some(Relief::None), duration: None }
    }

    /// An injection like one that was told of, done, with this relief.
    pub(super) fn of(&self, note: &Note<'_>, like: &Injection) -> Injection {
        Injection {
            status: Some(EventStatus::Performed),
            relief: self.relief,
            relief_percent: self.percent,
            relief_duration: self.duration.map(|d| note.as_written(d).to_owned()),
            count: None,
            ..like.clone()
        }
    }
}

/// Group of the lexicon.
pub(super) const WORDS: &str = "relief";

/// The least relief but none that a bare number below "%" may tell.
const LEAST: f64 = 10.0;

/// What half of the pain is in percent.
const HALF: f64 = 50.0;

/// What a percentage of relief comes to.
pub(super) fn of_percent(value: f64) -> Relief {
    match value {
        v if v >= 100.0 => Relief::Complete,
        v if v <= 0.0 => Relief::None,
        _ => Relief::Partial,
    }
}

/// What a stretch behind an injection, or a sentence of its own, says of relief.
pub(super) fn relief_in(note: &Note<'_>, within: Span, row: bool) -> Option<ReliefRead> {
    let said = |m: &&Mention| !note.is_unticked(m.span);
    let word = |wanted: &str| {
        note.mentions_in(WORDS, within).filter(said).find(|m| note.concept(m).id == wanted)
    };
    let percent = percent(note, within, row).or_else(|| word("half").map(|m| (m.span, HALF)));
    let outcome = outcome_in(note, within).filter(|read| !note.is_unticked(read.span));
    let briefly = word("briefly");
    let worded = if let Some(found) = word("complete") {
        Some((found.span, how_gone(note, within, found.span)))
    } else if let Some(found) = word("none") {
        Some((found.span, Relief::None))
    } else if let Some(read) = outcome {
        // "has not given him any relief"
        let denied = note.assert(read.span).cues.iter().any(|hit| {
            let cue = &note.lexicon.cues[hit.cue];
            cue.category == CueCategory::Negated
                && hit.span.end <= read.span.start
                && note.get(Span::new(hit.span.end, read.span.start)).split_whitespace().count()
                    <= 5
                && within.contains(hit.span)
        });
        let relief = match read.outcome {
            Outcome::Helpful | Outcome::Partial if denied => Relief::None,
            Outcome::Helpful | Outcome::Partial => Relief::Partial,
            Outcome::NotHelpful | Outcome::NotTolerated => Relief::None,
        };
        Some((read.span, relief))
    } else {
        word("partial").or(briefly).map(|m| (m.span, Relief::Partial))
    };
    // "no steroid: 80 relief" has lost its sign for percent, and denies nothing.
    let worded = worded.filter(|_| percent.is_some() || !has_bare_figure(note, within));
    let (span, value, relief) = match (percent, worded) {
        (Some((span, value)), _) => (span, Some(value), of_percent(value)),
        (None, Some((span, relief))) => (span, None, relief),
        (None, None) => {
            // "the relief provided by that lasted four to six months"
            let effect = note
                .mentions_in(WORDS, within)
                .find(|m| note.concept(m).id == "effect" && note.get(m.span).contains("relief"))?;
            let held = durations_in(note, within).into_iter().find(|d| {
                let gap = note.get(Span::new(effect.span.end.min(d.start), d.start));
                d.start >= effect.span.end && gap.contains("last") && gap.len() <= 50
            })?;
            return Some(ReliefRead {
                span: effect.span.union(held),
                percent: None,
                relief: Some(Relief::Partial),
                duration: Some(held),
            });
        }
    };
    let effect = note
        .mentions_in(WORDS, within)
        .filter(|m| note.concept(m).id == "effect")
        .map(|m| m.span)
        .filter(|m| m.end + NEAR >= span.start && m.start <= span.end + NEAR);
    let mut whole = span;
    effect.for_each(|m| whole = whole.union(m));
    // "10 %   1 day": the next cell of a row.
    let beside = |d: Span| {
        let gap = Span::new(span.end.min(d.start), d.start);
        row && value.is_some()
            && d.start >= span.end
            && !note.get(gap).contains(char::is_alphanumeric)
    };
    let duration = durations_in(note, within)
        .into_iter()
        .filter(|d| relief != Relief::None || d.start >= span.end)
        .find(|d| lasts(note, within, *d) || beside(*d))
        .or_else(|| word("a-while").map(|m| m.span).filter(|d| lasts(note, within, *d)))
        .or_else(|| ended_after(note, within).filter(|_| relief != Relief::None))
        .or_else(|| by_the_clock(note, within).filter(|d| d.start >= span.end))
        .or(briefly.map(|m| m.span));
    if let Some(duration) =
        duration.filter(|d| d.start <= whole.end + 60 && d.end + 60 >= whole.start)
    {
        whole = whole.union(duration);
    }
    Some(ReliefRead { span: whole, percent: value, relief: Some(relief), duration })
}

/// What stands before words for all of the pain where it was not all: "most of the pain was gone".
static NOT_ALL: WordPattern =
    WordPattern::new(r"\b{relief/not-all}(?: of)?(?: (?:the|her|his|it|that))?(?: [a-z-]+)? ?$");

/// What words for all of the pain tell, by what stands before them in their stretch.
fn how_gone(note: &Note<'_>, within: Span, words: Span) -> Relief {
    let before = note.get(Span::new(within.start, words.start.max(within.start)));
    if NOT_ALL.of(note.lexicon).is_match(before) { Relief::Partial } else { Relief::Complete }
}

/// From when to when relief held: "from ten until about four".
fn by_the_clock(note: &Note<'_>, within: Span) -> Option<Span> {
    let (range, _) = quantity::clock(note.get(within))?;
    Some(Span::new(within.start + range.start, within.start + range.end))
}

/// What stands for no relief behind a procedure and a mark, up to the end of what is said of it.
static NOTHING_CAME: WordPattern = WordPattern::new(
    r"^[^;:%=>]{0,60}?(?:[:=>(,\x{2013}\x{2014}]|\)| -|\d{1,2}/\d{2,4}) ?(?:(?:it|this|that|gave|was|were|with|result|response|relief|also|again|likewise|still|only|just|all|-|>|:) )*(?:(?P<sure>{relief/nothing-came})|(?P<dated>{relief/nothing-came-in-short}))(?: (?:at all|really|whatsoever|again|either|too|as well|for (?:her|him|it|me)|from (?:it|that)))?[ .]*(?:[;,)|]|$|\. )",
);

/// "SI joint (3/24) - nil", "piriformis, triamcinolone: no good": what came of it in a list, in a word;
/// a bare "nil" or "no" only where a day is told, for it may say as well that none was done.
pub(super) fn nothing_came(note: &Note<'_>, behind: Span, dated: bool) -> Option<Span> {
    let line = note.line_of(Span::new(behind.start, behind.start));
    let row = Span::new(behind.start, behind.end.min(line.end).max(behind.start));
    let Some(found) = NOTHING_CAME.of(note.lexicon).captures(note.get(row)) else {
        return nothing_in_cell(note, row, dated);
    };
    let figured = |word: &regex::Match<'_>| {
        note.get(row)[..word.start()].contains(|c: char| c.is_ascii_digit())
    };
    let short = found.name("dated").filter(|word| dated || figured(word));
    let word = found.name("sure").or(short)?;
    Some(Span::new(row.start + word.start(), row.start + word.end()))
}

/// The same where it is a cell of a row: "R hip bursa      nil".
fn nothing_in_cell(note: &Note<'_>, row: Span, dated: bool) -> Option<Span> {
    let line = note.line_of(Span::new(row.start, row.start));
    let words = NOTHING_CELL.of(note.lexicon);
    note.cells(line).into_iter().filter(|cell| cell.start >= row.start && cell.end <= row.end).find(
        |cell| {
            let found = words.captures(note.get(*cell));
            found.is_some_and(|found| found.name("sure").is_some() || dated)
        },
    )
}

static NOTHING_CELL: WordPattern =
    WordPattern::new(r"^(?:(?P<sure>{relief/nothing-came})|{relief/nothing-came-in-short})[ .]*$");

/// The same as relief.
pub(super) fn nothing_in(note: &Note<'_>, behind: Span, dated: bool) -> Option<ReliefRead> {
    nothing_came(note, behind, dated).map(ReliefRead::nothing)
}

/// A cell that was left open in words.
static NOT_TOLD: WordPattern = WordPattern::new(r"^{form-word/not-told}[ .]*$");

/// What the columns of a table say of the procedure in their row: "80%   6 hours".
pub(super) fn relief_in_row(note: &Note<'_>, procedure: Span) -> Option<ReliefRead> {
    let kind = |head: Span| {
        let mention = note.mentions_in("table-column", head).last();
        let named = mention.map(|m| note.concept(m).id.as_str());
        named.or_else(|| (note.get(head) == "%").then_some("relief"))
    };
    let columns = note.columns(procedure, |head| kind(head).is_some());
    let cell = |id: &str| {
        let behind = |c: &&(Span, Span)| c.1.start >= procedure.end && kind(c.0) == Some(id);
        columns.iter().find(behind).copied()
    };
    let (head, answer) =
        cell("relief").filter(|&(_, cell)| !NOT_TOLD.of(note.lexicon).is_match(note.get(cell)))?;
    let in_percent = || {
        let value: f64 = note.get(answer).trim().parse().ok()?;
        let asked = note.get(head).contains(['%']) || note.get(head).contains("percent");
        // A score of another column is as small as that.
        let share = value == 0.0 || (LEAST..=100.0).contains(&value);
        (asked && share).then(|| ReliefRead {
            span: answer,
            percent: Some(value),
            relief: Some(of_percent(value)),
            duration: None,
        })
    };
    let read = relief_in(note, answer, true).or_else(in_percent).or_else(|| {
        let said = degree_in(note, answer)?;
        let relief = match said.outcome {
            Outcome::Helpful | Outcome::Partial => Relief::Partial,
            Outcome::NotHelpful | Outcome::NotTolerated => Relief::None,
        };
        Some(ReliefRead { span: answer, percent: None, relief: Some(relief), duration: None })
    })?;
    let held = || durations_in(note, cell("duration")?.1).into_iter().next();
    Some(ReliefRead { duration: read.duration.or_else(held), ..read })
}

/// Whether a number of a percentage's size stands right before a word for relief.
fn has_bare_figure(note: &Note<'_>, within: Span) -> bool {
    note.mentions_in(WORDS, within).filter(|m| note.concept(m).id == "effect").any(|m| {
        let lead = note.get(Span::new(within.start, m.span.start)).trim_end();
        let last = lead.rsplit(' ').next().unwrap_or_default();
        last.parse::<u32>().is_ok_and(|number| (10..=100).contains(&number))
    })
}

/// What a length of time stands behind where it tells how long relief held.
static HELD: WordPattern = WordPattern::new(
    r"(?:[,(/-](?: {relief/held})*|{relief/held}|\b{relief/held-label}[ :?._-]*)$",
);

/// That an effect ended or the pain was back, before the time when: "wore off after about 6 hours".
static ENDED: WordPattern = WordPattern::new(
    r"\b{relief/ended}\b[^.;%0-9]{0,25}\b(?:after|by|in|at|within)(?: (?:about|some|roughly|around|nearly|only|just|a|the|all))*$",
);

/// The same where the time has its "later" behind it, and where it leads: "after 5 hours pain was back".
static ENDED_LATER: WordPattern = WordPattern::new(r"\b{relief/ended}\b[^.;%0-9]{0,12}$");
static ENDED_BEHIND: WordPattern = WordPattern::new(r"^[^.;%0-9]{0,30}\b{relief/ended}\b");

/// That an effect ended or the pain was back, whenever.
static ENDS: WordPattern = WordPattern::new(r"\b{relief/ended}\b");

/// The time after which an effect ended, as a stretch tells: that long it had held.
pub(super) fn ended_after(note: &Note<'_>, within: Span) -> Option<Span> {
    if !ENDS.of(note.lexicon).is_match(note.get(within)) {
        return None;
    }
    amounts_of_time(note, within).find(|d| ends_at(note, within, *d))
}

/// Whether a length of time is that after which an effect ended.
fn ends_at(note: &Note<'_>, within: Span, duration: Span) -> bool {
    let before = note.get(Span::new(within.start, duration.start)).trim_end_matches([' ', '~']);
    let after = note.get(Span::new(duration.end, within.end)).trim_start();
    let denied = note.assert(duration).cues.iter().any(|hit| {
        note.lexicon.cues[hit.cue].category == CueCategory::Negated && within.contains(hit.span)
    });
    if denied || after.starts_with("of pain") || after.starts_with("of symptoms") {
        return false;
    }
    ENDED.of(note.lexicon).is_match(before)
        || after.starts_with("later") && ENDED_LATER.of(note.lexicon).is_match(before)
        || ["after", "by", "after about", "after some", "at"].iter().any(|lead| {
            before.strip_suffix(lead).is_some_and(|rest| rest.is_empty() || rest.ends_with(' '))
        }) && ENDED_BEHIND.of(note.lexicon).is_match(after)
}

/// Whether a length of time is how long relief held, not an age, a rhythm or a wait.
fn lasts(note: &Note<'_>, within: Span, duration: Span) -> bool {
    let before = note.get(Span::new(within.start, duration.start)).trim_end_matches([' ', '~']);
    let after = note.get(Span::new(duration.end, within.end)).trim_start();
    !after.starts_with("after")
        && !after.starts_with("post")
        && (HELD.of(note.lexicon).is_match(before)
            || ["of relief", "of that", "of benefit"].iter().any(|of| after.starts_with(of))
            || after.starts_with("relief")
            || after.starts_with("of pain relief")
            || after
                .strip_prefix("of ")
                .is_some_and(|rest| rest.split(' ').take(3).any(|word| word.starts_with("relief"))))
}

/// What a percentage before an injection measures.
static MEASURED: WordPattern = WordPattern::new(r"\b{relief/measured}\b");

/// What a stretch before an injection says of relief: "no relief from", "failed".
pub(super) fn relief_before(note: &Note<'_>, lead: Span) -> Option<ReliefRead> {
    let percent = percent(note, lead, false).filter(|(span, _)| lead.end - span.end <= 60);
    let words = note.get(lead);
    if let Some((span, value)) = percent {
        let linked = MEASURED.of(note.lexicon).is_match(note.get(Span::new(span.end, lead.end)));
        let from = ["from", "with", "after", "following", "by", "to"]
            .iter()
            .any(|w| words.trim_end().ends_with(w) || words.contains(&format!(" {w} ")));
        if linked && from {
            let duration = durations_in(note, Span::new(span.end, lead.end)).into_iter().next();
            let relief = Some(of_percent(value));
            return Some(ReliefRead { span, percent: Some(value), relief, duration });
        }
    }
    // "symptoms have resolved since her injection"
    let since = [
        "since her",
        "since his",
        "since the",
        "after her",
        "after his",
        "after the",
        "following the",
        "with the",
        "since",
    ];
    let gone = note.mentions_in(WORDS, lead).filter(|m| note.concept(m).id == "complete").last();
    if let Some(gone) = gone.filter(|m| {
        let gap = note.get(Span::new(m.span.end, lead.end)).trim();
        since.iter().any(|s| gap.starts_with(s)) && gap.len() <= 40
    }) {
        let relief = Some(how_gone(note, lead, gone.span));
        return Some(ReliefRead { span: gone.span, percent: None, relief, duration: None });
    }
    let read = outcome_before(note, lead)?;
    let relief = match read.outcome {
        Outcome::Helpful | Outcome::Partial => Relief::Partial,
        Outcome::NotHelpful | Outcome::NotTolerated => Relief::None,
    };
    let duration = durations_in(note, lead).into_iter().find(|d| lasts(note, lead, *d));
    Some(ReliefRead { span: read.span, percent: None, relief: Some(relief), duration })
}
