//! Options that several commands share: how documents are read.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::error::Error;
use crate::ocr::{EngineChoice, ppocr};
use crate::pipeline::Source;
use crate::read::{OcrMode, ReadOptions};

/// How documents are read.
#[derive(Args)]
pub struct ReadArgs {
    /// When pages are read by OCR
    #[arg(long, value_enum, default_value_t = Ocr::Auto)]
    pub ocr: Ocr,
    /// Which OCR engines read
    #[arg(long, value_enum, default_value_t = Engine::Auto)]
    pub ocr_engine: Engine,
    /// Seconds that OCR may take for one page
    #[arg(long, value_name = "SECONDS", default_value_t = 180, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub timeout: u64,
}

/// When pages are read by OCR.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Ocr {
    /// Where a page has no text of its own that can be used
    Auto,
    /// Wherever a page shows a picture
    Always,
    /// Nowhere
    Never,
}

impl Ocr {
    /// The mode that it stands for.
    pub fn mode(self) -> OcrMode {
        match self {
            Ocr::Auto => OcrMode::Auto,
            Ocr::Always => OcrMode::Always,
            Ocr::Never => OcrMode::Never,
        }
    }
}

/// Which OCR engines read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Engine {
    /// Tesseract, and PP-OCR what Tesseract doubts, where its models are there
    Auto,
    /// Tesseract alone
    Tesseract,
    /// PP-OCR alone
    Ppocr,
}

impl Engine {
    /// The choice that it stands for.
    pub fn choice(self) -> EngineChoice {
        match self {
            Engine::Auto => EngineChoice::Auto,
            Engine::Tesseract => EngineChoice::Tesseract,
            Engine::Ppocr => EngineChoice::PpOcr,
        }
    }
}

impl ReadArgs {
    /// What reading takes; an engine that is asked for by name must be there.
    pub fn options(&self) -> Result<ReadOptions, Error> {
        if self.ocr_engine == Engine::Ppocr {
            ppocr::models::check().map_err(|error| Error::Usage {
                place: "--ocr-engine ppocr".to_owned(),
                problem: error.to_string(),
            })?;
        }
        Ok(ReadOptions {
            engine: self.ocr_engine.choice(),
            ocr: self.ocr.mode(),
            page_timeout: Duration::from_secs(self.timeout),
            only: None,
        })
    }
}

/// The files as sources; a missing one is a slip to be told before any is read.
pub fn sources(files: &[PathBuf]) -> Result<Vec<Source>, Error> {
    let source = |path: &PathBuf| {
        let wrong = |problem: &str| Error::Usage {
            place: path.display().to_string(),
            problem: problem.to_owned(),
        };
        if path.is_dir() {
            return Err(wrong("a folder; this command takes files"));
        }
        if !path.exists() {
            return Err(wrong("no such file"));
        }
        Ok(Source { name: name(path), path: path.clone(), remote: None })
    };
    files.iter().map(source).collect()
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
