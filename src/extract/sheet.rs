//! The sheet on which a service is asked for, under whatever title: by its rows.

use std::sync::LazyLock;

use regex::Regex;

use super::Note;
use crate::lexicon::WordPattern;
use crate::pattern::fixed_regex;

/// What numbers a row before its label: "3  ", "B. ", "13a ", "> ".
static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"^(?:[(\[]?(?:\d{1,2}[a-z]?|[a-z])[.):\]]+ ?|\d{1,2}[a-z]? {2,}|[>*-] ?|\d{1,2}[a-z]? )?",
    )
});

/// Labels of rows that only those who ask for a service fill in, and of rows that others have as well.
static OWN_ROW: WordPattern = WordPattern::new(r"^{request/sheet-row}\b");
static ANY_ROW: WordPattern = WordPattern::new(r"^{request/any-row}\b");

/// The code of a procedure that is asked for.
static CODED: LazyLock<Regex> =
    LazyLock::new(|| fixed_regex(r"\b(?:20[56]\d{2}|27\d{3}|6[24]\d{3})\b"));

/// How many rows make a sheet of a paper with a code, and how many of them only such sheets have.
const ROWS: usize = 5;
const OWN_ROWS: usize = 2;

/// Whether a note is the sheet on which a service is asked for.
pub(super) fn is_request_sheet(note: &Note<'_>) -> bool {
    if !CODED.is_match(note.str()) {
        return false;
    }
    let (mut own, mut any) = (0, 0);
    for line in note.written_lines() {
        let words = note.get(line).trim_start();
        let label = &words[NUMBER.find(words).map_or(0, |number| number.end())..];
        // A row has its label apart from what fills it: by a colon, a gap or a line to write on.
        let parted = || {
            let first = note.cells(line).len();
            first > 1 || label.contains([':', '?']) || label.contains("__")
        };
        if OWN_ROW.of(note.lexicon).is_match(label) && parted() {
            own += 1;
        } else if ANY_ROW.of(note.lexicon).is_match(label) && parted() {
            any += 1;
        }
    }
    own >= OWN_ROWS && own + any >= ROWS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::Lexicon;
    use crate::text::Text;

    #[track_caller]
    fn check(record: &str, expect: bool) {
        let lexicon = Lexicon::embedded().unwrap();
        let text = Text::from_plain(record);
        assert_eq!(is_request_sheet(&Note::new(&text, &lexicon)), expect, "{record}");
    }

    #[test]
    fn rows_tell_a_sheet_whatever_its_title() {
        check(
            "NOTICE OF OUTPATIENT PROCEDURE\nA. Member      TEST, PATIENT\nB. Procedure   Facet injection   CPT 64493\nC. Side        [x] left\nD. Units       ____\nE. Purpose     [ ] test [ ] treatment\n",
            true,
        );
        check(
            "INTAKE BY PHONE\ncaller          Staff 2\nmember          TEST, PATIENT\nordering        Provider 1, MD\ncode            64450\nunits           1\nside            right\n",
            true,
        );
    }

    #[test]
    fn a_record_that_is_billed_is_no_sheet() {
        check(
            "VISIT\nPatient: TEST, PATIENT\nDiagnosis: hip pain\nSide: left\nCPT: 99213, 64450\nPlan: return in June\n",
            false,
        );
    }
}
