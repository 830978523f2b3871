//! Files of the register.

use std::collections::BTreeSet;

use anyhow::Result;
use diag::Diagnostic;
use hub::{
    access::Decide,
    registry::{
        Keeper, Kind,
        import::{Counts, Outcome, RowResult, apply, foresee, rows, upload},
    },
    store::{Direction, Json, Select},
    works::Progress,
};

use super::{Bringing, bar::Bar};
use crate::commands::say::out;

/// Brings it in, or says what would become of it. Returns how many rows were rejected.
pub(super) async fn bring(mut bringing: Bringing<'_>, kind: Kind) -> Result<u64> {
    let bytes = std::mem::take(&mut bringing.bytes);
    let (counts, whole, rows) = if bringing.arguments.dry_run {
        preview(&bringing, kind, bytes).await
    } else {
        take(&bringing, kind, bytes).await
    }
    .map_err(|error| bringing.refused(error))?;
    bringing.dry();
    tell_counts(&bringing, counts);
    bringing.tell(&without_rows(whole, &rows));
    for row in &rows {
        tell_row(&bringing, row);
    }
    Ok(counts.rejected.unsigned_abs())
}

type Became = (Counts, Vec<Diagnostic>, Vec<RowResult>);

async fn preview(bringing: &Bringing<'_>, kind: Kind, bytes: Vec<u8>) -> hub::Result<Became> {
    let by = Keeper::from(Decide::of_system("command-line"));
    let at = bringing.app.clock.now();
    let (file, counts, rows) = foresee(&bringing.app, &by, at, kind, bytes).await?;
    if file.is_refused() {
        return Err(hub::Error::Invalid(file.diagnostics));
    }
    Ok((counts, file.diagnostics, rows))
}

async fn take(bringing: &Bringing<'_>, kind: Kind, bytes: Vec<u8>) -> hub::Result<Became> {
    let by = Keeper::from(Decide::of_system("command-line"));
    let (app, at) = (&bringing.app, bringing.app.clock.now());
    let progress = Progress::default();
    let _bar = Bar::of(&progress, bringing.lang);
    let id = upload(app, &by, at, kind, &bringing.name, bytes, None).await?;
    let report = apply(app, &by, at, &id, &progress).await?;
    let whole: Option<(Json<Vec<Diagnostic>>,)> = Select::new("diagnostics", "imports")
        .and("id = {}", [report.id.as_str()])
        .fetch_first(app.db.reader())
        .await?;
    let none: [&str; 0] = [];
    let told = rows(&report.id)
        .and("r.diagnostics <> '[]' OR r.outcome = 'rejected'", none)
        .order("r.line", Direction::Up)
        .fetch(app.db.reader())
        .await?;
    Ok((report.counts, whole.map(|(found,)| found.0).unwrap_or_default(), told))
}

/// Findings about lines that have their own result are told there.
fn without_rows(whole: Vec<Diagnostic>, rows: &[RowResult]) -> Vec<Diagnostic> {
    let told: BTreeSet<Option<u64>> = rows.iter().map(|row| u64::try_from(row.line).ok()).collect();
    let of_file = |one: &Diagnostic| one.place.line.is_none() || !told.contains(&one.place.line);
    whole.into_iter().filter(of_file).collect()
}

fn tell_counts(bringing: &Bringing<'_>, counts: Counts) {
    let number = |n: i64| bringing.lang.number(n.unsigned_abs());
    let values: [(&str, &dyn std::fmt::Display); 5] = [
        ("file", &bringing.name),
        ("created", &number(counts.created)),
        ("updated", &number(counts.updated)),
        ("unchanged", &number(counts.unchanged)),
        ("rejected", &number(counts.rejected)),
    ];
    out(bringing.lang.fill("cli.import.counts", &values));
}

fn tell_row(bringing: &Bringing<'_>, row: &RowResult) {
    bringing.tell(&row.diagnostics.0);
    if row.outcome == Outcome::Rejected {
        let values: [(&str, &dyn std::fmt::Display); 2] = [("line", &row.line), ("raw", &row.raw)];
        out(format_args!("    {}", bringing.lang.fill("cli.import.rejected-row", &values)));
    }
}
