//! Lists in, sightings out, and what becomes of them.

mod fill;
mod pages;
mod real;
mod stories;
mod unfit;
mod works;
