//! Reply links: one notice, one unit, for a time, at a measured pace.

use axum::http::StatusCode;
use hub::{access::Scope, sightings};
use jiff::SignedDuration;

use super::{Town, open, token};

/// A town with a sent notice, and its link.
async fn told() -> (Town, String) {
    let town = Town::new().await;
    let (syt, _) = town.draft().await;
    town.send(&syt).await;
    town.minutes(1).await;
    let link = town.office.empty().remove(0).link();
    (town, link)
}

#[tokio::test]
async fn a_link_ends_and_is_renewed_and_revoked() {
    let (town, link) = told().await;
    let mut phone = town.house.stranger();
    assert_eq!(phone.get(&link).await.status, StatusCode::OK);
    let day = SignedDuration::from_hours(24);
    town.house.app.clock.set(town.house.now() + day * 29);
    let mut duty = town.duty().await;
    let id = town.notice("SYT").await.id;
    duty.post(&format!("/notices/{id}/renew"), &[]).await.sent_on();
    town.house.app.clock.set(town.house.now() + day * 29);
    assert_eq!(phone.get(&link).await.status, StatusCode::OK, "renewed");
    town.house.app.clock.set(town.house.now() + day * 2);
    let over = phone.get(&link).await;
    assert_eq!(over.status, StatusCode::NOT_FOUND);
    assert!(over.text().contains("0277 000 0000"), "whom to call: {}", over.text());
    let mut duty = town.duty().await;
    duty.post(&format!("/notices/{id}/renew"), &[]).await.sent_on();
    duty.post(&format!("/notices/{id}/revoke"), &[]).await.sent_on();
    for path in [link.clone(), format!("{link}/file")] {
        assert_eq!(phone.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let opened = phone.post_with(&format!("{link}/open"), &[("csrf", &token(&link))]).await;
    assert_eq!(opened.status, StatusCode::NOT_FOUND);
    let answered = answer(&mut phone, &link, &token(&link), "all").await;
    assert_eq!(answered, StatusCode::NOT_FOUND);
    assert_eq!(town.state("SYT").await, "sent");
}

async fn answer(
    phone: &mut crate::support::Browser,
    link: &str,
    token: &str,
    sighting: &str,
) -> StatusCode {
    let fields = [("csrf", token), ("sighting", sighting), ("word", "need_help"), ("text", "x")];
    phone.upload_with(link, &fields, ("file", "", b"")).await.status
}

#[tokio::test]
async fn a_link_of_one_unit_reaches_nothing_of_another() {
    let (town, link) = told().await;
    let mut phone = town.house.stranger();
    let page = open(&mut phone, &link).await;
    let file = phone.get(&format!("{link}/file")).await.ok().text();
    for text in [&page, &file] {
        assert!(text.contains("192.0.2.17"), "{text}");
        assert!(!text.contains("198.51.100.") && !text.contains("Sở Nội vụ"), "{text}");
    }
    let db = &town.house.app.db;
    let scope = Scope::province();
    let other = sightings::read::of_list(db, &scope, &town.list, &town.units["SNV"]).await.unwrap();
    let other = other[0].sighting.id.to_string();
    assert_eq!(answer(&mut phone, &link, &token(&link), &other).await, StatusCode::NOT_FOUND);
    assert_eq!(town.state("SYT").await, "opened", "a refused answer is no answer");
    for path in ["/notices", "/sightings", "/api/v1/notices"] {
        assert_ne!(phone.get(path).await.status, StatusCode::OK, "a link is no sign-in: {path}");
    }
}

#[tokio::test]
async fn a_form_without_the_links_own_token_is_refused() {
    let (town, link) = told().await;
    let mut phone = town.house.stranger();
    for token in ["", "khác"] {
        assert_eq!(answer(&mut phone, &link, token, "all").await, StatusCode::FORBIDDEN);
        let opened = phone.post_with(&format!("{link}/open"), &[("csrf", token)]).await;
        assert_eq!(opened.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(town.state("SYT").await, "sent");
    let mut thief = town.house.stranger();
    thief.header("sec-fetch-site", "cross-site");
    assert_eq!(answer(&mut thief, &link, &token(&link), "all").await, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn guessing_and_hammering_are_stopped_and_every_visit_is_counted() {
    let (town, link) = told().await;
    let mut phone = town.house.stranger();
    for guess in 0..10 {
        assert_eq!(phone.get(&format!("/r/{guess}")).await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(phone.get("/r/10").await.status, StatusCode::TOO_MANY_REQUESTS);
    for visit in 0..30 {
        assert_eq!(phone.get(&link).await.status, StatusCode::OK, "visit {visit}");
    }
    assert_eq!(phone.get(&link).await.status, StatusCode::TOO_MANY_REQUESTS);
    town.minutes(2).await;
    assert_eq!(phone.get(&link).await.status, StatusCode::OK);
    let links =
        hub::notices::links(&town.house.app.db, &town.notice("SYT").await.id).await.unwrap();
    assert_eq!(links[0].visits, 31);
}

#[tokio::test]
async fn only_a_digest_of_the_secret_is_kept() {
    let (town, link) = told().await;
    let secret = link.trim_start_matches("/r/").to_owned();
    let pool = town.house.app.db.reader();
    for query in [
        "SELECT body FROM notices",
        "SELECT secret_sha256 FROM notice_links",
        "SELECT data FROM audit",
        "SELECT COALESCE(detail, '') FROM notice_events",
        "SELECT subject_id FROM mails",
    ] {
        let rows: Vec<(String,)> = sqlx::query_as(query).fetch_all(pool).await.unwrap();
        assert!(!rows.is_empty() && !rows.iter().any(|(text,)| text.contains(&secret)), "{query}");
    }
}
