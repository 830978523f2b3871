//! Who may keep the register: the province all of it, a unit its own part.

use crate::{
    Error, Result,
    access::{Actor, Answer, Decide, Scope, Viewer},
    ids::UnitId,
};

/// The right to change what the register says of some units.
#[derive(Clone, Debug)]
pub struct Keeper(Hand);

#[derive(Clone, Debug)]
enum Hand {
    Province(Decide),
    Units(Vec<Answer>),
}

impl Keeper {
    /// The right of a viewer: the province's deciders over all units, a unit's
    /// people over their own.
    pub fn of(viewer: &Viewer) -> Result<Self> {
        let Some(units) = viewer.scope().units() else {
            return viewer.decide().map(Self::from);
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
            Hand::Province(decide) => decide.actor(),
            Hand::Units(answers) => answers[0].actor(),
        }
    }

    /// Whether what is entered holds without being approved by somebody else.
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

impl From<Decide> for Keeper {
    fn from(decide: Decide) -> Self {
        Self(Hand::Province(decide))
    }
}

impl From<Answer> for Keeper {
    fn from(answer: Answer) -> Self {
        Self(Hand::Units(vec![answer]))
    }
}
