//! A large CSV file read in parts side by side, of each row the columns that are needed.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use super::scan;
use super::table::{Trouble, side_by_side};

/// A part is not worth a thread below so many bytes.
const PART: u64 = 4 << 20;
/// Bytes read at a time.
const BLOCK: usize = 1 << 18;

impl From<csv::Error> for Trouble {
    fn from(error: csv::Error) -> Self {
        match error.into_kind() {
            csv::ErrorKind::Io(error) => Trouble::Io(error),
            _ => Trouble::Broken,
        }
    }
}

/// A table whose header was read.
struct Opened {
    /// Where its rows begin, and where the file ends.
    body: (u64, u64),
    /// How many columns it has, and where among them those are that are needed.
    width: usize,
    places: Vec<usize>,
}

impl Opened {
    fn of(path: &Path, columns: &[&'static str]) -> Result<Self, Trouble> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        let mut reader = csv::Reader::from_reader(file);
        let header = reader.byte_headers()?.clone();
        let place = |column: &&'static str| {
            header.iter().position(|name| name == column.as_bytes()).ok_or(*column)
        };
        let places = columns.iter().map(place).collect::<Result<Vec<usize>, _>>();
        Ok(Self {
            body: (reader.position().byte().min(length), length),
            width: header.len(),
            places: places.map_err(Trouble::Column)?,
        })
    }

    /// Gives the rows between two places of the file to `push`.
    fn rows(
        &self,
        path: &Path,
        (from, to): (u64, u64),
        push: impl FnMut(&[Cow<'_, str>]),
    ) -> Result<(), Trouble> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(from))?;
        scan::rows(file.take(to - from), self.width, &self.places, push)
    }
}

/// Reads a table in as many parts as there are threads for it: `begin` makes what takes the rows of
/// a part, `push` gives it the cells of `columns` in order. The parts come back in the file's order.
pub fn read<T: Send>(
    path: &Path,
    columns: &[&'static str],
    jobs: usize,
    begin: impl Fn() -> T + Sync,
    push: impl Fn(&mut T, &[Cow<'_, str>]) + Sync,
) -> Result<Vec<T>, Trouble> {
    let table = Opened::of(path, columns)?;
    let of_part = |part: (u64, u64)| -> Result<T, Trouble> {
        let mut taken = begin();
        table.rows(path, part, |cells| push(&mut taken, cells))?;
        Ok(taken)
    };
    let parts = parts(path, table.body, jobs)?;
    match parts.as_slice() {
        [part] => Ok(vec![of_part(*part)?]),
        _ => side_by_side(parts, of_part, || Trouble::Broken),
    }
}

/// Where the parts of a file's rows begin and end.
fn parts(path: &Path, (body, length): (u64, u64), jobs: usize) -> io::Result<Vec<(u64, u64)>> {
    let number = (jobs as u64).min((length - body) / PART).max(1);
    if number == 1 {
        return Ok(vec![(body, length)]);
    }
    let size = (length - body) / number;
    let cuts: Vec<u64> = (0..number).map(|part| body + part * size).collect();
    let end = |part: usize| cuts.get(part + 1).copied().unwrap_or(length);
    // A line end counts where no quoted cell is open: an even number of quotes stands before it.
    let ranges = (0..cuts.len()).map(|part| (cuts[part], end(part))).collect();
    let gone = || io::Error::other("a thread ended early");
    let quotes = side_by_side(ranges, |(from, to)| count_quotes(path, from, to), gone)?;
    let mut starts = vec![body];
    let mut open = false;
    for (part, quotes) in quotes.into_iter().enumerate() {
        open ^= quotes % 2 == 1;
        if let Some(cut) = cuts.get(part + 1) {
            starts.push(row_after(path, *cut, open)?.unwrap_or(length));
        }
    }
    starts.push(length);
    Ok(starts.windows(2).map(|pair| (pair[0], pair[1])).filter(|(from, to)| from < to).collect())
}

fn count_quotes(path: &Path, from: u64, to: u64) -> io::Result<u64> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(from))?;
    let mut file = file.take(to - from);
    let mut block = vec![0; BLOCK];
    let mut quotes = 0;
    loop {
        match file.read(&mut block)? {
            0 => return Ok(quotes),
            read => quotes += memchr::memchr_iter(b'"', &block[..read]).count() as u64,
        }
    }
}

/// Where the first row after `cut` begins, if there is one; `open` says whether a quoted cell is open
/// there.
fn row_after(path: &Path, cut: u64, mut open: bool) -> io::Result<Option<u64>> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(cut))?;
    for (at, byte) in (cut..).zip(BufReader::new(file).bytes()) {
        match byte? {
            b'"' => open = !open,
            b'\n' if !open => return Ok(Some(at + 1)),
            _ => {}
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn parts_hold_each_row_once_and_in_order() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("rows.csv");
        let mut text = "n,words\n".to_owned();
        let words = ["plain", "\"a, \"\"b\"\"\nand\n\"", "\"\n\n\n\"", "'=1"];
        for number in 0..1_200_000 {
            text.push_str(&format!("{number},{}\n", words[number % words.len()]));
        }
        File::create_new(&path).unwrap().write_all(text.as_bytes()).unwrap();
        let one = |jobs: usize| {
            let parts =
                read(&path, &["words", "n"], jobs, Vec::new, |rows: &mut Vec<String>, cells| {
                    rows.push(format!("{} {}", cells[1], cells[0]))
                });
            let Ok(parts) = parts else { panic!("cannot be read") };
            (parts.len(), parts.concat())
        };
        let (parts, rows) = one(1);
        assert_eq!((parts, rows.len(), rows[3].as_str()), (1, 1_200_000, "3 =1"));
        for jobs in [2, 3, 7] {
            let (parts, split) = one(jobs);
            assert!(parts > 1 && split == rows, "{jobs} jobs");
        }
        assert!(matches!(
            read(&path, &["none"], 1, || (), |_, _| ()),
            Err(Trouble::Column("none"))
        ));
    }
}
