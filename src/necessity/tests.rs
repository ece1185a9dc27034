use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::chart::{Chart, ChartDocument, Given};
use crate::fact::Fact;

const CLUNEAL: &str = include_str!("../../lexicons/policies/cluneal-nerve-block.toml");

fn policy() -> Policy {
    parse(CLUNEAL).unwrap_or_else(|error| panic!("{error}"))
}

fn parse(text: &str) -> Result<Policy, crate::error::Error> {
    Policy::parse("policies/cluneal-nerve-block.toml", text)
}

fn outcomes(policy: &Policy, chart: &Chart) -> BTreeMap<String, Outcome> {
    let verdict = evaluate(policy, chart);
    verdict.findings.into_iter().map(|finding| (finding.criterion_id, finding.outcome)).collect()
}

#[test]
fn the_policy_passes_its_own_cases() {
    let policy = policy();
    let failures: Vec<String> = policy
        .cases
        .iter()
        .flat_map(|case| {
            case.run(&policy).into_iter().map(|wrong| format!("{}: {wrong}", case.why))
        })
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn a_case_that_is_wrong_is_reported() {
    let wrong = CLUNEAL.replace(
        r#"expect = { target-and-side = "not_documented" }"#,
        r#"expect = { target-and-side = "met" }"#,
    );
    let policy = parse(&wrong).unwrap();
    let failures: Vec<String> = policy.cases.iter().flat_map(|case| case.run(&policy)).collect();
    assert_eq!(failures, ["target-and-side: expected met, got not_documented"]);
}

/// Every outcome that a criterion can have is shown by a case.
#[test]
fn the_cases_show_every_outcome() {
    use Outcome::{Met, NotDocumented, NotMet};
    let constant = ["service-not-excluded", "efficacy-evidence"];
    let never_not_met = [
        "request-intent",
        "target-and-side",
        "diagnostic-block-quantified",
        "prior-injections-quantified",
        "baseline-pain-score",
    ];
    let policy = policy();
    for criterion in &policy.criteria {
        let id = criterion.id.as_str();
        let shown: Vec<Outcome> =
            policy.cases.iter().filter_map(|case| case.expected(id)).collect();
        for outcome in [Met, NotMet, NotDocumented] {
            let possible = match outcome {
                NotMet => !never_not_met.contains(&id),
                _ => !constant.contains(&id),
            };
            assert!(!possible || shown.contains(&outcome), "{id}: no case shows {outcome}");
        }
    }
}

#[test]
fn every_reason_has_its_words_and_every_citation_is_in_the_registry() {
    let policy = policy();
    for id in policy.cited() {
        assert!(EvidenceRegistry::embedded().get(id).is_some(), "{id}");
    }
    for case in &policy.cases {
        for reason in evaluate(&policy, &case.chart).reasons {
            assert!((1..=60).contains(&reason.label.chars().count()), "{}", reason.id);
            assert!(
                reason.rationale.len() > 20 && !reason.rationale.contains('{'),
                "{}",
                reason.id
            );
            assert!(!reason.policy_clause.is_empty(), "{}", reason.id);
            assert_ne!(reason.criterion_id, "conservative-care");
        }
    }
}

/// What a change to the file is refused with.
#[track_caller]
fn check_refused(from: &str, to: &str, message: &str) {
    assert!(CLUNEAL.contains(from), "{from}");
    let error = parse(&CLUNEAL.replacen(from, to, 1)).unwrap_err().to_string();
    assert!(error.contains(message), "{error}");
    assert!(error.starts_with("policies/cluneal-nerve-block.toml:"), "{error}");
}

#[test]
fn mistakes_are_refused_with_place_and_suggestion() {
    check_refused("[[criterion]]\nid", "[[criterion]]\nsevrity = 1\nid", "unknown field `sevrity`");
    check_refused("\"$recent_months\"", "\"$recent_month\"", "did you mean `recent_months`?");
    check_refused("kind = \"emg\"", "kind = \"emgs\"", "did you mean `emg`?");
    check_refused("sign = \"iliac_crest_tenderness\"", "sign = \"crest\"", "is none of");
    check_refused("set = \"snri\"", "set = \"snris\"", "did you mean `snri`?");
    check_refused(
        "topic = \"sole-treatment\"",
        "topic = \"sole-treatments\"",
        "did you mean `sole-treatment`?",
    );
    check_refused(
        "cured_by = [\"therapeutic\"]",
        "cured_by = [\"therapeutics\"]",
        "did you mean `therapeutic`?",
    );
    check_refused(
        "{ criterion = \"simple-analgesics\" }",
        "{ criterion = \"conservative-care\" }",
        "refers back to itself",
    );
    check_refused("category = \"record\"", "category = \"records\"", "did you mean `record`?");
}

/// Required criteria with fixed outcomes, and what they come to.
#[track_caller]
fn check_precedence(rules: &[&str], extra: &str, want: Determination, without: Determination) {
    let mut text = format!(
        "id = \"p\"\nversion = \"1\"\ntitle = \"t\"\neffective = \"2026\"\nsource = \"s\"\nretrieved = \"r\"\n\
         verification = \"unverified\"\n{extra}\nscope = {{ cpt = [\"1\"], procedures = [] }}\n"
    );
    let scope = "{ constant = \"met\" }";
    for (n, rule) in std::iter::once(&scope).chain(rules).enumerate() {
        let exclusion = rule.contains("exclusion");
        let rule = rule.trim_start_matches("exclusion ");
        text.push_str(&format!(
            "[[criterion]]\nid = \"c{n}\"\ntitle = \"t\"\nseverity = \"required\"\ncategory = \"record\"\nrequired = \"r\"\n\
             scope = {}\nexclusion = {exclusion}\nrule = {rule}\n",
            n == 0
        ));
    }
    let policy = Policy::parse("p.toml", &text).unwrap_or_else(|error| panic!("{error}"));
    let documents = vec![(ChartDocument { pages_unreadable: 1, ..Default::default() }, Vec::new())];
    let verdict = evaluate(&policy, &Chart::gather(documents, Given::default()));
    assert_eq!(
        (verdict.determination, verdict.determination_without_exclusions),
        (want, without),
        "{rules:?}"
    );
}

#[test]
fn denied_before_referred_before_pended() {
    use Determination::*;
    let (met, no, silent) = (
        r#"{ constant = "met" }"#,
        r#"{ constant = "not_met" }"#,
        r#"{ constant = "not_documented" }"#,
    );
    let illegible = "{ documents = { recent_months = 6 } }";
    let excluded = r#"exclusion { constant = "not_met" }"#;
    check_precedence(&[met], "", MeetsCriteria, MeetsCriteria);
    check_precedence(&[met, silent], "", PendMissingDocumentation, PendMissingDocumentation);
    check_precedence(&[silent, illegible], "", ReferToClinician, ReferToClinician);
    check_precedence(&[silent, illegible, no], "", NotMedicallyNecessary, NotMedicallyNecessary);
    check_precedence(&[met, excluded], "", NotMedicallyNecessary, MeetsCriteria);
    check_precedence(&[silent, excluded], "", NotMedicallyNecessary, PendMissingDocumentation);
    let deny = "missing_documentation = \"deny\"";
    check_precedence(&[met, silent], deny, NotMedicallyNecessary, NotMedicallyNecessary);
}

#[test]
fn only_documentation_is_missing_where_supplying_it_leaves_no_reason() {
    let open =
        CLUNEAL.replacen("rule = { constant = \"not_met\" }", "rule = { constant = \"met\" }", 1);
    let policy = parse(&open).unwrap();
    let by_why = |part: &str| {
        let case = policy.cases.iter().find(|case| case.why.contains(part)).unwrap();
        let verdict = evaluate(&policy, &case.chart);
        (verdict.documentation_only, verdict.curable, verdict.reasons.is_empty())
    };
    assert_eq!(by_why("psychology: silence"), (true, true, false));
    assert_eq!(by_why("psychology: neither offered"), (false, true, false));
    assert_eq!(by_why("relief between the thresholds"), (false, true, false));
    assert!(!by_why("all criteria met").0);
}

#[test]
fn the_narrative_has_its_sections_and_escapes_the_record() {
    let policy = policy();
    for case in &policy.cases {
        let mut chart = case.chart.clone();
        for fact in &mut chart.facts {
            fact.place.quote = "<b>*quote*".into();
        }
        let text = narrative(&policy, &chart, &evaluate(&policy, &chart));
        for heading in [
            "\n## Recommendation\n",
            "\n## Guideline position and limits of the evidence\n",
            "\n## Deficiencies\n",
            "\n## Recommended pathway\n",
            "\n## Pitfalls\n",
            "\n## Function and quality of life\n",
            "\n## What would change this decision\n",
        ] {
            assert!(text.contains(heading), "{}: {heading}", case.why);
        }
        assert!(!text.contains("<b>"), "{}", case.why);
    }
}

/// The record of a chart with its documents and facts in another order.
fn shuffled(chart: &Chart, seed: &[usize]) -> Chart {
    let mut documents: Vec<(ChartDocument, Vec<Fact>)> =
        chart.documents.iter().map(|document| (document.clone(), Vec::new())).collect();
    for fact in &chart.facts {
        documents[fact.place.document].1.push(fact.clone());
    }
    for (_, facts) in &mut documents {
        for (n, swap) in seed.iter().enumerate() {
            if !facts.is_empty() {
                let (a, b) = (n % facts.len(), swap % facts.len());
                facts.swap(a, b);
            }
        }
    }
    if seed.first().is_some_and(|n| n % 2 == 0) {
        documents.reverse();
    }
    let request = &chart.request;
    let given = Given {
        as_of: chart.as_of,
        cpt: request.cpt.clone(),
        side: request.side,
        intent: request.intent,
    };
    Chart::gather(documents, given)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn order_never_changes_an_outcome(seed in prop::collection::vec(0usize..64, 8)) {
        let policy = policy();
        for case in &policy.cases {
            prop_assert_eq!(
                outcomes(&policy, &case.chart),
                outcomes(&policy, &shuffled(&case.chart, &seed)),
                "{}", case.why
            );
        }
    }

    #[test]
    fn a_second_evaluation_says_the_same(n in 0usize..64) {
        let policy = policy();
        let case = &policy.cases[n % policy.cases.len()];
        prop_assert_eq!(evaluate(&policy, &case.chart), evaluate(&policy, &case.chart));
    }
}
