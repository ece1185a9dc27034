//! `summarize` and `compare`: figures that others count too, a page that stands alone, and nobody
//! who can be picked out.

use crate::place::{Place, project, python, rows};

/// Every table that there is.
const ALL: &str = "reason,class,category,criterion,policy,determination,\
                   determination_without_exclusions,cpt,provider,payer,month,payer+reason,fixes,missing,\
                   together,legibility,drift,results,pathway,overrides";

/// A report `out` of the corpus's texts, with payers, providers and two months.
fn corpus(place: &Place) {
    let mut manifest = "case_id,path,as_of,cpt,payer,provider\n".to_owned();
    let mut packets: Vec<_> =
        std::fs::read_dir(project("corpus/packets")).unwrap().map(|e| e.unwrap().path()).collect();
    packets.sort();
    for (number, packet) in packets.iter().enumerate() {
        let id = packet.file_name().unwrap().to_str().unwrap();
        let mut texts: Vec<_> =
            std::fs::read_dir(packet).unwrap().map(|entry| entry.unwrap().path()).collect();
        texts.retain(|path| path.extension().is_some_and(|e| e == "txt"));
        texts.sort();
        for text in texts {
            let (payer, provider) = (["A", "<b>B</b>", ""][number % 3], number % 2);
            let day = ["2026-03-01", "2026-04-15"][number % 2];
            let path = text.display();
            manifest.push_str(&format!("{id},{path},{day},64450,{payer},provider {provider}\n"));
        }
    }
    place.write("manifest.csv", manifest);
    place.run("run --manifest manifest.csv --out out").expect(0);
}

/// Verdicts on some of the report's facts, as reviewers give them.
fn review(place: &Place) {
    let mut reviews = "id,target,subject,verdict,counts,rule\n".to_owned();
    for (number, fact) in rows(&place.read("out/facts.csv")).iter().enumerate().take(60) {
        let verdict = ["accept", "accept", "accept", "correct", "reject", "unsure"][number % 6];
        let (id, rule) = (&fact["fact_id"], &fact["rule"]);
        // One is taken back, and one is of a page.
        let counts = number != 7;
        let target = if number == 9 { "page" } else { "fact" };
        reviews.push_str(&format!("{number},{target},{id},{verdict},{counts},{rule}\n"));
    }
    place.write("out/reviews.csv", reviews);
}

/// DuckDB and pandas count the same, table by table and figure by figure.
#[test]
fn every_figure_is_that_of_the_recipes() {
    let place = Place::new();
    corpus(&place);
    review(&place);
    place.run(&format!("summarize out --by {ALL} --format csv --out sum.csv")).expect(0);
    let said = python("tests/check_recipes.py", &[&place.path("out"), &place.path("sum.csv")]);
    let figures = |of: &str| -> usize {
        let line = said.lines().find(|line| line.starts_with(of)).unwrap();
        assert!(line.contains("21 tables"), "{said}");
        line.rsplit(", ").next().unwrap().split(' ').next().unwrap().parse().unwrap()
    };
    let all = rows(&place.read("sum.csv"));
    let reviewed = all.iter().find(|row| row["table"] == "overrides" && row["value_1"].is_empty());
    assert_eq!(reviewed.unwrap()["count"], "58");
    assert!(figures("DuckDB") > 4_000 && figures("pandas") > 4_000, "{said}");
}

/// From Parquet, in one file a table or parted as Spark writes it, the figures are those of CSV.
#[test]
fn parquet_has_the_same_figures() {
    let place = Place::new();
    corpus(&place);
    place
        .run("run --manifest manifest.csv --out out --format parquet --policy cluneal-nerve-block --policy si-joint-injection")
        .expect(0);
    python("tests/part_tables.py", &[&place.path("out"), &place.path("")]);
    let summary = |out: &str| -> serde_json::Value {
        let run = place.run(&format!("summarize {out} --by {ALL} --format json")).expect(0);
        assert_eq!(run.stderr, "");
        serde_json::from_str(&run.stdout).unwrap()
    };
    let of_columns = summary("out");
    let of_parts = summary("parted");
    place.run("compare parted parted --policy cluneal-nerve-block,si-joint-injection").expect(0);
    for table in ["cases", "denial_reasons", "criteria", "pathway", "facts"] {
        // What is read from now on is CSV.
        std::fs::remove_file(place.path(&format!("out/{table}.parquet"))).unwrap();
    }
    let of_rows = summary("out");
    assert_eq!(of_columns, of_rows);
    assert!(of_rows["tables"].as_array().unwrap().len() > 15);
    let run = |summary: &serde_json::Value| {
        ["run_id", "engine_version"].map(|key| summary["reports"][0][key].clone())
    };
    assert_eq!(run(&of_parts), run(&of_rows));
    assert_eq!(of_parts["tables"], of_rows["tables"]);
    assert_eq!(of_parts["policies"], of_rows["policies"]);
    // Its assessments are rows of a table: the page's cases lead nowhere.
    place.run("summarize parted --format html --out parted.html").expect(0);
    assert!(place.read("parted.html").contains(r#"["early-request",0,""]"#));
}

#[test]
fn what_is_wrong_with_a_parquet_file_is_told_by_its_name() {
    let place = Place::with(&[("a.txt", "PLAN: Request left superior cluneal nerve block.\n")]);
    place.run("run a.txt --out out --format parquet").expect(0);
    python("tests/part_tables.py", &[&place.path("out"), &place.path("")]);
    let cases = std::fs::read(place.path("out/cases.parquet")).unwrap();
    let wrong = |told: &str| {
        let run = place.run("summarize out").expect(2);
        assert!(run.stderr.contains(told) && run.stderr.lines().count() == 1, "{}", run.stderr);
    };
    let damaged = "out/cases.parquet: damaged, cut off or no Parquet file";
    place.write("out/cases.parquet", "PAR1");
    wrong(damaged);
    std::fs::write(place.path("out/cases.parquet"), &cases[..cases.len() / 2]).unwrap();
    wrong(damaged);
    let mut torn = cases.clone();
    torn[4..cases.len() / 2].fill(0xff);
    std::fs::write(place.path("out/cases.parquet"), torn).unwrap();
    wrong(damaged);
    for (other, told) in [
        ("out/criteria", "out/cases.parquet: no column `assessment`"),
        (
            "days",
            "out/cases.parquet: column `as_of` holds days; in a report's table it holds words",
        ),
        ("packed", "out/cases.parquet: column `case_id` is packed by GZIP"),
    ] {
        std::fs::copy(place.path(&format!("{other}.parquet")), place.path("out/cases.parquet"))
            .unwrap();
        wrong(told);
    }
    // A folder of Spark that lacks a table, and one that was not written to its end.
    std::fs::remove_dir_all(place.path("parted/criteria")).unwrap();
    let run = place.run("summarize parted").expect(2);
    let told = "parted: no table `criteria`: neither criteria.csv nor criteria.parquet nor a folder \
                criteria of Parquet files; without it ask by --by for others than missing, results";
    assert!(run.stderr.contains(told), "{}", run.stderr);
    place.run("summarize parted --by reason,payer").expect(0);
    std::fs::remove_file(place.path("parted/cases/_SUCCESS")).unwrap();
    place.write("parted/cases/_temporary/0/part.parquet", "");
    let run = place.run("summarize parted --by reason").expect(2);
    assert!(run.stderr.contains("parted/cases: not written to its end"), "{}", run.stderr);
}

#[test]
fn a_page_needs_nothing_beside_itself() {
    let place = Place::new();
    corpus(&place);
    place.run("summarize out --format html").expect(0);
    let page = place.read("out/report.html");
    for outside in ["http:", "https:", "src=", "@import", "url("] {
        assert!(!page.contains(outside), "the page has {outside}");
    }
    // A payer's name is no markup, neither in the page nor in its data.
    assert!(!page.contains("<b>B</b>") && page.contains("&lt;b&gt;B&lt;"));
    for told in ["2026-03-01", "2026-04-15", "cluneal-nerve-block 2026", "<svg", "early-request"] {
        assert!(page.contains(told), "the page does not say {told}");
    }
    let run: serde_json::Value = serde_json::from_str(&place.read("out/run.json")).unwrap();
    assert!(page.contains(run["run_id"].as_str().unwrap()));
    // The same report, the same page; and a new report leaves no page of the old one.
    place.run("summarize out --format html").expect(0);
    assert!(place.read("out/report.html") == page);
    place.run("run --manifest manifest.csv --out out").expect(0);
    assert!(!place.path("out/report.html").exists());
    // From another place the way leads to the report.
    place.write("pages/keep", "");
    place.run("summarize out --format html --out pages/p.html").expect(0);
    assert!(place.read("pages/p.html").contains(r#""roots":["../out/"]"#));
}

/// What the sheet says is what the CSV says, numbers as numbers; and LibreOffice opens it, and the report's
/// workbook, and finds the same.
#[test]
fn the_workbooks_open_elsewhere() {
    let place = Place::with(&[
        ("in/a.txt", "MEDICATIONS: Lyrica 300 mg twice daily.\n\nPain 7/10.\n"),
        ("in/b.txt", "PLAN: Request left superior cluneal nerve block, CPT 64450.\n"),
    ]);
    place.run("run in --out out --format xlsx").expect(0);
    place.run("summarize out --format xlsx").expect(0);
    let first = std::fs::read(place.path("out/summary.xlsx")).unwrap();
    place.run("summarize out --format csv --out out/summary.csv").expect(0);
    let said = python("tests/open_workbooks.py", &[&place.path("out")]);
    assert!(said.contains("LibreOffice"), "{said}");
    place.run("summarize out --format xlsx").expect(0);
    assert!(first == std::fs::read(place.path("out/summary.xlsx")).unwrap());
}

#[test]
fn small_counts_are_withheld_and_their_cases_not_named() {
    let place = Place::new();
    corpus(&place);
    place
        .run(&format!("summarize out --by {ALL} --min-cell 5 --format csv --out sum.csv"))
        .expect(0);
    let figures = rows(&place.read("sum.csv"));
    let withheld = figures.iter().filter(|row| row["withheld"] == "true").count();
    assert!(withheld > 50, "{withheld}");
    for row in &figures {
        let number = |name: &str| row[name].parse::<u64>().ok();
        assert!(!number("count").is_some_and(|count| (1..5).contains(&count)), "{row:?}");
        let left = number("of").zip(number("count")).map(|(of, count)| of - count);
        assert!(!left.is_some_and(|left| (1..5).contains(&left)), "{row:?}");
        assert!(row["withheld"] == "false" || row["count"].is_empty() && row["share"].is_empty());
    }
    place.run("summarize out --min-cell 5 --format html").expect(0);
    assert!(!place.read("out/report.html").contains("early-request"));
}

#[test]
fn reports_are_counted_together_and_a_run_once() {
    let note = "PLAN: Request left superior cluneal nerve block, CPT 64450.\n";
    let place = Place::with(&[("a/x.txt", note), ("b/x.txt", note), ("b/y.txt", note)]);
    place.run("run a --out one").expect(0);
    place.run("run b --out two").expect(0);
    let cases = |arguments: &str| {
        let run = place.run(&format!("summarize {arguments} --by month --format json")).expect(0);
        let summary: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        (summary["cases"].as_u64().unwrap(), run.stderr)
    };
    // The same id in two reports is two cases.
    assert_eq!(cases("one two").0, 3);
    let (twice, told) = cases("one one");
    assert_eq!(twice, 1);
    assert!(told.contains("counted once"), "{told}");
    let run = place.run("summarize one two --format html").expect(2);
    assert!(run.stderr.contains("name the file with --out"), "{}", run.stderr);
}

#[test]
fn what_is_no_report_is_refused_with_words() {
    let place = Place::with(&[("a.txt", "Pain 7/10.\n"), ("empty/x", "")]);
    place.run("run a.txt --out out").expect(0);
    let run = place.read("out/run.json");
    place.write("old/run.json", run.replace("\"schema_version\": ", "\"schema_version\": 9"));
    place.write("bare/run.json", run);
    for (arguments, expect) in [
        ("summarize none", "none: no such folder"),
        ("summarize empty", "empty: no report: it has no run.json"),
        ("summarize old", "old: its tables are of version 9"),
        ("summarize out --by payor", "`payor` is none of reason"),
        ("summarize out --by payer+payer", "the same twice"),
        ("compare out none", "none: no such folder"),
        ("compare out old", "old: its tables are of version 9"),
        ("compare out out --policy facet-joint", "no case was held against `facet-joint`"),
    ] {
        let run = place.run(arguments).expect(2);
        assert!(run.stderr.contains(expect), "{arguments}: {}", run.stderr);
    }
    let run = place.run("summarize bare").expect(2);
    assert!(run.stderr.contains("bare: no table `cases`: neither cases.csv"), "{}", run.stderr);
}

#[test]
fn a_comparison_names_the_facts_that_did_it() {
    let note = "PLAN: Request left superior cluneal nerve block, CPT 64450.\n\nPain 7/10.\n";
    let place = Place::with(&[("in/a.txt", note), ("in/b.txt", note)]);
    place.run("run in --out old --policy cluneal-nerve-block").expect(0);
    place.write("in/a.txt", format!("{note}\nCHIEF COMPLAINT: Left buttock pain for 14 months.\n"));
    place.run("run in --out new --policy cluneal-nerve-block").expect(0);
    let told = place.run("compare old new").expect(0).stdout;
    assert!(told.contains("2 rulings on the same cases, 1 changed"), "{told}");
    assert!(told.contains("- chronic-pain-duration.undocumented"), "{told}");
    assert!(told.contains("chronic-pain-duration: not_documented -> met"), "{told}");
    assert!(told.contains("14 months"), "{told}");
    assert!(!told.contains("  b: "), "{told}");
    let lines = rows(&String::from_utf8(place.bytes("compare old new --format csv")).unwrap());
    let line = lines.iter().find(|line| line["criterion_id"] == "chronic-pain-duration").unwrap();
    assert_eq!((line["case_id"].as_str(), line["result_new"].as_str()), ("a", "met"));
    assert!(!line["fact_ids_gained"].is_empty());
    // Two policies of one report.
    place
        .run("run in --out both --policy cluneal-nerve-block --policy si-joint-injection")
        .expect(0);
    let told = place
        .run("compare both both --policy cluneal-nerve-block,si-joint-injection --format json")
        .expect(0);
    let told: serde_json::Value = serde_json::from_str(&told.stdout).unwrap();
    assert_eq!(told["rulings"], 2);
    assert_eq!(told["cases"].as_array().unwrap().len(), 2);
}
