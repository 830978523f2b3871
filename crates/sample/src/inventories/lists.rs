//! Lists of updates alone: `Get-HotFix` of one machine, `wmic qfe` of many.

use std::fmt::Write;

use super::{
    Said,
    forms::Written,
    machine::{Machine, Windows},
};
use crate::encode::{Encoding, encode};

/// `Get-HotFix` in PowerShell's table.
pub(super) fn of_one(machine: &Machine, windows: &Windows) -> String {
    let mut text = String::from(
        "\r\nSource        Description      HotFixID      InstalledBy          InstalledOn\r\n\
         ------        -----------      --------      -----------          -----------\r\n",
    );
    let day = machine.collected.strftime("%-m/%-d/%Y");
    for kb in &windows.hotfixes {
        let id = format!("KB{kb}");
        let name = &machine.name;
        let _ = write!(
            text,
            "{name:13} Security Update  {id:13} NT AUTHORITY\\SYSTEM  {day} 12:00:00 AM\r\n"
        );
    }
    text
}

/// `wmic /node:@machines qfe list /format:csv`, which writes UTF-16 and knows
/// no system: it is for the register to say what runs there.
pub(super) fn of_all(machines: &[Machine]) -> Written {
    let mut text =
        String::from("\r\nNode,Caption,Description,HotFixID,InstalledBy,InstalledOn\r\n");
    let mut said = Vec::new();
    for machine in machines {
        let Some(windows) = machine.windows.as_ref().filter(|w| !w.hotfixes.is_empty()) else {
            continue;
        };
        let day = machine.collected.strftime("%-m/%-d/%Y");
        for kb in &windows.hotfixes {
            let _ = write!(
                text,
                "{},http://support.microsoft.com/?kbid={kb},Security Update,KB{kb},NT AUTHORITY\\SYSTEM,{day}\r\n",
                machine.name
            );
        }
        said.push(Said {
            name: machine.name.clone(),
            hotfixes: Some(windows.hotfixes.clone()),
            ..Said::default()
        });
    }
    Written { extension: "csv", bytes: encode(&text, Encoding::Utf16), said, strays: 0 }
}
