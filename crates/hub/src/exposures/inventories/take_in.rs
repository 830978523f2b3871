//! Taking a delivery in: read every file, place every machine, judge the hosts
//! that got newer facts. All or nothing, in one change.

use std::collections::{BTreeMap, BTreeSet};

use diag::Diagnostic;
use jiff::{Timestamp, civil::Date};
use patches::inventory::{self, Found, Host};
use serde::Serialize;

use super::{Dated, Outcome, Place, Through, matching::Register};
use crate::{
    App, Error, Result,
    access::{Actor, Answer, Scope, Watch},
    exposures::{BasisId, InventoryId, MachineId, bulletins, judge, judge::Subject},
    ids::UnitId,
    store::{At, Change, Json, Record, Select, bulk, files, files::Stored},
};

/// Most files of one delivery; more go into a zip.
pub const MOST_FILES: usize = 200;
/// Names of machines that a file's result lists; the rest are counted.
const MOST_NAMES: usize = 50;
/// Findings that a file's result lists.
const MOST_FINDINGS: usize = 50;

/// Who brings a delivery.
#[derive(Clone, Debug)]
pub enum Hand {
    /// A unit, its own machines.
    Unit(Answer),
    /// The province, those of a unit or a mixture.
    Province(Watch, Option<UnitId>),
}

impl Hand {
    /// Who the record names.
    pub fn actor(&self) -> &Actor {
        match self {
            Self::Unit(answer) => answer.actor(),
            Self::Province(watch, _) => watch.actor(),
        }
    }

    /// Whose machines they are, if they are one unit's.
    pub fn unit(&self) -> Option<&UnitId> {
        match self {
            Self::Unit(answer) => Some(answer.unit()),
            Self::Province(_, unit) => unit.as_ref(),
        }
    }

    fn scope(&self) -> Scope {
        self.unit().map_or_else(Scope::province, |unit| Scope::of([unit.clone()]))
    }
}

/// A delivery on its way in.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Names and contents; zips are opened.
    pub files: Vec<(String, Vec<u8>)>,
    /// The day of collection where files do not say it, by the word of whoever brings them.
    pub said_on: Option<Date>,
    /// On which way it comes.
    pub through: Through,
}

/// What became of a delivery.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = InventoryTaken)]
pub struct Taken {
    /// The delivery.
    pub id: InventoryId,
    /// Files, members of archives one by one.
    pub files: usize,
    /// Files that describe no machine.
    pub unread: usize,
    /// Machines described.
    pub machines: usize,
    /// Machines that wait to be placed.
    pub unplaced: usize,
    /// Hosts whose verdicts changed.
    pub judged: usize,
}

/// Takes a delivery in. Errors: no file, too many, a day of collection to come.
pub async fn take_in(app: &App, by: &Hand, at: Timestamp, new: Delivery) -> Result<Taken> {
    if new.files.is_empty() || new.files.len() > MOST_FILES {
        return Err(Error::field("exposures.file-missing", "file"));
    }
    let fallback = fallback(app, at, new.said_on)?;
    bulletins::load::carried(app, at).await?;
    let (title, said_on, through) = (new.files[0].0.clone(), new.said_on, new.through);
    let parts = keep(app, &new.files).await?;
    let read = read(new.files).await?;
    let mut change = app.db.change(by.actor(), at).await?;
    let register = Register::load(change.conn(), &by.scope()).await?;
    let aside = set_aside(&mut change, by).await?;
    let placed = |host: Host| placed(host, &register, &aside, by, fallback, at);
    let machines: Vec<Placed> = read.hosts.into_iter().map(placed).collect();
    let mut taken = Taken {
        id: InventoryId::new(at),
        files: read.files.len(),
        unread: read.files.iter().filter(|one| one.outcome() == Outcome::Unread).count(),
        machines: machines.len(),
        unplaced: machines.iter().filter(|one| one.place.waits()).count(),
        judged: 0,
    };
    write(&mut change, &taken, by, &title, said_on, through).await?;
    write_parts(&mut change, &taken.id, &parts).await?;
    write_files(&mut change, &taken.id, &read.files).await?;
    write_machines(&mut change, &taken.id, &machines).await?;
    taken.judged = judge_placed(app, &mut change, machines).await?;
    change.record(record(&taken, by, &parts, said_on, through));
    change.commit().await?;
    Ok(taken)
}

/// When facts were collected whose file does not say it.
fn fallback(app: &App, at: Timestamp, said: Option<Date>) -> Result<(Timestamp, Dated)> {
    let Some(day) = said else { return Ok((at, Dated::Received)) };
    let zone = app.settings.zone.clone();
    if day > at.to_zoned(zone.clone()).date() {
        return Err(Error::field("exposures.day-to-come", "collected_on"));
    }
    // A day at the very edge of the calendar has no instant.
    let start = day.to_zoned(zone);
    let start = start.map_err(|_| Error::field("exposures.day-to-come", "collected_on"))?;
    Ok((start.timestamp(), Dated::Said))
}

async fn keep(app: &App, files: &[(String, Vec<u8>)]) -> Result<Vec<(String, Stored)>> {
    let mut kept = Vec::with_capacity(files.len());
    for (name, bytes) in files {
        kept.push((name.clone(), app.files.keep(bytes.clone()).await?));
    }
    Ok(kept)
}

/// What was read of a delivery.
struct Read {
    hosts: Vec<Host>,
    files: Vec<FileResult>,
}

/// A file with what became of it.
#[derive(Debug, Default)]
struct FileResult {
    name: String,
    sha256: Option<String>,
    collectors: Vec<String>,
    machines: Vec<String>,
    diagnostics: Vec<Diagnostic>,
}

impl FileResult {
    fn outcome(&self) -> Outcome {
        if self.machines.is_empty() { Outcome::Unread } else { Outcome::Read }
    }
}

async fn read(files: Vec<(String, Vec<u8>)>) -> Result<Read> {
    let work = move || {
        let mut found = Found::default();
        for (name, bytes) in &files {
            inventory::read(name, bytes, &mut found);
        }
        let found = inventory::gather(found);
        let files = results(&found);
        Read { hosts: found.hosts, files }
    };
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)
}

/// Every file that anything was said of: where a machine came from, or what a
/// finding is about.
fn results(found: &Found) -> Vec<FileResult> {
    let mut files: BTreeMap<&str, FileResult> = BTreeMap::new();
    for host in &found.hosts {
        for origin in &host.origins {
            let file = files.entry(&origin.file).or_default();
            file.sha256 = Some(origin.sha256.clone());
            if !file.collectors.iter().any(|known| *known == origin.collector) {
                file.collectors.push(origin.collector.to_string());
            }
            file.machines.push(host.name.clone());
        }
    }
    for one in &found.diagnostics {
        let name = one.place.file.as_deref().unwrap_or_default();
        files.entry(name).or_default().diagnostics.push(one.clone());
    }
    let named = |(name, file): (&str, FileResult)| FileResult { name: name.to_owned(), ..file };
    files.into_iter().map(named).collect()
}

/// A machine with its place.
struct Placed {
    id: MachineId,
    unit: Option<UnitId>,
    place: Place,
    host: Option<crate::registry::HostId>,
    collected_at: Timestamp,
    dated: Dated,
    received_at: Timestamp,
    facts: Host,
}

/// Names of the unit's machines of which somebody said that they do not count:
/// the next delivery need not ask again.
async fn set_aside(change: &mut Change, by: &Hand) -> Result<BTreeSet<String>> {
    let unit = by.unit().map_or("", |unit| unit.as_str());
    let rows: Vec<(String,)> = Select::new("fold", "machines")
        .and("place = 'set_aside' AND COALESCE(unit_id, '') = {}", [unit])
        .group_by("fold")
        .fetch(change.conn())
        .await?;
    Ok(rows.into_iter().map(|(fold,)| fold).collect())
}

fn placed(
    facts: Host,
    register: &Register,
    aside: &BTreeSet<String>,
    by: &Hand,
    fallback: (Timestamp, Dated),
    at: Timestamp,
) -> Placed {
    let (mut place, known) = register.place(&facts.name);
    if place.waits() && aside.contains(&words::fold(&facts.name)) {
        place = Place::SetAside;
    }
    let (host, owner) = known.unzip();
    let (collected_at, dated) = collected(&facts, fallback, at);
    Placed {
        id: MachineId::new(at),
        unit: by.unit().cloned().or(owner),
        place,
        host,
        collected_at,
        dated,
        received_at: at,
        facts,
    }
}

/// When a machine's facts were collected: a chain is as old as its oldest link,
/// and a file's clock that runs ahead makes nothing fresher than today.
fn collected(facts: &Host, fallback: (Timestamp, Dated), at: Timestamp) -> (Timestamp, Dated) {
    let known = facts.origins.iter().filter_map(|origin| origin.collected_at).min();
    let all_say = facts.origins.iter().all(|origin| origin.collected_at.is_some());
    match known {
        Some(known) if all_say || known <= fallback.0 => (known.min(at), Dated::File),
        _ => fallback,
    }
}

async fn write(
    change: &mut Change,
    taken: &Taken,
    by: &Hand,
    title: &str,
    said_on: Option<Date>,
    through: Through,
) -> Result<()> {
    let at = change.at();
    let actor = change.actor().clone();
    sqlx::query(
        "INSERT INTO inventories (id, unit_id, title, through, said_on, received_at, by_id, by_name,
            files, unread, machines, unplaced)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(taken.id.as_str())
    .bind(by.unit().map(ToString::to_string))
    .bind(title)
    .bind(through.name())
    .bind(said_on.map(|day| day.to_string()))
    .bind(at.as_microsecond())
    .bind(actor.id)
    .bind(actor.name)
    .bind(taken.files as i64)
    .bind(taken.unread as i64)
    .bind(taken.machines as i64)
    .bind(taken.unplaced as i64)
    .execute(change.conn())
    .await?;
    Ok(())
}

async fn write_parts(
    change: &mut Change,
    id: &InventoryId,
    parts: &[(String, Stored)],
) -> Result<()> {
    let at = change.at();
    for (_, stored) in parts {
        files::register(change.conn(), stored, at).await?;
    }
    let rows = (0_i64..).zip(parts).map(|(seq, (name, stored))| {
        [
            id.as_str().into(),
            seq.into(),
            name.as_str().into(),
            stored.sha256.as_str().into(),
            (stored.size as i64).into(),
        ]
    });
    let columns = ["inventory_id", "seq", "name", "sha256", "size"];
    bulk::insert(change.conn(), "inventory_parts", columns, rows.collect::<Vec<_>>()).await
}

async fn write_files(change: &mut Change, id: &InventoryId, files: &[FileResult]) -> Result<()> {
    let rows = (0_i64..).zip(files).map(|(seq, file)| {
        [
            id.as_str().into(),
            seq.into(),
            file.name.as_str().into(),
            file.sha256.clone().into(),
            file.outcome().name().into(),
            file.collectors.join(", ").into(),
            json(&shortened(&file.machines)).into(),
            json(&file.diagnostics.iter().take(MOST_FINDINGS).collect::<Vec<_>>()).into(),
        ]
    });
    let columns = [
        "inventory_id",
        "seq",
        "name",
        "sha256",
        "outcome",
        "collector",
        "machines",
        "diagnostics",
    ];
    bulk::insert(change.conn(), "inventory_files", columns, rows.collect::<Vec<_>>()).await
}

/// The first names, and how many more there are.
fn shortened(names: &[String]) -> Vec<String> {
    let mut short: Vec<String> = names.iter().take(MOST_NAMES).cloned().collect();
    if names.len() > MOST_NAMES {
        short.push(format!("+{}", names.len() - MOST_NAMES));
    }
    short
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

async fn write_machines(change: &mut Change, id: &InventoryId, machines: &[Placed]) -> Result<()> {
    let rows = machines.iter().map(|one| {
        let os = format!("{} {}", one.facts.os.name, one.facts.os.build_text());
        [
            one.id.as_str().into(),
            id.as_str().into(),
            one.unit.as_ref().map(ToString::to_string).into(),
            one.facts.name.as_str().into(),
            words::fold(&one.facts.name).into(),
            os.trim().into(),
            one.host.as_ref().map(ToString::to_string).into(),
            one.place.name().into(),
            one.collected_at.into(),
            one.dated.name().into(),
            json(&one.facts).into(),
            one.received_at.into(),
        ]
    });
    let columns = [
        "id",
        "inventory_id",
        "unit_id",
        "name",
        "fold",
        "os",
        "host_id",
        "place",
        "collected_at",
        "dated",
        "facts",
        "received_at",
    ];
    bulk::insert(change.conn(), "machines", columns, rows.collect::<Vec<_>>()).await
}

async fn judge_placed(app: &App, change: &mut Change, machines: Vec<Placed>) -> Result<usize> {
    let placed = machines.into_iter().filter_map(|one| {
        Some(Subject {
            host_id: one.host?,
            machine_id: one.id,
            collected_at: At(one.collected_at),
            facts: Json(one.facts),
        })
    });
    judge_now(app, change, placed.collect()).await
}

/// Judges hosts by the basis in force, if there is one.
pub(super) async fn judge_now(
    app: &App,
    change: &mut Change,
    subjects: Vec<Subject>,
) -> Result<usize> {
    let newest: Option<(Option<String>,)> =
        sqlx::query_as("SELECT MAX(id) FROM bases").fetch_optional(change.conn()).await?;
    let Some(basis) = newest.and_then(|(id,)| id) else { return Ok(0) };
    let basis: BasisId = basis.parse()?;
    let facts = bulletins::facts_of(app, &basis).await?;
    judge::machines(change, &basis, &facts, subjects).await
}

fn record(
    taken: &Taken,
    by: &Hand,
    parts: &[(String, Stored)],
    said_on: Option<Date>,
    through: Through,
) -> Record {
    let files: Vec<_> = parts
        .iter()
        .map(|(name, stored)| serde_json::json!({ "name": name, "sha256": stored.sha256 }))
        .collect();
    let data = serde_json::json!({
        "files": files, "said_on": said_on, "through": through, "machines": taken.machines,
        "unplaced": taken.unplaced, "unread": taken.unread, "judged": taken.judged,
    });
    let record = Record::new("exposures.take_in", &taken.id).with(data);
    match by.unit() {
        Some(unit) => record.of_unit(unit),
        None => record,
    }
}

#[cfg(test)]
mod tests {
    use patches::inventory::Origin;

    use super::*;

    #[test]
    fn a_chain_is_as_old_as_its_oldest_link() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let host = |days: &[Option<i64>]| Host {
            origins: days
                .iter()
                .map(|day| Origin { collected_at: day.map(at), ..Origin::default() })
                .collect(),
            ..Host::default()
        };
        let said = (at(500), Dated::Said);
        for (days, expected) in [
            (vec![None], (at(500), Dated::Said)),
            (vec![Some(300)], (at(300), Dated::File)),
            (vec![Some(700)], (at(700), Dated::File)),
            (vec![Some(700), None], (at(500), Dated::Said)),
            (vec![Some(300), None], (at(300), Dated::File)),
            (vec![Some(9_000)], (at(1_000), Dated::File)),
        ] {
            assert_eq!(collected(&host(&days), said, at(1_000)), expected, "{days:?}");
        }
    }
}
