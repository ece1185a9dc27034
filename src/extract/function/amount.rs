//! How long, how far, how heavy: the amounts of activities and what they limit.

use std::sync::LazyLock;

use regex::Regex;

use crate::pattern::fixed_regex;

use super::super::{Note, number_in_words};
use crate::fact::{Limitation, Section};
use crate::lexicon::WordPattern;
use crate::span::Span;
use crate::tag::Mention;

/// How many bytes an amount may stand behind its activity.
const REACH: usize = 48;

/// How many bytes before an amount the word may stand that says that it can be borne.
const LEAD: usize = 32;

/// How many bytes an amount may stand before its activity.
const REACH_BEFORE: usize = 24;

/// Hours of sleep that are enough, and those that are too few.
const ENOUGH_SLEEP: f64 = 7.0;
const LITTLE_SLEEP: f64 = 6.0;

macro_rules! number {
    () => {
        r"(?:\d+ \d/\d|an? \d/\d|\d/\d|\d+(?:\.\d+)?|one-half|half an?|half|a quarter(?: of an?)?|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|twenty-five|thirty|forty|forty-five|fifty|sixty|several|(?:a )?few|(?:a )?couple(?: of)?)"
    };
}

static AMOUNT: WordPattern = WordPattern::new(concat!(
    r"(?:^|[^\w/.])(?P<a>(?:(?:about|around|approximately|approx\.?|roughly|perhaps|maybe|~) ?)?",
    number!(),
    r"\+?(?: ?(?:-|to|or) ?",
    number!(),
    r")? ?-?{function-row/unit})\b"
));

// "stand 20 min", "stands for about ten minutes", "walk more than one block", "sitting tolerance 15 min"
static TO_AMOUNT: WordPattern = WordPattern::new(
    r"^(?: ?(?:is|are|was|has been|for|to|up|only|at most|no|not|more|less|than|over|above|still|about|just|a|of|the|{function-row/to-amount}|to {function-row/task}|(?:at|in|on|over) (?:(?:the|a|his|her|my|one|any) )?(?:hard |straight |office |dining )?{function-row/place}|the dog|around|in line|on level ground|around the (?:house|store|block)|:|,|=|>|<|-|~)){0,7} ?$",
);

// "15 minutes of standing", "within 10 minutes after she sits", "40 minutes at the wheel"
static AMOUNT_OF: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"^ (?:(?:of|when|with|at|for|while|into|after)(?: (?:continuous|prolonged|uninterrupted|level|his|her))? )?$",
    )
});

// "sitting brings it on within 15 minutes", "walking is uncomfortable after one block"
static BRINGS_ON: WordPattern = WordPattern::new(
    r"^(?: (?:at|in|on|over) (?:the|an?|his|her) [a-z]+(?: [a-z]+)?)? {function-row/brings-on} (?:within|after|in|at|beyond|past)(?: only| just| about| more than| as little as)? $",
);

// "the dog walk is down to ten minutes", "standing has been cut from an hour to 15 minutes"
static FALLEN: WordPattern = WordPattern::new(
    r"^(?: [a-z'-]+){0,4}? (?:(?:is|are|was|were|has|have|been|now) ){1,3}{function-row/fallen} (?:to|from|from [^.;:,]{1,24} to)(?: (?:about|only|just|some|barely))* ?$",
);

// "can bend over an engine for 15 minutes"
static CAN_FOR: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"^(?: (?:(?:at|over|under|behind) )?(?:an?|the|his|her) [a-z'-]+)?(?: (?:for|up to|only|just|about|at most))+ $",
    )
});

/// How many bytes may part an amount and an activity where it is said to be the most of it.
const MOST_REACH: usize = 70;

/// "Ten minutes is about all she can stand", "half a block at a time is the farthest he walks".
static IS_MOST: WordPattern = WordPattern::new(
    r"^[^.;:]{0,24}? (?:is|was|are|were|being) (?:just |only |now |perhaps )*(?:about |nearly )?{function-row/most}(?: (?:of|that|the|he|she|they|patient|pt|his|her|can|could|will|ever|able to|manages? to|of the))* ?$",
);

/// The same behind the activity: "stands at the stove, for which ten minutes is the most she can do".
static THEN_MOST: WordPattern = WordPattern::new(
    r"^ (?:(?:is|was|are|being) (?:just |only |now )*(?:about |nearly )?{function-row/most}|{function-row/at-most})\b",
);

/// Sections in which a bare amount of sitting or standing is what can be borne.
const TOLD_IN: &[Section] = &[Section::History, Section::ChiefComplaint, Section::Outcomes];

/// What is done so often is no limit: "walks two miles a day", "lifts 50 pounds daily at the plant".
static HABIT: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"^[ ,]*(?:(?:about|around) )?(?:(?:(?:\d+|one|two|three|four|five|six)(?: ?(?:-|to) ?\d)? ?(?:x|times|days|nights)?|once|twice) ?)?(?:(?:/ ?|a |per |each |every )(?:other )?(?:day|week|wk|month|morning|evening|night)|weekly|daily|nightly)\b",
    )
});

/// Verbs whose amount limits by itself: "stands 20 min".
static DOES: WordPattern = WordPattern::new(r"^{function-row/does}$");

/// Words right before an amount that make it as much as can be borne.
static BEARS: WordPattern = WordPattern::new(
    r"\b{function-row/bears}(?: (?:for|about|only|just|maybe|perhaps|some|up to))* ?$",
);

/// Words before an amount that make it a limit.
static BOUNDS: WordPattern = WordPattern::new(r"\b(?:than|{function-row/bounds})\b");

/// Every amount of a stretch of text, in order.
pub(super) fn find(note: &Note<'_>, within: Span) -> Vec<Span> {
    AMOUNT
        .of(note.lexicon)
        .captures_iter(note.get(within))
        .filter_map(|c| c.name("a"))
        // "one step at a time" is how, and not how many.
        .filter(|m| {
            let one = ["one ", "1 ", "a "].iter().any(|w| m.as_str().starts_with(w));
            !(one && note.get(within)[m.end()..].starts_with(" at a time"))
        })
        .map(|m| Span::new(within.start + m.start(), within.start + m.end()))
        .collect()
}

/// Whether what stands between two places begins with how often ("3x/wk", "every day").
pub(super) fn is_habit(note: &Note<'_>, at: usize, end: usize) -> bool {
    HABIT.is_match(note.get(Span::new(at, end.max(at))))
}

/// The amount that goes with an activity: right behind it, or "15 minutes of standing".
pub(super) fn of(
    note: &Note<'_>,
    activities: &[&Mention],
    amounts: &[Span],
    mention: &Mention,
) -> Option<Span> {
    let next = activities.iter().find(|m| m.span.start >= mention.span.end).map(|m| m.span.start);
    let behind = amounts.iter().find(|amount| {
        amount.start >= mention.span.end
            && amount.start - mention.span.end <= REACH
            && next.is_none_or(|next| amount.start < next)
            && (joins(note, note.get(Span::new(mention.span.end, amount.start)))
                || is_what_is_left(note, mention, **amount)
                || is_can_for(note, mention, **amount))
    });
    let before = || {
        amounts.iter().find(|amount| {
            let gap = Span::new(amount.end, mention.span.start.max(amount.end));
            amount.end <= mention.span.start
                && gap.len() <= REACH_BEFORE
                && AMOUNT_OF.is_match(note.get(gap))
                // "40 minutes at the wheel", but no "6 min walk test".
                && (gap.len() > 1
                    || ["at ", "behind ", "in "].iter().any(|w| note.get(mention.span).starts_with(w))
                    || is_borne(note, mention, **amount))
        })
    };
    behind.or_else(before).copied().or_else(|| {
        let most = amounts.iter().find(|amount| is_most(note, mention, **amount));
        // No other activity between the two.
        let free = |amount: &&Span| {
            let between = between(**amount, mention.span);
            !activities.iter().any(|m| between.contains(m.span))
        };
        most.filter(free).copied()
    })
}

/// What lies between two places.
fn between(one: Span, other: Span) -> Span {
    let (first, second) = if one < other { (one, other) } else { (other, one) };
    Span::new(first.end.min(second.start), second.start)
}

/// Whether an amount is said to be the most of an activity: "ten minutes is all the standing she has in her".
pub(super) fn is_most(note: &Note<'_>, mention: &Mention, amount: Span) -> bool {
    let gap = between(amount, mention.span);
    let Some(sentence) = note.sentence_at(amount) else { return false };
    if gap.len() > MOST_REACH || !sentence.span.contains(gap) {
        return false;
    }
    if amount < mention.span {
        return IS_MOST.of(note.lexicon).is_match(note.get(gap));
    }
    let behind = note.get(Span::new(amount.end, sentence.span.end.max(amount.end)));
    THEN_MOST.of(note.lexicon).is_match(behind) && !note.get(gap).contains(['.', ';', ':'])
}

/// Where something is done, and how much of it is too much: "at the cutting table for more than".
static PLACE_FOR_MORE: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"^ (?:at|in|on|over|by|behind|before) (?:[a-z'-]+ ){1,4}(?:for )?(?:more|longer) than (?:about )?$",
    )
});

/// Whether the words between an activity and an amount behind it give it that amount.
fn joins(note: &Note<'_>, between: &str) -> bool {
    PLACE_FOR_MORE.is_match(between)
        || TO_AMOUNT.of(note.lexicon).is_match(between)
        || BRINGS_ON.of(note.lexicon).is_match(between)
}

/// Whether an amount is what is left of an activity: "standing is down from an hour to 10 minutes".
fn is_what_is_left(note: &Note<'_>, mention: &Mention, amount: Span) -> bool {
    let between = note.get(Span::new(mention.span.end, amount.start));
    // "from an hour to 10 minutes" goes on; "from 40 to 10 minutes" is one amount.
    let from = between.trim_end().ends_with(" from");
    (!from || note.get(amount).contains(" to ")) && FALLEN.of(note.lexicon).is_match(between)
}

/// Whether an amount is how long an activity can be done: "can bend over a sink for 5 minutes".
fn is_can_for(note: &Note<'_>, mention: &Mention, amount: Span) -> bool {
    let lead = note.get(Span::new(0, mention.span.start)).trim_end();
    let can = lead.strip_suffix("can").is_some_and(|rest| !rest.ends_with(char::is_alphanumeric));
    can && CAN_FOR.is_match(note.get(Span::new(mention.span.end, amount.start)))
}

/// Whether words before an amount make it what can be borne: "manages ten minutes on her feet".
fn is_borne(note: &Note<'_>, mention: &Mention, amount: Span) -> bool {
    let lead = note.get(Span::new(0, amount.start));
    let lead = &lead[lead.ceil_char_boundary(lead.len().saturating_sub(LEAD))..];
    note.get(mention.span).starts_with("on ") && BEARS.of(note.lexicon).is_match(lead)
}

/// Whether an amount by itself limits: "stands 20 min", "can walk two blocks", "pain after 15 minutes of sitting".
pub(super) fn limits(note: &Note<'_>, mention: &Mention, amount: Span) -> bool {
    let words = note.get(mention.span);
    if amount.start < mention.span.end {
        return true;
    }
    let between = note.get(Span::new(mention.span.end, amount.start));
    let verb = DOES.of(note.lexicon).is_match(words);
    let height = words.starts_with("stand") && note.get(amount).contains("feet");
    // "Sitting 10 minutes." is all that its sentence says.
    let alone = || {
        let posture =
            matches!(note.concept(mention).field("activity"), Some("sitting" | "standing"));
        let sentence = note.sentence_at(mention.span).map(|s| s.span);
        let whole = mention.span.union(amount);
        posture
            && note.sentence_at(mention.span).is_some_and(|s| TOLD_IN.contains(&s.section))
            && sentence.is_some_and(|s| {
                let said = note.get(s).trim_matches(|c: char| !c.is_alphanumeric());
                said == note.get(whole)
            })
    };
    (verb && !height)
        || alone()
        || is_led(note, mention)
        || is_what_is_left(note, mention, amount)
        || is_can_for(note, mention, amount)
        || BRINGS_ON.of(note.lexicon).is_match(between)
        || BOUNDS.of(note.lexicon).is_match(between)
        || between.starts_with(" to ")
        || between.starts_with(" only ")
        || between.trim() == ":"
        || words == "walking distance"
}

/// That something is done without trouble, behind its amount.
static FREELY: WordPattern = WordPattern::new(
    r"^[^.;:,]{0,24}\b(?:(?:without|w/o|with no) (?:any |much |real )?{function-row/no-trouble}|with ease)\b",
);

/// Whether the words behind an amount say that it is no trouble: "stands an hour without any trouble".
pub(super) fn is_free(note: &Note<'_>, amount: Span) -> bool {
    let Some(sentence) = note.sentence_at(amount) else { return false };
    let behind = note.get(Span::new(amount.end, sentence.span.end.max(amount.end)));
    FREELY.of(note.lexicon).is_match(behind)
}

/// How long an activity is fair, behind the words that call it so: "sitting is good for 10 minutes".
static FAIR_FOR: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(r"^ (?:for|up to|until)(?: (?:up to|about|only|just|maybe|some))* $")
});

/// The amount right behind words that call an activity fair, which is all there is of it.
pub(super) fn fair_for(note: &Note<'_>, said: Span, amounts: &[Span]) -> Option<Span> {
    let behind = amounts.iter().find(|amount| amount.start >= said.end)?;
    FAIR_FOR.is_match(note.get(Span::new(said.end, behind.start))).then_some(*behind)
}

/// Words before an activity that make its amount the most of it: "his limit for standing", "max walk".
static LED: WordPattern =
    WordPattern::new(r"\b{function-row/ceiling}(?: (?:for|of|in|on|when|while))? $");

fn is_led(note: &Note<'_>, mention: &Mention) -> bool {
    let lead = note.get(Span::new(0, mention.span.start));
    let lead = &lead[lead.ceil_char_boundary(lead.len().saturating_sub(LEAD))..];
    LED.of(note.lexicon).is_match(lead)
}

/// From how many hours a week work is full time.
const FULL_WEEK: f64 = 35.0;

/// Whether an amount is the hours of a whole week's work.
pub(super) fn is_full_week(note: &Note<'_>, amount: Span) -> bool {
    let words = note.get(amount);
    let hours = words.split([' ', '-']).find_map(|word| word.parse::<f64>().ok());
    (words.contains("hour") || words.contains("hr")) && hours.is_some_and(|h| h >= FULL_WEEK)
}

/// What hours of sleep say of it.
pub(super) fn of_sleep(note: &Note<'_>, amount: Span) -> Option<Limitation> {
    let words = note.get(amount);
    if !words.contains("hour") && !words.contains("hr") && !words.ends_with(" h") {
        return None;
    }
    let mut numbers = words.split([' ', '-']).filter_map(|word| {
        word.parse::<f64>().ok().or_else(|| number_in_words(word).filter(|_| word.len() > 2))
    });
    match numbers.next_back()? {
        hours if hours >= ENOUGH_SLEEP => Some(Limitation::Independent),
        hours if hours <= LITTLE_SLEEP => Some(Limitation::Limited),
        _ => None,
    }
}
