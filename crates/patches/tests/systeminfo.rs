//! `systeminfo` in the languages and code pages of the world.

#![allow(clippy::unwrap_used, reason = "a test may fail aloud")]

mod common;

use std::{fs, path::Path};

use patches::{
    inventory::{self, Found, Host},
    products::{self, Arch},
};

fn read(name: &str, bytes: &[u8]) -> Found {
    let mut found = Found::default();
    inventory::read(name, bytes, &mut found);
    found
}

fn fixture(name: &str) -> Host {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/systeminfo").join(name);
    let mut found = read(name, &fs::read(path).unwrap());
    assert_eq!(found.hosts.len(), 1, "{name}: {:?}", found.diagnostics);
    found.hosts.remove(0)
}

#[test]
fn invented_hosts_in_four_languages() {
    for (file, host, product, kbs) in [
        (
            "vi_windows_10_22h2.txt",
            "PC-VANTHU-03",
            "Windows 10 Version 22H2 for x64-based Systems",
            Some(&[5_015_684, 5_031_356, 5_031_539, 5_032_005][..]),
        ),
        (
            "ru_server_2012_r2_cp866.txt",
            "SRV-OBRAZEC-1",
            "Windows Server 2012 R2",
            Some(&[5_032_249, 5_032_308][..]),
        ),
        (
            "zh_server_2016_gbk.txt",
            "SRV-YANGBEN",
            "Windows Server 2016",
            Some(&[5_031_989, 5_032_197][..]),
        ),
        (
            "de_windows_11_22h2_cp850.txt",
            "PC-MUSTER",
            "Windows 11 Version 22H2 for ARM64-based Systems",
            Some(&[][..]),
        ),
    ] {
        let read = fixture(file);
        assert_eq!(read.name, host, "{file}");
        assert_eq!(products::of_host(&read.os).map(|p| p.name).as_deref(), Ok(product), "{file}");
        assert_eq!(read.hotfixes.as_ref().map(|l| l.kbs.as_slice()), kbs, "{file}");
        assert!(read.warnings.is_empty(), "{file}: {:?}", read.warnings);
        assert_eq!(read.origins[0].sha256.len(), 64);
    }
}

#[test]
fn several_machines_in_one_file() {
    let two = "Host Name:   PC-A\r\nOS Name:   Microsoft Windows 10 Pro\r\nOS Version:   10.0.19045 N/A Build 19045\r\nSystem Type:   x64-based PC\r\nLogon Server:   \\\\PC-A\r\nHotfix(s):   1 Hotfix(s) Installed.\r\n             [01]: KB5032189\r\n\r\nHost Name:   SRV-B\r\nOS Name:   Microsoft Windows Server 2019 Standard\r\nOS Version:   10.0.17763 N/A Build 17763\r\nSystem Type:   x64-based PC\r\nLogon Server:   \\\\SRV-B\r\nHotfix(s):   N/A\r\n";
    let found = read("two.txt", two.as_bytes());
    let names: Vec<(&str, Option<usize>)> = found
        .hosts
        .iter()
        .map(|h| (h.name.as_str(), h.hotfixes.as_ref().map(|l| l.kbs.len())))
        .collect();
    assert_eq!(names, [("PC-A", Some(1)), ("SRV-B", Some(0))]);
}

#[test]
fn the_csv_form() {
    let text = "\"Host Name\",\"OS Name\",\"OS Version\",\"System Type\",\"Hotfix(s)\"\r\n\"PC-A\",\"Microsoft Windows 10 Pro\",\"10.0.19045 N/A Build 19045\",\"x64-based PC\",\"2 Hotfix(s) Installed.,[01]: KB5032189,[02]: KB5032005\"\r\n";
    let found = read("a.csv", text.as_bytes());
    assert_eq!(found.hosts[0].name, "PC-A");
    assert_eq!(found.hosts[0].hotfixes.as_ref().unwrap().kbs, [5_032_005, 5_032_189]);
}

#[test]
fn a_file_cut_before_its_updates_has_no_list() {
    let text = "Host Name:   PC-A\r\nOS Name:   Microsoft Windows 10 Pro\r\nOS Version:   10.0.19045 N/A Build 19045\r\nSystem Type:   x64-based PC\r\n";
    let host = read("cut.txt", text.as_bytes()).hosts.remove(0);
    assert_eq!(host.hotfixes, None);
    assert_eq!(host.warnings[0].code, "patches.hotfixes-not-collected");
}

#[test]
fn every_real_file_is_read() {
    let Some(folder) = common::shared("05-inventory/systeminfo") else { return };
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    for path in files {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let found = read(&name, &fs::read(&path).unwrap());
        assert_eq!((found.hosts.len(), found.diagnostics.len()), (1, 0), "{name}");
        let host = &found.hosts[0];
        assert!(host.hotfixes.is_some(), "{name}: no list of updates");
        if name.contains("systeminfo") {
            assert!(host.os.name.contains("Windows") && host.os.build.is_some(), "{name}");
            assert!(host.os.arch.is_some(), "{name}: no architecture");
            let expect = if name.contains("x86") { Arch::X86 } else { Arch::X64 };
            assert_eq!(host.os.arch, Some(expect), "{name}");
        }
    }
}

#[test]
fn long_lists_are_flagged_and_a_whole_list_beside_them_settles_it() {
    let Some(folder) = common::shared("05-inventory/systeminfo") else { return };
    let mut found = Found::default();
    for name in [
        "7_sp1_x64_enterprise_en-us_20190305_systeminfo.txt",
        "7_sp1_x64_enterprise_en-us_20190305_qfe.txt",
    ] {
        inventory::read(name, &fs::read(folder.join(name)).unwrap(), &mut found);
    }
    assert!(found.hosts[0].hotfixes.as_ref().unwrap().truncated);
    let gathered = inventory::gather(found);
    assert_eq!(gathered.hosts.len(), 1);
    assert!(!gathered.hosts[0].hotfixes.as_ref().unwrap().truncated);
}
