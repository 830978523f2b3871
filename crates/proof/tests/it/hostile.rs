//! Zips made to deceive or to harm are refused before they are believed.

use std::io::{Cursor, Write as _};

use crate::common::{bytes, pack, unpack, verify};
use proof::{Refused, Verdict};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// A whole bundle with one more member.
fn with_member(name: &str, content: &[u8]) -> Vec<u8> {
    let mut members = unpack(&bytes());
    members.push((name.to_owned(), content.to_vec()));
    pack(&members)
}

/// The same bytes with each `from` replaced by a `to` of equal length.
fn replaced(mut bytes: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut seen = 0;
    for at in 0..bytes.len() - from.len() {
        if &bytes[at..at + from.len()] == from {
            bytes[at..at + to.len()].copy_from_slice(to);
            seen += 1;
        }
    }
    assert!(seen > 0, "nothing was replaced");
    bytes
}

#[test]
fn names_that_lead_elsewhere_are_refused() {
    for name in
        ["../evil", "a/../../evil", "/etc/evil", "a//b", "a\\..\\b", "C:evil", "a\nb", "./a"]
    {
        let refused = verify(&with_member(name, b"x"));
        assert!(matches!(refused, Err(Refused::UnsafeName(_))), "{name:?}: {refused:?}");
    }
}

#[test]
fn names_that_one_system_takes_for_another_are_refused() {
    let refused = verify(&with_member("INDEX.html", b"x"));
    assert!(matches!(refused, Err(Refused::DuplicateName(_))), "{refused:?}");
}

#[test]
fn one_name_twice_is_refused() {
    let twice = replaced(with_member("index.htmX", b"x"), b"index.htmX", b"index.html");
    assert!(verify(&twice).is_err());
}

#[test]
fn headers_that_name_a_member_differently_are_refused() {
    let mut bytes = bytes();
    let at = bytes.windows(10).position(|part| part == b"index.html").unwrap();
    bytes[at..at + 10].copy_from_slice(b"other.html");
    assert!(verify(&bytes).is_err());
}

#[test]
fn links_are_refused() {
    let mut zip = ZipWriter::new_append(Cursor::new(bytes())).unwrap();
    zip.add_symlink("link", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    let refused = verify(&zip.finish().unwrap().into_inner());
    assert!(matches!(refused, Err(Refused::NotAFile(_))), "{refused:?}");
}

#[test]
fn data_before_behind_and_between_the_members_is_refused() {
    let whole = bytes();
    let mut behind = whole.clone();
    behind.extend(b"hidden");
    assert!(matches!(verify(&behind), Err(Refused::HiddenData)));
    let mut before = b"#!/bin/sh\n".to_vec();
    before.extend(&whole);
    assert!(verify(&before).is_err());
    let mut another = whole.clone();
    another.extend(&whole);
    assert!(verify(&another).is_err(), "two zips in one file");
    let mut comment = ZipWriter::new_append(Cursor::new(whole)).unwrap();
    comment.set_comment("hidden").unwrap();
    assert!(verify(&comment.finish().unwrap().into_inner()).is_err());
}

#[test]
fn a_member_that_inflates_without_end_is_not_inflated() {
    let mut members = unpack(&bytes());
    members.iter_mut().filter(|each| each.0 == "index.html").for_each(|each| {
        each.1 = vec![0; 64 << 20];
    });
    members.push(("bomb.bin".to_owned(), vec![0; 64 << 20]));
    let bomb = pack(&members);
    assert!(bomb.len() < 1 << 20, "{}", bomb.len());
    let report = verify(&bomb).unwrap();
    let of = |path: &str| report.files.iter().find(|file| file.path == path).unwrap();
    assert!(matches!(of("index.html").verdict, Verdict::Altered { found: None, .. }));
    assert_eq!(of("bomb.bin").verdict, Verdict::Extra);
}

#[test]
fn a_manifest_that_inflates_without_end_is_not_read() {
    let mut members = unpack(&bytes());
    members.iter_mut().filter(|each| each.0 == "manifest.json").for_each(|each| {
        each.1 = vec![b' '; (16 << 20) + 1];
    });
    let report = verify(&pack(&members)).unwrap();
    assert!(!report.ok && report.manifest.is_none());
}

#[test]
fn a_forged_manifest_cannot_keep_a_reader_busy() {
    let mut members = unpack(&bytes());
    members.iter_mut().filter(|each| each.0 == "manifest.json").for_each(|each| {
        let text = String::from_utf8(each.1.clone()).unwrap();
        each.1 = text.replace("\"size\":8", "\"size\":8000000000000000").into_bytes();
    });
    assert!(matches!(verify(&pack(&members)), Err(Refused::TooLarge)));
}

#[test]
fn too_many_members_are_refused() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for n in 0..60_001 {
        zip.start_file(n.to_string(), options).unwrap();
    }
    let refused = verify(&zip.finish().unwrap().into_inner());
    assert!(matches!(refused, Err(Refused::TooLarge)), "{refused:?}");
}

#[test]
fn folders_are_no_content_but_content_in_a_folder_s_name_is() {
    let mut zip = ZipWriter::new_append(Cursor::new(bytes())).unwrap();
    zip.add_directory("records", SimpleFileOptions::default()).unwrap();
    assert!(verify(&zip.finish().unwrap().into_inner()).unwrap().ok);
    let mut zip = ZipWriter::new_append(Cursor::new(bytes())).unwrap();
    zip.start_file("odd/", SimpleFileOptions::default()).unwrap();
    zip.write_all(b"x").unwrap();
    let report = verify(&zip.finish().unwrap().into_inner());
    assert!(!report.is_ok_and(|report| report.ok));
}

#[test]
fn another_file_altogether_is_refused_with_its_reason() {
    for (content, code) in
        [(&b""[..], "proof.refused"), (b"PK\x03\x04 but no more", "proof.refused")]
    {
        let refused = verify(content).unwrap_err();
        let found = diag::Diagnostic::from(&refused);
        assert_eq!(found.code, code);
        assert!(!found.values["why"].is_empty());
    }
}
