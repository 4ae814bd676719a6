//! Word lengths: one to five bytes, big-endian, the first byte tells how many.

/// The wire form of a word length, always the shortest one.
///
/// ```
/// use routeros_proto::length::EncodedLength;
/// assert_eq!(EncodedLength::new(0x87).as_slice(), [0x80, 0x87]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncodedLength {
    bytes: [u8; 5],
    first: u8,
}

impl EncodedLength {
    /// Encodes `length` in the shortest of the five forms.
    ///
    /// ```
    /// use routeros_proto::length::EncodedLength;
    /// assert_eq!(EncodedLength::new(0).as_slice(), [0x00]);
    /// assert_eq!(EncodedLength::new(u32::MAX).as_slice(), [0xF0, 0xFF, 0xFF, 0xFF, 0xFF]);
    /// ```
    #[must_use]
    #[inline]
    pub fn new(length: u32) -> Self {
        let (bytes, first) = match length {
            0..=0x7F => (spread(length), 4),
            0x80..=0x3FFF => (spread(length | 0x8000), 3),
            0x4000..=0x1F_FFFF => (spread(length | 0xC0_0000), 2),
            0x20_0000..=0xFFF_FFFF => (spread(length | 0xE000_0000), 1),
            0x1000_0000.. => {
                let mut bytes = spread(length);
                bytes[0] = 0xF0;
                (bytes, 0)
            }
        };
        Self { bytes, first }
    }

    /// The bytes to send, one to five.
    #[must_use]
    #[inline]
    pub fn as_slice(&self) -> &[u8] {
        self.bytes
            .get(usize::from(self.first)..)
            .unwrap_or_default()
    }
}

/// The number in the last four of five bytes.
#[inline]
fn spread(number: u32) -> [u8; 5] {
    let [a, b, c, d] = number.to_be_bytes();
    [0, a, b, c, d]
}

/// What the first bytes of a word say about its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Header {
    /// More bytes are needed to know the length.
    Incomplete,
    /// The length is known.
    Complete {
        /// Bytes of content that follow the header.
        length: u32,
        /// Bytes of the header itself, 1 to 5.
        size: usize,
        /// Whether this is the shortest spelling of the length.
        minimal: bool,
    },
    /// `F1` to `F7`: lengths above 32 bits, which no router sends.
    Oversized,
    /// `F8` to `FF`: a reserved control byte. The connection cannot go on.
    Reserved,
}

/// Reads a length from the start of `bytes`.
///
/// ```
/// use routeros_proto::length::{Header, decode};
/// assert_eq!(decode(&[0x81, 0x00]), Header::Complete { length: 0x100, size: 2, minimal: true });
/// assert_eq!(decode(&[0x81]), Header::Incomplete);
/// assert_eq!(decode(&[0xF8]), Header::Reserved);
/// ```
#[must_use]
pub fn decode(bytes: &[u8]) -> Header {
    let complete = |length: u32, size: usize, smallest: u32| Header::Complete {
        length,
        size,
        minimal: length >= smallest,
    };
    match *bytes {
        [a @ 0..=0x7F, ..] => complete(u32::from(a), 1, 0),
        [a @ 0x80..=0xBF, b, ..] => complete(u32::from_be_bytes([0, 0, a & 0x3F, b]), 2, 0x80),
        [a @ 0xC0..=0xDF, b, c, ..] => complete(u32::from_be_bytes([0, a & 0x1F, b, c]), 3, 0x4000),
        [a @ 0xE0..=0xEF, b, c, d, ..] => {
            complete(u32::from_be_bytes([a & 0x0F, b, c, d]), 4, 0x20_0000)
        }
        [0xF0, a, b, c, d, ..] => complete(u32::from_be_bytes([a, b, c, d]), 5, 0x1000_0000),
        [0xF1..=0xF7, ..] => Header::Oversized,
        [0xF8..=0xFF, ..] => Header::Reserved,
        [] | [0x80..=0xF0, ..] => Header::Incomplete,
    }
}
