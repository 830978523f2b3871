//! Inventories of machines.

use anyhow::Result;
use diag::Diagnostic;
use hub::{
    access::{Scope, Watch},
    exposures::inventories::{Delivery, File, Hand, Outcome, Through, files, take_in},
    ids::UnitId,
    registry::units,
    store::Direction,
};

use super::Bringing;
use crate::commands::say::{out, refused};

/// Takes a file or a zip of files in. Returns how many files were not usable.
pub(super) async fn bring(mut bringing: Bringing<'_>) -> Result<u64> {
    let unit = unit(&bringing).await?;
    let by = Hand::Province(Watch::of_system("command-line"), unit);
    let delivery = Delivery {
        files: vec![(bringing.name.clone(), std::mem::take(&mut bringing.bytes))],
        said_on: bringing.arguments.collected_on,
        through: Through::Command,
    };
    let (app, at) = (&bringing.app, bringing.app.clock.now());
    let taken = take_in(app, &by, at, delivery).await.map_err(|error| bringing.refused(error))?;
    let values: [(&str, &dyn std::fmt::Display); 5] = [
        ("files", &taken.files),
        ("machines", &taken.machines),
        ("unplaced", &taken.unplaced),
        ("unread", &taken.unread),
        ("judged", &taken.judged),
    ];
    out(bringing.lang.fill("cli.import.inventory", &values));
    let results: Vec<File> = files(&Scope::province())
        .and("f.inventory_id = {}", [taken.id.as_str()])
        .order("f.seq", Direction::Up)
        .fetch(app.db.reader())
        .await
        .map_err(|error| refused(bringing.lang, error))?;
    for file in &results {
        tell(&bringing, file);
    }
    Ok(taken.unread as u64)
}

fn tell(bringing: &Bringing<'_>, file: &File) {
    let key = match file.outcome {
        Outcome::Read => "cli.import.file-read",
        Outcome::Unread => "cli.import.file-unread",
    };
    let machines = file.machines.0.join(", ");
    let values: [(&str, &dyn std::fmt::Display); 2] =
        [("file", &file.name), ("machines", &machines)];
    out(format_args!("  {}", bringing.lang.fill(key, &values)));
    let found: Vec<Diagnostic> = file.diagnostics.0.clone();
    bringing.tell(&found);
}

/// The unit of the code that was given, if one was.
async fn unit(bringing: &Bringing<'_>) -> Result<Option<UnitId>> {
    let Some(code) = &bringing.arguments.unit else { return Ok(None) };
    let found = units::by_code(&bringing.app.db, &Scope::province(), code).await;
    found.map(|unit| Some(unit.id)).map_err(|error| refused(bringing.lang, error))
}
