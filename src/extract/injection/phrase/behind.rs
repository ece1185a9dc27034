//! What stands behind a procedure's noun: more about it, and its places.

use super::{AGENT_REACH, NAME, Place, Row, SITE};
use crate::extract::What;

impl Row<'_, '_> {
    /// The last token behind a noun that says more about it.
    pub(super) fn more(&self, head: usize, sides: bool) -> usize {
        let mut last = head;
        let mut at = head + 1;
        let mut comma = false;
        while at < self.tokens.len() && at <= last + 5 {
            if self.says_more(at) {
                // "right SI joint injection, left knee pain": that side is another thing's.
                let alone = at + 1 >= self.tokens.len()
                    || !matches!(self.tokens[at + 1].what, What::Word | What::Mention(_))
                    || self.says_more(at + 1)
                    || self.word_id(at + 1).is_some();
                let other = matches!(self.group(at + 1), Some(NAME | SITE));
                if comma && ((self.is_side(at) && !(sides && alone)) || other) {
                    break;
                }
                last = at;
                at += 1;
                continue;
            }
            if self.word(at) == "(" && self.group(at + 1) == Some(NAME) && self.word(at + 2) == ")"
            {
                last = at + 2;
                at += 3;
                continue;
            }
            let passes = matches!(
                self.word(at),
                "," | "-"
                    | "at"
                    | "on"
                    | "the"
                    | "from"
                    | "to"
                    | "and"
                    | "("
                    | ")"
                    | "s"
                    | "side"
                    | "level"
                    | "levels"
                    | ":"
                    | "/"
                    | "of"
                    | "in"
                    | "into"
                    | "#"
            ) || self.word_id(at) == Some("modifier");
            comma |= matches!(self.word(at), "," | "(" | "and");
            if !passes {
                break;
            }
            at += 1;
        }
        last
    }

    /// The first token behind a noun that is not its number or day: "block #1 on 3/4/2025: left ...".
    fn behind_number(&self, head: usize) -> usize {
        let mut at = head + 1;
        while self.tokens.get(at).is_some_and(|token| {
            token.what == What::Date
                || self.is_number(at)
                || matches!(self.word(at), "#" | "no" | "no." | "number" | "dated" | "on")
                || (self.word(at) == "." && self.word(at - 1) == "no")
        }) {
            at += 1;
        }
        // "on" alone leads to a place.
        if at == head + 2 && self.word(head + 1) == "on" { head + 1 } else { at }
    }

    /// Whether a token begins a line, a cell or what a label leads to: "Procedure: Block, pudendal nerve".
    fn begins_value(&self, at: usize) -> bool {
        let span = self.tokens[at].span;
        let before = self.note.get(self.note.lead_of_line(span)).trim_end();
        before.is_empty()
            || before.ends_with([':', '|'])
            || self.note.cells(self.note.line_of(span)).iter().any(|cell| cell.start == span.start)
    }

    /// Places behind a noun or verb: "of the right SI joint", "(SI, piriformis)", "in her knees".
    /// The name of a procedure begins at `from`.
    pub(super) fn behind(&self, from: usize, head: usize) -> (Vec<Place>, usize) {
        // "injected 40 mg of triamcinolone into the left knee"
        let verb = self.note.concept_class(self.tokens[head].mention()) == "verb";
        let into = (head + 1..self.tokens.len().min(head + AGENT_REACH))
            .take_while(|&i| self.word(i) != "." && self.group(i) != Some(NAME))
            .find(|&i| verb && self.word(i) == "into");
        let head = into.unwrap_or(head);
        let mut at = head + 1;
        let mut last = head;
        while at < self.tokens.len() && at <= last + 8 {
            let passes = self.goes_before(at)
                || matches!(self.word_id(at), Some("link"))
                || matches!(
                    self.word(at),
                    "(" | ")"
                        | ":"
                        | "?"
                        | "."
                        | "s"
                        | "with"
                        | "only"
                        | "alone"
                        | "was"
                        | "were"
                        | ";"
                ) && !(self.word(at) == "." && last > head)
                || (last == head && at < self.behind_number(head));
            if !passes {
                break;
            }
            if self.is_site(at) {
                last = at;
            }
            // The list of a bracket ends with it.
            if self.word(at) == ")" && last > head {
                break;
            }
            if matches!(self.word(at), "." | ";" | "with" | "was" | "were")
                && self.word(head + 1) != "?"
                && !self.word(head + 1).starts_with('.')
            {
                break;
            }
            at += 1;
        }
        if last == head {
            return (Vec::new(), head);
        }
        // The noun must lead to its place: "injection, knee pain" does not, and a side does:
        // "injection, right knee".
        // "block 3/4/2025, left pudendal nerve" has its day between.
        let next = self.behind_number(head);
        let parted = next + usize::from(matches!(self.word(next), "," | ":" | "-"));
        let sided = self.is_site(next)
            || self.is_side(parted)
            || self.is_site(parted) && (parted > head + 2 || self.begins_value(from));
        let hurts = matches!(self.word(last + 1), "pain" | "ache" | "swelling" | "stiffness");
        if sided && hurts {
            return (Vec::new(), head);
        }
        let leads = sided
            || (head + 1..=last).any(|i| {
                self.word_id(i) == Some("link")
                    || matches!(self.word(i), "(" | ":" | "?" | "." | "of")
                    || self.is_article(i)
            });
        if !leads && !verb {
            return (Vec::new(), head);
        }
        (self.places(head + 1, last + 1), last)
    }
}
