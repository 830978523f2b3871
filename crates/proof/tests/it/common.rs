//! A small bundle, and a way to take zips apart and put them together wrongly.

use std::io::{Cursor, Read as _, Write as _};

use jiff::tz::TimeZone;
use proof::{Act, Bundle, Head, Heading, Report, Sealed, SigningKey, Text, verify_bundle};
use serde_json::json;
use zip::{CompressionMethod, ZipArchive, ZipWriter, write::SimpleFileOptions};

/// A key that is nobody's.
pub(crate) fn key() -> SigningKey {
    proof::key_from_random(&[42; 32])
}

/// Text in both languages.
pub(crate) fn text(vi: &str, en: &str) -> Text {
    Text { vi: vi.to_owned(), en: en.to_owned() }
}

fn heading() -> Heading {
    Heading {
        kind: "sighting".to_owned(),
        subject: "01HNAB".to_owned(),
        title: text("Ghi nhận 203.0.113.7 <đã xác minh>", "Sighting 203.0.113.7 <verified>"),
        issuer: "Sở \"Mẫu\" & <b>Thử</b>".to_owned(),
        created_at: "2024-01-31T07:05:08Z".parse().unwrap(),
        zone: TimeZone::get("Asia/Ho_Chi_Minh").unwrap(),
    }
}

/// A chain of three entries and its head.
pub(crate) fn chain() -> (Vec<Sealed>, Option<Head>) {
    let mut chain: Vec<Sealed> = Vec::new();
    for (n, verb) in (0_i64..).zip(["place", "claim", "verify"]) {
        let act = Act {
            at: 1_706_600_000_000_000 + n,
            actor: "<script>alert(1)</script>".to_owned(),
            action: format!("sighting.{verb}"),
            noun: "sighting".to_owned(),
            subject: "01HNAB".to_owned(),
            unit: Some("SYT".to_owned()),
            data: json!({ "n": n }),
        };
        let head = chain.last().map(Sealed::head);
        chain.push(Sealed::after(head.as_ref(), act).unwrap());
    }
    let head = chain.last().map(Sealed::head);
    (chain, head)
}

/// A bundle with records, files in memory and on loan, and audit entries.
pub(crate) fn bundle() -> Bundle<'static> {
    let mut bundle = Bundle::new(heading());
    let row = json!({ "ip": "203.0.113.7", "family": "<img src=x onerror=alert(1)>", "rows": [1, null, true] });
    bundle.record("sighting", text("Ghi nhận", "Sighting"), row).unwrap();
    bundle.record("Đơn vị", text("Đơn vị", "Unit"), json!({ "name": "Sở Y tế" })).unwrap();
    bundle.file("Báo cáo \"cuối\".txt", "text/plain", "đã bóc gỡ".as_bytes().to_vec());
    let stored = b"a;b\n1;2\n";
    let sha256 = proof::sha256_hex(stored);
    bundle.stored_file("log.csv", "text/csv", &sha256, 8, Box::new(&stored[..]));
    let (entries, head) = chain();
    bundle.audit(entries, head);
    bundle
}

/// The bytes of [`bundle`].
pub(crate) fn bytes() -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    bundle().write(&mut out, &key()).unwrap();
    out.into_inner()
}

/// What a reader who trusts [`key`] finds.
pub(crate) fn verify(bytes: &[u8]) -> Result<Report, proof::Refused> {
    verify_bundle(Cursor::new(bytes), Some(&key().verifying_key()))
}

/// Names and contents, in the zip's order.
pub(crate) fn unpack(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut member = archive.by_index(index).unwrap();
            let mut content = Vec::new();
            member.read_to_end(&mut content).unwrap();
            (member.name().unwrap().into_owned(), content)
        })
        .collect()
}

/// A zip of these members, deflated as an ordinary program would.
pub(crate) fn pack(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, content) in members {
        zip.start_file(name, options).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}
