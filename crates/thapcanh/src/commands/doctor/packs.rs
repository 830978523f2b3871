//! Packs: readable, not too old, and an authority for every role of today.

use hub::registry::authorities::{NEEDED, name};
use packs::{Authorities, Meta, Pack, Packs, Regime};

use super::{Line, Patient};
use crate::commands::say::sentence;

/// After a year somebody should look whether the facts still hold.
const OLD_DAYS: i32 = 365;

/// Everything about packs.
pub(super) fn packs(patient: &Patient<'_>) -> Vec<Line> {
    let folder = patient.arguments.folder.data.join("packs");
    let (packs, mut found) = match Packs::with_overlay(&folder) {
        Ok(read) => read,
        Err(cause) => return vec![Line::problem("pack-broken").with("what", cause)],
    };
    let (authorities, broken) = packs.load_all::<Authorities>();
    found.extend(broken);
    let (regimes, broken) = packs.load_all::<Regime>();
    found.extend(broken);
    let mut lines: Vec<Line> = found
        .iter()
        .map(|one| Line::problem("pack-broken").with("what", sentence(patient.lang, one)))
        .collect();
    let metas = authorities.iter().map(Pack::meta).chain(regimes.iter().map(Pack::meta));
    lines.extend(metas.filter_map(|meta| old(patient, meta)));
    if lines.is_empty() {
        lines.push(Line::ok("packs"));
    }
    lines.push(missing(patient, &authorities));
    lines
}

/// A pack that holds today and whose facts nobody has looked at for long.
fn old(patient: &Patient<'_>, meta: &Meta) -> Option<Line> {
    let today = patient.today();
    let old = meta.holds(today) && meta.age(today) > OLD_DAYS;
    let line = || {
        Line::warning("pack-old")
            .with("pack", format!("{}/{}", meta.kind, meta.name))
            .with("day", patient.lang.date(meta.data_as_of))
            .with("age", meta.age(today))
    };
    old.then(line)
}

fn missing(patient: &Patient<'_>, all: &[Authorities]) -> Line {
    let today = patient.today();
    let without = NEEDED.into_iter().filter(|role| Authorities::find(all, *role, today).is_err());
    let title = |role| patient.lang.t(&format!("registry.authority.{}", name(role))).into_owned();
    let without: Vec<String> = without.map(title).collect();
    if without.is_empty() {
        return Line::ok("authorities");
    }
    Line::problem("authority-missing")
        .with("roles", without.join(", "))
        .with("day", patient.lang.date(today))
}
