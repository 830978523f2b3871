//! What is remembered about a feed between two of its lists.

use serde::{Deserialize, Serialize};
use tables::Mapping;

/// The shapes a list comes in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// A Shadowserver report, by its file name.
    Shadowserver,
    /// A sheet or a CSV with columns to map.
    Table,
    /// JSON, one object an entry.
    Json,
    /// Text with addresses in it: a plain list, a page, a mail.
    #[default]
    Text,
}

/// A feed's settings, confirmed by a person once and kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Zone of times that name none, by its IANA name; none: UTC.
    /// Shadowserver reports are always in the zone that their pack says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Which column is which field; none: guessed anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mapping: Option<Mapping>,
    /// Family of every row that names none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// RSIT type of every row that names none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub classification: Option<String>,
    /// The format, when recognising it goes wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
    /// The sheet to read of a workbook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
}
