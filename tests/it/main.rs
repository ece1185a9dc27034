//! The program from outside, in one binary.

mod cli;
mod corpus;
mod layers;
mod packet;
mod place;
mod read;
mod type_pixels;
mod withhold;
