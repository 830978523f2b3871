//! Which Windows it is: a host's own words on one side, MSRC's product names
//! on the other, joined by the exact name and never by a substring (rule 1).

mod releases;

pub use releases::{Arch, RELEASES, Release, Side, family};

use std::{collections::HashMap, sync::LazyLock};

use serde::{Deserialize, Serialize};

use crate::inventory::Os;

/// The Windows of a host, in MSRC's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// MSRC's name, such as `Windows 10 Version 22H2 for x64-based Systems`.
    pub name: String,
    /// The build of that release, 19045.
    pub build: u32,
    /// The architecture was not collected and x64 was taken.
    pub assumed_arch: bool,
    /// The name and the build disagree, and the build was believed.
    pub renamed: bool,
}

/// Why a host could not be put under a product name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unmapped {
    /// It is not Windows.
    NotWindows,
    /// Neither name nor build says which release it is.
    Ambiguous,
    /// Name and build contradict each other.
    Contradictory,
    /// A Windows that no table here knows.
    UnknownRelease,
}

/// Puts a host under its MSRC product name.
pub fn of_host(os: &Os) -> Result<Product, Unmapped> {
    let name = flat(&os.name);
    if is_other_system(&name) {
        return Err(Unmapped::NotWindows);
    }
    let says_windows = name.contains("windows") || name.contains("hyper-v server");
    if !says_windows && (os.build.is_none() || !name.is_empty()) {
        return Err(Unmapped::Ambiguous);
    }
    if is_appliance(&name) {
        return Err(Unmapped::UnknownRelease);
    }
    let release = release_of(&name, os)?;
    let arch = os.arch.or_else(|| Arch::parse(&name));
    let core = os.server_core || ["hyper-v server", "server core"].iter().any(|c| name.contains(c));
    Ok(Product {
        name: release.product_name(arch.unwrap_or(Arch::X64), core),
        build: release.build,
        assumed_arch: arch.is_none() && release.is_by_arch(),
        renamed: is_renamed(&name, os, release),
    })
}

/// Whether the name says another release than the build; the registry of
/// Windows 11 still says "Windows 10".
fn is_renamed(name: &str, os: &Os, release: &Release) -> bool {
    let is_eleven = release.side == Side::Client && release.build >= 22000;
    named_release(name, os).is_some_and(|named| named.build != release.build)
        || (is_eleven && name.contains("windows 10"))
}

/// Whether the name is surely another system's. A name that nobody knows may
/// be Windows: it stays unknown.
fn is_other_system(name: &str) -> bool {
    const OTHERS: &[&str] = &[
        "linux",
        "ubuntu",
        "debian",
        "centos",
        "red hat",
        "rhel",
        "fedora",
        "suse",
        "rocky",
        "alpine",
        "raspbian",
        "unix",
        "bsd",
        "solaris",
        "aix",
        "darwin",
        "macos",
        "mac os",
        "os x",
        "android",
        "ios ",
        "cisco",
        "juniper",
        "junos",
        "fortios",
        "fortigate",
        "esxi",
        "vmware",
        "routeros",
        "mikrotik",
        "busybox",
        "openwrt",
        "pfsense",
        "opnsense",
    ];
    !name.contains("windows") && OTHERS.iter().any(|o| name.contains(o))
}

/// Editions that follow their own calendar and are in no Windows product row.
fn is_appliance(name: &str) -> bool {
    ["azure stack", "azure local", "windows phone", "windows mobile", "windows ce", "nano server"]
        .iter()
        .any(|a| name.contains(a))
}

fn release_of(name: &str, os: &Os) -> Result<&'static Release, Unmapped> {
    let named = named_release(name, os);
    let Some(build) = os.build else { return named.ok_or(Unmapped::Ambiguous) };
    let side = side_of(name);
    let mut fitting = RELEASES.iter().filter(|r| {
        (r.build == build || r.builds_too.contains(&build)) && side.is_none_or(|s| s == r.side)
    });
    let Some(first) = fitting.next() else { return Err(Unmapped::UnknownRelease) };
    if fitting.next().is_some() {
        return Err(Unmapped::Ambiguous);
    }
    match named {
        Some(named) if contradicts(named, first) => Err(Unmapped::Contradictory),
        _ => Ok(first),
    }
}

/// Whether a name cannot belong to a build. The registry of Windows 11 still
/// says "Windows 10" and feature updates leave old names, so a client's build
/// is believed; the annual channel of Server calls itself 2022 or nothing.
fn contradicts(named: &Release, by_build: &Release) -> bool {
    by_build.side == Side::Server
        && named.build != by_build.build
        && (named.build, by_build.build) != (20348, 25398)
}

/// Client or server, as far as the name says. A build alone says it only where
/// it belongs to one side.
fn side_of(name: &str) -> Option<Side> {
    if name.contains("server") {
        return Some(Side::Server);
    }
    name.contains("windows").then_some(Side::Client)
}

/// The release that the words alone point at.
fn named_release(name: &str, os: &Os) -> Option<&'static Release> {
    let display = os.display_version.as_deref().map(flat).unwrap_or_default();
    let words = format!("{name} {display} ");
    let mut named = RELEASES.iter().rev().filter(|r| r.is_named(&words, &display));
    let last = named.next()?;
    // A scanner's "Windows 10 1709 - 1909" names several and so none.
    let several = last.side == Side::Client && named.next().is_some();
    (!several).then_some(last)
}

/// Lower case, without trade marks and doubled spaces.
pub(crate) fn flat(name: &str) -> String {
    let clean = name.replace(['®', '™', '©'], " ").replace("(R)", " ").replace("(TM)", " ");
    clean.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The key under which two spellings of one product name meet
/// (MSRC writes `Windows 11 version 21H2` and `Windows 11 Version 22H2`).
pub fn key(name: &str) -> String {
    flat(name)
}

/// The release that an MSRC product name stands for, when the product is
/// Windows itself and not something on it.
pub fn release_of_product(name: &str) -> Option<&'static Release> {
    static BY_KEY: LazyLock<HashMap<String, &'static Release>> = LazyLock::new(|| {
        RELEASES.iter().flat_map(|r| r.product_keys().map(move |key| (key, r))).collect()
    });
    BY_KEY.get(&key(name)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn os(name: &str, build: Option<u32>) -> Os {
        Os { name: name.into(), build, arch: Some(Arch::X64), ..Os::default() }
    }

    fn check(name: &str, build: impl Into<Option<u32>>, expect: &str) {
        let got = of_host(&os(name, build.into()));
        assert_eq!(got.map(|p| p.name).as_deref(), Ok(expect), "{name}");
    }

    #[test]
    fn hosts_by_name_and_build() {
        check("Microsoft Windows 10 Pro", 19045, "Windows 10 Version 22H2 for x64-based Systems");
        check(
            "Microsoft Windows 10 Enterprise 2015 LTSB",
            10240,
            "Windows 10 for x64-based Systems",
        );
        check(
            "Microsoft Windows 10 Enterprise LTSC",
            17763,
            "Windows 10 Version 1809 for x64-based Systems",
        );
        check(
            "Microsoft Windows 10 IoT Enterprise LTSC",
            19044,
            "Windows 10 Version 21H2 for x64-based Systems",
        );
        check("Windows 10 Pro", 22621, "Windows 11 Version 22H2 for x64-based Systems");
        check("Microsoft Windows 11 Pro", 22000, "Windows 11 version 21H2 for x64-based Systems");
        check(
            "Microsoft Windows 11 Enterprise",
            26100,
            "Windows 11 Version 24H2 for x64-based Systems",
        );
        check("Microsoft Windows Server 2025 Datacenter", 26100, "Windows Server 2025");
        check(
            "Microsoft Windows Server 2022 Datacenter Azure Edition",
            20348,
            "Windows Server 2022",
        );
        check("Microsoft Windows Server 2019 Standard", 17763, "Windows Server 2019");
        check("Microsoft Windows Server 2012 R2 Standard", 9600, "Windows Server 2012 R2");
        check(
            "Microsoft® Windows Server® 2008 Standard",
            6003,
            "Windows Server 2008 for x64-based Systems Service Pack 2",
        );
        check(
            "Microsoft Windows 7 Entreprise N",
            7601,
            "Windows 7 for x64-based Systems Service Pack 1",
        );
        check(
            "Microsoft Windows Server 2008 R2 Standard",
            7601,
            "Windows Server 2008 R2 for x64-based Systems Service Pack 1",
        );
        check("Microsoft Windows 8.1 Enterprise", 9600, "Windows 8.1 for x64-based systems");
        check(
            "Microsoft Windows Server Datacenter",
            25398,
            "Windows Server 2022, 23H2 Edition (Server Core installation)",
        );
        check(
            "Microsoft Hyper-V Server 2019",
            17763,
            "Windows Server 2019 (Server Core installation)",
        );
        check("Windows Server IoT 2019", 17763, "Windows Server 2019");
        check(
            "Windows Server 2022 Standard (Server Core)",
            20348,
            "Windows Server 2022 (Server Core installation)",
        );
    }

    #[test]
    fn hosts_by_name_alone() {
        check("Windows Server 2016 Datacenter", None, "Windows Server 2016");
        check("Windows 10 Enterprise 22H2", None, "Windows 10 Version 22H2 for x64-based Systems");
        check(
            "Windows Server 2022, 23H2 Edition",
            None,
            "Windows Server 2022, 23H2 Edition (Server Core installation)",
        );
        check("Windows Server 2012 R2 Standard 9600", None, "Windows Server 2012 R2");
    }

    #[test]
    fn what_cannot_be_known_is_said() {
        for (name, build, why) in [
            ("Ubuntu 22.04", None, Unmapped::NotWindows),
            ("Microsoft Windows 10 Pro", None, Unmapped::Ambiguous),
            ("Microsoft Windows 10 1709 - 1909", None, Unmapped::Ambiguous),
            ("", Some(17763), Unmapped::Ambiguous),
            ("", None, Unmapped::Ambiguous),
            ("Acme Appliance 3", None, Unmapped::Ambiguous),
            ("Cisco IOS 15.2", None, Unmapped::NotWindows),
            ("Microsoft Windows 12 Pro", Some(31000), Unmapped::UnknownRelease),
            ("Microsoft Windows Server 2019 Standard", Some(20348), Unmapped::Contradictory),
            ("Azure Stack HCI Windows", Some(25398), Unmapped::UnknownRelease),
        ] {
            assert_eq!(of_host(&os(name, build)), Err(why), "{name}");
        }
    }

    #[test]
    fn a_product_on_windows_is_not_windows() {
        for (name, build) in [
            ("Windows Server 2022", Some(20348)),
            ("Windows Server 2022 (Server Core installation)", Some(20348)),
            ("Windows Server 2022, 23H2 Edition (Server Core installation)", Some(25398)),
            ("Windows 11 Version 22H2 for ARM64-based Systems", Some(22621)),
            ("Microsoft .NET Framework 3.5 AND 4.8 on Windows Server 2022", None),
            ("Windows Admin Center", None),
        ] {
            assert_eq!(release_of_product(name).map(|r| r.build), build, "{name}");
        }
    }
}
