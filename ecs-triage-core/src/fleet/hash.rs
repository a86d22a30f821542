//! Hashes that are the same in every process and on every machine.

use std::hash::BuildHasherDefault;

/// A fast hash of what is fed to it in order: folded 64-bit multiplication, as in wyhash. It keeps no secret and
/// withstands nobody who looks for collisions; by chance two of a million things share one in 10⁷ runs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hasher(u64);

const SEED: u64 = 0x9e37_79b9_7f4a_7c15;
const MULTIPLIER: u64 = 0xd6e8_feb8_6659_fd93;

impl Default for Hasher {
    fn default() -> Self {
        Self(SEED)
    }
}

#[inline(always)]
fn fold(one: u64, other: u64) -> u64 {
    let product = u128::from(one) * u128::from(other);
    product as u64 ^ (product >> 64) as u64
}

impl Hasher {
    /// Adds a number.
    #[inline(always)]
    pub(super) fn number(&mut self, number: u64) {
        self.0 = fold(self.0 ^ number, MULTIPLIER).wrapping_add(SEED);
    }

    /// Adds bytes, and their number.
    #[inline]
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.number(u64::from_le_bytes(*word));
        }
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        self.number(u64::from_le_bytes(last));
        self.number(bytes.len() as u64);
    }

    /// Adds a text or that there is none.
    #[inline]
    pub(super) fn text(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.bytes(text.as_bytes()),
            None => self.number(u64::MAX),
        }
    }

    #[inline(always)]
    pub(super) fn finish(self) -> u64 {
        let mixed = fold(self.0, SEED);
        mixed ^ (mixed >> 32)
    }
}

/// The hash of one text.
pub(super) fn of(bytes: &[u8]) -> u64 {
    let mut hasher = Hasher::default();
    hasher.bytes(bytes);
    hasher.finish()
}

/// For keys that are hashes already.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Same(u64);

impl std::hash::Hasher for Same {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = of(bytes);
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Builds [`Same`].
pub(super) type Already = BuildHasherDefault<Same>;
