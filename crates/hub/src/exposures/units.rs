//! Units in a campaign: how many of their machines are handled, and of how many.

use std::collections::{BTreeMap, HashMap};

use jiff::{Timestamp, civil::Date};

use super::{
    Doubt, Standing,
    campaign::{self, Asked},
    rules::{self, Hosts, Tally},
};
use crate::{
    Result,
    access::Scope,
    ids::UnitId,
    registry::HostId,
    store::{At, Db, Select},
};

/// What counts as a machine here: a network device has no Windows on it.
pub(super) const COUNTED: &str = "h.kind <> 'network_device'";

/// An instant at which something was so. A day of UTC either way decides nothing
/// about a catalogue.
fn today(now: Timestamp) -> Date {
    now.to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// A campaign, looked at from an instant, whole or one month of its bulletins.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// What is asked.
    pub asked: &'a Asked,
    /// As of when.
    pub now: Timestamp,
    /// Only CVEs of this month, as 202311.
    pub month: Option<i64>,
}

impl<'a> Look<'a> {
    /// The whole campaign at an instant.
    pub fn new(asked: &'a Asked, now: Timestamp) -> Self {
        Self { asked, now, month: None }
    }

    fn narrow(&self, select: Select) -> Select {
        campaign::narrow(select, self.asked, today(self.now)).and_if("c.month = {}", self.month)
    }
}

/// The hosts of each unit of the scope, by where they stand.
pub async fn hosts(db: &Db, scope: &Scope, look: Look<'_>) -> Result<BTreeMap<UnitId, Hosts>> {
    let tallies = tallies(db, look).await?;
    let mut units: BTreeMap<UnitId, Hosts> = BTreeMap::new();
    let mut judged: HashMap<UnitId, u64> = HashMap::new();
    for is_stale in [false, true] {
        for (unit, sheet, n) in groups(db, scope, look, is_stale).await? {
            let tally = tallies.get(&sheet).copied().unwrap_or_default();
            let n = n.unsigned_abs();
            units.entry(unit.clone()).or_default().add(rules::standing(Some(tally), is_stale), n);
            *judged.entry(unit).or_default() += n;
        }
    }
    for (unit, all) in counted(db, scope).await? {
        let without = all.saturating_sub(judged.get(&unit).copied().unwrap_or_default());
        units.entry(unit).or_default().add(rules::standing(None, false), without);
    }
    for (unit, sheet, accepted) in accepted_hosts(db, scope, look).await?.into_values() {
        let tally = tallies.get(&sheet).copied().unwrap_or_default();
        let (before, _) = rules::standing(Some(tally), false);
        let after = rules::standing(Some(Tally { accepted, ..tally }), false);
        if before == Standing::Missing && after.0 != Standing::Missing {
            let hosts = units.entry(unit).or_default();
            hosts.missing = hosts.missing.saturating_sub(1);
            hosts.add(after, 1);
        }
    }
    Ok(units)
}

#[derive(sqlx::FromRow)]
struct SheetTally {
    sheet_id: String,
    fixed: i64,
    missing: i64,
    unknown: i64,
}

impl From<&SheetTally> for Tally {
    fn from(row: &SheetTally) -> Self {
        let [fixed, missing, unknown] =
            [row.fixed, row.missing, row.unknown].map(i64::unsigned_abs);
        Self { fixed, missing, unknown, accepted: 0 }
    }
}

const SUMS: &str = "r.sheet_id, \
    CAST(SUM(CASE WHEN r.verdict = 'fixed' THEN 1 ELSE 0 END) AS BIGINT) AS fixed, \
    CAST(SUM(CASE WHEN r.verdict = 'missing' THEN 1 ELSE 0 END) AS BIGINT) AS missing, \
    CAST(SUM(CASE WHEN r.verdict = 'unknown' THEN 1 ELSE 0 END) AS BIGINT) AS unknown";

/// The CVEs of the campaign on each sheet in use at `now`, by verdict. What the
/// inventory was not asked counts only where it is asked for by name.
pub(super) async fn tallies(db: &Db, look: Look<'_>) -> Result<HashMap<String, Tally>> {
    let select = Select::new(SUMS, "sheet_rows r JOIN bulletin_cves c ON c.cve = r.cve")
        .and("r.aside = 0 OR {} LIKE '%,' || c.cve || ',%'", [look.asked.typed()])
        .and(
            "r.sheet_id IN (SELECT a.sheet_id FROM assessments a \
             WHERE a.from_at <= {} AND (a.until_at IS NULL OR a.until_at > {}))",
            [look.now; 2],
        );
    let rows: Vec<SheetTally> =
        look.narrow(select).group_by("r.sheet_id").fetch(db.reader()).await?;
    Ok(rows.iter().map(|row| (row.sheet_id.clone(), row.into())).collect())
}

/// Hosts of a unit on one sheet, by unit and sheet; fresh ones or stale ones.
async fn groups(
    db: &Db,
    scope: &Scope,
    look: Look<'_>,
    is_stale: bool,
) -> Result<Vec<(UnitId, String, i64)>> {
    let condition = if is_stale { "a.collected_at < {}" } else { "a.collected_at >= {}" };
    Select::new("h.unit_id, a.sheet_id, COUNT(*)", "assessments a JOIN hosts h ON h.id = a.host_id")
        .scoped(scope, "h.unit_id")
        .and::<&str>(COUNTED, [])
        .and("a.from_at <= {} AND (a.until_at IS NULL OR a.until_at > {})", [look.now; 2])
        .and(condition, [look.asked.oldest(look.now)])
        .group_by("h.unit_id, a.sheet_id")
        .fetch(db.reader())
        .await
}

async fn counted(db: &Db, scope: &Scope) -> Result<Vec<(UnitId, u64)>> {
    let rows: Vec<(UnitId, i64)> = Select::new("h.unit_id, COUNT(*)", "hosts h")
        .scoped(scope, "h.unit_id")
        .and::<&str>(COUNTED, [])
        .group_by("h.unit_id")
        .fetch(db.reader())
        .await?;
    Ok(rows.into_iter().map(|(unit, n)| (unit, n.unsigned_abs())).collect())
}

const ACCEPTED_FROM: &str = "acceptances x JOIN acceptance_cves y ON y.acceptance_id = x.id \
    JOIN hosts h ON h.id = x.host_id OR (x.host_id IS NULL AND h.unit_id = x.unit_id) \
    JOIN assessments a ON a.host_id = h.id \
    JOIN sheet_rows r ON r.sheet_id = a.sheet_id AND r.cve = y.cve AND r.verdict = 'missing' \
    JOIN bulletin_cves c ON c.cve = r.cve";

/// Each host with accepted risks: its unit, its sheet, and how many of the
/// campaign's missing CVEs are accepted on it.
pub(super) async fn accepted_hosts(
    db: &Db,
    scope: &Scope,
    look: Look<'_>,
) -> Result<HashMap<HostId, (UnitId, String, u64)>> {
    let select = Select::new("h.id, h.unit_id, a.sheet_id, COUNT(DISTINCT r.cve)", ACCEPTED_FROM)
        .scoped(scope, "h.unit_id")
        .and::<&str>(COUNTED, [])
        .and("x.decided_at <= {} AND (x.ended_at IS NULL OR x.ended_at > {})", [look.now; 2])
        .and::<&str>("x.state IN ('accepted', 'ended', 'expired')", [])
        .and("a.from_at <= {} AND (a.until_at IS NULL OR a.until_at > {})", [look.now; 2])
        .and("a.collected_at >= {}", [look.asked.oldest(look.now)]);
    let rows: Vec<(HostId, UnitId, String, i64)> =
        look.narrow(select).group_by("h.id, h.unit_id, a.sheet_id").fetch(db.reader()).await?;
    let one = |(host, unit, sheet, n): (HostId, UnitId, String, i64)| {
        (host, (unit, sheet, n.unsigned_abs()))
    };
    Ok(rows.into_iter().map(one).collect())
}

/// A host of a unit in a campaign.
#[derive(Clone, Debug, serde::Serialize, utoipa::ToSchema)]
#[schema(as = HostStanding)]
pub struct HostIn {
    /// The host.
    pub id: HostId,
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub standing: Standing,
    /// Why it cannot be said.
    pub doubt: Option<Doubt>,
    /// CVEs of the campaign that are missing, accepted ones included.
    pub missing: u64,
    /// Those that are unknown.
    pub unknown: u64,
    /// When its facts were collected; nothing when there are none.
    pub collected_at: Option<At>,
}

/// The hosts of a unit of the scope with where they stand, by name.
pub async fn of_unit(db: &Db, scope: &Scope, unit: &UnitId, look: Look<'_>) -> Result<Vec<HostIn>> {
    let tallies = tallies(db, look).await?;
    let accepted = accepted_hosts(db, scope, look).await?;
    let rows: Vec<(HostId, String, String, i64)> = Select::new(
        "h.id, h.name, COALESCE(a.sheet_id, ''), COALESCE(a.collected_at, 0)",
        "hosts h LEFT JOIN assessments a ON a.host_id = h.id",
    )
    .scoped(scope, "h.unit_id")
    .and("h.unit_id = {}", [unit.as_str()])
    .and::<&str>(COUNTED, [])
    .and(
        "a.id IS NULL OR (a.from_at <= {} AND (a.until_at IS NULL OR a.until_at > {}))",
        [look.now; 2],
    )
    .order("h.name_key", crate::store::Direction::Up)
    .fetch(db.reader())
    .await?;
    let oldest = look.asked.oldest(look.now);
    let one = |(id, name, sheet, collected): (HostId, String, String, i64)| {
        let collected_at =
            Timestamp::from_microsecond(collected).ok().filter(|_| !sheet.is_empty());
        let mut tally = tallies.get(&sheet).copied().unwrap_or_default();
        tally.accepted = accepted.get(&id).map_or(0, |(.., n)| *n);
        let is_stale = collected_at.is_some_and(|at| at < oldest);
        let (standing, doubt) = rules::standing(collected_at.map(|_| tally), is_stale);
        let (missing, unknown) = (tally.missing, tally.unknown);
        HostIn { id, name, standing, doubt, missing, unknown, collected_at: collected_at.map(At) }
    };
    Ok(rows.into_iter().map(one).collect())
}

/// Each month of the campaign's bulletins, with the hosts of each unit in it.
pub async fn by_month(
    db: &Db,
    scope: &Scope,
    look: Look<'_>,
) -> Result<BTreeMap<i64, BTreeMap<UnitId, Hosts>>> {
    let months: Vec<(i64,)> = look
        .narrow(Select::new("c.month", "bulletin_cves c"))
        .and::<&str>("c.month > 0", [])
        .group_by("c.month")
        .fetch(db.reader())
        .await?;
    let mut found = BTreeMap::new();
    for (month,) in months {
        let look = Look { month: Some(month), ..look };
        found.insert(month, hosts(db, scope, look).await?);
    }
    Ok(found)
}
