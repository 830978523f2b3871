//! ECS fields that follow from other ECS fields, by ECS's own definitions.

use super::{Ecs, domains, how::address, user_agent};

/// Adds all that follows.
pub(super) fn derive(ecs: &mut Ecs<'_>) {
    lists(ecs);
    users(ecs);
    answers(ecs);
    url(ecs);
    endpoints(ecs);
    families(ecs);
    totals(ecs);
    files(ecs);
    hashes(ecs);
    registry(ecs);
    names(ecs);
    user_agent::derive(ecs);
    related(ecs);
}

/// Tables write `connection start` where ECS has a list.
fn lists(ecs: &mut Ecs<'_>) {
    let Some(types) = owned(ecs, "event.type").filter(|types| types.contains(' ')) else { return };
    ecs.remove("event.type");
    for one in types.split(' ') {
        ecs.add("event.type", one.to_owned());
    }
}

/// Sysmon's `type:  5 alias.example;::ffff:192.0.2.1;`, which the table gives as
/// `dns.answers`. An IPv4 address stands in its mapped form.
fn answers(ecs: &mut Ecs<'_>) {
    let Some(results) = owned(ecs, "dns.answers") else { return };
    ecs.remove("dns.answers");
    for answer in results.split(';').filter(|answer| !answer.is_empty()) {
        if let Some(ip) = address(answer) {
            ecs.add("dns.answers.data", ip.to_string());
            ecs.add("dns.answers.type", if ip.is_ipv4() { "A" } else { "AAAA" });
            ecs.add("dns.resolved_ip", ip.to_string());
        } else if let Some((kind, name)) = record(answer) {
            ecs.add("dns.answers.data", name.to_owned());
            ecs.add("dns.answers.type", kind);
        }
    }
}

/// A resource record under the name of its type (RFC 1035 and later).
fn record(answer: &str) -> Option<(&'static str, &str)> {
    const TYPES: &[(&str, &str)] =
        &[("2", "NS"), ("5", "CNAME"), ("12", "PTR"), ("15", "MX"), ("16", "TXT"), ("33", "SRV")];
    let (number, name) = answer.trim().strip_prefix("type:")?.trim_start().split_once(' ')?;
    let (_, kind) = TYPES.iter().find(|(known, _)| *known == number)?;
    Some((kind, name.trim()))
}

fn owned(ecs: &Ecs<'_>, name: &str) -> Option<String> {
    ecs.get(name).map(str::to_owned)
}

/// Copies a field to another that has no value.
fn fill(ecs: &mut Ecs<'_>, to: &'static str, from: &str) {
    if let Some(value) = owned(ecs, from) {
        ecs.set(to, value);
    }
}

/// `address` is the ip or the domain, whichever is known, where a table does not say it.
fn endpoints(ecs: &mut Ecs<'_>) {
    for (address, ip, domain) in [
        ("source.address", "source.ip", "source.domain"),
        ("destination.address", "destination.ip", "destination.domain"),
        ("client.address", "client.ip", "client.domain"),
        ("server.address", "server.ip", "server.domain"),
    ] {
        fill(ecs, address, ip);
        fill(ecs, address, domain);
    }
    fill(ecs, "destination.domain", "url.domain");
    fill(ecs, "host.hostname", "host.name");
    if let Some(short) = owned(ecs, "host.hostname").filter(|name| address(name).is_none()) {
        let short = short.split('.').next().unwrap_or_default().to_owned();
        ecs.replace("host.hostname", short);
    }
}

/// Families of Linux, as agents name them.
const LINUX: &[&str] = &["debian", "redhat", "suse", "ubuntu", "centos", "arch", "alpine"];

/// `network.type` and the family of the system, from what is there.
fn families(ecs: &mut Ecs<'_>) {
    let ends = ["source.ip", "destination.ip"].into_iter().find_map(|end| address(ecs.get(end)?));
    if let Some(ip) = ends {
        ecs.set("network.type", if ip.is_ipv4() { "ipv4" } else { "ipv6" });
    }
    if ["host.os.family", "host.os.platform"]
        .iter()
        .any(|name| ecs.get(name).is_some_and(|family| LINUX.contains(&family)))
    {
        ecs.set("host.os.type", "linux");
    }
}

/// A user written as `DOMAIN\name` or `name@domain`.
fn users(ecs: &mut Ecs<'_>) {
    for (name, domain) in [
        ("user.name", "user.domain"),
        ("source.user.name", "source.user.domain"),
        ("destination.user.name", "destination.user.domain"),
        ("user.target.name", "user.target.domain"),
    ] {
        let Some(value) = owned(ecs, name) else { continue };
        if let Some((before, after)) = value.rsplit_once('\\') {
            ecs.set(domain, before.trim_matches('\\').to_owned());
            ecs.replace(name, after.to_owned());
        } else if let Some((before, after)) = value.split_once('@')
            && name == "user.name"
            && !before.is_empty()
            && after.contains('.')
        {
            ecs.set(domain, after.to_owned());
            ecs.replace(name, before.to_owned());
        }
    }
}

fn totals(ecs: &mut Ecs<'_>) {
    for (total, source, destination) in [
        ("network.bytes", "source.bytes", "destination.bytes"),
        ("network.packets", "source.packets", "destination.packets"),
    ] {
        let number = |name| ecs.get(name).and_then(|text| text.parse::<u64>().ok());
        if let (Some(source), Some(destination)) = (number(source), number(destination)) {
            ecs.set(total, source.saturating_add(destination).to_string());
        }
    }
}

/// A URL's parts (RFC 3986); `url.original` may be a path only.
fn url(ecs: &mut Ecs<'_>) {
    let Some(original) = owned(ecs, "url.original").or_else(|| owned(ecs, "url.full")) else {
        return;
    };
    ecs.set("url.original", original.clone());
    let original = whole_url(original, ecs);
    let mut rest = original.as_str();
    if let Some((scheme, after)) = rest.split_once("://").filter(|(scheme, _)| scheme.len() < 12) {
        ecs.set("url.full", original.clone());
        ecs.set("url.scheme", scheme.to_ascii_lowercase());
        let end = after.find(['/', '?', '#']).unwrap_or(after.len());
        authority(&after[..end], ecs);
        rest = &after[end..];
    } else if !rest.starts_with('/') {
        return;
    }
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    ecs.set("url.path", path.to_owned());
    ecs.set("url.query", query.to_owned());
    ecs.set("url.fragment", fragment.to_owned());
}

/// Proxies and firewalls leave the scheme out, and say it elsewhere.
fn whole_url(original: String, ecs: &Ecs<'_>) -> String {
    match ecs.get("url.scheme") {
        Some(scheme) if !original.contains("://") && !original.starts_with('/') => {
            format!("{scheme}://{original}")
        }
        _ => original,
    }
}

fn authority(text: &str, ecs: &mut Ecs<'_>) {
    let text = match text.rsplit_once('@') {
        Some((user, rest)) => {
            ecs.set("url.username", user.split(':').next().unwrap_or_default().to_owned());
            rest
        }
        None => text,
    };
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => (host, port),
        _ => (text, ""),
    };
    ecs.set("url.domain", host.trim_matches(['[', ']']).to_owned());
    let port = match (port, ecs.get("url.scheme")) {
        ("", Some("http")) => "80",
        ("", Some("https")) => "443",
        _ => port,
    };
    ecs.set("url.port", port.to_owned());
}

/// Names and folders of paths, of either system.
fn files(ecs: &mut Ecs<'_>) {
    for (path, name, folder) in [
        ("process.executable", "process.name", ""),
        ("process.parent.executable", "process.parent.name", ""),
        ("file.path", "file.name", "file.directory"),
        ("dll.path", "dll.name", ""),
    ] {
        let Some(value) = owned(ecs, path) else { continue };
        let (before, after) = match value.rfind(['\\', '/']) {
            Some(at) => (value[..at].to_owned(), value[at + 1..].to_owned()),
            None => (String::new(), value.clone()),
        };
        ecs.set(name, after);
        if !folder.is_empty() {
            ecs.set("file.directory", before);
        }
    }
    if let Some(name) = owned(ecs, "file.name")
        && let Some((before, extension)) = name.rsplit_once('.')
        && !before.is_empty()
        && extension.len() <= 8
    {
        ecs.set("file.extension", extension.to_owned());
    }
}

/// Sysmon's `SHA1=…,MD5=…`, which the tables give as `process.hash`.
fn hashes(ecs: &mut Ecs<'_>) {
    for (all, names) in [
        (
            "process.hash",
            ["process.hash.md5", "process.hash.sha1", "process.hash.sha256", "process.pe.imphash"],
        ),
        ("file.hash", ["file.hash.md5", "file.hash.sha1", "file.hash.sha256", "file.pe.imphash"]),
        ("dll.hash", ["dll.hash.md5", "dll.hash.sha1", "dll.hash.sha256", "dll.pe.imphash"]),
    ] {
        let Some(value) = owned(ecs, all) else { continue };
        ecs.remove(all);
        // Defender writes `SHA1:…;`.
        let parts = value.split([',', ';']).filter_map(|part| part.split_once(['=', ':']));
        for (kind, hash) in parts {
            let at =
                ["MD5", "SHA1", "SHA256", "IMPHASH"].iter().position(|known| *known == kind.trim());
            if let Some(at) = at {
                ecs.set(names[at], hash.to_ascii_lowercase());
            }
        }
    }
}

/// `HKLM\Software\Key\Value`.
fn registry(ecs: &mut Ecs<'_>) {
    let Some(path) = owned(ecs, "registry.path") else { return };
    let Some((hive, rest)) = path.split_once('\\').filter(|(hive, _)| hive.starts_with("HK"))
    else {
        return;
    };
    ecs.set("registry.hive", hive.to_owned());
    let (key, value) = rest.rsplit_once('\\').unwrap_or((rest, ""));
    ecs.set("registry.key", key.to_owned());
    ecs.set("registry.value", value.to_owned());
}

/// The parts of domain names.
fn names(ecs: &mut Ecs<'_>) {
    for [name, registered, subdomain, top] in DOMAINS {
        let Some(domain) = owned(ecs, name) else { continue };
        if let Some(parts) = domains::parts(&domain) {
            ecs.set(registered, parts.registered.to_owned());
            ecs.set(subdomain, parts.subdomain.to_owned());
            ecs.set(top, parts.top_level.to_owned());
        }
    }
}

const DOMAINS: &[[&str; 4]] = &[
    ["source.domain", "source.registered_domain", "source.subdomain", "source.top_level_domain"],
    [
        "destination.domain",
        "destination.registered_domain",
        "destination.subdomain",
        "destination.top_level_domain",
    ],
    ["url.domain", "url.registered_domain", "url.subdomain", "url.top_level_domain"],
    [
        "dns.question.name",
        "dns.question.registered_domain",
        "dns.question.subdomain",
        "dns.question.top_level_domain",
    ],
];

/// Everything of a kind in one field, for whoever looks for one address.
fn related(ecs: &mut Ecs<'_>) {
    let groups: [(&'static str, &[&str]); 4] = [
        (
            "related.ip",
            &[
                "source.ip",
                "destination.ip",
                "client.ip",
                "server.ip",
                "host.ip",
                "source.nat.ip",
                "destination.nat.ip",
                "network.forwarded_ip",
                "dns.resolved_ip",
            ],
        ),
        (
            "related.hosts",
            &[
                "host.hostname",
                "observer.hostname",
                "source.domain",
                "destination.domain",
                "url.domain",
                "dns.question.name",
            ],
        ),
        (
            "related.user",
            &[
                "user.name",
                "source.user.name",
                "destination.user.name",
                "user.target.name",
                "user.effective.name",
            ],
        ),
        (
            "related.hash",
            &[
                "file.hash.md5",
                "file.hash.sha1",
                "file.hash.sha256",
                "process.hash.md5",
                "process.hash.sha1",
                "process.hash.sha256",
                "dll.hash.sha256",
            ],
        ),
    ];
    for (to, from) in groups {
        for name in from {
            let values: Vec<String> = ecs.all(name).map(str::to_owned).collect();
            for value in values {
                ecs.add(to, value);
            }
        }
    }
}
