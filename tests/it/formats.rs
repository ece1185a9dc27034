//! The report's other forms, read back by programs of others.

use std::process::Command;

use crate::place::{Place, project};

/// What the workbook says is what the tables say: cell by cell, numbers as numbers.
#[test]
fn a_workbook_says_what_the_tables_say() {
    let place = Place::with(&[
        ("in/=1+1.txt", "MEDICATIONS: Lyrica 300 mg twice daily.\n\nPain 7/10. ODI: 48 %.\n"),
        ("in/b.txt", "PLAN: Request left superior cluneal nerve block, CPT 64450.\n"),
        ("in/c.pdf", "%PDF-1.7\nnothing"),
    ]);
    place.run("run in --out out --format xlsx").expect(3);
    let first = std::fs::read(place.path("out/report.xlsx")).unwrap();
    let python = project(".venv/bin/python");
    assert!(python.exists(), "no {}: `make test` makes it", python.display());
    let read = Command::new(python)
        .arg(project("tests/read_workbook.py"))
        .arg(place.path("out"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&read.stdout).into_owned();
    assert!(read.status.success(), "{said}{}", String::from_utf8_lossy(&read.stderr));
    // The same bytes whenever it is written, and gone where it is not asked for.
    place.run("run in --out out --format csv,xlsx").expect(3);
    assert!(first == std::fs::read(place.path("out/report.xlsx")).unwrap());
    place.run("run in --out out").expect(3);
    assert!(!place.path("out/report.xlsx").exists());
    let run = place.run("run in --out out --format docx").expect(2);
    assert!(run.stderr.contains("xlsx"), "{}", run.stderr);
}
