//! A case as a FHIR R4 Bundle: its documents, its facts, the claim, and the evaluator's
//! result as the draft of a response.
//!
//! Nothing in it is more than the record says and no more than a program found: facts are
//! `preliminary` or `unconfirmed`, the claim and its response are drafts. Each resource
//! carries the fact's id as its identifier, and page, quote and rule in a note. What is not
//! the patient's, hypothetical, a goal, or a blank form is in facts.jsonl alone, since these
//! resources could not say it.
//!
//! FHIR R4, version 4.0.1: <https://hl7.org/fhir/R4/>.

mod claim;
mod clinical;

use serde_json::{Map, Value, json};

use super::{Case, ENGINE_VERSION};
use crate::fact::{Experiencer, Fact, Origin, Polarity, Time};

/// System of the ids of cases, facts and policies.
const IDS: &str = "urn:chartsift";

/// The Bundle of a case.
pub fn bundle(case: &Case) -> Value {
    let names = Names { case: &case.id };
    let mut entries = vec![entry(&names, "patient", patient(case))];
    for (at, document) in case.chart.documents.iter().enumerate() {
        let key = document_key(at);
        let read = match document.pages_unreadable {
            0 => format!("Pages: {}.", document.pages),
            some => format!("Pages: {}; {some} could not be read.", document.pages),
        };
        let written = document.date.map(|date| json!({"start": date.to_string()}));
        entries.push(entry(
            &names,
            &key,
            json!({
                "resourceType": "DocumentReference",
                "status": "current",
                "subject": names.reference("patient"),
                "description": read,
                "content": [{"attachment": {"title": document.name}}],
                "context": written.map(|period| json!({"period": period})),
            }),
        ));
    }
    for (at, fact) in case.chart.facts.iter().enumerate().filter(|(_, fact)| is_told(fact)) {
        if let Some(resource) = clinical::resource(fact, &names) {
            entries.push(entry(&names, &fact_key(at), resource));
        }
    }
    entries.push(entry(&names, "claim", claim::claim(case, &names)));
    for (at, ruling) in case.rulings.iter().enumerate() {
        let response = claim::response(case, &ruling.verdict, &names);
        entries.push(entry(&names, &format!("response {at}"), response));
    }
    json!({
        "resourceType": "Bundle",
        "meta": {"tag": [{"system": format!("{IDS}:version"), "code": ENGINE_VERSION}]},
        "identifier": {"system": format!("{IDS}:case"), "value": case.id},
        "type": "collection",
        "entry": entries,
    })
}

/// Whether a fact is one that its resource can say without saying more.
fn is_told(fact: &Fact) -> bool {
    let assertion = &fact.assertion;
    assertion.experiencer == Experiencer::Patient
        && assertion.time != Time::Hypothetical
        && assertion.polarity != Polarity::Unknown
        && assertion.origin != Origin::GoalOrEducation
}

fn patient(case: &Case) -> Value {
    let member = case.given.member_ref.as_deref().filter(|member| !member.trim().is_empty());
    json!({
        "resourceType": "Patient",
        "identifier": member.map(|member| json!([{"value": member}])),
    })
}

fn document_key(at: usize) -> String {
    format!("document {at}")
}

fn fact_key(at: usize) -> String {
    format!("fact {at}")
}

/// Where the resources of a case's bundle are found.
struct Names<'a> {
    case: &'a str,
}

impl Names<'_> {
    /// The place of a resource: the same in every run.
    fn url(&self, key: &str) -> String {
        let hash = blake3::hash(format!("{}\0{key}", self.case).as_bytes());
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash.as_bytes()[..16]);
        // Version 8, RFC 9562: of a maker's own.
        bytes[6] = bytes[6] & 0x0f | 0x80;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let parts = [&bytes[..4], &bytes[4..6], &bytes[6..8], &bytes[8..10], &bytes[10..]];
        format!("urn:uuid:{}", parts.map(hex).join("-"))
    }

    fn reference(&self, key: &str) -> Value {
        json!({"reference": self.url(key)})
    }
}

/// An entry of the bundle.
fn entry(names: &Names<'_>, key: &str, resource: Value) -> Value {
    json!({"fullUrl": names.url(key), "resource": stated(resource)})
}

/// The value without what is not stated: FHIR knows neither null nor empty.
fn stated(value: Value) -> Value {
    let empty = |value: &Value| match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    };
    match value {
        Value::Array(items) => {
            items.into_iter().map(stated).filter(|item| !empty(item)).collect::<Vec<_>>().into()
        }
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| (name, stated(value)))
            .filter(|(_, value)| !empty(value))
            .collect::<Map<_, _>>()
            .into(),
        other => other,
    }
}

/// A concept of one of HL7's own code systems.
fn coded(system: &str, code: &str) -> Value {
    let system = format!("http://terminology.hl7.org/CodeSystem/{system}");
    json!({"coding": [{"system": system, "code": code}]})
}

/// A concept in words alone.
fn concept(words: &str) -> Value {
    json!({"text": words})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_stated_is_left_out() {
        let value = json!({"a": null, "b": [null, {"c": ""}], "d": {"e": []}, "f": 0, "g": false});
        assert_eq!(stated(value), json!({"f": 0, "g": false}));
    }

    #[test]
    fn places_follow_from_the_case_and_are_apart() {
        let names = Names { case: "a" };
        assert_eq!(names.url("claim"), names.url("claim"));
        assert_ne!(names.url("claim"), names.url("patient"));
        assert_ne!(names.url("claim"), Names { case: "b" }.url("claim"));
        let url = names.url("claim");
        assert_eq!((url.len(), &url[..9], &url[23..24]), (45, "urn:uuid:", "8"));
    }
}
