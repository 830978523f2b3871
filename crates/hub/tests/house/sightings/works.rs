//! Works of the server: seen while they run, found when they ended, and said to
//! be stopped when the server was.

use std::time::Duration;

use hub::{
    access::{Actor, Role, Viewer},
    ids::AccountId,
    works::{self, Kind, New, Outcome, Progress, Stage, WorkId},
};
use tokio::sync::oneshot;

use crate::support::House;

/// Somebody who starts works without a browser.
fn somebody(house: &House) -> Viewer {
    somebody_of(house, Role::Duty)
}

fn somebody_of(house: &House, role: Role) -> Viewer {
    let account = AccountId::new(house.now());
    Viewer::new(Actor::account(&account, "Người Thử"), account, role, Vec::new())
}

/// Starts a work that reads 7 rows, then places 3 of 10, and ends when it is told.
async fn begun(house: &House) -> (WorkId, oneshot::Sender<()>) {
    let (tell, told) = oneshot::channel::<()>();
    let new = New {
        kind: Kind::List,
        title: "thang-01.csv".into(),
        origin: "/lists/import/01HM5W2T8Y0000000000000000".into(),
    };
    let run = |_, progress: Progress| -> works::Doing {
        Box::pin(async move {
            progress.begin(Stage::Reading, 0);
            progress.step(7);
            progress.begin(Stage::Placing, 10);
            progress.step(3);
            told.await.map_err(hub::Error::internal)?;
            Ok(Outcome { subject: "x".into(), page: "/lists".into() })
        })
    };
    let id = works::start(&house.app, &somebody(house), house.now(), new, run).await.unwrap();
    // Until it has begun.
    while works::get(&house.app, &somebody(house), house.now(), &id)
        .await
        .unwrap()
        .reached
        .is_none_or(|at| at.done == 0)
    {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    (id, tell)
}

#[tokio::test]
async fn a_work_is_seen_while_it_runs_and_found_when_it_ended() {
    let house = House::new().await;
    let mut duty = house.person(Role::Duty, &[]).await;
    let (id, tell) = begun(&house).await;
    let path = format!("/works/{id}");
    let page = duty.get(&path).await.ok().text();
    assert!(page.contains("3/10") && page.contains("Đang đối chiếu các dòng"), "{page}");
    assert!(page.contains("http-equiv=\"refresh\""), "without a script it refreshes: {page}");
    assert!(page.contains("data-live=\"works\""), "with one it is live: {page}");
    assert!(duty.get("/").await.ok().text().contains("Tệp đang được nhập"));
    let asked = duty.get(&format!("/api/v1{path}")).await.ok().json();
    assert_eq!((&asked["state"], &asked["reached"]["total"]), (&"running".into(), &10.into()));
    // Whoever goes back to where it was started is led to it.
    let back = duty.get("/lists/import/01HM5W2T8Y0000000000000000").await.sent_on();
    assert_eq!(back, path);

    tell.send(()).unwrap();
    let ended = duty.get(&format!("/api/v1{path}?wait=30")).await.ok().json();
    assert_eq!((&ended["state"], &ended["subject"]), (&"done".into(), &"x".into()));
    let page = duty.get(&path).await.ok().text();
    assert!(page.contains("href=\"/lists\"") && !page.contains("http-equiv"), "{page}");
    assert!(duty.get("/works").await.ok().text().contains("thang-01.csv"));
}

#[tokio::test]
async fn a_stopped_server_says_so_and_an_outsider_sees_nothing() {
    let house = House::new().await;
    let (id, _tell) = begun(&house).await;
    let again = house.started_again().await;
    let mut duty = again.person(Role::Duty, &[]).await;
    // Beside other servers, one of them might run it for as long as it was heard of.
    again.app.clock.set(again.now() + jiff::SignedDuration::from_mins(1));
    let page = duty.get(&format!("/works/{id}")).await.ok().text();
    assert!(page.contains("Bị dừng giữa chừng"), "{page}");
    assert!(page.contains("href=\"/lists/import/01HM5W2T8Y0000000000000000\""), "{page}");
    let outsider = somebody_of(&again, Role::UnitOfficer);
    let found = works::get(&again.app, &outsider, again.now(), &id).await;
    assert!(matches!(found, Err(hub::Error::NotFound)), "{found:?}");
}

#[tokio::test]
async fn a_work_that_panics_has_failed_and_the_next_one_runs() {
    let house = House::new().await;
    let by = somebody(&house);
    let new = |origin: &str| New { kind: Kind::List, title: "a".into(), origin: origin.into() };
    let panics = |_, _| -> works::Doing { Box::pin(async { panic!("for the test") }) };
    let first = works::start(&house.app, &by, house.now(), new("/a"), panics).await.unwrap();
    let fine = |_, _| -> works::Doing {
        Box::pin(async { Ok(Outcome { subject: "x".into(), page: "/lists".into() }) })
    };
    let second = works::start(&house.app, &by, house.now(), new("/b"), fine).await.unwrap();
    for (id, expected) in [(first, works::State::Failed), (second, works::State::Done)] {
        works::wait(&house.app, &id, Duration::from_secs(30)).await;
        let work = works::get(&house.app, &by, house.now(), &id).await.unwrap();
        assert_eq!(work.state, expected);
    }
}

#[tokio::test]
async fn two_clicks_start_one_work_and_both_find_it() {
    let house = House::new().await;
    let by = somebody(&house);
    let click = || async {
        let new = New { kind: Kind::List, title: "a".into(), origin: "/a".into() };
        let runs = |_, _| -> works::Doing { Box::pin(std::future::pending()) };
        let id = works::start(&house.app, &by, house.now(), new, runs).await?;
        works::get(&house.app, &by, house.now(), &id).await
    };
    let (first, second) = tokio::join!(click(), click());
    assert_eq!(first.unwrap().id, second.unwrap().id);
}
