//! The HTTP client: bounded in time and size, going nowhere but where it was told.

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, Response};
use rustls::{ClientConfig, RootCertStore};

/// Largest response that is read; a message comes back with some hundred bytes.
const MAX_RESPONSE: usize = 64 * 1024;

/// Why the channel cannot be built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TelegramConfigError {
    /// The base address is not a plain http or https URL.
    #[error("the Telegram base address is not a plain http or https URL")]
    BaseUrl,
    /// TLS could not be set up.
    #[error("TLS could not be set up")]
    Tls,
}

/// A client for one host. Follows no redirect and uses no proxy: both would hand the token in the
/// address to somebody else.
pub(crate) fn build(timeout: Duration) -> Result<Client, TelegramConfigError> {
    Client::builder()
        .tls_backend_preconfigured(tls()?)
        .http1_only()
        .no_proxy()
        .referer(false)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .timeout(timeout)
        .pool_max_idle_per_host(4)
        .build()
        .map_err(|_tls_backend| TelegramConfigError::Tls)
}

/// Public authorities only, with ring.
fn tls() -> Result<ClientConfig, TelegramConfigError> {
    let roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_versions| TelegramConfigError::Tls)?;
    Ok(versions.with_root_certificates(roots).with_no_client_auth())
}

/// The body, if it is whole and small enough.
pub(crate) async fn bounded_body(mut response: Response) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.ok()? {
        if body.len().saturating_add(chunk.len()) > MAX_RESPONSE {
            return None;
        }
        body.extend_from_slice(&chunk);
    }
    Some(body)
}
