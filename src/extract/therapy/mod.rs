//! Treatments without drugs or needles: physical therapy, home exercise, CBT, braces.

mod asked;
mod course;
mod discharge;
mod measured;
mod needs;
mod other_part;
mod pt;
mod put_on;
mod row;
mod schedule;
mod source;
mod standing;
mod told;
mod visit_log;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::duration::{season_in, year_in};
use super::outcome::{OutcomeRead, outcome_before, outcome_in};
use super::scope::{Reach, names, names_any, reaches};
use super::status::{answered_no, of_neither, status_of, within_status};
use super::{Draft, Note, Stage, course_in};
use crate::context::Asserted;
use crate::fact::{
    Certainty, Origin, Outcome, Polarity, Section, Therapy, TherapyKind, TherapyStatus, Time,
};
use crate::lexicon::WordPattern;
use crate::pattern::fixed_regex;
use crate::segment::Sentence;
use crate::span::Span;
use crate::tag::Mention;
use needs::{Needs, is_had, is_kept, is_less, is_told_to, near, reached_by, without_owner};
use pt::is_physical_therapy;
use schedule::{find_frequency, find_visits, find_weeks, supervised_in};
use standing::{default_status, is_plan, status_in_words};

const GROUP: &str = "therapy";

/// How far behind a therapy's name its quote may reach (bytes).
const QUOTE_REACH: usize = 90;

/// A therapy named in a sentence.
struct Head {
    span: Span,
    kind: TherapyKind,
    /// Whether the words say that a therapist was there.
    supervised: bool,
    /// Whether the words themselves say that there was none.
    denies: bool,
    /// Whether the words themselves say that it was given up.
    over: bool,
    /// Whether the words themselves say that it failed.
    failed: bool,
    /// What the words need around them before they count.
    needs: Needs,
    rule: String,
}

/// Reads every therapy that the text names.
pub(super) fn read(note: &Note<'_>, drafts: &mut Vec<Draft>) {
    let indices: BTreeSet<usize> =
        note.mentions(GROUP).filter_map(|m| note.sentence_index(m.span)).collect();
    let from = drafts.len();
    for index in indices {
        read_sentence(note, index, drafts);
    }
    put_on::read(note, drafts);
    discharge::read(note, drafts, from);
    other_part::read(note, drafts, from);
}

fn read_sentence(note: &Note<'_>, index: usize, drafts: &mut Vec<Draft>) {
    let sentence = &note.sentences[index];
    let heads = heads_of(note, sentence);
    if heads.is_empty() {
        return;
    }
    let mut spans: Vec<Span> = heads.iter().map(|head| head.span).collect();
    spans.extend(
        note.mentions_in("drug", sentence.span)
            .map(|m| m.span)
            .filter(|span| !heads.iter().any(|head| head.span.overlaps(*span))),
    );
    spans.sort();
    let reaches = reaches(note, index, &spans);
    for head in &heads {
        if let Some(&reach) = reaches.iter().find(|reach| reach.head == head.span) {
            // A sentence that names a therapy speaks of that one.
            let follow = reach.follow.filter(|next| !names(note, GROUP, *next));
            let follow = follow.or_else(|| pain_told_behind(note, index, head, &reach));
            drafts.extend(read_head(note, sentence, head, &Reach { follow, ..reach }));
        }
    }
}

fn heads_of(note: &Note<'_>, sentence: &Sentence) -> Vec<Head> {
    let mut heads: Vec<Head> = Vec::new();
    for mention in note.mentions_in(GROUP, sentence.span) {
        let concept = note.concept(mention);
        let Some(kind) = concept.field("therapy").and_then(|t| t.parse::<TherapyKind>().ok())
        else {
            continue;
        };
        let needs = concept.field("needs").unwrap_or_default();
        let labels = needs == "pt" && pt::labels_row(note, mention);
        if (matches!(needs, "pt" | "capitals") && !in_capitals(note, mention) && !labels)
            || (needs == "pt"
                && (within_status(note, sentence.span, mention.span)
                    || !is_physical_therapy(note, sentence, mention)))
            || (matches!(needs, "alone" | "rhythm") && names_another(note, sentence, mention))
            || (needs == "course" && !course::may_be(note, sentence, mention))
            || (needs == "alone" && course::of_something_else(note, sentence.span))
            || (concept.field("harms").is_some() && schedule::began_it(note, sentence, mention))
            || source::gave_exercises(note, sentence, mention)
        {
            continue;
        }
        // "our pain psychologist for cognitive behavioral therapy" is one.
        if let Some(last) =
            heads.last_mut().filter(|last| last.kind == kind && kind != TherapyKind::Other)
            && last.span.end <= mention.span.start
        {
            let gap = note.get(Span::new(last.span.end, mention.span.start));
            if one_thing(note, gap) {
                last.span.end = mention.span.end;
                last.supervised |= concept.field("supervised").is_some();
                continue;
            }
        }
        heads.push(Head {
            span: mention.span,
            kind,
            supervised: concept.field("supervised").is_some(),
            denies: concept.field("denies").is_some(),
            over: concept.field("over").is_some(),
            failed: concept.field("over") == Some("failed"),
            needs: Needs::of(needs),
            rule: note.rule(mention),
        });
    }
    heads
}

/// Whether a sentence names a therapy besides the one of a mention, or the same exercises before it.
fn names_another(note: &Note<'_>, sentence: &Sentence, mention: &Mention) -> bool {
    // "our therapy department ... 13 supervised visits": the bare word is of the same.
    let bare = |other: &Mention| note.concept(other).field("needs") == Some("course");
    note.mentions_in(GROUP, sentence.span).any(|other| {
        !other.span.overlaps(mention.span)
            && !bare(other)
            && !source::gave_exercises(note, sentence, other)
            && (other.concept != mention.concept || other.span.start < mention.span.start)
    })
}

/// Words between two names of one therapy.
static JOINS: WordPattern = WordPattern::new(
    r"^(?:\(|for|with|of|in|our|the|a|via|through|by|including|and|{therapy/joins})$",
);

/// Whether the words between two names of one therapy join them to one: "for", "with our".
fn one_thing(note: &Note<'_>, gap: &str) -> bool {
    let joins = JOINS.of(note.lexicon);
    gap.split_whitespace().count() <= 4 && gap.split_whitespace().all(|word| joins.is_match(word))
}

fn in_capitals(note: &Note<'_>, mention: &Mention) -> bool {
    let letters = note.as_written(mention.span);
    letters.chars().all(|c| !c.is_lowercase())
}

fn read_head(note: &Note<'_>, sentence: &Sentence, head: &Head, reach: &Reach) -> Option<Draft> {
    let asserted = note.assert(head.span);
    let own = note.said(reach.own);
    let own = own.as_ref();
    let answer_line = own.trim_start_matches([' ', ':', '.', '?', '-']);
    if ["__", "n/a", "not applicable"].iter().any(|blank| answer_line.starts_with(blank))
        || matches!(sentence.section, Section::Allergies | Section::Procedure)
        || note.choice_is_open(head.span)
        || course::is_of_everybody(note, sentence.span)
        || course::is_unanswered(note, head.span)
        || note.row_left_empty(head.span)
        || told::might_help(own)
    {
        return None;
    }
    if head.failed {
        let told = asserted.assertion.is_told_as_fact()
            && note.box_of(head.span).is_none_or(|b| b.ticked)
            && !answered_no(note, reach)
            && !OF_ALL.is_match(note.get(sentence.span));
        return told.then(|| said_itself(head, asserted));
    }
    if head.denies || head.over {
        return Some(said_itself(head, asserted));
    }
    // "Not doing her home exercises as often": she does them.
    let less = head.kind == TherapyKind::HomeExercise && is_less(own);
    let status_read = status_of(note, reach, sentence.span.end)
        .filter(|read| !(less && read.status == "not_taken"));
    let outcome = outcome_in(note, reach.own)
        .or_else(|| (reach.tail != reach.own).then(|| outcome_in(note, reach.tail)).flatten())
        .or_else(|| outcome_before(note, reach.lead))
        .or_else(|| measured::outcome(note, reach.own))
        .or_else(|| reach.follow.and_then(|follow| outcome_in(note, follow)))
        .or_else(|| reach.follow.and_then(|follow| measured::outcome(note, follow)));
    let outcome = outcome.and_then(|read| read.as_answered(note));
    let outcome =
        if of_neither(note, reach) { outcome.map(OutcomeRead::of_neither) } else { outcome };
    let row = row::answer(note, head.span);
    let outcome = row.as_ref().and_then(|row| row.outcome_read(note)).or(outcome);
    // What a list shares stands behind its last item, what a course needs may stand before the first.
    let around =
        Span::new(reach.lead.start.max(reach.head.start.saturating_sub(40)), reach.head.start);
    let around = Span::new(note.str().ceil_char_boundary(around.start).min(around.end), around.end);
    let mut course = course_in(note, reach.own);
    if reach.tail != reach.own {
        course = course.or(course_in(note, reach.tail));
    }
    let before = course_in(note, around);
    // "eight weeks of PT", "six weeks PT"
    let of = note.get(around).trim_end().ends_with("of")
        || before
            .duration
            .is_some_and(|d| note.get(Span::new(d.end, around.end)).trim().is_empty());
    if of {
        course.duration = course.duration.or(before.duration);
    }
    let whole_sentence = head.needs == Needs::Course;
    if whole_sentence {
        course = course.or(course_in(note, sentence.span));
    } else if is_course(head.kind) {
        course = course.or(course::told_before(note, sentence, reach));
    }
    let visits = find_visits(note.lexicon, own)
        // "eleven supervised sessions" are the therapy's own words.
        .or_else(|| find_visits(note.lexicon, note.get(head.span)))
        .or_else(|| of.then(|| find_visits(note.lexicon, note.get(around))).flatten())
        .or_else(|| {
            (reach.tail != reach.own)
                .then(|| find_visits(note.lexicon, note.get(reach.tail)))
                .flatten()
        })
        .or_else(|| {
            whole_sentence.then(|| find_visits(note.lexicon, note.get(sentence.span))).flatten()
        });
    // "home exercises as well as twice daily gabapentin": that rhythm is the next one's.
    let of_next = |stretch: Span, found: &schedule::Often| {
        stretch.end < sentence.span.end && note.get(stretch)[found.span.end..].trim().is_empty()
    };
    let frequency = find_frequency(note.lexicon, own)
        .filter(|found| !of_next(reach.own, found))
        .or_else(|| {
            (reach.tail != reach.own)
                .then(|| find_frequency(note.lexicon, note.get(reach.tail)))
                .flatten()
                .filter(|found| !of_next(reach.tail, found))
        });
    // "a daily home program"
    let frequency = frequency.or_else(|| {
        find_frequency(note.lexicon, note.get(around))
            .filter(|found| note.get(around)[found.span.end..].trim().is_empty())
    });
    let frequency = frequency.or_else(|| {
        whole_sentence.then(|| find_frequency(note.lexicon, note.get(sentence.span))).flatten()
    });
    // "Physical therapy? Yes   If yes, number of visits: 12   Outcome: no change"
    let details = note.if_so(head.span).or_else(|| note.row_goes_on(head.span));
    let visits = visits.or_else(|| details.and_then(|d| find_visits(note.lexicon, note.get(d))));
    let outcome = outcome.or_else(|| details.and_then(|d| outcome_in(note, d)));
    let outcome = outcome.or_else(|| details.and_then(|d| measured::outcome(note, d)));
    if let Some(details) = details {
        course = course.or(course_in(note, details));
    }
    let boxes = note.boxes_in(sentence.span);
    let boxed = note.box_of(head.span);
    let blank = course::is_blank(own);
    if blank && boxed.is_none() && boxes.is_empty() && status_read.is_none() && row.is_none() {
        return None;
    }
    let boxed_time = note.boxed_time(head.span);
    let answer = boxes
        .iter()
        .find(|b| b.ticked && b.span.start >= head.span.end && b.span.start < reach.own.end);
    // The tick of a row below "Yes   No" has no label of its own.
    let answer = answer
        .map(|b| note.get(b.label))
        .filter(|label| !label.is_empty() || row.as_ref().is_none_or(|row| row.done));
    if let Some(empty) = boxed
        && !empty.ticked
        && status_read.is_none_or(|s| s.status != "not_taken")
    {
        return None;
    }
    // A row of boxes of which none is ticked says nothing.
    if boxed.is_none()
        && answer.is_none()
        && row.is_none()
        && boxes.iter().any(|b| b.span.start >= head.span.end)
    {
        return None;
    }
    // "01/2022 through 03/2022, physical therapy" is dated before its name.
    let entry = note
        .dates_in(Span::new(sentence.span.start, head.span.start))
        .next()
        .is_some_and(|date| date.span.start == sentence.span.start);
    let dated = course.start.is_some()
        || course.stop.is_some()
        || entry
        || note.dates_in(reach.own).next().is_some();
    let evidence = details.is_some()
        || status_read.is_some()
        || row.is_some()
        || outcome.is_some()
        || frequency.is_some()
        || dated
        || boxed.is_some_and(|b| b.ticked)
        || answer.is_some();
    // "told to do her exercises every day"
    let told_to = head.kind == TherapyKind::HomeExercise && is_told_to(note, reach.lead);
    let has_needs = match head.needs {
        Needs::Nothing => true,
        Needs::Rhythm => frequency.is_some() || told::was_left(note, status_read, reach),
        Needs::Course => {
            visits.is_some() && (dated || course.duration.is_some() || frequency.is_some())
                || course.duration.is_some() && dated
        }
        Needs::Kept => {
            !told_to
                && (is_kept(note, head.span, status_read, frequency.is_some())
                    || told::was_left(note, status_read, reach)
                    || reach.begins(note) && frequency.is_some())
        }
        Needs::Evidence => {
            let course_told = visits.is_some() || course.start.is_some() && course.stop.is_some();
            outcome.is_some()
                || row.is_some()
                || status_read.is_some_and(|read| is_had(note, read, head.span, course_told))
        }
    };
    if !has_needs {
        return None;
    }
    let header = matches!(sentence.section, Section::Header | Section::Signature);
    if header && !evidence && visits.is_none() && course.duration.is_none() {
        return None;
    }
    let staged = note.stage(head.span).and_then(|(stage, _)| stage).map(|stage| match stage {
        Stage::Never => TherapyStatus::NotDone,
        Stage::Past => TherapyStatus::Past,
        Stage::Now => TherapyStatus::Current,
    });
    let status = match answer {
        _ if staged.is_some() => staged,
        Some(_) if boxed_time == Some(Time::Current) => Some(TherapyStatus::Current),
        Some(_) if boxed_time == Some(Time::Past) => Some(TherapyStatus::Past),
        Some(label) if label.starts_with("no") || is_no(note, label) => {
            Some(TherapyStatus::NotDone)
        }
        _ if told_to || told::handed_out(note, head, status_read) => Some(TherapyStatus::Planned),
        // "has not been given any exercises to do at home"
        None if status_read.is_none()
            && head.kind == TherapyKind::HomeExercise
            && (asserted.assertion.polarity == Polarity::Negated
                || reached_by(note, head.span) == Some("not_taken"))
            && !less =>
        {
            Some(TherapyStatus::NotDone)
        }
        None if status_read.is_none()
            && visits.is_none()
            && course::is_referred(note, reach.own) =>
        {
            Some(TherapyStatus::Planned)
        }
        None if answered_no(note, reach) || told::denied_below(note, sentence, reach) => {
            Some(TherapyStatus::NotDone)
        }
        None if row.as_ref().is_some_and(|row| !row.done) => Some(TherapyStatus::NotDone),
        None if status_read.is_none()
            && asserted.assertion.polarity == Polarity::Affirmed
            && asserted.assertion.time != Time::Hypothetical
            && told::goes_on_with(note, sentence, head.span) =>
        {
            Some(TherapyStatus::Current)
        }
        None if row.is_some() && status_read.is_none() => {
            Some(default_status(head.kind, sentence.section, true))
        }
        // What did not agree with the patient is no longer done.
        None if status_read.is_none()
            && !is_plan(note, sentence)
            && asserted.assertion.time == Time::Current
            && outcome.is_some_and(|o| o.outcome == Outcome::NotTolerated) =>
        {
            Some(TherapyStatus::Past)
        }
        // "GOALS: independent with HEP"
        None if sentence.section == Section::Goals
            && status_read.is_none_or(|s| s.status != "not_taken") =>
        {
            Some(TherapyStatus::Planned)
        }
        // What did not help a course is over, and what has a rhythm and no end goes on.
        _ if status_read.is_none()
            && !is_plan(note, sentence)
            && asserted.assertion.time == Time::Current
            && is_course(head.kind)
            && outcome.is_some_and(|o| o.outcome == Outcome::NotHelpful) =>
        {
            Some(TherapyStatus::Past)
        }
        _ if status_read.is_none()
            && frequency.is_some()
            && !dated
            && visits.is_none()
            && course.duration.is_none()
            && sentence.section == Section::Treatments
            && is_course(head.kind)
            && head.kind != TherapyKind::PhysicalTherapy =>
        {
            Some(TherapyStatus::Current)
        }
        Some(label) if label.starts_with("yes") && status_read.is_none() => {
            Some(default_status(head.kind, sentence.section, dated || visits.is_some()))
        }
        // "in a group since September" goes on.
        _ if status_read.is_none()
            && course.stop.is_none()
            && course.duration.is_some_and(|span| note.get(span).starts_with("since")) =>
        {
            Some(TherapyStatus::Current)
        }
        _ => status_in_words(
            note,
            status_read,
            head,
            sentence,
            &asserted,
            dated || visits.is_some() || course.duration.is_some() || details.is_some() || blank,
        ),
    };
    // "Supervised PT, 12 months   [x] Yes": what a form asks is no length.
    let asked = |span: &Span| {
        let ticked = boxes.iter().any(|b| b.ticked && b.span.start >= span.end);
        let behind = note.get(note.rest_of_line(*span));
        (ticked || QUESTION_ENDS.is_match(behind))
            && WINDOW.is_match(note.get(*span))
            && !note.get(Span::new(head.span.end.min(span.start), span.start)).contains("for")
    };
    let duration =
        course.duration.filter(|span| !asked(span)).map(|span| note.as_written(span).to_owned());
    let duration =
        duration.or_else(|| find_weeks(note.lexicon, note.get(details?))).or_else(|| {
            // A psychologist's course is counted in sessions.
            find_visits(note.lexicon, own)
                .filter(|_| head.kind == TherapyKind::Cbt)
                .map(|v| own_words(own, v.span))
        });
    let undated = course.start.is_none() && course.stop.is_none();
    if undated && status == Some(TherapyStatus::Past) {
        course.stop = season_in(note, reach.own).or_else(|| year_in(note, reach.own));
    }
    let therapy = Therapy {
        therapy: head.kind,
        status,
        supervised: (head.supervised
            || supervised_in(note.lexicon, own)
            || whole_sentence && supervised_in(note.lexicon, note.get(sentence.span))
            || supervised_in(note.lexicon, note.get(around)))
        .then_some(true),
        outcome: outcome.map(|o| o.outcome).filter(|_| status != Some(TherapyStatus::NotDone)),
        duration,
        frequency: frequency.map(|f| f.words),
        visits: visits.map(|v| v.count),
        start: course.start,
        stop: course.stop,
    };
    // The quote holds what the fact says, as far as it stands near: dates, visits, a refusal.
    let mut span = without_owner(note, head.span);
    let mut hold = |part: Span| {
        if part.start >= span.start
            && part.end <= reach.own.end
            && part.end - head.span.end.min(part.end) <= QUOTE_REACH
        {
            span = span.union(part);
        }
    };
    course.duration.into_iter().for_each(&mut hold);
    note.dates_in(reach.own)
        .filter(|date| [course.start, course.stop].contains(&Some(date.date)))
        .for_each(|date| hold(date.span));
    if let Some(read) = status_read.filter(|_| status == Some(TherapyStatus::NotDone)) {
        hold(read.mention.span);
        if read.mention.span.end <= span.start && near(&read.mention, head.span) {
            span = span.union(read.mention.span);
        }
    }
    let asked = asked::asks_plainly(note, head.span);
    let mut draft = Draft::new(span, therapy, head.rule.clone(), asserted);
    // "CBT?   [x] yes": a question that its line answers leaves no doubt.
    if asked {
        draft.assertion.certainty = Certainty::Certain;
    }
    if boxed.is_some_and(|b| b.ticked) || answer.is_some() {
        draft.assertion.origin = Origin::Checkbox;
    }
    if status == Some(TherapyStatus::NotDone) {
        if course::denial_is_limited(note, reach.own) {
            return None;
        }
        draft.assertion.polarity = Polarity::Negated;
    }
    Some(draft)
}

/// That a sentence tells of what is asked of every patient.
static OF_ALL: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(r"\b(?:patients|members|must have|required|requires?|criteria)\b")
});

/// A therapy whose own words say that there was none, or that it was given up: "has never been sent to a
/// physical therapist", "let her exercises go".
fn said_itself(head: &Head, asserted: Asserted) -> Draft {
    let status = if head.denies { TherapyStatus::NotDone } else { TherapyStatus::Past };
    let outcome = head.failed.then_some(Outcome::NotHelpful);
    let therapy =
        Therapy { therapy: head.kind, status: Some(status), outcome, ..Therapy::default() };
    let mut draft = Draft::new(head.span, therapy, head.rule.clone(), asserted);
    draft.assertion.polarity = if head.denies { Polarity::Negated } else { Polarity::Affirmed };
    draft
}

/// The next sentence, where it tells of a course of visits what became of the pain: "Lifting rose; the pain
/// did not move."
fn pain_told_behind(note: &Note<'_>, index: usize, head: &Head, reach: &Reach) -> Option<Span> {
    let (this, next) = (&note.sentences[index], note.sentences.get(index + 1)?);
    let beside = next.section == this.section && next.paragraph == this.paragraph;
    let told = find_visits(note.lexicon, note.get(this.span)).is_some()
        || course_in(note, reach.own) != super::Course::default();
    let found = outcome_in(note, next.span)?;
    let of_pain = note
        .mentions_in("outcome", next.span)
        .any(|m| m.span == found.span && note.concept(m).field("about") == Some("pain"));
    (beside
        && head.kind == TherapyKind::PhysicalTherapy
        && told
        && of_pain
        && reach.own.end == this.span.end
        && !names_any(note, next.span))
    .then_some(next.span)
}

/// A stretch of time that forms ask about: "12 months", "1 year".
static WINDOW: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(r"^(?:(?:6|12|18|24) ?(?:months?|mos?)|(?:1|2|one|two) (?:years?|yrs?))$")
});

/// What stands right behind the words of a row's question: "PT last 12 mo ........ yes".
static QUESTION_ENDS: LazyLock<Regex> =
    LazyLock::new(|| fixed_regex(r"^\.? ?(?:\.{3,}|_{3,}|\?|:)"));

/// Whether a ticked box's label begins with a no.
fn is_no(note: &Note<'_>, label: &str) -> bool {
    note.yes_or_no(label).is_some_and(|(yes, _)| !yes)
}

/// Whether a therapy is given in visits, and so has an end.
fn is_course(kind: TherapyKind) -> bool {
    !matches!(kind, TherapyKind::HomeExercise | TherapyKind::Brace | TherapyKind::Other)
}

fn own_words(own: &str, span: Span) -> String {
    own.get(span.range()).unwrap_or_default().to_owned()
}
