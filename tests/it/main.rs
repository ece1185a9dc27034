//! Integration tests, one binary.

mod read;
mod type_pixels;
