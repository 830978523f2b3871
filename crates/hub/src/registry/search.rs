//! One search over the register: by name, code, telephone or address, with or
//! without tone marks. A typed address finds its ranges and machines.

use std::net::IpAddr;

use super::{
    contacts::{self, Contact},
    hosts::{self, Host},
    networks::{self, Network, bounds},
    systems::{self, System},
    units::{self, Unit},
};
use crate::{
    Result,
    access::Scope,
    store::{Db, Direction, Page},
};

/// Most results of a kind.
const MOST: Page = Page { number: 0, size: 20 };

/// What was found.
#[derive(Clone, Debug, Default, serde::Serialize, utoipa::ToSchema)]
pub struct Found {
    /// Units.
    pub units: Vec<Unit>,
    /// Systems.
    pub systems: Vec<System>,
    /// Machines.
    pub hosts: Vec<Host>,
    /// Address ranges.
    pub networks: Vec<Network>,
    /// People to call.
    pub contacts: Vec<Contact>,
}

impl Found {
    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.units.is_empty()
            && self.systems.is_empty()
            && self.hosts.is_empty()
            && self.networks.is_empty()
            && self.contacts.is_empty()
    }
}

/// Searches what the scope may see.
pub async fn search(db: &Db, scope: &Scope, typed: &str) -> Result<Found> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(Found::default());
    }
    match typed.parse::<IpAddr>() {
        Ok(address) => by_address(db, scope, address).await,
        Err(_) => by_text(db, scope, typed).await,
    }
}

async fn by_address(db: &Db, scope: &Scope, address: IpAddr) -> Result<Found> {
    let key = bounds::key(address);
    let networks = networks::select(scope)
        .and("(n.low <= {} AND n.high >= {}) OR n.nat_key = {}", [key.clone(), key.clone(), key])
        .order("n.low", Direction::Down)
        .page(MOST);
    Ok(Found {
        networks: networks.fetch(db.reader()).await?,
        hosts: hosts::at_address(db, scope, address).await?,
        ..Found::default()
    })
}

async fn by_text(db: &Db, scope: &Scope, typed: &str) -> Result<Found> {
    let units = units::select().scoped(scope, "u.id").search("u.fold", Some(typed));
    let systems = systems::select(scope).search("s.fold", Some(typed));
    let hosts = hosts::select(scope).search("h.fold", Some(typed));
    let contacts = contacts::select(scope).search("c.fold", Some(typed));
    let networks = networks::select(scope).search("n.range_text", Some(typed));
    let pool = db.reader();
    Ok(Found {
        units: units.order("u.code", Direction::Up).page(MOST).fetch(pool).await?,
        systems: systems.order("s.code", Direction::Up).page(MOST).fetch(pool).await?,
        hosts: hosts.order("h.name_key", Direction::Up).page(MOST).fetch(pool).await?,
        networks: networks.order("n.low", Direction::Up).page(MOST).fetch(pool).await?,
        contacts: contacts.order("c.name_key", Direction::Up).page(MOST).fetch(pool).await?,
    })
}
