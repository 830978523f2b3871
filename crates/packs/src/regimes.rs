//! A legal regime: here its levels of information systems; rules, deadlines
//! and forms of the same regime lie in folders of their own.

use serde::{Deserialize, Serialize};

use crate::{Meta, Pack, Text};

/// One regime. Two can hold on the same day: a law's transition keeps systems
/// approved under the old one in force for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Regime {
    /// What the file says about itself.
    pub pack: Meta,
    /// Levels from 1 upward.
    pub levels: Vec<Level>,
}

/// One level of an information system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// 1 is the least, 5 the most.
    pub level: u8,
    /// Its name.
    pub title: Text,
    /// When a system has it, in short.
    pub criteria: Text,
}

impl Pack for Regime {
    const FOLDER: &'static str = "regimes/";

    fn meta(&self) -> &Meta {
        &self.pack
    }
}
