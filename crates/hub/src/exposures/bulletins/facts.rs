//! The facts of a basis, read from the kept files of its parts.

use std::sync::{Arc, Mutex, PoisonError};

use patches::{
    bulletins::letter,
    facts::{Builder, Facts},
    pack,
};

use super::{Bulletin, Kind, basis, select};
use crate::{App, Error, Result, exposures::BasisId};

/// The facts of the basis last asked for: reading them takes a moment, and
/// nearly everybody asks for the newest. One of these stands in the [`App`].
#[derive(Debug, Default)]
pub struct Cache(Mutex<Option<(BasisId, Arc<Facts>)>>);

impl Cache {
    fn find(&self, id: &BasisId) -> Option<Arc<Facts>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().filter(|(known, _)| known == id).map(|(_, facts)| Arc::clone(facts))
    }

    /// Keeps the facts of a basis in the place of the last.
    pub(super) fn put(&self, id: &BasisId, facts: &Arc<Facts>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Some((id.clone(), Arc::clone(facts)));
    }
}

/// The facts of a basis.
pub async fn of(app: &App, id: &BasisId) -> Result<Arc<Facts>> {
    if let Some(found) = app.bulletins.find(id) {
        return Ok(found);
    }
    let basis = basis::get(&app.db, id).await?;
    let ids = basis.parts.0.iter().map(ToString::to_string);
    let mut parts: Vec<Bulletin> = select().any_of("b.id", ids).fetch(app.db.reader()).await?;
    parts.sort_by_key(|one| basis.parts.0.iter().position(|id| *id == one.id));
    let facts = read(app, &parts).await?;
    app.bulletins.put(id, &facts);
    Ok(facts)
}

/// Reads the parts of a basis, in their order.
pub(super) async fn read(app: &App, parts: &[Bulletin]) -> Result<Arc<Facts>> {
    let mut files = Vec::with_capacity(parts.len());
    for part in parts {
        let bytes = app.files.read(&part.sha256).await?;
        files.push((part.kind, part.name.clone(), bytes));
    }
    let work = tokio::task::spawn_blocking(move || compose(files));
    work.await.map_err(Error::internal)?.map(Arc::new)
}

fn compose(files: Vec<(Kind, String, Vec<u8>)>) -> Result<Facts> {
    let mut builder = None;
    for (kind, name, bytes) in files {
        if kind == Kind::Letter {
            letter::read(&name, &bytes, builder.get_or_insert_default());
            continue;
        }
        let (_, facts) = pack::load(&bytes).map_err(Error::internal)?;
        match &mut builder {
            None => builder = Some(Builder::over(facts)),
            Some(builder) => builder.join(facts),
        }
    }
    Ok(builder.unwrap_or_default().finish())
}
