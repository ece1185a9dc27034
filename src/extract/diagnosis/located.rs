//! Pains that a form asks for by their place, or a label tells of: "Where is your pain? Neck, both
//! hips", "Pain: Localized to the knees".

use super::compose::{WORDS, adjoins, is_site, role, widened};
use super::side::side_in;
use super::{CONTEXT, Class, Named, Note};
use crate::lexicon::WordPattern;
use crate::span::Span;
use crate::tag::Mention;

/// What follows the label "Pain" and tells its place.
static LOCALIZED: WordPattern =
    WordPattern::new(r"^{diagnosis-context/localized} (?:to|in|over)\b");

/// The places that answer a question for the pain's place, on the question's line.
pub(super) fn pains(note: &Note<'_>) -> Vec<Named> {
    let mut found = Vec::new();
    let asked = note
        .mentions(CONTEXT)
        .filter(|m| note.concept(m).id == "pain-place")
        .map(|question| note.rest_of_line(question.span))
        .filter(|answer| note.get(*answer).starts_with(['?', ':', ' ']));
    let labelled = note
        .sentences
        .iter()
        .filter(|s| {
            note.heading(s).trim() == "pain"
                && LOCALIZED.of(note.lexicon).is_match(note.get(s.span))
        })
        .map(|s| s.span);
    for answer in asked.chain(labelled) {
        let words: Vec<&Mention> = note.mentions_in(WORDS, answer).collect();
        for (at, site) in words.iter().enumerate().filter(|(_, word)| is_site(note, word)) {
            // What stands before a head is part of its name: "hip pain", "lumbar stenosis".
            let next = words.get(at + 1);
            if next.is_some_and(|next| {
                role(note, next) != "about" && adjoins(note, site.span, next.span)
            }) {
                continue;
            }
            let span = widened(note, site.span);
            let place = note.concept(site).field("name").unwrap_or_default();
            found.push(Named {
                span: Span::new(span.start.max(answer.start), span.end),
                name: format!("{place} pain"),
                side: side_in(note.get(span)),
                class: Class::Pain,
                yields: false,
                rule: "diagnosis/pain-place".to_owned(),
            });
        }
    }
    found
}
