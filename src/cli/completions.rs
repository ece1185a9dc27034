//! `completions`: what a shell needs to complete our commands.

use std::io::{self, Write};

use clap::CommandFactory;
use clap_complete::Shell;

use super::{Cli, Done, stdout_error};
use crate::error::Error;

/// Write completions for a shell to standard output
#[derive(clap::Args)]
pub struct Args {
    /// The shell
    shell: Shell,
}

pub fn run(args: &Args) -> Result<Done, Error> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "chartsift", &mut script);
    io::stdout().write_all(&script).map_err(stdout_error)?;
    Ok(Done::default())
}
