//! Runs that nobody watches: killed ones go on, bad files cost themselves alone, and nothing of
//! a record shows outside the report.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::place::{Place, project, rows, timeless};

const NOTE: &str =
    "CHIEF COMPLAINT: Left buttock pain.\n\nMEDICATIONS: Lyrica 300 mg twice daily.\n";

/// A run over scans of the corpus, begun and not waited for.
fn begin(place: &Place, arguments: &[&str]) -> Child {
    place
        .chartsift()
        .args(["run", "--out", "out", "--ocr-engine", "tesseract", "--jobs", "2"])
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// What marks the event of a document that is done.
const DOCUMENT: &str = r#""event":"document""#;

/// The same, telling of each document on standard error.
fn begin_telling(place: &Place) -> Child {
    place
        .chartsift()
        .args(["run", "in", "--out", "out", "--ocr-engine", "tesseract", "--jobs", "2", "--events"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// A few scans of one page.
fn scans(place: &Place) {
    let fixtures = project("tests/fixtures");
    let mut names: Vec<_> =
        std::fs::read_dir(fixtures).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.retain(|path| path.extension().is_some_and(|ending| ending == "tif" || ending == "pdf"));
    names.sort();
    assert!(names.len() >= 6);
    for path in names.iter().take(6) {
        let name = path.file_name().unwrap().to_str().unwrap();
        place.write(&format!("in/{name}"), std::fs::read(path).unwrap());
    }
    for n in 0..30 {
        place.write(&format!("in/note-{n:02}.txt"), format!("{NOTE}Visit {n}.\n"));
    }
}

fn signal(child: &Child, name: &str) {
    let pid = child.id().to_string();
    assert!(Command::new("kill").args([name, &pid]).status().unwrap().success());
}

#[test]
fn a_killed_run_goes_on_where_it_was_and_loses_no_byte() {
    let place = Place::new();
    scans(&place);
    let whole = "run in --out whole --ocr-engine tesseract --jobs 2";
    place.run(whole).expect(0);
    let whole = timeless(&place, "whole");
    // While it starts, after so many documents, and while the report is written.
    for documents in [0, 1, 3, 8, 20, 36] {
        let mut child = begin_telling(&place);
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let read = lines.map_while(Result::ok).filter(|line| line.contains(DOCUMENT));
        assert!(documents == 0 || read.take(documents).count() == documents);
        sleep(Duration::from_millis(documents as u64));
        // It may be done already.
        let _ = child.kill();
        child.wait().unwrap();
    }
    let again = place.run("run in --out out --ocr-engine tesseract --jobs 2").expect(0);
    assert!(again.stderr.contains(" read before)"), "{}", again.stderr);
    assert!(whole == timeless(&place, "out"), "the report differs from that of an unbroken run");
    assert!(!place.path("out/.partial").exists());
}

#[test]
fn an_interrupt_ends_a_run_soon_and_keeps_what_was_read() {
    let place = Place::new();
    scans(&place);
    let mut child = begin_telling(&place);
    let events = BufReader::new(child.stderr.take().unwrap());
    let mut lines = events.lines().map(Result::unwrap);
    assert!(lines.any(|line| line.contains(DOCUMENT)));
    let asked = Instant::now();
    signal(&child, "-INT");
    let last = lines.last();
    let status = child.wait().unwrap();
    assert!(asked.elapsed() < Duration::from_secs(2));
    assert_eq!((status.code(), last.as_deref()), (Some(130), Some(r#"{"event":"interrupted"}"#)));
    assert!(!place.path("out/cases.csv").exists());
    let dry = place.run("run in --out out --ocr-engine tesseract --dry-run").expect(0);
    assert!(dry.stdout.contains(" read before, "), "{}", dry.stdout);
}

#[test]
fn a_second_run_reads_nothing_again_unless_it_is_told_to() {
    let place = Place::with(&[("a.txt", NOTE), ("b.txt", "PLAN: rest.\n"), ("c.txt", NOTE)]);
    let read = |arguments: &str| {
        let run = place.run(&format!("run a.txt b.txt c.txt --out out --events {arguments}"));
        let run = run.expect(0);
        let events: Vec<serde_json::Value> =
            run.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(events.first().unwrap()["event"], "started");
        assert_eq!(events.last().unwrap()["event"], "finished");
        assert_eq!(events.last().unwrap()["counts"]["documents"], 3);
        let documents: Vec<_> = events.iter().filter(|e| e["event"] == "document").collect();
        assert_eq!(documents.len(), 3);
        documents.iter().filter(|event| event["cached"] == false).count()
    };
    // a.txt and c.txt hold the same.
    assert_eq!(read(""), 2);
    let first = timeless(&place, "out");
    assert_eq!(read(""), 0);
    assert!(first == timeless(&place, "out"));
    assert_eq!(read("--as-of 2025-03-18"), 0);
    assert_eq!(read("--fresh"), 2);
    assert_eq!(read("--ocr never"), 2);
    place.write("b.txt", "PLAN: rest and walk.\n");
    assert_eq!(read(""), 1);
}

#[test]
fn a_damaged_store_is_told_and_costs_only_time() {
    let place = Place::with(&[("a.txt", NOTE)]);
    place.run("run a.txt --out out").expect(0);
    let first = timeless(&place, "out");
    place.write("out/chartsift.db", vec![b'x'; 20_000]);
    let run = place.run("run a.txt --out out").expect(0);
    assert!(run.stderr.contains("chartsift.db: damaged; it is now"), "{}", run.stderr);
    std::fs::remove_file(place.path("out/chartsift.db.damaged-1")).unwrap();
    assert!(first == timeless(&place, "out"));
}

#[test]
fn a_document_past_its_limits_costs_itself_alone() {
    let place = Place::with(&[("in/plain.txt", NOTE)]);
    let scan = project("tests/fixtures");
    let scan = std::fs::read_dir(scan)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|ending| ending == "tif"))
        .unwrap();
    place.write("in/scan.tif", std::fs::read(scan).unwrap());
    let problem = |arguments: &str, code: i32| {
        place.run(&format!("run in --out out {arguments}")).expect(code);
        let mut problems = rows(&place.read("out/problems.csv"));
        problems.retain(|problem| problem["stage"] == "read");
        assert!(rows(&place.read("out/facts.csv")).iter().any(|fact| fact["case_id"] == "plain"));
        problems.pop()
    };
    // Enough to start and to read a text, too little for OCR.
    let lost = problem("--memory 64", 3).unwrap();
    assert_eq!((lost["document"].as_str(), lost["retriable"].as_str()), ("scan.tif", "true"));
    assert!(lost["problem"].contains("needed more than 64 MiB"), "{}", lost["problem"]);
    // It is not tried again by itself.
    assert!(problem("", 3).is_some());
    assert!(problem("--retry-failed", 0).is_none());
}

#[test]
fn facts_have_a_limit_that_changes_nothing_where_it_is_not_met() {
    // So much that no machine takes its facts within a second; OCR would have to read as much.
    let hostile = "8/10 gabapentin, walking, epidural steroid injection left L4-5, ".repeat(80_000);
    let place = Place::with(&[("in/plain.txt", NOTE), ("in/hostile.txt", &hostile)]);
    let refused = place.run("run in --out out --facts-timeout 0").expect(2);
    assert!(refused.stderr.contains("--facts-timeout"), "{}", refused.stderr);
    place.run("run in --out out --facts-timeout 1").expect(3);
    let problems = rows(&place.read("out/problems.csv"));
    let [lost] = problems.as_slice() else { panic!("one problem: {problems:?}") };
    assert_eq!((lost["document"].as_str(), lost["stage"].as_str()), ("hostile.txt", "facts"));
    assert_eq!((lost["page"].as_str(), lost["retriable"].as_str()), ("", "true"));
    let why = "taking the facts took longer than 1 s and was stopped (--facts-timeout)";
    assert_eq!(lost["problem"], why);
    // Every document is accounted for, and the other one has its facts.
    let documents = rows(&place.read("out/documents.csv"));
    let counted = |at: usize| (documents[at]["document"].clone(), documents[at]["pages"].clone());
    assert_eq!(counted(0), ("hostile.txt".to_owned(), "1".to_owned()));
    assert_eq!(counted(1), ("plain.txt".to_owned(), "1".to_owned()));
    let facts = rows(&place.read("out/facts.csv"));
    assert!(!facts.is_empty() && facts.iter().all(|fact| fact["case_id"] == "plain"));
    // With time enough the report has the bytes of any other.
    std::fs::remove_file(place.path("in/hostile.txt")).unwrap();
    place.run("run in --out out --facts-timeout 600").expect(0);
    place.run("run in --out other").expect(0);
    for table in ["cases.csv", "facts.csv", "problems.csv", "assessments/plain.md"] {
        assert_eq!(place.read(&format!("out/{table}")), place.read(&format!("other/{table}")));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_worker_that_is_killed_is_replaced() {
    let place = Place::new();
    scans(&place);
    let mut child = begin(&place, &["in"]);
    let mut killed = BTreeSet::new();
    let own = child.id().to_string();
    while killed.len() < 3 && child.try_wait().unwrap().is_none() {
        sleep(Duration::from_millis(80));
        let workers = Command::new("pgrep").args(["-P", &own]).output().unwrap();
        for pid in String::from_utf8(workers.stdout).unwrap().split_whitespace() {
            if killed.insert(pid.to_owned()) {
                let _ = Command::new("kill").args(["-9", pid]).status();
            }
        }
    }
    let code = child.wait().unwrap().code();
    assert!(!killed.is_empty());
    assert!([Some(0), Some(3)].contains(&code), "{code:?}");
    let cases = rows(&place.read("out/cases.csv"));
    assert_eq!(cases.len(), 36);
    let problems = rows(&place.read("out/problems.csv"));
    let lost: Vec<_> =
        problems.iter().filter(|problem| problem["problem"].contains("signal 9")).collect();
    assert!(lost.iter().all(|problem| problem["retriable"] == "true"));
    place.run("run in --out out --ocr-engine tesseract --retry-failed").expect(0);
    assert!(!place.read("out/problems.csv").contains("signal"));
}

#[test]
fn one_folder_has_one_run() {
    let place = Place::new();
    scans(&place);
    let mut child = begin(&place, &["in"]);
    sleep(Duration::from_millis(300));
    let second = place.run("run in --out out");
    if child.try_wait().unwrap().is_none() {
        assert!(second.expect(2).stderr.contains("another run writes there"));
    }
    let _ = child.kill();
    child.wait().unwrap();
}

#[cfg(unix)]
#[test]
fn what_is_written_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::with(&[("a.txt", NOTE)]);
    place.run("run a.txt --out out").expect(0);
    let mode = |path: &str| place.path(path).metadata().unwrap().permissions().mode() & 0o777;
    for file in place.files("out") {
        assert_eq!(mode(&format!("out/{file}")), 0o600, "{file}");
    }
    for folder in ["out", "out/assessments"] {
        assert_eq!(mode(folder), 0o700, "{folder}");
    }
}

/// Everything that a run prints about records, failing ones too, has none of their words.
#[test]
fn nothing_that_a_run_prints_quotes_a_record() {
    let secret = "Zyxwvut Qponmlk 8675309";
    let place = Place::with(&[
        ("in/a.txt", &format!("PATIENT: {secret}\n\n{NOTE}")),
        ("in/b.pdf", &format!("%PDF-1.7\n1 0 obj ({secret}) endobj\n")),
        ("in/c.tif", &format!("II*\0{secret}")),
        ("in/d.png", &format!("\u{89}PNG{secret}")),
    ]);
    for arguments in ["", "--events", "--memory 64", "--document-timeout 1", "--fresh --jobs 1"] {
        let run = place.run(&format!("run in --out out {arguments}"));
        let printed = format!("{}{}", run.stdout, run.stderr);
        let problems = place.read("out/problems.csv");
        for word in secret.split(' ').chain(["Lyrica", "buttock"]) {
            let reason = printed.lines().any(|line| line.contains(word));
            assert!(!reason, "{arguments}: {word} is printed: {printed}");
            assert!(!problems.contains(word), "{arguments}: {word} in problems.csv");
        }
    }
}

/// An inbox: what is whole is taken in, sorted, and reported; what comes twice counts once.
#[test]
fn an_inbox_is_taken_in() {
    let place = Place::with(&[
        ("inbox/a.txt", NOTE),
        ("inbox/deep/b.txt", "PLAN: rest.\n"),
        ("inbox/bad.pdf", "%PDF-1.7\nnothing"),
        ("inbox/again.txt", NOTE),
        ("inbox/other.doc", "x"),
    ]);
    place.run("watch inbox --out out --every 1 --once").expect(3);
    // Of the two that are the same, the one that comes first by name is kept.
    assert_eq!(
        place.files("inbox"),
        ["copies/again.txt", "done/a.txt", "done/deep/b.txt", "failed/bad.pdf", "other.doc"]
    );
    let cases = rows(&place.read("out/cases.csv"));
    assert_eq!(cases.len(), 3);
    // The same name once more, with other content.
    place.write("inbox/bad.pdf", std::fs::read(project("corpus/hostile/no-pages.pdf")).unwrap());
    place.run("watch inbox --out out --every 1 --once").expect(3);
    assert!(place.path("inbox/failed/bad-2.pdf").exists());
    assert_eq!(rows(&place.read("out/cases.csv")).len(), 4);
    let run = place.run("watch none --out out").expect(2);
    assert!(run.stderr.contains("none: no such folder"), "{}", run.stderr);
}

#[test]
fn a_file_of_defaults_is_gone_by_and_told() {
    let place = Place::with(&[
        ("a.txt", NOTE),
        ("chartsift.toml", "# ours\nout = \"elsewhere\"\njobs = 1\n"),
        ("other.toml", "policy = [\"cluneal-nerve-block\", \"facet-joint\"]\n"),
        ("slip.toml", "jobs = 1\noutt = \"x\"\n"),
        ("wrong.toml", "\nocr = \"sometimes\"\n"),
        ("broken.toml", "jobs = = 1\n"),
    ]);
    place.run("run a.txt").expect(0);
    assert!(place.path("elsewhere/cases.csv").exists());
    place.run("run a.txt --out mine").expect(0);
    assert!(place.path("mine/cases.csv").exists());
    let shown = place.run("config show").expect(0).stdout;
    let row = |key: &str| {
        let line = shown.lines().find(|line| line.split(' ').next() == Some(key)).unwrap();
        line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).map(str::to_owned).collect()
    };
    let out: Vec<String> = row("out");
    assert_eq!(out, ["out", "elsewhere", "chartsift.toml, line 2"]);
    let memory: Vec<String> = row("memory");
    assert_eq!(memory, ["memory", "2048", "default"]);
    place.run("--config other.toml run a.txt --out two").expect(0);
    assert_eq!(rows(&place.read("two/cases.csv")).len(), 2);
    let refuses = |file: &str, expect: &str| {
        let run = place.run(&format!("run a.txt --config {file}")).expect(2);
        assert!(run.stderr.contains(expect), "{}", run.stderr);
    };
    refuses("slip.toml", "slip.toml: line 2: no option is called `outt`; did you mean `out`?");
    refuses("wrong.toml", "wrong.toml: line 2: invalid value 'sometimes'");
    refuses("broken.toml", "broken.toml: line 1: ");
    // A file that is named goes in the place of the other, in the processes that read too.
    place.write("chartsift.toml", "jobs = = 1\n");
    place.run("run a.txt --config other.toml --out three").expect(0);
    assert_eq!(rows(&place.read("three/cases.csv"))[0]["pages"], "1");
}

#[test]
fn doctor_and_man_tell_what_there_is() {
    let place = Place::new();
    let found = place.run("doctor").expect(0).stdout;
    for what in ["chartsift", "Tesseract", "memory", "folder", "disk"] {
        assert!(found.lines().any(|line| line.contains(what)), "{what}: {found}");
    }
    let page = place.run("man run").expect(0).stdout;
    assert!(page.starts_with(".ie") || page.contains(".TH"), "{page}");
    assert!(page.contains("retry\\-failed"));
}
