//! Who is looking, what they may see, and what they may do: as types.
//!
//! * [`Actor`] is who a record names.
//! * [`Scope`] is which units' rows somebody may see. Reading functions take it.
//! * [`Viewer`] is somebody signed in. From a viewer one gets a right
//!   ([`Decide`], [`Answer`] …); a verb takes the right, so what you may not do
//!   you cannot call.
//!
//! The rights by role:
//!
//! | role | sees | [`Administer`] | [`Decide`] | [`Watch`] | [`Answer`] |
//! |---|---|---|---|---|---|
//! | administrator | all | yes | yes | yes | any unit |
//! | analyst | all | | yes | yes | any unit |
//! | duty | all | | | yes | |
//! | auditor | all | | | | |
//! | unit officer | own units, and those they took over | | | | own units |
//! | unit head | the same | | | | own units, as head |

mod rights;
mod scope;

use serde::{Deserialize, Serialize};

pub use rights::{Administer, Answer, Decide, Over, Provincial, Watch};
pub use scope::Scope;

use crate::{Error, Result, ids::AccountId, ids::UnitId};

/// Who a record of the chain names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// `account:ID`, `token:ID`, `link:ID` or `system:JOB`.
    pub id: String,
    /// The name as it was then.
    pub name: String,
}

impl Actor {
    /// A person's account.
    pub fn account(id: &AccountId, name: &str) -> Self {
        Self { id: format!("account:{id}"), name: name.to_owned() }
    }

    /// A part of the server itself.
    pub fn system(job: &str) -> Self {
        Self { id: format!("system:{job}"), name: job.to_owned() }
    }

    /// Whoever holds a reply link.
    pub fn link(id: &str, name: &str) -> Self {
        Self { id: format!("link:{id}"), name: name.to_owned() }
    }
}

/// What somebody is here for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs the installation.
    Administrator,
    /// Decides for the province's security team.
    Analyst,
    /// Keeps the watch.
    Duty,
    /// Reads all, changes nothing.
    Auditor,
    /// Answers for a unit.
    UnitOfficer,
    /// Answers for a unit as its head.
    UnitHead,
}

impl Role {
    /// Every role, in the order of menus.
    pub const ALL: [Self; 6] = [
        Self::Administrator,
        Self::Analyst,
        Self::Duty,
        Self::Auditor,
        Self::UnitOfficer,
        Self::UnitHead,
    ];

    /// The name in columns, in the API, and after `role.` in the locales.
    pub fn name(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Analyst => "analyst",
            Self::Duty => "duty",
            Self::Auditor => "auditor",
            Self::UnitOfficer => "unit_officer",
            Self::UnitHead => "unit_head",
        }
    }

    /// The role of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// Whether the role belongs to the province's own team.
    pub fn is_province(self) -> bool {
        !matches!(self, Self::UnitOfficer | Self::UnitHead)
    }
}

/// Somebody signed in, by session or by token.
#[derive(Clone, Debug)]
pub struct Viewer {
    /// Who the records will name.
    pub actor: Actor,
    /// The account behind it.
    pub account: AccountId,
    /// What they are here for.
    pub role: Role,
    /// False for a token that may only read.
    pub may_change: bool,
    scope: Scope,
}

impl Viewer {
    /// A viewer whose scope follows from the role: the province's people see
    /// all, a unit's people the given units.
    pub fn new(actor: Actor, account: AccountId, role: Role, units: Vec<UnitId>) -> Self {
        let scope = if role.is_province() { Scope::province() } else { Scope::of(units) };
        Self { actor, account, role, may_change: true, scope }
    }

    /// The same viewer, reading only.
    #[must_use]
    pub fn reading_only(mut self) -> Self {
        self.may_change = false;
        self
    }

    /// What they may see.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The right to run the installation.
    pub fn administer(&self) -> Result<Administer> {
        self.grant(matches!(self.role, Role::Administrator)).map(Administer::new)
    }

    /// The right to decide for the province.
    pub fn decide(&self) -> Result<Decide> {
        self.grant(matches!(self.role, Role::Administrator | Role::Analyst)).map(Decide::new)
    }

    /// The right to keep the watch: take in lists, place, send.
    pub fn watch(&self) -> Result<Watch> {
        let watches = matches!(self.role, Role::Administrator | Role::Analyst | Role::Duty);
        self.grant(watches).map(Watch::new)
    }

    /// The right to answer for `unit`. A unit outside the scope is not found.
    pub fn answer(&self, unit: &UnitId) -> Result<Answer> {
        if !self.scope.contains(unit) {
            return Err(Error::NotFound);
        }
        let answers = !matches!(self.role, Role::Duty | Role::Auditor);
        let actor = self.grant(answers)?;
        Ok(Answer::new(actor, unit.clone(), self.role == Role::UnitHead))
    }

    fn grant(&self, by_role: bool) -> Result<Actor> {
        if by_role && self.may_change { Ok(self.actor.clone()) } else { Err(Error::Forbidden) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn viewer(role: Role, units: &[&UnitId]) -> Viewer {
        let account = AccountId::new(jiff::Timestamp::UNIX_EPOCH);
        let actor = Actor::account(&account, "Người Thử");
        Viewer::new(actor, account, role, units.iter().map(|unit| (*unit).clone()).collect())
    }

    #[test]
    fn the_table_of_rights() {
        let own = UnitId::new(jiff::Timestamp::UNIX_EPOCH);
        let rows = [
            (Role::Administrator, [true, true, true, true]),
            (Role::Analyst, [false, true, true, true]),
            (Role::Duty, [false, false, true, false]),
            (Role::Auditor, [false, false, false, false]),
            (Role::UnitOfficer, [false, false, false, true]),
            (Role::UnitHead, [false, false, false, true]),
        ];
        for (role, expected) in rows {
            let viewer = viewer(role, &[&own]);
            let granted = [
                viewer.administer().is_ok(),
                viewer.decide().is_ok(),
                viewer.watch().is_ok(),
                viewer.answer(&own).is_ok(),
            ];
            assert_eq!(granted, expected, "{role:?}");
            let reading = viewer.reading_only();
            assert!(reading.answer(&own).is_err() && reading.decide().is_err(), "{role:?}");
        }
    }

    #[test]
    fn another_unit_is_not_there() {
        let [own, other] =
            [1, 2].map(|second| UnitId::new(jiff::Timestamp::from_second(second).unwrap()));
        let viewer = viewer(Role::UnitHead, &[&own]);
        assert!(matches!(viewer.answer(&other), Err(Error::NotFound)));
    }
}
