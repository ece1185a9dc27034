//! Rows of forms and tables: "Sleep: wakes twice", "Walking | 10 min | 45 min", "Dressing   Yes".

use super::super::{ColumnAnswer, Draft, Note};
use super::asks::{Asks, WORDS, asks_above, asks_of};
use super::{GROUP, amount, is_after_procedure, is_foreign, parse, touch};
use crate::fact::{Activity, Experiencer, Function, Limitation, Origin, Polarity, Section, Time};
use crate::lexicon::WordPattern;
use crate::segment::Sentence;
use crate::span::Span;
use crate::tag::Mention;

/// Words that answer for an activity, in a group of the lexicon.
const ANSWERS: &str = "function-answer";

/// Longest label of a row, in words.
const LONGEST_LABEL: usize = 9;

/// Labels that head a part of the record and ask for no one activity.
static GENERAL: WordPattern = WordPattern::new(r"^{function-row/general}\b");

/// No trouble, in one word.
static DENIES: WordPattern = WordPattern::new(r"^{function-row/denies}$");

/// What a cell says of an activity.
struct Said {
    span: Span,
    limitation: Limitation,
    amount: Option<Span>,
}

/// A row: its label, what is said behind it, and what it asks.
struct Row<'a, 'n> {
    note: &'a Note<'n>,
    label: Span,
    values: Vec<Span>,
    activities: Vec<Mention>,
    asks: Option<Asks>,
}

/// Reads every row that begins with an activity but those in `done`; the places that were read.
pub(super) fn read(note: &Note<'_>, done: &[Span], drafts: &mut Vec<Draft>) -> Vec<Span> {
    let mut read: Vec<Span> = Vec::new();
    for mention in note.mentions(GROUP) {
        if note.concept(mention).field("role") != Some("activity")
            || read.last().is_some_and(|last| mention.span.start < last.end)
            || touch(done, mention.span)
        {
            continue;
        }
        let Some(sentence) = note.sentence_at(mention.span) else { continue };
        if is_foreign(sentence.section) || is_after_procedure(note, mention.span) {
            continue;
        }
        let Some(row) = Row::at(note, mention) else { continue };
        let before = drafts.len();
        row.read(sentence, drafts);
        if drafts.len() > before {
            let end = row.values.last().map_or(row.label.end, |value| value.end);
            read.push(Span::new(row.label.start, end));
        }
    }
    read
}

impl<'a, 'n> Row<'a, 'n> {
    /// The row that an activity labels.
    fn at(note: &'a Note<'n>, mention: &Mention) -> Option<Self> {
        let line = note.line_of(mention.span);
        let cells = note.cells(line);
        let own = cells.iter().position(|cell| cell.contains(mention.span))?;
        let cell = cells[own];
        let mark = note.get(Span::new(mention.span.end, cell.end)).find([':', '?']);
        let mut label = Span::new(cell.start, mark.map_or(cell.end, |at| mention.span.end + at));
        // "Sit: 20 min. Stand: 10 min": the label begins behind what is said before.
        let lead = note.get(Span::new(cell.start, mention.span.start));
        if let Some(at) = lead.rfind(['.', ':', ';', ',', ']', '-', '*', '\u{2022}', ')']) {
            let sign = lead[at..].chars().next().map_or(1, char::len_utf8);
            label.start = cell.start + at + sign;
        }
        let label = note.trimmed(label);
        let is_activity = |m: &&Mention| note.concept(m).field("role") == Some("activity");
        let activities: Vec<Mention> =
            note.mentions_in(GROUP, label).filter(is_activity).copied().collect();
        let words = note.get(label);
        // Two spaces behind a sentence's end part no cells.
        if mark.is_none() && words.ends_with(['.', '!', ',', ';']) {
            return None;
        }
        let asked = asks_of(note, label, mention);
        if words.split_whitespace().count() > LONGEST_LABEL
            || GENERAL.of(note.lexicon).is_match(words)
            || !is_label(note, label, &activities, asked.is_some())
        {
            return None;
        }
        let mut values = Vec::new();
        if let Some(at) = mark {
            let rest = note.trimmed(Span::new(mention.span.end + at + 1, cell.end));
            if !rest.is_empty() {
                values.push(first_statement(note, rest));
            }
        }
        for &next in &cells[own + 1..] {
            let before = note.get(Span::new(mention.span.end, next.start)).trim_end();
            if before.ends_with('.') {
                break;
            }
            let labelled = note.get(next).contains(':') && mark.is_some();
            let labels = |m: &Mention| m.span.start == next.start && is_activity(&m);
            // A box's label has no other box for its value.
            let next_box = note.is_unticked(mention.span) && !note.boxes_in(next).is_empty();
            if labelled || next_box || note.mentions_in(GROUP, next).any(labels) {
                break;
            }
            values.push(next);
        }
        let above = || note.lines_above(line).find_map(|above| asks_above(note, above));
        (!values.is_empty()).then(|| Self {
            note,
            label,
            values,
            activities,
            asks: asked.or_else(above),
        })
    }

    fn read(&self, sentence: &Sentence, drafts: &mut Vec<Draft>) {
        let heads = self.heads();
        let first = drafts.len();
        for (index, said) in self.said(heads.is_some()) {
            let stage = heads.as_ref().and_then(|heads| self.stage(heads, self.values[index]));
            for mention in &self.activities {
                let concept = self.note.concept(mention);
                let Some(activity) = parse::<Activity>(concept.field("activity")) else { continue };
                // The first cell is quoted with its label, the next ones by themselves.
                let span =
                    if drafts.len() == first { self.label.union(said.span) } else { said.span };
                let mut asserted = self.note.assert(self.label);
                if asserted.assertion.experiencer != Experiencer::Patient {
                    return;
                }
                match stage {
                    Some(Stage::Earlier) => asserted.assertion.time = Time::Past,
                    Some(Stage::Latest) => asserted.assertion.time = Time::Current,
                    Some(Stage::Goal) => asserted.assertion.origin = Origin::GoalOrEducation,
                    None => {}
                }
                let amount = said.amount.map(|span| self.note.as_written(span).to_owned());
                let function = Function { activity, limitation: Some(said.limitation), amount };
                let mut draft = Draft::new(span, function, self.note.rule(mention), asserted);
                draft.assertion.polarity = Polarity::Affirmed;
                // "Sports/hobbies" are one activity by two names.
                let same = drafts[first..].iter().any(|d| {
                    d.kind == draft.kind && (d.span == span || d.span.end == said.span.end)
                });
                // On examination a squat or a bent spine is a test.
                let examined = activity == Activity::Bending && sentence.section == Section::Exam
                    || activity == Activity::Other && self.note.get(self.label).contains("squat");
                if !same && !examined {
                    drafts.push(draft);
                }
            }
        }
    }

    /// What the row's cells say, each with its number.
    fn said(&self, staged: bool) -> Vec<(usize, Said)> {
        let cells = || self.values.iter().enumerate();
        if staged {
            return cells().filter_map(|(i, &v)| Some((i, self.value(v)?))).collect();
        }
        if let Some(said) = self.ticked() {
            return vec![said];
        }
        let amounts =
            self.values.iter().filter(|v| !amount::find(self.note, **v).is_empty()).count();
        let mut found: Vec<(usize, Said)> =
            cells().filter_map(|(i, &v)| Some((i, self.value(v)?))).collect();
        // Two amounts are of two days; else what follows an answer is a comment on it.
        if amounts < 2 {
            found.truncate(1);
            if let [(0, said)] = found.as_mut_slice()
                && let [_, .., last] = self.values[..]
                && said.limitation == Limitation::Limited
            {
                let comment = Span::new(said.span.end.min(last.end), last.end);
                said.limitation = self.given_up(comment);
            }
        }
        found
    }

    /// What one cell says.
    fn value(&self, value: Span) -> Option<Said> {
        let note = self.note;
        let boxes = note.boxes_in(value);
        let value = match boxes.as_slice() {
            [] => value,
            boxes => boxes.iter().find(|b| b.ticked)?.label,
        };
        let words = note.get(value);
        let denies = || DENIES.of(note.lexicon).is_match(words);
        let said = note.yes_or_no(words).or_else(|| denies().then_some((false, "")));
        let answer = match (said, self.asks) {
            (Some((true, _)), Some(Asks::Trouble)) => Some(self.given_up(value)),
            (Some((false, "")), Some(Asks::Trouble)) => Some(Limitation::Independent),
            (Some((yes, rest)), Some(Asks::Ability))
                if rest.is_empty() || rest.starts_with([',', ' ', '-', ';', '(']) =>
            {
                Some(if yes { Limitation::Independent } else { Limitation::Unable })
            }
            _ => None,
        };
        if let Some(limitation) = answer {
            return Some(Said { span: value, limitation, amount: None });
        }
        let named = self.named(value);
        let sleeps =
            self.activities.iter().any(|m| note.concept(m).field("activity") == Some("sleep"));
        let amount = amount::find(note, value).first().copied();
        let limitation = match amount {
            Some(amount) if sleeps => amount::of_sleep(note, amount).or(named)?,
            Some(_) if named == Some(Limitation::Independent) => Limitation::Independent,
            // "Work   clerk, 40 hours" is a whole week's.
            Some(amount)
                if self.works()
                    && amount::is_full_week(note, amount)
                    && note
                        .get(Span::new(amount.end, value.end.max(amount.end)))
                        .trim()
                        .is_empty()
                    && note.get(Span::new(value.start, amount.start)).split(' ').count() <= 4 =>
            {
                Limitation::Independent
            }
            // "Lifting: 50 lb daily at the plant" tells of the day's work.
            Some(amount) if named.is_none() && amount::is_habit(note, amount.end, value.end) => {
                return None;
            }
            Some(_) => Limitation::Limited,
            None => named?,
        };
        Some(Said { span: value, limitation, amount })
    }

    /// Whether the row is of work.
    fn works(&self) -> bool {
        self.activities.iter().any(|m| self.note.concept(m).field("activity") == Some("work"))
    }

    /// The limit that the words of a cell name.
    fn named(&self, value: Span) -> Option<Limitation> {
        let note = self.note;
        let answers = note.mentions_in(ANSWERS, value);
        let cues = note.mentions_in(GROUP, value).filter(|m| {
            let concept = note.concept(m);
            match concept.field("role") {
                Some("cue") => concept.field("bare").is_none(),
                Some("state") => self
                    .activities
                    .iter()
                    .any(|a| note.concept(a).field("activity") == concept.field("activity")),
                _ => false,
            }
        });
        answers
            .chain(cues)
            .min_by_key(|m| (m.span.start, usize::MAX - m.span.end))
            .and_then(|m| parse(note.concept(m).field("limitation")))
    }

    /// How far a comment on a "yes" limits: "gave up volleyball" is more than a limit.
    fn given_up(&self, comment: Span) -> Limitation {
        let stopped =
            self.note.mentions_in(GROUP, comment).any(|m| self.note.concept(m).id == "given-up");
        if stopped { Limitation::Unable } else { Limitation::Limited }
    }

    /// The answer by the column of a tick: under "yes" or "no", or under words of its own.
    fn ticked(&self) -> Option<(usize, Said)> {
        let note = self.note;
        let index = self.values.iter().position(|v| note.is_tick(*v))?;
        let tick = self.values[index];
        let limitation = match (note.column_answer(self.label), self.asks) {
            (Some((ColumnAnswer::Yes, _)), Some(Asks::Trouble)) => Limitation::Limited,
            (Some((ColumnAnswer::No, _)), Some(Asks::Trouble)) => Limitation::Independent,
            (Some((ColumnAnswer::Yes, _)), Some(Asks::Ability)) => Limitation::Independent,
            (Some((ColumnAnswer::No, _)), Some(Asks::Ability)) => Limitation::Unable,
            (Some(_), _) => return None,
            (None, _) => {
                let named = |head| note.mentions_in(ANSWERS, head).next().is_some();
                let heads = note.heads_above(note.line_of(self.label), named)?;
                self.named(note.in_line_with(&heads, tick)?)?
            }
        };
        Some((index, Said { span: tick, limitation, amount: None }))
    }

    /// The heads of columns of several days, where the row stands below such.
    fn heads(&self) -> Option<Vec<Span>> {
        let note = self.note;
        note.lines_above(note.line_of(self.label)).find_map(|above| {
            let heads = note.cells(above);
            let staged = heads.iter().filter(|h| stage_of(note, **h).is_some()).count();
            (staged >= 2 && heads.len() <= staged + 2).then_some(heads)
        })
    }

    fn stage(&self, heads: &[Span], value: Span) -> Option<Stage> {
        stage_of(self.note, self.note.in_line_with(heads, value)?)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Earlier,
    Latest,
    Goal,
}

/// What a column's head says of its cells; "Eval (1/9)" and "Discharge 3/1/24" are heads too.
fn stage_of(note: &Note<'_>, head: Span) -> Option<Stage> {
    let words = note.get(head);
    let bare = words.find(|c: char| c == '(' || c.is_ascii_digit()).unwrap_or(words.len());
    let bare = note.trimmed(Span::new(head.start, head.start + bare));
    let named = note.mentions_in(WORDS, bare).find(|m| m.span == bare)?;
    match note.concept(named).id.as_str() {
        "earlier" => Some(Stage::Earlier),
        "latest" => Some(Stage::Latest),
        "goal" => Some(Stage::Goal),
        // "Current" heads a column as well as it stands in a label.
        _ => note.get(bare).starts_with("current").then_some(Stage::Latest),
    }
}

/// Whether a label names activities and little else.
pub(super) fn is_label(note: &Note<'_>, label: Span, activities: &[Mention], asked: bool) -> bool {
    let known = |m: &&Mention| asked || note.concept(m).id == "label";
    let mut covered: Vec<Span> =
        note.mentions_in(WORDS, label).filter(known).map(|m| m.span).collect();
    covered.extend(activities.iter().map(|m| m.span));
    covered.sort();
    let ends = covered.iter().copied().chain([Span::new(label.end, label.end)]);
    let mut at = label.start;
    for next in ends {
        let gap = note.get(Span::new(at.min(next.start), next.start));
        if gap.contains(char::is_alphanumeric) {
            return false;
        }
        at = at.max(next.end);
    }
    !activities.is_empty()
}

/// A value up to the next statement on its line: "20 min; Stand: 10 min".
fn first_statement(note: &Note<'_>, value: Span) -> Span {
    let words = note.get(value);
    let sentence = note.sentence_at(value).map_or(value.end, |s| s.span.end.max(value.start + 1));
    let mut end = value.start + words.find([';', '|']).unwrap_or(words.len());
    end = end.min(sentence);
    let next = note.mentions_in(GROUP, value).find(|m| {
        m.span.start > value.start
            && m.span.end < end
            && note.get(Span::new(m.span.end, end)).trim_start().starts_with([':', '='])
    });
    if let Some(next) = next {
        let before = note.get(Span::new(value.start, next.span.start));
        end = value.start + before.rfind([',', '.']).unwrap_or(before.len());
    }
    note.trimmed(Span::new(value.start, end.max(value.start)))
}
