//! No bytes may stop a parser: anything is read, or named.

#![allow(clippy::unwrap_used, reason = "a test may fail aloud")]

use std::{fs, path::Path};

use patches::{
    bulletins,
    facts::Builder,
    inventory::{self, Found},
    pack,
};
use proptest::prelude::*;

const SEEDS: &[&str] = &[
    "<?xml version=\"1.0\"?><nmaprun><host><address addr=\"192.0.2.1\"/><os><osmatch name=\"Windows 10\" accuracy=\"9\"/></os></host></nmaprun>",
    "<NessusClientData_v2><Report><ReportHost name=\"a\"><HostProperties><tag name=\"operating-system\">Windows Build 17763</tag></HostProperties></ReportHost></Report></NessusClientData_v2>",
    "{\"bomFormat\":\"CycloneDX\",\"components\":[{\"type\":\"library\",\"name\":\"a\",\"version\":\"1\",\"purl\":\"pkg:deb/debian/a@1\"}]}",
    "{\"hostIdentifier\":\"h\",\"columns\":{\"name\":\"Windows\",\"platform\":\"windows\",\"version\":\"10.0.19045\",\"build\":\"19045\"}}",
    "host,os,build,hotfixes\na,Windows 10,19045.1,KB5032189\n",
    "Description  HotFixID   InstalledOn\nUpdate       KB5032189  1/1/2023\n",
    "ii  gzip  1.12-1  amd64  GNU\nii  bash  5.2-1  amd64  GNU\nii  a  1:2~rc1-3  all  x\n",
    "SPDXVersion: SPDX-2.3\nPackageName: a\nExternalRef: PACKAGE-MANAGER purl pkg:deb/d/a@1\n",
    "<cvrfdoc><FullProductName ProductID=\"1\">Windows</FullProductName><Vulnerability><CVE>CVE-2023-1</CVE><Remediations><Remediation Type=\"Vendor Fix\"><Description>5032189</Description><ProductID>1</ProductID><FixedBuild>10.0.19045.1</FixedBuild></Remediation></Remediations></Vulnerability></cvrfdoc>",
    "{\"document\":{\"csaf_version\":\"2.0\",\"tracking\":{\"version\":\"1\"}},\"product_tree\":{\"branches\":[{\"category\":\"vendor\",\"name\":\"a\",\"product\":{\"name\":\"b\",\"product_id\":\"c\"}}]},\"vulnerabilities\":[{\"cve\":\"CVE-2023-1\",\"product_status\":{\"fixed\":[\"c\"]}}]}",
    "Số: 1/A\nngày 1 tháng 2 năm 2023\nCVE-2023-36397 CVSS 9,8 từ tháng 5 đến tháng 11 năm 2023",
    "#model_version:v1,score_date:2023-11-20\ncve,epss,percentile\nCVE-2023-1,0.1,0.2\n",
    "cveID,dateAdded\nCVE-2023-1,2023-01-01\n",
    "\"DatePosted\",\"CVE\",\"BulletinKB\",\"AffectedProduct\",\"Severity\",\"Supersedes\",\"Exploits\"\n\"20230101\",\"CVE-2023-1\",\"5032189\",\"Windows\",\"\",\"\",\"\"\n",
];

fn read_everything(bytes: &[u8]) {
    let mut found = Found::default();
    inventory::read("x", bytes, &mut found);
    let gathered = inventory::gather(found);
    assert!(!gathered.hosts.is_empty() || !gathered.diagnostics.is_empty(), "dropped in silence");
    let mut builder = Builder::default();
    bulletins::read("x", bytes, &mut builder);
    builder.finish();
    let _ = pack::load(bytes);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        read_everything(&bytes);
    }

    #[test]
    fn damaged_files(seed in prop::sample::select(SEEDS), cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..6)) {
        let mut bytes = seed.as_bytes().to_vec();
        for (at, byte, how) in cuts {
            let at = at.index(bytes.len().max(1));
            match how {
                0 if at < bytes.len() => bytes[at] = byte,
                1 => bytes.truncate(at),
                _ => bytes.insert(at.min(bytes.len()), byte),
            }
        }
        read_everything(&bytes);
    }

    #[test]
    fn damaged_systeminfo(file in prop::sample::select(vec!["vi_windows_10_22h2.txt", "ru_server_2012_r2_cp866.txt", "zh_server_2016_gbk.txt"]), at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>()) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/systeminfo").join(file);
        let mut bytes = fs::read(path).unwrap();
        let at = at.index(bytes.len());
        if cut { bytes.truncate(at) } else { bytes[at] = byte }
        read_everything(&bytes);
    }
}
