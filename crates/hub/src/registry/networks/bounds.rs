//! Addresses as text that sorts: 16 bytes in 32 hex characters, IPv4 mapped
//! into IPv6 (RFC 4291, 2.5.5.2). A range is then two texts, and "which range
//! holds this address" the same comparison on every engine.

use std::{fmt, net::IpAddr, str::FromStr};

use ipnet::IpNet;

/// The sorting text of an address.
pub fn key(address: IpAddr) -> String {
    format!("{:032x}", number(address))
}

/// The address as a number of the one space.
fn number(address: IpAddr) -> u128 {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

/// First and last address of a range, of one family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Range {
    first: IpAddr,
    last: IpAddr,
}

/// The text is no range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an address range")]
pub struct NotARange;

impl Range {
    /// First address.
    pub fn first(&self) -> IpAddr {
        self.first
    }

    /// Last address, included.
    pub fn last(&self) -> IpAddr {
        self.last
    }

    /// Sorting text of the first address.
    pub fn low(&self) -> String {
        key(self.first)
    }

    /// Sorting text of the last.
    pub fn high(&self) -> String {
        key(self.last)
    }

    /// Whether the address is inside.
    pub fn contains(&self, address: IpAddr) -> bool {
        (number(self.first)..=number(self.last)).contains(&number(address))
    }

    /// Whether nobody on the Internet reaches it: RFC 1918, RFC 6598, RFC 4193,
    /// link-local.
    pub fn is_private(&self) -> bool {
        match self.first {
            IpAddr::V4(ip) => {
                let [a, b, ..] = ip.octets();
                ip.is_private() || ip.is_link_local() || (a == 100 && (64..128).contains(&b))
            }
            IpAddr::V6(ip) => ip.is_unique_local() || ip.is_unicast_link_local(),
        }
    }

    fn between(first: IpAddr, last: IpAddr) -> Result<Self, NotARange> {
        let (first, last) = (first.to_canonical(), last.to_canonical());
        if first.is_ipv4() == last.is_ipv4() && number(first) <= number(last) {
            Ok(Self { first, last })
        } else {
            Err(NotARange)
        }
    }

    /// As CIDR, if it is exactly one.
    fn cidr(&self) -> Option<IpNet> {
        let bits = if self.first.is_ipv4() { 32 } else { 128 };
        let size = number(self.last) - number(self.first);
        let inside = (size != u128::MAX).then(|| size + 1)?;
        let length = bits - u8::try_from(inside.trailing_zeros()).ok()?;
        let net = IpNet::new(self.first, length).ok()?;
        (inside.is_power_of_two() && net.network() == self.first && net.broadcast() == self.last)
            .then_some(net)
    }
}

impl FromStr for Range {
    type Err = NotARange;

    /// Reads `192.0.2.0/29`, `192.0.2.3 - 192.0.2.9`, or one address. A network
    /// written by one of its inner addresses (`192.0.2.5/29`) is that network.
    fn from_str(text: &str) -> Result<Self, NotARange> {
        let text = text.trim();
        if let Some((first, last)) = text.split_once(['-', '–']) {
            let address = |part: &str| part.trim().parse().map_err(|_| NotARange);
            return Self::between(address(first)?, address(last)?);
        }
        if text.contains('/') {
            let net: IpNet = text.parse().map_err(|_| NotARange)?;
            return Self::between(net.network(), net.broadcast());
        }
        let address = text.parse().map_err(|_| NotARange)?;
        Self::between(address, address)
    }
}

impl serde::Serialize for Range {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Range {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for Range {
    /// CIDR where the range is one, else `first-last`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.cidr() {
            Some(net) => net.fmt(f),
            None => write!(f, "{}-{}", self.first, self.last),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ranges_as_people_write_them() {
        for (written, shown) in [
            ("192.0.2.0/29", Some("192.0.2.0/29")),
            ("192.0.2.5/29", Some("192.0.2.0/29")),
            ("192.0.2.1", Some("192.0.2.1/32")),
            ("192.0.2.0 - 192.0.2.7", Some("192.0.2.0/29")),
            ("192.0.2.1-192.0.2.6", Some("192.0.2.1-192.0.2.6")),
            ("2001:db8::/48", Some("2001:db8::/48")),
            ("::ffff:192.0.2.1", Some("192.0.2.1/32")),
            ("0.0.0.0/0", Some("0.0.0.0/0")),
            ("192.0.2.9-192.0.2.1", None),
            ("192.0.2.9-2001:db8::1", None),
            ("192.0.2.0/33", None),
            ("dongthap.example", None),
            ("", None),
        ] {
            let read = written.parse::<Range>().ok().map(|range| range.to_string());
            assert_eq!(read.as_deref(), shown, "{written}");
        }
    }

    proptest! {
        #[test]
        fn texts_sort_as_addresses_do(a: u32, b: u32, c: u128, d: u128) {
            let v4 = |bits: u32| IpAddr::from(std::net::Ipv4Addr::from_bits(bits));
            let v6 = |bits: u128| IpAddr::from(std::net::Ipv6Addr::from_bits(bits));
            prop_assert_eq!(key(v4(a)).cmp(&key(v4(b))), a.cmp(&b));
            prop_assert_eq!(key(v6(c)).cmp(&key(v6(d))), c.cmp(&d));
        }

        #[test]
        fn a_range_reads_back_as_it_is_shown(a: u32, b: u32) {
            let v4 = |bits: u32| IpAddr::from(std::net::Ipv4Addr::from_bits(bits));
            let range = Range::between(v4(a.min(b)), v4(a.max(b))).unwrap();
            prop_assert_eq!(range.to_string().parse::<Range>(), Ok(range));
        }
    }
}
