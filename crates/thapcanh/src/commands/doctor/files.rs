//! Kept files: there, of the right bytes, and spoken of.

use std::collections::BTreeSet;

use hub::{
    Result,
    store::{
        Db,
        files::{Files, Stored, registered},
    },
};

use super::{Line, Patient, few};
use crate::commands::digest;

/// Files that are read when nobody asked for all.
const SAMPLE: usize = 200;

#[derive(Debug, Default)]
struct Found {
    missing: Vec<String>,
    altered: Vec<String>,
    read: usize,
}

/// Every file that the state speaks of, and every file that it does not.
pub(super) async fn files(patient: &Patient<'_>, db: &Db) -> Result<Vec<Line>> {
    let folder = patient.arguments.folder.data.join("files");
    if !folder.is_dir() && registered(db, "").await?.is_empty() {
        return Ok(vec![Line::ok("files-none")]);
    }
    if !folder.is_dir() {
        return Ok(vec![Line::problem("files-gone").with("folder", folder.display())]);
    }
    let kept = Files::open(&folder)?;
    let known = all(db).await?;
    let found = compare(patient, &kept, &known)?;
    let mut lines = told(patient, &found, known.len());
    lines.extend(strangers(patient, &kept, &known)?);
    Ok(lines)
}

async fn all(db: &Db) -> Result<Vec<Stored>> {
    let mut known: Vec<Stored> = Vec::new();
    loop {
        let after = known.last().map(|file| file.sha256.clone()).unwrap_or_default();
        let some = registered(db, &after).await?;
        if some.is_empty() {
            return Ok(known);
        }
        known.extend(some);
    }
}

fn compare(patient: &Patient<'_>, kept: &Files, known: &[Stored]) -> Result<Found> {
    let step = if patient.arguments.deep { 1 } else { known.len().div_ceil(SAMPLE).max(1) };
    let mut found = Found::default();
    for (at, file) in known.iter().enumerate() {
        let path = kept.path(&file.sha256)?;
        let Ok(meta) = path.metadata() else {
            found.missing.push(file.sha256.clone());
            continue;
        };
        let mut same = meta.len() == file.size;
        if same && at % step == 0 {
            found.read += 1;
            same = digest::of_file(&path).is_ok_and(|passed| passed.sha256 == file.sha256);
        }
        if !same {
            found.altered.push(file.sha256.clone());
        }
    }
    Ok(found)
}

fn told(patient: &Patient<'_>, found: &Found, total: usize) -> Vec<Line> {
    let problem = |name, files: &[String]| {
        let line = Line::problem(name).with("n", patient.number(files.len()));
        line.with("files", few(files))
    };
    let mut lines = Vec::new();
    if !found.missing.is_empty() {
        lines.push(problem("files-missing", &found.missing));
    }
    if !found.altered.is_empty() {
        lines.push(problem("files-altered", &found.altered));
    }
    if lines.is_empty() {
        let line = Line::ok("files").with("n", patient.number(total));
        lines.push(line.with("read", patient.number(found.read)));
    }
    lines
}

/// Bytes that no row speaks of: left by a kill between the two, or put there by a hand.
fn strangers(patient: &Patient<'_>, kept: &Files, known: &[Stored]) -> Result<Option<Line>> {
    let known: BTreeSet<&str> = known.iter().map(|file| file.sha256.as_str()).collect();
    let mut strange = Vec::new();
    for path in kept.lying()? {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        let name = name.unwrap_or_default();
        if !known.contains(name.as_str()) {
            strange.push(name);
        }
    }
    let line = || {
        let line = Line::warning("files-orphan").with("n", patient.number(strange.len()));
        line.with("files", few(&strange))
    };
    Ok((!strange.is_empty()).then(line))
}
