//! Rules, their tests, and indicators: any bytes are read or refused.

use std::sync::LazyLock;

use detect::{
    compile::Matcher,
    indicators::{Finder, IndicatorSet, WarningLists, read},
    rules::test_markdown,
    sigma::{Placeholders, RuleSet},
    taxonomy::Taxonomy,
};
use events::{Options, Reader};
use jiff::Timestamp;

use crate::Target;

pub(crate) const TARGETS: &[Target] = &[
    Target { name: "detect-rules", seeds: &[RULES], run: rules },
    Target { name: "detect-rules-markdown", seeds: &["packs/rules/tests"], run: markdown },
    Target { name: "detect-indicators", seeds: &[], run: indicators },
    Target { name: "detect-taxonomy", seeds: &["packs/taxonomies"], run: taxonomy },
];
static TAXONOMY: LazyLock<Taxonomy> = LazyLock::new(|| Taxonomy::builtin().unwrap_or_default());
const RULES: &str = "packs/rules/sigma/windows";

/// A record that many rules are about.
const RECORD: &[u8] = br#"{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,
"Image":"C:\\Windows\\System32\\cmd.exe","CommandLine":"cmd /c whoami -enc YQBi 192.0.2.7"}"#;

/// Loads the bytes as rules and holds a record against what was usable.
fn rules(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut set = RuleSet::default();
    set.add_text("fuzz.yml", text, &Placeholders::new());
    set.check_references();
    let matcher = Matcher::new(set, TAXONOMY.clone(), []);
    let mut scanner = matcher.scanner();
    let options = Options::new(Timestamp::UNIX_EPOCH);
    let Ok(mut reader) = Reader::open("fuzz", RECORD, matcher.names().clone(), &options) else {
        return;
    };
    while let Some(event) = reader.next() {
        let mut fired = Vec::new();
        scanner.scan(event, &mut fired);
        for rule in fired {
            scanner.matched(rule, event);
        }
    }
}

/// Runs the bytes as a file of cases, each naming one rule.
fn markdown(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let rule = "title: t\nlogsource: {product: windows}\ndetection: {s: [x], condition: s}\n";
    let report =
        test_markdown("fuzz.md", text, Timestamp::UNIX_EPOCH, &mut |_| Ok(rule.to_owned()));
    assert!(report.is_ok(), "only a broken taxonomy may end it");
}

/// Reads the bytes as indicators and as text in which they may stand.
fn indicators(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (mut set, mut warnings) = (IndicatorSet::new(), WarningLists::default());
    read("fuzz", &text, None, &mut set, &mut warnings);
    let mut event = events::Event::new(events::Names::new());
    event.begin(events::Format::Text);
    event.add_str("text", &text);
    Finder::new(&set, &warnings).find(&event, &mut Vec::new());
}

fn taxonomy(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = Taxonomy::default().add("fuzz.toml", text);
    }
}
