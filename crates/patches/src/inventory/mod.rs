//! What a machine is and what is installed on it, from whatever file says so:
//! one file a format, recognised by content.
//!
//! Every host keeps where its facts come from ([`Origin`]): file, hash,
//! collector, and when they were collected if the file says so.
//!
//! *To add a format:* a file with `fn looks_like(&Input) -> bool` and
//! `fn read(&Input, &mut Found)`, and one line in `READERS`.

mod csv;
mod cyclonedx;
mod gather;
mod hotfixes;
mod json;
mod nessus;
mod nmap;
mod openvas;
mod packages;
mod plugins;
mod scan_csv;
mod spdx;
mod systeminfo;
mod table;

use std::borrow::Cow;

use diag::{Diagnostic, Place};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use self::csv::read_mapped;
pub use gather::gather;
pub use table::{Field, Mapping};

use crate::{archive, products::Arch, text};

/// A machine as one or several files describe it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Host {
    /// Its name as it calls itself; empty when no file says.
    pub name: String,
    /// Its operating system.
    pub os: Os,
    /// Installed updates; `None` when they were not collected.
    pub hotfixes: Option<Hotfixes>,
    /// Installed programs and packages; `None` when they were not collected.
    pub software: Option<Vec<Software>>,
    /// Where the facts come from, one entry a file.
    pub origins: Vec<Origin>,
    /// What is doubtful about it.
    pub warnings: Vec<Diagnostic>,
}

impl Host {
    /// When the facts were collected: the oldest of its files, for a chain is
    /// as old as its oldest link. `None` when any file does not say.
    pub fn collected_at(&self) -> Option<Timestamp> {
        let times: Option<Vec<_>> = self.origins.iter().map(|o| o.collected_at).collect();
        times?.into_iter().min()
    }
}

/// An operating system as the machine describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Os {
    /// `Microsoft Windows Server 2019 Standard`.
    pub name: String,
    /// 17763.
    pub build: Option<u32>,
    /// The update build revision (UBR), 5122; few tools collect it.
    pub ubr: Option<u32>,
    /// The architecture.
    pub arch: Option<Arch>,
    /// `22H2`, where the tool tells it apart from the name.
    pub display_version: Option<String>,
    /// The machine says that it is a Server Core installation.
    pub server_core: bool,
}

impl Os {
    /// Takes build and revision out of `10.0.19045.3693`, `19045.3693`,
    /// `10.0.19045 N/A Build 19045` or `6.1.7601 Service Pack 1 Build 7601`.
    pub fn set_version(&mut self, version: &str) {
        let numbers = leading_version(version);
        let (build, ubr) = match numbers.as_slice() {
            [5 | 6 | 10, 0..=4, build, rest @ ..] => (Some(*build), rest.first().copied()),
            [build, rest @ ..] if *build > 1000 => (Some(*build), rest.first().copied()),
            _ => (None, None),
        };
        self.build = build.or(self.build);
        self.ubr = ubr.filter(|u| *u > 0).or(self.ubr);
    }

    /// `17763.5122`, `17763`, or nothing.
    pub fn build_text(&self) -> String {
        match (self.build, self.ubr) {
            (Some(build), Some(ubr)) => format!("{build}.{ubr}"),
            (Some(build), None) => build.to_string(),
            _ => String::new(),
        }
    }
}

fn leading_version(text: &str) -> Vec<u32> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    text[..end].split('.').map_while(|p| p.parse().ok()).collect()
}

/// The updates a machine lists.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hotfixes {
    /// KB numbers, ascending, each once.
    pub kbs: Vec<u32>,
    /// The list is known or feared to be cut: what is not in it may be installed.
    pub truncated: bool,
}

impl Hotfixes {
    /// A whole list.
    pub fn whole(kbs: impl IntoIterator<Item = u32>) -> Self {
        let mut list = Self { kbs: kbs.into_iter().collect(), truncated: false };
        list.tidy();
        list
    }

    /// Adds what another list of the same machine says. One whole list makes up for a cut one.
    pub fn join(&mut self, other: &Self) {
        self.kbs.extend(&other.kbs);
        self.truncated &= other.truncated;
        self.tidy();
    }

    fn tidy(&mut self) {
        self.kbs.sort_unstable();
        self.kbs.dedup();
    }
}

/// A program or package.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Software {
    /// Its name as the machine lists it.
    pub name: String,
    /// Its version as the machine writes it; empty when not collected.
    pub version: String,
    /// Its maker.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub vendor: String,
    /// purl type for packages (`deb`, `rpm`); empty for programs.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub ecosystem: String,
    /// Its architecture as written.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub arch: String,
    /// The source package it was built from, which vendors' statements may name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
}

/// Where facts about a host come from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// File name, with the member of an archive after `!`.
    pub file: String,
    /// SHA-256 of the file, hexadecimal.
    pub sha256: String,
    /// What collected it: `systeminfo`, `osquery`, ….
    pub collector: Cow<'static, str>,
    /// When, if the file says so.
    pub collected_at: Option<Timestamp>,
}

/// A file to be read, decoded once.
pub(crate) struct Input<'a> {
    name: &'a str,
    bytes: &'a [u8],
    text: Cow<'a, str>,
}

impl Input<'_> {
    fn origin(&self, collector: &'static str) -> Origin {
        Origin {
            file: self.name.to_owned(),
            sha256: text::sha256(self.bytes),
            collector: Cow::Borrowed(collector),
            collected_at: None,
        }
    }

    /// The first few thousand characters, in which a format shows itself.
    fn head(&self) -> &str {
        let mut end = self.text.len().min(8192);
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        &self.text[..end]
    }
}

/// Hosts and findings of one or more files.
#[derive(Debug, Default)]
pub struct Found {
    /// The machines, not yet gathered across files.
    pub hosts: Vec<Host>,
    /// What could not be read or had to be doubted.
    pub diagnostics: Vec<Diagnostic>,
}

type Reader = (fn(&Input<'_>) -> bool, fn(&Input<'_>, &mut Found));

/// The formats, tried in this order: the sure signs first.
const READERS: &[Reader] = &[
    (nmap::looks_like, nmap::read),
    (nessus::looks_like, nessus::read),
    (openvas::looks_like, openvas::read),
    (cyclonedx::looks_like, cyclonedx::read),
    (spdx::looks_like, spdx::read),
    (json::looks_like, json::read),
    (systeminfo::looks_like, systeminfo::read),
    (packages::looks_like, packages::read),
    (scan_csv::looks_like, scan_csv::read),
    (csv::looks_like, csv::read),
    (hotfixes::looks_like, hotfixes::read),
];

/// Windows XP writes this before the first output of `wmic`, in another encoding.
const WMIC_NOTE: &[u8] = b"Please wait while WMIC is being installed.";

/// Reads one file, or every file of a zip. What holds no machine is named.
pub fn read(name: &str, bytes: &[u8], found: &mut Found) {
    let before = (found.hosts.len(), found.diagnostics.len());
    if archive::is_zip(bytes) {
        let trouble = archive::each(name, bytes, &mut |member, content| {
            read(member, content, found);
        });
        found.diagnostics.extend(trouble);
    } else if archive::is_workbook(bytes) {
        csv::read_mapped(name, bytes, &Mapping::default(), found);
    } else {
        read_text(name, bytes, found);
    }
    if before == (found.hosts.len(), found.diagnostics.len()) {
        let unknown = Diagnostic::warning("patches.inventory-unknown", Place::file(name));
        found.diagnostics.push(unknown);
    }
}

fn read_text(name: &str, bytes: &[u8], found: &mut Found) {
    let text = text::decode(bytes.strip_prefix(WMIC_NOTE).unwrap_or(bytes));
    let input = Input { name, bytes, text };
    if let Some((_, read)) = READERS.iter().find(|(looks_like, _)| looks_like(&input)) {
        read(&input, found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_as_machines_write_them() {
        for (text, build, ubr) in [
            ("10.0.17763 N/D Compilación 17763", Some(17763), None),
            ("10.0.19045.3693", Some(19045), Some(3693)),
            ("19045.3693", Some(19045), Some(3693)),
            ("10.0.19045", Some(19045), None),
            ("6.1.7601 Service Pack 1 Build 7601", Some(7601), None),
            ("17763", Some(17763), None),
            ("10.0", None, None),
            ("N/A", None, None),
            ("22.04.3 LTS", None, None),
        ] {
            let mut os = Os::default();
            os.set_version(text);
            assert_eq!((os.build, os.ubr), (build, ubr), "{text}");
        }
    }

    #[test]
    fn one_whole_list_makes_up_for_a_cut_one() {
        let mut list = Hotfixes { kbs: vec![5_000_001], truncated: true };
        list.join(&Hotfixes::whole([5_000_002, 5_000_001]));
        assert_eq!(list, Hotfixes::whole([5_000_001, 5_000_002]));
    }
}
