//! The chain: every change in it, and no hand unseen.

use hub::{access::Role, audit};

use crate::support::House;

#[tokio::test]
async fn what_people_did_stands_in_a_chain_that_holds() {
    let house = House::new().await;
    house.person(Role::Analyst, &[]).await;
    let summary = audit::verify(&house.app.db).await.unwrap().unwrap();
    assert_eq!(summary.entries, 2, "the account and its sign-in");
}

#[tokio::test]
async fn a_changed_name_shows() {
    let house = House::new().await;
    house.person(Role::Analyst, &[]).await;
    sqlx::query("UPDATE audit SET actor_name = $1 WHERE seq = 2")
        .bind("Người Khác")
        .execute(house.app.db.reader())
        .await
        .unwrap();
    let broken = audit::verify(&house.app.db).await.unwrap().unwrap_err();
    assert_eq!(broken.seq, 2);
}

#[tokio::test]
async fn a_cut_off_end_shows() {
    let house = House::new().await;
    house.person(Role::Analyst, &[]).await;
    let pool = house.app.db.reader();
    sqlx::query("DELETE FROM audit WHERE seq = 2").execute(pool).await.unwrap();
    assert!(audit::verify(&house.app.db).await.unwrap().is_err());
}
