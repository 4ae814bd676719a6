//! One connection.

use std::error::Error as _;
use std::time::Duration;

use diesel::result::{ConnectionError, ConnectionResult};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::error::SqlState;
use tokio_postgres::{Config, NoTls};

use crate::url::{DatabaseUrl, Protection};

/// How long the database may take to answer a connection attempt.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Nobody answers, or a server that is still starting: later there may be one.
    #[error("the database is not up: {0}")]
    NotUp(String),
    /// It answers, and refuses: the name, the password, the certificate.
    #[error("{0}")]
    Refused(String),
}

impl From<ConnectError> for ConnectionError {
    fn from(error: ConnectError) -> Self {
        Self::BadConnection(error.to_string())
    }
}

/// Opens a connection and sends `setup` before anything else.
///
/// The task that drives it is spawned on the runtime that this is called on.
pub(crate) async fn connect(
    url: &DatabaseUrl,
    setup: &str,
) -> Result<AsyncPgConnection, ConnectError> {
    let mut config = url.config.clone();
    config
        .connect_timeout(CONNECT_TIMEOUT)
        .keepalives_idle(Duration::from_secs(30));
    if config.get_application_name().is_none() {
        config.application_name("hotspot");
    }
    // A Unix socket has no TLS.
    let is_socket = |host: &Host| matches!(host, Host::Unix(_));
    let protection = if config.get_hosts().iter().all(is_socket) {
        Protection::Disable
    } else {
        url.protection
    };
    let opened = match protection {
        Protection::Disable => open(&mut config, url, SslMode::Disable).await,
        Protection::Require => open(&mut config, url, SslMode::Require).await,
        Protection::Allow => match open(&mut config, url, SslMode::Disable).await {
            Err(error) if is_for_want_of(&error) => open(&mut config, url, SslMode::Require).await,
            done => done,
        },
        Protection::Prefer => match open(&mut config, url, SslMode::Prefer).await {
            Err(error) if is_about_tls(&error) || is_for_want_of(&error) => {
                open(&mut config, url, SslMode::Disable).await
            }
            done => done,
        },
    };
    let mut connection = opened
        .map_err(|error| classify(&error))?
        .map_err(|error| ConnectError::Refused(error.to_string()))?;
    connection
        .batch_execute(setup)
        .await
        .map_err(|error| ConnectError::Refused(error.to_string()))?;
    Ok(connection)
}

async fn open(
    config: &mut Config,
    url: &DatabaseUrl,
    mode: SslMode,
) -> Result<ConnectionResult<AsyncPgConnection>, tokio_postgres::Error> {
    config.ssl_mode(mode);
    if mode == SslMode::Disable {
        let (client, driver) = config.connect(NoTls).await?;
        return Ok(AsyncPgConnection::try_from_client_and_connection(client, driver).await);
    }
    let (client, driver) = config.connect(url.tls.clone()).await?;
    Ok(AsyncPgConnection::try_from_client_and_connection(client, driver).await)
}

/// The handshake failed: what the server has is no TLS that we can speak.
fn is_about_tls(error: &tokio_postgres::Error) -> bool {
    // The driver's kinds are not public, and its text for this one has no variable part.
    error.to_string() == "error performing TLS handshake"
}

/// The server lets this user in with TLS only, or without it only.
fn is_for_want_of(error: &tokio_postgres::Error) -> bool {
    error.code() == Some(&SqlState::INVALID_AUTHORIZATION_SPECIFICATION)
}

fn classify(error: &tokio_postgres::Error) -> ConnectError {
    let text = chain(error);
    let is_up = match error.code() {
        Some(code) => {
            *code != SqlState::CANNOT_CONNECT_NOW && *code != SqlState::TOO_MANY_CONNECTIONS
        }
        None => {
            is_about_tls(error)
                || [
                    "invalid configuration",
                    "authentication error",
                    "invalid connection string",
                ]
                .contains(&error.to_string().as_str())
        }
    };
    if is_up {
        ConnectError::Refused(text)
    } else {
        ConnectError::NotUp(text)
    }
}

/// The driver's own text leaves out what the server or the operating system said.
fn chain(error: &tokio_postgres::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
