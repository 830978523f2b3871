//! A rule, seen through a view, as a formula over atoms.

use std::borrow::Cow;

use events::Names;

use super::{
    atom::Atoms,
    expr::Expr,
    slot::{Slots, finder},
};
use crate::{
    interpret::filter_applies,
    sigma::{
        Rule,
        condition::{Condition, means},
        pattern::Pattern,
        rule::{Detection, Filter, Item, Search, Test},
    },
    taxonomy::{Origin, View},
    values::Access,
};

/// The origin that a program is for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Routed<'r> {
    pub(crate) origin: Origin<'r>,
    /// The channel is one that no rule names, and `origin` leaves it out.
    pub(crate) other_channel: bool,
    /// The id is one that no rule names, and `origin` leaves it out.
    pub(crate) other_id: bool,
}

/// Fields whose value the origin gives away.
pub(crate) const CHANNEL: &str = "Channel";
/// See [`CHANNEL`].
pub(crate) const EVENT_ID: &str = "EventID";

pub(crate) struct Lowering<'l> {
    names: &'l Names,
    routed: &'l Routed<'l>,
    slots: Slots,
    atoms: Atoms,
    /// Only what the origin decides is worked out; nothing is interned.
    is_trial: bool,
}

impl<'l> Lowering<'l> {
    pub(crate) fn new(names: &'l Names, routed: &'l Routed<'l>) -> Self {
        Self { names, routed, slots: Slots::default(), atoms: Atoms::default(), is_trial: false }
    }

    pub(crate) fn finish(self) -> (Slots, Atoms) {
        (self.slots, self.atoms)
    }

    /// The rule less its exceptions.
    pub(crate) fn rule(&mut self, rule: &Rule, filters: &[Filter], view: &View<'_>) -> Expr {
        // Most rules that name channel and id themselves end here, before
        // their values cost anything.
        self.is_trial = true;
        let trial = self.detection(&rule.detection, view);
        self.is_trial = false;
        if trial == Expr::Known(false) {
            return trial;
        }
        let detected = self.detection(&rule.detection, view);
        let mut all = vec![self.when(view), detected];
        for filter in filters.iter().filter(|filter| filter_applies(filter, rule, view)) {
            all.push(Expr::not(self.detection(&filter.detection, view)));
        }
        Expr::and(all)
    }

    fn when(&mut self, view: &View<'_>) -> Expr {
        let mut all = Vec::new();
        for (name, values) in &view.when {
            let access = Access::new(name, None, &finder(self.names));
            let slot = self.slots.intern(name, access);
            let one = |value: &String| {
                let test = Test::Pattern { pattern: Pattern::literal(value), cased: false };
                Expr::Atom(self.atoms.intern(slot, &test, None))
            };
            let any: Vec<Expr> = values.iter().map(one).collect();
            all.push(Expr::or(any));
        }
        Expr::and(all)
    }

    fn detection(&mut self, detection: &Detection, view: &View<'_>) -> Expr {
        let searches: Vec<(&str, Expr)> = detection
            .searches
            .iter()
            .map(|(name, search)| (name.as_str(), self.search(search, view)))
            .collect();
        Expr::or(detection.conditions.iter().map(|condition| combined(condition, &searches)))
    }

    fn search(&mut self, search: &Search, view: &View<'_>) -> Expr {
        match search {
            Search::All(list) => {
                let mut all = Vec::with_capacity(list.len());
                for inner in list {
                    match self.search(inner, view) {
                        // The rest would only add atoms that nobody needs.
                        Expr::Known(false) => return Expr::Known(false),
                        expr => all.push(expr),
                    }
                }
                Expr::and(all)
            }
            Search::Any(list) => {
                let any: Vec<Expr> = list.iter().map(|inner| self.search(inner, view)).collect();
                Expr::or(any)
            }
            Search::Item(item) => self.item(item, view),
        }
    }

    fn item(&mut self, item: &Item, view: &View<'_>) -> Expr {
        let decides = |field: &String| field == CHANNEL || field == EVENT_ID;
        if self.is_trial && !item.field.as_ref().is_some_and(decides) {
            return Expr::Atom(u32::MAX);
        }
        let values: Vec<Expr> = item
            .values
            .iter()
            .map(|forms| {
                let any: Vec<Expr> = forms.iter().map(|test| self.test(item, test, view)).collect();
                Expr::or(any)
            })
            .collect();
        let expr = if item.all { Expr::and(values) } else { Expr::or(values) };
        if item.negated { Expr::not(expr) } else { expr }
    }

    fn test(&mut self, item: &Item, test: &Test, view: &View<'_>) -> Expr {
        if let Test::Unresolved(_) = test {
            return Expr::Known(false);
        }
        let Some(field) = &item.field else {
            let slot = self.slots.intern("keywords", Access::Text);
            return Expr::Atom(self.atoms.intern(slot, test, None));
        };
        if let Some(known) = self.known(field, test) {
            return Expr::Known(known);
        }
        if self.is_trial {
            return Expr::Atom(u32::MAX);
        }
        let slot = self.slot(field, view);
        let other =
            if let Test::Field { name, .. } = test { Some(self.slot(name, view)) } else { None };
        Expr::Atom(self.atoms.intern(slot, test, other))
    }

    fn slot(&mut self, field: &str, view: &View<'_>) -> u32 {
        let access = Access::new(field, view.field(field), &finder(self.names));
        self.slots.intern(field, access)
    }

    /// The truth of a test that the origin decides.
    fn known(&self, field: &str, test: &Test) -> Option<bool> {
        let origin = &self.routed.origin;
        let (value, is_other) = match field {
            CHANNEL => (origin.channel.map(Cow::from), self.routed.other_channel),
            // Only Windows records have a field of this name for sure.
            EVENT_ID if origin.channel.is_some() || self.routed.other_channel => {
                (origin.event_id.map(|id| Cow::from(id.to_string())), self.routed.other_id)
            }
            _ => return None,
        };
        let wanted = exact(test)?;
        match value {
            Some(value) => Some(value.eq_ignore_ascii_case(wanted)),
            None => is_other.then_some(false),
        }
    }
}

/// The text that a value must be, if the test is of that kind.
pub(crate) fn exact(test: &Test) -> Option<&str> {
    match test {
        Test::Number(number) => Some(number),
        Test::Pattern { pattern, cased: false } => {
            pattern.as_literal().filter(|text| text.is_ascii())
        }
        _ => None,
    }
}

fn combined(condition: &Condition, searches: &[(&str, Expr)]) -> Expr {
    let meant = |pattern: &str| -> Vec<Expr> {
        let named = searches.iter().filter(|(name, _)| means(pattern, name));
        named.map(|(_, expr)| expr.clone()).collect()
    };
    match condition {
        Condition::And(list) => Expr::and(list.iter().map(|inner| combined(inner, searches))),
        Condition::Or(list) => Expr::or(list.iter().map(|inner| combined(inner, searches))),
        Condition::Not(inner) => Expr::not(combined(inner, searches)),
        Condition::Search(name) => Expr::or(meant(name)),
        Condition::Of(None, pattern) => Expr::and(meant(pattern)),
        Condition::Of(Some(count), pattern) => {
            let list = meant(pattern);
            let (known, open): (Vec<Expr>, Vec<Expr>) =
                list.into_iter().partition(|expr| matches!(expr, Expr::Known(_)));
            let met = known.iter().filter(|expr| **expr == Expr::Known(true)).count();
            Expr::at_least(count.saturating_sub(u32::try_from(met).unwrap_or(u32::MAX)), open)
        }
    }
}
