//! What the patient can and cannot do: standing, walking, sleep, work.

use std::sync::LazyLock;

use regex::Regex;

use crate::pattern::ascii_regex;

use super::{Draft, Note};
use crate::fact::{Activity, Experiencer, Function, Limitation, Polarity, Section, Time};
use crate::segment::Sentence;
use crate::span::Span;
use crate::tag::Mention;

const GROUP: &str = "function";

/// How many bytes may lie between a cue and the first activity of its list.
const CUE_REACH: usize = 28;

/// How many bytes an amount may stand behind its activity.
const AMOUNT_REACH: usize = 34;

const NUMBER: &str = r"(?:\d+(?:\.\d+)?|half an?|half|a quarter|an?|one|two|three|four|five|six|seven|eight|ten|twelve|fifteen|twenty|thirty|forty|forty-five|sixty|several|(?:a )?few|(?:a )?couple(?: of)?)";

#[expect(clippy::unwrap_used, reason = "a fixed pattern, compiled by every test")]
static AMOUNT: LazyLock<Regex> = LazyLock::new(|| {
    ascii_regex(&format!(
        r"(?:^|[^\w/.])(?P<a>(?:(?:about|around|approximately|roughly|~) )?{NUMBER}(?: ?(?:-|to|or) ?{NUMBER})? ?-?(?:minutes?|mins?|hours?|hrs?|blocks?|feet|ft|yards?|miles?|pounds?|lbs?|kg|steps?|flights?|city blocks?|meters?|hours? a night))\b"
    ))
    .unwrap()
});

// "stand 20 min", "stands for about ten minutes", "walk more than one block", "sitting tolerance 15 min"
#[expect(clippy::unwrap_used, reason = "a fixed pattern, compiled by every test")]
static TO_AMOUNT: LazyLock<Regex> = LazyLock::new(|| {
    ascii_regex(r"^(?: ?(?:is|are|was|has been|limited|restricted|tolerance|time|distance|for|to|up|only|at|most|no|not|more|longer|greater|than|less|over|still|comfortably|about|a|distances?|of|maximum|max|limitations?|restrictions?|reduced|the|heavy|objects|anything|:|,|=|>|<|-)){0,7} ?$").unwrap()
});

// "15 minutes of standing", "25 minutes of sitting"
#[expect(clippy::unwrap_used, reason = "a fixed pattern, compiled by every test")]
static AMOUNT_OF: LazyLock<Regex> = LazyLock::new(|| {
    ascii_regex(r"^ (?:of|when|with|at|for|while)(?: continuous| prolonged)? $").unwrap()
});

/// Reads every activity of which the text says how far it is limited.
pub(super) fn read(note: &Note<'_>, drafts: &mut Vec<Draft>) {
    let mut last_sentence = usize::MAX;
    for mention in note.mentions(GROUP) {
        let Some(index) = note.sentence_index(mention.span) else { continue };
        if index == last_sentence {
            continue;
        }
        last_sentence = index;
        let sentence = &note.sentences[index];
        if matches!(
            sentence.section,
            Section::Procedure
                | Section::FamilyHistory
                | Section::Imaging
                | Section::Electrodiagnostics
                | Section::Allergies
                | Section::Medications
        ) {
            continue;
        }
        read_sentence(note, sentence, drafts);
    }
}

fn read_sentence(note: &Note<'_>, sentence: &Sentence, drafts: &mut Vec<Draft>) {
    let mentions: Vec<Mention> = note.mentions_in(GROUP, sentence.span).copied().collect();
    let role = |m: &Mention| note.concept(m).field("role").unwrap_or_default();
    let activities: Vec<&Mention> = mentions.iter().filter(|m| role(m) == "activity").collect();
    let words = note.get(sentence.span);
    let amounts: Vec<Span> = AMOUNT
        .captures_iter(words)
        .filter_map(|c| c.name("a"))
        .map(|m| Span::new(sentence.span.start + m.start(), sentence.span.start + m.end()))
        .collect();
    for mention in &mentions {
        let found = match role(mention) {
            "state" => state(note, mention),
            "activity" => activity(note, sentence, &mentions, &activities, &amounts, mention),
            _ => None,
        };
        let Some((span, function)) = found else { continue };
        let asserted = note.assert(mention.span);
        if asserted.assertion.experiencer != Experiencer::Patient
            || (asserted.assertion.time == Time::Planned && sentence.section == Section::Plan)
        {
            continue;
        }
        let mut draft = Draft::new(span, function, note.rule(mention), asserted);
        // The negation is in the limitation itself.
        draft.assertion.polarity = Polarity::Affirmed;
        drafts.push(draft);
    }
}

fn parse<T: std::str::FromStr>(word: Option<&str>) -> Option<T> {
    word?.parse().ok()
}

/// Words that say activity and limit by themselves, unless they are denied.
fn state(note: &Note<'_>, mention: &Mention) -> Option<(Span, Function)> {
    let concept = note.concept(mention);
    let asserted = note.assert(mention.span);
    if asserted.assertion.polarity == Polarity::Negated
        || asserted.assertion.time == Time::Hypothetical
    {
        return None;
    }
    let function = Function {
        activity: parse::<Activity>(concept.field("activity"))?,
        limitation: parse::<Limitation>(concept.field("limitation")),
        amount: None,
    };
    Some((mention.span, function))
}

fn activity(
    note: &Note<'_>,
    sentence: &Sentence,
    mentions: &[Mention],
    activities: &[&Mention],
    amounts: &[Span],
    mention: &Mention,
) -> Option<(Span, Function)> {
    let kind: Activity = parse(note.concept(mention).field("activity"))?;
    // Inside a phrase that says it all.
    let inside = mentions.iter().any(|m| {
        note.concept(m).field("role") == Some("state")
            && m.span != mention.span
            && near_state(note, m, mention)
    });
    if inside {
        return None;
    }
    let amount = amount_of(note, activities, amounts, mention);
    let before = cue_before(note, sentence, mentions, activities, mention);
    let behind = cue_behind(note, mentions, activities, mention);
    let cue = before.or(behind);
    // "inability to walk unaided" is a limit too.
    let aid = note.str()[mention.span.end..sentence.span.end].trim_start();
    let aided = ["unaided", "unassisted", "independently", "alone", "without"]
        .iter()
        .any(|word| aid.starts_with(word));
    // "cannot stand or walk for long": a limit, no inability.
    let long = cue.is_some_and(|(_, cue)| {
        let last = last_of_list(note, activities, mention).end;
        let behind = &note.str()[last..sentence.span.end.max(last)];
        let between = note.get(Span::new(cue.end.min(mention.span.start), mention.span.start));
        LONG.is_match(behind) || between.contains("prolonged") || between.contains("extended")
    });
    let limitation = match (cue, amount) {
        (Some((Limitation::Unable, _)), None) if aided || long => Limitation::Limited,
        // "unable to walk more than one block" is a limit.
        (Some((Limitation::Independent, span)), Some(_)) if span.start < mention.span.start => {
            Limitation::Limited
        }
        (Some((Limitation::Independent, _)), Some(_)) => Limitation::Independent,
        (Some(_), Some(_)) => Limitation::Limited,
        (Some((limitation, _)), None) => limitation,
        (None, Some(amount)) if by_amount(note, mention, amount) => Limitation::Limited,
        _ => return None,
    };
    let mut span = mention.span;
    if let Some((_, cue)) = cue {
        span = span.union(cue);
    }
    if let Some(amount) = amount {
        span = span.union(amount);
    }
    let amount = amount.map(|span| note.as_written(span).to_owned());
    Some((span, Function { activity: kind, limitation: Some(limitation), amount }))
}

/// Whether a state and an activity are the same words ("using a cane" and "walking").
fn near_state(note: &Note<'_>, state: &Mention, activity: &Mention) -> bool {
    let same = note.concept(state).field("activity") == note.concept(activity).field("activity");
    let gap = if state.span.end <= activity.span.start {
        activity.span.start - state.span.end
    } else {
        state.span.start.saturating_sub(activity.span.end)
    };
    same && gap <= 30
}

/// The amount that goes with an activity: right behind it, or "15 minutes of standing".
fn amount_of(
    note: &Note<'_>,
    activities: &[&Mention],
    amounts: &[Span],
    mention: &Mention,
) -> Option<Span> {
    let next = activities.iter().find(|m| m.span.start >= mention.span.end).map(|m| m.span.start);
    let behind = amounts.iter().find(|amount| {
        amount.start >= mention.span.end
            && amount.start - mention.span.end <= AMOUNT_REACH
            && next.is_none_or(|next| amount.start < next)
            && TO_AMOUNT.is_match(note.get(Span::new(mention.span.end, amount.start)))
    });
    let of = || {
        amounts.iter().find(|amount| {
            amount.end <= mention.span.start
                && mention.span.start - amount.end <= 24
                && AMOUNT_OF.is_match(note.get(Span::new(amount.end, mention.span.start)))
        })
    };
    let behind = behind.map(|first| {
        // A table's last column is the newest: "Standing tolerance   10 min   15 min".
        amounts
            .iter()
            .filter(|amount| amount.start > first.start)
            .take_while(|amount| next.is_none_or(|next| amount.start < next))
            .take_while(|amount| {
                note.get(Span::new(first.end, amount.start))
                    .chars()
                    .all(|c| c.is_whitespace() || c.is_ascii_digit() || c.is_alphabetic())
                    && note.get(Span::new(first.end, amount.start)).len() <= 12
            })
            .last()
            .filter(|last| note.as_written(Span::new(first.end, last.start)).starts_with("  "))
            .unwrap_or(first)
    });
    behind.or_else(of).copied()
}

/// Whether an amount by itself limits: "stands 20 min", "can walk two blocks", "pain after 15 minutes of sitting".
fn by_amount(note: &Note<'_>, mention: &Mention, amount: Span) -> bool {
    let words = note.get(mention.span);
    let between = if amount.start >= mention.span.end {
        note.get(Span::new(mention.span.end, amount.start))
    } else {
        return true;
    };
    let verb = [
        "stand",
        "stands",
        "walk",
        "walks",
        "sit",
        "sits",
        "drive",
        "drives",
        "lift",
        "lifts",
        "ambulate",
        "ambulates",
        "sleeps",
    ]
    .contains(&words);
    let height = words.starts_with("stand") && note.get(amount).contains("feet");
    (verb && !height)
        || between.contains("tolerance")
        || between.contains("limited")
        || between.contains("than")
        || between.starts_with(" to ")
        || between.trim() == ":"
        || words == "walking distance"
}

/// The cue before the list of activities that a mention is in.
fn cue_before(
    note: &Note<'_>,
    sentence: &Sentence,
    mentions: &[Mention],
    activities: &[&Mention],
    mention: &Mention,
) -> Option<(Limitation, Span)> {
    let mut first = mention.span;
    // Up the list: "cannot stand, walk or sit".
    for other in activities.iter().rev().filter(|m| m.span.end <= mention.span.start) {
        if !is_list(note.get(Span::new(other.span.end, first.start))) {
            break;
        }
        first = other.span;
    }
    let cue = mentions.iter().rev().find(|m| {
        let concept = note.concept(m);
        m.span.end <= first.start
            && m.span.start >= sentence.span.start
            && concept.field("role") == Some("cue")
            && matches!(concept.field("side"), Some("before" | "both"))
    })?;
    let gap = note.get(Span::new(cue.span.end, first.start));
    if gap.len() > CUE_REACH
        || gap.contains(['.', ';', ':', '(', ','])
        || gap.contains(" but ")
        || gap.contains(" and ")
    {
        return None;
    }
    let mut limitation: Limitation = parse(note.concept(cue).field("limitation"))?;
    let words_before = note.get(Span::new(sentence.span.start, cue.span.start));
    // "was able to walk" tells of one day; "has not been back to work" denies.
    if limitation == Limitation::Independent {
        let near = words_before.split_whitespace().rev().take(5);
        if near.clone().any(|word| matches!(word, "not" | "never" | "cannot" | "if" | "unable"))
            || (note.get(cue.span).ends_with("able to")
                && near.clone().next().is_some_and(|word| matches!(word, "was" | "be" | "were")))
        {
            return None;
        }
    }
    if limitation == Limitation::Limited
        && (words_before.ends_with("no ")
            || words_before.ends_with("denies ")
            || words_before.ends_with("without ")
            || words_before.ends_with("denies any ")
            || words_before.ends_with("does not ")
            || words_before.ends_with("no significant "))
    {
        limitation = Limitation::Independent;
    }
    Some((limitation, cue.span))
}

// "for prolonged periods", "very far", "for long"
#[expect(clippy::unwrap_used, reason = "a fixed pattern, compiled by every test")]
static LONG: LazyLock<Regex> = LazyLock::new(|| {
    ascii_regex(r"^ (?:up |still |down )?(?:for )?(?:any )?(?:prolonged|long|extended|very|too|more than|much|comfortably|for any|as (?:far|long|much)|far|great|heavy|well)\b").unwrap()
});

/// The last activity of the list that a mention is in.
fn last_of_list(note: &Note<'_>, activities: &[&Mention], mention: &Mention) -> Span {
    let mut last = mention.span;
    for other in activities.iter().filter(|m| m.span.start >= mention.span.end) {
        if !is_list(note.get(Span::new(last.end, other.span.start))) {
            break;
        }
        last = other.span;
    }
    last
}

/// The cue behind a mention or behind the list that it is in.
fn cue_behind(
    note: &Note<'_>,
    mentions: &[Mention],
    activities: &[&Mention],
    mention: &Mention,
) -> Option<(Limitation, Span)> {
    let last = last_of_list(note, activities, mention);
    let cue = mentions.iter().find(|m| {
        let concept = note.concept(m);
        m.span.start >= last.end
            && concept.field("role") == Some("cue")
            && (matches!(concept.field("side"), Some("behind" | "both"))
                || note.get(m.span) == "limited to")
    })?;
    let gap = note.get(Span::new(last.end, cue.span.start));
    let plain = gap.split_whitespace().count() <= 3
        && !gap.contains(['.', ';', '('])
        && !activities.iter().any(|m| m.span.start >= last.end && m.span.start < cue.span.start);
    let limitation = parse(note.concept(cue).field("limitation"))?;
    let denied = gap.trim_end().ends_with("not") || gap.trim_end().ends_with("no");
    (plain && !denied).then_some((limitation, cue.span))
}

/// Whether the words between two activities only join them.
fn is_list(gap: &str) -> bool {
    if gap.trim().is_empty() {
        return false;
    }
    gap.split(|c: char| c.is_whitespace() || matches!(c, ',' | '/'))
        .filter(|word| !word.is_empty())
        .all(|word| {
            matches!(
                word,
                "and"
                    | "or"
                    | "nor"
                    | "to"
                    | "be"
                    | "upright"
                    | "active"
                    | "for"
                    | "with"
                    | "prolonged"
                    | "long"
                    | "of"
                    | "at"
                    | "night"
                    | "heavy"
                    | "her"
                    | "his"
                    | "twist"
                    | "twisting"
            )
        })
}
