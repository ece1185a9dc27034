//! How often, how many visits, and with whom.

use super::super::{Note, number_in_words};
use crate::lexicon::{Lexicon, WordPattern};
use crate::segment::Sentence;
use crate::span::Span;
use crate::tag::Mention;

/// A count of visits in a stretch of text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Visits {
    /// Its words, counted from the stretch's start.
    pub span: Span,
    /// How many; the lower end of a range.
    pub count: f64,
}

macro_rules! number {
    () => {
        r"(?:\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty-(?:one|two|three|four|five|six|seven|eight|nine)|twenty|thirty)"
    };
}

static VISITS: WordPattern = WordPattern::new(concat!(
    // "5/30/25 Visits 15/16" is no visit 25.
    r"(?:^|[^\w/.])(?:(?P<n>",
    number!(),
    r")(?: ?(?:-|to|of|/) ?",
    number!(),
    r")?(?: {therapy/visit-kind})? ?{therapy/visit}\b|(?:visits|sessions|total treatments|attended)(?: attended| completed| to date)?(?: ?[:=]| was| were)? *(?P<m>\d{1,3})\b|{therapy/sum-of}:? (?P<s>",
    number!(),
    r")\b)"
));

/// What makes of visits how often they are.
static A_WEEK: WordPattern =
    WordPattern::new(r"^(?: a | per | each | every | most | in most | |/)?{therapy/span}");

/// The first count of visits: "16 visits", "ten weekly sessions", "Visits attended: 16 of 16".
pub(super) fn find_visits(lexicon: &Lexicon, text: &str) -> Option<Visits> {
    VISITS.of(lexicon).captures_iter(text).find_map(|c| {
        let whole = c.get(0)?;
        let rest = &text[whole.end()..];
        // "two visits a week" is how often.
        if A_WEEK.of(lexicon).is_match(rest) {
            return None;
        }
        let count = number_in_words(c.name("n").or(c.name("m")).or(c.name("s"))?.as_str())?;
        let start = c.name("n").map_or(whole.start(), |n| n.start());
        Some(Visits { span: Span::new(start, whole.end()), count })
    })
}

static WEEKS: WordPattern = WordPattern::new(concat!(
    r"\b(?P<u>weeks|wks|months)(?: {therapy/length-row})?(?: ?[:=]| was| were)? *(?P<n>",
    number!(),
    r")\b"
));

/// How long a form has a course last: "weeks completed: 8".
pub(super) fn find_weeks(lexicon: &Lexicon, text: &str) -> Option<String> {
    let c = WEEKS.of(lexicon).captures(text)?;
    Some(format!("{} {}", &c["n"], &c["u"]))
}

/// How often, as written.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Often {
    /// Its words, counted from the stretch's start.
    pub span: Span,
    /// The words.
    pub words: String,
}

static OFTEN: WordPattern = WordPattern::new(concat!(
    r"\b(?:(?:about )?(?:",
    number!(),
    r"|once|twice)(?: ?(?:-|to|or) ?",
    number!(),
    r")?(?: ?x| times| visits| sessions| appointments| days| mornings| afternoons| evenings| nights| hours)?(?: ?/ ?| a | per | each | every | x | )?(?:week|wk|month|weekly|monthly|day)\b|(?:once|twice|three times|\d ?x) daily\b|(?:",
    number!(),
    r") (?:days|mornings|evenings|nights) (?:out )?of (?:every |the )?(?:seven|7|the week)\b|every (?:day|morning|evening|night|week|other day|other week)\b|each (?:day|morning)\b|{therapy/often}\b)"
));

/// What is at night where nothing is done: "for pain at night".
static HURTS: WordPattern = WordPattern::new(r"{therapy/hurts}$");

/// The first rhythm: "3-4 times weekly", "two visits a week", "every morning", "2x/week".
pub(super) fn find_frequency(lexicon: &Lexicon, text: &str) -> Option<Often> {
    OFTEN.of(lexicon).find_iter(text).find_map(|found| {
        let words = found.as_str();
        // "for one week", "activities of daily living", "one month" are no rhythm.
        let before = &text[..found.start()];
        let after = &text[found.end()..];
        let bare = words.starts_with(|c: char| c.is_ascii_digit())
            || NUMBER_WORDS.iter().any(|number| words.starts_with(number));
        let says_often = words.contains(['/', 'x'])
            || words.contains(" a ")
            || words.contains(" per ")
            || words.contains(" each ")
            || words.contains("weekly")
            || words.contains("times")
            || words.contains("daily")
            || words.contains("every")
            || words.contains(" of ");
        // "for pain at night": when it hurts is not when it is done.
        let hurts = HURTS.of(lexicon).is_match(before.trim_end());
        let hurts = hurts && matches!(words, "at night" | "at bedtime" | "overnight");
        // "ten weekly sessions" are weekly.
        let counted = words.ends_with(" weekly") && words.split(' ').count() == 2 && bare;
        let words = if counted { "weekly" } else { words };
        let length = bare && !says_often;
        (!length
            && !hurts
            && !after.starts_with(" living")
            && !before.ends_with("activities of ")
            && !after.starts_with(" function")
            && !after.starts_with(" activit"))
        .then(|| Often {
            span: Span::new(found.start(), found.end()),
            words: words.trim().to_owned(),
        })
    })
}

const NUMBER_WORDS: &[&str] = &[
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "about",
    "eleven", "twelve",
];

// "came on last year with", "pulled it during"
static BEGAN: WordPattern = WordPattern::new(
    r"\b{therapy/began}\b[^.;]{0,30}\b(?:with|from|during|after|while|at|in|by|doing)(?: doing| a| her| his| hot| some)* $",
);

/// Whether the words before an exercise say that the pain came on with it.
pub(super) fn began_it(note: &Note<'_>, sentence: &Sentence, mention: &Mention) -> bool {
    BEGAN.of(note.lexicon).is_match(note.get(Span::new(sentence.span.start, mention.span.start)))
}

/// Whether words say that a therapist was there.
pub(super) fn supervised_in(lexicon: &Lexicon, text: &str) -> bool {
    SUPERVISED.of(lexicon).is_match(text) && !UNSUPERVISED.of(lexicon).is_match(text)
        || ONE_ON_ONE.of(lexicon).is_match(text)
}

static SUPERVISED: WordPattern = WordPattern::new(r"{therapy/supervised}");
static UNSUPERVISED: WordPattern = WordPattern::new(r"{therapy/unsupervised}");
static ONE_ON_ONE: WordPattern = WordPattern::new(r"{therapy/one-on-one}");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn visits_are_counted() {
        let lexicon = Lexicon::embedded().unwrap();
        let count = |text: &str| find_visits(&lexicon, text).map(|v| v.count);
        assert_eq!(count(", 16 visits over 8 weeks"), Some(16.0));
        assert_eq!(count("ten weekly sessions"), Some(10.0));
        assert_eq!(count("visits attended: 16 of 16"), Some(16.0));
        assert_eq!(count("15 supervised visits"), Some(15.0));
        assert_eq!(count("total visits 15"), Some(15.0));
        assert_eq!(count("attended 14/16 visits"), Some(14.0));
        assert_eq!(count("attended      11 (cancelled 2)"), Some(11.0));
        assert_eq!(count("attended 6 weeks of therapy"), None);
        assert_eq!(count("two sessions most weeks, fourteen in all"), Some(14.0));
        assert_eq!(count("19 kept / 20 booked"), Some(19.0));
        assert_eq!(count("d/c 6/30/25 visits 15/16"), Some(15.0));
        assert_eq!(count("twenty-two sessions"), Some(22.0));
        assert_eq!(count("two sessions every week, altogether sixteen"), Some(16.0));
        assert_eq!(count("two visits a week for eight weeks"), None);
        assert_eq!(count("seen at the last visit"), None);
    }

    #[test]
    fn weeks_stand_behind_their_label() {
        let lexicon = Lexicon::embedded().unwrap();
        let weeks = |text: &str| find_weeks(&lexicon, text);
        assert_eq!(weeks("if yes, weeks completed: 8").as_deref(), Some("8 weeks"));
        assert_eq!(weeks("8 weeks completed"), None);
    }

    #[test]
    fn rhythms_are_read_as_written() {
        let lexicon = Lexicon::embedded().unwrap();
        let often = |text: &str| find_frequency(&lexicon, text).map(|f| f.words);
        assert_eq!(often(" 3-4 times weekly").as_deref(), Some("3-4 times weekly"));
        assert_eq!(
            often(", two visits a week for eight weeks").as_deref(),
            Some("two visits a week")
        );
        assert_eq!(often(" (2x/week for 8 weeks)").as_deref(), Some("2x/week"));
        assert_eq!(often("2 x / wk x 8 wks").as_deref(), Some("2 x / wk"));
        assert_eq!(often(" five days a week").as_deref(), Some("five days a week"));
        assert_eq!(often(", ten weekly sessions").as_deref(), Some("weekly"));
        assert_eq!(often(" every morning").as_deref(), Some("every morning"));
        assert_eq!(often(" for one week"), None);
        assert_eq!(often(" activities of daily living"), None);
    }
}
