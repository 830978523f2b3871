//! Event → Detection.
pub mod compile;
pub mod interpret;
pub mod sigma;
pub mod taxonomy;
mod values;
