//! Addresses as lists write them: one, a network, a range, with a port, in a
//! URL, hidden from the mouse.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

use ipnet::{IpNet, Ipv4Net, Ipv4Subnets, Ipv6Net, Ipv6Subnets};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::refang;

/// Addresses that a range `a-b` is written out to; a longer one stays networks.
const EXPAND: u128 = 256;

/// One address, or a network when the list names no single one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Address {
    /// A single address. IPv4 inside IPv6 (`::ffff:192.0.2.1`) is IPv4 here.
    Host(IpAddr),
    /// A network of more than one address.
    Network(IpNet),
}

impl Address {
    /// First and last address, as numbers of one space (see [`span_of`]).
    pub fn span(&self) -> (u128, u128) {
        match self {
            Self::Host(ip) => (number(*ip), number(*ip)),
            Self::Network(net) => span_of(net),
        }
    }

    /// Whether it is IPv4.
    pub fn is_ipv4(&self) -> bool {
        match self {
            Self::Host(ip) => ip.is_ipv4(),
            Self::Network(net) => matches!(net, IpNet::V4(_)),
        }
    }

    /// What kind of address nobody on the Internet can be reached by, if any:
    /// `private`, `documentation`, `loopback`, `link-local`, `multicast`,
    /// `shared`, `benchmark`, `unspecified`, `broadcast`, `reserved`.
    /// After the IANA special-purpose registries.
    pub fn special(&self) -> Option<&'static str> {
        match self {
            Self::Host(IpAddr::V4(ip)) => special_v4(*ip),
            Self::Host(IpAddr::V6(ip)) => special_v6(*ip),
            Self::Network(IpNet::V4(net)) => special_v4(net.network()),
            Self::Network(IpNet::V6(net)) => special_v6(net.network()),
        }
    }
}

impl From<IpAddr> for Address {
    fn from(ip: IpAddr) -> Self {
        Self::Host(ip.to_canonical())
    }
}

impl From<IpNet> for Address {
    fn from(net: IpNet) -> Self {
        if net.prefix_len() == net.max_prefix_len() {
            net.addr().into()
        } else {
            Self::Network(net.trunc())
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host(ip) => ip.fmt(f),
            Self::Network(net) => net.fmt(f),
        }
    }
}

impl FromStr for Address {
    type Err = WrongAddress;

    fn from_str(text: &str) -> Result<Self, WrongAddress> {
        plain(text)
    }
}

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Why a cell names no address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrongAddress {
    /// Nothing is written.
    #[error("nothing written")]
    Empty,
    /// A part begins with 0: some programs read it as octal, so two readers
    /// would name two machines.
    #[error("leading zeros")]
    LeadingZeros,
    /// It names a host, not an address; nothing here asks a name server.
    #[error("a name, not an address: {0}")]
    Name(String),
    /// A range whose end is before its beginning, or of two families.
    #[error("a range that runs backwards")]
    Backwards,
    /// It is something else.
    #[error("not understood")]
    NotUnderstood,
}

/// What a cell says about an address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// The addresses; more than one for a short range or a cell with several.
    pub addresses: Vec<Address>,
    /// The port behind the address.
    pub port: Option<u16>,
    /// The URL that it stood in.
    pub url: Option<String>,
    /// The IPv6 zone (`%eth0`) that was left out: it means something only on
    /// the machine that wrote it.
    pub zone: Option<String>,
}

/// Reads a cell that should name an address.
pub fn read(cell: &str) -> Result<Named, WrongAddress> {
    let cell = trim(cell);
    // Nearly every cell of a machine's list is just an address.
    if let Ok(ip) = cell.parse::<IpAddr>() {
        return Ok(one(ip.into()));
    }
    let plain = refang(cell);
    let text = trim(&plain);
    if text.is_empty() {
        return Err(WrongAddress::Empty);
    }
    match single(text) {
        Err(WrongAddress::NotUnderstood) => several(text),
        other => other,
    }
}

fn trim(text: &str) -> &str {
    let quotes = ['"', '\'', '`', '“', '”', '‘', '’', '<', '>', '\u{a0}', '\u{feff}', '\u{200b}'];
    text.trim_matches(|c: char| c.is_whitespace() || quotes.contains(&c))
        .trim_end_matches([',', ';'])
}

fn one(address: Address) -> Named {
    Named { addresses: vec![address], ..Named::default() }
}

fn several(text: &str) -> Result<Named, WrongAddress> {
    let mut all = Named::default();
    let pieces = text.split([',', ';', '|', ' ', '\n', '\t']).filter(|piece| !piece.is_empty());
    for piece in pieces {
        let named = single(trim(piece))?;
        all.addresses.extend(named.addresses);
        all.port = all.port.or(named.port);
    }
    if all.addresses.is_empty() { Err(WrongAddress::NotUnderstood) } else { Ok(all) }
}

fn single(text: &str) -> Result<Named, WrongAddress> {
    if let Some((_, rest)) = text.split_once("://") {
        return in_url(text, rest);
    }
    if let Some((ip, zone)) = text.split_once('%') {
        let address: Ipv6Addr =
            ip.trim_start_matches('[').parse().map_err(|_| WrongAddress::NotUnderstood)?;
        let zone = Some(zone.trim_end_matches(']').to_owned());
        return Ok(Named { zone, ..one(IpAddr::V6(address).into()) });
    }
    if let Some(rest) = text.strip_prefix('[') {
        return bracketed(rest);
    }
    match plain(text) {
        Ok(address) => Ok(one(address)),
        Err(WrongAddress::LeadingZeros) => Err(WrongAddress::LeadingZeros),
        Err(other) => range(text)?
            .or_else(|| with_port(text))
            .or_else(|| with_path(text))
            .map_or_else(|| name_or(text, other), Ok),
    }
}

/// An address or a network and nothing else.
fn plain(text: &str) -> Result<Address, WrongAddress> {
    if let Ok(ip) = text.parse::<IpAddr>() {
        return Ok(ip.into());
    }
    if has_leading_zeros(text) {
        return Err(WrongAddress::LeadingZeros);
    }
    let Some((ip, prefix)) = text.split_once('/') else { return Err(WrongAddress::NotUnderstood) };
    let ip: IpAddr = ip.trim().parse().map_err(|_| WrongAddress::NotUnderstood)?;
    let net = match prefix.trim().parse::<u8>() {
        Ok(length) => IpNet::new(ip, length).ok(),
        Err(_) => {
            prefix.trim().parse::<IpAddr>().ok().and_then(|mask| IpNet::with_netmask(ip, mask).ok())
        }
    };
    net.map(unmapped).map(Address::from).ok_or(WrongAddress::NotUnderstood)
}

/// A network of IPv4 inside IPv6 is a network of IPv4.
fn unmapped(net: IpNet) -> IpNet {
    match net {
        IpNet::V6(six) if six.prefix_len() >= 96 => match six.addr().to_ipv4_mapped() {
            Some(four) => Ipv4Net::new(four, six.prefix_len() - 96).map_or(net, IpNet::V4),
            None => net,
        },
        _ => net,
    }
}

fn has_leading_zeros(text: &str) -> bool {
    let host = text.split(['/', ':']).next().unwrap_or_default();
    let parts: Vec<&str> = host.split('.').collect();
    let numbers = parts.len() == 4
        && parts
            .iter()
            .all(|p| (1..=4).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit()));
    numbers && parts.iter().any(|p| p.len() > 1 && p.starts_with('0'))
}

fn bracketed(rest: &str) -> Result<Named, WrongAddress> {
    let (ip, tail) = rest.split_once(']').ok_or(WrongAddress::NotUnderstood)?;
    let address: IpAddr = ip.parse().map_err(|_| WrongAddress::NotUnderstood)?;
    let port = match tail.strip_prefix(':') {
        Some(port) => Some(port.parse().map_err(|_| WrongAddress::NotUnderstood)?),
        None if tail.is_empty() => None,
        None => return Err(WrongAddress::NotUnderstood),
    };
    Ok(Named { port, ..one(address.into()) })
}

fn with_port(text: &str) -> Option<Named> {
    let (ip, port) = text.rsplit_once(':')?;
    let address: Ipv4Addr = ip.trim().parse().ok()?;
    let port = Some(port.trim().parse().ok()?);
    Some(Named { port, ..one(IpAddr::V4(address).into()) })
}

/// `192.0.2.1/gate.php`, `192.0.2.1:8080/x`: a URL without its scheme. What looks
/// like the length of a network and is none stays unread.
fn with_path(text: &str) -> Option<Named> {
    let (host, path) = text.split_once('/')?;
    let length = |b: u8| b.is_ascii_digit() || b == b'.';
    if !path.is_empty() && path.bytes().all(length) {
        return None;
    }
    let named = match host.parse::<Ipv4Addr>() {
        Ok(ip) => one(IpAddr::V4(ip).into()),
        Err(_) => with_port(host)?,
    };
    Some(Named { url: Some(text.to_owned()), ..named })
}

/// `192.0.2.1-192.0.2.9`, `192.0.2.1 – 9`.
fn range(text: &str) -> Result<Option<Named>, WrongAddress> {
    let Some((from, to)) = text.split_once(['-', '–', '—']) else { return Ok(None) };
    let (from, to) = (from.trim(), to.trim());
    let Ok(first) = from.parse::<IpAddr>() else { return Ok(None) };
    let last = match (to.parse::<IpAddr>(), first) {
        (Ok(last), _) => last,
        (Err(_), IpAddr::V4(v4)) => {
            let Ok(end) = to.parse::<u8>() else { return Ok(None) };
            let [a, b, c, _] = v4.octets();
            Ipv4Addr::new(a, b, c, end).into()
        }
        _ => return Ok(None),
    };
    let addresses =
        between(first.to_canonical(), last.to_canonical()).ok_or(WrongAddress::Backwards)?;
    Ok(Some(Named { addresses, ..Named::default() }))
}

/// All of a range: each address when they are few, else the fewest networks.
pub(crate) fn between(first: IpAddr, last: IpAddr) -> Option<Vec<Address>> {
    let (from, to) = (number(first), number(last));
    if first.is_ipv4() != last.is_ipv4() || from > to {
        return None;
    }
    if to - from < EXPAND {
        return Some((from..=to).map(|n| Address::Host(ip_of(n))).collect());
    }
    Some(networks(first, last).into_iter().map(Address::from).collect())
}

/// The fewest networks that are exactly this range.
pub(crate) fn networks(first: IpAddr, last: IpAddr) -> Vec<IpNet> {
    match (first, last) {
        (IpAddr::V4(a), IpAddr::V4(b)) => Ipv4Subnets::new(a, b, 0).map(IpNet::V4).collect(),
        (IpAddr::V6(a), IpAddr::V6(b)) => Ipv6Subnets::new(a, b, 0).map(IpNet::V6).collect(),
        _ => Vec::new(),
    }
}

fn in_url(text: &str, rest: &str) -> Result<Named, WrongAddress> {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    if has_leading_zeros(host) {
        return Err(WrongAddress::LeadingZeros);
    }
    let url = url::Url::parse(text).map_err(|_| name_only(host))?;
    let address = match url.host() {
        Some(url::Host::Ipv4(ip)) if is_dotted(host) => IpAddr::V4(ip),
        Some(url::Host::Ipv6(ip)) => IpAddr::V6(ip),
        _ => return Err(name_only(host)),
    };
    Ok(Named { port: url.port(), url: Some(text.to_owned()), ..one(address.into()) })
}

/// The URL standard reads `http://1` as 0.0.0.1; a list never means that.
fn is_dotted(host: &str) -> bool {
    host.split(':').next().is_some_and(|host| host.parse::<Ipv4Addr>().is_ok())
}

fn name_only(host: &str) -> WrongAddress {
    match host.split(':').next() {
        Some(name) if !name.is_empty() => WrongAddress::Name(name.to_lowercase()),
        _ => WrongAddress::NotUnderstood,
    }
}

fn name_or(text: &str, other: WrongAddress) -> Result<Named, WrongAddress> {
    let host = text
        .split(['/', ':', '?'])
        .next()
        .unwrap_or_default()
        .trim_start_matches("*.")
        .trim_start_matches('.');
    Err(if is_name(host) { WrongAddress::Name(host.to_lowercase()) } else { other })
}

fn is_name(host: &str) -> bool {
    let letter = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    let labels: Vec<&str> = host.split('.').collect();
    let top = labels.last().is_some_and(|top| {
        top.len() > 1 && (top.starts_with("xn--") || top.chars().all(char::is_alphabetic))
    });
    labels.len() > 1 && top && labels.iter().all(|l| !l.is_empty() && l.chars().all(letter))
}

/// An address as a number; IPv4 lies in the mapped part of IPv6, so that one
/// order serves both.
pub fn number(ip: IpAddr) -> u128 {
    match ip {
        IpAddr::V4(v4) => u128::from(v4.to_ipv6_mapped()),
        IpAddr::V6(v6) => u128::from(v6),
    }
}

pub(crate) fn ip_of(number: u128) -> IpAddr {
    IpAddr::V6(Ipv6Addr::from(number)).to_canonical()
}

/// First and last address of a network, as numbers.
pub fn span_of(net: &IpNet) -> (u128, u128) {
    (number(net.network()), number(net.broadcast()))
}

fn special_v4(ip: Ipv4Addr) -> Option<&'static str> {
    let [a, b, ..] = ip.octets();
    let kinds = [
        (ip.is_unspecified() || a == 0, "unspecified"),
        (ip.is_loopback(), "loopback"),
        (ip.is_private(), "private"),
        (ip.is_documentation(), "documentation"),
        (ip.is_link_local(), "link-local"),
        (ip.is_multicast(), "multicast"),
        (ip.is_broadcast(), "broadcast"),
        (a == 100 && (64..128).contains(&b), "shared"),
        (a == 198 && (b == 18 || b == 19), "benchmark"),
        (a >= 240, "reserved"),
    ];
    kinds.iter().find(|(is, _)| *is).map(|(_, name)| *name)
}

fn special_v6(ip: Ipv6Addr) -> Option<&'static str> {
    let within = |net: &str| net.parse::<Ipv6Net>().is_ok_and(|net| net.contains(&ip));
    if ip.is_unspecified() {
        Some("unspecified")
    } else if ip.is_loopback() {
        Some("loopback")
    } else if ip.is_multicast() {
        Some("multicast")
    } else if ip.is_unique_local() {
        Some("private")
    } else if ip.is_unicast_link_local() {
        Some("link-local")
    } else if within("2001:db8::/32") || within("3fff::/20") {
        Some("documentation")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(cell: &str) -> String {
        match read(cell) {
            Ok(named) => {
                let addresses: Vec<String> =
                    named.addresses.iter().map(ToString::to_string).collect();
                let port = named.port.map(|p| format!(" port {p}")).unwrap_or_default();
                let zone = named.zone.map(|z| format!(" zone {z}")).unwrap_or_default();
                format!("{}{port}{zone}", addresses.join(" "))
            }
            Err(wrong) => format!("! {wrong}"),
        }
    }

    #[test]
    fn cells_that_name_addresses() {
        let table = [
            ("192.0.2.1", "192.0.2.1"),
            (" \"192[.]0[.]2[.]1\" ", "192.0.2.1"),
            ("192.0.2.1:8080", "192.0.2.1 port 8080"),
            ("[2001:db8::1]:443", "2001:db8::1 port 443"),
            ("2001:db8::1", "2001:db8::1"),
            ("2001[:]db8[:][:]1", "2001:db8::1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("fe80::1%eth0", "fe80::1 zone eth0"),
            ("192.0.2.0/24", "192.0.2.0/24"),
            ("192.0.2.77/24", "192.0.2.0/24"),
            ("192.0.2.0/255.255.255.0", "192.0.2.0/24"),
            ("192.0.2.1/32", "192.0.2.1"),
            ("2001:db8::/32", "2001:db8::/32"),
            ("::ffff:192.0.2.0/120", "192.0.2.0/24"),
            ("192.0.2.1-192.0.2.3", "192.0.2.1 192.0.2.2 192.0.2.3"),
            ("192.0.2.1 – 3", "192.0.2.1 192.0.2.2 192.0.2.3"),
            ("198.51.100.0-198.51.103.255", "198.51.100.0/22"),
            ("192.0.2.1, 192.0.2.5", "192.0.2.1 192.0.2.5"),
            ("hxxp://192.0.2.9:81/gate.php", "192.0.2.9 port 81"),
            ("http://[2001:db8::5]/x", "2001:db8::5"),
            ("http://user@192.0.2.9/", "192.0.2.9"),
            ("192.0.2.9/gate.php", "192.0.2.9"),
            ("192.0.2.9:81/", "192.0.2.9 port 81"),
            ("192.0.2.010", "! leading zeros"),
            ("http://192.0.2.010/", "! leading zeros"),
            ("hxxp://bad[.]example/x", "! a name, not an address: bad.example"),
            ("bad.example", "! a name, not an address: bad.example"),
            ("http://1/", "! a name, not an address: 1"),
            ("192.0.2.9-192.0.2.1", "! a range that runs backwards"),
            ("192.0.2.256", "! not understood"),
            ("192.0.2", "! not understood"),
            ("192.0.2.0/33", "! not understood"),
            ("AS64500", "! not understood"),
            ("", "! nothing written"),
        ];
        for (cell, expected) in table {
            assert_eq!(shown(cell), expected, "{cell:?}");
        }
    }

    #[test]
    fn a_huge_range_stays_networks() {
        let named = read("2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:fffe").unwrap();
        assert!(named.addresses.len() < 256);
    }

    #[test]
    fn special_addresses_are_named() {
        let table = [
            ("10.1.2.3", Some("private")),
            ("203.0.113.9", Some("documentation")),
            ("198.18.0.1", Some("benchmark")),
            ("2001:db8::1", Some("documentation")),
            ("127.0.0.1", Some("loopback")),
            ("8.8.4.4", None),
        ];
        for (text, expected) in table {
            assert_eq!(text.parse::<Address>().unwrap().special(), expected, "{text}");
        }
    }
}
