//! osquery's log of results: a line of JSON a row. It collects the revision,
//! the programs and the time, which most other ways leave out.

use serde_json::{Value, json};

use super::{
    Said,
    forms::Written,
    machine::{Machine, Windows},
    packages,
};
use crate::{calendar, dice::Dice};

/// The log of all machines of a unit.
pub(super) fn log(dice: &mut Dice, machines: &[Machine]) -> Written {
    let mut text = String::new();
    let mut said = Vec::new();
    for machine in machines {
        let (rows, says) = match &machine.windows {
            Some(windows) => of_windows(dice, machine, windows),
            None => of_linux(dice, machine),
        };
        for row in rows {
            text += &row.to_string();
            text.push('\n');
        }
        said.push(says);
    }
    Written { extension: "log", bytes: text.into_bytes(), said, strays: 0 }
}

fn row(machine: &Machine, query: &str, columns: &Value) -> Value {
    let at = calendar::at(machine.collected, 10, 0);
    json!({
        "name": query,
        "hostIdentifier": machine.name,
        "unixTime": at.as_second(),
        "columns": columns,
        "action": "added",
    })
}

fn of_windows(dice: &mut Dice, machine: &Machine, windows: &Windows) -> (Vec<Value>, Said) {
    let release = windows.release;
    let architecture = if windows.is_32_bit { "32-bit" } else { "64-bit" };
    let mut rows = vec![row(
        machine,
        "os_version",
        &json!({
            "name": release.caption, "platform": "windows", "version": release.version,
            "build": release.build.to_string(), "arch": architecture,
        }),
    )];
    // What waits for a restart is listed and not yet running.
    let revision = windows.revision.map(|r| if windows.waits { r.saturating_sub(100) } else { r });
    if let Some(revision) = revision {
        let columns = json!({"name": "UBR", "data": revision.to_string(), "type": "REG_DWORD"});
        rows.push(row(machine, "ubr", &columns));
    }
    for kb in &windows.hotfixes {
        let columns = json!({"hotfix_id": format!("KB{kb}"), "csname": machine.name});
        rows.push(row(machine, "patches", &columns));
    }
    let programs = programs(dice, machine);
    for (name, version) in &programs {
        let columns =
            json!({"name": name, "version": version, "publisher": "Microsoft Corporation"});
        rows.push(row(machine, "programs", &columns));
    }
    let said = Said {
        name: machine.name.clone(),
        system: release.caption.to_owned(),
        build: Some(release.build),
        revision,
        hotfixes: (!windows.hotfixes.is_empty()).then(|| windows.hotfixes.clone()),
        collected: Some(machine.collected),
        programs: programs.len(),
        ..Said::default()
    };
    (rows, said)
}

/// Programs with the versions of before and after their fixes of 2023.
fn programs(dice: &mut Dice, machine: &Machine) -> Vec<(&'static str, &'static str)> {
    let edge = dice.pick(&["119.0.2151.97", "119.0.2151.97", "116.0.1938.54"]);
    let mut found = vec![("Microsoft Edge", edge)];
    if machine.is_server && dice.chance(20) {
        let version = dice.pick(&["15.0.4326.1", "15.0.4261.1"]);
        found.push(("Microsoft SQL Server 2019 (64-bit)", version));
    } else if machine.is_server && dice.chance(10) {
        let version = dice.pick(&["15.2.1258.28", "15.2.1258.12"]);
        found.push(("Microsoft Exchange Server 2019 Cumulative Update 13", version));
    } else if !machine.is_server && dice.chance(60) {
        found.push(("Microsoft Office Professional Plus 2016", "16.0.4266.1001"));
    }
    found
}

fn of_linux(dice: &mut Dice, machine: &Machine) -> (Vec<Value>, Said) {
    let (name, packages) = packages::of(machine.system);
    let is_behind = dice.chance(40);
    let platform = if name.starts_with("Ubuntu") { "ubuntu" } else { "debian" };
    let mut rows = vec![row(
        machine,
        "os_version",
        &json!({
            "name": name, "platform": platform, "version": name, "major": "0", "arch": "x86_64",
        }),
    )];
    for (package, fixed, before) in packages {
        let version = if is_behind { before } else { fixed };
        let package = package.trim_end_matches(":amd64");
        let columns = json!({
            "name": package, "version": version, "arch": "amd64", "revision": "",
            "status": "install ok installed", "maintainer": "mau", "section": "mau",
        });
        rows.push(row(machine, "deb_packages", &columns));
    }
    let said = Said {
        name: machine.name.clone(),
        system: name.to_owned(),
        collected: Some(machine.collected),
        programs: packages.len(),
        ..Said::default()
    };
    (rows, said)
}
