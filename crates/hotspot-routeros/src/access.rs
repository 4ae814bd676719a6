//! From a router's settings to the client's.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use domain::router::{RouterTls, TlsMode};
use ports::hotspot::RouterAccess;
use routeros_client::ConnectError;
use routeros_client::proto::connection::Config;
use routeros_client::proto::limits::Limits;
use routeros_client::{Authority, Tls, Trust};
use routeros_client::{ConnectOptions, Timeouts};

use crate::config::HotspotConfig;

/// Bytes of one answer that are kept. Nothing that is asked for is nearly as large; a router is
/// named by whoever rents from us, and must not be able to fill our memory.
const LARGEST_ANSWER: usize = 4 << 20;
/// Bytes of one value: far above any script that a profile may carry.
const LARGEST_VALUE: usize = 1 << 20;

/// Builds the client's settings.
///
/// # Errors
/// [`ConnectError`] when the TLS settings cannot be used.
pub(crate) fn options(
    router: &RouterAccess,
    config: &HotspotConfig,
) -> Result<ConnectOptions, ConnectError> {
    let networks = config.allowed_networks.clone();
    let limit = |seconds| Duration::from_secs(seconds).min(config.router_timeout);
    let mut options = ConnectOptions::new(
        router.host.as_str(),
        router.port,
        &router.username,
        router.password.expose(),
    )
    .tls(tls(&router.tls)?);
    options.timeouts = Timeouts::default()
        .with_connect(limit(5))
        .with_tls(limit(10))
        .with_login(limit(10))
        .with_total(config.router_timeout)
        .with_command(config.router_timeout);
    options.max_reply_bytes = LARGEST_ANSWER;
    options.protocol = Config::default().with_limits(
        Limits::client()
            .with_word_bytes(LARGEST_VALUE)
            .with_sentence_bytes(LARGEST_ANSWER)
            .with_words(4096),
    );
    options.address_filter = Some(Arc::new(move |address: SocketAddr| {
        networks.allows(address.ip())
    }));
    Ok(options)
}

fn tls(settings: &RouterTls) -> Result<Tls, ConnectError> {
    let pin = || {
        settings
            .fingerprint
            .as_deref()
            .map(str::parse)
            .transpose()
            .map_err(|_invalid| {
                ConnectError::invalid_settings("the recorded fingerprint cannot be read")
            })
    };
    Ok(match settings.mode {
        TlsMode::None => Tls::Off,
        TlsMode::FirstUse => Tls::On(pin()?.map_or(Trust::FirstUse, Trust::Pinned)),
        TlsMode::Pinned => {
            Tls::On(Trust::Pinned(pin()?.ok_or_else(|| {
                ConnectError::invalid_settings("no fingerprint is set")
            })?))
        }
        TlsMode::Authority => {
            let pem = settings.ca_pem.as_deref().unwrap_or_default();
            let authority = Authority::from_pem(pem).map_err(|_invalid| {
                ConnectError::invalid_settings("the authority's certificate cannot be read")
            })?;
            Tls::On(Trust::Authority(authority))
        }
        TlsMode::Public => Tls::On(Trust::PublicRoots),
        TlsMode::Insecure => Tls::On(Trust::Insecure),
    })
}
