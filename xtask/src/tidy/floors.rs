//! The tower: `crates/hub/src/<room>` may use rooms of its own floor only with a
//! reason, and never one above.

use super::Source;

/// The rooms by floor. The shell is the ground on which the floors stand.
const FLOORS: &[(&str, u8)] = &[
    ("access", 0),
    ("api", 0),
    ("app", 0),
    ("audit", 0),
    ("checks", 0),
    ("clock", 0),
    ("error", 0),
    ("ids", 0),
    ("installation", 0),
    ("jobs", 0),
    ("keys", 0),
    ("lib", 0),
    ("notify", 0),
    ("nouns", 0),
    ("store", 0),
    ("web", 0),
    ("works", 0),
    ("people", 1),
    ("registry", 1),
    ("notices", 1),
    ("sightings", 2),
    ("exposures", 2),
    ("alerts", 2),
    ("directives", 3),
];

/// Uses that go up or across, each with its reason. The reasons also stand in
/// ARCHITECTURE.md.
const ALLOWED: &[(&str, &str, &str)] = &[
    ("nouns", "*", "the cards of all rooms are collected there"),
    ("lib", "*", "it names the rooms"),
    ("app", "directives", "the running server holds the board's cache"),
    ("app", "exposures", "the running server holds the facts of the bulletins in force"),
    ("web", "people", "the frame asks who is signed in"),
    ("api", "people", "a call asks whose token it carries"),
    ("people", "registry", "an account belongs to units"),
    ("notices", "registry", "a notice goes to a unit's contacts"),
    ("notices", "people", "a notice names who drafted it"),
];

/// Every use of a room that may not be used from where it stands.
pub fn check(files: &[Source]) -> Vec<String> {
    files
        .iter()
        .filter_map(|file| Some((file, room_of(&file.path)?)))
        .flat_map(wrong_uses)
        .collect()
}

fn room_of(path: &str) -> Option<&str> {
    let rest = path.strip_prefix("crates/hub/src/")?;
    let rest = rest.strip_suffix(".rs")?;
    Some(rest.split('/').next().unwrap_or(rest))
}

fn wrong_uses((file, room): (&Source, &str)) -> Vec<String> {
    let Some(own) = floor(room) else {
        return vec![format!(
            "{}: the room {room} has no floor in xtask/src/tidy/floors.rs",
            file.path
        )];
    };
    let code = without_comments(&file.text);
    let mut wrong: Vec<String> = used_rooms(&code)
        .into_iter()
        .filter(|used| *used != room && !may_use(own, room, used))
        .map(|used| format!("{}: {room} uses {used}", file.path))
        .collect();
    wrong.dedup();
    wrong
}

fn may_use(own: u8, room: &str, used: &str) -> bool {
    let below = |floor| floor < own || (floor == 0 && own == 0);
    floor(used).is_none_or(below) || allowed(room, used)
}

fn without_comments(text: &str) -> String {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.collect::<Vec<_>>().join("\n")
}

/// The rooms after `crate::`, of single paths and of groups.
fn used_rooms(code: &str) -> Vec<&str> {
    let mut used = Vec::new();
    for rest in code.split("crate::").skip(1) {
        match rest.strip_prefix('{') {
            Some(group) => used.extend(first_words(group)),
            None => used.push(word(rest)),
        }
    }
    used
}

/// The first word of each member of a `{…}` group, inner groups left out.
fn first_words(group: &str) -> Vec<&str> {
    let (mut words, mut depth, mut begin) = (Vec::new(), 0, 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            ',' | '}' if depth == 0 => {
                words.push(word(group[begin..at].trim_start()));
                begin = at + 1;
                if c == '}' {
                    break;
                }
            }
            '}' => depth -= 1,
            _ => {}
        }
    }
    words
}

fn word(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_ascii_lowercase() || c == '_')).unwrap_or(text.len());
    &text[..end]
}

fn floor(room: &str) -> Option<u8> {
    FLOORS.iter().find(|(name, _)| *name == room).map(|(_, floor)| *floor)
}

fn allowed(room: &str, used: &str) -> bool {
    ALLOWED.iter().any(|(from, to, _)| *from == room && (*to == used || *to == "*"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn a_room_may_look_down_and_not_up() {
        let up = source(
            "crates/hub/src/registry/pages.rs",
            "use crate::{\n  sightings::{A, B},\n  web,\n};",
        );
        let down = source("crates/hub/src/sightings/import.rs", "use crate::registry::units;");
        assert_eq!(check(&[up]), ["crates/hub/src/registry/pages.rs: registry uses sightings"]);
        assert!(check(&[down]).is_empty());
    }
}
