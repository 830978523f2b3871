//! What a visitor of the demo is to be shown: each story is one way in which a
//! list can be hard, with the infection that tells it.

use std::net::{IpAddr, Ipv6Addr};

use crate::{
    Feed,
    infections::{Infection, days, family_named},
    networks::{DISPUTED, MOVED, NOBODYS, Plan, handed_over},
    units::CENTRE,
};

/// One story: what happens to one address, and what must come of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    /// Short name, the same in every run.
    pub name: &'static str,
    /// The unit it happens to; none where that is the question.
    pub unit: Option<&'static str>,
    /// The address in the list.
    pub address: IpAddr,
    /// The family in the list.
    pub family: &'static str,
    /// The feed that saw it.
    pub feed: Feed,
    /// What it shows, in Vietnamese.
    pub about: String,
}

/// Name, unit, family, feed, days as (month, day).
type Line = (&'static str, Option<&'static str>, &'static str, Feed, &'static [(i8, i8)]);

pub(crate) const VANISHED: &str = "vanished";
pub(crate) const RETURNED: &str = "returned";
pub(crate) const BEHIND_NAT: &str = "behind-nat";
pub(crate) const NO_LIST: &str = "missing-list";
pub(crate) const LATE_PROOF: &str = "late-proof";
pub(crate) const NOT_OURS: &str = "not-ours";
pub(crate) const HONEYPOT: &str = "honeypot";
pub(crate) const HELP: &str = "need-help";
pub(crate) const IN_VAIN: &str = "claimed-in-vain";

const LINES: [Line; 13] = [
    (VANISHED, Some("UBND-SD"), "avalanche-andromeda", Feed::Stttt, &[(10, 5), (10, 17)]),
    (RETURNED, Some("SGDDT"), "necurs", Feed::Stttt, &[(10, 9), (10, 11), (1, 15), (1, 22)]),
    (
        "nobody",
        None,
        "mirai",
        Feed::Ncsc,
        &[(10, 4), (10, 19), (11, 7), (12, 12), (1, 10), (1, 26)],
    ),
    ("changed-owner", None, "conficker", Feed::Sinkhole, &[(11, 5), (11, 9), (11, 10), (11, 20)]),
    (BEHIND_NAT, Some("UBND-TM"), "ranbyus", Feed::Stttt, &[(10, 12), (10, 26), (11, 14), (12, 8)]),
    ("two-owners", None, "avalanche-andromeda", Feed::SinkholeHttp, &[(11, 11), (11, 12), (12, 3)]),
    (NO_LIST, Some("SYT"), "virut", Feed::Ncsc, &[(11, 8), (11, 25)]),
    (LATE_PROOF, Some("STC"), "sality", Feed::Ncsc, &[(10, 10), (10, 20)]),
    (NOT_OURS, Some("VQGTC"), "gamut", Feed::Sinkhole, &[(10, 6), (10, 21), (11, 3)]),
    (HONEYPOT, Some(CENTRE), "mirai", Feed::Sinkhole, &[(10, 8), (11, 13), (12, 19), (1, 18)]),
    (HELP, Some("UBND-HN-LT"), "mirai", Feed::Stttt, &[(10, 14), (11, 16), (12, 15), (1, 16)]),
    ("over-ipv6", Some("UBND-TPCL"), "qsnatch", Feed::Ncsc, &[(11, 6), (1, 9)]),
    (IN_VAIN, Some("SNV"), "tinba", Feed::Stttt, &[(10, 3), (10, 25), (11, 20), (12, 11), (1, 12)]),
];

/// The stories in their order.
pub(crate) fn all(plan: &Plan) -> Vec<Story> {
    let story = |line: &Line| {
        let &(name, unit, family, feed, _) = line;
        Story { name, unit, address: address(line, plan), family, feed, about: about(name) }
    };
    LINES.iter().map(story).collect()
}

/// What the feeds saw of them.
pub(crate) fn infections(plan: &Plan) -> Vec<Infection> {
    let infection = |line: &Line| {
        let (_, _, family, feed, seen) = *line;
        Infection {
            feed,
            address: address(line, plan),
            family: family_named(family),
            days: days(seen),
            told: true,
        }
    };
    LINES.iter().map(infection).collect()
}

fn address((name, unit, ..): &Line, plan: &Plan) -> IpAddr {
    match *name {
        "changed-owner" => MOVED.into(),
        "two-owners" => DISPUTED.into(),
        "over-ipv6" => Ipv6Addr::new(0x2001, 0xdb8, 0x870, 0, 0, 0, 0, 0x25).into(),
        name => {
            let nth = if name == BEHIND_NAT { 0 } else { 3 };
            let place = unit.and_then(|unit| plan.place(unit));
            place.map_or(NOBODYS, |place| place.public(nth)).into()
        }
    }
}

fn about(name: &str) -> String {
    let fixed = match name {
        VANISHED => {
            "Chỉ có trong danh sách tháng 10; đơn vị báo đã làm sạch và hai danh sách sau không còn."
        }
        RETURNED => "Có trong tháng 10, vắng trong tháng 11 và 12, trở lại trong tháng 01: mở lại.",
        "nobody" => "Địa chỉ không thuộc dải nào đã khai báo: chờ xác định đơn vị.",
        BEHIND_NAT => "Một địa chỉ công cộng, nhiều máy bên trong: phải tìm ra đúng máy.",
        "two-owners" => "Hai đơn vị cùng khai một dải địa chỉ: chờ phân xử.",
        NO_LIST => {
            "Vắng trong tháng 01, nhưng danh sách tháng 12 không nhận được: chưa đủ để xác nhận."
        }
        LATE_PROOF => "Thiếu danh sách tháng 12 nên đến tháng 01 mới đủ hai danh sách vắng mặt.",
        NOT_OURS => "Đơn vị trả lời địa chỉ đã trả lại nhà mạng.",
        HONEYPOT => "Bẫy giám sát của Trung tâm: được loại trừ có thời hạn, có người duyệt.",
        HELP => "Xã không có cán bộ chuyên trách, đề nghị hỗ trợ.",
        "over-ipv6" => "Địa chỉ IPv6 được viết trong ngoặc để khỏi bị bấm nhầm.",
        IN_VAIN => {
            "Đơn vị báo đã làm sạch, nhưng danh sách sau vẫn còn: lời khai không phải là bằng chứng."
        }
        _ => {
            return format!(
                "Địa chỉ đổi chủ ngày {}: ghi nhận trước và sau ngày đó thuộc hai đơn vị.",
                handed_over()
            );
        }
    };
    fixed.to_owned()
}
