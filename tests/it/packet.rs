//! What each page is to the packet that it came in, and what the packet lacks.

use chartsift::document::{Legibility, LineRole, PageKind};
use chartsift::read::{self, ReadOptions};

use crate::place::{Place, rows};
use crate::read::{LONG_NOTE, Sheetlike, pdf, read_plainly};
use crate::sheets::bytes;
use crate::type_pixels::Sheet;

const COVER: [&str; 7] = [
    "EXAMPLE PAIN CLINIC",
    "FAX COVER SHEET",
    "TO: Utilization Review",
    "FROM: Front Desk",
    "FAX: 555-0100",
    "PAGES: 3 including cover",
    "RE: TEST, PATIENT 0001, prior auth 64450",
];

const VISIT: [&str; 6] = [
    "OFFICE VISIT 03/05/2024",
    "Left buttock pain for six months, 7/10 today and 4/10 at best.",
    "MEDICATIONS: gabapentin 600 mg three times daily, naproxen 500 mg.",
    "EXAM: tender over the left iliac crest, which reproduces the complaint.",
    "Straight leg raise is negative on both sides, reflexes are normal.",
    "PLAN: physical therapy twice a week for six weeks, then a visit.",
];

fn fax(note: &[&str], header: &str) -> Sheet {
    let mut sheet = Sheet::typed(note, 1700, 2200, 4);
    sheet.print(header, 100, 30, 4);
    sheet
}

/// Long loops as of a pen, over the whole sheet.
fn scribbles() -> Sheet {
    let mut sheet = Sheet::white(1700, 2200);
    for line in 0..12 {
        for step in 0..6000 {
            let t = step as f32 / 100.0;
            let x = 200.0 + 20.0 * t + 35.0 * (4.0 * t).sin();
            let y = 250.0 + 140.0 * line as f32 + 50.0 * (4.0 * t).cos() * (0.7 * t).sin();
            for row in 0..4 {
                let at = (y as usize + row) * sheet.width + x as usize;
                sheet.pixels[at..at + 4].fill(0);
            }
        }
    }
    sheet
}

#[test]
fn covers_and_repeated_sheets_are_told() {
    let second = VISIT.map(|line| line.replace("03/05/2024", "04/09/2024").replace("7/10", "2/10"));
    let second: Vec<&str> = second.iter().map(String::as_str).collect();
    let pages = [&COVER[..], &VISIT, &VISIT, &second].map(Sheetlike::Text);
    let reading = read_plainly(&bytes(pdf(&pages, &[])));
    let kinds: Vec<PageKind> = reading.document.pages.iter().map(|page| page.kind).collect();
    let repeated = PageKind::Duplicate { of: 2 };
    assert_eq!(kinds, [PageKind::Cover, PageKind::Record, repeated, PageKind::Record]);
    let [problem] = reading.problems.as_slice() else { panic!("{:?}", reading.problems) };
    assert_eq!(problem.problem, "the page is the same sheet as page 2; it counts once");
    assert_eq!((problem.page, problem.fatal), (Some(3), false));
}

#[test]
fn a_page_that_the_header_counts_and_the_file_lacks_is_told() {
    let header = |n: u32| format!("MAR-27-2023 17:02 FROM: EXAMPLE CLINIC PAGE {n} OF 4");
    let (first, rest) = LONG_NOTE.split_at(3);
    let (second, third) = rest.split_at(3);
    let sheets = [fax(first, &header(1)), fax(second, &header(2)), fax(third, &header(4))];
    let pages: Vec<Sheetlike> = sheets.iter().map(Sheetlike::Scan).collect();
    let reading = read_plainly(&bytes(pdf(&pages, &[])));
    let fax = reading.document.pages[1].fax.clone().unwrap();
    assert_eq!((fax.page, fax.of), (Some(2), Some(4)));
    assert!(fax.sender.is_some_and(|sender| sender.contains("EXAMPLE")));
    // The pixel font is not legible enough for some of the pages.
    let problems: Vec<&str> = reading.problems.iter().map(|p| p.problem.as_str()).collect();
    let problems: Vec<&str> = problems.into_iter().filter(|p| p.contains("counts")).collect();
    assert_eq!(problems, ["the fax's header counts 4 pages; page 3 is not in the file"]);
    assert_eq!(reading.pages_missing, 1);

    let whole = read_plainly(&bytes(pdf(&pages[..2], &[])));
    assert_eq!(whole.pages_missing, 2);
}

#[test]
fn a_records_own_numbers_tell_what_is_missing_too() {
    let page = |n: u32, text: &'static str| vec![format!("Page {n} of 3"), text.to_owned()];
    let lines = [page(1, "Left buttock pain."), page(3, "Signed by Provider 7.")];
    let lines: Vec<Vec<&str>> =
        lines.iter().map(|page| page.iter().map(String::as_str).collect()).collect();
    let pages: Vec<Sheetlike> = lines.iter().map(|page| Sheetlike::Text(page)).collect();
    let pdf = bytes(pdf(&pages, &[]));
    let reading = read_plainly(&pdf);
    let problems: Vec<&str> = reading.problems.iter().map(|p| p.problem.as_str()).collect();
    let expect = "the record's own numbers count 3 pages; page 2 is not in the file";
    assert_eq!(problems, [expect]);
    // Of a page that is asked for by itself the others are not missing.
    let one = read::read(&pdf, None, &ReadOptions { only: Some(2), ..ReadOptions::default() });
    assert_eq!((one.problems, one.pages_missing), (Vec::new(), 0));
}

#[test]
fn the_header_of_a_sheet_fed_upside_down_is_read() {
    let mut sheet = Sheet::typed(&LONG_NOTE, 1700, 2200, 4).upside_down();
    sheet.print("MAR-27-2023 17:02 FROM: EXAMPLE CLINIC PAGE 1 OF 1", 100, 30, 4);
    let page = &read_plainly(&bytes(pdf(&[Sheetlike::Scan(&sheet)], &[]))).document.pages[0];
    assert_eq!(page.turned, 180);
    let fax = page.fax.clone().unwrap();
    assert_eq!((fax.page, fax.of), (Some(1), Some(1)));
    let headers: Vec<_> = page.lines.iter().filter(|l| l.role == LineRole::FaxHeader).collect();
    assert!(headers.iter().all(|line| line.rect().y0 > page.height * 0.95));
    assert_eq!(page.lines.iter().filter(|l| l.role == LineRole::Body).count(), LONG_NOTE.len());
}

#[test]
fn a_page_of_handwriting_is_said_to_be_unread() {
    let scribbles = scribbles();
    let reading = read_plainly(&bytes(pdf(&[Sheetlike::Scan(&scribbles)], &[])));
    let page = &reading.document.pages[0];
    assert_eq!((page.kind, page.legibility), (PageKind::Picture, Legibility::Unreadable));
    let expect = "the page seems to be handwriting or a picture; its content was not read";
    assert_eq!(reading.problems[0].problem, expect);
}

#[test]
fn the_report_flags_what_the_pages_are() {
    let place = Place::new();
    let visit = bytes(pdf(&[Sheetlike::Text(&COVER), Sheetlike::Text(&VISIT)], &[]));
    place.write("case/a.pdf", &visit);
    let scribbles = scribbles();
    let again = [Sheetlike::Text(&VISIT), Sheetlike::Scan(&scribbles)];
    place.write("case/b.pdf", bytes(pdf(&again, &[])));
    place.run("run case --case-by folder --out out").expect(0);
    let case = &rows(&place.read("out/cases.csv"))[0];
    let flags: Vec<&str> = case["flags"].split(';').collect();
    assert!(flags.contains(&"duplicate_pages") && flags.contains(&"picture_pages"), "{flags:?}");
    assert!(!flags.contains(&"illegible_pages") && !flags.contains(&"missing_pages"));
    assert_eq!(case["pages_unreadable"], "1");
    let problems = rows(&place.read("out/problems.csv"));
    let (document, problem) = (&problems[0]["document"], &problems[0]["problem"]);
    assert!(document.ends_with("b.pdf"), "{document}");
    assert!(problem.starts_with("the page is the same sheet as page 2 of "), "{problem}");
    assert!(problem.ends_with("a.pdf; it counts once"), "{problem}");
    // What the copy says is kept, and marked.
    let origins: Vec<String> = rows(&place.read("out/facts.csv"))
        .iter()
        .filter(|fact| fact["kind"] == "medication" && fact["name"] == "gabapentin")
        .map(|fact| fact["origin"].clone())
        .collect();
    assert_eq!(origins, ["clinician", "copied_forward"]);
}

#[test]
fn pages_are_described_as_json_lines() {
    let place = Place::new();
    place.write("a.pdf", bytes(pdf(&[Sheetlike::Text(&COVER), Sheetlike::Text(&VISIT)], &[])));
    let lines = |arguments: &str| -> Vec<serde_json::Value> {
        let out = place.run(arguments).expect(0).stdout;
        out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let words = lines("text --json a.pdf");
    assert!(words.iter().all(|word| word["text"].is_string() && word.get("kind").is_none()));
    let described = lines("text --json --pages a.pdf");
    let pages: Vec<&serde_json::Value> =
        described.iter().filter(|line| line["kind"].is_string()).collect();
    assert_eq!(described.len(), words.len() + pages.len());
    assert_eq!(described[0]["kind"], "cover");
    let kinds: Vec<&serde_json::Value> = pages.iter().map(|page| &page["kind"]).collect();
    assert_eq!(kinds, ["cover", "record"]);
    assert_eq!((&pages[1]["page"], &pages[1]["legibility"]), (&2.into(), &"readable".into()));
    place.run("text --pages a.pdf").expect(2);
}
