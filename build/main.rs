//! What the library is given when it is built.

mod beginnings;
mod reader;

fn main() {
    reader::mark();
    beginnings::write();
}
