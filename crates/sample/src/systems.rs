//! The 120 information systems, their levels and where their dossiers stand
//! (the words of the annual report form: see the domain notes on levels).

use jiff::civil::{Date, date};

use crate::{
    calendar::day_within,
    dice::Dice,
    sheet::{Sheet, row},
    units::{CENTRE, Kind, LEAD, PROVINCE, Unit},
};

/// One information system.
#[derive(Clone, Debug)]
pub(crate) struct System {
    pub(crate) code: String,
    name: String,
    pub(crate) owner: &'static str,
    pub(crate) operator: &'static str,
    pub(crate) level: u8,
    standing: Standing,
}

/// How far its dossier and its measures have come.
#[derive(Clone, Debug)]
struct Standing {
    dossier: &'static str,
    decision: Option<(String, Date)>,
    measures: &'static str,
}

/// Shared by the whole province, run by the centre: code, name, level.
const SHARED: [(&str, &str, u8); 10] = [
    ("HT-TTTHDL", "Trung tâm tích hợp dữ liệu Tỉnh", 4),
    ("HT-GSATTT", "Hệ thống giám sát an toàn thông tin tập trung", 4),
    ("HT-LGSP", "Nền tảng tích hợp, chia sẻ dữ liệu Tỉnh", 3),
    ("HT-TTHC", "Hệ thống thông tin giải quyết thủ tục hành chính Tỉnh", 3),
    ("HT-THUDT", "Hệ thống thư điện tử công vụ", 3),
    ("HT-QLVB", "Hệ thống quản lý văn bản và điều hành", 3),
    ("HT-IOC", "Trung tâm điều hành thông minh", 3),
    ("HT-CONG", "Cổng thông tin điện tử Tỉnh", 3),
    ("HT-HNTT", "Hệ thống hội nghị truyền hình trực tuyến", 2),
    ("HT-PCMD", "Hệ thống phòng, chống mã độc tập trung", 3),
];

/// What one department keeps for its own trade: unit, code, name, level.
const OWN: [(&str, &str, &str, u8); 20] = [
    ("VPUB", "HT-LICH", "Lịch công tác của Ủy ban nhân dân Tỉnh", 2),
    ("VPHDND", "HT-HDND", "Phòng họp không giấy", 2),
    ("STTTT", "HT-BCVT", "Bản đồ hạ tầng viễn thông", 2),
    ("SNV", "HT-CBCC", "Quản lý cán bộ, công chức, viên chức", 3),
    ("STP", "HT-HOTICH", "Số hóa sổ hộ tịch", 3),
    ("SKHDT", "HT-DTC", "Theo dõi đầu tư công", 2),
    ("STC", "HT-TSC", "Quản lý tài sản công", 2),
    ("SCT", "HT-TMDT", "Sàn thương mại điện tử Tỉnh", 3),
    ("SNNPTNT", "HT-MUAVU", "Nhật ký mùa vụ điện tử", 2),
    ("SGTVT", "HT-GPLX", "Quản lý giấy phép lái xe", 3),
    ("SXD", "HT-QHXD", "Tra cứu quy hoạch xây dựng", 2),
    ("STNMT", "HT-DATDAI", "Cơ sở dữ liệu đất đai", 3),
    ("SLDTBXH", "HT-TREEM", "Cơ sở dữ liệu trẻ em và bảo trợ xã hội", 3),
    ("SVHTTDL", "HT-DULICH", "Cổng thông tin du lịch", 2),
    ("SKHCN", "HT-DETAI", "Quản lý nhiệm vụ khoa học và công nghệ", 2),
    ("SGDDT", "HT-TRUONG", "Quản lý trường học", 3),
    ("SYT", "HT-SUCKHOE", "Hồ sơ sức khỏe điện tử", 3),
    ("SNGV", "HT-DOANRA", "Quản lý đoàn ra, đoàn vào", 2),
    ("TTRA", "HT-KNTC", "Theo dõi khiếu nại, tố cáo", 2),
    ("BVDK", "HT-HIS", "Quản lý bệnh viện", 3),
];

/// 10 shared, 20 of one trade, a site for each of 58 units, a network for 32.
pub(crate) fn all(seed: u64, units: &[Unit]) -> Vec<System> {
    let dice = &mut Dice::new(seed, "systems");
    let mut systems = Vec::new();
    for (code, name, level) in SHARED {
        systems.push(system(dice, code, name, (PROVINCE, CENTRE), level));
    }
    for (unit, code, name, level) in OWN {
        systems.push(system(dice, code, name, (unit, unit), level));
    }
    for unit in units.iter().filter(|unit| unit.works()) {
        let operator = if dice.chance(60) { CENTRE } else { unit.code };
        let level = site_level(unit.kind);
        let name = format!("Trang thông tin điện tử {}", unit.name);
        systems.push(system(dice, &site_of(unit.code), &name, (unit.code, operator), level));
    }
    for unit in units.iter().filter(|unit| has_network(unit)) {
        let name = format!("Mạng nội bộ {}", unit.name);
        systems.push(system(dice, &lan_of(unit.code), &name, (unit.code, unit.code), 2));
    }
    systems
}

fn site_level(kind: Kind) -> u8 {
    if kind == Kind::Commune { 1 } else { 2 }
}

/// Districts and departments have had their office network levelled as a system.
pub(crate) fn has_network(unit: &Unit) -> bool {
    matches!(unit.kind, Kind::District | Kind::Department)
}

/// Code of a unit's web site.
pub(crate) fn site_of(unit: &str) -> String {
    format!("WEB-{unit}")
}

/// Code of a unit's office network.
pub(crate) fn lan_of(unit: &str) -> String {
    format!("LAN-{unit}")
}

fn system(
    dice: &mut Dice,
    code: &str,
    name: &str,
    (owner, operator): (&'static str, &'static str),
    level: u8,
) -> System {
    let standing = standing(dice, level);
    System { code: code.to_owned(), name: name.to_owned(), owner, operator, level, standing }
}

/// Roughly two thirds approved, as provinces reported in October 2023.
fn standing(dice: &mut Dice, level: u8) -> Standing {
    let dossier = match dice.below(100) {
        0..=62 => "Đã được phê duyệt",
        63..=74 => "Đã thẩm định",
        75..=86 => "Đã gửi thẩm định",
        _ => "Đang dự thảo",
    };
    let approved = dossier == "Đã được phê duyệt";
    let decision = approved.then(|| decision(dice, level));
    let measures = match (approved, dice.below(3)) {
        (true, 0) => "Đã triển khai đầy đủ",
        (true, _) | (false, 0) => "Đã triển khai một số hạng mục",
        _ => "Chưa triển khai",
    };
    Standing { dossier, decision, measures }
}

/// Level 3 and above is approved by the owner, below by the security unit.
fn decision(dice: &mut Dice, level: u8) -> (String, Date) {
    let signer = if level >= 3 { "UBND-HC" } else { LEAD };
    let number = format!("{}/QĐ-{signer}", dice.between(10, 999));
    (number, day_within(dice, date(2021, 3, 1), 900))
}

/// `systems.xlsx`, as it is attached to a letter: title lines first.
pub(crate) fn sheet(systems: &[System]) -> Sheet {
    let rows = systems.iter().map(|system| {
        let Standing { dossier, decision, measures } = system.standing.clone();
        let (number, day) = decision.unzip();
        row![
            system.code.as_str(),
            system.name.as_str(),
            system.owner,
            system.operator,
            system.level,
            dossier,
            number,
            day,
            measures,
        ]
    });
    Sheet {
        title: vec![
            "ỦY BAN NHÂN DÂN TỈNH ĐỒNG THÁP".to_owned(),
            "DANH MỤC HỆ THỐNG THÔNG TIN VÀ CẤP ĐỘ AN TOÀN (DỮ LIỆU MẪU)".to_owned(),
            "(Số liệu đến ngày 30/9/2023)".to_owned(),
        ],
        header: HEADER,
        rows: rows.collect(),
        footer: None,
    }
}

pub(crate) const HEADER: &[&str] = &[
    "Mã hệ thống",
    "Tên hệ thống",
    "Chủ quản",
    "Đơn vị vận hành",
    "Cấp độ",
    "Tình trạng hồ sơ",
    "Số quyết định",
    "Ngày phê duyệt",
    "Triển khai phương án",
];
