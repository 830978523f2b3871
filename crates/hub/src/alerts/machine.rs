//! Which machine of the register a log speaks of.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};

use super::{Question, posted::clean};
use crate::{
    Result,
    access::Scope,
    ids::UnitId,
    registry::{
        HostId,
        hosts::{self, Host},
    },
    store::Db,
};

/// A machine as a log names it, and as far as the register knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    /// Whose it is.
    pub unit: Option<UnitId>,
    /// Its identifier in the register.
    pub host: Option<HostId>,
    /// Its name, as the register writes it where it knows it.
    pub name: String,
    /// The name folded.
    pub key: String,
    /// Why the register's machine is not known.
    pub question: Option<Question>,
}

impl Machine {
    /// One that the register does not know.
    pub fn unmatched(unit: Option<UnitId>, name: &str, question: Question) -> Self {
        let name = clean(name);
        Self { unit, host: None, key: words::fold(&name), name, question: Some(question) }
    }

    /// One of the register's.
    pub fn of(host: Host) -> Self {
        let key = words::fold(&host.name);
        Self { unit: Some(host.unit_id), host: Some(host.id), name: host.name, key, question: None }
    }
}

/// Looks machines up, each name once.
pub(super) struct Finder<'a> {
    db: &'a Db,
    inside: Option<Scope>,
    found: BTreeMap<String, Machine>,
}

impl<'a> Finder<'a> {
    /// Looks inside a scope; nowhere if nobody said whose the log is.
    pub(super) fn new(db: &'a Db, inside: Option<Scope>) -> Self {
        Self { db, inside, found: BTreeMap::new() }
    }

    /// The machine that a log calls `name`.
    pub(super) async fn find(&mut self, name: &str) -> Result<Machine> {
        if let Some(found) = self.found.get(name) {
            return Ok(found.clone());
        }
        let machine = self.look(name).await?;
        self.found.insert(name.to_owned(), machine.clone());
        Ok(machine)
    }

    async fn look(&self, name: &str) -> Result<Machine> {
        let units = self.inside.as_ref().and_then(Scope::units);
        let only = units.filter(|units| units.len() == 1).and_then(BTreeSet::first);
        let unmatched = |question| Ok(Machine::unmatched(only.cloned(), name, question));
        if clean(name).is_empty() {
            return unmatched(Question::Unnamed);
        }
        let Some(inside) = &self.inside else { return unmatched(Question::NoUnit) };
        let mut hosts = named(self.db, inside, name).await?;
        match hosts.pop() {
            Some(host) if hosts.is_empty() => Ok(Machine::of(host)),
            Some(_) => unmatched(Question::Several),
            None => unmatched(Question::Unknown),
        }
    }
}

/// The machines of a scope that a log may call `name`: by address, by name, or
/// by the first label of a name with its domain.
pub(super) async fn named(db: &Db, scope: &Scope, name: &str) -> Result<Vec<Host>> {
    let name = name.trim();
    if let Ok(address) = name.parse::<IpAddr>() {
        return hosts::at_address(db, scope, address).await;
    }
    let whole = of_name(db, scope, name).await?;
    match name.split_once('.') {
        Some((label, _)) if whole.is_empty() => of_name(db, scope, label).await,
        _ => Ok(whole),
    }
}

async fn of_name(db: &Db, scope: &Scope, name: &str) -> Result<Vec<Host>> {
    let key = words::fold(&clean(name));
    hosts::select(scope).and("h.name_key = {}", [key]).fetch(db.reader()).await
}
