//! What reviewers said as tables, and as gold for the lexicon's tests.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::facts::object;
use super::index::Index;
use super::picture::Pictures;
use crate::error::Error;
use crate::report::{Cell, CsvTable, StoredFact, line, read_fact};
use crate::review::{Ledger, without_place};
use crate::store::{Event, Store, Target, Verdict};

/// How much was written.
pub struct Exported {
    /// Lines of reviews.csv.
    pub reviews: usize,
    /// Lines of signoffs.csv.
    pub signoffs: usize,
    /// Lines of gold.jsonl.
    pub gold: usize,
}

const REVIEWS: &[&str] = &[
    "id",
    "at",
    "reviewer",
    "target",
    "subject",
    "case_id",
    "queue",
    "verdict",
    "stands",
    "counts",
    "kind",
    "document",
    "page",
    "rule",
    "from_value",
    "to_value",
    "quote",
    "comment",
    "undoes",
];

const SIGNOFFS: &[&str] = &[
    "case_id",
    "policy_id",
    "policy_version",
    "determination",
    "verdict",
    "name",
    "credential",
    "at",
    "reviewer",
    "reason",
    "run_id",
    "counts",
];

/// Writes reviews.csv, signoffs.csv and gold.jsonl into a report folder.
///
/// # Errors
/// [`Error::Usage`] where it is no report, [`Error::Io`] where it cannot be read or written.
pub fn export(out: &Path, store: &Store) -> Result<Exported, Error> {
    let ledger: Ledger = store.events_after(0)?.into_iter().collect();
    let counts: BTreeSet<i64> = ledger.all_current().map(|event| event.id).collect();
    let write = |name: &str, columns: &[&str], rows: Vec<Vec<Cell<'_>>>| {
        let path = out.join(name);
        let mut table =
            CsvTable::begin(Vec::new(), columns).map_err(Error::io(&path, "cannot write"))?;
        for row in &rows {
            table.push(row).map_err(Error::io(&path, "cannot write"))?;
        }
        let bytes = table.finish().map_err(Error::io(&path, "cannot write"))?;
        fs::write(&path, bytes).map_err(Error::io(&path, "cannot write")).map(|()| rows.len())
    };
    let events = ledger.events().iter();
    let rows = events.map(|event| review(&ledger, event, counts.contains(&event.id))).collect();
    let reviews = write("reviews.csv", REVIEWS, rows)?;
    let events = ledger.events().iter().filter(|event| event.target == Target::Case);
    let rows = events.map(|event| signoff(event, counts.contains(&event.id))).collect();
    let signoffs = write("signoffs.csv", SIGNOFFS, rows)?;

    let index = Index::load(out, store, (0, 0))?;
    let pictures = Pictures::default();
    let mut gold = String::new();
    let mut lines = 0;
    for event in ledger.all_current() {
        if let Some(fact) = golden((&index, &pictures), store, event) {
            gold.push_str(&fact.to_string());
            gold.push('\n');
            lines += 1;
        }
    }
    let path = out.join("gold.jsonl");
    fs::write(&path, gold).map_err(Error::io(&path, "cannot write"))?;
    Ok(Exported { reviews, signoffs, gold: lines })
}

fn review(ledger: &Ledger, event: &Event, counts: bool) -> Vec<Cell<'static>> {
    let from = event.from.as_deref().and_then(read_fact);
    let to = event.to.as_deref().and_then(read_fact);
    let any = from.as_ref().or(to.as_ref());
    let word = |get: fn(&StoredFact) -> String| Cell::text(any.map(get).unwrap_or_default());
    let value = |fact: &Option<StoredFact>| {
        Cell::text(fact.as_ref().map(|stored| line(&stored.fact)).unwrap_or_default())
    };
    let stands = !ledger.undone(event) && event.verdict != Verdict::Undo;
    vec![
        Cell::Count(event.id.unsigned_abs()),
        Cell::text(event.at.clone()),
        Cell::text(event.reviewer.clone()),
        Cell::text(event.target.as_str()),
        Cell::text(event.subject.clone()),
        Cell::text(event.case_id.clone()),
        Cell::text(event.queue.clone()),
        Cell::text(event.verdict.as_str()),
        Cell::Flag(stands),
        Cell::Flag(counts),
        word(|stored| stored.fact.kind.name().to_owned()),
        word(|stored| stored.document.clone()),
        any.map_or(Cell::Empty, |stored| Cell::Count(u64::from(stored.fact.place.page))),
        word(|stored| stored.fact.rule.clone()),
        value(&from),
        value(&to),
        word(|stored| stored.fact.place.quote.clone()),
        Cell::text(event.comment.clone()),
        event.undoes.map_or(Cell::Empty, |id| Cell::Count(id.unsigned_abs())),
    ]
}

fn signoff(event: &Event, counts: bool) -> Vec<Cell<'static>> {
    let to = event.to.as_deref().map(object).unwrap_or_default();
    let own = |name: &str| {
        Cell::text(to.get(name).and_then(Value::as_str).unwrap_or_default().to_owned())
    };
    vec![
        Cell::text(event.case_id.clone()),
        own("policy_id"),
        own("policy_version"),
        own("determination"),
        Cell::text(event.verdict.as_str()),
        own("name"),
        own("credential"),
        Cell::text(event.at.clone()),
        Cell::text(event.reviewer.clone()),
        Cell::text(event.comment.clone()),
        own("run_id"),
        Cell::Flag(counts),
    ]
}

/// A fact that a person had the last word on, with the lines of text that it stands in, where it
/// stands in them and in the whole text of its file (code points), and whether it is to be found
/// there.
fn golden((index, pictures): (&Index, &Pictures), store: &Store, event: &Event) -> Option<Value> {
    let (stored, found) = match (event.target, event.verdict) {
        (Target::Fact, Verdict::Accept) => (event.from.as_deref(), true),
        (Target::Fact, Verdict::Reject) => (event.from.as_deref(), false),
        (Target::Fact, Verdict::Correct) | (Target::Missed, Verdict::Missed) => {
            (event.to.as_deref(), true)
        }
        _ => return None,
    };
    let text = stored?;
    let stored = read_fact(text)?;
    let case = index.case_at(&stored.case_id)?;
    let file = index.files.iter().find(|f| f.case == case && f.name == stored.document)?;
    let page = pictures.page(store, file.source.as_ref()?)?;
    let place = &stored.fact.place;
    let (start, end) = (page.text.byte_of(place.start), page.text.byte_of(place.end));
    let whole = page.text.as_str();
    if start > end {
        return None;
    }
    // From the empty line before to the one behind: what a rule may have looked at.
    let from = whole[..start].rfind("\n\n").map_or(0, |at| at + 2);
    let till = whole[end..].find("\n\n").map_or(whole.len(), |at| end + at);
    let before = whole[from..start].chars().count();
    let length = whole[start..end].chars().count();
    Some(json!({
        "verdict": event.verdict.as_str(), "found": found, "text": &whole[from..till],
        "start": before, "end": before + length, "content_hash": file.content(),
        "document_start": place.start, "fact": without_place(object(text)),
    }))
}
