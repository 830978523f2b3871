//! The evidence on a host as a signed bundle that verifies offline: what it was
//! said to be, every verdict, and the very files and bulletins behind them.

use jiff::Timestamp;
use serde_json::json;
use words::Lang;

use super::{
    bulletins, inventories,
    read::{self, Exposure},
};
use crate::{
    App, Error, Result,
    access::Scope,
    audit::bundle::{Evidence, Packed},
    registry::HostId,
    store::Direction,
};

/// Packs the evidence on a host of the scope. Other machines may be in the files
/// that were delivered with it; they are of the same unit, or the file is left
/// to whoever sees the whole province.
pub async fn pack(app: &App, scope: &Scope, at: Timestamp, id: &HostId) -> Result<Packed> {
    let host = read::host(&app.db, scope, id).await?;
    let (machine, basis) =
        host.machine_id.clone().zip(host.basis_id.clone()).ok_or(Error::NotFound)?;
    let verdicts: Vec<Exposure> = read::exposures(scope)
        .and("a.host_id = {}", [id.as_str()])
        .order("r.cve", Direction::Up)
        .fetch(app.db.reader())
        .await?;
    let machine = inventories::machine(&app.db, scope, &machine).await?;
    let facts = inventories::machine_facts(&app.db, scope, &machine.id).await?;
    let basis = bulletins::basis_of(&app.db, &basis).await?;
    let title = |lang: Lang| lang.fill("exposures.bundle.title", &[("host", &host.name)]);
    let subject = machine.inventory_id.as_str();
    let mut evidence =
        Evidence::about(app, at, "exposures.bundle", "host", id.as_str(), title).await?;
    evidence.records = vec![
        ("host", json!(host)),
        ("facts", json!({ "machine": machine, "facts": facts })),
        ("verdicts", json!(verdicts)),
        ("basis", json!(basis)),
    ];
    match inventories::parts(&app.db, scope, &machine.inventory_id).await {
        Ok(parts) => {
            for part in parts {
                evidence.keep(app, &part.name, &part.sha256).await?;
            }
        }
        // A mixture of several units' machines is the province's.
        Err(Error::NotFound) => {}
        Err(other) => return Err(other),
    }
    for one in bulletins::all(&app.db).await? {
        if basis.parts.0.contains(&one.id) {
            evidence.keep(app, &one.name, &one.sha256).await?;
        }
    }
    evidence.traced(app, scope, subject).await?;
    let bytes = evidence.write(&app.key()?)?;
    Ok(Packed { name: format!("may-{id}.zip"), bytes })
}
