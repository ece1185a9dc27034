//! Text that stands beside other text and is read by itself: columns of prose, and
//! the blocks of a letterhead.

use super::{Piece, Row};

/// Two columns of prose: the rows they take up and the place between them.
pub(super) struct Columns {
    /// The first of the rows.
    pub first: usize,
    /// The last of them.
    pub last: usize,
    /// Where the right column begins, in points.
    pub x: f32,
}

/// How many lines each side must have at least.
const COLUMN_LINES: usize = 6;

/// Finds the tallest run of rows with prose on both sides of a free strip.
pub(super) fn find(rows: &[Row]) -> Option<Columns> {
    let left = rows.iter().flat_map(|r| &r.pieces).map(|p| p.rect.x0).fold(f32::MAX, f32::min);
    let right = rows.iter().flat_map(|r| &r.pieces).map(|p| p.rect.x1).fold(f32::MIN, f32::max);
    if rows.len() < COLUMN_LINES || right - left < 100.0 {
        return None;
    }
    let mut best: Option<(usize, Columns)> = None;
    let mut x = left + (right - left) * 0.25;
    while x < left + (right - left) * 0.75 {
        let crosses =
            |row: &Row| row.pieces.iter().any(|p| p.rect.x0 < x + 3.0 && p.rect.x1 > x - 3.0);
        let mut first = 0;
        while first < rows.len() {
            if crosses(&rows[first]) {
                first += 1;
                continue;
            }
            let last = (first..rows.len()).take_while(|&i| !crosses(&rows[i])).last();
            let last = last.unwrap_or(first);
            let columns = Columns { first, last, x };
            if last - first + 1 >= COLUMN_LINES
                && let Some(score) = prose(&rows[first..=last], x)
                && best.as_ref().is_none_or(|(most, _)| score > *most)
            {
                best = Some((score, columns));
            }
            first = last + 1;
        }
        x += 4.0;
    }
    best.map(|(_, columns)| columns)
}

/// Whether both sides of a strip hold running prose, and how many lines of it:
/// many lines, of several words, that nearly all fill their column.
fn prose(rows: &[Row], x: f32) -> Option<usize> {
    let mut total = 0;
    for side in [true, false] {
        let of_side = |piece: &&Piece| (piece.rect.x0 < x) == side;
        let lines = rows.iter().filter(|row| row.pieces.iter().any(|p| of_side(&p))).count();
        if lines < COLUMN_LINES {
            return None;
        }
        // Several pieces on one row are cells, not a line of prose.
        let pieces: Vec<&Piece> = rows.iter().flat_map(|row| &row.pieces).filter(of_side).collect();
        if pieces.len() > lines + lines / 5 {
            return None;
        }
        let from = pieces.iter().map(|p| p.rect.x0).fold(f32::MAX, f32::min);
        let to = pieces.iter().map(|p| p.rect.x1).fold(f32::MIN, f32::max);
        let full = pieces.iter().filter(|p| p.rect.width() >= 0.75 * (to - from)).count();
        let wordy = pieces.iter().filter(|p| p.fragment.words.len() >= 4).count();
        if full * 10 < pieces.len() * 6 || wordy * 10 < pieces.len() * 7 {
            return None;
        }
        total += pieces.len();
    }
    Some(total)
}

/// Blocks of a letterhead have at most this many lines.
const HEAD_LINES: usize = 6;

/// Blocks stand at least this far apart, in points.
const HEAD_GAP: f32 = 18.0;

/// Baselines of one row differ by no more than this, in points.
const ON_ROW: f32 = 0.8;

/// Takes the blocks at the head of a page apart that stand beside each other without
/// sharing their lines, as a clinic's name and its telephone numbers do.
pub(super) fn heads_apart(mut rows: Vec<Row>) -> Vec<Row> {
    let step = |pair: &[Row]| pair[1].base() - pair[0].base() <= 2.0 * pair[1].size();
    let most = 1 + rows.windows(2).take(2 * HEAD_LINES).take_while(|pair| step(pair)).count();
    let most = most.min(rows.len());
    let head = |x: f32| {
        rows[..most]
            .iter()
            .take_while(|row| {
                row.pieces.iter().all(|piece| {
                    piece.rect.x1 <= x - HEAD_GAP / 2.0 || piece.rect.x0 >= x + HEAD_GAP / 2.0
                })
            })
            .count()
    };
    let starts: Vec<f32> = rows[..most].iter().flat_map(|r| &r.pieces).map(|p| p.rect.x0).collect();
    let best = starts
        .iter()
        .map(|start| start - HEAD_GAP / 2.0)
        .map(|x| (head(x), x))
        .filter(|&(count, x)| are_blocks(&rows[..count], x))
        .max_by_key(|&(count, _)| count);
    let Some((count, x)) = best else { return rows };
    let rest = rows.split_off(count);
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for piece in rows.into_iter().flat_map(|row| row.pieces) {
        if piece.rect.x0 < x { left.push(piece) } else { right.push(piece) }
    }
    let mut out = super::rows(left);
    out.extend(super::rows(right));
    out.extend(rest);
    out
}

/// Whether the lines left and right of a place stand on baselines of their own.
fn are_blocks(rows: &[Row], x: f32) -> bool {
    let bases = |left: bool| {
        let side = rows.iter().flat_map(|row| &row.pieces).filter(|p| (p.rect.x0 < x) == left);
        let mut bases: Vec<f32> = side.map(|piece| piece.fragment.base).collect();
        bases.sort_by(f32::total_cmp);
        bases.dedup_by(|a, b| (*a - *b).abs() <= ON_ROW);
        bases
    };
    let (left, right) = (bases(true), bases(false));
    let sane = |side: &[f32]| (1..=HEAD_LINES).contains(&side.len());
    if !sane(&left) || !sane(&right) || left.len() + right.len() < 4 {
        return false;
    }
    let near = |a: f32| {
        let distances = right.iter().map(|b| a - b);
        distances.min_by(|a, b| a.abs().total_cmp(&b.abs())).unwrap_or(f32::MAX)
    };
    let offsets: Vec<f32> = left.iter().map(|&a| near(a)).collect();
    let shared = offsets.iter().filter(|offset| offset.abs() <= ON_ROW).count();
    // Values in boxes may stand a little higher than their labels do, but all alike.
    let alike = offsets.iter().all(|offset| (offset - offsets[0]).abs() <= ON_ROW);
    // Neither block is merely below the other one.
    let beside = left[0] <= right[right.len() - 1] && right[0] <= left[left.len() - 1];
    beside && !alike && shared * 4 <= left.len().min(right.len())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check_ruled, fragment};

    #[test]
    fn blocks_of_a_letterhead_are_read_one_by_one() {
        let mut name = fragment("EXAMPLE SPINE CENTER", 50.0, 62.0);
        name.size = 17.0;
        let under = fragment("of Test Hospital", 50.0, 78.0);
        let tel = fragment("Tel 555-0100", 400.0, 56.0);
        let fax = fragment("Fax 555-0101", 400.0, 65.6);
        let body = fragment("a line of the letter", 50.0, 120.0);
        check_ruled(
            vec![name, under, tel, fax, body],
            &[],
            &[
                "¶EXAMPLE SPINE CENTER",
                "of Test Hospital",
                "Tel 555-0100",
                "Fax 555-0101",
                "¶a line of the letter",
            ],
        );
    }

    #[test]
    fn rows_on_shared_baselines_stay_rows() {
        check_ruled(
            vec![
                fragment("Name TEST, PATIENT", 50.0, 60.0),
                fragment("Born 01/01/1900", 400.0, 60.0),
                fragment("Sex F", 50.0, 74.0),
                fragment("Phone 555-0123", 400.0, 74.0),
            ],
            &[],
            &["¶Name TEST, PATIENT Born 01/01/1900", "Sex F Phone 555-0123"],
        );
    }
}
