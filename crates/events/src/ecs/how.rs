//! How a source's value becomes an ECS value.

use std::{borrow::Cow, net::IpAddr};

use crate::time::{self, Reading};

/// What is done to a value.
#[derive(Clone, Copy, Debug)]
pub(super) enum How {
    /// Taken as it is.
    Copy,
    /// After the value of another field and a colon.
    After(&'static str),
    /// After the `@` of a mail address.
    MailDomain,
    /// A time in any shape, as an instant.
    Time,
    /// `failure` if the text speaks of one.
    Failed,
    /// As [`How::Number`], only where the record has another field too.
    NumberBeside(&'static str),
    /// The beginning of `GET /path HTTP/1.1`.
    RequestMethod,
    /// The middle of `GET /path HTTP/1.1`.
    RequestUri,
    /// The end of `GET /path HTTP/1.1`.
    RequestVersion,
    /// The address of `192.0.2.1:8080`.
    HostIp,
    /// The port of `192.0.2.1:8080`.
    HostPort,
    /// The name before the `@` and after the `\`, if there are any.
    BeforeAt,
    /// Before an opening parenthesis.
    BeforeParen,
    /// Only if the text in parentheses is an address.
    ParenIp,
    /// A path or name without quotes and brackets of any kind.
    Trimmed,
    /// Only if it is a mail address.
    Mail,
    /// Every value, as a list.
    Each,
    /// The same for every record that has the source's field.
    Is(&'static str),
    /// Looked up without regard to case; a value that is not there is none.
    OneOf(&'static [(&'static str, &'static str)]),
    /// In lower case.
    Lower,
    /// Only if it is an address; in its canonical form.
    Ip,
    /// Only if it is a name and no address.
    Domain,
    /// Only if it is the number of a port.
    Port,
    /// IANA protocol number or name → name in lower case.
    Transport,
    /// The scheme of an address that lacks it, by the protocol in another field.
    SchemeOf(&'static str),
    /// The number of `TLSv1.2`, `TLS 1.2`.
    TlsVersion,
    /// What a line of the text says after a label and a colon.
    Line(&'static str),
    /// The address, without a port, that a line says after a label and a colon.
    LineIp(&'static str),
    /// The number that a line says after a label and a colon.
    LineNumber(&'static str),
    /// The content of the first XML element of this name.
    Tag(&'static str),
    /// The first address in the first XML element of this name.
    TagIp(&'static str),
    /// What stands before these words, which end the text.
    Before(&'static str),
    /// The first address of a list.
    FirstIp,
    /// The type before the brackets of `DWORD (0x1)`, as the registry names it.
    RegistryType,
    /// A path of a file or device.
    ObjectPath,
    /// Seconds → nanoseconds.
    Seconds,
    /// Milliseconds → nanoseconds.
    Millis,
    /// After the last `\`, if there is one.
    User,
    /// Before the last `\`.
    UserDomain,
    /// The name of `DOMAIN\\name (how it is used)`.
    Account,
    /// The part before the first dot.
    ShortHost,
    /// Hexadecimal or decimal → decimal.
    Number,
    /// Without the given brackets around it.
    Bare,
}

impl How {
    /// The value of a row that needs no source.
    pub(super) fn constant(self) -> &'static str {
        match self {
            How::Is(text) => text,
            _ => "",
        }
    }

    /// Whether all values of the source's field count.
    pub(super) fn is_list(self) -> bool {
        matches!(self, How::Each)
    }

    /// The ECS value, if the source's is fit for it.
    pub(super) fn apply<'v>(self, value: Cow<'v, str>, reading: &Reading) -> Option<Cow<'v, str>> {
        match self {
            How::Copy | How::Each | How::After(_) | How::SchemeOf(_) => Some(value),
            How::TlsVersion => tls_version(&value),
            How::Line(label) => line(&value, label).map(|text| Cow::Owned(text.to_owned())),
            How::LineIp(label) => ip_before_port(line(&value, label)?),
            How::LineNumber(label) => number(line(&value, label)?),
            How::Tag(name) => tag(&value, name).map(|text| Cow::Owned(text.to_owned())),
            How::TagIp(name) => first_ip(tag(&value, name)?),
            How::Before(end) => value.trim().strip_suffix(end).map(|text| text.to_owned().into()),
            How::FirstIp => first_ip(&value),
            How::RegistryType => registry_type(&value),
            How::ObjectPath => {
                let path = value.starts_with("\\Device\\") || value.get(1..3) == Some(":\\");
                path.then_some(value)
            }
            How::Time => time::parse(&value, reading).map(|time| Cow::Owned(time.at.to_string())),
            How::Failed => {
                value.to_ascii_lowercase().contains("fail").then_some(Cow::Borrowed("failure"))
            }
            How::RequestMethod => {
                let method = value.split(' ').next()?;
                let upper = method.bytes().all(|b| b.is_ascii_uppercase());
                upper.then(|| Cow::Owned(method.to_owned()))
            }
            How::RequestUri => Some(Cow::Owned(value.split(' ').nth(1)?.to_owned())),
            How::RequestVersion => Some(Cow::Owned(
                value.rsplit_once(" HTTP/").map(|(_, version)| version)?.to_owned(),
            )),
            How::HostIp => {
                let (host, _) = value.rsplit_once(':')?;
                address(host).map(|ip| Cow::Owned(ip.to_string()))
            }
            How::HostPort => {
                let (_, port) = value.rsplit_once(':')?;
                port.parse::<u16>().is_ok().then(|| Cow::Owned(port.to_owned()))
            }
            How::BeforeAt => {
                let name = value.rsplit('\\').next()?.split('@').next()?;
                Some(Cow::Owned(name.to_owned()))
            }
            How::BeforeParen => Some(Cow::Owned(value.split('(').next()?.trim().to_owned())),
            How::ParenIp => {
                let (_, inside) = value.split_once('(')?;
                address(inside.trim_end_matches(')')).map(|ip| Cow::Owned(ip.to_string()))
            }
            How::Trimmed => Some(Cow::Owned(value.trim_matches(['"', '[', ']', ' ']).to_owned())),
            How::Mail => value.contains('@').then_some(value),
            How::MailDomain => {
                let (_, domain) = value.trim_matches(['<', '>']).rsplit_once('@')?;
                Some(Cow::Owned(domain.to_owned()))
            }
            How::Is(text) => Some(Cow::Borrowed(text)),
            How::OneOf(table) => table
                .iter()
                .find(|(from, _)| value.eq_ignore_ascii_case(from))
                .map(|(_, to)| Cow::Borrowed(*to)),
            How::Lower => Some(Cow::Owned(value.to_lowercase())),
            How::Ip => address(&value).map(|ip| Cow::Owned(ip.to_string())),
            How::Domain => (address(&value).is_none() && is_domain(&value)).then_some(value),
            How::Port => value.parse::<u16>().is_ok().then_some(value),
            How::Transport => transport(&value),
            How::Seconds => nanoseconds(&value, 1_000_000_000),
            How::Millis => nanoseconds(&value, 1_000_000),
            How::User => {
                let name = value.rsplit('\\').next().unwrap_or(&value).to_owned();
                Some(Cow::Owned(name))
            }
            How::UserDomain => {
                let (domain, _) = value.rsplit_once('\\')?;
                Some(Cow::Owned(domain.trim_end_matches('\\').to_owned()))
            }
            How::Account => {
                let name = value.rsplit('\\').next()?.split(" (").next()?;
                Some(Cow::Owned(name.trim_end_matches('$').to_owned()))
            }
            How::ShortHost => Some(Cow::Owned(value.split('.').next()?.to_owned())),
            How::Number | How::NumberBeside(_) => number(&value),
            How::Bare => Some(Cow::Owned(value.trim_matches(['<', '>', '[', ']', '"']).to_owned())),
        }
    }
}

/// An address, at times with a port, brackets or a mask.
pub(super) fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches(['[', ']', '<', '>']);
    let text = text.split_once('/').map_or(text, |(address, _)| address);
    text.parse::<IpAddr>().ok().map(|ip| ip.to_canonical())
}

fn is_domain(text: &str) -> bool {
    !text.is_empty() && !text.contains([' ', '/', '\\', '@']) && text != "unknown"
}

fn transport(text: &str) -> Option<Cow<'static, str>> {
    const NUMBERS: &[(&str, &str)] = &[
        ("1", "icmp"),
        ("2", "igmp"),
        ("6", "tcp"),
        ("17", "udp"),
        ("41", "ipv6"),
        ("47", "gre"),
        ("50", "esp"),
        ("51", "ah"),
        ("58", "ipv6-icmp"),
        ("89", "ospf"),
        ("112", "vrrp"),
        ("132", "sctp"),
    ];
    if let Some((_, name)) = NUMBERS.iter().find(|(number, _)| *number == text) {
        return Some(Cow::Borrowed(name));
    }
    let named = !text.is_empty() && !text.bytes().all(|b| b.is_ascii_digit());
    named.then(|| Cow::Owned(text.to_ascii_lowercase()))
}

/// What `ssl` and `web-browsing` (Palo Alto's words), `HTTPS` and kin stand for.
pub(super) fn scheme(protocol: &str) -> Option<&'static str> {
    match protocol.to_ascii_lowercase().as_str() {
        "ssl" | "https" | "tls" => Some("https"),
        "web-browsing" | "http" => Some("http"),
        _ => None,
    }
}

/// `Label:\tvalue` on a line of its own.
fn line<'t>(text: &'t str, label: &str) -> Option<&'t str> {
    let after = |line: &'t str| line.trim().strip_prefix(label)?.strip_prefix(':').map(str::trim);
    text.lines().find_map(after)
}

/// `<name>…</name>`.
fn tag<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    Some(rest.split_once(&format!("</{name}>"))?.0)
}

fn first_ip(list: &str) -> Option<Cow<'static, str>> {
    ip_before_port(list.split(',').next()?)
}

/// `192.0.2.1`, `192.0.2.1:8080`, `[2001:db8::1]:8080`.
fn ip_before_port(text: &str) -> Option<Cow<'static, str>> {
    let ip = address(text).or_else(|| address(text.rsplit_once(':')?.0))?;
    Some(Cow::Owned(ip.to_string()))
}

/// Sysmon writes numbers as `DWORD (0x00000001)`.
fn registry_type(details: &str) -> Option<Cow<'static, str>> {
    let (kind, _) = details.split_once(" (0x")?;
    matches!(kind, "DWORD" | "QWORD").then(|| Cow::Owned(format!("REG_{kind}")))
}

fn tls_version(text: &str) -> Option<Cow<'static, str>> {
    let number = text.trim_start_matches(|c: char| !c.is_ascii_digit());
    (text.len() - number.len() < 6 && !number.is_empty()).then(|| Cow::Owned(number.to_owned()))
}

fn nanoseconds(text: &str, factor: u64) -> Option<Cow<'static, str>> {
    if let Ok(whole) = text.parse::<u64>() {
        return Some(Cow::Owned(whole.saturating_mul(factor).to_string()));
    }
    let number: f64 = text.parse().ok()?;
    let product = number * factor as f64;
    (product.is_finite() && product >= 0.0).then(|| Cow::Owned(format!("{product:.0}")))
}

fn number(text: &str) -> Option<Cow<'static, str>> {
    let number = match text.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16).ok()?,
        None => text.parse().ok()?,
    };
    Some(Cow::Owned(number.to_string()))
}
