//! How words around an electrodiagnostic finding bind: its nerve, its doubt, its bounds.

use super::{FINDING, LEAD, Reader};
use crate::extract::study::NEEDLESS_BEHIND;
use crate::extract::{find_levels, find_side};
use crate::fact::{Side, Time};
use crate::lexicon::WordPattern;
use crate::segment::Sentence;
use crate::span::Span;
use crate::tag::Mention;

// "severe right and mild left"
static GRADED_SIDES: WordPattern = WordPattern::new(
    r"\b({emg/grade}(?:-to-\w+)? (?:left|right)),? and (?:a )?({emg/grade}(?:-to-\w+)? (?:left|right))\b",
);

/// What makes of a finding a place, or what is only looked for.
static PLACE: WordPattern = WordPattern::new(r"\b(?:(?:at|across|through) the|{emg/looked-for}) $");

/// What is done for a finding, behind its name.
static TREATED: WordPattern = WordPattern::new(r"^ {emg/treatment}\b");

/// What leads from a finding to the study that shows it.
static CONFIRMED_BY: WordPattern =
    WordPattern::new(r"\b{emg/confirmed} (?:by|on|with|(?:by|on) (?:the|her|his))$");

/// That a study is not called for, before it.
static NEEDLESS: WordPattern = WordPattern::new(r"\b(?:{study-word/needless}|{emg/needless})\b");

/// Words before a finding that are quoted with it.
static QUOTED: WordPattern = WordPattern::new(r"^(?:to|or|and|no|{emg/quoted})$");

/// What single nerves and muscles are measured by.
static PART: WordPattern = WordPattern::new(r"\b(?:{emg/part}|{emg/part-only})\b");

/// A single nerve, or a reflex through it.
static NERVE: WordPattern = WordPattern::new(r"\b{emg/nerve}\b");

static OF_PART: WordPattern = WordPattern::new(r"\b(?:{emg/part}|{emg/of-part})\b");

/// The limb behind a side.
static LIMB: WordPattern = WordPattern::new(r"^(?: {emg/limb}\b)+");

impl Reader<'_, '_> {
    /// "at the carpal tunnel" names where a nerve is caught.
    pub(super) fn is_place(&self, mention: &Mention) -> bool {
        let before = self.note.get(Span::new(0, mention.span.start));
        PLACE.of(self.note.lexicon).is_match(before)
    }

    /// "Recommend evaluation for carpal tunnel release" names what is to be treated.
    pub(super) fn is_treated(&self, mention: &Mention) -> bool {
        let behind = &self.note.str()[mention.span.end..];
        TREATED.of(self.note.lexicon).is_match(behind)
            || self.note.assert(mention.span).assertion.time == Time::Planned
    }

    /// Whether words lead from a finding to the study that shows it: "confirmed by EMG".
    pub(super) fn confirms(&self, lead: Span) -> bool {
        CONFIRMED_BY.of(self.note.lexicon).is_match(self.note.get(lead).trim_end())
    }

    /// Conditions, with "median neuropathy consistent with carpal tunnel syndrome" as one.
    pub(super) fn joined(&self, conditions: Vec<Mention>) -> Vec<Mention> {
        let note = self.note;
        let mut out: Vec<Mention> = Vec::new();
        for mention in conditions {
            if let Some(last) = out.last_mut() {
                let gap = Span::new(last.span.end, mention.span.start.max(last.span.end));
                let words = note.get(gap);
                // "ulnar neuropathy at the elbow, with conduction block and axonal loss"
                let kind = note.concept(&mention).id == "axonal degeneration"
                    && [" with ", " and ", "without "].iter().any(|w| words.contains(w))
                    && !words.contains(['.', ';']);
                if kind {
                    continue;
                }
                let joins = self.has(gap, "joins")
                    || words.trim() == "("
                    || (words.ends_with('(') && words.len() <= 30)
                    || words.trim() == "with"
                    || (words.contains("with ")
                        && words.len() <= 30
                        && !words.contains([',', '.']));
                if joins && !words.contains('.') {
                    let carpal = self.has(gap, "joins")
                        || words.ends_with('(') && note.get(mention.span).contains("tunnel");
                    last.span = last.span.union(mention.span);
                    if carpal {
                        last.concept = mention.concept;
                    }
                    continue;
                }
            }
            out.push(mention);
        }
        out
    }

    /// Whether this sentence, or the next one where it names no finding of its own, takes
    /// back the certainty of the finding.
    pub(super) fn uncertain(&self, index: usize) -> bool {
        let note = self.note;
        let paragraph = note.sentences[index].paragraph;
        let names =
            |span: Span| self.findings(span).any(|m| note.concept(m).field("result").is_none());
        let both = note.sentences[index..].iter().take(2).filter(|s| s.paragraph == paragraph);
        both.enumerate().any(|(at, s)| {
            (at == 0 || !names(s.span))
                && note
                    .mentions_in(FINDING, s.span)
                    .any(|m| note.concept(m).id == "equivocal" && note.get(m.span).len() > 12)
        })
    }

    /// Whether words say that a study is not called for: "I see no need for an EMG".
    pub(super) fn is_needless(&self, lead: Span, behind: &str) -> bool {
        let lead = self.note.get(lead).trim_end();
        let from = lead.ceil_char_boundary(lead.len().saturating_sub(45));
        let lexicon = self.note.lexicon;
        NEEDLESS.of(lexicon).is_match(&lead[from..]) || NEEDLESS_BEHIND.of(lexicon).is_match(behind)
    }

    /// Whether a word before or behind leaves a finding open.
    pub(super) fn is_open(&self, finding: Span, previous: usize, sentence: &Sentence) -> bool {
        let from = finding.start.saturating_sub(LEAD).max(previous).max(sentence.span.start);
        let from = self.note.str().ceil_char_boundary(from);
        self.is_hedged(Span::new(from, finding.start)) || self.open_behind(finding, sentence)
    }

    /// Whether a word in a stretch leaves what follows open.
    fn is_hedged(&self, within: Span) -> bool {
        self.note.mentions_in(FINDING, within).any(|m| {
            let concept = self.note.concept(m);
            concept.field("open").is_some() || concept.field("result") == Some("equivocal")
        })
    }

    /// "could not be ruled out" or "is possible" behind a finding and its place.
    pub(super) fn open_behind(&self, finding: Span, sentence: &Sentence) -> bool {
        let note = self.note;
        let behind = Span::new(finding.end, sentence.span.end);
        let next = self.findings(behind).next().map_or(behind.end, |m| m.span.start);
        note.mentions_in(FINDING, Span::new(finding.end, next)).any(|m| {
            let gap = note.get(Span::new(finding.end, m.span.start));
            note.concept(m).field("open").is_some()
                && gap.len() <= LEAD
                && !gap.contains([',', ';', ':', '.'])
                && (note.get(m.span).contains("not")
                    || note.get(m.span).contains("neither")
                    || gap.ends_with("is ")
                    || gap.ends_with("remains "))
        })
    }

    /// The name of a finding, with the nerve before a bare "neuropathy".
    pub(super) fn condition(&self, mention: &Mention) -> String {
        let note = self.note;
        let concept = note.concept(mention);
        if concept.field("qualified").is_none() {
            return concept.id.clone();
        }
        let word = note.get(mention.span).replace("neuropathies", "neuropathy");
        let before = note.get(Span::new(
            note.str().ceil_char_boundary(mention.span.start.saturating_sub(24)),
            mention.span.start,
        ));
        let nerve = before.trim_end().rsplit(' ').next().unwrap_or("");
        let generic = [
            "a",
            "an",
            "the",
            "of",
            "any",
            "no",
            "other",
            "or",
            "and",
            "left",
            "right",
            "bilateral",
            "severe",
            "mild",
            "moderate",
            "for",
            "with",
            "focal",
        ];
        if nerve.is_empty() || generic.contains(&nerve) || !nerve.chars().all(char::is_alphabetic) {
            return concept.id.clone();
        }
        format!("{nerve} {word}")
    }

    /// "severe right and mild left median neuropathy": each side with its grade.
    pub(super) fn graded_sides(&self, lead: Span) -> Option<[(Span, Side); 2]> {
        let found = GRADED_SIDES.of(self.note.lexicon).captures(self.note.get(lead))?;
        let place = |group: usize| {
            let part = found.get(group)?;
            let side = find_side(part.as_str())?;
            Some((Span::new(lead.start + part.start(), lead.start + part.end()), side))
        };
        let (first, second) = (place(1)?, place(2)?);
        (first.1 != second.1).then_some([first, second])
    }

    /// Where the modifiers of a finding begin.
    pub(super) fn lead_start(&self, finding: Span, previous: usize) -> usize {
        let text = self.note.str();
        let from = finding.start.saturating_sub(LEAD).max(previous);
        let from = text.ceil_char_boundary(from);
        let words = &text[from..finding.start];
        // A comma ends another finding's words, unless levels are listed.
        let cut = words.rfind([',', ';', '.', ':']).filter(|&at| {
            words[at..].split_whitespace().count() > 1
                && !words[at + 1..].trim_start().starts_with(['c', 't', 'l', 's'])
                || words.as_bytes()[at] != b','
        });
        cut.map_or(from, |at| from + at + 1)
    }

    /// Where the quoted words of a finding begin: at its side, level or grade.
    pub(super) fn quote_start(&self, finding: Span, previous: usize) -> usize {
        let from = self.lead_start(finding, previous);
        let words = self.note.get(Span::new(from, finding.start));
        let mut start = finding.start;
        for word in words.split(' ').rev().filter(|w| !w.is_empty()) {
            let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
            let passes = find_side(bare).is_some()
                || !find_levels(bare).is_empty()
                || QUOTED.of(self.note.lexicon).is_match(bare)
                || (bare.len() > 3
                    && ["al", "ar", "an"].iter().any(|end| bare.ends_with(end))
                    && bare != "electrical");
            if !passes {
                break;
            }
            start -= (start - from).min(word.len() + 1);
        }
        let lead = self.note.get(Span::new(start.max(from), finding.start));
        let mut rest = lead.trim_start_matches([' ', ',', ':', '-', '"']);
        for joint in ["or ", "and ", "to "] {
            rest = rest.strip_prefix(joint).unwrap_or(rest);
        }
        start.max(from) + lead.len() - rest.len()
    }

    /// Where the words behind a finding or study end.
    pub(super) fn tail_end(&self, from: usize, until: usize) -> usize {
        let words = self.note.get(Span::new(from, until.max(from)));
        from + words.find([',', ';', '.']).unwrap_or(words.len())
    }

    /// A study with the side and limb that its clause names close behind it.
    pub(super) fn with_side(&self, study: Span, clause: Span) -> Span {
        let tail = self.note.get(Span::new(study.end, clause.end.max(study.end)));
        let Some(side) = find_side(tail) else { return study };
        let mut ends = tail.match_indices(' ').map(|(at, _)| at).chain([tail.len()]);
        let reaches = |&end: &usize| find_side(&tail[..end]) == Some(side);
        let Some(end) = ends.find(reaches).filter(|&end| end <= LEAD) else { return study };
        let limb = LIMB.of(self.note.lexicon).find(&tail[end..]).map_or(0, |limb| limb.end());
        let end = end + limb;
        Span::new(study.start, study.end + end)
    }

    /// A sentence without a heading that stands in it.
    pub(super) fn body(&self, sentence: &Sentence) -> Span {
        let span = sentence.span;
        if !(span.contains(sentence.heading) && sentence.heading.start == span.start) {
            return span;
        }
        let rest = self.note.get(Span::new(sentence.heading.end, span.end));
        let body = rest.trim_start_matches([':', ' ', '-', '.']);
        Span::new(span.end - body.len(), span.end)
    }

    /// Whether prose tells of single nerves or muscles, as a report's parts do.
    pub(super) fn is_part(&self, body: Span) -> bool {
        let words = self.note.get(body);
        words.ends_with('.') && PART.of(self.note.lexicon).is_match(words)
    }

    /// Where the words about a study end: before another study of another kind.
    pub(super) fn clause_end(&self, sentence: &Sentence, study: Option<Mention>) -> usize {
        let Some(study) = study else { return sentence.span.end };
        let other = self
            .note
            .mentions_in("imaging-study", Span::new(study.span.end, sentence.span.end))
            .next();
        other.map_or(sentence.span.end, |m| m.span.start)
    }

    /// "Tibial, peroneal, sural: normal": the result of what was named before it.
    pub(super) fn is_of_nerve(&self, result: &Mention, sentence: &Sentence) -> bool {
        let from = sentence.span.start.min(result.span.start);
        NERVE.of(self.note.lexicon).is_match(self.note.get(Span::new(from, result.span.start)))
    }

    /// Whether a result word speaks of the study as a whole and not of one nerve.
    pub(super) fn is_own_result(
        &self,
        result: &Mention,
        study: Option<Mention>,
        sentence: &Sentence,
    ) -> bool {
        let note = self.note;
        let Some(study) = study else {
            let words = note.get(sentence.span);
            return (words.split_whitespace().count() <= 6 && !self.is_of_nerve(result, sentence))
                || note.get(result.span).contains("examination")
                || words.contains(" study")
                || words.contains("studies");
        };
        if result.span.overlaps(study.span) || study.span.contains(result.span) {
            return true;
        }
        let gap = if result.span.end <= study.span.start {
            Span::new(result.span.end, study.span.start)
        } else {
            Span::new(study.span.end, result.span.start.max(study.span.end))
        };
        let words = note.get(gap);
        // "Latency: left 3.4 ms. Reflex: left delayed, right normal"
        let mixed =
            note.concept(result).field("result") == Some("normal") && self.tells_change(gap);
        words.split_whitespace().count() <= 14
            && !OF_PART.of(note.lexicon).is_match(words)
            && !mixed
    }
}
