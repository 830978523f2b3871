//! `/events`: the names of the nouns that change, as server-sent events (HTML
//! Living Standard, 9.2). A page fetches itself again; nothing of the change
//! itself goes over this line, and a unit hears only of its own.

use std::convert::Infallible;

use axum::{
    Router,
    extract::State,
    response::sse::{Event, KeepAlive, Sse},
    routing::get,
};
use futures_util::Stream;
use tokio_stream::{StreamExt, wrappers::BroadcastStream};

use super::Ctx;
use crate::{App, access::Scope, ids::UnitId, store::Changed};

pub(super) fn routes() -> Router<App> {
    Router::new().route("/events", get(events))
}

async fn events(
    State(app): State<App>,
    ctx: Ctx,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let scope = ctx.viewer.scope().clone();
    let stream = BroadcastStream::new(app.db.changes())
        .filter_map(Result::ok)
        .filter(move |changed| concerns(&scope, changed))
        .map(|changed| Ok(Event::default().data(changed.noun)));
    Sse::new(stream).keep_alive(KeepAlive::default())
}

fn concerns(scope: &Scope, changed: &Changed) -> bool {
    let unit = changed.unit.as_ref().and_then(|unit| unit.parse::<UnitId>().ok());
    match unit {
        Some(unit) => scope.contains(&unit),
        None => scope.is_province(),
    }
}
