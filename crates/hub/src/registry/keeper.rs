//! Who may keep the register: the province all of it, a unit its own part.

use crate::access::{Decide, Over};

/// The right to change what the register says of some units. What the
/// province enters holds without being approved by somebody else.
pub type Keeper = Over<Decide>;
