//! What the program holds of a record does not show in its debug output.

use chartsift::chart::{Chart, ChartDocument, Given};
use chartsift::extract::extract;
use chartsift::lexicon::{Lexicon, embedded_files};
use chartsift::necessity::{Policy, evaluate};
use chartsift::text::Text;

#[test]
fn debug_output_quotes_no_record() {
    let record = "PLAN: Request left superior cluneal nerve block, CPT 64450. Gabapentin 300 mg \
                  daily stopped for dizziness. Pain 7/10. Confirmed left superior cluneal neuralgia.";
    let text = Text::from_plain(record);
    let facts = extract(&text, &Lexicon::embedded().unwrap());
    assert!(facts.len() >= 4);
    let chart = Chart::gather(vec![(ChartDocument::default(), facts.clone())], Given::default());
    let path = "policies/cluneal-nerve-block.toml";
    let policy = Policy::parse(path, &embedded_files()[path]).unwrap();
    let verdict = evaluate(&policy, &chart);
    let shown = format!("{text:?} {facts:?} {chart:?} {verdict:?}").to_lowercase();
    for word in ["gabapentin", "300", "dizziness", "superior", "64450", "7/10", "neuralgia"] {
        assert!(!shown.contains(word), "debug output says `{word}`");
    }
}
