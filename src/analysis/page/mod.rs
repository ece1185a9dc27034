//! A summary as one page that needs nothing beside itself: charts, tables that sort and filter, and
//! behind each number its cases.
//!
//! What a page says of a record are ids, codes, names of payers and providers, and the policies'
//! words; it quotes no record.

mod charts;
mod query;
mod sets;
mod svg;

use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, context};
use serde::Serialize;

use super::cohort::Cohort;
use super::figures::Measure;
use super::summary::{Figure, Group, Summary, Table};
use crate::error::Error;
use charts::Chart;

/// More cases than this are counted on a page and not listed.
const MOST_CASES: usize = 50_000;
/// Rows of a table on a page; CSV has all.
const MOST_ROWS: usize = 150;

/// A table as the page shows it.
#[derive(Serialize)]
struct Shown<'a> {
    name: &'a str,
    title: &'a str,
    note: &'a str,
    keys: Vec<String>,
    heads: Vec<&'static str>,
    rows: Vec<Row<'a>>,
    more: usize,
}

#[derive(Serialize)]
struct Row<'a> {
    keys: Vec<&'a str>,
    label: &'a str,
    cells: Vec<Cell>,
}

/// A figure as it is shown.
#[derive(Serialize, Default)]
struct Cell {
    /// What it sorts by.
    sort: f64,
    number: String,
    share: String,
    interval: String,
    /// Which cases it is of; empty where it leads to none.
    query: String,
}

/// A number at the head of the page.
#[derive(Serialize)]
struct Headline {
    title: &'static str,
    note: &'static str,
    cell: Cell,
}

/// The page of a summary. `roots` are the paths of the report folders from where the page will
/// stand, each empty or with a slash at its end.
///
/// # Errors
/// [`Error::Machine`] where the page's template cannot be filled, which its test rules out.
pub fn page(summary: &Summary, cohort: &Cohort, roots: &[String]) -> Result<String, Error> {
    // With small counts withheld no case is named.
    let named = summary.min_cell < 2 && cohort.len() <= MOST_CASES;
    let links = query::Links { named, one_ruling: cohort.one_ruling() };
    let data = match named {
        // In a script element `<` begins nothing but markup.
        true => sets::data(cohort, roots).to_string().replace('<', "\\u003c"),
        false => String::new(),
    };
    let tables: Vec<Shown<'_>> = summary
        .tables
        .iter()
        .filter(|table| !matches!(table.name.as_str(), "overall" | "drift"))
        .filter(|table| !table.rows.is_empty())
        .map(|table| shown(table, links))
        .collect();
    let charts: Vec<Chart> = charts::all(summary, links);
    let view = context! {
        title => "Denial reasons",
        summary => context! {
            cases => summary.cases.map(svg::thousands),
            first_day => summary.days.as_ref().map(|days| days.0.as_str()),
            last_day => summary.days.as_ref().map(|days| days.1.as_str()),
            min_cell => summary.min_cell,
            policies => summary.policies.iter().map(|(policy, cases)| context! {
                name => policy, cases => cases.map(svg::thousands),
            }).collect::<Vec<_>>(),
        },
        reports => summary.reports.iter().map(|report| context! {
            folder => &report.folder, run_id => &report.run_id, engine_version => &report.engine_version,
        }).collect::<Vec<_>>(),
        headlines => Serde(headlines(summary, links)),
        charts => Serde(charts),
        tables => Serde(tables),
        named => named,
        data => data,
        style => include_str!("page.css"),
        script => include_str!("page.js"),
    };
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    let filled = environment
        .add_template("page", include_str!("page.html.j2"))
        .and_then(|()| environment.get_template("page")?.render(view));
    filled.map_err(|error| Error::Machine {
        place: "report.html".into(),
        problem: format!("the page's template cannot be filled: {:?}", error.kind()),
    })
}

fn headlines(summary: &Summary, links: query::Links) -> Vec<Headline> {
    let Some((table, row)) = summary.table("overall").and_then(|t| Some((t, t.rows.first()?)))
    else {
        return Vec::new();
    };
    let told = [
        (Measure::Cases, "Cases", "held against a policy"),
        (Measure::Against, "With a reason against", "any of them"),
        (Measure::CriterionFailed, "A criterion failed", "by what the record says"),
        (Measure::MissingDocumentation, "Documentation missing", "for at least one criterion"),
        (Measure::DocumentationOnly, "Documentation only", "nothing else stands against them"),
        (Measure::OneFixAway, "One fix away", "one step alone would do"),
        (Measure::Curable, "Curable", "every reason can be cured"),
    ];
    let headline = |(measure, title, note)| {
        let figure = row.figure(table, measure)?;
        Some(Headline { title, note, cell: cell(table, row, measure, figure, links) })
    };
    told.into_iter().filter_map(headline).collect()
}

fn shown(table: &Table, links: query::Links) -> Shown<'_> {
    let rows = table.rows.iter().take(MOST_ROWS).map(|row| Row {
        keys: row.keys.iter().map(String::as_str).collect(),
        label: &row.label,
        cells: table
            .measures
            .iter()
            .zip(&row.figures)
            .map(|(measure, figure)| cell(table, row, *measure, figure, links))
            .collect(),
    });
    Shown {
        name: &table.name,
        title: &table.title,
        note: table.note,
        keys: table.keys.iter().map(|key| key.replace('_', " ")).collect(),
        heads: table.measures.iter().map(|measure| measure.title()).collect(),
        rows: rows.collect(),
        more: table.rows.len().saturating_sub(MOST_ROWS),
    }
}

fn cell(
    table: &Table,
    row: &Group,
    measure: Measure,
    figure: &Figure,
    links: query::Links,
) -> Cell {
    if figure.withheld {
        return Cell { sort: -1.0, number: "*".into(), ..Cell::default() };
    }
    if measure.is_value() {
        let value = figure.value;
        return Cell {
            sort: value.unwrap_or(-1e9),
            number: value.map_or(String::new(), |value| match measure {
                Measure::Lift => format!("{value:.2}"),
                Measure::Change => format!("{value:+.1}"),
                _ => svg::percent(value),
            }),
            ..Cell::default()
        };
    }
    let number = figure.count.map_or(String::new(), svg::thousands);
    let interval = figure.interval().filter(|_| figure.of != Some(0));
    Cell {
        sort: figure.count.map_or(-1.0, |count| count as f64),
        number,
        // Of none there is nothing more to say.
        share: match figure.count {
            Some(1..) => figure.share().map_or(String::new(), svg::percent),
            _ => String::new(),
        },
        interval: interval.map_or(String::new(), |(low, high)| {
            format!("{:.1}-{:.1} %", 100.0 * low, 100.0 * high)
        }),
        query: match figure.count {
            Some(1..) => links.of(table, row, measure),
            _ => String::new(),
        },
    }
}
