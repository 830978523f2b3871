//! Whatever is done to a chain shows.

use proof::{Act, Break, GENESIS, Head, Sealed, Why, verify_chain, verify_excerpt};
use proptest::prelude::*;
use serde_json::json;

fn act(n: i64) -> Act {
    Act {
        at: 1_706_600_000_000_000 + n,
        actor: "an.nguyen".to_owned(),
        action: "sighting.claim".to_owned(),
        noun: "sighting".to_owned(),
        subject: format!("S{n}"),
        unit: (n % 2 == 0).then(|| "SYT".to_owned()),
        data: json!({ "n": n, "ghi chú": "đã xử lý" }),
    }
}

fn chain(length: i64) -> Vec<Sealed> {
    let mut chain: Vec<Sealed> = Vec::new();
    for n in 0..length {
        let head = chain.last().map(Sealed::head);
        chain.push(Sealed::after(head.as_ref(), act(n)).unwrap());
    }
    chain
}

fn head(chain: &[Sealed]) -> Option<Head> {
    chain.last().map(Sealed::head)
}

fn why(chain: Vec<Sealed>, trusted: Option<&Head>) -> Option<(u64, Why)> {
    verify_chain(chain, trusted).err().map(|Break { seq, why, .. }| (seq, why))
}

#[test]
fn a_hash_is_what_any_other_program_would_compute() {
    // printf '%s' '<the canonical JSON>' | sha256sum
    let first = &chain(1)[0];
    assert_eq!(first.entry.prev, GENESIS);
    let text = format!(
        "{{\"action\":\"sighting.claim\",\"actor\":\"an.nguyen\",\"at\":1706600000000000,\
         \"data\":{{\"ghi chú\":\"đã xử lý\",\"n\":0}},\"noun\":\"sighting\",\"prev\":\"{GENESIS}\",\
         \"seq\":1,\"subject\":\"S0\",\"unit\":\"SYT\"}}"
    );
    assert_eq!(first.hash, proof::sha256_hex(text.as_bytes()));
    assert_eq!(first.hash, "c15b6a0438dbe04bfc6d2b67d6e1553103dd8b4dce7a86527b516929837d3dfa");
}

#[test]
fn a_chain_without_fault_gives_its_length_and_head() {
    let whole = chain(5);
    let summary = verify_chain(whole.clone(), head(&whole[..3]).as_ref()).unwrap();
    assert_eq!((summary.entries, summary.head), (5, head(&whole)));
    let empty = verify_chain(Vec::new(), None).unwrap();
    assert_eq!((empty.entries, empty.head), (0, None));
}

#[test]
fn each_kind_of_tampering_is_named() {
    let whole = chain(6);
    let trusted = head(&whole);
    let with = |change: &dyn Fn(&mut Vec<Sealed>)| {
        let mut chain = whole.clone();
        change(&mut chain);
        why(chain, trusted.as_ref())
    };
    assert_eq!(with(&|c| c[2].entry.act.subject = "other".into()), Some((3, Why::Altered)));
    assert_eq!(with(&|c| drop(c.remove(2))), Some((3, Why::Missing)));
    assert_eq!(with(&|c| drop(c.remove(0))), Some((1, Why::Missing)));
    assert_eq!(with(&|c| c.insert(2, c[1].clone())), Some((3, Why::Unexpected)));
    assert_eq!(with(&|c| c.swap(2, 3)), Some((3, Why::Missing)));
    assert_eq!(with(&|c| c.truncate(4)), Some((6, Why::Truncated)));
    assert_eq!(with(&Vec::clear), Some((6, Why::Truncated)));
    let rehash = |c: &mut Vec<Sealed>| {
        c[2].entry.act.actor = "other".into();
        c[2].hash = c[2].entry.hash().unwrap();
    };
    assert_eq!(with(&rehash), Some((4, Why::Unlinked)));
}

#[test]
fn a_chain_rewritten_whole_shows_only_against_a_head_kept_elsewhere() {
    let before = chain(6);
    let mut forged = chain(2);
    for n in 100..104 {
        forged.push(Sealed::after(head(&forged).as_ref(), act(n)).unwrap());
    }
    assert_eq!(why(forged.clone(), None), None);
    assert_eq!(why(forged, head(&before[..4]).as_ref()), Some((4, Why::Replaced)));
}

#[test]
fn an_excerpt_counts_its_gaps_and_keeps_its_links() {
    let whole = chain(8);
    let some = vec![whole[1].clone(), whole[2].clone(), whole[5].clone()];
    let excerpt = verify_excerpt(&some, head(&whole).as_ref()).unwrap();
    assert_eq!((excerpt.entries, excerpt.gaps), (3, 1));
    let mut relinked = some.clone();
    relinked[1].entry.prev = GENESIS.to_owned();
    relinked[1].hash = relinked[1].entry.hash().unwrap();
    assert_eq!(verify_excerpt(&relinked, None).unwrap_err().why, Why::Unlinked);
    let beyond = verify_excerpt(&some, head(&whole[..3]).as_ref()).unwrap_err();
    assert_eq!(beyond.why, Why::Unexpected);
    let mut moved = some;
    moved.swap(0, 2);
    assert_eq!(verify_excerpt(&moved, None).unwrap_err().why, Why::Unexpected);
}

#[test]
fn an_entry_survives_its_json() {
    let sealed = &chain(1)[0];
    let text = serde_json::to_string(sealed).unwrap();
    assert_eq!(&serde_json::from_str::<Sealed>(&text).unwrap(), sealed);
}

/// Something done to a list of entries.
fn tamper(chain: &mut Vec<Sealed>, at: usize, how: u8, other: usize) {
    let (at, other) = (at % chain.len(), other % chain.len());
    match how {
        0 => chain[at].entry.act.at += 1,
        1 => chain[at].entry.act.actor.push('x'),
        2 => chain[at].entry.act.unit = Some("khác".to_owned()),
        3 => chain[at].entry.act.data = json!({ "n": -1 }),
        4 => chain[at].hash = proof::sha256_hex(b"other"),
        5 => chain[at].entry.prev = proof::sha256_hex(b"other"),
        6 => chain[at].entry.seq += 1,
        7 => drop(chain.remove(at)),
        8 => chain.insert(at, chain[other].clone()),
        9 => chain.truncate(at),
        _ => chain.swap(at, other),
    }
}

proptest! {
    #[test]
    fn whatever_is_done_to_a_chain_shows(
        length in 1_i64..12, at in any::<usize>(), how in 0_u8..11, other in any::<usize>()
    ) {
        let whole = chain(length);
        let mut tampered = whole.clone();
        tamper(&mut tampered, at, how, other);
        let shows = verify_chain(tampered.clone(), head(&whole).as_ref()).is_err();
        prop_assert_eq!(shows, tampered != whole);
    }
}
