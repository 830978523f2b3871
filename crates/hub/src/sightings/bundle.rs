//! The evidence of a closed sighting as a signed bundle that verifies offline.

use jiff::Timestamp;
use serde_json::{Value, json};
use words::Lang;

use super::{Sighting, SightingId, State, answer, lists, read};
use crate::{
    App, Error, Result,
    access::Scope,
    audit::bundle::{Evidence, Packed},
};

/// Rows that a bundle holds at most; more are counted, and the lists are in it
/// for whoever sees the whole province.
const MOST_ROWS: u32 = 10_000;

/// Packs the evidence of a sighting that is verified or set aside. A list
/// holds rows of other units, so whole lists go only to the province's people.
pub async fn pack(app: &App, scope: &Scope, at: Timestamp, id: &SightingId) -> Result<Packed> {
    let shown = read::get(&app.db, scope, id).await?;
    let sighting = &shown.sighting;
    if !matches!(sighting.state, State::Verified | State::Refused) {
        return Err(Error::conflict("sightings.not-closed"));
    }
    let rows = read::rows(&app.db, scope, &sighting.id, MOST_ROWS).await?;
    let answers = answer::of(&app.db, scope, &sighting.id).await?;
    let unit = json!({ "code": shown.unit_code, "name": shown.unit_name });
    let title = |lang: Lang| {
        let values: [(&str, &dyn std::fmt::Display); 2] =
            [("address", &sighting.address), ("family", &sighting.family)];
        lang.fill("sightings.bundle.title", &values)
    };
    let subject = sighting.id.as_str();
    let mut evidence =
        Evidence::about(app, at, "sightings.bundle", "sighting", subject, title).await?;
    evidence.records = vec![
        ("sighting", json!({ "sighting": sighting, "unit": unit })),
        ("rows", json!(rows)),
        ("answers", json!(answers)),
        ("silence", silence(app, sighting).await?),
    ];
    for answer in &answers {
        if let (Some(sha256), Some(name)) = (&answer.file_sha256, &answer.file_name) {
            evidence.keep(app, name, sha256).await?;
        }
    }
    if scope.is_province() {
        add_lists(app, scope, &mut evidence, sighting, &rows).await?;
    }
    evidence.traced(app, scope, subject).await?;
    let bytes = evidence.write(&app.key()?)?;
    Ok(Packed { name: format!("ghi-nhan-{}.zip", sighting.id), bytes })
}

/// The lists whose silence proved it, by name, days and digest.
async fn silence(app: &App, sighting: &Sighting) -> Result<Value> {
    let ids = silent_lists(sighting);
    let found: Vec<lists::List> = lists::select(&Scope::province())
        .any_of("l.id", ids)
        .order("l.covers_from", crate::store::Direction::Up)
        .fetch(app.db.reader())
        .await?;
    let line = |list: &lists::List| {
        json!({ "list": list.id, "feed": list.feed_code, "file": list.file_name,
            "sha256": list.sha256, "from": list.covers_from, "to": list.covers_to,
            "received_at": list.received_at })
    };
    Ok(found.iter().map(line).collect())
}

fn silent_lists(sighting: &Sighting) -> Vec<String> {
    let proof = sighting.proof.as_ref();
    let feeds = proof.into_iter().flat_map(|proof| &proof.0);
    feeds.flat_map(|feed| feed.lists.iter().map(ToString::to_string)).collect()
}

/// The very files: those that named it, and those that were silent.
async fn add_lists(
    app: &App,
    scope: &Scope,
    evidence: &mut Evidence,
    sighting: &Sighting,
    rows: &[lists::Row],
) -> Result<()> {
    let mut ids = silent_lists(sighting);
    ids.extend(rows.iter().map(|row| row.list_id.to_string()));
    ids.sort();
    ids.dedup();
    let found: Vec<lists::List> =
        lists::select(scope).any_of("l.id", ids).fetch(app.db.reader()).await?;
    for list in found {
        evidence.keep(app, &list.file_name, &list.sha256).await?;
    }
    Ok(())
}
