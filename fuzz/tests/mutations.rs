//! Every target over its seeds and a fixed number of seeded mutations: the part
//! of fuzzing that every `cargo test` does, with no compiler flags.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at what it did not expect")]

use std::{
    collections::BTreeSet,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
};

use fuzz::{Target, mutate::Mutator};

/// Mutations of each target.
const MUTATIONS: usize = 300;

fn seeds(target: &Target) -> Vec<Vec<u8>> {
    let seeds: Vec<_> = target.seeds().iter().map(|path| std::fs::read(path).unwrap()).collect();
    assert!(!seeds.is_empty(), "{}: no seed to begin with", target.name);
    seeds
}

/// Bytes that a target stumbled over are kept where somebody can look at them.
fn run(target: &Target, bytes: &[u8]) {
    if catch_unwind(AssertUnwindSafe(|| (target.run)(bytes))).is_err() {
        let kept = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(target.name);
        std::fs::write(&kept, bytes).unwrap();
        panic!("{} stumbled over {}", target.name, kept.display());
    }
}

#[test]
fn seeds_and_their_mutations() {
    for target in fuzz::targets() {
        let seeds = seeds(target);
        for seed in &seeds {
            run(target, seed);
        }
        let mut mutator = Mutator::new(&seeds, target.name.len() as u64);
        for _ in 0..MUTATIONS {
            run(target, &mutator.next_input());
        }
    }
}

#[test]
fn mutations_are_repeatable_and_differ() {
    let seeds = [b"<34>Jan 31 08:30:00 gw app: hello".to_vec(), b"{\"a\":1}".to_vec()];
    let inputs = |beginning| {
        let mut mutator = Mutator::new(&seeds, beginning);
        (0..200).map(|_| mutator.next_input()).collect::<Vec<_>>()
    };
    assert_eq!(inputs(1), inputs(1));
    assert_ne!(inputs(1), inputs(2));
    let distinct: BTreeSet<_> = inputs(1).into_iter().collect();
    assert!(distinct.len() > 150, "{} of 200 differ", distinct.len());
}

#[test]
fn every_corpus_belongs_to_a_target() {
    let corpus = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for entry in std::fs::read_dir(corpus).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(fuzz::named(&name).is_some(), "no target is called {name}");
    }
}
