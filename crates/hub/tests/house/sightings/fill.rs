//! A house with the sample province's units and ranges in its register, and
//! its lists and answers replayed through the verbs that the pages use.

use std::collections::BTreeMap;

use hub::{
    access::{Actor, Administer, Answer, Decide, Scope, Watch},
    ids::UnitId,
    registry::{NetworkId, networks},
    sightings::{
        Refusal, SightingId,
        answer::{self, Attached, Reply},
        feeds::{self, FeedData},
        import::{self, Incoming, Taken},
        locate, read,
        refuse::{self, Refuse},
    },
    store::Record,
    works::Progress,
};
use jiff::{Timestamp, civil::Date};
use sample::{Act, Feed, Happening, Province, SEED, Step, Word};

use crate::support::House;

/// A house in which the sample province lives.
pub struct Sample {
    pub house: House,
    pub province: Province,
    pub units: BTreeMap<String, UnitId>,
    /// Lists that are not to come in: feed and month as `2023-12`.
    pub lost: Vec<(Feed, &'static str)>,
    pub taken: Vec<(String, Taken)>,
}

impl Sample {
    pub async fn new() -> Self {
        let house = House::at("2023-10-02T00:00:00Z").await;
        let province = sample::province(SEED).unwrap();
        let units = register(&house, &province.networks_csv).await;
        Self { house, province, units, lost: Vec::new(), taken: Vec::new() }
    }

    /// Lives through everything until `until`.
    pub async fn live(&mut self, until: &str) {
        let until: Timestamp = until.parse().unwrap();
        let province = self.province.clone();
        let from = self.house.now();
        for (at, happening) in province.timeline() {
            if at > until || at <= from {
                continue;
            }
            self.house.app.clock.set(at);
            match happening {
                Happening::Receive(file) => self.receive(file, at).await,
                Happening::Act(act) => self.act(act, at).await,
                Happening::Issue(_) => {}
            }
        }
        self.house.app.clock.set(until);
    }

    async fn receive(&mut self, file: &sample::SampleFile, at: Timestamp) {
        let Step::List { feed, from, to } = file.step else { return };
        let month = from.strftime("%Y-%m").to_string();
        if self.lost.iter().any(|(lost, of)| (*lost, *of) == (feed, month.as_str())) {
            return;
        }
        let taken = self.hand_in(feed, &file.name, file.bytes.clone(), Some((from, to)), at).await;
        self.taken.push((file.name.clone(), taken));
    }

    pub async fn hand_in(
        &self,
        feed: Feed,
        name: &str,
        bytes: Vec<u8>,
        covers: Option<(Date, Date)>,
        at: Timestamp,
    ) -> Taken {
        let app = &self.house.app;
        let by = Watch::of_system("test");
        let feed = if let Ok(known) = feeds::by_code(&app.db, feed.name()).await {
            known.id
        } else {
            let zone = Some(feed.zone().to_owned());
            let data = FeedData { zone, ..FeedData::monthly(feed.name(), feed.name()) };
            feeds::create(&app.db, &by, at, &data).await.unwrap()
        };
        let file_name = name.to_owned();
        let bytes = bytes.into();
        let incoming = Incoming { feed, file_name, bytes, covers, settings: None, draft: None };
        import::take_in(app, &by, at, incoming, &Progress::default()).await.unwrap()
    }

    async fn act(&self, act: &Act, at: Timestamp) {
        match act {
            Act::Reply(reply) => {
                for one in &reply.answers {
                    let unit = &self.units[reply.unit];
                    self.reply(unit, &one.address.to_string(), one.family, &one.word, at).await;
                }
            }
            Act::Located(found) => {
                let unit = &self.units[found.unit];
                let id = self.sighting(Some(unit), &found.address.to_string(), found.family).await;
                let by = Answer::by_link(Actor::system("test"), unit.clone());
                locate::locate(&self.house.app, &by, at, &id, &found.hosts.join(", "))
                    .await
                    .unwrap();
            }
            Act::Refusal(why) => {
                let id = self.any(&why.address.to_string(), why.family).await;
                let why = Refuse {
                    kind: Refusal::Whitelisted,
                    reason: why.reason.clone(),
                    approver: why.approver.clone(),
                    until: Some(why.expires),
                };
                let by = Decide::of_system("test");
                refuse::refuse(&self.house.app, &by, at, &id, &why).await.unwrap();
            }
            _ => {}
        }
    }

    async fn reply(&self, unit: &UnitId, address: &str, family: &str, word: &Word, at: Timestamp) {
        let db = &self.house.app.db;
        let found = read::find(db, &Scope::province(), Some(unit), address, family).await;
        let id = match found {
            Ok(found) => found.sighting.id,
            Err(_) if !self.lost.is_empty() => return,
            Err(error) => panic!("no sighting {address} {family}: {error}"),
        };
        let by = Answer::by_link(Actor::system("test"), unit.clone());
        let (reply, file) = match word.clone() {
            Word::Cleaned { how, on, host, file } => (Reply::Cleaned { how, on, host }, file),
            Word::NotOurs { why } => (Reply::NotOurs { why }, None),
            Word::FalseAlarm { why } => (Reply::FalseAlarm { why }, None),
            Word::NeedHelp { what } => (Reply::NeedHelp { what }, None),
        };
        let file = file.map(|file| Attached { name: file.name, bytes: file.bytes });
        answer::give(&self.house.app, &by, at, &id, &reply, file).await.unwrap();
    }

    pub async fn sighting(&self, unit: Option<&UnitId>, address: &str, family: &str) -> SightingId {
        let db = &self.house.app.db;
        let found = read::find(db, &Scope::province(), unit, address, family).await;
        found.unwrap_or_else(|_| panic!("no sighting {address} {family}")).sighting.id
    }

    /// The only sighting of an address and family.
    async fn any(&self, address: &str, family: &str) -> SightingId {
        let found: Vec<read::Shown> = read::select(&Scope::province())
            .and("s.address = {}", [address])
            .and("s.family_key = {}", [lists::family_key(family)])
            .fetch(self.house.app.db.reader())
            .await
            .unwrap();
        assert_eq!(found.len(), 1, "{address} {family}");
        found[0].sighting.id.clone()
    }

    /// The story of a name, and its sightings with the codes of their units.
    pub async fn story(&self, name: &str) -> Vec<read::Shown> {
        let story = self.province.stories.iter().find(|story| story.name == name).unwrap();
        read::select(&Scope::province())
            .and("s.address = {}", [story.address.to_string()])
            .and("s.family_key = {}", [lists::family_key(story.family)])
            .order("s.first_seen", hub::store::Direction::Up)
            .fetch(self.house.app.db.reader())
            .await
            .unwrap()
    }
}

/// Puts units and approved ranges into the register.
async fn register(house: &House, csv: &[u8]) -> BTreeMap<String, UnitId> {
    let table = tables::read(csv, &tables::Options::default());
    let cell = |row: &tables::Row, name: &str| {
        let at = table.header.iter().position(|column| column == name).unwrap();
        row.cells.get(at).unwrap_or_default().to_owned()
    };
    let at = house.now();
    let by = Administer::of_system("test");
    let mut change = house.app.db.change(by.actor(), at).await.unwrap();
    let mut units = BTreeMap::new();
    for row in &table.rows {
        let code = cell(row, "unit_code");
        if !units.contains_key(&code) {
            let id = UnitId::new(at);
            sqlx::query(
                "INSERT INTO units (id, code, code_key, name, fold, kind, created_at, changed_at)
                 VALUES ($1, $2, $3, $4, $5, 'other', 0, 0)",
            )
            .bind(id.as_str())
            .bind(&code)
            .bind(words::fold(&code))
            .bind(cell(row, "unit_name"))
            .bind(words::fold(&cell(row, "unit_name")))
            .execute(change.conn())
            .await
            .unwrap();
            units.insert(code.clone(), id);
        }
        let range: networks::Range = cell(row, "cidr").parse().unwrap();
        sqlx::query(
            "INSERT INTO networks (id, unit_id, range_text, low, high, kind, valid_from, valid_to,
                source, status, created_at, changed_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'test', 'approved', 0, 0)",
        )
        .bind(NetworkId::new(at).as_str())
        .bind(units[&code].as_str())
        .bind(range.to_string())
        .bind(range.low())
        .bind(range.high())
        .bind(cell(row, "kind"))
        .bind(Some(cell(row, "valid_from")).filter(|day| !day.is_empty()))
        .bind(Some(cell(row, "valid_to")).filter(|day| !day.is_empty()))
        .execute(change.conn())
        .await
        .unwrap();
    }
    change.record(Record::new("test.register", "all"));
    change.commit().await.unwrap();
    units
}
