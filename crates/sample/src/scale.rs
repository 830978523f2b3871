//! The same shapes at the size of a benchmark, row by row into any writer, so
//! that a million rows need no memory.
//!
//! Public addresses come from 198.18.0.0/15, which RFC 2544 keeps for
//! benchmarks: the documentation ranges are too small for thousands of ranges.

use std::{io::Write, net::Ipv4Addr};

use jiff::{
    ToSpan,
    civil::{Date, date},
};

use crate::{
    Error,
    calendar::{MONTHS, any_time, written},
    dice::Dice,
    hosts,
    infections::FAMILIES,
    lists::{Call, SINKHOLE_HEADER},
    networks, systems, units,
};

/// A province of any size. Each file is written by itself, and always the same.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    seed: u64,
    units: u32,
    hosts: u32,
    sightings: u32,
    ranges: u32,
}

/// Addresses in the benchmark block.
const ADDRESSES: u32 = 1 << 17;
/// First address of the benchmark block.
const FIRST: u32 = u32::from_be_bytes([198, 18, 0, 0]);
/// Last day before the second owner of a range that changed hands.
const EVE: Date = date(2023, 11, 14);

/// A province of `units` units, `hosts` machines, `sightings` rows in its lists
/// and `ranges` dated public ranges.
///
/// Ranges become smaller as they become more, down to single addresses at
/// 131,072. Every tenth changes its owner in mid-November 2023.
pub fn scale(seed: u64, units: u32, hosts: u32, sightings: u32, ranges: u32) -> Scale {
    let (units, ranges) = (units.max(1), ranges.clamp(1, ADDRESSES));
    Scale { seed, units, hosts, sightings, ranges }
}

impl Scale {
    /// `units.csv`: one root, and all others beneath it.
    pub fn units(&self, out: impl Write) -> Result<(), Error> {
        let unit = |n| {
            let parent = if n == 0 { String::new() } else { code(0) };
            let (name, since) = (format!("Đơn vị Mẫu {n:04}"), "01/01/2020".to_owned());
            let kind = if n == 0 { "UBND tỉnh" } else { "Sở, ban, ngành" }.to_owned();
            let none = String::new;
            [code(n), name, parent, kind, since, none(), none(), none(), none()]
        };
        write("units.csv", out, units::HEADER, (0..self.units).map(unit))
    }

    /// `systems.csv`: two for each unit.
    pub fn systems(&self, out: impl Write) -> Result<(), Error> {
        let dice = &mut Dice::new(self.seed, "scale systems");
        let system = |n: u32| {
            let owner = code(n / 2);
            let (dossier, measures) = dice.pick(&[
                ("Đã được phê duyệt", "Đã triển khai đầy đủ"),
                ("Đã thẩm định", "Đã triển khai một số hạng mục"),
                ("Đang dự thảo", "Chưa triển khai"),
            ]);
            let level = dice.between(1, 3).to_string();
            let name = format!("Hệ thống Mẫu {n:05}");
            let none = String::new;
            let (dossier, measures) = (dossier.to_owned(), measures.to_owned());
            [system_code(n), name, owner.clone(), owner, level, dossier, none(), none(), measures]
        };
        write("systems.csv", out, systems::HEADER, (0..self.units * 2).map(system))
    }

    /// `hosts.csv`: machines dealt to the units in turn, in 10.0.0.0/8.
    pub fn hosts(&self, out: impl Write) -> Result<(), Error> {
        let dice = &mut Dice::new(self.seed, "scale hosts");
        let host = |n: u32| {
            let owner = n % self.units;
            let [_, b, c, d] = n.to_be_bytes();
            let (class, os) = dice.pick(&[
                ("Máy trạm", "Windows 10 Pro 22H2"),
                ("Máy trạm", "Windows 11 Pro 23H2"),
                ("Máy trạm", "Windows 7 Professional SP1"),
                ("Máy chủ", "Windows Server 2019"),
                ("Thiết bị mạng", "RouterOS 6.49"),
            ]);
            [
                format!("{}-M{n:06}", code(owner)),
                code(owner),
                system_code(owner * 2 + n / self.units % 2),
                class.to_owned(),
                Ipv4Addr::new(10, b, c, d).to_string(),
                format!("02:00:5E:{b:02X}:{c:02X}:{d:02X}"),
                os.to_owned(),
                "Văn phòng".to_owned(),
                written(date(2024, 1, 1) + i64::from(dice.below(28)).days()),
                "Kiểm kê thủ công".to_owned(),
            ]
        };
        write("hosts.csv", out, hosts::HEADER, (0..self.hosts).map(host))
    }

    /// `networks.csv` for the server's import.
    pub fn networks(&self, out: impl Write) -> Result<(), Error> {
        let rows = self.holdings().map(|(unit, range, from, to)| {
            let to = to.map(written).unwrap_or_default();
            let (kind, provider) = ("Công cộng".to_owned(), "Nhà mạng Mẫu 1".to_owned());
            let none = String::new;
            [range, code(unit), written(from), to, kind, none(), provider, none()]
        });
        write("networks.csv", out, networks::HEADER, rows)
    }

    /// The same ranges in the columns of `thapcanh botnet --networks`.
    pub fn plain_networks(&self, out: impl Write) -> Result<(), Error> {
        let rows = self.holdings().map(|(unit, range, from, to)| {
            let to = to.map(|day| day.to_string()).unwrap_or_default();
            let name = format!("Đơn vị Mẫu {unit:04}");
            [code(unit), name, range, from.to_string(), to, "public".to_owned()]
        });
        write("networks.csv", out, networks::PLAIN_HEADER, rows)
    }

    /// A Shadowserver `event4_sinkhole` list with every sighting, over four
    /// months; at least nineteen rows in twenty have an owner.
    pub fn sinkhole(&self, out: impl Write) -> Result<(), Error> {
        let dice = &mut Dice::new(self.seed, "scale sightings");
        let rows = (0..self.sightings).map(|n| self.sighting(dice, n));
        write("event4_sinkhole.csv", out, &SINKHOLE_HEADER, rows)
    }

    /// Unit, range, first and last day of every holding.
    fn holdings(&self) -> impl Iterator<Item = (u32, String, Date, Option<Date>)> {
        let bits = self.size().trailing_zeros();
        let first = date(2021, 1, 1);
        (0..self.ranges).flat_map(move |n| {
            let range = format!("{}/{}", Ipv4Addr::from(FIRST + n * self.size()), 32 - bits);
            let owner = n % self.units;
            let moves = n % 10 == 9;
            let next = (owner + 1) % self.units;
            let before = (owner, range.clone(), first, moves.then_some(EVE));
            let after = moves.then(|| (next, range, EVE + 1.day(), None));
            std::iter::once(before).chain(after)
        })
    }

    /// Addresses in one range: the largest power of two with which all fit.
    fn size(&self) -> u32 {
        1 << (ADDRESSES / self.ranges).ilog2()
    }

    fn sighting(&self, dice: &mut Dice, n: u32) -> [String; SINKHOLE_HEADER.len()] {
        let held = self.ranges * self.size();
        // One in twenty from anywhere in the block, held or not.
        let bound = if dice.chance(95) { held } else { ADDRESSES };
        let offset = dice.below(bound);
        let family = dice.pick(&FAMILIES);
        let first = dice.pick(&MONTHS);
        let day = first + i64::from(dice.between(1, 27)).days();
        let call = Call {
            at: any_time(dice, day),
            source: Ipv4Addr::from(FIRST + offset).into(),
            source_port: dice.client_port(),
            sinkhole: format!("198.51.100.{}", dice.between(200, 209)),
            family,
            event: n.to_string(),
        };
        call.row()
    }
}

fn code(unit: u32) -> String {
    format!("DV{unit:04}")
}

fn system_code(number: u32) -> String {
    format!("HT{number:05}")
}

fn write<const N: usize>(
    file: &str,
    out: impl Write,
    header: &[&str],
    rows: impl Iterator<Item = [String; N]>,
) -> Result<(), Error> {
    let all = || -> csv::Result<()> {
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(header)?;
        for row in rows {
            writer.write_record(row)?;
        }
        Ok(writer.flush()?)
    };
    all().map_err(|cause| Error::new(file, cause))
}
