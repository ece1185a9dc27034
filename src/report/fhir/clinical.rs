//! Facts as clinical resources.

use serde_json::{Value, json};

use super::{IDS, Names, coded, concept, document_key};
use crate::fact::{
    Certainty, Diagnosis, DiagnosisCertainty, EventStatus, Fact, FieldValue, Injection, Kind,
    Medication, MedicationStatus, PainDuration, Polarity, ScoreUnit, Therapy, TherapyStatus, Time,
};
use crate::report::line::{frequency_words, line, relief_words, words};

/// System of ICD-10-CM codes.
pub const ICD10: &str = "http://hl7.org/fhir/sid/icd-10-cm";
/// System of ICD-9-CM codes.
const ICD9: &str = "http://hl7.org/fhir/sid/icd-9-cm";
/// System of units.
const UCUM: &str = "http://unitsofmeasure.org";

/// The resource of a fact; `None` for what is asked for, which the claim says.
pub fn resource(fact: &Fact, names: &Names<'_>) -> Option<Value> {
    Some(match &fact.kind {
        Kind::Medication(fields) if fields.status == Some(MedicationStatus::Allergy) => {
            allergy(fact, fields, names)
        }
        Kind::Medication(fields) => medication(fact, fields, names),
        Kind::Injection(fields) => injection(fact, fields, names),
        Kind::Therapy(fields) => therapy(fact, fields, names),
        Kind::Diagnosis(fields) => condition(fact, fields, names),
        Kind::RequestedProcedure(_) => return None,
        _ => observation(fact, names),
    })
}

/// The fact's id.
fn identifier(fact: &Fact) -> Value {
    json!([{"system": format!("{IDS}:fact"), "value": fact.id}])
}

/// Where the record says it, and by which rule it was found.
fn note(fact: &Fact) -> Value {
    let place = &fact.place;
    json!([{"text": format!("Page {}: \"{}\". Rule {}.", place.page, place.quote, fact.rule)}])
}

fn source(fact: &Fact, names: &Names<'_>) -> Value {
    json!([names.reference(&document_key(fact.place.document))])
}

/// A field of the fact's kind as words.
fn said(fact: &Fact, field: &str) -> Option<String> {
    match fact.kind.field(field)? {
        FieldValue::Text(text) => Some(words(&text)),
        FieldValue::Number(number) => Some(number.to_string()),
        FieldValue::List(items) => Some(items.join(", ")),
        FieldValue::Flag(_) => None,
    }
}

/// Where on the body: side, then levels.
fn site(fact: &Fact) -> Option<Value> {
    let parts: Vec<String> =
        ["side", "target", "levels"].into_iter().filter_map(|field| said(fact, field)).collect();
    (!parts.is_empty()).then(|| concept(&parts.join(" ")))
}

/// The day of a fact, as precisely as it is written.
fn day(fact: &Fact) -> Option<String> {
    fact.date.map(|date| date.to_string())
}

fn medication(fact: &Fact, fields: &Medication, names: &Names<'_>) -> Value {
    let negated = fact.assertion.polarity == Polarity::Negated;
    let status = match fields.status {
        _ if negated => "not-taken",
        Some(MedicationStatus::NotTaken) => "not-taken",
        Some(MedicationStatus::Current) => "active",
        Some(MedicationStatus::Past) => "completed",
        Some(MedicationStatus::Planned) => "intended",
        // Those are resources of their own.
        Some(MedicationStatus::Allergy) | None => "unknown",
    };
    let name = match &fields.brand {
        Some(brand) => format!("{} ({brand})", fields.name),
        None => fields.name.clone(),
    };
    let frequency = fields.frequency.as_deref().map(frequency_words);
    let dosage: Vec<String> = fields.dose.clone().into_iter().chain(frequency).collect();
    let dosage = json!({
        "text": dosage.join(", "),
        "route": fields.route.map(|route| concept(route.as_str())),
    });
    let period = json!({
        "start": fields.start.map(|date| date.to_string()),
        "end": fields.stop.map(|date| date.to_string()),
    });
    let outcome = fields.outcome.map(|outcome| format!("Outcome: {}.", words(outcome.as_str())));
    let mut notes = note(fact);
    if let (Some(notes), Some(outcome)) = (notes.as_array_mut(), outcome) {
        notes.push(json!({"text": outcome}));
    }
    json!({
        "resourceType": "MedicationStatement",
        "identifier": identifier(fact),
        "status": status,
        "statusReason": fields.reason.as_deref().map(|reason| json!([concept(reason)])),
        "medicationCodeableConcept": concept(&name),
        "subject": names.reference("patient"),
        "effectivePeriod": period,
        "derivedFrom": source(fact, names),
        "note": notes,
        "dosage": [dosage],
    })
}

fn allergy(fact: &Fact, fields: &Medication, names: &Names<'_>) -> Value {
    let verification = match fact.assertion.polarity {
        Polarity::Negated => "refuted",
        _ => "unconfirmed",
    };
    json!({
        "resourceType": "AllergyIntolerance",
        "identifier": identifier(fact),
        "clinicalStatus": coded("allergyintolerance-clinical", "active"),
        "verificationStatus": coded("allergyintolerance-verification", verification),
        "category": ["medication"],
        "code": concept(&fields.name),
        "patient": names.reference("patient"),
        "note": note(fact),
    })
}

fn injection(fact: &Fact, fields: &Injection, names: &Names<'_>) -> Value {
    let status = match fields.status {
        _ if fact.assertion.polarity == Polarity::Negated => "not-done",
        Some(EventStatus::Performed) => "completed",
        Some(EventStatus::Planned) => "preparation",
        Some(EventStatus::NotDone) => "not-done",
        None => "unknown",
    };
    let outcome = relief_words(fields).map(|relief| match &fields.relief_duration {
        Some(lasting) => concept(&format!("{relief} for {lasting}")),
        None => concept(&relief),
    });
    procedure(fact, status, &words(fields.procedure.as_str()), outcome, names)
}

fn therapy(fact: &Fact, fields: &Therapy, names: &Names<'_>) -> Value {
    let status = match fields.status {
        _ if fact.assertion.polarity == Polarity::Negated => "not-done",
        Some(TherapyStatus::Current) => "in-progress",
        Some(TherapyStatus::Past) => "completed",
        Some(TherapyStatus::Planned) => "preparation",
        Some(TherapyStatus::NotDone) => "not-done",
        None => "unknown",
    };
    let outcome = fields.outcome.map(|outcome| concept(&words(outcome.as_str())));
    procedure(fact, status, &words(fields.therapy.as_str()), outcome, names)
}

fn procedure(
    fact: &Fact,
    status: &str,
    name: &str,
    outcome: Option<Value>,
    names: &Names<'_>,
) -> Value {
    let performed = match status {
        "not-done" | "preparation" => None,
        _ => day(fact),
    };
    json!({
        "resourceType": "Procedure",
        "identifier": identifier(fact),
        "status": status,
        "code": concept(name),
        "subject": names.reference("patient"),
        "performedDateTime": performed,
        "bodySite": site(fact).map(|site| json!([site])),
        "outcome": outcome,
        "report": source(fact, names),
        "note": note(fact),
    })
}

fn condition(fact: &Fact, fields: &Diagnosis, names: &Names<'_>) -> Value {
    let refuted = fact.assertion.polarity == Polarity::Negated
        || fields.certainty == Some(DiagnosisCertainty::RuledOut);
    let suspected = fields.certainty == Some(DiagnosisCertainty::Suspected)
        || fact.assertion.certainty == Certainty::Possible;
    let verification = match (refuted, suspected) {
        (true, _) => "refuted",
        (_, true) => "provisional",
        _ => "unconfirmed",
    };
    let coding = |system: &str, code: &Option<String>| {
        code.as_deref().map(|code| json!({"system": system, "code": code}))
    };
    let past = fact.assertion.time == Time::Past && !refuted;
    json!({
        "resourceType": "Condition",
        "identifier": identifier(fact),
        "clinicalStatus": past.then(|| coded("condition-clinical", "inactive")),
        "verificationStatus": coded("condition-ver-status", verification),
        "code": {
            "coding": [coding(ICD10, &fields.icd10), coding(ICD9, &fields.icd9)],
            "text": fields.name,
        },
        "bodySite": site(fact).map(|site| json!([site])),
        "subject": names.reference("patient"),
        "recordedDate": day(fact),
        "evidence": [{"detail": source(fact, names)}],
        "note": note(fact),
    })
}

/// What is observed, measured or said; `preliminary`, since nobody has confirmed it.
fn observation(fact: &Fact, names: &Names<'_>) -> Value {
    let mut resource = json!({
        "resourceType": "Observation",
        "identifier": identifier(fact),
        "status": "preliminary",
        "code": concept(&observed(fact)),
        "subject": names.reference("patient"),
        "effectiveDateTime": day(fact),
        "note": note(fact),
        "bodySite": site(fact),
        "derivedFrom": source(fact, names),
    });
    let (name, value) = value(fact);
    resource[name] = value;
    resource
}

/// What an observation is of.
fn observed(fact: &Fact) -> String {
    let field = match &fact.kind {
        Kind::ExamSign(fields) if fields.name.is_some() => "name",
        Kind::ExamSign(_) => "sign",
        Kind::DisabilityScore(_) => "instrument",
        Kind::Imaging(_) => "modality",
        Kind::Function(_) => "activity",
        Kind::Nantes(_) => "criterion",
        Kind::Statement(_) => "topic",
        _ => return words(fact.kind.name()),
    };
    let said = said(fact, field).unwrap_or_default();
    format!("{}: {said}", words(fact.kind.name()))
}

/// What was observed, and the name of the element that holds it.
fn value(fact: &Fact) -> (&'static str, Value) {
    match &fact.kind {
        Kind::PainScore(score) => {
            let unit = format!("of {}", score.scale);
            let quantity = |value: f64| json!({"value": value, "unit": unit});
            match score.low == score.high {
                true => ("valueQuantity", quantity(score.low)),
                false => (
                    "valueRange",
                    json!({"low": quantity(score.low), "high": quantity(score.high)}),
                ),
            }
        }
        Kind::DisabilityScore(score) => {
            let mut quantity = json!({"value": score.value});
            match score.unit {
                Some(ScoreUnit::Percent) => {
                    quantity["unit"] = "%".into();
                    quantity["system"] = UCUM.into();
                    quantity["code"] = "%".into();
                }
                Some(ScoreUnit::Points) => quantity["unit"] = "points".into(),
                None => {}
            }
            ("valueQuantity", quantity)
        }
        Kind::PainDuration(PainDuration { months: Some(months), .. }) => (
            "valueQuantity",
            json!({"value": months, "unit": "months", "system": UCUM, "code": "mo"}),
        ),
        _ => ("valueString", line(fact).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::{Assertion, Place, Section};

    #[track_caller]
    fn check_outcome(relief: &str, expect: &str) {
        let kind = format!("kind = 'injection'\nprocedure = 'si_joint'\n{relief}");
        let fact = Fact {
            id: "0".repeat(16),
            kind: toml::from_str(&kind).unwrap(),
            assertion: Assertion::default(),
            date: None,
            section: Section::Other,
            rule: "rule".to_owned(),
            confidence: 1.0,
            place: Place::default(),
        };
        let resource = resource(&fact, &Names { case: "case" }).unwrap();
        assert_eq!(resource["outcome"]["text"], expect);
    }

    #[test]
    fn relief_is_told_as_people_say_it() {
        check_outcome("relief = 'none'", "no relief");
        check_outcome(
            "relief = 'partial'\nrelief_duration = '2 days'",
            "partial relief for 2 days",
        );
        check_outcome("relief_percent = 40.0", "40% relief");
    }
}
