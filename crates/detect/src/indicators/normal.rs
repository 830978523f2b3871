//! One spelling for every indicator.

use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// What an indicator is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// IPv4 or IPv6 address.
    Ip,
    /// Range of addresses.
    Net,
    /// Domain, with all below it.
    Domain,
    /// URL, compared without its scheme and fragment.
    Url,
    /// MD5, SHA-1 or SHA-256.
    Hash,
    /// File name without its folder.
    File,
}

impl Kind {
    /// The word for tables and messages.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Ip => "ip",
            Kind::Net => "net",
            Kind::Domain => "domain",
            Kind::Url => "url",
            Kind::Hash => "hash",
            Kind::File => "file",
        }
    }

    /// The kind of a word.
    pub fn named(name: &str) -> Option<Self> {
        [Kind::Ip, Kind::Net, Kind::Domain, Kind::Url, Kind::Hash, Kind::File]
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

/// An indicator in its one spelling.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Indicator {
    /// What it is.
    pub kind: Kind,
    /// Lower case; an address as it is printed, a URL as `url_key` has it.
    pub text: String,
}

/// What a bare text is, if it is an indicator: defanged dots and schemes
/// (`hxxp`, `[.]`) and a port after an address are understood.
pub fn classify(text: &str) -> Option<Indicator> {
    let text = refanged(text.trim().trim_matches(['"', '\'', '`', '<', '>', ',']));
    let text = text.trim();
    if text.len() < 3 || text.len() > 2048 || text.contains(char::is_whitespace) {
        return None;
    }
    if let Some(found) = address(text) {
        return Some(found);
    }
    if matches!(text.len(), 32 | 40 | 64) && text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return of(Kind::Hash, text);
    }
    if text.contains("://") {
        return of(Kind::Url, text);
    }
    if let Some((host, path)) = text.split_once('/') {
        let is_host = domain(host).is_some() || address(host).is_some();
        return if !is_host {
            None
        } else if path.is_empty() {
            classify(host)
        } else {
            of(Kind::Url, text)
        };
    }
    let host = text.split_once(':').filter(|(_, port)| is_port(port)).map_or(text, |(h, _)| h);
    of(Kind::Domain, host)
}

/// The text as an indicator of this kind; `None` if it is none.
pub(super) fn of(kind: Kind, text: &str) -> Option<Indicator> {
    let text = text.trim();
    let text = match kind {
        Kind::Ip => text.parse::<IpAddr>().ok()?.to_canonical().to_string(),
        Kind::Net => return net(text),
        Kind::Domain => domain(text)?,
        Kind::Url => url_key(text)?,
        Kind::Hash => Some(text.to_ascii_lowercase()).filter(|text| is_hash(text))?,
        Kind::File => file_name(text)?,
    };
    Some(Indicator { kind, text })
}

fn is_hash(text: &str) -> bool {
    matches!(text.len(), 32 | 40 | 64) && text.bytes().all(|b| b.is_ascii_hexdigit())
}

fn net(text: &str) -> Option<Indicator> {
    let net = text.parse::<IpNet>().ok()?.trunc();
    if net.prefix_len() == net.max_prefix_len() {
        return of(Kind::Ip, &net.addr().to_string());
    }
    Some(Indicator { kind: Kind::Net, text: net.to_string() })
}

fn address(text: &str) -> Option<Indicator> {
    let first = text.bytes().next()?;
    if !first.is_ascii_hexdigit() && first != b':' && first != b'[' {
        return None;
    }
    let bare = text.strip_prefix('[').and_then(|t| t.split_once(']')).map_or(text, |(ip, _)| ip);
    of(Kind::Ip, bare).or_else(|| net(bare)).or_else(|| {
        let (host, port) = bare.rsplit_once(':')?;
        if is_port(port) && host.contains('.') { of(Kind::Ip, host) } else { None }
    })
}

fn is_port(text: &str) -> bool {
    text.parse::<u16>().is_ok()
}

fn refanged(text: &str) -> String {
    if !text.contains('[') && !text.starts_with("hxx") && !text.contains("(.)") {
        return text.to_owned();
    }
    let text = text.replace("[.]", ".").replace("(.)", ".").replace("[:]", ":");
    match text.strip_prefix("hxxp") {
        Some(rest) => format!("http{rest}"),
        None => text,
    }
}

/// A host name of at least two labels whose last is no number.
fn domain(text: &str) -> Option<String> {
    let text = text.trim_start_matches("*.").trim_matches('.').to_lowercase();
    let labels = || text.split('.');
    let is_label = |label: &str| {
        let fits = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
        !label.is_empty() && label.len() <= 63 && label.chars().all(fits)
    };
    let last = labels().next_back()?;
    let is_name = last.chars().any(|c| !c.is_ascii_digit()) && last.len() > 1;
    (labels().count() > 1 && text.len() <= 253 && labels().all(is_label) && is_name).then_some(text)
}

/// A URL as it is compared: host in lower case, then path and query; no scheme,
/// user, default port, fragment or last slash.
pub(super) fn url_key(text: &str) -> Option<String> {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let rest = rest.split('#').next().unwrap_or_default();
    let (host, path) = match rest.find(['/', '?']) {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let host = host.rsplit('@').next().unwrap_or_default();
    let host = host.strip_suffix(":80").or_else(|| host.strip_suffix(":443")).unwrap_or(host);
    let host = host.to_lowercase();
    let key = format!("{host}{}", path.trim_end_matches('/'));
    (host.len() > 2 && host.contains(['.', ':']) && key.len() <= 2048).then_some(key)
}

fn file_name(text: &str) -> Option<String> {
    let name = text.rsplit(['\\', '/']).next()?.trim().to_lowercase();
    (name.len() > 2 && name.len() <= 255).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bare_texts_say_what_they_are() {
        for (text, expected) in [
            ("192.0.2.1", Some((Kind::Ip, "192.0.2.1"))),
            ("192.0.2.1:4444", Some((Kind::Ip, "192.0.2.1"))),
            ("192.0.2.0/24", Some((Kind::Net, "192.0.2.0/24"))),
            ("192.0.2.1/32", Some((Kind::Ip, "192.0.2.1"))),
            ("2001:DB8::1", Some((Kind::Ip, "2001:db8::1"))),
            ("Bad.Example.", Some((Kind::Domain, "bad.example"))),
            ("bad[.]example", Some((Kind::Domain, "bad.example"))),
            ("hxxp://bad.example/a", Some((Kind::Url, "bad.example/a"))),
            ("HTTPS://Bad.example:443/A?b#c", Some((Kind::Url, "bad.example/A?b"))),
            ("bad.example/a/b", Some((Kind::Url, "bad.example/a/b"))),
            (
                "d41d8cd98f00b204e9800998ecf8427e",
                Some((Kind::Hash, "d41d8cd98f00b204e9800998ecf8427e")),
            ),
            ("word", None),
            ("two words.example", None),
            ("1.2", None),
            ("", None),
        ] {
            let found = classify(text);
            let found = found.as_ref().map(|i| (i.kind, i.text.as_str()));
            assert_eq!(found, expected, "{text}");
        }
    }
}
