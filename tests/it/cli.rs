//! The command line: exit codes, messages, and a report that is safe to open.

use crate::place::{Place, project, rows, timeless};

/// A note of ours, short and plain.
const NOTE: &str =
    "CHIEF COMPLAINT: Left buttock pain.\n\nMEDICATIONS: Lyrica 300 mg twice daily.\n";

/// The files of a report of one case, `a`.
const REPORT: &[&str] = &[
    "assessments/a.md",
    "cases.csv",
    "chartsift.db",
    "criteria.csv",
    "denial_reasons.csv",
    "documents.csv",
    "facts.csv",
    "facts.jsonl",
    "pathway.csv",
    "problems.csv",
    "run.json",
];

#[track_caller]
fn refuses(arguments: &str, expect: &str) {
    let place = Place::with(&[
        ("a.txt", NOTE),
        ("empty/readme.doc", "x"),
        ("full/mine.txt", "mine"),
        ("bad.csv", "case_id,path,as_of\nx,a.txt,soon\n"),
        ("bad.toml", "id = 7\n"),
    ]);
    let before = place.files("");
    let run = place.run(arguments).expect(2);
    assert!(run.stderr.contains(expect), "{arguments}: {}", run.stderr);
    assert_eq!(place.files(""), before, "{arguments} wrote something");
}

#[test]
fn usage_errors_say_what_and_where_and_write_nothing() {
    refuses("run", "INPUT");
    refuses("run none.pdf", "none.pdf: no such file or folder");
    refuses("run empty", "empty: no PDF, TIFF, PNG, JPEG or text file there");
    refuses("run a.txt --out full", "--out full: the folder holds something");
    refuses("run a.txt --out a.txt", "--out a.txt: not a folder");
    refuses("run a.txt --policy cluneal-nerve-blok", "did you mean `cluneal-nerve-block`?");
    refuses("run a.txt --policy bad.toml", "bad.toml");
    refuses("run a.txt --as-of soon", "not a date; write it as 2025-03-18");
    refuses("run a.txt --as-of 2025-02-29", "not a date");
    refuses("run a.txt --jobs many", "--jobs");
    refuses("run a.txt --ocr sometimes", "always");
    refuses("run --manifest none.csv", "--manifest none.csv: no such file");
    refuses("run --manifest bad.csv", "bad.csv: line 2, column `as_of`: not a date");
    refuses("run a.txt --manifest bad.csv", "cannot be used with");
    refuses("run a.txt --lexicons none", "--lexicons none: no such folder");
    refuses("tag none.txt", "none.txt: no such file");
    refuses("text full", "full: a folder");
    refuses("policy show cluneal", "did you mean `cluneal-nerve-block`?");
    refuses("nonsense", "unrecognized subcommand");
}

#[test]
fn a_run_writes_the_whole_report_and_says_so() {
    let place = Place::with(&[("a.txt", NOTE)]);
    let run = place.run("run a.txt").expect(0);
    assert_eq!(place.files("chartsift-out"), REPORT);
    assert!(run.stdout.starts_with("case  determination"), "{}", run.stdout);
    assert!(run.stdout.lines().all(|line| line.chars().count() <= 100));
    assert_eq!(
        run.stderr,
        "1 case, 1 document, 1 page (0 by OCR), 0 problems; report in chartsift-out\n"
    );
    let cases = rows(&place.read("chartsift-out/cases.csv"));
    assert_eq!(cases.len(), 1);
    assert_eq!(cases[0]["case_id"], "a");
    assert_eq!(cases[0]["policy_id"], "cluneal-nerve-block");
    let facts = rows(&place.read("chartsift-out/facts.csv"));
    let lyrica = facts.iter().find(|fact| fact["name"] == "pregabalin").unwrap();
    assert_eq!(lyrica["document"], "a.txt");
    assert_eq!(lyrica["value"], "pregabalin 300 mg, 2 a day, current");
}

#[test]
fn a_report_is_replaced_and_what_others_put_there_stays() {
    let place = Place::with(&[("a.txt", NOTE)]);
    place.run("run a.txt --out out").expect(0);
    place.write("out/remarks.txt", "mine");
    place.write("b.txt", NOTE);
    place.run("run b.txt --out out").expect(0);
    let files = place.files("");
    assert!(files.contains(&"out/assessments/b.md".to_owned()));
    assert!(files.contains(&"out/remarks.txt".to_owned()));
    assert!(!files.contains(&"out/assessments/a.md".to_owned()));
    assert!(files.iter().all(|file| !file.starts_with('.')), "{files:?}");
}

#[test]
fn the_exit_code_tells_some_from_all() {
    let place = Place::with(&[("good/a.txt", NOTE), ("bad/b.pdf", "%PDF-1.7\nnothing")]);
    place.run("run good --out out").expect(0);
    let some = place.run("run good bad --out out").expect(3);
    assert!(some.stderr.contains("2 documents (1 failed, 1 read before)"), "{}", some.stderr);
    place.run("run bad --out out").expect(4);
    let problems = rows(&place.read("out/problems.csv"));
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0]["case_id"], "b");
    assert_eq!(problems[0]["document"], "b.pdf");
    place.run("tag bad/b.pdf").expect(4);
    place.run("text good/a.txt bad/b.pdf").expect(3);
}

#[test]
fn hostile_files_become_problems_and_the_rest_is_read() {
    let place = Place::with(&[("in/plain.txt", NOTE)]);
    for entry in std::fs::read_dir(project("corpus/hostile")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        place.write(&format!("in/{name}"), std::fs::read(&path).unwrap());
    }
    let run = place.run("run in --out out --timeout 20").expect(3);
    assert!(!run.stderr.contains("internal error"), "{}", run.stderr);
    let problems = rows(&place.read("out/problems.csv"));
    assert!(problems.iter().all(|problem| !problem["problem"].contains("internal error")));
    let failed = |name: &str| problems.iter().any(|problem| problem["document"] == name);
    for entry in std::fs::read_dir(project("corpus/hostile")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        // A text is read whatever its ending says: nothing is lost by a wrong name.
        assert_eq!(failed(&name), name != "text-renamed.pdf", "{name}");
    }
    assert!(!failed("plain.txt"));
    let facts = rows(&place.read("out/facts.csv"));
    assert!(facts.iter().any(|fact| fact["case_id"] == "plain"));
}

#[test]
fn a_spreadsheet_finds_no_formula() {
    let place = Place::with(&[("in/=HYPERLINK(1).txt", NOTE), ("in/-2+3.txt", NOTE)]);
    place.run("run in --out out").expect(0);
    for file in place.files("out").iter().filter(|file| file.ends_with(".csv")) {
        for row in rows(&place.read(&format!("out/{file}"))) {
            for (column, cell) in row {
                let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
                assert!(!formula || cell.parse::<f64>().is_ok(), "{file}: {column}: {cell}");
            }
        }
    }
    let cases = rows(&place.read("out/cases.csv"));
    assert_eq!(cases[0]["case_id"], "'-2+3");
    assert_eq!(cases[1]["case_id"], "'=HYPERLINK(1)");
}

#[test]
fn no_case_id_leaves_the_report_folder() {
    let place = Place::with(&[("a.txt", NOTE), ("m.csv", "case_id,path\n../../../evil,a.txt\n")]);
    place.run("run --manifest m.csv --out deep/out").expect(0);
    let files = place.files("");
    let assessments: Vec<&String> = files.iter().filter(|file| file.ends_with(".md")).collect();
    assert_eq!(assessments.len(), 1);
    assert!(assessments[0].starts_with("deep/out/assessments/_"), "{}", assessments[0]);
}

#[test]
fn threads_change_no_byte() {
    let place = Place::new();
    let packets = project("corpus/packets");
    for (out, jobs) in [("one", "1"), ("two", "2"), ("many", "7")] {
        let run = place
            .chartsift()
            .args(["run", "--case-by", "folder", "--out", out, "--jobs", jobs])
            .arg(&packets)
            .output()
            .unwrap();
        assert_eq!(run.status.code(), Some(0));
    }
    let one = timeless(&place, "one");
    assert!(one.len() > 20);
    assert!(one == timeless(&place, "two"), "two threads differ from one");
    assert!(one == timeless(&place, "many"), "seven threads differ from one");
}

#[test]
fn the_run_id_follows_from_what_went_in() {
    let place = Place::with(&[("a.txt", NOTE)]);
    let id = |arguments: &str| {
        place.run(&format!("run a.txt --out out {arguments}")).expect(0);
        let run: serde_json::Value = serde_json::from_str(&place.read("out/run.json")).unwrap();
        let id = run["run_id"].as_str().unwrap().to_owned();
        assert_eq!(rows(&place.read("out/cases.csv"))[0]["run_id"], id);
        id
    };
    let first = id("");
    assert_eq!(first.len(), 16);
    assert_eq!(first, id("--jobs 2"));
    assert_ne!(first, id("--as-of 2025-03-18"));
    place.write("a.txt", format!("{NOTE}more\n"));
    assert_ne!(first, id(""));
}

#[test]
fn a_dry_run_writes_nothing() {
    let place = Place::with(&[("in/p1/a.txt", NOTE), ("in/p1/b.txt", NOTE), ("in/x.doc", "x")]);
    let run = place.run("run in --case-by folder --dry-run").expect(0);
    assert!(run.stdout.starts_with("p1: p1/a.txt, p1/b.txt\n1 case, 2 documents, 1 other file"));
    assert!(!place.path("chartsift-out").exists());
}

#[test]
fn tag_writes_facts_as_json_lines() {
    let place = Place::with(&[("a.txt", NOTE)]);
    let run = place.run("tag a.txt").expect(0);
    let facts: Vec<serde_json::Value> =
        run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let lyrica = facts.iter().find(|fact| fact["kind"] == "medication").unwrap();
    let at = |field: &str| lyrica[field].as_u64().unwrap() as usize;
    assert_eq!(&NOTE[at("start")..at("end")], lyrica["quote"].as_str().unwrap());
    assert_eq!(lyrica["name"], "pregabalin");
    assert!(lyrica.get("case_id").is_none());
}

#[test]
fn text_parts_pages_by_form_feeds() {
    let place = Place::with(&[("a.txt", "first\u{c}second\n")]);
    assert_eq!(place.run("text a.txt").expect(0).stdout, "first\u{c}second\n\u{c}");
    let run = place.run("text --json a.txt").expect(0);
    let words: Vec<serde_json::Value> =
        run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let seen: Vec<(&str, u64)> = words
        .iter()
        .map(|word| (word["text"].as_str().unwrap(), word["page"].as_u64().unwrap()))
        .collect();
    assert_eq!(seen, [("first", 1), ("second", 2)]);
    assert_eq!(words[0]["source"], "text_file");
    assert!(words[0]["confidence"].is_null());
}

#[test]
fn policies_can_be_listed_shown_and_given_as_files() {
    let place = Place::with(&[("a.txt", NOTE)]);
    let list = place.run("policy list").expect(0).stdout;
    assert!(list.lines().any(|line| line.starts_with("cluneal-nerve-block ")), "{list}");
    let shown = place.run("policy show cluneal-nerve-block").expect(0).stdout;
    assert!(
        shown.contains("| `iliac-crest-point-sign` Iliac crest point sign | required |"),
        "{shown}"
    );
    let file = place.run("policy show cluneal-nerve-block --source").expect(0).stdout;
    place.write("mine.toml", &file);
    place.run("run a.txt --policy mine.toml --out out").expect(0);
    let cases = rows(&place.read("out/cases.csv"));
    assert_eq!(cases[0]["policy_id"], "cluneal-nerve-block");
}

#[test]
fn policies_are_checked_and_tested() {
    let place = Place::new();
    let checked = place.run("policy check").expect(0).stdout;
    assert_eq!(checked.lines().filter(|line| line.ends_with(": sound")).count(), 6, "{checked}");
    let tested = place.run("policy test facet-joint").expect(0).stdout;
    assert!(tested.starts_with("facet-joint: ") && tested.contains(" 0 failed"), "{tested}");
    let file = place.run("policy show facet-joint --source").expect(0).stdout;
    place.write("wrong.toml", file.replacen("axial-pain = \"met\"", "axial-pain = \"not_met\"", 1));
    let run = place.run("policy test wrong.toml").expect(2);
    assert!(run.stdout.contains("axial-pain: expected not_met, got met"), "{}", run.stdout);
}

/// Several policies give a row each, and files of their own.
#[test]
fn a_case_is_held_against_each_policy_that_is_asked_for() {
    let place = Place::with(&[("a.txt", NOTE)]);
    let asked = "--policy cluneal-nerve-block --policy peripheral-nerve-block-medicare";
    place.run(&format!("run a.txt {asked} --out out")).expect(0);
    let cases = rows(&place.read("out/cases.csv"));
    let ids: Vec<&str> = cases.iter().map(|case| case["policy_id"].as_str()).collect();
    assert_eq!(ids, ["cluneal-nerve-block", "peripheral-nerve-block-medicare"]);
    for case in &cases {
        assert!(place.read(&format!("out/{}", case["assessment"])).contains(&case["policy_id"]));
    }
    let told = place.run("explain out a").expect(0).stdout;
    assert_eq!(told.matches("# Medical necessity assessment").count(), 2, "{told}");
}

#[test]
fn explain_tells_of_a_case_and_of_a_fact() {
    let place = Place::with(&[("a.txt", NOTE)]);
    place.run("run a.txt --out out").expect(0);
    let told = place.run("explain out a").expect(0).stdout;
    assert_eq!(told, place.read("out/assessments/a.md"));
    let facts = rows(&place.read("out/facts.csv"));
    let lyrica = facts.iter().find(|fact| fact["name"] == "pregabalin").unwrap();
    let told = place.run(&format!("explain out {}", lyrica["fact_id"])).expect(0).stdout;
    assert!(
        told.contains("first-line-medications met") || told.contains("first-line-medications not"),
        "{told}"
    );
    let run = place.run("explain out b").expect(2);
    assert!(run.stderr.contains("no case and no fact `b`"), "{}", run.stderr);
    let run = place.run("explain . a").expect(2);
    assert!(run.stderr.contains("no report"), "{}", run.stderr);
}

/// What a policy makes of a report's facts is what it made of the records.
#[test]
fn a_changed_policy_is_held_against_the_facts_of_a_report() {
    let note = "DATE OF SERVICE: 03/11/2025\n\nCHIEF COMPLAINT: Left buttock pain for 5 months.\n";
    let place = Place::with(&[("a.txt", note)]);
    place.run("run a.txt --policy cluneal-nerve-block --out out").expect(0);
    let same = "policy diff cluneal-nerve-block cluneal-nerve-block out";
    let same = place.run(same).expect(0).stdout;
    assert!(same.ends_with(": 0 of 1 cases change\n"), "{same}");
    let file = place.run("policy show cluneal-nerve-block --source").expect(0).stdout;
    place.write("mine.toml", file.replacen("chronic_months = 3", "chronic_months = 12", 1));
    let changed = place.run("policy diff cluneal-nerve-block mine.toml out").expect(0).stdout;
    assert!(changed.contains("chronic-pain-duration: met to not_met\n"), "{changed}");
    assert!(changed.ends_with(": 1 of 1 cases change\n"), "{changed}");
}

#[test]
fn completions_are_written() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish"] {
        let script = place.run(&format!("completions {shell}")).expect(0).stdout;
        assert!(script.contains("chartsift") && script.contains("manifest"), "{shell}");
    }
}

/// Every column of every table is named in the README, in its order.
#[test]
fn the_readme_has_the_columns() {
    let place = Place::with(&[("a.txt", NOTE)]);
    place.run("run a.txt --out out").expect(0);
    let readme = std::fs::read_to_string(project("README.md")).unwrap();
    let readme: Vec<&str> = readme.split_whitespace().collect();
    let readme = readme.join(" ");
    for file in place.files("out").iter().filter(|file| file.ends_with(".csv")) {
        let header = place.read(&format!("out/{file}")).lines().next().unwrap().replace(',', ", ");
        assert!(
            readme.contains(&header),
            "README.md does not have the columns of {file}: {header}"
        );
    }
}

/// An author's own sentences stand in reports.
#[test]
fn sentences_of_ones_own_are_said() {
    let place = Place::with(&[("a.txt", NOTE)]);
    let sentences = std::fs::read_to_string(project("lexicons/templates/sentences.md.j2")).unwrap();
    let own = sentences.replacen("The record ", "The chart ", 40);
    assert_ne!(own, sentences);
    place.write("own/templates/sentences.md.j2", own);
    place.run("run a.txt --out out --lexicons own").expect(0);
    assert!(place.read("out/criteria.csv").contains("The chart "));
    place.write("own/templates/sentences.md.j2", "one\n{% macro %}");
    let run = place.run("run a.txt --out out --lexicons own").expect(2);
    assert!(run.stderr.contains("templates/sentences.md.j2:2"), "{}", run.stderr);
}
