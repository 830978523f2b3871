//! Taking in detections.

use diag::{Diagnostic, Place};
use jiff::Timestamp;
use serde_json::json;

use super::{
    Alert, AlertId,
    machine::Finder,
    posted::{Posted, clean},
    rules::{self, Event, Fate, Group, Item},
    store,
};
use crate::{
    App, Error, Result,
    access::{Over, Scope, Watch},
    registry::units,
    store::Change,
};

/// Most lines of one body.
pub const MOST: usize = 5_000;
/// Most characters of a case's reference.
const CASE: usize = 100;

/// What is said of all detections of a body.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// Code of the unit whose machines they are about.
    pub unit: Option<String>,
    /// The machine, in place of what the log says: a name or an address.
    pub host: Option<String>,
    /// The case they belong to.
    pub case: Option<String>,
}

/// What became of a line.
#[derive(Clone, Debug)]
pub struct Told {
    /// Its number in the body, from 1.
    pub line: u64,
    /// What became of it.
    pub fate: Fate,
    /// The alert that has it.
    pub alert: Option<AlertId>,
    /// Why it was refused.
    pub found: Option<Box<Diagnostic>>,
}

/// Raises alerts for the detections of a body of JSON lines, or adds them to
/// those that are open. A line that cannot be taken fails alone; in a unit's
/// hands so does one about a machine that is not the unit's. Errors: too many
/// lines, a unit that is not there, a reference too long.
pub async fn raise(
    app: &App,
    by: &Over<Watch>,
    at: Timestamp,
    body: &[u8],
    about: &About,
) -> Result<Vec<Told>> {
    let scope = by.scope();
    let case = case(about)?;
    let mut told = Vec::new();
    let mut items = Vec::new();
    let mut finder = Finder::new(&app.db, inside(app, &scope, about).await?);
    for (line, bytes) in lines(body)? {
        let taken = match Posted::read(line, bytes) {
            Ok(posted) => {
                let name = about.host.as_deref().unwrap_or(&posted.detection.host);
                let machine = finder.find(name).await?;
                let key = rules::key(&machine, &posted.detection.what(), case.as_deref());
                own(by, Item { line, posted, machine, key })
            }
            Err(found) => Err(found),
        };
        match taken {
            Ok(item) => items.push(item),
            Err(found) => {
                told.push(Told { line, fate: Fate::Refused, alert: None, found: Some(found) });
            }
        }
    }
    told.extend(write(app, by, at, &items, case).await?);
    told.sort_by_key(|told| told.line);
    Ok(told)
}

fn case(about: &About) -> Result<Option<String>> {
    let given = about.case.as_deref().unwrap_or_default();
    if given.chars().count() > CASE {
        return Err(Error::field("alerts.case-long", "case"));
    }
    Ok(Some(clean(given)).filter(|case| !case.is_empty()))
}

/// Where machines are looked for. The province's people see all units, but a
/// name in a log does not say whose it is; one that a person gave does.
async fn inside(app: &App, scope: &Scope, about: &About) -> Result<Option<Scope>> {
    if let Some(code) = about.unit.as_deref().filter(|code| !code.trim().is_empty()) {
        let unit = units::by_code(&app.db, scope, code).await;
        let unit = unit.map_err(|_| Error::field("alerts.unit-unknown", "unit"))?;
        return Ok(Some(Scope::of([unit.id])));
    }
    Ok(Some(scope.clone()).filter(|scope| !scope.is_province() || about.host.is_some()))
}

/// The lines of a body that say something, each with its number.
fn lines(body: &[u8]) -> Result<Vec<(u64, &[u8])>> {
    let all = (1..).zip(body.split(|byte| *byte == b'\n'));
    let said: Vec<_> =
        all.filter(|(_, line)| !line.trim_ascii().is_empty()).take(MOST + 1).collect();
    if said.len() > MOST {
        let found = Diagnostic::error("alerts.batch-long", Place::default().in_column("body"));
        return Err(Error::Invalid(vec![found.with("most", MOST)]));
    }
    Ok(said)
}

/// A unit's people raise alerts on the unit's machines only.
fn own(by: &Over<Watch>, item: Item) -> Result<Item, Box<Diagnostic>> {
    if by.is_province() || item.machine.host.is_some() {
        return Ok(item);
    }
    let found = Diagnostic::error("alerts.host-not-yours", Place::line(item.line));
    Err(Box::new(found.with("host", &item.machine.name)))
}

async fn write(
    app: &App,
    by: &Over<Watch>,
    at: Timestamp,
    items: &[Item],
    case: Option<String>,
) -> Result<Vec<Told>> {
    if items.is_empty() {
        return Ok(Vec::new());
    }
    let mut change = app.db.change(by.actor(), at).await?;
    change.alone().await?;
    let there = store::there(change.conn(), &by.scope(), items).await?;
    let (groups, fates) = rules::group(items, there, || AlertId::new(at));
    if !groups.is_empty() {
        let alerts = changed(&mut change, items, &groups, case).await?;
        store::save(change.conn(), &alerts).await?;
        let mut kept = Vec::with_capacity(items.len());
        for group in &groups {
            kept.extend(group.items.iter().map(|place| (&group.alert, &items[*place])));
        }
        store::keep(&mut change, &kept).await?;
        change.commit().await?;
    }
    let told = |(item, (fate, alert)): (&Item, (Fate, AlertId))| Told {
        line: item.line,
        fate,
        alert: Some(alert),
        found: None,
    };
    Ok(items.iter().zip(fates).map(told).collect())
}

/// The alerts as they are with their new detections, and the records of that.
async fn changed(
    change: &mut Change,
    items: &[Item],
    groups: &[Group],
    case: Option<String>,
) -> Result<Vec<Alert>> {
    let ids: Vec<AlertId> = groups.iter().map(|group| group.alert.clone()).collect();
    let mut open = store::of_ids(change.conn(), &ids).await?;
    let mut alerts = Vec::with_capacity(groups.len());
    for group in groups {
        let mut alert = match open.remove(&group.alert) {
            Some(alert) => alert,
            None => Alert::begin(group.alert.clone(), &items[group.items[0]], case.clone(), change),
        };
        alert.follows = alert.follows.or_else(|| group.follows.clone());
        alert.take(Event::Detected, change.at())?;
        group.items.iter().for_each(|place| alert.count(&items[*place].posted));
        change.record(record(&alert, group));
        alerts.push(alert);
    }
    Ok(alerts)
}

fn record(alert: &Alert, group: &Group) -> crate::store::Record {
    let added = group.items.len();
    if !group.begins {
        return alert.record("alerts.group", json!({ "added": added, "level": alert.level }));
    }
    let data = json!({
        "rule": alert.rule_id, "title": alert.title, "level": alert.level, "host": alert.host_name,
        "host_id": alert.host_id, "case": alert.case, "detections": added, "follows": alert.follows,
    });
    alert.record("alerts.raise", data)
}
