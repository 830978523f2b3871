//! Seeded mutations: the same seed gives the same bytes on every machine.

use rand::{RngExt, SeedableRng, rngs::Xoshiro256PlusPlus};

/// Bytes that parsers stumble over, whatever they parse.
const NASTY: &[&[u8]] = &[
    b"\0",
    b"\n",
    b"\r\n\r\n",
    b"\t",
    b"\\",
    b"\"",
    b"'",
    b"=",
    b"|",
    b",",
    b"[",
    b"]",
    b"{",
    b"}",
    b"<",
    b">",
    b"&#",
    b"%",
    b"-1",
    b"0",
    b"4294967296",
    b"18446744073709551616",
    b"1e999",
    b"9999-99-99",
    b"\\ud800",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    "ế".as_bytes(),
    &[0xff; 8],
    &[0xff, 0xff, 0xff, 0x7f],
    &[0, 0, 0, 0x80],
];

/// Longest result, and the longest run that one change may add.
const LONGEST: usize = 1 << 17;
const RUN: usize = 1 << 12;

/// An endless source of mutations of some seeds.
#[derive(Debug)]
pub struct Mutator<'s> {
    seeds: &'s [Vec<u8>],
    chance: Xoshiro256PlusPlus,
}

impl<'s> Mutator<'s> {
    /// Of these seeds, from this beginning. There must be a seed.
    pub fn new(seeds: &'s [Vec<u8>], beginning: u64) -> Self {
        Self { seeds, chance: Xoshiro256PlusPlus::seed_from_u64(beginning) }
    }

    /// The next mutation: some seed, changed in one to six places.
    pub fn next_input(&mut self) -> Vec<u8> {
        let mut bytes = self.some_seed().to_vec();
        for _ in 0..self.chance.random_range(1..=6) {
            self.change(&mut bytes);
            bytes.truncate(LONGEST);
        }
        bytes
    }

    fn some_seed(&mut self) -> &'s [u8] {
        &self.seeds[self.chance.random_range(0..self.seeds.len())]
    }

    fn change(&mut self, bytes: &mut Vec<u8>) {
        let at = self.chance.random_range(0..=bytes.len());
        let (from, to) = self.range(bytes.len());
        match self.chance.random_range(0..7) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(from..to)),
            2 => self.overwrite(bytes, at),
            3 => insert(bytes, at, NASTY[self.chance.random_range(0..NASTY.len())]),
            4 => self.replace(bytes, from, to),
            5 => self.repeat(bytes, from, to),
            _ => self.splice(bytes, at),
        }
    }

    /// Some piece, mostly a short one.
    fn range(&mut self, len: usize) -> (usize, usize) {
        let from = self.chance.random_range(0..=len);
        let most = if self.chance.random_bool(0.8) { 16 } else { RUN };
        (from, len.min(from + self.chance.random_range(0..=most)))
    }

    fn overwrite(&mut self, bytes: &mut [u8], at: usize) {
        for byte in bytes.iter_mut().skip(at).take(self.chance.random_range(1..=4)) {
            *byte = self.chance.random();
        }
    }

    fn replace(&mut self, bytes: &mut Vec<u8>, from: usize, to: usize) {
        bytes.drain(from..to);
        insert(bytes, from, NASTY[self.chance.random_range(0..NASTY.len())]);
    }

    fn repeat(&mut self, bytes: &mut Vec<u8>, from: usize, to: usize) {
        let piece = bytes[from..to].repeat(self.chance.random_range(1..=200));
        insert(bytes, to, &piece[..piece.len().min(RUN)]);
    }

    fn splice(&mut self, bytes: &mut Vec<u8>, at: usize) {
        let other = self.some_seed();
        bytes.truncate(at);
        bytes.extend_from_slice(&other[self.chance.random_range(0..=other.len())..]);
    }
}

fn insert(bytes: &mut Vec<u8>, at: usize, piece: &[u8]) {
    bytes.splice(at..at, piece.iter().copied());
}
