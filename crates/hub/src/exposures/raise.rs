//! Telling units: again, as an addendum, when something that they have grew
//! graver; and for the first time, what to install and where to deliver an
//! inventory. One notice a unit, drafted and sent by a person like any other;
//! its reply link takes inventories without an account.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use words::Lang;

use super::{
    BasisId,
    bulletins::{self, Grew, Raised},
    campaign,
    read::{self, Exposure, HostRow},
    rules,
};
use crate::{
    App, Result,
    access::{Scope, Watch},
    ids::UnitId,
    notices::{
        About,
        draft::{self, Drafted, NewNotice},
        letter::Content,
    },
    store::{Direction, Select},
    web::{CellText, Sheet, csv_file},
};

/// For how long after a basis came a unit that turns out to have something of
/// it is still told.
const TOLD_FOR: SignedDuration = SignedDuration::from_hours(24 * 30);

/// What grew graver with a basis.
pub async fn of_basis(app: &App, basis: &BasisId) -> Result<Vec<Raised>> {
    bulletins::raised().and("r.basis_id = {}", [basis.as_str()]).fetch(app.db.reader()).await
}

/// Drafts an addendum for each unit that has what grew graver with the newest
/// basis. A unit that has one keeps it.
pub async fn due(app: &App, at: Timestamp) -> Result<()> {
    let Some(basis) = bulletins::newest(&app.db).await? else { return Ok(()) };
    if at.duration_since(basis.since.0) > TOLD_FOR {
        return Ok(());
    }
    let raised = of_basis(app, &basis.id).await?;
    if raised.is_empty() {
        return Ok(());
    }
    let new = addenda(app, at, &basis.id, &raised).await?;
    draft::draft(app, &Watch::of_system("exposures.raise"), at, new).await?;
    Ok(())
}

async fn addenda(
    app: &App,
    at: Timestamp,
    basis: &BasisId,
    raised: &[Raised],
) -> Result<Vec<NewNotice>> {
    let cves: BTreeSet<&str> = raised.iter().map(|one| one.cve.as_str()).collect();
    let found: Vec<Exposure> = read::exposures(&Scope::province())
        .any_of("r.cve", cves)
        .order("r.cve", Direction::Up)
        .order("h.name_key", Direction::Up)
        .fetch(app.db.reader())
        .await?;
    let mut by_unit: BTreeMap<UnitId, Vec<Exposure>> = BTreeMap::new();
    for one in found.into_iter().filter(|one| rules::hears(one.verdict, one.aside.0)) {
        by_unit.entry(one.unit_id.clone()).or_default().push(one);
    }
    let lang = Lang::default();
    let title = lang.t("exposures-notice.raised.title").into_owned();
    let one = |(unit, rows): (UnitId, Vec<Exposure>)| {
        Ok(NewNotice {
            unit,
            about: About { noun: super::NOUN.name, id: basis.to_string(), title: title.clone() },
            lang,
            content: raised_content(lang, raised, &rows),
            due_on: draft::due_on(app, at),
            rows: rows.len() as i64,
            file: Some(("lo-hong-bo-sung.csv".to_owned(), file(lang, &rows)?)),
        })
    };
    by_unit.into_iter().map(one).collect()
}

fn raised_content(lang: Lang, raised: &[Raised], rows: &[Exposure]) -> Content {
    let cves: BTreeSet<&str> = rows.iter().map(|one| one.cve.as_str()).collect();
    let line = |cve: &&str| {
        let what: Vec<String> =
            raised.iter().filter(|one| one.cve == **cve).map(|one| said(lang, one)).collect();
        let hosts: Vec<&str> =
            rows.iter().filter(|one| one.cve == **cve).map(|one| one.host.as_str()).collect();
        let values: [(&str, &dyn std::fmt::Display); 3] =
            [("cve", cve), ("what", &what.join("; ")), ("hosts", &hosts.join(", "))];
        lang.fill("exposures-notice.raised.line", &values)
    };
    Content {
        subject: lang.count("exposures-notice.raised.subject", cves.len() as u64),
        grounds: vec![lang.t("exposures-notice.raised.ground").into_owned()],
        opening: lang.count("exposures-notice.raised.opening", cves.len() as u64),
        list: cves.iter().map(line).collect(),
        requests: requests(lang),
    }
}

/// What grew, in words.
pub(super) fn said(lang: Lang, one: &Raised) -> String {
    let after = match one.what {
        Grew::Severity => {
            let step = one.after.parse().unwrap_or(0);
            lang.t(severity_text(step)).into_owned()
        }
        Grew::Kev => one.after.parse().map_or_else(|_| one.after.clone(), |day| lang.date(day)),
        Grew::Exploited => String::new(),
    };
    lang.fill(&format!("exposures.grew-to.{}", one.what.name()), &[("after", &after)])
}

/// Locale key of a vendor's severity.
pub(super) fn severity_text(number: i64) -> &'static str {
    match campaign::severity(number) {
        patches::facts::Severity::Critical => "exposures.severity.critical",
        patches::facts::Severity::Important => "exposures.severity.important",
        patches::facts::Severity::Moderate => "exposures.severity.moderate",
        patches::facts::Severity::Low => "exposures.severity.low",
        patches::facts::Severity::Unrated => "exposures.severity.unrated",
    }
}

fn requests(lang: Lang) -> Vec<String> {
    ["install", "restart", "deliver"]
        .map(|name| lang.t(&format!("exposures-notice.request-{name}")).into_owned())
        .into()
}

/// Drafts for each of these units, or every unit with something to do, what to
/// install on which machine and how to deliver an inventory. A unit is asked
/// once a month.
pub async fn ask(
    app: &App,
    by: &Watch,
    at: Timestamp,
    only: Option<&BTreeSet<UnitId>>,
) -> Result<Vec<Drafted>> {
    let today = at.to_zoned(app.settings.zone.clone()).date();
    let about = format!("{:04}-{:02}", today.year(), today.month());
    let lang = Lang::default();
    let mut new = Vec::new();
    for (unit, hosts) in to_do(app, at).await? {
        if only.is_none_or(|only| only.contains(&unit)) {
            let about = About {
                noun: super::NOUN.name,
                id: about.clone(),
                title: lang.fill("exposures-notice.ask.title", &[("month", &about)]),
            };
            new.push(NewNotice {
                content: ask_content(lang, at, &hosts),
                due_on: draft::due_on(app, at),
                rows: hosts.len() as i64,
                file: Some(("viec-can-lam.csv".to_owned(), plan_file(lang, at, &hosts)?)),
                unit,
                about,
                lang,
            });
        }
    }
    draft::draft(app, by, at, new).await
}

/// The hosts with something to do, by unit: updates to install, or no inventory
/// that still proves anything.
pub async fn to_do(app: &App, at: Timestamp) -> Result<BTreeMap<UnitId, Vec<HostRow>>> {
    let hosts: Vec<HostRow> = open_hosts(read::hosts(&Scope::province()), at)
        .order("h.name_key", Direction::Up)
        .fetch(app.db.reader())
        .await?;
    let mut by_unit: BTreeMap<UnitId, Vec<HostRow>> = BTreeMap::new();
    for host in hosts {
        by_unit.entry(host.unit_id.clone()).or_default().push(host);
    }
    Ok(by_unit)
}

/// Only hosts with something to do.
#[must_use]
pub(super) fn open_hosts(select: Select, at: Timestamp) -> Select {
    let oldest = read::oldest(at);
    select.and("a.id IS NULL OR a.collected_at < {} OR s.missing > 0 OR s.unknown > 0", [oldest])
}

fn ask_content(lang: Lang, at: Timestamp, hosts: &[HostRow]) -> Content {
    Content {
        subject: lang.count("exposures-notice.ask.subject", hosts.len() as u64),
        grounds: vec![lang.t("exposures-notice.ask.ground").into_owned()],
        opening: lang.count("exposures-notice.ask.opening", hosts.len() as u64),
        list: hosts
            .iter()
            .map(|host| format!("{}: {}", host.name, to_do_text(lang, at, host)))
            .collect(),
        requests: requests(lang),
    }
}

/// What to do on a host, in a sentence that a clerk can follow.
pub(super) fn to_do_text(lang: Lang, at: Timestamp, host: &HostRow) -> String {
    let steps = host.plan.as_ref().map(|plan| plan.0.as_slice()).unwrap_or_default();
    let names: Vec<&str> = steps.iter().map(|step| step.kb.as_str()).collect();
    let key = if host.machine_id.is_none() {
        "exposures.todo.no-inventory"
    } else if host.is_stale(read::oldest(at)) {
        "exposures.todo.stale"
    } else if !names.is_empty() {
        let values: [(&str, &dyn std::fmt::Display); 1] = [("updates", &names.join(", "))];
        return lang.fill("exposures.todo.install", &values);
    } else if host.missing.unwrap_or(0) > 0 {
        "exposures.todo.other"
    } else if host.unknown.unwrap_or(0) > 0 {
        "exposures.todo.unknown"
    } else {
        "exposures.todo.nothing"
    };
    lang.t(key).into_owned()
}

fn plan_file(lang: Lang, at: Timestamp, hosts: &[HostRow]) -> Result<Vec<u8>> {
    let row = |host: &HostRow| -> Vec<CellText> {
        vec![
            host.name.as_str().into(),
            host.product.clone().unwrap_or_default().into(),
            host.build.clone().unwrap_or_default().into(),
            to_do_text(lang, at, host).into(),
            host.missing.unwrap_or(0).into(),
            host.unknown.unwrap_or(0).into(),
        ]
    };
    let header = ["host", "product", "build", "todo", "missing", "unknown"];
    csv(lang, &header, hosts.iter().map(row).collect())
}

fn file(lang: Lang, rows: &[Exposure]) -> Result<Vec<u8>> {
    let row = |one: &Exposure| -> Vec<CellText> {
        vec![
            one.host.as_str().into(),
            one.cve.as_str().into(),
            lang.t(one.verdict.text()).into_owned().into(),
            one.needed.as_str().into(),
            lang.t(severity_text(one.severity)).into_owned().into(),
        ]
    };
    csv(lang, &["host", "cve", "verdict", "needed", "severity"], rows.iter().map(row).collect())
}

fn csv(lang: Lang, header: &[&str], rows: Vec<Vec<CellText>>) -> Result<Vec<u8>> {
    csv_file(&Sheet {
        title: String::new(),
        as_of: String::new(),
        header: header
            .iter()
            .map(|name| lang.t(&format!("exposures.field.{name}")).into_owned())
            .collect(),
        rows,
    })
}
