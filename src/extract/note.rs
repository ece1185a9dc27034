//! A text prepared for the readers.

use std::borrow::Cow;
use std::sync::OnceLock;

use super::blank;
use super::checkbox::brackets;
use super::lines::Lines;
use super::rows::{Gap, gaps};
use super::{CheckBox, DateMention, check_boxes, find_dates, find_levels, find_side};
use crate::context::{self, Asserted};
use crate::date::PartialDate;
use crate::fact::{Assertion, Kind, Side};
use crate::fold::Folded;
use crate::halt;
use crate::lexicon::{Concept, Lexicon, WordPattern};
use crate::repair::{self, Repair};
use crate::segment::{Sentence, segment};
use crate::span::Span;
use crate::tag::{CueHit, Mention, tag};
use crate::text::Text;

/// A text with its sentences, mentions, cues and dates. All spans count in the folded text.
///
/// What readers ask it in their loops ends their work where that is over ([`halt::look`]).
pub struct Note<'a> {
    /// The text as written.
    pub text: &'a Text,
    /// The text as rules see it.
    pub folded: Folded,
    /// Words that are taken for others than OCR read, in text order.
    pub repairs: Vec<Repair>,
    /// The lexicon in use.
    pub lexicon: &'a Lexicon,
    /// Sentences in text order, not overlapping.
    pub sentences: Vec<Sentence>,
    /// Mentions by group, then in text order.
    mentions: Vec<Mention>,
    /// Where each group's mentions begin, and where the last one's end.
    groups: Vec<usize>,
    /// Cues in text order.
    pub cues: Vec<CueHit>,
    /// Dates in text order.
    pub dates: Vec<DateMention>,
    /// The record's lines.
    pub(super) lines: Lines,
    /// What parts the cells of the record's lines.
    pub(super) gaps: Vec<Gap>,
    /// Where check boxes may begin.
    brackets: Vec<usize>,
    /// Labels of boxes that are not ticked, in text order.
    unticked: Vec<Span>,
    /// The day that the note itself is of: its date of service, study or request.
    pub date: Option<PartialDate>,
    /// What a text is that has no title, by what it tells.
    pub(super) untitled: OnceLock<Option<&'static str>>,
}

/// A fact before its place is looked up.
#[derive(Clone, PartialEq)]
#[cfg_attr(test, derive(Debug))]
pub struct Draft {
    /// The shortest span that carries the fact's head, in the folded text.
    pub span: Span,
    /// What it says.
    pub kind: Kind,
    /// The lexicon entry or pattern that made it.
    pub rule: String,
    /// How it is said.
    pub assertion: Assertion,
    /// The cues that modified it.
    pub cues: Vec<CueHit>,
    /// When it happened or was measured.
    pub date: Option<PartialDate>,
    /// How sure the rule is, 0-1, before OCR.
    pub confidence: f32,
}

impl Draft {
    /// A draft with the sentence's assertion.
    pub fn new(
        span: Span,
        kind: impl Into<Kind>,
        rule: impl Into<String>,
        asserted: Asserted,
    ) -> Self {
        Self {
            span,
            kind: kind.into(),
            rule: rule.into(),
            assertion: asserted.assertion,
            cues: asserted.cues,
            date: None,
            confidence: 0.9,
        }
    }
}

/// What leads to a day of birth on its line: "DOB 01/01/1900", "born on".
static BIRTH: WordPattern =
    WordPattern::new(r"(?:^|[^a-z]){title/birth}(?: ?\(?[a-z/]{2,10}\)?)?[ :.|_=#(-]*(?:on )?$");

/// How far before a day its label may stand (bytes).
const LABEL_REACH: usize = 30;

fn is_birth(folded: &Folded, date: Span, lexicon: &Lexicon) -> bool {
    let text = folded.as_str();
    let from = text.ceil_char_boundary(date.start.saturating_sub(LABEL_REACH));
    BIRTH.of(lexicon).is_match(&text[from..date.start])
}

impl<'a> Note<'a> {
    /// Prepares a text.
    pub fn new(text: &'a Text, lexicon: &'a Lexicon) -> Self {
        Self::of(text, Span::new(0, text.as_str().len()), lexicon)
    }

    /// Prepares a part of a text.
    pub fn of(text: &'a Text, within: Span, lexicon: &'a Lexicon) -> Self {
        let repairs = repair::find(text, within, lexicon);
        let mut taken: Vec<(Span, &str)> =
            repairs.iter().map(|repair| (repair.span, repair.taken_for.as_str())).collect();
        taken.extend(blank::taken(text, within));
        taken.sort_by_key(|(span, _)| span.start);
        taken.dedup_by(|next, first| next.0.start < first.0.end);
        let folded = Folded::with(text, within, taken);
        let sentences = segment(text, within, &folded, &lexicon.headings);
        let (mentions, cues) = tag(&folded, lexicon, &sentences);
        let begins = |group: usize| mentions.partition_point(|m| m.group < group);
        let groups = (0..=lexicon.count_groups()).map(begins).collect();
        // A day of birth dates nothing that a record tells.
        let mut dates = find_dates(folded.as_str());
        dates.retain(|date| !is_birth(&folded, date.span, lexicon));
        let lines = Lines::of(text, within, &folded);
        let gaps = gaps(text.as_str(), within, &folded);
        let brackets = brackets(folded.as_str());
        let mut note = Self {
            text,
            folded,
            repairs,
            lexicon,
            sentences,
            mentions,
            groups,
            cues,
            dates,
            lines,
            gaps,
            brackets,
            unticked: Vec::new(),
            date: None,
            untitled: OnceLock::new(),
        };
        note.unticked = note.find_unticked();
        note.date = note.find_own_date();
        note
    }

    /// The whole folded text.
    pub fn str(&self) -> &str {
        self.folded.as_str()
    }

    /// The words of a span of the folded text.
    pub fn get(&self, span: Span) -> &str {
        self.folded.get(span)
    }

    /// The words of a span as the record writes them.
    pub fn as_written(&self, span: Span) -> &str {
        &self.text.as_str()[self.folded.original(span).range()]
    }

    /// Mentions of a group (a file under `lexicons/concepts/`, or `drug`) in text order.
    pub fn mentions(&self, group: &str) -> impl Iterator<Item = &Mention> + use<'_, 'a> {
        self.group_mentions(group).iter()
    }

    /// Mentions of all groups.
    pub fn all_mentions(&self) -> &[Mention] {
        &self.mentions
    }

    fn group_mentions(&self, group: &str) -> &[Mention] {
        let group = self.lexicon.group(group);
        let range = group.map_or(0..0, |group| self.groups[group]..self.groups[group + 1]);
        &self.mentions[range]
    }

    /// Mentions of a group inside a span.
    pub fn mentions_in(
        &self,
        group: &str,
        span: Span,
    ) -> impl Iterator<Item = &Mention> + use<'_, 'a> {
        halt::look();
        let all = self.group_mentions(group);
        let first = all.partition_point(|m| m.span.start < span.start);
        all[first..].iter().take_while(move |m| m.span.end <= span.end)
    }

    /// The concept of a mention.
    pub fn concept(&self, mention: &Mention) -> &'a Concept {
        halt::look();
        &self.lexicon.concepts[mention.concept]
    }

    /// The id of the rule that made a mention: group and concept.
    pub fn rule(&self, mention: &Mention) -> String {
        [self.lexicon.group_name(mention.group), "/", &self.concept(mention).id].concat()
    }

    /// The sentence that a span starts in.
    pub fn sentence_at(&self, span: Span) -> Option<&Sentence> {
        self.sentence_index(span).map(|index| &self.sentences[index])
    }

    /// The number of the sentence that a span starts in.
    pub fn sentence_index(&self, span: Span) -> Option<usize> {
        halt::look();
        let index = self.sentences.partition_point(|s| s.span.end <= span.start);
        self.sentences.get(index).filter(|s| s.span.start <= span.start).map(|_| index)
    }

    /// How the sentence says what stands at a span.
    pub fn assert(&self, span: Span) -> Asserted {
        match self.sentence_at(span) {
            Some(sentence) => {
                let cues = self.cues_about(sentence, span);
                context::assert(&self.folded, self.lexicon, &cues, sentence, span)
            }
            None => Asserted::default(),
        }
    }

    /// The cues that may modify a span: "never" of "[x] current [ ] never" says nothing of what
    /// stands outside its label.
    fn cues_about(&self, sentence: &Sentence, span: Span) -> Cow<'_, [CueHit]> {
        let first = self.unticked.partition_point(|label| label.end <= sentence.span.start);
        let within = |label: &&Span| label.start < sentence.span.end;
        let mut labels = self.unticked[first..].iter().take_while(within).peekable();
        if labels.peek().is_none() {
            return Cow::Borrowed(&self.cues);
        }
        let others: Vec<Span> = labels.copied().filter(|label| !label.contains(span)).collect();
        let first = self.cues.partition_point(|hit| hit.span.end <= sentence.span.start);
        let inside = self.cues[first..].iter().take_while(|hit| hit.span.start < sentence.span.end);
        let counts = |hit: &&CueHit| !others.iter().any(|label| label.contains(hit.span));
        Cow::Owned(inside.filter(counts).copied().collect())
    }

    /// Whether a span stands in the label of a box that is not ticked.
    pub fn is_unticked(&self, span: Span) -> bool {
        self.unticked_around(span).is_some()
    }

    /// The same, where the label is not that of what stands at a byte: "[ ] TENS - never tried" tells
    /// of TENS.
    pub fn is_unticked_beside(&self, span: Span, at: usize) -> bool {
        self.unticked_around(span).is_some_and(|label| !(label.start <= at && at <= label.end))
    }

    /// The label of a box that is not ticked which holds a span.
    fn unticked_around(&self, span: Span) -> Option<Span> {
        let next = self.unticked.partition_point(|label| label.end < span.end);
        self.unticked.get(next).copied().filter(|label| label.contains(span))
    }

    /// The words of a span with blanks in place of what boxes offer that are not ticked: "12 visits"
    /// of `[ ] 0-5 visits [x] 12 visits`.
    pub fn said(&self, span: Span) -> Cow<'_, str> {
        let first = self.unticked.partition_point(|label| label.end <= span.start);
        let mut labels =
            self.unticked[first..].iter().take_while(|label| label.start < span.end).peekable();
        let words = self.get(span);
        if labels.peek().is_none() {
            return Cow::Borrowed(words);
        }
        let mut said = String::with_capacity(words.len());
        let mut at = span.start;
        // What stands in a label's own words is said of it.
        for label in labels.filter(|label| label.start > span.start || label.end == span.start) {
            let (start, end) = (label.start.max(at), label.end.clamp(at, span.end));
            said += self.get(Span::new(at, start));
            said.extend(std::iter::repeat_n(' ', end.saturating_sub(start)));
            at = end.max(at);
        }
        Cow::Owned(said + self.get(Span::new(at, span.end)))
    }

    /// What of a box's label is its own: the "no" of "[ ] No  Date: 05/06/2025", else its cell.
    pub(super) fn own_words(&self, label: Span) -> Span {
        if let Some((_, rest)) = self.yes_or_no(self.get(label)) {
            return Span::new(label.start, label.end - rest.len());
        }
        let original = self.folded.original(label);
        let next = self.gaps.partition_point(|gap| gap.written.start <= original.start);
        match self.gaps.get(next).filter(|gap| gap.written.start < original.end) {
            Some(gap) => {
                let cell = Span::new(original.start, gap.written.start);
                self.trimmed(self.folded.folded(cell))
            }
            None => label,
        }
    }

    fn find_unticked(&self) -> Vec<Span> {
        let labels = |sentence: &Sentence| {
            let boxes = self.boxes_in(sentence.span);
            let unticked = boxes.into_iter().filter(|b| !b.ticked).map(|b| self.own_words(b.label));
            unticked.filter(|label| !label.is_empty())
        };
        self.sentences.iter().flat_map(labels).collect()
    }

    /// The heading that a sentence stands under, in the folded text.
    pub fn heading(&self, sentence: &Sentence) -> &str {
        self.get(sentence.heading)
    }

    /// Dates inside a span.
    pub fn dates_in(&self, span: Span) -> impl Iterator<Item = &DateMention> {
        let first = self.dates.partition_point(|d| d.span.start < span.start);
        self.dates[first..].iter().take_while(move |d| d.span.end <= span.end)
    }

    /// Whether a span shares a byte with a date.
    pub fn is_dated(&self, span: Span) -> bool {
        let next = self.dates.partition_point(|d| d.span.end <= span.start);
        self.dates.get(next).is_some_and(|d| d.span.start < span.end)
    }

    /// Spinal levels inside a span, as "L4-5", "S1".
    pub fn levels_in(&self, span: Span) -> Vec<String> {
        find_levels(self.get(span)).into_iter().map(|(_, level)| level).collect()
    }

    /// The side that a span names.
    pub fn side_in(&self, span: Span) -> Option<Side> {
        find_side(self.get(span))
    }

    /// Whether a check box may begin in a span.
    pub fn may_hold_boxes(&self, span: Span) -> bool {
        let next = self.brackets.partition_point(|at| *at < span.start);
        self.brackets.get(next).is_some_and(|at| *at < span.end)
    }

    /// The check boxes of a sentence with their labels.
    pub fn boxes_in(&self, span: Span) -> Vec<CheckBox> {
        if !self.may_hold_boxes(span) {
            return Vec::new();
        }
        check_boxes(&self.folded, self.text, span, self.lexicon)
    }
}

crate::withhold_debug!(Draft);
