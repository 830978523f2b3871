//! Who holds which addresses, from when to when.
//!
//! Public ranges are cut from the documentation ranges of RFC 5737 and
//! RFC 3849, inside ranges from RFC 1918. `198.51.100.192/26` is the outside
//! world: command servers and sinkholes, owned by nobody here.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use jiff::civil::{Date, date};

use crate::{
    calendar::written,
    sheet::{Cell, Sheet, row},
    units::{CENTRE, Kind, OLD_CENTRE, RENAMED, Unit},
};

/// In the lists, and nobody has claimed it.
pub(crate) const NOBODYS: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 222);
/// Changed hands on [`HANDED_OVER`].
pub(crate) const MOVED: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 120);
/// First day on which [`MOVED`] belongs to its new owner.
pub(crate) const HANDED_OVER: Date = date(2023, 11, 10);
/// Owners of [`MOVED`], before and after.
pub(crate) const MOVED_BETWEEN: (&str, &str) = ("CDYT", "BVDK");
/// Inside a range that two units claim.
pub(crate) const DISPUTED: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 98);
/// Units that claim the range of [`DISPUTED`].
pub(crate) const DISPUTED_BY: [&str; 2] = ["CDCD", "TTXT"];

/// One line of the register.
#[derive(Clone, Debug)]
pub(crate) struct Holding {
    pub(crate) range: IpNet,
    pub(crate) unit: &'static str,
    pub(crate) from: Date,
    pub(crate) to: Option<Date>,
    /// Inside ranges carry the public address they leave through.
    pub(crate) nat: Option<Ipv4Addr>,
    pub(crate) public: bool,
    note: &'static str,
}

/// The register, and where each unit's machines stand in it.
pub(crate) struct Plan {
    pub(crate) holdings: Vec<Holding>,
    places: Vec<Place>,
}

/// A unit's way out and its inside network.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    unit: &'static str,
    /// Its public address, behind which its machines are.
    pub(crate) gateway: Ipv4Addr,
    /// How many public addresses it holds from there on.
    pub(crate) publics: u8,
    /// First three numbers of its inside network.
    pub(crate) inside: [u8; 3],
}

impl Place {
    /// The `n`th address of its inside network.
    pub(crate) fn host(&self, n: u8) -> Ipv4Addr {
        let [a, b, c] = self.inside;
        Ipv4Addr::new(a, b, c, n)
    }

    /// The `n`th of its public addresses, beginning again after the last.
    pub(crate) fn public(&self, n: u8) -> Ipv4Addr {
        Ipv4Addr::from(u32::from(self.gateway) + u32::from(n % self.publics))
    }
}

/// The whole plan; it has no chance in it.
pub(crate) fn plan(units: &[Unit]) -> Plan {
    let mut counts = Counts::default();
    let working = units.iter().filter(|unit| unit.works());
    let places: Vec<Place> = working.map(|unit| counts.place(unit)).collect();
    let mut holdings: Vec<Holding> = places.iter().flat_map(ordinary).collect();
    holdings.extend(exceptions());
    Plan { holdings, places }
}

impl Plan {
    /// Where `unit` is, if it has machines.
    pub(crate) fn place(&self, unit: &str) -> Option<Place> {
        self.places.iter().find(|place| place.unit == unit).copied()
    }

    /// Every unit that claims `address` on `day`.
    pub(crate) fn owners(&self, address: IpAddr, day: Date) -> Vec<&'static str> {
        let holds = |holding: &&Holding| {
            let dated = holding.from <= day && holding.to.is_none_or(|last| day <= last);
            holding.public && dated && holding.range.contains(&address)
        };
        self.holdings.iter().filter(holds).map(|holding| holding.unit).collect()
    }
}

/// How many of each kind have been given addresses.
#[derive(Default)]
struct Counts {
    offices: u8,
    services: u8,
    communes: u8,
    subnets: u8,
}

impl Counts {
    fn place(&mut self, unit: &Unit) -> Place {
        let (gateway, publics) = self.public(unit);
        Place { unit: unit.code, gateway, publics, inside: self.inside(unit.kind) }
    }

    /// A /29 for each of 32 offices fills 192.0.2.0/24.
    fn public(&mut self, unit: &Unit) -> (Ipv4Addr, u8) {
        match unit.kind {
            _ if unit.code == CENTRE => (Ipv4Addr::new(203, 0, 113, 1), 62),
            Kind::Service => {
                self.services += 1;
                (Ipv4Addr::new(198, 51, 100, self.services * 8 + 1), 6)
            }
            Kind::Commune => {
                self.communes += 1;
                (Ipv4Addr::new(198, 51, 100, 79 + self.communes), 1)
            }
            _ => {
                self.offices += 1;
                (Ipv4Addr::new(192, 0, 2, (self.offices - 1) * 8 + 1), 6)
            }
        }
    }

    /// Communes sit behind home routers; the first two even on the same network.
    fn inside(&mut self, kind: Kind) -> [u8; 3] {
        if kind == Kind::Commune {
            return [192, 168, self.communes.saturating_sub(1).max(1)];
        }
        self.subnets += 1;
        if self.subnets.is_multiple_of(16) {
            [172, 16, self.subnets]
        } else {
            [10, 87, self.subnets]
        }
    }
}

fn ordinary(place: &Place) -> [Holding; 2] {
    let bits = match place.publics {
        1 => 32,
        6 => 29,
        _ => 26,
    };
    let held = |range| holding(range, place.unit, date(2021, 1, 1), None);
    let inside = held(v4(place.host(0), 24));
    let nat = Some(place.gateway);
    [held(v4(place.gateway, bits)), Holding { nat, public: false, ..inside }]
}

/// Everything that makes attribution hard.
fn exceptions() -> Vec<Holding> {
    let (before, after) = MOVED_BETWEEN;
    let moved = v4(MOVED, 32);
    let renamed = v4(Ipv4Addr::new(203, 0, 113, 64), 28);
    let v6 = |third| v6(Ipv6Addr::new(0x2001, 0xdb8, third, 0, 0, 0, 0, 0), 48);
    let eve = |day: Date| day.yesterday().ok();
    let early = date(2020, 1, 1);
    let noted = |note, holding| Holding { note, ..holding };
    let disputed = DISPUTED_BY.map(|unit| {
        noted(
            "Đơn vị tự khai, chưa đối chiếu",
            holding(v4(DISPUTED, 29), unit, date(2022, 5, 1), None),
        )
    });
    let mut all = vec![
        noted("Bàn giao đường truyền", holding(moved, before, early, eve(HANDED_OVER))),
        noted("Nhận bàn giao đường truyền", holding(moved, after, HANDED_OVER, None)),
        noted("Trước khi đổi tên", holding(renamed, OLD_CENTRE, early, eve(RENAMED))),
        noted("Sau khi đổi tên", holding(renamed, CENTRE, RENAMED, None)),
        holding(v6(0x87), CENTRE, date(2022, 1, 1), None),
        holding(v6(0x870), "UBND-TPCL", date(2023, 1, 1), None),
        holding(v6(0x871), "UBND-SD", date(2023, 1, 1), None),
    ];
    all.extend(disputed);
    all
}

/// The range of `bits` in which `address` lies.
fn v4(address: Ipv4Addr, bits: u8) -> IpNet {
    Ipv4Net::new_assert(address, bits).trunc().into()
}

fn v6(address: Ipv6Addr, bits: u8) -> IpNet {
    Ipv6Net::new_assert(address, bits).into()
}

fn holding(range: IpNet, unit: &'static str, from: Date, to: Option<Date>) -> Holding {
    Holding { range, unit, from, to, nat: None, public: true, note: "" }
}

/// `networks.xlsx`; its dates are typed text, as whoever filled it in did.
pub(crate) fn sheet(holdings: &[Holding]) -> Sheet {
    let rows = holdings.iter().zip(0..).map(|(holding, n)| {
        let provider = if n % 3 == 0 { "Nhà mạng Mẫu 2" } else { "Nhà mạng Mẫu 1" };
        row![
            holding.range.to_string(),
            holding.unit,
            Cell::from(holding.from).typed(),
            Cell::from(holding.to).typed(),
            if holding.public { "Công cộng" } else { "Nội bộ" },
            holding.nat.map(|address| address.to_string()),
            holding.public.then_some(provider),
            holding.note,
        ]
    });
    Sheet {
        title: vec![
            "SỞ THÔNG TIN VÀ TRUYỀN THÔNG".to_owned(),
            "DANH SÁCH DẢI ĐỊA CHỈ IP CỦA CÁC CƠ QUAN, ĐƠN VỊ (DỮ LIỆU MẪU)".to_owned(),
        ],
        header: HEADER,
        rows: rows.collect(),
        footer: None,
    }
}

/// The same register in the plain columns that `thapcanh botnet --networks` reads.
pub(crate) fn plain_sheet(holdings: &[Holding], units: &[Unit]) -> Sheet {
    let name = |code: &str| units.iter().find(|unit| unit.code == code).map(|unit| unit.name);
    let rows = holdings.iter().map(|holding| {
        row![
            holding.unit,
            name(holding.unit),
            holding.range.to_string(),
            holding.from.to_string(),
            holding.to.map(|day| day.to_string()),
            if holding.public { "public" } else { "inside" },
        ]
    });
    Sheet { header: PLAIN_HEADER, rows: rows.collect(), ..Sheet::default() }
}

pub(crate) const HEADER: &[&str] =
    &["Dải địa chỉ", "Đơn vị", "Từ ngày", "Đến ngày", "Loại", "NAT qua", "Nhà cung cấp", "Ghi chú"];

pub(crate) const PLAIN_HEADER: &[&str] =
    &["unit_code", "unit_name", "cidr", "valid_from", "valid_to", "kind"];

/// For the story's text.
pub(crate) fn handed_over() -> String {
    written(HANDED_OVER)
}
