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

/// All patches of a picture.
pub struct Blots {
    /// The patches.
    pub all: Vec<Blot>,
    /// For each pixel its patch's number plus one; 0 where there is no ink.
    labels: Vec<u32>,
}

impl Blots {
    /// Finds the patches: runs of ink are joined to those they touch in the row above.
    pub fn new(picture: &Picture) -> Self {
        let (w, h) = (picture.width, picture.height);
        let mut runs: Vec<(usize, usize, usize)> = Vec::new();
        let mut parents: Vec<u32> = Vec::new();
        let mut above = 0..0;
        for y in 0..h {
            let start = runs.len();
            let row = picture.row(y);
            let mut x = 0;
            let mut next = above.start;
            while x < w {
                if row[x] >= INK {
                    x += 1;
                    continue;
                }
                let from = x;
                while x < w && row[x] < INK {
                    x += 1;
                }
                let own = runs.len();
                runs.push((y, from, x));
                parents.push(own as u32);
                // Runs above that end before this one starts touch none after it.
                while next < above.end && runs[next].2 < from {
                    next += 1;
                }
                let mut i = next;
                while i < above.end && runs[i].1 <= x {
                    join(&mut parents, i as u32, own as u32);
                    i += 1;
                }
            }
            above = start..runs.len();
        }
        let mut numbers = vec![u32::MAX; runs.len()];
        let mut all: Vec<Blot> = Vec::new();
        let mut labels = vec![0u32; w * h];
        for (i, &(y, from, to)) in runs.iter().enumerate() {
            let root = root(&mut parents, i as u32) as usize;
            if numbers[root] == u32::MAX {
                numbers[root] = all.len() as u32;
                all.push(Blot { x0: from, y0: y, x1: to, y1: y + 1, ink: 0 });
            }
            let blot = &mut all[numbers[root] as usize];
            blot.x0 = blot.x0.min(from);
            blot.x1 = blot.x1.max(to);
            blot.y1 = y + 1;
            blot.ink += to - from;
            labels[y * w + from..y * w + to].fill(numbers[root] + 1);
        }
        Self { all, labels }
    }

    /// Whitens the patches marked in `gone`, and the grey rim around them.
    pub fn erase(&self, picture: &mut Picture, gone: &[bool]) {
        super::clean::erase(picture, |i| {
            (self.labels[i] as usize).checked_sub(1).is_some_and(|number| gone[number])
        });
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

/// How many pixels of a kind lie in any box, each counted in no time.
pub struct Counts {
    width: usize,
    height: usize,
    sums: Vec<u32>,
}

impl Counts {
    /// Counts the pixels that `kind` picks.
    pub fn new(width: usize, height: usize, kind: impl Fn(usize) -> bool) -> Self {
        let stride = width + 1;
        let mut sums = vec![0u32; stride * (height + 1)];
        for y in 0..height {
            let mut row = 0;
            for x in 0..width {
                row += u32::from(kind(y * width + x));
                sums[(y + 1) * stride + x + 1] = sums[y * stride + x + 1] + row;
            }
        }
        Self { width, height, sums }
    }

    /// The pixels in a patch's box grown by `dx` and `dy` on every side.
    pub fn within(&self, blot: &Blot, dx: usize, dy: usize) -> u32 {
        let stride = self.width + 1;
        let (x0, y0) = (blot.x0.saturating_sub(dx), blot.y0.saturating_sub(dy));
        let (x1, y1) = ((blot.x1 + dx).min(self.width), (blot.y1 + dy).min(self.height));
        let at = |x: usize, y: usize| self.sums[y * stride + x];
        at(x1, y1) + at(x0, y0) - at(x0, y1) - at(x1, y0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(rows: &[&str]) -> Picture {
        let pixels = rows.concat().bytes().map(|b| if b == b'#' { 0 } else { 255 }).collect();
        Picture::from_grey(rows[0].len(), rows.len(), pixels).unwrap()
    }

    #[test]
    fn finds_patches_that_touch_by_a_corner() {
        let blots = Blots::new(&picture(&["#..#.", ".#..#", "#....", "....#"]));
        let mut sizes: Vec<usize> = blots.all.iter().map(|b| b.ink).collect();
        sizes.sort_unstable();
        assert_eq!(sizes, [1, 2, 3]);
    }

    #[test]
    fn joins_branches_that_meet_further_down() {
        let blots = Blots::new(&picture(&["#.#.#", "#.#.#", "#####"]));
        assert_eq!(blots.all.len(), 1);
        assert_eq!((blots.all[0].ink, blots.all[0].size()), (11, (5, 3)));
    }

    #[test]
    fn counts_within_boxes() {
        let p = picture(&["#...#", ".....", "..#.."]);
        let blots = Blots::new(&p);
        let counts = Counts::new(5, 3, |i| p.pixels[i] == 0);
        let middle = blots.all.iter().find(|b| b.y0 == 2).unwrap();
        assert_eq!([counts.within(middle, 0, 0), counts.within(middle, 2, 2)], [1, 3]);
    }
}
