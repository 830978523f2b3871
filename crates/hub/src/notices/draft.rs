//! Drafting, changing a draft, and taking it back.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use words::Lang;

use super::{
    About, EventKind, Notice, NoticeId, State,
    letter::{self, Content, Frame, LINK},
    note::{Happened, happened},
    read, rules,
};
use crate::{
    App, Error, Result,
    access::{Scope, Watch},
    ids::UnitId,
    installation::{self, Installation},
    registry::units,
    store::{Change, Db, files, files::Stored},
};

/// Days a unit has for an answer, unless the room says otherwise.
pub const DAYS_TO_ANSWER: i64 = 7;

/// A notice to be drafted.
#[derive(Clone, Debug)]
pub struct NewNotice {
    /// Who is told.
    pub unit: UnitId,
    /// What it is about.
    pub about: About,
    /// In which language.
    pub lang: Lang,
    /// What it says.
    pub content: Content,
    /// Last day for an answer.
    pub due_on: Date,
    /// Rows in the file.
    pub rows: i64,
    /// Name and content of the unit's file.
    pub file: Option<(String, Vec<u8>)>,
}

/// What became of a notice to be drafted.
#[derive(Clone, Debug, serde::Serialize, utoipa::ToSchema)]
pub struct Drafted {
    /// The notice about this for this unit.
    pub id: NoticeId,
    /// The unit.
    pub unit_id: UnitId,
    /// False when there was one already: it is left as it is.
    pub fresh: bool,
}

/// The last day for an answer to what is drafted now.
pub fn due_on(app: &App, at: Timestamp) -> Date {
    let today = at.to_zoned(app.settings.zone.clone()).date();
    today.saturating_add(jiff::Span::new().days(DAYS_TO_ANSWER))
}

/// Drafts notices, all or none. A unit that has one about the same thing keeps
/// the one it has.
pub async fn draft(
    app: &App,
    by: &Watch,
    at: Timestamp,
    new: Vec<NewNotice>,
) -> Result<Vec<Drafted>> {
    let from = installation::read(&app.db).await?;
    let names = units::names(&app.db, &Scope::province()).await?;
    let year = at.to_zoned(app.settings.zone.clone()).year();
    let mut ready = Vec::with_capacity(new.len());
    for one in new {
        let file = match one.file.clone() {
            Some((name, bytes)) => Some((name, app.files.keep(bytes).await?)),
            None => None,
        };
        ready.push((one, file));
    }
    let mut change = app.db.change(by.actor(), at).await?;
    let mut drafted = Vec::with_capacity(ready.len());
    let mut any = false;
    let desk = Desk { from: &from, names: &names, year };
    for (one, file) in ready {
        let (id, fresh) = draft_one(&mut change, &desk, &one, file).await?;
        any |= fresh;
        drafted.push(Drafted { id, unit_id: one.unit, fresh });
    }
    if any {
        change.commit().await?;
    }
    Ok(drafted)
}

/// What every notice of a batch is written with.
struct Desk<'a> {
    from: &'a Installation,
    names: &'a BTreeMap<UnitId, (String, String)>,
    year: i16,
}

async fn draft_one(
    change: &mut Change,
    desk: &Desk<'_>,
    new: &NewNotice,
    file: Option<(String, Stored)>,
) -> Result<(NoticeId, bool)> {
    let last = last_round(change, new).await?;
    if let Some(last) = last.as_ref().filter(|last| last.state != State::Withdrawn) {
        return Ok((last.id.clone(), false));
    }
    let round = last.map_or(0, |last| last.round + 1);
    let code = next_code(change, desk.year).await?;
    let unit = desk.names.get(&new.unit).map_or("", |(_, name)| name.as_str());
    let frame = Frame { lang: new.lang, code: &code, unit, from: desk.from };
    let body = letter::write(&frame, &new.content);
    if let Some((_, stored)) = &file {
        let at = change.at();
        files::register(change.conn(), stored, at).await?;
    }
    let row = Row { code: &code, round, unit_name: unit, body: &body, file };
    let id = insert(change, new, row).await?;
    happened(change, &id, Happened::new(EventKind::Drafted).with(&code)).await?;
    Ok((id, true))
}

#[derive(sqlx::FromRow)]
struct Earlier {
    id: NoticeId,
    round: i64,
    state: State,
}

async fn last_round(change: &mut Change, new: &NewNotice) -> Result<Option<Earlier>> {
    Ok(sqlx::query_as(
        "SELECT id, round, state FROM notices
         WHERE unit_id = $1 AND about_noun = $2 AND about_id = $3 ORDER BY round DESC LIMIT 1",
    )
    .bind(new.unit.as_str())
    .bind(new.about.noun)
    .bind(&new.about.id)
    .fetch_optional(change.conn())
    .await?)
}

async fn next_code(change: &mut Change, year: i16) -> Result<String> {
    let (number,): (i64,) = sqlx::query_as(
        "INSERT INTO notice_numbers (year, last) VALUES ($1, 1)
         ON CONFLICT (year) DO UPDATE SET last = notice_numbers.last + 1 RETURNING last",
    )
    .bind(i64::from(year))
    .fetch_one(change.conn())
    .await?;
    Ok(rules::code(year, number))
}

/// What a row has besides what the room said.
struct Row<'a> {
    code: &'a str,
    round: i64,
    unit_name: &'a str,
    body: &'a str,
    file: Option<(String, Stored)>,
}

async fn insert(change: &mut Change, new: &NewNotice, row: Row<'_>) -> Result<NoticeId> {
    let at = change.at();
    let id = NoticeId::new(at);
    let by = change.actor().name.clone();
    let (name, stored) = row.file.unzip();
    let fold = words::fold(&format!("{} {} {}", row.code, new.content.subject, row.unit_name));
    sqlx::query(
        "INSERT INTO notices (id, code, unit_id, about_noun, about_id, about_title, round, lang, subject,
         body, fold, due_on, row_count, file_sha256, file_name, state, drafted_at, drafted_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
    )
    .bind(id.as_str())
    .bind(row.code)
    .bind(new.unit.as_str())
    .bind(new.about.noun)
    .bind(&new.about.id)
    .bind(&new.about.title)
    .bind(row.round)
    .bind(new.lang.code())
    .bind(&new.content.subject)
    .bind(row.body)
    .bind(fold)
    .bind(new.due_on.to_string())
    .bind(new.rows)
    .bind(stored.map(|stored| stored.sha256))
    .bind(name)
    .bind(State::Drafted.name())
    .bind(at.as_microsecond())
    .bind(by)
    .execute(change.conn())
    .await?;
    Ok(id)
}

/// Drafts a reminder: the next round about the same thing, whose text begins
/// with `opening` and goes on with the notice it reminds of.
pub(super) async fn remind(
    app: &App,
    by: &Watch,
    at: Timestamp,
    late: &Notice,
    subject: &str,
    opening: &str,
) -> Result<()> {
    let year = at.to_zoned(app.settings.zone.clone()).year();
    let mut change = app.db.change(by.actor(), at).await?;
    let code = next_code(&mut change, year).await?;
    let body = format!("{opening}\n\n{}", late.body.replace(&late.code, &code));
    let id = NoticeId::new(at);
    sqlx::query(
        "INSERT INTO notices (id, code, unit_id, about_noun, about_id, about_title, round, lang, subject,
         body, fold, due_on, row_count, file_sha256, file_name, state, drafted_at, drafted_by)
         SELECT $1, $2, unit_id, about_noun, about_id, about_title, round + 1, lang, $3, $4, $5, $6,
         row_count, file_sha256, file_name, $7, $8, $9 FROM notices WHERE id = $10",
    )
    .bind(id.as_str())
    .bind(&code)
    .bind(subject)
    .bind(body)
    .bind(words::fold(&format!("{code} {subject} {}", late.unit_name)))
    .bind(due_on(app, at).to_string())
    .bind(State::Drafted.name())
    .bind(at.as_microsecond())
    .bind(&by.actor().name)
    .bind(late.id.as_str())
    .execute(change.conn())
    .await?;
    happened(&mut change, &id, Happened::new(EventKind::Drafted).with(&late.code)).await?;
    change.commit().await
}

/// What a person may change in a draft.
#[derive(Clone, Debug)]
pub struct Edit {
    /// Subject line.
    pub subject: String,
    /// Text; [`LINK`] must stay in it.
    pub body: String,
    /// Last day for an answer.
    pub due_on: Date,
}

/// Changes a draft.
pub async fn edit(db: &Db, by: &Watch, at: Timestamp, id: &NoticeId, new: &Edit) -> Result<()> {
    let notice = drafted(db, id).await?;
    Error::any(&[
        (new.subject.trim().is_empty(), "notices.subject-missing", "subject"),
        (!new.body.contains(LINK), "notices.link-missing", "body"),
    ])?;
    let subject = new.subject.trim();
    let mut change = db.change(by.actor(), at).await?;
    sqlx::query("UPDATE notices SET subject = $1, body = $2, due_on = $3, fold = $4 WHERE id = $5")
        .bind(subject)
        .bind(new.body.replace("\r\n", "\n"))
        .bind(new.due_on.to_string())
        .bind(words::fold(&format!("{} {subject} {}", notice.code, notice.unit_name)))
        .bind(id.as_str())
        .execute(change.conn())
        .await?;
    happened(&mut change, id, Happened::new(EventKind::Edited)).await?;
    change.commit().await
}

/// Takes a draft back.
pub async fn withdraw(db: &Db, by: &Watch, at: Timestamp, id: &NoticeId) -> Result<()> {
    drafted(db, id).await?;
    let mut change = db.change(by.actor(), at).await?;
    sqlx::query("UPDATE notices SET state = $1 WHERE id = $2")
        .bind(State::Withdrawn.name())
        .bind(id.as_str())
        .execute(change.conn())
        .await?;
    happened(&mut change, id, Happened::new(EventKind::Withdrawn)).await?;
    change.commit().await
}

async fn drafted(db: &Db, id: &NoticeId) -> Result<Notice> {
    let notice = read::get(db, &Scope::province(), id).await?;
    if notice.state == State::Drafted {
        Ok(notice)
    } else {
        Err(Error::conflict("notices.not-a-draft"))
    }
}
