//! A range as it is entered.

use std::net::IpAddr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sqlx::AnyConnection;

use super::{Kind, Network, Range, Status, bounds, read};
use crate::{
    Result,
    access::Scope,
    ids::UnitId,
    registry::{Cells, Entry, Field, Input, Known, Stamp, Which, Writer, writer::text},
    store::bulk,
    web::CellText,
};

/// The fields of a range.
pub const FIELDS: &[Field] = &[
    Field::needed("range", "registry.networks.range", Input::Line),
    Field::needed("unit", "registry.networks.unit", Input::Unit),
    Field::new("valid_from", "registry.networks.valid-from", Input::Day),
    Field::new("valid_to", "registry.networks.valid-to", Input::Day),
    Field::new("kind", "registry.networks.kind", Input::Words(Kind::WORDS)),
    Field::new("nat", "registry.networks.nat", Input::Line),
    Field::new("provider", "registry.networks.provider", Input::Line),
    Field::new("note", "registry.networks.note", Input::Lines),
];

/// A range as it is entered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NetworkEntry {
    /// `192.0.2.0/29`, `192.0.2.3-192.0.2.9`, or one address.
    #[schema(value_type = String)]
    pub range: Range,
    /// Who holds it.
    pub unit_id: UnitId,
    /// First day; missing when it always was.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub valid_from: Option<Date>,
    /// Last day, included; missing while it lasts.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub valid_to: Option<Date>,
    /// Public or inside.
    pub kind: Kind,
    /// For an inside range: the public address it leaves through.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub nat: Option<IpAddr>,
    /// Who provides the line.
    #[serde(default)]
    pub provider: Option<String>,
    /// Anything else.
    #[serde(default)]
    pub note: Option<String>,
    /// Where the claim stands; not for whoever enters it to say.
    #[serde(skip, default = "claimed")]
    pub status: Status,
}

fn claimed() -> Status {
    Status::Claimed
}

impl TryFrom<Network> for NetworkEntry {
    type Error = crate::Error;

    fn try_from(row: Network) -> Result<Self> {
        Ok(Self {
            range: row.range_text.parse().map_err(crate::Error::internal)?,
            unit_id: row.unit_id,
            valid_from: row.valid_from.map(Into::into),
            valid_to: row.valid_to.map(Into::into),
            kind: row.kind,
            nat: row.nat_address.and_then(|address| address.parse().ok()),
            provider: row.provider,
            note: row.note,
            status: row.status,
        })
    }
}

impl Entry for NetworkEntry {
    type Key = (UnitId, Range, Option<Date>);
    const KIND: crate::registry::Kind = crate::registry::Kind::Networks;
    const ACTIONS: (&'static str, &'static str) = ("registry.add_network", "registry.edit_network");

    fn begin(cells: &mut Cells, known: &Known) -> Option<Self> {
        let range = range(cells);
        let unit_id = known.unit(cells, "unit");
        let range = range?;
        Some(Self {
            unit_id: unit_id?,
            valid_from: cells.day("valid_from"),
            valid_to: None,
            kind: if range.is_private() { Kind::Inside } else { Kind::Public },
            nat: None,
            provider: None,
            note: None,
            status: Status::Claimed,
            range,
        })
    }

    fn fill(&mut self, cells: &mut Cells, _: &Known) {
        self.valid_to = cells.day("valid_to").or(self.valid_to);
        self.kind = cells.word("kind", Kind::WORDS).and_then(Kind::named).unwrap_or(self.kind);
        self.nat = cells.address("nat").or(self.nat);
        self.provider = cells.text("provider").or(self.provider.take());
        self.note = cells.text("note").or(self.note.take());
        if self.kind == Kind::Public && self.range.is_private() {
            cells.warn("registry.range-private", "range", &self.range.to_string());
        }
    }

    fn write(&self, to: &Writer) -> Vec<CellText> {
        vec![
            self.range.to_string().into(),
            to.unit(Some(&self.unit_id)),
            to.day(self.valid_from),
            to.day(self.valid_to),
            to.word(Some((self.kind.name(), self.kind.text()))),
            self.nat.map(|address| address.to_string()).unwrap_or_default().into(),
            text(self.provider.as_ref()),
            text(self.note.as_ref()),
        ]
    }

    fn key(&self) -> (UnitId, Range, Option<Date>) {
        (self.unit_id.clone(), self.range, self.valid_from)
    }

    fn title(&self) -> String {
        self.range.to_string()
    }

    fn keepers(&self) -> Vec<&UnitId> {
        vec![&self.unit_id]
    }

    fn faults(&self) -> Vec<(&'static str, &'static str)> {
        let mut faults = Vec::new();
        if self.valid_from.zip(self.valid_to).is_some_and(|(from, to)| to < from) {
            faults.push(("registry.days-backwards", "valid_to"));
        }
        if self.nat.is_some() && self.kind == Kind::Public {
            faults.push(("registry.nat-of-public", "nat"));
        }
        faults
    }

    fn locked(&self, province: bool) -> Option<&'static str> {
        let held = !province && self.status == Status::Approved;
        held.then_some("registry.network-approved")
    }

    fn carry(&mut self, there: &Self) {
        self.status = there.status;
    }

    async fn load(conn: &mut AnyConnection, which: Which<'_>) -> Result<Vec<(String, Self)>> {
        let select = match which {
            Which::All(scope) => read::select(scope),
            Which::One(id) => read::select(&Scope::province()).and("n.id = {}", [id]),
        };
        let rows: Vec<Network> = select.fetch(conn).await?;
        rows.into_iter().map(|row| Ok((row.id.to_string(), row.try_into()?))).collect()
    }

    async fn insert(
        conn: &mut AnyConnection,
        rows: &[(String, &Self)],
        stamp: &Stamp,
    ) -> Result<()> {
        let status = if stamp.province { Status::Approved } else { Status::Claimed };
        let rows = rows.iter().map(|(id, one)| one.stored(id, status, stamp)).collect();
        bulk::insert_named(conn, "networks", rows).await
    }

    async fn update(
        &self,
        conn: &mut AnyConnection,
        id: &str,
        before: &Self,
        stamp: &Stamp,
    ) -> Result<()> {
        // What a unit changes waits for the province again; what the province
        // changes keeps its standing.
        let status = if stamp.province { before.status } else { Status::Claimed };
        let kept = ["id", "created_at", "source", "decided_by", "decided_at"];
        bulk::update_named(conn, "networks", id, self.stored(id, status, stamp), &kept).await
    }
}

impl NetworkEntry {
    /// Its columns, for entering and for changing alike.
    fn stored(&self, id: &str, status: Status, stamp: &Stamp) -> bulk::Named<18> {
        let decided = stamp.province.then(|| stamp.by.clone());
        [
            ("id", id.into()),
            ("unit_id", self.unit_id.to_string().into()),
            ("range_text", self.range.to_string().into()),
            ("low", self.range.low().into()),
            ("high", self.range.high().into()),
            ("kind", self.kind.name().into()),
            ("valid_from", self.valid_from.into()),
            ("valid_to", self.valid_to.into()),
            ("nat_address", self.nat.map(|address| address.to_string()).into()),
            ("nat_key", self.nat.map(bounds::key).into()),
            ("provider", self.provider.clone().into()),
            ("note", self.note.clone().into()),
            ("source", stamp.source.as_str().into()),
            ("status", status.name().into()),
            ("decided_by", decided.clone().into()),
            ("decided_at", decided.as_ref().map(|_| stamp.at).into()),
            ("created_at", stamp.at.into()),
            ("changed_at", stamp.at.into()),
        ]
    }
}

fn range(cells: &mut Cells) -> Option<Range> {
    let Some(text) = cells.text("range") else {
        cells.error("registry.range-missing", "range", "");
        return None;
    };
    let read = text.parse();
    read.map_err(|_| cells.error("registry.range-unreadable", "range", &text)).ok()
}
