//! A place: the units of a province, to start a registry with.

use serde::{Deserialize, Serialize};

use crate::{Meta, Pack};

/// One province.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// What the file says about itself.
    pub pack: Meta,
    /// Name of the province.
    pub name: String,
    /// IANA name of its time zone.
    pub time_zone: String,
    /// Its units, a parent before its children.
    pub units: Vec<PlaceUnit>,
}

/// One unit as a new registry takes it in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlaceUnit {
    /// Short code, unique in the place.
    pub code: String,
    /// Official name.
    pub name: String,
    /// `province`, `department`, `agency`, `district`, `commune` or `centre`.
    pub kind: String,
    /// Code of the unit above; none for the province itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Code in the national list of administrative units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub official_code: Option<String>,
}

impl Pack for Place {
    const FOLDER: &'static str = "places/";

    fn meta(&self) -> &Meta {
        &self.pack
    }
}
