//! Dose, frequency and route as records write them.

use crate::lexicon::{Lexicon, WordPattern};
use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::pattern::{fixed_regex, groups};

use crate::fact::Route;
use crate::span::Span;

/// A dose in a stretch of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Dose {
    /// Its words, counted from the stretch's start.
    pub span: Span,
    /// "300 mg", "7.5/325 mg"; without a unit where none is written.
    pub value: String,
    /// Whether a unit is written.
    pub unit: bool,
}

// OCR reads 1 as l and 0 as O.
macro_rules! number {
    () => {
        r"(?:\d{1,3}(?:,\d{3})+|[lio]?\d[\dlo]*(?:\.\d+)?|\.\d+)"
    };
}

// "four hundred", "a hundred and fifty"
macro_rules! spelled {
    () => {
        r"(?:(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|half|hundred|thousand)(?:[ -](?:and )?(?:a|one|two|three|four|five|six|seven|eight|nine|ten|twenty|twenty-five|thirty|forty|fifty|sixty|seventy|eighty|ninety|half|hundred|thousand)){0,6})"
    };
}

static DOSE: WordPattern = WordPattern::new(concat!(
    r"(?:^|[^\w.,/])(?:(?P<w>",
    spelled!(),
    r") |(?P<n>",
    number!(),
    r"(?:(?:/",
    number!(),
    r"){2,3}|(?: ?/ ?| ?- ?| to )",
    number!(),
    r")?) ?)-?(?:(?P<mg>{medication-word/mg})|(?P<mcg>{medication-word/mcg})|(?P<g>{medication-word/g})|(?P<units>{medication-word/units})|(?P<u>iu|meq))\b(?P<h>/(?:h|hr|hour)\b)?"
));

static BARE_DOSE: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"^(?: (?:at|er|xr|sr|cr|es|ds))? (?P<n>\d+(?:\.\d+)?(?:/\d+(?:\.\d+)?){0,3})(?P<after> ?[;)]| ?,(?:\D|$)|\.(?: |$)| (?:one|two|1|2|po|p\.o|b\.?i\.?d|t\.?i\.?d|q|daily|twice|three|prn|at|every|nightly|once|tab|up to|hs\b|nocte|for\b|in (?:the )?(?:am|a\.m|pm|p\.m|morning|evening)\b|(?:each |every )?(?:am|pm)\b)|$)",
    )
});

/// The first dose of a stretch.
pub(super) fn find_dose(lexicon: &Lexicon, text: &str) -> Option<Dose> {
    DOSE.of(lexicon).captures(text).and_then(|c| dose(&c))
}

/// Every dose of a stretch.
pub(super) fn find_doses(lexicon: &Lexicon, text: &str) -> Vec<Dose> {
    DOSE.of(lexicon).captures_iter(text).filter_map(|c| dose(&c)).collect()
}

fn dose(c: &Captures<'_>) -> Option<Dose> {
    let number = c.name("n").or(c.name("w"))?;
    let named = ["mg", "mcg", "g", "units"].into_iter().find_map(|u| Some((u, c.name(u)?)));
    let (unit, read) = named.or_else(|| c.name("u").map(|read| (read.as_str(), read)))?;
    let end = c.name("h").map_or(read.end(), |h| h.end());
    let mut value = number.as_str().replace([' '], "").replace("to", "-");
    if c.name("w").is_some() {
        // "one unit" is of many things, "a hundred milligrams" of drugs.
        if !matches!(unit, "mg" | "mcg" | "g") {
            return None;
        }
        value = crate::quantity::spelled(number.as_str())?.to_string();
    } else if value.contains(['l', 'o', 'i']) {
        value = value.replace(['l', 'i'], "1").replace('o', "0");
    }
    let an_hour = if c.name("h").is_some() { "/hr" } else { "" };
    Some(Dose {
        span: Span::new(number.start(), end),
        value: format!("{value} {unit}{an_hour}"),
        unit: true,
    })
}

/// A number right behind a drug's name that is a dose without a unit: "ibuprofen 600 tid", "Norco 10/325".
pub(super) fn find_bare_dose(text: &str) -> Option<Dose> {
    let c = groups(&BARE_DOSE, text)?;
    let number = c.name("n")?;
    let value = number.as_str();
    let first: f64 = value.split('/').next()?.parse().ok()?;
    (first >= 2.0 && !matches!(first as u32, 1900..=2100)).then(|| Dose {
        span: Span::new(number.start(), number.end()),
        value: value.to_owned(),
        unit: false,
    })
}

/// The last of several doses without a unit, or one that stands apart from its drug: "worked up to 150 bid",
/// "25 then 50 hs".
static REACHED: WordPattern = WordPattern::new(
    r"^(?P<gap>[^;\n]{0,60}?\b{medication-word/reaches}(?: to| at)?|[ \d.]{1,8}(?:mg)? ?(?:then|->|to|,|-) ?) ?(?P<n>\d{2,4}(?:\.\d+)?) (?:(?:{medication-word/once-a-day-short})|[btq]\.?i\.?d\b|twice\b|three times\b|{medication-word/once-a-day}\b)",
);

/// What makes of such a dose one that was never reached.
static NOT_REACHED: WordPattern = WordPattern::new(r"\b{medication-word/unreached}\b");

/// A dose without a unit that words lead to: it is read only where how often stands beside it.
pub(super) fn find_reached_dose(lexicon: &Lexicon, text: &str) -> Option<Dose> {
    if !text.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let c = REACHED.of(lexicon).captures(text)?;
    let number = c.name("n")?;
    let gap = &text[..number.start()];
    (!NOT_REACHED.of(lexicon).is_match(gap) && !gap.contains(". ")).then(|| Dose {
        span: Span::new(number.start(), number.end()),
        value: number.as_str().to_owned(),
        unit: false,
    })
}

/// A frequency in a stretch of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Frequency {
    /// Its words, counted from the stretch's start.
    pub span: Span,
    /// "2", "prn", "2 prn", "2-3 prn", "per week 1".
    pub value: String,
}

macro_rules! count {
    () => {
        r"(?:one|two|three|four|five|six|seven|eight|nine|ten|once|twice|thrice|\d{1,2})"
    };
}

static FREQUENCY: WordPattern = WordPattern::new(concat!(
    r"\b(?:",
    // b.i.d. to t.i.d.
    r"(?P<latin>[btq]\.? ?[il1]\.? ?d\b\.?)(?: ?(?:to|-|or) ?(?P<latin2>[btq]\.? ?[il1]\.? ?d\b\.?))?",
    r"|(?:q|every)\.? ?(?P<from>\d{1,2}|two|three|four|six|eight|twelve)(?: ?\([a-z]+\))?(?: ?(?:-|to) ?(?P<to>\d{1,2}|six|eight))? ?-?(?:h|hr|hrs|hours?)\b\.?",
    // As British letters have them.
    r"|(?P<british>bd|tds|qds)\b",
    r"|q(?P<bare>4|6|8|12)\b",
    r"|(?P<weekly>",
    count!(),
    r")?(?: times| x|x)? ?(?:a |per |each |/ ?|every |q\.? ?)?(?:week\b|wk\b|weekly\b)",
    r"|(?P<alternate>every other day|q\.?o\.?d\.?\b|every 2 days|every two days)",
    r"|(?:every|q)\.? ?(?:7|seven)(?: ?\([a-z]+\))? ?(?:days?|d)\b",
    r"|every (?P<days>3|three|72) (?:days|hours)",
    r"|(?:up to |max(?:imum)? )?(?P<upto>",
    count!(),
    r")(?: ?\([a-z]+\))?(?: ?(?:-|to|or) ?(?P<upto2>",
    count!(),
    r"))?(?: ?x| times| {medication-word/piece})? ?(?:a |per |each |/ ?|every )(?:day|d)\b",
    r"|(?:up to |max(?:imum)? )?(?P<times>",
    count!(),
    r")(?: ?\([a-z]+\))?(?: ?(?:-|to|or) ?(?P<times2>",
    count!(),
    r"))?(?: ?x| times) ?daily\b",
    r"|up to (?P<plain>",
    count!(),
    r")(?: tablets| pills)? daily\b",
    r"|(?P<double>twice(?: ?-?daily| per day| a day| every day)|{medication-word/both-ends}\b)",
    r"|(?P<once>{medication-word/once-a-day-short}|{medication-word/once-a-day}\b)",
    r"|(?P<prn>{medication-word/as-needed-short}|{medication-word/as-needed}\b))"
));

/// Weeks, or so many of them.
static A_LENGTH: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(r"^(?:(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten) ?)?(?:week|wk)$")
});

/// The first frequency of a stretch, with a "prn" that goes with it.
pub(super) fn find_frequency(lexicon: &Lexicon, text: &str) -> Option<Frequency> {
    let mut found: Option<Frequency> = None;
    for c in FREQUENCY.of(lexicon).captures_iter(text) {
        let whole = c.get(0)?;
        let span = Span::new(whole.start(), whole.end());
        let is_prn = c.name("prn").is_some();
        // "by the second week" and "10 wk" are no rhythm.
        if A_LENGTH.is_match(whole.as_str()) {
            continue;
        }
        let Some(before) = &mut found else {
            let value = if is_prn { "prn".to_owned() } else { times(&c)? };
            found = Some(Frequency { span, value });
            continue;
        };
        let gap = &text[before.span.end..span.start];
        if gap.len() > 24 || gap.contains(['.', ';', '(']) {
            break;
        }
        if is_prn && before.value != "prn" {
            before.value.push_str(" prn");
            before.span.end = span.end;
            break;
        }
        if before.value == "prn" && !is_prn && gap.len() <= 8 {
            before.value = format!("{} prn", times(&c)?);
            before.span.end = span.end;
            break;
        }
        // "in the morning and at bedtime"
        if before.value == "1"
            && c.name("once").is_some()
            && matches!(gap.trim(), "and" | "and one" | "and two" | "and 1" | "and 2" | "+" | "&")
        {
            before.value = "2".to_owned();
            before.span.end = span.end;
        }
    }
    found
}

fn times(c: &Captures<'_>) -> Option<String> {
    let word = |name: &str| c.name(name).map(|m| m.as_str());
    let range = |low: String, high: Option<String>| match high {
        Some(high) if high != low => format!("{low}-{high}"),
        _ => low,
    };
    if let Some(latin) = word("latin") {
        return Some(range(latin_times(latin), word("latin2").map(latin_times)));
    }
    if let Some(british) = word("british") {
        return Some(latin_times(british));
    }
    if let Some(hours) = word("from") {
        let a_day = |hours: &str| {
            let hours: f64 = count(hours)?;
            (hours >= 1.0).then(|| number(24.0 / hours))
        };
        let most = a_day(hours)?;
        return Some(match word("to").and_then(a_day) {
            Some(least) => range(least, Some(most)),
            None => most,
        });
    }
    if let Some(hours) = word("bare").and_then(count) {
        return Some(number(24.0 / hours));
    }
    if word("alternate").is_some() {
        return Some("0.5".to_owned());
    }
    if word("days").is_some() {
        return Some("0.33".to_owned());
    }
    for (low, high) in [("upto", "upto2"), ("times", "times2"), ("plain", "plain")] {
        if let Some(low) = word(low) {
            let high = word(high).and_then(count).map(number);
            return Some(range(number(count(low)?), high));
        }
    }
    if word("double").is_some() {
        return Some("2".to_owned());
    }
    if word("once").is_some() {
        return Some("1".to_owned());
    }
    let weekly = word("weekly").map_or(Some(1.0), count)?;
    Some(format!("per week {}", number(weekly)))
}

fn latin_times(word: &str) -> String {
    match word.as_bytes()[0] {
        b'b' => "2",
        b't' => "3",
        _ => "4",
    }
    .to_owned()
}

fn count(word: &str) -> Option<f64> {
    match word {
        "once" => Some(1.0),
        "twice" => Some(2.0),
        "thrice" => Some(3.0),
        _ => super::super::number_in_words(word),
    }
}

fn number(value: f64) -> String {
    if value.fract() == 0.0 { format!("{value:.0}") } else { format!("{value:.1}") }
}

static ROUTE: WordPattern = WordPattern::new(
    r"\b(?:(?P<po>{medication-word/route-po})|(?P<iv>{medication-word/route-iv})|(?P<im>{medication-word/route-im})|(?P<sc>{medication-word/route-sc})|(?P<it>{medication-word/route-intrathecal})|(?P<ep>{medication-word/route-epidural})|(?P<patch>{medication-word/route-patch})|(?P<top>{medication-word/route-topical})|(?P<inh>{medication-word/route-inhaled})|(?P<other>{medication-word/route-other}))",
);

/// The first route of a stretch; a patch of `local` action counts as topical.
pub(super) fn find_route(lexicon: &Lexicon, text: &str, local: bool) -> Option<(Span, Route)> {
    let c = groups(ROUTE.of(lexicon), text)?;
    let whole = c.get(0)?;
    let routes = [
        ("po", Route::Po),
        ("iv", Route::Iv),
        ("im", Route::Im),
        ("sc", Route::Sc),
        ("it", Route::Intrathecal),
        ("ep", Route::Epidural),
        ("patch", if local { Route::Topical } else { Route::Transdermal }),
        ("top", Route::Topical),
        ("inh", Route::Inhaled),
        ("other", Route::Other),
    ];
    let route = routes.iter().find(|(name, _)| c.name(name).is_some())?.1;
    Some((Span::new(whole.start(), whole.end()), route))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn frequency(text: &str, expect: Option<&str>) {
        let lexicon = Lexicon::embedded().unwrap();
        assert_eq!(find_frequency(&lexicon, text).map(|f| f.value).as_deref(), expect, "{text}");
    }

    #[test]
    fn frequencies_count_a_day() {
        frequency("50 mg b.i.d.", Some("2"));
        frequency("b.i.d. to t.i.d. p.r.n.", Some("2-3 prn"));
        frequency("1 po bid prn", Some("2 prn"));
        frequency("tablets, up to four daily", Some("4"));
        frequency("up to four times a day", Some("4"));
        frequency("q6h prn", Some("4 prn"));
        frequency("q.4-6h. p.r.n.", Some("4-6 prn"));
        frequency("every eight hours", Some("3"));
        frequency("at bedtime", Some("1"));
        frequency("q.h.s.", Some("1"));
        frequency("once a week", Some("per week 1"));
        frequency("three times daily as needed", Some("3 prn"));
        frequency("prn", Some("prn"));
        frequency("one to two pills q.d. p.r.n.", Some("1 prn"));
        frequency("3x/day", Some("3"));
        frequency("tld", Some("3"));
        frequency("t1d", Some("3"));
        frequency("in the morning and at night", Some("2"));
        frequency("10 mg nocte", Some("1"));
        frequency("20 mg q12", Some("2"));
        frequency("150 mg bd", Some("2"));
        frequency("20 mg od", Some("1"));
        frequency("every 8 (eight) hours as needed", Some("3 prn"));
        frequency("4 (four) times daily", Some("4"));
        frequency("one patch every 7 days", Some("per week 1"));
        frequency("two or three a day", Some("2-3"));
        frequency("with food", None);
    }

    #[test]
    fn doses_keep_their_unit() {
        let lexicon = Lexicon::embedded().unwrap();
        let dose = |text: &str| find_dose(&lexicon, text).map(|d| d.value);
        assert_eq!(dose(" 300 mg bid").as_deref(), Some("300 mg"));
        assert_eq!(dose(" 7.5mg qd").as_deref(), Some("7.5 mg"));
        assert_eq!(dose(" 7.5/325 mg").as_deref(), Some("7.5/325 mg"));
        assert_eq!(dose(" l5o mg").as_deref(), Some("150 mg"));
        assert_eq!(dose(" 1,000 mg").as_deref(), Some("1,000 mg"));
        assert_eq!(dose(" up to 2 g daily").as_deref(), Some("2 g"));
        assert_eq!(dose(" 25 mcg/h patch").as_deref(), Some("25 mcg/hr"));
        assert_eq!(dose(" four hundred milligrams daily").as_deref(), Some("400 mg"));
        assert_eq!(dose(" a hundred and fifty mg").as_deref(), Some("150 mg"));
        assert_eq!(dose(" one unit"), None);
        assert_eq!(dose(" 12 weeks"), None);
        assert_eq!(find_bare_dose(" 600 tid prn").map(|d| d.value).as_deref(), Some("600"));
        assert_eq!(find_bare_dose(" 10/325, up to").map(|d| d.value).as_deref(), Some("10/325"));
        assert_eq!(dose(" 150/150/300 mg").as_deref(), Some("150/150/300 mg"));
        assert_eq!(
            find_bare_dose(" 150/150/300, helps").map(|d| d.value).as_deref(),
            Some("150/150/300")
        );
        assert_eq!(find_bare_dose(" 3 weeks"), None);
    }
}
