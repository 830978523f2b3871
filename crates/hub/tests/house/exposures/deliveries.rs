//! Files of every kind in, a result for each, a place for every machine.

use std::io::{Cursor, Read, Write};

use axum::http::{Method, StatusCode};
use hub::{
    access::{Role, Scope, Watch},
    directives::rules::Cell,
    exposures::{
        inventories::{self, Delivery, Hand, Machine, Place, Through, take_in},
        raise,
    },
    notices,
};
use serde_json::{Value, json};

use super::province::{MAY_2019, NOVEMBER_2019, Province, server_2019, systeminfo};

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

async fn machines(province: &Province) -> Vec<Machine> {
    let select = inventories::machines(&Scope::province());
    select.fetch(province.house.app.db.reader()).await.unwrap()
}

#[tokio::test]
async fn each_file_of_a_folder_has_a_result_and_nothing_is_dropped() {
    let mut province = Province::new().await;
    let unit = province.health.clone();
    let utf16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(server_2019("SYT-PC02", &[NOVEMBER_2019]).encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let srv = server_2019("SYT-SRV01", &[MAY_2019]);
    let bytes = zip(&[
        ("thu muc/srv01.txt", srv.as_bytes()),
        ("pc02.txt", &utf16),
        ("ghi chu.txt", "Đây là ghi chú, không phải bản kiểm kê.".as_bytes()),
        ("anh.png", b"\x89PNG\r\n\x1a\n"),
    ]);
    let file = ("file", "kiem-ke.zip", bytes.as_slice());
    let to = province.officer.upload("/inventories/new", &[], file).await.sent_on();
    let id = to.split('?').next().unwrap().rsplit('/').next().unwrap().to_owned();
    let path = format!("/api/v1/inventories/{id}/files");
    let files = province.officer.call(Method::GET, &path, &Value::Null).await.ok().json();
    let results: Vec<(&str, &str)> = files
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["name"].as_str().unwrap(), one["outcome"].as_str().unwrap()))
        .collect();
    assert_eq!(
        results,
        [
            ("kiem-ke.zip!anh.png", "unread"),
            ("kiem-ke.zip!ghi chu.txt", "unread"),
            ("kiem-ke.zip!pc02.txt", "read"),
            ("kiem-ke.zip!thu muc/srv01.txt", "read"),
        ]
    );
    assert_eq!(files[0]["diagnostics"][0]["code"], "patches.inventory-unknown");
    let page = province.officer.get(&to).await.ok().text();
    assert!(page.contains("Không nhận ra nội dung kiểm kê"), "{page}");
    assert!(province.host(&unit, "SYT-PC02").await.missing == Some(0));
    let sha256 = page.split("/parts/").nth(1).unwrap().split('"').next().unwrap();
    let raw = province.officer.get(&format!("/inventories/{id}/parts/{sha256}")).await.ok();
    assert_eq!(raw.bytes, bytes, "the very bytes are kept");
}

#[tokio::test]
async fn a_machine_that_nobody_knows_waits_and_keeps_the_unit_from_being_done() {
    let mut province = Province::new().await;
    let unit = province.health.clone();
    province.handle_the_rest().await;
    province.deliver("a.txt", &server_2019("SYT-SRV01", &[NOVEMBER_2019])).await;
    assert_eq!(province.cell("1d-microsoft", &unit).await, Cell::Proved { total: 3 });
    // The other unit's machine, delivered by this one, is not taken for the other's.
    province.deliver("b.txt", &server_2019("CL-SRV01", &[MAY_2019])).await;
    let waiting: Vec<Machine> =
        machines(&province).await.into_iter().filter(|one| one.place == Place::New).collect();
    assert_eq!(waiting.len(), 1);
    let other = province.district.clone();
    assert!(province.host(&other, "CL-SRV01").await.machine_id.is_none());
    let open = Cell::Unknown { reason: "machine-open".into() };
    assert_eq!(province.cell("1d-microsoft", &unit).await, open);
    let page = province.officer.get("/inventories/machines").await.ok().text();
    assert!(page.contains("CL-SRV01") && !page.contains("Huyện mẫu"), "{page}");
    let page = province.analyst.get("/inventories/machines").await.ok().text();
    assert!(page.contains("Huyện mẫu"), "the province sees whose it may be: {page}");

    let path = |verb: &str| format!("/inventories/machines/{}/{verb}", waiting[0].id);
    let empty = province.officer.post(&path("aside"), &[("reason", " ")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let theirs = province.host(&other, "CL-SRV01").await;
    let answer = province.officer.post(&path("place"), &[("host", theirs.id.as_str())]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND, "another unit's host is not there");
    province.analyst.post(&path("place"), &[("host", theirs.id.as_str())]).await.sent_on();
    assert!(province.host(&other, "CL-SRV01").await.missing > Some(0));
    assert_eq!(province.cell("1d-microsoft", &unit).await, Cell::Proved { total: 3 });

    // What was said not to count is not asked about again.
    province.deliver("d.txt", &server_2019("MAY-KHACH", &[MAY_2019])).await;
    let guest = machines(&province).await.into_iter().find(|one| one.name == "MAY-KHACH").unwrap();
    let path = format!("/inventories/machines/{}/aside", guest.id);
    province.officer.post(&path, &[("reason", "Máy của khách")]).await.sent_on();
    province.deliver("d.txt", &server_2019("may-khach", &[MAY_2019])).await;
    assert_eq!(province.cell("1d-microsoft", &unit).await, Cell::Proved { total: 3 });

    // The register learns of a machine later: it is placed by itself.
    province.deliver("e.txt", &server_2019("SYT-SAU", &[NOVEMBER_2019])).await;
    super::province::host(&province.house, &unit, "SYT-SAU").await;
    hub::exposures::inventories::place::again(&province.house.app, province.house.now())
        .await
        .unwrap();
    assert_eq!(province.cell("1d-microsoft", &unit).await, Cell::Proved { total: 4 });

    province.deliver("c.txt", &server_2019("SYT-MOI", &[MAY_2019])).await;
    let new = machines(&province).await.into_iter().find(|one| one.name == "SYT-MOI").unwrap();
    let form = [("kind", "server")];
    province.officer.post(&format!("/inventories/machines/{}/add", new.id), &form).await.sent_on();
    assert_eq!(
        province.cell("1d-microsoft", &unit).await,
        Cell::Partly { handled: 4, total: 5 },
        "the new machine counts"
    );
}

#[tokio::test]
async fn the_province_delivers_a_mixture_and_a_token_delivers_by_api() {
    let mut province = Province::new().await;
    let (health, district) = (province.health.clone(), province.district.clone());
    let (one, two) = (server_2019("SYT-SRV01", &[MAY_2019]), server_2019("cl-srv01", &[MAY_2019]));
    let bytes = zip(&[("1.txt", one.as_bytes()), ("2.txt", two.as_bytes())]);
    let by = Hand::Province(Watch::of_system("test"), None);
    let delivery = Delivery {
        files: vec![("all.zip".into(), bytes)],
        said_on: None,
        through: Through::Command,
    };
    let taken = take_in(&province.house.app, &by, province.house.now(), delivery).await.unwrap();
    assert_eq!((taken.machines, taken.unplaced, taken.judged), (2, 0, 2));
    assert!(province.host(&health, "SYT-SRV01").await.missing > Some(0));
    assert!(province.host(&district, "CL-SRV01").await.missing > Some(0));
    // Two machines at one patch level share a sheet.
    let (sheets,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM sheets")
        .fetch_one(province.house.app.db.reader())
        .await
        .unwrap();
    assert_eq!(sheets, 1);

    let text = server_2019("SYT-PC02", &[NOVEMBER_2019]);
    let path = "/api/v1/inventories?name=pc02.txt&collected_on=2023-12-01";
    let answer = province.officer.send_bytes(Method::POST, path, text.into_bytes()).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    assert_eq!(answer.json()["judged"], 1);
    let path = format!("/api/v1/exposures?host={}", province.host(&health, "SYT-SRV01").await.id);
    let rows = province.officer.call(Method::GET, &path, &Value::Null).await.ok().json();
    assert_eq!(rows["items"][0]["verdict"], "missing");
    let units = "/api/v1/exposures/units?from=2023-05&to=2023-11";
    let units = province.analyst.call(Method::GET, units, &Value::Null).await.ok().json();
    let of = units.as_array().unwrap().iter().find(|one| one["unit"] == json!(health)).unwrap();
    assert_eq!((&of["handled"], &of["missing"], &of["unread"]), (&json!(1), &json!(1), &json!(1)));
}

#[tokio::test]
async fn a_link_takes_inventories_without_an_account() {
    let mut province = Province::new().await;
    let unit = province.health.clone();
    province.deliver("srv01.txt", &server_2019("SYT-SRV01", &[MAY_2019])).await;
    let by = Watch::of_system("test");
    let (app, now) = (&province.house.app, province.house.now());
    let drafted = raise::ask(app, &by, now, None).await.unwrap();
    assert_eq!(drafted.len(), 2, "both units have something to do");
    let again = raise::ask(app, &by, now, None).await.unwrap();
    assert!(again.iter().all(|one| !one.fresh), "once a month");
    let id = drafted.into_iter().find(|one| one.unit_id == unit).unwrap().id;
    let (notice, secret) = notices::files::print(app, &by, now, &id).await.unwrap();
    assert!(
        notice.body.contains("SYT-SRV01") && !notice.body.contains("CL-SRV01"),
        "{}",
        notice.body
    );
    assert!(!notice.body.contains("[exposures"), "{}", notice.body);

    let mut guest = province.house.stranger();
    let path = format!("/r/{secret}");
    guest.get(&path).await.ok();
    let token = notices::link::form_token(&secret);
    let open = guest.post_with(&format!("{path}/open"), &[("csrf", &token)]).await.ok().text();
    assert!(open.contains("SYT-SRV01") && open.contains("khởi động lại máy"), "{open}");
    assert!(!open.contains("CL-SRV01") && !open.contains("[exposures"), "{open}");
    let text = server_2019("SYT-SRV01", &[NOVEMBER_2019]);
    let file = ("file", "srv01.txt", text.as_bytes());
    guest.upload_with(&path, &[("csrf", &token)], file).await.sent_on();
    assert_eq!(province.host(&unit, "SYT-SRV01").await.missing, Some(0));
    let page = guest.get(&path).await.ok().text();
    assert!(page.contains("1 tệp, 1 máy"), "{page}");
}

#[tokio::test]
async fn what_cannot_be_known_is_said_to_be_unknown() {
    let mut province = Province::new().await;
    let unit = province.health.clone();
    let many: Vec<String> = (0..200).map(|n| format!("KB4{n:06}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let cut = server_2019("SYT-SRV01", &many).replace("200 Hotfix(s)", "261 Hotfix(s)");
    for (text, why) in [
        (systeminfo("SYT-SRV01", "Microsoft Windows Server 2099 Standard", 99_999, &[]), "os"),
        (cut, "truncated"),
    ] {
        province.deliver("srv01.txt", &text).await;
        let host = province.host(&unit, "SYT-SRV01").await;
        assert_eq!((host.missing, host.fixed), (Some(0), Some(0)), "{why}");
        assert!(host.unknown > Some(0), "{why}");
        assert!(!host.warnings.unwrap().0.is_empty(), "{why}");
        let cell = province.cell("1d-microsoft", &unit).await;
        assert!(matches!(cell, Cell::Unknown { .. }), "{why}: {cell:?}");
    }
    let mut duty = province.house.person(Role::Duty, &[]).await;
    let page = duty.get("/exposures/rows?verdict=unknown").await.ok().text();
    assert!(page.contains("danh sách bản vá bị cắt"), "{page}");
}

#[tokio::test]
async fn the_evidence_on_a_machine_verifies_and_stays_with_its_unit() {
    let mut province = Province::new().await;
    let (health, district) = (province.health.clone(), province.district.clone());
    let text = server_2019("SYT-SRV01", &[MAY_2019]);
    province.deliver("srv01.txt", &text).await;
    let path = format!("/exposures/hosts/{}/bundle", province.host(&health, "SYT-SRV01").await.id);
    let bytes = province.officer.get(&path).await.ok().bytes;
    let report = proof::verify_bundle(Cursor::new(&bytes), None).unwrap();
    assert!(report.ok, "{report:?}");
    let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
    let mut holds = |part: &[u8]| {
        (0..archive.len()).any(|at| {
            let mut content = Vec::new();
            archive.by_index(at).unwrap().read_to_end(&mut content).unwrap();
            content == part
        })
    };
    assert!(holds(text.as_bytes()), "the very file that was delivered");
    let mut other = province.house.person(Role::UnitOfficer, std::slice::from_ref(&district)).await;
    assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND);
    // Nothing is known of this one: there is no evidence to pack.
    let silent = province.host(&district, "CL-SRV01").await.id;
    let answer = other.get(&format!("/exposures/hosts/{silent}/bundle")).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}
