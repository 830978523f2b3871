//! Writing down, inside a change, what happened to a notice.

use super::{EventKind, LegId, LegState, NoticeId, State, rules};
use crate::{
    Result,
    people::sessions::Origin,
    store::{Change, Record},
};

/// Something that happened.
#[derive(Clone, Copy, Debug)]
pub(super) struct Happened<'a> {
    kind: EventKind,
    detail: Option<&'a str>,
    origin: Option<&'a Origin>,
}

impl<'a> Happened<'a> {
    pub(super) fn new(kind: EventKind) -> Self {
        Self { kind, detail: None, origin: None }
    }

    pub(super) fn with(mut self, detail: &'a str) -> Self {
        self.detail = Some(detail).filter(|detail| !detail.is_empty());
        self
    }

    pub(super) fn from(mut self, origin: Option<&'a Origin>) -> Self {
        self.origin = origin;
        self
    }
}

/// Adds to the notice's story and works out where it stands now; leaves the
/// record for the chain.
pub(super) async fn happened(
    change: &mut Change,
    notice: &NoticeId,
    what: Happened<'_>,
) -> Result<State> {
    event(change, notice, what).await?;
    let (state, unit) = refresh(change, notice).await?;
    let data = serde_json::json!({ "state": state, "detail": what.detail });
    change.record(Record::new(action(what.kind), notice).of_unit(&unit).with(data));
    Ok(state)
}

/// The name in the chain.
fn action(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Drafted => "notices.draft",
        EventKind::Edited => "notices.edit",
        EventKind::Asked => "notices.send",
        EventKind::HandedOver => "notices.hand_over",
        EventKind::Printed => "notices.print",
        EventKind::Saved => "notices.save",
        EventKind::Revoked => "notices.revoke",
        EventKind::Renewed => "notices.renew",
        EventKind::Opened => "notices.open",
        EventKind::Answered => "notices.answer",
        EventKind::Withdrawn => "notices.withdraw",
        EventKind::Sent
        | EventKind::Delayed
        | EventKind::Refused
        | EventKind::Bounced
        | EventKind::Delivered
        | EventKind::Stranded => "notices.deliver",
    }
}

async fn event(change: &mut Change, notice: &NoticeId, what: Happened<'_>) -> Result<()> {
    let at = change.at();
    let by = change.actor().name.clone();
    sqlx::query(
        "INSERT INTO notice_events (id, notice_id, seq, at, kind, actor_name, detail, address, agent)
         SELECT $1, $2, COALESCE(MAX(seq), 0) + 1, $3, $4, $5, $6, $7, $8
         FROM notice_events WHERE notice_id = $2",
    )
    .bind(crate::ids::ulid(at))
    .bind(notice.as_str())
    .bind(at.as_microsecond())
    .bind(what.kind.name())
    .bind(by)
    .bind(what.detail.map(str::to_owned))
    .bind(what.origin.map(|origin| origin.address.clone()))
    .bind(what.origin.map(|origin| origin.agent.chars().take(200).collect::<String>()))
    .execute(change.conn())
    .await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Columns {
    unit_id: String,
    state: State,
    opened_at: Option<i64>,
    answered_at: Option<i64>,
}

async fn refresh(change: &mut Change, notice: &NoticeId) -> Result<(State, String)> {
    let columns: Columns =
        sqlx::query_as("SELECT unit_id, state, opened_at, answered_at FROM notices WHERE id = $1")
            .bind(notice.as_str())
            .fetch_one(change.conn())
            .await?;
    let story = rules::Story {
        withdrawn: columns.state == State::Withdrawn,
        legs: leg_states(change, notice).await?,
        opened: columns.opened_at.is_some(),
        answered: columns.answered_at.is_some(),
    };
    let state = rules::state(&story);
    sqlx::query("UPDATE notices SET state = $1 WHERE id = $2")
        .bind(state.name())
        .bind(notice.as_str())
        .execute(change.conn())
        .await?;
    Ok((state, columns.unit_id))
}

/// Where the legs of a notice stand, as this change sees them.
pub(super) async fn leg_states(change: &mut Change, notice: &NoticeId) -> Result<Vec<LegState>> {
    let rows: Vec<(LegState,)> =
        sqlx::query_as("SELECT state FROM notice_legs WHERE notice_id = $1")
            .bind(notice.as_str())
            .fetch_all(change.conn())
            .await?;
    Ok(rows.into_iter().map(|(state,)| state).collect())
}

/// A leg to be added.
pub(super) struct NewLeg<'a> {
    pub(super) channel: super::Channel,
    pub(super) contact: Option<&'a crate::registry::ContactId>,
    pub(super) name: &'a str,
    pub(super) address: Option<&'a str>,
    pub(super) state: LegState,
    pub(super) detail: Option<&'a str>,
    pub(super) begun_at: jiff::Timestamp,
}

/// Adds a leg.
pub(super) async fn leg(change: &mut Change, notice: &NoticeId, new: NewLeg<'_>) -> Result<LegId> {
    let id = LegId::new(change.at());
    let settled = (new.state != LegState::Waiting).then(|| new.begun_at.as_microsecond());
    let by = change.actor().name.clone();
    sqlx::query(
        "INSERT INTO notice_legs (id, notice_id, channel, contact_id, name, address, state, detail,
         begun_at, settled_at, by_name) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(id.as_str())
    .bind(notice.as_str())
    .bind(new.channel.name())
    .bind(new.contact.map(ToString::to_string))
    .bind(new.name)
    .bind(new.address.map(str::to_owned))
    .bind(new.state.name())
    .bind(new.detail.map(str::to_owned))
    .bind(new.begun_at.as_microsecond())
    .bind(settled)
    .bind(by)
    .execute(change.conn())
    .await?;
    Ok(id)
}

/// Says when the first leg of a notice worked.
pub(super) async fn first_worked(
    change: &mut Change,
    notice: &NoticeId,
    at: jiff::Timestamp,
) -> Result<()> {
    sqlx::query("UPDATE notices SET sent_at = COALESCE(sent_at, $1) WHERE id = $2")
        .bind(at.as_microsecond())
        .bind(notice.as_str())
        .execute(change.conn())
        .await?;
    Ok(())
}
