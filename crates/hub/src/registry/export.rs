//! Everything that can be imported, as a file that can be imported again.

use jiff::{Timestamp, tz::TimeZone};
use words::Lang;

use super::{
    Entry, Kind, Which, Writer, contacts::ContactEntry, hosts::HostEntry, networks::NetworkEntry,
    systems::SystemEntry, units::UnitEntry,
};
use crate::{Result, access::Scope, store::Db, web::Sheet};

/// Everything of a kind in the scope, in the columns and words of a language.
pub async fn export(
    db: &Db,
    scope: &Scope,
    kind: Kind,
    lang: Lang,
    zone: &TimeZone,
    now: Timestamp,
) -> Result<Sheet> {
    let rows = match kind {
        Kind::Units => rows::<UnitEntry>(db, scope, lang, zone).await,
        Kind::Networks => rows::<NetworkEntry>(db, scope, lang, zone).await,
        Kind::Contacts => rows::<ContactEntry>(db, scope, lang, zone).await,
        Kind::Systems => rows::<SystemEntry>(db, scope, lang, zone).await,
        Kind::Hosts => rows::<HostEntry>(db, scope, lang, zone).await,
    }?;
    Ok(Sheet {
        title: lang.t(kind.text()).into_owned(),
        as_of: lang.fill("web.as-of", &[("time", &lang.date_time(now, zone))]),
        header: kind.fields().iter().map(|field| lang.t(field.title).into_owned()).collect(),
        rows,
    })
}

async fn rows<E: Entry>(
    db: &Db,
    scope: &Scope,
    lang: Lang,
    zone: &TimeZone,
) -> Result<Vec<Vec<crate::web::CellText>>> {
    let mut conn = db.reader().acquire().await?;
    let writer = Writer::load(&mut conn, Some(lang), zone).await?;
    let mut all = E::load(&mut conn, Which::All(scope)).await?;
    all.sort_by(|(one, _), (other, _)| one.cmp(other));
    let inside = |entry: &E| {
        E::KIND == Kind::Units
            || scope.is_province()
            || entry.keepers().into_iter().any(|unit| scope.contains(unit))
    };
    Ok(all
        .iter()
        .filter(|(_, entry)| inside(entry))
        .map(|(_, entry)| entry.write(&writer))
        .collect())
}
