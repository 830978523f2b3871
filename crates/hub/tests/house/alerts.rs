//! Alerts: raised by post, grouped, answered for, and seen by whom they concern.

use axum::http::{Method, StatusCode};
use hub::{
    access::{Decide, Role, Scope},
    audit,
    ids::UnitId,
    registry::{HostId, Keeper, Kind, hosts, import, units},
};
use serde_json::{Value, json};

use crate::support::{Answer, Browser, House};

const UNITS: &str = "Mã đơn vị,Tên đơn vị\nSYT,Sở Y tế\nSTC,Sở Tài chính\n";
const HOSTS: &str = "Tên máy,Đơn vị,Địa chỉ IP\n\
    SYT-SRV01,SYT,192.0.2.18\nDC01,SYT,10.1.1.1\nDC01,STC,10.1.1.1\nSTC-PC02,STC,10.1.1.2\nSTC-PC03,STC,10.1.1.2\n";

/// A house with two units and five machines.
async fn filled() -> House {
    let house = House::new().await;
    let by: Keeper = Decide::of_system("test").into();
    for (kind, text) in [(Kind::Units, UNITS), (Kind::Hosts, HOSTS)] {
        let bytes = text.as_bytes().to_vec();
        let done = import::take_in(&house.app, &by, house.now(), kind, "thu.csv", bytes, None)
            .await
            .unwrap();
        assert_eq!(done.counts.rejected, 0, "{kind:?}");
    }
    house
}

async fn unit(house: &House, code: &str) -> UnitId {
    units::by_code(&house.app.db, &Scope::province(), code).await.unwrap().id
}

async fn host(house: &House, code: &str, name: &str) -> HostId {
    let unit = unit(house, code).await;
    hosts::by_name(&house.app.db, &unit, name).await.unwrap().unwrap().id
}

/// A detection of a rule on a machine, told apart by its record.
fn detection(rule: &str, host: &str, record: u64) -> Value {
    json!({
        "time": format!("2024-01-10T02:00:{:02}Z", record % 60),
        "rule": { "id": rule, "title": format!("Luật thử {rule}"), "level": "high",
            "tags": ["attack.t1070.001"], "author": "Người Viết Luật", "license": "DRL 1.1",
            "references": ["https://rules.example/1"] },
        "host": host, "channel": "Security", "event_id": 1102, "record_id": record,
        "source": { "path": "nhat-ky/Security.evtx", "offset": 4096 + record, "sha256": "ab".repeat(32) },
        "matched": { "SubjectUserName": "<script>alert(1)</script>" },
        "event": { "message": "=HYPERLINK(\"x\")" }
    })
}

fn lines(all: &[Value]) -> Vec<u8> {
    let lines: Vec<String> = all.iter().map(ToString::to_string).collect();
    lines.join("\n").into_bytes()
}

async fn post(by: &mut Browser, query: &str, all: &[Value]) -> Answer {
    by.send_bytes(Method::POST, &format!("/api/v1/alerts{query}"), lines(all)).await
}

/// The counts of a post, and the alerts of its lines.
fn came_to(answer: Answer) -> ([u64; 4], Vec<Option<String>>) {
    let told = answer.ok().json();
    let count = |name: &str| told[name].as_u64().unwrap();
    let alerts = told["items"].as_array().unwrap().iter();
    let alerts = alerts.map(|item| item["alert"].as_str().map(str::to_owned)).collect();
    (["created", "grouped", "known", "refused"].map(count), alerts)
}

#[tokio::test]
async fn detections_become_alerts_once() {
    let house = filled().await;
    let mut duty = house.person(Role::Duty, &[]).await;
    let batch = [
        detection("r1", "SYT-SRV01", 1),
        detection("r1", "syt-srv01.syt.example", 2),
        detection("r2", "192.0.2.18", 3),
        json!({ "rule": "what?" }),
        detection("r1", "SYT-SRV01", 1),
    ];
    let (counts, alerts) = came_to(post(&mut duty, "?unit=syt&case=SC-17", &batch).await);
    assert_eq!(counts, [2, 1, 1, 1]);
    assert!(alerts[0] == alerts[1] && alerts[0] == alerts[4] && alerts[3].is_none(), "{alerts:?}");
    let (counts, again) = came_to(post(&mut duty, "?unit=SYT", &batch).await);
    assert_eq!((counts, again), ([0, 0, 4, 1], alerts.clone()));

    let shown = duty.get(&format!("/api/v1/alerts/{}", alerts[0].as_ref().unwrap())).await;
    let shown = shown.ok().json();
    for (member, expected) in [
        ("state", json!("new")),
        ("level", json!("high")),
        ("case", json!("SC-17")),
        ("detection_count", json!(2)),
        ("host_name", json!("SYT-SRV01")),
        ("host_id", json!(host(&house, "SYT", "SYT-SRV01").await)),
        ("unit_code", json!("SYT")),
        ("author", json!("Người Viết Luật")),
        ("first_seen", json!("2024-01-10T02:00:01Z")),
        ("last_seen", json!("2024-01-10T02:00:02Z")),
        ("follows", Value::Null),
    ] {
        assert_eq!(shown[member], expected, "{member}");
    }
    let id = alerts[0].as_ref().unwrap();
    let kept = duty.get(&format!("/api/v1/alerts/{id}/detections")).await.ok().json();
    let raw: Vec<&str> =
        kept["items"].as_array().unwrap().iter().map(|one| one["raw"].as_str().unwrap()).collect();
    assert_eq!(raw.len(), 2);
    assert!(raw.contains(&batch[0].to_string().as_str()), "kept as posted: {raw:?}");
    audit::verify(&house.app.db).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_post_that_is_no_batch_is_a_problem() {
    let house = filled().await;
    let mut duty = house.person(Role::Duty, &[]).await;
    let (counts, _) = came_to(post(&mut duty, "", &[]).await);
    assert_eq!(counts, [0; 4]);
    let many = vec![json!(1); 5_001];
    for (query, batch, code) in [
        ("?unit=KHONG-CO", &[][..], "alerts.unit-unknown"),
        (&format!("?case={}", "x".repeat(101)), &[][..], "alerts.case-long"),
        ("", &many[..], "alerts.batch-long"),
    ] {
        let answer = post(&mut duty, query, batch).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{query:.40}");
        assert_eq!(answer.json()["errors"][0]["code"], code);
    }
    let mut auditor = house.person(Role::Auditor, &[]).await;
    let answer = post(&mut auditor, "", &[detection("r", "DC01", 1)]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_agency_raises_alerts_on_its_own_machines_and_sees_no_others() {
    let house = filled().await;
    let (syt, stc) = (unit(&house, "SYT").await, unit(&house, "STC").await);
    let mut health = house.person(Role::UnitOfficer, &[syt]).await;
    let mut finance = house.person(Role::UnitOfficer, &[stc]).await;
    let batch = [
        detection("r1", "DC01", 1),
        detection("r1", "STC-PC02", 2),
        detection("r1", "", 3),
        detection("r1", "khong-co", 4),
    ];
    let answer = post(&mut health, "", &batch).await.ok().json();
    assert_eq!((&answer["created"], &answer["refused"]), (&json!(1), &json!(3)));
    assert_eq!(answer["items"][1]["errors"][0]["code"], "alerts.host-not-yours");
    let id = answer["items"][0]["alert"].as_str().unwrap().to_owned();
    let other = post(&mut health, "?unit=STC", &batch).await;
    assert_eq!(other.json()["errors"][0]["code"], "alerts.unit-unknown");

    // The same detection by another agency is another matter: its own DC01's.
    let (counts, finances) = came_to(post(&mut finance, "", &batch[..1]).await);
    assert_eq!(counts, [1, 0, 0, 0]);
    assert_ne!(finances[0].as_deref(), Some(id.as_str()));
    // The province sees both, and what each posted is known to it.
    let mut duty = house.person(Role::Duty, &[]).await;
    assert_eq!(came_to(post(&mut duty, "?unit=SYT", &batch[..1]).await).0, [0, 0, 1, 0]);

    for path in ["", "/detections", "/bundle"] {
        let answer = finance.get(&format!("/api/v1/alerts/{id}{path}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    for path in ["", "/file", "/bundle"] {
        let answer = finance.get(&format!("/alerts/{id}{path}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    let note =
        finance.post(&format!("/alerts/{id}/notes"), &[("text", "không phải của tôi")]).await;
    assert_eq!(note.status, StatusCode::NOT_FOUND);
    let theirs = finance.get("/api/v1/alerts").await.ok().json();
    assert_eq!(theirs["items"].as_array().unwrap().len(), 1);
    assert!(!finance.get("/alerts").await.ok().text().contains(&id));
    // A unit may note, and leaves the answer to the watch.
    health.post(&format!("/alerts/{id}/notes"), &[("text", "Máy đang bảo trì.")]).await.sent_on();
    for verb in ["acknowledge", "close", "place"] {
        let fields = [("outcome", "benign"), ("reason", "x"), ("host", id.as_str())];
        let answer = health.post(&format!("/alerts/{id}/{verb}"), &fields).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{verb}");
    }
    let page = duty.get(&format!("/alerts/{id}")).await.ok().text();
    assert!(page.contains("Máy đang bảo trì.") && page.contains("đơn vị ghi"), "{page}");
}

#[tokio::test]
async fn a_name_alone_shows_nobody_anothers_log() {
    let house = filled().await;
    let mut duty = house.person(Role::Duty, &[]).await;
    let mut health = house.person(Role::UnitOfficer, &[unit(&house, "SYT").await]).await;
    let batch = [detection("r1", "SYT-SRV01", 1), detection("r2", "SYT-SRV01", 2)];
    let (counts, alerts) = came_to(post(&mut duty, "", &batch).await);
    assert_eq!(counts, [2, 0, 0, 0]);
    let id = alerts[0].clone().unwrap();
    let path = format!("/alerts/{id}");
    assert_eq!(health.get(&path).await.status, StatusCode::NOT_FOUND);
    let page = duty.get(&path).await.ok().text();
    assert!(page.contains("chưa rõ máy của đơn vị nào") && page.contains("192.0.2.18"), "{page}");
    assert!(duty.get("/alerts?state=unmatched").await.ok().text().contains(&id));

    // Somebody says whose it is; the other alert of that name goes with it.
    let machine = host(&house, "SYT", "SYT-SRV01").await;
    let nobody = [("unit", ""), ("name", "x")];
    let refused = duty.post(&format!("{path}/place"), &nobody).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    duty.post(&format!("{path}/place"), &[("host", &machine.to_string())]).await.sent_on();
    for alert in alerts.iter().flatten() {
        assert!(health.get(&format!("/alerts/{alert}")).await.ok().text().contains("SYT-SRV01"));
    }
    let again = duty.post(&format!("{path}/place"), &[("host", &machine.to_string())]).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    // What is found there later joins it.
    let (counts, later) =
        came_to(post(&mut duty, "?unit=SYT", &[detection("r1", "SYT-SRV01", 3)]).await);
    assert_eq!((counts, &later[0]), ([0, 1, 0, 0], &alerts[0]));
}

#[tokio::test]
async fn where_the_machine_is_looked_for() {
    let house = filled().await;
    let mut duty = house.person(Role::Duty, &[]).await;
    let rows = [
        ("?unit=SYT", "DC01", Some("SYT"), None),
        ("?unit=STC", "DC01", Some("STC"), None),
        ("?unit=STC", "10.1.1.2", Some("STC"), Some("several")),
        ("?unit=STC", "SYT-SRV01", Some("STC"), Some("unknown")),
        ("?unit=STC", "", Some("STC"), Some("unnamed")),
        ("", "", None, Some("unnamed")),
        ("", "STC-PC02", None, Some("no_unit")),
        // Named by a person, not by the log.
        ("?host=stc-pc02", "", Some("STC"), None),
        ("?host=DC01", "", None, Some("several")),
        ("?host=khong-co", "", None, Some("unknown")),
        ("?host=DC01&unit=STC", "SYT-SRV01", Some("STC"), None),
    ];
    for (number, (query, name, unit, question)) in (1..).zip(rows) {
        let (_, alerts) = came_to(post(&mut duty, query, &[detection("r", name, number)]).await);
        let path = format!("/api/v1/alerts/{}", alerts[0].as_ref().unwrap());
        let shown = duty.get(&path).await.ok().json();
        assert_eq!(
            (shown["unit_code"].as_str(), shown["question"].as_str()),
            (unit, question),
            "{query} {name}"
        );
        assert_eq!(shown["host_id"].is_null(), question.is_some(), "{query} {name}");
    }
}

#[tokio::test]
async fn a_closed_alert_stays_closed_and_the_next_one_names_it() {
    let house = filled().await;
    let mut duty = house.person(Role::Duty, &[]).await;
    let (_, first) = came_to(post(&mut duty, "?unit=SYT", &[detection("r", "DC01", 1)]).await);
    let path = format!("/alerts/{}", first[0].as_ref().unwrap());
    assert!(duty.get("/").await.ok().text().contains("cảnh báo mới chưa ai tiếp nhận"));
    assert_eq!(
        duty.get(&format!("{path}/bundle")).await.status,
        StatusCode::CONFLICT,
        "no evidence of what is open"
    );
    duty.post(&format!("{path}/acknowledge"), &[]).await.sent_on();
    let again = duty.post(&format!("{path}/acknowledge"), &[]).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(!duty.get("/").await.ok().text().contains("cảnh báo mới chưa ai tiếp nhận"));
    // One that is acknowledged still takes what belongs to it.
    let (counts, _) = came_to(post(&mut duty, "?unit=SYT", &[detection("r", "DC01", 2)]).await);
    assert_eq!(counts, [0, 1, 0, 0]);
    for (outcome, reason) in [("", "vì"), ("benign", "  "), ("reopened", "vì")] {
        let fields = [("outcome", outcome), ("reason", reason)];
        let refused = duty.post(&format!("{path}/close"), &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{outcome} {reason}");
    }
    let fields = [("outcome", "benign"), ("reason", "Sao lưu theo lịch.")];
    duty.post(&format!("{path}/close"), &fields).await.sent_on();
    assert_eq!(duty.post(&format!("{path}/close"), &fields).await.status, StatusCode::CONFLICT);

    let batch = [detection("r", "DC01", 1), detection("r", "DC01", 3), detection("r", "DC01", 4)];
    let (counts, next) = came_to(post(&mut duty, "?unit=SYT", &batch).await);
    assert_eq!(counts, [1, 1, 1, 0]);
    assert_eq!(next[0], first[0], "known is known, closed or not");
    let shown = duty.get(&format!("/api/v1/alerts/{}", next[1].as_ref().unwrap())).await;
    let shown = shown.ok().json();
    assert_eq!(shown["follows"].as_str(), first[0].as_deref());
    let old = duty.get(&format!("/api{}", path.replace("/alerts", "/v1/alerts"))).await.ok().json();
    assert_eq!((&old["state"], &old["outcome"]), (&json!("closed"), &json!("benign")));
    assert_eq!(
        (&old["detection_count"], &old["reason"]),
        (&json!(2), &json!("Sao lưu theo lịch."))
    );

    let bundle = duty.get(&format!("{path}/bundle")).await.ok();
    let report = proof::verify_bundle(std::io::Cursor::new(&bundle.bytes), None).unwrap();
    assert!(report.ok, "{report:?}");
    audit::verify(&house.app.db).await.unwrap().unwrap();
}

#[tokio::test]
async fn what_a_log_says_is_shown_and_does_nothing() {
    let house = filled().await;
    let mut duty = house.person(Role::Duty, &[]).await;
    let mut hostile = detection("=1+1", "\u{202e}<b>máy</b>\u{0}", 1);
    hostile["rule"]["title"] = json!("<img src=x onerror=alert(1)>\u{0}");
    hostile["rule"]["references"] = json!(["javascript:alert(1)"]);
    hostile["rule"]["tags"] = json!(["\"><script>"]);
    let (counts, alerts) = came_to(post(&mut duty, "", &[hostile]).await);
    assert_eq!(counts, [1, 0, 0, 0]);
    let page = duty.get(&format!("/alerts/{}", alerts[0].as_ref().unwrap())).await.ok().text();
    for wrong in ["<img", "<script>alert", "<b>máy", "href=\"javascript", "\"><script>"] {
        assert!(!page.contains(wrong), "{wrong} in {page}");
    }
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "what matched is shown");
    let sheet = duty.get("/alerts?format=csv").await.ok().text();
    assert!(sheet.contains("&lt;img") || sheet.contains("<img src=x"), "{sheet}");
    assert!(!sheet.contains("\n=") && !sheet.contains(",="), "no formula: {sheet}");
    let book = duty.get("/alerts?format=xlsx").await.ok();
    assert!(book.bytes.starts_with(b"PK"));
}

#[tokio::test]
async fn pages_filter_and_machines_show_theirs() {
    let house = filled().await;
    let mut duty = house.person(Role::Duty, &[]).await;
    let mut low = detection("thap", "DC01", 1);
    low["rule"]["level"] = json!("low");
    let batch = [low, detection("cao", "DC01", 2)];
    let (_, alerts) = came_to(post(&mut duty, "?unit=STC&case=SC-9", &batch).await);
    let [low, high] = [0, 1].map(|n| alerts[n].clone().unwrap());
    for (query, shows_low, shows_high) in [
        ("", true, true),
        ("?level=low", true, false),
        ("?q=luat+thu+cao", false, true),
        ("?q=sc-9", true, true),
        ("?case=SC-1", false, false),
        ("?state=closed", false, false),
        ("?state=open&sort=level&dir=down", true, true),
    ] {
        let page = duty.get(&format!("/alerts{query}")).await.ok().text();
        assert_eq!((page.contains(&low), page.contains(&high)), (shows_low, shows_high), "{query}");
        assert!(!page.contains("[alerts."), "a text is missing");
    }
    let machine = host(&house, "STC", "DC01").await;
    let page = duty.get(&format!("/hosts/{machine}")).await.ok().text();
    assert!(page.contains(&low) && page.contains("Cảnh báo trên máy này"), "{page}");
    let other = host(&house, "SYT", "DC01").await;
    assert!(!duty.get(&format!("/hosts/{other}")).await.ok().text().contains("Cảnh báo trên máy"));
    let file = duty.get(&format!("/alerts/{high}/file")).await.ok();
    assert_eq!(file.text(), format!("{}\n", batch[1]));
}

#[tokio::test]
async fn a_token_posts_for_its_account() {
    let house = filled().await;
    let mut officer = house.person(Role::UnitOfficer, &[unit(&house, "STC").await]).await;
    let form = [("name", "săn tìm"), ("days", "1"), ("scope", "change")];
    let page = officer.post("/account/tokens", &form).await.text();
    let token = page.split("<code>").nth(1).unwrap().split('<').next().unwrap();
    let mut machine = house.stranger();
    machine.bearer(token);
    let (counts, _) = came_to(post(&mut machine, "", &[detection("r", "DC01", 1)]).await);
    assert_eq!(counts, [1, 0, 0, 0]);
    let page = officer.get("/").await.ok().text();
    assert!(page.contains("cảnh báo chưa đóng trên máy của đơn vị"), "{page}");
}
