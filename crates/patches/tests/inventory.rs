//! Inventories of every format, invented, in the shape their tools write.

#![allow(clippy::unwrap_used, reason = "a test may fail aloud")]

mod common;

use std::fs;

use patches::{
    inventory::{self, Found, Host},
    products,
};

fn read(name: &str, text: &str) -> Found {
    let mut found = Found::default();
    inventory::read(name, text.as_bytes(), &mut found);
    inventory::gather(found)
}

fn product(host: &Host) -> String {
    products::of_host(&host.os).map_or_else(|why| format!("{why:?}"), |p| p.name)
}

fn kbs(host: &Host) -> &[u32] {
    host.hotfixes.as_ref().map_or(&[], |l| &l.kbs)
}

#[test]
fn osquery_tables_in_one_document() {
    let text = r#"{"os_version":[{"arch":"64-bit","build":"19045","codename":"Microsoft Windows 10 Pro","major":"10","minor":"0","name":"Microsoft Windows 10 Pro","platform":"windows","version":"10.0.19045","revision":"3693"}],
        "system_info":[{"hostname":"PC-OSQ-1","computer_name":"PC-OSQ-1"}],
        "patches":[{"csname":"PC-OSQ-1","hotfix_id":"KB5032189","caption":"x"}]}"#;
    let found = read("osq.json", text);
    let host = found.hosts.iter().find(|h| h.os.build.is_some()).unwrap();
    assert_eq!(product(host), "Windows 10 Version 22H2 for x64-based Systems");
    assert_eq!(host.os.ubr, Some(3693));
    assert_eq!((found.hosts.len(), kbs(host)), (1, &[5_032_189][..]));
}

#[test]
fn plain_records_of_machines() {
    let text = r#"{"hosts":[
        {"host":"SRV-1","os":"Microsoft Windows Server 2019 Standard","build":"17763.5122","hotfixes":["KB5032196"],"collected_at":"2023-11-20T01:00:00Z"},
        {"host":"PC-2","product":"Windows 10 Version 22H2 for x64-based Systems","build":"19045","hotfixes":["KB5032189"]}]}"#;
    let found = read("hosts.json", text);
    let told: Vec<(&str, String, &[u32])> =
        found.hosts.iter().map(|h| (h.name.as_str(), product(h), kbs(h))).collect();
    assert_eq!(
        told,
        [
            ("PC-2", "Windows 10 Version 22H2 for x64-based Systems".to_owned(), &[5_032_189][..]),
            ("SRV-1", "Windows Server 2019".to_owned(), &[5_032_196][..]),
        ]
    );
    assert_eq!(found.hosts[1].os.ubr, Some(5122));
    assert!(found.hosts[1].collected_at().is_some());
}

#[test]
fn osquery_result_log() {
    let text = concat!(
        r#"{"name":"os","hostIdentifier":"SRV-OSQ","calendarTime":"x","unixTime":1700450000,"columns":{"name":"Microsoft Windows Server 2022 Standard","platform":"windows","version":"10.0.20348","build":"20348","arch":"64-bit"},"action":"added"}"#,
        "\n",
        r#"{"name":"ubr","hostIdentifier":"SRV-OSQ","unixTime":1700450000,"columns":{"name":"UBR","data":"2113","path":"HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\UBR"},"action":"added"}"#,
        "\n",
        r#"{"name":"patches","hostIdentifier":"SRV-OSQ","unixTime":1700450100,"snapshot":[{"hotfix_id":"KB5032198","csname":"SRV-OSQ"},{"hotfix_id":"KB5032336","csname":"SRV-OSQ"}],"action":"snapshot"}"#,
        "\n",
        r#"{"name":"programs","hostIdentifier":"SRV-OSQ","unixTime":1700450100,"columns":{"name":"Microsoft Edge","version":"119.0.2151.72","publisher":"Microsoft Corporation"},"action":"added"}"#,
        "\n",
    );
    let found = read("osqueryd.results.log", text);
    assert_eq!(found.hosts.len(), 1);
    let host = &found.hosts[0];
    assert_eq!(
        (host.name.as_str(), product(host).as_str(), host.os.ubr),
        ("SRV-OSQ", "Windows Server 2022", Some(2113))
    );
    assert_eq!(kbs(host), [5_032_198, 5_032_336]);
    assert_eq!(host.software.as_ref().unwrap()[0].name, "Microsoft Edge");
    assert_eq!(host.collected_at().unwrap().as_second(), 1_700_450_000);
    assert_eq!(host.origins[0].collector, "osquery");
}

#[test]
fn wazuh_events_of_one_agent() {
    let text = concat!(
        r#"{"agent_info":{"agent_id":"007"},"data_type":"dbsync_osinfo","data":{"architecture":"x86_64","hostname":"PC-WAZ","os_build":"19045.3570","os_name":"Microsoft Windows 10 Pro","os_display_version":"22H2","os_platform":"windows","os_version":"10.0.19045.3570","scan_time":"2023/10/20 04:12:44"},"operation":"INSERTED"}"#,
        "\n",
        r#"{"agent_info":{"agent_id":"007"},"data_type":"dbsync_hotfixes","data":{"hotfix":"KB5031356","scan_time":"2023/10/20 04:12:45","checksum":"a"},"operation":"INSERTED"}"#,
        "\n",
        r#"{"agent_info":{"agent_id":"007"},"data_type":"dbsync_hotfixes","data":{"hotfix":"KB4000000","checksum":"b"},"operation":"DELETED"}"#,
    );
    let found = read("wazuh.json", text);
    let host = &found.hosts[0];
    assert_eq!((found.hosts.len(), host.name.as_str()), (1, "PC-WAZ"));
    assert_eq!(
        (host.os.build, host.os.ubr, kbs(host)),
        (Some(19045), Some(3570), &[5_031_356][..])
    );
    assert_eq!(host.collected_at().unwrap().to_string(), "2023-10-20T04:12:44Z");
}

#[test]
fn wazuh_api_of_several_agents() {
    let text = r#"{"data":{"affected_items":[
        {"agent_id":"001","hostname":"SRV-1","architecture":"x86_64","os":{"build":"17763.5122","name":"Microsoft Windows Server 2019 Standard","version":"10.0.17763.5122","major":"10","minor":"0"},"scan":{"id":0,"time":"2023-11-20T01:00:00+00:00"}},
        {"agent_id":"002","hostname":"SRV-2","architecture":"x86_64","os":{"name":"Ubuntu","version":"22.04.3 LTS"}}]},"error":0}"#;
    let found = read("os.json", text);
    let named: Vec<(String, String)> =
        found.hosts.iter().map(|h| (h.name.clone(), product(h))).collect();
    assert_eq!(
        named,
        [("SRV-1".into(), "Windows Server 2019".into()), ("SRV-2".into(), "NotWindows".to_owned())]
    );
}

#[test]
fn nmap_guesses_and_answers() {
    let text = r#"<?xml version="1.0"?><nmaprun scanner="nmap"><host starttime="1700450000" endtime="1700450100"><address addr="192.0.2.7" addrtype="ipv4"/><hostnames><hostname name="srv7.mau.example" type="PTR"/></hostnames>
        <os><osmatch name="Microsoft Windows 10 1709 - 1909" accuracy="95"/><osmatch name="Microsoft Windows XP" accuracy="85"/></os></host>
        <host><address addr="192.0.2.8" addrtype="ipv4"/><hostscript><script id="smb-os-discovery" output="&#xa;  OS: Windows Server 2016 Standard 14393 (Windows Server 2016 Standard 6.3)&#xa;  Computer name: SRV8&#xa;"/></hostscript></host></nmaprun>"#;
    let found = read("scan.xml", text);
    assert_eq!(
        (found.hosts[0].name.as_str(), product(&found.hosts[0]).as_str()),
        ("srv7.mau.example", "Ambiguous")
    );
    assert_eq!(
        (found.hosts[1].name.as_str(), product(&found.hosts[1]).as_str()),
        ("192.0.2.8", "Windows Server 2016")
    );
    assert_eq!(found.hosts[0].warnings[0].code, "patches.os-guessed");
    assert_eq!(found.hosts[1].hotfixes, None);
}

#[test]
fn nessus_with_credentials() {
    let text = r#"<?xml version="1.0" ?><NessusClientData_v2><Report name="r"><ReportHost name="192.0.2.9"><HostProperties>
        <tag name="HOST_END_TIMESTAMP">1700450000</tag><tag name="operating-system">Microsoft Windows Server 2019 Standard Build 17763</tag><tag name="netbios-name">SRV9</tag></HostProperties>
        <ReportItem port="445" pluginID="13855" pluginName="Installed"><plugin_output>  KB5032196, Installed on: 2023/11/15&#10;  KB5031990</plugin_output></ReportItem>
        <ReportItem port="0" pluginID="99999"><plugin_output>The following update is missing: KB5000000</plugin_output></ReportItem></ReportHost></Report></NessusClientData_v2>"#;
    let found = read("scan.nessus", text);
    let host = &found.hosts[0];
    assert_eq!((host.name.as_str(), product(host).as_str()), ("SRV9", "Windows Server 2019"));
    assert_eq!(kbs(host), [5_031_990, 5_032_196]);
    assert!(host.collected_at().is_some());
}

#[test]
fn scanners_lists_of_findings() {
    let nessus = "Plugin ID,CVE,Risk,Host,Port,Name,Plugin Output,NetBIOS Name\r\n\
        11936,,None,192.0.2.9,0,OS,\"Remote operating system : Microsoft Windows Server 2019 Standard Build 17763\nConfidence level : 100\",MAU\\SRV9\r\n\
        62042,,None,192.0.2.9,445,Fixes,\"KB5032196\nKB5031990\",MAU\\SRV9\r\n\
        20811,,None,192.0.2.9,445,Programs,Microsoft Edge  [version 119.0.2151.58]  [installed on 2023/11/10],MAU\\SRV9\r\n\
        99999,,High,192.0.2.9,0,Missing,The update KB5000000 is missing,MAU\\SRV9\r\n";
    let found = read("scan.csv", nessus);
    let host = &found.hosts[0];
    assert_eq!((found.hosts.len(), host.name.as_str()), (1, "SRV9"), "{:?}", found.diagnostics);
    assert_eq!(
        (product(host).as_str(), kbs(host)),
        ("Windows Server 2019", &[5_031_990, 5_032_196][..])
    );
    assert_eq!(host.software.as_ref().map(Vec::len), Some(1));
    let openvas = "IP,Hostname,Port,NVT Name,Specific Result,NVT OID,Timestamp\n\
        192.0.2.10,srv10,,OS Detection,\"Best matching OS:\n\nOS: Windows Server 2012 R2\nCPE: cpe:/o:x\",1.3.6.1.4.1.25623.1.0.105937,2023-11-20T10:00:00Z\n\
        192.0.2.10,srv10,443,TLS,weak,1.3.6.1.4.1.25623.1.0.1,2023-11-20T10:05:00Z\n\
        192.0.2.11,,443,TLS,weak,1.3.6.1.4.1.25623.1.0.1,2023-11-20T10:05:00Z\n";
    let mut found = read("report.csv", openvas);
    found.hosts.sort_by(|a, b| b.name.cmp(&a.name));
    let named: Vec<(&str, String)> =
        found.hosts.iter().map(|h| (h.name.as_str(), product(h))).collect();
    let expect = [("srv10", "Windows Server 2012 R2"), ("192.0.2.11", "Ambiguous")];
    assert_eq!(named, expect.map(|(name, product)| (name, product.to_owned())));
    assert_eq!(found.hosts[0].collected_at().unwrap().to_string(), "2023-11-20T10:00:00Z");
    assert_eq!(found.hosts[0].hotfixes, None, "findings are no list of updates");
}

#[test]
fn packages_as_osquery_and_bills_of_materials_tell_them() {
    let osquery = concat!(
        r#"{"name":"deb","hostIdentifier":"SRV-L","unixTime":1700450000,"columns":{"name":"gzip","version":"1.12-1","arch":"amd64","revision":"1","status":"install ok installed","maintainer":"m","section":"utils"},"action":"added"}"#,
        "\n",
        r#"{"name":"rpm","hostIdentifier":"SRV-R","unixTime":1700450000,"columns":{"name":"bash","version":"4.4.20","release":"4.el8_6","epoch":"0","arch":"x86_64","package_group":"System"},"action":"added"}"#,
        "\n",
    );
    let found = read("osqueryd.results.log", osquery);
    let told: Vec<(String, String)> = found
        .hosts
        .iter()
        .flat_map(|h| h.software.iter().flatten())
        .map(|s| (s.ecosystem.clone(), s.version.clone()))
        .collect();
    assert_eq!(
        told,
        [("deb".into(), "1.12-1".into()), ("rpm".into(), "4.4.20-4.el8_6".into())]
            as [(String, String); 2]
    );
    let bom = r#"{"bomFormat":"CycloneDX","components":[{"type":"library","name":"libssl3","version":"3.0.9-1","purl":"pkg:deb/debian/libssl3@3.0.9-1?arch=amd64&upstream=openssl%403.0.9&distro=debian-12"}]}"#;
    let host = read("bom.json", bom).hosts.remove(0);
    let package = &host.software.as_ref().unwrap()[0];
    assert_eq!((host.os.name.as_str(), package.arch.as_str()), ("debian-12", "amd64"));
    assert_eq!(package.source, "openssl%403.0.9".split("%40").next().unwrap());
}

#[test]
fn openvas_hosts() {
    let text = r#"<report id="a" format_id="b"><report id="c"><gmp><version>22.4</version></gmp><results><result><host>192.0.2.1<asset asset_id="x"/></host></result></results>
        <host><ip>192.0.2.10</ip><end>2023-11-20T10:00:00Z</end><detail><name>best_os_txt</name><value>Microsoft Windows Server 2012 R2</value></detail><detail><name>hostname</name><value>srv10</value></detail></host></report></report>"#;
    let found = read("report.xml", text);
    assert_eq!(found.hosts.len(), 1);
    assert_eq!(
        (found.hosts[0].name.as_str(), product(&found.hosts[0]).as_str()),
        ("srv10", "Windows Server 2012 R2")
    );
}

#[test]
fn bills_of_materials() {
    let text = r#"{"bomFormat":"CycloneDX","specVersion":"1.4","metadata":{"timestamp":"2023-11-20T10:00:00Z","component":{"name":"srv-sbom","type":"device"}},
        "components":[{"type":"operating-system","name":"Windows Server 2019","version":"10.0.17763.5122"},{"type":"application","name":"gzip","version":"1.12-1","purl":"pkg:deb/debian/gzip@1.12-1"}]}"#;
    let host = read("bom.json", text).hosts.remove(0);
    assert_eq!(
        (host.name.as_str(), product(&host).as_str(), host.os.ubr),
        ("srv-sbom", "Windows Server 2019", Some(5122))
    );
    assert_eq!(host.software.unwrap()[0].ecosystem, "deb");
    let text = "SPDXVersion: SPDX-2.3\nDocumentName: image\nCreated: 2023-11-20T10:00:00Z\nPackageName: gzip\nPackageVersion: 1.12-1\nExternalRef: PACKAGE-MANAGER purl pkg:deb/debian/gzip@1.12-1\n";
    let host = read("a.spdx", text).hosts.remove(0);
    assert_eq!(
        (host.name.as_str(), host.software.unwrap()[0].version.as_str()),
        ("image", "1.12-1")
    );
}

#[test]
fn lists_of_updates_of_many_machines() {
    let csv = "Node,Caption,Description,HotFixID,InstalledOn\r\nPC-1,http://x,Update,KB5032189,11/15/2023\r\nPC-2,http://x,Update,KB5031356,10/11/2023\r\nPC-1,http://x,Update,KB5032005,11/15/2023\r\n";
    let found = read("qfe.csv", csv);
    let lists: Vec<(&str, &[u32])> =
        found.hosts.iter().map(|h| (h.name.as_str(), kbs(h))).collect();
    assert_eq!(lists, [("PC-1", &[5_032_005, 5_032_189][..]), ("PC-2", &[5_031_356][..])]);
    let table = "\nSource        Description      HotFixID      InstalledBy          InstalledOn\n------        -----------      --------      -----------          -----------\nPC-9          Update           KB5032189     NT AUTHORITY\\SYSTEM  11/15/2023 12:00:00 AM\n";
    let host = read("hotfix.txt", table).hosts.remove(0);
    assert_eq!((host.name.as_str(), kbs(&host)), ("PC-9", &[5_032_189][..]));
}

#[test]
fn a_list_joins_the_machine_of_its_name() {
    let mut found = Found::default();
    let system = "Host Name:   PC-7\nOS Name:   Microsoft Windows 10 Pro\nOS Version:   10.0.19045 N/A Build 19045\nSystem Type:   x64-based PC\n";
    inventory::read("a/one.txt", system.as_bytes(), &mut found);
    inventory::read("b/two.csv", b"Node,Description,HotFixID\nPC-7,Update,KB5032189\n", &mut found);
    let gathered = inventory::gather(found);
    assert_eq!(gathered.hosts.len(), 1);
    assert_eq!((kbs(&gathered.hosts[0]), gathered.hosts[0].origins.len()), (&[5_032_189][..], 2));
    assert!(gathered.hosts[0].warnings.is_empty());
}

#[test]
fn tables_with_vietnamese_headers_under_a_title() {
    let text = "BẢNG KIỂM KÊ MÁY TÍNH;;;;\n;;;;\nTên máy;Hệ điều hành;Bản dựng;Kiến trúc;Bản vá\nPC-1;Windows 10 Pro;19045.3693;x64;KB5032189, KB5032005\nPC-2;Windows 11 Pro;22621;x64;\n";
    let found = read("kiemke.csv", text);
    assert_eq!(found.hosts.len(), 2, "{:?}", found.diagnostics);
    assert_eq!((found.hosts[0].os.ubr, kbs(&found.hosts[0]).len()), (Some(3693), 2));
    assert_eq!(found.hosts[1].hotfixes, None, "an empty cell is no empty list");
}

#[test]
fn a_nameless_machine_goes_by_its_file() {
    let host = read("kho/pc-12.txt", "KB5032189\nKB5032005\n").hosts.remove(0);
    assert_eq!((host.name.as_str(), kbs(&host).len()), ("pc-12", 2));
}

#[test]
fn a_release_in_the_place_of_a_build() {
    let host = read("a.csv", "host,os,version\nPC-1,Windows 10 Pro,22H2\n").hosts.remove(0);
    assert_eq!(product(&host), "Windows 10 Version 22H2 for x64-based Systems");
}

#[test]
fn packages_with_their_distribution() {
    let text = "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nID=debian\nii  gzip  1.12-1  amd64  GNU compression\nii  libc6:amd64  2.36-9+deb12u3  amd64  GNU C Library\n";
    let host = read("dir/srv-deb.txt", text).hosts.remove(0);
    assert_eq!(
        (host.name.as_str(), host.os.name.as_str()),
        ("srv-deb", "Debian GNU/Linux 12 (bookworm)")
    );
    assert_eq!(host.software.unwrap().len(), 2);
}

/// Every file of the shared inventories, and what is made of it: machines, the
/// first one's product (or system), updates listed, packages, and findings.
#[test]
fn every_real_file_is_sorted_by_content() {
    let Some(folder) = common::shared("05-inventory") else { return };
    let mut left = vec![folder.clone()];
    let mut files = Vec::new();
    while let Some(path) = left.pop() {
        if path.is_dir() {
            left.extend(fs::read_dir(path).unwrap().map(|e| e.unwrap().path()));
        } else {
            files.push(path);
        }
    }
    files.sort();
    let mut rows: Vec<String> = files
        .iter()
        .map(|path| {
            let name = path.strip_prefix(&folder).unwrap().to_string_lossy().into_owned();
            let mut found = Found::default();
            inventory::read(&name, &fs::read(path).unwrap(), &mut found);
            assert!(
                !found.hosts.is_empty() || !found.diagnostics.is_empty(),
                "{name} dropped in silence"
            );
            row(&name, &found)
        })
        .collect();
    let named = |row: &String| row.ends_with("\t0\t-\t-\t-\tpatches.inventory-unknown");
    let others = rows.iter().filter(|row| named(row)).count();
    rows.retain(|row| !named(row));
    rows.push(format!("{others} files hold no machine, and are named"));
    let expect: Vec<&str> =
        include_str!("real_files.tsv").lines().filter(|l| !l.starts_with('#')).collect();
    if rows != expect {
        let path = concat!(env!("CARGO_TARGET_TMPDIR"), "/real_files.tsv");
        fs::write(path, rows.join("\n")).unwrap();
        let differ = rows.iter().filter(|r| !expect.contains(&r.as_str())).take(20);
        panic!(
            "other than expected (all in {path}):\n{}",
            differ.cloned().collect::<Vec<_>>().join("\n")
        );
    }
}

fn row(name: &str, found: &Found) -> String {
    let first = found.hosts.first();
    let system = first.map_or(String::new(), |host| {
        products::of_host(&host.os).map_or_else(|_| host.os.name.clone(), |p| p.name)
    });
    let updates =
        first.and_then(|h| h.hotfixes.as_ref()).map_or("-".into(), |l| l.kbs.len().to_string());
    let programs =
        first.and_then(|h| h.software.as_ref()).map_or("-".into(), |s| s.len().to_string());
    let mut codes: Vec<&str> = found.diagnostics.iter().map(|d| d.code.as_ref()).collect();
    codes.sort_unstable();
    codes.dedup();
    let hosts = found.hosts.len();
    let or_dash = |text: &str| if text.is_empty() { "-".to_owned() } else { text.to_owned() };
    let (system, codes) = (or_dash(system.trim()), or_dash(&codes.join(" ")));
    format!("{name}\t{hosts}\t{system}\t{updates}\t{programs}\t{codes}")
}

#[test]
fn workbooks_and_zips_of_mixed_files() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_row(0, 0, ["Danh sách máy"]).unwrap();
    sheet.write_row(2, 0, ["Tên máy", "Hệ điều hành", "Bản dựng", "Bản vá"]).unwrap();
    sheet.write_row(3, 0, ["PC-X", "Windows 11 Pro", "22621.2715", "KB5032190"]).unwrap();
    let book = book.save_to_buffer().unwrap();
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    let files: [(&str, &[u8]); 3] = [
        ("so/may.xlsx", &book),
        ("pc-9.txt", b"KB5032189\n"),
        ("anh.jpg", &[0xff, 0xd8, 0xff, 0xe0]),
    ];
    for (name, bytes) in files {
        zip.start_file(name, options).unwrap();
        std::io::Write::write_all(&mut zip, bytes).unwrap();
    }
    let bytes = zip.finish().unwrap().into_inner();
    let mut found = Found::default();
    inventory::read("don-vi.zip", &bytes, &mut found);
    let found = inventory::gather(found);
    let hosts: Vec<(&str, &str)> =
        found.hosts.iter().map(|h| (h.name.as_str(), h.origins[0].file.as_str())).collect();
    assert_eq!(hosts, [("PC-X", "don-vi.zip!so/may.xlsx"), ("pc-9", "don-vi.zip!pc-9.txt")]);
    assert_eq!((found.hosts[0].os.ubr, kbs(&found.hosts[0])), (Some(2715), &[5_032_190][..]));
    assert_eq!(found.diagnostics[0].place.file.as_deref(), Some("don-vi.zip!anh.jpg"));
}
