//! Reminders: a draft for each unit that did not answer by the last day. A
//! person reads it and sends it; nothing goes out by itself.

use jiff::Timestamp;
use words::Lang;

use super::{Notice, draft, read};
use crate::{
    App, Result,
    access::{Scope, Watch},
    jobs::Working,
    store::Select,
};

/// The job.
pub(super) fn job(app: &App, now: Timestamp) -> Working<'_> {
    Box::pin(run(app, now))
}

async fn run(app: &App, now: Timestamp) -> Result<()> {
    let today = now.to_zoned(app.settings.zone.clone()).date();
    let late: Vec<Notice> = without_a_later_one(read::unanswered(&Scope::province(), today))
        .fetch(app.db.reader())
        .await?;
    for notice in late {
        remind(app, &Watch::of_system("notices.remind"), now, &notice).await?;
    }
    Ok(())
}

/// One reminder at a time: none while a later notice about the same is there.
fn without_a_later_one(select: Select) -> Select {
    let none: [&str; 0] = [];
    select.and(
        "NOT EXISTS (SELECT 1 FROM notices later WHERE later.unit_id = n.unit_id
         AND later.about_noun = n.about_noun AND later.about_id = n.about_id
         AND later.round > n.round)",
        none,
    )
}

/// Drafts a reminder of a notice.
async fn remind(app: &App, by: &Watch, at: Timestamp, late: &Notice) -> Result<()> {
    let lang = Lang::from_code(&late.lang).unwrap_or_default();
    let sent = late.sent_at.unwrap_or(late.drafted_at).0.to_zoned(app.settings.zone.clone());
    let (sent, due) = (lang.date(sent.date()), lang.date(late.due_on.0));
    let opening = lang
        .fill("notices.reminder.opening", &[("code", &late.code), ("sent", &sent), ("due", &due)]);
    let subject = lang.fill("notices.reminder.subject", &[("subject", &late.subject)]);
    draft::remind(app, by, at, late, &subject, &opening).await
}
