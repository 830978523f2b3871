//! Messages that came in: kept, read, matched to the mail they speak of, and
//! told to the room that sent it. Each message counts once, however often it
//! is handed in.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Serialize;

use super::{
    BounceId, Fate, Mail, MailId, bounce,
    bounce::{Kind, Reading},
    correspondent, queue,
};
use crate::{
    App, Error, Result,
    access::{Actor, Watch},
    jobs::Working,
    store::{At, Change, Db, Record, Select, files},
};

/// Largest message that is read.
const LIMIT: u64 = 25 * 1024 * 1024;
/// Messages taken from the folder in one run.
const AT_ONCE: usize = 100;

const COLUMNS: &str = "b.id, b.sha256, b.file_name, b.kind, b.sender, b.subject, b.recipient, \
    b.status, b.reason, b.code, b.mail_id, b.came_at, b.settled_at, b.settled_by";

/// A message that came in.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Bounce {
    /// Identifier.
    pub id: BounceId,
    /// Digest of its bytes, which are kept.
    pub sha256: String,
    /// Name of the file it came in, as given.
    pub file_name: String,
    /// What it is.
    pub kind: Kind,
    /// Who sent it.
    pub sender: String,
    /// Its subject line.
    pub subject: String,
    /// Whom our mail could not reach.
    pub recipient: Option<String>,
    /// Enhanced status code.
    pub status: Option<String>,
    /// The server's words.
    pub reason: Option<String>,
    /// Number of a notice that it names.
    pub code: Option<String>,
    /// The mail it speaks of.
    pub mail_id: Option<MailId>,
    /// When it came.
    pub came_at: At,
    /// When it was dealt with; missing while somebody has to look at it.
    pub settled_at: Option<At>,
    /// By whom.
    pub settled_by: Option<String>,
}

/// The messages that came in, to be filtered further: `b` is the message.
pub fn select() -> Select {
    Select::new(COLUMNS, "bounces b")
}

/// A message.
pub async fn get(db: &Db, id: &BounceId) -> Result<Bounce> {
    let found = select().and("b.id = {}", [id.as_str()]).fetch_first(db.reader()).await?;
    found.ok_or(Error::NotFound)
}

/// How many messages nobody has dealt with.
pub async fn open(db: &Db) -> Result<i64> {
    let none: [&str; 0] = [];
    select().and("b.settled_at IS NULL", none).count(db.reader()).await
}

/// Takes in a message that somebody hands in.
pub async fn take_in(
    app: &App,
    by: &Watch,
    at: Timestamp,
    name: &str,
    bytes: Vec<u8>,
) -> Result<Bounce> {
    let id = keep_and_read(app, by.actor(), at, name, bytes).await?;
    get(&app.db, &id).await
}

/// Says that a message needs nothing more.
pub async fn settle(db: &Db, by: &Watch, at: Timestamp, id: &BounceId) -> Result<()> {
    let mut change = db.change(by.actor(), at).await?;
    let done = sqlx::query(
        "UPDATE bounces SET settled_at = $1, settled_by = $2 WHERE id = $3 AND settled_at IS NULL",
    )
    .bind(at.as_microsecond())
    .bind(&by.actor().name)
    .bind(id.as_str())
    .execute(change.conn())
    .await?;
    if done.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    change.record(Record::new("notify.settle", id));
    change.commit().await
}

async fn keep_and_read(
    app: &App,
    actor: &Actor,
    at: Timestamp,
    name: &str,
    bytes: Vec<u8>,
) -> Result<BounceId> {
    let (bytes, reading) = tokio::task::spawn_blocking(move || {
        let reading = bounce::read(&bytes);
        (bytes, reading)
    })
    .await
    .map_err(Error::internal)?;
    let stored = app.files.keep(bytes).await?;
    if let Some(id) = known(&app.db, &stored.sha256).await? {
        return Ok(id);
    }
    let mail = match &reading.message_id {
        Some(id) => queue::by_message_id(&app.db, id).await?,
        None => None,
    };
    let mut change = app.db.change(actor, at).await?;
    files::register(change.conn(), &stored, at).await?;
    let id = insert(&mut change, &stored.sha256, name, &reading, mail.as_ref()).await?;
    if let Some((mail, fate)) = mail.as_ref().zip(fate(&reading)) {
        queue::note(&mut change, mail, &fate, None).await?;
        correspondent(&mail.noun)?.heard(&app.db, &mut change, mail, &fate).await?;
    }
    change.commit().await?;
    Ok(id)
}

async fn known(db: &Db, sha256: &str) -> Result<Option<BounceId>> {
    let found: Option<Bounce> =
        select().and("b.sha256 = {}", [sha256]).fetch_first(db.reader()).await?;
    Ok(found.map(|bounce| bounce.id))
}

/// What a reading means for the mail it names. A delay changes nothing: the
/// mail is on its way.
fn fate(reading: &Reading) -> Option<Fate> {
    match reading.kind {
        Kind::Failed => Some(Fate::Bounced { reason: words(reading) }),
        Kind::Delivered => Some(Fate::Delivered),
        Kind::Delayed | Kind::Automatic | Kind::Reply | Kind::Unknown => None,
    }
}

fn words(reading: &Reading) -> String {
    let parts = [reading.status.as_deref(), reading.reason.as_deref()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// What was understood and told on is dealt with; the rest is for a person.
async fn insert(
    change: &mut Change,
    sha256: &str,
    name: &str,
    reading: &Reading,
    mail: Option<&Mail>,
) -> Result<BounceId> {
    let at = change.at();
    let id = BounceId::new(at);
    let understood = mail.is_some() && !matches!(reading.kind, Kind::Reply | Kind::Unknown);
    let by = change.actor().name.clone();
    sqlx::query(
        "INSERT INTO bounces (id, sha256, file_name, kind, sender, subject, recipient, status, reason,
         code, mail_id, came_at, settled_at, settled_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(id.as_str())
    .bind(sha256)
    .bind(name.chars().take(200).collect::<String>())
    .bind(reading.kind.name())
    .bind(&reading.sender)
    .bind(&reading.subject)
    .bind(reading.recipient.clone())
    .bind(reading.status.clone())
    .bind(reading.reason.clone())
    .bind(reading.code.clone())
    .bind(mail.map(|mail| mail.id.to_string()))
    .bind(at.as_microsecond())
    .bind(understood.then(|| at.as_microsecond()))
    .bind(understood.then_some(by))
    .execute(change.conn())
    .await?;
    let data = serde_json::json!({ "sha256": sha256, "kind": reading.kind, "code": reading.code });
    change.record(Record::new("notify.bounce", &id).with(data));
    Ok(id)
}

/// The job: takes in what a mail program left in `mail/bounces`, a Maildir.
pub(super) fn job(app: &App, now: Timestamp) -> Working<'_> {
    Box::pin(poll(app, now))
}

async fn poll(app: &App, now: Timestamp) -> Result<()> {
    let folder = app.settings.data.join("mail").join("bounces");
    for path in waiting(&folder) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if std::fs::metadata(&path)?.len() <= LIMIT {
            let bytes = tokio::fs::read(&path).await?;
            keep_and_read(app, &Actor::system("notify.bounces"), now, &name, bytes).await?;
            seen(&folder, &path, &name)?;
        } else {
            tracing::warn!(file = name, "a message over 25 MiB stays in the folder");
        }
    }
    Ok(())
}

/// The messages in `new`, none where there is no such folder.
fn waiting(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder.join("new")) else {
        return Vec::new();
    };
    let files = entries.filter_map(Result::ok).map(|entry| entry.path());
    let mut files: Vec<PathBuf> = files.filter(|path| path.is_file()).take(AT_ONCE).collect();
    files.sort();
    files
}

/// Moves a message from `new` to `cur` with the flag "seen", as Maildir has it.
fn seen(folder: &Path, path: &Path, name: &str) -> Result<()> {
    let current = folder.join("cur");
    std::fs::create_dir_all(&current)?;
    std::fs::rename(path, current.join(format!("{name}:2,S")))?;
    Ok(())
}
