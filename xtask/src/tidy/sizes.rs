//! Short functions, small files. Counted on formatted code: a function ends
//! where a closing brace stands under the line that began it.

use super::Source;

/// Lines of a file before it needs a reason.
const LONGEST_FILE: usize = 600;
/// Half of all functions have at most so many lines …
const MEDIAN: usize = 15;
/// … and nine of ten at most so many.
const P90: usize = 50;

/// Files that are long for a reason: tables.
const LONG_FOR_A_REASON: &[(&str, &str)] =
    &[("crates/events/src/ecs/tables.rs", "the table of ECS fields by format")];

/// Files over the limit, and the two figures if they are over theirs.
pub fn check(files: &[Source]) -> Vec<String> {
    let code = || files.iter().filter(|file| is_product(&file.path));
    let mut wrong: Vec<String> = code().filter_map(too_long).collect();
    let mut lengths: Vec<usize> = code().flat_map(|file| function_lengths(&file.text)).collect();
    lengths.sort_unstable();
    let at = |share: usize| lengths.get(lengths.len() * share / 100).copied().unwrap_or(0);
    println!("       {} functions, median {} lines, p90 {}", lengths.len(), at(50), at(90));
    if at(50) > MEDIAN {
        wrong.push(format!("the median function has {} lines, over {MEDIAN}", at(50)));
    }
    if at(90) > P90 {
        wrong.push(format!("one function of ten has over {} lines, the limit is {P90}", at(90)));
    }
    wrong
}

fn is_product(path: &str) -> bool {
    path.ends_with(".rs") && path.contains("/src/") && !path.contains("/tests")
}

fn too_long(file: &Source) -> Option<String> {
    let lines = file.text.lines().count();
    let excused = LONG_FOR_A_REASON.iter().any(|(path, _)| *path == file.path);
    (lines > LONGEST_FILE && !excused)
        .then(|| format!("{}: {lines} lines, over {LONGEST_FILE}", file.path))
}

fn function_lengths(text: &str) -> Vec<usize> {
    let lines: Vec<&str> = text.lines().collect();
    let begins = |line: &str| {
        let line = line.trim_start();
        let words =
            ["fn ", "pub fn ", "async fn ", "pub async fn ", "pub(super) fn ", "pub(crate) fn "];
        words.iter().any(|word| line.starts_with(word))
    };
    (0..lines.len())
        .filter(|at| begins(lines[*at]))
        .filter_map(|at| {
            let indent = lines[at].len() - lines[at].trim_start().len();
            let close = format!("{}}}", " ".repeat(indent));
            let length = lines[at..].iter().position(|line| *line == close)?;
            Some(length.saturating_sub(1))
        })
        .collect()
}
