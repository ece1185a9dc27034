//! The facts of one case over its documents, with the request that they are held against.
//!
//! [`Chart::gather`] keeps every mention and adds what only the whole record tells: the
//! dates of documents, the request, which copied statements newer ones replace, and the
//! [`History`] of injections, therapy courses and drug trials.

mod dates;
mod elsewhere;
mod history;
mod marks;
pub mod reading;
mod request;
mod spine;

use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub(crate) use history::days_between;
pub use history::{Course, History, InjectionEvent, Reported, Trial, same_site};
pub use marks::{Column, Mark, Marks, Topic};
pub use spine::{Region, count_joints, region};

use crate::date::PartialDate;
use crate::fact::{Fact, Intent, Kind, Origin, Side};
use crate::halt;

/// The facts of one case over its documents, with the request that they are held against.
#[derive(Clone, Default, PartialEq)]
#[cfg_attr(test, derive(Debug))]
pub struct Chart {
    /// Every mention, in order of document and position.
    pub facts: Vec<Arc<Fact>>,
    /// The documents in the case's order; [`Place::document`](crate::fact::Place::document) counts into it.
    pub documents: Vec<ChartDocument>,
    /// What is asked for.
    pub request: Request,
    /// The day that the case is judged as of: never today.
    pub as_of: Option<Date>,
    /// Injections, therapy courses and drug trials, merged over documents.
    pub history: History,
    /// Facts by kind, in the order of [`Kind::SCHEMA`]: those that count and that no newer one replaces.
    pub(crate) standing: Vec<Vec<usize>>,
    /// The marks of the same facts, in the same order.
    pub(crate) marks: Vec<Marks>,
}

/// One document of a case.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ChartDocument {
    /// Path relative to the input.
    pub name: String,
    /// Which of the documents that the file holds, counted from 0.
    pub part: usize,
    /// Date of the visit, study or request that it tells of.
    pub date: Option<PartialDate>,
    /// Whether it is signed; `None` where it says nothing of a signature.
    pub signed: Option<bool>,
    /// Pages in all.
    pub pages: u32,
    /// Pages read by OCR.
    pub pages_ocr: u32,
    /// Pages that could not be read.
    pub pages_unreadable: u32,
    /// Those of them that are handwriting, drawings or photographs.
    pub pages_picture: u32,
    /// Pages that repeat another one of the case.
    pub pages_duplicate: u32,
    /// Pages that are counted on the others and are not there.
    pub pages_missing: u32,
}

/// What is asked for, over all documents and the manifest.
#[derive(Clone, Default, PartialEq)]
#[cfg_attr(test, derive(Debug))]
pub struct Request {
    /// Procedure code.
    pub cpt: Option<String>,
    /// Procedure by name, in lower case.
    pub procedure: Option<String>,
    /// Side; `None` where unstated or in conflict.
    pub side: Option<Side>,
    /// Diagnostic or therapeutic; `None` where unstated or in conflict.
    pub intent: Option<Intent>,
    /// Spinal levels, as "L4-5", each once.
    pub levels: Vec<String>,
    /// Fields that the documents state differently, as `side`.
    pub conflicts: Vec<&'static str>,
    /// Diagnosis codes given with the request, in order of appearance, each once.
    pub diagnosis_codes: Vec<String>,
    /// Facts that the request was read from: indices into [`Chart::facts`].
    pub facts: Vec<usize>,
}

/// What whoever runs the case says of it; each outranks the record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Given {
    /// The day that the case is judged as of.
    pub as_of: Option<Date>,
    /// Procedure code.
    pub cpt: Option<String>,
    /// Side.
    pub side: Option<Side>,
    /// Diagnostic or therapeutic.
    pub intent: Option<Intent>,
}

impl Request {
    /// The part of the spine that it is for, where its levels or its name tell.
    pub fn region(&self) -> Option<Region> {
        region(&self.levels, self.procedure.as_deref().unwrap_or_default())
    }
}

impl Chart {
    /// Gathers the facts of a case, document by document.
    ///
    /// [`Place::document`](crate::fact::Place::document) is set to the document's place
    /// in `documents`. A document's `date` and `signed` are read from its facts where they
    /// are `None`.
    pub fn gather(documents: Vec<(ChartDocument, Vec<Fact>)>, given: Given) -> Chart {
        let documents = documents.into_iter().map(|(document, facts)| (document, shared(facts)));
        Self::gather_shared(documents.collect(), given)
    }

    /// The same of facts that another chart may hold too.
    pub(crate) fn gather_shared(
        documents: Vec<(ChartDocument, Vec<Arc<Fact>>)>,
        given: Given,
    ) -> Chart {
        let mut chart = Chart::default();
        for (at, (document, mut facts)) in documents.into_iter().enumerate() {
            for fact in facts.iter_mut().filter(|fact| fact.place.document != at) {
                Arc::make_mut(fact).place.document = at;
            }
            facts.sort_by_key(|fact| (fact.place.start, fact.place.end));
            chart.documents.push(document);
            chart.facts.extend(facts);
        }
        dates::read(&mut chart, given.as_of);
        chart.standing = standing(&chart.facts);
        let of_kind = chart.standing.iter().enumerate();
        chart.marks = of_kind
            .map(|(kind, places)| Marks::of(kind, places.iter().map(|&at| &*chart.facts[at])))
            .collect();
        request::resolve(&mut chart, given);
        elsewhere::leave_out(&mut chart);
        chart.history = history::build(&chart);
        chart
    }

    /// Indices of the standing facts of a kind, by its place in [`Kind::SCHEMA`].
    ///
    /// Standing: of the patient, no goal, no blank template, no mere supposition, and not a
    /// copy of an old statement that the record contradicts or repeats elsewhere.
    #[inline]
    pub fn standing(&self, kind: usize) -> &[usize] {
        halt::look();
        self.standing.get(kind).map_or(&[], Vec::as_slice)
    }

    /// Those standing facts of a kind that may have the values asked for: few others are among them.
    #[inline]
    pub fn marked(
        &self,
        kind: usize,
        asked: impl AsRef<[(Column, Mark)]>,
    ) -> impl Iterator<Item = usize> {
        self.marks.get(kind).unwrap_or(&marks::OF_NONE).find(self.standing(kind), asked)
    }

    /// The day that a fact speaks from: its document's.
    #[inline]
    pub fn told_on(&self, fact: usize) -> Option<PartialDate> {
        halt::look();
        self.documents.get(self.facts[fact].place.document).and_then(|document| document.date)
    }

    /// The day that a fact happened on: its own date, else its document's.
    pub fn happened_on(&self, fact: usize) -> Option<PartialDate> {
        self.facts[fact].date.or_else(|| self.told_on(fact))
    }

    /// What the pages say against relying on the record as it is, in alphabetical order.
    pub fn page_flags(&self) -> impl Iterator<Item = &'static str> {
        let any = |count: fn(&ChartDocument) -> bool| self.documents.iter().any(count);
        let flags = [
            ("duplicate_pages", any(|d| d.pages_duplicate > 0)),
            ("illegible_pages", any(|d| d.pages_unreadable > d.pages_picture)),
            ("missing_pages", any(|d| d.pages_missing > 0)),
            ("picture_pages", any(|d| d.pages_picture > 0)),
        ];
        flags.into_iter().filter(|(_, set)| *set).map(|(flag, _)| flag)
    }

    /// Standing statements of a topic: their indices.
    #[inline]
    pub fn statements<W: AsRef<str>>(&self, topic: &Topic<W>) -> impl Iterator<Item = usize> {
        // The topic is the first field.
        let asked = [(Column::field(0), topic.mark)];
        self.marked(const { kind_index("statement") }, asked).filter(move |&at| {
            matches!(&self.facts[at].kind, Kind::Statement(told) if told.topic == topic.word.as_ref())
        })
    }

    /// Whether a statement of a topic stands on the very words of each of some facts.
    pub fn each_told_as<W: AsRef<str>>(&self, facts: &[usize], topic: &Topic<W>) -> bool {
        facts.iter().all(|&fact| {
            let fact = &self.facts[fact].place;
            let mut said = self.statements(topic).map(|at| &self.facts[at].place);
            said.any(|said| said.source.is_some() && said.overlaps(fact))
        })
    }
}

/// The place of a kind in [`Kind::SCHEMA`], which indexes [`Chart::standing`].
pub const fn kind_index(name: &str) -> usize {
    let mut at = 0;
    while at < Kind::SCHEMA.len() {
        if same_bytes(Kind::SCHEMA[at].0.as_bytes(), name.as_bytes()) {
            return at;
        }
        at += 1;
    }
    usize::MAX
}

/// Equality that can be asked while compiling.
const fn same_bytes(a: &[u8], b: &[u8]) -> bool {
    let mut at = 0;
    while at < a.len() && at < b.len() && a[at] == b[at] {
        at += 1;
    }
    a.len() == b.len() && at == a.len()
}

/// Facts that charts may share. Many weigh much: so their list gives way as it is used up.
fn shared(mut facts: Vec<Fact>) -> Vec<Arc<Fact>> {
    const AT_ONCE: usize = 1024;
    let mut shared = Vec::with_capacity(facts.len());
    while !facts.is_empty() {
        let kept = facts.len().saturating_sub(AT_ONCE);
        shared.extend(facts.drain(kept..).rev().map(Arc::new));
        facts.shrink_to_fit();
    }
    shared.reverse();
    shared
}

/// Facts that count, by kind. A copied one gives way to any other of its subject.
fn standing(facts: &[Arc<Fact>]) -> Vec<Vec<usize>> {
    let mut by_kind = vec![Vec::new(); Kind::SCHEMA.len()];
    for (at, fact) in facts.iter().enumerate() {
        let copied = fact.assertion.origin == Origin::CopiedForward;
        let replaced = copied
            && facts.iter().any(|other| {
                other.assertion.origin != Origin::CopiedForward
                    && reading::counts(other)
                    && reading::same_subject(&fact.kind, &other.kind)
            });
        if reading::counts(fact) && !replaced {
            by_kind[kind_index(fact.kind.name())].push(at);
        }
    }
    by_kind
}

crate::withhold_debug!(Chart, Request);

#[cfg(test)]
mod tests;
