//! Any text, to facts, to a chart, to the verdict of a policy.
#![no_main]

use std::sync::LazyLock;

use chartsift::chart::{Chart, ChartDocument, Given};
use chartsift::extract::extract;
use chartsift::lexicon::Lexicon;
use chartsift::necessity::{Policy, evaluate};
use chartsift::read::{ReadOptions, read};
use chartsift::text::Text;
use libfuzzer_sys::fuzz_target;

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::embedded().expect("tested"));
static POLICY: LazyLock<Policy> = LazyLock::new(|| {
    const SOURCE: &str = include_str!("../../lexicons/policies/cluneal-nerve-block.toml");
    Policy::parse("cluneal-nerve-block.toml", SOURCE).expect("tested")
});

fuzz_target!(|bytes: &[u8]| {
    let reading = read(bytes, Some("a.txt"), &ReadOptions::default());
    let text = Text::from_document(&reading.document);
    let facts = extract(&text, &LEXICON);
    let length = text.as_str().chars().count();
    for fact in &facts {
        assert!(fact.place.start < fact.place.end && fact.place.end <= length);
    }
    let chart = Chart::gather(vec![(ChartDocument::default(), facts)], Given::default());
    let verdict = evaluate(&POLICY, &chart);
    assert!(!verdict.findings.is_empty());
});
