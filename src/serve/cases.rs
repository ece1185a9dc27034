//! The cases, and one of them.

use serde_json::{Value, json};

use super::address;
use super::app::progress;
use super::ask::{Answer, Ask, query};
use super::facts::{told, words};
use super::markdown;
use crate::error::Error;
use crate::necessity::Determination;
use crate::report::{self, StoredRow, line};
use crate::review::Queue;
use crate::store::Target;

/// Cases on a page of the list.
const SHOWN: usize = 100;

/// What the list is narrowed by.
const FILTERS: [&str; 4] = ["determination", "reason", "flag", "policy"];

/// A cell of a row; empty where there is no such column.
pub fn cell<'a>(row: &'a StoredRow, name: &str) -> &'a str {
    row.get(name).map(String::as_str).unwrap_or_default()
}

fn items<'a>(row: &'a StoredRow, name: &str) -> impl Iterator<Item = &'a str> {
    report::items(cell(row, name))
}

/// Whether a row of cases.csv recommends against the request.
pub fn is_adverse(row: &StoredRow) -> bool {
    cell(row, "determination") == Determination::NotMedicallyNecessary.as_str()
}

/// The subject of a sign-off: the case and the policy that it was held against.
pub fn signed_subject(case: &str, policy: &str) -> String {
    format!("{case}@{policy}")
}

/// The list of cases.
pub fn list(ask: &Ask) -> Result<Answer, Error> {
    let index = ask.app.index();
    let ledger = ask.app.ledger();
    let judged = progress(&index, &ledger);
    let wanted = FILTERS.map(|name| ask.query.get(name));
    let find = ask.query.get("find").to_lowercase();
    let mut choices: [std::collections::BTreeMap<String, String>; 4] = Default::default();
    let mut found = Vec::new();
    for (at, case) in index.cases.iter().enumerate() {
        for row in &case.rows {
            let [determination, policy] =
                ["determination", "policy_id"].map(|name| cell(row, name));
            choices[0].entry(determination.to_owned()).or_insert_with(|| words(determination));
            let primary = cell(row, "primary_reason_id");
            if !primary.is_empty() {
                let label = cell(row, "primary_reason");
                choices[1].entry(primary.to_owned()).or_insert_with(|| label.to_owned());
            }
            for reason in items(row, "reason_ids") {
                let label =
                    index.reasons.get(reason).map_or_else(|| words(reason), |(l, _)| l.clone());
                choices[1].entry(reason.to_owned()).or_insert(label);
            }
            for flag in items(row, "flags") {
                choices[2].entry(flag.to_owned()).or_insert_with(|| words(flag));
            }
            choices[3].entry(policy.to_owned()).or_insert_with(|| policy.to_owned());
            let fits = (wanted[0].is_empty() || wanted[0] == determination)
                && (wanted[1].is_empty() || items(row, "reason_ids").any(|id| id == wanted[1]))
                && (wanted[2].is_empty() || items(row, "flags").any(|flag| flag == wanted[2]))
                && (wanted[3].is_empty() || wanted[3] == policy)
                && (find.is_empty() || case.id.to_lowercase().contains(&find));
            if fits {
                found.push((at, row));
            }
        }
    }
    let first = ask.query.number::<usize>("from").unwrap_or(0).min(found.len());
    let rows: Vec<Value> = found
        .iter()
        .skip(first)
        .take(SHOWN)
        .map(|(at, row)| {
            let case = &index.cases[*at];
            let policy = cell(row, "policy_id");
            let subject = signed_subject(&case.id, policy);
            json!({
                "id": case.id, "href": address::case(&case.id), "policy": policy,
                "determination": words(cell(row, "determination")),
                "kind": cell(row, "determination"),
                "reason": cell(row, "primary_reason"), "next_step": words(cell(row, "next_step")),
                "flags": items(row, "flags").map(words).collect::<Vec<_>>(),
                "facts": case.facts.len(), "judged": judged.get(at).copied().unwrap_or(0),
                "signed": ledger.current(Target::Case, &subject).is_some(),
            })
        })
        .collect();
    drop(ledger);
    let filters: Vec<Value> = FILTERS
        .iter()
        .zip(&choices)
        .zip(wanted)
        .map(|((name, choices), wanted)| {
            let options: Vec<Value> =
                choices.iter().map(|(id, label)| json!({ "id": id, "label": label })).collect();
            json!({ "name": name, "options": options, "chosen": wanted })
        })
        .collect();
    let turn = |from: usize| {
        let from = from.to_string();
        let chosen = FILTERS.into_iter().zip(wanted);
        let others = [("find", ask.query.get("find")), ("from", from.as_str())];
        format!("/?{}", query(&chosen.chain(others).collect::<Vec<_>>()))
    };
    let context = json!({
        "title": "Cases", "here": "cases", "cases": rows, "filters": filters,
        "find": ask.query.get("find"), "found": found.len(), "all": index.cases.len(),
        "first": first + 1, "last": (first + SHOWN).min(found.len()),
        "previous": (first > 0).then(|| turn(first.saturating_sub(SHOWN))),
        "next": (first + SHOWN < found.len()).then(|| turn(first + SHOWN)),
        "judged": judged.values().sum::<usize>(), "facts": index.items.len(),
    });
    Ok(ask.page("cases.html", context))
}

/// One case: verdicts, reasons, criteria with their facts, steps, narrative, documents.
pub fn one(ask: &Ask) -> Result<Answer, Error> {
    let index = ask.app.index();
    let id = ask.query.get("id");
    let Some(at) = index.case_at(id) else { return Ok(Answer::NotFound) };
    let case = &index.cases[at];
    let ledger = ask.app.ledger();
    let fact_link = |fact: &str| {
        let at = index.fact_at(fact)?;
        let (stored, _) = index.fact(at)?;
        let verdict = ledger.current(Target::Fact, fact).map(|event| event.verdict.as_str());
        Some(json!({ "href": address::fact(&index, at as u32, ""), "value": line(&stored.fact),
            "page": stored.fact.place.page, "document": stored.document, "verdict": verdict }))
    };
    let criteria = index.rows("criteria.csv", id);
    let reasons = index.rows("denial_reasons.csv", id);
    let steps = index.rows("pathway.csv", id);
    let evaluated = ask.app.evaluated.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut policies = Vec::new();
    for row in &case.rows {
        let policy = cell(row, "policy_id");
        let own = |rows: &[StoredRow]| -> Vec<StoredRow> {
            rows.iter().filter(|row| cell(row, "policy_id") == policy).cloned().collect()
        };
        let of_policy: Vec<Value> = own(&criteria)
            .iter()
            .map(|row| {
                json!({ "id": cell(row, "criterion_id"), "title": cell(row, "title"),
                    "result": words(cell(row, "result")), "kind": cell(row, "result"),
                    "required": cell(row, "severity") == "required",
                    "explanation": cell(row, "explanation"),
                    "facts": items(row, "fact_ids").filter_map(fact_link).collect::<Vec<_>>() })
            })
            .collect();
        let assessment = ask.app.out.join(cell(row, "assessment"));
        // The name stands in the report; one that led out of its folder would be none of ours.
        let inside = cell(row, "assessment").starts_with("assessments/")
            && !cell(row, "assessment").contains("..");
        let narrative = inside.then(|| std::fs::read_to_string(assessment).ok()).flatten();
        let signed = ledger.current(Target::Case, &signed_subject(id, policy));
        let again = evaluated.get(id).and_then(|e| e.rulings.iter().find(|r| r.policy == policy));
        policies.push(json!({
            "policy": policy, "version": cell(row, "policy_version"),
            "determination": words(cell(row, "determination")), "kind": cell(row, "determination"),
            "rationale": cell(row, "rationale"),
            "flags": items(row, "flags").map(words).collect::<Vec<_>>(),
            "adverse": is_adverse(row),
            "reasons": own(&reasons).iter().map(|row| json!({
                "label": cell(row, "label"), "rationale": cell(row, "rationale"),
                "quote": cell(row, "record_quote"), "page": cell(row, "page"),
                "cured_by": words(cell(row, "cured_by")), "missing": cell(row, "missing_item"),
                "queue": address::queue(&Queue::Reason(cell(row, "reason_id").to_owned()).name()),
            })).collect::<Vec<_>>(),
            "criteria": of_policy,
            "steps": own(&steps).iter().map(|row| json!({ "title": cell(row, "title"),
                "number": cell(row, "step_no"), "status": words(cell(row, "status")),
                "action": cell(row, "action") })).collect::<Vec<_>>(),
            "narrative": narrative.map(|text| markdown::blocks(&text)),
            "signed": signed.map(|event| {
                let to = event.to.as_deref().map(super::facts::object).unwrap_or_default();
                json!({ "event": told(&ledger, event), "to": to,
                    "stale": to.get("determination").and_then(Value::as_str) != Some(cell(row, "determination")) })
            }),
            "again": again.map(|ruling| ruling.shown(row)),
        }));
    }
    let stale = evaluated.get(id).is_some_and(|e| e.last != ledger.last());
    let was_evaluated = evaluated.contains_key(id);
    drop(evaluated);
    let files: Vec<Value> = index
        .files
        .iter()
        .enumerate()
        .filter(|(_, file)| file.case == at)
        .map(|(place, file)| {
            json!({ "name": file.name, "pages": file.pages, "facts": file.facts.len(),
                "href": address::page(place, 1, ""),
                "queue": address::queue(&Queue::Document(place).name()) })
        })
        .collect();
    let problems: Vec<Value> = index
        .rows("problems.csv", id)
        .iter()
        .map(|row| json!({ "document": cell(row, "document"), "page": cell(row, "page"), "problem": cell(row, "problem") }))
        .collect();
    let judged = progress(&index, &ledger).get(&at).copied().unwrap_or(0);
    drop(ledger);
    let first = case.facts.clone().next().map(|at| address::fact(&index, at as u32, ""));
    let context = json!({
        "title": id, "here": "cases", "id": id, "policies": policies, "files": files,
        "problems": problems, "judged": judged, "facts": case.facts.len(), "first": first,
        "evaluated": was_evaluated, "stale": stale,
    });
    Ok(ask.page("case.html", context))
}
