//! Writing a planned list: one transaction, few statements.

use jiff::{Timestamp, civil::Date};
use lists::List;
use serde_json::json;
use sqlx::AnyConnection;

use super::{
    Taken,
    facts::Facts,
    lines,
    plan::{Asked, Plan, plan},
    reading::Source,
};
use crate::{
    App, Result,
    access::Watch,
    sightings::{
        DraftId, ListId, Tally,
        feeds::{self, Feed},
        review,
    },
    store::{
        Change, Record,
        files::{self, Stored},
    },
    works::Progress,
};

/// A list that was read and is about to be taken in.
pub(super) struct Arriving {
    pub(super) feed: Feed,
    pub(super) settings: lists::Settings,
    pub(super) file_name: String,
    pub(super) stored: Stored,
    pub(super) covers: (Date, Date),
    pub(super) source: Source,
    pub(super) list: List,
    pub(super) facts: Facts,
    /// The draft that it was until now.
    pub(super) draft: Option<DraftId>,
}

/// Takes in the list, or finds that somebody did so meanwhile.
pub(super) async fn apply(
    app: &App,
    by: &Watch,
    at: Timestamp,
    new: Arriving,
    progress: &Progress,
) -> Result<Taken> {
    let id = ListId::new(at);
    let mut change = app.db.change(by.actor(), at).await?;
    files::register(change.conn(), &new.stored, at).await?;
    if let Some(list) = begin(&mut change, &id, &new).await? {
        return Ok(Taken::Again { list });
    }
    let (feed, list, facts) = (&new.feed.id, &new.list, &new.facts);
    let asked = Asked { app, feed, at, list, facts, progress, writes: true };
    let mut planned = plan(change.conn(), &asked).await?;
    let of = lines::Of { list: &id, feed };
    lines::write(change.conn(), &of, &new.source, list, &planned, progress).await?;
    finish_list(change.conn(), &id, &new, &planned).await?;
    let settings = remembered(&new);
    feeds::remember(&mut change, feed, &settings).await?;
    reappeared(&mut change, &id, &planned);
    let reviewed = review::after_list(app, &mut change, feed, &planned.doubtful).await?;
    planned.tally.verified = reviewed;
    set_tally(change.conn(), &id, &planned.tally).await?;
    change.record(record(&id, &new, &planned.tally));
    if let Some(draft) = &new.draft {
        super::draft::forget(&mut change, draft).await?;
    }
    let taken = Taken::New { list: id, tally: planned.tally };
    progress.end(&mut change, &taken.outcome()).await?;
    change.commit().await?;
    Ok(taken)
}

/// Puts the list's row first: whoever is second with the same bytes finds it.
async fn begin(change: &mut Change, id: &ListId, new: &Arriving) -> Result<Option<ListId>> {
    let at = change.at();
    let (by_id, by_name) = (change.actor().id.clone(), change.actor().name.clone());
    let begun = sqlx::query(
        "INSERT INTO lists (id, feed_id, file_name, sha256, size, covers_from, covers_to,
            received_at, by_id, by_name, format, report, complete, spans, tally, diagnostics)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, '[]', '{}', '[]')
         ON CONFLICT (feed_id, sha256) DO NOTHING",
    )
    .bind(id.as_str())
    .bind(new.feed.id.as_str())
    .bind(&new.file_name)
    .bind(&new.stored.sha256)
    .bind(new.stored.size as i64)
    .bind(new.covers.0.to_string())
    .bind(new.covers.1.to_string())
    .bind(at.as_microsecond())
    .bind(by_id)
    .bind(by_name)
    .bind(serde_json::to_value(new.list.format)?.as_str().unwrap_or_default())
    .bind(&new.list.report)
    .execute(change.conn())
    .await?;
    if begun.rows_affected() == 1 {
        return Ok(None);
    }
    let (list,): (ListId,) =
        sqlx::query_as("SELECT id FROM lists WHERE feed_id = $1 AND sha256 = $2")
            .bind(new.feed.id.as_str())
            .bind(&new.stored.sha256)
            .fetch_one(change.conn())
            .await?;
    Ok(Some(list))
}

async fn finish_list(
    conn: &mut AnyConnection,
    id: &ListId,
    new: &Arriving,
    planned: &Plan,
) -> Result<()> {
    sqlx::query("UPDATE lists SET complete = $1, spans = $2, diagnostics = $3 WHERE id = $4")
        .bind(i64::from(is_complete(&new.list)))
        .bind(serde_json::to_string(&planned.spans)?)
        .bind(serde_json::to_string(&new.list.diagnostics)?)
        .bind(id.as_str())
        .execute(conn)
        .await?;
    Ok(())
}

async fn set_tally(conn: &mut AnyConnection, id: &ListId, tally: &Tally) -> Result<()> {
    sqlx::query("UPDATE lists SET tally = $1 WHERE id = $2")
        .bind(serde_json::to_string(tally)?)
        .bind(id.as_str())
        .execute(conn)
        .await?;
    Ok(())
}

/// Whether the list says anything, and no forgotten quote hides what a row says:
/// only then is its silence worth something.
fn is_complete(list: &List) -> bool {
    list.counts.entries > 0 && !list.diagnostics.iter().any(|one| one.code == "tables.quote-open")
}

/// What the feed remembers for the next list: the columns as they were read.
fn remembered(new: &Arriving) -> lists::Settings {
    let mapping = new.settings.mapping.clone().or_else(|| new.list.mapping.clone());
    lists::Settings { mapping, ..new.settings.clone() }
}

fn reappeared(change: &mut Change, list: &ListId, planned: &Plan) {
    for sighting in &planned.returned {
        let mut record = Record::new("sightings.reappear", &sighting.id)
            .with(json!({ "list": list, "reopened": sighting.reopened }));
        record.unit = sighting.unit.as_ref().map(ToString::to_string);
        change.record(record);
    }
}

fn record(id: &ListId, new: &Arriving, tally: &Tally) -> Record {
    Record::new("sightings.import", id).with(json!({
        "feed": new.feed.code, "file": new.file_name, "sha256": new.stored.sha256,
        "covers": [new.covers.0, new.covers.1], "rows": tally,
    }))
}
