//! Lists and ranges in, units and questions out.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

use lists::{
    Rulebook,
    botnet::{Input, Options, Report, run, to_csv, to_json},
};
use serde_json::json;

const RANGES: &str = "Mã đơn vị,Tên đơn vị,Dải mạng,Từ ngày,Đến ngày,Loại\n\
    SYT,Sở Y tế,198.51.100.0/28,01/01/2023,15/11/2023,công cộng\n\
    STC,Sở Tài chính,198.51.100.0/28,15/11/2023,,công cộng\n\
    HHN,Huyện Hồng Ngự,198.51.100.32-198.51.100.40,,,NAT\n\
    A,Đơn vị A,203.0.113.0/28,,,public\n\
    B,Đơn vị B,203.0.113.0/28,,,public\n\
    X,Sai,không phải dải,,,public\n";

const LIST: &str = "timestamp,src_ip,src_port,dst_ip,dst_port,family\n\
    2023-11-14 10:00:00,198.51.100.5,1111,192.0.2.9,80,Bot-A\n\
    2023-11-20 10:00:00,198.51.100.5,2222,192.0.2.9,80,bot a\n\
    2023-11-21 10:00:00,198.51.100.5,3333,192.0.2.8,443,BotA\n\
    2024-01-01 10:00:00,198.51.100.33,4444,,,=cmd\n\
    2024-01-01 10:00:00,203.0.113.5,5555,,,x\n\
    2022-01-01 10:00:00,198.51.100.5,6666,,,x\n\
    2024-01-01 10:00:00,oops,,,,x\n";

fn report() -> Report {
    let mut options = Options::new("2024-02-01T00:00:00Z".parse().unwrap());
    options.settings.zone = Some("UTC".to_owned());
    let lists = [Input { name: "list.csv", bytes: LIST.as_bytes() }];
    let ranges = Input { name: "networks.csv", bytes: RANGES.as_bytes() };
    run(&lists, ranges, &options, &Rulebook::built_in().unwrap()).unwrap()
}

#[test]
fn each_row_goes_to_its_owner_of_that_day() {
    let report = report();
    let value = to_json(&report, |found| format!("<{}>", found.code));
    let units: Vec<(&str, usize)> =
        report.units.iter().map(|unit| (unit.name.as_str(), unit.sightings.len())).collect();
    assert_eq!(units, [("Huyện Hồng Ngự", 1), ("Sở Tài chính", 1), ("Sở Y tế", 1)]);
    let finance = &value["units"][1]["sightings"][0];
    assert_eq!(finance["ip"], json!("198.51.100.5"));
    assert_eq!(finance["rows"], json!(2));
    assert_eq!(finance["ports"], json!([2222, 3333]));
    assert_eq!(finance["destinations"], json!(["192.0.2.8:443", "192.0.2.9:80"]));
    assert_eq!(finance["first_seen"], json!("2023-11-20T10:00:00Z"));
}

#[test]
fn what_nobody_or_two_own_is_asked() {
    let value = to_json(&report(), |found| found.code.to_string());
    assert_eq!(
        value["unplaced"],
        json!([
            {"ip": "198.51.100.5", "reason": "nobody", "units": [], "rows": 1,
             "first_seen": "2022-01-01T10:00:00Z", "last_seen": "2022-01-01T10:00:00Z",
             "held_before_or_after": ["STC", "SYT"]},
            {"ip": "203.0.113.5", "reason": "several", "units": ["A", "B"], "rows": 1,
             "first_seen": "2024-01-01T10:00:00Z", "last_seen": "2024-01-01T10:00:00Z",
             "held_before_or_after": []},
        ])
    );
}

#[test]
fn nothing_that_was_bad_is_silent() {
    let value = to_json(&report(), |found| found.code.to_string());
    assert_eq!(value["lists"][0]["bad"], json!(1));
    let messages: Vec<String> = value["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|found| found["severity"] == "error")
        .map(|found| format!("{}:{} {}", found["file"], found["line"], found["message"]))
        .collect();
    assert_eq!(
        messages,
        ["\"networks.csv\":7 \"lists.range-unread\"", "\"list.csv\":8 \"lists.address-unread\""]
    );
}

#[test]
fn a_spreadsheet_will_not_run_a_familys_name() {
    let csv = to_csv(&report());
    assert!(csv.starts_with("unit_code,unit_name,ip,family,"));
    assert!(csv.contains("HHN,Huyện Hồng Ngự,198.51.100.33,'=cmd,"), "{csv}");
    assert_eq!(csv.lines().count(), 6);
}

#[test]
fn an_unknown_zone_is_an_error_not_utc() {
    let mut options = Options::new("2024-02-01T00:00:00Z".parse().unwrap());
    options.zone = "Asia/Sai".to_owned();
    let none = Input { name: "n.csv", bytes: b"" };
    let wrong = run(&[], none, &options, &Rulebook::built_in().unwrap()).unwrap_err();
    assert_eq!(wrong.code, "lists.zone-unknown");
}

/// The register's last day is the unit's own; on a day of handing over, the
/// new owner's begins.
#[test]
fn a_last_day_is_the_units_and_a_day_of_handing_over_the_next_ones() {
    let ranges = |text: &'static str| {
        let input = lists::botnet::Input { name: "networks.csv", bytes: text.as_bytes() };
        lists::botnet::read_ranges(input, &tables::Limits::default()).ranges
    };
    let head = "unit_code,unit_name,cidr,valid_from,valid_to,kind\n";
    let gap = format!(
        "{head}A,A,192.0.2.0/24,2023-01-01,2023-11-09,public\nB,B,192.0.2.0/24,2023-11-10,,public\n"
    );
    let shared = gap.replace("2023-11-09", "2023-11-10");
    for text in [gap, shared] {
        let read = ranges(Box::leak(text.into_boxed_str()));
        let day = |day| jiff::civil::date(2023, 11, day);
        assert!(read[0].holds_on(day(9)) && !read[0].holds_on(day(10)));
        assert!(!read[1].holds_on(day(9)) && read[1].holds_on(day(10)));
    }
}
