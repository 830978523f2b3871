//! The story of the sample province, told again through the verbs that pages
//! and imports use. Nothing is written past them.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use hub::{
    App,
    access::{Actor, Administer, Answer, Decide, Role, Scope, Watch},
    directives::{
        self, Asked, DemandId, ask, ask::Plea, draft, issue, report, report::Said, review,
    },
    ids::UnitId,
    installation::{self, Installation},
    jobs,
    notices::{self, hand_over},
    people::create::{NewAccount, create},
    registry::{self, Keeper, import as register, units},
    sightings::{self, answer, feeds, import as lists, locate, refuse},
    works::Progress,
};
use indicatif::ProgressBar;
use jiff::Timestamp;
use sample::{Act, Feed, Happening, Inventory, Province, SampleFile, Step};

use super::machines::Machines;

/// Logins that are printed, the names of their roles, and invented people.
pub const LOGINS: [(&str, &str, &str); 4] = [
    ("quantri", "administrator", "Nguyễn Văn Mẫu"),
    ("chuyenvien", "analyst", "Trần Thị Mẫu"),
    ("trucban", "duty", "Lê Văn Mẫu"),
    ("donvi", "unit_officer", "Phạm Thị Mẫu"),
];

/// Code of the unit whose officer may sign in.
const OFFICERS_UNIT: &str = "SYT";

/// Tells the whole story.
pub async fn replay(
    app: &App,
    province: &Province,
    inventories: &[Inventory],
    password: &str,
    bar: &ProgressBar,
) -> Result<()> {
    let lists = province.files.iter().filter(|file| matches!(file.step, Step::List { .. }));
    let last_list = lists.map(|file| file.received_at).max().unwrap_or(province.as_of);
    let mut teller = Teller {
        app,
        last_list: last_list - jiff::SignedDuration::from_hours(24 * 7),
        units: BTreeMap::new(),
        feeds: BTreeMap::new(),
        lists: BTreeMap::new(),
        demands: BTreeMap::new(),
    };
    teller.settle(password, false).await?;
    let mut machines = Machines::new(app, inventories);
    for (at, happening) in province.timeline() {
        machines.until(at, &teller.units, bar).await?;
        app.clock.set(at);
        jobs::tick(app, at).await?;
        teller.tell(at, happening, bar).await?;
        bar.inc(1);
    }
    machines.until(province.as_of, &teller.units, bar).await?;
    teller.days(province.as_of).await?;
    teller.settle(password, true).await
}

struct Teller<'a> {
    app: &'a App,
    units: BTreeMap<String, UnitId>,
    feeds: BTreeMap<&'static str, sightings::FeedId>,
    lists: BTreeMap<String, sightings::ListId>,
    last_list: Timestamp,
    demands: BTreeMap<String, DemandId>,
}

impl Teller<'_> {
    /// The installation and its accounts: the province's before the story, the
    /// unit's once there are units.
    async fn settle(&mut self, password: &str, with_units: bool) -> Result<()> {
        let at = self.app.clock.now();
        let by = Administer::of_system("demo");
        if !with_units {
            let settings = Installation {
                province: "Tỉnh Đồng Tháp".into(),
                team: "Phòng An toàn thông tin (mẫu)".into(),
                phone: "0277 000 0000".into(),
                ..Installation::default()
            };
            installation::change(&self.app.db, &by, at, &settings).await?;
        }
        for (login, role, name) in LOGINS {
            let role = Role::named(role).context("role")?;
            if role.is_province() == with_units {
                continue;
            }
            let units = if with_units { vec![self.unit(OFFICERS_UNIT)?] } else { Vec::new() };
            let new = NewAccount {
                login: login.into(),
                name: name.into(),
                email: None,
                role,
                units,
                password: password.into(),
                must_change_password: false,
            };
            create(&self.app.db, &by, at, new).await?;
        }
        Ok(())
    }

    async fn tell(
        &mut self,
        at: Timestamp,
        happening: Happening<'_>,
        bar: &ProgressBar,
    ) -> Result<()> {
        match happening {
            Happening::Receive(file) => {
                bar.set_message(file.name.clone());
                self.receive(at, file).await.with_context(|| file.name.clone())
            }
            Happening::Issue(letter) => {
                bar.set_message(letter.pack);
                self.issue(at, letter.pack).await
            }
            Happening::Act(act) => {
                self.act(at, act).await.with_context(|| format!("{:?} of {:?}", at, act.unit()))
            }
        }
    }

    async fn receive(&mut self, at: Timestamp, file: &SampleFile) -> Result<()> {
        let kind = match file.step {
            Step::Units => registry::Kind::Units,
            Step::Systems => registry::Kind::Systems,
            Step::Hosts => registry::Kind::Hosts,
            Step::Networks => registry::Kind::Networks,
            Step::Contacts => registry::Kind::Contacts,
            Step::List { feed, from, to } => return self.list(at, file, feed, (from, to)).await,
        };
        let by = Keeper::from(Decide::of_system("demo"));
        register::take_in(self.app, &by, at, kind, &file.name, file.bytes.clone(), None).await?;
        if kind == registry::Kind::Units {
            let today = at.to_zoned(self.app.settings.zone.clone()).date();
            let all = units::all(&self.app.db, &Scope::province(), today).await?;
            self.units = all.into_iter().map(|unit| (unit.code, unit.id)).collect();
        }
        Ok(())
    }

    async fn list(
        &mut self,
        at: Timestamp,
        file: &SampleFile,
        feed: Feed,
        covers: (jiff::civil::Date, jiff::civil::Date),
    ) -> Result<()> {
        let by = Watch::of_system("demo");
        let id = if let Some(id) = self.feeds.get(feed.name()) {
            id.clone()
        } else {
            let mut data = feeds::FeedData::monthly(feed.name(), feed_title(feed));
            data.zone = Some(feed.zone().to_owned());
            feeds::create(&self.app.db, &by, at, &data).await?
        };
        self.feeds.insert(feed.name(), id.clone());
        let incoming = lists::Incoming {
            feed: id,
            file_name: file.name.clone(),
            bytes: file.bytes.clone().into(),
            covers: Some(covers),
            settings: None,
            draft: None,
        };
        let taken = lists::take_in(self.app, &by, at, incoming, &Progress::default()).await?;
        let list = taken.list().clone();
        self.lists.insert(file.name.clone(), list.clone());
        self.notify(at, &list).await
    }

    /// Drafts a notice for each unit of a list. Those of the last list are left
    /// for whoever tries the demonstration; the earlier ones went by paper.
    async fn notify(&self, at: Timestamp, list: &sightings::ListId) -> Result<()> {
        let by = Watch::of_system("demo");
        let drafted = sightings::notify::draft(self.app, &by, at, list, None).await?;
        if at >= self.last_list {
            return Ok(());
        }
        let what = hand_over::HandedOver {
            channel: notices::Channel::Paper,
            to: "Văn thư".into(),
            at,
            note: String::new(),
        };
        for notice in drafted.iter().filter(|notice| notice.fresh) {
            hand_over::hand_over(self.app, &by, at, &notice.id, &what).await?;
        }
        Ok(())
    }

    async fn issue(&mut self, at: Timestamp, name: &str) -> Result<()> {
        let by = Decide::of_system("demo");
        let (packs, _) = draft::from_packs(self.app).await?;
        let pack = packs.into_iter().find(|pack| pack.pack.name == name).context("no such pack")?;
        let zone = &self.app.settings.zone;
        let id = draft::from_pack(&self.app.db, &by, at, pack, zone).await?;
        issue::issue(&self.app.db, &by, at, &id, zone).await?;
        let demands = directives::read::demands(&self.app.db, &id).await?;
        self.demands.extend(demands.into_iter().map(|demand| (demand.code, demand.id)));
        Ok(())
    }

    async fn act(&self, at: Timestamp, act: &Act) -> Result<()> {
        match act {
            Act::Reply(reply) => self.reply(at, reply).await,
            Act::Located(found) => self.locate(at, found).await,
            Act::Refusal(refusal) => self.refuse(at, refusal).await,
            Act::Report(report) => self.report(at, report).await,
            Act::Review(review) => self.review(at, review).await,
            Act::Extension(wish) => {
                let until = self.end_of(wish.until)?;
                let plea = plea(Asked::Extension, &wish.reason, "", until);
                self.ask(at, wish.unit, wish.demand, &wish.by, plea, wish.granted.as_ref()).await
            }
            Act::CannotComply(wish) => {
                let until = self.end_of(jiff::civil::date(2024, 6, 30))?;
                let plea = plea(Asked::Cannot, &wish.reason, &wish.plan, until);
                self.ask(at, wish.unit, wish.demand, &wish.by, plea, wish.approved.as_ref()).await
            }
        }
    }

    async fn reply(&self, at: Timestamp, reply: &sample::Reply) -> Result<()> {
        let unit = self.unit(reply.unit)?;
        let by = Answer::by_link(person(&reply.by), unit.clone());
        for one in &reply.answers {
            let address = one.address.to_string();
            let scope = Scope::of([unit.clone()]);
            let found =
                sightings::read::find(&self.app.db, &scope, Some(&unit), &address, one.family)
                    .await?;
            let (said, file) = word(&one.word);
            answer::give(self.app, &by, at, &found.sighting.id, &said, file).await?;
        }
        self.note_answer(at, reply, &by).await
    }

    async fn note_answer(&self, at: Timestamp, reply: &sample::Reply, by: &Answer) -> Result<()> {
        let Some(list) = self.lists.get(&reply.list) else { return Ok(()) };
        let scope = Scope::of([by.unit().clone()]);
        let told = notices::read::about(&self.app.db, &scope, "sightings", list.as_str()).await?;
        for notice in told {
            let number = reply.answers.len() as u64;
            let said = words::Lang::Vi.count("cli.demo.answers", number);
            notices::reply::answered(&self.app.db, &notice.id, by, at, &said, None).await?;
        }
        Ok(())
    }

    async fn locate(&self, at: Timestamp, found: &sample::Located) -> Result<()> {
        let unit = self.unit(found.unit)?;
        let scope = Scope::of([unit.clone()]);
        let address = found.address.to_string();
        let seen = sightings::read::find(&self.app.db, &scope, Some(&unit), &address, found.family)
            .await?;
        let by = Answer::by_link(person("cntt"), unit);
        let hosts = found.hosts.join(", ");
        Ok(locate::locate(self.app, &by, at, &seen.sighting.id, &hosts).await?)
    }

    async fn refuse(&self, at: Timestamp, refusal: &sample::Refusal) -> Result<()> {
        let address = refusal.address.to_string();
        let all = sightings::read::select(&Scope::province())
            .and("s.address = {}", [address.as_str()])
            .fetch::<sightings::read::Shown>(self.app.db.reader())
            .await?;
        let seen = all.into_iter().find(|one| one.sighting.family == refusal.family);
        let seen = seen.context("nothing to refuse")?;
        let why = refuse::Refuse {
            kind: sightings::Refusal::FalseAlarm,
            reason: refusal.reason.clone(),
            approver: refusal.approver.clone(),
            until: Some(refusal.expires),
        };
        let by = Decide::of_system("demo");
        Ok(refuse::refuse(self.app, &by, at, &seen.sighting.id, &why).await?)
    }

    async fn report(&self, at: Timestamp, report: &sample::Report) -> Result<()> {
        let task = self.task(report.unit, report.demand).await?;
        let by = Answer::by_link(person(&report.by), task.unit_id.clone());
        let counts = report.counts.map(|(handled, total)| (u64::from(handled), u64::from(total)));
        let claim = directives::rules::Claim {
            zero: report.zero,
            handled: counts.map(|(handled, _)| handled),
            total: counts.map(|(_, total)| total),
        };
        let files = report.file.iter().map(|file| report::Piece {
            name: file.name.clone(),
            bytes: file.bytes.clone(),
            effective_on: report.effective,
        });
        let said = Said { claim, text: report.text.clone(), files: files.collect() };
        report::report(self.app, &by, at, &task.id, said).await?;
        Ok(())
    }

    async fn review(&self, at: Timestamp, review: &sample::Review) -> Result<()> {
        let task = self.task(review.unit, review.demand).await?;
        let by = Decide::of_system("demo");
        let seen = review::Seen { task: task.id, report: None };
        match &review.returned {
            None => review::accept(&self.app.db, &by, at, &[seen]).await?,
            Some(reason) => review::return_report(&self.app.db, &by, at, &seen, reason).await?,
        }
        Ok(())
    }

    async fn ask(
        &self,
        at: Timestamp,
        unit: &str,
        demand: &str,
        by: &str,
        plea: Plea,
        granted: Option<&(Timestamp, String)>,
    ) -> Result<()> {
        let task = self.task(unit, demand).await?;
        let answer = Answer::by_link(person(by), task.unit_id.clone());
        ask::ask(&self.app.db, &answer, at, &task.id, &plea).await?;
        if let Some((when, _)) = granted {
            let asked = directives::read::requests(&self.app.db, &task).await?;
            let id = asked.last().context("no request")?.id.clone();
            let by = Decide::of_system("demo");
            directives::answer::answer(&self.app.db, &by, *when, &id, true, "").await?;
        }
        Ok(())
    }

    /// The days between the last event and the present, so that the trend has them.
    async fn days(&self, until: Timestamp) -> Result<()> {
        self.app.clock.set(until);
        Ok(jobs::tick(self.app, until).await?)
    }

    async fn task(&self, unit: &str, demand: &str) -> Result<directives::Task> {
        let demand = self.demands.get(demand).context("no such demand")?;
        let unit = self.unit(unit)?;
        let scope = Scope::province();
        Ok(directives::read::task_at(&self.app.db, &scope, demand, &unit).await?)
    }

    fn unit(&self, code: &str) -> Result<UnitId> {
        self.units.get(code).cloned().with_context(|| format!("no unit {code}"))
    }

    fn end_of(&self, day: jiff::civil::Date) -> Result<Timestamp> {
        let end = day.at(23, 59, 59, 0).to_zoned(self.app.settings.zone.clone())?;
        Ok(end.timestamp())
    }
}

fn plea(kind: Asked, reason: &str, measure: &str, until: Timestamp) -> Plea {
    Plea { kind, reason: reason.to_owned(), measure: measure.to_owned(), until }
}

pub(super) fn person(mailbox: &str) -> Actor {
    Actor { id: format!("link:{mailbox}"), name: mailbox.to_owned() }
}

fn feed_title(feed: Feed) -> &'static str {
    match feed {
        Feed::Stttt => "Danh sách của Sở TTTT (mẫu)",
        Feed::Ncsc => "Danh sách của NCSC (mẫu)",
        Feed::Sinkhole => "Shadowserver event4_sinkhole",
        Feed::SinkholeHttp => "Shadowserver event4_sinkhole_http",
    }
}

fn word(word: &sample::Word) -> (answer::Reply, Option<answer::Attached>) {
    match word {
        sample::Word::Cleaned { how, on, host, file } => {
            let attached = file.as_ref().map(|file| answer::Attached {
                name: file.name.clone(),
                bytes: file.bytes.clone(),
            });
            let (how, host) = (how.clone(), host.clone());
            (answer::Reply::Cleaned { how, on: *on, host }, attached)
        }
        sample::Word::NotOurs { why } => (answer::Reply::NotOurs { why: why.clone() }, None),
        sample::Word::FalseAlarm { why } => (answer::Reply::FalseAlarm { why: why.clone() }, None),
        sample::Word::NeedHelp { what } => (answer::Reply::NeedHelp { what: what.clone() }, None),
    }
}
