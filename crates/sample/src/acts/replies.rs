//! What units answer to the lists: some at once and truly, some too soon, some never.

use std::{collections::BTreeSet, net::IpAddr};

use jiff::{
    ToSpan,
    civil::{Date, date},
};

use super::{APPROVER, Act, Answer, Attachment, Located, Refusal, Reply, Word};
use crate::{
    Feed,
    calendar::{MONTHS, at, office_hours, working_day},
    contacts::mailbox_of,
    dice::Dice,
    hosts::Host,
    infections::Infection,
    networks::Plan,
    stories::{self, Story},
    units::Unit,
};

/// What the replies are made from.
pub(crate) struct Scene<'a> {
    pub(crate) units: &'a [Unit],
    pub(crate) hosts: &'a [Host],
    pub(crate) plan: &'a Plan,
    pub(crate) infections: &'a [Infection],
    pub(crate) stories: &'a [Story],
}

/// The stories' answers, and those that chance brings.
pub(crate) fn replies(seed: u64, scene: &Scene<'_>) -> Vec<Act> {
    let dice = &mut Dice::new(seed, "replies");
    let mut acts: Vec<Act> =
        scene.stories.iter().flat_map(|story| told(dice, story, scene)).collect();
    for unit in scene.units.iter().filter(|unit| unit.works()) {
        // How often, in a hundred, this unit answers at all.
        let habit = dice.pick(&[0, 40, 75, 95]);
        acts.extend(of_unit(dice, unit, habit, scene));
    }
    acts
}

fn of_unit(dice: &mut Dice, unit: &Unit, habit: u32, scene: &Scene<'_>) -> Vec<Act> {
    let mut answered = BTreeSet::new();
    let mut acts = Vec::new();
    for first in MONTHS {
        for feed in Feed::ALL.into_iter().filter(|feed| feed.arrived(first)) {
            let asked = open(unit, feed, first, scene, &answered);
            if asked.is_empty() || !dice.chance(habit) {
                continue;
            }
            let day = working_day(received_on(feed, first) + i64::from(dice.between(1, 6)).days());
            let answers: Vec<Answer> =
                asked.iter().filter_map(|one| answer(dice, one, first, day, unit, scene)).collect();
            answered.extend(answers.iter().map(|answer| (answer.address, answer.family)));
            if !answers.is_empty() {
                acts.push(reply(dice, unit, feed, first, day, answers));
            }
        }
    }
    acts
}

/// The unit's own infections in that list which it has not answered yet.
fn open<'a>(
    unit: &Unit,
    feed: Feed,
    first: Date,
    scene: &Scene<'a>,
    answered: &BTreeSet<(IpAddr, &'static str)>,
) -> Vec<&'a Infection> {
    let asked = |one: &&Infection| {
        one.feed == feed
            && !one.told
            && one.seen_in(first)
            && !answered.contains(&(one.address, one.family.name))
            && scene.plan.owners(one.address, first) == [unit.code]
    };
    scene.infections.iter().filter(asked).collect()
}

/// A machine that will be seen again is seldom claimed clean; one that will
/// not, mostly.
fn answer(
    dice: &mut Dice,
    one: &Infection,
    first: Date,
    day: Date,
    unit: &Unit,
    scene: &Scene<'_>,
) -> Option<Answer> {
    let claims = dice.chance(if one.seen_after(first) { 20 } else { 80 });
    let word = if claims {
        cleaned(dice, unit, day, scene)
    } else {
        match dice.below(10) {
            0 => {
                Word::NotOurs { why: "Đơn vị không sử dụng địa chỉ này.".to_owned() }
            }
            1 => Word::FalseAlarm {
                why: "Máy kiểm thử, không có kết nối bất thường.".to_owned()
            },
            2 | 3 => {
                Word::NeedHelp { what: "Chưa xác định được máy bên trong.".to_owned() }
            }
            _ => return None,
        }
    };
    Some(Answer { address: one.address, family: one.family.name, word })
}

fn cleaned(dice: &mut Dice, unit: &Unit, on: Date, scene: &Scene<'_>) -> Word {
    let how = dice.pick(&[
        "Cài đặt lại hệ điều hành.",
        "Quét và bóc gỡ bằng phần mềm phòng, chống mã độc tập trung.",
        "Nâng cấp phần mềm thiết bị và đổi mật khẩu quản trị.",
        "Ngắt mạng, bóc gỡ, quét lại không còn phát hiện.",
    ]);
    let own: Vec<&Host> = scene.hosts.iter().filter(|host| host.unit == unit.code).collect();
    let host = (dice.chance(70) && !own.is_empty()).then(|| dice.pick(&own).name.clone());
    let file = dice.chance(50).then(|| record(unit, on, how));
    Word::Cleaned { how: how.to_owned(), on, host, file }
}

fn record(unit: &Unit, on: Date, how: &str) -> Attachment {
    let text = format!(
        "BIÊN BẢN XỬ LÝ MÃ ĐỘC (DỮ LIỆU MẪU)\r\n\r\nĐơn vị: {}\r\nNgày: {}\r\nCách xử lý: {how}\r\n",
        unit.name,
        crate::calendar::written(on),
    );
    let name = format!("bien-ban-xu-ly-{}-{on}.txt", unit.code.to_lowercase());
    Attachment { name, bytes: text.into_bytes() }
}

fn reply(
    dice: &mut Dice,
    unit: &Unit,
    feed: Feed,
    first: Date,
    day: Date,
    answers: Vec<Answer>,
) -> Act {
    Act::Reply(Reply {
        at: office_hours(dice, day),
        unit: unit.code,
        list: feed.file(first),
        by: mailbox_of("cntt", unit),
        answers,
    })
}

/// The day on which a list came in.
fn received_on(feed: Feed, first: Date) -> Date {
    jiff::tz::Offset::constant(7).to_datetime(feed.received(first)).date()
}

/// What a story's unit does, and to which month's list it answers.
fn told(dice: &mut Dice, story: &Story, scene: &Scene<'_>) -> Vec<Act> {
    let Some(unit) = scene.units.iter().find(|unit| Some(unit.code) == story.unit) else {
        return Vec::new();
    };
    let (month, word) = match story.name {
        stories::VANISHED | stories::RETURNED | stories::LATE_PROOF | stories::IN_VAIN => {
            (MONTHS[0], cleaned(dice, unit, date(2023, 11, 8), scene))
        }
        stories::NO_LIST => (MONTHS[1], cleaned(dice, unit, date(2023, 12, 6), scene)),
        stories::BEHIND_NAT => (MONTHS[2], cleaned(dice, unit, date(2024, 1, 8), scene)),
        stories::NOT_OURS => (
            MONTHS[0],
            Word::NotOurs {
                why: "Địa chỉ đã trả lại nhà mạng từ tháng 9/2023.".to_owned()
            },
        ),
        stories::HONEYPOT => {
            (MONTHS[0], Word::FalseAlarm { why: "Bẫy giám sát do Trung tâm vận hành.".to_owned() })
        }
        stories::HELP => (
            MONTHS[1],
            Word::NeedHelp {
                what: "Xã không có cán bộ chuyên trách, đề nghị hỗ trợ tại chỗ.".to_owned(),
            },
        ),
        _ => return Vec::new(),
    };
    let answers = vec![Answer { address: story.address, family: story.family, word }];
    let day = working_day(received_on(story.feed, month) + 6.days());
    let mut acts = vec![reply(dice, unit, story.feed, month, day, answers)];
    acts.extend(around(story, unit, scene));
    acts
}

/// What else happens in a story.
fn around(story: &Story, unit: &Unit, scene: &Scene<'_>) -> Option<Act> {
    let &Story { address, family, .. } = story;
    match story.name {
        stories::BEHIND_NAT => {
            let own = scene.hosts.iter().filter(|host| host.unit == unit.code);
            let hosts = own.filter(|host| host.name.contains("-PC0")).map(|host| host.name.clone());
            let hosts = hosts.take(3).collect();
            let at = at(date(2023, 11, 9), 10, 30);
            Some(Act::Located(Located { at, unit: unit.code, address, family, hosts }))
        }
        stories::HONEYPOT => Some(Act::Refusal(Refusal {
            at: at(date(2023, 11, 10), 15, 0),
            address,
            family,
            reason: "Bẫy giám sát, có chủ đích nhận kết nối của mã độc.".to_owned(),
            approver: APPROVER.to_owned(),
            expires: date(2024, 6, 30),
        })),
        _ => None,
    }
}
