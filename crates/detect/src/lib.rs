//! Event → Detection.
pub mod compile;
pub mod correlate;
pub mod hunt;
pub mod indicators;
pub mod interpret;
pub mod rules;
pub mod sigma;
pub mod taxonomy;
mod values;
