//! How good the facts are, as far as reviewers looked.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::ask::{Answer, Ask};
use super::facts::words;
use crate::error::Error;
use crate::fact::Kind;
use crate::report::read_fact;
use crate::review::{ADJUDICATE, Estimate, Queue, agreement, rate, share};
use crate::store::{Target, Verdict};

/// Right and all, by document.
type Clusters = BTreeMap<usize, (usize, usize)>;

/// The page.
pub fn page(ask: &Ask) -> Result<Answer, Error> {
    let index = ask.app.index();
    let ledger = ask.app.ledger();
    let queue = Queue::Random { seed: ask.app.draw.0 };
    let name = queue.name();
    let mut kinds: BTreeMap<usize, (Clusters, usize, usize)> = BTreeMap::new();
    for at in &index.random {
        let item = &index.items[*at as usize];
        let (clusters, drawn, unsure) = kinds.entry(item.kind).or_default();
        *drawn += 1;
        // A verdict from elsewhere says nothing here: those facts were not chosen by chance.
        let here = ledger.standing(Target::Fact, &item.id).rev().find(|event| event.queue == name);
        let settled = ledger.current(Target::Fact, &item.id).filter(|e| e.queue == ADJUDICATE);
        match here.map(|here| settled.unwrap_or(here).verdict) {
            Some(Verdict::Unsure) => *unsure += 1,
            Some(verdict) => {
                let (right, all) = clusters.entry(item.file).or_default();
                *right += usize::from(verdict == Verdict::Accept);
                *all += 1;
            }
            None => {}
        }
    }
    let rows: Vec<Value> = kinds
        .iter()
        .map(|(kind, (clusters, drawn, unsure))| {
            let clusters: Vec<_> = clusters.values().copied().collect();
            json!({ "kind": words(Kind::SCHEMA[*kind].0), "drawn": drawn, "unsure": unsure,
                "estimate": share(&clusters).map(shown) })
        })
        .collect();

    let read: Vec<_> = ledger.current_of(Target::Page).collect();
    let of_draw = read.iter().filter(|event| event.queue == "pages");
    let drawn_pages: Vec<String> = of_draw.map(|event| event.subject.clone()).collect();
    let on_drawn = ledger.current_of(Target::Missed).filter(|event| {
        let to = event.to.as_deref().and_then(read_fact);
        to.is_some_and(|to| {
            let subject = super::facts::page_subject(&to.content, to.fact.place.page);
            drawn_pages.contains(&subject)
        })
    });
    let missed = on_drawn.count();
    let misses = rate(missed, drawn_pages.len())
        .map(|(rate, low, high)| json!({ "rate": two(rate), "low": two(low), "high": two(high) }));

    let mut pairs: Vec<(&'static str, &'static str)> = Vec::new();
    for id in ledger.subjects(Target::Fact) {
        let opinions = ledger.opinions(Target::Fact, id);
        let mut opinions: Vec<_> = opinions.into_values().collect();
        opinions.sort_by_key(|event| event.id);
        if let [first, second, ..] = opinions[..] {
            pairs.push((first.verdict.as_str(), second.verdict.as_str()));
        }
    }
    let agreed = agreement(&pairs).map(|(same, kappa)| {
        json!({ "same": percent(same), "kappa": kappa.map(|kappa| format!("{kappa:.2}")) })
    });

    let mut rules: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for event in ledger.current_of(Target::Fact) {
        let from = event.from.as_deref().and_then(read_fact);
        let Some(from) = from else { continue };
        if event.verdict == Verdict::Unsure {
            continue;
        }
        let rule = from.fact.rule.split('+').next().unwrap_or_default().to_owned();
        let (overridden, all) = rules.entry(rule).or_default();
        *overridden += usize::from(event.verdict != Verdict::Accept);
        *all += 1;
    }
    let mut rules: Vec<(String, usize, usize)> =
        rules.into_iter().map(|(rule, (over, all))| (rule, over, all)).collect();
    // Those that were overridden most often come first: they cost reviewers most.
    rules.sort_by(|a, b| b.1.cmp(&a.1).then(a.2.cmp(&b.2)).then(a.0.cmp(&b.0)));
    let rules: Vec<Value> = rules
        .into_iter()
        .take(40)
        .map(|(rule, over, all)| {
            json!({ "rule": rule, "over": over, "all": all, "share": percent(over as f64 / all as f64) })
        })
        .collect();
    drop(ledger);
    let context = json!({
        "title": "Quality", "here": "quality", "kinds": rows, "queue": name,
        "pages_read": drawn_pages.len(), "missed": missed, "misses": misses,
        "pairs": pairs.len(), "agreement": agreed, "rules": rules,
    });
    Ok(ask.page("quality.html", context))
}

fn shown(estimate: Estimate) -> Value {
    json!({
        "share": percent(estimate.share), "low": percent(estimate.low), "high": percent(estimate.high),
        "count": estimate.count, "clusters": estimate.clusters,
        "x": round(estimate.low * 100.0), "w": round((estimate.high - estimate.low) * 100.0),
        "at": round(estimate.share * 100.0),
    })
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

fn two(value: f64) -> String {
    format!("{value:.2}")
}

fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
