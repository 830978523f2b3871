//! Asking about notices.

use jiff::{Timestamp, civil::Date};

use super::{Event, Leg, Link, Notice, NoticeId, State};
use crate::{
    Error, Result,
    access::Scope,
    ids::UnitId,
    store::{Db, Direction, Select},
};

pub(super) const COLUMNS: &str = "n.id, n.code, n.unit_id, u.code AS unit_code, \
    u.name AS unit_name, n.about_noun, n.about_id, n.about_title, n.round, n.lang, n.subject, \
    n.body, n.due_on, n.row_count, n.file_sha256, n.file_name, n.state, n.drafted_at, \
    n.drafted_by, n.asked_at, n.sent_at, n.opened_at, n.answered_at";

/// The notices of the scope, to be filtered further: `n` is the notice, `u` its
/// unit. A unit does not see what nobody has told it yet.
pub fn select(scope: &Scope) -> Select {
    let select = Select::new(COLUMNS, "notices n JOIN units u ON u.id = n.unit_id")
        .scoped(scope, "n.unit_id");
    if scope.is_province() {
        return select;
    }
    let hidden = [State::Drafted, State::Withdrawn, State::Sending, State::Bounced];
    select.and("n.state NOT IN ({}, {}, {}, {})", hidden.map(State::name))
}

/// A notice. Outside the scope it is not found.
pub async fn get(db: &Db, scope: &Scope, id: &NoticeId) -> Result<Notice> {
    let found = select(scope).and("n.id = {}", [id.as_str()]);
    found.fetch_first(db.reader()).await?.ok_or(Error::NotFound)
}

/// The notices about a thing, by unit.
pub async fn about(db: &Db, scope: &Scope, noun: &str, id: &str) -> Result<Vec<Notice>> {
    let select = select(scope).and("n.about_noun = {} AND n.about_id = {}", [noun, id]);
    select.order("u.code", Direction::Up).order("n.round", Direction::Up).fetch(db.reader()).await
}

/// The notices of a unit, the latest first.
pub async fn of_unit(db: &Db, scope: &Scope, unit: &UnitId) -> Result<Vec<Notice>> {
    let select = select(scope).and("n.unit_id = {}", [unit.as_str()]);
    select.order("n.id", Direction::Down).fetch(db.reader()).await
}

/// The ways on which a notice went, in their order.
pub async fn legs(db: &Db, id: &NoticeId) -> Result<Vec<Leg>> {
    let columns = "id, channel, contact_id, name, address, state, detail, begun_at, settled_at, \
        by_name";
    let select = Select::new(columns, "notice_legs").and("notice_id = {}", [id.as_str()]);
    select.order("id", Direction::Up).fetch(db.reader()).await
}

/// What happened to a notice, in its order.
pub async fn events(db: &Db, id: &NoticeId) -> Result<Vec<Event>> {
    let columns = "at, kind, actor_name, detail, address, agent";
    let select = Select::new(columns, "notice_events").and("notice_id = {}", [id.as_str()]);
    select.order("seq", Direction::Up).fetch(db.reader()).await
}

/// The reply links of a notice, in their order.
pub async fn links(db: &Db, id: &NoticeId) -> Result<Vec<Link>> {
    let columns =
        "id, made_for, made_at, expires_at, revoked_at, revoked_by, visits, last_visit_at";
    let select = Select::new(columns, "notice_links").and("notice_id = {}", [id.as_str()]);
    select.order("id", Direction::Up).fetch(db.reader()).await
}

/// How many notices of the scope stand in a state.
pub async fn counts(db: &Db, scope: &Scope, state: State) -> Result<i64> {
    select(scope).and("n.state = {}", [state.name()]).count(db.reader()).await
}

/// Notices told and not answered by their last day, before `today`.
pub fn unanswered(scope: &Scope, today: Date) -> Select {
    let told = [State::Sent, State::Delivered, State::Opened];
    select(scope).any_of("n.state", told.map(State::name)).and("n.due_on < {}", [today])
}

/// When the unit was last told about a thing.
pub(super) async fn last_told(
    db: &Db,
    unit: &UnitId,
    noun: &str,
    id: &str,
) -> Result<Option<Timestamp>> {
    #[derive(sqlx::FromRow)]
    struct Last {
        at: Option<i64>,
    }
    let found: Option<Last> = Select::new("MAX(asked_at) AS at", "notices")
        .and("unit_id = {}", [unit.as_str()])
        .and("about_noun = {} AND about_id = {}", [noun, id])
        .any_of("state", TOLD.map(State::name))
        .fetch_first(db.reader())
        .await?;
    let micros = found.and_then(|last| last.at);
    Ok(micros.and_then(|micros| Timestamp::from_microsecond(micros).ok()))
}

const TOLD: [State; 5] =
    [State::Sending, State::Sent, State::Delivered, State::Opened, State::Answered];
