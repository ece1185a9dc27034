//! Case ids as file names: safe on any system, and no two alike.

use std::collections::BTreeMap;

/// Longest name taken from an id, in characters; file systems allow 255 bytes.
const LONGEST: usize = 80;

/// Names that Windows keeps to itself.
const RESERVED: &[&str] = &["con", "prn", "aux", "nul"];

/// One file name an id, without an ending, in the same order.
///
/// An id that is a safe name by itself is kept. Any other, and any that a file system
/// which ignores case would confuse with another, is followed by a piece of its hash.
pub fn file_names<'a>(ids: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let ids: Vec<&str> = ids.into_iter().collect();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for id in &ids {
        *seen.entry(safe(id).to_lowercase()).or_default() += 1;
    }
    ids.into_iter()
        .map(|id| {
            let name = safe(id);
            if name == id && seen.get(&name.to_lowercase()) == Some(&1) {
                name
            } else {
                let hash = blake3::hash(id.as_bytes()).to_hex();
                format!("{name}-{:.12}", hash.as_str())
            }
        })
        .collect()
}

/// The id with nothing in it that a path or a shell would read as more than a letter.
pub fn safe(id: &str) -> String {
    let name: String = id
        .chars()
        .take(LONGEST)
        .map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' })
        .collect();
    let stem = name.split('.').next().unwrap_or_default().to_ascii_lowercase();
    if name.is_empty() || name.starts_with(['.', '-']) || RESERVED.contains(&stem.as_str()) {
        format!("_{name}")
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(ids: &[&str], expect: &[&str]) {
        let names = file_names(ids.iter().copied());
        let shapes: Vec<String> = names
            .iter()
            .map(|name| match name.rsplit_once('-') {
                Some((stem, hash)) if hash.len() == 12 => format!("{stem}-#"),
                _ => name.clone(),
            })
            .collect();
        assert_eq!(shapes, expect);
        let unique: std::collections::BTreeSet<String> =
            names.iter().map(|n| n.to_lowercase()).collect();
        assert_eq!(unique.len(), names.len());
    }

    #[test]
    fn safe_ids_stay() {
        check(&["case01", "2024-03_b.v2"], &["case01", "2024-03_b.v2"]);
    }

    #[test]
    fn no_id_leaves_its_folder() {
        check(
            &["../../etc/passwd", "/abs", "..", "a/b", "a\\b"],
            &["_.._.._etc_passwd-#", "_abs-#", "_..-#", "a_b-#", "a_b-#"],
        );
    }

    #[test]
    fn ids_that_a_file_system_confuses_are_told_apart() {
        check(&["Case", "case", "a b", "a_b"], &["Case-#", "case-#", "a_b-#", "a_b-#"]);
        check(&["con", "nul.txt", ""], &["_con-#", "_nul.txt-#", "_-#"]);
    }
}
