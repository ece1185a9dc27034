//! What is said of the other side after a sign: "; the left was silent", ", L nontender".

use super::{Row, find_side};
use crate::extract::Draft;
use crate::fact::{Kind, Side, SignPolarity};
use crate::lexicon::WordPattern;
use crate::span::Span;

static OTHER: WordPattern = WordPattern::new(
    r"^[ ,;.]*(?:and |but |while |whereas )?(?P<words>(?:the (?:same|corresponding|equivalent|mirror-image) {exam-word/spot} )?(?:the |on the |over the )?(?P<side>left|right|l|r|other side|opposite side|contralateral side|contralateral)(?: side| one| crest| iliac crest)? ?(?:is|was|are|were|being|:|,)? ?(?:(?P<no>{exam-word/silent})|(?P<yes>{exam-word/painful}))\b)(?P<rest>[ .,;]|$)",
);

impl Row<'_, '_> {
    /// Adds the sign on the other side where the words behind the last draft tell of it.
    pub(super) fn read_other_side(&self, drafts: &mut Vec<Draft>) {
        let Some(last) = drafts.last() else { return };
        let Kind::ExamSign(sign) = &last.kind else { return };
        let Some(own) = sign.side.filter(|side| *side != Side::Bilateral) else { return };
        // Between the sign and the words on the other side stands no other sign.
        let behind = self.tokens.iter().enumerate().filter(|(_, t)| t.span.start >= last.span.end);
        for (at, token) in behind {
            if self.is_sign(at) {
                return;
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
                    let polarity = match found.name("no") {
                        Some(_) => SignPolarity::Negative,
                        None => SignPolarity::Positive,
                    };
                    let mut draft = last.clone();
                    draft.span = Span::new(from + words.start(), from + words.end());
                    if let Kind::ExamSign(sign) = &mut draft.kind {
                        sign.side = Some(side);
                        sign.polarity = Some(polarity);
                        sign.reproduces_pain = None;
                    }
                    self.set_polarity(&mut draft, polarity);
                    drafts.push(draft);
                    return;
                }
            }
        }
    }
}
