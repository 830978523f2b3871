//! Nessus `.nessus` (NessusClientData v2): each host's own operating system
//! and what its credentialed plugins say.

use diag::{Diagnostic, Place};

use super::{Found, Host, Input, plugins, table};
use crate::xml::{self, Visitor};

pub(super) fn looks_like(input: &Input<'_>) -> bool {
    input.head().contains("<NessusClientData_v2")
}

pub(super) fn read(input: &Input<'_>, found: &mut Found) {
    let mut report = Report {
        input,
        found: Vec::new(),
        host: Host::default(),
        tag: String::new(),
        plugin: String::new(),
    };
    let end = xml::walk(&input.text, &mut report);
    found.hosts.append(&mut report.found);
    if let Err(broken) = end {
        let place = Place::offset(broken.offset).in_file(input.name);
        found
            .diagnostics
            .push(Diagnostic::error("patches.xml-broken", place).with("reason", broken.reason));
    }
}

struct Report<'i> {
    input: &'i Input<'i>,
    found: Vec<Host>,
    host: Host,
    tag: String,
    plugin: String,
}

impl Visitor for Report<'_> {
    fn open(&mut self, name: &str, attribute: &dyn Fn(&str) -> Option<String>) {
        match name {
            "ReportHost" => {
                let name = attribute("name").unwrap_or_default();
                self.host =
                    Host { name, origins: vec![self.input.origin("nessus")], ..Host::default() };
            }
            "tag" => self.tag = attribute("name").unwrap_or_default(),
            "ReportItem" => self.plugin = attribute("pluginID").unwrap_or_default(),
            _ => {}
        }
    }

    fn wants(&self, name: &str) -> bool {
        matches!(name, "tag" | "plugin_output")
    }

    fn close(&mut self, name: &str, text: &str) {
        match name {
            "tag" => self.property(text),
            "plugin_output" => plugins::take(&self.plugin, text, &mut self.host),
            "ReportHost" => self.found.push(std::mem::take(&mut self.host)),
            _ => {}
        }
    }
}

impl Report<'_> {
    fn property(&mut self, text: &str) {
        match self.tag.as_str() {
            // A guess among several is no fact.
            "operating-system" if !text.contains('\n') => self.host.os = plugins::os(text),
            "netbios-name" | "hostname" => text.clone_into(&mut self.host.name),
            "HOST_END_TIMESTAMP" => {
                let time = text.parse().ok().and_then(|s| jiff::Timestamp::from_second(s).ok());
                self.collected(time);
            }
            "LastAuthenticatedResults" | "HOST_END" => self.collected(table::time(text)),
            _ => {}
        }
    }

    fn collected(&mut self, time: Option<jiff::Timestamp>) {
        if let (Some(origin), Some(_)) = (self.host.origins.first_mut(), time) {
            origin.collected_at = time;
        }
    }
}
