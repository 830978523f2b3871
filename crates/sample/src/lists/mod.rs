//! The monthly lists: what each feed saw, written the way that feed writes.
//!
//! *To add a feed:* a variant of [`Feed`], a file beside this one that turns
//! [`Hit`]s into bytes, and a line in [`month`].

mod ncsc;
mod shadowserver;
mod stttt;

use std::net::IpAddr;

use jiff::{
    Timestamp, ToSpan,
    civil::{Date, DateTime},
};

use crate::{
    Error, SampleFile, Step,
    calendar::{MONTHS, any_time, at},
    dice::Dice,
    infections::{Family, Infection},
    networks::Plan,
    units::Unit,
};

pub(crate) use shadowserver::{Call, SINKHOLE_HEADER};

/// A source of lists. Shadowserver's two reports are two feeds: the silence of
/// one says nothing about the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feed {
    /// The province's own monthly letter: a workbook.
    Stttt,
    /// The national centre: CSV with defanged addresses and duplicates.
    Ncsc,
    /// Shadowserver `event4_sinkhole`.
    Sinkhole,
    /// Shadowserver `event4_sinkhole_http`.
    SinkholeHttp,
}

impl Feed {
    /// Every feed.
    pub const ALL: [Self; 4] = [Self::Stttt, Self::Ncsc, Self::Sinkhole, Self::SinkholeHttp];

    /// Name under which its lists are counted.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stttt => "stttt",
            Self::Ncsc => "ncsc",
            Self::Sinkhole => "shadowserver-event4_sinkhole",
            Self::SinkholeHttp => "shadowserver-event4_sinkhole_http",
        }
    }

    /// The zone its times are in, which no file of it says.
    pub fn zone(self) -> &'static str {
        match self {
            Self::Stttt | Self::Ncsc => "Asia/Ho_Chi_Minh",
            Self::Sinkhole | Self::SinkholeHttp => "UTC",
        }
    }

    /// When its list of the month that begins on `first` came in.
    pub(crate) fn received(self, first: Date) -> Timestamp {
        let next = first.last_of_month() + 1.day();
        match self {
            Self::Stttt => at(next + 2.days(), 14, 5),
            Self::Ncsc => at(next + 1.day(), 9, 20),
            Self::Sinkhole => at(next, 7, 10),
            Self::SinkholeHttp => at(next, 7, 12),
        }
    }

    /// Whether its list of that month came at all: the national centre's list
    /// of December did not.
    pub(crate) fn arrived(self, first: Date) -> bool {
        (self, first) != (Self::Ncsc, MONTHS[2])
    }

    /// Name of its file for the month that begins on `first`.
    pub(crate) fn file(self, first: Date) -> String {
        let last = first.last_of_month();
        match self {
            Self::Stttt => {
                format!("danh-sach-ip-botnet-thang-{}.xlsx", first.strftime("%m-%Y"))
            }
            Self::Ncsc => format!("ncsc-botnet-{}.csv", first.strftime("%Y-%m")),
            Self::Sinkhole => format!("{last}-event4_sinkhole.csv"),
            Self::SinkholeHttp => format!("{last}-event4_sinkhole_http.csv"),
        }
    }
}

/// One row of a list before it is written.
pub(crate) struct Hit {
    /// As clocks in Vietnam showed it.
    at: DateTime,
    address: IpAddr,
    family: Family,
    source_port: u16,
    count: u32,
    /// Which of a family's command servers was called.
    server: u8,
    /// Whom the list takes for the owner: its maker may know only old papers.
    supposed: Option<&'static str>,
}

impl Hit {
    /// The command server's name.
    fn server_name(&self) -> String {
        format!("c2-{}.{}.example", self.server, self.family.infection)
    }

    /// The command server's, or the sinkhole's, address: in the block that
    /// stands for the outside world.
    fn server_address(&self) -> String {
        format!("198.51.100.{}", 200 + u16::from(self.server))
    }
}

/// All lists of all months that came in, in the order of their coming.
pub(crate) fn all(
    seed: u64,
    units: &[Unit],
    plan: &Plan,
    infections: &[Infection],
) -> Result<Vec<SampleFile>, Error> {
    let mut files = Vec::new();
    for first in MONTHS {
        for feed in Feed::ALL.into_iter().filter(|feed| feed.arrived(first)) {
            let dice = &mut Dice::new(seed, &feed.file(first));
            let own = infections.iter().filter(|one| one.feed == feed);
            let hits = hits(dice, own, first, plan, units);
            let bytes = month(dice, feed, first, &hits)?;
            let step = Step::List { feed, from: first, to: first.last_of_month() };
            files.push(SampleFile {
                name: feed.file(first),
                bytes,
                step,
                received_at: feed.received(first),
            });
        }
    }
    files.sort_by_key(|file| file.received_at);
    Ok(files)
}

fn month(dice: &mut Dice, feed: Feed, first: Date, hits: &[Hit]) -> Result<Vec<u8>, Error> {
    let file = feed.file(first);
    match feed {
        Feed::Stttt => stttt::sheet(first, hits).xlsx(&file),
        Feed::Ncsc => ncsc::bytes(dice, &file, hits),
        Feed::Sinkhole => shadowserver::sinkhole(&file, hits),
        Feed::SinkholeHttp => shadowserver::sinkhole_http(&file, hits),
    }
}

fn hits<'a>(
    dice: &mut Dice,
    infections: impl Iterator<Item = &'a Infection>,
    first: Date,
    plan: &Plan,
    units: &[Unit],
) -> Vec<Hit> {
    let mut hits = Vec::new();
    for infection in infections {
        let server = u8::try_from(dice.between(1, 9)).unwrap_or(1);
        for &day in infection.days.iter().filter(|day| day.first_of_month() == first) {
            // The maker of the list knows who held the address at the month's beginning.
            let owner = plan.owners(infection.address, first).first().copied();
            let known = units.iter().find(|unit| Some(unit.code) == owner);
            hits.push(Hit {
                at: any_time(dice, day),
                address: infection.address,
                family: infection.family,
                source_port: dice.client_port(),
                count: dice.between(1, 240),
                server,
                supposed: known.map(|unit| unit.name),
            });
        }
    }
    hits.sort_by_key(|hit| (hit.at, hit.address));
    hits
}
