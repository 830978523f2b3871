//! What the tests of this crate share.

pub mod evtx;
pub mod shared;
