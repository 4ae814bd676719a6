//! Where the database is.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;

use percent_encoding::percent_decode_str;
use tokio_postgres::Config;
use tokio_postgres::config::Host;
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::tls::{self, ServerCheck, UnusableCertificates};

/// An address that cannot be used. Shows nothing of it: it may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDatabaseUrl {
    /// Another scheme than `postgresql`, `postgres` or `postgresql+asyncpg`.
    #[error("must start with postgresql://, postgres:// or postgresql+asyncpg://")]
    Scheme,
    /// Not readable as a Postgres address.
    #[error("not a Postgres address: {0}")]
    Unreadable(String),
    /// A value of `sslmode` that we do not offer.
    #[error("sslmode must be disable, allow, prefer, require, verify-ca or verify-full")]
    SslMode,
    /// `sslrootcert=system` with less than `verify-full`: anybody can have a public certificate.
    #[error("sslrootcert=system needs sslmode=verify-full")]
    SystemRoots,
    /// A file of certificates.
    #[error(transparent)]
    Certificates(#[from] UnusableCertificates),
    /// No database name, or no host.
    #[error("host and database must be named")]
    Incomplete,
}

/// Which certificates of a server are believed, beside what the address itself says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Authorities {
    /// A PEM file of the database's own authority, as whoever rents the database out hands it out.
    /// Checked against whenever TLS is asked for, unless the address names `sslrootcert`.
    pub database: Option<PathBuf>,
    /// The PEM file of this machine's authorities (`SSL_CERT_FILE`), in place of the public ones
    /// that are built in.
    pub system: Option<PathBuf>,
}

/// Whether and how a connection is protected: `sslmode` as libpq means it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protection {
    /// Never TLS.
    Disable,
    /// Plain, and TLS where the server insists.
    Allow,
    /// TLS, and plain where the server has none. The default, as libpq's.
    Prefer,
    /// Always TLS; whose server it is is checked only as far as an authority is named.
    Require,
}

/// A checked database address.
#[derive(Clone)]
pub struct DatabaseUrl {
    pub(crate) config: Config,
    pub(crate) protection: Protection,
    pub(crate) check: ServerCheck,
    pub(crate) tls: MakeRustlsConnect,
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseUrl(..)")
    }
}

impl DatabaseUrl {
    /// Reads `postgresql://`, `postgres://` or `postgresql+asyncpg://` addresses.
    ///
    /// # Errors
    /// [`InvalidDatabaseUrl`] says what is wrong without repeating the address.
    pub fn parse(text: &str) -> Result<Self, InvalidDatabaseUrl> {
        Self::parse_with(text, &Authorities::default())
    }

    /// As [`DatabaseUrl::parse`], with certificates to believe.
    ///
    /// # Errors
    /// As [`DatabaseUrl::parse`], and when a file of certificates cannot be used.
    pub fn parse_with(text: &str, authorities: &Authorities) -> Result<Self, InvalidDatabaseUrl> {
        let rest = ["postgresql+asyncpg://", "postgresql://", "postgres://"]
            .iter()
            .find_map(|scheme| text.trim().strip_prefix(scheme))
            .ok_or(InvalidDatabaseUrl::Scheme)?;
        let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
        let mut mode = None;
        let mut root = None;
        let mut kept = Vec::new();
        for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
            // Both spellings: libpq's and asyncpg's.
            match parameter.split_once('=') {
                Some(("sslmode" | "ssl", value)) => mode = Some(mode_of(value)?),
                Some(("sslrootcert", value)) => {
                    let path = percent_decode_str(value).decode_utf8_lossy();
                    root = Some(path.into_owned());
                }
                _ => kept.push(parameter),
            }
        }
        let asks_the_system = root.as_deref() == Some("system");
        if asks_the_system && mode.is_some_and(|mode| mode != Mode::VERIFY_FULL) {
            return Err(InvalidDatabaseUrl::SystemRoots);
        }
        let mode = mode.unwrap_or(if asks_the_system {
            Mode::VERIFY_FULL
        } else {
            Mode(Protection::Prefer, ServerCheck::Nothing)
        });
        let named = root
            .filter(|_| !asks_the_system)
            .map(PathBuf::from)
            .or_else(|| authorities.database.clone().filter(|_| !asks_the_system));
        let Mode(protection, mut check) = mode;
        // libpq: with an authority at hand, `require` checks against it.
        if protection == Protection::Require && check == ServerCheck::Nothing && named.is_some() {
            check = ServerCheck::Authority;
        }
        let roots = named.or_else(|| authorities.system.clone());
        let tls = tls::client_config(check, roots.as_deref())?;
        let config: Config = format!("postgresql://{address}?{}", kept.join("&"))
            .parse()
            .map_err(|error: tokio_postgres::Error| {
                InvalidDatabaseUrl::Unreadable(error.to_string())
            })?;
        if config.get_dbname().is_none() || config.get_hosts().is_empty() {
            return Err(InvalidDatabaseUrl::Incomplete);
        }
        Ok(Self {
            config,
            protection,
            check,
            tls: MakeRustlsConnect::new(tls),
        })
    }

    /// Whether the server is on this machine: at a Unix socket or a loopback address.
    #[must_use]
    pub fn is_on_this_machine(&self) -> bool {
        let addresses = self.config.get_hostaddrs();
        let hosts = self.config.get_hosts();
        if !addresses.is_empty() {
            return addresses.iter().all(IpAddr::is_loopback);
        }
        hosts.iter().all(|host| match host {
            Host::Unix(_) => true,
            Host::Tcp(name) => {
                name == "localhost" || name.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
            }
        })
    }

    /// Whether a server that proves nothing would be spoken to: whoever is in the way can read
    /// along.
    #[must_use]
    pub fn trusts_any_server(&self) -> bool {
        self.check == ServerCheck::Nothing
    }
}

/// A mode of libpq: whether TLS, and what of the certificate is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mode(Protection, ServerCheck);

impl Mode {
    const VERIFY_FULL: Self = Self(Protection::Require, ServerCheck::AuthorityAndName);
}

fn mode_of(mode: &str) -> Result<Mode, InvalidDatabaseUrl> {
    match mode {
        "disable" | "false" => Ok(Mode(Protection::Disable, ServerCheck::Nothing)),
        "allow" => Ok(Mode(Protection::Allow, ServerCheck::Nothing)),
        "prefer" => Ok(Mode(Protection::Prefer, ServerCheck::Nothing)),
        "require" => Ok(Mode(Protection::Require, ServerCheck::Nothing)),
        "verify-ca" => Ok(Mode(Protection::Require, ServerCheck::Authority)),
        // What asyncpg does with `ssl=true`.
        "verify-full" | "true" => Ok(Mode::VERIFY_FULL),
        _ => Err(InvalidDatabaseUrl::SslMode),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_schemes_are_one() {
        for scheme in ["postgresql", "postgres", "postgresql+asyncpg"] {
            let url = DatabaseUrl::parse(&format!("{scheme}://u:p%40ss@db.test:5433/hotspot"));
            let url = url.expect("readable");
            assert_eq!(url.config.get_dbname(), Some("hotspot"));
            assert_eq!(url.config.get_user(), Some("u"));
            assert_eq!(url.config.get_password(), Some(&b"p@ss"[..]));
            assert_eq!(url.config.get_ports(), [5433]);
        }
    }

    #[test]
    fn modes_are_those_of_libpq() {
        use Protection::{Allow, Disable, Prefer, Require};
        use ServerCheck::{Authority, AuthorityAndName, Nothing};
        for (query, protection, check) in [
            ("", Prefer, Nothing),
            ("sslmode=disable", Disable, Nothing),
            ("sslmode=allow", Allow, Nothing),
            ("sslmode=prefer", Prefer, Nothing),
            ("sslmode=require", Require, Nothing),
            ("ssl=require", Require, Nothing),
            ("sslmode=verify-ca", Require, Authority),
            ("sslmode=verify-full", Require, AuthorityAndName),
            ("ssl=true", Require, AuthorityAndName),
            ("sslrootcert=system", Require, AuthorityAndName),
        ] {
            let text = format!("postgresql://u@db.test/hotspot?application_name=x&{query}");
            let url = DatabaseUrl::parse(&text).expect("readable");
            assert_eq!(url.protection, protection, "{query}");
            assert_eq!(url.check, check, "{query}");
            assert_eq!(url.config.get_application_name(), Some("x"));
        }
    }

    #[test]
    fn certificates_that_cannot_be_used_are_told() {
        for (query, error) in [
            ("sslmode=require&sslrootcert=system", "verify-full"),
            ("sslmode=verify-full&sslrootcert=/nowhere/ca.pem", "read"),
            (
                "sslmode=verify-full&sslrootcert=Cargo.toml",
                "no certificate",
            ),
        ] {
            let text = format!("postgresql://u:hunter2@db.test/hotspot?{query}");
            let told = DatabaseUrl::parse(&text).expect_err(query).to_string();
            assert!(told.contains(error) && !told.contains("hunter2"), "{told}");
        }
    }

    #[test]
    fn this_machine_is_told_from_others() {
        for (address, is_here) in [
            ("localhost", true),
            ("127.0.0.1", true),
            ("[::1]", true),
            ("%2Fvar%2Frun%2Fpostgresql", true),
            ("db.test", false),
            ("10.0.0.5", false),
            ("127.0.0.1,db.test", false),
        ] {
            let url = DatabaseUrl::parse(&format!("postgresql://u@{address}/hotspot"));
            assert_eq!(
                url.expect(address).is_on_this_machine(),
                is_here,
                "{address}"
            );
        }
    }

    #[test]
    fn what_is_wrong_is_said_without_the_password() {
        let refused = [
            "mysql://u:hunter2@db/x",
            "postgresql://u:hunter2@db/x?sslmode=perhaps",
            "postgresql://u:hunter2@db/x?port=many",
            "postgresql://u:hunter2@db",
        ];
        for text in refused {
            let error = DatabaseUrl::parse(text).expect_err(text);
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{text}");
        }
        let url = DatabaseUrl::parse("postgresql://u:hunter2@db/x").expect("readable");
        assert!(!format!("{url:?}").contains("hunter2"));
    }
}
