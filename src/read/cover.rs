//! Tells a fax's cover sheet from the record behind it: by its title, the fields that
//! it has filled in, and what offices print at its foot.
//!
//! A letter and an order have "To" and "From" too, so a cover needs more than these,
//! and next to nothing else may stand on it.

use crate::document::{Line, LineRole, Page, PageKind, TextSource};

/// More words than this are more than a cover says.
const MOST_WORDS: usize = 220;

/// What a cover is entitled, letters alone, in lower case.
const TITLES: &[&str] = &[
    "faxcoversheet",
    "faxcover",
    "faxcoverpage",
    "faxcoverletter",
    "faxtransmittal",
    "faxtransmittalsheet",
    "faxtransmission",
    "faxtransmissioncoversheet",
    "faxmessage",
    "facsimile",
    "facsimilecover",
    "facsimilecoversheet",
    "facsimilecoverpage",
    "facsimiletransmittal",
    "facsimiletransmittalsheet",
    "facsimiletransmission",
    "coversheet",
    "coverpage",
    "transmittalsheet",
    "fax",
];

/// Fields that a cover has for who sends what to whom.
const FIELDS: &[&str] = &[
    "to",
    "attn",
    "attention",
    "from",
    "fax",
    "faxno",
    "faxnumber",
    "phone",
    "telephone",
    "tel",
    "pages",
    "noofpages",
    "numberofpages",
    "totalpages",
    "ofpages",
    "re",
    "regarding",
    "subject",
    "date",
    "cc",
    "company",
    "organization",
    "comments",
    "message",
    "notes",
    "sender",
    "recipient",
];

/// Fields that count the pages: only a cover has them.
const PAGE_COUNTS: &[&str] = &["pages", "noofpages", "numberofpages", "totalpages", "ofpages"];

/// What offices print on covers, letters alone, in lower case.
const NOTICES: &[&str] = &[
    "includingcover",
    "includingthiscover",
    "includingthispage",
    "confidentialitynotice",
    "inerror",
    "intendedrecipient",
    "documentsinthistransmission",
    "thisfacsimile",
    "thisfax",
    "thetransmission",
    "pleasereply",
    "forreview",
    "perrequest",
    "asrequested",
    "pleasecomment",
    "pleaserecycle",
];

/// Words that begin or end a letter.
const LETTERS: &[&str] = &["dear", "sincerely", "respectfully", "yourstruly", "towhomitmayconcern"];

/// Headings of records and orders; a cover has none.
const RECORDS: &[&str] = &[
    "assessment",
    "historyofpresentillness",
    "hpi",
    "chiefcomplaint",
    "physicalexam",
    "physicalexamination",
    "impression",
    "medications",
    "allergies",
    "diagnosis",
    "diagnoses",
    "procedure",
    "findings",
    "plan",
    "cptcode",
    "icd",
    "orders",
    "clinicalinformation",
];

/// Marks each page that is a cover sheet.
pub fn mark(pages: &mut [Page]) {
    for page in pages.iter_mut().filter(|page| page.source != TextSource::TextFile) {
        if page.kind == PageKind::Record && is_cover(page) {
            page.kind = PageKind::Cover;
        }
    }
}

fn is_cover(page: &Page) -> bool {
    let body = || page.lines.iter().filter(|line| line.role != LineRole::FaxHeader);
    let words: usize = body().map(|line| line.words.len()).sum();
    if words > MOST_WORDS {
        return false;
    }
    let upper = page.height / 2.0;
    let lines: Vec<String> =
        body().map(|line| letters(line.words.iter().map(|word| word.text.as_str()))).collect();
    let mut upper_lines = body().zip(&lines).filter(|(line, _)| line.rect().y1 <= upper);
    let titled = upper_lines.any(|(_, letters)| is_title(letters));
    let mut fields: Vec<&str> = body().flat_map(fields).collect();
    fields.sort_unstable();
    fields.dedup();
    let counts_pages = fields.iter().any(|field| PAGE_COUNTS.contains(field));
    let addressed = fields.iter().any(|field| matches!(*field, "to" | "attn" | "attention"))
        || fields.contains(&"from");
    if !titled && !addressed {
        return false;
    }
    let all = lines.join("\n");
    let notices = NOTICES.iter().filter(|notice| all.contains(*notice)).count();
    let starts = |words: &[&str]| {
        all.lines().filter(|line| words.iter().any(|word| line.starts_with(word))).count()
    };
    if starts(LETTERS) > 0 || starts(RECORDS) > 1 {
        return false;
    }
    let marks = fields.len() + notices + usize::from(counts_pages);
    if titled {
        addressed && marks >= 3 || marks >= 5
    } else {
        addressed && marks >= 6 && (counts_pages || notices > 1)
    }
}

/// A line that is nothing but a cover's title. "F A X" is one too.
fn is_title(letters: &str) -> bool {
    TITLES.contains(&letters) || letters.contains("faxcover") || letters.contains("facsimiletrans")
}

/// The fields that a line has: a name before a colon, at its start or behind another
/// field's value.
fn fields(line: &Line) -> Vec<&'static str> {
    let mut found = Vec::new();
    if line.words.len() > 1 && !line.words.iter().any(|word| word.text.contains(':')) {
        return found;
    }
    let text = line.text();
    let mut names: Vec<&str> = text.split(':').collect();
    // Behind the last colon stands a value; without one a line of one word may be a name.
    if names.len() > 1 {
        names.pop();
    }
    for name in names {
        let words: Vec<&str> = name.split_whitespace().collect();
        // "# of pages" is a name of three words.
        let from = words.len().saturating_sub(3);
        let known = (from..words.len()).find_map(|at| {
            let name = letters(words[at..].iter().copied());
            FIELDS.iter().find(|field| **field == name)
        });
        found.extend(known);
    }
    found
}

/// The letters of words alone, in lower case.
fn letters<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    let chars = words.into_iter().flat_map(str::chars);
    chars.filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Word;
    use crate::geometry::Rect;

    #[track_caller]
    fn check(lines: &[&str], expect: bool) {
        let lines = lines.iter().enumerate().map(|(at, text)| {
            let y = 40.0 + 20.0 * at as f32;
            let word = |word: &str| Word::new(word, Rect::new(60.0, y, 200.0, y + 10.0));
            let words = text.split_whitespace().map(word).collect();
            Line { words, role: LineRole::Body, starts_block: false }
        });
        let mut pages =
            vec![Page { lines: lines.collect(), ..Page::new(1, 612.0, 792.0, TextSource::Ocr) }];
        mark(&mut pages);
        assert_eq!(pages[0].kind == PageKind::Cover, expect);
    }

    #[test]
    fn covers_are_told_by_title_and_fields() {
        check(
            &[
                "EXAMPLE CLINIC",
                "F A X",
                "To: Review Dept",
                "From: Front Desk",
                "Pages: 3",
                "Re: records",
            ],
            true,
        );
        check(
            &[
                "FACSIMILE TRANSMITTAL SHEET",
                "TO: Review FROM: Records",
                "FAX: 555-0100 PHONE: 555-0101",
                "NO. OF PAGES: 4 including cover",
            ],
            true,
        );
        // The title on its bar was not read.
        check(
            &[
                "To:",
                "Review Dept",
                "Fax:",
                "555-0100",
                "From:",
                "Records",
                "Phone:",
                "555-0101",
                "Pages:",
                "3 including cover",
                "Re:",
                "TEST, PATIENT",
                "CONFIDENTIALITY NOTICE: if received in error, call.",
            ],
            true,
        );
        // The request may stand on the cover alone.
        check(
            &[
                "FAX COVER SHEET",
                "Attn: Prior Auth",
                "From: Pain Clinic",
                "Re: prior auth 64450",
                "Pages: 2",
            ],
            true,
        );
    }

    #[test]
    fn letters_orders_and_notes_are_no_covers() {
        check(
            &[
                "To: Example Health Plan",
                "From: Example Clinic",
                "Re: TEST, PATIENT",
                "Date: 03/05/2024",
                "Fax: 555-0100",
                "Dear Reviewer,",
                "I am writing to ask for coverage.",
                "Sincerely, Provider 7, MD",
            ],
            false,
        );
        check(
            &[
                "PRIOR AUTHORIZATION REQUEST",
                "To: Plan",
                "From: Clinic",
                "Fax: 555-0100",
                "Phone: 555-0101",
                "Diagnosis: G58.8",
                "Procedure: 64450",
                "Clinical information: see notes",
            ],
            false,
        );
        check(
            &[
                "OFFICE VISIT",
                "Phone: 555-0100 Fax: 555-0101",
                "Date: 03/05/2024",
                "Low back pain.",
            ],
            false,
        );
        check(&["Fax", "Pain is 7/10."], false);
    }
}
