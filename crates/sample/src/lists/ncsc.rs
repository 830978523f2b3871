//! The national centre's list: CSV, addresses defanged, ISO times without a
//! zone, and many rows more than once. Its real layout is not public; this
//! one is ours.

use std::net::IpAddr;

use super::Hit;
use crate::{
    Error,
    dice::Dice,
    encode::Encoding,
    sheet::{Cell, Sheet, row},
};

const HEADER: &[&str] =
    &["IP", "Thời gian", "Botnet", "Giao thức", "Cổng nguồn", "C2", "Cổng đích", "Số kết nối"];

pub(super) fn bytes(dice: &mut Dice, file: &str, hits: &[Hit]) -> Result<Vec<u8>, Error> {
    let mut rows = Vec::new();
    for hit in hits {
        let copies = if dice.chance(15) { dice.between(2, 3) } else { 1 };
        rows.extend((0..copies).map(|_| line(hit)));
    }
    spoil(&mut rows);
    Sheet { header: HEADER, rows, ..Sheet::default() }.csv(file, b',', Encoding::Utf8)
}

fn line(hit: &Hit) -> Vec<Cell> {
    let host = defanged(&hit.server_name());
    let server = if hit.family.over_http { format!("hxxp://{host}/gate") } else { host };
    row![
        defanged_address(hit.address),
        hit.at.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
        hit.family.name,
        "tcp",
        hit.source_port,
        server,
        hit.family.port,
        hit.count,
    ]
}

fn defanged(name: &str) -> String {
    name.replace('.', "[.]")
}

fn defanged_address(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => defanged(&address.to_string()),
        IpAddr::V6(address) => address.to_string().replace(':', "[:]"),
    }
}

/// Two rows that cannot be read, an empty one, and a whole range instead of an address.
fn spoil(rows: &mut Vec<Vec<Cell>>) {
    let Some(model) = rows.first().cloned() else { return };
    let put = |column: usize, text: &str| {
        let mut row = model.clone();
        row[column] = Cell::from(text);
        row
    };
    let blank = vec![Cell::BLANK; HEADER.len()];
    let bad = [put(0, "198[.]51[.]100"), put(1, "2024-02-31T08:15:00"), blank];
    let range = put(0, "203[.]0[.]113[.]16/30");
    let middle = rows.len() / 2;
    rows.splice(middle..middle, bad);
    rows.push(range);
}
