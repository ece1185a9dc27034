//! What the words around a therapy say besides where it stands: that it was left, handed out, denied below, or might help.

use std::sync::LazyLock;

use regex::Regex;

use super::super::Note;
use super::super::scope::Reach;
use super::super::status::StatusRead;
use super::Head;
use crate::fact::TherapyKind;
use crate::lexicon::WordPattern;
use crate::pattern::fixed_regex;
use crate::segment::Sentence;
use crate::span::Span;

/// That exercises were given to somebody, which says neither that they are done nor that they are not.
static HANDED_OUT: WordPattern = WordPattern::new(r"^{therapy/handed-out}$");

/// Whether what is told of exercises is that they were given.
pub(super) fn handed_out(note: &Note<'_>, head: &Head, read: Option<StatusRead<'_>>) -> bool {
    head.kind == TherapyKind::HomeExercise
        && read
            .is_some_and(|read| HANDED_OUT.of(note.lexicon).is_match(note.get(read.mention.span)))
}

/// What a question asks that is not whether a therapy is or was done.
static ASKS_MORE: WordPattern = WordPattern::new(r"\b{therapy/asks-more}\b");

/// Whether a question of its own line is answered with a no on the next: "Exercises at home? // No. I stopped."
pub(super) fn denied_below(note: &Note<'_>, sentence: &Sentence, reach: &Reach) -> bool {
    let asked = note.get(sentence.span);
    let behind = note.get(reach.own).trim_end();
    let line = note.line_of(reach.head);
    let next = note.written_lines().find(|next| next.start > line.start && next.start >= line.end);
    behind.ends_with('?')
        && note.get(line).trim_end().ends_with('?')
        && !ASKS_MORE.of(note.lexicon).is_match(asked)
        && next.is_some_and(|next| {
            let answer = note.get(next).trim_start_matches([' ', '-', '>']);
            let answer =
                ["a. ", "a: "].iter().find_map(|mark| answer.strip_prefix(mark)).unwrap_or(answer);
            note.yes_or_no(answer).is_some_and(|(yes, rest)| {
                !yes && (rest.is_empty() || rest.starts_with(['.', ',', ';', ' ']))
            })
        })
}

/// "Will keep on with it and with his daily home exercises": a drug before stands between the verb and these.
static KEEPS_ON: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"\b(?:keeps?|goes|go|carry|carries|stays?|continues?)(?: on| up)? with (?:it|them|this|that|these) and(?: also)?(?: with)?(?: [a-z]+){0,2} $",
    )
});

/// Whether what leads to a therapy tells that it goes on together with what was named before.
pub(super) fn goes_on_with(note: &Note<'_>, sentence: &Sentence, head: Span) -> bool {
    KEEPS_ON.is_match(note.get(Span::new(sentence.span.start.min(head.start), head.start)))
}

/// Whether a line begins with exercises and says that they are done no more: "Stretches - gave them up".
pub(super) fn was_left(note: &Note<'_>, read: Option<StatusRead<'_>>, reach: &Reach) -> bool {
    reach.begins(note) && read.is_some_and(|read| matches!(read.status, "past" | "not_taken"))
}

/// "CBT would be useful": neither done nor offered.
static MIGHT_HELP: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"^ (?:would|could|might|may) (?:also |still |perhaps |well )?(?:be (?:useful|helpful|of help|of use|worth|of benefit|beneficial|good)|help|benefit)\b",
    )
});

/// Whether the words behind a therapy say no more than that it might help.
pub(super) fn might_help(behind: &str) -> bool {
    MIGHT_HELP.is_match(behind)
}
