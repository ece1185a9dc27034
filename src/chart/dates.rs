//! Dates and signatures of documents, and the day that the case is judged as of.

use std::sync::Arc;

use jiff::civil::Date;

use super::Chart;
use crate::date::PartialDate;
use crate::fact::{Fact, Kind, Origin};
use crate::halt;

/// Fills `date` and `signed` of the documents and `as_of` of the chart from statements.
pub fn read(chart: &mut Chart, given: Option<Date>) {
    let stated = |facts: &[Arc<Fact>], document: usize, topic: &str| -> Vec<PartialDate> {
        of_document(facts, document)
            .iter()
            .filter(|fact| fact.assertion.origin != Origin::CopiedForward)
            .filter_map(|fact| statement_date(fact, topic))
            .filter(|date| given.is_none_or(|as_of| date.earliest() <= as_of))
            .collect()
    };
    for at in 0..chart.documents.len() {
        halt::look();
        let says = |topic: &str| {
            of_document(&chart.facts, at)
                .iter()
                .any(|fact| matches!(&fact.kind, Kind::Statement(told) if told.topic == topic))
        };
        // A signature on one of several notes in a file outweighs a blank line, an explicit "unsigned" does not.
        let signed = match (says("unsigned"), says("signed"), says("blank-signature")) {
            (true, ..) => Some(false),
            (_, true, _) => Some(true),
            (_, _, true) => Some(false),
            _ => None,
        };
        let date = ["date-of-service", "date-of-request", "signed"].iter().find_map(|topic| {
            stated(&chart.facts, at, topic).into_iter().max_by_key(PartialDate::latest)
        });
        let document = &mut chart.documents[at];
        document.signed = document.signed.or(signed);
        document.date = document.date.or(date);
    }
    chart.as_of = given.or_else(|| {
        let requested = (0..chart.documents.len())
            .flat_map(|at| stated(&chart.facts, at, "date-of-request"))
            .map(|date| date.latest())
            .max();
        requested.or_else(|| {
            chart.documents.iter().filter_map(|d| d.date).map(|date| date.latest()).max()
        })
    });
}

/// The facts of one document: facts stand in the order of documents.
fn of_document(facts: &[Arc<Fact>], at: usize) -> &[Arc<Fact>] {
    let first = facts.partition_point(|fact| fact.place.document < at);
    let end = facts.partition_point(|fact| fact.place.document <= at);
    &facts[first..end]
}

fn statement_date(fact: &Fact, topic: &str) -> Option<PartialDate> {
    let Kind::Statement(statement) = &fact.kind else { return None };
    if statement.topic != topic {
        return None;
    }
    fact.date.or_else(|| statement.value.as_deref().and_then(|value| value.parse().ok()))
}
