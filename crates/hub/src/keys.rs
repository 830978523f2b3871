//! The key that signs evidence bundles: made on first use, kept in the data
//! folder, readable by the server alone.

use std::path::Path;

use proof::SigningKey;

use crate::{App, Error, Result};

impl App {
    /// The installation's signing key (`keys/bundle.key`); its public half lies
    /// beside it (`bundle.pub`), to be given to whoever verifies.
    pub fn key(&self) -> Result<SigningKey> {
        let folder = self.settings.data.join("keys");
        let path = folder.join("bundle.key");
        if !path.exists() {
            make(&folder, &path)?;
        }
        let (key, found) = proof::load_key(&path).map_err(Error::internal)?;
        for one in found {
            tracing::warn!(%one, "signing key");
        }
        Ok(key)
    }
}

fn make(folder: &Path, path: &Path) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    let key = proof::key_from_random(&rand::random());
    match proof::save_key(path, &key) {
        // Somebody else made it meanwhile: theirs stands.
        Err(_) if path.exists() => return Ok(()),
        Err(cause) => return Err(Error::internal(cause)),
        Ok(found) => found.iter().for_each(|one| tracing::warn!(%one, "signing key")),
    }
    let public = proof::public_pem(&key.verifying_key()).map_err(Error::internal)?;
    std::fs::write(folder.join("bundle.pub"), public)?;
    Ok(())
}
