//! The folder that `--out` names: what a responder sends on and works through.

use std::path::Path;

use anyhow::Result;
use hub::web::{Sheet, csv_file, xlsx_book};

use super::{Telling, names::Names};
use crate::commands::say::{file_failed, refused};

/// Writes the summary, each unit's rows and notice, and what is left over.
pub(super) fn write(telling: &Telling<'_>, folder: &Path) -> Result<()> {
    let lang = telling.lang;
    std::fs::create_dir_all(folder).map_err(|cause| file_failed(lang, folder, &cause))?;
    let keep = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        std::fs::write(&path, bytes).map_err(|cause| file_failed(lang, &path, &cause))
    };
    let (summary, unplaced) = (telling.summary(), telling.unplaced());
    let bad = telling.bad_rows();
    let tab = |key: &str| lang.t(&format!("cli.botnet.{key}")).into_owned();
    let tabs = [tab("tab-summary"), tab("tab-unplaced"), tab("tab-bad-rows")];
    let book = xlsx_book(&[(&tabs[0], &summary), (&tabs[1], &unplaced), (&tabs[2], &bad)]);
    let csv = |sheet: &Sheet| csv_file(sheet).map_err(|error| refused(lang, error));
    keep("summary.csv", &csv(&summary)?)?;
    keep("summary.xlsx", &book.map_err(|error| refused(lang, error))?)?;
    keep("unplaced.csv", &csv(&unplaced)?)?;
    keep("bad-rows.csv", &csv(&bad)?)?;
    let mut names = Names::default();
    for unit in &telling.report.units {
        // The beginning keeps a unit called "summary", or "con", from being one.
        let name = format!("unit-{}", names.of(&unit.code));
        let rows = format!("{name}.csv");
        keep(&rows, &csv(&telling.unit(unit))?)?;
        keep(&format!("{name}.txt"), telling.notice(unit, &rows).as_bytes())?;
    }
    Ok(())
}
