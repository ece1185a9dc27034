//! Imaging: which study, and each finding that it shows or denies.

mod finding;
mod grade;
mod levels;
mod normal;
mod place;
mod report;
mod side;
mod structure;
mod study;

use finding::{Carry, read_clause};
use report::Report;
use study::{Study, studies_in, study_status};

use super::{Draft, Note};
use crate::fact::{EventStatus, Imaging, Kind, Modality, Polarity, Region, Section, Time};
use crate::lexicon::WordPattern;
use crate::segment::Sentence;
use crate::span::Span;

/// That a sentence goes on with what was seen.
static TELLS: WordPattern = WordPattern::new(r"\b(?:there |{imaging-word/tells}\b)");

/// That somebody looked at pictures, which says nothing of them yet.
static LOOKS_AT: WordPattern = WordPattern::new(r"\b{imaging-word/looks-at}\b");

static PICTURES: WordPattern = WordPattern::new(r"\b(?:disc |it|{imaging-word/pictures}\b)");

/// Behind the name of a study that is evidence of something, not a study of its own.
static EVIDENCE: WordPattern = WordPattern::new(r"^ {imaging-word/evidence}\b");

/// That pictures were taken in flexion and extension.
static MOVED: WordPattern = WordPattern::new(r"\b{imaging-word/moved}\b");

/// How a sentence begins that tells what the study named right before it showed.
static SHOWED: WordPattern = WordPattern::new(
    r"^(?:[a-z]+ly,? )?(?:this|these|it|they) (?:also |has |have )?{imaging-word/found}",
);

/// What a picture taken before an operation showed.
static BEFORE_OPERATION: WordPattern = WordPattern::new(
    r"\b(?:pre-?op(?:erative)?|previous|prior|recent|outside|his|her) (?:[a-z]+ ){0,4}(?:mri|ct|myelogram|mr)(?: [a-z]+){0,4} {imaging-word/found}\b",
);

/// Labels of visits in a chronicle.
static VISIT: WordPattern = WordPattern::new(r"\b{imaging-word/visit}\b");

/// Words before a study that belong to it: "on her most recent lumbar MRI".
static OF_STUDY: WordPattern =
    WordPattern::new(r"^(?:most|the|her|his|an?|this|{imaging-word/of-study})$");

/// Reads every finding of imaging, and studies that are planned or were not made.
pub(super) fn read(note: &Note<'_>, drafts: &mut Vec<Draft>) {
    if note.mentions(study::GROUP).next().is_none() {
        return;
    }
    let report = Report::of(note);
    let first = drafts.len();
    let mut reader = Reader {
        note,
        drafts,
        report,
        study: None,
        last: 0,
        bare: false,
        heading: Span::default(),
        carry: Carry::default(),
    };
    for index in 0..note.sentences.len() {
        reader.read_sentence(index);
    }
    reader.drop_old_orders(first);
    reader.share_region(first);
}

struct Reader<'a, 'n> {
    note: &'a Note<'n>,
    drafts: &'a mut Vec<Draft>,
    /// The report that the document is, if it is one.
    report: Option<Report>,
    /// The study that is being told of.
    study: Option<Study>,
    /// The last sentence that told of it.
    last: usize,
    /// Whether that sentence told no finding.
    bare: bool,
    /// The heading that was looked at last.
    heading: Span,
    /// Levels that a row began with.
    carry: Carry,
}

impl Reader<'_, '_> {
    fn read_sentence(&mut self, index: usize) {
        let note = self.note;
        let sentence = &note.sentences[index];
        let operation = sentence.section == Section::Procedure && !self.is_told_beside(sentence);
        if operation || self.is_enclosure(sentence) {
            self.study = None;
            return;
        }
        // "MRI LUMBAR SPINE:" as a heading names the study of what follows.
        if sentence.heading != self.heading {
            self.heading = sentence.heading;
            if let Some(study) = studies_in(note, sentence.heading).into_iter().next_back() {
                self.study = Some(study);
                self.last = index;
                self.carry = Carry::default();
            } else if self.report.is_some() {
                self.study = None;
            }
        }
        if let Some(report) = &mut self.report {
            report.go_to(note, sentence);
        }
        let mut studies = studies_in(note, sentence.span);
        if self.report.is_some() {
            // "no MR evidence of sacroiliitis" names no other study.
            studies.retain(|study| {
                let behind = note.get(Span::new(study.span.end, sentence.span.end));
                !EVIDENCE.of(note.lexicon).is_match(behind)
            });
        }
        if studies.is_empty() {
            self.read_on(index);
            return;
        }
        for (at, study) in studies.iter().enumerate() {
            let next = studies.get(at + 1).map(|next| self.lead_start(study, next));
            let until = next.unwrap_or(sentence.span.end);
            let clause = Span::new(study.span.start, until.max(study.span.end));
            let before = at.checked_sub(1).map(|before| self.lead_start(&studies[before], study));
            let from = before.unwrap_or(sentence.span.start);
            let lead = Span::new(from, study.from.max(from));
            self.carry = Carry::default();
            let first = self.drafts.len();
            let status = study_status(note, sentence, study, clause);
            let Some(mut status) = status else {
                self.study = None;
                continue;
            };
            // "She ordered an MRI. This showed a bulge."
            if status == EventStatus::Planned && at + 1 == studies.len() && self.was_read(index) {
                status = EventStatus::Performed;
            }
            if status != EventStatus::Performed {
                if at == 0 && self.report.is_some() {
                    self.read_before_advice(index, study);
                }
                self.push_bare(study, status);
                self.study = None;
                continue;
            }
            let mut study = study.clone();
            if study.region.is_none() {
                // "She had an MRI. The MRI showed ..." is of the same region, and so are
                // pictures in flexion and extension.
                let moved = MOVED.of(note.lexicon).is_match(note.get(clause));
                let same = self.study.as_ref().filter(|s| s.modality == study.modality || moved);
                study.region = same.and_then(|s| s.region);
            }
            // "mild stenosis on MRI": the findings stand before the study.
            if lead.len() > 4 && self.shown_on(lead) {
                read_clause(note, sentence, lead, &study, &mut self.carry, self.drafts);
            }
            read_clause(note, sentence, clause, &study, &mut self.carry, self.drafts);
            self.spread_region(first, &mut study);
            self.bare = self.drafts.len() == first;
            self.study = Some(study);
            self.last = index;
        }
    }

    /// A sentence without a study: it goes on with the one before it, or is part of a report.
    fn read_on(&mut self, index: usize) {
        let note = self.note;
        let sentence = &note.sentences[index];
        let words = note.get(sentence.span);
        let study = match (&self.study, &self.report) {
            (_, Some(report)) if report.asks() => return,
            (Some(study), _) => study.clone(),
            (None, Some(report)) if !report.is_question(note, sentence) => {
                report.study().under(note, sentence.heading)
            }
            _ => return,
        };
        if self.report.is_none() {
            let before = &note.sentences[self.last];
            // "X-ray cervical spine, 03/04/2024. Impression: ..." is the study's own impression.
            let own_impression = self.bare
                && note.heading(sentence).starts_with("impression")
                && sentence.span.start.saturating_sub(before.span.end) <= 16;
            let same_section = (before.section == sentence.section
                && before.heading == sentence.heading)
                || own_impression;
            let listed = matches!(sentence.section, Section::Imaging | Section::Data);
            let near = before.paragraph == sentence.paragraph
                || (sentence.paragraph <= before.paragraph + 1 && index <= self.last + 2);
            let tells = TELLS.of(note.lexicon).is_match(words);
            let of_person =
                ["she ", "he ", "the patient", "patient ", "i ", "we ", "pt ", "ms", "dr"]
                    .iter()
                    .any(|w| words.starts_with(w));
            let other = note
                .mentions_in("emg", sentence.span)
                .any(|m| note.concept(m).field("role") == Some("study"))
                || words.contains("diagnosis")
                || words.contains("diagnoses")
                || self.is_visit(sentence);
            let labelled = sentence.section == Section::Imaging || words.contains(':');
            let near = near || own_impression;
            // "I have reviewed the images." says nothing of them yet.
            let looked_at = LOOKS_AT.of(note.lexicon).is_match(words)
                && PICTURES.of(note.lexicon).is_match(words);
            if looked_at && same_section && near && !other && !tells {
                self.last = index;
                return;
            }
            let goes_on = same_section
                && !other
                && (near || (listed && index <= self.last + 6))
                && (!of_person || tells || words.starts_with("i do not appreciate"));
            if !goes_on {
                self.study = None;
                return;
            }
            if index > self.last + 1
                && !tells
                && !labelled
                && before.paragraph != sentence.paragraph
            {
                return;
            }
        }
        let first = self.drafts.len();
        read_clause(note, sentence, sentence.span, &study, &mut self.carry, self.drafts);
        if self.drafts.len() > first {
            self.last = index;
            let mut study = study;
            self.spread_region(first, &mut study);
            self.study = Some(study);
        } else if !(self.report.is_some()
            || matches!(sentence.section, Section::Imaging | Section::Data)
            || words.len() < 60)
        {
            self.study = None;
        }
    }

    /// Whether the next sentence tells what the study of this one showed.
    fn was_read(&self, index: usize) -> bool {
        let sentences = &self.note.sentences;
        sentences.get(index + 1).is_some_and(|next| {
            next.paragraph == sentences[index].paragraph
                && SHOWED.of(self.note.lexicon).is_match(self.note.get(next.span))
        })
    }

    /// Where the words about the second of two studies begin: "MRI showed a bulge, and no
    /// instability was seen on flexion films".
    fn lead_start(&self, study: &Study, next: &Study) -> usize {
        let between = Span::new(study.span.end.min(next.from), next.from);
        let cut = self.note.get(between).rfind([',', ';']).map(|at| between.start + at + 1);
        let tells = |from: &usize| {
            let lead = Span::new(*from, next.from);
            self.shown_on(lead) && self.note.mentions_in(finding::FINDING, lead).next().is_some()
        };
        cut.filter(tells).unwrap_or(next.from)
    }

    /// "Right adrenal nodule; ultrasound is suggested": a report's finding before its advice.
    fn read_before_advice(&mut self, index: usize, advised: &Study) {
        let note = self.note;
        let sentence = &note.sentences[index];
        let lead = Span::new(sentence.span.start, advised.from.max(sentence.span.start));
        let end = note.get(lead).rfind(';').map(|at| lead.start + at);
        let Some(report) = self.report.as_ref().filter(|r| !r.is_question(note, sentence)) else {
            return;
        };
        if let Some(end) = end {
            let study = report.study().under(note, sentence.heading);
            let told = Span::new(lead.start, end);
            read_clause(note, sentence, told, &study, &mut self.carry, self.drafts);
        }
    }

    /// A row of a chronicle that tells of a visit: "03/2015, treating physician: ..."
    fn is_visit(&self, sentence: &Sentence) -> bool {
        let first = self.note.dates_in(sentence.span).next();
        first.is_some_and(|date| {
            let rest = self.note.get(Span::new(date.span.end, sentence.span.end));
            let label = rest.split([':', '.']).next().unwrap_or(rest);
            date.span.start <= sentence.span.start + 2
                && VISIT.of(self.note.lexicon).is_match(label)
        })
    }

    /// A study whose region is not said has that of its first finding's levels.
    fn spread_region(&mut self, first: usize, study: &mut Study) {
        if study.region.is_some() {
            return;
        }
        let of = |draft: &Draft| match &draft.kind {
            Kind::Imaging(imaging) if !imaging.levels.is_empty() => imaging.region,
            _ => None,
        };
        study.region = self.drafts[first..].iter().find_map(of);
        for draft in &mut self.drafts[first..] {
            if let Kind::Imaging(imaging) = &mut draft.kind
                && imaging.region.is_none()
            {
                imaging.region = study.region;
            }
        }
    }

    /// "Films of the left hip showed ...", and below "Review of films taken previously": where a note tells of
    /// pictures of one kind and one part of spine or limbs, all are of it.
    fn share_region(&mut self, first: usize) {
        let told: Vec<(Modality, Region)> = self.drafts[first..]
            .iter()
            .filter_map(|draft| match &draft.kind {
                Kind::Imaging(imaging) => Some((imaging.modality, imaging.region?)),
                _ => None,
            })
            .collect();
        for draft in &mut self.drafts[first..] {
            let Kind::Imaging(own) = &mut draft.kind else { continue };
            if own.region.is_some() || own.finding.is_none() || own.modality == Modality::Other {
                continue;
            }
            let mut same = told.iter().filter(|(m, _)| *m == own.modality).map(|(_, r)| *r);
            let one = same.next().filter(|region| same.all(|next| next == *region));
            own.region = one.filter(|r| !matches!(r, Region::Brain | Region::Other));
        }
    }

    /// An order tells nothing new where the study's findings are told, or for the second time.
    fn drop_old_orders(&mut self, first: usize) {
        let known: Vec<(Modality, Option<Region>, bool)> = self.drafts[first..]
            .iter()
            .map(|d| match &d.kind {
                Kind::Imaging(i) => (i.modality, i.region, i.finding.is_some()),
                _ => (Modality::Other, None, false),
            })
            .collect();
        let mut at = 0;
        let mut all = known.iter().enumerate();
        let mut drop = vec![false; first];
        drop.extend(self.drafts[first..].iter().map(|draft| {
            let Kind::Imaging(own) = &draft.kind else { return false };
            let n = all.next().map_or(at, |(n, _)| n);
            at += 1;
            own.status == Some(EventStatus::Planned)
                && known.iter().enumerate().any(|(m, (modality, region, found))| {
                    let same = *modality == own.modality
                        && (*region == own.region || own.region.is_none() || region.is_none());
                    m != n && same && (*found || m < n)
                })
        }));
        let mut keep = drop.into_iter().map(|d| !d);
        self.drafts.retain(|_| keep.next().unwrap_or(true));
    }

    /// Whether words before a study lead to it: "mild stenosis is seen on MRI".
    fn shown_on(&self, lead: Span) -> bool {
        let mut words = self.note.get(lead).trim_end();
        // "on her most recent lumbar MRI", "on previous MRI"
        while let Some((rest, last)) = words.rsplit_once(' ') {
            if !OF_STUDY.of(self.note.lexicon).is_match(last) {
                break;
            }
            words = rest;
        }
        [
            "on",
            "by",
            "per",
            "on the",
            "on her",
            "on his",
            "on a",
            "on recent",
            "seen on",
            "a negative",
            "negative",
            "normal",
            "unremarkable",
            "and",
            "otherwise normal",
        ]
        .iter()
        .any(|w| {
            words.ends_with(w)
                && (words.len() == w.len()
                    || !words[..words.len() - w.len()].ends_with(|c: char| c.is_alphanumeric()))
        })
    }

    /// Whether an operation's report says what a study of before showed: "Preoperative MRI showed".
    fn is_told_beside(&self, sentence: &Sentence) -> bool {
        let note = self.note;
        note.mentions_in(study::GROUP, sentence.span).next().is_some()
            && BEFORE_OPERATION.of(note.lexicon).is_match(note.get(sentence.span))
    }

    /// A row of boxes that names documents, not studies; "[x] MRI 01/2024: no stenosis" tells.
    fn is_enclosure(&self, sentence: &Sentence) -> bool {
        let names = |span: Span| self.note.mentions_in(study::GROUP, span).next().is_some();
        let told = self.note.mentions_in(finding::FINDING, sentence.span).next().is_some();
        names(sentence.span)
            && !told
            && self.note.boxes_in(sentence.span).iter().any(|b| names(b.label))
    }

    fn push_bare(&mut self, study: &Study, status: EventStatus) {
        // "further imaging" is an order only with a modality.
        if status == EventStatus::Planned && study.modality == Modality::Other {
            return;
        }
        let note = self.note;
        let mut asserted = note.assert(study.span);
        asserted.assertion.polarity =
            if status == EventStatus::NotDone { Polarity::Negated } else { Polarity::Affirmed };
        asserted.assertion.time =
            if status == EventStatus::Planned { Time::Planned } else { Time::Current };
        let kind = Imaging {
            modality: study.modality,
            region: study.region,
            side: study.side,
            status: Some(status),
            ..Imaging::default()
        };
        self.drafts.push(Draft::new(study.span, kind, study.rule.clone(), asserted));
    }
}
