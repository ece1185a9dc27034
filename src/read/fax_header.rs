//! The line that a fax machine prints along a page's edge: what tells it from the
//! record's own words, and what it says.
//!
//! Machines print who sends, to whom, when, and which page of how many. OCR garbles
//! the small type, so shapes of digits count more than letters, and letters that
//! stand for digits are read as such.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::document::FaxHeader;
use crate::pattern::ascii_regex;

/// The most pages that a header may count and still be believed.
const MOST_PAGES: u32 = 999;

/// The most pages of a count of three digits that need no second look: what begins with
/// 6, 8 or 9 is more often a zero.
const MOST_PADDED: u32 = 599;

/// A shape.
fn pattern(source: &str) -> Option<Regex> {
    ascii_regex(source).ok()
}

type Pattern = LazyLock<Option<Regex>>;

static TIME: Pattern = LazyLock::new(|| {
    pattern(r"(?i)\b[0-9OolI]{1,2}[:;][0-9OolI]{2}([:;][0-9OolI]{2})?\s*([AP]\.?M)?\b")
});

static DATE: Pattern = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b[0-9OolI]{1,4}[/.-][0-9OolI]{1,2}[/.-][0-9OolI]{2,4}\b",
        r"|\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[-., ]*[0-9OolI]{1,2}",
        r"\b([-., ]+[12][0-9OolI]{3}\b)?",
        r"|\b[0-9]{1,2}[-. ]*(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b",
        r"([-., ]+[12][0-9OolI]{3}\b)?",
    ))
});

/// A page number, with or without the count of pages.
static COUNT: Pattern = LazyLock::new(|| {
    pattern(r"(?i)\b(p|pg|page)[.:; ]*[0-9OolI]{1,4}\b|\b[0-9OolI]{1,4} ?(/|of) ?[0-9OolI]{1,4}\b")
});

static MACHINE: Pattern = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(from|fr[o0]m|to|fax|tel|rcvd|received|rightfax|xmit|tx|rx|job)\s*[:;#.]",
        r"|\b(fax|faxed|rightfax|efax)\b|>>|->",
    ))
});

static NUMBER: Pattern = LazyLock::new(|| pattern(r"\+?[0-9(][0-9() .-]{5,}[0-9]"));

/// A telephone number with all its digits.
static TELEPHONE: Pattern =
    LazyLock::new(|| pattern(r"(?:\+?1?[ .-]?\(?[0-9]{3}\)?[ .-]?)?\b[0-9]{3}[ .-]?[0-9]{4}\b"));

static PADDED: Pattern =
    LazyLock::new(|| pattern(r"(?i)\bp[.:, ]{0,2}[0OQ9][0-9OQIl]{2} ?[/1I|] ?[0OQ][0-9OQIl]{2}\b"));

/// What a line has of what fax machines print; looked for only as far as it is asked.
#[derive(Clone, Copy)]
pub struct Marks<'a>(&'a str);

impl<'a> Marks<'a> {
    /// The marks of a line.
    pub fn of(text: &'a str) -> Self {
        Self(text)
    }

    fn has(self, shape: &Pattern) -> bool {
        shape.as_ref().is_some_and(|regex| regex.is_match(self.0))
    }

    /// A time of day.
    fn time(self) -> bool {
        self.0.contains([':', ';']) && self.has(&TIME)
    }

    /// Words such as "FROM:", "TO:" and "FAX".
    fn machine(self) -> bool {
        let sign = self.0.contains([':', ';', '#', '.', '>']);
        (sign || self.0.to_ascii_lowercase().contains("fax")) && self.has(&MACHINE)
    }

    /// A page number and count padded with zeros, as only machines print: "P.001/003".
    fn padded(self) -> bool {
        self.0.contains(['p', 'P']) && self.has(&PADDED)
    }

    /// Whether there are so many of a time, a day, a page number, machine words and a
    /// telephone number.
    fn at_least(self, n: usize) -> bool {
        let all =
            [self.time(), self.machine(), self.has(&COUNT), self.has(&DATE), self.has(&NUMBER)];
        all.iter().filter(|&&mark| mark).count() >= n
    }

    /// Whether a line at a page's edge with these marks is a fax machine's: a time
    /// beside two other marks, or a page count with machine words. A visit's own
    /// header has a date and a page count but hardly ever a time of day.
    pub fn tell_a_header(self) -> bool {
        let likely = || self.time() || self.machine() && self.has(&COUNT);
        self.padded() || likely() && self.at_least(3)
    }

    /// Whether a line on the very edge is one: nothing else is printed there, so a
    /// line of which OCR left two marks is enough.
    pub fn tell_a_garbled_header(self) -> bool {
        let likely = self.time() || self.machine() && (self.has(&COUNT) || self.has(&DATE));
        likely && self.at_least(2)
    }
}

/// The page number and the count of pages: "P.001/003", "Page: 2/7", "P. 2 of 3".
static OF: Pattern = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)(?:^|[^0-9a-z/-])(?P<label>p|pg|page)?[.:;,# ]{0,3}",
        r"(?P<page>[0-9OoQlI|SB]{1,4}) ?(?:/|\bof\b) ?(?P<of>[0-9OoQlI|SB]{1,4})(?:[^0-9/]|$)",
    ))
});

/// The same where OCR read the stroke as a digit: "P.0017003".
static RUN_TOGETHER: Pattern = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:p|pg|page)[.:;, ]{0,2}(?P<page>[0OoQ][0-9OoQlI]{2})[17lI|](?P<of>[0OoQ][0-9OoQlI]{2})\b",
    )
});

/// A record's own count, in the words that records use.
static OWN: Pattern = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:page|pg)[.:# ]{0,3}(?P<page>[0-9OolI|]{1,3}) ?(?:/|of) ?(?P<of>[0-9OolI|]{1,3})(?:[^0-9/]|$)",
        r"|^[^0-9a-z]{0,3}(?P<alone>[0-9]{1,3}) ?of ?(?P<all>[0-9]{1,3})[^0-9a-z]{0,3}$",
    ))
});

/// A page number alone.
static ALONE: Pattern =
    LazyLock::new(|| pattern(r"(?i)\b(?:p|pg|page)[.:;# ]{0,3}(?P<page>[0-9OoQlI|]{1,4})\b"));

/// Who sends: what stands behind "FROM" up to the next thing a machine prints.
static FROM: Pattern = LazyLock::new(|| pattern(r"(?i)\bfr[o0]m\b\s*[:;.]?\s*(?P<who>[^\n]*)"));

/// Where the sender's name ends.
static NEXT: Pattern = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:t[o0]|10|fax|tel|phone|job|page|pg|p)\b[-\s]*(?:no\b)?\s*[.:;#]|\bfax[-\s]+no\b|>>|->|»|\n",
    )
});

/// What a fax machine's line says. Nothing is made up for what OCR lost.
pub fn parse(text: &str) -> FaxHeader {
    let date = find(&DATE, text);
    let (page, of) = count(text);
    // What is understood is taken out, so that no date is part of a name.
    let mut rest = text.to_owned();
    for shape in [&DATE, &TIME, &RUN_TOGETHER, &OF, &ALONE] {
        if let Some(regex) = shape.as_ref() {
            rest = regex.replace_all(&rest, "\n").into_owned();
        }
    }
    let named = FROM.as_ref().and_then(|regex| regex.captures(&rest)).and_then(|found| {
        let who = found.name("who")?.as_str();
        let number = NUMBER.as_ref()?.find(who).map_or(who.len(), |number| number.start());
        let end = NEXT.as_ref()?.find(who).map_or(who.len(), |next| next.start());
        // "FROM: 555-0101" is a number and no name.
        let end = if number == 0 { end } else { end.min(number) };
        trimmed(&who[..end])
    });
    // The first word may be what OCR lost: the capitals before the next mark are a name.
    let unnamed = || {
        let end = NEXT.as_ref()?.find(rest.trim_start()).map(|next| next.start())?;
        let capital = |c: char| c.is_uppercase() || matches!(c, '&' | '.' | ',');
        let words: Vec<&str> = rest.trim_start()[..end].split_whitespace().collect();
        let lower = words.iter().rposition(|word| !word.chars().all(capital));
        let name = words[lower.map_or(0, |at| at + 1)..].join(" ");
        trimmed(&name).filter(|name| name.chars().filter(|c| c.is_uppercase()).count() >= 4)
    };
    let numbered = || {
        let before = NEXT.as_ref().and_then(|regex| {
            let receiver = |mark: &str| mark != "\n" && !mark.to_lowercase().starts_with("fax");
            regex.find_iter(&rest).find(|mark| receiver(mark.as_str())).map(|mark| mark.start())
        });
        trimmed(TELEPHONE.as_ref()?.find(&rest[..before.unwrap_or(rest.len())])?.as_str())
    };
    FaxHeader { sender: named.or_else(unnamed).or_else(numbered), date, page, of }
}

fn find(shape: &Pattern, text: &str) -> Option<String> {
    trimmed(shape.as_ref()?.find(text)?.as_str())
}

fn trimmed(text: &str) -> Option<String> {
    let text = text.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '+' | '(' | ')'));
    (text.chars().filter(|c| c.is_alphanumeric()).count() >= 2).then(|| text.to_owned())
}

/// A record's own page number and count: "Page 2 of 5", or a line that is nothing but
/// "2 of 5".
pub fn page_of(text: &str) -> Option<(u32, u32)> {
    // Most lines hold no count, and to make the shapes takes longer than to read a page.
    let joined = text.contains('/') || text.to_ascii_lowercase().contains("of");
    if !joined || !text.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let found = OWN.as_ref()?.captures(text.trim())?;
    if Marks::of(text).tell_a_header() {
        return None;
    }
    let (page, of) = match (found.name("page"), found.name("alone")) {
        (Some(page), _) => (page, found.name("of")?),
        (None, alone) => (alone?, found.name("all")?),
    };
    let (page, of) = (number(page.as_str())?, number(of.as_str())?);
    (page >= 1 && page <= of && of <= MOST_PAGES).then_some((page, of))
}

/// The page's number and the count of pages: the last on the line, since the count
/// closes it, and dates and names stand before.
fn count(text: &str) -> (Option<u32>, Option<u32>) {
    let mut bare = text.to_owned();
    for shape in [&TIME, &DATE] {
        if let Some(regex) = shape.as_ref() {
            bare = regex.replace_all(&bare, " \n ").into_owned();
        }
    }
    let pair = |found: Captures<'_>| {
        let (page, of) = (found.name("page")?.as_str(), found.name("of")?.as_str());
        let of_padded = unpadded(of, MOST_PADDED)?;
        let page = if of.len() == 3 { unpadded(page, of_padded)? } else { number(page)? };
        let of = if of.len() == 3 { of_padded } else { number(of)? };
        (page >= 1 && page <= of && of <= MOST_PAGES).then_some((page, of))
    };
    for shape in [&OF, &RUN_TOGETHER] {
        if let Some(last) = shape.as_ref().and_then(|regex| regex.captures_iter(&bare).last()) {
            // A page beyond the count is a misreading of either.
            return pair(last).map_or((None, None), |(page, of)| (Some(page), Some(of)));
        }
    }
    let alone = ALONE.as_ref().and_then(|regex| regex.captures_iter(&bare).last());
    let page = alone.and_then(|found| number(found.name("page")?.as_str()));
    (page.filter(|page| (1..=MOST_PADDED).contains(page)), None)
}

/// A number that machines pad to three digits with zeros; zeros with a dot or a stroke
/// are read as 6, 8 or 9, or as two digits, which no number up to `most` begins with.
fn unpadded(text: &str, most: u32) -> Option<u32> {
    let read = number(text)?;
    if read <= most || text.len() < 3 {
        return Some(read);
    }
    let last: Vec<char> = text.chars().rev().take(3).collect();
    let mut digits: Vec<char> = last.into_iter().rev().collect();
    for at in 0..2 {
        let now: String = digits.iter().collect();
        if number(&now)? <= most {
            break;
        }
        if matches!(digits[at], '6' | '8' | '9') {
            digits[at] = '0';
        }
    }
    let digits: String = digits.into_iter().collect();
    number(&digits)
}

/// A number in which OCR may have read letters.
fn number(text: &str) -> Option<u32> {
    let digits: String = text
        .chars()
        .map(|c| match c {
            'O' | 'o' | 'Q' => '0',
            'l' | 'I' | '|' => '1',
            'S' => '5',
            'B' => '8',
            c => c,
        })
        .collect();
    // Letters alone are a word, but for a lone stroke.
    let told = text.contains(|c: char| c.is_ascii_digit()) || matches!(text, "I" | "l" | "|");
    told.then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, sender: &str, date: &str, count: (u32, u32)) {
        let header = parse(text);
        let (page, of) = (header.page.unwrap_or(0), header.of.unwrap_or(0));
        let words = (header.sender.unwrap_or_default(), header.date.unwrap_or_default());
        assert_eq!((words.0.as_str(), words.1.as_str(), (page, of)), (sender, date, count));
    }

    #[test]
    fn headers_say_who_when_and_which_page() {
        check(
            "MAR-27-2023 17:02 FROM:EXAMPLE CLINIC TO:555-0152 P.001/003",
            "EXAMPLE CLINIC",
            "MAR-27-2023",
            (1, 3),
        );
        check(
            "01/02/2024 9:15 AM FAX 5550100 -> 5550111 Page 2 of 7",
            "5550100",
            "01/02/2024",
            (2, 7),
        );
        check("From: 5550100 To: 5550111 Page: 2/7", "5550100", "", (2, 7));
        check(
            "FROM: EXAMPLE LAB FAX NO. :555-0124 Jun. 05 2023 10:12AM P.001/001",
            "EXAMPLE LAB",
            "Jun. 05 2023",
            (1, 1),
        );
        check(
            "2024-04-24 14:15 FROM TEST CTR >> 555-0145 P. 2 of 3",
            "TEST CTR",
            "2024-04-24",
            (2, 3),
        );
        check("Rcvd: 03/27/23 05:02 PM", "", "03/27/23", (0, 0));
        check(
            "12/16/2025 09:15 AM FROM: TEST GROUP 555-0161 P.12",
            "TEST GROUP",
            "12/16/2025",
            (12, 0),
        );
    }

    #[test]
    fn digits_are_read_through_what_ocr_makes_of_them() {
        check(
            "2O23-O3-27 l7:O2 FROM EXAMPLE CL 555 0152 P. OO2/0O3",
            "EXAMPLE CL",
            "2O23-O3-27",
            (2, 3),
        );
        check("FROM: EXAMPLE P.0017003", "EXAMPLE", "", (1, 3));
        check("FROM: EXAMPLE P.Ol2/Ol4", "EXAMPLE", "", (12, 14));
        // Zeros with a dot in them.
        check("FROM: EXAMPLE P.901/002", "EXAMPLE", "", (1, 2));
        check("FROM: EXAMPLE P.9001/005", "EXAMPLE", "", (1, 5));
        check("FROM: EXAMPLE P.903/904", "EXAMPLE", "", (3, 4));
    }

    #[test]
    fn records_state_their_pages_in_words() {
        let check = |text: &str, expect| assert_eq!(page_of(text), expect, "{text}");
        check("Printed by TESTUSER7 Page 2 of 5", Some((2, 5)));
        check("Page I of 1", Some((1, 1)));
        check("- 2 of 5 -", Some((2, 5)));
        check("P 1/6", None);
        check("2 of 5 injections were done", None);
        check("FORM FAX 05/06/2025 09:31 Page 1/6", None);
    }

    #[test]
    fn no_count_is_made_up() {
        // A page beyond its count is a misreading, and 120/80 no page.
        check("FROM: EXAMPLE P.009/003", "EXAMPLE", "", (0, 0));
        check("01/02/2024 9:15 FROM: EXAMPLE", "EXAMPLE", "01/02/2024", (0, 0));
        check("Blood pressure 120/80 taken at 9:15", "", "", (0, 0));
    }
}
