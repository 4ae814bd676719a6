//! Addresses of routers and devices.

use std::fmt;
use std::net::IpAddr;

/// Why a text is not what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NetworkError {
    /// Neither an IP address nor a host name.
    #[error("neither an IP address nor a host name")]
    Host,
    /// Not a MAC address.
    #[error("not a MAC address")]
    Mac,
}

/// Where a router listens: an IP address or a DNS name of at most 253 characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Host(String);

impl Host {
    /// Accepts an IPv4 or IPv6 address (brackets allowed) or a host name by RFC 1123.
    ///
    /// # Errors
    /// [`NetworkError::Host`] for anything else, a URL or `host:port` included.
    pub fn parse(text: &str) -> Result<Self, NetworkError> {
        let text = text.trim();
        let bare = text
            .strip_prefix('[')
            .and_then(|t| t.strip_suffix(']'))
            .unwrap_or(text);
        if let Ok(address) = bare.parse::<IpAddr>() {
            return Ok(Self(address.to_string()));
        }
        // A name whose last label is all digits can only be a mistyped address.
        let last_is_number = text
            .rsplit('.')
            .next()
            .is_some_and(|label| label.bytes().all(|b| b.is_ascii_digit()));
        let well_formed = text.len() <= 253
            && text.split('.').all(|label| {
                !label.is_empty()
                    && label.len() <= 63
                    && !label.starts_with('-')
                    && !label.ends_with('-')
                    && label
                        .bytes()
                        .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
            });
        if well_formed && !last_is_number {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(NetworkError::Host)
        }
    }

    /// Wraps a host that was checked when it was stored.
    #[must_use]
    pub fn from_stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The address or name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The way an address and its port are written together: `10.0.0.1:8728`, `[fd00::1]:8728`.
    #[must_use]
    pub fn with_port(&self, port: u16) -> String {
        if self.0.contains(':') {
            format!("[{}]:{port}", self.0)
        } else {
            format!("{}:{port}", self.0)
        }
    }
}

/// A device's MAC address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MacAddress([u8; 6]);

impl MacAddress {
    /// Accepts six hex pairs joined by `:`, `-` or `.`, three groups of four joined by `.`, or
    /// twelve hex digits, in any case.
    ///
    /// # Errors
    /// [`NetworkError::Mac`] for anything else, so nothing a portal sends can change a command.
    pub fn parse(text: &str) -> Result<Self, NetworkError> {
        let text = text.trim();
        let separator = [':', '-', '.']
            .into_iter()
            .find(|letter| text.contains(*letter));
        let groups: Vec<&str> = match separator {
            Some(separator) => text.split(separator).collect(),
            None => vec![text],
        };
        let length = match (groups.len(), separator) {
            (6, Some(_)) => 2,
            (3, Some('.')) => 4,
            (1, None) => 12,
            _ => return Err(NetworkError::Mac),
        };
        let is_hex = |group: &&str| {
            group.len() == length && group.bytes().all(|digit| digit.is_ascii_hexdigit())
        };
        if !groups.iter().all(is_hex) {
            return Err(NetworkError::Mac);
        }
        let number =
            u64::from_str_radix(&groups.concat(), 16).map_err(|_not_hex| NetworkError::Mac)?;
        let [_, _, octets @ ..] = number.to_be_bytes();
        Ok(Self(octets))
    }
}

impl fmt::Display for MacAddress {
    /// The way RouterOS prints it: `AA:BB:CC:DD:EE:FF`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, octet) in self.0.iter().enumerate() {
            let separator = if position == 0 { "" } else { ":" };
            write!(f, "{separator}{octet:02X}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_address_is_told_from_its_port() {
        let written = |text: &str| Host::parse(text).unwrap().with_port(8728);
        assert_eq!(written("10.0.0.1"), "10.0.0.1:8728");
        assert_eq!(written("router.test"), "router.test:8728");
        assert_eq!(written("fd00::1"), "[fd00::1]:8728");
    }

    #[test]
    fn hosts_are_addresses_or_names() {
        for (text, host) in [
            ("192.168.88.1", "192.168.88.1"),
            (" Router.Cafe.Test ", "router.cafe.test"),
            ("[::1]", "::1"),
            ("2001:db8::1", "2001:db8::1"),
            ("mikrotik", "mikrotik"),
        ] {
            assert_eq!(
                Host::parse(text).map(|h| h.as_str().to_owned()),
                Ok(host.to_owned())
            );
        }
        for text in [
            "",
            "http://x",
            "10.0.0.1:8728",
            "10.0.0.256",
            "10.0.0",
            "a b",
            "-a.test",
            "a..b",
            "a\0",
        ] {
            assert_eq!(Host::parse(text), Err(NetworkError::Host), "{text}");
        }
    }

    #[test]
    fn macs_are_printed_the_routers_way() {
        for text in [
            "aa:bb:cc:00:11:22",
            "AA-BB-CC-00-11-22",
            "aa.bb.cc.00.11.22",
            "aabb.cc00.1122",
            "AABBCC001122",
        ] {
            assert_eq!(
                MacAddress::parse(text).map(|m| m.to_string()),
                Ok("AA:BB:CC:00:11:22".to_owned())
            );
        }
        for text in [
            "",
            "aa:bb:cc:00:11",
            "aa:bb:cc:00:11:22:33",
            "aa:bb:cc:00:11:2g",
            "a:bb:cc:00:11:22",
            "aa:bb-cc:00:11:22",
            "aabb:cc00:1122",
            "aabbcc00112",
            "---",
            "$(mac)",
            "+a:bb:cc:00:11:22",
            "\" ; /system reset",
        ] {
            assert_eq!(MacAddress::parse(text), Err(NetworkError::Mac), "{text}");
        }
    }
}
