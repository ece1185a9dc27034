//! `doctor`: what this machine has of what reading needs.

#![expect(clippy::disallowed_methods, reason = "looks at the machine")]

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread::available_parallelism;

use super::{Done, stdout_error};
use crate::error::Error;
use crate::ocr::{self, ppocr};
use crate::pipeline::Knowledge;
use crate::report;

/// Say what is there of what chartsift needs, and what is missing
#[derive(clap::Args)]
pub struct Args {
    /// Folder that a report would be written to
    #[arg(long, value_name = "DIR", default_value = "chartsift-out")]
    out: PathBuf,
}

/// Less room than this, in bytes, may not do for a night's work.
const LITTLE_ROOM: u64 = 2 << 30;

/// One thing that was looked at.
struct Check {
    /// `ok`, `absent` (reading goes on without it, only worse) or `missing`.
    state: &'static str,
    what: &'static str,
    detail: String,
}

pub fn run(args: &Args) -> Result<Done, Error> {
    let checks =
        [program(), tesseract(), second_engine(), memory(), folder(&args.out), room(&args.out)];
    let mut out = String::new();
    for Check { state, what, detail } in &checks {
        out.push_str(&format!("{state:8}{what:12}{detail}\n"));
    }
    io::stdout().write_all(out.as_bytes()).map_err(stdout_error)?;
    match checks.iter().find(|check| check.state == "missing") {
        None => Ok(Done::default()),
        Some(check) => Err(Error::Machine {
            place: check.what.to_owned(),
            problem: format!("chartsift cannot do its work without it: {}", check.detail),
        }),
    }
}

fn program() -> Check {
    let version = env!("CARGO_PKG_VERSION");
    match Knowledge::load(None, &[]) {
        Ok(knowledge) => Check {
            state: "ok",
            what: "chartsift",
            detail: format!("{version}, {} policies", knowledge.policies.len()),
        },
        Err(error) => Check { state: "missing", what: "chartsift", detail: error.to_string() },
    }
}

fn tesseract() -> Check {
    let what = "Tesseract";
    match ocr::with_tesseract(|_| ()) {
        Ok(()) => {
            let detail = format!("{}, English model", ocr::engine_version());
            Check { state: "ok", what, detail }
        }
        Err(error) => Check { state: "missing", what, detail: error.to_string() },
    }
}

fn second_engine() -> Check {
    let what = "PP-OCR";
    let absent = |why: String| Check {
        state: "absent",
        what,
        detail: format!("{why} (poor faxes are read worse without it)"),
    };
    match ppocr::models::check() {
        Err(error) => absent(error.to_string()),
        Ok(_) if ppocr::shared().is_none() => absent(ocr::OcrError::BadModel.to_string()),
        Ok(folder) => {
            let detail = format!("{} in {}", ppocr::models::VERSION, folder.display());
            Check { state: "ok", what, detail }
        }
    }
}

/// The memory that workers may take together.
fn memory() -> Check {
    let what = "memory";
    let text = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kilobytes = text.lines().find_map(|line| {
        line.strip_prefix("MemAvailable:")?.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()
    });
    let cores = available_parallelism().map_or(1, usize::from) as u64;
    match kilobytes {
        None => Check { state: "absent", what, detail: "how much there is cannot be told".into() },
        // A page takes about 300 MiB where the second engine helps.
        Some(free) if free < cores * (400 << 10) => Check {
            state: "absent",
            what,
            detail: format!("{} MiB free, little for {cores} readers; use --jobs 1", free >> 10),
        },
        Some(free) => Check { state: "ok", what, detail: format!("{} MiB free", free >> 10) },
    }
}

/// Whether a report can be written.
fn folder(out: &Path) -> Check {
    let what = "folder";
    let there = nearest(out);
    if let Err(error) = report::check_out(out) {
        return Check { state: "missing", what, detail: error.to_string() };
    }
    match rustix::fs::access(&there, rustix::fs::Access::WRITE_OK) {
        Ok(()) => Check { state: "ok", what, detail: format!("{} can be written", out.display()) },
        Err(_) => Check {
            state: "missing",
            what,
            detail: format!(
                "{} cannot be written; mend its permissions or name another --out",
                there.display()
            ),
        },
    }
}

/// How much room there is for a report.
fn room(out: &Path) -> Check {
    let what = "disk";
    let Ok(system) = rustix::fs::statvfs(nearest(out)) else {
        return Check {
            state: "absent",
            what,
            detail: "how much room there is cannot be told".into(),
        };
    };
    let free = system.f_bavail.saturating_mul(system.f_frsize);
    let detail = format!("{:.1} GiB free", free as f64 / f64::from(1 << 30));
    match free < LITTLE_ROOM {
        false => Check { state: "ok", what, detail },
        true => Check {
            state: "absent",
            what,
            detail: format!(
                "{detail}, little for thousands of files; make room or name another --out"
            ),
        },
    }
}

/// The folder, or the nearest one above it that is there.
fn nearest(out: &Path) -> PathBuf {
    let whole = std::path::absolute(out).unwrap_or_else(|_| out.to_owned());
    whole.ancestors().find(|path| path.exists()).unwrap_or(&whole).to_owned()
}
