//! What should come and go by itself: lists, mails, jobs.

use hub::{
    Result,
    access::Scope,
    installation,
    jobs::{self, Ran},
    notify::mail::SECRETS,
    sightings::{
        feeds::{self, Every, Feed},
        lists,
    },
    store::Db,
};
use jiff::{SignedDuration, ToSpan};

use super::{Line, Patient};

/// The scheduler looks every second; an hourly job that did not run for a day says that no server runs.
const SILENT: SignedDuration = SignedDuration::from_hours(24);

/// Days after which the next list of a feed should be there, with some patience.
fn patience(every: Every) -> Option<i64> {
    match every {
        Every::Month => Some(31 + 15),
        Every::Week => Some(7 + 4),
        Every::Day => Some(1 + 2),
        Every::Irregular => None,
    }
}

/// Feeds whose next list is overdue: until it comes nothing of theirs is proved.
pub(super) async fn feeds(patient: &Patient<'_>, db: &Db) -> Result<Vec<Line>> {
    let feeds = feeds::all(db).await?;
    if feeds.is_empty() {
        return Ok(vec![Line::warning("feeds-none")]);
    }
    let lists = lists::all(db, &Scope::province()).await?;
    let mut lines = Vec::new();
    for feed in &feeds {
        let of_feed = lists.iter().filter(|list| list.feed_id == feed.id);
        lines.extend(overdue(patient, feed, of_feed.map(|list| list.covers_to.0).max()));
    }
    if lines.is_empty() {
        lines.push(Line::ok("feeds").with("n", patient.number(feeds.len())));
    }
    Ok(lines)
}

fn overdue(patient: &Patient<'_>, feed: &Feed, last: Option<jiff::civil::Date>) -> Option<Line> {
    let named = |name| Line::warning(name).with("feed", &feed.name).with("code", &feed.code);
    let Some(last) = last else { return Some(named("feed-empty")) };
    let until = last.saturating_add(patience(feed.every)?.days());
    (until < patient.today()).then(|| named("feed-overdue").with("last", patient.lang.date(last)))
}

/// Whether a mail server is set, and its password there.
pub(super) async fn mail(patient: &Patient<'_>, db: &Db) -> Result<Vec<Line>> {
    let Some(mail) = installation::read(db).await?.mail else {
        return Ok(vec![Line::warning("mail-none")]);
    };
    let secrets = patient.arguments.folder.data.join(SECRETS);
    let lost = mail.password_file.filter(|name| !secrets.join(name).is_file());
    Ok(vec![match lost {
        Some(name) => Line::problem("mail-password").with("file", format!("{SECRETS}/{name}")),
        None => Line::ok("mail").with("host", mail.host),
    }])
}

/// Jobs that failed, and whether any ran lately.
pub(super) async fn jobs(patient: &Patient<'_>, db: &Db) -> Result<Vec<Line>> {
    let ran = jobs::ran(db).await?;
    let mut lines: Vec<Line> = ran.iter().filter_map(|job| failed(patient, job)).collect();
    let last = ran.iter().map(|job| job.ran_at.0).max();
    match last {
        None => lines.push(Line::warning("jobs-never")),
        Some(last) if patient.now.duration_since(last) > SILENT => {
            let last = patient.lang.date_time(last, &patient.zone);
            lines.push(Line::warning("jobs-silent").with("last", last));
        }
        Some(_) if lines.is_empty() => {
            lines.push(Line::ok("jobs").with("n", patient.number(ran.len())));
        }
        Some(_) => {}
    }
    Ok(lines)
}

fn failed(patient: &Patient<'_>, job: &Ran) -> Option<Line> {
    let cause = job.failed.as_ref()?;
    let at = patient.lang.date_time(job.ran_at.0, &patient.zone);
    Some(Line::warning("job-failed").with("job", &job.name).with("cause", cause).with("at", at))
}
