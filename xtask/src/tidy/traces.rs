//! Nothing in the repository tells on which machine it was written.

use super::Source;

/// Beginnings of absolute paths of somebody's machine.
const PATHS: &[&str] = &["/home/", "/root/", "/Users/", "/work/", "C:\\Users"];

/// Where invented logs stand: they speak of folders as real ones do.
const LOGS: &[&str] = &["crates/events/", "crates/detect/", "packs/rules/", "bench/hunt/"];

/// Every line with such a path. This file, which must name them, is left out.
pub fn check(files: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    let is_log = |file: &&Source| LOGS.iter().any(|folder| file.path.starts_with(folder));
    let own = |file: &&Source| !file.path.ends_with("tidy/traces.rs") && !is_log(file);
    for file in files.iter().filter(own) {
        for (line, text) in (1..).zip(file.text.lines()) {
            if PATHS.iter().any(|path| text.contains(path)) {
                wrong.push(format!("{}:{line}: a path of a machine", file.path));
            }
        }
    }
    wrong
}
