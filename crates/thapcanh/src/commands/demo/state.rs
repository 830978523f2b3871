//! What a demonstration remembers of itself, in `demo.json` of its data folder.

use std::path::Path;

use anyhow::Result;
use hub::{clock::Clock, people::password};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// A demonstration.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Demonstration {
    /// Everybody's password in it.
    pub password: String,
    /// Seconds from the machine's clock to the story's.
    shift: i64,
    /// Whether it was made to the end.
    pub complete: bool,
}

impl Demonstration {
    /// A demonstration whose present is `as_of` at the machine's `now`.
    pub fn begin(as_of: Timestamp, now: Timestamp) -> Self {
        let shift = as_of.duration_since(now).as_secs();
        Self { password: password::made(), shift, complete: false }
    }

    /// The story's clock: it runs on as the machine's does.
    pub fn clock(&self) -> Clock {
        Clock::Shifted(SignedDuration::from_secs(self.shift))
    }

    /// Writes it down.
    pub fn save(&self, data: &Path) -> Result<()> {
        std::fs::create_dir_all(data)?;
        std::fs::write(data.join(FILE), serde_json::to_vec_pretty(self)?)?;
        Ok(())
    }
}

const FILE: &str = "demo.json";

/// The demonstration of a data folder, if it is one.
pub fn find(data: &Path) -> Result<Option<Demonstration>> {
    match std::fs::read(data.join(FILE)) {
        Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
        Err(_) => Ok(None),
    }
}

/// Makes room for a new demonstration: removes an earlier one, and nothing else.
pub fn clear(data: &Path) -> Result<()> {
    let empty = std::fs::read_dir(data).map_or(true, |mut entries| entries.next().is_none());
    if empty {
        return Ok(());
    }
    if find(data)?.is_none() {
        return super::refuse(data);
    }
    std::fs::remove_dir_all(data)?;
    Ok(())
}
