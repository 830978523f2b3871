//! The queue of mails: asked for inside a change, tried by a job, tried again
//! later where the server said "not now".

use jiff::{SignedDuration, Timestamp};

use super::{Correspondent, Fate, Mail, MailId, MailState, correspondent, letter, mail};
use crate::{
    App, Result,
    access::Actor,
    installation::{self, MailServer},
    jobs::Working,
    store::{Change, Db, Record, Select},
};

/// Mails handed over in one run: at a run every 15 seconds, 80 a minute, which
/// an office's mail server takes without calling it a flood.
const AT_ONCE: u32 = 20;
/// For how long a mail is tried.
const TRIED_FOR: SignedDuration = SignedDuration::from_hours(48);
/// How long an attempt is another server's, if it never says how it went.
const CLAIMED_FOR: SignedDuration = SignedDuration::from_mins(10);
/// How long everything waits when the mail server cannot be reached.
const SERVER_PAUSE: SignedDuration = SignedDuration::from_mins(1);

const COLUMNS: &str = "id, noun, subject_id, name, address, message_id, state, attempts, next_at, \
    last_error, queued_at";

/// Whom a mail goes to, and what it is about.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The room that asks.
    pub noun: &'static str,
    /// Its name for what the mail is about.
    pub subject_id: &'a str,
    /// Name of the recipient.
    pub name: &'a str,
    /// Mailbox of the recipient.
    pub address: &'a str,
}

/// Asks for a mail, inside a change of the room's.
pub async fn ask(change: &mut Change, request: Request<'_>) -> Result<MailId> {
    let at = change.at();
    let id = MailId::new(at);
    // Random as well as unique: whoever knows one cannot make up a bounce of another.
    let message_id = format!("{}.{:016x}@thap-canh", id.as_str(), rand::random::<u64>());
    sqlx::query(
        "INSERT INTO mails (id, noun, subject_id, name, address, message_id, state, attempts, next_at, queued_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $8)",
    )
    .bind(id.as_str())
    .bind(request.noun)
    .bind(request.subject_id)
    .bind(request.name)
    .bind(request.address)
    .bind(message_id)
    .bind(MailState::Waiting.name())
    .bind(at.as_microsecond())
    .execute(change.conn())
    .await?;
    Ok(id)
}

/// Takes back the mails about a subject that have not gone out.
pub async fn take_back(change: &mut Change, noun: &str, subject_id: &str) -> Result<u64> {
    let done = sqlx::query(
        "UPDATE mails SET state = $1, last_error = 'taken back', settled_at = $2
         WHERE noun = $3 AND subject_id = $4 AND state = $5",
    )
    .bind(MailState::Refused.name())
    .bind(change.at().as_microsecond())
    .bind(noun)
    .bind(subject_id)
    .bind(MailState::Waiting.name())
    .execute(change.conn())
    .await?;
    Ok(done.rows_affected())
}

/// A mail.
pub async fn get(db: &Db, id: &MailId) -> Result<Mail> {
    let found = Select::new(COLUMNS, "mails").and("id = {}", [id.as_str()]);
    found.fetch_first(db.reader()).await?.ok_or(crate::Error::NotFound)
}

/// The mail of a `Message-ID`.
pub async fn by_message_id(db: &Db, message_id: &str) -> Result<Option<Mail>> {
    let found = Select::new(COLUMNS, "mails").and("message_id = {}", [message_id]);
    found.fetch_first(db.reader()).await
}

/// How many mails wait, and since when the oldest.
pub async fn waiting(db: &Db) -> Result<i64> {
    Select::new("id", "mails")
        .and("state = {}", [MailState::Waiting.name()])
        .count(db.reader())
        .await
}

/// The job: hands over the mails that are due.
pub(super) fn job(app: &App, now: Timestamp) -> Working<'_> {
    Box::pin(run(app, now))
}

async fn run(app: &App, now: Timestamp) -> Result<()> {
    let due = due(&app.db, now).await?;
    let Some(server) = installation::read(&app.db).await?.mail.filter(|_| !due.is_empty()) else {
        return Ok(());
    };
    let line = match mail::connect(&server, &app.settings.data).await {
        Ok(line) => line,
        Err(cause) => {
            pause(&app.db, now).await?;
            return Err(cause);
        }
    };
    for mail in due {
        if claim(&app.db, &mail, now).await? {
            attempt(app, &line, &server, &mail, now).await?;
        }
    }
    Ok(())
}

async fn due(db: &Db, now: Timestamp) -> Result<Vec<Mail>> {
    Select::new(COLUMNS, "mails")
        .and("state = {}", [MailState::Waiting.name()])
        .and("next_at <= {}", [now])
        .order("next_at", crate::store::Direction::Up)
        .order("id", crate::store::Direction::Up)
        .page(crate::store::Page { number: 0, size: AT_ONCE })
        .fetch(db.reader())
        .await
}

/// The server is away for every mail alike: nobody's attempt is counted.
async fn pause(db: &Db, now: Timestamp) -> Result<()> {
    sqlx::query("UPDATE mails SET next_at = $1 WHERE state = $2 AND next_at < $1")
        .bind((now + SERVER_PAUSE).as_microsecond())
        .bind(MailState::Waiting.name())
        .execute(db.bookkeeping())
        .await?;
    Ok(())
}

/// Takes a mail for this attempt; false when another server was faster.
async fn claim(db: &Db, mail: &Mail, now: Timestamp) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE mails SET attempts = attempts + 1, next_at = $1
         WHERE id = $2 AND state = $3 AND attempts = $4",
    )
    .bind((now + CLAIMED_FOR).as_microsecond())
    .bind(mail.id.as_str())
    .bind(MailState::Waiting.name())
    .bind(mail.attempts)
    .execute(db.bookkeeping())
    .await?;
    Ok(done.rows_affected() == 1)
}

async fn attempt(
    app: &App,
    line: &mail::Line,
    server: &MailServer,
    mail: &Mail,
    now: Timestamp,
) -> Result<()> {
    let correspondent = correspondent(&mail.noun)?;
    let fate = match written(app, correspondent, server, mail, now).await {
        Ok(message) => line.send(message).await,
        Err(cause) => Fate::Refused { reason: cause.to_string() },
    };
    settle(&app.db, correspondent, mail, fate, now).await
}

async fn written(
    app: &App,
    correspondent: &dyn Correspondent,
    server: &MailServer,
    mail: &Mail,
    now: Timestamp,
) -> Result<lettre::Message> {
    let letter = correspondent.compose(app, mail, now).await?;
    letter::message(&letter, server, &mail.message_id, now)
}

async fn settle(
    db: &Db,
    correspondent: &dyn Correspondent,
    mail: &Mail,
    fate: Fate,
    now: Timestamp,
) -> Result<()> {
    let (fate, next_at) = next(fate, mail, now);
    let mut change = db.change(&Actor::system("notify.send"), now).await?;
    note(&mut change, mail, &fate, next_at).await?;
    correspondent.heard(db, &mut change, mail, &fate).await?;
    change.commit().await
}

/// Writes down what became of a mail.
pub(super) async fn note(
    change: &mut Change,
    mail: &Mail,
    fate: &Fate,
    next_at: Option<Timestamp>,
) -> Result<()> {
    let (state, error) = match fate {
        Fate::Sent => (MailState::Sent, None),
        Fate::Delivered => (MailState::Delivered, None),
        Fate::Delayed { reason, .. } => (MailState::Waiting, Some(reason)),
        Fate::Refused { reason } => (MailState::Refused, Some(reason)),
        Fate::Bounced { reason } => (MailState::Bounced, Some(reason)),
    };
    let at = change.at();
    sqlx::query(
        "UPDATE mails SET state = $1, last_error = $2, next_at = $3, settled_at = $4 WHERE id = $5",
    )
    .bind(state.name())
    .bind(error.cloned())
    .bind(next_at.unwrap_or(at).as_microsecond())
    .bind(next_at.is_none().then(|| at.as_microsecond()))
    .bind(mail.id.as_str())
    .execute(change.conn())
    .await?;
    let data = serde_json::json!({ "to": mail.address, "state": state.name(), "said": error });
    change.record(Record::new("notify.mail", &mail.id).with(data));
    Ok(())
}

/// When a mail that was not taken is tried next; a mail tried for two days is
/// given up, which is a refusal.
fn next(fate: Fate, mail: &Mail, now: Timestamp) -> (Fate, Option<Timestamp>) {
    let Fate::Delayed { reason, certain } = fate else {
        return (fate, None);
    };
    let next_at = now + pause_after(mail.attempts + 1);
    if next_at.duration_since(mail.queued_at.0) > TRIED_FOR {
        return (Fate::Refused { reason }, None);
    }
    (Fate::Delayed { reason, certain }, Some(next_at))
}

/// The pause after so many attempts: 2 minutes, doubled each time, 6 hours at most.
fn pause_after(attempts: i64) -> SignedDuration {
    let doubled = 2_i64.saturating_pow(u32::try_from(attempts.clamp(1, 9)).unwrap_or(1));
    SignedDuration::from_mins(doubled.min(360))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(attempts: i64) -> Mail {
        let at = "2024-01-15T01:00:00Z".parse::<Timestamp>().unwrap();
        Mail {
            id: MailId::new(at),
            noun: "notices".into(),
            subject_id: "x".into(),
            name: "Người Nhận".into(),
            address: "a@syt.example".into(),
            message_id: "1@thap-canh".into(),
            state: MailState::Waiting,
            attempts,
            next_at: at.into(),
            last_error: None,
            queued_at: at.into(),
        }
    }

    #[test]
    fn pauses_double_up_to_six_hours() {
        let minutes: Vec<i64> = (1..=10).map(|n| pause_after(n).as_mins()).collect();
        assert_eq!(minutes, [2, 4, 8, 16, 32, 64, 128, 256, 360, 360]);
    }

    #[test]
    fn a_mail_is_given_up_after_two_days_and_not_before() {
        let delayed = || Fate::Delayed { reason: "451".into(), certain: true };
        let mail = mail(10);
        let (hour, begun) = (SignedDuration::from_hours(1), mail.queued_at.0);
        let (fate, next_at) = next(delayed(), &mail, begun + hour * 41);
        assert!(matches!(fate, Fate::Delayed { .. }) && next_at == Some(begun + hour * 47));
        let (fate, next_at) = next(delayed(), &mail, begun + hour * 43);
        assert_eq!((fate, next_at), (Fate::Refused { reason: "451".into() }, None));
    }

    #[test]
    fn only_a_delay_has_a_next_time() {
        for fate in [Fate::Sent, Fate::Delivered, Fate::Refused { reason: String::new() }] {
            assert_eq!(next(fate.clone(), &mail(0), Timestamp::UNIX_EPOCH), (fate, None));
        }
    }
}
