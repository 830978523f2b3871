//! A unit delivers what its machines print; verdicts follow, and the board moves.

use axum::http::{Method, StatusCode};
use hub::{access::Role, directives::rules::Cell};
use serde_json::Value;

use super::province::{MAY_2019, NOVEMBER_2019, Province, server_2019};

#[tokio::test]
async fn a_delivered_systeminfo_moves_the_cell_of_the_board() {
    let mut province = Province::new().await;
    let unit = province.health.clone();
    let cell = province.cell("1d-microsoft", &unit).await;
    assert_eq!(cell, Cell::Unknown { reason: "no-inventory".into() });

    let to = province.deliver("srv01.txt", &server_2019("SYT-SRV01", &[MAY_2019])).await;
    let page = province.officer.get(&to).await.ok().text();
    assert!(page.contains("SYT-SRV01") && page.contains("systeminfo"), "{page}");
    assert!(!page.contains("[exposures"), "a text is missing: {page}");
    let cell = province.cell("1d-microsoft", &unit).await;
    assert_eq!(cell, Cell::Partly { handled: 0, total: 3 });

    province.handle_the_rest().await;
    let cell = province.cell("1d-microsoft", &unit).await;
    assert_eq!(cell, Cell::Partly { handled: 2, total: 3 });

    let host = province.host(&unit, "SYT-SRV01").await;
    let page = province.officer.get(&format!("/exposures/hosts/{}", host.id)).await.ok().text();
    assert!(page.contains("khởi động lại máy") && page.contains("KB50"), "{page}");
    province.deliver("srv01.txt", &server_2019("SYT-SRV01", &[NOVEMBER_2019])).await;
    let cell = province.cell("1d-microsoft", &unit).await;
    assert_eq!(cell, Cell::Proved { total: 3 });
    let other = province.district.clone();
    let cell = province.cell("1d-microsoft", &other).await;
    assert_eq!(cell, Cell::Unknown { reason: "no-inventory".into() });

    // No letter names anything yet: that is no reason to call anybody done.
    let cell = province.cell("1d-warned", &unit).await;
    assert_eq!(cell, Cell::Unknown { reason: "nothing-asked".into() });
}

#[tokio::test]
async fn a_report_is_prefilled_and_both_figures_are_kept() {
    let mut province = Province::new().await;
    let unit = province.health.clone();
    province.deliver("srv01.txt", &server_2019("SYT-SRV01", &[MAY_2019])).await;
    province.handle_the_rest().await;
    let task = province.task("1d-microsoft", &unit).await;
    let page = province.officer.get(&format!("/tasks/{}", task.id)).await.ok().text();
    assert!(page.contains("value=\"2\"") && page.contains("value=\"3\""), "{page}");
    assert!(page.contains("SYT-SRV01") && page.contains("/exposures/hosts/"), "{page}");
    let said = [("handled", "3"), ("total", "3"), ("text", "SYT-SRV01 đã thay máy mới")];
    let file = ("file", "bien-ban.pdf", b"%PDF".as_slice());
    province.officer.upload(&format!("/tasks/{}/report", task.id), &said, file).await.sent_on();
    let page = province.officer.get(&format!("/tasks/{}", task.id)).await.ok().text();
    assert!(page.contains("3/3") && page.contains("SYT-SRV01 đã thay máy mới"), "{page}");
    let cell = province.cell("1d-microsoft", &unit).await;
    assert_eq!(cell, Cell::Partly { handled: 2, total: 3 }, "a claim moves no proof");
}

#[tokio::test]
async fn a_verdict_is_walked_back_and_has_a_history() {
    let mut province = Province::new().await;
    let unit = province.health.clone();
    province.deliver("srv01.txt", &server_2019("SYT-SRV01", &[MAY_2019])).await;
    province.house.pass(24).await;
    province.officer = province.house.sign_in(&province.officer.login).await;
    province.deliver("srv01.txt", &server_2019("SYT-SRV01", &[NOVEMBER_2019])).await;
    let host = province.host(&unit, "SYT-SRV01").await;
    // Of November: missing at May's level, fixed by November's update.
    let path = format!("/exposures/hosts/{}/CVE-2023-36397", host.id);
    let page = province.officer.get(&path).await.ok().text();
    for part in
        ["KB5032196", "cvrfDocument-2023-Nov.xml", "srv01.txt", "sha256", "Đã vá", "Thiếu bản vá"]
    {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("[exposures"), "a text is missing: {page}");
    let api = format!("/api/v1/exposures/hosts/{}/cves/CVE-2023-36397", host.id);
    let proof = province.officer.call(Method::GET, &api, &Value::Null).await.ok().json();
    assert_eq!((proof["verdict"].as_str(), proof["rule"].as_i64()), (Some("fixed"), Some(4)));
    assert_eq!(proof["evidence"], "KB5032196");
    let history = province
        .officer
        .call(Method::GET, &format!("{api}/history"), &Value::Null)
        .await
        .ok()
        .json();
    let verdicts: Vec<_> =
        history.as_array().unwrap().iter().map(|one| one["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["fixed", "missing"]);
}

#[tokio::test]
async fn an_inventory_that_grows_old_proves_nothing_any_more() {
    let mut province = Province::new().await;
    let unit = province.health.clone();
    province.deliver("srv01.txt", &server_2019("SYT-SRV01", &[NOVEMBER_2019])).await;
    province.handle_the_rest().await;
    let cell = province.cell("1d-microsoft", &unit).await;
    assert_eq!(cell, Cell::Proved { total: 3 });
    province.house.app.clock.set("2024-03-20T01:00:00Z".parse().unwrap());
    let cell = province.cell("1d-microsoft", &unit).await;
    assert_eq!(cell, Cell::Late { handled: None, total: None });
    let mut officer = province.house.sign_in(&province.officer.login).await;
    let host = province.host(&unit, "SYT-SRV01").await;
    let page = officer.get(&format!("/exposures/hosts/{}", host.id)).await.ok().text();
    assert!(page.contains("Bản kiểm kê đã cũ"), "{page}");

    // An older file does not take the place of a newer one.
    let day = [("collected_on", "2023-06-01")];
    let text = server_2019("SYT-SRV01", &[MAY_2019]);
    officer.upload("/inventories/new", &day, ("file", "old.txt", text.as_bytes())).await.sent_on();
    assert_eq!(province.host(&unit, "SYT-SRV01").await.machine_id, host.machine_id);
    let future = [("collected_on", "2024-12-01")];
    let refused =
        officer.upload("/inventories/new", &future, ("file", "x.txt", text.as_bytes())).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn every_page_speaks_both_languages() {
    let mut province = Province::new().await;
    let unit = province.health.clone();
    province.deliver("srv01.txt", &server_2019("SYT-SRV01", &[MAY_2019])).await;
    province.deliver("new.txt", &server_2019("SYT-NEW", &[MAY_2019])).await;
    let host = province.host(&unit, "SYT-SRV01").await;
    let paths: Vec<String> = [
        "/",
        "/exposures",
        "/exposures?named=1&kev=1&from=2023-06&to=2023-11&cvss_from=7.5",
        "/exposures/hosts?standing=missing",
        "/exposures/rows",
        "/exposures/rows?verdict=unknown&kev=1",
        "/exposures/cves?q=36397",
        "/exposures/cves/CVE-2023-36397",
        "/exposures/todo",
        "/exposures/ask",
        "/inventories",
        "/inventories/new",
        "/inventories/machines",
        "/bulletins",
        "/acceptances",
    ]
    .map(str::to_owned)
    .into_iter()
    .chain([
        format!("/exposures/hosts/{}", host.id),
        format!("/exposures/hosts/{}/CVE-2023-36397", host.id),
        format!("/acceptances?host={}", host.id),
    ])
    .collect();
    for lang in ["vi", "en"] {
        province.analyst.post("/language", &[("lang", lang), ("back", "/")]).await;
        for path in &paths {
            let page = province.analyst.get(path).await.ok().text();
            assert!(!page.contains("[exposures") && page.contains("<h1>"), "{path}: {page}");
        }
    }
    let xlsx = province.analyst.get("/exposures/rows?format=xlsx").await.ok();
    assert!(xlsx.bytes.starts_with(b"PK"));
    let csv = province.analyst.get("/exposures/rows?format=csv").await.ok().text();
    assert!(csv.contains("SYT-SRV01") && csv.contains("CVE-2023-36397"), "{csv}");
    let csv = province.analyst.get("/exposures?format=csv").await.ok().text();
    assert!(csv.contains("Sở Y tế mẫu"), "{csv}");
    let broken = province.analyst.get("/exposures?from=soon").await;
    assert_eq!(broken.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_unit_sees_its_own_and_no_other() {
    let mut province = Province::new().await;
    let (unit, other) = (province.health.clone(), province.district.clone());
    let to = province.deliver("srv01.txt", &server_2019("SYT-SRV01", &[MAY_2019])).await;
    let to = to.split('?').next().unwrap().to_owned();
    let host = province.host(&unit, "SYT-SRV01").await;
    let machine = host.machine_id.clone().unwrap();
    let mut stranger = province.house.person(Role::UnitOfficer, std::slice::from_ref(&other)).await;
    let inventory = to.rsplit('/').next().unwrap();
    for path in [
        to.clone(),
        format!("/exposures/hosts/{}", host.id),
        format!("/exposures/hosts/{}/CVE-2023-36397", host.id),
        format!("/acceptances?host={}", host.id),
        format!("/api/v1/inventories/{inventory}"),
        format!("/api/v1/inventories/{inventory}/files"),
        format!("/api/v1/exposures/hosts/{}", host.id),
        format!("/api/v1/exposures/hosts/{}/cves/CVE-2023-36397", host.id),
        format!("/api/v1/exposures/hosts/{}/cves/CVE-2023-36397/history", host.id),
        "/bulletins".into(),
        "/api/v1/bulletins".into(),
    ] {
        assert_eq!(stranger.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    for path in [
        "/exposures",
        "/exposures/hosts",
        "/exposures/rows",
        "/exposures/todo",
        "/exposures/cves/CVE-2023-36397",
        "/inventories",
        "/inventories/machines",
        "/api/v1/exposures",
        "/api/v1/exposures/hosts",
        "/api/v1/inventories",
        "/api/v1/machines",
    ] {
        let page = stranger.get(path).await.ok().text();
        assert!(!page.contains("SYT-SRV01") && !page.contains("Sở Y tế"), "{path}: {page}");
    }
    for verb in ["place", "add", "aside"] {
        let form = [("host", host.id.as_str()), ("kind", "server"), ("reason", "x")];
        let answer = stranger.post(&format!("/inventories/machines/{machine}/{verb}"), &form).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{verb}");
    }
    let mut auditor = province.house.person(Role::Auditor, &[]).await;
    let text = server_2019("SYT-SRV01", &[NOVEMBER_2019]);
    let answer = auditor.upload("/inventories/new", &[], ("file", "a.txt", text.as_bytes())).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}
