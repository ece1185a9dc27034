//! The rows that all tables get of one case.

use std::io;

use super::cell::{Cell, Row};
use super::fact_row::FactRow;
use super::row::{CaseRow, CriterionRow, DocumentRow, ProblemRow, ReasonRow, StepRow};
use super::{Case, Ruling, Stamp, folder, name};

/// Hands each row of a case to `push`, with the CSV file of its table; `name` is the case as a file
/// name.
///
/// # Errors
/// What `push` fails with.
pub fn case_rows(
    case: &Case,
    stamp: &Stamp,
    name: &str,
    mut push: impl FnMut(&'static str, &[Cell<'_>]) -> io::Result<()>,
) -> io::Result<()> {
    for ruling in &case.rulings {
        let assessment = format!("{}/{}.md", folder::ASSESSMENTS, ruling_name(name, case, ruling));
        let row = CaseRow::new(case, &ruling.verdict, stamp, assessment);
        push(CaseRow::FILE, &row.cells())?;
    }
    each(CriterionRow::of(case), &mut push)?;
    each(ReasonRow::of(case), &mut push)?;
    each(StepRow::of(case), &mut push)?;
    each(ProblemRow::of(case), &mut push)?;
    each(DocumentRow::of(case), &mut push)?;
    fact_rows(case).try_for_each(|row| push(folder::FACTS, &row.cells()))
}

fn each<R: Row>(
    rows: impl IntoIterator<Item = R>,
    push: &mut impl FnMut(&'static str, &[Cell<'_>]) -> io::Result<()>,
) -> io::Result<()> {
    rows.into_iter().try_for_each(|row| push(R::FILE, &row.cells()))
}

/// The facts of a case.
pub(super) fn fact_rows(case: &Case) -> impl Iterator<Item = FactRow<'_>> {
    case.chart.facts.iter().map(|fact| {
        let document = case.chart.documents.get(fact.place.document);
        FactRow {
            case_id: Some(&case.id),
            document: document.map_or("", |document| document.name.as_str()),
            part: document.map_or(0, |document| document.part),
            fact,
        }
    })
}

/// What the files of a ruling are named by: the case, and where it is held against several
/// policies, the policy. No case's name has an `@`, so no two are alike.
pub(super) fn ruling_name(of_case: &str, case: &Case, ruling: &Ruling) -> String {
    let verdict = &ruling.verdict;
    let of_id = case.rulings.iter().filter(|r| r.verdict.policy_id == verdict.policy_id).count();
    match (case.rulings.len(), of_id) {
        (0 | 1, _) => of_case.to_owned(),
        (_, 0 | 1) => format!("{of_case}@{}", name::safe(&verdict.policy_id)),
        _ => format!(
            "{of_case}@{}@{}",
            name::safe(&verdict.policy_id),
            name::safe(&verdict.policy_version)
        ),
    }
}
