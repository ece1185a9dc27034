//! What was injected.

use std::sync::LazyLock;

use regex::Regex;

use crate::extract::Note;
use crate::lexicon::WordPattern;
use crate::pattern::fixed_regex;
use crate::span::Span;

/// What a stretch says was injected.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Agent {
    /// As written, with its amounts.
    pub words: Option<String>,
    /// Whether a steroid was in it.
    pub steroid: Option<bool>,
}

/// Words in whose sentence a drug numbs the skin or the needle's way.
static SKIN: WordPattern = WordPattern::new(r"\b{skin-anesthesia/numbs}\b");

/// What amounts are made of before a drug, and behind it.
static AMOUNT_BEFORE: WordPattern =
    WordPattern::new(r"^(?:of|%|{agent/amount}|{agent/amount-before})$");

static AMOUNT_BEHIND: WordPattern = WordPattern::new(r"^(?:%|{agent/amount})$");

/// A line to write on with nothing on it.
static LEFT_OPEN: LazyLock<Regex> =
    LazyLock::new(|| fixed_regex(r"^[ :.?]{0,4}_{3,}(?:[ ,;|)]|\n|$)"));

/// How strong no local anesthetic is, in percent.
pub(super) const STRONGEST: f64 = 10.0;

/// What a stretch says was injected; nothing where the drug only numbs the skin.
pub(super) fn agent_in(note: &Note<'_>, within: Span) -> Agent {
    let sentence = note.get(within);
    let mut agent = Agent::default();
    if SKIN.of(note.lexicon).is_match(sentence) {
        return agent;
    }
    let mut words: Option<Span> = None;
    let mut open = false;
    for mention in note.mentions_in("agent", within) {
        let concept = note.concept(mention);
        // "agent / steroid   ___": a line that was left open.
        if LEFT_OPEN.is_match(&note.str()[mention.span.end..]) {
            continue;
        }
        match concept.field("steroid") {
            Some("no") => {
                agent.steroid = agent.steroid.or(Some(false));
                continue;
            }
            Some("alone") => {
                if words.is_some() && agent.steroid.is_none() {
                    agent.steroid = Some(false);
                }
                continue;
            }
            Some("open") => {
                open = true;
                continue;
            }
            Some("yes") => agent.steroid = Some(true),
            _ => {}
        }
        if concept.field("label").is_some() {
            continue;
        }
        // In a row its amount stands in its own cell, and the next one holds something else.
        let cells = note.cells(note.line_of(mention.span));
        let cell = cells.iter().find(|cell| cells.len() > 2 && cell.contains(mention.span));
        let reach = cell.map_or(within, |cell| {
            Span::new(cell.start.max(within.start), cell.end.min(within.end))
        });
        let own = Span::new(
            amount_start(note, reach, mention.span),
            amount_end(note, reach, mention.span),
        );
        words =
            Some(words.map_or(own, |w| {
                if own.start.saturating_sub(w.end) <= 25 { w.union(own) } else { w }
            }));
    }
    // What else was in it may have been a steroid.
    if open && agent.steroid != Some(true) {
        return Agent::default();
    }
    agent.words =
        words.map(|span| note.as_written(span).split_whitespace().collect::<Vec<_>>().join(" "));
    agent
}

/// Where the amount before a drug begins: "2 mL of 0.5% bupivacaine".
fn amount_start(note: &Note<'_>, within: Span, drug: Span) -> usize {
    let mut start = drug.start;
    let before = note.get(Span::new(within.start, drug.start));
    for word in before.split(' ').rev().skip(usize::from(before.ends_with(' '))) {
        let amount = word.starts_with(|c: char| c.is_ascii_digit() || c == '.')
            && word.matches('/').count() < 2
            || AMOUNT_BEFORE.of(note.lexicon).is_match(word);
        if !amount || word.ends_with(',') || start < word.len() + 1 + within.start {
            break;
        }
        start -= word.len() + 1;
    }
    // A leading "of" is no part of the amount.
    let words = note.get(Span::new(start, drug.start));
    start + words.len() - words.trim_start_matches("of ").len()
}

/// Where the amount behind a drug ends: "lidocaine 2%, 3 mL".
fn amount_end(note: &Note<'_>, within: Span, drug: Span) -> usize {
    let mut end = drug.end;
    let after = note.get(Span::new(drug.end, within.end));
    let mut at = 0;
    for word in after.split_inclusive([' ', ',']) {
        let bare = word.trim_end_matches([' ', ',', '.', ';', ')', ':']);
        // "steroid 3/4/25" has its day behind it.
        let figure =
            bare.starts_with(|c: char| c.is_ascii_digit()) && bare.matches('/').count() < 2;
        // "triamcinolone 40 mg   30%": no solution is as strong, and the figure tells of relief.
        let percent = bare.ends_with('%') || after[at + word.len()..].starts_with('%');
        if percent
            && bare
                .trim_end_matches('%')
                .parse()
                .is_ok_and(|figure: f64| figure >= STRONGEST || figure == 0.0)
        {
            break;
        }
        let amount = bare.is_empty() || figure || AMOUNT_BEHIND.of(note.lexicon).is_match(bare);
        if !amount {
            break;
        }
        if !bare.is_empty() {
            end = drug.end + at + bare.len();
        }
        // What follows a bracket or a colon is no amount of it; "(PF)" is more of its name.
        if word.trim_end().ends_with([')', ':', ';']) && !word.starts_with('(') {
            break;
        }
        at += word.len();
    }
    end
}
