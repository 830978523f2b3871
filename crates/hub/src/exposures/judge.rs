//! Hosts against the basis in force: when an inventory of theirs comes, and all
//! of them when the basis changes. Only what changed is written: a host whose
//! facts, basis and sheet are the same keeps its assessment.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use patches::{facts::Facts, inventory::Host, verdict::Judge};
use sqlx::AnyConnection;

use super::{
    AssessmentId, BasisId, MachineId, sheet,
    sheet::{Answer, Sheet},
};
use crate::{
    Error, Result,
    registry::HostId,
    store::{At, Change, Json, Select, bulk},
};

/// Hosts judged at once: so many facts are in memory together.
const AT_ONCE: u32 = 500;
/// Identifiers in one statement; see `store::bulk`.
const IN_STATEMENT: usize = 500;

/// A host with the facts that count for it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Subject {
    pub(super) host_id: HostId,
    pub(super) machine_id: MachineId,
    pub(super) collected_at: At,
    pub(super) facts: Json<Host>,
}

/// Judges every host that has facts; says how many assessments changed.
pub(super) async fn everything(
    change: &mut Change,
    basis: &BasisId,
    facts: &Arc<Facts>,
) -> Result<usize> {
    let (mut changed, mut after) = (0, String::new());
    loop {
        let subjects: Vec<Subject> = Select::new(
            "a.host_id, m.id AS machine_id, m.collected_at, m.facts",
            "assessments a JOIN machines m ON m.id = a.machine_id",
        )
        .and::<&str>("a.until_at IS NULL", [])
        .and("a.host_id > {}", [after.as_str()])
        .order("a.host_id", crate::store::Direction::Up)
        .page(crate::store::Page { number: 0, size: AT_ONCE })
        .fetch(change.conn())
        .await?;
        let Some(last) = subjects.last() else { return Ok(changed) };
        after = last.host_id.to_string();
        changed += judge(change, basis, facts, subjects).await?;
    }
}

/// Judges the hosts of some machines that just found their place. Of several
/// machines of a host the one collected last counts; one collected before what
/// the host shows now is kept and changes nothing.
pub(super) async fn machines(
    change: &mut Change,
    basis: &BasisId,
    facts: &Arc<Facts>,
    machines: Vec<Subject>,
) -> Result<usize> {
    let mut newest: BTreeMap<HostId, Subject> = BTreeMap::new();
    for one in machines {
        let known = newest.get(&one.host_id);
        if known.is_none_or(|known| known.collected_at <= one.collected_at) {
            newest.insert(one.host_id.clone(), one);
        }
    }
    let hosts: Vec<String> = newest.keys().map(ToString::to_string).collect();
    for (host, now) in present(change.conn(), &hosts).await? {
        let older = newest.get(&host).is_some_and(|one| one.collected_at < now.collected_at);
        if older {
            newest.remove(&host);
        }
    }
    let mut changed = 0;
    let mut rest = newest.into_values().peekable();
    while rest.peek().is_some() {
        let batch: Vec<Subject> = rest.by_ref().take(AT_ONCE as usize).collect();
        changed += judge(change, basis, facts, batch).await?;
    }
    Ok(changed)
}

async fn judge(
    change: &mut Change,
    basis: &BasisId,
    facts: &Arc<Facts>,
    subjects: Vec<Subject>,
) -> Result<usize> {
    let facts = Arc::clone(facts);
    let work = move || {
        let judge = Judge::new(&facts);
        let question = sheet::question(&facts);
        let judged = subjects.into_iter().map(|one| {
            let answer = sheet::judge(&judge, &question, &one.facts.0);
            (one, answer)
        });
        judged.collect::<Vec<_>>()
    };
    let judged = tokio::task::spawn_blocking(work).await.map_err(Error::internal)?;
    write(change, basis, judged).await
}

async fn write(
    change: &mut Change,
    basis: &BasisId,
    judged: Vec<(Subject, Answer)>,
) -> Result<usize> {
    let hosts: Vec<String> = judged.iter().map(|(one, _)| one.host_id.to_string()).collect();
    let now = present(change.conn(), &hosts).await?;
    let differs = |(one, answer): &(Subject, Answer)| {
        now.get(&one.host_id).is_none_or(|now| {
            now.machine_id != one.machine_id
                || now.basis_id != *basis
                || now.sheet_id != answer.sheet.id
        })
    };
    let changed: Vec<(Subject, Answer)> = judged.into_iter().filter(differs).collect();
    insert_sheets(change.conn(), changed.iter().map(|(_, answer)| &answer.sheet)).await?;
    end_present(change, &changed).await?;
    begin(change, basis, &changed).await?;
    Ok(changed.len())
}

/// What a host shows at present.
#[derive(sqlx::FromRow)]
struct Present {
    host_id: HostId,
    machine_id: MachineId,
    basis_id: BasisId,
    sheet_id: String,
    collected_at: At,
}

async fn present(conn: &mut AnyConnection, hosts: &[String]) -> Result<HashMap<HostId, Present>> {
    let mut found = HashMap::new();
    for some in hosts.chunks(IN_STATEMENT) {
        let rows: Vec<Present> =
            Select::new("host_id, machine_id, basis_id, sheet_id, collected_at", "assessments")
                .and::<&str>("until_at IS NULL", [])
                .any_of("host_id", some.iter().cloned())
                .fetch(&mut *conn)
                .await?;
        found.extend(rows.into_iter().map(|row| (row.host_id.clone(), row)));
    }
    Ok(found)
}

async fn insert_sheets<'a>(
    conn: &mut AnyConnection,
    sheets: impl Iterator<Item = &'a Sheet>,
) -> Result<()> {
    let mut new: BTreeMap<&str, &Sheet> = sheets.map(|one| (one.id.as_str(), one)).collect();
    for id in known_sheets(conn, &new).await? {
        new.remove(id.as_str());
    }
    let heads: Vec<_> = new.values().map(|one| one.head()).collect();
    bulk::insert(conn, "sheets", sheet::HEAD, heads).await?;
    let rows: Vec<_> = new.values().flat_map(|one| one.values()).collect();
    bulk::insert(conn, "sheet_rows", sheet::COLUMNS, rows).await
}

async fn known_sheets(
    conn: &mut AnyConnection,
    sheets: &BTreeMap<&str, &Sheet>,
) -> Result<BTreeSet<String>> {
    let mut known = BTreeSet::new();
    let ids: Vec<&str> = sheets.keys().copied().collect();
    for some in ids.chunks(IN_STATEMENT) {
        let rows: Vec<(String,)> = Select::new("id", "sheets")
            .any_of("id", some.iter().copied())
            .fetch(&mut *conn)
            .await?;
        known.extend(rows.into_iter().map(|(id,)| id));
    }
    Ok(known)
}

async fn end_present(change: &mut Change, changed: &[(Subject, Answer)]) -> Result<()> {
    let at = change.at().as_microsecond();
    for some in changed.chunks(IN_STATEMENT) {
        let places: Vec<String> = (0..some.len()).map(|at| format!("${}", at + 2)).collect();
        let sql = format!(
            "UPDATE assessments SET until_at = $1 WHERE until_at IS NULL AND host_id IN ({})",
            places.join(", ")
        );
        let mut query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(at);
        for (one, _) in some {
            query = query.bind(one.host_id.to_string());
        }
        query.execute(change.conn()).await?;
    }
    Ok(())
}

async fn begin(change: &mut Change, basis: &BasisId, changed: &[(Subject, Answer)]) -> Result<()> {
    let at = change.at();
    let columns = [
        "id",
        "host_id",
        "machine_id",
        "basis_id",
        "sheet_id",
        "build",
        "collected_at",
        "warnings",
        "from_at",
    ];
    let rows = changed.iter().map(|(one, answer)| {
        [
            AssessmentId::new(at).as_str().into(),
            one.host_id.as_str().into(),
            one.machine_id.as_str().into(),
            basis.as_str().into(),
            answer.sheet.id.as_str().into(),
            answer.build.as_str().into(),
            one.collected_at.0.into(),
            serde_json::to_string(&answer.warnings).unwrap_or_default().into(),
            at.into(),
        ]
    });
    bulk::insert(change.conn(), "assessments", columns, rows.collect::<Vec<_>>()).await
}
