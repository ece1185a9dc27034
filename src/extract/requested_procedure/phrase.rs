//! Names of procedures, put together from their words.

use std::sync::LazyLock;

use regex::Regex;

use super::Note;
use crate::extract::find_levels;
use crate::lexicon::WordPattern;
use crate::pattern::fixed_regex;
use crate::span::Span;
use crate::tag::Mention;

/// Words of procedures, in a group of the lexicon.
const WORDS: &str = "procedure-word";

/// What may part the words of one name.
const JOINTS: &[&str] = &["", " ", "-", " - ", "/", ", ", " , "];

/// What parts a procedure from its place: "injection into the lumbar spine".
const LINKS: &[&str] = &["of", "into", "at", "to", "in", "for", "on"];

/// Words before a place that do not belong to it.
const ARTICLES: &[&str] = &["the", "a", "an", "her", "his", "this", "that", "their"];

/// Verbs that take their place without a preposition: "inject the left knee".
static VERB: WordPattern = WordPattern::new(r"^{procedure-word/verb}$");

/// How far from a procedure its levels may stand, in bytes.
const LEVELS_REACH: usize = 16;

/// How far behind a block the next nerve for it may stand, in bytes.
const NERVE_REACH: usize = 40;

/// A procedure's name as it stands in the text.
#[derive(Clone, Debug)]
pub(super) struct Phrase {
    /// From its first to its last word, with side and purpose.
    pub span: Span,
    /// Its name, lower case, without side, purpose and levels.
    pub name: String,
}

/// Every name of a procedure that says more than "the block".
pub(super) fn phrases(note: &Note<'_>) -> Vec<Phrase> {
    let words: Vec<&Mention> = note.mentions(WORDS).collect();
    let mut found = Vec::new();
    let mut runs = Vec::new();
    let mut start = 0;
    while start < words.len() {
        let mut end = start + 1;
        while end < words.len()
            && (joined(note, &words[start..end], words[end])
                || trails(note, &words[start..end], &words[end..]))
        {
            end += 1;
        }
        apart(note, without_label(note, &words[start..end]), &mut runs);
        for run in runs.drain(..) {
            found.extend(both(note, run));
            let own = phrase(note, run)
                .or_else(|| next_nerve(note, run, found.last()?))
                .or_else(|| coded_nerve(note, run));
            found.extend(own);
        }
        start = end;
    }
    found
}

fn role<'n>(note: &'n Note<'_>, word: &Mention) -> &'n str {
    note.concept(word).field("role").unwrap_or("about")
}

/// A run of words without a noun that is the label of its row: "Injection     left genicular nerve block".
fn without_label<'w>(note: &Note<'_>, run: &'w [&'w Mention]) -> &'w [&'w Mention] {
    let [first, rest @ ..] = run else { return run };
    let is_head = |w: &&&Mention| role(note, w) == "head";
    // Most runs have one noun, and their line's cells need not be found.
    let Some(named) = rest.iter().find(is_head).filter(|_| role(note, first) == "head") else {
        return run;
    };
    let cells = note.cells(note.line_of(first.span));
    let [label, value, ..] = cells.as_slice() else { return run };
    let alone = label.start == first.span.start
        && note.get(Span::new(first.span.end, label.end.max(first.span.end))).len() <= 2;
    if alone && named.span.start >= value.start { rest } else { run }
}

/// A run of words as its procedures: "facet injections and trigger point injections" are two.
fn apart<'w>(note: &Note<'_>, run: &'w [&'w Mention], found: &mut Vec<&'w [&'w Mention]>) {
    let is_head = |w: &&Mention| role(note, w) == "head";
    let and = run.iter().position(|w| note.get(w.span) == "and");
    match and {
        Some(and) if run[..and].iter().any(is_head) && run[and + 1..].iter().any(is_head) => {
            found.push(&run[..and]);
            apart(note, &run[and + 1..], found);
        }
        _ => found.push(run),
    }
}

/// Whether a word goes on with the run of words before it.
fn joined(note: &Note<'_>, run: &[&Mention], next: &Mention) -> bool {
    let Some(last) = run.last() else { return false };
    let same = note.sentence_index(last.span) == note.sentence_index(next.span);
    if !same {
        return false;
    }
    let gap = note.get(Span::new(last.span.end, next.span.start));
    // "block with steroid of the left pudendal nerve"
    let gap = match WITH_AGENT.find(gap) {
        Some(with) if role(note, last) == "head" => {
            &gap[with.as_str().rfind(' ').unwrap_or_default()..]
        }
        _ => gap,
    };
    if JOINTS.contains(&gap) {
        // A comma parts names, unless a side or purpose follows it.
        return !gap.contains(',') || role(note, next) == "about" && gap.len() <= 2;
    }
    // Levels may stand between the words.
    let levels = find_levels(gap);
    if !levels.is_empty() {
        let rest: usize = levels.iter().map(|(span, _)| span.len()).sum();
        return gap.len() <= rest + 3 * levels.len() + 2;
    }
    let mut link = gap.split_whitespace();
    let linked = link.next().is_some_and(|word| LINKS.contains(&word))
        && link.all(|word| ARTICLES.contains(&word));
    let verb = VERB.of(note.lexicon).is_match(note.get(last.span))
        && gap.split_whitespace().all(|w| ARTICLES.contains(&w));
    role(note, last) == "head" && role(note, next) != "head" && (linked || verb)
}

/// What is to be injected, between a procedure and its place.
static WITH_AGENT: LazyLock<Regex> =
    LazyLock::new(|| fixed_regex(r"^ (?:with|w/) [a-z0-9 .%]{2,24}(?: of| into| at| to)\b"));

/// Whether a part behind a comma belongs to the procedure before it, as forms write: "Radiofrequency
/// ablation, cervical, right". Before another procedure it is that one's: "joint injection, knee
/// injection".
fn trails(note: &Note<'_>, run: &[&Mention], rest: &[&Mention]) -> bool {
    let (Some(last), Some(next)) = (run.last(), rest.first()) else { return false };
    let gap = |a: &Mention, b: &Mention| note.get(Span::new(a.span.end, b.span.start)).trim_end();
    let mut own = rest.windows(2).take_while(|pair| gap(pair[0], pair[1]).is_empty());
    role(note, last) == "head"
        && role(note, next) == "part"
        && gap(last, next) == ","
        && note.sentence_index(last.span) == note.sentence_index(next.span)
        && !own.any(|pair| role(note, pair[1]) == "head")
}

/// The first of two places that share a procedure: "sacroiliac and facet joint injections".
fn both(note: &Note<'_>, run: &[&Mention]) -> Option<Phrase> {
    let is_part = |w: &&Mention| role(note, w) == "part";
    let and = run.iter().position(|w| note.get(w.span) == "and")?;
    let split = run[..and].last().is_some_and(is_part) && run.get(and + 1).is_some_and(is_part);
    let shared = run.iter().any(|w| role(note, w) == "head");
    if !split || !shared {
        return None;
    }
    let mut first: Vec<&Mention> = run[..and].to_vec();
    first.extend(run.get(and + 2..)?);
    let mut phrase = phrase(note, &first)?;
    phrase.span.end = run[and - 1].span.end;
    Some(phrase)
}

/// A nerve that shares the block named before it: "a block of A and [add] the B nerve".
fn next_nerve(note: &Note<'_>, run: &[&Mention], before: &Phrase) -> Option<Phrase> {
    let run: Vec<&Mention> = run.iter().copied().filter(|w| note.get(w.span) != "and").collect();
    let (first, last) = (run.first()?, run.last()?);
    let parts = run.iter().filter(|w| role(note, w) == "part").map(|w| note.get(w.span));
    let name = parts.collect::<Vec<_>>().join(" ");
    let shared = name.ends_with(" nerve")
        && before.name.ends_with("nerve block")
        && first.span.start >= before.span.end
        && note.sentence_index(before.span) == note.sentence_index(first.span);
    let gap = shared.then(|| note.get(Span::new(before.span.end, first.span.start)))?;
    (gap.len() <= NERVE_REACH && gap.contains(" and ")).then(|| Phrase {
        span: Span::new(first.span.start, last.span.end),
        name: format!("{name} block"),
    })
}

/// "Please authorize 64450 x 1 (right superior cluneal nerve)": a nerve behind the code of its block.
fn coded_nerve(note: &Note<'_>, run: &[&Mention]) -> Option<Phrase> {
    let (first, last) = (run.first()?, run.last()?);
    let nerve = role(note, last) == "part" && part_name(note, last).ends_with("nerve");
    let headed = || run.iter().any(|w| role(note, w) == "head");
    let coded = || CODED.is_match(note.get(note.lead_of_line(first.span)));
    if !nerve || headed() || !coded() {
        return None;
    }
    let part = |w: &&&Mention| role(note, w) == "part";
    let name = run.iter().filter(part).map(|w| part_name(note, w)).collect::<Vec<_>>().join(" ");
    let span = Span::new(first.span.start, last.span.end);
    Some(Phrase { span, name: format!("{name} block") })
}

/// A word as it stands in a name.
fn part_name(note: &Note<'_>, word: &Mention) -> String {
    note.concept(word).field("name").map_or_else(|| singular(note.get(word.span)), str::to_owned)
}

/// The code of a nerve's block that leads to the nerve.
static CODED: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(r"\b644\d\d(?:-(?:\d\d|lt|rt))?(?: ?x ?\d)?[ ,:(-]*(?:(?:the|a|for|of|at|to) )*$")
});

fn phrase(note: &Note<'_>, run: &[&Mention]) -> Option<Phrase> {
    let head = run.iter().rposition(|w| role(note, w) == "head")?;
    // Words that lead or trail without belonging: "the", "and", "her".
    let loose = |w: &Mention| note.get(w.span) == "and";
    let first = run.iter().position(|w| !loose(w))?;
    let last = run.iter().rposition(|w| !loose(w))?;
    let part = |w: &&&Mention| role(note, w) != "about";
    let name = |w: &Mention| part_name(note, w);
    let before: Vec<String> = run[first..head].iter().filter(part).map(|w| name(w)).collect();
    let after: Vec<String> =
        run[head + 1..=last.max(head)].iter().filter(part).map(|w| name(w)).collect();
    let concept = note.concept(run[head]);
    // "Permanent implant" says of what only where the note speaks of it.
    if concept.field("needs").is_some_and(|all| !all.split(' ').any(|w| note.str().contains(w))) {
        return None;
    }
    let own =
        concept.field("alone").is_some() || concept.field("name").is_some_and(|n| n.contains(' '));
    if before.is_empty() && after.is_empty() && !own && role(note, run[head]) == "head" {
        let bare = note.get(run[head].span);
        if let Some(region) = region_of_levels(note, run[head].span) {
            let span = run[head].span;
            let start = run[first].span.start.min(span.start);
            let own = name(run[head]);
            return Some(Phrase {
                span: Span::new(start, span.end),
                name: format!("{region} {own}"),
            });
        }
        if !bare.contains("nerve") && !bare.starts_with("epidural") && !bare.contains(' ') {
            return nerve_before(note, run, run[head].span);
        }
    }
    let mut words = after;
    words.extend(before);
    let own = name(run[head]);
    // "nerve block, superior cluneal": the nerve is said once.
    let twice = words.last().is_some_and(|w| w.ends_with(" nerve")) && own.starts_with("nerve ");
    words.push(if twice { own["nerve ".len()..].to_owned() } else { own });
    words.dedup();
    let start = run[first].span.start.min(run[head].span.start);
    let end = run[last].span.end.max(run[head].span.end);
    Some(Phrase { span: Span::new(start, end), name: words.join(" ") })
}

/// "we ask for a therapeutic block on the right": a block whose purpose and side are said is of the
/// nerve that was named last.
fn nerve_before(note: &Note<'_>, run: &[&Mention], head: Span) -> Option<Phrase> {
    let meant = run.iter().any(|w| matches!(note.get(w.span), "therapeutic" | "diagnostic"));
    let sided = SIDED.is_match(&note.str()[head.end..]);
    if !(meant && sided && note.get(head) == "block") {
        return None;
    }
    let nerve = |w: &&Mention| role(note, w) == "part" && note.get(w.span).ends_with(" nerve");
    let before = Span::new(0, run.first()?.span.start);
    let named = note.mentions_in(WORDS, before).filter(nerve).last()?;
    let name = format!("{} block", note.get(named.span));
    Some(Phrase { span: Span::new(run.first()?.span.start, head.end), name })
}

/// The side right behind a block that names no nerve.
static SIDED: LazyLock<Regex> =
    LazyLock::new(|| fixed_regex(r"^(?: on the|,| at the)? (?:left|right|both)\b"));

/// The region of the spine whose levels stand right before or behind a procedure's bare name:
/// "fusion at L4-5", "C5-6 discectomy".
fn region_of_levels(note: &Note<'_>, span: Span) -> Option<&'static str> {
    let text = note.str();
    let from = text.ceil_char_boundary(span.start.saturating_sub(LEVELS_REACH));
    let lead = Span::new(from, span.start);
    let rest = Span::new(span.end, text.ceil_char_boundary(span.end + LEVELS_REACH));
    let before = find_levels(note.get(lead)).into_iter().last().filter(|(level, _)| {
        let gap = &note.get(lead)[level.end..];
        gap.trim().is_empty() && !gap.contains('\n')
    });
    let behind = || {
        find_levels(note.get(rest)).into_iter().next().filter(|(level, _)| {
            let gap = note.get(rest)[..level.start].trim();
            matches!(gap, "" | "at" | "of" | "from" | "for" | "on the left at" | "-" | ",")
        })
    };
    let (_, level) = before.or_else(behind)?;
    match level.chars().next()? {
        'C' => Some("cervical"),
        'T' => Some("thoracic"),
        'L' => Some("lumbar"),
        _ => Some("sacral"),
    }
}

fn singular(word: &str) -> String {
    match word.strip_suffix('s') {
        Some(stem)
            if stem.len() >= 4
                && !word.ends_with("ss")
                && !word.ends_with("is")
                && !word.ends_with("us") =>
        {
            stem.to_owned()
        }
        _ => word.to_owned(),
    }
}
