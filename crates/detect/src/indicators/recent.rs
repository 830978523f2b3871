//! Words that were looked up lately and are nothing.
//!
//! The same machine, program and domain stand in event after event. What was
//! no indicator a moment ago is none now: the set does not change while it is
//! looked at.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;

/// Words kept; a newer one takes the place of an older.
const PLACES: usize = 1 << 10;
/// Longest word kept.
const LONGEST: usize = 47;

/// See the module.
#[derive(Debug)]
pub(super) struct Recent {
    words: Vec<Word>,
    hasher: RandomState,
}

#[derive(Clone, Copy, Debug)]
struct Word {
    len: u8,
    bytes: [u8; LONGEST],
}

impl Recent {
    pub(super) fn new() -> Self {
        let empty = Word { len: 0, bytes: [0; LONGEST] };
        Self { words: vec![empty; PLACES], hasher: RandomState::default() }
    }

    /// Whether the word was kept.
    pub(super) fn has(&self, word: &[u8]) -> bool {
        let kept = self.words.get(self.place(word));
        let same = |kept: &Word| kept.bytes.get(..usize::from(kept.len)) == Some(word);
        !word.is_empty() && kept.is_some_and(same)
    }

    /// Keeps a word.
    pub(super) fn keep(&mut self, word: &[u8]) {
        let place = self.place(word);
        let (Some(kept), Ok(len)) = (self.words.get_mut(place), u8::try_from(word.len())) else {
            return;
        };
        if let Some(bytes) = kept.bytes.get_mut(..word.len()) {
            bytes.copy_from_slice(word);
            kept.len = len;
        }
    }

    fn place(&self, word: &[u8]) -> usize {
        usize::try_from(self.hasher.hash_one(word) % PLACES as u64).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_kept_is_known() {
        let mut recent = Recent::new();
        let long = vec![b'x'; LONGEST + 1];
        for word in [&b"pc-01.example"[..], b"a.b", &long] {
            assert!(!recent.has(word));
            recent.keep(word);
        }
        assert!(recent.has(b"a.b") && recent.has(b"pc-01.example"));
        assert!(!recent.has(&long) && !recent.has(b"pc-01.exampl") && !recent.has(b""));
    }
}
