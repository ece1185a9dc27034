//! Disability questionnaires with their scores: "ODI 44%, severe disability".

use std::sync::LazyLock;

use regex::Regex;

use crate::pattern::fixed_regex;

use super::{Draft, Note};
use crate::fact::{DisabilityScore, Instrument, Kind, ScoreUnit, Time};
use crate::lexicon::WordPattern;
use crate::quantity::{TENS, spelled};
use crate::span::Span;
use crate::tag::Mention;

/// Questionnaires and bands, in a group of the lexicon.
const GROUP: &str = "disability";

/// How far behind its questionnaire a score may stand, in bytes.
const REACH: usize = 80;

/// How far behind a score its band may stand, in bytes.
const LABEL_REACH: usize = 45;

static SCORE: LazyLock<Regex> = LazyLock::new(|| {
    let teens = "ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen";
    fixed_regex(&format!(
        r"(\d{{1,3}}(?:\.\d+)?|\b{TENS}\b|\b(?:{teens})\b) ?(?:(%|per ?cent\b|pct\b)|(?:/|out of|of) ?(\d{{2,3}})\b(?: ?(?:points?)?,? ?(?:=|\(|or|->|=>|i\.e\.|equals|which is|that is|that.s) ?\(?(\d{{1,3}}(?:\.\d+)?) ?(?:%|per ?cent\b|pct\b))?|(points?\b))?"
    ))
});

/// Words that may stand between a questionnaire and a number without a unit.
static PLAIN_GAP: WordPattern =
    WordPattern::new(r"^(?:[ :=,()-]|is|was|of|at|his|her|the|{disability/between})*$");

/// What joins a score to the one before it in time: "(46% on 05/02)", ", down from 44%".
static BEFORE_THAT: WordPattern = WordPattern::new(
    r"^ ?(?:\(:? ?|[,;]? ?\(?(?:(?:which was|was|is|it was|from|to|with|at|of|{disability/earlier})[ :,]*)+)$",
);

/// What joins a score to the later one: "from 46% to 38%".
static THEN: WordPattern = WordPattern::new(
    r"^ ?(?:(?:(?:at|on|in) (?:initial )?{disability/first-day}|initially|before)[,;]? ?(?:(?:and|now|to|today|currently|at discharge) ?)*|(?:to|->|-->|=>) ?)$",
);

/// How a sentence goes on that names the band of the score before it: "That would be".
static JUDGES: WordPattern = WordPattern::new(
    r"^(?:that|this|it|which)(?: (?:the|an?|in|at|her|him|as|to|into|within|{disability/judges}))+ $",
);

/// Words behind points that are those of one item.
static EACH: LazyLock<Regex> =
    LazyLock::new(|| fixed_regex(r"^\(?(?:each|apiece|per (?:section|item|question|statement))\b"));

/// Units that make a bare number something else than a score.
static UNIT: WordPattern = WordPattern::new(r"^(?:[x/.]|{disability/other-amount})");

pub(super) fn read(note: &Note<'_>, drafts: &mut Vec<Draft>) {
    // "[x] ODI [ ] NDI   Score: 40": the box says which one was used.
    let unticked = |m: &&Mention| note.box_of(m.span).is_some_and(|b| !b.ticked);
    let all: Vec<&Mention> = note.mentions(GROUP).filter(|m| !unticked(m)).collect();
    for (index, mention) in all.iter().enumerate() {
        let Some(instrument) = Instrument::from_word(&note.concept(mention).id) else { continue };
        let mut end = (mention.span.end + REACH).min(note.str().len());
        let next =
            all[index + 1..].iter().find(|m| Instrument::from_word(&note.concept(m).id).is_some());
        end = end.min(next.map_or(end, |m| m.span.start));
        // A table's row ends with its line; a sentence may run over several.
        let row = note.rest_of_line(mention.span);
        let sentence = note.sentence_at(mention.span).map_or(row.end, |s| s.span.end);
        end = end.min(sentence.max(row.end));
        end = note.str().floor_char_boundary(end);
        let within = Span::new(mention.span.end, end.max(mention.span.end));
        let before = drafts.len();
        if names_bands(note, mention, instrument, drafts) {
            continue;
        }
        for score in scores(note, within) {
            drafts.push(draft(note, mention, instrument, &score, drafts.len() - before));
        }
        if drafts.len() == before
            && let Some(score) = sum_below(note, mention)
        {
            drafts.push(draft(note, mention, instrument, &score, 1));
        }
        if drafts.len() == before + 2 {
            let (first, second) = (drafts[before].span.end, drafts[before + 1].span.start);
            // Of two columns the first is of the earlier day, of "38% (46% in May)" the second.
            let between = undated(note, Span::new(first, second.max(first)));
            let earlier = BEFORE_THAT.of(note.lexicon).is_match(&between)
                && !THEN.of(note.lexicon).is_match(&between);
            drafts[before + usize::from(earlier)].assertion.time = Time::Past;
        }
    }
}

/// Whether a row only names the bands of the scores in the row above it, which then have them:
/// "ODI category | severe | moderate" below "ODI | 58% | 40%".
fn names_bands(
    note: &Note<'_>,
    mention: &Mention,
    instrument: Instrument,
    drafts: &mut [Draft],
) -> bool {
    let row = note.rest_of_line(mention.span);
    if note.get(row).contains(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let bands: Vec<Span> = note
        .mentions_in(GROUP, row)
        .filter(|m| note.concept(m).id == "label")
        .map(|m| m.span)
        .collect();
    let line = note.line_of(mention.span);
    let above = |draft: &Draft| {
        let own = note.line_of(draft.span);
        own.end <= line.start && note.get(Span::new(own.end, line.start)).trim().is_empty()
    };
    let mut scores: Vec<&mut DisabilityScore> = drafts
        .iter_mut()
        .filter(|draft| above(draft))
        .filter_map(|draft| match &mut draft.kind {
            Kind::DisabilityScore(score) if score.instrument == instrument => Some(score),
            _ => None,
        })
        .collect();
    if bands.is_empty() || bands.len() != scores.len() {
        return false;
    }
    for (score, band) in scores.iter_mut().zip(bands) {
        let first = note.get(band).split(' ').next();
        score.label = score.label.take().or_else(|| first.map(str::to_owned));
    }
    true
}

/// How the second row of a questionnaire begins, below that for pain.
static SECOND_ITEM: WordPattern =
    WordPattern::new(r"^[ \t]*(?:\d{1,2}[.)] ?)?{disability/second-item}\b");

/// Whether a line is the first item of a questionnaire: "Pain intensity ... 3" above "Personal care ... 1".
pub(super) fn is_item(note: &Note<'_>, line: Span) -> bool {
    note.line_below(line)
        .is_some_and(|below| SECOND_ITEM.of(note.lexicon).is_match(note.get(below)))
}

/// How far below a questionnaire's name its sum may stand (bytes).
const SUM_REACH: usize = 700;

/// How the row begins that adds up the items.
static SUM: WordPattern = WordPattern::new(r"^[ \t]*{disability/total-row}[ :.=-]*$");

/// The sum at the foot of a questionnaire whose name stands alone above its items: "Sum 19/50 = 38%".
fn sum_below(note: &Note<'_>, mention: &Mention) -> Option<Score> {
    // "6. OSWESTRY (10 sections)"
    let opens = !note.get(note.lead_of_line(mention.span)).contains(char::is_alphabetic);
    if !opens {
        return None;
    }
    let own = note.line_of(mention.span);
    // A blank line ends the items.
    let below = note.written_lines().skip_while(|line| line.start < own.end);
    for row in below.take_while(|line| !line.is_empty() && line.end <= own.end + SUM_REACH) {
        if note
            .mentions_in(GROUP, row)
            .any(|m| Instrument::from_word(&note.concept(m).id).is_some())
        {
            return None;
        }
        let Some(score) = scores(note, row).into_iter().next() else { continue };
        let lead = note.get(Span::new(row.start, score.span.start));
        if score.unit.is_some() && SUM.of(note.lexicon).is_match(lead) {
            return Some(score);
        }
    }
    None
}

struct Score {
    span: Span,
    value: f64,
    unit: Option<ScoreUnit>,
}

/// The words of a stretch without its dates: "(04/2025: " before the score of that day.
fn undated(note: &Note<'_>, span: Span) -> String {
    let mut words = String::with_capacity(span.len());
    let mut from = span.start;
    for date in note.dates_in(span) {
        words += note.get(Span::new(from.min(date.span.start), date.span.start));
        from = date.span.end;
    }
    words + note.get(Span::new(from.min(span.end), span.end))
}

/// The first score of a stretch, and the second where they are cells of a row.
fn scores(note: &Note<'_>, within: Span) -> Vec<Score> {
    let words = note.get(within);
    let mut found: Vec<Score> = Vec::new();
    for c in SCORE.captures_iter(words) {
        let (Some(whole), Some(number)) = (c.get(0), c.get(1)) else { continue };
        let span = Span::new(within.start + whole.start(), within.start + whole.end());
        let digits = number.as_str().parse().ok();
        // "26 of 50 = 52%" is told twice, and in percent it is ready.
        let percent = c.get(4).and_then(|percent| percent.as_str().parse().ok());
        let Some(value) = percent.or(digits).or_else(|| spelled(number.as_str())) else {
            continue;
        };
        let after = words[whole.end()..].trim_start();
        let gap =
            &words[found.last().map_or(0, |last| last.span.end - within.start)..whole.start()];
        // "ODI at 6 wk. If <50 %, stop": what the next sentence counts.
        if gap.contains(". ") {
            break;
        }
        // "10 sections, 0 to 5 points each" tells how it is counted.
        if EACH.is_match(after) {
            continue;
        }
        let date = note.is_dated(span);
        let unit = match (c.get(2).or(c.get(4)), c.get(3), c.get(5)) {
            (Some(_), _, _) => Some(ScoreUnit::Percent),
            (None, Some(_), _) | (None, None, Some(_)) => Some(ScoreUnit::Points),
            _ => None,
        };
        let bare = unit.is_none()
            && (!PLAIN_GAP.of(note.lexicon).is_match(gap)
                || (!after.starts_with(". ")
                    && after != "."
                    && UNIT.of(note.lexicon).is_match(after)));
        let of_instrument = note
            .mentions_in(GROUP, Span::new(within.start, span.end + after.len().min(20)))
            .all(|m| note.concept(m).id != "change");
        if date || bare || value > 100.0 || !of_instrument {
            if found.is_empty() && !bare && !date {
                break;
            }
            continue;
        }
        match found.last() {
            None => found.push(Score { span, value, unit }),
            Some(first) => {
                let between = undated(note, Span::new(first.span.end, span.start));
                let joined = between.trim_matches([' ', '|']).is_empty()
                    || (unit.is_some()
                        && (BEFORE_THAT.of(note.lexicon).is_match(&between)
                            || THEN.of(note.lexicon).is_match(&between)));
                if joined && found.len() == 1 && first.unit == unit {
                    found.push(Score { span, value, unit });
                }
                break;
            }
        }
    }
    found
}

fn draft(
    note: &Note<'_>,
    mention: &Mention,
    instrument: Instrument,
    score: &Score,
    column: usize,
) -> Draft {
    let rest = note.rest_of_line(score.span);
    // "48 %   [ ] minimal  [x] severe": a row of boxes has its label where it is ticked.
    let end = match note.boxes_in(rest).is_empty() {
        true => note.str().floor_char_boundary(score.span.end + LABEL_REACH),
        false => rest.end,
    };
    let label = note
        .mentions_in(GROUP, Span::new(score.span.end, end))
        .take_while(|m| Instrument::from_word(&note.concept(m).id).is_none())
        .filter(|m| !note.is_unticked(m.span))
        .find(|m| {
            let gap = note.get(Span::new(score.span.end, m.span.start));
            let next = gap
                .split_once(". ")
                .is_some_and(|(_, lead)| JUDGES.of(note.lexicon).is_match(lead));
            note.concept(m).id == "label" && (next || !gap.replace("i.e. ", "").contains(". "))
        });
    let span = if column == 0 {
        let end = label.map_or(score.span.end, |l| l.span.end);
        Span::new(mention.span.start, end)
    } else {
        score.span
    };
    let words = label.map(|l| note.get(l.span));
    let kind = DisabilityScore {
        instrument,
        value: score.value,
        unit: score.unit,
        label: words.and_then(|l| l.split(' ').next()).map(str::to_owned),
    };
    let mut draft = Draft::new(span, kind, note.rule(mention), note.assert(span));
    draft.confidence = 0.95;
    draft
}
