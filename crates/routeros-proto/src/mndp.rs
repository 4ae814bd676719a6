//! Neighbour discovery (MNDP): how routers tell who they are, over UDP port 5678.
//!
//! A datagram is a header of four bytes, of which the last two count up, and then properties: two
//! bytes of type, two of length, the value. [`REQUEST`] is what asks; routers also announce
//! themselves every minute. What arrives is from anybody: nothing in it is to be trusted.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;
use core::net::{Ipv4Addr, Ipv6Addr};
use core::time::Duration;

use crate::text::Value;
use crate::value::{MacAddress, ValueError};

/// The UDP port.
pub const PORT: u16 = 5678;

/// The datagram that asks everybody who hears it for an announcement.
pub const REQUEST: [u8; 4] = [0; 4];

const MAC_ADDRESS: u16 = 1;
const IDENTITY: u16 = 5;
const VERSION: u16 = 7;
const PLATFORM: u16 = 8;
const UPTIME: u16 = 10;
const SOFTWARE_ID: u16 = 11;
const BOARD: u16 = 12;
const IPV6: u16 = 15;
const INTERFACE: u16 = 16;
const IPV4: u16 = 17;

/// A router as it announces itself. Every property may be missing.
///
/// ```
/// use routeros_proto::mndp::Neighbor;
/// let neighbor = Neighbor::new().with_identity("cafe").with_version("7.18.2 (stable)");
/// let read = Neighbor::parse(&neighbor.datagram(1)).unwrap();
/// assert_eq!(read.identity().unwrap(), "cafe");
/// assert_eq!(read, neighbor);
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Neighbor {
    properties: Vec<(u16, Vec<u8>)>,
}

impl Neighbor {
    /// One that tells nothing of itself yet: for tests and simulators.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            properties: Vec::new(),
        }
    }

    /// Reads a datagram.
    ///
    /// # Errors
    /// [`ValueError`] for bytes that are no announcement: too short, a length beyond the end, or no
    /// property at all, as in a [`REQUEST`].
    ///
    /// ```
    /// use routeros_proto::mndp::{Neighbor, REQUEST};
    /// assert!(Neighbor::parse(&REQUEST).is_err());
    /// assert!(Neighbor::parse(b"\0\0\0\x01\0\x05\0\x09cafe").is_err());
    /// ```
    pub fn parse(datagram: &[u8]) -> Result<Self, ValueError> {
        let error = ValueError::new("neighbour announcement");
        let (_, mut rest) = datagram.split_first_chunk::<4>().ok_or(error)?;
        let mut properties = Vec::new();
        while let Some(([a, b, c, d], after)) = rest.split_first_chunk::<4>() {
            let kind = u16::from_be_bytes([*a, *b]);
            let length = usize::from(u16::from_be_bytes([*c, *d]));
            let (value, after) = after.split_at_checked(length).ok_or(error)?;
            properties.push((kind, value.to_vec()));
            rest = after;
        }
        if properties.is_empty() || !rest.is_empty() {
            return Err(error);
        }
        Ok(Self { properties })
    }

    /// The datagram, with this number in its header.
    #[must_use]
    pub fn datagram(&self, number: u16) -> Vec<u8> {
        let mut bytes = Vec::from([0, 0]);
        bytes.extend_from_slice(&number.to_be_bytes());
        for (kind, value) in &self.properties {
            let Ok(length) = u16::try_from(value.len()) else {
                continue;
            };
            bytes.extend_from_slice(&kind.to_be_bytes());
            bytes.extend_from_slice(&length.to_be_bytes());
            bytes.extend_from_slice(value);
        }
        bytes
    }

    /// The same with this MAC address.
    #[must_use]
    pub fn with_mac_address(self, mac: MacAddress) -> Self {
        self.with(MAC_ADDRESS, &mac.octets())
    }

    /// The same with this name.
    #[must_use]
    pub fn with_identity(self, identity: impl AsRef<[u8]>) -> Self {
        self.with(IDENTITY, identity.as_ref())
    }

    /// The same with this version.
    #[must_use]
    pub fn with_version(self, version: impl AsRef<[u8]>) -> Self {
        self.with(VERSION, version.as_ref())
    }

    /// The same with this board.
    #[must_use]
    pub fn with_board(self, board: impl AsRef<[u8]>) -> Self {
        self.with(BOARD, board.as_ref())
    }

    /// The same with this address.
    #[must_use]
    pub fn with_ipv4(self, address: Ipv4Addr) -> Self {
        self.with(IPV4, &address.octets())
    }

    fn with(mut self, kind: u16, value: &[u8]) -> Self {
        self.properties.push((kind, value.to_vec()));
        self
    }

    fn get(&self, kind: u16) -> Option<&[u8]> {
        let mut all = self.properties.iter();
        all.find(|(known, _)| *known == kind)
            .map(|(_, value)| value.as_slice())
    }

    fn text(&self, kind: u16) -> Option<Cow<'_, str>> {
        self.get(kind).map(|value| Value::new(value).text())
    }

    /// The MAC address of the interface that the announcement came from.
    #[must_use]
    pub fn mac_address(&self) -> Option<MacAddress> {
        let octets = self.get(MAC_ADDRESS)?.try_into().ok()?;
        Some(MacAddress::new(octets))
    }

    /// The router's name.
    #[must_use]
    pub fn identity(&self) -> Option<Cow<'_, str>> {
        self.text(IDENTITY)
    }

    /// The version, such as `7.18.2 (stable)`.
    #[must_use]
    pub fn version(&self) -> Option<Cow<'_, str>> {
        self.text(VERSION)
    }

    /// Usually `MikroTik`.
    #[must_use]
    pub fn platform(&self) -> Option<Cow<'_, str>> {
        self.text(PLATFORM)
    }

    /// Time since the router started.
    #[must_use]
    pub fn uptime(&self) -> Option<Duration> {
        let seconds = self.get(UPTIME)?.try_into().ok()?;
        Some(Duration::from_secs(u64::from(u32::from_le_bytes(seconds))))
    }

    /// The licence's id.
    #[must_use]
    pub fn software_id(&self) -> Option<Cow<'_, str>> {
        self.text(SOFTWARE_ID)
    }

    /// The board, such as `RB750Gr3`.
    #[must_use]
    pub fn board(&self) -> Option<Cow<'_, str>> {
        self.text(BOARD)
    }

    /// The interface that the announcement came from.
    #[must_use]
    pub fn interface(&self) -> Option<Cow<'_, str>> {
        self.text(INTERFACE)
    }

    /// An address of the router.
    #[must_use]
    pub fn ipv4(&self) -> Option<Ipv4Addr> {
        let octets: [u8; 4] = self.get(IPV4)?.try_into().ok()?;
        Some(Ipv4Addr::from(octets))
    }

    /// An address of the router.
    #[must_use]
    pub fn ipv6(&self) -> Option<Ipv6Addr> {
        let octets: [u8; 16] = self.get(IPV6)?.try_into().ok()?;
        Some(Ipv6Addr::from(octets))
    }
}

impl fmt::Debug for Neighbor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Neighbor")
            .field("mac_address", &self.mac_address())
            .field("identity", &self.identity())
            .field("version", &self.version())
            .field("board", &self.board())
            .field("ipv4", &self.ipv4())
            .finish_non_exhaustive()
    }
}
