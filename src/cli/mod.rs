//! The command line: one file a command.
//!
//! Exit codes: 0 all read; 1 could not start; 2 usage; 3 some documents failed; 4 every
//! document failed; 130 interrupted.

#![allow(clippy::print_stdout, clippy::print_stderr)]

mod compare;
mod columns;
mod completions;
mod config;
mod context;
mod doctor;
mod explain;
mod facts;
mod input;
mod job;
mod lexicon;
mod man;
mod memory;
mod output;
mod page;
mod policy;
mod progress;
mod reports;
mod review;
mod run;
mod scan;
mod searchable;
mod split;
mod summarize;
mod table;
mod tag;
mod text;
mod watch;
mod worker;

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use config::Config;

use crate::error::{Error, Problem};
use crate::worker::Program;

/// Turns stacks of faxed clinical records into facts one can check, and facts into reasoned
/// medical-necessity findings.
///
/// What it recommends is for a clinician to decide: it never issues a denial by itself.
#[derive(Parser)]
#[command(name = "chartsift", version, max_term_width = 100)]
struct Cli {
    /// File of defaults for options; chartsift.toml where it is run, if it is there
    #[arg(long, global = true, value_name = "FILE.toml")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Run(run::Args),
    Watch(watch::Args),
    Tag(tag::Args),
    Text(text::Args),
    Page(page::Args),
    Searchable(searchable::Args),
    Context(context::Args),
    Lexicon(lexicon::Args),
    Policy(policy::Args),
    Explain(explain::Args),
    Review(review::Args),
    Summarize(summarize::Args),
    Compare(compare::Args),
    Doctor(doctor::Args),
    Config(config::Args),
    Completions(completions::Args),
    Man(man::Args),
    #[command(hide = true)]
    Worker(worker::Args),
}

/// Runs the command that the program's own arguments name.
pub fn main() -> ExitCode {
    let program = std::env::current_exe().map(|path| Program { path, arguments: Vec::new() });
    ExitCode::from(run_with(std::env::args_os(), program))
}

/// Runs the command that the arguments name, the first being the program's name; yields the exit code.
/// `program` is this program, for the processes that read.
pub fn run_with(arguments: impl IntoIterator<Item = OsString>, program: io::Result<Program>) -> u8 {
    crate::pipeline::withhold_panic_messages();
    // What is written says what records say: it is for whoever runs the program alone.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    match dispatch(arguments.into_iter().collect(), program) {
        Ok(done) => done.code(),
        // Whoever reads us has had enough, as `head` does.
        Err(Error::Io { source, .. }) if source.kind() == io::ErrorKind::BrokenPipe => 0,
        Err(error) => {
            eprintln!("chartsift: {error}");
            match error {
                Error::Usage { .. } | Error::Lexicon { .. } => 2,
                _ => 1,
            }
        }
    }
}

/// Runs the command that the arguments name, with the defaults of chartsift.toml.
fn dispatch(arguments: Vec<OsString>, program: io::Result<Program>) -> Result<Done, Error> {
    let plain = Cli::command();
    let mut matches = plain.clone().get_matches_from(&arguments);
    let (mut config, mut command) = (Config::default(), plain);
    if matches.subcommand_name().is_some_and(config::concerns) {
        let named = matches.get_one::<PathBuf>("config");
        config = Config::find(named.map(PathBuf::as_path), &command)?;
        command = config.applied(command);
        matches = command.clone().get_matches_from(&arguments);
    }
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let program = || {
        program.map_err(|source| Error::Io {
            path: "chartsift".into(),
            action: "cannot find the program's own file",
            source,
        })
    };
    match cli.command {
        Command::Run(args) => run::run(&args, &program()?),
        Command::Watch(args) => watch::run(&args, &program()?),
        Command::Tag(args) => tag::run(&args),
        Command::Text(args) => text::run(&args),
        Command::Page(args) => page::run(&args),
        Command::Searchable(args) => searchable::run(&args),
        Command::Lexicon(args) => lexicon::run(&args),
        Command::Context(args) => context::run(&args),
        Command::Policy(args) => policy::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Review(args) => review::run(&args),
        Command::Summarize(args) => summarize::run(&args),
        Command::Compare(args) => compare::run(&args),
        Command::Doctor(args) => doctor::run(&args),
        Command::Config(args) => config::run(&args, &config, &command),
        Command::Completions(args) => completions::run(&args),
        Command::Man(args) => man::run(&args),
        Command::Worker(args) => worker::run(&args),
    }
}

/// How many documents were to be read, and how many could not be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Done {
    documents: usize,
    failed: usize,
}

impl Done {
    /// The exit code.
    fn code(self) -> u8 {
        match self.failed {
            0 => 0,
            failed if failed < self.documents => 3,
            _ => 4,
        }
    }
}

/// Tells of trouble with a document on standard error.
fn report_problems(name: &str, problems: &[Problem]) {
    for problem in problems {
        let page = problem.page.map(|page| format!(": page {page}")).unwrap_or_default();
        eprintln!("chartsift: {name}{page}: {}", problem.problem);
    }
}

/// Wraps what the system says of standard output.
fn stdout_error(source: io::Error) -> Error {
    Error::Io { path: "standard output".into(), action: "cannot write", source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commands_are_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn exit_codes_tell_some_from_all() {
        let code = |documents, failed| Done { documents, failed }.code();
        assert_eq!([code(3, 0), code(3, 1), code(3, 3), code(0, 0)], [0, 3, 4, 0]);
    }
}
