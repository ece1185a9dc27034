//! Work that grows with a text as its length does, whatever the text is made of.

use std::time::{Duration, Instant};

use chartsift::extract::extract;
use chartsift::lexicon::Lexicon;
use chartsift::text::Text;

/// How long the facts of a text take.
fn time(words: &str, length: usize, lexicon: &Lexicon) -> Duration {
    let text = Text::from_plain(&words.repeat(length / words.len()));
    let start = Instant::now();
    extract(&text, lexicon);
    start.elapsed()
}

/// How often it is measured: other programs can only make a time longer.
const TRIES: usize = 6;

#[test]
fn a_text_without_ends_takes_time_in_proportion_to_its_length() {
    let lexicon = Lexicon::embedded().unwrap();
    let repeated = [
        "walking, sitting, ",
        "1/2/2024 ",
        "pain 5/10 ",
        "epidural steroid injection ",
        "radiculopathy, ",
        "[x] faber ",
        "1234567890",
        ",.,?",
        "no \u{c6}pain~",
        "a\u{c}",
    ];
    for words in repeated {
        // Eight times as long; in proportion to its square it would take 64 times as long.
        let holds = |_| {
            let [short, long] = [16_000, 128_000].map(|length| time(words, length, &lexicon));
            long < (short + Duration::from_millis(2)) * 20
        };
        assert!((0..TRIES).any(holds), "{words}");
    }
}
