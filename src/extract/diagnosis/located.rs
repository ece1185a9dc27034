//! Pains that a form asks for by their place: "Where is your pain? Neck, both hips".

use super::compose::{WORDS, adjoins, is_site, role, widened};
use super::side::side_in;
use super::{CONTEXT, Class, Named, Note};
use crate::span::Span;
use crate::tag::Mention;

/// The places that answer a question for the pain's place, on the question's line.
pub(super) fn pains(note: &Note<'_>) -> Vec<Named> {
    let mut found = Vec::new();
    for question in note.mentions(CONTEXT).filter(|m| note.concept(m).id == "pain-place") {
        let answer = note.rest_of_line(question.span);
        if !note.get(answer).starts_with(['?', ':', ' ']) {
            continue;
        }
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
