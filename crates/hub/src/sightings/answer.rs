//! What a unit answers: cleaned, not ours, a false alarm, need help. Its word
//! is kept as it was said; only "cleaned" moves the sighting by itself, and
//! only to *claimed*.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::FromRow;

use super::{AnswerId, Sighting, SightingId, State, locate, review, rules::Event, store};
use crate::{
    App, Error, Result,
    access::{Answer, Scope},
    ids::UnitId,
    store::{At, Change, Day, Db, Direction, Flag, Record, Select, files, vocabulary},
};

vocabulary! {
    /// The four things that a unit can say.
    Word in "sightings.word" {
        /// The machine was cleaned.
        Cleaned = "cleaned",
        /// The address is not the unit's.
        NotOurs = "not_ours",
        /// It is no infection.
        FalseAlarm = "false_alarm",
        /// The unit cannot do it alone.
        NeedHelp = "need_help",
    }
}

vocabulary! {
    /// What the province made of a word.
    Decision in "sightings.decision" {
        /// It agrees.
        Accepted = "accepted",
        /// It does not.
        Declined = "declined",
    }
}

/// What a unit says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "word", rename_all = "snake_case")]
#[schema(as = SightingReply)]
pub enum Reply {
    /// The machine was cleaned.
    Cleaned {
        /// How.
        how: String,
        /// On which day; not before the last day it was seen, not in the future.
        #[schema(value_type = String, format = Date)]
        on: Date,
        /// Name of the machine, or of several joined by commas.
        #[serde(default)]
        host: Option<String>,
    },
    /// The address is not the unit's.
    NotOurs {
        /// Why.
        why: String,
    },
    /// It is no infection.
    FalseAlarm {
        /// Why.
        why: String,
    },
    /// The unit cannot do it alone.
    NeedHelp {
        /// What is missing.
        what: String,
    },
}

/// A file that goes with an answer.
#[derive(Clone, Debug)]
pub struct Attached {
    /// The name it came with: to be shown, never to be opened.
    pub name: String,
    /// Content.
    pub bytes: Vec<u8>,
}

/// An answer as it was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromRow, utoipa::ToSchema)]
#[schema(as = SightingAnswer)]
pub struct Given {
    /// Identifier.
    pub id: AnswerId,
    /// About what.
    pub sighting_id: SightingId,
    /// Whose word it is.
    pub unit_id: UnitId,
    /// What was said.
    pub word: Word,
    /// How, why or what.
    pub text: String,
    /// The day of cleaning.
    pub cleaned_on: Option<Day>,
    /// The machine.
    pub host_name: Option<String>,
    /// Digest of the file that proves it.
    pub file_sha256: Option<String>,
    /// Its name.
    pub file_name: Option<String>,
    /// Who said it: identifier.
    pub by_id: String,
    /// Who said it: name.
    pub by_name: String,
    /// Whether as head of the unit.
    pub as_head: Flag,
    /// When.
    pub at: At,
    /// What the province made of it.
    pub decision: Option<Decision>,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<At>,
    /// Why.
    pub decided_reason: Option<String>,
}

const COLUMNS: &str = "a.id, a.sighting_id, a.unit_id, a.word, a.text, a.cleaned_on, a.host_name, \
    a.file_sha256, a.file_name, a.by_id, a.by_name, a.as_head, a.at, a.decision, a.decided_by, \
    a.decided_at, a.decided_reason";

impl Reply {
    /// The word without its circumstances.
    pub fn word(&self) -> Word {
        match self {
            Self::Cleaned { .. } => Word::Cleaned,
            Self::NotOurs { .. } => Word::NotOurs,
            Self::FalseAlarm { .. } => Word::FalseAlarm,
            Self::NeedHelp { .. } => Word::NeedHelp,
        }
    }

    fn text(&self) -> &str {
        match self {
            Self::Cleaned { how: text, .. }
            | Self::NotOurs { why: text }
            | Self::FalseAlarm { why: text }
            | Self::NeedHelp { what: text } => text.trim(),
        }
    }

    fn action(&self) -> &'static str {
        match self {
            Self::Cleaned { .. } => "sightings.claim_cleaned",
            Self::NotOurs { .. } => "sightings.not_ours",
            Self::FalseAlarm { .. } => "sightings.false_alarm",
            Self::NeedHelp { .. } => "sightings.need_help",
        }
    }
}

/// The answers to a sighting of the scope, oldest first.
pub async fn of(db: &Db, scope: &Scope, sighting: &SightingId) -> Result<Vec<Given>> {
    Select::new(COLUMNS, "answers a")
        .scoped(scope, "a.unit_id")
        .and("a.sighting_id = {}", [sighting.as_str()])
        .order("a.at", Direction::Up)
        .order("a.id", Direction::Up)
        .fetch(db.reader())
        .await
}

/// Takes down a unit's answer to one of its sightings. Errors: a sighting of
/// another unit (not found), one that waits for no answer, words missing, a
/// day of cleaning before the last day seen or in the future.
pub async fn give(
    app: &App,
    by: &Answer,
    at: Timestamp,
    sighting: &SightingId,
    reply: &Reply,
    file: Option<Attached>,
) -> Result<AnswerId> {
    if reply.text().is_empty() {
        return Err(Error::field("sightings.words-missing", "text"));
    }
    let kept = match &file {
        Some(file) => Some(app.files.keep(file.bytes.clone()).await?),
        None => None,
    };
    let id = AnswerId::new(at);
    let mut change = app.db.change(by.actor(), at).await?;
    let mut sighting = own(&mut change, by, sighting).await?;
    match reply {
        Reply::Cleaned { on, host, .. } => {
            claim(app, &mut sighting, at, *on, &id)?;
            if let Some(host) = host.as_deref().map(str::trim).filter(|host| !host.is_empty()) {
                locate::name(app, &mut sighting, host).await?;
            }
        }
        other if sighting.state.is_open() || sighting.state == State::Claimed => {
            sighting.waiting = Some(other.word());
        }
        _ => return Err(Error::conflict("sightings.state-forbids")),
    }
    sighting.changed_at = At(at);
    if let Some(kept) = &kept {
        files::register(change.conn(), kept, at).await?;
    }
    let file = file.zip(kept).map(|(file, kept)| (file.name, kept.sha256));
    insert(&mut change, by, &sighting, &id, reply, file.as_ref()).await?;
    store::save(change.conn(), [&sighting]).await?;
    let data = json!({ "answer": id, "reply": reply, "file": file.map(|(_, sha256)| sha256) });
    change.record(Record::new(reply.action(), &sighting.id).of_unit(by.unit()).with(data));
    if sighting.state == State::Claimed {
        review::again(app, &mut change, vec![sighting]).await?;
    }
    change.commit().await?;
    Ok(id)
}

/// The sighting, if it is the unit's own.
pub(super) async fn own(change: &mut Change, by: &Answer, id: &SightingId) -> Result<Sighting> {
    let sighting = store::get(change.conn(), id).await?;
    let is_own = sighting.unit_id.as_ref() == Some(by.unit()) && sighting.merged_into.is_none();
    if is_own { Ok(sighting) } else { Err(Error::NotFound) }
}

/// The day of cleaning must make sense against what the lists know.
fn claim(app: &App, sighting: &mut Sighting, at: Timestamp, on: Date, id: &AnswerId) -> Result<()> {
    let day = |at: Timestamp| at.to_zoned(app.settings.zone.clone()).date();
    if on > day(at) {
        return Err(Error::field("sightings.cleaned-in-future", "on"));
    }
    if on < day(sighting.last_seen.0) {
        return Err(Error::field("sightings.cleaned-before-seen", "on"));
    }
    sighting.take(Event::Claim, at)?;
    (sighting.cleaned_on, sighting.claim_id) = (Some(Day(on)), Some(id.clone()));
    sighting.waiting = None;
    Ok(())
}

async fn insert(
    change: &mut Change,
    by: &Answer,
    sighting: &Sighting,
    id: &AnswerId,
    reply: &Reply,
    file: Option<&(String, String)>,
) -> Result<()> {
    let (on, host) = match reply {
        Reply::Cleaned { on, host, .. } => (Some(on.to_string()), host.clone()),
        _ => (None, None),
    };
    let at = change.at();
    sqlx::query(
        "INSERT INTO answers (id, sighting_id, unit_id, word, text, cleaned_on, host_name,
            file_sha256, file_name, by_id, by_name, as_head, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(id.as_str())
    .bind(sighting.id.as_str())
    .bind(by.unit().as_str())
    .bind(reply.word().name())
    .bind(reply.text())
    .bind(on)
    .bind(host)
    .bind(file.map(|(_, sha256)| sha256.as_str()))
    .bind(file.map(|(name, _)| name.as_str()))
    .bind(&by.actor().id)
    .bind(&by.actor().name)
    .bind(i64::from(by.as_head()))
    .bind(at.as_microsecond())
    .execute(change.conn())
    .await?;
    Ok(())
}

/// Writes down what the province made of the answers that wait.
pub(super) async fn decide_waiting(
    change: &mut Change,
    sighting: &SightingId,
    decision: Decision,
    reason: &str,
) -> Result<()> {
    let (at, name) = (change.at().as_microsecond(), change.actor().name.clone());
    sqlx::query(
        "UPDATE answers SET decision = $1, decided_by = $2, decided_at = $3, decided_reason = $4
         WHERE sighting_id = $5 AND decision IS NULL AND word <> 'cleaned'",
    )
    .bind(decision.name())
    .bind(name)
    .bind(at)
    .bind(reason)
    .bind(sighting.as_str())
    .execute(change.conn())
    .await?;
    Ok(())
}
