//! Sending: a person's decision, a leg for each chosen contact, and mails for
//! the queue. What the mail server says is heard in `post`.

use jiff::Timestamp;

use super::{
    Channel, EventKind, LegId, LegState, Notice, NoticeId, State,
    note::{self, Happened, NewLeg, happened},
    read, rules,
};
use crate::{
    App, Error, Result,
    access::{Scope, Watch},
    installation,
    notify::queue,
    registry::{
        ContactId,
        contacts::{self, Contact},
    },
    store::{Change, Db},
};

/// How a notice is to be sent.
#[derive(Clone, Debug, Default)]
pub struct Sending {
    /// To whom; empty for the first contact that can be reached.
    pub contacts: Vec<ContactId>,
    /// Why the unit is told again so soon.
    pub forced: Option<String>,
}

/// Sends a notice, or sends it again. Gives the number of mails asked for.
pub async fn send(
    app: &App,
    by: &Watch,
    at: Timestamp,
    id: &NoticeId,
    how: &Sending,
) -> Result<usize> {
    let notice = read::get(&app.db, &Scope::province(), id).await?;
    check(app, &notice, how, at).await?;
    let chosen = choose(&app.db, &notice, &how.contacts, at).await?;
    let mut change = app.db.change(by.actor(), at).await?;
    ask(&mut change, id, &chosen).await?;
    sqlx::query("UPDATE notices SET asked_at = $1 WHERE id = $2")
        .bind(at.as_microsecond())
        .bind(id.as_str())
        .execute(change.conn())
        .await?;
    let names = chosen.iter().map(|contact| contact.name.as_str()).collect::<Vec<_>>().join(", ");
    let detail = match &how.forced {
        Some(reason) => format!("{names} ({reason})"),
        None => names,
    };
    happened(&mut change, id, Happened::new(EventKind::Asked).with(&detail)).await?;
    change.commit().await?;
    Ok(chosen.len())
}

async fn check(app: &App, notice: &Notice, how: &Sending, at: Timestamp) -> Result<()> {
    match notice.state {
        State::Withdrawn => return Err(Error::conflict("notices.withdrawn")),
        State::Sending => return Err(Error::conflict("notices.already-sending")),
        _ => {}
    }
    if installation::read(&app.db).await?.mail.is_none() {
        let place = diag::Place::default();
        let found = diag::Diagnostic::error("notices.no-mail-server", place);
        return Err(Error::Setup(Box::new(found)));
    }
    let forced = how.forced.as_deref().is_some_and(|reason| !reason.trim().is_empty());
    let (noun, about) = (&notice.about_noun, &notice.about_id);
    let last = read::last_told(&app.db, &notice.unit_id, noun, about).await?;
    if forced || rules::may_repeat(last, at) {
        Ok(())
    } else {
        Err(Error::conflict("notices.told-lately"))
    }
}

/// The contacts to write to: those that were chosen, or the first that can be
/// reached.
async fn choose(
    db: &Db,
    notice: &Notice,
    wanted: &[ContactId],
    at: Timestamp,
) -> Result<Vec<Contact>> {
    let all = contacts::for_notice(db, &notice.unit_id, at).await?;
    let with_mail = all.into_iter().filter(|contact| contact.email.is_some());
    let chosen: Vec<Contact> = if wanted.is_empty() {
        with_mail.filter(|contact| !contact.is_bouncing()).take(1).collect()
    } else {
        with_mail.filter(|contact| wanted.contains(&contact.id)).collect()
    };
    if chosen.is_empty() { Err(Error::conflict("notices.nobody-to-tell")) } else { Ok(chosen) }
}

/// Adds a mail leg for each contact, inside a change.
pub(super) async fn ask(
    change: &mut Change,
    notice: &NoticeId,
    contacts: &[Contact],
) -> Result<Vec<LegId>> {
    let mut legs = Vec::with_capacity(contacts.len());
    for contact in contacts {
        let Some(address) = contact.email.as_deref() else { continue };
        let new = NewLeg {
            channel: Channel::Mail,
            contact: Some(&contact.id),
            name: &contact.name,
            address: Some(address),
            state: LegState::Waiting,
            detail: None,
            begun_at: change.at(),
        };
        let leg = note::leg(change, notice, new).await?;
        let name = format!("{} ({})", contact.name, contact.unit_name);
        let request = queue::Request {
            noun: super::NOUN.name,
            subject_id: leg.as_str(),
            name: &name,
            address,
        };
        queue::ask(change, request).await?;
        legs.push(leg);
    }
    Ok(legs)
}

/// What became of one of several notices.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The notice.
    pub id: NoticeId,
    /// Its number.
    pub code: String,
    /// Its unit.
    pub unit_name: String,
    /// Why it was not sent.
    pub error: Option<diag::Diagnostic>,
}

/// Sends several notices, each to its first contact that can be reached. One
/// that cannot be sent does not hold up the others.
pub async fn many(
    app: &App,
    by: &Watch,
    at: Timestamp,
    ids: &[NoticeId],
    forced: Option<String>,
) -> Result<Vec<Outcome>> {
    let how = Sending { contacts: Vec::new(), forced };
    let mut outcomes = Vec::with_capacity(ids.len());
    for id in ids {
        let notice = read::get(&app.db, &Scope::province(), id).await?;
        let error = match send(app, by, at, id, &how).await {
            Ok(_) => None,
            Err(Error::Conflict(found)) => Some(*found),
            Err(other) => return Err(other),
        };
        let (code, unit_name) = (notice.code, notice.unit_name);
        outcomes.push(Outcome { id: id.clone(), code, unit_name, error });
    }
    Ok(outcomes)
}
