//! What units say of their machines when the letter asks: text of
//! `systeminfo` in three languages and four encodings, lists of updates,
//! osquery's log, sheets that clerks keep, package lists of Linux servers.
//!
//! The builds and KB numbers are real and come from outside ([`Update`]);
//! which machine stands where is invented. Units differ: one is up to date,
//! one has slept since spring, one sends a photograph among its files, and
//! some send nothing. A part of them sends again after having updated.

mod forms;
mod lists;
mod machine;
mod osquery;
mod packages;
mod systeminfo;
mod table;

use jiff::{
    Timestamp, ToSpan,
    civil::{Date, date},
};

use crate::{
    Error,
    calendar::{day_within, office_hours, working_day},
    dice::Dice,
    hosts::{self, Host},
    networks, systems,
    units::{self, Unit},
};
use forms::Form;
use machine::{Diligence, Levels, Machine};

/// One update of one build of Windows, as the vendor published it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// The build, 19045.
    pub build: u32,
    /// Year and month of the bulletin.
    pub month: (i16, i8),
    /// KB number.
    pub kb: u32,
    /// The revision it brings, where that is known.
    pub revision: Option<u32>,
    /// Whether it holds the months before it. What is for one month alone, as
    /// old servers have it, does not.
    pub cumulative: bool,
    /// KB numbers that it replaces.
    pub replaces: Vec<u32>,
}

/// What one unit hands in, and what it means by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inventory {
    /// Code of the unit.
    pub unit: &'static str,
    /// Name of the file.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// When it came in.
    pub received_at: Timestamp,
    /// What it says of each machine, for whoever checks a reader.
    pub said: Vec<Said>,
    /// Files and rows in it that say nothing of any machine.
    pub strays: usize,
}

/// What a file says of a machine, and no more than it says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// The machine's name.
    pub name: String,
    /// Its system as the file words it.
    pub system: String,
    /// Its build.
    pub build: Option<u32>,
    /// Its revision.
    pub revision: Option<u32>,
    /// The updates listed, ascending; `None` where there is no list.
    pub hotfixes: Option<Vec<u32>>,
    /// The list is cut.
    pub is_cut: bool,
    /// The day it was collected, where the file says so.
    pub collected: Option<Date>,
    /// Programs or packages listed.
    pub programs: usize,
}

/// The day after which answers come.
const ASKED: Date = date(2024, 1, 16);
/// The day on which some answer again.
const AGAIN: Date = date(2024, 2, 5);

/// Every inventory of the province of `seed`, in the order of their coming.
/// `updates` are the months that machines may stand at.
pub fn inventories(seed: u64, updates: &[Update]) -> Result<Vec<Inventory>, Error> {
    let units = units::all()?;
    let plan = networks::plan(&units);
    let systems = systems::all(seed, &units);
    let hosts = hosts::all(seed, &units, &systems, &plan);
    let levels = Levels::new(updates);
    let mut all = Vec::new();
    for (nth, unit) in units.iter().filter(|unit| unit.works()).enumerate() {
        let own: Vec<&Host> = hosts.iter().filter(|host| host.unit == unit.code).collect();
        all.extend(of_unit(seed, nth, unit, &own, &levels)?);
    }
    all.sort_by_key(|inventory| inventory.received_at);
    Ok(all)
}

/// What one unit sends: nothing, one file, or one and another when it has updated.
fn of_unit(
    seed: u64,
    nth: usize,
    unit: &Unit,
    hosts: &[&Host],
    levels: &Levels<'_>,
) -> Result<Vec<Inventory>, Error> {
    let Some(form) = Form::of(unit, nth) else { return Ok(Vec::new()) };
    let dice = &mut Dice::new(seed, &format!("inventory {}", unit.code));
    let diligence = Diligence::of(nth);
    let sent = working_day(day_within(dice, ASKED, 14));
    let mut machines: Vec<Machine> =
        hosts.iter().filter_map(|host| Machine::of(dice, host, sent, diligence, levels)).collect();
    let mut all = vec![inventory(dice, unit, form, &machines, sent)?];
    if nth.is_multiple_of(3) {
        for machine in &mut machines {
            machine.update(dice, AGAIN, levels);
        }
        all.push(inventory(dice, unit, form, &machines, AGAIN + 1.day())?);
    }
    Ok(all)
}

fn inventory(
    dice: &mut Dice,
    unit: &Unit,
    form: Form,
    machines: &[Machine],
    sent: Date,
) -> Result<Inventory, Error> {
    let written = form.write(dice, unit, machines, sent)?;
    Ok(Inventory {
        unit: unit.code,
        name: format!("{}-kiem-ke-{}.{}", unit.code, sent.strftime("%Y-%m"), written.extension),
        bytes: written.bytes,
        received_at: office_hours(dice, sent),
        said: written.said,
        strays: written.strays,
    })
}
