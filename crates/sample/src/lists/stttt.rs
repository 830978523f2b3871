//! The province's own letter: a workbook with title lines, Vietnamese headers,
//! local time, and every second month typed dates instead of real ones.

use jiff::civil::Date;

use super::Hit;
use crate::sheet::{Cell, Sheet, row};

const HEADER: &[&str] = &[
    "STT",
    "Địa chỉ IP",
    "Thời gian ghi nhận",
    "Tên mã độc",
    "Cổng nguồn",
    "IP/tên miền máy chủ điều khiển",
    "Cổng đích",
    "Số lần",
    "Đơn vị",
    "Nhà mạng",
];

pub(super) fn sheet(first: Date, hits: &[Hit]) -> Sheet {
    let typed = first.month() % 2 == 0;
    let mut rows: Vec<Vec<Cell>> = (1..).zip(hits).map(|(n, hit)| line(n, hit, typed)).collect();
    spoil(&mut rows);
    let month = first.strftime("%m/%Y");
    Sheet {
        title: vec![
            "UBND TỈNH ĐỒNG THÁP".to_owned(),
            "SỞ THÔNG TIN VÀ TRUYỀN THÔNG".to_owned(),
            format!("DANH SÁCH ĐỊA CHỈ IP KẾT NỐI MẠNG BOTNET THÁNG {month} (DỮ LIỆU MẪU)"),
            "(Kèm theo Công văn số   /STTTT-CDS&ATTT; giờ Việt Nam)".to_owned(),
        ],
        header: HEADER,
        rows,
        footer: Some(format!("Danh sách này có {} dòng./.", hits.len())),
    }
}

fn line(number: u32, hit: &Hit, typed: bool) -> Vec<Cell> {
    let at = Cell::from(hit.at);
    let server =
        if hit.server.is_multiple_of(2) { hit.server_address() } else { hit.server_name() };
    let provider =
        if hit.server.is_multiple_of(3) { "Nhà mạng Mẫu 2" } else { "Nhà mạng Mẫu 1" };
    row![
        number,
        hit.address.to_string(),
        if typed { at.typed() } else { at },
        hit.family.name,
        hit.source_port,
        server,
        hit.family.port,
        hit.count,
        hit.supposed,
        provider,
    ]
}

/// What typing by hand brings: no such address, no such day, nothing at all.
fn spoil(rows: &mut Vec<Vec<Cell>>) {
    let Some(model) = rows.first().cloned() else { return };
    let mut address = model.clone();
    address[1] = Cell::from("192.0.2.300");
    let mut day = model;
    day[2] = Cell::from("31/02/2024 08:15");
    let blank = vec![Cell::BLANK; HEADER.len()];
    let middle = rows.len() / 2;
    rows.splice(middle..middle, [address, blank, day]);
}
