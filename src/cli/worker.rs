//! `worker`: reads documents for another chartsift; see [`crate::worker`].

use super::Done;
use crate::error::Error;
use crate::worker::serve;

/// Read the documents that standard input orders; for chartsift's own use
#[derive(clap::Args)]
pub struct Args {
    /// The most memory to take, in bytes
    #[arg(long, value_name = "BYTES")]
    memory: u64,
}

pub fn run(args: &Args) -> Result<Done, Error> {
    serve(args.memory).map(|()| Done::default()).map_err(|source| Error::Io {
        path: "worker".into(),
        action: "cannot talk to the program that started it",
        source,
    })
}
