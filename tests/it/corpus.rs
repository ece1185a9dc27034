//! The whole program over the corpus: faxes in, and each case as it must come out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde_json::Value;

use crate::place::{Place, project, rows};

/// A packet and what must come of it.
struct Packet {
    name: String,
    expected: Value,
}

impl Packet {
    fn text(&self, field: &str) -> &str {
        self.expected[field].as_str().unwrap_or_default()
    }
}

fn packets() -> Vec<Packet> {
    let mut packets: Vec<Packet> = std::fs::read_dir(project("corpus/packets"))
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let expected = std::fs::read_to_string(path.join("expected.json")).unwrap();
            Packet {
                name: path.file_name().unwrap().to_str().unwrap().to_owned(),
                expected: serde_json::from_str(&expected).unwrap(),
            }
        })
        .collect();
    packets.sort_by(|a, b| a.name.cmp(&b.name));
    packets
}

/// How a run compares with what the packets expect; shares are 0-1.
struct Score {
    determinations: f64,
    without_exclusions: f64,
    criteria: f64,
    facts: f64,
    /// What came out otherwise, a line each.
    misses: String,
}

fn score(place: &Place) -> Score {
    let cases: BTreeMap<String, BTreeMap<String, String>> =
        rows(&place.read("out/cases.csv")).into_iter().map(|r| (r["case_id"].clone(), r)).collect();
    let results: BTreeMap<(String, String), String> = rows(&place.read("out/criteria.csv"))
        .into_iter()
        .map(|r| ((r["case_id"].clone(), r["criterion_id"].clone()), r["result"].clone()))
        .collect();
    let facts: Vec<Value> = place
        .read("out/facts.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let mut misses = String::new();
    let mut tallies = [(0, 0); 4];
    let mut count = |tally: usize, right: bool, miss: String| {
        tallies[tally].0 += usize::from(right);
        tallies[tally].1 += 1;
        if !right {
            misses.push_str(&miss);
            misses.push('\n');
        }
    };
    let packets = packets();
    let names: BTreeSet<&String> = packets.iter().map(|packet| &packet.name).collect();
    assert_eq!(names, cases.keys().collect(), "the manifest and the packets differ");
    for packet in &packets {
        let (name, case) = (&packet.name, &cases[&packet.name]);
        let fields = ["determination", "determination_without_exclusions"];
        for (tally, field) in fields.into_iter().enumerate() {
            let (want, got) = (packet.text(field), &case[field]);
            count(tally, want == got, format!("{name}: {field}: {got}, not {want}"));
        }
        for (criterion, want) in packet.expected["criteria"].as_object().unwrap() {
            let got = results.get(&(name.clone(), criterion.clone())).map(String::as_str);
            let want = want.as_str();
            count(2, got == want, format!("{name}: {criterion}: {got:?}, not {want:?}"));
        }
        for fact in packet.expected["facts"].as_array().unwrap() {
            let found = facts.iter().any(|f| f["case_id"] == **name && says(f, fact));
            count(3, found, format!("{name}: no {} {}", fact["kind"], fact["quote"]));
        }
    }
    let share = |tally: usize| tallies[tally].0 as f64 / tallies[tally].1.max(1) as f64;
    Score {
        determinations: share(0),
        without_exclusions: share(1),
        criteria: share(2),
        facts: share(3),
        misses,
    }
}

/// Whether a fact is of the kind and the place in the text that is expected.
fn says(fact: &Value, expected: &Value) -> bool {
    let plain = |value: &Value| {
        let words: Vec<&str> = value.as_str().unwrap_or_default().split_whitespace().collect();
        words.join(" ").to_lowercase()
    };
    let (got, want) = (plain(&fact["quote"]), plain(&expected["quote"]));
    fact["kind"] == expected["kind"]
        && !got.is_empty()
        && (got.contains(&want) || want.contains(&got))
}

/// The faxes, run once for all tests here.
static FAXES: LazyLock<Place> = LazyLock::new(|| {
    let place = Place::new();
    let manifest = project("corpus/manifest.csv");
    let status = place
        .chartsift()
        .args(["run", "--policy", "cluneal-nerve-block", "--out", "out", "--manifest"])
        .arg(manifest)
        .output()
        .unwrap()
        .status;
    assert_eq!(status.code(), Some(0));
    place
});

#[track_caller]
fn check(place: &Place, floors: [f64; 4]) {
    let score = score(place);
    let got = [score.determinations, score.without_exclusions, score.criteria, score.facts];
    let names = ["determinations", "without exclusions", "criteria", "facts"];
    for ((name, got), floor) in names.iter().zip(got).zip(floors) {
        assert!(got >= floor, "{name}: {got:.3} is below {floor}\n{}", score.misses);
    }
    println!("{got:.3?}\n{}", score.misses);
}

#[test]
fn the_packets_come_out_right_from_their_text() {
    let place = Place::new();
    let mut manifest = String::from("case_id,path,as_of,cpt\n");
    for packet in packets() {
        let folder = project("corpus/packets").join(&packet.name);
        let (as_of, cpt) = (packet.text("as_of"), packet.expected["request"]["cpt"].as_str());
        let cpt = cpt.unwrap_or_default();
        manifest.push_str(&format!("{},{},{as_of},{cpt}\n", packet.name, folder.display()));
    }
    place.write("manifest.csv", manifest);
    place.run("run --policy cluneal-nerve-block --manifest manifest.csv --out out").expect(0);
    check(&place, [1.0, 0.9, 0.9, 0.9]);
}

#[test]
fn the_packets_come_out_right_from_their_faxes() {
    check(&FAXES, [0.9, 0.8, 0.8, 0.8]);
}

#[test]
fn every_fact_points_back_to_its_page() {
    for line in FAXES.read("out/facts.jsonl").lines() {
        let fact: Value = serde_json::from_str(line).unwrap();
        assert!(fact["page"].as_u64().unwrap() >= 1);
        assert!(fact["start"].as_u64() < fact["end"].as_u64());
        let boxes = fact["boxes"].as_array().unwrap();
        assert!(!boxes.is_empty(), "{} has no box", fact["fact_id"]);
        for edges in boxes {
            let edge = |n: usize| edges[n].as_f64().unwrap();
            assert!(
                edge(0) < edge(2) && edge(1) < edge(3),
                "{} has a box inside out",
                fact["fact_id"]
            );
        }
    }
}

#[test]
fn every_case_has_its_assessment() {
    for case in rows(&FAXES.read("out/cases.csv")) {
        let text = FAXES.read(&format!("out/{}", case["assessment"]));
        assert!(text.len() > 500, "{}: {} bytes", case["case_id"], text.len());
        let adverse = case["determination"] != "meets_criteria";
        assert_eq!(case["requires_clinician_review"], adverse.to_string());
    }
}
