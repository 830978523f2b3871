//! Checking a bundle: the frame of the zip, the signature, every member, the
//! audit entries. Members are read in pieces and never further than they
//! should be long, so a hostile zip costs little memory.

use std::{
    collections::BTreeMap,
    io::{self, Read, Seek},
};

use ed25519_dalek::VerifyingKey;
use sha2::{Digest as _, Sha256};

use crate::{
    FileLine, Manifest, Refused, Report, Signature, SignatureVerdict, Verdict,
    bundle::{MAX_BUNDLE_BYTES, MAX_MANIFEST_BYTES},
    container::{self, Container},
    fingerprint,
    manifest::{FORMAT, MANIFEST, SIGNATURE},
    report::{ChainVerdict, Digest, FileVerdict},
    verify_excerpt,
};

/// A signature is some 300 bytes.
const MAX_SIGNATURE_BYTES: u64 = 4 << 10;

/// Checks a bundle against the key of its issuer, if the caller has it.
///
/// # Errors
/// [`Refused`] when the file is no sound zip or no bundle; whatever is wrong
/// inside a bundle stands in the [`Report`].
pub fn verify_bundle<R: Read + Seek>(
    reader: R,
    trusted_key: Option<&VerifyingKey>,
) -> Result<Report, Refused> {
    let mut container = container::open(reader)?;
    let bytes = small(&mut container, MANIFEST, MAX_MANIFEST_BYTES)?;
    let text = small(&mut container, SIGNATURE, MAX_SIGNATURE_BYTES)?;
    let signature = text.as_deref().and_then(|text| std::str::from_utf8(text).ok());
    let signature = signature.and_then(Signature::from_text);
    let verdict = match (&bytes, &text) {
        (Some(bytes), Some(_)) => judge(signature.as_ref(), bytes),
        _ => SignatureVerdict::Missing,
    };
    let manifest = bytes.as_deref().and_then(|bytes| serde_json::from_slice(bytes).ok());
    if let Some(manifest) = &manifest {
        check_claims(manifest, verdict)?;
    }
    let files = files(&mut container, manifest.as_ref());
    let signer = signature.map(|signature| signature.key);
    let chain = manifest.as_ref().map(chain);
    Ok(report(verdict, signer.as_ref(), trusted_key, manifest, files, chain))
}

fn report(
    signature: SignatureVerdict,
    signer: Option<&VerifyingKey>,
    trusted_key: Option<&VerifyingKey>,
    manifest: Option<Manifest>,
    files: Vec<FileVerdict>,
    chain: Option<ChainVerdict>,
) -> Report {
    let trusted = trusted_key.is_some() && trusted_key == signer;
    let ok = signature == SignatureVerdict::Valid
        && (trusted || trusted_key.is_none())
        && files.iter().all(|file| file.verdict == Verdict::Intact)
        && matches!(chain, Some(ChainVerdict::Intact(_)));
    let signer = signer.map(fingerprint);
    Report { ok, signature, signer, trusted, manifest, files, chain }
}

fn judge(signature: Option<&Signature>, manifest: &[u8]) -> SignatureVerdict {
    match signature {
        Some(signature) if signature.is_over(manifest) => SignatureVerdict::Valid,
        _ => SignatureVerdict::Invalid,
    }
}

/// What has to be sensible before the members are read. A bundle of a later
/// format is not a broken one, and is not judged as one.
fn check_claims(manifest: &Manifest, verdict: SignatureVerdict) -> Result<(), Refused> {
    if manifest.format != FORMAT && verdict == SignatureVerdict::Valid {
        return Err(Refused::UnknownFormat(manifest.format.clone()));
    }
    // Without this a forged manifest decides how long a small zip keeps us inflating.
    let claimed = manifest.files.iter().fold(0, |sum: u64, line| sum.saturating_add(line.size));
    if claimed > MAX_BUNDLE_BYTES { Err(Refused::TooLarge) } else { Ok(()) }
}

fn chain(manifest: &Manifest) -> ChainVerdict {
    match verify_excerpt(&manifest.audit, manifest.chain_head.as_ref()) {
        Ok(excerpt) => ChainVerdict::Intact(excerpt),
        Err(broken) => ChainVerdict::Broken(broken),
    }
}

/// A member that is read whole: `None` when it is not there, or not readable,
/// or longer than it can be.
fn small<R: Read + Seek>(
    container: &mut Container<R>,
    name: &str,
    limit: u64,
) -> Result<Option<Vec<u8>>, Refused> {
    let Some(index) = container.members.iter().find(|(each, _)| each == name) else {
        return Ok(None);
    };
    let member = container.archive.by_index(index.1)?;
    let mut bytes = Vec::new();
    let read = member.take(limit + 1).read_to_end(&mut bytes);
    Ok(read.ok().filter(|read| *read as u64 <= limit).map(|_| bytes))
}

/// Each member that is listed or found, in order of path.
fn files<R: Read + Seek>(
    container: &mut Container<R>,
    manifest: Option<&Manifest>,
) -> Vec<FileVerdict> {
    let lines = manifest.map_or(&[][..], |manifest| &manifest.files);
    let listed: BTreeMap<&str, &FileLine> =
        lines.iter().map(|line| (line.path.as_str(), line)).collect();
    let mut verdicts: BTreeMap<String, Verdict> =
        listed.keys().map(|path| ((*path).to_owned(), Verdict::Missing)).collect();
    for (path, index) in std::mem::take(&mut container.members) {
        if path == MANIFEST || path == SIGNATURE {
            continue;
        }
        let line = listed.get(path.as_str());
        let verdict = line.map_or(Verdict::Extra, |line| compare(container, index, line));
        verdicts.insert(path, verdict);
    }
    verdicts.into_iter().map(|(path, verdict)| FileVerdict { path, verdict }).collect()
}

fn compare<R: Read + Seek>(container: &mut Container<R>, index: usize, line: &FileLine) -> Verdict {
    let expected = Digest { sha256: line.sha256.clone(), size: line.size };
    let found = match container.archive.by_index(index) {
        Ok(member) => digest(member, line.size),
        Err(error) => return Verdict::Damaged(error.to_string()),
    };
    match found {
        Err(error) => Verdict::Damaged(error.to_string()),
        Ok(Some(found)) if found == expected => Verdict::Intact,
        Ok(found) => Verdict::Altered { expected, found },
    }
}

/// Hash and length, or `None` for what is longer than `size`.
fn digest(mut member: impl Read, size: u64) -> io::Result<Option<Digest>> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 64 << 10];
    let mut length = 0;
    loop {
        let read = member.read(&mut buffer)?;
        if read == 0 {
            return Ok(Some(Digest { sha256: hex::encode(hash.finalize()), size: length }));
        }
        length += read as u64;
        if length > size {
            return Ok(None);
        }
        hash.update(&buffer[..read]);
    }
}
