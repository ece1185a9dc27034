//! Pages that are counted but not there.
//!
//! A fax machine numbers the pages of a transmission, and many records number their
//! own. Where the numbers skip, a page was lost. OCR misreads numbers, so a gap counts
//! only where no unnumbered page could fill it and the numbers around it agree.

use super::fax_header;
use crate::document::{Line, LineRole, Page, PageKind, TextSource};

/// From this confidence on a number was surely read.
const SURE: f32 = 0.85;

/// Pages state their own numbers within this share of the page from its edge.
const NUMBER_MARGIN: f32 = 0.12;

/// Pages that a count says are there and the file does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// First page of the file that states the count, counted from 1.
    pub first: u32,
    /// How many pages are counted.
    pub of: u32,
    /// The numbers that are not there, ascending; never empty.
    pub missing: Vec<u32>,
}

impl Gap {
    /// "pages 3 and 5 are", for a sentence.
    pub fn in_words(&self) -> String {
        let mut runs: Vec<(u32, u32)> = Vec::new();
        for &number in &self.missing {
            match runs.last_mut() {
                Some(run) if run.1 + 1 == number => run.1 = number,
                _ => runs.push((number, number)),
            }
        }
        let runs: Vec<String> = runs
            .iter()
            .map(|&(from, to)| match to - from {
                0 => from.to_string(),
                1 => format!("{from} and {to}"),
                _ => format!("{from} to {to}"),
            })
            .collect();
        match (self.missing.len(), runs.split_last()) {
            (1, _) => format!("page {} is", self.missing[0]),
            (_, Some((last, rest))) if !rest.is_empty() => {
                format!("pages {}, and {last} are", rest.join(", "))
            }
            _ => format!("pages {} are", runs.concat()),
        }
    }
}

/// What a page states of its place in a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stated {
    page: u32,
    of: u32,
    sure: bool,
}

/// Pages that belong to one count, in file order.
struct Run {
    of: u32,
    /// Index in the file, number, and whether it was surely read.
    members: Vec<(usize, u32, bool)>,
}

/// The gaps in what fax machines counted.
pub fn in_transmissions(pages: &[Page]) -> Vec<Gap> {
    let stated: Vec<Option<Stated>> = pages
        .iter()
        .map(|page| {
            let fax = page.fax.as_ref()?;
            let headers = page.lines.iter().filter(|line| line.role == LineRole::FaxHeader);
            let sure = headers.filter(|line| fax_header::parse(&line.text()).of == fax.of);
            let sure = sure.flat_map(|line| line.words.last()).all(is_sure);
            Some(Stated { page: fax.page?, of: fax.of?, sure })
        })
        .collect();
    gaps(&stated)
}

/// The gaps in the page numbers that the records themselves print.
pub fn in_records(pages: &[Page]) -> Vec<Gap> {
    let stated: Vec<Option<Stated>> = pages.iter().map(own_number).collect();
    gaps(&stated)
}

/// "Page 2 of 5" at a page's head or foot; `None` where two such disagree: a form that
/// was faxed before may show the count of then.
fn own_number(page: &Page) -> Option<Stated> {
    if page.source == TextSource::TextFile || matches!(page.kind, PageKind::Duplicate { .. }) {
        return None;
    }
    let margin = page.height * NUMBER_MARGIN;
    let at_edge = |line: &&Line| {
        let rect = line.rect();
        rect.y1 <= margin || rect.y0 >= page.height - margin
    };
    let own = page.lines.iter().filter(|line| line.role != LineRole::FaxHeader).filter(at_edge);
    let mut stated = own.filter_map(|line| {
        let (page, of) = fax_header::page_of(&line.text())?;
        Some(Stated { page, of, sure: line.words.iter().all(is_sure) })
    });
    let first = stated.next()?;
    stated.all(|other| (other.page, other.of) == (first.page, first.of)).then_some(first)
}

fn is_sure(word: &crate::document::Word) -> bool {
    word.confidence.is_none_or(|confidence| confidence >= SURE)
}

fn gaps(stated: &[Option<Stated>]) -> Vec<Gap> {
    let runs = runs(stated);
    runs.iter().filter_map(|run| gap(run, &runs, stated.len())).collect()
}

/// Parts pages into counts. A new count begins with page 1; numbers of one count that
/// do not ascend are in disorder, and none of them is believed.
fn runs(stated: &[Option<Stated>]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut disorder: Vec<u32> = Vec::new();
    for (at, stated) in stated.iter().enumerate() {
        let Some(Stated { page, of, sure }) = *stated else { continue };
        match runs.iter_mut().rev().find(|run| run.of == of) {
            Some(run) if run.members.last().is_some_and(|last| last.1 < page) => {
                run.members.push((at, page, sure));
            }
            None => runs.push(Run { of, members: vec![(at, page, sure)] }),
            Some(_) if page == 1 => runs.push(Run { of, members: vec![(at, page, sure)] }),
            Some(_) => disorder.push(of),
        }
    }
    runs.retain(|run| !disorder.contains(&run.of));
    runs
}

fn gap(run: &Run, runs: &[Run], pages: usize) -> Option<Gap> {
    let members = &run.members;
    let &(first_at, first, _) = members.first()?;
    let &(last_at, last, _) = members.last()?;
    // One reading misread is a count of its own: a count has to be surely read once, and
    // either another page agrees or nothing stands beside it.
    let sure = members.iter().any(|member| member.2);
    if !sure || members.len() == 1 && runs.len() > 1 {
        return None;
    }
    // Two counts that go on from one another are one count, misread.
    let others = || runs.iter().filter(|other| !std::ptr::eq(*other, run));
    let goes_over = |from: (usize, u32), to: (usize, u32)| from.0 + 1 == to.0 && from.1 + 1 == to.1;
    let at = |m: &(usize, u32, bool)| (m.0, m.1);
    let misread = others().flat_map(|other| &other.members).any(|other| {
        members.iter().any(|own| goes_over(at(own), at(other)) || goes_over(at(other), at(own)))
    });
    if misread {
        return None;
    }
    let mut missing: Vec<u32> = Vec::new();
    // Before the first: only where the page after it agrees.
    let goes_on = |place: usize, page: u32| members.iter().any(|m| at(m) == (place + 1, page + 1));
    if first_at == 0 && first > 1 && goes_on(first_at, first) {
        missing.extend(1..first);
    }
    for pair in members.windows(2) {
        let ((from_at, from, _), (to_at, to, to_sure)) = (pair[0], pair[1]);
        let agreed = goes_on(to_at, to) || to_sure && (to == run.of || to == from + 2);
        // Which of the numbers a page between has is not known.
        if to - from > 1 && to_at - from_at == 1 && agreed {
            missing.extend(from + 1..to);
        }
    }
    // After the last: pages of another count end this one, but a cover may count all
    // that follows it, each with a header of its own.
    let ends = |other: &&Run| {
        let start = other.members[0];
        let firm = other.members.len() > 1 || start.1 == 1 && start.2 && other.of != run.of;
        start.0 > last_at && firm && members.len() > 1
    };
    let end = others().filter(ends).map(|other| other.members[0].0).min().unwrap_or(pages);
    if end == last_at + 1 {
        missing.extend(last + 1..=run.of);
    }
    (!missing.is_empty()).then_some(Gap { first: first_at as u32 + 1, of: run.of, missing })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pages as "2/7", `-` for one that states nothing, `?` before an unsure reading.
    #[track_caller]
    fn check(pages: &str, expect: &[(u32, &[u32])]) {
        let stated: Vec<Option<Stated>> = pages
            .split(' ')
            .map(|page| {
                let (page, sure) = page.strip_prefix('?').map_or((page, true), |p| (p, false));
                let (page, of) = page.split_once('/')?;
                Some(Stated { page: page.parse().unwrap(), of: of.parse().unwrap(), sure })
            })
            .collect();
        let gaps = gaps(&stated);
        let got: Vec<(u32, &[u32])> = gaps.iter().map(|g| (g.of, g.missing.as_slice())).collect();
        assert_eq!(got, expect, "{pages}");
    }

    #[test]
    fn a_number_that_is_skipped_is_missing() {
        check("1/7 2/7 4/7 6/7 7/7", &[(7, &[3, 5])]);
        check("1/4 2/4", &[(4, &[3, 4])]);
        check("3/4 4/4", &[(4, &[1, 2])]);
        check("1/3", &[(3, &[2, 3])]);
        check("1/3 2/3 1/2 2/2", &[(3, &[3])]);
    }

    #[test]
    fn whole_counts_miss_nothing() {
        check("1/3 2/3 3/3", &[]);
        check("1/2 2/2 1/2 2/2 1/1", &[]);
        check("1/2 - - - 2/2", &[]);
    }

    #[test]
    fn a_page_that_states_nothing_may_be_the_one() {
        check("1/3 - 3/3", &[]);
        check("- 2/3 3/3", &[]);
        check("1/3 2/3 -", &[]);
        check("1/9 - 4/9 5/9 6/9 7/9 8/9 9/9", &[]);
    }

    #[test]
    fn a_misread_number_is_no_gap() {
        // 3 read as 8, 4 as 1, 8 as 3.
        check("1/8 2/8 8/8 4/8 5/8 6/8 7/8 8/8", &[]);
        check("1/4 2/4 3/4 1/4", &[]);
        check("1/8 2/8 3/8 4/3 5/8 6/8 7/8 8/8", &[]);
        check("?1/3", &[]);
        check("1/2 2/7", &[]);
        check("1/3 2/8 3/8", &[]);
        check("?1/8 ?2/8 ?3/8", &[]);
        check("?1/3 3/3", &[(3, &[2])]);
        check("1/9 2/9 ?7/9 4/9", &[]);
        check("3/3 2/3 1/3", &[]);
    }

    #[test]
    fn a_cover_counts_pages_with_headers_of_their_own() {
        check("1/4 1/1 1/2 2/2", &[]);
        check("1/5 1/2 2/2 1/1 -", &[]);
    }

    #[test]
    fn gaps_are_said_in_words() {
        let words = |missing: &[u32]| Gap { first: 1, of: 9, missing: missing.into() }.in_words();
        assert_eq!(words(&[3]), "page 3 is");
        assert_eq!(words(&[3, 4]), "pages 3 and 4 are");
        assert_eq!(words(&[3, 5]), "pages 3, and 5 are");
        assert_eq!(words(&[2, 4, 5, 6, 9]), "pages 2, 4 to 6, and 9 are");
    }
}
