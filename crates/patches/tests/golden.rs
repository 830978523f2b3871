//! The golden table: Microsoft's bulletins of May to November 2023 against
//! hosts of known patch level. "Missing" counts distinct CVEs.

#![allow(clippy::unwrap_used, reason = "a test may fail aloud")]

mod common;

use patches::{
    facts::Facts,
    products::Arch,
    verdict::{Judge, Question, Reason, Verdict},
};

struct Row {
    os: &'static str,
    version: &'static str,
    kbs: Option<&'static [u32]>,
    listed: usize,
    missing: usize,
    unknown: usize,
}

const fn row(
    os: &'static str,
    version: &'static str,
    kbs: Option<&'static [u32]>,
    counts: [usize; 3],
) -> Row {
    let [listed, missing, unknown] = counts;
    Row { os, version, kbs, listed, missing, unknown }
}

const SERVER_2019: &str = "Microsoft Windows Server 2019 Standard";
const SERVER_2022: &str = "Microsoft Windows Server 2022 Datacenter";
const WIN_10: &str = "Microsoft Windows 10 Pro";
const WIN_11: &str = "Microsoft Windows 11 Pro";

#[rustfmt::skip]
const TABLE: &[Row] = &[
    // The table of the field study.
    row(SERVER_2019, "10.0.17763.5122", Some(&[5_032_196]), [301, 0, 0]),
    row(SERVER_2022, "10.0.20348.1726", Some(&[5_026_370]), [310, 292, 0]),
    row(WIN_10, "10.0.19045.2965", Some(&[5_026_361]), [276, 257, 0]),
    row(WIN_11, "10.0.22621.1555", Some(&[5_025_239]), [288, 288, 0]),
    row(WIN_11, "10.0.22621.1702", Some(&[5_026_372]), [288, 269, 0]),
    // November everywhere: nothing is missing.
    row(SERVER_2022, "10.0.20348.2113", Some(&[5_032_198]), [310, 0, 0]),
    row(WIN_10, "10.0.19044.3693", Some(&[5_032_189]), [276, 0, 0]),
    row(WIN_11, "10.0.22621.2715", Some(&[5_032_190]), [288, 0, 0]),
    row("Microsoft Windows Server 2016 Standard", "10.0.14393.6452", Some(&[5_032_197]), [269, 0, 0]),
    row("Microsoft Windows Server 2012 R2 Standard", "6.3.9600", Some(&[5_032_249]), [226, 0, 0]),
    // A revision alone, as scanners and osquery give it.
    row(SERVER_2019, "10.0.17763.5122", None, [301, 0, 0]),
    row(WIN_11, "10.0.22621.2715", None, [288, 0, 0]),
    // Between May and June no revision can decide the misplaced build of May.
    row(WIN_11, "10.0.22621.1702", None, [288, 269, 19]),
    // A list alone, as systeminfo gives it.
    row(SERVER_2019, "10.0.17763", Some(&[5_032_196]), [301, 0, 0]),
    row(WIN_10, "10.0.19045", Some(&[5_026_361]), [276, 257, 0]),
    row(WIN_11, "10.0.22621", Some(&[5_025_239]), [288, 288, 0]),
    // Neither: nothing can be known.
    row(SERVER_2019, "10.0.17763", None, [301, 0, 301]),
    // Hotpatches: November's brings 2091, which no cumulative update bears.
    row(SERVER_2022, "10.0.20348.2091", Some(&[5_032_304]), [310, 0, 0]),
    row(SERVER_2022, "10.0.20348.2031", Some(&[5_031_364]), [310, 30, 0]),
    // The revision decides, whatever waits for a restart.
    row(SERVER_2019, "10.0.17763.4974", Some(&[5_032_196]), [301, 27, 0]),
];

#[test]
fn hosts_of_known_patch_level() {
    let Some(facts) = common::msrc(&common::MONTHS) else { return };
    let judge = Judge::new(&facts);
    for row in TABLE {
        let host = common::host(row.os, row.version, row.kbs);
        let summary = judge.host(&host, &Question::everything(&facts)).summary();
        let got = (summary.listed, summary.missing, summary.unknown);
        assert_eq!(
            got,
            (row.listed, row.missing, row.unknown),
            "{} {} {:?}",
            row.os,
            row.version,
            row.kbs
        );
    }
}

/// The table beside this file: every release that these months list, in each
/// way its updates can be known.
#[test]
fn hosts_counted_by_another_program() {
    let Some(facts) = common::msrc(&common::MONTHS) else { return };
    let judge = Judge::new(&facts);
    let mut wrong = Vec::new();
    for line in include_str!("golden.tsv").lines().filter(|l| !l.starts_with('#')) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [product, os, build, arch, installation, kbs, listed, missing, unknown, _] = *cells
        else {
            panic!("{line}")
        };
        let kbs: Option<Vec<u32>> =
            (kbs != "-").then(|| kbs.split(',').filter_map(|kb| kb.parse().ok()).collect());
        let mut host = common::host(os, build, kbs.as_deref());
        host.os.arch = Arch::parse(arch);
        host.os.server_core = installation == "Server Core";
        let answer = judge.host(&host, &Question::everything(&facts));
        let named = answer.product.as_ref().map(|p| p.name.to_lowercase());
        let s = answer.summary();
        let got = [s.listed, s.missing, s.unknown].map(|n| n.to_string());
        if named != Ok(product.to_lowercase()) || got != [listed, missing, unknown] {
            wrong.push(format!("{line}: {named:?} {got:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn verdict_of(
    facts: &Facts,
    judge: &Judge<'_>,
    os: &str,
    version: &str,
    kbs: Option<&[u32]>,
    cve: &str,
) -> Verdict {
    let at = facts.cves.iter().position(|c| c.id == cve).unwrap();
    let host = common::host(os, version, kbs);
    let answer = judge.host(&host, &Question::everything(facts));
    answer.finding(u32::try_from(at).unwrap()).map_or(Verdict::NotAffected, |f| f.verdict)
}

#[test]
fn single_verdicts() {
    let Some(facts) = common::msrc(&common::MONTHS) else { return };
    let judge = Judge::new(&facts);
    let unknown = |reason| Verdict::Unknown(reason);
    let november = "CVE-2023-36397";
    for (os, version, kbs, cve, expect) in [
        (SERVER_2022, "20348.2113", None, november, Verdict::Fixed),
        (SERVER_2022, "20348.2091", None, november, Verdict::Fixed),
        (SERVER_2022, "20348.2031", None, november, Verdict::Missing),
        // Another family's high revision proves nothing.
        (WIN_11, "22621.1000", Some(&[][..]), "CVE-2023-24932", Verdict::Missing),
        // Security Only counts for its own month alone.
        (
            "Windows Server 2012 R2",
            "9600",
            Some(&[5_031_407][..]),
            "CVE-2023-41765",
            Verdict::Fixed,
        ),
        (
            "Windows Server 2012 R2",
            "9600",
            Some(&[5_031_407][..]),
            "CVE-2023-36874",
            Verdict::Missing,
        ),
        (
            "Windows Server 2012 R2",
            "9600",
            Some(&[5_031_419][..]),
            "CVE-2023-36874",
            Verdict::Fixed,
        ),
        // A rollup holds the Security Only update that came out beside it.
        (
            "Windows Server 2012 R2",
            "9600",
            Some(&[5_026_415][..]),
            "CVE-2023-24932",
            Verdict::Fixed,
        ),
        // A servicing stack update among rollups hides nothing: every rollup of
        // these months is known.
        (
            "Windows Server 2012 R2",
            "9600",
            Some(&[5_026_415, 5_029_368][..]),
            november,
            Verdict::Missing,
        ),
        // What came after the data may hold it.
        (
            "Windows Server 2012 R2",
            "9600",
            Some(&[5_026_415, 5_033_420][..]),
            november,
            unknown(Reason::UpdateNotInData),
        ),
        // An update that the data do not know may contain it all.
        (WIN_10, "19045", Some(&[5_033_372][..]), november, unknown(Reason::UpdateNotInData)),
        // But not under a cumulative update that is listed and known.
        (WIN_10, "19045", Some(&[5_026_361, 5_033_909][..]), november, Verdict::Missing),
        (
            "Microsoft Windows XP Professional",
            "5.1.2600",
            None,
            november,
            unknown(Reason::ProductNotMapped),
        ),
        (
            "Microsoft Windows 10 Pro",
            "10.0.17134",
            None,
            november,
            unknown(Reason::ProductNotListed),
        ),
        (
            "Microsoft Windows 10 Pro",
            "10.0.19042.3000",
            None,
            november,
            unknown(Reason::ProductLeft),
        ),
        (
            "Microsoft Windows Server 2025 Standard",
            "26100.1742",
            None,
            november,
            unknown(Reason::ProductNotListed),
        ),
        (
            "Windows 7 Professional",
            "6.1.7601",
            Some(&[][..]),
            november,
            unknown(Reason::ProductNotListed),
        ),
        ("Windows 8.1 Pro", "6.3.9600", Some(&[][..]), november, unknown(Reason::ProductNotListed)),
        ("Windows 11 Pro", "26200.6584", None, november, unknown(Reason::ProductNotListed)),
        (
            "Windows 11 IoT Enterprise LTSC",
            "26100.1742",
            None,
            november,
            unknown(Reason::ProductNotListed),
        ),
        // 23H2 came out with October's fixes: earlier CVEs never list it.
        (WIN_11, "22631.2428", None, "CVE-2023-24932", Verdict::NotAffected),
        (WIN_11, "22631.2428", None, november, Verdict::Missing),
        ("Ubuntu 22.04", "", None, november, Verdict::NotAffected),
    ] {
        assert_eq!(
            verdict_of(&facts, &judge, os, version, kbs, cve),
            expect,
            "{os} {version} {kbs:?} {cve}"
        );
    }
}
