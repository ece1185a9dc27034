//! The page's charts, each made of one table of the summary.

use serde::Serialize;

use super::query::Links;
use super::svg::{self, Bar, Dot, Heat, Part, Titles, Trend, percent, thousands};
use crate::analysis::figures::Measure;
use crate::analysis::summary::{Group, Summary, Table};

/// A chart with its words.
#[derive(Serialize)]
pub struct Chart {
    /// What it is called.
    title: &'static str,
    /// What it shows, in a sentence or two.
    note: String,
    /// Colours and what they stand for.
    legend: Vec<(&'static str, &'static str)>,
    /// The picture.
    svg: String,
}

/// Every chart that the summary has the figures for.
pub fn all(summary: &Summary, links: Links) -> Vec<Chart> {
    let table = |name: &str| summary.table(name).filter(|table| !table.rows.is_empty());
    let mut charts: Vec<Option<Chart>> = vec![
        table("reason").map(|table| reasons(table, links)),
        table("missing").map(|table| pareto(table, links)),
        table("fixes").map(|table| fixes(table, links)),
        table("pathway").and_then(|table| funnel(table, links)),
        table("legibility").map(|table| legibility(table, links)),
        table("together").and_then(|together| heat(table("reason")?, together, links)),
    ];
    for name in ["provider", "payer"] {
        charts.push(table(name).and_then(|table| whom(summary, table, links)));
    }
    charts.push(table("drift").and_then(drift));
    charts.into_iter().flatten().collect()
}

/// What a group is called on a chart: its words, or its key where that says it more shortly.
fn name(row: &Group) -> String {
    match (row.label.as_str(), row.keys.first().map_or("", String::as_str)) {
        ("", "") => "(not given)".to_owned(),
        ("", key) => key.to_owned(),
        (label, key) if label.starts_with(key) && label.chars().count() > svg::LONGEST => {
            key.to_owned()
        }
        (label, _) => label.to_owned(),
    }
}

/// A count with its share.
fn number(count: u64, share: f64) -> String {
    format!("{} ({})", thousands(count), percent(share))
}

const UNDOCUMENTED: (&str, &str) = ("undocumented", "missing documentation");
const FAILED: (&str, &str) = ("failed", "criterion failed");
const OTHER: (&str, &str) = ("other", "policy exclusion, inconsistent record");

fn reasons(table: &Table, links: Links) -> Chart {
    let bars = table.rows.iter().take(15).filter_map(|row| {
        let figure = row.figure(table, Measure::Cases)?;
        let (count, of) = (figure.count?, figure.of?);
        // A withheld part goes with what is left.
        let part = |measure| row.count(table, measure).unwrap_or_default().min(count);
        let undocumented = part(Measure::MissingDocumentation);
        let failed = part(Measure::CriterionFailed).min(count - undocumented);
        let parts = [
            (undocumented, UNDOCUMENTED.0),
            (failed, FAILED.0),
            (count - undocumented - failed, OTHER.0),
        ];
        Some(Bar {
            name: name(row),
            parts: parts
                .map(|(count, class)| Part { share: count as f64 / of as f64, class })
                .into(),
            interval: figure.interval(),
            number: number(count, figure.share()?),
            query: links.of(table, row, Measure::Cases),
            line: None,
        })
    });
    let titles = Titles {
        label: "Bar chart of the most frequent reasons against requests",
        axis: "share of all cases; the thin line is the interval at 95 %",
        line: "",
    };
    Chart {
        title: "Why requests fail",
        note: "The most frequent reasons. A case may have several, so the shares do not add up."
            .to_owned(),
        legend: vec![UNDOCUMENTED, FAILED, OTHER],
        svg: svg::bars(&titles, &bars.collect::<Vec<_>>()),
    }
}

fn pareto(table: &Table, links: Links) -> Chart {
    let bars = table.rows.iter().take(15).filter_map(|row| {
        let figure = row.figure(table, Measure::Cases)?;
        let share = figure.share()?;
        Some(Bar {
            name: name(row),
            parts: vec![Part { share, class: "undocumented" }],
            interval: None,
            number: number(figure.count?, share),
            query: links.of(table, row, Measure::Cases),
            line: row.figure(table, Measure::Cumulative).and_then(|figure| figure.value),
        })
    });
    let titles = Titles {
        label: "Pareto chart of the facts that records lack most often",
        axis: "bars: share of all cases",
        line: "line: of all that is missing, up to here",
    };
    Chart {
        title: "What the records lack",
        note: format!(
            "The facts whose absence leaves a criterion open, most frequent first, of {}.",
            table.rows.len()
        ),
        legend: vec![
            ("undocumented", "cases"),
            ("tracekey", "cumulative share of all that is missing"),
        ],
        svg: svg::bars(&titles, &bars.collect::<Vec<_>>()),
    }
}

fn fixes(table: &Table, links: Links) -> Chart {
    let bars = table.rows.iter().take(12).filter_map(|row| {
        let (alone, helps) =
            (row.figure(table, Measure::Alone)?, row.figure(table, Measure::Helps)?);
        let (first, all) = (alone.share().unwrap_or_default(), helps.share()?);
        Some(Bar {
            name: name(row),
            parts: vec![
                Part { share: first.min(all), class: "alone" },
                Part { share: (all - first).max(0.0), class: "helps" },
            ],
            interval: None,
            number: match alone.count {
                Some(alone) => format!("{} / {}", thousands(alone), thousands(helps.count?)),
                None => format!("* / {}", thousands(helps.count?)),
            },
            query: links.of(table, row, Measure::Helps),
            line: None,
        })
    });
    let titles = Titles {
        label: "Bar chart of the steps that would cure reasons",
        axis: "share of all cases",
        line: "",
    };
    Chart {
        title: "What would cure it",
        note: "Cases with a reason that the step cures; and those that it alone would bring to meet every \
               required criterion, but for an exclusion of the policy. At the end: alone / cures a reason."
            .to_owned(),
        legend: vec![("alone", "would do alone"), ("helps", "cures a reason")],
        svg: svg::bars(&titles, &bars.collect::<Vec<_>>()),
    }
}

fn funnel(table: &Table, links: Links) -> Option<Chart> {
    // Policies have pathways of their own: that of most cases.
    let of = |row: &&Group| row.figure(table, Measure::Through).and_then(|figure| figure.of);
    let policy = &table.rows.iter().max_by_key(|row| of(row))?.keys[0];
    let own = || table.rows.iter().filter(|row| row.keys[0] == *policy);
    let all = own().find_map(|row| of(&row))?;
    let whole = Bar {
        name: "all cases of the policy".to_owned(),
        parts: vec![Part { share: 1.0, class: "through" }],
        interval: None,
        number: number(all, 1.0),
        query: String::new(),
        line: None,
    };
    // A step that few cases have is no stage of a funnel.
    let stages = own().filter(|row| {
        row.figure(table, Measure::Cases).and_then(|figure| figure.share()).is_some_and(|s| s > 0.5)
    });
    let bars = stages.filter_map(|row| {
        let figure = row.figure(table, Measure::Through)?;
        let share = figure.share()?;
        Some(Bar {
            name: row.label.clone(),
            parts: vec![Part { share, class: "through" }],
            interval: None,
            number: number(figure.count?, share),
            query: links.of(table, row, Measure::Through),
            line: None,
        })
    });
    let titles = Titles {
        label: "Funnel of cases along the pathway",
        axis: "cases with this and every earlier step done or not applicable",
        line: "",
    };
    Some(Chart {
        title: "How far cases have got",
        note: format!(
            "The pathway of {policy}, step by step: how many cases have come through so far."
        ),
        legend: Vec::new(),
        svg: svg::bars(&titles, &[whole].into_iter().chain(bars).collect::<Vec<_>>()),
    })
}

fn legibility(table: &Table, links: Links) -> Chart {
    let bars = table.rows.iter().filter_map(|row| {
        let cases = row.count(table, Measure::Cases)?;
        let rate = row.figure(table, Measure::UndocumentedRate)?.value?;
        Some(Bar {
            name: name(row),
            parts: vec![Part { share: rate, class: "undocumented" }],
            interval: None,
            number: format!("{} of {}", percent(rate), thousands(cases)),
            query: links.of(table, row, Measure::Cases),
            line: None,
        })
    });
    let titles = Titles {
        label: "Bar chart of required criteria left open by legibility",
        axis: "share of required criteria that the records leave open",
        line: "",
    };
    Chart {
        title: "Bad faxes or bad notes",
        note: "What records leave open, by how well they could be read. Where print is clear and much is \
               open, the notes are silent; where more is open because print is poor, ask for a clearer \
               copy. At the end: the share, and of how many cases."
            .to_owned(),
        legend: Vec::new(),
        svg: svg::bars(&titles, &bars.collect::<Vec<_>>()),
    }
}

fn heat(reasons: &Table, together: &Table, links: Links) -> Option<Chart> {
    let shown: Vec<&Group> = reasons.rows.iter().take(12).collect();
    let place = |key: &str| shown.iter().position(|row| row.keys[0] == key);
    let cells: Vec<Heat> = together
        .rows
        .iter()
        .filter_map(|row| {
            let (a, b) = (place(&row.keys[0])?, place(&row.keys[1])?);
            Some(Heat {
                at: (a.max(b), a.min(b)),
                lift: row.figure(together, Measure::Lift)?.value?,
                number: row.count(together, Measure::Cases)?.to_string(),
                query: links.of(together, row, Measure::Cases),
            })
        })
        .collect();
    let names: Vec<String> = shown.iter().map(|row| name(row)).collect();
    (!cells.is_empty()).then(|| Chart {
        title: "Which reasons come together",
        note: "Cases with both reasons, of the most frequent ones. The colour is the lift: how much more, or \
               less, often than if each came by itself; deepest at four times and at a quarter."
            .to_owned(),
        legend: vec![("more", "more often than by chance"), ("less", "less often")],
        svg: svg::heat("Heat map of reasons that come together", &names, &cells),
    })
}

fn whom(summary: &Summary, table: &Table, links: Links) -> Option<Chart> {
    let measure = Measure::MissingDocumentation;
    let dots: Vec<Dot> = table
        .rows
        .iter()
        .filter(|row| row.keys.iter().all(|key| !key.is_empty()))
        .take(15)
        .filter_map(|row| {
            let figure = row.figure(table, measure)?;
            Some(Dot {
                name: name(row),
                share: figure.share()?,
                interval: figure.interval()?,
                number: format!("{} of {}", thousands(figure.count?), thousands(figure.of?)),
                query: links.of(table, row, measure),
            })
        })
        .collect();
    let all = summary.table("overall");
    let all = all.and_then(|all| all.rows.first()?.figure(all, measure)?.share());
    let provider = table.name == "provider";
    let titles = Titles {
        label: "Dot plot of the share of cases with missing documentation, with intervals",
        axis: "share of their cases with documentation missing; the line is the interval at 95 %",
        line: "",
    };
    (dots.len() > 1).then(|| Chart {
        title: if provider {
            "Whose records lack documentation"
        } else {
            "Documentation missing, by payer"
        },
        note: "Those with the most cases. An interval that holds the line of all tells nothing of its own."
            .to_owned(),
        legend: Vec::new(),
        svg: svg::dots(&titles, &dots, all),
    })
}

fn drift(table: &Table) -> Option<Chart> {
    let mut trends: Vec<Trend> = Vec::new();
    for rows in table.rows.chunk_by(|a, b| a.keys[0] == b.keys[0]).take(6) {
        let points = rows.iter().filter(|row| !row.keys[1].is_empty()).filter_map(|row| {
            let figure = row.figure(table, Measure::Cases)?;
            Some((row.keys[1].clone(), figure.share()?, figure.interval()?))
        });
        trends.push(Trend { name: name(&rows[0]), points: points.collect() });
    }
    trends.retain(|trend| trend.points.len() > 1);
    (!trends.is_empty()).then(|| Chart {
        title: "Month by month",
        note: "The most frequent reasons, as a share of the cases judged as of a day of that month, with \
               their intervals; all on one scale."
            .to_owned(),
        legend: Vec::new(),
        svg: svg::trends("Line charts of the most frequent reasons by month", &trends),
    })
}
