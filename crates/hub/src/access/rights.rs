//! Rights as values. They are made in [`super::Viewer`] only; a verb that takes
//! one needs no check of its own.

use super::Actor;
use crate::ids::UnitId;

/// Defines a right that is nothing but who holds it.
macro_rules! right {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name(Actor);

        impl $name {
            pub(super) fn new(actor: Actor) -> Self {
                Self(actor)
            }

            /// Who holds it.
            pub fn actor(&self) -> &Actor {
                &self.0
            }

            /// The right held by a part of the server itself: a job, first
            /// start, or the replay of a demonstration.
            pub fn of_system(job: &'static str) -> Self {
                Self(Actor::system(job))
            }
        }
    };
}

right! {
    /// May run the installation: accounts, settings, mail server.
    Administer
}
right! {
    /// May decide for the province: issue, accept, return, approve, refuse.
    Decide
}
right! {
    /// May keep the watch: take in lists, place sightings, send notices.
    Watch
}

impl From<Decide> for Watch {
    fn from(right: Decide) -> Self {
        Self(right.0)
    }
}

/// May answer for one unit.
#[derive(Clone, Debug)]
pub struct Answer {
    actor: Actor,
    unit: UnitId,
    as_head: bool,
}

impl Answer {
    pub(super) fn new(actor: Actor, unit: UnitId, as_head: bool) -> Self {
        Self { actor, unit, as_head }
    }

    /// The right of whoever holds a reply link of `unit`. The link's own checks
    /// (expiry, revocation, rate) come before.
    pub fn by_link(actor: Actor, unit: UnitId) -> Self {
        Self { actor, unit, as_head: false }
    }

    /// Who holds it.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The unit answered for.
    pub fn unit(&self) -> &UnitId {
        &self.unit
    }

    /// Whether the unit's head answers.
    pub fn as_head(&self) -> bool {
        self.as_head
    }
}
