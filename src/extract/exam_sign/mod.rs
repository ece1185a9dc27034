//! Signs on examination: named tests, and places that are tender.

mod answer;
mod answered;
mod choice;
mod other_side;
mod pressed;
mod side;
mod table;

use answer::Answer;

use super::{CheckBox, ColumnAnswer, Draft, Note, Token, find_side, tokens};
use crate::fact::{
    ExamSign, Experiencer, Kind, Origin, Polarity, Section, Side, Sign, SignPolarity, Time,
};
use crate::lexicon::{CueCategory, WordPattern};
use crate::span::Span;
use crate::tag::Mention;

const GROUPS: &[&str] = &["exam-sign", "exam-site", "exam-word"];

/// That a letter tells of an examination.
static EXAMINES: WordPattern = WordPattern::new(r"\b{exam-word/examines}\b");

/// That a sentence tells of patients at large.
static GENERAL: WordPattern = WordPattern::new(r"\b{exam-word/general}\b");

/// Behind the name of a group of tests: that a form asks for them, and that they follow.
static ASKS: WordPattern = WordPattern::new(r"\b{exam-word/asks}\b");

/// A verb that has somebody look for a sign: "examine", "palpate".
static SEEKS: WordPattern = WordPattern::new(r"^{exam-word/seeks}$");

/// How far behind words that tell of another pain the usual one may be named, in bytes.
const UNLIKE_REACH: usize = 12;

/// That pressing brings on some other pain than the complaint: "but it is a different pain".
static OTHER_PAIN: WordPattern = WordPattern::new(r"\b{exam-word/other-pain}\b|\bnot reproduce\b");

static NAMES: WordPattern = WordPattern::new(r"[(:]|\b{exam-word/lists}\b");

/// Reads every sign that a note reports.
pub(super) fn read(note: &Note<'_>, drafts: &mut Vec<Draft>) {
    for sentence in &note.sentences {
        let named = note.mentions_in("exam-sign", sentence.span).next().is_some();
        let placed = note.mentions_in("exam-site", sentence.span).next().is_some();
        // What is palpated during a procedure leads the needle and is no finding.
        if !(named || placed) || sentence.section == Section::Procedure {
            if !(named || placed) {
                other_side::read_alone(note, sentence, drafts);
            }
            continue;
        }
        // "Patients with this condition are tender over the crest" is no finding.
        if GENERAL.of(note.lexicon).is_match(note.get(sentence.span)) {
            continue;
        }
        let row = Row { note, span: sentence.span, tokens: tokens(note, sentence.span, GROUPS) };
        let first = drafts.len();
        if !row.read_boxes(drafts) {
            for at in 0..row.tokens.len() {
                let before = drafts.len();
                match row.group(at) {
                    Some("exam-sign") => row.read_sign(at, drafts),
                    Some("exam-site") => row.read_site(at, drafts),
                    _ => {}
                }
                if drafts.len() == before + 1 {
                    row.read_other_side(drafts);
                }
            }
        }
        if drafts.len() == first {
            row.read_pressed_there(drafts);
        }
        share_sides(note, &mut drafts[first..]);
    }
}

/// "Left crest: tender (crest point sign positive)", "tender over the right occipital nerve with
/// a positive Tinel's": the second finding has the first one's side.
fn share_sides(note: &Note<'_>, drafts: &mut [Draft]) {
    let of = |draft: &Draft| match &draft.kind {
        Kind::ExamSign(sign) => Some((sign.sign, sign.name.clone(), sign.side)),
        _ => None,
    };
    for at in 1..drafts.len() {
        let (Some(before), Some(own)) = (of(&drafts[at - 1]), of(&drafts[at])) else { continue };
        let gap =
            Span::new(drafts[at - 1].span.end.min(drafts[at].span.start), drafts[at].span.start);
        let joined = matches!(note.get(gap).trim(), "with" | "with a" | "w/" | "w/ a");
        let same = own.2.is_none() && (joined || (own.0, &own.1) == (before.0, &before.1));
        if let (true, Kind::ExamSign(sign)) = (same, &mut drafts[at].kind) {
            sign.side = before.2;
        }
    }
}

/// What a sign's answer asserts.
fn set_polarity(draft: &mut Draft, polarity: SignPolarity) {
    draft.assertion.polarity = match polarity {
        SignPolarity::Negative => Polarity::Negated,
        SignPolarity::Positive => Polarity::Affirmed,
    };
}

struct Row<'a, 'n> {
    note: &'a Note<'n>,
    span: Span,
    tokens: Vec<Token>,
}

impl Row<'_, '_> {
    fn group(&self, at: usize) -> Option<&str> {
        let mention = self.tokens.get(at)?.mention()?;
        Some(self.note.lexicon.group_name(mention.group))
    }

    fn word(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |t| self.note.get(t.span))
    }

    /// The id of an answering word.
    fn answer_id(&self, at: usize) -> Option<&str> {
        let mention =
            self.tokens.get(at)?.mention().filter(|_| self.group(at) == Some("exam-word"))?;
        Some(self.note.concept(mention).id.as_str())
    }

    fn is_sign(&self, at: usize) -> bool {
        matches!(self.group(at), Some("exam-sign" | "exam-site"))
    }

    /// Test rows with boxes; whether the sentence is one.
    fn read_boxes(&self, drafts: &mut Vec<Draft>) -> bool {
        let boxes = self.note.boxes_in(self.span);
        let Some(first) = boxes.first() else { return false };
        let head = (0..self.tokens.len())
            .take_while(|&at| self.tokens[at].span.end <= first.span.start)
            .filter(|&at| self.is_sign(at))
            .last();
        let mut ticked_any = false;
        let from = drafts.len();
        let side_boxes: Vec<Side> = boxes
            .iter()
            .filter(|b| b.ticked)
            .filter_map(|b| match self.note.get(b.label) {
                "l" | "lt" | "left" => Some(Side::Left),
                "r" | "rt" | "right" => Some(Side::Right),
                "both" | "bilateral" | "b/l" => Some(Side::Bilateral),
                _ => None,
            })
            .collect();
        let ticked_side = match side_boxes[..] {
            [side] => Some(side),
            [Side::Left, Side::Right] => Some(Side::Bilateral),
            _ => None,
        };
        for tick in &boxes {
            if !tick.ticked {
                continue;
            }
            ticked_any = true;
            let inside = |at: &usize| tick.label.contains(self.tokens[*at].span);
            let answer = (0..self.tokens.len())
                .filter(inside)
                .find_map(|at| self.polarity_word(at).or_else(|| self.plus_or_minus(at)))
                .map(|answer| answer.polarity)
                .or_else(|| self.tender_in(tick.label))
                .or_else(|| {
                    let (yes, _) = self.note.yes_or_no(self.note.get(tick.label))?;
                    Some(if yes { SignPolarity::Positive } else { SignPolarity::Negative })
                });
            let own = (0..self.tokens.len())
                .filter(inside)
                .find(|&at| self.group(at) == Some("exam-sign"));
            let (sign_at, polarity) = match (own, head, answer) {
                (Some(own), _, answer) => (own, answer.unwrap_or(SignPolarity::Positive)),
                (None, Some(head), Some(answer)) => (head, answer),
                _ => continue,
            };
            // "[ ] left [x] right" alone answers for the side only.
            let Some(mention) = self.tokens[sign_at].mention() else { continue };
            let span = mention.span.union(tick.label);
            let side = self
                .side_before_box(mention.span, tick)
                .or_else(|| {
                    let start = self.span.start.min(mention.span.start);
                    self.note.side_in(Span::new(start, mention.span.start))
                })
                .or_else(|| self.note.side_in(tick.label))
                .or(ticked_side);
            let mut draft = self.draft(mention, span, Some(polarity), side);
            draft.assertion.origin = Origin::Checkbox;
            drafts.push(draft);
        }
        let head = head.and_then(|at| self.tokens[at].mention());
        if let Some(mention) = head.filter(|_| !ticked_any) {
            self.push_blank(mention, drafts);
        }
        // "Crest tenderness: [x] L [ ] R" says where it is tender.
        if let (Some(mention), Some(side)) = (head, ticked_side)
            && drafts.len() == from
            && self.note.get(mention.span).contains("tender")
        {
            let positive = Some(SignPolarity::Positive);
            let mut draft = self.draft(mention, mention.span, positive, Some(side));
            draft.assertion.origin = Origin::Checkbox;
            drafts.push(draft);
        }
        true
    }

    /// "Iliac crest  [x] tender": what a box says of the place before it.
    fn tender_in(&self, label: Span) -> Option<SignPolarity> {
        (0..self.tokens.len()).filter(|&at| label.contains(self.tokens[at].span)).find_map(|at| {
            match self.answer_id(at) {
                Some("tender") => Some(SignPolarity::Positive),
                Some("nontender") => Some(SignPolarity::Negative),
                _ => None,
            }
        })
    }

    /// "Crest tenderness? No": what is asked is as it is answered behind the question.
    fn as_answered(
        &self,
        mention: &Mention,
        polarity: Option<SignPolarity>,
    ) -> Option<SignPolarity> {
        match self.note.answer_to(mention.span) {
            Some(crate::extract::Answer::No) => Some(SignPolarity::Negative),
            Some(crate::extract::Answer::Blank) => None,
            _ => polarity,
        }
    }

    /// The side named last between a sign and a box, as in "R [ ] pos [x] neg  L [x] pos".
    fn side_before_box(&self, sign: Span, tick: &CheckBox) -> Option<Side> {
        let between = Span::new(sign.end.min(tick.span.start), tick.span.start);
        let words = self.note.get(between);
        words
            .rsplit([' ', ':', ']', '['])
            .find_map(|word| find_side(word.trim_matches(|c: char| !c.is_alphanumeric())))
    }

    fn push_blank(&self, mention: &Mention, drafts: &mut Vec<Draft>) {
        let side = self.note.side_in(Span::new(self.span.start, mention.span.start));
        let mut draft = self.draft(mention, mention.span, None, side);
        draft.assertion.polarity = Polarity::Unknown;
        drafts.push(draft);
    }

    fn draft(
        &self,
        mention: &Mention,
        span: Span,
        polarity: Option<SignPolarity>,
        side: Option<Side>,
    ) -> Draft {
        let polarity = self.as_answered(mention, polarity);
        let concept = self.note.concept(mention);
        let sign: Sign =
            concept.field("sign").unwrap_or(&concept.id).parse().unwrap_or(Sign::OtherProvocation);
        let name = (sign == Sign::OtherProvocation)
            .then(|| concept.field("name").unwrap_or(self.note.get(mention.span)).to_owned());
        let reproduces_pain =
            (polarity == Some(SignPolarity::Positive)).then(|| self.reproduces(mention)).flatten();
        let side = side.or_else(|| self.side_of_topic());
        let mut asserted = self.note.assert(mention.span);
        // The answer itself says that it was examined.
        if asserted.assertion.time != Time::Past {
            asserted.assertion.time = Time::Current;
        }
        let kind = ExamSign { sign, polarity, side, reproduces_pain, name };
        let mut draft = Draft::new(span, kind, self.note.rule(mention), asserted);
        set_polarity(&mut draft, polarity.unwrap_or_default());
        draft.date = self.note.date.filter(|_| polarity.is_some());
        draft
    }

    /// Whether the sentence tells of an examination: by its section, or in a letter by its own
    /// words or those before it.
    fn is_examination(&self) -> bool {
        let Some(own) = self.note.sentence_index(self.span) else { return false };
        let this = &self.note.sentences[own];
        let says = |words: &str| EXAMINES.of(self.note.lexicon).is_match(words);
        let before = self.note.sentences[..=own].iter().rev();
        this.section == Section::Exam
            || before
                .take_while(|s| s.paragraph == this.paragraph && s.section == this.section)
                .any(|s| says(self.note.get(s.span)))
    }

    /// "Sacroiliac tests, namely Gaenslen and FABER": the tests by name are the findings.
    fn heads_a_list(&self, at: usize) -> bool {
        let Some(mention) = self.tokens[at].mention() else { return false };
        let general = ["si-provocation", "provocation-tests"];
        let named = (at + 1..(at + 6).min(self.tokens.len()))
            .take_while(|&i| !matches!(self.word(i), "." | ";") && self.polarity_word(i).is_none())
            .position(|i| self.is_sign(i));
        let words = named.map(|n| {
            self.note.get(Span::new(mention.span.end, self.tokens[at + 1 + n].span.start))
        });
        // "Positive tests (at least 3 required):" asks.
        let rest = self.note.get(Span::new(mention.span.end, self.span.end));
        let asks = ASKS.of(self.note.lexicon).is_match(rest);
        general.contains(&self.note.concept(mention).id.as_str())
            && (asks || words.is_some_and(|words| NAMES.of(self.note.lexicon).is_match(words)))
    }

    /// "Impingement test (FADIR)": a test's other name in brackets is no second finding.
    fn is_named_again(&self, at: usize) -> bool {
        at >= 2
            && self.is_sign(at - 2)
            && self.word(at - 1) == "("
            && self.word(at + 1) == ")"
            && self.polarity_word(at + 2).is_some()
    }

    /// Whether the sentence says that the usual pain comes on.
    fn reproduces(&self, mention: &Mention) -> Option<bool> {
        let found = self.tokens.iter().enumerate().find(|(at, token)| {
            self.answer_id(*at) == Some("reproduces") && !mention.span.overlaps(token.span)
        });
        let words = self.note.get(self.span);
        let alone = (0..self.tokens.len()).filter(|&at| self.is_sign(at)).count() == 1;
        let other = OTHER_PAIN.of(self.note.lexicon).find(words).filter(|_| alone);
        let Some((_, token)) = found else { return other.map(|_| false) };
        // "different from her usual pain"
        let unlike = |m: regex::Match<'_>| {
            let (start, end) = (self.span.start + m.start(), self.span.start + m.end());
            start <= token.span.start && token.span.start <= end + UNLIKE_REACH
        };
        if other.is_some_and(unlike) {
            return Some(false);
        }
        let asserted = self.note.assert(token.span);
        Some(!asserted.has(CueCategory::Negated, self.note.lexicon))
    }

    fn read_sign(&self, at: usize, drafts: &mut Vec<Draft>) {
        let token = self.tokens[at];
        let Some(mention) = token.mention() else { return };
        let concept = self.note.concept(mention);
        let asserted = self.note.assert(mention.span);
        if asserted.assertion.experiencer != Experiencer::Patient {
            return;
        }
        // "SLR: ____"
        let after = self.note.get(Span::new(token.span.end, self.span.end));
        let after = after.trim_start_matches([':', ' ', '.']);
        if after.starts_with("__") {
            return self.push_blank(mention, drafts);
        }
        if self.is_not_done(at)
            || self.heads_a_list(at)
            || self.is_named_again(at)
            || self.read_cells(at, mention, drafts)
        {
            return;
        }
        if let Some((answer, tick)) = self.note.column_answer(token.span) {
            return self.read_column(mention, answer, tick, drafts);
        }
        if let Some(led) = self.note.led_answer(token.span, token.span.end) {
            let answer = match led.done {
                Some(true) => ColumnAnswer::Yes,
                Some(false) => ColumnAnswer::No,
                None => ColumnAnswer::Blank,
            };
            return self.read_column(mention, answer, token.span, drafts);
        }
        let behind = Span::new(token.span.end, self.span.end.max(token.span.end));
        if let Some(choice) = choice::read(self.note.lexicon, self.note.get(behind)) {
            let Some(polarity) = choice.polarity else { return self.push_blank(mention, drafts) };
            let span = Span::new(token.span.start, behind.start + choice.end);
            let side = self.side_of(Span::new(self.span.start, token.span.start));
            drafts.push(self.draft(mention, span, Some(polarity), side));
            return;
        }
        if let Some((first, second)) = self.split_by_side(at) {
            for (answer, side) in [first, second] {
                let span = token.span.union(answer.span);
                drafts.push(self.draft(mention, span, Some(answer.polarity), Some(side)));
            }
            return;
        }
        let found = self
            .count_of_five(at)
            .or_else(|| self.answer_just_before(at))
            .or_else(|| self.answer_after(at))
            .or_else(|| self.answer_of_list(at));
        let negated = asserted.has(CueCategory::Negated, self.note.lexicon);
        let (answer, by_context) = match found {
            Some(answer) => (answer, false),
            None if negated => {
                (Answer { polarity: SignPolarity::Negative, span: token.span }, true)
            }
            None if concept.field("present").is_some() => {
                (Answer { polarity: SignPolarity::Positive, span: token.span }, false)
            }
            // Names of things found on palpation are findings when nothing denies them.
            None if concept.field("noun").is_some()
                || self.note.get(token.span).contains("tender") =>
            {
                if !self.is_examination() || asserted.assertion.time == Time::Planned {
                    return;
                }
                (Answer { polarity: SignPolarity::Positive, span: token.span }, false)
            }
            None => match self.reproducing_verb(at) {
                Some(answer) => (answer, false),
                None => return,
            },
        };
        // "compression" and the like are tests only with an answer of their own or in a list of tests.
        if concept.field("word").is_some()
            && by_context
            && !self
                .tokens
                .iter()
                .enumerate()
                .any(|(i, _)| i != at && self.group(i) == Some("exam-sign"))
            && !self.note.get(token.span).contains("sign")
            && !self.note.get(token.span).contains("test")
        {
            return;
        }
        // An answer beyond other tests is shared, and is no part of this one's words.
        let between = |t: &Token| {
            (t.span.start >= token.span.end && t.span.end <= answer.span.start)
                || (t.span.start >= answer.span.end && t.span.end <= token.span.start)
        };
        let shared = (0..self.tokens.len()).any(|i| self.is_sign(i) && between(&self.tokens[i]));
        let span = if shared { token.span } else { token.span.union(answer.span) };
        drafts.push(self.draft(mention, span, Some(answer.polarity), self.side(at, answer.span)));
    }

    /// A row of a table whose columns are answers.
    fn read_column(
        &self,
        mention: &Mention,
        answer: ColumnAnswer,
        tick: Span,
        drafts: &mut Vec<Draft>,
    ) {
        let polarity = match answer {
            ColumnAnswer::Yes => SignPolarity::Positive,
            ColumnAnswer::No => SignPolarity::Negative,
            ColumnAnswer::Blank => return self.push_blank(mention, drafts),
        };
        let side = self.side_of(Span::new(self.span.start, tick.start.max(self.span.start)));
        let mut draft = self.draft(mention, mention.span.union(tick), Some(polarity), side);
        draft.assertion.origin = Origin::Checkbox;
        drafts.push(draft);
    }

    /// A place that the sentence calls tender or free of tenderness.
    fn read_site(&self, at: usize, drafts: &mut Vec<Draft>) {
        let token = self.tokens[at];
        let Some(mention) = token.mention() else { return };
        let apart = |from: usize, to: usize| {
            (from..to).any(|i| {
                self.word(i) == ";" || matches!(self.word(i), "but" | "without" | "although")
            })
        };
        let near = |i: &usize| match self.answer_id(*i) {
            Some("tender") => !apart(at.min(*i), at.max(*i)),
            Some("nontender") => !apart(at.min(*i), at.max(*i)),
            _ => false,
        };
        let before = (at.saturating_sub(22)..at).rev().find(near);
        let after = (at + 1..(at + 11).min(self.tokens.len())).find(near);
        let after = after.or_else(|| self.far_behind(at, near).filter(|_| before.is_none()));
        let distance = |i: usize| i.abs_diff(at) + usize::from(i > at) * self.commas(at, i) * 4;
        let word = match (before, after) {
            (Some(b), Some(a)) => {
                if distance(b) <= distance(a) {
                    b
                } else {
                    a
                }
            }
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) if self.read_answered(at, drafts) => return,
            (None, None) => return self.read_pressed(at, drafts),
        };
        let tender = self.tokens[word].span;
        let asserted = self.note.assert(tender);
        if asserted.assertion.experiencer != Experiencer::Patient
            || matches!(asserted.assertion.time, Time::Planned | Time::Hypothetical)
        {
            return;
        }
        // "Examine the iliac crest for tenderness" finds nothing.
        let sought = word > 0 && self.word(word - 1) == "for";
        if sought && (0..word).any(|i| SEEKS.of(self.note.lexicon).is_match(self.word(i))) {
            return;
        }
        // "R SI joint nontender, L SI joint tender": each has its own answer.
        let own = |hit: Span| !(0..self.tokens.len()).any(|i| self.answers_another(i, word, hit));
        let denied = asserted.cues.iter().any(|hit| {
            self.note.lexicon.cues[hit.cue].category == CueCategory::Negated && own(hit.span)
        });
        let negated = self.answer_id(word) == Some("nontender") || denied;
        let polarity = if negated { SignPolarity::Negative } else { SignPolarity::Positive };
        // "SI joint exam: SI joints are nontender" is one finding, at the nearer naming.
        let nearer = (0..self.tokens.len()).any(|i| {
            let same = self.tokens[i].mention().is_some_and(|m| m.concept == mention.concept);
            i != at && same && i.abs_diff(word) < at.abs_diff(word) && (i < word) == (at < word)
        });
        if nearer {
            return;
        }
        let span = token.span.union(tender);
        drafts.push(self.draft(mention, span, Some(polarity), self.side(at, tender)));
    }

    /// Whether a token is another answer than `word`, and is what a cue was found in.
    fn answers_another(&self, at: usize, word: usize, cue: Span) -> bool {
        at != word && self.answer_id(at) == Some("nontender") && self.tokens[at].span.overlaps(cue)
    }

    fn commas(&self, from: usize, to: usize) -> usize {
        (from..to).filter(|&i| self.word(i) == ",").count()
    }
}
