//! OpenVAS (Greenbone) report XML: each host's operating system as the scanner
//! found it. The report lists findings, not updates: what it does not list is
//! not thereby installed.

use diag::{Diagnostic, Place};

use super::{Found, Host, Input, Os, table};
use crate::xml::{self, Visitor};

pub(super) fn looks_like(input: &Input<'_>) -> bool {
    let head = input.head();
    head.trim_start().starts_with('<')
        && head.contains("<report")
        && (head.contains("<gmp>") || head.contains("format_id"))
}

pub(super) fn read(input: &Input<'_>, found: &mut Found) {
    let mut report = Report {
        input,
        found: Vec::new(),
        path: Vec::new(),
        host: Host::default(),
        detail: String::new(),
        value: String::new(),
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
    path: Vec<String>,
    host: Host,
    detail: String,
    value: String,
}

impl Visitor for Report<'_> {
    fn open(&mut self, name: &str, _: &dyn Fn(&str) -> Option<String>) {
        // A result names its host too; only the report's own list of hosts counts.
        if name == "host" && self.path.last().is_some_and(|p| p == "report") {
            self.host = Host { origins: vec![self.input.origin("openvas")], ..Host::default() };
        }
        self.path.push(name.to_owned());
    }

    fn wants(&self, name: &str) -> bool {
        matches!(name, "ip" | "name" | "value" | "end")
    }

    fn close(&mut self, name: &str, text: &str) {
        self.path.pop();
        let parent = self.path.last().map(String::as_str);
        match (parent, name) {
            (Some("host"), "ip") if self.host.name.is_empty() => {
                text.clone_into(&mut self.host.name);
            }
            (Some("host"), "end") => {
                if let Some(origin) = self.host.origins.first_mut() {
                    origin.collected_at = table::time(text);
                }
            }
            (Some("detail"), "name") => text.clone_into(&mut self.detail),
            (Some("detail"), "value") => text.clone_into(&mut self.value),
            (Some("host"), "detail") => self.detail_ends(),
            (Some("report"), "host") => self.found.push(std::mem::take(&mut self.host)),
            _ => {}
        }
    }
}

impl Report<'_> {
    fn detail_ends(&mut self) {
        let value = std::mem::take(&mut self.value);
        match self.detail.as_str() {
            "best_os_txt" => self.host.os = os(value),
            "hostname" => self.host.name = value,
            _ => {}
        }
    }
}

fn os(name: String) -> Os {
    Os { name, ..Os::default() }
}
