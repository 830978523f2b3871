//! draft → preview → send → open → answer, and what each of them shows.

use axum::http::{Method, StatusCode};
use hub::{
    access::{Role, Scope},
    sightings::{self, State},
};
use serde_json::json;

use super::{Town, open, token};

#[tokio::test]
async fn a_list_becomes_notices_and_notices_become_answers() {
    let town = Town::new().await;
    let mut duty = town.duty().await;

    // Drafted from the page of the list, for both units.
    let new = format!("/notices/new?list={}", town.list);
    let page = duty.get(&new).await.ok().text();
    assert!(page.contains("Sở Y tế") && page.contains("Sở Nội vụ"), "{page}");
    let (list, syt) = (town.list.to_string(), town.units["SYT"].to_string());
    let snv = town.units["SNV"].to_string();
    let form = [("list", list.as_str()), ("unit", &syt), ("unit", &snv)];
    let on = duty.post("/notices/new", &form).await.sent_on();
    let table = duty.get(&on).await.ok().text();
    assert!(table.contains("TB-2024-000001") && table.contains("TB-2024-000002"), "{table}");
    assert!(!table.contains("[notices.") && !table.contains("[sightings-notice."), "{table}");

    // The preview is what goes out, but for the secret.
    let notice = town.notice("SYT").await;
    let path = format!("/notices/{}", notice.id);
    let preview = duty.get(&path).await.ok().text();
    assert!(preview.contains("192.0.2.17") && preview.contains("192.0.2.18"), "{preview}");
    assert!(!preview.contains("198.51.100.9"), "another unit's address");
    assert!(preview.contains("22/01/2024") && preview.contains("cntt@syt.example"), "{preview}");

    duty.post(&format!("{path}/send"), &[]).await.sent_on();
    assert_eq!(town.state("SYT").await, "sending");
    town.minutes(1).await;
    assert_eq!(town.state("SYT").await, "sent");
    let mut mails = town.office.empty();
    assert_eq!(mails.len(), 1);
    let mail = mails.remove(0);
    assert_eq!(mail.to, "cntt@syt.example");
    assert!(mail.subject().starts_with(&format!("[{}] ", notice.code)), "{}", mail.subject());
    assert!(mail.file().contains("192.0.2.17") && !mail.file().contains("198.51.100.9"));
    let sent = mail.text().replace(&mail.link(), "/r/••••••••");
    let shown = html_text(&preview);
    for line in sent.lines().filter(|line| !line.is_empty()) {
        assert!(shown.contains(line.trim_end()), "{line} is not in the preview:\n{shown}");
    }

    // A machine that looks ahead changes nothing and sees no row.
    let link = mail.link();
    let mut phone = town.house.stranger();
    for method in [Method::HEAD, Method::GET] {
        let seen = phone.call(method, &link, &json!(null)).await.ok().text();
        assert!(!seen.contains("192.0.2."), "{seen}");
    }
    assert_eq!(town.state("SYT").await, "sent");

    // A person opens and answers for one, then for the rest.
    let page = open(&mut phone, &link).await;
    assert_eq!(town.state("SYT").await, "opened");
    assert!(page.contains("192.0.2.17") && !page.contains("198.51.100."), "{page}");
    assert!(!page.contains("[sightings-notice.") && !page.contains("[notices."), "{page}");
    let id = sighting(&town, "192.0.2.17").await;
    let fields = [
        ("csrf", token(&link)),
        ("sighting", id),
        ("word", "cleaned".into()),
        ("on", "2024-01-15".into()),
        ("host", "SYT-PC01".into()),
        ("text", "Quét và gỡ mã độc, đổi mật khẩu".into()),
        ("who", "Trần Thị Ví Dụ".into()),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let proof = ("file", "ket-qua.txt", &b"clean"[..]);
    phone.upload_with(&link, &fields, proof).await.sent_on();
    assert_eq!(town.state("SYT").await, "answered");
    assert_eq!(states(&town).await, [State::Claimed, State::Placed]);
    let page = phone.get(&link).await.ok().text();
    for recorded in ["Đã ghi nhận", "Quét và gỡ mã độc", "SYT-PC01", "ket-qua.txt"] {
        assert!(page.contains(recorded), "{recorded} is missing in {page}");
    }
    let token = token(&link);
    let fields =
        [("csrf", &*token), ("sighting", "all"), ("word", "need_help"), ("text", "Cần hỗ trợ")];
    phone.upload_with(&link, &fields, ("file", "", b"")).await.sent_on();
    let story = duty.get(&path).await.ok().text();
    for event in
        ["Lập dự thảo", "Máy chủ thư đã nhận", "Mở trang trả lời", "Cần hỗ trợ: 192.0.2.18"]
    {
        assert!(story.contains(event), "{event} is missing in {story}");
    }
    hub::audit::verify(&town.house.app.db).await.unwrap().unwrap();
}

/// The text of a page, as far as these pages need it.
fn html_text(page: &str) -> String {
    page.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

async fn sighting(town: &Town, address: &str) -> String {
    let scope = Scope::province();
    let found = sightings::read::select(&scope).and("s.address = {}", [address]);
    let found: Vec<sightings::read::Shown> = found.fetch(town.house.app.db.reader()).await.unwrap();
    found[0].sighting.id.to_string()
}

async fn states(town: &Town) -> Vec<State> {
    let scope = Scope::province();
    let db = &town.house.app.db;
    let found = sightings::read::of_list(db, &scope, &town.list, &town.units["SYT"]).await.unwrap();
    found.into_iter().map(|shown| shown.sighting.state).collect()
}

#[tokio::test]
async fn a_unit_sees_what_it_was_told_and_nothing_else() {
    let town = Town::new().await;
    let (syt, snv) = town.draft().await;
    let own = std::slice::from_ref(&town.units["SYT"]);
    let mut officer = town.house.person(Role::UnitOfficer, own).await;
    assert_eq!(officer.get(&format!("/notices/{syt}")).await.status, StatusCode::NOT_FOUND);
    town.send(&syt).await;
    town.send(&snv).await;
    town.minutes(1).await;
    let table = officer.get("/notices").await.ok().text();
    assert!(table.contains("TB-2024-") && !table.contains(&snv.to_string()), "{table}");
    assert_eq!(officer.get(&format!("/notices/{snv}")).await.status, StatusCode::NOT_FOUND);
    for path in ["/notices/bounces", "/notices/mail"] {
        assert_ne!(officer.get(path).await.status, StatusCode::OK, "{path}");
    }
    let page = officer.get(&format!("/notices/{syt}/reply")).await.ok().text();
    assert!(page.contains("192.0.2.17") && !page.contains("198.51.100."), "{page}");
    let fields = [("sighting", "all"), ("word", "need_help"), ("text", "Cần hỗ trợ")];
    let reply = format!("/notices/{syt}/reply");
    officer.upload(&reply, &fields, ("file", "", b"")).await.sent_on();
    assert_eq!(town.state("SYT").await, "answered");
    let refused = officer.post(&format!("/notices/{syt}/send"), &[]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let mut auditor = town.house.person(Role::Auditor, &[]).await;
    auditor.get(&format!("/notices/{syt}")).await.ok();
    let refused = auditor.post(&format!("/notices/{syt}/send"), &[]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_api_does_what_the_pages_do() {
    let town = Town::new().await;
    let mut duty = town.duty().await;
    let path = format!("/api/v1/lists/{}/notices", town.list);
    let drafted = duty.call(Method::POST, &path, &json!({})).await.ok().json();
    assert_eq!(drafted.as_array().unwrap().len(), 2);
    let again = duty.call(Method::POST, &path, &json!({})).await.ok().json();
    assert_eq!(again[0]["fresh"], false, "a unit keeps the notice it has");
    let all = duty.get("/api/v1/notices?state=drafted").await.ok().json();
    let ids: Vec<&str> =
        all["items"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 2);
    let id = town.notice("SYT").await.id;
    let path = format!("/api/v1/notices/{id}");
    let words =
        json!({ "subject": "Trích yếu mới", "body": "Không có đường dẫn", "due_on": "2024-01-20" });
    let refused = duty.call(Method::PUT, &path, &words).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "the link must stay");
    let words =
        json!({ "subject": "Trích yếu mới", "body": "Xem {{link}}", "due_on": "2024-01-20" });
    duty.call(Method::PUT, &path, &words).await.ok();
    let sent = duty.call(Method::POST, "/api/v1/notices/send", &json!({ "ids": ids })).await.ok();
    assert!(sent.json().as_array().unwrap().iter().all(|one| one["error"].is_null()));
    town.minutes(1).await;
    let shown = duty.get(&path).await.ok().json();
    assert_eq!(shown["notice"]["state"], "sent");
    assert_eq!(shown["legs"][0]["state"], "sent");
    assert_eq!(shown["links"].as_array().unwrap().len(), 1);
    let refused = duty.call(Method::PUT, &path, &words).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "what was sent is kept word for word");
    let revoked = duty.call(Method::POST, &format!("{path}/revoke"), &json!({})).await;
    assert_eq!(revoked.status, StatusCode::NO_CONTENT);
    let mail = town.office.empty().into_iter().find(|mail| mail.to == "cntt@syt.example").unwrap();
    assert_eq!(town.house.stranger().get(&mail.link()).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn silence_past_the_day_drafts_a_reminder_that_a_person_sends() {
    let town = Town::new().await;
    let (syt, _) = town.draft().await;
    town.send(&syt).await;
    town.minutes(1).await;
    town.house.pass(6 * 24).await;
    let db = &town.house.app.db;
    let scope = Scope::province();
    let all = || hub::notices::of_unit(db, &scope, &town.units["SYT"]);
    assert_eq!(all().await.unwrap().len(), 1, "the day has not passed");
    town.house.pass(3 * 24).await;
    let both = all().await.unwrap();
    assert_eq!(both.len(), 2, "one reminder, however many hours pass");
    let reminder = both.iter().find(|notice| notice.round == 1).unwrap();
    assert_eq!(reminder.state.name(), "drafted");
    assert!(reminder.body.starts_with("NHẮC LẠI") && reminder.subject.contains("Nhắc lại"));
    assert_eq!(town.office.empty().len(), 1, "nothing went out by itself");
    town.send(&reminder.id).await;
    town.minutes(1).await;
    assert_eq!(town.office.empty().len(), 1);
}
