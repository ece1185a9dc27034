//! Charts as SVG, drawn here: axes begin at zero, colours come from the page's style, and every
//! mark that stands for cases names them in `data-q`.

use std::fmt::Write;

use crate::report::cut;

/// Width of a chart, in pixels of its own.
const WIDTH: f64 = 880.0;
/// Room for the names at the left, and for the numbers at the right.
const NAMES: f64 = 340.0;
const NUMBERS: f64 = 118.0;
/// Height of a row.
const ROW: f64 = 26.0;
/// Longest name, in characters.
pub const LONGEST: usize = 45;

/// A length of a bar.
pub struct Part {
    /// Share of all, 0-1.
    pub share: f64,
    /// Class of its colour.
    pub class: &'static str,
}

/// A row of a bar chart.
pub struct Bar {
    /// What it is of.
    pub name: String,
    /// Laid end to end from zero.
    pub parts: Vec<Part>,
    /// The interval of the whole.
    pub interval: Option<(f64, f64)>,
    /// What stands at its end.
    pub number: String,
    /// Which cases it is of; empty where it leads to none.
    pub query: String,
    /// Share of a line that runs down the chart, as a Pareto chart's.
    pub line: Option<f64>,
}

/// What a chart is called for those who do not see it, and what its axis shows.
pub struct Titles<'a> {
    /// In a sentence.
    pub label: &'a str,
    /// What the axis shows.
    pub axis: &'a str,
    /// What the line shows, where there is one.
    pub line: &'a str,
}

/// Words as text of an HTML or SVG element or of an attribute.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// A share as "12 %", with a decimal where it is small.
pub fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    match percent {
        // The space is one that no line breaks at.
        p if p == 0.0 || p >= 10.0 => format!("{p:.0}\u{a0}%"),
        p => format!("{p:.1}\u{a0}%"),
    }
}

/// A count with its thousands parted.
pub fn thousands(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The end of an axis from zero that holds `most`, and the step between its marks.
fn scale(most: f64) -> (f64, f64) {
    let steps = [0.01, 0.02, 0.05, 0.1, 0.2, 0.25];
    let step = steps.into_iter().find(|step| most / step <= 5.0).unwrap_or(0.25);
    (((most / step).ceil() * step).clamp(step, 1.0), step)
}

fn open(label: &str, height: f64) -> String {
    format!(
        "<svg viewBox=\"0 0 {WIDTH} {height:.0}\" role=\"group\" aria-label=\"{}\">",
        escape(label)
    )
}

fn text(out: &mut String, (x, y): (f64, f64), class: &str, words: &str) {
    let _ =
        write!(out, "<text x=\"{x:.1}\" y=\"{y:.1}\" class=\"{class}\">{}</text>", escape(words));
}

fn line(out: &mut String, (x0, y0): (f64, f64), (x1, y1): (f64, f64), class: &str) {
    let _ = write!(
        out,
        "<line x1=\"{x0:.1}\" y1=\"{y0:.1}\" x2=\"{x1:.1}\" y2=\"{y1:.1}\" class=\"{class}\"/>"
    );
}

fn rect(out: &mut String, (x, y): (f64, f64), (width, height): (f64, f64), class: &str) {
    let _ = write!(
        out,
        "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" class=\"{class}\"/>"
    );
}

/// Begins what stands for cases.
fn group(out: &mut String, query: &str, title: &str) {
    let query = match query {
        "" => String::new(),
        query => format!(" data-q=\"{}\"", escape(query)),
    };
    let _ = write!(out, "<g{query}><title>{}</title>", escape(title));
}

/// Marks of an axis from `x0` to `x1`, from zero to `most`.
fn axis(out: &mut String, (x0, x1): (f64, f64), (top, bottom): (f64, f64), most: f64, step: f64) {
    let marks = (most / step).round() as usize;
    for mark in 0..=marks {
        let share = mark as f64 * step;
        let x = x0 + (x1 - x0) * share / most;
        line(out, (x, top), (x, bottom), "grid");
        text(out, (x, bottom + 15.0), "mark mid", &format!("{:.0} %", 100.0 * share));
    }
}

/// Horizontal bars, the longest at the top.
pub fn bars(titles: &Titles<'_>, bars: &[Bar]) -> String {
    let pareto = bars.iter().any(|bar| bar.line.is_some());
    let top = if pareto { 34.0 } else { 6.0 };
    let bottom = top + ROW * bars.len() as f64;
    let mut out = open(titles.label, bottom + 40.0);
    let most = bars.iter().map(|bar| {
        let whole = bar.parts.iter().map(|part| part.share).sum::<f64>();
        bar.interval.map_or(whole, |(_, high)| high.max(whole))
    });
    let (most, step) = scale(most.fold(0.0, f64::max));
    let (x0, x1) = (NAMES, WIDTH - NUMBERS);
    axis(&mut out, (x0, x1), (top, bottom), most, step);
    text(&mut out, (x0, bottom + 32.0), "mark", titles.axis);
    for (place, bar) in bars.iter().enumerate() {
        let y = top + ROW * place as f64;
        group(&mut out, &bar.query, &format!("{}: {}", bar.name, bar.number));
        text(&mut out, (x0 - 8.0, y + 17.0), "name end", &cut(&bar.name, LONGEST));
        let mut x = x0;
        for part in &bar.parts {
            let width = (x1 - x0) * part.share / most;
            if width > 0.0 {
                rect(&mut out, (x, y + 4.0), (width, ROW - 8.0), part.class);
            }
            x += width;
        }
        if let Some((low, high)) = bar.interval {
            let at = |share: f64| x0 + (x1 - x0) * share / most;
            line(&mut out, (at(low), y + ROW / 2.0), (at(high), y + ROW / 2.0), "whisker");
            for end in [low, high] {
                line(&mut out, (at(end), y + 9.0), (at(end), y + ROW - 9.0), "whisker");
            }
        }
        text(&mut out, (x1 + 8.0, y + 17.0), "number", &bar.number);
        out.push_str("</g>");
    }
    if pareto {
        let at = |share: f64| x0 + (x1 - x0) * share;
        let points: Vec<String> = bars
            .iter()
            .enumerate()
            .filter_map(|(place, bar)| Some((place, bar.line?)))
            .map(|(place, share)| {
                format!("{:.1},{:.1}", at(share), top + ROW * (place as f64 + 0.5))
            })
            .collect();
        let _ = write!(out, "<polyline points=\"{}\" class=\"trace\"/>", points.join(" "));
        for point in &points {
            if let Some((x, y)) = point.split_once(',') {
                let _ = write!(out, "<circle cx=\"{x}\" cy=\"{y}\" r=\"3\" class=\"dot\"/>");
            }
        }
        for mark in 0..=4 {
            let share = f64::from(mark) * 0.25;
            line(&mut out, (at(share), top - 5.0), (at(share), top), "tick");
            text(&mut out, (at(share), top - 9.0), "mark mid over", &percent(share));
        }
        text(&mut out, (x0 - 24.0, top - 9.0), "mark end over", titles.line);
    }
    out.push_str("</svg>");
    out
}

/// A row of a dot plot.
pub struct Dot {
    /// What it is of.
    pub name: String,
    /// Its share, 0-1, with its interval.
    pub share: f64,
    /// The interval.
    pub interval: (f64, f64),
    /// What stands at the end.
    pub number: String,
    /// Which cases it is of.
    pub query: String,
}

/// Shares with their intervals, and where that of all lies.
pub fn dots(titles: &Titles<'_>, dots: &[Dot], all: Option<f64>) -> String {
    let bottom = 22.0 + ROW * dots.len() as f64;
    let mut out = open(titles.label, bottom + 40.0);
    let most = dots.iter().map(|dot| dot.interval.1).chain(all).fold(0.0, f64::max);
    let (most, step) = scale(most);
    let (x0, x1) = (NAMES, WIDTH - NUMBERS);
    let at = |share: f64| x0 + (x1 - x0) * share / most;
    axis(&mut out, (x0, x1), (22.0, bottom), most, step);
    text(&mut out, (x0, bottom + 32.0), "mark", titles.axis);
    if let Some(all) = all {
        line(&mut out, (at(all), 18.0), (at(all), bottom), "all");
        text(&mut out, (at(all), 13.0), "mark mid", &format!("all {}", percent(all)));
    }
    for (place, dot) in dots.iter().enumerate() {
        let y = 22.0 + ROW * (place as f64 + 0.5);
        group(&mut out, &dot.query, &format!("{}: {}", dot.name, dot.number));
        text(&mut out, (x0 - 8.0, y + 4.0), "name end", &cut(&dot.name, LONGEST));
        line(&mut out, (at(dot.interval.0), y), (at(dot.interval.1), y), "range");
        let _ = write!(
            out,
            "<circle cx=\"{:.1}\" cy=\"{y:.1}\" r=\"5\" class=\"point\"/>",
            at(dot.share)
        );
        text(&mut out, (x1 + 8.0, y + 4.0), "number", &dot.number);
        out.push_str("</g>");
    }
    out.push_str("</svg>");
    out
}

/// A pair's place in a heat map.
pub struct Heat {
    /// Row and column, counted from 0.
    pub at: (usize, usize),
    /// How many times more often than by chance.
    pub lift: f64,
    /// What stands in it.
    pub number: String,
    /// Which cases it is of.
    pub query: String,
}

/// A square of pairs; columns are numbered as rows are.
pub fn heat(label: &str, names: &[String], cells: &[Heat]) -> String {
    let side = 40.0;
    let top = 24.0;
    let (x0, bottom) = (NAMES + 24.0, top + 30.0 * names.len() as f64);
    let mut out = open(label, bottom + 8.0);
    for (place, name) in names.iter().enumerate() {
        let y = top + 30.0 * place as f64;
        text(&mut out, (x0 - 30.0, y + 19.0), "name end", &cut(name, LONGEST));
        text(&mut out, (x0 - 8.0, y + 19.0), "mark end", &(place + 1).to_string());
        let x = x0 + side * (place as f64 + 0.5);
        text(&mut out, (x, top - 8.0), "mark mid", &(place + 1).to_string());
    }
    for cell in cells {
        let (row, column) = cell.at;
        let (x, y) = (x0 + side * column as f64, top + 30.0 * row as f64);
        // Twice and half as often as by chance are equally far from it.
        let far = cell.lift.max(0.01).log2().clamp(-2.0, 2.0) / 2.0;
        let class = if far < 0.0 { "less" } else { "more" };
        let title =
            format!("{} and {}: {}, lift {:.2}", names[row], names[column], cell.number, cell.lift);
        group(&mut out, &cell.query, &title);
        let _ = write!(
            out,
            "<rect x=\"{x:.0}\" y=\"{y:.0}\" width=\"{:.0}\" height=\"28\" class=\"{class}\" fill-opacity=\"{:.2}\"/>",
            side - 2.0,
            far.abs() * 0.6
        );
        text(&mut out, (x + side / 2.0 - 1.0, y + 18.0), "cell mid", &cell.number);
        out.push_str("</g>");
    }
    out.push_str("</svg>");
    out
}

/// One small chart of shares month by month.
pub struct Trend {
    /// What it is of.
    pub name: String,
    /// Month, share and interval, in order; months that are withheld are left out.
    pub points: Vec<(String, f64, (f64, f64))>,
}

/// Small charts side by side, all on one scale.
pub fn trends(label: &str, trends: &[Trend]) -> String {
    let across = 2;
    let (width, height, gap) = (WIDTH / across as f64, 150.0, 16.0);
    let rows = trends.len().div_ceil(across);
    let mut out = open(label, (height + gap) * rows as f64);
    let highest = trends.iter().flat_map(|t| &t.points).map(|(_, _, (_, high))| *high);
    let (most, step) = scale(highest.fold(0.0, f64::max));
    for (place, trend) in trends.iter().enumerate() {
        let (left, top) =
            ((place % across) as f64 * width, (place / across) as f64 * (height + gap));
        let (x0, x1) = (left + 44.0, left + width - 22.0);
        let (y0, y1) = (top + height - 20.0, top + 26.0);
        text(&mut out, (left + 4.0, top + 14.0), "name", &cut(&trend.name, 56));
        let y = |share: f64| y0 + (y1 - y0) * share / most;
        for mark in 0..=(most / step).round() as usize {
            let share = mark as f64 * step;
            line(&mut out, (x0, y(share)), (x1, y(share)), "grid");
            text(
                &mut out,
                (x0 - 6.0, y(share) + 4.0),
                "mark end",
                &format!("{:.0} %", 100.0 * share),
            );
        }
        let last = trend.points.len().saturating_sub(1).max(1) as f64;
        let x = |place: usize| x0 + (x1 - x0) * place as f64 / last;
        let upper = trend.points.iter().enumerate().map(|(i, p)| (i, p.2.1));
        let lower = trend.points.iter().enumerate().rev().map(|(i, p)| (i, p.2.0));
        let corners: Vec<String> =
            upper.chain(lower).map(|(i, s)| format!("{:.1},{:.1}", x(i), y(s))).collect();
        let _ = write!(out, "<polygon points=\"{}\" class=\"band\"/>", corners.join(" "));
        let points: Vec<String> = trend
            .points
            .iter()
            .enumerate()
            .map(|(i, (_, share, _))| format!("{:.1},{:.1}", x(i), y(*share)))
            .collect();
        let _ = write!(out, "<polyline points=\"{}\" class=\"trace-main\"/>", points.join(" "));
        for (i, (month, share, (low, high))) in trend.points.iter().enumerate() {
            let title =
                format!("{month}: {} ({}-{})", percent(*share), percent(*low), percent(*high));
            group(&mut out, "", &title);
            let (x, y) = (x(i), y(*share));
            let _ =
                write!(out, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\" class=\"point\"/></g>");
        }
        let ends = [trend.points.first(), trend.points.last()];
        for (end, at, class) in [(ends[0], x0, "mark"), (ends[1], x1, "mark end")] {
            if let Some((month, _, _)) = end {
                text(&mut out, (at, y0 + 15.0), class, month);
            }
        }
    }
    out.push_str("</svg>");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_begins_at_zero_and_holds_the_longest_bar() {
        for most in [0.004, 0.03, 0.11, 0.5, 0.77, 1.0] {
            let (end, step) = scale(most);
            assert!(end >= most && end <= 1.0 && end / step <= 5.5, "{most}: {end} by {step}");
        }
    }

    #[test]
    fn thousands_are_parted() {
        let told = [0, 999, 1_000, 12_345, 1_234_567].map(thousands);
        assert_eq!(told, ["0", "999", "1,000", "12,345", "1,234,567"]);
    }

    #[test]
    fn names_are_no_markup() {
        let bar = Bar {
            name: "</text><script>\"x\"".into(),
            parts: vec![Part { share: 0.5, class: "a" }],
            interval: None,
            number: "1".into(),
            query: "payer=\"><b>".into(),
            line: None,
        };
        let chart = bars(&Titles { label: "<", axis: "&", line: "" }, &[bar]);
        assert!(!chart.contains("<script>") && !chart.contains("<b>"), "{chart}");
        assert!(chart.contains("&lt;/text&gt;&lt;script&gt;"));
    }
}
