//! Signing in, and what a session is good for.

use axum::http::{Method, StatusCode};
use hub::{
    access::{Decide, Role, Scope},
    registry::{self, units},
};

use crate::support::{House, PASSWORD};

#[tokio::test]
async fn a_stranger_is_sent_to_the_sign_in_page_and_back() {
    let house = House::new().await;
    let home = house.stranger().get("/?x=1").await;
    assert_eq!(home.content_type, "");
    let on = home.sent_on();
    assert_eq!(on, "/login?next=%2F%3Fx%3D1");
}

#[tokio::test]
async fn who_signs_in_sees_the_first_page_in_vietnamese() {
    let house = House::new().await;
    let mut person = house.person(Role::Analyst, &[]).await;
    let page = person.get("/").await.ok().text();
    assert!(page.contains("lang=\"vi\"") && page.contains("Người Thử"), "{page}");
    assert!(!page.contains("[web."), "a text is missing: {page}");
}

#[tokio::test]
async fn a_session_ends_when_it_is_not_used() {
    let house = House::new().await;
    let mut person = house.person(Role::Analyst, &[]).await;
    house.pass(13).await;
    assert_eq!(person.get("/").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_form_without_its_token_changes_nothing() {
    let house = House::new().await;
    let mut person = house.person(Role::Analyst, &[]).await;
    let mut thief = person.clone();
    thief.forget_token();
    assert_eq!(thief.post("/logout", &[]).await.status, StatusCode::FORBIDDEN);
    person.get("/").await.ok();
    assert_eq!(person.post("/logout", &[]).await.sent_on(), "/login");
    assert_eq!(person.get("/").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn guessing_is_slowed_down_but_a_known_browser_gets_in() {
    let house = House::new().await;
    let mut owner = house.person(Role::Analyst, &[]).await;
    let login = owner.login.clone();
    owner.post("/logout", &[]).await.sent_on();
    let mut thief = house.stranger();
    for _ in 0..6 {
        thief.post("/login", &[("login", &login), ("password", "sai mật khẩu rồi")]).await;
    }
    let right = [("login", login.as_str()), ("password", PASSWORD)];
    let refused = thief.post("/login", &right).await;
    assert!(refused.text().contains("giây"), "a stranger waits, even with the right password");
    assert_eq!(owner.post("/login", &right).await.sent_on(), "/");
}

#[tokio::test]
async fn a_second_factor_is_owed_before_anything_is_shown() {
    let house = House::new().await;
    let mut person = house.person(Role::Analyst, &[]).await;
    let secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
    let code = code_at(secret, house.now());
    let on = [("secret", secret), ("code", code.as_str())];
    let page = person.post("/account/second-factor", &on).await.ok().text();
    let recovery = page.split("mono\"><li>").nth(1).unwrap().split('<').next().unwrap().to_owned();

    let mut again = house.sign_in(&person.login).await;
    assert_eq!(again.get("/").await.sent_on(), "/login?next=%2F");
    let replayed = again.post("/login/code", &[("code", &code), ("next", "/")]).await;
    assert_eq!(replayed.status, StatusCode::UNPROCESSABLE_ENTITY, "a code works once");
    house.app.clock.set(house.now() + jiff::SignedDuration::from_secs(60));
    let fresh = code_at(secret, house.now());
    assert_eq!(again.post("/login/code", &[("code", &fresh), ("next", "/")]).await.sent_on(), "/");
    again.get("/").await.ok();

    let mut lost = house.sign_in(&person.login).await;
    let typed = [("code", recovery.as_str()), ("next", "/")];
    assert_eq!(lost.post("/login/code", &typed).await.sent_on(), "/");
    let mut twice = house.sign_in(&person.login).await;
    let twice = twice.post("/login/code", &typed).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
}

fn code_at(secret: &str, at: jiff::Timestamp) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
    let totp =
        totp_rs::Builder::new().with_secret(secret).with_account_name("a".to_owned()).build();
    totp.unwrap().generate(at.as_second().unsigned_abs()).to_string()
}

#[tokio::test]
async fn a_reading_token_reads_and_changes_nothing() {
    let house = House::new().await;
    let mut person = house.person(Role::Administrator, &[]).await;
    let form = [("name", "sao lưu"), ("days", "30"), ("scope", "read")];
    let page = person.post("/account/tokens", &form).await.ok().text();
    let token = page.split("<code>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let mut machine = house.stranger();
    machine.bearer(&token);
    let me = machine.call(Method::GET, "/api/v1/me", &serde_json::Value::Null).await.ok().json();
    assert_eq!(me["role"], "administrator");
    let new = serde_json::json!({"login": "a", "name": "A", "role": "auditor", "units": []});
    let refused = machine.call(Method::POST, "/api/v1/accounts", &new).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(refused.content_type, "application/problem+json");
    house.pass(31 * 24).await;
    let late = machine.call(Method::GET, "/api/v1/me", &serde_json::Value::Null).await;
    assert_eq!(late.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_new_account_must_change_its_first_password() {
    let house = House::new().await;
    let mut admin = house.person(Role::Administrator, &[]).await;
    let form =
        [("login", "moi"), ("name", "Người Mới"), ("role", "duty"), ("email", ""), ("units", "")];
    let page = admin.post("/people/new", &form).await.ok().text();
    let first = page.split("<code>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let mut fresh = house.stranger();
    fresh.post("/login", &[("login", "moi"), ("password", &first)]).await.sent_on();
    assert_eq!(fresh.get("/").await.sent_on(), "/account/password");
    let change = [("old", first.as_str()), ("password", PASSWORD)];
    fresh.post("/account/password", &change).await.sent_on();
    fresh.get("/").await.ok();
}

#[tokio::test]
async fn only_an_administrator_sees_accounts_and_the_last_one_stays() {
    let house = House::new().await;
    let mut admin = house.person(Role::Administrator, &[]).await;
    for role in [Role::Analyst, Role::Duty, Role::Auditor] {
        let mut other = house.person(role, &[]).await;
        assert_eq!(other.get("/people").await.status, StatusCode::FORBIDDEN, "{role:?}");
    }
    let list =
        admin.call(Method::GET, "/api/v1/accounts", &serde_json::Value::Null).await.ok().json();
    let own =
        list["items"].as_array().unwrap().iter().find(|a| a["role"] == "administrator").unwrap();
    let path = format!("/people/{}/close", own["id"].as_str().unwrap());
    assert_eq!(admin.post(&path, &[]).await.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_post_with_the_same_key_is_done_once() {
    let house = House::new().await;
    let mut admin = house.person(Role::Administrator, &[]).await;
    admin.idempotency_key("k1");
    let new =
        serde_json::json!({"login": "mot.lan", "name": "Một Lần", "role": "auditor", "units": []});
    let first = admin.call(Method::POST, "/api/v1/accounts", &new).await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.text());
    let second = admin.call(Method::POST, "/api/v1/accounts", &new).await;
    assert_eq!(first.json()["id"], second.json()["id"]);
    let other =
        serde_json::json!({"login": "khac", "name": "Khác", "role": "auditor", "units": []});
    let reused = admin.call(Method::POST, "/api/v1/accounts", &other).await;
    assert_eq!(reused.status, StatusCode::UNPROCESSABLE_ENTITY);
}

/// Units and their last day: TYT went into PYT, and PYT into SYT.
const MERGED: &str = "\
Mã đơn vị,Tên đơn vị,Trực thuộc,Loại,Ngày hiệu lực
UBT,Ủy ban nhân dân tỉnh Mẫu,,UBND tỉnh,01/01/2020
SYT,Sở Y tế,UBT,\"Sở, ban, ngành\",01/01/2020
SNV,Sở Nội vụ,UBT,\"Sở, ban, ngành\",01/01/2020
PYT,Phòng Y tế,UBT,Khác,01/01/2020
TYT,Trạm Y tế,PYT,Khác,01/01/2020
";

#[tokio::test]
async fn a_successors_officer_sees_the_merged_units_rows_from_the_day_after() {
    let house = House::new().await;
    let db = &house.app.db;
    let by = Decide::of_system("test");
    let file = MERGED.as_bytes().to_vec();
    let (now, kind) = (house.now(), registry::Kind::Units);
    registry::import::take_in(&house.app, &by.clone().into(), now, kind, "u.csv", file, None)
        .await
        .unwrap();
    let mut ids = std::collections::BTreeMap::new();
    for code in ["UBT", "SYT", "SNV", "PYT", "TYT"] {
        let unit = units::by_code(db, &Scope::province(), code).await.unwrap();
        ids.insert(code, unit.id);
    }
    for (code, last_day, into) in [("TYT", "2024-01-20", "PYT"), ("PYT", "2024-01-31", "SYT")] {
        let (last_day, successor_id) = (last_day.parse().unwrap(), Some(ids[into].clone()));
        let end = units::End { ended_as: units::Ending::Merged, last_day, successor_id };
        units::end(db, &by, house.now(), &ids[code], &end).await.unwrap();
    }
    // The province's midnight is 17:00 UTC.
    for (at, officer_of, sees) in [
        ("2024-01-15T01:00:00Z", "SYT", &["SYT"][..]),
        ("2024-01-20T16:59:59Z", "PYT", &["PYT"]),
        ("2024-01-20T17:00:00Z", "PYT", &["PYT", "TYT"]),
        ("2024-01-20T17:00:00Z", "TYT", &["TYT"]),
        ("2024-01-31T16:59:59Z", "SYT", &["SYT"]),
        ("2024-01-31T17:00:00Z", "SYT", &["PYT", "SYT", "TYT"]),
        ("2024-01-31T17:00:00Z", "PYT", &["PYT", "TYT"]),
        ("2024-01-31T17:00:00Z", "SNV", &["SNV"]),
        ("2024-01-31T17:00:00Z", "UBT", &["UBT"]),
    ] {
        house.app.clock.set(at.parse().unwrap());
        let mut officer = house.person(Role::UnitOfficer, &[ids[officer_of].clone()]).await;
        let mut seen = Vec::new();
        for (code, id) in &ids {
            if officer.get(&format!("/units/{id}")).await.status == StatusCode::OK {
                seen.push(*code);
            }
        }
        seen.sort_unstable();
        assert_eq!(seen, sees, "{officer_of} at {at}");
        let new = [("name", "thử"), ("days", "2"), ("scope", "read")];
        let page = officer.post("/account/tokens", &new).await.ok().text();
        let token = page.split("<code>").nth(1).unwrap().split('<').next().unwrap();
        let mut machine = house.stranger();
        machine.bearer(token);
        for (code, id) in &ids {
            let there = machine.get(&format!("/api/v1/units/{id}")).await.status == StatusCode::OK;
            assert_eq!(there, sees.contains(code), "{officer_of}'s token on {code} at {at}");
        }
    }
}
