//! A case decided again with what reviewers changed, as the next run will decide it.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use serde_json::{Value, json};

use super::address;
use super::ask::{Answer, Ask};
use super::cases::cell;
use super::facts::words;
use super::index::Index;
use crate::chart::ChartDocument;
use crate::error::Error;
use crate::fact::Fact;
use crate::pipeline::{Work, guarded};
use crate::report::{Given, Ruling, StoredRow, read_document};
use crate::review::Reviews;

/// A case that was decided again.
pub struct Evaluated {
    /// The last event that it takes in.
    pub last: i64,
    /// What each policy makes of it.
    pub rulings: Vec<NewRuling>,
}

/// What one policy makes of a case now.
pub struct NewRuling {
    /// The policy.
    pub policy: String,
    determination: &'static str,
    rationale: String,
    reasons: Vec<String>,
    /// Title and result by criterion.
    criteria: BTreeMap<String, (String, &'static str)>,
    before: BTreeMap<String, String>,
}

impl NewRuling {
    fn of(ruling: &Ruling, before: BTreeMap<String, String>) -> Self {
        let verdict = &ruling.verdict;
        let criteria = verdict.findings.iter();
        Self {
            policy: verdict.policy_id.clone(),
            determination: verdict.determination.as_str(),
            rationale: verdict.rationale.clone(),
            reasons: verdict.reasons.iter().map(|reason| reason.label.clone()).collect(),
            criteria: criteria
                .map(|f| (f.criterion_id.clone(), (f.title.clone(), f.outcome.as_str())))
                .collect(),
            before,
        }
    }

    /// What a template needs of it, beside the case's line in the report.
    pub fn shown(&self, row: &StoredRow) -> Value {
        let changes: Vec<Value> = self
            .criteria
            .iter()
            .filter(|(id, (_, now))| self.before.get(*id).is_some_and(|before| before != now))
            .map(|(id, (title, now))| json!({ "title": title, "before": words(&self.before[id]), "now": words(now) }))
            .collect();
        json!({ "determination": words(self.determination), "kind": self.determination,
            "same": cell(row, "determination") == self.determination, "rationale": self.rationale,
            "reasons": self.reasons, "changes": changes })
    }
}

/// Decides a case again.
pub fn again(ask: &Ask) -> Result<Answer, Error> {
    let index = ask.app.index();
    let case = ask.form.get("case");
    let Some(at) = index.case_at(case) else { return Ok(Answer::NotFound) };
    let (reviews, last) = {
        let ledger = ask.app.ledger();
        (Reviews::in_ledger(&ledger), ledger.last())
    };
    let documents = reviewed(&index, at, &reviews);
    let given =
        ask.app.store.given(case)?.map(|record| Given::of_record(&record)).unwrap_or_default();
    let decided = guarded(|| ask.app.engine.decide(&given, documents));
    let Ok(decision) = decided else {
        return Ok(Answer::Wrong(
            "The program failed on this case; a clinician has to read the record.".to_owned(),
        ));
    };
    let criteria = index.rows("criteria.csv", case);
    let rulings = decision.rulings.iter().map(|ruling| {
        let own = criteria.iter().filter(|row| cell(row, "policy_id") == ruling.verdict.policy_id);
        let result = |row| (cell(row, "criterion_id").to_owned(), cell(row, "result").to_owned());
        NewRuling::of(ruling, own.map(result).collect())
    });
    let evaluated = Evaluated { last, rulings: rulings.collect() };
    let mut kept = ask.app.evaluated.lock().unwrap_or_else(PoisonError::into_inner);
    kept.insert(case.to_owned(), evaluated);
    Ok(Answer::See(address::case(case)))
}

/// The documents of a case with their facts, as reviewers left them.
fn reviewed(index: &Index, at: usize, reviews: &Reviews) -> Vec<(ChartDocument, Vec<Fact>)> {
    let case = &index.cases[at];
    let mut documents: Vec<(ChartDocument, Vec<Fact>)> = Vec::new();
    for row in index.rows("documents.csv", &case.id) {
        // Date and signature are read from the facts, which may be others now.
        let document = ChartDocument { date: None, signed: None, ..read_document(&row) };
        documents.push((document, Vec::new()));
    }
    for place in case.facts.clone() {
        let Some((stored, _)) = index.fact(place) else { continue };
        let own =
            documents.iter_mut().find(|(d, _)| d.name == stored.document && d.part == stored.part);
        if let Some((_, facts)) = own {
            facts.push(stored.fact);
        }
    }
    for file in index.files.iter().filter(|file| file.case == at) {
        let Some(source) = &file.source else { continue };
        let first = documents.iter().position(|(d, _)| d.name == file.name);
        let count = documents.iter().filter(|(d, _)| d.name == file.name).count();
        if let Some(first) = first {
            reviews.apply(&source.key.content_hash, &mut documents[first..first + count]);
        }
    }
    documents
}
