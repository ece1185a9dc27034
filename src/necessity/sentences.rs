//! What a verdict says in words: the template of sentences has them, a macro each; here they are filled in.

use minijinja::value::Serde;
use minijinja::{Captured, Value};
use serde::Serialize;

use super::Outcome;
use super::missing::Thing;

/// Something worked out from the facts: the macro that says it, and what that is filled with.
#[derive(Clone, Debug, PartialEq)]
pub struct Worked {
    sentence: &'static str,
    with: Vec<String>,
}

impl Worked {
    /// Filled with words of the record and numbers, rounded as they are to be shown.
    pub(super) fn out(sentence: &'static str, with: impl IntoIterator<Item = String>) -> Self {
        Self { sentence, with: with.into_iter().collect() }
    }
}

/// What stand for the words of the policy and of the record, which have neither.
const REASON: &str = "\u{e000}";
const OBSERVED: &str = "\u{e001}";

/// The macros of the template, ready to be filled in.
pub(super) struct Sentences<'t> {
    template: Option<Captured<'t>>,
    /// Explanations without their words, by outcome and flag: few, and said of many criteria.
    explanations: Vec<(Outcome, &'static str, String)>,
}

impl<'t> Sentences<'t> {
    /// `None` where there is no template: every sentence then says so.
    pub(super) fn of(template: Option<Captured<'t>>) -> Self {
        Self { template, explanations: Vec::new() }
    }

    /// Says one. A template of one's own may lack it or ask for what is not there; then that is said instead.
    fn say(&mut self, sentence: &str, with: &[Value]) -> String {
        let template = self.template.as_mut();
        let said = template
            .and_then(|template| template.with_state_mut(|it| it.call_macro(sentence, with).ok()));
        said.unwrap_or_else(|| format!("The sentence {sentence} could not be filled."))
    }

    /// What was worked out.
    pub(super) fn worked(&mut self, worked: &Worked) -> String {
        let with: Vec<Value> = worked.with.iter().map(|with| with.as_str().into()).collect();
        self.say(worked.sentence, &with)
    }

    /// A thing that is missing.
    pub(super) fn thing(&mut self, thing: Thing<'_>) -> String {
        match thing {
            Thing::Worded(words) => words.to_owned(),
            Thing::Item(item) => self.say("item", &[item.as_str().into()]),
        }
    }

    /// What is shown where there is neither a quote nor anything worked out.
    pub(super) fn unquoted(&mut self, stated: bool) -> String {
        self.say("unquoted", &[stated.into()])
    }

    /// What stands for the things that are missing where there are none.
    pub(super) fn nothing_missing(&mut self) -> String {
        self.say("nothing_missing", &[])
    }

    /// Why a criterion came out as it did; `reason` is the policy's, `flag` why it is open.
    pub(super) fn explanation(
        &mut self,
        outcome: Outcome,
        flag: &'static str,
        reason: &str,
        observed: &str,
    ) -> String {
        let known = self.explanations.iter().position(|(o, f, _)| (*o, *f) == (outcome, flag));
        let at = known.unwrap_or_else(|| {
            let with = [outcome.as_str().into(), REASON.into(), OBSERVED.into(), flag.into()];
            let bare = self.say("explanation", &with);
            self.explanations.push((outcome, flag, bare));
            self.explanations.len() - 1
        });
        let (.., bare) = &self.explanations[at];
        bare.replace(REASON, reason).replace(OBSERVED, observed)
    }

    /// What in the record speaks against a step.
    pub(super) fn caution(&mut self, text: &str, quote: &str, page: u32) -> String {
        self.say("caution", &[text.into(), quote.into(), page.into()])
    }

    /// The result of a case in two or three sentences.
    pub(super) fn rationale(&mut self, view: impl Serialize) -> String {
        self.say("rationale", &[Value::from(Serde(view))])
    }
}
