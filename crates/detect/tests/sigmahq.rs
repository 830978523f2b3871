//! Real rules: all of SigmaHQ loads, and every recording fires its rule.
#![expect(clippy::unwrap_used, reason = "a test fails where it cannot read")]

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use detect::{
    compile::Matcher,
    interpret,
    sigma::{
        LogSource, Placeholders, RuleSet, read_files,
        yaml::{self, Node},
    },
    taxonomy::Taxonomy,
};
use events::{Options, Reader};

fn shared() -> Option<PathBuf> {
    let root = std::env::var_os("THAPCANH_SHARED").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")),
        PathBuf::from,
    );
    let sigma = root.join("data/11-detection/sigma");
    if !sigma.is_dir() {
        println!("SKIPPED: no rules at {}", sigma.display());
        return None;
    }
    Some(sigma)
}

fn rule_folders(sigma: &Path) -> Vec<PathBuf> {
    ["rules", "rules-emerging-threats", "rules-threat-hunting"].map(|name| sigma.join(name)).into()
}

#[test]
fn every_rule_loads() {
    let Some(sigma) = shared() else { return };
    let (files, found) = read_files(&rule_folders(&sigma));
    assert!(found.is_empty(), "{found:?}");
    let set = RuleSet::load(&files, &Placeholders::new());
    let refused: Vec<_> =
        set.found.iter().filter(|d| d.is_error()).map(ToString::to_string).collect();
    assert_eq!(refused, Vec::<String>::new());
    assert_eq!(set.rules.len(), files.len());
}

/// `<rule id>.evtx`, or a JSON event beside it, in which the rule must fire.
fn recordings(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            recordings(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "evtx") {
            found.push(path);
        }
    }
}

fn scan(matcher: &Matcher, path: &Path) -> BTreeMap<u32, Vec<(String, Option<u32>)>> {
    let options = Options::new("2026-11-22T00:00:00Z".parse().unwrap());
    let file = std::fs::File::open(path).unwrap();
    let names = matcher.names().clone();
    let mut reader = Reader::open(&path.to_string_lossy(), file, names, &options).unwrap();
    let mut scanner = matcher.scanner();
    let mut found: BTreeMap<u32, Vec<_>> = BTreeMap::new();
    let mut fired = Vec::new();
    while let Some(event) = reader.next() {
        scanner.scan(event, &mut fired);
        for rule in fired.drain(..) {
            let place = (event.channel().unwrap_or_default().to_owned(), event.event_id());
            found.entry(rule).or_default().push(place);
        }
    }
    found
}

#[test]
fn every_recording_fires_its_rule() {
    let Some(sigma) = shared() else { return };
    let (files, _) = read_files(&rule_folders(&sigma));
    let set = RuleSet::load(&files, &Placeholders::new());
    let matcher = Matcher::new(set, Taxonomy::builtin().unwrap(), []);
    let mut paths = Vec::new();
    recordings(&sigma.join("regression_data"), &mut paths);
    assert!(!paths.is_empty());
    let table = Table::read(&sigma.join("thor-logsources.yml"));
    let mut silent = Vec::new();
    for path in &paths {
        let id = path.file_stem().unwrap().to_string_lossy();
        let fired = scan(&matcher, path);
        let rule = |number: &u32| &matcher.rules().rules[*number as usize];
        if !fired.keys().any(|number| rule(number).meta.id == id) {
            silent.push(path.display().to_string());
        }
        let json = path.with_extension("json");
        if json.exists() && !scan(&matcher, &json).keys().any(|n| rule(n).meta.id == id) {
            silent.push(json.display().to_string());
        }
        for (number, places) in &fired {
            let source = &rule(number).log_source;
            for (channel, event_id) in places {
                let is_own = table.allows(source, channel, event_id.unwrap_or_default());
                assert!(is_own, "{}: {} ({source})", path.display(), rule(number).meta.title);
            }
        }
    }
    assert_eq!(silent, Vec::<String>::new());
}

/// Which channel and ids a log source means, from somebody else's table.
#[derive(Default)]
struct Table {
    channels: Vec<(String, String)>,
    categories: Vec<(String, String, Vec<u32>)>,
}

impl Table {
    fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap();
        let document = yaml::documents(&text).unwrap().remove(0);
        let mut table = Self::default();
        for (_, entry) in document.get("logsources").unwrap().map().unwrap() {
            let text = |key: &str| entry.get(key).and_then(Node::text).map(str::to_owned);
            let ids = entry.get("conditions").and_then(|conditions| conditions.get("EventID"));
            let service = entry.get("rewrite").and_then(|rewrite| rewrite.get("service"));
            if let (Some(category), Some(ids), Some(service)) = (text("category"), ids, service) {
                let ids = ids.members().iter().filter_map(|id| id.text()?.parse().ok()).collect();
                table.categories.push((category, service.text().unwrap().to_owned(), ids));
            }
            for source in entry.get("sources").map(Node::members).unwrap_or_default() {
                let channel = source.text().and_then(|text| text.strip_prefix("WinEventLog:"));
                if let (Some(service), Some(channel)) = (text("service"), channel) {
                    table.channels.push((service, channel.to_owned()));
                }
            }
        }
        table
    }

    fn allows(&self, source: &LogSource, channel: &str, event_id: u32) -> bool {
        let on = |service: &str| self.channels.iter().any(|(s, c)| s == service && c == channel);
        let of = |category: &str| {
            let mut rows = self.categories.iter().filter(|(c, ..)| c == category);
            rows.any(|(_, service, ids)| on(service) && ids.contains(&event_id))
        };
        source.service.as_deref().is_none_or(on) && source.category.as_deref().is_none_or(of)
    }
}

#[test]
fn the_matcher_agrees_with_the_interpreter_on_real_rules() {
    let Some(sigma) = shared() else { return };
    let (files, _) = read_files(&rule_folders(&sigma));
    let set = RuleSet::load(&files, &Placeholders::new());
    let matcher = Matcher::new(set, Taxonomy::builtin().unwrap(), []);
    let mut paths = Vec::new();
    recordings(&sigma.join("regression_data"), &mut paths);
    // A sample in debug builds: the interpreter compiles every expression anew.
    let step = if cfg!(debug_assertions) { 48 } else { 1 };
    for path in paths.iter().step_by(step) {
        let options = Options::new("2026-11-22T00:00:00Z".parse().unwrap());
        let file = std::fs::File::open(path).unwrap();
        let names = matcher.names().clone();
        let mut reader = Reader::open(&path.to_string_lossy(), file, names, &options).unwrap();
        let mut scanner = matcher.scanner();
        while let Some(event) = reader.next() {
            let mut fired = Vec::new();
            scanner.scan(event, &mut fired);
            fired.sort_unstable();
            let expected: Vec<u32> = (0..)
                .zip(&matcher.rules().rules)
                .filter(|(_, rule)| interpret::fires(matcher.taxonomy(), rule, &[], event))
                .map(|(number, _)| number)
                .collect();
            assert_eq!(fired, expected, "{}", path.display());
        }
    }
}
