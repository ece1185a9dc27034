//! A fact beside its ink; a page as a whole; the picture of a page.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::address;
use super::app::{App, Listing, changed};
use super::ask::{Answer, Ask, Form};
use super::fields::{USUAL, form};
use super::index::{FileEntry, Index};
use super::picture::Page;
use crate::document::TextSource;
use crate::error::Error;
use crate::fact::{Fact, Kind};
use crate::geometry::Rect;
use crate::report::{line, read_fact};
use crate::review::{Ledger, Queue};
use crate::store::{Event, Target, Verdict};

/// Characters of text on each side of a quote.
const AROUND: usize = 260;

/// Points of the page that are shown around a box, at least.
const WINDOW: (f32, f32) = (340.0, 315.0);

/// How many facts ahead are looked at for pictures that will be needed.
const AHEAD: usize = 24;

/// How many of their pictures are fetched ahead: a page takes as long to draw as a quick
/// reviewer takes for a fact.
const PICTURES: usize = 6;

/// The page of a file that is asked for: the file's place, its entry, the page's number.
pub fn page_asked<'a>(index: &'a Index, asked: &Form) -> Option<(usize, &'a FileEntry, u32)> {
    let file = asked.number("file")?;
    Some((file, index.files.get(file)?, asked.number("page")?))
}

/// What was read of a file of the report.
fn read(app: &App, index: &Index, file: usize) -> Option<Arc<Page>> {
    app.pictures.page(&app.store, index.files.get(file)?.source.as_ref()?)
}

/// A fact beside its ink.
pub fn fact(ask: &Ask) -> Result<Answer, Error> {
    let index = ask.app.index();
    let Some(at) = index.fact_at(ask.query.get("id")) else { return Ok(Answer::NotFound) };
    let queue = Queue::parse(ask.query.get("queue"));
    fact_page(ask, &index, at as u32, queue, "")
}

/// The page of a fact, with a word on what went wrong with a form.
pub fn fact_page(
    ask: &Ask,
    index: &Index,
    at: u32,
    queue: Option<Queue>,
    wrong: &str,
) -> Result<Answer, Error> {
    let Some((stored, text)) = index.fact(at as usize) else { return Ok(Answer::NotFound) };
    let item = &index.items[at as usize];
    let case = &index.cases[item.case];
    let (fact, machine) = (&stored.fact, object(&text));
    let ledger = ask.app.ledger();
    let name = queue.as_ref().map(Queue::name).unwrap_or_default();
    // A second look is worth nothing once the first is known.
    let blind = queue == Some(Queue::Second);
    let current = ledger.current(Target::Fact, &item.id);
    let shown = current.filter(|event| !blind || event.reviewer == ask.reviewer);
    let edited =
        shown.filter(|event| event.verdict == Verdict::Correct).and_then(|e| e.to.as_deref());
    let edited = edited.map_or_else(|| machine.clone(), object);
    let kind = edited.get("kind").and_then(Value::as_str).unwrap_or(fact.kind.name()).to_owned();

    let listing = queue.map(|queue| Listing::new(index, &ledger, &ask.reviewer, queue));
    let (listed, ahead, previous, why): (_, Vec<u32>, _, _) = match &listing {
        Some(listing) => {
            let place = listing.places.iter().position(|other| *other == at);
            let before = place.and_then(|p| p.checked_sub(1)).map(|p| listing.places[p]);
            let counted = json!({ "href": address::queue(&name), "title": title(&listing.queue, index),
                "done": listing.count_done(), "total": listing.places.len() });
            (counted, listing.ahead(Some(at)).take(AHEAD).collect(), before, listing.why(at))
        }
        None => {
            let own = &case.facts;
            let behind = (at + 1..own.end as u32).take(AHEAD).collect();
            let before = at.checked_sub(1).filter(|before| own.contains(&(*before as usize)));
            (Value::Null, behind, before, String::new())
        }
    };
    let page = read(&ask.app, index, item.file);
    let boxes: Vec<Rect> = fact.place.boxes.clone();
    let picture = picture_of(index, page.as_deref(), (item.file, item.page), &boxes, &[]);
    let next = ahead.first().copied();
    let preload = pictures_of(index, &ahead).join(" ");
    let history = match blind {
        true => Vec::new(),
        false => ledger.about(Target::Fact, &item.id).map(|event| told(&ledger, event)).collect(),
    };
    let context = json!({
        "title": format!("{} \u{b7} {}", words(fact.kind.name()), case.id),
        "here": "queues",
        "wrong": wrong,
        "case": { "id": case.id, "href": address::case(&case.id) },
        "fact": {
            "id": item.id, "kind": words(fact.kind.name()), "value": line(fact),
            "document": stored.document, "page": item.page, "section": words(fact.section.as_str()),
            "confidence": item.confidence.map(|sure| format!("{sure:.2}")),
            "source": fact.place.source.map(|source| words(source.as_str())),
            "rules": rules(fact), "details": details(fact, &machine),
        },
        "unread": page.is_none(),
        "kinds": kinds(&kind), "form": form(&kind, &edited),
        "picture": picture, "text": around(page.as_deref(), fact),
        "whole": address::page(item.file, item.page, ""),
        "why": why, "queue": listed, "queue_name": name, "blind": blind,
        "verdict": shown.map(|event| told(&ledger, event)),
        "changed": !blind && changed(index, &ledger, &item.id),
        "history": history,
        "next": next.map(|next| address::fact(index, next, &name)),
        "previous": previous.map(|before| address::fact(index, before, &name)),
        "preload": preload,
    });
    drop(ledger);
    Ok(ask.page("fact.html", context))
}

/// Addresses of the first pictures of some facts, each once.
pub fn pictures_of(index: &Index, facts: &[u32]) -> Vec<String> {
    let mut pages = Vec::new();
    for &at in facts {
        let item = &index.items[at as usize];
        let page = (item.file, item.page);
        if pages.len() < PICTURES && !pages.contains(&page) {
            // A text file has no picture.
            let place = index.fact(at as usize).map(|(stored, _)| stored.fact.place);
            if place.is_some_and(|place| place.source != Some(TextSource::TextFile)) {
                pages.push(page);
            }
        }
    }
    pages.into_iter().map(|(file, page)| address::picture(index, file, page)).collect()
}

/// A page as a whole, with all its facts, to mark what was missed.
pub fn page(ask: &Ask) -> Result<Answer, Error> {
    whole_page(ask, &ask.query, "")
}

/// The same, with a word on what went wrong with a form.
pub fn whole_page(ask: &Ask, asked: &Form, wrong: &str) -> Result<Answer, Error> {
    let index = ask.app.index();
    let Some((file, entry, number)) = page_asked(&index, asked) else {
        return Ok(Answer::NotFound);
    };
    let case = &index.cases[entry.case];
    let own = |at: &&u32| index.items[**at as usize].page == number;
    let mut facts = Vec::new();
    let mut boxes = Vec::new();
    for at in entry.facts.iter().filter(own) {
        if let Some((stored, _)) = index.fact(*at as usize) {
            boxes.extend(stored.fact.place.boxes.iter().copied());
            facts
                .push(json!({ "value": line(&stored.fact), "kind": words(stored.fact.kind.name()),
                "href": address::fact(&index, *at, "") }));
        }
    }
    let ledger = ask.app.ledger();
    let content = entry.content();
    let mut missed = Vec::new();
    let mut missed_boxes = Vec::new();
    for event in ledger.current_of(Target::Missed) {
        if let Some(stored) = event.to.as_deref().and_then(read_fact)
            && stored.content == content
            && stored.fact.place.page == number
        {
            missed_boxes.extend(stored.fact.place.boxes.iter().copied());
            missed
                .push(json!({ "value": line(&stored.fact), "kind": words(stored.fact.kind.name()),
                "reviewer": event.reviewer, "quote": stored.fact.place.quote }));
        }
    }
    let subject = page_subject(content, number);
    let read_by = ledger.current(Target::Page, &subject).map(|event| event.reviewer.clone());
    drop(ledger);
    let read = read(&ask.app, &index, file);
    let pages =
        read.as_ref().map_or(number, |page| page.reading.document.pages.len().max(1) as u32);
    let text = read.as_ref().map(|page| page_text(page, number));
    let queue = asked.get("queue");
    let kind = asked.get("kind");
    let own =
        Kind::TYPES.iter().find(|(name, _)| *name == kind).map(|(_, own)| *own).unwrap_or_default();
    // What the kind itself says of a sign or a diagnosis is the reviewer's to say.
    let left_open = |name: &str| {
        ["polarity", "certainty"].contains(&name) && own.iter().any(|field| field.name == name)
    };
    let base: Map<String, Value> = USUAL
        .into_iter()
        .filter(|(name, _)| !left_open(name))
        .map(|(name, value)| (name.to_owned(), Value::from(value)))
        .collect();
    let turn = |number: u32| address::page(file, number, queue);
    let context = json!({
        "title": format!("page {number} \u{b7} {}", entry.name),
        "here": "cases", "wrong": wrong,
        "case": { "id": case.id, "href": address::case(&case.id) },
        "file": file, "page": number, "pages": pages, "document": entry.name,
        "picture": picture_of(&index, read.as_deref(), (file, number), &[], &[(&boxes, "known"), (&missed_boxes, "missed")]),
        "text": text.as_ref().map(|(text, _)| text), "offset": text.as_ref().map(|(_, start)| start),
        "facts": facts, "missed": missed, "read_by": read_by,
        "kinds": kinds(kind), "kind": kind, "form": form(kind, &base),
        "marked": asked.get("box"), "start": asked.get("start"), "end": asked.get("end"),
        "queue_name": queue,
        "previous": (number > 1).then(|| turn(number - 1)),
        "next": (number < pages).then(|| turn(number + 1)),
        "here_again": turn(number),
    });
    Ok(ask.page("page.html", context))
}

/// What an event on a whole page is about.
pub fn page_subject(content: &str, page: u32) -> String {
    format!("{content} {page}")
}

/// The picture of a page.
pub fn picture(ask: &Ask) -> Result<Answer, Error> {
    let index = ask.app.index();
    let Some((_, file, page)) = page_asked(&index, &ask.query) else {
        return Ok(Answer::NotFound);
    };
    let Some(source) = &file.source else { return Ok(Answer::NotFound) };
    let made = ask.app.pictures.picture(&ask.app.store, source, page);
    Ok(made.map_or_else(Answer::Wrong, Answer::Png))
}

/// A line of JSON as an object.
pub fn object(line: &str) -> Map<String, Value> {
    serde_json::from_str(line).unwrap_or_default()
}

/// A word of a closed set as people write it.
pub fn words(word: &str) -> String {
    word.replace(['_', '-'], " ")
}

/// What a queue is called.
pub fn title(queue: &Queue, index: &Index) -> String {
    match queue {
        Queue::Low => "Least sure first".to_owned(),
        Queue::Random { .. } => "Drawn by chance".to_owned(),
        Queue::Reason(id) => {
            format!(
                "Behind \u{201c}{}\u{201d}",
                index.reasons.get(id).map_or(id, |(label, _)| label)
            )
        }
        Queue::Document(at) => index.files.get(*at).map_or(String::new(), |file| file.name.clone()),
        Queue::Second => "Second look".to_owned(),
        Queue::Adjudicate => "To settle".to_owned(),
        Queue::Changed => "Changed since review".to_owned(),
    }
}

fn kinds(chosen: &str) -> Vec<Value> {
    let kinds = Kind::SCHEMA.iter().map(|(kind, _)| *kind);
    kinds
        .map(|kind| json!({ "id": kind, "label": words(kind), "chosen": kind == chosen }))
        .collect()
}

/// The rule and the cues that made a fact.
fn rules(fact: &Fact) -> Vec<Value> {
    let parts = fact.rule.split('+').filter(|part| !part.is_empty()).enumerate();
    parts
        .map(|(at, part)| json!({ "role": if at == 0 { "rule" } else { "cue" }, "name": part }))
        .collect()
}

/// The fields that the record states, and what of the assertion is not the usual.
fn details(fact: &Fact, machine: &Map<String, Value>) -> Vec<Value> {
    let usual = |value: &str| USUAL.iter().any(|(_, usual)| *usual == value);
    form(fact.kind.name(), machine)
        .into_iter()
        .filter(|field| {
            let value = field["value"].as_str().unwrap_or_default();
            !value.is_empty() && (field["own"] == true || !usual(value))
        })
        .map(|field| {
            let value = field["value"].as_str().unwrap_or_default();
            // Words of a closed set have no spaces; what the record says stays as it is.
            let value = if field["control"] == "choice" { words(value) } else { value.to_owned() };
            json!({ "label": field["label"], "value": value })
        })
        .collect()
}

/// An event for people.
pub fn told(ledger: &Ledger, event: &Event) -> Value {
    let to = event.to.as_deref().and_then(read_fact).map(|to| line(&to.fact));
    let said = match event.verdict {
        Verdict::Accept => "accepted",
        Verdict::Correct => "corrected",
        Verdict::Reject => "rejected",
        Verdict::Unsure => "unsure",
        Verdict::Missed => "missed fact",
        Verdict::Read => "page read",
        Verdict::Agree => "agrees",
        Verdict::Disagree => "disagrees",
        Verdict::Comment => "comment",
        Verdict::Undo => "took back",
    };
    json!({ "verdict": event.verdict.as_str(), "said": said, "reviewer": event.reviewer,
        "at": event.at, "queue": event.queue, "to": to, "comment": event.comment,
        "undone": ledger.undone(event) })
}

/// The words around a quote.
fn around(page: Option<&Page>, fact: &Fact) -> Value {
    let place = &fact.place;
    let alone = json!({ "before": "", "quote": visible(&place.quote), "after": "" });
    let Some(page) = page else { return alone };
    let text = page.text.as_str();
    let (start, end) = (page.text.byte_of(place.start), page.text.byte_of(place.end));
    // Another program's reading may stand otherwise.
    if text.get(start..end) != Some(place.quote.as_str()) {
        return alone;
    }
    let from = text[..start].char_indices().rev().take(AROUND).last().map_or(start, |(at, _)| at);
    let till = text[end..]
        .char_indices()
        .take(AROUND)
        .last()
        .map_or(end, |(at, c)| end + at + c.len_utf8());
    json!({ "before": visible(&text[from..start]), "quote": visible(&text[start..end]),
        "after": visible(&text[end..till]),
        "cut": from > 0 })
}

/// A text with its marks that turn the direction of what follows made visible, sign for sign:
/// nothing is to look other than it stands.
fn visible(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().map(|c| if turns(c) { '\u{fffd}' } else { c }).collect()
}

/// The text of one page, and how many characters stand before it.
fn page_text(page: &Page, number: u32) -> (String, usize) {
    let starts: Vec<(u32, usize)> = page.text.page_starts().collect();
    let at = starts.iter().position(|(own, _)| *own == number);
    let start = at.map_or(0, |at| starts[at].1);
    let end =
        at.and_then(|at| starts.get(at + 1)).map_or(page.text.as_str().len(), |(_, end)| *end);
    (visible(&page.text.as_str()[start..end]), page.text.code_point(start))
}

/// The picture of a page for a template, with the boxes on it; null for a page of a text file.
fn picture_of(
    index: &Index,
    page: Option<&Page>,
    (file, number): (usize, u32),
    boxes: &[Rect],
    others: &[(&[Rect], &str)],
) -> Value {
    let Some((width, height, _)) = page.and_then(|page| page.sheet(number)) else {
        return Value::Null;
    };
    let rects = |boxes: &[Rect], class: &str| -> Vec<Value> {
        let grown =
            boxes.iter().map(|b| (b.x0 - 1.5, b.y0 - 1.5, b.width() + 3.0, b.height() + 3.0));
        grown
            .map(|(x, y, w, h)| json!({ "x": x, "y": y, "w": w, "h": h, "class": class }))
            .collect()
    };
    let mut marks = rects(boxes, "fact");
    others.iter().for_each(|(boxes, class)| marks.extend(rects(boxes, class)));
    let view = match boxes.iter().copied().reduce(|a, b| a.union(&b)) {
        None => [0.0, 0.0, width, height],
        Some(all) => window(&all, width, height),
    };
    json!({
        "href": address::picture(index, file, number), "width": width, "height": height,
        "view": view.map(|edge| format!("{edge:.1}")).join(" "),
        "whole": format!("0 0 {width:.1} {height:.1}"), "marks": marks,
    })
}

/// The part of a page that shows a box with what is around it: left, top, width, height.
fn window(of: &Rect, width: f32, height: f32) -> [f32; 4] {
    let w = (of.width() * 1.3).max(WINDOW.0).min(width);
    let h = (of.height() * 1.6).max(WINDOW.1).min(height);
    let left = ((of.x0 + of.x1 - w) / 2.0).clamp(0.0, width - w);
    let top = ((of.y0 + of.y1 - h) / 2.0).clamp(0.0, height - h);
    [left, top, w, h]
}
