//! The database, its schema, and the audit chain.

use hub::{
    Result,
    access::Scope,
    audit,
    store::{Db, Direction, Page},
};
use jiff::{SignedDuration, Timestamp};

use super::{Line, Patient};

/// Clocks of two machines differ by less than this.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// Opens the database as it is; nothing when it cannot be used.
pub(super) async fn open(patient: &Patient<'_>, lines: &mut Vec<Line>) -> Option<Db> {
    let folder = &patient.arguments.folder;
    if folder.database.is_none() && !folder.file().is_file() {
        lines.push(Line::problem("database-missing").with("folder", folder.data.display()));
        return None;
    }
    let db = match Db::open_as_is(&folder.url()).await {
        Ok(db) => db,
        Err(cause) => return broken(&cause, lines),
    };
    match db.damage().await {
        Ok(found) if found.is_empty() => lines.push(Line::ok("database")),
        Ok(found) => {
            let first = found.first().cloned().unwrap_or_default();
            lines.push(Line::problem("database-damaged").with("cause", first));
        }
        Err(cause) => return broken(&cause, lines),
    }
    match schema(&db).await {
        Ok(found) => lines.extend(found),
        Err(cause) => return broken(&cause, lines),
    }
    Some(db)
}

fn broken(cause: &hub::Error, lines: &mut Vec<Line>) -> Option<Db> {
    lines.push(Line::problem("database-broken").with("cause", cause));
    None
}

async fn schema(db: &Db) -> Result<Vec<Line>> {
    let faults = db.schema_faults().await?;
    let steps = |missing| {
        let of = faults.iter().filter(move |fault| fault.missing == missing);
        of.map(|fault| fault.step.clone()).collect::<Vec<_>>().join(", ")
    };
    let (missing, other) = (steps(true), steps(false));
    let mut lines = Vec::new();
    if !missing.is_empty() {
        lines.push(Line::warning("schema-older").with("steps", missing));
    }
    if !other.is_empty() {
        lines.push(Line::problem("schema-other").with("steps", other));
    }
    if lines.is_empty() {
        lines.push(Line::ok("schema"));
    }
    Ok(lines)
}

/// Whether the chain holds, and whether it ends in the future.
pub(super) async fn audit(patient: &Patient<'_>, db: &Db) -> Result<Vec<Line>> {
    let chain = match audit::verify(db).await? {
        Ok(summary) => {
            let entries = patient.lang.number(summary.entries);
            let hash = summary.head.map(|head| head.hash).unwrap_or_default();
            Line::ok("audit").with("entries", entries).with("hash", hash)
        }
        Err(found) => Line::problem("audit-broken").with("why", found),
    };
    Ok(vec![chain, clock(patient, db).await?])
}

/// A clock that stands before the last thing done is wrong now or was then.
async fn clock(patient: &Patient<'_>, db: &Db) -> Result<Line> {
    let last = audit::all(&Scope::province()).order("seq", Direction::Down);
    let last: Option<audit::Row> =
        last.page(Page { number: 0, size: 1 }).fetch_first(db.reader()).await?;
    let last = last.and_then(|row| Timestamp::from_microsecond(row.at).ok());
    let time = |at| patient.lang.date_time(at, &patient.zone);
    let now = time(patient.now);
    Ok(match last {
        Some(last) if last > patient.now + TOLERANCE => {
            Line::problem("clock-behind").with("now", now).with("last", time(last))
        }
        _ => Line::ok("clock").with("now", now),
    })
}
