//! Tags as text: decimal numbers without leading zeros.

/// Decimal digits of the largest number.
const DIGITS: usize = 20;

/// The text of a tag, without an allocation.
pub(super) struct Tag {
    digits: [u8; DIGITS],
    first: usize,
}

impl Tag {
    pub(super) fn new(mut number: u64) -> Self {
        let mut tag = Self {
            digits: [b'0'; DIGITS],
            first: DIGITS,
        };
        for digit in tag.digits.iter_mut().rev() {
            *digit = b'0'.saturating_add(u8::try_from(number % 10).unwrap_or_default());
            number /= 10;
            tag.first -= 1;
            if number == 0 {
                break;
            }
        }
        tag
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.digits.get(self.first..).unwrap_or_default()
    }

    /// The number of a text that [`new`](Self::new) could have written.
    pub(super) fn parse(text: &[u8]) -> Option<u64> {
        if text.is_empty() || text.first() == Some(&b'0') {
            return None;
        }
        text.iter().try_fold(0_u64, |number, byte| {
            let digit = char::from(*byte).to_digit(10)?;
            number.checked_mul(10)?.checked_add(u64::from(digit))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Tag;

    #[test]
    fn texts_and_numbers_agree() {
        for number in [1, 9, 10, 99, 100, 12_345, u64::MAX] {
            assert_eq!(Tag::parse(Tag::new(number).as_bytes()), Some(number));
        }
        assert_eq!(Tag::new(u64::MAX).as_bytes(), b"18446744073709551615");
        for text in [
            "",
            "0",
            "01",
            "+1",
            "1a",
            "-1",
            " 1",
            "18446744073709551616",
        ] {
            assert_eq!(Tag::parse(text.as_bytes()), None, "{text}");
        }
    }
}
