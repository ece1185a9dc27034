//! The program from outside, in one binary.

mod analysis;
mod bucket;
mod cli;
mod corpus;
mod engine;
mod formats;
mod jbig2;
mod layers;
mod mutated;
mod outlines;
mod overnight;
mod page;
mod packet;
mod place;
mod proportion;
mod read;
mod review;
mod scans;
mod searchable;
mod second_engine;
mod sheets;
mod type_pixels;
mod withhold;
