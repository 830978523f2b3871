//! Why anyone should believe us: canonical JSON, the hash chain of the audit
//! log, and evidence bundles that verify with no server and no network.
//!
//! A bundle is an ordinary zip: `records/*.json`, `files/<sha256>-<name>`, an
//! `index.html` to read, `manifest.json` naming every member by SHA-256, and
//! `manifest.sig`, an Ed25519 signature (RFC 8032) over the manifest's bytes.
//! Members are stored uncompressed and in order of their paths, so the same
//! input gives the same bytes with any version of any compressor. The keys
//! are PEM, so a stranger can check the signature with `openssl pkeyutl` and
//! the members with `sha256sum`.
//!
//! *What this crate must not know:* the clock and chance (both are passed in),
//! the database, the server, and what a record means.
//!
//! *To add the next check to a bundle:* put what it needs into `Manifest`, find
//! it out in `verify.rs`, and give [`Report::diagnostics`] a code for it with
//! texts in both locales.

mod bundle;
mod canonical;
mod chain;
mod container;
mod keys;
mod manifest;
mod page;
mod report;
mod verify;

pub use bundle::{BuildError, Bundle, Heading};
pub use canonical::{NotCanonical, canonical};
pub use chain::{
    Act, Break, ChainVerifier, Entry, Excerpt, GENESIS, Head, Sealed, Summary, Why, verify_chain,
    verify_excerpt,
};
pub use container::{Refused, is_safe};
pub use ed25519_dalek::{SigningKey, VerifyingKey};
pub use keys::{
    KeyError, fingerprint, key_from_random, load_key, public_pem, read_public, save_key,
};
pub use manifest::{FileLine, Manifest, Signature};
pub use packs::Text;
pub use report::{ChainVerdict, Digest, FileVerdict, Report, SignatureVerdict, Verdict};
pub use verify::verify_bundle;

/// Lower-case hex SHA-256 of some bytes.
pub fn sha256_hex(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    hex::encode(sha2::Sha256::digest(bytes))
}

/// Every diagnostic this crate can give.
pub const CODES: &[&str] = &[
    "proof.key-readable",
    "proof.key-unprotected",
    "proof.refused",
    "proof.signature-missing",
    "proof.signature-invalid",
    "proof.signer-unknown",
    "proof.manifest-unreadable",
    "proof.file-altered",
    "proof.file-damaged",
    "proof.file-missing",
    "proof.file-extra",
    "proof.chain-altered",
    "proof.chain-missing",
    "proof.chain-unexpected",
    "proof.chain-unlinked",
    "proof.chain-truncated",
    "proof.chain-replaced",
];
