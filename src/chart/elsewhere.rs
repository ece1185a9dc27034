//! What the record tells of another part of the body than the request's: a neck's score is no baseline for a
//! block at the pelvis, and a neck's picture says nothing of what explains the pain there.

use super::{Chart, Marks, Region, Topic, kind_index};
use crate::fact::{self, Kind};

const OTHER_REGION: Topic = Topic::of("score-of-other-region");

/// What a study says of the complaint, which it can say of its own region alone.
const EXPLAINS: [Topic; 2] =
    [Topic::of("imaging-not-explanatory"), Topic::of("imaging-explanatory")];

/// How far before such words, in code points, the finding may stand that they go on from.
const REACH: usize = 120;

/// What a request may be for beside the lower trunk, by parts of its name.
const FAR: [&str; 14] = [
    "cervical",
    "occipital",
    "neck",
    "shoulder",
    "suprascapular",
    "stellate",
    "sympathetic",
    "knee",
    "genicular",
    "ankle",
    "foot",
    "wrist",
    "stimulat",
    "pump",
];

/// Lets what is told of another part of the body stand no more.
pub(super) fn leave_out(chart: &mut Chart) {
    let asked = chart.request.procedure.as_deref().unwrap_or_default();
    let far = FAR.iter().any(|part| asked.contains(part));
    if far || chart.request.region().is_some_and(|region| region == Region::Cervical) {
        return;
    }
    let scores: Vec<Place> =
        chart.statements(&OTHER_REGION).map(|at| Place::of(chart, at)).collect();
    leave(chart, const { kind_index("pain_score") }, |_, at| {
        scores.iter().any(|score| score.overlaps(at))
    });
    let other: Vec<bool> =
        (0..chart.documents.len()).map(|document| is_of_other_region(chart, document)).collect();
    for kind in [const { kind_index("pain_score") }, const { kind_index("function") }] {
        leave(chart, kind, |_, at| other[at.document]);
    }
    let pictures: Vec<(Place, bool)> = chart
        .standing(const { kind_index("imaging") })
        .iter()
        .filter_map(|&at| match &chart.facts[at].kind {
            Kind::Imaging(found) => Some((Place::of(chart, at), found.region.is_some_and(is_far))),
            _ => None,
        })
        .collect();
    let explains: Vec<usize> = EXPLAINS.iter().flat_map(|topic| chart.statements(topic)).collect();
    leave(chart, const { kind_index("statement") }, |fact, at| {
        let last = pictures.iter().rfind(|(picture, _)| picture.leads_to(at));
        explains.contains(&fact) && last.is_some_and(|(_, far)| *far)
    });
}

/// Parts of diagnoses of a body's other regions.
const OTHER_DIAGNOSES: [&str; 13] = [
    "cervic", "neck", "headache", "migraine", "shoulder", "rotator", "knee", "ankle", "foot",
    "wrist", "carpal", "elbow", "hand",
];

/// Whether all that a document diagnoses is of another region, and it asks for nothing: the visit of a
/// neck tells no limits of a buttock.
fn is_of_other_region(chart: &Chart, document: usize) -> bool {
    let own = |kind: usize| {
        let facts = chart.standing(kind).iter().map(|&at| &*chart.facts[at]);
        facts.filter(move |fact| fact.place.document == document)
    };
    let mut diagnoses = own(const { kind_index("diagnosis") })
        .filter_map(|fact| match &fact.kind {
            Kind::Diagnosis(found) => Some(found.name.as_str()),
            _ => None,
        })
        .peekable();
    diagnoses.peek().is_some()
        && diagnoses.all(|name| OTHER_DIAGNOSES.iter().any(|part| name.contains(part)))
        && own(const { kind_index("requested_procedure") }).next().is_none()
}

/// Whether a region of imaging is far from the lower trunk.
fn is_far(region: fact::Region) -> bool {
    use fact::Region as Part;
    matches!(region, Part::Cervical | Part::Brain | Part::Shoulder | Part::Knee)
}

/// Takes the facts of a kind out that `other` holds for.
fn leave(chart: &mut Chart, kind: usize, other: impl Fn(usize, &Place) -> bool) {
    let standing = &chart.standing[kind];
    let kept: Vec<usize> =
        standing.iter().copied().filter(|&at| !other(at, &Place::of(chart, at))).collect();
    if kept.len() < standing.len() {
        chart.marks[kind] = Marks::of(kind, kept.iter().map(|&at| &*chart.facts[at]));
        chart.standing[kind] = kept;
    }
}

/// Where a fact stands.
struct Place {
    document: usize,
    start: usize,
    end: usize,
}

impl Place {
    fn of(chart: &Chart, fact: usize) -> Self {
        let place = &chart.facts[fact].place;
        Self { document: place.document, start: place.start, end: place.end }
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.document == other.document && self.start < other.end && other.start < self.end
    }

    /// Whether it stands in or shortly before another.
    fn leads_to(&self, other: &Self) -> bool {
        self.document == other.document && self.start < other.end && other.start < self.end + REACH
    }
}
