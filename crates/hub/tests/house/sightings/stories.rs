//! The sample province's winter: each story ends as it must.

use hub::sightings::{Question, State, Tally, import::Taken};
use sample::Feed;

use super::fill::Sample;

const END: &str = "2024-02-07T02:00:00Z";

/// State, reopenings and unit's code of each sighting of a story.
async fn ends(sample: &Sample, name: &str) -> Vec<(State, i64, Option<String>)> {
    let found = sample.story(name).await;
    found.into_iter().map(|s| (s.sighting.state, s.sighting.reopened, s.unit_code)).collect()
}

#[tokio::test]
async fn the_stories_hold() {
    let mut sample = Sample::new().await;
    sample.live(END).await;
    let unit = |code: &str| Some(code.to_owned());
    for (name, expected) in [
        ("vanished", vec![(State::Verified, 0, unit("UBND-SD"))]),
        ("returned", vec![(State::Reopened, 1, unit("SGDDT"))]),
        ("nobody", vec![(State::New, 0, None)]),
        ("changed-owner", vec![(State::Placed, 0, unit("CDYT")), (State::Placed, 0, unit("BVDK"))]),
        ("behind-nat", vec![(State::Claimed, 0, unit("UBND-TM"))]),
        ("two-owners", vec![(State::New, 0, None)]),
        ("missing-list", vec![(State::Claimed, 0, unit("SYT"))]),
        ("late-proof", vec![(State::Verified, 0, unit("STC"))]),
        ("not-ours", vec![(State::Placed, 0, unit("VQGTC"))]),
        ("honeypot", vec![(State::Refused, 0, unit("TTCDS"))]),
        ("need-help", vec![(State::Placed, 0, unit("UBND-HN-LT"))]),
        ("over-ipv6", vec![(State::Placed, 0, unit("UBND-TPCL"))]),
        ("claimed-in-vain", vec![(State::Reopened, 1, unit("SNV"))]),
    ] {
        assert_eq!(ends(&sample, name).await, expected, "{name}");
    }
    let question = |shown: Vec<hub::sightings::read::Shown>| shown[0].sighting.question;
    assert_eq!(question(sample.story("nobody").await), Some(Question::Nobody));
    assert_eq!(question(sample.story("two-owners").await), Some(Question::Several));
    hub::audit::verify(&sample.house.app.db).await.unwrap().unwrap();
}

#[tokio::test]
async fn every_row_is_accounted_for() {
    let mut sample = Sample::new().await;
    sample.live(END).await;
    assert_eq!(sample.taken.len(), 15);
    let mut all = Tally::default();
    for (name, taken) in &sample.taken {
        let Taken::New { list, tally } = taken else { panic!("{name} was there already") };
        assert!(tally.adds_up(), "{name}: {tally:?}");
        let (rows,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM list_rows WHERE list_id = $1")
            .bind(list.as_str())
            .fetch_one(sample.house.app.db.reader())
            .await
            .unwrap();
        assert_eq!(rows.unsigned_abs(), tally.entries + tally.rejected, "{name}");
        assert!(tally.rejected >= 1, "{name}: each list has a bad address");
        all.duplicate += tally.duplicate;
        all.queued += tally.queued;
        all.excluded += tally.excluded;
    }
    assert!(all.duplicate > 0 && all.queued > 0 && all.excluded > 0, "{all:?}");
}

#[tokio::test]
async fn a_missing_list_never_verifies() {
    let mut whole = Sample::new().await;
    whole.live(END).await;
    let mut less = Sample::new().await;
    less.lost = vec![(Feed::Stttt, "2023-12"), (Feed::Ncsc, "2024-01")];
    less.live("2024-01-20T00:00:00Z").await;
    assert_eq!(ends(&less, "vanished").await[0].0, State::Claimed);
    less.live(END).await;
    // January stands in for December; nothing stands in for the other feed's.
    assert_eq!(ends(&less, "vanished").await[0].0, State::Verified);
    assert_eq!(ends(&less, "late-proof").await[0].0, State::Claimed);
    assert_eq!(ends(&whole, "late-proof").await[0].0, State::Verified);
}

#[tokio::test]
async fn the_same_file_twice_adds_nothing() {
    let mut sample = Sample::new().await;
    sample.live("2023-11-04T00:00:00Z").await;
    let counts = async |sample: &Sample| {
        let mut all = Vec::new();
        for sql in [
            "SELECT COUNT(*) FROM list_rows",
            "SELECT COUNT(*) FROM lists",
            "SELECT CAST(SUM(row_count) AS BIGINT) FROM sightings",
            "SELECT seq FROM audit_head",
        ] {
            let (count,): (i64,) =
                sqlx::query_as(sql).fetch_one(sample.house.app.db.reader()).await.unwrap();
            all.push(count);
        }
        all
    };
    let before = counts(&sample).await;
    let file = sample.province.files.iter().find(|file| file.name == "ncsc-botnet-2023-10.csv");
    let bytes = file.unwrap().bytes.clone();
    let again =
        sample.hand_in(Feed::Ncsc, "lai.csv", bytes.clone(), None, sample.house.now()).await;
    assert!(matches!(again, Taken::Again { .. }));
    assert_eq!(counts(&sample).await, before);

    // The same rows in another file are kept, and say that they were said before.
    let october = (jiff::civil::date(2023, 10, 1), jiff::civil::date(2023, 10, 31));
    let mut other = bytes;
    other.extend(b"\r\n");
    let taken =
        sample.hand_in(Feed::Ncsc, "khac.csv", other, Some(october), sample.house.now()).await;
    let Taken::New { tally, .. } = taken else { panic!() };
    assert_eq!((tally.placed, tally.queued, tally.excluded), (0, 0, 0));
    assert_eq!(tally.duplicate, tally.entries);
    assert_eq!(counts(&sample).await[2], before[2]);
}
