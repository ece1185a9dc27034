//! A policy as a reviewer reads it: what it covers, its criteria as a table, its pathway and sources.

use std::fmt::Write;

use super::evidence::EvidenceRegistry;
use super::policy::{Criterion, Policy};
use super::{MissingDocumentation, Outcome};

/// The policy as Markdown.
pub fn show(policy: &Policy, registry: &EvidenceRegistry) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = head(&mut out, policy)
        .and_then(|()| criteria(&mut out, policy))
        .and_then(|()| pathway(&mut out, policy))
        .and_then(|()| evidence(&mut out, policy, registry));
    out
}

fn head(out: &mut String, policy: &Policy) -> std::fmt::Result {
    writeln!(out, "# {}\n", policy.title)?;
    writeln!(out, "`{}` {}, in force from {}", policy.id, policy.version, policy.effective)?;
    if let Some(until) = policy.until {
        writeln!(out, "until {until}")?;
    }
    writeln!(out)?;
    let list = |words: &[String]| words.join(", ");
    writeln!(
        out,
        "- Source: {} ({}; read {})",
        policy.source, policy.verification, policy.retrieved
    )?;
    writeln!(out, "- Codes: {}", list(&policy.covered.cpt))?;
    writeln!(out, "- Procedures named: {}", list(policy.covered.procedures.words()))?;
    for (what, words) in [
        ("Targets", policy.covered.targets.words()),
        ("Not for", policy.covered.elsewhere.words()),
        ("Payers", &policy.payers),
        ("Jurisdictions", &policy.jurisdictions),
    ] {
        if !words.is_empty() {
            writeln!(out, "- {what}: {}", list(words))?;
        }
    }
    let missing = match policy.missing_documentation {
        MissingDocumentation::Pend => "the case waits for it",
        MissingDocumentation::Deny => "counts as not met",
    };
    writeln!(out, "- Missing documentation of a required criterion: {missing}")?;
    if !policy.params.is_empty() {
        let params: Vec<String> =
            policy.params.iter().map(|(name, value)| format!("{name} {value}")).collect();
        writeln!(out, "- Thresholds: {}", params.join(", "))?;
    }
    if !policy.stages.is_empty() {
        let stages: Vec<&str> = policy.stages.iter().map(|stage| stage.title.as_str()).collect();
        writeln!(out, "- Stages, the first that fits the request: {}", stages.join("; "))?;
    }
    Ok(())
}

fn criteria(out: &mut String, policy: &Policy) -> std::fmt::Result {
    writeln!(out, "\n## Criteria\n")?;
    writeln!(out, "| criterion | weight | met when | clause | cured by |\n|---|---|---|---|---|")?;
    for criterion in &policy.criteria {
        let mut weight = criterion.severity.as_str().to_owned();
        if criterion.exclusion {
            weight.push_str(", exclusion");
        }
        if !criterion.stages.is_empty() {
            let stages = criterion.stages.iter().filter_map(|at| policy.stages.get(*at));
            let stages: Vec<&str> = stages.map(|stage| stage.id.as_str()).collect();
            write!(weight, "; stages {}", stages.join(", "))?;
        }
        let cure = match criterion.cured_by.is_empty() {
            true => criterion.answered_by.clone(),
            false => criterion.cured_by.join(", "),
        };
        writeln!(
            out,
            "| `{}` {} | {weight} | {} | {} | {cure} |",
            criterion.id,
            cell(&criterion.title),
            cell(&criterion.required),
            cell(&criterion.clause),
        )?;
    }
    Ok(())
}

fn pathway(out: &mut String, policy: &Policy) -> std::fmt::Result {
    writeln!(out, "\n## Pathway\n")?;
    for step in &policy.steps {
        let by = if step.by.is_empty() { String::new() } else { format!(" ({})", step.by) };
        writeln!(out, "- {} **{}** `{}`{by}: {}", step.number, step.title, step.id, step.action)?;
    }
    if !policy.pitfalls.is_empty() {
        writeln!(out, "\n## Pitfalls\n")?;
        for pitfall in &policy.pitfalls {
            writeln!(out, "- {}", pitfall.text)?;
        }
    }
    Ok(())
}

fn evidence(out: &mut String, policy: &Policy, registry: &EvidenceRegistry) -> std::fmt::Result {
    let cited = policy.cited();
    if !cited.is_empty() {
        writeln!(out, "\n## Evidence\n")?;
    }
    for id in cited {
        match registry.get(id) {
            Some(item) => writeln!(
                out,
                "- `{id}` {} ({}, {}): {} {}",
                item.title, item.year, item.verification, item.finding, item.limits
            )?,
            None => writeln!(out, "- `{id}`: not in the registry")?,
        }
    }
    writeln!(out, "\n{} cases of its own.", policy.cases.len())
}

/// Text that stays in its cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

impl Policy {
    /// Outcomes that a criterion can have and that no case of the policy shows.
    pub fn gaps(&self) -> Vec<(&str, Outcome)> {
        let shows = |criterion: &Criterion, outcome: Outcome| {
            self.cases.iter().any(|case| case.expected(&criterion.id) == Some(outcome))
        };
        let mut gaps = Vec::new();
        for criterion in &self.criteria {
            let possible = criterion.possible;
            for (outcome, possible) in [
                (Outcome::Met, possible.yes),
                (Outcome::NotMet, possible.no),
                (Outcome::NotDocumented, possible.open),
            ] {
                if possible && !shows(criterion, outcome) {
                    gaps.push((criterion.id.as_str(), outcome));
                }
            }
        }
        gaps
    }
}
