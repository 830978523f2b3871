//! The tree of units.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Serialize;

use super::{Unit, all};
use crate::{Result, access::Scope, ids::UnitId, store::Db};

/// A unit with those below it.
#[derive(Clone, Debug, Serialize)]
pub struct Node {
    /// The unit.
    pub unit: Unit,
    /// The units right below, in the order of the Vietnamese alphabet.
    pub children: Vec<Node>,
}

/// The units of the scope on the day, as trees. A unit whose parent is not
/// there stands at the top.
pub async fn tree(db: &Db, scope: &Scope, on: Date) -> Result<Vec<Node>> {
    Ok(grow(all(db, scope, on).await?))
}

/// The unit and everything below it on the day.
pub async fn subtree_ids(db: &Db, scope: &Scope, top: &UnitId, on: Date) -> Result<Vec<UnitId>> {
    let units = all(db, scope, on).await?;
    let mut inside = BTreeSet::from([top.clone()]);
    loop {
        let before = inside.len();
        let below =
            units.iter().filter(|unit| unit.parent_id.as_ref().is_some_and(|p| inside.contains(p)));
        let below: Vec<UnitId> = below.map(|unit| unit.id.clone()).collect();
        inside.extend(below);
        if inside.len() == before {
            break;
        }
    }
    Ok(units.into_iter().map(|unit| unit.id).filter(|id| inside.contains(id)).collect())
}

fn grow(mut units: Vec<Unit>) -> Vec<Node> {
    units.sort_by_cached_key(|unit| words::sort_key(&unit.name));
    let here: BTreeSet<UnitId> = units.iter().map(|unit| unit.id.clone()).collect();
    let mut below: BTreeMap<Option<UnitId>, Vec<Unit>> = BTreeMap::new();
    for unit in units {
        let parent = unit.parent_id.clone().filter(|parent| here.contains(parent));
        below.entry(parent).or_default().push(unit);
    }
    let mut top = children(&mut below, None);
    // A circle cannot be made here, but a restored database might hold one:
    // whoever is in it is still shown.
    while let Some(parent) = below.keys().next().cloned() {
        top.extend(children(&mut below, parent));
    }
    top
}

fn children(below: &mut BTreeMap<Option<UnitId>, Vec<Unit>>, parent: Option<UnitId>) -> Vec<Node> {
    let units = below.remove(&parent).unwrap_or_default();
    units
        .into_iter()
        .map(|unit| Node { children: children(below, Some(unit.id.clone())), unit })
        .collect()
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

    #[test]
    fn nobody_is_lost_in_the_tree() {
        let [a, b, c, d, e] = [0; 5].map(|_| UnitId::new(Timestamp::UNIX_EPOCH));
        let units = vec![
            unit(&a, None, "Tỉnh"),
            unit(&b, Some(&a), "Sở Y tế"),
            unit(&c, Some(&a), "Sở Nội vụ"),
            unit(&d, Some(&e), "Vòng 1"),
            unit(&e, Some(&d), "Vòng 2"),
        ];
        let top = grow(units);
        assert_eq!(top[0].unit.name, "Tỉnh");
        let below: Vec<_> = top[0].children.iter().map(|node| node.unit.name.as_str()).collect();
        assert_eq!(below, ["Sở Nội vụ", "Sở Y tế"]);
        fn count(nodes: &[Node]) -> usize {
            nodes.iter().map(|node| 1 + count(&node.children)).sum()
        }
        assert_eq!(count(&top), 5);
    }
}
