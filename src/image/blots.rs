//! Connected patches of ink.

use super::Picture;
use super::clean::INK;

/// One patch: pixels of ink that touch, corners included.
pub struct Blot {
    /// First column.
    pub x0: usize,
    /// First row.
    pub y0: usize,
    /// One past the last column.
    pub x1: usize,
    /// One past the last row.
    pub y1: usize,
    /// How many pixels it has.
    pub ink: usize,
}

impl Blot {
    /// Width and height of the box around it.
    pub fn size(&self) -> (usize, usize) {
        (self.x1 - self.x0, self.y1 - self.y0)
    }
}

/// Ink that lies side by side in one row.
#[derive(Clone, Copy)]
struct Run {
    row: u32,
    from: u32,
    to: u32,
}

/// All patches of a picture.
pub struct Blots {
    /// The patches.
    pub all: Vec<Blot>,
    runs: Vec<Run>,
    /// For each run the number of its patch.
    numbers: Vec<u32>,
}

impl Blots {
    /// Finds the patches: runs of ink are joined to those they touch in the row above.
    pub fn new(picture: &Picture) -> Self {
        let mut runs: Vec<Run> = Vec::new();
        let mut parents: Vec<u32> = Vec::new();
        let mut above = 0..0;
        for y in 0..picture.height {
            let start = runs.len();
            let mut next = above.start;
            for (from, to) in ink_runs(picture.row(y)) {
                let own = runs.len();
                runs.push(Run { row: y as u32, from: from as u32, to: to as u32 });
                parents.push(own as u32);
                // Runs above that end before this one starts touch none after it.
                while next < above.end && (runs[next].to as usize) < from {
                    next += 1;
                }
                let mut i = next;
                while i < above.end && runs[i].from as usize <= to {
                    join(&mut parents, i as u32, own as u32);
                    i += 1;
                }
            }
            above = start..runs.len();
        }
        let mut of_root = vec![u32::MAX; runs.len()];
        let mut all: Vec<Blot> = Vec::new();
        let mut numbers = Vec::with_capacity(runs.len());
        for (i, run) in runs.iter().enumerate() {
            let (y, from, to) = (run.row as usize, run.from as usize, run.to as usize);
            let root = root(&mut parents, i as u32) as usize;
            if of_root[root] == u32::MAX {
                of_root[root] = all.len() as u32;
                all.push(Blot { x0: from, y0: y, x1: to, y1: y + 1, ink: 0 });
            }
            let blot = &mut all[of_root[root] as usize];
            blot.x0 = blot.x0.min(from);
            blot.x1 = blot.x1.max(to);
            blot.y1 = y + 1;
            blot.ink += to - from;
            numbers.push(of_root[root]);
        }
        Self { all, runs, numbers }
    }

    /// Whitens the patches marked in `gone`, and the grey rim around them.
    pub fn erase(&self, picture: &mut Picture, gone: &[bool]) {
        for (run, &number) in self.runs.iter().zip(&self.numbers) {
            if gone[number as usize] {
                whiten(picture, run.row as usize, run.from as usize, run.to as usize);
            }
        }
    }
}

/// Where a row's runs of ink start and end.
pub fn ink_runs(row: &[u8]) -> impl Iterator<Item = (usize, usize)> {
    let mut x = 0;
    std::iter::from_fn(move || {
        x += row[x..].iter().position(|&p| p < INK)?;
        let from = x;
        x = row[x..].iter().position(|&p| p >= INK).map_or(row.len(), |n| x + n);
        Some((from, x))
    })
}

/// Whitens a run of ink and the grey rim around it.
pub fn whiten(picture: &mut Picture, y: usize, from: usize, to: usize) {
    let (w, h) = (picture.width, picture.height);
    picture.pixels[y * w + from..y * w + to].fill(255);
    for row in y.saturating_sub(1)..(y + 2).min(h) {
        let rim = row * w + from.saturating_sub(1)..row * w + (to + 1).min(w);
        picture.pixels[rim].iter_mut().filter(|p| **p >= INK).for_each(|p| *p = 255);
    }
}

fn root(parents: &mut [u32], mut i: u32) -> u32 {
    while parents[i as usize] != i {
        let up = parents[parents[i as usize] as usize];
        parents[i as usize] = up;
        i = up;
    }
    i
}

fn join(parents: &mut [u32], a: u32, b: u32) {
    let (a, b) = (root(parents, a), root(parents, b));
    parents[a.max(b) as usize] = a.min(b);
}

/// How many bytes of a plane as wide as `width` fit `kind` in a patch's box grown by
/// `dx` and `dy` on every side.
pub fn count_around(
    plane: &[u8],
    width: usize,
    blot: &Blot,
    (dx, dy): (usize, usize),
    kind: impl Fn(u8) -> bool,
) -> usize {
    let height = plane.len() / width.max(1);
    let (x0, x1) = (blot.x0.saturating_sub(dx), (blot.x1 + dx).min(width));
    (blot.y0.saturating_sub(dy)..(blot.y1 + dy).min(height))
        .map(|y| plane[y * width + x0..y * width + x1].iter().filter(|&&p| kind(p)).count())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_patches_that_touch_by_a_corner() {
        let blots = Blots::new(&Picture::drawn(&["#..#.", ".#..#", "#....", "....#"]));
        let mut sizes: Vec<usize> = blots.all.iter().map(|b| b.ink).collect();
        sizes.sort_unstable();
        assert_eq!(sizes, [1, 2, 3]);
    }

    #[test]
    fn joins_branches_that_meet_further_down() {
        let blots = Blots::new(&Picture::drawn(&["#.#.#", "#.#.#", "#####"]));
        assert_eq!(blots.all.len(), 1);
        assert_eq!((blots.all[0].ink, blots.all[0].size()), (11, (5, 3)));
    }

    #[test]
    fn counts_around_boxes() {
        let p = Picture::drawn(&["#...#", ".....", "..#.."]);
        let blots = Blots::new(&p);
        let middle = blots.all.iter().find(|b| b.y0 == 2).unwrap();
        let ink = |reach| count_around(&p.pixels, 5, middle, reach, |p| p < INK);
        assert_eq!([ink((0, 0)), ink((2, 2))], [1, 3]);
    }

    #[test]
    fn erases_a_patch_with_its_rim() {
        let mut p = Picture::drawn(&["#....", ".....", "..#.."]);
        p.pixels[11] = 200;
        let blots = Blots::new(&p);
        let gone: Vec<bool> = blots.all.iter().map(|blot| blot.y0 == 2).collect();
        blots.erase(&mut p, &gone);
        assert_eq!((p.pixels[0], p.pixels[11], p.pixels[12]), (0, 255, 255));
    }
}
