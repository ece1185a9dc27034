//! Spinal levels and regions, as requests and procedure notes name them.

/// A part of the spine. Sacral levels go with the lumbar ones, as policies count them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Region {
    /// C1 to C7.
    Cervical,
    /// T1 to T12.
    Thoracic,
    /// L1 to the sacrum.
    Lumbar,
}

/// Words that name a region.
const WORDS: [(&str, Region); 6] = [
    ("cervical", Region::Cervical),
    ("thoracic", Region::Thoracic),
    ("lumbar", Region::Lumbar),
    ("lumbosacral", Region::Lumbar),
    ("caudal", Region::Lumbar),
    ("sacral", Region::Lumbar),
];

/// The region of some levels, else the one that a text names; `None` where neither tells, or where they differ.
pub fn region(levels: &[String], text: &str) -> Option<Region> {
    let mut regions: Vec<Region> = levels.iter().filter_map(|level| of_level(level)).collect();
    if regions.is_empty() {
        let text = text.to_lowercase();
        regions = WORDS.iter().filter(|(word, _)| text.contains(word)).map(|(_, r)| *r).collect();
    }
    regions.dedup();
    match regions.as_slice() {
        [region] => Some(*region),
        _ => None,
    }
}

fn of_level(level: &str) -> Option<Region> {
    match level.chars().next()?.to_ascii_uppercase() {
        'C' => Some(Region::Cervical),
        'T' => Some(Region::Thoracic),
        'L' | 'S' => Some(Region::Lumbar),
        _ => None,
    }
}

/// The levels that a text names, as "L4-5", "S1", in order.
pub fn levels_in(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '/')
        .map(|word| word.to_ascii_uppercase().replace('/', "-"))
        .filter(|word| is_level(word))
        .collect()
}

fn is_level(word: &str) -> bool {
    let vertebra = |part: &str, bare: bool| {
        let digits = part.strip_prefix(['C', 'T', 'L', 'S']);
        let number = digits.or(bare.then_some(part)).and_then(|number| number.parse::<u8>().ok());
        number.is_some_and(|number| (1..=12).contains(&number))
    };
    match word.split_once('-') {
        Some((first, second)) => vertebra(first, false) && vertebra(second, true),
        None => vertebra(word, false),
    }
}

/// How many joints or discs the levels are: "L4-5" is one, "L4-S1" two, and the nerves L3, L4 and L5 serve two.
pub fn count_joints(levels: &[String]) -> usize {
    let mut joints: Vec<(u8, u8)> = Vec::new();
    let mut nerves: Vec<u8> = Vec::new();
    for level in levels {
        match level.split_once(['-', '/']) {
            Some((first, second)) => {
                let Some(from) = place(first, None) else { continue };
                let Some(to) = place(second, first.chars().next()) else { continue };
                joints.extend((from.min(to)..from.max(to)).map(|at| (at, at + 1)));
            }
            None => nerves.extend(place(level, None)),
        }
    }
    joints.sort_unstable();
    joints.dedup();
    nerves.sort_unstable();
    nerves.dedup();
    match (joints.len(), nerves.len()) {
        (0, nerves) if nerves > 1 => nerves - 1,
        (0, nerves) => nerves,
        (joints, _) => joints,
    }
}

/// The place of a vertebra, counted from C1.
fn place(level: &str, letter: Option<char>) -> Option<u8> {
    let own = level.chars().next().filter(char::is_ascii_alphabetic);
    let number: u8 = level.trim_start_matches(|c: char| c.is_ascii_alphabetic()).parse().ok()?;
    let above = match own.or(letter)?.to_ascii_uppercase() {
        'C' => 0,
        'T' => 7,
        'L' => 19,
        'S' => 24,
        _ => return None,
    };
    Some(above + number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, levels: &[&str], joints: usize, region_is: Option<Region>) {
        let found = levels_in(text);
        assert_eq!(found, levels, "{text}");
        assert_eq!(count_joints(&found), joints, "{text}");
        assert_eq!(region(&found, text), region_is, "{text}");
    }

    #[test]
    fn levels_are_read_and_counted() {
        check("right L4-5 and L5-S1 facet joints", &["L4-5", "L5-S1"], 2, Some(Region::Lumbar));
        check("medial branch blocks L3, L4, L5", &["L3", "L4", "L5"], 2, Some(Region::Lumbar));
        check("L4-S1 ablation", &["L4-S1"], 2, Some(Region::Lumbar));
        check("C5/C6 interlaminar", &["C5-C6"], 1, Some(Region::Cervical));
        check("cervical facet injection", &[], 0, Some(Region::Cervical));
        check("nerve block, 2-10/10", &[], 0, None);
    }
}
