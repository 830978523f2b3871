//! The whole way: files in, report out, and what bad files do.

#![allow(clippy::unwrap_used, reason = "a test may fail aloud")]

use std::{fs, path::Path};

use patches::{
    exposures::{self, CouldNotRun, Input, Options},
    facts::Severity,
    report::{Format, Report},
};
use serde_json::Value;

fn input(name: &str, text: impl AsRef<[u8]>) -> Input {
    Input { name: name.to_owned(), bytes: text.as_ref().to_vec() }
}

fn pack() -> Input {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    input("msrc.pack", fs::read(root.join("../../packs/bulletins/msrc-2023-05_11.pack")).unwrap())
}

fn asked(rows: &str, change: impl FnOnce(&mut Options)) -> Report {
    let table = format!("host,os,build,arch,hotfixes,collected_at\n{rows}");
    let mut options = Options {
        packs: vec![pack()],
        inventory: vec![input("hosts.csv", table)],
        ..Options::default()
    };
    change(&mut options);
    exposures::run(options).unwrap()
}

fn json(report: &Report) -> Value {
    let mut out = Vec::new();
    report.write(Format::Json, &mut out).unwrap();
    serde_json::from_slice(&out).unwrap()
}

const PATCHED: &str =
    "SRV-A,Microsoft Windows Server 2019 Standard,17763.5122,x64,KB5032196,2023-11-20\n";
const BEHIND: &str =
    "SRV-B,Microsoft Windows Server 2022 Standard,20348.2031,x64,KB5031364,2023-11-20\n";
const UNKNOWN: &str = "PC-C,Microsoft Windows 12 Pro,31000.1,x64,,2023-11-20\n";

#[test]
fn exit_codes() {
    for (rows, code) in [
        (PATCHED.to_owned(), 0),
        (format!("{PATCHED}{BEHIND}"), 1),
        (format!("{PATCHED}{UNKNOWN}"), 2),
        (format!("{BEHIND}{UNKNOWN}"), 1),
    ] {
        assert_eq!(asked(&rows, |_| ()).exit_code(), code, "{rows}");
    }
}

#[test]
fn the_shape_of_the_answer() {
    let report = json(&asked(&format!("{PATCHED}{BEHIND}{UNKNOWN}"), |_| ()));
    let [patched, behind, unknown] = [0, 1, 2].map(|at| &report["hosts"][at]);
    let counts = |host: &Value| {
        ["listed", "fixed", "missing", "unknown"].map(|k| host["summary"][k].as_u64().unwrap())
    };
    assert_eq!(counts(patched), [301, 301, 0, 0]);
    assert_eq!(counts(behind), [310, 280, 30, 0]);
    assert_eq!(counts(unknown)[2], 0);
    assert!(counts(unknown)[3] > 300);
    assert_eq!(behind["host"], "SRV-B");
    assert_eq!(behind["product"], "Windows Server 2022");
    assert_eq!(behind["build"], "20348.2031");
    assert_eq!(behind["hotfixes"][0], "KB5031364");
    assert_eq!(behind["collected_at"], "2023-11-20T00:00:00Z");
    assert_eq!(behind["install"][0]["kb"], "KB5032198");
    let missing = behind["missing"].as_array().unwrap();
    assert_eq!(missing.len(), 30);
    let pgm = missing.iter().find(|m| m["cve"] == "CVE-2023-36397").unwrap();
    assert_eq!(
        (pgm["severity"].as_str(), pgm["cvss"].as_f64(), pgm["kev"].as_bool()),
        (Some("Critical"), Some(9.8), Some(false))
    );
    let kbs: Vec<&str> =
        pgm["needed"].as_array().unwrap().iter().map(|n| n["kb"].as_str().unwrap()).collect();
    assert_eq!(kbs, ["KB5032198", "KB5032304"]);
    assert_eq!(pgm["needed"][0]["fixed_build"], "10.0.20348.2113");
    assert_eq!(pgm["proof"]["rule"], 3);
    assert_eq!(unknown["unknown"][0]["reason"], "product not mapped");
}

#[test]
fn every_form_is_written() {
    let report = asked(&format!("{PATCHED}{BEHIND}{UNKNOWN}"), |_| ());
    let write = |format| {
        let mut out = Vec::new();
        report.write(format, &mut out).unwrap();
        out
    };
    let table = String::from_utf8(write(Format::Table)).unwrap();
    assert!(table.contains("SRV-B: install KB5032198 and restart (closes 30)"), "{table}");
    let csv = String::from_utf8(write(Format::Csv)).unwrap();
    assert!(csv.contains("SRV-B,Windows Server 2022,20348.2031,CVE-2023-36397,missing,Critical,9.8,no,KB5032198 or KB5032304"), "{csv}");
    assert!(write(Format::Xlsx).starts_with(b"PK"));
}

#[test]
fn cves_asked_for_by_name_get_an_answer_each() {
    let cves = "CVE-2023-36397\nCVE-2023-36439\nCVE-2023-36884\nCVE-2099-0001\n";
    let report = asked(PATCHED, |o| o.cves = Some(input("cves.txt", cves)));
    let host = &json(&report)["hosts"][0];
    let reason = |cve: &str| {
        let unknown = host["unknown"].as_array().unwrap().iter().find(|u| u["cve"] == cve);
        unknown.map_or(String::new(), |u| u["reason"].as_str().unwrap().to_owned())
    };
    assert_eq!(host["summary"]["fixed"], 1);
    assert_eq!(reason("CVE-2023-36439"), "product version not collected");
    assert_eq!(reason("CVE-2023-36884"), "affected, and the vendor lists no fix");
    assert_eq!(reason("CVE-2099-0001"), "not in the loaded data (data ends at 2023-11-29)");
    assert_eq!(report.exit_code(), 2);
}

#[test]
fn a_letter_asks_for_the_union_over_its_months() {
    let letter = "Số: 12/XYZ\nngày 15 tháng 01 năm 2024\nKính gửi: các đơn vị\nCVE-2023-38177 (CVSS: 9,9)\n\
        các lỗ hổng mức cao, nghiêm trọng từ tháng 5 đến tháng 11 năm 2023";
    let report = asked(BEHIND, |o| o.letters = vec![input("cv.txt", letter)]);
    let all = asked(BEHIND, |_| ());
    let (some, every) = (report.answers[0].summary(), all.answers[0].summary());
    assert!(some.missing > 10 && some.missing < every.missing, "{some:?}");
    assert!(
        report
            .diagnostics
            .iter()
            .any(|d| d.code == "patches.letter-differs" && d.values["vendor"] == "6.1")
    );
    let late = letter.replace("tháng 11 năm 2023", "tháng 12 năm 2023");
    let report = asked(PATCHED, |o| o.letters = vec![input("cv.txt", late)]);
    assert!(
        report
            .diagnostics
            .iter()
            .any(|d| d.code == "patches.month-missing" && d.values["month"] == "2023-12")
    );
    assert!(report.incomplete);
}

#[test]
fn filters_narrow_the_question() {
    let critical = asked(BEHIND, |o| o.severities = vec![Severity::Critical]);
    assert_eq!(critical.answers[0].summary().missing, 2);
    let kev = asked(BEHIND, |o| o.kev = true);
    assert_eq!(kev.answers[0].summary().missing, 3);
    let before = asked(BEHIND, |o| {
        o.kev = true;
        o.as_of = "2023-11-13T00:00:00Z".parse().ok();
    });
    assert_eq!(before.answers[0].summary().missing, 0, "CISA listed them on 14 November");
}

#[test]
fn data_that_end_before_the_question_are_never_clean() {
    let report = asked(PATCHED, |o| o.as_of = "2024-02-01T00:00:00Z".parse().ok());
    assert!(report.diagnostics.iter().any(|d| d.code == "patches.data-ends"));
    assert_eq!(report.exit_code(), 2);
}

#[test]
fn programs_with_versions_are_judged() {
    let table = "host,os,build,arch,software,software version\n\
        SRV-M,Microsoft Windows Server 2019 Standard,17763.5122,x64,Microsoft Exchange Server 2019 Cumulative Update 13,15.2.1258.12\n\
        SRV-M,,,,Microsoft Edge,119.0.2151.97\n\
        SRV-M,,,,Microsoft SQL Server 2019 (64-bit),15.0.4326.1\n";
    let report = asked("", |o| o.inventory = vec![input("soft.csv", table)]);
    assert_eq!(report.hosts.len(), 1);
    let host = &json(&report)["hosts"][0];
    let missing: Vec<&str> =
        host["missing"].as_array().unwrap().iter().map(|m| m["cve"].as_str().unwrap()).collect();
    assert!(missing.contains(&"CVE-2023-36439"), "Exchange of March misses November: {missing:?}");
    assert!(!missing.contains(&"CVE-2023-5996"), "Edge is current");
    let with_update = format!(
        "{table}SRV-M,,,,Security Update for Exchange Server 2019 Cumulative Update 13 (KB5032146),15.2.1258.28\n"
    );
    let report = asked("", |o| o.inventory = vec![input("soft.csv", with_update)]);
    let missing = json(&report)["hosts"][0]["missing"].to_string();
    assert!(!missing.contains("CVE-2023-36439"), "its update of November is listed by itself");
    // No list of programs tells the version of .NET Framework, which is part of Windows.
    assert_eq!(host["not_collected"], 28);
}

/// A vendor's statement about one package of a distribution, as CSAF VEX.
fn vex(vendor: &str, purl: &str, cve: &str) -> Input {
    let document = serde_json::json!({
        "document": {"category": "csaf_vex", "csaf_version": "2.0", "title": "t",
            "publisher": {"category": "vendor", "name": vendor, "namespace": "https://vendor.example"},
            "tracking": {"id": "V-1", "status": "final", "version": "1",
                "initial_release_date": "2023-12-01T00:00:00Z", "current_release_date": "2023-12-01T00:00:00Z",
                "revision_history": [{"number": "1", "date": "2023-12-01T00:00:00Z", "summary": "s"}]}},
        "product_tree": {"branches": [{"category": "vendor", "name": vendor, "branches": [
            {"category": "product_version", "name": "p", "product": {"name": "p", "product_id": "P-1",
                "product_identification_helper": {"purl": purl}}}]}]},
        "vulnerabilities": [{"cve": cve, "notes": [{"category": "description", "text": "x"}],
            "product_status": {"fixed": ["P-1"]}}],
    });
    input(&format!("{cve}.json"), document.to_string())
}

#[test]
fn packages_are_judged_by_their_own_vendors_statements() {
    let debian = "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nii  gzip  1.12-1  amd64  GNU\nii  libssl3:amd64  3.0.9-1  amd64  TLS\n";
    let redhat = "PRETTY_NAME=\"Red Hat Enterprise Linux 8.8\"\nbash-4.4.20-4.el8_6.x86_64\nbind-9.11.36-8.el8.x86_64\nzlib-1.2.11-20.el8.x86_64\n";
    let statements = [
        vex("Debian", "pkg:deb/debian/gzip@1.12-1%2Bdeb12u1?arch=amd64", "CVE-2023-10001"),
        vex("Debian", "pkg:deb/debian/libssl3@3.0.9-1?arch=amd64", "CVE-2023-10002"),
        vex("Red Hat", "pkg:rpm/redhat/bash@4.4.20-5.el8_6?arch=x86_64", "CVE-2023-10003"),
        vex("Red Hat", "pkg:rpm/redhat/bind@9.11.36-8.el8?arch=x86_64&epoch=32", "CVE-2023-10004"),
        vex("Red Hat", "pkg:rpm/redhat/bash@4.4.20-9.el9?arch=x86_64", "CVE-2023-10005"),
        vex("Ubuntu", "pkg:deb/ubuntu/gzip@1.10-9ubuntu9?arch=amd64", "CVE-2023-10006"),
    ];
    let report = asked("", |o| {
        o.packs.clear();
        o.bulletins = statements.into();
        o.inventory = vec![input("srv-deb.txt", debian), input("srv-rhel.txt", redhat)];
    });
    let answer = json(&report);
    for (at, missing, summary) in [
        (0, ("CVE-2023-10001", "gzip", "1.12-1+deb12u1"), [2, 1, 1]),
        (1, ("CVE-2023-10003", "bash", "4.4.20-5.el8_6"), [2, 1, 1]),
    ] {
        let host = &answer["hosts"][at];
        let counts = ["listed", "fixed", "missing"].map(|k| host["summary"][k].as_u64().unwrap());
        assert_eq!(counts, summary, "{host}");
        let open = &host["missing"][0];
        assert_eq!(
            (open["cve"].as_str(), open["package"].as_str()),
            (Some(missing.0), Some(missing.1))
        );
        assert_eq!(open["needed"][0]["fixed_build"], missing.2);
    }
}

#[test]
fn bad_files_are_named_and_the_rest_goes_on() {
    let cvrf = r#"<cvrf:cvrfdoc xmlns:cvrf="c" xmlns:vuln="v"><cvrf:DocumentTracking><cvrf:InitialReleaseDate>2023-12-12T08:00:00</cvrf:InitialReleaseDate></cvrf:DocumentTracking>
        <vuln:Vulnerability><vuln:CVE>CVE-2023-99999</vuln:CVE><vuln:Remediations><vuln:Remediation Type="Vendor Fix"><vuln:Description>5033371</vuln:Description>
        <vuln:ProductID>99</vuln:ProductID><vuln:SubType>Security Update</vuln:SubType><vuln:FixedBuild>10.0.17763.5206</vuln:FixedBuild></vuln:Remediation></vuln:Remediations></vuln:Vulnerability></cvrf:cvrfdoc>"#;
    let cut = &cvrf[..cvrf.len() - 40];
    let report = asked(&format!("{PATCHED},no name,1\n"), |o| {
        o.bulletins = vec![
            input("tree.xml", cvrf),
            input("cut.xml", cut),
            input("x.json", r#"{"document":{"csaf_version":"1.2"}}"#),
            input("kev.csv", "cveID,dateAdded\nCVE-2023-36033,soon\n"),
            input("noise.bin", [0, 159, 146, 150]),
        ];
        o.inventory.push(input("photo.jpg", [0xff, 0xd8, 0xff]));
        o.inventory.push(input("bad.zip", b"PK\x03\x04rubbish"));
        o.inventory.push(input("bad.json", "{\"hosts\": ["));
    });
    let codes: Vec<&str> = report.diagnostics.iter().map(|d| d.code.as_ref()).collect();
    for code in [
        "patches.product-unnamed",
        "patches.xml-broken",
        "patches.csaf-version",
        "patches.kev-row",
        "patches.bulletin-unknown",
        "patches.inventory-unknown",
        "patches.archive-broken",
        "patches.json-broken",
        "patches.host-unnamed",
    ] {
        assert!(codes.contains(&code), "{code} not in {codes:?}");
    }
    // The row that names no product may be anyone's.
    let unknown = json(&report)["hosts"][0]["unknown"].clone();
    assert!(
        unknown
            .as_array()
            .unwrap()
            .iter()
            .any(|u| u["cve"] == "CVE-2023-99999" && u["code"] == "bulletin_incomplete"),
        "{unknown}"
    );
}

#[test]
fn without_bulletins_or_machines_there_is_no_answer() {
    assert!(matches!(exposures::run(Options::default()), Err(CouldNotRun::NoBulletins(_))));
    let options = Options { packs: vec![pack()], ..Options::default() };
    assert!(matches!(exposures::run(options), Err(CouldNotRun::NoHosts(_))));
}
