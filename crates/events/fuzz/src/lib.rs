//! Reads bytes as a log, all the way to ECS: what every fuzz target does.

use events::{Format, Names, Options, Reader, ecs::Ecs, push_json};

/// Must neither panic nor hang nor grow.
pub fn read(bytes: &[u8], format: Option<Format>) {
    let mut options = Options::new(jiff::Timestamp::UNIX_EPOCH);
    options.format = format;
    let Ok(mut reader) = Reader::open("fuzz", bytes, Names::new(), &options) else { return };
    let mut json = String::new();
    while let Some(event) = reader.next() {
        json.clear();
        push_json(&mut json, event);
        std::hint::black_box(Ecs::of(event).iter().count());
    }
}
