//! Numeric pain scores: "7/10", "6 to 8 out of ten", "VAS 4", "on a scale of 1 to 10 a 5".

mod circled;
mod elsewhere;
mod series;

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::pattern::fixed_regex;

use super::{Draft, Note, disability_score, number_in_words};
use crate::fact::{Origin, PainQualifier, PainScore, Time};
use crate::fold::is_word;
use crate::lexicon::WordPattern;
use crate::span::Span;
use crate::tag::Mention;

/// Words around scores, in a group of the lexicon.
const GROUP: &str = "pain-score";

/// Longest line that is a row and not a paragraph, in bytes.
const LONGEST_ROW: usize = 110;

/// Bytes around the stroke of a score that may belong to it.
const WINDOW: usize = 28;

/// How far from a bare number its scale may stand, in bytes.
const REACH: usize = 70;

static RATIO: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"(?:(\d{1,2}(?:\.\d)?|one|two|three|four|five|six|seven|eight|nine) ?(?P<own>/ ?1[0o] ?)?(?P<join>-|to|or|and) ?(?:an? )?)?(?P<top>\d{1,2}(?:\.\d)?|1o|[il]0|one|two|three|four|five|six|seven|eight|nine|ten)(?:\+|plus)? ?(?:/|(?:out )?of|over(?: a possible)?) ?(?:a possible )?(?P<scale>1[0o]|[il][0o]|ten|100)\b",
    )
});

/// A bare number behind a scale's name.
static LABELLED: WordPattern = WordPattern::new(
    r"^(?:[ :,=()?_-]|\(?\b(?:0|zero|1|one)[ -]*(?:-|to)[ -]*(?:10|ten)\b\)?(?: scale)?|\b(?:is|was|as|of|at|an?|about|approximately|around|today|now|currently|it|her|his|the|that|to be|he|she|at its|between|from|{pain-score/label-word})\b)*?(\d{1,2}(?:\.\d)?|{pain-score/number}\b)(?: ?(?:-|to|and) ?(\d{1,2}(?:\.\d)?|{pain-score/number}\b))?",
);

/// What a score came to, behind an arrow.
static LATER: LazyLock<Regex> =
    LazyLock::new(|| fixed_regex(r"^(?: [a-z-]+){0,5} ?(?:->|-->|=>|\u{2192}) ?(\d{1,2})\b"));

/// Further numbers of a list: "at 4 and 12 weeks".
static MORE: LazyLock<Regex> = LazyLock::new(|| fixed_regex(r"^ ?(?:,|and|or|,? and|to) \d+"));

/// How far behind a drug's name its strengths may stand: "carbidopa/levodopa 25/100" (bytes).
const DOSE_REACH: usize = 2;

/// A mark on a line of 100 mm.
static MILLIMETRES: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"\b(\d{1,3}) ?mm(?:,? (?:on|of|along|out of) (?:an? |the |her |his )?100[ -]?mm\b| ?/ ?100\b)|\b(\d{1,3}) ?(?:/ ?100 ?mm|mm (?:out )?of (?:a (?:possible )?)?100)\b|\b(?:vas|visual analog(?:ue)?(?: scale)?)(?: (?:pain|score|today|now|rest|at rest|is|was|of|this morning|this visit)){0,3}[ :=]{1,3}(\d{1,3}) ?mm\b",
    )
});

/// A bare number before "on a scale of 1 to 10".
static BEFORE_SCALE: WordPattern = WordPattern::new(
    r"(?:\b(\d{1,2}|{pain-score/number}) ?(?:-|to|and|through) ?(?:an? )?)?\b(\d{1,2}|{pain-score/number}) (?:on|in|using|of) (?:an? |the |our )?(?:(?:{pain-score/scale-name} |(?:0|zero|1|one) ?(?:-|to) ?(?:10|ten) |10[ -]point )*scale|(?:(?:0|zero|1|one) ?(?:-|to) ?(?:10|ten)|(?:10|ten)[ -](?:point|cm|centimet(?:er|re)))(?: pain| rating)? (?:scale|line|ruler|ladder))\b",
);

static PAIN_IS: WordPattern = WordPattern::new(
    r"\b(?:pain (?:today|now|currently|level|score)?[ ?:]{0,12}(?:{pain-score/ranges} (?:anywhere )?(?:from |between )?|(?:is |was |as |at |of |rated |level |score )+)|{pain-score/puts} (?:her|his|the) (?:[a-z]+ )?pain (?:at |around |about )*)(?:an? |about |approximately |around )?(\d{1,2}|{pain-score/number}\b)(?: ?(?:-|to|or|and) ?(?:an? )?(\d{1,2}|{pain-score/number}\b))?",
);

/// How far before a score the words may stand that say what is scored, in bytes.
const LEAD: usize = 48;

/// What a score is of, before it.
static SCORED: WordPattern =
    WordPattern::new(r"\b(?:{pain-score/which} )?(?:{pain-score/site} )?{pain-score/scored}\b");

/// What a score is of, behind it.
static SCORED_BEHIND: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"^(?: in| of| on| for)?(?: the| a| his| her)?(?: (?:numeric|visual|analog|rating))*(?: pain scale| pain| scale| vas)\b",
    )
});

/// Words behind a score in words that make it a count.
static COUNTED: WordPattern =
    WordPattern::new(r"^ (?:of )?(?:the |his |her |these )?(?:[a-z]+ )?{pain-score/counted}\b");

/// How far before "7 of 10" the words may stand that rate, in bytes.
const RATED_REACH: usize = 40;

/// Words that rate, before a score that is written as a count: "rates it 7 of 10".
static RATED: WordPattern = WordPattern::new(r"\b{pain-score/rates}\b[^.;:,]{0,24}$");

/// Words behind "over ten" that make it a time or a count.
static OVER_MORE: WordPattern = WordPattern::new(
    r"^(?:%|[ -](?:{pain-score/counted}|years?|yrs?|months?|weeks?|days?|minutes?|hours?|percent|more)\b)",
);

/// What makes of a score the bound of a goal, behind it: "4/10 or lower".
static BOUND: WordPattern = WordPattern::new(r"^ ?(?:or|and) {pain-score/bound}\b");

/// An activity named right before the score that it is of: "walking 8/10, stairs 9/10".
static ACTIVITY: WordPattern = WordPattern::new(r"(?:^|[ (]){pain-score/activity} ?[:=-]? ?$");

/// Units that make a number something else than a score.
static UNIT: WordPattern = WordPattern::new(r"^(?:[%/.:=-]|x|of |{pain-score/other-amount})");

pub(super) fn read(note: &Note<'_>, drafts: &mut Vec<Draft>) {
    let text = note.str();
    let mut found: Vec<(Span, f64, f64, f64, &str)> = Vec::new();
    let mut searched = 0;
    for at in denominators(text) {
        // One window for a run of scores, so that none is read twice.
        let start = text.floor_char_boundary(at.saturating_sub(WINDOW)).max(searched);
        let end = text.ceil_char_boundary(at + WINDOW);
        if start >= end || at < searched {
            continue;
        }
        for c in RATIO.captures_iter(&text[start..end]) {
            let last = c.get(0).map_or(0, |m| start + m.end());
            if last > at {
                found.extend(fallen_from(note, &c, start));
                found.extend(ratio(note, &c, start));
                searched = last;
                break;
            }
        }
    }
    for label in note.mentions(GROUP).filter(|m| note.concept(m).id == "scale") {
        if disability_score::is_item(note, note.line_of(label.span)) {
            continue;
        }
        let score = labelled(note, label);
        found.extend(score.and_then(|(span, ..)| later(note, span)));
        found.extend(score);
    }
    // Most notes name no scale.
    let scale = ["scale", "line", "ladder", "ruler"].iter().any(|name| text.contains(name));
    let on_scale = scale.then_some((&BEFORE_SCALE, "on-a-scale"));
    for (pattern, rule) in on_scale.into_iter().chain([(&PAIN_IS, "pain-is")]) {
        for c in pattern.of(note.lexicon).captures_iter(text) {
            let (low, high) = match rule {
                "pain-is" => (c.get(1), c.get(2).or(c.get(1))),
                _ => (c.get(1).or(c.get(2)), c.get(2)),
            };
            if let (Some(low), Some(high)) = (low, high) {
                let span = Span::new(low.start(), high.end());
                found.extend(bare(note, span, low.as_str(), high.as_str(), rule));
            }
        }
    }
    found.extend(in_millimetres(note));
    found.extend(circled::find(note).into_iter().map(|(span, n)| (span, n, n, 10.0, "circled")));
    for (span, low, high) in series::find(note) {
        found.extend(bare(note, span, low, high, "series"));
    }
    found.sort_by_key(|(span, ..)| (span.start, usize::MAX - span.end));
    found.dedup_by(|next, last| next.0.start < last.0.end);
    for (at, &(span, low, high, scale, rule)) in found.iter().enumerate() {
        let before = at.checked_sub(1).map_or(0, |i| found[i].0.end);
        let after = found.get(at + 1).map_or(text.len(), |next| next.0.start);
        let kind = PainScore { low, high, scale, qualifier: None };
        let mut draft =
            Draft::new(span, kind.clone(), format!("{GROUP}/{rule}"), note.assert(span));
        draft.confidence = if rule == "ratio" { 0.95 } else { 0.85 };
        let place = Place { note, span, before, after };
        place.assert(&mut draft);
        draft.kind = PainScore { qualifier: place.qualifier(low < high), ..kind }.into();
        if place.column() == Some(0) {
            draft.assertion.time = Time::Past;
        }
        draft.span = place.quote();
        drafts.extend(elsewhere::read(note, span, before, after));
        drafts.push(draft);
    }
}

/// Scores on a line of 100 mm: "62 mm on the 100 mm scale".
fn in_millimetres<'a>(note: &Note<'_>) -> Vec<(Span, f64, f64, f64, &'a str)> {
    let text = note.str();
    let score = |c: Captures<'_>| {
        let mark = c.get(1).or(c.get(2)).or(c.get(3))?;
        let (whole, mark) = (c.get(0)?, number(mark.as_str())?);
        let span = Span::new(whole.start(), whole.end());
        (mark <= 100.0 && !other_subject(note, span)).then_some((span, mark, mark, 100.0, "mm"))
    };
    if !text.contains("mm") {
        return Vec::new();
    }
    MILLIMETRES.captures_iter(text).filter_map(score).collect()
}

/// Where scores out of something may stand: their strokes, "out of" and "over".
fn denominators(text: &str) -> impl Iterator<Item = usize> {
    let strokes = text.match_indices('/').map(|(at, _)| at);
    // Most words of the kind stand before no scale.
    let scale = |rest: &str| {
        ["10", "1o", "i0", "l0", "ten", "a possible "].iter().any(|w| rest.starts_with(w))
    };
    let words = [" of ", " over "].into_iter().flat_map(|word| {
        text.match_indices(word).filter(move |(at, _)| scale(&text[at + word.len()..]))
    });
    let mut all: Vec<usize> = strokes.chain(words.map(|(at, _)| at)).collect();
    all.sort_unstable();
    all.into_iter()
}

/// The score that fell to the one behind it: "from 8/10 to 3/10".
fn fallen_from<'a>(
    note: &Note<'_>,
    c: &Captures<'_>,
    from: usize,
) -> Option<(Span, f64, f64, f64, &'a str)> {
    let (first, own, then) = (c.get(1)?, c.name("own")?, c.name("top")?);
    let (high, low) = (number(first.as_str())?, number(then.as_str())?);
    let span = Span::new(from + first.start(), from + own.as_str().trim_end().len() + own.start());
    let fell = low < high && high <= 10.0 && !note.is_dated(span) && !other_subject(note, span);
    (fell && is_word(note.str(), span)).then_some((span, high, high, 10.0, "ratio"))
}

fn ratio<'a>(
    note: &Note<'_>,
    c: &Captures<'_>,
    from: usize,
) -> Option<(Span, f64, f64, f64, &'a str)> {
    let (whole, top, denominator) = (c.get(0)?, c.name("top")?, c.name("scale")?);
    let text = note.str();
    let span = Span::new(from + whole.start(), from + whole.end());
    let before = text[..span.start].chars().next_back();
    let after = &text[span.end..];
    let part_of_number = before.is_some_and(|b| b.is_alphanumeric() || matches!(b, '/' | '.'))
        || after.starts_with(['/', '%'])
        || (after.starts_with(['.', '-']) && after[1..].starts_with(|n: char| n.is_ascii_digit()));
    // "three out of ten sessions" counts something; "seven out of ten at night" scores.
    let spelled = !top.as_str().starts_with(|n: char| n.is_ascii_digit()) && top.as_str().len() > 2;
    let counted = spelled && COUNTED.of(note.lexicon).is_match(after);
    let dose = after.trim_start().starts_with("mg") || after.trim_start().starts_with("mcg");
    let drug = note
        .mentions_in("drug", note.line_of(span))
        .any(|m| m.span.end < span.start && span.start - m.span.end <= DOSE_REACH);
    if part_of_number || counted || dose || drug || note.is_dated(span) || is_day(note, span) {
        return None;
    }
    // "one over ten years ago"
    if whole.as_str().contains("over") && OVER_MORE.of(note.lexicon).is_match(after) {
        return None;
    }
    // "4 of 10 visits" counts, unless it is told to be a rating.
    let counts = whole.as_str().contains(" of ") && !whole.as_str().contains("out of");
    let lead = &text[text.floor_char_boundary(span.start.saturating_sub(RATED_REACH))..span.start];
    if counts
        && (!RATED.of(note.lexicon).is_match(lead) || OVER_MORE.of(note.lexicon).is_match(after))
    {
        return None;
    }
    let words = whole.as_str().contains("out of");
    let scale = if denominator.as_str() == "100" { 100.0 } else { 10.0 };
    let high = number(top.as_str())?;
    let low = c.get(1).map_or(Some(high), |m| number(m.as_str()))?;
    // "8/10 to 3/10" fell: two scores and no range.
    let fell = low > high && c.name("own").is_some();
    // "between 4 and 9" is a range, "3 and 9/10" are two.
    let listed = c.name("join").is_some_and(|m| m.as_str() == "and")
        && !text[..span.start].ends_with("between ");
    let (low, span) =
        if fell || listed { (high, Span::new(from + top.start(), span.end)) } else { (low, span) };
    // More than the scale holds is said by some, and is written out then.
    let most = if words { scale * 2.0 } else { scale };
    if high > most || low > high || other_subject(note, span) {
        return None;
    }
    Some((span, low, high, scale, "ratio"))
}

/// Words before a day of the tenth: "seated duty till 3/10".
static DAY_LEAD: WordPattern = WordPattern::new(r"\b{pain-score/before-day} ?$");

/// What a clause names that rates: "pain since 3/10" may have none, "pain down to 3/10 by noon" has.
static RATES_PAIN: WordPattern =
    WordPattern::new(r"\b(?:{pain-score/scored}|{pain-score/rates}|{pain-score/scale-name})\b");

/// Whether what looks like a score is the day up to which or from which something goes on.
fn is_day(note: &Note<'_>, span: Span) -> bool {
    let Some(sentence) = note.sentence_at(span) else { return false };
    let lead = note.get(Span::new(sentence.span.start.min(span.start), span.start));
    let digits =
        note.get(span).strip_suffix("/10").is_some_and(|month| month.parse::<u8>().is_ok());
    digits
        && DAY_LEAD.of(note.lexicon).is_match(lead)
        && !RATES_PAIN.of(note.lexicon).is_match(lead)
}

/// The number behind a scale's name, in its sentence or cell.
fn labelled<'a>(note: &Note<'_>, label: &Mention) -> Option<(Span, f64, f64, f64, &'a str)> {
    // "Pain (0-10): 6": the label may be a heading, and the score the sentence below it.
    let next = note.sentences.partition_point(|s| s.span.start < label.span.end);
    let headed = || note.sentences.get(next).filter(|s| s.heading.contains(label.span));
    let sentence = note.sentence_at(label.span).or_else(headed)?;
    // "How bad now, 0 to 10?   4": the answer stands behind the question.
    let asks = note.get(sentence.span).trim_end().ends_with('?');
    let line = if asks { note.rest_of_line(label.span).end } else { 0 };
    let end = (label.span.end + REACH).min(sentence.span.end.max(line)).max(label.span.end);
    let end = note.str().floor_char_boundary(end);
    let rest = note.get(Span::new(label.span.end, end));
    let c = LABELLED.of(note.lexicon).captures(rest)?;
    let (low, high) = (c.get(1)?, c.get(2).or(c.get(1))?);
    let mut span = Span::new(label.span.end + low.start(), label.span.end + high.end());
    // "on a scale of 1 to 10, 8": the scale's own ends are no score.
    let own = format!("{}{}", low.as_str(), high.as_str());
    let lead = rest[..low.start()].trim_matches([' ', '_', '.', ':', '-']);
    let end_of_scale = own == "1010" && matches!(lead, "of" | "out of" | "/");
    if matches!(own.as_str(), "010" | "110") || end_of_scale {
        let rest_start = span.end;
        let more = LABELLED.of(note.lexicon).captures(note.get(Span::new(rest_start, end)))?;
        let (low, high) = (more.get(1)?, more.get(2).or(more.get(1))?);
        span = Span::new(rest_start + low.start(), rest_start + high.end());
        return bare(note, span, low.as_str(), high.as_str(), "scale");
    }
    let severity = matches!(note.get(label.span), "severity" | "scale");
    if severity && own.len() < 2 && !rest.contains("10") {
        return None;
    }
    bare(note, span, low.as_str(), high.as_str(), "scale")
}

/// The number that a bare score came to: "VAS 8 before -> 3 now".
fn later<'a>(note: &Note<'_>, first: Span) -> Option<(Span, f64, f64, f64, &'a str)> {
    let rest = &note.str()[first.end..note.str().ceil_char_boundary(first.end + REACH)];
    let number = LATER.captures(rest)?.get(1)?;
    let span = Span::new(first.end + number.start(), first.end + number.end());
    bare(note, span, number.as_str(), number.as_str(), "later")
}

/// A score without a denominator, if nothing behind it makes it another amount.
fn bare<'a>(
    note: &Note<'_>,
    span: Span,
    low: &str,
    high: &str,
    rule: &'a str,
) -> Option<(Span, f64, f64, f64, &'a str)> {
    let after =
        MORE.replace(&note.str()[span.end..note.str().ceil_char_boundary(span.end + 30)], "");
    let after = after.trim_start();
    let ends_sentence = after.starts_with(". ") || after == ".";
    let unit = !ends_sentence && UNIT.of(note.lexicon).is_match(after);
    let (low, high) = (number(low)?, number(high)?);
    let date = note.is_dated(span);
    let plain = !unit && !date && high <= 10.0 && low <= high && is_word(note.str(), span);
    (plain && !other_subject(note, span)).then_some((span, low, high, 10.0, rule))
}

fn number(digits: &str) -> Option<f64> {
    match digits {
        "1o" | "l0" | "i0" => Some(10.0),
        digits => digits.parse().ok().or_else(|| number_in_words(digits)),
    }
}

/// Whether the words just before or behind are about something else than pain.
fn other_subject(note: &Note<'_>, span: Span) -> bool {
    let Some(sentence) = note.sentence_at(span) else { return false };
    note.mentions_in(GROUP, sentence.span).filter(|m| note.concept(m).id == "not-pain").any(|m| {
        let gap = if m.span.end <= span.start {
            span.start - m.span.end
        } else {
            m.span.start.saturating_sub(span.end)
        };
        // The next cell of a row is of something else: "Pain score  4      ODI  36".
        let behind = Span::new(span.end, m.span.start.max(span.end));
        let apart = !behind.is_empty() && note.as_written(behind).contains("   ");
        gap < 20 && !apart
    })
}

/// A score and the stretch of text between its neighbours.
struct Place<'n, 'a> {
    note: &'n Note<'a>,
    span: Span,
    before: usize,
    after: usize,
}

impl Place<'_, '_> {
    fn assert(&self, draft: &mut Draft) {
        let start = self.span.start.saturating_sub(30).max(self.before);
        let lead = Span::new(self.note.str().ceil_char_boundary(start), self.span.start);
        if self.words(lead).any(|m| self.note.concept(m).id == "goal") {
            draft.assertion.origin = Origin::GoalOrEducation;
        }
        // "4/10 or less" is a bound and nobody's score.
        let rest = &self.note.str()[self.span.end..];
        if BOUND.of(self.note.lexicon).is_match(rest) {
            draft.assertion.origin = Origin::GoalOrEducation;
        }
    }

    fn words(&self, span: Span) -> impl Iterator<Item = &Mention> {
        self.note.mentions_in(GROUP, span)
    }

    /// The score with the words that say what is scored: "pain at worst: 7/10", "8/10 pain".
    fn quote(&self) -> Span {
        let Some(sentence) = self.note.sentence_at(self.span).map(|s| s.span) else {
            return self.span;
        };
        let text = self.note.str();
        let from =
            text.floor_char_boundary(self.span.start.saturating_sub(LEAD)).max(sentence.start);
        let from = from.max(self.before).min(self.span.start);
        let lead = self.note.get(Span::new(from, self.span.start));
        let clause = lead.rfind([',', ';', '.', '?']).map_or(0, |at| at + 1);
        let cells = self.note.as_written(Span::new(from + clause, self.span.end)).contains("   ");
        let named =
            SCORED.of(self.note.lexicon).find_iter(&lead[clause..]).last().filter(|_| !cells);
        if let Some(named) = named {
            return Span::new(from + clause + named.start(), self.span.end);
        }
        let end =
            text.ceil_char_boundary(self.span.end + LEAD / 2).min(sentence.end).min(self.after);
        let tail = self.note.get(Span::new(self.span.end, end.max(self.span.end)));
        let named = SCORED_BEHIND.find(tail).map_or(0, |named| named.end());
        Span::new(self.span.start, self.span.end + named)
    }

    /// Which pain is scored: by the words of its clause, then by what stands before it.
    fn qualifier(&self, range: bool) -> Option<PainQualifier> {
        let sentence = self.note.sentence_at(self.span)?.span;
        let line = self.note.line_of(self.span);
        let row = if line.len() <= LONGEST_ROW { line.start } else { sentence.start };
        let earlier = if self.column() == Some(1) { 0 } else { self.before };
        let start = sentence.start.min(row).max(earlier);
        let before = Span::new(start.min(self.span.start), self.span.start);
        let end = sentence.end.max(self.span.end).min(self.after.max(self.span.end));
        let behind = self.note.get(Span::new(self.span.end, end));
        let stop = behind.find([',', ';', '.', '|']).unwrap_or(behind.len());
        // "6/10 (best 4, worst 9)": what an open bracket begins with is of the next number.
        let open = behind.find('(').filter(|_| !behind.contains(')'));
        let stop = stop.min(open.unwrap_or(stop));
        // The next cell's words are not about this one's number.
        let stop = self.first_gap(self.span.end, stop);
        let behind = Span::new(self.span.end, self.span.end + stop);
        let clause = self.note.get(before).rfind([',', ';', '.']).map_or(0, |i| i + 1);
        let mut clause = Span::new(before.start + clause, before.end);
        // In "8 at its worst and 2 on a good day" the worst is the first one's.
        let taken = self.words(clause).next().filter(|m| {
            let joins = self.note.get(Span::new(m.span.end, clause.end));
            let joined = matches!(
                joins.trim(),
                "and" | "and it was" | "and was" | "and it is" | "and is" | "and as" | "and at"
            );
            earlier > 0 && m.span.start <= earlier + 1 && joined
        });
        if let Some(taken) = taken {
            clause.start = taken.span.end;
        }
        let named = |span: Span, last: bool| {
            let mut found = self.words(span).filter_map(|m| {
                let id = self.note.concept(m).id.as_str();
                match id {
                    _ if self.bounds_activity(m) => None,
                    "before_procedure" => Some(None),
                    id => PainQualifier::from_word(id).map(Some),
                }
            });
            if last { found.last() } else { found.next() }
        };
        // "Average before the block: 7/10" is an average.
        let lead = named(clause, true).map(|last| {
            last.or_else(|| {
                self.words(clause)
                    .filter_map(|m| PainQualifier::from_word(&self.note.concept(m).id))
                    .find(|q| {
                        matches!(
                            q,
                            PainQualifier::Average | PainQualifier::Worst | PainQualifier::Best
                        )
                    })
            })
        });
        if self.is_row_after_procedure() {
            return Some(PainQualifier::AfterProcedure);
        }
        // "walking 8/10", in a row or a list of such.
        if ACTIVITY.of(self.note.lexicon).is_match(self.note.get(clause)) {
            return Some(PainQualifier::WithActivity);
        }
        // "2/10 on standing before he left" is told of after the procedure.
        let after = self.words(behind).any(|m| {
            PainQualifier::from_word(&self.note.concept(m).id)
                == Some(PainQualifier::AfterProcedure)
                && !self.bounds_activity(m)
        });
        let now = named(behind, false) == Some(Some(PainQualifier::Current));
        if after && !range && !now && lead.flatten().is_none() {
            return Some(PainQualifier::AfterProcedure);
        }
        let said = lead
            .filter(|q| *q != Some(PainQualifier::Current))
            .or_else(|| named(behind, false))
            .or_else(|| named(before, true).filter(|_| !range))
            .or(lead);
        match said {
            _ if range && said.is_none_or(|q| q.is_none()) => Some(PainQualifier::Range),
            Some(qualifier) => qualifier,
            None => {
                let time = self.note.assert(self.span).assertion.time;
                (time == Time::Current).then_some(PainQualifier::Current)
            }
        }
    }

    /// "6/10 and cannot stand longer than ten minutes": a time that is said of what is done.
    fn bounds_activity(&self, word: &Mention) -> bool {
        matches!(self.note.get(word.span), "min" | "minutes")
            && self
                .note
                .mentions_in(
                    "function",
                    Span::new(self.span.end, word.span.start.max(self.span.end)),
                )
                .next()
                .is_some()
    }

    /// Whether the row's label says of all its scores that they are told after the procedure:
    /// "Post-procedure pain: at rest 1/10, walking 2/10".
    fn is_row_after_procedure(&self) -> bool {
        let line = self.note.line_of(self.span);
        let lead = self.note.get(Span::new(line.start.min(self.span.start), self.span.start));
        let label = lead.find(':').filter(|at| *at <= LEAD);
        label.is_some_and(|at| {
            self.words(Span::new(line.start, line.start + at)).any(|m| {
                PainQualifier::from_word(&self.note.concept(m).id)
                    == Some(PainQualifier::AfterProcedure)
            })
        })
    }

    /// How far it is from a place to the first wide gap of the record, at most `stop` bytes.
    fn first_gap(&self, at: usize, stop: usize) -> usize {
        let end = self.note.line_of(self.span).end.max(at);
        let cells = self.note.cells(Span::new(self.span.start, end));
        cells.first().map_or(stop, |cell| cell.end.saturating_sub(at).min(stop))
    }

    /// Which of several values of a table's row this is; `None` outside tables.
    fn column(&self) -> Option<usize> {
        let cells = self.note.cells(self.note.line_of(self.span));
        let at = cells.iter().position(|cell| cell.contains(self.span))?;
        let numeric = |cell: &Span| self.note.get(*cell).starts_with(|c: char| c.is_ascii_digit());
        let values = cells.iter().skip(1).filter(|c| numeric(c)).count();
        (at >= 1 && values == 2 && cells.len() == 3).then(|| at - 1)
    }
}
