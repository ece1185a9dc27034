//! A table of a report in whatever form it is there: CSV as `run` always writes it, a Parquet file, or
//! a folder of Parquet files, as Spark writes it.

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;

use super::columns::{self, File};
use super::split;
use crate::error::Error;
use crate::report::Type;

/// A table of a report.
pub enum Table {
    /// A CSV file.
    Csv(PathBuf),
    /// Parquet files; none where the table has no rows.
    Parquet(Vec<File>),
}

/// Why a table cannot be read.
#[derive(Debug)]
pub enum Trouble {
    /// What the system says.
    Io(io::Error),
    /// A column that it lacks.
    Column(&'static str),
    /// A column that holds something else than the reports' tables do: what, and what they hold.
    Holds(&'static str, &'static str, Type),
    /// A column that is packed in a way that is not read.
    Packed(&'static str, String),
    /// It is no table.
    Broken,
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Trouble::Io(error)
    }
}

impl Table {
    /// The table of that name in a report folder, if it is there. Of one that is there in both
    /// forms, Parquet is read: of that only the columns that are needed.
    ///
    /// # Errors
    /// [`Error::Usage`] where a folder of Parquet files was not written to its end.
    pub fn find(report: &Path, name: &str) -> Result<Option<Self>, Error> {
        let file = report.join(format!("{name}.parquet"));
        if file.is_file() {
            return Ok(Some(Table::Parquet(vec![File::new(file)])));
        }
        for folder in [report.join(name), file] {
            if let Some(files) = columns::files(&folder)? {
                return Ok(Some(Table::Parquet(files)));
            }
        }
        let file = report.join(format!("{name}.csv"));
        Ok(file.is_file().then_some(Table::Csv(file)))
    }

    /// The same of a table that has to be there.
    ///
    /// # Errors
    /// [`Error::Usage`] where it is not.
    pub fn get(report: &Path, name: &str) -> Result<Self, Error> {
        Self::find(report, name)?.ok_or_else(|| Error::Usage {
            place: report.display().to_string(),
            problem: format!(
                "no table `{name}`: neither {name}.csv nor {name}.parquet nor a folder {name} of Parquet files"
            ),
        })
    }

    /// Reads it in as many parts as there are threads for it: `begin` makes what takes the rows of
    /// a part, `push` gives it the cells of `columns` in order, as CSV has them. The parts come
    /// back in the table's order.
    ///
    /// # Errors
    /// What is wrong with it, by the file's name.
    pub fn read<T: Send>(
        &self,
        columns: &[&'static str],
        jobs: usize,
        begin: impl Fn() -> T + Sync,
        push: impl Fn(&mut T, &[Cow<'_, str>]) + Sync,
    ) -> Result<Vec<T>, Error> {
        match self {
            Table::Csv(path) => {
                split::read(path, columns, jobs, begin, push).map_err(|trouble| told(path, trouble))
            }
            Table::Parquet(files) => columns::read(files, columns, jobs, begin, push),
        }
    }
}

/// Does the work on each part on a thread of its own, and yields what came of them in their order;
/// `gone` is said of one whose thread ended early.
pub fn side_by_side<P: Send, T: Send, E: Send>(
    parts: Vec<P>,
    work: impl Fn(P) -> Result<T, E> + Sync,
    gone: impl Fn() -> E,
) -> Result<Vec<T>, E> {
    let work = &work;
    thread::scope(|scope| {
        let threads: Vec<_> =
            parts.into_iter().map(|part| scope.spawn(move || work(part))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| Err(gone()))).collect()
    })
}

/// What is told of a table that cannot be read.
pub fn told(path: &Path, trouble: Trouble) -> Error {
    let problem = match trouble {
        Trouble::Io(source) => return Error::io(path, "cannot read")(source),
        Trouble::Column(column) => {
            format!("no column `{column}`; it is no table of a report of this version")
        }
        Trouble::Holds(column, holds, wanted) => format!(
            "column `{column}` holds {holds}; in a report's table it holds {}",
            match wanted {
                Type::Text => "words",
                Type::Number => "numbers",
                Type::Count => "whole numbers",
                Type::Flag => "true or false",
            }
        ),
        Trouble::Packed(column, how) => format!(
            "column `{column}` is packed by {how}; write it with snappy or zstd, or without packing"
        ),
        Trouble::Broken if path.extension().is_some_and(|ending| ending == "parquet") => {
            "damaged, cut off or no Parquet file; write it again".to_owned()
        }
        Trouble::Broken => "no table of a report".to_owned(),
    };
    Error::Usage { place: path.display().to_string(), problem }
}
