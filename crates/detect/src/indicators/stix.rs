//! Patterns of STIX 2.1 (part 9) as far as they name single values.
//!
//! `[domain-name:value = 'a' OR ipv4-addr:value = 'b']` gives two indicators.
//! A pattern that asks for several things together (`AND`, `FOLLOWEDBY`) or
//! compares otherwise is not cut down to one of its parts: it is reported.

use super::normal::{Indicator, Kind, classify, of};

/// The indicators of a pattern; `None` if it means more than single values.
pub(super) fn indicators(pattern: &str) -> Option<Vec<Indicator>> {
    let tokens = tokens(pattern)?;
    let mut found = Vec::new();
    let mut rest = tokens.as_slice();
    loop {
        rest = skip(rest, "[");
        let (one, after) = comparison(rest)?;
        found.extend(one);
        rest = skip(after, "]");
        match rest.split_first() {
            None => return Some(found),
            Some((Token::Word(word), after)) if word == "OR" => rest = after,
            Some(_) => return None,
        }
    }
}

#[derive(Debug, PartialEq)]
enum Token {
    Word(String),
    Text(String),
}

fn tokens(pattern: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            c if c.is_whitespace() => {}
            '[' | ']' | '(' | ')' | ',' | '=' => tokens.push(Token::Word(c.to_string())),
            '\'' => tokens.push(Token::Text(quoted(&mut chars)?)),
            c => {
                let mut word = String::from(c);
                while let Some(next) =
                    chars.next_if(|n| !n.is_whitespace() && !"[]()=,".contains(*n))
                {
                    word.push(next);
                    if next == '\'' {
                        word.push_str(&quoted(&mut chars)?);
                        word.push('\'');
                    }
                }
                tokens.push(Token::Word(word));
            }
        }
    }
    Some(tokens)
}

fn quoted(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<String> {
    let mut text = String::new();
    loop {
        match chars.next()? {
            '\'' => return Some(text),
            '\\' => text.push(chars.next()?),
            c => text.push(c),
        }
    }
}

fn skip<'t>(tokens: &'t [Token], word: &str) -> &'t [Token] {
    match tokens.split_first() {
        Some((Token::Word(first), rest)) if first == word => rest,
        _ => tokens,
    }
}

fn comparison(tokens: &[Token]) -> Option<(Vec<Indicator>, &[Token])> {
    let [Token::Word(path), Token::Word(operator), rest @ ..] = tokens else { return None };
    match (operator.as_str(), rest) {
        ("=" | "ISSUBSET", [Token::Text(value), rest @ ..]) => {
            Some((vec![named(path, value)?], rest))
        }
        ("IN", [Token::Word(open), rest @ ..]) if open == "(" => {
            let end = rest.iter().position(|token| *token == Token::Word(")".to_owned()))?;
            let values = rest.get(..end)?.iter().filter_map(|token| match token {
                Token::Text(value) => Some(named(path, value)),
                Token::Word(_) => None,
            });
            Some((values.collect::<Option<_>>()?, rest.get(end + 1..)?))
        }
        _ => None,
    }
}

/// What an object path's value is.
fn named(path: &str, value: &str) -> Option<Indicator> {
    let path = path.to_ascii_lowercase();
    match path.as_str() {
        "domain-name:value" => of(Kind::Domain, value),
        "url:value" => of(Kind::Url, value),
        "ipv4-addr:value" | "ipv6-addr:value" => {
            of(Kind::Ip, value).or_else(|| of(Kind::Net, value))
        }
        "file:name" => of(Kind::File, value),
        "network-traffic:dst_ref.value" | "network-traffic:src_ref.value" => classify(value),
        _ if path.starts_with("file:hashes.") => of(Kind::Hash, value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_values_are_taken_and_nothing_is_cut_down() {
        for (pattern, expected) in [
            ("[domain-name:value = 'bad.example']", Some(vec!["bad.example"])),
            ("[ipv4-addr:value = '192.0.2.0/24']", Some(vec!["192.0.2.0/24"])),
            ("[url:value = 'http://bad.example/a\\'b']", Some(vec!["bad.example/a'b"])),
            (
                "[file:hashes.'SHA-1' = 'DA39A3EE5E6B4B0D3255BFEF95601890AFD80709']",
                Some(vec!["da39a3ee5e6b4b0d3255bfef95601890afd80709"]),
            ),
            (
                "[domain-name:value = 'a.example' OR domain-name:value = 'b.example']",
                Some(vec!["a.example", "b.example"]),
            ),
            (
                "[domain-name:value IN ('a.example', 'b.example')] OR [file:name = 'x.exe']",
                Some(vec!["a.example", "b.example", "x.exe"]),
            ),
            ("[file:name = 'x.exe' AND file:size = 3]", None),
            ("[domain-name:value LIKE '%.example']", None),
            ("[file:name = 'x", None),
            ("", None),
        ] {
            let found = indicators(pattern);
            let found: Option<Vec<&str>> =
                found.as_ref().map(|list| list.iter().map(|i| i.text.as_str()).collect());
            assert_eq!(found, expected, "{pattern}");
        }
    }
}
