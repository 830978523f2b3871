//! The formats that the crate reads.

use crate::origin::LogSource;

/// A log format; the innermost one, when one travels inside another (CEF in
/// syslog is [`Format::Cef`]).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// Windows event log, binary (`.evtx`).
    Evtx,
    /// Windows events as JSON, in any of the usual exports.
    WindowsJson,
    /// Windows events as XML.
    WindowsXml,
    /// Syslog, RFC 5424 or 3164 or nearly, with a free-text message.
    Syslog,
    /// `sshd`, `sudo`, `su`, PAM and kin, inside syslog.
    LinuxAuth,
    /// Linux audit records.
    Auditd,
    /// systemd journal, exported as text or JSON.
    Journald,
    /// ArcSight Common Event Format.
    Cef,
    /// QRadar Log Event Extended Format.
    Leef,
    /// `key=value` of no known device.
    KeyValue,
    /// Fortinet's `key=value`.
    Fortinet,
    /// Suricata's EVE JSON.
    Eve,
    /// Zeek, tab-separated or JSON.
    Zeek,
    /// Apache and nginx access and error logs.
    WebAccess,
    /// W3C extended log file (IIS and others).
    W3c,
    /// Postfix.
    Postfix,
    /// BIND and Unbound query logs.
    DnsQuery,
    /// Squid access log.
    Squid,
    /// Windows firewall log (`pfirewall.log`).
    WindowsFirewall,
    /// Windows DNS server debug log.
    WindowsDns,
    /// Kaspersky, ClamAV, Defender text logs.
    Antivirus,
    /// Cisco ASA, FTD and IOS.
    Cisco,
    /// Palo Alto Networks CSV.
    PaloAlto,
    /// pfSense and OPNsense `filterlog`.
    Filterlog,
    /// JSON of any other shape, one object after another.
    Json,
    /// Lines of which nothing is known.
    #[default]
    Text,
}

impl Format {
    /// Every format, in the order of the documentation.
    pub const ALL: &[Format] = &[
        Format::Evtx,
        Format::WindowsJson,
        Format::WindowsXml,
        Format::Syslog,
        Format::LinuxAuth,
        Format::Auditd,
        Format::Journald,
        Format::Cef,
        Format::Leef,
        Format::KeyValue,
        Format::Fortinet,
        Format::Eve,
        Format::Zeek,
        Format::WebAccess,
        Format::W3c,
        Format::Postfix,
        Format::DnsQuery,
        Format::Squid,
        Format::WindowsFirewall,
        Format::WindowsDns,
        Format::Antivirus,
        Format::Cisco,
        Format::PaloAlto,
        Format::Filterlog,
        Format::Json,
        Format::Text,
    ];

    /// The name for `--as`.
    pub fn name(self) -> &'static str {
        match self {
            Format::Evtx => "evtx",
            Format::WindowsJson => "windows-json",
            Format::WindowsXml => "windows-xml",
            Format::Syslog => "syslog",
            Format::LinuxAuth => "linux-auth",
            Format::Auditd => "auditd",
            Format::Journald => "journald",
            Format::Cef => "cef",
            Format::Leef => "leef",
            Format::KeyValue => "key-value",
            Format::Fortinet => "fortinet",
            Format::Eve => "eve",
            Format::Zeek => "zeek",
            Format::WebAccess => "web-access",
            Format::W3c => "w3c",
            Format::Postfix => "postfix",
            Format::DnsQuery => "dns-query",
            Format::Squid => "squid",
            Format::WindowsFirewall => "windows-firewall",
            Format::WindowsDns => "windows-dns",
            Format::Antivirus => "antivirus",
            Format::Cisco => "cisco",
            Format::PaloAlto => "palo-alto",
            Format::Filterlog => "filterlog",
            Format::Json => "json",
            Format::Text => "text",
        }
    }

    /// The format that `--as` names.
    pub fn named(name: &str) -> Option<Format> {
        Self::ALL.iter().copied().find(|format| format.name() == name)
    }

    /// Windows events, whatever they are wrapped in: they share field names.
    pub fn is_windows_event(self) -> bool {
        matches!(self, Format::Evtx | Format::WindowsJson | Format::WindowsXml)
    }

    /// What the format alone says about the log source; a decoder that knows
    /// more (the Zeek log's path, the program's name) says more.
    pub fn log_source(self) -> LogSource {
        let (product, service, category) = match self {
            Format::Evtx | Format::WindowsJson | Format::WindowsXml => ("windows", "", ""),
            Format::LinuxAuth => ("linux", "auth", ""),
            Format::Auditd => ("linux", "auditd", ""),
            Format::Journald => ("linux", "", ""),
            Format::Fortinet => ("fortigate", "", "firewall"),
            Format::Eve => ("suricata", "", ""),
            Format::Zeek => ("zeek", "", ""),
            Format::WebAccess | Format::W3c => ("", "", "webserver"),
            Format::Postfix => ("linux", "postfix", ""),
            Format::DnsQuery => ("", "", "dns"),
            Format::Squid => ("squid", "", "proxy"),
            Format::WindowsFirewall => ("windows", "", "firewall"),
            Format::WindowsDns => ("windows", "dns-server", "dns"),
            Format::Antivirus => ("", "", "antivirus"),
            Format::Cisco => ("cisco", "", ""),
            Format::PaloAlto => ("paloalto", "", "firewall"),
            Format::Filterlog => ("pfsense", "", "firewall"),
            _ => ("", "", ""),
        };
        LogSource { product, service, category }
    }
}
