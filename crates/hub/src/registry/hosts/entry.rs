//! A host as it is entered.

use std::net::IpAddr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::AnyConnection;

use super::{Facts, Host, Kind, read, write};
use crate::{
    Result,
    access::Scope,
    ids::UnitId,
    registry::{Cells, Entry, Field, Input, Known, Stamp, SystemId, Which, Writer, writer::text},
    web::CellText,
};

/// The fields of a host.
pub const FIELDS: &[Field] = &[
    Field::needed("name", "registry.hosts.name", Input::Line),
    Field::needed("unit", "registry.hosts.unit", Input::Unit),
    Field::new("system", "registry.hosts.system", Input::System),
    Field::new("kind", "registry.hosts.kind", Input::Words(Kind::WORDS)),
    Field::new("addresses", "registry.hosts.addresses", Input::Line),
    Field::new("mac", "registry.hosts.mac", Input::Line),
    Field::new("os", "registry.hosts.os", Input::Line),
    Field::new("location", "registry.hosts.location", Input::Line),
    Field::new("collected_at", "registry.hosts.collected-at", Input::Moment),
    Field::new("collector", "registry.hosts.collector", Input::Line),
];

/// A host as it is entered: one collection of facts about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HostEntry {
    /// Name, one of its kind within the unit.
    pub name: String,
    /// Whose it is.
    pub unit_id: UnitId,
    /// The system it is a part of.
    #[serde(default)]
    pub system_id: Option<SystemId>,
    /// What it is.
    #[serde(default = "other")]
    pub kind: Kind,
    /// Its addresses.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub addresses: Vec<IpAddr>,
    /// Hardware address.
    #[serde(default)]
    pub mac: Option<String>,
    /// Operating system, as collected.
    #[serde(default)]
    pub os: Option<String>,
    /// Where it stands.
    #[serde(default)]
    pub location: Option<String>,
    /// When this was so.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub collected_at: Option<Timestamp>,
    /// Who or what found it so.
    #[serde(default)]
    pub collector: Option<String>,
}

fn other() -> Kind {
    Kind::Other
}

impl From<Host> for HostEntry {
    fn from(host: Host) -> Self {
        Self {
            name: host.name,
            unit_id: host.unit_id,
            system_id: host.system_id,
            kind: host.kind,
            addresses: host.addresses.split(", ").filter_map(|text| text.parse().ok()).collect(),
            mac: host.mac,
            os: host.os,
            location: host.location,
            collected_at: host.collected_at.map(Into::into),
            collector: host.collector,
        }
    }
}

impl Entry for HostEntry {
    type Key = (UnitId, String);
    const KIND: crate::registry::Kind = crate::registry::Kind::Hosts;
    const ACTIONS: (&'static str, &'static str) = ("registry.add_host", "registry.edit_host");

    fn begin(cells: &mut Cells, known: &Known) -> Option<Self> {
        let name = cells.text("name");
        if name.is_none() {
            cells.error("registry.name-missing", "name", "");
        }
        let unit_id = known.unit(cells, "unit");
        Some(Self {
            name: name?,
            unit_id: unit_id?,
            system_id: None,
            kind: Kind::Other,
            addresses: Vec::new(),
            mac: None,
            os: None,
            location: None,
            collected_at: None,
            collector: None,
        })
    }

    fn fill(&mut self, cells: &mut Cells, known: &Known) {
        if let Some(name) = cells.text("name") {
            self.name = name;
        }
        self.system_id = known.system(cells, "system").or(self.system_id.take());
        self.kind = cells.word("kind", Kind::WORDS).and_then(Kind::named).unwrap_or(self.kind);
        if let Some(addresses) = cells.addresses("addresses") {
            self.addresses = addresses;
        }
        self.mac = mac(cells).or(self.mac.take());
        self.os = cells.text("os").or(self.os.take());
        self.location = cells.text("location").or(self.location.take());
        self.collected_at = cells.instant("collected_at").or(self.collected_at);
        self.collector = cells.text("collector").or(self.collector.take());
    }

    fn write(&self, to: &Writer) -> Vec<CellText> {
        vec![
            self.name.as_str().into(),
            to.unit(Some(&self.unit_id)),
            to.system(self.system_id.as_ref()),
            to.word(Some((self.kind.name(), self.kind.text()))),
            self.joined().into(),
            text(self.mac.as_ref()),
            text(self.os.as_ref()),
            text(self.location.as_ref()),
            to.instant(self.collected_at),
            text(self.collector.as_ref()),
        ]
    }

    fn key(&self) -> (UnitId, String) {
        (self.unit_id.clone(), words::fold(self.name.trim()))
    }

    fn title(&self) -> String {
        self.name.clone()
    }

    fn keepers(&self) -> Vec<&UnitId> {
        vec![&self.unit_id]
    }

    fn faults(&self) -> Vec<(&'static str, &'static str)> {
        let nameless = self.name.trim().is_empty();
        if nameless { vec![("registry.name-missing", "name")] } else { Vec::new() }
    }

    fn is_older_than(&self, there: &Self) -> bool {
        self.collected_at < there.collected_at
    }

    async fn load(conn: &mut AnyConnection, which: Which<'_>) -> Result<Vec<(String, Self)>> {
        let select = match which {
            Which::All(scope) => read::select(scope),
            Which::One(id) => read::select(&Scope::province()).and("h.id = {}", [id]),
        };
        let rows: Vec<Host> = select.fetch(conn).await?;
        Ok(rows.into_iter().map(|row| (row.id.to_string(), row.into())).collect())
    }

    async fn insert(
        conn: &mut AnyConnection,
        rows: &[(String, &Self)],
        stamp: &Stamp,
    ) -> Result<()> {
        write::insert(conn, rows, stamp).await
    }

    async fn update(
        &self,
        conn: &mut AnyConnection,
        id: &str,
        before: &Self,
        stamp: &Stamp,
    ) -> Result<()> {
        write::update(conn, id, before, self, stamp).await
    }
}

impl HostEntry {
    /// Addresses as shown.
    pub(super) fn joined(&self) -> String {
        self.addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    }

    /// What a search looks into.
    pub(super) fn folded(&self) -> String {
        let mac = self.mac.as_deref().unwrap_or_default();
        words::fold(&format!("{} {} {mac}", self.name, self.joined()))
    }

    /// What this collection says.
    pub(super) fn facts(&self) -> Facts {
        Facts {
            kind: Some(self.kind),
            system: self.system_id.as_ref().map(ToString::to_string),
            addresses: self.addresses.iter().map(ToString::to_string).collect(),
            mac: self.mac.clone(),
            os: self.os.clone(),
            location: self.location.clone(),
        }
    }
}

/// A hardware address in the one writing `AA:BB:CC:DD:EE:FF` (IEEE 802).
fn mac(cells: &mut Cells) -> Option<String> {
    let text = cells.text("mac")?;
    let digits: String = text.chars().filter(|c| !matches!(c, ':' | '-' | '.' | ' ')).collect();
    if digits.len() != 12 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        cells.warn("registry.mac-unreadable", "mac", &text);
        return None;
    }
    let pairs = digits.as_bytes().chunks(2).filter_map(|pair| std::str::from_utf8(pair).ok());
    Some(pairs.collect::<Vec<_>>().join(":").to_uppercase())
}
