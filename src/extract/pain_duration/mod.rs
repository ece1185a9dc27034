//! How long the complaint has been there, in months as of the note.

mod alone;
mod asked;
mod event;
mod label;
mod opening;
mod start;
mod when;

use std::sync::LazyLock;

use regex::Regex;
use regex_automata::meta;

use crate::pattern::{common_regex, fixed_regex};

use super::{Draft, Note};
use crate::fact::{Certainty, PainDuration, Polarity, Section, Time};
use crate::lexicon::WordPattern;
use crate::quantity;
use crate::span::Span;
use crate::tag::Mention;

/// Words that bind a length of time, in a group of the lexicon.
const GROUP: &str = "pain-duration";

/// Units of time, in a group of the lexicon.
const UNITS: &str = "time-unit";

/// How far before its unit a length of time may begin, in bytes.
const BEFORE_UNIT: usize = 60;

/// How far behind its unit a length of time may go on, in bytes.
const BEHIND_UNIT: usize = 40;

/// How far behind "since" the words may go that say what began, in bytes.
const SINCE_REACH: usize = 40;

/// How far behind a time with which a sentence opens the complaint may stand, in bytes.
const LEADS_REACH: usize = 60;

/// How far behind the complaint a word may stand that says it went away, in bytes.
const BEHIND_COMPLAINT: usize = 12;

static LENGTH: LazyLock<Regex> = LazyLock::new(|| {
    let number = r"(?:\d+(?:\.\d+)?(?: 1/2)?\+?|half an?|an? (?:good|full|solid|whole)|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty(?:[- ](?:one|two|three|four|five))?|thirty|several|couple of|few)";
    fixed_regex(&format!(
        r"\b(?:x ?)?(?:(?:in excess of|no less than|not less than|fully|easily|about|around|approximately|approx\.?|over|nearly|almost|roughly|close to|at least|more than|longer than|greater than|upwards of|just (?:under|short of|shy of)|a (?:little|bit) (?:under|over|more than)|most of|(?:the )?(?:better|greater|best) part of|the (?:past|last)|just over|well over|some|>) )*{number}(?: ?(?:-|to|or) ?{number})?(?:[ -]and[ -](?:a|one)[ -]half)?[ -]*(?:weeks?|wks?|months?|mos?|mths?|years?|yrs?|y|decades?)\b'?(?: and (?:a half|(?:some|a few|several|{number}) (?:months?|weeks?))| {number} ?(?:months?|mos?|mths?)\b)?(?: or (?:so|more|longer|greater))?"
    ))
});

/// A unit of time that stands right behind its number: "x1yr", "18mo".
static GLUED: LazyLock<meta::Regex> =
    LazyLock::new(|| common_regex(r"\d(?:wks?|mos?|mths?|months?|yrs?|years?|y)\b"));

/// Words between a complaint and a length of time that belongs to it: "hip pain, 14 mo".
static BESIDE: LazyLock<Regex> = LazyLock::new(|| fixed_regex(r"^[ ,:-]{0,3}(?:(?:now|x|~) ?)?$"));

/// How what follows such a length may begin; "pain, 3 months after surgery" is none.
static BESIDE_ENDS: LazyLock<Regex> =
    LazyLock::new(|| fixed_regex(r"^ ?(?:$|[,.;)]|since\b|now\b|\((?:since\b|[^()a]))"));

/// How a length may end the sentence or item that names the complaint: "..., three years and counting".
static TRAILS: WordPattern = WordPattern::new(r"^(?:,? {pain-duration/to-now})? ?(?:$|[.;])");

/// Words that name places of the body and how they feel, and nothing else: "Low back, both legs".
static PLACES: WordPattern =
    WordPattern::new(r"^(?:(?:{pain-duration/site}|{pain-duration/kind})(?:[ ,/&-]|$){1,3})+$");

/// Words with which a length opens that something has lasted: "It is fourteen months that".
static IT_IS: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(r"^(?:by now )?(?:it is|it's|it has been|it will soon be)(?: now| by now)?$")
});

/// Words behind a length of time for what a complaint has behind it: "16-month history".
const HISTORY: [&str; 4] = ["history", "hx", "h/o", "hist"];

/// A part of the body right before "x 9 mo".
static SITE: WordPattern = WordPattern::new(r"\b{pain-duration/site}$");

/// A complaint that is not told to be a pain: "bladder problem, 2 years".
static UNNAMED: WordPattern = WordPattern::new(r"^{pain-duration/unnamed}$");

/// Words between a length of time and the complaint behind it: "7 wks rt buttock pain".
static OF_COMPLAINT: WordPattern =
    WordPattern::new(r"^[ -](?:(?:{pain-duration/site}|{pain-duration/kind})[ ,/-]{1,2}){1,5}$");

/// That a complaint has not gone away.
static NEVER_GONE: WordPattern = WordPattern::new(
    r"\b(?:never|not|without|hasn't|has not|didn't|did not)(?: (?:really|quite|fully|completely|entirely|once|ever|yet|since)){0,2} {pain-duration/going-away}\b",
);

/// A word right before a length of time that gives it to the complaint: "pain, present four years".
static LEAD: WordPattern = WordPattern::new(r"\b{pain-duration/lead}$");

/// That a sentence tells of what is asked of every patient.
static AT_LARGE: WordPattern = WordPattern::new(r"\b{pain-duration/at-large}\b");

/// Words before a length of time with which a sentence opens: "For the past two years".
static OPENING: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"^(?:(?:ever )?since(?: then| that day| that time)?,? )?(?:for|over|during|in)(?: the)?(?: past| last)?$",
    )
});

/// The same words before what a patient has had: "who for the past two years has suffered".
static OPENS_CLAUSE: LazyLock<Regex> =
    LazyLock::new(|| fixed_regex(r"[ ,](?:for|over|during)(?: the)?(?: past| last)?$"));

/// Ordinals in words, from the second on.
const ORDINALS: [&str; 19] = [
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
];

/// A year or month that is counted and not full yet, before its unit: "now into its third".
static COUNTED: LazyLock<Regex> = LazyLock::new(|| {
    let ordinals = ORDINALS.join("|");
    fixed_regex(&format!(
        r"\b(?P<lead>(?:into|entering|entered|starting|reaching) (?:its|her|his|the) |in its )?(?P<nth>{ordinals}|\d{{1,2}}(?:nd|rd|th)) $",
    ))
});

pub(super) fn read(note: &Note<'_>, drafts: &mut Vec<Draft>) {
    for span in lengths(note) {
        if let Some(answer) = asked::answer(note, span) {
            asked::read(note, span, answer, drafts);
            continue;
        }
        let alone = || alone::tells(note, span).then_some("alone");
        let Some(rule) = binds(note, span).or_else(alone) else { continue };
        let words = note.get(span);
        let Some(length) = quantity::duration(words).or_else(|| vague(words)) else { continue };
        let since = start::beside(note, span);
        let months = tenths(length.months());
        push(note, drafts, span, Some(months), since, rule);
    }
    asked::read_below(note, drafts);
    start::read(note, drafts);
    event::read(note, drafts);
    opening::read(note, drafts);
    counted(note, drafts);
    label::read(note, drafts);
    label::read_counts(note, drafts);
}

/// "Hip pain, now into its third year": two years are full.
fn counted(note: &Note<'_>, drafts: &mut Vec<Draft>) {
    let text = note.str();
    for unit in note.mentions(UNITS) {
        let months = match note.get(unit.span) {
            "year" => 12.0,
            "month" => 1.0,
            _ => continue,
        };
        let from = text.ceil_char_boundary(unit.span.start.saturating_sub(BEFORE_UNIT));
        let Some(c) = COUNTED.captures(&text[from..unit.span.start]) else { continue };
        let (Some(whole), Some(nth)) = (c.get(0), c.name("nth")) else { continue };
        let Some(full) = ordinal(nth.as_str()).map(|n| n - 1.0) else { continue };
        let span = Span::new(from + whole.start(), unit.span.end);
        let Some(sentence) = note.sentence_at(span) else { continue };
        let before = Span::new(sentence.span.start, span.start);
        let behind = Span::new(span.end, sentence.span.end.max(span.end));
        // "in the fourth month of hip pain"
        if may_tell(sentence.section)
            && text[span.end..].starts_with(" of ")
            && leads_to_complaint(note, behind)
        {
            push(note, drafts, span, Some(full * months), None, "counted");
        }
        if may_tell(sentence.section)
            && c.name("lead").is_some()
            && !text[span.end..].starts_with(" of")
            && matches!(nearest(note, before), Some("complaint" | "present" | "began"))
            && !names_treatment(note, before)
        {
            push(note, drafts, span, Some(full * months), None, "counted");
        }
    }
}

fn ordinal(word: &str) -> Option<f64> {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    digits.parse().ok().or_else(|| ORDINALS.iter().position(|w| *w == word).map(|n| n as f64 + 2.0))
}

/// Whether words name a treatment, which has lengths of its own.
fn names_treatment(note: &Note<'_>, words: Span) -> bool {
    ["injection", "therapy", "drug"]
        .iter()
        .any(|group| note.mentions_in(group, words).any(|m| !is_patient(note, m.span)))
}

/// What is told of a patient: "pt c/o pain", "pt w/ pain".
static PATIENT_DOES: WordPattern = WordPattern::new(r"^ (?:{pain-duration/patient-does})(?: |$)");

/// Whether "pt" is short for the patient.
fn is_patient(note: &Note<'_>, mention: Span) -> bool {
    note.get(mention) == "pt" && PATIENT_DOES.of(note.lexicon).is_match(&note.str()[mention.end..])
}

/// Whether a length stands right behind the complaint or its place: "hip pain, 14 mo", "low back x 9 mo".
fn stands_beside(note: &Note<'_>, before: Span, span: Span, after: &str) -> bool {
    if names_treatment(note, before) || tells_otherwise(note, before) {
        return false;
    }
    let of_complaint = note
        .mentions_in(GROUP, before)
        .last()
        .filter(|m| note.concept(m).id == "complaint")
        .filter(|m| !UNNAMED.of(note.lexicon).is_match(note.get(m.span)))
        .is_some_and(|m| BESIDE.is_match(note.get(Span::new(m.span.end, span.start))));
    let of_site = note.get(span).starts_with('x')
        && SITE.of(note.lexicon).is_match(note.get(before).trim_end());
    (of_complaint && BESIDE_ENDS.is_match(after)) || of_site
}

/// What somebody is by trade, which a comma parts from the complaint: "retired mason, heel pain".
static TRADE: WordPattern = WordPattern::new(r"^{pain-duration/trade}$");

/// Whether a stretch names something else than the complaint that a length may be of.
fn tells_otherwise(note: &Note<'_>, before: Span) -> bool {
    note.mentions_in(GROUP, before).filter(|m| note.concept(m).id == "other").any(|m| {
        let behind = note.get(Span::new(m.span.end, before.end.max(m.span.end)));
        !(TRADE.of(note.lexicon).is_match(note.get(m.span)) && behind.contains(','))
    })
}

/// Whether a length belongs to the complaint before "of": "buttock pain of eleven months".
fn is_of(note: &Note<'_>, before: Span, after: &str) -> bool {
    let Some(complaint) = binding(note, before).last() else { return false };
    note.concept(complaint).id == "complaint"
        && note.get(Span::new(complaint.span.end, before.end)).trim() == "of"
        && (BESIDE_ENDS.is_match(after) || after.starts_with("standing"))
        && tells_of_nothing_else(note, before)
}

/// Whether a stretch names neither a treatment nor something else that has a length of its own.
fn tells_of_nothing_else(note: &Note<'_>, within: Span) -> bool {
    !names_treatment(note, within) && !tells_otherwise(note, within)
}

/// Whether a length closes what names the complaint or its places: "Hip pain with spread to the
/// thigh, three years".
fn trails(note: &Note<'_>, before: Span, after: &str) -> bool {
    let Some(lead) = note.get(before).trim_end().strip_suffix(',') else { return false };
    TRAILS.of(note.lexicon).is_match(after)
        && !names_treatment(note, before)
        && first(note, before, "other").is_none()
        && (tells_of_pain(note, before) || PLACES.of(note.lexicon).is_match(lead))
}

/// Whether a stretch names a complaint that is told to be one of feeling.
fn tells_of_pain(note: &Note<'_>, within: Span) -> bool {
    note.mentions_in(GROUP, within).any(|m| {
        note.concept(m).id == "complaint" && !UNNAMED.of(note.lexicon).is_match(note.get(m.span))
    })
}

/// Whether a length stands right before the complaint: "7 wks rt buttock pain", "3 yr progressive neck ache".
fn stands_before(note: &Note<'_>, before: Span, behind: Span) -> bool {
    let Some(complaint) = note.mentions_in(GROUP, behind).next() else { return false };
    let between = note.get(Span::new(behind.start, complaint.span.start));
    let past = note.get(Span::new(complaint.span.end, behind.end));
    let past = complaint.span.end + past.floor_char_boundary(BEHIND_COMPLAINT);
    note.concept(complaint).id == "complaint"
        && OF_COMPLAINT.of(note.lexicon).is_match(between)
        && first(note, Span::new(complaint.span.end, past), "other").is_none()
        && first(note, before, "other").is_none()
        && !names_treatment(note, before)
}

/// Whether the words behind a time with which a sentence opens go on to the complaint:
/// "Since May she has had pain".
fn leads_to_complaint(note: &Note<'_>, behind: Span) -> bool {
    let near = note.get(behind);
    let near = Span::new(behind.start, behind.start + near.floor_char_boundary(LEADS_REACH));
    let Some(complaint) = first(note, near, "complaint") else { return false };
    let between = Span::new(near.start, complaint);
    first(note, between, "other").is_none() && !names_treatment(note, between)
}

/// Lengths of time: looked for only where a unit stands.
fn lengths(note: &Note<'_>) -> Vec<Span> {
    let text = note.str();
    let mut found: Vec<Span> = Vec::new();
    let mut units: Vec<Span> = note.mentions(UNITS).map(|unit| unit.span).collect();
    units.extend(GLUED.find_iter(text).map(|unit| Span::new(unit.start() + 1, unit.end())));
    units.sort_unstable();
    for unit in units {
        let last = found.last().map_or(0, |span| span.end);
        let start = text.ceil_char_boundary(unit.start.saturating_sub(BEFORE_UNIT)).max(last);
        let end = text.ceil_char_boundary(unit.end + BEHIND_UNIT);
        if start >= end || unit.start < last {
            continue;
        }
        let own = LENGTH
            .find_iter(&text[start..end])
            .map(|m| Span::new(start + m.start(), start + m.end()))
            .find(|span| span.start < unit.start && unit.start < span.end)
            .filter(|span| !note.is_unticked(*span));
        found.extend(own);
    }
    found
}

/// Months as they are told: to a tenth.
fn tenths(months: f64) -> f64 {
    (months * 10.0).round() / 10.0
}

fn push(
    note: &Note<'_>,
    drafts: &mut Vec<Draft>,
    span: Span,
    months: Option<f64>,
    since: Option<Span>,
    rule: &str,
) {
    let since = since.map(|s| note.get(s).to_owned());
    let kind = PainDuration { months, since };
    let mut draft = Draft::new(span, kind, format!("{GROUP}/{rule}"), note.assert(span));
    // "has had pain for a year" still has it, and so has who says that it never cleared.
    draft.assertion.time = Time::Current;
    let sentence = note.sentence_at(span);
    if sentence.is_some_and(|s| NEVER_GONE.of(note.lexicon).is_match(note.get(s.span))) {
        draft.assertion.polarity = Polarity::Affirmed;
    }
    // A question that is answered is none any more.
    if rule == "asked" {
        draft.assertion.certainty = Certainty::Certain;
    }
    draft.confidence = if rule == "label" { 0.95 } else { 0.85 };
    drafts.push(draft);
}

fn vague(words: &str) -> Option<quantity::Duration> {
    let plain = words
        .replace("a good ", "a ")
        .replace("a full ", "a ")
        .replace("a solid ", "a ")
        .replace("a whole ", "a ")
        .replace("couple of", "2")
        .replace("a few", "3")
        .replace("several", "3")
        .replace("few", "3");
    quantity::duration(&plain)
}

// What somebody did up to a length of time: "when she lifted crates for".
static DID: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"\b(?:when|while|after|because|since) (?:she|he|they|i) (?:had |was |were )?(?:\w+(?:ed|en|ing|ew|ove|ook|ent|an|old|ode)|did|made|sat|lay|spent|built|dug|cut|kept) [^,;:.]{0,40}$",
    )
});

/// Whether a length of time is the complaint's.
fn binds(note: &Note<'_>, span: Span) -> Option<&'static str> {
    let index = note.sentence_index(span)?;
    let sentence = &note.sentences[index];
    if !may_tell(sentence.section) || note.str()[span.end..].trim_start().starts_with("old") {
        return None;
    }
    // "Coverage requires pain for three months"
    if AT_LARGE.of(note.lexicon).is_match(note.get(sentence.span)) {
        return None;
    }
    let behind = Span::new(span.end, sentence.span.end.max(span.end));
    let after = note.get(behind).trim_start_matches(['\'', ' ', '-']);
    let after = after.strip_prefix("s ").unwrap_or(after);
    let before = Span::new(sentence.span.start, span.start);
    // "sixteen months of pain", "a two-year history of pain", "two years' duration".
    let of = after.starts_with("of ") || HISTORY.iter().any(|word| after.starts_with(word));
    let lasting = after.starts_with("duration") || after.starts_with("standing");
    if of || lasting {
        let near = note.get(behind);
        let reach = near.char_indices().nth(70).map_or(near.len(), |(i, _)| i);
        let near = Span::new(span.end, span.end + reach);
        let other = first(note, near, "other");
        let complaint = first(note, near, "complaint");
        let named = complaint.is_some_and(|c| other.is_none_or(|o| c < o));
        let before_names = lasting && nearest(note, before).is_some_and(|id| id == "complaint");
        return (named || before_names).then_some("of-complaint");
    }
    // "two and a half years since this began"
    if after.starts_with("since") {
        let reach = note.get(behind).floor_char_boundary(SINCE_REACH);
        let near = Span::new(span.end, span.end + reach);
        let began = first(note, near, "began").is_some();
        return (began && first(note, near, "other").is_none()).then_some("since-began");
    }
    // "in 6 weeks" is ahead; "12 weeks of" was asked above.
    let lead = note.get(before).trim_end();
    let ago = after.starts_with("ago") || after.starts_with("back");
    if ago {
        let began = note.mentions_in(GROUP, before).any(|m| note.concept(m).id == "began");
        return (began && nearest_but_began(note, before) != Some("other")).then_some("ago");
    }
    let words = note.get(span);
    let told = sentence.section != Section::Treatments;
    if told && stands_beside(note, before, span, note.get(behind)) {
        return Some("beside");
    }
    if told && stands_before(note, before, behind) {
        return Some("before");
    }
    if told && trails(note, before, note.get(behind)) {
        return Some("trailing");
    }
    let lasted = after.starts_with("that ") || after.starts_with("now that ");
    if lasted && told && IT_IS.is_match(lead.trim()) && leads_to_complaint(note, behind) {
        return Some("opening");
    }
    let opens = OPENING.is_match(lead.trim()) && !after.starts_with("after");
    if opens && told && leads_to_complaint(note, behind) {
        return Some("opening");
    }
    // "from that week on, which makes it some fourteen months, there has been a pain"
    if told
        && after.starts_with(',')
        && LEAD.of(note.lexicon).is_match(lead)
        && leads_to_complaint(note, behind)
    {
        return Some("opening");
    }
    let clause = OPENS_CLAUSE.is_match(lead)
        && ["has ", "have "].iter().any(|word| after.starts_with(word))
        && tells_of_nothing_else(note, before);
    if clause && told && leads_to_complaint(note, behind) {
        return Some("opening");
    }
    if told && is_of(note, before, after) {
        return Some("of-length");
    }
    let leads = lead.ends_with(" for")
        || lead.ends_with("over the")
        || lead.ends_with("past")
        || lead.ends_with("last")
        || lead.ends_with(" x")
        || words.starts_with('x')
        || lead.ends_with('>')
        || lead.ends_with("going on")
        || lead.ends_with("coming up on")
        || lead.ends_with(" for the")
        || lead.ends_with("during the")
        || lead.ends_with(", now")
        || LEAD.of(note.lexicon).is_match(lead)
        || lead.ends_with(" in") && words.contains("past");
    let bracket = lead.ends_with('(') && !after.starts_with("of");
    if !leads && !bracket {
        return None;
    }
    if after.starts_with("ago") || after.starts_with("post") || after.starts_with("after") {
        return None;
    }
    if sentence.section == Section::Treatments || note.mentions_in("drug", before).next().is_some()
    {
        return None;
    }
    // "has hurt, since she lifted crates for a week": that length is of what she did.
    if DID.is_match(note.get(before)) {
        return None;
    }
    match nearest(note, before) {
        Some("complaint" | "present" | "began" | "label") => Some("for"),
        None if index > 0 => {
            // "Going on for 14 months." after a sentence about the pain.
            let previous = &note.sentences[index - 1];
            let goes_on =
                note.mentions_in(GROUP, sentence.span).any(|m| note.concept(m).id == "present");
            let about =
                note.mentions_in(GROUP, previous.span).any(|m| note.concept(m).id == "complaint");
            (goes_on && about).then_some("goes-on")
        }
        _ => None,
    }
}

/// Sections that tell of the complaint's course.
fn may_tell(section: Section) -> bool {
    !matches!(
        section,
        Section::Medications
            | Section::Allergies
            | Section::FamilyHistory
            | Section::SocialHistory
            | Section::Plan
            | Section::Goals
            | Section::Education
            | Section::PastMedicalHistory
            | Section::PastSurgicalHistory
            | Section::Signature
    )
}

/// Whether a stretch has a word of a concept.
fn tells(note: &Note<'_>, span: Span, id: &str) -> bool {
    first(note, span, id).is_some()
}

fn first(note: &Note<'_>, span: Span, id: &str) -> Option<usize> {
    note.mentions_in(GROUP, span).find(|m| note.concept(m).id == id).map(|m| m.span.start)
}

/// The lengths and beginnings that were read last.
fn told(drafts: &[Draft]) -> impl Iterator<Item = &Draft> {
    drafts.iter().rev().take_while(|d| d.rule.starts_with(GROUP))
}

/// Whether one of them stands in a sentence.
fn told_in(drafts: &[Draft], sentence: Span) -> bool {
    told(drafts).any(|d| d.span.start < sentence.end && sentence.start < d.span.end)
}

/// Whether the last complaint there is denied: "no back pain since the fall that he had in 2021".
fn denies(note: &Note<'_>, within: Span) -> bool {
    let complaints = note.mentions_in(GROUP, within).filter(|m| note.concept(m).id == "complaint");
    complaints.last().is_some_and(|m| note.assert(m.span).assertion.polarity == Polarity::Negated)
}

/// Words that bind a length of time, but what happened to the patient.
fn binding<'n>(note: &'n Note<'_>, within: Span) -> impl Iterator<Item = &'n Mention> {
    let happened = |m: &&Mention| !matches!(note.concept(m).id.as_str(), "event" | "day-of-event");
    note.mentions_in(GROUP, within).filter(happened)
}

/// Words that make of a complaint what is said of it: "relief of the", "free of".
static OF_THE: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(r"^ (?:of|from|in|for) (?:(?:the|that|this|his|her|all) )?(?:[a-z]+ ){0,2}$")
});

/// What the last word before a length of time binds it to.
fn nearest<'n>(note: &'n Note<'_>, before: Span) -> Option<&'n str> {
    let words: Vec<&Mention> = binding(note, before).collect();
    let last = words.last()?;
    // "relief of the pain for a year"
    if let [.., over, last] = words.as_slice()
        && note.concept(over).id == "other"
        && OF_THE.is_match(note.get(Span::new(over.span.end, last.span.start.max(over.span.end))))
    {
        return Some("other");
    }
    // "has been present for" leans on the word before it.
    let id = note.concept(last).id.as_str();
    if id == "present"
        && let [.., before, _] = words.as_slice()
    {
        let before = note.concept(before).id.as_str();
        return Some(if before == "other" { before } else { id });
    }
    Some(id)
}

fn nearest_but_began<'n>(note: &'n Note<'_>, before: Span) -> Option<&'n str> {
    let words: Vec<&Mention> = binding(note, before).collect();
    words.iter().rev().map(|m| note.concept(m).id.as_str()).find(|id| *id != "began")
}
