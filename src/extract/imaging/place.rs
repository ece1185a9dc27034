//! Where a finding is by what its row or its sentence is of: "Left hip: mild narrowing",
//! "The right joint shows sclerosis", "Supraspinatus: partial tear".

use super::finding::{Clause, STRUCTURE};
use super::study::{self, regions_in};
use crate::extract::find_side;
use crate::fact::{Region, Side};
use crate::lexicon::{Concept, WordPattern};
use crate::span::Span;

/// A label or subject of more tokens says more than where.
const LONGEST: usize = 7;

/// Verbs between a part and what a picture shows of it.
static SHOWS: WordPattern = WordPattern::new(r"^(?:has|have|{imaging-word/shows})$");

/// A part of the body that several findings may be of.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Place {
    pub region: Option<Region>,
    pub side: Option<Side>,
    /// The structure, as the number of its concept.
    pub structure: Option<usize>,
}

impl Place {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Clause<'_, '_> {
    /// The place of a row by its label, and how far the label goes; none where it says no place.
    pub(super) fn row_place(&self) -> Option<Place> {
        let colon = (1..self.tokens.len().min(LONGEST + 1)).find(|&i| self.word(i) == ":")?;
        Some(self.named(0, colon)).filter(|place| !place.is_empty())
    }

    /// The place that a finding has by the last label before it, by the subject of its sentence,
    /// or by the row that its sentence goes on with.
    pub(super) fn place(&self, at: usize) -> Place {
        let label =
            (1..at).rev().take_while(|&i| self.word(i) != ".").find(|&i| self.word(i) == ":");
        let row = label.map(|colon| self.named(self.label_start(colon), colon));
        let row = row.filter(|row| !row.is_empty()).unwrap_or_else(|| self.over.clone());
        let from = label.map_or(0, |colon| colon + 1);
        let verb = (from + 1..at.min(from + LONGEST + 1)).find(|&i| self.is_shown(i));
        // "SI joints: Left joint shows ...": the row says the region, the sentence the side.
        let subject = verb.map(|verb| self.named(from, verb)).unwrap_or_default();
        Place {
            region: subject.region.or(row.region),
            side: subject.side.or(row.side.filter(|_| subject.region.is_none())),
            structure: subject.structure.or(row.structure.filter(|_| subject.region.is_none())),
        }
    }

    fn label_start(&self, colon: usize) -> usize {
        let sign = |i: &usize| matches!(self.word(*i), ";" | "," | "." | ":");
        (0..colon).rev().find(sign).map_or(0, |i| i + 1)
    }

    fn is_shown(&self, at: usize) -> bool {
        SHOWS.of(self.note.lexicon).is_match(self.word(at))
    }

    /// What some tokens name, unless they are of a study or too many.
    fn named(&self, from: usize, to: usize) -> Place {
        if from >= to || to - from > LONGEST {
            return Place::default();
        }
        let span = self.tokens[from].span.union(self.tokens[to - 1].span);
        let study = self.study.span.overlaps(span)
            || self.note.mentions_in(study::GROUP, span).next().is_some();
        if study || (from..to).any(|i| self.is_level(i)) {
            return Place::default();
        }
        let structure = (from..to).find_map(|i| self.structure(i));
        let region = self.region_in(span).or_else(|| region_of(self.concept_of(structure?)));
        // The "L" of "L spine" is no side.
        let spine = matches!(region, Some(Region::Cervical | Region::Thoracic | Region::Lumbar));
        let side = self.note.side_in(span).filter(|_| !spine);
        Place { region, side, structure }
    }

    fn region_in(&self, span: Span) -> Option<Region> {
        regions_in(self.note, span).first().map(|(_, region)| *region)
    }

    fn concept_of(&self, structure: usize) -> &Concept {
        &self.note.lexicon.concepts[structure]
    }

    /// The structure at a token, where findings are named after it.
    fn structure(&self, at: usize) -> Option<usize> {
        let mention = self.mention(at).filter(|_| self.group(at) == Some(STRUCTURE))?;
        self.note.concept(mention).field("stem").map(|_| mention.concept)
    }

    /// The structure that a finding is of: "supraspinatus tear", "tendinosis of the hamstring
    /// origin", or that of its place.
    pub(super) fn structure_of(&self, at: usize) -> Option<usize> {
        let own = self.structure(at);
        let before = self.segment(at).checked_sub(1).and_then(|i| self.structure(i));
        let mut linked = false;
        let behind = (at + 1..self.tokens.len().min(at + LONGEST)).find_map(|i| {
            match self.word(i) {
                "of" | "in" | "involving" | "at" | "within" => linked = true,
                "," | ";" | "." | ":" | "and" | "with" | "without" | "or" => return Some(None),
                _ if linked && self.structure(i).is_some() => return Some(self.structure(i)),
                _ => {}
            }
            None
        });
        own.or(behind.flatten()).or(before).or_else(|| self.place(at).structure)
    }

    /// The name of a finding after the structure that it is of: "labral fraying".
    pub(super) fn name_by_structure(&self, at: usize, concept: &Concept) -> String {
        let stem = self.structure_of(at).and_then(|s| self.concept_of(s).field("stem"));
        let Some(stem) = stem else { return concept.id.clone() };
        let last = self.word(at).rsplit(' ').next().unwrap_or_default();
        let plain = last.starts_with(concept.id.as_str()) || last.is_empty();
        format!("{stem} {}", if plain { &concept.id } else { last })
    }

    /// The region of the structure that a finding is of.
    pub(super) fn structure_region(&self, at: usize) -> Option<Region> {
        let own = self.mention(at).filter(|_| self.group(at) == Some(STRUCTURE));
        let own = own.and_then(|mention| region_of(self.note.concept(mention)));
        own.or_else(|| region_of(self.concept_of(self.structure_of(at)?)))
    }

    /// Whether the words before a token, back to the last sign, name a side and nothing else.
    pub(super) fn side_alone(&self, at: usize) -> Option<(usize, Side)> {
        let skipped = matches!(self.word(at.checked_sub(1)?), ":" | "-" | "is");
        let side = at.checked_sub(1 + usize::from(skipped))?;
        let begins = side == 0 || matches!(self.word(side - 1), "," | ";" | "." | ":" | "and");
        find_side(self.word(side)).filter(|_| begins).map(|found| (side, found))
    }
}

fn region_of(structure: &Concept) -> Option<Region> {
    structure.field("region")?.parse().ok()
}
