//! Answering a notice about exposures: what to do on each of the unit's
//! machines, and a form that takes inventories without an account.

use maud::{Markup, html};

use super::{
    BasisId,
    inventories::{Delivery, Hand, Through, take_in},
    pages::todo,
    raise,
    read::{self, HostRow},
};
use crate::{
    App, Error, Result,
    access::Scope,
    notices::reply::{Guest, Replies, Replying},
    store::Direction,
    web::Upload,
};

/// What the room does for the answers to its notices.
pub(super) struct ExposureReplies;

impl Replies for ExposureReplies {
    fn page<'a>(&'a self, app: &'a App, guest: &'a Guest) -> Replying<'a, Markup> {
        Box::pin(page(app, guest))
    }

    fn answer<'a>(&'a self, app: &'a App, guest: &'a Guest, form: Upload) -> Replying<'a, String> {
        Box::pin(take(app, guest, form))
    }
}

async fn page(app: &App, guest: &Guest) -> Result<Markup> {
    let scope = Scope::of([guest.right.unit().clone()]);
    let hosts: Vec<HostRow> = raise::open_hosts(read::hosts(&scope), guest.now)
        .order("h.name_key", Direction::Up)
        .fetch(app.db.reader())
        .await?;
    Ok(html! {
        (raised(app, guest).await?)
        h2 { (guest.t("exposures.todo.title")) }
        @if hosts.is_empty() { p { (guest.t("exposures.todo.none")) } }
        @else { (todo::list(guest.lang, guest.now, &guest.zone, &hosts)) }
        h2 { (guest.t("exposures.deliver.title")) }
        p { (guest.t("exposures.deliver.how")) }
        form method="post" action=(guest.action) enctype="multipart/form-data" {
            (guest.form_key())
            (todo::delivery_fields(guest.lang))
            button.primary.wide type="submit" { (guest.t("exposures.deliver.send")) }
        }
    })
}

/// What grew graver, where the notice is an addendum.
async fn raised(app: &App, guest: &Guest) -> Result<Markup> {
    let Ok(basis) = guest.notice.about_id.parse::<BasisId>() else { return Ok(html! {}) };
    let raised = raise::of_basis(app, &basis).await?;
    let scope = Scope::of([guest.right.unit().clone()]);
    let mut own = Vec::new();
    for one in &raised {
        let having = read::having(&app.db, &scope, &one.cve).await?;
        if !having.is_empty() {
            let hosts: Vec<String> = having.into_iter().map(|row| row.host).collect();
            own.push((one, hosts.join(", ")));
        }
    }
    Ok(html! {
        @if !own.is_empty() {
            h2 { (guest.t("exposures-notice.raised.title")) }
            ul.findings { @for (one, hosts) in &own {
                li { strong { (one.cve) } ": " (raise::said(guest.lang, one)) br; span.hint { (hosts) } }
            } }
        }
    })
}

async fn take(app: &App, guest: &Guest, form: Upload) -> Result<String> {
    let delivery = delivery(form, Through::Link)?;
    let by = Hand::Unit(guest.right.clone());
    let taken = take_in(app, &by, guest.now, delivery).await?;
    let values: [(&str, &dyn std::fmt::Display); 3] =
        [("files", &taken.files), ("machines", &taken.machines), ("unplaced", &taken.unplaced)];
    Ok(guest.lang.fill("exposures.deliver.said", &values))
}

/// A delivery as a form sends it.
pub(super) fn delivery(form: Upload, through: Through) -> Result<Delivery> {
    let said_on = match form.text("collected_on") {
        None => None,
        Some(day) => {
            Some(day.parse().map_err(|_| Error::field("exposures.day-to-come", "collected_on"))?)
        }
    };
    let files = form.files.into_iter().map(|file| (file.name, file.bytes)).collect();
    Ok(Delivery { files, said_on, through })
}
