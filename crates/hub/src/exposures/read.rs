//! Asking about hosts, (host, CVE) and their history.

use diag::Diagnostic;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{BasisId, MachineId, Standing, Verdict, campaign::Asked};
use crate::{
    Error, Result,
    access::Scope,
    ids::UnitId,
    registry::HostId,
    store::{At, Day, Db, Direction, Flag, Json, Select},
};

/// An update to install.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = UpdateStep)]
pub struct Step {
    /// `KB5032196`.
    pub kb: String,
    /// How many missing CVEs it closes.
    pub closes: u64,
}

/// A host of the register with what is known of it now.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
#[schema(as = ExposedHost)]
pub struct HostRow {
    /// The host.
    pub id: HostId,
    /// Its name.
    pub name: String,
    /// Whose it is.
    pub unit_id: UnitId,
    /// Code of that unit.
    pub unit_code: String,
    /// Its name.
    pub unit_name: String,
    /// The facts that count; none before the first delivery.
    pub machine_id: Option<MachineId>,
    /// What they were judged by.
    pub basis_id: Option<BasisId>,
    /// Its Windows under the vendor's name; empty when it has none.
    pub product: Option<String>,
    /// Its build and revision.
    pub build: Option<String>,
    /// When its facts were collected.
    pub collected_at: Option<At>,
    /// CVEs fixed on it.
    pub fixed: Option<i64>,
    /// CVEs missing.
    pub missing: Option<i64>,
    /// CVEs unknown.
    pub unknown: Option<i64>,
    /// CVEs that the inventory was not asked about: programs it does not list.
    pub aside: Option<i64>,
    /// Updates to install, the one that closes most first.
    #[schema(value_type = Option<Vec<Step>>)]
    pub plan: Option<Json<Vec<Step>>>,
    /// What is doubtful about it.
    #[schema(value_type = Option<Vec<Object>>)]
    pub warnings: Option<Json<Vec<Diagnostic>>>,
}

const HOST: &str = "h.id, h.name, h.unit_id, u.code AS unit_code, u.name AS unit_name, \
    a.machine_id, a.basis_id, s.product, a.build, a.collected_at, s.fixed, s.missing, s.unknown, \
    s.aside, s.plan, a.warnings";
const HOST_FROM: &str = "hosts h JOIN units u ON u.id = h.unit_id \
    LEFT JOIN assessments a ON a.host_id = h.id AND a.until_at IS NULL \
    LEFT JOIN sheets s ON s.id = a.sheet_id";

/// The hosts of the scope that count, to be filtered further: `h` is the host,
/// `u` its unit, `a` its assessment, `s` its sheet.
pub fn hosts(scope: &Scope) -> Select {
    Select::new(HOST, HOST_FROM).scoped(scope, "h.unit_id").and::<&str>(super::units::COUNTED, [])
}

/// A host. Outside the scope it is not found.
pub async fn host(db: &Db, scope: &Scope, id: &HostId) -> Result<HostRow> {
    let found = Select::new(HOST, HOST_FROM).scoped(scope, "h.unit_id");
    let found = found.and("h.id = {}", [id.as_str()]).fetch_first(db.reader()).await?;
    found.ok_or(Error::NotFound)
}

impl HostRow {
    /// Where it stands over everything that is in force.
    pub fn standing(&self, oldest: Timestamp) -> (Standing, Option<super::Doubt>) {
        let count = |n: Option<i64>| n.unwrap_or(0).unsigned_abs();
        let tally = super::rules::Tally {
            fixed: count(self.fixed),
            missing: count(self.missing),
            unknown: count(self.unknown),
            accepted: 0,
        };
        super::rules::standing(self.machine_id.as_ref().map(|_| tally), self.is_stale(oldest))
    }

    /// Whether its facts were collected before the instant.
    pub fn is_stale(&self, oldest: Timestamp) -> bool {
        self.collected_at.is_some_and(|at| at.0 < oldest)
    }
}

/// Only hosts of a standing over everything, as the list of hosts filters.
#[must_use]
pub fn of_standing(select: Select, standing: Standing, oldest: Timestamp) -> Select {
    let fresh = |select: Select| select.and("a.collected_at >= {}", [oldest]);
    match standing {
        Standing::Missing => fresh(select).and::<&str>("s.missing > 0", []),
        Standing::Unknown => select.and(
            "a.id IS NULL OR a.collected_at < {} OR (s.missing = 0 AND s.unknown > 0)",
            [oldest],
        ),
        Standing::Handled => {
            fresh(select).and::<&str>("s.missing = 0 AND s.unknown = 0 AND s.fixed > 0", [])
        }
        Standing::NotAffected => {
            fresh(select).and::<&str>("s.missing = 0 AND s.unknown = 0 AND s.fixed = 0", [])
        }
        Standing::Accepted => fresh(select).and::<&str>(
            "h.id IN (SELECT x.host_id FROM acceptances x WHERE x.state = 'accepted') \
             OR h.unit_id IN (SELECT x.unit_id FROM acceptances x WHERE x.state = 'accepted' AND x.host_id IS NULL)",
            [],
        ),
    }
}

/// A weakness on a host, now.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
#[schema(as = Exposure)]
pub struct Exposure {
    /// The host.
    pub host_id: HostId,
    /// Its name.
    pub host: String,
    /// Whose it is.
    pub unit_id: UnitId,
    /// Name of that unit.
    pub unit_name: String,
    /// The CVE.
    pub cve: String,
    /// The answer, as of the collection of its facts.
    pub verdict: Verdict,
    /// Why it is unknown: `exposures.why.<reason>` in the locales.
    pub reason: Option<String>,
    /// Whether the inventory was not asked: a program it does not list, or no update exists.
    pub aside: Flag,
    /// The updates of which any is enough.
    pub needed: String,
    /// The product of the deciding row.
    pub product: String,
    /// The vendor's severity in this product, 0 to 4.
    pub severity: i64,
    /// CVSS base score in tenths.
    pub cvss: i64,
    /// The day it entered CISA's catalogue.
    pub kev_added: Option<Day>,
    /// When the facts were collected.
    pub collected_at: At,
    /// Whether somebody accepted it until a day.
    pub accepted: Flag,
}

const EXPOSURE: &str = "a.host_id, h.name AS host, h.unit_id, u.name AS unit_name, r.cve, \
    r.verdict, r.reason, r.aside, r.needed, r.product, r.severity, r.cvss, c.kev_added, \
    a.collected_at, CASE WHEN EXISTS (SELECT 1 FROM acceptances x JOIN acceptance_cves y \
    ON y.acceptance_id = x.id WHERE x.state = 'accepted' AND y.cve = r.cve AND \
    (x.host_id = h.id OR (x.host_id IS NULL AND x.unit_id = h.unit_id))) THEN 1 ELSE 0 END AS accepted";

/// Every (host, CVE) of the scope that is fixed, missing or unknown, to be
/// filtered further: `h` is the host, `u` its unit, `a` its assessment, `r` the
/// verdict, `c` the CVE.
pub fn exposures(scope: &Scope) -> Select {
    Select::new(
        EXPOSURE,
        "assessments a JOIN hosts h ON h.id = a.host_id JOIN units u ON u.id = h.unit_id \
         JOIN sheet_rows r ON r.sheet_id = a.sheet_id LEFT JOIN bulletin_cves c ON c.cve = r.cve",
    )
    .and::<&str>("a.until_at IS NULL", [])
    .scoped(scope, "h.unit_id")
}

/// Only exposures of a verdict: facts that are too old give *unknown*.
#[must_use]
pub fn of_verdict(select: Select, verdict: Verdict, oldest: Timestamp) -> Select {
    match verdict {
        Verdict::Unknown => {
            select.and("(r.verdict = 'unknown' AND r.aside = 0) OR a.collected_at < {}", [oldest])
        }
        other => select.and("r.verdict = {}", [other.name()]).and("a.collected_at >= {}", [oldest]),
    }
}

impl Exposure {
    /// The answer as seen from now: facts that are too old give *unknown*.
    pub fn now(&self, oldest: Timestamp) -> (Verdict, Option<&str>) {
        if self.collected_at.0 < oldest {
            return (Verdict::Unknown, Some("inventory_stale"));
        }
        (self.verdict, self.reason.as_deref())
    }
}

/// The oldest instant of collection that still proves something, for pages that
/// ask no demand.
pub fn oldest(now: Timestamp) -> Timestamp {
    Asked::default().oldest(now)
}

/// A verdict on a (host, CVE) for a time.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
#[schema(as = ExposurePeriod)]
pub struct Period {
    /// Since when.
    pub from_at: At,
    /// Until when; nothing for the present one.
    pub until_at: Option<At>,
    /// The facts.
    pub machine_id: MachineId,
    /// What they were judged by.
    pub basis_id: BasisId,
    /// When they were collected.
    pub collected_at: At,
    /// Build and revision then.
    pub build: String,
    /// The verdict; nothing when the CVE did not concern the host.
    pub verdict: Option<Verdict>,
    /// Why it was unknown.
    pub reason: Option<String>,
    /// The updates of which any was enough.
    pub needed: Option<String>,
}

/// The verdicts on a (host, CVE) of the scope, the present one first. An
/// assessment that changed nothing for this CVE is left in the one before it.
pub async fn history(db: &Db, scope: &Scope, host: &HostId, cve: &str) -> Result<Vec<Period>> {
    self::host(db, scope, host).await?;
    let all: Vec<Period> = sqlx::query_as(
        "SELECT a.from_at, a.until_at, a.machine_id, a.basis_id, a.collected_at, a.build,
            r.verdict, r.reason, r.needed
         FROM assessments a LEFT JOIN sheet_rows r ON r.sheet_id = a.sheet_id AND r.cve = $2
         WHERE a.host_id = $1 ORDER BY a.from_at, a.id",
    )
    .bind(host.as_str())
    .bind(cve)
    .fetch_all(db.reader())
    .await?;
    let mut periods: Vec<Period> = Vec::new();
    for one in all {
        match periods.last_mut() {
            Some(last) if last.verdict == one.verdict && last.reason == one.reason => {
                last.until_at = one.until_at;
            }
            _ => periods.push(one),
        }
    }
    periods.reverse();
    Ok(periods)
}

/// The hosts of the scope on which a CVE is missing or unknown, worst first.
pub async fn having(db: &Db, scope: &Scope, cve: &str) -> Result<Vec<Exposure>> {
    exposures(scope)
        .and("r.cve = {}", [cve])
        .and::<&str>("r.aside = 0 AND r.verdict IN ('missing', 'unknown')", [])
        .order("r.verdict", Direction::Up)
        .order("h.name_key", Direction::Up)
        .fetch(db.reader())
        .await
}
