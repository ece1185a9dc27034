//! Highlights: annotations with an appearance of their own, so that every viewer shows
//! the same.

use std::fmt::Write;

use hayro_interpret::kurbo::{Affine, Point};
use lopdf::{Dictionary, Object, ObjectId, dictionary, text_string};

use super::Mark;
use super::edit::Edit;
use crate::geometry::Rect;

/// The colour of a highlight: red, green, blue.
const COLOR: [f32; 3] = [1.0, 0.9, 0.3];

/// Puts highlights on a page, over what it has.
pub fn add(edit: &mut Edit, page_id: ObjectId, own_from_upright: Affine, marks: &[&Mark]) {
    let marks: Vec<_> = marks.iter().filter(|mark| !mark.boxes.is_empty()).collect();
    if marks.is_empty() {
        return;
    }
    let mut page = edit.page(page_id);
    let mut annotations = edit.items(&page, b"Annots");
    for mark in marks {
        let quads: Vec<[Point; 4]> =
            mark.boxes.iter().map(|rect| corners(rect, own_from_upright)).collect();
        let annotation = annotation(edit, page_id, &quads, &mark.note);
        annotations.push(Object::Reference(edit.add(annotation)));
    }
    page.set("Annots", annotations);
    edit.set(page_id, page);
}

/// The corners of a box in the page's own space, as the text runs: top left, top right,
/// bottom left, bottom right.
fn corners(rect: &Rect, own_from_upright: Affine) -> [Point; 4] {
    let at = |x: f32, y: f32| own_from_upright * Point::new(f64::from(x), f64::from(y));
    [at(rect.x0, rect.y0), at(rect.x1, rect.y0), at(rect.x0, rect.y1), at(rect.x1, rect.y1)]
}

fn annotation(edit: &mut Edit, page: ObjectId, quads: &[[Point; 4]], note: &str) -> Dictionary {
    let points = || quads.iter().flatten();
    let edge = |value: fn(&Point) -> f64, pick: fn(f64, f64) -> f64| {
        points().map(value).reduce(pick).unwrap_or(0.0)
    };
    let bounds: Vec<Object> = [
        edge(|p| p.x, f64::min),
        edge(|p| p.y, f64::min),
        edge(|p| p.x, f64::max),
        edge(|p| p.y, f64::max),
    ]
    .map(number)
    .to_vec();
    let numbers: Vec<Object> = points().flat_map(|p| [number(p.x), number(p.y)]).collect();
    let color = COLOR.map(Object::Real).to_vec();
    let appearance = appearance(edit, bounds.clone(), quads);
    dictionary! {
        "Type" => "Annot", "Subtype" => "Highlight", "P" => page, "Rect" => bounds,
        "QuadPoints" => numbers, "C" => color, "F" => 4, "Contents" => text_string(note),
        "T" => text_string("chartsift"), "AP" => dictionary! { "N" => appearance },
    }
}

/// The boxes filled so that the ink beneath shows through.
fn appearance(edit: &mut Edit, bounds: Vec<Object>, quads: &[[Point; 4]]) -> ObjectId {
    let [r, g, b] = COLOR;
    let mut content = format!("/Over gs {r} {g} {b} rg\n");
    for [top_left, top_right, bottom_left, bottom_right] in quads {
        for (point, operator) in
            [(top_left, "m"), (top_right, "l"), (bottom_right, "l"), (bottom_left, "l")]
        {
            let _ = write!(content, "{:.2} {:.2} {operator} ", point.x, point.y);
        }
        content.push_str("h f\n");
    }
    let over = dictionary! { "Type" => "ExtGState", "BM" => "Multiply" };
    edit.add_stream(
        dictionary! {
            "Type" => "XObject", "Subtype" => "Form", "FormType" => 1, "BBox" => bounds,
            "Resources" => dictionary! { "ExtGState" => dictionary! { "Over" => over } },
            "Group" => dictionary! { "Type" => "Group", "S" => "Transparency" },
        },
        content.into_bytes(),
    )
}

/// A length to hundredths of a point.
fn number(value: f64) -> Object {
    Object::Real((value * 100.0).round() as f32 / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corners_follow_the_text_on_a_turned_page() {
        // The page's own space is the upright page turned by a quarter.
        let own = Affine::new([0.0, 1.0, 1.0, 0.0, 0.0, 0.0]);
        let corners = corners(&Rect::new(10.0, 20.0, 30.0, 25.0), own);
        let numbers = corners.map(|p| (p.x, p.y));
        assert_eq!(numbers, [(20.0, 10.0), (20.0, 30.0), (25.0, 10.0), (25.0, 30.0)]);
    }
}
