#![no_main]
//! Any bytes are a list or a diagnostic, and every row is accounted for.

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use lists::{Context, Rulebook, Settings};

static RULES: LazyLock<Rulebook> = LazyLock::new(|| Rulebook::built_in().expect("packs are whole"));

fuzz_target!(|bytes: &[u8]| {
    let context = Context {
        file_name: "2024-01-15-event4_sinkhole.csv",
        now: jiff::Timestamp::UNIX_EPOCH,
        list_date: None,
        settings: &Settings::default(),
        limits: tables::Limits { inflated: 8 << 20, ..tables::Limits::default() },
        rulebook: &RULES,
    };
    assert!(lists::read(bytes, &context).counts.add_up());
});
