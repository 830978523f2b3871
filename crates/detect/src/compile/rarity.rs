//! How rarely a literal is to be expected in a log, so that the rarest that a
//! rule cannot do without sets it off.

use super::{atom::Atom, literal::By};

/// What nearly every Windows log holds: a literal that is a piece of it is no
/// reason to look at a rule.
const ORDINARY: &[&str] = &[
    r"c:\windows\system32\svchost.exe -k netsvcs -p -s schedule",
    r"\??\c:\windows\system32\conhost.exe 0xffffffff -forcev1",
    r"c:\windows\explorer.exe /factory,",
    r"c:\windows\syswow64\",
    r#""c:\windows\system32\cmd.exe" /c "start"#,
    r"c:\windows\system32\windowspowershell\v1.0\powershell.exe -",
    r"c:\windows\system32\services.exe",
    r"c:\windows\system32\rundll32.exe ",
    r#""c:\program files (x86)\google\chrome\application\chrome.exe" --type="#,
    r"c:\program files\microsoft office\root\office16\winword.exe",
    r"c:\users\administrator\appdata\local\temp\",
    r"c:\programdata\microsoft\windows\start menu\programs\",
    r"nt authority\system",
    r"hklm\software\microsoft\windows\currentversion\",
    r"hklm\system\currentcontrolset\services\",
    "microsoft® windows® operating system",
    "microsoft corporation",
    "http://www. https:// .com .exe .dll .txt .ps1",
];
/// Values that many records hold whole.
const ORDINARY_VALUES: &[&str] =
    &["0x3e7", "0x0", "0", "1", "-", "low", "medium", "high", "system", "true", "false", "tcp"];

/// Characters of a usual value.
const USUAL_LENGTH: f64 = 60.0;
/// Chance that an ordinary text is in a value.
const OFTEN: f64 = 0.5;

/// How likely an atom is to be hit, from 0; `None`: nothing hits it.
pub(crate) fn chance(atom: &Atom) -> Option<f64> {
    match &atom.hints.by {
        By::Nothing => None,
        // Every event with the field, and then the test itself has to be made.
        By::Value | By::Field => Some(2.0),
        By::Exact(texts) => Some(texts.iter().map(|text| of_value(text)).sum()),
        By::Literals(list) => Some(list.iter().map(|(_, text)| of_piece(text)).sum()),
    }
}

fn of_value(text: &str) -> f64 {
    let is_ordinary = ORDINARY_VALUES.contains(&text)
        || ORDINARY.iter().any(|ordinary| text.len() > 4 && ordinary.contains(text));
    if is_ordinary { OFTEN } else { of_piece(text).min(0.01) }
}

fn of_piece(text: &str) -> f64 {
    if ORDINARY.iter().any(|ordinary| ordinary.contains(text)) {
        return OFTEN;
    }
    let chance: f64 = text.chars().map(of_char).product();
    (USUAL_LENGTH * chance).min(OFTEN)
}

/// Words are less likely than their letters' product says is unlikely, so
/// letters weigh little.
fn of_char(c: char) -> f64 {
    match c {
        'a'..='z' | '0'..='9' | '\\' | ' ' => 0.15,
        '.' | '-' | '/' | ':' | '"' | '_' | ',' | '=' | '(' | ')' => 0.06,
        _ => 0.004,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_rarer_is_chosen() {
        for (rare, common) in [
            ("netsh", r"\windows\"),
            ("portproxy", "i "),
            ("`", ".exe"),
            ("-enc ", r"\powershell.exe"),
            ("mimikatz", "mimi"),
        ] {
            assert!(of_piece(rare) < of_piece(common), "{rare}, {common}");
        }
        assert!(of_value("0x3e7") > of_value("rar.exe"));
    }
}
