//! A notice handed over by a person: on paper, by telephone, by Zalo, or in a
//! mail of their own. It is a leg like any other, with a person and a time.

use jiff::Timestamp;

use super::{
    Channel, EventKind, LegState, NoticeId, State,
    note::{self, Happened, NewLeg, happened},
    read,
};
use crate::{
    App, Error, Result,
    access::{Scope, Watch},
    notify::queue,
    store::Change,
};

/// A handing over.
#[derive(Clone, Debug)]
pub struct HandedOver {
    /// On which way; not by our own mail server.
    pub channel: Channel,
    /// Who took it.
    pub to: String,
    /// When.
    pub at: Timestamp,
    /// Anything else.
    pub note: String,
}

/// Notes that a notice was handed over. Mails that still wait are taken back.
pub async fn hand_over(
    app: &App,
    by: &Watch,
    now: Timestamp,
    id: &NoticeId,
    what: &HandedOver,
) -> Result<()> {
    let notice = read::get(&app.db, &Scope::province(), id).await?;
    if notice.state == State::Withdrawn {
        return Err(Error::conflict("notices.withdrawn"));
    }
    check(what, now)?;
    let mut change = app.db.change(by.actor(), now).await?;
    take_back(&mut change, id).await?;
    let new = NewLeg {
        channel: what.channel,
        contact: None,
        name: what.to.trim(),
        address: None,
        state: LegState::Delivered,
        detail: Some(what.note.trim()).filter(|note| !note.is_empty()),
        begun_at: what.at,
    };
    note::leg(&mut change, id, new).await?;
    note::first_worked(&mut change, id, what.at).await?;
    sqlx::query("UPDATE notices SET asked_at = COALESCE(asked_at, $1) WHERE id = $2")
        .bind(what.at.as_microsecond())
        .bind(id.as_str())
        .execute(change.conn())
        .await?;
    let detail = format!("{}: {}", what.channel.name(), what.to.trim());
    happened(&mut change, id, Happened::new(EventKind::HandedOver).with(&detail)).await?;
    change.commit().await
}

fn check(what: &HandedOver, now: Timestamp) -> Result<()> {
    Error::any(&[
        (what.channel == Channel::Mail, "notices.channel-wrong", "channel"),
        (what.to.trim().is_empty(), "notices.taker-missing", "to"),
        (what.at > now, "notices.in-the-future", "at"),
    ])
}

async fn take_back(change: &mut Change, id: &NoticeId) -> Result<()> {
    let waiting: Vec<(String,)> =
        sqlx::query_as("SELECT id FROM notice_legs WHERE notice_id = $1 AND state = $2")
            .bind(id.as_str())
            .bind(LegState::Waiting.name())
            .fetch_all(change.conn())
            .await?;
    for (leg,) in waiting {
        queue::take_back(change, super::NOUN.name, &leg).await?;
        sqlx::query("UPDATE notice_legs SET state = $1 WHERE id = $2")
            .bind(LegState::Cancelled.name())
            .bind(&leg)
            .execute(change.conn())
            .await?;
    }
    Ok(())
}
