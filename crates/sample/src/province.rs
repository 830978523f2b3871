//! The sample province as a value: files in the order of their coming, the
//! letter, and what people do.

use jiff::{
    Timestamp,
    civil::{Date, date},
};

use crate::{
    Error,
    acts::{self, Act},
    calendar::at,
    contacts,
    encode::Encoding,
    hosts::{self, Host},
    infections,
    lists::{self, Feed},
    networks,
    stories::{self, Story},
    systems,
    units::{self, CENTRE, Kind, Unit},
};

/// Everything the demo needs.
#[derive(Clone, Debug)]
pub struct Province {
    /// The present moment of the story: the eve of the holiday.
    pub as_of: Timestamp,
    /// What is handed in, in the order of its coming.
    pub files: Vec<SampleFile>,
    /// The letter.
    pub letter: Letter,
    /// What people do, in the order of its time.
    pub acts: Vec<Act>,
    /// What a visitor should be shown.
    pub stories: Vec<Story>,
    /// The register of addresses in the columns that `thapcanh botnet
    /// --networks` reads; the server imports `networks.xlsx` instead.
    pub networks_csv: Vec<u8>,
}

/// A file as somebody hands it in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleFile {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What it is for.
    pub step: Step,
    /// When it came in.
    pub received_at: Timestamp,
}

/// Which import a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The tree of units.
    Units,
    /// Systems and their levels.
    Systems,
    /// Machines.
    Hosts,
    /// Ranges of addresses.
    Networks,
    /// Whom to call.
    Contacts,
    /// A botnet list.
    List {
        /// Whose.
        feed: Feed,
        /// First day it covers.
        from: Date,
        /// Last day it covers.
        to: Date,
    },
}

/// The letter that becomes tasks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Name of the pack with its demands.
    pub pack: &'static str,
    /// When it is issued.
    pub issued_at: Timestamp,
    /// Code of the unit that issues it.
    pub issuer: &'static str,
}

/// One moment of the story.
#[derive(Clone, Copy, Debug)]
pub enum Happening<'a> {
    /// A file comes in.
    Receive(&'a SampleFile),
    /// The letter is issued.
    Issue(&'a Letter),
    /// Somebody does something.
    Act(&'a Act),
}

impl Province {
    /// All that happens, in the order of time. Replaying it is one loop.
    pub fn timeline(&self) -> Vec<(Timestamp, Happening<'_>)> {
        let files = self.files.iter().map(|file| (file.received_at, Happening::Receive(file)));
        let letter = (self.letter.issued_at, Happening::Issue(&self.letter));
        let acts = self.acts.iter().map(|act| (act.at(), Happening::Act(act)));
        let mut all: Vec<_> = files.chain([letter]).chain(acts).collect();
        all.sort_by_key(|&(at, _)| at);
        all
    }
}

/// The seed of the demo, its pictures and its tests.
pub const SEED: u64 = 2024;

/// The province of `seed`: the same seed gives the same bytes, always.
pub fn province(seed: u64) -> Result<Province, Error> {
    let units = units::all()?;
    let plan = networks::plan(&units);
    let systems = systems::all(seed, &units);
    let hosts = hosts::all(seed, &units, &systems, &plan);
    let infections = infections::all(seed, &units, &plan);
    let stories = stories::all(&plan);

    let mut files = registry(seed, &units, &systems, &hosts, &plan)?;
    files.extend(lists::all(seed, &units, &plan, &infections)?);
    files.sort_by_key(|file| file.received_at);

    let scene = acts::Scene {
        units: &units,
        hosts: &hosts,
        plan: &plan,
        infections: &infections,
        stories: &stories,
    };
    let mut acts = acts::replies(seed, &scene);
    acts.extend(acts::reports(seed, &units, &systems, &hosts));
    // What would come after the story's present has not happened yet.
    let as_of = at(date(2024, 2, 7), 9, 0);
    acts.retain(|act| act.at() <= as_of);
    acts.sort_by_key(Act::at);

    Ok(Province {
        as_of,
        files,
        letter: Letter {
            pack: "vn-dt-2024-01",
            issued_at: at(date(2024, 1, 15), 9, 0),
            issuer: units::LEAD,
        },
        acts,
        stories,
        networks_csv: networks::plain_sheet(&plan.holdings, &units).csv(
            "networks.csv",
            b',',
            Encoding::Utf8,
        )?,
    })
}

/// What the register is filled from on the first day, and one list of machines
/// that comes again in January.
fn registry(
    seed: u64,
    units: &[Unit],
    systems: &[systems::System],
    hosts: &[Host],
    plan: &networks::Plan,
) -> Result<Vec<SampleFile>, Error> {
    let of = |kind: Kind| {
        let offices = hosts.iter().filter(move |host| host.kind == kind);
        hosts::sheet(offices.filter(|host| host.unit != CENTRE))
    };
    let centre = hosts::sheet(hosts.iter().filter(|host| host.unit == CENTRE));
    let again = hosts::again(seed, hosts);
    let contacts = contacts::all(seed, units);
    let csv = |name: &'static str, sheet: crate::sheet::Sheet, delimiter, encoding| {
        sheet.csv(name, delimiter, encoding).map(|bytes| (name, bytes))
    };
    let xlsx = |name: &'static str, sheet: crate::sheet::Sheet| {
        sheet.xlsx(name).map(|bytes| (name, bytes))
    };
    let (bom, utf16, old) = (Encoding::Utf8WithBom, Encoding::Utf16, Encoding::Windows1258);
    let made = [
        (Step::Units, 8, csv("units.csv", units::sheet(units), b',', bom)?),
        (Step::Systems, 9, xlsx("systems.xlsx", systems::sheet(systems))?),
        (Step::Networks, 10, xlsx("networks.xlsx", networks::sheet(&plan.holdings))?),
        (Step::Hosts, 11, csv("hosts-so-nganh.csv", of(Kind::Department), b',', bom)?),
        (Step::Hosts, 12, csv("hosts-huyen.csv", of(Kind::District), b'\t', utf16)?),
        (Step::Hosts, 13, csv("hosts-xa.csv", of(Kind::Commune), b';', old)?),
        (Step::Hosts, 14, csv("hosts-don-vi.csv", of(Kind::Service), b',', Encoding::Utf8)?),
        (Step::Hosts, 15, csv("hosts-ttcds.csv", centre, b',', bom)?),
        (Step::Contacts, 16, csv("contacts.csv", contacts::sheet(&contacts), b',', bom)?),
    ];
    let again = csv("hosts-so-nganh-2024-01.csv", hosts::sheet(&again), b',', bom)?;
    let file = |step, received_at, (name, bytes): (&str, Vec<u8>)| SampleFile {
        name: name.to_owned(),
        bytes,
        step,
        received_at,
    };
    let first_day = |(step, hour, written)| file(step, at(date(2023, 10, 2), hour, 0), written);
    let mut files: Vec<SampleFile> = made.into_iter().map(first_day).collect();
    files.push(file(Step::Hosts, at(date(2024, 1, 16), 8, 30), again));
    Ok(files)
}
