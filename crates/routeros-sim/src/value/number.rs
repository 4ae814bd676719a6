//! Numbers, sizes and ids.

/// A decimal number, with `k`, `M` or `G` (thousands) as limit fields take them.
pub(crate) fn size(text: &str) -> Option<u64> {
    let (digits, factor) = match text.strip_suffix(['k', 'K']) {
        Some(digits) => (digits, 1_000),
        None => match text.strip_suffix('M') {
            Some(digits) => (digits, 1_000_000),
            None => match text.strip_suffix('G') {
                Some(digits) => (digits, 1_000_000_000),
                None => (text, 1),
            },
        },
    };
    plain(digits)?.checked_mul(factor)
}

/// A decimal number.
pub(crate) fn plain(text: &str) -> Option<u64> {
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

/// An id such as `*1A`; lower case tolerated.
pub(crate) fn id(text: &[u8]) -> Option<u64> {
    let digits = std::str::from_utf8(text.strip_prefix(b"*")?).ok()?;
    let well_formed = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    well_formed
        .then(|| u64::from_str_radix(digits, 16).ok())
        .flatten()
}

/// The printed form of an id.
pub(crate) fn id_text(id: u64) -> String {
    format!("*{id:X}")
}

/// Bytes as lower-case hex digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
    ];
    let digit = |half: u8| DIGITS.get(usize::from(half)).copied().unwrap_or_default();
    let both = |byte: &u8| [digit(byte >> 4), digit(byte & 15)];
    bytes.iter().flat_map(both).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_hexadecimal() {
        assert_eq!(id(b"*1a"), Some(26));
        assert_eq!(id_text(26), "*1A");
        assert_eq!(id(b"*"), None);
        assert_eq!(id(b"*+1"), None);
        assert_eq!(id(b"1A"), None);
    }

    #[test]
    fn sizes_take_suffixes() {
        assert_eq!(size("10M"), Some(10_000_000));
        assert_eq!(size("7"), Some(7));
        assert_eq!(size("-7"), None);
        assert_eq!(size("G"), None);
    }
}
