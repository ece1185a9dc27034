//! Findings of a study: what, where, how severe, there or not.

use super::place::Place;
use super::study::{Study, region_of, regions_in, touches};
use crate::extract::{Draft, Note, Token, What, find_levels, find_side, tokens};
use crate::fact::{EventStatus, FindingPolarity, Imaging, Kind, Polarity, Region, Side, Time};
use crate::lexicon::{CueCategory, WordPattern};
use crate::segment::Sentence;
use crate::span::Span;
use crate::tag::Mention;

pub(super) const FINDING: &str = "imaging-finding";
pub(super) const STRUCTURE: &str = "imaging-structure";
pub(super) const WORD: &str = "imaging-word";

/// Levels that a row of a report began with ("L3-4: ..."); they hold for its sentences.
#[derive(Clone, Debug, Default)]
pub(super) struct Carry {
    levels: Vec<String>,
    paragraph: usize,
    /// Whether prose named them ("At L3-4 there is ..."), where later denials speak of all levels.
    prose: bool,
    /// What the row is of ("Left hip: ..."), for the sentences that go on with it.
    place: Place,
    /// The line of the numbered item that named them, which holds to its end.
    item: Option<usize>,
}

/// Whether a denial in a numbered item may be of the level that it began with: "The canal is adequate."
fn is_of_level(imaging: &Imaging) -> bool {
    let finding = imaging.finding.as_deref().unwrap_or_default();
    imaging.polarity == Some(FindingPolarity::Present)
        || ["stenosis", "disc", "root"].iter().any(|part| finding.contains(part))
}

/// Reads the findings of a clause that tells of a study.
pub(super) fn read_clause(
    note: &Note<'_>,
    sentence: &Sentence,
    span: Span,
    study: &Study,
    carry: &mut Carry,
    drafts: &mut Vec<Draft>,
) {
    let seen = drafts.iter().rev().take(12).filter_map(|d| match &d.kind {
        Kind::Imaging(imaging) => imaging.finding.clone(),
        _ => None,
    });
    let seen = seen.collect();
    let tokens = tokens(note, span, &[FINDING, STRUCTURE, WORD]);
    let mut clause = Clause { note, study, seen, tokens, over: Place::default() };
    let row = clause.row_levels(sentence);
    let begins = !row.is_empty();
    if begins {
        let prose = clause.word(0) == "at";
        let place = Place::default();
        *carry =
            Carry { levels: row, paragraph: sentence.paragraph, prose, place, ..Carry::default() };
    } else if carry.paragraph != sentence.paragraph
        || carry.item.is_some_and(|line| line != note.line_of(sentence.span).start)
    {
        *carry = Carry { paragraph: sentence.paragraph, ..Carry::default() };
    }
    match clause.row_place().filter(|_| span.start == sentence.span.start) {
        Some(place) => carry.place = place,
        None if begins_line(note, sentence) => carry.place = Place::default(),
        None => {}
    }
    clause.over = carry.place.clone();
    let first = drafts.len();
    let mut found: Vec<(usize, Imaging)> = Vec::new();
    let mut other_sides: Vec<(usize, (usize, Imaging))> = Vec::new();
    for at in 0..clause.tokens.len() {
        match clause.group(at) {
            Some(FINDING) => {
                if let Some(imaging) = clause.read_finding(at) {
                    other_sides.extend(clause.other_side(at, &imaging).map(|o| (at, o)));
                    found.push((at, imaging));
                }
            }
            Some(STRUCTURE) => {
                if let Some(imaging) = clause.read_structure(at) {
                    found.push((at, imaging));
                }
            }
            _ if clause.word(at) == "none" => {
                found.extend(clause.read_none(at).map(|imaging| (at, imaging)));
            }
            // "central or foraminal stenosis"
            _ if clause.word(at) == "central" => {
                if let Some(imaging) = clause.share_stenosis(at, "central canal stenosis") {
                    found.push((at, imaging));
                }
            }
            _ => {}
        }
    }
    let denies = |imaging: &Imaging| imaging.polarity == Some(FindingPolarity::Absent);
    let general = carry.prose && !begins && found.iter().all(|(_, imaging)| denies(imaging));
    let beyond = carry.item.is_some() && !found.iter().all(|(_, imaging)| is_of_level(imaging));
    let row = if general || beyond { Vec::new() } else { carry.levels.clone() };
    clause.share_levels(&mut found, &row);
    clause.share_degree(&mut found);
    clause.share_grade(&mut found);
    clause.share_both_sides(&mut found);
    // "2. Desiccation at L4-5 with a herniation. The canal is adequate."
    if sentence.item
        && !begins
        && let Some(levels) = clause.only_levels(&found)
    {
        carry.levels = levels;
        carry.item = Some(note.line_of(sentence.span).start);
    }
    let told = drafts.iter().rev().find_map(|draft| match &draft.kind {
        Kind::Imaging(imaging) if !imaging.levels.is_empty() => Some(&imaging.levels),
        _ => None,
    });
    clause.share_this_level(&mut found, told.map_or(&[], Vec::as_slice));
    clause.share_named_levels(&mut found);
    let mut joint: Option<(usize, Region, Option<Side>)> = None;
    let mut beside: Option<(usize, Option<Side>)> = None;
    for (at, mut imaging) in found {
        // "left SI joint sclerosis with vacuum phenomenon" is all of that joint.
        let shared = joint
            .filter(|(last, ..)| clause.near_region(at).is_none() && clause.goes_with(*last, at));
        imaging.region = shared.map(|(_, region, _)| region).or(clause.region(at, &imaging));
        imaging.side = imaging.side.or(shared.and_then(|(.., side)| side));
        imaging.side = imaging.side.or(clause.side_of_place(at, imaging.region));
        if imaging.side.is_none() && imaging.levels.is_empty() {
            imaging.side = clause.side_of_study(imaging.region, beside, at);
        }
        beside = Some((at, imaging.side));
        let own = shared.map(|(_, region, _)| region).or(clause.near_region(at));
        joint = own
            .filter(|_| imaging.levels.is_empty())
            .filter(|r| !matches!(r, Region::Cervical | Region::Thoracic | Region::Lumbar))
            .map(|region| (at, region, imaging.side));
        // "moderate right and mild left stenosis" are two.
        for (_, (side, other)) in other_sides.iter().filter(|(of, _)| *of == at) {
            let place = clause.tokens[side - 1].span.union(clause.tokens[*side].span);
            let (levels, region) = (imaging.levels.clone(), imaging.region);
            drafts.push(clause.draft(place, Imaging { levels, region, ..other.clone() }, at));
        }
        drafts.push(clause.draft(clause.quote(at), imaging, at));
    }
    let levelled = clause.read_normal_levels(drafts) | clause.read_normal_sides(drafts);
    let all_absent = drafts[first..].iter().all(|d| match &d.kind {
        Kind::Imaging(imaging) => imaging.polarity == Some(FindingPolarity::Absent),
        _ => true,
    });
    if !levelled && (all_absent || clause.says_otherwise_normal()) {
        // "Thyroid unremarkable" on a line of its own is of no level.
        let own = begins || !begins_line(note, sentence);
        let row = if own { &row[..] } else { &[] };
        clause.read_normal(sentence, row, drafts);
    }
}

/// Whether a sentence begins a line, behind its bullet or number.
fn begins_line(note: &Note<'_>, sentence: &Sentence) -> bool {
    let before = note.lead_of_line(sentence.span);
    !note.get(before).contains(' ') || before.len() <= 4
}

/// A clause that tells of a study, as tokens.
pub(super) struct Clause<'a, 'n> {
    pub(super) note: &'a Note<'n>,
    pub(super) study: &'a Study,
    /// Findings of the study that were told of before.
    seen: Vec<String>,
    pub(super) tokens: Vec<Token>,
    /// What the row is of that the clause goes on with.
    pub(super) over: Place,
}

/// Before a finding that is only looked for.
static LOOKED_FOR: WordPattern = WordPattern::new(r"\b{imaging-word/looked-for}\b");

/// What a picture is taken without: "MRI without contrast".
static CONTRAST: WordPattern = WordPattern::new(r"^(?:and with|{imaging-word/contrast})\b");

/// A word that grades a finding.
static GRADE: WordPattern = WordPattern::new(r"^{imaging-word/graded}$");

/// What begins anew behind a denial.
static ANEW: WordPattern =
    WordPattern::new(r"\b(?:there (?:is|are|was|were)|{imaging-word/graded})\b");

impl Clause<'_, '_> {
    pub(super) fn group(&self, at: usize) -> Option<&str> {
        Some(self.note.lexicon.group_name(self.tokens.get(at)?.mention()?.group))
    }

    pub(super) fn word(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |t| self.note.get(t.span))
    }

    pub(super) fn word_id(&self, at: usize) -> Option<&str> {
        let mention = self.tokens.get(at)?.mention().filter(|_| self.group(at) == Some(WORD))?;
        Some(self.note.concept(mention).id.as_str())
    }

    pub(super) fn mention(&self, at: usize) -> Option<&Mention> {
        self.tokens.get(at)?.mention()
    }

    pub(super) fn is_level(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|t| t.what == What::Level)
    }

    pub(super) fn is_finding(&self, at: usize) -> bool {
        matches!(self.group(at), Some(FINDING | STRUCTURE))
    }

    fn ends_segment(&self, at: usize) -> bool {
        matches!(
            self.word(at),
            "," | ";"
                | "."
                | ":"
                | "and"
                | "or"
                | "with"
                | "but"
                | "without"
                | "plus"
                | "as"
                | "including"
                | "which"
                | "causing"
                | "nor"
        )
    }

    /// Whether a joint is named, which may say where a finding is: "left SI joint sclerosis".
    fn is_joint(&self, at: usize) -> bool {
        self.group(at) == Some(STRUCTURE)
            && self.mention(at).is_some_and(|m| self.note.concept(m).id == "joints")
    }

    /// Where the words that describe a finding begin.
    pub(super) fn segment(&self, at: usize) -> usize {
        let mut from = at;
        while from > 0
            && !self.ends_segment(from - 1)
            && (!self.is_finding(from - 1) || self.is_joint(from - 1))
        {
            from -= 1;
        }
        from
    }

    /// Whether words before a finding say that it was looked for: "evaluate for a tear".
    fn is_sought(&self, segment: usize, at: usize) -> bool {
        let lead = Span::new(self.tokens[segment].span.start, self.tokens[at].span.start);
        let words = self.note.get(lead);
        LOOKED_FOR.of(self.note.lexicon).is_match(words)
    }

    pub(super) fn read_finding(&self, at: usize) -> Option<Imaging> {
        let mention = self.mention(at)?;
        let concept = self.note.concept(mention);
        let words = self.note.get(mention.span);
        let finding = match concept.field("named") {
            Some("part") => self.narrowed_part(at)?.to_owned(),
            Some("encroached") => self.encroached_part(at)?.to_owned(),
            Some("structure") => self.name_by_structure(at, concept),
            Some(_) => words.to_owned(),
            None => concept.id.clone(),
        };
        let segment = self.segment(at);
        let severity = self.severity(segment, at);
        let asserted = self.note.assert(mention.span);
        if asserted.assertion.time == Time::Hypothetical || self.is_sought(segment, at) {
            return None;
        }
        // "The disc bulge flattens the sac": the finding was told of before.
        let again = at > 0
            && matches!(self.word(at - 1), "this" | "these" | "the" | "that")
            && severity.is_none()
            && self.seen.iter().any(|seen| seen.ends_with(&finding));
        if again {
            return None;
        }
        let absent = match self.note.question(mention.span) {
            Some(question) => !question.answer?,
            None => self.is_denied(at, segment, severity.is_some()),
        };
        // "narrowing of the L4-5 disc space"
        let own = find_levels(words).into_iter().map(|(_, level)| level).collect();
        let behind = self.levels_behind(at);
        Some(Imaging {
            modality: self.study.modality,
            region: None,
            finding: Some(finding),
            levels: if behind.is_empty() { own } else { behind },
            side: self.side(segment, at),
            severity,
            polarity: Some(if absent { FindingPolarity::Absent } else { FindingPolarity::Present }),
            status: Some(EventStatus::Performed),
        })
    }

    /// Whether a finding is denied. A denial does not reach over a comma to a finding that
    /// has a grade of its own ("no herniation, mild stenosis").
    pub(super) fn is_denied(&self, at: usize, segment: usize, graded: bool) -> bool {
        let span = self.tokens[at].span;
        let asserted = self.note.assert(span);
        asserted.cues.iter().any(|hit| {
            if self.note.lexicon.cues[hit.cue].category != CueCategory::Negated {
                return false;
            }
            if hit.span.start >= span.end {
                return !self
                    .note
                    .get(Span::new(span.end, hit.span.start))
                    .contains([',', ';', '.']);
            }
            // "no acute" reaches into "acute injury".
            let gap = self.note.get(Span::new(hit.span.end.min(span.start), span.start));
            // "MRI without contrast: ...", "CT w/o: ..."
            let gap_words = gap.trim_start();
            if gap_words.starts_with([':', ')', '-', '.'])
                || CONTRAST.of(self.note.lexicon).is_match(gap_words)
            {
                return false;
            }
            let anew = ANEW.of(self.note.lexicon).is_match(gap);
            let joined = segment > 0 && matches!(self.word(segment - 1), "or" | "nor");
            let own = || graded || anew || self.is_specific(at, segment);
            !(gap.contains(',') && !joined && own()) && !(gap.contains(" with ") && graded)
        })
    }

    /// Whether a finding has a grade of its own, or a level where another finding of the list has another one;
    /// not in a list that goes on with "or": "no fracture, grade 1 anterolisthesis of L4 on L5, and narrowing
    /// at L5-S1".
    fn is_specific(&self, at: usize, segment: usize) -> bool {
        let end = (at + 1..self.tokens.len()).find(|&i| matches!(self.word(i), "." | ";" | "but"));
        let end = end.unwrap_or(self.tokens.len());
        if (at + 1..end).any(|i| matches!(self.word(i), "or" | "nor")) {
            return false;
        }
        let own = self.levels_behind(at);
        // "No herniation at L4-5, stenosis at L3-4": a list of which each part has its level stays denied.
        let first = (0..at).find(|&i| self.is_finding(i));
        let alike = first.is_some_and(|first| !self.levels_behind(first).is_empty());
        let elsewhere = || {
            (0..end).filter(|&i| i != at && self.is_finding(i)).any(|i| {
                let levels = self.levels_behind(i);
                !levels.is_empty() && levels != own
            })
        };
        (segment..at).any(|i| self.word(i).starts_with("grade"))
            || !own.is_empty() && !alike && elsewhere()
    }

    /// Whether a finding is joined to the one before it: "sclerosis with erosions",
    /// "osteoarthritis, worse medially, with an effusion".
    fn goes_with(&self, last: usize, at: usize) -> bool {
        let gap = self.note.get(Span::new(self.tokens[last].span.end, self.tokens[at].span.start));
        let with = gap.starts_with(',')
            && gap.split_once(", with").is_some_and(|(aside, _)| aside.split(' ').count() <= 4);
        if with && !gap.contains([';', '.']) {
            return true;
        }
        let gap = gap.trim();
        // "left hip osteoarthritis, mild labral tear"
        let graded = |word: &str| GRADE.of(self.note.lexicon).is_match(word);
        if gap.strip_prefix(',').is_some_and(|rest| rest.split_whitespace().all(graded)) {
            return true;
        }
        ["with", "w/", "and ", "causing"].iter().any(|w| gap.starts_with(w))
            && gap.split(' ').count() <= 4
            && !gap.contains([',', ';', '.'])
    }

    fn region(&self, at: usize, imaging: &Imaging) -> Option<Region> {
        // The root of S1 in a picture of the lumbar spine.
        let lumbar = self.study.region == Some(Region::Lumbar);
        // T12-L1 is in a picture of the lumbar spine, too.
        let from_level = match self.study.region {
            Some(region) if imaging.levels.iter().any(|l| touches(l, region)) => Some(region),
            _ => imaging.levels.first().and_then(|l| region_of(l)),
        };
        let from_level = match from_level {
            Some(Region::Sacral) if lumbar => self.study.region,
            region => region,
        };
        let of_finding =
            self.mention(at).and_then(|m| self.note.concept(m).field("region")?.parse().ok());
        from_level
            .or(of_finding)
            .or(self.near_region(at))
            .or_else(|| self.structure_region(at))
            .or_else(|| self.place(at).region)
            .or(self.study.region)
    }

    /// The region that a finding's own words name.
    pub(super) fn near_region(&self, at: usize) -> Option<Region> {
        let segment = self.segment(at);
        let tail = (at + 1..self.tokens.len())
            .find(|&i| matches!(self.word(i), "," | ";" | "." | "and" | "with"))
            .unwrap_or(self.tokens.len());
        let near = Span::new(self.tokens[segment].span.start, self.tokens[tail - 1].span.end);
        // Words before the study's own name are its region, not the finding's.
        regions_in(self.note, near)
            .into_iter()
            .filter(|(span, _)| {
                let own = self.tokens[at].span.contains(*span);
                own || !self.study.regions.iter().any(|(s, _)| s == span)
            })
            .map(|(_, r)| r)
            .next()
    }

    /// The words of a finding: its grade and side, its name, and the levels that it is said to be at.
    fn quote(&self, at: usize) -> Span {
        let mut from = at;
        while from > 0
            && (self.word_id(from - 1).is_some_and(|id| id != "planned" && id != "not-done")
                || self.is_level(from - 1)
                || self.is_joint(from - 1)
                || (find_side(self.word(from - 1)).is_some() && self.word(from - 1).len() > 1))
        {
            from -= 1;
        }
        if from > 0 && self.word(from - 1) == "no" {
            from -= 1;
        }
        let mut last = at;
        let mut next = at + 1;
        while matches!(self.word(next), "at" | "of" | "in" | "the" | "both") && next <= at + 2 {
            next += 1;
        }
        let linked = next > at + 1;
        while linked
            && (self.is_level(next)
                || (matches!(self.word(next), "," | "and" | "&") && self.is_level(next + 1)))
        {
            if self.is_level(next) {
                last = next;
            }
            next += 1;
        }
        self.tokens[from].span.union(self.tokens[last].span)
    }

    pub(super) fn draft(&self, span: Span, imaging: Imaging, at: usize) -> Draft {
        let mut asserted = self.note.assert(self.tokens[at].span);
        asserted.assertion.polarity = match imaging.polarity {
            Some(FindingPolarity::Absent) => Polarity::Negated,
            _ => Polarity::Affirmed,
        };
        asserted.assertion.time = Time::Current;
        let rule = self.mention(at).map_or_else(|| self.study.rule.clone(), |m| self.note.rule(m));
        let mut draft = Draft::new(span, imaging, rule, asserted);
        draft.date = self.study.date;
        draft
    }
}
