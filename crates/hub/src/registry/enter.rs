//! Entering one thing and changing it, by form or through the API.

use diag::{Diagnostic, Place};
use jiff::Timestamp;
use serde_json::json;

use super::{Entry, Keeper, Kind, Stamp, Which, cells::LONGEST, entry::findings};
use crate::{
    Error, Result,
    ids::{self, UnitId},
    store::{Change, Db, Record, Select},
};

/// Enters a new thing; gives its identifier.
pub async fn add<E: Entry>(db: &Db, by: &Keeper, at: Timestamp, entry: &E) -> Result<String> {
    authorise(by, entry)?;
    authorise_owner(by, None, entry)?;
    check(entry)?;
    let mut change = db.change(by.actor(), at).await?;
    check_references(&mut change, by, entry).await?;
    if same(&mut change, entry).await?.is_some() {
        return Err(Error::Invalid(vec![Diagnostic::error(
            "registry.already-there",
            Place::default().in_column(E::KIND.fields()[0].name),
        )]));
    }
    let id = ids::ulid(at);
    E::insert(change.conn(), &[(id.clone(), entry)], &stamp(by, at)).await?;
    let record = Record::new(E::ACTIONS.0, &id).with(json!({ "after": entry }));
    change.record(of_unit(record, entry));
    change.commit().await?;
    Ok(id)
}

/// Changes a thing that is there. Nothing happens when nothing differs.
pub async fn edit<E: Entry>(
    db: &Db,
    by: &Keeper,
    at: Timestamp,
    id: &str,
    entry: &E,
) -> Result<()> {
    let mut change = db.change(by.actor(), at).await?;
    let before = one::<E>(&mut change, id).await?;
    let mut entry = entry.clone();
    entry.carry(&before);
    let entry = &entry;
    authorise(by, &before)?;
    authorise(by, entry)?;
    authorise_owner(by, Some(&before), entry)?;
    check(entry)?;
    if let Some(code) = before.locked(by.is_province()) {
        return Err(Error::conflict(code));
    }
    if before == *entry {
        return Ok(());
    }
    if same(&mut change, entry).await?.is_some_and(|other| other != id) {
        return Err(Error::field("registry.already-there", E::KIND.fields()[0].name));
    }
    check_references(&mut change, by, entry).await?;
    check_circle(&mut change, id, entry).await?;
    entry.update(change.conn(), id, &before, &stamp(by, at)).await?;
    let record = Record::new(E::ACTIONS.1, id).with(json!({ "before": before, "after": entry }));
    change.record(of_unit(record, entry));
    change.commit().await
}

/// What may be changed is one of the keeper's units'; the tree of units itself
/// is the province's.
pub(super) fn authorise<E: Entry>(by: &Keeper, entry: &E) -> Result<()> {
    if by.is_province() {
        return Ok(());
    }
    if E::KIND == Kind::Units {
        return Err(Error::Forbidden);
    }
    let own = entry.keepers().into_iter().any(|unit| by.keeps(unit).is_ok());
    if own { Ok(()) } else { Err(Error::NotFound) }
}

/// A unit gives nothing to another unit: the first of the keepers stays who it
/// was, or is one of the keeper's own.
pub(super) fn authorise_owner<E: Entry>(by: &Keeper, before: Option<&E>, entry: &E) -> Result<()> {
    let owner = entry.keepers().first().copied();
    let was = before.and_then(|before| before.keepers().first().copied());
    match owner {
        Some(unit) if owner != was => by.keeps(unit),
        _ => Ok(()),
    }
}

fn check<E: Entry>(entry: &E) -> Result<()> {
    let mut found = findings(entry);
    if let serde_json::Value::Object(fields) = serde_json::to_value(entry)? {
        let long = fields.into_iter().filter(|(_, value)| characters(value) > LONGEST);
        found.extend(long.map(|(field, _)| {
            Diagnostic::error("registry.text-long", Place::default().in_column(field))
        }));
    }
    if found.is_empty() { Ok(()) } else { Err(Error::Invalid(found)) }
}

/// How much text a field holds, over all its parts.
fn characters(value: &serde_json::Value) -> usize {
    match value {
        serde_json::Value::String(text) => text.chars().count(),
        serde_json::Value::Array(parts) => parts.iter().map(characters).sum(),
        _ => 0,
    }
}

/// One thing as it is now.
pub(super) async fn one<E: Entry>(change: &mut Change, id: &str) -> Result<E> {
    let found = E::load(change.conn(), Which::One(id)).await?;
    found.into_iter().next().map(|(_, entry)| entry).ok_or(Error::NotFound)
}

/// The identifier of the thing that is the same by its key.
async fn same<E: Entry>(change: &mut Change, entry: &E) -> Result<Option<String>> {
    let scope = match entry.keepers().first() {
        Some(unit) => crate::access::Scope::of([(*unit).clone()]),
        None => crate::access::Scope::province(),
    };
    let key = entry.key();
    let all = E::load(change.conn(), Which::All(&scope)).await?;
    Ok(all.into_iter().find(|(_, other)| other.key() == key).map(|(id, _)| id))
}

/// Fields that name a unit or a system, the columns they stand for.
const REFERENCES: [(&str, &str); 6] = [
    ("unit_id", "unit"),
    ("owner_id", "owner"),
    ("operator_id", "operator"),
    ("parent_id", "parent"),
    ("successor_id", "successor"),
    ("system_id", "system"),
];

/// What is named by an identifier must be there; a system must be one that the
/// keeper can see.
async fn check_references<E: Entry>(change: &mut Change, by: &Keeper, entry: &E) -> Result<()> {
    let value = serde_json::to_value(entry)?;
    for (column, field) in REFERENCES {
        let Some(id) = value.get(column).and_then(|value| value.as_str()) else { continue };
        let (select, code) = if column == "system_id" {
            let seen = Select::new("id", "systems");
            let seen = seen.scoped_by_any(&by.scope(), &["owner_id", "operator_id"]);
            (seen, "registry.system-unknown")
        } else {
            (Select::new("id", "units"), "registry.unit-unknown")
        };
        let found: Option<(String,)> =
            select.and("id = {}", [id]).fetch_first(change.conn()).await?;
        if found.is_none() {
            let found = Diagnostic::error(code, Place::default().in_column(field));
            return Err(Error::Invalid(vec![found.with("value", id)]));
        }
    }
    Ok(())
}

/// A unit that would stand below itself, or succeed itself, is refused.
async fn check_circle<E: Entry>(change: &mut Change, id: &str, entry: &E) -> Result<()> {
    if E::KIND != Kind::Units {
        return Ok(());
    }
    let value = serde_json::to_value(entry)?;
    for (column, field) in [("parent_id", "parent"), ("successor_id", "successor")] {
        let next = value.get(column).and_then(|value| value.as_str()).map(str::to_owned);
        if runs_into(change, column, next, id).await? {
            return Err(Error::field("registry.circle", field));
        }
    }
    Ok(())
}

async fn runs_into(
    change: &mut Change,
    column: &'static str,
    mut next: Option<String>,
    id: &str,
) -> Result<bool> {
    let mut steps = 0;
    while let Some(here) = next {
        steps += 1;
        if here == id || steps > 100 {
            return Ok(true);
        }
        let select =
            Select::new(if column == "parent_id" { "parent_id" } else { "successor_id" }, "units");
        let found: Option<(Option<String>,)> =
            select.and("id = {}", [here]).fetch_first(change.conn()).await?;
        next = found.and_then(|(up,)| up);
    }
    Ok(false)
}

fn stamp(by: &Keeper, at: Timestamp) -> Stamp {
    Stamp { at, by: by.actor().name.clone(), province: by.is_province(), source: "form".into() }
}

fn of_unit<E: Entry>(record: Record, entry: &E) -> Record {
    match entry.keepers().first() {
        Some(unit) => record.of_unit(*unit as &UnitId),
        None => record,
    }
}
