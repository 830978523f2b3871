#![no_main]
//! Any bytes are a table or a diagnostic.

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let limits = tables::Limits { inflated: 8 << 20, ..tables::Limits::default() };
    tables::read(bytes, &tables::Options { limits, ..tables::Options::default() });
});
