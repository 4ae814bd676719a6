//! Item ids.

use core::fmt;

use crate::value::error::ValueError;

/// The id of an item: `*` and a hexadecimal number. Compared as a number. `*0` exists: default
/// items have it.
///
/// ```
/// use routeros_proto::value::Id;
/// let id = Id::parse(b"*1a").unwrap();
/// assert_eq!(id, Id::from_number(0x1A));
/// assert_eq!(id.to_string(), "*1A");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(u64);

impl Id {
    /// The id of this number.
    #[must_use]
    pub const fn from_number(number: u64) -> Self {
        Self(number)
    }

    /// The number of the id.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }

    /// Reads an id, in either case.
    ///
    /// # Errors
    /// [`ValueError`] without the `*`, without digits, or above 64 bits. A name is never an id.
    ///
    /// ```
    /// use routeros_proto::value::Id;
    /// assert_eq!(Id::parse(b"*FFFFFFFF")?.number(), 0xFFFF_FFFF);
    /// assert!(Id::parse(b"ether1").is_err());
    /// # Ok::<(), routeros_proto::value::ValueError>(())
    /// ```
    pub fn parse(text: &[u8]) -> Result<Self, ValueError> {
        let digits = match text {
            [b'*', digits @ ..] if !digits.is_empty() => digits,
            _ => return Err(ValueError::new("id")),
        };
        let number = digits.iter().try_fold(0_u64, |number, byte| {
            let digit = char::from(*byte).to_digit(16)?;
            number.checked_mul(16)?.checked_add(u64::from(digit))
        });
        number.map(Self).ok_or(ValueError::new("id"))
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "*{:X}", self.0)
    }
}
