//! Warning lists: what must never count as an indicator (the format of
//! misp-warninglists: `name`, `type`, `list`).

use std::net::IpAddr;

use diag::{Diagnostic, Place};
use ipnet::IpNet;
use regex::RegexSet;
use serde::Deserialize;

use super::{
    normal::{Kind, of, url_key},
    set::IndicatorSet,
};

/// What never matches.
#[derive(Debug, Default)]
pub struct WarningLists {
    exact: IndicatorSet,
    substrings: Vec<String>,
    expressions: Vec<RegexSet>,
}

#[derive(Deserialize)]
struct List {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(rename = "list")]
    values: Vec<String>,
}

impl WarningLists {
    /// Adds a list.
    ///
    /// # Errors
    /// `detect.warning-list-invalid` with the reason.
    pub fn add(&mut self, file: &str, text: &str) -> Result<(), Diagnostic> {
        let refuse = |reason: String| {
            Diagnostic::error("detect.warning-list-invalid", Place::file(file))
                .with("reason", reason)
        };
        let list: List = serde_json::from_str(text).map_err(|error| refuse(error.to_string()))?;
        match list.kind.as_str() {
            "regex" => {
                let set = RegexSet::new(&list.values).map_err(|error| refuse(error.to_string()))?;
                self.expressions.push(set);
            }
            "substring" => {
                self.substrings.extend(list.values.iter().map(|text| text.to_lowercase()));
            }
            _ => list.values.iter().for_each(|text| self.add_text(text, &list.name)),
        }
        Ok(())
    }

    fn add_text(&mut self, text: &str, name: &str) {
        let kinds = [Kind::Net, Kind::Ip, Kind::Hash, Kind::Domain, Kind::File];
        // A leading dot means "and everything below" in these lists; a domain
        // means that here anyway.
        let text = text.trim().trim_start_matches('.');
        if let Some(indicator) = kinds.iter().find_map(|kind| of(*kind, text)) {
            self.exact.add(&indicator, name, "");
        }
    }

    /// Whether a match of this kind is taken back.
    pub fn covers(&self, kind: Kind, value: &str) -> bool {
        let value = value.to_lowercase();
        let host = match kind {
            Kind::Url => url_key(&value)
                .and_then(|key| key.split(['/', '?', ':']).next().map(str::to_owned))
                .unwrap_or_default(),
            _ => value.clone(),
        };
        self.names(kind, &host)
            || self.substrings.iter().any(|text| value.contains(text))
            || self.expressions.iter().any(|set| set.is_match(&value))
    }

    fn names(&self, kind: Kind, text: &str) -> bool {
        if let Ok(ip) = text.parse::<IpAddr>() {
            return self.exact.find_address(ip, text).is_some();
        }
        match kind {
            Kind::Hash | Kind::File => self.exact.find(kind, text).is_some(),
            Kind::Net => text.parse::<IpNet>().is_ok_and(|net| {
                self.exact.find_address(net.addr(), &net.addr().to_string()).is_some()
            }),
            _ => {
                let mut rest = text;
                while rest.contains('.') {
                    if self.exact.find(Kind::Domain, rest).is_some() {
                        return true;
                    }
                    rest = rest.split_once('.').map_or("", |(_, below)| below);
                }
                false
            }
        }
    }
}
