//! `policy`: which policies there are, what they say, whether they hold, and what a change of one changes.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::{Done, stdout_error};
use crate::error::Error;
use crate::necessity::{Decision, Policy, decide, show, unknown};
use crate::pipeline::{
    LoadedPolicy, known_evidence, known_policies, known_topics, lexicon_files, read_policy,
    unknown_policy,
};
use crate::report::read_charts;

/// List, show, check and test policies, or tell what a change of one changes
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
    /// Folder of lexicon and policy files that stand in for the built-in ones of the same name
    #[arg(long, value_name = "DIR", global = true)]
    lexicons: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Action {
    /// One line a policy: id, version, first day in force, title
    List,
    /// The policy as a reviewer reads it: criteria, pathway, sources
    Show {
        /// Its id, `ID@VERSION`, or a file
        policy: String,
        /// Its file instead, comments and cases included
        #[arg(long)]
        source: bool,
    },
    /// Whether every name that policies use is known, and every outcome is shown by a case
    Check {
        /// Ids or files; all where none is named
        policies: Vec<String>,
    },
    /// Run the policies' own cases
    Test {
        /// Ids or files; all where none is named
        policies: Vec<String>,
    },
    /// Which cases of a report come out otherwise under another policy, from the facts already taken
    Diff {
        /// The policy as it was: id, `ID@VERSION`, or file
        old: String,
        /// The policy as it is to be
        new: String,
        /// A report folder
        out: PathBuf,
    },
}

pub fn run(args: &Args) -> Result<Done, Error> {
    let folder = args.lexicons.as_deref();
    let (text, sound) = match &args.action {
        Action::List => (list(&known_policies(folder)?), true),
        Action::Show { policy, source: true } => (find(folder, policy)?.text, true),
        Action::Show { policy, .. } => {
            (show(&find(folder, policy)?.policy, &known_evidence(folder)?), true)
        }
        Action::Check { policies } => check(folder, policies)?,
        Action::Test { policies } => test(&wanted(folder, policies)?),
        Action::Diff { old, new, out } => {
            let (old, new) = (find(folder, old)?.policy, find(folder, new)?.policy);
            (diff(&old, &new, out)?, true)
        }
    };
    io::stdout().write_all(text.as_bytes()).map_err(stdout_error)?;
    match sound {
        true => Ok(Done::default()),
        false => Err(Error::Lexicon {
            place: "policies".to_owned(),
            problem: "not as they should be; see above".to_owned(),
        }),
    }
}

fn list(policies: &[LoadedPolicy]) -> String {
    let width = policies.iter().map(|p| p.policy.id.len()).max().unwrap_or_default();
    let mut out = String::new();
    for Policy { id, version, effective, title, .. } in policies.iter().map(|p| &p.policy) {
        let _ = writeln!(out, "{id:width$}  {version:8}  {effective}  {title}");
    }
    out
}

/// The policy of an id, of an id and a version, or of a file; of several versions the newest.
fn find(folder: Option<&Path>, name: &str) -> Result<LoadedPolicy, Error> {
    let mut known = known_policies(folder)?;
    let (id, version) = match name.split_once('@') {
        Some((id, version)) => (id, Some(version)),
        None => (name, None),
    };
    let ids: Vec<String> = known.iter().map(|p| p.policy.id.clone()).collect();
    known.retain(|loaded| {
        loaded.policy.id == id && version.is_none_or(|version| loaded.policy.version == version)
    });
    match known.into_iter().max_by_key(|loaded| loaded.policy.effective) {
        Some(loaded) => Ok(loaded),
        None if Path::new(name).is_file() => read_policy(Path::new(name)),
        None => Err(unknown_policy(name, &ids)),
    }
}

fn wanted(folder: Option<&Path>, names: &[String]) -> Result<Vec<LoadedPolicy>, Error> {
    match names.is_empty() {
        true => known_policies(folder),
        false => names.iter().map(|name| find(folder, name)).collect(),
    }
}

/// A policy file, with its place.
struct Source {
    place: String,
    loaded: Result<LoadedPolicy, Error>,
}

/// Policy files: those that are named, else all. One that is wrong hides no other.
fn sources(folder: Option<&Path>, names: &[String]) -> Result<Vec<Source>, Error> {
    let files = lexicon_files(folder)?.into_iter();
    let files = files.filter(|(name, _)| name.starts_with("policies/") && name.ends_with(".toml"));
    let known: Vec<(String, String)> =
        files.map(|(name, text)| (format!("lexicons/{name}"), text)).collect();
    if names.is_empty() {
        let parse = |(place, text): (String, String)| {
            let policy = Policy::parse(&place, &text);
            Source { place, loaded: policy.map(|policy| LoadedPolicy { policy, text }) }
        };
        return Ok(known.into_iter().map(parse).collect());
    }
    let named = names.iter().map(|name| {
        if Path::new(name).is_file() {
            return Ok(Source { place: name.clone(), loaded: read_policy(Path::new(name)) });
        }
        let loaded = find(folder, name)?;
        let place = known.iter().find(|(_, text)| *text == loaded.text);
        Ok(Source { place: place.map_or(name, |(place, _)| place).clone(), loaded: Ok(loaded) })
    });
    named.collect()
}

/// Whether policies can be loaded, and what loading does not refuse: evidence and topics that are not
/// there, outcomes that no case shows, one version in two files.
fn check(folder: Option<&Path>, names: &[String]) -> Result<(String, bool), Error> {
    let (evidence, topics) = (known_evidence(folder)?, known_topics(folder)?);
    let (mut out, mut sound) = (String::new(), true);
    let mut seen: Vec<(String, String)> = Vec::new();
    for Source { place, loaded } in sources(folder, names)? {
        let LoadedPolicy { policy, text } = match loaded {
            Ok(loaded) => loaded,
            Err(error @ Error::Lexicon { .. }) => {
                let _ = writeln!(out, "{place}: not sound\n  {}", lines(&error.to_string()));
                sound = false;
                continue;
            }
            Err(error) => return Err(error),
        };
        let mut problems = Vec::new();
        let mut wrong = |word: &str, problem: String| {
            let line = text.lines().position(|line| line.contains(word)).unwrap_or_default();
            problems.push(format!("{place}:{}: {problem}", line + 1));
        };
        for id in policy.cited().into_iter().filter(|id| evidence.get(id).is_none()) {
            let known = evidence.iter().map(|item| item.id.as_str());
            wrong(&format!("\"{id}\""), unknown("evidence", id, known));
        }
        for topic in policy.topics.iter().filter(|topic| !topics.contains(*topic)) {
            let problem =
                unknown("topic that a concept states", topic, topics.iter().map(String::as_str));
            wrong(&format!("\"{topic}\""), problem);
        }
        for (criterion, outcome) in policy.gaps() {
            let problem = format!(
                "criterion `{criterion}`: no case shows {outcome}; write a `[[case]]` with `expect = {{ {criterion} = \"{outcome}\" }}`"
            );
            wrong(&format!("id = \"{criterion}\""), problem);
        }
        let version = (policy.id.clone(), policy.version.clone());
        if seen.contains(&version) {
            wrong("version =", format!("another file is {} {} too", policy.id, policy.version));
        }
        seen.push(version);
        let verdict = if problems.is_empty() { "sound" } else { "not sound" };
        let _ = writeln!(
            out,
            "{} {}: {} criteria, {} steps, {} cases: {verdict}",
            policy.id,
            policy.version,
            policy.criteria.len(),
            policy.steps.len(),
            policy.cases.len()
        );
        for problem in &problems {
            let _ = writeln!(out, "  {problem}");
        }
        sound &= problems.is_empty();
    }
    Ok((out, sound))
}

/// Lines that stand below each other, set in.
fn lines(text: &str) -> String {
    text.replace('\n', "\n  ")
}

fn test(policies: &[LoadedPolicy]) -> (String, bool) {
    let (mut out, mut sound) = (String::new(), true);
    for policy in policies.iter().map(|loaded| &loaded.policy) {
        let mut failed = 0;
        let mut lines = String::new();
        for case in &policy.cases {
            let wrong = case.run(policy);
            failed += usize::from(!wrong.is_empty());
            for line in wrong {
                let _ = writeln!(lines, "  {}: {line}", case.why);
            }
        }
        let _ = writeln!(out, "{}: {} cases, {failed} failed", policy.id, policy.cases.len());
        out.push_str(&lines);
        sound &= failed == 0;
    }
    (out, sound)
}

/// One block a case that changes: its determination, and the criteria that come out otherwise.
fn diff(old: &Policy, new: &Policy, report: &Path) -> Result<String, Error> {
    let cases = read_charts(report)?;
    let (mut out, mut changed) = (String::new(), 0);
    for case in &cases {
        let (before, after) = (decide(old, &case.chart), decide(new, &case.chart));
        let lines = differences(old, &before, new, &after);
        if lines.is_empty() {
            continue;
        }
        changed += 1;
        let _ = writeln!(out, "{}", case.id);
        for line in lines {
            let _ = writeln!(out, "  {line}");
        }
    }
    let _ = writeln!(
        out,
        "{} {} to {} {}: {changed} of {} cases change",
        old.id,
        old.version,
        new.id,
        new.version,
        cases.len()
    );
    Ok(out)
}

fn differences(old: &Policy, before: &Decision, new: &Policy, after: &Decision) -> Vec<String> {
    let mut lines = Vec::new();
    let mut differs = |what: &str, before: &str, after: &str| {
        if before != after {
            lines.push(format!("{what}: {before} to {after}"));
        }
    };
    differs("determination", before.determination.as_str(), after.determination.as_str());
    differs(
        "without exclusions",
        before.determination_without_exclusions.as_str(),
        after.determination_without_exclusions.as_str(),
    );
    let outcome = |policy: &Policy, decision: &Decision, id: &str| {
        let at = policy.criteria.iter().position(|criterion| criterion.id == id);
        at.and_then(|at| decision.criteria.get(at)).map_or("no criterion", |c| c.outcome.as_str())
    };
    let only_new = new.criteria.iter().filter(|c| old.criteria.iter().all(|o| o.id != c.id));
    for criterion in old.criteria.iter().chain(only_new) {
        let id = &criterion.id;
        differs(id, outcome(old, before, id), outcome(new, after, id));
    }
    lines
}
