//! Where the models lie and whether they are the right ones.
//!
//! They come with the Python package `rapidocr`, which the set-up takes by name and
//! hash; the program itself never fetches anything.

#![expect(clippy::disallowed_methods, reason = "finds and reads the model files")]

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// What the models are, and who packed them.
pub const VERSION: &str = "PP-OCRv6 small (rapidocr 3.10.0)";

/// A model file and the BLAKE3 of its content.
struct File {
    name: &'static str,
    hash: &'static str,
}

/// Finds lines of print.
const DETECTOR: File = File {
    name: "PP-OCRv6_det_small.onnx",
    hash: "7c78ed85d15e4f17d2d84dc1320dc27e7c4d99f8f2a5f2620873359e32d981a3",
};

/// Reads a line.
const RECOGNIZER: File = File {
    name: "PP-OCRv6_rec_small.onnx",
    hash: "570fcee388d4475f46627fc4da2ce845e03af97217d623a7798ca1e7a89e5fa3",
};

/// The contents of both model files.
pub struct ModelFiles {
    /// Finds lines of print.
    pub detector: Vec<u8>,
    /// Reads a line.
    pub recognizer: Vec<u8>,
}

/// Why there are no models.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// A file is missing or cannot be read.
    #[error("{}: no such model; `make models` puts it there", .0.display())]
    Missing(PathBuf),
    /// A file is not the one that was asked for.
    #[error("{}: not the model that is expected (its hash differs); remove it and run `make models`", .0.display())]
    Altered(PathBuf),
}

/// The folder that models are looked for in: `CHARTSIFT_MODELS`, else
/// `chartsift/models` in the user's data folder.
pub fn folder() -> Option<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("CHARTSIFT_MODELS").or_else(|| {
        let data = set("XDG_DATA_HOME").or_else(|| Some(set("HOME")?.join(".local/share")))?;
        Some(data.join("chartsift/models"))
    })
}

/// Whether the models are there and the right ones: their folder. Looked up once: several
/// parts of a run ask, and hashing takes 31 MB of reading.
pub fn check() -> Result<PathBuf, ModelError> {
    static FOUND: OnceLock<Result<PathBuf, ModelError>> = OnceLock::new();
    let look = || {
        let folder = folder().ok_or_else(|| ModelError::Missing(PathBuf::from(DETECTOR.name)))?;
        read(&folder).map(|_| folder)
    };
    FOUND.get_or_init(look).clone()
}

/// Reads both models from a folder and holds them to their hashes.
pub fn read(folder: &Path) -> Result<ModelFiles, ModelError> {
    let read = |file: &File| {
        let path = folder.join(file.name);
        let bytes = std::fs::read(&path).map_err(|_| ModelError::Missing(path.clone()))?;
        if blake3::hash(&bytes).to_hex().as_str() != file.hash {
            return Err(ModelError::Altered(path));
        }
        Ok(bytes)
    };
    Ok(ModelFiles { detector: read(&DETECTOR)?, recognizer: read(&RECOGNIZER)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_and_altered_models_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let expect = folder.path().join(DETECTOR.name);
        let error = |folder: &Path| read(folder).err();
        assert_eq!(error(folder.path()), Some(ModelError::Missing(expect.clone())));
        std::fs::write(&expect, "no model").unwrap();
        assert_eq!(error(folder.path()), Some(ModelError::Altered(expect)));
    }
}
