//! Formats and matching together.

use events::{Event, Format, Names};

use super::*;

fn set(text: &str) -> (IndicatorSet, WarningLists, Vec<diag::Diagnostic>) {
    let (mut set, mut warnings) = (IndicatorSet::new(), WarningLists::default());
    let found = read("list", text, None, &mut set, &mut warnings);
    (set, warnings, found)
}

fn found_in(set: &IndicatorSet, warnings: &WarningLists, text: &str) -> Vec<String> {
    let mut event = Event::new(Names::new());
    event.begin(Format::Evtx);
    event.add_str("Field", text);
    let mut found = Vec::new();
    Finder::new(set, warnings).find(&event, &mut found);
    found.iter().map(|f| set.entry(f.indicator).unwrap().text.to_owned()).collect()
}

const LIST: &str = "# comment\n192.0.2.7\t5\n198.51.100.0/24 # scanners\nbad.example\n\
    http://other.example/a/b.php\n44d88612fea8a8f36de82e1278abb02f\n2001:db8::bad\n\
    2001:db8:1::/48\n";

#[test]
fn indicators_are_found_wherever_they_stand() {
    let (set, warnings, found) = set(LIST);
    assert_eq!((set.len(), found.len()), (7, 0), "{found:?}");
    for (text, expected) in [
        ("192.0.2.7", vec!["192.0.2.7"]),
        ("from 192.0.2.7:443 to x", vec!["192.0.2.7"]),
        ("::ffff:192.0.2.7", vec!["192.0.2.7"]),
        ("1192.0.2.7", vec![]),
        ("192.0.2.77", vec![]),
        ("198.51.100.200,", vec!["198.51.100.0/24"]),
        ("BAD.example", vec!["bad.example"]),
        ("query: a.b.bad.example. IN A", vec!["bad.example"]),
        ("notbad.example", vec![]),
        ("bad.example.org", vec![]),
        ("user@bad.example", vec!["bad.example"]),
        ("GET https://Other.example/a/b.php?x=1 HTTP", vec!["other.example/a/b.php"]),
        ("http://other.example/a", vec![]),
        ("MD5=44D88612FEA8A8F36DE82E1278ABB02F,SHA1=", vec!["44d88612fea8a8f36de82e1278abb02f"]),
        ("044D88612FEA8A8F36DE82E1278ABB02F", vec![]),
        ("src 2001:DB8:0::BAD port", vec!["2001:db8::bad"]),
        ("2001:db8:1:2::3", vec!["2001:db8:1::/48"]),
        ("nothing here", vec![]),
    ] {
        assert_eq!(found_in(&set, &warnings, text), expected, "{text}");
    }
}

#[test]
fn warning_lists_take_matches_back() {
    let (set, mut warnings, _) = set("198.51.100.0/24\nshop.example\n");
    let list = r#"{"name":"n","type":"cidr","list":["198.51.100.53/32"]}"#;
    warnings.add("w.json", list).unwrap();
    let list = r#"{"name":"n","type":"hostname","list":[".cdn.shop.example"]}"#;
    warnings.add("w.json", list).unwrap();
    for (text, expected) in [
        ("198.51.100.53", vec![]),
        ("198.51.100.54", vec!["198.51.100.0/24"]),
        ("x.cdn.shop.example", vec![]),
        ("www.shop.example", vec!["shop.example"]),
    ] {
        assert_eq!(found_in(&set, &warnings, text), expected, "{text}");
    }
}

#[test]
fn other_formats() {
    let misp = r#"{"Event":{"Attribute":[
        {"type":"domain|ip","value":"a.example|192.0.2.1","comment":"c2"},
        {"type":"text","value":"words"}],
        "Object":[{"Attribute":[{"type":"filename|md5",
            "value":"My Invoice.exe|44d88612fea8a8f36de82e1278abb02f"}]}]}}"#;
    let (set_, warnings, found) = set(misp);
    assert_eq!((set_.len(), found.len()), (4, 0), "{found:?}");
    assert_eq!(found_in(&set_, &warnings, r"C:\Temp\My Invoice.exe"), vec!["my invoice.exe"]);
    let stix = r#"{"type":"bundle","objects":[{"type":"indicator","name":"n",
        "pattern":"[domain-name:value = 'b.example']"},
        {"type":"indicator","pattern":"[a:b = 'x' AND c:d = 'y']"}]}"#;
    let (stix, _, found) = set(stix);
    assert_eq!((stix.len(), found[0].code.as_ref()), (1, "detect.stix-pattern-unread"));
    let (csv, _, found) = set("first_seen,dst_ip,malware\n2026-01-01,192.0.2.9,Sample\n,word,\n");
    assert_eq!((csv.len(), found.len()), (1, 1));
    assert_eq!(csv.entry(0).unwrap().label, "Sample");
}

#[test]
fn what_is_no_indicator_is_reported_with_its_line() {
    let (_, _, found) = set("192.0.2.1\nnot one\n");
    assert_eq!((found.len(), found[0].place.line), (1, Some(2)));
}
