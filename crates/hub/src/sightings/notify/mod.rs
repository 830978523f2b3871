//! Telling the units of a list: one drafted notice for each, with the rows of
//! that unit and of no other.

mod api;
mod content;
mod pages;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use words::Lang;

pub(super) use api::routes as api_routes;
pub(super) use content::{destination, family};
pub(super) use pages::routes;

use super::{
    ListId, State,
    lists::{self, List},
    read::{self, Shown},
};
use crate::{
    App, Result,
    access::{Scope, Watch},
    ids::UnitId,
    notices::{
        About,
        draft::{self, Drafted, NewNotice},
    },
    registry::units,
};

/// A unit that a list says something about.
#[derive(Clone, Debug)]
pub struct Told {
    /// The unit.
    pub unit: UnitId,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its sightings in the list.
    pub sightings: i64,
}

/// The units that a list says something about, the most concerned first.
pub async fn concerned(app: &App, scope: &Scope, list: &ListId) -> Result<Vec<Told>> {
    let names: BTreeMap<UnitId, (String, String)> = units::names(&app.db, scope).await?;
    let mut told = Vec::new();
    for (unit, sightings) in lists::units(&app.db, scope, list).await? {
        let (code, name) = names.get(&unit).cloned().unwrap_or_default();
        told.push(Told { unit, code, name, sightings });
    }
    told.sort_by(|a, b| b.sightings.cmp(&a.sightings).then_with(|| a.code.cmp(&b.code)));
    Ok(told)
}

/// Drafts a notice for each of these units, or for every unit of the list. A
/// unit that has one about this list keeps it; a unit with nothing left to do
/// is left out.
pub async fn draft(
    app: &App,
    by: &Watch,
    at: Timestamp,
    list: &ListId,
    only: Option<&BTreeSet<UnitId>>,
) -> Result<Vec<Drafted>> {
    let scope = Scope::province();
    let list = lists::get(&app.db, &scope, list).await?;
    let mut new = Vec::new();
    for told in concerned(app, &scope, &list.id).await? {
        if only.is_none_or(|only| only.contains(&told.unit)) {
            new.extend(notice(app, &list, &told, at).await?);
        }
    }
    draft::draft(app, by, at, new).await
}

async fn notice(app: &App, list: &List, told: &Told, at: Timestamp) -> Result<Option<NewNotice>> {
    let scope = Scope::of([told.unit.clone()]);
    let found = read::of_list(&app.db, &scope, &list.id, &told.unit).await?;
    let found: Vec<Shown> = found.into_iter().filter(to_do).collect();
    if found.is_empty() {
        return Ok(None);
    }
    let rows = lists::rows_of_unit(&app.db, &scope, &list.id, &told.unit).await?;
    // Units are told in the first language of the house.
    let lang = Lang::default();
    let zone = &app.settings.zone;
    let name = content::file_name(&told.code, list);
    Ok(Some(NewNotice {
        unit: told.unit.clone(),
        about: About {
            noun: super::NOUN.name,
            id: list.id.to_string(),
            title: content::title(lang, list),
        },
        lang,
        content: content::content(lang, zone, list, &found),
        due_on: draft::due_on(app, at),
        rows: rows.len() as i64,
        file: Some((name, content::file(lang, zone, &rows)?)),
    }))
}

/// Whether the unit still has something to do or to prove.
fn to_do(shown: &Shown) -> bool {
    shown.sighting.state.is_open() || shown.sighting.state == State::Claimed
}
