//! The law of the matcher: it says what the plain interpreter says, for every
//! rule and every event.
#![expect(clippy::unwrap_used, reason = "a test fails where it cannot read")]

use std::fmt::Write as _;

use detect::{
    compile::Matcher,
    interpret,
    sigma::{Placeholders, RuleSet},
    taxonomy::Taxonomy,
};
use events::{Event, Format, Value};
use proptest::prelude::*;

const SYSMON: &str = "Microsoft-Windows-Sysmon/Operational";

fn field() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "Image",
        "CommandLine",
        "NewProcessName",
        "TargetObject",
        "EventType",
        "IntegrityLevel",
        "User",
        "Port",
        "EventID",
        "Channel",
        "Path",
    ])
}

/// Short texts of few letters, so that rules and records often meet.
fn text() -> impl Strategy<Value = String> {
    let letters = prop::sample::select(vec!["a", "b", "A", "B", "-", "/", "*", "?", "\\"]);
    let words = prop::sample::select(vec![
        " ",
        "é",
        "É",
        "ſ",
        "S",
        "K",
        "1",
        "16",
        "4688",
        "powershell",
        "\\\\",
        "\\*",
        ".exe",
        "–enc",
        " -enc",
        "%%1905",
        "%%1906",
        "HKLM\\",
        "High",
        "Security",
        "SetValue",
        "YQBi",
    ]);
    let short = prop::collection::vec(letters, 0..4).prop_map(|pieces| pieces.concat());
    let mixed = (short.clone(), words, short.clone()).prop_map(|(a, b, c)| a + b + &c);
    prop_oneof![3 => short, 1 => mixed]
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A key and its value, as a line or two of YAML.
fn item() -> impl Strategy<Value = String> {
    let string_modifiers = prop::sample::select(vec![
        "",
        "|contains",
        "|startswith",
        "|endswith",
        "|cased",
        "|contains|cased",
        "|contains|all",
        "|windash|contains",
        "|windash",
        "|neq",
        "|startswith|neq",
        "|base64offset|contains",
        "|wide|base64",
    ]);
    let strings = (field(), string_modifiers, prop::collection::vec(text(), 1..4)).prop_map(
        |(field, modifiers, texts)| {
            let texts: Vec<String> = texts
                .iter()
                .map(|text| {
                    let encoded = modifiers.contains("base64");
                    let text =
                        if encoded { text.replace(['*', '?', '\\'], "x") } else { text.clone() };
                    quoted(&text)
                })
                .collect();
            format!("{field}{modifiers}: [{}]", texts.join(", "))
        },
    );
    let regex = prop::sample::select(vec![
        "a.*b",
        "^ab",
        "enc$",
        "(?i)POWERSHELL",
        r"\d+",
        "(ab|ba)+",
        r"\\",
        "(?i)es",
        "k",
    ]);
    let regexes = (field(), prop::sample::select(vec!["re", "re|i", "re|i|s|m"]), regex)
        .prop_map(|(field, modifier, regex)| format!("{field}|{modifier}: {}", quoted(regex)));
    let others = (
        field(),
        prop::sample::select(vec![
            ": 4688",
            ": 16",
            ": null",
            ": ''",
            ": '*'",
            ": '?'",
            ": true",
            "|exists: true",
            "|exists: false",
            "|gt: 5",
            "|lte: 16",
            "|cidr: '192.0.2.0/24'",
            "|fieldref: Path",
            "|fieldref|contains: User",
            "|fieldref|startswith|cased: Image",
            "|hour: 7",
        ]),
    )
        .prop_map(|(field, rest)| format!("{field}{rest}"));
    prop_oneof![4 => strings, 1 => regexes, 2 => others]
}

fn search() -> impl Strategy<Value = String> {
    let map = prop::collection::vec(item(), 1..4).prop_map(|items| {
        let mut lines = String::new();
        let mut keys = Vec::new();
        for item in items {
            let key = item.split(':').next().unwrap().to_owned();
            if !keys.contains(&key) {
                writeln!(lines, "    {item}").unwrap();
                keys.push(key);
            }
        }
        lines
    });
    let list = prop::collection::vec(item(), 1..4)
        .prop_map(|items| format!("    - {}\n", items.join("\n    - ")));
    let keywords = prop::collection::vec(text(), 1..3).prop_map(|texts| {
        let texts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
        format!("    - {}\n", texts.join("\n    - "))
    });
    prop_oneof![5 => map, 2 => list, 1 => keywords]
}

fn rule() -> impl Strategy<Value = String> {
    let condition = prop::sample::select(vec![
        "a1",
        "a1 and a2",
        "a1 or a2",
        "a1 and not a2",
        "not a1",
        "1 of a*",
        "all of a*",
        "2 of them",
        "a1 and (a2 or not a3)",
        "not 1 of a*",
        "(a1 or a2) and not a3",
    ]);
    let source = prop::sample::select(vec![
        "product: windows",
        "product: windows, category: process_creation",
        "product: windows, service: security",
        "product: windows, service: sysmon",
        "product: windows, category: registry_set",
        "product: windows, category: registry_event",
        "category: process_creation, product: linux",
    ]);
    (search(), search(), search(), condition, source).prop_map(|(a1, a2, a3, condition, source)| {
        format!(
            "title: t\nlogsource: {{{source}}}\ndetection:\n  a1:\n{a1}  a2:\n{a2}  a3:\n{a3}  condition: {condition}\n"
        )
    })
}

#[derive(Clone, Debug)]
enum Held {
    Text(String),
    UInt(u64),
    Int(i64),
    Float(f64),
    Bool(bool),
    Null,
}

#[derive(Clone, Debug)]
struct Record {
    channel: &'static str,
    id: u32,
    fields: Vec<(&'static str, Held)>,
}

fn held() -> impl Strategy<Value = Held> {
    prop_oneof![
        8 => text().prop_map(Held::Text),
        1 => prop::sample::select(vec!["192.0.2.7", "::ffff:192.0.2.7", "2026-01-02T07:08:09Z", "0x10", "S-1-16-12288", "%%1905",
            "%%1906", r"\Registry\Machine\a", "powershell", "a–enc", "x /enc b"])
            .prop_map(|text| Held::Text(text.to_owned())),
        1 => (0_u64..20).prop_map(Held::UInt),
        1 => (-3_i64..20).prop_map(Held::Int),
        1 => (0..8_u32).prop_map(|n| Held::Float(f64::from(n) * 0.5)),
        1 => any::<bool>().prop_map(Held::Bool),
        1 => Just(Held::Null),
    ]
}

fn record() -> impl Strategy<Value = Record> {
    let names = prop::sample::select(vec![
        "Image",
        "CommandLine",
        "NewProcessName",
        "ObjectName",
        "ObjectValueName",
        "OperationType",
        "MandatoryLabel",
        "SubjectUserName",
        "SubjectDomainName",
        "EventType",
        "User",
        "Port",
        "Path",
    ]);
    let channel = prop::sample::select(vec![
        (SYSMON, 1),
        (SYSMON, 13),
        ("Security", 4688),
        ("Security", 4657),
        ("security", 16),
        ("Elsewhere", 4688),
        ("Linux-Sysmon/Operational", 1),
    ]);
    (channel, prop::collection::vec((names, held()), 0..6))
        .prop_map(|((channel, id), fields)| Record { channel, id, fields })
}

fn fill(event: &mut Event, record: &Record) {
    event.begin(Format::Evtx);
    event.set_channel(record.channel);
    event.set_event_id(record.id);
    event.add_str("Channel", record.channel);
    event.add("EventID", Value::UInt(record.id.into()));
    for (name, held) in &record.fields {
        match held {
            Held::Text(text) => event.add_str(name, text),
            Held::UInt(n) => event.add(name, Value::UInt(*n)),
            Held::Int(n) => event.add(name, Value::Int(*n)),
            Held::Float(n) => event.add(name, Value::Float(*n)),
            Held::Bool(b) => event.add(name, Value::Bool(*b)),
            Held::Null => event.add(name, Value::Null),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: if cfg!(debug_assertions) { 100 } else { 2000 }, ..ProptestConfig::default() })]

    #[test]
    fn the_matcher_says_what_the_interpreter_says(
        rules in prop::collection::vec(rule(), 1..8),
        records in prop::collection::vec(record(), 1..8),
    ) {
        let mut set = RuleSet::default();
        for (number, rule) in rules.iter().enumerate() {
            set.add_text(&format!("{number}.yml"), rule, &Placeholders::new());
        }
        prop_assert!(set.found.iter().all(|d| !d.is_error()), "{:?}\n{rules:#?}", set.found);
        let taxonomy = Taxonomy::builtin().unwrap();
        let matcher = Matcher::new(set.clone(), taxonomy.clone(), []);
        let mut scanner = matcher.scanner();
        let mut event = Event::new(matcher.names().clone());
        for record in &records {
            fill(&mut event, record);
            let mut fired = Vec::new();
            scanner.scan(&event, &mut fired);
            fired.sort_unstable();
            for (number, rule) in set.rules.iter().enumerate() {
                let expected = interpret::fires(&taxonomy, rule, &set.filters, &event);
                let found = fired.contains(&u32::try_from(number).unwrap());
                prop_assert_eq!(found, expected, "{}\n{:#?}", rules[number], record);
            }
            let mut once = fired.clone();
            once.dedup();
            prop_assert_eq!(once, fired, "a rule fires once");
        }
    }
}
