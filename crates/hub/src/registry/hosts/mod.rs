//! Hosts (*máy*): servers, workstations, network devices, as last collected,
//! with every earlier collection behind.

pub mod entry;
mod read;
mod write;

use serde::{Deserialize, Serialize};

pub use entry::HostEntry;
pub use read::{addresses, at_address, by_name, facts, get, of_unit, select};

use super::{HostId, SystemId};
use crate::{
    ids::UnitId,
    store::{At, Json, vocabulary},
};

vocabulary! {
    /// What a machine is.
    Kind in "registry.host-kind" {
        /// Máy chủ.
        Server = "server",
        /// Máy trạm.
        Workstation = "workstation",
        /// Thiết bị mạng.
        NetworkDevice = "network_device",
        /// Anything else, or not said.
        Other = "other",
    }
}

/// A machine as last collected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Host {
    /// Identifier.
    pub id: HostId,
    /// Whose it is.
    pub unit_id: UnitId,
    /// Code of that unit.
    pub unit_code: String,
    /// Its name.
    pub unit_name: String,
    /// The system it is a part of.
    pub system_id: Option<SystemId>,
    /// Code of that system.
    pub system_code: Option<String>,
    /// Name, one of its kind within the unit.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Its addresses, joined by `, `.
    pub addresses: String,
    /// Hardware address.
    pub mac: Option<String>,
    /// Operating system, as collected.
    pub os: Option<String>,
    /// Where it stands.
    pub location: Option<String>,
    /// When this was so.
    pub collected_at: Option<At>,
    /// Who or what found it so.
    pub collector: Option<String>,
    /// When the register last changed.
    pub changed_at: At,
}

/// What was said about a machine at one time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Collection {
    /// When it was so.
    pub collected_at: Option<At>,
    /// Who or what found it so.
    pub collector: Option<String>,
    /// What was found.
    #[schema(value_type = Facts)]
    pub facts: Json<Facts>,
    /// When it reached the register.
    pub recorded_at: At,
}

/// The facts of a collection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Facts {
    /// What it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// Code of the system it is a part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// Addresses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<String>,
    /// Hardware address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mac: Option<String>,
    /// Operating system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub os: Option<String>,
    /// Where it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
}
