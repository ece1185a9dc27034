//! A table of the words that matches of the lexicon's patterns begin with and hold.
//!
//! Starting would spend a third of its time on finding them, at every run the same.

use std::collections::BTreeMap;
use std::path::Path;
use std::{env, fs};

use toml::Value;

#[path = "../src/lexicon/anchors.rs"]
mod anchors;
#[path = "../src/pattern/ascii.rs"]
mod ascii;
#[path = "../src/lexicon/needles.rs"]
mod needles;

/// Words, where they are known.
type Words = Option<Vec<String>>;

/// Writes `anchors.rs` into the build's folder: the patterns in order, each with its words.
///
/// Files and patterns that are wrong are left out: whoever compiles the lexicon tells of them.
pub fn write() {
    let mut table = BTreeMap::new();
    for folder in ["lexicons/concepts", "lexicons/modifiers"] {
        println!("cargo::rerun-if-changed={folder}");
        for entry in fs::read_dir(folder).expect("the lexicon's folders can be read") {
            let path = entry.expect("a folder's entry can be read").path();
            let file = fs::read_to_string(&path).ok().and_then(|text| toml::from_str(&text).ok());
            patterns(&file.unwrap_or(Value::Boolean(false)), &mut |pattern| {
                if let Ok(hir) = regex_syntax::parse(&ascii::ascii(pattern)) {
                    let anchors = anchors::anchors(&hir);
                    let needles = needles::needles(&hir, anchors.as_deref());
                    table.insert(pattern.to_owned(), (anchors, needles));
                }
            });
        }
    }
    let rows: Vec<_> = table.iter().map(row).collect();
    let folder = env::var("OUT_DIR").expect("cargo names the build's folder");
    fs::write(Path::new(&folder).join("anchors.rs"), format!("&[{}]", rows.concat()))
        .expect("the build's folder can be written to");
}

/// Hands every string of the lists called `patterns` to a function.
fn patterns(value: &Value, found: &mut impl FnMut(&str)) {
    match value {
        Value::Table(table) => {
            for (name, value) in table {
                match value {
                    Value::Array(list) if name == "patterns" => {
                        list.iter().filter_map(Value::as_str).for_each(&mut *found);
                    }
                    _ => patterns(value, found),
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|value| patterns(value, found)),
        _ => {}
    }
}

fn row((pattern, (anchors, needles)): (&String, &(Words, Words))) -> String {
    let known = |words: &Words| match words {
        Some(words) => format!("Some(&{words:?})"),
        None => "None".to_owned(),
    };
    format!("({pattern:?}, {}, {}),\n", known(anchors), known(needles))
}
