//! Notices without a mail server: as a file that a mail program opens, all of
//! them in one zip, or on paper. Each carries a reply link of its own.

use std::io::{Cursor, Write};

use jiff::Timestamp;

use super::{
    EventKind, Notice, NoticeId, State, link,
    note::{Happened, happened},
    post, read,
};
use crate::{
    App, Error, Result,
    access::{Scope, Watch},
    installation,
    notify::{Attachment, letter},
    registry::contacts,
};

/// The file of a notice, if it has one.
pub async fn attachment(app: &App, notice: &Notice) -> Result<Option<Attachment>> {
    let Some((sha256, name)) = notice.file_sha256.as_ref().zip(notice.file_name.as_ref()) else {
        return Ok(None);
    };
    let bytes = app.files.read(sha256).await?;
    Ok(Some(Attachment { name: name.clone(), kind: "text/csv; charset=utf-8", bytes }))
}

/// A notice with a fresh reply link, for paper.
pub async fn print(
    app: &App,
    by: &Watch,
    at: Timestamp,
    id: &NoticeId,
) -> Result<(Notice, String)> {
    with_link(app, by, at, id, EventKind::Printed).await
}

/// A notice as a mail that a mail program opens for sending.
pub async fn eml(app: &App, by: &Watch, at: Timestamp, id: &NoticeId) -> Result<(String, Vec<u8>)> {
    let (notice, secret) = with_link(app, by, at, id, EventKind::Saved).await?;
    let all = contacts::for_notice(&app.db, &notice.unit_id, at).await?;
    let first = all.into_iter().find(|contact| contact.email.is_some());
    let (name, address) = match first {
        Some(contact) => (contact.name, contact.email),
        None => (notice.unit_name.clone(), None),
    };
    let letter = post::letter(app, &notice, &secret, &name, address).await?;
    let from = installation::read(&app.db).await?.mail.map(|mail| mail.from).unwrap_or_default();
    Ok((format!("{}.eml", notice.code), letter::draft(&letter, &from, at)?))
}

/// Several notices as mails, in one zip.
pub async fn zip(app: &App, by: &Watch, at: Timestamp, ids: &[NoticeId]) -> Result<Vec<u8>> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for id in ids {
        let (name, bytes) = eml(app, by, at, id).await?;
        let options = zip::write::SimpleFileOptions::default();
        archive.start_file(name, options).map_err(Error::internal)?;
        archive.write_all(&bytes)?;
    }
    Ok(archive.finish().map_err(Error::internal)?.into_inner())
}

async fn with_link(
    app: &App,
    by: &Watch,
    at: Timestamp,
    id: &NoticeId,
    kind: EventKind,
) -> Result<(Notice, String)> {
    let notice = read::get(&app.db, &Scope::province(), id).await?;
    if notice.state == State::Withdrawn {
        return Err(Error::conflict("notices.withdrawn"));
    }
    let mut change = app.db.change(by.actor(), at).await?;
    let secret = link::make(&mut change, id, None, &notice.unit_name).await?;
    happened(&mut change, id, Happened::new(kind)).await?;
    change.commit().await?;
    Ok((notice, secret))
}
