//! Text to facts: one reader a kind, over one prepared [`Note`].

mod account;
mod checkbox;
mod dates;
mod diagnosis;
mod disability_score;
mod anatomy;
mod blank;
mod exam_sign;
mod emg;
mod imaging;
mod nantes;
mod form_answer;
mod injection;
mod lines;
mod note;
mod note_date;
mod pain_duration;
mod pain_score;
mod parts;
mod period;
mod question;
mod requested_procedure;
mod rows;
mod statement;
mod study;
mod table;
mod tokens;
mod duration;
mod outcome;
mod scope;
mod sheet;
mod status;
mod medication;
mod therapy;
mod title;
mod contraindication;
mod function;

use anatomy::level_mentions;
pub use anatomy::{find_levels, find_side};
pub use checkbox::{CheckBox, check_boxes};
pub use dates::{DateMention, find_dates};
pub use duration::{Course, course_in, durations_in, number_in_words};
pub use form_answer::FormAnswer;
pub use note::{Draft, Note};
pub use outcome::{OutcomeRead, outcome_before, outcome_in, reason_in};
pub use rows::Answer;
pub use table::{ColumnAnswer, Stage};
pub use tokens::{Token, What, tokens};

use crate::fact::{Fact, Kind};
use crate::halt;
use crate::lexicon::Lexicon;
use crate::text::Text;

/// Reads the facts of one kind.
type Reader = fn(&Note<'_>, &mut Vec<Draft>);

/// Digits of a fact's id.
const ID_DIGITS: usize = 16;

/// What is left of a fact's confidence where a word of it was taken for another than was read.
const REPAIRED: f32 = 0.8;

/// The readers, in order. A reader may look at the drafts of those before it.
#[rustfmt::skip]
const READERS: &[Reader] = &[
    medication::read,
    therapy::read,
    contraindication::read,
    function::read,
    injection::read,
    emg::read,
    exam_sign::read,
    imaging::read,
    diagnosis::read,
    pain_score::read,
    pain_duration::read,
    disability_score::read,
    requested_procedure::read,
    nantes::read,
    statement::read,
    title::read,
];

/// Reads every fact that a text states, in text order. There is no limit to the time but that of
/// [`halt::until`] around it.
pub fn extract(text: &Text, lexicon: &Lexicon) -> Vec<Fact> {
    extract_parts(text, lexicon).into_iter().flat_map(|part| part.facts).collect()
}

/// What one of the documents that a file holds says.
pub struct Part {
    /// Its first and last page, counted from 1.
    pub pages: (u32, u32),
    /// Its facts in text order.
    pub facts: Vec<Fact>,
}

/// Reads every fact, document by document: a fax may hold several, each with a title,
/// a date and a signature of its own.
pub fn extract_parts(text: &Text, lexicon: &Lexicon) -> Vec<Part> {
    let read = |(pages, span)| {
        let note = Note::of(text, span, lexicon);
        let mut drafts = Vec::new();
        for read in READERS {
            read(&note, &mut drafts);
        }
        Part { pages, facts: assemble(&note, drafts) }
    };
    parts::split(text, lexicon).into_iter().map(read).collect()
}

/// The digits of a number. Each fact's id is made of some, and formatting them takes longer than that.
fn decimal(mut number: usize, digits: &mut [u8; 20]) -> &[u8] {
    let mut first = digits.len();
    loop {
        first -= 1;
        digits[first] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            return &digits[first..];
        }
    }
}

/// Turns drafts into facts: places, ids, confidence.
fn assemble(note: &Note<'_>, mut drafts: Vec<Draft>) -> Vec<Fact> {
    let unanswered = note.unanswered_lines();
    drafts.retain(|draft| !unanswered.iter().any(|line| line.overlaps(draft.span)));
    let order = |kind: &Kind| Kind::SCHEMA.iter().position(|(name, _)| *name == kind.name());
    drafts.sort_by_cached_key(|draft| (draft.span, order(&draft.kind)));
    drafts.dedup_by(|b, a| a.span == b.span && a.kind == b.kind);
    let mut facts: Vec<Fact> = Vec::with_capacity(drafts.len());
    let mut twins = 0u32;
    for draft in drafts {
        halt::look();
        let original = note.folded.original(draft.span);
        let place = note.text.place(original);
        let twin = facts.last().is_some_and(|last| {
            (last.place.start, last.place.end, last.kind.name())
                == (place.start, place.end, draft.kind.name())
        });
        twins = if twin { twins + 1 } else { 0 };
        let mut rule = draft.rule;
        let mut cues: Vec<&str> =
            draft.cues.iter().map(|hit| note.lexicon.cues[hit.cue].id.as_str()).collect();
        cues.dedup();
        for cue in cues {
            rule.push('+');
            rule.push_str(cue);
        }
        let mut sure = 1.0;
        let first = note.repairs.partition_point(|repair| repair.span.end <= original.start);
        let inside = note.repairs[first..].iter().take_while(|r| r.span.start < original.end);
        for repair in inside.filter(|repair| repair.span.overlaps(original)) {
            sure = REPAIRED;
            rule.push_str("+read-as:");
            rule.push_str(&repair.taken_for);
        }
        let mut key = blake3::Hasher::new();
        key.update(note.text.content_hash().as_bytes());
        for number in [place.start, place.end] {
            key.update(b"\n").update(decimal(number, &mut [0; 20]));
        }
        key.update(b"\n").update(draft.kind.name().as_bytes()).update(b"\n");
        key.update(decimal(twins as usize, &mut [0; 20]));
        let key = key.finalize().to_hex();
        let sentence = note.sentence_at(draft.span);
        facts.push(Fact {
            id: key[..ID_DIGITS].to_owned(),
            assertion: draft.assertion,
            date: draft.date,
            section: sentence.map(|s| s.section).unwrap_or_default(),
            rule,
            confidence: draft.confidence * place.ocr_confidence.unwrap_or(1.0) * sure,
            kind: draft.kind,
            place,
        });
    }
    facts
}
