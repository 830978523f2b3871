//! What was found out about a bundle.

use diag::{Diagnostic, Place};
use serde::Serialize;

use crate::{Break, Excerpt, Manifest, Refused, Why};

/// The outcome for a whole bundle.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// Everything is as it was signed, and the signer is the trusted one if
    /// one was named. Without one, `ok` means whole, not whose.
    pub ok: bool,
    /// The signature over the manifest.
    pub signature: SignatureVerdict,
    /// Fingerprint of the key in the bundle; none when it cannot be read.
    pub signer: Option<String>,
    /// Whether that key is the one the caller trusts; false when none was named.
    pub trusted: bool,
    /// What the bundle says about itself; none when it cannot be read.
    pub manifest: Option<Manifest>,
    /// Each member, listed or found, in order of path.
    pub files: Vec<FileVerdict>,
    /// The audit entries in it; none when the manifest cannot be read.
    pub chain: Option<ChainVerdict>,
}

/// The outcome for the signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SignatureVerdict {
    /// It is over exactly this manifest.
    Valid,
    /// The manifest or the signature was changed.
    Invalid,
    /// There is no manifest, or no signature.
    Missing,
}

/// The outcome for one member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileVerdict {
    /// Its path in the zip.
    pub path: String,
    /// What was found.
    pub verdict: Verdict,
}

/// What was found about a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It has the hash the manifest says.
    Intact,
    /// It has another.
    Altered {
        /// What the manifest says.
        expected: Digest,
        /// What was found; none when it is longer than it should be and was not read on.
        found: Option<Digest>,
    },
    /// It cannot be read from the zip.
    Damaged(String),
    /// The manifest lists it and it is not there.
    Missing,
    /// It is there and the manifest does not list it.
    Extra,
}

/// Hash and length of a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Digest {
    /// SHA-256, 64 hex digits.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
}

/// The outcome for the audit entries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChainVerdict {
    /// They hold together.
    Intact(Excerpt),
    /// They do not, from here on.
    Broken(Break),
}

impl Report {
    /// Everything that speaks against it, in words the locales know.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let mut found: Vec<Diagnostic> = self.about_signature().into_iter().collect();
        if self.manifest.is_none() {
            found
                .push(Diagnostic::error("proof.manifest-unreadable", Place::file("manifest.json")));
        }
        found.extend(self.files.iter().filter_map(FileVerdict::diagnostic));
        if let Some(ChainVerdict::Broken(broken)) = &self.chain {
            found.push(Diagnostic::from(broken));
        }
        found
    }

    fn about_signature(&self) -> Option<Diagnostic> {
        let place = Place::file("manifest.sig");
        let signer = self.signer.as_deref().unwrap_or("?");
        match self.signature {
            SignatureVerdict::Missing => Some(Diagnostic::error("proof.signature-missing", place)),
            SignatureVerdict::Invalid => Some(Diagnostic::error("proof.signature-invalid", place)),
            SignatureVerdict::Valid if self.trusted => None,
            SignatureVerdict::Valid => {
                Some(Diagnostic::warning("proof.signer-unknown", place).with("signer", signer))
            }
        }
    }
}

impl FileVerdict {
    fn diagnostic(&self) -> Option<Diagnostic> {
        let place = Place::file(&self.path);
        let path = &self.path;
        let found = match &self.verdict {
            Verdict::Intact => return None,
            Verdict::Altered { expected, found } => {
                let read = found.as_ref().map_or("?", |found| &found.sha256);
                Diagnostic::error("proof.file-altered", place)
                    .with("expected", &expected.sha256)
                    .with("found", read)
            }
            Verdict::Damaged(why) => {
                Diagnostic::error("proof.file-damaged", place).with("why", why)
            }
            Verdict::Missing => Diagnostic::error("proof.file-missing", place),
            Verdict::Extra => Diagnostic::error("proof.file-extra", place),
        };
        Some(found.with("path", path))
    }
}

impl From<&Break> for Diagnostic {
    fn from(broken: &Break) -> Self {
        let code = match broken.why {
            Why::Altered => "proof.chain-altered",
            Why::Missing => "proof.chain-missing",
            Why::Unexpected => "proof.chain-unexpected",
            Why::Unlinked => "proof.chain-unlinked",
            Why::Truncated => "proof.chain-truncated",
            Why::Replaced => "proof.chain-replaced",
        };
        Self::error(code, Place::default())
            .with("seq", broken.seq)
            .with("expected", &broken.expected)
            .with("found", &broken.found)
    }
}

impl From<&Refused> for Diagnostic {
    fn from(refused: &Refused) -> Self {
        Self::error("proof.refused", Place::default()).with("why", refused)
    }
}
