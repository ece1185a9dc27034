//! What was injected in a procedure that took place.

use super::statement;
use crate::extract::parts::part_at;
use crate::extract::{Draft, Note};
use crate::fact::{Polarity, Section, Time};
use crate::span::Span;
use crate::tag::Mention;

/// Words of injectates, in a group of the lexicon.
const GROUP: &str = "injectate";

pub(super) fn read(note: &Note<'_>, titles: &[(usize, &str)], drafts: &mut Vec<Draft>) {
    for mention in note.mentions(GROUP) {
        let id = note.concept(mention).id.as_str();
        let part = part_at(titles, mention.span);
        let Some(sentence) = note.sentence_at(mention.span) else { continue };
        let time = note.assert(mention.span).assertion.time;
        let procedure = part == Some("procedure-note") || sentence.section == Section::Procedure;
        let asked = part == Some("request-form")
            || matches!(sentence.section, Section::Plan | Section::Request | Section::Assessment)
            || matches!(time, Time::Planned | Time::Hypothetical);
        if asked && !(procedure && sentence.section != Section::Plan) {
            continue;
        }
        match id {
            // What numbs the skin is not the injectate.
            "substance" => {
                let skin = note.mentions_in("skin-anesthesia", sentence.span).next().is_some();
                let mut agents = note.mentions_in("agent", sentence.span);
                let open = |m: &Mention| note.concept(m).field("steroid") == Some("open");
                if procedure && !skin && !agents.any(open) {
                    let value = note.get(mention.span).to_owned();
                    drafts.push(statement(
                        note,
                        mention.span,
                        "injectate",
                        Some(value),
                        note.rule(mention),
                    ));
                    if is_steroid(note, sentence.span) {
                        drafts.push(said(
                            note,
                            mention.span,
                            "steroid-injected",
                            note.rule(mention),
                        ));
                    }
                }
            }
            _ => drafts.push(said(note, mention.span, id, note.rule(mention))),
        }
    }
}

fn said(note: &Note<'_>, span: Span, topic: &str, rule: String) -> Draft {
    statement(note, span, topic, None, rule)
}

/// Whether a steroid is among what a sentence says was injected.
fn is_steroid(note: &Note<'_>, sentence: Span) -> bool {
    let mut agents = note.mentions_in("agent", sentence);
    let denied = agents.any(|m| note.concept(m).field("steroid") == Some("no"));
    let given = |m: &Mention| note.assert(m.span).assertion.polarity == Polarity::Affirmed;
    !denied && note.mentions_in("steroid", sentence).any(given)
}
