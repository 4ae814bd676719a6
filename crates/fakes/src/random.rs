//! Randomness that repeats.

use std::sync::{Mutex, PoisonError};

use ports::system::SecureRandom;

/// A [`SecureRandom`] that is anything but: the same seed gives the same bytes (splitmix64).
#[derive(Debug)]
pub struct SeededRandom {
    state: Mutex<u64>,
}

impl SeededRandom {
    /// A sequence of its own for each seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self {
            state: Mutex::new(seed),
        }
    }
}

/// One step of splitmix64 (public domain, Sebastiano Vigna).
pub(super) const fn mix(state: u64) -> u64 {
    let z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The step of splitmix64's counter.
pub(super) const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

impl SecureRandom for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        for chunk in bytes.chunks_mut(8) {
            *state = state.wrapping_add(STEP);
            let drawn = mix(*state).to_le_bytes();
            chunk
                .iter_mut()
                .zip(drawn)
                .for_each(|(byte, new)| *byte = new);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ports::system::random_bytes;

    #[test]
    fn a_seed_repeats_and_another_differs() {
        let draw = |seed| {
            let random = SeededRandom::new(seed);
            [random_bytes::<16>(&random), random_bytes::<16>(&random)]
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        assert_ne!(draw(1)[0], draw(1)[1]);
    }
}
