//! Bulletins (*bản tin lỗ hổng*): signed packs of what vendors say, and letters
//! in which an authority names CVEs. What is in force together is a *basis*;
//! each change of it judges every host again.

mod basis;
mod cves;
mod facts;
pub mod letter;
pub mod load;

use diag::Diagnostic;
use patches::facts::{Month, Source};
use serde::Serialize;

pub use basis::{Basis, get as basis_of, newest, renew};
pub use cves::{CveRow, NamedBy, Raised, get as cve, named_by, raised, select as cves};
pub use facts::{Cache, of as facts_of};

use super::BulletinId;
use crate::{
    Result,
    store::{At, Day, Db, Direction, Json, Select, vocabulary},
};

vocabulary! {
    /// What a bulletin is.
    Kind in "exposures.bulletin-kind" {
        /// A pack of vendors' bulletins.
        Pack = "pack",
        /// An authority's letter.
        Letter = "letter",
    }
}

vocabulary! {
    /// How a CVE grew graver.
    Grew in "exposures.grew" {
        /// The vendor raised its severity.
        Severity = "severity",
        /// The vendor says that it is exploited.
        Exploited = "exploited",
        /// It entered CISA's catalogue.
        Kev = "kev",
    }
}

/// A pack that came with the program.
pub const BUILT_IN: &str = "built_in";
/// A pack that the operator laid into the data folder.
pub const FOLDER: &str = "folder";
/// A letter, which nobody signs.
pub const UNSIGNED: &str = "unsigned";

/// A pack or a letter.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Bulletin {
    /// Identifier.
    pub id: BulletinId,
    /// What it is.
    pub kind: Kind,
    /// A pack's name, a letter's number.
    pub name: String,
    /// Digest of its bytes.
    pub sha256: String,
    /// Its size in bytes.
    pub size: i64,
    /// Months it holds whole; a letter's are those it asks about.
    #[schema(value_type = Vec<String>)]
    pub months: Json<Vec<Month>>,
    /// The last day that its sources know of; a letter's own day.
    pub data_ends: Option<Day>,
    /// The documents it was made from.
    #[schema(value_type = Vec<Object>)]
    pub sources: Json<Vec<Source>>,
    /// `built_in`, `folder`, `unsigned` or the fingerprint of the key that signed it.
    pub trust: String,
    /// What was doubtful about it.
    #[schema(value_type = Vec<Object>)]
    pub diagnostics: Json<Vec<Diagnostic>>,
    /// When it was loaded.
    pub loaded_at: At,
    /// By whom.
    pub by_name: String,
    /// When another took its place, or it was withdrawn.
    pub ended_at: Option<At>,
}

const COLUMNS: &str = "b.id, b.kind, b.name, b.sha256, b.size, b.months, b.data_ends, b.sources, \
    b.trust, b.diagnostics, b.loaded_at, b.by_name, b.ended_at";

/// All bulletins, ended ones too: nothing of a unit is in them.
pub fn select() -> Select {
    Select::new(COLUMNS, "bulletins b")
}

/// All bulletins, those in force first.
pub async fn all(db: &Db) -> Result<Vec<Bulletin>> {
    let select = select().order("COALESCE(b.ended_at, 0)", Direction::Up);
    select.order("b.id", Direction::Down).fetch(db.reader()).await
}
