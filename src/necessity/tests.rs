use super::*;

const CLUNEAL: &str = include_str!("../../lexicons/policies/cluneal-nerve-block.toml");

fn policy() -> Policy {
    Policy::parse("policies/cluneal-nerve-block.toml", CLUNEAL)
        .unwrap_or_else(|error| panic!("{error}"))
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
