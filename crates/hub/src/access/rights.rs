//! Rights as values. They are made in [`super::Viewer`] only; a verb that takes
//! one needs no check of its own.

use super::{Actor, Scope, Viewer};
use crate::{Error, Result, ids::UnitId};

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

/// A right that the province holds over every unit.
pub trait Provincial: Sized {
    /// The right of a viewer, if the role gives it.
    fn of(viewer: &Viewer) -> Result<Self>;
    /// Who holds it.
    fn actor(&self) -> &Actor;
}

impl Provincial for Decide {
    fn of(viewer: &Viewer) -> Result<Self> {
        viewer.decide()
    }
    fn actor(&self) -> &Actor {
        self.actor()
    }
}

impl Provincial for Watch {
    fn of(viewer: &Viewer) -> Result<Self> {
        viewer.watch()
    }
    fn actor(&self) -> &Actor {
        self.actor()
    }
}

/// A right over some units' part: the province's people over every unit by `P`,
/// a unit's people over their own.
#[derive(Clone, Debug)]
pub struct Over<P>(Hand<P>);

#[derive(Clone, Debug)]
enum Hand<P> {
    Province(P),
    Units(Vec<Answer>),
}

impl<P: Provincial> Over<P> {
    /// The right of a viewer.
    pub fn of(viewer: &Viewer) -> Result<Self> {
        let Some(units) = viewer.scope().units() else {
            return P::of(viewer).map(Self::from);
        };
        let answers: Vec<Answer> =
            units.iter().map(|unit| viewer.answer(unit)).collect::<Result<_>>()?;
        if answers.is_empty() {
            return Err(Error::Forbidden);
        }
        Ok(Self(Hand::Units(answers)))
    }

    /// Who holds it.
    pub fn actor(&self) -> &Actor {
        match &self.0 {
            Hand::Province(right) => right.actor(),
            Hand::Units(answers) => answers[0].actor(),
        }
    }

    /// Whether it is the province's.
    pub fn is_province(&self) -> bool {
        matches!(self.0, Hand::Province(_))
    }

    /// The units whose part may be changed.
    pub fn scope(&self) -> Scope {
        match &self.0 {
            Hand::Province(_) => Scope::province(),
            Hand::Units(answers) => Scope::of(answers.iter().map(|answer| answer.unit().clone())),
        }
    }

    /// Passes if the unit's part may be changed; another unit is not there.
    pub fn keeps(&self, unit: &UnitId) -> Result<()> {
        if self.scope().contains(unit) { Ok(()) } else { Err(Error::NotFound) }
    }
}

impl<P: Provincial> From<P> for Over<P> {
    fn from(right: P) -> Self {
        Self(Hand::Province(right))
    }
}

impl<P> From<Answer> for Over<P> {
    fn from(answer: Answer) -> Self {
        Self(Hand::Units(vec![answer]))
    }
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
