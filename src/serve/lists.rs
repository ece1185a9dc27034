//! The queues, and one of them.

use serde_json::{Value, json};

use super::address;
use super::app::{Listing, gone};
use super::ask::{Answer, Ask};
use super::facts::{page_subject, pictures_of, title, told, words};
use crate::error::Error;
use crate::fact::Kind;
use crate::report::{line, read_fact};
use crate::review::Queue;
use crate::store::Target;

/// Facts on a page of a queue.
const SHOWN: usize = 50;

/// Facts of a queue that are looked at for pictures before it is begun.
const FIRST: usize = 6;

/// All queues.
pub fn queues(ask: &Ask) -> Result<Answer, Error> {
    let index = ask.app.index();
    let ledger = ask.app.ledger();
    let listed = |queue: Queue| Listing::new(&index, &ledger, &ask.reviewer, queue);
    let row = |listing: &Listing<'_>, why: &str| {
        let name = listing.queue.name();
        json!({ "title": title(&listing.queue, &index), "why": why, "href": address::queue(&name),
            "start": address::next(&name),
            "done": listing.count_done(), "total": listing.places.len() })
    };
    let seed = ask.app.draw.0;
    let told_of = |queue: Queue, why: &str| row(&listed(queue), why);
    let (random, low) = (listed(Queue::Random { seed }), listed(Queue::Low));
    let main = [
        row(&random, "so many of each kind, by chance; precision is estimated from these alone"),
        row(&low, "what the program is least sure of; unknown confidence comes first"),
        told_of(Queue::Second, "looked at once; your verdict without sight of the first"),
        told_of(Queue::Adjudicate, "reviewers differ"),
        told_of(Queue::Changed, "the program reads them otherwise than when they were reviewed"),
    ];
    // Whoever begins one of these finds its first pages drawn.
    let first: Vec<u32> =
        [&low, &random].into_iter().flat_map(|queue| queue.ahead(None).take(FIRST)).collect();
    let preload = pictures_of(&index, &first).join(" ");
    let mut reasons: Vec<Value> = index
        .reasons
        .keys()
        .map(|id| told_of(Queue::Reason(id.clone()), "facts behind this reason"))
        .collect();
    reasons.sort_by_key(|queue| std::cmp::Reverse(queue["total"].as_u64()));
    let pages: Vec<Value> = index
        .pages
        .iter()
        .map(|&(file, page)| {
            let entry = &index.files[file];
            let subject = page_subject(entry.content(), page);
            json!({ "document": entry.name, "page": page, "href": address::page(file, page, "pages"),
                "done": ledger.current(Target::Page, &subject).is_some() })
        })
        .collect();
    let gone: Vec<Value> = gone(&index, &ledger)
        .into_iter()
        .map(|event| {
            let was = event.from.as_deref().and_then(read_fact).map(|stored| line(&stored.fact));
            json!({ "event": told(&ledger, event), "case": event.case_id, "was": was })
        })
        .collect();
    drop(ledger);
    let context = json!({ "title": "Queues", "here": "queues", "queues": main, "reasons": reasons,
        "preload": preload, "pages": pages, "gone": gone });
    Ok(ask.page("queues.html", context))
}

/// One queue, page by page.
pub fn queue(ask: &Ask) -> Result<Answer, Error> {
    let index = ask.app.index();
    let Some(queue) = Queue::parse(ask.query.get("name")) else { return Ok(Answer::NotFound) };
    let ledger = ask.app.ledger();
    let blind = queue == Queue::Second;
    let listing = Listing::new(&index, &ledger, &ask.reviewer, queue);
    let name = listing.queue.name();
    let from = ask.query.number::<usize>("from").unwrap_or(0).min(listing.places.len());
    let rows: Vec<Value> = listing
        .places
        .iter()
        .skip(from)
        .take(SHOWN)
        .filter_map(|&at| {
            let item = &index.items[at as usize];
            let (stored, _) = index.fact(at as usize)?;
            let verdict = ledger.current(Target::Fact, &item.id).filter(|_| !blind);
            Some(json!({
                "href": address::fact(&index, at, &name), "case": index.cases[item.case].id,
                "kind": words(Kind::SCHEMA[item.kind].0), "value": line(&stored.fact),
                "confidence": item.confidence.map(|sure| format!("{sure:.2}")),
                "why": listing.why(at), "done": listing.done(at),
                "verdict": verdict.map(|event| told(&ledger, event)),
            }))
        })
        .collect();
    let total = listing.places.len();
    let context = json!({
        "title": title(&listing.queue, &index), "here": "queues", "rows": rows, "total": total,
        "done": listing.count_done(), "first": from + 1, "last": (from + SHOWN).min(total),
        "start": address::next(&name),
        "previous": (from > 0).then(|| address::queue_from(&name, from.saturating_sub(SHOWN))),
        "next": (from + SHOWN < total).then(|| address::queue_from(&name, from + SHOWN)),
    });
    drop(ledger);
    Ok(ask.page("queue.html", context))
}

/// The next fact of a queue of which something is left to say.
pub fn next(ask: &Ask) -> Result<Answer, Error> {
    let index = ask.app.index();
    let Some(queue) = Queue::parse(ask.query.get("queue")) else { return Ok(Answer::NotFound) };
    let name = queue.name();
    let ledger = ask.app.ledger();
    let next = Listing::new(&index, &ledger, &ask.reviewer, queue).next(None);
    Ok(Answer::See(match next {
        Some(at) => address::fact(&index, at, &name),
        None => address::queue(&name),
    }))
}
