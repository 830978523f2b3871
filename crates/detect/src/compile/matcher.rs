//! The rules, compiled as records ask for them.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
};

use events::{Event, Names};
use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    lower::{CHANNEL, EVENT_ID, Routed, exact},
    program::{Program, State},
};
use crate::{
    interpret::origin,
    sigma::{
        LogSource, RuleSet,
        rule::{Item, Search, Test},
    },
    taxonomy::{Origin, Taxonomy},
};

/// A set of rules that records can be held against, shared by all threads.
#[derive(Debug)]
pub struct Matcher {
    rules: RuleSet,
    taxonomy: Taxonomy,
    names: Names,
    sources: Vec<(LogSource, Vec<u32>)>,
    /// Event ids that some rule or source names.
    ids: FxHashSet<u32>,
    /// Channels that some rule or source names, in lower case.
    channels: FxHashMap<Box<str>, u32>,
    programs: RwLock<FxHashMap<Route, Arc<Program>>>,
}

/// What decides which program a record gets. Their number is bounded by what
/// rules name, not by what a hostile input invents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Route {
    source: events::LogSource,
    channel: Named,
    event_id: Named,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Named {
    /// The record has none.
    None,
    /// One that no rule names.
    Other,
    /// This one.
    Known(u32),
}

impl Matcher {
    /// Rules that understand records by this taxonomy. `more_names` are fields
    /// that others want to find in the same events.
    pub fn new<'n>(
        rules: RuleSet,
        taxonomy: Taxonomy,
        more_names: impl IntoIterator<Item = &'n str>,
    ) -> Self {
        let mut asked = Asked::default();
        for rule in &rules.rules {
            rule.detection.searches.iter().for_each(|(_, search)| asked.search(search));
        }
        for filter in &rules.filters {
            filter.detection.searches.iter().for_each(|(_, search)| asked.search(search));
        }
        asked.ids.extend(taxonomy.event_ids());
        let channels: Vec<String> = taxonomy.channels().map(str::to_ascii_lowercase).collect();
        asked.channels.extend(channels);
        asked.names.extend(taxonomy.field_names().map(str::to_owned));
        let mut names = Names::new();
        let asked_names = asked.names.iter().map(String::as_str);
        for name in asked_names.chain(correlation_fields(&rules)) {
            names.intern(name);
        }
        for name in more_names {
            names.intern(name);
        }
        names.freeze();
        Self {
            sources: by_source(&rules),
            rules,
            taxonomy,
            names,
            ids: asked.ids,
            channels: (0..).zip(asked.channels).map(|(n, name)| (name.into(), n)).collect(),
            programs: RwLock::default(),
        }
    }

    /// The names to make events with: `Event::new(matcher.names().clone())`.
    /// Events made with others are not understood.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// The rules.
    pub fn rules(&self) -> &RuleSet {
        &self.rules
    }

    /// What rules are read by.
    pub fn taxonomy(&self) -> &Taxonomy {
        &self.taxonomy
    }

    /// A scanner for one thread.
    pub fn scanner(&self) -> Scanner<'_> {
        Scanner { matcher: self, last: None, programs: FxHashMap::default() }
    }

    fn route(&self, origin: &Origin<'_>) -> Route {
        let channel = match origin.channel {
            None => Named::None,
            Some(channel) => self.channel(channel).map_or(Named::Other, Named::Known),
        };
        let event_id = match origin.event_id {
            None => Named::None,
            Some(id) if self.ids.contains(&id) => Named::Known(id),
            Some(_) => Named::Other,
        };
        Route { source: origin.source, channel, event_id }
    }

    fn channel(&self, channel: &str) -> Option<u32> {
        let mut lower = [0; 128];
        let lower = lower.get_mut(..channel.len())?;
        lower.copy_from_slice(channel.as_bytes());
        lower.make_ascii_lowercase();
        self.channels.get(std::str::from_utf8(lower).ok()?).copied()
    }

    fn program(&self, route: Route, origin: &Origin<'_>) -> Arc<Program> {
        let programs = self.programs.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(program) = programs.get(&route) {
            return Arc::clone(program);
        }
        drop(programs);
        let mut programs = self.programs.write().unwrap_or_else(PoisonError::into_inner);
        // Made under the lock: two threads that meet the same channel first
        // would otherwise both pay for it.
        let make = || Arc::new(self.compile(route, origin));
        Arc::clone(programs.entry(route).or_insert_with(make))
    }

    fn compile(&self, route: Route, origin: &Origin<'_>) -> Program {
        let routed = Routed {
            origin: Origin {
                source: origin.source,
                channel: origin.channel.filter(|_| matches!(route.channel, Named::Known(_))),
                event_id: origin.event_id.filter(|_| matches!(route.event_id, Named::Known(_))),
            },
            other_channel: route.channel == Named::Other,
            other_id: route.event_id == Named::Other,
        };
        Program::new(&self.rules, &self.sources, &self.taxonomy, &self.names, &routed)
    }
}

/// Rules by log source.
fn by_source(rules: &RuleSet) -> Vec<(LogSource, Vec<u32>)> {
    let mut sources: FxHashMap<&LogSource, Vec<u32>> = FxHashMap::default();
    for (number, rule) in (0..).zip(&rules.rules) {
        sources.entry(&rule.log_source).or_default().push(number);
    }
    let mut sources: Vec<_> = sources.into_iter().map(|(s, list)| (s.clone(), list)).collect();
    sources.sort_by_key(|(_, list)| list.first().copied());
    sources
}

fn correlation_fields(rules: &RuleSet) -> impl Iterator<Item = &str> {
    rules.correlations.iter().flat_map(super::super::sigma::correlation::Correlation::fields)
}

/// What rules ask for by name.
#[derive(Default)]
struct Asked {
    names: FxHashSet<String>,
    ids: FxHashSet<u32>,
    channels: FxHashSet<String>,
}

impl Asked {
    fn search(&mut self, search: &Search) {
        match search {
            Search::All(list) | Search::Any(list) => list.iter().for_each(|s| self.search(s)),
            Search::Item(item) => self.item(item),
        }
    }

    fn item(&mut self, item: &Item) {
        let Some(field) = &item.field else { return };
        if !self.names.contains(field) {
            self.names.insert(field.clone());
        }
        for test in item.values.iter().flatten() {
            if let Test::Field { name, .. } = test {
                self.names.insert(name.clone());
            }
            match (field.as_str(), exact(test)) {
                (EVENT_ID, Some(id)) => self.ids.extend(id.parse::<u32>()),
                (CHANNEL, Some(channel)) => {
                    self.channels.insert(channel.to_ascii_lowercase());
                }
                _ => {}
            }
        }
    }
}

/// Holds records against the rules, one after another.
#[derive(Debug)]
pub struct Scanner<'m> {
    matcher: &'m Matcher,
    last: Option<Route>,
    programs: FxHashMap<Route, Prepared>,
}

#[derive(Debug)]
struct Prepared {
    program: Arc<Program>,
    state: State,
    events: u64,
    /// As the first such record had it.
    channel: Option<Box<str>>,
}

impl Scanner<'_> {
    /// Adds to `fired` the number, in [`Matcher::rules`], of every rule that
    /// fires on the event.
    pub fn scan(&mut self, event: &Event, fired: &mut Vec<u32>) {
        let prepared = self.prepare(event);
        prepared.events += 1;
        prepared.program.run(event, &mut prepared.state, &mut |rule| fired.push(rule));
    }

    /// The fields and values that made a rule fire on the event scanned last,
    /// under the rule's names.
    pub fn matched(&mut self, rule: u32, event: &Event) -> Vec<(String, String)> {
        let prepared = self.prepare(event);
        prepared.program.matched(rule, event, &mut prepared.state)
    }

    fn prepare(&mut self, event: &Event) -> &mut Prepared {
        let origin = origin(event);
        let route = self.matcher.route(&origin);
        self.last = Some(route);
        let matcher = self.matcher;
        self.programs.entry(route).or_insert_with(|| {
            let program = matcher.program(route, &origin);
            let state = program.state();
            Prepared { state, program, events: 0, channel: origin.channel.map(Into::into) }
        })
    }

    /// What the records so far could set off.
    pub fn coverage(&self) -> Coverage {
        let mut coverage = Coverage {
            eligible: vec![false; self.matcher.rules.rules.len()],
            ..Coverage::default()
        };
        for (route, prepared) in &self.programs {
            let channel = prepared.channel.as_deref().unwrap_or_default();
            let source = route.source;
            let name = if channel.is_empty() {
                [source.product, source.category, source.service].join("/")
            } else {
                channel.to_owned()
            };
            let name = if route.channel == Named::Other { OTHER_CHANNELS.to_owned() } else { name };
            *coverage.records.entry(name).or_default() += prepared.events;
            for rule in &prepared.program.eligible {
                if let Some(eligible) = coverage.eligible.get_mut(*rule as usize) {
                    *eligible = true;
                }
            }
        }
        coverage
    }
}

/// Under what name [`Coverage`] counts records of channels that no rule names.
pub const OTHER_CHANNELS: &str = "other channels";

/// What a run looked at, so that "nothing found" can be told from "nothing looked at".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Records by channel, or by `product/category/service`.
    pub records: BTreeMap<String, u64>,
    /// By rule: whether there was any record of its log source.
    pub eligible: Vec<bool>,
}

impl Coverage {
    /// Both together.
    #[must_use]
    pub fn merged(mut self, other: &Coverage) -> Self {
        for (name, records) in &other.records {
            *self.records.entry(name.clone()).or_default() += records;
        }
        self.eligible.resize(self.eligible.len().max(other.eligible.len()), false);
        for (one, other) in self.eligible.iter_mut().zip(&other.eligible) {
            *one |= other;
        }
        self
    }
}
