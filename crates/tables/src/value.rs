//! Values as people write them: dates and times, numbers, yes and no.

mod moment;
mod plain;

pub use moment::{Moment, Precision, WrongTime, date, moment};
pub use plain::{WrongValue, boolean, integer};
