//! Keys that sign bundles: Ed25519, kept as PEM (PKCS#8 for the secret one,
//! RFC 8410; SubjectPublicKeyInfo for the public one).

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::Path,
};

use diag::{Diagnostic, Place};
use ed25519_dalek::{
    SigningKey, VerifyingKey,
    pkcs8::{
        DecodePrivateKey, DecodePublicKey, EncodePrivateKey, EncodePublicKey,
        spki::der::pem::LineEnding,
    },
};

use crate::sha256_hex;

/// Why a key could not be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file could not be opened, made or written. An existing key is never overwritten.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The text is not a key of this kind.
    #[error("not an Ed25519 key in PEM")]
    NotAKey,
}

/// A new key from 32 bytes that the caller drew from the system's randomness.
pub fn key_from_random(bytes: &[u8; 32]) -> SigningKey {
    SigningKey::from_bytes(bytes)
}

/// What people compare by eye or read over the phone: the first 128 bits of
/// the SHA-256 of the public key's 32 bytes, in eight groups of four hex digits.
pub fn fingerprint(key: &VerifyingKey) -> String {
    let digest = sha256_hex(key.as_bytes());
    let groups: Vec<&str> = (0..8).filter_map(|at| digest.get(at * 4..at * 4 + 4)).collect();
    groups.join("-")
}

/// The public key as PEM, to hand to those who verify.
pub fn public_pem(key: &VerifyingKey) -> Result<String, KeyError> {
    key.to_public_key_pem(LineEnding::LF).map_err(|_| KeyError::NotAKey)
}

/// A public key from PEM.
pub fn read_public(pem: &str) -> Result<VerifyingKey, KeyError> {
    VerifyingKey::from_public_key_pem(pem.trim()).map_err(|_| KeyError::NotAKey)
}

/// Keeps a new key in a file that did not exist before, readable by its owner
/// alone (mode 0600). Windows has no such mode: there the folder's access list
/// decides, and the note says so.
pub fn save_key(path: &Path, key: &SigningKey) -> Result<Vec<Diagnostic>, KeyError> {
    let pem = key.to_pkcs8_pem(LineEnding::LF).map_err(|_| KeyError::NotAKey)?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(pem.as_bytes())?;
    file.sync_all()?;
    Ok(protection(path))
}

/// A key from its file, and whether others can read it too.
pub fn load_key(path: &Path) -> Result<(SigningKey, Vec<Diagnostic>), KeyError> {
    let pem = fs::read_to_string(path)?;
    let key = SigningKey::from_pkcs8_pem(pem.trim()).map_err(|_| KeyError::NotAKey)?;
    Ok((key, protection(path)))
}

#[cfg(unix)]
fn protection(path: &Path) -> Vec<Diagnostic> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(path).map_or(0, |meta| meta.permissions().mode() & 0o777);
    let open = mode & 0o077 != 0;
    let found = || {
        Diagnostic::warning("proof.key-readable", place(path)).with("mode", format!("{mode:03o}"))
    };
    open.then(found).into_iter().collect()
}

#[cfg(not(unix))]
fn protection(path: &Path) -> Vec<Diagnostic> {
    vec![Diagnostic::note("proof.key-unprotected", place(path))]
}

fn place(path: &Path) -> Place {
    Place::file(path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_kept_for_its_owner_alone_and_never_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("signing.pem");
        let key = key_from_random(&[7; 32]);
        save_key(&path, &key).unwrap();
        let (back, found) = load_key(&path).unwrap();
        assert_eq!(back.to_bytes(), key.to_bytes());
        #[cfg(unix)]
        assert_eq!(found, []);
        assert!(matches!(save_key(&path, &key), Err(KeyError::Io(_))));
    }

    #[cfg(unix)]
    #[test]
    fn a_key_that_others_can_read_is_reported() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("signing.pem");
        save_key(&path, &key_from_random(&[7; 32])).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let (_, found) = load_key(&path).unwrap();
        assert_eq!(found[0].code, "proof.key-readable");
        assert_eq!(found[0].values["mode"], "644");
    }

    #[test]
    fn a_public_key_survives_its_pem_and_anything_else_is_refused() {
        let key = key_from_random(&[7; 32]).verifying_key();
        let pem = public_pem(&key).unwrap();
        assert_eq!(read_public(&format!("\n{pem}\n")).unwrap(), key);
        assert!(read_public("hello").is_err());
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("not-a-key.pem");
        fs::write(&path, pem).unwrap();
        assert!(matches!(load_key(&path), Err(KeyError::NotAKey)));
    }

    #[test]
    fn a_fingerprint_is_eight_groups_of_four() {
        // sha256 of the public key of RFC 8032, 7.1, test 1.
        let seed = hex::decode("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
        let key = key_from_random(&seed.unwrap().try_into().unwrap()).verifying_key();
        assert_eq!(
            hex::encode(key.as_bytes()),
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
        );
        assert_eq!(fingerprint(&key), "21fe-31df-a154-a261-626b-f854-046f-d227");
    }
}
