//! For lexicon authors: whether a lexicon does what its examples say, what of it never counts,
//! and where a rule stands.

mod check;
mod examples;

pub use check::check;
pub use examples::test;

use crate::lexicon::{Files, Lexicon};

/// Something that a lexicon's author should know, with its place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Remark {
    /// File and line, as "lexicons/concepts/emg.toml:12".
    pub place: String,
    /// What is wrong, and what would be right.
    pub problem: String,
    /// Whether it only tells what no example shows; the lexicon works all the same.
    pub gap: bool,
}

/// The file and line of the rule that a fact names, as "emg/emg" or "negated:denies".
///
/// `None` for rules that are patterns of a reader and stand in no lexicon file.
pub fn place_of(files: &Files, lexicon: &Lexicon, rule: &str) -> Option<String> {
    if let Some(cue) = lexicon.cues.iter().find(|cue| cue.id == rule) {
        let path = format!("modifiers/{}.toml", cue.category);
        let name = rule.split_once(':').map_or(rule, |(_, name)| name);
        return Some(format!("lexicons/{path}:{}", line_of(files, &path, 1, name)));
    }
    let (group, id) = rule.split_once('/')?;
    let number = lexicon.group(group)?;
    let concept = lexicon.concepts.iter().find(|c| c.group == number && c.id == id)?;
    Some(format!("lexicons/{}:{}", path_of(group), concept.line))
}

/// The file of a group of concepts.
fn path_of(group: &str) -> String {
    match group {
        "drug" => "drugs.csv".to_owned(),
        _ => format!("concepts/{group}.toml"),
    }
}

/// The first line from `from` on that has a term or id in quotes; `from` where none has.
fn line_of(files: &Files, path: &str, from: usize, words: &str) -> usize {
    let quoted = [format!("\"{words}\""), format!("'{words}'")];
    let lines = files.get(path).map_or("", String::as_str).lines().enumerate();
    lines
        .skip(from - 1)
        .find(|(_, line)| {
            let line = line.to_lowercase();
            quoted.iter().any(|words| line.contains(words.as_str()))
        })
        .map_or(from, |(index, _)| index + 1)
}
