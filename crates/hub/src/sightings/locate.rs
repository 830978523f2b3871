//! Finding the machine behind an address.

use jiff::Timestamp;
use serde_json::json;

use super::{Sighting, SightingId, answer, rules::Event, store};
use crate::{App, Error, Result, access::Answer, registry::hosts, store::Record};

/// Names the machine behind a sighting: one of the unit's in the register, or
/// another by its name; several joined by commas. Errors: nothing named, a
/// sighting in which nothing is to be found.
pub async fn locate(
    app: &App,
    by: &Answer,
    at: Timestamp,
    sighting: &SightingId,
    host: &str,
) -> Result<()> {
    if host.trim().is_empty() {
        return Err(Error::field("sightings.host-missing", "host"));
    }
    let mut change = app.db.change(by.actor(), at).await?;
    let mut sighting = answer::own(&mut change, by, sighting).await?;
    sighting.take(Event::Locate, at)?;
    name(app, &mut sighting, host.trim()).await?;
    store::save(change.conn(), [&sighting]).await?;
    let data = json!({ "host": sighting.host_name, "id": sighting.host_id });
    change.record(Record::new("sightings.locate", &sighting.id).of_unit(by.unit()).with(data));
    change.commit().await
}

/// Writes the name into the sighting, with the register's identifier if it is
/// one machine that the register has.
pub(super) async fn name(app: &App, sighting: &mut Sighting, host: &str) -> Result<()> {
    let found = match &sighting.unit_id {
        Some(unit) => hosts::by_name(&app.db, unit, host).await?,
        None => None,
    };
    sighting.host_name =
        Some(found.as_ref().map_or_else(|| host.to_owned(), |one| one.name.clone()));
    sighting.host_id = found.map(|one| one.id);
    Ok(())
}
