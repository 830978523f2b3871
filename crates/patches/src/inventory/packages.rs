//! Lists of Linux packages: `dpkg -l`, `dpkg-query -W`, dpkg's status file,
//! `rpm -qa`. The lines of `/etc/os-release`, put before the list, say whose
//! packages they are; without them no vendor's statement can be applied.

use super::{Found, Host, Input, Os, Software};
use crate::products::Arch;

pub(super) fn looks_like(input: &Input<'_>) -> bool {
    let lines =
        || input.head().lines().filter(|l| !l.trim().is_empty() && !is_os_release(l)).take(60);
    let count = lines().count();
    let parsed = lines().filter(|l| line(l).is_some()).count();
    let status = input.head().contains("\nStatus: install ok installed");
    status || (parsed > 2 && parsed * 10 >= count * 7) || (parsed > 0 && parsed == count)
}

pub(super) fn read(input: &Input<'_>, found: &mut Found) {
    let mut host = Host { origins: vec![input.origin("package list")], ..Host::default() };
    host.os = os(&input.text);
    let status = input.text.contains("\nStatus: install ok installed");
    let packages: Vec<Software> = if status {
        from_status(&input.text)
    } else {
        input.text.lines().filter_map(line).collect()
    };
    host.software = Some(packages);
    host.name = stem(input.name);
    found.hosts.push(host);
}

/// A package list does not name its machine; its file does.
fn stem(file: &str) -> String {
    let file = file.rsplit(['/', '\\', '!']).next().unwrap_or(file);
    file.split('.').next().unwrap_or(file).to_owned()
}

fn is_os_release(line: &str) -> bool {
    line.split_once('=').is_some_and(|(key, _)| {
        !key.is_empty() && key.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')
    })
}

fn os(text: &str) -> Os {
    let value = |key: &str| {
        text.lines()
            .find_map(|l| l.strip_prefix(key)?.strip_prefix('='))
            .map(|v| v.trim_matches('"').to_owned())
    };
    let name = value("PRETTY_NAME").or_else(|| value("NAME")).unwrap_or_default();
    Os { name, arch: value("ARCH").and_then(|a| Arch::parse(&a)), ..Os::default() }
}

/// One line of any of the tools.
pub(super) fn line(line: &str) -> Option<Software> {
    dpkg_table(line).or_else(|| dpkg_query(line)).or_else(|| rpm(line))
}

/// `ii  gzip  1.12-1  amd64  GNU compression utilities`
fn dpkg_table(line: &str) -> Option<Software> {
    let mut words = line.split_whitespace();
    let state = words.next()?;
    let installed = matches!(state, "ii" | "hi");
    let (name, version, arch) = (words.next()?, words.next()?, words.next().unwrap_or_default());
    (installed && version.starts_with(|c: char| c.is_ascii_digit()))
        .then(|| package("deb", name, version, arch))
}

/// `gzip<TAB>1.12-1[<TAB>amd64]`
fn dpkg_query(line: &str) -> Option<Software> {
    let mut cells = line.split('\t');
    let (name, version) = (cells.next()?, cells.next()?);
    let plain = !name.contains(' ') && version.starts_with(|c: char| c.is_ascii_digit());
    plain.then(|| package("deb", name, version, cells.next().unwrap_or_default()))
}

/// `bash-4.4.20-4.el8_6.x86_64`
fn rpm(line: &str) -> Option<Software> {
    let line = line.trim();
    let (rest, arch) = line.rsplit_once('.')?;
    let known = ["x86_64", "noarch", "i686", "i386", "aarch64", "ppc64le", "s390x"];
    if line.contains(char::is_whitespace) || !known.contains(&arch) {
        return None;
    }
    let (rest, release) = rest.rsplit_once('-')?;
    let (name, version) = rest.rsplit_once('-')?;
    Some(package("rpm", name, &format!("{version}-{release}"), arch))
}

fn package(ecosystem: &str, name: &str, version: &str, arch: &str) -> Software {
    let name = name.split(':').next().unwrap_or(name);
    Software {
        name: name.to_owned(),
        version: version.to_owned(),
        ecosystem: ecosystem.to_owned(),
        arch: arch.to_owned(),
        ..Software::default()
    }
}

fn from_status(text: &str) -> Vec<Software> {
    let paragraphs = text.split("\n\n").filter(|p| p.contains("Status: install ok installed"));
    let field = |paragraph: &str, key: &str| {
        paragraph
            .lines()
            .find_map(|l| l.strip_prefix(key)?.strip_prefix(": "))
            .unwrap_or_default()
            .to_owned()
    };
    paragraphs
        .map(|p| {
            let source = field(p, "Source");
            let source = source.split(' ').next().unwrap_or_default().to_owned();
            let package = package(
                "deb",
                &field(p, "Package"),
                &field(p, "Version"),
                &field(p, "Architecture"),
            );
            Software { source, ..package }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_each_tool() {
        for (text, ecosystem, name, version) in [
            ("ii  gzip   1.12-1  amd64  GNU compression utilities", "deb", "gzip", "1.12-1"),
            ("libc6:amd64\t2.36-9+deb12u3", "deb", "libc6", "2.36-9+deb12u3"),
            ("bash-4.4.20-4.el8_6.x86_64", "rpm", "bash", "4.4.20-4.el8_6"),
        ] {
            let package = line(text).unwrap();
            assert_eq!(
                (package.ecosystem.as_str(), package.name.as_str(), package.version.as_str()),
                (ecosystem, name, version)
            );
        }
        assert_eq!(line("rc  old-package  1.0-1  amd64  removed"), None);
        assert_eq!(line("Microsoft Windows 10 Pro"), None);
    }
}
