//! chartsift.toml: the user's own defaults, and `config show`, which tells where each value
//! comes from.
//!
//! A value of the file stands in for the default of the option of the same name, in every
//! command that has that option; what the command line says goes first.

#![expect(clippy::disallowed_methods, reason = "reads the file")]

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, Command};

use super::{Done, stdout_error};
use crate::error::Error;

/// The file that is looked for where the program is run.
const FILE: &str = "chartsift.toml";

/// The commands whose options the file may set.
const COMMANDS: &[&str] = &["run", "watch", "tag", "text"];

/// Options that say what to do once, not how to do it always.
const NEVER: &[&str] =
    &["dry-run", "events", "fresh", "help", "manifest", "once", "pages", "json", "retry-failed"];

/// Show each value that chartsift goes by, and where it comes from
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Show each option's value and where it comes from
    Show,
}

/// A value of the file.
struct Setting {
    key: String,
    values: Vec<String>,
    line: usize,
}

/// The user's own defaults.
#[derive(Default)]
pub struct Config {
    path: PathBuf,
    settings: Vec<Setting>,
}

impl Config {
    /// The file that is named, else the one that lies where the program is run, if any; checked
    /// against the options of `command`.
    pub fn find(named: Option<&Path>, command: &Command) -> Result<Self, Error> {
        let path = named.unwrap_or(Path::new(FILE)).to_owned();
        if named.is_none() && !path.is_file() {
            return Ok(Self::default());
        }
        let text = std::fs::read_to_string(&path).map_err(|source| Error::Io {
            path: path.clone(),
            action: "cannot read",
            source,
        })?;
        let settings = parse(&path, &text, command)?;
        Ok(Self { path, settings })
    }

    /// The command with the file's values for defaults.
    pub fn applied(&self, mut command: Command) -> Command {
        for name in COMMANDS {
            for setting in &self.settings {
                command = command.mut_subcommand(name, |command| {
                    let id = option(&command, &setting.key).map(|arg| arg.get_id().clone());
                    match id {
                        None => command,
                        Some(id) => {
                            command.mut_arg(id, |arg| arg.default_values(setting.values.clone()))
                        }
                    }
                });
            }
        }
        command
    }

    fn line(&self, key: &str) -> Option<String> {
        let setting = self.settings.iter().find(|setting| setting.key == key)?;
        Some(format!("{}, line {}", self.path.display(), setting.line))
    }
}

/// Whether a command goes by the file. The processes that read do not: they are told all.
pub fn concerns(command: &str) -> bool {
    COMMANDS.contains(&command) || command == "config"
}

/// `config show`; `command` has the file's values applied.
pub fn run(args: &Args, config: &Config, command: &Command) -> Result<Done, Error> {
    let What::Show = args.what;
    let rows: Vec<[String; 3]> = options(command)
        .map(|arg| {
            let key = arg.get_long().unwrap_or_default().to_owned();
            let values: Vec<String> =
                arg.get_default_values().iter().map(|v| v.to_string_lossy().into_owned()).collect();
            let value = if values.is_empty() { "-".to_owned() } else { values.join(", ") };
            let origin = config.line(&key).unwrap_or_else(|| "default".to_owned());
            [key, value, origin]
        })
        .collect();
    let width =
        |at: usize| rows.iter().map(|row| row[at].chars().count()).max().unwrap_or_default();
    let (key, value) = (width(0), width(1));
    let mut out = String::new();
    for row in &rows {
        out.push_str(&format!("{:key$}  {:value$}  {}\n", row[0], row[1], row[2]));
    }
    io::stdout().write_all(out.as_bytes()).map_err(stdout_error)?;
    Ok(Done::default())
}

/// The options that a file may set, each once, by name.
fn options(command: &Command) -> impl Iterator<Item = &Arg> {
    let mut all: Vec<&Arg> = COMMANDS
        .iter()
        .filter_map(|name| command.find_subcommand(name))
        .flat_map(Command::get_arguments)
        .filter(|arg| arg.get_long().is_some_and(|long| !NEVER.contains(&long)))
        .filter(|arg| matches!(arg.get_action(), ArgAction::Set | ArgAction::Append))
        .filter(|arg| !arg.is_global_set())
        .collect();
    all.sort_by_key(|arg| arg.get_long());
    all.dedup_by_key(|arg| arg.get_long());
    all.into_iter()
}

/// The option of that name, if a command has it.
fn option<'a>(command: &'a Command, key: &str) -> Option<&'a Arg> {
    command.get_arguments().find(|arg| arg.get_long() == Some(key))
}

/// The values of a file, each checked by the option that it stands for.
fn parse(path: &Path, text: &str, command: &Command) -> Result<Vec<Setting>, Error> {
    let line_of = |at: usize| text[..at.min(text.len())].matches('\n').count() + 1;
    let wrong = |at: usize, problem: String| Error::Usage {
        place: format!("{}: line {}", path.display(), line_of(at)),
        problem,
    };
    let table: toml::Table = toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        wrong(at, error.message().to_owned())
    })?;
    let mut settings = Vec::new();
    for (key, value) in table {
        // Where the key stands: keys of a flat table begin a line.
        let at = text
            .match_indices(&key)
            .map(|(at, _)| at)
            .find(|at| {
                text[..*at].rsplit('\n').next().is_some_and(|before| before.trim().is_empty())
            })
            .unwrap_or_default();
        let arg = options(command).find(|arg| arg.get_long() == Some(&key)).ok_or_else(|| {
            let names: Vec<&str> = options(command).filter_map(Arg::get_long).collect();
            let near = names
                .iter()
                .min_by_key(|name| strsim::damerau_levenshtein(name, &key))
                .filter(|name| strsim::damerau_levenshtein(name, &key) <= 3)
                .map(|name| format!("did you mean `{name}`?"))
                .unwrap_or_else(|| format!("there are: {}", names.join(", ")));
            wrong(at, format!("no option is called `{key}`; {near}"))
        })?;
        let many = matches!(arg.get_action(), ArgAction::Append);
        let values = match value {
            toml::Value::Array(values) if many => {
                values.iter().map(plain).collect::<Option<Vec<String>>>()
            }
            value => plain(&value).map(|value| vec![value]),
        };
        let values = values.ok_or_else(|| {
            let list = if many { " or a list of them" } else { "" };
            wrong(at, format!("`{key}`: write one text or number{list}"))
        })?;
        for value in &values {
            check(command, &key, value).map_err(|problem| wrong(at, problem))?;
        }
        settings.push(Setting { key, values, line: line_of(at) });
    }
    Ok(settings)
}

/// A text, number or truth as the command line would have it.
fn plain(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Boolean(truth) => Some(truth.to_string()),
        toml::Value::Datetime(day) => Some(day.to_string()),
        _ => None,
    }
}

/// Has the option itself say whether a value will do.
fn check(command: &Command, key: &str, value: &str) -> Result<(), String> {
    let has = |name: &&&str| {
        command.find_subcommand(name).is_some_and(|command| option(command, key).is_some())
    };
    let Some(name) = COMMANDS.iter().find(has) else { return Ok(()) };
    let arguments = ["chartsift", name, "input", &format!("--{key}={value}")];
    match command.clone().try_get_matches_from(arguments) {
        Ok(_) => Ok(()),
        Err(error) => {
            let text = error.to_string();
            let first = text.lines().next().unwrap_or_default();
            Err(first.trim_start_matches("error: ").to_owned())
        }
    }
}
