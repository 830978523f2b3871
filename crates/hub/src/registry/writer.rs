//! Writing things back as they are entered: for the fields of a form, and for
//! files that can be read in again.

use std::collections::HashMap;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use sqlx::AnyConnection;
use words::Lang;

use super::SystemId;
use crate::{Result, ids::UnitId, store::Select, web::CellText};

/// How to write.
#[derive(Clone, Debug)]
pub struct Writer {
    lang: Option<Lang>,
    zone: TimeZone,
    units: HashMap<UnitId, String>,
    systems: HashMap<SystemId, String>,
}

impl Writer {
    /// For a file in this language, or for a form (`None`): there, words are
    /// written by their names and days as the browser wants them.
    pub async fn load(
        conn: &mut AnyConnection,
        lang: Option<Lang>,
        zone: &TimeZone,
    ) -> Result<Self> {
        let units: Vec<(UnitId, String)> =
            Select::new("id, code", "units").fetch(&mut *conn).await?;
        let systems: Vec<(SystemId, String)> =
            Select::new("id, code", "systems").fetch(conn).await?;
        Ok(Self {
            lang,
            zone: zone.clone(),
            units: units.into_iter().collect(),
            systems: systems.into_iter().collect(),
        })
    }

    /// A unit by its code.
    pub fn unit(&self, id: Option<&UnitId>) -> CellText {
        id.and_then(|id| self.units.get(id)).map_or("", String::as_str).into()
    }

    /// A system by its code.
    pub fn system(&self, id: Option<&SystemId>) -> CellText {
        id.and_then(|id| self.systems.get(id)).map_or("", String::as_str).into()
    }

    /// A day.
    pub fn day(&self, day: Option<Date>) -> CellText {
        match (day, self.lang) {
            (None, _) => "".into(),
            (Some(day), None) => day.to_string().into(),
            (Some(day), Some(lang)) => lang.date(day).into(),
        }
    }

    /// An instant: as a day where it is the beginning of one.
    pub fn instant(&self, at: Option<Timestamp>) -> CellText {
        let Some(at) = at else { return "".into() };
        let local = at.to_zoned(self.zone.clone());
        if local.start_of_day().is_ok_and(|start| start == local) {
            return self.day(Some(local.date()));
        }
        at.to_string().into()
    }

    /// A word of a closed set: its name, and its locale key.
    pub fn word(&self, word: Option<(&str, &str)>) -> CellText {
        match (word, self.lang) {
            (None, _) => "".into(),
            (Some((name, _)), None) => name.into(),
            (Some((_, text)), Some(lang)) => lang.t(text).into_owned().into(),
        }
    }
}

/// A text that may be missing.
pub(super) fn text(text: Option<&String>) -> CellText {
    text.map_or("", String::as_str).into()
}
