//! The report's other forms, read back by programs of others.

use crate::place::{Place, python};

/// A report with facts of several kinds, a cell that looks like a formula, and a problem.
fn report(formats: &str) -> Place {
    let place = Place::with(&[
        (
            "in/=1+1.txt",
            "MEDICATIONS: Lyrica 300 mg twice daily. Tried Cymbalta, no relief.\n\n\
             ALLERGIES: codeine.\n\nPain 7/10 at rest, 5-8/10 standing. ODI: 48 %.\n\n\
             PRIOR TREATMENT: Physical therapy for 8 weeks without benefit. Left SI joint \
             injection on 2025-01-12 with 40 % relief for two days.\n",
        ),
        ("in/b.txt", "PLAN: Request left superior cluneal nerve block, CPT 64450.\n"),
        ("in/c.pdf", "%PDF-1.7\nnothing"),
    ]);
    place.run(&format!("run in --out out --format {formats}")).expect(3);
    place
}

/// What the workbook says is what the tables say: cell by cell, numbers as numbers.
#[test]
fn a_workbook_says_what_the_tables_say() {
    let place = report("xlsx");
    let first = std::fs::read(place.path("out/report.xlsx")).unwrap();
    python("tests/read_workbook.py", &[&place.path("out")]);
    // The same bytes whenever it is written, and gone where it is not asked for.
    place.run("run in --out out --format csv,xlsx").expect(3);
    assert!(first == std::fs::read(place.path("out/report.xlsx")).unwrap());
    place.run("run in --out out").expect(3);
    assert!(!place.path("out/report.xlsx").exists());
    let run = place.run("run in --out out --format docx").expect(2);
    assert!(run.stderr.contains("xlsx"), "{}", run.stderr);
}

/// DuckDB and pandas find in the Parquet files what the tables say, typed.
#[test]
fn parquet_files_say_what_the_tables_say() {
    let place = report("parquet");
    let first = std::fs::read(place.path("out/facts.parquet")).unwrap();
    python("tests/read_parquet.py", &[&place.path("out")]);
    place.run("run in --out out --format parquet").expect(3);
    assert!(first == std::fs::read(place.path("out/facts.parquet")).unwrap());
    place.run("run in --out out").expect(3);
    assert!(!place.path("out/facts.parquet").exists());
}

/// Each case's bundle is FHIR R4, and its resources are facts of the case.
#[test]
fn bundles_are_fhir() {
    let place = report("fhir");
    let bundles = std::fs::read_dir(place.path("out/fhir")).unwrap().count();
    assert_eq!(bundles, 3);
    python("tests/read_bundles.py", &[&place.path("out")]);
    place.run("run in --out out").expect(3);
    assert!(!place.path("out/fhir").exists());
}
