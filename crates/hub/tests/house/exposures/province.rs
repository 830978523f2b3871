//! A province of two units with a few machines, and inventories as machines
//! write them.

use hub::{
    access::{Decide, Role, Scope},
    directives::{self, Directive, board, draft, issue, rules::Cell},
    exposures::read::{self, HostRow},
    ids::UnitId,
    registry::{
        HostId, Keeper, enter,
        hosts::{self, HostEntry},
        units::{Kind, UnitEntry},
    },
};

use crate::support::{Browser, House};

/// Everything that the seven months ask of Server 2019 is in this update.
pub const NOVEMBER_2019: &str = "KB5032196";
/// The update of May for the same.
pub const MAY_2019: &str = "KB5026362";

pub struct Province {
    pub house: House,
    pub health: UnitId,
    pub district: UnitId,
    pub letter: Directive,
    pub officer: Browser,
    pub analyst: Browser,
}

impl Province {
    /// Three machines of the department, one of the district, the letter issued.
    pub async fn new() -> Self {
        let house = House::at("2023-12-10T01:00:00Z").await;
        hub::jobs::tick(&house.app, house.now()).await.unwrap();
        let health = unit(&house, "SYT", "Sở Y tế mẫu", Kind::Department).await;
        let district = unit(&house, "UBND-CL", "Huyện mẫu", Kind::District).await;
        unit(&house, "TTCDS", "Trung tâm mẫu", Kind::Centre).await;
        for name in ["SYT-SRV01", "SYT-PC02", "SYT-PC03"] {
            host(&house, &health, name).await;
        }
        host(&house, &district, "CL-SRV01").await;
        let letter = letter(&house).await;
        let officer = house.person(Role::UnitOfficer, std::slice::from_ref(&health)).await;
        let analyst = house.person(Role::Analyst, &[]).await;
        Self { house, health, district, letter, officer, analyst }
    }

    /// The unit's officer delivers one file.
    pub async fn deliver(&mut self, name: &str, text: &str) -> String {
        let file = ("file", name, text.as_bytes());
        self.officer.upload("/inventories/new", &[], file).await.sent_on()
    }

    pub async fn cell(&self, demand: &str, unit: &UnitId) -> Cell {
        let (app, now) = (&self.house.app, self.house.now());
        let board = board::read(app, &Scope::province(), &self.letter.id, now).await.unwrap();
        let found = board.slots().find(|(row, one, _)| row.unit == *unit && one.code == demand);
        found.unwrap().2.cell.clone()
    }

    pub async fn task(&self, demand: &str, unit: &UnitId) -> directives::Task {
        let db = &self.house.app.db;
        let demands = directives::read::demands(db, &self.letter.id).await.unwrap();
        let demand = demands.into_iter().find(|one| one.code == demand).unwrap();
        directives::read::task_at(db, &Scope::province(), &demand.id, unit).await.unwrap()
    }

    pub async fn host(&self, unit: &UnitId, name: &str) -> HostRow {
        let db = &self.house.app.db;
        let id = hosts::by_name(db, unit, name).await.unwrap().unwrap().id;
        read::host(db, &Scope::province(), &id).await.unwrap()
    }

    /// Lets the rest of the first unit's machines be handled.
    pub async fn handle_the_rest(&mut self) {
        self.deliver("pc2.txt", &server_2019("SYT-PC02", &[NOVEMBER_2019])).await;
        self.deliver("pc3.txt", &server_2019("SYT-PC03", &[NOVEMBER_2019])).await;
    }
}

pub async fn unit(house: &House, code: &str, name: &str, kind: Kind) -> UnitId {
    let by = Keeper::from(Decide::of_system("test"));
    let entry = UnitEntry {
        code: code.into(),
        name: name.into(),
        short_name: None,
        kind,
        parent_id: None,
        valid_from: None,
        valid_to: None,
        ended_as: None,
        successor_id: None,
        note: None,
    };
    enter::add(&house.app.db, &by, house.now(), &entry).await.unwrap().parse().unwrap()
}

pub async fn host(house: &House, unit: &UnitId, name: &str) -> HostId {
    let by = Keeper::from(Decide::of_system("test"));
    let entry = HostEntry {
        name: name.into(),
        unit_id: unit.clone(),
        system_id: None,
        kind: hosts::Kind::Server,
        addresses: Vec::new(),
        mac: None,
        os: None,
        location: None,
        collected_at: None,
        collector: None,
    };
    enter::add(&house.app.db, &by, house.now(), &entry).await.unwrap().parse().unwrap()
}

async fn letter(house: &House) -> Directive {
    let by = Decide::of_system("test");
    let (packs, _) = draft::from_packs(&house.app).await.unwrap();
    let pack = packs.into_iter().find(|pack| pack.pack.name == "vn-dt-2024-01").unwrap();
    let zone = &house.app.settings.zone;
    let at = house.now();
    let id = draft::from_pack(&house.app.db, &by, at, pack, zone).await.unwrap();
    issue::issue(&house.app.db, &by, at, &id, zone).await.unwrap();
    directives::read::directive(&house.app.db, &Scope::province(), &id).await.unwrap()
}

/// What `systeminfo` prints on a Server 2019 with these updates.
pub fn server_2019(name: &str, kbs: &[&str]) -> String {
    systeminfo(name, "Microsoft Windows Server 2019 Standard", 17763, kbs)
}

/// What `systeminfo` prints.
pub fn systeminfo(name: &str, os: &str, build: u32, kbs: &[&str]) -> String {
    let listed: Vec<String> = (1..)
        .zip(kbs)
        .map(|(n, kb)| format!("                           [{n:02}]: {kb}\r\n"))
        .collect();
    format!(
        "\r\nHost Name:                 {name}\r\n\
         OS Name:                   {os}\r\n\
         OS Version:                10.0.{build} N/A Build {build}\r\n\
         OS Manufacturer:           Microsoft Corporation\r\n\
         System Type:               x64-based PC\r\n\
         Hotfix(s):                 {} Hotfix(s) Installed.\r\n{}\
         Network Card(s):           1 NIC(s) Installed.\r\n",
        kbs.len(),
        listed.concat()
    )
}
