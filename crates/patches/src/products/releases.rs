//! The releases of Windows: build, side, MSRC's name, and build family.
//!
//! *To add a release:* one line in [`RELEASES`], and its family in [`family`]
//! if it shares its update line with another build.

use serde::{Deserialize, Serialize};

/// Processor architecture as MSRC's product names tell it apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arch {
    /// 32-bit.
    X86,
    /// 64-bit, AMD64.
    X64,
    /// 64-bit ARM.
    Arm64,
    /// Itanium (Server 2008 and 2008 R2 only).
    Itanium,
}

impl Arch {
    /// The architecture a word or short phrase names, in the spellings of
    /// systeminfo, WMI, osquery, Wazuh and people.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.to_lowercase();
        let has = |words: &[&str]| words.iter().any(|w| text.contains(w));
        if has(&["arm64", "aarch64", "arm 64"]) {
            return Some(Self::Arm64);
        }
        if has(&["itanium", "ia64"]) {
            return Some(Self::Itanium);
        }
        if has(&["x86_64", "x64", "amd64", "64-bit", "64 bit", "64位", "64 位", "64-разр"]) {
            return Some(Self::X64);
        }
        has(&["x86", "i386", "i686", "32-bit", "32 bit", "32位", "32 位"]).then_some(Self::X86)
    }

    fn words(self) -> &'static str {
        match self {
            Self::X86 => "for 32-bit Systems",
            Self::X64 => "for x64-based Systems",
            Self::Arm64 => "for ARM64-based Systems",
            Self::Itanium => "for Itanium-Based Systems",
        }
    }
}

/// Workstation or server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Windows for workstations.
    Client,
    /// Windows Server.
    Server,
}

/// How MSRC writes the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Naming {
    /// `<name> for x64-based Systems<after>`.
    ByArch,
    /// The name, with a Server Core variant.
    Plain,
    /// Server Core only.
    CoreOnly,
}

/// One release of Windows.
#[derive(Debug)]
pub struct Release {
    /// Its build number.
    pub build: u32,
    /// Other build numbers of the same release.
    pub builds_too: &'static [u32],
    /// Workstation or server.
    pub side: Side,
    /// MSRC's name without architecture.
    pub name: &'static str,
    /// What MSRC writes after the architecture.
    after: &'static str,
    naming: Naming,
    /// The product's words, all of which a host's name must hold.
    words: &'static [&'static str],
    /// The display versions, one of which it must hold too (if any are given).
    versions: &'static [&'static str],
}

impl Release {
    /// MSRC's full product name.
    pub fn product_name(&self, arch: Arch, core: bool) -> String {
        let core = if core || self.naming == Naming::CoreOnly { CORE } else { "" };
        match self.naming {
            Naming::ByArch if self.side == Side::Client => {
                format!("{} {}{}", self.name, self.arch_words(arch), self.after)
            }
            Naming::ByArch => format!("{} {}{}{core}", self.name, arch.words(), self.after),
            Naming::Plain | Naming::CoreOnly => format!("{}{core}", self.name),
        }
    }

    /// Whether MSRC has a product per architecture.
    pub(super) fn is_by_arch(&self) -> bool {
        self.naming == Naming::ByArch
    }

    // MSRC never capitalised it for 8.1.
    fn arch_words(&self, arch: Arch) -> String {
        let words = arch.words();
        if self.build == 9600 { words.replace("Systems", "systems") } else { words.to_owned() }
    }

    /// The keys of every product name this release may stand under.
    pub(super) fn product_keys(&self) -> impl Iterator<Item = String> + '_ {
        let arches = [Arch::X86, Arch::X64, Arch::Arm64, Arch::Itanium];
        let both = arches.into_iter().flat_map(|arch| [(arch, false), (arch, true)]);
        both.map(|(arch, core)| super::key(&self.product_name(arch, core)))
    }

    pub(super) fn is_named(&self, words: &str, display: &str) -> bool {
        let version = |v: &str| words.contains(&format!(" {v} ")) || display == v;
        self.words.iter().all(|w| words.contains(w))
            && (self.side == Side::Server) == words.contains("server")
            && (self.versions.is_empty() || self.versions.iter().any(|v| version(v)))
    }
}

const CORE: &str = " (Server Core installation)";

const fn client(
    build: u32,
    name: &'static str,
    after: &'static str,
    words: &'static [&'static str],
    versions: &'static [&'static str],
) -> Release {
    let (side, naming) = (Side::Client, Naming::ByArch);
    Release { build, builds_too: &[], side, name, after, naming, words, versions }
}

const fn server(build: u32, name: &'static str, words: &'static [&'static str]) -> Release {
    let (side, naming) = (Side::Server, Naming::Plain);
    Release { build, builds_too: &[], side, name, after: "", naming, words, versions: &[] }
}

const fn old_server(
    build: u32,
    builds_too: &'static [u32],
    name: &'static str,
    after: &'static str,
    words: &'static [&'static str],
) -> Release {
    let (side, naming) = (Side::Server, Naming::ByArch);
    Release { build, builds_too, side, name, after, naming, words, versions: &[] }
}

const fn core_only(build: u32, name: &'static str, words: &'static [&'static str]) -> Release {
    Release { naming: Naming::CoreOnly, ..server(build, name, words) }
}

const WIN10: &[&str] = &["windows 10"];
const WIN11: &[&str] = &["windows 11"];

/// Every release, oldest first; a name that fits several takes the last.
#[rustfmt::skip]
pub static RELEASES: &[Release] = &[
    client(7601, "Windows 7", " Service Pack 1", &["windows 7", "service pack 1"], &[]),
    client(9200, "Windows 8", "", &["windows 8 "], &[]),
    client(9600, "Windows 8.1", "", &["windows 8.1"], &[]),
    client(10240, "Windows 10", "", WIN10, &["1507", "2015 ltsb"]),
    client(10586, "Windows 10 Version 1511", "", WIN10, &["1511"]),
    client(14393, "Windows 10 Version 1607", "", WIN10, &["1607", "2016 ltsb"]),
    client(15063, "Windows 10 Version 1703", "", WIN10, &["1703"]),
    client(16299, "Windows 10 Version 1709", "", WIN10, &["1709"]),
    client(17134, "Windows 10 Version 1803", "", WIN10, &["1803"]),
    client(17763, "Windows 10 Version 1809", "", WIN10, &["1809", "ltsc 2019", "2019 ltsc"]),
    client(18362, "Windows 10 Version 1903", "", WIN10, &["1903"]),
    client(18363, "Windows 10 Version 1909", "", WIN10, &["1909"]),
    client(19041, "Windows 10 Version 2004", "", WIN10, &["2004"]),
    client(19042, "Windows 10 Version 20H2", "", WIN10, &["20h2"]),
    client(19043, "Windows 10 Version 21H1", "", WIN10, &["21h1"]),
    client(19044, "Windows 10 Version 21H2", "", WIN10, &["21h2", "ltsc 2021", "2021 ltsc"]),
    client(19045, "Windows 10 Version 22H2", "", WIN10, &["22h2"]),
    client(22000, "Windows 11 version 21H2", "", WIN11, &["21h2"]),
    client(22621, "Windows 11 Version 22H2", "", WIN11, &["22h2"]),
    client(22631, "Windows 11 Version 23H2", "", WIN11, &["23h2"]),
    client(26100, "Windows 11 Version 24H2", "", WIN11, &["24h2", "ltsc 2024", "2024 ltsc"]),
    client(26200, "Windows 11 Version 25H2", "", WIN11, &["25h2"]),
    old_server(6003, &[6002], "Windows Server 2008", " Service Pack 2", &["server 2008", "service pack 2"]),
    old_server(7601, &[], "Windows Server 2008 R2", " Service Pack 1", &["server 2008 r2", "service pack 1"]),
    server(9200, "Windows Server 2012", &["server 2012"]),
    server(9600, "Windows Server 2012 R2", &["server 2012 r2"]),
    server(14393, "Windows Server 2016", &["server", "2016"]),
    core_only(16299, "Windows Server, version 1709", &["server", "1709"]),
    core_only(17134, "Windows Server, version 1803", &["server", "1803"]),
    server(17763, "Windows Server 2019", &["server", "2019"]),
    core_only(18362, "Windows Server, version 1903", &["server", "1903"]),
    core_only(18363, "Windows Server, version 1909", &["server", "1909"]),
    core_only(19041, "Windows Server, version 2004", &["server", "version 2004"]),
    core_only(19042, "Windows Server, version 20H2", &["server", "20h2"]),
    server(20348, "Windows Server 2022", &["server", "2022"]),
    core_only(25398, "Windows Server 2022, 23H2 Edition", &["server", "23h2"]),
    server(26100, "Windows Server 2025", &["server", "2025"]),
];

/// The build family: builds that share one line of revisions. Revisions are
/// compared inside a family only (rule 3); `None` before Windows 10, where the
/// revision of a component says nothing about the whole.
pub fn family(build: u32) -> Option<u32> {
    match build {
        0..10240 => None,
        19041..=19045 => Some(19041),
        22621 | 22631 => Some(22621),
        26100 | 26200 => Some(26100),
        18362 | 18363 => Some(18362),
        other => Some(other),
    }
}
