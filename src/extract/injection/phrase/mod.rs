//! Names of procedures: a place, a noun or verb, and the words around them.

mod about;
mod answer;
mod behind;
pub(super) mod log;
mod subject;

use crate::extract::{FormAnswer, Note, Token, What, find_side, number_in_words, tokens};
use crate::fact::{Intent, Procedure, Side};
use crate::lexicon::Concept;
use crate::span::Span;
use crate::tag::Mention;

pub(super) const NAME: &str = "injection";
pub(super) const SITE: &str = "injection-site";
pub(super) const WORD: &str = "injection-word";

/// How many tokens behind "injected" its place may stand, what was injected being between.
const AGENT_REACH: usize = 24;

/// A procedure as a sentence names it.
#[derive(Clone, Debug)]
pub(super) struct Phrase {
    /// The whole name, with side and levels.
    pub span: Span,
    /// The noun or verb.
    pub head: Span,
    /// Which procedure; `None` where only "injection" or "block" is said.
    pub procedure: Option<Procedure>,
    pub target: Option<String>,
    pub levels: Vec<String>,
    pub side: Option<Side>,
    pub count: Option<f64>,
    pub intent: Option<Intent>,
    /// Whether the name says that a steroid was in it.
    pub steroid: bool,
    /// What kind of noun it is: `whole`, `needle`, `block`, `ablation`, `verb`.
    pub class: &'static str,
    pub rule: String,
    /// Phrases with the same number share their noun.
    pub group: usize,
    /// What a form's row answers to it.
    pub answered: Option<FormAnswer>,
    /// The procedures that go where a word as general as its place leads: "the joint".
    pub part: Vec<Procedure>,
}

impl Phrase {
    /// Whether it is a row or item of a log that names the place alone.
    pub(super) fn is_logged(&self) -> bool {
        self.rule.contains("/log+")
    }
}

/// A place in a run, with where its own words begin.
struct Place {
    mention: Mention,
    from: usize,
}

/// What an injection into a place is called, or a block of the nerve there.
pub(super) fn procedure_at(place: &Concept, block: bool) -> Option<Procedure> {
    let of_block = place.field("block").filter(|_| block);
    of_block.or(place.field("procedure")).unwrap_or(&place.id).parse().ok()
}

/// The procedures that go into what a general word for a place names.
fn parts_of(place: &Concept) -> Vec<Procedure> {
    place.field("part").map_or_else(Vec::new, |list| {
        list.split(' ').filter_map(|name| name.parse().ok()).collect()
    })
}

/// The procedures that a stretch names, in order.
pub(super) fn phrases(note: &Note<'_>, within: Span) -> Vec<Phrase> {
    if note.mentions_in(NAME, within).next().is_none() {
        return log::rows(note, within);
    }
    let row = Row { note, tokens: tokens(note, within, &[NAME, SITE, WORD]) };
    let mut found: Vec<Phrase> = Vec::new();
    for at in 0..row.tokens.len() {
        // "RFTC (radiofrequency thermocoagulation)" is said once.
        let said = found.last().is_some_and(|p| p.span.contains(row.tokens[at].span));
        if row.group(at) == Some(NAME) && !said {
            row.read(at, &mut found);
        }
    }
    // "Injections" heads the rows below it.
    if let [head] = found.as_slice()
        && head.procedure.is_none()
        && head.target.is_none()
    {
        let below = Span::new(head.head.end, within.end.max(head.head.end));
        let rows = log::rows(note, below);
        if !rows.is_empty() {
            return rows;
        }
    }
    let others = log::beside(note, within, &found);
    if !others.is_empty() {
        // What only heads the list is none of its items.
        found.retain(|p| p.procedure.is_some() || p.span.start > others[0].span.start);
        found.extend(others);
        found.sort_by_key(|p| (p.head.start, p.span.start));
    }
    // A noun inside a longer name: "epidural injection of the hip".
    found.dedup_by(|b, a| {
        let same = a.head == b.head && a.procedure == b.procedure && a.target == b.target;
        if same {
            // "of the L3 and L4 medial branches and the L5 dorsal ramus" is one, at all levels.
            let new = b.levels.drain(..).filter(|level| !a.levels.contains(level));
            a.levels.extend(new.collect::<Vec<_>>());
        }
        same
    });
    found
}

struct Row<'a, 'n> {
    note: &'a Note<'n>,
    tokens: Vec<Token>,
}

impl Row<'_, '_> {
    fn group(&self, at: usize) -> Option<&str> {
        Some(self.note.lexicon.group_name(self.tokens.get(at)?.mention()?.group))
    }

    fn word(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |t| self.note.get(t.span))
    }

    fn is_site(&self, at: usize) -> bool {
        self.group(at) == Some(SITE)
    }

    /// The id of a word inside a name.
    fn word_id(&self, at: usize) -> Option<&str> {
        let mention = self.tokens.get(at)?.mention()?;
        (self.group(at) == Some(WORD)).then(|| self.note.concept(mention).id.as_str())
    }

    fn is_side(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|t| t.what == What::Word)
            && find_side(self.word(at)).is_some()
    }

    /// "B L4-5 TFESI" is on both sides.
    fn is_both(&self, at: usize) -> bool {
        self.word(at) == "b" && (self.is_level(at + 1) || self.is_site(at + 1))
            || self.word(at) == "b" && self.group(at + 1) == Some(NAME)
    }

    fn is_level(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|t| t.what == What::Level)
    }

    fn is_number(&self, at: usize) -> bool {
        let word = self.word(at);
        let bare = word.strip_prefix(['x', '#']).unwrap_or(word);
        !self.is_of_day(at)
            && self.tokens.get(at).is_some_and(|t| t.what == What::Word)
            && bare.len() <= 9
            && number_in_words(bare).is_some_and(|n| (1.0..=60.0).contains(&n))
            && !matches!(word, "a" | "an")
    }

    /// Whether a figure is of a day without its name: "SIJ 2/24, bursa 4/24".
    fn is_of_day(&self, at: usize) -> bool {
        let figure = |i: usize| self.word(i).bytes().all(|b| b.is_ascii_digit());
        let slash = |i: usize| self.word(i) == "/";
        at >= 2 && slash(at - 1) && figure(at - 2) && figure(at)
            || slash(at + 1) && figure(at) && !self.word(at + 2).is_empty() && figure(at + 2)
    }

    fn is_join(&self, at: usize) -> bool {
        matches!(self.word(at), "," | "/" | "&" | "and" | "or" | "and/or" | "+" | "versus" | "vs")
    }

    fn is_article(&self, at: usize) -> bool {
        matches!(self.word(at), "a" | "an" | "the" | "her" | "his" | "both" | "of")
    }

    /// Whether a token may stand in a name before its noun.
    fn goes_before(&self, at: usize) -> bool {
        self.is_site(at)
            || self.is_side(at)
            || self.is_both(at)
            || self.is_level(at)
            || (self.is_number(at) && !self.word(at).starts_with('x'))
            || self.is_join(at)
            || self.is_article(at)
            || self.word(at) == "-"
            || matches!(
                self.word_id(at),
                Some("diagnostic" | "therapeutic" | "steroid" | "region" | "modifier")
            )
            || (matches!(self.word(at), "to" | "through" | "at") && self.is_level(at + 1))
    }

    /// Whether a token says more about the name that stands before it.
    fn says_more(&self, at: usize) -> bool {
        // "epidural injection into the lumbar spine"
        let spine = self.is_site(at) && self.word(at).ends_with(" spine");
        spine
            || self.is_side(at)
            || self.is_level(at)
            || matches!(self.word_id(at), Some("diagnostic" | "therapeutic" | "region"))
            || (self.word(at).starts_with('x') && self.is_number(at))
    }

    fn read(&self, head: usize, found: &mut Vec<Phrase>) {
        let Some(mention) = self.tokens[head].mention() else { return };
        let concept = self.note.concept(mention);
        let class: &'static str = match concept.field("class") {
            Some("whole") => "whole",
            Some("needle") => "needle",
            Some("block") => "block",
            Some("ablation") => "ablation",
            _ => "verb",
        };
        let from = self.left(head);
        let shared = concept.field("share");
        let place_class = shared.unwrap_or(class);
        // "the left knee was injected" has its place before the verb.
        let passive = class == "verb"
            && head >= 2
            && matches!(self.word(head - 1), "was" | "were")
            && self.is_site(head - 2);
        let from = if passive { self.left(head - 1) } else { from };
        // "Botox of the hamstrings, phenol neurolysis of the obturator nerve": what a comma parts from
        // it is another one's.
        let apart = class == "block"
            && head > from
            && self.word(head - 1) == ","
            && self.word(head + 1) == "of";
        let from = if apart { head } else { from };
        let mut places = match class {
            "verb" if passive => self.places(from, head - 1),
            "verb" => Vec::new(),
            _ => self.places(from, head),
        };
        // A place joined to a whole name: "facet and epidural injections"; without a joining
        // word it only says more about the name.
        if class == "whole" {
            let last_join = (from..head).rev().find(|&i| self.is_join(i));
            places.retain(|p| shared.is_some() && last_join.is_some_and(|j| self.position(p) < j));
        }
        let sided = (from..head).any(|i| self.is_side(i));
        let mut end = self.more(head, !sided);
        let mut behind = Vec::new();
        let weak = |p: &Place| self.note.concept(&p.mention).field("weak").is_some();
        if places.iter().all(weak) && class != "whole" {
            let (read, last) = self.behind(from, head);
            behind = read;
            // "Nerve block, superior cluneal" has its nerve behind it.
            if !behind.is_empty() {
                places.clear();
            }
            end = end.max(last);
            end = end.max(self.more(end, !sided));
        }
        if class == "verb"
            && places.is_empty()
            && let Some(place) = self.subject(head, &behind)
        {
            places.push(place);
            behind.clear();
        }
        let whole = procedure_at(concept, false);
        let tail = Span::new(self.tokens[head].span.end, self.tokens[end].span.end);
        let base = Phrase {
            span: Span::new(self.tokens[from].span.start, self.tokens[end].span.end),
            head: self.tokens[head].span,
            procedure: match class {
                "whole" => whole,
                "ablation" => Some(Procedure::Rfa),
                _ => None,
            },
            target: concept.field("target").map(str::to_owned),
            levels: Vec::new(),
            side: None,
            count: self.count((class != "verb").then_some(from), head, end),
            intent: self.intent(from, end),
            steroid: (from..=end).any(|i| self.word_id(i) == Some("steroid"))
                || self.note.get(self.tokens[head].span).contains("steroid")
                || self.note.get(self.tokens[head].span).contains("cortisone"),
            class,
            rule: self.note.rule(mention),
            group: head,
            answered: None,
            part: Vec::new(),
        };
        if places.is_empty() && behind.is_empty() {
            if concept.field("needs") == Some("site") {
                return;
            }
            let mut phrase = base;
            let own = phrase.span;
            phrase.levels = self.note.levels_in(own);
            phrase.side = self.side(from, head, tail);
            let region = (from..=end).find(|&i| self.word_id(i) == Some("region"));
            let spine = (head..=end).find(|&i| self.is_site(i) && self.word(i).ends_with(" spine"));
            let spine = spine.and_then(|i| self.word(i).strip_suffix(" spine")).map(str::to_owned);
            let named = phrase.target.or(region.map(|i| self.word(i).to_owned()));
            phrase.target = named.or(spine);
            if phrase.target.is_none()
                && let Some(Procedure::TriggerPoint | Procedure::Botox | Procedure::Joint) = whole
            {
                self.add_places(from, head, &mut phrase);
            }
            // "steroid injection into the lumbar spine" has its place; the bare noun has none.
            found.push(phrase);
            return;
        }
        let ahead = behind.is_empty();
        let list = if ahead { places } else { behind };
        let mut last: Option<(Option<Side>, Vec<String>)> = None;
        let count = list.len();
        for (index, place) in list.iter().enumerate() {
            let mut phrase = base.clone();
            let site = self.note.concept(&place.mention);
            phrase.procedure = match place_class {
                "ablation" => Some(Procedure::Rfa),
                class => procedure_at(site, class == "block"),
            };
            // "nerve blocks to the foot" are of its nerves.
            let of_nerve = class == "block"
                && self.note.get(base.span).starts_with("nerve")
                && phrase.procedure == Some(Procedure::Joint);
            if of_nerve {
                phrase.procedure = Some(Procedure::PeripheralNerveBlock);
            }
            // "the same joint" is the one that was named before.
            let same = (from..=end).any(|i| self.word(i) == "same");
            if same && site.field("weak").is_some() {
                phrase.procedure = None;
            }
            phrase.part = parts_of(site);
            phrase.target = self.target(&place.mention);
            if place_class == "ablation" && phrase.target.as_deref() == Some("") {
                phrase.target = None;
            }
            let region = (from..=end).find(|&i| self.word_id(i) == Some("region"));
            if phrase.target.is_none()
                && phrase.procedure != Some(Procedure::TransforaminalEpidural)
            {
                phrase.target = region.map(|i| self.word(i).to_owned());
            }
            let own = Span::new(self.tokens[place.from].span.start, place.mention.span.end);
            let (side, levels) = (self.note.side_in(own), self.note.levels_in(own));
            let both = (from..head).any(|i| self.is_both(i)).then_some(Side::Bilateral);
            let side = side.or(both.filter(|_| ahead));
            let tail_side = self.note.side_in(tail);
            phrase.side = side
                .or(tail_side.filter(|_| ahead))
                .or(last.as_ref().and_then(|l| l.0))
                .or(tail_side);
            phrase.levels = if levels.is_empty() { self.note.levels_in(tail) } else { levels };
            if phrase.levels.is_empty() {
                phrase.levels = last.as_ref().map(|l| l.1.clone()).unwrap_or_default();
            }
            last = Some((phrase.side, phrase.levels.clone()));
            if ahead {
                phrase.span = Span::new(own.start, base.span.end);
            } else {
                phrase.span = Span::new(
                    base.span.start,
                    if index + 1 == count { base.span.end } else { place.mention.span.end },
                );
                // "inj: L SIJ ..." is a label with its list.
                let label = matches!(self.word(head + 1), ":" | "?" | ".");
                if index > 0 || label {
                    phrase.span.start = own.start.max(base.head.end);
                }
            }
            phrase.rule = format!("{}+{}", base.rule, self.note.rule(&place.mention));
            found.push(phrase);
        }
        if class == "whole" {
            // The whole name itself, behind the places that borrow its noun.
            let join = (from..head).rev().find(|&i| self.is_join(i)).map_or(from, |i| i + 1);
            let mut phrase = base.clone();
            phrase.span = Span::new(self.tokens[join].span.start, base.span.end);
            phrase.levels = self.note.levels_in(phrase.span);
            phrase.side = self.note.side_in(phrase.span).or(last.and_then(|l| l.0));
            found.push(phrase);
        }
    }

    /// "trigger point injections, left trapezius and rhomboid": the muscles are the target.
    fn add_places(&self, from: usize, head: usize, phrase: &mut Phrase) {
        let (mut places, last) = self.behind(head, head);
        if places.is_empty() && phrase.procedure == Some(Procedure::Joint) {
            places = self.places(from, head);
        }
        let names: Vec<String> = places.iter().filter_map(|m| self.target(&m.mention)).collect();
        if names.is_empty() {
            return;
        }
        phrase.target = Some(names.join(", "));
        phrase.span = phrase.span.union(self.tokens[last].span);
        phrase.side = phrase.side.or_else(|| self.note.side_in(phrase.span));
    }

    fn position(&self, place: &Place) -> usize {
        self.tokens.iter().position(|t| t.span == place.mention.span).unwrap_or(0)
    }

    /// Where the name begins.
    fn left(&self, head: usize) -> usize {
        let mut from = head;
        while from > 0 && self.goes_before(from - 1) {
            from -= 1;
        }
        // "Facet pain - MBB": what stands before the dash is another thing.
        let dash = (from..head).rev().find(|&i| {
            self.word(i) == "-" && self.note.str()[..self.tokens[i].span.start].ends_with(' ')
        });
        from = dash.map_or(from, |i| i + 1);
        while from < head
            && (self.is_join(from)
                || self.is_article(from)
                || self.word_id(from) == Some("modifier")
                || (self.is_number(from) && self.word(from + 1) == "of")
                || matches!(self.word(from), "-" | "at"))
        {
            from += 1;
        }
        from
    }

    /// The places of a run. Of neighbours without a joining word the last counts.
    fn places(&self, from: usize, to: usize) -> Vec<Place> {
        let mut places: Vec<Place> = Vec::new();
        let mut own = from;
        let mut joined = true;
        for at in from..to {
            if self.is_join(at) {
                // "right and left knee": the joining word is inside one place's words.
                if at > from && (self.is_site(at - 1) || self.word(at - 1) == ")")
                    || self.ends_place(at, from)
                {
                    joined = true;
                    own = at + 1;
                }
                continue;
            }
            let Some(mention) = self.tokens[at].mention().filter(|_| self.is_site(at)) else {
                continue;
            };
            let weak = |m: &Mention| self.note.concept(m).field("weak").is_some();
            if !joined && let Some(last) = places.last_mut() {
                // "the A1 pulley of the right thumb" is the pulley.
                let part = (from..at)
                    .rev()
                    .take_while(|&i| !self.is_site(i))
                    .any(|i| self.word(i) == "of");
                if weak(&last.mention) || (!weak(mention) && !part) {
                    last.mention = *mention;
                }
                continue;
            }
            places.push(Place { mention: *mention, from: own });
            joined = false;
        }
        places
    }

    /// Whether the words since the last joining word hold a place already.
    fn ends_place(&self, at: usize, from: usize) -> bool {
        (from..at).rev().take_while(|&i| !self.is_join(i)).any(|i| self.is_site(i))
    }
}

impl Note<'_> {
    /// The `class` of a mention's concept.
    fn concept_class(&self, mention: Option<&Mention>) -> &str {
        mention.and_then(|m| self.concept(m).field("class")).unwrap_or("")
    }
}
