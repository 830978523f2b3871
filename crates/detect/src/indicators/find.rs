//! Indicators in the text of an event.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use events::{Event, Value};
use memchr::{memchr_iter, memmem};

use super::{
    normal::{Kind, url_key},
    recent::Recent,
    set::IndicatorSet,
    warnings::WarningLists,
};

/// An indicator in an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its number in the set.
    pub indicator: u32,
    /// The text that is it, or is in its range or below its domain.
    pub value: String,
}

/// Looks for the indicators of a set; one a thread.
#[derive(Debug)]
pub struct Finder<'s> {
    set: &'s IndicatorSet,
    warnings: &'s WarningLists,
    /// Matches that a warning list took back.
    pub suppressed: u64,
    folded: String,
    recent: Recent,
    scheme: memmem::Finder<'static>,
}

/// Shortest thing with a dot that can be an indicator.
const MIN_TOKEN: usize = 4;
/// The shortest hash, in hex digits: no run that long escapes a look every so
/// many bytes.
const HASH_STRIDE: usize = 32;

impl<'s> Finder<'s> {
    /// A finder for one thread.
    pub fn new(set: &'s IndicatorSet, warnings: &'s WarningLists) -> Self {
        Self {
            set,
            warnings,
            suppressed: 0,
            folded: String::new(),
            recent: Recent::new(),
            scheme: memmem::Finder::new("://"),
        }
    }

    /// Adds what is in the event, each indicator once.
    pub fn find(&mut self, event: &Event, found: &mut Vec<Found>) {
        if self.set.is_empty() {
            return;
        }
        let text = event.texts();
        let from = found.len();
        let mut add = |kind: Kind, value: &str, indicator: u32| {
            if found.iter().skip(from).any(|other| other.indicator == indicator) {
                return;
            }
            if self.warnings.covers(kind, value) {
                self.suppressed += 1;
            } else {
                found.push(Found { indicator, value: value.to_owned() });
            }
        };
        let looking = Looking { set: self.set, text };
        looking.names(&mut self.folded, &mut self.recent, &mut add);
        if self.set.tails.any_ipv6 {
            looking.ipv6(&mut add);
        }
        if self.set.tails.any_hash {
            looking.hashes(&mut self.folded, &mut add);
        }
        if self.set.tails.any_url {
            looking.urls(&self.scheme, &mut add);
        }
        if self.set.tails.any_wordy_file {
            looking.wordy_files(event, &mut add);
        }
    }
}

type Add<'a> = dyn FnMut(Kind, &str, u32) + 'a;

struct Looking<'l> {
    set: &'l IndicatorSet,
    text: &'l str,
}

impl Looking<'_> {
    /// IPv4 addresses, domains and file names: whatever has a dot.
    fn names(&self, folded: &mut String, recent: &mut Recent, add: &mut Add<'_>) {
        let bytes = self.text.as_bytes();
        let mut done = 0;
        for dot in memchr_iter(b'.', bytes) {
            if dot < done {
                continue;
            }
            let start = done.max(run_before(bytes, dot, is_host_byte));
            let end = run_after(bytes, dot, is_host_byte);
            done = end;
            let Some(token) = self.text.get(start..end) else { continue };
            if token.len() < MIN_TOKEN || recent.has(token.as_bytes()) {
                continue;
            }
            if !self.word(token.trim_matches(['.', '-', '_']), folded, add) {
                recent.keep(token.as_bytes());
            }
        }
    }

    /// Whether a word is an indicator, or something was found in it.
    fn word(&self, word: &str, folded: &mut String, add: &mut Add<'_>) -> bool {
        let Some(ip) = ipv4(word) else { return self.name(word, folded, add) };
        let number = self.set.find_address(IpAddr::V4(ip), word);
        number.inspect(|number| add(Kind::Ip, word, *number)).is_some()
    }

    fn name(&self, token: &str, folded: &mut String, add: &mut Add<'_>) -> bool {
        folded.clear();
        crate::sigma::pattern::fold_into(token, folded);
        let name = folded.as_str();
        let tail = name.rsplit('.').next().unwrap_or_default();
        let tails = &self.set.tails;
        let file = tails.files.contains(tail).then(|| self.set.find(Kind::File, name)).flatten();
        file.inspect(|number| add(Kind::File, name, *number));
        let domain = tails.domains.contains(tail).then(|| self.domain(name)).flatten();
        domain.inspect(|number| add(Kind::Domain, name, *number));
        file.is_some() || domain.is_some()
    }

    /// The name, or the nearest above it.
    fn domain(&self, name: &str) -> Option<u32> {
        let mut rest = name;
        while rest.contains('.') {
            if let Some(number) = self.set.find(Kind::Domain, rest) {
                return Some(number);
            }
            rest = rest.split_once('.').map_or("", |(_, below)| below);
        }
        None
    }

    fn ipv6(&self, add: &mut Add<'_>) {
        let bytes = self.text.as_bytes();
        let mut done = 0;
        for colon in memchr_iter(b':', bytes) {
            if colon < done {
                continue;
            }
            let start = done.max(run_before(bytes, colon, is_ipv6_byte));
            done = run_after(bytes, colon, is_ipv6_byte);
            let Some(token) = self.text.get(start..done).filter(|t| t.len() >= MIN_TOKEN) else {
                continue;
            };
            let Ok(ip) = token.parse::<Ipv6Addr>() else { continue };
            let ip = IpAddr::V6(ip).to_canonical();
            if let Some(number) = self.set.find_address(ip, &ip.to_string()) {
                add(Kind::Ip, token, number);
            }
        }
    }

    fn hashes(&self, folded: &mut String, add: &mut Add<'_>) {
        let bytes = self.text.as_bytes();
        let mut at = HASH_STRIDE - 1;
        while at < bytes.len() {
            if !bytes[at].is_ascii_hexdigit() {
                at += HASH_STRIDE;
                continue;
            }
            let hex = |byte: u8| byte.is_ascii_hexdigit();
            let (start, end) = (run_before(bytes, at, hex), run_after(bytes, at, hex));
            if let (32 | 40 | 64, Some(token)) = (end - start, self.text.get(start..end)) {
                folded.clear();
                crate::sigma::pattern::fold_into(token, folded);
                if let Some(number) = self.set.find(Kind::Hash, folded) {
                    add(Kind::Hash, token, number);
                }
            }
            at = end.max(at) + HASH_STRIDE;
        }
    }

    fn urls(&self, scheme: &memmem::Finder<'_>, add: &mut Add<'_>) {
        for at in scheme.find_iter(self.text.as_bytes()) {
            let rest = self.text.get(at + 3..).unwrap_or_default();
            let ends = |c: char| c.is_whitespace() || c.is_control() || "\"'<>|,)]}\\".contains(c);
            let url = rest.split(ends).next().unwrap_or_default();
            let Some(key) = url_key(url) else { continue };
            let plain = key.split('?').next().unwrap_or_default();
            for key in [key.as_str(), plain] {
                if let Some(number) = self.set.find(Kind::Url, key) {
                    add(Kind::Url, url, number);
                    break;
                }
            }
        }
    }

    /// File names with spaces end where their field does.
    fn wordy_files(&self, event: &Event, add: &mut Add<'_>) {
        for (_, value) in event.fields() {
            let Value::Str(text) = value else { continue };
            let name = text.rsplit(['\\', '/']).next().unwrap_or_default();
            if name.len() < 3 || name.len() > 255 {
                continue;
            }
            let name = name.to_lowercase();
            if let Some(number) = self.set.find(Kind::File, &name) {
                add(Kind::File, &name, number);
            }
        }
    }
}

/// Bytes of host names and plain file names; beyond ASCII everything counts.
pub(super) fn is_host_byte(byte: u8) -> bool {
    HOST_BYTES[usize::from(byte)]
}

/// As a table: every byte around a dot is asked about.
const HOST_BYTES: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = u8::MIN;
    loop {
        let is_host = byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
        table[byte as usize] = is_host || byte >= 0x80;
        if byte == u8::MAX {
            break table;
        }
        byte += 1;
    }
};

fn is_ipv6_byte(byte: u8) -> bool {
    byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.')
}

fn run_before(bytes: &[u8], at: usize, fits: impl Fn(u8) -> bool) -> usize {
    bytes[..at].iter().rposition(|byte| !fits(*byte)).map_or(0, |before| before + 1)
}

fn run_after(bytes: &[u8], at: usize, fits: impl Fn(u8) -> bool) -> usize {
    bytes[at..].iter().position(|byte| !fits(*byte)).map_or(bytes.len(), |len| at + len)
}

fn ipv4(token: &str) -> Option<Ipv4Addr> {
    let is_plausible = token.len() <= 15 && token.as_bytes().first()?.is_ascii_digit();
    if is_plausible { token.parse().ok() } else { None }
}
