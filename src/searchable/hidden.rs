//! Takes text that is not painted off a page: an old layer that was read anew, which
//! would else be found twice.

use lopdf::content::{Content, Operation};
use lopdf::{Dictionary, Object, ObjectId, Stream};

use super::edit::Edit;

/// Content beyond this many bytes is left alone.
const MAX_CONTENT: usize = 64 << 20;

/// The rendering mode in which text is not painted.
const UNSEEN: i64 = 3;

/// Operators that show text.
const SHOW: [&str; 4] = ["Tj", "TJ", "'", "\""];

/// Operators that paint something else.
const PAINT: [&str; 13] = ["S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "sh", "Do", "BI", "EI"];

/// Removes it. A page whose content cannot be taken apart safely stays as it is.
pub fn remove(edit: &mut Edit, page_id: ObjectId) {
    let mut page = edit.page(page_id);
    let mut content = Vec::new();
    for part in edit.items(&page, b"Contents") {
        let Some(part) = plain(edit.resolve(&part)) else { return };
        content.extend(part);
        content.push(b'\n');
        if content.len() > MAX_CONTENT {
            return;
        }
    }
    let Some(operations) = operations(&content) else { return };
    let resources = edit.resources(&page);
    let forms = edit.dictionary(&resources, b"XObject");
    let Some(rest) = without(operations, |name, mode| is_unseen_form(edit, &forms, name, mode))
    else {
        return;
    };
    let Ok(content) = (Content { operations: rest }).encode() else { return };
    let content = edit.add_stream(Dictionary::new(), content);
    page.set("Contents", content);
    edit.set(page_id, page);
}

fn plain(object: &Object) -> Option<Vec<u8>> {
    let Object::Stream(stream) = object else { return None };
    stream.get_plain_content_with_limit(MAX_CONTENT).ok()
}

fn operations(content: &[u8]) -> Option<Vec<Operation>> {
    let operations = Content::decode(content).ok()?.operations;
    // Pictures in the midst of the content would have to be written anew too.
    operations.iter().all(|operation| operation.operator != "BI").then_some(operations)
}

/// The rendering mode of text, as it changes along a content.
struct Mode {
    now: i64,
    saved: Vec<i64>,
}

impl Mode {
    fn follow(&mut self, operation: &Operation) {
        match operation.operator.as_str() {
            "q" => self.saved.push(self.now),
            "Q" => self.now = self.saved.pop().unwrap_or(self.now),
            "Tr" => {
                let mode = operation.operands.first().and_then(|mode| mode.as_i64().ok());
                self.now = mode.unwrap_or(self.now);
            }
            _ => {}
        }
    }
}

/// The operations without text that is not painted; `None` where there is none, or where
/// it stands among text that is and would move it.
fn without(
    operations: Vec<Operation>,
    unseen: impl Fn(&[u8], i64) -> bool,
) -> Option<Vec<Operation>> {
    let mut mode = Mode { now: 0, saved: Vec::new() };
    let before = operations.len();
    let mut rest = Vec::with_capacity(before);
    let (mut shown, mut hidden) = (false, false);
    for operation in operations {
        mode.follow(&operation);
        match operation.operator.as_str() {
            "BT" => (shown, hidden) = (false, false),
            "Do" => {
                let name = operation.operands.first().and_then(|name| name.as_name().ok());
                if name.is_some_and(|name| unseen(name, mode.now)) {
                    continue;
                }
            }
            show if SHOW.contains(&show) => {
                (shown, hidden) = (shown || mode.now != UNSEEN, hidden || mode.now == UNSEEN);
                if shown && hidden {
                    return None;
                }
                if mode.now == UNSEEN {
                    continue;
                }
            }
            _ => {}
        }
        rest.push(operation);
    }
    (rest.len() < before).then_some(rest)
}

/// Whether a form holds text that is not painted and nothing that is.
fn is_unseen_form(edit: &Edit, forms: &Dictionary, name: &[u8], mode: i64) -> bool {
    let Some(Object::Stream(form)) = edit.entry(forms, name) else { return false };
    is_form(form) && content_is_unseen(form, mode)
}

fn is_form(stream: &Stream) -> bool {
    stream.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|name| name == b"Form")
}

fn content_is_unseen(form: &Stream, mode: i64) -> bool {
    let content = form.get_plain_content_with_limit(MAX_CONTENT).ok();
    let Some(operations) = content.and_then(|content| operations(&content)) else { return false };
    let mut mode = Mode { now: mode, saved: Vec::new() };
    let mut text = false;
    for operation in &operations {
        mode.follow(operation);
        let operator = operation.operator.as_str();
        if PAINT.contains(&operator) || SHOW.contains(&operator) && mode.now != UNSEEN {
            return false;
        }
        text |= SHOW.contains(&operator);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(content: &str, expect: Option<&str>) {
        let operations = operations(content.as_bytes()).unwrap();
        let rest = without(operations, |name, _| name == b"Old");
        let rest = rest.map(|operations| Content { operations }.encode().unwrap());
        let rest = rest.map(|bytes| String::from_utf8(bytes).unwrap().replace('\n', " "));
        assert_eq!(rest.as_deref(), expect);
    }

    #[test]
    fn what_is_not_painted_goes() {
        check("/Im Do BT 3 Tr (old) Tj ET", Some("/Im Do BT 3 Tr ET"));
        check("q 3 Tr BT (old) Tj ET Q BT (shown) Tj ET", Some("q 3 Tr BT ET Q BT (shown) Tj ET"));
        check("/Im Do /Old Do", Some("/Im Do"));
    }

    #[test]
    fn what_is_painted_stays_where_it_is() {
        check("BT (shown) Tj ET", None);
        check("BT 3 Tr (old) Tj 0 Tr (shown) Tj ET", None);
    }

    #[test]
    fn a_form_of_an_old_layer_paints_nothing() {
        let form = |content: &str| {
            content_is_unseen(&Stream::new(Dictionary::new(), content.as_bytes().to_vec()), 0)
        };
        assert!(form("BT 3 Tr (old) Tj ET"));
        assert!(!form("BT (shown) Tj ET"));
        assert!(!form("BT 3 Tr (old) Tj ET 0 0 9 9 re f"));
        assert!(!form("0 0 9 9 re W n"));
    }
}
