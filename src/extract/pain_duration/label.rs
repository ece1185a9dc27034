//! Lengths and starts behind a label: "Duration: 14 months", "Onset: 2021".

use std::sync::LazyLock;

use regex::Regex;

use super::super::{Draft, Note};
use super::start::{begins, beside, months_since};
use super::{GROUP, LENGTH, names_treatment, push};
use crate::pattern::fixed_regex;
use crate::quantity;
use crate::span::Span;

/// The day, month or year that stands behind "onset:", and in prose behind "onset" or "began".
static ONSET: LazyLock<Regex> = LazyLock::new(|| {
    let month = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?";
    fixed_regex(&format!(
        r"^(?: ?\([^()]{{0,14}}\))?(?P<label> ?[:?])?[ .]*(?P<when>(?:19|20)\d\d-\d\d(?:-\d\d)?|\d{{1,2}}/(?:\d{{1,2}}/)?(?:19|20)\d\d|\d{{1,2}}/\d{{1,2}}/\d\d|(?:19|20)\d\d|{month} (?:\d{{1,2}}, )?(?:19|20)\d\d)\b"
    ))
});

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
            if covered(span) || below {
                continue;
            }
            if let Some(length) = quantity::duration(found.as_str()) {
                let months = (length.months() * 10.0).round() / 10.0;
                let since = beside(note, span);
                push(note, drafts, span, Some(months), since, "label");
            }
            continue;
        }
        // "Onset: 2021"
        let onset = ONSET.captures(note.get(rest));
        let asked = onset.as_ref().is_some_and(|c| c.name("label").is_some());
        let start = onset.and_then(|c| c.name("when")).map(|m| m.range());
        if let Some(start) = start.filter(|_| prose || asks_start(note.get(label.span))) {
            let when = Span::new(rest.start + start.start, rest.start + start.end);
            if (prose || !asked) && !begins(note, when) {
                continue;
            }
            let months = months_since(note, when).filter(|_| !covered(when));
            if let Some(months) = months {
                push(note, drafts, when, Some(months), Some(when), "label");
            }
            continue;
        }
        if prose {
            continue;
        }
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

/// Whether a label asks when it began.
fn asks_start(label: &str) -> bool {
    ["onset", "start", "begin", "began"].iter().any(|word| label.contains(word))
}

/// Whether a label that does not say of what stands on a row that names a treatment before it:
/// "Epidural: [x] Yes   Duration: 2 weeks".
fn is_treatments(note: &Note<'_>, label: Span) -> bool {
    if note.get(label).contains(' ') {
        return false;
    }
    names_treatment(note, note.lead_of_line(label))
}
