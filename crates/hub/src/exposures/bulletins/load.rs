//! Loading packs: those that the program carries or the operator laid into the
//! data folder, by themselves; others by hand, if a trusted key signed them.

use std::path::Path;

use diag::Diagnostic;
use jiff::Timestamp;
use packs::Packs;
use patches::pack::{self, Header, Signed};
use proof::VerifyingKey;

use super::{BUILT_IN, FOLDER, Kind, basis};
use crate::{
    App, Error, Result,
    access::{Actor, Decide},
    exposures::BulletinId,
    store::{Change, Json, Record, Select, files, files::Stored},
};

/// A bulletin on its way in.
pub(super) struct Coming {
    pub(super) kind: Kind,
    pub(super) name: String,
    pub(super) months: Vec<patches::facts::Month>,
    pub(super) data_ends: Option<jiff::civil::Date>,
    pub(super) sources: Vec<patches::facts::Source>,
    pub(super) trust: String,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) stored: Stored,
}

/// Loads whatever packs lie in the program and in the data folder and are not
/// known yet. Does nothing when there is nothing to do.
pub async fn carried(app: &App, at: Timestamp) -> Result<()> {
    let folder = app.settings.data.join("packs");
    let (packs, _) = Packs::with_overlay(&folder)?;
    let mut coming = Vec::new();
    for path in packs.list("bulletins/").into_iter().filter(|path| path.ends_with(".pack")) {
        let bytes = packs.read(path).unwrap_or_default();
        let trust = if packs.is_overlaid(path) { FOLDER } else { BUILT_IN };
        if !is_known(app, &proof::sha256_hex(bytes)).await? {
            coming.extend(read(app, path, bytes, trust).await?);
        }
    }
    if coming.is_empty() {
        return Ok(());
    }
    let mut change = app.db.change(&Actor::system("exposures.bulletins"), at).await?;
    for one in &coming {
        insert(&mut change, one).await?;
    }
    basis::renew(app, &mut change).await?;
    change.commit().await
}

/// A pack that cannot be used is said to the log: nobody is there to be told,
/// and `doctor` looks at the same files.
async fn read(app: &App, path: &str, bytes: &[u8], trust: &str) -> Result<Option<Coming>> {
    match pack::check(bytes, &[]) {
        Ok((header, _)) => {
            let stored = app.files.keep(bytes.to_vec()).await?;
            Ok(Some(Coming::pack(header, trust.to_owned(), stored)))
        }
        Err(cause) => {
            tracing::warn!(path, %cause, "bulletin pack");
            Ok(None)
        }
    }
}

impl Coming {
    fn pack(header: Header, trust: String, stored: Stored) -> Self {
        Self {
            kind: Kind::Pack,
            name: header.name,
            months: header.months,
            data_ends: header.data_ends,
            sources: header.sources,
            trust,
            diagnostics: Vec::new(),
            stored,
        }
    }
}

pub(super) async fn is_known(app: &App, sha256: &str) -> Result<bool> {
    let found = Select::new("id", "bulletins").and("sha256 = {}", [sha256]);
    Ok(found.count(app.db.reader()).await? > 0)
}

/// Loads a pack that somebody brings, and judges every host again. Errors: no
/// pack, altered, signed by no key that is trusted here, known already, or
/// older than what is there.
pub async fn upload(app: &App, by: &Decide, at: Timestamp, bytes: Vec<u8>) -> Result<BulletinId> {
    carried(app, at).await?;
    let keys = trusted(app)?;
    let (header, signed) = pack::check(&bytes, &keys).map_err(|cause| refused(&cause))?;
    let Signed::By(key) = signed else {
        return Err(Error::field("exposures.pack-untrusted", "file"));
    };
    let trust = keys.get(key).map(proof::fingerprint).unwrap_or_default();
    // The facts as well: a pack that is whole and cannot be used is refused.
    let (header, bytes) = tokio::task::spawn_blocking(move || {
        pack::load(&bytes).map(|_| (header, bytes)).map_err(|cause| refused(&cause))
    })
    .await
    .map_err(Error::internal)??;
    if is_known(app, &proof::sha256_hex(&bytes)).await? {
        return Err(Error::conflict("exposures.pack-again"));
    }
    refuse_older(app, &header).await?;
    let coming = Coming::pack(header, trust, app.files.keep(bytes).await?);
    let mut change = app.db.change(by.actor(), at).await?;
    let id = insert(&mut change, &coming).await?;
    basis::renew(app, &mut change).await?;
    change.commit().await?;
    Ok(id)
}

fn refused(cause: &pack::Error) -> Error {
    let code = match cause {
        pack::Error::Unknown => "exposures.pack-unknown",
        pack::Error::Altered | pack::Error::Facts(_) => "exposures.pack-altered",
    };
    Error::field(code, "file")
}

async fn refuse_older(app: &App, header: &Header) -> Result<()> {
    let there: Vec<super::Bulletin> = super::select()
        .and::<&str>("b.ended_at IS NULL AND b.kind = 'pack'", [])
        .fetch(app.db.reader())
        .await?;
    let older = there.iter().any(|one| {
        let ends = one.data_ends.map(|day| day.0);
        ends > header.data_ends && header.months.iter().all(|month| one.months.0.contains(month))
    });
    if older { Err(Error::conflict("exposures.pack-older")) } else { Ok(()) }
}

/// The keys whose packs are believed: the installation's own, and every public
/// key (PEM) in `keys/trusted` of the data folder.
pub fn trusted(app: &App) -> Result<Vec<VerifyingKey>> {
    let mut keys = vec![app.key()?.verifying_key()];
    let folder = app.settings.data.join("keys").join("trusted");
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(keys) };
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    keys.extend(paths.iter().filter_map(|path| public(path)));
    Ok(keys)
}

fn public(path: &Path) -> Option<VerifyingKey> {
    let pem = std::fs::read_to_string(path).ok()?;
    let key = proof::read_public(&pem);
    if let Err(cause) = &key {
        tracing::warn!(path = %path.display(), %cause, "trusted key");
    }
    key.ok()
}

/// Writes a bulletin down, and that it came.
pub(super) async fn insert(change: &mut Change, one: &Coming) -> Result<BulletinId> {
    let at = change.at();
    let id = BulletinId::new(at);
    files::register(change.conn(), &one.stored, at).await?;
    let (by_id, by_name) = (change.actor().id.clone(), change.actor().name.clone());
    sqlx::query(
        "INSERT INTO bulletins (id, kind, name, sha256, size, months, data_ends, sources, trust,
            diagnostics, loaded_at, by_id, by_name)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(id.as_str())
    .bind(one.kind.name())
    .bind(&one.name)
    .bind(&one.stored.sha256)
    .bind(one.stored.size as i64)
    .bind(Json(&one.months))
    .bind(one.data_ends.map(|day| day.to_string()))
    .bind(Json(&one.sources))
    .bind(&one.trust)
    .bind(Json(&one.diagnostics))
    .bind(at.as_microsecond())
    .bind(by_id)
    .bind(by_name)
    .execute(change.conn())
    .await?;
    let data = serde_json::json!({
        "kind": one.kind, "name": one.name, "sha256": one.stored.sha256, "months": one.months,
        "data_ends": one.data_ends, "trust": one.trust,
    });
    change.record(Record::new("exposures.load_bulletin", &id).with(data));
    Ok(id)
}
