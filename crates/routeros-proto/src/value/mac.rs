//! MAC addresses.

use core::fmt;

use crate::value::error::ValueError;

/// A MAC address, printed as `AA:BB:CC:DD:EE:FF`.
///
/// ```
/// use routeros_proto::value::MacAddress;
/// let mac = MacAddress::parse(b"aa-bb-cc-00-01-ff").unwrap();
/// assert_eq!(mac.to_string(), "AA:BB:CC:00:01:FF");
/// assert!(!mac.is_any());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MacAddress([u8; 6]);

impl MacAddress {
    /// The address of these bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 6]) -> Self {
        Self(bytes)
    }

    /// The bytes in the order they are written.
    #[must_use]
    pub const fn octets(self) -> [u8; 6] {
        self.0
    }

    /// Whether all bytes are zero, which a hotspot user's row has for "any device".
    #[must_use]
    pub fn is_any(self) -> bool {
        self.0 == [0; 6]
    }

    /// Whether the address is locally administered, as the random ones of phones are.
    ///
    /// ```
    /// use routeros_proto::value::MacAddress;
    /// assert!(MacAddress::parse(b"DA:00:00:00:00:01").unwrap().is_local());
    /// ```
    #[must_use]
    pub const fn is_local(self) -> bool {
        self.0[0] & 0x02 != 0
    }

    /// Reads six pairs of hex digits with one of `:` and `-` between all of them, in any case.
    ///
    /// # Errors
    /// [`ValueError`] for anything else.
    ///
    /// ```
    /// use routeros_proto::value::MacAddress;
    /// assert_eq!(MacAddress::parse(b"aa:bb:cc:00:01:ff"), MacAddress::parse(b"AA-BB-CC-00-01-FF"));
    /// assert!(MacAddress::parse(b"aa:bb:cc:00:01").is_err());
    /// ```
    pub fn parse(text: &[u8]) -> Result<Self, ValueError> {
        Self::read(text).ok_or(ValueError::new("MAC address"))
    }

    fn read(text: &[u8]) -> Option<Self> {
        let separator = *text.get(2)?;
        if text.len() != 17 || !matches!(separator, b':' | b'-') {
            return None;
        }
        let digit = |byte: u8| u8::try_from(char::from(byte).to_digit(16)?).ok();
        let mut octets = [0; 6];
        for (octet, group) in octets.iter_mut().zip(text.chunks(3)) {
            let (high, low) = match *group {
                [high, low] => (high, low),
                [high, low, between] if between == separator => (high, low),
                _ => return None,
            };
            *octet = digit(high)? << 4 | digit(low)?;
        }
        Some(Self(octets))
    }
}

impl fmt::Display for MacAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, octet) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { ":" };
            write!(f, "{separator}{octet:02X}")?;
        }
        Ok(())
    }
}
