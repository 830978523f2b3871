//! No untranslated string: every key that a source names is in the locales, and
//! no letter of Vietnamese stands in the code of a page.

use std::collections::BTreeSet;

use super::Source;

/// Letters that only Vietnamese has.
const VIETNAMESE: &str = "ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ";

/// What stands before a key.
const CALLS: [&str; 6] =
    [".t(\"", ".fill(\"", ".count(\"", ".count_fill(\"", "text: \"", "title: \""];

/// Keys that are nowhere, and Vietnamese in code.
pub fn check(files: &[Source]) -> Vec<String> {
    let known = keys(files);
    let mut wrong = Vec::new();
    for file in files.iter().filter(|file| is_page_code(&file.path)) {
        let text = product_part(&file.text);
        for (line, text) in (1..).zip(text.lines()) {
            if text.trim_start().starts_with("//") {
                continue;
            }
            wrong.extend(
                missing(text, &known).map(|key| format!("{}:{line}: no text for {key}", file.path)),
            );
            if text.to_lowercase().contains(|c| VIETNAMESE.contains(c)) {
                wrong.push(format!("{}:{line}: Vietnamese in the code", file.path));
            }
        }
    }
    wrong
}

fn is_page_code(path: &str) -> bool {
    path.starts_with("crates/hub/src/") && path.ends_with(".rs")
}

/// The part of a file before its tests.
fn product_part(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap_or(text)
}

/// `file.table.name` of every locale text.
fn keys(files: &[Source]) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for file in files {
        let Some(name) = file.path.strip_prefix("packs/locales/vi/") else { continue };
        let Some(name) = name.strip_suffix(".toml") else { continue };
        let mut table = name.to_owned();
        for line in file.text.lines().map(str::trim) {
            if let Some(header) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                table = format!("{name}.{header}");
            } else if let Some((key, _)) = line.split_once(" = ") {
                keys.insert(format!("{table}.{}", key.trim_matches('"')));
            }
        }
    }
    keys
}

/// Literals handed to a translating call, without a text.
fn missing<'a>(line: &'a str, known: &'a BTreeSet<String>) -> impl Iterator<Item = &'a str> {
    CALLS
        .iter()
        .flat_map(|call| line.split(call).skip(1))
        .filter_map(|rest| rest.split('"').next())
        .filter(|key| key.contains('.') && !key.contains(['{', ' ', '/']))
        .filter(|key| !known.contains(*key) && !known.contains(&format!("{key}.other")))
}
