//! What is counted of a group of cases.

use crate::closed_set;

closed_set! {
    /// What is counted.
    pub enum Measure {
        /// Cases of the group; of all, or of the wider group where two things are crossed.
        #[default]
        Cases = "cases",
        /// Cases with any reason against.
        Against = "against",
        /// Cases with a reason of the group that is merely undocumented.
        MissingDocumentation = "missing_documentation",
        /// Cases with a reason of the group that rests on what the record says.
        CriterionFailed = "criterion_failed",
        /// Cases that an exclusion of the policy stands against.
        PolicyExclusion = "policy_exclusion",
        /// Cases whose record contradicts itself.
        InconsistentRecord = "inconsistent_record",
        /// Cases of which it is the first reason.
        Primary = "primary",
        /// Cases with a reason of the group that can be cured; of a whole case: all of its reasons.
        Curable = "curable",
        /// Cases that lack nothing but documentation.
        DocumentationOnly = "documentation_only",
        /// Cases that one step alone would bring to meet every required criterion.
        OneFixAway = "one_fix_away",
        /// Cases that this step alone would bring there.
        Alone = "alone",
        /// Cases with a reason that this step cures.
        Helps = "helps",
        /// Items up to this one, of all that are missing; a share.
        Cumulative = "cumulative",
        /// Cases with the first of two reasons.
        First = "with_a",
        /// Cases with the second.
        Second = "with_b",
        /// How much more often two come together than if each came by itself.
        Lift = "lift",
        /// Cases with a required criterion that the record does not settle.
        Undocumented = "undocumented",
        /// Required criteria that the records do not settle, of those that apply; a share.
        UndocumentedRate = "undocumented_rate",
        /// Points more than in the month before.
        Change = "change",
        /// Cases that meet the criterion.
        Met = "met",
        /// Cases that fail it.
        NotMet = "not_met",
        /// Cases whose record does not settle it.
        NotDocumented = "not_documented",
        /// Cases that it does not apply to.
        NotApplicable = "not_applicable",
        /// Cases in which the step is done.
        Done = "done",
        /// Cases that need the step next.
        Needed = "needed",
        /// Cases in which another step comes first.
        Blocked = "blocked",
        /// Cases with this and every earlier step done or not applicable.
        Through = "through",
        /// Facts that reviewers found right.
        Accepted = "accepted",
        /// Facts that they put right.
        Corrected = "corrected",
        /// Facts that they struck out.
        Rejected = "rejected",
        /// Facts that they could not decide on.
        Unsure = "unsure",
        /// Facts corrected or rejected, of those decided on.
        Overridden = "overridden",
    }
}

impl Measure {
    /// What a column of it is called for people.
    pub fn title(self) -> &'static str {
        match self {
            Measure::Cases => "cases",
            Measure::Against => "with a reason against",
            Measure::MissingDocumentation => "missing documentation",
            Measure::CriterionFailed => "criterion failed",
            Measure::PolicyExclusion => "policy exclusion",
            Measure::InconsistentRecord => "inconsistent record",
            Measure::Primary => "first reason",
            Measure::Curable => "curable",
            Measure::DocumentationOnly => "documentation only",
            Measure::OneFixAway => "one fix away",
            Measure::Alone => "would do alone",
            Measure::Helps => "cures a reason",
            Measure::Cumulative => "cumulative",
            Measure::First => "with the first",
            Measure::Second => "with the second",
            Measure::Lift => "lift",
            Measure::Undocumented => "with something undocumented",
            Measure::UndocumentedRate => "of criteria",
            Measure::Change => "change, points",
            Measure::Met => "met",
            Measure::NotMet => "not met",
            Measure::NotDocumented => "not documented",
            Measure::NotApplicable => "not applicable",
            Measure::Done => "done",
            Measure::Needed => "needed",
            Measure::Blocked => "blocked",
            Measure::Through => "through",
            Measure::Accepted => "accepted",
            Measure::Corrected => "corrected",
            Measure::Rejected => "rejected",
            Measure::Unsure => "unsure",
            Measure::Overridden => "overridden",
        }
    }

    /// The same in a word or two, for narrow columns.
    pub fn short(self) -> &'static str {
        match self {
            Measure::Against => "against",
            Measure::MissingDocumentation => "undoc.",
            Measure::CriterionFailed => "failed",
            Measure::PolicyExclusion => "excluded",
            Measure::InconsistentRecord => "incons.",
            Measure::Primary => "first",
            Measure::DocumentationOnly => "doc. only",
            Measure::OneFixAway => "one fix",
            Measure::Alone => "alone",
            Measure::Helps => "helps",
            Measure::First => "with a",
            Measure::Second => "with b",
            Measure::Undocumented => "undoc.",
            Measure::NotDocumented => "undoc.",
            Measure::NotApplicable => "n/a",
            Measure::Change => "change",
            other => other.title(),
        }
    }

    /// Whether it is a number by itself and not a count of something.
    pub fn is_value(self) -> bool {
        matches!(
            self,
            Measure::Cumulative | Measure::Lift | Measure::UndocumentedRate | Measure::Change
        )
    }
}
