//! Reports: which study, or which of several, a document tells of, and what of it is no finding.

use super::study::{self, Study, studies_in};
use crate::extract::Note;
use crate::fact::{Modality, Section};
use crate::lexicon::WordPattern;
use crate::segment::Sentence;
use crate::span::Span;

/// Words of a document's first lines count up to here (bytes).
const TITLE_REACH: usize = 400;

/// Longest label of a line, in words.
const LONGEST_LABEL: usize = 5;

/// Headings over the name of the study that a report is of.
static REPORTED: WordPattern = WordPattern::new(r"\b{imaging-word/report-heading}\b");

/// A study of several, by its number: "Exam 2: MRI of the pelvis".
static NUMBERED: WordPattern =
    WordPattern::new(r"\b{imaging-word/report-heading} ?#?(\d{1,2}) ?(?:[:.)]|-)");

/// A heading that says no more than which of the studies: "--- EXAM 2 ---".
static NUMBER_ALONE: WordPattern =
    WordPattern::new(r"^[^a-z0-9]*{imaging-word/report-heading} ?#?(\d{1,2})[^a-z0-9/]*$");

/// Headings and labels over why a study was asked for.
static ASKS: WordPattern = WordPattern::new(r"\b{imaging-word/asking-heading}\b");

/// That a study is an earlier one, with which the report's own is compared.
static COMPARES: WordPattern = WordPattern::new(r"\b{imaging-word/comparison}\b");

/// A document that is the report of one study or of several.
pub(super) struct Report {
    /// The study that is being told of.
    study: Study,
    /// The studies that bear a number.
    numbered: Vec<(String, Study)>,
    /// The heading and the paragraph that were looked at last.
    at: (Span, usize),
    /// Whether a line's label says that its words tell why the study was asked for.
    asks: bool,
}

impl Report {
    /// The report that a document is, if a study is its title and it tells of no visit.
    pub(super) fn of(note: &Note<'_>) -> Option<Self> {
        let study = header_study(note).filter(|title| is_report(note, title))?;
        let numbered = numbered_studies(note);
        Some(Self { study, numbered, at: (Span::default(), 0), asks: false })
    }

    /// The study that is being told of.
    pub(super) fn study(&self) -> &Study {
        &self.study
    }

    /// Whether the words that are being read tell why the study was asked for.
    pub(super) fn asks(&self) -> bool {
        self.asks
    }

    /// Takes note of what a sentence's heading and label say, before it is read.
    pub(super) fn go_to(&mut self, note: &Note<'_>, sentence: &Sentence) {
        let lexicon = note.lexicon;
        let words = note.get(sentence.span);
        let label = words.split_once(':').map(|(label, _)| label);
        match label.filter(|label| label.split(' ').count() <= LONGEST_LABEL) {
            Some(label) => self.asks = ASKS.of(lexicon).is_match(label),
            None if self.at != (sentence.heading, sentence.paragraph) => self.asks = false,
            None => {}
        }
        let first = self.at.0 != sentence.heading;
        self.at = (sentence.heading, sentence.paragraph);
        if !first {
            return;
        }
        let heading = note.heading(sentence);
        let number = NUMBER_ALONE.of(lexicon).captures(heading);
        let number = number.as_ref().and_then(|found| found.get(1)).map(|found| found.as_str());
        let known = self.numbered.iter().find(|(own, _)| Some(own.as_str()) == number);
        // "EXAM: MRI OF THE CERVICAL SPINE" below the report of another.
        let named = || {
            let run_in = REPORTED.of(lexicon).is_match(heading).then_some(sentence.span);
            let titles = [Some(sentence.heading), run_in].into_iter().flatten();
            let mut studies = titles.flat_map(|title| own_studies(note, title));
            studies.find(|study| study.modality != Modality::Other)
        };
        if let Some(study) = known.map(|(_, study)| study.clone()).or_else(named) {
            self.study = study;
        }
    }

    /// Whether a sentence tells why the study was asked for, or heads the report.
    pub(super) fn is_question(&self, note: &Note<'_>, sentence: &Sentence) -> bool {
        use Section::{
            ChiefComplaint, Header, History, PastMedicalHistory, PastSurgicalHistory, Plan,
        };
        // A report without headings has its text below the lines that say whose it is.
        let told = note.get(sentence.span).ends_with('.') && is_below_head(note, sentence);
        (sentence.section == Header && !told)
            || [ChiefComplaint, History, PastMedicalHistory, PastSurgicalHistory, Plan]
                .contains(&sentence.section)
            || ASKS.of(note.lexicon).is_match(note.heading(sentence))
    }
}

/// Whether a paragraph of its own lies between a sentence and its heading.
fn is_below_head(note: &Note<'_>, sentence: &Sentence) -> bool {
    let head = note.sentence_at(sentence.heading).or(note.sentences.first());
    head.is_some_and(|head| head.paragraph < sentence.paragraph)
}

/// Whether a document with a study in its title is that study's report: it has no examination,
/// plan or drugs of a visit. "EXAM: MRI of the knee" is the title itself.
fn is_report(note: &Note<'_>, title: &Study) -> bool {
    let visit = [
        Section::Exam,
        Section::Plan,
        Section::Medications,
        Section::ReviewOfSystems,
        Section::Request,
        Section::Procedure,
        Section::Education,
    ];
    let headed = |words: &str| note.sentences.iter().any(|s| note.heading(s).contains(words));
    // A report may close with what is to be done next.
    let technical = headed("technique") && headed("findings");
    // "EXAM: MRI LUMBAR SPINE" examines nobody, and a study's technique is no procedure.
    let mut named = Span::default();
    note.sentences.iter().all(|sentence| {
        let heading = note.heading(sentence);
        let examines = || {
            note.get(sentence.span).starts_with("date of")
                || note.mentions_in(study::GROUP, sentence.span).next().is_some()
        };
        let own = match sentence.section {
            _ if sentence.span.contains(title.span) => true,
            Section::Exam => {
                sentence.heading == named
                    || NUMBER_ALONE.of(note.lexicon).is_match(heading)
                    || examines()
            }
            Section::Procedure => heading.contains("technique"),
            _ => false,
        };
        // What follows on the lines below the study's name belongs to it.
        if own && REPORTED.of(note.lexicon).is_match(heading) {
            named = sentence.heading;
        }
        own || !visit.contains(&sentence.section)
            || (technical && sentence.section == Section::Plan)
    })
}

/// The studies that a stretch names, without those that it only compares with.
fn own_studies(note: &Note<'_>, within: Span) -> Vec<Study> {
    let mut studies = studies_in(note, within);
    studies.retain(|study| {
        let before = note.get(Span::new(within.start, study.from.max(within.start)));
        !COMPARES.of(note.lexicon).is_match(before)
    });
    studies
}

/// The study that the document's first lines name, as the title of its report does. What the
/// letterhead says ("OPEN MRI CENTER") yields to a line that names a part of the body.
fn header_study(note: &Note<'_>) -> Option<Study> {
    let head = Span::new(0, note.str().floor_char_boundary(TITLE_REACH));
    let first = note.sentences.iter().take_while(|s| s.span.start < head.end);
    let titled = first.filter_map(|s| {
        let labelled = REPORTED.of(note.lexicon).is_match(note.heading(s));
        let short = s.span.len() <= if labelled { 200 } else { 90 };
        // "He has an x-ray that was negative." is prose and no title.
        let prose = note.get(s.span).ends_with('.')
            && studies_in(note, s.span).first().is_none_or(|study| study.from > s.span.start + 12);
        let title = !prose && (s.section == Section::Header || labelled);
        let heading = own_studies(note, s.heading).into_iter().next();
        heading.or_else(|| own_studies(note, s.span).into_iter().next().filter(|_| short && title))
    });
    // A title right above another heading heads no sentence: "MRI OF THE KNEE", "FINDINGS:".
    let bare = note.mentions_in(study::GROUP, head).filter(|m| note.sentence_at(m.span).is_none());
    let bare = bare.flat_map(|m| own_studies(note, note.line_of(m.span)).into_iter().take(1));
    let titled = titled.chain(bare);
    let vague = |study: &Study| (study.region.is_none(), study.modality == Modality::Other);
    // A report may name its technique before its findings.
    titled.min_by_key(vague).or_else(|| {
        let first = note.sentences.iter().find(|s| s.section == Section::Imaging)?;
        studies_in(note, first.span).into_iter().next()
    })
}

/// The studies of a report that bear a number: "Exam 1: X-ray of the hips".
fn numbered_studies(note: &Note<'_>) -> Vec<(String, Study)> {
    let mut found = Vec::new();
    for sentence in &note.sentences {
        if note.mentions_in(study::GROUP, sentence.span).next().is_none() {
            continue;
        }
        for number in NUMBERED.of(note.lexicon).captures_iter(note.get(sentence.span)) {
            let (Some(label), Some(number)) = (number.get(0), number.get(1)) else { continue };
            let rest = Span::new(sentence.span.start + label.end(), sentence.span.end);
            let study = own_studies(note, rest).into_iter().next();
            found.extend(study.map(|study| (number.as_str().to_owned(), study)));
        }
    }
    found
}
