//! The cards of the rooms: what each brings to the house, in one place.

use std::pin::Pin;

use axum::Router;
use maud::Markup;
use utoipa_axum::router::OpenApiRouter;

use crate::{
    App, Result,
    access::Viewer,
    checks::Check,
    jobs::Job,
    notices::reply::Replies,
    notify::Correspondent,
    registry::HostId,
    web::{Ctx, parts::Tone},
};

/// A room's card.
#[derive(Clone, Copy)]
pub struct Noun {
    /// Its name: the folder, the first part of its paths, actions and locale keys.
    pub name: &'static str,
    /// The part of the menu where people look for it.
    pub section: Section,
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
    /// What it has for the viewer's first page.
    pub home: Option<for<'a> fn(&'a App, &'a Ctx) -> Greeting<'a>>,
    /// What it has for the page of a machine.
    pub host: Option<for<'a> fn(&'a App, &'a Ctx, &'a HostId) -> Part<'a>>,
    /// How it writes its mails, and hears what became of them.
    pub mail: Option<&'static dyn Correspondent>,
    /// How it takes answers to its notices from people without an account.
    pub replies: Option<&'static dyn Replies>,
}

/// A part of the menu, named in the locales as `web.section.<name>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// What is asked, and whether it is done.
    Goal,
    /// What machines and people found out.
    Sensing,
    /// Who and what there is.
    Ground,
    /// The house itself.
    House,
}

impl Section {
    /// Locale key of its heading.
    pub fn text(self) -> &'static str {
        match self {
            Self::Goal => "web.section.goal",
            Self::Sensing => "web.section.sensing",
            Self::Ground => "web.section.ground",
            Self::House => "web.section.house",
        }
    }
}

/// A room's part of a page of another room, being drawn.
pub type Part<'a> = Pin<Box<dyn Future<Output = Result<Markup>> + Send + 'a>>;

/// A room's part of the first page, being put together.
pub type Greeting<'a> = Pin<Box<dyn Future<Output = Result<Home>> + Send + 'a>>;

/// A room's part of the first page.
#[derive(Clone, Debug, Default)]
pub struct Home {
    /// What waits for this viewer.
    pub waiting: Vec<Waiting>,
    /// What the viewer had best do next, the most pressing first.
    pub next: Vec<Next>,
    /// The steps from an empty house to a working one, as far as this room has them.
    pub steps: Vec<Step>,
}

/// One thing to do next, in the viewer's language.
#[derive(Clone, Debug)]
pub struct Next {
    /// What.
    pub title: String,
    /// Why now, and until when.
    pub why: String,
    /// Where.
    pub path: String,
}

/// Something that waits for the viewer.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// How many.
    pub count: i64,
    /// Locale key of what it is.
    pub text: &'static str,
    /// Where to deal with it.
    pub path: String,
    /// How pressing it is.
    pub tone: Tone,
}

/// A step of setting up.
#[derive(Clone, Debug)]
pub struct Step {
    /// Place in the order, over all rooms: tens, so that others fit between.
    pub order: u32,
    /// Locale key of what to do.
    pub text: &'static str,
    /// Where to do it.
    pub path: &'static str,
    /// Whether it is done.
    pub finished: bool,
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
        Self {
            name,
            section: Section::House,
            schema: &[],
            pages: None,
            api: None,
            menu: &[],
            jobs: &[],
            checks: &[],
            home: None,
            host: None,
            mail: None,
            replies: None,
        }
    }
}

/// Every room, ground first: a room's tables may refer to those before it, and
/// the menu follows this order from the end.
pub const ALL: &[Noun] = &[
    crate::audit::NOUN,
    crate::installation::NOUN,
    Noun { schema: &[include_str!("store/schema.sql")], ..Noun::named("store") },
    crate::works::NOUN,
    crate::people::NOUN,
    crate::registry::NOUN,
    crate::notify::NOUN,
    crate::notices::NOUN,
    crate::exposures::NOUN,
    crate::sightings::NOUN,
    crate::alerts::NOUN,
    crate::directives::NOUN,
];
