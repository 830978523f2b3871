//! Slots: the fields that a program looks at, and what it looks for in each.

use aho_corasick::packed;
use daachorse::DoubleArrayAhoCorasick;
use events::{Event, Key, Value};
use memchr::memmem;
use rustc_hash::FxHashMap;

use super::{
    atom::Atom,
    literal::{Anchor, By},
};
use crate::values::Access;

/// Literals that are few enough for a quick look.
const QUICK_LITERALS: usize = 64;

/// A field, by the name that rules give it.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) name: String,
    pub(crate) access: Access,
    index: Index,
}

/// What is looked for in the values of a slot.
#[derive(Debug, Default)]
struct Index {
    exact: FxHashMap<String, Vec<u32>>,
    literals: Option<Literals>,
    /// Possibly true when there is a value.
    by_value: Vec<u32>,
    /// Possibly true when there is the field.
    by_field: Vec<u32>,
}

/// The literals of a slot in one automaton.
struct Literals {
    automaton: DoubleArrayAhoCorasick<u32>,
    /// Passes over text without any of them many times faster; for few literals.
    quick: Option<packed::Searcher>,
    /// Where in `users` those of a literal begin and end.
    spans: Vec<(u32, u32)>,
    users: Vec<(Anchor, u32)>,
}

impl std::fmt::Debug for Literals {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Literals").field("literals", &self.spans.len()).finish_non_exhaustive()
    }
}

impl Slot {
    /// Whether the event has the field exactly once.
    pub(crate) fn has_one_value(&self, event: &Event) -> bool {
        let mut values = 0;
        self.access.visit(event, &mut |_| {
            values += 1;
            values < 2
        });
        values == 1
    }
}

/// The slots of a program.
#[derive(Debug, Default)]
pub(crate) struct Slots {
    pub(crate) list: Vec<Slot>,
    known: FxHashMap<(String, Access), u32>,
    /// By key: where in `feeds` the slots that the field feeds begin and end.
    by_key: Vec<(u32, u32)>,
    feeds: Vec<u32>,
    /// Slots that are not simply a field.
    made: Vec<u32>,
}

impl Slots {
    /// The number of a slot.
    pub(crate) fn intern(&mut self, name: &str, access: Access) -> u32 {
        let key = (name.to_owned(), access);
        if let Some(number) = self.known.get(&key) {
            return *number;
        }
        let number = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        let access = key.1.clone();
        self.list.push(Slot { name: name.to_owned(), access, index: Index::default() });
        self.known.insert(key, number);
        number
    }

    /// Builds what is looked for from the atoms that are scanned. Atoms for which an
    /// automaton cannot be built are tried on every value.
    pub(crate) fn index(&mut self, atoms: &[Atom], keys: usize) {
        let mut literals: Vec<FxHashMap<&str, Vec<(Anchor, u32)>>> =
            self.list.iter().map(|_| FxHashMap::default()).collect();
        for (number, atom) in (0..).zip(atoms) {
            let Some(slot) = self.list.get_mut(atom.slot as usize) else { continue };
            match &atom.hints.by {
                By::Exact(texts) => {
                    for text in texts {
                        slot.index.exact.entry(text.clone()).or_default().push(number);
                    }
                }
                By::Literals(list) if atom.is_scanned => {
                    for (anchor, text) in list {
                        let users = literals[atom.slot as usize].entry(text).or_default();
                        users.push((*anchor, number));
                    }
                }
                By::Value => slot.index.by_value.push(number),
                By::Field => slot.index.by_field.push(number),
                By::Literals(_) | By::Nothing => {}
            }
        }
        for (slot, literals) in self.list.iter_mut().zip(literals) {
            slot.index.literals = Literals::new(literals);
        }
        self.route(keys);
    }

    fn route(&mut self, keys: usize) {
        let mut lists = vec![Vec::new(); keys];
        for (number, slot) in (0..).zip(&self.list) {
            match slot.access.plain().and_then(|key| lists.get_mut(key.index())) {
                Some(list) => list.push(number),
                None => self.made.push(number),
            }
        }
        self.known = FxHashMap::default();
        for list in lists {
            let start = length(&self.feeds);
            self.feeds.extend(list);
            self.by_key.push((start, length(&self.feeds)));
        }
    }

    /// Calls `hit` with every atom that something in the event may make true;
    /// an atom may come several times.
    #[inline]
    pub(crate) fn scan(&self, event: &Event, text: &mut Texts, hit: &mut impl FnMut(u32)) {
        text.begin(event.texts());
        for (key, value) in event.fields() {
            let Some(&(start, end)) = self.by_key.get(key.index()) else { continue };
            if start < end {
                let feeds = self.feeds.get(start as usize..end as usize).unwrap_or_default();
                self.scan_value(feeds, value, text, hit);
            }
        }
        for number in &self.made {
            if let Some(slot) = self.list.get(*number as usize) {
                slot.access.visit(event, &mut |value| {
                    self.scan_value(&[*number], value, text, hit);
                    true
                });
            }
        }
    }

    /// Whether one of the literals stands in a value of the slot.
    pub(crate) fn has_literal(
        &self,
        slot: u32,
        literals: &[(Anchor, String)],
        event: &Event,
        text: &mut Texts,
    ) -> bool {
        let Some(slot) = self.list.get(slot as usize) else { return false };
        let mut found = false;
        slot.access.visit(event, &mut |value| {
            let folded = text.fold(value).map(str::as_bytes);
            found = folded.is_some_and(|folded| {
                literals.iter().any(|(anchor, literal)| match anchor {
                    Anchor::Start => folded.starts_with(literal.as_bytes()),
                    Anchor::End => folded.ends_with(literal.as_bytes()),
                    Anchor::Anywhere => memmem::find(folded, literal.as_bytes()).is_some(),
                })
            });
            !found
        });
        found
    }

    #[inline]
    fn scan_value(
        &self,
        feeds: &[u32],
        value: Value<'_>,
        text: &mut Texts,
        hit: &mut impl FnMut(u32),
    ) {
        let folded = text.fold(value);
        for number in feeds {
            if let Some(slot) = self.list.get(*number as usize) {
                slot.index.scan(folded, hit);
            }
        }
    }
}

fn length(list: &[u32]) -> u32 {
    u32::try_from(list.len()).unwrap_or(u32::MAX)
}

impl Index {
    /// `folded` is `None` for a field that says it holds nothing.
    #[inline]
    fn scan(&self, folded: Option<&str>, hit: &mut impl FnMut(u32)) {
        self.by_field.iter().copied().for_each(&mut *hit);
        let Some(folded) = folded else { return };
        self.by_value.iter().copied().for_each(&mut *hit);
        if !self.exact.is_empty()
            && let Some(atoms) = self.exact.get(folded)
        {
            atoms.iter().copied().for_each(&mut *hit);
        }
        if let Some(literals) = &self.literals {
            literals.scan(folded, hit);
        }
    }
}

impl Literals {
    /// `None` if there is nothing to look for.
    fn new(literals: FxHashMap<&str, Vec<(Anchor, u32)>>) -> Option<Self> {
        let mut sorted: Vec<_> = literals.into_iter().collect();
        sorted.sort_unstable_by_key(|(text, _)| *text);
        let patterns = (0..).zip(&sorted).map(|(number, (text, _))| (*text, number));
        let automaton = DoubleArrayAhoCorasick::with_values(patterns).ok()?;
        let quick = (sorted.len() <= QUICK_LITERALS)
            .then(|| packed::Searcher::new(sorted.iter().map(|(text, _)| text)))
            .flatten();
        let (mut spans, mut users) = (Vec::with_capacity(sorted.len()), Vec::new());
        for (_, list) in sorted {
            let start = u32::try_from(users.len()).unwrap_or(u32::MAX);
            users.extend(list);
            spans.push((start, u32::try_from(users.len()).unwrap_or(u32::MAX)));
        }
        Some(Self { automaton, quick, spans, users })
    }

    #[inline]
    fn scan(&self, folded: &str, hit: &mut impl FnMut(u32)) {
        let lacks = |quick: &packed::Searcher| {
            folded.len() >= quick.minimum_len() && quick.find(folded).is_none()
        };
        if self.quick.as_ref().is_some_and(lacks) {
            return;
        }
        for found in self.automaton.find_overlapping_iter(folded) {
            let Some(&(start, end)) = self.spans.get(found.value() as usize) else { continue };
            for &(anchor, atom) in self.users.get(start as usize..end as usize).unwrap_or_default()
            {
                let stands = match anchor {
                    Anchor::Anywhere => true,
                    Anchor::Start => found.start() == 0,
                    Anchor::End => found.end() == folded.len(),
                };
                if stands {
                    hit(atom);
                }
            }
        }
    }
}

/// The text of an event without case, and a buffer for what is not a piece of it.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    /// The event's whole text if it is ASCII, whose places case does not move.
    whole: String,
    /// Where the event's text stands in memory.
    base: usize,
    folded: String,
}

impl Texts {
    /// The text of the next event. Folding it in one piece is cheaper than
    /// field by field.
    fn begin(&mut self, text: &str) {
        self.whole.clear();
        self.base = text.as_ptr().addr();
        if text.is_ascii() {
            self.whole.push_str(text);
            self.whole.make_ascii_lowercase();
        }
    }

    /// The value as text without case; `None` if it is nothing.
    #[inline]
    fn fold(&mut self, value: Value<'_>) -> Option<&str> {
        match value {
            Value::Null => return None,
            Value::Str(text) => {
                if let Some(piece) = self.piece(text) {
                    // Asked again because a loan must not cross the return.
                    return self.whole.get(piece);
                }
                self.folded.clear();
                crate::sigma::pattern::fold_into(text, &mut self.folded);
                return Some(&self.folded);
            }
            _ => self.folded.clear(),
        }
        match value {
            Value::Bool(true) => self.folded.push_str("true"),
            Value::Bool(false) => self.folded.push_str("false"),
            Value::UInt(number) => push_number(number, &mut self.folded),
            other => crate::sigma::pattern::fold_into(&other.text(), &mut self.folded),
        }
        Some(&self.folded)
    }

    /// Where a piece of the event's text stands in `whole`; text from elsewhere
    /// has another address.
    fn piece(&self, text: &str) -> Option<std::ops::Range<usize>> {
        let start = text.as_ptr().addr().checked_sub(self.base)?;
        let end = start.checked_add(text.len())?;
        (end <= self.whole.len()).then_some(start..end)
    }
}

/// `to_string` without the allocation.
fn push_number(number: u64, out: &mut String) {
    if number >= 10 {
        push_number(number / 10, out);
    }
    out.push(char::from(b'0' + u8::try_from(number % 10).unwrap_or(0)));
}

/// Keys that a field name has in an event, for the ones that are made.
pub(crate) fn finder(names: &events::Names) -> impl Fn(&str) -> Option<Key> + '_ {
    |name| names.find(name)
}
