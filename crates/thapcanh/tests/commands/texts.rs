//! Every text that a command names is there, in both languages.

use std::{fs, path::Path};

use words::Lang;

use crate::support::text;

fn sources(folder: &Path, all: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, all);
        } else {
            all.push_str(&fs::read_to_string(text(&path)).unwrap());
        }
    }
}

/// What stands in quotes right behind each `before`.
fn quoted<'a>(code: &'a str, before: &str) -> Vec<&'a str> {
    code.split(before).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn nothing_is_said_without_words() {
    let mut code = String::new();
    sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/commands")), &mut code);
    let mut keys: Vec<String> = quoted(&code, "\"cli.")
        .into_iter()
        .filter(|key| !key.contains('{'))
        .map(|key| format!("cli.{key}"))
        .collect();
    keys.extend(quoted(&code, "Line::ok(\"").iter().map(|name| format!("cli.doctor.{name}")));
    keys.extend(quoted(&code, "Refused::of(\"").iter().map(|name| format!("cli.restore.{name}")));
    for level in ["Line::warning(\"", "Line::problem(\"", "named(\"", "warn(\"", "problem(\""] {
        for name in quoted(&code, level) {
            keys.extend(["", "-next"].map(|end| format!("cli.doctor.{name}{end}")));
        }
    }
    assert!(keys.len() > 100, "the sources were not found");
    for lang in Lang::ALL {
        let there = |key: &String| lang.has(key) || lang.has(&format!("{key}.other"));
        let missing: Vec<_> = keys.iter().filter(|key| !there(key)).collect();
        assert!(missing.is_empty(), "{lang:?}: {missing:?}");
    }
}
