//! What cases are told apart by.

use crate::closed_set;

use super::cohort::{Cohort, Reason, Ruling};

closed_set! {
    /// What cases are told apart by.
    pub enum Dimension {
        /// The reason against.
        #[default]
        Reason = "reason",
        /// Why the reason counts: failed, undocumented, excluded, inconsistent.
        Class = "class",
        /// Group of criteria that the reason is of.
        Category = "category",
        /// The criterion that the reason is of.
        Criterion = "criterion",
        /// The policy.
        Policy = "policy",
        /// The recommendation.
        Determination = "determination",
        /// What it would be if no policy exclusion applied.
        WithoutExclusions = "determination_without_exclusions",
        /// Procedure code of the request.
        Cpt = "cpt",
        /// Who asks.
        Provider = "provider",
        /// Who is asked to pay.
        Payer = "payer",
        /// Month of the day that the case is judged as of.
        Month = "month",
    }
}

impl Dimension {
    /// Whether it is of reasons, of which a case may have any number.
    pub fn is_of_reasons(self) -> bool {
        matches!(
            self,
            Dimension::Reason | Dimension::Class | Dimension::Category | Dimension::Criterion
        )
    }

    /// Whether it is of the case, whatever the policy; each case then has one value.
    pub fn is_of_cases(self) -> bool {
        matches!(self, Dimension::Cpt | Dimension::Provider | Dimension::Payer | Dimension::Month)
    }

    /// Whether its values follow one another.
    pub fn is_ordered(self) -> bool {
        self == Dimension::Month
    }

    /// Its value for a ruling, or for one of the ruling's reasons.
    pub(super) fn of(self, cohort: &Cohort, ruling: &Ruling, reason: Option<&Reason>) -> u32 {
        let case = cohort.at(ruling.case);
        let kind = reason.map(|reason| &cohort.kinds[reason.kind as usize]);
        let of_reason = |name: fn(&super::cohort::Kind) -> u32| kind.map_or(u32::MAX, name);
        match self {
            Dimension::Reason => of_reason(|kind| kind.reason),
            Dimension::Class => of_reason(|kind| kind.class),
            Dimension::Category => of_reason(|kind| kind.category),
            Dimension::Criterion => of_reason(|kind| kind.criterion),
            Dimension::Policy => ruling.policy,
            Dimension::Determination => ruling.determination,
            Dimension::WithoutExclusions => ruling.without_exclusions,
            Dimension::Cpt => case.cpt,
            Dimension::Provider => case.provider,
            Dimension::Payer => case.payer,
            Dimension::Month => case.month,
        }
    }
}
