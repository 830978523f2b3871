//! One way to write a JSON value as bytes, so that equal values have equal
//! hashes: RFC 8785 (JCS), narrowed.
//!
//! Narrowed in one point: a number must be an integer that a double holds
//! exactly (|n| < 2^53). Fractions are refused, because no two languages print
//! them alike; write `"12.5"`, or count in thousandths.

use std::fmt::Write as _;

use serde_json::{Map, Value};

/// Deeper than any record of ours, shallower than any stack.
const MAX_DEPTH: usize = 100;
const MAX_INTEGER: u64 = (1 << 53) - 1;

/// Why a value has no canonical form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotCanonical {
    /// A fraction, or an integer of 2^53 and more.
    #[error("{0} is not an integer below 2^53: write it as text")]
    Number(String),
    /// Nested too deeply.
    #[error("nested more than {MAX_DEPTH} levels deep")]
    TooDeep,
}

/// The canonical bytes of a value, in UTF-8 without spaces.
pub fn canonical(value: &Value) -> Result<Vec<u8>, NotCanonical> {
    let mut out = String::new();
    write(value, 0, &mut out)?;
    Ok(out.into_bytes())
}

fn write(value: &Value, depth: usize, out: &mut String) -> Result<(), NotCanonical> {
    if depth > MAX_DEPTH {
        return Err(NotCanonical::TooDeep);
    }
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => write_number(number, out)?,
        Value::String(text) => write_text(text, out),
        Value::Array(items) => write_list(items, depth, out)?,
        Value::Object(members) => write_object(members, depth, out)?,
    }
    Ok(())
}

fn write_number(number: &serde_json::Number, out: &mut String) -> Result<(), NotCanonical> {
    let size = number.as_i64().map(i64::unsigned_abs).or_else(|| number.as_u64());
    if size.is_none_or(|size| size > MAX_INTEGER) {
        return Err(NotCanonical::Number(number.to_string()));
    }
    out.push_str(&number.to_string());
    Ok(())
}

fn write_list(items: &[Value], depth: usize, out: &mut String) -> Result<(), NotCanonical> {
    out.push('[');
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        write(item, depth + 1, out)?;
    }
    out.push(']');
    Ok(())
}

fn write_object(
    members: &Map<String, Value>,
    depth: usize,
    out: &mut String,
) -> Result<(), NotCanonical> {
    let mut sorted: Vec<_> = members.iter().collect();
    // RFC 8785, 3.2.3: by UTF-16 code units, which differs from UTF-8 above U+FFFF.
    sorted.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
    out.push('{');
    for (at, (name, value)) in sorted.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        write_text(name, out);
        out.push(':');
        write(value, depth + 1, out)?;
    }
    out.push('}');
    Ok(())
}

/// RFC 8785, 3.2.2.2: short escapes where JSON has them, `\u00xx` for the
/// other control characters, everything else as it is.
fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            '\0'..='\u{1f}' => drop(write!(out, "\\u{:04x}", u32::from(c))),
            _ => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn text(value: &Value) -> String {
        String::from_utf8(canonical(value).unwrap()).unwrap()
    }

    #[test]
    fn names_are_sorted_by_utf16_and_escapes_are_the_shortest() {
        // The example of RFC 8785, 3.2.3.
        let value = json!({
            "\u{20ac}": "Euro Sign", "\r": "Carriage Return", "\u{fb33}": "Hebrew",
            "1": "One", "\u{1f600}": "Emoji", "\u{80}": "Control", "\u{f6}": "Latin",
        });
        let parsed: Vec<String> = text(&value).split("\",\"").map(str::to_owned).collect();
        let order: Vec<&str> =
            parsed.iter().map(|each| each.rsplit_once('"').map_or("", |(_, last)| last)).collect();
        assert_eq!(order[0], "Carriage Return");
        assert!(text(&value).find('\u{1f600}') < text(&value).find('\u{fb33}'));
        assert_eq!(
            text(&json!("\u{1}\u{8}\t\n\u{c}\r\"\\/ế\u{7f}")),
            "\"\\u0001\\b\\t\\n\\f\\r\\\"\\\\/ế\u{7f}\""
        );
    }

    #[test]
    fn numbers_are_integers_that_any_language_reads_alike() {
        assert_eq!(text(&json!([0, -1, 9_007_199_254_740_991_i64])), "[0,-1,9007199254740991]");
        for value in [json!(1.5), json!(1.0), json!(9_007_199_254_740_992_i64), json!(u64::MAX)] {
            assert!(matches!(canonical(&value), Err(NotCanonical::Number(_))), "{value}");
        }
    }

    #[test]
    fn nesting_has_an_end() {
        let deep = (0..200).fold(json!(1), |inner, _| json!([inner]));
        assert_eq!(canonical(&deep), Err(NotCanonical::TooDeep));
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map(any::<String>(), inner, 0..6)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back_and_writes_the_same(value in any_value()) {
            let bytes = canonical(&value).unwrap();
            let back: Value = serde_json::from_slice(&bytes).unwrap();
            prop_assert_eq!(&back, &value);
            prop_assert_eq!(canonical(&back).unwrap(), bytes);
        }
    }
}
