//! Lines that are drawn on a page, as between the cells of a table.

use crate::geometry::Rect;

/// A shorter line than this is no edge of a cell, in points.
const SHORTEST: f32 = 12.0;

/// Lines this near to each other, in points, are one: a cell's lower edge and the
/// next one's upper edge.
const SAME: f32 = 2.0;

/// A page with more lines than this is a drawing.
const MOST: usize = 20_000;

/// A line across or down the page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rule {
    /// Its place: from the top for a line across, from the left for one down.
    pub at: f32,
    /// Where it begins: from the left, or from the top.
    pub from: f32,
    /// Where it ends.
    pub to: f32,
}

/// The lines of a page, in points from its top left corner.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules {
    pub(super) across: Vec<Rule>,
    pub(super) down: Vec<Rule>,
}

impl Rules {
    /// From boxes without height or width; what runs askew or is short is left out.
    pub fn new(drawn: &[Rect]) -> Self {
        if drawn.len() > MOST {
            return Self::default();
        }
        let (mut across, mut down) = (Vec::new(), Vec::new());
        for rect in drawn {
            let (x, y) = ((rect.x0 + rect.x1) / 2.0, (rect.y0 + rect.y1) / 2.0);
            if rect.height() <= SAME && rect.width() >= SHORTEST {
                across.push(Rule { at: y, from: rect.x0, to: rect.x1 });
            } else if rect.width() <= SAME && rect.height() >= SHORTEST / 2.0 {
                down.push(Rule { at: x, from: rect.y0, to: rect.y1 });
            }
        }
        Self { across: joined(across), down: joined(down) }
    }
}

/// Lines that continue each other made one, in order of their places.
fn joined(mut rules: Vec<Rule>) -> Vec<Rule> {
    rules.sort_by(|a, b| a.at.total_cmp(&b.at).then(a.from.total_cmp(&b.from)));
    let mut out: Vec<Rule> = Vec::new();
    for rule in rules {
        let near = out.iter_mut().rev().take_while(|other| rule.at - other.at <= SAME);
        let touches = |other: &Rule| rule.from <= other.to + SAME && other.from <= rule.to + SAME;
        match near.into_iter().find(|other| touches(other)) {
            Some(other) => {
                other.from = other.from.min(rule.from);
                other.to = other.to.max(rule.to);
            }
            None => out.push(rule),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_of_cells_become_one_line() {
        let rules = Rules::new(&[
            Rect::new(100.0, 50.5, 200.0, 50.5),
            Rect::new(10.0, 50.0, 100.0, 50.0),
            Rect::new(10.0, 50.0, 10.0, 80.0),
            Rect::new(300.0, 50.0, 400.0, 50.0),
            Rect::new(10.0, 60.0, 14.0, 60.0),
            Rect::new(10.0, 60.0, 90.0, 130.0),
        ]);
        let spans: Vec<_> = rules.across.iter().map(|rule| (rule.from, rule.to)).collect();
        assert_eq!(spans, [(10.0, 200.0), (300.0, 400.0)]);
        assert_eq!(rules.down, [Rule { at: 10.0, from: 50.0, to: 80.0 }]);
    }
}
