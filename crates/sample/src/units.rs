//! The sixty units.
//!
//! The twelve districts and their communes are facts of 2023 (before the
//! mergers of mid-2025). The list of departments and agencies is written from
//! memory and **has not been compared with an official source**. Every date,
//! and the renaming of the digital-transformation centre, is invented.

use jiff::civil::{Date, date};

use crate::sheet::{Sheet, row};

/// Whom everything belongs to in the end.
pub(crate) const PROVINCE: &str = "UBT";
/// The province's security team sits here.
pub(crate) const LEAD: &str = "STTTT";
/// The Digital Transformation Centre, and the name it had before.
pub(crate) const CENTRE: &str = "TTCDS";
/// The centre before its renaming.
pub(crate) const OLD_CENTRE: &str = "TTCNTT";
/// Day on which the centre took its present name (invented).
pub(crate) const RENAMED: Date = date(2023, 7, 1);

/// What kind of body a unit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Province,
    District,
    Commune,
    Department,
    Service,
}

impl Kind {
    fn written(self) -> &'static str {
        match self {
            Self::Province => "UBND tỉnh",
            Self::District => "UBND cấp huyện",
            Self::Commune => "UBND cấp xã",
            Self::Department => "Sở, ban, ngành",
            Self::Service => "Đơn vị sự nghiệp",
        }
    }
}

/// A unit and the days between which it exists.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unit {
    pub(crate) code: &'static str,
    pub(crate) name: &'static str,
    pub(crate) parent: Option<&'static str>,
    pub(crate) kind: Kind,
    since: Date,
    until: Option<Date>,
}

impl Unit {
    /// Whether it has machines, people and tasks of its own: all but the root,
    /// whose office does its work, and the centre's former self.
    pub(crate) fn works(&self) -> bool {
        self.until.is_none() && self.kind != Kind::Province
    }

    /// Whether the letter of January 2024 is addressed to it; communes answer
    /// to their district.
    pub(crate) fn is_addressed(&self) -> bool {
        self.works() && self.kind != Kind::Commune
    }

    /// Its mail domain, which can never be registered (RFC 2606).
    pub(crate) fn domain(&self) -> String {
        format!("{}.dongthap.example", self.code.to_lowercase())
    }
}

const DISTRICTS: [(&str, &str); 12] = [
    ("UBND-TPCL", "Ủy ban nhân dân thành phố Cao Lãnh"),
    ("UBND-SD", "Ủy ban nhân dân thành phố Sa Đéc"),
    ("UBND-TPHN", "Ủy ban nhân dân thành phố Hồng Ngự"),
    ("UBND-TH", "Ủy ban nhân dân huyện Tân Hồng"),
    ("UBND-HN", "Ủy ban nhân dân huyện Hồng Ngự"),
    ("UBND-TN", "Ủy ban nhân dân huyện Tam Nông"),
    ("UBND-TM", "Ủy ban nhân dân huyện Tháp Mười"),
    ("UBND-CL", "Ủy ban nhân dân huyện Cao Lãnh"),
    ("UBND-TB", "Ủy ban nhân dân huyện Thanh Bình"),
    ("UBND-LVO", "Ủy ban nhân dân huyện Lấp Vò"),
    ("UBND-LVU", "Ủy ban nhân dân huyện Lai Vung"),
    ("UBND-CT", "Ủy ban nhân dân huyện Châu Thành"),
];

/// From memory, unverified.
const DEPARTMENTS: [(&str, &str); 20] = [
    ("VPUB", "Văn phòng Ủy ban nhân dân Tỉnh"),
    ("VPHDND", "Văn phòng Đoàn đại biểu Quốc hội và Hội đồng nhân dân Tỉnh"),
    ("STTTT", "Sở Thông tin và Truyền thông"),
    ("SNV", "Sở Nội vụ"),
    ("STP", "Sở Tư pháp"),
    ("SKHDT", "Sở Kế hoạch và Đầu tư"),
    ("STC", "Sở Tài chính"),
    ("SCT", "Sở Công Thương"),
    ("SNNPTNT", "Sở Nông nghiệp và Phát triển nông thôn"),
    ("SGTVT", "Sở Giao thông vận tải"),
    ("SXD", "Sở Xây dựng"),
    ("STNMT", "Sở Tài nguyên và Môi trường"),
    ("SLDTBXH", "Sở Lao động - Thương binh và Xã hội"),
    ("SVHTTDL", "Sở Văn hóa, Thể thao và Du lịch"),
    ("SKHCN", "Sở Khoa học và Công nghệ"),
    ("SGDDT", "Sở Giáo dục và Đào tạo"),
    ("SYT", "Sở Y tế"),
    ("SNGV", "Sở Ngoại vụ"),
    ("TTRA", "Thanh tra Tỉnh"),
    ("BQLKKT", "Ban Quản lý Khu kinh tế Tỉnh"),
];

/// From memory, unverified.
const SERVICES: [(&str, &str, &str); 8] = [
    (CENTRE, "Trung tâm Chuyển đổi số", LEAD),
    ("TTHCC", "Trung tâm Phục vụ hành chính công Tỉnh", "VPUB"),
    ("TTXT", "Trung tâm Xúc tiến Thương mại, Du lịch và Đầu tư", PROVINCE),
    ("DPTTH", "Đài Phát thanh và Truyền hình Đồng Tháp", PROVINCE),
    ("CDCD", "Trường Cao đẳng Cộng đồng Đồng Tháp", PROVINCE),
    ("CDYT", "Trường Cao đẳng Y tế Đồng Tháp", PROVINCE),
    ("BVDK", "Bệnh viện Đa khoa Đồng Tháp", "SYT"),
    ("VQGTC", "Vườn quốc gia Tràm Chim", PROVINCE),
];

const COMMUNES: [(&str, &str, &str); 18] = [
    ("UBND-TPCL-P1", "Ủy ban nhân dân Phường 1", "UBND-TPCL"),
    ("UBND-TPCL-MP", "Ủy ban nhân dân phường Mỹ Phú", "UBND-TPCL"),
    ("UBND-TPCL-MT", "Ủy ban nhân dân xã Mỹ Trà", "UBND-TPCL"),
    ("UBND-SD-P2", "Ủy ban nhân dân Phường 2", "UBND-SD"),
    ("UBND-SD-TPD", "Ủy ban nhân dân xã Tân Phú Đông", "UBND-SD"),
    ("UBND-TPHN-AT", "Ủy ban nhân dân phường An Thạnh", "UBND-TPHN"),
    ("UBND-TH-SR", "Ủy ban nhân dân thị trấn Sa Rài", "UBND-TH"),
    ("UBND-HN-LT", "Ủy ban nhân dân xã Long Thuận", "UBND-HN"),
    ("UBND-TN-TC", "Ủy ban nhân dân thị trấn Tràm Chim", "UBND-TN"),
    ("UBND-TN-PC", "Ủy ban nhân dân xã Phú Cường", "UBND-TN"),
    ("UBND-TM-MA", "Ủy ban nhân dân thị trấn Mỹ An", "UBND-TM"),
    ("UBND-TM-TX", "Ủy ban nhân dân xã Trường Xuân", "UBND-TM"),
    ("UBND-CL-MT", "Ủy ban nhân dân thị trấn Mỹ Thọ", "UBND-CL"),
    ("UBND-CL-GG", "Ủy ban nhân dân xã Gáo Giồng", "UBND-CL"),
    ("UBND-TB-TB", "Ủy ban nhân dân thị trấn Thanh Bình", "UBND-TB"),
    ("UBND-LVO-LV", "Ủy ban nhân dân thị trấn Lấp Vò", "UBND-LVO"),
    ("UBND-LVU-LV", "Ủy ban nhân dân thị trấn Lai Vung", "UBND-LVU"),
    ("UBND-CT-CTH", "Ủy ban nhân dân thị trấn Cái Tàu Hạ", "UBND-CT"),
];

/// All sixty, a parent always before its children.
pub(crate) fn all() -> Vec<Unit> {
    let mut units = vec![unit(PROVINCE, "Ủy ban nhân dân Tỉnh Đồng Tháp", None, Kind::Province)];
    let top = |kind| move |(code, name)| unit(code, name, Some(PROVINCE), kind);
    units.extend(DISTRICTS.map(top(Kind::District)));
    units.extend(DEPARTMENTS.map(top(Kind::Department)));
    let old = "Trung tâm Công nghệ thông tin và Truyền thông";
    let old = unit(OLD_CENTRE, old, Some(LEAD), Kind::Service);
    units.push(Unit { until: RENAMED.yesterday().ok(), ..old });
    let below = |kind| move |(code, name, parent)| unit(code, name, Some(parent), kind);
    units.extend(SERVICES.map(below(Kind::Service)));
    units.extend(COMMUNES.map(below(Kind::Commune)));
    units
}

fn unit(code: &'static str, name: &'static str, parent: Option<&'static str>, kind: Kind) -> Unit {
    let since = if code == CENTRE { RENAMED } else { date(2020, 1, 1) };
    Unit { code, name, parent, kind, since, until: None }
}

/// `units.csv` as the province's own office keeps it.
pub(crate) fn sheet(units: &[Unit]) -> Sheet {
    let rows = units.iter().map(|unit| {
        let ended = unit.until.is_some();
        row![
            unit.code,
            unit.name,
            unit.parent,
            unit.kind.written(),
            unit.since,
            unit.until,
            ended.then_some(CENTRE),
            ended.then_some("Đổi tên"),
            ended.then_some("Ngày đổi tên là dữ liệu mẫu"),
        ]
    });
    Sheet { header: HEADER, rows: rows.collect(), ..Sheet::default() }
}

pub(crate) const HEADER: &[&str] = &[
    "Mã đơn vị",
    "Tên đơn vị",
    "Trực thuộc",
    "Loại",
    "Ngày hiệu lực",
    "Ngày kết thúc",
    "Đơn vị kế thừa",
    "Lý do",
    "Ghi chú",
];
