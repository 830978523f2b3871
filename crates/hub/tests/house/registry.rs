//! The register: imports that come back unchanged, units that see only
//! themselves, claims, mergers, and whom to call.

use std::fmt::Write;

use axum::http::{Method, StatusCode};
use hub::{
    access::{Decide, Role, Scope},
    ids::UnitId,
    registry::{
        Keeper, Kind, contacts,
        export::export,
        hosts,
        import::{self, Counts},
        networks, units,
    },
    web::{csv_file, xlsx_file},
};
use jiff::civil::date;
use serde_json::json;
use words::Lang;

use crate::support::{Answer, Browser, House};

const UNITS: &str = "\
Mã đơn vị,Tên đơn vị,Trực thuộc,Loại,Ngày hiệu lực,Ngày kết thúc,Đơn vị kế thừa,Lý do,Ghi chú
SYT,Sở Y tế,UBT,\"Sở, ban, ngành\",01/01/2020,,,,
UBT,Ủy ban nhân dân Tỉnh,,UBND tỉnh,01/01/2020,,,,
TTCNTT,Trung tâm Công nghệ thông tin,STTTT,Đơn vị sự nghiệp,01/01/2020,30/06/2023,TTCDS,Đổi tên,Dữ liệu mẫu
TTCDS,Trung tâm Chuyển đổi số,STTTT,Đơn vị sự nghiệp,01/07/2023,,,,
STTTT,Sở Thông tin và Truyền thông,UBT,\"Sở, ban, ngành\",01/01/2020,,,,
BVDK,Bệnh viện Đa khoa,SYT,Đơn vị sự nghiệp,01/01/2020,,,,
";

const SYSTEMS: &str = "\
Mã hệ thống;Tên hệ thống;Chủ quản;Đơn vị vận hành;Cấp độ;Tình trạng hồ sơ;Số quyết định;Ngày phê duyệt;Triển khai phương án
HT-HIS;Quản lý bệnh viện;SYT;BVDK;3;Đã được phê duyệt;12/QĐ-UBND-HC;05/03/2022;Đã triển khai một số hạng mục
HT-QLVB;Quản lý văn bản và điều hành;UBT;TTCDS;Cấp độ 3;Đang dự thảo;;;Chưa triển khai
";

const HOSTS: &str = "\
Tên máy,Đơn vị,Hệ thống,Loại máy,Địa chỉ IP,MAC,Hệ điều hành,Vị trí,Ngày thu thập,Nguồn thu thập
SYT-PC01,SYT,,Máy trạm,10.87.3.11,02-00-5e-57-03-0b,Windows 10 Pro 22H2,Văn thư,20/09/2023,Kiểm kê thủ công
SYT-SRV01,SYT,HT-HIS,Máy chủ,\"10.87.3.2, 192.0.2.18\",02:00:5E:57:03:02,Windows Server 2019,Phòng máy chủ,20/09/2023,Kiểm kê thủ công
BVDK-PC01,BVDK,HT-HIS,Máy trạm,10.87.4.11,,Windows 7 Professional SP1,,,
";

const NETWORKS: &str = "\
Dải địa chỉ,Đơn vị,Từ ngày,Đến ngày,Loại,NAT qua,Nhà cung cấp,Ghi chú
192.0.2.16/29,SYT,01/01/2021,,Công cộng,,Nhà mạng Mẫu 1,
10.87.3.0/24,SYT,01/01/2021,,Nội bộ,192.0.2.17,,
198.51.100.120/32,SYT,01/01/2020,09/11/2023,Công cộng,,Nhà mạng Mẫu 2,Bàn giao đường truyền
198.51.100.120/32,BVDK,10/11/2023,,Công cộng,,Nhà mạng Mẫu 2,Nhận bàn giao đường truyền
2001:db8:87::/48,TTCDS,01/01/2022,,Công cộng,,,
";

const CONTACTS: &str = "\
Đơn vị,Họ tên,Vai trò,Chức vụ,Điện thoại,Thư điện tử,Giờ làm việc,Ngày xác nhận
SYT,Trần Thị Ví Dụ,Cán bộ CNTT,Chuyên viên,0277 000 1001,cntt@syt.dongthap.example,Giờ hành chính,20/09/2023
SYT,Nguyễn Văn Mẫu,Thủ trưởng,Lãnh đạo đơn vị,+84 277 000 1000,lanhdao@syt.dongthap.example,Giờ hành chính,10/01/2023
UBT,Lê Hữu Thử Nghiệm,Trực,Trực giám sát,0277 000 1002,truc@ubt.dongthap.example,24/7,20/09/2023
";

const FILES: [(Kind, &str); 5] = [
    (Kind::Units, UNITS),
    (Kind::Systems, SYSTEMS),
    (Kind::Hosts, HOSTS),
    (Kind::Networks, NETWORKS),
    (Kind::Contacts, CONTACTS),
];

fn province() -> Keeper {
    Decide::of_system("test").into()
}

async fn take(house: &House, kind: Kind, bytes: &[u8]) -> Counts {
    let by = province();
    import::take_in(&house.app, &by, house.now(), kind, "thu.csv", bytes.to_vec(), None)
        .await
        .unwrap()
        .counts
}

async fn filled() -> House {
    let house = House::new().await;
    for (kind, text) in FILES {
        let counts = take(&house, kind, text.as_bytes()).await;
        let rows = text.lines().count() as i64 - 1;
        assert_eq!(counts, Counts { created: rows, ..Counts::default() }, "{kind:?}");
    }
    house
}

async fn unit(house: &House, code: &str) -> UnitId {
    units::by_code(&house.app.db, &Scope::province(), code).await.unwrap().id
}

#[tokio::test]
async fn what_goes_out_comes_in_again_unchanged_in_both_formats_and_languages() {
    let house = filled().await;
    let app = &house.app;
    for (kind, text) in FILES {
        let rows = text.lines().count() as i64 - 1;
        for lang in Lang::ALL {
            let scope = Scope::province();
            let zone = &app.settings.zone;
            let sheet = export(&app.db, &scope, kind, lang, zone, house.now()).await.unwrap();
            for bytes in [csv_file(&sheet).unwrap(), xlsx_file(&sheet).unwrap()] {
                let counts = take(&house, kind, &bytes).await;
                let expected = Counts { unchanged: rows, ..Counts::default() };
                assert_eq!(counts, expected, "{kind:?} {lang:?} {sheet:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_second_file_updates_creates_leaves_alone_and_keeps_what_it_cannot_use() {
    let house = filled().await;
    let again = "\
Tên máy,Đơn vị,Địa chỉ IP,Hệ điều hành,Ngày thu thập
SYT-PC01,SYT,10.87.3.11,Windows 11 Pro 23H2,10/01/2024
SYT-SRV01,SYT,,Windows Server 2012 R2,01/01/2023
BVDK-PC01,BVDK,10.87.4.11,Windows 7 Professional SP1,
SYT-PC90,SYT,10.87.3.300,,
SYT-PC91,KHONGCO,10.87.3.91,,
syt-pc01,SYT,10.87.3.12,,
SYT-PC92,SYT,10.87.3.92,Windows 11 Pro 23H2,10/01/2024
";
    let counts = take(&house, Kind::Hosts, again.as_bytes()).await;
    assert_eq!(counts, Counts { created: 1, updated: 1, unchanged: 2, rejected: 3 });

    let db = &house.app.db;
    let syt = unit(&house, "SYT").await;
    let pc = hosts::by_name(db, &syt, "syt-pc01").await.unwrap().unwrap();
    assert_eq!(pc.os.as_deref(), Some("Windows 11 Pro 23H2"));
    assert_eq!(pc.mac.as_deref(), Some("02:00:5E:57:03:0B"), "what a file does not say stays");
    assert_eq!(hosts::facts(db, &Scope::province(), &pc.id).await.unwrap().len(), 2);

    let server = hosts::by_name(db, &syt, "SYT-SRV01").await.unwrap().unwrap();
    assert_eq!(server.os.as_deref(), Some("Windows Server 2019"), "an older fact changes nothing");
    let facts = hosts::facts(db, &Scope::province(), &server.id).await.unwrap();
    assert_eq!(facts[1].facts.0.os.as_deref(), Some("Windows Server 2012 R2"), "but is kept");

    let counts = take(&house, Kind::Hosts, again.as_bytes()).await;
    assert_eq!(counts, Counts { created: 0, updated: 0, unchanged: 4, rejected: 3 });
}

#[tokio::test]
async fn rows_that_cannot_be_used_stay_with_the_import_and_say_why() {
    let house = filled().await;
    let text =
        "Dải địa chỉ,Đơn vị,Từ ngày\n192.0.2.0/33,SYT,01/01/2021\n192.0.2.64/29,SYT,32/13/2021\n";
    let by = province();
    let report = import::take_in(
        &house.app,
        &by,
        house.now(),
        Kind::Networks,
        "dai.csv",
        text.as_bytes().to_vec(),
        None,
    )
    .await
    .unwrap();
    assert_eq!(report.counts.rejected, 2);
    let rows: Vec<import::RowResult> =
        import::rows(&report.id).fetch(house.app.db.reader()).await.unwrap();
    let codes: Vec<_> = rows.iter().map(|row| row.diagnostics.0[0].code.to_string()).collect();
    assert_eq!(codes, ["registry.range-unreadable", "registry.date-unreadable"]);
    assert_eq!((rows[0].line, rows[0].raw.as_str()), (2, "192.0.2.0/33,SYT,01/01/2021"));
    assert_eq!(rows[1].diagnostics.0[0].place.column.as_deref(), Some("Từ ngày"));
}

#[tokio::test]
async fn units_that_stand_below_themselves_are_not_taken() {
    let house = House::new().await;
    let text =
        "Mã đơn vị,Tên đơn vị,Trực thuộc\nA,Đơn vị A,B\nB,Đơn vị B,A\nC,Đơn vị C,\nD,Đơn vị D,A\n";
    let counts = take(&house, Kind::Units, text.as_bytes()).await;
    assert_eq!(counts, Counts { created: 1, rejected: 3, ..Counts::default() });
}

#[tokio::test]
async fn a_file_without_its_columns_is_refused_whole() {
    let house = filled().await;
    let by = province();
    let bytes = b"Ho,Ten\nA,B\n".to_vec();
    let refused =
        import::take_in(&house.app, &by, house.now(), Kind::Hosts, "x.csv", bytes, None).await;
    assert!(matches!(refused, Err(hub::Error::Invalid(_))), "{refused:?}");
}

#[tokio::test]
async fn an_import_in_the_browser_is_looked_at_before_it_is_done() {
    let house = House::new().await;
    let mut person = house.person(Role::Analyst, &[]).await;
    let file = ("file", "don-vi.csv", UNITS.as_bytes());
    let at = person.upload("/registry/import", &[("kind", "units")], file).await.sent_on();
    let page = person.get(&at).await.ok().text();
    assert!(page.contains("Sở Y tế (SYT)") && !page.contains("[registry."), "{page}");
    assert!(
        units::all(&house.app.db, &Scope::province(), date(2024, 1, 15)).await.unwrap().is_empty()
    );

    person
        .post(&format!("{at}/map"), &[("code", "Mã đơn vị"), ("name", "Ghi chú")])
        .await
        .sent_on();
    assert!(!person.get(&at).await.ok().text().contains("Sở Y tế (SYT)"));
    let right = [("code", "Mã đơn vị"), ("name", "Tên đơn vị"), ("parent", "Trực thuộc")];
    person.post(&format!("{at}/map"), &right).await.sent_on();

    person.post_and_wait(&format!("{at}/confirm"), &[]).await;
    let result = person.get(&at).await.ok().text();
    assert!(result.contains("Thêm mới") && result.contains("SYT,Sở Y tế"), "{result}");
    assert_eq!(person.post(&format!("{at}/confirm"), &[]).await.status, StatusCode::CONFLICT);
    assert_eq!(
        units::all(&house.app.db, &Scope::province(), date(2024, 1, 15)).await.unwrap().len(),
        6
    );
}

#[tokio::test]
async fn every_page_of_the_register_is_drawn_in_both_languages() {
    let house = filled().await;
    let mut person = house.person(Role::Administrator, &[]).await;
    for lang in ["vi", "en"] {
        person.post("/language", &[("lang", lang), ("back", "/")]).await.sent_on();
        for path in paths(&house).await {
            let page = person.get(&path).await.ok().text();
            let missing = page.find("[registry.").or_else(|| page.find("[common."));
            assert_eq!(
                missing.map(|at| page[at..].chars().take(60).collect::<String>()),
                None,
                "{path}"
            );
        }
    }
}

/// One page of every kind, of what is Sở Y tế's.
async fn paths(house: &House) -> Vec<String> {
    let mut paths: Vec<String> = [
        "/",
        "/units",
        "/networks",
        "/contacts",
        "/systems",
        "/hosts",
        "/authorities",
        "/registry/import",
        "/search?q=so+y+te",
        "/units/new",
        "/networks/new",
        "/contacts/new",
        "/systems/new",
        "/hosts/new",
        "/hosts?format=csv",
        "/hosts?format=xlsx&unit=SYT",
        "/registry/export/hosts?format=csv",
    ]
    .map(str::to_owned)
    .to_vec();
    for (kind, id) in of_syt(house).await {
        paths.push(format!("/{kind}/{id}"));
        paths.push(format!("/{kind}/{id}/edit"));
    }
    paths
}

/// Kind and identifier of things of Sở Y tế.
async fn of_syt(house: &House) -> Vec<(&'static str, String)> {
    let (db, scope) = (&house.app.db, Scope::province());
    let syt = unit(house, "SYT").await;
    let host = hosts::of_unit(db, &scope, &syt).await.unwrap()[0].id.to_string();
    let range = networks::of_unit(db, &scope, &syt).await.unwrap()[0].id.to_string();
    let person = contacts::of_unit(db, &scope, &syt, house.now()).await.unwrap()[0].id.to_string();
    let system =
        hub::registry::systems::by_code(db, &scope, "HT-HIS").await.unwrap().id.to_string();
    vec![
        ("units", syt.to_string()),
        ("hosts", host),
        ("networks", range),
        ("contacts", person),
        ("systems", system),
    ]
}

#[tokio::test]
async fn another_units_things_are_not_there_by_any_road() {
    let house = filled().await;
    let other = unit(&house, "TTCDS").await;
    let mut person = house.person(Role::UnitOfficer, &[other]).await;
    for (kind, id) in of_syt(&house).await {
        for path in [format!("/{kind}/{id}"), format!("/api/v1/{kind}/{id}")] {
            assert_eq!(person.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        let expected = if kind == "units" { StatusCode::FORBIDDEN } else { StatusCode::NOT_FOUND };
        let edit = format!("/{kind}/{id}/edit");
        assert_eq!(person.get(&edit).await.status, expected, "{edit}");
        assert_eq!(person.post(&edit, &[("name", "Chiếm")]).await.status, expected, "{edit}");
        let list = person.get(&format!("/{kind}")).await.ok().text();
        let api = person.get(&format!("/api/v1/{kind}")).await.ok().text();
        let file = person.get(&format!("/registry/export/{kind}?format=csv")).await.ok().text();
        for text in [list, api, file] {
            assert!(!text.contains("SYT") && !text.contains("Sở Y tế"), "{kind}: {text}");
        }
    }
    assert_not_found(&mut person, "/networks/{}/approve", &house, 2, StatusCode::FORBIDDEN).await;
    assert_not_found(&mut person, "/contacts/{}/confirm", &house, 3, StatusCode::NOT_FOUND).await;
    assert_not_found(&mut person, "/contacts/{}/close", &house, 3, StatusCode::NOT_FOUND).await;
    assert_not_found(&mut person, "/units/{}/rename", &house, 0, StatusCode::FORBIDDEN).await;
    for typed in ["so+y+te", "10.87.3.11", "SYT-PC01", "192.0.2.17", "HT-HIS"] {
        let page = person.get(&format!("/search?q={typed}")).await.ok().text();
        assert!(!page.contains("Sở Y tế") && !page.contains("SYT-PC01</a>"), "{typed}: {page}");
    }
}

async fn assert_not_found(
    person: &mut Browser,
    path: &str,
    house: &House,
    which: usize,
    expected: StatusCode,
) {
    let path = path.replace("{}", &of_syt(house).await[which].1);
    let form = [("reason", "x"), ("name", "x"), ("from", "2024-01-01")];
    assert_eq!(person.post(&path, &form).await.status, expected, "{path}");
}

#[tokio::test]
async fn a_units_file_cannot_speak_for_another_unit() {
    let house = filled().await;
    let syt = unit(&house, "SYT").await;
    let mut person = house.person(Role::UnitOfficer, &[syt]).await;
    let text = "Tên máy,Đơn vị,Hệ điều hành\nSYT-PC01,SYT,Windows 11\nBVDK-PC01,BVDK,Windows 11\nSYT-PC77,,Windows 11\n";
    let file = ("file", "may.csv", text.as_bytes());
    let at = person.upload("/registry/import", &[("kind", "hosts")], file).await.sent_on();
    person.post_and_wait(&format!("{at}/confirm"), &[]).await;
    let rows = person.get(&format!("{at}?format=csv")).await.ok().text();
    assert!(rows.contains("BVDK") && rows.contains("Không nhận"), "{rows}");
    let bvdk = unit(&house, "BVDK").await;
    let kept = hosts::by_name(&house.app.db, &bvdk, "BVDK-PC01").await.unwrap().unwrap();
    assert_eq!(kept.os.as_deref(), Some("Windows 7 Professional SP1"));

    let units = ("file", "don-vi.csv", UNITS.as_bytes());
    let refused = person.upload("/registry/import", &[("kind", "units")], units).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let mut other = house.person(Role::UnitOfficer, &[bvdk]).await;
    assert_eq!(other.get(&at).await.status, StatusCode::NOT_FOUND, "another's import");
}

#[tokio::test]
async fn what_is_no_identifier_is_not_there() {
    let house = filled().await;
    let mut person = house.person(Role::Analyst, &[]).await;
    for kind in ["units", "hosts", "networks", "contacts", "systems", "registry/import"] {
        for id in ["x", "../units", "01HM5V0000000000000000000Z", "%00"] {
            let path = format!("/{kind}/{}", id.replace('/', "%2F"));
            assert_eq!(person.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
    }
}

#[tokio::test]
async fn an_auditor_reads_all_and_changes_nothing() {
    let house = filled().await;
    let mut person = house.person(Role::Auditor, &[]).await;
    let things = of_syt(&house).await;
    for (kind, id) in &things {
        person.get(&format!("/{kind}/{id}")).await.ok();
        let answer = person.post(&format!("/{kind}/{id}/edit"), &[("name", "x")]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{kind}");
    }
    assert_eq!(person.get("/registry/import").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_claim_attributes_only_once_it_is_approved() {
    let house = filled().await;
    let syt = unit(&house, "SYT").await;
    let mut officer = house.person(Role::UnitOfficer, std::slice::from_ref(&syt)).await;
    let form = [("range", "203.0.113.8/29"), ("unit", "SYT"), ("kind", "public")];
    let path = officer.post("/networks/new", &form).await.sent_on();
    let path = path.split('?').next().unwrap().to_owned();
    let address = "203.0.113.9".parse().unwrap();
    let owners = |day| networks::owners_at(&house.app.db, address, day);
    let today = date(2024, 1, 15);
    assert!(owners(today).await.unwrap().is_empty(), "claimed is not proved");
    assert_eq!(officer.post(&format!("{path}/approve"), &[]).await.status, StatusCode::FORBIDDEN);

    let mut analyst = house.person(Role::Analyst, &[]).await;
    assert!(analyst.get("/").await.ok().text().contains("dải địa chỉ chờ phê duyệt"));
    analyst.post(&format!("{path}/approve"), &[]).await.sent_on();
    assert_eq!(owners(today).await.unwrap()[0].unit, syt);
    let wider = [("range", "203.0.113.0/24"), ("unit", "SYT")];
    let edit = officer.post(&format!("{path}/edit"), &wider).await;
    assert_eq!(edit.status, StatusCode::CONFLICT, "approved is the province's");

    let refused = analyst.post(&format!("{path}/reject"), &[("reason", " ")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    analyst.post(&format!("{path}/reject"), &[("reason", "Không khớp hợp đồng")]).await.sent_on();
    assert!(owners(today).await.unwrap().is_empty());
    assert!(officer.get(&path).await.ok().text().contains("Không khớp hợp đồng"));
}

#[tokio::test]
async fn an_address_belongs_to_whoever_held_it_on_the_day() {
    let house = filled().await;
    let address = "198.51.100.120".parse().unwrap();
    for (day, code) in [
        (date(2019, 12, 31), None),
        (date(2023, 11, 9), Some("SYT")),
        (date(2023, 11, 10), Some("BVDK")),
    ] {
        let owners = networks::owners_at(&house.app.db, address, day).await.unwrap();
        assert_eq!(owners.first().map(|held| held.unit_code.as_str()), code, "{day}");
        assert!(owners.len() <= 1);
    }
    let holdings = networks::ownership(&house.app.db).await.unwrap();
    let ranges: Vec<lists::ownership::Range> = holdings.iter().map(Into::into).collect();
    let handed = ranges.iter().find(|range| range.to.is_some()).unwrap();
    assert_eq!(handed.to, Some(date(2023, 11, 10)), "the index names the day after the last");
}

#[tokio::test]
async fn what_was_a_merged_units_is_answered_for_by_its_successor() {
    let house = filled().await;
    let db = &house.app.db;
    let (old, new) = (unit(&house, "TTCNTT").await, unit(&house, "TTCDS").await);
    assert_eq!(units::successor(db, &old, date(2023, 6, 30)).await.unwrap(), old);
    assert_eq!(units::successor(db, &old, date(2023, 7, 1)).await.unwrap(), new);

    let mut person = house.person(Role::Analyst, &[]).await;
    let stttt = unit(&house, "STTTT").await;
    let form =
        [("ended_as", "merged"), ("last_day", "2024-02-29"), ("successor_id", stttt.as_str())];
    person.post(&format!("/units/{new}/end"), &form).await.sent_on();
    assert_eq!(units::successor(db, &old, date(2024, 3, 1)).await.unwrap(), stttt);
    let again = person.post(&format!("/units/{new}/end"), &form).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    let circle =
        [("ended_as", "merged"), ("last_day", "2024-03-01"), ("successor_id", old.as_str())];
    let refused = person.post(&format!("/units/{stttt}/end"), &circle).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text());
    let today = units::all(db, &Scope::province(), date(2024, 3, 1)).await.unwrap();
    assert!(today.iter().all(|unit| unit.id != new && unit.id != old));
}

#[tokio::test]
async fn a_renamed_unit_is_found_by_both_names() {
    let house = filled().await;
    let id = unit(&house, "BVDK").await;
    let mut person = house.person(Role::Analyst, &[]).await;
    let form = [("name", "Bệnh viện Đa khoa Sa Đéc"), ("from", "2024-01-10")];
    person.post(&format!("/units/{id}/rename"), &form).await.sent_on();
    let page = person.get(&format!("/units/{id}")).await.ok().text();
    assert!(page.contains("Bệnh viện Đa khoa Sa Đéc") && page.contains("09/01/2024"), "{page}");
    let tomorrow = [("name", "Tên khác"), ("from", "2024-01-16")];
    let refused = person.post(&format!("/units/{id}/rename"), &tomorrow).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for typed in ["benh+vien+da+khoa+sa+dec", "da+khoa"] {
        assert!(person.get(&format!("/search?q={typed}")).await.ok().text().contains("Sa Đéc"));
    }
}

#[tokio::test]
async fn search_needs_no_tone_marks_and_knows_addresses() {
    let house = filled().await;
    let mut person = house.person(Role::Duty, &[]).await;
    for (typed, found) in [
        ("so y te", "Sở Y tế"),
        ("SỞ Y TẾ", "Sở Y tế"),
        ("trung tam chuyen doi", "Trung tâm Chuyển đổi số"),
        ("vi du", "Trần Thị Ví Dụ"),
        ("syt-pc01", "SYT-PC01"),
        ("10.87.3.11", "10.87.3.0/24"),
        ("10.87.3.11", "SYT-PC01"),
        ("192.0.2.17", "192.0.2.16/29"),
        ("192.0.2.17", "10.87.3.0/24"),
        ("2001:db8:87::5", "2001:db8:87::/48"),
        ("02:00:5e:57:03:02", "SYT-SRV01"),
        ("quan ly van ban", "Quản lý văn bản và điều hành"),
    ] {
        let path = format!("/search?q={}", hub::web::parts::encode(typed));
        let page = person.get(&path).await.ok().text();
        assert!(page.contains(found), "{typed}: {found} in {page}");
    }
    assert!(person.get("/search?q=%25").await.ok().text().contains("Không tìm thấy"));
}

#[tokio::test]
async fn people_are_called_fresh_first_and_then_at_the_unit_above() {
    let house = filled().await;
    let db = &house.app.db;
    let syt = unit(&house, "SYT").await;
    let names = |list: Vec<contacts::Contact>| -> Vec<String> {
        list.into_iter().map(|contact| contact.name).collect()
    };
    let order = names(contacts::for_notice(db, &syt, house.now()).await.unwrap());
    assert_eq!(order, ["Trần Thị Ví Dụ", "Lê Hữu Thử Nghiệm", "Nguyễn Văn Mẫu"]);

    let mailbox = "CNTT@syt.dongthap.example";
    let actor = hub::access::Actor::system("test");
    let mut change = db.change(&actor, house.now()).await.unwrap();
    let marked = contacts::bounced(db, &mut change, mailbox, "550 no such user").await.unwrap();
    change.commit().await.unwrap();
    assert_eq!(names(marked), ["Trần Thị Ví Dụ"]);
    let order = names(contacts::for_notice(db, &syt, house.now()).await.unwrap());
    assert_eq!(order, ["Lê Hữu Thử Nghiệm", "Nguyễn Văn Mẫu", "Trần Thị Ví Dụ"]);
}

#[tokio::test]
async fn a_contact_expires_and_is_confirmed_without_change() {
    let house = filled().await;
    let (db, scope) = (&house.app.db, Scope::province());
    assert_eq!(contacts::stale(db, &scope, house.now()).await.unwrap(), 1);
    let later: jiff::Timestamp = "2024-06-01T01:00:00Z".parse().unwrap();
    house.app.clock.set(later);
    assert_eq!(contacts::stale(db, &scope, later).await.unwrap(), 3);
    let syt = unit(&house, "SYT").await;
    let mut officer = house.person(Role::UnitOfficer, std::slice::from_ref(&syt)).await;
    let first = contacts::of_unit(db, &scope, &syt, later).await.unwrap().remove(0);
    officer.post(&format!("/contacts/{}/confirm", first.id), &[]).await.sent_on();
    assert_eq!(contacts::stale(db, &scope, later).await.unwrap(), 2);
    officer.post(&format!("/contacts/{}/close", first.id), &[]).await.sent_on();
    let left = contacts::of_unit(db, &scope, &syt, later).await.unwrap();
    assert!(left.iter().all(|contact| contact.id != first.id));
}

#[tokio::test]
async fn authorities_of_last_year_are_a_set_up_error() {
    let house = House::at("2024-01-20T01:00:00Z").await;
    let mut person = house.person(Role::Duty, &[]).await;
    let page = person.get("/authorities").await.ok().text();
    assert!(page.contains("086.9100.317") && !page.contains("role=\"alert\""), "{page}");

    let house = House::at("2025-03-01T01:00:00Z").await;
    let mut person = house.person(Role::Duty, &[]).await;
    let page = person.get("/authorities").await.ok().text();
    assert!(!page.contains("086.9100.317") && page.contains("role=\"alert\""), "{page}");
    let role = packs::Role::NationalCoordinator;
    let day = date(2025, 3, 1);
    let found = hub::registry::authorities::find(&house.app, role, day);
    assert!(matches!(found, Err(hub::Error::Setup(_))));
}

#[tokio::test]
async fn a_form_that_is_wrong_comes_back_filled_and_says_why() {
    let house = filled().await;
    let mut person = house.person(Role::Analyst, &[]).await;
    let form = [("unit", "SYT"), ("name", "Phạm Ngọc Minh Họa"), ("email", "không phải thư")];
    let answer: Answer = person.post("/contacts/new", &form).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = answer.text();
    assert!(page.contains("Phạm Ngọc Minh Họa") && page.contains("không đúng dạng"), "{page}");
    let form = [("unit", "SYT"), ("name", "Trần Thị Ví Dụ"), ("role", "it")];
    let twice = person.post("/contacts/new", &form).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY, "the same person twice");
}

#[tokio::test]
async fn the_sample_provinces_files_are_taken_in_whole_and_come_back() {
    let house = House::new().await;
    let province = sample::province(1).unwrap();
    for file in &province.files {
        let kind = match file.step {
            sample::Step::Units => Kind::Units,
            sample::Step::Systems => Kind::Systems,
            sample::Step::Hosts => Kind::Hosts,
            sample::Step::Networks => Kind::Networks,
            sample::Step::Contacts => Kind::Contacts,
            sample::Step::List { .. } => continue,
        };
        let by = self::province();
        let at = house.now();
        let bytes = file.bytes.clone();
        let report = import::take_in(&house.app, &by, at, kind, &file.name, bytes, None).await;
        let report = report.unwrap();
        let rows: Vec<import::RowResult> =
            import::rows(&report.id).fetch(house.app.db.reader()).await.unwrap();
        let found: Vec<_> = rows
            .iter()
            .filter(|row| row.diagnostics.0.iter().any(diag::Diagnostic::is_error))
            .map(|row| (row.line, &row.raw, &row.diagnostics.0))
            .collect();
        assert!(found.is_empty(), "{}: {found:?}", file.name);
        assert!(report.counts.created + report.counts.updated > 0, "{}: {report:?}", file.name);
        println!("{}: {:?}", file.name, report.counts);
    }
    let app = &house.app;
    for kind in Kind::ALL {
        let scope = Scope::province();
        let zone = &app.settings.zone;
        let sheet = export(&app.db, &scope, *kind, Lang::Vi, zone, house.now()).await.unwrap();
        let counts = take(&house, *kind, &csv_file(&sheet).unwrap()).await;
        let expected = Counts { unchanged: sheet.rows.len() as i64, ..Counts::default() };
        assert_eq!(counts, expected, "{kind:?}");
    }
}

#[tokio::test]
async fn the_api_enters_changes_and_refuses_as_the_pages_do() {
    let house = filled().await;
    let syt = unit(&house, "SYT").await;
    let mut officer = house.person(Role::UnitOfficer, std::slice::from_ref(&syt)).await;
    let host = json!({ "name": "SYT-PC55", "unit_id": syt, "kind": "workstation",
        "addresses": ["10.87.3.55"], "os": "Debian 11" });
    let made = officer.call(Method::POST, "/api/v1/hosts", &host).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let path = format!("/api/v1/hosts/{}", made.json()["id"].as_str().unwrap());
    let twice = officer.call(Method::POST, "/api/v1/hosts", &host).await;
    assert_eq!(twice.json()["errors"][0]["code"], "registry.already-there");

    let mut changed = host.clone();
    changed["os"] = "Debian 12".into();
    let put = officer.call(Method::PUT, &path, &changed).await;
    assert_eq!(put.status, StatusCode::NO_CONTENT, "{}", put.text());
    assert_eq!(officer.get(&path).await.ok().json()["os"], "Debian 12");
    let facts = officer.get(&format!("{path}/facts")).await.ok().json();
    assert_eq!(facts.as_array().unwrap().len(), 2);

    let bvdk = unit(&house, "BVDK").await;
    for (field, value, status) in [
        ("unit_id", json!(bvdk), StatusCode::NOT_FOUND),
        ("system_id", json!(syt), StatusCode::UNPROCESSABLE_ENTITY),
        ("addresses", json!(["10.87.3.555"]), StatusCode::UNPROCESSABLE_ENTITY),
        ("colour", json!("red"), StatusCode::UNPROCESSABLE_ENTITY),
        ("name", json!(" "), StatusCode::UNPROCESSABLE_ENTITY),
        ("os", json!("x".repeat(2_000)), StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let mut wrong = changed.clone();
        wrong[field] = value;
        let answer = officer.call(Method::PUT, &path, &wrong).await;
        assert_eq!(answer.status, status, "{field}: {}", answer.text());
    }
    let unit = json!({ "code": "X", "name": "X" });
    let refused = officer.call(Method::POST, "/api/v1/units", &unit).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_api_takes_files_in_and_pages_through_their_rows() {
    let house = filled().await;
    let mut person = house.person(Role::Analyst, &[]).await;
    let mut text = "Tên máy,Đơn vị,Địa chỉ IP\n".to_owned();
    for n in 0..250 {
        writeln!(text, "BVDK-PC{n:03},BVDK,10.87.4.{n}").unwrap();
    }
    let path = "/api/v1/registry/imports?kind=hosts&name=may.csv";
    let made = person.send_bytes(Method::POST, path, text.into_bytes()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let path = format!("/api/v1/registry/imports/{}", made.json()["id"].as_str().unwrap());
    let preview = person.get(&format!("{path}/preview")).await.ok().json();
    assert_eq!(preview["counts"]["created"], 250);
    let begun = person.call(Method::POST, &format!("{path}/confirm"), &json!(null)).await;
    assert_eq!(begun.status, StatusCode::ACCEPTED, "{}", begun.text());
    let place = begun.location.unwrap();
    let work = person.get(&format!("{place}?wait=60")).await.ok().json();
    assert_eq!(work["state"], "done", "{work}");
    assert_eq!(person.get(&path).await.ok().json()["created"], 250);
    let mut lines = Vec::new();
    let mut next = String::new();
    loop {
        let slice = person.get(&format!("{path}/rows?limit=100{next}")).await.ok().json();
        let items = slice["items"].as_array().unwrap();
        lines.extend(items.iter().map(|row| row["line"].as_i64().unwrap()));
        let Some(cursor) = slice["next"].as_str() else { break };
        next = format!("&cursor={cursor}");
    }
    assert_eq!(lines, (2..=251).collect::<Vec<_>>());
    let found = person.get("/api/v1/search?q=10.87.4.77").await.ok().json();
    assert_eq!(found["hosts"][0]["name"], "BVDK-PC077");
}
