//! What of a lexicon never counts, and what none of its examples shows.

use std::collections::{BTreeMap, BTreeSet};

use super::{Remark, line_of, path_of};
use crate::extract::Note;
use crate::fold::Folded;
use crate::lexicon::{Concept, Direction, Files, Lexicon};
use crate::tag::tag;
use crate::text::Text;

/// Terms that never count, because another rule takes their words; and, as gaps, concepts that
/// no example mentions and files whose examples refuse nothing. In order of place.
pub fn check(files: &Files, lexicon: &Lexicon) -> Vec<Remark> {
    let mut remarks = shadowed_terms(files, lexicon);
    remarks.extend(shadowed_cues(files, lexicon));
    remarks.extend(repeated_words(files, lexicon));
    remarks.extend(lexicon.patterns.iter().filter(|(pattern, _)| !pattern.compiles()).map(
        |(pattern, _)| Remark {
            place: "lexicons".to_owned(),
            problem: format!("the pattern `{pattern:?}` is too large to compile; part it"),
            gap: false,
        },
    ));
    remarks.extend(gaps(lexicon));
    remarks.sort();
    remarks.dedup();
    remarks
}

fn place(files: &Files, lexicon: &Lexicon, concept: &Concept, term: &str) -> String {
    let path = path_of(lexicon.group_name(concept.group));
    let line = match path.ends_with(".csv") {
        true => concept.line,
        false => line_of(files, &path, concept.line + 1, term),
    };
    format!("lexicons/{path}:{line}")
}

/// Each term is read alone: it must be a mention of its own concept.
fn shadowed_terms(files: &Files, lexicon: &Lexicon) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for (index, concept) in lexicon.concepts.iter().enumerate() {
        let mut seen = BTreeSet::new();
        for term in &concept.terms {
            let remark = |problem: String| Remark {
                place: place(files, lexicon, concept, term),
                problem,
                gap: false,
            };
            if !seen.insert(term) {
                remarks.push(remark(format!(
                    "`{term}` comes twice in `{}`; once is enough",
                    concept.id
                )));
                continue;
            }
            if concept.hides {
                continue;
            }
            let folded = Folded::new(&Text::from_plain(term));
            let (mentions, _) = tag(&folded, lexicon, &[]);
            if mentions.iter().any(|m| m.concept == index) {
                continue;
            }
            let other = mentions.iter().find(|m| m.group == concept.group);
            let problem = match other.map(|m| &lexicon.concepts[m.concept]) {
                Some(other) if other.id == concept.id => {
                    format!("`{term}` is a form of another term of `{}`; remove it", concept.id)
                }
                Some(other) => format!(
                    "`{term}` never counts: `{}` at {} takes the same words",
                    other.id,
                    place(files, lexicon, other, term)
                ),
                None => {
                    format!("`{term}` never counts: it is hidden, or no word begins or ends it")
                }
            };
            remarks.push(remark(problem));
        }
    }
    remarks
}

/// Two cues of one category with the same words: the second never counts.
fn shadowed_cues(files: &Files, lexicon: &Lexicon) -> Vec<Remark> {
    let mut first = BTreeMap::new();
    let mut remarks = Vec::new();
    for cue in &lexicon.cues {
        for term in &cue.terms {
            let path = format!("modifiers/{}.toml", cue.category);
            if let Some(direction) = first.insert((cue.category, &cue.ends, term), cue.direction)
                && (direction == cue.direction
                    || direction == Direction::Pseudo
                    || cue.direction == Direction::Pseudo)
            {
                let line = line_of(files, &path, 1, term);
                remarks.push(Remark {
                    place: format!("lexicons/{path}:{line}"),
                    problem: format!("`{term}` comes twice; only one of them counts"),
                    gap: false,
                });
            }
        }
    }
    remarks
}

/// Terms of a list that come twice, or that another one with a `*` has too.
fn repeated_words(files: &Files, lexicon: &Lexicon) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for list in &lexicon.word_lists {
        let Some((group, id)) = list.name.split_once('/') else { continue };
        let path = path_of(group);
        for (at, term) in list.terms.iter().enumerate() {
            let rest_of_word = |rest: &str| rest.chars().all(|c| c.is_ascii_alphanumeric());
            let has = |other: &String| match other.strip_suffix('*') {
                Some(stem) => term.strip_prefix(stem).is_some_and(rest_of_word),
                None => false,
            };
            let twice = list.terms[..at].contains(term);
            if twice || list.terms.iter().any(|other| other != term && has(other)) {
                let line = line_of(files, &path, list.line + 1, term);
                remarks.push(Remark {
                    place: format!("lexicons/{path}:{line}"),
                    problem: format!("`{term}` comes twice in `{id}`; once is enough"),
                    gap: false,
                });
            }
        }
    }
    remarks
}

fn gaps(lexicon: &Lexicon) -> Vec<Remark> {
    let mut shown = vec![false; lexicon.concepts.len()];
    let mut refused: BTreeSet<&str> = BTreeSet::new();
    for example in &lexicon.examples {
        let text = Text::from_plain(&example.text);
        let note = Note::new(&text, lexicon);
        note.all_mentions().iter().for_each(|m| shown[m.concept] = true);
        if !example.none.is_empty() {
            refused.insert(&example.path);
        }
    }
    let mut by_file: BTreeMap<String, (usize, Vec<&Concept>)> = BTreeMap::new();
    for (concept, shown) in lexicon.concepts.iter().zip(shown).filter(|(c, _)| !c.hides) {
        let path = path_of(lexicon.group_name(concept.group));
        let entry = by_file.entry(path).or_default();
        entry.0 += 1;
        if !shown {
            entry.1.push(concept);
        }
    }
    let mut remarks = Vec::new();
    for (path, (all, unshown)) in by_file {
        // A table of names shows itself; its rules stand in the concept files.
        if path.ends_with(".csv") {
            continue;
        }
        let gap = |place: String, problem: String| Remark { place, problem, gap: true };
        if !refused.contains(path.as_str()) {
            let problem = "no example refuses anything; give one with `none = [...]`".to_owned();
            remarks.push(gap(format!("lexicons/{path}:1"), problem));
        }
        for concept in &unshown {
            let place = format!("lexicons/{path}:{}", concept.line);
            let problem =
                format!("no example mentions `{}` ({} of {all} are so)", concept.id, unshown.len());
            remarks.push(gap(place, problem));
        }
    }
    remarks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_files(files: &[(&str, &str)], expect: &[(&str, &str)]) {
        let files: Files = files.iter().map(|(p, t)| ((*p).to_owned(), (*t).to_owned())).collect();
        let lexicon = Lexicon::parse(&files).unwrap();
        let got: Vec<(String, String)> = check(&files, &lexicon)
            .into_iter()
            .filter(|r| !r.gap)
            .map(|r| (r.place, r.problem))
            .collect();
        let expect: Vec<(String, String)> =
            expect.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        assert_eq!(got, expect);
    }

    #[test]
    fn a_term_that_another_rule_takes_is_told_with_both_lines() {
        let text = "[[concept]]\nid = \"a\"\nterms = [\"left hip\"]\n\n[[concept]]\nid = \"b\"\nterms = [\n  \"knee\",\n  \"left hip\",\n]\n";
        check_files(
            &[("concepts/x.toml", text)],
            &[(
                "lexicons/concepts/x.toml:9",
                "`left hip` never counts: `a` at lexicons/concepts/x.toml:3 takes the same words",
            )],
        );
    }

    #[test]
    fn a_cue_that_comes_twice_is_told() {
        let text = "[[cue]]\ndirection = \"forward\"\nterms = [\"no\"]\n[[cue]]\ndirection = \"pseudo\"\nterms = [\"no\"]\n";
        check_files(
            &[("modifiers/negated.toml", text)],
            &[("lexicons/modifiers/negated.toml:3", "`no` comes twice; only one of them counts")],
        );
    }

    #[test]
    fn a_word_of_a_list_that_comes_twice_is_told() {
        let text = "[[words]]\nid = \"a\"\nterms = [\n  \"increas*\", \"go up\",\n  \"increased\",\n  \"go up\",\n]\n";
        check_files(
            &[("concepts/x.toml", text)],
            &[
                ("lexicons/concepts/x.toml:4", "`go up` comes twice in `a`; once is enough"),
                ("lexicons/concepts/x.toml:5", "`increased` comes twice in `a`; once is enough"),
            ],
        );
    }

    #[test]
    fn the_embedded_lexicon_has_nothing_that_never_counts() {
        let files = crate::lexicon::embedded_files();
        let lexicon = Lexicon::parse(&files).unwrap();
        let wrong: Vec<Remark> = check(&files, &lexicon).into_iter().filter(|r| !r.gap).collect();
        assert_eq!(wrong, []);
    }
}
