//! Which dose, frequency and route belong to a drug.

use std::sync::LazyLock;

use regex::Regex;

use crate::pattern::fixed_regex;

use super::super::Note;
use super::super::scope::Reach;
use super::attributes::{
    Dose, Frequency, find_bare_dose, find_dose, find_doses, find_frequency, find_reached_dose,
    find_route,
};
use super::heads::Head;
use crate::fact::Route;
use crate::lexicon::WordPattern;
use crate::span::Span;

/// How far a dose with its unit may stand behind the drug (bytes).
const DOSE_REACH: usize = 95;

/// How far a frequency may stand behind dose or drug (bytes).
pub(super) const FREQUENCY_REACH: usize = 42;

/// How far a frequency may stand behind where nothing but directions come before it (bytes).
const LONGEST_SIG: usize = 90;

/// Dose, frequency and route of a drug with the span that holds them.
pub(super) struct Attributes {
    /// The drug with what is bound to it.
    pub span: Span,
    /// The dose.
    pub dose: Option<Dose>,
    /// Whether the dose stands behind the drug.
    pub dose_behind: bool,
    /// How often.
    pub frequency: Option<Frequency>,
    /// How it is given.
    pub route: Option<Route>,
}

static OF: WordPattern = WordPattern::new(
    r"^ ?(?:a day|per day|daily|{medication-word/of-form})?(?: ?of)?(?: oral| iv| topical)? ?$",
);

static PLAIN_GAP: WordPattern = WordPattern::new(
    r"^(?:[ ,(:%-]|\(\d[\d,.]* ?(?:mg|mcg|g|units?) total\)|\d{1,2}(?:/\d)?|one|two|three|half|to|from|or|up|at|by|which|he|she|that|is|was|it|only|and|on|a|an|the|{medication-word/direction})*$",
);

/// "mg/d" and "mg/day", but not "mg/dl".
static A_DAY: LazyLock<Regex> = LazyLock::new(|| fixed_regex(r"^/ ?d(?:ay)?\b"));

/// What may part a drug from how often it is to be taken, or put on: "gel to both knees qid".
static DIRECTED: WordPattern = WordPattern::new(
    r"(?:^|\b{medication-word/takes} )(?:(?:to|on|onto|over)(?: the| her| his|(?: {medication-word/put-on-which}))* [a-z]+ )?$",
);

/// What may lead to how often a drug is taken, said of it once more: "and she takes it about".
static TAKES_IT: WordPattern = WordPattern::new(
    r"\b{medication-word/takes-it} (?:it|this|them|one|these)(?: (?:only|about|around|roughly|maybe|perhaps|up to|at least|usually|generally|now|still))* $",
);

/// The first frequency of a stretch, not further than `reach` bytes away.
pub(super) fn frequency_near(note: &Note<'_>, within: Span, reach: usize) -> Option<Frequency> {
    let words = note.get(within);
    let found = find_frequency(note.lexicon, words)?;
    let gap = &words[..found.span.start];
    (gap.len() <= reach && !breaks(gap)).then_some(found)
}

/// Whether a sentence or clause ends inside a gap; "p.o." does not end one.
fn breaks(gap: &str) -> bool {
    gap.contains([';', ':'])
        || gap
            .match_indices('.')
            .any(|(at, _)| gap[..at].rsplit([' ', '.']).next().is_some_and(|word| word.len() >= 3))
}

impl Attributes {
    /// Reads what is bound to a drug.
    pub fn of(note: &Note<'_>, head: &Head<'_>, reach: &Reach) -> Self {
        let own = note.get(reach.own);
        let mut span = head.span;
        let laboratory = matches!(head.class, Some("supplement" | "mineral"));
        let dose = find_bare_dose(own).filter(|_| !laboratory).or_else(|| {
            find_dose(note.lexicon, own).filter(|dose| {
                let gap = &own[..dose.span.start];
                let named =
                    || names_another(note, Span::new(reach.own.start, reach.own.start + gap.len()));
                let told = gap.trim_start_matches(['.', ':', ' ']);
                let far = gap.len() > DOSE_REACH || told.contains(". ") || named();
                // "gabapentin and 20 mg of something": another drug's dose stands before its name.
                let of = own[dose.span.end..].trim_start().starts_with("of ")
                    && own[dose.span.end..].len() <= 6;
                let behind = &own[dose.span.end..];
                !far && !of && (!behind.starts_with('/') || A_DAY.is_match(behind))
            })
        });
        let mut dose =
            dose.or_else(|| find_reached_dose(note.lexicon, own).filter(|_| !laboratory));
        let dose_behind = dose.is_some();
        let mut rest = reach.own;
        if let Some(dose) = &dose {
            span.end = reach.own.start + dose.span.end;
            rest.start = span.end;
        }
        // "25 mcg fentanyl", "twice daily gabapentin"
        let lead = note.get(reach.near);
        let mut early: Option<Frequency> = None;
        let doses = find_doses(note.lexicon, lead);
        if dose.is_none()
            && let Some(last) = doses.last()
            && OF.of(note.lexicon).is_match(&lead[last.span.end..])
        {
            // "480 mg to 240 mg of morphine": the first is the dose now.
            let chain = doses
                .windows(2)
                .rev()
                .take_while(|pair| lead[pair[0].span.end..pair[1].span.start].trim() == "to");
            let first = chain.last().map_or(last, |pair| &pair[0]);
            span.start = reach.near.start + first.span.start;
            dose = Some(first.clone());
        }
        let tail_of_lead = lead.ceil_char_boundary(lead.len().saturating_sub(24));
        if let Some(found) = find_frequency(note.lexicon, &lead[tail_of_lead..])
            && lead[tail_of_lead + found.span.end..].trim().is_empty()
        {
            early = Some(Frequency {
                span: Span::new(
                    reach.near.start + tail_of_lead + found.span.start,
                    reach.near.start + tail_of_lead + found.span.end,
                ),
                value: found.value,
            });
        }
        let frequency = frequency_near(note, rest, LONGEST_SIG)
            .filter(|found| {
                let gap = &note.get(rest)[..found.span.start];
                // "Taper by one tablet a week": a step.
                let step = gap.starts_with(" by ") && !gap.starts_with(" by mouth");
                if step {
                    return false;
                }
                let apart = gap.contains(" and ") || gap.contains(" by ");
                (dose_behind && gap.len() <= FREQUENCY_REACH && !apart)
                    || PLAIN_GAP.of(note.lexicon).is_match(gap)
                    || DIRECTED.of(note.lexicon).is_match(gap.trim_start())
                    || TAKES_IT.of(note.lexicon).is_match(gap)
                    || (gap.len() <= FREQUENCY_REACH + 6
                        && note.get(rest)[found.span.start..].starts_with("up to"))
            })
            .map(|found| Frequency {
                span: Span::new(rest.start + found.span.start, rest.start + found.span.end),
                value: found.value,
            })
            .or(early);
        let frequency = frequency.or_else(|| a_day(note, rest).filter(|_| dose_behind));
        let behind = dose.as_ref().filter(|_| dose_behind);
        let frequency = frequency.or_else(|| dosed_at(note, head, behind, reach));
        let frequency = frequency.map(|found| changed_to(note, reach.own, found));
        let frequency = frequency.map(|found| counted(note, head, reach, found));
        let frequency = frequency.map(|found| told_again(note, reach.own, behind, found));
        let local = matches!(head.class, Some("topical" | "nsaid" | "local_anesthetic"));
        let mut end = span.end.max(reach.own.start);
        if let Some(frequency) = &frequency {
            span = span.union(frequency.span);
            end = end.max(frequency.span.end);
        }
        let limit = note.str().ceil_char_boundary((end + 16).min(reach.own.end));
        let near = Span::new(reach.own.start, limit.max(reach.own.start));
        let route = find_route(note.lexicon, note.get(near), local)
            .filter(|(at, _)| near.start + at.start <= end + 8)
            .or_else(|| {
                find_route(note.lexicon, &lead[tail_of_lead..], local)
                    .filter(|(at, _)| lead[tail_of_lead + at.end..].trim().is_empty())
            })
            .map(|(_, route)| route);
        Self { span, dose, dose_behind, frequency, route }
    }
}

/// Whether words behind how often a drug is taken end with the name of another, which no table
/// has: "aspirin as needed, and Zorvexil 25 mg".
fn names_another(note: &Note<'_>, gap: Span) -> bool {
    ANOTHER.is_match(note.as_written(gap)) && find_frequency(note.lexicon, note.get(gap)).is_some()
}

static ANOTHER: LazyLock<Regex> =
    LazyLock::new(|| fixed_regex(r"(?:,(?: and)?| and) [A-Z][a-z]\w{2,} ?$"));

/// The dose of one time of day, said again for another.
static AGAIN: WordPattern = WordPattern::new(
    r"^,? ?(?:and|plus|\+|&) ?(?P<n>\d+(?:\.\d+)?) ?(?:mg|mcg)? ?(?:po |by mouth )?(?:{medication-word/once-a-day-short}|{medication-word/once-a-day}\b)",
);

/// Twice a day where the same dose is told of two times: "150 mg in the morning and 150 mg at night".
fn told_again(note: &Note<'_>, own: Span, dose: Option<&Dose>, found: Frequency) -> Frequency {
    let behind = Span::new(found.span.end.max(own.start), own.end.max(found.span.end));
    let same = found.value == "1"
        && dose
            .zip(AGAIN.of(note.lexicon).captures(note.get(behind)))
            .is_some_and(|(dose, c)| dose.value.split(' ').next() == Some(&c["n"]));
    if same { Frequency { value: "2".to_owned(), ..found } } else { found }
}

/// The day that an amount is for: "900 mg/d".
fn a_day(note: &Note<'_>, behind_dose: Span) -> Option<Frequency> {
    let found = A_DAY.find(note.get(behind_dose))?;
    let span = Span::new(behind_dose.start, behind_dose.start + found.end());
    Some(Frequency { span, value: "1".to_owned() })
}

/// How often the dose between a drug's name and its amount is taken: "increase bedtime dose to".
fn dosed_at(
    note: &Note<'_>,
    head: &Head<'_>,
    dose: Option<&Dose>,
    reach: &Reach,
) -> Option<Frequency> {
    let before = Span::new(head.span.end, reach.own.start + dose?.span.start);
    let words = (before.start < before.end).then(|| note.get(before))?;
    let found = find_frequency(note.lexicon, words)?;
    words[found.span.end..].trim_start().starts_with("dose").then_some(Frequency {
        span: Span::new(before.start + found.span.start, before.start + found.span.end),
        value: found.value,
    })
}

/// How many a day, where the number stands before the drug: "three or four Norco a day".
fn counted(note: &Note<'_>, head: &Head<'_>, reach: &Reach, each: Frequency) -> Frequency {
    let a_day = head.span.end <= each.span.start
        && note.get(Span::new(head.span.end, each.span.start)).trim().is_empty()
        && A_DAY_EACH.is_match(note.get(each.span));
    let number = note.get(Span::new(reach.near.start, head.span.start));
    match find_frequency(
        note.lexicon,
        &format!("{} a day", COUNT_BEFORE.find(number).map_or("", |m| m.as_str().trim())),
    ) {
        Some(found) if a_day => Frequency { span: each.span, value: found.value },
        _ => each,
    }
}

static A_DAY_EACH: LazyLock<Regex> =
    LazyLock::new(|| fixed_regex(r"^(?:a|per|each|every) ?day|^daily"));

static COUNT_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"\b(?:\d{1,2}|one|two|three|four|five|six|seven|eight)(?: ?(?:-|to|or) ?(?:\d{1,2}|one|two|three|four|five|six|seven|eight))?\b *$",
    )
});

/// Of "from 4 a day to 1 a day" the second.
fn changed_to(note: &Note<'_>, own: Span, first: Frequency) -> Frequency {
    let inside = own.start <= first.span.start && first.span.end <= own.end;
    if !inside || !note.get(Span::new(own.start, first.span.start)).ends_with(" from ") {
        return first;
    }
    let rest = Span::new(first.span.end, own.end);
    match find_frequency(note.lexicon, note.get(rest)) {
        Some(next) if note.get(rest)[..next.span.start].trim() == "to" => Frequency {
            span: Span::new(rest.start + next.span.start, rest.start + next.span.end),
            value: next.value,
        },
        _ => first,
    }
}
