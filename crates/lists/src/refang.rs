//! Undoing what people do to an address so that nobody clicks it.

use std::borrow::Cow;

/// How a character is hidden, and the character.
const HIDDEN: [(&str, &str); 14] = [
    ("[://]", "://"),
    ("[.]", "."),
    ("(.)", "."),
    ("{.}", "."),
    ("[.", "."),
    (".]", "."),
    ("[dot]", "."),
    ("(dot)", "."),
    ("{dot}", "."),
    ("[:]", ":"),
    ("(:)", ":"),
    ("hxxp", "http"),
    ("hXXp", "http"),
    ("HXXP", "http"),
];

/// `hxxp://192[.]0[.]2[.]1` → `http://192.0.2.1`. Text that hides nothing is
/// given back as it is.
pub fn refang(text: &str) -> Cow<'_, str> {
    if !text.contains(['[', '(', '{'])
        && !text.contains("xxp")
        && !text.contains("XXP")
        && !text.contains("XXp")
    {
        return text.into();
    }
    let mut plain = text.to_owned();
    for (hidden, open) in HIDDEN {
        if plain.contains(hidden) {
            plain = plain.replace(hidden, open);
        }
    }
    plain.replace("[DOT]", ".").into()
}

#[cfg(test)]
mod tests {
    use super::refang;

    #[test]
    fn each_way_of_hiding() {
        let table = [
            ("192[.]0[.]2[.]1", "192.0.2.1"),
            ("192(.)0(.)2(.)1", "192.0.2.1"),
            ("192{.}0{.}2.1", "192.0.2.1"),
            ("192[dot]0[DOT]2[dot]1", "192.0.2.1"),
            ("192[.0[.2[.1", "192.0.2.1"),
            ("hxxps[://]bad.example/x", "https://bad.example/x"),
            ("hXXp://192.0.2.1[:]8080/", "http://192.0.2.1:8080/"),
            ("2001[:]db8[:][:]1", "2001:db8::1"),
            ("[2001:db8::1]:443", "[2001:db8::1]:443"),
        ];
        for (hidden, plain) in table {
            assert_eq!(refang(hidden), plain);
        }
    }
}
