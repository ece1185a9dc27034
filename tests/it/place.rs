//! A temporary folder, and the program run in it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder that is gone when the test ends.
pub struct Place(tempfile::TempDir);

impl Place {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A folder with files; names may hold folders.
    pub fn with(files: &[(&str, &str)]) -> Self {
        let place = Self::new();
        for (name, text) in files {
            place.write(name, text);
        }
        place
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// Every file below `folder`, hidden ones too, by its path from there.
    pub fn files(&self, folder: &str) -> Vec<String> {
        fn collect(folder: &Path, prefix: &str, files: &mut Vec<String>) {
            let Ok(entries) = std::fs::read_dir(folder) else { return };
            for entry in entries {
                let entry = entry.unwrap();
                let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
                if entry.path().is_dir() {
                    collect(&entry.path(), &format!("{name}/"), files);
                } else {
                    files.push(name);
                }
            }
        }
        let mut files = Vec::new();
        collect(&self.path(folder), "", &mut files);
        files.sort();
        files
    }

    /// The program, to be run here.
    pub fn chartsift(&self) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("chartsift"));
        command.current_dir(self.0.path());
        command
    }

    /// Runs the program with arguments parted by spaces.
    pub fn run(&self, arguments: &str) -> Run {
        Run::of(self.chartsift().args(arguments.split_whitespace()).output().unwrap())
    }
}

impl Place {
    /// What a run of the program that has to go well writes to standard output.
    #[track_caller]
    pub fn bytes(&self, arguments: &str) -> Vec<u8> {
        let output = self.chartsift().args(arguments.split_whitespace()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }
}

/// What a run of the program came to.
pub struct Run {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    fn of(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}\n{}", self.stdout, self.stderr);
        self
    }
}

/// A file or folder of the project.
pub fn project(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Has a script of `tests/`, run by the interpreter with its requirements, say what it finds; it ends
/// well where nothing is wrong.
#[track_caller]
pub fn python(script: &str, arguments: &[&Path]) -> String {
    let python = project(".venv/bin/python");
    assert!(python.exists(), "no {}: `make test` makes it", python.display());
    let output = Command::new(python).arg(project(script)).args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

/// The rows of a CSV file, each by column name.
pub fn rows(text: &str) -> Vec<std::collections::BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(|row| row.unwrap()).collect()
}

/// The files of a report without its times, and without the store, which holds times too.
pub fn timeless(place: &Place, out: &str) -> Vec<(String, String)> {
    let files = place.files(out).into_iter().filter(|file| !file.starts_with("chartsift.db"));
    files
        .map(|file| {
            let mut text = place.read(&format!("{out}/{file}"));
            if file == "run.json" {
                let mut run: serde_json::Value = serde_json::from_str(&text).unwrap();
                assert!(run.as_object_mut().unwrap().remove("timings").is_some());
                text = run.to_string();
            }
            (file, text)
        })
        .collect()
}
