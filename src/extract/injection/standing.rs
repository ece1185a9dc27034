//! Whether an injection took place, is planned, or was not done.

use std::sync::LazyLock;

use regex::Regex;

use crate::pattern::fixed_regex;

use super::phrase::Phrase;
use super::relief::ReliefRead;
use crate::context::Asserted;
use crate::extract::Note;
use crate::fact::{EventStatus, Experiencer, Polarity, Relief, Section, Time};
use crate::lexicon::{CueCategory, WordPattern};
use crate::segment::Sentence;
use crate::span::Span;

// "Prior block of the same nerve? No", "[ ] Yes [x] No", "not yet done".
static ANSWERED_NO: WordPattern = WordPattern::new(
    r"^[^.;?:\[]{0,30}(?:[?:.]|\[ ?\]|  )[?:. ]*(?:\[? ?\]? ?yes ?)?(?:\[ ?x ?\] ?)?{injection-word/answers-no}\b|^ ?\| ?{injection-word/cell-no}\b|^[ |]+n[ |.]*$",
);

// "Relieved by a pudendal block - not tested"
static NEVER_TRIED: WordPattern = WordPattern::new(
    r"^s?(?: (?:is|was|has been|so far|to date))?[ )\x{22}'.,:=|_-]*(?:\(|\x{2013} ?)?(?:(?:not known|unknown|no|n/a)[,;:] ?(?:(?:the |this |such )?(?:block|test|it) )?(?:was |has been |is )?)?{injection-word/not-tried}\b",
);

// "was aborted", "but never pursued", "denied by the carrier"
static CAME_TO_NOTHING: WordPattern =
    WordPattern::new(r"\b{injection-word/came-to-nothing}\b|^ {injection-word/dropped}\b");

// "performed today", "done in the office"
static DONE_BEHIND: WordPattern = WordPattern::new(
    r"^[^.;,]{0,30}\b{injection-word/done-behind} (?:today|in (?:the )?{injection-word/done-in}|without (?:any )?{injection-word/done-without})",
);

// "is not medically necessary", "does not appear to be needed"
static REJECTED_BEHIND: WordPattern = WordPattern::new(
    r"\bnot (?:\w+ ){0,4}{injection-word/called-for}\b|\b{injection-word/not-called-for}\b",
);

// "I would not recommend", "there is no role for", "advised against"
static REJECTED_BEFORE: WordPattern = WordPattern::new(r"\b{injection-word/rejects}\b[^.;]{0,50}$");

// "no further epidurals", "no repeat block"
static NO_MORE: LazyLock<Regex> =
    LazyLock::new(|| fixed_regex(r"\bno (?:further|more|additional|repeat) (?:\w+ ){0,3}\w+$"));

// "no other injections to the back": beside those that were told of
static NO_OTHER: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(r"\bno (?:(other)|further|additional|more) (?:[a-z-]+ ){0,2}[a-z-]+$")
});

// "no injections besides that one"
static BUT_THOSE: WordPattern = WordPattern::new(r"^,? {injection-word/but-those}\b");

// "one negative block does not establish": what such an outcome proves
static PROVES: WordPattern =
    WordPattern::new(r"^ (?:{injection-word/proves}|{injection-word/suggests})\b");

// "does not establish" right behind a procedure that was judged
static PROVES_NOT: WordPattern =
    WordPattern::new(r"^ (?:do|does|did) not {injection-word/proves}\b");

// "that spring wore off in days", "gave", "did nothing": what only a procedure that was done does
static ACTED: WordPattern = WordPattern::new(r"^((?: \w+){0,4}) {injection-word/acted}\b");

// "does not want those again" of what was done before
static NOT_AGAIN: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"^[^.;]{0,30}\b(?:again|any ?more|another(?: one| round)?|(?:those|these|them|it) repeated|to repeat (?:it|them|those|that))\b",
    )
});

// "never been offered a nerve block"
static NEVER_BEFORE: WordPattern = WordPattern::new(
    r"\b(?:never|not|n't) (?:yet )?(?:been |was |were )?{injection-word/never-had} (?:\w+ ){0,3}$",
);

// "facet blocks are a test": what such a procedure is, and not that there was one
static EXPLAINED: WordPattern = WordPattern::new(
    r"^ (?:is|are) (?:a |an |only |just |not |both )*{injection-word/explained}\b",
);

// "Relief: no" is an answer; "no relief" is none.
static WHAT_CAME: WordPattern = WordPattern::new(r"^{injection-word/what-came}\b");

/// Words behind a procedure that is still ahead.
static PLANNED_BEHIND: WordPattern = WordPattern::new(r"\b{injection-word/planned-behind}\b");

/// Headings over the name of what was done, and those that go on about it.
static NAMES_DONE: WordPattern = WordPattern::new(r"\b{injection-word/done-heading}\b");

static DESCRIBES: WordPattern = WordPattern::new(r"\b{injection-word/describing-heading}\b");

/// Words before a procedure that is only thought of.
static WEIGHING: WordPattern =
    WordPattern::new(r"\b(?:(?:if|may|might|could) |{injection-word/weighing}\b)");

/// How far before a procedure a wish for it may stand to be its own (bytes).
const NEAR: usize = 45;

/// What a sentence says of a procedure's taking place.
pub(super) struct Standing {
    pub status: EventStatus,
    pub asserted: Asserted,
}

impl Standing {
    /// Makes it one that is still to come.
    pub(super) fn postpone(&mut self) {
        self.status = EventStatus::Planned;
        self.asserted.assertion.time = Time::Planned;
    }

    /// Makes it one that was done.
    pub(super) fn perform(&mut self) {
        self.status = EventStatus::Performed;
        self.asserted.assertion.time = Time::Past;
    }
}

/// Where a procedure stands. `request` where the document asks for one; `None` where the
/// words speak of no event of the patient's.
pub(super) fn standing(
    note: &Note<'_>,
    sentence: &Sentence,
    phrase: &Phrase,
    request: bool,
    relief: Option<ReliefRead>,
    dated: bool,
) -> Option<Standing> {
    let mut asserted = note.assert(phrase.head);
    let obstetric = note.get(phrase.head).starts_with("epidural")
        && !phrase.steroid
        && note.mentions("injection-word").any(|m| note.concept(m).id == "obstetric");
    if tells_of_none(phrase) {
        return (asserted.assertion.experiencer != Experiencer::Family)
            .then(|| answered(asserted, false));
    }
    if obstetric || (has(note, sentence.span, "anesthesia") && phrase.class != "verb") {
        return None;
    }
    let name = note.get(Span::new(sentence.span.start.min(phrase.head.start), phrase.head.end));
    if relief.is_none() && !dated && (is_no_other(name, sentence) || has_exception(note, phrase)) {
        return None;
    }
    let told = note.get(Span::new(phrase.span.end, sentence.span.end.max(phrase.span.end)));
    if relief.is_none_or(|r| r.percent.is_none()) && NEVER_TRIED.of(note.lexicon).is_match(told) {
        return (asserted.assertion.experiencer != Experiencer::Family)
            .then(|| answered(asserted, false));
    }
    if let Some(done) = phrase.answered.and_then(|answer| answer.done) {
        return (asserted.assertion.experiencer != Experiencer::Family)
            .then(|| answered(asserted, done));
    }
    let lead = Span::new(sentence.span.start, phrase.head.start);
    let done = last(note, lead, "done");
    let wanted = last(note, lead, "wanted").max(cue_end(
        note,
        &asserted,
        phrase.head,
        &[CueCategory::Planned, CueCategory::Hypothetical, CueCategory::Possible],
    ));
    // "Order received": what came is the paper that asks for it.
    let done = done.filter(|end| wanted != Some(*end));
    let negated = negation(note, &asserted, phrase);
    let declined = is_declined(note, sentence, phrase);
    let behind = note.get(Span::new(phrase.span.end, sentence.span.end));
    let title = sentence.section == Section::Procedure && is_title(note, sentence);
    // "PROCEDURE: Repeat left L5 block" was done again.
    let before = note.get(Span::new(sentence.span.start.min(phrase.span.start), phrase.span.start));
    let again = title
        && !request
        && before.trim_end().ends_with("repeat")
        && note.mentions("injectate").next().is_some();
    let ahead = wanted > done && !again
        || ["may ", "might ", "would ", "could ", "can be"]
            .iter()
            .any(|cue| behind.trim_start().starts_with(cue))
        || behind.trim_start().starts_with("planned")
        || PLANNED_BEHIND.of(note.lexicon).is_match(behind);
    // A plan may speak of relief that is hoped for; a figure tells of relief that was there.
    let helped = relief.is_some();
    let measured = relief.is_some_and(|r| {
        r.percent.is_some()
            || r.duration.is_some()
            || matches!(r.relief, Some(Relief::None | Relief::Complete))
    });
    let modal = ["may ", "might ", "would ", "could "];
    let near = modal.iter().any(|m| behind.trim_start().starts_with(m))
        || wanted > done && wanted.is_some_and(|end| phrase.span.start.saturating_sub(end) <= NEAR);
    let followed = behind.trim_end().ends_with("followed:")
        || behind.contains("as follows")
        || (DONE_BEHIND.of(note.lexicon).is_match(behind) && !behind.contains("be "))
        || (note.get(phrase.head).starts_with("injected") && !note.get(lead).ends_with("be "));
    let acted = acted(note, behind) && (helped || PROVES_NOT.of(note.lexicon).is_match(behind));
    let took_place = (measured || dated || followed || done > wanted || (helped && !ahead))
        && !(near && relief.is_none_or(|r| r.percent.is_none()))
        || acted;
    let rest = note.get(Span::new(phrase.span.end.min(sentence.span.end), sentence.span.end));
    let own = own_words_behind(note, sentence, phrase);
    if EXPLAINED.of(note.lexicon).is_match(own) && !helped && !dated {
        return None;
    }
    let answered_no = ANSWERED_NO.of(note.lexicon).find(rest).is_some_and(|no| {
        let next = rest[no.end()..].trim_start();
        !WHAT_CAME.of(note.lexicon).is_match(next)
    });
    let rejected = !helped
        && (came_to_nothing(note, own)
            || REJECTED_BEHIND.of(note.lexicon).is_match(own)
            || REJECTED_BEFORE.of(note.lexicon).is_match(note.get(lead)) && !own.contains("help")
            || NEVER_BEFORE
                .of(note.lexicon)
                .is_match(note.get(Span::new(lead.start, phrase.span.start))));
    let rejected = rejected || is_no_more(note, sentence, phrase) && !helped && !dated;
    let denied_behind =
        negated == Some(false) && !answers_outcome(note, rest) || answered_no || rejected;
    let negated = negated.is_some();
    let status = if denied_behind || (declined && !helped) {
        EventStatus::NotDone
    } else if negated && !helped {
        // "No nerve block is planned" is no event at all.
        if ahead && done.is_none() {
            return None;
        }
        EventStatus::NotDone
    } else if took_place {
        EventStatus::Performed
    } else if ahead {
        EventStatus::Planned
    } else if title && !request {
        EventStatus::Performed
    } else if request
        || matches!(sentence.section, Section::Plan | Section::Request)
        || (is_coded(note, phrase, own) && done.is_none() && !tells_of_past(sentence.section))
    {
        EventStatus::Planned
    } else {
        EventStatus::Performed
    };
    let weighed =
        asserted.assertion.time == Time::Hypothetical || (ahead && has_weighing(note, lead));
    asserted.assertion.polarity = match status {
        EventStatus::NotDone => Polarity::Negated,
        _ => Polarity::Affirmed,
    };
    asserted.assertion.time = match status {
        EventStatus::Performed => Time::Past,
        EventStatus::Planned if weighed => Time::Hypothetical,
        EventStatus::Planned => Time::Planned,
        EventStatus::NotDone => Time::Current,
    };
    let own = asserted.assertion.experiencer != Experiencer::Family;
    own.then_some(Standing { status, asserted })
}

/// Whether a name says by itself that there was none: "never been injected".
fn tells_of_none(phrase: &Phrase) -> bool {
    phrase.rule.ends_with("/never-injected")
}

/// Whether none is told of but those told of already; in a plan "no further blocks" are none to come.
fn is_no_other(name: &str, sentence: &Sentence) -> bool {
    let planning = matches!(sentence.section, Section::Plan | Section::Assessment);
    NO_OTHER.captures(name).is_some_and(|said| !planning || said.get(1).is_some())
}

/// Whether what is denied is so but for what stands behind: "no injections other than that one".
fn has_exception(note: &Note<'_>, phrase: &Phrase) -> bool {
    BUT_THOSE.of(note.lexicon).is_match(&note.str()[phrase.span.end..])
}

/// What a form answers: that it was done, or that it was not.
fn answered(mut asserted: Asserted, done: bool) -> Standing {
    let (status, polarity, time) = match done {
        true => (EventStatus::Performed, Polarity::Affirmed, Time::Past),
        false => (EventStatus::NotDone, Polarity::Negated, Time::Current),
    };
    asserted.assertion.polarity = polarity;
    asserted.assertion.time = time;
    Standing { status, asserted }
}

/// A procedure's code right behind its name: "left L5 block, CPT 64450", which services that are
/// asked for have.
static CODED: LazyLock<Regex> =
    LazyLock::new(|| fixed_regex(r"^[ ,;:()-]*(?:cpt(?: code)?[ :#]*)?[26]\d{4}\b"));

/// The same behind what is to be injected: "block, therapeutic, bupivacaine + steroid, 64450".
static CODED_LATER: LazyLock<Regex> =
    LazyLock::new(|| fixed_regex(r"^[^.;:|]{0,80}, ?(?:cpt(?: code)?[ :#]*)?6[24]\d{3}\b"));

/// The code in the cell before: "64450 | left genicular nerve block".
static CODE_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r#"^(?:[a-z/ ]{1,16}[:|.]* ?)?[ |]*(?:cpt(?: code)?[ :#]*)?[26]\d{4}(?:[ -]?(?:rt|lt|50))?(?: ?x ?\d)? *(?:\|[ |]*| {2,}|- |["'(])$"#,
    )
});

/// Whether a procedure's own row names its code, as rows of what is asked for do.
fn is_coded(note: &Note<'_>, phrase: &Phrase, behind: &str) -> bool {
    let line = note.line_of(phrase.head);
    let lead = Span::new(line.start.min(phrase.span.start), phrase.span.start);
    CODED.is_match(behind) || CODED_LATER.is_match(behind) || CODE_BEFORE.is_match(note.get(lead))
}

/// Sections that tell of what was done.
fn tells_of_past(section: Section) -> bool {
    matches!(
        section,
        Section::PastMedicalHistory
            | Section::PastSurgicalHistory
            | Section::Treatments
            | Section::Procedure
            | Section::Imaging
    )
}

/// Whether a procedure came to nothing; "it will be cancelled should he be well" is open.
fn came_to_nothing(note: &Note<'_>, behind: &str) -> bool {
    CAME_TO_NOTHING
        .of(note.lexicon)
        .find(behind)
        .is_some_and(|found| !MODAL_BEFORE.is_match(&behind[..found.start()]))
}

static MODAL_BEFORE: LazyLock<Regex> =
    LazyLock::new(|| fixed_regex(r"\b(?:will|would|can|could|may|might|should|to) $"));

/// Whether a procedure is the subject of what it did, whatever words of a plan stand before it:
/// "the repeat injection wore off in days".
fn acted(note: &Note<'_>, behind: &str) -> bool {
    let apart =
        ["if", "when", "since", "as", "unless", "because", "after", "given", "and", "which"];
    PROVES_NOT.of(note.lexicon).is_match(behind)
        || ACTED
            .of(note.lexicon)
            .captures(behind)
            .and_then(|c| c.get(1))
            .is_some_and(|gap| !gap.as_str().split(' ').any(|word| apart.contains(&word)))
}

/// Whether a named procedure is not to be done again: "No further ESIs." Where something is
/// said behind it ("no further ESI is planned before June") it is no refusal.
fn is_no_more(note: &Note<'_>, sentence: &Sentence, phrase: &Phrase) -> bool {
    let name = note.get(Span::new(sentence.span.start, phrase.head.end));
    let behind = own_words_behind(note, sentence, phrase).trim_end_matches(['.', ' ']);
    phrase.procedure.is_some()
        && NO_MORE.is_match(name)
        && !name.contains("no more than")
        && behind.len() <= 12
}

/// Whether a "no" right behind a label denies what came of it: "RFA 2020: no benefit".
fn answers_outcome(note: &Note<'_>, rest: &str) -> bool {
    ANSWERED_NO.of(note.lexicon).find(rest).is_some_and(|no| {
        let next = rest[no.end()..].trim_start();
        WHAT_CAME.of(note.lexicon).is_match(next)
    })
}

/// Whether it was turned down; "had an epidural and declined surgery on ..." turns down what
/// stands behind.
fn is_declined(note: &Note<'_>, sentence: &Sentence, phrase: &Phrase) -> bool {
    note.mentions_in("injection-word", sentence.span)
        .filter(|m| note.concept(m).id == "declined")
        .any(|m| {
            let to = note.str().floor_char_boundary((m.span.end + NEAR).min(sentence.span.end));
            let next = Span::new(m.span.end, to.max(m.span.end));
            let other = note.mentions_in("injection", next).next().is_some();
            if m.span.start > phrase.span.end
                && NOT_AGAIN.is_match(note.get(Span::new(m.span.end, sentence.span.end)))
            {
                return false;
            }
            m.span.start < phrase.span.start || !other || note.get(next).starts_with([';', ','])
        })
}

/// What stands behind a procedure, up to the next one that it is not listed with.
fn own_words_behind<'a>(note: &'a Note<'_>, sentence: &Sentence, phrase: &Phrase) -> &'a str {
    let start = phrase.span.end.min(sentence.span.end);
    let mut from = start;
    for mention in note.mentions_in("injection", Span::new(start, sentence.span.end)) {
        let gap = note.get(Span::new(from.min(mention.span.start), mention.span.start));
        let listed = gap.split_whitespace().count() <= 3
            && [" and ", " or ", ",", "/", "&"].iter().any(|w| gap.contains(w));
        if !listed {
            return note.get(Span::new(start, mention.span.start));
        }
        from = mention.span.end;
    }
    note.get(Span::new(start, sentence.span.end))
}

/// Whether a sentence tells what a procedure was done for.
pub(super) fn is_indication(note: &Note<'_>, sentence: &Sentence) -> bool {
    note.heading(sentence).trim_start().starts_with("indication")
}

/// That a heading's own line numbers what was done: "PROCEDURE: 1. ... 2. ...".
static NUMBERED: LazyLock<Regex> = LazyLock::new(|| fixed_regex(r"^[ :.]*1[.)] "));

/// How far behind its heading an item may stand that names what was done (bytes).
const ITEM_REACH: usize = 250;

/// Whether the sentence is the first under a heading that names what was done.
pub(super) fn is_title(note: &Note<'_>, sentence: &Sentence) -> bool {
    let heading = note.heading(sentence);
    let gap = Span::new(sentence.heading.end.min(sentence.span.start), sentence.span.start);
    let numbered = || {
        note.line_of(sentence.span).start <= sentence.heading.start
            && NUMBERED.is_match(note.get(gap))
    };
    let first = gap.len() <= 40 || gap.len() <= ITEM_REACH && (sentence.item || numbered());
    NAMES_DONE.of(note.lexicon).is_match(heading)
        && !DESCRIBES.of(note.lexicon).is_match(heading)
        && first
}

/// Whether a procedure is what the row of a record names that was done: "Procedure | Left L5 block".
pub(super) fn names_row(note: &Note<'_>, phrase: &Phrase) -> bool {
    let Some((label, name)) = labelled_row(note, phrase) else { return false };
    let words = note.get(label).trim_matches([' ', ':', '|']);
    // "Block    SCN, left": the row's label is the noun itself.
    let own = label.contains(phrase.head) && name.overlaps(phrase.span);
    (own || name.contains(phrase.head) && NAMES_ROW.of(note.lexicon).is_match(words))
        && words.split_whitespace().count() <= 3
        && note.dates_in(note.line_of(phrase.head)).next().is_none()
        && note
            .mentions_in("title", Span::new(0, phrase.head.start))
            .any(|m| note.concept(m).id == "procedure-note")
}

/// The label of a procedure's line and what stands behind it: cells apart, or parted by a colon.
fn labelled_row(note: &Note<'_>, phrase: &Phrase) -> Option<(Span, Span)> {
    let line = note.line_of(phrase.head);
    let cells = note.cells(line);
    if let Some([label, name]) = cells.get(..2) {
        return Some((*label, *name));
    }
    let colon = line.start + note.get(line).find(':')?;
    Some((Span::new(line.start, colon), Span::new(colon + 1, line.end)))
}

static NAMES_ROW: WordPattern = WordPattern::new(r"^(?:{injection-word/done-heading}|title)\b");

/// Whether a word of a kind is in a stretch.
fn has(note: &Note<'_>, within: Span, id: &str) -> bool {
    note.mentions_in("injection-word", within).any(|m| note.concept(m).id == id)
}

/// Where the last word of a kind ends.
fn last(note: &Note<'_>, within: Span, id: &str) -> Option<usize> {
    note.mentions_in("injection-word", within)
        .filter(|m| note.concept(m).id == id && !is_of_day(note, m.span))
        .last()
        .map(|m| m.span.end)
}

/// What stands before the month of May.
static BEFORE_MONTH: WordPattern = WordPattern::new(r"\b{injection-word/before-month} $");

/// Whether "May" is a month, and no wish: "on May 3", "in May".
fn is_of_day(note: &Note<'_>, word: Span) -> bool {
    let lead = &note.str()[..word.start];
    let near = &lead[lead.ceil_char_boundary(lead.len().saturating_sub(NEAR))..];
    note.is_dated(word)
        || note.as_written(word) == "May" && BEFORE_MONTH.of(note.lexicon).is_match(near)
}

/// Where the last cue of some categories before a span ends.
fn cue_end(
    note: &Note<'_>,
    asserted: &Asserted,
    head: Span,
    categories: &[CueCategory],
) -> Option<usize> {
    asserted
        .cues
        .iter()
        .filter(|hit| categories.contains(&note.lexicon.cues[hit.cue].category))
        .filter(|hit| hit.span.end <= head.start && !is_of_day(note, hit.span))
        .map(|hit| hit.span.end)
        .max()
}

fn has_weighing(note: &Note<'_>, lead: Span) -> bool {
    WEIGHING.of(note.lexicon).is_match(note.get(lead))
}

/// Whether a cue denies the procedure itself and not what came of it, and whether the cue
/// stands before the procedure.
fn negation(note: &Note<'_>, asserted: &Asserted, phrase: &Phrase) -> Option<bool> {
    asserted.cues.iter().find_map(|hit| {
        let cue = &note.lexicon.cues[hit.cue];
        if cue.category != CueCategory::Negated {
            return None;
        }
        let ahead = hit.span.end <= phrase.head.start;
        // "one negative block" is its outcome.
        if ahead && matches!(note.get(hit.span).trim(), "negative" | "neg") {
            return None;
        }
        if !ahead && PROVES.of(note.lexicon).is_match(&note.str()[hit.span.end..]) {
            return None;
        }
        // "lidocaine without epinephrine was injected"
        let left_out = note.get(hit.span).starts_with("without") || note.get(hit.span) == "w/o";
        if left_out && phrase.class == "verb" {
            return None;
        }
        let gap = if hit.span.end <= phrase.head.start {
            Span::new(hit.span.end, phrase.head.start)
        } else {
            Span::new(phrase.head.end, hit.span.start.max(phrase.head.end))
        };
        let words = note.get(gap);
        // "If she does not improve, we will repeat the block"
        let lead = note.str()[..hit.span.start].rsplit(['.', ';', ':']).next().unwrap_or("");
        if ahead
            && words.contains(',')
            && (lead.trim_start().starts_with("if ") || lead.contains(" if "))
        {
            return None;
        }
        let cue_word = note.get(hit.span).trim_matches(|c: char| !c.is_alphanumeric());
        let own = note.mentions_in("outcome", gap).next().is_none()
            && note.mentions_in("relief", gap).next().is_none()
            && words.split_whitespace().count() <= 14
            && !words.contains(" until ")
            && !(hit.span.start >= phrase.head.end && words.contains([',', '%']))
            && (ahead
                || !matches!(cue_word, "no" | "none" | "negative" | "absent")
                || words.trim().is_empty()
                || words.trim().ends_with(['?', '.', ':']));
        own.then_some(ahead)
    })
}
