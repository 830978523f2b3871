//! Whom to call, by the day. Network security changed hands in Vietnam on
//! 2025-03-01, and an incident reported to last year's phone is not reported.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{Meta, Pack, meta};

/// What an authority is to a unit with an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Coordinates incident response in the whole country.
    NationalCoordinator,
    /// Watches the country's networks and takes in monitoring data.
    NationalMonitoring,
    /// The province's own lead for network security.
    ProvincialLead,
    /// The police force specialised in network security.
    PoliceCyber,
    /// The agency for personal data protection.
    Pdp,
    /// A sector's own team (banking, power, health).
    Sector,
}

/// How a channel is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelKind {
    /// A number of an office.
    Phone,
    /// A number that somebody answers day and night.
    Hotline,
    /// A mailbox.
    Email,
    /// A postal address.
    Address,
}

/// One way to reach an authority.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// How it is used.
    pub kind: ChannelKind,
    /// The number or address as its owner writes it.
    pub value: String,
    /// When it answers, in words of the owner; unknown when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<String>,
}

/// An authority with the days on which it is one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authority {
    /// What it is to us.
    pub role: Role,
    /// Its name, in the language of its own country.
    pub name: String,
    /// Ways to reach it, the fastest first.
    pub channels: Vec<Channel>,
    /// First day of its mandate.
    pub valid_from: Date,
    /// First day after its mandate; open when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Date>,
}

/// No pack names an authority for this role on this day: the operator has to
/// add one before anything can be sent. Never answered with an older one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no pack names an authority with role {role:?} on {on}")]
pub struct NotConfigured {
    /// Who was looked for.
    pub role: Role,
    /// On which day.
    pub on: Date,
}

/// One file of `packs/authorities/`, or all of them together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authorities {
    /// What the file says about itself.
    pub pack: Meta,
    /// Whom it names.
    pub authorities: Vec<Authority>,
}

impl Pack for Authorities {
    const FOLDER: &'static str = "authorities/";

    fn meta(&self) -> &Meta {
        &self.pack
    }
}

impl Authorities {
    /// Everybody this file names for that day.
    pub fn on(&self, on: Date) -> impl Iterator<Item = &Authority> {
        let current = self.pack.holds(on);
        self.authorities
            .iter()
            .filter(move |each| current && meta::holds(each.valid_from, each.valid_to, on))
    }

    /// The authority with this role on that day among these packs: of several,
    /// the one whose mandate began last.
    ///
    /// # Errors
    /// [`NotConfigured`] when no pack of the day names one.
    pub fn find(all: &[Self], role: Role, on: Date) -> Result<&Authority, NotConfigured> {
        all.iter()
            .flat_map(|pack| pack.on(on))
            .filter(|each| each.role == role)
            .max_by_key(|each| each.valid_from)
            .ok_or(NotConfigured { role, on })
    }
}
