//! Who was infected with what, when, and which feed saw it: the truth that the
//! monthly lists are written from, and that the demo has to find out again.

use std::{collections::BTreeSet, net::IpAddr};

use jiff::{
    ToSpan,
    civil::{Date, date},
};

use crate::{
    Feed,
    calendar::{MONTHS, day_within},
    dice::Dice,
    networks::Plan,
    stories,
    units::Unit,
};

/// A malware family as lists name it, and where it calls home.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Family {
    pub(crate) name: &'static str,
    /// Shadowserver's `infection`, where it differs from the family.
    pub(crate) infection: &'static str,
    pub(crate) port: u16,
    pub(crate) over_http: bool,
}

/// Well-known names, as facts. Families over HTTP first.
pub(crate) const FAMILIES: [Family; 12] = [
    family("avalanche-andromeda", "andromeda", 80, true),
    family("ranbyus", "ranbyus", 80, true),
    family("nymaim", "nymaim", 80, true),
    family("tinba", "tinba", 80, true),
    family("pykspa", "pykspa", 80, true),
    family("qsnatch", "qsnatch", 443, true),
    family("mirai", "mirai", 23, false),
    family("necurs", "necurs", 8080, false),
    family("gamut", "gamut", 25, false),
    family("conficker", "conficker", 445, false),
    family("virut", "virut", 65520, false),
    family("sality", "sality", 9674, false),
];

const fn family(name: &'static str, infection: &'static str, port: u16, over_http: bool) -> Family {
    Family { name, infection, port, over_http }
}

/// The family of this name; the first of the table if there is none.
pub(crate) fn family_named(name: &str) -> Family {
    FAMILIES.iter().find(|family| family.name == name).copied().unwrap_or(FAMILIES[0])
}

/// One machine's calls home as one feed saw them.
#[derive(Clone, Debug)]
pub(crate) struct Infection {
    pub(crate) feed: Feed,
    pub(crate) address: IpAddr,
    pub(crate) family: Family,
    /// Days on which it was seen, in order; a day may stand twice.
    pub(crate) days: Vec<Date>,
    /// Whether a story tells of it, so that chance leaves it alone.
    pub(crate) told: bool,
}

impl Infection {
    /// Whether the feed saw it in the month that begins on `first`.
    pub(crate) fn seen_in(&self, first: Date) -> bool {
        self.days.iter().any(|day| day.first_of_month() == first)
    }

    /// Whether any day lies after the month that begins on `first`.
    pub(crate) fn seen_after(&self, first: Date) -> bool {
        self.days.iter().any(|day| day.first_of_month() > first)
    }
}

/// In which of the four months an infection is active. None comes back after
/// a pause: only the story of the returned one does that.
const COURSES: [[bool; 4]; 14] = {
    const O: bool = false;
    const X: bool = true;
    [
        [X, X, X, X],
        [X, X, X, X],
        [X, O, O, O],
        [X, O, O, O],
        [X, O, O, O],
        [X, X, O, O],
        [X, X, O, O],
        [X, X, X, O],
        [O, X, O, O],
        [O, X, X, O],
        [O, X, X, X],
        [O, O, X, O],
        [O, O, X, X],
        [O, O, O, X],
    ]
};

/// The stories, and around them what chance brings to two units in three.
pub(crate) fn all(seed: u64, units: &[Unit], plan: &Plan) -> Vec<Infection> {
    let dice = &mut Dice::new(seed, "infections");
    let mut all = stories::infections(plan);
    let mut taken: BTreeSet<(IpAddr, &str)> =
        all.iter().map(|one| (one.address, one.family.name)).collect();
    for unit in units.iter().filter(|unit| unit.works()) {
        if !dice.chance(66) {
            continue;
        }
        for _ in 0..dice.between(2, 6) {
            let Some(one) = by_chance(dice, unit, plan) else { continue };
            if taken.insert((one.address, one.family.name)) {
                all.push(one);
            }
        }
    }
    all
}

fn by_chance(dice: &mut Dice, unit: &Unit, plan: &Plan) -> Option<Infection> {
    let place = plan.place(unit.code)?;
    // Most machines share the gateway's address; a few have their own.
    let nth = if dice.chance(70) { 0 } else { u8::try_from(dice.below(6)).ok()? };
    let feed = dice.pick(&Feed::ALL);
    let families = if feed == Feed::SinkholeHttp { &FAMILIES[..6] } else { &FAMILIES[..] };
    let family = dice.pick(families);
    let days = course(dice);
    Some(Infection { feed, address: place.public(nth).into(), family, days, told: false })
}

fn course(dice: &mut Dice) -> Vec<Date> {
    let active = dice.pick(&COURSES);
    let mut days = Vec::new();
    for (first, active) in MONTHS.into_iter().zip(active) {
        let rows = if active { dice.between(2, 8) } else { 0 };
        // From the 2nd to the 28th, so that UTC has them in the same month.
        days.extend((0..rows).map(|_| day_within(dice, first + 1.day(), 27)));
    }
    days.sort_unstable();
    days
}

/// For the stories: days written as month and day, from October on.
pub(crate) fn days(list: &[(i8, i8)]) -> Vec<Date> {
    let year = |month| if month < 6 { 2024 } else { 2023 };
    list.iter().map(|&(month, day)| date(year(month), month, day)).collect()
}
