//! The operating system's randomness.

use ports::system::SecureRandom;

/// [`SecureRandom`] from the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsRandom;

impl SecureRandom for OsRandom {
    fn fill(&self, bytes: &mut [u8]) {
        if getrandom::fill(bytes).is_err() {
            // Going on would mean guessable credentials and reused nonces.
            std::process::abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use ports::system::random_bytes;

    use super::*;

    #[test]
    fn draws_differ_and_fill_the_whole_buffer() {
        assert_ne!(random_bytes::<32>(&OsRandom), random_bytes::<32>(&OsRandom));
        let mut seen_last_byte = [false; 256];
        for _draw in 0..4096 {
            seen_last_byte[usize::from(random_bytes::<33>(&OsRandom)[32])] = true;
        }
        assert!(seen_last_byte.iter().filter(|seen| **seen).count() > 200);
    }
}
