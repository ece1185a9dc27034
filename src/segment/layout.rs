//! How a text's lines are laid out: whether one had to be wrapped, and by its words whether it goes on.

use std::sync::LazyLock;

use regex::Regex;

use crate::pattern::fixed_regex;

/// Lines longer than this are paragraphs, not wrapped lines (characters).
const LONGEST_WRAPPED: usize = 140;

/// Shortest line that counts for how a note is laid out (characters).
const SHORTEST_LINE: usize = 8;

/// Words after which a sentence goes on, at the end of a line.
pub(super) static LEADS_ON: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"(?i)(?:,|/|-|&|\b(?:a|an|the|of|for|to|in|on|at|by|with|without|from|into|over|under|and|or|nor|but|if|when|than|that|which|who|as|after|before|since|until|because|due|per|no|not|never|neither|any|is|are|was|were|be|been|being|has|have|had|having|do|does|did|will|would|may|might|can|could|should|must|her|his|their|our|my|its|this|these|those|he|she|they|we|i|denies|denied|declined|declines|refused|refuses|plan|plans|planned|request|requests|recommend|recommended|discussed|consider|considering|showed|shows|revealed|reveals|include|includes|including|left|right|bilateral|mild|moderate|severe|more|less|ever|still|also|then|underwent|received|tried|failed|stopped|continue|start|started|take|takes|took))$",
    )
});

/// Words with which a line goes on with the one before it.
pub(super) static GOES_ON: LazyLock<Regex> = LazyLock::new(|| {
    fixed_regex(
        r"^(?:and|or|nor|but|with|without|to|of|for|in|on|at|by|from|into|over|than|that|which|who|whose|because|due|as|after|before|since|until|while|when|where|is|are|was|were|has|have|had|will|would|per|via|plus|not|then)\b",
    )
});

/// How long the lines of a text are (characters).
pub(super) struct Layout {
    /// How long lines are that had to be wrapped; `None` where the text is not wrapped.
    width: Option<usize>,
    /// Whether most lines are so short that they were not wrapped for want of room.
    in_short_lines: bool,
}

impl Layout {
    pub(super) fn of(original: &str) -> Self {
        let width = typical_width(original);
        Layout { width, in_short_lines: in_short_lines(original, width) }
    }

    /// Whether a line of so many characters would have been well within the width, in a text of short lines.
    pub(super) fn leaves_room(&self, length: usize) -> bool {
        self.in_short_lines && self.width.is_some_and(|width| length * 10 < width * 7)
    }

    /// Whether a line of so many characters comes up to the width.
    pub(super) fn is_full(&self, length: usize) -> bool {
        self.width.is_some_and(|width| length * 10 > width * 9)
    }
}

fn typical_width(original: &str) -> Option<usize> {
    let mut lengths: Vec<usize> =
        original.lines().map(|l| l.trim_end().chars().count()).filter(|&n| n >= 30).collect();
    if lengths.len() < 3 {
        return None;
    }
    lengths.sort_unstable();
    let width = lengths[lengths.len() * 85 / 100];
    (width <= LONGEST_WRAPPED).then_some(width)
}

fn in_short_lines(original: &str, width: Option<usize>) -> bool {
    let Some(width) = width else { return false };
    let lengths =
        original.lines().map(|l| l.trim().chars().count()).filter(|&n| n >= SHORTEST_LINE);
    let (mut short, mut all) = (0, 0);
    for length in lengths {
        all += 1;
        short += usize::from(length * 10 < width * 7);
    }
    short * 10 > all * 6
}
