//! What scanners' plugins put out about a machine, whether their report is XML
//! or CSV: its system, its updates, its programs and packages.
//!
//! *To add a plugin:* an arm in [`take`], and its row in the test.

use super::{Host, Hotfixes, Os, Software, packages};
use crate::text;

/// Takes the facts of one plugin's output; what is no fact of ours is left.
pub(super) fn take(plugin: &str, output: &str, host: &mut Host) {
    match plugin {
        // Nessus "OS Identification": one line is an answer, several are a guess.
        "11936" => system(answer(output, "Remote operating system :"), host),
        // OpenVAS "OS Detection Consolidation and Reporting".
        "1.3.6.1.4.1.25623.1.0.105937" => system(answer(output, "\nOS:"), host),
        // Nessus "Microsoft Windows Installed Hotfixes" and "… Update Installed".
        "13855" | "62042" => {
            let list = Hotfixes::whole(text::kb_numbers(output));
            host.hotfixes.get_or_insert_with(Hotfixes::default).join(&list);
        }
        // Nessus "Microsoft Windows Installed Software Enumeration".
        "20811" => add(host, output.lines().filter_map(program)),
        // Nessus "Software Enumeration (SSH)".
        "22869" => add(host, output.lines().filter_map(|l| packages::line(l.trim()))),
        _ => {}
    }
}

fn add(host: &mut Host, programs: impl Iterator<Item = Software>) {
    host.software.get_or_insert_default().extend(programs);
}

fn system(name: Option<&str>, host: &mut Host) {
    if let (Some(name), true) = (name, host.os.name.is_empty()) {
        host.os = os(name);
    }
}

/// The words after a mark, if the next line does not go on with another guess.
fn answer<'o>(output: &'o str, mark: &str) -> Option<&'o str> {
    let (_, rest) = output.split_once(mark)?;
    let mut lines = rest.lines().map(str::trim);
    let first = lines.next().filter(|l| !l.is_empty())?;
    let goes_on = lines.next().is_some_and(|l| !l.is_empty() && !l.contains(':'));
    (!goes_on).then_some(first)
}

/// `Microsoft Windows Server 2019 Standard Build 17763`
pub(super) fn os(text: &str) -> Os {
    let mut os = Os { name: text.to_owned(), ..Os::default() };
    if let Some((_, build)) = text.rsplit_once("Build ") {
        os.set_version(build.trim());
    }
    os
}

/// `Microsoft Edge  [version 119.0.2151.58]  [installed on 2023/11/10]`
fn program(line: &str) -> Option<Software> {
    let (name, rest) = line.split_once("[version ")?;
    let version = rest.split(']').next()?.trim();
    let (name, version) = (name.trim().to_owned(), version.to_owned());
    (!name.is_empty()).then(|| Software { name, version, ..Software::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_plugin_gives_its_facts() {
        let mut host = Host::default();
        for (plugin, output) in [
            (
                "11936",
                "\nRemote operating system : Microsoft Windows Server 2019 Standard Build 17763\nConfidence level : 100\n",
            ),
            ("13855", "  KB5032196, Installed on: 2023/11/15\n"),
            (
                "20811",
                "The following software are installed :\n\nMicrosoft Edge  [version 119.0.2151.58]  [installed on 2023/11/10]\n7-Zip\n",
            ),
            ("22869", "  ii  gzip  1.12-1  amd64  GNU compression\n"),
            ("99999", "The following update is missing: KB5000000"),
        ] {
            take(plugin, output, &mut host);
        }
        assert_eq!(host.os.build, Some(17763));
        assert_eq!(host.hotfixes, Some(Hotfixes::whole([5_032_196])));
        let names: Vec<&str> = host.software.iter().flatten().map(|s| s.name.as_str()).collect();
        assert_eq!(names, ["Microsoft Edge", "gzip"]);
    }

    #[test]
    fn several_guesses_are_none() {
        let mut host = Host::default();
        let guess = "Remote operating system : Microsoft Windows 7\nMicrosoft Windows Server 2008 R2\nConfidence level : 70";
        take("11936", guess, &mut host);
        assert_eq!(host.os, Os::default());
        take(
            "1.3.6.1.4.1.25623.1.0.105937",
            "Best matching OS:\n\nOS: Windows 10 Pro\nCPE: cpe:/o:microsoft:windows_10",
            &mut host,
        );
        assert_eq!(host.os.name, "Windows 10 Pro");
    }
}
