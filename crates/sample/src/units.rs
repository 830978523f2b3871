//! The sixty units, taken from the pack of the place, which says what of it is
//! unverified. Every date, and the renaming of the digital-transformation
//! centre, is invented.

use std::sync::LazyLock;

use jiff::civil::{Date, date};
use packs::{Packs, Place, PlaceUnit};

use crate::{
    Error,
    sheet::{Sheet, row},
};

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

/// Which units of the pack the sample takes, in the order of its file.
const BEFORE_THE_OLD_CENTRE: [&str; 33] = [
    PROVINCE,
    "UBND-TPCL",
    "UBND-SD",
    "UBND-TPHN",
    "UBND-TH",
    "UBND-HN",
    "UBND-TN",
    "UBND-TM",
    "UBND-CL",
    "UBND-TB",
    "UBND-LVO",
    "UBND-LVU",
    "UBND-CT",
    "VPUB",
    "VPHDND",
    "STTTT",
    "SNV",
    "STP",
    "SKHDT",
    "STC",
    "SCT",
    "SNNPTNT",
    "SGTVT",
    "SXD",
    "STNMT",
    "SLDTBXH",
    "SVHTTDL",
    "SKHCN",
    "SGDDT",
    "SYT",
    "SNGV",
    "TTRA",
    "BQLKKT",
];
/// Services and communes.
const AFTER_IT: [&str; 26] = [
    "TTCDS",
    "TTHCC",
    "TTXT",
    "DPTTH",
    "CDCD",
    "CDYT",
    "BVDK",
    "VQGTC",
    "UBND-TPCL-P1",
    "UBND-TPCL-MP",
    "UBND-TPCL-MT",
    "UBND-SD-P2",
    "UBND-SD-TPD",
    "UBND-TPHN-AT",
    "UBND-TH-SR",
    "UBND-HN-LT",
    "UBND-TN-TC",
    "UBND-TN-PC",
    "UBND-TM-MA",
    "UBND-TM-TX",
    "UBND-CL-MT",
    "UBND-CL-GG",
    "UBND-TB-TB",
    "UBND-LVO-LV",
    "UBND-LVU-LV",
    "UBND-CT-CTH",
];

/// The pack of the province: names, kinds and who stands below whom.
static PLACE: LazyLock<Result<Place, String>> = LazyLock::new(|| {
    let pack = Packs::embedded().load("places/dong-thap-2023.toml");
    pack.map_err(|cause| cause.to_string())
});

/// All sixty, a parent always before its children.
pub(crate) fn all() -> Result<Vec<Unit>, Error> {
    let place = PLACE.as_ref().map_err(|cause| Error::new("units.csv", cause))?;
    let find = |code: &&str| place.units.iter().find(|unit| unit.code == **code);
    let before = BEFORE_THE_OLD_CENTRE.iter().filter_map(find).map(unit);
    let after = AFTER_IT.iter().filter_map(find).map(unit);
    Ok(before.chain([old_centre()]).chain(after).collect())
}

fn unit(of: &'static PlaceUnit) -> Unit {
    let kind = match of.kind.as_str() {
        "province" => Kind::Province,
        "district" => Kind::District,
        "commune" => Kind::Commune,
        "department" => Kind::Department,
        _ => Kind::Service,
    };
    let since = if of.code == CENTRE { RENAMED } else { date(2020, 1, 1) };
    Unit { code: &of.code, name: &of.name, parent: of.parent.as_deref(), kind, since, until: None }
}

/// The centre before its renaming is invented: the pack has no such unit.
fn old_centre() -> Unit {
    Unit {
        code: OLD_CENTRE,
        name: "Trung tâm Công nghệ thông tin và Truyền thông",
        parent: Some(LEAD),
        kind: Kind::Service,
        since: date(2020, 1, 1),
        until: RENAMED.yesterday().ok(),
    }
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
