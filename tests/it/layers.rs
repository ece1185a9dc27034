//! The architecture: modules use only those above them, the core is pure, and only
//! the pipeline knows threads.

use std::fs;
use std::path::Path;

use crate::place::project;

/// Modules that touch files, the clock, other libraries' state or the terminal.
const EDGES: &[&str] =
    &["pdf", "image", "ocr", "read", "store", "worker", "report", "pipeline", "serve", "cli"];

/// What a pure module has no use for.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::env",
    "std::net",
    "std::process",
    "std::thread",
    "std::time",
    "SystemTime",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "std::io::std",
];

/// A source file: the module it belongs to, its name for messages, and its code.
struct Source {
    module: String,
    name: String,
    code: String,
}

/// Every file of the library but its root.
fn sources() -> Vec<Source> {
    fn collect(folder: &Path, module: Option<&str>, sources: &mut Vec<Source>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let own = module.unwrap_or(&stem);
            if path.is_dir() {
                collect(&path, Some(own), sources);
            } else if path.extension().is_some_and(|e| e == "rs")
                && !(module.is_none() && ["lib", "main"].contains(&stem.as_str()))
            {
                let text = fs::read_to_string(&path).unwrap();
                sources.push(Source {
                    module: own.to_owned(),
                    name: path.display().to_string(),
                    code: code(&text),
                });
            }
        }
    }
    let mut sources = Vec::new();
    collect(&project("src"), None, &mut sources);
    sources
}

/// The text without comments and without the tests at its end.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.map(|line| format!("{line}\n")).collect()
}

/// The modules in order.
fn order() -> Vec<String> {
    let lib = fs::read_to_string(project("src/lib.rs")).unwrap();
    lib.lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .map(str::to_owned)
        .collect()
}

/// The modules that code names as `crate::x`, or in the braces of `crate::{x, y::z}`.
fn used(code: &str) -> Vec<String> {
    let word = |text: &str| -> String {
        text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    };
    let mut used = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let Some(list) = rest.strip_prefix('{') else {
            used.push(word(rest));
            continue;
        };
        let mut depth = 0;
        let mut item = String::new();
        for c in list.chars() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => used.push(word(std::mem::take(&mut item).trim())),
                _ => item.push(c),
            }
        }
        used.push(word(item.trim()));
    }
    used
}

#[test]
fn a_module_uses_only_those_above_it() {
    let order = order();
    let rank = |name: &str| order.iter().position(|module| module == name);
    let mut wrong = Vec::new();
    let mut checked = 0;
    for source in sources() {
        let Some(own) = rank(&source.module) else {
            panic!("{}: not in src/lib.rs", source.name);
        };
        for name in used(&source.code) {
            // Macros stand at the root and have no rank.
            if let Some(other) = rank(&name) {
                checked += 1;
                if other > own {
                    wrong.push(format!("{}: uses {name}, which stands below", source.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(checked > 50, "only {checked} uses were found");
}

#[test]
fn the_core_is_pure() {
    let mut wrong = Vec::new();
    for source in sources() {
        if !EDGES.contains(&source.module.as_str()) {
            wrong.extend(
                IMPURE
                    .iter()
                    .filter(|word| source.code.contains(**word))
                    .map(|word| format!("{}: {word}", source.name)),
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Documents are read side by side, and so are the files of a lexicon, which everything waits for.
#[test]
fn only_the_pipeline_and_the_lexicon_know_rayon() {
    let users: std::collections::BTreeSet<String> = sources()
        .into_iter()
        .filter(|source| source.code.contains("rayon"))
        .map(|source| source.module)
        .collect();
    assert_eq!(users.into_iter().collect::<Vec<_>>(), ["lexicon", "pipeline"]);
}

#[test]
fn the_check_sees_every_way_to_name_a_module() {
    let code = "use crate::a::B;\nuse crate::{c::{D, E}, f};\nfn g() { crate::h::i() }\n";
    assert_eq!(used(code), ["a", "c", "f", "h"]);
    assert_eq!(super::layers::code("/// crate::a\nuse crate::b;\n").trim(), "use crate::b;");
}
