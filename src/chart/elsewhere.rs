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
    leave(chart, const { kind_index("pain_score") }, |chart, at| {
        let place = |fact: usize| &chart.facts[fact].place;
        chart.statements(&OTHER_REGION).any(|said| place(said).overlaps(place(at)))
    });
    let other: Vec<bool> =
        (0..chart.documents.len()).map(|document| is_of_other_region(chart, document)).collect();
    for kind in [const { kind_index("pain_score") }, const { kind_index("function") }] {
        leave(chart, kind, |chart, at| other[chart.facts[at].place.document]);
    }
    let explains: Vec<usize> = EXPLAINS.iter().flat_map(|topic| chart.statements(topic)).collect();
    leave(chart, const { kind_index("statement") }, |chart, at| {
        explains.contains(&at) && goes_on_from_far(chart, at)
    });
}

/// Whether words go on from what a picture far from the lower trunk shows.
fn goes_on_from_far(chart: &Chart, fact: usize) -> bool {
    let own = &chart.facts[fact].place;
    let pictures = chart.standing(const { kind_index("imaging") }).iter().rev();
    let last = pictures.map(|&at| &*chart.facts[at]).find(|picture| {
        let place = &picture.place;
        place.document == own.document && place.start < own.end && own.start < place.end + REACH
    });
    last.is_some_and(|picture| match &picture.kind {
        Kind::Imaging(found) => found.region.is_some_and(is_far),
        _ => false,
    })
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
fn leave(chart: &mut Chart, kind: usize, other: impl Fn(&Chart, usize) -> bool) {
    let standing = &chart.standing[kind];
    let kept: Vec<usize> = standing.iter().copied().filter(|&at| !other(chart, at)).collect();
    if kept.len() < standing.len() {
        chart.marks[kind] = Marks::of(kind, kept.iter().map(|&at| &*chart.facts[at]));
        chart.standing[kind] = kept;
    }
}
