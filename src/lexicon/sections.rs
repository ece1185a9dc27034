//! Section headings: `lexicons/sections.toml`.

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
    Ok(Headings::new(headings, file.copied))
}
