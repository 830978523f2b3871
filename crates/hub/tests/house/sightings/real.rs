//! Real lists, when they are at hand, through the import that a person's go
//! through: every row of every file is kept with what became of it.

use std::path::{Path, PathBuf};

use hub::{
    Error,
    access::Watch,
    sightings::{
        FeedId, Tally,
        feeds::{self, FeedData},
        import::{self, Incoming, Taken},
    },
    works::Progress,
};

use crate::support::House;

fn shared() -> Option<PathBuf> {
    let root = std::env::var("THAPCANH_SHARED")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared").to_owned());
    let lists = Path::new(&root).join("data/03-ip-lists");
    if lists.is_dir() {
        return Some(lists);
    }
    println!("SKIPPED: no real lists at {}", lists.display());
    None
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.path().is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found.sort();
    found
}

async fn feed(house: &House, folder: &str) -> FeedId {
    let data = FeedData::monthly(folder, folder);
    feeds::create(&house.app.db, &Watch::of_system("test"), house.now(), &data).await.unwrap()
}

async fn take_in(house: &House, feed: &FeedId, path: &Path) -> hub::Result<Taken> {
    let incoming = Incoming {
        feed: feed.clone(),
        file_name: path.file_name().unwrap().to_str().unwrap().to_owned(),
        bytes: std::fs::read(path).unwrap().into(),
        covers: None,
        settings: None,
        draft: None,
    };
    let by = Watch::of_system("test");
    import::take_in(&house.app, &by, house.now(), incoming, &Progress::default()).await
}

/// Rows kept of a list: those that name an address, and those that do not.
async fn kept(house: &House, taken: &Taken) -> (u64, u64) {
    let (named, rejected): (i64, i64) = sqlx::query_as(
        "SELECT COUNT(address), COUNT(*) - COUNT(address) FROM list_rows WHERE list_id = $1",
    )
    .bind(taken.list().as_str())
    .fetch_one(house.app.db.reader())
    .await
    .unwrap();
    (named.unsigned_abs(), rejected.unsigned_abs())
}

#[track_caller]
fn accounted(tally: &Tally, kept: (u64, u64), path: &Path) {
    let name = path.display();
    assert!(tally.adds_up(), "{name}: {tally:?}");
    assert_eq!(kept, (tally.entries, tally.rejected), "{name}: {tally:?}");
}

#[tokio::test]
async fn every_real_list_is_taken_in_with_a_result_for_each_row() {
    let Some(root) = shared() else { return };
    let house = House::at("2026-11-22T00:00:00Z").await;
    let folders = ["shadowserver-reports", "intelmq-feed-samples", "feodo-tracker", "ipsum"];
    let (mut taken_in, mut empty) = (0, Vec::new());
    for folder in folders {
        let feed = feed(&house, folder).await;
        for path in files(&root.join(folder)) {
            // The whole of ipsum is 140,000 rows: its levels are enough here.
            if path.ends_with("ipsum.txt") {
                continue;
            }
            match take_in(&house, &feed, &path).await {
                Ok(ref taken @ Taken::New { ref tally, .. }) => {
                    accounted(tally, kept(&house, taken).await, &path);
                    taken_in += 1;
                }
                Ok(Taken::Again { .. }) => panic!("{} twice", path.display()),
                Err(Error::Invalid(found)) => {
                    assert_eq!(found[0].code, "sightings.list-empty", "{}", path.display());
                    empty.push(path);
                }
                Err(other) => panic!("{}: {other}", path.display()),
            }
        }
    }
    println!("{taken_in} lists taken in; without any address: {empty:?}");
    assert!(taken_in > 80, "{taken_in}");
    let reports = empty.iter().filter(|path| path.starts_with(root.join(folders[0])));
    assert_eq!(reports.count(), 0, "{empty:?}");
}
