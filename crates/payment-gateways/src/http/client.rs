//! The client: one per gateway, shared by all tenants.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::RETRY_AFTER;
use reqwest::{Client, Request, Response};
use rustls::{ClientConfig, RootCertStore};
use url::Url;

use crate::config::ConfigError;
use crate::http::answer::{Answer, Lost};
use crate::http::call::Call;
use crate::http::deadline::Deadline;

/// Largest answer that is read; both gateways stay far below.
const MAX_ANSWER: usize = 1024 * 1024;

/// Idle connections are dropped before the gateways drop them: a request written into a
/// connection that closes at that moment has an unknown outcome.
const POOL_IDLE: Duration = Duration::from_secs(20);

/// Sends requests to one base address.
#[derive(Debug, Clone)]
pub(crate) struct HttpClient {
    client: Client,
    base: Url,
}

impl HttpClient {
    /// Builds the client.
    pub(crate) fn new(base_url: &str, connect_timeout: Duration) -> Result<Self, ConfigError> {
        let base = Url::parse(base_url).map_err(|_not_a_url| ConfigError::BaseUrl)?;
        let is_plain = matches!(base.scheme(), "http" | "https")
            && base.has_host()
            && base.username().is_empty()
            && base.password().is_none()
            && base.query().is_none()
            && base.fragment().is_none();
        if !is_plain {
            return Err(ConfigError::BaseUrl);
        }
        if connect_timeout.is_zero() {
            return Err(ConfigError::Timeout);
        }
        let client = Client::builder()
            .tls_backend_preconfigured(tls()?)
            .user_agent(concat!(
                env!("CARGO_PKG_NAME"),
                "/",
                env!("CARGO_PKG_VERSION")
            ))
            .http1_only()
            .no_proxy()
            .referer(false)
            .redirect(reqwest::redirect::Policy::none())
            // Repeats are decided where their meaning is known.
            .retry(reqwest::retry::never())
            .connect_timeout(connect_timeout)
            .pool_idle_timeout(POOL_IDLE)
            .pool_max_idle_per_host(32)
            .build()
            .map_err(|_tls_backend| ConfigError::Tls)?;
        Ok(Self { client, base })
    }

    /// Sends the request and reads the answer, all before the deadline.
    pub(crate) async fn send(&self, call: &Call, deadline: Deadline) -> Result<Answer, Lost> {
        let request = self.request(call).ok_or(Lost::Unsendable)?;
        if deadline.left().is_zero() {
            return Err(Lost::NotSent);
        }
        let exchange = self.exchange(request);
        let outcome = tokio::time::timeout_at(deadline.instant(), exchange)
            .await
            .unwrap_or(Err(Lost::TimedOut));
        match &outcome {
            Ok(answer) => {
                tracing::debug!(
                    operation = call.operation,
                    status = answer.status,
                    "answered"
                );
            }
            Err(lost) => {
                tracing::debug!(
                    operation = call.operation,
                    reason = lost.text(),
                    "no answer"
                );
            }
        }
        outcome
    }

    fn request(&self, call: &Call) -> Option<Request> {
        if !call.is_sendable {
            return None;
        }
        let mut url = self.base.clone();
        url.path_segments_mut()
            .ok()?
            .pop_if_empty()
            .extend(&call.path);
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&call.query);
        }
        let mut request = Request::new(call.method.clone(), url);
        *request.headers_mut() = call.headers.clone();
        *request.body_mut() = call.body.clone().map(Into::into);
        Some(request)
    }

    async fn exchange(&self, request: Request) -> Result<Answer, Lost> {
        let response = self
            .client
            .execute(request)
            .await
            .map_err(|error| lost(&error))?;
        let status = response.status().as_u16();
        let retry_after = response
            .headers()
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok())
            .and_then(|text| text.trim().parse().ok())
            .map(Duration::from_secs);
        let body = bounded_body(response).await;
        Ok(Answer {
            status,
            body,
            retry_after,
        })
    }
}

/// The body if it is whole and small enough.
async fn bounded_body(mut response: Response) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.ok()? {
        if body.len().saturating_add(chunk.len()) > MAX_ANSWER {
            return None;
        }
        body.extend_from_slice(&chunk);
    }
    Some(body)
}

/// What an error says of the request. The error itself is dropped: it holds the address.
fn lost(error: &reqwest::Error) -> Lost {
    if error.is_connect() || error.is_builder() {
        Lost::NotSent
    } else if error.is_timeout() {
        Lost::TimedOut
    } else {
        Lost::Broken
    }
}

fn tls() -> Result<ClientConfig, ConfigError> {
    let roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_no_common_version| ConfigError::Tls)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_web_addresses_are_accepted() {
        let wait = Duration::from_secs(1);
        for good in ["https://api.conekta.io", "http://127.0.0.1:9/prefix/"] {
            assert!(HttpClient::new(good, wait).is_ok(), "{good}");
        }
        for bad in [
            "",
            "api.conekta.io",
            "ftp://x.test",
            "https://user:pw@x.test",
            "https://x.test?a=b",
            "https://x.test/#f",
            "data:,x",
        ] {
            assert_eq!(
                HttpClient::new(bad, wait).err(),
                Some(ConfigError::BaseUrl),
                "{bad}"
            );
        }
        assert_eq!(
            HttpClient::new("http://x.test", Duration::ZERO).err(),
            Some(ConfigError::Timeout)
        );
    }

    #[test]
    fn ids_cannot_leave_their_path_segment() {
        let client = HttpClient::new("http://x.test/base/", Duration::from_secs(1)).unwrap();
        let call = Call::new("read", reqwest::Method::GET, &["orders", "../a?b#c/d"])
            .query("created_at.gte", "1 2&3");
        let request = client.request(&call).unwrap();
        assert_eq!(
            request.url().as_str(),
            "http://x.test/base/orders/..%2Fa%3Fb%23c%2Fd?created_at.gte=1+2%263"
        );
    }
}
