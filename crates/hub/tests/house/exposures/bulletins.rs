//! Packs and letters: loaded, refused, in force, and what follows from them.

use axum::http::StatusCode;
use hub::{
    access::{Decide, Scope},
    directives::rules::Cell,
    exposures::{
        bulletins::{self, letter, load},
        campaign::{self, Asked},
    },
    notices,
};
use jiff::civil::date;
use patches::{
    campaign::Campaign,
    facts::{Facts, Kev, Month, Severity},
    pack,
};

use super::province::{MAY_2019, NOVEMBER_2019, Province, server_2019};

/// The facts of the pack that the binary carries, changed.
fn changed(change: impl FnOnce(&mut Facts)) -> Facts {
    let packs = packs::Packs::embedded();
    let bytes = packs.read("bulletins/msrc-2023-05_11.pack").unwrap();
    let (_, mut facts) = pack::load(bytes).unwrap();
    change(&mut facts);
    facts
}

fn of<'f>(facts: &'f mut Facts, cve: &str) -> &'f mut patches::facts::Cve {
    facts.cves.iter_mut().find(|one| one.id == cve).unwrap()
}

/// A pack signed by the installation's own key.
fn signed(province: &Province, facts: &Facts) -> Vec<u8> {
    let key = province.house.app.key().unwrap();
    pack::build("msrc-2023-05_11b", facts, Some(&pack::signer(&key))).unwrap()
}

#[tokio::test]
async fn a_bad_pack_is_refused_with_its_reason() {
    let mut province = Province::new().await;
    let facts = changed(|facts| of(facts, "CVE-2023-36397").severity = Severity::Critical);
    let stranger = proof::key_from_random(&[7; 32]);
    let unsigned = pack::build("x", &facts, None).unwrap();
    let foreign = pack::build("x", &facts, Some(&pack::signer(&stranger))).unwrap();
    let mut altered = signed(&province, &facts);
    *altered.last_mut().unwrap() ^= 1;
    let mut old = facts.clone();
    for source in &mut old.sources {
        (source.released, source.current) = (Some(date(2023, 5, 9)), Some(date(2023, 5, 9)));
    }
    let older = signed(&province, &old);
    for (bytes, status, reason) in [
        (b"not a pack".to_vec(), StatusCode::UNPROCESSABLE_ENTITY, "không phải là gói bản tin"),
        (unsigned, StatusCode::UNPROCESSABLE_ENTITY, "không có chữ ký"),
        (foreign.clone(), StatusCode::UNPROCESSABLE_ENTITY, "không có chữ ký"),
        (altered, StatusCode::UNPROCESSABLE_ENTITY, "đã bị thay đổi"),
        (older, StatusCode::CONFLICT, "cũ hơn dữ liệu đang dùng"),
    ] {
        let answer = province.analyst.upload("/bulletins", &[], ("file", "x.pack", &bytes)).await;
        assert_eq!(answer.status, status, "{reason}");
        assert!(answer.text().contains(reason), "{reason}: {}", answer.text());
    }
    let before = bulletins::all(&province.house.app.db).await.unwrap().len();
    // The operator trusts the stranger's key: the same bytes are taken.
    let folder = province.house.app.settings.data.join("keys/trusted");
    std::fs::create_dir_all(&folder).unwrap();
    let pem = proof::public_pem(&stranger.verifying_key()).unwrap();
    std::fs::write(folder.join("province.pem"), pem).unwrap();
    province.house.pass(1).await;
    province.analyst = province.house.sign_in(&province.analyst.login).await;
    province.analyst.upload("/bulletins", &[], ("file", "x.pack", &foreign)).await.sent_on();
    let all = bulletins::all(&province.house.app.db).await.unwrap();
    assert_eq!(all.len(), before + 1);
    let in_force: Vec<&str> =
        all.iter().filter(|one| one.ended_at.is_none()).map(|one| one.name.as_str()).collect();
    assert_eq!(in_force, ["x"], "the newer pack took the place of the older");
    let again = province.analyst.upload("/bulletins", &[], ("file", "x.pack", &foreign)).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    let page = province.analyst.get("/bulletins").await.ok().text();
    assert!(page.contains(&proof::fingerprint(&stranger.verifying_key())), "{page}");
}

#[tokio::test]
async fn only_units_that_have_it_hear_that_it_grew_graver() {
    let mut province = Province::new().await;
    let (health, district) = (province.health.clone(), province.district.clone());
    // The department misses it, the district has its fix.
    province.deliver("srv01.txt", &server_2019("SYT-SRV01", &[MAY_2019])).await;
    let text = server_2019("CL-SRV01", &[NOVEMBER_2019]);
    let fields = [("unit", district.as_str())];
    let file = ("file", "cl.txt", text.as_bytes());
    province.analyst.upload("/inventories/new", &fields, file).await.sent_on();
    province.house.pass(24).await;
    let facts = changed(|facts| {
        let cve = of(facts, "CVE-2023-36397");
        cve.kev = Some(Kev { added: date(2023, 12, 9), due: None, ransomware: false });
    });
    let bytes = signed(&province, &facts);
    let mut analyst = province.house.sign_in(&province.analyst.login).await;
    analyst.upload("/bulletins", &[], ("file", "b.pack", &bytes)).await.sent_on();
    let basis = bulletins::newest(&province.house.app.db).await.unwrap().unwrap();
    let (db, scope) = (&province.house.app.db, Scope::province());
    let told = notices::about(db, &scope, "exposures", basis.id.as_str()).await.unwrap();
    assert_eq!(told.len(), 1, "one addendum");
    assert_eq!(told[0].unit_id, health);
    let body = &told[0].body;
    assert!(body.contains("CVE-2023-36397") && body.contains("09/12/2023"), "{body}");
    assert!(body.contains("SYT-SRV01") && !body.contains("CL-SRV01"), "{body}");
    // The job drafts nothing twice.
    province.house.pass(3).await;
    let db = &province.house.app.db;
    let again =
        notices::about(db, &Scope::province(), "exposures", basis.id.as_str()).await.unwrap();
    assert_eq!(again.len(), 1);
}

#[tokio::test]
async fn a_letter_names_cves_with_its_own_severity() {
    let mut province = Province::new().await;
    let unit = province.health.clone();
    province.deliver("srv01.txt", &server_2019("SYT-SRV01", &[MAY_2019])).await;
    province.handle_the_rest().await;
    let form = [
        ("number", "12/MAU-ATTT"),
        ("day", "2023-11-22"),
        ("lines", "CVE-2023-36397 (mức cao, CVSS 8.1)\nCVE-2099-0001"),
    ];
    let to =
        province.analyst.upload("/bulletins/letters", &form, ("none", "", b"")).await.sent_on();
    assert!(province.analyst.get(&to).await.ok().text().contains("12/MAU-ATTT"));
    let page = province.analyst.get("/exposures/cves/CVE-2023-36397").await.ok().text();
    assert!(page.contains("12/MAU-ATTT") && page.contains("8,1") && page.contains("9,8"), "{page}");
    // A CVE that no bulletin holds is unknown on every machine: nobody is done.
    let cell = province.cell("1d-warned", &unit).await;
    assert_eq!(cell, Cell::Partly { handled: 0, total: 3 }, "{cell:?}");

    let db = &province.house.app.db;
    let all = bulletins::all(db).await.unwrap();
    let first = all.iter().find(|one| one.kind == bulletins::Kind::Letter).unwrap();
    let path = format!("/bulletins/{}/withdraw", first.id);
    province.analyst.post(&path, &[]).await.sent_on();
    let by = Decide::of_system("test");
    let bytes = letter::typed("13/MAU-ATTT", None, "CVE-2023-36397");
    let now = province.house.now();
    letter::add(&province.house.app, &by, now, "thu.txt", bytes).await.unwrap();
    let cell = province.cell("1d-warned", &unit).await;
    assert_eq!(cell, Cell::Partly { handled: 2, total: 3 });
    let empty = letter::add(&province.house.app, &by, now, "x", b"Kinh gui".to_vec()).await;
    assert!(empty.is_err(), "a letter that names nothing");
}

/// The condition put to the database against the engine's own, over the pack
/// that the binary carries.
#[tokio::test]
async fn a_campaign_takes_the_same_in_the_database_as_in_memory() {
    let province = Province::new().await;
    let app = &province.house.app;
    let basis = bulletins::newest(&app.db).await.unwrap().unwrap();
    let facts = bulletins::facts_of(app, &basis.id).await.unwrap();
    let union = Campaign::union();
    let months =
        |from, to| Campaign { from: Some(Month(from)), to: Some(Month(to)), ..Campaign::union() };
    let alone = Campaign::default;
    for campaign in [
        union,
        months(202_306, 202_308),
        months(202_311, 202_311),
        Campaign { severities: vec![Severity::Critical, Severity::Important], ..alone() },
        Campaign { severities: vec![Severity::Moderate], ..alone() },
        Campaign { exploited: true, ..alone() },
        Campaign { kev: true, ..alone() },
        Campaign { kev: true, from: Some(Month(202_310)), ..alone() },
        Campaign { cvss_from: Some(90), ..alone() },
        Campaign { named: true, ..alone() },
        Campaign::everything(),
    ] {
        for today in [date(2023, 7, 1), date(2023, 12, 10), date(2025, 6, 1)] {
            let at = today.at(12, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp();
            let flags = campaign.select(&facts, Some(at));
            let taken = facts.cves.iter().zip(flags).filter(|(_, taken)| *taken);
            let mut expected: Vec<String> = taken.map(|(cve, _)| cve.id.clone()).collect();
            expected.sort();
            let asked = Asked { campaign: campaign.clone(), ..Asked::default() };
            let found = campaign::cves(&app.db, &asked, today).await.unwrap();
            assert_eq!(found, expected, "{campaign:?} {today}");
        }
    }
    load::carried(app, province.house.now()).await.unwrap();
    let same = bulletins::newest(&app.db).await.unwrap().unwrap();
    assert_eq!(same.id, basis.id, "nothing new, nothing changes");
}
