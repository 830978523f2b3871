//! A file put down for preview: its bytes are kept, nothing else happens yet.

use axum::body::Bytes;
use jiff::Timestamp;
use sqlx::FromRow;

use crate::{
    App, Error, Result,
    access::Watch,
    sightings::DraftId,
    store::{At, Change, Record, files},
};

/// A file put down for preview.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Draft {
    /// Identifier.
    pub id: DraftId,
    /// The name it came with.
    pub file_name: String,
    /// Digest of its bytes.
    pub sha256: String,
    /// When.
    pub uploaded_at: At,
}

/// Puts a file down. Errors: it is empty.
pub async fn put_down(
    app: &App,
    by: &Watch,
    at: Timestamp,
    file_name: &str,
    bytes: Bytes,
) -> Result<DraftId> {
    if bytes.is_empty() {
        return Err(Error::field("sightings.file-missing", "file"));
    }
    let stored = app.files.keep(bytes).await?;
    let id = DraftId::new(at);
    let mut change = app.db.change(by.actor(), at).await?;
    files::register(change.conn(), &stored, at).await?;
    let by_id = by.actor().id.clone();
    sqlx::query(
        "INSERT INTO list_drafts (id, file_name, sha256, by_id, uploaded_at)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(id.as_str())
    .bind(file_name)
    .bind(&stored.sha256)
    .bind(by_id)
    .bind(at.as_microsecond())
    .execute(change.conn())
    .await?;
    let data = serde_json::json!({ "file": file_name, "sha256": stored.sha256 });
    change.record(Record::new("sightings.upload", &id).with(data));
    change.commit().await?;
    Ok(id)
}

/// A file that somebody put down. Another person's is not there.
pub async fn draft(app: &App, by: &Watch, id: &DraftId) -> Result<Draft> {
    Ok(sqlx::query_as(
        "SELECT id, file_name, sha256, uploaded_at FROM list_drafts WHERE id = $1 AND by_id = $2",
    )
    .bind(id.as_str())
    .bind(&by.actor().id)
    .fetch_one(app.db.reader())
    .await?)
}

/// Takes a file away again that was not wanted. Its bytes stay: the record of
/// the upload names them.
pub async fn discard(app: &App, by: &Watch, at: Timestamp, id: &DraftId) -> Result<()> {
    let mut change = app.db.change(by.actor(), at).await?;
    forget(&mut change, id).await?;
    change.commit().await
}

/// The same, as part of the change that took it in.
pub(super) async fn forget(change: &mut Change, id: &DraftId) -> Result<()> {
    let by_id = change.actor().id.clone();
    sqlx::query("DELETE FROM list_drafts WHERE id = $1 AND by_id = $2")
        .bind(id.as_str())
        .bind(by_id)
        .execute(change.conn())
        .await?;
    change.record(Record::new("sightings.upload_done", id));
    Ok(())
}
