//! Whatever stands in a file, reading it neither panics nor takes long.

use detect::{
    indicators::{IndicatorSet, WarningLists, read},
    rules::test_markdown,
    sigma::{Placeholders, condition::Condition, load},
};
use proptest::prelude::*;

const RULE: &str = "title: t\nid: x\nlevel: high\nlogsource:\n  product: windows\ndetection:\n  a:\n    \
    Image|endswith|windash: ['\\x.exe', '*?']\n    F|re|i: '(a|b)+'\n    G|cidr: 192.0.2.0/24\n  b:\n  - \
    word\n  - H|base64offset|contains: zz\n  condition: 1 of a* and not (b or all of them)\n";

/// A rule with a few bytes changed, cut or doubled.
fn damaged() -> impl Strategy<Value = String> {
    let edit = (0..RULE.len(), 0..4_u8, any::<char>(), 1..9_usize);
    prop::collection::vec(edit, 1..6).prop_map(|edits| {
        let mut text: Vec<char> = RULE.chars().collect();
        for (at, what, c, len) in edits {
            let at = at.min(text.len());
            let end = (at + len).min(text.len());
            match what {
                0 => text.insert(at, c),
                1 => drop(text.drain(at..end)),
                2 => text.truncate(at),
                _ => {
                    let piece: Vec<char> = text[at..end].to_vec();
                    text.splice(at..at, piece);
                }
            }
        }
        text.into_iter().collect()
    })
}

proptest! {
    #[test]
    fn damaged_rules_are_read_or_refused(text in damaged()) {
        let loaded = load("x.yml", &text, &Placeholders::new());
        let refused = loaded.found.iter().any(diag::Diagnostic::is_error);
        prop_assert!(refused || !loaded.documents.is_empty() || text.trim().is_empty()
            || text.trim_start().starts_with('#'), "{text}");
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
        load("x.yml", &text, &Placeholders::new());
        let _ = Condition::parse(&text);
        let (mut set, mut warnings) = (IndicatorSet::new(), WarningLists::default());
        read("x", &text, None, &mut set, &mut warnings);
        read("x", &format!("{{\"type\":\"bundle\",\"objects\":[{{\"type\":\"indicator\",\"pattern\":{text:?}}}]}}"),
            None, &mut set, &mut warnings);
        let mut file = |_: &str| Ok(text.clone());
        let now = jiff::Timestamp::UNIX_EPOCH;
        let suite = format!("# a\n## Fires: b\n```\n{text}\n```\n");
        let report = test_markdown("x.md", &suite, now, &mut file);
        prop_assert!(report.is_ok());
    }
}
