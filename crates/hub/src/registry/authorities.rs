//! Authorities (*cơ quan đầu mối*): whom to report to, from the pack of the day.
//! Who is not named there is a set-up error, never last year's phone.

use diag::{Diagnostic, Place};
use jiff::civil::Date;
use packs::{Authorities, Authority, Packs, Role};

use crate::{App, Error, Result};

/// The roles that the pack of the day must name before anything can be reported.
pub const NEEDED: [Role; 3] =
    [Role::NationalCoordinator, Role::NationalMonitoring, Role::ProvincialLead];

/// The packs of authorities: the built-in ones, with the operator's own from
/// the data folder over them, and what was wrong with any.
pub fn packs(app: &App) -> Result<(Vec<Authorities>, Vec<Diagnostic>)> {
    let (packs, mut found) = Packs::with_overlay(&app.settings.data.join("packs"))?;
    let (all, broken) = packs.load_all::<Authorities>();
    found.extend(broken);
    Ok((all, found))
}

/// Whom to call in a role on a day.
pub fn find(app: &App, role: Role, on: Date) -> Result<Authority> {
    let (all, _) = packs(app)?;
    Authorities::find(&all, role, on)
        .cloned()
        .map_err(|_| Error::Setup(Box::new(missing(role, on))))
}

/// What to tell the operator about a role that nobody has on the day.
pub fn missing(role: Role, on: Date) -> Diagnostic {
    Diagnostic::error("registry.authority-missing", Place::default())
        .with("role", name(role))
        .with("day", on)
}

/// The name of a role: `registry.authority.<name>` in the locales.
pub fn name(role: Role) -> &'static str {
    match role {
        Role::NationalCoordinator => "national-coordinator",
        Role::NationalMonitoring => "national-monitoring",
        Role::ProvincialLead => "provincial-lead",
        Role::PoliceCyber => "police-cyber",
        Role::Pdp => "pdp",
        Role::Sector => "sector",
    }
}
