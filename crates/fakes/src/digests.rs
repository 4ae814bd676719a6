//! Digests without cryptography.

use ports::security::Digests;

use crate::random::{STEP, mix};

/// [`Digests`] that tell inputs apart and protect nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlainDigests {
    key: u64,
}

impl PlainDigests {
    /// Digests of another installation for each key.
    #[must_use]
    pub const fn new(key: u64) -> Self {
        Self { key }
    }
}

/// Four independent lanes of 64 bits over all parts, lengths included.
fn digest(seed: u64, parts: &[&[u8]]) -> [u8; 32] {
    let mut lanes = [seed, !seed, seed.rotate_left(17), seed.rotate_left(43)];
    for (number, lane) in (1_u64..).zip(&mut lanes) {
        *lane = mix(lane.wrapping_add(number.wrapping_mul(STEP)));
        for part in parts {
            for byte in *part {
                *lane = mix(lane.wrapping_add(STEP) ^ u64::from(*byte));
            }
            *lane = mix(*lane
                ^ u64::try_from(part.len())
                    .unwrap_or(u64::MAX)
                    .wrapping_mul(STEP));
        }
    }
    let mut bytes = [0_u8; 32];
    bytes
        .iter_mut()
        .zip(lanes.iter().flat_map(|lane| lane.to_le_bytes()))
        .for_each(|(byte, new)| *byte = new);
    bytes
}

impl Digests for PlainDigests {
    fn sha256(&self, data: &[u8]) -> [u8; 32] {
        digest(0, &[data])
    }

    fn keyed(&self, purpose: &str, data: &[u8]) -> [u8; 32] {
        digest(self.key.wrapping_add(1), &[purpose.as_bytes(), data])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn different_inputs_have_different_digests() {
        let digests = PlainDigests::default();
        let all = [
            digests.sha256(b""),
            digests.sha256(b"a"),
            digests.keyed("", b"a"),
            digests.keyed("a", b""),
            digests.keyed("a", b"b"),
            PlainDigests::new(1).keyed("a", b"b"),
        ];
        for (position, one) in all.iter().enumerate() {
            assert!(!all[position + 1..].contains(one), "{position}");
        }
        assert_eq!(digests.keyed("a", b"b"), digests.keyed("a", b"b"));
    }
}
