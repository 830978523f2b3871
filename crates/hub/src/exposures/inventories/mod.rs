//! Inventories (*kiểm kê máy*): deliveries of files that describe machines.
//!
//! Every file gets a result; every machine is placed on a host of the register
//! by name or address within its unit, or waits to be placed. Raw files are
//! kept, and what was read of a machine is never changed.

mod matching;
pub mod place;
mod read;
pub mod take_in;

use diag::Diagnostic;
use serde::Serialize;

pub use read::{
    files, get, machine, machine_facts, machines, of_host, parts, select, unplaced_by_unit,
};
pub use take_in::{Delivery, Hand, take_in};

use super::{InventoryId, MachineId};
use crate::{
    ids::UnitId,
    registry::HostId,
    store::{At, Day, Json, vocabulary},
};

vocabulary! {
    /// On which way a delivery came.
    Through in "exposures.through" {
        /// A page, signed in.
        Page = "page",
        /// A reply link.
        Link = "link",
        /// The API.
        Api = "api",
        /// The command line.
        Command = "command",
    }
}

vocabulary! {
    /// What became of a file.
    Outcome in "exposures.file-outcome" {
        /// It describes machines.
        Read = "read",
        /// It does not, and its findings say why.
        Unread = "unread",
    }
}

vocabulary! {
    /// Where a delivered machine is in the register.
    Place in "exposures.place" {
        /// On a host.
        Placed = "placed",
        /// No host of its unit has its name or address.
        New = "new",
        /// Several have.
        Several = "several",
        /// Somebody said that it does not count.
        SetAside = "set_aside",
    }
}

impl Place {
    /// Whether somebody must still say what the machine is.
    pub fn waits(self) -> bool {
        matches!(self, Self::New | Self::Several)
    }
}

vocabulary! {
    /// Who says when facts were collected.
    Dated in "exposures.dated" {
        /// The file itself.
        File = "file",
        /// Whoever brought it.
        Said = "said",
        /// Nobody: it is the moment it came.
        Received = "received",
    }
}

/// A delivery.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Inventory {
    /// Identifier.
    pub id: InventoryId,
    /// Whose machines it speaks of; missing when it was a mixture.
    pub unit_id: Option<UnitId>,
    /// Name of that unit.
    pub unit_name: Option<String>,
    /// Name of its first file.
    pub title: String,
    /// On which way it came.
    pub through: Through,
    /// The day of collection, as whoever brought it says.
    pub said_on: Option<Day>,
    /// When it came.
    pub received_at: At,
    /// Who brought it.
    pub by_name: String,
    /// Files, members of archives one by one.
    pub files: i64,
    /// Files that describe no machine.
    pub unread: i64,
    /// Machines described.
    pub machines: i64,
    /// Machines that did not find their place at once.
    pub unplaced: i64,
}

/// A file that was delivered.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
#[schema(as = InventoryPart)]
pub struct Part {
    /// Its name, as given.
    pub name: String,
    /// Digest of its bytes.
    pub sha256: String,
    /// Its size in bytes.
    pub size: i64,
}

/// A file with what became of it.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
#[schema(as = InventoryFile)]
pub struct File {
    /// Its name, with the member of an archive after `!`.
    pub name: String,
    /// Digest of its bytes, where a machine came of it.
    pub sha256: Option<String>,
    /// What became of it.
    pub outcome: Outcome,
    /// What collected it.
    pub collector: String,
    /// The machines it speaks of.
    #[schema(value_type = Vec<String>)]
    pub machines: Json<Vec<String>>,
    /// What was wrong with it or doubtful.
    #[schema(value_type = Vec<Object>)]
    pub diagnostics: Json<Vec<Diagnostic>>,
}

/// A machine as a delivery describes it, without its facts.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Machine {
    /// Identifier.
    pub id: MachineId,
    /// The delivery.
    pub inventory_id: InventoryId,
    /// Whose it is said to be.
    pub unit_id: Option<UnitId>,
    /// Name of that unit.
    pub unit_name: Option<String>,
    /// The name it calls itself.
    pub name: String,
    /// Its operating system, as it says.
    pub os: String,
    /// The host it was placed on.
    pub host_id: Option<HostId>,
    /// Where it is in the register.
    pub place: Place,
    /// When its facts were collected.
    pub collected_at: At,
    /// Who says so.
    pub dated: Dated,
    /// When it came.
    pub received_at: At,
    /// Why it was set aside.
    pub reason: Option<String>,
}
