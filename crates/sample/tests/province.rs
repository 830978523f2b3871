//! What the sample promises: the same bytes, nothing real, no loose end.

#![expect(clippy::expect_used, reason = "a helper of a test fails as the test does")]

mod read;

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
    sync::LazyLock,
};

use ipnet::IpNet;
use read::{rows, text, under};
use sample::{Act, Feed, Province, SEED, SampleFile, Step, Word};
use sha2::{Digest, Sha256};

/// Over every file that no library compresses. A change here changes every
/// picture and every expectation of the demo: change it knowingly.
const DIGEST_OF_TEXT_FILES: &str =
    "2c4d171c5f1a689c7023320e558e248aceb46901def2660d11faec7910113314";

static MADE: LazyLock<Province> = LazyLock::new(|| sample::province(SEED).expect("a province"));

fn made() -> &'static Province {
    &MADE
}

static SEVERAL: LazyLock<Vec<Province>> = LazyLock::new(|| {
    (1..=3)
        .map(|seed| sample::province(seed).expect("a province"))
        .chain([made().clone()])
        .collect()
});

/// What must hold by construction is asked of other seeds too.
fn several() -> impl Iterator<Item = &'static Province> {
    SEVERAL.iter()
}

fn file<'a>(province: &'a Province, name: &str) -> &'a SampleFile {
    province.files.iter().find(|file| file.name == name).expect(name)
}

fn column(file: &SampleFile, first: &str, index: usize) -> BTreeSet<String> {
    under(file, first).into_iter().map(|row| row[index].clone()).collect()
}

fn units(province: &Province) -> BTreeSet<String> {
    column(file(province, "units.csv"), "Mã đơn vị", 0)
}

/// Rows of every list of machines.
fn host_rows(province: &Province) -> Vec<Vec<String>> {
    let files = province.files.iter().filter(|file| file.step == Step::Hosts);
    files.flat_map(|file| under(file, "Tên máy")).collect()
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let (one, two) = (made(), &sample::province(SEED).expect("a province"));
    let digests = |province: &Province| -> BTreeMap<String, String> {
        let digest = |file: &SampleFile| hex::encode(Sha256::digest(&file.bytes));
        province.files.iter().map(|file| (file.name.clone(), digest(file))).collect()
    };
    assert_eq!(digests(one), digests(two));
    assert_eq!(one.acts, two.acts);
    let other = sample::province(SEED + 1).expect("a province");
    assert_ne!(digests(one), digests(&other));
}

#[test]
fn the_bytes_stay_the_same_from_day_to_day() {
    let mut hash = Sha256::new();
    let province = made();
    for file in province.files.iter().filter(|file| !file.bytes.starts_with(b"PK")) {
        hash.update(&file.bytes);
    }
    hash.update(format!("{:?}", province.acts));
    assert_eq!(hex::encode(hash.finalize()), DIGEST_OF_TEXT_FILES);
}

#[test]
fn it_is_as_large_as_was_said() {
    let province = made();
    assert_eq!(units(province).len(), 60);
    let systems = under(file(province, "systems.xlsx"), "Mã hệ thống");
    assert_eq!(systems.len(), 120);
    let fourth = systems.iter().filter(|row| row[4] == "4").count();
    assert_eq!(fourth, 2);
    assert!(systems.iter().all(|row| ["1", "2", "3", "4"].contains(&row[4].as_str())));
    let machines: BTreeSet<String> =
        host_rows(province).into_iter().map(|row| row[0].clone()).collect();
    assert!((850..=950).contains(&machines.len()), "{}", machines.len());
}

#[test]
fn every_name_in_a_file_exists() {
    for province in several() {
        let units = units(province);
        let systems = column(file(province, "systems.xlsx"), "Mã hệ thống", 0);
        let known = |set: &BTreeSet<String>, code: &str| code.is_empty() || set.contains(code);
        for row in under(file(province, "units.csv"), "Mã đơn vị") {
            assert!(known(&units, &row[2]) && known(&units, &row[6]), "{row:?}");
        }
        for row in under(file(province, "systems.xlsx"), "Mã hệ thống") {
            assert!(units.contains(&row[2]) && units.contains(&row[3]), "{row:?}");
        }
        for row in host_rows(province) {
            assert!(units.contains(&row[1]) && known(&systems, &row[2]), "{row:?}");
        }
        for row in under(file(province, "networks.xlsx"), "Dải địa chỉ") {
            assert!(units.contains(&row[1]), "{row:?}");
            assert!(row[0].parse::<IpNet>().is_ok_and(|net| net == net.trunc()), "{row:?}");
        }
        for row in under(file(province, "contacts.csv"), "Đơn vị") {
            assert!(units.contains(&row[0]), "{row:?}");
        }
    }
}

#[test]
fn a_machine_stands_inside_its_units_network() {
    for province in several() {
        let mut inside: BTreeMap<String, Vec<IpNet>> = BTreeMap::new();
        for row in under(file(province, "networks.xlsx"), "Dải địa chỉ") {
            if row[4] == "Nội bộ" {
                inside.entry(row[1].clone()).or_default().push(row[0].parse().expect("a range"));
            }
        }
        for row in host_rows(province) {
            let address: IpAddr = row[4].parse().expect("an address");
            assert!(inside[&row[1]].iter().any(|range| range.contains(&address)), "{row:?}");
        }
    }
}

#[test]
fn no_address_is_real() {
    let allowed: Vec<IpNet> = [
        "192.0.2.0/24",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "2001:db8::/32",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
    ]
    .map(|range| range.parse().expect("a range"))
    .to_vec();
    let mut seen = 0;
    for (place, cell) in cells(made()) {
        for word in cell.split([' ', '/', '"', ',', '(', ')']) {
            if let Ok(address) = word.parse::<IpAddr>() {
                seen += 1;
                assert!(allowed.iter().any(|range| range.contains(&address)), "{place}: {word}");
            }
        }
    }
    assert!(seen > 3000, "{seen}");
}

#[test]
fn no_mailbox_name_or_telephone_is_real() {
    let province = made();
    for (place, cell) in cells(province) {
        for word in cell.split([' ', ';', '"']).filter(|word| word.contains('@')) {
            assert!(word.ends_with(".example"), "{place}: {word}");
        }
        if cell.contains("c2-") {
            let host = cell.trim_start_matches("hxxp://").split('/').next();
            assert!(host.is_some_and(|host| host.ends_with(".example")), "{place}: {cell}");
        }
    }
    for row in under(file(province, "contacts.csv"), "Đơn vị") {
        assert!(row[4].starts_with("0277 000 "), "{row:?}");
    }
}

/// Every cell of every file, with its brackets of defanging taken off, and
/// every act as text.
fn cells(province: &Province) -> Vec<(String, String)> {
    let mut cells = Vec::new();
    for file in &province.files {
        for cell in rows(file).into_iter().flatten() {
            cells.push((file.name.clone(), cell.replace("[.]", ".").replace("[:]", ":")));
        }
    }
    cells.extend(province.acts.iter().map(|act| ("act".to_owned(), format!("{act:?}"))));
    cells
}

#[test]
fn three_encodings_and_three_delimiters_are_there() {
    let province = made();
    let header = |name: &str| text(&file(province, name).bytes).lines().next().map(str::to_owned);
    assert!(file(province, "hosts-huyen.csv").bytes.starts_with(b"\xFF\xFE"));
    assert!(header("hosts-huyen.csv").is_some_and(|line| line.starts_with("Tên máy\tĐơn vị\t")));
    assert!(std::str::from_utf8(&file(province, "hosts-xa.csv").bytes).is_err());
    assert!(
        header("hosts-xa.csv").is_some_and(|line| line.starts_with("Tên máy;Đơn vị;Hệ thống;"))
    );
    assert!(header("hosts-so-nganh.csv").is_some_and(|line| line.starts_with("Tên máy,Đơn vị,")));
}

/// Address and family columns, and the header's first cell, of a feed's lists.
fn shape(feed: Feed) -> (&'static str, usize, usize) {
    match feed {
        Feed::Stttt => ("STT", 1, 3),
        Feed::Ncsc => ("IP", 0, 2),
        Feed::Sinkhole | Feed::SinkholeHttp => ("timestamp", 2, 25),
    }
}

/// Rows of the list that `feed` sent for the month beginning on `from`.
fn list(province: &Province, feed: Feed, month: (i16, i8)) -> Option<Vec<(String, String)>> {
    let of = |file: &&SampleFile| matches!(file.step, Step::List { feed: f, from, .. } if f == feed && (from.year(), from.month()) == month);
    let (first, address, family) = shape(feed);
    let pair = |row: Vec<String>| {
        let plain = row[address].replace("[.]", ".").replace("[:]", ":");
        (plain, row[family].clone())
    };
    let file = province.files.iter().find(of)?;
    Some(under(file, first).into_iter().map(pair).collect())
}

const MONTHS: [(i16, i8); 4] = [(2023, 10), (2023, 11), (2023, 12), (2024, 1)];

#[test]
fn four_months_of_lists_come_in_but_one() {
    let province = made();
    for month in MONTHS {
        let lists = Feed::ALL.map(|feed| list(province, feed, month));
        let missing = lists.iter().filter(|list| list.is_none()).count();
        assert_eq!(missing, usize::from(month == (2023, 12)), "{month:?}");
        let rows: usize = lists.iter().flatten().map(Vec::len).sum();
        assert!((200..=600).contains(&rows), "{month:?}: {rows}");
    }
    assert!(list(province, Feed::Ncsc, (2023, 12)).is_none());
}

#[test]
fn every_list_has_rows_that_cannot_be_read() {
    for file in made().files.iter().filter(|file| matches!(file.step, Step::List { .. })) {
        let rows = rows(file);
        assert!(rows.iter().any(|row| row.iter().all(String::is_empty)), "{}", file.name);
        let has = |bad: &str| rows.iter().flatten().any(|cell| cell.contains(bad));
        assert!(has("31/02/2024") || has("2024-02-31"), "{}", file.name);
        assert!(
            has("192.0.2.300")
                || rows.iter().flatten().any(|cell| cell == "192.0.2")
                || rows.iter().flatten().any(|cell| cell == "198[.]51[.]100"),
            "{}",
            file.name
        );
    }
}

#[test]
fn the_national_centre_repeats_itself() {
    let province = made();
    let rows = rows(file(province, "ncsc-botnet-2023-10.csv"));
    let different: BTreeSet<&Vec<String>> = rows.iter().collect();
    assert!(different.len() + 5 < rows.len());
}

#[test]
fn the_stories_are_in_the_lists() {
    let province = made();
    let seen = |name: &str| {
        let story = province.stories.iter().find(|story| story.name == name).expect(name);
        let row = (story.address.to_string(), story.family.to_owned());
        MONTHS.map(|month| list(province, story.feed, month).map(|rows| rows.contains(&row)))
    };
    let (yes, no) = (Some(true), Some(false));
    assert_eq!(seen("vanished"), [yes, no, no, no]);
    assert_eq!(seen("returned"), [yes, no, no, yes]);
    assert_eq!(seen("missing-list"), [no, yes, None, no]);
    assert_eq!(seen("late-proof"), [yes, no, None, no]);
    assert_eq!(seen("changed-owner"), [no, yes, no, no]);
    assert_eq!(seen("nobody"), [yes, yes, None, yes]);
    assert_eq!(seen("two-owners"), [no, yes, yes, no]);
}

#[test]
fn only_the_returned_one_returns() {
    for province in several() {
        let mut months: BTreeMap<(String, String), BTreeSet<usize>> = BTreeMap::new();
        for (index, month) in MONTHS.into_iter().enumerate() {
            for row in Feed::ALL.iter().filter_map(|&feed| list(province, feed, month)).flatten() {
                months.entry(row).or_default().insert(index);
            }
        }
        let back = months.iter().filter(|((address, _), seen)| {
            let readable = address.parse::<IpAddr>().is_ok();
            let silent = [1, 2].iter().all(|month| !seen.contains(month));
            readable && silent && seen.contains(&0) && seen.contains(&3)
        });
        let back: Vec<&str> = back.map(|((address, _), _)| address.as_str()).collect();
        let story = province.stories.iter().find(|story| story.name == "returned").expect("it");
        assert_eq!(back, [story.address.to_string()]);
    }
}

#[test]
fn one_address_is_nobodys_one_moved_and_one_is_disputed() {
    let province = made();
    let register = under(file(province, "networks.xlsx"), "Dải địa chỉ");
    let holders = |name: &str| -> Vec<(&str, &str, &str)> {
        let story = province.stories.iter().find(|story| story.name == name).expect(name);
        let holds = |row: &&Vec<String>| {
            row[4] == "Công cộng"
                && row[0].parse::<IpNet>().is_ok_and(|r| r.contains(&story.address))
        };
        register.iter().filter(holds).map(|row| (&*row[1], &*row[2], &*row[3])).collect()
    };
    assert_eq!(holders("nobody"), []);
    assert_eq!(
        holders("changed-owner"),
        [("CDYT", "01/01/2020", "09/11/2023"), ("BVDK", "10/11/2023", "")]
    );
    assert_eq!(holders("two-owners").len(), 2);
    assert_eq!(holders("behind-nat").len(), 1);
}

#[test]
fn every_state_of_a_task_is_played() {
    let province = made();
    let count = |wanted: fn(&Act) -> bool| province.acts.iter().filter(|act| wanted(act)).count();
    assert!(count(|act| matches!(act, Act::Review(review) if review.returned.is_none())) > 100);
    assert!(count(|act| matches!(act, Act::Review(review) if review.returned.is_some())) > 10);
    assert_eq!(count(|act| matches!(act, Act::Report(report) if report.zero)), 1);
    assert_eq!(count(|act| matches!(act, Act::Extension(asked) if asked.granted.is_some())), 1);
    assert_eq!(count(|act| matches!(act, Act::Extension(asked) if asked.granted.is_none())), 1);
    assert_eq!(count(|act| matches!(act, Act::CannotComply(_))), 1);
    assert_eq!(count(|act| matches!(act, Act::Refusal(_))), 1);
    let partly = |act: &Act| matches!(act, Act::Report(report) if report.counts.is_some_and(|(done, all)| done < all));
    assert!(count(partly) > 10);
    let late = jiff::civil::date(2024, 2, 6).in_tz("Asia/Ho_Chi_Minh").expect("a zone").timestamp();
    assert!(province.acts.iter().any(|act| matches!(act, Act::Report(_)) && act.at() >= late));
}

#[test]
fn every_kind_of_answer_is_given_and_some_give_none() {
    let province = made();
    let replies = || {
        province.acts.iter().filter_map(|act| match act {
            Act::Reply(reply) => Some(reply),
            _ => None,
        })
    };
    let words: Vec<&Word> = replies().flat_map(|reply| &reply.answers).map(|a| &a.word).collect();
    assert!(
        words.iter().any(|word| matches!(word, Word::Cleaned { file: Some(_), host: Some(_), .. }))
    );
    assert!(words.iter().any(|word| matches!(word, Word::NotOurs { .. })));
    assert!(words.iter().any(|word| matches!(word, Word::FalseAlarm { .. })));
    assert!(words.iter().any(|word| matches!(word, Word::NeedHelp { .. })));
    let answering: BTreeSet<&str> = replies().map(|reply| reply.unit).collect();
    assert!((15..50).contains(&answering.len()), "{}", answering.len());
}

#[test]
fn an_answer_speaks_of_a_list_that_has_come() {
    for province in several() {
        let machines: BTreeSet<String> =
            host_rows(province).into_iter().map(|row| row[0].clone()).collect();
        for act in &province.acts {
            let Act::Reply(reply) = act else { continue };
            let list = file(province, &reply.list);
            assert!(list.received_at < reply.at, "{reply:?}");
            let Step::List { feed, .. } = list.step else { panic!("{reply:?}") };
            let (first, address, family) = shape(feed);
            let rows = under(list, first);
            for answer in &reply.answers {
                let named = |row: &Vec<String>| {
                    row[address].replace("[.]", ".") == answer.address.to_string()
                        && row[family] == answer.family
                };
                assert!(rows.iter().any(named), "{reply:?}");
                if let Word::Cleaned { host: Some(host), .. } = &answer.word {
                    assert!(machines.contains(host), "{host}");
                }
            }
        }
    }
}

#[test]
fn a_report_counts_no_more_than_there_is_and_is_judged_after_it_came() {
    for province in several() {
        let mut last = BTreeMap::new();
        for act in &province.acts {
            match act {
                Act::Report(report) => {
                    assert!(report.counts.is_none_or(|(done, all)| done <= all), "{report:?}");
                    last.insert((report.unit, report.demand), report.at);
                }
                Act::Review(review) => {
                    let reported = last.remove(&(review.unit, review.demand));
                    assert!(reported.is_some_and(|at| at < review.at), "{review:?}");
                }
                _ => {}
            }
        }
    }
}

#[test]
fn time_only_goes_forward_and_ends_at_the_present() {
    let province = made();
    let timeline = province.timeline();
    assert!(timeline.is_sorted_by_key(|&(at, _)| at));
    assert!(timeline.last().is_some_and(|&(at, _)| at <= province.as_of));
    let units = units(province);
    assert!(province.acts.iter().filter_map(Act::unit).all(|unit| units.contains(unit)));
    let reports = province.acts.iter().filter(|act| matches!(act, Act::Report(_)));
    assert!(reports.map(Act::at).all(|at| at > province.letter.issued_at));
}
