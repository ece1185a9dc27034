//! The real work on a document and on a case, from the modules that each do one step.

use std::time::Duration;

use super::knowledge::Knowledge;
use super::{Decision, Extraction, FAILED, UNREAD, Work, repeats, undecided};
use crate::chart::{Chart, ChartDocument, Given as ChartGiven};
use crate::document::{Document, Legibility, Page, PageKind, TextSource};
use crate::extract::extract_parts;
use crate::fact::Fact;
use crate::necessity::{Payer, Policy, Teller, choose, evaluate_in, in_force};
use crate::read::{Reading, Sheet};
use crate::report::{Given, Ruling};
use crate::text::Text;

/// Takes facts by a lexicon and decides cases by policies.
pub struct Engine {
    /// Lexicon and policies.
    pub knowledge: Knowledge,
    /// The day to judge as of where a case has none of its own.
    pub as_of: Option<jiff::civil::Date>,
    /// What taking the facts of one document may take, and deciding one case; `None` for any time.
    pub limit: Option<Duration>,
}

impl Work for Engine {
    fn tag(&self, mut reading: Reading, name: &str, sheets: bool) -> Extraction {
        let document = &mut reading.document;
        let own = |page: &&Page| sheets && !matches!(page.kind, PageKind::Duplicate { .. });
        let sheets = document.pages.iter().filter(own).filter_map(Sheet::of).collect();
        let text = Text::take_lines(document);
        let mut parts: Vec<(ChartDocument, Vec<Fact>)> =
            extract_parts(&text, &self.knowledge.lexicon)
                .into_iter()
                .map(|part| (count_pages(document, part.pages), part.facts))
                .collect();
        if let Some((first, _)) = parts.first_mut() {
            first.pages_missing = reading.pages_missing;
        }
        for page in &document.pages {
            if let PageKind::Duplicate { of } = page.kind {
                repeats::mark_copies(&mut parts, page.number, of);
            }
        }
        Extraction { name: name.to_owned(), parts, sheets, problems: reading.problems }
    }

    fn decide(&self, given: &Given, documents: Vec<(ChartDocument, Vec<Fact>)>) -> Decision {
        let payer =
            Payer { name: given.payer.as_deref(), jurisdiction: given.jurisdiction.as_deref() };
        let given = ChartGiven {
            as_of: given.as_of.or(self.as_of),
            cpt: given.cpt.clone(),
            side: given.side,
            intent: given.intent,
        };
        let unread = |(document, facts): &(ChartDocument, Vec<Fact>)| {
            facts.is_empty() && document.pages_unreadable > 0
        };
        // Silence of what nobody has read is no ground to recommend anything.
        if !documents.is_empty() && documents.iter().all(unread) {
            return undecided(
                documents.into_iter().map(|(document, _)| document).collect(),
                UNREAD,
            );
        }
        let chart = Chart::gather(documents, given);
        let rulings: Vec<Ruling> = self
            .policies(&chart, payer)
            .into_iter()
            .map(|policy| self.rule(policy, &chart))
            .collect();
        match rulings.is_empty() {
            true => undecided(chart.documents, FAILED),
            false => Decision { chart, rulings },
        }
    }

    fn limit(&self) -> Option<Duration> {
        self.limit
    }
}

impl Engine {
    /// The policies that a case is held against: each that was asked for, else the one that the request chooses.
    fn policies(&self, chart: &Chart, payer: Payer<'_>) -> Vec<&Policy> {
        let Knowledge { policies, asked, .. } = &self.knowledge;
        if asked.is_empty() {
            return choose(policies, chart, payer).into_iter().collect();
        }
        let of_day = |versions: &'_ Vec<Policy>| -> Option<usize> {
            let first = versions.first()?;
            let chosen = in_force(versions, &first.id, chart)?;
            versions.iter().position(|policy| policy.version == chosen.version)
        };
        asked.iter().filter_map(|versions| versions.get(of_day(versions)?)).collect()
    }

    fn rule(&self, policy: &Policy, chart: &Chart) -> Ruling {
        let Knowledge { evidence, templates, .. } = &self.knowledge;
        let verdict = evaluate_in(templates, policy, chart);
        let teller = Teller { registry: evidence, templates, policy, chart, verdict: &verdict };
        let narrative = teller.narrative();
        let request = teller.request();
        Ruling { verdict, narrative, request }
    }
}

/// What the chart keeps of a document: some pages of a file, from the first to the last.
pub(super) fn count_pages(document: &Document, (first, last): (u32, u32)) -> ChartDocument {
    // Pages stand in order; a file may hold as many documents as pages.
    let before = document.pages.partition_point(|page| page.number < first);
    let own = document.pages[before..].iter().take_while(|page| page.number <= last);
    let count = |wanted: fn(&Page) -> bool| own.clone().filter(|page| wanted(page)).count() as u32;
    ChartDocument {
        pages: count(|_| true),
        pages_ocr: count(|page| page.source == TextSource::Ocr),
        pages_unreadable: count(|page| page.legibility == Legibility::Unreadable),
        pages_picture: count(|page| page.kind == PageKind::Picture),
        pages_duplicate: count(|page| matches!(page.kind, PageKind::Duplicate { .. })),
        ..ChartDocument::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Stage;
    use crate::necessity::Determination;
    use crate::pipeline::{decide_one, tag};
    use crate::read::{ReadOptions, read};

    const NOTE: &str = "MEDICATIONS:\nGabapentin 300 mg three times daily\n";

    #[test]
    fn what_takes_facts_and_decides_notices_that_time_is_over() {
        let reading = || Ok(read(NOTE.as_bytes(), Some("a.txt"), &ReadOptions::default()));
        let knowledge = || Knowledge::load(None, &["cluneal-nerve-block".to_owned()]).unwrap();
        let patient = Engine { knowledge: knowledge(), as_of: None, limit: None };
        let hasty = Engine { limit: Some(Duration::ZERO), knowledge: knowledge(), as_of: None };
        let taken = tag("a.txt", reading(), &patient, false);
        assert!(!taken.parts[0].1.is_empty() && taken.problems.is_empty());
        let stopped = tag("a.txt", reading(), &hasty, false);
        assert_eq!((stopped.parts.len(), stopped.parts[0].0.pages), (1, 1));
        assert!(stopped.parts[0].1.is_empty() && stopped.failed());
        assert_eq!(stopped.parts[0].0.pages_unreadable, 1);
        assert_eq!(stopped.problems[0].stage, Stage::Facts);
        // The same facts with time are decided, without it the case is left to a clinician.
        let again = tag("a.txt", reading(), &patient, false);
        let flags = |engine, taken| {
            let case = decide_one("a", &Given::default(), vec![taken], engine);
            (case.rulings[0].verdict.flags.contains(&"undecided".to_owned()), case.problems.len())
        };
        assert_eq!(flags(&patient, again), (false, 0));
        assert_eq!(flags(&hasty, taken), (true, 1));
    }

    #[test]
    fn a_record_that_nobody_could_read_is_no_ground_to_deny() {
        let knowledge = Knowledge::load(None, &["cluneal-nerve-block".to_owned()]).unwrap();
        let engine = Engine { knowledge, as_of: None, limit: None };
        let lost = || tag("a.pdf", Err(crate::pipeline::unopened("gone")), &engine, false);
        let damaged = || {
            let reading = read(b"%PDF-1.4 and no more", Some("a.pdf"), &ReadOptions::default());
            tag("a.pdf", Ok(reading), &engine, false)
        };
        let text = |text: &str| {
            let reading = read(text.as_bytes(), Some("b.txt"), &ReadOptions::default());
            tag("b.txt", Ok(reading), &engine, false)
        };
        let decide = |taken| {
            let case = decide_one("a", &Given::default(), taken, &engine);
            case.rulings[0].verdict.clone()
        };
        for alone in [decide(vec![lost()]), decide(vec![damaged()])] {
            assert_eq!(alone.determination, Determination::ReferToClinician);
            assert_eq!(alone.flags, ["undecided"]);
        }
        // Beside others it leaves the record incomplete.
        let beside = decide(vec![lost(), text(NOTE)]);
        assert_eq!(beside.determination_without_exclusions, Determination::ReferToClinician);
        let whole = decide(vec![text(NOTE)]);
        assert_eq!(whole.determination_without_exclusions, Determination::PendMissingDocumentation);
    }
}
