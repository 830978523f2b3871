//! Every pack in the binary can be used.

use std::collections::BTreeSet;

use jiff::civil::{Date, date};
use packs::{Authorities, ChannelKind, Directive, NotConfigured, Pack, Packs, Place, Regime, Role};

/// Loads all packs of a kind and checks what is true of every pack.
fn all<T: Pack>() -> Vec<T> {
    let packs = Packs::embedded();
    let (loaded, found) = packs.load_all::<T>();
    assert_eq!(found, [], "{}", T::FOLDER);
    let paths = packs.list(T::FOLDER);
    assert_eq!(loaded.len(), paths.len(), "only packs lie in {}", T::FOLDER);
    for (pack, path) in loaded.iter().zip(paths) {
        let meta = pack.meta();
        assert_eq!(path, format!("{}{}.toml", T::FOLDER, meta.name), "named as its file");
        assert_eq!(format!("{}/", meta.kind), T::FOLDER, "{path}");
        assert!(meta.valid_to.is_none_or(|to| meta.valid_from < to), "{path}");
        assert!(meta.data_as_of.year() >= 2000, "{path}");
        assert!(!meta.sources.is_empty(), "{path} says where it is from");
        assert!(!meta.title.vi.is_empty() && !meta.title.en.is_empty(), "{path}");
    }
    loaded
}

fn unique<'a>(what: &str, codes: impl Iterator<Item = &'a str>) -> BTreeSet<&'a str> {
    let mut seen = BTreeSet::new();
    for code in codes {
        assert!(seen.insert(code), "{what}: {code} twice");
    }
    seen
}

#[test]
fn every_pack_parses() {
    assert!(!all::<Authorities>().is_empty());
    assert!(!all::<Directive>().is_empty());
    assert!(!all::<Regime>().is_empty());
    assert!(!all::<Place>().is_empty());
}

#[test]
fn every_toml_file_below_packs_is_toml() {
    let packs = Packs::embedded();
    for path in packs.list("").into_iter().filter(|path| path.strip_suffix(".toml").is_some()) {
        let text = std::str::from_utf8(packs.read(path).unwrap()).unwrap();
        text.parse::<toml::Table>().unwrap_or_else(|error| panic!("{path}: {error}"));
    }
}

#[test]
fn an_authority_is_the_one_of_the_day_or_nobody() {
    let packs = all::<Authorities>();
    let named = |role, on| Authorities::find(&packs, role, on).map(|each| each.name.as_str());
    let then = date(2024, 1, 20);
    assert!(named(Role::NationalCoordinator, then).unwrap().contains("VNCERT/CC"));
    assert!(named(Role::NationalMonitoring, then).unwrap().contains("NCSC"));
    let before_the_handover = date(2025, 2, 28);
    assert!(named(Role::NationalMonitoring, before_the_handover).is_ok());
    for on in [date(2023, 12, 31), date(2025, 3, 1), date(2026, 11, 22)] {
        let role = Role::NationalCoordinator;
        assert_eq!(named(role, on), Err(NotConfigured { role, on }));
    }
    assert!(named(Role::PoliceCyber, then).is_err(), "the letter names none");
}

#[test]
fn authorities_can_be_reached_while_they_hold() {
    for pack in all::<Authorities>() {
        for each in &pack.authorities {
            assert!(each.valid_to.is_none_or(|to| each.valid_from < to), "{}", each.name);
            assert!(!each.channels.is_empty(), "{}", each.name);
            for channel in &each.channels {
                let mail = channel.kind == ChannelKind::Email;
                assert_eq!(channel.value.contains('@'), mail, "{}", channel.value);
            }
        }
    }
}

#[test]
fn every_demand_can_be_answered() {
    let places = all::<Place>();
    for letter in all::<Directive>() {
        unique("demands", letter.demands.iter().map(|demand| demand.code.as_str()));
        assert!(letter.period.from <= letter.period.to);
        for demand in &letter.demands {
            let due = demand.due.date(letter.date);
            assert!(letter.date < due && due <= letter.period.to, "{}", demand.code);
            let answers = |place: &Place| {
                place.units.iter().any(|unit| demand.scope.covers(&unit.code, &unit.kind))
            };
            assert!(places.iter().any(answers), "{}: nobody is asked", demand.code);
        }
    }
}

#[test]
fn the_letter_of_january_2024_asks_what_it_asks() {
    let letter: Directive = Packs::embedded().load("directives/vn-dt-2024-01.toml").unwrap();
    let clauses: BTreeSet<&str> = letter.demands.iter().map(|each| each.clause.as_str()).collect();
    let whole = ["1.a", "1.b", "1.c", "1.d", "1.e", "2.a", "2.b", "3"];
    assert_eq!(clauses, BTreeSet::from(whole));
    let by_machine: Vec<(&str, &str)> = letter
        .demands
        .iter()
        .filter(|each| each.check.kind != "declared")
        .map(|each| (each.code.as_str(), each.check.kind.as_str()))
        .collect();
    let expected =
        [("1c-botnet", "botnet-clean"), ("1d-warned", "patched"), ("1d-microsoft", "patched")];
    assert_eq!(by_machine, expected);
    for demand in letter.demands.iter().filter(|each| each.clause.starts_with("2.")) {
        assert!(demand.scope.covers("TTCDS", "centre"), "{}", demand.code);
        assert!(!demand.scope.covers("SYT", "department"), "{}", demand.code);
    }
    assert_eq!(letter.legal_base[0].number, "6410/BTTTT-CATTT");
    let admitted = letter.pack.unverified.iter().filter(|note| note.starts_with("assumed"));
    assert_eq!(admitted.count(), 2, "its day and its due date");
}

#[test]
fn regimes_have_five_levels_and_both_hold_in_the_transition() {
    let regimes = all::<Regime>();
    for regime in &regimes {
        let levels: Vec<u8> = regime.levels.iter().map(|each| each.level).collect();
        assert_eq!(levels, [1, 2, 3, 4, 5], "{}", regime.pack.name);
    }
    let on = |day: Date| -> Vec<&str> {
        let held = regimes.iter().filter(|each| each.pack.holds(day));
        held.map(|each| each.pack.name.as_str()).filter(|name| name.starts_with("vn-")).collect()
    };
    assert_eq!(on(date(2024, 1, 15)), ["vn-2016"]);
    assert_eq!(on(date(2026, 11, 22)), ["vn-2016", "vn-2026"]);
    assert_eq!(on(date(2027, 1, 1)), ["vn-2026"]);
}

#[test]
fn units_of_a_place_form_a_tree() {
    for place in all::<Place>() {
        let codes = unique("units", place.units.iter().map(|unit| unit.code.as_str()));
        let official = place.units.iter().filter_map(|unit| unit.official_code.as_deref());
        unique("official codes", official);
        let mut above = BTreeSet::new();
        for unit in &place.units {
            let parent = unit.parent.as_deref();
            assert!(parent.is_none_or(|code| above.contains(code)), "{} hangs", unit.code);
            above.insert(unit.code.as_str());
        }
        assert_eq!(above, codes);
        assert_eq!(place.units.iter().filter(|unit| unit.parent.is_none()).count(), 1);
        assert!(jiff::tz::TimeZone::get(&place.time_zone).is_ok());
    }
}

#[test]
fn the_sample_province_has_its_districts_and_its_centre() {
    let place: Place = Packs::embedded().load("places/dong-thap-2023.toml").unwrap();
    let of_kind = |kind: &str| place.units.iter().filter(|unit| unit.kind == kind).count();
    assert_eq!(of_kind("district"), 12);
    assert_eq!(place.units.len(), 70);
    assert!(place.units.iter().any(|unit| unit.code == "TTCDS"));
    assert!(!place.pack.unverified.is_empty(), "the department list is from memory");
}

#[test]
fn a_pack_grows_old_by_the_day() {
    let letter: Directive = Packs::embedded().load("directives/vn-dt-2024-01.toml").unwrap();
    assert_eq!(letter.pack.age(date(2024, 1, 15)), 0);
    assert_eq!(letter.pack.age(date(2025, 1, 15)), 366);
    assert_eq!(letter.pack.age(date(2024, 1, 14)), -1);
}
