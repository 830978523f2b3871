//! Names of files from codes of units: a code is anybody's text, a file name is
//! ours.

use std::collections::BTreeSet;

/// Characters of a code that are kept: enough to tell units apart.
const LONGEST: usize = 60;

/// Gives each code a name of plain letters that no other code has, in any case.
#[derive(Debug, Default)]
pub struct Names(BTreeSet<String>);

impl Names {
    /// A new name for a code, without an ending.
    pub fn of(&mut self, code: &str) -> String {
        let plain = plain(code);
        let mut name = plain.clone();
        let mut number = 2_u32;
        while !self.0.insert(name.to_lowercase()) {
            name = format!("{plain}-{number}");
            number += 1;
        }
        name
    }
}

fn plain(code: &str) -> String {
    let mut name = String::new();
    for letter in words::fold(code).chars() {
        if letter.is_ascii_alphanumeric() || letter == '_' {
            name.push(letter);
        } else if !name.ends_with('-') {
            name.push('-');
        }
    }
    let name: String = name.trim_matches('-').chars().take(LONGEST).collect();
    if name.is_empty() { "x".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_never_leads_out_of_the_folder() {
        let mut names = Names::default();
        let table = [
            ("SYT", "syt"),
            ("H.87 Cao Lãnh", "h-87-cao-lanh"),
            ("../../etc/passwd", "etc-passwd"),
            ("C:\\x", "c-x"),
            ("", "x"),
            ("syt", "syt-2"),
            ("SỸT", "syt-3"),
            ("...", "x-2"),
        ];
        for (code, expected) in table {
            assert_eq!(names.of(code), expected, "{code:?}");
        }
        assert_eq!(names.of(&"đ".repeat(500)).len(), LONGEST);
    }
}
