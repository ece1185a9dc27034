//! What reviewers do: verdicts, missed facts, comments, undoing, signing.

use serde_json::{Value, json};

use super::address;
use super::app::{Listing, blank};
use super::ask::{Answer, Ask};
use super::cases::{cell, is_adverse, signed_subject};
use super::facts::{fact_page, object, page_asked, page_subject, whole_page};
use super::fields::filled;
use super::index::Index;
use crate::error::Error;
use crate::geometry::Rect;
use crate::review::{HUMAN, Queue};
use crate::span::Span;
use crate::store::{Event, Target, Verdict};

/// Where a reviewer goes on after a fact.
fn onward(ask: &Ask, index: &Index, at: u32, queue: Option<Queue>) -> String {
    let name = queue.as_ref().map(Queue::name).unwrap_or_default();
    let ledger = ask.app.ledger();
    match queue {
        Some(queue) => match Listing::new(index, &ledger, &ask.reviewer, queue).next(Some(at)) {
            Some(next) => address::fact(index, next, &name),
            None => address::queue(&name),
        },
        None => {
            let case = &index.cases[index.items[at as usize].case];
            let mut behind = (at as usize + 1..case.facts.end)
                .filter(|&at| ledger.current(Target::Fact, &index.items[at].id).is_none());
            behind.next().map_or_else(
                || address::case(&case.id),
                |next| address::fact(index, next as u32, ""),
            )
        }
    }
}

/// A verdict on a fact.
pub fn verdict(ask: &Ask) -> Result<Answer, Error> {
    let index = ask.app.index();
    let Some(at) = index.fact_at(ask.form.get("id")) else { return Ok(Answer::NotFound) };
    let Some((stored, from)) = index.fact(at) else { return Ok(Answer::NotFound) };
    let queue = Queue::parse(ask.form.get("queue"));
    let verdict = match ask.form.get("verdict").parse() {
        Ok(verdict @ (Verdict::Accept | Verdict::Correct | Verdict::Reject | Verdict::Unsure)) => {
            verdict
        }
        _ => return Ok(Answer::Wrong("There is no such verdict.".to_owned())),
    };
    let to = match verdict {
        Verdict::Correct => match filled(ask.form.get("kind"), &object(&from), &ask.form) {
            Ok(line) => Some(line),
            Err(wrong) => return fact_page(ask, &index, at as u32, queue, &wrong),
        },
        _ => None,
    };
    ask.app.say(Event {
        subject: index.items[at].id.clone(),
        case_id: stored.case_id,
        queue: queue.as_ref().map(Queue::name).unwrap_or_default(),
        from: Some(from),
        to,
        comment: ask.form.get("comment").to_owned(),
        ..blank(&ask.reviewer, Target::Fact, verdict)
    })?;
    Ok(Answer::See(onward(ask, &index, at as u32, queue)))
}

/// Words on a fact.
pub fn comment(ask: &Ask) -> Result<Answer, Error> {
    let index = ask.app.index();
    let Some(at) = index.fact_at(ask.form.get("id")) else { return Ok(Answer::NotFound) };
    let queue = ask.form.get("queue");
    if !ask.form.get("comment").is_empty() {
        ask.app.say(Event {
            subject: index.items[at].id.clone(),
            case_id: index.cases[index.items[at].case].id.clone(),
            queue: queue.to_owned(),
            comment: ask.form.get("comment").to_owned(),
            ..blank(&ask.reviewer, Target::Fact, Verdict::Comment)
        })?;
    }
    Ok(Answer::See(address::fact(&index, at as u32, queue)))
}

/// Takes back the last thing that the reviewer said, and shows what it was about.
pub fn undo(ask: &Ask) -> Result<Answer, Error> {
    let undone = ask.app.store.undo_last(&ask.reviewer, &super::app::now())?;
    ask.app.refresh()?;
    let index = ask.app.index();
    let place = undone.and_then(|event| match event.target {
        Target::Fact => {
            index.fact_at(&event.subject).map(|at| address::fact(&index, at as u32, &event.queue))
        }
        _ => Some(address::case(&event.case_id)),
    });
    Ok(Answer::See(place.unwrap_or_else(|| "/queues".to_owned())))
}

/// A page that was read as a whole.
pub fn read(ask: &Ask) -> Result<Answer, Error> {
    let index = ask.app.index();
    let Some((file, entry, page)) = page_asked(&index, &ask.form) else {
        return Ok(Answer::NotFound);
    };
    ask.app.say(Event {
        subject: page_subject(entry.content(), page),
        case_id: index.cases[entry.case].id.clone(),
        queue: ask.form.get("queue").to_owned(),
        ..blank(&ask.reviewer, Target::Page, Verdict::Read)
    })?;
    Ok(Answer::See(match ask.form.get("queue") {
        "pages" => "/queues".to_owned(),
        queue => address::page(file, page, queue),
    }))
}

/// A fact that the program missed, by a box on the page or a span of its text.
pub fn missed(ask: &Ask) -> Result<Answer, Error> {
    match missed_fact(ask) {
        Ok(None) => Ok(Answer::NotFound),
        Ok(Some(event)) => {
            ask.app.say(event)?;
            let (file, page) = (ask.form.number("file"), ask.form.number("page"));
            let queue = ask.form.get("queue");
            Ok(Answer::See(address::page(file.unwrap_or(0), page.unwrap_or(1), queue)))
        }
        Err(wrong) => whole_page(ask, &ask.form, &wrong),
    }
}

fn missed_fact(ask: &Ask) -> Result<Option<Event>, String> {
    let index = ask.app.index();
    let Some((file, entry, number)) = page_asked(&index, &ask.form) else { return Ok(None) };
    let Some(source) = &entry.source else { return Ok(None) };
    let page = ask.app.pictures.page(&ask.app.store, source);
    let page = page.ok_or("what was read of this file is gone; run again")?;
    let (start, end) = (ask.form.number::<usize>("start"), ask.form.number::<usize>("end"));
    let edges: Vec<f32> =
        ask.form.get("box").split(' ').filter_map(|edge| edge.parse().ok()).collect();
    let marked = match edges[..] {
        [x0, y0, x1, y1] if edges.iter().all(|edge| edge.is_finite()) => {
            Some(Rect::new(x0, y0, x1, y1))
        }
        _ => None,
    };
    let span = match (start, end, marked) {
        (Some(start), Some(end), _) if start < end => {
            Some(Span::new(page.text.byte_of(start), page.text.byte_of(end)))
        }
        (_, _, Some(marked)) => page.text.span_in(number, &marked),
        _ => {
            return Err(
                "mark the place: draw a box on the page, or select words of the text".to_owned()
            );
        }
    };
    let mut place = match span {
        Some(span) => page.text.place(span),
        // Ink that was not read at all: it stands where the page begins.
        None => {
            let mut starts = page.text.page_starts();
            let start = starts.find(|(own, _)| *own == number).map_or(0, |(_, start)| start);
            page.text.place(Span::new(start, start))
        }
    };
    place.page = number;
    if let Some(marked) = marked {
        place.boxes = vec![marked];
    }
    let part = part_of(&index, file, number);
    let kind = ask.form.get("kind");
    let place_line = json!({
        "case_id": index.cases[entry.case].id, "document": entry.name, "part": part, "page": number,
        "content_hash": source.key.content_hash,
        "boxes": place.boxes.iter().map(|b| [b.x0, b.y0, b.x1, b.y1]).collect::<Vec<_>>(),
        "start": place.start, "end": place.end, "quote": place.quote, "section": "other",
        "source": place.source.map(|source| source.as_str()), "ocr_confidence": place.ocr_confidence,
        "confidence": 1, "rule": HUMAN, "date": Value::Null,
    });
    let mut base = place_line.as_object().cloned().unwrap_or_default();
    // The same fact at the same place is the same, whoever says it and how often.
    let named = format!(
        "{HUMAN}\n{}\n{number}\n{:?}\n{} {} {kind}",
        source.key.content_hash, place.boxes, place.start, place.end
    );
    let id = blake3::hash(named.as_bytes()).to_hex()[..16].to_owned();
    base.insert("fact_id".to_owned(), id.as_str().into());
    let line = filled(kind, &base, &ask.form)?;
    Ok(Some(Event {
        subject: id,
        case_id: index.cases[entry.case].id.clone(),
        queue: ask.form.get("queue").to_owned(),
        to: Some(line),
        comment: ask.form.get("comment").to_owned(),
        ..blank(&ask.reviewer, Target::Missed, Verdict::Missed)
    }))
}

/// Which document of a file a page belongs to, by the facts around it.
fn part_of(index: &Index, file: usize, page: u32) -> usize {
    let facts = index.files[file].facts.iter();
    let before = facts.filter(|at| index.items[**at as usize].page <= page);
    let last = before.max_by_key(|at| index.items[**at as usize].page);
    last.and_then(|at| index.fact(*at as usize)).map_or(0, |(stored, _)| stored.part)
}

/// A clinician's word on an adverse recommendation.
pub fn sign(ask: &Ask) -> Result<Answer, Error> {
    let index = ask.app.index();
    let (case, policy) = (ask.form.get("case"), ask.form.get("policy"));
    let row = index.case_at(case).and_then(|at| {
        let rows = &index.cases[at].rows;
        rows.iter().find(|row| cell(row, "policy_id") == policy)
    });
    let Some(row) = row else { return Ok(Answer::NotFound) };
    let wrong = |words: &str| Ok(Answer::Wrong(words.to_owned()));
    if !is_adverse(row) {
        return wrong("Only an adverse recommendation is signed.");
    }
    let [name, credential, reason] =
        ["name", "credential", "reason"].map(|field| ask.form.get(field));
    if name.is_empty() || credential.is_empty() {
        return wrong("A signature needs a name and a credential.");
    }
    let verdict = match ask.form.get("verdict").parse() {
        Ok(Verdict::Agree) => Verdict::Agree,
        Ok(Verdict::Disagree) if reason.is_empty() => {
            return wrong("Say why you disagree.");
        }
        Ok(Verdict::Disagree) => Verdict::Disagree,
        _ => return wrong("Agree or disagree."),
    };
    let to = json!({ "name": name, "credential": credential, "determination": cell(row, "determination"),
        "policy_id": policy, "policy_version": row.get("policy_version"), "run_id": row.get("run_id") });
    ask.app.say(Event {
        subject: signed_subject(case, policy),
        case_id: case.to_owned(),
        to: Some(to.to_string()),
        comment: reason.to_owned(),
        ..blank(&ask.reviewer, Target::Case, verdict)
    })?;
    Ok(Answer::See(address::case(case)))
}
