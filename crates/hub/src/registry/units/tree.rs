//! The tree of units.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use serde::Serialize;

use super::{Unit, select};
use crate::{Result, access::Scope, ids::UnitId, store::Db};

/// A unit with those below it.
#[derive(Clone, Debug, Serialize)]
pub struct Node {
    /// The unit.
    pub unit: Unit,
    /// The units right below, in the order of the Vietnamese alphabet.
    pub children: Vec<Node>,
}

/// The units of the scope on the day, as trees. Whoever stood below a unit that
/// has ended stands below its successor; a unit whose parent is not there
/// stands at the top.
pub async fn tree(db: &Db, scope: &Scope, on: Date) -> Result<Vec<Node>> {
    Ok(grow(&ever(db, scope).await?, on))
}

/// The unit and everything below it on the day.
pub async fn subtree_ids(db: &Db, scope: &Scope, top: &UnitId, on: Date) -> Result<Vec<UnitId>> {
    let trees = grow(&ever(db, scope).await?, on);
    let mut inside = Vec::new();
    for tree in &trees {
        collect(tree, top, false, &mut inside);
    }
    Ok(inside)
}

fn collect(node: &Node, top: &UnitId, within: bool, inside: &mut Vec<UnitId>) {
    let within = within || node.unit.id == *top;
    if within {
        inside.push(node.unit.id.clone());
    }
    node.children.iter().for_each(|child| collect(child, top, within, inside));
}

async fn ever(db: &Db, scope: &Scope) -> Result<Vec<Unit>> {
    select().scoped(scope, "u.id").fetch(db.reader()).await
}

fn grow(ever: &[Unit], on: Date) -> Vec<Node> {
    let by_id: HashMap<&UnitId, &Unit> = ever.iter().map(|unit| (&unit.id, unit)).collect();
    let mut units: Vec<&Unit> = ever.iter().filter(|unit| unit.is_on(on)).collect();
    units.sort_by_cached_key(|unit| words::sort_key(&unit.name));
    let mut below: BTreeMap<Option<UnitId>, Vec<Unit>> = BTreeMap::new();
    for unit in units {
        below.entry(parent(unit, &by_id, on)).or_default().push(unit.clone());
    }
    let mut top = children(&mut below, None);
    // A circle cannot be made here, but a restored database might hold one:
    // whoever is in it is still shown.
    while let Some(parent) = below.keys().next().cloned() {
        top.extend(children(&mut below, parent.as_ref()));
    }
    top
}

/// The unit above on the day.
fn parent(unit: &Unit, by_id: &HashMap<&UnitId, &Unit>, on: Date) -> Option<UnitId> {
    let mut here = *by_id.get(unit.parent_id.as_ref()?)?;
    let mut steps = 0;
    while !here.is_on(on) && steps < by_id.len() {
        here = by_id.get(here.successor_id.as_ref()?)?;
        steps += 1;
    }
    (here.is_on(on) && here.id != unit.id).then(|| here.id.clone())
}

fn children(below: &mut BTreeMap<Option<UnitId>, Vec<Unit>>, parent: Option<&UnitId>) -> Vec<Node> {
    let units = below.remove(&parent.cloned()).unwrap_or_default();
    units.into_iter().map(|unit| Node { children: children(below, Some(&unit.id)), unit }).collect()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::registry::units::Kind;

    fn unit(id: &UnitId, parent: Option<&UnitId>, name: &str) -> Unit {
        Unit {
            id: id.clone(),
            code: name.into(),
            name: name.into(),
            short_name: None,
            kind: Kind::Other,
            parent_id: parent.cloned(),
            valid_from: None,
            valid_to: None,
            ended_as: None,
            successor_id: None,
            note: None,
            changed_at: Timestamp::UNIX_EPOCH.into(),
        }
    }

    fn count(nodes: &[Node]) -> usize {
        nodes.iter().map(|node| 1 + count(&node.children)).sum()
    }

    #[test]
    fn nobody_is_lost_in_the_tree() {
        let [top, left, right, round, about] = [0; 5].map(|_| UnitId::new(Timestamp::UNIX_EPOCH));
        let units = vec![
            unit(&top, None, "Tỉnh"),
            unit(&left, Some(&top), "Sở Y tế"),
            unit(&right, Some(&top), "Sở Nội vụ"),
            unit(&round, Some(&about), "Vòng 1"),
            unit(&about, Some(&round), "Vòng 2"),
        ];
        let today = jiff::civil::date(2024, 1, 15);
        let trees = grow(&units, today);
        assert_eq!(trees[0].unit.name, "Tỉnh");
        let below: Vec<_> = trees[0].children.iter().map(|node| node.unit.name.as_str()).collect();
        assert_eq!(below, ["Sở Nội vụ", "Sở Y tế"]);
        assert_eq!(count(&trees), 5);
    }

    #[test]
    fn whoever_stood_below_an_ended_unit_stands_below_its_successor() {
        let [a, old, new, child] = [0; 4].map(|_| UnitId::new(Timestamp::UNIX_EPOCH));
        let day = jiff::civil::date(2024, 1, 15);
        let mut ended = unit(&old, Some(&a), "Cũ");
        ended.valid_to = day.yesterday().ok().map(Into::into);
        ended.successor_id = Some(new.clone());
        let units = vec![
            unit(&a, None, "Tỉnh"),
            ended,
            unit(&new, Some(&a), "Mới"),
            unit(&child, Some(&old), "Xã"),
        ];
        let below = |day| {
            let top = grow(&units, day);
            top[0].children.iter().find(|node| !node.children.is_empty()).unwrap().unit.name.clone()
        };
        assert_eq!(below(day), "Mới");
        assert_eq!(below(day.yesterday().unwrap()), "Cũ");
    }
}
