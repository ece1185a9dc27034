//! Names put together: site, head and what stands between and behind them.

use std::sync::LazyLock;

use regex::Regex;

use crate::pattern::fixed_regex;

use super::side::{COMPARED, side_behind, side_in, sided_site};
use super::{Class, Named, Note};
use crate::extract::find_levels;
use crate::fact::Side;
use crate::lexicon::WordPattern;
use crate::span::Span;
use crate::tag::Mention;

/// Words that names are put together from, in a group of the lexicon.
pub(super) const WORDS: &str = "diagnosis-word";

/// What may part a head from the site behind it: "pain in her left hip", "pain and stiffness in
/// his neck".
static LINK: WordPattern = WordPattern::new(
    r"^\)? ?(?:(?:and|or|with|,) {diagnosis-word/companion} )?(?:(?:is|was|seems to be|appears to be|located|localized|mainly|mostly|primarily|that is|which is|felt|deep|predominantly|throughout|at|disease|type|(?:grade|stage) (?:[iv]+|\d[ab]?)) )*(?:in|into|throughout|within|of|at|over|across|around|along|about|behind|involving|affecting|on|(?:localized|localised|confined|limited|restricted) to) ?(?:(?:the|(?:middle|mid|upper|low|lower|whole|entire|posterior|anterior)(?: to| and|,)?|(?:[a-z]+ ){0,2}(?:regions|areas?|aspects?|parts?|portions?) of|her|his|both|one|my|a|this|their|that|region of|area of|level of|base of|back of|front of|side of|sides of|top of|tip of)(?: |$))*$",
);

/// What may part a verb from what it did to: "broke both wrists", "tore her left meniscus".
static OBJECT: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"^ (?:(?:the|her|his|my|their|both|one|two|three|four|several|some|multiple|an?) )*$",
    )
});

/// Heads that a level is of: "disc herniation at L4-5" is lumbar.
static SPINAL: WordPattern = WordPattern::new(r"\b{diagnosis-word/spinal-head}\b");

/// Sites for which the region of a level stands.
static OF_LEVEL: WordPattern = WordPattern::new(r"^{diagnosis-word/site-of-level}$");

pub(super) fn role<'n>(note: &'n Note<'_>, word: &Mention) -> &'n str {
    note.concept(word).field("role").unwrap_or("about")
}

pub(super) fn is_site(note: &Note<'_>, word: &Mention) -> bool {
    matches!(role(note, word), "site" | "nerve")
}

/// A site with the words that go with it.
#[derive(Clone, Debug)]
struct Site {
    /// From its first word with side and degree.
    span: Span,
    name: String,
    nerve: bool,
    side: Option<Side>,
}

/// Every diagnosis that is put together from words.
pub(super) fn diagnoses(note: &Note<'_>) -> Vec<Named> {
    let words: Vec<&Mention> = note.mentions(WORDS).collect();
    let mut found = Vec::new();
    for (at, head) in words.iter().enumerate() {
        if role(note, head) == "head" {
            found.extend(of_head(note, &words, at));
        }
    }
    found
}

/// Whether nothing but a space, a hyphen or levels stands between two words.
pub(super) fn adjoins(note: &Note<'_>, left: Span, right: Span) -> bool {
    if note.sentence_index(left) != note.sentence_index(right) || right.start < left.end {
        return false;
    }
    let gap = note.get(Span::new(left.end, right.start));
    matches!(gap, "" | " " | "-" | " - " | " \"") || only_levels(gap)
}

/// Whether a gap is made of spinal levels.
fn only_levels(gap: &str) -> bool {
    let levels = find_levels(gap);
    let named: usize = levels.iter().map(|(span, _)| span.len()).sum();
    !levels.is_empty() && gap.len() <= named + 4 * levels.len()
}

/// "and", "or" or a comma between two sites.
fn lists(gap: &str) -> bool {
    matches!(gap.trim(), "and" | "," | "or" | "and/or" | "/" | "&" | ", and")
}

fn of_head(note: &Note<'_>, words: &[&Mention], at: usize) -> Vec<Named> {
    let head = words[at];
    let concept = note.concept(head);
    let name = concept.field("name").unwrap_or(&concept.id);
    let class = match concept.field("kind") {
        Some("pain") => Class::Pain,
        Some("finding" | "symptom") => Class::Finding,
        _ => Class::Disease,
    };
    let (before, start) = match concept.field("object") {
        Some("only") => (Vec::new(), head.span.start),
        _ => sites_before(note, words, at),
    };
    let (after, end) = if before.is_empty() || concept.field("form") == Some("of") {
        sites_after(note, words, at)
    } else {
        (Vec::new(), head.span.end)
    };
    let start = if before.is_empty() { from_first_side(note, start, head) } else { start };
    let whole = Span::new(start, end.max(head.span.end));
    let levels = region(note, whole, name);
    let behind = side_behind(note, whole);
    let lead = side_in(note.get(Span::new(start, head.span.start)));
    let mut out = Vec::new();
    if concept.field("form") == Some("once") && !(before.is_empty() && after.is_empty()) {
        let (span, name) = (whole, name.to_owned());
        return vec![Named {
            span,
            name,
            side: behind,
            class,
            yields: false,
            rule: note.rule(head),
        }];
    }
    // "cluneal nerve irritation", but no irritation of the skin
    let of_nerves = concept.field("nerve") == Some("only");
    for site in before.iter().chain(&after).filter(|site| site.nerve || !of_nerves) {
        let span =
            Span::new(site.span.start.min(head.span.start), site.span.end.max(head.span.end));
        let site_name = match site.name.as_str() {
            limb if matches!(name, "radiculopathy" | "radiculitis") => of_roots(limb),
            // "Radiculopathy, lumbar region": a region of the spine, where it does not ache.
            "low back" if class != Class::Pain && note.get(site.span).contains("lumbar") => {
                "lumbar"
            }
            own => own,
        };
        let site_name = match levels {
            Some(region) if !site.nerve && OF_LEVEL.of(note.lexicon).is_match(site_name) => region,
            _ => site_name,
        };
        let name =
            joined(concept.field("form"), concept.field("nerve"), site_name, name, site.nerve);
        out.push(Named {
            span,
            name,
            side: site.side.or(behind).or(lead.filter(|_| before.len() < 2)),
            class,
            yields: false,
            rule: note.rule(head),
        });
    }
    if out.is_empty() && !of_nerves {
        let needed = concept.field("site");
        let bare = class == Class::Pain || needed.is_some();
        match levels {
            Some(region) if class != Class::Pain && needed != Some("needed") => out.push(Named {
                span: whole,
                name: joined(concept.field("form"), None, region, name, false),
                side: lead.or(behind),
                class,
                yields: false,
                rule: note.rule(head),
            }),
            _ if bare && !note.get(head.span).contains("spinal") => {}
            _ => out.push(Named {
                span: whole,
                name: name.to_owned(),
                side: lead.or(behind),
                class,
                yields: false,
                rule: note.rule(head),
            }),
        }
    }
    out
}

/// The region of the spine whose roots serve a part of the body: a radiculopathy of the arm is
/// cervical.
fn of_roots(site: &str) -> &str {
    match site {
        "leg" | "thigh" | "calf" | "foot" | "low back" => "lumbar",
        "arm" | "forearm" | "hand" | "shoulder" | "neck" => "cervical",
        own => own,
    }
}

/// The name of a head at a site.
fn joined(
    form: Option<&str>,
    nerve: Option<&str>,
    site: &str,
    head: &str,
    is_nerve: bool,
) -> String {
    if is_nerve {
        let site = match nerve {
            Some("drop") => site.strip_suffix(" nerve").unwrap_or(site),
            _ => site,
        };
        return format!("{site} {head}");
    }
    if form == Some("of") {
        let site = if site == "spinal" { "spine" } else { site };
        return format!("{head} of {site}");
    }
    // "facet joint" + "facet joint syndrome", "spinal" + "spinal stenosis".
    let last = site.rsplit(' ').next().unwrap_or(site);
    if head.starts_with(site) {
        return head.to_owned();
    }
    if head.starts_with(last) {
        return format!("{}{head}", site.strip_suffix(last).unwrap_or(""));
    }
    format!("{site} {head}")
}

/// How many bytes before a name its level may stand in.
const LEVEL_AHEAD: usize = 12;

/// The region that the levels of a root or disc belong to.
fn region(note: &Note<'_>, whole: Span, head: &str) -> Option<&'static str> {
    if !SPINAL.of(note.lexicon).is_match(head) {
        return None;
    }
    let end = note.str().floor_char_boundary(whole.end + 14);
    let about = find_levels(note.get(whole)).into_iter().next();
    let behind = || {
        // "disc herniation at L4-5"
        let rest = note.get(Span::new(whole.end, end));
        let first = find_levels(rest).into_iter().next()?;
        let lead = rest.get(..first.0.start)?.trim();
        matches!(lead, "" | "at" | "of" | "at the" | "-" | "(" | ",").then_some(first)
    };
    // "L5 radiculopathy"
    let ahead = || {
        let start = note.str().ceil_char_boundary(whole.start.saturating_sub(LEVEL_AHEAD));
        let lead = note.get(Span::new(start, whole.start));
        let last = find_levels(lead).into_iter().last()?;
        matches!(lead.get(last.0.end..)?, " " | "-").then_some(last)
    };
    let (_, level) = about.or_else(ahead).or_else(behind)?;
    match level.chars().next()? {
        'C' => Some("cervical"),
        'T' => Some("thoracic"),
        _ => Some("lumbar"),
    }
}

/// The sites before a head, in text order, and where the first word stands.
fn sites_before(note: &Note<'_>, words: &[&Mention], at: usize) -> (Vec<Site>, usize) {
    let mut sites: Vec<Site> = Vec::new();
    let mut start = words[at].span.start;
    let mut next = words[at].span;
    let mut index = at;
    // Whether the words that are being gathered belong to a site, and may be listed.
    let mut group: Option<Site> = None;
    while index > 0 {
        index -= 1;
        let word = words[index];
        let near = adjoins(note, word.span, next);
        let gap = note.get(Span::new(word.span.end.min(next.start), next.start));
        let listed = group.is_some()
            && lists(gap)
            && is_site(note, word)
            && note.sentence_index(word.span) == note.sentence_index(next);
        if !near && !listed {
            break;
        }
        if role(note, word) == "head" {
            break;
        }
        if listed && !near && claimed(note, &words[..index], word.span) {
            break;
        }
        if listed && !near {
            sites.extend(group.take());
        }
        if is_site(note, word) {
            let name = note.concept(word).field("name").unwrap_or("").to_owned();
            let nerve = role(note, word) == "nerve";
            group = Some(match group.take() {
                // "lumbar facet joint": the words of one site.
                Some(known) => Site {
                    name: merged(&name, &known.name),
                    nerve: nerve || known.nerve,
                    span: Span::new(word.span.start, known.span.end),
                    side: known.side,
                },
                None => Site { span: word.span, name, nerve, side: None },
            });
        }
        start = word.span.start;
        next = word.span;
        if let Some(site) = &mut group {
            site.span.start = start;
        }
    }
    sites.extend(group);
    sites.reverse();
    if let Some(site) = sites.first_mut() {
        site.span.start = from_first_side(note, site.span.start, words[at]);
    }
    // A side goes on to the sites after it: "left buttock and leg pain".
    let mut side = None;
    for site in &mut sites {
        side = side_in(note.get(site.span)).or(side);
        site.side = side;
    }
    (sites, start)
}

/// Where words begin that name a side, with the side that they are compared to: "right greater than left
/// hip" is both.
fn from_first_side(note: &Note<'_>, start: usize, head: &Mention) -> usize {
    if side_in(note.get(Span::new(start, head.span.start.max(start)))).is_none() {
        return start;
    }
    let sentence = note.sentence_at(head.span).map_or(0, |s| s.span.start).min(start);
    COMPARED.find(note.get(Span::new(sentence, start))).map_or(start, |m| sentence + m.start())
}

/// Whether a site belongs to a head before it: "arthritis of both knees, hip bursitis".
fn claimed(note: &Note<'_>, before: &[&Mention], site: Span) -> bool {
    let mut next = site;
    for word in before.iter().rev() {
        if note.sentence_index(word.span) != note.sentence_index(site) || word.span.end > next.start
        {
            return false;
        }
        let gap = note.get(Span::new(word.span.end, next.start));
        if role(note, word) == "head" {
            return LINK.of(note.lexicon).is_match(gap);
        }
        if !matches!(gap, "" | " " | "-") && !lists(gap) {
            return false;
        }
        next = word.span;
    }
    false
}

/// One site's name from two words for it.
fn merged(first: &str, second: &str) -> String {
    if second.contains(first) || first == "spinal" {
        second.to_owned()
    } else if first.contains(second) {
        first.to_owned()
    } else {
        format!("{first} {second}")
    }
}

/// The sites behind a head: "pain in her right hip and groin region".
fn sites_after(note: &Note<'_>, words: &[&Mention], at: usize) -> (Vec<Site>, usize) {
    let head = words[at].span;
    let takes_object = note.concept(words[at]).field("object").is_some();
    let mut sites: Vec<Site> = Vec::new();
    let mut last = head;
    let mut begin: Option<usize> = None;
    let mut side = None;
    for (offset, word) in words[at + 1..].iter().enumerate() {
        if note.sentence_index(word.span) != note.sentence_index(head) || role(note, word) == "head"
        {
            break;
        }
        let gap = note.get(Span::new(last.end, word.span.start));
        let linked = if last == head {
            LINK.of(note.lexicon).is_match(gap)
                || (takes_object && OBJECT.is_match(gap))
                || indexed(note, gap, &words[at + 1 + offset..])
        } else {
            matches!(gap, "" | " " | "-")
                || (lists(gap) && !sites.is_empty())
                || pairs_sides(note, last, word.span)
                || only_levels(gap)
                || (gap.trim() == "and her"
                    || gap.trim() == "and his"
                    || gap.trim() == ", her"
                    || gap.trim() == "and the")
        };
        // "Pain is localized to the heel": a word of the link and not of the site.
        if !linked && last == head && role(note, word) == "about" {
            continue;
        }
        if !linked || (lists(gap) && leads_to_head(note, &words[at + 1 + offset..])) {
            break;
        }
        begin = begin.or(Some(word.span.start));
        if is_site(note, word) {
            let name = note.concept(word).field("name").unwrap_or("").to_owned();
            let nerve = role(note, word) == "nerve";
            let from = begin.take().unwrap_or(word.span.start);
            let span = Span::new(from, word.span.end);
            let both = note.str()[..from].trim_end().ends_with("both");
            // "Both shoulders and the upper back": an article begins a place of its own.
            if [" the", "her", "his"].iter().any(|own| gap.trim_end().ends_with(own)) {
                side = None;
            }
            side = if both { Some(Side::Bilateral) } else { side_in(note.get(span)).or(side) };
            // The words between two sites may list them: "his mid back, left shoulder".
            match sites.last_mut() {
                Some(known)
                    if matches!(
                        note.get(Span::new(known.span.end.min(from), from)),
                        "" | " " | "-"
                    ) =>
                {
                    known.name = merged(&known.name, &name);
                    known.span.end = word.span.end;
                }
                _ => sites.push(Site { span, name, nerve, side }),
            }
        }
        last = word.span;
    }
    let end = sites.last().map_or(head.end, |s| s.span.end);
    (sites, end)
}

/// Whether two sides stand before a site that is meant on both: "of the right and [left knee]".
fn pairs_sides(note: &Note<'_>, first: Span, second: Span) -> bool {
    let one = |span: Span| matches!(side_in(note.get(span)), Some(Side::Left | Side::Right));
    let gap = note.get(Span::new(first.end, second.start.max(first.end))).trim();
    one(first)
        && one(second)
        && matches!(gap.strip_suffix(" the").unwrap_or(gap), "and" | "&" | "/")
}

/// Whether a site stands behind its head as indexes and short notes have it: "Radiculopathy, lumbar
/// region", "Osteoarthritis, right knee", "OA L knee".
fn indexed(note: &Note<'_>, gap: &str, words: &[&Mention]) -> bool {
    if matches!(gap, " " | ", ") && sided_site(note, words) {
        return true;
    }
    let Some(site) = words.first().filter(|word| is_site(note, word)) else { return false };
    let behind = note.str()[site.span.end..].trim_start_matches(' ');
    let ends = behind.is_empty() || behind.starts_with(['.', ';', '(', '-', '\n']);
    gap == ", " && (behind.starts_with("region") || ends)
}

/// Whether a run of words ends in a head of its own: "pain in the knee and [hip arthritis]".
pub(super) fn leads_to_head(note: &Note<'_>, words: &[&Mention]) -> bool {
    for pair in words.windows(2) {
        let gap = note.get(Span::new(pair[0].span.end.min(pair[1].span.start), pair[1].span.start));
        if !adjoins(note, pair[0].span, pair[1].span) && !lists(gap) {
            return false;
        }
        if role(note, pair[1]) == "head" {
            return true;
        }
    }
    false
}

/// A span with side, site and degree before it: "severe left sciatica", "right foot CRPS".
pub(super) fn widened(note: &Note<'_>, span: Span) -> Span {
    let mut start = span.start;
    let mut near = note.str()[..start].char_indices().rev().take(48).last().map_or(0, |(i, _)| i);
    if let Some(sentence) = note.sentence_at(span) {
        near = near.max(sentence.span.start);
    }
    let words: Vec<&Mention> = note.mentions_in(WORDS, Span::new(near, start)).collect();
    for word in words.iter().rev() {
        if role(note, word) == "head" || !adjoins(note, word.span, Span::new(start, span.end)) {
            break;
        }
        start = word.span.start;
    }
    Span::new(start, span.end)
}

/// The words of a mention without what leads them, so that "possible" may doubt them.
pub(super) fn core(note: &Note<'_>, span: Span) -> Span {
    let lead = note
        .mentions_in(WORDS, span)
        .take_while(|w| role(note, w) == "about")
        .map(|w| w.span.end)
        .last()
        .filter(|&end| end < span.end);
    lead.map_or(span, |end| Span::new((end + 1).min(span.end), span.end))
}
