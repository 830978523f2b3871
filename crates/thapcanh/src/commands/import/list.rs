//! Botnet lists.

use anyhow::{Result, anyhow};
use diag::Diagnostic;
use hub::{
    access::Watch,
    sightings::{
        Tally,
        feeds::{self, Feed},
        import::{Incoming, Look, Taken, preview, take_in},
    },
    store::{Json, Select},
    works::Progress,
};

use super::{Bringing, bar::Bar};
use crate::commands::say::{out, refused};

/// Brings it in, or says what would become of it. Returns how many rows were rejected.
pub(super) async fn bring(mut bringing: Bringing<'_>) -> Result<u64> {
    let feed = feed(&bringing).await?;
    let bytes = std::mem::take(&mut bringing.bytes);
    let became = if bringing.arguments.dry_run {
        foresee(&bringing, &feed, bytes).await
    } else {
        take(&bringing, &feed, bytes).await
    };
    let became = became.map_err(|error| bringing.refused(error))?;
    bringing.dry();
    let Some((tally, found)) = became else {
        out(bringing.lang.fill("cli.import.again", &[("file", &bringing.name)]));
        return Ok(0);
    };
    tell(&bringing, &tally);
    bringing.tell(&found);
    Ok(tally.rejected)
}

/// The feed of the code, or an error that names those there are.
async fn feed(bringing: &Bringing<'_>) -> Result<Feed> {
    let (lang, db) = (bringing.lang, &bringing.app.db);
    let code = bringing.arguments.feed.clone().unwrap_or_default();
    match feeds::by_code(db, &code).await {
        Err(hub::Error::NotFound) => {
            let all = feeds::all(db).await.map_err(|error| refused(lang, error))?;
            let known: Vec<&str> = all.iter().map(|feed| feed.code.as_str()).collect();
            let known = if known.is_empty() { "–".to_owned() } else { known.join(", ") };
            Err(anyhow!(lang.fill("cli.import.no-feed", &[("feed", &code), ("known", &known)])))
        }
        found => found.map_err(|error| refused(lang, error)),
    }
}

/// What became of a list; nothing when its bytes were there before.
type Became = Option<(Tally, Vec<Diagnostic>)>;

async fn foresee(bringing: &Bringing<'_>, feed: &Feed, bytes: Vec<u8>) -> hub::Result<Became> {
    let app = &bringing.app;
    let look = Look {
        file_name: bringing.name.clone(),
        bytes: bytes.into(),
        feed: Some(feed.id.clone()),
        covers: bringing.arguments.from.zip(bringing.arguments.to),
        settings: None,
    };
    let seen = preview(app, app.clock.now(), look).await?;
    Ok(seen.again.is_none().then_some((seen.plan.tally, seen.list.diagnostics)))
}

async fn take(bringing: &Bringing<'_>, feed: &Feed, bytes: Vec<u8>) -> hub::Result<Became> {
    let incoming = Incoming {
        feed: feed.id.clone(),
        file_name: bringing.name.clone(),
        bytes: bytes.into(),
        covers: bringing.arguments.from.zip(bringing.arguments.to),
        settings: None,
        draft: None,
    };
    let by = Watch::of_system("command-line");
    let app = &bringing.app;
    let progress = Progress::default();
    let _bar = Bar::of(&progress, bringing.lang);
    match take_in(app, &by, app.clock.now(), incoming, &progress).await? {
        Taken::Again { .. } => Ok(None),
        Taken::New { list, tally } => {
            let found: Option<(Json<Vec<Diagnostic>>,)> = Select::new("diagnostics", "lists")
                .and("id = {}", [list.as_str()])
                .fetch_first(app.db.reader())
                .await?;
            Ok(Some((tally, found.map(|(found,)| found.0).unwrap_or_default())))
        }
    }
}

fn tell(bringing: &Bringing<'_>, tally: &Tally) {
    let n = |n: u64| bringing.lang.number(n);
    let values: [(&str, &dyn std::fmt::Display); 8] = [
        ("file", &bringing.name),
        ("lines", &n(tally.lines)),
        ("placed", &n(tally.placed)),
        ("units", &n(tally.units)),
        ("queued", &n(tally.queued)),
        ("excluded", &n(tally.excluded)),
        ("duplicate", &n(tally.duplicate)),
        ("rejected", &n(tally.rejected)),
    ];
    out(bringing.lang.fill("cli.import.tally", &values));
    let values: [(&str, &dyn std::fmt::Display); 3] = [
        ("created", &n(tally.created)),
        ("reopened", &n(tally.reopened)),
        ("verified", &n(tally.verified)),
    ];
    out(bringing.lang.fill("cli.import.sightings", &values));
}
