//! What the library is given when it is built.

mod anchors;
mod reader;

fn main() {
    reader::mark();
    anchors::write();
}
