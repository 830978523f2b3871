//! Several files about one machine become one host: a list of updates joins
//! the `systeminfo` of the same name, or of the same file name but for its
//! last word (`pc1_systeminfo.txt`, `pc1_qfe.txt`).

use std::collections::BTreeMap;

use diag::{Diagnostic, Place};

use super::{Found, Host};

/// Joins fragments (updates or programs without an operating system) to the
/// one host they belong to. What belongs to none, or to several, stays by itself.
pub fn gather(found: Found) -> Found {
    let Found { hosts, mut diagnostics } = found;
    let (mut whole, fragments): (Vec<Host>, Vec<Host>) = hosts.into_iter().partition(is_whole);
    let by_name = unique(&whole, name_key);
    let by_stem = unique(&whole, stem_key);
    for fragment in fragments {
        let named = name_key(&fragment).and_then(|k| by_name.get(&k).copied().flatten());
        let beside = || stem_key(&fragment).and_then(|k| by_stem.get(&k).copied().flatten());
        match named.or_else(beside).and_then(|at| whole.get_mut(at)) {
            Some(host) => join(host, fragment),
            None => whole.push(fragment),
        }
    }
    for name in by_name.iter().filter(|(_, at)| at.is_none()).map(|(name, _)| name) {
        let twice = Diagnostic::note("patches.host-twice", Place::default());
        diagnostics.push(twice.with("host", name));
    }
    for host in whole.iter_mut().filter(|h| name_key(h).is_none()) {
        host.name = file_stem(host);
    }
    diagnostics.sort_by(|a, b| (&a.place.file, a.place.line).cmp(&(&b.place.file, b.place.line)));
    Found { hosts: whole, diagnostics }
}

fn is_whole(host: &Host) -> bool {
    host.os.build.is_some() || !host.os.name.is_empty()
}

/// Positions by key; `None` for a key that several hosts share.
fn unique(
    hosts: &[Host],
    key: impl Fn(&Host) -> Option<String>,
) -> BTreeMap<String, Option<usize>> {
    let mut known: BTreeMap<String, Option<usize>> = BTreeMap::new();
    for (at, host) in hosts.iter().enumerate() {
        if let Some(key) = key(host) {
            known.entry(key).and_modify(|k| *k = None).or_insert(Some(at));
        }
    }
    known
}

fn name_key(host: &Host) -> Option<String> {
    let name = host.name.trim().to_lowercase();
    let told = name.chars().any(char::is_alphanumeric) && name != "localhost";
    told.then_some(name)
}

/// A machine that does not name itself goes by its file's name.
fn file_stem(host: &Host) -> String {
    let file = host.origins.first().map_or("", |o| o.file.as_str());
    let file = file.rsplit(['/', '\\', '!']).next().unwrap_or(file);
    file.rsplit_once('.').map_or(file, |(stem, _)| stem).to_owned()
}

/// The words after a machine's name in the names of its files.
const LAST: &[&str] =
    &["systeminfo", "qfe", "hotfix", "hotfixes", "updates", "kb", "programs", "software"];

fn stem_key(host: &Host) -> Option<String> {
    let file = &host.origins.first()?.file;
    let (stem, _) = file.rsplit_once('.').unwrap_or((file, ""));
    let (stem, last) = stem.rsplit_once(['_', '-'])?;
    LAST.contains(&last.to_lowercase().as_str()).then(|| stem.to_lowercase())
}

/// Adds a fragment's facts to a host.
pub(super) fn join(host: &mut Host, other: Host) {
    if let Some(list) = other.hotfixes {
        match &mut host.hotfixes {
            Some(known) => known.join(&list),
            None => host.hotfixes = Some(list),
        }
    }
    if let Some(programs) = other.software {
        host.software.get_or_insert_default().extend(programs);
    }
    if host.hotfixes.as_ref().is_some_and(|l| !l.truncated) {
        let settled = ["patches.hotfix-list-truncated", "patches.hotfixes-not-collected"];
        host.warnings.retain(|w| !settled.contains(&w.code.as_ref()));
    }
    host.origins.extend(other.origins);
    host.warnings.extend(other.warnings);
}
