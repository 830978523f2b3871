//! Which records a rule's log source means, and where its fields stand in them.
//!
//! The facts are data (`packs/taxonomies/sigma-*.toml`); the form of the file
//! is explained at its head. A record is seen through one or more [`View`]s:
//! Sysmon's event 13 is itself (`windows`, service `sysmon`), a `registry_set`
//! and a `registry_event`; Security's 4688 is itself and a `process_creation`
//! whose `Image` is called `NewProcessName`.

use std::collections::BTreeMap;

use diag::{Diagnostic, Place};
use serde::{Deserialize, Serialize};

use crate::sigma::LogSource;

/// The facts of the packs that come with the house.
const PACKS: [(&str, &str); 2] = [
    ("sigma-windows.toml", include_str!("../../../packs/taxonomies/sigma-windows.toml")),
    ("sigma-network.toml", include_str!("../../../packs/taxonomies/sigma-network.toml")),
];

/// Where a field of a rule stands in a record.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum FieldSource {
    /// Under another name.
    Renamed(String),
    /// Under any of these names.
    AnyOf(Vec<String>),
    /// It is the same for all records of this kind.
    Constant {
        /// The text.
        is: String,
    },
    /// It is put together from several.
    Joined {
        /// The parts; missing ones are left out, with their separator.
        join: Vec<String>,
        /// What stands between them.
        with: String,
        /// Beginnings that are written differently (any case).
        #[serde(default)]
        prefixes: BTreeMap<String, String>,
    },
    /// It is there in other words.
    Translated {
        /// The field.
        from: String,
        /// The words; others stay as they are.
        values: BTreeMap<String, String>,
    },
}

impl FieldSource {
    /// The names in the record that it needs.
    pub fn names(&self) -> Vec<&str> {
        match self {
            FieldSource::Renamed(name) => vec![name],
            FieldSource::AnyOf(names) | FieldSource::Joined { join: names, .. } => {
                names.iter().map(String::as_str).collect()
            }
            FieldSource::Constant { .. } => Vec::new(),
            FieldSource::Translated { from, .. } => vec![from],
        }
    }
}

/// Field of the rule → where it stands.
pub type FieldMap = BTreeMap<String, FieldSource>;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pack {
    #[serde(default)]
    service: Vec<Service>,
    #[serde(default)]
    source: Vec<Source>,
}

/// A log of a product.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Service {
    product: String,
    name: String,
    channels: Vec<String>,
    #[serde(default)]
    fields: FieldMap,
}

/// Records that belong to a log source.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Source {
    product: Option<String>,
    category: Option<String>,
    service: Option<String>,
    /// Windows: the channel.
    channel: Option<String>,
    /// Windows: the event ids; empty means all.
    events: Vec<u32>,
    /// Elsewhere: what the decoder said.
    of: Of,
    when: BTreeMap<String, Vec<String>>,
    fields: FieldMap,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Of {
    product: Option<String>,
    service: Option<String>,
    category: Option<String>,
}

/// What a record says about where it comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Origin<'o> {
    /// What the decoder said.
    pub source: events::LogSource,
    /// Windows channel.
    pub channel: Option<&'o str>,
    /// Event id.
    pub event_id: Option<u32>,
}

/// One way to see a record.
#[derive(Clone, Debug)]
pub struct View<'t> {
    product: Option<&'t str>,
    category: Option<&'t str>,
    services: Vec<&'t str>,
    /// The record as it is, before any category is read into it.
    is_plain: bool,
    /// Further fields that must hold one of these values.
    pub when: Vec<(&'t str, &'t [String])>,
    /// Where fields stand; those not named stand under their own name.
    pub fields: Vec<&'t FieldMap>,
}

impl View<'_> {
    /// Whether a rule of this log source speaks of records seen so.
    pub fn admits(&self, rule: &LogSource) -> bool {
        let category = match &rule.category {
            None => self.is_plain || self.category.is_none(),
            Some(category) => self.category == Some(category),
        };
        let product = rule.product.as_deref().is_none_or(|p| self.product == Some(p));
        let service = rule.service.as_deref().is_none_or(|s| self.services.contains(&s));
        category && product && service
    }

    /// Where a field of the rule stands; `None`: under its own name.
    pub fn field(&self, name: &str) -> Option<&FieldSource> {
        self.fields.iter().find_map(|map| map.get(name))
    }
}

/// All facts together.
#[derive(Clone, Debug, Default)]
pub struct Taxonomy {
    services: Vec<Service>,
    sources: Vec<Source>,
}

impl Taxonomy {
    /// The facts that come with the house.
    ///
    /// # Errors
    /// `detect.taxonomy-invalid`; a test keeps it from happening.
    pub fn builtin() -> Result<Self, Diagnostic> {
        let mut taxonomy = Self::default();
        for (name, text) in PACKS {
            taxonomy.add(name, text)?;
        }
        Ok(taxonomy)
    }

    /// Adds the facts of a file.
    ///
    /// # Errors
    /// `detect.taxonomy-invalid` with the reason.
    pub fn add(&mut self, name: &str, text: &str) -> Result<(), Diagnostic> {
        let pack: Pack = toml::from_str(text).map_err(|error| {
            Diagnostic::error("detect.taxonomy-invalid", Place::file(name))
                .with("reason", error.message())
        })?;
        self.services.extend(pack.service);
        self.sources.extend(pack.source);
        Ok(())
    }

    /// Every way to see records of this origin, the plain one first.
    pub fn views(&self, origin: &Origin<'_>) -> Vec<View<'_>> {
        let mut views = vec![self.plain(origin)];
        for source in self.sources.iter().filter(|source| source.covers(origin)) {
            let services = match &source.service {
                Some(service) => vec![service.as_str()],
                None => views[0].services.clone(),
            };
            views.push(View {
                product: source.product.as_deref().or(views[0].product),
                category: source.category.as_deref(),
                services,
                is_plain: false,
                when: source.when.iter().map(|(k, v)| (k.as_str(), v.as_slice())).collect(),
                fields: vec![&source.fields],
            });
        }
        views
    }

    fn plain(&self, origin: &Origin<'_>) -> View<'_> {
        let on = |service: &&Service| {
            origin.channel.is_some_and(|channel| service.holds(origin.source.product, channel))
        };
        let services: Vec<&Service> = self.services.iter().filter(on).collect();
        let mut names: Vec<&str> = services.iter().map(|s| s.name.as_str()).collect();
        names.extend(some(origin.source.service));
        View {
            product: some(origin.source.product),
            category: some(origin.source.category),
            services: names,
            is_plain: true,
            when: Vec::new(),
            fields: services.iter().map(|service| &service.fields).collect(),
        }
    }

    /// Whether there are records that a rule of this log source could ever see
    /// as Windows or mapped records; others depend on what a decoder says.
    pub fn knows(&self, rule: &LogSource) -> bool {
        let service = |name: &str| self.services.iter().any(|s| s.name == name);
        let source = |name: &str| self.sources.iter().any(|s| s.category.as_deref() == Some(name));
        rule.service.as_deref().is_none_or(service) && rule.category.as_deref().is_none_or(source)
    }

    /// Event ids that make a difference to some source.
    pub fn event_ids(&self) -> impl Iterator<Item = u32> {
        self.sources.iter().flat_map(|source| source.events.iter().copied())
    }

    /// Channels that make a difference to some source.
    pub fn channels(&self) -> impl Iterator<Item = &str> {
        let services = self.services.iter().flat_map(|s| s.channels.iter().map(String::as_str));
        services.chain(self.sources.iter().filter_map(|source| source.channel.as_deref()))
    }

    /// Names under which mapped fields stand, and those that decide a view.
    pub fn field_names(&self) -> impl Iterator<Item = &str> {
        let maps = self.services.iter().map(|s| &s.fields);
        let maps = maps.chain(self.sources.iter().map(|s| &s.fields));
        let whens = self.sources.iter().flat_map(|s| s.when.keys().map(String::as_str));
        maps.flat_map(|map| map.values().flat_map(FieldSource::names)).chain(whens)
    }
}

impl Service {
    fn holds(&self, product: &str, channel: &str) -> bool {
        (product.is_empty() || self.product == product)
            && self.channels.iter().any(|c| c.eq_ignore_ascii_case(channel))
    }
}

impl Source {
    fn covers(&self, origin: &Origin<'_>) -> bool {
        let on_channel = match (&self.channel, origin.channel) {
            (Some(wanted), Some(channel)) => wanted.eq_ignore_ascii_case(channel),
            (wanted, _) => wanted.is_none() && !self.of.is_empty(),
        };
        let has_id =
            self.events.is_empty() || origin.event_id.is_some_and(|id| self.events.contains(&id));
        on_channel && has_id && self.of.covers(&origin.source)
    }
}

impl Of {
    fn is_empty(&self) -> bool {
        self.product.is_none() && self.service.is_none() && self.category.is_none()
    }

    fn covers(&self, source: &events::LogSource) -> bool {
        let same = |wanted: &Option<String>, said| wanted.as_deref().is_none_or(|w| w == said);
        same(&self.product, source.product)
            && same(&self.service, source.service)
            && same(&self.category, source.category)
    }
}

fn some(text: &'static str) -> Option<&'static str> {
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn windows(channel: &str, event_id: u32) -> Origin<'_> {
        let source = events::Format::Evtx.log_source();
        Origin { source, channel: Some(channel), event_id: Some(event_id) }
    }

    fn admitted(origin: &Origin<'_>, product: &str, category: &str, service: &str) -> bool {
        let taxonomy = Taxonomy::builtin().unwrap();
        let part = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let rule =
            LogSource { product: part(product), category: part(category), service: part(service) };
        taxonomy.views(origin).iter().any(|view| view.admits(&rule))
    }

    #[test]
    fn a_record_is_what_its_channel_and_id_make_it() {
        let sysmon = "Microsoft-Windows-Sysmon/Operational";
        for (channel, id, product, category, service, expected) in [
            (sysmon, 1, "windows", "process_creation", "", true),
            (sysmon, 1, "windows", "process_creation", "sysmon", true),
            (sysmon, 1, "windows", "", "sysmon", true),
            (sysmon, 1, "windows", "", "", true),
            (sysmon, 1, "windows", "", "security", false),
            (sysmon, 1, "linux", "process_creation", "", false),
            (sysmon, 2, "windows", "process_creation", "", false),
            ("Security", 4688, "windows", "process_creation", "", true),
            ("Security", 4688, "windows", "", "security", true),
            ("System", 4688, "windows", "process_creation", "", false),
            ("Application", 1, "windows", "process_creation", "", false),
            (sysmon, 13, "windows", "registry_set", "", true),
            (sysmon, 13, "windows", "registry_event", "", true),
            (sysmon, 13, "windows", "registry_add", "", false),
            ("Security", 4657, "windows", "registry_set", "", true),
            ("Nothing/Known", 1, "windows", "", "", true),
            ("Nothing/Known", 1, "windows", "", "sysmon", false),
        ] {
            let origin = windows(channel, id);
            assert_eq!(
                admitted(&origin, product, category, service),
                expected,
                "{channel} {id} for {product}/{category}/{service}"
            );
        }
    }
}
