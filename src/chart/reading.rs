//! How a single fact is read: what it says where a field is left to the assertion.
//!
//! "No physical therapy" may come as `status = not_done` or as a negated mention without
//! status; both read the same here.

use std::borrow::Cow;

use crate::fact::{
    Certainty, DiagnosisCertainty, EventStatus, Experiencer, Fact, FieldValue, FindingPolarity,
    Kind, MedicationStatus, Origin, Polarity, SignPolarity, TherapyStatus, Time,
};

/// Whether a fact can weigh at all: of the patient, no goal, no blank template, no supposition.
pub fn counts(fact: &Fact) -> bool {
    let assertion = &fact.assertion;
    let own = assertion.experiencer == Experiencer::Patient;
    let said =
        assertion.polarity != Polarity::Unknown && assertion.origin != Origin::GoalOrEducation;
    let held = match fact.kind {
        // A request that is only considered is weighed against firmer ones by the chart.
        Kind::RequestedProcedure(_) => true,
        _ => assertion.time != Time::Hypothetical,
    };
    let denied = assertion.polarity == Polarity::Negated && !carries_own_polarity(&fact.kind);
    let family = matches!(&fact.kind, Kind::Diagnosis(d) if d.experiencer.is_some_and(|e| e != Experiencer::Patient));
    own && said && held && !denied && !family
}

/// Whether a kind says in a field of its own that something is not so.
fn carries_own_polarity(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::Medication(_)
            | Kind::Injection(_)
            | Kind::Emg(_)
            | Kind::ExamSign(_)
            | Kind::Imaging(_)
            | Kind::Therapy(_)
            | Kind::Diagnosis(_)
            | Kind::Nantes(_)
            | Kind::Function(_)
    )
}

/// Whether two facts speak of the same thing, so that a fresh one replaces a copied one.
pub fn same_subject(a: &Kind, b: &Kind) -> bool {
    match (a, b) {
        (Kind::Medication(a), Kind::Medication(b)) => a.name == b.name,
        (Kind::Therapy(a), Kind::Therapy(b)) => a.therapy == b.therapy,
        (Kind::ExamSign(a), Kind::ExamSign(b)) => a.sign == b.sign,
        (Kind::Function(a), Kind::Function(b)) => a.activity == b.activity,
        (Kind::DisabilityScore(a), Kind::DisabilityScore(b)) => a.instrument == b.instrument,
        (Kind::Statement(a), Kind::Statement(b)) => a.topic == b.topic,
        (Kind::Contraindication(a), Kind::Contraindication(b)) => a.treatment == b.treatment,
        (Kind::Nantes(a), Kind::Nantes(b)) => a.criterion == b.criterion,
        (a, b) => a.name() == b.name(),
    }
}

/// Where a drug stands in the treatment.
pub fn medication_status(fact: &Fact) -> Option<MedicationStatus> {
    let Kind::Medication(drug) = &fact.kind else { return None };
    drug.status.or(match (fact.assertion.polarity, fact.assertion.time) {
        (Polarity::Negated, _) => Some(MedicationStatus::NotTaken),
        (_, Time::Past) => Some(MedicationStatus::Past),
        (_, Time::Planned) => Some(MedicationStatus::Planned),
        _ => drug.outcome.map(|_| MedicationStatus::Past),
    })
}

/// Where a therapy stands.
pub fn therapy_status(fact: &Fact) -> Option<TherapyStatus> {
    let Kind::Therapy(therapy) = &fact.kind else { return None };
    therapy.status.or(match (fact.assertion.polarity, fact.assertion.time) {
        (Polarity::Negated, _) => Some(TherapyStatus::NotDone),
        (_, Time::Past) => Some(TherapyStatus::Past),
        (_, Time::Planned) => Some(TherapyStatus::Planned),
        _ => Some(TherapyStatus::Current),
    })
}

/// Whether a test or procedure took place.
pub fn event_status(fact: &Fact) -> Option<EventStatus> {
    let stated = match &fact.kind {
        Kind::Injection(injection) => injection.status,
        Kind::Imaging(imaging) => imaging.status,
        Kind::Emg(emg) => Some(emg.status),
        _ => return None,
    };
    let result = match &fact.kind {
        Kind::Imaging(imaging) => imaging.finding.is_some(),
        Kind::Emg(emg) => emg.result.is_some(),
        _ => false,
    };
    stated.or(Some(match (fact.assertion.polarity, fact.assertion.time) {
        _ if result => EventStatus::Performed,
        (Polarity::Negated, _) => EventStatus::NotDone,
        (_, Time::Planned) => EventStatus::Planned,
        _ => EventStatus::Performed,
    }))
}

/// How sure a diagnosis is.
pub fn diagnosis_certainty(fact: &Fact) -> Option<DiagnosisCertainty> {
    let Kind::Diagnosis(diagnosis) = &fact.kind else { return None };
    let negated = fact.assertion.polarity == Polarity::Negated;
    Some(match (negated, diagnosis.certainty, fact.assertion.certainty) {
        (true, ..) => DiagnosisCertainty::RuledOut,
        (_, Some(DiagnosisCertainty::Confirmed) | None, Certainty::Possible) => {
            DiagnosisCertainty::Suspected
        }
        (_, Some(stated), _) => stated,
        _ => DiagnosisCertainty::Confirmed,
    })
}

/// A field of a kind, looked up once and read of many facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// At this place of the kind's own names.
    Own(usize),
    /// Where a drug, therapy, test or procedure stands.
    Status,
    /// Whether a sign is there.
    SignPolarity,
    /// Whether a finding is there.
    FindingPolarity,
    /// How sure a diagnosis is.
    Certainty,
}

impl Field {
    /// The field of that name; `None` where the kind has none.
    pub fn of(kind: usize, name: &str) -> Option<Field> {
        let (kind, fields) = Kind::SCHEMA.get(kind)?;
        let own = fields.iter().position(|field| *field == name)?;
        Some(match (*kind, name) {
            ("medication" | "therapy" | "injection" | "imaging" | "emg", "status") => Field::Status,
            ("exam_sign", "polarity") => Field::SignPolarity,
            ("imaging", "polarity") => Field::FindingPolarity,
            ("diagnosis", "certainty") => Field::Certainty,
            _ => Field::Own(own),
        })
    }

    /// Its value, with what the assertion says where the field itself is silent.
    #[inline]
    pub fn read(self, fact: &Fact) -> Option<FieldValue<'_>> {
        let word = |word: &'static str| Some(FieldValue::Text(Cow::Borrowed(word)));
        let negated = fact.assertion.polarity == Polarity::Negated;
        match (self, &fact.kind) {
            (Field::Own(at), kind) => kind.field_at(at),
            (Field::Status, Kind::Medication(_)) => word(medication_status(fact)?.as_str()),
            (Field::Status, Kind::Therapy(_)) => word(therapy_status(fact)?.as_str()),
            (Field::Status, _) => word(event_status(fact)?.as_str()),
            (Field::SignPolarity, Kind::ExamSign(sign)) => {
                let said = if negated { SignPolarity::Negative } else { SignPolarity::Positive };
                word(sign.polarity.unwrap_or(said).as_str())
            }
            (Field::FindingPolarity, Kind::Imaging(imaging)) => {
                imaging.finding.as_ref()?;
                let said = if negated { FindingPolarity::Absent } else { FindingPolarity::Present };
                word(imaging.polarity.unwrap_or(said).as_str())
            }
            (Field::Certainty, _) => word(diagnosis_certainty(fact)?.as_str()),
            _ => None,
        }
    }
}

/// Whether a fact lies in what is only planned. Kinds that say so in `status` are judged by that.
#[inline]
pub fn planned(fact: &Fact) -> bool {
    match &fact.kind {
        Kind::Medication(_) => medication_status(fact) == Some(MedicationStatus::Planned),
        Kind::Therapy(_) => therapy_status(fact) == Some(TherapyStatus::Planned),
        Kind::Injection(_) | Kind::Imaging(_) | Kind::Emg(_) => {
            event_status(fact) == Some(EventStatus::Planned)
        }
        Kind::Statement(_) | Kind::RequestedProcedure(_) | Kind::Contraindication(_) => false,
        _ => fact.assertion.time == Time::Planned,
    }
}
