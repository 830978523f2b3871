//! What a field holds.

use std::{borrow::Cow, net::IpAddr};

/// One value of a field, borrowed from its [`Event`](crate::Event).
///
/// There is no list: a field with several values occurs several times
/// ([`Event::all`](crate::Event::all)), which is also how Sigma reads lists.
/// An address is text until somebody asks ([`Value::ip`]).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// Text, as the source wrote it with its escapes resolved.
    Str(&'a str),
    /// A number below zero, or of a signed type.
    Int(i64),
    /// A whole number.
    UInt(u64),
    /// A number with a fraction, or too big for the others.
    Float(f64),
    /// True or false.
    Bool(bool),
    /// Present, and said to be nothing (JSON `null`, an empty list).
    Null,
}

impl<'a> Value<'a> {
    /// The text, if it is text already.
    pub fn as_str(&self) -> Option<&'a str> {
        match self {
            Value::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The value as the source would print it; allocates only for numbers.
    /// [`Value::Null`] is the empty text.
    pub fn text(&self) -> Cow<'a, str> {
        match self {
            Value::Str(text) => Cow::Borrowed(text),
            Value::Int(n) => Cow::Owned(n.to_string()),
            Value::UInt(n) => Cow::Owned(n.to_string()),
            Value::Float(n) => Cow::Owned(n.to_string()),
            Value::Bool(true) => Cow::Borrowed("true"),
            Value::Bool(false) => Cow::Borrowed("false"),
            Value::Null => Cow::Borrowed(""),
        }
    }

    /// The value as a number, reading text (decimal, or hexadecimal after `0x`).
    pub fn number(&self) -> Option<f64> {
        match self {
            Value::Int(n) => Some(*n as f64),
            Value::UInt(n) => Some(*n as f64),
            Value::Float(n) => Some(*n),
            Value::Str(text) => number_in(text),
            Value::Bool(_) | Value::Null => None,
        }
    }

    /// The value as a whole number from 0, reading text.
    pub fn unsigned(&self) -> Option<u64> {
        match self {
            Value::UInt(n) => Some(*n),
            Value::Int(n) => u64::try_from(*n).ok(),
            Value::Str(text) => unsigned_in(text),
            _ => None,
        }
    }

    /// The value as an address. An IPv4 address mapped into IPv6 (`::ffff:192.0.2.1`,
    /// as Windows writes it) is the IPv4 address.
    pub fn ip(&self) -> Option<IpAddr> {
        let text = self.as_str()?.trim();
        if text.len() < 2 || text.len() > 45 {
            return None;
        }
        text.parse::<IpAddr>().ok().map(|ip| ip.to_canonical())
    }
}

fn number_in(text: &str) -> Option<f64> {
    let text = text.trim();
    unsigned_in(text)
        .map(|n| n as f64)
        .or_else(|| text.parse().ok().filter(|n: &f64| n.is_finite()))
}

fn unsigned_in(text: &str) -> Option<u64> {
    let text = text.trim();
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(hex) => u64::from_str_radix(hex, 16).ok(),
        None => text.parse().ok(),
    }
}
