//! Writes EVTX files of invented events: what tests and benchmarks read.
//!
//! Only what Windows itself does is written: one template for `System`, one
//! for the `EventData` of each kind of event, defined where first used.

#![allow(dead_code, reason = "each test uses some of it")]

/// An event to write.
#[derive(Clone, Debug)]
pub(crate) struct Invented<'a> {
    pub(crate) id: u64,
    pub(crate) event_id: u16,
    /// FILETIME.
    pub(crate) time: u64,
    pub(crate) provider: &'a str,
    pub(crate) channel: &'a str,
    pub(crate) computer: &'a str,
    pub(crate) data: Vec<(&'a str, Value<'a>)>,
}

/// A value of `EventData`.
#[derive(Clone, Debug)]
pub(crate) enum Value<'a> {
    Text(&'a str),
    UInt32(u32),
    Hex64(u64),
    Guid([u8; 16]),
    Sid(&'a [u8]),
    Null,
    Texts(&'a [&'a str]),
}

impl Value<'_> {
    fn kind(&self) -> u8 {
        match self {
            Value::Null => 0x00,
            Value::Text(_) => 0x01,
            Value::UInt32(_) => 0x08,
            Value::Guid(_) => 0x0f,
            Value::Sid(_) => 0x13,
            Value::Hex64(_) => 0x15,
            Value::Texts(_) => 0x81,
        }
    }

    fn bytes(&self) -> Vec<u8> {
        match self {
            Value::Null => Vec::new(),
            Value::Text(text) => utf16(text),
            Value::UInt32(n) => n.to_le_bytes().to_vec(),
            Value::Guid(guid) => guid.to_vec(),
            Value::Sid(sid) => sid.to_vec(),
            Value::Hex64(n) => n.to_le_bytes().to_vec(),
            Value::Texts(texts) => {
                texts.iter().flat_map(|t| [utf16(t), vec![0, 0]].concat()).collect()
            }
        }
    }
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// A file of these events.
pub(crate) fn file(events: &[Invented<'_>]) -> Vec<u8> {
    let mut file = b"ElfFile\0".to_vec();
    file.resize(4096, 0);
    let mut chunk = Chunk::new();
    for event in events {
        if !chunk.add(event) {
            file.extend(chunk.finish());
            chunk = Chunk::new();
            assert!(chunk.add(event), "an event must fit into a chunk");
        }
    }
    file.extend(chunk.finish());
    file
}

/// 64 KiB being written.
pub(crate) struct Chunk {
    bytes: Vec<u8>,
    names: Vec<(String, u32)>,
    templates: Vec<(String, u32)>,
    first: u64,
    last: u64,
    last_at: usize,
}

impl Chunk {
    pub(crate) fn new() -> Self {
        let (names, templates) = (Vec::new(), Vec::new());
        Self { bytes: vec![0; 512], names, templates, first: 0, last: 0, last_at: 512 }
    }

    /// Whether it fitted.
    pub(crate) fn add(&mut self, event: &Invented<'_>) -> bool {
        let (start, names, templates) = (self.bytes.len(), self.names.len(), self.templates.len());
        self.write(event);
        if self.bytes.len() > 65536 {
            self.bytes.truncate(start);
            self.names.truncate(names);
            self.templates.truncate(templates);
            return false;
        }
        if self.first == 0 {
            self.first = event.id;
        }
        self.last = event.id;
        self.last_at = start;
        true
    }

    fn u16(&mut self, n: u16) {
        self.bytes.extend(n.to_le_bytes());
    }

    fn u32(&mut self, n: u32) {
        self.bytes.extend(n.to_le_bytes());
    }

    fn patch(&mut self, at: usize, n: usize) {
        self.bytes[at..at + 4].copy_from_slice(&u32::try_from(n).unwrap().to_le_bytes());
    }

    fn write(&mut self, event: &Invented<'_>) {
        let start = self.bytes.len();
        self.u32(0x2a2a);
        self.u32(0);
        self.bytes.extend(event.id.to_le_bytes());
        self.bytes.extend(event.time.to_le_bytes());
        self.system(event);
        let size = self.bytes.len() + 4 - start;
        let size = size.next_multiple_of(8);
        self.bytes.resize(start + size - 4, 0);
        self.patch(start + 4, size);
        self.u32(u32::try_from(size).unwrap());
    }

    fn instance(&mut self, name: &str, define: impl FnOnce(&mut Self)) {
        self.bytes.extend([0x0f, 1, 1, 0, 0x0c, 1]);
        self.u32(7);
        if let Some((_, at)) = self.templates.iter().find(|(known, _)| known == name) {
            let at = *at;
            self.u32(at);
            return;
        }
        let at = u32::try_from(self.bytes.len() + 4).unwrap();
        self.templates.push((name.to_owned(), at));
        self.u32(at);
        self.u32(0);
        self.bytes.extend([7; 16]);
        let size_at = self.bytes.len();
        self.u32(0);
        let body = self.bytes.len();
        self.bytes.extend([0x0f, 1, 1, 0]);
        define(self);
        self.bytes.push(0);
        self.patch(size_at, self.bytes.len() - body);
    }

    fn name(&mut self, name: &str) {
        if let Some((_, at)) = self.names.iter().find(|(known, _)| known == name) {
            let at = *at;
            self.u32(at);
            return;
        }
        let at = u32::try_from(self.bytes.len() + 4).unwrap();
        self.names.push((name.to_owned(), at));
        self.u32(at);
        self.u32(0);
        self.u16(0);
        self.u16(u16::try_from(name.encode_utf16().count()).unwrap());
        self.bytes.extend(utf16(name));
        self.u16(0);
    }

    /// An element of a template; `attributes` write themselves.
    fn open(&mut self, name: &str, depends_on: u16, attributes: &[(&str, Part<'_>)]) {
        self.bytes.push(if attributes.is_empty() { 0x01 } else { 0x41 });
        self.u16(depends_on);
        self.u32(0);
        self.name(name);
        if !attributes.is_empty() {
            self.u32(0);
            for (i, (name, part)) in attributes.iter().enumerate() {
                self.bytes.push(if i + 1 < attributes.len() { 0x46 } else { 0x06 });
                self.name(name);
                self.part(part);
            }
        }
        self.bytes.push(0x02);
    }

    fn part(&mut self, part: &Part<'_>) {
        match part {
            Part::Text(text) => {
                self.bytes.extend([0x05, 0x01]);
                self.u16(u16::try_from(text.encode_utf16().count()).unwrap());
                self.bytes.extend(utf16(text));
            }
            Part::Value(index, kind) => {
                self.bytes.push(0x0e);
                self.u16(*index);
                self.bytes.push(*kind);
            }
        }
    }

    fn leaf(&mut self, name: &str, attributes: &[(&str, Part<'_>)], part: &Part<'_>) {
        self.open(name, 0xffff, attributes);
        self.part(part);
        self.bytes.push(0x04);
    }

    fn system(&mut self, event: &Invented<'_>) {
        let provider = event.provider.to_owned();
        self.instance(&format!("system {provider}"), |chunk| {
            chunk.open("Event", 0xffff, &[("xmlns", Part::Text("urn:invented"))]);
            chunk.open("System", 0xffff, &[]);
            chunk.open("Provider", 0xffff, &[("Name", Part::Text(&provider))]);
            chunk.bytes.push(0x04);
            chunk.leaf("EventID", &[], &Part::Value(0, 0x06));
            chunk.open("TimeCreated", 0xffff, &[("SystemTime", Part::Value(1, 0x11))]);
            chunk.bytes.push(0x04);
            chunk.leaf("EventRecordID", &[], &Part::Value(2, 0x0a));
            chunk.leaf("Channel", &[], &Part::Value(3, 0x01));
            chunk.leaf("Computer", &[], &Part::Value(4, 0x01));
            chunk.bytes.push(0x04);
            chunk.part(&Part::Value(5, 0x21));
            chunk.bytes.push(0x04);
        });
        let fixed = [
            (0x06, event.event_id.to_le_bytes().to_vec()),
            (0x11, event.time.to_le_bytes().to_vec()),
            (0x0a, event.id.to_le_bytes().to_vec()),
            (0x01, utf16(event.channel)),
            (0x01, utf16(event.computer)),
        ];
        self.u32(6);
        for (kind, bytes) in &fixed {
            self.descriptor(bytes.len(), *kind);
        }
        let nested = self.bytes.len();
        self.descriptor(0, 0x21);
        for (_, bytes) in &fixed {
            self.bytes.extend(bytes);
        }
        let start = self.bytes.len();
        self.event_data(event);
        let size = u16::try_from(self.bytes.len() - start).unwrap();
        self.bytes[nested..nested + 2].copy_from_slice(&size.to_le_bytes());
        self.bytes.push(0);
    }

    fn descriptor(&mut self, size: usize, kind: u8) {
        self.u16(u16::try_from(size).unwrap());
        self.bytes.extend([kind, 0]);
    }

    fn event_data(&mut self, event: &Invented<'_>) {
        let shape: Vec<_> = event.data.iter().map(|(name, value)| (*name, value.kind())).collect();
        self.instance(&format!("{shape:?}"), |chunk| {
            chunk.open("EventData", 0xffff, &[]);
            for (i, (name, kind)) in shape.iter().enumerate() {
                let index = u16::try_from(i).unwrap();
                chunk.leaf("Data", &[("Name", Part::Text(name))], &Part::Value(index, *kind));
            }
            chunk.bytes.push(0x04);
        });
        self.u32(u32::try_from(event.data.len()).unwrap());
        for (_, value) in &event.data {
            self.descriptor(value.bytes().len(), value.kind());
        }
        for (_, value) in &event.data {
            self.bytes.extend(value.bytes());
        }
        self.bytes.push(0);
    }

    /// The chunk with its header and checksums.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        let free = self.bytes.len();
        let records = crc32fast::hash(&self.bytes[512..]);
        self.bytes.resize(65536, 0);
        self.bytes[..8].copy_from_slice(b"ElfChnk\0");
        for (at, n) in [(8, self.first), (16, self.last), (24, self.first), (32, self.last)] {
            self.bytes[at..at + 8].copy_from_slice(&n.to_le_bytes());
        }
        self.patch(40, 128);
        self.patch(44, self.last_at);
        self.patch(48, free);
        self.bytes[52..56].copy_from_slice(&records.to_le_bytes());
        let header = crc32fast::hash(&[&self.bytes[..120], &self.bytes[128..512]].concat());
        self.bytes[124..128].copy_from_slice(&header.to_le_bytes());
        self.bytes
    }
}

enum Part<'a> {
    Text(&'a str),
    Value(u16, u8),
}
