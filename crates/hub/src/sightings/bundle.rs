//! The evidence of a closed sighting as a signed bundle that verifies offline.

use std::io::Cursor;

use jiff::Timestamp;
use proof::{Bundle, Head, Heading, Sealed, SigningKey, Text};
use serde_json::{Value, json};
use words::Lang;

use super::{Sighting, SightingId, State, answer, lists, read};
use crate::{App, Error, Result, access::Scope, audit, installation};

/// A bundle's bytes, and a name for its file.
pub struct Packed {
    /// `ghi-nhan-<id>.zip`.
    pub name: String,
    /// The zip.
    pub bytes: Vec<u8>,
}

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
    let mut evidence = Evidence {
        heading: heading(app, at, sighting).await?,
        records: vec![
            ("sighting", json!({ "sighting": sighting, "unit": unit })),
            ("rows", json!(rows)),
            ("answers", json!(answers)),
            ("silence", silence(app, sighting).await?),
        ],
        files: Vec::new(),
        entries: Vec::new(),
        head: audit::head(&app.db).await?,
    };
    for answer in &answers {
        if let (Some(sha256), Some(name)) = (&answer.file_sha256, &answer.file_name) {
            evidence.files.push((name.clone(), app.files.read(sha256).await?));
        }
    }
    if scope.is_province() {
        add_lists(app, scope, &mut evidence, sighting, &rows).await?;
    }
    for row in audit::of_subject(&app.db, scope, sighting.id.as_str()).await? {
        evidence.entries.push(row.sealed()?);
    }
    let bytes = evidence.write(&app.key()?)?;
    Ok(Packed { name: format!("ghi-nhan-{}.zip", sighting.id), bytes })
}

/// Everything that goes into a bundle.
struct Evidence {
    heading: Heading,
    records: Vec<(&'static str, Value)>,
    files: Vec<(String, Vec<u8>)>,
    entries: Vec<Sealed>,
    head: Option<Head>,
}

impl Evidence {
    fn write(self, key: &SigningKey) -> Result<Vec<u8>> {
        let mut bundle = Bundle::new(self.heading);
        for (name, value) in self.records {
            let key = format!("sightings.bundle.{name}");
            let title =
                Text { vi: Lang::Vi.t(&key).into_owned(), en: Lang::En.t(&key).into_owned() };
            bundle.record(name, title, value).map_err(Error::internal)?;
        }
        for (name, bytes) in self.files {
            bundle.file(&name, "application/octet-stream", bytes);
        }
        bundle.audit(self.entries, self.head);
        let mut out = Cursor::new(Vec::new());
        bundle.write(&mut out, key).map_err(Error::internal)?;
        Ok(out.into_inner())
    }
}

async fn heading(app: &App, at: Timestamp, sighting: &Sighting) -> Result<Heading> {
    let installation = installation::read(&app.db).await?;
    let title = |lang: Lang| {
        let values: [(&str, &dyn std::fmt::Display); 2] =
            [("address", &sighting.address), ("family", &sighting.family)];
        lang.fill("sightings.bundle.title", &values)
    };
    Ok(Heading {
        kind: "sighting".to_owned(),
        subject: sighting.id.to_string(),
        title: Text { vi: title(Lang::Vi), en: title(Lang::En) },
        issuer: installation.province,
        created_at: at,
        zone: app.settings.zone.clone(),
    })
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
        let bytes = app.files.read(&list.sha256).await?;
        evidence.files.push((list.file_name, bytes));
    }
    Ok(())
}
