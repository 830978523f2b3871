//! What mail servers say, and what becomes of a notice then.

use axum::http::StatusCode;
use hub::{
    access::{Role, Scope},
    installation::MailSecurity,
    notices::{self, LegState},
    notify::{bounce::Kind, bounces::Bounce},
    registry::contacts,
};

use super::Town;

async fn legs(town: &Town) -> Vec<(String, LegState)> {
    let id = town.notice("SYT").await.id;
    let legs = notices::legs(&town.house.app.db, &id).await.unwrap();
    legs.into_iter().map(|leg| (leg.address.unwrap_or_default(), leg.state)).collect()
}

async fn bounces(town: &Town) -> Vec<Bounce> {
    hub::notify::bounces::select().fetch(town.house.app.db.reader()).await.unwrap()
}

#[tokio::test]
async fn a_refusal_and_a_bounce_move_on_to_the_next_contact() {
    let town = Town::new().await;
    let (syt, _) = town.draft().await;
    town.office.answer("cntt@syt.example", &["550 5.1.1 no such user"]);
    town.send(&syt).await;
    town.minutes(1).await;
    assert_eq!(town.state("SYT").await, "sending", "refused by the first, on its way to the next");
    town.minutes(1).await;
    assert_eq!(town.state("SYT").await, "sent");
    let mail = town.office.empty().remove(0);
    assert_eq!(mail.to, "lanhdao@syt.example");

    let mut duty = town.duty().await;
    let returned = mail.returned();
    for _ in 0..2 {
        let file = ("file", "tra-lai.eml", &returned[..]);
        duty.upload("/notices/bounces", &[], file).await.sent_on();
    }
    assert_eq!(bounces(&town).await.len(), 1, "the same message counts once");
    let page = duty.get("/notices/bounces").await.ok().text();
    assert!(page.contains("lanhdao@syt.example") && page.contains("mailbox full"), "{page}");
    town.minutes(1).await;
    let at = |address: &str, state| (address.to_owned(), state);
    assert_eq!(
        legs(&town).await,
        [
            at("cntt@syt.example", LegState::Refused),
            at("lanhdao@syt.example", LegState::Bounced),
            at("truc@ubt.example", LegState::Sent),
        ],
        "the unit above comes last"
    );
    let db = &town.house.app.db;
    let called = contacts::for_notice(db, &town.units["SYT"], town.house.now()).await.unwrap();
    let bouncing: Vec<&str> =
        called.iter().filter(|one| one.is_bouncing()).map(|one| one.name.as_str()).collect();
    assert_eq!(bouncing, ["Trần Thị Ví Dụ", "Nguyễn Văn Mẫu"], "the register knows");

    let last = town.office.empty().remove(0);
    let returned = last.returned();
    duty.upload("/notices/bounces", &[], ("file", "3.eml", &returned)).await.sent_on();
    assert_eq!(town.state("SYT").await, "bounced", "nobody is left");
    let home = duty.get("/").await.ok().text();
    assert!(home.contains("/notices?state=bounced"), "{home}");
}

#[tokio::test]
async fn not_now_is_tried_again_with_the_same_number_and_one_link() {
    let town = Town::new().await;
    let (syt, _) = town.draft().await;
    town.office.answer("cntt@syt.example", &["451 4.7.1 greylisted", "450 busy"]);
    town.send(&syt).await;
    town.minutes(1).await;
    assert_eq!(town.state("SYT").await, "sending");
    town.minutes(10).await;
    assert_eq!(town.state("SYT").await, "sent");
    let mails = town.office.empty();
    assert_eq!(mails.len(), 1);
    let links = notices::links(&town.house.app.db, &syt).await.unwrap();
    assert_eq!(links.len(), 1, "links of mails that were refused are gone");
    assert_eq!(town.house.stranger().get(&mails[0].link()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_server_without_starttls_gets_nothing() {
    let town = Town::new().await;
    town.set_mail(MailSecurity::StartTls).await;
    let (syt, _) = town.draft().await;
    town.send(&syt).await;
    town.minutes(3).await;
    assert_eq!(town.state("SYT").await, "sending", "it waits; nobody's mailbox is to blame");
    assert!(town.office.empty().is_empty());
    assert!(!town.office.said().iter().any(|line| line.starts_with("MAIL")));
    let mut admin = town.house.person(Role::Administrator, &[]).await;
    let page = admin.get("/notices/mail").await.ok().text();
    assert!(page.contains("role=\"alert\""), "the page says that the server fails: {page}");
    let tried =
        admin.post("/notices/mail/test", &[("address", "a@canh.example")]).await.ok().text();
    assert!(tried.contains("Không kết nối được máy chủ thư"), "{tried}");
    town.set_mail(MailSecurity::None).await;
    town.minutes(2).await;
    assert_eq!(town.state("SYT").await, "sent", "once mended, what waited goes out");
}

#[tokio::test]
async fn the_administrator_sets_up_the_server_and_the_password_is_nowhere() {
    let town = Town::without_mail().await;
    let mut admin = town.house.person(Role::Administrator, &[]).await;
    let port = town.office.port.to_string();
    let secret = "bi-mat-cua-may-chu";
    let form = |host: &'static str, security: &'static str| {
        [
            ("host", host.to_owned()),
            ("port", port.clone()),
            ("security", security.to_owned()),
            ("from", "Đội ứng cứu <canh@canh.example>".to_owned()),
            ("login", "canh".to_owned()),
            ("password", secret.to_owned()),
        ]
    };
    for (host, security, expected) in [
        ("mail.canh.example", "none", StatusCode::UNPROCESSABLE_ENTITY),
        ("127.0.0.1", "none", StatusCode::SEE_OTHER),
    ] {
        let form = form(host, security);
        let form: Vec<(&str, &str)> = form.iter().map(|(k, v)| (*k, v.as_str())).collect();
        assert_eq!(admin.post("/notices/mail", &form).await.status, expected, "{host}");
    }
    let said = admin.post("/notices/mail/test", &[("address", "a@canh.example")]).await.ok().text();
    assert!(said.contains("Máy chủ thư đã nhận thư thử"), "{said}");
    assert_eq!(town.office.empty().len(), 1);
    let shown = admin.get("/api/v1/mail-server").await.ok().text();
    assert!(shown.contains("127.0.0.1") && !shown.contains(secret), "{shown}");
    for table in ["SELECT value FROM settings", "SELECT data FROM audit"] {
        let rows: Vec<(String,)> =
            sqlx::query_as(table).fetch_all(town.house.app.db.reader()).await.unwrap();
        assert!(!rows.iter().any(|(text,)| text.contains(secret)), "{table}");
    }
}

#[tokio::test]
async fn a_folder_of_returned_mail_is_read_and_what_is_unknown_is_listed() {
    let town = Town::new().await;
    let (syt, _) = town.draft().await;
    town.send(&syt).await;
    town.minutes(1).await;
    let mail = town.office.empty().remove(0);
    let folder = town.house.app.settings.data.join("mail").join("bounces");
    std::fs::create_dir_all(folder.join("new")).unwrap();
    std::fs::write(folder.join("new/1.host"), mail.returned()).unwrap();
    std::fs::write(folder.join("new/2.host"), b"From: a@b.example\nSubject: ?\n\nx\n").unwrap();
    std::fs::write(folder.join("new/3.host"), b"\xff\x00").unwrap();
    town.minutes(2).await;
    let mut found = bounces(&town).await;
    found.sort_by_key(|bounce| bounce.file_name.clone());
    let kinds: Vec<(Kind, bool)> =
        found.iter().map(|bounce| (bounce.kind, bounce.settled_at.is_some())).collect();
    assert_eq!(kinds, [(Kind::Failed, true), (Kind::Unknown, false), (Kind::Unknown, false)]);
    assert_eq!(std::fs::read_dir(folder.join("new")).unwrap().count(), 0);
    assert_eq!(std::fs::read_dir(folder.join("cur")).unwrap().count(), 3);
    assert_eq!(legs(&town).await[0].1, LegState::Bounced);
}

#[tokio::test]
async fn the_same_is_not_told_again_within_a_week_unless_somebody_says_why() {
    let town = Town::new().await;
    let (syt, _) = town.draft().await;
    town.send(&syt).await;
    town.minutes(1).await;
    let mut duty = town.duty().await;
    let path = format!("/notices/{syt}/send");
    assert_eq!(duty.post(&path, &[]).await.status, StatusCode::CONFLICT);
    duty.post(&path, &[("forced", "Đơn vị báo không thấy thư")]).await.sent_on();
    town.minutes(1).await;
    assert_eq!(town.office.empty().len(), 2);
    let story = duty.get(&format!("/notices/{syt}")).await.ok().text();
    assert!(story.contains("Đơn vị báo không thấy thư"), "the reason is kept");
}

#[tokio::test]
async fn many_are_sent_at_once_and_one_that_cannot_be_is_named() {
    let town = Town::new().await;
    let (syt, snv) = town.draft().await;
    sqlx::query("UPDATE contacts SET email = NULL")
        .execute(town.house.app.db.reader())
        .await
        .unwrap();
    sqlx::query(
        "UPDATE contacts SET email = 'cntt@snv.example' WHERE role = 'it' AND unit_id = $1",
    )
    .bind(town.units["SNV"].as_str())
    .execute(town.house.app.db.reader())
    .await
    .unwrap();
    let mut duty = town.duty().await;
    let page = duty.post("/notices/send", &[("what", "send-all")]).await.ok().text();
    assert!(page.contains(&syt.to_string()) && !page.contains(&snv.to_string()), "{page}");
    town.minutes(1).await;
    assert_eq!((town.state("SYT").await, town.state("SNV").await), ("drafted", "sent"));
    let scope = Scope::province();
    assert_eq!(notices::get(&town.house.app.db, &scope, &snv).await.unwrap().id, snv);
}
