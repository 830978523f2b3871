//! A bulletin pack: the facts of some bulletins in one small signed file, for
//! places without a network. Data that changes without a release.
//!
//! The file is three parts: a line of JSON (the [`Header`]), a line with the
//! Ed25519 signature of the first line in base64 (or `-`), and the facts as
//! deflated JSON, whose SHA-256 stands in the header. Who checks the header's
//! signature and the body's hash has checked every byte.

use std::io::{Read, Write};

use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, SigningKey, VerifyingKey};
use flate2::{Compression, read::DeflateDecoder, write::DeflateEncoder};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    facts::{Facts, Month, Source},
    text,
};

/// Changes when an older program could misread a newer pack.
const VERSION: u32 = 1;
const MAGIC: &str = "thapcanh-bulletins";
/// Most bytes that a pack's facts may unpack to.
const BODY_LIMIT: u64 = 1 << 30;

/// What a pack says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Always `thapcanh-bulletins`.
    pub format: String,
    /// Version of the layout.
    pub version: u32,
    /// The pack's name, `msrc-2023-05_11`.
    pub name: String,
    /// The months it holds whole.
    pub months: Vec<Month>,
    /// The last day its sources know of: the pack's age counts from here.
    pub data_ends: Option<Date>,
    /// The documents it was made from, with their hashes.
    pub sources: Vec<Source>,
    /// SHA-256 of the deflated body, hexadecimal.
    pub body_sha256: String,
}

/// Whose signature a pack bears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signed {
    /// A signature that none of the given keys made, or none at all.
    Untrusted,
    /// The key at this position made it.
    By(usize),
}

/// Why a pack could not be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is no pack, or a newer one.
    #[error("not a bulletin pack of version {VERSION}")]
    Unknown,
    /// Its body is not what its header says.
    #[error("the pack was altered: its contents do not match their hash")]
    Altered,
    /// Its facts could not be read.
    #[error("the pack's facts cannot be read: {0}")]
    Facts(String),
}

/// Signs a header line.
pub type Sign<'s> = &'s dyn Fn(&[u8]) -> [u8; 64];

/// Builds a pack. `sign` gets the header line and returns the signature.
pub fn build(name: &str, facts: &Facts, sign: Option<Sign<'_>>) -> Result<Vec<u8>, Error> {
    let body = deflate(facts).map_err(|e| Error::Facts(e.to_string()))?;
    let header = Header {
        format: MAGIC.to_owned(),
        version: VERSION,
        name: name.to_owned(),
        months: facts.months(),
        data_ends: facts.data_ends(),
        sources: facts.sources.clone(),
        body_sha256: text::sha256(&body),
    };
    let header = serde_json::to_string(&header).map_err(|e| Error::Facts(e.to_string()))?;
    let signature =
        sign.map_or_else(|| "-".to_owned(), |sign| STANDARD.encode(sign(header.as_bytes())));
    let mut pack = format!("{header}\n{signature}\n").into_bytes();
    pack.extend(body);
    Ok(pack)
}

/// The same pack with another signature.
pub fn sign(bytes: &[u8], sign: Sign<'_>) -> Result<Vec<u8>, Error> {
    check(bytes, &[])?;
    let (header, _, body) = parts(bytes).ok_or(Error::Unknown)?;
    let signature = STANDARD.encode(sign(header));
    Ok([header, b"\n", signature.as_bytes(), b"\n", body].concat())
}

/// A signer for [`build`] and [`sign`] with a key at hand.
pub fn signer(key: &SigningKey) -> impl Fn(&[u8]) -> [u8; 64] + '_ {
    use ed25519_dalek::Signer;
    |header| key.sign(header).to_bytes()
}

fn deflate(facts: &Facts) -> std::io::Result<Vec<u8>> {
    let json = serde_json::to_vec(&columns::Columns::from(facts))?;
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&json)?;
    encoder.finish()
}

/// Whether these bytes begin like a pack.
pub fn is_pack(bytes: &[u8]) -> bool {
    bytes.starts_with(format!("{{\"format\":\"{MAGIC}\"").as_bytes())
}

/// Reads a pack's header and whose signature it bears, and checks its body's hash.
pub fn check(bytes: &[u8], keys: &[VerifyingKey]) -> Result<(Header, Signed), Error> {
    let (header, signature, body) = parts(bytes).ok_or(Error::Unknown)?;
    let parsed: Header = serde_json::from_slice(header).map_err(|_| Error::Unknown)?;
    if parsed.format != MAGIC || parsed.version != VERSION {
        return Err(Error::Unknown);
    }
    if parsed.body_sha256 != text::sha256(body) {
        return Err(Error::Altered);
    }
    Ok((parsed, signed_by(header, signature, keys)))
}

fn signed_by(header: &[u8], signature: &[u8], keys: &[VerifyingKey]) -> Signed {
    let bytes = STANDARD.decode(signature).ok();
    let Some(signature) = bytes.and_then(|b| Signature::from_slice(&b).ok()) else {
        return Signed::Untrusted;
    };
    let by = keys.iter().position(|key| key.verify_strict(header, &signature).is_ok());
    by.map_or(Signed::Untrusted, Signed::By)
}

/// Reads a pack's facts, its body's hash checked.
pub fn load(bytes: &[u8]) -> Result<(Header, Facts), Error> {
    let (header, _) = check(bytes, &[])?;
    let (_, _, body) = parts(bytes).ok_or(Error::Unknown)?;
    let mut json = Vec::new();
    let read = DeflateDecoder::new(body).take(BODY_LIMIT).read_to_end(&mut json);
    read.map_err(|e| Error::Facts(e.to_string()))?;
    let columns: columns::Columns =
        serde_json::from_slice(&json).map_err(|e| Error::Facts(e.to_string()))?;
    Ok((header, columns.into()))
}

fn parts(bytes: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let (header, rest) = line(bytes)?;
    let (signature, body) = line(rest)?;
    Some((header, signature, body))
}

fn line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|b| *b == b'\n')?;
    Some((bytes.get(..end)?, bytes.get(end + 1..)?))
}

mod columns;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Builder, Fix, Row};

    fn facts() -> Facts {
        let mut builder = Builder::default();
        let cve = builder.cve("CVE-2023-36397");
        let product = builder.product("Windows Server 2022");
        let fix = builder.fix(Fix {
            kb: 5_032_198,
            build: "10.0.20348.2113".into(),
            supersedes: vec![5_031_364],
            ..Fix::default()
        });
        builder.row(Row {
            cve,
            product,
            fix,
            severity: crate::facts::Severity::Critical,
            cvss: 98,
        });
        builder.finish()
    }

    #[test]
    fn a_pack_brings_back_its_facts() {
        let key = SigningKey::from_bytes(&[7; 32]);
        let pack = build("t", &facts(), Some(&signer(&key))).unwrap();
        assert_eq!(load(&pack).unwrap().1, facts());
        let stranger = SigningKey::from_bytes(&[8; 32]).verifying_key();
        assert_eq!(check(&pack, &[stranger, key.verifying_key()]).unwrap().1, Signed::By(1));
        assert_eq!(check(&pack, &[stranger]).unwrap().1, Signed::Untrusted);
    }

    #[test]
    fn an_altered_pack_is_named() {
        let key = SigningKey::from_bytes(&[7; 32]);
        let pack = build("t", &facts(), Some(&signer(&key))).unwrap();
        for at in [pack.len() - 1, pack.len() - 20] {
            let mut bad = pack.clone();
            bad[at] ^= 1;
            assert!(matches!(load(&bad), Err(Error::Altered)));
        }
        let text = String::from_utf8_lossy(&pack).replace("\"name\":\"t\"", "\"name\":\"u\"");
        let bad = [
            text.as_bytes().split(|b| *b == b'\n').next().unwrap(),
            &pack[pack.iter().position(|b| *b == b'\n').unwrap()..],
        ]
        .concat();
        assert_eq!(check(&bad, &[key.verifying_key()]).unwrap().1, Signed::Untrusted);
        assert!(matches!(load(b"not a pack"), Err(Error::Unknown)));
    }
}
