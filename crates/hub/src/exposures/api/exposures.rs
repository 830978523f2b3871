//! Hosts, (host, CVE), and units in a campaign.

use std::collections::BTreeSet;

use axum::{
    Json,
    extract::{Path, Query, State},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    App, Error, Result,
    api::{Api, Body, Caller, Cursor, Slice, SliceQuery},
    exposures::{
        Verdict,
        bulletins::{self, CveRow},
        campaign::{self, Asked},
        proof::{self, Walked},
        raise,
        read::{self, Exposure, HostRow, Period},
        units::{self, Look},
    },
    ids::UnitId,
    notices::draft::Drafted,
    registry::HostId,
};

/// A campaign, as the pages ask for it. Without a filter: the union.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct CampaignQuery {
    /// `1`: CVEs that an authority's letter names.
    named: Option<String>,
    /// `1`: Critical by the vendor.
    critical: Option<String>,
    /// `1`: Important by the vendor.
    important: Option<String>,
    /// `1`: exploited by the vendor's word.
    exploited: Option<String>,
    /// `1`: in CISA's catalogue.
    kev: Option<String>,
    /// `1`: everything.
    everything: Option<String>,
    /// CVSS base score of at least this, as `7.0`.
    cvss_from: Option<String>,
    /// From this month's bulletins on, as `2023-05`.
    from: Option<String>,
    /// To this month's bulletins.
    to: Option<String>,
    /// These CVEs as well, separated by commas.
    cves: Option<String>,
}

impl CampaignQuery {
    fn asked(&self) -> Result<Asked> {
        let get = |name: &str| {
            let value = match name {
                "named" => &self.named,
                "critical" => &self.critical,
                "important" => &self.important,
                "exploited" => &self.exploited,
                "kev" => &self.kev,
                "everything" => &self.everything,
                "cvss_from" => &self.cvss_from,
                "from" => &self.from,
                "to" => &self.to,
                "cves" => &self.cves,
                _ => &None,
            };
            value.clone().filter(|value| !value.is_empty())
        };
        Asked::of_query(&get)
    }
}

/// Which exposures.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    /// Only of this unit.
    unit: Option<String>,
    /// Only of this host.
    host: Option<String>,
    /// Only of this CVE.
    cve: Option<String>,
    /// Only this verdict, as seen from now: `missing` when not given.
    verdict: Option<String>,
}

/// Every (host, CVE) of a verdict, by host and CVE.
#[utoipa::path(get, path = "/api/v1/exposures", tag = "exposures", operation_id = "exposures_list",
    params(Filter, SliceQuery), responses((status = 200, body = Slice<Exposure>)))]
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(filter): Query<Filter>,
    Query(query): Query<SliceQuery>,
) -> Api<Json<Slice<Exposure>>> {
    let name = filter.verdict.as_deref().unwrap_or("missing");
    let verdict = Verdict::named(name)
        .ok_or_else(|| Error::field("exposures.campaign-unreadable", "verdict"))?;
    let select = read::exposures(caller.viewer.scope())
        .and_if("h.unit_id = {}", filter.unit)
        .and_if("a.host_id = {}", filter.host)
        .and_if("r.cve = {}", filter.cve);
    let select = read::of_verdict(select, verdict, read::oldest(caller.now));
    let cursor = Cursor::new(&query)?;
    let key = "a.host_id || '/' || r.cve";
    let select = cursor.apply(select, key, "a.host_id || '/' || r.cve > {}");
    let rows: Vec<Exposure> = select.fetch(app.db.reader()).await?;
    Ok(Json(cursor.slice(rows, |row| format!("{}/{}", row.host_id, row.cve))))
}

/// A unit in a campaign.
#[derive(Serialize, ToSchema)]
#[schema(as = UnitStanding)]
pub(super) struct UnitIn {
    /// The unit.
    unit: UnitId,
    /// Hosts on which everything that concerns them is fixed.
    handled: u64,
    /// Hosts that count: those that something concerns, or of which it is not known.
    total: u64,
    /// Hosts with something missing.
    missing: u64,
    /// Hosts whose missing fixes were accepted until a day.
    accepted: u64,
    /// Hosts with an unknown verdict.
    unknown: u64,
    /// Hosts whose inventory is too old.
    stale: u64,
    /// Hosts without an inventory.
    unread: u64,
    /// Hosts that nothing of the campaign concerns.
    not_affected: u64,
}

/// Handled of total, unit by unit, in a campaign.
#[utoipa::path(get, path = "/api/v1/exposures/units", tag = "exposures", operation_id = "exposures_units",
    params(CampaignQuery), responses((status = 200, body = Vec<UnitIn>)))]
pub(super) async fn units(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<CampaignQuery>,
) -> Api<Json<Vec<UnitIn>>> {
    let asked = query.asked()?;
    let look = Look::new(&asked, caller.now);
    let found = units::hosts(&app.db, caller.viewer.scope(), look).await?;
    let one = |(unit, hosts): (UnitId, crate::exposures::rules::Hosts)| UnitIn {
        unit,
        handled: hosts.handled,
        total: hosts.total(),
        missing: hosts.missing,
        accepted: hosts.accepted,
        unknown: hosts.unknown,
        stale: hosts.stale,
        unread: hosts.unread,
        not_affected: hosts.not_affected,
    };
    Ok(Json(found.into_iter().map(one).collect()))
}

/// Every host that counts, with what is known of it now.
#[utoipa::path(get, path = "/api/v1/exposures/hosts", tag = "exposures", operation_id = "exposures_hosts",
    params(SliceQuery), responses((status = 200, body = Slice<HostRow>)))]
pub(super) async fn hosts(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<SliceQuery>,
) -> Api<Json<Slice<HostRow>>> {
    let cursor = Cursor::new(&query)?;
    let select = cursor.apply(read::hosts(caller.viewer.scope()), "h.id", "h.id > {}");
    let rows: Vec<HostRow> = select.fetch(app.db.reader()).await?;
    Ok(Json(cursor.slice(rows, |row| row.id.to_string())))
}

/// One host, with the updates to install.
#[utoipa::path(get, path = "/api/v1/exposures/hosts/{id}", tag = "exposures", operation_id = "exposures_host",
    params(("id" = String, Path)), responses((status = 200, body = HostRow)))]
pub(super) async fn host(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Api<Json<HostRow>> {
    let id: HostId = id.parse()?;
    Ok(Json(read::host(&app.db, caller.viewer.scope(), &id).await?))
}

/// Why the verdict on a host and a CVE is what it is, judged again from the kept
/// facts by the kept bulletins.
#[utoipa::path(get, path = "/api/v1/exposures/hosts/{id}/cves/{cve}", tag = "exposures",
    operation_id = "exposures_proof", params(("id" = String, Path), ("cve" = String, Path)), responses((status = 200, body = Walked)))]
pub(super) async fn proof(
    State(app): State<App>,
    caller: Caller,
    Path((id, cve)): Path<(String, String)>,
) -> Api<Json<Walked>> {
    let id: HostId = id.parse()?;
    Ok(Json(proof::walk(&app, caller.viewer.scope(), &id, &cve).await?))
}

/// The verdicts on a host and a CVE over time, the present one first.
#[utoipa::path(get, path = "/api/v1/exposures/hosts/{id}/cves/{cve}/history", tag = "exposures",
    operation_id = "exposures_history", params(("id" = String, Path), ("cve" = String, Path)), responses((status = 200, body = Vec<Period>)))]
pub(super) async fn history(
    State(app): State<App>,
    caller: Caller,
    Path((id, cve)): Path<(String, String)>,
) -> Api<Json<Vec<Period>>> {
    let id: HostId = id.parse()?;
    Ok(Json(read::history(&app.db, caller.viewer.scope(), &id, &cve).await?))
}

/// The CVEs that a campaign takes in.
#[utoipa::path(get, path = "/api/v1/exposures/cves", tag = "exposures", operation_id = "exposures_cves",
    params(CampaignQuery, SliceQuery), responses((status = 200, body = Slice<CveRow>)))]
pub(super) async fn cves(
    State(app): State<App>,
    caller: Caller,
    Query(campaign): Query<CampaignQuery>,
    Query(query): Query<SliceQuery>,
) -> Api<Json<Slice<CveRow>>> {
    let today = caller.now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let select = campaign::narrow(bulletins::cves(), &campaign.asked()?, today);
    let cursor = Cursor::new(&query)?;
    let rows: Vec<CveRow> =
        cursor.apply(select, "c.cve", "c.cve > {}").fetch(app.db.reader()).await?;
    Ok(Json(cursor.slice(rows, |row| row.cve.clone())))
}

/// Whom to ask.
#[derive(Deserialize, ToSchema)]
#[schema(as = AskUnits)]
pub(super) struct AskBody {
    /// Only these units; every unit with something to do when empty.
    #[serde(default)]
    units: Vec<UnitId>,
}

/// Drafts a notice for each unit with something to do: what to install where,
/// and a link to deliver inventories.
#[utoipa::path(post, path = "/api/v1/exposures/notices", tag = "exposures", operation_id = "exposures_ask",
    request_body = AskBody, responses((status = 200, body = Vec<Drafted>)))]
pub(super) async fn ask(
    State(app): State<App>,
    caller: Caller,
    Body(body): Body<AskBody>,
) -> Api<Json<Vec<Drafted>>> {
    let by = caller.viewer.watch()?;
    let only: BTreeSet<UnitId> = body.units.into_iter().collect();
    let only = Some(only).filter(|only| !only.is_empty());
    Ok(Json(raise::ask(&app, &by, caller.now, only.as_ref()).await?))
}
