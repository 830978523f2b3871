//! A bundle says what was signed, and shows what was done to it since.

use std::{collections::BTreeMap, io::Cursor};

use crate::common::{bundle, bytes, key, pack, text, unpack, verify};
use proof::{
    BuildError, ChainVerdict, FileVerdict, Report, SignatureVerdict, Verdict, verify_bundle,
};
use proptest::prelude::*;
use serde_json::json;

/// Everything about a report that is not in order, short.
fn faults(report: &Report) -> Vec<String> {
    report.diagnostics().iter().map(|found| format!("{} {}", found.code, found.place)).collect()
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    assert_eq!(bytes(), bytes());
}

#[test]
fn a_whole_bundle_of_the_trusted_signer_is_in_order() {
    let report = verify(&bytes()).unwrap();
    assert_eq!(faults(&report), Vec::<String>::new());
    assert!(report.ok && report.trusted);
    assert_eq!(report.files.len(), 5);
    assert!(matches!(report.chain, Some(ChainVerdict::Intact(ref part)) if part.entries == 3));
    assert_eq!(report.signer, Some(proof::fingerprint(&key().verifying_key())));
}

#[test]
fn the_manifest_is_what_was_agreed() {
    let (_, manifest) =
        unpack(&bytes()).into_iter().find(|each| each.0 == "manifest.json").unwrap();
    let mut value: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
    let page = value["files"].as_array_mut().unwrap().iter_mut();
    for line in page.filter(|line| line["path"] == "index.html") {
        // The page changes with every better word in the locales.
        (line["sha256"], line["size"]) = ("…".into(), 0.into());
    }
    insta::assert_json_snapshot!(value);
}

#[test]
fn without_a_trusted_key_a_bundle_is_whole_and_nobody_s() {
    let report = verify_bundle(Cursor::new(bytes()), None).unwrap();
    assert!(report.ok && !report.trusted);
    assert_eq!(faults(&report), ["proof.signer-unknown manifest.sig"]);
}

#[test]
fn somebody_else_s_signature_is_not_enough() {
    let mut out = Cursor::new(Vec::new());
    bundle().write(&mut out, &proof::key_from_random(&[1; 32])).unwrap();
    let report = verify(&out.into_inner()).unwrap();
    assert_eq!(report.signature, SignatureVerdict::Valid);
    assert!(!report.ok && !report.trusted);
}

#[test]
fn a_bundle_packed_again_by_another_program_is_still_whole() {
    let mut members = unpack(&bytes());
    members.reverse();
    assert!(verify(&pack(&members)).unwrap().ok);
}

#[test]
fn what_was_altered_added_and_removed_is_named() {
    let mut members: BTreeMap<String, Vec<u8>> = unpack(&bytes()).into_iter().collect();
    let removed = members.keys().find(|path| path.ends_with("-log.csv")).unwrap().clone();
    members.remove(&removed);
    members.insert("records/sighting.json".to_owned(), b"{}".to_vec());
    members.insert("index.html".to_owned(), vec![b'a'; 100_000]);
    members.insert("extra.txt".to_owned(), Vec::new());
    let report = verify(&pack(&members.into_iter().collect::<Vec<_>>())).unwrap();
    assert!(!report.ok);
    assert_eq!(report.signature, SignatureVerdict::Valid);
    let expected = [
        "proof.file-extra extra.txt".to_owned(),
        format!("proof.file-missing {removed}"),
        "proof.file-altered index.html".to_owned(),
        "proof.file-altered records/sighting.json".to_owned(),
    ];
    assert_eq!(faults(&report), expected);
    let longer = report.files.iter().find(|file| file.path == "index.html").unwrap();
    assert!(matches!(longer.verdict, Verdict::Altered { found: None, .. }), "not read to its end");
}

#[test]
fn without_signature_or_manifest_nothing_is_in_order() {
    for gone in ["manifest.json", "manifest.sig"] {
        let mut members = unpack(&bytes());
        members.retain(|(path, _)| path != gone);
        let report = verify(&pack(&members)).unwrap();
        assert!(!report.ok);
        assert_eq!(report.signature, SignatureVerdict::Missing, "{gone}");
    }
}

#[test]
fn a_manifest_that_is_no_manifest_leaves_everything_unlisted() {
    let mut members = unpack(&bytes());
    members.iter_mut().filter(|each| each.0 == "manifest.json").for_each(|each| each.1.clear());
    let report = verify(&pack(&members)).unwrap();
    assert!(!report.ok && report.manifest.is_none() && report.chain.is_none());
    assert!(report.files.iter().all(|file| file.verdict == Verdict::Extra));
}

#[test]
fn a_tampered_entry_shows_even_under_a_valid_signature() {
    let (mut entries, head) = crate::common::chain();
    entries[1].entry.act.subject = "other".to_owned();
    let mut bundle = bundle();
    bundle.audit(entries, head);
    let mut out = Cursor::new(Vec::new());
    bundle.write(&mut out, &key()).unwrap();
    let report = verify(&out.into_inner()).unwrap();
    assert_eq!((report.ok, report.signature), (false, SignatureVerdict::Valid));
    assert_eq!(faults(&report), ["proof.chain-altered "]);
}

#[test]
fn a_stored_file_that_is_not_what_its_hash_says_is_not_bundled() {
    for content in [&b"a;b\n1;3\n"[..], b"a;b\n1;2\nmore", b"short"] {
        let mut bundle = bundle();
        let sha256 = proof::sha256_hex(b"a;b\n1;2\n");
        bundle.stored_file("x.csv", "text/csv", &sha256, 8, Box::new(content));
        let written = bundle.write(&mut Cursor::new(Vec::new()), &key());
        assert!(matches!(written, Err(BuildError::Changed { .. })), "{content:?}");
    }
}

#[test]
fn two_records_of_one_name_and_fractions_are_refused() {
    let mut bundle = bundle();
    let again = bundle.record("don vi", text("a", "a"), json!({}));
    assert!(matches!(again, Err(BuildError::Duplicate(_))));
    let fraction = bundle.record("half", text("a", "a"), json!(0.5));
    assert!(matches!(fraction, Err(BuildError::Canonical(_))));
}

#[test]
fn the_page_shows_values_and_runs_nothing() {
    let (_, page) = unpack(&bytes()).into_iter().find(|each| each.0 == "index.html").unwrap();
    let page = String::from_utf8(page).unwrap();
    for shown in [
        "Sở &quot;Mẫu&quot; &amp; &lt;b&gt;Thử&lt;/b&gt; lập lúc 14:05 31/01/2024 (múi giờ +07:00).",
        "at 2024-01-31 14:05 (UTC+07:00).",
        "&lt;img src=x onerror=alert(1)&gt;",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "<h2>Đơn vị / <span lang=\"en\">Unit</span></h2>",
        "Báo cáo &quot;cuối&quot;.txt",
        "2024-01-30 14:33:20 +07:00",
    ] {
        assert!(page.contains(shown), "{shown}");
    }
    for run in ["<script", "<img", "src=\"", "http:", "https:", "[proof."] {
        assert!(!page.contains(run), "{run}");
    }
}

#[cfg(unix)]
#[test]
fn a_stranger_checks_the_signature_with_openssl() {
    use base64::Engine as _;
    let dir = tempfile::tempdir().unwrap();
    let members: BTreeMap<String, Vec<u8>> = unpack(&bytes()).into_iter().collect();
    let text = std::str::from_utf8(&members["manifest.sig"]).unwrap();
    let value = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    let der = value("public-key: ");
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{der}\n-----END PUBLIC KEY-----\n");
    let signature = base64::prelude::BASE64_STANDARD.decode(value("signature: ")).unwrap();
    let files = [
        ("pem", pem.into_bytes()),
        ("sig", signature),
        ("manifest.json", members["manifest.json"].clone()),
    ];
    for (name, content) in files {
        std::fs::write(dir.path().join(name), content).unwrap();
    }
    let check = std::process::Command::new("openssl")
        .args("pkeyutl -verify -pubin -inkey pem -rawin -in manifest.json -sigfile sig".split(' '))
        .current_dir(dir.path())
        .output();
    match check {
        Ok(output) => assert!(output.status.success(), "{output:?}"),
        Err(error) => eprintln!("SKIPPED: openssl is not here ({error})"),
    }
}

/// Paths whose verdict is not [`Verdict::Intact`].
fn suspects(files: &[FileVerdict]) -> Vec<&str> {
    let bad = files.iter().filter(|file| file.verdict != Verdict::Intact);
    bad.map(|file| file.path.as_str()).collect()
}

proptest! {
    /// The zip itself is put together soundly, so that no checksum of the zip helps.
    #[test]
    fn any_byte_changed_in_any_member_is_found(
        which in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), by in 1_u8..
    ) {
        let mut members = unpack(&bytes());
        let member = which.get_mut(&mut members);
        *at.get_mut(&mut member.1) ^= by;
        let path = member.0.clone();
        let report = verify(&pack(&members)).unwrap();
        prop_assert!(!report.ok);
        match path.as_str() {
            "manifest.json" | "manifest.sig" => {
                prop_assert_eq!(report.signature, SignatureVerdict::Invalid);
            }
            _ => prop_assert_eq!(suspects(&report.files), [path.as_str()]),
        }
    }

    /// The zip's own bytes count too: headers, lists, times, checksums.
    #[test]
    fn any_byte_changed_anywhere_never_passes_for_other_content(
        at in any::<prop::sample::Index>(), by in 1_u8..
    ) {
        let whole = bytes();
        let mut changed = whole.clone();
        *at.get_mut(&mut changed) ^= by;
        if verify(&changed).is_ok_and(|report| report.ok) {
            prop_assert_eq!(unpack(&changed), unpack(&whole));
        }
    }

    #[test]
    fn a_bundle_cut_short_is_refused(cut in any::<prop::sample::Index>()) {
        let mut whole = bytes();
        whole.truncate(cut.index(whole.len()));
        prop_assert!(verify(&whole).is_err());
    }

    #[test]
    fn noise_is_refused(noise in prop::collection::vec(any::<u8>(), 0..2000)) {
        prop_assert!(verify(&noise).is_err());
    }
}
