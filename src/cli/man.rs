//! `man`: the manual page.

use std::io::{self, Write};

use clap::CommandFactory;

use super::{Cli, Done, stdout_error};
use crate::error::Error;

/// Write the manual page, or that of a command, to standard output
#[derive(clap::Args)]
pub struct Args {
    /// A command
    command: Option<String>,
}

pub fn run(args: &Args) -> Result<Done, Error> {
    let mut page = Cli::command();
    page.build();
    if let Some(name) = &args.command {
        page = page.find_subcommand(name).cloned().ok_or_else(|| Error::Usage {
            place: name.clone(),
            problem: "no such command; `chartsift help` lists them".to_owned(),
        })?;
    }
    let mut text = Vec::new();
    clap_mangen::Man::new(page).render(&mut text).map_err(stdout_error)?;
    io::stdout().write_all(&text).map_err(stdout_error)?;
    Ok(Done::default())
}
