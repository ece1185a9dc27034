//! `doctor`: what this machine has of what reading needs.

use std::io::{self, Write};

use super::{Done, stdout_error};
use crate::error::Error;
use crate::ocr::{self, ppocr};
use crate::pipeline::Knowledge;

/// Say what is there of what chartsift needs, and what is missing
#[derive(clap::Args)]
pub struct Args {}

/// One thing that was looked at.
struct Check {
    /// `ok`, `absent` (reading goes on without it, only worse) or `missing`.
    state: &'static str,
    what: &'static str,
    detail: String,
}

pub fn run(_: &Args) -> Result<Done, Error> {
    let checks = [program(), tesseract(), second_engine()];
    let mut out = String::new();
    for Check { state, what, detail } in &checks {
        out.push_str(&format!("{state:8}{what:12}{detail}\n"));
    }
    io::stdout().write_all(out.as_bytes()).map_err(stdout_error)?;
    match checks.iter().find(|check| check.state == "missing") {
        None => Ok(Done::default()),
        Some(check) => Err(Error::Machine {
            place: check.what.to_owned(),
            problem: "chartsift cannot read scans without it".to_owned(),
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
