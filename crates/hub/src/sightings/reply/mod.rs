//! Answering a notice about a list: the unit's sightings of that list, and the
//! four things it can say of each or of all.

mod page;

use jiff::civil::Date;

use super::{
    ListId, SightingId,
    answer::{self, Attached, Reply, Word},
    lists,
    read::{self, Shown},
};
use crate::{
    App, Error, Result,
    access::Scope,
    notices::reply::{Guest, Replies, Replying},
    web::Upload,
};

/// What the room does for the answers to its notices.
pub(super) struct ListReplies;

impl Replies for ListReplies {
    fn page<'a>(&'a self, app: &'a App, guest: &'a Guest) -> Replying<'a, maud::Markup> {
        Box::pin(page(app, guest))
    }

    fn answer<'a>(&'a self, app: &'a App, guest: &'a Guest, form: Upload) -> Replying<'a, String> {
        Box::pin(take(app, guest, form))
    }
}

async fn page(app: &App, guest: &Guest) -> Result<maud::Markup> {
    let unit = guest.right.unit();
    let scope = Scope::of([unit.clone()]);
    let rows = lists::rows_of_unit(&app.db, &scope, &list(guest)?, unit).await?;
    let mut shown = Vec::new();
    for one in sightings(app, guest).await? {
        let given = answer::of(&app.db, &scope, &one.sighting.id).await?;
        shown.push((one, given));
    }
    Ok(page::draw(guest, &shown, &rows))
}

fn list(guest: &Guest) -> Result<ListId> {
    guest.notice.about_id.parse()
}

/// The unit's sightings of the notice's list, and no other's.
async fn sightings(app: &App, guest: &Guest) -> Result<Vec<Shown>> {
    let unit = guest.right.unit();
    let scope = Scope::of([unit.clone()]);
    read::of_list(&app.db, &scope, &list(guest)?, unit).await
}

async fn take(app: &App, guest: &Guest, form: Upload) -> Result<String> {
    let reply = reply(&form)?;
    let mut chosen = chosen(sightings(app, guest).await?, &form)?;
    chosen.retain(|one| form.text("sighting") != Some("all") || one.sighting.state.is_open());
    if chosen.is_empty() {
        return Err(Error::conflict("sightings-notice.nothing-open"));
    }
    check_day(app, &reply, &chosen)?;
    let file = form.files.into_iter().next();
    let file = file.map(|file| Attached { name: file.name, bytes: file.bytes });
    for one in &chosen {
        let id = &one.sighting.id;
        answer::give(app, &guest.right, guest.now, id, &reply, file.clone()).await?;
    }
    Ok(said(guest, &reply, &chosen))
}

/// Those of the unit's own sightings that the form speaks of.
fn chosen(own: Vec<Shown>, form: &Upload) -> Result<Vec<Shown>> {
    let named = form.text("sighting").ok_or(Error::NotFound)?;
    if named == "all" {
        return Ok(own);
    }
    let id: SightingId = named.parse()?;
    let one: Vec<Shown> = own.into_iter().filter(|shown| shown.sighting.id == id).collect();
    if one.is_empty() { Err(Error::NotFound) } else { Ok(one) }
}

fn reply(form: &Upload) -> Result<Reply> {
    let word = form.text("word").and_then(Word::named);
    let text = form.text("text").ok_or_else(|| Error::field("sightings.words-missing", "text"))?;
    let text = match form.text("who") {
        Some(who) => format!("{text} ({who})"),
        None => text.to_owned(),
    };
    match word.ok_or_else(|| Error::field("sightings-notice.word-missing", "word"))? {
        Word::Cleaned => Ok(Reply::Cleaned {
            how: text,
            on: day(form)?,
            host: form.text("host").map(str::to_owned),
        }),
        Word::NotOurs => Ok(Reply::NotOurs { why: text }),
        Word::FalseAlarm => Ok(Reply::FalseAlarm { why: text }),
        Word::NeedHelp => Ok(Reply::NeedHelp { what: text }),
    }
}

fn day(form: &Upload) -> Result<Date> {
    let text = form.text("on").unwrap_or_default();
    text.parse().map_err(|_| Error::field("sightings-notice.day-missing", "on"))
}

/// Nothing is taken down when the day cannot hold for one of them.
fn check_day(app: &App, reply: &Reply, chosen: &[Shown]) -> Result<()> {
    let Reply::Cleaned { on, .. } = reply else { return Ok(()) };
    let zone = &app.settings.zone;
    let too_early = |one: &Shown| one.sighting.last_seen.0.to_zoned(zone.clone()).date() > *on;
    if chosen.iter().any(too_early) {
        return Err(Error::field("sightings.cleaned-before-seen", "on"));
    }
    Ok(())
}

/// The answer in a line, for the notice's story.
fn said(guest: &Guest, reply: &Reply, chosen: &[Shown]) -> String {
    let word = guest.t(&format!("sightings-notice.word.{}", reply.word().name()));
    let addresses: Vec<&str> =
        chosen.iter().map(|one| one.sighting.address.as_str()).take(5).collect();
    let more = chosen.len().saturating_sub(5);
    let more = if more > 0 { format!(" (+{more})") } else { String::new() };
    format!("{word}: {}{more}", addresses.join(", "))
}
