//! Lengths and starts behind a label: "Duration: 14 months", "Onset: 2021".

use std::sync::LazyLock;

use regex::Regex;

use super::super::{Draft, Note};
use super::start::{begins, beside, months_since};
use super::when::{MANNER, ONSET};
use super::{
    GROUP, LENGTH, UNITS, may_tell, names_treatment, push, tells_of_nothing_else, tenths, told,
    told_in,
};
use crate::fact::Section;
use crate::lexicon::WordPattern;
use crate::pattern::fixed_regex;
use crate::quantity;
use crate::span::Span;

/// How far behind a length the day may stand that says the same, in bytes.
const BESIDE_LENGTH: usize = 30;

/// A row that counts how long the complaint has been there: "Weeks of pain      10".
static COUNT: WordPattern = WordPattern::new(
    r"^(?:(?:of|with|in|since) )?(?:the |this |present |current )*(?:[a-z]+ )?{pain-duration/counted}(?: (?:began|started|onset|so far|to date))?(?: ?[:?=]| ?\.{3,}|  )[ .:_]*(?P<count>\d{1,3})(?:\.\d)?$",
);

/// What a row counts that has its unit behind it: "Pain (months)", "Duration in mo".
static COUNTED: WordPattern = WordPattern::new(
    r"^(?:\d{1,2}[.)] ?)?(?:(?:the|this|present|current) )?(?:{pain-duration/counted}|(?:symptom |pain |complaint )?duration)(?: of (?:the |this )?{pain-duration/counted})?,?(?: in)? ?\(?$",
);

/// The number of such a row, behind the unit.
static AMOUNT: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(r"^\)?(?: ?[:?=]| ?\.{2,}|  )[ .:_]*(?P<count>\d{1,3})(?:\.\d)?\+?$")
});

/// Reads the rows that name a unit and the complaint and hold a number.
pub(super) fn read_counts(note: &Note<'_>, drafts: &mut Vec<Draft>) {
    for unit in note.mentions(UNITS) {
        let line = note.line_of(unit.span);
        let lead = note.get(note.lead_of_line(unit.span)).trim();
        let behind = Span::new(unit.span.end, line.end.max(unit.span.end));
        let words = note.as_written(behind).to_lowercase();
        let found = if lead.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '.' | ')')) {
            COUNT.of(note.lexicon).captures(words.trim())
        } else if COUNTED.of(note.lexicon).is_match(lead) && in_history(note, unit.span) {
            AMOUNT.captures(words.trim_end())
        } else {
            continue;
        };
        let Some(found) = found.filter(|_| !told_in(drafts, line)) else { continue };
        let Some(count) = found.name("count") else { continue };
        let amount = format!("{} {}", count.as_str(), note.get(unit.span));
        let Some(length) = quantity::duration(&amount) else { continue };
        let months = tenths(length.months());
        push(note, drafts, line, Some(months), None, "label");
    }
}

/// "Symptom duration in months? 24", "Duration of pain: [x] > 3 months".
pub(super) fn read(note: &Note<'_>, drafts: &mut Vec<Draft>) {
    for label in note
        .mentions(GROUP)
        .filter(|m| matches!(note.concept(m).id.as_str(), "label" | "began"))
        .filter(|m| !is_treatments(note, m.span))
    {
        let rest = note.rest_of_line(label.span);
        let ticked = note.boxes_in(rest).into_iter().find(|b| b.ticked).map(|b| b.label);
        let behind = ticked.unwrap_or(rest);
        let covered = |span: Span| {
            drafts.iter().any(|d| {
                d.rule.starts_with(GROUP) && d.span.start < span.end && span.start < d.span.end
            })
        };
        let prose = note.concept(label).id == "began" && note.get(label.span) != "onset";
        if let Some(found) =
            (!prose).then(|| LENGTH.find(note.get(behind))).flatten().filter(|f| f.start() < 40)
        {
            let span = Span::new(behind.start + found.start(), behind.start + found.end());
            let below = note.get(behind)[..found.start()].contains('<');
            let between = Span::new(label.span.end, span.start.max(label.span.end));
            if covered(span) || below || !tells_of_nothing_else(note, between) {
                continue;
            }
            if let Some(length) = quantity::duration(found.as_str()) {
                let months = tenths(length.months());
                let since = beside(note, span);
                push(note, drafts, span, Some(months), since, "label");
            }
            continue;
        }
        // "Onset: 2021"
        let manner = MANNER.of(note.lexicon).find(note.get(rest)).map_or(0, |found| found.end());
        let asked =
            note.get(rest).trim_start().starts_with([':', '?']) || opens_row(note, label.span);
        let rest = Span::new(rest.start + manner, rest.end);
        let onset = ONSET.captures(note.get(rest));
        let asked = asked || onset.as_ref().is_some_and(|c| c.name("label").is_some());
        let start = onset.and_then(|c| c.name("when")).map(|m| m.range());
        // "began, may spread" is no month.
        let start = start.filter(|s| asked || &note.get(rest)[s.clone()] != "may");
        if let Some(start) = start.filter(|_| prose || asks_start(note.get(label.span))) {
            let when = Span::new(rest.start + start.start, rest.start + start.end);
            if (prose || !asked) && !begins(note, when) {
                continue;
            }
            // "5 mo, started mid April" has its length.
            let beside = prose
                && told(drafts).any(|d| {
                    d.span.end <= when.start
                        && when.start - d.span.end < BESIDE_LENGTH
                        && note.sentence_index(d.span) == note.sentence_index(when)
                });
            let months = months_since(note, when).filter(|_| !covered(when) && !beside);
            if let Some(months) = months {
                push(note, drafts, when, Some(months), Some(when), "label");
            }
            continue;
        }
        if prose {
            continue;
        }
        // "Symptom length (months)", and the number on the line below.
        let below = note.get(rest).trim();
        let unit =
            below.starts_with('(') && below.ends_with(')') && !below.contains(char::is_numeric);
        let number = |line: &Span| note.get(*line).trim().bytes().all(|b| b.is_ascii_digit());
        let rest = match note.line_below(rest).filter(|_| unit).filter(number) {
            Some(below) => Span::new(rest.start, below.end.max(rest.start)),
            None => rest,
        };
        // A bare number where the label names the unit.
        let words = note.get(label.span).to_owned() + note.get(rest);
        let digits = note.get(rest).trim_start_matches(|c: char| !c.is_ascii_digit());
        let end = digits.bytes().take_while(u8::is_ascii_digit).count();
        let alone = digits[end..].trim().is_empty();
        if words.contains("month") && end > 0 && alone && rest.len() < 40 {
            let start = rest.end - digits.len();
            let span = Span::new(start, start + end);
            if !covered(span) {
                push(note, drafts, span, digits[..end].parse().ok(), None, "label");
            }
        }
    }
}

/// Whether a label opens a row and its answer stands in the next column: "onset          08/2024".
fn opens_row(note: &Note<'_>, label: Span) -> bool {
    let lead = note.get(note.lead_of_line(label));
    let cells = note.cells(note.line_of(label));
    let parted = cells.first().is_some_and(|cell| cell.end == label.end) && cells.len() > 1;
    lead.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '.' | ')' | '-' | '*'))
        && (parted || note.get(note.rest_of_line(label)).starts_with(".."))
        && in_history(note, label)
}

/// Whether a row does not stand below a heading of treatments.
fn in_history(note: &Note<'_>, row: Span) -> bool {
    note.sentence_at(row).is_none_or(|s| may_tell(s.section) && s.section != Section::Treatments)
}

/// Whether a label asks when it began.
pub(super) fn asks_start(label: &str) -> bool {
    ["onset", "start", "begin", "began", "since", "first"].iter().any(|word| label.contains(word))
}

/// Whether a label that does not say of what stands on a row that names a treatment before it:
/// "Epidural: [x] Yes   Duration: 2 weeks".
fn is_treatments(note: &Note<'_>, label: Span) -> bool {
    if note.get(label).contains(' ') {
        return false;
    }
    names_treatment(note, note.lead_of_line(label))
}
