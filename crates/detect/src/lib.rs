//! Event → Detection.
pub mod sigma;
