//! Text to facts on the corpus's own records, beside a bare scan for the same terms.
//!
//! Each bench asserts what it counts, so that "faster" cannot mean "found less".

use std::fs;
use std::hint::black_box;
use std::path::Path;

use aho_corasick::AhoCorasick;
use chartsift::extract::{Note, extract};
use chartsift::lexicon::Lexicon;
use chartsift::text::Text;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// The texts of every packet, in order.
fn texts() -> Vec<Text> {
    let packets = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/packets");
    let mut files: Vec<_> = fs::read_dir(packets)
        .unwrap()
        .flat_map(|packet| fs::read_dir(packet.unwrap().path()).unwrap())
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "txt"))
        .collect();
    files.sort();
    files.iter().map(|path| Text::from_plain(&fs::read_to_string(path).unwrap())).collect()
}

fn tag(criterion: &mut Criterion) {
    let lexicon = Lexicon::embedded().unwrap();
    let texts = texts();
    let bytes: usize = texts.iter().map(|text| text.as_str().len()).sum();
    let sentences = |text: &Text| Note::new(text, &lexicon).sentences.len();
    let n_sentences: usize = texts.iter().map(sentences).sum();
    let n_facts: usize = texts.iter().map(|text| extract(text, &lexicon).len()).sum();
    assert!(n_sentences > 900 && n_facts > 700, "{n_sentences} sentences, {n_facts} facts");

    let mut group = criterion.benchmark_group("tag");
    group.throughput(Throughput::Bytes(bytes as u64)).sample_size(20);
    let terms = lexicon.concepts.iter().flat_map(|concept| &concept.terms);
    let scan = AhoCorasick::builder().ascii_case_insensitive(true).build(terms).unwrap();
    group.bench_function("bare-scan", |bencher| {
        let count = || -> usize {
            texts.iter().map(|t| scan.find_overlapping_iter(t.as_str()).count()).sum()
        };
        let n_terms = count();
        bencher.iter(|| assert_eq!(black_box(count()), n_terms));
    });
    group.bench_function("sentences", |bencher| {
        bencher.iter(|| assert_eq!(texts.iter().map(sentences).sum::<usize>(), n_sentences));
    });
    group.bench_function("facts", |bencher| {
        bencher.iter(|| {
            let count = texts.iter().map(|text| extract(text, &lexicon).len()).sum::<usize>();
            assert_eq!(count, n_facts);
        });
    });
    group.finish();
    criterion.bench_function("start/lexicon", |bencher| {
        bencher.iter(|| {
            assert_eq!(Lexicon::embedded().unwrap().concepts.len(), lexicon.concepts.len())
        });
    });
}

criterion_group!(benches, tag);
criterion_main!(benches);
