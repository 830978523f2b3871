//! The pages and the API as people use them, and what they may not see.

use axum::http::{Method, StatusCode};
use hub::{
    access::{Decide, Role, Scope, Watch},
    sightings::{
        State,
        exclude::{self, NewExclusion},
        place, read,
    },
};
use jiff::civil::date;
use serde_json::{Value, json};

use super::fill::Sample;
use crate::support::Browser;

const END: &str = "2024-02-07T02:00:00Z";

async fn lived() -> Sample {
    let mut sample = Sample::new().await;
    sample.live(END).await;
    sample
}

#[tokio::test]
async fn a_list_is_previewed_and_taken_in_by_hand() {
    let mut sample = Sample::new().await;
    sample.live("2023-10-03T00:00:00Z").await;
    sample.house.app.clock.set("2023-11-03T08:00:00Z".parse().unwrap());
    let mut duty = sample.house.person(Role::Duty, &[]).await;
    let file = sample.province.files.iter().find(|file| file.name.ends_with("10-2023.xlsx"));
    let bytes = file.unwrap().bytes.clone();
    let name = "danh-sách tháng 10-2023.xlsx";
    let to = duty.upload("/lists/import", &[], ("file", name, &bytes)).await.sent_on();
    let page = duty.get(&to).await.ok().text();
    assert!(
        page.contains("value=\"2023-10-01\"") && page.contains("value=\"2023-10-31\""),
        "{page}"
    );
    assert!(page.contains("192.0.2.300"), "a bad row is shown: {page}");
    assert!(page.contains("<option value=\"Địa chỉ IP\" selected>"), "{page}");
    assert!(!page.contains("[sightings."), "a text is missing: {page}");
    assert!(duty.get("/sightings").await.ok().text().contains("0 dòng"), "nothing is in yet");

    let form = [
        ("feed", ""),
        ("code", "stttt"),
        ("name", "Sở TTTT"),
        ("zone", "Asia/Ho_Chi_Minh"),
        ("covers_from", "2023-10-01"),
        ("covers_to", "2023-10-31"),
    ];
    let list = duty.post_and_wait(&to, &form).await;
    let page = duty.get(&list).await.ok().text();
    assert!(page.contains("Đã nhập danh sách"), "{page}");
    assert!(duty.get("/lists").await.ok().text().contains("10/2023"));
    let rejected = duty.get(&format!("{}?outcome=rejected", list.split('?').next().unwrap())).await;
    assert!(rejected.ok().text().contains("192.0.2.300"));

    // The next month's file finds its feed and its columns by itself.
    let again = duty.upload("/lists/import", &[], ("file", name, &bytes)).await.sent_on();
    let page = duty.get(&again).await.ok().text();
    assert!(page.contains("đã được nhập trước đây"), "{page}");
}

#[tokio::test]
async fn every_page_speaks_and_links() {
    let sample = lived().await;
    let mut analyst = sample.house.person(Role::Analyst, &[]).await;
    let mut paths: Vec<String> = [
        "/",
        "/sightings",
        "/sightings/queue",
        "/lists",
        "/lists/import",
        "/feeds",
        "/exclusions",
        "/sightings?state=open&q=conficker",
        "/sightings/queue?address=203.0.113.98",
    ]
    .map(str::to_owned)
    .into();
    for story in &sample.province.stories {
        let found = sample.story(story.name).await;
        paths.extend(found.iter().map(|one| format!("/sightings/{}", one.sighting.id)));
    }
    for lang in ["vi", "en"] {
        analyst.post("/language", &[("lang", lang), ("back", "/")]).await;
        for path in &paths {
            let page = analyst.get(path).await.ok().text();
            assert!(!page.contains("[sightings."), "{path}: {page}");
            assert!(page.contains("<h1>"), "{path}");
            if let Ok(folder) = std::env::var("THAPCANH_TEST_PAGES") {
                let name = path.replace(['/', '?', '=', '&'], "_");
                std::fs::write(format!("{folder}/{lang}{name}.html"), &page).unwrap();
            }
        }
    }
    let page = analyst.get("/lists").await.ok().text();
    assert!(page.contains("not received"), "December's gap shows: {page}");
    let csv = analyst.get("/sightings?format=csv&state=verified").await.ok().text();
    assert!(csv.lines().count() > 1 && csv.contains("avalanche"), "{csv}");
}

#[tokio::test]
async fn a_unit_sees_and_answers_its_own_only() {
    let sample = lived().await;
    let own = sample.units["SNV"].clone();
    let mut officer = sample.house.person(Role::UnitOfficer, std::slice::from_ref(&own)).await;
    let mine = sample.story("claimed-in-vain").await[0].sighting.id.clone();
    let other = sample.story("vanished").await[0].sighting.id.clone();
    let page = officer.get(&format!("/sightings/{mine}")).await.ok().text();
    assert!(page.contains("tinba") && page.contains("Trả lời về ghi nhận này"), "{page}");
    assert!(!page.contains("href=\"/lists/"), "whole lists are not for a unit: {page}");
    for path in [
        format!("/sightings/{other}"),
        format!("/sightings/{other}/bundle"),
        format!("/api/v1/sightings/{other}"),
        format!("/api/v1/sightings/{mine}/evidence"),
        "/lists".into(),
        "/sightings/queue".into(),
        "/feeds".into(),
        "/exclusions".into(),
    ] {
        assert_eq!(officer.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let rows =
        officer.call(Method::GET, "/api/v1/sightings?limit=500", &Value::Null).await.ok().json();
    let units: Vec<_> =
        rows["items"].as_array().unwrap().iter().map(|row| &row["unit_id"]).collect();
    assert!(!units.is_empty() && units.iter().all(|unit| **unit == json!(own)), "{units:?}");

    let form =
        [("word", "cleaned"), ("text", "Cài lại máy"), ("on", "2024-02-06"), ("host", "SNV-PC01")];
    let to =
        officer.upload(&format!("/sightings/{other}/answer"), &form, ("file", "a.txt", b"x")).await;
    assert_eq!(to.status, StatusCode::NOT_FOUND);
    let path = format!("/sightings/{mine}/answer");
    let early = [("word", "cleaned"), ("text", "x"), ("on", "2024-01-05")];
    let refused = officer.upload(&path, &early, ("file", "", b"")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "seen after that day");
    let to = officer.upload(&path, &form, ("file", "biên bản.txt", b"da lam sach")).await.sent_on();
    let page = officer.get(&to).await.ok().text();
    assert!(page.contains("biên bản.txt") && page.contains("SNV-PC01"), "{page}");
    let now = read::get(&sample.house.app.db, &Scope::province(), &mine).await.unwrap().sighting;
    assert_eq!((now.state, now.reopened), (State::Claimed, 1));
}

#[tokio::test]
async fn the_queue_is_decided_once_for_an_address() {
    let sample = lived().await;
    let queued = sample.story("nobody").await[0].sighting.clone();
    let mut duty = sample.house.person(Role::Duty, &[]).await;
    let unit = sample.units["SYT"].to_string();
    let form =
        [("address", "203.0.113.222"), ("unit", unit.as_str()), ("reason", "Nhà mạng xác nhận")];
    duty.post("/sightings/queue", &form).await.sent_on();
    let placed = sample.story("nobody").await;
    assert_eq!(placed.len(), 1);
    assert_eq!(placed[0].sighting.state, State::Placed);
    assert_eq!(placed[0].unit_code.as_deref(), Some("SYT"));
    assert_eq!(placed[0].sighting.row_count, queued.row_count, "no row is lost");
    // The old link leads to where the rows went.
    let page = duty.get(&format!("/sightings/{}", queued.id)).await.ok().text();
    assert!(page.contains("203.0.113.222") && page.contains("Nhật ký"));
    let again = duty.post("/sightings/queue", &form).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_register_learns_and_the_queue_is_asked_again() {
    let sample = lived().await;
    let app = &sample.house.app;
    let by = Watch::of_system("test");
    assert_eq!(place::ask_again(app, &by, sample.house.now()).await.unwrap(), 0);
    // SYT held it until the end of November; the later rows stay in question.
    let mut change = app.db.change(by.actor(), sample.house.now()).await.unwrap();
    let key = hub::registry::networks::bounds::key("203.0.113.222".parse().unwrap());
    sqlx::query(
        "INSERT INTO networks (id, unit_id, range_text, low, high, kind, valid_to, source, status, created_at, changed_at)
         VALUES ('01HF0000000000000000000000', $1, '203.0.113.222/32', $2, $2, 'public', '2023-11-30', 'test', 'approved', 0, 0)",
    )
    .bind(sample.units["SYT"].as_str())
    .bind(key)
    .execute(change.conn())
    .await
    .unwrap();
    change.record(hub::store::Record::new("test.network", "x"));
    change.commit().await.unwrap();
    assert_eq!(place::ask_again(app, &by, sample.house.now()).await.unwrap(), 1);
    let parts = sample.story("nobody").await;
    let shown: Vec<_> =
        parts.iter().map(|one| (one.unit_code.as_deref(), one.sighting.row_count)).collect();
    assert_eq!(shown.len(), 2, "{shown:?}");
    assert_eq!(shown[0].0, Some("SYT"));
    assert_eq!(shown[1].0, None);
    let first_left =
        parts[1].sighting.first_seen.0.to_zoned(sample.house.app.settings.zone.clone());
    assert!(first_left.date() > date(2023, 11, 30));
}

#[tokio::test]
async fn what_is_set_aside_comes_back_when_its_time_is_over() {
    let sample = lived().await;
    let app = &sample.house.app;
    let new = NewExclusion {
        family: Some("Conficker".into()),
        reason: "Máy phân tích mã độc".into(),
        approver: "Ông Mẫu".into(),
        expires_on: Some(date(2024, 2, 9)),
        ..NewExclusion::default()
    };
    let by = Decide::of_system("test");
    let (_, aside) = exclude::create(app, &by, sample.house.now(), &new).await.unwrap();
    assert!(aside >= 2);
    let states = async || {
        let found = sample.story("changed-owner").await;
        found.into_iter().map(|one| (one.sighting.state, one.sighting.reopened)).collect::<Vec<_>>()
    };
    assert_eq!(states().await, [(State::Refused, 0); 2]);
    sample.house.pass(48).await;
    assert_eq!(states().await, [(State::Refused, 0); 2], "its last day is not over");
    sample.house.pass(24).await;
    assert_eq!(states().await, [(State::Reopened, 1); 2]);
}

#[tokio::test]
async fn the_evidence_verifies_offline_and_an_open_sighting_has_none() {
    let sample = lived().await;
    let mut auditor = sample.house.person(Role::Auditor, &[]).await;
    let closed = sample.story("vanished").await[0].sighting.id.clone();
    let zip = auditor.get(&format!("/sightings/{closed}/bundle")).await.ok().bytes;
    let check = |bytes: &[u8]| {
        let trusted = sample.house.app.key().unwrap().verifying_key();
        proof::verify_bundle(std::io::Cursor::new(bytes.to_vec()), Some(&trusted)).unwrap()
    };
    assert_eq!(check(&zip).diagnostics(), []);
    let mut altered = zip.clone();
    let at = zip.windows(6).position(|bytes| bytes == b"SHA-25").unwrap_or(zip.len() / 3);
    altered[at] ^= 1;
    assert_ne!(check(&altered).diagnostics(), []);
    let open = sample.story("need-help").await[0].sighting.id.clone();
    let refused = auditor.get(&format!("/sightings/{open}/bundle")).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    let posted = auditor.post(&format!("/sightings/{open}/reopen"), &[("reason", "x")]).await;
    assert_eq!(posted.status, StatusCode::FORBIDDEN, "an auditor changes nothing");
}

/// Posts, and waits for the work that this started.
async fn ended(person: &mut Browser, path: &str, body: &Value) -> Value {
    let begun = person.call(Method::POST, path, body).await;
    assert_eq!(begun.status, StatusCode::ACCEPTED, "{}", begun.text());
    let place = begun.location.unwrap();
    person.get(&format!("{place}?wait=60")).await.ok().json()
}

#[tokio::test]
async fn the_api_takes_in_a_list_once() {
    let mut sample = Sample::new().await;
    sample.live("2023-11-02T00:00:00Z").await;
    let mut duty = sample.house.person(Role::Duty, &[]).await;
    let feed = json!({ "code": "plain", "name": "Danh sách trơn" });
    let made = duty.call(Method::POST, "/api/v1/feeds", &feed).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let path = "/api/v1/lists?feed=plain&name=a.txt&from=2023-10-01&to=2023-10-31";
    let body = json!("203.0.113.5 203.0.113.222");
    let first = ended(&mut duty, path, &body).await;
    assert_eq!(first["state"], "done", "{first}");
    let list = format!("/api/v1/lists/{}", first["subject"].as_str().unwrap());
    assert_eq!(duty.get(&list).await.ok().json()["tally"]["entries"], 2);
    let second = ended(&mut duty, path, &body).await;
    assert_eq!(second["subject"], first["subject"], "the same bytes are the same list");
    let nothing = ended(&mut duty, path, &json!("không có gì")).await;
    assert_eq!(nothing["state"], "refused");
    assert_eq!(nothing["findings"][0]["code"], "sightings.list-empty");
    let document = duty.get("/api/v1/openapi.json").await.ok().json();
    assert!(document["paths"]["/api/v1/sightings/{id}/answers"]["post"].is_object());
}
