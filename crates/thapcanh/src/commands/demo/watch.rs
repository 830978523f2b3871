//! The night's logs are hunted in, and the watch answers for what was found.

use anyhow::{Context, Result, ensure};
use detect::hunt::{JsonLinesSink, Options, Prepared, run};
use hub::{
    App,
    access::{Scope, Watch},
    alerts::{
        Outcome, Shown, acknowledge,
        close::{self, Close},
        raise::{self, About},
        read,
    },
    store::Direction,
};
use sample::Log;
use words::Lang;

use crate::commands::hunt::built_in;

/// Hunts in every log as it is brought back; takes on the gravest alert and
/// closes what was meant to be.
pub async fn watch(app: &App, logs: &[Log]) -> Result<()> {
    let (by, at) = (Watch::of_system("demo"), app.clock.now());
    for log in logs {
        let found = hunt(log)?;
        let about = About { unit: Some(log.unit.to_owned()), ..About::default() };
        let told = raise::raise(app, &by.clone().into(), at, &found, &about).await?;
        let taken = !told.is_empty() && told.iter().all(|one| one.found.is_none());
        ensure!(taken, "{}: {told:?}", log.name);
    }
    let all = read::select(&Scope::province()).order("a.id", Direction::Up);
    let alerts: Vec<Shown> = all.fetch(app.db.reader()).await?;
    let of = |log: Option<&Log>| {
        let unit = log.map(|log| log.unit);
        alerts.iter().filter(move |shown| shown.unit_code.as_deref() == unit)
    };
    if let Some(gravest) = of(logs.first()).max_by_key(|shown| shown.alert.level) {
        acknowledge::acknowledge(app, &by, at, &gravest.alert.id).await?;
    }
    let reason = Lang::Vi.t("cli.demo.meant").into_owned();
    for meant in of(logs.last()) {
        let why = Close { outcome: Outcome::Benign, reason: reason.clone() };
        close::close(app, &by, at, &meant.alert.id, &why).await?;
    }
    Ok(())
}

/// What the rules in the binary find, as `thapcanh hunt` writes it.
fn hunt(log: &Log) -> Result<Vec<u8>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join(&log.name);
    std::fs::write(&path, &log.bytes)?;
    let options = Options { rule_texts: built_in(), ..Options::new(vec![path], log.received_at) };
    let prepared = Prepared::new(&options).ok().context("the rules in the binary")?;
    let mut sink = JsonLinesSink(Vec::new());
    run(&options, &prepared, &mut sink, &mut |_| ())?;
    // The file's own name, not where it lay for the moment of the hunt.
    let lines = String::from_utf8(sink.0)?;
    Ok(lines.replace(&format!("{}/", folder.path().display()), "").into_bytes())
}
