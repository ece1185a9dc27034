//! What an evaluation yields.

use crate::closed_set;

/// What a policy says of a case.
#[derive(Clone, PartialEq)]
#[cfg_attr(test, derive(Debug))]
pub struct Verdict {
    /// Id of the policy.
    pub policy_id: String,
    /// Version of the policy.
    pub policy_version: String,
    /// The stage of treatment that the request is at, where the policy has stages.
    pub stage: Option<String>,
    /// The recommendation.
    pub determination: Determination,
    /// What it would be if no policy exclusion applied.
    pub determination_without_exclusions: Determination,
    /// One finding a criterion, in the policy's order.
    pub findings: Vec<Finding>,
    /// All reasons against, by rank; the first is the primary one.
    pub reasons: Vec<Reason>,
    /// The recommended pathway in order.
    pub pathway: Vec<Step>,
    /// Checks over the result that raised something, as ids with a sentence each.
    pub pitfalls: Vec<Pitfall>,
    /// Flags of the case: those of its findings, sorted, each once.
    pub flags: Vec<String>,
    /// Two or three sentences for people.
    pub rationale: String,
    /// Id of the first step that is not done.
    pub next_step: Option<String>,
    /// Whether every reason can be cured.
    pub curable: bool,
    /// Whether nothing but documentation is missing: with it supplied, no reason would be left.
    pub documentation_only: bool,
    /// Ids of the steps of which each alone, done and documented, would leave every required
    /// criterion met, but for an exclusion of the policy.
    pub one_fix_away: Vec<String>,
}

/// What a policy says of one criterion.
#[derive(Clone, PartialEq)]
#[cfg_attr(test, derive(Debug))]
pub struct Finding {
    /// Id of the criterion.
    pub criterion_id: String,
    /// Its title.
    pub title: String,
    /// How much hangs on it.
    pub severity: Severity,
    /// Group that it is shown in, as `conservative`.
    pub category: String,
    /// The outcome.
    pub outcome: Outcome,
    /// What the record shows, in words.
    pub observed: String,
    /// What the policy asks for, in words.
    pub required: String,
    /// Facts that decided it: indices into [`Chart::facts`](crate::chart::Chart::facts).
    pub facts: Vec<usize>,
    /// What the record does not say and the criterion needs, in words.
    pub missing: Vec<String>,
    /// As `conflicting`, `equivocal`, `illegible`, `range`.
    pub flags: Vec<String>,
    /// Id of the reason that it gives rise to, if any.
    pub reason_id: Option<String>,
    /// Pathway steps that would cure it.
    pub cured_by: Vec<String>,
    /// Evidence registry ids.
    pub evidence: Vec<String>,
    /// A sentence or two: why this outcome.
    pub explanation: String,
}

closed_set! {
    /// The outcome of a criterion.
    pub enum Outcome {
        Met = "met",
        NotMet = "not_met",
        /// The record is silent, in conflict, equivocal or illegible here.
        #[default]
        NotDocumented = "not_documented",
        NotApplicable = "not_applicable",
    }
}

closed_set! {
    /// How much hangs on a criterion.
    pub enum Severity {
        #[default]
        Required = "required",
        Supporting = "supporting",
        Informational = "informational",
    }
}

closed_set! {
    /// The recommendation for a case.
    pub enum Determination {
        MeetsCriteria = "meets_criteria",
        NotMedicallyNecessary = "not_medically_necessary",
        #[default]
        PendMissingDocumentation = "pend_missing_documentation",
        ReferToClinician = "refer_to_clinician",
    }
}

closed_set! {
    /// Why a reason counts, in rank order.
    pub enum ReasonClass {
        PolicyExclusion = "policy_exclusion",
        CriterionFailed = "criterion_failed",
        InconsistentRecord = "inconsistent_record",
        #[default]
        MissingDocumentation = "missing_documentation",
    }
}

/// A reason against.
#[derive(Clone, PartialEq)]
#[cfg_attr(test, derive(Debug))]
pub struct Reason {
    /// Criterion id plus `.failed`, `.undocumented`, `.excluded` or `.inconsistent`.
    pub id: String,
    /// Why it counts.
    pub class: ReasonClass,
    /// The criterion.
    pub criterion_id: String,
    /// Severity of the criterion.
    pub severity: Severity,
    /// Category of the criterion.
    pub category: String,
    /// At most 60 characters.
    pub label: String,
    /// The long form, filled in from the record.
    pub rationale: String,
    /// Clause of the policy, in own words or as a reference.
    pub policy_clause: String,
    /// Evidence registry ids.
    pub evidence: Vec<String>,
    /// The fact to quote: an index into [`Chart::facts`](crate::chart::Chart::facts).
    pub quoted_fact: Option<usize>,
    /// What is missing; empty where nothing is.
    pub missing_item: String,
    /// Why it is needed.
    pub why_needed: String,
    /// Pathway steps that would cure it.
    pub cured_by: Vec<String>,
    /// Whether any step would.
    pub curable: bool,
    /// What the record does about it.
    pub record: RecordSays,
    /// What can be done where no step cures it.
    pub answered_by: String,
    /// Bare claim adjustment reason code number, optional.
    pub carc_hint: Option<String>,
}

closed_set! {
    /// What the record does about a criterion that is not met.
    pub enum RecordSays {
        /// It speaks of it, and what it says does not meet it.
        Fails = "fails",
        /// It does not speak of it, or not of all that is needed.
        #[default]
        Silent = "silent",
        /// Two of its statements, or a score and its label, disagree.
        Disagrees = "disagrees",
        /// What it says is neither one thing nor the other, or could not be read.
        Unclear = "unclear",
    }
}

closed_set! {
    /// Where a pathway step stands.
    pub enum StepStatus {
        Done = "done",
        #[default]
        Needed = "needed",
        /// An earlier step comes first.
        Blocked = "blocked",
        NotApplicable = "not_applicable",
    }
}

/// A step of the recommended pathway.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// As "1", "1a".
    pub number: String,
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Where it stands.
    pub status: StepStatus,
    /// Ids of the steps that come first and are not done.
    pub blocked_by: Vec<String>,
    /// Ids of the reasons that it cures.
    pub cures: Vec<String>,
    /// What to do; drugs are worded "consider".
    pub action: String,
    /// Who can supply what it asks for.
    pub by: String,
    /// Evidence registry ids.
    pub evidence: Vec<String>,
}

/// A check over the result that raised something.
#[derive(Clone, Debug, PartialEq)]
pub struct Pitfall {
    /// Its id.
    pub id: String,
    /// The sentence to show.
    pub text: String,
    /// The criteria that it rests on.
    pub criteria: Vec<String>,
}

crate::withhold_debug!(Verdict, Finding, Reason);
