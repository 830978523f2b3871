//! Sigma rules: from YAML to typed values, with the line of whatever is wrong.

pub mod cache;
pub mod condition;
pub mod correlation;
mod folder;
mod license;
mod load;
mod modifiers;
pub mod pattern;
pub mod rule;
mod search;
pub mod yaml;

pub use folder::{RuleFile, RuleSet, read_files};
pub use load::{Loaded, load};
pub use modifiers::Placeholders;
pub(crate) use modifiers::REGEX_BYTES;
pub use rule::{Document, Level, LogSource, Meta, Rule};
