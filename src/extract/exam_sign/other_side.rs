//! What is said of the other side after a sign: "; the left was silent", ", L nontender".

use super::{Row, find_side, set_polarity};
use crate::extract::{Draft, Note};
use crate::fact::{Kind, Side, SignPolarity};
use crate::lexicon::WordPattern;
use crate::segment::Sentence;
use crate::span::Span;

static OTHER: WordPattern = WordPattern::new(
    r"^[ ,;.]*(?:and |but |while |whereas )?(?P<words>(?:the (?:same|corresponding|equivalent|mirror-image) {exam-word/spot} )?(?:the |on the |over the )?(?P<side>left|right|l|r|other side|opposite side|contralateral side|contralateral)(?: side| one| crest| iliac crest)?(?:,? (?:the )?same {exam-word/spot},?)?(?: it| there)? ?(?:is|was|are|were|being|:|,|=)? ?(?:(?P<no>{exam-word/silent})|(?P<yes>{exam-word/painful}))\b)(?P<rest>[ .,;]|$)",
);

/// "no tenderness on the left and none on the right"
static NONE_ON: WordPattern = WordPattern::new(
    r"^ (?P<words>(?:none|nothing|no tenderness|not) (?:on|at|over) (?:the )?(?P<side>left|right|l|r)(?: side| one| crest| iliac crest)?)(?: ?[.,;]| ?$)",
);

/// "neg L; + R": a mark for the other side.
static MARKED: WordPattern =
    WordPattern::new(r"^[ ,;]*(?P<words>(?P<mark>[+-]) ?(?:on the )?(?P<side>left|right|l|r))\b");

/// Furthest that a sentence about the other side alone begins behind the sign, in bytes.
const NEAR: usize = 60;

/// "Spurling: Left positive. Right negative.": a sentence that is about the other side alone.
pub(super) fn read_alone(note: &Note<'_>, sentence: &Sentence, drafts: &mut Vec<Draft>) {
    let words = note.get(sentence.span);
    if words.len() > NEAR {
        return;
    }
    let Some(last) = drafts.last() else { return };
    let near = last.span.end <= sentence.span.start && sentence.span.start - last.span.end <= NEAR;
    let Some(own) = own_side(last).filter(|_| near) else { return };
    let Some(found) = OTHER.of(note.lexicon).captures(words) else { return };
    let whole = found.get(0).is_some_and(|whole| whole.end() >= words.trim_end().len());
    if let (true, Some(side)) = (whole, find_side(&found["side"]).filter(|side| *side != own)) {
        let polarity = polarity_of(found.name("no").is_some());
        let draft = on_other_side(last, sentence.span, side, polarity);
        drafts.push(draft);
    }
}

/// The one side of a sign.
fn own_side(draft: &Draft) -> Option<Side> {
    let Kind::ExamSign(sign) = &draft.kind else { return None };
    sign.side.filter(|side| *side != Side::Bilateral)
}

fn polarity_of(silent: bool) -> SignPolarity {
    if silent { SignPolarity::Negative } else { SignPolarity::Positive }
}

/// The same sign as it is on the other side.
fn on_other_side(last: &Draft, span: Span, side: Side, polarity: SignPolarity) -> Draft {
    let mut draft = last.clone();
    draft.span = span;
    if let Kind::ExamSign(sign) = &mut draft.kind {
        sign.side = Some(side);
        sign.polarity = Some(polarity);
        sign.reproduces_pain = None;
    }
    set_polarity(&mut draft, polarity);
    draft
}

impl Row<'_, '_> {
    /// Adds the sign on the other side where the words behind the last draft tell of it.
    pub(super) fn read_other_side(&self, drafts: &mut Vec<Draft>) {
        let Some(last) = drafts.last() else { return };
        let Some(own) = own_side(last) else { return };
        // Between the sign and the words on the other side stands no other sign.
        let behind = self.tokens.iter().enumerate().filter(|(_, t)| t.span.start >= last.span.end);
        for (at, token) in behind {
            if self.is_sign(at) {
                return;
            }
            if self.word(at) == "and" {
                let rest = Span::new(token.span.end, self.span.end.max(token.span.end));
                let found = NONE_ON.of(self.note.lexicon).captures(self.note.get(rest));
                let side = found.as_ref().and_then(|c| find_side(&c["side"]));
                if let Some((words, side)) = found.and_then(|c| c.name("words")).zip(side)
                    && side != own
                {
                    let span = Span::new(rest.start + words.start(), rest.start + words.end());
                    drafts.push(on_other_side(last, span, side, SignPolarity::Negative));
                    return;
                }
            }
            if matches!(self.word(at), ";" | "," | ".") {
                let from = token.span.start;
                let rest = Span::new(from, self.span.end.max(from));
                if let Some(found) = OTHER.of(self.note.lexicon).captures(self.note.get(rest)) {
                    let side = match (find_side(&found["side"]), own) {
                        (Some(side), _) => side,
                        (None, Side::Left) => Side::Right,
                        (None, _) => Side::Left,
                    };
                    let (Some(words), true) = (found.name("words"), side != own) else { return };
                    let polarity = polarity_of(found.name("no").is_some());
                    let span = Span::new(from + words.start(), from + words.end());
                    let draft = on_other_side(last, span, side, polarity);
                    drafts.push(draft);
                    return;
                }
                if let Some(found) = MARKED.of(self.note.lexicon).captures(self.note.get(rest)) {
                    let side = find_side(&found["side"]).filter(|side| *side != own);
                    let (Some(words), Some(side)) = (found.name("words"), side) else { return };
                    let span = Span::new(from + words.start(), from + words.end());
                    let draft = on_other_side(last, span, side, polarity_of(&found["mark"] == "-"));
                    drafts.push(draft);
                    return;
                }
            }
        }
    }
}
