//! About nine hundred machines, as three offices listed them, each in its own
//! way, and as one office listed them again in January.

use std::net::Ipv4Addr;

use jiff::civil::{Date, date};

use crate::{
    calendar::day_within,
    dice::Dice,
    networks::{Place, Plan},
    sheet::{Sheet, row},
    systems::{System, has_network, lan_of, site_of},
    units::{CENTRE, Kind, Unit},
};

/// A machine.
#[derive(Clone, Debug)]
pub(crate) struct Host {
    pub(crate) name: String,
    pub(crate) unit: &'static str,
    pub(crate) kind: Kind,
    system: Option<String>,
    class: Class,
    pub(crate) address: Ipv4Addr,
    mac: String,
    pub(crate) os: &'static str,
    place: &'static str,
    collected: Date,
    source: &'static str,
}

impl Host {
    /// Whether it is a network device, which takes no updates of this kind.
    pub(crate) fn is_device(&self) -> bool {
        self.class == Class::Device
    }

    pub(crate) fn is_server(&self) -> bool {
        self.class == Class::Server
    }
}

/// What a machine is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Server,
    Workstation,
    Device,
}

impl Class {
    fn written(self) -> &'static str {
        match self {
            Self::Server => "Máy chủ",
            Self::Workstation => "Máy trạm",
            Self::Device => "Thiết bị mạng",
        }
    }

    fn short(self) -> &'static str {
        match self {
            Self::Server => "SRV",
            Self::Workstation => "PC",
            Self::Device => "NET",
        }
    }

    fn systems(self) -> &'static [&'static str] {
        match self {
            Self::Server => &[
                "Windows Server 2012 R2",
                "Windows Server 2016",
                "Windows Server 2019",
                "Windows Server 2019",
                "Windows Server 2022",
                "Ubuntu 20.04 LTS",
                "Ubuntu 22.04 LTS",
                "Debian 11",
            ],
            Self::Workstation => &[
                "Windows 7 Professional SP1",
                "Windows 10 Pro 21H2",
                "Windows 10 Pro 22H2",
                "Windows 10 Pro 22H2",
                "Windows 10 Pro 22H2",
                "Windows 11 Pro 21H2",
                "Windows 11 Pro 22H2",
            ],
            Self::Device => &["RouterOS 6.49", "FortiOS 7.0", "IOS XE 17.6", "NVR 4.30"],
        }
    }

    fn places(self) -> &'static [&'static str] {
        match self {
            Self::Server | Self::Device => &["Phòng máy chủ", "Tủ mạng tầng 1", "Tủ mạng tầng 2"],
            Self::Workstation => &[
                "Văn phòng",
                "Phòng Kế toán",
                "Bộ phận một cửa",
                "Phòng Tổng hợp",
                "Phòng Nghiệp vụ",
                "Văn thư",
            ],
        }
    }
}

/// Servers and network devices of a unit; the rest of its machines are workstations.
fn size(dice: &mut Dice, unit: &Unit) -> (u8, u8, u8) {
    let (servers, devices, low) = match unit.kind {
        _ if unit.code == CENTRE => (34, 6, 20),
        Kind::District => (3, 2, 16),
        Kind::Department => (2, 1, 12),
        Kind::Service => (2, 1, 10),
        Kind::Commune | Kind::Province => (0, 1, 4),
    };
    (servers, devices, u8::try_from(dice.between(low, low + 4)).unwrap_or_default())
}

/// Every machine of every working unit.
pub(crate) fn all(seed: u64, units: &[Unit], systems: &[System], plan: &Plan) -> Vec<Host> {
    let dice = &mut Dice::new(seed, "hosts");
    let mut hosts = Vec::new();
    for unit in units.iter().filter(|unit| unit.works()) {
        if let Some(place) = plan.place(unit.code) {
            let served: Vec<&System> = systems.iter().filter(|s| s.operator == unit.code).collect();
            hosts.extend(of_unit(dice, unit, place, &served));
        }
    }
    hosts
}

fn of_unit(dice: &mut Dice, unit: &Unit, place: Place, served: &[&System]) -> Vec<Host> {
    let (servers, devices, stations) = size(dice, unit);
    let classes =
        [(Class::Device, devices), (Class::Server, servers), (Class::Workstation, stations)];
    let mut hosts = Vec::new();
    let mut number = 0;
    for (class, count) in classes {
        for nth in 1..=count {
            number += 1;
            let mut host = host(dice, unit, class, place.host(number));
            host.name = format!("{}-{}{nth:02}", unit.code, class.short());
            if class == Class::Server && !served.is_empty() {
                host.system = Some(served[usize::from(nth - 1) % served.len()].code.clone());
            }
            hosts.push(host);
        }
    }
    hosts
}

fn host(dice: &mut Dice, unit: &Unit, class: Class, address: Ipv4Addr) -> Host {
    let [_, b, c, d] = address.octets();
    // The second bit of a first byte 02 marks an address as given locally, by no maker.
    let mac = format!("02:00:5E:{b:02X}:{c:02X}:{d:02X}");
    let lan = has_network(unit) && class != Class::Server;
    Host {
        name: String::new(),
        unit: unit.code,
        kind: unit.kind,
        system: if lan { Some(lan_of(unit.code)) } else { own_site(unit, class) },
        class,
        address,
        mac,
        os: dice.pick(class.systems()),
        place: dice.pick(class.places()),
        collected: day_within(dice, date(2023, 8, 15), 45),
        source: dice.pick(&["Kiểm kê thủ công", "Phần mềm phòng, chống mã độc tập trung"]),
    }
}

fn own_site(unit: &Unit, class: Class) -> Option<String> {
    (class == Class::Server).then(|| site_of(unit.code))
}

/// The departments' machines as listed again in January: most unchanged but
/// for the date, some with a newer system, one new machine in every fifth unit.
pub(crate) fn again(seed: u64, hosts: &[Host]) -> Vec<Host> {
    let dice = &mut Dice::new(seed, "hosts again");
    let mut listed = Vec::new();
    for host in hosts.iter().filter(|host| host.kind == Kind::Department) {
        let mut host = host.clone();
        host.collected = day_within(dice, date(2024, 1, 2), 10);
        if host.class == Class::Workstation && dice.chance(12) {
            host.os = "Windows 11 Pro 23H2";
        }
        if host.name.ends_with("PC01") && dice.chance(20) {
            listed.push(newcomer(&host));
        }
        listed.push(host);
    }
    listed
}

/// A machine that was bought at the turn of the year.
fn newcomer(like: &Host) -> Host {
    let [a, b, c, _] = like.address.octets();
    let mut host = like.clone();
    host.name = format!("{}-PC90", like.unit);
    host.address = Ipv4Addr::new(a, b, c, 200);
    host.mac = format!("02:00:5E:{b:02X}:{c:02X}:C8");
    host.os = "Windows 11 Pro 23H2";
    host
}

/// One list of machines.
pub(crate) fn sheet<'a>(hosts: impl IntoIterator<Item = &'a Host>) -> Sheet {
    let rows = hosts.into_iter().map(|host| {
        row![
            host.name.as_str(),
            host.unit,
            host.system.clone(),
            host.class.written(),
            host.address.to_string(),
            host.mac.as_str(),
            host.os,
            host.place,
            host.collected,
            host.source,
        ]
    });
    Sheet { header: HEADER, rows: rows.collect(), ..Sheet::default() }
}

pub(crate) const HEADER: &[&str] = &[
    "Tên máy",
    "Đơn vị",
    "Hệ thống",
    "Loại máy",
    "Địa chỉ IP",
    "MAC",
    "Hệ điều hành",
    "Vị trí",
    "Ngày thu thập",
    "Nguồn thu thập",
];
