//! Whom to call. Every person is invented, and named so that anybody sees it;
//! the telephone block 0277 000 is not in use; `.example` cannot be registered.

use jiff::civil::{Date, date};

use crate::{
    calendar::day_within,
    dice::Dice,
    sheet::{Sheet, row},
    units::{CENTRE, Kind, Unit},
};

const FAMILY: [&str; 10] =
    ["Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Đặng", "Bùi", "Đỗ", "Ngô"];
const MIDDLE: [&str; 6] = ["Văn", "Thị", "Hữu", "Ngọc", "Thanh", "Minh"];
/// "Sample", "Example", "Trial", "Illustration", "Supposition", "Imagination".
const GIVEN: [&str; 6] = ["Mẫu", "Ví Dụ", "Thử Nghiệm", "Minh Họa", "Giả Định", "Tưởng Tượng"];

/// Has nobody on the list: the demo shows what that looks like.
pub(crate) const WITHOUT_CONTACTS: &str = "UBND-TN-PC";

/// One line of the list.
pub(crate) struct Contact {
    unit: &'static str,
    name: String,
    role: &'static str,
    title: &'static str,
    phone: String,
    mail: String,
    hours: &'static str,
    confirmed: Option<Date>,
}

/// Head, IT officer and, where there is one, the duty desk of every working unit.
pub(crate) fn all(seed: u64, units: &[Unit]) -> Vec<Contact> {
    let dice = &mut Dice::new(seed, "contacts");
    let listed = units.iter().filter(|unit| unit.works() && unit.code != WITHOUT_CONTACTS);
    let mut contacts = Vec::new();
    for unit in listed {
        contacts.push(contact(dice, unit, ROLES[0], contacts.len()));
        contacts.push(contact(dice, unit, ROLES[1], contacts.len()));
        if unit.code == CENTRE || (unit.kind != Kind::Commune && dice.chance(80)) {
            contacts.push(contact(dice, unit, ROLES[2], contacts.len()));
        }
    }
    contacts
}

/// Role, title, mailbox, hours.
type Role = (&'static str, &'static str, &'static str, &'static str);

const ROLES: [Role; 3] = [
    ("Thủ trưởng", "Lãnh đạo đơn vị", "lanhdao", "07:00-11:30, 13:30-17:00 (thứ Hai - thứ Sáu)"),
    ("Cán bộ CNTT", "Chuyên viên", "cntt", "07:00-11:30, 13:30-17:00 (thứ Hai - thứ Sáu)"),
    ("Trực", "Trực giám sát", "truc", "24/7"),
];

fn contact(dice: &mut Dice, unit: &Unit, role: Role, number: usize) -> Contact {
    let (role, title, mailbox, hours) = role;
    let name = format!("{} {} {}", dice.pick(&FAMILY), dice.pick(&MIDDLE), dice.pick(&GIVEN));
    Contact {
        unit: unit.code,
        name,
        role,
        title,
        phone: format!("0277 000 {:04}", 1000 + number),
        mail: mailbox_of(mailbox, unit),
        hours,
        confirmed: confirmed(dice),
    }
}

/// A role's mailbox.
pub(crate) fn mailbox_of(mailbox: &str, unit: &Unit) -> String {
    format!("{mailbox}@{}", unit.domain())
}

/// Most within 180 days of February 2024, some older, a few never.
fn confirmed(dice: &mut Dice) -> Option<Date> {
    match dice.below(100) {
        0..=5 => None,
        6..=19 => Some(day_within(dice, date(2023, 1, 10), 150)),
        _ => Some(day_within(dice, date(2023, 8, 16), 45)),
    }
}

/// `contacts.csv`.
pub(crate) fn sheet(contacts: &[Contact]) -> Sheet {
    let rows = contacts.iter().map(|contact| {
        row![
            contact.unit,
            contact.name.as_str(),
            contact.role,
            contact.title,
            contact.phone.as_str(),
            contact.mail.as_str(),
            contact.hours,
            contact.confirmed,
        ]
    });
    Sheet { header: HEADER, rows: rows.collect(), ..Sheet::default() }
}

pub(crate) const HEADER: &[&str] = &[
    "Đơn vị",
    "Họ tên",
    "Vai trò",
    "Chức vụ",
    "Điện thoại",
    "Thư điện tử",
    "Giờ làm việc",
    "Ngày xác nhận",
];
