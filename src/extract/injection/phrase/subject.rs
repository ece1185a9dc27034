//! The place that a sentence names before a verb: "the left knee was prepped and injected with",
//! "the shoulder was aspirated, and 40 mg was injected into the joint".

use super::{NAME, Place, Row, parts_of, procedure_at};
use crate::lexicon::WordPattern;
use crate::span::Span;

/// How many tokens before a verb its place may stand.
const REACH: usize = 30;

/// What a wound is numbed with, which is no treatment of its joint.
static NUMBS_WOUND: WordPattern = WordPattern::new(r"\b{injection-word/numbs-wound}\b");

/// That a place was made ready for a needle.
static MADE_READY: WordPattern = WordPattern::new(r"\b{injection-word/made-ready}\b");

impl Row<'_, '_> {
    /// The place before a verb that names none behind it, or only a general word for one (`behind`).
    pub(super) fn subject(&self, head: usize, behind: &[Place]) -> Option<Place> {
        let general = match behind {
            [] => Vec::new(),
            [place] => parts_of(self.note.concept(&place.mention)),
            _ => return None,
        };
        let site = (head.saturating_sub(REACH)..head)
            .rev()
            .take_while(|&i| self.group(i) != Some(NAME) && !matches!(self.word(i), "." | ";"))
            .find(|&i| self.is_site(i))?;
        let mention = self.tokens[site].mention()?;
        let concept = self.note.concept(mention);
        if concept.field("weak").is_some() || concept.field("part").is_some() {
            return None;
        }
        let fits = if behind.is_empty() {
            let end = self.tokens.last()?.span.end;
            let mixture = Span::new(self.tokens[head].span.end, end);
            // "Her knee was swollen and she was injected with insulin"
            let person = |i: usize| {
                matches!(self.word(i), "she" | "he" | "patient" | "pt" | "they" | "i" | "we")
            };
            let passive = (site + 1..head).any(|i| matches!(self.word(i), "was" | "were"))
                && !(site + 1..head).any(person);
            let with = self.word(head + 1) == "with"
                && self.note.mentions_in("agent", mixture).next().is_some()
                && !NUMBS_WOUND.of(self.note.lexicon).is_match(self.note.get(mixture));
            // "was prepped, and 1 mL of Kenalog was injected"
            let lead = Span::new(self.tokens[site].span.end, self.tokens[head].span.start);
            let ready = MADE_READY.of(self.note.lexicon).is_match(self.note.get(lead))
                && (site..head).any(|i| self.word_id(i) == Some("steroid"));
            passive && (with || ready)
        } else {
            procedure_at(concept, false).is_some_and(|own| general.contains(&own))
        };
        fits.then(|| Place { mention: *mention, from: self.left(site + 1).min(site) })
    }
}
