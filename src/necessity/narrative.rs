//! The narrative of a case: what a reviewer reads, each sentence with what it rests on.

use std::sync::LazyLock;

use minijinja::Environment;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use serde::Serialize;

use super::evaluate::words;
use super::evidence::{Evidence, EvidenceRegistry};
use super::policy::{Note, NoteSection, Policy};
use super::{Finding, Outcome, Severity, StepStatus, Verdict};
use crate::chart::Chart;

const TEMPLATE: &str = include_str!("../../lexicons/templates/narrative.md.j2");

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    if let Ok(syntax) = SyntaxConfig::builder().trim_blocks(true).build() {
        environment.set_syntax(syntax);
    }
    // The tests hold that the embedded template parses and renders.
    let _ = environment.add_template("narrative", TEMPLATE);
    environment
});

/// Titles of the groups of deficiencies, by category.
const GROUPS: [(&str, &str); 4] = [
    ("diagnosis", "Diagnostic specificity"),
    ("nerve", "Nerve involvement"),
    ("conservative", "Conservative management"),
    ("history", "Prior interventions"),
];

#[derive(Serialize)]
struct View {
    title: String,
    policy: PolicyView,
    as_of: Option<String>,
    recommendation: String,
    opening: Vec<String>,
    guideline: Vec<String>,
    groups: Vec<Group>,
    pathway: Vec<StepView>,
    pitfalls: Vec<String>,
    function: Vec<String>,
    change: Vec<String>,
    evidence: Vec<EvidenceView>,
}

#[derive(Serialize)]
struct PolicyView {
    id: String,
    version: String,
    verification: &'static str,
    source: String,
    retrieved: String,
}

#[derive(Serialize)]
struct Group {
    title: &'static str,
    lines: Vec<String>,
    credited: Vec<String>,
}

#[derive(Serialize)]
struct StepView {
    number: String,
    title: String,
    status: &'static str,
    blocked_by: String,
    action: String,
    marks: String,
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

/// The assessment as Markdown, with the evidence registry that the program carries.
pub fn narrative(policy: &Policy, chart: &Chart, verdict: &Verdict) -> String {
    narrative_with(EvidenceRegistry::embedded(), policy, chart, verdict)
}

/// The assessment as Markdown.
pub fn narrative_with(
    registry: &EvidenceRegistry,
    policy: &Policy,
    chart: &Chart,
    verdict: &Verdict,
) -> String {
    let teller = Teller { registry, policy, chart, verdict };
    let rendered = ENVIRONMENT
        .get_template("narrative")
        .and_then(|template| template.render(Serde(teller.view())));
    rendered.unwrap_or_else(|_| {
        format!("# {}\n\n{}\n", escape(&policy.title), escape(&verdict.rationale))
    })
}

struct Teller<'a> {
    registry: &'a EvidenceRegistry,
    policy: &'a Policy,
    chart: &'a Chart,
    verdict: &'a Verdict,
}

impl Teller<'_> {
    fn view(&self) -> View {
        let request = &self.chart.request;
        let title = match (&request.procedure, &request.cpt) {
            (Some(name), Some(code)) => format!("{name} ({code})"),
            (Some(name), None) => name.clone(),
            (None, Some(code)) => code.clone(),
            (None, None) => self.policy.title.clone(),
        };
        View {
            title: escape(&title),
            policy: PolicyView {
                id: self.policy.id.clone(),
                version: self.policy.version.clone(),
                verification: self.policy.verification.as_str(),
                source: escape(&self.policy.source),
                retrieved: escape(&self.policy.retrieved),
            },
            as_of: self.chart.as_of.map(|day| day.to_string()),
            recommendation: escape(&self.verdict.rationale),
            opening: self.opening(),
            guideline: self.guideline(),
            groups: GROUPS.iter().map(|(category, title)| self.group(category, title)).collect(),
            pathway: self.pathway(),
            pitfalls: self.pitfalls(),
            function: self.function(),
            change: self.change(),
            evidence: self.cited().map(view_of).collect(),
        }
    }

    fn covered(&self) -> bool {
        self.verdict.findings.first().is_none_or(|scope| scope.outcome != Outcome::NotMet)
    }

    /// What the request is, and what of it and of the record is open.
    fn opening(&self) -> Vec<String> {
        let open = |f: &&Finding| matches!(f.outcome, Outcome::NotMet | Outcome::NotDocumented);
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

    fn guideline(&self) -> Vec<String> {
        if !self.covered() {
            return Vec::new();
        }
        let mut lines = self.notes(NoteSection::Guideline);
        let on_efficacy = self.policy.criteria.iter().filter(|c| c.id == "efficacy-evidence");
        for id in on_efficacy.flat_map(|criterion| &criterion.evidence) {
            if let Some(item) = self.registry.get(id) {
                lines.push(format!(
                    "{} ({}): {} {} {}",
                    escape(&item.title),
                    item.year,
                    escape(&item.finding),
                    escape(&item.limits),
                    self.marks(&["efficacy-evidence"], &[item.id.as_str()], &[])
                ));
            }
        }
        lines.extend(self.notes(NoteSection::Evidence));
        lines
    }

    fn group(&self, category: &'static str, title: &'static str) -> Group {
        let of = || self.verdict.findings.iter().filter(move |f| f.category == category);
        let mut lines: Vec<String> = of()
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
        Group { title, lines, credited }
    }

    fn pathway(&self) -> Vec<StepView> {
        self.verdict
            .pathway
            .iter()
            .map(|step| {
                let criteria: Vec<&str> = self
                    .verdict
                    .findings
                    .iter()
                    .filter(|f| f.cured_by.contains(&step.id))
                    .map(|f| f.criterion_id.as_str())
                    .collect();
                let evidence: Vec<&str> = step.evidence.iter().map(String::as_str).collect();
                StepView {
                    number: step.number.clone(),
                    title: escape(&step.title),
                    status: match step.status {
                        StepStatus::Done => "done",
                        StepStatus::Needed => "needed",
                        StepStatus::Blocked => "not yet",
                        StepStatus::NotApplicable => "does not apply",
                    },
                    blocked_by: step.blocked_by.join(", "),
                    action: escape(&step.action),
                    marks: self.marks(&criteria, &evidence, &[]),
                }
            })
            .collect()
    }

    fn pitfalls(&self) -> Vec<String> {
        self.verdict
            .pitfalls
            .iter()
            .map(|pitfall| {
                let criteria: Vec<&str> = pitfall.criteria.iter().map(String::as_str).collect();
                format!("{} {}", escape(&pitfall.text), self.marks(&criteria, &[], &[]))
            })
            .collect()
    }

    fn function(&self) -> Vec<String> {
        let mut lines = self.notes(NoteSection::Function);
        let of_function = self.verdict.findings.iter().filter(|f| f.category == "function");
        lines.extend(
            of_function
                .filter(|f| f.outcome != Outcome::NotApplicable)
                .map(|finding| self.finding(finding)),
        );
        lines
    }

    /// What each reason would be answered with.
    fn change(&self) -> Vec<String> {
        self.verdict
            .reasons
            .iter()
            .filter(|reason| reason.severity != Severity::Informational)
            .map(|reason| {
                let what = match (reason.missing_item.as_str(), reason.cured_by.is_empty()) {
                    ("", true) => format!("{}: no step of the pathway answers it", reason.label),
                    ("", false) => {
                        format!("{}: answered by {}", reason.label, reason.cured_by.join(", "))
                    }
                    (item, _) => format!("{}: send {item}", reason.label),
                };
                let why = &reason.why_needed;
                let evidence: Vec<&str> = reason.evidence.iter().map(String::as_str).collect();
                let marks = self.marks(&[reason.criterion_id.as_str()], &evidence, &[]);
                format!("{}. {} {marks}", escape(&what), escape(why))
            })
            .collect()
    }

    fn finding(&self, finding: &Finding) -> String {
        let evidence: Vec<&str> = finding.evidence.iter().map(String::as_str).collect();
        let marks = self.marks(&[finding.criterion_id.as_str()], &evidence, &finding.facts);
        let verdict = match finding.outcome {
            Outcome::Met => "met",
            Outcome::NotMet => "not met",
            Outcome::NotDocumented => "not documented",
            Outcome::NotApplicable => "does not apply",
        };
        format!(
            "**{}** ({verdict}). {} {marks}",
            escape(&finding.title),
            escape(&finding.explanation)
        )
    }

    fn notes(&self, section: NoteSection) -> Vec<String> {
        if !self.covered() {
            return Vec::new();
        }
        let outcome = |id: &str| {
            self.verdict.findings.iter().find(|f| f.criterion_id == id).map(|f| f.outcome)
        };
        let find = |filters: &[super::filter::Filter]| -> Vec<usize> {
            let mut facts: Vec<usize> =
                filters.iter().flat_map(|filter| filter.find(self.chart)).collect();
            facts.sort_unstable();
            facts.dedup();
            facts
        };
        let told = |note: &&Note| {
            note.section == section
                && note
                    .when
                    .iter()
                    .all(|(id, outcomes)| outcome(id).is_some_and(|o| outcomes.contains(&o)))
                && (note.facts.is_empty() || !find(&note.facts).is_empty())
                && find(&note.unless_facts).is_empty()
        };
        self.policy
            .notes
            .iter()
            .filter(told)
            .map(|note| {
                let criteria: Vec<&str> = note.criteria.iter().map(String::as_str).collect();
                let evidence: Vec<&str> = note.evidence.iter().map(String::as_str).collect();
                let facts = if note.facts.is_empty() {
                    let of = self
                        .verdict
                        .findings
                        .iter()
                        .filter(|f| note.criteria.contains(&f.criterion_id));
                    of.flat_map(|f| f.facts.iter().copied()).collect()
                } else {
                    find(&note.facts)
                };
                format!("{} {}", escape(&note.text), self.marks(&criteria, &evidence, &facts))
            })
            .collect()
    }

    /// "[criterion; evidence; document, page: quote]"
    fn marks(&self, criteria: &[&str], evidence: &[&str], facts: &[usize]) -> String {
        const QUOTES: usize = 4;
        let mut parts: Vec<String> = Vec::new();
        if !criteria.is_empty() {
            parts.push(format!("criterion {}", code_list(criteria)));
        }
        if !evidence.is_empty() {
            let known = evidence.iter().map(|id| match self.registry.get(id) {
                Some(item) => format!("`{id}` ({})", item.verification.as_str()),
                None => format!("`{id}`"),
            });
            parts.push(format!("evidence {}", known.collect::<Vec<_>>().join(", ")));
        }
        let mut shown: Vec<String> = Vec::new();
        for &at in facts {
            let fact = &self.chart.facts[at];
            let quote = words(fact);
            if quote.is_empty() {
                continue;
            }
            let document =
                self.chart.documents.get(fact.place.document).map_or("record", |d| d.name.as_str());
            let line =
                format!("{} p. {}: \"{}\"", escape(document), fact.place.page, escape(&quote));
            if !shown.contains(&line) {
                shown.push(line);
            }
            if shown.len() == QUOTES {
                break;
            }
        }
        parts.extend(shown);
        format!("\\[{}\\]", parts.join("; "))
    }

    fn cited(&self) -> impl Iterator<Item = &Evidence> {
        self.policy.cited().into_iter().filter_map(|id| self.registry.get(id))
    }
}

fn code_list(ids: &[&str]) -> String {
    ids.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ")
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

/// Text that Markdown shows as it is: one line, no markup, no HTML.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '&' | '!' | '$' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_record_are_no_markup() {
        for (text, shown) in [
            ("<script>x</script>", "\\<script\\>x\\</script\\>"),
            ("[a](b) *c*", "\\[a\\](b) \\*c\\*"),
            ("two\nlines", "two lines"),
            ("plain 22 %", "plain 22 %"),
        ] {
            assert_eq!(escape(text), shown);
        }
    }

    #[test]
    fn the_embedded_files_are_sound() {
        let registry =
            EvidenceRegistry::parse("evidence.toml", include_str!("../../lexicons/evidence.toml"))
                .unwrap();
        assert_eq!(registry.iter().count(), EvidenceRegistry::embedded().iter().count());
        assert!(ENVIRONMENT.get_template("narrative").is_ok());
    }
}
