//! The sheet that a clerk keeps: a machine a row, some cells left empty, some
//! with words where a number should stand.

use jiff::civil::Date;

use super::{
    Said,
    forms::Written,
    machine::{Machine, Windows},
};
use crate::{
    Error, calendar,
    dice::Dice,
    encode::Encoding,
    sheet::{self, Cell, row},
    units::Unit,
};

const HEADER: &[&str] = &["Tên máy", "Hệ điều hành", "Bản dựng", "Bản vá đã cài", "Ngày thu thập"];

/// A sheet, and what it says.
pub(super) struct Sheet {
    kept: sheet::Sheet,
    said: Vec<Said>,
    strays: usize,
}

/// The machines of a unit as its clerk lists them, the last row without a name.
pub(super) fn sheet(dice: &mut Dice, machines: &[Machine]) -> Sheet {
    let listed: Vec<Said> = machines.iter().map(|machine| said(dice, machine)).collect();
    let mut rows: Vec<Vec<Cell>> = listed.iter().map(|one| cells(dice, one)).collect();
    rows.push(row!["", "Windows 10", "", "", ""]);
    let kept = sheet::Sheet { header: HEADER, rows, ..sheet::Sheet::default() };
    Sheet { kept, said: listed, strays: 1 }
}

impl Sheet {
    pub(super) fn csv(self, delimiter: u8, encoding: Encoding) -> Result<Written, Error> {
        let bytes = self.kept.csv("inventory.csv", delimiter, encoding)?;
        Ok(Written { extension: "csv", bytes, said: self.said, strays: self.strays })
    }

    pub(super) fn workbook(mut self, unit: &Unit, sent: Date) -> Result<Written, Error> {
        self.kept.title = vec![
            format!("DANH SÁCH MÁY TÍNH CỦA {}", unit.code),
            format!("(Kèm theo báo cáo ngày {})", calendar::written(sent)),
        ];
        let bytes = self.kept.xlsx("inventory.xlsx")?;
        Ok(Written { extension: "xlsx", bytes, said: self.said, strays: self.strays })
    }
}

fn said(dice: &mut Dice, machine: &Machine) -> Said {
    let mut said = Said {
        name: machine.name.clone(),
        system: machine.system.to_owned(),
        collected: (!dice.chance(8)).then_some(machine.collected),
        ..Said::default()
    };
    let Some(windows) = &machine.windows else { return said };
    said.build = Some(windows.release.build);
    match dice.below(100) {
        // Nobody looked: the cells stay empty.
        0..15 => {}
        // As `winver` shows it.
        15..60 => said.revision = windows.revision,
        _ => said.hotfixes = last_update(windows),
    }
    match dice.below(100) {
        // The registry of Windows 11 still calls itself 10.
        0..20 if windows.release.build >= 22_000 => "Windows 10 Pro".clone_into(&mut said.system),
        // A word that could be anything.
        20..24 => {
            "Win".clone_into(&mut said.system);
            said.build = None;
            said.revision = None;
        }
        _ => {}
    }
    said
}

/// Clerks copy the newest update alone, which for an old system is not enough.
fn last_update(windows: &Windows) -> Option<Vec<u32>> {
    windows.hotfixes.last().map(|kb| vec![*kb])
}

fn cells(dice: &mut Dice, said: &Said) -> Vec<Cell> {
    let build = match (said.build, said.revision) {
        (Some(build), Some(revision)) => format!("{build}.{revision}"),
        (Some(build), None) => build.to_string(),
        _ => String::new(),
    };
    let hotfixes = match &said.hotfixes {
        Some(kbs) => kbs.iter().map(|kb| format!("KB{kb}")).collect::<Vec<_>>().join(", "),
        // A word is no list.
        None if dice.chance(30) => "đã cập nhật đầy đủ".to_owned(),
        None => String::new(),
    };
    row![said.name.as_str(), said.system.as_str(), build, hotfixes, said.collected]
}
