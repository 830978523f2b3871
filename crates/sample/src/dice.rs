//! Chance that repeats: a named generator, and our own way from its words to
//! values, so that a library's new sampling method cannot change a sample file.

use rand::{Rng, SeedableRng, rngs::Xoshiro256PlusPlus};

/// One stream of chance. Every part of the province has its own, named, so
/// that a line added to one part leaves the others byte for byte alone.
pub(crate) struct Dice(Xoshiro256PlusPlus);

impl Dice {
    /// The stream `name` of `seed`.
    pub(crate) fn new(seed: u64, name: &str) -> Self {
        let label = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self(Xoshiro256PlusPlus::seed_from_u64(seed ^ label))
    }

    /// A number from 0 up to, and without, `bound`; 0 for a bound of 0.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        let word = u64::from(self.0.next_u32());
        u32::try_from((word * u64::from(bound)) >> 32).unwrap_or_default()
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: u32, high: u32) -> u32 {
        low + self.below(high - low + 1)
    }

    /// True `percent` times in a hundred.
    pub(crate) fn chance(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// One of `items`, which is not empty.
    pub(crate) fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        let bound = u32::try_from(items.len()).unwrap_or(u32::MAX);
        items[self.below(bound) as usize]
    }

    /// A port that a client would use.
    pub(crate) fn client_port(&mut self) -> u16 {
        u16::try_from(self.between(49_152, 65_535)).unwrap_or(u16::MAX)
    }
}
