//! All rules as one matcher.
//!
//! Records are dispatched by where they come from: the first record of a
//! channel and event id (or of another kind of log) makes a `program` of the
//! rules whose log source it is. In it, what the origin already decides
//! (`EventID: 4625`) is worked out beforehand; every field has its literals in
//! one automaton and its exact values in one table; and a rule is looked at
//! only when one of a few literals that it cannot do without is there.

mod atom;
mod expr;
mod literal;
mod lower;
mod matcher;
mod program;
mod rarity;
mod slot;

pub use matcher::{Coverage, Matcher, OTHER_CHANNELS, Scanner};
