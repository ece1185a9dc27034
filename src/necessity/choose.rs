//! Which policy a request is held against: by what it covers, the payer, the place and the day.

use super::policy::Policy;
use crate::chart::Chart;

/// The policy for requests that none covers.
pub const DEFAULT_POLICY: &str = "cluneal-nerve-block";

/// Flag of a case that is held against a policy outside its time.
pub(super) const NOT_IN_FORCE: &str = "policy_not_in_force";

/// Who pays and where, as far as it is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Payer<'a> {
    /// The payer's name.
    pub name: Option<&'a str>,
    /// As "FL".
    pub jurisdiction: Option<&'a str>,
}

/// The policy for a chart: of those that cover the request and that fit payer and place, one in force,
/// one that names the payer before one for any, the newest of its versions; else the default one.
///
/// A policy that names its payers is never chosen for another one, nor where the payer is not known.
/// `None` only where there are no policies.
pub fn choose<'p>(policies: &'p [Policy], chart: &Chart, payer: Payer<'_>) -> Option<&'p Policy> {
    let fits = |policy: &&Policy| {
        policy.covers(&chart.request)
            && policy.of_payer(payer.name) != Some(false)
            && policy.of_jurisdiction(payer.jurisdiction) != Some(false)
    };
    let named = |policy: &Policy| {
        (
            policy.in_force(chart.as_of),
            policy.of_payer(payer.name).is_some(),
            policy.of_jurisdiction(payer.jurisdiction).is_some(),
            policy.effective,
        )
    };
    // Of equals the first stays.
    let best = policies.iter().filter(fits).rev().max_by_key(|policy| named(policy));
    best.or_else(|| in_force(policies, DEFAULT_POLICY, chart)).or_else(|| policies.first())
}

/// The version of a policy that is in force on the case's day; the newest where none is.
pub fn in_force<'p>(policies: &'p [Policy], id: &str, chart: &Chart) -> Option<&'p Policy> {
    let versions = policies.iter().filter(|policy| policy.id == id);
    versions.max_by_key(|policy| (policy.in_force(chart.as_of), policy.effective))
}

/// The flag of a policy that is not in force on the case's day.
pub(super) fn in_force_flag(policy: &Policy, chart: &Chart) -> Option<&'static str> {
    (!policy.in_force(chart.as_of)).then_some(NOT_IN_FORCE)
}
