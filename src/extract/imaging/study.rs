//! Studies: modality, region, side, day, and whether they were made.

use crate::date::PartialDate;
use crate::extract::Note;
use crate::extract::study::{NEEDLESS_BEHIND, UNSEEN};
use crate::fact::{EventStatus, Experiencer, Modality, Region, Section, Side, Time};
use crate::lexicon::{CueCategory, WordPattern};
use crate::segment::Sentence;
use crate::span::Span;
use crate::tag::Mention;

/// The group of studies in the lexicon.
pub(super) const GROUP: &str = "imaging-study";
const REGION: &str = "imaging-region";
const WORD: &str = "imaging-word";

/// A study as a sentence names it.
#[derive(Clone, Debug)]
pub(super) struct Study {
    /// Its name.
    pub span: Span,
    /// Where the words about it begin: a region may stand before the name.
    pub from: usize,
    pub modality: Modality,
    pub region: Option<Region>,
    /// All regions named, where there are several.
    pub regions: Vec<(Span, Region)>,
    pub side: Option<Side>,
    pub date: Option<PartialDate>,
    pub rule: String,
}

impl Study {
    /// Whether a region is one that the study's name has: its side is of no other.
    pub(super) fn covers(&self, region: Option<Region>) -> bool {
        let named = |region| self.regions.iter().any(|(_, r)| *r == region);
        region.is_none() || self.regions.is_empty() || region.is_some_and(named)
    }

    /// The study as far as a heading of its report goes: "LEFT KNEE" is of that region and side.
    pub(super) fn under(&self, note: &Note<'_>, heading: Span) -> Study {
        let mut part = self.clone();
        let regions = regions_in(note, heading);
        if let Some((_, region)) = regions.first() {
            part.region = Some(*region);
            part.side = note.side_in(heading);
            part.regions = regions;
        }
        part
    }
}

/// Regions that a stretch names, in order.
pub(super) fn regions_in(note: &Note<'_>, within: Span) -> Vec<(Span, Region)> {
    let mut found = Vec::new();
    for mention in note.mentions_in(REGION, within) {
        let concept = note.concept(mention);
        let word = concept.field("region").unwrap_or(&concept.id);
        if let Ok(region) = word.parse() {
            found.push((mention.span, region));
        }
        if let Some(Ok(also)) = concept.field("also").map(str::parse) {
            found.push((mention.span, also));
        }
    }
    found
}

/// The region of a level.
pub(super) fn region_of(level: &str) -> Option<Region> {
    match level.chars().next()? {
        'C' => Some(Region::Cervical),
        'T' => Some(Region::Thoracic),
        'L' => Some(Region::Lumbar),
        'S' => Some(Region::Sacral),
        _ => None,
    }
}

/// Whether a level is the border of a region: "T12-L1" is thoracic and lumbar.
pub(super) fn touches(level: &str, region: Region) -> bool {
    level.split('-').any(|part| region_of(part) == Some(region))
}

/// Where the words on which study it is end and those on its findings begin.
static STOP: WordPattern = WordPattern::new(
    r"which|: |\. |(?:was|were|with|that| is) |ha(?:s|ve) been|\b{imaging-word/found}",
);

static FOUND: WordPattern = WordPattern::new(r"\b{imaging-word/found}");

/// The studies that a stretch names, in order; "MRI scan" and "X-ray films" are one.
pub(super) fn studies_in(note: &Note<'_>, within: Span) -> Vec<Study> {
    let mut out: Vec<Study> = Vec::new();
    let mentions: Vec<_> = note.mentions_in(GROUP, within).collect();
    for (at, mention) in mentions.iter().enumerate() {
        let concept = note.concept(mention);
        let id = concept.field("modality").unwrap_or(&concept.id);
        let Some(modality) = Modality::from_word(id) else { continue };
        if let Some(last) = out.last_mut() {
            let gap = note.get(Span::new(last.span.end, mention.span.start.max(last.span.end)));
            let words = gap.split_whitespace().count();
            // "X-ray, two views", "MRI imaging", "CT myelogram".
            if words <= 1
                && !gap.contains(['.', ';'])
                && (last.modality == modality || modality == Modality::Other)
                && !gap.contains("and")
            {
                last.span = last.span.union(mention.span);
                continue;
            }
            // "the imaging studies, an MRI ..." are told of by the more exact name.
            if last.modality == Modality::Other && gap.len() <= 3 {
                out.pop();
            }
        }
        let previous = out.last().map_or(within.start, |s| s.span.end);
        let next = mentions.get(at + 1).map_or(within.end, |m| m.span.start);
        let before_from = note
            .str()
            .ceil_char_boundary(mention.span.start.saturating_sub(34).max(previous))
            .min(mention.span.start);
        let words = note.get(Span::new(before_from, mention.span.start));
        // Another clause's region is not this study's.
        let cut = words.rfind([',', ';', '.', ':']).map_or(before_from, |i| before_from + i + 1);
        let before = Span::new(cut, mention.span.start);
        let after_to =
            note.str().floor_char_boundary((mention.span.end + 70).min(next)).max(mention.span.end);
        let after_words = note.get(Span::new(mention.span.end, after_to));
        let end = STOP.of(note.lexicon).find(after_words).map_or(after_words.len(), |m| m.start());
        // "XR pelvis" has its region in its name.
        let after = Span::new(mention.span.start, mention.span.end + end);
        let behind = regions_in(note, after);
        // "MRI pelvis: normal hips" is of the pelvis; what is found elsewhere comes behind.
        let told = first_finding(note, after);
        let own: Vec<_> = behind.iter().copied().filter(|(s, _)| s.end <= told).collect();
        let behind = if own.is_empty() { behind } else { own };
        let ahead = regions_in(note, before);
        let mut regions = if behind.is_empty() { ahead.clone() } else { behind };
        if regions.is_empty() {
            // "roentgenograms were taken: lumbar anteroposterior and lateral"
            let rest = Span::new(mention.span.end, after_to);
            regions = regions_in(note, rest)
                .into_iter()
                .take(1)
                .filter(|_| note.get(rest).contains(": "))
                .collect();
        }
        let from = ahead.first().map_or(mention.span.start, |(span, _)| span.start);
        // "MRI 2023: no stenosis; mild left bulge" is of no side.
        let named = Span::new(after.start, told.clamp(after.start, after.end));
        let side = note.side_in(named).or_else(|| note.side_in(before));
        let dates_to =
            note.str().floor_char_boundary((mention.span.end + 80).min(next)).max(mention.span.end);
        let date = note.dates_in(Span::new(mention.span.end, dates_to)).next().map(|d| d.date);
        let date = date.or_else(|| {
            note.dates_in(Span::new(previous, mention.span.start))
                .last()
                .filter(|d| mention.span.start - d.span.end <= 12)
                .map(|d| d.date)
        });
        out.push(Study {
            span: mention.span,
            from,
            modality,
            region: regions.first().map(|(_, r)| *r),
            regions,
            side,
            date,
            rule: note.rule(mention),
        });
    }
    drop_views(note, &mut out);
    out
}

/// What makes of views those of another study: "sagittal views".
static OF_ANOTHER: WordPattern = WordPattern::new(r"\b{imaging-word/plane} (?:and [a-z]+ )?$");

/// Views of a part are films, but where the sentence names another study or the plane that they are in.
fn drop_views(note: &Note<'_>, studies: &mut Vec<Study>) {
    let views = |study: &Study| {
        note.get(study.span).contains("view") && note.get(study.span).contains(" of ")
    };
    let other = studies.iter().any(|study| !views(study));
    studies.retain(|study| {
        let lead = note.get(note.lead_of_line(study.span));
        !views(study) || !(other || OF_ANOTHER.of(note.lexicon).is_match(lead))
    });
}

/// Where the first finding of a stretch, or the words that grade or deny it, begin.
fn first_finding(note: &Note<'_>, within: Span) -> usize {
    let graded = |m: &&Mention| {
        ["normal", "minimal", "mild", "moderate", "severe"].contains(&note.concept(m).id.as_str())
    };
    let word = note.mentions_in(WORD, within).find(graded).map(|m| m.span.start);
    let finding = note.mentions_in("imaging-finding", within).next().map(|m| m.span.start);
    let denied = note.get(within).find(" no ").map(|at| within.start + at);
    [word, finding, denied].into_iter().flatten().min().unwrap_or(within.end)
}

/// Whether words lead from a condition to what is then to be done: "if there is no change, I
/// would repeat"; what the condition denies is not the study.
fn is_after_condition(lead: &str) -> bool {
    let condition = ["if ", "should "].iter().any(|w| lead.starts_with(w))
        || [" if ", " unless "].iter().any(|w| lead.contains(w));
    condition
        && [",", " i would", " we would", " would ", " i will", " we will", " then ", " we'll"]
            .iter()
            .any(|w| lead.contains(w))
}

/// That a study is not called for, before it and behind it.
static NEEDLESS: WordPattern =
    WordPattern::new(r"\b(?:no (?:new|further|additional|repeat|more)|{study-word/needless})\b");

/// "No imaging during this admission" tells nothing of other years.
static THIS_STAY: WordPattern = WordPattern::new(
    r" (?:in|on|at|during|for) (?:this|the (?:present|current)) {study-word/stay}\b",
);

/// That a study was made, by what is told of it.
static TOLD: WordPattern = WordPattern::new(r"\b(?:{study-word/told}|{imaging-word/told})\b");

/// What a study is to be made for.
static PURPOSE: WordPattern =
    WordPattern::new(r"\b(?:{study-word/purpose}|{imaging-word/purpose})\b");

/// That a study is still to be made, behind its name.
static PLANNED_BEHIND: WordPattern = WordPattern::new(r"^{imaging-word/planned-behind}$");

/// A radiologist's advice.
static ADVICE: WordPattern = WordPattern::new(r"\b{imaging-word/advice}\b");

/// Whether a study was made, is planned, or was not made; `None` where the words only say that
/// it is not called for.
pub(super) fn study_status(
    note: &Note<'_>,
    sentence: &Sentence,
    study: &Study,
    clause: Span,
) -> Option<EventStatus> {
    let asserted = note.assert(study.span);
    if asserted.assertion.experiencer != Experiencer::Patient {
        return Some(EventStatus::Performed);
    }
    let words = note.get(clause);
    let told = TOLD.of(note.lexicon).is_match(words);
    let found = note.mentions_in("imaging-finding", clause).next().is_some();
    // What it showed is no order's purpose, whatever is asked for behind: "showed a slip, and
    // therapy is to evaluate".
    let purpose = PURPOSE.of(note.lexicon).find(words).is_some_and(|purpose| {
        FOUND.of(note.lexicon).find(words).is_none_or(|found| purpose.start() < found.start())
    });
    let lead = Span::new(sentence.span.start, study.span.start);
    let last = |id: &str, within: Span| {
        note.mentions_in(WORD, within)
            .filter(|m| note.concept(m).id == id)
            .map(|m| m.span.end)
            .last()
    };
    let near = |end: usize| study.span.start - end <= 60;
    let found_before = note.mentions_in("imaging-finding", lead).next().is_some();
    // "report enclosed  [x] no  (x-ray ordered)": that no is the box's.
    let bracketed = last("not-done", lead)
        .is_some_and(|end| note.get(Span::new(end, study.span.start)).contains('('));
    let denied_before = !found_before
        && !bracketed
        && last("not-done", lead).filter(|&e| near(e)).is_some()
        && (asserted.has(CueCategory::Negated, note.lexicon) || note.get(lead).contains("not "))
        && !is_after_condition(note.get(lead));
    let denied_behind = last("not-done", clause).is_some_and(|end| {
        let gap = note.get(Span::new(study.span.end.min(end), end));
        gap.len() <= 60 && !gap.contains("no ") && !gap.contains(',') && gap.contains("not")
            || gap.contains("denied")
            || gap.contains("unable")
    }) && note.mentions_in(WORD, clause).any(|m| {
        note.concept(m).id == "not-done"
            && !matches!(note.get(m.span), "no" | "no prior" | "no recent")
    });
    let planned_before = last("planned", lead).filter(|&e| near(e)).is_some()
        || matches!(asserted.assertion.time, Time::Planned | Time::Hypothetical);
    let planned_behind = note.mentions_in(WORD, clause).any(|m| {
        note.concept(m).id == "planned"
            && m.span.start >= study.span.end
            && PLANNED_BEHIND.of(note.lexicon).is_match(note.get(m.span))
    });
    let dated = study.date.is_some();
    let close = note.str().ceil_char_boundary(study.span.start.saturating_sub(40)).max(lead.start);
    let before = note.get(Span::new(close.min(lead.end), lead.end));
    let needless = NEEDLESS.of(note.lexicon).is_match(before)
        || NEEDLESS_BEHIND.of(note.lexicon).is_match(words)
        || (before.trim_end().ends_with("no")
            && (words.contains(" at this ") || THIS_STAY.of(note.lexicon).is_match(words)));
    // "If she cannot bear weight, CT would be the next step": a radiologist's advice.
    let advised = is_after_condition(note.get(lead)) || words.contains(" if ");
    let advice = advised && ADVICE.of(note.lexicon).is_match(note.get(sentence.span));
    if (needless || advice) && !found && !found_before && !dated {
        return None;
    }
    // "no endplate changes on MRI" was seen, wherever it is told.
    let seen_on = found_before && note.get(lead).trim_end().ends_with(" on");
    // What a study showed was seen, whatever else is planned; an order's purpose was not.
    let shown = (told || found || seen_on) && !purpose;
    let in_plan = sentence.section == Section::Plan && !told && (!found || purpose) && !dated;
    // "The MRI report is pending" is of a study that was made.
    let behind = note.get(Span::new(study.span.end, clause.end.max(study.span.end)));
    let unseen = !dated && UNSEEN.of(note.lexicon).is_match(behind);
    if !shown && (unseen || behind.starts_with(" report")) {
        return None;
    }
    Some(if denied_behind || (denied_before && !told && !(found && dated)) {
        EventStatus::NotDone
    } else if (planned_before || planned_behind || in_plan) && !shown {
        EventStatus::Planned
    } else {
        EventStatus::Performed
    })
}
