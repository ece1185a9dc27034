//! Sections and sentences of a text.
//!
//! Works on lines: headings open sections, list items and form rows stand alone,
//! wrapped lines are one paragraph, and clinical abbreviations do not end a sentence.

mod headings;
mod layout;
mod marker;
mod sentence;

use regex::Regex;

pub use headings::Headings;
use headings::{is_capitals, is_title, split_heading};
use layout::{GOES_ON, LEADS_ON, Layout};
use marker::marker_length;
use sentence::split_sentences;

use crate::fact::Section;
use crate::fold::Folded;
use crate::span::Span;
use crate::text::Text;

/// A sentence, list item or form row.
#[derive(Clone, Debug, PartialEq)]
pub struct Sentence {
    /// Its span in the folded text, without a bullet or number before it.
    pub span: Span,
    /// The section it stands in.
    pub section: Section,
    /// Which paragraph it is part of; sentences of one paragraph are neighbours.
    pub paragraph: usize,
    /// Whether it is an item of a list.
    pub item: bool,
    /// Whether its section is marked as copied from an earlier note.
    pub copied: bool,
    /// The heading it stands under, in the folded text; empty where there is none.
    pub heading: Span,
}

/// Sections that are lists of items, which may be in capitals and head nothing.
const ITEMIZED: &[Section] = &[
    Section::Assessment,
    Section::Plan,
    Section::PastMedicalHistory,
    Section::PastSurgicalHistory,
    Section::Medications,
    Section::Allergies,
    Section::Treatments,
];

/// Sections that a list of short entries fills; an unknown heading ends them.
const LISTS: &[Section] = &[
    Section::Medications,
    Section::Allergies,
    Section::FamilyHistory,
    Section::SocialHistory,
    Section::ReviewOfSystems,
    Section::Signature,
];

/// Sections that, once begun on their heading's line, end at an empty line.
const ENDS_AT_BLANK: &[Section] = &[Section::Allergies, Section::FamilyHistory, Section::Request];

/// Sections that an account of the patient's history is no part of.
const NO_HISTORY: &[Section] = &[
    Section::Procedure,
    Section::Medications,
    Section::Allergies,
    Section::FamilyHistory,
    Section::SocialHistory,
    Section::ReviewOfSystems,
    Section::Signature,
    Section::Data,
];

/// Sections whose heading is part of what its line says, as in "EMG: normal".
const KEEP_HEADING: &[Section] = &[
    Section::Signature,
    Section::Electrodiagnostics,
    Section::Imaging,
    Section::Request,
    Section::Outcomes,
    Section::Procedure,
    Section::Exam,
];

/// Words of the longest label of a form's line.
const LONGEST_LABEL: usize = 6;

/// Longest sentence, in bytes; no record that was looked at has one of a third of it. What has no
/// end, as a table without lines, is cut, since each word of a sentence is weighed against the others.
const LONGEST_SENTENCE: usize = 2_000;

/// Splits a part of a text into sentences, each with its section; `folded` is that part.
pub fn segment(text: &Text, within: Span, folded: &Folded, headings: &Headings) -> Vec<Sentence> {
    let mut segmenter = Segmenter {
        original: text.as_str(),
        folded,
        headings,
        layout: Layout::of(&text.as_str()[within.range()]),
        section: Section::Header,
        copied: false,
        heading: Span::default(),
        run_in: false,
        pointed: false,
        after_blank: false,
        paragraph: 0,
        unit: None,
        sentences: Vec::new(),
    };
    let mut start = within.start;
    for line in text.as_str()[within.range()].split_inclusive(['\n', '\u{c}']) {
        let end = start + line.trim_end().len();
        segmenter.take_line(Span::new(start.min(end), end));
        start += line.len();
    }
    segmenter.end_unit();
    segmenter.sentences
}

/// Lines that belong together, not yet split into sentences.
struct Unit {
    span: Span,
    item: bool,
    indent: usize,
    /// Where its last line begins.
    last_start: usize,
    /// Length of its last line in characters.
    last_length: usize,
}

struct Segmenter<'a> {
    original: &'a str,
    folded: &'a Folded,
    headings: &'a Headings,
    layout: Layout,
    section: Section,
    copied: bool,
    heading: Span,
    /// Whether the section's heading had text behind it on its line.
    run_in: bool,
    /// Whether the heading ended in a full stop: such a section is one paragraph.
    pointed: bool,
    after_blank: bool,
    paragraph: usize,
    unit: Option<Unit>,
    sentences: Vec<Sentence>,
}

impl Segmenter<'_> {
    fn take_line(&mut self, line: Span) {
        let words = &self.original[line.range()];
        let trimmed = words.trim_start();
        let indent = words.len() - trimmed.len();
        let start = line.start;
        let line = Span::new(start + indent, line.end);
        if !trimmed.chars().any(char::is_alphanumeric) && !trimmed.contains(['_', '[']) {
            self.end_unit();
            self.paragraph += 1;
            self.after_blank = true;
            return;
        }
        if self.after_blank
            && (self.pointed || self.run_in && ENDS_AT_BLANK.contains(&self.section))
            && marker_length(trimmed).is_none()
        {
            self.open(Section::Other, Span::new(line.start, line.start));
        }
        let tells = |begins: &Regex| begins.is_match(trimmed);
        if self.after_blank
            && NO_HISTORY.contains(&self.section)
            && self.headings.history.as_ref().is_some_and(tells)
        {
            self.end_unit();
            self.open(Section::History, Span::new(line.start, line.start));
        }
        let begins_paragraph = std::mem::take(&mut self.after_blank);
        if opens_letter(trimmed) {
            self.end_unit();
            self.open(Section::Other, Span::new(line.start, line.start));
        }
        if self.continues(trimmed, indent)
            && let Some(unit) = &mut self.unit
        {
            if self.original[..start].ends_with('\n') {
                unit.last_start = start;
            }
            unit.span.end = line.end;
            unit.last_length = indent + trimmed.chars().count();
            return;
        }
        self.end_unit();
        let line = self.take_heading(line, begins_paragraph);
        let rest = &self.original[line.range()];
        if rest.trim().is_empty() {
            return;
        }
        let marker = marker_length(rest);
        if marker.is_some() {
            self.paragraph += 1;
        }
        self.unit = Some(Unit {
            span: Span::new(line.start + marker.unwrap_or(0), line.end),
            item: marker.is_some() || rest.starts_with('['),
            indent,
            last_start: line.start + marker.unwrap_or(0),
            last_length: indent + trimmed.chars().count(),
        });
    }

    /// Whether a line goes on with the one before it.
    fn continues(&self, line: &str, indent: usize) -> bool {
        let Some(unit) = &self.unit else { return false };
        let before = self.original[unit.span.range()].trim_end();
        let Some(first) = line.chars().next() else { return false };
        if marker_length(line).is_some() || line.starts_with('[') || self.opens_section(line) {
            return false;
        }
        let ended = before.ends_with(['.', ':', '!', '?']);
        let last = self.original[unit.last_start..unit.span.end].trim_end();
        // A box at an item's head only marks it; several boxes make a row of a form.
        let form = |line: &str| {
            let boxes = |from: &str| from.matches("[ ]").count() + from.matches("[x]").count();
            line.contains("....") || boxes(line.trim_start().get(1..).unwrap_or("")) > 0
        };
        let bars = |line: &str| line.matches(" | ").count() > 1;
        let row = |line: &str| line.contains("   ") || form(line) || bars(line);
        let first_word = line.split(' ').next().map_or(0, |w| w.chars().count());
        let needed = unit.last_length + 1 + first_word;
        // A line that the next word would have had room on is one of its own, unless its last word leads on.
        let had_room = self.layout.leaves_room(needed) && !LEADS_ON.is_match(before);
        let full = self.layout.is_full(needed);
        let aside = first == '(' && !line.starts_with("( ") && !line.starts_with("(x");
        if (first.is_lowercase() || aside) && !ended {
            // Wide gaps are no sure sign of cells, but a row below a row is one.
            // Where a note begins its lines small, that a line begins so tells nothing: "gabapentin 300 mg
            // tid", "allergies none".
            let own = before.starts_with(char::is_lowercase)
                && indent <= unit.indent
                && !full
                && !LEADS_ON.is_match(before)
                && !GOES_ON.is_match(line);
            return !form(line) && !(row(line) && row(last)) && !had_room && !own;
        }
        if row(line) || row(last) || (is_labelled(line) && is_labelled(before)) {
            return false;
        }
        full || (unit.item && !ended && indent > unit.indent)
    }

    fn opens_section(&self, line: &str) -> bool {
        match split_heading(line) {
            Some((heading, _)) => self.headings.section(heading).is_some() || is_capitals(heading),
            None => {
                is_capitals(line)
                    || (is_title(line) && self.headings.section(line).is_some())
                    || self.headings.leading(line).is_some()
                    || self.headings.pointed(line).is_some()
            }
        }
    }

    /// Opens a section if the line begins with a heading; what stands behind it.
    ///
    /// Quick notes write headings small; such a one is known where it is the first line of its
    /// paragraph and nothing else stands on it.
    fn take_heading(&mut self, line: Span, begins_paragraph: bool) -> Span {
        let words = &self.original[line.range()];
        if words.starts_with(['[', '(']) {
            return line;
        }
        if let Some((heading, rest)) = split_heading(words) {
            let known = self.headings.section(heading).map(|section| {
                // Among what a social history tells, "Education: high school" teaches nobody.
                let schooling = section == Section::Education && !heading.contains(' ');
                let social = self.section == Section::SocialHistory && !rest.is_empty();
                if schooling && social { Section::SocialHistory } else { section }
            });
            let rest = Span::new(line.end - rest.len(), line.end);
            let own = Span::new(line.start, line.start + heading.len());
            if let Some(section) = known {
                self.open(section, own);
                self.run_in = !rest.is_empty();
                return if KEEP_HEADING.contains(&section) && !rest.is_empty() {
                    line
                } else {
                    rest
                };
            }
            if is_capitals(heading) && heading.chars().count() >= 3 && !self.goes_on_list(words) {
                // A sub-heading stays in its section, unless that is a list that it cannot be part of.
                if LISTS.contains(&self.section) || rest.is_empty() {
                    self.open(Section::Other, own);
                }
                if rest.is_empty() {
                    return rest;
                }
            }
            return line;
        }
        let formed = is_capitals(words) || is_title(words) || begins_paragraph;
        if let Some(section) = formed.then(|| self.headings.section(words)).flatten() {
            self.open(section, line);
            return Span::new(line.end, line.end);
        }
        if let Some((section, rest)) = self.headings.leading(words) {
            let rest = Span::new(line.end - rest.len(), line.end);
            self.open(section, Span::new(line.start, rest.start));
            self.run_in = true;
            return rest;
        }
        if let Some((section, length)) = self.headings.pointed(words) {
            let rest = Span::new(line.start + length, line.end);
            self.open(section, Span::new(line.start, line.start + length));
            self.pointed = true;
            return if KEEP_HEADING.contains(&section) { line } else { rest };
        }
        if is_capitals(words)
            && !words.contains("   ")
            && !self.goes_on_list(words)
            && words.chars().filter(|c| c.is_alphabetic()).count() >= 4
        {
            self.open(Section::Other, line);
            // An unknown line in capitals may still say something: a title, a procedure's name.
            return line;
        }
        line
    }

    /// Whether a line in capitals is an item of the section's list: "2. SCIATICA" below "IMPRESSION".
    fn goes_on_list(&self, line: &str) -> bool {
        let last = self.sentences.last().filter(|s| s.heading == self.heading);
        ITEMIZED.contains(&self.section)
            && marker_length(line).is_some()
            && last.is_none_or(|sentence| sentence.item)
    }

    fn open(&mut self, section: Section, heading: Span) {
        self.section = section;
        self.run_in = false;
        self.pointed = false;
        self.copied = self.headings.marks_copied(&self.original[heading.range()]);
        self.heading = self.folded.folded(heading);
        self.paragraph += 1;
    }

    fn end_unit(&mut self) {
        let Some(unit) = self.unit.take() else { return };
        for span in split_sentences(self.original, self.folded, self.folded.folded(unit.span)) {
            // A heading in capitals inside a line opens its section there.
            let mut span = span;
            if let Some((heading, rest)) = self.inner_heading(span) {
                let own = self.folded.original(heading);
                let section = self.headings.section(&self.original[own.range()]);
                self.open(section.unwrap_or(Section::Other), own);
                if !KEEP_HEADING.contains(&self.section) {
                    span = rest;
                }
            }
            self.push(span, unit.item);
        }
    }

    fn push(&mut self, span: Span, item: bool) {
        let mut rest = self.folded.trimmed(span);
        while !rest.is_empty() {
            let span = self.within_bounds(rest);
            self.sentences.push(Sentence {
                span,
                section: self.section,
                paragraph: self.paragraph,
                item,
                copied: self.copied,
                heading: self.heading,
            });
            rest = self.folded.trimmed(Span::new(span.end, rest.end));
        }
    }

    /// As much of a stretch as one sentence may hold, up to a space.
    fn within_bounds(&self, span: Span) -> Span {
        if span.len() <= LONGEST_SENTENCE {
            return span;
        }
        let words = self.folded.get(span);
        let most = words.floor_char_boundary(LONGEST_SENTENCE);
        let end = words[..most].rfind(' ').unwrap_or(most);
        Span::new(span.start, span.start + end)
    }

    /// A known heading in capitals at the start of a sentence inside a line, and what follows it.
    fn inner_heading(&self, span: Span) -> Option<(Span, Span)> {
        let colon = self.folded.get(span).get(..60.min(span.len())).and_then(|s| s.find(':'))?;
        let heading = Span::new(span.start, span.start + colon);
        let words = &self.original[self.folded.original(heading).range()];
        (is_capitals(words) && self.headings.section(words).is_some())
            .then(|| (heading, Span::new(heading.end + 1, span.end)))
    }
}

/// Whether a line answers a form's label: "Sleep: poor".
fn is_labelled(line: &str) -> bool {
    split_heading(line).is_some_and(|(label, answer)| {
        !answer.is_empty() && label.split_whitespace().count() <= LONGEST_LABEL
    })
}

/// Whether a line greets the reader of a letter, so that its subject lines have ended.
fn opens_letter(line: &str) -> bool {
    line.ends_with([':', ','])
        && line.chars().count() <= 60
        && (line.starts_with("Dear ") || line.to_lowercase().starts_with("to whom it may concern"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_without_an_end_is_cut_at_spaces() {
        let text = Text::from_plain(&"pain and ".repeat(1_000));
        let folded = Folded::new(&text);
        let whole = Span::new(0, text.as_str().len());
        let sentences = segment(&text, whole, &folded, &headings());
        let words = |s: &Sentence| folded.get(s.span).split(' ').count();
        assert_eq!(sentences.iter().map(words).sum::<usize>(), 2_000);
        assert!(sentences.iter().all(|s| s.span.len() <= LONGEST_SENTENCE));
        assert_eq!(sentences.len(), 5);
    }

    fn headings() -> Headings {
        let known = [
            ("medications", Section::Medications),
            ("assessment", Section::Assessment),
            ("allergies", Section::Allergies),
            ("hpi", Section::History),
            ("plan", Section::Plan),
            ("physical exam", Section::Exam),
            ("procedure", Section::Procedure),
        ];
        Headings::new(known.map(|(w, s)| (w.to_owned(), s)), vec!["copied forward".into()])
    }

    #[track_caller]
    fn check(note: &str, expect: &[(&str, &str)]) {
        let text = Text::from_plain(note);
        let folded = Folded::new(&text);
        let got: Vec<(&str, &str)> = segment(&text, Span::new(0, note.len()), &folded, &headings())
            .iter()
            .map(|s| (s.section.as_str(), folded.get(s.span)))
            .collect();
        assert_eq!(got, expect);
    }

    #[test]
    fn abbreviations_and_decimals_do_not_end_a_sentence() {
        check(
            "Seen by Dr. Who. Methadone 2.5 mg p.o. b.i.d. was stopped. Better.",
            &[
                ("header", "seen by dr. who."),
                ("header", "methadone 2.5 mg p.o. b.i.d. was stopped."),
                ("header", "better."),
            ],
        );
    }

    #[test]
    fn a_lost_full_stop_ends_a_sentence_before_words_that_begin_one() {
        check(
            "No clonus The patient walks with a cane. When she walks, He said, IT HURTS AND SHE STOPS there.",
            &[
                ("header", "no clonus"),
                ("header", "the patient walks with a cane."),
                ("header", "when she walks, he said, it hurts and she stops there."),
            ],
        );
    }

    #[test]
    fn headings_stand_alone_or_run_in() {
        check(
            "MEDICATIONS:\n1. Norco 10/325 mg p.o. q.i.d.\n2.  Tenormin\nALLERGIES:  Sulfa.\nHPI (copied forward from 01/02/2025)\nPain.",
            &[
                ("medications", "norco 10/325 mg p.o. q.i.d."),
                ("medications", "tenormin"),
                ("allergies", "sulfa."),
                ("history", "pain."),
            ],
        );
    }

    #[test]
    fn a_small_heading_begins_a_paragraph() {
        check(
            "Seen today.\n\nplan\n1. Rest.\nand the\nplan\nis that.",
            &[("header", "seen today."), ("plan", "rest."), ("plan", "and the plan is that.")],
        );
    }

    #[test]
    fn a_known_heading_may_end_in_a_full_stop() {
        check(
            "Plan. Rest at home.\n\nMedications. Norco.\n\nAssessment. Sciatica.\n\nSeen by me.",
            &[
                ("plan", "rest at home."),
                ("other", "medications."),
                ("other", "norco."),
                ("assessment", "sciatica."),
                ("other", "seen by me."),
            ],
        );
    }

    #[test]
    fn lists_inside_a_line_are_parted() {
        check(
            "ASSESSMENT: 1. Chronic pain. 2. Lumbar radiculopathy 3. Opioid use",
            &[
                ("assessment", "chronic pain."),
                ("assessment", "lumbar radiculopathy"),
                ("assessment", "opioid use"),
            ],
        );
    }

    #[test]
    fn letters_in_brackets_and_arrows_begin_items_and_amounts_do_not() {
        check(
            "ASSESSMENT:\n(a) Chronic pain.\n(b) Lumbar radiculopathy.\n> Neck pain\n> 50 % relief",
            &[
                ("assessment", "chronic pain."),
                ("assessment", "lumbar radiculopathy."),
                ("assessment", "neck pain"),
                ("assessment", "> 50 % relief"),
            ],
        );
    }

    #[test]
    fn notes_that_begin_their_lines_small_have_a_sentence_a_line() {
        check(
            "PLAN\ngabapentin 300 mg tid\nduloxetine 60 mg qd with\nbreakfast\nallergies none",
            &[
                ("plan", "gabapentin 300 mg tid"),
                ("plan", "duloxetine 60 mg qd with breakfast"),
                ("plan", "allergies none"),
            ],
        );
    }

    #[test]
    fn wrapped_lines_are_one_sentence_and_rows_are_not() {
        let wrapped = "PLAN: We will proceed with the block that was talked about at the last\nvisit of the patient to our clinic, with the usual precautions that are\ntaken in these cases.\nSide:     [x] Left\nUnits:    1\nAnd this is a line that is as long as the other lines of this paragraph\nhere.";
        check(
            wrapped,
            &[
                (
                    "plan",
                    "we will proceed with the block that was talked about at the last visit of the patient to our clinic, with the usual precautions that are taken in these cases.",
                ),
                ("plan", "side: [x] left"),
                ("plan", "units: 1"),
                (
                    "plan",
                    "and this is a line that is as long as the other lines of this paragraph here.",
                ),
            ],
        );
    }

    #[test]
    fn lines_of_a_form_with_labels_stand_alone() {
        check(
            "Gait: limping, with a cane\nHeel walk: cannot be tried\nSqueeze test: it was not\ntried today\nTinel: positive",
            &[
                ("header", "gait: limping, with a cane"),
                ("header", "heel walk: cannot be tried"),
                ("header", "squeeze test: it was not tried today"),
                ("header", "tinel: positive"),
            ],
        );
    }

    #[test]
    fn a_heading_inside_a_line_opens_its_section() {
        check(
            "HPI: It hurts. MEDICATIONS: Lyrica. PLAN: Rest.",
            &[("history", "it hurts."), ("medications", "lyrica."), ("plan", "rest.")],
        );
    }
}
