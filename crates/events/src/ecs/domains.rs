//! A domain name's parts: `www.example.com` → subdomain, registered, top level.
//!
//! The full public suffix list is megabytes of other people's data that changes
//! weekly; here stand the second-level registries that logs in this region
//! meet. A suffix that is missing makes a registered domain one label short.

/// Second levels under which names are registered.
const SECOND_LEVELS: &[&str] = &[
    "com", "net", "org", "edu", "gov", "co", "ac", "or", "ne", "go", "mil", "int", "info", "biz",
    "name", "pro", "health",
];

/// The parts of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Parts<'a> {
    pub(super) subdomain: &'a str,
    pub(super) registered: &'a str,
    pub(super) top_level: &'a str,
}

/// Takes a name apart; `None` if it has no dot or is an address.
pub(super) fn parts(name: &str) -> Option<Parts<'_>> {
    let name = name.trim_end_matches('.');
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_') || b > 127;
    let last = name.rsplit('.').next()?;
    if !name.bytes().all(plain) || last.bytes().all(|b| b.is_ascii_digit()) || last == name {
        return None;
    }
    let suffix = suffix_length(name);
    let before = name.len().checked_sub(suffix + 1)?;
    let start = name[..before].rfind('.').map_or(0, |dot| dot + 1);
    Some(Parts {
        subdomain: name[..start].trim_end_matches('.'),
        registered: &name[start..],
        top_level: &name[name.len() - suffix..],
    })
}

/// Bytes of the suffix: the top level, with a second level before it in the
/// country domains that register below one.
fn suffix_length(name: &str) -> usize {
    let mut labels = name.rsplit('.');
    let (top, second) = (labels.next().unwrap_or(""), labels.next().unwrap_or(""));
    let joined = top.len() + 1 + second.len();
    let deeper = labels.next().is_some();
    let country = top.len() == 2 && SECOND_LEVELS.contains(&second.to_ascii_lowercase().as_str());
    let reverse = top == "arpa" && matches!(second, "in-addr" | "ip6");
    if deeper && (country || reverse) { joined } else { top.len() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_apart() {
        for (name, expected) in [
            ("www.sample.example", ("www", "sample.example", "example")),
            ("sample.example", ("", "sample.example", "example")),
            ("a.b.sample.com.vn", ("a.b", "sample.com.vn", "com.vn")),
            ("gov.vn", ("", "gov.vn", "vn")),
            ("1.2.0.192.in-addr.arpa", ("1.2.0", "192.in-addr.arpa", "in-addr.arpa")),
        ] {
            let found = parts(name).unwrap();
            assert_eq!((found.subdomain, found.registered, found.top_level), expected, "{name}");
        }
        for name in ["localhost", "192.0.2.1", "", "."] {
            assert_eq!(parts(name), None, "{name}");
        }
    }
}
