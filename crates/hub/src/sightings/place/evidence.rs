//! What helps to decide whose an address is.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    App, Result,
    access::Scope,
    registry::networks::{self, Network},
    sightings::{Sighting, read, read::Shown},
    store::{Direction, Page},
};

/// What helps to decide whose an address is.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = OwnershipEvidence)]
pub struct Evidence {
    /// Ranges that hold the address on any day, approved or only claimed.
    pub holders: Vec<Network>,
    /// Ranges close to it: in the same /24, or /48 for IPv6.
    pub near: Vec<Network>,
    /// Other sightings of the address.
    pub others: Vec<Shown>,
    /// What the lists' own columns say about it.
    pub notes: Vec<Note>,
}

/// A column of a list and what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = OwnershipNote)]
pub struct Note {
    /// Name of the column.
    pub column: String,
    /// Its text.
    pub text: String,
    /// In how many rows.
    pub rows: i64,
}

/// Rows looked at for notes.
const LOOKED_AT: u32 = 200;

/// The evidence about a sighting's address. For the province only: it names
/// other units' ranges.
pub async fn evidence(app: &App, scope: &Scope, sighting: &Sighting) -> Result<Evidence> {
    let key = sighting.address_key.as_str();
    let db = &app.db;
    let holders = networks::select(scope)
        .and("n.low <= {} AND n.high >= {}", [key, key])
        .order("n.valid_from", Direction::Up)
        .fetch(db.reader())
        .await?;
    let (low, high) = neighbourhood(key);
    let near = networks::select(scope)
        .and("n.high >= {} AND n.low <= {}", [low, high])
        .and("NOT (n.low <= {} AND n.high >= {})", [key, key])
        .order("n.low", Direction::Up)
        .page(Page { number: 0, size: 20 })
        .fetch(db.reader())
        .await?;
    let others = read::select(scope)
        .and("s.address_key = {} AND s.id <> {}", [key, sighting.id.as_str()])
        .order("s.last_seen", Direction::Down)
        .page(Page { number: 0, size: 20 })
        .fetch(db.reader())
        .await?;
    Ok(Evidence { holders, near, others, notes: notes(app, scope, sighting).await? })
}

/// First and last key of the /24 (IPv4, mapped) or /48 around an address.
fn neighbourhood(key: &str) -> (String, String) {
    let kept = if key.starts_with("00000000000000000000ffff") { 30 } else { 12 };
    let prefix = key.get(..kept).unwrap_or(key);
    let rest = key.len() - prefix.len();
    (format!("{prefix}{}", "0".repeat(rest)), format!("{prefix}{}", "f".repeat(rest)))
}

async fn notes(app: &App, scope: &Scope, sighting: &Sighting) -> Result<Vec<Note>> {
    let rows = read::rows(&app.db, scope, &sighting.id, LOOKED_AT).await?;
    let mut said: BTreeMap<(String, String), i64> = BTreeMap::new();
    for row in rows {
        let columns = row.detail.0.get("extra").and_then(|extra| extra.as_object().cloned());
        for (column, text) in columns.unwrap_or_default() {
            let text = text.as_str().unwrap_or_default().to_owned();
            // Numbers are counts and running numbers; words may be a name.
            if text.chars().any(char::is_alphabetic) {
                *said.entry((column, text)).or_default() += 1;
            }
        }
        if let Some(name) = row.detail.0.get("hostname").and_then(|name| name.as_str()) {
            *said.entry(("hostname".to_owned(), name.to_owned())).or_default() += 1;
        }
    }
    let mut notes: Vec<Note> =
        said.into_iter().map(|((column, text), rows)| Note { column, text, rows }).collect();
    notes.sort_by_key(|note| std::cmp::Reverse(note.rows));
    notes.truncate(20);
    Ok(notes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::networks::bounds;

    #[test]
    fn the_neighbourhood_of_an_address() {
        for (address, first, last) in [
            ("203.0.113.222", "203.0.113.0", "203.0.113.255"),
            ("2001:db8:870::25", "2001:db8:870::", "2001:db8:870:ffff:ffff:ffff:ffff:ffff"),
        ] {
            let key = |text: &str| bounds::key(text.parse().unwrap());
            assert_eq!(neighbourhood(&key(address)), (key(first), key(last)));
        }
    }
}
