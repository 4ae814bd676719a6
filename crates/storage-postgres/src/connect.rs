//! One connection.

use std::sync::Arc;
use std::time::Duration;

use diesel::result::{ConnectionError, ConnectionResult};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use rustls::crypto::ring;
use tokio_postgres::NoTls;
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::url::{DatabaseUrl, Transport};

/// How long the database may take to answer a connection attempt.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Opens a connection and sends `setup` before anything else.
///
/// The task that drives it is spawned on the runtime that this is called on.
pub(crate) async fn connect(url: &DatabaseUrl, setup: &str) -> ConnectionResult<AsyncPgConnection> {
    let mut config = url.config.clone();
    config
        .connect_timeout(CONNECT_TIMEOUT)
        .keepalives_idle(Duration::from_secs(30));
    if config.get_application_name().is_none() {
        config.application_name("hotspot");
    }
    let mut connection = match url.transport {
        Transport::Plain => {
            let (client, driver) = config
                .connect(NoTls)
                .await
                .map_err(|error| refused(&error))?;
            AsyncPgConnection::try_from_client_and_connection(client, driver).await?
        }
        Transport::Tls => {
            let (client, driver) = config
                .connect(public_tls()?)
                .await
                .map_err(|error| refused(&error))?;
            AsyncPgConnection::try_from_client_and_connection(client, driver).await?
        }
    };
    connection
        .batch_execute(setup)
        .await
        .map_err(ConnectionError::CouldntSetupConfiguration)?;
    Ok(connection)
}

/// The driver's own text leaves out what the server or the operating system said.
fn refused(error: &tokio_postgres::Error) -> ConnectionError {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    ConnectionError::BadConnection(text)
}

/// TLS that trusts the public authorities and checks the host name.
fn public_tls() -> ConnectionResult<MakeRustlsConnect> {
    let roots = rustls::RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    let config = rustls::ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| ConnectionError::BadConnection(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}
