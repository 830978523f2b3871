//! The law of ownership, as a table and against an oracle that looks at every
//! range for every question.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use jiff::{
    ToSpan,
    civil::{Date, date},
    tz::TimeZone,
};
use lists::{
    Address,
    ownership::{Index, Range, RangeKind, Verdict},
};
use proptest::prelude::*;

fn range(net: &str, unit: &str, from: Option<Date>, to: Option<Date>) -> Range {
    Range { from, to, ..Range::network(net.parse().unwrap(), unit) }
}

fn zone() -> TimeZone {
    TimeZone::get("Asia/Ho_Chi_Minh").unwrap()
}

fn answer(ranges: &[Range], address: &str, at: &str) -> String {
    let index = Index::new(ranges.to_vec(), &zone());
    let placement = index.place(&address.parse().unwrap(), at.parse().unwrap());
    let verdict = match placement.verdict {
        Verdict::Placed { unit } => unit,
        Verdict::Nobody => "nobody".to_owned(),
        Verdict::Several { units } => units.join("+"),
    };
    let outer: Vec<&str> =
        placement.outer.iter().map(|at| index.ranges()[*at].unit.as_str()).collect();
    let others: Vec<&str> =
        placement.other_days.iter().map(|at| index.ranges()[*at].unit.as_str()).collect();
    format!("{verdict} out of [{}] once [{}]", outer.join(" "), others.join(" "))
}

#[test]
fn whose_an_address_was() {
    let ranges = [
        range("198.51.100.0/24", "province", None, None),
        range("198.51.100.64/26", "health", Some(date(2023, 1, 1)), Some(date(2023, 11, 15))),
        range("198.51.100.64/26", "finance", Some(date(2023, 11, 15)), None),
        range("203.0.113.0/28", "school", None, None),
        range("203.0.113.0/28", "hospital", None, None),
        range("2001:db8:1::/48", "centre", None, None),
        range("2001:db8:1:2::/64", "library", None, None),
        Range { kind: RangeKind::Inside, ..range("10.0.0.0/8", "health", None, None) },
        Range { kind: RangeKind::Inside, ..range("198.51.100.0/24", "inside", None, None) },
    ];
    let table = [
        ("198.51.100.1", "2024-01-01T00:00:00Z", "province out of [] once []"),
        ("198.51.100.65", "2023-11-14T16:59:59Z", "health out of [province] once [finance]"),
        // The day begins in Vietnam, seven hours before it does in UTC.
        ("198.51.100.65", "2023-11-14T17:00:00Z", "finance out of [province] once [health]"),
        ("198.51.100.65", "2022-12-31T00:00:00Z", "province out of [] once [health finance]"),
        ("203.0.113.5", "2024-01-01T00:00:00Z", "hospital+school out of [] once []"),
        ("192.0.2.1", "2024-01-01T00:00:00Z", "nobody out of [] once []"),
        ("2001:db8:1:2::9", "2024-01-01T00:00:00Z", "library out of [centre] once []"),
        ("2001:db8:1:3::9", "2024-01-01T00:00:00Z", "centre out of [] once []"),
        ("10.1.2.3", "2024-01-01T00:00:00Z", "health out of [] once []"),
        ("203.0.113.0/29", "2024-01-01T00:00:00Z", "hospital+school out of [] once []"),
        // Part of this network was given on: no one unit's.
        ("198.51.100.0/25", "2024-01-01T00:00:00Z", "finance+province out of [] once [health]"),
        ("198.51.100.0/26", "2024-01-01T00:00:00Z", "province out of [] once []"),
        // Only half of it is anybody's.
        ("2001:db8::/47", "2024-01-01T00:00:00Z", "centre+library out of [] once []"),
    ];
    for (address, at, expected) in table {
        assert_eq!(answer(&ranges, address, at), expected, "{address} {at}");
    }
}

#[test]
fn ranges_that_overlap_halfway_are_both_named() {
    let crossing = |first: [u8; 4], last: [u8; 4], unit: &str| Range {
        first: first.into(),
        last: last.into(),
        ..range("192.0.2.0/24", unit, None, None)
    };
    let ranges = [
        crossing([192, 0, 2, 0], [192, 0, 2, 99], "a"),
        crossing([192, 0, 2, 50], [192, 0, 2, 150], "b"),
    ];
    assert_eq!(answer(&ranges, "192.0.2.70", "2024-01-01T00:00:00Z"), "a+b out of [] once []");
    assert_eq!(answer(&ranges, "192.0.2.10", "2024-01-01T00:00:00Z"), "a out of [] once []");
}

/// The law, read out loud.
fn oracle(ranges: &[Range], address: &Address, day: Date) -> Verdict {
    let (first, last) = address.span();
    let touches = |r: &&Range| r.span().0 <= last && first <= r.span().1;
    let mut now: Vec<&Range> = ranges.iter().filter(touches).filter(|r| r.holds_on(day)).collect();
    if now.iter().any(|r| r.kind != RangeKind::Inside) {
        now.retain(|r| r.kind != RangeKind::Inside);
    }
    let strictly_inside = |inner: &Range, outer: &Range| {
        let ((a, b), (c, d)) = (inner.span(), outer.span());
        c <= a && b <= d && (a, b) != (c, d) && a <= first && last <= b
    };
    let winners: Vec<&Range> = now
        .iter()
        .filter(|r| !now.iter().any(|other| strictly_inside(other, r)))
        .copied()
        .collect();
    let mut units: Vec<String> = winners.iter().map(|r| r.unit.clone()).collect();
    units.sort();
    units.dedup();
    let covered = winners.iter().any(|r| r.span().0 <= first && last <= r.span().1);
    match (units.as_slice(), covered) {
        ([], _) => Verdict::Nobody,
        ([unit], true) => Verdict::Placed { unit: unit.clone() },
        _ => Verdict::Several { units },
    }
}

fn any_ip() -> impl Strategy<Value = IpAddr> {
    prop_oneof![
        3 => (0_u32..64).prop_map(|n| Ipv4Addr::from(0xC000_0200 + n).into()),
        1 => (0_u128..64).prop_map(|n| Ipv6Addr::from((0x2001_0DB8_u128 << 96) + n).into()),
    ]
}

fn any_day() -> impl Strategy<Value = Date> {
    (0_i32..20).prop_map(|days| date(2024, 1, 1).checked_add(days.days()).unwrap())
}

fn any_range() -> impl Strategy<Value = Range> {
    let kinds = prop::sample::select(vec![RangeKind::Public, RangeKind::Nat, RangeKind::Inside]);
    let span = (any_ip(), 0_u32..16);
    (span, 0_u8..4, prop::option::of(any_day()), prop::option::of(any_day()), kinds).prop_map(
        |((first, len), unit, from, to, kind)| {
            let last = match first {
                IpAddr::V4(ip) => Ipv4Addr::from(u32::from(ip) + len).into(),
                IpAddr::V6(ip) => Ipv6Addr::from(u128::from(ip) + u128::from(len)).into(),
            };
            Range { first, last, unit: format!("u{unit}"), from, to, kind }
        },
    )
}

fn any_address() -> impl Strategy<Value = Address> {
    (any_ip(), 0_u8..4).prop_map(|(ip, wider)| {
        let length = if ip.is_ipv4() { 32 } else { 128 } - wider;
        ipnet::IpNet::new(ip, length).unwrap().into()
    })
}

proptest! {
    #[test]
    fn the_index_says_what_the_law_says(
        ranges in prop::collection::vec(any_range(), 0..25),
        questions in prop::collection::vec((any_address(), any_day(), 0_i64..86_400), 1..20),
    ) {
        let index = Index::new(ranges.clone(), &zone());
        for (address, day, second) in questions {
            let start = day.to_zoned(zone()).unwrap().timestamp();
            let at = start + jiff::SignedDuration::from_secs(second);
            prop_assert_eq!(index.place(&address, at).verdict, oracle(&ranges, &address, day), "{} {}", address, day);
        }
    }
}
