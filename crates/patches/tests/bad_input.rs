//! Input that is wrong: each kind is named, with its file, and the rest of the
//! question is answered as if nothing were.

#![allow(clippy::unwrap_used, reason = "a test may fail aloud")]

use std::{fs, path::Path};

use patches::{
    exposures::{self, Input, Options},
    report::Report,
};

fn input(name: &str, text: impl AsRef<[u8]>) -> Input {
    Input { name: name.to_owned(), bytes: text.as_ref().to_vec() }
}

/// Two machines of November's level, and whatever else is put in.
fn asked(change: impl FnOnce(&mut Options)) -> Report {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pack = fs::read(root.join("../../packs/bulletins/msrc-2023-05_11.pack")).unwrap();
    let hosts = "host,os,build,arch\nSRV-A,Microsoft Windows Server 2019 Standard,17763.5122,x64\nPC-B,Microsoft Windows 10 Pro,19045.3693,x64\n";
    let mut options = Options {
        packs: vec![input("msrc.pack", pack)],
        inventory: vec![input("hosts.csv", hosts)],
        ..Options::default()
    };
    change(&mut options);
    exposures::run(options).unwrap()
}

const TRACKING: &str = "<DocumentTracking><InitialReleaseDate>2023-12-12T08:00:00</InitialReleaseDate></DocumentTracking>";

fn month(body: &str) -> String {
    format!("<cvrfdoc>{TRACKING}{body}</cvrfdoc>")
}

const FIX: &str = "<Vulnerability><CVE>CVE-2023-99999</CVE><Remediations><Remediation Type=\"Vendor Fix\"><Description>5033371</Description><ProductID>7</ProductID><FixedBuild>10.0.17763.5206</FixedBuild></Remediation></Remediations></Vulnerability>";

#[test]
fn a_bad_bulletin_is_named_and_the_rest_is_answered() {
    let tree_cut = month(&format!(
        "<ProductTree><Branch><FullProductName>no number</FullProductName></Branch></ProductTree>{FIX}"
    ));
    let torn = month(FIX);
    let torn = &torn[..torn.len() - 30];
    let nothing = month("<ProductTree/>");
    let nameless = month(&FIX.replace("<CVE>CVE-2023-99999</CVE>", ""));
    let csaf_bad = r#"{"document":{"category":"csaf_vex","csaf_version":"2.0","title":"t","publisher":{"category":"vendor","name":"n","namespace":"https://n.example"},"tracking":{"id":"N-1","status":"final","version":"0","initial_release_date":"2023-12-01T00:00:00Z","current_release_date":"2023-12-01T00:00:00Z","revision_history":[{"number":"0","date":"2023-12-01T00:00:00Z","summary":"s"}]}},"vulnerabilities":[{"cve":"CVE-2023-99998","product_status":{"fixed":["nobody"]}}]}"#;
    let csaf_old = r#"{"document":{"csaf_version":"1.2"}}"#;
    let kev_old = r#"{"catalogVersion":"2022.01.01","dateReleased":"2022-01-01T00:00:00Z","vulnerabilities":[{"cveID":"CVE-2021-44228","dateAdded":"2021-12-10"}]}"#;
    for (name, text, code) in [
        ("tree.xml", tree_cut.as_str(), "patches.product-unnamed"),
        ("torn.xml", torn, "patches.xml-broken"),
        ("nothing.xml", &nothing, "patches.no-vulnerability"),
        ("nameless.xml", &nameless, "patches.cve-unnamed"),
        ("csaf.json", csaf_bad, "patches.csaf-test-failed"),
        ("csaf-1.2.json", csaf_old, "patches.csaf-version"),
        ("csaf-torn.json", &csaf_bad[..200], "patches.json-broken"),
        ("kev-2022.json", kev_old, "patches.kev-old"),
        ("kev.csv", "cveID,dateAdded\nCVE-2023-36033,soon\n", "patches.kev-row"),
        (
            "epss.csv",
            "#model_version:v1,score_date:2023-11-20\ncve,epss,percentile\nCVE-2023-36033,2,0\n",
            "patches.epss-row",
        ),
        ("noise.bin", "\u{1}\u{2}\u{3}", "patches.bulletin-unknown"),
        ("bad.zip", "PK\u{3}\u{4}rubbish", "patches.archive-broken"),
    ] {
        let report = asked(|o| o.bulletins = vec![input(name, text)]);
        let named = report
            .diagnostics
            .iter()
            .any(|d| d.code == code && d.place.file.as_deref() == Some(name));
        assert!(named, "{name}: no {code} in {:?}", report.diagnostics);
        let fixed: Vec<usize> = report.answers.iter().map(|a| a.summary().fixed).collect();
        assert_eq!(fixed, [301, 276], "{name}: the rest went on");
        assert!(report.answers.iter().all(|a| a.summary().missing == 0), "{name}");
    }
}

#[test]
fn a_bad_inventory_is_named_and_the_rest_is_answered() {
    for (name, text, code) in [
        ("photo.jpg", &[0xff, 0xd8, 0xff, 0xe0][..], "patches.inventory-unknown"),
        ("bad.zip", b"PK\x03\x04rubbish", "patches.archive-broken"),
        ("bad.json", b"{\"hosts\": [", "patches.json-broken"),
        (
            "torn.xml",
            b"<nmaprun><host><address addr=\"192.0.2.1\"/></host><host>",
            "patches.xml-broken",
        ),
        ("unnamed.csv", b"host,os,build\n,Windows 10 Pro,19045\n", "patches.host-unnamed"),
        ("empty.txt", b"", "patches.inventory-unknown"),
    ] {
        let report = asked(|o| o.inventory.push(input(name, text)));
        let named = report
            .diagnostics
            .iter()
            .any(|d| d.code == code && d.place.file.as_deref() == Some(name));
        assert!(named, "{name}: no {code} in {:?}", report.diagnostics);
        assert_eq!(report.answers[0].summary().fixed, 301, "{name}");
    }
}

#[test]
fn a_windows_that_nobody_knows_is_unknown_and_says_so() {
    for (os, build) in [
        ("Microsoft Windows 12 Pro", "31000.1"),
        ("Windows Server vNext Datacenter", "29000"),
        ("Windows", ""),
        ("Microsoft Windows Server 2019 Standard", "20348.1726"),
    ] {
        let text = format!("host,os,build,arch\nMAY-LA,{os},{build},x64\n");
        let report = asked(|o| o.inventory.push(input("la.csv", text)));
        let at = report.hosts.iter().position(|h| h.name == "MAY-LA").unwrap();
        let s = report.answers[at].summary();
        assert_eq!((s.fixed, s.missing), (0, 0), "{os}");
        assert!(s.unknown > 300, "{os}: {s:?}");
        assert!(report.warnings(at).iter().any(|w| w.code == "patches.os-unknown"), "{os}");
        assert_eq!(report.exit_code(), 2, "{os}");
    }
}

#[test]
fn a_month_without_a_document_is_named() {
    let letter = "ngày 15 tháng 01 năm 2024\nKính gửi: các đơn vị\ncác lỗ hổng mức cao từ tháng 3 đến tháng 12 năm 2023";
    let report = asked(|o| o.letters = vec![input("cv.txt", letter)]);
    let months: Vec<&str> = report
        .diagnostics
        .iter()
        .filter(|d| d.code == "patches.month-missing")
        .map(|d| d.values["month"].as_str())
        .collect();
    assert_eq!(months, ["2023-03", "2023-04", "2023-12"]);
    assert_eq!(report.exit_code(), 2);
}

#[test]
fn a_pack_too_old_for_the_question_is_never_clean() {
    for (day, code) in [("2023-12-11", 0), ("2023-12-12", 2), ("2024-02-07", 2)] {
        let report = asked(|o| {
            o.as_of = format!("{day}T10:00:00Z").parse().ok();
        });
        assert_eq!(report.exit_code(), code, "{day}");
        let warned =
            (0..2).all(|at| report.warnings(at).iter().any(|w| w.code == "patches.data-ends"));
        assert_eq!(warned, code == 2, "{day}");
    }
}
