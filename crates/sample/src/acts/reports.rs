//! What units report on the letter, and what the province answers.

use jiff::{
    Timestamp, ToSpan,
    civil::{Date, date},
};

use super::{APPROVER, Act, Attachment, CannotComply, Extension, Report, Review, TEAM};
use crate::{
    calendar::{at, day_within, office_hours, working_day},
    contacts::mailbox_of,
    dice::Dice,
    hosts::Host,
    systems::System,
    units::{CENTRE, Unit},
};

/// A demand of the letter that is proved by a person's word: the codes are
/// those of the pack `vn-dt-2024-01`.
struct Demand {
    code: &'static str,
    counts: Counts,
    /// Asked of the Digital Transformation Centre alone.
    centre_only: bool,
    text: &'static str,
}

/// What a demand counts.
#[derive(Clone, Copy)]
enum Counts {
    Nothing,
    Systems,
    Machines,
    Alerts,
    People,
}

const DEMANDS: [Demand; 11] = [
    asked("1a-levels", Counts::Systems, "Đã rà soát hệ thống thông tin và biện pháp theo cấp độ."),
    asked(
        "1b-duty",
        Counts::Nothing,
        "Đã phân công trực 24/7, kèm danh sách ca trực và số liên lạc.",
    ),
    asked("1b-watch", Counts::Alerts, "Đã theo dõi hệ thống giám sát tập trung và xử lý cảnh báo."),
    asked(
        "1c-sweep",
        Counts::Machines,
        "Đã rà quét máy chủ, máy trạm bằng phần mềm phòng, chống mã độc.",
    ),
    asked("1d-warned", Counts::Machines, "Đã khắc phục các lỗ hổng theo cảnh báo."),
    asked(
        "1d-microsoft",
        Counts::Machines,
        "Đã cập nhật bản vá Microsoft từ tháng 5 đến tháng 11/2023.",
    ),
    asked(
        "1e-awareness",
        Counts::People,
        "Đã phổ biến kỹ năng an toàn thông tin cho cán bộ, công chức, viên chức.",
    ),
    asked(
        "3-contacts",
        Counts::Nothing,
        "Đã phổ biến các đầu mối hỗ trợ và gửi đầu mối của đơn vị.",
    ),
    centre(
        "2a-platforms",
        Counts::Nothing,
        "Đã sử dụng IRLab và DFLab trong điều phối, xử lý sự cố.",
    ),
    centre("2b-link", Counts::Nothing, "Kết nối tới hệ thống giám sát quốc gia thông suốt."),
    centre("2b-share", Counts::Alerts, "Đã chia sẻ dấu hiệu tấn công với cơ quan có thẩm quyền."),
];

const fn asked(code: &'static str, counts: Counts, text: &'static str) -> Demand {
    Demand { code, counts, centre_only: false, text }
}

const fn centre(code: &'static str, counts: Counts, text: &'static str) -> Demand {
    Demand { code, counts, centre_only: true, text }
}

/// How one task goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Course {
    Accepted,
    Partly,
    Waiting,
    Returned,
    ReturnedThenAccepted,
    Late,
    Silent,
    Zero,
    Extended,
    ExtensionWaiting,
    CannotComply,
}

/// Courses that the demo must have, whatever chance brings.
const SET: [(&str, &str, Course); 12] = [
    ("VPHDND", "1b-watch", Course::Zero),
    ("STNMT", "1d-microsoft", Course::Extended),
    ("SVHTTDL", "1e-awareness", Course::ExtensionWaiting),
    ("UBND-TH", "1d-microsoft", Course::CannotComply),
    ("SNV", "1c-sweep", Course::Returned),
    ("UBND-LVO", "1c-sweep", Course::ReturnedThenAccepted),
    ("STC", "1a-levels", Course::Partly),
    ("UBND-CT", "1b-duty", Course::Late),
    ("SYT", "1b-duty", Course::Silent),
    (CENTRE, "2a-platforms", Course::Accepted),
    (CENTRE, "2b-link", Course::Waiting),
    (CENTRE, "2b-share", Course::Accepted),
];

/// Every report, review and request about the letter.
pub(crate) fn reports(seed: u64, units: &[Unit], systems: &[System], hosts: &[Host]) -> Vec<Act> {
    let dice = &mut Dice::new(seed, "reports");
    let mut acts = Vec::new();
    for unit in units.iter().filter(|unit| unit.is_addressed()) {
        let stock = Stock::of(dice, unit, systems, hosts);
        let own = |demand: &&Demand| !demand.centre_only || unit.code == CENTRE;
        for demand in DEMANDS.iter().filter(own) {
            let course = course(dice, unit, demand);
            acts.extend(Task { unit, demand, stock: &stock }.play(dice, course));
        }
    }
    acts
}

fn course(dice: &mut Dice, unit: &Unit, demand: &Demand) -> Course {
    let drawn = match dice.below(100) {
        0..=44 => Course::Accepted,
        45..=58 => Course::Partly,
        59..=68 => Course::Waiting,
        69..=74 => Course::Returned,
        75..=81 => Course::ReturnedThenAccepted,
        82..=87 => Course::Late,
        _ => Course::Silent,
    };
    let set = SET.iter().find(|(code, asked, _)| (*code, *asked) == (unit.code, demand.code));
    set.map_or(drawn, |&(.., course)| course)
}

/// What a unit has to count.
struct Stock {
    systems: u32,
    machines: u32,
    alerts: u32,
    people: u32,
}

impl Stock {
    fn of(dice: &mut Dice, unit: &Unit, systems: &[System], hosts: &[Host]) -> Self {
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let machines = number(hosts.iter().filter(|host| host.unit == unit.code).count());
        Self {
            systems: number(systems.iter().filter(|system| system.owner == unit.code).count()),
            machines,
            alerts: dice.between(1, 9),
            people: machines * 2 + dice.below(20),
        }
    }
}

/// One demand on one unit.
struct Task<'a> {
    unit: &'a Unit,
    demand: &'a Demand,
    stock: &'a Stock,
}

impl Task<'_> {
    fn play(&self, dice: &mut Dice, course: Course) -> Vec<Act> {
        let day = working_day(day_within(dice, date(2024, 1, 18), 10));
        let whole = self.counts(0);
        // At least one is left, and never all of them.
        let short = self.counts(1 + dice.below(3));
        match course {
            Course::Accepted => self.judged(dice, day, whole, None),
            Course::Partly => self.judged(dice, day, short, None),
            Course::Waiting => vec![self.report(dice, day, whole)],
            Course::Returned => self.judged(dice, day, whole, Some(RETURNED)),
            Course::ReturnedThenAccepted => {
                // Early enough that the second round is over before the story ends,
                // and a week apart, so that no weekend swaps the rounds.
                let day = working_day(day_within(dice, date(2024, 1, 16), 5));
                let mut acts = self.judged(dice, day, short, Some(RETURNED));
                acts.extend(self.judged(dice, day + 7.days(), whole, None));
                acts
            }
            Course::Late => vec![self.report(dice, date(2024, 2, 6), whole)],
            Course::Silent => Vec::new(),
            Course::Zero => self.zero(dice, day),
            Course::Extended => vec![self.extension(day, Some(granted()))],
            Course::ExtensionWaiting => vec![self.extension(date(2024, 2, 5), None)],
            Course::CannotComply => vec![self.cannot(day)],
        }
    }

    /// Handled of total, `missing` of them not done; none where nothing is counted.
    fn counts(&self, missing: u32) -> Option<(u32, u32)> {
        let total = match self.demand.counts {
            Counts::Nothing => return None,
            Counts::Systems => self.stock.systems,
            Counts::Machines => self.stock.machines,
            Counts::Alerts => self.stock.alerts,
            Counts::People => self.stock.people,
        };
        Some((total.saturating_sub(missing), total))
    }

    fn report(&self, dice: &mut Dice, day: Date, counts: Option<(u32, u32)>) -> Act {
        Act::Report(Report {
            at: office_hours(dice, day),
            unit: self.unit.code,
            demand: self.demand.code,
            by: mailbox_of("cntt", self.unit),
            zero: false,
            counts,
            text: self.demand.text.to_owned(),
            effective: day - i64::from(dice.below(4)).days(),
            file: dice.chance(65).then(|| self.evidence(day, counts)),
        })
    }

    fn judged(
        &self,
        dice: &mut Dice,
        day: Date,
        counts: Option<(u32, u32)>,
        returned: Option<&str>,
    ) -> Vec<Act> {
        let next = working_day(day + i64::from(dice.between(1, 3)).days());
        vec![self.report(dice, day, counts), self.review(office_hours(dice, next), returned)]
    }

    fn review(&self, at: Timestamp, returned: Option<&str>) -> Act {
        Act::Review(Review {
            at,
            unit: self.unit.code,
            demand: self.demand.code,
            by: TEAM.to_owned(),
            returned: returned.map(str::to_owned),
        })
    }

    fn zero(&self, dice: &mut Dice, day: Date) -> Vec<Act> {
        let mut acts = self.judged(dice, day, None, None);
        if let Some(Act::Report(report)) = acts.first_mut() {
            report.zero = true;
            report.file = None;
            "Trong kỳ không phát sinh cảnh báo.".clone_into(&mut report.text);
        }
        acts
    }

    fn extension(&self, day: Date, granted: Option<(Timestamp, String)>) -> Act {
        Act::Extension(Extension {
            at: at(day, 9, 15),
            unit: self.unit.code,
            demand: self.demand.code,
            by: mailbox_of("lanhdao", self.unit),
            until: date(2024, 2, 29),
            reason: "Đang nghiệm thu phần mềm nghiệp vụ, cần thử nghiệm trước khi thực hiện."
                .to_owned(),
            granted,
        })
    }

    fn cannot(&self, day: Date) -> Act {
        Act::CannotComply(CannotComply {
            at: at(day, 14, 40),
            unit: self.unit.code,
            demand: self.demand.code,
            by: mailbox_of("lanhdao", self.unit),
            reason: "Một số máy trạm dùng hệ điều hành đã hết hỗ trợ, không còn bản vá.".to_owned(),
            plan: "Tách các máy này sang mạng riêng ngay; thay thế trước ngày 30/6/2024."
                .to_owned(),
            approved: Some(granted()),
        })
    }

    fn evidence(&self, day: Date, counts: Option<(u32, u32)>) -> Attachment {
        let figures =
            counts.map_or_else(String::new, |(done, all)| format!("Kết quả: {done}/{all}\r\n"));
        let text = format!(
            "BÁO CÁO (DỮ LIỆU MẪU)\r\n\r\nĐơn vị: {}\r\nNội dung: {}\r\nNgày: {}\r\n{figures}",
            self.unit.name,
            self.demand.text,
            crate::calendar::written(day),
        );
        let name = format!("bao-cao-{}-{}.txt", self.demand.code, self.unit.code.to_lowercase());
        Attachment { name, bytes: text.into_bytes() }
    }
}

const RETURNED: &str = "Chưa kèm tài liệu chứng minh hoặc số liệu chưa khớp danh sách máy đã đăng ký; đề nghị bổ sung.";

fn granted() -> (Timestamp, String) {
    (at(date(2024, 1, 30), 10, 0), APPROVER.to_owned())
}
