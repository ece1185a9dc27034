//! How a treatment worked: "no relief", "helps a little", "stopped for nausea".
//!
//! Words are in `lexicons/concepts/outcome.toml`; here stands how they bind.

use std::sync::LazyLock;

use regex::Regex;

use crate::pattern::fixed_regex;

use super::{Answer, Note};
use crate::fact::{Outcome, Section};
use crate::lexicon::WordPattern;
use crate::span::Span;
use crate::tag::Mention;

/// An outcome and the words that say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutcomeRead {
    /// How the treatment worked.
    pub outcome: Outcome,
    /// The words that say so.
    pub span: Span,
    /// Why it was not tolerated, or stopped.
    pub reason: Option<Span>,
}

impl OutcomeRead {
    /// "Did it help? No": what is asked is as it is answered; `None` where the answer is left open.
    pub(super) fn as_answered(self, note: &Note<'_>) -> Option<Self> {
        let good = matches!(self.outcome, Outcome::Helpful | Outcome::Partial);
        match good.then(|| note.answer_to(self.span)).flatten() {
            Some(Answer::No) => Some(Self { outcome: Outcome::NotHelpful, ..self }),
            Some(Answer::Blank) => None,
            _ => Some(self),
        }
    }
}

/// The group of the lexicon.
const GROUP: &str = "outcome";

/// How many bytes a degree may stand before the effect that it measures.
const DEGREE_BEFORE: usize = 32;

/// How many bytes may part an unwanted effect from the end of the treatment that it is of.
const IN_ONE_BREATH: usize = 70;

/// How many bytes a degree may stand behind the effect that it measures.
const DEGREE_BEHIND: usize = 24;

// Words that make an effect a wish or an aim.
static WISH: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"\b(?:to|may|might|will|should|could|would|can|if|hope|hopefully|for|until|unless|whether)(?: (?:get|have|be|provide|give|see|further|more|better|pain|possibly|any|her|his|the|additional|achieve|improve)){0,3} $",
    )
});

static MODAL: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"\b(?:may|might|should|would|if|unless|whether)(?: (?:not|also|have|be|it|this|cause)){0,2} $",
    )
});

static BORNE: WordPattern = WordPattern::new(r"^{outcome/borne}\b");

// "If she cannot tolerate"
static SUPPOSED: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"\b(?:if|unless|whether|should)(?: (?:she|he|they|it|the|patient|pt|this|still|again)){0,3} $",
    )
});

static IS: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"^ ?(?:(?:was|were|is|are|has been|have been|her|his|the|pain|with|only|very|so|it|them|about|just|for|symptoms|:|-) ?){0,4}$",
    )
});

// What may stand between an effect and the treatment behind it: "some relief from taking".
static FROM: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"^(?: [a-z']+){0,4} (?:with|from|by|on|after|using|of|to|through|while taking|noted with)(?: [a-z'-]+){0,5} ?$",
    )
});

// What may stand between an unwanted effect and the drug that it is of: "nausea with".
static CAUSED_BY: WordPattern =
    WordPattern::new(r"^ {outcome/caused-by}(?: {outcome/taking}| the| her| his| both)* $");

static UNSAID: WordPattern = WordPattern::new(r"\b{outcome/unsaid}");

static NONE: WordPattern =
    WordPattern::new(r"\b(?:no|not|without|for|{outcome/not-from-drug})(?: \w+){0,2} $");

static REASON: WordPattern = WordPattern::new(
    r#"\b(?:(?:{outcome/ended}|{outcome/withheld})(?: [^.;,]{0,30}?)? (?:for|with)|{outcome/because-of}|{outcome/due-to}|{outcome/brought-on}) (?P<r>[a-z][^.;,()"]{1,60})"#,
);

// "stopped, dry mouth", "stopped after two falls", "given up after nine days, for his ankles swelled": the adverse effect right behind is the reason.
static STOPPED: WordPattern = WordPattern::new(
    r"\b(?:{outcome/ended}|{outcome/not-borne})(?: it| this| them)?(?: (?:in |on )?[\d/.-]+| [a-z]+ \d{4}| at [\d,.]+ ?(?:mg|mcg|g)(?: [a-z]+){0,3}?| by \w+| after (?:only |about )?[a-z0-9]+ (?:days?|weeks?|months?|doses?|tablets?))? ?(?:[,;:.(/-]+ ?(?:(?:for|since|because|as|when) (?:(?:her|his|the|both|she|he|of|had|got) )*)?| (?:after|over|for|with) (?:(?:an?|some|one|two|three|four|several|repeated|recurrent|severe|bad) )*)$",
);

// "she gained 20 pounds and quit it": what befell her is why.
static THEN_STOPPED: WordPattern = WordPattern::new(
    r"^(?: to [\d.]+| again| (?:on|by|after|within|from) (?:the )?(?:day|night|week|dose) ?(?:\d{1,2}|one|two|three|four|five)| (?:on|by|after) the (?:first|second|third|fourth|fifth) (?:day|night|week|dose))?(?:,| ?-{1,2}| ?;)?(?: and| so| so that| which is why| after which| at which point)?,? ?(?:(?:she|he|it|we|i|they|pt|was|were|had to|has|had|therefore|then|be|subsequently|eventually|it was|all) ?){0,4}(?:{outcome/ended}|{outcome/gave-up})\b",
);

// "does not want to go higher due to swelling" tells of more of the drug than is taken.
static OF_MORE: WordPattern = WordPattern::new(r"\b{outcome/more-of-it}\b[^.;]{0,50}$");

static FOUND: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"(?:\b(?P<not>not|never) |\b(?:has|have|had|did|does|do)(?P<nt>n't) )?(?:yet |really |ever )?\b(?:found|finds?)(?: (?:that|the|her|his|any|either|taking|using|prescribed|daily))* $",
    )
});

static TO_BE: WordPattern = WordPattern::new(
    r"^(?: \d[\d./-]*(?: ?mg| ?mcg)?)? (?:(?:to be|is|was|as|very|particularly|especially|at all|all that|that|too|terribly|overly|quite|most) )*{outcome/found-helpful}\b",
);

/// The outcome that a stretch behind a treatment tells, as "with partial help" or ": no benefit, stopped".
pub fn outcome_in(note: &Note<'_>, tail: Span) -> Option<OutcomeRead> {
    let mentions: Vec<Mention> = note.mentions_in(GROUP, tail).copied().collect();
    let mut best: Option<(u8, OutcomeRead)> = None;
    for mention in &mentions {
        let Some((rank, outcome)) = read(note, &mentions, mention, tail) else { continue };
        // A later outcome wins only if it says more of the pain, or behind a "but".
        let turned = best.is_some_and(|(_, before)| {
            turns(note.get(Span::new(before.span.end.min(mention.span.start), mention.span.start)))
        });
        // "Makes her sleepy but helps": borne for what it does.
        let borne = turned
            && outcome != Outcome::NotHelpful
            && best
                .is_some_and(|(_, before)| BORNE.of(note.lexicon).is_match(note.get(before.span)));
        if best.is_none_or(|(before, _)| rank > before || (rank == before && turned)) || borne {
            best = Some((rank, OutcomeRead { outcome, span: mention.span, reason: None }));
        }
    }
    let (_, mut found) = best.or_else(|| given_up(note, &mentions, tail))?;
    if found.outcome == Outcome::NotTolerated {
        found.reason = reason_in(note, tail);
        if found.reason.is_none() {
            let adverse = mentions.iter().find(|m| role(note, m) == "adverse");
            // "made her groggy" says why, "side effects" does not.
            let said = !UNSAID.of(note.lexicon).is_match(note.get(found.span));
            found.reason = adverse.map(|m| m.span).or(said.then_some(found.span));
        }
    }
    Some(found)
}

/// "no dizziness": an effect that there was not.
static DENIED: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(r"\b(?:no|without|denies|denied)(?: (?:any|more|real|significant|further))* $")
});

/// That a treatment was ended, in whatever words.
static ENDED: WordPattern = WordPattern::new(
    r"\b(?:{outcome/ended}|{outcome/gave-up}|{outcome/not-again})\b|[,;] ?off(?: it)?(?:$|[ .;,])",
);

/// What an unwanted effect is that a drug is taken for: "Elavil for insomnia".
static TAKEN_FOR: LazyLock<Regex> =
    LazyLock::new(|| fixed_regex(r"\b(?:for|with|against)(?: (?:her|his|the|some|chronic))? $"));

/// What befell a patient whose treatment ended, in one breath and with no other reason given:
/// "vomited on three of five days, and it was withdrawn".
fn given_up(note: &Note<'_>, mentions: &[Mention], tail: Span) -> Option<(u8, OutcomeRead)> {
    let words = note.get(tail);
    let ended = ENDED.of(note.lexicon).find(words)?;
    let supposed = MODAL.is_match(&words[..ended.start()]);
    if supposed || reason_in(note, tail).is_some() {
        return None;
    }
    let ended = Span::new(tail.start + ended.start(), tail.start + ended.end());
    let befell = mentions.iter().filter(|m| role(note, m) == "adverse").find(|m| {
        let before = note.get(Span::new(tail.start, m.span.start));
        let (first, last) =
            if m.span.start < ended.start { (m.span, ended) } else { (ended, m.span) };
        let gap = note.get(Span::new(first.end.min(last.start), last.start));
        gap.len() <= IN_ONE_BREATH
            && !NONE.of(note.lexicon).is_match(before)
            && !MODAL.is_match(before)
            && !(TAKEN_FOR.is_match(before) && m.span.start < ended.start)
    })?;
    let found = OutcomeRead { outcome: Outcome::NotTolerated, span: befell.span, reason: None };
    Some((2, found))
}

/// The outcome of a degree that stands alone, as an answer: "some", "a lot".
pub(super) fn degree_in(note: &Note<'_>, cell: Span) -> Option<OutcomeRead> {
    let degree = note.mentions_in(GROUP, cell).find(|m| role(note, m) == "degree")?;
    let outcome = parse(note.concept(degree).field("outcome"))?;
    Some(OutcomeRead { outcome, span: degree.span, reason: None })
}

/// The first unwanted effect that a stretch names.
pub(super) fn adverse_in(note: &Note<'_>, within: Span) -> Option<Span> {
    note.mentions_in(GROUP, within).find(|m| role(note, m) == "adverse").map(|m| m.span)
}

/// The outcome that a stretch before a treatment tells of it, as "no relief with" or "failed".
pub fn outcome_before(note: &Note<'_>, lead: Span) -> Option<OutcomeRead> {
    let mentions: Vec<Mention> = note.mentions_in(GROUP, lead).copied().collect();
    mentions.iter().rev().find_map(|mention| {
        let concept = note.concept(mention);
        let gap = note.get(Span::new(mention.span.end, lead.end));
        if SUPPOSED.is_match(note.get(Span::new(lead.start, mention.span.start))) {
            return None;
        }
        let outcome = if concept.field("binds").is_some() {
            (!gap.contains([';', '.'])).then(|| parse(concept.field("outcome")))??
        } else if role(note, mention) == "adverse" {
            let before = note.get(Span::new(lead.start, mention.span.start));
            let told = CAUSED_BY.of(note.lexicon).is_match(gap)
                && !MODAL.is_match(before)
                && !NONE.of(note.lexicon).is_match(before);
            told.then_some(Outcome::NotTolerated)?
        } else if role(note, mention) == "effect"
            || note.get(mention.span).starts_with("side effect")
        {
            if !FROM.is_match(gap) {
                return None;
            }
            read(note, &mentions, mention, lead)?.1
        } else {
            return None;
        };
        Some(OutcomeRead { outcome, span: mention.span, reason: None })
    })
}

/// What somebody found a treatment to be, said on both sides of it: "has not found" and "to be helpful".
pub(super) fn outcome_found(note: &Note<'_>, lead: Span, own: Span) -> Option<OutcomeRead> {
    let verb = FOUND.captures(note.get(lead))?;
    let help = TO_BE.of(note.lexicon).find(note.get(own))?;
    let denied = verb.name("not").is_some() || verb.name("nt").is_some();
    let outcome = if denied { Outcome::NotHelpful } else { Outcome::Helpful };
    Some(OutcomeRead {
        outcome,
        span: Span::new(own.start + help.start(), own.start + help.end()),
        reason: None,
    })
}

impl OutcomeRead {
    /// What it is of "neither A nor B": "helped" did not.
    pub(super) fn of_neither(self) -> Self {
        match self.outcome {
            Outcome::Helpful | Outcome::Partial => Self { outcome: Outcome::NotHelpful, ..self },
            _ => self,
        }
    }
}

/// Why a treatment was stopped or not given, as a stretch says: "because of urinary retention".
pub fn reason_in(note: &Note<'_>, within: Span) -> Option<Span> {
    let words = note.get(within);
    let found = REASON.of(note.lexicon).captures(words)?.name("r")?;
    let mut reason = found.as_str();
    for end in [" and ", " which ", " but ", " so ", " while ", " after ", " - ", " in ", " at "] {
        if let Some(at) = reason.find(end).filter(|at| *at > 0) {
            // "nausea and vomiting" is one reason.
            let rest = &reason[at + end.len()..];
            let goes_on =
                end == " and " && rest.split(' ').count() <= 2 && !rest.starts_with("was ");
            if !goes_on {
                reason = &reason[..at];
            }
        }
    }
    let reason = reason.trim_end();
    let start = within.start + found.start();
    (reason.len() >= 3).then(|| Span::new(start, start + reason.len()))
}

fn turns(between: &str) -> bool {
    [" but ", " however", " although", " then ", "later"].iter().any(|word| between.contains(word))
}

fn role<'a>(note: &Note<'a>, mention: &Mention) -> &'a str {
    note.concept(mention).field("role").unwrap_or_default()
}

fn parse(word: Option<&str>) -> Option<Outcome> {
    word?.parse().ok()
}

/// What one mention says: its rank and the outcome.
fn read(
    note: &Note<'_>,
    mentions: &[Mention],
    mention: &Mention,
    within: Span,
) -> Option<(u8, Outcome)> {
    let concept = note.concept(mention);
    let before = note.get(Span::new(within.start, mention.span.start));
    let seems =
        ["appears to have ", "seems to have ", "appear to have ", "due to ", "appears to be "];
    let wished = WISH.is_match(before) && !seems.iter().any(|end| before.ends_with(end));
    match role(note, mention) {
        "phrase"
            if concept.field("binds") == Some("forward")
                && !note.get(mention.span).contains("toler") =>
        {
            None
        }
        "phrase" => {
            let outcome = parse(concept.field("outcome"))?;
            let rank = match (outcome, concept.field("about")) {
                (_, Some(_)) => 3,
                (Outcome::NotTolerated, _) => 2,
                _ => 1,
            };
            let denied = rank == 2 && before.ends_with("no ");
            (!MODAL.is_match(before) && !denied).then_some((rank, outcome))
        }
        // "-> partial, still on", "(some)": a degree that stands for the outcome by itself.
        "degree" | "answer" => {
            let lead = before.trim_end();
            let apart = [">", ":", " -", "=", "(", "- "].iter().any(|mark| lead.ends_with(mark));
            let rest = note.get(Span::new(mention.span.end, within.end)).trim_start();
            let alone = rest.is_empty() || rest.starts_with([',', ';', '.', ')']);
            let outcome = parse(concept.field("outcome"))?;
            let plain =
                !matches!(note.get(mention.span), "no" | "none" | "never" | "not" | "nil" | "well");
            let filled = || fills_cell(note, mention.span);
            (plain && (apart && alone || rest.is_empty() && filled())).then_some((1, outcome))
        }
        "adverse" => {
            // A bare symptom is an adverse effect only where it is given as a reason, or in brackets by itself.
            let reason = reason_in(note, within).is_some_and(|span| {
                span.overlaps(mention.span)
                    && !OF_MORE
                        .of(note.lexicon)
                        .is_match(note.get(Span::new(within.start, span.start)))
            });
            let words = note.get(within);
            let at = mention.span.start - within.start;
            let bracketed = words[..at]
                .rfind('(')
                .is_some_and(|open| !words[open..at].contains(')') && at - open <= 20);
            let behind = note.get(Span::new(mention.span.end, within.end));
            let stopped = STOPPED.of(note.lexicon).is_match(before)
                || THEN_STOPPED.of(note.lexicon).is_match(behind);
            let telling = concept.field("alone").is_some();
            let alone = stands_alone(note, telling, mention.span, before);
            let denied = DENIED.is_match(before);
            let purpose =
                !reason && TAKEN_FOR.is_match(before) && !ENDED.of(note.lexicon).is_match(before);
            (!denied && !purpose && (reason || bracketed || stopped || alone))
                .then_some((2, Outcome::NotTolerated))
        }
        "effect" => {
            if wished {
                return None;
            }
            let degree = |m: &&Mention| role(note, m) == "degree";
            let near_before = |m: &&Mention| {
                m.span.end <= mention.span.start
                    && mention.span.start - m.span.end <= DEGREE_BEFORE
                    && !note
                        .get(Span::new(m.span.end, mention.span.start))
                        .contains([',', ';', '.', ':', '('])
            };
            let near_behind = |m: &&Mention| {
                m.span.start >= mention.span.end
                    && m.span.start - mention.span.end <= DEGREE_BEHIND
                    && IS.is_match(note.get(Span::new(mention.span.end, m.span.start)))
            };
            let degrees =
                mentions.iter().filter(degree).filter(|m| near_before(m) || near_behind(m));
            let said =
                degrees.filter_map(|m| parse(note.concept(m).field("outcome"))).max_by_key(|o| {
                    match o {
                        Outcome::NotHelpful => 3,
                        Outcome::Partial => 2,
                        _ => 1,
                    }
                });
            let said = said.or_else(|| percent(before));
            Some((1, said.or_else(|| parse(concept.field("default")))?))
        }
        _ => None,
    }
}

/// Whether an unwanted effect fills a cell, or stands by itself behind a dash: "Elavil - dry mouth".
///
/// On a list of what was tried any may; elsewhere only a `telling` one, since drugs are also
/// listed with what they are for.
fn stands_alone(note: &Note<'_>, telling: bool, effect: Span, before: &str) -> bool {
    let led = before.trim_end().ends_with(['-', ':', '=', '>', '\u{2013}']);
    let tried = note.sentence_at(effect).is_some_and(|s| s.section == Section::Treatments);
    if tried || !telling {
        return tried && (led || before.trim_end().ends_with([',', ';']));
    }
    let after = note.str()[effect.end..].trim_start_matches(' ');
    let ends = after.is_empty() || after.starts_with([',', ';', '.', '/', '\n']);
    fills_cell(note, effect) || (ends && led)
}

/// Whether words fill a cell of a row, behind its first.
fn fills_cell(note: &Note<'_>, words: Span) -> bool {
    let cells = note.cells(note.line_of(words));
    cells.len() > 2 && cells[1..].contains(&words)
}

/// An outcome of a percentage right before an effect: "50% relief".
fn percent(before: &str) -> Option<Outcome> {
    let number = before.trim_end().strip_suffix('%')?.trim_end();
    let digits = number.len() - number.bytes().rev().take_while(u8::is_ascii_digit).count();
    match number[digits..].parse::<u32>().ok()? {
        0..10 => Some(Outcome::NotHelpful),
        10..80 => Some(Outcome::Partial),
        _ => Some(Outcome::Helpful),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::{self, Lexicon};
    use crate::text::Text;

    fn read(text: &str, behind: bool) -> (Option<&'static str>, Option<String>) {
        let lexicon = Lexicon::embedded().unwrap();
        let text = Text::from_plain(text);
        let note = Note::new(&text, &lexicon);
        let whole = Span::new(0, note.str().len());
        let found = if behind { outcome_in(&note, whole) } else { outcome_before(&note, whole) };
        (
            found.map(|f| f.outcome.as_str()),
            found.and_then(|f| f.reason).map(|r| note.get(r).to_owned()),
        )
    }

    #[track_caller]
    fn behind(text: &str, outcome: Option<&str>, reason: Option<&str>) {
        let got = read(text, true);
        assert_eq!((got.0, got.1.as_deref()), (outcome, reason), "{text}");
    }

    #[test]
    fn degrees_measure_effects() {
        behind(" without any significant relief", Some("not_helpful"), None);
        behind(" with partial help", Some("partial"), None);
        behind(" helps her pain somewhat", Some("partial"), None);
        behind(": no benefit, stopped", Some("not_helpful"), None);
        behind(" with good relief", Some("helpful"), None);
        behind(" has been helpful", Some("helpful"), None);
        behind(" and did not help", Some("not_helpful"), None);
        behind(" gave 50% relief", Some("partial"), None);
        behind(" for pain relief", None, None);
        behind(" to help with sleep", None, None);
    }

    #[test]
    fn words_of_the_pain_outweigh_others() {
        behind(": stronger, pain same", Some("not_helpful"), None);
        behind(
            "; walking improved a little but her pain did not change",
            Some("not_helpful"),
            None,
        );
    }

    #[test]
    fn reasons_are_read_as_written() {
        behind(" was stopped for nausea.", Some("not_tolerated"), Some("nausea"));
        behind(
            "; stopped after three weeks because of urinary retention.",
            Some("not_tolerated"),
            Some("urinary retention"),
        );
        behind(" stopped, dry mouth", Some("not_tolerated"), Some("dry mouth"));
        behind(" (wt gain)", Some("not_tolerated"), Some("wt gain"));
        behind(" stopped due to side effects", Some("not_tolerated"), Some("side effects"));
        behind(" was stopped for lack of effect", Some("not_helpful"), None);
    }

    #[test]
    fn a_word_that_a_list_is_given_counts() {
        let text = Text::from_plain(" was ceased for nausea.");
        let read = |files: &lexicon::Files| {
            let lexicon = Lexicon::parse(files).unwrap();
            let note = Note::new(&text, &lexicon);
            reason_in(&note, Span::new(0, note.str().len())).map(|r| note.get(r).to_owned())
        };
        let mut files = lexicon::embedded_files();
        assert_eq!(read(&files), None);
        let own = &files["concepts/outcome.toml"];
        let own = own.replacen("terms = [\"stopped\",", "terms = [\"ceased\", \"stopped\",", 1);
        files.insert("concepts/outcome.toml".to_owned(), own);
        assert_eq!(read(&files).as_deref(), Some("nausea"));
    }

    #[test]
    fn outcomes_stand_before_the_treatment_too() {
        assert_eq!(read("no relief with ", false).0, Some("not_helpful"));
        assert_eq!(read("some improvement has been noted with ", false).0, Some("partial"));
        assert_eq!(read("the patient has failed ", false).0, Some("not_helpful"));
        assert_eq!(read("could not tolerate ", false).0, Some("not_tolerated"));
        assert_eq!(read("no relief. she takes ", false).0, None);
    }
}
