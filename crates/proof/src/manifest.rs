//! What a bundle says it holds, and the signature over it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ed25519_dalek::{
    Signer as _, SigningKey, VerifyingKey,
    pkcs8::{DecodePublicKey as _, EncodePublicKey as _},
};
use jiff::Timestamp;
use packs::Text;
use serde::{Deserialize, Serialize};

use crate::{Head, Sealed, fingerprint};

/// The format this crate writes and reads.
pub(crate) const FORMAT: &str = "thapcanh-bundle/1";
/// The member that names all others.
pub(crate) const MANIFEST: &str = "manifest.json";
/// The member that vouches for the manifest.
pub(crate) const SIGNATURE: &str = "manifest.sig";

/// `manifest.json`, in canonical JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// `thapcanh-bundle/1`.
    pub format: String,
    /// The noun it is about, for example `sighting`.
    pub kind: String,
    /// Identifier of the thing it is about.
    pub subject: String,
    /// What it is, for people.
    pub title: Text,
    /// Who made it.
    pub issuer: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Every member but the manifest and its signature, in order of path.
    pub files: Vec<FileLine>,
    /// Head of the audit chain when it was made.
    pub chain_head: Option<Head>,
    /// The audit entries about the subject, in order.
    pub audit: Vec<Sealed>,
}

/// One member of a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileLine {
    /// Its path in the zip.
    pub path: String,
    /// The name a person gave it, where that differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// SHA-256 of its bytes, 64 hex digits.
    pub sha256: String,
    /// Its length in bytes.
    pub size: u64,
    /// Its media type (RFC 6838).
    pub media_type: String,
}

/// `manifest.sig`: Ed25519 (RFC 8032) over the bytes of `manifest.json`.
///
/// The text has one line each for format, algorithm, fingerprint, public key
/// (SubjectPublicKeyInfo, base64: the middle line of its PEM) and signature
/// (base64). It is read only in exactly that form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// Who signed.
    pub key: VerifyingKey,
    signature: ed25519_dalek::Signature,
}

impl Signature {
    /// Signs a manifest.
    pub fn sign(key: &SigningKey, manifest: &[u8]) -> Self {
        Self { key: key.verifying_key(), signature: key.sign(manifest) }
    }

    /// Whether it is over these bytes.
    pub fn is_over(&self, manifest: &[u8]) -> bool {
        self.key.verify_strict(manifest, &self.signature).is_ok()
    }

    /// The text of `manifest.sig`.
    pub fn to_text(&self) -> String {
        // A valid key always has a DER form; an empty one would simply not verify.
        let der = self.key.to_public_key_der().map(|der| STANDARD.encode(der.as_bytes()));
        format!(
            "thapcanh-signature/1\nalgorithm: ed25519\nfingerprint: {}\npublic-key: {}\nsignature: {}\n",
            fingerprint(&self.key),
            der.unwrap_or_default(),
            STANDARD.encode(self.signature.to_bytes()),
        )
    }

    /// Reads the text of `manifest.sig`; nothing but the exact form is one.
    pub fn from_text(text: &str) -> Option<Self> {
        let value = |name: &str| text.lines().find_map(|line| line.strip_prefix(name));
        let der = STANDARD.decode(value("public-key: ")?).ok()?;
        let bytes = STANDARD.decode(value("signature: ")?).ok()?;
        let key = VerifyingKey::from_public_key_der(&der).ok()?;
        let signature = ed25519_dalek::Signature::from_slice(&bytes).ok()?;
        Some(Self { key, signature }).filter(|read| read.to_text() == text)
    }
}
