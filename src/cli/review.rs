//! `review`: the reviewers' pages over a report folder.

#![expect(clippy::disallowed_methods, reason = "reads a report")]

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use super::Done;
use super::job::{counted, tell_damage};
use crate::error::Error;
use crate::pipeline::{Engine, Knowledge};
use crate::serve::{Exported, Https, Served, export, serve};
use crate::store::{Reader, Store};

/// Check facts beside their ink, in a browser
#[derive(clap::Args)]
pub struct Args {
    /// A report folder, as `run` writes it
    #[arg(value_name = "OUT")]
    out: PathBuf,
    /// Who reviews; repeatable, each gets an address of their own
    #[arg(long, value_name = "NAME", default_value = "reviewer")]
    reviewer: Vec<String>,
    /// Port to serve at; 0 for any that is free
    #[arg(long, value_name = "N", default_value_t = 8087)]
    port: u16,
    /// Address to serve at; beyond this machine (0.0.0.0: all of its addresses) only with a
    /// certificate
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    listen: IpAddr,
    /// Serve over HTTPS by this certificate, those that vouch for it behind it, in PEM
    #[arg(long, value_name = "FILE", requires = "key")]
    certificate: Option<PathBuf>,
    /// The certificate's private key, in PEM, without a passphrase
    #[arg(long, value_name = "FILE", requires = "certificate")]
    key: Option<PathBuf>,
    /// A name or address that browsers call this machine by; repeatable; by default those that
    /// the certificate lists
    #[arg(long, value_name = "NAME", requires = "certificate")]
    host_name: Vec<String>,
    /// What the draw by chance follows from; recorded with each verdict
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// How many facts of each kind are drawn
    #[arg(long, value_name = "N", default_value_t = 30)]
    sample: usize,
    /// Folder of lexicon and policy files that stand in for the built-in ones of the same name
    #[arg(long, value_name = "DIR")]
    lexicons: Option<PathBuf>,
    /// Write reviews.csv, signoffs.csv and gold.jsonl into OUT, and serve nothing
    #[arg(long)]
    export: bool,
}

pub fn run(args: &Args) -> Result<Done, Error> {
    // Says what is wrong with the folder before anything is made in it.
    crate::report::read_rows(&args.out, "cases.csv")?;
    let https = match (&args.certificate, &args.key) {
        (Some(certificate), Some(key)) => {
            Some(Https::open(certificate, key, &args.host_name, args.listen)?)
        }
        _ => None,
    };
    let (store, found) = Store::open(&args.out, Reader::none())?;
    tell_damage(&args.out, &found, "pictures come back with the next run");
    if args.export {
        let Exported { reviews, signoffs, gold } = export(&args.out, &store)?;
        eprintln!(
            "chartsift: {}, {}, {} for lexicon tests; in {}",
            counted(reviews, "review event"),
            counted(signoffs, "sign-off"),
            counted(gold, "fact"),
            args.out.display()
        );
        return Ok(Done::default());
    }
    let run = std::fs::read(args.out.join("run.json")).unwrap_or_default();
    let run: serde_json::Value = serde_json::from_slice(&run).unwrap_or_default();
    let options = &run["options"];
    let policies: Vec<String> = options["policy"]
        .as_array()
        .map(|ids| ids.iter().filter_map(|id| id.as_str().map(str::to_owned)).collect())
        .unwrap_or_default();
    let knowledge = Knowledge::load(args.lexicons.as_deref(), &policies)?;
    if run["lexicons"].as_str() != Some(knowledge.lexicon_hash.as_str()) {
        eprintln!(
            "chartsift: the report was made with other lexicons; cases that are evaluated again \
             may come out otherwise for that alone (--lexicons names a folder)"
        );
    }
    let as_of = options["as_of"].as_str().and_then(|day| day.parse().ok());
    let served = Served {
        out: args.out.clone(),
        store,
        engine: Engine { knowledge, as_of, limit: None },
        address: SocketAddr::new(args.listen, args.port),
        https,
        reviewers: args.reviewer.clone(),
        seed: args.seed,
        sample: args.sample,
    };
    serve(served, |addresses| {
        for (reviewer, address) in addresses {
            eprintln!("chartsift: {reviewer}: {address}");
        }
        eprintln!("chartsift: each address lets one browser in, once; Ctrl-C ends");
    })?;
    Ok(Done::default())
}
