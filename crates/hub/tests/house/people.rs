//! Signing in, and what a session is good for.

use axum::http::StatusCode;
use hub::access::Role;

use crate::support::House;

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
