//! The cards of the rooms: what each brings to the house, in one place.

use axum::Router;
use utoipa_axum::router::OpenApiRouter;

use crate::{App, access::Viewer, checks::Check, jobs::Job, people};

/// A room's card.
#[derive(Clone, Copy)]
pub struct Noun {
    /// Its name: the folder, the first part of its paths, actions and locale keys.
    pub name: &'static str,
    /// Its tables, as steps that are only ever added to.
    pub schema: &'static [&'static str],
    /// Its pages.
    pub pages: Option<fn() -> Router<App>>,
    /// Its part of `/api/v1`.
    pub api: Option<fn() -> OpenApiRouter<App>>,
    /// Its entries in the menu.
    pub menu: &'static [Entry],
    /// What it does by itself.
    pub jobs: &'static [Job],
    /// What it can prove for a demand.
    pub checks: &'static [&'static dyn Check],
}

/// A line of the menu.
#[derive(Clone, Copy)]
pub struct Entry {
    /// Where it leads.
    pub path: &'static str,
    /// Locale key of its text.
    pub text: &'static str,
    /// Who sees it.
    pub shown: fn(&Viewer) -> bool,
}

impl Noun {
    /// A card with nothing on it but the name.
    pub const fn named(name: &'static str) -> Self {
        Self { name, schema: &[], pages: None, api: None, menu: &[], jobs: &[], checks: &[] }
    }
}

/// Every room, ground first: a room's tables may refer to those before it, and
/// the menu follows this order from the end.
pub const ALL: &[Noun] = &[
    Noun { schema: &[include_str!("audit/schema.sql")], ..Noun::named("audit") },
    Noun { schema: &[include_str!("store/schema.sql")], ..Noun::named("store") },
    people::NOUN,
];
