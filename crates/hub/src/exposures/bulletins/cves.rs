//! The CVEs of the newest basis, as campaigns choose among them and pages show
//! them.

use std::collections::HashMap;

use patches::facts::Facts;
use serde::Serialize;

use super::Grew;
use crate::{
    Error, Result,
    exposures::{BasisId, BulletinId, rules, rules::Gravity},
    ids::ulid,
    store::{At, Change, Day, Db, Direction, Flag, Select, bulk},
};

/// A CVE of the newest basis.
#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
#[schema(as = BulletinCve)]
pub struct CveRow {
    /// `CVE-2023-36397`.
    pub cve: String,
    /// Month of its first bulletin, as 202311; 0 when no bulletin holds it.
    pub month: i64,
    /// First published.
    pub released: Option<Day>,
    /// The vendor's highest severity: 0 unrated, 1 low to 4 critical.
    pub severity: i64,
    /// CVSS base score in tenths; 0 when none.
    pub cvss: i64,
    /// Exploited by the vendor's word.
    pub exploited: Flag,
    /// The day it entered CISA's catalogue.
    pub kev_added: Option<Day>,
    /// How many letters name it.
    pub named: i64,
}

/// What a letter says of a CVE.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct NamedBy {
    /// The letter.
    pub bulletin_id: BulletinId,
    /// Its number.
    pub letter: String,
    /// Its severity, 0 to 4, if it gave one.
    pub severity: Option<i64>,
    /// Its score in tenths, if it gave one.
    pub cvss: Option<i64>,
}

/// Something that grew graver.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Raised {
    /// With which basis.
    pub basis_id: BasisId,
    /// The CVE.
    pub cve: String,
    /// What grew.
    pub what: Grew,
    /// As it was.
    pub before: String,
    /// As it is.
    pub after: String,
    /// When we learned it.
    pub at: At,
}

const COLUMNS: &str = "c.cve, c.month, c.released, c.severity, c.cvss, c.exploited, c.kev_added, \
    c.named";

/// The CVEs of the newest basis, to be filtered further: `c` is the CVE.
pub fn select() -> Select {
    Select::new(COLUMNS, "bulletin_cves c")
}

/// A CVE of the newest basis.
pub async fn get(db: &Db, cve: &str) -> Result<CveRow> {
    let found = select().and("c.cve = {}", [cve]).fetch_first(db.reader()).await?;
    found.ok_or(Error::NotFound)
}

/// The letters in force that name a CVE.
pub async fn named_by(db: &Db, cve: &str) -> Result<Vec<NamedBy>> {
    let columns = "n.bulletin_id, b.name AS letter, n.severity, n.cvss";
    Select::new(columns, "bulletin_namings n JOIN bulletins b ON b.id = n.bulletin_id")
        .and("n.cve = {}", [cve])
        .and::<&str>("b.ended_at IS NULL", [])
        .order("b.id", Direction::Up)
        .fetch(db.reader())
        .await
}

/// What grew graver, the latest first, to be filtered further: `r` is the row.
pub fn raised() -> Select {
    Select::new("r.basis_id, r.cve, r.what, r.before, r.after, r.at", "raised r")
        .order("r.id", Direction::Down)
}

/// Writes the CVEs of a basis in the place of the last one's, and notes what
/// grew graver; says how much did.
pub(super) async fn replace(
    change: &mut Change,
    basis: &BasisId,
    facts: &Facts,
    has_before: bool,
) -> Result<usize> {
    let before: Vec<CveRow> = select().fetch(change.conn()).await?;
    let before: HashMap<&str, Gravity> =
        before.iter().map(|row| (row.cve.as_str(), row.gravity())).collect();
    sqlx::query("DELETE FROM bulletin_cves").execute(change.conn()).await?;
    sqlx::query("DELETE FROM bulletin_namings").execute(change.conn()).await?;
    insert(change, facts).await?;
    insert_namings(change, facts).await?;
    if has_before { note_raised(change, basis, facts, &before).await } else { Ok(0) }
}

impl CveRow {
    fn gravity(&self) -> Gravity {
        Gravity {
            severity: self.severity,
            exploited: self.exploited.0,
            kev: self.kev_added.map(|day| day.0),
        }
    }
}

async fn insert(change: &mut Change, facts: &Facts) -> Result<()> {
    let columns =
        ["cve", "month", "released", "severity", "cvss", "exploited", "kev_added", "named"];
    let rows = facts.cves.iter().map(|cve| {
        [
            cve.id.as_str().into(),
            i64::from(cve.month.0).into(),
            cve.released.into(),
            (cve.severity as i64).into(),
            i64::from(cve.cvss).into(),
            i64::from(cve.exploited).into(),
            cve.kev.map(|kev| kev.added).into(),
            (cve.named.len() as i64).into(),
        ]
    });
    bulk::insert(change.conn(), "bulletin_cves", columns, rows.collect::<Vec<_>>()).await
}

async fn insert_namings(change: &mut Change, facts: &Facts) -> Result<()> {
    let letters: HashMap<String, BulletinId> = Select::new("sha256, id", "bulletins")
        .and::<&str>("kind = 'letter' AND ended_at IS NULL", [])
        .fetch(change.conn())
        .await?
        .into_iter()
        .collect();
    let rows = facts.cves.iter().flat_map(|cve| {
        cve.named.iter().filter_map(|naming| {
            let source = facts.sources.get(usize::from(naming.source))?;
            let letter = letters.get(&source.sha256)?;
            let severity = naming.severity.map(|severity| severity as i64);
            Some([
                letter.as_str().into(),
                cve.id.as_str().into(),
                severity.into(),
                naming.cvss.map(i64::from).into(),
            ])
        })
    });
    let columns = ["bulletin_id", "cve", "severity", "cvss"];
    bulk::insert(change.conn(), "bulletin_namings", columns, rows.collect::<Vec<_>>()).await
}

async fn note_raised(
    change: &mut Change,
    basis: &BasisId,
    facts: &Facts,
    before: &HashMap<&str, Gravity>,
) -> Result<usize> {
    let at = change.at();
    let mut rows = Vec::new();
    for cve in &facts.cves {
        let (Some(was), now) = (before.get(cve.id.as_str()), Gravity::from(cve)) else { continue };
        for what in rules::grew(was, &now) {
            rows.push([
                ulid(at).into(),
                basis.as_str().into(),
                cve.id.as_str().into(),
                what.name().into(),
                said(was, what).into(),
                said(&now, what).into(),
                at.into(),
            ]);
        }
    }
    let n = rows.len();
    let columns = ["id", "basis_id", "cve", "what", "before", "after", "at"];
    bulk::insert(change.conn(), "raised", columns, rows).await?;
    Ok(n)
}

/// A value as it is kept: a severity's number, yes or no, a day.
fn said(gravity: &Gravity, what: Grew) -> String {
    match what {
        Grew::Severity => gravity.severity.to_string(),
        Grew::Exploited => i64::from(gravity.exploited).to_string(),
        Grew::Kev => gravity.kev.map(|day| day.to_string()).unwrap_or_default(),
    }
}
