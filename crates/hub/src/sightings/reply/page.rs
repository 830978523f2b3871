//! The unit's sightings on the reply page, with large buttons.

use maud::{Markup, html};

use super::super::{
    State,
    answer::{Given, Word},
    lists::Row,
    notify,
    read::Shown,
};
use crate::{
    notices::reply::Guest,
    web::parts::{self, Tone},
};

/// Rows of the list shown under a sighting; the file has them all.
const ROWS_SHOWN: usize = 10;

pub(super) fn draw(guest: &Guest, shown: &[(Shown, Vec<Given>)], rows: &[Row]) -> Markup {
    let open = shown.iter().filter(|(one, _)| one.sighting.state.is_open()).count();
    html! {
        p { (guest.t("sightings-notice.reply.happened")) }
        p { (guest.t("sightings-notice.reply.do")) }
        p { (guest.t("sightings-notice.reply.then")) }
        @if open > 1 {
            section aria-label=(guest.t("sightings-notice.reply.all")) {
                h2 { (guest.lang.count("sightings-notice.reply.all-open", open as u64)) }
                (forms(guest, "all"))
            }
        }
        @for (one, given) in shown { (card(guest, one, given, rows)) }
    }
}

fn card(guest: &Guest, one: &Shown, given: &[Given], rows: &[Row]) -> Markup {
    let sighting = &one.sighting;
    let id = sighting.id.as_str();
    let own: Vec<&Row> =
        rows.iter().filter(|row| row.sighting_id.as_ref() == Some(&sighting.id)).collect();
    html! {
        section.card aria-label=(sighting.address) {
            h2 { span.mono { (sighting.address) } " " (state(guest, sighting.state)) }
            p {
                (notify::family(guest.lang, &sighting.family)) br;
                (guest.lang.fill("sightings-notice.reply.seen", &[
                    ("first", &guest.lang.date_time(sighting.first_seen.0, &guest.zone)),
                    ("last", &guest.lang.date_time(sighting.last_seen.0, &guest.zone)),
                ]))
            }
            @for answer in given { (recorded(guest, answer)) }
            (traces(guest, &own))
            @if sighting.state.is_open() || sighting.state == State::Claimed { (forms(guest, id)) }
        }
    }
}

fn state(guest: &Guest, state: State) -> Markup {
    let (tone, key) = match state {
        State::New | State::Merged => (Tone::Unknown, "open"),
        State::Placed | State::HostFound => (Tone::Bad, "open"),
        State::Reopened => (Tone::Bad, "again"),
        State::Claimed => (Tone::Claimed, "claimed"),
        State::Verified => (Tone::Good, "verified"),
        State::Refused => (Tone::Quiet, "refused"),
    };
    parts::badge(tone, &guest.t(&format!("sightings-notice.state.{key}")))
}

fn recorded(guest: &Guest, answer: &Given) -> Markup {
    html! {
        p.done {
            strong { (guest.t(&format!("sightings-notice.word.{}", answer.word.name()))) }
            " · " (guest.lang.date_time(answer.at.0, &guest.zone)) br;
            (answer.text)
            @if let Some(host) = &answer.host_name { " · " (host) }
            @if let Some(day) = answer.cleaned_on { " · " (guest.lang.date(day.0)) }
            @if let Some(file) = &answer.file_name { " · " (file) }
        }
    }
}

/// Ports, times and destinations, by which the machine behind a shared address
/// can be found in a firewall's log.
fn traces(guest: &Guest, rows: &[&Row]) -> Markup {
    html! {
        @if !rows.is_empty() {
            details {
                summary { (guest.t("sightings-notice.reply.traces")) }
                ul { @for row in rows.iter().take(ROWS_SHOWN) {
                    li.mono {
                        @if let Some(at) = row.seen_at { (guest.lang.date_time(at.0, &guest.zone)) " " }
                        (row.address.as_deref().unwrap_or_default())
                        @if let Some(port) = row.port { ":" (port) }
                        @let to = notify::destination(row);
                        @if !to.is_empty() { " → " (to) }
                    }
                } }
                @if rows.len() > ROWS_SHOWN { p.hint { (guest.t("sightings-notice.reply.more")) } }
            }
        }
    }
}

/// The four things to say, each a button that opens its form.
fn forms(guest: &Guest, sighting: &str) -> Markup {
    html! {
        @for word in Word::ALL {
            @let name = word.name();
            details {
                summary.button.wide { (guest.t(&format!("sightings-notice.word.{name}"))) }
                form method="post" action=(guest.action) enctype="multipart/form-data" {
                    (guest.form_key())
                    input type="hidden" name="sighting" value=(sighting);
                    input type="hidden" name="word" value=(name);
                    (fields(guest, *word, sighting))
                    button.primary.wide type="submit" { (guest.t("sightings-notice.reply.send")) }
                }
            }
        }
    }
}

fn fields(guest: &Guest, word: Word, sighting: &str) -> Markup {
    let id = |field: &str| format!("{field}-{}-{sighting}", word.name());
    let today = guest.now.to_zoned(guest.zone.clone()).date();
    let ask = format!("sightings-notice.ask.{}", word.name());
    html! {
        @if word == Word::Cleaned {
            (field(guest, &id("on"), "on", "date", "sightings-notice.ask.on", &today.to_string()))
            (field(guest, &id("host"), "host", "text", "sightings-notice.ask.host", ""))
        }
        div.field {
            label for=(id("text")) { (guest.t(&ask)) }
            textarea id=(id("text")) name="text" rows="3" required {}
        }
        (field(guest, &id("file"), "file", "file", "sightings-notice.ask.file", ""))
        (field(guest, &id("who"), "who", "text", "sightings-notice.ask.who", ""))
    }
}

/// A field of one of several forms on the page: its id is its own.
fn field(guest: &Guest, id: &str, name: &str, kind: &str, label: &str, value: &str) -> Markup {
    let value = Some(value).filter(|value| !value.is_empty());
    html! {
        div.field {
            label for=(id) { (guest.t(label)) }
            input id=(id) name=(name) type=(kind) value=[value] required[name == "on"];
        }
    }
}
