//! Log decoders: all the way to ECS names and JSON.

use std::io::Read;

use events::{Format, Names, Options, Reader, ecs::Ecs, push_json, visit_stream};

use crate::Target;

macro_rules! target {
    ($name:literal, $format:expr, $($seed:literal),*) => {
        Target {
            name: concat!("events-", $name),
            seeds: &[$(concat!("crates/events/tests/golden/", $seed)),*],
            run: |bytes| read(bytes, $format),
        }
    };
}

pub(crate) const TARGETS: &[Target] = &[
    target!("any", None, ""),
    target!("evtx", Some(Format::Evtx),),
    target!("windows-json", Some(Format::WindowsJson), "windows-json.log"),
    target!("windows-xml", Some(Format::WindowsXml), "windows-xml.log"),
    target!("syslog", Some(Format::Syslog), "syslog.log"),
    target!("linux-auth", Some(Format::LinuxAuth), "linux-auth.log"),
    target!("auditd", Some(Format::Auditd), "auditd.log"),
    target!("journald", Some(Format::Journald), "journald.log"),
    target!("cef", Some(Format::Cef), "cef.log"),
    target!("leef", Some(Format::Leef), "leef.log"),
    target!("key-value", Some(Format::KeyValue), "fortinet.log"),
    target!("fortinet", Some(Format::Fortinet), "fortinet.log"),
    target!("eve", Some(Format::Eve), "eve.log"),
    target!("zeek", Some(Format::Zeek), "zeek.log"),
    target!("web-access", Some(Format::WebAccess), "web-access.log"),
    target!("w3c", Some(Format::W3c), "iis.log"),
    target!("postfix", Some(Format::Postfix), "postfix.log"),
    target!("dns-query", Some(Format::DnsQuery), "dns-query.log"),
    target!("squid", Some(Format::Squid), "squid.log"),
    target!("windows-firewall", Some(Format::WindowsFirewall), "windows-firewall.log"),
    target!("windows-dns", Some(Format::WindowsDns), "windows-dns.log"),
    target!("antivirus", Some(Format::Antivirus), "antivirus.log"),
    target!("cisco", Some(Format::Cisco), "cisco.log"),
    target!("palo-alto", Some(Format::PaloAlto), "palo-alto.log"),
    target!("filterlog", Some(Format::Filterlog), "filterlog.log"),
    target!("json", Some(Format::Json), "json.log"),
    target!("text", Some(Format::Text), "syslog.log"),
    Target { name: "events-archive", seeds: &[], run: archive },
];

/// Bytes that are read of each member.
const OF_A_MEMBER: u64 = 1 << 20;

/// Opens bytes as an archive, with archives within.
fn archive(bytes: &[u8]) {
    visit_stream("fuzz", bytes, bytes.len() as u64, &mut |mut input| {
        let read =
            std::io::copy(&mut input.source.by_ref().take(OF_A_MEMBER), &mut std::io::sink());
        std::hint::black_box(read.is_ok());
        Vec::new()
    });
}

/// Reads bytes as a log and asks everything that can be asked.
fn read(bytes: &[u8], format: Option<Format>) {
    let mut options = Options::new(jiff::Timestamp::UNIX_EPOCH);
    options.format = format;
    let Ok(mut reader) = Reader::open("fuzz", bytes, Names::new(), &options) else { return };
    let mut json = String::new();
    while let Some(event) = reader.next() {
        json.clear();
        push_json(&mut json, event);
        std::hint::black_box(Ecs::of(event).iter().count());
    }
    reader.findings();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_decoder_has_a_target() {
        for format in Format::ALL {
            let name = format!("events-{}", format.name());
            assert!(TARGETS.iter().any(|target| target.name == name), "no target {name}");
        }
    }
}
