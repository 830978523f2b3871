//! Botnet lists: any bytes are a list or a diagnostic, and every row is accounted for.

use std::sync::LazyLock;

use lists::{Context, Rulebook, Settings};

use crate::{Target, tables::limits};

pub(crate) const TARGETS: &[Target] = &[Target { name: "lists-read", seeds: &[], run: read }];

#[expect(clippy::expect_used, reason = "the packs inside the program are tested elsewhere")]
static RULES: LazyLock<Rulebook> = LazyLock::new(|| Rulebook::built_in().expect("packs are whole"));

fn read(bytes: &[u8]) {
    let context = Context {
        file_name: "2024-01-15-event4_sinkhole.csv",
        now: jiff::Timestamp::UNIX_EPOCH,
        list_date: None,
        settings: &Settings::default(),
        limits: limits(),
        rulebook: &RULES,
    };
    assert!(lists::read(bytes, &context).counts.add_up(), "a row is not accounted for");
}
