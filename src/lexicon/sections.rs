//! Section headings: `lexicons/sections.toml`.

use regex::Regex;
use serde::Deserialize;

use super::parse_toml;
use crate::error::Error;
use crate::fact::Section;
use crate::segment::Headings;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    /// Words in a heading that mark its section as copied from an earlier note.
    copied: Vec<String>,
    /// Words before a known heading in capitals that change nothing.
    #[serde(default)]
    leads: Vec<String>,
    /// Words behind a known heading in capitals that say what it is of.
    #[serde(default)]
    links: Vec<String>,
    /// Words behind a known heading that make of both the title of a document.
    #[serde(default)]
    titles: Vec<String>,
    /// How a paragraph without a heading begins that tells a history.
    history: Option<String>,
    section: Vec<RawSection>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSection {
    kind: Section,
    headings: Vec<String>,
}

pub(super) fn parse(path: &str, text: &str) -> Result<Headings, Error> {
    let file: RawFile = parse_toml(path, text)?;
    let headings =
        file.section.into_iter().flat_map(|s| s.headings.into_iter().map(move |h| (h, s.kind)));
    let history = file.history.map(|pattern| Regex::new(&pattern)).transpose();
    let history = history.map_err(|error| Error::Lexicon {
        place: format!("lexicons/{path}: `history`"),
        problem: format!("pattern does not compile: {error}"),
    })?;
    let headings = Headings::new(headings, file.copied);
    Ok(headings.with_variants(file.leads, file.links, history).with_titles(file.titles))
}
