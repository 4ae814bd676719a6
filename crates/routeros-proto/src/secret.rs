//! Bytes that are wiped when they go and shown to nobody.

use alloc::vec::Vec;
use core::fmt;
use core::hint::black_box;

/// Overwrites a buffer with zeros, spare capacity included, and empties it.
///
/// `unsafe` is forbidden here, so this relies on [`black_box`] to keep the compiler from dropping
/// the write as dead.
pub(crate) fn wipe(bytes: &mut Vec<u8>) {
    bytes.clear();
    bytes.resize(bytes.capacity(), 0);
    black_box(bytes.as_mut_slice());
    bytes.clear();
}

/// Makes room for `more` bytes without leaving a copy of the present content behind, as a plain
/// reallocation would.
pub(crate) fn grow(bytes: &mut Vec<u8>, more: usize) {
    let wanted = bytes.len().saturating_add(more);
    if bytes.capacity() < wanted {
        let mut grown = Vec::with_capacity(wanted.saturating_mul(2));
        grown.extend_from_slice(bytes);
        wipe(bytes);
        *bytes = grown;
    }
}

/// A password or the like: no `Debug` content, no `Display`, zeroed on drop.
///
/// ```
/// use routeros_proto::secret::Secret;
/// let secret = Secret::new("hunter2");
/// assert_eq!(format!("{secret:?}"), "Secret(***)");
/// assert_eq!(secret.expose(), b"hunter2");
/// ```
#[derive(Clone, Default)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// Copies the bytes. The caller's copy stays the caller's concern.
    #[must_use]
    pub fn new(bytes: impl AsRef<[u8]>) -> Self {
        Self(Vec::from(bytes.as_ref()))
    }

    /// The bytes, for the one place that sends them.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

/// A secret in a row: borrowed, shown by neither `Debug` nor `Display`.
///
/// ```
/// use routeros_proto::secret::SecretRef;
/// let secret = SecretRef::new(b"hunter2");
/// assert_eq!(format!("{secret:?}"), "SecretRef(***)");
/// assert_eq!(secret.expose(), b"hunter2");
/// ```
#[derive(Clone, Copy)]
pub struct SecretRef<'a>(&'a [u8]);

impl<'a> SecretRef<'a> {
    /// Wraps the bytes.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The bytes. Compare them in constant time.
    #[must_use]
    pub const fn expose(self) -> &'a [u8] {
        self.0
    }
}

impl fmt::Debug for SecretRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretRef(***)")
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::wipe;

    #[test]
    fn wiping_zeroes_the_whole_allocation_and_keeps_it() {
        let mut bytes = vec![0xAA; 40];
        bytes.truncate(3);
        wipe(&mut bytes);
        assert!(bytes.is_empty());
        let kept = bytes.capacity();
        bytes.resize(kept, 0);
        assert!(bytes.iter().all(|byte| *byte == 0));
    }
}
