//! One machine at one moment: its system, and the updates it has.

use std::collections::BTreeMap;

use jiff::{
    ToSpan,
    civil::{Date, date},
};

use super::Update;
use crate::{calendar::day_within, dice::Dice, hosts::Host};

/// How well a unit looks after its machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Diligence {
    Good,
    Middling,
    Poor,
}

impl Diligence {
    pub(super) fn of(nth: usize) -> Self {
        match nth % 5 {
            0 | 3 => Self::Good,
            1 | 2 => Self::Middling,
            _ => Self::Poor,
        }
    }

    /// Months by which a machine is behind.
    fn behind(self, dice: &mut Dice) -> u32 {
        let (current, most) = match self {
            Self::Good => (88, 2),
            Self::Middling => (55, 4),
            Self::Poor => (10, 8),
        };
        if dice.chance(current) { 0 } else { dice.between(1, most) }
    }
}

/// The vendor's updates by build and month.
pub(super) struct Levels<'u> {
    by_build: BTreeMap<u32, Vec<&'u Update>>,
    months: Vec<(i16, i8)>,
}

impl<'u> Levels<'u> {
    pub(super) fn new(updates: &'u [Update]) -> Self {
        let mut by_build: BTreeMap<u32, Vec<&Update>> = BTreeMap::new();
        for update in updates {
            by_build.entry(update.build).or_default().push(update);
        }
        for line in by_build.values_mut() {
            line.sort_by_key(|update| (update.month, update.revision, update.kb));
        }
        let mut months: Vec<(i16, i8)> = updates.iter().map(|update| update.month).collect();
        months.sort_unstable();
        months.dedup();
        Self { by_build, months }
    }

    fn of(&self, build: u32) -> &[&'u Update] {
        self.by_build.get(&build).map_or(&[], Vec::as_slice)
    }

    /// The cumulative update of a month, the last of it.
    fn cumulative(&self, build: u32, month: (i16, i8)) -> Option<&'u Update> {
        self.of(build).iter().rev().find(|u| u.cumulative && u.month == month).copied()
    }

    /// The month that lies `behind` months before the last; none before the first.
    fn month(&self, last: (i16, i8), behind: u32) -> Option<(i16, i8)> {
        let known = self.months.iter().rev().filter(|month| **month <= last);
        known.copied().nth(behind as usize)
    }
}

/// A machine as it stands.
#[derive(Clone, Debug)]
pub(super) struct Machine {
    pub(super) name: String,
    /// What the register calls its system.
    pub(super) system: &'static str,
    pub(super) windows: Option<Windows>,
    pub(super) is_server: bool,
    pub(super) collected: Date,
}

/// The Windows of a machine.
#[derive(Clone, Debug)]
pub(super) struct Windows {
    pub(super) release: &'static Release,
    pub(super) is_32_bit: bool,
    pub(super) revision: Option<u32>,
    /// Installed updates, the oldest first.
    pub(super) hotfixes: Vec<u32>,
    /// The last update waits for a restart: it is listed, and not yet there.
    pub(super) waits: bool,
    /// How it takes the months: old servers may take each by itself.
    by_month: bool,
}

/// A release of Windows that the register knows.
#[derive(Debug)]
pub(super) struct Release {
    listed: &'static str,
    pub(super) caption: &'static str,
    pub(super) version: &'static str,
    pub(super) build: u32,
    pub(super) display: &'static str,
    /// It lists every update it ever got.
    lists_all: bool,
    /// Its support ended before the months asked about.
    ended: bool,
}

const fn release(
    listed: &'static str,
    caption: &'static str,
    version: &'static str,
    build: u32,
    display: &'static str,
) -> Release {
    Release {
        listed,
        caption,
        version,
        build,
        display,
        lists_all: build < 10_000,
        ended: build < 9000,
    }
}

#[rustfmt::skip]
static RELEASES: [Release; 10] = [
    release("Windows Server 2012 R2", "Microsoft Windows Server 2012 R2 Standard", "6.3.9600", 9600, ""),
    release("Windows Server 2016", "Microsoft Windows Server 2016 Standard", "10.0.14393", 14393, "1607"),
    release("Windows Server 2019", "Microsoft Windows Server 2019 Standard", "10.0.17763", 17763, "1809"),
    release("Windows Server 2022", "Microsoft Windows Server 2022 Standard", "10.0.20348", 20348, "21H2"),
    release("Windows 7 Professional SP1", "Microsoft Windows 7 Professional", "6.1.7601", 7601, ""),
    release("Windows 10 Pro 21H2", "Microsoft Windows 10 Pro", "10.0.19044", 19044, "21H2"),
    release("Windows 10 Pro 22H2", "Microsoft Windows 10 Pro", "10.0.19045", 19045, "22H2"),
    release("Windows 11 Pro 21H2", "Microsoft Windows 11 Pro", "10.0.22000", 22000, "21H2"),
    release("Windows 11 Pro 22H2", "Microsoft Windows 11 Pro", "10.0.22621", 22621, "22H2"),
    release("Windows 11 Pro 23H2", "Microsoft Windows 11 Pro", "10.0.22631", 22631, "23H2"),
];

/// A number that no update bears yet: a machine may be ahead of all data.
const NEWER_THAN_ALL: u32 = 5_999_001;
/// The package that turned 21H2 into 22H2.
const ENABLEMENT: u32 = 5_015_684;

impl Machine {
    /// A machine as it stands shortly before its unit answers; `None` for what
    /// is no computer. A few were looked at months ago and never since.
    pub(super) fn of(
        dice: &mut Dice,
        host: &Host,
        sent: Date,
        diligence: Diligence,
        levels: &Levels<'_>,
    ) -> Option<Self> {
        if host.is_device() {
            return None;
        }
        let is_old = dice.chance(6);
        let collected = if is_old {
            day_within(dice, date(2023, 8, 15), 40)
        } else {
            sent - i64::from(dice.between(0, 3)).days()
        };
        let behind = diligence.behind(dice);
        let release = RELEASES.iter().find(|release| release.listed == host.os);
        let windows = release.map(|release| {
            let month = levels.month((collected.year(), collected.month()), behind);
            Windows::at(dice, release, month, levels)
        });
        Some(Self {
            name: host.name.clone(),
            system: host.os,
            windows,
            is_server: host.is_server(),
            collected,
        })
    }

    /// What the unit did after it was told: most machines got the last update.
    pub(super) fn update(&mut self, dice: &mut Dice, day: Date, levels: &Levels<'_>) {
        if dice.chance(25) {
            return;
        }
        self.collected = day;
        if let Some(windows) = &mut self.windows {
            let month = levels.month((day.year(), day.month()), 0);
            windows.take(dice, month, levels);
            windows.waits = false;
        }
    }
}

impl Windows {
    fn at(
        dice: &mut Dice,
        release: &'static Release,
        month: Option<(i16, i8)>,
        levels: &Levels<'_>,
    ) -> Self {
        let mut windows = Self {
            release,
            is_32_bit: release.build < 20_000
                && release.display != "1809"
                && dice.chance(4)
                && !release.caption.contains("Server"),
            revision: None,
            hotfixes: older(dice, release),
            waits: false,
            by_month: release.lists_all && dice.chance(40),
        };
        windows.take(dice, month, levels);
        windows.waits = windows.revision.is_some() && dice.chance(5);
        if dice.chance(2) {
            windows.hotfixes.retain(|kb| !levels.of(release.build).iter().any(|u| u.kb == *kb));
            windows.hotfixes.push(NEWER_THAN_ALL);
            windows.revision = None;
        }
        windows
    }

    /// Brings it to a month: before the first, to what the first replaced.
    fn take(&mut self, dice: &mut Dice, month: Option<(i16, i8)>, levels: &Levels<'_>) {
        let build = self.release.build;
        if self.release.ended {
            return;
        }
        let line = levels.of(build);
        if self.release.lists_all {
            let months = line.iter().filter(|u| month.is_some_and(|month| u.month <= month));
            let wanted = months.filter(|u| u.cumulative != self.by_month);
            self.hotfixes.extend(wanted.map(|u| u.kb));
        } else if let Some(update) = month.and_then(|month| levels.cumulative(build, month)) {
            self.hotfixes.retain(|kb| !line.iter().any(|u| u.kb == *kb || u.replaces.contains(kb)));
            self.hotfixes.push(update.kb);
            self.revision = update.revision;
        } else if let Some(first) = line.iter().find(|u| u.cumulative) {
            self.hotfixes.extend(first.replaces.first());
            self.revision = first.revision.map(|r| r.saturating_sub(dice.between(100, 300)));
        }
        self.hotfixes.sort_unstable();
        self.hotfixes.dedup();
    }
}

/// Updates from before the months asked about; an old system has hundreds.
fn older(dice: &mut Dice, release: &Release) -> Vec<u32> {
    let mut kbs = Vec::new();
    if release.lists_all {
        let many = if dice.chance(30) { dice.between(205, 240) } else { dice.between(40, 180) };
        kbs.extend((0..many).map(|_| dice.between(2_800_000, 3_199_999)));
        kbs.sort_unstable();
        kbs.dedup();
    }
    if release.display == "22H2" && release.build == 19045 {
        kbs.push(ENABLEMENT);
    }
    kbs
}
