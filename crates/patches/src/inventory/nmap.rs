//! Nmap's XML: which machines there are and what they run, as far as their
//! answers show it. Neither revision nor updates can be seen from outside.

use diag::{Diagnostic, Place};

use super::{Found, Host, Input, Os};
use crate::xml::{self, Visitor};

pub(super) fn looks_like(input: &Input<'_>) -> bool {
    input.head().contains("<nmaprun")
}

pub(super) fn read(input: &Input<'_>, found: &mut Found) {
    let mut scan = Scan {
        input,
        found: Vec::new(),
        address: String::new(),
        name: String::new(),
        os: None,
        started: None,
    };
    let end = xml::walk(&input.text, &mut scan);
    found.hosts.append(&mut scan.found);
    if let Err(broken) = end {
        let place = Place::offset(broken.offset).in_file(input.name);
        found
            .diagnostics
            .push(Diagnostic::error("patches.xml-broken", place).with("reason", broken.reason));
    }
}

struct Scan<'i> {
    input: &'i Input<'i>,
    found: Vec<Host>,
    address: String,
    name: String,
    /// Name and accuracy of the best guess.
    os: Option<(String, u32)>,
    started: Option<jiff::Timestamp>,
}

impl Visitor for Scan<'_> {
    fn open(&mut self, name: &str, attribute: &dyn Fn(&str) -> Option<String>) {
        match name {
            "host" => {
                self.address.clear();
                self.name.clear();
                self.os = None;
                let time = attribute("endtime").or_else(|| attribute("starttime"));
                self.started =
                    time.and_then(|t| jiff::Timestamp::from_second(t.parse().ok()?).ok());
            }
            "address" if self.address.is_empty() => {
                self.address = attribute("addr").unwrap_or_default();
            }
            "hostname" if self.name.is_empty() => self.name = attribute("name").unwrap_or_default(),
            "osmatch" => self.guess(attribute),
            "script" if attribute("id").as_deref() == Some("smb-os-discovery") => {
                self.answer(&attribute("output").unwrap_or_default());
            }
            _ => {}
        }
    }

    fn wants(&self, _: &str) -> bool {
        false
    }

    fn close(&mut self, name: &str, _: &str) {
        if name == "host" {
            self.host();
        }
    }
}

impl Scan<'_> {
    fn guess(&mut self, attribute: &dyn Fn(&str) -> Option<String>) {
        let accuracy = attribute("accuracy").and_then(|a| a.parse().ok()).unwrap_or(0);
        if self.os.as_ref().is_none_or(|(_, best)| accuracy > *best) {
            self.os = attribute("name").map(|name| (name, accuracy));
        }
    }

    /// What the machine said itself over SMB is better than any guess.
    fn answer(&mut self, output: &str) {
        let os = output.lines().find_map(|l| l.trim().strip_prefix("OS: "));
        if let Some(os) = os {
            let os = os.split(" (").next().unwrap_or(os);
            self.os = Some((os.to_owned(), 101));
        }
    }

    fn host(&mut self) {
        let (name, accuracy) = self.os.take().unwrap_or_default();
        let mut os = Os { name, ..Os::default() };
        if accuracy > 100
            && let Some(build) = os.name.rsplit(' ').next().map(str::to_owned)
        {
            os.set_version(&build);
        }
        let mut origin = self.input.origin("nmap");
        origin.collected_at = self.started;
        let host = if self.name.is_empty() { &self.address } else { &self.name };
        let guess = Diagnostic::warning("patches.os-guessed", Place::file(self.input.name));
        let guess = guess.with("os", &os.name).with("accuracy", accuracy);
        self.found.push(Host {
            name: host.clone(),
            warnings: if accuracy <= 100 { vec![guess] } else { Vec::new() },
            os,
            origins: vec![origin],
            ..Host::default()
        });
    }
}
