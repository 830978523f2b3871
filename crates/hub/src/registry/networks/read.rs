//! Asking whose addresses are.

use std::net::IpAddr;

use jiff::civil::Date;

use super::{Kind, Network, Range, bounds};
use crate::{
    Error, Result,
    access::Scope,
    ids::UnitId,
    registry::NetworkId,
    store::{Db, Direction, Select},
};

const COLUMNS: &str = "n.id, n.unit_id, u.code AS unit_code, u.name AS unit_name, n.range_text, n.kind, \
    n.valid_from, n.valid_to, n.nat_address, n.provider, n.note, n.source, n.status, n.decided_by, \
    n.decided_at, n.reason, n.changed_at";

/// The ranges of the scope, to be filtered further: `n` is the range, `u` its unit.
pub fn select(scope: &Scope) -> Select {
    Select::new(COLUMNS, "networks n JOIN units u ON u.id = n.unit_id").scoped(scope, "n.unit_id")
}

/// A range. Outside the scope it is not found.
pub async fn get(db: &Db, scope: &Scope, id: &NetworkId) -> Result<Network> {
    let found = select(scope).and("n.id = {}", [id.as_str()]);
    found.fetch_first(db.reader()).await?.ok_or(Error::NotFound)
}

/// The ranges that a unit holds, held or claims.
pub async fn of_unit(db: &Db, scope: &Scope, unit: &UnitId) -> Result<Vec<Network>> {
    select(scope)
        .and("n.unit_id = {}", [unit.as_str()])
        .order("n.kind", Direction::Down)
        .order("n.low", Direction::Up)
        .order("n.valid_from", Direction::Up)
        .fetch(db.reader())
        .await
}

/// How many claims wait for a decision.
pub async fn waiting(db: &Db, scope: &Scope) -> Result<i64> {
    select(scope).and("n.status = {}", ["claimed"]).count(db.reader()).await
}

/// An approved range, as attribution needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    /// Which row of the register.
    pub network: NetworkId,
    /// Who held it.
    pub unit: UnitId,
    /// Code of that unit.
    pub unit_code: String,
    /// First and last address.
    pub range: Range,
    /// Public or inside.
    pub kind: Kind,
    /// First day, included; `None`: always was.
    pub valid_from: Option<Date>,
    /// Last day, included; `None`: still is.
    pub valid_to: Option<Date>,
    /// For an inside range: the public address it leaves through.
    pub nat: Option<IpAddr>,
}

impl Holding {
    /// Whether it was held on the day.
    pub fn is_on(&self, day: Date) -> bool {
        self.valid_from.is_none_or(|from| from <= day) && self.valid_to.is_none_or(|to| day <= to)
    }
}

impl TryFrom<Network> for Holding {
    type Error = Error;

    fn try_from(row: Network) -> Result<Self> {
        let range = row.range_text.parse().map_err(Error::internal)?;
        Ok(Self {
            network: row.id,
            unit: row.unit_id,
            unit_code: row.unit_code,
            range,
            kind: row.kind,
            valid_from: row.valid_from.map(Into::into),
            valid_to: row.valid_to.map(Into::into),
            nat: row.nat_address.and_then(|address| address.parse().ok()),
        })
    }
}

/// Every approved range of the province: what an index for attribution is made of.
pub async fn ownership(db: &Db) -> Result<Vec<Holding>> {
    let rows: Vec<Network> = select(&Scope::province())
        .and("n.status = {}", ["approved"])
        .order("n.low", Direction::Up)
        .fetch(db.reader())
        .await?;
    rows.into_iter().map(Holding::try_from).collect()
}

/// Who held the address on the day, by approved ranges. Several for an inside
/// address used in many units, or for a conflict.
pub async fn owners_at(db: &Db, address: IpAddr, on: Date) -> Result<Vec<Holding>> {
    let key = bounds::key(address);
    let rows: Vec<Network> = select(&Scope::province())
        .and("n.status = {}", ["approved"])
        .and("n.low <= {} AND n.high >= {}", [key.clone(), key])
        .and("n.valid_from IS NULL OR n.valid_from <= {}", [on])
        .and("n.valid_to IS NULL OR n.valid_to >= {}", [on])
        .order("n.low", Direction::Down)
        .fetch(db.reader())
        .await?;
    rows.into_iter().map(Holding::try_from).collect()
}

/// For the index of attribution, which names the day *after* the last.
impl From<&Holding> for lists::ownership::Range {
    fn from(held: &Holding) -> Self {
        let kind = match held.kind {
            Kind::Public => lists::ownership::RangeKind::Public,
            Kind::Inside => lists::ownership::RangeKind::Inside,
        };
        Self {
            first: held.range.first(),
            last: held.range.last(),
            unit: held.unit.to_string(),
            from: held.valid_from,
            to: held.valid_to.and_then(|last| last.tomorrow().ok()),
            kind,
        }
    }
}
