//! Where the database is.

use std::fmt;

use tokio_postgres::Config;

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
    #[error("sslmode must be disable, prefer, require or verify-full")]
    SslMode,
    /// No database name, or no host.
    #[error("host and database must be named")]
    Incomplete,
}

/// How a connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transport {
    /// Plain TCP or a Unix socket (`disable`, `prefer` and nothing at all: the usual case of a
    /// database on the same machine or private network).
    Plain,
    /// TLS with the server's certificate checked against the public authorities (`require`,
    /// `verify-full`). There is no unchecked TLS: it would protect from nobody who can be in the
    /// way.
    Tls,
}

/// A checked database address.
#[derive(Clone)]
pub struct DatabaseUrl {
    pub(crate) config: Config,
    pub(crate) transport: Transport,
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
        let rest = ["postgresql+asyncpg://", "postgresql://", "postgres://"]
            .iter()
            .find_map(|scheme| text.trim().strip_prefix(scheme))
            .ok_or(InvalidDatabaseUrl::Scheme)?;
        let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
        let mut transport = Transport::Plain;
        let mut kept = Vec::new();
        for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
            // Both spellings: libpq's and asyncpg's.
            match parameter.split_once('=') {
                Some(("sslmode" | "ssl", mode)) => transport = transport_of(mode)?,
                _ => kept.push(parameter),
            }
        }
        let mode = match transport {
            Transport::Plain => "sslmode=disable",
            Transport::Tls => "sslmode=require",
        };
        kept.push(mode);
        let config: Config = format!("postgresql://{address}?{}", kept.join("&"))
            .parse()
            .map_err(|error: tokio_postgres::Error| {
                InvalidDatabaseUrl::Unreadable(error.to_string())
            })?;
        if config.get_dbname().is_none() || config.get_hosts().is_empty() {
            return Err(InvalidDatabaseUrl::Incomplete);
        }
        Ok(Self { config, transport })
    }
}

fn transport_of(mode: &str) -> Result<Transport, InvalidDatabaseUrl> {
    match mode {
        "disable" | "allow" | "prefer" => Ok(Transport::Plain),
        "require" | "verify-ca" | "verify-full" => Ok(Transport::Tls),
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
            assert_eq!(url.transport, Transport::Plain);
        }
    }

    #[test]
    fn asked_for_tls_is_never_plain() {
        for mode in ["sslmode=require", "ssl=require", "sslmode=verify-full"] {
            let text = format!("postgresql://u@db.test/hotspot?application_name=x&{mode}");
            let url = DatabaseUrl::parse(&text).expect("readable");
            assert_eq!(url.transport, Transport::Tls, "{mode}");
            assert_eq!(
                url.config.get_ssl_mode(),
                tokio_postgres::config::SslMode::Require
            );
            assert_eq!(url.config.get_application_name(), Some("x"));
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
