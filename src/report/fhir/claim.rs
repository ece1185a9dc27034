//! What is asked for, and what a policy makes of it, as drafts.

use serde_json::{Value, json};

use super::clinical::ICD10;
use super::{Names, coded, concept, document_key};
use crate::necessity::{Determination, Verdict};
use crate::report::Case;
use crate::report::line::words;

/// System of procedure codes.
const CPT: &str = "http://www.ama-assn.org/go/cpt";

/// The request for prior authorization.
pub fn claim(case: &Case, names: &Names<'_>) -> Value {
    let request = &case.chart.request;
    let diagnosis = |(at, code): (usize, &String)| {
        let coding = json!([{"system": ICD10, "code": code}]);
        json!({"sequence": at + 1, "diagnosisCodeableConcept": {"coding": coding}})
    };
    let documents = case.chart.documents.iter().enumerate().map(|(at, _)| {
        json!({
            "sequence": at + 1,
            "category": concept("document"),
            "valueReference": names.reference(&document_key(at)),
        })
    });
    let item = json!({
        "sequence": 1,
        "productOrService": {
            "coding": [request.cpt.as_deref().map(|code| json!({"system": CPT, "code": code}))],
            "text": request.procedure.as_deref().unwrap_or("not stated"),
        },
        "modifier": request.intent.map(|intent| json!([concept(intent.as_str())])),
        "bodySite": request.side.map(|side| concept(side.as_str())),
    });
    let mut claim = json!({
        "resourceType": "Claim",
        "status": "draft",
        "type": kind(),
        "use": "preauthorization",
        "patient": names.reference("patient"),
        "provider": party(case.given.provider.as_deref()),
        "insurer": party(case.given.payer.as_deref()),
        "priority": coded("processpriority", "normal"),
        "supportingInfo": documents.collect::<Vec<_>>(),
        "diagnosis": request.diagnosis_codes.iter().enumerate().map(diagnosis).collect::<Vec<_>>(),
        "insurance": [{
            "sequence": 1,
            "focal": true,
            "coverage": party(case.given.payer.as_deref()),
        }],
        "item": [item],
    });
    date(&mut claim, case);
    claim
}

/// What a policy makes of the request: a draft until a clinician has signed it.
pub fn response(case: &Case, verdict: &Verdict, names: &Names<'_>) -> Value {
    // Whatever a clinician has yet to look at is not completely adjudicated.
    let outcome = match verdict.determination {
        Determination::MeetsCriteria => "complete",
        Determination::NotMedicallyNecessary
        | Determination::PendMissingDocumentation
        | Determination::ReferToClinician => "partial",
    };
    let criteria = verdict.findings.iter().map(|finding| {
        json!({
            "category": {
                "coding": [{
                    "system": format!("{}:policy:{}", super::IDS, verdict.policy_id),
                    "version": verdict.policy_version,
                    "code": finding.criterion_id,
                }],
                "text": finding.title,
            },
            "reason": concept(&words(finding.outcome.as_str())),
        })
    });
    let determination = json!({
        "category": concept("recommendation"),
        "reason": concept(&words(verdict.determination.as_str())),
    });
    let notes = verdict.reasons.iter().enumerate().map(|(at, reason)| {
        json!({
            "number": at + 1,
            "type": "print",
            "text": format!("{}: {}", reason.label, reason.rationale),
        })
    });
    let notes: Vec<Value> = notes.collect();
    let mut response = json!({
        "resourceType": "ClaimResponse",
        "status": "draft",
        "type": kind(),
        "use": "preauthorization",
        "patient": names.reference("patient"),
        "insurer": party(case.given.payer.as_deref()),
        "request": names.reference("claim"),
        "outcome": outcome,
        "disposition": verdict.rationale,
        "item": [{
            "itemSequence": 1,
            "noteNumber": (1..=notes.len()).collect::<Vec<_>>(),
            "adjudication": std::iter::once(determination).chain(criteria).collect::<Vec<_>>(),
        }],
        "processNote": notes,
    });
    date(&mut response, case);
    response
}

/// Of a professional's service.
fn kind() -> Value {
    coded("claim-type", "professional")
}

/// A payer or provider as the manifest names it.
fn party(name: Option<&str>) -> Value {
    json!({"display": name.filter(|name| !name.trim().is_empty()).unwrap_or("not stated")})
}

/// Dates it as of the day that the case is judged: never today.
fn date(resource: &mut Value, case: &Case) {
    match case.chart.as_of {
        Some(day) => resource["created"] = day.to_string().into(),
        None => {
            resource["_created"] = json!({"extension": [{
                "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
                "valueCode": "unknown",
            }]});
        }
    }
}
