use std::sync::Arc;

use super::*;
use crate::chart::{Chart, ChartDocument, Given};

const CLUNEAL: &str = include_str!("../../lexicons/policies/cluneal-nerve-block.toml");

fn policy() -> Policy {
    parse(CLUNEAL).unwrap_or_else(|error| panic!("{error}"))
}

fn parse(text: &str) -> Result<Policy, crate::error::Error> {
    Policy::parse("policies/cluneal-nerve-block.toml", text)
}

fn teller<'a>(policy: &'a Policy, chart: &'a Chart, verdict: &'a Verdict) -> Teller<'a> {
    let (registry, templates) = (EvidenceRegistry::embedded(), Templates::embedded());
    Teller { registry, templates, policy, chart, verdict }
}

/// Every policy that the program carries.
pub(super) fn all() -> Vec<Policy> {
    let files = crate::lexicon::embedded_files();
    let policies = files.iter().filter(|(name, _)| name.starts_with("policies/"));
    policies
        .map(|(name, text)| Policy::parse(name, text).unwrap_or_else(|error| panic!("{error}")))
        .collect()
}

fn named(id: &str) -> Policy {
    all().into_iter().find(|policy| policy.id == id).unwrap()
}

#[test]
fn the_policies_pass_their_own_cases() {
    let policies = all();
    assert_eq!(policies.len(), 6);
    let failures: Vec<String> = policies
        .iter()
        .flat_map(|policy| policy.cases.iter().map(move |case| (policy, case)))
        .flat_map(|(policy, case)| {
            let wrong = case.run(policy).into_iter();
            wrong.map(move |wrong| format!("{}: {}: {wrong}", policy.id, case.why))
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
    for policy in all() {
        assert!(policy.gaps().is_empty(), "{}: {:?}", policy.id, policy.gaps());
    }
}

#[test]
fn every_reason_has_its_words_and_every_citation_is_in_the_registry() {
    for policy in all() {
        for id in policy.cited() {
            assert!(EvidenceRegistry::embedded().get(id).is_some(), "{id}");
        }
        let reasons = policy.cases.iter().flat_map(|case| evaluate(&policy, &case.chart).reasons);
        for reason in reasons {
            assert!((1..=60).contains(&reason.label.chars().count()), "{}", reason.id);
            assert!(
                reason.rationale.len() > 20 && !reason.rationale.contains('{'),
                "{}",
                reason.id
            );
            assert!(!reason.policy_clause.is_empty(), "{}", reason.id);
            let roll_up = policy.id == DEFAULT_POLICY && reason.criterion_id == "conservative-care";
            assert!(!roll_up);
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
fn all_mistakes_are_told_each_with_its_own_line() {
    let (trial, course) = ("{ trial = { set = \"snri\"", "{ trial = { set = \"tca\"");
    let text = CLUNEAL.replacen(trial, "{ trial = { set = \"snrj\"", 1);
    let text = text.replacen(course, "{ trial = { set = \"tcb\"", 1);
    let line = |word: &str| text.lines().position(|line| line.contains(word)).unwrap() + 1;
    let error = parse(&text).unwrap_err().to_string();
    for (word, meant) in [("snrj", "snri"), ("tcb", "tca")] {
        let place = format!("policies/cluneal-nerve-block.toml:{}: criterion `", line(word));
        let told = error.lines().find(|line| line.contains(&format!("`{word}`")));
        let told = told.unwrap_or_else(|| panic!("{error}"));
        assert!(told.starts_with(&place) && told.contains(meant), "{told}");
    }
}

/// Slips in the shape of the file, each in a table of its own, and of names beside them.
#[test]
fn a_slip_in_one_table_hides_none_in_another() {
    let slips = [
        (
            "title = \"Diagnostic or therapeutic intent stated\"",
            "titel = \"x\"",
            "did you mean `title`?",
        ),
        (
            "topic = \"sole-treatment\"",
            "topic = \"sole-treatments\"",
            "did you mean `sole-treatment`?",
        ),
        ("months = \"$chronic_months\"", "month = \"$chronic_months\"", "did you mean `months`?"),
        ("n = \"$modalities\"", "n = [2]", "a number is wanted here"),
        (
            "severity = \"informational\"",
            "severity = \"informal\"",
            "did you mean `informational`?",
        ),
        ("cpt = [\"64450\"]", "cptt = [\"64450\"]", "did you mean `cpt`?"),
        ("part_of = \"optimize-conservative\"", "partof = \"x\"", "did you mean `part_of`?"),
        ("why = \"crest: not examined\"", "whhy = \"x\"", "did you mean `why`?"),
        (
            "kind = \"exam_sign\", sign = \"iliac_crest_tenderness\", polarity = \"positive\", side = \"left\", repr",
            "kind = \"exam_sing\", sign = \"x\", repr",
            "did you mean `exam_sign`?",
        ),
        ("verification = \"secondary\"\n", "", "missing field `verification`"),
    ];
    let mut text = CLUNEAL.to_owned();
    for (from, to, _) in slips {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    let error = parse(&text).unwrap_err().to_string();
    for (_, to, told) in slips {
        let of_it = error.lines().find(|line| line.contains(told));
        let of_it = of_it.unwrap_or_else(|| panic!("{told}: {error}"));
        let place = of_it.strip_prefix("policies/cluneal-nerve-block.toml:");
        let line = place.and_then(|rest| rest.split_once(':')).unwrap().0;
        let line = text.lines().nth(line.parse::<usize>().unwrap() - 1).unwrap();
        assert!(line.contains(to.trim_end()), "{told}: {line}");
    }
    assert_eq!(error.lines().count(), slips.len(), "{error}");
}

#[test]
fn mistakes_are_refused_with_place_and_suggestion() {
    check_refused(
        "[scope]",
        "[[stage]]\nid = \"a\"\ntitle = \"t\"\nwhen = { in_scope = { missing = \"\" } }\n\n[scope]",
        "some request has no stage",
    );
    check_refused(
        "failed_sites = 3",
        "failed_sites = 3\nfailed_site = 3",
        "param `failed_site` is used by no rule",
    );
    check_refused("relief_percent = 80 ", "relief_percent = \"80 mg\" ", "% is asked for, not mg");
    check_refused(
        "effective = \"2024-01-01\"",
        "effective = \"2024\"",
        "is no day; write it as 2025-01-31",
    );
    check_refused(
        "answered_by = \"an appeal, an exception or another policy\"\n",
        "",
        "no cure; write `cured_by`",
    );
    check_refused(
        "failed = { label = \"Block is the only treatment\"",
        "unused = { label = \"x\"",
        "unknown field `unused`",
    );
    check_refused(
        "why_needed = \"Without it no policy can be chosen.\"",
        "why_needed = \"\"",
        "`undocumented` has no why_needed",
    );
    check_refused(
        "rule = { onset = { months = \"$chronic_months\", missing = \"how long the pain has been there\" } }",
        "rule = { all = [{ onset = { months = \"$chronic_months\", missing = \"x\" } }, { constant = \"met\" }] }",
        "part 2 of a list changes nothing",
    );
    check_refused(
        "rule = { onset = { months = \"$chronic_months\", missing = \"how long the pain has been there\" } }",
        "rule = { any = [{ onset = { months = \"$chronic_months\", missing = \"x\" } }, { constant = \"met\" }] }",
        "the other parts are never reached: part 2 of a list always decides",
    );
    check_refused(
        "rule = { request = { field = \"intent\", missing = \"whether the block is diagnostic or therapeutic\" } }",
        "rule = { request = { field = \"intent\", is = [\"diagnostic\"], missing = \"x\" } }",
        "it can be not_met, and `failed` has no words for it",
    );
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
        "id = \"p\"\nversion = \"1\"\ntitle = \"t\"\neffective = \"2026-01-01\"\nsource = \"s\"\nretrieved = \"r\"\n\
         verification = \"unverified\"\n{extra}\nscope = {{ cpt = [\"1\"], procedures = [] }}\n"
    );
    let scope = "{ constant = \"met\" }";
    for (n, rule) in std::iter::once(&scope).chain(rules).enumerate() {
        let exclusion = rule.contains("exclusion");
        let rule = rule.trim_start_matches("exclusion ");
        let words = "{ label = \"l\", rationale = \"r\", why_needed = \"w\" }";
        let failed = if rule.contains("\"not_met\"") || rule.contains("documents") {
            format!("failed = {words}\n")
        } else {
            String::new()
        };
        let undocumented = if rule.contains("not_documented") || rule.contains("documents") {
            format!("undocumented = {words}\n")
        } else {
            String::new()
        };
        text.push_str(&format!(
            "[[criterion]]\nid = \"c{n}\"\ntitle = \"t\"\nseverity = \"required\"\ncategory = \"record\"\nrequired = \"r\"\n\
             clause = \"c\"\nanswered_by = \"a\"\n{failed}{undocumented}\
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
    let excluded = "severity = \"required\"\ncategory = \"evidence\"\nexclusion = true";
    let open =
        CLUNEAL.replacen(excluded, "severity = \"informational\"\ncategory = \"evidence\"", 1);
    assert_ne!(open, CLUNEAL);
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
            Arc::make_mut(fact).place.quote = "<b>*quote*".into();
        }
        let verdict = evaluate(&policy, &chart);
        let text = teller(&policy, &chart, &verdict).narrative();
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

#[test]
fn one_record_is_decided_by_policy_and_intent() {
    let (payer, medicare) = (policy(), named("peripheral-nerve-block-medicare"));
    let case = medicare.cases.iter().find(|case| case.why.contains("suspected neuritis")).unwrap();
    let verdict = evaluate(&medicare, &case.chart);
    assert_eq!(verdict.determination, Determination::MeetsCriteria);
    assert_eq!(verdict.stage.as_deref(), Some("diagnostic block"));
    let why = |id: &str| verdict.findings.iter().find(|f| f.criterion_id == id).unwrap();
    assert_eq!(why("covered-indication").outcome, Outcome::Met);
    assert!(!why("covered-indication").facts.is_empty());
    let other = evaluate(&payer, &case.chart);
    assert_eq!(other.determination, Determination::NotMedicallyNecessary);
    assert!(other.reasons.iter().any(|reason| reason.id == "specific-diagnosis.failed"));
}

/// The id and version of the policy that is chosen.
#[track_caller]
fn check_chosen(policies: &[Policy], cpt: &str, day: &str, payer: Payer<'_>, want: &str) {
    let given =
        Given { cpt: Some(cpt.into()), as_of: Some(day.parse().unwrap()), ..Given::default() };
    let chart = Chart::gather(Vec::new(), given);
    let chosen = choose(policies, &chart, payer).unwrap();
    assert_eq!(format!("{}@{}", chosen.id, chosen.version), want, "{cpt} {day} {payer:?}");
}

#[test]
fn the_request_the_payer_and_the_day_choose_the_policy() {
    let mut policies = all();
    let newer = CLUNEAL
        .replace("version = \"2026.1\"", "version = \"2027.1\"")
        .replace("effective = \"2024-01-01\"", "effective = \"2027-01-01\"");
    policies.push(parse(&newer).unwrap());
    let any = Payer::default();
    let medicare = Payer { name: Some("Medicare Part B"), jurisdiction: None };
    for (cpt, want) in [
        ("64450", "cluneal-nerve-block@2026.1"),
        ("64493", "facet-joint@2026.1"),
        ("27096", "si-joint-injection@2026.1"),
        ("64483", "epidural-steroid@2026.1"),
        ("63650", "spinal-cord-stimulator@2026.1"),
        ("99999", "cluneal-nerve-block@2026.1"),
    ] {
        check_chosen(&policies, cpt, "2025-06-02", any, want);
    }
    check_chosen(
        &policies,
        "64450",
        "2025-06-02",
        medicare,
        "peripheral-nerve-block-medicare@2026.1",
    );
    check_chosen(&policies, "64450", "2027-03-01", any, "cluneal-nerve-block@2027.1");
    // A policy of places is for those alone, and there it comes before one for any place.
    let florida = CLUNEAL
        .replace("version = \"2026.1\"", "version = \"2026.1-fl\"\njurisdictions = [\"fl\"]");
    policies.push(parse(&florida).unwrap());
    let of = |place| Payer { name: None, jurisdiction: place };
    for (place, want) in [(Some("FL"), "2026.1-fl"), (Some("GA"), "2026.1"), (None, "2026.1")] {
        let want = format!("cluneal-nerve-block@{want}");
        check_chosen(&policies, "64450", "2025-06-02", of(place), &want);
    }
    // A policy that is over still tells what it would have said, and says so.
    let ended = CLUNEAL.replace(
        "effective = \"2024-01-01\"",
        "effective = \"2024-01-01\"\nuntil = \"2024-12-31\"",
    );
    let ended = parse(&ended).unwrap();
    let verdict = evaluate(&ended, &ended.cases[0].chart);
    assert!(verdict.flags.iter().any(|flag| flag == "policy_not_in_force"));
}

#[test]
fn a_request_for_missing_documentation_is_written_where_the_case_pends() {
    for policy in all() {
        for case in &policy.cases {
            let verdict = evaluate(&policy, &case.chart);
            let pends = verdict.determination == Determination::PendMissingDocumentation;
            let request = teller(&policy, &case.chart, &verdict).request();
            assert_eq!(request.is_some(), pends, "{}", case.why);
            let Some(request) = request else { continue };
            for reason in verdict.reasons.iter().filter(|r| r.severity == Severity::Required) {
                assert!(request.contains(&reason.criterion_id), "{}: {}", case.why, reason.id);
            }
        }
    }
}

#[test]
fn one_fix_away_is_what_deciding_again_comes_to() {
    let policy = named("facet-joint");
    let case = policy.cases.iter().find(|case| case.why.contains("initial: all")).unwrap();
    // Without its therapy the record lacks conservative care, and nothing else.
    let mut documents = vec![(case.chart.documents[0].clone(), Vec::new())];
    let facts = case.chart.facts.iter().filter(|fact| fact.kind.name() != "therapy");
    documents[0].1.extend(facts.map(|fact| (**fact).clone()));
    let given = Given { as_of: case.chart.as_of, ..Given::default() };
    let chart = Chart::gather(documents, Given { intent: case.chart.request.intent, ..given });
    let verdict = evaluate(&policy, &chart);
    assert_eq!(verdict.determination, Determination::PendMissingDocumentation);
    assert_eq!(verdict.one_fix_away, ["conservative-care"]);
    assert!(verdict.documentation_only);
    let at = policy.steps.iter().position(|step| step.id == "complete-record").unwrap();
    assert_ne!(with_step(&policy, &chart, at).determination, Determination::MeetsCriteria);
}
