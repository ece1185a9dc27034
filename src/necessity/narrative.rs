//! The assessment of a case and the request for what is missing: what people read, each sentence
//! with what it rests on. The words around the facts are in the templates.

use serde::Serialize;

use super::evaluate::words;
use super::evidence::{Evidence, EvidenceRegistry};
use super::filter::Filter;
use super::policy::{Note, NoteSection, Policy};
use super::templates::{Templates, escape};
use super::{Determination, Finding, Outcome, Reason, ReasonClass, Severity, Step, Verdict};
use crate::chart::{Chart, reading};
use crate::fact::{DiagnosisCertainty, Fact, Kind};

/// The categories whose deficiencies are grouped, in order.
const GROUPS: [&str; 4] = ["diagnosis", "nerve", "conservative", "history"];

/// Quotes that a sentence shows at most.
const QUOTES: usize = 4;

/// What the templates are filled with; all text is escaped.
#[derive(Serialize)]
struct View {
    title: String,
    policy: PolicyView,
    as_of: Option<String>,
    determination: &'static str,
    without_exclusions: &'static str,
    recommendation: String,
    opening: Vec<Line>,
    guideline: Vec<Line>,
    groups: Vec<Group>,
    pathway: Vec<StepView>,
    pitfalls: Vec<Line>,
    function: Vec<Line>,
    change: Vec<Change>,
    documentation_only: bool,
    one_fix_away: Vec<StepView>,
    evidence: Vec<EvidenceView>,
}

#[derive(Serialize)]
struct PolicyView {
    id: String,
    version: String,
    title: String,
    verification: &'static str,
    source: String,
    retrieved: String,
    effective: String,
}

/// A sentence and what it rests on.
#[derive(Serialize)]
struct Line {
    /// Title of the criterion; empty for a sentence of the policy itself.
    title: String,
    /// Outcome of the criterion; empty for a sentence of the policy itself.
    outcome: &'static str,
    text: String,
    /// The study that it tells of, where it is no more than that.
    study: Option<EvidenceView>,
    marks: Marks,
}

impl Line {
    /// A sentence of the policy itself.
    fn of(text: String, marks: Marks) -> Self {
        Self { title: String::new(), outcome: "", text, study: None, marks }
    }
}

/// What a sentence rests on.
#[derive(Serialize)]
struct Marks {
    criteria: Vec<String>,
    evidence: Vec<Cited>,
    places: Vec<PlaceView>,
}

#[derive(Serialize)]
struct Cited {
    id: String,
    verification: &'static str,
}

#[derive(Serialize, PartialEq)]
struct PlaceView {
    document: String,
    page: u32,
    quote: String,
    /// What the record says of it elsewhere in the sentence, as how often, or that it is suspected.
    detail: String,
}

#[derive(Serialize)]
struct Group {
    category: &'static str,
    lines: Vec<Line>,
    credited: Vec<Line>,
}

#[derive(Serialize)]
struct StepView {
    id: String,
    number: String,
    title: String,
    status: &'static str,
    blocked_by: Vec<String>,
    action: String,
    by: String,
    marks: Marks,
}

/// A reason, and what it would be answered with.
#[derive(Serialize)]
struct Change {
    label: String,
    required: bool,
    /// Whether it is an exclusion of the policy, whatever the record says.
    excluded: bool,
    record: &'static str,
    asked: String,
    item: String,
    why: String,
    missing: Vec<String>,
    cured_by: Vec<String>,
    answered_by: String,
    /// Who can supply it.
    by: Vec<String>,
    marks: Marks,
}

#[derive(Serialize)]
struct EvidenceView {
    id: String,
    title: String,
    year: u16,
    design: String,
    n: Option<u32>,
    population: String,
    finding: String,
    limits: String,
    verification: &'static str,
    checked: String,
}

/// Tells of one verdict in words.
#[derive(Clone, Copy)]
pub struct Teller<'a> {
    /// What policies cite.
    pub registry: &'a EvidenceRegistry,
    /// The words around the facts.
    pub templates: &'a Templates,
    /// The policy.
    pub policy: &'a Policy,
    /// The record.
    pub chart: &'a Chart,
    /// What the policy makes of it.
    pub verdict: &'a Verdict,
}

impl Teller<'_> {
    /// The assessment, as Markdown.
    pub fn narrative(&self) -> String {
        self.templates.narrative(self.view())
    }

    /// The request for missing documentation, as Markdown; `None` unless the case waits for it.
    pub fn request(&self) -> Option<String> {
        let pends = self.verdict.determination == Determination::PendMissingDocumentation;
        pends.then(|| self.templates.request(self.view()))
    }

    fn view(&self) -> View {
        let verdict = self.verdict;
        let request = &self.chart.request;
        let title = match (&request.procedure, &request.cpt) {
            (Some(name), Some(code)) => format!("{name} ({code})"),
            (Some(name), None) => name.clone(),
            (None, Some(code)) => code.clone(),
            (None, None) => self.policy.title.clone(),
        };
        let fixes = verdict.pathway.iter().filter(|step| verdict.one_fix_away.contains(&step.id));
        View {
            title: escape(&title),
            policy: PolicyView {
                id: self.policy.id.clone(),
                version: self.policy.version.clone(),
                title: escape(&self.policy.title),
                verification: self.policy.verification.as_str(),
                source: escape(&self.policy.source),
                retrieved: escape(&self.policy.retrieved),
                effective: self.policy.effective.to_string(),
            },
            as_of: self.chart.as_of.map(|day| day.to_string()),
            determination: verdict.determination.as_str(),
            without_exclusions: verdict.determination_without_exclusions.as_str(),
            recommendation: escape(&verdict.rationale),
            opening: self.opening(),
            guideline: self.guideline(),
            groups: GROUPS
                .iter()
                .map(|category| self.group(category))
                .filter(|group| !group.lines.is_empty() || !group.credited.is_empty())
                .collect(),
            pathway: verdict.pathway.iter().map(|step| self.step(step)).collect(),
            pitfalls: self.pitfalls(),
            function: self.function(),
            change: verdict
                .reasons
                .iter()
                .filter(|reason| reason.severity != Severity::Informational)
                .map(|reason| self.change(reason))
                .collect(),
            documentation_only: verdict.documentation_only,
            one_fix_away: fixes.map(|step| self.step(step)).collect(),
            evidence: self.cited().map(view_of).collect(),
        }
    }

    fn covered(&self) -> bool {
        self.verdict.findings.first().is_none_or(|scope| scope.outcome != Outcome::NotMet)
    }

    /// What of the request, of the policy's own limits and of the record is open; all of it where nothing is.
    fn opening(&self) -> Vec<Line> {
        let met = self.verdict.determination == Determination::MeetsCriteria;
        let open = |f: &&Finding| {
            matches!(f.outcome, Outcome::NotMet | Outcome::NotDocumented)
                || (met && f.outcome == Outcome::Met)
        };
        let of = |category: &'static str| {
            self.verdict.findings.iter().filter(move |f| f.category == category)
        };
        of("evidence")
            .filter(|f| f.severity == Severity::Required)
            .chain(of("request"))
            .chain(of("record"))
            .filter(open)
            .map(|finding| self.finding(finding))
            .collect()
    }

    /// Notes on the guideline, the informational evidence one by one, and notes on the evidence.
    fn guideline(&self) -> Vec<Line> {
        if !self.covered() {
            return Vec::new();
        }
        let mut lines = self.notes(NoteSection::Guideline);
        let informs = |f: &&Finding| {
            f.category == "evidence"
                && f.severity == Severity::Informational
                && f.outcome != Outcome::NotApplicable
        };
        for finding in self.verdict.findings.iter().filter(informs) {
            for item in finding.evidence.iter().filter_map(|id| self.registry.get(id)) {
                let evidence = [item.id.clone()];
                let criteria = std::slice::from_ref(&finding.criterion_id);
                let marks = self.marks(criteria, &evidence, &[]);
                lines.push(Line { study: Some(view_of(item)), ..Line::of(String::new(), marks) });
            }
        }
        lines.extend(self.notes(NoteSection::Evidence));
        lines
    }

    fn group(&self, category: &'static str) -> Group {
        let of = || self.verdict.findings.iter().filter(move |f| f.category == category);
        let mut lines: Vec<Line> = of()
            .filter(|f| {
                matches!(f.outcome, Outcome::NotMet | Outcome::NotDocumented)
                    && f.reason_id.is_some()
            })
            .map(|finding| self.finding(finding))
            .collect();
        let section = match category {
            "diagnosis" => NoteSection::Diagnosis,
            "nerve" => NoteSection::Nerve,
            "conservative" => NoteSection::Conservative,
            _ => NoteSection::History,
        };
        lines.extend(self.notes(section));
        let credited = of()
            .filter(|f| f.outcome == Outcome::Met && f.reason_id.is_none())
            .map(|f| self.finding(f))
            .collect();
        Group { category, lines, credited }
    }

    fn step(&self, step: &Step) -> StepView {
        let cures = self.verdict.findings.iter().filter(|f| f.cured_by.contains(&step.id));
        let criteria: Vec<String> = cures.map(|f| f.criterion_id.clone()).collect();
        StepView {
            id: step.id.clone(),
            number: step.number.clone(),
            title: escape(&step.title),
            status: step.status.as_str(),
            blocked_by: step.blocked_by.clone(),
            action: escape(&step.action),
            by: escape(&step.by),
            marks: self.marks(&criteria, &step.evidence, &[]),
        }
    }

    fn pitfalls(&self) -> Vec<Line> {
        let pitfalls = self.verdict.pitfalls.iter();
        pitfalls
            .map(|pitfall| {
                let facts = self.facts_of(&pitfall.criteria);
                Line::of(escape(&pitfall.text), self.marks(&pitfall.criteria, &[], &facts))
            })
            .collect()
    }

    fn function(&self) -> Vec<Line> {
        let mut lines = self.notes(NoteSection::Function);
        let of_function = self.verdict.findings.iter().filter(|f| f.category == "function");
        lines.extend(
            of_function
                .filter(|f| f.outcome != Outcome::NotApplicable)
                .map(|finding| self.finding(finding)),
        );
        lines
    }

    /// What a reason would be answered with.
    fn change(&self, reason: &Reason) -> Change {
        let finding = self.verdict.findings.iter().find(|f| f.criterion_id == reason.criterion_id);
        let steps = self.verdict.pathway.iter().filter(|s| reason.cured_by.contains(&s.id));
        let mut by: Vec<String> = Vec::new();
        for step in steps.filter(|step| !step.by.is_empty()) {
            let who = escape(&step.by);
            if !by.contains(&who) {
                by.push(who);
            }
        }
        Change {
            label: escape(&reason.label),
            required: reason.severity == Severity::Required,
            excluded: reason.class == ReasonClass::PolicyExclusion,
            record: reason.record.as_str(),
            asked: finding.map(|f| escape(&f.required)).unwrap_or_default(),
            item: escape(&reason.missing_item),
            why: escape(&reason.why_needed),
            missing: finding.iter().flat_map(|f| &f.missing).map(|m| escape(m)).collect(),
            cured_by: reason.cured_by.clone(),
            answered_by: escape(&reason.answered_by),
            by,
            marks: self.marks(
                std::slice::from_ref(&reason.criterion_id),
                &reason.evidence,
                finding.map_or(&[], |f| f.facts.as_slice()),
            ),
        }
    }

    fn finding(&self, finding: &Finding) -> Line {
        let criteria = [finding.criterion_id.clone()];
        Line {
            title: escape(&finding.title),
            outcome: finding.outcome.as_str(),
            text: escape(&finding.explanation),
            study: None,
            marks: self.marks(&criteria, &finding.evidence, &finding.facts),
        }
    }

    fn find(&self, filters: &[Filter]) -> Vec<usize> {
        let mut facts: Vec<usize> =
            filters.iter().flat_map(|filter| filter.find(self.chart)).collect();
        facts.sort_unstable();
        facts.dedup();
        facts
    }

    fn facts_of(&self, criteria: &[String]) -> Vec<usize> {
        let findings = self.verdict.findings.iter();
        let of = findings.filter(|f| criteria.contains(&f.criterion_id));
        of.flat_map(|f| f.facts.iter().copied()).collect()
    }

    fn notes(&self, section: NoteSection) -> Vec<Line> {
        if !self.covered() {
            return Vec::new();
        }
        let outcome = |id: &str| {
            self.verdict.findings.iter().find(|f| f.criterion_id == id).map(|f| f.outcome)
        };
        let told = |note: &&Note| {
            note.section == section
                && note
                    .when
                    .iter()
                    .all(|(id, outcomes)| outcome(id).is_some_and(|o| outcomes.contains(&o)))
                && (note.facts.is_empty() || !self.find(&note.facts).is_empty())
                && self.find(&note.unless_facts).is_empty()
        };
        self.policy
            .notes
            .iter()
            .filter(told)
            .map(|note| {
                let facts = match note.facts.is_empty() {
                    true => self.facts_of(&note.criteria),
                    false => self.find(&note.facts),
                };
                let marks = self.marks(&note.criteria, &note.evidence, &facts);
                Line::of(escape(&note.text), marks)
            })
            .collect()
    }

    fn marks(&self, criteria: &[String], evidence: &[String], facts: &[usize]) -> Marks {
        let mut places: Vec<PlaceView> = Vec::new();
        for &at in facts {
            let fact = &self.chart.facts[at];
            let quote = words(fact);
            let document = self.chart.documents.get(fact.place.document);
            let place = PlaceView {
                document: escape(document.map_or("", |d| d.name.as_str())),
                page: fact.place.page,
                detail: escape(detail(fact).unwrap_or_default()),
                quote: escape(&quote),
            };
            if !quote.is_empty() && !places.contains(&place) {
                places.push(place);
            }
            if places.len() == QUOTES {
                break;
            }
        }
        let cited = |id: &String| Cited {
            id: id.clone(),
            verification: self.registry.get(id).map_or("", |item| item.verification.as_str()),
        };
        Marks {
            criteria: criteria.to_vec(),
            evidence: evidence.iter().map(cited).collect(),
            places,
        }
    }

    fn cited(&self) -> impl Iterator<Item = &Evidence> {
        self.policy.cited().into_iter().filter_map(|id| self.registry.get(id))
    }
}

/// How often or how long, and how sure, where the quote itself does not say it.
fn detail(fact: &Fact) -> Option<&str> {
    match &fact.kind {
        Kind::Therapy(therapy) => {
            let told = therapy.frequency.as_deref().or(therapy.duration.as_deref());
            told.filter(|told| !fact.place.quote.contains(told))
        }
        Kind::Diagnosis(_) => {
            let sure = reading::diagnosis_certainty(fact)?;
            (sure == DiagnosisCertainty::Suspected).then_some(sure.as_str())
        }
        _ => None,
    }
}

fn view_of(item: &Evidence) -> EvidenceView {
    EvidenceView {
        id: item.id.clone(),
        title: escape(&item.title),
        year: item.year,
        design: escape(&item.design),
        n: item.n,
        population: escape(&item.population),
        finding: escape(&item.finding),
        limits: escape(&item.limits),
        verification: item.verification.as_str(),
        checked: escape(&item.checked),
    }
}
