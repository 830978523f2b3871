//! Risks accepted until a day: shown apart, never counted, over by themselves.

use axum::http::StatusCode;
use hub::{access::Scope, directives::rules::Cell, exposures::accept};

use super::province::{MAY_2019, Province, server_2019};

#[tokio::test]
async fn an_accepted_risk_is_shown_apart_and_counts_again_after_its_day() {
    let mut province = Province::new().await;
    let unit = province.health.clone();
    province.deliver("srv01.txt", &server_2019("SYT-SRV01", &[MAY_2019])).await;
    province.handle_the_rest().await;
    let before = Cell::Partly { handled: 2, total: 3 };
    assert_eq!(province.cell("1d-microsoft", &unit).await, before);
    let host = province.host(&unit, "SYT-SRV01").await;
    let mut form = vec![
        ("host", host.id.as_str()),
        ("everything", "1"),
        ("reason", "Phần mềm xét nghiệm không chạy trên bản vá mới; đã tách mạng"),
    ];
    let file = ("file", "bien-ban.pdf", b"%PDF".as_slice());
    let bare = province.officer.upload("/acceptances", &form, file).await;
    assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY, "a risk has a last day");
    form.push(("until", "2023-12-31"));
    province.officer.upload("/acceptances", &form, file).await.sent_on();

    let db = &province.house.app.db;
    let all: Vec<accept::Acceptance> =
        accept::select(&Scope::province()).fetch(db.reader()).await.unwrap();
    let path = format!("/acceptances/{}", all[0].id);
    assert!(all[0].cves > 100 && all[0].file_sha256.is_some());
    let word = [("accepted", "1"), ("approver", "Giám đốc mẫu"), ("reason", "Đồng ý")];
    let own = province.officer.post(&format!("{path}/decide"), &word).await;
    assert_eq!(own.status, StatusCode::FORBIDDEN, "nobody accepts their own risk");
    let nameless = [("accepted", "1"), ("approver", ""), ("reason", "Đồng ý")];
    let refused = province.analyst.post(&format!("{path}/decide"), &nameless).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    province.analyst.post(&format!("{path}/decide"), &word).await.sent_on();

    assert_eq!(province.cell("1d-microsoft", &unit).await, before, "accepted is not handled");
    let csv = province.analyst.get("/exposures?format=csv").await.ok().text();
    let line = csv.lines().find(|line| line.contains("Sở Y tế")).unwrap();
    assert!(line.starts_with("Sở Y tế mẫu,2,3,0,1,0,0,0"), "accepted stands apart: {line}");
    let page = province.officer.get(&format!("/exposures/hosts/{}", host.id)).await.ok().text();
    assert!(page.contains("Tạm chấp nhận rủi ro"), "{page}");
    let page = province.officer.get(&path).await.ok().text();
    assert!(page.contains("Giám đốc mẫu") && !page.contains("[exposures"), "{page}");

    province.house.app.clock.set("2023-12-31T16:00:00Z".parse().unwrap());
    province.house.pass(2).await;
    let csv = {
        let mut analyst = province.house.sign_in(&province.analyst.login).await;
        analyst.get("/exposures?format=csv").await.ok().text()
    };
    let line = csv.lines().find(|line| line.contains("Sở Y tế")).unwrap();
    assert!(line.starts_with("Sở Y tế mẫu,2,3,1,0,0,0,0"), "it counts again: {line}");
    let after = accept::get(&province.house.app.db, &Scope::province(), &all[0].id).await.unwrap();
    assert_eq!(after.state, accept::State::Expired);
}
