//! What `dpkg -l` lists on a Linux server, beneath its `/etc/os-release`.

use std::fmt::Write;

use super::{Said, machine::Machine};
use crate::dice::Dice;

/// A package and two of its versions, one with the fixes of 2023 and one before.
type Package = (&'static str, &'static str, &'static str);

const UBUNTU_22: &[Package] = &[
    ("bash", "5.1-6ubuntu1", "5.1-6ubuntu1"),
    ("curl", "7.81.0-1ubuntu1.15", "7.81.0-1ubuntu1.10"),
    ("libc6:amd64", "2.35-0ubuntu3.6", "2.35-0ubuntu3.1"),
    ("libssl3:amd64", "3.0.2-0ubuntu1.13", "3.0.2-0ubuntu1.9"),
    ("nginx", "1.18.0-6ubuntu14.4", "1.18.0-6ubuntu14.3"),
    ("openssh-server", "1:8.9p1-3ubuntu0.6", "1:8.9p1-3ubuntu0.1"),
    ("openssl", "3.0.2-0ubuntu1.13", "3.0.2-0ubuntu1.9"),
];
const UBUNTU_20: &[Package] = &[
    ("bash", "5.0-6ubuntu1.2", "5.0-6ubuntu1.2"),
    ("curl", "7.68.0-1ubuntu2.21", "7.68.0-1ubuntu2.18"),
    ("libc6:amd64", "2.31-0ubuntu9.14", "2.31-0ubuntu9.9"),
    ("libssl1.1:amd64", "1.1.1f-1ubuntu2.20", "1.1.1f-1ubuntu2.17"),
    ("openssh-server", "1:8.2p1-4ubuntu0.11", "1:8.2p1-4ubuntu0.5"),
];
const DEBIAN_11: &[Package] = &[
    ("bash", "5.1-2+deb11u1", "5.1-2+deb11u1"),
    ("curl", "7.74.0-1.3+deb11u11", "7.74.0-1.3+deb11u7"),
    ("libc6:amd64", "2.31-13+deb11u7", "2.31-13+deb11u6"),
    ("openssh-server", "1:8.4p1-5+deb11u3", "1:8.4p1-5+deb11u1"),
    ("openssl", "1.1.1w-0+deb11u1", "1.1.1n-0+deb11u4"),
];

/// The system's full name and its packages.
pub(super) fn of(system: &str) -> (&'static str, &'static [Package]) {
    match system {
        "Ubuntu 22.04 LTS" => ("Ubuntu 22.04.3 LTS", UBUNTU_22),
        "Ubuntu 20.04 LTS" => ("Ubuntu 20.04.6 LTS", UBUNTU_20),
        _ => ("Debian GNU/Linux 11 (bullseye)", DEBIAN_11),
    }
}

/// The list of a server.
pub(super) fn list(dice: &mut Dice, machine: &Machine) -> (String, Said) {
    let (name, packages) = of(machine.system);
    let is_behind = dice.chance(40);
    let mut text = format!("PRETTY_NAME=\"{name}\"\n");
    for (package, fixed, before) in packages {
        let version = if is_behind { before } else { fixed };
        let _ = writeln!(text, "ii  {package:30} {version:28} amd64  goi phan mem");
    }
    let said = Said {
        name: machine.name.clone(),
        system: name.to_owned(),
        programs: packages.len(),
        ..Said::default()
    };
    (text, said)
}
