//! A MikroTik router that we may talk to.

use crate::ids::{RouterId, TenantId};
use crate::network::Host;
use crate::secret::Sealed;
use crate::time::Timestamp;

/// RouterOS API port without TLS.
pub const PLAIN_PORT: u16 = 8728;
/// RouterOS API port with TLS.
pub const TLS_PORT: u16 = 8729;

/// How the connection to a router is protected. Kept apart from the port, so that a router once
/// on TLS never receives its password in clear because a port changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TlsMode {
    /// Plain TCP (`ninguno`).
    None,
    /// Trust on first use: the certificate seen at the first successful login is recorded and
    /// from then on required (`primera_vez`).
    FirstUse,
    /// The certificate's SHA-256 fingerprint is given (`huella`).
    Pinned,
    /// Certificates of a given authority (`ca`).
    Authority,
    /// Certificates of the public authorities, name checked (`publico`).
    Public,
    /// TLS without any check (`inseguro`).
    Insecure,
}

impl TlsMode {
    const NAMES: [(Self, &'static str); 6] = [
        (Self::None, "ninguno"),
        (Self::FirstUse, "primera_vez"),
        (Self::Pinned, "huella"),
        (Self::Authority, "ca"),
        (Self::Public, "publico"),
        (Self::Insecure, "inseguro"),
    ];

    /// The name used in the database and by callers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(mode, _)| *mode == self)
            .map_or("ninguno", |(_, name)| name)
    }

    /// Reads the name.
    #[must_use]
    pub fn from_str_name(name: &str) -> Option<Self> {
        Self::NAMES
            .iter()
            .find(|(_, known)| *known == name)
            .map(|(mode, _)| *mode)
    }

    /// What a router gets when nobody chose: TLS on 8729, plain on every other port.
    #[must_use]
    pub const fn default_for(port: u16) -> Self {
        if port == TLS_PORT {
            Self::FirstUse
        } else {
            Self::None
        }
    }
}

/// TLS settings of a router.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouterTls {
    /// The mode.
    pub mode: TlsMode,
    /// PEM of the authority, for [`TlsMode::Authority`].
    pub ca_pem: Option<String>,
    /// SHA-256 of the certificate, 64 lower-case hex digits: given for [`TlsMode::Pinned`],
    /// recorded for [`TlsMode::FirstUse`].
    pub fingerprint: Option<String>,
}

/// Reads a SHA-256 fingerprint: 64 hex digits, colons and blanks allowed between them.
#[must_use]
pub fn parse_fingerprint(text: &str) -> Option<String> {
    let digits: String = text
        .chars()
        .filter(|c| !matches!(c, ':' | ' ' | '\n' | '\r'))
        .map(|c| c.to_ascii_lowercase())
        .collect();
    (digits.len() == 64 && digits.bytes().all(|b| b.is_ascii_hexdigit())).then_some(digits)
}

/// A registered router.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Router {
    /// Identifier (`RTR_…`).
    pub id: RouterId,
    /// Owner.
    pub tenant_id: TenantId,
    /// Label for people.
    pub name: String,
    /// Address.
    pub host: Host,
    /// RouterOS API port, 1 to 65535.
    pub port: u16,
    /// RouterOS user.
    pub username: String,
    /// RouterOS password.
    pub password: Sealed,
    /// TLS.
    pub tls: RouterTls,
    /// Where it stands.
    pub location: Option<String>,
    /// Switched-off routers sell nothing.
    pub is_active: bool,
    /// Counted up by every change of address, user, password or TLS, so that pooled connections
    /// of the old settings are not used again.
    pub version: i64,
    /// When it was registered.
    pub created_at: Timestamp,
}

/// How a router was when it was last checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RouterStatus {
    /// Nothing is wrong with it (`ok`).
    Good,
    /// It can be worked with, and something is wrong (`avisos`).
    Warnings,
    /// It cannot be worked with (`caido`).
    Down,
}

impl RouterStatus {
    const NAMES: [(Self, &'static str); 3] = [
        (Self::Good, "ok"),
        (Self::Warnings, "avisos"),
        (Self::Down, "caido"),
    ];

    /// The name used in the database and by callers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(status, _)| *status == self)
            .map_or("caido", |(_, name)| name)
    }

    /// Reads the name.
    #[must_use]
    pub fn from_str_name(name: &str) -> Option<Self> {
        Self::NAMES
            .iter()
            .find(|(_, known)| *known == name)
            .map(|(status, _)| *status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_are_read_as_openssl_prints_them() {
        let plain = "ab".repeat(32);
        let colons = vec!["AB"; 32].join(":");
        assert_eq!(parse_fingerprint(&colons), Some(plain.clone()));
        assert_eq!(parse_fingerprint(&plain), Some(plain));
        assert_eq!(parse_fingerprint("abc"), None);
        assert_eq!(parse_fingerprint(&"g".repeat(64)), None);
    }

    #[test]
    fn tls_names_round_trip_and_the_port_decides_the_default() {
        for (mode, name) in TlsMode::NAMES {
            assert_eq!(TlsMode::from_str_name(name), Some(mode));
            assert_eq!(mode.as_str(), name);
        }
        assert_eq!(TlsMode::default_for(8729), TlsMode::FirstUse);
        assert_eq!(TlsMode::default_for(8728), TlsMode::None);
        assert_eq!(TlsMode::default_for(18729), TlsMode::None);
    }
}
