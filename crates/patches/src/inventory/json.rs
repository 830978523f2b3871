//! JSON of many tools: osquery (tables, result logs, packs), Wazuh
//! syscollector (API, indexer and event forms), `Get-ComputerInfo`, WMI.
//!
//! Their envelopes differ and change; the records inside do not. Every object
//! is looked at: one that carries an update, an operating system, a revision
//! or a program is taken, for the host that the nearest name around it tells.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{Found, Host, Hotfixes, Input, Os, Software, gather, table};
use crate::{products::Arch, text};

/// How deep records may be nested.
const DEPTH: usize = 24;

pub(super) fn looks_like(input: &Input<'_>) -> bool {
    input.text.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '['])
}

pub(super) fn read(input: &Input<'_>, found: &mut Found) {
    let text = input.text.trim_start_matches('\u{feff}');
    let mut gathered = Gathered::default();
    let context = Context::default();
    for value in serde_json::Deserializer::from_str(text).into_iter::<Value>() {
        match value {
            Ok(value) => gathered.walk(&value, &context, DEPTH),
            Err(error) => {
                let place = diag::Place::line(error.line() as u64).in_file(input.name);
                let broken = diag::Diagnostic::error("patches.json-broken", place);
                found.diagnostics.push(broken.with("reason", error));
                break;
            }
        }
    }
    gathered.finish(input, found);
}

#[derive(Clone, Default)]
struct Context {
    host: String,
    /// An agent's number, by which its records meet when only some of them name it.
    agent: String,
    time: Option<Timestamp>,
}

#[derive(Default)]
struct Gathered {
    hosts: BTreeMap<String, (Host, Option<Timestamp>, Collector)>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Collector {
    #[default]
    Json,
    Osquery,
    Wazuh,
}

type Object = Map<String, Value>;

/// The text of a key, whatever its case, numbers included.
fn get(object: &Object, keys: &[&str]) -> Option<String> {
    keys.iter().find_map(|key| {
        let found = object
            .get(*key)
            .or_else(|| object.iter().find(|(k, _)| k.eq_ignore_ascii_case(key)).map(|(_, v)| v))?;
        match found {
            Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    })
}

fn object<'v>(parent: &'v Object, key: &str) -> Option<&'v Object> {
    parent.get(key).and_then(Value::as_object)
}

impl Context {
    fn within(&self, found: &Object) -> Self {
        let agent = object(found, "agent").or_else(|| object(found, "agent_info"));
        let named = get(
            found,
            &[
                "hostIdentifier",
                "host_identifier",
                "hostname",
                "computer_name",
                "csname",
                "PSComputerName",
                "__SERVER",
                "agent_name",
                "computerName",
                "device_name",
            ],
        )
        .or_else(|| found.get("host").and_then(Value::as_str).map(str::to_owned))
        .or_else(|| object(found, "host").and_then(|h| get(h, &["name", "hostname"])))
        .or_else(|| agent.and_then(|a| get(a, &["name", "agent_name"])));
        let number =
            get(found, &["agent_id"]).or_else(|| agent.and_then(|a| get(a, &["id", "agent_id"])));
        let time = get(found, &["scan_time", "collected_at", "calendarTime"])
            .and_then(|t| table::time(&t));
        let unix = || {
            get(found, &["unixTime", "unix_time"])?
                .parse()
                .ok()
                .and_then(|s| Timestamp::from_second(s).ok())
        };
        Self {
            host: named.unwrap_or_else(|| self.host.clone()),
            agent: number.unwrap_or_else(|| self.agent.clone()),
            time: time.or_else(unix).or(self.time),
        }
    }

    fn key(&self) -> String {
        if self.agent.is_empty() { self.host.to_lowercase() } else { self.agent.clone() }
    }
}

impl Gathered {
    fn walk(&mut self, value: &Value, context: &Context, depth: usize) {
        if depth == 0 {
            return;
        }
        match value {
            Value::Array(items) => items.iter().for_each(|v| self.walk(v, context, depth - 1)),
            Value::Object(found) if is_removal(found) => {}
            Value::Object(found) => {
                let context = context.within(found);
                self.record(found, &context);
                for child in found.values() {
                    self.walk(child, &context, depth - 1);
                }
            }
            _ => {}
        }
    }

    fn record(&mut self, found: &Object, context: &Context) {
        self.updates(found, context);
        self.revision(found, context);
        if is_os(found) {
            self.os(found, context);
        } else if is_program(found) {
            self.program(found, context);
        }
    }

    fn entry(&mut self, context: &Context, collector: Collector) -> &mut Host {
        let (host, time, by) = self.hosts.entry(context.key()).or_default();
        *time = time.iter().copied().chain(context.time).min();
        *by = collector.max(*by);
        if host.name.is_empty() {
            host.name.clone_from(&context.host);
        }
        host
    }

    fn updates(&mut self, found: &Object, context: &Context) {
        let one = get(found, &["hotfix_id", "HotFixID", "hotfix"]);
        let lists = ["hotfixes", "kbs", "OsHotFixes", "installed_updates"];
        let list = lists.iter().find_map(|key| found.get(*key)?.as_array());
        if one.is_none() && list.is_none() {
            return;
        }
        let collector = collector_of(found);
        let texts = list.into_iter().flatten().filter_map(|v| match v {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        });
        let kbs: Vec<u32> = texts.chain(one).filter_map(|t| text::kb(&t)).collect();
        let host = self.entry(context, collector);
        host.hotfixes.get_or_insert_default().join(&Hotfixes::whole(kbs));
    }

    fn revision(&mut self, found: &Object, context: &Context) {
        let registry = get(found, &["name"]).is_some_and(|n| n.eq_ignore_ascii_case("UBR"));
        let value =
            if registry { get(found, &["data"]) } else { get(found, &["UBR", "WindowsUBR"]) };
        if let Some(ubr) = value.and_then(|v| v.parse().ok()) {
            self.entry(context, collector_of(found)).os.ubr = Some(ubr);
        }
    }

    fn os(&mut self, found: &Object, context: &Context) {
        let os = object(found, "os").unwrap_or(found);
        let collector = collector_of(found).max(collector_of(os));
        let host = self.entry(context, collector);
        let name = get(
            os,
            &[
                "os_name",
                "osName",
                "Caption",
                "OsName",
                "WindowsProductName",
                "ProductName",
                "full",
                "os",
                "product",
                "name",
            ],
        );
        let build = get(
            os,
            &[
                "os_build",
                "build",
                "OsBuildNumber",
                "BuildNumber",
                "CurrentBuild",
                "CurrentBuildNumber",
            ],
        );
        let version = get(os, &["os_version", "version", "OsVersion", "kernel"]);
        for text in [version, build].into_iter().flatten() {
            host.os.set_version(&text);
        }
        let revision = get(os, &["revision", "ubr", "UBR"]).and_then(|r| r.parse().ok());
        host.os.ubr = revision.filter(|r: &u32| *r > 0).or(host.os.ubr);
        if let Some(name) = name {
            host.os.name = name;
        }
        let arch = get(os, &["architecture", "arch", "OsArchitecture", "OSArchitecture"])
            .or_else(|| get(found, &["architecture"]));
        host.os.arch = arch.and_then(|a| Arch::parse(&a)).or(host.os.arch);
        let display = get(
            os,
            &["os_display_version", "display_version", "DisplayVersion", "OSDisplayVersion"],
        );
        host.os.display_version = display.or_else(|| host.os.display_version.take());
        let kind = get(os, &["installation_type", "InstallationType", "WindowsInstallationType"]);
        host.os.server_core |= kind.is_some_and(|k| k.to_lowercase().contains("core"));
    }

    fn program(&mut self, found: &Object, context: &Context) {
        let ecosystem = ecosystem(found);
        let version = get(found, &["version", "DisplayVersion"]).unwrap_or_default();
        // osquery keeps an RPM's release apart.
        let release = get(found, &["release"]).filter(|_| ecosystem == "rpm");
        let program = Software {
            name: get(found, &["name", "DisplayName"]).unwrap_or_default(),
            version: release.map_or(version.clone(), |release| format!("{version}-{release}")),
            vendor: get(found, &["vendor", "publisher", "maintainer", "Publisher"])
                .unwrap_or_default(),
            ecosystem: ecosystem.to_owned(),
            arch: get(found, &["architecture", "arch"]).unwrap_or_default(),
            source: get(found, &["source"]).unwrap_or_default(),
        };
        let host = self.entry(context, collector_of(found));
        host.software.get_or_insert_default().push(program);
    }

    /// Records that no name is around belong to the only machine of the file.
    fn adopt(&mut self) {
        if self.hosts.len() != 2 {
            return;
        }
        let Some((nameless, time, by)) = self.hosts.remove("") else { return };
        if let Some((host, known, collector)) = self.hosts.values_mut().next() {
            if host.os == Os::default() {
                host.os = nameless.os.clone();
            }
            *known = known.iter().copied().chain(time).min();
            *collector = by.max(*collector);
            gather::join(host, nameless);
        }
    }

    fn finish(mut self, input: &Input<'_>, found: &mut Found) {
        self.adopt();
        for (mut host, time, collector) in self.hosts.into_values() {
            let collector = match collector {
                Collector::Json => "json",
                Collector::Osquery => "osquery",
                Collector::Wazuh => "wazuh",
            };
            let mut origin = input.origin(collector);
            origin.collected_at = time;
            host.origins.push(origin);
            found.hosts.push(host);
        }
    }
}

/// Whether a record says that something is gone.
fn is_removal(found: &Object) -> bool {
    let says = |key: &str, word: &str| found.get(key).and_then(Value::as_str) == Some(word);
    says("operation", "DELETED") || says("action", "removed")
}

fn is_os(found: &Object) -> bool {
    let has = |key: &str| found.contains_key(key);
    let inner =
        object(found, "os").is_some_and(|os| os.contains_key("name") || os.contains_key("full"));
    // A plain record of a machine: {"host", "os" or "product", "build", …}.
    let names_windows = ["os", "product"]
        .iter()
        .any(|key| found.get(*key).and_then(Value::as_str).is_some_and(|v| v.contains("Windows")));
    inner
        || (names_windows && ["build", "os_build", "ubr", "hotfixes"].iter().any(|k| has(k)))
        || has("os_name")
        || has("OsName")
        || has("osName")
        || (has("Caption") && has("BuildNumber"))
        || (has("ProductName") && (has("CurrentBuild") || has("CurrentBuildNumber")))
        || (has("platform") && has("version") && has("name") && (has("build") || has("major")))
}

fn is_program(found: &Object) -> bool {
    let has = |key: &str| found.contains_key(key);
    let named = (has("name") && has("version")) || (has("DisplayName") && has("DisplayVersion"));
    let marks = [
        "vendor",
        "publisher",
        "install_location",
        "install_source",
        "identifying_number",
        "format",
        "maintainer",
        "Publisher",
        "install_date",
        "source",
        "arch",
    ];
    named && !has("platform") && marks.iter().any(|m| has(m))
}

/// The purl type of a package: as Wazuh says it, or by osquery's columns of
/// `deb_packages` and `rpm_packages`.
fn ecosystem(found: &Object) -> &'static str {
    let has = |key: &str| found.contains_key(key);
    match get(found, &["format", "type"]).as_deref() {
        Some("deb") => "deb",
        Some("rpm") => "rpm",
        _ if has("maintainer") && has("section") => "deb",
        _ if has("release") && (has("epoch") || has("package_group")) => "rpm",
        _ => "",
    }
}

fn collector_of(found: &Object) -> Collector {
    let has = |keys: &[&str]| keys.iter().any(|k| found.contains_key(*k));
    if has(&[
        "scan_id",
        "os_build",
        "os_major",
        "scan_time",
        "hotfix",
        "agent_id",
        "item_id",
        "checksum",
    ]) {
        return Collector::Wazuh;
    }
    if has(&["hotfix_id", "platform_like", "identifying_number", "platform", "data"]) {
        return Collector::Osquery;
    }
    Collector::Json
}
