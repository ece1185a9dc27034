//! A summary as tables for a terminal, as CSV and as JSON.

use std::io::Cursor;
use std::path::Path;

use serde_json::{Value, json};

use super::cohort::Report;
use super::figures::Measure;
use super::summary::{Figure, Group, Summary, Table};
use crate::report::{Book, Cell, Column, CsvTable, Schema, cut, printable};

/// The columns of a summary as one table: a line a figure.
pub const COLUMNS: &[&str] = &[
    "table", "key_1", "value_1", "key_2", "value_2", "label", "measure", "count", "of", "share",
    "low", "high", "value", "withheld",
];

/// The figures as lines of one table, ready for a pivot; the columns are [`COLUMNS`].
pub fn lines(summary: &Summary) -> impl Iterator<Item = Vec<Cell<'_>>> {
    summary.tables.iter().flat_map(|table| {
        table.rows.iter().flat_map(move |row| {
            let figures = table.measures.iter().zip(&row.figures);
            figures.map(move |(measure, figure)| line(table, row, *measure, figure))
        })
    })
}

fn line<'a>(table: &'a Table, row: &'a Group, measure: Measure, figure: &Figure) -> Vec<Cell<'a>> {
    let key = |place: usize| Cell::text(table.keys.get(place).copied().unwrap_or_default());
    let value = |place: usize| Cell::text(row.keys.get(place).map_or("", String::as_str));
    let count = |count: Option<u64>| count.map_or(Cell::Empty, Cell::Count);
    let number = |value: Option<f64>| Cell::number(value.map(six));
    let interval = figure.interval();
    vec![
        Cell::text(table.name.as_str()),
        key(0),
        value(0),
        key(1),
        value(1),
        Cell::text(row.label.as_str()),
        Cell::text(measure.as_str()),
        count(figure.count),
        count(figure.of),
        number(figure.share()),
        number(interval.map(|(low, _)| low)),
        number(interval.map(|(_, high)| high)),
        number(figure.value),
        Cell::Flag(figure.withheld),
    ]
}

/// Six decimals: what is beyond them is no figure of a count.
fn six(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

/// The summary as CSV.
///
/// # Errors
/// What writing to memory says, which is nothing.
pub fn csv(summary: &Summary) -> std::io::Result<Vec<u8>> {
    let mut table = CsvTable::begin(Vec::new(), COLUMNS)?;
    lines(summary).try_for_each(|line| table.push(&line))?;
    table.finish()
}

/// The summary as a workbook: a sheet `summary` with a line a figure, ready for a pivot, and a sheet
/// `about`. `room` is a folder for files without a name.
///
/// # Errors
/// What the system says of those files.
pub fn xlsx(summary: &Summary, room: &Path) -> std::io::Result<Vec<u8>> {
    let mut book = Book::begin(room, &[])?;
    sheet(summary, &mut book)?;
    let table = book.add(&Schema { file: "about.csv", columns: words(&["what", "value"]) })?;
    about(summary).iter().try_for_each(|(what, value)| {
        book.push(table, &[Cell::text(*what), Cell::text(value.as_str())])
    })?;
    let mut bytes = Cursor::new(Vec::new());
    book.finish(&mut bytes)?;
    Ok(bytes.into_inner())
}

/// Adds a sheet `summary` with a line a figure, ready for a pivot.
///
/// # Errors
/// What the system says of the workbook's files.
pub fn sheet(summary: &Summary, book: &mut Book) -> std::io::Result<()> {
    let table = book.add(&Schema { file: "summary.csv", columns: words(COLUMNS) })?;
    lines(summary).try_for_each(|line| book.push(table, &line))
}

/// Columns of words; what a pivot counts is told apart by `what` it is.
fn words(names: &[&'static str]) -> Vec<Column> {
    names.iter().copied().map(Column::text).collect()
}

/// What a summary is of, line by line.
fn about(summary: &Summary) -> Vec<(&'static str, String)> {
    let shown = |count: Option<u64>| count.map_or("*".to_owned(), |count| count.to_string());
    let mut about = vec![("cases", shown(summary.cases))];
    if let Some((first, last)) = &summary.days {
        about.push(("judged as of", format!("{first} to {last}")));
    }
    for Report { folder, run_id, engine_version } in &summary.reports {
        about.push(("report", format!("{folder}, run {run_id}, chartsift {engine_version}")));
    }
    for (policy, cases) in &summary.policies {
        about.push(("policy", format!("{policy}, {} cases", shown(*cases))));
    }
    about.push(("intervals", "Wilson, 95 %".to_owned()));
    if summary.min_cell > 1 {
        about.push((
            "withheld",
            format!("counts below {}, and what would tell them", summary.min_cell),
        ));
    }
    about
}

/// The summary as JSON.
pub fn json(summary: &Summary) -> Value {
    let tables: Vec<Value> = summary.tables.iter().map(table_json).collect();
    json!({
        "program": "chartsift",
        "summary_version": 1,
        "reports": summary.reports.iter().map(|report| json!({
            "folder": report.folder, "run_id": report.run_id, "engine_version": report.engine_version,
        })).collect::<Vec<_>>(),
        "cases": summary.cases,
        "first_day": summary.days.as_ref().map(|days| &days.0),
        "last_day": summary.days.as_ref().map(|days| &days.1),
        "policies": summary.policies.iter().map(|(policy, cases)| json!({"policy": policy, "cases": cases})).collect::<Vec<_>>(),
        "min_cell": summary.min_cell,
        "interval": "Wilson, 95 %",
        "tables": tables,
    })
}

fn table_json(table: &Table) -> Value {
    let rows: Vec<Value> = table
        .rows
        .iter()
        .map(|row| {
            let figures: serde_json::Map<String, Value> = table
                .measures
                .iter()
                .zip(&row.figures)
                .map(|(measure, figure)| {
                    (measure.as_str().to_owned(), figure_json(*measure, figure))
                })
                .collect();
            json!({"keys": row.keys, "label": row.label, "figures": figures})
        })
        .collect();
    json!({"name": table.name, "title": table.title, "note": table.note, "keys": table.keys, "rows": rows})
}

fn figure_json(measure: Measure, figure: &Figure) -> Value {
    match figure {
        Figure { withheld: true, .. } => json!({"withheld": true}),
        figure if measure.is_value() => json!({"value": figure.value.map(six)}),
        figure => {
            let interval = figure.interval();
            json!({
                "count": figure.count,
                "of": figure.of,
                "share": figure.share().map(six),
                "low": interval.map(|(low, _)| six(low)),
                "high": interval.map(|(_, high)| six(high)),
            })
        }
    }
}

/// Rows of a table that a terminal shows; the other forms have all.
const MOST: usize = 15;
/// Widest name of a group, in characters.
const NAME: usize = 44;

/// The summary as tables for a terminal.
pub fn text(summary: &Summary) -> String {
    let mut out = head(summary);
    for table in summary.tables.iter().filter(|table| !table.rows.is_empty()) {
        out.push_str(&format!("\n{}\n", table.title));
        table_text(&mut out, table);
    }
    if summary.min_cell > 1 {
        out.push_str(&format!("\n* withheld: below {}, or would tell what is\n", summary.min_cell));
    }
    out
}

/// What the summary is of.
fn head(summary: &Summary) -> String {
    let cases = summary.cases.map_or("*".to_owned(), |count| count.to_string());
    let days = match &summary.days {
        Some((first, last)) => format!(", as of {first} to {last}"),
        None => String::new(),
    };
    let mut out = format!("{cases} cases{days}\n");
    for report in &summary.reports {
        let shown = printable(&report.folder);
        out.push_str(&format!("report  {shown} (run {})\n", printable(&report.run_id)));
    }
    for (policy, cases) in &summary.policies {
        let cases = cases.map_or("*".to_owned(), |count| count.to_string());
        out.push_str(&format!("policy  {} ({cases} cases)\n", printable(policy)));
    }
    out
}

fn table_text(out: &mut String, table: &Table) {
    let mut header = vec![table.keys.join(", ").replace('_', " "), "cases".to_owned()];
    header.extend(["share", "95 % interval"].map(str::to_owned));
    header.extend(table.measures.iter().skip(1).map(|measure| measure.short().to_owned()));
    let mut lines = vec![header];
    for row in table.rows.iter().take(MOST) {
        lines.push(row_text(table, row));
    }
    let width = |column: usize| lines.iter().map(|l| l[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..lines[0].len()).map(width).collect();
    for line in &lines {
        let mut shown = String::new();
        for (place, (cell, width)) in line.iter().zip(&widths).enumerate() {
            match place {
                0 => shown.push_str(&format!("  {cell:width$}")),
                _ => shown.push_str(&format!("  {cell:>width$}")),
            }
        }
        out.push_str(shown.trim_end());
        out.push('\n');
    }
    if table.rows.len() > MOST {
        let more = table.rows.len() - MOST;
        out.push_str(&format!("  … and {more} more; --format csv has all\n"));
    }
}

fn row_text(table: &Table, row: &Group) -> Vec<String> {
    let first = row.figures.first().copied().unwrap_or_default();
    let percent = |share: f64| format!("{:.1}", 100.0 * share);
    let mut line = vec![
        name(table, row),
        count_text(&first),
        first.share().map_or(String::new(), |share| format!("{} %", percent(share))),
        first
            .interval()
            .map_or(String::new(), |(low, high)| format!("{}-{}", percent(low), percent(high))),
    ];
    for (measure, figure) in table.measures.iter().zip(&row.figures).skip(1) {
        line.push(match measure {
            _ if figure.withheld => "*".to_owned(),
            Measure::Lift => figure.value.map_or(String::new(), |value| format!("{value:.2}")),
            Measure::Change => figure.value.map_or(String::new(), |value| format!("{value:+.1}")),
            measure if measure.is_value() => {
                figure.value.map_or(String::new(), |value| format!("{} %", percent(value)))
            }
            _ => count_text(figure),
        });
    }
    line
}

fn count_text(figure: &Figure) -> String {
    match figure.count {
        Some(count) => count.to_string(),
        None if figure.withheld => "*".to_owned(),
        None => String::new(),
    }
}

/// What a group is called: its words where it has any, else its keys.
fn name(table: &Table, row: &Group) -> String {
    let shown = |key: &String| if key.is_empty() { "(none)".to_owned() } else { printable(key) };
    let keys: Vec<String> = row.keys.iter().map(shown).collect();
    let words = match (table.keys.as_slice(), row.label.as_str()) {
        ([], _) => "all".to_owned(),
        (_, "") => keys.join(" · "),
        ([_], label) => printable(label),
        // Of two keys the words are those of one.
        _ => keys.join(" · "),
    };
    cut(&words, NAME)
}
