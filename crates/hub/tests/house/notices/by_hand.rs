//! Everything without a mail server.

use std::io::{Cursor, Read};

use axum::http::StatusCode;

use super::{Town, link_in, open};

#[tokio::test]
async fn paper_files_and_a_hand_do_what_mail_does() {
    let town = Town::without_mail().await;
    let (syt, snv) = town.draft().await;
    let mut duty = town.duty().await;
    let path = format!("/notices/{syt}");
    let refused = duty.post(&format!("{path}/send"), &[]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.text().contains("Chưa thiết lập máy chủ thư"), "{}", refused.text());

    // On paper: a code in groups, typed in at /r.
    let paper = duty.post(&format!("{path}/print"), &[]).await.ok().text();
    let codes: Vec<&str> = paper.split("by-hand\">").skip(1).collect();
    let code = codes[1].split('<').next().unwrap();
    assert!(codes[0].starts_with("http://127.0.0.1:8080/r<"), "{paper}");
    assert_eq!(code.len(), 26 + 6, "{code}");
    let mut phone = town.house.stranger();
    let link = phone.post_with("/r", &[("code", &code.to_lowercase())]).await.sent_on();
    assert!(open(&mut phone, &link).await.contains("192.0.2.17"));
    assert_eq!(town.state("SYT").await, "opened");

    // As files for one's own mail program.
    let eml = duty.post(&format!("/notices/{snv}/eml"), &[]).await.ok();
    let message = mail_parser::MessageParser::default().parse(&eml.bytes).unwrap();
    assert!(eml.text().contains("X-Unsent: 1"));
    assert!(message.subject().unwrap().contains("TB-2024-"));
    let link = link_in(&message.body_text(0).unwrap());
    assert!(phone.get(&link).await.ok().text().contains("Sở Nội vụ"));
    let (a, b) = (syt.to_string(), snv.to_string());
    let zip = duty.post("/notices/send", &[("what", "zip"), ("id", &a), ("id", &b)]).await.ok();
    let mut archive = zip::ZipArchive::new(Cursor::new(zip.bytes)).unwrap();
    assert_eq!(archive.len(), 2);
    let mut first = String::new();
    archive.by_index(0).unwrap().read_to_string(&mut first).unwrap();
    assert!(first.contains("X-ThapCanh-Code: TB-2024-"), "{first}");
    assert_eq!(town.state("SNV").await, "drafted", "saved is not sent");

    // Handed over: a leg with a person and a time.
    let hand = |at: &'static str| {
        [("channel", "zalo"), ("to", "Phạm Thử Nghiệm"), ("at", at), ("note", "đã xem")]
    };
    let over = format!("/notices/{snv}/hand-over");
    let later = duty.post(&over, &hand("2024-02-01T08:00")).await;
    assert_eq!(later.status, StatusCode::UNPROCESSABLE_ENTITY, "not in the future");
    duty.post(&over, &hand("2024-01-15T07:30")).await.sent_on();
    assert_eq!(town.state("SNV").await, "delivered");
    let page = duty.get(&format!("/notices/{snv}")).await.ok().text();
    assert!(page.contains("Phạm Thử Nghiệm") && page.contains("07:30 15/01/2024"), "{page}");
}

#[tokio::test]
async fn a_draft_can_be_changed_and_taken_back() {
    let town = Town::without_mail().await;
    let (syt, _) = town.draft().await;
    let mut duty = town.duty().await;
    let edit = format!("/notices/{syt}/edit");
    assert!(duty.get(&edit).await.ok().text().contains("{{link}}"));
    let form = |body: &'static str| {
        [("subject", "Trích yếu mới"), ("body", body), ("due_on", "2024-01-19")]
    };
    let refused = duty.post(&edit, &form("Thiếu đường dẫn")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    duty.post(&edit, &form("Trước ngày {{due}}: {{link}}")).await.sent_on();
    let page = duty.get(&format!("/notices/{syt}")).await.ok().text();
    assert!(page.contains("Trước ngày 19/01/2024"), "{page}");
    duty.post(&format!("/notices/{syt}/withdraw"), &[]).await.sent_on();
    assert_eq!(town.state("SYT").await, "withdrawn");
    assert_eq!(duty.get(&edit).await.status, StatusCode::CONFLICT);
    let (again, _) = town.draft_again().await;
    assert_ne!(again, syt, "what was taken back can be drafted anew");
}
