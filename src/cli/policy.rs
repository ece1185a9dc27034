//! `policy`: which policies there are, and what they say.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Subcommand;

use super::{Done, stdout_error};
use crate::error::Error;
use crate::pipeline::{known_policies, unknown_policy};

/// List the policies, or show one
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
    /// One line a policy: id, version, title
    List,
    /// The policy's file, comments and sources included
    Show {
        /// Its id
        id: String,
    },
}

pub fn run(args: &Args) -> Result<Done, Error> {
    let policies = known_policies(args.lexicons.as_deref())?;
    let mut out = String::new();
    match &args.action {
        Action::List => {
            let width = policies.iter().map(|p| p.policy.id.len()).max().unwrap_or_default();
            for loaded in &policies {
                let policy = &loaded.policy;
                out.push_str(&format!(
                    "{:width$}  {:10}  {}\n",
                    policy.id, policy.version, policy.title
                ));
            }
        }
        Action::Show { id } => {
            let found = policies.iter().find(|loaded| loaded.policy.id == *id);
            let ids: Vec<String> = policies.iter().map(|p| p.policy.id.clone()).collect();
            out.push_str(&found.ok_or_else(|| unknown_policy(id, &ids))?.text);
        }
    }
    io::stdout().write_all(out.as_bytes()).map_err(stdout_error)?;
    Ok(Done::default())
}
