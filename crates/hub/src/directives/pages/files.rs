//! Kept files on their way back to a person.

use axum::{
    extract::{Path, State},
    response::Response,
};

use crate::{
    App, Error,
    directives::{DirectiveId, TaskId, bundle, read},
    web::{Ctx, Page, attachment},
};

/// A file that came with a letter.
pub(super) async fn of_letter(
    State(app): State<App>,
    ctx: Ctx,
    Path((id, sha256)): Path<(String, String)>,
) -> Page<Response> {
    let id: DirectiveId = id.parse()?;
    read::directive(&app.db, ctx.viewer.scope(), &id).await?;
    let files = read::attachments(&app.db, &id).await?;
    let file = files.into_iter().find(|file| file.sha256 == sha256).ok_or(Error::NotFound)?;
    send(&app, &file.sha256, &file.name).await
}

/// A file of evidence.
pub(super) async fn of_task(
    State(app): State<App>,
    ctx: Ctx,
    Path((id, sha256)): Path<(String, String)>,
) -> Page<Response> {
    let id: TaskId = id.parse()?;
    let task = read::task(&app.db, ctx.viewer.scope(), &id).await?;
    let files = read::evidence(&app.db, &task).await?;
    let file = files.into_iter().find(|file| file.sha256 == sha256).ok_or(Error::NotFound)?;
    send(&app, &file.sha256, &file.name).await
}

/// The signed evidence of a closed letter.
pub(super) async fn bundle_of_letter(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
) -> Page<Response> {
    let packed = bundle::of_directive(&app, ctx.viewer.scope(), ctx.now, &id.parse()?).await?;
    Ok(attachment(&packed.name, "application/zip", packed.bytes))
}

/// The signed evidence of an accepted task.
pub(super) async fn bundle_of_task(
    State(app): State<App>,
    ctx: Ctx,
    Path(id): Path<String>,
) -> Page<Response> {
    let packed = bundle::of_task(&app, ctx.viewer.scope(), ctx.now, &id.parse()?).await?;
    Ok(attachment(&packed.name, "application/zip", packed.bytes))
}

async fn send(app: &App, sha256: &str, name: &str) -> Page<Response> {
    let bytes = app.files.read(sha256).await?;
    // Never shown inside our own pages: it is saved, whatever it says it is.
    Ok(attachment(&own_name(sha256, name), "application/octet-stream", bytes))
}

/// A name of our own: the digest's beginning, and the ending if it is plain.
fn own_name(sha256: &str, name: &str) -> String {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let plain =
        (1..=5).contains(&ending.len()) && ending.bytes().all(|b| b.is_ascii_alphanumeric());
    let start = sha256.get(..12).unwrap_or(sha256);
    if plain { format!("{start}.{}", ending.to_ascii_lowercase()) } else { start.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::own_name;

    #[test]
    fn a_saved_name_is_ours() {
        for (name, expected) in [
            ("Báo cáo.PDF", "0123456789ab.pdf"),
            ("x", "0123456789ab"),
            ("a.b/../c", "0123456789ab"),
            ("evil.\"\r\nx", "0123456789ab"),
        ] {
            assert_eq!(own_name("0123456789abcdef", name), expected);
        }
    }
}
