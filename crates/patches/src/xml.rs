//! A pull over XML that gives each element its own text, and nothing else.
//!
//! Names are local names: every format read here is recognised by its
//! elements, and vendors vary their prefixes.

use std::borrow::Cow;

use quick_xml::{Reader, events::Event};

/// Longest text of an element that is kept; a fact is never longer.
const TEXT_LIMIT: usize = 64 * 1024;
/// Deepest nesting that is followed.
const DEPTH_LIMIT: usize = 256;

/// Receives the elements of a document in order.
pub(crate) trait Visitor {
    /// An element begins. `attribute` looks an attribute up by local name.
    fn open(&mut self, name: &str, attribute: &dyn Fn(&str) -> Option<String>);
    /// An element ends; `text` is the text that stood directly in it.
    fn close(&mut self, name: &str, text: &str);
    /// Whether the text of this element is wanted.
    fn wants(&self, name: &str) -> bool;
}

/// Where a document stopped being readable.
#[derive(Debug)]
pub(crate) struct Broken {
    /// Bytes from its start.
    pub(crate) offset: u64,
    /// What the reader said.
    pub(crate) reason: String,
}

/// Walks a whole document. What was visited before a break stays visited.
pub(crate) fn walk(text: &str, visitor: &mut dyn Visitor) -> Result<(), Broken> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut texts: Vec<Option<String>> = Vec::new();
    loop {
        let offset = reader.buffer_position();
        let broken = |reason: String| Broken { offset, reason };
        match reader.read_event().map_err(|e| broken(e.to_string()))? {
            Event::Start(start) => {
                if texts.len() >= DEPTH_LIMIT {
                    return Err(broken("nested too deeply".to_owned()));
                }
                let name = start.local_name();
                let name: &str = name.as_ref();
                let look = |wanted: &str| attribute(&start, wanted);
                visitor.open(name, &look);
                texts.push(visitor.wants(name).then(String::new));
            }
            Event::End(end) => {
                let text = texts.pop().flatten().unwrap_or_default();
                visitor.close(end.local_name().as_ref(), text.trim());
            }
            Event::Text(piece) => push(&mut texts, &piece.xml10_content()),
            Event::CData(piece) => push(&mut texts, &piece.xml10_content()),
            Event::GeneralRef(reference) => push(&mut texts, &resolve(&reference)),
            Event::Eof if texts.is_empty() => return Ok(()),
            Event::Eof => return Err(broken("ends inside an element".to_owned())),
            _ => {}
        }
    }
}

fn attribute(start: &quick_xml::events::BytesStart<'_>, wanted: &str) -> Option<String> {
    let found = start.attributes().flatten().find(|a| {
        let name: &str = a.key.local_name().into_inner();
        name == wanted
    })?;
    Some(unescape(&found.value))
}

fn unescape(raw: &str) -> String {
    quick_xml::escape::unescape(raw).map_or_else(|_| raw.to_owned(), Cow::into_owned)
}

fn resolve(reference: &quick_xml::events::BytesRef<'_>) -> String {
    unescape(&format!("&{};", reference.xml10_content()))
}

fn push(texts: &mut [Option<String>], piece: &str) {
    if let Some(Some(text)) = texts.last_mut()
        && text.len() + piece.len() <= TEXT_LIMIT
    {
        text.push_str(piece);
    }
}
