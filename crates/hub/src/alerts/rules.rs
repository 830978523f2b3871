//! The lifecycle of an alert and how detections group, as pure functions.
//!
//! | from \ event | Detected | Acknowledge | Close |
//! |---|---|---|---|
//! | new | new | acknowledged | closed |
//! | acknowledged | acknowledged | | closed |
//! | closed | | | |
//!
//! Nothing leads out of `closed`. A detection that would join a closed alert
//! begins another, which names the closed one.

use std::collections::BTreeMap;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{AlertId, State, machine::Machine, posted::Posted};

/// What happens to an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Its rule matches again.
    Detected,
    /// Somebody takes it on.
    Acknowledge,
    /// Somebody answers for it.
    Close,
}

/// The state after an event; `None` where the event does not fit.
pub fn step(state: State, event: Event) -> Option<State> {
    match (state, event) {
        (State::New | State::Acknowledged, Event::Detected) => Some(state),
        (State::New, Event::Acknowledge) => Some(State::Acknowledged),
        (State::New | State::Acknowledged, Event::Close) => Some(State::Closed),
        _ => None,
    }
}

/// The digest in which detections of one alert agree: unit, machine, what
/// matched, case.
pub fn key(machine: &Machine, what: &str, case: Option<&str>) -> String {
    let host = machine.host.as_ref().map_or(machine.key.as_str(), |host| host.as_str());
    let parts = (&machine.unit, machine.host.is_some(), host, what, case);
    // Nothing in it can fail to serialise.
    hex::encode(Sha256::digest(serde_json::to_vec(&parts).unwrap_or_default()))
}

/// A detection whose machine was looked for.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its line in the body, from 1.
    pub line: u64,
    /// The detection.
    pub posted: Posted,
    /// Whose, and which.
    pub machine: Machine,
    /// What it groups by.
    pub key: String,
}

/// What is there already.
#[derive(Clone, Debug, Default)]
pub struct There {
    /// Detections, by [`Posted::reference`].
    pub known: BTreeMap<String, AlertId>,
    /// The alerts of each key: the open one, if any, and the last that was closed.
    pub alerts: BTreeMap<String, (Option<AlertId>, Option<AlertId>)>,
}

/// What becomes of a posted detection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DetectionFate)]
pub enum Fate {
    /// It begins an alert.
    Created,
    /// It joins one.
    Grouped,
    /// It was posted before and adds nothing.
    Known,
    /// It cannot be taken.
    Refused,
}

/// Detections that go into one alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The alert.
    pub alert: AlertId,
    /// Whether it begins with them.
    pub begins: bool,
    /// The closed alert that it comes after.
    pub follows: Option<AlertId>,
    /// Their places in the items.
    pub items: Vec<usize>,
}

/// Which detections begin which alerts, and what each came to, in their order.
pub fn group(
    items: &[Item],
    mut there: There,
    mut fresh: impl FnMut() -> AlertId,
) -> (Vec<Group>, Vec<(Fate, AlertId)>) {
    let mut groups: Vec<Group> = Vec::new();
    let mut places: BTreeMap<AlertId, usize> = BTreeMap::new();
    let mut fates = Vec::with_capacity(items.len());
    for (place, item) in items.iter().enumerate() {
        if let Some(alert) = there.known.get(&item.posted.reference) {
            fates.push((Fate::Known, alert.clone()));
            continue;
        }
        let (open, closed) = there.alerts.entry(item.key.clone()).or_default();
        let begins = open.is_none();
        let alert = open.get_or_insert_with(&mut fresh).clone();
        let group = places.entry(alert.clone()).or_insert_with(|| {
            let follows = closed.clone().filter(|_| begins);
            groups.push(Group { alert: alert.clone(), begins, follows, items: Vec::new() });
            groups.len() - 1
        });
        groups[*group].items.push(place);
        there.known.insert(item.posted.reference.clone(), alert.clone());
        fates.push((if begins { Fate::Created } else { Fate::Grouped }, alert));
    }
    (groups, fates)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::alerts::Question;

    #[test]
    fn the_lifecycle() {
        let events = [Event::Detected, Event::Acknowledge, Event::Close];
        for (state, row) in [
            (State::New, ["new", "acknowledged", "closed"]),
            (State::Acknowledged, ["acknowledged", "-", "closed"]),
            (State::Closed, ["-", "-", "-"]),
        ] {
            for (event, expected) in events.into_iter().zip(row) {
                let found = step(state, event).map_or("-", State::name);
                assert_eq!(found, expected, "{state:?} {event:?}");
            }
        }
    }

    fn alert(number: i64) -> AlertId {
        AlertId::new(Timestamp::from_second(number).unwrap())
    }

    /// A detection of a rule on a machine, told apart by its record.
    fn item(rule: &str, host: &str, case: Option<&str>, record: u64) -> Item {
        let line = json!({ "rule": { "id": rule, "level": "high" }, "record_id": record, "host": host,
            "source": { "sha256": "0".repeat(64) } });
        let posted = Posted::read(record, line.to_string().as_bytes()).unwrap();
        let machine = Machine::unmatched(None, host, Question::NoUnit);
        let key = key(&machine, &posted.detection.what(), case);
        Item { line: record, posted, machine, key }
    }

    #[test]
    fn how_detections_group() {
        use Fate::{Created, Grouped, Known};
        let key = |rule, host, case| item(rule, host, case, 1).key;
        let (old, open) = (alert(1), alert(2));
        let there = There {
            known: [(item("c", "x", None, 90).posted.reference, old.clone())].into(),
            alerts: [
                (key("c", "x", None), (None, Some(old.clone()))),
                (key("o", "x", None), (Some(open.clone()), Some(old.clone()))),
            ]
            .into(),
        };
        // Rule, host, case, record; what it comes to; in which alert.
        let rows = [
            (("a", "x", None, 1), Created, 10),
            (("a", "x", None, 2), Grouped, 10),
            (("a", "X", None, 3), Grouped, 10),
            (("a", "x", None, 1), Known, 10),
            (("b", "x", None, 4), Created, 11),
            (("a", "y", None, 5), Created, 12),
            (("a", "x", Some("SC-1"), 6), Created, 13),
            (("o", "x", None, 7), Grouped, 2),
            (("c", "x", None, 90), Known, 1),
            (("c", "x", None, 8), Created, 14),
            (("c", "x", None, 9), Grouped, 14),
        ];
        let items: Vec<Item> = rows.iter().map(|((r, h, c, n), ..)| item(r, h, *c, *n)).collect();
        let made: Vec<AlertId> = (0..20).map(alert).collect();
        let mut next = made.iter().skip(10).cloned();
        let (groups, fates) = group(&items, there, || next.next().unwrap());
        let name = |id: &AlertId| {
            let place = made.iter().position(|one| one == id);
            place.unwrap_or(if *id == old { 1 } else { 2 })
        };
        for ((row, fate, in_alert), (found, id)) in rows.iter().zip(&fates) {
            assert_eq!((found, name(id)), (fate, *in_alert), "{row:?}");
        }
        let follows: Vec<_> = groups.iter().map(|g| g.follows.clone()).collect();
        assert_eq!(follows.iter().flatten().collect::<Vec<_>>(), [&old]);
        let of_open = groups.iter().find(|group| group.alert == open).unwrap();
        assert!(!of_open.begins && of_open.follows.is_none());
    }

    #[test]
    fn units_and_registered_machines_group_apart() {
        let unit = crate::ids::UnitId::new(Timestamp::UNIX_EPOCH);
        let none = Machine::unmatched(None, "srv", Question::NoUnit);
        let its = Machine::unmatched(Some(unit), "srv", Question::Unknown);
        assert_ne!(key(&none, "r", None), key(&its, "r", None));
        let mut known = its.clone();
        known.host = Some(crate::registry::HostId::new(Timestamp::UNIX_EPOCH));
        assert_ne!(key(&its, "r", None), key(&known, "r", None));
    }
}
