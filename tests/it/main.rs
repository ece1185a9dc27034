//! The program from outside, in one binary.

mod cli;
mod corpus;
mod jbig2;
mod layers;
mod place;
mod read;
mod scans;
mod type_pixels;
mod withhold;
