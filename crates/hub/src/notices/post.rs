//! The room's side of the mail queue: writes the mail as it goes out, with a
//! fresh reply link, and hears what became of it. A refusal or a bounce moves
//! on to the next contact: IT officer, duty, head, the unit above.

use jiff::Timestamp;
use words::Lang;

use super::{
    EventKind, LegId, LegState, Notice, NoticeId, files, letter, link,
    note::{self, Happened, happened},
    read, send,
};
use crate::{
    App, Error, Result,
    access::{Actor, Scope},
    notify::{Correspondent, Fate, Letter, Mail, Writing},
    registry::contacts::{self, Contact},
    store::{Change, Db, Record, Select},
};

/// The correspondent of the room.
pub(super) struct Post;

impl Correspondent for Post {
    fn compose<'a>(&'a self, app: &'a App, mail: &'a Mail, at: Timestamp) -> Writing<'a, Letter> {
        Box::pin(compose(app, mail, at))
    }

    fn heard<'a>(
        &'a self,
        db: &'a Db,
        change: &'a mut Change,
        mail: &'a Mail,
        fate: &'a Fate,
    ) -> Writing<'a, ()> {
        Box::pin(heard(db, change, mail, fate))
    }
}

async fn compose(app: &App, mail: &Mail, at: Timestamp) -> Result<Letter> {
    let leg: LegId = mail.subject_id.parse()?;
    let row = row(&app.db, &leg).await?;
    let notice = read::get(&app.db, &Scope::province(), &row.notice_id).await?;
    let mut change = app.db.change(&Actor::system("notify.send"), at).await?;
    let secret = link::make(&mut change, &notice.id, Some(&leg), &row.name).await?;
    let record = Record::new("notices.link", &notice.id).of_unit(&notice.unit_id);
    change.record(record.with(serde_json::json!({ "leg": leg })));
    change.commit().await?;
    letter(app, &notice, &secret, &mail.name, Some(mail.address.clone())).await
}

/// A notice as a mail, with the reply link of this secret.
pub(super) async fn letter(
    app: &App,
    notice: &Notice,
    secret: &str,
    name: &str,
    address: Option<String>,
) -> Result<Letter> {
    let lang = Lang::from_code(&notice.lang).unwrap_or_default();
    let url = reply_url(app, secret);
    Ok(Letter {
        name: name.to_owned(),
        address,
        subject: subject(notice),
        text: letter::fill(&notice.body, lang, &url, notice.due_on.0),
        code: notice.code.clone(),
        attachments: files::attachment(app, notice).await?.into_iter().collect(),
    })
}

/// The subject line as it goes out: with the number, which replies bring back.
pub(super) fn subject(notice: &Notice) -> String {
    format!("[{}] {}", notice.code, notice.subject)
}

/// Address of a reply page.
pub(super) fn reply_url(app: &App, secret: &str) -> String {
    format!("{}/r/{secret}", app.settings.public_url.trim_end_matches('/'))
}

#[derive(sqlx::FromRow)]
struct Row {
    notice_id: NoticeId,
    name: String,
}

async fn row(db: &Db, leg: &LegId) -> Result<Row> {
    let found = Select::new("notice_id, name", "notice_legs");
    let found = found.and("id = {}", [leg.as_str()]).fetch_first(db.reader()).await?;
    found.ok_or(Error::NotFound)
}

async fn heard(db: &Db, change: &mut Change, mail: &Mail, fate: &Fate) -> Result<()> {
    let leg: LegId = mail.subject_id.parse()?;
    let row = row(db, &leg).await?;
    let at = change.at();
    match fate {
        Fate::Sent => {
            settle(change, &leg, LegState::Sent, None).await?;
            note::first_worked(change, &row.notice_id, at).await?;
        }
        Fate::Delivered => settle(change, &leg, LegState::Delivered, None).await?,
        Fate::Delayed { certain, .. } => {
            if *certain {
                link::forget(change, &leg).await?;
            }
        }
        Fate::Refused { reason } => {
            link::forget(change, &leg).await?;
            settle(change, &leg, LegState::Refused, Some(reason)).await?;
        }
        Fate::Bounced { reason } => settle(change, &leg, LegState::Bounced, Some(reason)).await?,
    }
    let said = said(mail, fate);
    happened(change, &row.notice_id, Happened::new(kind(fate)).with(&said)).await?;
    if let Fate::Refused { reason } | Fate::Bounced { reason } = fate {
        contacts::bounced(db, change, &mail.address, reason).await?;
        move_on(db, change, &row.notice_id).await?;
    }
    Ok(())
}

fn kind(fate: &Fate) -> EventKind {
    match fate {
        Fate::Sent => EventKind::Sent,
        Fate::Delayed { .. } => EventKind::Delayed,
        Fate::Refused { .. } => EventKind::Refused,
        Fate::Bounced { .. } => EventKind::Bounced,
        Fate::Delivered => EventKind::Delivered,
    }
}

fn said(mail: &Mail, fate: &Fate) -> String {
    let to = format!("{} <{}>", mail.name, mail.address);
    match fate {
        Fate::Sent | Fate::Delivered => to,
        Fate::Delayed { reason, .. } | Fate::Refused { reason } | Fate::Bounced { reason } => {
            format!("{to}: {reason}")
        }
    }
}

async fn settle(
    change: &mut Change,
    leg: &LegId,
    state: LegState,
    detail: Option<&String>,
) -> Result<()> {
    let at = change.at();
    sqlx::query("UPDATE notice_legs SET state = $1, detail = $2, settled_at = $3 WHERE id = $4")
        .bind(state.name())
        .bind(detail.cloned())
        .bind(at.as_microsecond())
        .bind(leg.as_str())
        .execute(change.conn())
        .await?;
    Ok(())
}

/// Asks for a mail to the next contact, unless a leg works or may still work,
/// or the unit already answered.
async fn move_on(db: &Db, change: &mut Change, id: &NoticeId) -> Result<()> {
    let notice = read::get(db, &Scope::province(), id).await?;
    let legs = note::leg_states(change, id).await?;
    let works = |state: &LegState| {
        matches!(state, LegState::Waiting | LegState::Sent | LegState::Delivered)
    };
    if notice.opened_at.is_some() || notice.answered_at.is_some() || legs.iter().any(works) {
        return Ok(());
    }
    match next_contact(db, change, &notice).await? {
        Some(contact) => {
            let name = contact.name.clone();
            send::ask(change, id, &[contact]).await?;
            happened(change, id, Happened::new(EventKind::Asked).with(&name)).await?;
        }
        None => {
            happened(change, id, Happened::new(EventKind::Stranded)).await?;
        }
    }
    Ok(())
}

/// The first contact whose mailbox this notice has not tried yet.
async fn next_contact(db: &Db, change: &mut Change, notice: &Notice) -> Result<Option<Contact>> {
    let tried: Vec<(Option<String>,)> =
        sqlx::query_as("SELECT address FROM notice_legs WHERE notice_id = $1")
            .bind(notice.id.as_str())
            .fetch_all(change.conn())
            .await?;
    let at = change.at();
    let all = contacts::for_notice(db, &notice.unit_id, at).await?;
    let untried = |contact: &Contact| {
        contact.email.is_some() && !tried.iter().any(|(address,)| *address == contact.email)
    };
    Ok(all.into_iter().find(|contact| !contact.is_bouncing() && untried(contact)))
}
