//! The part of the preview where a person says which column is which field.

use lists::{Settings, fields};
use maud::{Markup, html};
use tables::Mapping;

use crate::{
    sightings::import::Preview,
    web::{Ctx, parts},
};

/// Prefix of the form's fields for columns.
const COLUMN: &str = "column.";

/// One choice for each field, with the guessed column chosen.
pub(super) fn choices(ctx: &Ctx, preview: &Preview) -> Markup {
    let Some(mapping) = &preview.list.mapping else { return html! {} };
    let mut columns = vec![(String::new(), ctx.t("sightings.import.no-column"))];
    columns.extend(preview.list.header.iter().map(|name| (name.clone(), name.clone())));
    html! {
        fieldset {
            legend { (ctx.t("sightings.import.mapping")) }
            p.hint { (ctx.t("sightings.import.mapping-hint")) }
            div.row {
                @for field in fields::NAMES {
                    @let chosen = mapping.columns.get(field).map(String::as_str).unwrap_or_default();
                    (parts::choice(ctx.lang, &format!("sightings.column.{field}"), &format!("{COLUMN}{field}"), &columns, chosen))
                }
            }
        }
    }
}

/// The mapping that a form or a query says; `None` when it says none.
pub(super) fn read<'f>(pairs: impl Iterator<Item = (&'f String, &'f String)>) -> Option<Mapping> {
    let mut said = false;
    let mut mapping = Mapping::default();
    for (name, column) in pairs {
        let Some(field) = name.strip_prefix(COLUMN) else { continue };
        if fields::NAMES.contains(&field) {
            said = true;
            if !column.is_empty() {
                mapping = mapping.with(field, column);
            }
        }
    }
    said.then_some(mapping)
}

/// The settings with what the form says over them.
pub(super) fn settings(base: &Settings, zone: Option<&str>, mapping: Option<Mapping>) -> Settings {
    let mut settings = base.clone();
    if let Some(zone) = zone {
        settings.zone = Some(zone.to_owned());
    }
    if mapping.is_some() {
        settings.mapping = mapping;
    }
    settings
}
