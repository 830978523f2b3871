//! What every pack says about itself.

use jiff::civil::Date;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// One text in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Vietnamese, as an official would write it.
    pub vi: String,
    /// English.
    pub en: String,
}

/// The `[pack]` table at the head of every pack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Meta {
    /// File name without its ending; unique within its kind.
    pub name: String,
    /// The folder it lies in, for example `directives`.
    pub kind: String,
    /// What it is, for people.
    pub title: Text,
    /// First day on which it holds.
    pub valid_from: Date,
    /// First day on which it no longer holds; open when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Date>,
    /// The day as of which its facts were collected.
    pub data_as_of: Date,
    /// Where the facts come from: documents by number, pages by address.
    #[serde(default)]
    pub sources: Vec<String>,
    /// What in it is assumed or was never checked, in words; empty when all of it was.
    #[serde(default)]
    pub unverified: Vec<String>,
}

impl Meta {
    /// Whether it holds on this day.
    pub fn holds(&self, on: Date) -> bool {
        holds(self.valid_from, self.valid_to, on)
    }

    /// Days from the day its facts were collected to `on`; negative when `on` is earlier.
    pub fn age(&self, on: Date) -> i32 {
        on.duration_since(self.data_as_of).as_hours().div_euclid(24).try_into().unwrap_or(i32::MAX)
    }
}

/// From inclusive, to exclusive, as all dated things in packs.
pub(crate) fn holds(from: Date, to: Option<Date>, on: Date) -> bool {
    from <= on && to.is_none_or(|to| on < to)
}

/// A pack with a typed form.
pub trait Pack: DeserializeOwned {
    /// Its folder under `packs/`, with the closing slash.
    const FOLDER: &'static str;

    /// What it says about itself.
    fn meta(&self) -> &Meta;
}
