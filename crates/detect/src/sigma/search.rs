//! The `detection` section: named searches and their condition.

use diag::{Diagnostic, Place};

use super::{
    condition::{Condition, means},
    modifiers::{Chain, Placeholders, Wrong, keyword},
    rule::{Detection, Item, Search, Test},
    yaml::{Kind, Node},
};

/// Reads the section.
pub(super) fn detection(
    node: &Node,
    placeholders: &Placeholders,
    notes: &mut Vec<Diagnostic>,
) -> Result<Detection, Diagnostic> {
    let map = node.map().ok_or_else(|| missing("detection", node.line))?;
    let mut searches = Vec::new();
    for (key, value) in map {
        match key.name.as_str() {
            "condition" => {}
            "timeframe" => {
                notes.push(Diagnostic::warning("detect.timeframe-ignored", line(key.line)));
            }
            name => searches.push((name.to_owned(), search(value, placeholders)?)),
        }
    }
    let detection = Detection { conditions: conditions(node)?, searches };
    unresolved(&detection, node.line, notes);
    check_names(&detection, node.get("condition").map_or(node.line, |n| n.line))?;
    Ok(detection)
}

fn conditions(node: &Node) -> Result<Vec<Condition>, Diagnostic> {
    let condition = node.get("condition").ok_or_else(|| missing("condition", node.line))?;
    let read = |node: &Node| {
        Condition::parse(node.text().unwrap_or_default()).map_err(|reason| {
            Diagnostic::error("detect.condition-invalid", line(node.line)).with("reason", reason)
        })
    };
    condition.members().iter().map(read).collect()
}

/// A condition that names a search which is not there would never hold.
fn check_names(detection: &Detection, at: u32) -> Result<(), Diagnostic> {
    let mut lost = None;
    for condition in &detection.conditions {
        condition.names(&mut |name| {
            if !detection.searches.iter().any(|(search, _)| means(name, search)) {
                lost.get_or_insert_with(|| name.to_owned());
            }
        });
    }
    lost.map_or(Ok(()), |name| {
        Err(Diagnostic::error("detect.search-missing", line(at)).with("name", name))
    })
}

fn search(node: &Node, placeholders: &Placeholders) -> Result<Search, Diagnostic> {
    match &node.kind {
        Kind::Map(map) => {
            let mut all = Vec::with_capacity(map.len());
            for (key, value) in map {
                all.push(Search::Item(item(&key.name, key.line, value, placeholders)?));
            }
            Ok(Search::All(all))
        }
        Kind::List(list) => list_search(list, placeholders),
        _ => keywords(std::slice::from_ref(node), placeholders).map(Search::Item),
    }
}

/// A list of mappings is alternatives; its scalars are keywords.
fn list_search(list: &[Node], placeholders: &Placeholders) -> Result<Search, Diagnostic> {
    let is_group = |node: &Node| matches!(node.kind, Kind::Map(_) | Kind::List(_));
    if !list.iter().any(is_group) {
        return keywords(list, placeholders).map(Search::Item);
    }
    let one = |node: &Node| search(node, placeholders);
    list.iter().map(one).collect::<Result<Vec<_>, _>>().map(Search::Any)
}

fn keywords(values: &[Node], placeholders: &Placeholders) -> Result<Item, Diagnostic> {
    let item = Chain::default()
        .item(None, values, placeholders)
        .map_err(|(wrong, at)| diagnostic(wrong, at, "keywords"))?;
    Ok(as_keywords(item))
}

fn as_keywords(mut item: Item) -> Item {
    for tests in &mut item.values {
        *tests = tests.drain(..).map(keyword).collect();
    }
    item
}

fn item(
    key: &str,
    key_line: u32,
    value: &Node,
    placeholders: &Placeholders,
) -> Result<Item, Diagnostic> {
    let mut parts = key.split('|');
    let name = parts.next().unwrap_or_default();
    let field = (!name.is_empty()).then(|| name.to_owned());
    let is_keyword = field.is_none();
    let chain = Chain::parse(parts).map_err(|wrong| diagnostic(wrong, key_line, key))?;
    if value.members().is_empty() {
        let wrong = ("detect.value-invalid", "an empty list".to_owned());
        return Err(diagnostic(wrong, key_line, key));
    }
    let item = chain
        .item(field, value.members(), placeholders)
        .map_err(|(wrong, at)| diagnostic(wrong, at, key))?;
    Ok(if is_keyword { as_keywords(item) } else { item })
}

fn unresolved(detection: &Detection, at: u32, notes: &mut Vec<Diagnostic>) {
    for (_, search) in &detection.searches {
        each_test(search, &mut |test| {
            if let Test::Unresolved(name) = test {
                let note = Diagnostic::note("detect.placeholder-unresolved", line(at));
                notes.push(note.with("name", name));
            }
        });
    }
}

/// Calls `visit` with every test of a search.
pub(crate) fn each_test<'s>(search: &'s Search, visit: &mut dyn FnMut(&'s Test)) {
    match search {
        Search::All(list) | Search::Any(list) => list.iter().for_each(|s| each_test(s, visit)),
        Search::Item(item) => item.values.iter().flatten().for_each(visit),
    }
}

fn diagnostic((code, reason): Wrong, at: u32, key: &str) -> Diagnostic {
    Diagnostic::error(code, line(at).in_column(key)).with("reason", reason)
}

pub(super) fn missing(key: &str, at: u32) -> Diagnostic {
    Diagnostic::error("detect.key-missing", line(at)).with("key", key)
}

pub(super) fn line(line: u32) -> Place {
    Place::line(u64::from(line))
}
